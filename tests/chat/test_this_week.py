"""This week and what is coming up: off until asked for, once, silent, ten lines at most, nothing in an empty week."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import pytest_asyncio

from bot.clock import london_today
from bot.domain.coming_up import ComingKind, ComingUp, Touched, touches
from bot.domain.errors import Refused
from bot.rehearsal.parliament import ParliamentStandIn, Weather
from bot.rehearsal.reading import buttons_of, options_of, text_of
from bot.services.coming_up import FACT, _when, _written
from bot.services.ports.coming import ComingSources
from bot.sources.committees import CommitteesApi
from bot.sources.http import Http
from bot.sources.motions import MotionsApi
from bot.sources.whats_on import WhatsOnApi
from tests.chat.test_follow_ups import open_group
from tests.chat.test_records import FORM
from tests.chat.test_said import at_once
from tests.chat.test_said import parliament as parliament  # the fixture, by its own name

pytestmark = [pytest.mark.loopback, pytest.mark.asyncio]
MONDAY = datetime(2026, 3, 9, 6, tzinfo=UTC)


@pytest_asyncio.fixture
async def calendar(group: Any, parliament: ParliamentStandIn) -> AsyncIterator[ParliamentStandIn]:
    """Let the group's Postbag read what is coming up."""
    urls = parliament.urls
    async with Http(
        (urls.whats_on_api, urls.motions_api, urls.committees_api), timeout_seconds=5, sleep=at_once
    ) as http:
        group.app.services.coming_up._sources = ComingSources(
            WhatsOnApi(http, urls.whats_on_api, pause_seconds=0),
            MotionsApi(http, urls.motions_api, pause_seconds=0),
            CommitteesApi(http, urls.committees_api, group.clock, pause_seconds=0),
        )
        yield parliament


async def turn_on(group: Any) -> Any:
    await open_group(group)
    card = await group.organiser.slash(group.channel, "admin settings")
    return await group.organiser.click(card.response, label="Post the week's dates each Monday")


async def add(group: Any, title: str, days: int) -> None:
    on = MONDAY.date() + timedelta(days=days)
    await group.app.services.deadlines.add(group.guild_id, None, title, due_on=on)


async def week(group: Any) -> list[str]:
    """Let the jobs of a Monday run, and its hours pass; give what was posted on the week."""
    before = len(group.posted)
    await group.app.services.this_week.plan_posts()
    await group.app.services.this_week.plan_posts()
    await group.play_to(group.clock.now().replace(hour=9, minute=5))
    return [text for message in group.posted[before:] if "This week" in (text := text_of(message))]


async def test_it_is_off_until_asked_for_and_comes_once_and_silently(group: Any) -> None:
    await add(group, "Answer on lamps", 2)
    await group.play_to(MONDAY)
    assert await week(group) == []
    shown = await turn_on(group)
    assert "Monday post on the week ahead: yes" in text_of(shown.response)
    group.clock.advance(timedelta(days=7) - timedelta(hours=3, minutes=5))
    await add(group, "Answer on wicks", 9)
    (text,) = await week(group)
    assert "Expected by Wednesday 18 March 2026: Answer on wicks" in text
    assert "overdue: Answer on lamps" in text
    message = next(m for m in reversed(group.posted) if "This week" in text_of(m))
    assert message.flags.suppress_notifications
    why = await group.member.click(message, label="Why this message?")
    assert "Monday" in text_of(why.response)
    undone = await group.organiser.click(shown.response, label="Undo the last change")
    assert "Monday post on the week ahead: no" in text_of(undone.response)
    group.clock.advance(timedelta(days=7) - timedelta(minutes=5))
    assert await week(group) == []


async def test_ten_lines_at_most_and_nothing_in_an_empty_week(group: Any) -> None:
    await turn_on(group)
    await group.play_to(MONDAY)
    assert await week(group) == []
    for number in range(14):
        await add(group, f"Answer {number} on lamps and wicks", 8)
    await group.play_to(MONDAY + timedelta(days=7))
    (text,) = await week(group)
    assert len([line for line in text.splitlines() if line.startswith("- ")]) == 10
    assert "And 5 more" in text


async def test_a_group_at_risk_reads_numbers_alone(group: Any) -> None:
    await group.app.services.guilds.change(
        group.guild_id, await group.app.services.people.person_for(group.organiser.id), weekly=True, high_risk=True
    )
    await add(group, "Answer on lamps", 2)
    await group.play_to(MONDAY)
    before = len(group.posted)
    await week(group)
    texts = [text_of(message) for message in group.posted[before:]]
    assert any("Your group has one date this week" in text for text in texts)
    assert not any("lamps" in text for text in texts)


async def test_an_organiser_sees_it_without_posting_it(group: Any) -> None:
    await add(group, "Answer on lamps", -3)
    card = await group.organiser.slash(group.channel, "admin settings")
    posted = len(group.posted)
    seen = await group.organiser.click(card.response, label="See this week")
    assert "Your group has one date this week" in text_of(seen.response), (
        "neutral, until the risk question is answered with no"
    )
    assert len(group.posted) == posted


async def test_what_touches_a_followed_report_is_proposed_once_and_one_press_makes_an_event(
    group: Any, calendar: ParliamentStandIn
) -> None:
    await open_group(group)
    calendar.said.put_on("Theatres", london_today(group.clock) + timedelta(days=3))
    service = group.app.services.coming_up
    assert await service.look_if_due() == 1
    assert await service.look_if_due() == 0
    asked = len(calendar.asked)
    await group.sweep()
    card = await group.organiser.slash(group.channel, "reports show", report="lights-out")
    shown = await group.organiser.click(card.response, label="Coming up")
    text = text_of(shown.response)
    for words in ("Cost of street lamps", "Call for evidence", "open until", "its author's name", "14:30"):
        assert words in text, words
    assert "Theatres" not in text
    option = next(one for one in options_of(shown.response) if "Street lamps and winter" in one["label"])
    made = await group.organiser.select(shown.response, [option["value"]])
    again = await group.organiser.select(shown.response, [option["value"]])
    assert "Added to your group's events" in text_of(made.response)
    assert "Added to your group's events" in text_of(again.response)
    (event,) = await group.app.services.group_events.list(group.guild_id)
    assert event.on == london_today(group.clock) + timedelta(days=25)
    assert event.url.startswith("https://committees.parliament.uk/work/")
    assert len(calendar.asked) == asked, "a press asks nobody"
    member = await group.member.slash(group.channel, "reports show", report="lights-out")
    assert "Coming up" not in buttons_of(member.response)


async def test_a_look_that_failed_is_not_an_empty_calendar(group: Any, calendar: ParliamentStandIn) -> None:
    await open_group(group)
    calendar.set_weather(Weather.DOWN)
    assert await group.app.services.coming_up.look_if_due() == 0
    coming = await group.app.services.coming_up.to_group(group.guild_id)
    assert coming.as_of is None
    card = await group.organiser.slash(group.channel, "reports show", report="lights-out")
    shown = await group.organiser.click(card.response, label="Coming up")
    assert "hasn't read the whole calendar" in text_of(shown.response)
    assert "recess" in text_of(shown.response) or "Nothing found" not in text_of(shown.response)


async def test_what_leaves_the_calendar_and_comes_back_is_not_proposed_again(
    group: Any, calendar: ParliamentStandIn
) -> None:
    await open_group(group)
    service = group.app.services.coming_up
    assert await service.look_if_due() == 1
    as_of, items, quiet = await service._held()
    gone = (await service.to_group(group.guild_id)).items[0][0]
    last = (await service.to_group(group.guild_id)).items[-1][0]
    left = [*(one for one in items if one.ref != gone.ref), replace(last, key="999")]

    async def hold(listed: Any) -> None:
        found = {"on": as_of.isoformat(), "quiet": quiet, "items": [_written(one) for one in listed]}
        await service._facts.put(FACT, json.dumps(found))

    await hold(left)
    assert await service.look_if_due() == 1, "another is new"
    await hold(items)
    assert await service.look_if_due() == 0


@pytest.mark.claim("P-82")
async def test_what_is_coming_up_is_read_whole_once_a_day_and_names_nothing_of_a_group(
    group: Any, calendar: ParliamentStandIn
) -> None:
    await open_group(group)
    before = len(calendar.asked)
    await group.app.services.coming_up.look_if_due()
    asked = list(calendar.asked)[before:]
    assert len({service for service, _ in asked}) == 3
    assert len(asked) == len(set(asked)), "each list is asked for once"
    await group.app.services.coming_up.look_if_due()
    assert len(calendar.asked) == before + len(asked)


@pytest.mark.parametrize(
    ("department", "body", "fits"),
    [
        ("HM Treasury", "Treasury", True),
        ("Treasury", "HM Treasury", True),
        ("Ministry of Justice", "Justice; Attorney General", True),
        ("HM Treasury", "Justice", False),
    ],
)
async def test_a_question_time_is_matched_by_the_departments_name_with_or_without_hm(
    department: str, body: str, fits: bool
) -> None:
    time = ComingUp(ComingKind.QUESTION_TIME, "x", MONDAY.date(), body)
    assert touches(time, Touched((), "", (department,))) is fits


async def test_what_comes_late_waits_for_the_end_of_the_quiet_hours(group: Any) -> None:
    await turn_on(group)
    await add(group, "Answer on lamps", 3)
    before = len(group.posted)
    group.clock.move_to(MONDAY.replace(hour=3) + timedelta(days=1))
    await group.app.services.this_week.plan_posts()
    await group.play_to(group.clock.now().replace(hour=6, minute=30))
    assert not [m for m in group.posted[before:] if "This week" in text_of(m)]
    await group.play_to(group.clock.now().replace(hour=7, minute=10))
    assert len([m for m in group.posted[before:] if "This week" in text_of(m)]) == 1


async def test_a_monday_on_christmas_day_has_its_post_on_tuesday(group: Any) -> None:
    await turn_on(group)
    await group.app.services.deadlines.add(group.guild_id, None, "Answer on wicks", due_on=date(2028, 12, 28))
    group.clock.move_to(datetime(2028, 12, 25, 6, tzinfo=UTC))
    before = len(group.posted)
    await group.app.services.this_week.plan_posts()
    await group.play_to(datetime(2028, 12, 25, 23, tzinfo=UTC))
    assert not [m for m in group.posted[before:] if "This week" in text_of(m)]
    await group.play_to(datetime(2028, 12, 26, 9, 5, tzinfo=UTC))
    assert len([m for m in group.posted[before:] if "This week" in text_of(m)]) == 1


async def test_answered_since_counts_followed_questions_and_answers_to_recommendations(
    group: Any, parliament: ParliamentStandIn
) -> None:
    await turn_on(group)
    await group.play_to(MONDAY - timedelta(days=3))
    today = london_today(group.clock)
    row = parliament.said.ask("Lamps: Schools", "To ask when.", uin="77001", on=today - timedelta(days=9))
    shown = await group.organiser.slash(group.channel, "deadlines question", question="77001")
    await group.organiser.click(shown.response, label="Follow until it's answered")
    parliament.said.answer(row, "In March.", today)
    await group.app.services.followed_questions.look()
    form = await group.organiser.slash(
        group.channel, "reports record-answer", recommendation="lights-out/5", answer="agreed"
    )
    preview = await group.organiser.submit_modal(form, FORM | {"answer": ["agreed"], "date": "6 March 2026"})
    await group.organiser.click(preview.response, label="Save")
    await group.play_to(MONDAY)
    (text,) = await week(group)
    assert "Answered on Friday 6 March 2026: written question 77001" in text
    assert "The Government answered 1 recommendation: Lights Out" in text
    await group.play_to(MONDAY + timedelta(days=7))
    assert not [one for one in await week(group) if "77001" in one or "answered 1" in one], "said in one week alone"


async def test_sessions_of_the_reports_own_committee_and_calls_without_a_last_day_are_proposed_once(
    group: Any, calendar: ParliamentStandIn
) -> None:
    await open_group(group)
    today = london_today(group.clock)
    report = group.app.services.reports.for_group(group.guild_id).report("lights-out")
    own = calendar.said.put_on("Oral evidence", today + timedelta(days=3), category="Oral evidence", time="10:00:00")
    own["Committee"] = {"Id": 1, "Description": report.committee}
    other = calendar.said.put_on("Oral evidence on tides", today + timedelta(days=3), category="Oral evidence")
    other["Committee"] = {"Id": 2, "Description": "Tides Committee"}
    call = calendar.said.call_for_evidence("Street lamps for ever", today, today)
    call["openSubmissionPeriods"][0]["endDate"] = None
    away = calendar.said.call_for_evidence("Theatres for ever", today, today)
    away["openSubmissionPeriods"][0]["endDate"] = None
    service = group.app.services.coming_up
    assert await service.look_if_due() == 1
    items = {one.title: one for one, _ in (await service.to_group(group.guild_id)).items}
    assert "Oral evidence" in items
    assert "Street lamps for ever" in items
    assert not {"Oral evidence on tides", "Theatres for ever"} & items.keys()
    for _ in range(3):
        group.clock.advance(timedelta(days=1))
        assert await service.look_if_due() == 0, "proposed once, though the list is read each day"
    card = await group.organiser.slash(group.channel, "reports show", report="lights-out")
    shown = await group.organiser.click(card.response, label="Coming up")
    text = text_of(shown.response)
    assert "open, with no last day given" in text
    assert "9999" not in text
    assert not [one for one in options_of(shown.response) if "for ever" in one["label"]], "no day to plan back from"
    with pytest.raises(Refused, match="no last day"):
        await service.make_event(group.guild_id, items["Street lamps for ever"].ref, await organiser_of(group))


async def organiser_of(group: Any) -> Any:
    return await group.app.services.people.person_for(group.organiser.id)


async def test_the_closing_time_for_tabling_is_told_with_its_hour(group: Any) -> None:
    on, closes = date(2026, 3, 17), date(2026, 3, 12)
    time = ComingUp(
        ComingKind.QUESTION_TIME, "lanterns", on, "Department for Lanterns", closes_on=closes, closes="12:30"
    )
    assert _when(time) == "17 March 2026 (questions can be tabled until 12 March 2026, 12:30)"
    assert _when(replace(time, closes="")) == "17 March 2026 (questions can be tabled until 12 March 2026)"
