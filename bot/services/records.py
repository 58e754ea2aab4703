"""Record what was said and what happened since, confirm, undo; each change belongs to one group and keeps its history."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Protocol

from bot.clock import Clock, london_today
from bot.domain.errors import NotFound, Refused
from bot.domain.guilds import GuildSettings
from bot.domain.identity import GuildId, ItemKey, PersonId, RecordId, ReportSlug
from bot.domain.records import (
    Record,
    RecordKind,
    RecordState,
    answer_status,
    changes_status,
    check_record,
    since_status,
)
from bot.domain.references import Found
from bot.domain.reports import long_date
from bot.services.report_views import seen_by


class RecordStore(Protocol):
    """Where records are kept. Each method is one transaction, and gives nothing of another group."""

    async def draft(self, record: Record, now: datetime) -> Record: ...
    async def drop(self, guild_id: GuildId, record_id: RecordId) -> bool: ...
    async def keep(
        self, guild_id: GuildId, record_id: RecordId, state: RecordState, was: str, person_id: PersonId, now: datetime
    ) -> bool: ...
    async def confirm(self, guild_id: GuildId, record_id: RecordId, person_id: PersonId, now: datetime) -> bool: ...
    async def undo(self, guild_id: GuildId, record_id: RecordId, person_id: PersonId, now: datetime) -> bool: ...
    async def get(self, guild_id: GuildId, record_id: RecordId) -> Record | None: ...
    async def of_guild(
        self, guild_id: GuildId, report: ReportSlug | None = None, item: ItemKey | None = None, *, limit: int = 200
    ) -> Sequence[Record]: ...
    async def tidy(self, now: datetime) -> int: ...


class SeenReports(Protocol):
    """What is asked of the reports."""

    def find(self, number_text: str, report: str | None = None) -> Found: ...
    async def reload(self, guild_id: GuildId) -> None: ...


@dataclass(frozen=True, slots=True)
class Typed:
    """What an organiser typed, as it came. ``on`` is None where no date was given."""

    status: str = ""
    on: date | None = None
    words: str = ""
    url: str = ""
    by: str = ""


@dataclass(frozen=True, slots=True)
class Recorded:
    """A record with the recommendation it is about, as it stands now. ``item`` is None where the report no longer has it."""

    record: Record
    found: Found | None


class RecordService:
    """Let organisers record answers and evidence. ``settings`` says whether a second one must confirm."""

    def __init__(
        self,
        store: RecordStore,
        reports: SeenReports,
        settings: Callable[[GuildId], Awaitable[GuildSettings]],
        clock: Clock,
    ) -> None:
        self._store = store
        self._reports = reports
        self._settings = settings
        self._clock = clock

    async def draft(self, guild_id: GuildId, value: str, kind: RecordKind, typed: Typed) -> Recorded:
        """Check what was typed and keep it as a preview for a day. Refused: something is missing or makes no sense."""
        found = self._found(guild_id, value)
        if kind is RecordKind.ANSWER:
            status = answer_status(typed.status).value
        else:
            since = since_status(typed.status)
            status = since.value if since is not None else ""
        record = check_record(
            Record(
                RecordId(0),
                guild_id,
                found.report.slug,
                found.item.key,
                kind,
                status,
                typed.by,
                typed.on,
                typed.words,
                typed.url,
            ),
            found.report.published_on,
            london_today(self._clock),
        )
        record = replace(record, was=_stands(found, kind))
        if kind is RecordKind.ANSWER and replace(record.answer, sources=()) == replace(found.item.answer, sources=()):
            raise Refused("That is what stands there already.", "Nothing needs to be recorded.")
        return Recorded(await self._store.draft(record, self._clock.now()), found)

    async def waits_for_second(self, recorded: Recorded) -> bool:
        """Tell whether a second organiser must confirm it before it is shown."""
        settings = await self._settings(recorded.record.guild_id)
        return bool(
            settings.second_confirms
            and recorded.found is not None
            and changes_status(recorded.found.item, recorded.record)
        )

    async def keep(self, guild_id: GuildId, record_id: RecordId, person_id: PersonId) -> Recorded:
        """Keep a previewed record: confirmed, or proposed where a second organiser must confirm it.

        Refused: it was kept already, or its item has changed since the preview.
        """
        recorded = await self.get(guild_id, record_id)
        if recorded.record.state is not RecordState.DRAFT:
            raise Refused("This was kept already.", "Use /reports undo to take it back.")
        if recorded.found is None:
            raise NotFound("That recommendation is no longer held.", "Record it again for the one that took its place.")
        was = _stands(recorded.found, recorded.record.kind)
        if recorded.record.kind is RecordKind.ANSWER and was != recorded.record.was:
            raise Refused(
                "Somebody changed this recommendation since your preview.",
                f"It now says: {was}. Look at its card, then record again if it is still needed.",
            )
        second = await self.waits_for_second(recorded)
        state = RecordState.PROPOSED if second else RecordState.CONFIRMED
        if not await self._store.keep(guild_id, record_id, state, was, person_id, self._clock.now()):
            raise Refused("This was kept already.", "Use /reports undo to take it back.")
        await self._reports.reload(guild_id)
        return await self.get(guild_id, record_id)

    async def confirm(self, guild_id: GuildId, record_id: RecordId, person_id: PersonId) -> Recorded:
        """Confirm what another organiser proposed. Refused: it was the same person, or it waits no longer."""
        recorded = await self.get(guild_id, record_id)
        if recorded.record.state is not RecordState.PROPOSED:
            raise Refused(
                f"This waits for nobody: {recorded.record.state.label.lower()}.",
                "Look at the card to see what is shown.",
            )
        if recorded.record.recorded_by == person_id:
            raise Refused(
                "You proposed this yourself.", "Another organiser of your group confirms it: two pairs of eyes."
            )
        if not await self._store.confirm(guild_id, record_id, person_id, self._clock.now()):
            raise Refused("Somebody decided on this a moment ago.", "Look at it again.")
        await self._reports.reload(guild_id)
        return await self.get(guild_id, record_id)

    async def undo(self, guild_id: GuildId, record_id: RecordId, person_id: PersonId) -> Recorded:
        """Take a record back: what stood before stands again. Refused: it was undone already."""
        if not await self._store.undo(guild_id, record_id, person_id, self._clock.now()):
            await self.get(guild_id, record_id)
            raise Refused("This was undone already.", "Nothing was changed.")
        await self._reports.reload(guild_id)
        return await self.get(guild_id, record_id)

    async def drop(self, guild_id: GuildId, record_id: RecordId) -> None:
        """Throw a preview away. Refused: it was kept already."""
        if not await self._store.drop(guild_id, record_id):
            raise Refused("There is no such preview any more.", "If it was kept, /reports undo takes it back.")

    async def get(self, guild_id: GuildId, record_id: RecordId) -> Recorded:
        """Give one record of a group. NotFound: there is none of that number in this group."""
        record = await self._store.get(guild_id, record_id)
        if record is None:
            raise NotFound("There is no such record in this group.", "A preview is kept for one day. Record it again.")
        return self._recorded(record)

    async def history(self, guild_id: GuildId, value: str = "", report: str = "") -> Sequence[Recorded]:
        """List what a group recorded, newest first: of one recommendation, of one report, or all."""
        if value:
            found = self._found(guild_id, value)
            kept = await self._store.of_guild(guild_id, found.report.slug, found.item.key)
        else:
            kept = await self._store.of_guild(guild_id, ReportSlug(report) if report else None)
        return [self._recorded(record) for record in kept]

    async def undoable(self, guild_id: GuildId) -> Sequence[Recorded]:
        """List what can be undone, newest first."""
        kept = await self._store.of_guild(guild_id)
        states = (RecordState.PROPOSED, RecordState.CONFIRMED)
        return [self._recorded(record) for record in kept if record.state in states]

    async def tidy(self) -> None:
        """Throw away previews of more than a day."""
        await self._store.tidy(self._clock.now())

    def _recorded(self, record: Record) -> Recorded:
        try:
            return Recorded(record, self._found(record.guild_id, f"{record.report}/{record.item}"))
        except (NotFound, Refused):
            return Recorded(record, None)

    def _found(self, guild_id: GuildId, value: str) -> Found:
        with seen_by(guild_id):
            return self._reports.find(value)


def _stands(found: Found, kind: RecordKind) -> str:
    """Say in a line what stands in the field that a record fills."""
    if kind is RecordKind.ANSWER:
        return found.item.answer.said
    newest = max((e.on for e in found.item.evidence), default=None)
    count = len(found.item.evidence)
    if newest is None:
        return "nothing recorded since"
    return f"{count} {'entry' if count == 1 else 'entries'} since, the newest of {long_date(newest)}"
