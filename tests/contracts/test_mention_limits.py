"""A role is mentioned as often as was chosen, counted in the group's own days, over both databases."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bot.domain.guilds import GuildSettings
from bot.domain.identity import ChannelId, GuildId, PersonId, RoleId
from bot.domain.messages import OutgoingMessage
from bot.domain.reminders import CivilTime, Reminder, ReminderKind
from bot.sealing import Sealer
from bot.services.ports.deliveries import DeliveryPlan
from storage.database import Database
from storage.guilds import Guilds
from storage.reminders.store import Reminders

GUILD = GuildId(4_000_000_000_000_000_001)
MONDAY = datetime(2027, 3, 1, 12, tzinfo=UTC)
"""An hour past midnight in Auckland."""

SETTINGS = GuildSettings(
    GUILD, channel_id=ChannelId(5), ping_role_id=RoleId(7), zone="Pacific/Auckland", owner=PersonId(0)
)


def freeze(plan: DeliveryPlan) -> OutgoingMessage:
    role = plan.settings.ping_role_id if plan.settings is not None and plan.may_ping else None
    return OutgoingMessage("due", ping_role=role)


@pytest.mark.asyncio
@pytest.mark.parametrize(
    ("day", "week", "hours", "pinged"),
    [
        (1, 3, [0, 1, 2], [True, False, False]),
        (1, 3, [0, 24, 48, 72], [True, True, True, False]),
        (0, 0, [0, 0, 0, 0], [True, True, True, True]),
        (2, 7, [0, 1, 2, 24], [True, True, False, True]),
        (1, 3, [0, 24, 48, 24 * 7], [True, True, True, True]),
        (1, 3, [0, 22, 23], [True, False, True]),
    ],
)
async def test_the_role_is_left_out_beyond_the_measure(
    database: Database, day: int, week: int, hours: list[int], pinged: list[bool]
) -> None:
    await Guilds(database).save(replace(SETTINGS, pings_a_day=day, pings_a_week=week, owner=None), MONDAY)
    store = Reminders(database, Sealer(bytes(range(32))))
    said = []
    for number, after in enumerate(hours):
        now = MONDAY + timedelta(hours=after)
        civil = CivilTime(now.date(), now.time(), "UTC")
        await store.add(Reminder(0, ReminderKind.TEST, f"s{number}", now, civil, guild_id=GUILD), now)  # type: ignore[arg-type]
        (made,) = await store.claim(now, limit=5, token="t", freeze=freeze)
        said.append(made.message.ping_role is not None)
        assert await store.attempting(made.delivery_id, "t", now)
        assert (await store.mark_sent(made.delivery_id, "t", None, now)).done
    assert said == pinged
