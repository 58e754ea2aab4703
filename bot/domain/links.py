"""Web addresses that people type: only what leads where it seems to lead is taken.

A look-alike host (a Cyrillic letter in parliament.uk), an unseen sign, a name before an @, a number in place of a host: each
lets a link say one place and open another, and others read it as a source.
"""

from __future__ import annotations

import re
from urllib.parse import unquote, urlsplit

from bot.domain.plain_text import without_invisible_signs

LINK_LIMIT = 512
"""Discord takes no longer address in a link button."""

_HOST = re.compile(r"(?=.{1,253}$)(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z](?:[a-z0-9-]{0,61}[a-z0-9])")
_LINK = re.compile(r"https://[\x21-\x7e\u00a1-\u024f\u0370-\u1fff\u2c00-\ud7ff]+")
"""What a path may hold: the letters of every script; no spaces, no signs of direction, none that cannot be seen."""
_REFUSED = frozenset('<>"`\\')


def is_web_address(text: str) -> bool:
    """Tell whether a text is a whole https address of a named host, with nothing in it that hides where it leads."""
    if len(text) > LINK_LIMIT or not _LINK.fullmatch(text) or _REFUSED & set(text):
        return False
    try:
        parts = urlsplit(text)
        host, _ = parts.hostname or "", parts.port
    except ValueError:
        return False
    if without_invisible_signs(text) != text:
        return False
    return bool(_HOST.fullmatch(host)) and not {"@", "%"} & set(parts.netloc) and unquote(parts.netloc) == parts.netloc


def host_of(url: str) -> str:
    """Give the host of an address, as a short title for it."""
    try:
        return (urlsplit(url).hostname or url)[:80]
    except ValueError:
        return url[:80]
