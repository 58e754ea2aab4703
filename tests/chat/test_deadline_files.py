"""The calendar file and the picture in Discord: private, words first, neutral for a group at risk."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from bot.domain.errors import Unavailable
from bot.domain.identity import UserId
from bot.domain.private_reminders import PersonSettings
from bot.rehearsal.reading import controls_of


def contents(answer: Any) -> dict[str, bytes]:
    return {file.filename: file.fp.getvalue() for file in answer.response.files}


async def with_dates(group: Any, count: int = 1) -> None:
    for number in range(count):
        await group.app.services.deadlines.add(
            group.guild_id, None, f"Council vote {number}", due_on=date(2026, 6, 1) + timedelta(days=number)
        )


async def name_things(group: Any) -> None:
    person = await group.app.services.people.person_for(group.organiser.id)
    await group.app.services.guilds.change(group.guild_id, person, high_risk=False)


@pytest.mark.asyncio
async def test_anyone_takes_the_calendar_privately(group: Any) -> None:
    await with_dates(group)
    await name_things(group)
    answer = await group.member.slash(group.channel, "deadlines calendar")
    assert answer.response.ephemeral
    assert "Nobody is named" in group.text_of(answer)
    assert group.posted == []


@pytest.mark.asyncio
async def test_a_group_at_risk_gets_days_alone_and_titles_only_when_asked(group: Any) -> None:
    await with_dates(group)
    answer = await group.member.slash(group.channel, "deadlines calendar")
    assert "dates only" in group.text_of(answer)
    assert [file.filename for file in answer.response.attachments] == ["dates.ics"]
    asked = await group.member.click(answer.response, label="With titles and links")
    assert asked.response.ephemeral
    assert "dates only" not in group.text_of(asked)
    assert [file.filename for file in asked.response.attachments] == ["deadlines.ics"]
    rings = await group.member.click(asked.response, label="With an alarm the day before")
    assert "9am on the day before" in group.text_of(rings)
    assert [file.filename for file in rings.response.attachments] == ["deadlines.ics"]


@pytest.mark.asyncio
async def test_a_persons_own_neutral_wording_holds_in_their_files(room: Any) -> None:
    user = UserId(room.outsider.id)
    await room.app.services.private_reminders.save_settings(user, PersonSettings(neutral=True))
    answer = await room.outsider.slash("deadlines calendar")
    assert "You chose neutral wording" in room.text_of(answer)
    assert [file.filename for file in answer.response.attachments] == ["dates.ics"]


@pytest.mark.asyncio
async def test_with_nothing_watched_the_calendar_says_so(group: Any) -> None:
    answer = await group.member.slash(group.channel, "deadlines calendar")
    assert "no dates for a calendar" in group.text_of(answer)


@pytest.mark.asyncio
async def test_in_a_direct_message_the_reports_clocks_are_given(room: Any) -> None:
    answer = await room.outsider.slash("deadlines calendar")
    assert "Dates for your calendar" in room.text_of(answer)
    listed = await room.outsider.slash("deadlines list")
    shown = await room.outsider.click(listed.response, label="Show a picture")
    assert "● Received: 1 November 2021, 54 days late" in room.text_of(shown)


@pytest.mark.asyncio
async def test_the_picture_stands_beside_the_words_with_alt_text(group: Any) -> None:
    await with_dates(group, 5)
    listed = await group.member.slash(group.channel, "deadlines list")
    shown = await group.member.click(listed.response, label="Show a picture")
    said = group.text_of(shown)
    assert shown.response.ephemeral
    assert "**Council vote 0** (Running)" in said
    assert "◇ Expected: 1 June 2026" in said
    galleries = [c for c in controls_of(shown) if c.get("type") == 12]
    assert galleries
    assert "Council vote 0: " in str(galleries)
    more = await group.member.click(shown.response, label="More")
    assert "Council vote 4" in group.text_of(more)
    assert "Page 2 of 2" in group.text_of(more)


@pytest.mark.asyncio
async def test_where_no_picture_can_be_drawn_the_words_remain(group: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    await with_dates(group)

    async def broken(*given: Any) -> Any:
        raise Unavailable("Postbag couldn't make the picture.", "The text says everything it would show.")

    monkeypatch.setattr(group.app.services.deadline_files, "_picture", broken)
    listed = await group.member.slash(group.channel, "deadlines list")
    shown = await group.member.click(listed.response, label="Show a picture")
    assert "Expected: 1 June 2026" in group.text_of(shown)
    assert "The text says everything" in group.text_of(shown)
