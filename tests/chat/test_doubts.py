"""*Something wrong?* on a card: the organisers hear of it, nobody hears who said it."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from bot.rehearsal.reading import text_of
from storage.schema import reminders

WORDS = "The link leads nowhere.\nSee **page 4** @everyone <https://example.org/right>"


async def say(room: Any, who: Any, words: str = WORDS, number: str = "3") -> Any:
    card = await who.slash(room.channel, "recommendations show", number=number)
    opened = await who.click(card.response, label="Something wrong?")
    assert opened.modal is not None
    return await who.submit_modal(opened, {"what": ["link"], "words": words})


async def told(room: Any) -> list[str]:
    await room.sweep()
    return [text_of(message) for message in room.organiser.user.dm_channel.history()]


@pytest.mark.claim("C-21")
@pytest.mark.asyncio
async def test_the_organisers_hear_of_it_without_a_name(group: Any) -> None:
    done = await say(group, group.member)
    assert "has told the organisers" in text_of(done.response)
    assert done.response.ephemeral
    assert group.posted == []
    (message,) = await told(group)
    assert "Recommendation 3" in message
    assert "A link doesn't work" in message
    assert "page 4" in message
    assert "**page 4**" not in message
    assert "@everyone" not in message.replace("@\u200beveryone", "")
    assert group.member.user.name not in message


@pytest.mark.asyncio
async def test_a_group_that_nobody_set_up_hands_the_words_back(room: Any) -> None:
    refused = await say(room, room.member)
    shown = text_of(refused.response)
    assert "haven't been told" in shown
    assert "The link leads nowhere" in shown
    assert "/admin setup" in shown


@pytest.mark.asyncio
async def test_three_an_hour_are_enough(group: Any) -> None:
    for number in range(3):
        done = await say(group, group.member, words=f"{number} is the right number.")
        assert "has told the organisers" in text_of(done.response)
    fourth = await say(group, group.member, words="And one more.")
    assert "Try again in 60 minutes" in text_of(fourth.response)
    assert "has told the organisers" in text_of((await say(group, group.second_organiser)).response), (
        "others are not held up"
    )


@pytest.mark.asyncio
async def test_alone_with_the_bot_there_is_nobody_to_tell(room: Any) -> None:
    card = await room.outsider.slash("recommendations show", number="3")
    pressed = await room.outsider.click(card.response, label="Something wrong?")
    assert "no organisers to tell" in text_of(pressed.response)


@pytest.mark.asyncio
async def test_one_form_sent_twelve_times_tells_the_organisers_once(group: Any) -> None:
    card = await group.member.slash(group.channel, "recommendations show", number="3")
    form = await group.member.click(card.response, label="Something wrong?")
    with group.env.at_once(12):
        await group.member.submit_modal(form, {"what": ["other"], "words": "Please look at this."})
    assert len([r for r in group.env.http_requests if "has told the organisers" in str(r.json)]) == 12
    async with group.app.database.reading() as connection:
        planned = (await connection.execute(select(reminders.c.id).where(reminders.c.rung == "doubt"))).all()
    assert len(planned) == 1


@pytest.mark.asyncio
async def test_whoever_presses_without_end_is_told_when_to_go_on_and_the_others_are_answered(group: Any) -> None:
    group.app.services.shares._lifted.clear()
    for _ in range(60):
        await group.member.slash(group.channel, "start")
    refused = await group.member.slash(group.channel, "start")
    assert "Try again in a minute." in group.text_of(refused)
    other = await group.organiser.slash(group.channel, "start")
    assert "Try again" not in group.text_of(other)
