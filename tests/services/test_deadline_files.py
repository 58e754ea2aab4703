"""A group's dates to take away: one calendar of clocks and events, neutral where people could be targeted, and a picture."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import pytest
import pytest_asyncio

from bot.documents.calendar import calendar_file
from bot.domain.errors import NotFound
from bot.domain.group_events import GroupEventKind
from bot.domain.identity import PersonId
from bot.domain.timelines import Timeline
from bot.services.deadline_files import DeadlineFiles
from bot.services.group_events import TypedEvent
from bot.services.ports.files import File
from storage.guilds import Guilds
from tests.builders import GUILD, MARSHES, OTHER, Desk

MEETING = TypedEvent(GroupEventKind.MEETING, "Branch meeting", "16 March 2027 7pm to 9pm")
ROTA = TypedEvent(GroupEventKind.POST, "Rota", "2 March 2027 9am", words="Who is on?")


async def drawn(timelines: Sequence[Timeline], today: date) -> File:
    return File("dates.png", "image/png", f"{len(timelines)} on {today}".encode())


@pytest_asyncio.fixture
async def person(postbag: Desk) -> PersonId:
    person = await postbag.settle()
    await postbag.deadlines.following.follow(GUILD, MARSHES, person)
    for event in (MEETING, ROTA):
        await postbag.group_events.add(GUILD, person, event)
    return person


@pytest.fixture
def files(postbag: Desk) -> DeadlineFiles:
    return DeadlineFiles(
        postbag.deadlines,
        postbag.group_events,
        Guilds(postbag.database),
        postbag.clock,
        calendar=calendar_file,
        picture=drawn,
        installation="6f1c0b52-7d1e-4a55-9c43-0d3f6b1a2c01",
    )


@pytest.mark.asyncio
async def test_the_calendar_has_a_groups_clocks_and_events(files: DeadlineFiles, person: PersonId) -> None:
    text = (await files.calendar(GUILD)).content.decode()
    assert "Branch meeting" in text
    assert "Salt marshes" in text
    assert "VALARM" not in text
    assert "VALARM" in (await files.calendar(GUILD, alarms=True)).content.decode()


@pytest.mark.asyncio
async def test_a_neutral_calendar_names_nothing(files: DeadlineFiles, person: PersonId, postbag: Desk) -> None:
    assert not await files.is_neutral(GUILD)
    await postbag.settle_again(high_risk=True)
    assert await files.is_neutral(GUILD)
    assert not await files.is_neutral(None)
    text = (await files.calendar(GUILD, neutral=True)).content.decode()
    assert "Branch meeting" not in text
    assert "Salt marshes" not in text


@pytest.mark.asyncio
async def test_without_dates_there_is_no_calendar(files: DeadlineFiles) -> None:
    with pytest.raises(NotFound):
        await files.calendar(OTHER)
    assert await files.timelines(OTHER) == ()


@pytest.mark.asyncio
async def test_outside_a_server_the_dates_are_those_of_all_reports(files: DeadlineFiles) -> None:
    assert "Salt marshes" in (await files.calendar(None)).content.decode()
    (line,) = await files.timelines(None)
    assert line.is_open


@pytest.mark.asyncio
async def test_the_picture_has_what_is_open_first_and_no_posts(
    files: DeadlineFiles, person: PersonId, postbag: Desk
) -> None:
    lines = await files.timelines(GUILD)
    assert [line.is_open for line in lines] == [True, True]
    assert lines[0].waits_for <= lines[1].waits_for
    assert (await files.picture(lines)).content == b"2 on 2027-03-01"
    (event,) = [one for one in await postbag.group_events.list(GUILD) if one.title == "Branch meeting"]
    await postbag.group_events.call_off(GUILD, event.group_event_id, person)
    assert len(await files.timelines(GUILD)) == 1
