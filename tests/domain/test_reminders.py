from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise, product
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.deadlines import Deadline, DeadlineKind
from bot.domain.identity import ActionId, DeadlineId, GuildId, RoleId
from bot.domain.messages import MessageButton, OutgoingMessage
from bot.domain.reminders import (
    DEFAULT_LADDER,
    GIVE_UP_AFTER,
    LAST_RUNG_USE,
    LATE_AFTER,
    LATE_AT_NIGHT,
    LEASE,
    MONTHLY,
    NONCE_TRUSTED,
    TRANSITIONS,
    CivilTime,
    Owner,
    PlannedReminder,
    ReminderKind,
    ReminderState,
    back_off,
    may_become,
    plan_ladder,
    rung_words,
    within_quiet,
    working_day,
)
from bot.domain.rules import GIVEN, TWO_MONTHS

S = ReminderState
LONDON = "Europe/London"
NINE = time(9, 0)
DEADLINE_ON_SUNDAY = Deadline(
    DeadlineId(1), GuildId(1), DeadlineKind.OWN_DATE, "Vote on piers", date(2027, 6, 6), GIVEN
)


# States

ALLOWED = {
    S.SCHEDULED: {S.SENDING, S.CANCELLED, S.EXPIRED},
    S.SENDING: {S.SENT, S.SCHEDULED, S.CANCELLED, S.UNDELIVERABLE, S.UNKNOWN},
    S.SENT: set(),
    S.UNDELIVERABLE: {S.SCHEDULED},
    S.UNKNOWN: {S.SENT, S.SCHEDULED},
    S.CANCELLED: set(),
    S.EXPIRED: set(),
}


@pytest.mark.parametrize(("now", "then"), list(product(ReminderState, repeat=2)))
def test_every_change_of_state_is_allowed_or_not_as_planned(now: ReminderState, then: ReminderState) -> None:
    assert may_become(now, then) is (then in ALLOWED[now])


def test_nothing_is_sent_without_being_claimed_and_what_ended_stays_ended() -> None:
    assert {now for now, then in TRANSITIONS if then is S.SENT} == {S.SENDING, S.UNKNOWN}  # found by an organiser
    ended = set(ReminderState) - {now for now, _ in TRANSITIONS}
    assert ended == {S.SENT, S.CANCELLED, S.EXPIRED}


def test_every_state_has_words_and_unknown_says_what_to_do() -> None:
    assert {state.label for state in ReminderState} >= {"Sent", "Undeliverable", "Unknown: please check"}


# Waiting


@pytest.mark.parametrize(
    ("failures", "minutes"), [(1, 1), (2, 2), (3, 4), (4, 8), (5, 16), (6, 32), (7, 60), (8, 60), (500, 60)]
)
def test_each_wait_doubles_up_to_an_hour(failures: int, minutes: int) -> None:
    assert back_off(failures) == timedelta(minutes=minutes)


def test_a_first_try_that_failed_before_it_was_counted_waits_a_minute_too() -> None:
    assert back_off(0) == timedelta(minutes=1)


def test_the_times_that_the_engine_promises() -> None:
    assert timedelta(minutes=5) == LATE_AFTER
    assert timedelta(hours=48) == GIVE_UP_AFTER
    assert timedelta(seconds=60) == LEASE
    assert timedelta(seconds=120) == NONCE_TRUSTED
    assert timedelta(days=30) == LAST_RUNG_USE
    assert DEFAULT_LADDER == (-14, -3, 0, 1, 14)


# Local time


@pytest.mark.parametrize(
    ("day", "at", "instant", "note"),
    [
        (date(2027, 1, 5), time(9, 0), datetime(2027, 1, 5, 9, 0, tzinfo=UTC), ""),
        (date(2027, 7, 5), time(9, 0), datetime(2027, 7, 5, 8, 0, tzinfo=UTC), ""),
        (date(2027, 3, 28), time(0, 59), datetime(2027, 3, 28, 0, 59, tzinfo=UTC), ""),
        (
            date(2027, 3, 28),
            time(1, 30),
            datetime(2027, 3, 28, 1, 30, tzinfo=UTC),
            "The clocks go forward that night: 01:30 does not exist, so it is 02:30.",
        ),
        (date(2027, 3, 28), time(2, 0), datetime(2027, 3, 28, 1, 0, tzinfo=UTC), ""),
        (date(2027, 10, 31), time(0, 59), datetime(2027, 10, 30, 23, 59, tzinfo=UTC), ""),
        (
            date(2027, 10, 31),
            time(1, 30),
            datetime(2027, 10, 31, 0, 30, tzinfo=UTC),
            "The clocks go back that night: 01:30 comes twice, and this is the first.",
        ),
        (date(2027, 10, 31), time(2, 0), datetime(2027, 10, 31, 2, 0, tzinfo=UTC), ""),
    ],
)
def test_london_time_across_both_clock_changes(day: date, at: time, instant: datetime, note: str) -> None:
    civil = CivilTime(day, at, LONDON)
    assert civil.instant() == instant
    assert civil.change_note == note


@pytest.mark.parametrize(
    ("zone", "minutes"), [("UTC", 0), ("Asia/Urumqi", 360), ("Asia/Kathmandu", 345), ("America/St_Johns", -210)]
)
def test_the_offset_is_that_of_the_zone(zone: str, minutes: int) -> None:
    assert CivilTime(date(2027, 1, 5), NINE, zone).utc_offset_minutes == minutes


def test_nine_in_the_morning_stays_nine_whatever_the_clocks_do() -> None:
    day = date(2027, 1, 1)
    for offset in range(366):
        civil = CivilTime(day + timedelta(days=offset), NINE, LONDON)
        assert civil.instant().astimezone(ZoneInfo(LONDON)).timetz().replace(tzinfo=None) == NINE
        assert civil.change_note == ""


@given(
    day=st.dates(date(2020, 1, 1), date(2040, 12, 31)),
    minute=st.integers(0, 24 * 60 - 1),
    zone=st.sampled_from([LONDON, "UTC", "Asia/Urumqi", "America/New_York", "Australia/Lord_Howe", "Pacific/Apia"]),
)
def test_a_time_is_as_said_unless_the_note_says_otherwise(day: date, minute: int, zone: str) -> None:
    civil = CivilTime(day, time(minute // 60, minute % 60), zone)
    instant = civil.instant()
    local = instant.astimezone(ZoneInfo(zone)).replace(tzinfo=None)
    assert instant.tzinfo is UTC
    if "does not exist" in civil.change_note:
        assert timedelta(0) < local - datetime.combine(day, civil.at) <= timedelta(hours=1)
    else:
        assert local == datetime.combine(day, civil.at)
    if "comes twice" in civil.change_note:
        assert instant.astimezone(ZoneInfo(zone)).fold == 0


@pytest.mark.parametrize(
    ("at", "begin", "end", "quiet"),
    [
        (time(23, 0), time(22, 0), time(7, 0), True),
        (time(22, 0), time(22, 0), time(7, 0), True),
        (time(7, 0), time(22, 0), time(7, 0), False),
        (time(12, 0), time(22, 0), time(7, 0), False),
        (time(13, 0), time(12, 0), time(14, 0), True),
        (time(14, 0), time(12, 0), time(14, 0), False),
        (time(3, 0), time(3, 0), time(3, 0), False),
        (time(3, 0), None, time(7, 0), False),
        (time(3, 0), time(1, 0), None, False),
    ],
)
def test_quiet_hours_may_run_over_midnight(at: time, begin: time | None, end: time | None, quiet: bool) -> None:
    assert within_quiet(at, begin, end) is quiet


# Ladders

DEADLINE = Deadline(DeadlineId(1), GuildId(1), DeadlineKind.GOVERNMENT_RESPONSE, "Reply", date(2021, 9, 8), TWO_MONTHS)


def named(rung: PlannedReminder) -> str:
    return f"{rung.rung} @{rung.for_day}"


def rungs(
    now: datetime, deadline: Deadline = DEADLINE, ladder: tuple[int, ...] = DEFAULT_LADDER, **more: bool
) -> list[str]:
    planned = plan_ladder(deadline, ladder, monthly=more.get("monthly", True), at=NINE, zone=LONDON, now=now)
    return [named(rung) for rung in planned]


def at(day: date, clock: time = NINE) -> datetime:
    return CivilTime(day, clock, LONDON).instant()


def test_the_default_ladder_in_full() -> None:
    planned = plan_ladder(DEADLINE, DEFAULT_LADDER, monthly=True, at=NINE, zone=LONDON, now=at(date(2021, 7, 8)))
    assert [(r.kind, named(r), r.civil.on) for r in planned] == [
        (ReminderKind.BEFORE, "-14 @2021-08-25", date(2021, 8, 25)),
        (ReminderKind.BEFORE, "-3 @2021-09-05", date(2021, 9, 5)),
        (ReminderKind.DUE, "0 @2021-09-08", date(2021, 9, 8)),
        (ReminderKind.OVERDUE, "+1 @2021-09-09", date(2021, 9, 9)),
        (ReminderKind.OVERDUE, "+14 @2021-09-22", date(2021, 9, 22)),
        (ReminderKind.OVERDUE, "monthly @2021-10-22", date(2021, 10, 22)),
    ]


def test_each_rung_is_of_use_until_the_next() -> None:
    planned = plan_ladder(DEADLINE, DEFAULT_LADDER, monthly=True, at=NINE, zone=LONDON, now=at(date(2021, 7, 8)))
    for rung, following in pairwise(planned):
        assert rung.expires_at == following.civil.instant()
    assert planned[-1].expires_at == at(date(2021, 11, 22))
    last = plan_ladder(DEADLINE, (0,), monthly=False, at=NINE, zone=LONDON, now=at(date(2021, 7, 8)))[-1]
    assert last.expires_at == at(date(2021, 9, 8)) + LAST_RUNG_USE


def test_a_rung_whose_moment_has_come_is_not_planned_again() -> None:
    moment = at(date(2021, 9, 8))
    assert rungs(moment - timedelta(microseconds=1))[0] == "0 @2021-09-08"
    assert rungs(moment)[0] == "+1 @2021-09-09"


def test_the_monthly_rung_goes_on_while_it_is_overdue() -> None:
    assert rungs(at(date(2021, 10, 1))) == ["monthly @2021-10-22"]
    assert rungs(at(date(2021, 10, 22))) == ["monthly @2021-11-22"]
    assert rungs(at(date(2022, 1, 30))) == ["monthly @2022-02-22"]
    assert rungs(at(date(2022, 1, 30)), monthly=False) == []


def test_a_month_end_is_clamped_and_does_not_creep() -> None:
    end = replace(DEADLINE, due_on=date(2027, 1, 31))
    assert rungs(at(date(2027, 2, 1)), end, (0,)) == ["monthly @2027-02-28"]
    assert rungs(at(date(2027, 3, 1)), end, (0,)) == ["monthly @2027-03-31"]


def test_a_promised_date_moves_the_whole_ladder() -> None:
    promised = replace(DEADLINE, promised_on=date(2021, 10, 8))
    assert rungs(at(date(2021, 9, 10)), promised)[:3] == [
        "-14 @2021-09-24",
        "-3 @2021-10-05",
        "0 @2021-10-08",
    ]


@pytest.mark.parametrize(
    "known",
    [
        {"received_on": date(2021, 9, 1)},
        {"partly_on": date(2021, 9, 1)},
        {"withdrawn_on": date(2021, 9, 1)},
        {"lapsed_on": date(2021, 9, 1)},
    ],
)
def test_nothing_is_planned_for_what_is_over(known: dict[str, date]) -> None:
    over = replace(DEADLINE, **known)  # type: ignore[arg-type]
    assert rungs(at(date(2021, 8, 31)), over) != []
    assert rungs(at(date(2021, 9, 2)), over) == []


def test_no_ladder_is_no_reminder() -> None:
    assert rungs(at(date(2021, 7, 8)), ladder=(), monthly=False) == []


@given(
    due=st.dates(date(2025, 1, 1), date(2035, 12, 31)),
    ladder=st.lists(st.integers(-120, 120), max_size=10).map(tuple),
    ahead=st.integers(-400, 400),
    monthly=st.booleans(),
    clock=st.times(),
)
def test_any_ladder_lies_ahead_in_order_with_one_name_each(
    due: date, ladder: tuple[int, ...], ahead: int, monthly: bool, clock: time
) -> None:
    deadline = replace(DEADLINE, due_on=due)
    now = datetime.combine(due, time(12), tzinfo=UTC) - timedelta(days=ahead)
    clock = clock.replace(second=0, microsecond=0)
    planned = plan_ladder(deadline, ladder, monthly=monthly, at=clock, zone=LONDON, now=now)
    instants = [rung.civil.instant() for rung in planned]
    assert all(instant > now for instant in instants)
    assert instants == sorted(instants)
    assert len({rung.slot for rung in planned}) == len(planned)
    assert all(rung.expires_at > rung.civil.instant() for rung in planned)
    if monthly:
        assert planned[-1].rung == MONTHLY or planned[-1].kind is not ReminderKind.OVERDUE
        assert planned


@given(ahead=st.integers(0, 100), later=st.integers(1, 50))
def test_planning_again_later_never_brings_back_a_rung(ahead: int, later: int) -> None:
    first = at(date(2021, 9, 8)) - timedelta(days=ahead)
    second = first + timedelta(days=later)
    fixed = {step for step in rungs(second) if not step.startswith("monthly")}
    assert fixed <= set(rungs(first))


# Frozen messages


@given(
    text=st.text(max_size=200),
    labels=st.lists(st.text(min_size=1, max_size=20), max_size=4),
    role=st.none() | st.integers(1, 2**63 - 1),
)
def test_a_frozen_message_comes_back_as_it_was(text: str, labels: list[str], role: int | None) -> None:
    message = OutgoingMessage(
        text,
        tuple(MessageButton(label, action=f"pb:x:{n}") for n, label in enumerate(labels)),
        RoleId(role) if role is not None else None,
    )
    again = OutgoingMessage.from_bytes(message.to_bytes())
    assert again == message
    assert again.digest == message.digest
    assert len(message.digest) == 64


def test_another_message_has_another_digest() -> None:
    base = OutgoingMessage("a", (MessageButton("b", action="c"),), RoleId(1))
    others = (
        replace(base, text="b"),
        replace(base, buttons=()),
        replace(base, ping_role=None),
        replace(base, buttons=(MessageButton("b", url="c"),)),
    )
    assert len({base.digest, *(other.digest for other in others)}) == 5


@pytest.mark.parametrize("damaged", [b"", b"{}", b"[]", b"\xff", b'{"text": "x"}'])
def test_other_bytes_are_refused(damaged: bytes) -> None:
    with pytest.raises(ValueError):
        OutgoingMessage.from_bytes(damaged)


# Working days

DAYS = st.dates(date(2020, 1, 1), date(2035, 12, 31))


FRIDAY = date(2027, 6, 4)


@pytest.mark.parametrize(
    ("after", "off", "posted"),
    [
        (0, (), FRIDAY),
        (1, (), date(2027, 6, 7)),
        (2, (), date(2027, 6, 7)),
        (1, (date(2027, 6, 7),), date(2027, 6, 8)),
        (3, (date(2027, 6, 7), date(2027, 6, 8)), date(2027, 6, 9)),
        (8, (), date(2027, 6, 11)),
        (-5, (), date(2027, 5, 28)),
        (-5, (date(2027, 5, 28),), date(2027, 5, 27)),
    ],
)
def test_a_rung_after_the_date_moves_on_over_a_weekend_and_back_only_where_it_still_comes_after(
    after: int, off: tuple[date, ...], posted: date
) -> None:
    assert working_day(FRIDAY + timedelta(days=after), FRIDAY, off) == posted


@given(DAYS, st.integers(-60, 60), st.sets(DAYS, max_size=4))
def test_a_rung_moves_to_a_working_day_and_never_from_after_the_date_to_before_it(
    centre: date, offset: int, off: set[date]
) -> None:
    day = centre + timedelta(days=offset)
    off |= {day, day + timedelta(days=1)}
    moved = working_day(day, centre, off)
    assert moved.weekday() < 5
    assert moved not in off
    if offset <= 0:
        assert moved <= day
    else:
        assert moved > centre


def test_a_moved_rung_says_so_and_the_date_stays() -> None:
    deadline = DEADLINE_ON_SUNDAY
    now = datetime(2027, 5, 1, tzinfo=UTC)
    rungs = plan_ladder(deadline, (-1, 0, 1), monthly=False, at=NINE, zone=LONDON, now=now, days_off=())
    assert [(named(r), r.civil.on) for r in rungs] == [
        ("0 @2027-06-06", date(2027, 6, 4)),
        ("+1 @2027-06-07", date(2027, 6, 7)),
    ], "the day before moves to the same Friday, so it would only say the same twice"
    assert rungs[0].moved_note == "Moved from Sunday 6 June 2027, which is not a working day."
    assert rungs[1].moved_note == ""
    assert deadline.due_on == date(2027, 6, 6)


@pytest.mark.parametrize(
    ("kind", "rung", "words"),
    [
        (ReminderKind.BEFORE, "-14", "14 days before"),
        (ReminderKind.BEFORE, "-1", "1 day before"),
        (ReminderKind.DUE, "0", "On the day"),
        (ReminderKind.OVERDUE, "+1", "1 day after"),
        (ReminderKind.OVERDUE, "monthly", "Monthly, while overdue"),
        (ReminderKind.ANSWERED, "answered", "News of an answer"),
        (ReminderKind.PROMISED, "promised", "News of a promise"),
        (ReminderKind.CORRECTED, "corrected", "A correction"),
        (ReminderKind.NOTICE, "something", "A reminder"),
    ],
)
def test_rungs_have_names(kind: ReminderKind, rung: str, words: str) -> None:
    assert rung_words(kind, rung) == words


def test_a_reminder_has_one_owner_at_most() -> None:
    assert Owner(deadline_id=DeadlineId(3)).columns == {"deadline_id": 3}
    assert Owner().columns == {}
    with pytest.raises(ValueError, match="one owner"):
        Owner(deadline_id=DeadlineId(3), action_id=ActionId(4))


# Clock changes, anywhere

ZONES = st.sampled_from(
    [
        LONDON,
        "Europe/Dublin",
        "America/New_York",
        "America/St_Johns",
        "America/Sao_Paulo",
        "Australia/Lord_Howe",
        "Australia/Sydney",
        "Pacific/Auckland",
        "Pacific/Chatham",
        "Africa/Casablanca",
        "Asia/Kathmandu",
        "Asia/Tehran",
        "Asia/Urumqi",
        "UTC",
    ]
)
TIMES = st.builds(time, st.integers(0, 23), st.sampled_from([0, 15, 30, 45]))


@given(ZONES, DAYS, TIMES)
def test_a_local_time_is_kept_or_what_the_clocks_did_to_it_is_said(zone: str, day: date, at: time) -> None:
    civil = CivilTime(day, at, zone)
    wanted = datetime.combine(day, at)
    shown = civil.instant().astimezone(ZoneInfo(zone)).replace(tzinfo=None)
    twice = [
        moment
        for minutes in range(-180, 181, 15)
        if (moment := civil.instant() + timedelta(minutes=minutes)).astimezone(ZoneInfo(zone)).replace(tzinfo=None)
        == wanted
    ]
    if shown != wanted:
        assert twice == [], "a time that is there is never moved"
        assert timedelta(0) < shown - wanted <= timedelta(hours=2)
        assert f"{at:%H:%M} does not exist, so it is {shown:%H:%M}" in civil.change_note
    elif len(twice) == 2:
        assert civil.instant() == min(twice), "the first of the two"
        assert "comes twice, and this is the first" in civil.change_note
    else:
        assert civil.change_note == ""


def test_the_property_above_meets_both_kinds_of_clock_change() -> None:
    forward, back = (
        CivilTime(date(2027, 3, 28), time(1, 15), LONDON),
        CivilTime(date(2027, 10, 31), time(1, 15), LONDON),
    )
    assert "does not exist" in forward.change_note
    assert "comes twice" in back.change_note
    assert "is 02:45" in CivilTime(date(2026, 10, 4), time(2, 15), "Australia/Lord_Howe").change_note


@given(
    ZONES,
    DAYS,
    TIMES,
    st.sets(st.integers(-60, 60), min_size=1, max_size=12),
    st.none() | st.sets(DAYS, max_size=30),
    st.booleans(),
    st.integers(-90, 400),
)
def test_every_ladder_goes_up_and_each_rung_hands_over_to_the_next(
    zone: str, due: date, at: time, ladder: set[int], off: set[date] | None, monthly: bool, from_due: int
) -> None:
    deadline = replace(DEADLINE_ON_SUNDAY, due_on=due)
    now = datetime.combine(due, time(12), UTC) + timedelta(days=from_due)
    rungs = plan_ladder(deadline, tuple(ladder), monthly=monthly, at=at, zone=zone, now=now, days_off=off)
    instants = [rung.civil.instant() for rung in rungs]
    assert all(instant > now for instant in instants)
    assert all(first < then for first, then in pairwise(instants))
    assert all(rung.expires_at <= then for rung, then in zip(rungs, instants[1:], strict=False))
    assert len({rung.slot for rung in rungs}) == len(rungs)
    assert not monthly or rungs, "while it is overdue there is always a next one"
    for rung in rungs:
        if off is not None:
            assert rung.civil.on.weekday() < 5
            assert rung.civil.on not in off
        assert bool(rung.moved_note) is (rung.for_day != rung.civil.on)
        assert rung.civil.on > due or rung.kind is not ReminderKind.OVERDUE


def test_a_rung_after_the_date_moves_on_over_a_weekend_rather_than_back_to_the_date() -> None:
    friday = date(2027, 6, 4)
    assert working_day(date(2027, 6, 5), friday, ()) == date(2027, 6, 7), "Saturday, the day after: Monday"
    assert working_day(date(2027, 6, 6), friday, {date(2027, 6, 7)}) == date(2027, 6, 8), "over a bank holiday too"
    assert working_day(date(2027, 6, 12), friday, ()) == date(2027, 6, 11), "a later Saturday: the Friday before it"
    assert working_day(date(2027, 6, 5), date(2027, 6, 5), ()) == friday, (
        "the date itself on a Saturday: the Friday before"
    )


def test_the_times_that_delivery_stands_on_are_as_documented() -> None:
    assert (timedelta(minutes=5), timedelta(seconds=60), timedelta(hours=48)) == (LATE_AFTER, LEASE, GIVE_UP_AFTER)
    minutes = [back_off(attempts) / timedelta(minutes=1) for attempts in range(10)]
    assert minutes == [1, 1, 2, 4, 8, 16, 32, 60, 60, 60]
    assert timedelta(minutes=15) == LATE_AT_NIGHT
