"""Forms for settings that are typed, and what each of them changes."""

from __future__ import annotations

from collections.abc import Sequence

import discord

from bot.chat.ui import form, text_field
from bot.domain.guilds import GuildSettings
from bot.services.guilds import settings_edition

FIELDS = {
    "zone": (("zone", "Place", "For example Europe/London, Asia/Almaty, Karachi", 60),),
    "time": (("time", "Time", "For example 9am, 6.30pm, 18:30", 20),),
    "quiet": (
        ("from", "From", "For example 10pm, 22:30", 20),
        ("until", "Until", "For example 7am, 07:30", 20),
    ),
}
TITLES = {"zone": "Time zone", "time": "Time of day", "quiet": "Quiet hours"}
CHANGES = {"zone": ("zone",), "time": ("time_of_day",), "quiet": ("quiet_from", "quiet_until")}


def setting_form(which: str, settings: GuildSettings, typed: Sequence[str] = (), opened: str = "") -> discord.ui.Modal:
    """Ask for a setting. ``typed`` fills the fields; ``opened`` names the state that it was typed on."""
    values = (*typed, "", "")
    fields = [
        text_field(name, label, description=hint, value=values[index], most=most)
        for index, (name, label, hint, most) in enumerate(FIELDS[which])
    ]
    seen = opened or settings_edition(settings, CHANGES[which])
    return form(TITLES[which], f"admin.{which}.keep", *fields, args=(seen,))
