"""``python -m bot`` is the same as ``postbag``."""

from __future__ import annotations


def main() -> None:
    """Run the command line."""
    from bot.cli import main as run

    run()


if __name__ == "__main__":
    main()
