"""``postbag key``: give the database another key, after the old one may have been read by somebody."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from bot.clock import SystemClock
from bot.commands.printing import say_lines
from bot.config import Settings, load_settings
from bot.domain.errors import Refused

app = typer.Typer(help="The key that encrypts user ids and private texts.", no_args_is_help=True)
out = Console(highlight=False)

Config = Annotated[
    Path | None, typer.Option("--config", help="Settings file (else POSTBAG_CONFIG, else config.toml here).")
]


@app.command("rotate")
def rotate(
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    config: Config = None,
) -> None:
    """Make a new key and seal everything with it, while Postbag is stopped: whole, or not at all. Interrupted, it can be run again."""
    settings = load_settings(config)
    if not yes:
        out.print("Postbag will encrypt everything with a new key. Copies made until now open only with the old one.")
        typer.confirm("Have you stopped every Postbag that uses this database? Continue?", abort=True)
    for line in asyncio.run(_rotate(settings)):
        say_lines(out, line)


async def _rotate(settings: Settings) -> list[str]:
    from bot.sealing import CHECK_NAME, OLD, finish_key, keys_beside, open_sealer, write_key
    from storage.database import open_database
    from storage.forgotten import FORGOTTEN_FILE, Forgotten
    from storage.installation_facts import Facts
    from storage.resealing import reseal
    from storage.restored import COPY_MADE

    path = settings.key_file
    async with open_database(settings.database_url) as database:
        old = await open_sealer(path, Facts(database))
        if await Facts(database).get(COPY_MADE) is not None:
            raise Refused(
                "This database was restored from a copy, and Postbag hasn't started with it yet.",
                "Start Postbag once, and it forgets again whoever has asked to be forgotten since. Then change the key.",
            )
        # The new key is on the disk, beside the old one, before the database changes. Whichever of the two the database
        # names is the one that the next start takes, wherever this breaks off.
        new, unfinished = write_key(path)
        try:
            # Before the database, too: whoever was forgotten must be known in copies that either key opens.
            Forgotten(settings.data / FORGOTTEN_FILE, old).carry_over(new, SystemClock().now())
            told = await reseal(database, old, new, (CHECK_NAME, new.check))
        except BaseException:
            if await Facts(database).get(CHECK_NAME) == old.check:
                unfinished.unlink(missing_ok=True)
            raise
        finish_key(path, new.check)
    lines = [f"{told.done} values are encrypted with the new key, {path}. Copy it to a safe place now."]
    if told.unreadable:
        lines.append(f"{told.unreadable} values couldn't be opened with the old key, and stay as they are.")
    fresh = "postbag database backup" if settings.database_file is not None else "pg_dump, as docs/operating.md says"
    previous = keys_beside(path, OLD)[-1]
    lines += [
        f"The old key is {previous}. Copies of the database made until now open only with that key. Make a new copy ({fresh}), "
        "then delete the old copies and the old key.",
        "Where several machines share this database, copy the new key to each of them before it starts.",
    ]
    return lines
