"""``postbag members``: the directory of Members, from the network or from a file."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from bot.commands.printing import say_lines
from bot.config import Settings, load_settings
from bot.domain.dates.exact import Lean
from bot.domain.dates.one_day import read_day
from bot.domain.errors import Refused

if TYPE_CHECKING:
    from bot.domain.members import Directory
    from bot.services.ports.members import MemberNews

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

    with Progress(console=err) as bar:
        task = bar.add_task("Members", total=None)
        lines = asyncio.run(
            _refresh(load_settings(config), lambda done, total: bar.update(task, completed=done, total=total))
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

    Columns: constituency and name (needed; an empty name is a vacant seat; or first name and last name, as in the lists of
    TheyWorkForYou and the Commons Library), title, address_as, party, role, post, email,
    phone, member_id, constituency_id.
    """
    _say(asyncio.run(_import(load_settings(config), file, _day(as_of), smaller=smaller)))


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

    settings = load_settings(config)
    if remove:
        _say(_remove_postcodes(settings))
        return
    if file is None or not as_of:
        raise Refused("Which file, and from which day?", "postbag members postcodes FILE.csv --as-of 2026-11-25")
    day = _day(as_of)
    with Progress(console=err) as bar:
        task = bar.add_task("Postcodes", total=None)
        lines = asyncio.run(
            _load_postcodes(settings, file, day, lambda done, total: bar.update(task, completed=done, total=total))
        )
    _say(lines)


async def _refresh(settings: Settings, progress: Callable[[int, int], None]) -> list[str]:
    """Read the directory from the Members API. Gives lines that say what was found."""
    from bot.app import open_app

    async with open_app(settings) as app:
        directory = await app.services.members.refresh(progress)
        return _said_of(directory, await app.services.members.news())


async def _import(settings: Settings, file: Path, as_of: date, *, smaller: bool) -> list[str]:
    """Take the directory from a CSV file. Gives lines that say what was found."""
    from bot.app import open_app
    from bot.sources.members_file import read_members_file

    async with open_app(settings) as app:
        members = app.services.members
        directory = read_members_file(file, as_of, members.directory)
        await members.take(directory, smaller=smaller)
        return _said_of(directory, await members.news())


async def _load_postcodes(
    settings: Settings, file: Path, as_of: date, progress: Callable[[int, int], None]
) -> list[str]:
    """Take a table of postcodes from a CSV file, all or nothing, while Postbag runs or not. Gives lines about it."""
    from bot.sources.postcodes_file import read_postcodes_file
    from storage.database import open_database
    from storage.members import Members
    from storage.postcodes import PostcodeTable

    async with open_database(settings.database_url, look_only=True) as database:
        directory = await Members(database).load()
    if not directory.constituencies:
        raise Refused(
            "There's no list of constituencies yet, so Postbag can't check the names in the file.",
            "First run: postbag members refresh, or: postbag members import FILE.csv",
        )
    count = PostcodeTable(settings.postcodes_file).build(read_postcodes_file(file, directory, progress), as_of)
    return [f"{count} postcodes: Postbag now looks them up here and doesn't send them anywhere."]


def _remove_postcodes(settings: Settings) -> list[str]:
    """Delete the table of postcodes. Gives a line that says so."""
    from storage.postcodes import PostcodeTable

    there = PostcodeTable(settings.postcodes_file).remove()
    return ["The table of postcodes has been deleted." if there else "There was no table of postcodes."]


def _said_of(directory: Directory, news: MemberNews | None) -> list[str]:
    vacant = sum(seat.member is None for seat in directory.constituencies)
    lines = [f"{len(directory.constituencies)} constituencies, {vacant} of them vacant."]
    if news is not None and news.as_of == directory.as_of:
        lines += ["Changed since the last time:", *(f"  {line}" for line in news.lines)]
    return lines


def _day(typed: str) -> date:
    from bot.clock import SystemClock, london_today

    today = london_today(SystemClock())
    day = read_day(typed, today, lean=Lean.BACK)
    if day > today:
        raise Refused("--as-of is a day in the future.", "Give the day the file was made: today or earlier.")
    return day


def _say(lines: list[str]) -> None:
    for line in lines:
        say_lines(out, line)
