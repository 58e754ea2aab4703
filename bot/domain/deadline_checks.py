"""What may be recorded about a deadline: titles, links and days are checked before they are kept."""

from __future__ import annotations

from datetime import date

from bot.domain.deadlines import TITLE_LIMIT, Deadline, DeadlineState
from bot.domain.errors import Refused
from bot.domain.links import LINK_LIMIT, is_web_address
from bot.domain.plain_text import on_one_line
from bot.domain.reports import long_date
from bot.domain.rules import add_months

YEARS_BACK = 40
YEARS_AHEAD = 20
"""How far from today a group's date may lie before it is taken for a slip."""


def clean_title(text: str) -> str:
    """Give a title on one line without invisible marks. Refused: nothing is left, or it is too long."""
    title = on_one_line(text)
    if not any(ch.isalnum() for ch in title):
        raise Refused("A deadline needs a title.", "Say in a few words what you expect, and from whom.")
    if len(title) > TITLE_LIMIT:
        raise Refused(f"That title has {len(title)} characters.", f"Use at most {TITLE_LIMIT}.")
    return title


def clean_link(text: str) -> str:
    """Give an https address, or nothing for nothing. Refused: it is something else."""
    link = text.strip()
    if link and not is_web_address(link):
        raise Refused(
            "That link doesn't look right.",
            f"Paste a whole web address that begins with https:// and has at most {LINK_LIMIT} characters.",
        )
    return link


def sensible_day(day: date, today: date) -> date:
    """Give the day back. Refused: it is so far from today that it must be a slip."""
    if not add_months(today, -12 * YEARS_BACK) <= day <= add_months(today, 12 * YEARS_AHEAD):
        raise Refused(f"{long_date(day)} is too far away to be right.", "Check the year and give the date again.")
    return day


MONTHS_EARLY = 12
"""How long before its day an answer may come where nothing says when its clock began."""


def not_before_publication(deadline: Deadline, day: date) -> date:
    """Give the day back. Refused: it comes before the publication that started the clock, or absurdly early."""
    if deadline.started_on is None and day < add_months(deadline.due_on, -MONTHS_EARLY):
        raise Refused(
            f"That's more than a year before the date itself, {long_date(deadline.due_on)}.",
            "Check the year and give the date again.",
        )
    if deadline.started_on is not None and day < deadline.started_on:
        raise Refused(
            f"That's before the publication on {long_date(deadline.started_on)}.", "Check the date and give it again."
        )
    return day


def has_come(day: date, today: date) -> date:
    """Give the day back. Refused: it lies in the future, so nothing can have arrived on it."""
    if day > today:
        raise Refused(
            f"{long_date(day)} is in the future.",
            "Type the day it arrived. For a promised date, use /deadlines promised.",
        )
    return sensible_day(day, today)


def has_been_published(day: date, today: date) -> date:
    """Give the day back. Refused: it lies in the future, so nothing was published on it."""
    if day > today:
        raise Refused(
            f"{long_date(day)} is in the future, so it can't be the day of publication.",
            "Type the day of publication, or the date itself.",
        )
    return sensible_day(day, today)


def still_to_come(day: date, today: date) -> date:
    """Give a promised day back. Refused: it is past, so it cannot be waited for."""
    if day < today:
        raise Refused(
            f"{long_date(day)} has passed.",
            "Type the new date. If the answer has arrived, use /deadlines received.",
        )
    return day


def source_of(deadline: Deadline, url: str) -> str:
    """Give the link of a fact about a deadline. Refused: the clock of a published report, and no link."""
    link = clean_link(url)
    if deadline.report is not None and not link:
        raise Refused(
            "This deadline belongs to a published report, so what you record needs a source.",
            "Add a link to the page where people can read it.",
        )
    return link


def still_open(deadline: Deadline, today: date) -> Deadline:
    """Give the deadline back. Refused: it is answered, withdrawn or lapsed."""
    state = deadline.state(today)
    if state is DeadlineState.ANSWERED:
        raise Refused(
            "This deadline is closed: the answer has been received.", "Use /deadlines received to correct the day."
        )
    if not state.is_open:
        raise Refused(
            f"This deadline is closed: {state.label[0].lower()}{state.label[1:]}.",
            "Add the date again if your group should watch it.",
        )
    return deadline
