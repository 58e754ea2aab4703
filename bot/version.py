"""Which Postbag this is."""

from __future__ import annotations

import tomllib
from importlib.metadata import PackageNotFoundError
from importlib.metadata import version as package_version
from pathlib import Path


def version() -> str:
    """Give the version of the installed program, or of this checkout."""
    try:
        return package_version("postbag")
    except PackageNotFoundError:
        with (Path(__file__).resolve().parents[1] / "pyproject.toml").open("rb") as stream:
            return str(tomllib.load(stream)["project"]["version"])
