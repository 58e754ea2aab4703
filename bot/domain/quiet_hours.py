"""When what comes late may be said: not in the quiet hours and not on Christmas Day, but while it is still of use."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from bot.domain.christmas import is_christmas
from bot.domain.group_events import Occurrence
from bot.domain.guilds import DEFAULT_ZONE, GuildSettings
from bot.domain.identity import GuildId
from bot.domain.reminders import LATE_AT_NIGHT, CivilTime, ReminderKind, within_quiet

MORNING = time(7)
"""When what would have come on Christmas Day comes on the day after, or at the end of quiet hours that last longer."""

# Two zones are both awake within two steps; of more that never are, the last of their mornings has to do.
_STEPS = 4
_SUPERSEDED = (ReminderKind.BEFORE, ReminderKind.DUE, ReminderKind.OVERDUE)
"""What a later reminder only takes the place of: it is not needed before that one."""


@dataclass(frozen=True, slots=True)
class DueMoment:
    """What is asked of a reminder that is due: may it wait? ``ends``: from then on it is of no use."""

    kind: ReminderKind
    due_at: datetime
    zone: str
    ends: datetime | None = None


def end_of_use(
    kind: ReminderKind, expires_at: datetime | None, here: Occurrence | None, now: datetime
) -> datetime | None:
    """Give from when a reminder is of no use: its event (``here``) has begun, or is over where it has already."""
    if kind in _SUPERSEDED:
        return None
    if here is not None:
        return here.starts if here.starts > now else here.ends if here.ends > now else expires_at
    return expires_at


def out_of_quiet(now: datetime, settings: GuildSettings) -> CivilTime:
    """Give this minute, or the end of the group's quiet hours where it lies within them."""
    # without the fold, which is not stored: what is read again of the second of two equal hours is the first
    local = now.astimezone(ZoneInfo(settings.zone)).replace(second=0, microsecond=0, fold=0)
    civil = CivilTime(local.date(), local.time(), settings.zone)
    if within_quiet(civil.at, settings.quiet_from, settings.quiet_until) and settings.quiet_until is not None:
        day = civil.on if settings.quiet_until > civil.at else civil.on + timedelta(days=1)
        return CivilTime(day, settings.quiet_until, settings.zone)
    if not timedelta(0) <= now - civil.instant() < timedelta(minutes=1):  # the second of two equal hours
        minute = now.replace(second=0, microsecond=0)
        return CivilTime(minute.date(), minute.time(), "UTC")
    return civil


def usual_hours(zone: str) -> GuildSettings:
    """Give the usual quiet hours on a person's own clock."""
    return GuildSettings(GuildId(0), zone=zone if zone != "UTC" else DEFAULT_ZONE)


def morning_after(told: Sequence[DueMoment], group: GuildSettings | None, now: datetime) -> datetime | None:
    """Give when a message goes out instead, where all that it tells comes late, and at night or on Christmas Day.

    ``group`` None: it is private. A person's quiet hours are the usual ones on the clock of each of their reminders; what was
    meant for such an hour, or for Christmas Day, goes out then, and what would be of no use by the morning goes out now.
    """
    if not told or any(one.kind is ReminderKind.TEST or one.due_at > now - LATE_AT_NIGHT for one in told):
        return None
    hours = [group] if group is not None else [usual_hours(one.zone) for one in told]
    if group is None and any(_is_quiet(one.due_at, its) for one, its in zip(told, hours, strict=True)):
        return None
    meant = any(is_christmas(one.due_at.astimezone(ZoneInfo(hours[0].zone)).date()) for one in told)
    christmas = not meant and not any(one.kind is ReminderKind.PERSONAL for one in told)
    until = now
    for _ in range(_STEPS):
        later = max(_next_morning(until, its, christmas=christmas) for its in hours)
        if later <= until:
            break
        until = later
    if until <= now or any(one.ends is not None and now < one.ends <= until for one in told):
        return None
    return until


def moved_moment(moved: CivilTime, now: datetime, starts: datetime | None = None) -> CivilTime:
    """Give when a reminder comes whose time moved with a date: at that time, or at once where it is past by now.

    At once means by day on its person's clock, unless what it is about starts before that. It was never due at the time that
    is past, so it is not late.
    """
    if moved.instant() > now:
        return moved
    soon = out_of_quiet(now, usual_hours(moved.zone))
    if starts is not None and now < starts <= soon.instant():
        minute = now.replace(second=0, microsecond=0)
        return CivilTime(minute.date(), minute.time(), "UTC")
    return soon


def _is_quiet(at: datetime, hours: GuildSettings) -> bool:
    return within_quiet(at.astimezone(ZoneInfo(hours.zone)).time(), hours.quiet_from, hours.quiet_until)


def _next_morning(now: datetime, hours: GuildSettings, *, christmas: bool) -> datetime:
    """Give now, or the next moment at which nobody is woken."""
    morning = out_of_quiet(now, hours).instant()
    on = morning.astimezone(ZoneInfo(hours.zone)).date()
    if not christmas or not is_christmas(on):
        return morning
    boxing_day = CivilTime(on + timedelta(days=1), MORNING, hours.zone)
    return out_of_quiet(boxing_day.instant(), hours).instant()
