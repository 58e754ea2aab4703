"""Groups: what their organisers chose, checked before it is kept; and what becomes of a group that the bot has left."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Collection, Sequence
from dataclasses import fields, replace
from datetime import datetime, time, timedelta
from typing import Any, Protocol
from zoneinfo import ZoneInfo, available_timezones

from bot.clock import Clock
from bot.domain.errors import Refused
from bot.domain.guilds import DAYS_OFF, GuildSettings
from bot.domain.identity import GuildId, PersonId, ReminderId
from bot.domain.ladders import checked_ladder
from bot.domain.people import REMOVED_GUILD_KEPT
from bot.domain.plain_times import say_time
from bot.domain.reminders import CivilTime, Reminder, ReminderKind, within_quiet
from bot.services.ports import DepartedStore, GuildStore

log = logging.getLogger(__name__)

COMMON_ZONES = (
    "Europe/London",
    "Europe/Dublin",
    "Europe/Paris",
    "Europe/Berlin",
    "Europe/Brussels",
    "Europe/Amsterdam",
    "Europe/Stockholm",
    "Europe/Istanbul",
    "Europe/Kyiv",
    "Asia/Almaty",
    "Asia/Tashkent",
    "Asia/Dubai",
    "Asia/Kolkata",
    "Asia/Hong_Kong",
    "Asia/Taipei",
    "Asia/Tokyo",
    "Australia/Sydney",
    "Pacific/Auckland",
    "Africa/Lagos",
    "Africa/Nairobi",
    "America/New_York",
    "America/Chicago",
    "America/Los_Angeles",
    "America/Toronto",
)
KEPT_DAYS = REMOVED_GUILD_KEPT.days
MOST_UNDONE = 20
"""Changes of a group that can be taken back, one after the other."""

UNSETTABLE = frozenset({"guild_id", "owner", "revision"})

TEST_USE = timedelta(hours=1)

PLANNING = ("zone", "time_of_day", "quiet_from", "quiet_until", "ladder", "monthly", "days_off", "channel_id")
"""Settings that the ladders are planned from."""


class AddsReminders(Protocol):
    """What is asked of the reminders: to take one more."""

    async def add(self, reminder: Reminder, now: datetime) -> Reminder: ...


class DepartureService:
    """What becomes of a group when its server removes the bot, and when it invites it back.

    ``reread`` is called when what is held in memory of a group may have gone.
    """

    def __init__(
        self,
        store: DepartedStore,
        clock: Clock,
        wake: Callable[[], None],
        reread: Callable[[GuildId], Awaitable[None]] | None = None,
    ) -> None:
        self._store = store
        self._clock = clock
        self._wake = wake
        self._reread = reread

    async def left(self, guild_id: GuildId) -> None:
        """Send nothing more for a group. Its data goes after seven days, in the high-risk preset at once."""
        if await self._store.left(guild_id, self._clock.now()):
            await self._store.forget(guild_id)
            if self._reread is not None:
                await self._reread(guild_id)
            log.info("a server removed the bot: its data was deleted")
        else:
            log.info("a server removed the bot: nothing is sent for it, and its data goes in %d days", KEPT_DAYS)

    async def joined(self, guild_id: GuildId) -> None:
        """Go on where a group was left, if its data is still held."""
        if self._reread is not None:
            await self._reread(guild_id)
        if await self._store.back(guild_id):
            log.info("a server invited the bot back: its reminders go on")
            self._wake()

    async def look_round(self, present: Collection[int]) -> None:
        """Learn at a new session what happened while the bot was off. Nothing is deleted on this word alone."""
        here, away = await self._store.known()
        for guild_id in here - frozenset(present):
            await self._store.left(GuildId(guild_id), self._clock.now())
        for guild_id in away & frozenset(present):
            await self.joined(GuildId(guild_id))

    async def tidy(self) -> int:
        """Delete the data of groups whose time is over; give the number of rows touched."""
        return await self._store.forget_departed(self._clock.now())


class GuildService:
    """Give and keep a group's settings. ``replan`` plans its ladders again; ``wake`` tells the alarm clock.

    ``at_risk`` is called when a group says that somebody in it could be targeted: what was kept or worded otherwise goes.
    """

    def __init__(
        self,
        store: GuildStore,
        clock: Clock,
        wake: Callable[[], None],
        *,
        replan: Callable[[GuildId], Awaitable[int]],
        reminders: AddsReminders,
        at_risk: Callable[[GuildId], Awaitable[None]] | None = None,
    ) -> None:
        self._store = store
        self._clock = clock
        self._wake = wake
        self._replan = replan
        self._at_risk = at_risk
        self._reminders = reminders
        self._changes: dict[GuildId, list[tuple[GuildSettings, GuildSettings]]] = {}

    async def settings(self, guild_id: GuildId) -> GuildSettings:
        """Give a group's settings, or the defaults."""
        return await self._store.get(guild_id)

    async def save(self, settings: GuildSettings, person_id: PersonId) -> GuildSettings:
        """Check and keep settings, and plan the group's reminders by them. The person becomes their owner.

        Refused: a setting makes no sense, or somebody saved since these were read.
        """
        before = await self._store.get(settings.guild_id)
        checked = check_settings(settings)
        if replace(checked, revision=before.revision, owner=before.owner) == before and before.owner == person_id:
            return before
        saved = await self._store.save(replace(checked, owner=person_id), self._clock.now())
        if before.revision:
            self._changes.setdefault(saved.guild_id, []).append((before, saved))
            del self._changes[saved.guild_id][:-MOST_UNDONE]
        if saved.high_risk and not before.high_risk and self._at_risk is not None:
            await self._at_risk(saved.guild_id)
        if any(getattr(before, name) != getattr(saved, name) for name in PLANNING):
            await self._replan(saved.guild_id)
            self._wake()
        return saved

    async def change(self, guild_id: GuildId, person_id: PersonId, **changes: Any) -> GuildSettings:
        """Change some settings by name and leave the others as they are, whoever saved them meanwhile."""
        for attempt in range(3):
            known = await self._store.get(guild_id)
            changed = check_settings(replace(known, **changes))
            try:
                return await self.save(changed, person_id)
            except Refused:
                if attempt == 2:
                    raise
        raise AssertionError("unreachable")

    def can_undo(self, guild_id: GuildId) -> bool:
        """Tell whether a change since this start can be taken back."""
        return bool(self._changes.get(guild_id))

    async def undo(self, guild_id: GuildId, person_id: PersonId) -> GuildSettings:
        """Take the last change back: only what it changed, whatever was changed elsewhere. Refused: there is none since this start."""
        if not self._changes.get(guild_id):
            raise Refused(
                "There is no change to take back.",
                "Changes can be taken back until Postbag is restarted: /admin settings.",
            )
        before, after = self._changes[guild_id].pop()
        names = [
            field.name
            for field in fields(GuildSettings)
            if field.name not in UNSETTABLE and getattr(before, field.name) != getattr(after, field.name)
        ]
        held = len(self._changes[guild_id])
        saved = await self.change(guild_id, person_id, **{name: getattr(before, name) for name in names})
        del self._changes[guild_id][held:]
        return saved

    async def send_test(self, guild_id: GuildId) -> Reminder:
        """Plan a test message for now, delivered like any reminder. Refused: no channel is chosen yet."""
        settings = await self._store.get(guild_id)
        if settings.channel_id is None:
            raise Refused("No channel is chosen yet.", "Choose one with /admin setup, then send the test.")
        now = self._clock.now()
        minute = now.replace(second=0, microsecond=0)
        planned = Reminder(
            reminder_id=ReminderId(0),
            kind=ReminderKind.TEST,
            step="test",
            due_at=minute,
            civil=CivilTime(minute.date(), minute.time(), "UTC"),
            guild_id=guild_id,
            expires_at=now + TEST_USE,
        )
        stored = await self._reminders.add(planned, now)
        self._wake()
        return stored

    def zone_named(self, text: str) -> str:
        """Give the zone that somebody typed: its whole name, or a place that only one has ("Karachi"). Refused: there is none."""
        place = "/" + "_".join(text.casefold().split())
        by_place = [zone for zone in available_timezones() if "/".join(("", zone)).casefold().endswith(place)]
        return by_place[0] if len(by_place) == 1 else check_zone(text)

    def complete_zone(self, text: str) -> Sequence[str]:
        """Offer time zones that hold what was typed: the common ones first, 25 at most."""
        wanted = "_".join(text.casefold().split())
        ordered = (*COMMON_ZONES, *sorted(available_timezones() - set(COMMON_ZONES)))
        return [zone for zone in ordered if wanted in zone.casefold()][:25]


def check_settings(settings: GuildSettings) -> GuildSettings:
    """Give settings that make sense, with the zone's name as it is properly written. Refused: one does not."""
    if settings.organiser_role_id is not None and int(settings.organiser_role_id) == int(settings.guild_id):
        raise Refused(
            "@everyone cannot be the organiser role.", "Choose a role that only your organisers have, or none at all."
        )
    if settings.ping_role_id is not None and int(settings.ping_role_id) == int(settings.guild_id):
        raise Refused("Postbag never pings @everyone.", "Choose a role that people can take, or none at all.")
    if settings.time_of_day.tzinfo is not None:
        raise Refused("The time of day is a local time.", "Give it without a zone, for example 09:00.")
    if (settings.quiet_from is None) != (settings.quiet_until is None):
        raise Refused("Quiet hours need a beginning and an end.", "Give both, or neither.")
    if within_quiet(settings.time_of_day, settings.quiet_from, settings.quiet_until):
        raise Refused(
            f"{say_time(settings.time_of_day)} lies within the quiet hours.",
            "Choose another time, or other quiet hours.",
        )
    ladder = checked_ladder(settings.ladder)
    if settings.days_off not in DAYS_OFF:
        raise Refused("Those days are not known.", "Choose some from the list.")
    if not 0 <= settings.pings_a_day <= 24 or not 0 <= settings.pings_a_week <= 168:
        raise Refused("A role is pinged at most 24 times a day and 168 a week.", "Choose fewer.")
    return replace(
        settings, zone=check_zone(settings.zone), ladder=ladder, time_of_day=_whole_minute(settings.time_of_day)
    )


def check_zone(name: str) -> str:
    """Give a time zone's proper IANA name. Refused: there is none of that name."""
    wanted = "_".join(name.strip().casefold().split())
    known = next((zone for zone in available_timezones() if zone.casefold() == wanted), None)
    if known is None or known in ("localtime", "posixrules", "Factory"):
        near = [zone for zone in sorted(available_timezones()) if wanted and wanted in zone.casefold()][:3]
        hint = f"Did you mean {' or '.join(near)}?" if near else "Use a name such as Europe/London or Asia/Almaty."
        raise Refused("There is no time zone of that name.", hint)
    ZoneInfo(known)
    return known


def _whole_minute(at: time) -> time:
    return at.replace(second=0, microsecond=0)
