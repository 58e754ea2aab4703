"""Letter templates that a group makes for itself: drafts, versions, and who may approve one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from bot.domain.errors import Refused
from bot.domain.identity import GuildId, PersonId

MOST_TEXT = 4_000
"""Characters of a template's text: what a form of Discord holds, so that it can always be edited there."""
MOST_TITLE = 60
MOST_SUMMARY = 150
MOST_HELD = 12
"""Templates that a group may have live, and as many drafts: a list to choose from holds 25 with the shipped ones."""


class TemplateState(StrEnum):
    """Where a version stands. Only a live one is offered; the others are kept while a letter may be open with one."""

    DRAFT = "draft"
    LIVE = "live"
    EARLIER = "earlier"
    RETIRED = "retired"

    @property
    def label(self) -> str:
        return {"draft": "Draft", "live": "In use", "earlier": "Earlier version", "retired": "Retired"}[self.value]


@dataclass(frozen=True, slots=True)
class GroupTemplate:
    """One version of a group's template. All versions of one share ``series``; a draft has version 0."""

    template_id: int
    guild_id: GuildId
    series: int
    title: str
    summary: str
    text: str
    state: TemplateState = TemplateState.DRAFT
    version: int = 0
    revision: int = 1
    author: PersonId | None = None
    changed_at: datetime | None = None

    @property
    def slug(self) -> str:
        """Name this version: a letter keeps it from its first press to its last."""
        return f"g{self.template_id}"

    @property
    def name(self) -> str:
        return f"{self.title}, version {self.version}" if self.version else f"{self.title}, draft"


def check_approval(template: GroupTemplate, person_id: PersonId, revision: int) -> None:
    """Refused: it is no draft, it was changed since it was read, or whoever wrote it would approve it."""
    if template.state is not TemplateState.DRAFT:
        raise Refused("This version has already been approved.", "Open /admin template review to see what is in use.")
    if template.revision != revision:
        raise Refused(
            "This draft was changed after you opened it.", "Read it again as it is now, then press Approve on that."
        )
    if template.author is None:
        raise Refused(
            "Postbag no longer knows who wrote this draft, so it can't tell who else may approve it.",
            "Press *Edit* and save it. It's then yours, and another organiser can approve it.",
        )
    if template.author == person_id:
        raise Refused(
            "You wrote this draft, so another organiser has to approve it.", "Ask one to open /admin template review."
        )
