"""Forms for settings that are typed, and what each of them changes."""

from __future__ import annotations

from collections.abc import Sequence

import discord

from bot.chat.ui import form, text_field
from bot.domain.guilds import GuildSettings
from bot.services.guilds import settings_edition

FIELDS = {
    "zone": (("zone", "Place"),),
    "time": (("time", "Time"),),
    "quiet": (("from", "From"), ("until", "Until")),
}
"""What each form asks for: the names of its fields, with what they are called where they are handed back."""

CHANGES = {"zone": ("zone",), "time": ("time_of_day",), "quiet": ("quiet_from", "quiet_until")}


def setting_form(which: str, settings: GuildSettings, typed: Sequence[str] = (), opened: str = "") -> discord.ui.Modal:
    """Ask for a setting. ``typed`` fills the fields; ``opened`` names the state that it was typed on."""
    first, second = (*typed, "", "")[:2]
    seen = opened or settings_edition(settings, CHANGES[which])
    return {"zone": _zone_form, "time": _time_form, "quiet": _quiet_form}[which](first, second, seen)


def _zone_form(place: str, _: str, seen: str) -> discord.ui.Modal:
    hint = "For example Europe/London, Asia/Almaty, Karachi"
    return form(
        "Time zone",
        "admin.zone.keep",
        text_field("zone", "Place", description=hint, value=place, most=60),
        args=(seen,),
    )


def _time_form(at: str, _: str, seen: str) -> discord.ui.Modal:
    return form(
        "Time of day",
        "admin.time.keep",
        text_field("time", "Time", description="For example 9am, 6.30pm, 18:30", value=at, most=20),
        args=(seen,),
    )


def _quiet_form(begin: str, end: str, seen: str) -> discord.ui.Modal:
    return form(
        "Quiet hours",
        "admin.quiet.keep",
        text_field("from", "From", description="For example 10pm, 22:30", value=begin, most=20),
        text_field("until", "Until", description="For example 7am, 07:30", value=end, most=20),
        args=(seen,),
    )
