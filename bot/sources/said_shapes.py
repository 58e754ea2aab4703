"""Reading answers of Parliament's services whose shapes may change: a field that is null, missing or written otherwise is borne.

What a service did not give is named, so that nobody takes "not read" for "not there". Only a list that cannot be found, or of
which no row can be read, is an error.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from bot.domain.errors import UnexpectedAnswer
from bot.domain.said import plain
from bot.sources.http import TRY_LATER

log = logging.getLogger(__name__)

EARLIEST = 1800


class Reading:
    """One answer being read: ``missed`` gathers the fields that were expected and not there, ``dropped`` rows without a key or a day."""

    def __init__(self, service: str) -> None:
        self.service = service
        self.missed: set[str] = set()
        self.dropped = 0

    def refuse(self) -> UnexpectedAnswer:
        """Give the error for an answer that cannot be read at all."""
        return UnexpectedAnswer(f"{self.service} sent an answer that Postbag doesn't understand.", TRY_LATER)

    def rows(self, answer: Any, *names: str) -> list[Mapping[str, Any]]:
        """Find the list of an answer: itself, or under one of its names, whatever their case. UnexpectedAnswer: there is none."""
        found = answer if isinstance(answer, list) else None
        if found is None and isinstance(answer, Mapping):
            found = self.value(answer, *names)
        if not isinstance(found, list):
            raise self.refuse()
        return [row for row in found if isinstance(row, Mapping)]

    def value(self, row: Mapping[str, Any], *names: str) -> Any:
        """Give a field by one of its names, whatever their case. None: null or missing; the missing are noted."""
        for name in names:
            if name in row:
                return row[name]
        wanted = {name.casefold() for name in names}
        for key, value in row.items():
            if isinstance(key, str) and key.casefold() in wanted:
                return value
        self.missed.add(names[0])
        return None

    def part(self, row: Mapping[str, Any], *names: str) -> Mapping[str, Any] | None:
        """Give an object within a row. None: null, missing, or something else."""
        found = self.value(row, *names)
        return found if isinstance(found, Mapping) else None

    def text(self, row: Mapping[str, Any], *names: str, most: int = 4000) -> str:
        """Give a text without markup; a number counts as one. Empty: null, missing, or something else."""
        found = self.value(row, *names)
        if isinstance(found, bool) or not isinstance(found, str | int):
            return ""
        return plain(str(found), most)

    def line(self, row: Mapping[str, Any], *names: str, most: int = 200) -> str:
        """Give a text in one line."""
        return " ".join(self.text(row, *names, most=most).split())

    def number(self, row: Mapping[str, Any], *names: str) -> int | None:
        found = self.value(row, *names)
        if isinstance(found, str) and found.strip().isascii() and found.strip().isdecimal():
            found = int(found.strip()[:18])
        return found if isinstance(found, int) and not isinstance(found, bool) and 0 < found < 2**62 else None

    def flag(self, row: Mapping[str, Any], *names: str) -> bool:
        return self.value(row, *names) is True

    def day(self, row: Mapping[str, Any], *names: str) -> date | None:
        """Give the date part as it is written: these times carry no zone and are London wall-clock."""
        found = self.value(row, *names)
        if not isinstance(found, str):
            return None
        try:
            day = datetime.fromisoformat(found.strip()).date()
        except ValueError:
            self.missed.add(names[0])
            return None
        return day if day.year >= EARLIEST else None

    def total(self, answer: Any, rows: int, *names: str) -> int:
        """Give how many there are in all, as the service says; what it does not say is taken for as many as came."""
        found = self.value(answer, *names) if isinstance(answer, Mapping) else None
        return max(rows, found) if isinstance(found, int) and not isinstance(found, bool) else rows

    def done(self, rows: int, read: int) -> frozenset[str]:
        """End the reading. UnexpectedAnswer: there were rows, and none of them could be read."""
        if rows and not read:
            log.warning("%s gave %d rows, none of which can be read", self.service, rows)
            raise self.refuse()
        if self.dropped or self.missed:
            log.info(
                "%s: %d rows left out, fields not given: %s", self.service, self.dropped, ", ".join(sorted(self.missed))
            )
        if self.dropped:
            self.missed.add("rows without a number or a day")
        return frozenset(self.missed)
