"""A report as a card: what it is, its clock with the working, its licence; and the reports held, as a list."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from bot.chat.cards.writing import SPARE, shorten, small_print, source_link
from bot.chat.ui import BYTE_LIMIT, TEXT_LIMIT, Act, Card, Link, Option, plain
from bot.domain.deadlines import Deadline, response_clock
from bot.domain.identity import GuildId
from bot.domain.report_links import tally
from bot.domain.reports import Confidence, House, Report, long_date

NEWEST_EVENTS = 6
MOST_LISTED = 10


def clock_of(report: Report) -> Deadline | None:
    """Make the clock of the Government's response to a report, as anyone may see it."""
    return response_clock(report, GuildId(0))


def report_card(report: Report, today: date, *, followed: bool | None = None) -> Card:
    """Show a report with its clock told step by step. ``followed``: whether this group does; None for whoever may not change it."""
    session = report.session and f"session {report.session}"
    said = f"{report.ordinal} of {session}" if report.ordinal and session else report.ordinal or session
    paper = ", ".join(part for part in (report.paper, said) if part)
    parts = [
        f"## {shorten(report.title, 200, 500)}",
        f"{_whose(report)}{', ' + shorten(paper, 80) if paper else ''}\nPublished {long_date(report.published_on)}.",
        _counts(report),
        _clock(report, today),
        shorten(report.note, 600, 1300) if report.note else "",
    ]
    footer = small_print(report)
    parts.append(
        _timeline(
            report,
            TEXT_LIMIT - SPARE - len(footer) - sum(map(len, parts)),
            BYTE_LIMIT - SPARE - len(footer.encode()) - sum(len(part.encode()) for part in parts),
        )
    )
    card = Card()
    for part in parts:
        card.text(part)
    card.line().small(footer)
    acts = [Act("Read the recommendations", "report.doors", (report.slug,))]
    if followed is False:
        acts.append(Act("Follow this report", "report.follow", (report.slug,)))
    if followed is not None:
        acts.append(Act("What we recorded", "record.list", (report.slug,)))
        acts.append(Act("Who in the House has acted", "said.house", (report.slug,)))
        acts.append(Act("Coming up", "coming.list"))
    card.buttons(*acts)
    return card.buttons(*_links(report))


def reports_card(reports: Sequence[Report], today: date, followed: Sequence[str]) -> Card:
    """List the reports held, each with its clock in a line."""
    card = Card("Reports")
    if not reports:
        return card.text("Postbag has no reports yet.")
    characters, in_bytes, shown = TEXT_LIMIT - SPARE * 3, BYTE_LIMIT - SPARE * 3, 0
    for report in reports:
        text = _in_short(report, today, followed=report.slug in followed)
        characters, in_bytes = characters - len(text), in_bytes - len(text.encode())
        if characters < 0 or in_bytes < 0 or shown == MOST_LISTED:
            break
        card.text(text)
        shown += 1
    if shown < len(reports):
        card.text(f"… and {len(reports) - shown} more: pick from the list below, or type a name in `/reports show`.")
    rows = [Option(r.short_title, r.slug, f"{r.committee}, {long_date(r.published_on)}") for r in reports[:25]]
    return card.select("report.show", rows, placeholder="Open a report").small("Not endorsed by Parliament.")


def _in_short(report: Report, today: date, *, followed: bool) -> str:
    clock = clock_of(report)
    marks = f"{' · followed here' if followed else ''}{' · invented, for practice' if report.invented else ''}"
    return (
        f"**{shorten(report.short_title, 60, 150)}**{marks}\n"
        f"{shorten(report.committee, 80, 200)}, {long_date(report.published_on)}\n"
        f"{plain(clock.headline(today)) if clock else 'No response is due to this report'}\n"
        f"-# {len(report.recommendations)} recommendations, as of {long_date(report.as_of)}. "
        f"{linked_licence(report)} {linked_source(report)}"
    )


def followed_card(report: Report, clock: Deadline | None, today: date, *, channel_set: bool) -> Card:
    """Say what following a report brings."""
    card = Card(f"This group follows {shorten(report.short_title, 60)}")
    if clock is None:
        card.text("No Government response is due to this report, so there's no deadline to watch.")
    else:
        card.text(
            f"**{plain(clock.headline(today))}**\n" + "\n".join(f"- {plain(step)}" for step in clock.working(today))
        )
        if clock.state(today).is_open:
            card.text("Postbag will remind your group before, on and after that day.")
        else:
            card.text("The Government has answered, so Postbag won't post reminders about it.")
    if not channel_set:
        card.text("Nobody has chosen a channel yet, so Postbag posts nothing. An organiser can run `/admin setup`.")
    return card.buttons(
        Act("Our deadlines", "deadlines.list"), Act("Read the recommendations", "report.doors", (report.slug,))
    )


def linked_source(report: Report) -> str:
    """Give a link to the report itself."""
    return f"[Source](<{report.url}>)"


def linked_licence(report: Report) -> str:
    """Give a link to the licence."""
    return f"[Licence](<{report.licence_url}>)" if report.licence_url else shorten(report.licence, 100)


def _whose(report: Report) -> str:
    """Name the committee and its House; one of both Houses says so by its own name."""
    name = shorten(report.committee, 100)
    said = report.house is House.JOINT and "joint" in report.committee.casefold()
    return name if said else f"{name}, {report.house.words}"


def _counts(report: Report) -> str:
    """Count the answers by status, each with how it is known."""
    if not report.recommendations:
        return "Postbag has none of its recommendations yet."
    counted = tally(report)
    numbered = sum(1 for item in report.recommendations if item.numbers)
    several = len(report.recommendations)
    confirmed = "All" if numbered == several else str(numbered) if numbered else "None"
    lines = [
        f"**How the Government answered** {counted.rows} recommendation{'s' if counted.rows != 1 else ''}",
        *(f"- {status.label}: {count}{_known_how(how)}" for status, count, how in counted.counted),
    ]
    for count, words in (
        (counted.conclusions, "conclusion"),
        (counted.of_others, "asked of someone other than the Government"),
    ):
        if count:
            lines.append(
                f"- {count} {words}{'s' if count > 1 and words == 'conclusion' else ''}: no answer is expected"
            )
    lines.append(f"-# {confirmed} of the {several} {'has' if numbered == 1 else 'have'} a confirmed number.")
    return "\n".join(lines)


def _known_how(how: Sequence[tuple[Confidence, int]]) -> str:
    """Say how answers of one status are known: all alike, or so many of each."""
    if not how:
        return ""
    words = {
        Confidence.READ: "read in the response",
        Confidence.REPORTED: "from news reports or other secondary sources",
        Confidence.DERIVED: "worked out",
        Confidence.RECORDED: "recorded by your organisers",
    }
    if len(how) == 1:
        return f", {words[how[0][0]]}"
    return ": " + ", ".join(f"{count} {words[confidence]}" for confidence, count in how)


def _clock(report: Report, today: date) -> str:
    clock = clock_of(report)
    if clock is None:
        return "**The response**: no response is due to this kind of report."
    lines = [f"**The deadline for a response: {plain(clock.headline(today))}**"]
    lines += [f"- {plain(step)}" for step in clock.working(today)]
    if report.response.title and report.response.received_on is not None:
        lines.append(f"Published as: {shorten(report.response.title, 120)}.")
    if report.response.note:
        lines.append(f"-# {shorten(report.response.note, 500, 1000)}")
    cited = [source for key in report.response.sources if (source := report.source(key)) is not None]
    if cited:
        lines.append("-# Sources: " + ", ".join(source_link(source) for source in cited[:6]))
    return "\n".join(lines)


def _timeline(report: Report, characters: int, in_bytes: int) -> str:
    """Write the newest events, oldest of them first, as far as there is room."""
    lines: list[str] = []
    for event in reversed(report.timeline[-NEWEST_EVENTS:]):
        source = next((source for key in event.sources if (source := report.source(key)) is not None), None)
        where = f" [source](<{source.url}>)" if source else ""
        text = f"- {long_date(event.on)}: {shorten(event.text, 150, 300)}{where}"
        characters -= len(text) + 1
        in_bytes -= len(text.encode()) + 1
        if characters < SPARE * 2 or in_bytes < SPARE * 2:
            break
        lines.insert(0, text)
    if not lines:
        return ""
    earlier = len(report.timeline) - len(lines)
    left_out = [f"-# {earlier} earlier {'events are' if earlier > 1 else 'event is'} left out here."] if earlier else []
    return "\n".join(["**Timeline**", *left_out, *lines])


def _links(report: Report) -> list[Link]:
    links = [Link("Read the report", report.url)]
    if report.response.url and report.response.received_on is not None:
        links.append(Link("Read the response", report.response.url))
    clock = clock_of(report)
    if clock is not None and clock.rule.source_url:
        links.append(Link("Read the rule", clock.rule.source_url))
    return links
