"""A group's report: nothing until enough people stand behind it, then numbers, what nobody used, and the dates that come."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
import pytest_asyncio

from bot.domain.counts import EVERY, FEWEST, GroupReport
from bot.domain.follow_ups import FollowUp
from bot.domain.group_events import GroupEventKind
from bot.domain.identity import FollowUpId, UserId
from bot.domain.members import Directory
from bot.services.counts import CountService, counts_file, line
from bot.services.group_events import TypedEvent
from bot.services.ports.files import File
from storage.counts import Counts
from storage.follow_ups import FollowUps
from storage.guilds import Guilds
from tests.builders import GUILD, MARSHES, SEALER, Desk


class Members:
    """A House whose list was never read."""

    directory = Directory()


async def drawn(report: GroupReport) -> File:
    return File("report.png", "image/png", b"drawn")


@pytest_asyncio.fixture
async def counts(postbag: Desk) -> CountService:
    person = await postbag.settle()
    await postbag.deadlines.following.follow(GUILD, MARSHES, person)
    members: Any = Members()
    return CountService(
        Counts(postbag.database),
        Guilds(postbag.database),
        postbag.reports,
        members,
        postbag.deadlines,
        postbag.group_events,
        postbag.actions,
        postbag.clock,
        picture=drawn,
    )


async def reported(postbag: Desk, people: int, item: str = "salt-marshes/3") -> None:
    store = FollowUps(postbag.database, SEALER)
    for number in range(people):
        person = await postbag.people.person_for(UserId(900 + number))
        await store.add(FollowUp(FollowUpId(0), person, item, date(2027, 3, 1), 4, GUILD), (), postbag.clock.now())


@pytest.mark.asyncio
async def test_too_few_letters_are_no_number(counts: CountService, postbag: Desk) -> None:
    await reported(postbag, FEWEST - 1)
    report = await counts.report(GUILD)
    assert report.figures is None
    assert (report.items.shown, report.seats.shown) == ((), ())
    assert f"fewer than {FEWEST} people" in counts_file(report).content.decode()


@pytest.mark.asyncio
async def test_enough_letters_are_counted_by_their_names(counts: CountService, postbag: Desk) -> None:
    await counts.report(GUILD)
    await reported(postbag, FEWEST)
    postbag.clock.move_to(postbag.clock.now() + EVERY)
    report = await counts.report(GUILD)
    assert report.figures is not None
    assert report.figures.letters == FEWEST
    ((name, number),) = report.items.shown
    assert name == "3 (Salt marshes)"
    assert number == FEWEST
    assert report.seats.shown == (("A constituency no longer listed", FEWEST),)
    assert [kind for kind, _ in report.kinds.shown] == ["No reply recorded yet"]
    assert len(report.unused) == 6, "the other recommendations of what is followed"
    table = counts_file(report).content.decode()
    assert f"letters reported,,{FEWEST}" in table
    assert "used by nobody or too few" in table
    assert list(line(report.items)) == [f"{name}: {FEWEST}"]


@pytest.mark.asyncio
async def test_a_group_that_becomes_careful_sees_no_number_that_was_counted_less_carefully(
    counts: CountService, postbag: Desk
) -> None:
    await counts.report(GUILD)
    await reported(postbag, FEWEST)
    postbag.clock.move_to(postbag.clock.now() + EVERY)
    assert (await counts.report(GUILD)).figures is not None
    await postbag.settle_again(high_risk=True)
    assert (await counts.report(GUILD)).figures is None


@pytest.mark.asyncio
async def test_the_dates_that_come_are_those_of_clocks_events_and_plans(counts: CountService, postbag: Desk) -> None:
    person = await postbag.organiser()
    meeting = TypedEvent(GroupEventKind.MEETING, "Branch meeting", "16 March 2027 7pm")
    rota = TypedEvent(GroupEventKind.POST, "Rota", "2 March 2027 9am", words="Who is on?")
    for event in (meeting, rota):
        await postbag.group_events.add(GUILD, person, event)
    await postbag.actions.plan(GUILD, person, "Lobby day", on=date(2027, 5, 4))
    coming = (await counts.report(GUILD)).coming
    assert [day for day, _ in coming] == sorted(day for day, _ in coming)
    assert (date(2027, 3, 16), "Branch meeting") in coming
    assert not any("Rota" in title for _, title in coming), "a post of the group's own is no date of theirs"


@pytest.mark.asyncio
async def test_a_report_is_drawn_by_whoever_draws(counts: CountService) -> None:
    assert (await counts.picture(await counts.report(GUILD))).content == b"drawn"
