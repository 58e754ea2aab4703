"""Sealing at rest: user ids and personal texts are encrypted with a key that lies outside the database."""

from __future__ import annotations

import asyncio
import base64
import binascii
import hashlib
import hmac
import os
import re
import secrets
import stat
from collections.abc import Iterable
from pathlib import Path
from typing import Protocol

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from bot.domain.errors import Refused

KEY_BYTES = 32
# What AES-GCM is made for; another length would be hashed first, and weaker.
NONCE_BYTES = 12
MARK = "postbag-key-1:"
"""What a key file begins with, so that another file is not taken for one."""
FORMAT = b"\x01"
"""The first byte of everything sealed: the way in which it was."""
CHECK_NAME = "sealing key"
TRIES = 50
"""How often a start that was second looks for the key that the first one is making: for five seconds."""


class KeptFacts(Protocol):
    """Where the check value of the key is kept: ``bot.services.ports.installation.FactStore`` fits."""

    async def get(self, name: str) -> str | None: ...
    async def claim(self, name: str, value: str) -> str: ...


class Sealer:
    """Seal and open bytes (AES-256-GCM), and give the keyed hash by which a user is found again."""

    def __init__(self, key: bytes) -> None:
        if len(key) != KEY_BYTES:
            raise ValueError(f"a key has {KEY_BYTES} bytes")
        self._aead = AESGCM(_derived(key, b"postbag sealing"))
        self._lookup_key = _derived(key, b"postbag lookup")
        self._sketch_key = _derived(key, b"postbag sketches")
        self._signing_key = _derived(key, b"postbag controls")
        self.check = _derived(key, b"postbag check")[:16].hex()
        """A value that tells keys apart and says nothing about them."""

    def __repr__(self) -> str:
        return "Sealer()"

    def seal(self, plain: bytes) -> bytes:
        """Encrypt. The same bytes give something else each time."""
        nonce = secrets.token_bytes(NONCE_BYTES)
        return FORMAT + nonce + self._aead.encrypt(nonce, plain, FORMAT)

    def open(self, sealed: bytes) -> bytes:
        """Decrypt. Refused: sealed with another key, or altered."""
        nonce, rest = sealed[1 : 1 + NONCE_BYTES], sealed[1 + NONCE_BYTES :]
        try:
            if sealed[:1] != FORMAT:
                raise InvalidTag
            return self._aead.decrypt(nonce, rest, FORMAT)
        except (InvalidTag, ValueError):
            raise Refused(
                "Postbag can't open something it stored: it was encrypted with another key, or somebody altered it.",
                "Restore the key file that belongs to this database.",
            ) from None

    def lookup(self, user_id: int) -> bytes:
        """Give the keyed hash of a Discord user id: always the same, and meaningless without the key."""
        return hmac.digest(self._lookup_key, str(user_id).encode(), hashlib.sha256)

    def sign(self, written: bytes) -> bytes:
        """Sign what a control carries out of sight, so that it is known again as this Postbag's own."""
        return hmac.digest(self._signing_key, written, hashlib.sha256)

    def hashes(self, group: int, texts: Iterable[str]) -> list[bytes]:
        """Hash texts for the sketches of one group: 8 bytes each, meaningless without the key."""
        person = group.to_bytes(8, "big")
        start = hashlib.blake2b(digest_size=8, key=self._sketch_key, person=person)
        found = []
        for text in texts:
            one = start.copy()
            one.update(text.encode())
            found.append(one.digest())
        return found


def _derived(key: bytes, purpose: bytes) -> bytes:
    return HKDF(algorithm=SHA256(), length=KEY_BYTES, salt=None, info=purpose).derive(key)


async def open_sealer(path: Path, facts: KeptFacts) -> Sealer:
    """Read the key that belongs to a database, making it at the very first start.

    Refused: the key of a database that has one is missing, is another, is not a key, or others may read it; or there is a
    key, and nothing in the database.
    """
    there = _has_file(path)
    expected = await facts.get(CHECK_NAME)  # asked after looking: a key has its name only once the database knows it
    known = key_for(path, expected) if expected is not None or there else None
    if known is not None:
        finish_key(path, known.check)
        return known
    # The database learns of the key before the key has its name: where this breaks off, the next start finds both.
    sealer, unfinished = write_key(path)
    expected = await facts.claim(CHECK_NAME, sealer.check)
    if not hmac.compare_digest(expected, sealer.check):  # another process was first, here or on another machine
        unfinished.unlink(missing_ok=True)
        for _ in range(TRIES):
            if _is_there(path, expected):
                break
            await asyncio.sleep(0.1)
        known = key_for(path, expected)
        assert known is not None
        return known
    finish_key(path, sealer.check)
    return sealer


def key_for(path: Path, expected: str | None) -> Sealer | None:
    """Give the key of a database that expects one. None: the database is new, and its key is made at the first start.

    Refused: as ``open_sealer`` says.
    """
    if expected is None:
        if not path.exists():
            return None
        read_key(path)
        raise Refused(
            f"There's a key in {path}, but the database is empty. Its data may have been lost.",
            "Restore the database (postbag database restore FILE). To start again, move the key file away first.",
        )
    unfinished = _unfinished(path, expected)
    sealer = Sealer(_known_key(unfinished if unfinished.exists() else path))
    if not hmac.compare_digest(expected, sealer.check):
        raise Refused(
            f"The key in {path} isn't the one that this database was made with.",
            "Restore the right key file. Without it, Postbag can't read the people in the database.",
        )
    return sealer


def _known_key(path: Path) -> bytes:
    if not path.exists():
        raise Refused(
            f"This database's key is missing: there's no file {path}.",
            "Restore it from your backup, or set privacy.key_file to where it is. If it's lost for good, "
            "start with a new database: without the key, Postbag can't read who set what up, or private reminders.",
        )
    return read_key(path)


def _unfinished(path: Path, check: str) -> Path:
    return path.with_name(f"{path.name}.{check[:12]}.new")


def _has_file(path: Path) -> bool:
    return path.exists()


def _is_there(path: Path, check: str) -> bool:
    return path.exists() or _unfinished(path, check).exists()


def finish_key(path: Path, check: str) -> None:
    """Give the key that the database knows its name, and remove what earlier starts left half made.

    A key that it takes the place of stays beside it (``OLD``): copies made until then open with nothing else.
    """
    unfinished = _unfinished(path, check)
    if not unfinished.exists():
        return
    if path.exists():
        path.replace(free_name(path, OLD))
    unfinished.rename(path)
    for left in path.parent.glob(f"{path.name}.*new"):
        left.unlink(missing_ok=True)


OLD, LATER = "old", "later"
"""How a key file is called beside the present one: the one before it, and one put aside for an older one."""


def keys_beside(path: Path, kind: str) -> list[Path]:
    """List the keys that lie beside a file, the latest last: of ``OLD`` those called ``.old``, ``.old-2`` and so on."""
    found = [
        key for key in path.parent.glob(f"{path.name}.{kind}*") if re.fullmatch(rf"\.{kind}(-\d{{1,3}})?", key.suffix)
    ]
    return sorted(found, key=_number)


def free_name(path: Path, kind: str) -> Path:
    """Give the name under which a key can be put beside a file, where none lies yet."""
    number = max(map(_number, keys_beside(path, kind)), default=0)
    return path.with_name(f"{path.name}.{kind}" if not number else f"{path.name}.{kind}-{number + 1}")


def _number(key: Path) -> int:
    return int(key.suffix.rpartition("-")[2]) if "-" in key.suffix else 1


def write_key(path: Path) -> tuple[Sealer, Path]:
    """Make a key and write it, whole or not at all, beside where it will be."""
    key = secrets.token_bytes(KEY_BYTES)
    sealer = Sealer(key)
    unfinished = _unfinished(path, sealer.check)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with os.fdopen(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="ascii") as file:
            file.write(f"{MARK}{base64.b64encode(key).decode()}\n")
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        raise Refused(
            f"The key file {path} can't be made: {error.strerror}.",
            "Let the user that runs Postbag write there, or set privacy.key_file to another place.",
        ) from None
    return sealer, unfinished


def read_key(path: Path) -> bytes:
    """Read a key file. Refused: it cannot be read, others may read it, or it is not a key."""
    try:
        with path.open("rb") as file:
            mode = stat.S_IMODE(os.fstat(file.fileno()).st_mode)
            text = file.read(1000).decode("ascii", "replace").strip()
    except OSError as error:
        raise Refused(
            f"The key file {path} can't be read: {error.strerror}.",
            "Let the user that runs Postbag read it, or set privacy.key_file to another place.",
        ) from None
    if os.name == "posix" and mode & 0o077:
        raise Refused(f"Other users of this machine may read the key file {path}.", f"Run: chmod 600 '{path}'")
    try:
        key = base64.b64decode(text.removeprefix(MARK), validate=True) if text.startswith(MARK) else b""
    except binascii.Error:
        key = b""
    if len(key) != KEY_BYTES:
        raise Refused(
            f"{path} isn't a Postbag key file, or is damaged.",
            "Restore it from your backup, or set privacy.key_file to where the key is.",
        )
    return key
