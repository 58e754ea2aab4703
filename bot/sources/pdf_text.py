"""The text of a PDF. A broken or hostile file may cost much time and memory: ``foreign.py`` reads them in a process apart."""

from __future__ import annotations

import logging
from io import BytesIO

MOST_PAGES = 600
MOST_CHARACTERS = 6_000_000


def pages_of_pdf(content: bytes) -> list[str] | str:
    """Give the text of each page; or one word on why there is none: encrypted, broken, long."""
    from pypdf import PdfReader
    from pypdf.errors import DependencyError

    logging.getLogger("pypdf").setLevel(logging.CRITICAL + 1)
    try:
        reader = PdfReader(BytesIO(content))
        if reader.is_encrypted and not reader.decrypt(""):
            return "encrypted"
        if len(reader.pages) > MOST_PAGES:
            return "long"
        pages: list[str] = []
        size = 0
        for page in reader.pages:
            pages.append(page.extract_text())
            size += len(pages[-1])
            if size > MOST_CHARACTERS:
                return "long"
    except MemoryError:
        raise
    except DependencyError:
        return "encrypted"
    except Exception:
        return "broken"
    return pages
