"""Record what was said and what happened since, confirm, undo; each change belongs to one group and keeps its history."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Protocol

from bot.clock import Clock, london_today
from bot.domain.editions import edition, require_edition
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
from bot.services.audit import UNNOTED, TakesNotes
from bot.services.organiser_notices import NoticeService
from bot.services.reports import ReportService


class RecordStore(Protocol):
    """Where records are kept. Each method is one transaction, and gives nothing of another group."""

    async def draft(self, record: Record, now: datetime) -> Record: ...
    async def drop(self, guild_id: GuildId, record_id: RecordId) -> bool: ...
    async def keep(
        self, guild_id: GuildId, record_id: RecordId, state: RecordState, was: str, person_id: PersonId, now: datetime
    ) -> bool: ...
    async def confirm(self, guild_id: GuildId, record_id: RecordId, person_id: PersonId, now: datetime) -> bool: ...
    async def undo(self, guild_id: GuildId, record_id: RecordId, person_id: PersonId, now: datetime) -> bool: ...
    async def ask_undo(
        self, guild_id: GuildId, record_id: RecordId, person_id: PersonId, now: datetime, since: datetime
    ) -> tuple[bool, bool]: ...
    async def get(self, guild_id: GuildId, record_id: RecordId) -> Record | None: ...
    async def of_guild(
        self, guild_id: GuildId, report: ReportSlug | None = None, item: ItemKey | None = None, *, limit: int = 200
    ) -> Sequence[Record]: ...
    async def tidy(self, now: datetime) -> int: ...


WAITS = timedelta(days=1)
"""How long the word of one organiser to take something back waits for another's."""


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
        reports: ReportService,
        settings: Callable[[GuildId], Awaitable[GuildSettings]],
        clock: Clock,
        notices: NoticeService,
        audit: TakesNotes = UNNOTED,
    ) -> None:
        self._notices = notices
        self._store = store
        self._audit = audit
        self._reports = reports
        self._settings = settings
        self._clock = clock

    async def draft(
        self, guild_id: GuildId, value: str, kind: RecordKind, typed: Typed, *, opened: str = ""
    ) -> Recorded:
        """Check what was typed and keep it as a preview for a day. Refused: something is missing or makes no sense.

        Overtaken: something else was recorded since the form was ``opened`` (``record_edition``).
        """
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
            raise Refused("That's what it already says.", "Nothing needs to be recorded.")
        require_edition(opened, record_edition(found, kind), found.item.heading, _stands(found, kind))
        return Recorded(await self._store.draft(record, self._clock.now()), found)

    async def waits_for_second(self, recorded: Recorded) -> bool:
        """Tell whether a second organiser must confirm it before it is shown."""
        settings = await self._settings(recorded.record.guild_id)
        return bool(
            settings.second_confirms
            and recorded.found is not None
            and changes_status(recorded.found.item, recorded.record)
        )

    async def keep(
        self, guild_id: GuildId, record_id: RecordId, person_id: PersonId, *, tells: bool = True
    ) -> Recorded:
        """Keep a previewed record: confirmed, or proposed where a second organiser must confirm it.

        ``tells``: whether organisers hear that it waits for a second one; in a sitting they hear of the whole list once.

        Refused: it was kept already, or its item has changed since the preview.
        """
        recorded = await self.get(guild_id, record_id)
        if recorded.record.state is not RecordState.DRAFT:
            raise Refused("This has already been saved.", "Use /reports undo to undo it.")
        if recorded.found is None:
            raise NotFound(
                "Postbag no longer has that recommendation.", "Record it again for the one that replaced it."
            )
        # Between a preview and its button a day may pass, and somebody else may have recorded another answer.
        was = _stands(recorded.found, recorded.record.kind)
        if recorded.record.kind is RecordKind.ANSWER and was != recorded.record.was:
            raise Refused(
                "Somebody has changed this recommendation since your preview.",
                f"It now says: {was}. Look at its card, then record it again if you still need to.",
            )
        second = await self.waits_for_second(recorded)
        state = RecordState.PROPOSED if second else RecordState.CONFIRMED
        if not await self._store.keep(guild_id, record_id, state, was, person_id, self._clock.now()):
            raise Refused("This has already been saved.", "Use /reports undo to undo it.")
        await self._reports.reload(guild_id)
        kept = await self.get(guild_id, record_id)
        await self._audit.note(guild_id, person_id, f"{_name_of(kept)}: {'proposed' if second else 'recorded'}")
        if second and tells:
            await self._tell(kept, undo=False)
        return kept

    async def confirm(self, guild_id: GuildId, record_id: RecordId, person_id: PersonId) -> Recorded:
        """Confirm what another organiser proposed. Refused: it was the same person, or it waits no longer."""
        recorded = await self.get(guild_id, record_id)
        if recorded.record.state is not RecordState.PROPOSED:
            raise Refused(
                f"Nobody needs to confirm this: {recorded.record.state.label.lower()}.",
                "Look at the card to see what is shown.",
            )
        if recorded.record.recorded_by is None:
            raise Refused(
                "Postbag no longer knows who proposed this, so it can't tell who else may confirm it.",
                "Undo it and record it again. Another organiser can then confirm it.",
            )
        if recorded.record.recorded_by == person_id:
            raise Refused("You proposed this yourself.", "Another organiser in your group has to confirm it.")
        if not await self._store.confirm(guild_id, record_id, person_id, self._clock.now()):
            raise Refused("Somebody decided this a moment ago.", "Look at it again.")
        await self._reports.reload(guild_id)
        confirmed = await self.get(guild_id, record_id)
        await self._audit.note(guild_id, person_id, f"{_name_of(confirmed)}: confirmed")
        return confirmed

    async def undo(self, guild_id: GuildId, record_id: RecordId, person_id: PersonId) -> Recorded:
        """Take a record back: what stood before stands again. Refused: it was undone already.

        Where a second organiser confirms changes of status, what is shown stays until another one takes it back too.
        """
        if await self._waits_for_another(guild_id, record_id, person_id):
            return await self.get(guild_id, record_id)
        if not await self._store.undo(guild_id, record_id, person_id, self._clock.now()):
            await self.get(guild_id, record_id)
            raise Refused("This has already been undone.", "Nothing was changed.")
        await self._reports.reload(guild_id)
        undone = await self.get(guild_id, record_id)
        await self._audit.note(guild_id, person_id, f"{_name_of(undone)}: undone")
        return undone

    async def _waits_for_another(self, guild_id: GuildId, record_id: RecordId, person_id: PersonId) -> bool:
        """Note who takes a shown status back, and tell the organisers once; False where nobody else is needed (any more)."""
        recorded = await self.get(guild_id, record_id)
        record, now = recorded.record, self._clock.now()
        status = record.kind is RecordKind.ANSWER or bool(record.status)
        if record.state is not RecordState.CONFIRMED or recorded.found is None or not status:
            return False
        if not (await self._settings(guild_id)).second_confirms:
            return False
        agreed, first = await self._store.ask_undo(guild_id, record_id, person_id, now, now - WAITS)
        if first:
            await self._tell(recorded, undo=True)
        return not agreed

    async def _tell(self, recorded: Recorded, *, undo: bool) -> None:
        """Tell the organisers what waits for a second one of them, without saying who asked."""
        record, found = recorded.record, recorded.found
        fields = {
            "heading": f"{found.item.heading}: {found.item.theme}" if found else str(record.item),
            "report": found.report.short_title if found else str(record.report),
            "said": f"{record.kind.label}: {record.said}",
            "undo": undo,
        }
        try:
            await self._notices.tell(record.guild_id, "second", fields)
        except Refused:
            return

    async def drop(self, guild_id: GuildId, record_id: RecordId) -> None:
        """Throw a preview away. Refused: it was kept already."""
        if not await self._store.drop(guild_id, record_id):
            raise Refused("That preview has gone.", "If it was saved, /reports undo undoes it.")

    async def get(self, guild_id: GuildId, record_id: RecordId) -> Recorded:
        """Give one record of a group. NotFound: there is none of that number in this group."""
        record = await self._store.get(guild_id, record_id)
        if record is None:
            raise NotFound("Your group doesn't have that record.", "Previews last one day. Record it again.")
        return self._recorded(record)

    async def proposed(self, guild_id: GuildId, report: str) -> Mapping[ItemKey, Record]:
        """Give the answers to a report's items that wait for a second organiser."""
        kept = await self._store.of_guild(guild_id, ReportSlug(report), limit=1000)
        waiting = (r for r in kept if r.state is RecordState.PROPOSED and r.kind is RecordKind.ANSWER)
        return {record.item: record for record in waiting}

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
        return self._reports.for_group(guild_id).find(value)


def _name_of(recorded: Recorded) -> str:
    record = recorded.record
    return f"{record.kind.label} on {record.report}, {record.item} ({record.said})"


def record_edition(found: Found, kind: RecordKind) -> str:
    """Name what a form for a record is opened on."""
    return edition(found.item.answer if kind is RecordKind.ANSWER else found.item.evidence)


def _stands(found: Found, kind: RecordKind) -> str:
    """Say in a line what stands in the field that a record fills."""
    if kind is RecordKind.ANSWER:
        return found.item.answer.said
    newest = max((e.on for e in found.item.evidence), default=None)
    count = len(found.item.evidence)
    if newest is None:
        return "nothing recorded since"
    return f"{count} {'entry' if count == 1 else 'entries'} since, the newest of {long_date(newest)}"
