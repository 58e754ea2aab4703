"""Bring a committee's report into a group, or a Government's answers to it: read, shown with doubts, kept when confirmed."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Protocol

from bot.clock import Clock, london_today
from bot.domain.answer_match import ProposedAnswer, propose_answers
from bot.domain.drafts import DraftAnswers, DraftReport, SavedPage
from bot.domain.errors import NotFound, Refused
from bot.domain.identity import GuildId, ItemKey, PersonId, ReportSlug
from bot.domain.report_changes import Decision, Merge
from bot.domain.report_merge import propose
from bot.domain.report_new import report_from
from bot.domain.report_same import same_report
from bot.domain.reports import House, Report, ResponseFacts
from bot.domain.staged import Given, Staged
from bot.services.audit import UNNOTED, TakesNotes
from bot.services.ports.reports import PageReader, PublicationFacts, ReportSource
from bot.services.reports import ReportService

NEW = ""
EXPIRED = "Drafts last one day. Give the pages again: /reports import"


class StagedStore(Protocol):
    """Where drafts wait. Each method names the group."""

    async def add(self, staged: Staged, now: datetime) -> Staged: ...
    async def get(self, guild_id: GuildId, staged_id: int, now: datetime) -> Staged | None: ...
    async def open(self, guild_id: GuildId, now: datetime) -> Sequence[Staged]: ...
    async def save(self, staged: Staged) -> None: ...
    async def drop(self, guild_id: GuildId, staged_id: int) -> bool: ...
    async def tidy(self, now: datetime) -> int: ...


class KeepsImported(Protocol):
    """Where a group's own reports are kept."""

    async def keep_imported(self, guild_id: GuildId, report: Report, person_id: PersonId, now: datetime) -> bool: ...


@dataclass(frozen=True, slots=True)
class ReportDraft:
    """A staged report beside what is held. ``merge`` is None while ``missing`` says what the pages do not say."""

    staged: Staged
    draft: DraftReport
    held: Report | None
    merge: Merge | None
    missing: str = ""


@dataclass(frozen=True, slots=True)
class AnswersDraft:
    """Staged answers beside the report they are to. The status of each is to be read by a person."""

    staged: Staged
    draft: DraftAnswers
    report: Report
    proposed: tuple[ProposedAnswer, ...]


class ImportService:
    """Read pages, hold the draft for a day, and keep the report for one group when an organiser confirms."""

    def __init__(
        self,
        store: StagedStore,
        kept: KeepsImported,
        reports: ReportService,
        reader: PageReader,
        source: ReportSource,
        clock: Clock,
        audit: TakesNotes = UNNOTED,
    ) -> None:
        self._store = store
        self._audit = audit
        self._kept = kept
        self._reports = reports
        self._reader = reader
        self._source = source
        self._clock = clock
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="comparing")

    async def read_report(
        self,
        guild_id: GuildId,
        pages: Sequence[SavedPage],
        *,
        into: str = NEW,
        given: Given = Given(),  # noqa: B008
    ) -> ReportDraft:
        """Read a report's pages into a draft. ``into`` empty: it is put beside the report of the same paper, if one is held."""
        draft = await self._reader.report(guild_id, pages)
        return await self._stage_report(guild_id, draft, into, given)

    async def read_publication(self, guild_id: GuildId, publication_id: int) -> ReportDraft:
        """Read a publication of the Committees API into a draft."""
        facts = await self._source.publication(publication_id)
        pages = await self._source.pages(facts)
        draft = with_facts(await self._reader.report(guild_id, pages), facts)
        known = self._reports.for_group(guild_id).reports()
        held = next((report.slug for report in known if report.publication_id == publication_id), NEW)
        return await self._stage_report(guild_id, draft, held, Given())

    async def read_answers(self, guild_id: GuildId, pages: Sequence[SavedPage], *, to: str) -> AnswersDraft:
        """Read a response's pages into proposed answers to a report that is held. Refused: no report was named."""
        if not to:
            raise Refused("Which report is this the answer to?", "Choose it, then give the pages again.")
        report = self._reports.for_group(guild_id).report(to)
        draft = await self._reader.answers(guild_id, pages)
        staged = await self._store.add(Staged(0, guild_id, draft, str(report.slug)), self._clock.now())
        return await self._answers(staged, draft)

    async def open_drafts(self, guild_id: GuildId) -> Sequence[Staged]:
        """List the drafts that wait in a group for any of its organisers, newest first."""
        return await self._store.open(guild_id, self._clock.now())

    async def report_draft(self, guild_id: GuildId, staged_id: int) -> ReportDraft:
        """Give a staged report beside what is held now. NotFound: it waited more than a day, or was kept or dropped."""
        staged = await self._staged(guild_id, staged_id)
        if not isinstance(staged.draft, DraftReport):
            raise NotFound("That draft is for answers, not a report.", EXPIRED)
        return await self._beside(staged, staged.draft)

    async def answers_draft(self, guild_id: GuildId, staged_id: int) -> AnswersDraft:
        """Give staged answers beside the report as it is now. NotFound: as above."""
        staged = await self._staged(guild_id, staged_id)
        if not isinstance(staged.draft, DraftAnswers):
            raise NotFound("That draft is for a report, not answers.", EXPIRED)
        return await self._answers(staged, staged.draft)

    async def fill_in(self, guild_id: GuildId, staged_id: int, given: Given) -> ReportDraft:
        """Add what the pages do not say."""
        return await self._change(await self.report_draft(guild_id, staged_id), given=given)

    async def decide(self, guild_id: GuildId, staged_id: int, key: ItemKey, decision: Decision) -> ReportDraft:
        """Take an organiser's word on one question. Refused: it contradicts another; nothing is changed then."""
        known = await self.report_draft(guild_id, staged_id)
        return await self._change(known, decisions={**known.staged.decisions, key: decision})

    async def set_apart(self, guild_id: GuildId, staged_id: int) -> ReportDraft:
        """Take an organiser's word that it is another report than the one it was taken for."""
        known = await self.report_draft(guild_id, staged_id)
        return await self._change(known, report=NEW, likely="", decisions={})

    async def keep(self, guild_id: GuildId, staged_id: int, person_id: PersonId) -> Report:
        """Keep a staged report for this group, whole or not at all. Refused: something is still missing, or nothing is new."""
        known = await self.report_draft(guild_id, staged_id)
        if known.merge is None:
            raise Refused(known.missing, "Fill it in first.")
        if known.held is not None and not known.merge.is_change:
            raise Refused("Postbag already has everything on these pages.", "Nothing needs to be imported.")
        report = storable(known.merge.after)
        await self._kept.keep_imported(guild_id, report, person_id, self._clock.now())
        await self._audit.note(guild_id, person_id, f"Imported the report “{report.short_title}”")
        await self._store.drop(guild_id, staged_id)
        await self._reports.reload(guild_id)
        return report

    async def amend(self, guild_id: GuildId, staged_id: int, **changes: object) -> None:
        """Change what was said of staged answers."""
        staged = await self._staged(guild_id, staged_id)
        await self._store.save(replace(staged, **changes))  # type: ignore[arg-type]

    async def settle(self, guild_id: GuildId, staged_id: int, place: int) -> None:
        """Note that somebody decided on an answer."""
        staged = await self._staged(guild_id, staged_id)
        await self._store.save(replace(staged, settled=tuple(sorted({*staged.settled, place}))))

    async def drop(self, guild_id: GuildId, staged_id: int) -> None:
        """Throw a draft away."""
        await self._store.drop(guild_id, staged_id)

    async def tidy(self) -> None:
        """Throw away drafts of more than a day."""
        await self._store.tidy(self._clock.now())

    async def _stage_report(self, guild_id: GuildId, draft: DraftReport, into: str, given: Given) -> ReportDraft:
        known = self._reports.for_group(guild_id)
        same = same_report(known.reports(), draft) if not into else None
        slug = str(known.report(into).slug) if into else same.slug if same else NEW
        staged = Staged(0, guild_id, draft, slug, given, likely=same.why if same else "")
        found = await self._beside(staged, draft)
        return replace(found, staged=await self._store.add(staged, self._clock.now()))

    async def _change(self, known: ReportDraft, **changes: object) -> ReportDraft:
        staged = replace(known.staged, **changes)  # type: ignore[arg-type]
        changed = await self._beside(staged, known.draft)
        await self._store.save(staged)
        return changed

    async def _staged(self, guild_id: GuildId, staged_id: int) -> Staged:
        staged = await self._store.get(guild_id, staged_id, self._clock.now())
        if staged is None:
            raise NotFound(
                "That draft has gone. Somebody saved or cancelled it, or it was more than a day old.", EXPIRED
            )
        return staged

    async def _beside(self, staged: Staged, draft: DraftReport) -> ReportDraft:
        """Put a draft beside what is held: in a thread of its own, since hundreds of items are compared with all that are held."""
        return await asyncio.get_running_loop().run_in_executor(self._thread, self._compared, staged, draft)

    def _compared(self, staged: Staged, draft: DraftReport) -> ReportDraft:
        held = self._reports.base(staged.guild_id, staged.report) if staged.report else None
        if held is not None:
            return ReportDraft(staged, draft, held, propose(held, draft, staged.decisions))
        given = staged.given
        try:
            made = report_from(
                draft,
                as_of=london_today(self._clock),
                url=given.url,
                title=given.title,
                committee=given.committee,
                published_on=given.published_on,
                slug=f"publication-{draft.publication_id}" if draft.publication_id else "",
            )
        except Refused as missing:
            if not draft.items:
                raise
            return ReportDraft(staged, draft, None, None, missing.message)
        if self._reports.base(staged.guild_id, made.slug) is not None:
            made = replace(made, slug=ReportSlug(f"{made.slug[:33].rstrip('-')}-{made.published_on:%y%m%d}"))
        return ReportDraft(staged, draft, None, propose(replace(made, recommendations=()), draft))

    async def _answers(self, staged: Staged, draft: DraftAnswers) -> AnswersDraft:
        report = self._reports.for_group(staged.guild_id).report(staged.report)
        loop = asyncio.get_running_loop()
        proposed = await loop.run_in_executor(self._thread, propose_answers, report, draft)
        return AnswersDraft(staged, draft, report, proposed)


def with_facts(draft: DraftReport, facts: PublicationFacts) -> DraftReport:
    """Add to a draft what Parliament's record says of its publication."""
    house = House.named(facts.house)
    return replace(
        draft,
        title=facts.title or facts.description or draft.title,
        ordinal=facts.ordinal or draft.ordinal,
        committee=facts.committee or draft.committee,
        house=house or draft.house,
        paper=facts.paper or draft.paper,
        session=facts.session or draft.session,
        published_on=facts.published_on or draft.published_on,
        url=facts.url or draft.url,
        publication_id=facts.publication_id,
    )


def storable(report: Report) -> Report:
    """Leave out what Parliament's record said of the response: it is added again whenever the report is read."""
    response = report.response
    if (response.received_on is not None or response.due_on is not None) and not response.sources:
        return replace(report, response=ResponseFacts(expected=response.expected))
    return report
