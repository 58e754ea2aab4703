"""Where the files that travel with Postbag are, in a checkout and in an installed wheel alike."""

from __future__ import annotations

from pathlib import Path

_BOT = Path(__file__).resolve().parent


def templates_folder() -> Path:
    """Find ``templates/``: letters, messages, documents."""
    return _shipped("templates")


def packs_folder() -> Path:
    """Find the report packs, which are data of the package ``storage``."""
    return _shipped("storage/packs")


def _shipped(what: str) -> Path:
    """Look in ``bot/_shipped``, where a wheel has it, and beside ``bot``, where a checkout has it."""
    for place in (_BOT / "_shipped" / what, _BOT.parent / what):
        if place.exists():
            return place
    raise FileNotFoundError(f"Postbag's {what} is missing from {_BOT.parent}. Install Postbag again.")
