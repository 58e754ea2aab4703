"""Where the files that travel with Postbag are, in a checkout and in an installed wheel alike."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

Shipped = Literal["templates", "packs", "config.example.toml"]

_BOT = Path(__file__).resolve().parent


def shipped(what: Shipped) -> Path:
    """Find shipped templates, report packs or the example configuration.

    A wheel carries ``templates`` and ``config.example.toml`` under ``bot/_shipped``; a checkout has them beside ``bot``.
    Packs are package data of ``storage`` in both. FileNotFoundError: the installation is broken.
    """
    places = [_BOT / "_shipped" / what, _BOT.parent / what]
    if what == "packs":
        places = [_BOT.parent / "storage" / "packs"]
    for place in places:
        if place.exists():
            return place
    raise FileNotFoundError(f"Postbag's {what} is missing from {_BOT.parent}. Install Postbag again.")
