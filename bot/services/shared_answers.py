"""Go through the answers of a response once for every group: read, each beside its item, kept as it is said, told once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Protocol
from zlib import crc32

from bot.clock import Clock, london_today
from bot.domain.answer_match import ProposedAnswer, propose_answers
from bot.domain.drafts import SavedPage
from bot.domain.errors import NotFound, Refused
from bot.domain.identity import GuildId, ReportSlug
from bot.domain.links import is_web_address
from bot.domain.reports import AnswerStatus, Recommendation, Report
from bot.domain.shared_answers import VERDICTS, ReadResponse, Verdict
from bot.services.organiser_notices import NoticeService
from bot.services.ports.reports import PageReader
from bot.services.reports import ReportService

APART = 10_000_000_000
"""What keeps the numbers under which answers were told from those of publications."""


class SharedAnswerStore(Protocol):
    """Where read responses are kept, for everybody."""

    async def all(self) -> Mapping[ReportSlug, Sequence[ReadResponse]]: ...
    async def put(self, slug: ReportSlug, responses: Sequence[ReadResponse]) -> None: ...
    async def drop(self, slug: ReportSlug) -> None: ...


@dataclass(frozen=True, slots=True)
class Round:
    """A response beside its report. ``open`` are the places of the answers that nobody decided on yet."""

    report: Report
    response: ReadResponse
    proposed: tuple[ProposedAnswer, ...]

    @property
    def open(self) -> tuple[int, ...]:
        return tuple(place for place in range(len(self.proposed)) if place not in self.response.said)

    def item(self, key: str) -> Recommendation | None:
        """Give the item of a key or number."""
        return self.report.recommendation(key)

    @property
    def counted(self) -> str:
        """Count what was said, in a line: ``12 agreed, 3 noted``."""
        counts = Counter(verdict.status for _, verdict in self.response.verdicts)
        return ", ".join(f"{counts[status]} {status.value}" for status in VERDICTS if counts[status])


Tell = Callable[[Round, int], Awaitable[int]]


class SharedAnswerService:
    """Keep answers for every group. A group's own confirmed answers lie over them and are never touched."""

    def __init__(
        self, store: SharedAnswerStore, reports: ReportService, reader: PageReader, clock: Clock, tell: Tell
    ) -> None:
        self._store = store
        self._reports = reports
        self._reader = reader
        self._clock = clock
        self._tell = tell

    async def begin(self, slug: str, pages: Sequence[SavedPage], on: date | None = None, url: str = "") -> Round:
        """Read a response's pages. The same response again goes on where it was left. Refused: its day or address is missing."""
        report = self._report(slug)
        draft = await self._reader.answers(None, pages)
        day = on or draft.published_on or report.response.received_on
        link = url or draft.url or report.response.url
        if day is None or not is_web_address(link):
            missing = "the day of the response (--on)" if day is None else "its web address (--url)"
            raise Refused(f"The pages don't say {missing}.", "Give it, so that anyone can check each answer.")
        if day > london_today(self._clock) or day < report.published_on:
            raise Refused(
                "That day can't be the day of the response.", "Give a day between the report's publication and today."
            )
        known = list((await self._store.all()).get(report.slug, ()))
        same = next((n for n, one in enumerate(known) if one.draft.answers == draft.answers), None)
        if same is None:
            known.append(ReadResponse(report.slug, draft, day, link))
        else:
            known.append(replace(known.pop(same), on=day, url=link))
        await self._store.put(report.slug, known)
        return self._round(report, known[-1])

    async def resume(self, slug: str) -> Round:
        """Go on with the response that was read last. NotFound: none was."""
        report = self._report(slug)
        known = (await self._store.all()).get(report.slug, ())
        if not known:
            raise NotFound("No response to that report has been read yet.", "Give its saved pages.")
        return self._round(report, known[-1])

    async def say(self, slug: str, place: int, key: str, status: AnswerStatus) -> Round:
        """Keep what an answer amounts to, and which item it answers: all of them where the response answers several together."""
        found = await self.resume(slug)
        item = found.item(key)
        if item is None or not 0 <= place < len(found.proposed):
            raise NotFound(f"This report has no recommendation {key}.", "Give its number or key as the list shows it.")
        together = found.proposed[place].together
        keys = together if item.key in together else (item.key,)
        if status not in VERDICTS:
            raise Refused("That isn't one of the choices.", "Choose one of those shown.")
        return await self._keep(found, found.response.with_word(place, Verdict(keys, status)))

    async def none(self, slug: str, place: int) -> Round:
        """Take it that an answer is to nothing held."""
        found = await self.resume(slug)
        return await self._keep(found, found.response.with_word(place, None))

    async def take_back(self, slug: str, place: int) -> Round:
        """Take back what was said of one answer."""
        found = await self.resume(slug)
        return await self._keep(found, found.response.without_word(place))

    async def undo(self, slug: str) -> int:
        """Take away everything that was said of the responses to a report. Gives how many answers that were."""
        report = self._report(slug)
        known = (await self._store.all()).get(report.slug, ())
        await self._store.drop(report.slug)
        await self._reports.load()
        return sum(len(one.verdicts) for one in known)

    async def finish(self, slug: str, *, tells: bool) -> int:
        """Show what was said to everybody; tell organisers who follow the report, once for each response. Gives how many groups."""
        await self._reports.load()
        found = await self.resume(slug)
        if not tells or not found.response.verdicts:
            return 0
        known = (await self._store.all())[found.report.slug]
        return await self._tell(found, -(APART + crc32(f"{found.report.slug} {len(known)}".encode())))

    async def _keep(self, found: Round, changed: ReadResponse) -> Round:
        known = list((await self._store.all()).get(found.report.slug, ()))
        await self._store.put(found.report.slug, (*known[:-1], changed))
        return replace(found, response=changed)

    def _report(self, slug: str) -> Report:
        return self._reports.for_group(None).report(slug)

    @staticmethod
    def _round(report: Report, response: ReadResponse) -> Round:
        return Round(report, response, propose_answers(report, response.draft))


class TellsOnce(Protocol):
    """Where it is written that a group was told of something."""

    async def tell(self, guild_id: GuildId, publication_id: int, word: Any, now: Any) -> bool: ...


class Followers(Protocol):
    """Where it is written which group follows which report."""

    async def followers(self, report: ReportSlug) -> Sequence[GuildId]: ...


def answers_teller(notices: NoticeService, store: TellsOnce, follows: Followers, clock: Clock) -> Tell:
    """Make what tells organisers of answers that were read, once under their number. It gives how many groups were told."""

    async def tell(found: Round, number: int) -> int:
        fields = {
            "title": found.report.title,
            "count": len({key for _, verdict in found.response.verdicts for key in verdict.keys}),
            "counted": found.counted,
            "url": found.response.url,
        }
        told = 0
        for guild_id in await follows.followers(found.report.slug):
            try:
                word = await notices.plan(guild_id, "answers-read", fields)
            except Refused:
                continue
            told += await store.tell(guild_id, number, word, clock.now())
        return told

    return tell
