"""Deadlines of groups: followed reports' clocks and a group's own dates. Every change plans its reminders again."""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from datetime import date

from bot.clock import Clock, london_today
from bot.domain.deadline_checks import (
    clean_link,
    clean_title,
    has_been_published,
    has_come,
    not_before_publication,
    sensible_day,
    source_of,
    still_open,
)
from bot.domain.deadlines import (
    Deadline,
    DeadlineKind,
    OwnLadder,
    Recorded,
    lapsed_at,
    response_clock,
    with_facts,
)
from bot.domain.editions import edition, require_edition
from bot.domain.errors import NotFound, PostbagError, Refused
from bot.domain.identity import DeadlineId, GuildId, PersonId
from bot.domain.ladders import checked_ladder, ladder_words
from bot.domain.members import Dissolution
from bot.domain.reminders import ReminderKind
from bot.domain.rules import GIVEN, TWO_MONTHS, WHITEHALL, Rule, rule_of
from bot.services.audit import UNNOTED, TakesNotes
from bot.services.deadline_facts import DeadlineFacts
from bot.services.deadline_following import DeadlineFollowing, is_unfollowed
from bot.services.deadline_writing import Change, DeadlineWriter, Plans
from bot.services.ladders import Ladder, Rungs
from bot.services.ports.deadlines import DeadlineStore
from bot.services.ports.groups import GuildStore
from bot.services.ports.reports import ReportStore
from bot.services.reports import ReportService

log = logging.getLogger(__name__)

MOST_DEADLINES = 200
MOST_HELD = 1_000
"""Open deadlines that one group may hold."""

CHOICES = 25


class DeadlineService:
    """Keep a group's deadlines and their ladders of reminders. ``wake`` tells the alarm clock that something was planned.

    ``facts`` records what is learnt of one, ``following`` watches the clocks of reports.
    """

    def __init__(
        self,
        deadlines: DeadlineStore,
        guilds: GuildStore,
        reports: ReportService,
        clock: Clock,
        wake: Callable[[], None],
        *,
        reminders: Rungs,
        follows: ReportStore,
        dissolution: Dissolution = Dissolution(),  # noqa: B008 - frozen
        bank_holidays: Callable[[str], Collection[date]] = lambda division: (),
        audit: TakesNotes = UNNOTED,
    ) -> None:
        self._deadlines = deadlines
        self._guilds = guilds
        self._reports = reports
        self._clock = clock
        self._bank_holidays = bank_holidays
        self._writer = DeadlineWriter(deadlines, guilds, clock, wake, reminders, bank_holidays, audit)
        self._ladders = self._writer.ladders
        self.facts = DeadlineFacts(self._writer, clock)
        self.following = DeadlineFollowing(deadlines, reports, follows, self._writer, clock, audit)
        self._dissolution = dissolution

    def attach(self, plans: Plans) -> None:
        """Let plans that hang on a clock follow it, and speak for it."""
        self._writer.plans = plans

    # Reading

    async def list(self, guild_id: GuildId) -> Sequence[Deadline]:
        """List a group's deadlines: the open ones by date, then the closed ones, newest first. Unfollowed reports are left out."""
        today = london_today(self._clock)
        shown = [d for d in await self._deadlines.of_guild(guild_id) if not is_unfollowed(d)]
        still_open = sorted((d for d in shown if d.state(today).is_open), key=lambda d: (d.watch_on, d.deadline_id))
        closed = sorted((d for d in shown if not d.state(today).is_open), key=_closed_on, reverse=True)
        return (*still_open, *closed)

    async def recorded(self, deadline: Deadline) -> Sequence[Recorded]:
        """List what was recorded of a deadline, by whom and when, oldest first."""
        return await self._deadlines.recorded(deadline.guild_id, deadline.deadline_id)

    async def ever(self, guild_id: GuildId) -> Sequence[Deadline]:
        """List every deadline that a group ever watched, by date."""
        return await self._deadlines.of_guild(guild_id)

    async def get(self, guild_id: GuildId, deadline_id: DeadlineId) -> Deadline:
        """Give one deadline of a group. NotFound: this group has none of that number."""
        return await self._writer.get(guild_id, deadline_id)

    async def complete(self, guild_id: GuildId, text: str) -> Sequence[Deadline]:
        """Offer up to 25 deadlines whose title holds every word typed."""
        wanted = text.casefold().split()
        found = [d for d in await self.list(guild_id) if all(word in d.title.casefold() for word in wanted)]
        return found[:CHOICES]

    def of_reports(self) -> Sequence[Deadline]:
        """List the clocks of every report held, as anyone may see them, whether a group follows them or not."""
        clocks = (response_clock(report, GuildId(0)) for report in self._reports.for_group(None).reports())
        return [clock for clock in clocks if clock is not None]

    async def ladder(self, deadline: Deadline) -> Ladder:
        """Show the reminders of a deadline: those to come, and those that were due."""
        shown = await self._ladders.show(deadline, await self._guilds.get(deadline.guild_id))
        speaks = await self._writer.plans.speaks_for(deadline.deadline_id) if self._writer.plans is not None else ""
        return replace(shown, plan=speaks)

    # A group's own dates, and what is learnt about any

    async def add(
        self,
        guild_id: GuildId,
        person_id: PersonId | None,
        title: str,
        *,
        due_on: date | None = None,
        published_on: date | None = None,
        kind: DeadlineKind | None = None,
        rule: Rule = TWO_MONTHS,
        source_url: str = "",
    ) -> Deadline:
        """Add a date: the day itself, or a day of publication and the two-month rule. Refused: both, neither, or nonsense."""
        today = london_today(self._clock)
        if (due_on is None) == (published_on is None):
            raise Refused(
                "Give either the date itself or the day of publication.",
                "With a day of publication, Postbag works out the date.",
            )
        started_on = has_been_published(published_on, today) if published_on is not None else None
        if started_on is not None:
            day = rule.due(started_on, self._bank_holidays(WHITEHALL))
        else:
            assert due_on is not None
            day, rule = due_on, GIVEN
        deadline = Deadline(
            deadline_id=DeadlineId(0),
            guild_id=guild_id,
            kind=kind or (DeadlineKind.GOVERNMENT_RESPONSE if started_on is not None else DeadlineKind.OWN_DATE),
            title=clean_title(title),
            due_on=sensible_day(day, today),
            rule=rule,
            started_on=started_on,
            source_url=clean_link(source_url),
            set_by=person_id,
        )
        async with self._writer.turn(guild_id):
            await self._require_new(deadline, today)
            return await self._writer.add(deadline)

    async def _require_new(self, deadline: Deadline, today: date) -> None:
        held = [d for d in await self._deadlines.of_guild(deadline.guild_id) if d.state(today).is_open]
        if len(held) >= MOST_DEADLINES:
            raise Refused(
                f"This group already has {len(held)} dates.",
                "Withdraw dates that no longer matter, then add this one.",
            )
        if any((d.title.casefold(), d.due_on) == (deadline.title.casefold(), deadline.due_on) for d in held):
            raise Refused(
                "Your group already has that date with that title.",
                "See it with /deadlines list, or give this one another title.",
            )

    async def take(self, deadline: Deadline) -> Deadline:
        """Take over a clock with all that is known about it, from a file; nothing is announced. Refused: it makes no sense."""
        today = london_today(self._clock)
        checked = replace(
            deadline,
            title=clean_title(deadline.title),
            rule=rule_of(deadline.rule.code),
            due_on=sensible_day(deadline.due_on, today),
            source_url=clean_link(deadline.source_url),
            promised_url=clean_link(deadline.promised_url),
            partly_url=clean_link(deadline.partly_url),
            received_url=clean_link(deadline.received_url),
        )
        for day in (
            checked.partly_on,
            checked.received_on,
            checked.withdrawn_on,
            checked.lapsed_on,
            checked.started_on,
        ):
            if day is not None:
                has_come(sensible_day(day, today), today)
        if checked.promised_on is not None:
            sensible_day(checked.promised_on, today)
        if len(await self._deadlines.of_guild(checked.guild_id)) >= MOST_HELD:
            raise Refused(f"A group can have up to {MOST_HELD} dates.", "Import a smaller file.")
        return await self._writer.add(checked)

    async def edit(
        self,
        guild_id: GuildId,
        deadline_id: DeadlineId,
        person_id: PersonId | None,
        *,
        title: str | None = None,
        due_on: date | None = None,
        published_on: date | None = None,
        source_url: str | None = None,
        revision: int | None = None,
    ) -> Change:
        """Change what is given; a new date is announced once as a correction.

        A followed report's date needs a link. Refused: closed, or nonsense. Overtaken: changed since ``revision``.
        """
        async with self._writer.turn(guild_id):
            return await self._edited(
                guild_id, deadline_id, person_id, title, due_on, published_on, source_url, revision
            )

    async def _edited(
        self,
        guild_id: GuildId,
        deadline_id: DeadlineId,
        person_id: PersonId | None,
        title: str | None,
        due_on: date | None,
        published_on: date | None,
        source_url: str | None,
        revision: int | None,
    ) -> Change:
        today = london_today(self._clock)
        known = await self._writer.get(guild_id, deadline_id)
        if known.revision == revision:
            still_open(known, today)
        changed = known
        if title is not None:
            changed = replace(changed, title=clean_title(title))
        if due_on is not None and published_on is not None:
            raise Refused("Give either the date itself or the day of publication.", "Leave one of them empty.")
        link = clean_link(source_url) if source_url is not None else None
        if published_on is not None and published_on != known.started_on:
            if not known.rule.counts:
                raise Refused(
                    f"This deadline isn't counted from a day of publication: it is {known.rule.words}.",
                    "Give the date itself. Or withdraw this deadline, and add it again with its day of publication.",
                )
            day = known.rule.due(sensible_day(published_on, today), self._bank_holidays(WHITEHALL))
            changed = replace(changed, due_on=sensible_day(day, today), started_on=published_on)
        elif due_on is not None and due_on != known.due_on:
            day = not_before_publication(known, sensible_day(due_on, today))
            changed = replace(changed, due_on=day, rule=GIVEN)
        moved = changed.due_on != known.due_on
        if known.report is not None and moved:
            changed = replace(changed, rule=GIVEN, source_url=source_of(known, source_url or ""))
        if link or (link is not None and known.report is None):
            changed = replace(changed, source_url=link)
        if changed == known:
            return Change(known)
        still_open(self._writer.require_unchanged(known, revision), today)
        return await self._writer.save(
            known, replace(changed, set_by=person_id), announce=ReminderKind.CORRECTED if moved else None, by=person_id
        )

    # Ladders

    async def own_ladder(
        self,
        guild_id: GuildId,
        deadline_id: DeadlineId,
        person_id: PersonId | None,
        ladder: OwnLadder | None,
        *,
        opened: str = "",
    ) -> Change:
        """Give a clock a ladder of its own, or (None) its group's again. Refused: the clock is closed, or the days make no sense.

        Overtaken: its days changed since ``opened``.
        """
        async with self._writer.turn(guild_id):
            known = await self._writer.get_open(guild_id, deadline_id)
            own = replace(ladder, days=checked_ladder(ladder.days)) if ladder is not None else None
            if own == known.ladder:
                return Change(known)
            group = await self._guilds.get(guild_id)
            now = known.ladder or OwnLadder(group.ladder, group.monthly, group.aloud)
            says = ladder_words(now.days, monthly=now.monthly, aloud=now.aloud)
            require_edition(opened, ladder_edition(now), "When to remind", says)
            return await self._writer.save(known, replace(known, ladder=own, set_by=person_id), by=person_id)

    async def if_laddered(
        self, guild_id: GuildId, ladder: OwnLadder, deadline_id: DeadlineId | None = None
    ) -> Sequence[tuple[Deadline, Ladder]]:
        """Show what a ladder would plan, before it is kept: for one clock, or for those that follow the group's ladder."""
        settings = await self._guilds.get(guild_id)
        if deadline_id is not None:
            wanted: Sequence[Deadline] = [await self._writer.get_open(guild_id, deadline_id)]
        else:
            today = london_today(self._clock)
            wanted = [d for d in await self.list(guild_id) if d.state(today).is_open and d.ladder is None]
        own = replace(ladder, days=checked_ladder(ladder.days))
        return [(d, await self._ladders.show(replace(d, ladder=own), settings)) for d in wanted]

    # By itself

    async def recompute(self) -> int:
        """Bring every open deadline up to what is known today; give the number changed. Meant for once a day and at start.

        A followed report's new facts are taken over, a dissolution settles what it ended, and ladders are planned on.
        """
        count = 0
        for deadline in await self._deadlines.everyone():
            try:
                count += await self._recompute(deadline)
            except PostbagError as error:
                log.warning("deadline %d was left as it is: %s", deadline.deadline_id, error.message)
        return count

    async def replan(self, guild_id: GuildId) -> int:
        """Plan a group's ladders again after its settings changed; give the number of deadlines planned."""
        today = london_today(self._clock)
        settings = await self._guilds.get(guild_id)
        count = 0
        for deadline in await self._deadlines.of_guild(guild_id):
            if deadline.state(today).is_open and not await self._ladders.is_up_to_date(deadline, settings):
                await self._writer.save(deadline, deadline)
                count += 1
        return count

    async def _recompute(self, known: Deadline) -> bool:
        today = london_today(self._clock)
        changed = known
        if known.report is not None:
            try:
                changed = with_facts(known, self._reports.for_group(known.guild_id).report(known.report))
            except NotFound:
                log.warning("deadline %d: its report is no longer in Postbag", known.deadline_id)
        lapsed_on = lapsed_at(changed, self._dissolution, today)
        if lapsed_on is not None:
            changed = replace(changed, lapsed_on=lapsed_on)
        announce = None
        if (changed.received_on, changed.lapsed_on) != (known.received_on, known.lapsed_on):
            announce = ReminderKind.ANSWERED
        elif changed.due_on != known.due_on:
            announce = ReminderKind.CORRECTED
        if changed == known and await self._ladders.is_up_to_date(known, await self._guilds.get(known.guild_id)):
            return False
        await self._writer.save(known, changed, announce=announce, own=False)
        return True


def ladder_edition(ladder: OwnLadder) -> str:
    """Name a ladder for a form that changes it."""
    return edition(ladder.days, ladder.monthly, ladder.aloud)


def _closed_on(deadline: Deadline) -> date:
    return deadline.withdrawn_on or deadline.received_on or deadline.lapsed_on or deadline.due_on
