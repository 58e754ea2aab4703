"""What people are told about what is kept of them: one screen about Postbag, and what is held about one person."""

from __future__ import annotations

from collections.abc import Sequence

import discord

from bot.chat.cards.privacy_words import sentences
from bot.chat.ui import Act, Card, plain
from bot.domain.people import RETENTION, Kept
from bot.services.container import Operator
from bot.services.people import Held

ROWS_SHOWN = 4


def about_card(operator: Operator) -> Card:
    """Say on one screen who answers for the data, what is kept and for how long, who else sees what, and your rights."""
    who = plain(operator.name) or "whoever runs this Postbag"
    how = f" ({plain(operator.contact)})" if operator.contact else ""
    if not operator.name and not operator.contact:
        how = ", who hasn't given a name: ask your organisers"
    kept = "\n".join(
        dict.fromkeys(f"- {kind.what[0].upper()}{kind.what[1:]}: {_until(kind)}" for kind in RETENTION)
    )  # what two tables hold alike is one line
    return (
        Card("What Postbag keeps about you")
        .text(f"**Who is responsible:** {who}{how}. Discord Inc. and Parliament have no part in Postbag.")
        .text(
            "**Never stored:** letters, names, addresses, postcodes, what you search or read. A draft is in memory for "
            "60 minutes. Nobody can list who wrote or signed up, not even organisers."
        )
        .text(f"**Kept, and until when**\n{kept}")
        .text("Postbag deletes its backups within 7 days.")
        .text(
            "**Who else sees anything:** Discord carries every message and form, and knows that you "
            "use Postbag. Parliament's Members API never learns who asks about an MP. If you type a "
            "postcode, it goes to postcodes.io and the Members API without your name."
        )
        .text("**Your rights:** see it, take it with you, erase it. At any time, even after leaving.")
        .buttons(
            Act("Show what's kept", "privacy.show"),
            Act("Export", "privacy.export"),
            Act("Forget me", "privacy.forget", style=discord.ButtonStyle.danger),
        )
        .small("Only you can see this.")
    )


def held_card(held: Sequence[Held]) -> Card:
    """Show what's kept about a person, kind by kind, with its rows."""
    card = Card("What Postbag keeps about you")
    if not held:
        return card.text("Nothing. Postbag doesn't know you.").small("Only you can see this.")
    for kind in held:
        count = len(kind.rows)
        lines = [f"**{kind.kept.what[0].upper()}{kind.kept.what[1:]}** ({count})", f"Kept {_until(kind.kept)}."]
        if kind.kept.table != "people":
            said = sentences(kind.kept.table, kind.rows)
            lines += [f"- {line}" for line in said[:ROWS_SHOWN]]
            if len(said) > ROWS_SHOWN:
                lines.append(f"- and {len(said) - ROWS_SHOWN} more: *Export* gives them all")
        card.text("\n".join(lines))
    card.buttons(Act("Export", "privacy.export"), Act("Forget me", "privacy.forget", style=discord.ButtonStyle.danger))
    return card.small("Only you can see this. *Export* downloads everything as a file.")


def forget_card() -> Card:
    """Ask once before everything is erased."""
    return (
        Card("Forget everything about you?")
        .text(
            "Postbag will erase your private reminders and everything else under /privacy show at once. That can't be undone. "
            "Dates you recorded for a group stay, without your name. Everything you erase is gone from backups within 7 days."
        )
        .buttons(
            Act("Forget me", "privacy.forgotten", style=discord.ButtonStyle.danger),
            Act("Keep it", "privacy.show"),
        )
        .small("Only you can see this.")
    )


def forgotten_card(rows: int) -> Card:
    """Say that it is done."""
    said = "Postbag kept nothing about you." if rows == 0 else "Done. Postbag has erased everything it kept about you."
    return (
        Card("Forgotten")
        .text(said)
        .small("Private messages that Postbag sent you stay in Discord until you delete them.")
    )


def _until(kind: Kept) -> str:
    return f"{'for' if kind.until[0].isdecimal() and 'after' not in kind.until else 'until'} {kind.until}"
