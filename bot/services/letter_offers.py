"""What a letter may mention of its own MP: a question or a motion that the shared searches found. Nothing goes out for it."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import replace
from typing import Protocol

from bot.domain.asked_before import MOST_OFFERED, AskedBefore, asked_before
from bot.domain.errors import PostbagError
from bot.domain.identity import GuildId
from bot.domain.letters import FrameKind, Letter, Standing
from bot.domain.references import Found
from bot.domain.said import Said
from bot.services.letter_drafts import Draft
from bot.services.letters import LetterService

log = logging.getLogger(__name__)


class OwnSayings(Protocol):
    """What is asked of what was found in Parliament."""

    async def asked_by(self, guild_id: GuildId | None, found: Found, member_id: int) -> Sequence[Said]: ...


class LetterOffers:
    """Offer one cited sentence, while the letter with it would still pass as its writer's own."""

    def __init__(self, letters: LetterService, said: OwnSayings) -> None:
        self._letters = letters
        self._said = said

    async def offered(self, draft: Draft, letter: Letter) -> tuple[AskedBefore, ...]:
        """List what this letter may mention, newest first. Empty too where it could not be looked up: a letter never waits for it."""
        topic, recipient = self._letters.topic_of(draft), letter.recipient
        member = recipient.member
        if topic is None or topic.item is None or member is None or recipient.standing is not Standing.IN_OFFICE:
            return ()
        if letter.frame.kind is not FrameKind.LETTER or letter.is_too_alike or draft.mention is not None:
            return ()
        try:
            said = await self._said.asked_by(draft.guild_id, Found(topic.report, topic.item), member.member_id)
        except PostbagError as error:
            log.info("what an MP asked could not be looked up: %s", error.message)
            return ()
        found = [one for one in (asked_before(each, draft.topic, member.member_id) for each in said) if one is not None]
        return tuple(one for one in found[:MOST_OFFERED] if self._is_in(draft, one))

    async def chosen(self, draft: Draft, ref: str) -> Draft:
        """Mention one of what is offered; an empty ``ref`` mentions nothing. What is no longer offered changes nothing."""
        bare = replace(draft, mention=None)
        if not ref:
            return self._letters.keep(bare)
        offers = await self.offered(bare, self._letters.letter(bare))
        found = next((one for one in offers if one.ref == ref), None)
        return self._letters.keep(replace(draft, mention=found)) if found is not None else draft

    def _is_in(self, draft: Draft, one: AskedBefore) -> bool:
        """Tell whether the letter has room for it: set with it, it still has it."""
        return one.sentence in self._letters.letter(replace(draft, mention=one)).text
