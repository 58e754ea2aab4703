"""Take words to look for and followed questions out of a group, and into one: what a set-up file has of Parliament. Nothing is asked."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime
from typing import Protocol

from bot.clock import Clock
from bot.domain.errors import PostbagError
from bot.domain.followed_questions import MOST_FOLLOWED, FollowedQuestion
from bot.domain.identity import GuildId, ReportSlug
from bot.domain.look_words import OwnWords
from bot.domain.moving_parliament import MovedWords, same_words
from bot.domain.reports import Report
from bot.services.reports import ReportService


class WordRows(Protocol):
    async def words(self, guild_id: GuildId, report: ReportSlug) -> Mapping[str, OwnWords]: ...
    async def put_words(self, guild_id: GuildId, report: ReportSlug, item: str, words: OwnWords | None) -> bool: ...


class QuestionRows(Protocol):
    async def all(self, guild_id: GuildId | None = None) -> Sequence[FollowedQuestion]: ...
    async def put(self, found: FollowedQuestion, now: datetime) -> bool: ...


class Lists(Protocol):
    """Lines of what is new, of what is there already, and of what stays out."""

    new: list[str]
    same: list[str]
    out: list[str]


class MovingParliament:
    """What of Parliament travels. ``at_risk``: a group in which people could be targeted sends no words by an import."""

    def __init__(
        self,
        words: WordRows,
        questions: QuestionRows,
        reports: ReportService,
        at_risk: Callable[[GuildId], Awaitable[bool]],
        clock: Clock,
    ) -> None:
        self._words = words
        self._questions = questions
        self._reports = reports
        self._at_risk = at_risk
        self._clock = clock

    async def words(self, guild_id: GuildId) -> list[MovedWords]:
        """List a group's own words, of every report in its view."""
        found = []
        for report in self._reports.for_group(guild_id).reports():
            for item, own in sorted((await self._words.words(guild_id, report.slug)).items()):
                found.append(MovedWords(str(report.slug), item, own.words, bool(own.asked)))
        return found

    async def questions(self, guild_id: GuildId) -> Sequence[FollowedQuestion]:
        """List what a group follows, as it was last told."""
        return await self._questions.all(guild_id)

    async def bring_words(self, guild_id: GuildId, found: Sequence[MovedWords], into: Lists, *, really: bool) -> None:
        """Take words over. Those that the group has here already stay as they are."""
        here = await self.words(guild_id)
        for moved in found:
            try:
                report = self._reports.for_group(guild_id).report(moved.report)
            except PostbagError:
                into.out.append(f"Words to look for in {moved.report}: Postbag doesn't have that report here")
                continue
            name = self._name(report, moved.item)
            if not name:
                into.out.append(
                    f"Words to look for: {report.short_title}, {moved.item}: the report has no such row here"
                )
                continue
            known = same_words(moved, here)
            if known is not None:
                kept = known.words == moved.words
                (into.same if kept else into.out).append(name if kept else f"{name}: your group has its own words here")
                continue
            stays = moved.is_searched and await self._at_risk(guild_id)
            asked = (self._clock.now(),) * len(moved.words) if moved.is_searched and not stays else ()
            if really:
                own = OwnWords(moved.words, asked if not moved.item else ())
                await self._words.put_words(guild_id, report.slug, moved.item, own)
            here.append(moved)
            words = ", ".join(moved.words)
            if moved.item:
                into.new.append(f"{name}: {words}")
            elif asked:  # what would leave the database comes first: a list that is cut short must not hide it
                into.new.insert(0, f"{name}, will be searched for: {words}")
            else:
                into.new.append(f"{name}, kept here, not searched for: {words}")

    async def bring_questions(
        self, guild_id: GuildId, found: Sequence[FollowedQuestion], into: Lists, *, really: bool
    ) -> None:
        """Follow questions as they stood when the file was written: what changed since is told with the next look."""
        here = {one.key for one in await self._questions.all(guild_id)}
        for one in found:
            name = f"Written question: {one.number}"
            if one.key in here:
                into.same.append(name)
                continue
            if len(here) >= MOST_FOLLOWED:
                into.out.append(f"{name}: a group can follow up to {MOST_FOLLOWED}")
                continue
            here.add(one.key)
            if really:
                moved = FollowedQuestion(
                    guild_id, one.key, one.number, one.tabled_on, one.state, one.changed_on, body=one.body
                )
                await self._questions.put(moved, self._clock.now())
            into.new.append(name)

    def _name(self, report: Report, item: str) -> str:
        """Name the row that words are for; nothing where the report has none such."""
        if not item:
            return f"Words to look for: {report.short_title}"
        known = next((one for one in report.recommendations if one.key == item), None)
        return f"Words to look for: {report.short_title}, {known.heading}" if known is not None else ""
