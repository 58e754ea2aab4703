"""/admin export and import: everything but people, shown before it is taken in, and nothing posted by it."""

from __future__ import annotations

import json
import logging
from dataclasses import replace
from datetime import date, time
from typing import Any

import pytest

from bot.domain.errors import NotFound, Refused, Unavailable
from bot.domain.group_events import GroupEventKind
from bot.domain.identity import GuildId, ReportSlug, UserId
from bot.rehearsal.reading import text_of
from bot.services.group_events import TypedEvent
from bot.services.moving import Shown

ELSEWHERE = GuildId(4_000_000_000_000_000_777)


async def filled(group: Any) -> bytes:
    """Set a group up with some of everything; give its export."""
    await group.organiser.slash(group.channel, "reports follow", report="never-again")
    await group.organiser.slash(
        group.channel, "deadlines add", kind="expected answer", title="Council vote", date="20 March 2026"
    )
    typed = TypedEvent(GroupEventKind.MEETING, "Branch meeting", "every first Tuesday 7pm")
    await group.app.services.group_events.add(group.guild_id, None, typed)
    await group.organiser.slash(group.channel, "action plan", deadline="Council vote")
    plan = (await group.app.services.actions.plans(group.guild_id))[0]
    shown = await group.organiser.slash(group.channel, "action show", action=str(plan.action_id))
    await group.organiser.click(shown.response, label="Approve")
    await group.app.services.actions.joining.join(group.guild_id, plan.action_id, UserId(group.member.id))
    person = await group.app.services.people.person_for(UserId(group.organiser.id))
    await group.app.services.templates.write(group.guild_id, person, "Lantern letter", "About lanterns.", "{{ why }}")
    content: bytes = (await group.app.services.moving.export(group.guild_id)).content
    return content


@pytest.mark.claim("C-06")
@pytest.mark.asyncio
async def test_the_file_holds_the_set_up_and_nobody(group: Any) -> None:
    content = await filled(group)
    handed = await group.organiser.slash(group.channel, "admin export")
    assert handed.response.ephemeral
    assert handed.response.attachments[0].filename.startswith("postbag-group-")
    whole = json.loads(content)
    assert [clock["title"] for clock in whole["clocks"]][-1] == "Council vote"
    assert [event["title"] for event in whole["events"]] == ["Branch meeting"]
    assert whole["actions"][0]["state"] == "approved"
    for actor in (group.organiser, group.member, group.channel, group.organiser_role):
        assert str(actor.id) not in content.decode()


@pytest.mark.asyncio
async def test_it_is_shown_then_taken_in_once_and_posts_nothing(group: Any) -> None:
    content = await filled(group)
    moving, people = group.app.services.moving, group.app.services.people
    person = await people.person_for(UserId(group.second_organiser.id))
    shown = await moving.show(ELSEWHERE, content)
    assert any("Council vote" in line for line in shown.outcome.new)
    assert await group.app.services.deadlines.list(ELSEWHERE) == ()
    done = await moving.take(ELSEWHERE, person, shown.token)
    assert done.new == shown.outcome.new
    (event,) = await group.app.services.group_events.list(ELSEWHERE)
    assert (event.title, event.repeat.value) == ("Branch meeting", "nth-day")
    clocks = {clock.title: clock for clock in await group.app.services.deadlines.list(ELSEWHERE)}
    (plan,) = await group.app.services.actions.plans(ELSEWHERE)
    assert (plan.stored.value, plan.deadline_id) == ("draft", clocks["Council vote"].deadline_id)
    assert await group.app.services.reports.for_group(ELSEWHERE).follows("never-again")
    with pytest.raises(NotFound, match="has gone"):
        await moving.take(ELSEWHERE, person, shown.token)
    again = await moving.show(ELSEWHERE, content)
    assert again.outcome.new == ()
    before = json.loads(content)
    after = json.loads((await moving.export(ELSEWHERE)).content)
    for whole in (before, after):
        whole["actions"][0]["state"] = ""
        del whole["written_at"]
    assert after == before
    posted = len(group.posted)
    await group.sweep()
    assert len(group.posted) == posted


@pytest.mark.asyncio
async def test_a_file_takes_no_protection_away(group: Any) -> None:
    await group.set_up(high_risk=False)
    whole = json.loads((await group.app.services.moving.export(group.guild_id)).content)
    await group.set_up(high_risk=True, risk_answered=True, second_confirms=True)
    person = await group.app.services.people.person_for(UserId(group.organiser.id))
    shown = await group.app.services.moving.show(group.guild_id, json.dumps(whole).encode())
    assert sum("stays on" in line for line in shown.outcome.out) == 2
    await group.app.services.moving.take(group.guild_id, person, shown.token)
    held = await group.app.services.guilds.settings(group.guild_id)
    assert held.high_risk
    assert held.second_confirms


@pytest.mark.asyncio
async def test_another_groups_file_cannot_be_taken_with_its_token(group: Any) -> None:
    shown = await group.app.services.moving.show(ELSEWHERE, await filled(group))
    with pytest.raises(NotFound):
        await group.app.services.moving.take(group.guild_id, None, shown.token)


@pytest.mark.asyncio
async def test_what_another_organiser_changed_since_the_preview_is_not_overwritten(group: Any) -> None:
    services = group.app.services
    whole = json.loads(await filled(group))
    whole["settings"]["time_of_day"] = "11:00"
    form = await group.second_organiser.slash(group.channel, "admin import")
    shown = await group.second_organiser.submit_modal(form, {"file": [("set-up.json", json.dumps(whole).encode())]})
    await group.set_up(time_of_day=time(8, 15), days_off="weekends")
    clocks = await services.deadlines.list(group.guild_id)
    again = await group.second_organiser.click(shown.response, label="Import it")
    words = text_of(again.response)
    assert "has changed since you looked" in words
    assert "8.15am → 11am" in words
    held = await services.guilds.settings(group.guild_id)
    assert (held.time_of_day, held.days_off) == (time(8, 15), "weekends")
    assert await services.deadlines.list(group.guild_id) == clocks
    dead = await group.second_organiser.click(shown.response, label="Import it")
    assert "has gone" in text_of(dead.response)
    done = await group.second_organiser.click(again.response, label="Import it")
    assert "Imported" in text_of(done.response)
    assert (await services.guilds.settings(group.guild_id)).time_of_day == time(11)


@pytest.mark.asyncio
@pytest.mark.parametrize("what", ["deadline", "event", "plan", "letter", "report"])
async def test_whatever_changed_since_the_preview_is_shown_again(group: Any, what: str) -> None:
    services = group.app.services
    content = await filled(group)
    person = await services.people.person_for(UserId(group.organiser.id))
    shown = await services.moving.show(ELSEWHERE, content)
    match what:
        case "deadline":
            await services.deadlines.add(ELSEWHERE, None, "Council vote", due_on=date(2026, 3, 20))
        case "event":
            typed = TypedEvent(GroupEventKind.MEETING, "Branch meeting", "every first Tuesday 7pm")
            await services.group_events.add(ELSEWHERE, None, typed)
        case "plan":
            (plan,) = await services.actions.plans(group.guild_id)
            await services.actions.take(replace(plan, guild_id=ELSEWHERE, deadline_id=None))
        case "letter":
            await services.templates.write(ELSEWHERE, person, "Lantern letter", "About lanterns.", "{{ why }}")
        case "report":
            await services.deadlines.following.follow(ELSEWHERE, ReportSlug("never-again"), None)
    seen = await services.moving.take(ELSEWHERE, person, shown.token)
    assert isinstance(seen, Shown)
    assert seen.is_again
    assert seen.outcome != shown.outcome
    done = await services.moving.take(ELSEWHERE, person, seen.token)
    assert not isinstance(done, Shown)
    assert done.new == seen.outcome.new


@pytest.mark.asyncio
async def test_a_broken_file_is_refused_in_words(group: Any) -> None:
    with pytest.raises(Refused, match="isn't a group's set-up"):
        await group.app.services.moving.show(group.guild_id, b"{}")
    form = await group.organiser.slash(group.channel, "admin import")
    assert form.modal is not None
    refused = await group.member.slash(group.channel, "admin import")
    assert "for organisers" in text_of(refused.response)


@pytest.mark.asyncio
async def test_a_file_is_uploaded_read_shown_and_taken_in_by_pressing(group: Any) -> None:
    content = await filled(group)
    whole = json.loads(content)
    whole["clocks"].append(whole["clocks"][-1] | {"title": "**Second** vote"})
    form = await group.second_organiser.slash(group.channel, "admin import")
    shown = await group.second_organiser.submit_modal(form, {"file": [("set-up.json", json.dumps(whole).encode())]})
    assert shown.response.ephemeral
    assert "New: 1" in text_of(shown.response)
    assert "\\*\\*Second" in text_of(shown.response)
    done = await group.second_organiser.click(shown.response, label="Import it")
    assert "Imported" in text_of(done.response)
    assert len(await group.app.services.deadlines.list(group.guild_id)) == len(whole["clocks"])
    told = text_of((await group.organiser.slash(group.channel, "admin audit")).response)
    assert "set-up was imported: 1 new" in told
    late = await group.second_organiser.click(shown.response, label="Import it")
    assert "has gone" in text_of(late.response)
    form = await group.second_organiser.slash(group.channel, "admin import")
    broken = await group.second_organiser.submit_modal(form, {"file": [("set-up.json", b"{}")]})
    assert "isn't a group's set-up" in text_of(broken.response)


@pytest.mark.asyncio
async def test_an_import_that_stops_half_way_says_so_and_goes_on_when_it_is_done_again(
    group: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    content = await filled(group)
    moving, actions = group.app.services.moving, group.app.services.actions
    person = await group.app.services.people.person_for(UserId(group.organiser.id))
    shown = await moving.show(ELSEWHERE, content)

    async def fails(action: Any) -> Any:
        raise OSError("the disk went away")

    with monkeypatch.context() as broken:
        broken.setattr(actions, "take", fails)
        with pytest.raises(Unavailable, match="stopped halfway") as told:
            await moving.take(ELSEWHERE, person, shown.token)
    assert "again" in told.value.next_step
    assert [record.levelno for record in group.unexpected.met] == [logging.ERROR]
    group.forgive()
    clocks = len(await group.app.services.deadlines.list(ELSEWHERE))
    again = await moving.show(ELSEWHERE, content)
    await moving.take(ELSEWHERE, person, again.token)
    assert len(await group.app.services.deadlines.list(ELSEWHERE)) == clocks
    assert len(await actions.plans(ELSEWHERE)) == 1
