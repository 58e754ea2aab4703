from __future__ import annotations

import itertools
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.calendars import entries_of_event
from bot.domain.dates.repeats import Repeat
from bot.domain.errors import Refused
from bot.domain.group_event_checks import (
    When,
    checked,
    checked_days,
    days_words,
    moved,
    read_when,
    under_another_rule,
    when_words,
)
from bot.domain.group_events import (
    GroupEvent,
    GroupEventKind,
    GroupEventState,
    Moved,
    event_rung_words,
    night_note,
    plan_event,
    repeat_words,
)
from bot.domain.guilds import GuildSettings
from bot.domain.identity import GroupEventId, GuildId

LONDON = "Europe/London"
NOW = datetime(2026, 11, 28, 10, tzinfo=UTC)  # a Saturday
SETTINGS = GuildSettings(GuildId(1))
LATE_WORDS = ("overdue", "late", "owed", "expected", "answer")


def event(**changes: Any) -> GroupEvent:
    base = GroupEvent(
        GroupEventId(1),
        GuildId(1),
        GroupEventKind.MEETING,
        "Branch meeting",
        date(2026, 12, 8),
        time(19),
        minutes=120,
    )
    return replace(base, **changes)


def first_tuesdays(**changes: Any) -> GroupEvent:
    return event(on=date(2026, 12, 1), repeat=Repeat.NTH_WEEKDAY, **changes)


def at(year: int, month: int, day: int, hour: int = 12, minute: int = 0) -> datetime:
    return datetime(year, month, day, hour, minute, tzinfo=ZoneInfo(LONDON))


def read(text: str, now: datetime = NOW) -> When:
    return replace(read_when(text, now, LONDON), assumed=(), by_clock=False)


# Where it stands


def test_an_event_comes_is_on_and_is_over() -> None:
    one = event()
    assert one.headline(NOW) == "Tuesday 8 December 2026, 7pm to 9pm, in 10 days"
    assert one.state(at(2026, 12, 7)) is GroupEventState.COMING
    assert one.headline(at(2026, 12, 7)) == "Tuesday 8 December 2026, 7pm to 9pm, tomorrow"
    assert one.state(at(2026, 12, 8)) is GroupEventState.TODAY
    assert one.state(at(2026, 12, 8, 20)) is GroupEventState.ON_NOW
    assert one.headline(at(2026, 12, 8, 20)) == "On now: Tuesday 8 December 2026, 7pm to 9pm"
    assert one.state(at(2026, 12, 8, 21)) is GroupEventState.OVER
    assert one.headline(at(2026, 12, 9)) == "Over: it was on Tuesday 8 December 2026, 7pm to 9pm"


def test_without_a_length_it_is_over_with_its_day() -> None:
    for one in (event(minutes=0), event(at=None, minutes=0)):
        assert one.state(at(2026, 12, 8, 23, 59)) is GroupEventState.TODAY
        assert one.state(at(2026, 12, 9, 0)) is GroupEventState.OVER


def test_an_event_of_several_days_says_its_last() -> None:
    one = event(at=None, minutes=2 * 24 * 60)
    assert one.headline(NOW).startswith("Tuesday 8 December 2026 to Wednesday 9 December 2026")
    assert one.state(at(2026, 12, 9)) is GroupEventState.TODAY
    assert one.state(at(2026, 12, 10)) is GroupEventState.OVER
    night = event(at=time(23), minutes=120)
    assert "11pm to 1am on Wednesday 9 December 2026" in night.headline(NOW)


def test_nothing_that_is_said_of_an_event_speaks_of_lateness() -> None:
    for one in (event(), first_tuesdays(), event(off_on=date(2026, 11, 28)), event(at=None)):
        for day in range(0, 900, 30):
            said = one.headline(NOW + timedelta(days=day)).casefold()
            assert not any(word in said for word in LATE_WORDS), said
    assert not any(hasattr(event(), name) for name in ("days_late", "due_on", "received_on", "watch_on"))


def test_what_repeats_is_not_over_until_its_last_day() -> None:
    one = first_tuesdays(until=date(2027, 2, 28))
    assert [o.on for o in one.coming(NOW, 9)] == [date(2026, 12, 1), date(2027, 1, 5), date(2027, 2, 2)]
    assert one.headline(at(2027, 1, 6)).startswith("Next: Tuesday 2 February 2027, 7pm to 9pm, in 27 days")
    assert one.state(at(2027, 2, 3)) is GroupEventState.OVER
    assert one.headline(at(2027, 3, 1)) == "Over: it was on Tuesday 2 February 2027, 7pm to 9pm"


@pytest.mark.parametrize(
    ("repeat", "day", "said"),
    [
        (Repeat.WEEKLY, date(2026, 12, 8), "every Tuesday"),
        (Repeat.FORTNIGHTLY, date(2026, 12, 8), "every other Tuesday"),
        (Repeat.NTH_WEEKDAY, date(2026, 12, 8), "on the second Tuesday of every month"),
        (Repeat.NTH_WEEKDAY, date(2026, 12, 29), "on the last Tuesday of every month"),
        (Repeat.LAST_WEEKDAY, date(2026, 12, 25), "on the last Friday of every month"),
        (Repeat.MONTHLY, date(2026, 12, 3), "every month on the 3rd"),
        (Repeat.MONTHLY, date(2026, 12, 11), "every month on the 11th"),
        (Repeat.WEEKDAYS, date(2026, 12, 8), "every weekday, Monday to Friday"),
    ],
)
def test_how_often_is_said_as_people_say_it(repeat: Repeat, day: date, said: str) -> None:
    assert repeat_words(event(on=day, repeat=repeat)) == said


def test_it_stays_at_its_hour_over_both_clock_changes() -> None:
    one = event(on=date(2026, 10, 20), repeat=Repeat.WEEKLY)
    found = one.occurrences(date(2026, 10, 20), 30)
    assert {o.starts.astimezone(ZoneInfo(LONDON)).time() for o in found} == {time(19)}
    assert {(b.on - a.on).days for a, b in itertools.pairwise(found)} == {7}


# One occurrence moved, or left out


def test_one_occurrence_is_moved_and_the_rest_stays() -> None:
    one = first_tuesdays()
    here = one.coming(NOW, 2)[1]
    changed = moved(one, here, date(2027, 1, 12), time(18), NOW)
    assert [(o.on, o.at) for o in changed.coming(NOW, 3)] == [
        (date(2026, 12, 1), time(19)),
        (date(2027, 1, 12), time(18)),
        (date(2027, 2, 2), time(19)),
    ]
    assert changed.occurrence_on(date(2027, 1, 5)) is None
    back = changed.coming(NOW, 2)[1]
    assert moved(changed, back, date(2027, 1, 5), time(19), NOW).moved == ()


def test_one_occurrence_is_left_out() -> None:
    one = first_tuesdays()
    changed = moved(one, one.coming(NOW, 2)[1], None, None, NOW)
    assert [o.on for o in changed.coming(NOW, 2)] == [date(2026, 12, 1), date(2027, 2, 2)]
    only = first_tuesdays(until=date(2026, 12, 31), moved=(Moved(date(2026, 12, 1)),))
    assert only.state(NOW) is GroupEventState.OVER


def test_an_occurrence_may_pass_the_one_after_it() -> None:
    one = event(on=date(2026, 12, 1), repeat=Repeat.WEEKLY)
    changed = moved(one, one.coming(NOW)[0], date(2026, 12, 10), time(19), NOW)
    assert [o.on.day for o in changed.coming(NOW, 3)] == [8, 10, 15]


def test_an_occurrence_is_not_moved_onto_another_nor_into_the_past() -> None:
    one = first_tuesdays()
    here = one.coming(NOW, 2)[1]
    with pytest.raises(Refused, match="already one on that day"):
        moved(one, here, date(2027, 2, 2), None, NOW)
    with pytest.raises(Refused, match="has passed"):
        moved(one, here, date(2026, 11, 27), None, NOW)


# Reminders


def planned(one: GroupEvent, now: datetime = NOW, **settings: Any) -> list[tuple[str, str]]:
    found = plan_event(one, replace(SETTINGS, **settings), now, None)
    return [(plan.rung, f"{plan.civil.on:%d %b} {plan.civil.at:%H:%M}") for plan in found]


def test_an_event_is_reminded_of_before_and_on_its_day_and_never_after() -> None:
    assert planned(event()) == [("-7", "01 Dec 09:00"), ("-1", "07 Dec 09:00"), ("0", "08 Dec 09:00")]
    assert planned(event(), at(2026, 12, 8, 9, 1)) == []
    for one in (event(), first_tuesdays(), event(at=time(7)), event(at=time(23, 30), minutes=90)):
        for plan in plan_event(one, SETTINGS, NOW):
            assert plan.for_day is not None
            assert int(plan.rung) <= 0
            assert plan.expires_at is not None
            assert plan.civil.instant() < plan.expires_at


def test_a_reminder_is_of_use_until_the_next_one_or_until_it_begins() -> None:
    week, eve, day = plan_event(event(), SETTINGS, NOW)
    assert (week.expires_at, eve.expires_at) == (eve.civil.instant(), day.civil.instant())
    assert day.expires_at == at(2026, 12, 8, 21)


def test_of_what_repeats_the_next_of_each_rung_is_planned() -> None:
    one = first_tuesdays()
    assert planned(one) == [("-1", "30 Nov 09:00"), ("0", "01 Dec 09:00"), ("-7", "29 Dec 09:00")]
    assert planned(one, at(2026, 12, 1, 9)) == [("-7", "29 Dec 09:00"), ("-1", "04 Jan 09:00"), ("0", "05 Jan 09:00")]
    assert planned(event(on=date(2026, 12, 1), repeat=Repeat.WEEKLY))[:1] == [("-1", "30 Nov 09:00")]
    assert planned(event(on=date(2026, 12, 1), at=time(10), repeat=Repeat.DAILY)) == [("0", "01 Dec 09:00")]


def test_a_moved_occurrence_is_reminded_of_where_it_is_now() -> None:
    one = first_tuesdays()
    changed = moved(one, one.coming(NOW)[0], date(2026, 12, 3), time(19), NOW)
    assert planned(changed)[:2] == [("-1", "02 Dec 09:00"), ("0", "03 Dec 09:00")]
    left_out = moved(one, one.coming(NOW)[0], None, None, NOW)
    assert planned(left_out) == [("-7", "29 Dec 09:00"), ("-1", "04 Jan 09:00"), ("0", "05 Jan 09:00")]


def test_an_early_event_is_reminded_of_an_hour_before_but_not_at_night() -> None:
    assert planned(event(at=time(8, 30)))[-1] == ("0", "08 Dec 07:30")
    assert [rung for rung, _ in planned(event(at=time(6, 30)))] == ["-7", "-1"]
    assert planned(event(at=time(6, 30), days=(0,))) == [("0", "07 Dec 09:00")]
    assert planned(event(at=time(8, 30), days=(0,)), quiet_from=time(22), quiet_until=time(8)) == [
        ("0", "07 Dec 09:00")
    ]


def test_days_before_keep_to_working_days_where_the_group_asked_for_it() -> None:
    monday = event(on=date(2026, 12, 28))
    holidays = {date(2026, 12, 25), date(2026, 12, 28)}
    found = plan_event(monday, replace(SETTINGS, days_off="england-and-wales"), NOW, holidays)
    assert [(plan.rung, plan.civil.on.day) for plan in found] == [("-7", 21), ("-1", 24), ("0", 28)]
    assert found[1].moved_note == "Moved from Sunday 27 December 2026, which is not a working day."


def test_a_post_comes_at_its_own_time_and_not_in_quiet_hours() -> None:
    post = event(kind=GroupEventKind.POST, words="Branch call at 9.", at=time(9, 15), repeat=Repeat.WEEKLY, minutes=0)
    assert planned(post) == [("0", "08 Dec 09:15")]
    night = replace(post, at=time(23, 30))
    assert planned(night, quiet_from=time(22), quiet_until=time(8)) == [("0", "09 Dec 08:00")]
    assert planned(replace(post, at=None)) == [("0", "08 Dec 09:00")]


def test_days_before_the_day_are_silent_unless_chosen_otherwise() -> None:
    assert event().is_silent("-7")
    assert not event().is_silent("0")
    assert not event().is_silent("news")
    assert not event(aloud=True).is_silent("-7")
    assert days_words((-7, 0), aloud=False) == "7 days before (silently), on the day"
    assert days_words((-1, 0), aloud=True) == "1 day before, on the day"
    assert [event_rung_words(rung) for rung in ("-1", "-7", "0", "off")] == [
        "1 day before",
        "7 days before",
        "On the day",
        "News of a change",
    ]


def test_what_was_called_off_calls_for_nothing() -> None:
    one = event(off_on=date(2026, 11, 28))
    assert plan_event(one, SETTINGS, NOW) == ()
    assert one.coming(NOW) == ()
    assert one.headline(NOW) == "Called off on 28 November 2026"


def test_it_plans_on_for_ten_years_one_reminder_after_another() -> None:
    one = event(on=date(2026, 12, 1), at=time(1, 30), repeat=Repeat.WEEKLY, days=(-1, 0))
    now, days = NOW, []
    while now < NOW + timedelta(days=3660):
        (plan, *_) = plan_event(one, SETTINGS, now)
        days.append((plan.rung, plan.for_day))
        now = plan.civil.instant()
    assert len(days) == len(set(days)) == 524  # the day itself would be at night, and the eve says it
    assert {day.weekday() for _, day in days if day is not None} == {0}


# What was typed


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("8 December", When(date(2026, 12, 8), None)),
        ("8 December 7pm", When(date(2026, 12, 8), time(19))),
        ("8 December 7pm to 9pm", When(date(2026, 12, 8), time(19), 120)),
        ("8 December 7-9pm", When(date(2026, 12, 8), time(19), 120)),
        ("7pm to 9 on 8 December", When(date(2026, 12, 8), time(19), 120)),
        ("from 7pm to 9pm on 8 December", When(date(2026, 12, 8), time(19), 120)),
        ("8 December 11am–1pm", When(date(2026, 12, 8), time(11), 120)),
        ("8 December 11-1pm", When(date(2026, 12, 8), time(11), 120)),
        ("tomorrow 19:00-21:30", When(date(2026, 11, 29), time(19), 150)),
        ("8 December at 10am for an hour and a half", When(date(2026, 12, 8), time(10), 90)),
        ("8 December at 10am for 90 minutes", When(date(2026, 12, 8), time(10), 90)),
        ("8 December 11pm to 1am", When(date(2026, 12, 8), time(23), 120)),
        ("8 December for 2 days", When(date(2026, 12, 8), None, 2880)),
        ("today", When(date(2026, 11, 28), None)),
        ("every first Tuesday at 7pm", When(date(2026, 12, 1), time(19), 0, Repeat.NTH_WEEKDAY)),
        ("the first Tuesday of every month 7pm to 9pm", When(date(2026, 12, 1), time(19), 120, Repeat.NTH_WEEKDAY)),
        ("every Monday 9am until 1 June", When(date(2026, 11, 30), time(9), 0, Repeat.WEEKLY, date(2027, 6, 1))),
        ("every weekday 8am", When(date(2026, 11, 30), time(8), 0, Repeat.WEEKDAYS)),
        ("every Tuesday from 5 January 7pm", When(date(2027, 1, 5), time(19), 0, Repeat.WEEKLY)),
        ("last Friday of every month 6pm", When(date(2026, 12, 25), time(18), 0, Repeat.LAST_WEEKDAY)),
        ("28 March 2027 1.30am", When(date(2027, 3, 28), time(1, 30))),
    ],
)
def test_when_it_is_is_read_as_people_type_it(typed: str, meant: When) -> None:
    found = read(typed)
    assert found == meant
    again = event(on=found.on, at=found.at, minutes=found.minutes, repeat=found.repeat, until=found.until)
    assert read(when_words(again)) == found


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("", "You haven't given a day"),
        ("banana", "couldn't read a day"),
        ("31 February", "There's no day 31"),
        ("yesterday", "has passed"),
        ("8 December 2099", "too far away"),
        ("8 December at 7", "more than one day or time"),
        ("8 December for 2 hours", "not when it starts"),
        ("every third Tuesday and Friday", "Postbag can repeat"),
        ("every Monday until 1 June 2020", "last day is before the first"),
    ],
)
def test_what_is_not_clear_is_refused_with_what_to_do(typed: str, said: str) -> None:
    with pytest.raises(Refused, match=said) as refused:
        read(typed)
    assert refused.value.next_step


def test_the_missing_hour_is_said() -> None:
    assert "does not exist" in read_when("28 March 2027 1.30am", NOW, LONDON).assumed[0]
    assert "comes twice" in read_when("31 October 2027 1.30am", NOW, LONDON).assumed[0]


def test_an_event_has_clean_words() -> None:
    clean = checked(event(title="  Branch\u202e meeting ", place=" Town\nhall ", url="https://example.org/x"))
    assert (clean.title, clean.place) == ("Branch meeting", "Town hall")
    for bad in (
        event(title=" "),
        event(place="x" * 201),
        event(url="javascript:x"),
        event(kind=GroupEventKind.POST),
        event(kind=GroupEventKind.POST, words="x" * 1001),
    ):
        with pytest.raises(Refused):
            checked(bad)


def test_no_day_after_an_event_is_taken() -> None:
    assert checked_days([0, -3, -3]) == (-3, 0)
    for bad in ([1], [0, 14], [], [-400], list(range(-20, 1))):
        with pytest.raises(Refused):
            checked_days(bad)


def test_a_time_in_the_night_is_said_with_what_becomes_of_it() -> None:
    quiet = replace(SETTINGS, quiet_from=time(22), quiet_until=time(7))
    post = event(kind=GroupEventKind.POST, words="Branch call at 9.", at=time(3), minutes=0)
    assert night_note(post, quiet, NOW) == "3am is in your group's quiet hours, so Postbag posts it at 7am instead."
    assert planned(post, quiet_from=time(22), quiet_until=time(7)) == [("0", "08 Dec 07:00")]
    assert night_note(replace(post, at=time(9)), quiet, NOW) == ""
    assert night_note(post, replace(SETTINGS, quiet_from=None, quiet_until=None), NOW) == ""
    vote = event(at=time(3))
    assert night_note(vote, quiet, NOW) == "It starts at 3am, in the night. If you meant another time, press *Change*."
    assert night_note(replace(vote, at=time(19)), quiet, NOW) == ""
    assert night_note(replace(vote, at=None), quiet, NOW) == ""


def test_no_reminder_before_an_event_comes_on_christmas_day_but_the_one_of_an_event_then_does() -> None:
    boxing = event(on=date(2026, 12, 26), at=None, minutes=0)
    assert [on for _, on in planned(boxing)] == ["19 Dec 09:00", "24 Dec 09:00", "26 Dec 09:00"]
    vigil = event(on=date(2026, 12, 25), at=None, minutes=0)
    assert ("0", "25 Dec 09:00") in planned(vigil)


def entries(held: GroupEvent, now: datetime = NOW) -> dict[str, tuple[date, bool]]:
    return {e.uid: (e.on, e.cancelled) for e in entries_of_event(held, now, installation=str(UUID(int=7)))}


def changed_to(known: GroupEvent, now: datetime = NOW, **how: Any) -> GroupEvent:
    changed = replace(known, **how, revision=known.revision + 1)
    return replace(changed, moved=under_another_rule(known, changed, now))


def test_the_days_of_an_old_rule_are_sent_as_cancelled_and_those_of_both_keep_their_names() -> None:
    tuesdays = event(on=date(2026, 12, 8), repeat=Repeat.WEEKLY)
    tuesdays = moved(tuesdays, tuesdays.occurrences(date(2026, 12, 15), 1)[0], None, None, NOW)
    before = entries(tuesdays)
    wednesdays = changed_to(tuesdays, on=date(2026, 12, 9))
    after = entries(wednesdays)
    assert before.keys() <= after.keys()
    assert all(after[uid][1] for uid in before), "every Tuesday has gone"
    assert [on.weekday() for on, gone in after.values() if not gone] == [2] * 30
    assert wednesdays.coming(NOW)[0].on == date(2026, 12, 9)
    fortnightly = changed_to(wednesdays, repeat=Repeat.FORTNIGHTLY)
    kept = {uid for uid, (_, gone) in entries(fortnightly).items() if not gone}
    assert len(kept & after.keys()) == 15, "the Wednesdays that are left keep their names"
    back = changed_to(fortnightly, on=date(2026, 12, 8), repeat=Repeat.WEEKLY)
    again = entries(back)
    assert len(before.keys() & again.keys()) == 30
    assert not [uid for uid in before.keys() & again.keys() if again[uid][1]], "they come back under the same names"
    assert not [on for on, gone in again.values() if not gone and on.weekday() != 1]


def test_what_repeated_and_is_one_now_or_the_other_way_round_leaves_nothing_behind() -> None:
    weekly = event(on=date(2026, 12, 8), repeat=Repeat.WEEKLY)
    once = changed_to(weekly, repeat=Repeat.ONCE, on=date(2026, 12, 15))
    assert [o.on for o in once.coming(NOW, 3)] == [date(2026, 12, 15)], "an old day of the rule doesn't hide it"
    found = entries(once)
    assert [on for on, gone in found.values() if not gone] == [date(2026, 12, 15)]
    assert entries(weekly).keys() <= found.keys()
    (name,) = entries(event()).keys()
    many = changed_to(event(), repeat=Repeat.WEEKLY)
    assert entries(many)[name][1], "the one that it was has gone"
    assert [o.on.day for o in many.coming(NOW, 2)] == [8, 15]
    one = changed_to(many, repeat=Repeat.ONCE)
    assert entries(one)[name] == (date(2026, 12, 8), False)
    off = replace(one, off_on=date(2026, 12, 2))
    assert all(gone for _, gone in entries(off).values())
    assert entries(one).keys() <= entries(off).keys()


@given(
    rules=st.lists(
        st.tuples(
            st.sampled_from([Repeat.ONCE, Repeat.DAILY, Repeat.WEEKLY, Repeat.FORTNIGHTLY, Repeat.NTH_WEEKDAY]),
            st.integers(1, 28),
        ),
        min_size=2,
        max_size=4,
    )
)
def test_whatever_rule_follows_another_no_entry_of_the_old_one_is_left_uncancelled(
    rules: list[tuple[Repeat, int]],
) -> None:
    repeat, day = rules[0]
    held = event(on=date(2026, 12, day), repeat=repeat)
    for repeat, day in rules[1:]:
        known = entries(held)
        held = changed_to(held, on=date(2026, 12, day), repeat=repeat)
        found = entries(held)
        for uid, was in known.items():
            on, gone = found.get(uid, was)
            assert gone or held.occurrence_on(on) is not None, "in no calendar once it has gone"
        assert all(held.occurrence_on(on) is not None for on, gone in found.values() if not gone)


def test_a_groups_own_words_are_posted_within_half_a_day_or_not_at_all() -> None:
    post = event(kind=GroupEventKind.POST, words="Who is on?", minutes=0)
    (planned,) = plan_event(post, SETTINGS, NOW)
    assert planned.expires_at == planned.civil.instant() + timedelta(hours=12)


def test_no_time_of_day_is_made_up_for_an_event() -> None:
    assert read_when("20 March", NOW, LONDON).assumed == ("The next one is in 2027.",)
    assert read_when("20 March 2027", NOW, LONDON).assumed == ()


@pytest.mark.parametrize("at", [None, time(19)])
@pytest.mark.parametrize("repeat", Repeat)
def test_what_a_form_is_filled_with_is_read_as_the_same_times(repeat: Repeat, at: time | None) -> None:
    days = {
        Repeat.MONTH_END: (date(2027, 1, 31), date(2027, 4, 30), date(2026, 6, 30)),
        Repeat.LAST_WEEKDAY: (date(2027, 1, 29), date(2027, 4, 26), date(2026, 6, 30)),
        Repeat.NTH_WEEKDAY: (date(2027, 1, 22), date(2027, 4, 5), date(2026, 7, 8)),
    }
    for on in days.get(repeat, (date(2027, 1, 29), date(2027, 4, 5), date(2027, 7, 8), date(2026, 7, 8))):
        known = event(on=on, at=at, minutes=0, repeat=repeat)
        if on > NOW.date() or repeat is not Repeat.ONCE:
            found = read_when(when_words(known), NOW, LONDON)
            assert (found.on, found.at, found.repeat) == (known.on, at, repeat)
            assert not any("You gave no" in note for note in found.assumed)


@pytest.mark.parametrize(
    ("typed", "first"),
    [
        ("every year from 8 July 2026", date(2026, 7, 8)),
        ("every three months from 5 April", date(2027, 4, 5)),
        ("every month from 5 April", date(2027, 4, 5)),
        ("every week from 5 April", date(2027, 4, 5)),
        ("every two weeks starting 5 April", date(2027, 4, 5)),
        ("daily from 5 April", date(2027, 4, 5)),
    ],
)
def test_what_repeats_from_a_day_begins_on_that_day(typed: str, first: date) -> None:
    assert read_when(typed, NOW, LONDON).on == first


@pytest.mark.parametrize("length", ["30 hours", "30.5 hours", "2 days", "24 hours", "23 hours"])
def test_a_length_is_written_as_long_as_it_is(length: str) -> None:
    found = read_when(f"8 December 7pm for {length}", NOW, LONDON)
    again = when_words(event(on=found.on, at=found.at, minutes=found.minutes))
    assert read_when(again, NOW, LONDON).minutes == found.minutes, again


@pytest.mark.parametrize(
    "typed",
    [
        "every day for 3 days",
        "every weekday 9am for 5 days",
        "daily for two weeks",
        "weekly for 6 weeks",
        "every Monday 7pm for 6 weeks",
        "every month for 6 months",
        "every Friday for the next month",
        "every day at 9am for a week",
    ],
)
def test_for_how_long_it_repeats_is_no_first_day(typed: str) -> None:
    with pytest.raises(Refused, match="last day") as refused:
        read_when(typed, NOW, LONDON)
    assert "until" in refused.value.next_step


def test_how_long_each_lasts_is_still_read_behind_a_repeat() -> None:
    assert read_when("every Monday 7pm for 2 days", NOW, LONDON).minutes == 2 * 24 * 60
    assert read_when("every day 7pm for 2 hours", NOW, LONDON).minutes == 120
    assert read_when("8 December for 3 days", NOW, LONDON).minutes == 3 * 24 * 60


@pytest.mark.parametrize(
    ("typed", "named"),
    [
        ("8 December 9 to 5", "9am to 5pm"),
        ("8 December 10-4", "10am to 4pm"),
        ("Tuesday 7 to 9", "7pm to 9pm"),
        ("tuesday 7-9", "7pm to 9pm"),
        ("Tuesday from 7 to 9", "7pm to 9pm"),
        ("7 to 9 on Tuesday", "7pm to 9pm"),
        ("every Tuesday 7.30 to 9", "7.30pm to 9pm"),
        ("Tuesday 10 to 12", "10am to 12pm"),
        ("tomorrow 11-1", "11am to 1pm"),
    ],
)
def test_two_bare_hours_are_asked_about_by_name(typed: str, named: str) -> None:
    with pytest.raises(Refused, match="morning from evening") as refused:
        read_when(typed, NOW, LONDON)
    assert f"for example {named}." in refused.value.next_step


@pytest.mark.parametrize(
    "typed", ["8-12", "8-12-26", "8-12 7pm", "8/12 7pm to 9", "8 December 7-9pm", "Tue 8-12 at 7pm"]
)
def test_a_date_with_figures_is_no_range_of_hours(typed: str) -> None:
    assert read_when(typed, NOW, LONDON).on == date(2026, 12, 8)


def test_a_reminder_that_is_early_for_an_early_event_says_so_and_never_comes_on_christmas_day() -> None:
    swim = event(on=date(2026, 12, 26), at=time(7, 30), days=(0,))
    assert planned(swim) == [("0", "24 Dec 09:00")]
    early = plan_event(event(at=time(6, 30), days=(0,)), SETTINGS, NOW)[0]
    assert early.moved_note == "It comes before the day, because the event starts early."


@pytest.mark.parametrize(
    ("typed", "ends", "hours"),
    [
        ("27 March 2027 11pm to 3am", at(2027, 3, 28, 3), 3),
        ("27 March 2027 11pm for 4 hours", at(2027, 3, 28, 4), 4),
        ("30 October 2027 11pm to 3am", at(2027, 10, 31, 3), 5),
        ("30 October 2027 11pm for 4 hours", at(2027, 10, 31, 2), 4),
        ("28 March 2027 12.30am to 4am", at(2027, 3, 28, 4), 2.5),
        ("31 October 2027 12.30am to 4am", at(2027, 10, 31, 4), 4.5),
        ("31 October 2027 1.15am to 1.45am", at(2027, 10, 31, 1, 45), 0.5),
        ("28 March 2027 1.30am to 2.15am", at(2027, 3, 28, 3, 15), 0.75),
        ("27 June 2027 11pm to 3am", at(2027, 6, 28, 3), 4),
    ],
)
def test_an_end_is_what_the_clock_shows_and_a_length_is_time_that_passes(
    typed: str, ends: datetime, hours: float
) -> None:
    found = read_when(typed, NOW, LONDON)
    one = event(on=found.on, at=found.at, minutes=found.minutes, by_clock=found.by_clock)
    (here,) = one.coming(NOW)
    assert here.ends == ends.astimezone(UTC)
    assert here.ends - here.starts == timedelta(hours=hours)
    again = read_when(when_words(one), NOW, LONDON)
    assert (again.minutes, again.by_clock) == (found.minutes, found.by_clock)
    (entry,) = entries_of_event(one, NOW)
    assert (entry.starts, entry.ends) == (here.starts, here.ends)


def test_every_time_of_a_weekly_event_ends_when_the_clock_shows_its_end() -> None:
    found = read_when("every Friday 11pm to 3am", NOW, LONDON)
    weekly = event(on=found.on, at=found.at, minutes=found.minutes, by_clock=found.by_clock, repeat=found.repeat)
    assert {here.ends.astimezone(ZoneInfo(LONDON)).hour for here in weekly.coming(NOW, 60)} == {3}
