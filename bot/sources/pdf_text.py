"""The text of a PDF, taken in a process of its own: a broken or hostile file can then cost neither time nor memory here."""

from __future__ import annotations

import json
import logging
import subprocess
import sys
from io import BytesIO

MOST_SECONDS = 25
MOST_MEMORY = 1_500_000_000
MOST_PAGES = 600
MOST_CHARACTERS = 6_000_000


def pages_of_pdf(content: bytes, *, seconds: float = MOST_SECONDS) -> list[str] | str:
    """Give the text of each page; or one word on why there is none: encrypted, broken, long, slow."""
    try:
        done = subprocess.run(  # noqa: S603
            [sys.executable, "-I", __file__], input=content, capture_output=True, timeout=seconds, check=False
        )
    except subprocess.TimeoutExpired:
        return "slow"
    try:
        found = json.loads(done.stdout)
    except ValueError:
        return "broken"
    return found if isinstance(found, str) else [str(page) for page in found]


def _limit() -> None:
    try:
        import resource
    except ImportError:  # not on Windows
        return
    resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (MOST_SECONDS, MOST_SECONDS))


def _read(content: bytes) -> list[str] | str:
    from pypdf import PdfReader
    from pypdf.errors import DependencyError

    logging.disable(logging.CRITICAL)
    try:
        reader = PdfReader(BytesIO(content))
        if reader.is_encrypted and not reader.decrypt(""):
            return "encrypted"
        if len(reader.pages) > MOST_PAGES:
            return "long"
        pages: list[str] = []
        for page in reader.pages:
            pages.append(page.extract_text())
            if sum(map(len, pages)) > MOST_CHARACTERS:
                return "long"
    except DependencyError:
        return "encrypted"
    except Exception:
        return "broken"
    return pages


if __name__ == "__main__":
    _limit()
    sys.stdout.write(json.dumps(_read(sys.stdin.buffer.read())))
