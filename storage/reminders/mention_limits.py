"""How often a group's role was mentioned lately: what is left of the day's and the week's measure, in the group's own days."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.guilds import GuildSettings
from storage.schema import deliveries

WEEK = 7
# 0 is what organisers choose for no limit.
PLENTY = 1_000_000


async def pings_left(connection: AsyncConnection, groups: Iterable[GuildSettings], now: datetime) -> dict[int, int]:
    """Give how many more times each group's role may be mentioned now. Groups without such a role are left out."""
    pinging = {group.guild_id: group for group in groups if group.ping_role_id is not None}
    if not pinging:
        return {}
    recent = select(deliveries.c.guild_id, deliveries.c.created_at).where(
        deliveries.c.guild_id.in_(list(pinging)),
        deliveries.c.pinged == 1,
        deliveries.c.state != "cancelled",
        # A day more than a week: the week is counted in the group's own days, which begin elsewhere than UTC's.
        deliveries.c.created_at > now - timedelta(days=WEEK + 1),
    )
    made: dict[int, list[datetime]] = {}
    for row in await connection.execute(recent):
        made.setdefault(row.guild_id, []).append(row.created_at)
    return {guild_id: _left(group, made.get(guild_id, []), now) for guild_id, group in pinging.items()}


def _left(group: GuildSettings, made: list[datetime], now: datetime) -> int:
    zone = ZoneInfo(group.zone)
    today = now.astimezone(zone).date()

    def since(days: int) -> int:
        begin = datetime.combine(today - timedelta(days=days), time(), zone)
        return sum(1 for at in made if at >= begin)

    of_day = group.pings_a_day - since(0) if group.pings_a_day else PLENTY
    of_week = group.pings_a_week - since(WEEK - 1) if group.pings_a_week else PLENTY
    return max(0, min(of_day, of_week))
