"""The ``postbag`` command: every job from a terminal. Libraries that a command does not need are not loaded for it."""

from __future__ import annotations

import asyncio
import logging
import os
import sys
from collections.abc import Callable, Coroutine
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

import typer
from typer.core import TyperGroup
from typer.main import get_group

from bot import logs
from bot.config import Settings, discord_token, load_settings, with_shards
from bot.domain.errors import PostbagError, Refused, Unavailable

if TYPE_CHECKING:
    from rich.console import Console

T = TypeVar("T")

LATER = {
    "recommendations": "recommendations:app",
    "database": "database:app",
    "key": "key:app",
    "reports": "reports:app",
    "members": "members:app",
    "deadlines": "deadlines:app",
    "reminders": "reminders:reminders",
    "parliament": "parliament:app",
    "letter": "letter:letter",
    "invite": "invite:invite",
    "export": "moving:export_group",
    "import": "moving:import_group",
}
"""Commands that are loaded when they are called, so that a start of the bot does not wait for them: module and name below
``bot.commands``."""

PLAIN: dict[str, Any] = {"add_completion": False, "pretty_exceptions_enable": False, "rich_markup_mode": None}


class Commands(TyperGroup):
    """The commands by name. One of ``LATER`` is loaded when it is asked for."""

    def list_commands(self, ctx: Any) -> list[str]:
        return [*self.commands, *(name for name in LATER if name not in self.commands)]

    def get_command(self, ctx: Any, name: str) -> Any:
        if name in LATER and name not in self.commands:
            self.commands[name] = _loaded(name)
        return self.commands.get(name)


def _loaded(name: str) -> Any:
    module, _, word = LATER[name].partition(":")
    found = getattr(import_module(f"bot.commands.{module}"), word)
    around = typer.Typer(**PLAIN)
    if isinstance(found, typer.Typer):
        around.add_typer(found, name=name)
    else:
        around.command(name)(found)
    return get_group(around).commands[name]


app = typer.Typer(
    name="postbag",
    help="Postbag: a Discord bot for people who write to Parliament.",
    no_args_is_help=True,
    cls=Commands,
    **PLAIN,
)
templates = typer.Typer(help="Letter and message templates.", no_args_is_help=True)
app.add_typer(templates, name="templates")

FOR_GOOD, PASSING = 2, 75
"""Exit statuses: what only a person can mend, and what may be over when it is tried again. 1 is a fault of ours."""


@cache
def _terminal(*, stderr: bool = False) -> Console:
    from rich.console import Console

    return Console(highlight=False, stderr=stderr)


Config = Annotated[
    Path | None, typer.Option("--config", help="Settings file (else POSTBAG_CONFIG, else config.toml here).")
]


def _show_version(wanted: bool) -> None:
    if wanted:
        from bot.version import version

        _terminal().print(f"postbag {version()}")
        raise typer.Exit


@app.callback()
def _options(
    shown: Annotated[
        bool, typer.Option("--version", callback=_show_version, is_eager=True, help="Show the version and stop.")
    ] = False,
) -> None:
    """Postbag: a Discord bot for people who write to Parliament."""


@app.command()
def run(
    config: Config = None,
    or_rehearse: Annotated[
        bool, typer.Option("--or-rehearse", help="Without a token, open the rehearsal room instead.")
    ] = False,
    shard_count: Annotated[
        int | None, typer.Option(help="How many shards all processes have together. Left out: Postbag asks Discord.")
    ] = None,
    shards: Annotated[
        str, typer.Option(help="Which of them this process carries, such as 0,1 or 0-3. Left out: all.")
    ] = "",
) -> None:
    """Connect to Discord and serve until stopped (Ctrl-C)."""
    settings = with_shards(load_settings(config), shard_count, shards)
    token = discord_token(settings)
    if token is None:
        if or_rehearse:
            _rehearse(settings)
            return
        raise Refused("There's no bot token (DISCORD_TOKEN).", "To try Postbag without an account: postbag rehearse")
    _log_to_terminal(settings)
    from storage.without_orm import spare_orm

    spare_orm()
    from bot.serving import serve

    _finish(serve(settings, token, say=_teller(settings)))


@app.command()
def rehearse(
    config: Config = None,
    tour: Annotated[bool, typer.Option("--tour", help="Play 2021 as it happened, in this terminal.")] = False,
    port: Annotated[
        int | None, typer.Option(help="Port of the desk (else 7650, or the next one that is free).")
    ] = None,
    browser: Annotated[bool, typer.Option(help="Open the desk in a browser.")] = True,
    scene: Annotated[Path | None, typer.Option("--scene", help="Begin with a scene from a file.")] = None,
    pictures: Annotated[
        Path | None, typer.Option("--pictures", help="Take the pictures of the documents into a folder, and stop.")
    ] = None,
) -> None:
    """Open the rehearsal room: the real bot in an invented server, without any account."""
    settings = load_settings(config)
    _require_rehearsal()
    if tour:
        from bot.rehearsal.tour import run_tour

        raise typer.Exit(_run(run_tour(settings, _terminal())))
    if pictures is not None:
        from bot.rehearsal.pictures import take_pictures

        _run(take_pictures(settings, pictures, lambda line: _terminal().print(line, markup=False, soft_wrap=True)))
        return
    _rehearse(settings, port=port, browser=browser, scene=scene)


def _require_rehearsal() -> None:
    if any(find_spec(part) is None for part in ("simcord", "markdown_it", "linkify_it", "regex", "PIL")):
        raise Refused("The rehearsal room isn't installed.", 'Install it with: pipx install --force ".[rehearsal]"')
    logs.install(logging.ERROR, layout=logs.SHORT)


def _rehearse(settings: Settings, *, port: int | None = None, browser: bool = True, scene: Path | None = None) -> None:
    _require_rehearsal()
    from bot.rehearsal.scenes import ORDINARY, read_file
    from bot.rehearsal.terminal import run_room

    begun = ORDINARY if scene is None else read_file(scene)
    raise typer.Exit(_run(run_room(settings, port=port, open_browser=browser, scene=begun)))


@app.command()
def check(config: Config = None) -> None:
    """Look at everything Postbag needs: each line says ok or what to do."""
    from bot.check import look

    logs.install(logging.ERROR, layout=logs.SHORT)  # each line says it already
    lines = _run(look(config))
    problems = sum(line.ok is False for line in lines)
    widest = max(len(line.name) for line in lines)
    for line in lines:
        mark, style = (
            ("note ", "yellow") if line.ok is None else ("ok   ", "green") if line.ok else ("to do", "bold red")
        )
        words = _hanging(line.words, 5 + 2 + widest + 2)
        _terminal().print(f"[{style}]{mark}[/]  [bold]{line.name:<{widest}}[/]  ", end="")
        _terminal().print(words, markup=False, soft_wrap=True)
    _terminal().print()
    _terminal().print("Everything is in order." if not problems else f"{problems} to do: see above.")
    raise typer.Exit(1 if problems else 0)


def _hanging(words: str, indent: int) -> str:
    """Begin each further line of a text under its first. Only a terminal has a width: elsewhere lines stay whole."""
    from bot.commands.printing import wrapped_lines

    to = _terminal()
    lines = wrapped_lines(words, to.width - indent) if to.is_terminal else words
    return lines.replace("\n", "\n" + " " * indent)


@templates.command("lint")
def lint() -> None:
    """Check every template: each problem with file, line and reason."""
    from bot.commands.printing import say_lines
    from bot.resources import templates_folder
    from bot.templating import lint as problems_in

    problems = problems_in(templates_folder())
    for problem in problems:
        say_lines(_terminal(), str(problem))
    _terminal().print("The templates are in order." if not problems else f"{len(problems)} to fix.")
    raise typer.Exit(1 if problems else 0)


def _teller(settings: Settings) -> Callable[[str], None]:
    """Give what tells how the service stands: lines for people, whole even in a journal, or objects among those of the log."""
    if settings.log.format == "json":
        return logging.getLogger("bot").info
    return lambda line: print(line, flush=True)  # noqa: T201


def _log_to_terminal(settings: Settings) -> None:
    log = settings.log
    logs.install(log.level, objects=log.format == "json", levels=log.levels)


def _run(work: Coroutine[Any, Any, T]) -> T:
    return asyncio.run(work)


def _finish(work: Coroutine[Any, Any, int]) -> None:
    raise typer.Exit(_run(work))


def _refuse(error: PostbagError) -> None:
    """Say what went wrong and what to do: two lines for people, one object where the log is of objects."""
    here = error.next_step.replace("/recommendations ", "postbag recommendations ") if error.next_step else ""
    if logs.writes_objects():
        logging.getLogger("bot").error("it could not go on: %s", f"{error.message} {here}".strip())
        return
    from bot.commands.printing import say_lines, wrapped_lines

    terminal = _terminal(stderr=True)
    terminal.print("postbag: ", style="bold red", end="")
    said = (
        wrapped_lines(f"postbag: {error.message}", terminal.width)
        if terminal.is_terminal
        else f"postbag: {error.message}"
    )
    terminal.print(said.removeprefix("postbag: "), markup=False, soft_wrap=True)
    if here:
        say_lines(terminal, here)


def main() -> None:
    """Run a command; what goes wrong is one clear message and an exit code."""
    logs.install(logging.WARNING, layout=logs.SHORT)
    logs.catch_the_rest()
    try:
        app()
    except PostbagError as error:
        _refuse(error)
        sys.exit(PASSING if isinstance(error, Unavailable) else FOR_GOOD)
    except KeyboardInterrupt:
        sys.exit(130)
    except BrokenPipeError:
        sys.exit(0)
    except Exception as error:
        if os.environ.get("POSTBAG_LOG__LEVEL", "").lower() == "debug":
            _terminal(stderr=True).print(logs.place_of(error), markup=False, soft_wrap=True)
        _terminal(stderr=True).print(
            f"postbag: something went wrong inside Postbag ({type(error).__name__}).", markup=False
        )
        _terminal(stderr=True).print(
            "Run it again with POSTBAG_LOG__LEVEL=debug for the details, and report them.", markup=False
        )
        sys.exit(1)
