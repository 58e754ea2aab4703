"""/deadlines: every clock with its working, a group's own dates, and what is learnt about any; *Why this message?*."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from discord import app_commands

from bot.chat.answers import begin, show_form, stay
from bot.chat.cards.deadlines import (
    added_card,
    changed_card,
    choice_label,
    deadline_card,
    lines_of,
    list_card,
    reference,
    why_card,
    withdraw_card,
)
from bot.chat.cards.group_events import event_line, off_card, which_acts, which_card
from bot.chat.client import Interaction, everywhere
from bot.chat.cogs.deadline_facts import record_fact
from bot.chat.cogs.followed_questions import FollowedQuestions
from bot.chat.common import DatedCog, cog_of, person_of
from bot.chat.lengths import Day, Link, Name, Title
from bot.chat.permissions import group_of, is_organiser, require_group, require_organiser
from bot.chat.presses import Press, presses
from bot.chat.ui import Act, choices, meant, reply
from bot.chat.views.deadline_files import send_calendar, send_picture
from bot.chat.views.deadlines import (
    ADD,
    FACT,
    FACTS,
    add_form,
    deadline_number,
    edit_form,
    fact_form,
    handed_back,
    keep_or_hand_back,
    revision_in,
    try_again,
    typed_before,
)
from bot.chat.views.group_events import edit_event_form, event_form, find_event, show_event
from bot.domain.dates.exact import Lean
from bot.domain.dates.one_day import read_day
from bot.domain.deadlines import Deadline, DeadlineKind, Recorded
from bot.domain.errors import NotFound, Refused
from bot.domain.group_events import GroupEvent, GroupEventKind
from bot.domain.identity import DeadlineId, GuildId, PersonId, UserId
from bot.domain.rules import TWO_MONTHS, Rule, counting_rules, rule_of
from bot.services.deadlines import DeadlineService

EVENT_KIND = "event"
KINDS = [
    app_commands.Choice(name="An answer you expect", value=DeadlineKind.EXPECTED_ANSWER.value),
    app_commands.Choice(name="The Government's response to a report", value=DeadlineKind.GOVERNMENT_RESPONSE.value),
    app_commands.Choice(name="The answer to a written question", value=DeadlineKind.WRITTEN_QUESTION.value),
    app_commands.Choice(name="An event of yours: a vote, a meeting, a lobby day", value=EVENT_KIND),
    app_commands.Choice(name="A post to the channel", value=GroupEventKind.POST.value),
]
RULE_CHOICES = [app_commands.Choice(name=rule.label, value=rule.code) for rule in counting_rules()]


class Deadlines(DatedCog):
    """The clocks of a group, or of all reports held. Every answer is private."""

    deadlines: app_commands.Group = everywhere(
        app_commands.Group(
            name="deadlines", description="Your group's dates: when an answer is expected, and how that was worked out"
        )
    )

    @property
    def service(self) -> DeadlineService:
        return self.client.services.deadlines

    # Looking

    @deadlines.command(name="list", description="Every date: what is expected, by when, and whether it's overdue")
    async def list_(self, interaction: Interaction) -> None:
        """List the group's deadlines; in a direct message, the clocks of all reports held."""
        await begin(interaction)
        await self._list(interaction, 0)

    @deadlines.command(name="show", description="One date: how it was worked out, its sources and reminders")
    @app_commands.describe(deadline="Which one")
    async def show(self, interaction: Interaction, deadline: Name) -> None:
        """Show one deadline."""
        await begin(interaction)
        await self._show_either(interaction, deadline)

    @deadlines.command(name="calendar", description="A file of every date for your own calendar")
    async def calendar(self, interaction: Interaction) -> None:
        """Hand over the calendar file."""
        await begin(interaction)
        await send_calendar(interaction, self.client.services.deadline_files)

    @presses("deadlines.calendar")
    async def calendar_pressed(self, interaction: Interaction, press: Press) -> None:
        """Hand over the calendar file, with titles where they are asked for."""
        await begin(interaction, in_place=False)
        await send_calendar(
            interaction,
            self.client.services.deadline_files,
            titles=press.arg(0) == "titles",
            alarms=press.arg(1) == "alarms",
        )

    @presses("deadlines.picture")
    async def picture_pressed(self, interaction: Interaction, press: Press) -> None:
        """Show the timeline, in words and as a picture."""
        await begin(interaction, in_place=False)
        page = press.arg(0, "0")
        await send_picture(interaction, self.client.services.deadline_files, int(page) if page.isdecimal() else 0)

    @presses("deadlines.list")
    async def list_pressed(self, interaction: Interaction, press: Press) -> None:
        """Open the list, or turn its page in place."""
        turning = bool(press.args) and interaction.message is not None and interaction.message.flags.ephemeral
        if turning:
            await stay(interaction)
        else:
            await begin(interaction, in_place=False)
        page = press.arg(0, "0")
        await self._list(interaction, int(page) if page.isdecimal() else 0)

    @presses("deadlines.show")
    async def show_pressed(self, interaction: Interaction, press: Press) -> None:
        """Open the deadline that was picked."""
        await begin(interaction, in_place=False)
        named = press.values[0] if press.values else press.arg(0)
        await self._show_either(interaction, named)

    @presses("why")
    async def why(self, interaction: Interaction, press: Press) -> None:
        """Explain a message that Postbag posted, to whoever asks, where it was posted."""
        await begin(interaction, in_place=False)
        here = GuildId(interaction.guild_id) if interaction.guild_id is not None else None
        person = await self.client.services.people.find(UserId(interaction.user.id)) if here is None else None
        await reply(interaction, why_card(await self.client.services.delivery.why(press.arg(0), here, person)))

    # Adding and changing

    @deadlines.command(name="add", description="Add a date for your group, or a published report (organisers)")
    @app_commands.describe(
        title="What you expect, and from whom; or what your event is called",
        date="The day: 8 September 2027, next Friday; for an event also every first Tuesday 7pm",
        published="Or the day of publication, to count from",
        link="Where anyone can check it",
        kind="What kind of date it is",
        rule="How to count it; if empty: 2 calendar months, as for a Commons committee's report",
    )
    @app_commands.choices(kind=KINDS, rule=RULE_CHOICES)
    async def add(
        self,
        interaction: Interaction,
        title: Title = "",
        date: Day = "",
        published: Day = "",
        link: Link = "",
        kind: str = "",
        rule: str = "",
    ) -> None:
        """Ask whether it is an answer or an event, where that wasn't said; then add it, or open the form for it."""
        await require_organiser(interaction)
        typed = (title, date, published, link)
        if kind in (EVENT_KIND, GroupEventKind.POST):
            values = (title, date) if kind == GroupEventKind.POST else (title, date, "", link)
            await show_form(interaction, event_form(values, kind="" if kind == EVENT_KIND else kind))
            return
        if not (kind or published or rule):
            await begin(interaction)
            card = handed_back(which_card(), ADD, typed, *which_acts())
            await reply(interaction, card.small("Only you can see this."))
            return
        if not title or not (date or published):
            await show_form(interaction, add_form(typed, kind=kind, rule=rule))
            return
        await self._add(interaction, typed, kind, rule)

    @deadlines.command(name="edit", description="Change a title, date or link (organisers)")
    @app_commands.describe(
        deadline="Which one",
        title="A new title",
        date="A new date: 8 September 2027, in 3 weeks, next Friday",
        published="A new day of publication, to count from",
        link="Where anyone can check it",
    )
    async def edit(
        self,
        interaction: Interaction,
        deadline: Name,
        title: Title = "",
        date: Day = "",
        published: Day = "",
        link: Link = "",
    ) -> None:
        """Change a deadline; with nothing given, a form shows what is held."""
        await require_organiser(interaction)
        found = await self._either(interaction, deadline)
        typed = (title, date, published, link)
        if isinstance(found, GroupEvent):
            await show_form(interaction, edit_event_form(found, title, date, link))
            return
        if not any(typed):
            await show_form(interaction, edit_form(found))
            return
        await self._edit(interaction, found.deadline_id, found.revision, typed)

    @deadlines.command(name="promised", description="Record that a new date was promised (organisers)")
    @app_commands.describe(deadline="Which one", date="The new date", link="Where it was said")
    async def promised(self, interaction: Interaction, deadline: Name, date: Day = "", link: Link = "") -> None:
        """Record a promise."""
        await self._fact_command(interaction, "promised", deadline, (date, link))

    @deadlines.command(name="received", description="Record a full or interim answer (organisers)")
    @app_commands.describe(
        deadline="Which one",
        date="The day it came: 1 November 2021, yesterday",
        link="Where it can be read",
        partly="True: only an interim answer, so the date stays open",
    )
    async def received(
        self, interaction: Interaction, deadline: Name, date: Day = "", link: Link = "", partly: bool = False
    ) -> None:
        """Record an answer."""
        await self._fact_command(interaction, "partly" if partly else "received", deadline, (date, link))

    @deadlines.command(name="question", description="Follow a written question until it's answered (organisers)")
    @app_commands.describe(question="The question's number or link; empty lists what your group follows")
    async def question(self, interaction: Interaction, question: Link = "") -> None:
        """Show a written question and follow it, or list what is followed."""
        await require_organiser(interaction)
        await cog_of(self.client, FollowedQuestions).show_question(interaction, question)

    @deadlines.command(name="withdraw", description="Stop watching a date and cancel its reminders (organisers)")
    @app_commands.describe(deadline="Which one")
    async def withdraw(self, interaction: Interaction, deadline: Name) -> None:
        """Ask once, then withdraw."""
        await require_organiser(interaction)
        await begin(interaction)
        found = await self._either(interaction, deadline)
        if isinstance(found, GroupEvent):
            await reply(interaction, off_card(found, self.client.services.clock.now()))
            return
        await reply(interaction, withdraw_card(found, self.today))

    @show.autocomplete("deadline")
    @edit.autocomplete("deadline")
    @withdraw.autocomplete("deadline")
    async def complete_either(self, interaction: Interaction, current: str) -> list[app_commands.Choice[str]]:
        """Offer the group's dates, events among them."""
        group = group_of(interaction)
        if group is None:
            return self._offered(self._reports_named(current))
        now = self.client.services.clock.now()
        events = [event_line(e, now) for e in await self.client.services.group_events.complete(group, current)]
        lines = lines_of(await self.service.complete(group, current), self.today, events)
        return choices((line.label, line.value) for line in lines)

    @promised.autocomplete("deadline")
    @received.autocomplete("deadline")
    async def complete(self, interaction: Interaction, current: str) -> list[app_commands.Choice[str]]:
        """Offer the group's deadlines while somebody types; in a direct message, the clocks of all reports held."""
        group = group_of(interaction)
        if group is None:
            return self._offered(self._reports_named(current))
        return self._offered(await self.service.complete(group, current))

    def _reports_named(self, words: str) -> Sequence[Deadline]:
        return [d for d in self.service.of_reports() if words.casefold() in d.title.casefold()]

    def _offered(self, found: Sequence[Deadline]) -> list[app_commands.Choice[str]]:
        return choices((choice_label(d, self.today), reference(d)) for d in found)

    # Presses and forms

    @presses("deadlines.add", organiser=True)
    async def add_pressed(self, interaction: Interaction, press: Press) -> None:
        """Add the answer that was typed already, or open the form for it."""
        typed, kind = typed_before(interaction.message, len(ADD)), DeadlineKind.EXPECTED_ANSWER.value
        if typed[0] and typed[1]:
            await self._add(interaction, typed, kind, "")
            return
        await show_form(interaction, add_form(typed, kind=kind))

    @presses("deadlines.edit", organiser=True)
    async def edit_pressed(self, interaction: Interaction, press: Press) -> None:
        """Open the form that changes a deadline."""
        await show_form(interaction, edit_form(await self._deadline_of(interaction, press)))

    @presses("deadlines.add.keep", organiser=True)
    async def add_sent(self, interaction: Interaction, press: Press) -> None:
        """Keep the date of a submitted form."""
        await self._add(interaction, tuple(press.text(name) for name in ADD), press.arg(0), press.arg(1))

    @presses("deadlines.edit.keep", organiser=True)
    async def edit_sent(self, interaction: Interaction, press: Press) -> None:
        """Keep the changes of a submitted form."""
        await self._edit(
            interaction, deadline_number(press.arg(0)), revision_in(press, 1), tuple(press.text(name) for name in ADD)
        )

    @presses("deadlines.again", organiser=True)
    async def again(self, interaction: Interaction, press: Press) -> None:
        """Open a form again with what was typed before."""
        kind = press.arg(0)
        if kind not in ("add", "edit", *FACTS):
            raise NotFound("That button doesn't work any more.", "Use /deadlines list to find the date again.")
        if kind == "add":
            typed = typed_before(interaction.message, len(ADD))
            await show_form(interaction, add_form(typed, kind=press.arg(1), rule=press.arg(2)))
            return
        found = await self.service.get(require_group(interaction), deadline_number(press.arg(1)))
        typed, revision = typed_before(interaction.message, len(ADD if kind == "edit" else FACT)), revision_in(press, 2)
        if kind == "edit":
            await show_form(interaction, edit_form(found, typed, revision))
        else:
            await show_form(interaction, fact_form(kind, found, typed, revision))

    # The work

    async def _list(self, interaction: Interaction, page: int) -> None:
        group = group_of(interaction)
        shown = self.service.of_reports() if group is None else await self.service.list(group)
        organiser, now = await is_organiser(interaction), self.client.services.clock.now()
        held = await self.client.services.group_events.list(group) if group is not None else ()
        events = [event_line(event, now) for event in held]
        card = list_card(shown, self.today, page=page, group=group is not None, organiser=organiser, events=events)
        await reply(interaction, card)

    async def _show_either(self, interaction: Interaction, named: str) -> None:
        found = await self._either(interaction, named)
        if isinstance(found, GroupEvent):
            await show_event(interaction, found)
        else:
            await self._show(interaction, found)

    async def _show(self, interaction: Interaction, deadline: Deadline) -> None:
        if not deadline.deadline_id:
            await reply(interaction, deadline_card(deadline, self.today))
            return
        ladder = await self.service.ladder(deadline)
        organiser = await is_organiser(interaction)
        history = await self.service.recorded(deadline)
        who = await self._who(history) if organiser else {}
        await reply(
            interaction,
            deadline_card(deadline, self.today, ladder, organiser=organiser, history=history, who=who),
        )

    async def _who(self, history: Sequence[Recorded]) -> dict[PersonId, UserId]:
        """Find the Discord users who recorded something, to mention them to an organiser."""
        persons = {recorded.by for recorded in history if recorded.by is not None}
        found = {person: await self.client.services.people.user_of(person) for person in persons}
        return {person: user for person, user in found.items() if user is not None}

    async def _add(self, interaction: Interaction, typed: Sequence[str], kind: str, rule: str) -> None:
        group = require_group(interaction)

        async def work() -> None:
            title, due, published, link = typed
            due_on = self._read(due, Lean.FORWARD)
            published_on = self._read(published, Lean.BACK)
            person = await person_of(interaction)
            added = await self.service.add(
                group,
                person,
                title,
                due_on=due_on,
                published_on=published_on,
                kind=_kind(kind, counted=published_on is not None),
                rule=_rule(rule),
                source_url=link,
            )
            understood = published_on or added.due_on
            await reply(interaction, added_card(added, self.today, await self.service.ladder(added), understood))

        await keep_or_hand_back(interaction, work, ADD, typed, Act("Try again", "deadlines.again", ("add", kind, rule)))

    async def _edit(
        self, interaction: Interaction, deadline_id: DeadlineId, revision: int | None, typed: Sequence[str]
    ) -> None:
        group = require_group(interaction)

        async def work() -> None:
            title, due, published, link = typed
            held = await self.service.get(group, deadline_id)
            due_on = self._read(due, Lean.FORWARD)
            published_on = self._read(published, Lean.BACK)
            change = await self.service.edit(
                group,
                deadline_id,
                await person_of(interaction),
                title=title or None,
                due_on=due_on if due_on != held.due_on else None,
                published_on=published_on if published_on != held.started_on else None,
                source_url=link or None,
                revision=revision,
            )
            understood = () if change.deadline.due_on == held.due_on else (change.deadline.due_on,)
            await reply(
                interaction, changed_card(change, self.today, await self.service.ladder(change.deadline), understood)
            )

        await keep_or_hand_back(interaction, work, ADD, typed, try_again("edit", deadline_id, revision))

    async def _fact_command(self, interaction: Interaction, fact: str, named: str, typed: Sequence[str]) -> None:
        await require_organiser(interaction)
        if await find_event(interaction, named, by_words=False) is not None:
            raise Refused("That's an event, so no answer to it is expected.", "Change or call it off: /deadlines show.")
        found = await self._find(interaction, named)
        if not typed[0]:
            await show_form(interaction, fact_form(fact, found, typed))
            return
        await record_fact(interaction, fact, found.deadline_id, None, typed)

    def _read(self, text: str, lean: Lean) -> date | None:
        return read_day(text, self.today, lean=lean) if text.strip() else None

    async def _deadline_of(self, interaction: Interaction, press: Press) -> Deadline:
        return await self.service.get(require_group(interaction), deadline_number(press.arg(0)))

    async def _either(self, interaction: Interaction, named: str) -> Deadline | GroupEvent:
        """Find the answer or the event that was chosen or typed."""
        event = await find_event(interaction, named, by_words=False)
        if event is not None:
            return event
        try:
            return await self._find(interaction, named)
        except NotFound:
            event = await find_event(interaction, named, by_words=True)
            if event is None:
                raise
            return event

    async def _find(self, interaction: Interaction, named: str) -> Deadline:
        """Find the deadline that was chosen or typed: by number, report, or words that fit just one title."""
        group = group_of(interaction)
        held = self.service.of_reports() if group is None else await self.service.list(group)
        wanted = meant(named, ((choice_label(d, self.today), reference(d)) for d in held)).strip().casefold()
        matches = [d for d in held if reference(d).casefold() == wanted]
        matches = matches or [d for d in held if d.title.casefold() == wanted]
        matches = matches or [d for d in held if wanted and all(word in d.title.casefold() for word in wanted.split())]
        if len(matches) == 1:
            return matches[0]
        if matches:
            raise Refused("Several deadlines fit those words.", "Pick one from the suggestions while you type.")
        if group is not None and wanted.isdecimal():
            return await self.service.get(group, deadline_number(wanted))
        raise NotFound("Your group doesn't have that deadline.", "Use /deadlines list to see them all.")


def _kind(text: str, *, counted: bool) -> DeadlineKind | None:
    """Read the kind of date that a form was opened for; what is counted from a publication answers that publication.

    Refused: Postbag knows none of that name.
    """
    if counted and text in ("", DeadlineKind.EXPECTED_ANSWER):
        return None
    if text and text not in set(DeadlineKind):
        raise Refused("Postbag doesn't know that kind of date.", "Use /deadlines add to start again.")
    return DeadlineKind(text) if text else DeadlineKind.EXPECTED_ANSWER


def _rule(code: str) -> Rule:
    """Read the rule that a form was opened for. Refused: Postbag knows none of that name."""
    try:
        return rule_of(code) if code else TWO_MONTHS
    except ValueError:
        raise Refused("Postbag doesn't know that rule.", "Use /deadlines add to start again.") from None
