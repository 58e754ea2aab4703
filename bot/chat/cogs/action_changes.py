"""What organisers change about a plan: its steps, its day, what it is about, what came of it. Nothing typed is ever lost."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from datetime import date, timedelta

from bot.chat.answers import begin, show_form
from bot.chat.cards.actions import PER_PAGE, picker_card, reports_card
from bot.chat.client import Interaction
from bot.chat.cogs.actions import Actions
from bot.chat.common import person_of
from bot.chat.permissions import require_group
from bot.chat.presses import Press, presses
from bot.chat.ui import Act, plain, reply
from bot.chat.viewing import reports_for
from bot.chat.views.actions import (
    FIELDS,
    about_form,
    copy_form,
    day_form,
    move_form,
    names_of,
    outcome_form,
    step_form,
)
from bot.chat.views.deadlines import typed_before, typed_card
from bot.chat.views.plan_cog import PlanCog
from bot.domain.actions import MOST_ITEMS, NEW_STEP, Action, Step, StepMark, said_of_moves
from bot.domain.christmas import is_christmas, off_christmas
from bot.domain.dates.days import counts_from_deadline, days_in
from bot.domain.dates.folding import fold
from bot.domain.dates.one_day import read_day
from bot.domain.errors import NotFound, Overtaken, PostbagError
from bot.domain.identity import ActionId, PersonId
from bot.domain.reports import long_date


class ActionChanges(PlanCog):
    """The forms under a plan. Each carries what it was opened on; each is asked again of whoever presses."""

    @presses("action.day", organiser=True)
    async def ask_day(self, interaction: Interaction, press: Press) -> None:
        """Ask for a day and a name."""
        await show_form(interaction, day_form())

    @presses("action.day.keep", organiser=True)
    async def day_typed(self, interaction: Interaction, press: Press) -> None:
        """Propose a plan back from the day that was typed."""

        async def work(person: PersonId) -> Action:
            on = read_day(press.text("date"), self.today)
            return await self.service.plan(require_group(interaction), person, press.text("title"), on=on)

        await self._attempt(interaction, press, "day", work)

    @presses("action.copy.day", organiser=True)
    async def ask_copy(self, interaction: Interaction, press: Press) -> None:
        """Ask for the day and the name of a copy."""
        await show_form(interaction, copy_form(await self._action(interaction, press)))

    @presses("action.copy.keep", organiser=True)
    async def copy_typed(self, interaction: Interaction, press: Press) -> None:
        """Draft a copy of a plan for the day that was typed."""
        group = require_group(interaction)
        notes: list[str] = []

        async def work(person: PersonId) -> Action:
            known = await self.service.get(group, _id(press))
            on = read_day(press.text("date"), self.today)
            made, said = await self.service.copy(group, person, known, press.text("title"), on=on)
            notes.extend(map(plain, said))
            return made

        await self._attempt(interaction, press, "copy", work, notes)

    @presses("action.step", organiser=True)
    async def step(self, interaction: Interaction, press: Press) -> None:
        """Open the form of one step, filled with its words; or begin what else was chosen in the list."""
        ways = {
            "action.add": self.add,
            "action.about": self.about,
            "action.pick": self.pick,
            "action.move": self.move,
            "action.outcome": self.outcome,
        }
        if press.values and press.values[0] in ways:
            args = press.args[:1] if press.values[0] == "action.pick" else press.args
            await ways[press.values[0]](interaction, replace(press, args=args, values=()))
            return
        action = await self._action(interaction, press)
        key = press.values[0] if press.values else press.arg(2)
        action.step(key)
        await show_form(interaction, step_form(action, key, await self.service.changes.words(action, key)))

    @presses("action.add", organiser=True)
    async def add(self, interaction: Interaction, press: Press) -> None:
        """Open an empty form for one more step."""
        await show_form(interaction, step_form(await self._action(interaction, press), NEW_STEP, ""))

    @presses("action.step.keep", organiser=True)
    async def step_typed(self, interaction: Interaction, press: Press) -> None:
        """Keep a step, or take it out."""
        group, key = require_group(interaction), press.arg(2)
        action_id, revision = _id(press), _number(press.arg(1))
        notes: list[str] = []

        async def work(person: PersonId) -> Action:
            if press.fields.get("out") == ("yes",):
                return await self.service.changes.remove_step(group, action_id, revision, person, key)
            known = await self.service.get(group, action_id)
            on = self._day_of(press.text("date"), known)
            if is_christmas(on):
                other = off_christmas(on, known.centre_on, self.today + timedelta(days=1))
                notes.append(f"Postbag posts nothing on Christmas Day, so this step is on {long_date(other)}.")
            mark = StepMark.SKIPPED if press.fields.get("out") == ("skip",) else StepMark.NONE
            step = Step(key, on, press.text("title"), press.text("text"), mark)
            return await self.service.changes.change_step(group, action_id, revision, person, step)

        await self._attempt(interaction, press, "step", work, notes)

    @presses("action.move", organiser=True)
    async def move(self, interaction: Interaction, press: Press) -> None:
        """Ask for the new day."""
        await show_form(interaction, move_form(await self._action(interaction, press)))

    @presses("action.move.keep", organiser=True)
    async def moved(self, interaction: Interaction, press: Press) -> None:
        """Move the plan."""
        group, action_id = require_group(interaction), _id(press)

        async def work(person: PersonId) -> Action:
            on = read_day(press.text("date"), self.today)
            return await self.service.changes.move(group, action_id, _number(press.arg(1)), person, on)

        await self._attempt(interaction, press, "move", work)

    @presses("action.about", organiser=True)
    async def about(self, interaction: Interaction, press: Press) -> None:
        """Ask what the plan is called, what it is about, and which letter it leads to."""
        action = await self._action(interaction, press)
        letters = self.client.services.letters
        chosen = letters.current(action.template, action.guild_id)
        await show_form(interaction, about_form(action, letters.frames(action.guild_id), chosen))

    @presses("action.about.keep", organiser=True)
    async def about_typed(self, interaction: Interaction, press: Press) -> None:
        """Keep what the plan is about."""
        template = press.text("template")

        async def work(person: PersonId) -> Action:
            return await self.service.changes.choose(
                require_group(interaction),
                _id(press),
                _number(press.arg(1)),
                person,
                items=[item.strip() for item in press.text("items").replace(";", ",").split(",")],
                template="" if template == "none" else template,
                title=press.text("title"),
            )

        await self._attempt(interaction, press, "about", work)

    @presses("action.outcome", organiser=True)
    async def outcome(self, interaction: Interaction, press: Press) -> None:
        """Ask what came of the plan."""
        await show_form(interaction, outcome_form(await self._action(interaction, press)))

    @presses("action.outcome.keep", organiser=True)
    async def outcome_typed(self, interaction: Interaction, press: Press) -> None:
        """Keep what came of the plan, and end it."""

        async def work(person: PersonId) -> Action:
            said = press.text("outcome")
            return await self.service.finish(
                require_group(interaction), _id(press), _number(press.arg(1)), person, said
            )

        await self._attempt(interaction, press, "outcome", work)

    @presses("action.again", organiser=True)
    async def again(self, interaction: Interaction, press: Press) -> None:
        """Open a form again with everything filled in, on what it was typed on or what was shown since."""
        which = press.arg(0)
        if which not in FIELDS:
            raise NotFound("That form has gone.", "Open the plan with /action show.")
        typed = typed_before(interaction.message, len(FIELDS[which]))
        if which == "day":
            await show_form(interaction, day_form(typed))
            return
        if which == "copy":
            known = await self.service.get(require_group(interaction), ActionId(_number(press.arg(1))))
            await show_form(interaction, copy_form(known, typed))
            return
        action = await self.service.get(require_group(interaction), ActionId(_number(press.arg(1))))
        revision = _number(press.arg(2))
        letters = self.client.services.letters
        if which == "step":
            await show_form(interaction, step_form(action, press.arg(3), "", typed, revision, press.arg(4)))
        elif which == "move":
            await show_form(interaction, move_form(action, typed, revision))
        elif which == "about":
            chosen = letters.current(action.template, action.guild_id)
            await show_form(interaction, about_form(action, letters.frames(action.guild_id), chosen, typed, revision))
        else:
            await show_form(interaction, outcome_form(action, typed, revision))

    # Recommendations from a list

    @presses("action.pick", organiser=True)
    async def pick(self, interaction: Interaction, press: Press) -> None:
        """Offer the recommendations of the plan's report; of several, ask which one first."""
        await begin(interaction)
        action = await self._action(interaction, press)
        named = press.values[0] if press.values else press.arg(1)
        report = named or await self.service.changes.report_of(action)
        view = reports_for(interaction)
        if not report:
            await reply(interaction, reports_card(action, [r for r in view.reports() if r.recommendations]))
            return
        page = _number(press.arg(2, "0"))
        await reply(interaction, picker_card(action, view.report(report), page))

    @presses("action.picked", organiser=True)
    async def picked(self, interaction: Interaction, press: Press) -> None:
        """Keep what was picked on a page of the list, beside what was picked on others."""
        await begin(interaction)
        group, person = require_group(interaction), await person_of(interaction)
        action = await self._action(interaction, press, first=True)
        report, page = reports_for(interaction).report(press.arg(1)), _number(press.arg(2, "0"))
        shown = [f"{report.slug}/{r.key}" for r in report.recommendations[page * PER_PAGE : (page + 1) * PER_PAGE]]
        kept = [item for item in action.items if item not in shown]
        wanted = (*kept, *press.values)
        said = ""
        if len(wanted) > MOST_ITEMS:
            wanted = wanted[-MOST_ITEMS:]
            said = f"A plan can name {MOST_ITEMS} recommendations at most, so the first ones were left out."
        changed = await self.service.changes.choose(group, action.action_id, action.revision, person, items=wanted)
        await reply(interaction, picker_card(changed, report, page, said or "Saved."))

    # What they have in common

    async def _attempt(
        self,
        interaction: Interaction,
        press: Press,
        which: str,
        work: Callable[[PersonId], Awaitable[Action]],
        notes: Sequence[str] = (),
    ) -> None:
        """Do the work and show the plan in place, under ``notes`` that the work made.

        Where it is refused, what was typed is handed back beside the plan's card.
        """
        await begin(interaction)
        group = require_group(interaction)
        before = await self.service.get(group, _id(press)) if press.args else None
        try:
            changed = await work(await person_of(interaction))
        except PostbagError as error:
            label, seen = "Try again", press.arg(1)
            if isinstance(error, Overtaken):
                label, seen = "Correct it", str(error.edition)
            args = (which, press.arg(0), seen, press.arg(2), press.text("out"))
            again = Act(label, "action.again", args if press.args else (which,))
            typed = [press.text(name) for name in FIELDS[which]]
            await reply(interaction, typed_card(error, names_of(which), typed, again), beside=True)
            return
        plans = self.client.get_cog(Actions.__name__)
        assert isinstance(plans, Actions)
        said = said_of_moves(before, changed) if which == "move" and before is not None else notes
        await plans.show_plan(interaction, changed, "\n".join(said))

    def _day_of(self, text: str, action: Action) -> date:
        """Read the day of a step, which may count from the plan's own day: ``3 days before the deadline``."""
        words = fold(text)
        if counts_from_deadline(words) or "deadline" in words or "the day" in words:
            found = sorted({day.on for day in days_in(words, self.today, deadline_on=action.centre_on, lead=3)})
            if len(found) == 1:
                return found[0]
        return read_day(text, self.today)

    async def _action(self, interaction: Interaction, press: Press, *, first: bool = True) -> Action:
        return await self.service.get(require_group(interaction), _id(press))


def _id(press: Press) -> ActionId:
    return ActionId(_number(press.arg(0)))


def _number(text: str) -> int:
    if not text.isdecimal() or len(text) > 18:
        raise NotFound("Your group doesn't have that plan.", "See them all with /action list.")
    return int(text)
