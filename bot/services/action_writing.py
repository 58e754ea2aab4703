"""What every use case of plans writes through: each change takes its turn, and is kept with the posts that it calls for."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Protocol

from bot.clock import Clock, london_today
from bot.domain.actions import (
    OFF,
    Action,
    ActionState,
    Step,
    StepMark,
    still_open,
)
from bot.domain.errors import NotFound, Overtaken
from bot.domain.identity import ActionId, GuildId, PersonId
from bot.domain.reports import long_date
from bot.services.action_posts import ActionPosts, GivesDeadlines
from bot.services.audit import TakesNotes
from bot.services.ports.actions import ActionStore
from bot.services.ports.groups import GuildStore
from bot.services.turns import Turns


class HasDeadlines(GivesDeadlines, Protocol):
    """What is asked of the deadlines: one of a group, and to plan its reminders again."""

    async def replan(self, guild_id: GuildId) -> int: ...


class ActionWriter:
    """Give a plan, and keep a change of it. ``wake`` tells the alarm clock that something was planned."""

    def __init__(
        self,
        store: ActionStore,
        deadlines: HasDeadlines,
        guilds: GuildStore,
        posts: ActionPosts,
        clock: Clock,
        wake: Callable[[], None],
        audit: TakesNotes,
    ) -> None:
        self._store = store
        self._deadlines = deadlines
        self._guilds = guilds
        self._posts = posts
        self._clock = clock
        self._wake = wake
        self._audit = audit
        self._turns = Turns()

    def turn(self, guild_id: GuildId) -> contextlib.AbstractAsyncContextManager[None]:
        """Wait until nobody else changes a plan of a group."""
        return self._turns.of(guild_id)

    async def get(self, guild_id: GuildId, action_id: ActionId) -> Action:
        """Give one action of a group. NotFound: it has none of that number."""
        found = await self._store.get(guild_id, action_id)
        if found is None:
            raise NotFound("Your group doesn't have that plan.", "See them all with /action list.")
        return found

    def require_open(self, known: Action, revision: int | None) -> None:
        """Overtaken: a plan isn't what a card or form was drawn from. Refused: it is over."""
        self.require_unchanged(known, revision)
        still_open(known, london_today(self._clock))

    def require_unchanged(self, known: Action, revision: int | None) -> None:
        """Overtaken: a plan isn't what a card or form was drawn from. None: whatever it is now is meant."""
        if revision is not None and revision != known.revision:
            raise Overtaken(f"“{known.title}”", what_is_planned(known, london_today(self._clock)), known.revision)

    async def save(
        self,
        known: Action,
        changed: Action,
        *,
        tell: bool = False,
        at_once: str = "",
        by: PersonId | None = None,
    ) -> Action:
        """Keep a change with the posts that it calls for. ``tell``: announce it. ``by``: the organiser whose work it is, if anybody's.

        ``at_once`` is the key of a step that is posted now.
        """
        settings = await self._guilds.get(changed.guild_id)
        news = private_news = None
        if tell and known.stored is ActionState.APPROVED:
            news = self._posts.news(changed, settings, neutral=settings.high_risk)
            private_news = news
            # The channel never heard of a plan of which nothing was posted; whoever joined it did.
            if not await self._store.posted(known.action_id):
                news = None
        planned = changed.stored is ActionState.APPROVED
        standing = self._posts.standing_words(changed, settings)
        off = changed.stored is ActionState.CANCELLED
        said = [standing[0], replace(standing[0], rung=OFF)] if off else []
        stored = await self._store.save(
            changed,
            self._clock.now(),
            public=[*(post for _, post in await self._posts.public(changed, settings, at_once=at_once)), *standing]
            if planned
            else said,
            private=[*self._posts.private(changed, settings, at_once=at_once), *standing] if planned else said,
            news=news,
            private_news=private_news,
            same=changed == known,
        )
        if told := _what_changed(known, changed):
            await self._audit.note(known.guild_id, by, f"Plan “{known.title}”: {told}")
        if changed.deadline_id is not None and changed.stored is not known.stored:
            await self._deadlines.replan(changed.guild_id)
        self._wake()
        return stored


def _what_changed(known: Action, changed: Action) -> str:
    """Say in a line what a change makes of a plan; nothing where only its posts are planned again."""
    said = []
    if changed.stored is not known.stored:
        said.append(changed.stored.value)
    if changed.title != known.title:
        said.append(f"title “{changed.title}”")
    if changed.centre_on != known.centre_on:
        said.append(f"moved to {long_date(changed.centre_on)}")
    elif changed.steps != known.steps:
        was = {step.key: step for step in known.steps}
        now = {step.key: step for step in changed.steps}
        said += [f"step “{now[k].title}” {_made_of(was.get(k), now[k])}" for k in now if now[k] != was.get(k)]
        said += [f"step “{was[k].title}” removed" for k in was if k not in now]
    if (changed.items, changed.template) != (known.items, known.template):
        said.append("what it is about and its letter")
    if changed.outcome != known.outcome:
        said.append("outcome recorded")
    if changed.event_id != known.event_id:
        said.append("Discord event made" if changed.event_id else "Discord event gone")
    return ", ".join(said)


def _made_of(was: Step | None, now: Step) -> str:
    """Say in a word what became of a step."""
    if was is None:
        return "added"
    if was.is_skipped is not now.is_skipped:
        return "skipped" if now.is_skipped else "no longer skipped"
    return "posted now" if now.mark is StepMark.BROUGHT else "changed"


def _moved_from(step: Step) -> str:
    return (
        f" (moved from {long_date(step.was_on)} with the date it counts back from)" if step.was_on is not None else ""
    )


def what_is_planned(action: Action, today: date) -> str:
    """Say in a few lines what a plan says now."""
    said = [f"{action.state(today).value}, for {long_date(action.centre_on)}"]
    said += [
        f"{step.title} on {long_date(step.on)}{_moved_from(step)}"
        f"{', in its own words' if step.text else ''}{', skipped' if step.is_skipped else ''}"
        for step in action.steps
    ]
    if action.outcome:
        said.append(f"outcome: {action.outcome}")
    return "; ".join(said)
