"""A word to organisers: in their channel, else privately to whoever last saved the settings, else to nobody, who is told so."""

from __future__ import annotations

import pytest

from bot.domain.errors import Refused
from bot.domain.identity import ChannelId
from bot.domain.reminders import ReminderKind
from bot.services.organiser_notices import USE
from tests.builders import GUILD, OTHER, Desk

FIELDS = {"stage": "dropped", "on": "on", "off": "off", "until": None, "organisers": True}


@pytest.mark.asyncio
async def test_a_word_goes_to_the_organisers_channel(postbag: Desk) -> None:
    await postbag.settle(notice_channel_id=ChannelId(6))
    word = await postbag.notices.tell(GUILD, "protection", FIELDS)
    assert (word.kind, word.channel_id, word.person_id) == (ReminderKind.NOTICE, 6, None)
    assert word.expires_at == postbag.clock.now() + USE
    assert len(postbag.woken) == 1
    ((target, _),) = [await postbag.sweep(), *postbag.discord.posted][1:]
    assert target.channel_id == 6


@pytest.mark.asyncio
async def test_without_one_it_goes_to_whoever_last_saved_the_settings(postbag: Desk) -> None:
    person = await postbag.settle()
    word = await postbag.notices.plan(GUILD, "protection", FIELDS)
    assert (word.channel_id, word.person_id) == (None, person)
    assert await postbag.all_reminders() == [], "it is only written"


@pytest.mark.asyncio
async def test_where_nobody_would_hear_it_nothing_is_planned(postbag: Desk) -> None:
    with pytest.raises(Refused, match="nobody would get your message"):
        await postbag.notices.tell(OTHER, "protection", FIELDS)
    assert (await postbag.all_reminders(), postbag.woken) == ([], [])
