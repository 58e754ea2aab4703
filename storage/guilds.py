"""Settings of groups."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, time
from typing import Any

from sqlalchemy import Row, Select, Table, bindparam, delete, exists, null, or_, select, update

from bot.domain.errors import Refused
from bot.domain.guilds import GuildSettings, WaitingChange
from bot.domain.identity import GuildId
from storage.database import Database
from storage.installation_facts import insert_for
from storage.people import if_known
from storage.schema import follow_ups, guilds, look_words, personal_reminders, reminders, waiting_changes

COLUMNS = [
    guilds.c.guild_id,
    guilds.c.channel_id,
    guilds.c.notice_channel_id,
    guilds.c.organiser_role_id,
    guilds.c.ping_role_id,
    guilds.c.zone,
    guilds.c.time_of_day,
    guilds.c.quiet_from,
    guilds.c.quiet_until,
    guilds.c.ladder,
    guilds.c.monthly,
    guilds.c.aloud,
    guilds.c.high_risk,
    guilds.c.second_confirms,
    guilds.c.days_off,
    guilds.c.pings_a_day,
    guilds.c.pings_a_week,
    guilds.c.risk_answered,
    guilds.c.weekly,
    guilds.c.person_id,
    guilds.c.revision,
]


class Guilds:
    """The tables ``guilds`` and ``waiting_changes``."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._get = select(*COLUMNS).where(guilds.c.guild_id == bindparam("wanted"))
        self._all = select(*COLUMNS).where(guilds.c.left_at.is_(None)).order_by(guilds.c.guild_id)
        self._insert = (
            insert_for(database, guilds)
            .values(person_id=if_known())
            .on_conflict_do_nothing()
            .returning(guilds.c.revision)
        )
        self._update = (
            update(guilds)
            .where(guilds.c.guild_id == bindparam("wanted"), guilds.c.revision == bindparam("known"))
            .values(person_id=if_known())
            .returning(guilds.c.revision)
        )

        # What waits for another try was frozen under the old settings: another channel, or words that are no longer neutral.
        # With the yes itself: were it done after, a stop between the two would let a group's words go on leaving the database.
        self._keep_words = (
            update(look_words)
            .where(
                look_words.c.guild_id == bindparam("group"),
                exists().where(
                    guilds.c.guild_id == look_words.c.guild_id,
                    guilds.c.high_risk == 0,
                    guilds.c.revision == bindparam("known"),
                ),
            )
            .values(asked=null())
        )
        self._write_anew = (
            update(reminders)
            .where(
                reminders.c.guild_id == bindparam("group"),
                reminders.c.state == "scheduled",
                reminders.c.delivery_id.is_not(None),
            )
            .values(revision=reminders.c.revision + 1)
        )
        self._write_own_anew = (
            update(reminders)
            .where(
                or_(
                    reminders.c.personal_id.in_(_of_group(personal_reminders)),
                    reminders.c.follow_up_id.in_(_of_group(follow_ups)),
                ),
                reminders.c.state == "scheduled",
                reminders.c.delivery_id.is_not(None),
            )
            .values(revision=reminders.c.revision + 1)
        )

    async def get(self, guild_id: GuildId) -> GuildSettings:
        """Give a group's settings; defaults (revision 0) where none are stored."""
        async with self._database.reading() as connection:
            row = (await connection.execute(self._get, {"wanted": guild_id})).one_or_none()
        return settings_of(row) if row is not None else GuildSettings(guild_id)

    async def is_at_risk(self, guild_id: GuildId) -> bool:
        """Tell whether people in a group could be targeted, or nobody has said yet that they could not."""
        return (await self.get(guild_id)).high_risk

    async def save(self, settings: GuildSettings, now: datetime) -> GuildSettings:
        """Store settings whose ``revision`` is the stored one; give them with the next. Refused: somebody saved meanwhile."""
        values = _values(settings) | {
            "revision": settings.revision + 1,
            "updated_at": now,
            "channel_problem_at": None,
            "known_person": settings.owner,
        }
        async with self._database.writing() as connection:
            if settings.high_risk:
                await connection.execute(self._keep_words, {"group": settings.guild_id, "known": settings.revision})
            if settings.revision == 0:
                done = await connection.execute(
                    self._insert, values | {"guild_id": settings.guild_id, "created_at": now, "left_at": None}
                )
            else:
                done = await connection.execute(
                    self._update, values | {"wanted": settings.guild_id, "known": settings.revision, "left_at": None}
                )
            revision = done.scalar_one_or_none()
            if revision is not None:
                await connection.execute(self._write_anew, {"group": settings.guild_id})
                await connection.execute(self._write_own_anew, {"group": settings.guild_id})
        if revision is None:
            raise Refused(
                "Somebody else changed these settings a moment ago.",
                "Look at them again, then make your change.",
            )
        return replace(settings, revision=revision)

    async def ask(self, change: WaitingChange) -> bool:
        """Keep that an organiser wants a protection off. False: that was asked already."""
        put = (
            insert_for(self._database, waiting_changes)
            .values(guild_id=change.guild_id, name=change.name, asked_at=change.asked_at, person_id=if_known())
            .on_conflict_do_nothing()
            .returning(waiting_changes.c.name)
        )
        async with self._database.writing() as connection:
            return (await connection.execute(put, {"known_person": change.asked_by})).first() is not None

    async def drop(self, guild_id: GuildId, name: str) -> bool:
        """Let go of what was asked. False: nothing of that name waits."""
        gone = delete(waiting_changes).where(waiting_changes.c.guild_id == guild_id, waiting_changes.c.name == name)
        async with self._database.writing() as connection:
            return bool((await connection.execute(gone)).rowcount)

    async def waiting(self, guild_id: GuildId | None = None) -> Sequence[WaitingChange]:
        """List what waits in one group; or in every group that the bot is still in, the oldest first."""
        chosen = select(waiting_changes).order_by(waiting_changes.c.asked_at, waiting_changes.c.name)
        if guild_id is not None:
            chosen = chosen.where(waiting_changes.c.guild_id == guild_id)
        else:
            here = select(guilds.c.guild_id).where(guilds.c.left_at.is_(None))
            chosen = chosen.where(waiting_changes.c.guild_id.in_(here))
        async with self._database.reading() as connection:
            rows = (await connection.execute(chosen)).all()
        return [WaitingChange(GuildId(row.guild_id), row.name, row.person_id, row.asked_at) for row in rows]

    async def everyone(self) -> Sequence[GuildSettings]:
        """List the settings of every group that the bot is still in."""
        async with self._database.reading() as connection:
            return [settings_of(row) for row in await connection.execute(self._all)]


def _of_group(table: Table) -> Select[tuple[int]]:
    return select(table.c.id).where(table.c.guild_id == bindparam("group"))


def settings_of(row: Row[Any]) -> GuildSettings:
    """Read a row of ``COLUMNS``."""
    return GuildSettings(
        guild_id=row.guild_id,
        channel_id=row.channel_id,
        notice_channel_id=row.notice_channel_id,
        organiser_role_id=row.organiser_role_id,
        ping_role_id=row.ping_role_id,
        zone=row.zone,
        time_of_day=time.fromisoformat(row.time_of_day),
        quiet_from=time.fromisoformat(row.quiet_from) if row.quiet_from else None,
        quiet_until=time.fromisoformat(row.quiet_until) if row.quiet_until else None,
        ladder=tuple(json.loads(row.ladder)),
        monthly=bool(row.monthly),
        aloud=bool(row.aloud),
        high_risk=bool(row.high_risk),
        days_off=row.days_off,
        pings_a_day=row.pings_a_day,
        pings_a_week=row.pings_a_week,
        second_confirms=bool(row.second_confirms),
        risk_answered=bool(row.risk_answered),
        weekly=bool(row.weekly),
        owner=row.person_id,
        revision=row.revision,
    )


def _values(settings: GuildSettings) -> dict[str, object]:
    def clock(at: time | None) -> str | None:
        return at.isoformat() if at is not None else None

    return {
        "channel_id": settings.channel_id,
        "notice_channel_id": settings.notice_channel_id,
        "organiser_role_id": settings.organiser_role_id,
        "ping_role_id": settings.ping_role_id,
        "zone": settings.zone,
        "time_of_day": clock(settings.time_of_day),
        "quiet_from": clock(settings.quiet_from),
        "quiet_until": clock(settings.quiet_until),
        "ladder": json.dumps(list(settings.ladder), separators=(",", ":")),
        "monthly": int(settings.monthly),
        "aloud": int(settings.aloud),
        "high_risk": int(settings.high_risk),
        "days_off": settings.days_off,
        "pings_a_day": settings.pings_a_day,
        "pings_a_week": settings.pings_a_week,
        "second_confirms": int(settings.second_confirms),
        "risk_answered": int(settings.risk_answered),
        "weekly": int(settings.weekly),
    }
