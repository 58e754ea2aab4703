"""Actions: planned back from a clock or a day, rehearsed, approved, posted word for word, joined privately, and ended."""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any, Protocol

from bot.clock import Clock, london_today
from bot.domain.actions import (
    MOST_ITEMS,
    MOST_RUNNING,
    NEW_STEP,
    OFF,
    OUTCOME_LIMIT,
    STEP_TITLE_LIMIT,
    TITLE_LIMIT,
    Action,
    ActionState,
    Step,
    archived,
    clean,
    clean_text,
    last_day,
    may_approve,
    moved,
    propose,
    still_open,
    still_to_come,
    with_step,
    without_step,
)
from bot.domain.calendars import DAY_BEFORE, entries_of
from bot.domain.deadlines import Deadline
from bot.domain.errors import NotFound, Overtaken, PostbagError, Refused
from bot.domain.guilds import GuildSettings
from bot.domain.identity import ActionId, DeadlineId, GuildId, PersonId, ReportSlug
from bot.domain.messages import OutgoingMessage
from bot.domain.reminders import CivilTime, Owner, Target
from bot.domain.reports import long_date
from bot.services.action_posts import ActionPosts, GivesDeadlines
from bot.services.audit import UNNOTED, TakesNotes
from bot.services.deadline_files import CalendarMaker
from bot.services.ports.actions import ActionStore
from bot.services.ports.deliveries import DeliveryPlan, DueReminder
from bot.services.ports.files import File, Templates
from bot.services.ports.groups import GuildStore
from bot.services.reports import ReportService
from bot.services.turns import Turns

log = logging.getLogger(__name__)

DONE_AFTER = timedelta(days=14)
"""How long after its last step a plan is done of itself."""


class HasDeadlines(GivesDeadlines, Protocol):
    """What is asked of the deadlines: one of a group, and to plan its reminders again."""

    async def replan(self, guild_id: GuildId) -> int: ...


Write = Callable[[DeliveryPlan], OutgoingMessage]


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
    """Plan, change, rehearse, approve and end a group's actions. ``write`` puts a delivery into words as the engine does."""

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
    ) -> None:
        self._store = store
        self._audit = audit
        self._deadlines = deadlines
        self._guilds = guilds
        self._reports = reports
        self._posts = ActionPosts(deadlines, reports, templates, clock)
        self._clock = clock
        self._wake = wake
        self._write = write
        self._person_for = person_for
        self._find_person = find_person
        self._calendar = calendar
        self._installation = installation
        self._turns = Turns()

    def labels(self, action: Action) -> list[str]:
        """Name what a plan is about, a line each, as its group knows it; what is no longer held by its short name."""
        return self._posts.labels(action)

    # Reading

    async def plans(self, guild_id: GuildId) -> Sequence[Action]:
        """List a group's actions that are not archived: the open ones by day, then the ended ones, newest first."""
        today = london_today(self._clock)
        held = await self._store.of_guild(guild_id)
        ended = [a for a in held if not a.state(today).is_open]
        return (*(a for a in held if a.state(today).is_open), *reversed(ended))

    async def get(self, guild_id: GuildId, action_id: ActionId) -> Action:
        """Give one action of a group. NotFound: it has none of that number."""
        found = await self._store.get(guild_id, action_id)
        if found is None:
            raise NotFound("This group has no such plan.", "See them all with /action list.")
        return found

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
    ) -> Action:
        """Propose a plan worked back from a clock of the group or from a day.

        Refused: neither or both, nonsense, or there is one like it.
        """
        if (deadline_id is None) == (on is None):
            raise Refused("Choose a deadline or a day.", "Plan from one of your group's deadlines, or type a day.")
        async with self._turns.of(guild_id):
            made = await self._planned(guild_id, person_id, title, deadline_id, on, items, template)
        await self._audit.note(guild_id, person_id, f"Plan “{made.title}” drafted, for {long_date(made.centre_on)}")
        return made

    async def _planned(
        self,
        guild_id: GuildId,
        person_id: PersonId | None,
        title: str,
        deadline_id: DeadlineId | None,
        on: date | None,
        items: Sequence[str],
        template: str,
    ) -> Action:
        today = london_today(self._clock)
        held = await self._under_way(guild_id, today)
        _room_for_one(held)
        if deadline_id is not None:
            deadline = await self._deadlines.get(guild_id, deadline_id)
            if not deadline.state(today).is_open:
                raise Refused("That deadline is closed.", "Choose one that's still open, or plan from a day.")
            if any(a.deadline_id == deadline_id for a in held):
                raise Refused("Your group already has a plan for that deadline.", "Change that plan: /action list.")
            centre = deadline.watch_on
        else:
            assert on is not None
            centre = still_to_come(on, today)
        name = clean(title, TITLE_LIMIT, "title")
        if any((a.title.casefold(), a.centre_on) == (name.casefold(), centre) for a in held):
            raise Refused(
                "There is one like it: your group has a plan of that name for that day.",
                "Open it with /action list, or give this one another name.",
            )
        action = Action(
            action_id=ActionId(0),
            guild_id=guild_id,
            title=name,
            centre_on=centre,
            steps=propose(centre, today + timedelta(days=1)),
            deadline_id=deadline_id,
            items=self._items(guild_id, items, None),
            template=template,
            set_by=person_id,
        )
        return await self._store.add(action, self._clock.now())

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
                steps=tuple(
                    replace(s, title=clean(s.title, STEP_TITLE_LIMIT, "name"), text=clean_text(s.text))
                    for s in action.steps
                ),
                deadline_id=None if ended or taken else action.deadline_id,
                stored=action.stored if ended else ActionState.DRAFT,
                ended_on=(action.ended_on or today) if ended else None,
                outcome=clean_text(action.outcome, OUTCOME_LIMIT) if ended else "",
            ),
            self._clock.now(),
        )
        await self._audit.note(made.guild_id, made.set_by, f"Plan “{made.title}” taken from a file")
        return made

    async def _under_way(self, guild_id: GuildId, today: date) -> list[Action]:
        return [a for a in await self._store.of_guild(guild_id) if a.state(today).is_open]

    def held(self, guild_id: GuildId, items: Sequence[str]) -> tuple[str, ...]:
        """Give those of some recommendations that a group holds."""
        found, reports = [], self._reports.for_group(guild_id)
        for item in items[:MOST_ITEMS]:
            with contextlib.suppress(PostbagError):
                found.append(reports.find(item).value)
        return tuple(dict.fromkeys(found))

    async def change_step(
        self, guild_id: GuildId, action_id: ActionId, revision: int, person_id: PersonId | None, step: Step
    ) -> Action:
        """Change one step; of the key ``NEW_STEP``, add one, which overwrites nothing. The same again changes nothing.

        Refused: it makes no sense. Overtaken, here and below: the plan has changed since ``revision``.
        """
        async with self._turns.of(guild_id):
            known = await self.get(guild_id, action_id)
            if step.key == NEW_STEP:
                if any((s.on, s.title, s.text) == (step.on, step.title, clean_text(step.text)) for s in known.steps):
                    return known
                taken = {held.key for held in known.steps}
                step = replace(step, key=next(f"own{n}" for n in range(1, 100) if f"own{n}" not in taken))
            elif any(s.key == step.key for s in known.steps):
                proposed = await self.words(known, step.key)
                text = "" if step.text.strip() == proposed.strip() else clean_text(step.text)
                step = replace(step, title=" ".join(step.title.split()), text=text)
                if step in known.steps:
                    return known
                self._unchanged(known, revision)
            else:
                self._unchanged(known, revision)
            still_open(known, london_today(self._clock))
            changed = with_step(known, step, london_today(self._clock))
            return await self._save(known, replace(changed, set_by=person_id), by=person_id)

    async def remove_step(
        self, guild_id: GuildId, action_id: ActionId, revision: int, person_id: PersonId | None, key: str
    ) -> Action:
        """Take a step out."""
        async with self._turns.of(guild_id):
            known = await self.get(guild_id, action_id)
            if all(step.key != key for step in known.steps):
                return known
            self._open_as_seen(known, revision)
            return await self._save(known, replace(without_step(known, key), set_by=person_id), by=person_id)

    async def move(
        self, guild_id: GuildId, action_id: ActionId, revision: int, person_id: PersonId | None, on: date
    ) -> Action:
        """Move the day and every step to come with it; what was announced is announced anew, once."""
        async with self._turns.of(guild_id):
            known = await self.get(guild_id, action_id)
            today = london_today(self._clock)
            if known.deadline_id is not None:
                raise Refused(
                    "This plan follows a deadline, so its day is the deadline's.",
                    "Change the date with /deadlines edit or /deadlines promised; the plan follows.",
                )
            if on == known.centre_on:
                return known
            self._open_as_seen(known, revision)
            come = self._posts.come(await self._guilds.get(guild_id))
            changed = replace(moved(known, still_to_come(on, today), come), set_by=person_id)
            return await self._save(known, changed, tell=True, by=person_id)

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
        async with self._turns.of(guild_id):
            known = await self.get(guild_id, action_id)
            changed = replace(
                known,
                items=known.items if items is None else self._items(guild_id, items, await self.report_of(known)),
                template=known.template if template is None else template,
                title=known.title if title is None else clean(title, TITLE_LIMIT, "title"),
            )
            if changed == known:
                return known
            self._open_as_seen(known, revision)
            return await self._save(known, replace(changed, set_by=person_id), by=person_id)

    async def report_of(self, action: Action) -> ReportSlug | None:
        """Give the report that a plan is about: that of its clock, else the one that its group follows alone."""
        if action.deadline_id is not None:
            with contextlib.suppress(NotFound):
                deadline = await self._deadlines.get(action.guild_id, action.deadline_id)
                if deadline.report is not None:
                    return deadline.report
        followed = await self._reports.read_followed(action.guild_id)
        return followed[0] if len(followed) == 1 else None

    def _items(self, guild_id: GuildId, items: Sequence[str], report: ReportSlug | None) -> tuple[str, ...]:
        reports = self._reports.for_group(guild_id)
        found = tuple(dict.fromkeys(reports.find(item, report).value for item in items if item.strip()))
        if len(found) > MOST_ITEMS:
            raise Refused(
                f"A plan can be about up to {MOST_ITEMS} recommendations.", "Choose the ones that matter most."
            )
        return found

    # Rehearsing and approving

    async def words(self, action: Action, key: str) -> str:
        """Give the proposed words of a step, as the group's preset wants them."""
        return await self._posts.words(action, key, await self._guilds.get(action.guild_id))

    async def rehearse(self, guild_id: GuildId, action_id: ActionId) -> Rehearsal:
        """Show every step to come exactly as it will be posted."""
        action = await self.get(guild_id, action_id)
        settings = await self._guilds.get(guild_id)
        posts = []
        for step, post in await self._posts.public(action, settings):
            if post.standing:
                continue
            reminder = post.as_reminder(Owner(action_id=action_id), guild_id=guild_id)
            plan = DeliveryPlan(
                Target(guild_id, settings.channel_id), (DueReminder(reminder),), settings, key="rehearsal"
            )
            posts.append(Rehearsed(step, post.civil, self._write(plan)))
        return Rehearsal(action, settings, tuple(posts))

    async def approve(
        self, guild_id: GuildId, action_id: ActionId, revision: int, person_id: PersonId | None
    ) -> Action:
        """Approve a draft: from now on its steps are posted, and a clock's own ladder is silent in this group."""
        async with self._turns.of(guild_id):
            known = await self.get(guild_id, action_id)
            if known.stored is ActionState.APPROVED:
                return known
            self._open_as_seen(known, revision)
            may_approve(known, london_today(self._clock))
            settings = await self._guilds.get(guild_id)
            if settings.channel_id is None:
                raise Refused(
                    "Your group hasn't chosen a channel, so Postbag can't post.", "Choose one with /admin setup."
                )
            changed = replace(known, stored=ActionState.APPROVED, set_by=person_id)
            return await self._save(known, changed, by=person_id)

    async def unapprove(
        self, guild_id: GuildId, action_id: ActionId, revision: int, person_id: PersonId | None
    ) -> Action:
        """Make a draft of an approved plan again. Refused: something of it was posted. Again without harm."""
        async with self._turns.of(guild_id):
            known = await self.get(guild_id, action_id)
            if known.stored is ActionState.DRAFT:
                return known
            self._open_as_seen(known, revision)
            if await self._store.posted(action_id):
                raise Refused("Its first step has been posted.", "Cancel the plan instead, or change its other steps.")
            changed = replace(known, stored=ActionState.DRAFT, set_by=person_id)
            return await self._save(known, changed, by=person_id)

    async def was_posted(self, action: Action) -> bool:
        """Tell whether something of a plan went out."""
        return action.stored is not ActionState.DRAFT and bool(await self._store.posted(action.action_id))

    async def cancel(
        self, guild_id: GuildId, action_id: ActionId, revision: int | None, person_id: PersonId | None
    ) -> Action:
        """Cancel a plan with all its steps; where something of it was posted that is announced, once. Again without harm."""
        async with self._turns.of(guild_id):
            known = await self.get(guild_id, action_id)
            if known.stored is ActionState.CANCELLED:
                return known
            self._open_as_seen(known, revision)
            today = london_today(self._clock)
            changed = replace(known, stored=ActionState.CANCELLED, ended_on=today, set_by=person_id)
            return await self._save(known, changed, tell=True, by=person_id)

    async def finish(
        self, guild_id: GuildId, action_id: ActionId, revision: int | None, person_id: PersonId | None, outcome: str
    ) -> Action:
        """Record what came of a plan, and end it where it still ran. The outcome can be written anew until it is archived."""
        async with self._turns.of(guild_id):
            known = await self.get(guild_id, action_id)
            said = clean_text(outcome, OUTCOME_LIMIT)
            if known.stored is ActionState.DONE and known.outcome == said:
                return known
            self._unchanged(known, revision)
            if known.stored in (ActionState.DRAFT, ActionState.CANCELLED, ActionState.ARCHIVED):
                raise Refused(f"This plan is {known.stored.value}.", "Only an approved plan can have an outcome.")
            changed = replace(
                known,
                stored=ActionState.DONE,
                outcome=said,
                ended_on=known.ended_on or london_today(self._clock),
                set_by=person_id,
            )
            return await self._save(known, changed, by=person_id)

    async def held_event(
        self, guild_id: GuildId, action_id: ActionId, event_id: int | None, by: PersonId | None = None
    ) -> Action:
        """Keep which of Discord's scheduled events belongs to a plan."""
        async with self._turns.of(guild_id):
            known = await self.get(guild_id, action_id)
            return await self._save(known, replace(known, event_id=event_id), by=by)

    def event_time(self, action: Action, settings: GuildSettings) -> datetime:
        """Give the moment that Discord's event begins at. Refused: it has already passed."""
        starts = CivilTime(action.centre_on, settings.time_of_day, settings.zone).instant()
        if starts <= self._clock.now() + timedelta(minutes=5):
            raise Refused(
                "This plan's day has already come, so Discord won't take an event.", "You can post about it yourself."
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

    # Joining

    async def join(self, guild_id: GuildId, action_id: ActionId, user_id: Any) -> tuple[Action, bool]:
        """Let a person join privately: a first message proves that Postbag can write to them. False: they had joined."""
        action = await self.get(guild_id, action_id)
        state = action.state(london_today(self._clock))
        if not state.is_planned:
            raise Refused(f"This plan is {state.value}, so nothing more comes of it.", "Ask an organiser what's next.")
        person_id = await self._person_for(user_id)
        settings = await self._guilds.get(guild_id)
        now = self._clock.now()
        welcome = self._posts.welcome(action, settings)
        joined = await self._store.join(action, person_id, (welcome, *self._posts.private(action, settings)), now)
        self._wake()
        return action, joined

    async def leave(self, action_id: ActionId, user_id: Any) -> bool:
        """Let a person go. False: they had not joined."""
        person_id = await self._find_person(user_id)
        action = await self._store.any(action_id)
        if person_id is None or action is None:
            return False
        return await self._store.leave(action, person_id, self._clock.now())

    async def joined(self, action_id: ActionId, user_id: Any) -> Action | None:
        """Give an action to a person who joined it, or None."""
        person_id = await self._find_person(user_id)
        if person_id is None or not await self._store.has_joined(action_id, person_id):
            return None
        return await self._store.any(action_id)

    # By itself

    async def replaces(self, deadline_id: DeadlineId) -> bool:
        """Tell whether an approved action speaks for a clock, so that the clock's own ladder is silent."""
        return any(a.stored is ActionState.APPROVED for a in await self._store.on_deadline(deadline_id))

    async def speaks_for(self, deadline_id: DeadlineId) -> str:
        """Name the approved plan that speaks for a clock; empty where none does."""
        held = await self._store.on_deadline(deadline_id)
        return next((a.title for a in held if a.stored is ActionState.APPROVED), "")

    async def clock_changed(self, deadline: Deadline, *, reworded: bool = False, by: PersonId | None = None) -> None:
        """Follow a clock: its new day moves the steps to come; where it is closed the plan is done."""
        come = self._posts.come(await self._guilds.get(deadline.guild_id))
        today = london_today(self._clock)
        for known in await self._store.on_deadline(deadline.deadline_id):
            if not deadline.state(today).is_open:
                ended = ActionState.DONE if known.stored is ActionState.APPROVED else ActionState.CANCELLED
                await self._save(known, replace(known, stored=ended, ended_on=today), by=by)
            elif deadline.watch_on != known.centre_on:
                await self._save(known, moved(known, deadline.watch_on, come), by=by)
            elif reworded:
                await self._save(known, known)

    async def recompute(self) -> None:
        """Bring plans up to their clocks, where that was missed. Meant for once a day and at start."""
        for known in await self._store.unarchived():
            if known.deadline_id is None or not known.stored.is_open:
                continue
            try:
                await self.clock_changed(await self._deadlines.get(known.guild_id, known.deadline_id))
            except PostbagError as error:
                log.warning("action %d was left as it is: %s", known.action_id, error.message)

    async def tidy(self) -> int:
        """End what is over, and archive what ended a month ago: who joined it is forgotten. Gives the number changed."""
        today, count = london_today(self._clock), 0
        for known in await self._store.unarchived():
            changed = known
            if known.stored is ActionState.APPROVED and today > last_day(known.steps) + DONE_AFTER:
                changed = replace(known, stored=ActionState.DONE, ended_on=today)
            elif archived(known, today):
                changed = replace(known, stored=ActionState.ARCHIVED)
            if changed is known:
                continue
            try:
                await self._save(known, changed)
                count += 1
            except PostbagError as error:
                log.warning("action %d was left as it is: %s", known.action_id, error.message)
        return count

    async def replan(self, guild_id: GuildId) -> int:
        """Plan the posts of a group's actions again after its settings changed; give their number."""
        held = [a for a in await self._store.of_guild(guild_id) if a.stored is ActionState.APPROVED]
        for known in held:
            await self._save(known, known)
        return len(held)

    # Writing

    def _open_as_seen(self, known: Action, revision: int | None) -> None:
        """Overtaken: a plan isn't what a card or form was drawn from. Refused: it is over."""
        self._unchanged(known, revision)
        still_open(known, london_today(self._clock))

    def _unchanged(self, known: Action, revision: int | None) -> None:
        if revision is not None and revision != known.revision:
            raise Overtaken(f"“{known.title}”", what_is_planned(known, london_today(self._clock)), known.revision)

    async def _save(self, known: Action, changed: Action, *, tell: bool = False, by: PersonId | None = None) -> Action:
        settings = await self._guilds.get(changed.guild_id)
        news = private_news = None
        if tell and known.stored is ActionState.APPROVED:
            news = self._posts.news(changed, settings, neutral=settings.high_risk)
            private_news = news
            if not await self._store.posted(known.action_id):
                news = None
        planned = changed.stored is ActionState.APPROVED
        standing = self._posts.standing(changed, settings)
        off = changed.stored is ActionState.CANCELLED
        said = [standing[0], replace(standing[0], rung=OFF)] if off else []
        stored = await self._store.save(
            changed,
            self._clock.now(),
            public=[*(post for _, post in await self._posts.public(changed, settings)), *standing] if planned else said,
            private=[*self._posts.private(changed, settings), *standing] if planned else said,
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


def _room_for_one(held: Sequence[Action]) -> None:
    if len(held) >= MOST_RUNNING:
        raise Refused(f"This group has {len(held)} plans under way.", "Finish or cancel one first: /action list.")


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
        said += [f"step “{now[k].title}” {'changed' if k in was else 'added'}" for k in now if now[k] != was.get(k)]
        said += [f"step “{was[k].title}” taken out" for k in was if k not in now]
    if (changed.items, changed.template) != (known.items, known.template):
        said.append("what it is about and its letter")
    if changed.outcome != known.outcome:
        said.append("what came of it recorded")
    if changed.event_id != known.event_id:
        said.append("Discord event made" if changed.event_id else "Discord event gone")
    return ", ".join(said)


def what_is_planned(action: Action, today: date) -> str:
    """Say in a few lines what a plan says now."""
    said = [f"{action.state(today).value}, for {long_date(action.centre_on)}"]
    said += [
        f"{step.title} on {long_date(step.on)}{', in its own words' if step.text else ''}" for step in action.steps
    ]
    if action.outcome:
        said.append(f"what came of it: {action.outcome}")
    return "; ".join(said)
