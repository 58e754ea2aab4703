"""Notice an event loop that something holds up, say where, and let a supervisor start Postbag again.

While one piece of code holds the loop, nobody is answered and no reminder goes out. Two watches look for it. A thread counts
its own looks, not the hours of the clock: while the computer sleeps or the process is stopped it does not count either, so
waking up is no hang. What holds the interpreter itself (a pattern that runs wild, say) holds that thread too. For this there
is a timer of processor time, whose signal Python answers without the interpreter: it writes the stack into a file and, where
a supervisor is known, ends the process.
"""

from __future__ import annotations

import asyncio
import faulthandler
import logging
import os
import re
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from types import FrameType
from typing import IO

from bot.clock import Clock

log = logging.getLogger(__name__)

HELD_FOR = 10.0
"""Seconds for which the loop may be held before it counts as stuck."""

LOOK_EVERY = 1.0
PROCESSOR_SECONDS = 12.0
"""Seconds of processor time without a beat after which the second watch acts: later than the first, which says it better."""

TIME_TO_SAY_IT = 5.0
"""Seconds in which the log must have taken the words, before the process is ended without them."""

STUCK = 75
"""The exit status of a process that ended itself: EX_TEMPFAIL of sysexits.h, start it again."""

FILE = "stuck.txt"
_OURS = Path(__file__).resolve().parent.parent
_LINE = re.compile(r'^  File "([^"\n]{1,400})", line ([0-9]{1,7}) in ([^\n]{1,200})$')


@dataclass(frozen=True, slots=True)
class Stuck:
    """The last time that the loop was held: when that was noticed, and where in our code it was."""

    at: datetime
    where: str


class Watchdog:
    """Watch the running loop from ``start`` until ``stop``. ``ends``: a supervisor starts the process again, so end it.

    ``beat`` is called with every beat of the loop, about once a second. ``folder`` is where the second watch writes.
    """

    def __init__(
        self,
        clock: Clock,
        folder: Path,
        *,
        ends: bool,
        beat: Callable[[], None] | None = None,
        held_for: float = HELD_FOR,
        processor_seconds: float = PROCESSOR_SECONDS,
    ) -> None:
        self.last: Stuck | None = None
        self._clock = clock
        self._file = folder / FILE
        self._ends = ends
        self._tell = beat
        self._held_for = held_for
        self._processor_seconds = processor_seconds
        self._beats = 0
        self._said = False
        self._loop_thread = 0
        self._timer: asyncio.TimerHandle | None = None
        self._thread: threading.Thread | None = None
        self._stopping = threading.Event()
        self._dump: IO[bytes] | None = None

    def begin_to_beat(self) -> None:
        """Tell with each beat that the loop runs. A supervisor who has heard that all is ready waits for that."""
        if self._timer is None:
            self._beat()

    def start(self) -> None:
        """Begin to watch the loop that runs this. Called once all is loaded: a slow start is no hang."""
        self._loop_thread = threading.get_ident()
        self._watch_processor_time()
        self.begin_to_beat()
        self._thread = threading.Thread(target=self._watch, name="watchdog", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Watch no longer. Harmless where nothing was started."""
        if self._timer is not None:
            self._timer.cancel()
        self._stopping.set()
        if self._dump is not None:
            signal.setitimer(signal.ITIMER_PROF, 0)
            faulthandler.unregister(signal.SIGPROF)
            self._dump.close()
            self._dump = None
            self._read_dump()
            with suppress(OSError):
                self._file.unlink(missing_ok=True)
        if self._thread is not None:
            self._thread.join(LOOK_EVERY * 2)

    def _beat(self) -> None:
        self._beats += 1
        if self._dump is not None:
            signal.setitimer(signal.ITIMER_PROF, self._processor_seconds)
        if self._tell is not None:
            self._tell()
        self._timer = asyncio.get_running_loop().call_later(LOOK_EVERY, self._beat)

    # The first watch: a thread

    def _watch(self) -> None:
        beats, held, looked = self._beats, 0.0, time.monotonic()
        while not self._stopping.wait(LOOK_EVERY):
            now = time.monotonic()
            # A machine that slept, or a process that was stopped, did not hold its loop: such a gap counts as two looks.
            passed, looked = min(now - looked, 2 * LOOK_EVERY), now
            if beats != self._beats:
                if self._said:
                    log.info("the event loop goes on, after about %d seconds", round(held))
                self._read_dump()
                beats, held, self._said = self._beats, 0.0, False
                continue
            held += passed
            if held >= self._held_for and not self._said:
                self._said = True
                self._say(_ours(sys._current_frames().get(self._loop_thread)), held)

    def _say(self, where: str, held: float) -> None:
        self.last = Stuck(self._clock.now(), where)
        if self._ends:
            # What holds the loop may hold the log as well. The words are worth a moment, not a process that stays stuck.
            last_resort = threading.Timer(TIME_TO_SAY_IT, os._exit, (STUCK,))
            last_resort.daemon = True
            last_resort.start()
        log.critical(
            "the event loop has been held for %d seconds, so nobody is answered. %s It is held here: %s",
            round(held),
            "Postbag ends now, to be started again." if self._ends else "Postbag stays: no supervisor is known.",
            where,
        )
        if self._ends:
            for handler in logging.getLogger().handlers:
                with suppress(Exception):
                    handler.flush()
            os._exit(STUCK)

    # The second watch: a timer of processor time, for what holds the interpreter itself

    def _watch_processor_time(self) -> None:
        if not hasattr(signal, "setitimer") or not hasattr(faulthandler, "register"):
            return  # Windows has neither
        if threading.current_thread() is not threading.main_thread():
            return  # a signal is the main thread's
        with suppress(OSError):
            self._read_dump()
            self._file.parent.mkdir(parents=True, exist_ok=True)
            self._dump = os.fdopen(
                os.open(self._file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_APPEND, 0o600), "wb"
            )
            faulthandler.register(signal.SIGPROF, self._dump, all_threads=True, chain=self._ends)

    def _read_dump(self) -> None:
        """Say what the second watch wrote, in this run or in one that it ended, where the first has not said it."""
        try:
            text = self._file.read_text(encoding="utf-8", errors="replace")
            os.truncate(self._file, 0)
        except OSError:
            return
        if text and not self._said:
            where = _ours_in(text)
            self.last = Stuck(self._clock.now(), where)
            log.critical("the event loop had been held for over %d seconds, here: %s", self._processor_seconds, where)


def _ours(frame: FrameType | None) -> str:
    found = []
    while frame is not None:
        found.append((frame.f_code.co_filename, frame.f_lineno, frame.f_code.co_name))
        frame = frame.f_back
    return _places(found)


def _ours_in(dump: str) -> str:
    """Read a dump of Python's fault handler: each thread's frames, the innermost first."""
    threads: list[list[tuple[str, int, str]]] = []
    for line in dump.splitlines():
        if not line.startswith(" "):
            threads.append([])
        elif threads and (read := _LINE.match(line)) is not None:
            threads[-1].append((read[1], int(read[2]), read[3]))
    return " | ".join(said for said in map(_places, threads) if said != NOWHERE) or NOWHERE


NOWHERE = "none of Postbag's own code"


def _places(frames: Iterable[tuple[str, int, str]]) -> str:
    """Name our own frames as file:line:function, the innermost first; of foreign code only where it was called from."""
    said = []
    for file, line, function in frames:
        path = Path(file)
        if (
            path.is_relative_to(_OURS)
            and path.relative_to(_OURS).parts[0] in ("bot", "storage")
            and path.name != "__main__.py"
        ):
            said.append(f"{path.relative_to(_OURS).as_posix()}:{line}:{function}")
    return " < ".join(said) or NOWHERE
