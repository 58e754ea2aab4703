"""Take a group's set-up out as a file, and into a group from one. Nobody is in it, and nothing is posted by it."""

from __future__ import annotations

import logging
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from bot.clock import Clock
from bot.domain.actions import ActionState
from bot.domain.deadlines import Deadline, NoteKind
from bot.domain.errors import NotFound, PostbagError, Unavailable
from bot.domain.guilds import PROTECTIONS, GuildSettings
from bot.domain.identity import DeadlineId, GuildId, PersonId, ReportSlug
from bot.domain.letter_templates import TemplateState
from bot.domain.moving import GroupFile, MovedCommittee, same_action, same_clock, write_group_file
from bot.domain.moving_events import same_event
from bot.services.actions import ActionService
from bot.services.audit import UNNOTED, TakesNotes
from bot.services.deadlines import DeadlineService
from bot.services.group_events import GroupEventService
from bot.services.guilds import NAMES, GuildService, check_settings, say_setting, settings_edition
from bot.services.letter_templates import TemplateService
from bot.services.moving_parliament import MovingParliament
from bot.services.ports.files import File, GroupFileReader
from bot.services.ports.reports import ReportStore
from bot.services.publications import PublicationService
from bot.services.reports import ReportService

log = logging.getLogger(__name__)

SHOWN_FOR = timedelta(minutes=60)
"""How long a file that was shown waits for the word to import it, in memory alone."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What an import would do, or did: lines of what is new, of what is there already, of what stays out and why."""

    new: tuple[str, ...] = ()
    same: tuple[str, ...] = ()
    out: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Shown:
    """A file that was read and shown, under a name that only its reader's message holds."""

    token: str
    outcome: Outcome
    is_again: bool = False
    """Whether it was shown before, and the group has changed since."""


@dataclass(frozen=True, slots=True)
class _Held:
    guild_id: GuildId
    file: GroupFile
    shown_at: datetime
    outcome: Outcome


class MovingService:
    """Write a group's set-up to a file, show what a file would bring, and take it in."""

    def __init__(
        self,
        guilds: GuildService,
        follows: ReportStore,
        reports: ReportService,
        watch: PublicationService,
        deadlines: DeadlineService,
        events: GroupEventService,
        actions: ActionService,
        templates: TemplateService,
        reader: GroupFileReader,
        clock: Clock,
        version: str,
        audit: TakesNotes = UNNOTED,
        *,
        parliament: MovingParliament,
    ) -> None:
        self._parliament = parliament
        self._guilds = guilds
        self._audit = audit
        self._follows = follows
        self._reports = reports
        self._watch = watch
        self._deadlines = deadlines
        self._events = events
        self._actions = actions
        self._templates = templates
        self._reader = reader
        self._clock = clock
        self._version = version
        self._shown: dict[str, _Held] = {}

    async def export(self, guild_id: GuildId) -> File:
        """Write a group's set-up as a file."""
        now = self._clock.now()
        templates = [
            one.template
            for one in reversed(self._templates.list(guild_id))
            if one.template.state in (TemplateState.LIVE, TemplateState.DRAFT)
        ]
        content = write_group_file(
            await self._guilds.settings(guild_id),
            [str(slug) for slug in await self._follows.followed(guild_id)],
            [MovedCommittee(c.committee_id, c.name) for c in await self._watch.chosen(guild_id)],
            [d for d in await self._deadlines.ever(guild_id) if d.note_kind is not NoteKind.BECAME_EVENT],
            [a for a in await self._actions.plans(guild_id) if a.stored is not ActionState.ARCHIVED],
            templates,
            await self._events.list(guild_id),
            await self._parliament.words(guild_id),
            await self._parliament.questions(guild_id),
            at=now,
            by=self._version,
        )
        return File(f"postbag-group-{now:%Y-%m-%d}.json", "application/json", content)

    async def show(self, guild_id: GuildId, content: bytes) -> Shown:
        """Read a file and say what it would bring; nothing is changed. Refused: it cannot be read."""
        return await self._show(guild_id, await self._reader.group_file(guild_id, content))

    async def _show(self, guild_id: GuildId, found: GroupFile, *, is_again: bool = False) -> Shown:
        outcome = await self._bring(guild_id, None, found, really=False)
        now = self._clock.now()
        self._shown = {
            token: held
            for token, held in self._shown.items()
            if held.shown_at > now - SHOWN_FOR
            and held.guild_id != guild_id  # one file waits for each group: the newest
        }
        token = secrets.token_hex(8)
        self._shown[token] = _Held(guild_id, found, now, outcome)
        return Shown(token, outcome, is_again)

    async def take(self, guild_id: GuildId, person_id: PersonId | None, token: str) -> Outcome | Shown:
        """Import the file that was shown. Where it would now bring something else than was shown, that is shown and nothing written.

        NotFound: it was imported or dropped, or shown too long ago.
        """
        held = self._shown.pop(token, None)
        if held is None or held.guild_id != guild_id or held.shown_at <= self._clock.now() - SHOWN_FOR:
            raise NotFound(
                "That file has gone.", "Postbag keeps it for an hour at most. Upload it again: /admin import."
            )
        if await self._bring(guild_id, None, held.file, really=False) != held.outcome:
            return await self._show(guild_id, held.file, is_again=True)
        return await self._bring(guild_id, person_id, held.file, really=True)

    async def take_file(self, guild_id: GuildId, content: bytes) -> Outcome:
        """Import a file at once, as from a terminal. Refused: it cannot be read."""
        return await self._bring(guild_id, None, await self._reader.group_file(guild_id, content), really=True)

    def drop(self, token: str) -> None:
        """Forget a file that was shown."""
        self._shown.pop(token, None)

    async def _bring(self, guild_id: GuildId, person_id: PersonId | None, found: GroupFile, *, really: bool) -> Outcome:
        into = _Lists()
        try:
            await self._settings(guild_id, person_id, found, into, really=really)
            await self._committees(guild_id, person_id, found, into, really=really)
            clocks = await self._clocks(guild_id, person_id, found, into, really=really)
            await self._group_events(guild_id, person_id, found, into, really=really)
            await self._reports_followed(guild_id, person_id, found, into, really=really)
            await self._plans(guild_id, person_id, found, clocks, into, really=really)
            await self._letters(guild_id, person_id, found, into, really=really)
            await self._parliament.bring_words(guild_id, found.words, into, really=really)
            await self._parliament.bring_questions(guild_id, found.questions, into, really=really)
        except Exception as error:
            if not really:
                raise
            log.exception("an import of a group's set-up stopped halfway")
            await self._audit.note(
                guild_id, person_id, f"An import of a group's set-up stopped halfway, after {len(into.new)} new"
            )
            raise Unavailable(
                f"The import stopped halfway; {len(into.new)} of its entries were imported before that.",
                "Import the same file again with /admin import: Postbag skips what's already here and adds the rest.",
            ) from error
        if really:
            await self._audit.note(
                guild_id,
                person_id,
                f"A group's set-up was imported: {len(into.new)} new, {len(into.same)} already there, {len(into.out)} left out",
            )
        return into.outcome()

    async def _settings(
        self, guild_id: GuildId, person_id: PersonId | None, found: GroupFile, into: _Lists, *, really: bool
    ) -> None:
        known = await self._guilds.settings(guild_id)
        changes: dict[str, Any] = {}
        for name, value in found.settings.items():
            if getattr(known, name) == value:
                continue
            if name in PROTECTIONS and not value:
                into.out.append(f"{NAMES[name]}: stays on. A file can't turn a protection off; /admin settings can")
                continue
            changes[name] = value
            if name == "high_risk":
                changes["risk_answered"] = True
        try:
            check_settings(replace(known, **changes))
            if really and changes:
                await self._changed(
                    guild_id,
                    person_id or known.owner,
                    changes,
                    settings_edition(known, [n for n in changes if n in NAMES]),
                )
            after = replace(known, **changes)
            into.new += [
                f"{NAMES[name]}: {say_setting(name, known)} → {say_setting(name, after)}"
                for name in changes
                if name in NAMES
            ]
        except PostbagError as error:
            into.out.append(f"Settings: {error.message}")

    async def _changed(
        self, guild_id: GuildId, person_id: PersonId | None, changes: dict[str, Any], opened: str
    ) -> GuildSettings:
        if person_id is None:
            raise NotFound("Nobody has set this group up yet.", "Run /admin setup in its server first.")
        return await self._guilds.change(guild_id, person_id, opened=opened, **changes)

    async def _committees(
        self, guild_id: GuildId, person_id: PersonId | None, found: GroupFile, into: _Lists, *, really: bool
    ) -> None:
        known = {c.committee_id for c in await self._watch.chosen(guild_id)}
        for committee in found.committees:
            if committee.committee_id in known:
                into.same.append(f"Committee: {committee.name}")
                continue
            try:
                if really:
                    await self._watch.choose(guild_id, committee.committee_id, person_id)
                into.new.append(f"Committee: {committee.name}")
            except PostbagError as error:
                into.out.append(f"Committee {committee.name}: {error.message}")

    async def _clocks(
        self, guild_id: GuildId, person_id: PersonId | None, found: GroupFile, into: _Lists, *, really: bool
    ) -> list[DeadlineId | None]:
        """Take the clocks over; give the number of each here, in the file's order, where it has one."""
        here: list[Deadline] = list(await self._deadlines.ever(guild_id))
        numbers: list[DeadlineId | None] = []
        for clock in found.clocks:
            same = next((one for one in here if same_clock(one, clock)), None)
            if same is not None:
                into.same.append(f"Deadline: {clock.title}")
                numbers.append(same.deadline_id)
                continue
            try:
                if clock.report is not None:
                    self._title_here(guild_id, clock.report)
                mine = replace(clock, guild_id=guild_id, set_by=person_id)
                stored = await self._deadlines.take(mine) if really else mine
                here.append(stored)
                numbers.append(stored.deadline_id if really else None)
                into.new.append(f"Deadline: {clock.title}")
            except PostbagError as error:
                numbers.append(None)
                into.out.append(f"Deadline {clock.title}: {error.message}")
        return numbers

    async def _group_events(
        self, guild_id: GuildId, person_id: PersonId | None, found: GroupFile, into: _Lists, *, really: bool
    ) -> None:
        here = list(await self._events.list(guild_id))
        for event in found.events:
            if any(same_event(one, event) for one in here):
                into.same.append(f"Event: {event.title}")
                continue
            try:
                mine = replace(event, guild_id=guild_id, set_by=person_id)
                here.append(await self._events.take(mine, person_id) if really else mine)
                into.new.append(f"Event: {event.title}")
            except PostbagError as error:
                into.out.append(f"Event {event.title}: {error.message}")

    def _title_here(self, guild_id: GuildId, slug: str) -> str:
        return self._reports.for_group(guild_id).report(slug).short_title

    async def _reports_followed(
        self, guild_id: GuildId, person_id: PersonId | None, found: GroupFile, into: _Lists, *, really: bool
    ) -> None:
        known = set(await self._follows.followed(guild_id))
        for slug in found.reports:
            try:
                title = self._title_here(guild_id, slug)
                if slug in known:
                    into.same.append(f"Report followed: {title}")
                    continue
                if really:
                    await self._deadlines.following.follow(guild_id, ReportSlug(slug), person_id)
                into.new.append(f"Report followed: {title}")
            except PostbagError:
                into.out.append(f"Report {slug}: Postbag doesn't have it. Import it first with /reports import")

    async def _plans(
        self,
        guild_id: GuildId,
        person_id: PersonId | None,
        found: GroupFile,
        clocks: Sequence[DeadlineId | None],
        into: _Lists,
        *,
        really: bool,
    ) -> None:
        here = list(await self._actions.plans(guild_id))
        for action, clock in found.actions:
            if any(same_action(one, action) for one in here):
                into.same.append(f"Plan: {action.title}")
                continue
            try:
                items = self._actions.held_items(guild_id, action.items)
                mine = replace(
                    action,
                    guild_id=guild_id,
                    set_by=person_id,
                    items=items,
                    deadline_id=clocks[clock] if clock is not None else None,
                )
                if really:
                    mine = await self._actions.take(mine)
                here.append(mine)
                ended = action.stored in (ActionState.DONE, ActionState.CANCELLED)
                into.new.append(
                    f"Plan: {action.title}, {action.stored.value if ended else 'as a draft to be approved here'}"
                )
            except PostbagError as error:
                into.out.append(f"Plan {action.title}: {error.message}")

    async def _letters(
        self, guild_id: GuildId, person_id: PersonId | None, found: GroupFile, into: _Lists, *, really: bool
    ) -> None:
        here = [(one.template.title.casefold(), one.template.text) for one in self._templates.list(guild_id)]
        for letter in found.templates:
            if (letter.title.casefold(), letter.text) in here:
                into.same.append(f"Letter template: {letter.title}")
                continue
            if person_id is None and really:
                into.out.append(
                    f"Letter template {letter.title}: it needs an author. Import the file with /admin import"
                )
                continue
            try:
                if really and person_id is not None:
                    await self._templates.write(guild_id, person_id, letter.title, letter.summary, letter.text)
                into.new.append(f"Letter template: {letter.title}, as a draft that a second organiser approves")
            except PostbagError as error:
                into.out.append(f"Letter template {letter.title}: {error.message}")


class _Lists:
    def __init__(self) -> None:
        self.new: list[str] = []
        self.same: list[str] = []
        self.out: list[str] = []

    def outcome(self) -> Outcome:
        return Outcome(tuple(self.new), tuple(self.same), tuple(self.out))
