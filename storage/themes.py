"""Read the list of subjects that all packs share, which travels with Postbag."""

from __future__ import annotations

from pathlib import Path

from bot.domain.errors import BrokenPack
from bot.domain.themes import Theme, Themes
from storage.departments import read_table, shipped_facts
from storage.pack_rows import Problem, Row

SCHEMA = 1


def read_themes(path: Path | None = None) -> Themes:
    """Read the list. BrokenPack: it breaks its format; every fault is listed."""
    place = path or shipped_facts() / "themes.toml"
    problems: list[Problem] = []
    top = Row(problems, place.name, "", read_table(place))
    if top.whole("schema") != SCHEMA:
        top.wrong("schema", f"must be {SCHEMA}.")
    themes: dict[str, Theme] = {}
    for row in top.rows("themes", "theme", required=True):
        theme = Theme(row.text("name", required=True, most=60), row.texts("words"))
        row.done()
        if theme.name.casefold() in themes:
            row.wrong("name", f"“{theme.name}” is used by two themes.")
        themes[theme.name.casefold()] = theme
    top.done()
    if problems:
        raise BrokenPack(place.name, problems)
    return Themes(tuple(themes.values()))
