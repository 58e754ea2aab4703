"""Deadlines: when something is expected, the rule that says so, its state on a day, and the working shown to people.

In code a dated duty is a ``Deadline``; people read "clock" or "deadline". A deadline is a date, not an instant.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum

from bot.domain.identity import DeadlineId, GuildId, PersonId, ReportSlug
from bot.domain.members import Dissolution
from bot.domain.reports import House, Report, long_date
from bot.domain.rules import GIVEN, PRINTED, TWO_MONTHS, TWO_MONTHS_LORDS, Rule

TITLE_LIMIT = 200
NOT_FOLLOWED = "This group no longer follows the report."
BECAME_EVENT = "An organiser said that this is an event."
DAY_UNKNOWN = "The day of the response isn't known"


class NoteKind(StrEnum):
    """What the note of a date says, where something follows from it: how the note is worded decides nothing."""

    NONE = ""
    NOT_FOLLOWED = "not-followed"
    """It was withdrawn, because the group no longer follows its report."""
    BECAME_EVENT = "became-event"
    """It was withdrawn, because it goes on as an event of the group's own."""
    DAY_UNKNOWN = "day-unknown"
    """Its ``received_on`` is only the last day that it can have been."""


class DeadlineKind(StrEnum):
    """What kind of duty a deadline is."""

    GOVERNMENT_RESPONSE = "government response"
    EXPECTED_ANSWER = "expected answer"
    OWN_DATE = "own date"
    REVIEW = "review"
    BILL_STAGE = "bill stage"
    WRITTEN_QUESTION = "written question"

    @property
    def label(self) -> str:
        return self.value.capitalize()


UNSAID = frozenset({DeadlineKind.OWN_DATE, DeadlineKind.REVIEW, DeadlineKind.BILL_STAGE})
"""Dates of which nobody has said yet whether an answer is expected by them, or whether they are events."""


@dataclass(frozen=True, slots=True)
class OwnLadder:
    """A ladder that one clock has for itself, instead of its group's: days from the date, and whether monthly after them.

    ``aloud``: days before the date notify people, too, and are not only shown.
    """

    days: tuple[int, ...]
    monthly: bool = True
    aloud: bool = False


class DeadlineState(StrEnum):
    """Where a deadline stands on a day."""

    RUNNING = "running"
    DUE_TODAY = "due today"
    OVERDUE = "overdue"
    PROMISED = "promised"
    PARTLY_ANSWERED = "partly answered"
    ANSWERED = "answered"
    WITHDRAWN = "withdrawn"
    LAPSED = "lapsed"

    @property
    def label(self) -> str:
        return "Lapsed (dissolution)" if self is DeadlineState.LAPSED else self.value.capitalize()

    @property
    def is_open(self) -> bool:
        """Tell whether the duty still stands, so that reminders make sense."""
        return self not in (DeadlineState.ANSWERED, DeadlineState.WITHDRAWN, DeadlineState.LAPSED)


def response_due(published_on: date, *, lords: bool = False, printed: date | None = None) -> tuple[date, Rule]:
    """Give the day by which a Government response is expected, and the rule that gives it.

    A date printed by Parliament wins. Otherwise it is two calendar months: for the Commons by undertaking (Erskine May
    38.54), for the Lords "if possible" (40.41). A joint committee reports to both Houses, and the Commons' undertaking
    is the firmer of the two. Recess, weekends and bank holidays do not move it.
    """
    if printed is not None:
        return printed, PRINTED
    rule = TWO_MONTHS_LORDS if lords else TWO_MONTHS
    return rule.due(published_on), rule


@dataclass(frozen=True, slots=True)
class Deadline:
    """A dated duty that a group watches. Dates are London dates; ``revision`` goes up with every change.

    ``received_on`` is a full answer, ``partly_on`` an interim one, ``promised_on`` the new date somebody named. Links
    are https or empty. ``deadline_id`` is 0 until it is stored.
    """

    deadline_id: DeadlineId
    guild_id: GuildId
    kind: DeadlineKind
    title: str
    due_on: date
    rule: Rule
    started_on: date | None = None
    report: ReportSlug | None = None
    source_title: str = ""
    source_url: str = ""
    promised_on: date | None = None
    promised_url: str = ""
    partly_on: date | None = None
    partly_url: str = ""
    received_on: date | None = None
    received_url: str = ""
    withdrawn_on: date | None = None
    lapsed_on: date | None = None
    note: str = ""
    note_kind: NoteKind = NoteKind.NONE
    revision: int = 1
    set_by: PersonId | None = None
    created_at: datetime | None = None
    updated_at: datetime | None = None
    ladder: OwnLadder | None = None

    def state(self, today: date) -> DeadlineState:
        """Give the state on a London day. Facts dated after that day are not known yet."""

        def known(day: date | None) -> bool:
            return day is not None and day <= today

        if known(self.withdrawn_on):
            return DeadlineState.WITHDRAWN
        if known(self.received_on):
            return DeadlineState.ANSWERED
        if known(self.lapsed_on):
            return DeadlineState.LAPSED
        if known(self.partly_on):
            return DeadlineState.PARTLY_ANSWERED
        if self.promised_on is not None and self.promised_on >= today:
            return DeadlineState.PROMISED
        if today > self.due_on:
            return DeadlineState.OVERDUE
        return DeadlineState.DUE_TODAY if today == self.due_on else DeadlineState.RUNNING

    @property
    def watch_on(self) -> date:
        """Give the day that reminders count from: the promised date where it is the later one, else the due date."""
        return max(self.promised_on or self.due_on, self.due_on)

    @property
    def is_unsaid(self) -> bool:
        """Tell whether an organiser has still to say if it is an answer that is expected, or an event."""
        return self.report is None and self.kind in UNSAID

    def told_on(self, today: date) -> date:
        """Give the day that belongs to the state: when it was answered, or else when it is expected."""
        match self.state(today):
            case DeadlineState.ANSWERED if self.received_on is not None:
                return self.received_on
            case DeadlineState.PARTLY_ANSWERED if self.partly_on is not None:
                return self.partly_on
            case DeadlineState.WITHDRAWN if self.withdrawn_on is not None:
                return self.withdrawn_on
            case DeadlineState.LAPSED if self.lapsed_on is not None:
                return self.lapsed_on
            case DeadlineState.PROMISED if self.promised_on is not None:
                return self.promised_on
        return self.due_on

    def days_late(self, today: date) -> int:
        """Count the days since the due date: to the answer where there is one, else to today. Never below zero."""
        until = self.received_on if self.received_on is not None and self.received_on <= today else today
        return max(0, (until - self.due_on).days)

    @property
    def is_day_known(self) -> bool:
        """Tell whether ``received_on`` is the day itself, not only the last day that it can have been."""
        return self.note_kind is not NoteKind.DAY_UNKNOWN

    def headline(self, today: date) -> str:
        """Say where it stands in one short line of plain words."""
        state = self.state(today)
        late = days(self.days_late(today))
        match state:
            case DeadlineState.RUNNING:
                return f"Running: expected by {long_date(self.due_on)}, in {days((self.due_on - today).days)}"
            case DeadlineState.DUE_TODAY:
                return f"Expected today, {long_date(self.due_on)}"
            case DeadlineState.OVERDUE:
                broken = f", then promised for {long_date(self.promised_on)}" if self.promised_on is not None else ""
                return f"{late} overdue: expected by {long_date(self.due_on)}{broken}"
            case DeadlineState.PROMISED if self.promised_on is not None:
                ahead = (self.promised_on - today).days
                when = f"{long_date(self.promised_on)}, in {days(ahead)}"
                if not ahead:
                    when = f"today, {long_date(self.promised_on)}"
                return f"Promised for {when}; first expected by {long_date(self.due_on)}"
            case DeadlineState.PARTLY_ANSWERED if self.partly_on is not None:
                return f"Partly answered on {long_date(self.partly_on)}; first expected by {long_date(self.due_on)}"
            case DeadlineState.ANSWERED if self.received_on is not None:
                lateness = self.lateness(today)
                if not self.is_day_known:
                    return f"Answered by {long_date(self.received_on)} at the latest, {lateness}"
                return f"Answered on {long_date(self.received_on)}, {lateness}"
            case DeadlineState.WITHDRAWN if self.withdrawn_on is not None:
                return f"Withdrawn on {long_date(self.withdrawn_on)}"
            case DeadlineState.LAPSED if self.lapsed_on is not None:
                return f"Lapsed at the dissolution of {long_date(self.lapsed_on)}"
        return state.label

    def lateness(self, today: date) -> str:
        """Say of an answer how late it came, "on time" too."""
        if self.received_on is None or self.received_on <= self.due_on:
            return "on time"
        return f"{'' if self.is_day_known else 'at most '}{days(self.days_late(today))} late"

    def working(self, today: date) -> tuple[str, ...]:
        """Show the arithmetic, one line a step, so that anyone can check it."""
        lines: list[str] = []
        if self.started_on is not None:
            lines.append(f"Published: {long_date(self.started_on)}")
        lines.append(f"Expected by: {long_date(self.due_on)}, {self.rule.words}")
        lines += self.rule.working(self.started_on, self.due_on)
        if self.promised_on is not None:
            lines.append(f"Promised for: {long_date(self.promised_on)}")
        if self.partly_on is not None and self.partly_on <= today:
            lines.append(f"Partly answered: {long_date(self.partly_on)}")
        if self.received_on is not None and self.received_on <= today:
            exact = "" if self.is_day_known else " at the latest"
            lines.append(f"Received: {long_date(self.received_on)}{exact}")
        state = self.state(today)
        if state in (DeadlineState.ANSWERED, DeadlineState.OVERDUE, DeadlineState.PARTLY_ANSWERED):
            until = self.received_on if state is DeadlineState.ANSWERED and self.received_on else today
            if until > self.due_on:
                late = days((until - self.due_on).days)
                exact = "" if self.is_day_known or until != self.received_on else ", at most"
                lines.append(f"{long_date(self.due_on)} to {long_date(until)}: {late} late{exact}")
        if self.withdrawn_on is not None and self.withdrawn_on <= today:
            lines.append(f"Withdrawn: {long_date(self.withdrawn_on)}")
        if self.lapsed_on is not None and self.lapsed_on <= today:
            lines.append(f"Lapsed: Parliament was dissolved on {long_date(self.lapsed_on)}")
        return tuple(lines)


class Fact(StrEnum):
    """One kind of fact about a deadline, kept apart from the others."""

    DUE = "due"
    PROMISED = "promised"
    PARTLY = "partly"
    RECEIVED = "received"
    WITHDRAWN = "withdrawn"
    LAPSED = "lapsed"

    @property
    def label(self) -> str:
        return {Fact.DUE: "Expected", Fact.PARTLY: "Partly answered"}.get(self, self.value.capitalize())


@dataclass(frozen=True, slots=True)
class Recorded:
    """That a fact was recorded, changed, or taken back (``on`` is None). ``by`` is None: by Postbag, or by somebody forgotten."""

    fact: Fact
    on: date | None
    at: datetime
    by: PersonId | None = None
    own: bool = False
    """True: somebody recorded it; False: Postbag took it from a report or from Parliament's record."""


def facts_of(deadline: Deadline) -> dict[Fact, date | None]:
    """Give each fact's day, None where it is not known."""
    return {
        Fact.DUE: deadline.due_on,
        Fact.PROMISED: deadline.promised_on,
        Fact.PARTLY: deadline.partly_on,
        Fact.RECEIVED: deadline.received_on,
        Fact.WITHDRAWN: deadline.withdrawn_on,
        Fact.LAPSED: deadline.lapsed_on,
    }


def link_of(deadline: Deadline, fact: Fact) -> str:
    """Give the link that shows what an organiser recorded; none where a fact has none."""
    links = {
        Fact.PROMISED: deadline.promised_url,
        Fact.PARTLY: deadline.partly_url,
        Fact.RECEIVED: deadline.received_url,
    }
    return links.get(fact, "")


def with_fact(deadline: Deadline, fact: Fact, on: date, url: str) -> Deadline:
    """Give a deadline with what an organiser records of it: a promise, a part of the answer, or the answer."""
    match fact:
        case Fact.PROMISED:
            return replace(deadline, promised_on=on, promised_url=url)
        case Fact.PARTLY:
            return replace(deadline, partly_on=on, partly_url=url)
        case Fact.RECEIVED:
            received = replace(deadline, received_on=on, received_url=url)
            if deadline.note_kind is NoteKind.DAY_UNKNOWN and on != deadline.received_on:
                return replace(received, note="", note_kind=NoteKind.NONE)  # now the day itself is known
            return received
    raise ValueError(f"{fact} is not recorded by hand")


def response_clock(report: Report, guild_id: GuildId) -> Deadline | None:
    """Make the clock of the Government's response to a report from what is held of it. None: no response is due to it."""
    facts = report.response
    if not facts.expected:
        return None
    due_on, rule = response_due(report.published_on, lords=report.house is House.LORDS, printed=facts.due_on)
    clock = Deadline(
        deadline_id=DeadlineId(0),
        guild_id=guild_id,
        kind=DeadlineKind.GOVERNMENT_RESPONSE,
        title=f"Government response to {report.short_title or report.title}"[:TITLE_LIMIT],
        due_on=due_on,
        rule=rule,
        started_on=report.published_on,
        report=report.slug,
        source_title=report.title,
        source_url=report.url,
    )
    return with_facts(clock, report)


def with_facts(clock: Deadline, report: Report) -> Deadline:
    """Take over what is now held of the response: its day, and the due date unless the group gave one of its own."""
    facts = report.response
    if clock.rule != GIVEN:
        due_on, rule = response_due(report.published_on, lords=report.house is House.LORDS, printed=facts.due_on)
        clock = replace(clock, due_on=due_on, rule=rule, started_on=report.published_on)
    if facts.received_on is not None and clock.received_on is None:
        cited = (source.url for key in facts.sources if (source := report.source(key)) is not None)
        clock = replace(clock, received_on=facts.received_on, received_url=facts.url or next(cited, ""))
    if facts.received_when and facts.received_on is not None and clock.received_on == facts.received_on:
        clock = replace(clock, note=f"{DAY_UNKNOWN}: {facts.received_when}.", note_kind=NoteKind.DAY_UNKNOWN)
    return clock


LAPSING = frozenset({DeadlineKind.GOVERNMENT_RESPONSE, DeadlineKind.BILL_STAGE, DeadlineKind.WRITTEN_QUESTION})
"""What ends with a Parliament: its committees, its unfinished bills, its unanswered questions."""


def lapsed_at(deadline: Deadline, dissolution: Dissolution, today: date) -> date | None:
    """Give the dissolution that ended an open deadline, or None. One begun after it belongs to the next Parliament."""
    day = dissolution.dissolved_on
    if day is None or day > today or deadline.kind not in LAPSING or not deadline.state(today).is_open:
        return None
    begun = deadline.started_on or (deadline.created_at.date() if deadline.created_at else None)
    return day if begun is None or begun < day else None


def days(count: int) -> str:
    """Write a number of days in words: ``1 day``, ``54 days``."""
    return f"{count} day" if count == 1 else f"{count} days"
