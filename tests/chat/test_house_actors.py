"""Who in the House has acted on a report: counted from what was found, for organisers alone, with nobody of the group in it."""

from __future__ import annotations

import csv
import io
from datetime import timedelta
from typing import Any

import pytest

from bot.clock import london_today
from bot.domain.members import MemberRole
from bot.rehearsal.parliament import ParliamentStandIn, Weather
from bot.rehearsal.reading import buttons_of, text_of
from bot.sources.committees import CommitteesApi
from bot.sources.http import Http
from tests.chat.test_said import at_once
from tests.chat.test_said import parliament as parliament  # the fixture, by its own name

pytestmark = [pytest.mark.loopback, pytest.mark.asyncio]


async def shown(group: Any, actor: Any) -> Any:
    card = await actor.slash(group.channel, "reports show", report="lights-out")
    return await actor.click(card.response, label="Who in the House has acted")


async def test_members_are_listed_by_number_and_newest_day(group: Any, parliament: ParliamentStandIn) -> None:
    today = london_today(group.clock)
    before = await shown(group, group.organiser)
    assert "hasn't looked yet" in text_of(before.response)
    withdrawn = parliament.said.ask("Street lamps", "To ask.", on=today - timedelta(days=1), seat="Ravelstoke")
    withdrawn["isWithdrawn"] = True
    only_answered = parliament.said.ask("Roads", "To ask about roads.", on=today - timedelta(days=2), seat="Skarwick")
    parliament.said.answer(only_answered, "There are street lamps.", today)
    parliament.said.speak("Lamps", "I like street lamps.", on=today, seat="Tarning", house="Lords")
    await group.app.services.said.look_if_due()
    asked = len(parliament.asked)
    found = await shown(group, group.organiser)
    text = text_of(found.response)
    assert found.response.ephemeral
    lines = [line for line in text.splitlines() if line.startswith("- ")]
    assert len(lines) == 2, "the withdrawn one and the one whose answer alone speaks of it are not counted"
    assert any("1 motion; newest" in line for line in lines)
    assert "2 speeches" in text
    assert "doesn't mean being against it" in text
    assert "Looked back to" in text
    assert len(parliament.asked) == asked, "a press asks nobody"


async def test_the_table_holds_the_same_and_no_formula(group: Any, parliament: ParliamentStandIn) -> None:
    row = parliament.said.ask("Street lamps", "To ask about street lamps.", on=london_today(group.clock))
    row["askingMemberId"] = 990001
    row["askingMember"] = {**row["askingMember"], "name": '=HYPERLINK("https://evil.example")'}
    await group.app.services.said.look_if_due()
    found = await shown(group, group.organiser)
    table = await group.organiser.click(found.response, label="Download a table (CSV)")
    (file,) = table.response.attachments
    rows = list(csv.reader(io.StringIO((await file.read()).decode())))
    counted = ["Written questions", "Oral questions", "Early day motions", "Debates", "Signatures"]
    assert rows[0] == ["Member", "House", *counted, "newest", "marks"]
    assert not [cell for line in rows[1:] for cell in line if cell.startswith(("=", "+", "-", "@"))]
    assert not [cell for line in rows for cell in line if group.member.name in cell or group.organiser.name in cell]


@pytest.mark.claim("P-64")
async def test_members_of_the_committee_and_ministers_are_marked_from_a_walk_of_the_whole_house(
    group: Any, parliament: ParliamentStandIn
) -> None:
    services = group.app.services
    async with Http((parliament.urls.committees_api,), timeout_seconds=5, sleep=at_once) as http:
        services.house_posts._source = CommitteesApi(http, parliament.urls.committees_api, group.clock, pause_seconds=0)
        house = [seat.member for seat in parliament._house().seats if seat.member is not None]
        real = services.members.directory
        services.house_posts._directory = lambda: type(real)(
            tuple(type(real.constituencies[0])(n, m.display_as, m) for n, m in enumerate(house))  # type: ignore[arg-type]
        )
        parliament.set_weather(Weather.DOWN)
        assert not await services.house_posts.look_if_due()
        assert (await services.house_posts.seats())[0] is None, "a look that failed is not a seat on none"
        parliament.set_weather(Weather.FAIR)
        parliament.asked.clear()
        group.clock.advance(timedelta(days=1))
        assert await services.house_posts.look_if_due()
        walked = [path for service, path in parliament.asked if path == "/api/Members"]
        assert not await services.house_posts.look_if_due()
        assert len([path for _, path in parliament.asked if path == "/api/Members"]) == len(walked) < 5
    parliament.said.ask("Street lamps", "To ask.", on=london_today(group.clock))["askingMemberId"] = house[0].member_id
    sitting = [seat.member for seat in services.members.directory.constituencies if seat.member is not None]
    minister = next(member for member in sitting if member.role is MemberRole.MINISTER)
    parliament.said.speeches[0]["MemberId"] = minister.member_id
    await services.said.look_if_due()
    text = text_of((await shown(group, group.organiser)).response)
    assert "sits on the committee" in text
    assert "· minister" in text
    assert "Committee seats as of" in text


async def test_members_of_the_group_are_refused_and_find_no_way_there(
    group: Any, parliament: ParliamentStandIn
) -> None:
    card = await group.member.slash(group.channel, "reports show", report="lights-out")
    assert "Who in the House has acted" not in buttons_of(card.response)
