"""Read the table of departments and their ministers, which travels with Postbag."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

from bot.domain.departments import Became, Department, Departments
from bot.domain.errors import BrokenPack
from storage.pack_rows import Problem, Row

SCHEMA = 1


def shipped_facts() -> Path:
    """Give the folder of the small tables that travel with Postbag, in a checkout and in an installed wheel alike."""
    return Path(__file__).parent / "facts"


def read_departments(path: Path | None = None) -> Departments:
    """Read the table. BrokenPack: it breaks its format; every fault is listed."""
    place = path or shipped_facts() / "departments.toml"
    problems: list[Problem] = []
    top = Row(problems, place.name, "", read_table(place))
    if top.whole("schema") != SCHEMA:
        top.wrong("schema", f"must be {SCHEMA}.")
    today = tuple(_department(row) for row in top.rows("departments", "department", required=True))
    became = tuple(_became(row, {found.key for found in today}) for row in top.rows("became", "became"))
    top.done()
    if problems:
        raise BrokenPack(place.name, problems)
    return Departments(today, became)


def read_table(place: Path) -> Mapping[str, Any]:
    """Read a small table of ours. BrokenPack: it is missing or no TOML."""
    try:
        return tomllib.loads(place.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise BrokenPack(place.name, [Problem(place.name, "", "", f"cannot be read: {error}.")]) from error


def _department(row: Row) -> Department:
    found = Department(
        key=row.text("key", required=True, most=20),
        name=row.text("name", required=True, most=120),
        minister_short=row.text("minister_short", required=True, most=80),
        minister_full=row.text("minister_full", required=True, most=120),
        source=row.text("source", required=True, most=80),
        url=row.link("url", required=True),
        seen_on=row.day("seen_on", required=True) or date.min,
        also=row.texts("also"),
    )
    row.done()
    for field, title in (("minister_short", found.minister_short), ("minister_full", found.minister_full)):
        if title and not title.startswith("the "):
            row.wrong(field, "must fit in a sentence: begin with “the”.")
    return found


def _became(row: Row, keys: set[str]) -> Became:
    found = Became(
        was=row.text("was", required=True, most=120),
        now=row.text("now", required=True, most=20),
        on=row.day("on", required=True) or date.min,
        source=row.text("source", required=True, most=80),
        url=row.link("url", required=True),
        also=row.texts("also"),
        note=row.text("note"),
    )
    row.done()
    if found.now not in keys:
        row.wrong("now", f"“{found.now}” isn't the key of any row under [[departments]].")
    return found
