"""The card's line on Parliament: how often Members asked, near the top, from what the searches found."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from bot.clock import london_today
from bot.domain.errors import Unavailable
from bot.domain.reports import long_date
from bot.rehearsal.parliament import ParliamentStandIn, Weather
from bot.rehearsal.reading import text_of
from tests.chat.test_said import parliament as parliament  # the fixture, by its own name

pytestmark = [pytest.mark.loopback, pytest.mark.asyncio]
LABEL = "**In Parliament**: "


async def line_on_card(group: Any, actor: Any = None, number: str = "5") -> str:
    card = await (actor or group.member).slash(group.channel, "recommendations show", number=f"lights-out/{number}")
    top = [line for line in text_of(card.response).splitlines() if line][:3]
    return next((line.removeprefix(LABEL) for line in top if line.startswith(LABEL)), "")


async def test_the_card_says_how_often_members_asked_and_when_last_answered(
    group: Any,
    parliament: ParliamentStandIn,
) -> None:
    today = london_today(group.clock)
    days = [today - timedelta(days=back) for back in (40, 30)]
    for on in days:
        asked = parliament.said.ask("Street lamps", f"To ask about a lit path, {on}, with street lamps.", on=on)
        parliament.said.answer(asked, f"We answered it on {on}.", on + timedelta(days=7))
    assert await line_on_card(group) == "", "nothing was looked for yet"
    await group.app.services.said.look_if_due()
    asked_of = len(parliament.asked)
    said = f"twice since {days[0].year}; last answered on {long_date(days[1] + timedelta(days=7))}"
    assert await line_on_card(group) == f"asked {said}"
    assert await line_on_card(group, number="7") == (
        f"no written question found since {long_date(today - timedelta(days=3 * 365))}"
    )
    assert len(parliament.asked) == asked_of, "a card asks nobody"
    parliament.set_weather(Weather.DOWN)
    group.clock.advance(timedelta(days=1))
    await group.app.services.said.look_if_due()
    assert await line_on_card(group) == f"asked at least {said}"
    assert "wasn't complete" in await line_on_card(group, number="7")
    parliament.set_weather(Weather.FAIR)


async def test_a_later_look_and_other_words_change_the_line(
    group: Any,
    parliament: ParliamentStandIn,
) -> None:
    person = await group.app.services.people.person_for(group.organiser.id)
    await group.app.services.guilds.change(group.guild_id, person, high_risk=False)
    said, today = group.app.services.said, london_today(group.clock)
    await said.look_if_due()
    assert "no written question" in await line_on_card(group)
    parliament.said.ask("Street lamps", "To ask about a lit path with street lamps.", on=today)
    group.clock.advance(timedelta(days=1))
    await said.look_if_due()
    assert await line_on_card(group) == f"asked once since {today.year}; not answered yet"
    found = group.app.services.reports.for_group(group.guild_id).find("lights-out/5")
    words = said.read_words("street lamps", "a word that nobody says")
    await said.save_words(group.guild_id, found, words, person)
    assert "no written question" in await line_on_card(group)


@pytest.mark.parametrize("at_risk", [True, False])
async def test_a_post_for_everyone_has_the_line_unless_people_could_be_targeted(
    group: Any,
    parliament: ParliamentStandIn,
    at_risk: bool,
) -> None:
    if not at_risk:
        person = await group.app.services.people.person_for(group.organiser.id)
        await group.app.services.guilds.change(group.guild_id, person, high_risk=False)
    await group.app.services.said.look_if_due()
    card = await group.member.slash(group.channel, "recommendations show", number="lights-out/5")
    assert LABEL in text_of(card.response)
    await group.member.click(card.response, label="Show to everyone")
    posted = text_of(group.posted[-1])
    assert "Give every school a lit path" in posted
    assert (LABEL in posted) is not at_risk


async def test_a_card_opens_without_the_line_where_the_database_does_not_answer(
    group: Any,
    parliament: ParliamentStandIn,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def away(*_: Any) -> Any:
        raise Unavailable("The database is away.", "Try again in a minute.")

    await group.app.services.said.look_if_due()
    monkeypatch.setattr(group.app.services.said, "times_asked", away)
    card = await group.member.slash(group.channel, "recommendations show", number="lights-out/5")
    assert "Give every school a lit path" in text_of(card.response)
    assert LABEL not in text_of(card.response)


async def test_where_nobody_has_looked_for_days_there_may_be_more(group: Any, parliament: ParliamentStandIn) -> None:
    today = london_today(group.clock)
    parliament.said.ask("Street lamps", "To ask about a lit path with street lamps.", on=today)
    await group.app.services.said.look_if_due()
    assert await line_on_card(group) == f"asked once since {today.year}; not answered yet"
    group.clock.advance(timedelta(days=5))
    assert await line_on_card(group) == f"asked at least once since {today.year}; not answered yet"
    assert "no written question found from" in await line_on_card(group, number="7")
