"""What the hosts are that packs link to: Parliament, the press, a copy … A host that nobody has looked at is not known."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from bot.domain.errors import BrokenPack
from storage.departments import read_table, shipped_facts
from storage.pack_rows import Problem, Row

SCHEMA = 1
KINDS = ("parliament", "government", "international", "law", "press", "organisation", "copy")
_LISTING = re.compile(r"/search\?|/vs/|/writtenanswers(?:[/?]|$)|[?&]page=\d|/dept/[^/]+/?$")
"""Addresses of lists whose content moves, so that what was read there is soon somewhere else."""


@dataclass(frozen=True, slots=True)
class Hosts:
    """Known hosts, each with its kind."""

    kinds: dict[str, str]

    def kind_of(self, url: str) -> str:
        """Give the kind of the host that an address leads to; empty where it is not known."""
        name = (urlsplit(url).hostname or "").removeprefix("www.")
        while name:
            if name in self.kinds:
                return self.kinds[name]
            _, _, name = name.partition(".")
        return ""


def is_listing(url: str) -> bool:
    """Tell whether an address leads to a list whose content moves, not to a page that stays."""
    return _LISTING.search(url) is not None


def read_hosts(path: Path | None = None) -> Hosts:
    """Read the list. BrokenPack: it breaks its format; every fault is listed."""
    place = path or shipped_facts() / "hosts.toml"
    problems: list[Problem] = []
    top = Row(problems, place.name, "", read_table(place))
    if top.whole("schema") != SCHEMA:
        top.wrong("schema", f"must be {SCHEMA}.")
    kinds: dict[str, str] = {}
    for kind in KINDS:
        for name in top.texts(kind):
            if name in kinds:
                top.wrong(kind, f"“{name}” is in two lists.")
            kinds[name] = kind
    top.done()
    if problems:
        raise BrokenPack(place.name, problems)
    return Hosts(kinds)
