"""A letter: its preview, its files warm and cold, memory, and how long the event loop waits while ten are made.

    python -m benchmarks.letters [--quick] [--weasyprint PYTHON]

The letter is of the shipped report, to an invented MP, with 150 words of the writer's own in three scripts. A preview is what
an Edit costs: the frame set in both lengths, score and share, every check, the card as Discord takes it. ``--weasyprint`` names
an interpreter that has WeasyPrint, which then sets the same page from HTML. Cold is a new process: imports, fonts, first file.
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

from benchmarks.figures import between, percentile, resident_mb, show_machine, show_table, without_own_settings
from bot.clock import MovableClock
from bot.documents.docx import page_as_docx
from bot.documents.mail import letter_as_mail
from bot.documents.maker import LetterMaker
from bot.documents.page import Page, page_of
from bot.documents.pdf import PdfMaker
from bot.documents.text import page_as_text
from bot.domain.identity import UserId
from bot.domain.letters import Letter
from bot.domain.members import Constituency, Directory, Dissolution, Member
from bot.packs_alone import reports_alone
from bot.resources import templates_folder
from bot.services.letter_drafts import Draft
from bot.services.letters import LetterService
from bot.templating import JinjaTemplates

DAY = date(2026, 3, 2)
ME = UserId(1)
WHY = (
    "My neighbour has not heard her mother's voice since 2018. Each winter she sets a place for her at the table, and each "
    "winter it stays empty. I did not know what to say to her, so I read the whole report in one night and I have not been "
    "able to put it down since. Her children ask me why nobody speaks of it. Ŵyl y tŷ, dŵr a golau: dyna oedd ei geiriau."
)
LOCAL = (
    "Our market hall held a vigil last month and more than sixty people stood in the rain. The school choir sang two songs "
    "that her mother had taught her, and the baker closed for an hour, which he has never done before.\n\n"
    "مەن خەت يازدىم، 2018-يىلدىن بېرى ئانامنىڭ ئاۋازىنى ئاڭلىمىدىم.\n\n我的邻居自2018年以来没有听到她母亲的声音。"
)
WEASYPRINT = """
import json, sys, time
start = time.perf_counter()
import weasyprint
page = json.loads(sys.stdin.read())
from html import escape
def lines(some): return "<br>".join(escape(line) for line in some)
body = "".join(f"<p dir=auto>{lines(text.splitlines())}</p>" for text in page["paragraphs"])
html = f'''<html lang=en-GB><style>@page {{ size: A4; margin: 24mm 27mm }} body {{ font: 11pt serif; line-height: 1.4 }}
.r {{ text-align: right }}</style><p class=r>{lines(page["sender"])}</p><p class=r>{page["date"]}</p><p>{lines(page["to"])}</p>
<p><b>{escape(page["subject"])}</b></p>{body}<p>{escape(page["name"])}</p></html>'''
times = []
for _ in range(page["rounds"]):
    began = time.perf_counter()
    weasyprint.HTML(string=html).write_pdf()
    times.append((time.perf_counter() - began) * 1000)
    if len(times) == 1:
        cold = (time.perf_counter() - start) * 1000
status = open("/proc/self/status").read() if sys.platform == "linux" else "VmRSS: 0 kB"
memory = int(next(line for line in status.splitlines() if line.startswith("VmRSS")).split()[1]) * 1024 / 1e6
print(json.dumps({"version": weasyprint.__version__, "cold": cold, "times": times[1:], "memory": memory}))
"""


class House:
    """One invented seat."""

    directory = Directory(
        (
            Constituency(
                1, "Tarning", Member(1, "Amina Thackwell", "Amina Thackwell MP", "Ms Thackwell", "", "", "Tarning")
            ),
        ),
        as_of=datetime(2026, 3, 1, tzinfo=UTC),
    )
    dissolution = Dissolution()
    suspects_dissolution = False

    def as_of_line(self, now: datetime) -> str:
        return "MP data as of 1 March 2026."

    def near(self, text: str, limit: int = 25) -> tuple[Constituency, ...]:
        return ()

    async def with_contact(self, seat: Constituency) -> Constituency:
        return seat


async def desk() -> tuple[LetterService, Draft]:
    """Open letters without Discord or database, with one draft."""
    from bot.config import Settings

    clock = MovableClock(datetime(2026, 3, 2, 10, tzinfo=UTC))
    letters = LetterService(
        JinjaTemplates(templates_folder()), await reports_alone(Settings()), House(), clock, LetterMaker()
    )
    draft = letters.start(ME, topic=letters.topic("never-again/3"), recipient=letters.recipient("Tarning"))
    return letters, letters.written(draft, "write-to-minister", {"why": WHY, "local": LOCAL})


def timed(what: Callable[[], object], rounds: int) -> list[float]:
    """Give the milliseconds of each round."""
    took = []
    for _ in range(rounds):
        began = time.perf_counter()
        what()
        took.append((time.perf_counter() - began) * 1000)
    return took


def cold(kind: str, rounds: int) -> list[float]:
    """Give the milliseconds of the first file in new processes, imports among them."""
    command = [sys.executable, "-m", "benchmarks.letters", "--one", kind]
    return [
        float(subprocess.run(command, env=without_own_settings(), capture_output=True, text=True, check=True).stdout)
        for _ in range(rounds)
    ]


def a_page() -> Page:
    """Give a page of the same length without the services."""
    to = ("Amina Thackwell MP", "House of Commons", "London", "SW1A 0AA")
    return Page((), "2 March 2026", to, "An invented report", ("Dear Ms Thackwell,", WHY, *LOCAL.split("\n\n")), "")


def make_one(kind: str) -> None:
    """Make the first file of a process and print its milliseconds."""
    page = a_page()
    began = time.perf_counter()
    if kind == "pdf":
        PdfMaker()._make(page)
    else:
        page_as_docx(page)
    print((time.perf_counter() - began) * 1000)


async def longest_wait(work: Callable[[], Any]) -> float:
    """Give the longest time, in milliseconds, by which a timer of 1 ms was late while the work was done."""
    worst = 0.0
    done = asyncio.Event()

    async def tick() -> None:
        nonlocal worst
        while not done.is_set():
            began = time.perf_counter()
            await asyncio.sleep(0.001)
            worst = max(worst, (time.perf_counter() - began) * 1000 - 1)

    ticking = asyncio.create_task(tick())
    await asyncio.sleep(0.02)
    worst = 0.0
    await work()
    done.set()
    await ticking
    return worst


def row(name: str, took: list[float], cold_ms: str = "", note: str = "") -> tuple[str, ...]:
    return (name, f"{percentile(took, 0.5):.2f} / {percentile(took, 0.99):.2f}", cold_ms, note)


async def measure(rounds: int, starts: int, weasyprint: str) -> None:
    """Measure and print everything."""
    from bot.chat.cards.letters import preview_card

    letters, draft = await desk()
    topic = letters.topic_of(draft)
    assert topic is not None

    def preview() -> None:
        made = letters.letter(draft)
        card, _ = preview_card(draft, made, topic, letters.checks(draft, made))
        card.view().to_components()

    letter: Letter = letters.letter(draft)
    page, before = page_of(letter, "2 March 2026"), resident_mb(os.getpid())
    rows = [row("preview", timed(preview, rounds), "", f"{letter.words} words, {letter.share:.0%} own")]
    pdf = PdfMaker()
    pdf_cold, docx_cold = cold("pdf", starts), cold("docx", starts)
    pdf._make(page)
    pdf_warm = timed(lambda: pdf._make(page), rounds)
    after_pdf = resident_mb(os.getpid())
    rows.append(row("PDF", pdf_warm, between(pdf_cold, ".0f"), f"+{after_pdf - before:.0f} MB"))
    page_as_docx(page)
    docx_warm = timed(lambda: page_as_docx(page), rounds // 2)
    rows.append(
        row(
            "Word document",
            docx_warm,
            between(docx_cold, ".0f"),
            f"+{resident_mb(os.getpid()) - after_pdf:.0f} MB more",
        )
    )
    rows.append(
        row(
            "text and mail",
            timed(lambda: (page_as_text(page_of(letter, "2 March 2026")), letter_as_mail(letter)), rounds),
        )
    )
    if weasyprint:
        given = {name: getattr(page, name) for name in ("paragraphs", "sender", "date", "to", "subject", "name")}
        sent = json.dumps(given | {"rounds": max(8, rounds // 10)})
        done = subprocess.run(  # noqa: ASYNC221 - nothing else runs here
            [weasyprint, "-c", WEASYPRINT], input=sent, capture_output=True, text=True, check=True
        )
        other = json.loads(done.stdout)
        ratio = percentile(other["times"], 0.5) / percentile(pdf_warm, 0.5)
        rows.append(
            row(
                f"PDF by WeasyPrint {other['version']}", other["times"], f"{other['cold']:.0f}",
                f"{other['memory']:.0f} MB in all; {ratio:.0f}× Postbag's",
            )
        )  # fmt: skip
    show_table("Milliseconds", ("what", "p50 / p99", "cold: median (least–most)", "notes"), rows)

    maker = LetterMaker()
    gc.collect()
    gc.freeze()
    warming = await longest_wait(maker.warm)
    idle = [await longest_wait(lambda: asyncio.sleep(0.3)) for _ in range(starts)]
    waits = [
        await longest_wait(lambda: asyncio.gather(*(maker.files(letter, DAY) for _ in range(10))))
        for _ in range(starts)
    ]
    began = time.perf_counter()
    await asyncio.gather(*(maker.files(letter, DAY) for _ in range(10)))
    ten = (time.perf_counter() - began) * 1000
    show_table(
        "The event loop, while ten letters with all their files are made at once",
        ("what", "ms"),
        [
            ("longest wait, median (least–most)", between(waits, ".1f")),
            ("longest wait with nothing to do", between(idle, ".1f")),
            ("longest wait while the libraries are warmed, already loaded", f"{warming:.1f}"),
            ("ten letters, forty files", f"{ten:.0f}"),
        ],
    )


def main() -> None:
    """Read the options and measure."""
    asked = argparse.ArgumentParser(prog="python -m benchmarks.letters")
    asked.add_argument("--quick", action="store_true", help="one short round")
    asked.add_argument("--weasyprint", default="", help="an interpreter that has WeasyPrint")
    asked.add_argument("--one", default="", help=argparse.SUPPRESS)
    options = asked.parse_args()
    if options.one:
        make_one(options.one)
        return
    show_machine()
    asyncio.run(measure(60 if options.quick else 400, 2 if options.quick else 7, options.weasyprint))


if __name__ == "__main__":
    main()
