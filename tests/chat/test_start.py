"""/start and /help: short, by who asks, with a button for each line."""

from __future__ import annotations

from typing import Any

import pytest

from bot.chat.cogs.start import FOR_A_MEMBER, FOR_A_PERSON, FOR_AN_ORGANISER, TOPICS
from bot.rehearsal.reading import buttons_of, links_of, text_of

pytestmark = pytest.mark.asyncio

WORDS_AT_MOST = 120


async def test_a_member_reads_a_line_and_a_button_for_each_job(group: Any) -> None:
    shown = await group.member.slash(group.channel, "help")
    assert buttons_of(shown) == [label for _, label, _ in FOR_A_MEMBER]
    assert "organiser" not in text_of(shown)
    assert len(text_of(shown).split()) <= WORDS_AT_MOST


async def test_an_organiser_reads_the_organisers_jobs_first(group: Any) -> None:
    shown = await group.organiser.slash(group.channel, "help")
    assert buttons_of(shown) == [label for _, label, _ in (*FOR_AN_ORGANISER, *FOR_A_MEMBER)]
    assert len(text_of(shown).split()) <= WORDS_AT_MOST + 30


async def test_in_a_direct_message_help_names_no_server_command_and_offers_the_invitation(group: Any) -> None:
    shown = await group.outsider.slash("help")
    assert buttons_of(shown) == [label for _, label, _ in FOR_A_PERSON]
    (address,) = links_of(shown).values()
    assert "scope=bot" in address


async def test_every_line_of_help_leads_on(group: Any) -> None:
    for label in [label for _, label, _ in (*FOR_AN_ORGANISER, *FOR_A_MEMBER)]:
        shown = await group.organiser.slash(group.channel, "help")
        led = await group.organiser.click(shown.response, label=label)
        assert led.acknowledged, label
        assert "went wrong" not in text_of(led), label


@pytest.mark.parametrize("topic", TOPICS)
async def test_each_topic_is_one_short_card(group: Any, topic: str) -> None:
    shown = await group.member.slash(group.channel, "help", topic=topic)
    assert TOPICS[topic][0] in text_of(shown)
    assert len(text_of(shown).split()) <= WORDS_AT_MOST


async def test_organise_an_action_leads_on_or_says_what_is_needed(group: Any) -> None:
    for actor, has, lacks in (
        (group.organiser, "Plan an action", "Add Postbag to a server"),
        (group.member, "Write to my MP", "Plan an action"),
        (group.outsider, "Add Postbag to a server", "Plan an action"),
    ):
        shown = await (actor.slash("start") if actor is group.outsider else actor.slash(group.channel, "start"))
        led = await actor.click(shown.response, label="Organise an action")
        assert has in text_of(led)
        assert lacks not in text_of(led)
