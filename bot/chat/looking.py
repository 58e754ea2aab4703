"""Where a person can see whether something was done: named when Discord lost the answer."""

from __future__ import annotations

from typing import Any

import discord

from bot.chat.presses import read_custom_id

LOOK_AT = {
    "action": "/action list",
    "admin": "/admin setup",
    "admin export": "/admin audit",
    "admin import": "/admin audit",
    "admin template": "/letter templates",
    "audit": "/admin audit",
    "coming": "/deadlines list",
    "counts": "/admin audit",
    "event": "/deadlines list",
    "deadlines": "/deadlines list",
    "doubt": "",
    "followup": "/letter follow-ups",
    "import": "/reports list",
    "ladder": "/deadlines list",
    "letter": "/letter follow-ups",
    "moving": "/admin audit",
    "mp": "",
    "privacy": "/privacy show",
    "recommendations": "",
    "record": "/reports show",
    "remind": "/remind list",
    "question": "/deadlines list",
    "report": "/reports show",
    "reports": "/reports list",
    "reports committees": "/reports committees",
    "said": "/recommendations show",
    "sitting": "/reports show",
    "start": "/admin setup",
    "template": "/letter templates",
    "watch": "/reports committees",
    "week": "/admin setup",
    "why": "",
}
"""By the first words of a command, or the first word of a press. Empty: a place of its own, or nothing is changed there."""

OWN_WORDS: dict[str, str] = {
    "admin.test": "Look in the channels that you chose",
    "doubt.send": "Ask an organiser whether your message has reached them",
    "report.share": "Look in this channel",
}
FOR_MEMBERS = "Look at /start"


def where_to_look(interaction: discord.Interaction[Any]) -> str:
    """Say what to look at, as a whole clause that begins a sentence."""
    name = _name(interaction)
    if name in OWN_WORDS:
        return OWN_WORDS[name]
    words: str = name.split(".")[0]
    while words:
        if LOOK_AT.get(words):
            return f"Look at {LOOK_AT[words]}"
        words = words.rpartition(" ")[0]
    return FOR_MEMBERS


def _name(interaction: discord.Interaction[Any]) -> str:
    """Give the words of a command, or the verb of a press or form."""
    if interaction.type is discord.InteractionType.application_command:
        return interaction.command.qualified_name if interaction.command is not None else ""
    data: Any = interaction.data or {}
    found = read_custom_id(str(data.get("custom_id", "")))
    return found[0] if found is not None else ""
