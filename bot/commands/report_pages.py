"""A report read from saved pages, or from Parliament's record by its number, at one's own computer."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from bot.clock import SystemClock, london_today
from bot.config import Settings
from bot.domain.dates.exact import Lean
from bot.domain.dates.one_day import read_day
from bot.domain.drafts import TO_BE_READ, Doubt, DraftAnswers, DraftReport, SavedPage
from bot.domain.errors import Refused
from bot.domain.report_changes import Change, Merge
from bot.domain.report_merge import propose
from bot.domain.report_new import report_from
from bot.domain.report_same import same_report
from bot.domain.reports import Report, long_date
from bot.services.imports import storable, with_facts
from bot.services.reports import ReportService

LISTED = 60
LARGEST = 50 * 1024 * 1024
Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Said:
    """What was said on the command line: which report, what its pages do not say, and whether nobody is asked."""

    report: str = ""
    title: str = ""
    committee: str = ""
    published: str = ""
    url: str = ""
    another: bool = False
    unasked: bool = False


def import_pages(
    settings: Settings,
    service: ReportService,
    files: Sequence[str],
    said: Said,
    *,
    say: Say,
    ask: Callable[[], None],
    take: Callable[[Settings, Report], None],
) -> None:
    """Read the pages of one report, show what they change, ask, and take it."""
    by_number = len(files) == 1 and files[0].isdecimal()
    draft = asyncio.run(_from_record(settings, int(files[0]))) if by_number else _read(saved_pages(files))
    merge, held = _beside(service, draft, said, say)
    _show(merge, draft, held, say)
    if held is not None and not merge.is_change:
        say("Postbag already has everything on these pages. Nothing was changed.")
        return
    ask()
    take(settings, storable(merge.after))


def show_answers(service: ReportService, files: Sequence[str], report: str, say: Say) -> None:
    """List the answers of a response, each with the item it may be about. What each amounts to is for a person to read."""
    from bot.domain.answer_match import propose_answers
    from bot.sources.foreign import read_apart

    if not report:
        raise Refused("Which report is this the answer to?", "Name it: --report never-again")
    held = service.for_group(None).report(report)
    draft = read_apart("answers", saved_pages(files), DraftAnswers)
    for proposed in propose_answers(held, draft):
        keys = ", ".join(proposed.keys) or "no match found"
        say(f"{proposed.answer.name} → {keys} ({proposed.why}). {TO_BE_READ.capitalize()}:")
        say(f"    {' '.join(proposed.answer.text.split())}\n")
    _doubts(draft.every_doubt, say)
    say(
        "Nothing was recorded, because nobody has said yet what these answers amount to. In Discord, /reports import takes the same "
        "pages and lets organisers do that one by one; in a pack, write it in [recommendations.answer]."
    )


def _beside(service: ReportService, draft: DraftReport, said: Said, say: Say) -> tuple[Merge, Report | None]:
    known = service.for_group(None)
    same = None if said.report or said.another else same_report(known.reports(), draft)
    slug = str(known.report(said.report).slug) if said.report else same.slug if same else ""
    held = service.base(None, slug) if slug else None
    if held is not None and same is not None and same.why:
        looks = f"These pages look like “{held.short_title}”, which Postbag already has. {same.why}"
        if said.unasked:
            raise Refused(looks, f"If it is the same report, add --report {held.slug}; if not, add --another.")
        say(f"{looks} If it is another report, stop here and add --another.")
    if held is not None:
        return propose(held, draft), held
    today = london_today(SystemClock())
    try:
        made = report_from(
            draft,
            as_of=today,
            url=said.url,
            title=said.title,
            committee=said.committee,
            published_on=read_day(said.published, today, lean=Lean.BACK) if said.published else None,
            slug=f"publication-{draft.publication_id}" if draft.publication_id else "",
        )
    except Refused as missing:
        raise Refused(missing.message, "Give it with --title, --committee, --published and --url.") from None
    if service.base(None, made.slug) is not None:
        raise Refused(
            f"Another report is already called {made.slug}.",
            f"If it is the same one, add --report {made.slug}; else give this one another --title.",
        )
    return propose(replace(made, recommendations=()), draft), None


def _show(merge: Merge, draft: DraftReport, held: Report | None, say: Say) -> None:
    report = merge.after
    say(f"{report.title} ({report.committee}, {report.paper or 'no paper number'}, {long_date(report.published_on)})")
    say("Postbag already has it. This is what would change." if held is not None else "This report is new.")
    say(", ".join(f"{merge.counts[change]} {change.value}" for change in Change if merge.counts.get(change)) + ".")
    shown = [c for c in merge.changes if c.change not in (Change.MISSING, Change.UNCHANGED)]
    for change in shown[:LISTED]:
        say(f"  {change.key or change.label or '–':>6}  {change.change.value}: {change.theme}")
        for field in change.fields:
            say(f"          {field.shown}")
    if len(shown) > LISTED:
        say(f"  and {len(shown) - LISTED} more")
    for question in merge.questions:
        near = ", ".join(candidate.item.name for candidate in question.candidates)
        say(
            f"  Not sure: is {question.key} ({question.asks[:90]}) {near}? Left as it is; /reports import in Discord asks."
        )
    _doubts((*merge.doubts, *(doubt for item in draft.items for doubt in item.doubts)), say)


def _doubts(doubts: Sequence[Doubt], say: Say) -> None:
    for doubt in doubts:
        say(f"  Check: {doubt}")


def _read(pages: Sequence[SavedPage]) -> DraftReport:
    from bot.sources.foreign import read_apart

    return read_apart("report", pages, DraftReport)


def saved_pages(files: Sequence[str]) -> list[SavedPage]:
    """Read saved pages from disk. Refused: one cannot be opened, or is far too large."""
    pages = []
    for name in files:
        path = Path(name)
        try:
            if path.stat().st_size > LARGEST:
                raise Refused(f"{path.name} is far too large to be a page.", "Save it as “HTML only”.")
            pages.append(SavedPage(path.name, path.read_bytes()))
        except OSError as error:
            reason = (error.strerror or "unknown reason").lower()
            raise Refused(f"{name} can't be opened ({reason}).", "Check the name and who may read it.") from error
    return pages


async def _from_record(settings: Settings, publication_id: int) -> DraftReport:
    from bot.sources.committees import CommitteesApi
    from bot.sources.http import Http

    address = settings.sources.committees_api
    async with Http((address,)) as http:
        api = CommitteesApi(http, address, SystemClock())
        facts = await api.publication(publication_id)
        pages = await api.pages(facts)
    return with_facts(_read(pages), facts)
