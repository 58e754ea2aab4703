"""Who signed a motion and who tabled an oral question: read with the shared searches, counted, and shown for one's own MP."""

from __future__ import annotations

import csv
import io
from datetime import timedelta
from typing import Any

import pytest

from bot.clock import london_today
from bot.domain.reports import long_date
from bot.rehearsal.parliament import ParliamentStandIn, Weather
from bot.rehearsal.reading import text_of
from tests.chat.test_house_actors import shown
from tests.chat.test_said import parliament as parliament  # the fixture, by its own name

pytestmark = [pytest.mark.loopback, pytest.mark.asyncio]
DAY = timedelta(days=1)


def as_member(row: dict[str, Any], number: int, name: str) -> None:
    """Let a signature be that of an MP whom the group's directory has."""
    row["MemberId"] = number
    row["Member"] = {**row["Member"], "MnisId": number, "Name": name}


async def mp_card(group: Any, seat: str = "Tarning") -> str:
    return text_of((await group.member.slash(group.channel, "mp show", constituency=seat)).response)


async def look(group: Any, days: int = 0) -> None:
    group.clock.advance(timedelta(days=days))
    await group.app.services.said.look_if_due()


async def test_a_signature_is_shown_for_ones_own_mp_until_it_is_withdrawn(
    group: Any, parliament: ParliamentStandIn
) -> None:
    today, (motion,) = london_today(group.clock), parliament.said.motions
    signature = parliament.said.sign(motion, today - 3 * DAY, seat="Tarning")
    as_member(signature, 101, "Ms Amina Thackwell")
    await look(group)
    text = await mp_card(group)
    assert "Lit paths to schools" in text
    assert f"**signed** on {long_date(today - 3 * DAY)}" in text
    parliament.said.unsign(motion, signature, today)
    await look(group, 1)
    assert "Lit paths to schools" not in await mp_card(group), "one who took their name off is no longer a signatory"


async def test_one_signature_for_another_is_noticed_within_a_week_though_the_number_stays(
    group: Any, parliament: ParliamentStandIn
) -> None:
    today, (motion,) = london_today(group.clock), parliament.said.motions
    first = parliament.said.sign(motion, today, seat="Tarning")
    as_member(first, 101, "Ms Amina Thackwell")
    await look(group)
    assert "signed" in await mp_card(group)
    parliament.said.unsign(motion, first, today)
    parliament.said.sign(motion, today, seat="Ravelstoke")
    await look(group, 1)
    read = sum(route == "/EarlyDayMotion/{id}" for _, route in parliament.asked)
    assert read == 1, "where the number is the same it isn't read again every day"
    await look(group, 7)
    assert "signed" not in await mp_card(group)


async def test_signatures_and_oral_questions_are_counted_for_each_member(
    group: Any, parliament: ParliamentStandIn
) -> None:
    today, (motion,) = london_today(group.clock), parliament.said.motions
    parliament.said.sign(motion, today, seat="Tarning")
    gone = parliament.said.sign(motion, today, seat="Ravelstoke")
    parliament.said.unsign(motion, gone, today)
    parliament.said.ask_aloud("What she will do about dark street lamps.", today + 5 * DAY, seat="Skarwick")
    parliament.said.ask_aloud("What she will do about theatres.", today + 5 * DAY, seat="Skarwick")
    taken_back = parliament.said.ask_aloud("If she will mend street lamps.", today, seat="Tarningham")
    taken_back["Status"] = "Withdrawn"
    await look(group)
    found = await shown(group, group.organiser)
    lines = [line for line in text_of(found.response).splitlines() if line.startswith("- ")]
    assert any("1 motion; newest" in line for line in lines), "whoever moved it is counted for that alone"
    assert sum("1 signature; newest" in line or ", 1 signature" in line for line in lines) == 1
    assert sum("1 oral question" in line for line in lines) == 1
    table = await group.organiser.click(found.response, label="Download a table (CSV)")
    rows = list(csv.DictReader(io.StringIO((await table.response.attachments[0].read()).decode())))
    assert sum(int(row["Signatures"]) for row in rows) == 1
    assert sum(int(row["Oral questions"]) for row in rows) == 1


@pytest.mark.claim("P-69")
async def test_no_request_names_a_member_or_says_more_than_a_motions_number(
    group: Any, parliament: ParliamentStandIn
) -> None:
    parliament.said.sign(parliament.said.motions[0], london_today(group.clock), seat="Tarning")
    await look(group)
    await mp_card(group)
    names = {name for query in parliament.searched for name in query}
    assert not [name for name in names if "member" in name and name != "expandmember"]
    assert ("motions_api", "/EarlyDayMotion/{id}") in parliament.asked
    assert ("motions_api", "/oralquestions/list") in parliament.asked
    oral = [query for query in parliament.searched if "parameters.answeringdatestart" in query]
    assert all("searchterm" not in name for query in oral for name in query)


async def test_an_oral_question_is_listed_with_its_day_and_once_where_hansard_has_it_too(
    group: Any, parliament: ParliamentStandIn
) -> None:
    today = london_today(group.clock)
    words = "What steps she is taking to give every school with dark street lamps a lit path to its gate."
    parliament.said.ask_aloud(words, today - 2 * DAY, seat="Tarning")
    await look(group)

    async def listed() -> str:
        card = await group.member.slash(group.channel, "recommendations show", number="lights-out/5")
        return text_of((await group.member.click(card.response, label="In Parliament")).response)

    text = await listed()
    assert f"to the Department for Lanterns · for {long_date(today - 2 * DAY)}" in text
    assert "oral questions to" in text, "how far oral questions were read is said"
    parliament.said.speak("Oral Answers to Questions", f"3. {words}", on=today - 2 * DAY, seat="Tarning")
    await look(group, 1)
    text = await listed()
    assert "Oral Answers to Questions" in text
    assert "Oral question 9050" not in text


async def test_a_look_that_fails_keeps_signatures_and_oral_questions_and_is_said(
    group: Any, parliament: ParliamentStandIn
) -> None:
    today, (motion,) = london_today(group.clock), parliament.said.motions
    as_member(parliament.said.sign(motion, today, seat="Tarning"), 101, "Ms Amina Thackwell")
    parliament.said.ask_aloud("What she will do about dark street lamps.", today, seat="Tarning")["AskingMemberId"] = (
        101
    )
    await look(group)
    before = await mp_card(group)
    assert "signed" in before
    assert "Oral question" in before
    for weather in (Weather.DOWN, Weather.WRONG_SHAPE, Weather.NOT_JSON):
        parliament.set_weather(weather, "motions_api")
        await look(group, 1)
        text = await mp_card(group)
        assert "signed" in text
        assert "Oral question" in text
        assert "failed" in text
        group.app.services.said._sources.motions._rests_until = 0.0
