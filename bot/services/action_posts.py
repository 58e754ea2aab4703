"""What a plan says at each step and when: in the group's channel, and to those who joined."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

from bot.clock import Clock, london_today
from bot.domain.actions import (
    NEWS,
    OFF,
    PROPOSED,
    PROPOSED_TITLES,
    WELCOME,
    Action,
    ActionState,
    Step,
    StepMark,
    proposed_key,
)
from bot.domain.deadlines import Deadline, DeadlineKind
from bot.domain.errors import NotFound, PostbagError
from bot.domain.guilds import GuildSettings
from bot.domain.identity import DeadlineId, GuildId
from bot.domain.quiet_hours import out_of_quiet
from bot.domain.reminders import CivilTime, PlannedReminder, ReminderKind
from bot.domain.report_gist import foremost
from bot.services.ports.files import Templates
from bot.services.reports import ReportService

STEP_USE = timedelta(days=7)
"""How long a step is of use that has no later one before that."""

NEWS_USE = timedelta(days=7)
AWAITED = (DeadlineKind.GOVERNMENT_RESPONSE, DeadlineKind.EXPECTED_ANSWER, DeadlineKind.WRITTEN_QUESTION)
OWN = "own"


class GivesDeadlines(Protocol):
    """What is asked of the deadlines: one of a group."""

    async def get(self, guild_id: GuildId, deadline_id: DeadlineId) -> Deadline:
        """Give one deadline of a group. NotFound: this group has none of that number."""
        ...


class ActionPosts:
    """Put the steps of a plan into words, as the group's preset wants them, with the moments at which they are posted."""

    def __init__(self, deadlines: GivesDeadlines, reports: ReportService, templates: Templates, clock: Clock) -> None:
        self._deadlines = deadlines
        self._reports = reports
        self._templates = templates
        self._clock = clock

    async def words(self, action: Action, key: str, settings: GuildSettings) -> str:
        """Give the proposed words of a step."""
        return self._proposed(action, key, settings, await self._about(action))

    async def public(
        self, action: Action, settings: GuildSettings, *, at_once: str = ""
    ) -> list[tuple[Step, PlannedReminder]]:
        """Give the steps to come as they are posted in the group's channel, that of the key ``at_once`` now."""
        about = await self._about(action)
        posts = []
        for step, civil, until, waiting in self._to_come(action, settings, at_once):
            text = step.text or self._proposed(action, step.key, settings, about)
            # What an organiser typed goes out as written: they answer for what it names, and are told of it after a yes.
            neutral = settings.high_risk or bool(step.text)
            post = _post(step.key, civil, until, text, neutral=neutral, for_day=step.on, standing=waiting)
            posts.append((step, post))
        return posts

    def private(self, action: Action, settings: GuildSettings, *, at_once: str = "") -> list[PlannedReminder]:
        """Give the steps to come as they are told to one who joined."""
        posts = []
        for step, civil, until, waiting in self._to_come(action, settings, at_once):
            text = self._templates.message(
                "action-joined", {"title": action.title, "step": step.title, "neutral": settings.high_risk}
            )
            neutral = settings.high_risk
            posts.append(_post(step.key, civil, until, text, neutral=neutral, for_day=step.on, standing=waiting))
        return posts

    def standing_words(self, action: Action, settings: GuildSettings) -> list[PlannedReminder]:
        """Give the words that news and a welcome have now, where they wait to go out."""
        news = self.news(action, settings, neutral=settings.high_risk, standing=True)
        welcome = self.welcome(action, settings)
        return [replace(news, generation=None, standing=True), replace(welcome, standing=True)]

    def _to_come(
        self, action: Action, settings: GuildSettings, at_once: str = ""
    ) -> list[tuple[Step, CivilTime, datetime, bool]]:
        """Give the steps with their moments and for how long they are of use, and whether their time has already passed.

        What has come and has not gone out yet is not lost by a change of the plan or of the group's settings.
        """
        now = self._clock.now()
        steps = action.posted_steps
        moments = [
            out_of_quiet(now, settings)
            if step.key == at_once
            else CivilTime(step.on, settings.time_of_day, settings.zone)
            for step in steps
        ]
        instants = [moment.instant() for moment in moments]
        found = []
        for index, step in enumerate(steps):
            later = next((instant for instant in instants if instant > instants[index]), None)
            until = min(later, instants[index] + STEP_USE) if later is not None else instants[index] + STEP_USE
            passed = step.mark is StepMark.BROUGHT or instants[index] <= now  # one brought forward keeps its own moment
            found.append((step, moments[index], until, passed and step.key != at_once))
        return found

    def last_posted_day(self, settings: GuildSettings) -> date:
        """Give the last day whose posts have come."""
        now = self._clock.now()
        local = now.astimezone(ZoneInfo(settings.zone)).date()
        posted = CivilTime(local, settings.time_of_day, settings.zone).instant() <= now
        return local if posted else local - timedelta(days=1)

    def _proposed(self, action: Action, key: str, settings: GuildSettings, about: Mapping[str, object]) -> str:
        title = next((step.title for step in action.steps if step.key == key), "")
        if settings.high_risk:
            # a title that somebody typed may name what nobody is to read over a shoulder; those that Postbag proposes name nothing
            return self._templates.message("action-neutral", {"step": title if title in PROPOSED_TITLES else ""})
        known = proposed_key(key)
        known = known if any(rung.key == known for rung in PROPOSED) else OWN
        on = next((step.on for step in action.steps if step.key == key), action.centre_on)
        after = next((step for step in action.posted_steps if step.on > on), None)
        return self._templates.message(
            f"action-{known}",
            {
                "title": action.title if known != OWN else title,
                **about,
                "day": action.centre_on,
                "on": on,
                "items": self._asks_of(action) or self._most_important(action.guild_id, about.get("report")),
                "next_title": after.title if after else "",
                "next_on": after.on if after else None,
            },
        )

    async def subject(self, action: Action) -> tuple[str, ...]:
        """Give what a plan's posts lead to: its recommendations, or the report of its clock where it names none."""
        if action.items or action.deadline_id is None:
            return action.items
        try:
            deadline = await self._deadlines.get(action.guild_id, action.deadline_id)
        except NotFound:
            return ()
        return (deadline.report,) if deadline.report else ()

    def labels(self, action: Action) -> list[str]:
        """Name what a plan is about, a line each, as its group knows it; what is no longer in Postbag by its short name."""
        return [self._label(action.guild_id, item) for item in action.items]

    def _asks_of(self, action: Action) -> list[str]:
        """Say in a line each what the recommendations of a plan asked for."""
        return [self._asked(action.guild_id, item) for item in action.items]

    def _most_important(self, guild_id: GuildId, report: object) -> list[str]:
        """Say what a report asked for first, where a plan on its clock names nothing."""
        if not isinstance(report, str) or not report:
            return []
        try:
            held = self._reports.for_group(guild_id).report(report)
        except PostbagError:
            return []
        return [self._asked(guild_id, f"{held.slug}/{item.key}") for item in foremost(held)]

    def _label(self, guild_id: GuildId, item: str) -> str:
        try:
            found = self._reports.for_group(guild_id).find(item)
        except PostbagError:
            return item
        return f"{found.item.heading}: {found.item.theme}"

    def _asked(self, guild_id: GuildId, item: str) -> str:
        try:
            found = self._reports.for_group(guild_id).find(item)
        except PostbagError:
            return item
        line = (found.item.letter_line or "").strip().rstrip(".")
        named = f"{found.item.heading}: {found.item.theme}"
        return f"{named}. It asked the Government to {line}." if line else named

    async def _about(self, action: Action) -> Mapping[str, object]:
        """Give the clock that a plan hangs on as its posts name it, where something is awaited by it."""
        nothing: Mapping[str, object] = {"about": "", "promised": False, "partly": False}
        if action.deadline_id is None:
            return nothing
        try:
            deadline = await self._deadlines.get(action.guild_id, action.deadline_id)
        except NotFound:
            return nothing
        if deadline.kind not in AWAITED:
            return nothing
        promised = deadline.promised_on is not None and deadline.promised_on == action.centre_on
        return {
            "about": deadline.title,
            "promised": promised,
            "partly": deadline.partly_on is not None,
            "report": deadline.report or "",
        }

    def welcome(self, action: Action, settings: GuildSettings) -> PlannedReminder:
        today = london_today(self._clock)
        after = next((step for step in action.posted_steps if step.on > today), None)
        text = self._templates.message(
            "action-welcome",
            {
                "title": action.title,
                "next_title": after.title if after else "",
                "next_on": after.on if after else None,
                "neutral": settings.high_risk,
            },
        )
        minute = self._clock.now().astimezone(UTC).replace(second=0, microsecond=0)
        return _post(
            WELCOME, CivilTime(minute.date(), minute.time(), "UTC"), minute + NEWS_USE, text, neutral=settings.high_risk
        )

    def news(
        self, action: Action, settings: GuildSettings, *, neutral: bool, standing: bool = False
    ) -> PlannedReminder:
        today = london_today(self._clock)
        after = action.next_step(today + timedelta(days=1))
        text = self._templates.message(
            "action-news",
            {
                "title": action.title,
                "cancelled": action.stored is ActionState.CANCELLED,
                "day": action.centre_on,
                "next_title": after.title if after else "",
                "next_on": after.on if after else None,
                "neutral": neutral,
            },
        )
        civil = out_of_quiet(self._clock.now(), settings)
        rung = OFF if action.stored is ActionState.CANCELLED and not standing else NEWS
        return _post(rung, civil, civil.instant() + NEWS_USE, text, neutral=neutral, generation=action.revision)


def _post(
    rung: str,
    civil: CivilTime,
    until: datetime,
    text: str,
    *,
    neutral: bool,
    for_day: date | None = None,
    generation: int | None = None,
    standing: bool = False,
) -> PlannedReminder:
    return PlannedReminder(ReminderKind.ACTION, rung, civil, until, for_day, generation, text, neutral, standing)
