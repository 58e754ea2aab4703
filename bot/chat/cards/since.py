"""What has happened since a report: the newest two on a card, and all of it in pages."""

from __future__ import annotations

from bot.chat.cards.writing import SPARE, shorten, source_link
from bot.chat.ui import Act, Card
from bot.domain.references import Found
from bot.domain.reports import Confidence, Evidence, Recommendation, Report, RowKind, Source, long_date

ON_CARD = 2
"""Events that a card shows."""
EVENT_LENGTH = 260
PAGE = 5
"""Events on a page that fits a phone."""


def since_on_card(report: Report, item: Recommendation, characters: int, in_bytes: int) -> str:
    """Tell the newest of what happened since, as far as there is room."""
    state = report.since(item)
    if not item.evidence and item.kind is RowKind.CONCLUSION:
        return ""
    if not item.evidence:
        if state is None or report.looked_until is None:
            return "**What's happened since**: nothing recorded yet."
        return f"**What's happened since: {state.label}** (looked for up to {long_date(report.looked_until)})"
    title = f"**What's happened since{': ' + state.label if state else ''}**"
    lines = [title]
    for event in newest_first(item)[:ON_CARD]:
        line = event_line(report, event)
        so_far = "\n".join((*lines, line))
        if len(so_far) + SPARE > characters or len(so_far.encode()) + SPARE > in_bytes:
            if len(lines) > 1:
                break
            room = max(80, characters - len(title) - SPARE * 2)
            line = f"- {shorten(event.dated, 40, 90)}: {shorten(event.text, room, room)}"
        lines.append(line)
    left = len(item.evidence) - (len(lines) - 1)
    return "\n".join([*lines, f"-# … and {left} earlier."] if left else lines)


def since_act(found: Found) -> Act | None:
    """Give the button that shows all of it, where a card doesn't."""
    count = len(found.item.evidence)
    return Act(f"All {count} since then", "report.since", (found.value, 0)) if count > ON_CARD else None


def since_card(found: Found, page: int) -> Card:
    """Show a page of everything that happened since, newest first, each dated and linked."""
    report, item = found
    events = newest_first(item)
    pages = max(1, -(-len(events) // PAGE))
    page = min(max(page, 0), pages - 1)
    shown = events[page * PAGE : (page + 1) * PAGE]
    state = report.since(item)
    card = Card(shorten(f"{item.heading}: {item.theme}", 120, 300))
    card.text(f"**What's happened since{': ' + state.label if state else ''}**, newest first")
    card.text("\n".join(event_line(report, event) for event in shown) or "Nothing is recorded yet.")
    if report.looked_until is not None:
        place = f" Page {page + 1} of {pages}." if pages > 1 else ""
        card.small(f"Looked for up to {long_date(report.looked_until)}.{place}")
    elif pages > 1:
        card.small(f"Page {page + 1} of {pages}.")
    acts = [Act("Newer", "report.since", (found.value, page - 1))] if page > 0 else []
    acts += [Act("Older", "report.since", (found.value, page + 1))] if page < pages - 1 else []
    acts.append(Act("Sources", "report.sources", (found.value,)))
    acts.append(Act("Back to the card", "report.card", (found.value,)))
    return card.buttons(*acts)


def newest_first(item: Recommendation) -> list[Evidence]:
    """List what happened since, newest first."""
    return sorted(item.evidence, key=lambda event: event.on, reverse=True)


def event_line(report: Report, event: Evidence) -> str:
    """Tell one event in a line: date, status, words, how it is known, first source."""
    cited = _cited(report, event)
    status = f"**{event.status.label}.** " if event.status else ""
    how = "" if event.confidence is Confidence.READ else f" ({event.confidence.label})"
    where = f" {source_link(cited[0])}" if cited else ""
    return (
        f"- {shorten(event.dated, 40, 90)}: {status}{shorten(event.text, EVENT_LENGTH, EVENT_LENGTH * 2)}{how}{where}"
    )


def _cited(report: Report, event: Evidence) -> list[Source]:
    return [source for key in event.sources if (source := report.source(key)) is not None]
