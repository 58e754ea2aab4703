"""What a terminal shows is wrapped at whole words, at any width; addresses and paths stay whole, and a pipe gets lines as they are."""

from __future__ import annotations

import pkgutil
from importlib import import_module
from io import StringIO
from pathlib import Path

import pytest
from rich.console import Console
from typer.testing import CliRunner

import bot.commands
from bot import cli
from bot.commands.printing import say_lines, wrapped_lines

COMMANDS = (
    "recommendations browse",
    "recommendations browse --report never-again",
    "recommendations show T-18",
    "recommendations show 1 --report never-again",
    "recommendations search cotton",
    "reports list",
    "reports check",
    "deadlines list",
    "deadlines show never-again",
    "templates lint",
)
"""What can be asked for without a network, a database or a token."""
WIDE = 5000
FRAME = str.maketrans(dict.fromkeys("│┃━─┏┓┗┛┡┩└┘├┤┼╇╭╮╰╯┬┴╷╵╶╴", " "))


def shown(command: str, width: int, monkeypatch: pytest.MonkeyPatch) -> str:
    """Give what a command prints at a terminal of so many columns."""
    written = StringIO()
    console = Console(file=written, force_terminal=True, width=width, color_system=None, highlight=False)
    modules = [import_module(f"bot.commands.{one.name}") for one in pkgutil.iter_modules(bot.commands.__path__)]
    monkeypatch.setattr(cli, "_terminal", lambda **_: console)
    for module in modules:
        for name in ("out", "err"):
            if hasattr(module, name):
                monkeypatch.setattr(module, name, console)
    CliRunner().invoke(cli.app, command.split())
    return written.getvalue()


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize("width", [60, 80])
def test_no_word_is_broken_and_no_line_is_too_long(
    command: str, width: int, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    narrow, wide = shown(command, width, monkeypatch), shown(command, WIDE, monkeypatch)
    assert narrow.strip()
    broken = set(narrow.translate(FRAME).split()) - set(wide.translate(FRAME).split())
    assert not broken
    long = [line for line in narrow.splitlines() if len(line) > width and " " in line.strip()]
    assert not long


def test_an_address_stays_whole_and_further_lines_are_set_in() -> None:
    address = "https://committees.parliament.uk/publications/" + "9" * 60
    assert address in wrapped_lines(f"  Read it at {address} and come back", 40).splitlines()[1]
    assert wrapped_lines(f"  {address}", 40) == f"  {address}"
    assert wrapped_lines("- one two three four five six seven", 32) == "- one two three four five six\n  seven"
    assert wrapped_lines("one two three four five six seven", 32) == "one two three four five six\nseven"


def test_a_pipe_gets_each_line_as_it_is() -> None:
    written = StringIO()
    say_lines(Console(file=written, width=40), "word " * 30)
    assert written.getvalue() == "word " * 30 + "\n"
