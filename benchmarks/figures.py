"""What the measurements share: percentiles, tables, the machine in one line, memory of a process."""

from __future__ import annotations

import os
import platform
import statistics
import subprocess
from collections.abc import Sequence
from pathlib import Path


def percentile(values: Sequence[float], part: float) -> float:
    """Give the value that a part (0.99) of all stays at or under."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(part * len(ordered)))]


def median(values: Sequence[float]) -> float:
    """Give the middle value."""
    return statistics.median(values)


def between(values: Sequence[float], form: str) -> str:
    """Write the median with the least and most: ``1.2 (1.1-1.4)``."""
    return f"{median(values):{form}} ({min(values):{form}}–{max(values):{form}})"


def show_table(title: str, headings: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Print a Markdown table, ready for ``README.md``."""
    widths = [max(len(row[n]) for row in (headings, *rows)) for n in range(len(headings))]
    print(f"\n{title}\n")
    for row in (headings, ["-" * width for width in widths], *rows):
        print("| " + " | ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) + " |")


def show_machine() -> None:
    """Print what the figures were measured on, and how busy it was."""
    load = os.getloadavg()[0] if hasattr(os, "getloadavg") else float("nan")
    print(
        f"{os.cpu_count()} cores, Python {platform.python_version()}, {platform.system()}; load at the start {load:.1f}",
        flush=True,
    )


def without_own_settings(compiled: str | None = None) -> dict[str, str]:
    """Give an environment in which nobody's settings of Postbag or Python matter.

    ``compiled`` is a folder to keep compiled modules in, as Python does by itself in a folder that it may write to.
    """
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("POSTBAG_", "PYTHON", "DISCORD_TOKEN"))}
    root = str(Path(__file__).resolve().parents[1])
    return kept | {"PYTHONPATH": root} | ({"PYTHONPYCACHEPREFIX": compiled} if compiled else {})


def resident_mb(pid: int) -> float:
    """Give the resident memory of a process in MB (10^6 bytes)."""
    status = Path(f"/proc/{pid}/status")
    if status.exists():
        line = next(line for line in status.read_text(encoding="ascii").splitlines() if line.startswith("VmRSS"))
        return int(line.split()[1]) * 1024 / 1e6
    shown = subprocess.run(["ps", "-o", "rss=", "-p", str(pid)], capture_output=True, text=True, check=True)
    return int(shown.stdout) * 1024 / 1e6
