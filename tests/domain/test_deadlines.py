"""Deadlines: the two-month rule, states on a day, the working, a report's facts, a dissolution."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.deadline_checks import clean_link, clean_title, sensible_day
from bot.domain.deadlines import (
    LAPSING,
    Deadline,
    DeadlineKind,
    DeadlineState,
    Fact,
    NoteKind,
    lapsed_at,
    response_clock,
    response_due,
    with_fact,
    with_facts,
)
from bot.domain.errors import Refused
from bot.domain.identity import DeadlineId, GuildId, ReportSlug
from bot.domain.members import Dissolution
from bot.domain.reports import House, Report, ResponseFacts, Source
from bot.domain.rules import GIVEN, PRINTED, TWO_MONTHS, TWO_MONTHS_LORDS, add_months
from storage.packs import read_pack, shipped_packs

days = st.dates(date(1990, 1, 1), date(2090, 12, 31))
DUE = date(2021, 9, 8)
GUILD = GuildId(7)


def deadline(**changes: object) -> Deadline:
    plain = Deadline(
        deadline_id=DeadlineId(1),
        guild_id=GUILD,
        kind=DeadlineKind.GOVERNMENT_RESPONSE,
        title="Response to an invented report",
        due_on=DUE,
        rule=TWO_MONTHS,
        started_on=date(2021, 7, 8),
    )
    return replace(plain, **changes)  # type: ignore[arg-type]


def report(**changes: object) -> Report:
    plain = Report(
        slug=ReportSlug("canals"),
        title="Canals and the invented towpath",
        short_title="Canals",
        committee="Invented Committee",
        house=House.COMMONS,
        paper="HC 1",
        session="2021–22",
        published_on=date(2021, 7, 8),
        url="https://committee.example/canals",
        as_of=date(2021, 12, 1),
        licence="Invented",
        chapters=(),
        doors=(),
        recommendations=(),
        sources=(Source("r", "Response", "https://committee.example/response"),),
    )
    return replace(plain, **changes)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("published", "due"),
    [
        (date(2021, 7, 8), date(2021, 9, 8)),
        (date(2023, 7, 14), date(2023, 9, 14)),
        (date(2026, 12, 31), date(2027, 2, 28)),
        (date(2027, 12, 31), date(2028, 2, 29)),
        (date(2026, 6, 30), date(2026, 8, 30)),
        (date(2026, 12, 25), date(2027, 2, 25)),
    ],
)
def test_two_calendar_months_keep_the_day_number_and_clamp_at_the_month_s_end(published: date, due: date) -> None:
    assert response_due(published) == (due, TWO_MONTHS)
    assert response_due(published, lords=True) == (due, TWO_MONTHS_LORDS)


def test_a_date_that_parliament_prints_wins() -> None:
    printed = date(2021, 10, 1)
    assert response_due(date(2021, 7, 8), printed=printed) == (printed, PRINTED)


@given(days, st.integers(-600, 600))
def test_adding_months_never_skips_a_month(day: date, months: int) -> None:
    moved = add_months(day, months)
    assert (moved.year * 12 + moved.month) - (day.year * 12 + day.month) == months
    assert moved.day <= day.day
    assert moved.day == day.day or (moved + timedelta(days=1)).day == 1


@given(days)
def test_two_months_are_59_to_62_days(day: date) -> None:
    assert 59 <= (response_due(day)[0] - day).days <= 62


STATES = [
    (DUE - timedelta(days=1), {}, DeadlineState.RUNNING),
    (DUE, {}, DeadlineState.DUE_TODAY),
    (DUE + timedelta(days=1), {}, DeadlineState.OVERDUE),
    (DUE + timedelta(days=9), {"promised_on": DUE + timedelta(days=20)}, DeadlineState.PROMISED),
    (DUE + timedelta(days=20), {"promised_on": DUE + timedelta(days=20)}, DeadlineState.PROMISED),
    (DUE + timedelta(days=21), {"promised_on": DUE + timedelta(days=20)}, DeadlineState.OVERDUE),
    (DUE + timedelta(days=5), {"partly_on": DUE}, DeadlineState.PARTLY_ANSWERED),
    (DUE + timedelta(days=5), {"partly_on": DUE, "received_on": DUE}, DeadlineState.ANSWERED),
    (DUE + timedelta(days=5), {"lapsed_on": DUE}, DeadlineState.LAPSED),
    (DUE + timedelta(days=5), {"lapsed_on": DUE, "received_on": DUE}, DeadlineState.ANSWERED),
    (DUE + timedelta(days=5), {"received_on": DUE, "withdrawn_on": DUE}, DeadlineState.WITHDRAWN),
    (DUE, {"received_on": DUE + timedelta(days=1)}, DeadlineState.DUE_TODAY),
]


@pytest.mark.parametrize(("today", "facts", "state"), STATES)
def test_the_state_on_a_day(today: date, facts: dict[str, date], state: DeadlineState) -> None:
    assert deadline(**facts).state(today) is state
    assert state.is_open == (state.value not in ("answered", "withdrawn", "lapsed"))


fact_days = st.none() | st.dates(date(2021, 7, 8), date(2022, 7, 8))


@given(fact_days, fact_days, fact_days, fact_days, fact_days, st.dates(date(2021, 7, 8), date(2022, 12, 31)))
def test_no_fact_is_told_before_its_day_and_no_hard_word_is_used(
    promised: date | None,
    partly: date | None,
    received: date | None,
    withdrawn: date | None,
    lapsed: date | None,
    today: date,
) -> None:
    clock = deadline(
        promised_on=promised, partly_on=partly, received_on=received, withdrawn_on=withdrawn, lapsed_on=lapsed
    )
    told = "\n".join((clock.headline(today), *clock.working(today))).lower()
    for word in ("breach", "illegal", "failed", "missed"):
        assert word not in told
    state = clock.state(today)
    assert (state is DeadlineState.ANSWERED) <= (received is not None and received <= today)
    if received is not None and received > today:
        assert "received" not in told
        assert "answered on" not in told or partly is not None
    assert clock.days_late(today) >= 0
    if state is DeadlineState.RUNNING:
        assert clock.days_late(today) == 0


def test_the_working_of_the_clock_of_2021() -> None:
    clock = deadline(received_on=date(2021, 11, 1))
    assert clock.working(date(2022, 1, 1)) == (
        "Published: 8 July 2021",
        "Expected by: 8 September 2021, 2 calendar months after publication (an undertaking, not a law)",
        "8 July 2021 + 2 calendar months = 8 September 2021",
        "Rule: Erskine May, paragraph 38.54. Recess, weekends and bank holidays do not move the day",
        "Received: 1 November 2021",
        "8 September 2021 to 1 November 2021: 54 days late",
    )
    assert clock.headline(date(2022, 1, 1)) == "Answered on 1 November 2021, 54 days late"


def test_the_clock_of_a_report_comes_from_its_facts() -> None:
    clock = response_clock(report(), GUILD)
    assert clock is not None
    assert (clock.due_on, clock.rule, clock.started_on) == (DUE, TWO_MONTHS, date(2021, 7, 8))
    assert clock.title == "Government response to Canals"
    assert clock.report == "canals"
    assert response_clock(report(response=ResponseFacts(expected=False)), GUILD) is None
    lords = response_clock(report(house=House.LORDS), GUILD)
    assert lords is not None
    assert lords.rule is TWO_MONTHS_LORDS


def test_a_new_fact_is_taken_over_and_names_its_source() -> None:
    answered = report(response=ResponseFacts(received_on=date(2021, 11, 1), sources=("r",)))
    clock = with_facts(deadline(report=ReportSlug("canals")), answered)
    assert clock.received_on == date(2021, 11, 1)
    assert clock.received_url == "https://committee.example/response"


def test_what_the_group_recorded_is_not_overwritten() -> None:
    given = deadline(rule=GIVEN, due_on=date(2021, 9, 20), received_on=date(2021, 10, 30))
    facts = report(response=ResponseFacts(due_on=date(2021, 10, 1), received_on=date(2021, 11, 1)))
    assert with_facts(given, facts) == given
    assert with_facts(deadline(), facts).due_on == date(2021, 10, 1)


DISSOLVED = date(2021, 10, 1)


def test_a_dissolution_ends_what_parliament_left_open() -> None:
    today = date(2021, 10, 5)
    gone = Dissolution(DISSOLVED)
    for kind in DeadlineKind:
        assert lapsed_at(deadline(kind=kind), gone, today) == (DISSOLVED if kind in LAPSING else None)
    assert lapsed_at(deadline(), gone, date(2021, 9, 30)) is None
    assert lapsed_at(deadline(), Dissolution(), today) is None
    assert lapsed_at(deadline(received_on=date(2021, 9, 9)), gone, today) is None
    assert lapsed_at(deadline(started_on=date(2021, 11, 1), due_on=date(2022, 1, 1)), gone, date(2021, 12, 1)) is None


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("  Two   lines\nof it ", "Two lines of it"),
        ("Reply\u202e to us\u0000", "Reply to us"),
        ("می\u200cخواهم", "می\u200cخواهم"),
        ("@everyone <b>now</b>", "@everyone <b>now</b>"),
    ],
)
def test_titles_lose_what_cannot_be_seen(typed: str, kept: str) -> None:
    assert clean_title(typed) == kept


@pytest.mark.parametrize("typed", ["", "  ", "\u200b\u200b", "---", "x" * 201])
def test_titles_that_say_nothing_or_too_much_are_refused(typed: str) -> None:
    with pytest.raises(Refused):
        clean_title(typed)


@pytest.mark.parametrize(
    "typed",
    [
        "http://committee.example/x",
        "javascript:alert(1)",
        "https://",
        "https://localhost",
        "https://a b.example",
        "https://user@committee.example/",
        "https://[broken",
        "committee.example",
        "https://committee.example/" + "x" * 500,
        "https://committee.example/)<@1>",
    ],
)
def test_links_that_are_no_whole_web_address_are_refused(typed: str) -> None:
    with pytest.raises(Refused):
        clean_link(typed)


def test_a_good_link_is_kept_as_it_is() -> None:
    assert clean_link(" https://committee.example/a?b=1#c ") == "https://committee.example/a?b=1#c"
    assert clean_link("  ") == ""


def test_a_slip_of_the_year_is_refused_and_ten_years_on_is_not() -> None:
    today = date(2026, 11, 25)
    assert sensible_day(date(2036, 11, 25), today) == date(2036, 11, 25)
    for slip in (date(2207, 1, 5), date(1926, 1, 5)):
        with pytest.raises(Refused):
            sensible_day(slip, today)


def test_an_early_promise_that_passed_makes_nothing_overdue() -> None:
    clock = Deadline(
        DeadlineId(1),
        GuildId(1),
        DeadlineKind.OWN_DATE,
        "Reply on piers",
        due_on=date(2026, 5, 2),
        rule=GIVEN,
        promised_on=date(2026, 3, 30),
    )
    assert clock.state(date(2026, 3, 30)) is DeadlineState.PROMISED
    assert clock.state(date(2026, 3, 31)) is DeadlineState.RUNNING
    assert clock.state(date(2026, 5, 2)) is DeadlineState.DUE_TODAY
    assert clock.state(date(2026, 5, 3)) is DeadlineState.OVERDUE
    assert clock.watch_on == date(2026, 5, 2)


def test_an_answered_clock_is_named_with_the_day_of_the_answer() -> None:
    clock = Deadline(
        DeadlineId(1),
        GuildId(1),
        DeadlineKind.GOVERNMENT_RESPONSE,
        "Reply on piers",
        due_on=date(2021, 9, 8),
        rule=TWO_MONTHS,
        received_on=date(2021, 11, 1),
    )
    assert clock.told_on(date(2021, 10, 31)) == date(2021, 9, 8)
    assert clock.told_on(date(2021, 11, 1)) == date(2021, 11, 1)


def test_an_answer_on_the_very_day_is_on_time() -> None:
    answered = deadline(received_on=DUE)
    assert answered.headline(DUE) == "Answered on 8 September 2021, on time"
    assert answered.days_late(date(2021, 12, 1)) == 0
    assert not any("late" in line for line in answered.working(DUE))
    a_day_after = deadline(received_on=date(2021, 9, 9))
    assert a_day_after.headline(date(2021, 9, 9)) == "Answered on 9 September 2021, 1 day late"
    assert "8 September 2021 to 9 September 2021: 1 day late" in a_day_after.working(date(2021, 9, 9))


def test_a_fact_of_the_day_itself_is_in_the_working() -> None:
    on = date(2021, 9, 20)
    for name, line in {
        "partly_on": "Partly answered: 20 September 2021",
        "received_on": "Received: 20 September 2021",
        "withdrawn_on": "Withdrawn: 20 September 2021",
        "lapsed_on": "Lapsed: Parliament was dissolved on 20 September 2021",
    }.items():
        clock = deadline(**{name: on})
        assert line in clock.working(on), name
        assert line not in clock.working(date(2021, 9, 19)), name


def test_a_promise_for_today_is_said_so() -> None:
    promised = deadline(promised_on=date(2021, 10, 4))
    assert promised.headline(date(2021, 10, 4)) == (
        "Promised for today, 4 October 2021; first expected by 8 September 2021"
    )
    assert "4 October 2021, in 1 day;" in promised.headline(date(2021, 10, 3))


def test_what_is_named_of_a_promised_a_lapsed_and_a_withdrawn_clock_is_its_own_day() -> None:
    today = date(2021, 9, 10)
    assert deadline(promised_on=date(2021, 10, 4)).told_on(today) == date(2021, 10, 4)
    assert deadline(lapsed_on=date(2021, 9, 9)).told_on(today) == date(2021, 9, 9)
    assert deadline(withdrawn_on=date(2021, 9, 1)).told_on(today) == date(2021, 9, 1)
    assert deadline(partly_on=date(2021, 9, 2)).told_on(today) == date(2021, 9, 2)
    assert deadline().told_on(today) == DUE


def test_a_dissolution_today_ends_what_is_open_today() -> None:
    day = date(2021, 8, 1)
    assert lapsed_at(deadline(), Dissolution(dissolved_on=day), day) == day
    assert lapsed_at(deadline(), Dissolution(dissolved_on=day), date(2021, 7, 31)) is None


def test_facts_are_named_as_people_say_them() -> None:
    assert [fact.label for fact in Fact] == [
        "Expected",
        "Promised",
        "Partly answered",
        "Received",
        "Withdrawn",
        "Lapsed",
    ]


def test_a_response_whose_day_is_not_known_is_never_given_one() -> None:
    report = read_pack(shipped_packs() / "forced-labour.toml")
    clock = response_clock(report, GuildId(1))
    assert clock is not None
    assert not clock.is_day_known
    assert clock.headline(date(2026, 1, 1)) == "Answered by 31 October 2025 at the latest, at most 37 days late"
    assert "Received: 31 October 2025 at the latest" in clock.working(date(2026, 1, 1))
    assert not replace(clock, note="worded in another way").is_day_known, "how its note is worded decides nothing"
    told = with_fact(clock, Fact.RECEIVED, date(2025, 10, 29), "https://www.parliament.uk/x")
    assert (told.is_day_known, told.note) == (True, ""), "an organiser knows the day"
    assert not with_fact(clock, Fact.RECEIVED, date(2025, 10, 31), "https://www.parliament.uk/x").is_day_known
    again = with_facts(replace(clock, note="", note_kind=NoteKind.NONE), report)
    assert again == clock, "followed once more, it still says so"
    exact = replace(report, response=replace(report.response, received_when=""))
    known = response_clock(exact, GuildId(1))
    assert known is not None
    assert known.headline(date(2026, 1, 1)) == "Answered on 31 October 2025, 37 days late"
