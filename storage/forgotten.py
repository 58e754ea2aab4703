"""Who asked to be forgotten, kept beside the database for as long as copies of it, so that a copy put back does not bring them back.

A person's hash is made with a key of the list's own, which stands in the list sealed with the database's key. When that one is
changed, the list's key is sealed with the new one as well: so whoever was forgotten is known again in copies from before and
after the change, whichever of the two keys opens them.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Protocol

from bot.domain.errors import Refused, Unavailable
from bot.domain.identity import UserId
from bot.domain.people import BACKUP_KEPT

FORGOTTEN_KEPT = BACKUP_KEPT + timedelta(days=1)
KEY_BYTES = 32
FORGOTTEN_FILE = "forgotten"


class ListSealer(Protocol):
    """What is asked of ``bot.sealing``."""

    check: str

    def seal(self, plain: bytes) -> bytes: ...
    def open(self, sealed: bytes) -> bytes: ...


@dataclass(frozen=True, slots=True)
class Listed:
    """Who was forgotten since a moment. ``unread``: lines that cannot be read or tried; ``is_there`` False: there is no list."""

    hashes: frozenset[tuple[str, bytes]] = frozenset()
    keys: Mapping[str, bytes] | None = None
    unread: int = 0
    is_there: bool = True

    def has(self, user_id: UserId) -> bool:
        """Tell whether somebody is on the list."""
        return any((name, _hashed(key, user_id)) in self.hashes for name, key in (self.keys or {}).items())


@dataclass(frozen=True, slots=True)
class _Line:
    """One line: a key of the list (``what`` "key", named, sealed with the key of this check) or a person (``what`` "put")."""

    what: str
    at: datetime
    name: str
    value: bytes
    check: str = ""

    def __str__(self) -> str:
        return " ".join(filter(None, (self.what, self.at.isoformat(), self.name, self.check, self.value.hex())))


class Forgotten:
    """The list, with the key of the database as it is now. What cannot be read or written is said, never passed over."""

    def __init__(self, path: Path, sealer: ListSealer) -> None:
        self._path = path
        self._sealer = sealer
        self._owed: list[_Line] = []

    def begin(self, now: datetime) -> None:
        """Make the list where there is none, or none of its keys opens with the key of the database: then a new one goes on."""
        lines, _, _ = self._read()
        if not self._keys_of(lines):
            key = secrets.token_bytes(KEY_BYTES)
            self._append([self._sealed_key(self._sealer, key, now)])

    def add(self, user_id: UserId, now: datetime) -> None:
        """Note somebody who asked to be forgotten. Unavailable: it cannot be written; it is tried again with the next, and hourly."""
        self.begin(now)
        lines, _, _ = self._read()
        name, key = next(reversed(self._keys_of(lines).items()))
        self._owed.append(_Line("put", now.astimezone(UTC), name, _hashed(key, user_id)))
        self._pay()

    def since(self, when: datetime) -> Listed:
        """Give who was forgotten since a moment."""
        lines, damaged, is_there = self._read()
        keys = self._keys_of(lines)
        put = [line for line in lines if line.what == "put" and line.at >= when]
        known = frozenset((line.name, line.value) for line in put if line.name in keys)
        unknown = sum(line.name not in keys for line in put)
        return Listed(known, keys, damaged + unknown, is_there)

    def carry_over(self, new: ListSealer, now: datetime) -> None:
        """Seal the list's keys with another key as well, before the database is sealed with it."""
        lines, _, _ = self._read()
        keys = self._keys_of(lines)
        kept = [line if line.name not in keys or line.what != "key" else _renewed(line, now) for line in lines]
        self._write([*kept, *(self._sealed_key(new, key, now) for key in keys.values())])

    def tidy(self, now: datetime, before: timedelta = timedelta(0)) -> None:
        """Let go of what no copy holds any more. ``before``: so long before its time."""
        if self._owed:
            self._pay()
        lines, damaged, _ = self._read()
        oldest = now - FORGOTTEN_KEPT + before
        left = [
            line for line in lines if line.at >= oldest or (line.what == "key" and line.check == self._sealer.check)
        ]
        if len(left) < len(lines) or damaged:
            self._write(left)

    def _keys_of(self, lines: Iterable[_Line]) -> dict[str, bytes]:
        found = {}
        for line in lines:
            if line.what == "key" and line.check == self._sealer.check:
                with suppress(Refused):
                    found[line.name] = self._sealer.open(line.value)
        return found

    def _sealed_key(self, sealer: ListSealer, key: bytes, now: datetime) -> _Line:
        name = hmac.digest(key, b"name of this list", hashlib.sha256)[:6].hex()
        return _Line("key", now.astimezone(UTC), name, sealer.seal(key), sealer.check)

    def _pay(self) -> None:
        self._append(self._owed)
        self._owed.clear()

    def _append(self, lines: Iterable[_Line]) -> None:
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            handle = os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
            with os.fdopen(handle, "a", encoding="ascii") as file:
                file.writelines(f"{line}\n" for line in lines)
                file.flush()
                os.fsync(file.fileno())
        except OSError as error:
            raise _not_written(self._path, error) from None

    def _write(self, lines: Iterable[_Line]) -> None:
        unfinished = self._path.with_name(f"{self._path.name}.new")
        try:
            handle = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            with os.fdopen(handle, "w", encoding="ascii") as file:
                file.writelines(f"{line}\n" for line in lines)
                file.flush()
                os.fsync(file.fileno())
            unfinished.replace(self._path)
        except OSError as error:
            raise _not_written(self._path, error) from None

    def _read(self) -> tuple[list[_Line], int, bool]:
        """Give the lines, the number of those that cannot be read, and whether there is a list. Refused: it cannot be opened."""
        try:
            text = self._path.read_text(encoding="ascii", errors="replace")
        except FileNotFoundError:
            return [], 0, False
        except OSError as error:
            raise Refused(
                f"The list of who asked to be forgotten, {self._path}, cannot be read: {error.strerror}.",
                f"Let the user that runs Postbag read it: chown it to that user, then chmod 600 '{self._path}'",
            ) from None
        found, damaged = [], 0
        for written in text.splitlines():
            try:
                found.append(_line(written))
            except ValueError:
                damaged += 1
        return found, damaged, True


def _line(written: str) -> _Line:
    what, at, name, *rest = written.split(" ")
    if (what, len(rest)) not in (("key", 2), ("put", 1)):
        raise ValueError("not a line of the list")
    moment = datetime.fromisoformat(at)
    if moment.tzinfo is None:
        raise ValueError("a moment without a zone")
    return _Line(what, moment, name, bytes.fromhex(rest[-1]), rest[0] if what == "key" else "")


def _renewed(line: _Line, now: datetime) -> _Line:
    """Keep a key of the list for as long as the copies that only the former key of the database opens."""
    return _Line(line.what, now.astimezone(UTC), line.name, line.value, line.check)


def _hashed(key: bytes, user_id: UserId) -> bytes:
    return hmac.digest(key, str(int(user_id)).encode(), hashlib.sha256)


def _not_written(path: Path, error: OSError) -> Unavailable:
    return Unavailable(
        f"The list of who asked to be forgotten, {path}, cannot be written: {error.strerror}.",
        "Make room on the disk, or let the user that runs Postbag write there.",
    )
