"""Bringing a report or its answers into a group: the pages, the draft, the questions, the confirming. The command is /reports."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from discord.ext import commands

from bot.chat.answers import begin, show_form, stay
from bot.chat.cards.imports import (
    BOTH,
    NONE,
    answer_card,
    answers_draft_card,
    decision_of,
    imported_card,
    open_drafts_card,
    question_card,
    report_draft_card,
)
from bot.chat.client import Interaction, PostbagClient
from bot.chat.common import number_in, person_of
from bot.chat.faults import DISCORD_FAULTS
from bot.chat.permissions import require_group
from bot.chat.presses import Press, presses
from bot.chat.ui import Act, Card, clip, plain, reply
from bot.chat.viewing import reports_for
from bot.chat.views.deadlines import typed_card
from bot.chat.views.imports import BY_ITSELF, MOST_FILES, RESPONSE, missing_form, pages_form
from bot.chat.views.records import record_form
from bot.clock import london_today
from bot.domain.dates.exact import Lean
from bot.domain.dates.one_day import read_day
from bot.domain.drafts import SavedPage
from bot.domain.errors import NotFound, PostbagError, Refused, Unavailable
from bot.domain.identity import ItemKey, UserId
from bot.domain.links import is_web_address
from bot.domain.records import RecordKind
from bot.domain.reports import long_date
from bot.domain.shares import What
from bot.domain.staged import Given
from bot.services.imports import EXPIRED, ImportService

LARGEST_FILE = 10 * 1024 * 1024
LARGEST_TOGETHER = 20 * 1024 * 1024
SAVE = (
    "Open the report in your browser, go to “Conclusions and recommendations”, save that page (Ctrl+S or ⌘S) and upload the "
    "file, or copy its text and paste it."
)


class Imports(commands.Cog):
    """Answers the presses around imports. Organisers only; every answer is private; what is kept is this group's alone."""

    def __init__(self, client: PostbagClient) -> None:
        self.client = client

    @property
    def service(self) -> ImportService:
        return self.client.services.imports

    async def begin(self, interaction: Interaction) -> None:
        """Offer the drafts that wait in this group; where there is none, ask for the pages."""
        drafts = await self.service.open_drafts(require_group(interaction))
        if drafts:
            await reply(interaction, open_drafts_card(drafts))
        else:
            await self.open_form(interaction)

    async def open_form(self, interaction: Interaction) -> None:
        """Ask for the pages."""
        await show_form(interaction, pages_form(reports_for(interaction).listed()[-24:]))

    async def publication(self, interaction: Interaction, text: str) -> None:
        """Read a publication of the Committees API by its number."""
        number = text.strip().removeprefix("publication-")
        if not number.isdecimal() or len(number) > 9:
            raise (
                _no_link()
                if "/" in number or "." in number
                else Refused(
                    "Give the publication's number.",
                    "It's in its address: committees.parliament.uk/publications/6624",
                )
            )
        await begin(interaction, in_place=False)
        group = require_group(interaction)
        self.client.services.shares.take(What.IMPORT, UserId(interaction.user.id), group)
        await reply(interaction, report_draft_card(await self.service.read_publication(group, int(number))))

    @presses("import.form", organiser=True)
    async def form_pressed(self, interaction: Interaction, press: Press) -> None:
        """Ask for the pages."""
        await self.open_form(interaction)

    @presses("import.pages", organiser=True)
    async def pages_sent(self, interaction: Interaction, press: Press) -> None:
        """Read what was uploaded or pasted, and show the draft."""
        group = require_group(interaction)
        await begin(interaction, in_place=False)
        text, link = press.text("text").strip(), press.text("link").strip()
        try:
            self.client.services.shares.take(What.IMPORT, UserId(interaction.user.id), group)
            if link and not is_web_address(link):
                raise Refused(
                    "That link isn't a full web address.", "Copy it from your browser, beginning with https://"
                )
            if _is_only_a_link(text):
                raise _no_link()
            pages = await self._pages(press)
            pages += [SavedPage("pasted text", text.encode())] if text else []
            if not pages:
                raise _no_link() if link else Refused("There's nothing to read.", SAVE)
            of = "" if press.text("of") == BY_ITSELF else press.text("of")
            if press.text("what") == RESPONSE:
                to = of or reports_for(interaction).default_now() or ""
                card = answers_draft_card(await self.service.read_answers(group, pages, to=to))
            else:
                card = report_draft_card(await self.service.read_report(group, pages, into=of, given=Given(url=link)))
        except PostbagError as error:
            card = Card(accent=None).text(f"**{plain(error.message)}**\n{clip(plain(error.next_step), 1500)}".strip())
            card.text("Nothing was imported.")
            if text:
                card.text(f"Your text began: “{clip(plain(' '.join(text.split())), 300)}”")
            card.buttons(Act("Try again", "import.form"))
        await reply(interaction, card)

    @presses("import.open", organiser=True)
    async def open_draft(self, interaction: Interaction, press: Press) -> None:
        """Open a draft that waits, whoever gave its pages."""
        await begin(interaction, in_place=False)
        group, wanted = require_group(interaction), press.chosen
        staged = {str(known.staged_id): known for known in await self.service.open_drafts(group)}.get(wanted)
        if staged is None:
            raise NotFound(
                "That draft has gone. Somebody saved or cancelled it, or it was more than a day old.", EXPIRED
            )
        if staged.kind == "report":
            await reply(interaction, report_draft_card(await self.service.report_draft(group, staged.staged_id)))
        else:
            await reply(interaction, answers_draft_card(await self.service.answers_draft(group, staged.staged_id)))

    @presses("import.page", organiser=True)
    async def page(self, interaction: Interaction, press: Press) -> None:
        """Show a page of the draft."""
        await stay(interaction)
        found = await self.service.report_draft(require_group(interaction), _number(press.arg(0)))
        await reply(interaction, report_draft_card(found, _number(press.arg(1, "0"))))

    @presses("import.ask", organiser=True)
    async def ask(self, interaction: Interaction, press: Press) -> None:
        """Show a question."""
        await stay(interaction)
        found = await self.service.report_draft(require_group(interaction), _number(press.arg(0)))
        await reply(interaction, question_card(found, _number(press.arg(1, "0")), _number(press.arg(2, "0"))))

    @presses("import.answer", organiser=True)
    async def answer(self, interaction: Interaction, press: Press) -> None:
        """Take the answer to a question, and show the next."""
        await stay(interaction)
        word = press.arg(2)
        chosen = _number(press.arg(3)) if word != NONE else -1
        other = _number(press.arg(5) or press.chosen) if word == BOTH else -1
        decision = decision_of(word, chosen, other)
        group, key = require_group(interaction), ItemKey(press.arg(1))
        found = await self.service.decide(group, _number(press.arg(0)), key, decision)
        await reply(interaction, question_card(found, _number(press.arg(4, "0"))))

    @presses("import.fill", organiser=True)
    async def fill(self, interaction: Interaction, press: Press) -> None:
        """Ask for what the pages do not say."""
        found = await self.service.report_draft(require_group(interaction), _number(press.arg(0)))
        await show_form(interaction, missing_form(found.staged.staged_id, found.draft, found.staged.given))

    @presses("import.filled", organiser=True)
    async def filled(self, interaction: Interaction, press: Press) -> None:
        """Take what the pages do not say."""
        group, number = require_group(interaction), _number(press.arg(0))
        names = ("title", "committee", "date", "link")
        typed = [press.text(name) for name in names]
        await begin(interaction, in_place=False)
        try:
            if not is_web_address(typed[3]):
                raise Refused("That isn't a full web address.", "Copy it from your browser, beginning with https://")
            today = london_today(self.client.services.clock)
            day = read_day(typed[2], today, lean=Lean.BACK)
            if day > today:
                raise Refused(f"{long_date(day)} is in the future.", "Give the day it was published.")
            found = await self.service.fill_in(group, number, Given(typed[0].strip(), typed[1].strip(), day, typed[3]))
            await reply(interaction, report_draft_card(found))
        except PostbagError as error:
            await reply(interaction, typed_card(error, names, typed, Act("Try again", "import.fill", (number,))))

    @presses("import.apart", organiser=True)
    async def apart(self, interaction: Interaction, press: Press) -> None:
        """Take the pages for another report than the one that they look like."""
        await stay(interaction)
        found = await self.service.set_apart(require_group(interaction), _number(press.arg(0)))
        await reply(interaction, report_draft_card(found))

    @presses("import.keep", organiser=True)
    async def keep(self, interaction: Interaction, press: Press) -> None:
        """Keep the draft for this group."""
        await stay(interaction)
        group = require_group(interaction)
        report = await self.service.keep(group, _number(press.arg(0)), await person_of(interaction))
        followed = report.slug in self.client.services.reports.followed_now(group)
        await reply(interaction, imported_card(report, followed=followed))

    @presses("import.drop", organiser=True)
    async def drop(self, interaction: Interaction, press: Press) -> None:
        """Throw the draft away."""
        await stay(interaction)
        await self.service.drop(require_group(interaction), _number(press.arg(0)))
        await reply(interaction, "Closed. Postbag won't import anything more from these pages.")

    @presses("import.answers", organiser=True)
    async def answers(self, interaction: Interaction, press: Press) -> None:
        """Show a page of the answers that were read."""
        await stay(interaction)
        found = await self.service.answers_draft(require_group(interaction), _number(press.arg(0)))
        await reply(interaction, answers_draft_card(found, _number(press.arg(1, "0"))))

    @presses("import.read", organiser=True)
    async def read(self, interaction: Interaction, press: Press) -> None:
        """Open one answer."""
        await stay(interaction)
        found = await self.service.answers_draft(require_group(interaction), _number(press.arg(0)))
        place = _number(press.chosen)
        if place >= len(found.proposed):
            raise NotFound("This draft has no such answer.", "Open the list again.")
        await reply(interaction, answer_card(found, place))

    @presses("import.item", organiser=True)
    async def item(self, interaction: Interaction, press: Press) -> None:
        """Open the form for the answer to an item, with the day and address of the response filled in, and no status."""
        found = await self.service.answers_draft(require_group(interaction), _number(press.arg(0)))
        about = reports_for(interaction).find(f"{found.report.slug}/{press.chosen}")
        day = found.draft.published_on or about.report.response.received_on
        link = found.draft.url or about.report.response.url
        values = ("", long_date(day) if day else "", "", "", link)
        await show_form(interaction, record_form(RecordKind.ANSWER, about, values))

    async def _pages(self, press: Press) -> list[SavedPage]:
        """Fetch what was uploaded, from Discord. Refused: too many or too large, before anything is fetched."""
        files = press.uploads.get("files", ())
        if len(files) > MOST_FILES:
            raise Refused(
                f"That is {len(files)} files. You can send up to {MOST_FILES}.",
                "Only the pages with the list are needed.",
            )
        sizes = [int(file.get("size", 0)) for file in files]
        if any(size > LARGEST_FILE for size in sizes) or sum(sizes) > LARGEST_TOGETHER:
            raise Refused(
                f"These files are too large. The limit is {LARGEST_FILE // 1024 // 1024} MB each and "
                f"{LARGEST_TOGETHER // 1024 // 1024} MB together.",
                "Save the page as “HTML only”, without its pictures.",
            )
        return [await self._page(file) for file in files]

    async def _page(self, file: Mapping[str, Any]) -> SavedPage:
        try:
            content = await self.client.http.get_from_cdn(str(file["url"]))
        except DISCORD_FAULTS:
            raise Unavailable("Discord didn't send the file.", "Please upload it again in a minute.") from None
        return SavedPage(clip(str(file.get("filename", "a file")), 80), content)


def _is_only_a_link(text: str) -> bool:
    return text.startswith(("http://", "https://", "www.")) and len(text.split()) == 1


def _no_link() -> Refused:
    return Refused(
        "Postbag doesn't open links. Parliament's sites turn programs away, and a link can lead anywhere.",
        f"{SAVE} A report's number in Parliament's record works too: /reports import 6624.",
    )


def _number(text: str) -> int:
    return number_in(text, "Your group doesn't have that draft.", "Use /reports import to start one.")
