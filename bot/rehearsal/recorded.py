"""Compare recorded answers of Parliament's services with what the invented Parliament answers, field by field.

For whoever has a folder of recorded answers: ``python -m bot.rehearsal.recorded FOLDER`` prints every field that is only in
one of the two, is of another type, or is spelt in another way. Nothing recorded is kept in the project.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any

from bot.rehearsal import shapes
from bot.rehearsal.committee import COMMITTEE_ID, Committee
from bot.rehearsal.house import Seat, Sitting, invented_house

Json = Any
DAY = date(2026, 11, 2)
SPELLINGS = (
    ("a moment without a zone", r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d"),
    ("a day", r"\d{4}-\d\d-\d\d"),
    ("a session", r"\d{4}-\d\d"),
    ("a paper of the Commons", r"HC \d+(?:-[IVX]+)?"),
    ("a paper of the Lords", r"HL (?:Paper )?\d+"),
    ("a report of a session and its title", r"(?:\w+ )?\w+ (?:Special )?Report - .+"),
    ("an address", r"https?://\S+"),
    ("a postcode", r"[A-Z]{1,2}\d[A-Z\d]? \d[A-Z]{2}"),
    ("a year and month", r"\d{6}"),
    ("a code of the statistics office", r"[A-Z]\d{8}"),
    ("six signs of a colour", r"[0-9A-Fa-f]{6}"),
    ("a format of a document", r"OriginalFormat|Html|Pdf"),
)


def compare(folder: Path) -> list[str]:
    """Give a line for each difference between the recorded answers of a folder and the invented ones."""
    found: list[str] = []
    for path in sorted(folder.glob("*.json")):
        make = next((made for name, made in INVENTED.items() if re.match(name, path.stem)), None)
        if make is None:
            found.append(f"{path.name}: the invented Parliament gives no such answer")
            continue
        recorded = json.loads(path.read_text(encoding="utf-8"))
        partly = "trimmed" in path.stem
        found += [f"{path.name}: {line}" for line in differences(recorded, make(), partly=partly)]
    return found


def differences(recorded: Json, invented: Json, *, partly: bool = False) -> list[str]:
    """Say what differs. ``partly``: the recorded answer was trimmed, so the other may hold more."""
    ours, theirs = _fields(invented), _fields(recorded)
    lines = [f"{path} is recorded and not invented" for path in theirs if path not in ours and _known(path, ours)]
    if not partly:
        lines += [
            f"{path} is invented and not recorded" for path in ours if path not in theirs and _known(path, theirs)
        ]
    for path in theirs.keys() & ours.keys():
        kinds, made = theirs[path] - {"null"}, ours[path] - {"null"}
        if kinds and made - kinds and not (kinds & TEXTS and made <= kinds | TEXTS and "text" in kinds):
            lines.append(f"{path} is {' or '.join(sorted(kinds))}, and was invented as {' or '.join(sorted(made))}")
        if "null" in ours[path] and "null" not in theirs[path] and path in NEVER_NULL:
            lines.append(f"{path} is never null, and was invented so")
    return sorted(lines)


TEXTS = {"text", *(name for name, _ in SPELLINGS)}
NEVER_NULL = {"items[].id", "items[].committee", "items[].type", "items[].governmentResponses", "items[].documents"}


def _known(path: str, others: Mapping[str, set[str]]) -> bool:
    """Tell whether the other side holds what the field is a part of: of an empty list or a null nothing can be said."""
    if path.endswith("[]"):
        return bool(others.get(path.removesuffix("[]"), set()) - {"null", "list"})
    while True:
        whole, _, _ = path.rpartition(".")
        parent = whole.removesuffix("[]") if whole.endswith("[]") else whole
        if not parent:
            return True
        if whole in others:
            return bool(others[whole] - {"null", "list"})
        if parent in others:
            return False
        path = whole


def _fields(value: Json, path: str = "") -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for place, kind in _walk(value, path):
        found.setdefault(place, set()).add(kind)
    return found


def _walk(value: Json, path: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, dict):
        if path:
            yield path, "an object"
        kind = value.get("type")
        is_report = isinstance(kind, dict) and kind.get("name") == "Report"
        for name, part in value.items():
            key = f"{name} of a report" if is_report and name == "description" else str(name)
            yield from _walk(part, f"{path}.{key}".strip("."))
    elif isinstance(value, list):
        yield path, "list"
        for part in value:
            yield from _walk(part, f"{path}[]")
    else:
        yield path, _kind(value)


def _kind(value: Json) -> str:
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true or false"
    if isinstance(value, int | float):
        return "a number"
    return next((name for name, spelt in SPELLINGS if re.fullmatch(spelt, value)), "text")


def _committee() -> Committee:
    made = Committee(DAY)
    made.answer(DAY)
    return made


def _seat() -> tuple[Seat, Sitting]:
    return next((seat, seat.member) for seat in invented_house().seats if seat.member is not None)


INVENTED: Mapping[str, Callable[[], Json]] = {
    r"committees_publications": lambda: _committee().listed(),
    r"committees_committee_": lambda: _committee().committee(COMMITTEE_ID),
    r"members_\d+": lambda: shapes.member(*_seat()),
    r"members_contact": lambda: shapes.contacts(*_seat()),
    r"outcode_lookup": lambda: shapes.outcode("ZA1", [_seat()[0]]),
    r"postcode_.*_200": lambda: shapes.postcode("ZA1 1AA", _seat()[0], _seat()[0]),
    r"postcode_not_found": lambda: {"status": 404, "error": "Postcode not found"},
    r"postcode_terminated": lambda: shapes.terminated_postcode("ZA9 9ZZ", 2019, 6),
    r"bank-holidays": lambda: shapes.bank_holidays(DAY.year),
}


def main() -> None:
    """Print what differs; the exit code is 1 where something does."""
    if len(sys.argv) != 2 or not Path(sys.argv[1]).is_dir():
        sys.exit("Name a folder of recorded answers: python -m bot.rehearsal.recorded FOLDER")
    found = compare(Path(sys.argv[1]))
    for line in found:
        print(line)  # noqa: T201
    print(f"{len(found)} differ." if found else "Nothing differs.")  # noqa: T201
    sys.exit(bool(found))


if __name__ == "__main__":
    main()
