"""Groups: what their organisers chose, checked before it is kept."""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Awaitable, Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

from bot.clock import Clock
from bot.domain.dates.times import say_time
from bot.domain.editions import edition, require_edition
from bot.domain.errors import Refused
from bot.domain.guilds import DAYS_OFF, PROTECTIONS, GuildSettings, WaitingChange, protections_taken_away
from bot.domain.identity import GuildId, PersonId, ReminderId
from bot.domain.ladders import checked_ladder, ladder_words
from bot.domain.quiet_hours import out_of_quiet
from bot.domain.reminders import CivilTime, Reminder, ReminderKind, within_quiet
from bot.services.audit import UNNOTED, TakesNotes
from bot.services.organiser_notices import AddsReminders, NoticeService
from bot.services.ports.files import Templates
from bot.services.ports.groups import GuildStore

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
MOST_UNDONE = 20
"""Changes of a group that can be taken back, one after the other."""

TEST_USE = timedelta(hours=1)
PROTECTION_USE = timedelta(days=7)
WAITING_LOOK = timedelta(minutes=15)
"""How long at most until what waits is read again: another process may have been asked."""

PLANNING = (
    "zone",
    "time_of_day",
    "quiet_from",
    "quiet_until",
    "ladder",
    "monthly",
    "days_off",
    "channel_id",
    "high_risk",
)
"""Settings that reminders are planned from: when they come, and what the steps of plans say."""


NAMES = {
    "channel_id": "The channel for reminders",
    "notice_channel_id": "Messages for organisers",
    "organiser_role_id": "Who can organise",
    "ping_role_id": "Who reminders mention",
    "zone": "Time zone",
    "time_of_day": "Time of day",
    "quiet_from": "Quiet hours from",
    "quiet_until": "Quiet hours until",
    "ladder": "Reminder days",
    "monthly": "Monthly reminders while overdue",
    "aloud": "Notify people before the day",
    "days_off": "Days of the week",
    "pings_a_day": "Mentions of the role a day, at most",
    "pings_a_week": "Mentions of the role a week, at most",
    "high_risk": "People who could be targeted",
    "second_confirms": "Second organiser to change an answer",
    "weekly": "A Monday post on the week ahead",
}
"""What each setting is called in the list of changes. What is not here is no choice of the organisers."""


class GuildService:
    """Give and keep a group's settings. ``replan`` plans its ladders again; ``wake`` tells the alarm clock.

    ``at_risk`` is called when a group says that somebody in it could be targeted: what was kept or worded otherwise goes.
    ``templates`` and ``notices`` announce a change of what protects the group.
    """

    def __init__(
        self,
        store: GuildStore,
        clock: Clock,
        wake: Callable[[], None],
        *,
        replan: Callable[[GuildId], Awaitable[object]],
        reminders: AddsReminders,
        at_risk: Callable[[GuildId], Awaitable[object]] | None = None,
        templates: Templates | None = None,
        notices: NoticeService | None = None,
        audit: TakesNotes = UNNOTED,
    ) -> None:
        self._templates = templates
        self._notices = notices
        self._next_waiting: datetime | None = None
        self._audit = audit
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

        Refused: a setting makes no sense, somebody saved since these were read, or a protection would go that only
        ``protect_less`` takes away.
        """
        return await self._save(settings, person_id, person_id)

    async def _save(
        self,
        settings: GuildSettings,
        person_id: PersonId | None,
        by: PersonId | None,
        *,
        agreed: Collection[str] = (),
    ) -> GuildSettings:
        """Keep settings and whose they are. ``by``: the organiser whose work it is, if anybody's."""
        before = await self._store.get(settings.guild_id)
        checked = check_settings(settings)
        if set(protections_taken_away(before, checked)) - set(agreed):
            raise Refused(
                "That would protect your group less, so one organiser can't do it alone.",
                "In /admin settings a second organiser can agree, or it takes effect after 24 hours.",
            )
        if replace(checked, revision=before.revision, owner=before.owner) == before and before.owner == person_id:
            return before
        saved = await self._store.save(replace(checked, owner=person_id), self._clock.now())
        await self._audit.note(saved.guild_id, by, *_lines_of_change(before, saved))
        if before.revision and _differing(before, saved):
            self._changes.setdefault(saved.guild_id, []).append((before, saved))
            del self._changes[saved.guild_id][:-MOST_UNDONE]
        try:
            if saved.high_risk and not before.high_risk and self._at_risk is not None:
                await self._at_risk(saved.guild_id)
        finally:  # the settings are kept by now: what failed above must not leave posts in the words of before
            if any(getattr(before, name) != getattr(saved, name) for name in PLANNING):
                await self._replan(saved.guild_id)
                self._wake()
        return saved

    async def change(
        self, guild_id: GuildId, person_id: PersonId, *, opened: str = "", **changes: Any
    ) -> GuildSettings:
        """Change some settings by name and leave the others as they are, whoever saved them meanwhile.

        Overtaken: those settings themselves changed since the form was ``opened`` (``settings_edition``).
        """
        return await self._change(guild_id, person_id, person_id, changes, opened=opened)

    async def _change(
        self,
        guild_id: GuildId,
        person_id: PersonId | None,
        by: PersonId | None,
        changes: Mapping[str, Any],
        *,
        agreed: Collection[str] = (),
        opened: str = "",
    ) -> GuildSettings:
        for attempt in range(3):
            known = await self._store.get(guild_id)
            changed = check_settings(replace(known, **changes))
            if opened and _differing(known, changed):
                shown = [name for name in changes if name in NAMES]
                says = "; ".join(f"{NAMES[name]}: {say_setting(name, known)}" for name in shown)
                require_edition(opened, settings_edition(known, shown), "This setting", says)
            try:
                return await self._save(changed, person_id, by, agreed=agreed)
            except Refused:
                if attempt == 2:
                    raise
        raise AssertionError("unreachable")

    # Protections

    async def waiting(self, guild_id: GuildId) -> Sequence[WaitingChange]:
        """List the protections that an organiser asked to take away, which still hold."""
        return await self._store.waiting(guild_id)

    async def protect(self, guild_id: GuildId, person_id: PersonId, name: str) -> GuildSettings:
        """Put a protection on, at once; what was asked against it is dropped."""
        await self.keep_protection(guild_id, name, person_id)
        return await self.change(guild_id, person_id, **_answer(name, on=True))

    async def protect_less(self, guild_id: GuildId, person_id: PersonId, name: str) -> WaitingChange | None:
        """Take a protection away: at once where it never was chosen, or a second organiser asks it too, or a day has passed.

        Otherwise it waits, the group is told, and what waits is given. None: the protection is off.
        """
        if name not in PROTECTIONS:
            raise Refused("You haven't chosen anything.", "Choose one from the list.")
        known = await self._store.get(guild_id)
        wanted = _answer(name, on=False)
        if not protections_taken_away(known, replace(known, **wanted)):
            await self._store.drop(guild_id, name)
            await self.change(guild_id, person_id, **wanted)
            return None
        now = self._clock.now()
        asked = WaitingChange(guild_id, name, person_id, now)
        held = next((one for one in await self._store.waiting(guild_id) if one.name == name), None)
        if held is None:
            if await self._store.ask(asked):
                said = f"{NAMES[name]}: asked to turn it off, from {_moment(asked.until)} or with a second organiser"
                await self._audit.note(guild_id, person_id, said)
                await self._announce(guild_id, name, "asked", asked.until)
            return asked
        if not held.agreed_by(person_id) and now < held.until:
            return held
        if held.agreed_by(person_id):
            await self._audit.note(guild_id, person_id, f"{NAMES[name]}: a second organiser agreed to turn it off")
        await self._turn_off(held, person_id, person_id)
        return None

    async def keep_protection(self, guild_id: GuildId, name: str, by: PersonId | None = None) -> bool:
        """Take back what was asked against a protection. False: nothing of that kind waits."""
        dropped = await self._store.drop(guild_id, name)
        if dropped:
            await self._audit.note(guild_id, by, f"{NAMES.get(name, name)}: a request to turn it off was withdrawn")
            await self._announce(guild_id, name, "dropped", None)
        return dropped

    async def apply_due(self) -> int:
        """Take away what was asked a day ago and nobody took back. Gives the number. Meant for every sweep: mostly it looks at the time."""
        now = self._clock.now()
        if self._next_waiting is not None and now < self._next_waiting:
            return 0
        done = 0
        waiting = await self._store.waiting()
        for held in waiting:
            if held.until <= now:
                await self._turn_off(held, (await self._store.get(held.guild_id)).owner, None)
                done += 1
        self._next_waiting = min([now + WAITING_LOOK, *(held.until for held in waiting if held.until > now)])
        return done

    def look_who_waits(self) -> None:
        """Look at the next sweep what waits: another process may have stored something."""
        self._next_waiting = None

    def changed_elsewhere(self, guild_id: GuildId | None) -> None:
        """Offer no undo of what was changed here before another process changed more. None: of any group's."""
        if guild_id is None:
            self._changes.clear()
        else:
            self._changes.pop(guild_id, None)

    async def _turn_off(self, held: WaitingChange, person_id: PersonId | None, by: PersonId | None) -> None:
        """Take a protection away, and say so; whoever drops what waited is the one who does it, so it is done and said once."""
        if not await self._store.drop(held.guild_id, held.name):
            return
        await self._change(held.guild_id, person_id, by, {held.name: False}, agreed=(held.name,))
        await self._announce(held.guild_id, held.name, "done", None)

    async def _announce(self, guild_id: GuildId, name: str, stage: str, until: datetime | None) -> None:
        """Tell the group in its channel, and the organisers where they are told things."""
        if self._templates is None or self._notices is None:
            return
        on, off = PROTECTIONS[name]
        fields: dict[str, Any] = {"stage": stage, "on": on, "off": off, "until": until, "organisers": False}
        settings = await self._store.get(guild_id)
        if settings.channel_id is not None:
            text = self._templates.message("protection", fields)
            await self._post(guild_id, ReminderKind.NOTICE, f"protection-{name}-{stage}", PROTECTION_USE, text)
        with contextlib.suppress(Refused):
            await self._notices.tell(guild_id, "protection", fields | {"organisers": True})

    def can_undo(self, guild_id: GuildId) -> bool:
        """Tell whether a change since this start can be taken back."""
        return bool(self._changes.get(guild_id))

    async def undo(self, guild_id: GuildId, person_id: PersonId) -> GuildSettings:
        """Take the last change back: only what it changed, whatever was changed elsewhere. Refused: there is none since this start."""
        if not self._changes.get(guild_id):
            raise Refused(
                "There's no change to undo.",
                "You can undo changes until Postbag restarts: /admin settings.",
            )
        before, after = self._changes[guild_id][-1]  # it stays until it is taken back: a failed try loses nothing
        held = len(self._changes[guild_id]) - 1
        wanted = {name: getattr(before, name) for name in _differing(before, after)}
        saved = await self.change(guild_id, person_id, **wanted)
        del self._changes[guild_id][held:]
        return saved

    async def send_test(self, guild_id: GuildId) -> Reminder:
        """Plan a test message for now, delivered like any reminder. Refused: no channel is chosen yet."""
        settings = await self._store.get(guild_id)
        if settings.channel_id is None:
            raise Refused(
                "Your group hasn't chosen a channel yet.", "Choose one with /admin setup, then send the test."
            )
        return await self._post(guild_id, ReminderKind.TEST, "test", TEST_USE)

    async def _post(self, guild_id: GuildId, kind: ReminderKind, rung: str, use: timedelta, text: str = "") -> Reminder:
        """Plan a word for the group's channel, of use for a while: for now, or for the end of its quiet hours unless it is a test."""
        now = self._clock.now()
        minute = now.replace(second=0, microsecond=0)
        civil = CivilTime(minute.date(), minute.time(), "UTC")
        if kind is not ReminderKind.TEST:
            civil = out_of_quiet(now, await self._store.get(guild_id))
        planned = Reminder(
            reminder_id=ReminderId(0),
            kind=kind,
            rung=rung,
            due_at=civil.instant(),
            civil=civil,
            guild_id=guild_id,
            text=text,
            expires_at=civil.instant() + use,
            neutral=True,
        )
        stored = await self._reminders.add(planned, now)
        self._wake()
        return stored

    def zone_named(self, text: str) -> str:
        """Give the zone that somebody typed: its whole name, or a place that only one has ("Karachi"). Refused: there is none."""
        place = "/" + "_".join(text.casefold().split())
        by_place = [zone for zone in available_timezones() if "/".join(("", zone)).casefold().endswith(place)]
        return by_place[0] if len(by_place) == 1 else check_zone(text)


def check_settings(settings: GuildSettings) -> GuildSettings:
    """Give settings that make sense, with the zone's name as it is properly written. Refused: one does not."""
    if settings.organiser_role_id is not None and int(settings.organiser_role_id) == int(settings.guild_id):
        raise Refused(
            "@everyone can't be the organiser role.", "Choose a role that only your organisers have, or none at all."
        )
    if settings.ping_role_id is not None and int(settings.ping_role_id) == int(settings.guild_id):
        raise Refused("Postbag never mentions @everyone.", "Choose another role, or none at all.")
    if settings.time_of_day.tzinfo is not None:
        raise Refused("The time of day has to be a local time.", "Type it without a time zone, for example 09:00.")
    if (settings.quiet_from is None) != (settings.quiet_until is None):
        raise Refused("Quiet hours need a start and an end.", "Give both, or neither.")
    if within_quiet(settings.time_of_day, settings.quiet_from, settings.quiet_until):
        raise Refused(
            f"{say_time(settings.time_of_day)} is within the quiet hours.",
            "Choose another time, or other quiet hours.",
        )
    ladder = checked_ladder(settings.ladder)
    if settings.days_off not in DAYS_OFF:
        raise Refused("Postbag doesn't know those days.", "Choose some from the list.")
    if not 0 <= settings.pings_a_day <= 24 or not 0 <= settings.pings_a_week <= 168:
        raise Refused("A role can be mentioned up to 24 times a day and 168 times a week.", "Choose fewer.")
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
        raise Refused("There's no time zone with that name.", hint)
    ZoneInfo(known)
    return known


def settings_edition(settings: GuildSettings, names: Iterable[str]) -> str:
    """Name the state of some settings for a form that changes them."""
    if set(names) == {"ladder", "monthly", "aloud"}:
        return edition(settings.ladder, settings.monthly, settings.aloud)
    return edition(*(getattr(settings, name) for name in sorted(names)))


def _lines_of_change(before: GuildSettings, after: GuildSettings) -> list[str]:
    """Say a line for each thing that was changed; when quiet hours begin and end is one thing."""
    changed = _differing(before, after)
    lines = []
    if {"quiet_from", "quiet_until"} <= set(changed):
        changed = [name for name in changed if not name.startswith("quiet")]
        lines = [f"Quiet hours: {_quiet_span(before)} → {_quiet_span(after)}"]
    return [*lines, *(f"{NAMES[name]}: {say_setting(name, before)} → {say_setting(name, after)}" for name in changed)]


def _quiet_span(settings: GuildSettings) -> str:
    if settings.quiet_from is None or settings.quiet_until is None:
        return "none"
    return f"{say_time(settings.quiet_from)} to {say_time(settings.quiet_until)}"


def _differing(before: GuildSettings, after: GuildSettings) -> list[str]:
    """Name the settings that a change touched."""
    return [name for name in NAMES if getattr(before, name) != getattr(after, name)]


def say_setting(name: str, settings: GuildSettings) -> str:
    """Say a setting in the list of changes. A channel or role is named as Discord names it to whoever reads."""
    value = getattr(settings, name)
    if value is None or value == "":
        return "none"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, time):
        return say_time(value)
    if name == "ladder":
        return ladder_words(value, monthly=settings.monthly, aloud=settings.aloud)
    if name == "days_off":
        return DAYS_OFF.get(settings.days_off, settings.days_off)
    if name.endswith("channel_id"):
        return f"<#{value}>"
    return f"<@&{value}>" if name.endswith("role_id") else str(value)


def _answer(name: str, *, on: bool) -> dict[str, Any]:
    """Give the settings that choosing a protection makes: the question about who could be targeted is answered by it."""
    return {name: on, "risk_answered": True} if name == "high_risk" else {name: on}


def _moment(at: datetime) -> str:
    return f"<t:{int(at.timestamp())}:f>"


def _whole_minute(at: time) -> time:
    return at.replace(second=0, microsecond=0)
