"""A report as a card: what it is, its clock with the working, its licence; and the reports held, as a list."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import date

from bot.chat.cards.recommendations import linked, shorten, small_print
from bot.chat.ui import Act, Card, Link, Option, plain
from bot.domain.deadlines import Deadline, response_clock
from bot.domain.identity import GuildId
from bot.domain.reports import AnswerStatus, Report, long_date

NEWEST_EVENTS = 6


def clock_of(report: Report) -> Deadline | None:
    """Make the clock of the Government's response to a report, as anyone may see it."""
    return response_clock(report, GuildId(0))


def report_card(report: Report, today: date, *, followed: bool | None = None) -> Card:
    """Show a report with its clock told step by step. ``followed``: whether this group does; None outside a server."""
    card = Card(shorten(report.title, 200, 500))
    paper = ", ".join(part for part in (report.paper, report.session and f"session {report.session}") if part)
    card.text(
        f"{shorten(report.committee, 100)}, House of {report.house.value}{', ' + plain(paper) if paper else ''}\n"
        f"Published {long_date(report.published_on)}. {_counts(report)}"
    )
    card.text(_clock(report, today))
    if report.note:
        card.text(shorten(report.note, 700, 1500))
    if report.timeline:
        events = report.timeline[-NEWEST_EVENTS:]
        earlier = len(report.timeline) - len(events)
        lines = [f"- {long_date(e.on)}: {shorten(e.text, 150, 300)}" for e in events]
        card.text(
            "\n".join(
                ["**Timeline**", *([f"-# {earlier} earlier events are left out here."] if earlier else []), *lines]
            )
        )
    card.line().small(small_print(report))
    acts = [Act("Read the recommendations", "report.doors", (report.slug,))]
    if followed is False:
        acts.append(Act("Follow this report", "report.follow", (report.slug,)))
    card.buttons(*acts)
    return card.buttons(*_links(report, today))


def reports_card(reports: Sequence[Report], today: date, followed: Sequence[str]) -> Card:
    """List the reports held, each with its clock in a line."""
    card = Card("Reports")
    if not reports:
        return card.text("No report is held yet.")
    for report in reports[:10]:
        clock = clock_of(report)
        follows = " · followed here" if report.slug in followed else ""
        card.text(
            f"**{shorten(report.short_title, 60)}**{follows}{' · invented, for practice' if report.invented else ''}\n"
            f"{shorten(report.committee, 80)}, {long_date(report.published_on)}\n"
            f"{clock.headline(today) if clock else 'No response is due to this report'}\n"
            f"-# {len(report.recommendations)} recommendations held, as of {long_date(report.as_of)}. "
            f"{linked_licence(report)} {linked_source(report)}"
        )
    rows = [Option(r.short_title, r.slug, f"{r.committee}, {long_date(r.published_on)}") for r in reports[:25]]
    return card.select("report.show", rows, placeholder="Open a report").small("Not endorsed by Parliament.")


def followed_card(report: Report, clock: Deadline | None, today: date, *, channel_set: bool) -> Card:
    """Say what following a report brings."""
    card = Card(f"This group follows {shorten(report.short_title, 60)}")
    if clock is None:
        card.text("No Government response is due to this report, so it has no clock.")
    else:
        card.text(
            f"**{plain(clock.headline(today))}**\n" + "\n".join(f"- {plain(step)}" for step in clock.working(today))
        )
        if clock.state(today).is_open:
            card.text("Reminders before, on and after the day are planned.")
        else:
            card.text("This clock is closed, so no reminders are planned for it.")
    if not channel_set:
        card.text("No channel is chosen yet, so nothing is posted: an organiser can run `/admin setup`.")
    return card.buttons(
        Act("Our deadlines", "deadlines.list"), Act("Read the recommendations", "report.doors", (report.slug,))
    )


def linked_source(report: Report) -> str:
    """Give a link to the report itself."""
    return f"[Source](<{report.url}>)"


def linked_licence(report: Report) -> str:
    """Give a link to the licence."""
    return f"[Licence](<{report.licence_url}>)" if report.licence_url else plain(report.licence)


def _counts(report: Report) -> str:
    numbered = sum(1 for item in report.recommendations if item.number)
    unnumbered = len(report.recommendations) - numbered
    parts = [f"{numbered} recommendations with a confirmed number"]
    if unnumbered:
        parts.append(f"{unnumbered} asks whose number is not confirmed")
    answers = Counter(item.answer.status for item in report.recommendations)
    words = ", ".join(f"{answers[status]} {status.value}" for status in AnswerStatus if answers[status])
    return f"Held: {', '.join(parts)}. Answers: {words}."


def _clock(report: Report, today: date) -> str:
    clock = clock_of(report)
    if clock is None:
        return "**The response**: none is due to this kind of report."
    lines = [f"**The response clock: {plain(clock.headline(today))}**"]
    lines += [f"- {plain(step)}" for step in clock.working(today)]
    if report.response.title and report.response.received_on is not None:
        lines.append(f"It came as: {shorten(report.response.title, 120)}.")
    if report.response.note:
        lines.append(f"-# {shorten(report.response.note, 500, 1000)}")
    cited = [source for key in report.response.sources if (source := report.source(key)) is not None]
    if cited:
        lines.append("-# Sources: " + ", ".join(linked(source) for source in cited[:6]))
    return "\n".join(lines)


def _links(report: Report, today: date) -> list[Link]:
    links = [Link("Read the report", report.url)]
    if report.response.url and report.response.received_on is not None:
        links.append(Link("Read the response", report.response.url))
    clock = clock_of(report)
    if clock is not None and clock.rule.source_url:
        links.append(Link(f"Read the rule: {clock.rule.source_title}", clock.rule.source_url))
    return links
