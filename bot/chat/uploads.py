"""A file that somebody uploaded with a form."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.chat.faults import DISCORD_FAULTS
from bot.chat.presses import Press
from bot.domain.errors import Refused, Unavailable

if TYPE_CHECKING:
    from bot.chat.client import PostbagClient


async def uploaded_file(client: PostbagClient, press: Press, name: str, *, largest: int, hint: str) -> bytes | None:
    """Give the content of a form's file field, or None where it was left empty. ``largest`` is in bytes.

    Refused: it is too large, which ``hint`` explains. Unavailable: Discord does not hand it over.
    """
    files = press.uploads.get(name, ())
    if not files:
        return None
    if int(files[0].get("size", 0)) > largest:
        raise Refused(f"That file is too large. The limit is {largest // 1024} KB.", hint)
    try:
        return await client.http.get_from_cdn(str(files[0]["url"]))
    except DISCORD_FAULTS:
        raise Unavailable(
            "Postbag couldn't get the file from Discord.", "Please upload it again in a minute."
        ) from None
