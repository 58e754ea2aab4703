"""What organisers change of a plan: its steps, its day, what it is about, and the letter that it leads to."""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from bot.clock import Clock, london_today
from bot.domain.actions import (
    MOST_ITEMS,
    NEW_STEP,
    TITLE_LIMIT,
    Action,
    Step,
    clean,
    clean_text,
    move_day,
    still_open,
    still_to_come,
    with_step,
    without_step,
)
from bot.domain.errors import NotFound, Refused
from bot.domain.identity import ActionId, GuildId, PersonId, ReportSlug
from bot.services.action_posts import ActionPosts
from bot.services.action_writing import ActionWriter, HasDeadlines
from bot.services.ports.groups import GuildStore
from bot.services.reports import ReportService


class ActionChanges:
    """Change a group's plans, one change after the other, from what a card or form showed."""

    def __init__(
        self,
        deadlines: HasDeadlines,
        guilds: GuildStore,
        reports: ReportService,
        posts: ActionPosts,
        writer: ActionWriter,
        clock: Clock,
    ) -> None:
        self._deadlines = deadlines
        self._guilds = guilds
        self._reports = reports
        self._posts = posts
        self._writer = writer
        self._clock = clock

    async def change_step(
        self, guild_id: GuildId, action_id: ActionId, revision: int, person_id: PersonId | None, step: Step
    ) -> Action:
        """Change one step, or skip it; of the key ``NEW_STEP``, add one, which overwrites nothing. The same again changes nothing.

        Refused: it makes no sense. Overtaken, here and below: the plan has changed since ``revision``.
        """
        async with self._writer.turn(guild_id):
            known = await self._writer.get(guild_id, action_id)
            if step.key == NEW_STEP:
                if any((s.on, s.title, s.text) == (step.on, step.title, clean_text(step.text)) for s in known.steps):
                    return known
                taken = {held.key for held in known.steps}
                step = replace(step, key=next(f"own{n}" for n in range(1, 100) if f"own{n}" not in taken))
            elif any(s.key == step.key for s in known.steps):
                proposed = await self.words(known, step.key)
                text = "" if step.text.strip() == proposed.strip() else clean_text(step.text)
                held = known.step(step.key)
                was_on = held.was_on if held.on == step.on else None
                step = replace(step, title=" ".join(step.title.split()), text=text, was_on=was_on)
                if step in known.steps:
                    return known
                self._writer.require_unchanged(known, revision)
            else:
                self._writer.require_unchanged(known, revision)
            still_open(known, london_today(self._clock))
            come = self._posts.last_posted_day(await self._guilds.get(guild_id))
            changed = with_step(known, step, london_today(self._clock), come)
            return await self._writer.save(known, replace(changed, set_by=person_id), by=person_id)

    async def remove_step(
        self, guild_id: GuildId, action_id: ActionId, revision: int, person_id: PersonId | None, key: str
    ) -> Action:
        """Take a step out."""
        async with self._writer.turn(guild_id):
            known = await self._writer.get(guild_id, action_id)
            if all(step.key != key for step in known.steps):
                return known
            self._writer.require_open(known, revision)
            return await self._writer.save(known, replace(without_step(known, key), set_by=person_id), by=person_id)

    async def move(
        self, guild_id: GuildId, action_id: ActionId, revision: int, person_id: PersonId | None, on: date
    ) -> Action:
        """Move the day and every step to come with it; what was announced is announced anew, once."""
        async with self._writer.turn(guild_id):
            known = await self._writer.get(guild_id, action_id)
            today = london_today(self._clock)
            if known.deadline_id is not None:
                raise Refused(
                    "This plan follows a deadline, so its day comes from the deadline.",
                    "Change the date with /deadlines edit or /deadlines promised; the plan follows.",
                )
            if on == known.centre_on:
                return known
            if known.group_event_id is not None:
                raise Refused(
                    "This plan follows an event, so its day comes from the event.",
                    "Change the event with /deadlines edit; the plan follows.",
                )
            self._writer.require_open(known, revision)
            come = self._posts.last_posted_day(await self._guilds.get(guild_id))
            changed = replace(move_day(known, still_to_come(on, today), come), set_by=person_id)
            return await self._writer.save(known, changed, tell=True, by=person_id)

    async def choose(
        self,
        guild_id: GuildId,
        action_id: ActionId,
        revision: int,
        person_id: PersonId | None,
        *,
        items: Sequence[str] | None = None,
        template: str | None = None,
        title: str | None = None,
    ) -> Action:
        """Choose what the plan is called, what it is about, and which letter it leads to."""
        async with self._writer.turn(guild_id):
            known = await self._writer.get(guild_id, action_id)
            changed = replace(
                known,
                items=known.items
                if items is None
                else known_items(self._reports, guild_id, items, await self.report_of(known)),
                template=known.template if template is None else template,
                title=known.title if title is None else clean(title, TITLE_LIMIT, "title"),
            )
            if changed == known:
                return known
            self._writer.require_open(known, revision)
            return await self._writer.save(known, replace(changed, set_by=person_id), by=person_id)

    async def report_of(self, action: Action) -> ReportSlug | None:
        """Give the report that a plan is about: that of its clock, else the one that its group follows alone."""
        if action.deadline_id is not None:
            with contextlib.suppress(NotFound):
                deadline = await self._deadlines.get(action.guild_id, action.deadline_id)
                if deadline.report is not None:
                    return deadline.report
        followed = await self._reports.read_followed(action.guild_id)
        return followed[0] if len(followed) == 1 else None

    async def words(self, action: Action, key: str) -> str:
        """Give the proposed words of a step, as the group's preset wants them."""
        return await self._posts.words(action, key, await self._guilds.get(action.guild_id))


def known_items(
    reports: ReportService, guild_id: GuildId, items: Sequence[str], report: ReportSlug | None
) -> tuple[str, ...]:
    """Give the recommendations named, each once, as a group knows them. Refused or NotFound: too many, or not one of them."""
    view = reports.for_group(guild_id)
    found = tuple(dict.fromkeys(view.find(item, report).value for item in items if item.strip()))
    if len(found) > MOST_ITEMS:
        raise Refused(f"A plan can be about up to {MOST_ITEMS} recommendations.", "Choose the ones that matter most.")
    return found
