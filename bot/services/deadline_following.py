"""Which reports a group follows, and the clocks that it watches for it."""

from __future__ import annotations

from dataclasses import replace

from bot.clock import Clock, london_today
from bot.domain.deadlines import (
    NOT_FOLLOWED,
    Deadline,
    NoteKind,
    response_clock,
    with_facts,
)
from bot.domain.errors import Refused
from bot.domain.identity import GuildId, PersonId, ReportSlug
from bot.domain.reports import Report
from bot.services.audit import TakesNotes
from bot.services.deadline_writing import DeadlineWriter
from bot.services.ports.deadlines import DeadlineStore
from bot.services.ports.reports import ReportStore
from bot.services.reports import ReportService


class DeadlineFollowing:
    """Follow a report and watch its clock, or stop."""

    def __init__(
        self,
        deadlines: DeadlineStore,
        reports: ReportService,
        follows: ReportStore,
        writer: DeadlineWriter,
        clock: Clock,
        audit: TakesNotes,
    ) -> None:
        self._deadlines = deadlines
        self._reports = reports
        self._follows = follows
        self._writer = writer
        self._clock = clock
        self._audit = audit

    async def follow(self, guild_id: GuildId, slug: ReportSlug, person_id: PersonId | None) -> Deadline | None:
        """Follow a report and watch its clock; again without harm. None: no response is due to that report."""
        report = self._reports.for_group(guild_id).report(slug)
        deadline = await self._watch(guild_id, report, person_id)
        if await self._follows.follow(guild_id, report.slug, self._clock.now()):
            await self._audit.note(guild_id, person_id, f"Follows the report “{report.short_title}”")
        await self._reports.read_followed(guild_id)
        return deadline

    async def unfollow(self, guild_id: GuildId, slug: ReportSlug, person_id: PersonId | None) -> bool:
        """Stop following a report and watching its clock, whose history is kept. False: it was not followed."""
        known = await self._deadlines.of_report(guild_id, slug)
        if known is not None and not is_unfollowed(known):
            today = london_today(self._clock)
            await self._writer.save(
                known,
                replace(
                    known, withdrawn_on=today, note=NOT_FOLLOWED, note_kind=NoteKind.NOT_FOLLOWED, set_by=person_id
                ),
                by=person_id,
            )
        followed = await self._follows.unfollow(guild_id, slug)
        if followed:
            await self._audit.note(guild_id, person_id, f"No longer follows the report “{slug}”")
        await self._reports.read_followed(guild_id)
        return followed

    async def _watch(self, guild_id: GuildId, report: Report, person_id: PersonId | None) -> Deadline | None:
        clock = response_clock(report, guild_id)
        if clock is None:
            return None
        known = await self._deadlines.of_report(guild_id, report.slug)
        if known is None:
            try:
                return await self._writer.add(replace(clock, set_by=person_id))
            except Refused:
                known = await self._deadlines.of_report(guild_id, report.slug)
                if known is None:
                    raise
        if known.withdrawn_on is None:
            return known
        again = with_facts(
            replace(known, withdrawn_on=None, note="", note_kind=NoteKind.NONE, set_by=person_id), report
        )
        return (await self._writer.save(known, again, by=person_id)).deadline


def is_unfollowed(deadline: Deadline) -> bool:
    """Tell whether a clock is kept only as the history of a report that its group no longer follows."""
    return deadline.withdrawn_on is not None and deadline.note_kind in (NoteKind.NOT_FOLLOWED, NoteKind.BECAME_EVENT)
