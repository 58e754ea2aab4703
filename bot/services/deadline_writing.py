"""What every use case of deadlines writes through: each change takes its turn, and is kept with the reminders it calls for."""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from bot.clock import Clock, london_today
from bot.domain.deadline_checks import (
    still_open,
)
from bot.domain.deadlines import (
    Deadline,
)
from bot.domain.errors import NotFound, Overtaken, PostbagError
from bot.domain.identity import DeadlineId, GuildId, PersonId
from bot.domain.reminders import ReminderKind
from bot.domain.reports import long_date
from bot.services.audit import TakesNotes
from bot.services.ladders import Ladders, Rungs
from bot.services.ports.deadlines import DeadlineStore
from bot.services.ports.groups import GuildStore
from bot.services.turns import Turns

log = logging.getLogger(__name__)


class Plans(Protocol):
    """What is asked of the plans that hang on clocks."""

    async def replaces(self, deadline_id: DeadlineId) -> bool:
        """Tell whether a plan speaks for a clock, so that the clock's own ladder is silent."""
        ...

    async def speaks_for(self, deadline_id: DeadlineId) -> str:
        """Name the plan that speaks for a clock; empty where none does."""
        ...

    async def clock_changed(self, deadline: Deadline, *, reworded: bool = False, by: PersonId | None = None) -> None:
        """Follow a clock to its new day, to other words for it, or to its end."""
        ...


@dataclass(frozen=True, slots=True)
class Change:
    """A deadline after a change: whether the group will be told, and how many reminders were going out at that moment."""

    deadline: Deadline
    announced: bool = False
    sending: int = 0


class DeadlineWriter:
    """Give a deadline, and keep a change of it. ``wake`` tells the alarm clock that something was planned."""

    def __init__(
        self,
        deadlines: DeadlineStore,
        guilds: GuildStore,
        clock: Clock,
        wake: Callable[[], None],
        reminders: Rungs,
        bank_holidays: Callable[[str], Collection[date]],
        audit: TakesNotes,
    ) -> None:
        self._deadlines = deadlines
        self._guilds = guilds
        self._clock = clock
        self._wake = wake
        self._audit = audit
        self._turns = Turns()
        self.plans: Plans | None = None
        self.ladders = Ladders(reminders, clock, self._replaced, bank_holidays=bank_holidays)

    async def _replaced(self, deadline_id: DeadlineId) -> bool:
        return self.plans is not None and await self.plans.replaces(deadline_id)

    def turn(self, guild_id: GuildId) -> contextlib.AbstractAsyncContextManager[None]:
        """Wait until nobody else changes a deadline of a group."""
        return self._turns.of(guild_id)

    async def get(self, guild_id: GuildId, deadline_id: DeadlineId) -> Deadline:
        """Give one deadline of a group. NotFound: this group has none of that number."""
        found = await self._deadlines.get(guild_id, deadline_id)
        if found is None:
            raise NotFound("Your group doesn't have that deadline.", "Use /deadlines list to see them all.")
        return found

    async def get_open(self, guild_id: GuildId, deadline_id: DeadlineId) -> Deadline:
        """Give one that may still be changed. Refused: it is closed."""
        return still_open(await self.get(guild_id, deadline_id), london_today(self._clock))

    def require_unchanged(self, known: Deadline, revision: int | None) -> Deadline:
        """Give the deadline back. Overtaken: it isn't what a form was opened on."""
        if revision is not None and revision != known.revision:
            raise Overtaken(f"“{known.title}”", what_is_recorded(known, london_today(self._clock)), known.revision)
        return known

    async def add(self, deadline: Deadline) -> Deadline:
        """Keep a new one with its ladder."""
        settings = await self._guilds.get(deadline.guild_id)
        is_open = deadline.state(london_today(self._clock)).is_open
        rungs = self.ladders.rungs_of_new(deadline, settings) if is_open else ()
        stored = await self._deadlines.add(deadline, rungs, self._clock.now())
        await self._audit.note(
            deadline.guild_id, deadline.set_by, f"Deadline “{stored.title}” added: {long_date(stored.due_on)}"
        )
        self._wake()
        return stored

    async def save(
        self,
        known: Deadline,
        changed: Deadline,
        *,
        announce: ReminderKind | None = None,
        own: bool = True,
        by: PersonId | None = None,
    ) -> Change:
        """Keep a change with the reminders that it calls for. ``by``: the organiser whose work it is, if anybody's."""
        if changed.guild_id != known.guild_id or changed.revision != known.revision:
            raise ValueError("a change keeps its group and revision")
        settings = await self._guilds.get(known.guild_id)
        announce = await self.ladders.announcement_for(known, announce)
        rungs = await self.ladders.rungs_of_stored(changed, settings, announce)
        rows = (self.ladders.announcement(announce, known.revision + 1, settings),) if announce is not None else ()
        stored, sending = await self._deadlines.save(
            changed, (*rungs, *rows), self._clock.now(), own=own, same=changed == known and not rows
        )
        if changed != known:
            await self._audit.note(known.guild_id, by, f"Deadline “{known.title}”: {_what_changed(known, changed)}")
        if self.plans is not None:
            try:
                await self.plans.clock_changed(stored, reworded=_plan_words(stored) != _plan_words(known), by=by)
            # The date is kept by now: a plan that fails to follow is brought up to it by the day's recompute.
            except PostbagError as error:
                log.warning("a plan on deadline %d did not follow it: %s", stored.deadline_id, error.message)
        self._wake()
        return Change(stored, bool(rows), sending)


def what_is_recorded(deadline: Deadline, today: date) -> str:
    """Say in a line what a clock says now, with the link that goes with it."""
    links = (deadline.received_url, deadline.partly_url, deadline.promised_url, deadline.source_url)
    link = next((link for link in links if link), "")
    return f"{deadline.headline(today)}{f' ({link})' if link else ''}"


def _what_changed(known: Deadline, changed: Deadline) -> str:
    """Say in a line what a change makes of a clock."""
    days = (
        ("expected", known.due_on, changed.due_on),
        ("promised", known.promised_on, changed.promised_on),
        ("partly answered", known.partly_on, changed.partly_on),
        ("received", known.received_on, changed.received_on),
    )
    said = [f"{name} {long_date(now) if now else 'no more'}" for name, was, now in days if was != now]
    if changed.withdrawn_on != known.withdrawn_on:
        said.append("withdrawn" if changed.withdrawn_on else "watched again")
    if changed.title != known.title:
        said.append(f"title “{changed.title}”")
    if changed.kind is not known.kind:
        said.append("an answer that is expected")
    if changed.ladder != known.ladder:
        said.append("its own reminder days" if changed.ladder is not None else "the group's reminder days")
    return ", ".join(said) or "its source"


def _plan_words(deadline: Deadline) -> tuple[object, ...]:
    """Give what the posts of a plan say of its clock, beside the day."""
    return deadline.title, deadline.kind, deadline.promised_on, deadline.partly_on
