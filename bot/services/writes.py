"""Whether anything was written while somebody was being answered, so that what is said of a lost answer is true."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Any
from weakref import WeakKeyDictionary


@dataclass(slots=True)
class Written:
    """Whether something was changed, here or on Discord, in answer to one command or press."""

    anything: bool = False


class Writes:
    """Looks out for what each task writes. Whoever commits says it (``happened``), so that nobody has to remember to."""

    def __init__(self) -> None:
        self._by_task: WeakKeyDictionary[asyncio.Task[Any], Written] = WeakKeyDictionary()

    def watch(self) -> Written:
        """Begin to look out in this task, to its end."""
        written = Written()
        task = asyncio.current_task()
        if task is not None:
            self._by_task[task] = written
        return written

    def happened(self) -> None:
        """Say that this task changed something."""
        task = asyncio.current_task()
        written = self._by_task.get(task) if task is not None else None
        if written is not None:
            written.anything = True
