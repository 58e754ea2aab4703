"""Looking at Parliament's record: a real group has a running clock the same day, and hears of the answer once."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest
import pytest_asyncio

from bot.clock import london_today
from bot.domain.deadlines import DeadlineState
from bot.domain.paper_names import session_words, short_title, take_name_apart
from bot.rehearsal import committee as invented
from bot.rehearsal.parliament import ParliamentStandIn, Weather
from bot.rehearsal.reading import buttons_of, options_of, text_of
from bot.sources.committees import CommitteesApi
from bot.sources.http import Http

pytestmark = [pytest.mark.loopback, pytest.mark.asyncio]


async def at_once(seconds: float) -> None:
    """Do not sit through the waits between attempts."""


@pytest_asyncio.fixture
async def parliament(group: Any) -> AsyncIterator[ParliamentStandIn]:
    """Give Parliament's record as the group's Postbag reads it."""
    async with ParliamentStandIn(group.clock) as stand_in:
        urls = stand_in.urls
        addresses = (urls.members_api, urls.committees_api, urls.postcodes, urls.bank_holidays)
        async with Http(addresses, timeout_seconds=0.5, sleep=at_once) as http:
            group.app.services.publications._source = CommitteesApi(
                http, urls.committees_api, group.clock, pause_seconds=0
            )
            yield stand_in


async def choose(group: Any, words: str = "lamp") -> Any:
    opened = await group.organiser.slash(group.channel, "reports committees")
    asked = await group.organiser.click(opened.response, label="Add a committee")
    found = await group.organiser.submit_modal(asked, {"words": words})
    if not options_of(found.response):
        return found
    return await group.organiser.select(found.response, [options_of(found.response)[0]["value"]])


async def follow(group: Any) -> Any:
    chosen = await choose(group)
    return await group.organiser.select(chosen.response, [str(invented.PUBLICATION_ID)])


async def look(group: Any) -> Any:
    found = await group.app.services.publications.look()
    await group.sweep()
    return found


def clock_of(group: Any, deadlines: Any) -> Any:
    (found,) = (d for d in deadlines if d.report == f"publication-{invented.PUBLICATION_ID}")
    return found


async def told(group: Any) -> list[str]:
    await group.sweep()
    return [text_of(message) for message in group.organiser.user.dm_channel.history()]


async def test_a_clock_runs_the_same_day(group: Any, parliament: ParliamentStandIn) -> None:
    chosen = await choose(group)
    shown = text_of(chosen.response)
    assert invented.TITLE.split(":", maxsplit=1)[0] in shown
    assert "1 report awaits the Government's response" in shown
    assert "the date that Parliament's own record gives" in shown
    assert "Pre-appointment" not in shown, "nobody answers that kind"
    followed = await group.organiser.select(chosen.response, [str(invented.PUBLICATION_ID)])
    assert "Postbag will remind your group before, on and after that day" in text_of(followed.response)
    clock = clock_of(group, await group.app.services.deadlines.list(group.guild_id))
    today = london_today(group.clock)
    assert (clock.state(today), clock.due_on) == (DeadlineState.RUNNING, today + timedelta(days=21))
    assert group.posted == []
    shown = await group.organiser.slash(group.channel, "reports show", report=clock.report)
    assert f"/reports import {invented.PUBLICATION_ID}" in text_of(shown.response)


async def test_the_response_is_told_once_with_its_link(group: Any, parliament: ParliamentStandIn) -> None:
    await follow(group)
    assert (await look(group)).problems == ()
    assert group.posted == []
    parliament.committee.answer(london_today(group.clock), attached=False)
    assert (await look(group)).responses == 1
    again = await look(group)
    assert (again.responses, again.news) == (0, 0)
    clock = clock_of(group, await group.app.services.deadlines.list(group.guild_id))
    assert clock.state(london_today(group.clock)) is DeadlineState.ANSWERED
    assert clock.received_url.startswith("https://lamplighters.example/response/")
    assert len(group.posted) == 1


async def test_a_letter_may_be_the_answer_and_is_left_to_a_person(group: Any, parliament: ParliamentStandIn) -> None:
    await follow(group)
    parliament.committee.answer(london_today(group.clock), type_id=3)
    await look(group)
    await look(group)
    clock = clock_of(group, await group.app.services.deadlines.list(group.guild_id))
    assert clock.state(london_today(group.clock)) is DeadlineState.RUNNING
    words = [text for text in await told(group) if "This letter may be the answer" in text]
    assert len(words) == 1
    assert "/deadlines received" in words[0]
    assert group.posted == []


@pytest.mark.parametrize("weather", [Weather.DOWN, Weather.BROKEN, Weather.NOT_JSON, Weather.CUT_SHORT])
async def test_a_failed_look_changes_nothing_and_is_said(
    group: Any, parliament: ParliamentStandIn, weather: Weather
) -> None:
    await follow(group)
    before = clock_of(group, await group.app.services.deadlines.list(group.guild_id))
    parliament.set_weather(weather, "committees_api")
    found = await look(group)
    assert len(found.problems) == 2, "the report, and its committee"
    assert clock_of(group, await group.app.services.deadlines.list(group.guild_id)) == before
    health = await group.organiser.slash(group.channel, "admin health")
    assert "Parliament's record" in text_of(health.response)
    assert "couldn't read all of" in text_of(health.response)
    assert group.posted == []
    parliament.set_weather(Weather.FAIR, "committees_api")
    assert (await look(group)).problems == ()
    health = await group.organiser.slash(group.channel, "admin health")
    assert "could not be read" not in text_of(health.response)
    group.forgive()


async def test_a_new_report_of_a_chosen_committee_is_told_once(group: Any, parliament: ParliamentStandIn) -> None:
    parliament.committee.start = london_today(group.clock) + timedelta(days=41)
    none = await choose(group)
    assert "Postbag will tell you about the next one" in text_of(none.response)
    assert (await look(group)).news == 0, "it is not published yet"
    group.clock.move_to(group.clock.now() + timedelta(days=6))
    found = await look(group)
    assert found.news == 1
    assert (await look(group)).news == 0
    words = [text for text in await told(group) if "New report" in text]
    assert any(str(invented.PUBLICATION_ID) in text for text in words)
    assert group.posted == []
    taken = await group.organiser.slash(group.channel, "reports follow", report=str(invented.PUBLICATION_ID))
    assert "This group follows" in text_of(taken.response)


async def test_committees_are_found_by_words_and_dropped(group: Any, parliament: ParliamentStandIn) -> None:
    none = await choose(group, "treasury")
    assert "No such committee" in text_of(none.response)
    assert buttons_of(none.response)
    await choose(group)
    opened = await group.organiser.slash(group.channel, "reports committees")
    assert invented.COMMITTEE.split(" ", maxsplit=1)[0] in text_of(opened.response)
    dropped = await group.organiser.select(opened.response, [str(invented.COMMITTEE_ID)])
    assert "You haven't chosen any yet" in text_of(dropped.response)
    assert (await look(group)).read == 0


async def test_members_cannot_choose(group: Any, parliament: ParliamentStandIn) -> None:
    refused = await group.member.slash(group.channel, "reports committees")
    assert "organiser" in text_of(refused.response).casefold()
    missing = await group.organiser.slash(group.channel, "reports follow", report="123456789")
    assert "no publication with that number" in text_of(missing.response)


async def test_a_report_that_a_group_imported_is_looked_at_and_takes_what_is_found(
    group: Any, parliament: ParliamentStandIn
) -> None:
    group.app.services.imports._source = group.app.services.publications._source
    draft = await group.organiser.slash(group.channel, "reports import", publication=str(invented.PUBLICATION_ID))
    kept = await group.organiser.click(draft.response, label="Confirm")
    await group.organiser.click(kept.response, label="Follow this report")
    await group.restart()
    source = group.app.services.publications._source
    addresses = (parliament.urls.committees_api,)
    async with Http(addresses, timeout_seconds=0.5, sleep=at_once) as http:
        group.app.services.publications._source = CommitteesApi(http, addresses[0], group.clock, pause_seconds=0)
        parliament.committee.answer(london_today(group.clock), attached=False)
        assert (await look(group)).responses == 1
        assert (await look(group)).responses == 0
    group.app.services.publications._source = source
    clock = clock_of(group, await group.app.services.deadlines.list(group.guild_id))
    assert clock.state(london_today(group.clock)) is DeadlineState.ANSWERED
    assert len(group.posted) == 1


async def test_a_bare_report_that_one_group_follows_is_not_listed_to_others(
    group: Any, parliament: ParliamentStandIn
) -> None:
    await follow(group)
    slug = f"publication-{invented.PUBLICATION_ID}"
    mine = await group.member.slash(group.channel, "reports list")
    assert slug in [option["value"] for option in options_of(mine.response)]
    theirs = await group.outsider.slash("reports list")
    assert [option["value"] for option in options_of(theirs)] == ["never-again"]
    offered = await group.member.autocomplete(group.channel, "reports show", "report", "")
    assert slug in [choice["value"] for choice in offered]
    away = await group.outsider.slash("reports show", report="no such report")
    assert invented.TITLE.split(":", maxsplit=1)[0] not in text_of(away)


async def test_a_followed_report_without_a_pack_is_cited_as_the_record_names_it(
    group: Any, parliament: ParliamentStandIn
) -> None:
    await follow(group)
    report = group.app.services.reports.for_group(group.guild_id).report(f"publication-{invented.PUBLICATION_ID}")
    name = take_name_apart(f"First Report - {invented.TITLE}")
    assert (report.title, report.ordinal, report.paper) == (name.title, "First Report", "HC 9901")
    assert report.short_title == short_title(name.title)
    assert report.session == session_words(report.session) != ""
    shown = text_of((await group.member.slash(group.channel, "reports show", report=report.slug)).response)
    assert report.short_title in shown
    assert "HC HC" not in shown
    await group.app.services.publications.look()
    again = group.app.services.reports.for_group(group.guild_id).report(report.slug)
    assert (again.session, again.ordinal) == (report.session, report.ordinal), "a later look keeps them"


async def test_without_the_record_the_shipped_report_is_as_it_was_and_health_says_so(
    group: Any, parliament: ParliamentStandIn
) -> None:
    completions = group.app.services.completions
    completions._source = group.app.services.publications._source
    before = group.app.services.reports.held()
    parliament.set_weather(Weather.DOWN, "committees_api")
    await completions.look()
    assert group.app.services.reports.held() == before
    said = text_of((await group.organiser.slash(group.channel, "admin health")).response)
    assert "couldn't read the official wording of some reports" in said
    card = await group.member.slash(group.channel, "recommendations show", number="never-again/1")
    assert "Postbag doesn't have the committee's own words yet" in text_of(card.response)
    parliament.set_weather(Weather.FAIR, "committees_api")
    group.clock.advance(timedelta(days=1))
    await completions.look()
    said = text_of((await group.organiser.slash(group.channel, "admin health")).response)
    assert "official wording" not in said, "the record was read: it just does not list that report"
    assert "Never Again* still lacks the committee's own words" in said
    assert "postbag reports complete PAGE --report never-again" in said
