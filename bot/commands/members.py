"""``postbag members``: the directory of Members, from the network or from a file."""

from __future__ import annotations

import asyncio
from datetime import date
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from bot.config import load_settings
from bot.domain.errors import Refused
from bot.domain.plain_dates import Lean, read_date

app = typer.Typer(help="The directory of Members.", no_args_is_help=True)
out = Console(highlight=False)
err = Console(stderr=True, highlight=False)

Config = Annotated[
    Path | None, typer.Option("--config", help="Settings file (else POSTBAG_CONFIG, else config.toml here).")
]


@app.command("refresh")
def refresh(config: Config = None) -> None:
    """Read the directory of Members from Parliament's Members API, all or nothing; after a stop it goes on."""
    from rich.progress import Progress

    from bot.app import refresh_members

    with Progress(console=err) as bar:
        task = bar.add_task("Members", total=None)
        lines = asyncio.run(
            refresh_members(load_settings(config), lambda done, total: bar.update(task, completed=done, total=total))
        )
    _say(lines)


@app.command("import")
def import_file(
    file: Annotated[Path, typer.Argument(help="A CSV file: its first line names the columns.")],
    as_of: Annotated[str, typer.Option("--as-of", help="The day on which the file was true, such as 2026-11-25.")],
    smaller: Annotated[
        bool, typer.Option("--smaller", help="Take it although it has far fewer Members than are held.")
    ] = False,
    config: Config = None,
) -> None:
    """Take the directory of Members from a CSV file, all or nothing.

    Columns: constituency and name (needed; an empty name is a vacant seat), title, address_as, party, role, post, email,
    phone, member_id, constituency_id.
    """
    from bot.app import import_members

    _say(asyncio.run(import_members(load_settings(config), file, _day(as_of), smaller=smaller)))


@app.command("postcodes")
def postcodes(
    file: Annotated[
        Path | None, typer.Argument(help="A CSV file with the columns postcode and constituency, a line for each pair.")
    ] = None,
    as_of: Annotated[str, typer.Option("--as-of", help="The day on which the file was true.")] = "",
    remove: Annotated[bool, typer.Option("--remove", help="Delete the table that was loaded.")] = False,
    config: Config = None,
) -> None:
    """Load a table of postcodes, so that none is sent to another service. A postcode may touch several constituencies."""
    from rich.progress import Progress

    from bot.app import load_postcodes, remove_postcodes

    settings = load_settings(config)
    if remove:
        _say(remove_postcodes(settings))
        return
    if file is None or not as_of:
        raise Refused("Which file, and of which day?", "postbag members postcodes FILE.csv --as-of 2026-11-25")
    day = _day(as_of)
    with Progress(console=err) as bar:
        task = bar.add_task("Postcodes", total=None)
        lines = asyncio.run(
            load_postcodes(settings, file, day, lambda done, total: bar.update(task, completed=done, total=total))
        )
    _say(lines)


def _day(typed: str) -> date:
    from bot.clock import SystemClock, london_today

    today = london_today(SystemClock())
    day = read_date(typed, today, lean=Lean.BACK)
    if day > today:
        raise Refused("--as-of lies ahead.", "Give the day on which the file was true, today at the latest.")
    return day


def _say(lines: list[str]) -> None:
    for line in lines:
        out.print(line, markup=False, soft_wrap=True)
