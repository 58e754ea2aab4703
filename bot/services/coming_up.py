"""Coming up in Parliament: the whole calendar is read once a day for everybody, and what touches a followed report is proposed once."""

from __future__ import annotations

import json
import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from typing import Any, Protocol

from bot.clock import LONDON, Clock, london_today
from bot.domain.coming_up import (
    AHEAD,
    CALLS_AHEAD,
    KIND_NAMES,
    NO_LAST_DAY,
    ComingKind,
    ComingUp,
    Touched,
    still_to_come,
    told_day,
    touches,
)
from bot.domain.errors import NotFound, PostbagError, Refused
from bot.domain.group_events import GroupEvent, GroupEventKind
from bot.domain.identity import GroupEventId, GuildId, PersonId
from bot.domain.plain_text import cut
from bot.domain.reminders import Reminder
from bot.domain.reports import Report, long_date
from bot.services.ports.coming import ComingSources
from bot.services.ports.groups import GuildStore
from bot.services.ports.installation import FactStore
from bot.services.reports import ReportService

log = logging.getLogger(__name__)

FACT = "coming-up"
TEMPLATE = "coming-up"
MOST_TOLD = 6
MOST_KEPT = 1000
EVENT_KINDS = {
    ComingKind.BUSINESS: GroupEventKind.DEBATE,
    ComingKind.QUESTION_TIME: GroupEventKind.OTHER,
    ComingKind.SESSION: GroupEventKind.OTHER,
    ComingKind.CALL: GroupEventKind.CONSULTATION,
}


class ToldRows(Protocol):
    """Where it is noted what a group was told, in one transaction with the word that tells it."""

    async def told(self, guild_id: GuildId, name: str) -> str: ...
    async def tell(
        self, guild_id: GuildId, name: str, before: str, after: str, word: Reminder | None, now: datetime
    ) -> bool: ...


class PlansNotices(Protocol):
    async def plan(self, guild_id: GuildId, template: str, fields: Mapping[str, Any]) -> Reminder: ...


class KeepsEvents(Protocol):
    async def take(self, event: GroupEvent, person_id: PersonId | None, *, draft: str | None = None) -> GroupEvent: ...


@dataclass(frozen=True, slots=True)
class ComingToGroup:
    """What touches a group's reports: each with the report's short title. ``as_of`` None: never read. ``quiet``: no sitting listed."""

    items: tuple[tuple[ComingUp, str], ...]
    as_of: date | None
    quiet: bool = False
    is_on: bool = True


class ComingUpService:
    """Read, hold, propose. ``sources`` None: the operator turned searching off."""

    def __init__(
        self,
        sources: ComingSources | None,
        facts: FactStore,
        reports: ReportService,
        words: Callable[[GuildId, Report], Awaitable[Sequence[str]]],
        guilds: GuildStore,
        notices: PlansNotices,
        told: ToldRows,
        events: KeepsEvents,
        clock: Clock,
        wake: Callable[[], None],
    ) -> None:
        self._sources = sources
        self._facts = facts
        self._reports = reports
        self._words = words
        self._guilds = guilds
        self._notices = notices
        self._told = told
        self._events = events
        self._clock = clock
        self._wake = wake

    async def look_if_due(self) -> int:
        """Read what is coming up, once a day, and propose to organisers what is new. Gives how many groups were told."""
        today = london_today(self._clock)
        if self._sources is None:
            return 0
        as_of, items, _ = await self._held()
        if as_of != today:
            items = await self._read(self._sources, items, today)
        return await self._propose()

    async def _read(self, sources: ComingSources, before: Sequence[ComingUp], today: date) -> Sequence[ComingUp]:
        """Read each part; of a part that fails what was known stays, and the next look tries again."""
        end, whole, quiet = today + AHEAD, True, False
        found: list[ComingUp] = []
        parts: tuple[tuple[tuple[ComingKind, ...], Callable[[], Awaitable[list[ComingUp]]]], ...] = (
            ((ComingKind.BUSINESS, ComingKind.SESSION), lambda: _calendar(sources, today, end)),
            ((ComingKind.QUESTION_TIME,), lambda: _times(sources, today, end)),
            ((ComingKind.CALL,), lambda: _calls(sources, today)),
        )
        for kinds, read in parts:
            try:
                part = await read()
            except PostbagError as error:
                log.info("what is coming up could not be read whole: %s", error.message)
                part, whole = [one for one in before if one.kind in kinds], False
            if ComingKind.BUSINESS in kinds:
                quiet = not any(one.kind is ComingKind.BUSINESS for one in part)
            found += part
        kept = still_to_come(found, today)[:MOST_KEPT]
        on = today.isoformat() if whole else ""
        held = {"on": on, "quiet": quiet, "items": [_written(one) for one in kept]}
        await self._facts.put(FACT, json.dumps(held, ensure_ascii=False))
        return kept

    async def to_group(self, guild_id: GuildId) -> ComingToGroup:
        """Give what touches the reports that a group follows, in order. It reads what is held."""
        as_of, items, quiet = await self._held()
        found: list[tuple[ComingUp, str]] = []
        touched = await self._touched(guild_id)
        for one in still_to_come(items, london_today(self._clock)):
            title = next((title for title, report in touched if touches(one, report)), None)
            if title is not None:
                found.append((one, title))
        return ComingToGroup(tuple(found), as_of, quiet, self._sources is not None)

    async def make_event(self, guild_id: GuildId, ref: str, by: PersonId) -> GroupEvent:
        """Make an event of one thing to come, to plan back from. Again gives the same. NotFound: it is no longer listed."""
        found = next((one for one, _ in (await self.to_group(guild_id)).items if one.ref == ref), None)
        if found is None:
            raise NotFound("That is no longer listed as coming up.", "Open *Coming up* again.")
        if found.is_open_ended:
            raise Refused(
                "Parliament gives no last day for that call.",
                "Choose a day of your own: /deadlines add, then *An event*.",
            )
        settings = await self._guilds.get(guild_id)
        on, at = found.on, _time(found.time)
        zone = settings.zone
        if at is not None:
            local = datetime.combine(on, at, tzinfo=LONDON)
            zone = str(LONDON)
            on, at = local.date(), local.time()
        event = GroupEvent(
            GroupEventId(0),
            guild_id,
            EVENT_KINDS[found.kind],
            cut(f"{KIND_NAMES[found.kind]}: {found.title}", 150),
            on,
            at,
            zone,
            place=cut(found.where, 150),
            url=found.url,
            set_by=by,
        )
        return await self._events.take(event, by, draft=f"coming-{found.ref}")

    async def _touched(self, guild_id: GuildId) -> list[tuple[str, Touched]]:
        view = self._reports.for_group(guild_id)
        followed = self._reports.followed_now(guild_id) or await self._reports.read_followed(guild_id)
        found = []
        for report in view.reports():
            if report.slug in followed:
                offices = (self._reports.responsible_today(item) for item in report.recommendations)
                names = dict.fromkeys(
                    name for office in offices if office is not None for name in (office.department, *office.also)
                )
                must = tuple(await self._words(guild_id, report))
                found.append((report.short_title, Touched(must, report.committee, tuple(names))))
        return found

    async def _propose(self) -> int:
        """Tell each group's organisers once of what is new. A group that nobody set up is passed over."""
        count, now, today = 0, self._clock.now(), london_today(self._clock)
        for settings in await self._guilds.everyone():
            group = settings.guild_id
            items = (await self.to_group(group)).items
            before = await self._told.told(group, TEMPLATE)
            known = set(before.split())
            new = [(one, title) for one, title in items if one.ref not in known]
            if not new:
                continue
            # Kept until its day, listed or not: what leaves the calendar and comes back was told already.
            kept = [ref for ref in before.split() if (day := told_day(ref)) is not None and day >= today]
            after = " ".join([*kept, *(one.ref for one, _ in new)])
            fields = {
                "neutral": settings.high_risk,
                "lines": [f"{_when(one)}: {KIND_NAMES[one.kind]}, {one.title}" for one, _ in new[:MOST_TOLD]],
                "more": max(0, len(new) - MOST_TOLD),
                "calls": any(one.kind is ComingKind.CALL for one, _ in new),
            }
            try:
                word = await self._notices.plan(group, TEMPLATE, fields)
            except Refused:
                continue
            count += await self._told.tell(group, TEMPLATE, before, after, word, now)
        if count:
            self._wake()
        return count

    async def _held(self) -> tuple[date | None, Sequence[ComingUp], bool]:
        read = await self._facts.get(FACT)
        if read is None:
            return None, (), False
        held = json.loads(read)
        return (
            date.fromisoformat(held["on"]) if held["on"] else None,
            [_read_back(one) for one in held["items"]],
            bool(held["quiet"]),
        )


async def _calendar(sources: ComingSources, today: date, end: date) -> list[ComingUp]:
    events = await sources.calendar.events(today, end)
    return [
        ComingUp(
            ComingKind.SESSION if one.committee else ComingKind.BUSINESS,
            one.key,
            one.on,
            one.title or one.committee,
            one.time,
            ", ".join(filter(None, (one.house, one.kind, one.place))),
            one.committee,
        )
        for one in events
        if not one.is_cancelled and (one.title or one.committee)
    ]


async def _times(sources: ComingSources, today: date, end: date) -> list[ComingUp]:
    times = await sources.times.question_times(today, end)
    return [
        ComingUp(
            ComingKind.QUESTION_TIME,
            "".join(ch for ch in one.bodies.casefold() if ch.isalnum())[:24],
            one.on,
            one.bodies,
            closes_on=one.closes_on,
            closes=one.closes,
        )
        for one in times
        if one.bodies
    ]


async def _calls(sources: ComingSources, today: date) -> list[ComingUp]:
    return [
        ComingUp(
            ComingKind.CALL, str(key), last or NO_LAST_DAY, title, url=f"https://committees.parliament.uk/work/{key}/"
        )
        for key, title, last in await sources.calls.calls_for_evidence()
        if last is None or today <= last <= today + CALLS_AHEAD
    ]


def _when(one: ComingUp) -> str:
    if one.is_open_ended:
        return "Open, with no last day given"
    said = f"{'until ' if one.kind is ComingKind.CALL else ''}{long_date(one.on)}"
    hour = f", {one.closes}" if one.closes else ""
    closes = f" (questions can be tabled until {long_date(one.closes_on)}{hour})" if one.closes_on is not None else ""
    return f"{said}{closes}"


def _time(text: str) -> time | None:
    try:
        return time.fromisoformat(text) if text else None
    except ValueError:
        return None


def _written(one: ComingUp) -> dict[str, Any]:
    return {
        "kind": one.kind.value,
        "key": one.key,
        "on": one.on.isoformat(),
        "title": one.title,
        "time": one.time,
        "where": one.where,
        "committee": one.committee,
        "closes_on": one.closes_on.isoformat() if one.closes_on is not None else None,
        "closes": one.closes,
        "url": one.url,
    }


def _read_back(held: Mapping[str, Any]) -> ComingUp:
    closes_on = date.fromisoformat(held["closes_on"]) if held["closes_on"] else None
    known = {name: held[name] for name in ("key", "title", "time", "where", "committee", "closes", "url")}
    made = ComingUp(
        ComingKind(held["kind"]), known.pop("key"), date.fromisoformat(held["on"]), known.pop("title"), **known
    )
    return replace(made, closes_on=closes_on)
