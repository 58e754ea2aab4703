"""A group's deadlines to take away: as a calendar file, and as a picture. Makers are handed in by the composition root."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from datetime import date, datetime
from typing import Protocol

from bot.clock import Clock, london_today
from bot.domain.calendars import DAY_BEFORE, CalendarEntry, entries_of_event, entry_of
from bot.domain.errors import NotFound
from bot.domain.group_events import GroupEventKind
from bot.domain.identity import GuildId
from bot.domain.timelines import Timeline, timeline_of, timeline_of_event
from bot.services.deadlines import DeadlineService
from bot.services.group_events import GroupEventService
from bot.services.ports.files import File
from bot.services.ports.groups import GuildStore


class CalendarMaker(Protocol):
    """Makes a calendar file."""

    def __call__(
        self,
        entries: Sequence[CalendarEntry],
        name: str,
        now: datetime,
        filename: str = "deadlines.ics",
        *,
        neutral: bool = False,
    ) -> File: ...


PictureMaker = Callable[[Sequence[Timeline], date], Awaitable[File]]


class DeadlineFiles:
    """Make files of the deadlines that somebody may see: a group's, or (None) those of all reports held."""

    def __init__(
        self,
        deadlines: DeadlineService,
        events: GroupEventService,
        guilds: GuildStore,
        clock: Clock,
        *,
        calendar: CalendarMaker,
        picture: PictureMaker,
        installation: str = "",
    ) -> None:
        self._deadlines = deadlines
        self._events = events
        self._guilds = guilds
        self._clock = clock
        self._calendar = calendar
        self._picture = picture
        self._installation = installation

    async def is_neutral(self, guild_id: GuildId | None) -> bool:
        """Tell whether a group's calendar names nothing unless somebody asks: other people see into calendars."""
        return guild_id is not None and (await self._guilds.get(guild_id)).high_risk

    async def calendar(self, guild_id: GuildId | None, *, neutral: bool = False, alarms: bool = False) -> File:
        """Give the calendar file. Withdrawn dates are in it as cancelled, so that a calendar that has them lets them go.

        ``alarms``: it rings on the day before each date that is waited for.

        NotFound: there is no date to put into it.
        """
        today = london_today(self._clock)
        found = self._deadlines.of_reports() if guild_id is None else await self._deadlines.ever(guild_id)
        events = await self._events.list(guild_id) if guild_id is not None else ()
        if not found and not events:
            raise NotFound("There are no dates for a calendar yet.", "See your group's dates with /deadlines list.")
        rings = DAY_BEFORE if alarms else None
        entries = [
            entry_of(deadline, today, neutral=neutral, installation=self._installation, alarm=rings)
            for deadline in found
        ]
        now = self._clock.now()
        for event in events:
            entries += entries_of_event(event, now, neutral=neutral, installation=self._installation, alarm=rings)
        return self._calendar(entries, "Postbag deadlines", self._clock.now(), neutral=neutral)

    async def timelines(self, guild_id: GuildId | None) -> tuple[Timeline, ...]:
        """Draw out the deadlines in the order of the list."""
        today = london_today(self._clock)
        found = self._deadlines.of_reports() if guild_id is None else await self._deadlines.list(guild_id)
        lines = [timeline_of(deadline, today) for deadline in found]
        if guild_id is None:
            return tuple(lines)
        now = self._clock.now()
        events = [event for event in await self._events.list(guild_id) if event.kind is not GroupEventKind.POST]
        lines += [timeline_of_event(event, now) for event in events if event.state(now).is_open]
        open_first = sorted(lines, key=lambda line: (not line.is_open, line.waits_for if line.is_open else date.max))
        return tuple(open_first)

    async def picture(self, timelines: Sequence[Timeline]) -> File:
        """Give timelines as a picture. Unavailable: it cannot be drawn."""
        return await self._picture(timelines, london_today(self._clock))
