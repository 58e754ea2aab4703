"""A group's own events: added, changed, one of many moved or left out, called off. Under /deadlines, beside the answers."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from datetime import date

from discord.ext import commands

from bot.chat.answers import begin, show_form
from bot.chat.cards.deadlines import changed_card
from bot.chat.cards.group_events import kept_event_card, off_card, time_card, times_card, which_acts, which_card
from bot.chat.client import Interaction, PostbagClient
from bot.chat.common import number_in, person_of
from bot.chat.permissions import require_group
from bot.chat.presses import Press, presses
from bot.chat.ui import Act, clip, reply
from bot.chat.views.deadlines import typed_before, typed_card
from bot.chat.views.group_events import event_form, ladder_form, move_form, names_of, show_event
from bot.clock import london_today
from bot.domain.errors import NotFound, Overtaken, PostbagError, Refused
from bot.domain.group_events import GroupEvent, GroupEventKind, Occurrence
from bot.domain.identity import DeadlineId, GroupEventId
from bot.domain.ladders import read_ladder
from bot.services.group_events import EventChange, GroupEventService, TypedEvent

GONE = ("Your group doesn't have that event.", "Use /deadlines list to see them all.")
POST_TITLE = 80


class GroupEvents(commands.Cog):
    """The events of a group. Every answer is private."""

    def __init__(self, client: PostbagClient) -> None:
        self.client = client

    @property
    def service(self) -> GroupEventService:
        return self.client.services.group_events

    # Adding

    @presses("event.which", organiser=True)
    async def which(self, interaction: Interaction, press: Press) -> None:
        """Ask what is to be added."""
        await begin(interaction, in_place=False)
        await reply(interaction, which_card().buttons(*which_acts()).small("Only you can see this."))

    @presses("event.add", organiser=True)
    async def add_pressed(self, interaction: Interaction, press: Press) -> None:
        """Open the form for a new event or post, with what was typed before."""
        kind = press.arg(0)
        await show_form(interaction, event_form(typed_before(interaction.message, len(names_of(kind))), kind=kind))

    @presses("event.add.keep", organiser=True)
    async def add_sent(self, interaction: Interaction, press: Press) -> None:
        """Keep the event of a submitted form, once however often it is sent."""
        kind, draft, group = press.text("kind") or press.arg(1), press.arg(0), require_group(interaction)

        async def work() -> None:
            person = await person_of(interaction)
            await self._kept(
                interaction, await self.service.add(group, person, _typed(press, kind), draft=draft), new=True
            )

        await self._attempt(interaction, work, press, kind, ("add", kind, draft))

    # Changing

    @presses("event.edit", organiser=True)
    async def edit_pressed(self, interaction: Interaction, press: Press) -> None:
        """Open the form that changes an event."""
        await show_form(interaction, event_form(event=await self._event_of(interaction, press)))

    @presses("event.edit.keep", organiser=True)
    async def edit_sent(self, interaction: Interaction, press: Press) -> None:
        """Keep the changes of a submitted form."""
        kind, revision = press.text("kind") or press.arg(2), _revision(press, 1)
        group = require_group(interaction)

        async def work() -> None:
            change = await self.service.edit(
                group, _number(press), await person_of(interaction), _typed(press, kind), revision=revision
            )
            await self._kept(interaction, change)

        await self._attempt(interaction, work, press, kind, ("edit", kind, press.arg(0), press.arg(1)))

    @presses("event.again", organiser=True)
    async def again(self, interaction: Interaction, press: Press) -> None:
        """Open a form again with what was typed before."""
        form, kind, number, revision = press.arg(0), press.arg(1), press.arg(2), _revision(press, 3)
        typed = typed_before(interaction.message, len(names_of(kind)))
        if form == "add":
            await show_form(interaction, event_form(typed, kind=kind, draft=number))
            return
        event = await self.service.get(require_group(interaction), _id(number))
        if form == "edit":
            await show_form(interaction, event_form(typed, kind=kind, event=event, revision=revision))
        elif form == "ladder":
            await show_form(interaction, ladder_form(event, typed[0], revision, aloud=kind))
        else:
            await show_form(interaction, move_form(event, self._time(event, kind), revision, typed[0]))

    @presses("event.ladder", organiser=True)
    async def ladder_pressed(self, interaction: Interaction, press: Press) -> None:
        """Open the form for the days of reminders."""
        await show_form(interaction, ladder_form(await self._event_of(interaction, press)))

    @presses("event.ladder.keep", organiser=True)
    async def ladder_sent(self, interaction: Interaction, press: Press) -> None:
        """Keep the days of reminders."""
        group, days = require_group(interaction), press.text("days")

        async def work() -> None:
            change = await self.service.remind(
                group,
                _number(press),
                await person_of(interaction),
                read_ladder(days) if days.strip() else None,
                aloud=press.text("aloud") == "1",
                revision=_revision(press, 1),
            )
            await self._kept(interaction, change)

        await self._attempt(
            interaction, work, press, "", ("ladder", press.text("aloud"), press.arg(0), press.arg(1)), ("days",)
        )

    # One of many

    @presses("event.times", organiser=True)
    async def times(self, interaction: Interaction, press: Press) -> None:
        """Offer the next times of an event."""
        await begin(interaction, in_place=False)
        event = await self._event_of(interaction, press)
        await reply(interaction, times_card(event, self.service.upcoming(event)))

    @presses("event.time", organiser=True)
    async def time(self, interaction: Interaction, press: Press) -> None:
        """Ask what becomes of the one that was chosen."""
        await begin(interaction, in_place=False)
        event = await self._event_of(interaction, press)
        await reply(interaction, time_card(event, self._time(event, press.chosen), _revision(press, 1)))

    @presses("event.move", organiser=True)
    async def move_pressed(self, interaction: Interaction, press: Press) -> None:
        """Open the form that moves one."""
        event = await self._event_of(interaction, press)
        await show_form(interaction, move_form(event, self._time(event, press.arg(2)), _revision(press, 1)))

    @presses("event.move.keep", organiser=True)
    async def move_sent(self, interaction: Interaction, press: Press) -> None:
        """Move one."""
        if not press.text("when").strip():
            raise Refused("You haven't given a day.", "Press *Move it* again and give one, or press *Skip it*.")
        await self._move(interaction, press, press.text("when"))

    @presses("event.skip", organiser=True)
    async def skip(self, interaction: Interaction, press: Press) -> None:
        """Leave one out."""
        await self._move(interaction, press, "")

    async def _move(self, interaction: Interaction, press: Press, when: str) -> None:
        group, day = require_group(interaction), _day(press.arg(2))

        async def work() -> None:
            change = await self.service.move(
                group, _number(press), await person_of(interaction), day, when, revision=_revision(press, 1)
            )
            await self._kept(interaction, change)

        await self._attempt(
            interaction, work, press, "", ("move", day.isoformat(), press.arg(0), press.arg(1)), ("when",)
        )

    # The end

    @presses("event.off", organiser=True)
    async def off_pressed(self, interaction: Interaction, press: Press) -> None:
        """Ask once before calling off."""
        await begin(interaction, in_place=False)
        await reply(interaction, off_card(await self._event_of(interaction, press), self.client.services.clock.now()))

    @presses("event.off.yes", organiser=True)
    async def off_confirmed(self, interaction: Interaction, press: Press) -> None:
        """Call an event off."""
        await begin(interaction, in_place=False)
        group = require_group(interaction)
        try:
            change = await self.service.call_off(
                group, _number(press), await person_of(interaction), revision=_revision(press, 1)
            )
        except Overtaken as error:
            event = await self.service.get(group, _number(press))
            card = off_card(event, self.client.services.clock.now())
            await reply(interaction, card.text(f"**{error.message}**"))
            return
        await self._kept(interaction, change)

    # What a date that is held already is

    @presses("event.become", organiser=True)
    async def become(self, interaction: Interaction, press: Press) -> None:
        """Make a date of the group an event."""
        await begin(interaction, in_place=False)
        services, group = self.client.services, require_group(interaction)
        held = await services.deadlines.get(group, DeadlineId(int(_number(press))))
        event = await self.service.instead_of(held, await person_of(interaction), revision=_revision(press, 1) or None)
        services.private_reminders.dates_changed()
        await self._kept(interaction, EventChange(event))

    @presses("event.answer", organiser=True)
    async def is_answer(self, interaction: Interaction, press: Press) -> None:
        """Note that an answer is expected by a date of the group."""
        await begin(interaction, in_place=False)
        services, group = self.client.services, require_group(interaction)
        number = DeadlineId(int(_number(press)))
        change = await services.deadlines.facts.is_answer(
            group, number, await person_of(interaction), revision=_revision(press, 1)
        )
        ladder = await services.deadlines.ladder(change.deadline)
        await reply(interaction, changed_card(change, london_today(services.clock), ladder))

    # The work

    async def _attempt(
        self,
        interaction: Interaction,
        work: Callable[[], Awaitable[None]],
        press: Press,
        kind: str,
        again: tuple[str, ...],
        names: Sequence[str] = (),
    ) -> None:
        """Do the work; where it is refused, give back what was typed."""
        names = names or names_of(kind)
        typed = tuple(press.text(name) for name in names)
        await begin(interaction, in_place=False)
        try:
            await work()
        except Overtaken as error:
            correct = Act("Correct it", "event.again", (*again[:3], error.edition))
            await reply(interaction, typed_card(error, names, typed, correct))
        except PostbagError as error:
            await reply(interaction, typed_card(error, names, typed, Act("Try again", "event.again", again)))

    async def _kept(self, interaction: Interaction, change: EventChange, *, new: bool = False) -> None:
        ladder = await self.service.ladder(change.event)
        now = self.client.services.clock.now()
        await show_event(interaction, change.event, kept_event_card(change, now, ladder, new=new))

    async def _event_of(self, interaction: Interaction, press: Press) -> GroupEvent:
        return await self.service.get(require_group(interaction), _number(press))

    def _time(self, event: GroupEvent, day: str) -> Occurrence:
        wanted = _day(day)
        found = next((o for o in event.coming(self.client.services.clock.now(), 60) if o.for_day == wanted), None)
        if found is None:
            raise Refused("That one is over, or you've already skipped it.", "Open the event to see what's to come.")
        return found


def _typed(press: Press, kind: str) -> TypedEvent:
    if kind not in set(GroupEventKind):
        raise Refused("Postbag doesn't know that kind of event.", "Use /deadlines add to start again.")
    if kind == GroupEventKind.POST:
        words = press.text("words")
        title = clip(" ".join(words.split()), POST_TITLE) or "A post"
        return TypedEvent(GroupEventKind.POST, title, press.text("when"), words=words)
    return TypedEvent(
        GroupEventKind(kind), press.text("title"), press.text("when"), press.text("place"), press.text("link")
    )


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise NotFound(*GONE) from None


def _revision(press: Press, index: int) -> int:
    written = press.arg(index)
    return int(written) if written.isdecimal() and len(written) <= 18 else 0


def _number(press: Press) -> GroupEventId:
    return _id(press.arg(0))


def _id(text: str) -> GroupEventId:
    return GroupEventId(number_in(text, *GONE))
