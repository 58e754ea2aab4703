"""A step of a plan that is posted now, before its day: shown first exactly as it goes out, and never posted twice."""

from __future__ import annotations

from dataclasses import dataclass, replace
from zoneinfo import ZoneInfo

from bot.clock import Clock, london_today
from bot.domain.actions import Action, Step, StepMark, in_order
from bot.domain.errors import Overtaken, Refused
from bot.domain.guilds import GuildSettings
from bot.domain.identity import ActionId, GuildId, PersonId
from bot.domain.messages import OutgoingMessage
from bot.domain.quiet_hours import out_of_quiet
from bot.domain.reminders import Owner, Target
from bot.services.action_posts import ActionPosts
from bot.services.action_writing import ActionWriter
from bot.services.ports.deliveries import DeliveryPlan, DueReminder, Write
from bot.services.ports.groups import GuildStore


@dataclass(frozen=True, slots=True)
class EarlyPost:
    """A step as it is posted if it is posted now, with its plan and the settings that decide where."""

    action: Action
    step: Step
    settings: GuildSettings
    message: OutgoingMessage


class ActionForward:
    """Bring a step that is still to come forward to now. ``write`` puts a delivery into words as the engine does."""

    def __init__(
        self, guilds: GuildStore, posts: ActionPosts, writer: ActionWriter, clock: Clock, write: Write
    ) -> None:
        self._guilds = guilds
        self._posts = posts
        self._writer = writer
        self._clock = clock
        self._write = write

    async def preview(self, guild_id: GuildId, action_id: ActionId, key: str) -> EarlyPost:
        """Show a step exactly as it goes out if it is posted now. Refused: it can't be."""
        settings = await self._guilds.get(guild_id)
        known = await self._writer.get(guild_id, action_id)
        changed = self._plan_with_step_now(known, key, settings)
        posts = await self._posts.public(changed, settings, at_once=key)
        post = next(post for step, post in posts if step.key == key)
        due = DueReminder(
            post.as_reminder(Owner(action_id=action_id), guild_id=guild_id), asked=await self._posts.subject(changed)
        )
        plan = DeliveryPlan(Target(guild_id, settings.channel_id), (due,), settings, key="rehearsal")
        return EarlyPost(known, known.step(key), settings, self._write(plan))

    async def post(
        self, guild_id: GuildId, action_id: ActionId, revision: int, person_id: PersonId | None, key: str
    ) -> Action:
        """Post a step now, in the channel and to those who joined. Again without harm. Overtaken, Refused: see ``preview``."""
        async with self._writer.turn(guild_id):
            known = await self._writer.get(guild_id, action_id)
            if known.step(key).mark is StepMark.BROUGHT:
                return known
            self._writer.require_open(known, revision)
            changed = self._plan_with_step_now(known, key, await self._guilds.get(guild_id))
            try:
                return await self._writer.save(known, replace(changed, set_by=person_id), at_once=key, by=person_id)
            except Overtaken:
                raise
            except Refused:  # another process saved meanwhile: the same press, where it brought this step forward too
                stored = await self._writer.get(guild_id, action_id)
                if stored.step(key).mark is StepMark.BROUGHT:
                    return stored
                raise

    def _plan_with_step_now(self, known: Action, key: str, settings: GuildSettings) -> Action:
        """Give a plan with a step on today. Refused: nothing of the plan is posted, or this step has come or is skipped."""
        step, now = known.step(key), self._clock.now()
        state = known.state(london_today(self._clock))
        if not state.is_planned:
            raise Refused(
                f"This plan is {state.value}, so Postbag won't post any of its steps.", "Open it with /action show."
            )
        if step.is_skipped:
            raise Refused(f"“{step.title}” is skipped.", "Bring it back first, under *Change a step or the plan*.")
        if step.has_come(self._posts.last_posted_day(settings)):
            raise Refused(f"The time for “{step.title}” has already passed.", "Choose a step that's still to come.")
        if settings.channel_id is None:
            raise Refused("Your group hasn't chosen a channel, so Postbag can't post.", "Choose one with /admin setup.")
        if (quiet := out_of_quiet(now, settings)).instant() > now:
            raise Refused(
                f"Your group's quiet hours last until {quiet.at:%H:%M}.", "Post it then, or wait for its day."
            )
        brought = replace(step, on=now.astimezone(ZoneInfo(settings.zone)).date(), mark=StepMark.BROUGHT)
        return replace(known, steps=in_order(brought if held.key == key else held for held in known.steps))
