"""The conversation as one person sees it, as a Markdown file."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from bot.clock import LONDON
from bot.rehearsal.reading import text_of

_STAMP = re.compile(r"<t:(-?\d{1,11})(?::[a-zA-Z])?>")
_MENTION = re.compile(r"<([@#])[&!]?(\d+)>")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
_WITHOUT_PREVIEW = re.compile(r"\]\(<(https?://[^\s<>]+)>\)|<(https?://[^\s<>]+)>", re.IGNORECASE)
"""An address between angle brackets, for which Discord shows no preview. Elsewhere the brackets would be read as HTML."""
_LINK = re.compile(r"\]\((?!<?https?://)", re.IGNORECASE)


def as_markdown(channel: Any, viewer: Any, *, title: str, where: str, names: Mapping[int, str]) -> str:
    """Tell the messages of a channel that the viewer sees, oldest first. HTML in them is made harmless."""
    lines = [f"# {harmless(title)}", "", f"{harmless(where)}. Invented, except for the report “Never Again”.", ""]
    day = ""
    for message in channel.history(viewer=viewer):
        local = message.created_at.astimezone(LONDON)
        today = f"{local:%A} {local.day} {local:%B %Y}"
        if today != day:
            day = today
            lines += [f"## {day}", ""]
        author = names.get(message.author.id, message.author.display_name)
        seen = ", which only this person can see" if message.flags.ephemeral else ""
        asked = _asked(message, names)
        lines += [f"**{harmless(author)}**, {local:%H:%M}{seen}{asked}", ""]
        for line in spelled_out(text_of(message, open_selects=False), names).splitlines() or ["(nothing to read)"]:
            lines.append(f"> {harmless(line)}".rstrip())
        lines.append("")
    return "\n".join(lines)


def spelled_out(text: str, names: Mapping[int, str]) -> str:
    """Put words in place of Discord's stamps and mentions."""
    text = _STAMP.sub(lambda found: _time_words(int(found[1])), text)
    return _MENTION.sub(lambda found: f"{found[1]}{names.get(int(found[2]), 'somebody')}", text)


def harmless(text: str) -> str:
    """Let nothing in a text run where the Markdown is shown: no HTML, no address but of the web."""
    open_links = _WITHOUT_PREVIEW.sub(_unwrapped, _CONTROL.sub("", text))
    plain = open_links.replace("&", "&amp;").replace("<", "&lt;")
    return _LINK.sub("]\\\\(", plain)


def _unwrapped(found: re.Match[str]) -> str:
    linked, alone = found.groups()
    return f"]({linked.replace('(', '%28').replace(')', '%29')})" if linked else str(alone)


def _asked(message: Any, names: Mapping[int, str]) -> str:
    about = getattr(message, "interaction_metadata", None)
    if about is None:
        return ""
    user = getattr(about, "user", None)
    return f", answering {harmless(names.get(user.id, 'somebody'))}" if user is not None else ""


def _time_words(stamp: int) -> str:
    try:
        local = datetime.fromtimestamp(stamp, LONDON)
    except (OverflowError, ValueError, OSError):
        return "a moment"
    return f"{local.day} {local:%B %Y, %H:%M}"
