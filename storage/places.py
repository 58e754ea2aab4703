"""Read the table of other names of places, which travels with Postbag."""

from __future__ import annotations

from pathlib import Path

from bot.domain.errors import BrokenPack
from bot.domain.places import Place, Places
from storage.departments import read_table, shipped_facts
from storage.pack_rows import Problem, Row

SCHEMA = 1


def read_places(path: Path | None = None) -> Places:
    """Read the table. BrokenPack: it breaks its format; every fault is listed."""
    place = path or shipped_facts() / "places.toml"
    problems: list[Problem] = []
    top = Row(problems, place.name, "", read_table(place))
    if top.whole("schema") != SCHEMA:
        top.wrong("schema", f"must be {SCHEMA}.")
    sources = {row.text("key", required=True, most=20) for row in _sources(top)}
    found = tuple(_place(row, sources) for row in top.rows("places", "place", required=True))
    top.done()
    if problems:
        raise BrokenPack(place.name, problems)
    return Places(found)


def _sources(top: Row) -> list[Row]:
    rows = list(top.rows("sources", "source", required=True))
    for row in rows:
        row.text("title", required=True, most=120)
        row.link("url", required=True)
    return rows


def _place(row: Row, sources: set[str]) -> Place:
    found = Place(row.texts("names"), row.texts("seats"), row.text("words", most=60))
    source = row.text("source", required=True, most=20)
    row.done()
    if not found.names:
        row.wrong("names", "must list at least one name.")
    if bool(found.seats) == bool(found.words):
        row.wrong("seats", "give either seats or words.")
    if source not in sources:
        row.wrong("source", f"“{source}” isn't the key of any row under [[sources]].")
    return found
