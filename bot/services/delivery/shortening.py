"""How much of a text is shown in a post."""

from __future__ import annotations

TITLE_SHOWN = 150


def shorten(text: str, most: int) -> str:
    """Cut a text to a number of characters at the end of a line or word, ending in an ellipsis."""
    if len(text) <= most:
        return text
    cut = text[: most - 1]
    end = max(cut.rfind("\n"), cut.rfind(" "))
    return f"{cut[: end if end > most // 2 else most - 1].rstrip()}…"
