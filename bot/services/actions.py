"""Actions: planned back from a clock or a day, rehearsed, approved, posted word for word, joined privately, and ended."""

from __future__ import annotations

import contextlib
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from bot.clock import Clock, london_today
from bot.domain.action_copies import copy_steps
from bot.domain.actions import (
    MOST_ITEMS,
    MOST_RUNNING,
    OUTCOME_LIMIT,
    STEP_TITLE_LIMIT,
    TITLE_LIMIT,
    Action,
    ActionState,
    Step,
    clean,
    clean_text,
    clear_of_christmas,
    may_approve,
    propose,
    still_to_come,
)
from bot.domain.calendars import DAY_BEFORE, entries_of
from bot.domain.errors import PostbagError, Refused
from bot.domain.guilds import GuildSettings
from bot.domain.identity import ActionId, DeadlineId, GroupEventId, GuildId, PersonId, ReportSlug
from bot.domain.messages import OutgoingMessage
from bot.domain.reminders import CivilTime, Owner, Target
from bot.domain.reports import long_date
from bot.services.action_changes import ActionChanges, known_items
from bot.services.action_forward import ActionForward
from bot.services.action_joining import ActionJoining
from bot.services.action_posts import ActionPosts
from bot.services.action_upkeep import ActionUpkeep, TellsOrganisers
from bot.services.action_writing import ActionWriter, HasDeadlines
from bot.services.audit import UNNOTED, TakesNotes
from bot.services.deadline_files import CalendarMaker
from bot.services.ports.actions import ActionStore
from bot.services.ports.deliveries import DeliveryPlan, DueReminder, Write
from bot.services.ports.files import File, Templates
from bot.services.ports.groups import GuildStore
from bot.services.reports import ReportService


@dataclass(frozen=True, slots=True)
class Rehearsed:
    """A step as it will be posted: its moment, what the clock change does to it, and the very message."""

    step: Step
    civil: CivilTime
    message: OutgoingMessage


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """All steps of an action as they will be posted, with the settings that decide where and when."""

    action: Action
    settings: GuildSettings
    posts: tuple[Rehearsed, ...]


class ActionService:
    """Plan, rehearse, approve and end a group's actions. ``write`` puts a delivery into words as the engine does.

    ``changes``, ``forward``, ``joining`` and ``upkeep`` do the rest: what organisers change and post early, who joins, and what happens
    by itself.
    """

    def __init__(
        self,
        store: ActionStore,
        deadlines: HasDeadlines,
        guilds: GuildStore,
        reports: ReportService,
        templates: Templates,
        clock: Clock,
        wake: Callable[[], None],
        *,
        write: Write,
        person_for: Callable[[Any], Awaitable[PersonId]],
        find_person: Callable[[Any], Awaitable[PersonId | None]],
        calendar: CalendarMaker,
        installation: str = "",
        audit: TakesNotes = UNNOTED,
        tell: TellsOrganisers | None = None,
    ) -> None:
        self._store = store
        self._audit = audit
        self._deadlines = deadlines
        self._guilds = guilds
        self._reports = reports
        self._posts = posts = ActionPosts(deadlines, reports, templates, clock)
        self._writer = writer = ActionWriter(store, deadlines, guilds, posts, clock, wake, audit)
        self.changes = ActionChanges(deadlines, guilds, reports, posts, writer, clock)
        self.forward = ActionForward(guilds, posts, writer, clock, write)
        self.joining = ActionJoining(
            store, guilds, posts, writer, clock, wake, person_for=person_for, find_person=find_person
        )
        self.upkeep = ActionUpkeep(store, deadlines, guilds, posts, writer, clock, tell)
        self._clock = clock
        self._write = write
        self._calendar = calendar
        self._installation = installation

    def labels(self, action: Action) -> list[str]:
        """Name what a plan is about, a line each, as its group knows it; what is no longer in Postbag by its short name."""
        return self._posts.labels(action)

    # Reading

    async def get(self, guild_id: GuildId, action_id: ActionId) -> Action:
        """Give one action of a group. NotFound: it has none of that number."""
        return await self._writer.get(guild_id, action_id)

    async def plans(self, guild_id: GuildId) -> Sequence[Action]:
        """List a group's actions that are not archived: the open ones by day, then the ended ones, newest first."""
        today = london_today(self._clock)
        held = await self._store.of_guild(guild_id)
        ended = [a for a in held if not a.state(today).is_open]
        return (*(a for a in held if a.state(today).is_open), *reversed(ended))

    async def complete(self, guild_id: GuildId, text: str) -> Sequence[Action]:
        """Offer up to 25 actions whose title holds every word typed."""
        words = text.casefold().split()
        return [a for a in await self.plans(guild_id) if all(word in a.title.casefold() for word in words)][:25]

    # Planning

    async def plan(
        self,
        guild_id: GuildId,
        person_id: PersonId | None,
        title: str,
        *,
        deadline_id: DeadlineId | None = None,
        on: date | None = None,
        items: Sequence[str] = (),
        template: str = "",
        event: GroupEventId | None = None,
    ) -> Action:
        """Propose a plan worked back from a clock of the group or from a day, that of an ``event`` of its own or another.

        Refused: neither or both, nonsense, or there is one like it.
        """
        if (deadline_id is None) == (on is None):
            raise Refused("Choose a deadline or a day.", "Plan from one of your group's deadlines, or type a day.")
        async with self._writer.turn(guild_id):
            made, _ = await self._planned(guild_id, person_id, title, deadline_id, on, items, template, event)
        await self._audit.note(guild_id, person_id, f"Plan “{made.title}” drafted, for {long_date(made.centre_on)}")
        return made

    async def copy(
        self,
        guild_id: GuildId,
        person_id: PersonId | None,
        known: Action,
        title: str,
        *,
        deadline_id: DeadlineId | None = None,
        on: date | None = None,
        event: GroupEventId | None = None,
    ) -> tuple[Action, tuple[str, ...]]:
        """Draft a plan with the steps, words, recommendations and letter of an earlier one, on fresh days. Nothing is posted.

        Gives the draft and what to know of it before it's approved. Refused: as ``plan``, or the earlier one is itself a draft.
        """
        if known.stored is ActionState.DRAFT:
            raise Refused("That plan is still a draft.", "Change the draft itself, or copy a plan that was approved.")
        async with self._writer.turn(guild_id):
            made, notes = await self._planned(
                guild_id,
                person_id,
                title or known.title,
                deadline_id,
                on,
                known.items,
                known.template,
                event,
                like=known,
            )
        words = f"Plan “{made.title}” drafted like “{known.title}”, for {long_date(made.centre_on)}"
        await self._audit.note(guild_id, person_id, words)
        return made, notes

    async def last_planned(self, guild_id: GuildId) -> Action | None:
        """Give the plan that a group made last, drafts aside, however long ago it ended; None where there was none."""
        return await self._store.last_planned(guild_id)

    async def _planned(
        self,
        guild_id: GuildId,
        person_id: PersonId | None,
        title: str,
        deadline_id: DeadlineId | None,
        on: date | None,
        items: Sequence[str],
        template: str,
        event: GroupEventId | None,
        *,
        like: Action | None = None,
    ) -> tuple[Action, tuple[str, ...]]:
        today = london_today(self._clock)
        held = await self._under_way(guild_id, today)
        _room_for_one(held)
        about: ReportSlug | None = None
        if deadline_id is not None:
            deadline = await self._deadlines.get(guild_id, deadline_id)
            if not deadline.state(today).is_open:
                raise Refused("That deadline is closed.", "Choose one that's still open, or plan from a day.")
            if any(a.deadline_id == deadline_id for a in held):
                raise Refused("Your group already has a plan for that deadline.", "Change that plan: /action list.")
            centre, about = deadline.watch_on, deadline.report
        else:
            assert on is not None
            centre = still_to_come(on, today)
        name = clean(title, TITLE_LIMIT, "title")
        if any((a.title.casefold(), a.centre_on) == (name.casefold(), centre) for a in held):
            raise Refused(
                "Your group already has a plan with that name for that day.",
                "Open it with /action list, or give this one another name.",
            )
        first, awaited = today + timedelta(days=1), deadline_id is not None
        notes: tuple[str, ...] = ()
        if like is not None:
            copied = copy_steps(like, centre, first, awaited=awaited, told_elsewhere=event is not None)
            steps, kept = copied.steps, self._items_for(guild_id, items, about)
            left = len(items) - len(kept)
            gone = (f"{left} recommendation{'s are' if left > 1 else ' is'} left out: not in this deadline's report.",)
            notes, items = copied.notes + (gone if left else ()), kept
        else:
            # the event's own reminder says where and when
            steps = propose(centre, first, awaited=awaited, without=("watch",) if event is not None else ())
        action = Action(
            action_id=ActionId(0),
            guild_id=guild_id,
            title=name,
            centre_on=centre,
            steps=steps,
            deadline_id=deadline_id,
            items=known_items(self._reports, guild_id, items, None),
            template=template,
            set_by=person_id,
            group_event_id=event,
        )
        return await self._store.add(action, self._clock.now()), notes

    def _items_for(self, guild_id: GuildId, items: Sequence[str], report: ReportSlug | None) -> tuple[str, ...]:
        """Give those of some recommendations that a plan on a report's clock can be about; without a report, all that are held."""
        return tuple(
            item for item in self.held_items(guild_id, items) if report is None or item.startswith(f"{report}/")
        )

    async def take(self, action: Action) -> Action:
        """Take over a plan from a file: an ended one as it was, any other as a draft that is posted once it is approved here."""
        today = london_today(self._clock)
        ended = action.stored in (ActionState.DONE, ActionState.CANCELLED)
        held = await self._under_way(action.guild_id, today)
        if not ended:
            _room_for_one(held)
        taken = any(a.deadline_id == action.deadline_id for a in held)
        made = await self._store.add(
            replace(
                action,
                title=clean(action.title, TITLE_LIMIT, "title"),
                steps=clear_of_christmas(
                    (
                        replace(s, title=clean(s.title, STEP_TITLE_LIMIT, "name"), text=clean_text(s.text))
                        for s in action.steps
                    ),
                    action.centre_on,
                    today + timedelta(days=1),
                ),
                deadline_id=None if ended or taken else action.deadline_id,
                stored=action.stored if ended else ActionState.DRAFT,
                ended_on=(action.ended_on or today) if ended else None,
                outcome=clean_text(action.outcome, OUTCOME_LIMIT) if ended else "",
            ),
            self._clock.now(),
        )
        await self._audit.note(made.guild_id, made.set_by, f"Plan “{made.title}” imported from a file")
        return made

    async def _under_way(self, guild_id: GuildId, today: date) -> list[Action]:
        return [a for a in await self._store.of_guild(guild_id) if a.state(today).is_open]

    def held_items(self, guild_id: GuildId, items: Sequence[str]) -> tuple[str, ...]:
        """Give those of some recommendations that a group holds."""
        found, reports = [], self._reports.for_group(guild_id)
        for item in items[:MOST_ITEMS]:
            with contextlib.suppress(PostbagError):
                found.append(reports.find(item).value)
        return tuple(dict.fromkeys(found))

    # Rehearsing and approving

    async def rehearse(self, guild_id: GuildId, action_id: ActionId) -> Rehearsal:
        """Show every step to come exactly as it will be posted."""
        action = await self._writer.get(guild_id, action_id)
        settings = await self._guilds.get(guild_id)
        posts, asked = [], await self._posts.subject(action)
        for step, post in await self._posts.public(action, settings):
            if post.standing:
                continue
            reminder = post.as_reminder(Owner(action_id=action_id), guild_id=guild_id)
            plan = DeliveryPlan(
                Target(guild_id, settings.channel_id), (DueReminder(reminder, asked=asked),), settings, key="rehearsal"
            )
            posts.append(Rehearsed(step, post.civil, self._write(plan)))
        return Rehearsal(action, settings, tuple(posts))

    async def approve(
        self, guild_id: GuildId, action_id: ActionId, revision: int, person_id: PersonId | None
    ) -> Action:
        """Approve a draft: from now on its steps are posted, and a clock's own ladder is silent in this group."""
        async with self._writer.turn(guild_id):
            known = await self._writer.get(guild_id, action_id)
            if known.stored is ActionState.APPROVED:
                return known
            self._writer.require_open(known, revision)
            may_approve(known, london_today(self._clock))
            settings = await self._guilds.get(guild_id)
            if settings.channel_id is None:
                raise Refused(
                    "Your group hasn't chosen a channel, so Postbag can't post.", "Choose one with /admin setup."
                )
            changed = replace(known, stored=ActionState.APPROVED, set_by=person_id)
            return await self._writer.save(known, changed, by=person_id)

    async def unapprove(
        self, guild_id: GuildId, action_id: ActionId, revision: int, person_id: PersonId | None
    ) -> Action:
        """Make a draft of an approved plan again. Refused: something of it was posted. Again without harm."""
        async with self._writer.turn(guild_id):
            known = await self._writer.get(guild_id, action_id)
            if known.stored is ActionState.DRAFT:
                return known
            self._writer.require_open(known, revision)
            if await self._store.posted(action_id):
                raise Refused("Its first step has been posted.", "Cancel the plan instead, or change its other steps.")
            changed = replace(known, stored=ActionState.DRAFT, set_by=person_id)
            return await self._writer.save(known, changed, by=person_id)

    async def was_posted(self, action: Action) -> bool:
        """Tell whether something of a plan went out."""
        return action.stored is not ActionState.DRAFT and bool(await self._store.posted(action.action_id))

    async def last_posted_day(self, guild_id: GuildId) -> date:
        """Give the last day whose posts have come in a group."""
        return self._posts.last_posted_day(await self._guilds.get(guild_id))

    async def cancel(
        self, guild_id: GuildId, action_id: ActionId, revision: int | None, person_id: PersonId | None
    ) -> Action:
        """Cancel a plan with all its steps; where something of it was posted that is announced, once. Again without harm."""
        async with self._writer.turn(guild_id):
            known = await self._writer.get(guild_id, action_id)
            if known.stored is ActionState.CANCELLED:
                return known
            self._writer.require_open(known, revision)
            today = london_today(self._clock)
            changed = replace(known, stored=ActionState.CANCELLED, ended_on=today, set_by=person_id)
            return await self._writer.save(known, changed, tell=True, by=person_id)

    async def finish(
        self, guild_id: GuildId, action_id: ActionId, revision: int | None, person_id: PersonId | None, outcome: str
    ) -> Action:
        """Record what came of a plan, and end it where it still ran. The outcome can be written anew until it is archived."""
        async with self._writer.turn(guild_id):
            known = await self._writer.get(guild_id, action_id)
            said = clean_text(outcome, OUTCOME_LIMIT)
            if known.stored is ActionState.DONE and known.outcome == said:
                return known
            self._writer.require_unchanged(known, revision)
            if known.stored in (ActionState.DRAFT, ActionState.CANCELLED, ActionState.ARCHIVED):
                raise Refused(f"This plan is {known.stored.value}.", "Only an approved plan can have an outcome.")
            changed = replace(
                known,
                stored=ActionState.DONE,
                outcome=said,
                ended_on=known.ended_on or london_today(self._clock),
                set_by=person_id,
            )
            return await self._writer.save(known, changed, by=person_id)

    async def held_event(
        self, guild_id: GuildId, action_id: ActionId, event_id: int | None, by: PersonId | None = None
    ) -> Action:
        """Keep which of Discord's scheduled events belongs to a plan."""
        async with self._writer.turn(guild_id):
            known = await self._writer.get(guild_id, action_id)
            return await self._writer.save(known, replace(known, event_id=event_id), by=by)

    def event_time(self, action: Action, settings: GuildSettings) -> datetime:
        """Give the moment that Discord's event begins at. Refused: it has already passed."""
        starts = CivilTime(action.centre_on, settings.time_of_day, settings.zone).instant()
        if starts <= self._clock.now() + timedelta(minutes=5):
            raise Refused(
                "This plan's day has already passed, so Discord won't accept an event.",
                "You can post about it yourself.",
            )
        return starts

    async def is_neutral(self, action: Action) -> bool:
        """Tell whether a plan's calendar names nothing unless somebody asks."""
        return (await self._guilds.get(action.guild_id)).high_risk

    async def calendar(self, action: Action, *, neutral: bool | None = None, alarms: bool = False) -> File:
        """Give the plan's days as a calendar file, with what was taken out of it as cancelled.

        ``neutral`` None: as the group chose.
        """
        now = self._clock.now()
        neutral = await self.is_neutral(action) if neutral is None else neutral
        gone = await self._store.planned_days(action.action_id)
        entries = entries_of(
            action,
            gone,
            now,
            neutral=neutral,
            installation=self._installation,
            alarm=DAY_BEFORE if alarms else None,
        )
        return self._calendar(entries, action.title, now, "plan.ics", neutral=neutral)


def _room_for_one(held: Sequence[Action]) -> None:
    if len(held) >= MOST_RUNNING:
        raise Refused(f"This group has {len(held)} plans under way.", "Finish or cancel one first: /action list.")
