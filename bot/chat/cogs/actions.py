"""/action: plan back from a clock or a day, rehearse, approve; and for everybody joining privately."""

from __future__ import annotations

from datetime import date

import discord
from discord import app_commands
from discord.ext import commands

from bot.chat.answers import begin, show_form
from bot.chat.cards.actions import plan_card, plans_card, rehearsal_card, start_card
from bot.chat.cards.counts import counts_card
from bot.chat.client import Interaction, PostbagClient, in_servers
from bot.chat.common import number_in, person_of
from bot.chat.lengths import Day, Name, PlanTitle
from bot.chat.permissions import check_channel, group_of, is_organiser, require_group, require_organiser
from bot.chat.presses import Press, presses
from bot.chat.ui import Act, Card, Option, choices, form, meant, plain, reply, select_field, text_field
from bot.clock import london_today
from bot.domain.actions import MOST_ITEMS, OUTCOME_LIMIT, STEP_TITLE_LIMIT, TEXT_LIMIT, TITLE_LIMIT, Action, Step
from bot.domain.deadlines import Deadline
from bot.domain.errors import NotFound, PostbagError
from bot.domain.identity import ActionId, DeadlineId, GuildId
from bot.domain.plain_dates import LONGEST
from bot.domain.plain_days import read_day
from bot.domain.reports import long_date
from bot.services.actions import ActionService

DATE_HINT = "Day before month: 8 September 2027, 08/09/2027, in 3 weeks, next Friday"


class Actions(commands.Cog):
    """Plans of a group. Changing one is for organisers; joining and leaving are everybody's own, and private."""

    action: app_commands.Group = in_servers(
        app_commands.Group(
            name="action", description="Dated steps of your group, worked back from a clock (organisers)"
        )
    )

    def __init__(self, client: PostbagClient) -> None:
        self.client = client

    @property
    def service(self) -> ActionService:
        return self.client.services.actions

    @property
    def today(self) -> date:
        return london_today(self.client.services.clock)

    @action.command(name="plan", description="Plan an action back from a clock or a day (organisers)")
    @app_commands.describe(
        deadline="Plan back from this clock of your group", day="Or: plan back from a day of your own", title="Its name"
    )
    async def plan(self, interaction: Interaction, deadline: Name = "", day: Day = "", title: PlanTitle = "") -> None:
        """Propose a plan, or ask what it is worked back from."""
        await require_organiser(interaction)
        await begin(interaction, in_place=False)
        if not deadline and not day:
            await self._start(interaction)
            return
        on = read_day(day, self.today) if day else None
        await self._plan(interaction, title, await self._clock_named(interaction, deadline) if deadline else None, on)

    @action.command(name="list", description="The plans of your group (organisers)")
    async def list_(self, interaction: Interaction) -> None:
        """List the group's plans."""
        await require_organiser(interaction)
        await begin(interaction, in_place=False)
        await reply(interaction, plans_card(await self.service.plans(require_group(interaction)), self.today))

    @action.command(name="show", description="One plan with its steps (organisers)")
    @app_commands.describe(action="Which plan")
    async def show(self, interaction: Interaction, action: Name) -> None:
        """Show one plan."""
        await require_organiser(interaction)
        await begin(interaction, in_place=False)
        await self._show(interaction, await self._named(interaction, action))

    @action.command(name="cancel", description="Call a plan off, with all its steps (organisers)")
    @app_commands.describe(action="Which plan")
    async def cancel(self, interaction: Interaction, action: Name) -> None:
        """Ask whether a plan should be called off."""
        await require_organiser(interaction)
        await begin(interaction, in_place=False)
        await self._ask_to_cancel(interaction, await self._named(interaction, action))

    @action.command(
        name="report", description="What your group did, in numbers; or record what came of a plan (organisers)"
    )
    @app_commands.describe(action="Name a plan to record what came of it; leave it out for the numbers")
    async def report(self, interaction: Interaction, action: Name = "") -> None:
        """Show the group's numbers, or ask what came of a plan."""
        await require_organiser(interaction)
        if not action:
            await begin(interaction, in_place=False)
            await reply(interaction, counts_card(await self.client.services.counts.report(require_group(interaction))))
            return
        found = await self._named(interaction, action)
        await show_form(interaction, _outcome_form(found))

    @show.autocomplete("action")
    @cancel.autocomplete("action")
    @report.autocomplete("action")
    async def complete(self, interaction: Interaction, current: str) -> list[app_commands.Choice[str]]:
        """Offer the group's plans to organisers while somebody types."""
        group = group_of(interaction)
        if group is None or not await is_organiser(interaction):
            return []
        offered = await self.service.complete(group, current)
        return choices(map(self._offered, offered))

    def _offered(self, action: Action) -> tuple[str, str]:
        """Name a plan in a suggestion, with the number that stands for it."""
        return f"{action.title} ({action.state(self.today).value})", str(action.action_id)

    @plan.autocomplete("deadline")
    async def complete_deadline(self, interaction: Interaction, current: str) -> list[app_commands.Choice[str]]:
        """Offer the group's open clocks while somebody types."""
        group = group_of(interaction)
        offered = await self.client.services.deadlines.complete(group, current) if group is not None else ()
        return choices((d.title, str(d.deadline_id)) for d in offered if d.state(self.today).is_open)

    # Planning

    @presses("action.new", organiser=True)
    async def new(self, interaction: Interaction, press: Press) -> None:
        """Ask what a plan is worked back from."""
        await begin(interaction, in_place=False)
        await self._start(interaction)

    @presses("action.from", organiser=True)
    async def from_clock(self, interaction: Interaction, press: Press) -> None:
        """Propose a plan back from the clock that was chosen."""
        await begin(interaction, in_place=False)
        wanted = press.values[0] if press.values else press.arg(0)
        await self._plan(interaction, "", await self._clock_named(interaction, wanted), None)

    @presses("action.day", organiser=True)
    async def ask_day(self, interaction: Interaction, press: Press) -> None:
        """Ask for a day and a name."""
        await show_form(interaction, _day_form())

    @presses("action.day.keep", organiser=True)
    async def day_typed(self, interaction: Interaction, press: Press) -> None:
        """Propose a plan back from the day that was typed."""
        await begin(interaction, in_place=False)
        try:
            await self._plan(interaction, press.text("title"), None, read_day(press.text("date"), self.today))
        except PostbagError as error:
            typed = f"You typed: **{plain(press.text('title'))}**, {plain(press.text('date'))}."
            await reply(interaction, _problem(error, typed).buttons(Act("Try again", "action.day")))

    @presses("action.show", organiser=True)
    async def show_pressed(self, interaction: Interaction, press: Press) -> None:
        """Show the plan that was picked."""
        await begin(interaction, in_place=False)
        await self._show(interaction, await self._pressed(interaction, press))

    @presses("action.step", organiser=True)
    async def step(self, interaction: Interaction, press: Press) -> None:
        """Open the form of one step, filled with its words."""
        action = await self._pressed(interaction, press, first=True)
        key = press.values[0] if press.values else press.arg(2)
        step = action.step(key)
        words = step.text or await self.service.words(action, key)
        await show_form(interaction, _step_form(action, key, step.title, long_date(step.on), words))

    @presses("action.add", organiser=True)
    async def add(self, interaction: Interaction, press: Press) -> None:
        """Open an empty form for one more step."""
        action = await self._pressed(interaction, press)
        taken = {step.key for step in action.steps}
        key = next(f"own{n}" for n in range(1, 100) if f"own{n}" not in taken)
        await show_form(interaction, _step_form(action, key, "", "", ""))

    @presses("action.step.keep", organiser=True)
    async def step_typed(self, interaction: Interaction, press: Press) -> None:
        """Keep a step, or take it out where its name was emptied. What cannot be kept is handed back."""
        await begin(interaction, in_place=False)
        group, revision, key = require_group(interaction), _number(press.arg(1)), press.arg(2)
        action_id = ActionId(_number(press.arg(0)))
        person = await person_of(interaction)
        try:
            if press.fields.get("out") == ("yes",):
                changed = await self.service.remove_step(group, action_id, revision, person, key)
            else:
                step = Step(key, read_day(press.text("date"), self.today), press.text("title"), press.text("text"))
                changed = await self.service.change_step(group, action_id, revision, person, step)
        except PostbagError as error:
            typed = f"**{plain(press.text('title'))}**, {plain(press.text('date'))}\n>>> {plain(press.text('text'))}"
            await reply(
                interaction,
                _problem(error, f"You typed:\n{typed}").buttons(Act("Open the plan", "action.show", (action_id,))),
            )
            return
        await self._show(interaction, changed)

    @presses("action.move", organiser=True)
    async def move(self, interaction: Interaction, press: Press) -> None:
        """Ask for the new day."""
        action = await self._pressed(interaction, press)
        field = text_field("date", "New day", description=DATE_HINT, value=long_date(action.centre_on), most=LONGEST)
        note = "Every step still to come moves with it. What was posted already is announced anew, once."
        await show_form(
            interaction,
            form("Move the day", "action.move.keep", field, args=(int(action.action_id), action.revision), note=note),
        )

    @presses("action.move.keep", organiser=True)
    async def moved(self, interaction: Interaction, press: Press) -> None:
        """Move the plan."""
        await begin(interaction, in_place=False)
        on = read_day(press.text("date"), self.today)
        group, person = require_group(interaction), await person_of(interaction)
        changed = await self.service.move(group, ActionId(_number(press.arg(0))), _number(press.arg(1)), person, on)
        await self._show(interaction, changed)

    @presses("action.about", organiser=True)
    async def about(self, interaction: Interaction, press: Press) -> None:
        """Ask what the plan is about, and which letter it leads to."""
        action = await self._pressed(interaction, press)
        chosen = self.client.services.letters.current(action.template, action.guild_id)
        frames = [Option("The writer chooses", "none", chosen=chosen is None)]
        frames += [
            Option(f.title, f.slug, f.summary, chosen=f == chosen)
            for f in self.client.services.letters.frames(action.guild_id)
        ][:24]
        await show_form(
            interaction,
            form(
                "About and letter",
                "action.about.keep",
                text_field("title", "Name of the plan", value=action.title, most=TITLE_LIMIT),
                text_field(
                    "items",
                    "Recommendations",
                    description=f"Numbers or keys, {MOST_ITEMS} at most: 1, T-12, never-again/3",
                    value=", ".join(action.items),
                    required=False,
                    most=300,
                ),
                select_field("template", "Letter", frames),
                args=(int(action.action_id), action.revision),
            ),
        )

    @presses("action.about.keep", organiser=True)
    async def about_typed(self, interaction: Interaction, press: Press) -> None:
        """Keep what the plan is about."""
        await begin(interaction, in_place=False)
        group, person = require_group(interaction), await person_of(interaction)
        template = press.text("template")
        try:
            changed = await self.service.choose(
                group,
                ActionId(_number(press.arg(0))),
                _number(press.arg(1)),
                person,
                items=[item.strip() for item in press.text("items").replace(";", ",").split(",")],
                template="" if template == "none" else template,
                title=press.text("title"),
            )
        except PostbagError as error:
            typed = f"You typed: {plain(press.text('title'))}; {plain(press.text('items'))}"
            await reply(
                interaction,
                _problem(error, typed).buttons(Act("Open the plan", "action.show", (_number(press.arg(0)),))),
            )
            return
        await self._show(interaction, changed)

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
        """Approve the plan."""
        await begin(interaction, in_place=False)
        group, person = require_group(interaction), await person_of(interaction)
        changed = await self.service.approve(group, ActionId(_number(press.arg(0))), _number(press.arg(1)), person)
        await self._show(interaction, changed)

    @presses("action.cancel", organiser=True)
    async def cancel_pressed(self, interaction: Interaction, press: Press) -> None:
        """Ask whether the plan should be called off."""
        await begin(interaction, in_place=False)
        await self._ask_to_cancel(interaction, await self._pressed(interaction, press))

    @presses("action.cancel.sure", organiser=True)
    async def cancelled(self, interaction: Interaction, press: Press) -> None:
        """Call the plan off."""
        await begin(interaction, in_place=False)
        group, person = require_group(interaction), await person_of(interaction)
        changed = await self.service.cancel(group, ActionId(_number(press.arg(0))), _number(press.arg(1)), person)
        await self._show(interaction, changed)

    @presses("action.outcome", organiser=True)
    async def outcome(self, interaction: Interaction, press: Press) -> None:
        """Ask what came of the plan."""
        await show_form(interaction, _outcome_form(await self._pressed(interaction, press)))

    @presses("action.outcome.keep", organiser=True)
    async def outcome_typed(self, interaction: Interaction, press: Press) -> None:
        """Keep what came of the plan, and end it."""
        await begin(interaction, in_place=False)
        group, person = require_group(interaction), await person_of(interaction)
        try:
            changed = await self.service.finish(
                group, ActionId(_number(press.arg(0))), _number(press.arg(1)), person, press.text("outcome")
            )
        except PostbagError as error:
            await reply(interaction, _problem(error, f"You typed:\n>>> {plain(press.text('outcome'))}"))
            return
        await self._show(interaction, changed)

    # What they have in common

    async def _start(self, interaction: Interaction) -> None:
        held = await self.client.services.deadlines.list(require_group(interaction))
        await reply(interaction, start_card([d for d in held if d.state(self.today).is_open], self.today))

    async def _plan(self, interaction: Interaction, title: str, clock: Deadline | None, on: date | None) -> None:
        group = require_group(interaction)
        items: tuple[str, ...] = ()
        made = await self.service.plan(
            group,
            await person_of(interaction),
            title or (clock.title if clock is not None else "")[:TITLE_LIMIT] or "Our plan",
            deadline_id=clock.deadline_id if clock is not None else None,
            on=on,
            items=items,
        )
        await self._show(interaction, made)

    async def _show(self, interaction: Interaction, action: Action) -> None:
        letter = self.client.services.letters.current(action.template, action.guild_id)
        clock = None
        if action.deadline_id is not None:
            try:
                clock = await self.client.services.deadlines.get(action.guild_id, action.deadline_id)
            except NotFound:
                clock = None
        await reply(
            interaction,
            plan_card(
                action, self.today, clock, self.service.labels(action), letter.title if letter is not None else ""
            ),
        )

    async def _ask_to_cancel(self, interaction: Interaction, action: Action) -> None:
        await reply(
            interaction,
            Card("Call this plan off?")
            .text(
                f"**{plain(action.title)}**: no further step is posted. Where something of it was posted, that is said once."
            )
            .buttons(
                Act(
                    "Call it off",
                    "action.cancel.sure",
                    (int(action.action_id), action.revision),
                    style=discord.ButtonStyle.danger,
                ),
                Act("Keep it", "action.show", (int(action.action_id),)),
            ),
        )

    async def _pressed(self, interaction: Interaction, press: Press, *, first: bool = False) -> Action:
        named = press.values[0] if press.values and not first else press.arg(0)
        return await self.service.get(require_group(interaction), ActionId(_number(named)))

    async def _named(self, interaction: Interaction, wanted: str) -> Action:
        group = require_group(interaction)
        wanted = meant(wanted, map(self._offered, await self.service.plans(group)))
        if wanted.isdecimal():
            return await self.service.get(group, ActionId(_number(wanted)))
        found = await self.service.complete(group, wanted)
        if len(found) != 1:
            raise NotFound(
                "Several plans fit those words." if found else "This group has no such plan.",
                "Pick one from the suggestions while you type, or use /action list.",
            )
        return found[0]

    async def _clock_named(self, interaction: Interaction, wanted: str) -> Deadline:
        group: GuildId = require_group(interaction)
        held = [d for d in await self.client.services.deadlines.list(group) if d.state(self.today).is_open]
        wanted = meant(wanted, ((d.title, str(d.deadline_id)) for d in held))
        if wanted.isdecimal():
            return await self.client.services.deadlines.get(group, DeadlineId(_number(wanted)))
        found = [d for d in await self.client.services.deadlines.complete(group, wanted) if d.state(self.today).is_open]
        if len(found) != 1:
            raise NotFound("No single clock fits those words.", "Pick one from the suggestions while you type.")
        return found[0]


def _step_form(action: Action, key: str, title: str, day: str, words: str) -> discord.ui.Modal:
    fields = [
        text_field("title", "Name of the step", value=title, most=STEP_TITLE_LIMIT),
        text_field("date", "Day", description=DATE_HINT, value=day, most=LONGEST),
        text_field("text", "What is posted", value=words, long=True, most=TEXT_LIMIT, required=False),
    ]
    if any(step.key == key for step in action.steps) and len(action.steps) > 1:
        keep = [Option("Keep this step", "no", chosen=True), Option("Take this step out", "yes")]
        fields.append(select_field("out", "Keep it?", keep))
    return form("A step of the plan", "action.step.keep", *fields, args=(int(action.action_id), action.revision, key))


def _day_form() -> discord.ui.Modal:
    return form(
        "Plan back from a day",
        "action.day.keep",
        text_field("title", "Name of the plan", most=TITLE_LIMIT),
        text_field("date", "The day", description=DATE_HINT, most=LONGEST),
    )


def _outcome_form(action: Action) -> discord.ui.Modal:
    field = text_field(
        "outcome",
        "What came of it",
        description="About the plan, never about a person",
        value=action.outcome,
        long=True,
        most=OUTCOME_LIMIT,
        required=False,
    )
    return form("What came of it", "action.outcome.keep", field, args=(int(action.action_id), action.revision))


def _problem(error: PostbagError, typed: str) -> Card:
    return Card("That could not be kept").text(f"{error.message} {error.next_step}".strip()).text(typed)


def _number(text: str) -> int:
    return number_in(text, "This group has no such plan.", "See them all with /action list.")
