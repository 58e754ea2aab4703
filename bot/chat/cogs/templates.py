"""A group's own letter templates: written by one organiser, read and approved by a second. The command is /admin template."""

from __future__ import annotations

from dataclasses import replace

from discord.ext import commands

from bot.chat.answers import begin, show_form
from bot.chat.cards.templates import PREVIEWS, list_card, preview_of, template_card, template_form, text_file_of
from bot.chat.client import Interaction, PostbagClient
from bot.chat.common import number_in, person_of
from bot.chat.permissions import require_group
from bot.chat.presses import Press, presses
from bot.chat.ui import Act, Card, plain, reply
from bot.chat.uploads import uploaded_file
from bot.chat.viewing import reports_for
from bot.domain.errors import NotFound, Overtaken, PostbagError, Refused
from bot.domain.identity import UserId
from bot.domain.letter_facts import Topic
from bot.services.letter_templates import HeldTemplate, TemplateService

LARGEST = 64 * 1024


class LetterTemplateDesk(commands.Cog):
    """Answers the presses around templates. Organisers only; every answer is private; a template is its group's alone."""

    def __init__(self, client: PostbagClient) -> None:
        self.client = client

    @property
    def service(self) -> TemplateService:
        return self.client.services.templates

    async def open_form(self, interaction: Interaction, name: str = "") -> None:
        """Ask for the words of a new template, or of the next version of one."""
        known = self.service.named(require_group(interaction), name).template if name.strip() else None
        await show_form(interaction, template_form(known))

    async def review(self, interaction: Interaction, name: str = "") -> None:
        """List the templates, or open one."""
        group = require_group(interaction)
        if name.strip():
            await self._show(interaction, self.service.named(group, name))
        else:
            await reply(interaction, list_card(self.service.list(group)))

    async def ask_retire(self, interaction: Interaction, name: str) -> None:
        """Ask before a template is offered no more."""
        template = self.service.named(require_group(interaction), name).template
        await reply(
            interaction,
            Card(f"Retire “{template.title}”?")
            .text(
                "Members can't start new letters with it. Letters already open aren't affected. You can bring it back at any time."
            )
            .buttons(Act("Retire", "template.retire", (template.template_id,)), Act("All templates", "template.list")),
        )

    @presses("template.new", organiser=True)
    async def new(self, interaction: Interaction, press: Press) -> None:
        """Ask for a new template."""
        await show_form(interaction, template_form(None))

    @presses("template.list", organiser=True)
    async def listed(self, interaction: Interaction, press: Press) -> None:
        """List the templates."""
        await reply(interaction, list_card(self.service.list(require_group(interaction))))

    @presses("template.open", organiser=True)
    async def opened(self, interaction: Interaction, press: Press) -> None:
        """Open one."""
        await self._show(interaction, self.service.get(require_group(interaction), _number(press.chosen)))

    @presses("template.edit", organiser=True)
    async def edit(self, interaction: Interaction, press: Press) -> None:
        """Ask for the words of a draft, or of the next version."""
        await show_form(interaction, template_form(self._template_of(interaction, press).template))

    @presses("template.keep", organiser=True)
    async def keep(self, interaction: Interaction, press: Press) -> None:
        """Keep what was written as a draft. Whatever goes wrong, the words come back."""
        group = require_group(interaction)
        await begin(interaction, in_place=False)
        title, summary, text = press.text("title"), press.text("summary"), press.text("text")
        of = _number(press.arg(0, "0"))
        try:
            text = await self._uploaded(press) or text
            person = await person_of(interaction)
            revision = _number(press.arg(1, "0"))
            kept = await self.service.write(group, person, title, summary, text, of=of, revision=revision)
        except PostbagError as error:
            card = Card(accent=None).text(f"**{plain(error.message)}**\n{plain(error.next_step)}".strip())
            card.text(f"Title: {plain(title)}\nWhat it is for: {plain(summary)}\nThe text is in the file below.")
            files = [text_file_of(title, summary, text)]
            if isinstance(error, Overtaken):
                of = int(error.edition)
                theirs = self.service.get(group, of).template
                card.text(f"**It now says**\nTitle: {plain(theirs.title)}\nWhat it is for: {plain(theirs.summary)}")
                card.small("Its text is in the second file. Add your words to it, or send yours as the file.")
                files.append(replace(text_file_of(theirs.title, theirs.summary, theirs.text), name="saved-now.txt"))
            card.buttons(Act("Open the form again", "template.edit", (of,)) if of else Act("Try again", "template.new"))
            await reply(interaction, card, files=files)
            return
        await self._show(interaction, kept)

    @presses("template.see", organiser=True)
    async def see(self, interaction: Interaction, press: Press) -> None:
        """Show the sample, written to an invented Member or to nobody."""
        one = self._template_of(interaction, press)
        held = await reports_for(interaction).in_view()
        about = next((Topic(report, report.recommendations[0]) for report in held if report.recommendations), None)
        if about is None or press.chosen not in PREVIEWS:
            raise NotFound("Postbag has no reports yet.", "Whoever runs Postbag can add one.")
        label, to = PREVIEWS[press.chosen]
        letter = self.client.services.letters.sample_of(one.letter.frame, about, to, require_group(interaction))
        await reply(interaction, preview_of(one, label, letter))

    @presses("template.approve", organiser=True)
    async def approve(self, interaction: Interaction, press: Press) -> None:
        """Put a draft to use, if another organiser wrote it and it is still as it was read."""
        await begin(interaction)
        group, person = require_group(interaction), await person_of(interaction)
        one = await self.service.approve(group, _number(press.arg(0)), _number(press.arg(1)), person)
        await self._show(interaction, one)

    @presses("template.back", organiser=True)
    async def back(self, interaction: Interaction, press: Press) -> None:
        """Put an approved version back to use."""
        await begin(interaction)
        group, person = require_group(interaction), await person_of(interaction)
        await self._show(interaction, await self.service.put_back(group, _number(press.arg(0)), person))

    @presses("template.retire", organiser=True)
    async def retire(self, interaction: Interaction, press: Press) -> None:
        """Offer a template no more."""
        await begin(interaction)
        group = require_group(interaction)
        await self.service.retire(group, _number(press.arg(0)), await person_of(interaction))
        await self._show(interaction, self.service.get(group, _number(press.arg(0))))

    @presses("template.discard", organiser=True)
    async def discard(self, interaction: Interaction, press: Press) -> None:
        """Delete a draft, as it was read; its words are handed back once more."""
        await begin(interaction)
        group, gone = require_group(interaction), self._template_of(interaction, press).template
        await self.service.discard(group, gone.template_id, _number(press.arg(1)), await person_of(interaction))
        card = Card(accent=None).text(
            f"The draft “{plain(gone.title)}” has been deleted. Its text is in the file below."
        )
        card.buttons(Act("All templates", "template.list"))
        await reply(interaction, card, files=[text_file_of(gone.title, gone.summary, gone.text)])

    async def _show(self, interaction: Interaction, one: HeldTemplate) -> None:
        person = await self.client.services.people.find(UserId(interaction.user.id))
        mine = person is not None and one.template.author == person
        card, files = template_card(one, self.service.list(require_group(interaction)), mine=mine)
        await reply(interaction, card, files=files)

    def _template_of(self, interaction: Interaction, press: Press) -> HeldTemplate:
        return self.service.get(require_group(interaction), _number(press.arg(0)))

    async def _uploaded(self, press: Press) -> str:
        content = await uploaded_file(
            self.client, press, "file", largest=LARGEST, hint="A letter has at most 350 words."
        )
        if content is None:
            return ""
        try:
            return content.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            line = content.count(b"\n", 0, error.start) + 1
            raise Refused(
                f"Line {line}: Postbag can't read the file as UTF-8 text.", "Save it as UTF-8 and try again."
            ) from None


def _number(text: str) -> int:
    return number_in(text, "Your group doesn't have that template.", "See the templates with /admin template review.")
