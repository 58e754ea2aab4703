"""What became of a letter that somebody says they sent: when to ask, at most twice, and what each answer leads to.

Of the letter itself only its constituency, its recommendation and dates are known here; never a word of it or of a reply.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from bot.domain.christmas import after_christmas
from bot.domain.errors import Refused
from bot.domain.followed_questions import OwnQuestion
from bot.domain.identity import FollowUpId, GuildId, PersonId
from bot.domain.people import FOLLOW_UP_KEPT
from bot.domain.reminders import CivilTime, PlannedReminder, ReminderKind
from bot.domain.reports import long_date
from bot.domain.said import AnswerState

ASK_AFTER = timedelta(days=14)
MOST_CHECKS = 2
"""A person is asked at most so often about one letter, whatever they answer."""

QUESTION_NEWS = "question-"
"""What the rung of a message about the letter's question begins with; that of a check begins with ``check-``."""

SENT_AT_MOST_AGO = timedelta(days=365)
PROMISE_AT_MOST_AHEAD = timedelta(days=365)
MOST_LETTERS = 100
"""Letters that one person can have on their list at a time."""

ASKED_AT = time(9, 0)
ASKED_IN = "Europe/London"


class Outcome(StrEnum):
    """What came back of a letter, in its sender's own judgement. WAITING: they have not said yet."""

    WAITING = "waiting"
    ANSWERED = "answered"
    STOCK = "stock reply"
    ACKNOWLEDGED = "only acknowledged"
    NOTHING = "nothing"
    PROMISED = "promised a date"
    PASSED = "passed to a minister"
    TABLED = "tabled a question"
    CLOSED = "do not ask again"

    @property
    def label(self) -> str:
        """Name the answer as its button does."""
        return "Don't ask again" if self is Outcome.CLOSED else self.value.capitalize()

    @property
    def goes_on(self) -> bool:
        """Tell whether something is still to come, so that a further check is of use."""
        return self in (Outcome.WAITING, Outcome.ACKNOWLEDGED, Outcome.NOTHING, Outcome.PROMISED, Outcome.PASSED)


ANSWERS = (
    Outcome.ANSWERED,
    Outcome.STOCK,
    Outcome.ACKNOWLEDGED,
    Outcome.NOTHING,
    Outcome.PROMISED,
    Outcome.PASSED,
    Outcome.TABLED,
    Outcome.CLOSED,
)
"""The answers offered, in their order."""


@dataclass(frozen=True, slots=True)
class FollowUp:
    """A letter that its sender says they sent.

    ``checks`` are the days on which Postbag asks, past ones too, two at most. ``missed``: a check could not be delivered
    and waits for the person's next visit. ``promised_on``: by when an answer is promised or, once the letter was passed to a
    minister, the day to which the Government's own target leads. ``guild_id`` is the group in which it was reported, for the
    group's counts. ``question`` is one that the MP tabled, followed to its answer.
    """

    follow_up_id: FollowUpId
    person_id: PersonId
    recommendation: str
    sent_on: date
    constituency_id: int | None = None
    guild_id: GuildId | None = None
    checks: tuple[date, ...] = ()
    outcome: Outcome = Outcome.WAITING
    outcome_on: date | None = None
    promised_on: date | None = None
    missed: bool = False
    question: OwnQuestion | None = None

    def past_checks(self, now: datetime) -> tuple[date, ...]:
        """List the checks whose time has passed."""
        return tuple(day for day in self.checks if check_time(day).instant() <= now)

    def next_check(self, now: datetime) -> date | None:
        """Give the day on which Postbag asks next, or None."""
        return next((day for day in self.checks if check_time(day).instant() > now), None)

    def awaits_an_answer(self, now: datetime) -> bool:
        """Tell whether a check has passed to which the person has not said anything yet."""
        used = self.past_checks(now)
        if not used or not self.outcome.goes_on:
            return False
        return self.outcome_on is None or self.outcome_on < used[-1]

    @property
    def keep_until(self) -> date:
        """Give the day after which nothing of it is kept."""
        days = [*self.checks, self.sent_on]
        if self.question is not None:
            days += [self.question.tabled_on, self.question.changed_on or self.question.tabled_on]
        return max(days) + FOLLOW_UP_KEPT


def check_time(day: date) -> CivilTime:
    """Give the time of a check."""
    return CivilTime(day, ASKED_AT, ASKED_IN)


def require_sent(sent_on: date, today: date) -> date:
    """Give a date on which a letter may have been sent. Refused: it lies ahead, or too far back."""
    if sent_on > today:
        raise Refused(f"{long_date(sent_on)} is in the future.", "Type the day you sent the letter: today or earlier.")
    if sent_on < today - SENT_AT_MOST_AGO:
        raise Refused(
            f"{long_date(sent_on)} is more than a year ago.",
            "After this long, a new letter is better than a follow-up: /letter write.",
        )
    return sent_on


def require_promise(promised_on: date, today: date) -> date:
    """Give a date by which an answer may have been promised. Refused: it has passed, or lies too far ahead."""
    if promised_on < today:
        raise Refused(f"{long_date(promised_on)} has passed.", "If nothing came by then, choose *Nothing yet*.")
    if promised_on > today + PROMISE_AT_MOST_AHEAD:
        raise Refused(f"{long_date(promised_on)} is more than a year ahead.", "Give a nearer date.")
    return promised_on


def first_checks(sent_on: date, now: datetime) -> tuple[date, ...]:
    """Plan the checks of a letter: two weeks after it was sent, and two weeks after that. None lies in the past."""
    return _pair(sent_on + ASK_AFTER, now, ())


def later_checks(known: FollowUp, outcome: Outcome, now: datetime, promised_on: date | None = None) -> tuple[date, ...]:
    """Plan the checks that are left after an answer: those used stay counted, so that there are never more than two."""
    used = known.past_checks(now)
    if not outcome.goes_on:
        return used
    today = now.astimezone(ZoneInfo(ASKED_IN)).date()
    base = promised_on + timedelta(days=1) if promised_on is not None else today + ASK_AFTER
    planned = _pair(base, now, used)
    # After a minister has the letter Postbag asks once, and then leaves it to the person.
    return planned[: len(used) + 1] if outcome is Outcome.PASSED else planned


def moved_checks(known: FollowUp, sent_on: date, now: datetime) -> tuple[date, ...]:
    """Plan the checks again for another date of sending. Once an answer was given the date moves alone."""
    if known.outcome is not Outcome.WAITING:
        return known.checks
    return _pair(sent_on + ASK_AFTER, now, known.past_checks(now))


def _pair(base: date, now: datetime, used: Sequence[date]) -> tuple[date, ...]:
    first = base
    while check_time(first).instant() <= now:
        first += timedelta(days=1)
    planned = (after_christmas(first), after_christmas(first + ASK_AFTER))
    return (*used, *planned[: max(0, MOST_CHECKS - len(used))])


def planned_checks(letter: FollowUp, now: datetime) -> tuple[PlannedReminder, ...]:
    """Plan the private messages by which the checks to come are made."""
    return tuple(
        PlannedReminder(
            ReminderKind.FOLLOW_UP,
            f"check-{number}",
            check_time(day),
            for_day=day,
            text=question(number, letter),
        )
        for number, day in enumerate(letter.checks, 1)
        if check_time(day).instant() > now
    )


def neutral_words(rung: str) -> str:
    """Write what such a private message says where it may not speak of a letter."""
    if rung.startswith(QUESTION_NEWS):
        return "You asked Postbag to keep an eye on something, and there's news. Press *Open* to see it."
    return "You asked Postbag to check back with you about now. Press *Open* to see what about."


def question(number: int, letter: FollowUp) -> str:
    """Write what the private message of a check says. It names neither MP nor subject; ``neutral_words`` say less still."""
    last = " Postbag won't ask again." if number >= MOST_CHECKS else ""
    if letter.outcome is Outcome.PASSED:
        return (
            f"Your MP passed the letter you sent on {long_date(letter.sent_on)} to a minister. Has the minister answered?"
            f"{last}"
        )
    return f"You sent a letter on {long_date(letter.sent_on)}. Has your MP replied?{last}"


def question_news(letter: FollowUp, told: OwnQuestion, now: datetime) -> PlannedReminder:
    """Plan the private message that tells how the question of a letter stands now, once for each change."""
    day = now.astimezone(ZoneInfo(ASKED_IN)).date()
    return PlannedReminder(
        ReminderKind.FOLLOW_UP,
        f"{QUESTION_NEWS}{told.state}",
        CivilTime(day, now.astimezone(ZoneInfo(ASKED_IN)).time().replace(second=0, microsecond=0), ASKED_IN),
        for_day=told.changed_on or told.tabled_on,
        text=_question_words(letter, told),
    )


def _question_words(letter: FollowUp, told: OwnQuestion) -> str:
    """Say what became of the question. It names neither MP nor subject; ``neutral_words`` say less still."""
    on = f" on {long_date(told.changed_on)}" if told.changed_on is not None else ""
    became = {
        AnswerState.HOLDING: f"has a holding answer{on}. That promises an answer, but isn't one",
        AnswerState.ANSWERED: f"was answered{on}",
        AnswerState.CORRECTED: f"has a corrected answer{on}",
        AnswerState.WITHDRAWN: "was withdrawn, so it won't be answered",
        AnswerState.LAPSED: "lapsed when the session of Parliament ended. It can be asked again in the next one",
    }[told.state]
    return f"The question that followed the letter you sent on {long_date(letter.sent_on)} {became}."
