"""Reports and their recommendations: find one, browse, search, and know which a group follows."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence

from bot.clock import Clock, london_today
from bot.domain.departments import Departments, Responsible, responsible_today
from bot.domain.errors import Ambiguous, NotFound, UnknownNumber
from bot.domain.identity import GuildId, ReportSlug
from bot.domain.plain_text import cut
from bot.domain.records import Overlay, Record
from bot.domain.references import Found, Reference, covers, in_ranges, is_named, paragraphs_of, read_reference
from bot.domain.reports import AnswerStatus, Recommendation, Report, RowKind, SinceStatus
from bot.services.ports import ReportStore
from bot.services.report_index import IndexedReports, IndexFactory, group_reports

LIST_HINT = "Use /recommendations browse to see the list."
LABEL = 100
NOTHING_SINCE = "nothing recorded"
"""What is filtered by where no evidence of anything since is held."""
_WORD = re.compile(r"[^\W\d_]+")


class ReportService:
    """The reports that are held, and what groups hold of their own over them. Load it once.

    Whoever asks for a report says for whom: ``for_group`` gives the view of one group, or of nobody in particular.
    """

    def __init__(
        self, store: ReportStore, clock: Clock, index_factory: IndexFactory, departments: Departments | None = None
    ) -> None:
        self._store = store
        self._answering = departments or Departments()
        self._clock = clock
        self._index_factory = index_factory
        self._held: tuple[Report, ...] = ()
        self._shared = IndexedReports((), clock, index_factory)
        self._overlays: dict[GuildId, Overlay] = {}
        self._indexed: dict[GuildId, IndexedReports] = {}
        self._followed: dict[GuildId, tuple[ReportSlug, ...]] = {}

    async def load(self) -> None:
        """Read the reports, what groups hold of their own, and who follows what. Call again after a change."""
        self._held = tuple(await self._store.all())
        self._shared = IndexedReports(self._held, self._clock, self._index_factory)
        self._overlays = dict(await self._store.overlays())
        self._indexed = {}
        self._followed = {}
        own = (report.slug for overlay in self._overlays.values() for report in overlay.reports)
        for slug in dict.fromkeys((*(report.slug for report in self._held), *own)):
            for guild in await self._store.followers(slug):
                self._followed[guild] = (*self._followed.get(guild, ()), slug)

    async def reload(self, guild_id: GuildId) -> None:
        """Read again what a group holds of its own. Call after a change of that."""
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
            self._indexed[guild_id] = group_reports(self._shared, self._held, overlay, self._clock, self._index_factory)
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
        """Give a report by its short name or title. NotFound: no such report is held."""
        wanted = slug.strip().casefold()
        for report in self.reports():
            if wanted in (report.slug, report.short_title.casefold(), report.title.casefold()):
                return report
        held = ", ".join(report.short_title for report in self.listed())
        raise NotFound(
            "Postbag holds no report of that name.",
            f"Reports held: {held}. Use /reports list to see them." if held else "No report is held yet.",
        )

    def complete_report(self, text: str) -> list[tuple[str, str]]:
        """Suggest reports as (label, short name), for words of their titles in any order."""
        words = text.casefold().split()
        return [
            (_cut(f"{report.short_title}: {report.committee}, {report.published_on.year}"), str(report.slug))
            for report in self.listed()
            if all(word in f"{report.slug} {report.title} {report.committee}".casefold() for word in words)
        ][:25]

    def find(self, number_text: str, report: str | None = None) -> Found:
        """Find the one recommendation that a person names: a number, a key, a paragraph, or words that fit just one.

        UnknownNumber: none is confirmed to have that number. Ambiguous: several fit.
        """
        text = number_text.strip()
        if not text:
            raise NotFound("Which recommendation? Nothing was given.", LIST_HINT)
        reference = read_reference(text)
        if reference is None or not self._holds(reference.report):
            return self._by_words(text, report)
        scope = self._scope(reference.report or report)
        if reference.paragraph is not None:
            return self._by_paragraph(reference.paragraph, scope)
        matches = [Found(r, item) for r in scope for item in r.recommendations if is_named(item, reference.number)]
        if not matches:
            raise self._unknown(reference, text, scope)
        # Who names a number means what the Government was asked: a conclusion of that number only where nothing else has it.
        asked = [found for found in matches if found.item.kind is RowKind.RECOMMENDATION]
        return self._only(asked or matches, f"“{_cut(text, 40)}” is in more than one report.")

    def search(self, query: str, report: str | None = None, limit: int = 25) -> tuple[Found, ...]:
        """Rank recommendations by words, number or paragraph, forgiving typing errors. Best first; maybe none."""
        scope = self.report(report).slug if report else None
        return self._held.indexed(self._group).search(query, report=scope, limit=limit)

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
        """List recommendations in the reports' order, of one report or all, that fit every filter given. Maybe none.

        ``department`` is a name as ``departments`` gives it. ``since`` is a ``SinceStatus`` or ``NOTHING_SINCE``.
        """
        status = _status(answer) if answer else None
        happened = _since(since) if since else None
        wanted = theme.strip().casefold() if theme else ""
        found: list[Found] = []
        for held in self._scope(report):
            chapters = {key for d in held.doors if d.key == door for key in d.chapters}
            for item in held.recommendations:
                if (
                    (not wanted or wanted in item.theme.casefold())
                    and (status is None or item.answer.status is status)
                    and (not door or item.chapter in chapters)
                    and (not department or department in item.addressees)
                    and (happened is None or (held.since(item) or NOTHING_SINCE) == happened)
                ):
                    found.append(Found(held, item))
        return tuple(found)

    def themes(self, report: str | None = None) -> tuple[str, ...]:
        """List the themes in the reports' order, each once."""
        return tuple(dict.fromkeys(item.theme for held in self._scope(report) for item in held.recommendations))

    def complete_theme(self, text: str, report: str | None = None) -> list[tuple[str, str]]:
        """Suggest themes: those that hold the words, then those of recommendations that the search finds."""
        try:
            themes = self.themes(report)
            words = text.casefold().split()
            found = [t for t in themes if all(word in t.casefold() for word in words)]
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
            raise NotFound(f"Several fit “{_cut(text.strip(), 60)}”: {listed}.", "Say which, or pick from the list.")
        raise NotFound(f"Nothing asked here is for “{_cut(text.strip(), 60)}”.", f"Those asked to act: {listed}.")

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
        found = self._held.indexed(self._group).search(text, report=scope, every=True)
        if found:
            return self._only(found, f"“{_cut(text, 60)}” fits several recommendations.")
        near = self._held.indexed(self._group).search(text, report=scope)
        if near:
            raise Ambiguous(f"Nothing is called “{_cut(text, 60)}”. Did you mean one of these?", near)
        raise NotFound(
            f"Nothing fits “{_cut(text, 60)}”.", f"Give a number such as 3 or T-12, or other words. {LIST_HINT}"
        )

    def _by_paragraph(self, paragraph: int, scope: tuple[Report, ...]) -> Found:
        within = [Found(r, item) for r in scope for item in r.recommendations if covers(item, paragraph)]
        exact = [f for f in within if paragraphs_of(f.item) == (paragraph, paragraph)]
        if not within:
            raise NotFound(f"No recommendation that Postbag holds is placed at paragraph {paragraph}.", LIST_HINT)
        return self._only(exact or within, f"Paragraph {paragraph} fits several recommendations.")

    @staticmethod
    def _only(matches: Sequence[Found], message: str) -> Found:
        if len(matches) > 1:
            raise Ambiguous(message, matches[:25])
        return matches[0]

    def _unknown(self, reference: Reference, text: str, scope: tuple[Report, ...]) -> UnknownNumber:
        confirmed = [
            f"{in_ranges([i.number for i in r.recommendations if i.number])} ({r.short_title})"
            for r in scope
            if any(i.number for i in r.recommendations)
        ]
        unnumbered = [item for r in scope for item in r.recommendations if item.number is None]
        parts = [f"Confirmed numbers: {'; '.join(confirmed)}." if confirmed else "No number is confirmed yet."]
        if unnumbered:
            parts.append(
                f"{len(unnumbered)} more asks are held without a confirmed number, under keys such as {unnumbered[0].key}."
            )
            like = next((i for i in unnumbered if i.key.lower().lstrip("t-0") == reference.number), None)
            if like is not None:
                parts.append(f"{like.key} is our own key for “{like.theme}”, not number {reference.number}.")
        where = f" in {scope[0].short_title}" if len(scope) == 1 else ""
        return UnknownNumber(
            f"No recommendation{where} is confirmed to be “{_cut(text, 40)}”.",
            " ".join((*parts, LIST_HINT)),
            scope[0].slug if len(scope) == 1 else None,
        )


def label(found: Found, *, several: bool = False) -> str:
    """Name a recommendation in one line of at most 100 characters, with its report where there are several."""
    item = found.item
    name = f"{item.number}" if item.number else f"{item.key} (number not confirmed)"
    return _cut(f"{name} · {item.theme}" + (f" · {found.report.short_title}" if several else ""))


def _status(answer: AnswerStatus | str) -> AnswerStatus:
    try:
        return AnswerStatus(answer.strip().casefold())
    except ValueError:
        words = ", ".join(status.label for status in AnswerStatus)
        raise NotFound("That is not an answer Postbag knows.", f"Choose one of: {words}.") from None


def _initials(name: str) -> str:
    """Give a name's initials: ``hmrc`` for HM Revenue & Customs."""
    return "".join(w if w.isupper() else w[0] for w in _WORD.findall(name)).casefold()


def _since(since: str) -> str:
    wanted = since.strip().casefold()
    if wanted in (*SinceStatus, NOTHING_SINCE):
        return wanted
    words = ", ".join((*(status.label for status in SinceStatus), NOTHING_SINCE.capitalize()))
    raise NotFound("That is not a state Postbag knows.", f"Choose one of: {words}.")


def _single(reports: tuple[Report, ...]) -> ReportSlug | None:
    return reports[0].slug if len(reports) == 1 else None


def _cut(text: str, most: int = LABEL) -> str:
    return cut(text, most)
