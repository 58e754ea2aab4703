"""What organisers record about recommendations: forms, previews, confirming, undoing, history. The commands are /reports."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from discord.ext import commands

from bot.chat.answers import begin, show_form, stay
from bot.chat.cards.records import history_card, kept_card, preview_card, record_card, undo_card, undone_card
from bot.chat.client import Interaction, PostbagClient
from bot.chat.common import number_in, person_of
from bot.chat.permissions import is_organiser, require_group, require_organiser
from bot.chat.presses import Press, presses
from bot.chat.ui import Act, reply
from bot.chat.viewing import reports_for
from bot.chat.views.deadlines import typed_before, typed_card
from bot.chat.views.records import FIELDS, record_form, values_of
from bot.clock import london_today
from bot.domain.dates.exact import Lean
from bot.domain.dates.one_day import read_day
from bot.domain.errors import NotFound, Overtaken, PostbagError
from bot.domain.identity import PersonId, RecordId, UserId
from bot.domain.records import RecordKind, RecordState
from bot.services.records import Recorded, RecordService, Typed


class Records(commands.Cog):
    """Answers the presses around records. Every answer is private; who did what is told to organisers alone."""

    def __init__(self, client: PostbagClient) -> None:
        self.client = client

    @property
    def service(self) -> RecordService:
        return self.client.services.records

    @presses("record.form", organiser=True)
    async def form_pressed(self, interaction: Interaction, press: Press) -> None:
        """Open the form for a recommendation that was picked."""
        found = reports_for(interaction).find(press.values[0] if press.values else press.arg(1))
        await show_form(interaction, record_form(_kind(press.arg(0)), found))

    @presses("record.answer", organiser=True)
    async def answer_sent(self, interaction: Interaction, press: Press) -> None:
        """Preview the answer of a submitted form."""
        await self._preview(interaction, press, RecordKind.ANSWER)

    @presses("record.evidence", organiser=True)
    async def evidence_sent(self, interaction: Interaction, press: Press) -> None:
        """Preview the evidence of a submitted form."""
        await self._preview(interaction, press, RecordKind.EVIDENCE)

    @presses("record.again", organiser=True)
    async def again(self, interaction: Interaction, press: Press) -> None:
        """Open a form again with what was typed before."""
        kind = _kind(press.arg(0))
        found = reports_for(interaction).find(press.arg(1))
        values = typed_before(interaction.message, len(FIELDS[kind]))
        await show_form(interaction, record_form(kind, found, values, press.arg(2)))

    @presses("record.change", organiser=True)
    async def change(self, interaction: Interaction, press: Press) -> None:
        """Open the form of a preview again."""
        recorded = await self._recorded(interaction, press)
        if recorded.found is None:
            raise NotFound("Postbag no longer has that recommendation.", "Nothing was saved.")
        record = recorded.record
        await show_form(interaction, record_form(record.kind, recorded.found, values_of(record)))

    @presses("record.keep", organiser=True)
    async def keep(self, interaction: Interaction, press: Press) -> None:
        """Keep a preview."""
        await stay(interaction)
        person = await person_of(interaction)
        kept = await self.service.keep(require_group(interaction), _number(press.arg(0)), person)
        await reply(interaction, kept_card(kept))

    @presses("record.drop", organiser=True)
    async def drop(self, interaction: Interaction, press: Press) -> None:
        """Throw a preview away."""
        await stay(interaction)
        await self.service.drop(require_group(interaction), _number(press.arg(0)))
        await reply(interaction, "Cancelled. Nothing was recorded.")

    @presses("record.show")
    async def show(self, interaction: Interaction, press: Press) -> None:
        """Open one record with its steps."""
        await begin(interaction, in_place=False)
        await self._show(interaction, await self._recorded(interaction, press))

    @presses("record.confirm", organiser=True)
    async def confirm(self, interaction: Interaction, press: Press) -> None:
        """Confirm what another organiser proposed."""
        await begin(interaction, in_place=False)
        person = await person_of(interaction)
        confirmed = await self.service.confirm(require_group(interaction), _number(press.arg(0)), person)
        await self._show(interaction, confirmed)

    @presses("record.undo", organiser=True)
    async def undo(self, interaction: Interaction, press: Press) -> None:
        """Ask once before a record is taken back."""
        await begin(interaction, in_place=False)
        await reply(interaction, undo_card(await self._recorded(interaction, press)))

    @presses("record.undone", organiser=True)
    async def undo_confirmed(self, interaction: Interaction, press: Press) -> None:
        """Take a record back."""
        await stay(interaction)
        person = await person_of(interaction)
        undone = await self.service.undo(require_group(interaction), _number(press.arg(0)), person)
        await reply(interaction, undone_card(undone))

    @presses("record.history")
    async def history(self, interaction: Interaction, press: Press) -> None:
        """Show what this group recorded about one recommendation."""
        await begin(interaction, in_place=False)
        value = press.arg(0)
        found = reports_for(interaction).find(value)
        history = await self.service.history(require_group(interaction), value)
        await self._list(interaction, f"History of {found.item.name}: {found.item.theme}", history)

    @presses("record.list", organiser=True)
    async def list_pressed(self, interaction: Interaction, press: Press) -> None:
        """Show what this group recorded about a report, or at all."""
        await begin(interaction, in_place=False)
        await self._list(
            interaction, "What we recorded", await self.service.history(require_group(interaction), report=press.arg(0))
        )

    async def _preview(self, interaction: Interaction, press: Press, kind: RecordKind) -> None:
        """Check a submitted form; where it is refused, give back what was typed."""
        group = require_group(interaction)
        names = FIELDS[kind]
        fields = {name: press.text(name) for name in names}
        await begin(interaction, in_place=False)
        try:
            typed = Typed(
                status=fields.get("answer", fields.get("status", "")),
                on=self._read(fields["date"]),
                words=fields["words"],
                url=fields["link"],
                by=fields.get("by", ""),
            )
            drafted = await self.service.draft(group, press.arg(0), kind, typed, opened=press.arg(1))
            await reply(interaction, preview_card(drafted, second=await self.service.waits_for_second(drafted)))
        except PostbagError as error:
            label, seen = "Try again", press.arg(1)
            if isinstance(error, Overtaken):
                label, seen = "Correct it", str(error.edition)
            again = Act(label, "record.again", (kind.value, press.arg(0), seen))
            await reply(interaction, typed_card(error, names, [fields[name] for name in names], again))

    def _read(self, text: str) -> date | None:
        today = london_today(self.client.services.clock)
        return read_day(text, today, lean=Lean.BACK) if text.strip() else None

    async def _show(self, interaction: Interaction, recorded: Recorded) -> None:
        organiser = await is_organiser(interaction)
        who = await self._who([recorded]) if organiser else {}
        await reply(interaction, record_card(recorded, who, organiser=organiser))

    async def _list(self, interaction: Interaction, title: str, history: Iterable[Recorded]) -> None:
        organiser = await is_organiser(interaction)
        listed = list(history)
        who = await self._who(listed[:25]) if organiser else {}
        await reply(interaction, history_card(title, listed, who, organiser=organiser))

    async def _who(self, history: Iterable[Recorded]) -> dict[PersonId, UserId]:
        """Find the Discord users behind some records, to mention them to an organiser."""
        persons = {
            step.person_id for recorded in history for step in recorded.record.steps if step.person_id is not None
        }
        found = {person: await self.client.services.people.user_of(person) for person in persons}
        return {person: user for person, user in found.items() if user is not None}

    async def _recorded(self, interaction: Interaction, press: Press) -> Recorded:
        """Give the record that a press is about. To members only what everybody reads: what is confirmed, or was."""
        number = _number(press.values[0] if press.values else press.arg(0))
        recorded = await self.service.get(require_group(interaction), number)
        if recorded.record.state in (RecordState.DRAFT, RecordState.PROPOSED):
            await require_organiser(interaction)
        return recorded


def _kind(text: str) -> RecordKind:
    return RecordKind.EVIDENCE if text == RecordKind.EVIDENCE.value else RecordKind.ANSWER


def _number(text: str) -> RecordId:
    return RecordId(
        number_in(text, "Your group doesn't have that record.", "Use /reports undo to see what you can undo.")
    )
