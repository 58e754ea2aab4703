"""A group's report as a picture (PNG): bars with their numbers written in, and the dates that come. Set by typst."""

from __future__ import annotations

import asyncio
import json
import tempfile
import threading
from typing import Any

from bot.documents.fonts import ARABIC, HAN
from bot.documents.pdf import SERIF
from bot.documents.timeline import ALT_LIMIT, PIXELS_PER_INCH, SANS
from bot.domain.counts import Cells, GroupReport
from bot.domain.errors import Unavailable
from bot.domain.reports import long_date
from bot.resources import templates_folder
from bot.services.ports.files import File

BARS = 8
REST = "Others together"


class CountsMaker:
    """Draw reports, one at a time: typst's compiler is not safe across threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()

    async def __call__(self, report: GroupReport) -> File:
        """Draw a report. Unavailable: it cannot be drawn."""
        return await asyncio.to_thread(self._make, report)

    def _make(self, report: GroupReport) -> File:
        import typst

        source = (templates_folder() / "documents" / "counts.typ").read_bytes()
        with self._lock, tempfile.TemporaryDirectory() as empty:
            fonts = typst.Fonts(include_system_fonts=True)
            known = frozenset(fonts.families())
            found = (next((name for name in names if name in known), None) for names in (SANS, ARABIC, HAN))
            data = {**_data(report), "fonts": list(dict.fromkeys([*filter(None, found), SERIF]))}
            compiler = typst.Compiler(root=empty, font_paths=fonts, package_path=empty, package_cache_path=empty)
            try:
                made = compiler.compile(
                    source, format="png", ppi=PIXELS_PER_INCH, sys_inputs={"counts": json.dumps(data)}
                )
            except typst.TypstError:
                raise Unavailable(
                    "Postbag couldn't make the picture.", "The text says everything it would show."
                ) from None
        assert isinstance(made, bytes)
        return File("report.png", "image/png", made, alt_text(report))


def alt_text(report: GroupReport) -> str:
    """Say in words what a picture shows, within what Discord takes."""
    data = _data(report)
    parts = [data["headline"]]
    for block in data["blocks"]:
        parts.append(f"{block['title']}: " + "; ".join(f"{bar['name']} {bar['number']}" for bar in block["bars"]) + ".")
    if data["coming"]:
        parts.append("Next: " + "; ".join(f"{point['day']}, {point['title']}" for point in data["coming"]) + ".")
    said = " ".join(parts)
    return said if len(said) <= ALT_LIMIT else f"{said[: ALT_LIMIT - 1]}…"


def _data(report: GroupReport) -> dict[str, Any]:
    figures = report.figures
    if figures is None:
        headline = f"Fewer than {report.care.fewest} people, or not released yet."
    else:
        headline = f"{figures.letters} letters reported, as of {long_date(figures.released_at.date())}."
    named = (("Replies", report.kinds), ("Recommendations", report.items), ("Constituencies", report.seats))
    blocks = [{"title": title, "bars": _bars(cells)} for title, cells in named if cells.shown or cells.rest]
    span = max(1, (report.coming[-1][0] - report.today).days) if report.coming else 1
    return {
        "headline": headline,
        "blocks": blocks,
        "coming": [
            {"day": long_date(day), "title": _clip(title), "at": (day - report.today).days / span}
            for day, title in report.coming
        ],
        "note": f"Every number has {report.care.fewest} people or more behind it.",
    }


def _bars(cells: Cells) -> list[dict[str, object]]:
    left = cells.rest + sum(number for _, number in cells.shown[BARS:])
    pairs = [*cells.shown[:BARS], *([(REST, left)] if left else [])]
    most = max(number for _, number in pairs)
    return [{"name": _clip(name), "number": number, "part": number / most} for name, number in pairs]


def _clip(text: str) -> str:
    return text if len(text) <= 70 else f"{text[:69]}…"
