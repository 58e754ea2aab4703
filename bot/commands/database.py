"""``postbag database``: bring the tables up to date, and copy them."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from bot.clock import SystemClock
from bot.config import Settings, load_settings

app = typer.Typer(help="The database.", no_args_is_help=True)
out = Console(highlight=False)

Config = Annotated[
    Path | None, typer.Option("--config", help="Settings file (else POSTBAG_CONFIG, else config.toml here).")
]


@app.command("upgrade")
def upgrade(config: Config = None) -> None:
    """Bring the database to this version's tables (also done at every start)."""
    out.print(asyncio.run(_upgrade(load_settings(config))), markup=False, soft_wrap=True)


@app.command("backup")
def backup(
    folder: Annotated[Path | None, typer.Argument(help="Where to (else backups in the data folder).")] = None,
    config: Config = None,
) -> None:
    """Copy the database into a folder, while Postbag runs or not."""
    settings = load_settings(config)
    out.print(asyncio.run(_backup(settings, folder or settings.data / "backups")), markup=False, soft_wrap=True)


async def _upgrade(settings: Settings) -> str:
    """Bring the tables up to date. Gives a line that says what they are now."""
    from storage.database import open_database

    async with open_database(settings.database_url) as database:
        health = await database.check()
    return f"The database is up to date ({health.version})."


async def _backup(settings: Settings, folder: Path) -> str:
    """Copy the database and check the copy. Gives a line that says where."""
    from storage.backup import backup
    from storage.database import open_database

    async with open_database(settings.database_url, look_only=True, migrate=False) as database:
        path = await backup(database, folder, SystemClock().now())
    return f"Copied to {path}, and read through. Keep it apart from the key file."
