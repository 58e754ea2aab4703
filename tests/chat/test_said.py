"""In Parliament: what is said there on a card, kept as evidence, by words that organisers choose; and what one's MP said."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
import pytest_asyncio

from bot.clock import london_today
from bot.domain.identity import ReportSlug
from bot.rehearsal.parliament import ParliamentStandIn, Weather, invented_report
from bot.rehearsal.reading import buttons_of, options_of, text_of
from bot.services.ports.said import SaidSources
from bot.sources.hansard import HansardApi
from bot.sources.http import Http
from bot.sources.motions import MotionsApi
from bot.sources.questions import QuestionsApi

pytestmark = [pytest.mark.loopback, pytest.mark.asyncio]
SLUG = ReportSlug("lights-out")


async def at_once(seconds: float) -> None:
    """Do not sit through the waits between attempts."""


@pytest_asyncio.fixture
async def parliament(group: Any) -> AsyncIterator[ParliamentStandIn]:
    """Give Parliament as the group's Postbag searches it, and the invented report, followed."""
    services = group.app.services
    async with ParliamentStandIn(group.clock) as stand_in:
        urls = stand_in.urls
        addresses = (urls.questions_api, urls.motions_api, urls.hansard_api)
        async with Http(addresses, timeout_seconds=5, sleep=at_once) as http:
            services.said._sources = SaidSources(
                QuestionsApi(http, urls.questions_api, pause_seconds=0),
                MotionsApi(http, urls.motions_api, pause_seconds=0),
                HansardApi(http, urls.hansard_api, pause_seconds=0),
            )
            services.followed_questions._source = services.said._sources.questions
            store = services.reports._store
            store._held = (*(store._held or ()), invented_report(london_today(group.clock)))
            await store.follow(group.guild_id, SLUG, group.clock.now())
            await services.reports.load()
            await services.reports.read_followed(group.guild_id)
            yield stand_in


async def open_list(group: Any, actor: Any, number: str = "5") -> Any:
    card = await actor.slash(group.channel, "recommendations show", number=f"lights-out/{number}")
    return await actor.click(card.response, label="In Parliament")


async def test_the_card_leads_to_a_dated_list_with_who_and_where(group: Any, parliament: ParliamentStandIn) -> None:
    before = await open_list(group, group.member)
    assert "hasn't looked yet" in text_of(before.response)
    await group.app.services.said.look_if_due()
    asked = len(parliament.asked)
    shown = await open_list(group, group.member)
    text = text_of(shown.response)
    assert shown.response.ephemeral
    for words in (
        "Lit paths to schools",
        "Early day motion 9001: Elif Huxtable-Demir",
        "https://edm.parliament.uk/early-day-motion/960001",
        "Looked back to",
        "Open Parliament Licence",
    ):
        assert words in text, words
    assert buttons_of(shown.response) == ["Back to the card"]
    assert not options_of(shown.response)
    assert len(parliament.asked) == asked, "a press asks nobody"


async def test_nothing_found_is_said_with_how_far_was_looked_and_a_failed_look_is_not_nothing(
    group: Any, parliament: ParliamentStandIn
) -> None:
    await group.app.services.said.look_if_due()
    assert "**Nothing found** since" in text_of((await open_list(group, group.member, "7")).response)
    parliament.set_weather(Weather.DOWN)
    group.clock.advance(timedelta(days=1))
    await group.app.services.said.look_if_due()
    text = text_of((await open_list(group, group.member, "7")).response)
    assert "doesn't mean nobody has said anything" in text
    assert "failed" in text


async def test_an_organiser_keeps_one_as_evidence_and_no_status_changes(
    group: Any, parliament: ParliamentStandIn
) -> None:
    await group.app.services.said.look_if_due()
    shown = await open_list(group, group.organiser)
    (option,) = options_of(shown.response)
    preview = await group.organiser.select(shown.response, [option["value"]])
    assert "tabled an early day motion (9001), “Lit paths to schools”" in text_of(preview.response)
    before = group.app.services.reports.for_group(group.guild_id).find("lights-out/5").item
    await group.organiser.click(preview.response, label="Save")
    item = group.app.services.reports.for_group(group.guild_id).find("lights-out/5").item
    (event,) = item.evidence
    assert event.status is None
    assert (item.since, item.answer) == (before.since, before.answer)
    assert event.sources
    card = await group.member.slash(group.channel, "recommendations show", number="lights-out/5")
    assert "Lit paths to schools" in text_of(card.response)


async def test_words_are_tried_before_they_are_saved(group: Any, parliament: ParliamentStandIn) -> None:
    person = await group.app.services.people.person_for(group.organiser.id)
    await group.app.services.guilds.change(group.guild_id, person, high_risk=False)
    await group.app.services.said.look_if_due()
    asked = len(parliament.asked)
    shown = await open_list(group, group.organiser, "7")
    form = await group.organiser.click(shown.response, label="Words to look for")
    tried = await group.organiser.submit_modal(form, {"must": "street lamps", "terms": "dark, path to every school"})
    text = text_of(tried.response)
    assert "They find" in text
    assert "Lit paths to schools" in text
    assert "Nothing is saved yet" in text
    again = await group.organiser.click(tried.response, label="Change them")
    assert "path to every school" in str(again.modal)
    saved = await group.organiser.click(tried.response, label="Save these words")
    assert "Lit paths to schools" in text_of(saved.response)
    assert len(parliament.asked) == asked
    form = await group.organiser.click(saved.response, label="Words to look for")
    refused = await group.organiser.submit_modal(form, {"must": "street lamps", "terms": "a"})
    assert "Nothing was changed" in text_of(refused.response)
    form = await group.organiser.click(refused.response, label="Try again")
    tried = await group.organiser.submit_modal(form, {"must": "theatres", "terms": "stage"})
    assert "within a day" in text_of(tried.response)
    back = await group.organiser.click(tried.response, label="Use the report's own")
    assert "**Nothing found**" in text_of(back.response)


@pytest.mark.claim("P-60")
@pytest.mark.parametrize("press", ["Save", "Save and search"])
async def test_where_people_could_be_targeted_it_asks_before_words_leave_postbag(
    group: Any, parliament: ParliamentStandIn, press: str
) -> None:
    """No group has answered the risk question at first: it is protected until it does."""
    shown = await open_list(group, group.organiser, "7")
    form = await group.organiser.click(shown.response, label="Words to look for")
    tried = await group.organiser.submit_modal(form, {"must": "theatres, plays", "terms": "stage"})
    text = text_of(tried.response)
    assert "sends “theatres”, “plays” to Parliament's search services" in text
    assert "somebody is looking for these words" in text
    assert {"Save", "Save and search"} < set(buttons_of(tried.response))
    saved = await group.organiser.click(tried.response, label=press)
    assert ("doesn't send your group's own words" in text_of(saved.response)) == (press == "Save")
    await group.app.services.said.look_if_due()
    asked = {word for word in ("theatres", "plays") if word in str(parliament.searched).casefold()}
    assert asked == ({"theatres", "plays"} if press == "Save and search" else set())
    again = await group.organiser.click(saved.response, label="Words to look for")
    tried = await group.organiser.submit_modal(again, {"must": "plays", "terms": "stage"})
    assert ("Save and search" in buttons_of(tried.response)) == (press == "Save")


async def test_an_mp_is_shown_with_what_they_said_and_where_nothing_is_found_how_far_was_looked(
    group: Any, parliament: ParliamentStandIn
) -> None:
    parliament.said.speeches[0]["MemberId"] = 101
    await group.app.services.said.look_if_due()
    asked = len(parliament.asked)
    shown = await group.member.slash(group.channel, "mp show", constituency="Tarning")
    text = text_of(shown.response)
    assert shown.response.ephemeral
    assert "Rural Roads" in text
    assert "Debate: Ms Amina Thackwell" in text
    assert "Lights Out" in text
    none = await group.member.slash(group.channel, "mp show", constituency="Tarningham")
    assert "**Nothing found from" in text_of(none.response)
    assert "Saying nothing doesn't mean being against it" in text_of(none.response)
    card = await group.member.slash(group.channel, "mp find", constituency="Tarning")
    pressed = await group.member.click(card.response, label="What they've said")
    assert "Rural Roads" in text_of(pressed.response)
    assert len(parliament.asked) == asked, "a press asks nobody"


async def test_marks_and_mentions_in_official_text_do_nothing(group: Any, parliament: ParliamentStandIn) -> None:
    parliament.said.ask(
        "@everyone **street lamps** [x](https://evil.example) <@1>",
        "To ask about a lit path with street lamps.",
        on=london_today(group.clock),
    )
    await group.app.services.said.look_if_due()
    text = text_of((await open_list(group, group.member)).response)
    assert "[x](https://evil" not in text
    assert "@everyone" not in text
    assert "<@1>" not in text


async def test_health_says_how_the_searches_stand(group: Any, parliament: ParliamentStandIn) -> None:
    await group.app.services.said.look_if_due()
    shown = await group.organiser.slash(group.channel, "admin health")
    assert "Searches in Parliament: 4" in text_of(shown.response)


async def look_at_questions(group: Any) -> Any:
    looked = await group.app.services.followed_questions.look()
    await group.sweep()
    return looked


async def test_a_question_is_followed_to_its_answer_and_each_change_is_told_once(
    group: Any, parliament: ParliamentStandIn
) -> None:
    today = london_today(group.clock)
    asked = parliament.said.ask("Lamps: Schools", "To ask when each school has a lit path.", uin="77001", on=today)
    shown = await group.organiser.slash(group.channel, "deadlines question", question="77001")
    text = text_of(shown.response)
    assert "not answered yet" in text
    assert "comes from Parliament" in text
    following = await group.organiser.click(shown.response, label="Follow until it's answered")
    assert "Your group follows this question" in text_of(following.response)
    assert (await look_at_questions(group)).told == 0
    parliament.said.answer(asked, "It has not been possible to answer in time.", today, holding=True)
    assert (await look_at_questions(group)).told == 1
    assert (await look_at_questions(group)).told == 0
    parliament.set_weather(Weather.NOT_JSON)
    failed = await look_at_questions(group)
    assert (failed.told, failed.failed) == (0, 1)
    parliament.set_weather(Weather.FAIR)
    group.app.services.followed_questions._source._rests_until = 0.0
    parliament.said.answer(asked, "By the winter after next.", today)
    assert (await look_at_questions(group)).told == 1
    parliament.said.correct(asked, "By next winter.", today)
    assert (await look_at_questions(group)).read == 0, "what is answered is looked at once a week"
    group.clock.advance(timedelta(days=7))
    assert (await look_at_questions(group)).told == 1
    assert (await look_at_questions(group)).told == 0
    listed = await group.organiser.slash(group.channel, "deadlines question")
    assert "77001" in text_of(listed.response)
    assert "answer corrected" in text_of(listed.response)
    stopped = await group.organiser.select(listed.response, [str(asked["id"])])
    assert "None yet" in text_of(stopped.response)


async def test_a_number_of_two_sessions_is_asked_about_and_nonsense_is_refused(
    group: Any, parliament: ParliamentStandIn
) -> None:
    today = london_today(group.clock)
    for days in (700, 10):
        parliament.said.ask("Lamps", "To ask.", uin="424242", on=today - timedelta(days=days))
    shown = await group.organiser.slash(group.channel, "deadlines question", question="424242")
    assert "more than one session" in text_of(shown.response)
    assert len(options_of(shown.response)) == 2
    chosen = await group.organiser.select(shown.response, [options_of(shown.response)[1]["value"]])
    assert "Your group follows this question" in text_of(chosen.response)
    for number in ("lamps", "31337"):
        refused = await group.organiser.slash(group.channel, "deadlines question", question=number)
        assert "number" in text_of(refused.response)
    member = await group.member.slash(group.channel, "deadlines question", question="424242")
    assert "organisers" in text_of(member.response)


async def test_a_report_without_words_of_its_own_lets_organisers_choose_them(
    group: Any, parliament: ParliamentStandIn
) -> None:
    services = group.app.services
    store = services.reports._store
    store._held = tuple(replace(one, look_for=()) if one.slug == SLUG else one for one in store._held)
    await services.reports.load()
    await services.said.look_if_due()
    member = await open_list(group, group.member)
    assert "doesn't know which words to look for" in text_of(member.response)
    assert "Words to look for" not in buttons_of(member.response)
    shown = await open_list(group, group.organiser)
    form = await group.organiser.click(shown.response, label="Words to look for")
    tried = await group.organiser.submit_modal(form, {"must": "street lamps", "terms": "lit path"})
    saved = await group.organiser.click(
        tried.response,
        label="Save and search" if "Save and search" in buttons_of(tried.response) else "Save these words",
    )
    assert saved.response.ephemeral
    await services.said.look_if_due()
    assert "Lit paths to schools" in text_of((await open_list(group, group.member)).response)
