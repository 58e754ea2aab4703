"""J12: what a group did, in numbers that show nobody, as a card, a table and a picture."""

from __future__ import annotations

import csv
import io
from datetime import date, timedelta
from typing import Any

import pytest
from PIL import Image

from bot.domain.follow_ups import Outcome
from bot.domain.identity import UserId

pytestmark = pytest.mark.asyncio


async def letters(group: Any, people: int, first: int = 0, outcome: Outcome | None = None) -> None:
    service = group.app.services.follow_ups
    for number in range(first, first + people):
        user = UserId(900_000_000_000_000_000 + number)
        sent = await service.sent(
            user,
            recommendation="never-again/T-01",
            constituency_id=1,
            guild_id=group.guild_id,
            sent_on=date(2026, 3, 1),
        )
        if outcome is not None:
            await service.answered(user, sent.held.follow_up_id, outcome)


async def open_group(group: Any) -> None:
    person = await group.app.services.people.person_for(UserId(group.organiser.id))
    await group.app.services.guilds.change(group.guild_id, person, high_risk=False)


@pytest.mark.claim("P-17")
async def test_a_report_in_numbers_as_a_card_a_table_and_a_picture(group: Any) -> None:
    await open_group(group)
    await letters(group, 6, outcome=Outcome.STOCK)
    await letters(group, 5, first=20, outcome=Outcome.ANSWERED)
    unfollowed = await group.organiser.slash(group.channel, "action report")
    assert "Used by nobody" not in group.text_of(unfollowed.response), "a report that the group doesn't follow"
    await group.app.services.deadlines.following.follow(group.guild_id, "never-again", None)
    shown = await group.organiser.slash(group.channel, "action report")
    said = group.text_of(shown.response)
    assert shown.response.ephemeral
    assert "**Letters reported**\n11, as of 2 March 2026" in said
    assert "- Stock reply: 6" in said
    assert "- Answered: 5" in said
    assert "- Tarning: 11" in said
    assert "Used by nobody" in said
    table = await group.organiser.click(shown.response, label="Download a table (CSV)")
    assert table.response.ephemeral
    (file,) = table.response.attachments
    rows = list(csv.reader(io.StringIO((await file.read()).decode())))
    assert ["letters reported", "", "11"] in rows
    assert ["constituency", "Tarning", "11"] in rows
    picture = await group.organiser.click(shown.response, label="Show a picture")
    (drawn,) = picture.response.attachments
    assert "11 letters reported" in drawn.description
    assert "Stock reply 6" in drawn.description
    assert Image.open(io.BytesIO(await drawn.read())).width > 600
    assert "- Stock reply: 6" in group.text_of(picture.response), "the same stands beside it in words"


async def test_a_report_minutes_later_is_the_same_and_never_shows_the_newest(group: Any) -> None:
    await open_group(group)
    await letters(group, 4)
    first = group.text_of((await group.organiser.slash(group.channel, "action report")).response)
    assert "Fewer than 5 people" in first
    await letters(group, 1, first=50)
    group.clock.move_to(group.clock.now() + timedelta(minutes=10))
    assert group.text_of((await group.organiser.slash(group.channel, "action report")).response) == first


async def test_where_people_could_be_targeted_numbers_go_back_at_once_and_no_place_is_named(group: Any) -> None:
    await open_group(group)
    await letters(group, 8)
    assert "Tarning: 8" in group.text_of((await group.organiser.slash(group.channel, "action report")).response)
    person = await group.app.services.people.person_for(UserId(group.organiser.id))
    await group.app.services.guilds.change(group.guild_id, person, high_risk=True)
    said = group.text_of((await group.organiser.slash(group.channel, "action report")).response)
    assert "Fewer than 10 people" in said
    assert "Tarning" not in said
    assert "no constituency is named" in said


async def test_it_is_for_organisers(group: Any) -> None:
    refused = await group.member.slash(group.channel, "action report")
    assert "for organisers" in group.text_of(refused.response)
