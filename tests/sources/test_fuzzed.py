"""Whatever somebody gives to read, a reader gives an answer or a kind refusal: it neither breaks nor goes on for ever nor grows.

The readers are found by walking the program; a new one has to say here how it is read, or why nobody outside reaches it. Each is given
what it reads, mutated. `FUZZ_SECONDS=180 python -m tests.sources.test_fuzzed` does the same for that long with each, and prints what broke.
"""

from __future__ import annotations

import ast
import os
import random
import sys
import tempfile
import time
import traceback
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime
from datetime import time as time_of_day
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import typst
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.report_shapes import legacy, response_headed, single
from bot.chat.presses import group_on, read_custom_id, read_press
from bot.domain import moving
from bot.domain.dates.exact import Lean, read_date
from bot.domain.dates.moments import read_moment
from bot.domain.dates.one_day import read_day
from bot.domain.dates.repeats import read_repeat
from bot.domain.dates.times import read_time
from bot.domain.deadlines import Deadline, DeadlineKind
from bot.domain.drafts import SavedPage
from bot.domain.errors import PostbagError
from bot.domain.group_event_checks import read_when
from bot.domain.guilds import GuildSettings
from bot.domain.identity import DeadlineId, GuildId
from bot.domain.ladders import read_ladder
from bot.domain.links import host_of, is_web_address
from bot.domain.members import Constituency, Directory
from bot.domain.own_letters import taken_from
from bot.domain.plain_text import cut, on_one_line, tidy_text, without_invisible_signs
from bot.domain.postcodes import Postcode
from bot.domain.references import read_reference
from bot.domain.rules import GIVEN
from bot.rehearsal.prompt import read_order
from bot.rehearsal.scenes import read_scene, ready_made, write_scene
from bot.resources import templates_folder
from bot.services.guilds import check_zone
from bot.sources.members_file import read_members_file
from bot.sources.own_letter_files import read_own_letter
from bot.sources.page_html import lines_of_html
from bot.sources.pdf_text import pages_of_pdf
from bot.sources.postcodes_file import read_postcodes_file
from bot.sources.report_pages import read_answers, read_report
from bot.templating import JinjaTemplates
from bot.wider_dates import read_widely
from storage.pack_writer import write_pack
from storage.packs import parse_pack
from tests.builders import report
from tests.sources.test_own_letter_files import TEXT, mail, word

ROOT = Path(__file__).parents[2]
TODAY, NOW = date(2026, 3, 2), datetime(2026, 3, 2, 10, tzinfo=UTC)
HOUSE = Directory((Constituency(1, "Tarning"), Constituency(2, "Marrow, Thistle and Quay")))
MOST_CPU = 30.0
"""Seconds of the processor after which a reading counts as one without end. A busy machine does not count."""


def kindly(read: Callable[[], Any]) -> Any:
    """Read, and give what was read, or nothing where it was refused kindly."""
    try:
        return read()
    except PostbagError:
        return None


def in_a_file(read: Callable[[Path], Any], name: str) -> Callable[[bytes], Any]:
    def reads(content: bytes) -> Any:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder, name)
            path.write_bytes(content)
            return read(path)

    return reads


def of_text(read: Callable[[str], Any]) -> Callable[[bytes], Any]:
    return lambda content: read(content.decode("utf-8", "replace"))


def page(read: Callable[[list[SavedPage]], Any], name: str) -> Callable[[bytes], Any]:
    return lambda content: read([SavedPage(name, content)])


def press(content: bytes) -> Any:
    text = content.decode("utf-8", "replace")
    field = {"type": 4, "custom_id": text[:20], "value": text}
    return (
        read_custom_id(text),
        group_on(text, lambda number: number),
        read_press({"custom_id": text, "components": [{"component": field}]}),
    )


def set_up_file() -> bytes:
    clock = Deadline(DeadlineId(1), GuildId(7), DeadlineKind.GOVERNMENT_RESPONSE, "Vote", date(2026, 4, 20), GIVEN)
    settings = replace(GuildSettings(GuildId(7)), quiet_from=time_of_day(22), quiet_until=time_of_day(7))
    return moving.write_group_file(settings, ["never-again"], [], [clock], [], [], at=NOW, by="1")


templates = JinjaTemplates(templates_folder())
READERS: Mapping[str, tuple[Callable[[bytes], Any], tuple[bytes, ...]]] = {
    "bot.sources.report_pages.read_report": (
        page(read_report, "a.html"),
        tuple(p.content for p in (*single(), legacy()[0], legacy()[-1])),
    ),
    "a report as text": (
        page(read_report, "a.txt"),
        (b"Conclusions and recommendations\n\n1. We recommend oil. (Paragraphs 1, 2 and 4)\n",),
    ),
    "bot.sources.report_pages.read_answers": (
        page(read_answers, "a.html"),
        tuple(p.content for p in response_headed()),
    ),
    "bot.sources.own_letter_files.read_own_letter": (
        lambda c: read_own_letter(SavedPage("letter.txt", c)),
        (TEXT.encode(),),
    ),
    "a letter as mail": (
        lambda c: read_own_letter(SavedPage("a.eml", c)),
        (mail(), mail(html=True)),
    ),
    "a letter as a Word file": (lambda c: read_own_letter(SavedPage("a.docx", c)), (word(),)),
    "bot.domain.own_letters.taken_from": (of_text(taken_from), (TEXT.encode(),)),
    "bot.sources.pdf_text.pages_of_pdf": (pages_of_pdf, (typst.compile(TEXT.encode()),)),
    "bot.sources.page_html.lines_of_html": (of_text(lines_of_html), (single()[0].content,)),
    "bot.domain.moving.read": (moving.read, (set_up_file(),)),
    "bot.sources.members_file.read_members_file": (
        in_a_file(lambda path: read_members_file(path, TODAY, Directory()), "house.csv"),
        (b"constituency,name,party\nTarning,Amina Thackwell,Lantern\n",),
    ),
    "bot.sources.postcodes_file.read_postcodes_file": (
        in_a_file(lambda path: list(read_postcodes_file(path, HOUSE, lambda done, total: None)), "postcodes.csv"),
        (b"postcode,constituency\nZA1 1AA,Tarning\n",),
    ),
    "storage.packs.parse_pack": (
        partial(parse_pack, file="a.toml"),
        (write_pack(report()).encode(),),
    ),
    "bot.rehearsal.scenes.read_scene": (read_scene, tuple(write_scene(scene).encode() for scene in ready_made())),
    "a group's own letter": (
        of_text(lambda text: templates.read("own-1", "Ours", "Ours.", text)),
        (b"{{ salutation }}\n\n{{ why }}\n\n{{ ask }}",),
    ),
    "bot.domain.ladders.read_ladder": (of_text(read_ladder), (b"14 days before, 3 days before, on the day, +14",)),
    "bot.domain.dates.exact.read_date": (of_text(lambda t: read_date(t, TODAY)), (b"8 September 2027", b"08/09/2027")),
    "bot.domain.dates.one_day.read_day": (
        of_text(lambda t: read_day(t, TODAY)),
        (b"next Friday", b"in 3 weeks", b"last working day of May"),
    ),
    "a day gone by": (
        of_text(lambda t: read_day(t, TODAY, lean=Lean.BACK)),
        (b"the 20th", b"a fortnight ago", b"last Tuesday of January", b"Friday before last"),
    ),
    "bot.domain.dates.moments.read_moment": (
        of_text(lambda t: read_moment(t, NOW, "Europe/London", usual=time_of_day(9))),
        (b"next Friday 6pm", b"in 2 hours"),
    ),
    "bot.wider_dates.read_widely": (
        of_text(lambda t: read_widely(t, NOW, "Europe/London", time_of_day(9))),
        (b"the day after tomorrow at noon",),
    ),
    "bot.domain.group_event_checks.read_when": (
        of_text(lambda t: read_when(t, NOW, "Europe/London")),
        (b"every first Tuesday 7pm to 9pm until 30 June",),
    ),
    "bot.domain.dates.times.read_time": (of_text(read_time), (b"half past nine", b"21:00")),
    "bot.domain.dates.repeats.read_repeat": (of_text(read_repeat), (b"every second Friday at 6pm until May",)),
    "bot.domain.references.read_reference": (of_text(read_reference), (b"never-again/T-12", b"recommendation twelve")),
    "bot.services.guilds.check_zone": (of_text(check_zone), (b"Europe/London",)),
    "bot.rehearsal.prompt.read_order": (of_text(lambda t: read_order(t, NOW)), (b"+3d", b"to 2027-01-15 14:30")),
    "bot.chat.presses.read_custom_id": (
        press,
        (b"pb:action.open:7:1", b"pb@AAAAAAAAAAcAAAAA:letter.write:never-again/1"),
    ),
    "bot.domain.postcodes.Postcode": (of_text(Postcode.read), (b"ZA1 1AA",)),
    "links": (of_text(lambda t: (is_web_address(t), host_of(t))), (b"https://www.example.org:8443/a?b=c#d",)),
    "what is not seen": (
        of_text(lambda t: (without_invisible_signs(t), tidy_text(t), cut(t, 9, 20), on_one_line(t))),
        ("مەن \u2067خەت\u2069 👩\u200d👧".encode(),),
    ),
}
"""How each reader is called, and what it reads when all is well."""
NOT_FROM_OUTSIDE = {
    "bot.domain.counts.read_figures": "what Postbag wrote itself",
    "bot.rehearsal.scenes.read_file": "a file of a scene, which read_scene reads",
    "bot.sealing.read_key": "the operator's own key file",
    "storage.departments.read_table": "a table that is shipped",
    "storage.unchanged_files.readable": "the operator's own database, which SQLite reads",
    "storage.packs.read_pack": "a file of a pack, which parse_pack reads",
    "bot.sources.foreign.read_apart": "starts the process in which the others read",
}
TOKENS = (
    b"<", b">", b'"', b"'", b"(", b"[", b"{{", b"{%", b"}}", b"\x00", b"\xff\xfe", b"\r\n", b"\n\n", b"\xe2\x80\xae",
    b"\xf0\x9f\x8f\xb4", b"&#x41;", b"<!--", b"<table>", b"<li value=", b"9" * 30, b"-1", b"1e999", b"NaN", b"null", b"[" * 50,
    b"=", b"'''", b"paragraphs 5, 8, ", b"and ", b"1. ", b"of the ", b"\xc2\xa0", b"\xed\xa0\x80", b"%PDF-1.4", b"PK\x03\x04",
    b"12/20/2026", b"31 February", b"every ", b"in ", b" before", b":", b"/", b"@",
)  # fmt: skip


def readers() -> Iterator[str]:
    """Find every function that reads a text or bytes, by its name and its first argument."""
    for folder in ("bot", "storage"):
        for path in sorted((ROOT / folder).rglob("*.py")):
            for node in ast.parse(path.read_text(encoding="utf-8")).body:
                if (
                    isinstance(node, ast.FunctionDef)
                    and node.name.startswith(("read", "parse_", "taken_from"))
                    and node.args.args
                ):
                    given = node.args.args[0].annotation
                    if given is not None and ast.unparse(given) in (
                        "str",
                        "bytes",
                        "bytes | str",
                        "Sequence[SavedPage]",
                        "SavedPage",
                        "Path",
                    ):
                        yield f"{'.'.join(path.relative_to(ROOT).with_suffix('').parts)}.{node.name}"


def mutated(seed: bytes, rng: random.Random) -> bytes:
    """Change a text in a few places: something put in, taken out, said again, or said very often."""
    made = bytearray(seed)
    for _ in range(rng.randint(1, 6)):
        at, end = sorted((rng.randint(0, len(made)), rng.randint(0, len(made))))
        match rng.randint(0, 5):
            case 0:
                made[at:at] = rng.choice(TOKENS)
            case 1:
                del made[at : min(end, at + 60)]
            case 2:
                made[at:at] = made[at : min(end, at + 200)]
            case 3:
                made[at:at] = rng.choice(TOKENS) * rng.randint(2, 200)
            case 4 if made:
                made[min(at, len(made) - 1)] = rng.randrange(256)
            case _:
                made[at:at] = rng.randbytes(rng.randint(1, 8))
    return bytes(made[:60_000])


def read_once(name: str, content: bytes) -> None:
    read, _ = READERS[name]
    began = time.process_time()
    found = kindly(lambda: read(content))
    assert time.process_time() - began < MOST_CPU
    assert len(repr(found)) < 60 * len(content) + 100_000, "what was read is far larger than what was given"


def test_every_reader_is_found_here() -> None:
    found = set(readers())
    assert len(found) > 15
    assert found - READERS.keys() - NOT_FROM_OUTSIDE.keys() == set(), (
        "say how a new reader is called, or why nobody outside reaches it"
    )
    assert NOT_FROM_OUTSIDE.keys() <= found


@pytest.mark.parametrize("name", READERS)
def test_every_reader_reads_what_is_well_made(name: str) -> None:
    for seed in READERS[name][1]:
        read_once(name, seed)


@pytest.mark.parametrize("name", READERS)
@settings(max_examples=25, derandomize=True)
@given(st.integers(0, 2**32 - 1))
def test_every_reader_gives_an_answer_or_a_kind_refusal(name: str, number: int) -> None:
    rng = random.Random(number)
    read_once(name, mutated(rng.choice(READERS[name][1]), rng))


FOUND: tuple[tuple[str, bytes], ...] = (
    ("storage.packs.parse_pack", b"schema = " + b"9" * 5_000),
    ("a letter as mail", b"Date: Tue, 3 Mar 2026 10:09999999999999999999999999999990:00 +0000\n\n" + TEXT.encode()),
)
"""What once broke a reader."""


@pytest.mark.parametrize(("name", "content"), FOUND)
def test_what_once_broke_a_reader_breaks_it_no_more(name: str, content: bytes) -> None:
    read_once(name, content)


def main(seconds: float, only: list[str]) -> int:
    """Read mutated texts for so long with each reader, and print what broke."""
    broken: dict[str, bytes] = {}
    for name in only or READERS:
        rng, tried, until = random.Random(name), 0, time.monotonic() + seconds
        worst = 0.0
        while time.monotonic() < until:
            content = mutated(rng.choice(READERS[name][1]), rng)
            if rng.random() < 0.3:
                content = mutated(content, rng)
            began = time.process_time()
            try:
                read_once(name, content)
            except Exception as error:
                kind = f"{name}: {type(error).__name__} {traceback.extract_tb(error.__traceback__)[-1][:3]}"
                if kind not in broken or len(content) < len(broken[kind]):
                    broken[kind] = content
            worst = max(worst, time.process_time() - began)
            tried += 1
        print(f"{name}: {tried:,} texts, the slowest {worst:.2f} s", flush=True)
    for kind, content in broken.items():
        print(f"BROKEN {kind}\n  {content!r}"[:3_000], flush=True)
    return len(broken)


if __name__ == "__main__":
    sys.exit(main(float(os.environ.get("FUZZ_SECONDS", "10")), sys.argv[1:]))
