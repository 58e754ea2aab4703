"""The directory of Members from an operator's own CSV file, for a Postbag without network. All of it or nothing.

What a column does not say is left empty: no mail address, title or post is made up.
"""

from __future__ import annotations

import csv
import io
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time
from pathlib import Path

from bot.clock import LONDON
from bot.domain.errors import Refused
from bot.domain.members import Constituency, Directory, Member, MemberRole, fold
from bot.domain.names import is_nobody, is_title_alone, title_and_name, turned_back, without_brackets

COLUMNS = {
    "constituency": "the constituency's whole name (needed)",
    "name": "the Member's name for lists, such as Ms Amina Example; empty: the seat is vacant",
    "title": "the name on an envelope, such as Rt Hon Amina Example MP",
    "address_as": "the name after Dear, such as Ms Example",
    "party": "the party",
    "role": "backbencher, minister, whip, speaker, abstaining or unknown",
    "post": "the post, in words",
    "email": "the email address that the Member publishes",
    "phone": "the telephone number that the Member publishes",
    "member_id": "the Member's number in the Members API, if known",
    "constituency_id": "the constituency's number in the Members API, if known",
}
MOST_BYTES = 5_000_000
MOST_SEATS = 2_000
MOST_SAID = 12
LONGEST = 200
OWN_SEATS = 1_000_000_000
"""From here on are the numbers of seats that came without one; Parliament's are far smaller."""

DELIMITERS = (",", ";", "\t")
FIRST, LAST = "first_name", "last_name"
"""A name in two columns, as the lists of TheyWorkForYou and of the House of Commons Library have it."""
_OTHER_NAMES = {
    "constituency_name": "constituency",
    "given_name": FIRST,
    "forename": FIRST,
    "forenames": FIRST,
    "member_first_name": FIRST,
    "family_name": LAST,
    "surname": LAST,
    "member_surname": LAST,
    "member_last_name": LAST,
    "member_mnis_id": "member_id",
    "mnis_id": "member_id",
    "member_name": "name",
    "name_(display_as)": "name",
    "display_as": "name",
    "name_(full_title)": "title",
    "name_(address_as)": "address_as",
    "mp": "name",
    "member": "name",
    "e-mail": "email",
    "mail": "email",
    "telephone": "phone",
    "seat": "constituency",
}


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong in one place of a file, and what to do. ``column`` is empty where the whole line is meant."""

    line: int
    column: str
    what: str

    def __str__(self) -> str:
        where = f"line {self.line}, column {self.column}" if self.column else f"line {self.line}"
        return f"{where}: {self.what}"


class _People:
    """Who was read on which line, to find somebody who is there twice: by number, else by name."""

    def __init__(self) -> None:
        self._by_number: dict[int, int] = {}
        self._by_name: dict[str, list[tuple[int, int, str]]] = {}

    def add(self, line: int, member: Member) -> None:
        self._by_number[member.member_id] = line
        title, name = title_and_name(member.display_as)
        self._by_name.setdefault(fold(name), []).append((line, member.member_id, title))

    def line_of(self, member: Member) -> int:
        """Give the line of the same person, or 0, with a title or without.

        Two of one name with numbers or titles of their own are two people.
        """
        if member.member_id in self._by_number:
            return self._by_number[member.member_id]
        title, name = title_and_name(member.display_as)
        for line, number, other in self._by_name.get(fold(name), []):
            if (number < 0 or member.member_id < 0) and (not title or not other or title == other):
                return line
        return 0


def read_members_file(path: Path, as_of: date, known: Directory) -> Directory:
    """Read a directory from a file, as of a day. Seats keep the numbers by which ``known`` has them.

    Refused: something is wrong; the message names each line and column, and nothing is taken over.
    """
    lines = _lines(path)
    _, header = next(lines, (1, []))
    columns = _columns(header)
    problems: list[Problem] = []
    seats: dict[str, Constituency] = {}
    first_at: dict[str, int] = {}
    numbers: dict[int, int] = {}
    people = _People()
    for number, cells in lines:
        if not any(cell.strip() for cell in cells):
            continue
        if len(cells) > len(columns):
            what = f"it has {len(cells)} cells for {len(columns)} columns; put double quotes round a cell that has a comma in it"
            problems.append(Problem(number, "", what))
            continue
        row = {name: " ".join(cell.split()) for name, cell in zip(columns, cells, strict=False) if name}
        if FIRST in columns:
            row["name"] = f"{row.pop(FIRST, '')} {row.pop(LAST, '')}".strip()
        _join_title(row)
        found = list(_wrong(number, row))
        seat = _seat(row, known) if not found else None
        if seat is not None:
            key = fold(seat.name)
            if key in first_at:
                found.append(
                    Problem(number, "constituency", f"the same seat is on line {first_at[key]}; leave one of them out")
                )
            elif seat.constituency_id in numbers:
                what = f"line {numbers[seat.constituency_id]} has the same number; correct one of them"
                found.append(Problem(number, "constituency_id", what))
            elif seat.member is not None and (there := people.line_of(seat.member)):
                what = (
                    f"{seat.member.display_as} is on line {there} too, and nobody holds two seats; correct one of them"
                )
                found.append(Problem(number, "name", what))
            else:
                first_at[key], numbers[seat.constituency_id], seats[key] = number, number, seat
                if seat.member is not None:
                    people.add(number, seat.member)
        problems += found
        if len(seats) > MOST_SEATS:
            raise Refused(f"{path.name} has more than {MOST_SEATS} seats.", "Give one line for each constituency.")
    if problems:
        said = "\n".join(f"  {problem}" for problem in problems[:MOST_SAID])
        more = f"\n  and {len(problems) - MOST_SAID} more" if len(problems) > MOST_SAID else ""
        raise Refused(
            f"{path.name} wasn't imported:\n{said}{more}\n",
            "Fix these and import it again. Nothing was changed.",
        )
    if not seats:
        raise Refused(f"{path.name} has no constituencies in it.", "Give one line for each, under the heading line.")
    return Directory(
        tuple(seats[key] for key in sorted(seats)),
        as_of=datetime.combine(as_of, time(0, 0), tzinfo=LONDON),
        source=f"a file from whoever runs this Postbag ({path.name[:60]})",
    )


def _lines(path: Path) -> Iterator[tuple[int, list[str]]]:
    try:
        raw = path.read_bytes()[: MOST_BYTES + 1]
    except OSError as error:
        raise Refused(f"{path} can't be read: {error.strerror}.", "Check the file's name and place.") from None
    if len(raw) > MOST_BYTES:
        raise Refused(f"{path.name} is larger than 5 MB.", "Give a CSV file with one line for each constituency.")
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        raise Refused(
            f"{path.name} is not UTF-8: line {line} has a character in another encoding.",
            "In Excel choose “CSV UTF-8” when saving; in LibreOffice choose Unicode (UTF-8).",
        ) from None
    if "\0" in text:
        raise Refused(f"{path.name} is not a CSV file.", "Save the table as CSV UTF-8.")
    heading = text.split("\n", 1)[0]
    delimiter = max(DELIMITERS, key=heading.count)
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        for cells in rows:
            yield rows.line_num, cells
    except csv.Error as error:
        raise Refused(
            f"{path.name}, line {rows.line_num}: {error}.",
            "Write a double quote inside a cell twice, and close every one.",
        ) from None


def _columns(header: list[str]) -> list[str]:
    names = [cell.strip().casefold().replace(" ", "_") for cell in header]
    columns = [_OTHER_NAMES.get(name, name) for name in names]
    listed = "\n".join(f"  {name}: {what}" for name, what in COLUMNS.items())
    parts = {FIRST, LAST} <= set(columns)
    if "constituency" in columns and (parts or "name_(display_as)" in names):
        # A list of theirs has columns that say nothing for a letter. What is not known is passed over.
        known = {*COLUMNS, FIRST, LAST} - {"name"} if parts else {*COLUMNS}
        return [name if name in known and columns.index(name) == place else "" for place, name in enumerate(columns)]
    unknown = [name for name in columns if name and name not in COLUMNS]
    doubled = [name for name in dict.fromkeys(columns) if name and columns.count(name) > 1]
    if "constituency" not in columns or "name" not in columns:
        raise Refused(
            "The first line must name the columns, including constituency and name, or first name and last name.",
            f"The columns are:\n{listed}",
        )
    if unknown or doubled:
        wrong = f"there is no column {unknown[0]!r}" if unknown else f"the column {doubled[0]!r} appears twice"
        raise Refused(f"line 1: {wrong}.", f"The columns are:\n{listed}")
    return columns


def _join_title(row: dict[str, str]) -> None:
    """Put a title that stands in a column alone before the name: it is no name for an envelope."""
    title, name = row.get("title", ""), row.get("name", "")
    if name and is_title_alone(title):
        row["title"] = ""
        row["name"] = (
            name if name.casefold().startswith(f"{title.casefold()} ") or is_nobody(name) else f"{title} {name}"
        )


def _wrong(line: int, row: dict[str, str]) -> Iterator[Problem]:
    if not row.get("constituency"):
        yield Problem(line, "constituency", "it is empty; give the constituency's whole name")
    for name, value in row.items():
        if len(value) > LONGEST:
            yield Problem(line, name, f"it has {len(value)} characters; give at most {LONGEST}")
        elif not value.isprintable():
            yield Problem(line, name, "it has a character that can't be shown; type it again")
    name = row.get("name", "")
    if name and is_nobody(name):
        yield Problem(
            line, "name", f"{name!r} is not a name; empty the cell if the seat is vacant, or give the Member's name"
        )
    elif without_brackets(name) != name:
        what = f"{name!r} is more than a name; write only the first name and family name, without brackets"
        yield Problem(line, "name", what)
    elif (said := turned_back(name)) != name:
        yield Problem(line, "name", f"{name!r} begins with the family name; write {said!r}")
    role = row.get("role", "").casefold()
    if role and role not in {known.value for known in MemberRole}:
        yield Problem(line, "role", f"write {', '.join(known.value for known in MemberRole)}, or leave it empty")
    mail = row.get("email", "")
    if mail and (mail.count("@") != 1 or " " in mail or mail.startswith("@") or mail.endswith("@")):
        yield Problem(line, "email", "it isn't an email address; correct it or leave it empty")
    for name in ("member_id", "constituency_id"):
        value = row.get(name, "")
        if value and not (value.isascii() and value.isdecimal() and 0 < int(value) < OWN_SEATS):
            yield Problem(line, name, "it isn't a whole number; correct it or leave it empty")
    if not row.get("name") and any(
        row.get(name) for name in ("title", "address_as", "email", "phone", "post", "member_id")
    ):
        yield Problem(
            line,
            "name",
            "it is empty, but the rest of the line describes a Member; give the name, or leave only the seat on the line",
        )


def _seat(row: dict[str, str], known: Directory) -> Constituency:
    name = row["constituency"]
    held = known.exactly(name)
    given = row.get("constituency_id", "")
    number = int(given) if given else held.constituency_id if held is not None else OWN_SEATS + _mark(name)
    if not row.get("name"):
        return Constituency(number, name)
    whose = row.get("member_id", "")
    member = Member(
        member_id=int(whose) if whose else -_mark(f"{name} {row['name']}"),
        display_as=row["name"],
        full_title=row.get("title", ""),
        address_as=row.get("address_as", ""),
        list_as=row["name"],
        party=row.get("party", ""),
        constituency=name,
        role=MemberRole(row["role"].casefold()) if row.get("role") else MemberRole.UNKNOWN,
        post=row.get("post", ""),
        email=row.get("email", ""),
        phone=row.get("phone", ""),
    )
    return Constituency(number, name, member)


def _mark(text: str) -> int:
    """Give a number for a name: the same at every import, so that buttons drawn before still lead to the seat."""
    return zlib.crc32(fold(text).encode()) % OWN_SEATS + 1
