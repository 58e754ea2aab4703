"""Timelines as a picture (PNG), set by typst in a worker thread; typst is loaded when the first one is made."""

from __future__ import annotations

import asyncio
import json
import tempfile
import threading
from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING

from bot.documents.fonts import ARABIC, HAN
from bot.documents.page import is_right_to_left
from bot.documents.pdf import SERIF
from bot.domain.errors import Unavailable
from bot.domain.reports import long_date
from bot.domain.timelines import Mark, Timeline
from bot.resources import templates_folder
from bot.services.ports.files import File

if TYPE_CHECKING:
    import typst

SANS = ("Noto Sans", "Open Sans", "Liberation Sans", "DejaVu Sans", "Arial", "Helvetica Neue", "Segoe UI")
PER_PICTURE = 4
"""Timelines that one picture shows, so that it stays readable on a phone."""

TITLE_SHOWN = 120
# Three pixels to a point: a telephone shows a picture enlarged, and its words must stay sharp.
PIXELS_PER_INCH = 216.0
ALT_LIMIT = 1000
"""Discord takes 1,024 characters of alt text."""


class TimelineMaker:
    """Draw timelines, one picture at a time: typst's compiler is not safe across threads, so one is held behind a lock."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._compiler: typst.Compiler | None = None
        self._families: frozenset[str] = frozenset()
        self._source = b""

    async def __call__(self, timelines: Sequence[Timeline], today: date) -> File:
        """Draw the first ``PER_PICTURE`` timelines. Unavailable: it cannot be drawn."""
        return await asyncio.to_thread(self._make, timelines[:PER_PICTURE], len(timelines), today)

    def _make(self, timelines: Sequence[Timeline], total: int, today: date) -> File:
        import typst

        left = total - len(timelines)
        data = {
            "rows": [_row(timeline) for timeline in timelines],
            "today": long_date(today),
            "more": f"and {left} more: see /deadlines list" if left else "",
        }
        with self._lock:
            if self._compiler is None:
                self._open()
            assert self._compiler is not None
            data["fonts"] = self._fonts()
            try:
                made = self._compiler.compile(
                    self._source, format="png", ppi=PIXELS_PER_INCH, sys_inputs={"timeline": json.dumps(data)}
                )
            except typst.TypstError:
                raise Unavailable(
                    "Postbag couldn't make the picture.", "The text says everything it would show."
                ) from None
        assert isinstance(made, bytes)
        return File("timeline.png", "image/png", made, alt_text(timelines, left))

    def _open(self) -> None:
        import typst

        self._source = (templates_folder() / "documents" / "timeline.typ").read_bytes()
        fonts = typst.Fonts(include_system_fonts=True)
        self._families = frozenset(fonts.families())
        with tempfile.TemporaryDirectory() as empty:  # nothing that a title names can be read from this machine
            self._compiler = typst.Compiler(root=empty, font_paths=fonts, package_path=empty, package_cache_path=empty)

    def _fonts(self) -> list[str]:
        found = (next((name for name in names if name in self._families), None) for names in (SANS, ARABIC, HAN))
        return list(dict.fromkeys([*filter(None, found), SERIF]))


def alt_text(timelines: Sequence[Timeline], left: int = 0) -> str:
    """Say in words what a picture shows, within what Discord takes."""
    lines = [f"{timeline.title}: {'; '.join(point.line for point in timeline.points)}." for timeline in timelines]
    if left:
        lines.append(f"And {left} more.")
    said = "Timeline of dates. " + " ".join(lines)
    return said if len(said) <= ALT_LIMIT else f"{said[: ALT_LIMIT - 1]}…"


def _row(timeline: Timeline) -> dict[str, object]:
    title = timeline.title if len(timeline.title) <= TITLE_SHOWN else f"{timeline.title[: TITLE_SHOWN - 1]}…"
    span = max(1, (timeline.ends - timeline.begins).days)

    def place(day: date) -> float:
        return (day - timeline.begins).days / span if timeline.ends > timeline.begins else 0.5

    late = None
    if timeline.late_from is not None and timeline.late_until is not None:
        late = [place(timeline.late_from), place(timeline.late_until)]
    ended = [point.on for point in timeline.points if point.mark in (Mark.RECEIVED, Mark.ENDED)]
    reached = min([max(timeline.today, timeline.begins), timeline.ends, *ended])
    return {
        "title": title,
        "rtl": is_right_to_left(title),
        "state": timeline.state,
        "reached": place(reached) if timeline.ends > timeline.begins else 0,
        "late": late,
        "points": [
            {"mark": point.mark.name.lower(), "at": place(point.on), "line": point.line} for point in timeline.points
        ],
    }
