"""A short name for a state of something, which a form carries, so that it never overwrites what was saved after it was opened."""

from __future__ import annotations

from hashlib import blake2s

from bot.domain.errors import Overtaken


def edition(*held: object) -> str:
    """Name a state in eight signs: the same values give the same name, whoever saved them."""
    return blake2s(repr(held).encode(), digest_size=4).hexdigest()


def require_edition(opened: str, now: str, what: str, says: str) -> None:
    """Overtaken: a form was opened on another state than what is held now. A form that names none is let through."""
    if opened and opened != now:
        raise Overtaken(what, says, now)
