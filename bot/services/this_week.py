"""This week: one silent post on Monday, for groups that asked for it, of what is due, overdue, answered, planned and coming up."""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any, Protocol
from zoneinfo import ZoneInfo

from bot.clock import Clock
from bot.domain.actions import Action
from bot.domain.christmas import is_christmas
from bot.domain.deadlines import Deadline, DeadlineState, days
from bot.domain.followed_questions import FollowedQuestion
from bot.domain.group_events import GroupEvent
from bot.domain.guilds import GuildSettings
from bot.domain.identity import GuildId, ReminderId
from bot.domain.plain_text import cut
from bot.domain.quiet_hours import out_of_quiet
from bot.domain.records import UNSAID
from bot.domain.reminders import THIS_WEEK, CivilTime, Reminder, ReminderKind
from bot.domain.reports import long_date
from bot.domain.said import AnswerState, question_page
from bot.services.coming_up import ComingToGroup, ToldRows
from bot.services.ports.groups import GuildStore
from bot.services.reports import ReportService

log = logging.getLogger(__name__)

TEMPLATE = "this-week"
MOST_LINES = 10
MOST_SIGNS = 120
LATEST = 1
"""The last day of a week, Tuesday, on which the post may still come where Postbag was off."""


class ListsDeadlines(Protocol):
    async def list(self, guild_id: GuildId) -> Sequence[Deadline]: ...


class ListsEvents(Protocol):
    async def list(self, guild_id: GuildId) -> Sequence[GroupEvent]: ...


class ListsPlans(Protocol):
    async def plans(self, guild_id: GuildId) -> Sequence[Action]: ...


class ListsComing(Protocol):
    async def to_group(self, guild_id: GuildId) -> ComingToGroup: ...


class ListsQuestions(Protocol):
    async def all(self, guild_id: GuildId | None = None) -> Sequence[FollowedQuestion]: ...


class Templates(Protocol):
    def message(self, name: str, fields: Mapping[str, Any]) -> str: ...


class ThisWeekService:
    """Write the post of a week and plan it, once for each group."""

    def __init__(
        self,
        guilds: GuildStore,
        deadlines: ListsDeadlines,
        events: ListsEvents,
        plans: ListsPlans,
        coming: ListsComing,
        questions: ListsQuestions,
        reports: ReportService,
        templates: Templates,
        told: ToldRows,
        clock: Clock,
        wake: Callable[[], None],
    ) -> None:
        self._guilds = guilds
        self._deadlines = deadlines
        self._events = events
        self._plans = plans
        self._coming = coming
        self._questions = questions
        self._reports = reports
        self._templates = templates
        self._told = told
        self._clock = clock
        self._wake = wake

    async def plan_posts(self) -> int:
        """Plan this week's post for each group that wants it and has not had it. Gives how many. Nothing in an empty week."""
        now, count = self._clock.now(), 0
        for settings in await self._guilds.everyone():
            if not settings.weekly or settings.channel_id is None:
                continue
            today = now.astimezone(ZoneInfo(settings.zone)).date()
            monday = today - timedelta(days=today.weekday())
            before = await self._told.told(settings.guild_id, TEMPLATE)
            if today.weekday() > LATEST or before >= monday.isoformat():
                continue
            words = await self.words(settings, monday)
            word = _reminder(settings, monday, words, now) if words else None
            told = await self._told.tell(settings.guild_id, TEMPLATE, before, monday.isoformat(), word, now)
            count += bool(told and word)
        if count:
            self._wake()
        return count

    async def words(self, settings: GuildSettings, monday: date) -> str:
        """Write the post of a week, or "" where there is nothing to say. A group at risk reads numbers alone."""
        lines = await self.lines(settings.guild_id, monday)
        if not lines:
            return ""
        more = max(0, len(lines) - (MOST_LINES - 1)) if len(lines) > MOST_LINES else 0
        shown = lines[: MOST_LINES - 1] if more else lines
        fields = {"neutral": settings.high_risk, "lines": shown, "more": more, "total": len(lines)}
        return self._templates.message(TEMPLATE, fields)

    async def lines(self, guild_id: GuildId, monday: date) -> list[str]:
        """List what a week holds, the most pressing first."""
        end, now = monday + timedelta(days=6), self._clock.now()
        dates = await self._deadlines.list(guild_id)
        found = [
            f"{days(d.days_late(monday))} overdue: {d.title}" for d in dates if d.state(monday) is DeadlineState.OVERDUE
        ]
        found += [
            f"Expected by {_day(d.watch_on)}: {d.title}"
            for d in dates
            if d.state(monday).is_open and monday <= d.watch_on <= end
        ]
        for event in await self._events.list(guild_id):
            coming = [one for one in event.coming(now) if monday <= one.on <= end]
            found += [f"{_day(one.on)}: {event.title}" for one in coming]
        for plan in await self._plans.plans(guild_id):
            steps = [step for step in plan.posted_steps if plan.stored.is_planned and monday <= step.on <= end]
            found += [f"{_day(step.on)}: {step.title} ({plan.title})" for step in steps]
        since = monday - timedelta(days=7)
        answered = [d for d in dates if d.received_on is not None and since <= d.received_on < monday]
        found += [f"Answered on {_day(d.received_on)}: {d.title}" for d in answered]
        found += await self._questions_answered(guild_id, since, monday, {d.received_url for d in answered})
        found += await self._rows_answered(guild_id, since, monday)
        ahead = [one for one, _ in (await self._coming.to_group(guild_id)).items if monday <= one.on <= end]
        found += [f"In Parliament, {_day(one.on)}: {one.title}" for one in ahead]
        return [cut(" ".join(line.split()), MOST_SIGNS) for line in found]

    async def _questions_answered(
        self, guild_id: GuildId, since: date, monday: date, told: Collection[str]
    ) -> list[str]:
        """List followed questions that were answered, but for those whose deadline says so already."""
        return [
            f"Answered on {_day(one.changed_on)}: written question {one.number}"
            for one in await self._questions.all(guild_id)
            if one.state in (AnswerState.ANSWERED, AnswerState.CORRECTED)
            and one.changed_on is not None
            and since <= one.changed_on < monday
            and question_page(one.tabled_on, one.number) not in told
        ]

    async def _rows_answered(self, guild_id: GuildId, since: date, monday: date) -> list[str]:
        """Count the recommendations of followed reports that the Government answered, a line for each report."""
        view = self._reports.for_group(guild_id)
        followed = self._reports.followed_now(guild_id) or await self._reports.read_followed(guild_id)
        lines = []
        for report in view.reports():
            rows = [item.answer for item in report.recommendations if item.answer.status not in UNSAID]
            # Where a source names no day, "on" is only the last that it can have been.
            count = sum(1 for one in rows if one.on is not None and not one.when and since <= one.on < monday)
            if report.slug in followed and count:
                named = "1 recommendation" if count == 1 else f"{count} recommendations"
                lines.append(f"The Government answered {named}: {report.short_title}")
        return lines


def _reminder(settings: GuildSettings, monday: date, words: str, now: datetime) -> Reminder:
    """Plan the post for the group's usual hour on Monday; where that is over, for now or the end of its quiet hours.

    Where Monday is Christmas Day it comes on Tuesday.
    """
    first_day = monday + timedelta(days=1) if is_christmas(monday) else monday
    civil = CivilTime(first_day, settings.time_of_day, settings.zone)
    if civil.instant() < now:
        civil = out_of_quiet(now, settings)
    return Reminder(
        reminder_id=ReminderId(0),
        kind=ReminderKind.NOTICE,
        rung=THIS_WEEK,
        due_at=civil.instant(),
        civil=civil,
        guild_id=settings.guild_id,
        channel_id=settings.channel_id,
        for_day=monday,
        text=words,
        neutral=settings.high_risk,
        expires_at=CivilTime(monday + timedelta(days=2), settings.time_of_day, settings.zone).instant(),
    )


def _day(on: date | None) -> str:
    return f"{on:%A} {long_date(on)}" if on is not None else ""
