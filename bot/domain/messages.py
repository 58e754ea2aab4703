"""A message that Postbag posts by itself, before any chat library sees it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from hashlib import sha256

from bot.domain.identity import RoleId

MESSAGE_LIMIT = 2000
"""Discord's limit on the text of one message, in characters as Discord counts them (UTF-16 units are not used)."""


@dataclass(frozen=True, slots=True)
class MessageButton:
    """A button under a message: either ``action``, the custom_id that a handler of ``bot.chat`` answers, or an https ``url``."""

    label: str
    action: str = ""
    url: str = ""


@dataclass(frozen=True, slots=True)
class OutgoingMessage:
    """What Postbag posts: Discord markdown of at most 2,000 characters, up to ten buttons, and the one role it may ping.

    ``zone`` is the zone in which its lateness is said in words; empty: London. ``silent``: it is shown and notifies nobody.
    """

    text: str
    buttons: tuple[MessageButton, ...] = ()
    ping_role: RoleId | None = None
    zone: str = ""
    silent: bool = False

    def to_bytes(self) -> bytes:
        """Freeze the message: the same message gives the same bytes."""
        return json.dumps(
            {
                "text": self.text,
                "buttons": [[b.label, b.action, b.url] for b in self.buttons],
                "ping_role": self.ping_role,
                **({"zone": self.zone} if self.zone else {}),
                **({"silent": True} if self.silent else {}),
            },
            ensure_ascii=False,
            separators=(",", ":"),
        ).encode()

    @classmethod
    def from_bytes(cls, frozen: bytes) -> OutgoingMessage:
        """Read a frozen message again. ValueError: these are not its bytes."""
        data = json.loads(frozen)
        try:
            role = data["ping_role"]
            buttons = tuple(MessageButton(*row) for row in data["buttons"])
            called = RoleId(role) if role is not None else None
            return cls(data["text"], buttons, called, data.get("zone", ""), bool(data.get("silent", False)))
        except (KeyError, TypeError):
            raise ValueError("not a frozen message") from None

    @property
    def digest(self) -> str:
        """Give the hash by which two messages are the same: 64 hexadecimal characters."""
        return sha256(self.to_bytes()).hexdigest()
