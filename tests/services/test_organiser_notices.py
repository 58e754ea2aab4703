"""A word to organisers: in their channel, else privately to whoever last saved the settings, else to nobody, who is told so."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from bot.domain.errors import Refused
from bot.domain.identity import ChannelId
from bot.domain.reminders import ReminderKind
from bot.services.delivery.words import NEUTRAL_LINE
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


@pytest.mark.asyncio
@pytest.mark.parametrize(
    ("template", "fields"),
    [
        (
            "doubt",
            {"heading": "Recommendation 3", "report": "Quendle", "what": "A link doesn't work", "lines": ["Look"]},
        ),
        ("second", {"heading": "Recommendation 3", "report": "Quendle", "said": "Answer: agreed", "undo": False}),
        ("second", {"heading": "Recommendation 3", "report": "Quendle", "said": "Answer: agreed", "undo": True}),
        ("completed", {"title": "Quendle", "filled": 2, "open": 0, "number": 5}),
        ("answers-read", {"title": "Quendle", "count": 2, "counted": "2 agreed", "url": "https://example.org"}),
        ("maybe-answered", {"title": "Quendle", "letter": "Quendle", "on": date(2026, 3, 2), "url": ""}),
        (
            "new-report",
            {
                "title": "Quendle",
                "committee": "Quendle Committee",
                "published_on": date(2026, 3, 2),
                "clock": "",
                "url": "",
                "number": 5,
            },
        ),
    ],
)
async def test_the_first_line_names_nothing_where_members_could_be_targeted(
    postbag: Desk, template: str, fields: dict[str, Any]
) -> None:
    await postbag.settle(high_risk=True)
    await postbag.notices.tell(GUILD, template, fields)
    first, rest = (await postbag.sweep())[0].split("\n", 1)
    assert first == NEUTRAL_LINE
    assert "Quendle" in rest


@pytest.mark.asyncio
@pytest.mark.parametrize("before", [True, False])
@pytest.mark.parametrize("now", [True, False])
async def test_the_line_above_follows_what_the_group_says_when_it_is_sent(
    postbag: Desk, before: bool, now: bool
) -> None:
    await postbag.settle(high_risk=before)
    await postbag.notices.tell(GUILD, "protection", FIELDS)
    await postbag.settle_again(high_risk=now)
    (words,) = await postbag.sweep()
    assert words.startswith(NEUTRAL_LINE) is now


@pytest.mark.asyncio
async def test_what_is_neutral_already_has_no_other_line_above(postbag: Desk) -> None:
    await postbag.settle(high_risk=True)
    fields = {"neutral": True, "lines": [], "more": 0, "calls": False}
    await postbag.notices.tell(GUILD, "coming-up", fields)
    assert NEUTRAL_LINE not in (await postbag.sweep())[0]
