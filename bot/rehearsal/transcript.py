"""Print a conversation to the terminal: who did what, and what the bot showed to whom. Discord's markdown becomes plain type."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from rich.console import Console
from rich.padding import Padding
from rich.panel import Panel
from rich.text import Text

from bot.clock import LONDON
from bot.rehearsal.reading import text_of

WIDTH = 92
_LINK = re.compile(r"\[([^\[\]]+)\]\(<?(https?://[^)\s>]+)>?\)")
_STAMP = re.compile(r"<t:(\d+)(?::[a-zA-Z])?>")
_MENTION = re.compile(r"<([@#])(&?)(\d+)>")
_INLINE = re.compile(r"(\*\*[^*]+\*\*|\*[^*\s][^*]*\*|`[^`]+`|\[[^\]]+\]\(<?https?://[^)\s>]+>?\))")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
_ESCAPED = re.compile(r"\\([^0-9A-Za-z\s])")


class Transcript:
    """A console on which a conversation is told. ``names`` puts names in place of mentioned ids."""

    def __init__(self, console: Console, names: dict[int, str] | None = None) -> None:
        self._out = console
        self._width = min(WIDTH, console.width)
        self._names = names or {}
        self._day = ""

    def title(self, *lines: str) -> None:
        """Say at the top what this is."""
        for line in lines:
            self._out.print(Text(line), soft_wrap=False, width=self._width)
        self._out.print()

    def at(self, instant: datetime) -> None:
        """Begin a new day where the instant lies on one."""
        local = instant.astimezone(LONDON)
        day = f"{local:%A} {local.day} {local:%B %Y}"
        if day != self._day:
            self._day = day
            self._out.print()
            self._out.rule(Text(day, style="bold"), align="left", style="dim")

    def does(self, who: str, what: str) -> None:
        """Say what a person did."""
        line = Text()
        line.append(who, style="bold")
        line.append(f" {what}")
        self._out.print(line, width=self._width)

    def quotes(self, *words: str) -> None:
        """Print what a person wrote."""
        for text in words:
            self._out.print(Padding(Text(text, style="italic"), (0, 4)), width=self._width)

    def shows(self, shown: Any, *, to: str = "", where: str = "", only: Sequence[re.Pattern[str]] = ()) -> None:
        """Print what the bot showed: privately ``to`` a person, or to everyone ``where``.

        ``only``: the lines in which one of these patterns is found; what is left out is marked by an ellipsis.
        """
        title = f"Postbag to {to} alone" if to else f"Postbag in {where}"
        if getattr(shown, "modal", None) is not None:
            title = f"A form for {to}"
        body = render(_only(text_of(shown, open_selects=False), only), self._names)
        self._out.print(
            Panel(body, title=title, title_align="left", border_style="dim" if to else "bold", width=self._width)
        )


def _only(text: str, patterns: Sequence[re.Pattern[str]]) -> str:
    """Keep the lines in which a pattern is found, with an ellipsis at the end where others were left out."""
    lines = [line for line in text.splitlines() if line.strip()]
    kept = [line for line in lines if not patterns or any(pattern.search(line) for pattern in patterns)]
    return text if not patterns else "\n".join(kept + ["-# …"] * (len(kept) < len(lines)))


def render(markdown: str, names: dict[int, str] | None = None) -> Text:
    """Turn Discord markdown, as ``text_of`` gives it, into styled text; buttons that follow one another share a line."""
    harmless = _CONTROL.sub("", markdown)
    whole = Text()
    for number, line in enumerate(_button_rows(harmless.splitlines())):
        if number:
            whole.append("\n")
        whole.append_text(_line(line, names or {}))
    return whole


def _button_rows(lines: Iterable[str]) -> list[str]:
    joined: list[str] = []
    for line in lines:
        if joined and _is_button(line) and _is_button(joined[-1].rsplit("  ", 1)[-1]):
            joined[-1] += f"  {line}"
        else:
            joined.append(line)
    return joined


def _is_button(line: str) -> bool:
    return bool(re.fullmatch(r"\[[^\]]+\](\(\S+\))?", line))


def _line(line: str, names: dict[int, str]) -> Text:
    style = ""
    if found := re.match(r"#{1,3} ", line):
        line, style = line[found.end() :], "bold underline"
    elif line.startswith("-# "):
        line, style = line[3:], "dim"
    elif line.startswith("> "):
        line = f"│ {line[2:]}"
    elif all(_is_button(part) for part in line.split("  ") if part):
        style = "reverse" if line else ""
        line = _LINK.sub(r"[\1 ↗]", line)
    line = _STAMP.sub(lambda m: _time_words(int(m[1])), line)
    line = _MENTION.sub(lambda m: f"{m[1]}{names.get(int(m[3]), m[3])}", line)
    text = Text(style=style)
    for part in _INLINE.split(line):
        plain = _ESCAPED.sub(r"\1", part)
        if _INLINE.fullmatch(part) and part.startswith("**"):
            text.append(_ESCAPED.sub(r"\1", part[2:-2]), style="bold")
        elif _INLINE.fullmatch(part) and part.startswith("*"):
            text.append(_ESCAPED.sub(r"\1", part[1:-1]), style="italic")
        elif found := _LINK.fullmatch(part):
            text.append(found[1], style=f"underline link {found[2]}")
        elif _INLINE.fullmatch(part):
            text.append(part[1:-1], style="bold cyan")
        else:
            text.append(plain)
    return text


def _time_words(stamp: int) -> str:
    local = datetime.fromtimestamp(stamp, LONDON)
    return f"{local.day} {local:%B %Y, %H:%M}"
