"""Take the fields of a pack's rows one by one, noting everything that is wrong in words its author can act on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any, TypeVar

from bot.domain.reports import Confidence

SHORT, LONG = 300, 20_000
"""The most characters of a short and of a long text."""
Word = TypeVar("Word", bound=StrEnum)


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong with a pack. ``row`` and ``field`` are empty where the whole file is meant."""

    file: str
    row: str
    field: str
    message: str

    def __str__(self) -> str:
        where = ", ".join(part for part in (self.file, self.row, self.field and f"field “{self.field}”") if part)
        return f"{where}: {self.message}"


class Row:
    """One table of a pack: takes its fields one by one, notes what is wrong, and at the end what was not asked for."""

    def __init__(self, problems: list[Problem], file: str, name: str, data: Mapping[str, Any]) -> None:
        self.problems, self.file, self.name, self.data = problems, file, name, data
        self.asked: set[str] = set()

    def wrong(self, field: str, message: str) -> None:
        self.problems.append(Problem(self.file, self.name, field, message))

    def take(self, field: str, required: bool) -> Any:
        self.asked.add(field)
        value = self.data.get(field)
        if value is None and required:
            self.wrong(field, "is missing.")
        return value

    def text(self, field: str, *, required: bool = False, most: int = SHORT) -> str:
        value = self.take(field, required)
        if value is None:
            return ""
        if not isinstance(value, str):
            self.wrong(field, f'must be text in quotation marks, such as {field} = "…".')
            return ""
        found = value.strip()
        if required and not found:
            self.wrong(field, "is empty.")
        if len(found) > most:
            self.wrong(field, f"is {len(found):,} characters long; the limit is {most:,}.")
        return found

    def link(self, field: str, *, required: bool = False) -> str:
        value = self.text(field, required=required, most=512)
        whole = value.startswith(("https://", "http://")) and len(value) >= 12
        if value and (not whole or any(c.isspace() for c in value)):
            self.wrong(field, f"“{value}” isn't a full address. Write it whole, beginning with https://")
        return value

    def day(self, field: str, *, required: bool = False) -> date | None:
        value = self.take(field, required)
        if value is None:
            return None
        if not isinstance(value, date) or isinstance(value, datetime):
            self.wrong(field, "must be a date without quotation marks or a time, such as 2021-07-08.")
            return None
        return value

    def flag(self, field: str, default: bool) -> bool:
        value = self.take(field, False)
        if value is None:
            return default
        if not isinstance(value, bool):
            self.wrong(field, "must be true or false, without quotation marks.")
            return default
        return value

    def whole(self, field: str) -> int | None:
        value = self.take(field, False)
        if value is None:
            return None
        if isinstance(value, int) and not isinstance(value, bool):
            return value
        self.wrong(field, "must be a whole number without quotation marks.")
        return None

    def word(self, field: str, words: type[Word], *, required: bool = False) -> Word | None:
        value = self.text(field, required=required)
        if not value:
            return None
        try:
            return words(value)
        except ValueError:
            if words is Confidence and value == "memory":
                self.wrong(field, "“memory” may not be published. Find a source, or leave this row out.")
            else:
                self.wrong(field, f"“{value}” isn't one of the words used here: {', '.join(w.value for w in words)}.")
            return None

    def texts(self, field: str, *, required: bool = False) -> tuple[str, ...]:
        value = self.take(field, required)
        if value is None:
            return ()
        if not isinstance(value, list) or not all(isinstance(v, str) and v.strip() for v in value):
            self.wrong(field, f'must be a list of texts, such as {field} = ["…", "…"].')
            return ()
        if required and not value:
            self.wrong(field, "is an empty list.")
        return tuple(v.strip() for v in value)

    def rows(self, field: str, name: str, *, required: bool = False) -> list[Row]:
        value = self.take(field, required)
        if value is None:
            return []
        if not isinstance(value, list) or not all(isinstance(v, dict) for v in value):
            self.wrong(field, f"must be rows, each beginning with [[{field}]].")
            return []
        within = f"{self.name}, " if self.name else ""
        found = []
        for place, row in enumerate(value, start=1):
            own = row.get("key") or row.get("number") or f"row {place}"
            found.append(Row(self.problems, self.file, f"{within}{name} {own}", row))
        return found

    def table(self, field: str, *, required: bool = False) -> Row | None:
        value = self.take(field, required)
        if value is None:
            return None
        if not isinstance(value, dict):
            self.wrong(field, f"must be a section that begins with [{field}].")
            return None
        return Row(self.problems, self.file, f"{self.name}, {field}" if self.name else field, value)

    def done(self) -> None:
        for field in self.data.keys() - self.asked:
            self.wrong(field, f"isn't a field of this row. The fields are: {', '.join(sorted(self.asked))}.")
