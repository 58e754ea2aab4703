"""The form in which an organiser tries words to look for."""

from __future__ import annotations

import discord

from bot.chat.ui import form, text_field
from bot.domain.references import Found

MUST_LIMIT, TERMS_LIMIT = 320, 760


def words_form(found: Found, must: str, terms: str) -> discord.ui.Modal:
    """Ask for the report's words and the recommendation's, filled with what is looked for now."""
    return form(
        "Words to look for",
        "said.try",
        text_field(
            "must",
            "One of these must be there",
            description="Words the whole report is known by, with commas between them",
            value=must,
            most=MUST_LIMIT,
        ),
        text_field(
            "terms",
            "And one of these, close by",
            description="Words or phrases of this recommendation; “a + b” needs both",
            value=terms,
            long=True,
            most=TERMS_LIMIT,
        ),
        args=(found.value,),
    )
