"""An operator's CSV file of postcodes and constituencies, read line by line. All of it or nothing."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from bot.domain.errors import Refused
from bot.domain.members import Directory
from bot.domain.postcodes import OUTSIDE_THE_HOUSE, Postcode

MOST_SAID = 12
# There are about 1.8 million: whoever waits for them sees that it goes on.
TELL_EVERY = 20_000
NEEDED = ("postcode", "constituency")


def read_postcodes_file(
    path: Path, known: Directory, progress: Callable[[int, int], None]
) -> Iterator[tuple[str, str]]:
    """Give (postcode, constituency) for each line; a postcode that touches several constituencies has a line for each.

    ``progress`` hears of bytes read and of all bytes. Refused, after the last line: what is wrong, by line and column. A
    message never holds a postcode.
    """
    try:
        total = path.stat().st_size
        with path.open("rb") as raw:
            yield from _rows(path, raw, known, lambda done: progress(done, total))
    except OSError as error:
        raise Refused(f"{path} can't be read: {error.strerror}.", "Check the file's name and place.") from None


def _rows(path: Path, raw: Iterable[bytes], known: Directory, tell: Callable[[int], None]) -> Iterator[tuple[str, str]]:
    problems: list[str] = []
    wrong = 0
    names: dict[str, str | None] = {}
    found = 0

    def say(line: int, column: str, what: str) -> None:
        nonlocal wrong
        wrong += 1
        if len(problems) < MOST_SAID:
            problems.append(f"  line {line}, column {column}: {what}")

    reader = csv.reader(_text(path, raw, tell), strict=True)
    try:
        header = [cell.strip().casefold() for cell in next(reader, [])]
        if any(name not in header for name in NEEDED):
            raise Refused(
                f"The first line of {path.name} must name the columns postcode and constituency.",
                "Give one line for each postcode, and one more for each further constituency that it touches.",
            )
        places = [header.index(name) for name in NEEDED]
        for cells in reader:
            if not any(cell.strip() for cell in cells):
                continue
            typed, seat = (cells[place].strip() if place < len(cells) else "" for place in places)
            try:
                postcode = Postcode.read(typed)
            except Refused:
                say(reader.line_num, "postcode", "it isn't a whole postcode; correct it or leave the line out")
                continue
            if postcode.outward[:2] in OUTSIDE_THE_HOUSE:
                continue
            if seat not in names:
                held = known.exactly(seat) if seat else None
                names[seat] = held.name if held is not None else None
                if held is None and seat:
                    say(reader.line_num, "constituency", f"“{seat[:80]}” is not in today's list; correct the name")
                elif held is None:
                    say(reader.line_num, "constituency", "it is empty; give the constituency's whole name")
            name = names[seat]
            if name is not None:
                found += 1
                yield postcode.written, name
    except csv.Error as error:
        raise Refused(f"{path.name}, line {reader.line_num}: {error}.", "Save the table as CSV UTF-8 again.") from None
    if wrong:
        more = f"\n  and {wrong - len(problems)} more" if wrong > len(problems) else ""
        said = "\n".join(problems)
        raise Refused(
            f"{path.name} wasn't imported:\n{said}{more}\n",
            "Fix these and load it again. Nothing was changed.",
        )
    if not found:
        raise Refused(f"{path.name} has no postcodes in it.", "Give one line for each, under the heading line.")


def _text(path: Path, raw: Iterable[bytes], tell: Callable[[int], None]) -> Iterator[str]:
    done = 0
    for number, line in enumerate(raw, 1):
        done += len(line)
        if number % TELL_EVERY == 0:
            tell(done)
        try:
            yield line.decode("utf-8-sig" if number == 1 else "utf-8")
        except UnicodeDecodeError:
            raise Refused(
                f"{path.name} is not UTF-8: line {number} has a character in another encoding.",
                "Save the table as CSV UTF-8.",
            ) from None
    tell(done)
