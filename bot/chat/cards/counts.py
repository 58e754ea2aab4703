"""A group's report as organisers read it."""

from __future__ import annotations

from bot.chat.ui import Act, Card, clip, plain
from bot.domain.counts import Cells, GroupReport
from bot.domain.reports import long_date
from bot.services.counts import line

UNUSED_SHOWN = 12
LINES_SHOWN = 10


def counts_card(report: GroupReport, *, controls: bool = True) -> Card:
    """Show the numbers that point at nobody, and say how they are kept so."""
    card, figures, care = Card("What your group did"), report.figures, report.care
    if figures is None:
        card.text(
            f"**Letters reported**\nFewer than {care.fewest} people, or not released yet. Numbers appear once "
            f"{care.fewest} people have pressed *I sent it* here, never earlier."
        )
    else:
        card.text(f"**Letters reported**\n{figures.letters}, as of {long_date(figures.released_at.date())}")
        _block(card, "Replies", report.kinds)
        _block(card, "Recommendations", report.items)
        if care.seats:
            _block(card, f"Constituencies with {care.fewest} people or more", report.seats)
    if report.unused:
        shown = ", ".join(plain(name) for name in report.unused[:UNUSED_SHOWN])
        more = f" and {len(report.unused) - UNUSED_SHOWN} more" if len(report.unused) > UNUSED_SHOWN else ""
        card.text(f"**Used by nobody, or by too few people to show**\n{clip(shown, 900)}{more}")
    if report.coming:
        dates = [f"- {long_date(day)}: {plain(clip(title, 100))}" for day, title in report.coming]
        card.text("**What comes next**\n" + "\n".join(dates))
    if controls:
        card.buttons(
            Act("Show a picture", "counts.picture"),
            Act("Download a table (CSV)", "counts.csv"),
            Act("The plans", "counts.plans"),
        )
    often = "once a day" if care.every.days == 1 else f"every {care.every.days} days"
    risk = " Because members could be targeted, no constituency is named." if not care.seats else ""
    return card.small(
        f"Numbers are shown only when {care.fewest} or more people are behind them. They change at most "
        f"{often}, and only after {care.fewest} people have reported something new, so comparing two reports doesn't reveal "
        f"anyone.{risk} A letter is "
        "counted while it's on the sender's list. To record a plan's outcome, use /action report and name the plan. Only you can see this."
    )


def _block(card: Card, title: str, cells: Cells) -> None:
    lines = [f"- {plain(text)}" for text in line(cells)]
    if lines:
        left = len(lines) - LINES_SHOWN
        more = [f"- and {left} more: see the table"] if left > 0 else []
        card.text(f"**{title}**\n" + "\n".join([*lines[:LINES_SHOWN], *more]))
