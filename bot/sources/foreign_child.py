"""The process in which a foreign file is read: nothing of Postbag is in it but the reading itself.

It is started by ``foreign.py`` with an empty environment, limits its own time and memory, reads one job from its standard
input, writes one answer as JSON and ends. Whatever a file does to it, the bot beside it goes on.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import threading
import time
from dataclasses import asdict
from pathlib import Path
from typing import Any

SLACK = 5
"""Seconds after which a child that nobody waits for any more is ended by its own alarm."""


def main() -> None:
    """Read one job, answer it."""
    seconds, memory = (int(told) for told in sys.argv[1:3])
    _limit(seconds, memory)
    _end_with_parent()
    sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
    try:
        answer: dict[str, Any] = _answer()
    except MemoryError:
        answer = {"stopped": "memory"}
    sys.stdout.buffer.write(json.dumps(answer, ensure_ascii=False, default=str).encode("utf-8", "replace"))
    sys.stdout.buffer.flush()
    os._exit(0)


def _answer() -> dict[str, Any]:
    from bot.domain.errors import PostbagError

    told = json.loads(sys.stdin.buffer.readline())
    pages = [(str(name), sys.stdin.buffer.read(size)) for name, size in told["pages"]]
    try:
        return {"done": _work(told["job"], pages)}
    except PostbagError as error:
        return {"refused": [error.message, error.next_step]}
    except RecursionError:
        return {"stopped": "memory"}
    except MemoryError:
        raise
    except Exception as error:
        return {"broken": f"{type(error).__name__} {_place_of(error)}"}


def _work(job: str, pages: list[tuple[str, bytes]]) -> dict[str, Any]:
    if job == "group file":
        from bot.domain.moving import read

        return asdict(read(pages[0][1]))
    from bot.domain.drafts import SavedPage

    if job == "own letter":
        from bot.sources.own_letter_files import read_own_letter

        return asdict(read_own_letter(SavedPage(*pages[0])))
    from bot.sources.report_pages import read_answers, read_report

    saved = [SavedPage(name, content) for name, content in pages]
    return asdict(read_report(saved)) if job == "report" else asdict(read_answers(saved))


def _place_of(error: Exception) -> str:
    """Say where in our code it happened; never what was in the file."""
    trace, place = error.__traceback__, ""
    while trace is not None:
        name = Path(trace.tb_frame.f_code.co_filename).name
        place = f"at {name}:{trace.tb_lineno}" if name != "foreign_child.py" else place
        trace = trace.tb_next
    return place


def _limit(seconds: int, memory: int) -> None:
    if hasattr(os, "nice"):
        os.nice(10)  # whoever waits for an answer goes before whoever gave a file
    try:
        import resource
    except ImportError:  # Windows: the parent's clock is the only limit
        return
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 1))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    signal.alarm(seconds + SLACK)


def _end_with_parent() -> None:
    """End soon after a parent that was killed: its pipes do not tell a child that is busy."""
    parent = os.getppid()

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(0.5)
        os._exit(1)

    if os.name == "posix":
        threading.Thread(target=watch, daemon=True).start()


if __name__ == "__main__":
    main()
