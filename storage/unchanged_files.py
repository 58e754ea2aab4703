"""A SQLite file read without changing it or anything beside it, whether a Postbag runs on it or not."""

from __future__ import annotations

import os
import shutil
import tempfile
from contextlib import AsyncExitStack, ExitStack
from pathlib import Path

from bot.domain.errors import NotFound


def readable(path: Path, stack: AsyncExitStack | ExitStack) -> tuple[Path, bool]:
    """Give the file to read, and whether it stays as it is meanwhile."""
    if not path.exists():
        raise NotFound(f"There's no database at {path}.", "Start Postbag once, or correct database.url.")
    log = path.with_name(f"{path.name}-wal")
    if in_use(path):
        return path, False
    if not log.exists() or not log.stat().st_size:
        path.open("rb").close()
        return path, True
    folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="postbag-")))
    for file in (path, log):
        shutil.copyfile(file, folder / file.name)
    return folder / path.name, False


def in_use(path: Path) -> bool:
    """Say whether a Postbag runs on a SQLite file: it holds the lock beside it. No lock is made to find out."""
    lock = path.with_name(f"{path.name}.lock")
    if not lock.exists():
        return False
    try:
        import fcntl
    except ModuleNotFoundError:  # Windows: to be read as if it were
        return True
    try:
        handle = os.open(lock, os.O_RDONLY)
    except OSError:
        return True
    try:
        fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except OSError:
        return True
    finally:
        os.close(handle)
    return False
