"""/action: plan back from a clock or a day, rehearse, approve; and for everybody joining privately."""

from __future__ import annotations

import contextlib
from collections.abc import Awaitable, Callable, Sequence
from datetime import date, datetime

import discord
from discord import app_commands

from bot.chat.answers import begin, show_form
from bot.chat.cards.actions import copy_card, open_card, plan_card, plans_card, rehearsal_card, start_card
from bot.chat.cards.counts import counts_card
from bot.chat.cards.group_events import event_label, event_line, event_reference
from bot.chat.client import Interaction, PostbagClient, in_servers
from bot.chat.common import number_in, person_of
from bot.chat.lengths import Day, Name, PlanTitle
from bot.chat.live_cards import LiveCards
from bot.chat.permissions import check_channel, group_of, is_organiser, require_group, require_organiser
from bot.chat.presses import Press, presses
from bot.chat.ui import Act, Card, choices, meant, plain, reply
from bot.chat.views.actions import outcome_form
from bot.chat.views.group_events import find_event
from bot.chat.views.plan_cog import PlanCog
from bot.clock import LONDON
from bot.domain.actions import TITLE_LIMIT, Action, short_notice
from bot.domain.dates.one_day import read_day
from bot.domain.deadlines import Deadline
from bot.domain.errors import NotFound, Overtaken, PostbagError, Refused
from bot.domain.group_events import GroupEvent, GroupEventKind
from bot.domain.identity import ActionId, DeadlineId, GuildId, PersonId, UserId


class Actions(PlanCog):
    """Plans of a group. Changing one is for organisers; joining and leaving are everybody's own, and private."""

    action: app_commands.Group = in_servers(
        app_commands.Group(
            name="action", description="Your group's dated steps before and after a deadline (organisers)"
        )
    )

    def __init__(self, client: PostbagClient) -> None:
        super().__init__(client)
        self.live = LiveCards()

    @action.command(name="plan", description="Plan an action back from a deadline, an event or a day (organisers)")
    @app_commands.describe(
        deadline="Plan back from this deadline or event of your group",
        day="Or a day of your own",
        title="Its name",
    )
    async def plan(self, interaction: Interaction, deadline: Name = "", day: Day = "", title: PlanTitle = "") -> None:
        """Propose a plan, or ask what it is worked back from."""
        await require_organiser(interaction)
        await begin(interaction, in_place=False)
        if not deadline and not day:
            await self.ask_what_from(interaction)
            return
        on = read_day(day, self.today) if day else None
        await self._plan(interaction, title, await self.named_date(interaction, deadline) if deadline else None, on)

    @action.command(name="list", description="Your group's plans")
    async def list_(self, interaction: Interaction) -> None:
        """List the group's plans."""
        await begin(interaction, in_place=False)
        held, organiser = await self.service.plans(require_group(interaction)), await is_organiser(interaction)
        if not organiser:
            held = [action for action in held if action.state(self.today).is_planned]
        await reply(interaction, plans_card(held, self.today, organiser=organiser))

    @action.command(name="show", description="One plan with its steps")
    @app_commands.describe(action="Which plan")
    async def show(self, interaction: Interaction, action: Name) -> None:
        """Show one plan: to organisers with what can be changed, to everybody else as they may join it."""
        await begin(interaction, in_place=False)
        organiser = await is_organiser(interaction)
        found = await self._plan_named(interaction, action, drafts=organiser)
        if organiser:
            await self.show_plan(interaction, found)
            return
        if not found.state(self.today).is_planned:
            raise NotFound("Your group doesn't have that plan.", "See them all with /action list.")
        joined = await self.service.joining.joined(found.action_id, UserId(interaction.user.id)) is not None
        await reply(interaction, open_card(found, self.today, self.service.labels(found), joined=joined))

    @action.command(name="cancel", description="Cancel a plan, with all its steps (organisers)")
    @app_commands.describe(action="Which plan")
    async def cancel(self, interaction: Interaction, action: Name) -> None:
        """Ask whether a plan should be called off."""
        await require_organiser(interaction)
        await begin(interaction, in_place=False)
        await self._ask_to_cancel(interaction, await self._plan_named(interaction, action))

    @action.command(
        name="report", description="What your group did, in numbers; or record a plan's outcome (organisers)"
    )
    @app_commands.describe(action="Name a plan to record its outcome, or leave this out to see the numbers")
    async def report(self, interaction: Interaction, action: Name = "") -> None:
        """Show the group's numbers, or ask what came of a plan."""
        await require_organiser(interaction)
        if not action:
            await begin(interaction, in_place=False)
            await reply(interaction, counts_card(await self.client.services.counts.report(require_group(interaction))))
            return
        found = await self._plan_named(interaction, action)
        await show_form(interaction, outcome_form(found))

    @show.autocomplete("action")
    @cancel.autocomplete("action")
    @report.autocomplete("action")
    async def complete(self, interaction: Interaction, current: str) -> list[app_commands.Choice[str]]:
        """Offer the group's plans while somebody types: running ones to everybody, the others to organisers."""
        group = group_of(interaction)
        if group is None:
            return []
        offered = await self.service.complete(group, current)
        if not await is_organiser(interaction):
            offered = [action for action in offered if action.state(self.today).is_planned]
        return choices(map(self._offered, offered))

    def _offered(self, action: Action) -> tuple[str, str]:
        """Name a plan in a suggestion, with the number that stands for it."""
        return f"{action.title} ({action.state(self.today).value})", str(action.action_id)

    @plan.autocomplete("deadline")
    async def complete_deadline(self, interaction: Interaction, current: str) -> list[app_commands.Choice[str]]:
        """Offer the group's open clocks and its events while somebody types."""
        group = group_of(interaction)
        if group is None:
            return []
        offered = await self.client.services.deadlines.complete(group, current)
        clocks = [(d.title, str(d.deadline_id)) for d in offered if d.state(self.today).is_open]
        events = await self.client.services.group_events.complete(group, current)
        now = self.client.services.clock.now()
        return choices((*clocks, *((event_label(e, now), event_reference(e)) for e in to_plan_from(events, now))))

    # Planning

    @presses("action.new", organiser=True)
    async def new(self, interaction: Interaction, press: Press) -> None:
        """Ask what a plan is worked back from."""
        await begin(interaction, in_place=False)
        await self.ask_what_from(interaction)

    @presses("action.from", organiser=True)
    async def from_clock(self, interaction: Interaction, press: Press) -> None:
        """Propose a plan back from the clock that was chosen."""
        await begin(interaction, in_place=False)
        wanted = press.values[0] if press.values else press.arg(0)
        await self._plan(interaction, "", await self.named_date(interaction, wanted), None)

    @presses("action.show", organiser=True)
    async def show_pressed(self, interaction: Interaction, press: Press) -> None:
        """Show the plan that was picked."""
        await begin(interaction)
        await self.show_plan(interaction, await self._plan_of(interaction, press))

    @presses("action.rehearse", organiser=True)
    async def rehearse(self, interaction: Interaction, press: Press) -> None:
        """Show a step as it will be posted."""
        await begin(interaction, in_place=press.arg(1) != "")
        group = require_group(interaction)
        rehearsal = await self.service.rehearse(group, ActionId(_number(press.arg(0))))
        guild, channel_id = self.client.get_guild(group), rehearsal.settings.channel_id
        check = check_channel(guild, channel_id) if guild is not None and channel_id is not None else None
        page = _number(press.arg(1)) if press.arg(1) else 0
        await reply(interaction, rehearsal_card(rehearsal, page, check, self.client.services.clock.now()))

    @presses("action.approve", organiser=True)
    async def approve(self, interaction: Interaction, press: Press) -> None:
        """Approve the plan, as it was seen."""
        await begin(interaction)
        await self._as_seen(interaction, press, self.service.approve)

    @presses("action.unapprove", organiser=True)
    async def unapprove(self, interaction: Interaction, press: Press) -> None:
        """Make a draft of a plan again, until its first post."""
        await begin(interaction)
        said = "It's a draft again. Nothing is posted until somebody approves it."
        await self._as_seen(interaction, press, self.service.unapprove, said)

    @presses("action.cancel", organiser=True)
    async def cancel_pressed(self, interaction: Interaction, press: Press) -> None:
        """Ask whether the plan should be called off."""
        await begin(interaction)
        await self._ask_to_cancel(interaction, await self._plan_of(interaction, press))

    @presses("action.cancel.sure", organiser=True)
    async def cancelled(self, interaction: Interaction, press: Press) -> None:
        """Call the plan off, as it was seen."""
        await begin(interaction)
        group, action_id = require_group(interaction), ActionId(_number(press.arg(0)))
        try:
            changed = await self.service.cancel(group, action_id, _number(press.arg(1)), await person_of(interaction))
        except Overtaken:
            await self._ask_to_cancel(interaction, await self.service.get(group, action_id), CHANGED_SINCE)
            return
        await self.show_plan(interaction, changed)

    # What they have in common

    async def ask_what_from(self, interaction: Interaction, like: Action | None = None) -> None:
        """Ask what a plan counts back from: a new one, or one that copies ``like``."""
        group = require_group(interaction)
        held = await self.client.services.deadlines.list(group)
        now = self.client.services.clock.now()
        events = to_plan_from(await self.client.services.group_events.list(group), now)
        lines = [event_line(event, now) for event in events]
        clocks = [d for d in held if d.state(self.today).is_open]
        if like is not None:
            await reply(interaction, copy_card(like, clocks, self.today, lines))
            return
        await reply(interaction, start_card(clocks, self.today, lines, await self.service.last_planned(group)))

    async def _plan(
        self, interaction: Interaction, title: str, clock: Deadline | GroupEvent | None, on: date | None
    ) -> None:
        group = require_group(interaction)
        if isinstance(clock, GroupEvent):
            day = clock.coming(self.client.services.clock.now())[0].on
            made = await self.service.plan(
                group,
                await person_of(interaction),
                title or clock.title[:TITLE_LIMIT],
                on=day,
                event=clock.group_event_id,
            )
            await self.show_plan(interaction, made, "\n".join(short_notice(made)))
            return
        items: tuple[str, ...] = ()
        made = await self.service.plan(
            group,
            await person_of(interaction),
            title or (clock.title if clock is not None else "")[:TITLE_LIMIT] or "Our plan",
            deadline_id=clock.deadline_id if clock is not None else None,
            on=on,
            items=items,
        )
        await self.show_plan(interaction, made, "\n".join(short_notice(made)))

    async def _as_seen(
        self,
        interaction: Interaction,
        press: Press,
        change: Callable[[GuildId, ActionId, int, PersonId | None], Awaitable[Action]],
        said: str = "",
    ) -> None:
        """Change a plan as its card showed it. Where it changed since, or that is refused, show it as it is now."""
        group, action_id = require_group(interaction), ActionId(_number(press.arg(0)))
        try:
            changed = await change(group, action_id, _number(press.arg(1)), await person_of(interaction))
        except Refused as error:
            changed = await self.service.get(group, action_id)
            said = CHANGED_SINCE if isinstance(error, Overtaken) else _refusal_words(error)
        await self.show_plan(interaction, changed, said)

    async def show_plan(self, interaction: Interaction, action: Action, said: str = "") -> None:
        """Show a plan's one live card; what stands above it says what was just done or why it was not."""
        letter = self.client.services.letters.current(action.template, action.guild_id)
        clock = None
        if action.deadline_id is not None:
            with contextlib.suppress(NotFound):
                clock = await self.client.services.deadlines.get(action.guild_id, action.deadline_id)
        card = plan_card(
            action,
            self.today,
            clock,
            self.service.labels(action),
            letter.title if letter is not None else "",
            said=said,
            posted=await self.service.was_posted(action),
            come=await self.service.last_posted_day(action.guild_id),
            joined=await self.service.joining.shown_count(action),
        )
        await reply(interaction, card)
        await self.live.shown(interaction, int(action.action_id))

    async def _ask_to_cancel(self, interaction: Interaction, action: Action, said: str = "") -> None:
        await reply(
            interaction,
            Card("Cancel this plan?")
            .text(said or "Its steps won't be posted any more.")
            .text(
                f"**{plain(action.title)}**: Postbag won't post any more steps. If it has already posted one, it tells the group once."
            )
            .buttons(
                Act(
                    "Cancel the plan",
                    "action.cancel.sure",
                    (int(action.action_id), action.revision),
                    style=discord.ButtonStyle.danger,
                ),
                Act("Keep it", "action.show", (int(action.action_id),)),
            ),
        )

    async def _plan_of(self, interaction: Interaction, press: Press, *, first: bool = False) -> Action:
        named = press.values[0] if press.values and not first else press.arg(0)
        return await self.service.get(require_group(interaction), ActionId(_number(named)))

    async def _plan_named(self, interaction: Interaction, wanted: str, *, drafts: bool = True) -> Action:
        group = require_group(interaction)
        held = await self.service.plans(group)
        wanted = meant(wanted, map(self._offered, held))
        if wanted.isdecimal():
            return await self.service.get(group, ActionId(_number(wanted)))
        found = [a for a in await self.service.complete(group, wanted) if drafts or a.state(self.today).is_planned]
        if len(found) != 1:
            raise NotFound(
                "Several plans fit those words." if found else "Your group doesn't have that plan.",
                "Pick one from the suggestions while you type, or use /action list.",
            )
        return found[0]

    async def named_date(self, interaction: Interaction, wanted: str) -> Deadline | GroupEvent:
        """Give the clock or the event that was chosen or typed."""
        event = await find_event(interaction, wanted, by_words=False)
        if event is None:
            try:
                return await self._clock_named(interaction, wanted)
            except NotFound:
                event = await find_event(interaction, wanted, by_words=True)
                if event is None:
                    raise
        if not to_plan_from([event], self.client.services.clock.now()):
            raise Refused(
                "That event is over, or it's only a post, so there's nothing to plan for.",
                "Choose another: /deadlines list.",
            )
        return event

    async def _clock_named(self, interaction: Interaction, wanted: str) -> Deadline:
        group: GuildId = require_group(interaction)
        held = [d for d in await self.client.services.deadlines.list(group) if d.state(self.today).is_open]
        wanted = meant(wanted, ((d.title, str(d.deadline_id)) for d in held))
        if wanted.isdecimal():
            return await self.client.services.deadlines.get(group, DeadlineId(_number(wanted)))
        found = [d for d in await self.client.services.deadlines.complete(group, wanted) if d.state(self.today).is_open]
        if len(found) != 1:
            raise NotFound("No single deadline fits those words.", "Pick one from the suggestions while you type.")
        return found[0]


def to_plan_from(events: Sequence[GroupEvent], now: datetime) -> list[GroupEvent]:
    """Leave the events that a plan can be worked back from: those to come, from tomorrow on, that are no plain posts."""
    return [
        event
        for event in events
        if event.kind is not GroupEventKind.POST
        and (coming := event.coming(now))
        and coming[0].on > now.astimezone(LONDON).date()
    ]


CHANGED_SINCE = "**This plan changed after that card was shown.** This is what it says now; nothing was overwritten."


def _refusal_words(error: PostbagError) -> str:
    return f"**{plain(error.message)}** {plain(error.next_step)}".strip()


def _number(text: str) -> int:
    return number_in(text, "Your group doesn't have that plan.", "See them all with /action list.")
