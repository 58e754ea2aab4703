"""What Parliament says about the reports that groups follow: shared searches once a day, and what they found.

No search is anybody's: it looks for a word that a report is known by, in everything that was said. Nobody's press makes one.
"""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Protocol

from bot.clock import Clock, london_today
from bot.domain.errors import PostbagError, Refused
from bot.domain.identity import GuildId, PersonId, ReportSlug
from bot.domain.look_words import (
    MOST_MUST,
    LookWords,
    Match,
    match,
    match_must,
    searchable,
    typed_terms,
    without_overlap,
)
from bot.domain.plain_text import cut
from bot.domain.references import Found
from bot.domain.reports import long_date
from bot.domain.said import AnswerState, Said, SaidKind
from bot.domain.said import Found as FoundSaid
from bot.domain.searches import BACK, DUE_AFTER, Look, Reach, due, reach, since_when
from bot.services.audit import UNNOTED, TakesNotes
from bot.services.ports.said import SaidSources
from bot.services.reports import ReportService

log = logging.getLogger(__name__)

MOST_READ_WHOLE = 20
"""Answers that were cut off and are read whole in one look."""

MOST_SHOWN = 50


class SaidRows(Protocol):
    """Where what was found is held."""

    async def words(self, guild_id: GuildId, report: ReportSlug) -> Mapping[str, tuple[str, ...]]: ...
    async def report_words(self) -> Mapping[tuple[GuildId, ReportSlug], tuple[str, ...]]: ...
    async def put_words(
        self, guild_id: GuildId, report: ReportSlug, item: str, words: Sequence[str] | None
    ) -> bool: ...
    async def looks(self, terms: Collection[str] | None = None) -> Sequence[Look]: ...
    async def found(self, look: Look, items: Sequence[Said], now: datetime) -> None: ...
    async def failed(self, look: Look) -> None: ...
    async def keep_only(self, terms: Collection[str], since: date) -> int: ...
    async def by_terms(self, terms: Collection[str]) -> Sequence[Said]: ...
    async def by_member(self, member_id: int, terms: Collection[str]) -> Sequence[Said]: ...
    async def one(self, kind: SaidKind, key: str) -> Said | None: ...


@dataclass(frozen=True, slots=True)
class SaidHealth:
    """How the shared searches stand. ``is_on`` False: the operator turned them off."""

    is_on: bool
    searches: int = 0
    waiting: int = 0
    oldest: datetime | None = None
    problems: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class InParliament:
    """What was found for a row, newest first, by which words, and how far was looked."""

    items: tuple[Said, ...]
    words: LookWords
    reach: Reach
    is_on: bool = True
    is_own: bool = False


@dataclass(frozen=True, slots=True)
class MemberSaid:
    """What a Member said on the words of the followed reports, newest first: each with the report's short title."""

    items: tuple[tuple[Said, str], ...]
    reach: Reach
    reports: tuple[str, ...]
    is_on: bool = True


class SaidService:
    """Search, hold and give. ``sources`` None: the operator turned searching off; what was found before is still shown."""

    def __init__(
        self,
        store: SaidRows,
        sources: SaidSources | None,
        reports: ReportService,
        followers: Callable[[ReportSlug], Awaitable[Sequence[GuildId]]],
        clock: Clock,
        audit: TakesNotes = UNNOTED,
    ) -> None:
        self._store = store
        self._sources = sources
        self._reports = reports
        self._followers = followers
        self._clock = clock
        self._audit = audit

    @property
    def is_on(self) -> bool:
        return self._sources is not None

    # Words ----------------------------------------------------------------------------------------------------------

    async def words(self, guild_id: GuildId | None, found: Found) -> tuple[LookWords, bool]:
        """Give what is looked for on a row, and whether the group chose any of it."""
        own = await self._store.words(guild_id, found.report.slug) if guild_id is not None else {}
        must = own.get("", found.report.look_for)
        if found.item.key in own:
            return LookWords(must, own[found.item.key]), True
        return without_overlap(must, found.item.keywords), "" in own

    def read_words(self, must: str, terms: str) -> LookWords:
        """Read what an organiser typed. Refused: nothing, too much, or too short to be of use."""
        words = LookWords(typed_terms(must, MOST_MUST), typed_terms(terms))
        if not words.must:
            raise Refused(
                "Give at least one word that everything found must have.",
                "Choose a word that the report is known by, such as a place or a people.",
            )
        if not words.terms:
            raise Refused("Give at least one word for this recommendation.", "Two or three are usually enough.")
        return words

    async def save_words(self, guild_id: GuildId, found: Found, words: LookWords, by: PersonId) -> None:
        """Keep a group's words for a row, and for its report. New words of a report are searched for at the next look."""
        slug = found.report.slug
        own = await self._store.words(guild_id, slug)
        if words.must != own.get("", found.report.look_for):
            await self._store.put_words(guild_id, slug, "", None if words.must == found.report.look_for else words.must)
        await self._store.put_words(guild_id, slug, found.item.key, words.terms)
        await self._audit.note(guild_id, by, f"{found.report.short_title}, {found.item.heading}: words to look for")

    async def reset_words(self, guild_id: GuildId, found: Found, by: PersonId) -> None:
        """Go back to the report's own words for a row."""
        gone = await self._store.put_words(guild_id, found.report.slug, found.item.key, None)
        gone = await self._store.put_words(guild_id, found.report.slug, "", None) or gone
        if not gone:
            return  # It was pressed twice, or there was nothing to go back from: nothing has changed.
        await self._audit.note(
            guild_id, by, f"{found.report.short_title}, {found.item.heading}: the report's own words"
        )

    # What was found -------------------------------------------------------------------------------------------------

    async def on(self, guild_id: GuildId | None, found: Found) -> InParliament:
        """Give what was found for a row. It reads what is held, and asks nobody."""
        words, own = await self.words(guild_id, found)
        return replace(await self.try_words(found, words), is_own=own)

    async def try_words(self, found: Found, words: LookWords) -> InParliament:
        """Give what these words find in what is held. Nothing goes out; words that were never searched for are said to wait."""
        terms = searchable(words.must)
        held = await self._store.by_terms(terms) if terms else ()
        since = found.report.published_on
        fits = tuple(said for said in held if said.newest >= since and _fits(words, said) is Match.WHOLE)
        return InParliament(
            _distinct(fits)[:MOST_SHOWN], words, reach(await self._store.looks(terms), terms), is_on=self.is_on
        )

    async def one(self, kind: str, key: str) -> Said | None:
        """Give one thing said by its kind and key, or None."""
        if kind not in tuple(SaidKind):
            return None
        return await self._store.one(SaidKind(kind), key)

    async def by_member(self, guild_id: GuildId | None, member_id: int) -> MemberSaid:
        """Give what a Member asked, moved or said on the words of the reports that a group follows (None: of every report held)."""
        view = self._reports.for_group(guild_id)
        followed = self._reports.followed_now(guild_id)
        chosen = [r for r in view.reports() if guild_id is None or r.slug in followed]
        own = await self._store.report_words() if guild_id is not None else {}
        musts = {
            report.slug: own.get((guild_id, report.slug), report.look_for) if guild_id is not None else report.look_for
            for report in chosen
        }
        terms = searchable(term for must in musts.values() for term in must)
        items = []
        for said in _distinct(await self._store.by_member(member_id, terms) if terms else ()):
            about = next(
                (r for r in chosen if match_must(musts[r.slug], said.heading, f"{said.text}\n{said.answer}")), None
            )
            if about is not None:
                items.append((said, about.short_title))
        named = tuple(report.short_title for report in chosen if musts[report.slug])
        return MemberSaid(
            tuple(items[:MOST_SHOWN]), reach(await self._store.looks(terms), terms), named, is_on=self.is_on
        )

    # Looking --------------------------------------------------------------------------------------------------------

    async def terms(self) -> tuple[str, ...]:
        """List the words of every report that some group follows, once each: these are the shared searches."""
        chosen = await self._store.report_words()
        found: list[str] = []
        for report in self._reports.of_everybody():
            groups = await self._followers(report.slug)
            if groups:
                found += [term for group in groups for term in chosen.get((group, report.slug), report.look_for)]
        return searchable(found)

    async def look_if_due(self) -> int:
        """Search for what is due, each search at most once a day. Gives how many searches went well."""
        if self._sources is None:
            return 0
        terms = await self.terms()
        now = self._clock.now()
        good = 0
        to_read = MOST_READ_WHOLE
        for term, kind, before in due(terms, await self._store.looks(), now):
            since = since_when(before, london_today(self._clock))
            try:
                found = await self._search(self._sources, kind, term, since)
                items, read = await self._whole(self._sources, found.items, term, to_read)
            except PostbagError as error:
                log.warning("a search in what Parliament says failed: %s", error.message)
                await self._store.failed(
                    replace(before, tried_at=now, problem=error.message)
                    if before is not None
                    else Look(term, kind, None, None, now, problem=error.message)
                )
                continue
            to_read -= read
            good += 1
            reached = since if found.is_whole else min((said.on for said in found.items), default=since)
            if before is not None and before.since is not None and since <= reached:
                reached = before.since
            await self._store.found(Look(term, kind, reached, now, now, found.total), items, now)
        await self._store.keep_only(terms, london_today(self._clock) - BACK)
        return good

    async def _search(self, sources: SaidSources, kind: SaidKind, term: str, since: date) -> FoundSaid:
        if kind is SaidKind.QUESTION:
            return await sources.questions.questions(term, since)
        if kind is SaidKind.STATEMENT:
            return await sources.questions.statements(term, since)
        if kind is SaidKind.MOTION:
            return await sources.motions.motions(term, since)
        return await sources.speeches.speeches(term, since)

    async def _whole(self, sources: SaidSources, items: Sequence[Said], term: str, most: int) -> tuple[list[Said], int]:
        """Read whole the answers that a search cut off before the word that it found, as many as one look may."""
        read, found = 0, []
        for said in items:
            hidden = said.is_cut and not match_must((term,), said.heading, f"{said.text}\n{said.answer}")
            if said.kind is SaidKind.QUESTION and hidden and read < most:
                read += 1
                found.append(await sources.questions.question(said.key))
            else:
                found.append(said)
        return found, read

    async def health(self) -> SaidHealth:
        """Say how the searches stand."""
        terms = await self.terms()
        looks = {(look.term, look.kind): look for look in await self._store.looks(terms)}
        wanted = [(term, kind) for term in terms for kind in SaidKind]
        good = [looks[one].looked_at for one in wanted if one in looks]
        old = [at for at in good if at is not None]
        now = self._clock.now()
        return SaidHealth(
            self.is_on,
            len(wanted),
            sum(1 for one in wanted if one not in looks or looks[one].looked_at is None)
            + sum(1 for at in old if now - at > 3 * DUE_AFTER),
            min(old, default=None),
            tuple(dict.fromkeys(looks[one].problem for one in wanted if one in looks and looks[one].problem)),
        )


def _fits(words: LookWords, said: Said) -> Match:
    if said.state is AnswerState.WITHDRAWN:
        return Match.NO
    return match(words, said.heading, f"{said.text}\n{said.answer}", is_cut=said.is_cut)


def _distinct(items: Sequence[Said]) -> tuple[Said, ...]:
    """Leave out what stands there twice: grouped questions have one answer, and a statement is read out in the other House too."""
    seen: set[tuple[object, ...]] = set()
    found = []
    for said in items:
        same = (said.kind, said.answer or said.text or said.key, said.newest, said.member if not said.answer else "")
        if same not in seen:
            seen.add(same)
            found.append(said)
    return tuple(found)


def evidence_words(said: Said) -> str:
    """Write one thing said as evidence: what it is, who, its own heading, and what became of it. No opinion, no status."""
    who = said.member or "A Member"
    number = f" ({said.number})" if said.number else ""
    about = f"“{said.heading}”" if said.heading else "without a heading"
    if said.kind is SaidKind.QUESTION:
        asked = (
            f"{who} asked the {said.body or 'Government'} a written question{number}, {about}, on {long_date(said.on)}."
        )
        if said.state in (AnswerState.ANSWERED, AnswerState.CORRECTED) and said.answered_on is not None:
            begins = f" It begins: “{cut(' '.join(said.answer.split()), 300)}”" if said.answer else ""
            return f"{asked} It was answered on {long_date(said.answered_on)}.{begins}"
        return f"{asked} {EVIDENCE_STATES[said.state]}"
    if said.kind is SaidKind.STATEMENT:
        return f"{who} made a written statement{number}, {about}, on {long_date(said.on)}."
    if said.kind is SaidKind.MOTION:
        return f"{who} tabled an early day motion{number}, {about}, on {long_date(said.on)}."
    return f"{who} spoke in the {said.house or 'House'}, {about}, on {long_date(said.on)}."


EVIDENCE_STATES = {
    AnswerState.NONE: "",
    AnswerState.OPEN: "It had not been answered.",
    AnswerState.HOLDING: "It had a holding answer only.",
    AnswerState.ANSWERED: "It was answered.",
    AnswerState.CORRECTED: "Its answer was corrected.",
    AnswerState.WITHDRAWN: "It was withdrawn.",
}
