"""What goes wrong while a group is set up and plans: channels and roles that vanish, names that would mention, days that are none."""

from __future__ import annotations

from datetime import UTC, datetime, time
from typing import Any

import pytest

from bot.rehearsal.reading import text_of

NASTY = "@everyone **[x](https://example.org)** <@&1> `a` ||b|| # " + "y" * 43


async def planned(group: Any, title: str, day: str = "20 April 2026") -> Any:
    await group.organiser.slash(group.channel, "action plan", day=day, title=title)
    listed = await group.organiser.slash(group.channel, "action list")
    return (await group.organiser.select(listed.response, ["1"])).response


@pytest.mark.asyncio
async def test_a_name_of_100_characters_with_markdown_and_mentions_is_shown_and_posted_as_it_was_typed(
    group: Any,
) -> None:
    assert len(NASTY) == 100
    await group.set_up(high_risk=False)
    card = await planned(group, NASTY)
    approved = await group.organiser.click(card, label="Approve")
    for text in (text_of(card), text_of(approved.response)):
        assert "@everyone" not in text
        assert "\\*\\*" in text
    await group.play_to(datetime(2026, 3, 30, 12, tzinfo=UTC))
    (post,) = group.posted
    assert "@everyone" not in text_of(post)
    assert "[x](https" not in text_of(post)
    sent = [
        r.json
        for r in group.env.http_requests
        if r.method == "POST" and r.path.endswith(f"{group.channel.id}/messages")
    ]
    assert all(
        not any((one.get("allowed_mentions") or {}).get(key) for key in ("parse", "roles", "users")) for one in sent
    )
    asked = await group.organiser.slash(group.channel, "action cancel", action="1")
    assert "@everyone" not in text_of(asked.response)


@pytest.mark.asyncio
@pytest.mark.parametrize(
    ("day", "words"),
    [
        ("1 March 2026", "already passed"),
        ("20 April 2036", "more than a year ahead"),
        ("31 February 2027", ""),
        ("soon", ""),
    ],
)
async def test_a_day_that_is_none_is_refused_with_what_to_do(group: Any, day: str, words: str) -> None:
    answer = await group.organiser.slash(group.channel, "action plan", day=day, title="Lobby day")
    assert answer.response.ephemeral
    assert words in text_of(answer.response)
    assert "went wrong on our side" not in text_of(answer.response)
    assert await group.app.services.actions.plans(group.guild_id) == ()


@pytest.mark.asyncio
async def test_a_step_in_the_missing_hour_says_so_in_the_rehearsal_and_comes_once(group: Any) -> None:
    await group.set_up(time_of_day=time(1, 30))
    card = await planned(group, "Lobby day", "19 April 2026")  # three weeks before lies the night without that hour
    rehearsed = await group.organiser.click(card, label="Rehearse")
    assert "29 March 2026" in text_of(rehearsed.response)
    assert "clock" in text_of(rehearsed.response).casefold()
    await group.organiser.click(card, label="Approve")
    await group.play_to(datetime(2026, 3, 29, 12, tzinfo=UTC))
    assert len(group.posted) == 1


@pytest.mark.asyncio
async def test_a_channel_deleted_in_the_middle_of_set_up_is_named(room: Any) -> None:
    spare = room.guild.create_text_channel("spare")
    opened = await room.organiser.slash(room.channel, "admin setup")
    await room.organiser.select(opened.response, [spare])
    await room.app.client.get_channel(int(spare.id)).delete()
    await room.organiser.click(opened.response, label="Next")
    await room.organiser.click(opened.response, label="Back")
    assert "can't see the channel" in text_of(opened.response)
    done = await room.organiser.slash(room.channel, "admin settings")
    assert "can't see the channel" in text_of(done.response)


@pytest.mark.asyncio
async def test_an_organiser_who_loses_the_role_half_way_gets_no_further(group: Any) -> None:
    card = (await group.second_organiser.slash(group.channel, "admin settings")).response
    await group.second_organiser.select(card, ["time"])
    group.env.backend.guilds[group.guild.id].members[group.second_organiser.id].role_ids.clear()
    refused = await group.second_organiser.select(card, ["18:00"])
    assert "for organisers" in text_of(refused.response)
    assert (await group.app.services.guilds.settings(group.guild_id)).time_of_day == time(9)
