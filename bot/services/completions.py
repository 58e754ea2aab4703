"""Complete the reports held from Parliament's own record: find the publication, read its documents, fill in what is sure."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any, Protocol

from bot.clock import Clock, london_today
from bot.domain.completions import Completed, Completion, complete, fitting, lacks_words, read_again, with_decision
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
TOMORROW = AGAIN_AFTER - timedelta(days=1)
"""How long ago a look is said to have been, so that the next day's tries again."""
WHOLE = ""
"""What stands for all reports among the troubles: the record could not be asked at all."""
NEAR = timedelta(days=3)
"""How far the record's day of publication may be from ours."""


class RecordSource(CommitteeRecord, ReportSource, Protocol):
    """The Committees API, for finding a publication and for its documents."""


class CompletionStore(Protocol):
    """Where completions are kept, for everybody."""

    async def all(self) -> Mapping[ReportSlug, Completion]: ...
    async def set_aside(self) -> Mapping[ReportSlug, Completion]: ...
    async def put(self, completion: Completion) -> None: ...
    async def drop(self, slugs: Sequence[str]) -> int: ...
    async def tried_on(self, slug: str) -> date | None: ...
    async def note_try(self, slug: str, on: date) -> None: ...
    async def undone(self) -> Set[str]: ...
    async def allow(self, slugs: Sequence[str]) -> None: ...
    async def untold(self) -> Set[str]: ...
    async def note_untold(self, slug: str) -> None: ...
    async def note_told(self, slug: str) -> None: ...


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
    """Complete reports. ``bare`` gives them without what completes them, ``misfits`` names those that it no longer fits;
    ``tell`` says it to organisers who follow one, once.
    """

    def __init__(
        self,
        store: CompletionStore,
        source: RecordSource,
        reader: PageReader,
        reports: ReportService,
        clock: Clock,
        *,
        bare: Callable[[], Awaitable[Sequence[Report]]],
        misfits: Callable[[], Awaitable[Set[ReportSlug]]],
        tell: Tell | None = None,
    ) -> None:
        self._store = store
        self._source = source
        self._reader = reader
        self._reports = reports
        self._clock = clock
        self._without = bare
        self._misfits = misfits
        self._tell = tell
        self._troubles: dict[str, str] = {}

    @property
    def problem(self) -> str:
        """Say what stands in the way of completing reports, for health; empty: nothing."""
        return next(iter(self._troubles.values()), "")

    async def look(self) -> Run:
        """Complete what lacks the committee's own words and was not looked for within the week. Never raises.

        What somebody undid stays undone. What no longer fits its pack is read again, and who was not told yet is told.
        """
        try:
            return await self._look()
        except Exception as error:
            log.warning("the look to complete reports ended early: %s", type(error).__name__)
            self._troubles[WHOLE] = "Postbag stopped before it had read everything."
            return Run(is_offline=True)

    async def _look(self) -> Run:
        kept, misfits, undone = await self._store.all(), await self._misfits(), await self._store.undone()
        await self._tell_again(kept)
        lacking = [
            report
            for report in self._reports.held()
            if lacks_words(report) and report.slug not in undone and (report.slug not in kept or report.slug in misfits)
        ]
        open_ones = {WHOLE, *(report.slug for report in lacking)}
        self._troubles = {slug: said for slug, said in self._troubles.items() if slug in open_ones}
        today = london_today(self._clock)
        wanted: list[Report] = []
        for report in lacking:
            if report.slug in kept:
                self._troubles[report.slug] = f"{report.short_title}: what was read no longer fits its pack."
            tried = await self._store.tried_on(report.slug)
            if tried is None or today - tried >= AGAIN_AFTER:
                wanted.append(report)
        return await self._run(wanted, {**await self._store.set_aside(), **kept}, misfits=misfits)

    async def _tell_again(self, kept: Mapping[ReportSlug, Completion]) -> None:
        """Tell of what was kept by a process that ended before it could tell."""
        untold = await self._store.untold()
        for report in self._reports.held():
            if report.slug in untold and report.slug in kept:
                completion = kept[report.slug]
                try:
                    completed = complete(await self._bare(completion), completion)
                except PostbagError:
                    continue  # it no longer fits its pack: told of once it was read again
                await self._tell_of(report, completed)

    async def _tell_of(self, report: Report, completed: Completed) -> None:
        """Tell of a completed report. Where that fails, the next look tells."""
        if self._tell is not None:
            try:
                await self._tell(report, completed)
            except Exception as error:
                log.warning("telling of a completed report ended early: %s", type(error).__name__)
                return
        await self._store.note_told(report.slug)

    async def run(self, slug: str = "", pages: Sequence[SavedPage] = ()) -> Run:
        """Complete one report, or all that lack words, whenever they were last looked for; or one from pages that somebody saved.

        It is asked for by hand, so a completion that was undone may come again; once it was read, from then on by itself too.
        """
        chosen = [self._bare_report(slug)] if slug else [r for r in self._reports.held() if lacks_words(r)]
        if pages and len(chosen) != 1:
            raise Refused("Which report are these pages from?", "Name it with --report.")
        kept = {**await self._store.set_aside(), **await self._store.all()}
        return await self._run(chosen, kept, pages, misfits=await self._misfits())

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

    async def choices(self) -> int:
        """Count the rows on which a person's word is kept, of completions as they are."""
        return sum(len(completion.decisions) for completion in (await self._store.all()).values())

    async def reports_without_words(self) -> tuple[Report, ...]:
        """Name the reports without the committee's own words for which the last look found nothing to use."""
        kept, undone = await self._store.all(), await self._store.undone()
        lacking = [r for r in self._reports.held() if lacks_words(r) and r.slug not in kept and r.slug not in undone]
        return tuple([report for report in lacking if await self._store.tried_on(report.slug) is not None])

    async def undo(self) -> int:
        """Take every completion away: the packs are as they were, until somebody asks for it by hand again.

        Choices that a person made are set aside, and hold again from then on.
        """
        gone = await self._store.drop(tuple(await self._store.all()))
        self._troubles.clear()
        await self._reports.load()
        return gone

    async def _run(
        self,
        wanted: Sequence[Report],
        kept: Mapping[ReportSlug, Completion],
        pages: Sequence[SavedPage] = (),
        *,
        misfits: Set[ReportSlug],
    ) -> Run:
        done: list[tuple[Report, Completed]] = []
        problems: list[str] = []
        notes: list[str] = []
        today = london_today(self._clock)
        offline = False
        self._troubles.pop(WHOLE, None)
        for report in wanted:
            before = kept.get(report.slug)
            try:
                draft = await self._read(report, pages)
                completion, taken_along = read_again(before or Completion(report.slug, draft, today), draft, today)
                bare = report if before is None else await self._bare(before)
                lost: Sequence[ItemKey] = ()
                if before is not None and report.slug in misfits:
                    completion, lost = fitting(bare, completion)
                completed = complete(bare, completion)
                if report.slug not in misfits and not (completed.filled or completed.questions or completed.added):
                    raise NotFound("Postbag already has everything on its page.", "")
                await self._store.allow([report.slug])  # a look leaves out what was undone: somebody asked for this one
                await self._store.note_untold(
                    report.slug
                )  # before it is kept, so that no end of this process goes untold
                await self._store.put(completion)
                done.append((report, completed))
                self._troubles.pop(report.slug, None)
                notes += [_kept_words(completed.report, key) for key in taken_along if key not in lost]
                notes += [_lost_choice(completed.report, key) for key in lost]
            except UnexpectedAnswer as error:  # too large, or no answer of theirs: the others may be read all the same
                problems.append(f"{report.short_title}: {error.message}")
                await self._store.note_try(report.slug, today - TOMORROW)
            except Unavailable as error:
                problems.append(f"{report.short_title}: {error.message}")
                offline = True
                break
            except PostbagError as error:
                problems.append(f"{report.short_title}: {error.message}")
                await self._store.note_try(report.slug, today - TOMORROW if report.slug in misfits else today)
            except Exception as error:  # whatever one page holds, the other reports are read
                log.warning("completing a report ended early: %s", type(error).__name__)
                problems.append(f"{report.short_title}: Postbag couldn't make sense of its page.")
                self._troubles[report.slug] = problems[-1]
                await self._store.note_try(report.slug, today - TOMORROW)
        if offline:
            self._troubles[WHOLE] = problems[-1]
        if done:
            await self._reports.load()
        for report, completed in done:
            await self._tell_of(report, completed)
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


def _lost_choice(report: Report, key: ItemKey) -> str:
    return f"{report.short_title}, {key}: what was chosen for it doesn't fit the newer pack, so it's open again."


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
