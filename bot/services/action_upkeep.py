"""What becomes of plans by itself: they follow their clock and their group's settings, end, and are archived."""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from bot.clock import Clock, london_today
from bot.domain.actions import (
    Action,
    ActionState,
    follow_day,
    is_over,
    last_day,
    moves_between,
)
from bot.domain.deadlines import Deadline
from bot.domain.errors import PostbagError, Refused
from bot.domain.group_events import GroupEvent
from bot.domain.identity import DeadlineId, GuildId, PersonId
from bot.services.action_posts import ActionPosts
from bot.services.action_writing import ActionWriter, HasDeadlines
from bot.services.ports.actions import ActionStore
from bot.services.ports.groups import GuildStore

log = logging.getLogger(__name__)

TellsOrganisers = Callable[[GuildId, str, Mapping[str, Any]], Awaitable[object]]
"""Tells a group's organisers what a message template says. Refused: nobody would hear it."""

FOLLOW_TRIES = 3
"""How often a plan that is changed at the same moment is read again and moved."""

DONE_AFTER = timedelta(days=14)
"""How long after its last step a plan is done of itself."""


class ActionUpkeep:
    """Bring plans up to their clocks, settings and days. A clock asks it whether a plan speaks for it.

    ``tell`` tells organisers of steps that moved with their clock.
    """

    def __init__(
        self,
        store: ActionStore,
        deadlines: HasDeadlines,
        guilds: GuildStore,
        posts: ActionPosts,
        writer: ActionWriter,
        clock: Clock,
        tell: TellsOrganisers | None = None,
    ) -> None:
        self._store = store
        self._deadlines = deadlines
        self._guilds = guilds
        self._posts = posts
        self._writer = writer
        self._clock = clock
        self._tell = tell

    async def replaces(self, deadline_id: DeadlineId) -> bool:
        """Tell whether an approved action speaks for a clock, so that the clock's own ladder is silent."""
        return any(a.stored is ActionState.APPROVED for a in await self._store.on_deadline(deadline_id))

    async def speaks_for(self, deadline_id: DeadlineId) -> str:
        """Name the approved plan that speaks for a clock; empty where none does."""
        held = await self._store.on_deadline(deadline_id)
        return next((a.title for a in held if a.stored is ActionState.APPROVED), "")

    async def clock_changed(self, deadline: Deadline, *, reworded: bool = False, by: PersonId | None = None) -> None:
        """Follow a clock: its new day moves the steps to come; where it is closed the plan is done."""
        come = self._posts.last_posted_day(await self._guilds.get(deadline.guild_id))
        today = london_today(self._clock)
        for known in await self._store.on_deadline(deadline.deadline_id):
            if not deadline.state(today).is_open:
                ended = ActionState.DONE if known.stored is ActionState.APPROVED else ActionState.CANCELLED
                await self._writer.save(known, replace(known, stored=ended, ended_on=today), by=by)
            elif deadline.watch_on != known.centre_on:
                await self._follow(known, deadline.watch_on, come, by=by)
            elif reworded:
                await self._writer.save(known, known)

    async def event_changed(self, known: GroupEvent, changed: GroupEvent, *, by: PersonId | None = None) -> None:
        """Follow an event: another day of it moves the steps to come; where it is called off, or that day left out, so is the plan."""
        come = self._posts.last_posted_day(await self._guilds.get(changed.guild_id))
        today = london_today(self._clock)
        for plan in await self._store.on_group_event(changed.group_event_id):
            day = _day_after(plan.centre_on, known, changed)
            if day is None:
                await self._writer.save(plan, replace(plan, stored=ActionState.CANCELLED, ended_on=today), by=by)
            elif day != plan.centre_on:
                await self._follow(plan, day, come, tell=True, by=by)

    async def _follow(
        self, known: Action, day: date, come: date, *, tell: bool = False, by: PersonId | None = None
    ) -> None:
        """Move a plan's steps to come with its day, and tell the organisers once which moved.

        Where somebody changed the plan meanwhile, the steps move as they are by then.
        """
        for left in range(FOLLOW_TRIES, 0, -1):
            if not known.state(london_today(self._clock)).is_open or known.centre_on == day:
                return
            changed = follow_day(known, day, come)
            try:
                await self._writer.save(known, changed, tell=tell, by=by)
            except Refused:
                if left == 1:
                    raise
                known = await self._writer.get(known.guild_id, known.action_id)
                continue
            await self._tell_of_moves(known, changed)
            return

    async def _tell_of_moves(self, known: Action, changed: Action) -> None:
        moves, added = moves_between(known, changed)
        if self._tell is None or not (moves or added):
            return
        settings = await self._guilds.get(known.guild_id)
        fields = {
            "title": known.title,
            "event": known.group_event_id is not None,
            "was": known.centre_on,
            "day": changed.centre_on,
            "draft": known.stored is ActionState.DRAFT,
            "moves": moves,
            "added": added,
            "neutral": settings.high_risk,
        }
        with contextlib.suppress(Refused):
            await self._tell(known.guild_id, "plan-moved", fields)

    async def tell_of_own_words(self, guild_id: GuildId) -> None:
        """Tell organisers of posts to come that one of them put into words, which go out as written: their group is at risk now."""
        come = self._posts.last_posted_day(await self._guilds.get(guild_id))
        held = [a for a in await self._store.of_guild(guild_id) if a.stored.is_planned]
        count = sum(1 for plan in held for step in plan.posted_steps if step.text and step.on > come)
        if count and self._tell is not None:
            with contextlib.suppress(Refused):
                await self._tell(guild_id, "own-words", {"count": count, "neutral": True})

    async def recompute(self) -> None:
        """Bring plans up to their clocks and their groups' words, where that was missed. Meant for once a day and at start."""
        for known in await self._store.unarchived():
            if known.deadline_id is None or not known.stored.is_open:
                continue
            try:
                await self.clock_changed(await self._deadlines.get(known.guild_id, known.deadline_id))
            except PostbagError as error:
                log.warning("action %d was left as it is: %s", known.action_id, error.message)
        for action_id in await self._store.worded_too_plainly():
            # A stop between a group's yes and what follows it left them so.
            try:
                plan = await self._store.any(action_id)
                if plan is not None:
                    await self._writer.save(plan, plan)
            except PostbagError as error:
                log.warning("action %d was left as it is: %s", action_id, error.message)

    async def tidy(self) -> int:
        """End what is over, and archive what ended a month ago: who joined it is forgotten. Gives the number changed."""
        today, count = london_today(self._clock), 0
        for known in await self._store.unarchived():
            changed = known
            if known.stored is ActionState.APPROVED and today > last_day(known.steps) + DONE_AFTER:
                changed = replace(known, stored=ActionState.DONE, ended_on=today)
            elif is_over(known, today):
                changed = replace(known, stored=ActionState.ARCHIVED)
            if changed is known:
                continue
            try:
                await self._writer.save(known, changed)
                count += 1
            except PostbagError as error:
                log.warning("action %d was left as it is: %s", known.action_id, error.message)
        return count

    async def replan(self, guild_id: GuildId) -> int:
        """Plan the posts of a group's actions again after its settings changed; give their number."""
        held = [a for a in await self._store.of_guild(guild_id) if a.stored is ActionState.APPROVED]
        for known in held:
            await self._writer.save(known, known)
        return len(held)


def _day_after(day: date, known: GroupEvent, changed: GroupEvent) -> date | None:
    """Give the day on which what took place on a day takes place now, or None where it doesn't any more."""
    if changed.off_on is not None:
        return None
    here = known.occurrence_on(day)
    if here is None:
        return day  # the plan was given a day of its own
    if not known.repeats and not changed.repeats:
        return changed.on
    return next(
        (o.on for o in changed.occurrences(date.min + timedelta(days=1), 400) if o.for_day == here.for_day), None
    )
