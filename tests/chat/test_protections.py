"""Protecting a group less takes a second organiser, or a day, and is said in the channel; protecting it more is done at once."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from bot.domain.errors import Refused
from bot.domain.guilds import GuildSettings
from bot.domain.identity import UserId
from bot.rehearsal.reading import buttons_of, text_of

LATER = timedelta(hours=24)


async def settings(group: Any) -> GuildSettings:
    held: GuildSettings = await group.app.services.guilds.settings(group.guild_id)
    return held


async def risk(group: Any, actor: Any, answer: str) -> Any:
    """Answer the question about people who could be targeted; give the message that set-up is in."""
    opened = await actor.slash(group.channel, "admin settings")
    await actor.select(opened.response, ["risk"])
    await actor.click(opened.response, label="Yes (recommended)" if answer == "yes" else "No")
    return opened.response


async def posts(group: Any) -> list[str]:
    await group.sweep()
    return [text_of(message) for message in group.posted]


@pytest.mark.claim("P-52")
@pytest.mark.asyncio
async def test_the_first_answer_holds_at_once_whichever_it_is(group: Any) -> None:
    await risk(group, group.organiser, "no")
    assert not (await settings(group)).high_risk
    await risk(group, group.organiser, "yes")
    assert (await settings(group)).high_risk
    assert await posts(group) == []


@pytest.mark.claim("P-47")
@pytest.mark.asyncio
async def test_the_risk_question_is_answered_and_never_passed_by(group: Any) -> None:
    opened = await group.organiser.slash(group.channel, "admin settings")
    await group.organiser.select(opened.response, ["risk"])
    assert "Next" not in buttons_of(opened.response)
    assert "Choose *Yes* or *No* to go on" in text_of(opened.response)
    assert not (await settings(group)).risk_answered
    await group.organiser.click(opened.response, label="Yes (recommended)")
    assert (await settings(group)).risk_answered
    assert "Next" in buttons_of(opened.response)
    await risk(group, group.organiser, "no")
    assert (await settings(group)).high_risk


@pytest.mark.claim("P-51")
@pytest.mark.asyncio
async def test_one_organiser_alone_takes_no_protection_away_and_the_group_is_told(group: Any) -> None:
    await risk(group, group.organiser, "yes")
    card = await risk(group, group.organiser, "no")
    assert (await settings(group)).high_risk
    assert "nothing has changed yet" in text_of(card)
    assert "Waiting for a second organiser" in text_of(card)
    await risk(group, group.organiser, "no")
    await group.organiser.click(card, label="I agree")
    assert (await settings(group)).high_risk
    (said,) = [post for post in await posts(group) if "protect this group less" in post]
    assert "Tell an organiser" in said


@pytest.mark.asyncio
async def test_a_second_organiser_agrees_and_it_is_said_once(group: Any) -> None:
    await risk(group, group.organiser, "yes")
    await risk(group, group.organiser, "no")
    await group.restart()
    opened = await group.second_organiser.slash(group.channel, "admin settings")
    await group.second_organiser.click(opened.response, label="I agree")
    assert not (await settings(group)).high_risk
    assert "I agree" not in buttons_of(opened.response)
    await group.second_organiser.click(opened.response, label="Check again")
    told = [post for post in await posts(group) if "now has less protection" in post]
    assert len(told) == 1


@pytest.mark.asyncio
async def test_after_a_day_it_takes_effect_and_not_a_minute_before(group: Any) -> None:
    await risk(group, group.organiser, "yes")
    await risk(group, group.organiser, "no")
    asked = group.clock.now()
    await group.play_to(asked + LATER - timedelta(minutes=1))
    assert (await settings(group)).high_risk
    await group.play_to(asked + LATER + timedelta(minutes=16))
    assert not (await settings(group)).high_risk
    assert len([post for post in await posts(group) if "now has less protection" in post]) == 1


@pytest.mark.asyncio
async def test_any_organiser_takes_it_back(group: Any) -> None:
    await risk(group, group.organiser, "yes")
    card = await risk(group, group.organiser, "no")
    opened = await group.second_organiser.slash(group.channel, "admin settings")
    await group.second_organiser.click(opened.response, label="Keep the protection")
    await group.play_to(group.clock.now() + LATER + timedelta(hours=1))
    assert (await settings(group)).high_risk
    late = await group.organiser.click(card, label="I agree")  # an old button: it asks anew, and waits anew
    assert (await settings(group)).high_risk
    assert "nothing has changed yet" in text_of(late.response)


@pytest.mark.asyncio
async def test_whoever_asked_and_was_forgotten_cannot_be_their_own_second(group: Any) -> None:
    await risk(group, group.organiser, "yes")
    await risk(group, group.organiser, "no")
    await group.app.services.people.forget(UserId(group.organiser.id))
    await risk(group, group.organiser, "no")
    assert (await settings(group)).high_risk


@pytest.mark.asyncio
async def test_no_other_way_takes_a_protection_away(group: Any) -> None:
    await risk(group, group.organiser, "no")
    await risk(group, group.organiser, "yes")
    guilds, people = group.app.services.guilds, group.app.services.people
    person = await people.person_for(UserId(group.organiser.id))
    with pytest.raises(Refused, match="can't do it alone"):
        await guilds.change(group.guild_id, person, high_risk=False)
    with pytest.raises(Refused, match="can't do it alone"):
        await guilds.undo(group.guild_id, person)
    assert (await settings(group)).high_risk


@pytest.mark.asyncio
async def test_the_second_pair_of_eyes_is_protected_in_the_same_way(group: Any) -> None:
    setup = await group.organiser.slash(group.channel, "admin settings")
    await group.organiser.click(setup.response, label="Require a second organiser")
    await group.organiser.click(setup.response, label="Let one organiser decide")
    assert (await settings(group)).second_confirms
    opened = await group.second_organiser.slash(group.channel, "admin settings")
    await group.second_organiser.click(opened.response, label="I agree")
    assert not (await settings(group)).second_confirms


@pytest.mark.asyncio
async def test_a_group_that_left_is_not_changed(group: Any) -> None:
    await group.set_up(high_risk=False)
    setup = await group.organiser.slash(group.channel, "admin settings")
    await group.organiser.click(setup.response, label="Require a second organiser")
    await group.organiser.click(setup.response, label="Let one organiser decide")
    del group.env.backend.guilds[int(group.guild_id)]
    await group.app.services.departures.left(group.guild_id)
    await group.move_to(group.clock.now() + LATER + timedelta(hours=1))
    assert await group.app.services.guilds.apply_due() == 0
    assert (await settings(group)).second_confirms


@pytest.mark.asyncio
async def test_two_protections_that_wait_fit_into_one_row_and_each_has_its_own_buttons(group: Any) -> None:
    await risk(group, group.organiser, "yes")
    setup = await group.organiser.slash(group.channel, "admin settings")
    await group.organiser.click(setup.response, label="Require a second organiser")
    await group.organiser.click(setup.response, label="Let one organiser decide")
    await risk(group, group.organiser, "no")
    opened = await group.second_organiser.slash(group.channel, "admin settings")
    offered = buttons_of(opened.response)
    assert offered[:4] == ["Keep protection 1", "I agree to 1", "Keep protection 2", "I agree to 2"]
    assert len(offered) <= 10
    said = text_of(opened.response)
    first = "1" if "**1. Waiting for a second organiser**: one organiser can change" in said else "2"
    await group.second_organiser.click(opened.response, label=f"I agree to {first}")
    known = await settings(group)
    assert (known.second_confirms, known.high_risk) == (False, True)
