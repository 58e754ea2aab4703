"""Letters in the making: drafts in memory for an hour, set into a frame, checked and handed over. Nothing is stored."""

from __future__ import annotations

import asyncio
import logging
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace

from bot.clock import Clock, london_today
from bot.domain.asked_before import AskedBefore, left_out, set_with, with_sentence
from bot.domain.drafts import SavedPage
from bot.domain.errors import BrokenTemplate, DraftGone, NotFound, Refused, Unfinished
from bot.domain.identity import GuildId, UserId
from bot.domain.letter_asks import ASKS, Ask, fitting
from bot.domain.letter_checks import Check, Weight, look_over, without_personal
from bot.domain.letter_facts import SINCE, Office, Topic, citations, facts_for, overdue_since, refuse_unfit, subject
from bot.domain.letters import SEAT_GAP, FrameKind, Letter, LetterFrame, Recipient, Signature, Standing, in_parts
from bot.domain.members import Constituency, fold
from bot.domain.names import is_nobody
from bot.domain.own_words import SCORE_CLOSES
from bot.domain.plain_text import without_invisible_signs
from bot.domain.postcodes import looks_like_postcode
from bot.domain.reports import long_date
from bot.services.letter_drafts import Draft, Drafts
from bot.services.letter_finishing import BLANK_HINTS, Finished, has_room, like_another, shown_to_writer
from bot.services.letter_names import name_typed
from bot.services.letter_ports import GroupFrames, LetterFiles, LetterTemplates, OneGroupsFrames, OwnLetterReader, Seats
from bot.services.members import Picked
from bot.services.ports.files import File
from bot.services.reports import ReportService

log = logging.getLogger(__name__)

FIRST_FRAME = "raise-a-recommendation"
# What one field of a form can carry at Discord.
ANSWER_LIMIT = 4_000
TYPED_LIMIT = 100
TEXT_PARTS = 3
"""So many messages of text are handed over at most; a longer letter comes as a file only."""
CONTACT_WAIT = 2.0
"""Seconds that a finished letter waits for its MP's contacts. Without them it has no address to be mailed to."""


class LetterService:
    """Help a person write to their own MP. ``files`` makes the files of a letter.

    Reports and letters are those of the group that is named; without one, those that everybody has.
    """

    def __init__(
        self,
        templates: LetterTemplates,
        reports: ReportService,
        members: Seats,
        clock: Clock,
        files: LetterFiles,
        group: GroupFrames | None = None,
        earlier: OwnLetterReader | None = None,
    ) -> None:
        self._templates = templates
        self._reports = reports
        self._members = members
        self._clock = clock
        self._files = files
        self._group = group
        self._earlier = earlier
        self.drafts = Drafts(clock)

    # What there is ----------------------------------------------------------------------------------------------

    def frames(self, group: GuildId | None = None) -> tuple[LetterFrame, ...]:
        """List what can be written, in the order in which it is offered."""
        own = self._own_of(group)
        return (*self._templates.frames.values(), *(own.frames() if own is not None else ()))

    def frame(self, slug: str, group: GuildId | None = None) -> LetterFrame:
        """Give a frame by its slug or title, or a part that only one has. NotFound: there is none of that name, or several."""
        wanted = slug.strip().casefold()
        own = self._own_of(group)
        held = own.frame(wanted) if own is not None else None
        if held is not None:
            return held
        for frame in self.frames(group):
            if wanted in (frame.slug, frame.title.casefold()):
                return frame
        like = [one for one in self.frames(group) if wanted and wanted in f"{one.slug} {one.title}".casefold()]
        if len(like) == 1:
            return like[0]
        titles = "; ".join(frame.title for frame in like or self.frames(group))
        raise NotFound("There's no letter with that name.", f"Choose one of: {titles}.")

    def current(self, slug: str, group: GuildId | None = None) -> LetterFrame | None:
        """Give the frame on offer today for a slug that was chosen earlier, or None where it was retired."""
        own = self._own_of(group)
        return (own.offered(slug) if own is not None else None) or self._templates.frames.get(slug)

    def _own_of(self, group: GuildId | None) -> OneGroupsFrames | None:
        return self._group.for_group(group) if self._group is not None and group is not None else None

    def topic(self, value: str, group: GuildId | None = None) -> Topic:
        """Read what a letter is about: ``never-again/3``, ``never-again``, or anything that finds one recommendation."""
        text, reports = value.strip(), self._reports.for_group(group)
        try:
            return Topic(reports.report(text))
        except NotFound:
            return Topic.of(reports.find(text))

    def refuse_in_dissolution(self) -> None:
        """Refused: Parliament stands dissolved, and nobody is an MP."""
        dissolution = self._members.dissolution
        if dissolution.dissolved_on is not None and dissolution.in_force(london_today(self._clock)):
            raise Refused(
                f"Parliament was dissolved on {long_date(dissolution.dissolved_on)}, so there are no MPs until the election.",
                "Letters pause until the new Parliament has met. You can still read the recommendations.",
            )

    # To whom ----------------------------------------------------------------------------------------------------

    @property
    def is_directory_empty(self) -> bool:
        return not self._members.directory.constituencies

    @property
    def as_of_line(self) -> str:
        """Say of when the data about Members is, and whether it is out of date."""
        return self._members.as_of_line(self._clock.now())

    def recipient(self, constituency: str) -> Recipient | None:
        """Give the MP of a constituency named exactly, or None."""
        seat = self._members.directory.exactly(constituency)
        return recipient_of(seat) if seat is not None else None

    def recipient_in(self, seat_id: str) -> Recipient | None:
        """Give the MP of a seat by its id, as a control carries it, or None."""
        seat = self._members.directory.by_id(int(seat_id)) if seat_id.isdecimal() else None
        return recipient_of(seat) if seat is not None else None

    async def pick(self, typed: str, *, postcodes: bool = True) -> Picked:
        """Find the seats that a postcode, a place, a constituency or a name may mean. Raises as ``MemberService.pick``."""
        return await self._members.pick(typed, postcodes=postcodes)

    def near(self, text: str, limit: int = 25) -> tuple[Recipient, ...]:
        """List the seats that a text may mean, by constituency or Member, best first. Maybe none."""
        return tuple(recipient_of(seat) for seat in self._members.near(text, limit)) if fold(text) else ()

    @staticmethod
    def typed(constituency: str, name: str = "") -> Recipient:
        """Give a recipient as typed, not checked. Refused: there is no constituency, or the name is nobody's."""
        seat, name = (" ".join(without_invisible_signs(text).split())[:TYPED_LIMIT] for text in (constituency, name))
        if not seat or is_nobody(seat):
            what = "Postbag doesn't know that one." if seat else "You haven't typed anything."
            raise Refused(f"Which constituency do you live in? {what}", "Type its name, or part of it.")
        if looks_like_postcode(seat) or looks_like_postcode(name):
            what = "That looks like a postcode, and Postbag can't look it up here."
            raise Refused(what, "Type your constituency's name.")
        return Recipient(seat, Standing.NOT_CHECKED, typed_name=name_typed(name))

    # Drafts -----------------------------------------------------------------------------------------------------

    def start(
        self,
        owner: UserId,
        *,
        group: GuildId | None = None,
        frame: str = "",
        topic: Topic | None = None,
        recipient: Recipient | None = None,
    ) -> Draft:
        """Begin a draft. Refused: Parliament is dissolved, or the letter does not fit the report."""
        self.refuse_in_dissolution()
        chosen, own = self.frame(frame or FIRST_FRAME, group), self._own_of(group)
        if chosen.by_group and own is not None:
            chosen = own.offered(chosen.slug) or self.frame(FIRST_FRAME)
        draft = replace(self.drafts.begin(owner, chosen.slug), recipient=recipient, guild_id=group)
        return self.keep(self._about(draft, topic) if topic is not None else draft)

    def draft(self, token: str, owner: UserId) -> Draft:
        """Give a draft to its owner. DraftGone: it is older than an hour, or somebody else's, which is not told."""
        return self.drafts.get(token, owner)

    def about(self, draft: Draft, topic: Topic) -> Draft:
        """Say what the letter is about. Refused: the letter does not fit it."""
        return self.keep(self._about(draft, topic))

    def fits(self, draft: Draft, topic: Topic) -> bool:
        """Tell whether the letter can be about this."""
        try:
            self._about(draft, topic)
        except Refused:
            return False
        return True

    def to(self, draft: Draft, recipient: Recipient) -> Draft:
        """Say whom the letter goes to. An ask that does not fit their post is taken back."""
        ask = draft.ask if draft.ask in {a.slug for a in self._asks(draft, recipient)} else ""
        return self.keep(replace(draft, recipient=recipient, ask=ask))

    def written(self, draft: Draft, ask: str, own: Mapping[str, str]) -> Draft:
        """Take down the writer's ask and words, as they are. Refused: the ask does not fit; the words are kept."""
        names = [question.name for question in self.frame_of(draft).questions]
        words = {name: own.get(name, "").strip()[:ANSWER_LIMIT] for name in names}
        draft = self.keep(replace(draft, own=words))
        if ask not in {a.slug for a in self.asks(draft)}:
            raise Refused("Choose one thing to ask your MP for.", "Open the form again: your words are still in it.")
        return self.keep(replace(draft, ask=ask))

    def quotes_earlier(self, draft: Draft) -> bool:
        """Tell whether the letter may begin with a sentence of its writer's earlier one."""
        return self._earlier is not None and self.frame_of(draft).quotes_earlier

    async def with_earlier(self, draft: Draft, own: Mapping[str, str], file: SavedPage) -> Mapping[str, str]:
        """Put the day and one sentence of the writer's earlier letter before their words. Refused: it cannot be read or used.

        The file is read in memory, in a process of its own, and forgotten.
        """
        frame = self.frame_of(draft)
        if self._earlier is None or not frame.quotes_earlier:
            titles = ", ".join(one.title for one in self.frames() if one.quotes_earlier)
            raise Refused("This kind of letter doesn't quote an earlier one.", f"These do: {titles}.")
        letter = await self._earlier.own_letter(draft.owner, file)
        quoted = letter.quotation(london_today(self._clock))
        first = frame.written[0].name
        typed = own.get(first, "").strip()
        if quoted in typed:
            return own
        if len(quoted) + len(typed) + 1 > ANSWER_LIMIT:
            raise Refused(
                "There's no room for a sentence from your earlier letter.",
                "Shorten your words, then add the file again.",
            )
        return {**own, first: f"{quoted} {typed}".strip()}

    def rebuilt(
        self,
        token: str,
        owner: UserId,
        *,
        frame: str,
        topic: str,
        recipient: Recipient | None,
        group: GuildId | None = None,
        ask: str = "",
        own: Mapping[str, str] | None = None,
    ) -> Draft:
        """Make a draft again from what its owner's private message carries. DraftGone: that does not hold any more."""
        self.refuse_in_dissolution()
        try:
            known = self.drafts.begin(owner, self.frame(frame, group).slug, token=token)
            known = replace(known, own=own or {}, guild_id=group)
            known = self._about(known, self.topic(topic, group)) if topic else known
        except NotFound:
            raise DraftGone from None
        fits = recipient is not None and ask in {a.slug for a in self._asks(known, recipient)}
        return self.keep(replace(known, recipient=recipient, ask=ask if fits else ""))

    def asks(self, draft: Draft) -> tuple[Ask, ...]:
        """List the asks that fit the letter and the recipient's post."""
        return self._asks(draft, draft.recipient)

    def topic_of(self, draft: Draft) -> Topic | None:
        return self.topic(draft.topic, draft.guild_id) if draft.topic else None

    def frame_of(self, draft: Draft) -> LetterFrame:
        return self.frame(draft.frame, draft.guild_id)

    # The letter -------------------------------------------------------------------------------------------------

    def letter(self, draft: Draft) -> Letter:
        """Set the letter. Refused: something was not chosen yet, or Parliament is dissolved."""
        self.refuse_in_dissolution()
        frame, topic, recipient = self.frame_of(draft), self.topic_of(draft), draft.recipient
        if topic is None or recipient is None or draft.ask not in ASKS:
            raise Refused(
                "This letter isn't complete yet.", "Choose what it's about, who it goes to and what you're asking for."
            )
        to, ask = self._in_office_now(recipient), ASKS[draft.ask]
        return set_with(
            draft.mention,
            draft.topic,
            to,
            lambda mention: self._set(frame, topic, to, ask, draft.own, draft.guild_id, mention=mention),
        )

    def checks(self, draft: Draft, letter: Letter) -> tuple[Check, ...]:
        """Look a letter over, the most serious finding first."""
        return look_over(letter, (*self._about_directory(draft, letter), *left_out(draft.mention, letter)))

    def take_out(self, draft: Draft) -> Draft:
        """Take out of the writer's words what looks like somebody's address, postcode, telephone number or e-mail address."""
        written = {question.name for question in self.frame_of(draft).written}
        own = {
            name: without_personal(without_invisible_signs(text)) if name in written else text
            for name, text in draft.own.items()
        }
        return self.keep(replace(draft, own=own))

    def blank(self, draft: Draft) -> Letter:
        """Set the letter with blanks where its writer's words go. Refused: Parliament is dissolved; nothing to be about."""
        self.refuse_in_dissolution()
        frame, topic = self.frame_of(draft), self.topic_of(draft)
        if topic is None:
            raise Refused("First choose what the letter is about.", "Start again with /letter write.")
        to = draft.recipient or Recipient(SEAT_GAP, Standing.NOT_CHECKED)
        office = self.office(topic)
        if draft.ask in ASKS:
            fit = [ASKS[draft.ask]]
        else:
            fit = list(self._asks(draft, to)) if draft.recipient is not None else [ASKS[a] for a in frame.asks]
        one_of = [ask.said(office.minister) for ask in fit]
        words = one_of[0] if len(fit) == 1 else "\n".join(["[Keep one of these:]", *one_of])
        own = {q.name: f"[{q.label} {q.hint}]".replace(" ]", "]") for q in frame.written}
        ask = replace(fit[0], words=words, short="", spoken=words)
        return self._set(frame, topic, to, ask, own, draft.guild_id, levels=(0,))

    def sample(
        self, slug: str, topic: Topic, recipient: Recipient | None = None, group: GuildId | None = None
    ) -> Letter:
        """Set a template's made-up sample, about something real, to an MP without a name."""
        return self.sample_of(self.frame(slug, group), topic, recipient, group)

    def sample_of(
        self, frame: LetterFrame, topic: Topic, recipient: Recipient | None = None, group: GuildId | None = None
    ) -> Letter:
        """Set the sample of a frame that may not be in use yet."""
        to = recipient or Recipient(SEAT_GAP, Standing.NOT_CHECKED)
        ask = ASKS[frame.asks[0]] if recipient is None else fitting(frame.asks, to.role)[0]
        return self._set(frame, topic, to, ask, frame.sample, group, sample=True)

    def office(self, topic: Topic) -> Office:
        """Give who answers today for what a letter is about; for a whole report, who answers for most of it."""
        items = (topic.item,) if topic.item is not None else topic.report.recommendations
        found = [one for item in items if (one := self._reports.responsible_today(item)) is not None]
        if not found:
            return Office()
        key = Counter(one.key for one in found).most_common(1)[0][0]
        one = next(one for one in found if one.key == key)
        warning = one.warning(london_today(self._clock))
        return Office(one.minister_short, one.minister_full, warning, one.key, one.department)

    def _set(
        self,
        frame: LetterFrame,
        topic: Topic,
        recipient: Recipient,
        ask: Ask,
        own: Mapping[str, str],
        group: GuildId | None,
        *,
        sample: bool = False,
        levels: tuple[int, ...] = tuple(range(SINCE, -1, -1)),
        mention: AskedBefore | None = None,
    ) -> Letter:
        """Set a letter in the longest frame that leaves it mostly its writer's; a frame shrinks where little is written.

        At every length it says what the committee asked and what the Government answered.
        """
        today = london_today(self._clock)
        words = {name: without_invisible_signs(text) for name, text in own.items()}
        office = self.office(topic)
        known = () if sample else shown_to_writer(frame, topic, office.minister)
        templates = self._own_of(group) if frame.by_group else None
        about = subject(Topic(topic.report) if "expected_by" in frame.needs else topic)
        for level in levels:
            facts = facts_for(frame, topic, recipient, ask, today, office=office, level=level, sample=sample)
            parts = with_sentence((templates or self._templates).letter(frame.slug, facts, words), mention)
            cited = (*citations(topic), *([(mention.title, mention.url)] if mention is not None else []))
            letter = Letter(frame, recipient, parts, about, cited, known)
            if frame.kind is FrameKind.BRIEF or has_room(letter):
                break
        return letter

    def finished_letter(self, draft: Draft) -> Letter:
        """Set the letter that may be handed over. Unfinished: it has too few words of its writer's own."""
        letter = self.letter(draft)
        for check in self.checks(draft, letter):
            if check.weight is Weight.STOP:
                raise Unfinished(check)
        return letter

    async def finish(self, draft: Draft, signature: Signature | None = None, *, likeness: float = 0.0) -> Finished:
        """Hand the letter over. Unfinished: as ``finished_letter``.

        ``signature`` goes into the files and nowhere else. ``likeness`` is the highest score against other letters.
        """
        letter = self.finished_letter(draft)
        letter = replace(letter, recipient=await self._with_contact(letter.recipient))
        files, notes = await self._files.files(letter, london_today(self._clock), signature)
        is_letter, is_vacant = letter.frame.kind is FrameKind.LETTER, letter.recipient.standing is Standing.VACANT
        is_open = is_letter and not is_vacant and not letter.is_too_alike and likeness < SCORE_CLOSES
        to_mail = is_letter and (signature is not None or not is_open)
        texts = in_parts(letter.as_mail(signature) if to_mail else letter.text)
        gaps = (*letter.gaps, *(signature or Signature()).gaps) if is_letter else letter.gaps
        return Finished(
            letter,
            (*self.checks(draft, letter), *like_another(likeness)),
            texts if len(texts) <= TEXT_PARTS else (),
            files,
            notes,
            link=self._files.link(letter) if is_letter and not is_vacant else "",
            may_write_to_them=is_open,
            gaps=gaps,
        )

    async def outside(self, draft: Draft) -> tuple[File, ...]:
        """Give the letter with blanks, to be written away from here. Refused: it is not chosen yet what it is about."""
        return await self._files.blank(self.blank(draft), london_today(self._clock), BLANK_HINTS)

    async def warm(self) -> None:
        """Load what the first finished letter would have to wait for."""
        try:
            await asyncio.to_thread(lambda: self._templates.frames)
        except BrokenTemplate:
            log.error("the templates are broken: postbag templates lint names each line")
        await self._files.warm()

    async def _with_contact(self, recipient: Recipient) -> Recipient:
        if recipient.member is None or recipient.constituency_id is None:
            return recipient
        seat = Constituency(recipient.constituency_id, recipient.constituency, recipient.member)
        try:
            seat = await asyncio.wait_for(self._members.with_contact(seat), CONTACT_WAIT)
        except TimeoutError:
            return recipient
        return replace(recipient, member=seat.member)

    def _in_office_now(self, recipient: Recipient) -> Recipient:
        """Give whoever holds the seat today: the directory may have been renewed while the letter was written."""
        if recipient.constituency_id is None:
            return recipient
        seat = self._members.directory.by_id(recipient.constituency_id)
        return recipient_of(seat) if seat is not None and seat.name == recipient.constituency else recipient

    def _about_directory(self, draft: Draft, letter: Letter) -> Sequence[Check]:
        found: list[Check] = []
        then, now = draft.recipient, letter.recipient
        if then is not None and then.name != now.name:
            found.append(
                Check(
                    "mp-changed",
                    Weight.WARN,
                    f"The MP for {now.constituency} has changed since you began: "
                    + (f"it is {now.name} now." if now.name else "the seat is vacant."),
                    "Read the letter again: it goes to whoever holds the seat.",
                )
            )
        if now.constituency_id is not None and self._members.directory.is_stale(self._clock.now()):
            found.append(
                Check("stale", Weight.WARN, self.as_of_line, "WriteToThem looks your MP up again when you send.")
            )
        topic = self.topic_of(draft)
        if topic is not None and (old := self.office(topic).warning):
            found.append(
                Check("minister-old", Weight.NOTE, old, "gov.uk/government/ministers lists who does what today.")
            )
        if self._members.suspects_dissolution:
            found.append(
                Check(
                    "maybe-dissolved",
                    Weight.WARN,
                    "When Postbag last looked, the source of MP data listed no sitting MPs: Parliament may have been "
                    "dissolved.",
                    "If so, there are no MPs until the election: keep your letter until then.",
                )
            )
        return found

    def _asks(self, draft: Draft, recipient: Recipient | None) -> tuple[Ask, ...]:
        if recipient is None:
            return ()
        return fitting(self.frame_of(draft).asks, recipient.role)

    def _about(self, draft: Draft, topic: Topic) -> Draft:
        frame = self.frame_of(draft)
        if "expected_by" in frame.needs:
            overdue_since(topic.report, london_today(self._clock))
        refuse_unfit(frame, topic)
        if frame.is_about_one and topic.item is None:
            return replace(draft, topic="")
        about = topic if frame.is_about_any else Topic(topic.report)
        return replace(draft, topic=about.value)

    def keep(self, draft: Draft) -> Draft:
        """Hold a draft for another hour."""
        return self.drafts.keep(draft)


def recipient_of(seat: Constituency) -> Recipient:
    """Give the recipient that a seat of the directory stands for."""
    standing = Standing.VACANT if seat.member is None else Standing.IN_OFFICE
    return Recipient(seat.name, standing, seat.constituency_id, seat.member)
