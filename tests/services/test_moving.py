"""A group's set-up as a file through the service: written, shown before anything changes, taken in, and again without harm."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from datetime import date, time, timedelta
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from bot.domain.errors import NotFound, Refused, Unavailable
from bot.domain.group_events import GroupEventKind
from bot.domain.identity import GuildId
from bot.domain.moving import GroupFile, read
from bot.services.group_events import TypedEvent
from bot.services.letter_templates import TemplateService
from bot.services.moving import MovingService, Outcome
from tests.builders import GUILD, MARSHES, OTHER, Desk, group_letters, opened
from tests.services.invented_record import Shelf

LETTER = "{{ salutation }}\n\n{{ asked }}\n\n{{ why }}\n\n{{ ask }}\n\n{{ close }}\n"


class Reader:
    """Reads a file in this process; its own child with limits is tried in ``sources/``."""

    async def group_file(self, group: GuildId | None, content: bytes) -> GroupFile:
        return read(content)


class House:
    """A group with a set-up, in one Postbag or in another."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.letters: TemplateService = group_letters(desk)
        self.shelf = Shelf(desk)
        self.moving = MovingService(
            desk.guilds,
            desk.held,
            desk.reports,
            self.shelf.service,
            desk.deadlines,
            desk.group_events,
            desk.actions,
            self.letters,
            Reader(),
            desk.clock,
            "9.9.9",
            desk.audit,
        )

    async def bring(self, content: bytes, guild_id: GuildId = GUILD) -> Outcome:
        shown = await self.moving.show(guild_id, content)
        return await self.moving.take(guild_id, await self.desk.organiser(), shown.token)


@pytest_asyncio.fixture
async def here(postbag: Desk) -> House:
    """A group with one of everything."""
    house = House(postbag)
    person = await postbag.settle(days_off="", time_of_day=postbag.clock.now().time())
    await postbag.deadlines.following.follow(GUILD, MARSHES, person)
    vote = await postbag.deadlines.add(GUILD, person, due_on=date(2027, 5, 4), title="Council vote")
    await postbag.group_events.add(GUILD, person, TypedEvent(GroupEventKind.MEETING, "Stall", "every Tuesday 6pm"))
    await postbag.actions.plan(GUILD, person, deadline_id=vote.deadline_id, title="Lobby day")
    await house.shelf.service.choose(GUILD, 11, person)
    await house.letters.write(GUILD, person, "Lanterns", "About lanterns", LETTER)
    return house


@pytest_asyncio.fixture
async def there(empty_database: Path, tmp_path: Path) -> AsyncIterator[House]:
    """Another Postbag, where a group is only set up."""
    (tmp_path / "there").mkdir()
    async with opened(empty_database, tmp_path / "there") as desk:
        await desk.settle()
        yield House(desk)


def changed(content: bytes, **parts: Any) -> bytes:
    return json.dumps(json.loads(content) | parts).encode()


@pytest.mark.asyncio
async def test_a_file_holds_everything_and_nobody(here: House) -> None:
    file = await here.moving.export(GUILD)
    assert (file.name, file.media_type) == ("postbag-group-2027-03-01.json", "application/json")
    found = json.loads(file.content)
    assert [len(found[part]) for part in ("reports", "committees", "clocks", "events", "actions", "templates")] == [
        1, 1, 2, 1, 1, 1,
    ]  # fmt: skip
    assert str(GUILD) not in file.content.decode()


@pytest.mark.asyncio
async def test_a_set_up_moves_to_another_postbag_and_arrives_once(here: House, there: House) -> None:
    content = (await here.moving.export(GUILD)).content
    shown = await there.moving.show(GUILD, content)
    assert await there.desk.deadlines.ever(GUILD) == []
    person = await there.desk.organiser()
    done = await there.moving.take(GUILD, person, shown.token)
    assert done == shown.outcome, "what was shown is what was done"
    assert done.out == ()
    for kind in (
        "Committee: Tides",
        "Deadline: Council vote",
        "Event: Stall",
        "Plan: Lobby day",
        "Letter template: Lanterns",
    ):
        assert any(line.startswith(kind) for line in done.new), (kind, done.new)
    assert await there.desk.held.followed(GUILD) == [MARSHES]
    again = await there.bring(content)
    assert again.new == ()
    assert len(await there.desk.deadlines.ever(GUILD)) == 2
    assert len(await there.desk.group_events.list(GUILD)) == 1
    assert len(await there.desk.actions.plans(GUILD)) == 1
    (plan,) = await there.desk.actions.plans(GUILD)
    own = {deadline.title: deadline.deadline_id for deadline in await there.desk.deadlines.ever(GUILD)}
    assert plan.deadline_id == own["Council vote"], "its clock is the one of this database"


@pytest.mark.asyncio
async def test_a_file_that_was_shown_is_taken_once_within_the_hour_by_its_group(here: House) -> None:
    content = (await here.moving.export(GUILD)).content
    person = await here.desk.organiser()
    token = (await here.moving.show(GUILD, content)).token
    with pytest.raises(NotFound):
        await here.moving.take(OTHER, person, token)
    token = (await here.moving.show(GUILD, content)).token
    here.moving.drop(token)
    with pytest.raises(NotFound):
        await here.moving.take(GUILD, person, token)
    older = (await here.moving.show(GUILD, content)).token
    newer = (await here.moving.show(GUILD, content)).token
    with pytest.raises(NotFound):
        await here.moving.take(GUILD, person, older)
    here.desk.clock.move_to(here.desk.clock.now() + timedelta(minutes=60))
    with pytest.raises(NotFound):
        await here.moving.take(GUILD, person, newer)


@pytest.mark.asyncio
async def test_settings_move_and_no_file_turns_a_protection_off(here: House, there: House) -> None:
    content = (await here.moving.export(GUILD)).content
    await there.desk.settle_again(high_risk=True, time_of_day="17:30")
    done = await there.bring(content)
    assert any(line.startswith("People who could be targeted: stays on") for line in done.out), done.out
    settings = await there.desk.settings()
    assert settings.high_risk
    assert settings.time_of_day == (await here.desk.settings()).time_of_day


@pytest.mark.asyncio
async def test_settings_that_make_no_sense_together_stay_out(here: House, there: House) -> None:
    content = (await here.moving.export(GUILD)).content
    settings = json.loads(content)["settings"] | {"quiet_from": "22:00", "quiet_until": None}
    done = await there.bring(changed(content, settings=settings))
    assert any(line.startswith("Settings: ") for line in done.out), done.out
    assert (await there.desk.settings()).quiet_until == time(7), "as in a group that chose nothing"


@pytest.mark.asyncio
async def test_what_is_not_held_here_stays_out_and_says_why(here: House, there: House) -> None:
    content = (await here.moving.export(GUILD)).content
    whole = json.loads(content)
    whole["reports"].append("lantern-keepers")
    whole["committees"].append({"id": 99, "name": "Lost Committee"})
    done = await there.bring(json.dumps(whole).encode())
    assert "Report lantern-keepers: Postbag doesn't have it. Import it first with /reports import" in done.out
    assert any(line.startswith("Committee Lost Committee: ") for line in done.out)


@pytest.mark.asyncio
async def test_from_a_terminal_a_letter_has_no_author_and_stays_out(here: House, there: House) -> None:
    content = (await here.moving.export(GUILD)).content
    done = await there.moving.take_file(GUILD, content)
    assert any("needs an author" in line for line in done.out)
    assert there.letters.list(GUILD) == ()
    assert any(line.startswith("Deadline: ") for line in done.new)


@pytest.mark.asyncio
async def test_a_group_that_nobody_set_up_takes_no_settings(here: House, there: House) -> None:
    content = (await here.moving.export(GUILD)).content
    done = await there.moving.take_file(OTHER, content)
    assert "Settings: Nobody has set this group up yet." in done.out


@pytest.mark.asyncio
async def test_what_stops_half_way_says_so_and_goes_on_at_the_next_try(
    here: House, there: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    content = (await here.moving.export(GUILD)).content
    whole = there.desk.actions.take

    async def broken(action: Any) -> Any:
        raise OSError("the disk is full")

    monkeypatch.setattr(there.desk.actions, "take", broken)
    with pytest.raises(Unavailable, match="stopped halfway"):
        await there.bring(content)
    assert any("stopped halfway" in line for line in await there.desk.noted())
    monkeypatch.setattr(there.desk.actions, "take", whole)
    done = await there.bring(content)
    assert any(line.startswith("Plan: ") for line in done.new)
    assert any(line.startswith("Deadline: ") for line in done.same)


@pytest.mark.asyncio
async def test_a_file_that_cannot_be_read_changes_nothing(there: House) -> None:
    with pytest.raises(Refused):
        await there.moving.show(GUILD, b"{}")
    with pytest.raises(Refused):
        await there.moving.take_file(GUILD, b"\xff\xfe")


@pytest.mark.asyncio
async def test_a_plan_that_ended_arrives_as_it_ended(here: House, there: House) -> None:
    (plan,) = await here.desk.actions.plans(GUILD)
    await here.desk.actions.cancel(GUILD, plan.action_id, None, await here.desk.organiser())
    done = await there.bring((await here.moving.export(GUILD)).content)
    assert "Plan: Lobby day, cancelled" in done.new
