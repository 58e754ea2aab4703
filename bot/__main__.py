"""``python -m bot`` is the same as ``postbag``."""

from __future__ import annotations

import gc

START = (500_000, 10, 10)
"""When Python looks for garbage while all is being loaded: loading leaves none behind, and each look costs time."""


def main() -> None:
    """Run the command line."""
    gc.set_threshold(*START)
    from bot.cli import main as run

    run()


if __name__ == "__main__":
    main()
