"""Reports and their recommendations: find one, browse, search, and know which a group follows."""

from __future__ import annotations

import asyncio
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace

from bot.clock import Clock, london_today
from bot.domain.departments import Departments, Responsible, responsible_today
from bot.domain.errors import Ambiguous, NotFound
from bot.domain.identity import GuildId, ReportSlug
from bot.domain.plain_text import cut
from bot.domain.records import Overlay, Record
from bot.domain.references import Found, covers, paragraphs_of, read_reference, within_report
from bot.domain.report_links import Related, related_rows
from bot.domain.reports import AnswerStatus, Recommendation, Report, SinceStatus
from bot.domain.shared_answers import ReadResponse, with_responses
from bot.domain.themes import Theme, Themes
from bot.services.ports.reports import ReportStore
from bot.services.report_index import IndexedReports, IndexFactory, group_reports
from bot.services.report_names import (
    LABEL,
    LIST_HINT,
    label,
    report_label,
    rows_of_label,
    rows_of_number,
    says_every_word,
    unknown_number,
)

NOTHING_SINCE = "nothing recorded"
"""What is filtered by where no evidence of anything since is held."""
_WORD = re.compile(r"[^\W\d_]+")


class ReportService:
    """The reports that are held, and what groups hold of their own over them. Load it once.

    Whoever asks for a report says for whom: ``for_group`` gives the view of one group, or of nobody in particular.
    """

    def __init__(
        self,
        store: ReportStore,
        clock: Clock,
        index_factory: IndexFactory,
        departments: Departments | None = None,
        themes: Themes | None = None,
    ) -> None:
        self.shared_themes = themes or Themes()
        self._store = store
        self._answering = departments or Departments()
        self._clock = clock
        self._index_factory = index_factory
        self._reading = asyncio.Lock()  # what was read earlier never takes the place of what was read later
        self._held: tuple[Report, ...] = ()
        self._told: tuple[Report, ...] = ()  # the reports held, with the answers that were read for everybody
        self._read: dict[ReportSlug, Sequence[ReadResponse]] = {}
        self._shared = IndexedReports((), clock, index_factory)
        self._overlays: dict[GuildId, Overlay] = {}
        self._indexed: dict[GuildId, IndexedReports] = {}
        self._followed: dict[GuildId, tuple[ReportSlug, ...]] = {}

    async def load(self) -> None:
        """Read the reports, what groups hold of their own, and who follows what. Call again after a change."""
        async with self._reading:
            held, overlays = tuple(await self._store.all()), dict(await self._store.overlays())
            read = dict(await self._store.responses_read())
            own = (report.slug for overlay in overlays.values() for report in overlay.reports)
            followed: dict[GuildId, tuple[ReportSlug, ...]] = {}
            for slug in dict.fromkeys((*(report.slug for report in held), *own)):
                for guild in await self._store.followers(slug):
                    followed[guild] = (*followed.get(guild, ()), slug)
            told = tuple(with_responses(report, read.get(report.slug, ())) for report in held)
            if told != self._told:
                self._shared = IndexedReports(told, self._clock, self._index_factory)
            # Whoever asks meanwhile finds what was held before, whole.
            self._held, self._overlays, self._followed, self._indexed = held, overlays, followed, {}
            self._told, self._read = told, read

    async def reload(self, guild_id: GuildId) -> None:
        """Read again what a group holds of its own. Call after a change of that."""
        async with self._reading:
            overlay = await self._store.overlay(guild_id)
            if overlay.reports or overlay.records:
                self._overlays[guild_id] = overlay
            else:
                self._overlays.pop(guild_id, None)
            self._indexed.pop(guild_id, None)

    def held(self) -> tuple[Report, ...]:
        """List the reports that everybody holds, whole, whatever the day."""
        return self._held

    def of_everybody(self) -> tuple[Report, ...]:
        """List every report published by today: those that all hold, and those that any group imported. Never to be shown."""
        today = london_today(self._clock)
        own = (report for overlay in self._overlays.values() for report in overlay.reports)
        return tuple(r.as_known_on(today) for r in (*self._held, *own) if r.published_on <= today)

    def base(self, guild_id: GuildId | None, slug: str) -> Report | None:
        """Give a report as it was imported or packed, without what was recorded, or None."""
        own = self.imported(guild_id) if guild_id is not None else ()
        return next((report for report in (*own, *self._held) if report.slug == slug), None)

    def imported(self, guild_id: GuildId) -> tuple[Report, ...]:
        """List the reports that a group imported itself."""
        overlay = self._overlays.get(guild_id)
        return overlay.reports if overlay is not None else ()

    def recorded(self, guild_id: GuildId) -> tuple[Record, ...]:
        """List what a group recorded and confirmed, oldest first."""
        overlay = self._overlays.get(guild_id)
        return overlay.records if overlay is not None else ()

    def responsible_today(self, item: Recommendation) -> Responsible | None:
        """Give the department and minister who answer on a recommendation today, or None where that is not known."""
        return responsible_today(item, self._answering)

    def indexed(self, guild_id: GuildId | None) -> IndexedReports:
        """Give the reports as a group knows them, with their index. None: as everybody does."""
        overlay = self._overlays.get(guild_id) if guild_id is not None else None
        if guild_id is None or overlay is None or not (overlay.reports or overlay.records):
            return self._shared
        if guild_id not in self._indexed:
            own = (with_responses(r, self._read.get(r.slug, ()), only_open=True) for r in overlay.reports)
            overlay = replace(overlay, reports=tuple(own))
            self._indexed[guild_id] = group_reports(self._shared, self._told, overlay, self._clock, self._index_factory)
        return self._indexed[guild_id]

    async def read_followed(self, guild_id: GuildId) -> tuple[ReportSlug, ...]:
        """Read what a group follows."""
        self._followed[guild_id] = tuple(await self._store.followed(guild_id))
        return self._followed[guild_id]

    def followed_now(self, guild_id: GuildId | None) -> tuple[ReportSlug, ...]:
        """List what a group follows, as last read, without waiting."""
        return self._followed.get(guild_id, ()) if guild_id is not None else ()

    def for_group(self, guild_id: GuildId | None) -> ReportView:
        """Give the reports as a group sees them, with what it imported and recorded. None: as everybody does."""
        return ReportView(self, guild_id)


class ReportView:
    """Everything that people ask of reports, for one group. It holds nothing of its own, so it never grows old.

    Every report is given as known on London's today, so that a clock set to 2021 tells 2021's truth. Only ``in_view``,
    ``default`` and ``follows`` wait for anything.
    """

    def __init__(self, held: ReportService, guild_id: GuildId | None) -> None:
        self._held = held
        self._group = guild_id

    def of_record(self, record: Record) -> Found | None:
        """Give the recommendation that a record is about, or None."""
        report = next((report for report in self.reports() if report.slug == record.report), None)
        item = report.recommendation(record.item) if report is not None else None
        return Found(report, item) if report is not None and item is not None else None

    def reports(self) -> tuple[Report, ...]:
        """List the reports that were published by today, oldest first."""
        return self._held.indexed(self._group).reports()

    def listed(self) -> tuple[Report, ...]:
        """List the reports to choose from: one without recommendations only where the group that asks follows it."""
        followed = self._held.followed_now(self._group)
        return tuple(r for r in self.reports() if r.recommendations or r.slug in followed)

    def report(self, slug: str) -> Report:
        """Give a report by its short name, its title, or the line that suggestions show. NotFound: no such report is held."""
        wanted = " ".join(slug.casefold().split())
        for report in self.reports():
            if wanted in map(str.casefold, (report.slug, report.short_title, report.title, report_label(report))):
                return report
        held = ", ".join(report.short_title for report in self.listed())
        raise NotFound(
            "Postbag has no report with that name.",
            f"Postbag has: {held}. Use /reports list to see them." if held else "Postbag has no reports yet.",
        )

    def complete_report(self, text: str) -> list[tuple[str, str]]:
        """Suggest reports as (label, short name), for words of their titles in any order."""
        words = text.casefold().split()
        return [
            (report_label(report), str(report.slug))
            for report in self.listed()
            if all(word in f"{report.slug} {report_label(report)} {report.title}".casefold() for word in words)
        ][:25]

    def find(self, number_text: str, report: str | None = None) -> Found:
        """Find the one recommendation that a person names: a number, a key, a paragraph, or words that fit just one.

        A number may be in words, a report may be named beside it ("never again T-12"), and the line that suggestions show
        is taken too. UnknownNumber: none is confirmed to have that number. Ambiguous: several fit, or none quite.
        """
        text = number_text.strip()
        if not text:
            raise NotFound("You haven't said which recommendation.", LIST_HINT)
        scope = self._scope(report)
        shown = rows_of_label(text, scope) or rows_of_label(text, self.reports())
        if shown:
            return self._only(shown, f"“{_cut(text, 60)}” matches several recommendations.")
        reference = read_reference(text)
        if reference is None or not self._holds(reference.report):
            named = self._report_named_in(text)
            return self.find(named[1], named[0].slug) if named is not None else self._by_words(text, report)
        if reference.report:
            scope = self._scope(reference.report)
        if reference.paragraph is not None:
            return self._by_paragraph(reference.paragraph, scope)
        matches = rows_of_number(reference, scope)
        if not matches:
            raise unknown_number(reference, text, scope, rows_of_number(reference, self.reports()) if report else ())
        return self._only(matches, f"“{_cut(text, 40)}” is in more than one report.")

    def _report_named_in(self, text: str) -> tuple[Report, str] | None:
        """Find the report that a text names beside something else, and give both; None: it names none, or nothing else."""
        for report in sorted(self.listed(), key=lambda r: -len(r.short_title)):
            names = (report.slug, report.slug.replace("-", " "), report.short_title, report.title)
            rest = within_report(text, names)
            if rest:
                return report, rest
        return None

    def search(
        self, query: str, report: str | None = None, limit: int = 25, *, first: ReportSlug | None = None
    ) -> tuple[Found, ...]:
        """Rank recommendations by words, number or paragraph, forgiving typing errors. Best first; maybe none.

        ``first``: the report whose recommendations stand before all others.
        """
        scope = self.report(report).slug if report else None
        named = None if report else self._report_named_in(query)
        if named is not None and read_reference(named[1]) is not None:
            query, scope, first = named[1], named[0].slug, None
        found = self._held.indexed(self._group).search(query, report=scope, limit=limit)
        if first is None:
            return found
        own = self._held.indexed(self._group).search(query, report=first, limit=limit)
        return (*own, *(one for one in found if one.report.slug != first))[:limit]

    def related(self, found: Found) -> Related:
        """Find where else a recommendation was asked: the rows that it follows, and those that follow it."""
        return related_rows(found, self.reports())

    def complete(self, text: str, report: str | None = None, limit: int = 25) -> list[tuple[str, str]]:
        """Suggest recommendations as (label, value) of at most 100 characters each; ``find`` takes the value."""
        try:
            scope = self._scope(report)
        except NotFound:
            return []
        if text.strip():
            found: Iterable[Found] = self.search(text, scope[0].slug if report else None, limit)
        else:
            found = (Found(r, item) for r in scope for item in r.recommendations)
        several = len(scope) > 1
        return [(label(f, several=several), f.value) for f, _ in zip(found, range(limit), strict=False)]

    def browse(
        self,
        report: str | None = None,
        theme: str | None = None,
        answer: AnswerStatus | str | None = None,
        door: str | None = None,
        department: str | None = None,
        since: str | None = None,
    ) -> tuple[Found, ...]:
        """List recommendations in their reports' order, of one report or all, that fit every filter given. Maybe none.

        ``theme`` is a row's own, words of it, or one that all packs share, by any of its names. ``department`` is a name as
        ``departments`` gives it. ``since`` is a ``SinceStatus`` or ``NOTHING_SINCE``. The newest report comes first.
        """
        status = _status(answer) if answer else None
        happened = _since(since) if since else None
        wanted = theme.strip().casefold() if theme else ""
        shared = self.shared_theme(theme or "")
        found: list[Found] = []
        for held in sorted(self._scope(report), key=lambda r: r.published_on, reverse=True):
            chapters = {key for d in held.doors if d.key == door for key in d.chapters}
            for item in held.recommendations:
                if (
                    (
                        not wanted
                        or wanted in item.theme.casefold()
                        or (shared is not None and shared.name in item.subjects)
                    )
                    and (status is None or item.answer.status is status)
                    and (not door or item.chapter in chapters)
                    and (not department or department in item.addressees)
                    and (happened is None or (held.since(item) or NOTHING_SINCE) == happened)
                ):
                    found.append(Found(held, item))
        return tuple(found)

    def shared_theme(self, text: str) -> Theme | None:
        """Find a theme that all packs share by any of its names; None: it is not one, or no report here has it.

        A row's own theme of the same words ("Cotton") stands before another name of a shared one.
        """
        theme = self._held.shared_themes.named(text)
        if theme is None:
            return None
        wanted = text.strip().casefold()
        items = [item for report in self.reports() for item in report.recommendations]
        if wanted != theme.name.casefold() and any(item.theme.casefold() == wanted for item in items):
            return None
        return theme if any(theme.name in item.subjects for item in items) else None

    def shared_by_several(self) -> list[tuple[str, int]]:
        """List the shared themes that rows of more than one report have, each with how many rows."""
        found = []
        for theme in self._held.shared_themes.all:
            counts = [sum(theme.name in item.subjects for item in report.recommendations) for report in self.reports()]
            if sum(1 for count in counts if count) > 1:
                found.append((theme.name, sum(counts)))
        return found

    def themes(self, report: str | None = None) -> tuple[str, ...]:
        """List the themes, each once: those that the packs share, then the rows' own in the reports' order."""
        items = [item for held in self._scope(report) for item in held.recommendations]
        subjects = {subject for item in items for subject in item.subjects}
        shared = [theme.name for theme in self._held.shared_themes.all if theme.name in subjects]
        return tuple(dict.fromkeys((*shared, *(item.theme for item in items))))

    def complete_theme(self, text: str, report: str | None = None) -> list[tuple[str, str]]:
        """Suggest themes: those that hold the words, then those of recommendations that the search finds."""
        try:
            themes = self.themes(report)
            words = text.casefold().split()
            found = [t for t in themes if all(word in t.casefold() for word in words)]
            shared = self.shared_theme(text)
            found = [shared.name, *found] if shared is not None else found
            found += [f.item.theme for f in self.search(text, report)] if text.strip() else []
        except NotFound:
            return []
        return [(_cut(theme), _cut(theme)) for theme in dict.fromkeys(found)][:25]

    def departments(self, report: str | None = None) -> tuple[str, ...]:
        """List who must act, those asked most often first, each once."""
        counted = Counter(name for held in self._scope(report) for i in held.recommendations for name in i.addressees)
        return tuple(name for name, _ in counted.most_common())

    def department(self, text: str, report: str | None = None) -> str:
        """Give the one department that a person names: in full, by words of it, or by initials (FCDO). NotFound: none or several."""
        found = self._departments(text, report)
        exact = [name for name in found if name.casefold() == text.strip().casefold()]
        if len(exact or found) == 1:
            return (exact or found)[0]
        listed = "; ".join((found or self.departments(report))[:8])
        if found:
            raise NotFound(f"Several match “{_cut(text.strip(), 60)}”: {listed}.", "Say which, or pick from the list.")
        instead = f"It asks these to act: {listed}." if listed else "Leave out the department to see the whole report."
        raise NotFound(f"Nothing in this report is for “{_cut(text.strip(), 60)}”.", instead)

    def complete_department(self, text: str, report: str | None = None) -> list[tuple[str, str]]:
        """Suggest departments that hold the words, or have the initials, typed."""
        try:
            return [(_cut(name), _cut(name)) for name in self._departments(text, report)][:25]
        except NotFound:
            return []

    def _departments(self, text: str, report: str | None) -> tuple[str, ...]:
        words = text.strip().casefold().split()
        return tuple(
            name
            for name in self.departments(report)
            if all(word in name.casefold() for word in words)
            or (len(words) == 1 and len(words[0]) > 1 and words[0] in _initials(name))
        )

    async def in_view(self) -> tuple[Report, ...]:
        """List the reports that matter to the group: those it follows, else all. For everybody, all."""
        if self._group is not None:
            await self._held.read_followed(self._group)
        return self.in_view_now()

    def in_view_now(self) -> tuple[Report, ...]:
        """Give ``in_view`` as last read, without waiting, for autocomplete."""
        slugs = self._held.followed_now(self._group)
        return tuple(r for r in self.reports() if r.slug in slugs) or self.listed()

    async def default(self) -> ReportSlug | None:
        """Give the report that is meant where none is named: the only one in view, else None for all."""
        return _single(await self.in_view())

    def default_now(self) -> ReportSlug | None:
        """Give ``default`` as last read, without waiting, for autocomplete."""
        return _single(self.in_view_now())

    async def follows(self, slug: str) -> bool:
        """Tell whether the group follows a report."""
        return self._group is not None and self.report(slug).slug in await self._held.read_followed(self._group)

    def _scope(self, report: str | None) -> tuple[Report, ...]:
        return (self.report(report),) if report else self.reports()

    def _holds(self, slug: str) -> bool:
        return not slug or any(report.slug == slug for report in self.reports())

    def _by_words(self, text: str, report: str | None) -> Found:
        scope = self.report(report).slug if report else None
        indexed = self._held.indexed(self._group)
        found = indexed.search(text, report=scope, every=True)
        if len(found) > 1 or (found and says_every_word(found[0], text)):
            return self._only(found, f"“{_cut(text, 60)}” matches several recommendations.")
        near = found or indexed.search(text, report=scope)
        if near:
            raise Ambiguous(f"Nothing matches “{_cut(text, 60)}”. Did you mean one of these?", near)
        elsewhere = indexed.search(text) if scope else ()
        if elsewhere:
            looked = self.report(report or "").short_title
            raise Ambiguous(f"Nothing in {looked} fits “{_cut(text, 60)}”. In other reports:", elsewhere)
        raise NotFound(
            f"Nothing matches “{_cut(text, 60)}”.", f"Give a number such as 3 or T-12, or other words. {LIST_HINT}"
        )

    def _by_paragraph(self, paragraph: int, scope: tuple[Report, ...]) -> Found:
        within = [Found(r, item) for r in scope for item in r.recommendations if covers(item, paragraph)]
        exact = [f for f in within if paragraphs_of(f.item) == (paragraph, paragraph)]
        if not within:
            raise NotFound(f"Postbag has no recommendation at paragraph {paragraph}.", LIST_HINT)
        return self._only(exact or within, f"Paragraph {paragraph} matches several recommendations.")

    @staticmethod
    def _only(matches: Sequence[Found], message: str) -> Found:
        if len(matches) > 1:
            raise Ambiguous(message, matches[:25])
        return matches[0]


def _status(answer: AnswerStatus | str) -> AnswerStatus:
    try:
        return AnswerStatus(answer.strip().casefold())
    except ValueError:
        words = ", ".join(status.label for status in AnswerStatus)
        raise NotFound("Postbag doesn't know that answer.", f"Choose one of: {words}.") from None


def _initials(name: str) -> str:
    """Give a name's initials: ``hmrc`` for HM Revenue & Customs."""
    return "".join(w if w.isupper() else w[0] for w in _WORD.findall(name)).casefold()


def _since(since: str) -> str:
    wanted = since.strip().casefold()
    if wanted in (*SinceStatus, NOTHING_SINCE):
        return wanted
    words = ", ".join((*(status.label for status in SinceStatus), NOTHING_SINCE.capitalize()))
    raise NotFound("Postbag doesn't know that status.", f"Choose one of: {words}.")


def _single(reports: tuple[Report, ...]) -> ReportSlug | None:
    return reports[0].slug if len(reports) == 1 else None


def _cut(text: str, most: int = LABEL) -> str:
    return cut(text, most)
