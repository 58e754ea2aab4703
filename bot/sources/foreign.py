"""Foreign files read apart: pages, PDFs and set-up files go to a process of their own, and come back as checked data.

A page or a PDF may be made to cost minutes or gigabytes, and Python holds its lock while a pattern runs: a thread would
stop the bot for everybody. So a child process reads (``foreign_child.py``), with an empty environment and limits of time
and memory; only what it answers, bounded in size and checked field by field, comes in here.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from pathlib import Path
from typing import Any, TypeVar, get_type_hints

from pydantic import TypeAdapter, ValidationError

from bot.domain.drafts import DraftAnswers, DraftReport, SavedPage
from bot.domain.errors import PostbagError, Refused, Unavailable
from bot.domain.guilds import GuildSettings
from bot.domain.identity import GuildId, UserId
from bot.domain.moving import SETTINGS, GroupFile
from bot.domain.own_letters import HINT, OwnLetter

log = logging.getLogger(__name__)

CHILD = Path(__file__).with_name("foreign_child.py")
SECONDS = 20.0
# Several times what a real report takes: a file that is made to grow ends its child, never the machine's memory.
MEMORY = 512 * 1024 * 1024
LARGEST_ANSWER = 1024 * 1024
"""Bytes of JSON that a child may answer: more than any report's list, by several times."""
# Reading is all computation: two at once leave even a small machine some time for the event loop.
AT_ONCE = 2
WAITING = 16
_Kind = TypeVar("_Kind", DraftReport, DraftAnswers, GroupFile, OwnLetter)
OWN_LETTER = "own letter"
SMALLER = "Give only the page with the list of recommendations, or copy the list and paste it as text."


class ForeignReader:
    """Reads foreign files: one at a time for each group or writer, a few at once in all, in threads that do nothing else.

    A thread here only waits for its child. Fits the ports ``PageReader``, ``GroupFileReader`` and ``OwnLetterReader``.
    """

    def __init__(self, *, seconds: float = SECONDS) -> None:
        self._seconds = seconds
        self._pool = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="foreign")
        self._groups: set[GuildId | str | None] = set()
        """For whom something is read; a writer is named by a word, so that no writer is taken for a group."""
        self._children: set[subprocess.Popen[bytes]] = set()

    async def report(self, group: GuildId | None, pages: Sequence[SavedPage]) -> DraftReport:
        """Read one report from all its pages."""
        return await self._apart(group, "report", pages, DraftReport)

    async def answers(self, group: GuildId | None, pages: Sequence[SavedPage]) -> DraftAnswers:
        """Read one Government response from all its pages."""
        return await self._apart(group, "answers", pages, DraftAnswers)

    async def group_file(self, group: GuildId | None, content: bytes) -> GroupFile:
        """Read the file of a group's set-up."""
        return await self._apart(group, "group file", [SavedPage("group.json", content)], GroupFile)

    async def own_letter(self, owner: UserId, file: SavedPage) -> OwnLetter:
        """Take the day and one sentence from a letter that its writer hands back."""
        return await self._apart(f"writer {owner}", OWN_LETTER, [file], OwnLetter)

    def close(self) -> None:
        """End every child and take no more."""
        self._pool.shutdown(wait=False, cancel_futures=True)
        for child in tuple(self._children):
            child.kill()
        self._pool.shutdown()

    async def _apart(
        self, group: GuildId | str | None, job: str, pages: Sequence[SavedPage], kind: type[_Kind]
    ) -> _Kind:
        if group in self._groups:
            whose = "your last file" if job == OWN_LETTER else "the last file from your group"
            raise Refused(f"Postbag is still reading {whose}.", "Wait half a minute, then try again.")
        if len(self._groups) >= WAITING:
            raise Unavailable("Postbag is busy reading other files.", "Try again in a minute.")
        self._groups.add(group)
        try:
            loop = asyncio.get_running_loop()
            return await loop.run_in_executor(self._pool, self._read, job, pages, kind)
        finally:
            self._groups.discard(group)

    def _read(self, job: str, pages: Sequence[SavedPage], kind: type[_Kind]) -> _Kind:
        return read_apart(job, pages, kind, seconds=self._seconds, known=self._known)

    @contextlib.contextmanager
    def _known(self, child: subprocess.Popen[bytes]) -> Iterator[None]:
        self._children.add(child)
        try:
            yield
        finally:
            self._children.discard(child)


def read_apart(
    job: str,
    pages: Sequence[SavedPage],
    kind: type[_Kind],
    *,
    seconds: float = SECONDS,
    memory: int = MEMORY,
    known: Callable[[subprocess.Popen[bytes]], contextlib.AbstractContextManager[None]] | None = None,
) -> _Kind:
    """Read files in a child process and wait for it. Refused: as the reading says, or it cost too much; nothing is kept then."""
    if sum(len(page.content) for page in pages) > 64 * 1024 * 1024:
        raise Refused("Together, those files are far too large.", SMALLER)
    answer = _ask_child(job, pages, seconds, memory, known or (lambda _: contextlib.nullcontext()))
    if "refused" in answer:
        message, next_step = (str(part)[:1000] for part in answer["refused"])
        raise Refused(message, next_step)
    if "stopped" in answer:
        raise _WHY[answer["stopped"]](HINT if job == OWN_LETTER else SMALLER)
    if "broken" in answer:
        log.warning("a foreign file could not be read: %s", str(answer["broken"])[:200])
        raise Refused("Postbag couldn't read that file.", HINT if job == OWN_LETTER else SMALLER)
    try:
        return _checked(kind, answer["done"])
    except (ValidationError, KeyError, TypeError, AttributeError):
        log.warning("a child's answer was not of the shape it should have: %s", job)
        raise Refused("Postbag couldn't read that file.", HINT if job == OWN_LETTER else SMALLER) from None


def _ask_child(
    job: str,
    pages: Sequence[SavedPage],
    seconds: float,
    memory: int,
    known: Callable[[subprocess.Popen[bytes]], contextlib.AbstractContextManager[None]],
) -> Mapping[str, Any]:
    head = json.dumps({"job": job, "pages": [[page.name, len(page.content)] for page in pages]}) + "\n"
    try:
        child = subprocess.Popen(  # noqa: S603
            [sys.executable, "-I", "-B", str(CHILD), str(max(1, round(seconds))), str(memory)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=_environment(),
            close_fds=True,
            cwd=CHILD.parent,
        )
    except OSError:
        raise Unavailable("This computer can't read a file just now.", "Try again in a minute.") from None
    late = threading.Event()

    def stop() -> None:
        late.set()
        child.kill()

    clock = threading.Timer(seconds, stop)
    feeding = threading.Thread(target=_feed, args=(child, [head.encode(), *(p.content for p in pages)]), daemon=True)
    with known(child):
        clock.start()
        feeding.start()
        try:
            assert child.stdout is not None
            said = child.stdout.read(LARGEST_ANSWER + 1)
        finally:
            clock.cancel()
            child.kill()
            child.wait()
            feeding.join()
            for pipe in (child.stdin, child.stdout):
                if pipe is not None:
                    with contextlib.suppress(OSError):
                        pipe.close()
    if len(said) > LARGEST_ANSWER:
        return {"stopped": "size"}
    if late.is_set():
        return {"stopped": "time"}
    try:
        answer = json.loads(said)
    except ValueError:
        return {"stopped": "time" if child.returncode == -24 else "killed"}  # SIGXCPU: its processor time was used up
    return answer if isinstance(answer, dict) else {"stopped": "killed"}


def _feed(child: subprocess.Popen[bytes], parts: Sequence[bytes]) -> None:
    assert child.stdin is not None
    with contextlib.suppress(OSError, ValueError):
        for part in parts:
            child.stdin.write(part)
        child.stdin.close()


def _environment() -> dict[str, str]:
    """Give the child nothing: no token, no address, no settings. Windows alone needs to know where it is itself."""
    return {"SYSTEMROOT": os.environ["SYSTEMROOT"]} if os.name == "nt" and "SYSTEMROOT" in os.environ else {}


_WHY: Mapping[str, Callable[[str], PostbagError]] = {
    "time": lambda hint: Refused(f"That took more than {SECONDS:.0f} seconds to read, so Postbag stopped.", hint),
    "memory": lambda hint: Refused("That file takes too much memory to read, so Postbag stopped.", hint),
    "size": lambda hint: Refused("That file has far more in it than Postbag can use.", hint),
    "killed": lambda hint: Refused(
        "Postbag was stopped while it was reading that file.", f"Try again. If it happens again: {hint}"
    ),
}


def _checked(kind: type[_Kind], done: Any) -> _Kind:
    if kind is GroupFile:
        settings = done["settings"]
        hints = get_type_hints(GuildSettings)
        allowed = {
            name: TypeAdapter(hints[name]).validate_python(settings[name]) for name in SETTINGS if name in settings
        }
        done = {**done, "settings": allowed}
    checked: _Kind = _shapes()[kind.__name__].validate_python(done)
    return checked


@cache
def _shapes() -> Mapping[str, TypeAdapter[Any]]:
    return {kind.__name__: TypeAdapter(kind) for kind in (DraftReport, DraftAnswers, GroupFile, OwnLetter)}
