"""Settings of groups on a real database: checked before they are kept, never overwritten, planned from."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, field, fields, replace
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from hypothesis import given
from hypothesis import strategies as st

from bot.clock import MovableClock
from bot.domain.errors import PostbagError, Refused
from bot.domain.guilds import GuildSettings
from bot.domain.identity import ChannelId, GuildId, PersonId, ReminderId, RoleId, UserId
from bot.domain.reminders import Reminder, ReminderKind
from bot.sealing import Sealer
from bot.services.guilds import NAMES, GuildService, _lines_of_change, check_settings, check_zone
from storage.database import open_database
from storage.guilds import Guilds
from storage.people import People
from storage.reminders.store import Reminders

NOW = datetime(2026, 11, 25, 9, 0, 42, tzinfo=UTC)
GUILD = GuildId(4_000_000_000_000_000_001)


@dataclass
class Desk:
    service: GuildService
    store: Guilds
    reminders: Reminders
    first: PersonId
    second: PersonId
    replanned: list[GuildId] = field(default_factory=list)
    woken: list[int] = field(default_factory=list)


@pytest_asyncio.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    async with open_database(f"sqlite+aiosqlite:///{tmp_path / 'test.sqlite3'}") as database:
        replanned: list[GuildId] = []
        woken: list[int] = []

        async def replan(guild_id: GuildId) -> int:
            replanned.append(guild_id)
            return 0

        sealer = Sealer(bytes(32))
        people = People(database, sealer)
        reminders = Reminders(database, sealer)
        store = Guilds(database)
        service = GuildService(store, MovableClock(NOW), lambda: woken.append(1), replan=replan, reminders=reminders)
        first, second = await people.person(UserId(1), NOW), await people.person(UserId(2), NOW)
        yield Desk(service, store, reminders, first, second, replanned, woken)


def test_every_setting_has_a_name_in_the_list_of_changes_and_can_be_taken_back() -> None:
    chosen_by_nobody = {"guild_id", "owner", "revision", "risk_answered"}
    assert {field.name for field in fields(GuildSettings)} - chosen_by_nobody == set(NAMES)


@pytest.mark.asyncio
async def test_what_is_chosen_is_kept_with_who_chose_it(desk: Desk) -> None:
    saved = await desk.service.change(GUILD, desk.first, zone=" europe/london ", channel_id=ChannelId(5))
    assert (saved.zone, saved.channel_id, saved.owner, saved.revision) == ("Europe/London", 5, desk.first, 1)
    assert await desk.service.settings(GUILD) == saved


@pytest.mark.asyncio
@pytest.mark.parametrize(
    "change",
    [
        {"zone": "Asia/Almaty"},
        {"time_of_day": time(18)},
        {"ladder": (0, 1)},
        {"channel_id": ChannelId(6)},
        {"monthly": False},
        {"high_risk": False},
    ],
)
async def test_what_reminders_are_planned_from_plans_them_again(desk: Desk, change: dict[str, Any]) -> None:
    await desk.service.change(GUILD, desk.first, **change)
    assert desk.replanned == [GUILD]
    assert desk.woken
    await desk.service.change(GUILD, desk.first, **change)
    assert desk.replanned == [GUILD]


@pytest.mark.asyncio
async def test_what_they_are_not_planned_from_does_not(desk: Desk) -> None:
    await desk.service.change(GUILD, desk.first, organiser_role_id=RoleId(9), second_confirms=True)
    assert desk.replanned == []
    assert (await desk.service.settings(GUILD)).organiser_role_id == 9


@pytest.mark.asyncio
async def test_settings_read_before_another_save_are_not_written_over_it(desk: Desk) -> None:
    seen = await desk.service.settings(GUILD)
    await desk.service.change(GUILD, desk.first, high_risk=False)
    with pytest.raises(Refused, match="Somebody else"):
        await desk.service.save(replace(seen, time_of_day=time(7)), desk.second)
    kept = await desk.service.settings(GUILD)
    assert (kept.high_risk, kept.time_of_day) == (False, time(9))


@pytest.mark.asyncio
async def test_two_organisers_changing_different_things_at_once_both_keep_theirs(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    save = desk.store.save
    once: list[int] = []

    async def overtaken(settings: GuildSettings, now: datetime) -> GuildSettings:
        if not once:
            once.append(1)
            await save(replace(await desk.store.get(GUILD), high_risk=False), now)
        return await save(settings, now)

    monkeypatch.setattr(desk.store, "save", overtaken)
    await desk.service.change(GUILD, desk.first, time_of_day=time(7))
    kept = await desk.service.settings(GUILD)
    assert (kept.high_risk, kept.time_of_day, kept.revision) == (False, time(7), 2)


@pytest.mark.asyncio
@pytest.mark.parametrize(
    "change",
    [
        {"zone": "Europe/Londn"},
        {"zone": "../../etc/passwd"},
        {"zone": ""},
        {"zone": "localtime"},
        {"organiser_role_id": RoleId(GUILD)},
        {"ping_role_id": RoleId(GUILD)},
        {"quiet_from": None},
        {"quiet_from": time(8), "quiet_until": time(10)},
        {"quiet_from": time(22), "quiet_until": time(10)},
        {"ladder": ()},
        {"ladder": tuple(range(13))},
        {"ladder": (400,)},
        {"time_of_day": time(9, tzinfo=UTC)},
    ],
)
async def test_what_makes_no_sense_is_refused_and_nothing_is_kept(desk: Desk, change: dict[str, Any]) -> None:
    with pytest.raises(Refused) as refusal:
        await desk.service.change(GUILD, desk.first, **change)
    assert refusal.value.next_step
    assert (await desk.service.settings(GUILD)).revision == 0
    assert desk.replanned == []


def _nothing() -> GuildService:
    return GuildService.__new__(GuildService)


@pytest.mark.parametrize(
    ("typed", "zone"),
    [("London", "Europe/London"), ("karachi", "Asia/Karachi"), ("new york", "America/New_York"), ("utc", "UTC")],
)
def test_a_place_that_was_typed_names_its_zone(typed: str, zone: str) -> None:
    assert GuildService.zone_named(_nothing(), typed) == zone


def test_a_near_name_is_offered_where_there_is_none_of_that_name() -> None:
    with pytest.raises(Refused, match="Europe/London"):
        check_zone("lond")


@given(st.text(max_size=40))
def test_any_text_for_a_zone_is_a_zone_or_a_kind_refusal(text: str) -> None:
    try:
        settings = check_settings(GuildSettings(GUILD, zone=text))
    except PostbagError as refused:
        found = str(refused)
    else:
        found = settings.zone
    assert found.isprintable()


@pytest.mark.asyncio
async def test_a_test_message_is_a_reminder_due_now(desk: Desk) -> None:
    with pytest.raises(Refused, match="hasn't chosen a channel"):
        await desk.service.send_test(GUILD)
    await desk.service.change(GUILD, desk.first, channel_id=ChannelId(5))
    planned = await desk.service.send_test(GUILD)
    stored = await desk.reminders.get(planned.reminder_id)
    assert isinstance(stored, Reminder)
    assert planned.reminder_id != ReminderId(0)
    assert (stored.kind, stored.guild_id) == (ReminderKind.TEST, GUILD)
    assert timedelta(0) <= NOW - stored.due_at < timedelta(minutes=1)
    assert await desk.reminders.next_due() == stored.due_at


def test_when_quiet_hours_begin_and_end_is_one_line_of_the_list_of_changes() -> None:
    before = GuildSettings(GUILD)
    after = replace(before, quiet_from=None, quiet_until=None, monthly=False)
    assert _lines_of_change(before, after) == [
        "Quiet hours: 10pm to 7am → none",
        "Monthly reminders while overdue: yes → no",
    ]
    later = replace(before, quiet_from=time(23))
    assert _lines_of_change(before, later) == ["Quiet hours from: 10pm → 11pm"]
