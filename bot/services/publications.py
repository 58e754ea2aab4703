"""Looking at Parliament's record a few times a day: new reports of the committees a group chose, and responses to reports.

A look that fails is said so and changes nothing: it is never taken as "no response".
"""

from __future__ import annotations

import json
import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any, Protocol

from bot.clock import Clock, london_today
from bot.domain.errors import NotFound, PostbagError, Refused
from bot.domain.identity import GuildId, PersonId, ReportSlug
from bot.domain.publications import Publication, Response
from bot.domain.reminders import Reminder
from bot.domain.reports import Report
from bot.services.audit import UNNOTED, TakesNotes
from bot.services.organiser_notices import NoticeService
from bot.services.ports.installation import FactStore
from bot.services.ports.reports import CommitteeFacts, CommitteeRecord, PublicationFacts, ReportStore
from bot.services.reports import ReportService

log = logging.getLogger(__name__)

# Half of the eight hours between two jobs: a restart looks again only where half a turn has passed.
LOOK_AFTER = timedelta(hours=4)
LIST_AGE = timedelta(days=7)
BACK = timedelta(days=21)
"""How far back each look reads: staff enter publications late."""

AWAITED_BACK = timedelta(days=365)
"""How far back a chosen committee's reports are read for responses that are still awaited."""

MOST_COMMITTEES = 25
# The number that Parliament's record gives to correspondence among its types of publication.
LETTER = 3
LAST_LOOK = "last look at Parliament's record"
LAST_TRY = "what the last look at Parliament's record could not read"
MOST_PROBLEMS = 50
CHOICES = 25


class PublicationStore(Protocol):
    """What groups look out for, and what was read of Parliament's record."""

    async def watch(self, guild_id: GuildId, committee: CommitteeFacts, now: datetime) -> bool: ...
    async def unwatch(self, guild_id: GuildId, committee_id: int) -> bool: ...
    async def watched(self, guild_id: GuildId) -> Sequence[CommitteeFacts]: ...
    async def watchers(self) -> Sequence[tuple[GuildId, int]]: ...
    async def all(self) -> Sequence[Publication]: ...
    async def save(self, found: Sequence[Publication]) -> None: ...
    async def note_failure(self, publication_id: int, problem: str) -> None: ...
    async def tell(self, guild_id: GuildId, publication_id: int, word: Reminder | None, now: datetime) -> bool:
        """Note that a group knows of a publication, and plan the word, in one transaction. False: it knew."""
        ...


@dataclass(frozen=True, slots=True)
class WatchHealth:
    """How the looks at Parliament's record stand: the last one that read everything, and what the last one could not read.

    ``lacks_wording``: reports could not be completed with the committee's own words either; ``unhelped`` are those for
    which the record had nothing to use.
    """

    last_good: datetime | None
    last_tried: datetime | None
    problems: tuple[str, ...] = ()
    lacks_wording: bool = False
    unhelped: tuple[Report, ...] = ()


@dataclass(frozen=True, slots=True)
class Look:
    """What one look found: how many publications were read, new reports told of, responses found, and what failed."""

    read: int = 0
    news: int = 0
    responses: int = 0
    problems: tuple[str, ...] = ()


class PublicationService:
    """Look out for new reports and for responses. ``changed`` brings deadlines up to date; ``wake`` tells the alarm clock."""

    def __init__(
        self,
        store: PublicationStore,
        source: CommitteeRecord,
        reports: ReportService,
        notices: NoticeService,
        kept: FactStore,
        clock: Clock,
        *,
        follows: ReportStore,
        changed: Callable[[], Awaitable[int]],
        wake: Callable[[], None],
        audit: TakesNotes = UNNOTED,
    ) -> None:
        self._store = store
        self._audit = audit
        self._source = source
        self._reports = reports
        self._notices = notices
        self._kept = kept
        self._clock = clock
        self._follows = follows
        self._changed = changed
        self._wake = wake
        self._committees: tuple[CommitteeFacts, ...] = ()
        self._listed_at: datetime | None = None
        self._health = WatchHealth(None, None)

    # Which committees?

    async def find(self, text: str) -> Sequence[CommitteeFacts]:
        """Find select committees whose name holds every word typed, at most 25. Unavailable: the list cannot be read now."""
        now = self._clock.now()
        if not self._committees or self._listed_at is None or now - self._listed_at > LIST_AGE:
            self._committees = tuple(await self._source.committees())
            self._listed_at = now
        words = text.casefold().split()
        return [c for c in self._committees if all(word in c.name.casefold() for word in words)][:CHOICES]

    async def chosen(self, guild_id: GuildId) -> Sequence[CommitteeFacts]:
        """List the committees that a group looks out for."""
        return await self._store.watched(guild_id)

    async def choose(
        self, guild_id: GuildId, committee_id: int, by: PersonId | None = None
    ) -> tuple[CommitteeFacts, Sequence[Publication]]:
        """Look out for a committee's reports from now on. Gives it, with its reports whose response is awaited, newest first.

        Those are read at once, so that a group's first clock can run the same day. Unavailable: Parliament's record cannot be read
        now; nothing was chosen. Refused: too many are chosen.
        """
        committee = next((c for c in await self.find("") if c.committee_id == committee_id), None)
        if committee is None:
            committee = next((c for c in self._committees if c.committee_id == committee_id), None)
        if committee is None:
            raise NotFound("No current select committee has that number.", "Search for it by a word in its name.")
        chosen = await self._store.watched(guild_id)
        known = committee.committee_id in {c.committee_id for c in chosen}
        if not known and len(chosen) >= MOST_COMMITTEES:
            raise Refused(f"Your group already follows {len(chosen)} committees.", "Stop following one of them first.")
        found = await self._read(committee.committee_id, london_today(self._clock) - AWAITED_BACK)
        now = self._clock.now()
        if await self._store.watch(guild_id, committee, now):
            await self._audit.note(guild_id, by, f"Now follows the {committee.name}")
        for _, publication in found:
            await self._store.tell(guild_id, publication.publication_id, None, now)
        return committee, [p for facts, p in found if p.is_awaited and not facts.responses]

    async def drop(self, guild_id: GuildId, committee_id: int, by: PersonId | None = None) -> None:
        """Look out for a committee no longer. Clocks that run go on. NotFound: it was not chosen."""
        if not await self._store.unwatch(guild_id, committee_id):
            raise NotFound("Your group doesn't follow that committee.", "Nothing was changed.")
        named = next((c.name for c in self._committees if c.committee_id == committee_id), f"committee {committee_id}")
        await self._audit.note(guild_id, by, f"No longer follows the {named}")

    async def take_up(self, guild_id: GuildId, publication_id: int, by: PersonId | None = None) -> ReportSlug:
        """Follow a publication as a report, a pack of it where one is held; give its short name. Its clock is then the deadlines'.

        NotFound: there is no such publication. Refused: no response is expected to it.
        """
        slug = self._pack_of(guild_id, publication_id)
        if slug is None:
            slug = (await self._awaited(publication_id)).slug
        if await self._follows.follow(guild_id, slug, self._clock.now()):
            await self._audit.note(guild_id, by, f"Follows the report “{slug}”")
        await self._reports.load()
        return slug

    async def _awaited(self, publication_id: int) -> Publication:
        publication = {p.publication_id: p for p in await self._store.all()}.get(publication_id)
        if publication is None:
            publication = _publication(await self._source.publication(publication_id), None, self._clock.now())
            if publication is None:
                raise Refused(
                    "Parliament's record doesn't say when that was published.", "Add the date with /deadlines add."
                )
            await self._store.save([publication])
        if not publication.expected:
            raise Refused(
                "Parliament's record says that no response to that report is expected.",
                "If you know that one is, add a date of your own with /deadlines add.",
            )
        return publication

    def _pack_of(self, guild_id: GuildId, publication_id: int) -> ReportSlug | None:
        known = self._reports.for_group(guild_id).reports()
        found = (r for r in known if r.publication_id == publication_id and r.recommendations)
        return next((report.slug for report in found), None)

    # Looking

    @property
    def health(self) -> WatchHealth:
        """How the looks stand, of whichever process looked last."""
        return self._health

    def health_with(self, wording: str, unhelped: Sequence[Report] = ()) -> WatchHealth:
        """Give it with why reports could not be completed from the record (empty: nothing stood in the way), and which."""
        if not (wording or unhelped):
            return self._health
        return replace(self._health, lacks_wording=bool(wording), unhelped=tuple(unhelped))

    async def load(self) -> None:
        """Read when the last good look was."""
        good, tried = await self._kept.get(LAST_LOOK), await self._kept.get(LAST_TRY)
        last_good = datetime.fromisoformat(good) if good is not None else None
        self._health = WatchHealth(last_good, None)
        if tried:
            said = json.loads(tried)
            self._health = WatchHealth(last_good, datetime.fromisoformat(said["at"]), tuple(said["problems"]))

    async def look_if_due(self) -> Look | None:
        """Look, unless a good look is younger than four hours. None: it is."""
        last = self._health.last_good
        if last is not None and not self._health.problems and timedelta(0) <= self._clock.now() - last < LOOK_AFTER:
            return None
        return await self.look()

    async def look(self) -> Look:
        """Read the record of every report that is followed and awaited, and of every committee that is chosen.

        What fails is named in the result and in ``health``; the rest is read all the same.
        """
        problems: list[str] = []
        read, responses, moved = await self._look_for_responses(problems)
        listed, news = await self._look_for_reports(problems)
        if moved or responses or news:
            await self._reports.load()
            await self._changed()
            self._wake()
        now = self._clock.now()
        if problems:
            log.info("the look at Parliament's record was not whole: %d parts failed", len(problems))
            said = {"at": now.astimezone(UTC).isoformat(), "problems": problems[:MOST_PROBLEMS]}
            await self._kept.put(LAST_TRY, json.dumps(said, ensure_ascii=False))
            self._health = replace(self._health, last_tried=now, problems=tuple(problems))
        else:
            await self._kept.put(LAST_LOOK, now.astimezone(UTC).isoformat())
            if self._health.problems:
                await self._kept.put(LAST_TRY, "")
            self._health = WatchHealth(now, now)
        return Look(read + listed, news, responses, tuple(problems))

    async def _look_for_responses(self, problems: list[str]) -> tuple[int, int, int]:
        """Read each awaited report that a group follows. Gives how many were read, answered, and changed otherwise."""
        wanted = await self._wanted()
        read = answered = moved = 0
        for number, before in wanted.items():
            try:
                after = await self._read_one(number, before)
            except PostbagError as error:
                problems.append(f"publication {number}: {error.message}")
                await self._store.note_failure(number, error.message)
                continue
            read += 1
            if after is None:
                continue
            await self._store.save([after])
            if after.response is not None:
                answered += 1
            elif before is None or (before.due_on, before.expected) != (after.due_on, after.expected):
                moved += 1
            if after.maybe is not None:
                await self._tell_of_letter(after)
        return read, answered, moved

    async def _wanted(self) -> dict[int, Publication | None]:
        """List the publications that some group follows and awaits a response to, with what is known of them."""
        known = {p.publication_id: p for p in await self._store.all()}
        held = self._reports.of_everybody()
        packed = {report.publication_id for report in held}
        awaited = {
            (report.publication_id, report.slug)
            for report in held
            if report.publication_id is not None and report.response.expected and report.response.received_on is None
        }
        awaited |= {(n, p.slug) for n, p in known.items() if n not in packed and p.is_awaited}
        return {n: known.get(n) for n, slug in sorted(awaited) if await self._follows.followers(slug)}

    async def _read_one(self, number: int, before: Publication | None) -> Publication | None:
        """Read a publication; what answers it is read too, to tell an answer from a letter."""
        facts = await self._source.publication(number)
        after = _publication(facts, before, self._clock.now())
        if after is None:
            return None
        answer: Response | None = None
        letter: Response | None = None
        for answered_by, on, title in sorted(facts.responses, key=lambda r: (r[1] or date.max, r[0])):
            if on is None or on > london_today(self._clock):
                continue
            found = await self._source.publication(answered_by)
            response = Response(answered_by, on, title, found.url, is_letter=found.type_id == LETTER)
            if response.is_letter:
                letter = response
            else:
                answer = answer or response
        return replace(after, response=answer, maybe=letter if answer is None else None)

    async def _look_for_reports(self, problems: list[str]) -> tuple[int, int]:
        """Read what each chosen committee has published lately, and tell the groups that chose it once."""
        watchers: dict[int, list[GuildId]] = {}
        for guild_id, committee_id in await self._store.watchers():
            watchers.setdefault(committee_id, []).append(guild_id)
        read = news = 0
        last = self._health.last_good
        today = london_today(self._clock)
        # Back from the last good look, not from today: after a week's outage nothing of that week is passed over.
        start = min(today, last.date()) - BACK if last is not None else today - BACK
        for committee_id, groups in watchers.items():
            try:
                found = await self._read(committee_id, start)
            except PostbagError as error:
                problems.append(f"committee {committee_id}: {error.message}")
                continue
            read += len(found)
            for _, publication in found:
                for guild_id in groups:
                    news += await self._tell_of_report(guild_id, publication)
        return read, news

    async def _read(self, committee_id: int, since: date) -> list[tuple[PublicationFacts, Publication]]:
        """Read a committee's reports since a day and keep them. What is known of answers is not touched by a mere list."""
        known = {p.publication_id: p for p in await self._store.all()}
        now = self._clock.now()
        found = [
            (facts, publication)
            for facts in await self._source.reports_of(committee_id, since)
            if (publication := _publication(facts, known.get(facts.publication_id), now)) is not None
        ]
        await self._store.save([publication for _, publication in found])
        return found

    async def _tell_of_report(self, guild_id: GuildId, publication: Publication) -> bool:
        today = london_today(self._clock)
        fields = {
            "title": publication.title,
            "committee": publication.committee,
            "published_on": publication.published_on,
            "clock": publication.clock_words(today),
            "url": publication.url,
            "number": publication.publication_id,
        }
        return await self._tell(guild_id, publication.publication_id, "new-report", fields)

    async def _tell_of_letter(self, publication: Publication) -> None:
        """Tell the groups that follow a report that a letter names it: it may be the answer, which a person must read."""
        letter = publication.maybe
        assert letter is not None
        fields = {"title": publication.title, "letter": letter.title, "on": letter.on, "url": letter.url}
        number = publication.publication_id
        slugs = {r.slug for r in self._reports.of_everybody() if r.publication_id == number} or {publication.slug}
        for guild_id in {guild: None for slug in sorted(slugs) for guild in await self._follows.followers(slug)}:
            await self._tell(guild_id, letter.publication_id, "maybe-answered", fields)

    async def _tell(self, guild_id: GuildId, number: int, template: str, fields: Mapping[str, Any]) -> bool:
        try:
            word = await self._notices.plan(guild_id, template, fields)
        except Refused:
            return False
        return await self._store.tell(guild_id, number, word, self._clock.now())


def _publication(facts: PublicationFacts, before: Publication | None, now: datetime) -> Publication | None:
    """Make a publication of what the record says. None: it says no day, so it is no use to a clock.

    What was known of its answer is kept: a list does not always tell.
    """
    if facts.published_on is None:
        return None
    return Publication(
        publication_id=facts.publication_id,
        committee_id=facts.committee_id or 0,
        committee=facts.committee or "A select committee",
        house=facts.house,
        title=facts.title or facts.description or f"Publication {facts.publication_id}",
        paper=facts.paper,
        published_on=facts.published_on,
        expected=facts.response_expected,
        due_on=facts.response_due_on,
        url=facts.url,
        response=before.response if before is not None else None,
        maybe=before.maybe if before is not None else None,
        checked_at=now,
        session=facts.session or (before.session if before is not None else ""),
        ordinal=facts.ordinal or (before.ordinal if before is not None else ""),
    )
