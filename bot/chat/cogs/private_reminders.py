"""/remind: private reminders in plain words, shown before they are kept; *Remind me*, *Done* and *Snooze* wherever they stand."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from typing import Any

import discord
from discord import app_commands
from discord.ext import commands

from bot.chat.answers import begin, show_form, stay
from bot.chat.cards.deadlines import choice_label, reference
from bot.chat.cards.private_reminders import (
    asked_card,
    before_card,
    cancelled_card,
    choice_words,
    kept_card,
    list_card,
    missed_card,
    one_card,
    settings_card,
    snooze_card,
    understood_card,
)
from bot.chat.client import Interaction, everywhere
from bot.chat.common import DatedCog, number_in
from bot.chat.faults import DISCORD_FAULTS
from bot.chat.lengths import Name, When, Words
from bot.chat.permissions import group_of
from bot.chat.presses import Press, presses
from bot.chat.ui import Act, choices, clip, meant, plain, reply
from bot.chat.viewing import group_meant, reports_for
from bot.chat.views.deadlines import typed_before, typed_card
from bot.chat.views.private_reminders import (
    FIELDS,
    NEUTRAL,
    as_typed,
    change_act,
    civil_in,
    draft_in,
    kept_in,
    remind_form,
    settings_form,
    snooze_form,
    typed_in,
    typed_of,
)
from bot.domain.dates.days import counts_from_deadline
from bot.domain.dates.moments import MOST_CHOICES, Moment, say_moment
from bot.domain.dates.repeats import Repeat
from bot.domain.dates.times import read_time
from bot.domain.deadlines import Deadline
from bot.domain.errors import NotFound, Overtaken, PostbagError, Refused
from bot.domain.identity import DeadlineId, PersonalId, UserId
from bot.domain.private_reminders import PersonSettings
from bot.domain.shares import What
from bot.services.private_reminders import Asked, PrivateReminderService, Typed, Understood

log = logging.getLogger(__name__)

EARLIER = NotFound("That button is from an earlier version of Postbag.", "Use /remind list to find your reminders.")


class Reminders(DatedCog):
    """A person's own reminders. Every answer is private, and only their owner can do anything to them."""

    remind: app_commands.Group = everywhere(
        app_commands.Group(name="remind", description="Private reminders, by direct message")
    )

    @property
    def service(self) -> PrivateReminderService:
        return self.client.services.private_reminders

    # Commands

    @remind.command(name="me", description="A private reminder in plain words, with a preview before you save")
    @app_commands.describe(
        what="About what",
        when="tomorrow 6pm, 8 September, a week on Tuesday, every Friday 9am, 3 days before the deadline",
        deadline="The deadline to count from",
    )
    async def me(self, interaction: Interaction, what: Words = "", when: When = "", deadline: Name = "") -> None:
        """Show what was understood; with something left out, a form asks for it."""
        typed = Typed(what, when)
        about = f"d {deadline}" if deadline else ""
        if not what.strip() or not when.strip():
            await show_form(interaction, remind_form(typed, about))
            return
        await self._understand(interaction, typed, about)

    @remind.command(name="list", description="My reminders: change, snooze, finish or cancel")
    async def list_(self, interaction: Interaction) -> None:
        """List the person's reminders."""
        await begin(interaction)
        await reply(interaction, list_card(await self.service.mine(_user(interaction))))

    @remind.command(name="cancel", description="Cancel one of my reminders")
    @app_commands.describe(reminder="Which one")
    async def cancel(self, interaction: Interaction, reminder: Name) -> None:
        """Cancel one reminder, and give its words back."""
        await begin(interaction)
        mine = [held for held in await self.service.mine(_user(interaction)) if held.is_active]
        named = meant(reminder, ((choice_words(held), str(held.personal_id)) for held in mine))
        named = meant(named, ((held.text, str(held.personal_id)) for held in mine))
        await reply(interaction, cancelled_card(await self.service.cancel(_user(interaction), _number(named))))

    @cancel.autocomplete("reminder")
    async def complete_reminder(self, interaction: Interaction, current: str) -> list[app_commands.Choice[str]]:
        """Offer the person's reminders to come."""
        wanted = current.casefold()
        mine = await self.service.mine(_user(interaction))
        return choices(
            (choice_words(r), str(r.personal_id)) for r in mine if r.is_active and wanted in r.text.casefold()
        )

    @me.autocomplete("deadline")
    async def complete_deadline(self, interaction: Interaction, current: str) -> list[app_commands.Choice[str]]:
        """Offer the clocks of the group, or of all reports held."""
        found = await self._deadlines(interaction)
        wanted = current.casefold()
        return choices((choice_label(d, self.today), reference(d)) for d in found if wanted in d.title.casefold())

    # Setting one

    @presses("remind.new")
    async def new(self, interaction: Interaction, press: Press) -> None:
        """Open an empty form."""
        await show_form(interaction, remind_form(Typed()))

    @presses("remind.start")
    async def start(self, interaction: Interaction, press: Press) -> None:
        """Begin from a card: a recommendation opens the form, a deadline offers days before it."""
        kind, named = press.arg(0), press.arg(1)
        if kind == "r":
            await show_form(interaction, remind_form(Typed(_about_item(interaction, named)), f"r {named}"))
            return
        await begin(interaction, in_place=False)
        deadline = await self._deadline(interaction, named)
        habits = await self.service.habits(_user(interaction), group_of(interaction))
        await reply(interaction, before_card(deadline, named, habits, self.today))

    @presses("remind.before")
    async def before(self, interaction: Interaction, press: Press) -> None:
        """Show what so many days before a deadline would be."""
        days = press.arg(1)
        when = "on the day" if days == "0" else f"{days} days before the deadline"
        deadline = await self._deadline(interaction, press.arg(0))
        await self._understand(interaction, Typed(deadline.title, when), f"d {press.arg(0)}")

    @presses("remind.words")
    async def words(self, interaction: Interaction, press: Press) -> None:
        """Open the form for a deadline, to be filled in one's own words."""
        deadline = await self._deadline(interaction, press.arg(1))
        typed = Typed(deadline.title, "3 days before the deadline")
        await show_form(interaction, remind_form(typed, f"d {press.arg(1)}"))

    @presses("remind.change")
    async def change(self, interaction: Interaction, press: Press) -> None:
        """Open the form with what was typed before."""
        typed = typed_of(interaction.message)
        await show_form(interaction, remind_form(typed, press.arg(0), edited=_edited(press)))

    @presses("remind.read")
    async def read(self, interaction: Interaction, press: Press) -> None:
        """Read a submitted form."""
        typed = typed_in([press.text(name) for name in FIELDS])
        await self._understand(interaction, typed, press.arg(0), _edited(press))

    @presses("remind.keep")
    async def keep(self, interaction: Interaction, press: Press) -> None:
        """Keep a reminder as it was shown."""
        typed = typed_of(interaction.message)
        wanted, place = kept_in(press.args, typed.what)
        user = _user(interaction)

        async def work() -> None:
            if place is None:
                self.client.services.shares.take(What.REMINDER, user, group_of(interaction))
                kept = await self.service.keep(user, group_meant(interaction), wanted, draft_in(press.args))
                await reply(interaction, kept_card(kept) if kept.is_active else one_card(kept), update=True)
            else:
                kept, sending = await self.service.change(user, place[0], place[1], wanted)
                await reply(interaction, kept_card(kept, sending=sending), update=True)

        await stay(interaction)
        await self._attempt(interaction, work, typed, wanted.about, _edited_of(place))

    # One of them

    @presses("remind.list")
    async def list_pressed(self, interaction: Interaction, press: Press) -> None:
        """Open the list, or turn its page."""
        page = press.arg(0, "0")
        held = await self.service.mine(_user(interaction))
        await reply(
            interaction,
            list_card(held, int(page) if page.isdecimal() else 0),
            update=bool(press.args) and _own(interaction),
        )

    @presses("remind.open")
    async def open(self, interaction: Interaction, press: Press) -> None:
        """Open one reminder."""
        named = press.values[0] if press.values else press.arg(0)
        held = await self.service.get(_user(interaction), _number(named))
        await reply(interaction, one_card(held))

    @presses("remind.edit")
    async def edit(self, interaction: Interaction, press: Press) -> None:
        """Open the form with what is kept."""
        held = await self.service.get(_user(interaction), _number(press.arg(0)))
        edited = (int(held.personal_id), held.revision)
        at_hand = True
        if held.about.startswith("d "):
            try:
                await self._deadline(interaction, held.about[2:])
            except PostbagError:
                at_hand = False  # another group's, or asked for in a direct message
        typed, about = as_typed(held, by_date=at_hand), held.about if at_hand else ""
        await show_form(interaction, remind_form(typed, about, edited=edited))

    @presses("remind.done")
    async def done(self, interaction: Interaction, press: Press) -> None:
        """Note that it is done."""
        held = await self.service.done(_user(interaction), _number(press.arg(0)))
        said = "**Done.**" if held.repeat is Repeat.ONCE else "**Done.** It will come again next time."
        await reply(interaction, one_card(held, said), update=_own(interaction))

    @presses("remind.snooze")
    async def snooze(self, interaction: Interaction, press: Press) -> None:
        """Offer times."""
        held = await self.service.get(_user(interaction), _number(press.arg(0)))
        await reply(interaction, snooze_card(held, self.service.snooze_times(held)), update=_own(interaction))

    @presses("remind.snooze.ask")
    async def ask_snooze(self, interaction: Interaction, press: Press) -> None:
        """Ask for a time of one's own."""
        await show_form(interaction, snooze_form(int(_number(press.arg(0)))))

    @presses("remind.snooze.read")
    async def read_snooze(self, interaction: Interaction, press: Press) -> None:
        """Show what was understood, as buttons."""
        number, user, when = _number(press.arg(0)), _user(interaction), press.text("when")
        try:
            found = await self.service.read_snooze(user, number, when)
        except Refused as error:
            again = Act("Try again", "remind.snooze.ask", (int(number),))
            await reply(interaction, typed_card(error, ("when",), (when,), again))
            return
        moments = (found,) if isinstance(found, Moment) else found.choices
        question = "" if isinstance(found, Moment) else found.question
        if isinstance(found, Moment):
            question = " ".join(("Is this right?", *found.assumed))
        times = [(say_moment(moment.civil), moment.civil) for moment in moments]
        await reply(interaction, snooze_card(await self.service.get(user, number), times, question))

    @presses("remind.snoozed")
    async def snoozed(self, interaction: Interaction, press: Press) -> None:
        """Let it come again at the time that was pressed."""
        try:
            again = civil_in(press.arg(1), press.arg(2))
        except ValueError:
            raise EARLIER from None
        held = await self.service.snooze(_user(interaction), _number(press.arg(0)), again)
        await reply(interaction, one_card(held, "**Snoozed.**"), update=_own(interaction))

    @presses("remind.cancel")
    async def cancel_pressed(self, interaction: Interaction, press: Press) -> None:
        """Cancel it, and give its words back."""
        held = await self.service.cancel(_user(interaction), _number(press.arg(0)))
        await reply(interaction, cancelled_card(held), update=_own(interaction))

    # One's own settings

    @presses("remind.settings")
    async def settings(self, interaction: Interaction, press: Press) -> None:
        """Ask for one's own zone, time of day and notice."""
        own = await self.service.own_settings(_user(interaction))
        typed = typed_before(interaction.message, 3) if press.arg(0) == "typed" else ()
        await show_form(interaction, settings_form(own, typed, press.arg(1)))

    @presses("remind.settings.keep")
    async def keep_settings(self, interaction: Interaction, press: Press) -> None:
        """Keep them."""
        await begin(interaction)
        typed = tuple(press.text(name).strip() for name in ("zone", "time", "lead"))
        zone, at, lead = typed
        user = _user(interaction)
        try:
            if lead and not lead.isdecimal():
                raise Refused("Give a number of days.", "For example 3.")
            chosen = PersonSettings(
                self.client.services.guilds.zone_named(zone) if zone else None,
                read_time(at) if at else None,
                int(lead) if lead else None,
                press.text("wording") == NEUTRAL,
            )
            await self.service.save_settings(user, chosen, press.arg(0))
        except Refused as error:
            names, label, seen = ("time zone", "time of day", "days before"), "Try again", press.arg(0)
            if isinstance(error, Overtaken):
                label, seen = "Correct it", str(error.edition)
            again = Act(label, "remind.settings", ("typed", seen))
            await reply(interaction, typed_card(error, names, typed, again))
            return
        await reply(interaction, settings_card(chosen, await self.service.habits(user, group_of(interaction))))

    # What could not be delivered

    @commands.Cog.listener()
    async def on_app_command_completion(
        self, interaction: Interaction, command: app_commands.Command[Any, ..., Any] | app_commands.ContextMenu
    ) -> None:
        """Show what did not reach a person, now that they are here and were answered."""
        if command.qualified_name != "privacy forget-me":
            await self._show_what_waits(interaction)

    @commands.Cog.listener()
    async def on_press_completion(self, interaction: Interaction, press: Press) -> None:
        """Show it after a press as well."""
        if not press.verb.startswith("privacy."):
            await self._show_what_waits(interaction)

    async def _show_what_waits(self, interaction: Interaction) -> None:
        if not interaction.response.is_done() or interaction.response.type is discord.InteractionResponseType.modal:
            return
        try:
            missed = await self.service.not_seen(_user(interaction))
            if missed:
                interaction.extras["answered"] = True
                await reply(interaction, missed_card(missed))
                await self.service.shown(_user(interaction), missed[:8])
        except (*DISCORD_FAULTS, PostbagError) as failure:
            log.info("what waits for a person could not be shown at a visit: %s", type(failure).__name__)

    # The work

    async def _understand(
        self, interaction: Interaction, typed: Typed, about: str, edited: tuple[int, int] | None = None
    ) -> None:
        async def work() -> None:
            deadline = await self._deadline(interaction, about[2:]) if about.startswith("d ") else None
            group = group_of(interaction)
            if deadline is None and not about and counts_from_deadline(typed.when):
                still_open = [d for d in await self._deadlines(interaction) if d.state(self.today).is_open]
                if len(still_open) > 1:
                    asked = await self._ask_which_date(interaction, typed, still_open)
                    await reply(interaction, asked_card(asked, typed, edited))
                    return
                deadline = next(iter(still_open), None)
            understood = await self.service.understand(_user(interaction), group, typed, deadline=deadline, about=about)
            if isinstance(understood, Asked):
                await reply(interaction, asked_card(understood, typed, edited))
            else:
                await reply(interaction, understood_card(understood, typed, edited))

        await begin(interaction, in_place=False)
        await self._attempt(interaction, work, typed, about, edited)

    async def _attempt(
        self,
        interaction: Interaction,
        work: Callable[[], Awaitable[None]],
        typed: Typed,
        about: str,
        edited: tuple[int, int] | None,
    ) -> None:
        """Do the work; where it is refused, give back what was typed."""
        try:
            await work()
        except PostbagError as error:
            given = (typed.what, typed.when, typed.repeat, typed.until)
            await reply(interaction, typed_card(error, FIELDS, given, change_act(about, edited)))

    async def _deadlines(self, interaction: Interaction) -> list[Deadline]:
        group = group_of(interaction)
        service = self.client.services.deadlines
        return list(service.of_reports() if group is None else await service.list(group))

    async def _deadline(self, interaction: Interaction, named: str) -> Deadline:
        group = group_of(interaction)
        held = await self._deadlines(interaction)
        named = meant(named, ((choice_label(d, self.today), reference(d)) for d in held))
        if group is not None and named.isdecimal():
            return await self.client.services.deadlines.get(group, DeadlineId(int(named)))
        wanted = named.strip().casefold()
        matches = [d for d in held if reference(d).casefold() == wanted]
        matches = matches or [d for d in held if wanted and wanted in d.title.casefold()]
        if len(matches) != 1:
            raise NotFound("Your group doesn't have that deadline.", "Use /deadlines list to see them all.")
        return matches[0]

    async def _ask_which_date(self, interaction: Interaction, typed: Typed, dates: Sequence[Deadline]) -> Asked:
        """Ask which of the open dates was meant: the moment that each would make."""
        choices: list[Understood] = []
        user, group = _user(interaction), group_of(interaction)
        for deadline in sorted(dates, key=lambda found: found.watch_on):
            if len(choices) >= MOST_CHOICES:
                break  # a group may hold hundreds of dates, and each is read with its person's habits
            try:
                found = await self.service.understand(
                    user, group, typed, deadline=deadline, about=f"d {reference(deadline)}"
                )
            except Refused:
                continue  # gone by for this one
            for choice in found.choices if isinstance(found, Asked) else (found,):
                choices.append(replace(choice, assumed=(plain(clip(deadline.title, 100)), *choice.assumed)))
        if not choices:
            raise Refused(
                "That time has passed for every open date.", "Choose the deadline in /remind me, or type a day."
            )
        return Asked("Which date do you mean?", tuple(choices[:MOST_CHOICES]))


def _about_item(interaction: Interaction, named: str) -> str:
    found = reports_for(interaction).find(named)
    return f"{found.item.heading}: {found.item.theme}"


def _user(interaction: Interaction) -> UserId:
    return UserId(interaction.user.id)


def _number(text: str) -> PersonalId:
    return PersonalId(number_in(text, "You don't have that reminder.", "Use /remind list to see them all."))


def _edited(press: Press) -> tuple[int, int] | None:
    number, revision = press.arg(1), press.arg(2)
    return (int(number), int(revision)) if number.isdecimal() and revision.isdecimal() else None


def _edited_of(place: tuple[PersonalId, int] | None) -> tuple[int, int] | None:
    return (int(place[0]), place[1]) if place is not None else None


def _own(interaction: Interaction) -> bool:
    """Tell whether the press was on a private answer, which may be put in another's place; a posted message stays."""
    return interaction.message is not None and interaction.message.flags.ephemeral
