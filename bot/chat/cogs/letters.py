"""/letter: choose what it is about and whom it goes to, write, look it over, hand it over. Everything here is private."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from discord import app_commands
from discord.ext import commands

from bot.chat.answers import begin, follow
from bot.chat.cards.letter_handover import finished_card, outside_card, signed_card
from bot.chat.cards.letter_samples import sample_card, templates_card
from bot.chat.cards.letters import (
    form_note,
    preview_card,
    recipient_card,
    returned_card,
    seat_picker,
    text_file,
    topic_card,
    which_card,
)
from bot.chat.cards.seats import FIELD, picked_card, picker_note, seat_field, unpicked_card
from bot.chat.client import Interaction, PostbagClient, everywhere, unexpected
from bot.chat.cogs.follow_ups import FollowUps
from bot.chat.cogs.members import takes_postcodes
from bot.chat.common import cog_of
from bot.chat.lengths import Name
from bot.chat.permissions import group_of
from bot.chat.presses import Press, presses
from bot.chat.ui import Card, choices, reply
from bot.chat.uploads import uploaded_file
from bot.chat.viewing import group_meant, open_form, reports_for
from bot.chat.views.letters import (
    BY_EMAIL,
    EARLIER,
    MENTION,
    SKIP,
    Seen,
    answers_of,
    is_ours,
    read_back,
    seat_form,
    signature_form,
    typed_form,
    writing_form,
)
from bot.domain.drafts import SavedPage
from bot.domain.errors import Ambiguous, DraftGone, NotFound, PostbagError, Refused, Unfinished
from bot.domain.identity import GuildId, UserId
from bot.domain.letter_facts import Topic
from bot.domain.letters import SEAT_GAP, FrameKind, Recipient, Signature, Standing
from bot.domain.own_letters import HINT, MOST_BYTES
from bot.domain.postcodes import looks_like_postcode
from bot.services.letter_drafts import Draft
from bot.services.letters import LetterService, recipient_of
from bot.services.members import How
from bot.services.ports.files import File


@everywhere
class Letters(commands.GroupCog, group_name="letter", group_description="Write to your own MP, in your own words"):
    """Letters, from the first press to the text to copy."""

    def __init__(self, client: PostbagClient) -> None:
        self.client = client

    @property
    def letters(self) -> LetterService:
        return self.client.services.letters

    @app_commands.command(name="write", description="Write a letter to your own MP; only you see it")
    @app_commands.describe(
        recommendation="A number such as 3 or T-12, or words",
        mp="Your town or constituency, or your MP's name",
        template="What kind of letter",
    )
    async def write(
        self, interaction: Interaction, recommendation: Name = "", mp: Name = "", template: Name = ""
    ) -> None:
        """Begin a letter with what is known; ask for the rest one step at a time."""
        owner = UserId(interaction.user.id)
        group = group_meant(interaction)
        draft = self.letters.start(owner, group=group, frame=template)
        if recommendation.strip():
            try:
                draft = self.letters.about(draft, self.letters.topic(recommendation, group))
            except Ambiguous as several:
                await _reply(interaction, draft, which_card(draft, several.choices, several.message))
                return
        if mp.strip():
            if self.letters.is_directory_empty:
                draft = self.letters.to(draft, self.letters.typed(mp))
            elif draft.topic:
                found = await self._pick(interaction, draft, mp)
                if found is None:
                    return
                draft = self.letters.to(draft, found)
            elif (named := self.letters.recipient(mp)) is not None:
                draft = self.letters.to(draft, named)
        await self._confirm_typed(interaction, draft)

    @app_commands.command(name="templates", description="Kinds of letter, each with a sample")
    @app_commands.describe(template="What kind of letter")
    async def templates(self, interaction: Interaction, template: Name = "") -> None:
        """List the kinds of letter, or show one with a sample."""
        await reply(interaction, await self._samples(interaction, template))

    @write.autocomplete("recommendation")
    async def complete_recommendation(self, interaction: Interaction, current: str) -> list[app_commands.Choice[str]]:
        """Suggest recommendations, from memory."""
        reports = reports_for(interaction)
        return choices(reports.complete(current, reports.default_now()))

    @write.autocomplete("mp")
    async def complete_mp(self, interaction: Interaction, current: str) -> list[app_commands.Choice[str]]:
        """Suggest constituencies by their name or their Member's, from memory."""
        return choices(self.client.services.members.complete(current, 25))

    @templates.autocomplete("template")
    @write.autocomplete("template")
    async def complete_template(self, interaction: Interaction, current: str) -> list[app_commands.Choice[str]]:
        """Suggest the kinds of letter."""
        wanted = current.casefold()
        frames = self.letters.frames(group_meant(interaction))
        return choices((f.title, f.slug) for f in frames if wanted in f"{f.title} {f.slug}".casefold())

    @app_commands.command(name="follow-ups", description="Letters I said I sent, and the replies")
    async def follow_ups(self, interaction: Interaction) -> None:
        """List the letters that the person said they sent."""
        await cog_of(self.client, FollowUps).show_list(interaction)

    @presses("letter.sample")
    async def sample(self, interaction: Interaction, press: Press) -> None:
        """Show one kind of letter with a sample; without one, the list again."""
        chosen = press.values[0] if press.values else press.arg(0)
        await reply(interaction, await self._samples(interaction, chosen), update=is_ours(interaction.message))

    async def _samples(self, interaction: Interaction, template: str) -> Card:
        """Give the list of what can be written, or one of it with a sample."""
        group = group_meant(interaction)
        if not template.strip():
            return templates_card(self.letters.frames(group))
        frame = self.letters.frame(template, group)
        held = await reports_for(interaction).in_view()
        about = next((Topic(r, r.recommendations[0]) for r in held if r.recommendations), None)
        if about is None:
            raise NotFound("Postbag has no reports yet.", "Whoever runs Postbag can add one.")
        return sample_card(frame, self.letters.sample(frame.slug, about, group=group))

    @presses("letter.start")
    async def start(self, interaction: Interaction, press: Press) -> None:
        """Begin from another card: what it is about ("never-again/3", a report), a seat's id, a template; each may be empty."""
        about = press.values[0] if press.values else press.arg(0)
        await self.begin(interaction, group_meant(interaction), about=about, seat=press.arg(1), frame=press.arg(2))

    async def begin(
        self, interaction: Interaction, group: GuildId | None, *, about: str = "", seat: str = "", frame: str = ""
    ) -> None:
        """Begin a letter as a member of a group, wherever that is done; each part may be empty."""
        topic = self.letters.topic(about, group) if about else None
        recipient = self.letters.recipient_in(seat)
        owner = UserId(interaction.user.id)
        await self._next(
            interaction, self.letters.start(owner, group=group, frame=frame, topic=topic, recipient=recipient)
        )

    @presses("letter.report")
    async def choose_report(self, interaction: Interaction, press: Press) -> None:
        """Take the report that was chosen."""
        draft = await self._draft(interaction, Seen((press.arg(0), "", "", press.arg(1))))
        topic = self.letters.topic(press.chosen, draft.guild_id)
        draft = self.letters.about(draft, topic)
        if draft.topic:
            await self._confirm_typed(interaction, draft)
        else:
            await _reply(interaction, draft, topic_card(draft, [topic.report]), update=is_ours(interaction.message))

    @presses("letter.about")
    async def choose_topic(self, interaction: Interaction, press: Press) -> None:
        """Take the recommendation that was chosen."""
        state = (press.arg(0), press.chosen, press.arg(2), press.arg(1))
        draft = await self._draft(interaction, Seen(state))
        await self._confirm_typed(
            interaction, self.letters.about(draft, self.letters.topic(press.chosen, draft.guild_id))
        )

    @presses("letter.find")
    async def find_seat(self, interaction: Interaction, press: Press) -> None:
        """Ask for the constituency again."""
        draft = await self._draft(interaction, read_back(interaction.message, press))
        await self._ask_seat(interaction, draft)

    @presses("letter.seat")
    async def typed_seat(self, interaction: Interaction, press: Press) -> None:
        """Look up what was typed, and ask to confirm it."""
        draft = await self._draft(interaction, Seen(press.args))
        typed = press.text(FIELD).strip()
        if self.letters.is_directory_empty:
            try:
                recipient = self.letters.typed(typed, press.text("name"))
            except Refused as error:
                card = unpicked_card(error, seat_picker(draft), self.letters.as_of_line)
                await _reply(interaction, draft, card, update=is_ours(interaction.message))
                return
        else:
            found = await self._pick(interaction, draft, typed, to_confirm=True)
            if found is None:
                return
            recipient = found
        draft = self.letters.to(draft, recipient)
        card = recipient_card(draft, recipient, self.letters.as_of_line)
        await _reply(interaction, draft, card, update=is_ours(interaction.message))

    @presses(SKIP)
    async def skip_seat(self, interaction: Interaction, press: Press) -> None:
        """Go on without an MP: the letter has gaps for the name and the constituency."""
        draft = await self._draft(interaction, read_back(interaction.message, press))
        await self._next(interaction, self.letters.to(draft, self.letters.typed(SEAT_GAP)))

    async def _ask_seat(self, interaction: Interaction, draft: Draft) -> None:
        if self.letters.is_directory_empty:
            await open_form(interaction, typed_form(draft), draft.guild_id)
            return
        postcodes = await takes_postcodes(self.client, interaction)
        table = await self.client.services.members.postcodes_here() is not None
        note = picker_note(table) if postcodes else ""
        await open_form(interaction, seat_form(draft, seat_field(postcodes=postcodes), note), draft.guild_id)

    async def _pick(
        self, interaction: Interaction, draft: Draft, typed: str, *, to_confirm: bool = False
    ) -> Recipient | None:
        """Give the MP that was named exactly, or the only one that is near where it is ``to_confirm``; else offer what was meant."""
        picker, as_of = seat_picker(draft), self.letters.as_of_line
        update = is_ours(interaction.message)
        postcodes = await takes_postcodes(self.client, interaction)
        if looks_like_postcode(typed) and postcodes:
            await begin(interaction, in_place=update)
        try:
            picked = await self.letters.pick(typed, postcodes=postcodes)
        except PostbagError as error:
            await _reply(interaction, draft, unpicked_card(error, picker, as_of), update=update)
            return None
        if picked.how is How.NAME or (to_confirm and len(picked.seats) == 1 and picked.how is How.NEAR):
            return recipient_of(picked.seats[0])
        await _reply(interaction, draft, picked_card(picked, picker, as_of), update=update)
        return None

    @presses("letter.near")
    async def chosen_seat(self, interaction: Interaction, press: Press) -> None:
        """Take the seat that was chosen from a list, and open the writing form."""
        state = (press.arg(0), press.arg(1), press.chosen, press.arg(3))
        await self._open_form(interaction, Seen(state))

    @presses("letter.write")
    async def write_on(self, interaction: Interaction, press: Press) -> None:
        """Open the writing form: for the first time, or with what was written before."""
        await self._open_form(interaction, read_back(interaction.message, press))

    @presses("letter.written")
    async def written(self, interaction: Interaction, press: Press) -> None:
        """Take down what was written and show the letter. Whatever goes wrong, the words come back."""
        draft = None
        try:
            draft = await self._draft(interaction, _merged(read_back(interaction.message, press), press.args))
            frame = self.letters.frame_of(draft)
            own = answers_of(press, frame)
            if press.uploads.get(EARLIER):
                await begin(interaction, in_place=is_ours(interaction.message))
                own = await self._with_earlier(draft, own, press)
            draft = self.letters.written(draft, press.text("ask"), own)
            card, files = await self._preview(draft)
        except Exception as error:
            words = {name: value for name, value in press.fields.items() if isinstance(value, str)}
            await self._give_back(interaction, error, draft, words)
            return
        await _reply(interaction, draft, card, update=is_ours(interaction.message), files=files)

    async def _with_earlier(self, draft: Draft, own: Mapping[str, str], press: Press) -> Mapping[str, str]:
        """Put one sentence of the letter that the writer handed back before their words."""
        content = await uploaded_file(self.client, press, EARLIER, largest=MOST_BYTES, hint=HINT)
        name = str(press.uploads[EARLIER][0].get("filename", ""))
        return own if content is None else await self.letters.with_earlier(draft, own, SavedPage(name, content))

    @presses("letter.finish")
    async def finish(self, interaction: Interaction, press: Press) -> None:
        """Hand the letter over: card and file, then the text in messages that copy cleanly. The preview stays."""
        draft = await self._draft(interaction, read_back(interaction.message, press), token=press.arg(0))
        try:
            letter = self.letters.finished_letter(draft)
        except Unfinished:
            card, files = await self._preview(draft)
            await _reply(interaction, draft, card, update=is_ours(interaction.message), files=files)
            return
        await begin(interaction, in_place=False)
        likeness = 0.0
        if letter.frame.kind is FrameKind.LETTER:
            likeness = await self.client.services.sketches.keep_finished(
                group_of(interaction), draft.token, letter.text
            )
        finished = await self.letters.finish(draft, likeness=likeness)
        await _reply(interaction, draft, finished_card(draft, finished), files=finished.files)
        await _send_texts(interaction, finished.texts)

    @presses("letter.trim")
    async def take_out(self, interaction: Interaction, press: Press) -> None:
        """Take personal data out of the writer's words and show the letter again."""
        draft = await self._draft(interaction, read_back(interaction.message, press))
        card, files = await self._preview(self.letters.take_out(draft))
        await _reply(interaction, draft, card, update=is_ours(interaction.message), files=files)

    @presses(MENTION)
    async def mention(self, interaction: Interaction, press: Press) -> None:
        """Mention in the letter what its MP asked, or leave that out again."""
        draft = await self._draft(interaction, read_back(interaction.message, press), token=press.arg(0))
        ref = press.values[0] if press.values else press.arg(1)
        draft = await self.client.services.letter_offers.chosen(draft, ref)
        card, files = await self._preview(draft)
        await _reply(interaction, draft, card, update=is_ours(interaction.message), files=files)

    @presses("letter.outside")
    async def outside(self, interaction: Interaction, press: Press) -> None:
        """Give the letter with blanks, to be written away from Discord."""
        draft = await self._draft(interaction, read_back(interaction.message, press))
        await begin(interaction, in_place=False)
        files = await self.letters.outside(draft)
        await _reply(interaction, draft, outside_card(files, has_words=any(draft.own.values())), files=files)

    @presses("letter.sign")
    async def ask_signature(self, interaction: Interaction, press: Press) -> None:
        """Ask for the name and address that go into the files."""
        await open_form(interaction, signature_form(self._to_be_signed(interaction, press)))

    @presses("letter.signed")
    async def signed(self, interaction: Interaction, press: Press) -> None:
        """Give the files with name and address, which are kept nowhere. Whatever goes wrong, what was typed comes back."""
        signature = Signature(press.text("name"), press.text("address"), by_email=press.text("reply") == BY_EMAIL)
        await begin(interaction, in_place=False)
        try:
            draft = self._to_be_signed(interaction, press)
            finished = await self.letters.finish(draft, signature)
        except Exception as error:
            await self._give_back(
                interaction, error, None, {"Name": press.text("name"), "Address": press.text("address")}
            )
            return
        await _reply(interaction, draft, signed_card(finished), files=finished.files)
        await _send_texts(interaction, finished.texts)

    async def _give_back(
        self, interaction: Interaction, error: Exception, draft: Draft | None, typed: dict[str, str]
    ) -> None:
        """Say what went wrong and give back what was typed; what nobody expected is logged, without a word of it."""
        kind = error if isinstance(error, PostbagError) else unexpected(error, interaction)
        await _reply(interaction, draft, returned_card(kind, draft), files=[text_file(typed)])

    def _to_be_signed(self, interaction: Interaction, press: Press) -> Draft:
        self.letters.refuse_in_dissolution()
        try:
            return self.letters.draft(press.arg(0), UserId(interaction.user.id))
        except DraftGone as gone:
            raise NotFound(gone.message, "Press Finish on your letter above once more, then this button.") from None

    async def _preview(self, draft: Draft) -> tuple[Card, tuple[File, ...]]:
        letter = self.letters.letter(draft)
        offers = await self.client.services.letter_offers.offered(draft, letter)
        return preview_card(draft, letter, self._topic(draft), self.letters.checks(draft, letter), offers)

    async def _confirm_typed(self, interaction: Interaction, draft: Draft) -> None:
        """Say that nobody could check the MP that was typed in the command; else ask for what is missing."""
        to = draft.recipient
        if draft.topic and to is not None and to.standing is Standing.NOT_CHECKED:
            card = recipient_card(draft, to, self.letters.as_of_line)
            await _reply(interaction, draft, card, update=is_ours(interaction.message))
        else:
            await self._next(interaction, draft)

    async def _next(self, interaction: Interaction, draft: Draft) -> None:
        """Ask for the first thing that is still missing."""
        if not draft.topic:
            await self._ask_topic(interaction, draft)
        elif draft.recipient is None:
            await self._ask_seat(interaction, draft)
        else:
            await self._send_form(interaction, draft)

    async def _ask_topic(self, interaction: Interaction, draft: Draft) -> None:
        """Offer what the letter may be about: nothing is asked where only one report fits a letter about a report."""
        held = await self.client.services.reports.for_group(draft.guild_id).in_view()
        frame = self.letters.frame_of(draft)
        fitting = [report for report in held if self.letters.fits(draft, Topic(report))]
        if not held:
            raise NotFound("Postbag has no reports yet.", "Whoever runs Postbag can add one.")
        if not fitting:
            self.letters.about(draft, Topic(held[-1]))
        if len(fitting) == 1 and not frame.is_about_one:
            await self._next(interaction, self.letters.about(draft, Topic(fitting[0])))
            return
        await _reply(interaction, draft, topic_card(draft, fitting), update=is_ours(interaction.message))

    async def _open_form(self, interaction: Interaction, seen: Seen) -> None:
        draft = await self._draft(interaction, seen)
        chosen = self.letters.recipient_in(seen.state[2]) if seen.is_enough else None
        if chosen is not None and chosen != draft.recipient:
            draft = self.letters.to(draft, chosen)
        await self._next(interaction, draft)

    async def _send_form(self, interaction: Interaction, draft: Draft) -> None:
        self.letters.refuse_in_dissolution()
        recipient = draft.recipient
        if recipient is None:
            raise DraftGone
        note = form_note(self._topic(draft), recipient, self.letters.as_of_line)
        takes_file = self.letters.quotes_earlier(draft) and await takes_postcodes(self.client, interaction)
        frame, asks = self.letters.frame_of(draft), self.letters.asks(draft)
        form = writing_form(draft, frame, asks, note, takes_file=takes_file)
        await open_form(interaction, form, draft.guild_id)

    async def _draft(self, interaction: Interaction, seen: Seen, *, token: str = "") -> Draft:
        """Give the draft from memory, or rebuild it from its private message."""
        owner = UserId(interaction.user.id)
        known = token or (seen.state[0] if seen.state else "")
        try:
            return self.letters.draft(known, owner)
        except DraftGone:
            if not seen.is_enough:
                raise
        _, topic, seat, frame = seen.state
        group = group_meant(interaction)
        recipient = self.letters.recipient_in(seat)
        if recipient is None and seen.typed_seat:
            recipient = self.letters.typed(seen.typed_seat, seen.typed_name)
        names = [question.name for question in self.letters.frame(frame, group).questions]
        own = dict(zip(names, seen.own, strict=False))
        draft = self.letters.rebuilt(
            known, owner, group=group, frame=frame, topic=topic, recipient=recipient, ask=seen.ask, own=own
        )
        return await self.client.services.letter_offers.chosen(draft, seen.mention) if seen.mention else draft

    def _topic(self, draft: Draft) -> Topic:
        topic = self.letters.topic_of(draft)
        if topic is None:
            raise DraftGone
        return topic


def _merged(seen: Seen, args: tuple[str, ...]) -> Seen:
    """Prefer what the form carries over what the message under it does."""
    return replace(seen, state=args) if len(args) == 4 else seen


async def _send_texts(interaction: Interaction, texts: Iterable[str]) -> None:
    """Send a text in messages that copy cleanly."""
    for text in texts:
        await follow(interaction, text)


async def _reply(
    interaction: Interaction, draft: Draft | None, card: Card, *, update: bool = False, files: Iterable[File] = ()
) -> None:
    """Answer with a card of a draft. Its controls belong to the draft's group, wherever it is written."""
    group = draft.guild_id if draft is not None else None
    await reply(interaction, card, update=update, files=files, group=group)
