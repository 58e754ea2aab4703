"""Complete the reports held from Parliament's own record: find the publication, read its documents, fill in what is sure."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any, Protocol

from bot.clock import Clock, london_today
from bot.domain.completions import Completed, Completion, complete, lacks_words, read_again, with_decision
from bot.domain.drafts import DraftReport, SavedPage
from bot.domain.errors import NotFound, PostbagError, Refused, Unavailable, UnexpectedAnswer
from bot.domain.identity import GuildId, ItemKey, ReportSlug
from bot.domain.paper_names import papers_of
from bot.domain.report_changes import Decision
from bot.domain.report_same import folded_title, same_committee
from bot.domain.reports import Report
from bot.services.imports import with_facts
from bot.services.organiser_notices import NoticeService
from bot.services.ports.reports import CommitteeRecord, PageReader, PublicationFacts, ReportSource
from bot.services.reports import ReportService

log = logging.getLogger(__name__)

AGAIN_AFTER = timedelta(days=7)
"""When a report that the record does not help with is looked for again."""
NEAR = timedelta(days=3)
"""How far the record's day of publication may be from ours."""


class RecordSource(CommitteeRecord, ReportSource, Protocol):
    """The Committees API, for finding a publication and for its documents."""


class CompletionStore(Protocol):
    """Where completions are kept, for everybody."""

    async def all(self) -> Mapping[ReportSlug, Completion]: ...
    async def put(self, completion: Completion) -> None: ...
    async def drop(self, slugs: Sequence[str]) -> int: ...
    async def tried_on(self, slug: str) -> date | None: ...
    async def note_try(self, slug: str, on: date) -> None: ...


@dataclass(frozen=True, slots=True)
class Run:
    """What one run did: each report completed, what to tell of the others, and whether the record could be asked at all.

    ``notes`` tell of choices that a person made and the page read again no longer bears out.
    """

    done: tuple[Completed, ...] = ()
    problems: tuple[str, ...] = ()
    is_offline: bool = False
    notes: tuple[str, ...] = ()


Tell = Callable[[Report, Completed], Awaitable[None]]


class CompletionService:
    """Complete reports. ``bare`` gives them without what completes them; ``tell`` says it to organisers who follow one, once."""

    def __init__(
        self,
        store: CompletionStore,
        source: RecordSource,
        reader: PageReader,
        reports: ReportService,
        clock: Clock,
        *,
        bare: Callable[[], Awaitable[Sequence[Report]]],
        tell: Tell | None = None,
    ) -> None:
        self._store = store
        self._source = source
        self._reader = reader
        self._reports = reports
        self._clock = clock
        self._without = bare
        self._tell = tell
        self.problem = ""

    async def look(self) -> Run:
        """Complete what lacks the committee's own words and was not looked for within the week. Never raises."""
        kept = await self._store.all()
        today = london_today(self._clock)
        wanted: list[Report] = []
        for report in self._reports.held():
            tried = await self._store.tried_on(report.slug)
            if report.slug in kept or not lacks_words(report) or (tried is not None and today - tried < AGAIN_AFTER):
                continue
            wanted.append(report)
        try:
            return await self._run(wanted, kept)
        except Exception as error:
            log.warning("the look to complete reports ended early: %s", type(error).__name__)
            return Run(is_offline=True)

    async def run(self, slug: str = "", pages: Sequence[SavedPage] = ()) -> Run:
        """Complete one report, or all that lack words, whenever they were last looked for; or one from pages that somebody saved."""
        chosen = [self._bare_report(slug)] if slug else [r for r in self._reports.held() if lacks_words(r)]
        if pages and len(chosen) != 1:
            raise Refused("Which report are these pages from?", "Name it with --report.")
        return await self._run(chosen, await self._store.all(), pages)

    async def open_rows(self, slug: str) -> Completed:
        """Give a report as what was read completes it, with the rows that are not sure. NotFound: nothing was read for it."""
        completion = await self._read_for(slug)
        return complete(await self._bare(completion), completion)

    async def decide(self, slug: str, key: ItemKey, decision: Decision | None) -> Completed:
        """Keep a person's word on one row, for everybody; None takes it back.

        Refused: it contradicts what was said of another row; nothing is changed then.
        """
        completion = await self._read_for(slug)
        changed = with_decision(completion, key, decision)
        completed = complete(await self._bare(completion), changed)
        await self._store.put(changed)
        return completed

    async def load(self) -> None:
        """Read the reports again, after somebody has gone through their rows."""
        await self._reports.load()

    async def _read_for(self, slug: str) -> Completion:
        completion = (await self._store.all()).get(ReportSlug(slug))
        if completion is None:
            raise NotFound("Nothing has been read for that report yet.", "Run: postbag reports complete")
        return completion

    async def completed_reports(self) -> tuple[str, ...]:
        """Name the reports that something was read for."""
        return tuple(await self._store.all())

    async def undo(self) -> int:
        """Take every completion away: the packs are as they were. The next look waits a week before it reads them again."""
        slugs = tuple(await self._store.all())
        for slug in slugs:
            await self._store.note_try(slug, london_today(self._clock))
        gone = await self._store.drop(slugs)
        await self._reports.load()
        return gone

    async def _run(
        self, wanted: Sequence[Report], kept: Mapping[ReportSlug, Completion], pages: Sequence[SavedPage] = ()
    ) -> Run:
        done: list[tuple[Report, Completed]] = []
        problems: list[str] = []
        notes: list[str] = []
        today = london_today(self._clock)
        offline = False
        for report in wanted:
            before = kept.get(report.slug)
            try:
                draft = await self._read(report, pages)
                completion, taken_along = read_again(before or Completion(report.slug, draft, today), draft, today)
                bare = report if before is None else await self._bare(before)
                completed = complete(bare, completion)
                if not (completed.filled or completed.questions or completed.added):
                    raise NotFound("Postbag already has everything on its page.", "")
                await self._store.put(completion)
                done.append((report, completed))
                notes += [_kept_words(completed.report, key) for key in taken_along]
            except UnexpectedAnswer as error:  # too large, or no answer of theirs: the others may be read all the same
                problems.append(f"{report.short_title}: {error.message}")
                await self._store.note_try(report.slug, today - AGAIN_AFTER + timedelta(days=1))
            except Unavailable as error:
                problems.append(f"{report.short_title}: {error.message}")
                offline = True
                break
            except PostbagError as error:
                problems.append(f"{report.short_title}: {error.message}")
                await self._store.note_try(report.slug, today)
        self.problem = problems[-1] if offline else ""
        if done:
            await self._reports.load()
        if self._tell is not None:
            for report, completed in done:
                await self._tell(report, completed)
        return Run(tuple(completed for _, completed in done), tuple(problems), offline, tuple(notes))

    async def _read(self, report: Report, pages: Sequence[SavedPage]) -> DraftReport:
        if pages:
            return replace(await self._reader.report(None, pages), url=report.url)
        facts = await self._publication_of(report)
        draft = await self._reader.report(None, await self._source.pages(facts))
        return with_facts(draft, facts)

    async def _publication_of(self, report: Report) -> PublicationFacts:
        """Find a report's publication: by its id, else the one of its committee with its paper number or title, of its day."""
        if report.publication_id is not None:
            return await self._source.publication(report.publication_id)
        names = [c for c in await self._source.committees() if same_committee(c.name, report.committee)]
        found: list[PublicationFacts] = []
        for committee in names:
            listed = await self._source.reports_of(committee.committee_id, report.published_on - NEAR)
            found += [facts for facts in listed if _is_of(facts, report)]
        if len(found) != 1:
            many = "more than one publication" if found else "no publication"
            raise NotFound(f"Parliament's record lists {many} that must be this report.", "")
        return found[0]

    async def _bare(self, completion: Completion) -> Report:
        """Give a report as it is without its completion."""
        found = next((r for r in await self._without() if r.slug == completion.slug), None)
        if found is None:
            raise NotFound("Postbag no longer has that report.", "")
        return found

    def _bare_report(self, slug: str) -> Report:
        found = self._reports.base(None, slug)
        if found is None:
            raise NotFound(f"No report is called {slug}.", "See: postbag reports list")
        return found


def _kept_words(report: Report, key: ItemKey) -> str:
    return f"{report.short_title}, {key}: its item is no longer on the page. The words that were chosen before stay."


def _is_of(facts: PublicationFacts, report: Report) -> bool:
    if facts.published_on is None or abs(facts.published_on - report.published_on) > NEAR:
        return False
    ours, theirs = papers_of(report.paper), papers_of(facts.paper)
    if ours and theirs:
        return bool(ours & theirs)
    return folded_title(facts.title or facts.description) == folded_title(report.title)


class TellsOnce(Protocol):
    """Where it is written that a group was told of a publication."""

    async def tell(self, guild_id: GuildId, publication_id: int, word: Any, now: Any) -> bool: ...


class Followers(Protocol):
    """Where it is written which group follows which report."""

    async def followers(self, report: ReportSlug) -> Sequence[GuildId]: ...


def teller(notices: NoticeService, store: TellsOnce, follows: Followers, clock: Clock) -> Tell:
    """Make what tells organisers of a completed report. It is told once: under the publication's number, made negative."""

    async def tell(report: Report, completed: Completed) -> None:
        number = completed.report.publication_id
        if number is None:
            return
        fields = {
            "title": report.title,
            "filled": len(completed.filled) + len(completed.added),
            "open": len(completed.questions),
            "number": number,
        }
        for guild_id in await follows.followers(report.slug):
            try:
                word = await notices.plan(guild_id, "completed", fields)
            except Refused:
                continue
            await store.tell(guild_id, -number, word, clock.now())

    return tell
