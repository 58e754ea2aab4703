"""The stage: time that passes, time that was missed, a restart, and the people on it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
import pytest_asyncio

from bot.clock import LONDON, MovableClock
from bot.config import Settings
from bot.domain.errors import Unavailable
from bot.domain.identity import UserId
from bot.rehearsal.parliament import invented_report
from bot.rehearsal.reading import buttons_of, text_of
from bot.rehearsal.stage import Stage, open_stage
from bot.services.ports.reports import PublicationFacts

START = datetime(2026, 3, 2, 10, tzinfo=UTC)
DUE = date(2026, 3, 23)


class NoRecord:
    """Parliament's record, out of reach."""

    async def publication(self, publication_id: int) -> PublicationFacts:
        raise Unavailable("It does not answer.")


class NoHolidays:
    """The list of bank holidays, out of reach."""

    async def days(self) -> dict[str, frozenset[date]]:
        raise Unavailable("It does not answer.")


@pytest_asyncio.fixture
async def stage(tmp_path: Path) -> AsyncIterator[Stage]:
    settings = Settings.model_validate({"data": tmp_path, "sources": {"members_api": "http://127.0.0.1:9"}})
    report = invented_report(START.date())
    async with open_stage(settings, MovableClock(START), reports=[report]) as opened:
        opened.app.services.members._source = None
        opened.app.services.publications._source = NoRecord()
        opened.app.services.days_off._source = NoHolidays()
        await opened.set_up(high_risk=False)
        person = await opened.app.services.people.person_for(UserId(opened.organiser.id))
        await opened.app.services.deadlines.following.follow(opened.guild_id, report.slug, person)
        yield opened


def nine(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 9, tzinfo=LONDON)


@pytest.mark.asyncio
async def test_each_reminder_comes_at_its_own_time(stage: Stage) -> None:
    await stage.play_to(nine(DUE + timedelta(days=1)))
    assert [m.created_at for m in stage.posted] == [nine(DUE + timedelta(days=n)) for n in (-14, -3, 0, 1)]
    assert stage.clock.now() == stage.env.now() == nine(DUE + timedelta(days=1))


@pytest.mark.asyncio
async def test_what_was_missed_comes_once_and_late(stage: Stage) -> None:
    missed = nine(DUE - timedelta(days=14))
    await stage.move_to(missed + timedelta(hours=2))
    assert stage.posted == []
    await stage.sweep()
    await stage.sweep()
    (late,) = stage.posted
    assert "09:00" in text_of(late), "it says when it was due"
    assert late.created_at == missed + timedelta(hours=2)


@pytest.mark.asyncio
async def test_monthly_reminders_go_on_after_the_ladder(stage: Stage) -> None:
    await stage.play_to(nine(DUE + timedelta(days=45)))
    after = [m.created_at.date() for m in stage.posted if m.created_at > nine(DUE + timedelta(days=14))]
    assert after == [date(2026, 5, 6)]


@pytest.mark.asyncio
async def test_buttons_of_before_a_restart_still_work(stage: Stage) -> None:
    shown = await stage.member.slash(stage.channel, "start")
    await stage.play_to(nine(DUE - timedelta(days=14)))
    (posted,) = stage.posted
    await stage.restart()
    again = await stage.member.click(shown.response, label="Organise an action")
    assert "Our deadlines" in buttons_of(again)
    why = await stage.member.click(posted, label="Why this message?")
    assert why.acknowledged
    assert "Lights Out" in text_of(why)
    await stage.sweep()
    assert len(stage.posted) == 1


@pytest.mark.asyncio
async def test_an_answer_lost_on_the_way_is_not_posted_twice(stage: Stage) -> None:
    stage.env.strict.lose_answer("POST", "/channels/*/messages")
    await stage.play_to(nine(DUE - timedelta(days=14)) + timedelta(minutes=30))
    assert len(stage.posted) == 1
    counts = (await stage.app.services.delivery.health(stage.guild_id)).counts
    assert {state.value: number for state, number in counts.items()}.get("sent") == 1


@pytest.mark.asyncio
async def test_the_people_are_who_they_are_said_to_be(stage: Stage) -> None:
    for organiser in (stage.organiser, stage.second_organiser):
        assert "cannot" not in text_of(await organiser.slash(stage.channel, "admin health")).casefold()
    refused = text_of(await stage.member.slash(stage.channel, "admin health"))
    assert "organiser" in refused.casefold()
    assert "Something went wrong" not in refused
    alone = await stage.outsider.slash("start")
    assert "Read the recommendations" in buttons_of(alone)
    assert stage.env.strict.refused == []
