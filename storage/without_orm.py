"""SQLAlchemy's async engine without its ORM: 7 MB and 60 ms at every start, for sessions that nobody here opens.

``sqlalchemy.ext.asyncio`` loads the ORM when it is imported. Here the package is put in place first, with the names that storage
uses taken from its own module of the engine. Whoever asks it for any other name gets the whole package, as it would have been.
"""

from __future__ import annotations

import sys
from importlib import import_module
from importlib.util import find_spec, module_from_spec
from typing import Any

PACKAGE = "sqlalchemy.ext.asyncio"
NAMES = ("AsyncConnection", "AsyncEngine", "create_async_engine")


def spare_orm() -> None:
    """Put the package in place without loading all of it. Nothing happens where it is loaded already."""
    spec = None if PACKAGE in sys.modules else find_spec(PACKAGE)
    if spec is None or spec.loader is None:
        return
    package, loader = module_from_spec(spec), spec.loader
    parent = sys.modules[PACKAGE.rpartition(".")[0]]
    sys.modules[PACKAGE] = package
    vars(parent)["asyncio"] = package
    try:
        engine = import_module(f"{PACKAGE}.engine")
        for name in NAMES:
            setattr(package, name, getattr(engine, name))
    except (ImportError, AttributeError):  # another SQLAlchemy is built otherwise: then as everybody does
        del sys.modules[PACKAGE]
        del vars(parent)["asyncio"]
        return

    def whole(name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        del package.__dict__["__getattr__"]
        loader.exec_module(package)
        return getattr(package, name)

    package.__dict__["__getattr__"] = whole
