"""Every command of the terminal, those too that are loaded only when they are called."""

from __future__ import annotations

from typer.main import get_command

from bot.cli import LATER, Commands, app


def every_command() -> Commands:
    every = get_command(app)
    assert isinstance(every, Commands)
    for name in LATER:
        assert every.get_command(None, name) is not None, name
    return every
