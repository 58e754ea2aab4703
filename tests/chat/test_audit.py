"""/admin audit: what organisers changed and when, never what members did."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from bot.domain.identity import UserId
from bot.rehearsal.reading import buttons_of, text_of
from storage.schema import audit


async def lines(group: Any) -> list[str]:
    """Give what is written down, the oldest first."""
    found = await group.app.services.audit.lines(group.guild_id, limit=100)
    return [line.what for line in reversed(found)]


@pytest.mark.asyncio
async def test_what_organisers_change_is_listed_with_who_and_when(group: Any) -> None:
    await group.organiser.slash(
        group.channel, "deadlines add", kind="expected answer", title="Council vote", date="20 March 2026"
    )
    opened = await group.second_organiser.slash(group.channel, "admin settings")
    await group.second_organiser.select(opened.response, ["time"])
    await group.second_organiser.select(opened.response, ["18:00"])
    card = await group.organiser.slash(group.channel, "admin audit")
    assert card.response.ephemeral
    text = text_of(card.response)
    assert f"Deadline “Council vote” added: 20 March 2026, by <@{group.organiser.id}>" in text
    assert f"Time of day: 9am → 6pm, by <@{group.second_organiser.id}>" in text
    assert text.index("Time of day") < text.index("Council vote")


@pytest.mark.asyncio
async def test_every_kind_of_change_is_written_down(group: Any) -> None:
    await group.organiser.slash(group.channel, "reports follow", report="never-again")
    await group.organiser.slash(
        group.channel, "deadlines add", kind="expected answer", title="Council vote", date="20 March 2026"
    )
    await group.organiser.slash(group.channel, "action plan", day="20 April 2026", title="Lobby day")
    plan = await group.organiser.slash(group.channel, "action list")
    shown = await group.organiser.select(plan.response, ["1"])
    approved = await group.organiser.click(shown.response, label="Approve")
    called = await group.organiser.click(approved.response, label="Cancel this plan")
    await group.organiser.click(called.response, label="Cancel the plan")
    await group.organiser.slash(group.channel, "reports unfollow", report="never-again")
    told = "\n".join(await lines(group))
    for words in (
        "Follows the report",
        "Deadline “Council vote” added",
        "Plan “Lobby day” drafted, for 20 April 2026",
        "Plan “Lobby day”: approved",
        "Plan “Lobby day”: cancelled",
        "No longer follows the report",
    ):
        assert words in told, told


@pytest.mark.claim("C-22", "P-15")
@pytest.mark.asyncio
async def test_nothing_that_members_do_is_written_down(group: Any) -> None:
    await group.organiser.slash(group.channel, "action plan", day="20 April 2026", title="Lobby day")
    plan = await group.organiser.slash(group.channel, "action list")
    shown = await group.organiser.select(plan.response, ["1"])
    await group.organiser.click(shown.response, label="Approve")
    before = await lines(group)
    await group.play_to(group.clock.now() + timedelta(days=30))
    (post, *_) = [message for message in group.posted if "Sign up privately" in buttons_of(message)]
    await group.member.click(post, label="Sign up privately")
    await group.member.slash(group.channel, "remind me", what="Ring the office", when="next friday 6pm")
    refused = await group.member.slash(
        group.channel, "deadlines add", kind="expected answer", title="Mine", date="20 April 2026"
    )
    assert "organisers" in text_of(refused.response)
    assert await lines(group) == before


@pytest.mark.asyncio
async def test_markdown_and_mentions_in_a_title_are_shown_as_they_were_typed(group: Any) -> None:
    await group.organiser.slash(
        group.channel, "deadlines add", kind="expected answer", title="**All** @everyone <#1>", date="20 March 2026"
    )
    text = text_of((await group.organiser.slash(group.channel, "admin audit")).response)
    assert "@everyone" not in text
    assert "\\*\\*All" in text
    assert "<#1>" not in text.replace("\\<#1>", "")


@pytest.mark.claim("C-06")
@pytest.mark.asyncio
async def test_pages_and_a_file_without_names(group: Any) -> None:
    for number in range(12):
        await group.organiser.slash(
            group.channel, "deadlines add", kind="expected answer", title=f"Vote {number}", date="20 March 2026"
        )
    card = await group.organiser.slash(group.channel, "admin audit")
    assert "Vote 11" in text_of(card.response)
    assert "Vote 1”" not in text_of(card.response)
    await group.organiser.click(card.response, label="Older")
    assert "Vote 1”" in text_of(card.response)
    await group.organiser.click(card.response, label="Newest")
    handed = await group.organiser.click(card.response, label="Download a file")
    assert handed.response.ephemeral
    assert handed.response.attachments[0].filename == "postbag-audit.csv"


@pytest.mark.asyncio
async def test_who_made_a_change_is_forgotten_on_request_and_after_a_month(group: Any) -> None:
    await group.organiser.slash(
        group.channel, "deadlines add", kind="expected answer", title="Council vote", date="20 March 2026"
    )
    await group.second_organiser.slash(
        group.channel, "deadlines add", kind="expected answer", title="Lobby day", date="21 March 2026"
    )
    await group.app.services.people.forget(UserId(group.organiser.id))
    text = text_of((await group.second_organiser.slash(group.channel, "admin audit")).response)
    assert "Council vote" in text
    assert f"<@{group.organiser.id}>" not in text
    await group.move_to(group.clock.now() + timedelta(days=31))
    await group.app.services.audit.tidy()
    async with group.app.database.reading() as connection:
        rows = (await connection.execute(select(audit.c.what, audit.c.person_id))).all()
    assert {row.person_id for row in rows} == {None}
    await group.move_to(group.clock.now() + timedelta(days=370))
    await group.app.services.audit.tidy()
    assert await lines(group) == []
