"""Letters that a group makes for itself: written, read by a second organiser, approved, put back, retired.

All of them are held in memory, so that autocomplete touches no disk; each group sees its own alone (``for_group``).
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from bot.clock import Clock
from bot.domain.errors import NotFound, Overtaken, Refused
from bot.domain.identity import GuildId, PersonId
from bot.domain.letter_templates import MOST_HELD, MOST_TEXT, GroupTemplate, TemplateState, check_approval
from bot.domain.letters import LetterFrame
from bot.domain.own_words import Part
from bot.services.audit import UNNOTED, TakesNotes
from bot.services.letter_ports import ReadLetter, TemplateStore


@dataclass(frozen=True, slots=True)
class HeldTemplate:
    """One version, and what was read of its text."""

    template: GroupTemplate
    letter: ReadLetter


class TemplateService:
    """The templates of all groups. ``read`` takes slug, title, summary and text."""

    def __init__(
        self,
        store: TemplateStore,
        read: Callable[[str, str, str, str], ReadLetter],
        clock: Clock,
        shipped: Callable[[], Sequence[LetterFrame]],
        audit: TakesNotes = UNNOTED,
    ) -> None:
        self._store = store
        self._audit = audit
        self._read = read
        self._clock = clock
        self._shipped = shipped
        self._held: dict[GuildId, dict[int, HeldTemplate]] = {}
        self._reading = asyncio.Lock()

    async def load(self) -> None:
        """Read every group's templates into memory."""
        async with self._reading:
            held: dict[GuildId, dict[int, HeldTemplate]] = {}
            for template in await self._store.list():
                held.setdefault(template.guild_id, {})[template.template_id] = self._taken(template)
            self._held = held

    async def reload(self, guild_id: GuildId) -> None:
        """Read one group's templates again."""
        async with self._reading:
            found = await self._store.list(guild_id)
            self._held[guild_id] = {one.template_id: self._taken(one) for one in found}
            if not found:
                self._held.pop(guild_id, None)

    def _taken(self, template: GroupTemplate) -> HeldTemplate:
        return HeldTemplate(template, self._read(template.slug, template.title, template.summary, template.text))

    def for_group(self, guild_id: GuildId | None) -> GroupLetters:
        """Give the letters that one group made for itself. None: nobody's, so none."""
        return GroupLetters(tuple(self._held.get(guild_id, {}).values()) if guild_id is not None else ())

    # What organisers do -------------------------------------------------------------------------------------------

    def list(self, guild_id: GuildId) -> tuple[HeldTemplate, ...]:
        """List a group's versions, the newest first."""
        return tuple(reversed(self._held.get(guild_id, {}).values()))

    def get(self, guild_id: GuildId, template_id: int) -> HeldTemplate:
        """Give one version. NotFound: the group has none such."""
        found = self._held.get(guild_id, {}).get(template_id)
        if found is None:
            raise NotFound("Your group doesn't have that template.", "See the templates with /admin template review.")
        return found

    def named(self, guild_id: GuildId, name: str) -> HeldTemplate:
        """Give the version that a slug, a title or its full name names, one in use before a draft. NotFound: there is none."""
        wanted = name.strip().casefold()
        held = [(one, one.template) for one in self.list(guild_id)]
        found = [one for one, own in held if wanted in (own.slug, own.title.casefold(), own.name.casefold())]
        ranked = sorted(found, key=lambda one: one.template.state is not TemplateState.LIVE)
        return ranked[0] if ranked else self.get(guild_id, 0)

    async def write(
        self,
        guild_id: GuildId,
        person_id: PersonId,
        title: str,
        summary: str,
        text: str,
        *,
        of: int = 0,
        revision: int = 0,
    ) -> HeldTemplate:
        """Keep a draft: a new one, a new version of another, or a change to a draft. Refused: it cannot be kept.

        A draft that is wrong in its text is kept, with what is wrong, but cannot be approved.
        """
        title, summary = " ".join(title.split()), " ".join(summary.split())
        text = text.replace("\r\n", "\n").replace("\r", "\n")
        known = self.get(guild_id, of).template if of else None
        draft = GroupTemplate(0, guild_id, known.series if known else 0, title, summary, text, author=person_id)
        self._check_kept(draft, self._read(f"g{of}", title, summary, text))
        now = self._clock.now()
        if known is not None:
            same = (known.title, known.summary, known.text) == (title, summary, text)
            if same and known.state is TemplateState.DRAFT:
                return self.get(guild_id, of)
            newest = self._newest(guild_id, known)
            if newest.template_id != known.template_id or (revision and revision != known.revision):
                raise Overtaken(f"“{newest.title}”", f"{newest.title}: {newest.summary}", newest.template_id)
        if known is not None and known.state is TemplateState.DRAFT:
            await self._store.edit(replace(draft, template_id=of, revision=revision), now)
        else:
            drafts = [one for one in self.list(guild_id) if one.template.state is TemplateState.DRAFT]
            if len(drafts) >= MOST_HELD:
                raise Refused(
                    f"Your group has {len(drafts)} drafts, which is the most allowed.", "Approve or delete one first."
                )
            of = await self._store.add(draft, now)
        await self.reload(guild_id)
        await self._audit.note(guild_id, person_id, f"Letter template “{title}”: draft written")
        return self.get(guild_id, of)

    def _newest(self, guild_id: GuildId, known: GroupTemplate) -> GroupTemplate:
        """Give the version in use of a letter that is not a draft, whichever version was opened."""
        if known.state is not TemplateState.EARLIER:
            return known
        series = [one.template for one in self.list(guild_id) if one.template.series == known.series]
        return next((one for one in series if one.state is TemplateState.LIVE), known)

    def _check_kept(self, draft: GroupTemplate, letter: ReadLetter) -> None:
        if letter.unkept or not draft.text.strip() or len(draft.text) > MOST_TEXT:
            raise Refused(
                "Postbag can't save this as a draft.",
                "\n".join(f"Line {line}: {why}." for line, why in letter.unkept or letter.problems)[:1500],
            )
        taken = {frame.title.casefold() for frame in self._shipped()}
        taken |= {
            one.template.title.casefold()
            for one in self.list(draft.guild_id)
            if one.template.series != draft.series and one.template.state is not TemplateState.RETIRED
        }
        if draft.title.casefold() in taken:
            raise Refused(f"There's already a letter called “{draft.title}”.", "Give this one another title.")

    async def approve(self, guild_id: GuildId, template_id: int, revision: int, person_id: PersonId) -> HeldTemplate:
        """Put a draft to use as the next version. Refused: as ``check_approval``, or something is wrong with it."""
        await self.reload(guild_id)
        found = self.get(guild_id, template_id)
        check_approval(found.template, person_id, revision)
        if found.letter.problems:
            raise Refused(
                "Something is still wrong with this draft.",
                "Fix what's listed, then ask another organiser to read it again.",
            )
        self._room_for(guild_id, found.template)
        await self._store.approve(replace(found.template, revision=revision), person_id, self._clock.now())
        await self._audit.note(guild_id, person_id, f"Letter template “{found.template.title}”: approved")
        await self.reload(guild_id)
        return self.get(guild_id, template_id)

    async def put_back(self, guild_id: GuildId, template_id: int, by: PersonId | None = None) -> HeldTemplate:
        """Put an approved version back to use."""
        await self.reload(guild_id)
        found = self.get(guild_id, template_id)
        self._room_for(guild_id, found.template)
        await self._store.put_back(found.template)
        await self._audit.note(guild_id, by, f"Letter template “{found.template.name}”: in use again")
        await self.reload(guild_id)
        return self.get(guild_id, template_id)

    def _room_for(self, guild_id: GuildId, template: GroupTemplate) -> None:
        live = [one.template for one in self.list(guild_id) if one.template.state is TemplateState.LIVE]
        if len([one for one in live if one.series != template.series]) >= MOST_HELD:
            raise Refused(f"Your group has {MOST_HELD} letters in use, which is the most allowed.", "Retire one first.")

    async def retire(self, guild_id: GuildId, template_id: int, by: PersonId | None = None) -> None:
        """Offer a letter no more. Letters that are open with it go on."""
        found = self.get(guild_id, template_id)
        if found.template.state is TemplateState.DRAFT:
            raise Refused("This is a draft, and not in use.", "Delete it instead.")
        await self._store.retire(found.template)
        await self._audit.note(guild_id, by, f"Letter template “{found.template.title}”: retired")
        await self.reload(guild_id)

    async def discard(self, guild_id: GuildId, template_id: int, revision: int, by: PersonId | None = None) -> None:
        """Delete a draft, as it was read."""
        gone = self.get(guild_id, template_id).template
        await self._store.discard(replace(gone, revision=revision))
        await self._audit.note(guild_id, by, f"Letter template “{gone.title}”: draft deleted")
        await self.reload(guild_id)


class GroupLetters:
    """The letters of one group, as those who write with them see them."""

    def __init__(self, own: Sequence[HeldTemplate]) -> None:
        self._own = own

    def frames(self) -> tuple[LetterFrame, ...]:
        """List the letters in use, by title."""
        live = [one.letter for one in self._own if one.template.state is TemplateState.LIVE and not one.letter.problems]
        return tuple(sorted((letter.frame for letter in live), key=lambda frame: frame.title.casefold()))

    def frame(self, slug: str) -> LetterFrame | None:
        """Give any approved version, in use or not: a letter keeps the one that it began with."""
        found = self._by_slug(slug)
        known = found is not None and found.template.state is not TemplateState.DRAFT and not found.letter.problems
        return found.letter.frame if found is not None and known else None

    def offered(self, slug: str) -> LetterFrame | None:
        """Give the version in use of the letter that a slug names, whichever version that is of."""
        found = self._by_slug(slug)
        if found is None or found.template.state is TemplateState.DRAFT:
            return None
        series = found.template.series
        live = {one.template.slug for one in self._own if one.template.series == series}
        return next((frame for frame in self.frames() if frame.slug in live), None)

    def letter(self, slug: str, facts: Mapping[str, str], own: Mapping[str, str]) -> tuple[Part, ...]:
        """Set a letter. NotFound: the group has none of that name."""
        found = self._by_slug(slug)
        if found is None:
            raise NotFound("There's no letter with that name.", "Choose another with /letter write.")
        return found.letter.set(facts, own)

    def _by_slug(self, slug: str) -> HeldTemplate | None:
        return next((one for one in self._own if one.template.slug == slug), None)
