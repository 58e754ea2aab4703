"""One day as it is typed into a form or a command: the same words and the same questions for days to come and days gone by."""

from __future__ import annotations

from datetime import date

from bot.domain.dates.days import counts_from_deadline, days_in
from bot.domain.dates.exact import EARLIEST, LATEST_YEARS_AHEAD, Lean, day_and_date, read_date
from bot.domain.dates.folding import LONGEST, fold
from bot.domain.dates.past import days_gone
from bot.domain.errors import Refused
from bot.domain.reports import long_date
from bot.domain.rules import add_months


def read_day(text: str, today: date, *, lean: Lean = Lean.FORWARD) -> date:
    """Read one day, to come or (``Lean.BACK``) gone by. Refused: it is none, or could be several.

    A day on the other side of today that was plainly typed ("tomorrow" where a past day is asked for) is given all the same:
    whoever asked says why it can't be.
    """
    words = fold(text[: 4 * LONGEST])
    if len(words) <= LONGEST and (lean is Lean.BACK or not counts_from_deadline(words)):
        try:
            days = days_in(words, today, deadline_on=None, lead=0) if lean is Lean.FORWARD else days_gone(words, today)
        except (OverflowError, ValueError):
            days = ()
        found = sorted({day.on for day in days})
        if len(found) > 1:
            either = " or ".join(day_and_date(day) for day in found[:2])
            asked = f"That could mean {either}." if len(found) == 2 else "That could mean more than one day."
            raise Refused(asked, f"Type the date, for example {long_date(found[0 if lean is Lean.FORWARD else -1])}.")
        if found and EARLIEST <= found[0] <= add_months(today, 12 * LATEST_YEARS_AHEAD):
            return found[0]
    return read_date(text, today, lean=lean)
