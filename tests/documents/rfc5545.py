"""A reader of calendar files by the grammar of RFC 5545, octet by octet. It knows nothing of how Postbag writes them.

Numbers in brackets are the sections of the standard. It refuses whatever the grammar doesn't allow.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta

CONTROL = set(range(0x09)) | set(range(0x0A, 0x20)) | {0x7F}
NAME = set(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-")
SAFE_NOT = CONTROL | set(b'";:,')
QUOTED_NOT = CONTROL | set(b'"')
LONGEST = 75

ONCE: Mapping[str, tuple[frozenset[str], frozenset[str]]] = {
    "VCALENDAR": (frozenset({"PRODID", "VERSION"}), frozenset({"CALSCALE", "METHOD"})),
    "VEVENT": (
        frozenset({"DTSTAMP", "UID"}),
        frozenset({"CLASS", "CREATED", "DESCRIPTION", "DTSTART", "GEO", "LAST-MODIFIED", "LOCATION", "ORGANIZER"})
        | frozenset({"PRIORITY", "SEQUENCE", "STATUS", "SUMMARY", "TRANSP", "URL", "RECURRENCE-ID", "DTEND"})
        | frozenset({"DURATION"}),
    ),
    "VALARM": (frozenset({"ACTION", "TRIGGER", "DESCRIPTION"}), frozenset({"DURATION", "REPEAT"})),
}
"""What a part must have once, and may have once (3.6, 3.6.1, 3.6.6)."""

STATES = {"TENTATIVE", "CONFIRMED", "CANCELLED"}
TEXTS = {"SUMMARY", "DESCRIPTION", "LOCATION", "UID", "PRODID", "X-WR-CALNAME", "STATUS", "CLASS", "TRANSP", "ACTION"}


class Broken(ValueError):
    """A file that the grammar does not allow."""


@dataclass(frozen=True)
class Property:
    name: str
    params: Mapping[str, tuple[str, ...]]
    raw: str

    @property
    def value(self) -> object:
        """Give the value by its type (3.3)."""
        kind = self.params.get("VALUE", ("",))[0]
        if self.name in ("DTSTART", "DTEND"):
            return _day(self.raw) if kind == "DATE" else _moment(self.raw)
        if self.name in ("DTSTAMP", "CREATED", "LAST-MODIFIED"):
            return _moment(self.raw)
        if self.name == "TRIGGER":
            return _length(self.raw)
        if self.name == "SEQUENCE":
            _require(self.raw.isascii() and self.raw.isdigit(), self.raw)
            return int(self.raw)
        return "".join(_text(self.raw)) if self.name in TEXTS else self.raw


@dataclass
class Part:
    name: str
    properties: list[Property] = field(default_factory=list)
    parts: list[Part] = field(default_factory=list)

    def value(self, name: str) -> object:
        found = [p for p in self.properties if p.name == name]
        return found[0].value if found else None


def read(content: bytes) -> Part:
    """Read one calendar. Broken: the grammar does not allow it."""
    opened: list[Part] = []
    root: Part | None = None
    for line in _content_lines(content):
        found = _property(line)
        if found.name == "BEGIN":
            _require(root is None, "something follows the calendar")
            opened.append(Part(found.raw))
        elif found.name == "END":
            _require(bool(opened) and opened[-1].name == found.raw, f"END:{found.raw}")
            part = opened.pop()
            _check(part)
            if opened:
                opened[-1].parts.append(part)
            else:
                root = part
        else:
            _require(bool(opened), f"{found.name} stands outside")
            _require(not opened[-1].parts or opened[-1].name != "VCALENDAR", "a property follows a component")
            opened[-1].properties.append(found)
    _require(root is not None and not opened and root.name == "VCALENDAR", "no whole calendar")
    assert root is not None
    return root


def _content_lines(content: bytes) -> Iterator[bytes]:
    """Unfold (3.1): CRLF ends a line, CRLF and a blank goes on, and no line is longer than 75 octets."""
    _require(content.endswith(b"\r\n"), "it does not end with a line end")
    current = b""
    for number, line in enumerate(content[:-2].split(b"\r\n")):
        _require(b"\r" not in line and b"\n" not in line, "a bare line end")
        _require(0 < len(line) <= LONGEST, f"a line of {len(line)} octets")
        line.decode("utf-8", "strict")
        if line[:1] in (b" ", b"\t"):
            _require(number > 0, "it begins with a fold")
            current += line[1:]
        else:
            if number:
                yield current
            current = line
    yield current


def _property(line: bytes) -> Property:
    """Read ``name *(";" param ) ":" value``."""
    name, at = _token(line, 0)
    params: dict[str, tuple[str, ...]] = {}
    while line[at : at + 1] == b";":
        param, at = _token(line, at + 1)
        _require(line[at : at + 1] == b"=", f"{param} has no value")
        values = []
        while True:
            value, at = _param_value(line, at + 1)
            values.append(value)
            if line[at : at + 1] != b",":
                break
        _require(param not in params, f"{param} twice")
        params[param] = tuple(values)
    _require(line[at : at + 1] == b":", "no colon")
    value = line[at + 1 :]
    _require(not set(value) & CONTROL, "a control in a value")
    return Property(name.upper(), params, value.decode())


def _token(line: bytes, at: int) -> tuple[str, int]:
    end = at
    while end < len(line) and line[end] in NAME:
        end += 1
    _require(end > at, "a name is missing")
    return line[at:end].decode(), end


def _param_value(line: bytes, at: int) -> tuple[str, int]:
    quoted = line[at : at + 1] == b'"'
    start = at + quoted
    end = start
    while end < len(line) and line[end] not in (QUOTED_NOT if quoted else SAFE_NOT):
        end += 1
    value = line[start:end].decode()
    if quoted:
        _require(line[end : end + 1] == b'"', "a quote stays open")
        end += 1
    return value, end


def _text(raw: str) -> Iterator[str]:
    """Read TEXT (3.3.11): a backslash stands before a backslash, semicolon, comma or n; the two in between never stand alone."""
    signs = iter(raw)
    for sign in signs:
        _require(sign not in ";,", f"{sign} is not escaped")
        if sign != "\\":
            yield sign
            continue
        escaped = next(signs, "")
        _require(escaped in ("\\", ";", ",", "n", "N"), f"a backslash before {escaped!r}")
        yield "\n" if escaped in "nN" else escaped


def _day(raw: str) -> date:
    _require(len(raw) == 8 and raw.isascii() and raw.isdigit(), raw)
    return date(int(raw[:4]), int(raw[4:6]), int(raw[6:]))


def _moment(raw: str) -> datetime:
    """Read a DATE-TIME in UTC (3.3.5, form 2). One in local time would need a zone, and none may float."""
    _require(len(raw) == 16 and raw[8] == "T" and raw[15] == "Z" and raw[9:15].isdigit(), raw)
    at = _day(raw[:8])
    return datetime(at.year, at.month, at.day, int(raw[9:11]), int(raw[11:13]), int(raw[13:15]), tzinfo=UTC)


def _length(raw: str) -> timedelta:
    """Read a DURATION (3.3.6): weeks, or days and a time, where hours may be followed by minutes and these by seconds."""
    negative, rest = raw.startswith("-"), raw.lstrip("+-")
    _require(rest.startswith("P") and len(raw) - len(rest) <= 1, raw)
    days, _, clock = rest[1:].partition("T")
    _require(bool(days or clock) and ("T" not in rest or bool(clock)), raw)
    total = timedelta()
    for units, words in ((("W", "D"), days), (("H", "M", "S"), clock)):
        for unit in units:
            number, found, after = words.partition(unit)
            if found:
                _require(number.isdigit(), raw)
                seconds = {"W": 604_800, "D": 86_400, "H": 3_600, "M": 60, "S": 1}[unit]
                total += timedelta(seconds=int(number) * seconds)
                words = after
        _require(not words, raw)
    return -total if negative else total


def _check(part: Part) -> None:
    """Hold a part to what it must and may have."""
    must, may = ONCE[part.name]
    names = [p.name for p in part.properties]
    for name in must:
        _require(names.count(name) == 1, f"{part.name} without one {name}")
    for name in may:
        _require(names.count(name) <= 1, f"{part.name} with several {name}")
    for found in part.properties:
        _ = found.value
        _require(found.name in must | may | {"CATEGORIES"} or found.name.startswith("X-"), found.name)
    if part.name == "VCALENDAR":
        _require(part.value("VERSION") == "2.0" and bool(part.parts), "version 2.0, with a part")
    if part.name == "VEVENT":
        _require(names.count("DTEND") + names.count("DURATION") <= 1, "an end and a length")
        _require(part.value("STATUS") in STATES, "a status")
        starts, ends = part.value("DTSTART"), part.value("DTEND")
        _require(type(starts) is type(ends), "it begins with a day and ends with a time")
        _require(ends is None or ends > starts, "it ends before it begins")  # type: ignore[operator]


def _require(right: bool, what: str) -> None:
    if not right:
        raise Broken(what)
