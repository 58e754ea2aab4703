"""What organisers changed, as organisers see it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from bot.chat.cards.deadlines import stamp
from bot.chat.ui import Act, Card, plain
from bot.domain.identity import PersonId, UserId
from bot.services.guilds import NAMES
from bot.services.ports.groups import AuditLine

SHOWN = 10
_OURS = re.compile(r"(<#\d{1,20}>|<@&\d{1,20}>|<t:\d{1,12}:f>)")
"""What Postbag itself writes into a line about a setting for Discord to show: a channel, a role, a moment."""

_SETTINGS = tuple(f"{name}: " for name in NAMES.values())


def audit_card(
    lines: Sequence[AuditLine], people: Mapping[PersonId, UserId | None], *, before: int | None, more: bool
) -> Card:
    """Show a page of changes, newest first: when, what, and who as long as that is kept."""
    card = Card("What organisers changed")
    if not lines:
        return card.text("No changes yet." if before is None else "That's everything.").small("Only you can see this.")
    card.text("\n".join(f"- {stamp(line.at)}: {_line_shown(line.what)}{_by(line, people)}" for line in lines))
    acts = []
    if before is not None:
        acts.append(Act("Newest", "audit.page"))
    if more:
        acts.append(Act("Older", "audit.page", (lines[-1].number,)))
    acts.append(Act("Download a file", "audit.file"))
    card.buttons(*acts)
    return card.small(
        "What members do is never recorded. Postbag keeps each line for 400 days, and who made the change for 30. Only you can see this."
    )


def _line_shown(what: str) -> str:
    if not what.startswith(_SETTINGS):
        return plain(what)
    return "".join(part if _OURS.fullmatch(part) else plain(part) for part in _OURS.split(what))


def _by(line: AuditLine, people: Mapping[PersonId, UserId | None]) -> str:
    user_id = people.get(line.by) if line.by is not None else None
    return f", by <@{user_id}>" if user_id is not None else ""
