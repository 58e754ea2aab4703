"""Foreign files are read in a process apart: with limits, without our environment, and never in anybody's way."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import signal
import subprocess
import sys
import time
import zlib
from collections.abc import Iterator
from pathlib import Path

import pytest
import typst

from benchmarks.report_shapes import pdf_source, response_headed, single
from bot.domain.drafts import DraftAnswers, DraftReport, SavedPage
from bot.domain.errors import Refused, Unavailable
from bot.domain.guilds import GuildSettings
from bot.domain.identity import GuildId
from bot.domain.moving import GroupFile, read, write_group_file
from bot.sources import foreign
from bot.sources.foreign import ForeignReader, read_apart
from bot.sources.report_pages import read_answers, read_report

ROOT = Path(__file__).resolve().parents[2]
ONE, OTHER = GuildId(1), GuildId(2)
HAS_PROC = Path("/proc/self/environ").exists()


def stuck(folder: Path) -> Path:
    """Write a child that holds Python's lock for ever, as a pattern does that can match one text in very many ways."""
    child = folder / "stuck.py"
    child.write_text("import re\nre.match('(a+)+$', 'a' * 60 + 'b')\n")
    return child


def pdf_of(stream: bytes, *, packed: bool = True) -> bytes:
    data = zlib.compress(stream, 9) if packed else stream
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 99 99] /Contents 4 0 R /Resources << /Font << /F 5 0 R >> >> >>",
        b"<< /Length %d %s >>\nstream\n" % (len(data), b"/Filter /FlateDecode" if packed else b"")
        + data
        + b"\nendstream",
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    whole, places = b"%PDF-1.7\n", []
    for number, content in enumerate(objects, 1):
        places.append(len(whole))
        whole += b"%d 0 obj\n" % number + content + b"\nendobj\n"
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    return whole + b"xref\n0 6\n0000000000 65535 f \n%strailer << /Size 6 /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF" % (
        table, len(whole),
    )  # fmt: skip


def test_what_comes_back_is_what_the_reading_gives() -> None:
    assert read_apart("report", single(), DraftReport) == read_report(single())
    answers = response_headed()
    assert read_apart("answers", answers, DraftAnswers) == read_answers(answers)
    pdf = [SavedPage("list.pdf", typst.compile(pdf_source().encode()))]
    assert read_apart("report", pdf, DraftReport) == read_report(pdf)


def test_a_set_up_file_comes_back_whole() -> None:
    from datetime import UTC, datetime
    from datetime import time as clock

    settings = GuildSettings(ONE, quiet_from=clock(22, 0), quiet_until=clock(7, 30), ladder=(-7, 0, 3))
    content = write_group_file(settings, ["never-again"], [], [], [], [], at=datetime(2026, 11, 1, tzinfo=UTC), by="1")
    given = [SavedPage("group.json", content)]
    assert read_apart("group file", given, GroupFile) == read(content)
    with pytest.raises(Refused, match="can't read that file as JSON"):
        read_apart("group file", [SavedPage("group.json", b"[" * 100_000)], GroupFile)


def test_a_refusal_keeps_its_words() -> None:
    with pytest.raises(Refused, match="a zip archive") as refused:
        read_apart("report", [SavedPage("x.html", b"PK\x03\x04" + bytes(50))], DraftReport)
    assert "HTML only" in refused.value.next_step


@pytest.mark.skipif(not HAS_PROC, reason="needs /proc")
def test_the_child_s_environment_is_empty(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DISCORD_TOKEN", "a-token-that-is-nobody-s")
    seen: list[bytes] = []

    @contextlib.contextmanager
    def look(child: subprocess.Popen[bytes]) -> Iterator[None]:
        while Path(f"/proc/{child.pid}/cmdline").read_bytes() == Path("/proc/self/cmdline").read_bytes():
            time.sleep(0.01)
        seen.append(Path(f"/proc/{child.pid}/environ").read_bytes())
        yield

    read_apart("report", single(), DraftReport, known=look)
    assert seen == [b""]


def test_too_long_is_said_and_nothing_is_left(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(foreign, "CHILD", stuck(tmp_path))
    children: list[subprocess.Popen[bytes]] = []

    @contextlib.contextmanager
    def note(child: subprocess.Popen[bytes]) -> Iterator[None]:
        children.append(child)
        yield

    with pytest.raises(Refused, match="seconds to read, so Postbag stopped"):
        read_apart("report", single(), DraftReport, seconds=0.5, known=note)
    assert children[0].returncode is not None


def test_too_much_memory_is_said() -> None:
    flood = [SavedPage("x.txt", ("1. We recommend \U0001f3ee (Paragraph 1)\n" * 300_000).encode())]
    with pytest.raises(Refused, match="too much memory"):
        read_apart("report", flood, DraftReport, memory=180 * 1024 * 1024)


def test_a_bomb_in_a_pdf_costs_the_child_alone() -> None:
    bomb = SavedPage("bomb.pdf", pdf_of(b"BT /F 9 Tf (a) Tj ET " * 15_000_000))
    assert len(bomb.content) < 1024 * 1024
    with pytest.raises(Refused, match=r"bomb\.pdf is damaged|too much memory|seconds to read|cut short"):
        read_apart("report", [bomb], DraftReport)


def test_a_child_that_is_killed_is_said() -> None:
    @contextlib.contextmanager
    def kill(child: subprocess.Popen[bytes]) -> Iterator[None]:
        child.kill()
        yield

    with pytest.raises(Refused, match="was stopped while"):
        read_apart("report", single(), DraftReport, known=kill)


def test_an_answer_too_large_or_of_another_shape_is_refused(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    child = tmp_path / "child.py"
    for said, words in (
        ("'x' * 9_000_000", "far more in it"),
        ('\'{"done": {"items": [{"label": 3}]}}\'', "couldn't read"),
        ("'{\"done\": 5}'", "couldn't read"),
        ('\'{"broken": "ValueError at page_items.py:3"}\'', "couldn't read"),
        ("'not json'", "was stopped while"),
        ("'[]'", "was stopped while"),
    ):
        child.write_text(f"import sys\nsys.stdin.read()\nsys.stdout.write({said})\n")
        monkeypatch.setattr(foreign, "CHILD", child)
        with caplog.at_level(logging.WARNING), pytest.raises(Refused, match=words):
            read_apart("report", single(), DraftReport)
    assert "page_items.py:3" in caplog.text


@pytest.mark.skipif(os.name != "posix", reason="signals")
def test_a_killed_parent_leaves_no_child_behind(tmp_path: Path) -> None:
    script = tmp_path / "parent.py"
    script.write_text(
        "import contextlib\n"
        "from bot.domain.drafts import DraftReport, SavedPage\n"
        "from bot.sources.foreign import read_apart\n"
        "@contextlib.contextmanager\n"
        "def tell(child):\n"
        "    print(child.pid, flush=True)\n"
        "    yield\n"
        "page = ('<html><body>' + '<a href=\"#1\">2</a>' * 270_000).encode()\n"
        "read_apart('report', [SavedPage(f'{n}.html', page) for n in range(7)], DraftReport, known=tell)\n"
    )
    parent = subprocess.Popen(
        [sys.executable, str(script)], stdout=subprocess.PIPE, env={**os.environ, "PYTHONPATH": str(ROOT)}
    )
    assert parent.stdout is not None
    child = int(parent.stdout.readline())
    time.sleep(1)
    parent.send_signal(signal.SIGKILL)
    parent.wait()
    parent.stdout.close()
    until = time.monotonic() + 40
    while _runs(child) and time.monotonic() < until:
        time.sleep(0.2)
    assert not _runs(child)


def _runs(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    stat = Path(f"/proc/{pid}/stat")
    with contextlib.suppress(OSError):
        return (
            stat.read_text().rsplit(")", 1)[1].split()[0] != "Z"
        )  # a zombie runs no more; only nobody has asked after it
    return True


@pytest.mark.asyncio
async def test_one_at_a_time_for_a_group_and_others_go_on(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    reader = ForeignReader(seconds=30)
    real = foreign.CHILD
    monkeypatch.setattr(foreign, "CHILD", stuck(tmp_path))
    hanging = asyncio.create_task(reader.report(ONE, single()))
    await asyncio.sleep(0.3)
    monkeypatch.setattr(foreign, "CHILD", real)
    with pytest.raises(Refused, match="still reading the last file"):
        await reader.answers(ONE, single())
    assert len((await reader.report(OTHER, single())).items) == 8
    assert not hanging.done()
    waiting = [asyncio.create_task(reader.report(GuildId(n), single())) for n in range(3, 3 + foreign.WAITING - 1)]
    await asyncio.sleep(0)
    with pytest.raises(Unavailable, match="busy reading other files"):
        await reader.report(GuildId(99), single())
    assert await asyncio.to_thread(lambda: "free") == "free"
    assert all(len(draft.items) == 8 for draft in await asyncio.gather(*waiting))
    await asyncio.to_thread(reader.close)
    with pytest.raises(Refused, match="was stopped while"):
        await hanging
