"""What Parliament says about the reports that groups follow: shared searches once a day, and what they found.

No search is anybody's: it looks for a word that a report is known by, in everything that was said. Nobody's press makes one.
"""

from __future__ import annotations

import asyncio
import logging
from collections import OrderedDict
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
    OwnWords,
    match_must,
    searchable,
    shared_words,
    typed_terms,
    without_overlap,
)
from bot.domain.references import Found
from bot.domain.reports import Report
from bot.domain.said import SEARCHED, Said, SaidKind, Signature
from bot.domain.said import Found as FoundSaid
from bot.domain.said_echoes import distinct, without_echoes
from bot.domain.said_fits import fits, what_is_asked
from bot.domain.searches import BACK, DUE_AFTER, Look, Reach, due, reach, since_when
from bot.domain.times_asked import TimesAsked, times_asked
from bot.services.audit import UNNOTED, TakesNotes
from bot.services.ports.said import SaidSources
from bot.services.reports import ReportService
from bot.services.said_motions import MotionRows, read_oral_questions, read_signatures

log = logging.getLogger(__name__)

MOST_READ_WHOLE = 20
"""Answers that were cut off and are read whole in one look."""

MOST_SHOWN = 50
MOST_COUNTED = 5000
"""So many of the newest are counted where Members are."""

MOST_READ = 400
"""So many of the newest are looked through for one row."""

AT_ONCE = 20
"""Texts that are compared before others get their turn."""

MOST_REMEMBERED = 1000
"""Rows whose count is kept in memory until a search looks again."""


class SaidRows(MotionRows, Protocol):
    """Where what was found is held."""

    async def words(self, guild_id: GuildId, report: ReportSlug) -> Mapping[str, OwnWords]: ...
    async def report_words(self) -> Mapping[tuple[GuildId, ReportSlug], OwnWords]: ...
    async def put_words(self, guild_id: GuildId, report: ReportSlug, item: str, words: OwnWords | None) -> bool: ...
    async def keep_words_here(self, guild_id: GuildId) -> None: ...
    async def keep_only(self, terms: Collection[str], since: date) -> int: ...
    async def by_terms(self, terms: Collection[str], most: int = 400) -> Sequence[Said]: ...
    async def by_member(self, member_id: int, terms: Collection[str]) -> Sequence[Said]: ...
    async def signatures(self, keys: Collection[str]) -> Mapping[str, tuple[Signature, ...]]: ...


@dataclass(frozen=True, slots=True)
class SaidHealth:
    """How the shared searches stand. ``is_on`` False: the operator turned them off."""

    is_on: bool
    searches: int = 0
    waiting: int = 0
    oldest: datetime | None = None
    problems: tuple[str, ...] = ()
    behind: int = 0
    """Followed questions that have waited longer for their look than they should."""


@dataclass(frozen=True, slots=True)
class InParliament:
    """What was found for a row, newest first, by which words, and how far was looked.

    ``is_asked`` False: the group's own words are not searched for; they only choose from what the report's own words find.
    """

    items: tuple[Said, ...]
    words: LookWords
    reach: Reach
    is_on: bool = True
    is_own: bool = False
    is_asked: bool = True


@dataclass(frozen=True, slots=True)
class MemberSaid:
    """What a Member said on the words of the followed reports, newest first: each with the report's short title."""

    items: tuple[tuple[Said, str], ...]
    reach: Reach
    reports: tuple[str, ...]
    is_on: bool = True


@dataclass(frozen=True, slots=True)
class _Searches:
    """The shared searches that a group may read: which it waits for, what these found for it, and how far they looked."""

    wanted: tuple[str, ...]
    readable: frozenset[str]
    looks: tuple[Look, ...]

    @property
    def reach(self) -> Reach:
        return reach(self.looks, self.wanted)


class SaidService:
    """Search, hold and give. ``sources`` None: the operator turned searching off; what was found before is still shown.

    ``at_risk`` tells whether people in a group could be targeted: then its own words leave Postbag only where an organiser said so.
    """

    def __init__(
        self,
        store: SaidRows,
        sources: SaidSources | None,
        reports: ReportService,
        followers: Callable[[ReportSlug], Awaitable[Sequence[GuildId]]],
        clock: Clock,
        at_risk: Callable[[GuildId], Awaitable[bool]],
        audit: TakesNotes = UNNOTED,
    ) -> None:
        self._at_risk = at_risk
        self._store = store
        self._sources = sources
        self._reports = reports
        self._followers = followers
        self._clock = clock
        self._audit = audit
        self._asked: OrderedDict[object, TimesAsked | None] = OrderedDict()

    @property
    def is_on(self) -> bool:
        return self._sources is not None

    # Words ----------------------------------------------------------------------------------------------------------

    async def words(self, guild_id: GuildId | None, found: Found) -> tuple[LookWords, bool]:
        """Give what is looked for on a row, and whether the group chose any of it."""
        own = await self._store.words(guild_id, found.report.slug) if guild_id is not None else {}
        must = own[""].words if "" in own else found.report.look_for
        if found.item.key in own:
            return LookWords(must, own[found.item.key].words), True
        shared = shared_words(item.keywords for item in found.report.recommendations)
        return without_overlap(must, found.item.keywords, shared), "" in own

    def read_words(self, must: str, terms: str) -> LookWords:
        """Read what an organiser typed. Refused: nothing, too much, or too short to be of use."""
        words = LookWords(typed_terms(must, MOST_MUST), typed_terms(terms))
        if not words.must:
            raise Refused(
                "Give at least one word that every result must have.",
                "Choose a word that belongs to this report, such as a place or a people.",
            )
        if not words.terms:
            raise Refused("Give at least one word for this recommendation.", "Two or three are usually enough.")
        return words

    async def asks_first(self, guild_id: GuildId, found: Found, words: LookWords) -> bool:
        """Tell whether these words would leave Postbag for the first time, of a group in which people could be targeted."""
        return await self._at_risk(guild_id) and await self.are_new(guild_id, found, words)

    async def are_new(self, guild_id: GuildId, found: Found, words: LookWords) -> bool:
        """Tell whether some of the report-wide words were never searched for on behalf of this group."""
        own = (await self._store.words(guild_id, found.report.slug)).get("")
        known = {*searchable(found.report.look_for), *(own.since if own is not None else ())}
        return not known.issuperset(searchable(words.must))

    async def save_words(
        self, guild_id: GuildId, found: Found, words: LookWords, by: PersonId, *, search: bool = False
    ) -> None:
        """Keep a group's words for a row, and for its report. New words of a report are searched for at the next look.

        Where people could be targeted only with ``search``, which an organiser said knowing what leaves Postbag.
        """
        slug = found.report.slug
        before = (await self._store.words(guild_id, slug)).get("")
        if words.must == found.report.look_for:
            after = None
        elif search or not await self._at_risk(guild_id):
            after = (before or OwnWords(())).with_words(words.must, self._clock.now())
        else:
            after = OwnWords(words.must)
        if after != before:
            await self._store.put_words(guild_id, slug, "", after)
        await self._store.put_words(guild_id, slug, found.item.key, OwnWords(words.terms))
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
        words, is_own = await self.words(guild_id, found)
        own = (await self._store.words(guild_id, found.report.slug)).get("") if guild_id is not None else None
        searches = await self._searches([(found.report, own)])
        items, _ = await self._found(found, words, searches.readable.intersection(searches.wanted))
        asked = own is None or bool(own.asked)
        return InParliament(items, words, searches.reach, is_on=self.is_on, is_own=is_own, is_asked=asked)

    async def try_words(self, guild_id: GuildId, found: Found, words: LookWords) -> InParliament:
        """Give what these words find in what the group's searches found. Nothing goes out; words that were never searched for wait."""
        own = (await self._store.words(guild_id, found.report.slug)).get("")
        searches = await self._searches([(found.report, own)])
        items, _ = await self._found(found, words, searches.readable)
        wanted = searchable(words.must)
        return InParliament(items, words, reach(searches.looks, wanted), is_on=self.is_on)

    async def one(self, guild_id: GuildId, found: Found, kind: str, key: str) -> Said | None:
        """Give one thing said that a group's searches for a report found, or None."""
        own = (await self._store.words(guild_id, found.report.slug)).get("")
        readable = (await self._searches([(found.report, own)])).readable
        held = await self._store.by_terms(readable) if readable else ()
        return next((said for said in held if (str(said.kind), said.key) == (kind, key)), None)

    async def times_asked(self, guild_id: GuildId | None, found: Found) -> TimesAsked | None:
        """Count the written questions found for a row. None: nothing was looked for. It reads what is held, and asks nobody.

        A count stays in memory until a search has looked again, or the words change: every card shows one.
        """
        words, _ = await self.words(guild_id, found)
        if not words.is_ready:
            return None
        own = (await self._store.words(guild_id, found.report.slug)).get("") if guild_id is not None else None
        searches = await self._searches([(found.report, own)])
        terms = searches.readable.intersection(searches.wanted)
        looked = reach(searches.looks, searches.wanted, (SaidKind.QUESTION,))
        # Where nobody has looked for days, as where searching was turned off, there may be more by now.
        is_fresh = looked.looked_at is not None and self._clock.now() - looked.looked_at <= 3 * DUE_AFTER
        known = (found.value, found.report.published_on, words, terms, searches.looks, is_fresh)
        if known in self._asked:
            self._asked.move_to_end(known)
            return self._asked[known]
        items, is_all = await self._found(found, words, terms)
        counted = times_asked(items, looked, is_all=is_all, is_old=not is_fresh, published_on=found.report.published_on)
        self._asked[known] = counted
        while len(self._asked) > MOST_REMEMBERED:
            self._asked.popitem(last=False)
        return counted

    async def _found(self, found: Found, words: LookWords, terms: Collection[str]) -> tuple[tuple[Said, ...], bool]:
        """Give what is about a row, newest first, and whether that is all: some may be cut off, or be too many to look through."""
        held = await self._store.by_terms(terms, most=MOST_READ) if terms else ()
        since = found.report.published_on
        about, is_all = [], len(held) < MOST_READ
        for at, said in enumerate(held):
            if at % AT_ONCE == AT_ONCE - 1:
                await asyncio.sleep(0)
            fit = fits(words, said) if said.newest >= since else Match.NO
            if fit is Match.WHOLE:
                about.append(said)
            is_all = is_all and fit is not Match.PART
        items = distinct(about)
        return items[:MOST_SHOWN], is_all and len(items) <= MOST_SHOWN

    async def _searches(self, reports: Collection[tuple[Report, OwnWords | None]]) -> _Searches:
        """Give the searches that a group may read.

        Those for the reports' own words are everybody's. Another group's words are not: a group reads what a search found only where
        it asked for that word itself, and only from the first look since then. Else it could try out which words others look for.
        """
        public = frozenset(searchable(term for report, _ in reports for term in report.look_for))
        asked: dict[str, datetime] = {}
        for _, own in reports:
            for term, at in (own.since if own is not None else {}).items():
                asked[term] = min(at, asked.get(term, at))
        wanted = searchable(
            term
            for report, own in reports
            for term in (own.words if own is not None and own.asked else report.look_for)
        )
        looks, readable = [], set(public)
        for look in await self._store.looks({*public, *asked}):
            if look.term in public:
                looks.append(look)
            elif look.looked_at is not None and look.looked_at >= asked[look.term]:
                looks.append(look)
                readable.add(look.term)
            elif look.tried_at >= asked[look.term]:
                looks.append(replace(look, since=None, looked_at=None))
        return _Searches(wanted, frozenset(readable), tuple(looks))

    async def asked_by(self, guild_id: GuildId | None, found: Found, member_id: int) -> tuple[Said, ...]:
        """Give the questions and motions of a Member on a row, newest first: those alone whose own words fit whole.

        What only a minister's answer to them says is not what the Member asked about.
        """
        words, _ = await self.words(guild_id, found)
        own = (await self._store.words(guild_id, found.report.slug)).get("") if guild_id is not None else None
        searches = await self._searches([(found.report, own)])
        terms = searches.readable.intersection(searches.wanted)
        held = await self._store.by_member(member_id, terms) if terms else ()
        since = found.report.published_on
        kinds = (SaidKind.QUESTION, SaidKind.MOTION)
        asked = [said for said in held if said.kind in kinds and said.on >= since]
        return distinct([said for said in asked if fits(words, replace(said, answer="", is_cut=False)) is Match.WHOLE])

    async def must_words(self, guild_id: GuildId, report: Report) -> Sequence[str]:
        """Give the words by which a group knows a report."""
        own = (await self._store.words(guild_id, report.slug)).get("")
        return own.words if own is not None else report.look_for

    async def of_report(self, guild_id: GuildId, report: Report) -> tuple[Sequence[Said], Reach]:
        """Give what was said on a report's own words since it was published, and how far was looked.

        Here a Member's own words count; what a minister answers to them does not.
        """
        own = (await self._store.words(guild_id, report.slug)).get("")
        must = own.words if own is not None else report.look_for
        searches = await self._searches([(report, own)])
        terms = searches.readable.intersection(searches.wanted)
        held = await self._store.by_terms(terms, most=MOST_COUNTED) if terms else ()
        mine = [said for said in held if said.on >= report.published_on]
        mine = [said for said in mine if match_must(must, said.heading, what_is_asked(said.text))]
        names = await self._store.signatures([said.key for said in mine if said.kind is SaidKind.MOTION])
        signed = [replace(s, signed=names.get(s.key, ())) if s.kind is SaidKind.MOTION else s for s in mine]
        return without_echoes(signed), searches.reach

    async def by_member(self, guild_id: GuildId | None, member_id: int) -> MemberSaid:
        """Give what a Member asked, moved or said on the words of the reports that a group follows (None: of every report held)."""
        view = self._reports.for_group(guild_id)
        followed = self._reports.followed_now(guild_id)
        chosen = [r for r in view.reports() if guild_id is None or r.slug in followed]
        words = await self._store.report_words() if guild_id is not None else {}
        own = {report.slug: words.get((guild_id, report.slug)) if guild_id is not None else None for report in chosen}
        musts = {report.slug: found.words if (found := own[report.slug]) else report.look_for for report in chosen}
        searches = await self._searches([(report, own[report.slug]) for report in chosen])
        terms = searches.readable.intersection(searches.wanted)
        items = []
        for said in distinct(await self._store.by_member(member_id, terms) if terms else ()):
            about = next(
                (r for r in chosen if match_must(musts[r.slug], said.heading, f"{said.text}\n{said.answer}")), None
            )
            if about is not None:
                items.append((said, about.short_title))
        named = tuple(report.short_title for report in chosen if musts[report.slug])
        return MemberSaid(tuple(items[:MOST_SHOWN]), searches.reach, named, is_on=self.is_on)

    # Looking --------------------------------------------------------------------------------------------------------

    async def terms(self) -> tuple[str, ...]:
        """List the words of every report that some group follows, once each: these are the shared searches."""
        chosen = await self._store.report_words()
        found: list[str] = []
        for report in self._reports.of_everybody():
            for group in await self._followers(report.slug):
                own = chosen.get((group, report.slug))
                found += own.words if own is not None and own.asked else report.look_for
        return searchable(found)

    async def keep_words_here(self, guild_id: GuildId) -> None:
        """People in a group could be targeted: search for its own words no longer, until an organiser asks for it anew."""
        await self._store.keep_words_here(guild_id)
        await self.let_go()

    async def let_go(self) -> None:
        """Let go of searches that nobody's words make any more, and of what they alone found."""
        await self._store.keep_only(await self.terms(), london_today(self._clock) - BACK)

    async def look_if_due(self) -> int:
        """Search for what is due, each search at most once a day. Gives how many searches went well."""
        await self.let_go()  # whether or not anything is searched for: nobody's words outlast their group
        if self._sources is None:
            return 0
        terms = await self.terms()
        now = self._clock.now()
        good = 0
        to_read = MOST_READ_WHOLE
        motions: dict[str, Said] = {}
        for term, kind, before in due(terms, await self._store.looks(), now):
            since = since_when(before, london_today(self._clock))
            try:
                found = await self._search(self._sources, kind, term, since)
            except PostbagError as error:
                log.info("a search in what Parliament says failed: %s", error.message)
                await self._store.failed(
                    replace(before, tried_at=now, problem=error.message)
                    if before is not None
                    else Look(term, kind, None, None, now, problem=error.message)
                )
                continue
            items, read, parts = await self._whole(self._sources, found.items, term, to_read)
            to_read -= read
            good += 1
            reached = since if found.is_whole else min((said.on for said in found.items), default=since)
            if before is not None and before.since is not None and since <= reached:
                reached = before.since
            count = f"{parts} answers" if parts > 1 else "one answer"
            problem = f"Only part of {count} could be read." if parts else ""
            await self._store.found(Look(term, kind, reached, now, now, found.total, problem), items, now)
            motions |= {said.key: said for said in items if said.kind is SaidKind.MOTION}
        await read_signatures(self._store, self._sources.motions, tuple(motions.values()), now)
        await read_oral_questions(self._store, self._sources.motions, terms, now, london_today(self._clock))
        await self.let_go()
        return good

    async def _search(self, sources: SaidSources, kind: SaidKind, term: str, since: date) -> FoundSaid:
        if kind is SaidKind.QUESTION:
            return await sources.questions.questions(term, since)
        if kind is SaidKind.STATEMENT:
            return await sources.questions.statements(term, since)
        if kind is SaidKind.MOTION:
            return await sources.motions.motions(term, since)
        return await sources.speeches.speeches(term, since)

    async def _whole(
        self, sources: SaidSources, items: Sequence[Said], term: str, most: int
    ) -> tuple[list[Said], int, int]:
        """Read whole the answers that a search cut off before the word that it found, as many as one look may.

        One that cannot be read stays as it was found: it must not keep from people all that the search found beside it. Gives what
        there is, how many were asked for, and of how many only a part is known.
        """
        read, parts, found = 0, 0, []
        for said in items:
            hidden = said.is_cut and not match_must((term,), said.heading, f"{said.text}\n{said.answer}")
            if said.kind is SaidKind.QUESTION and hidden and read < most:
                read += 1
                try:
                    found.append(await sources.questions.question(said.key))
                except PostbagError as error:
                    log.info("an answer that was cut off could not be read whole: %s", error.message)
                    parts += 1
                    found.append(await self._as_held(said, term))
            else:
                found.append(said)
        return found, read, parts

    async def _as_held(self, said: Said, term: str) -> Said:
        """Give what was read whole of the same answer before, or what there is of it."""
        same = (said.kind, said.key, said.newest)
        held = await self._store.by_terms((term,), most=MOST_COUNTED)
        return next((one for one in held if (one.kind, one.key, one.newest) == same and not one.is_cut), said)

    async def health(self) -> SaidHealth:
        """Say how the searches stand."""
        terms = await self.terms()
        looks = {(look.term, look.kind): look for look in await self._store.looks(terms)}
        wanted = [(term, kind) for term in terms for kind in SEARCHED]
        good = [looks[one].looked_at for one in wanted if one in looks]
        old = [at for at in good if at is not None]
        now = self._clock.now()
        return SaidHealth(
            self.is_on,
            len(wanted),
            sum(1 for one in wanted if one not in looks or looks[one].looked_at is None)
            + sum(1 for at in old if now - at > 3 * DUE_AFTER),
            min(old, default=None),
            tuple(dict.fromkeys(look.problem for look in looks.values() if look.problem)),
        )
