"""``postbag database``: bring the tables up to date, copy them, look a copy over, put one back."""

from __future__ import annotations

import asyncio
from datetime import datetime
from pathlib import Path
from shlex import quote
from typing import Annotated, Any

import typer
from rich.console import Console

from bot.clock import LONDON, SystemClock
from bot.commands.printing import say_lines
from bot.config import Settings, load_settings
from bot.domain.errors import InUse, Refused

app = typer.Typer(help="The database.", no_args_is_help=True)
out = Console(highlight=False)

Config = Annotated[
    Path | None, typer.Option("--config", help="Settings file (else POSTBAG_CONFIG, else config.toml here).")
]


@app.command("upgrade")
def upgrade(config: Config = None) -> None:
    """Bring the database to this version's tables (also done at every start). It is copied before that."""
    say(asyncio.run(_upgrade(load_settings(config))))


@app.command("backup")
def backup(
    folder: Annotated[
        Path | None,
        typer.Argument(help="Where to (else backups in the data folder, where copies go before they are 7 days old)."),
    ] = None,
    prune: Annotated[
        bool, typer.Option("--prune", help="Delete copies in FOLDER that are more than 7 days old.")
    ] = False,
    config: Config = None,
) -> None:
    """Copy the database into a folder, while Postbag runs or not, and read the copy through."""
    settings = load_settings(config)
    say(*asyncio.run(_backup(settings, folder, prune=prune)))


@app.command("verify")
def verify(
    file: Annotated[Path, typer.Argument(help="A copy that postbag database backup made.")], config: Config = None
) -> None:
    """Read a copy through, and say when it was made and whether the key here opens it. Nothing is changed."""
    settings = load_settings(config)
    made = asyncio.run(_verified(settings, file))
    say(f"{file} is complete, was made on {_moment(made)}, and the key here opens it.")


@app.command("restore")
def restore(
    file: Annotated[Path | None, typer.Argument(help="A copy that postbag database backup made.")] = None,
    copied: Annotated[
        str,
        typer.Option(
            "--copied-at", help="PostgreSQL: when the dump was made that you have put back (UTC, 2026-11-27T03:20)."
        ),
    ] = "",
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    config: Config = None,
) -> None:
    """Put a copy in the place of the database, while Postbag is stopped. The one before is deleted after 7 days.

    At the next start Postbag looks in the channels for what fell due after the copy was made. What it can't tell, it lists in
    /admin health and never sends again. Whoever used /privacy forget-me since then stays forgotten.
    """
    settings = load_settings(config)
    if settings.database_file is None:
        asyncio.run(_mark(settings, _read_moment(copied)))
        say("Marked. Now start Postbag. It checks the channels before it sends anything that fell due since then.")
        return
    if file is None:
        raise Refused("Which copy?", f"See what there is: ls {settings.data / 'backups'}")
    made = asyncio.run(_verified(settings, file))
    told = asyncio.run(_forgotten_since(settings, file, made))
    say(told)
    if not yes:
        say(f"This will restore the database as it was on {_moment(made)}. Changes made since then will be lost.")
        typer.confirm("Continue?", abort=True)
    say(*_put_back(settings, file, made))


@app.command("copy")
def copy(
    source: Annotated[
        str, typer.Argument(metavar="FROM", help="An address, a SQLite file, or here: the database that is set.")
    ],
    target: Annotated[str, typer.Argument(metavar="TO", help="As FROM. It must be empty; its tables are made.")],
    config: Config = None,
) -> None:
    """Copy everything into an empty database, from SQLite to PostgreSQL or back, and compare both. Postbag must be stopped."""
    settings = load_settings(config)
    there, here = _address(settings, source), _address(settings, target)
    held = Path(there.partition(":///")[2]) if there.startswith("sqlite") else None
    if held is not None and not held.is_file():
        raise Refused(f"There's no database at {held}.", "Correct FROM.")
    if there == here:
        raise Refused("FROM and TO are the same database.", "Give the address of another one.")
    say(*asyncio.run(_copied(there, here)))


def say(*lines: str) -> None:
    for line in lines:
        say_lines(out, line)


async def _upgrade(settings: Settings) -> str:
    """Bring the tables up to date. Gives a line that says what they are now."""
    from storage.backup import copier
    from storage.database import open_database

    before = copier(settings.data / "backups", SystemClock())
    async with open_database(settings.database_url, before_change=before) as database:
        health = await database.check()
    return f"The database is up to date ({health.version})."


async def _backup(settings: Settings, folder: Path | None, *, prune: bool) -> list[str]:
    """Copy the database and check the copy. Gives lines that say where, and what else must be kept."""
    from storage.backup import backup, old_backups
    from storage.database import open_database

    now = SystemClock().now()
    async with open_database(settings.database_url, look_only=True, migrate=False) as database:
        path = await backup(database, folder or settings.data / "backups", now, prune=folder is None or prune)
    lines = [f"Copied to {path}, and checked."]
    old = 0 if folder is None else await asyncio.to_thread(old_backups, folder, now)
    if old:
        many = "1 copy is" if old == 1 else f"{old} copies are"
        lines.append(
            f"{many} more than 7 days old in {folder}. Postbag leaves what you keep there; people have been promised that "
            "copies go after 7 days, so delete them, or add --prune."
        )
    elif folder is not None and not prune:
        lines.append(
            f"Copies in {folder} are yours to delete: people have been promised that they're deleted after 7 days."
        )
    lines.append(f"Keep the key somewhere else: {settings.key_file}. Without it, nobody can read who is in the copy.")
    also = [str(place) for place in (settings.own_packs, settings.postcodes_file) if place.exists()]
    if also:
        lines.append(f"The copy doesn't include these, so keep them too: {', '.join(also)}.")
    lines.append("Your settings file and the bot's token aren't in it either.")
    return lines


async def _verified(settings: Settings, file: Path) -> datetime:
    """Read a copy through and hold the key against it. Gives when it was made."""
    from bot.sealing import CHECK_NAME, LATER, OLD, key_for, keys_beside
    from storage.backup import check_backup, copied_at
    from storage.installation_facts import Facts
    from storage.looking import look_at_database
    from storage.migrations import is_current

    if not await asyncio.to_thread(file.is_file):
        raise Refused(f"There's no file {file}.", f"See what there is: ls {settings.data / 'backups'}")
    await check_backup(file)
    async with look_at_database(f"sqlite+aiosqlite:///{file}") as copy:
        await is_current(copy)  # refuses tables that this Postbag cannot read or change
        expected = await Facts(copy).get(CHECK_NAME)
    if expected is not None:
        try:
            key_for(settings.key_file, expected)
        except Refused:
            known = [
                key for kind in (OLD, LATER) for key in await asyncio.to_thread(keys_beside, settings.key_file, kind)
            ]
            before = next((old for old in known if _opens(old, expected)), None)
            if before is None:
                raise
            raise Refused(
                f"This copy was made with another key: it opens with {before}, not with {settings.key_file}.",
                f"To restore it anyway, first put that key in the other one's place, and keep both: {_swapped(settings.key_file, before)}",
            ) from None
    return await asyncio.to_thread(copied_at, file)


def _swapped(key: Path, old: Path) -> str:
    """Give the line by which an older key takes the place of the present one. ``-n`` overwrites nothing, and the present key is kept."""
    from bot.sealing import LATER, free_name

    kept = free_name(key, LATER)
    return " && ".join(f"mv -n {quote(str(a))} {quote(str(b))}" for a, b in ((key, kept), (old, key)))


def _opens(key: Path, expected: str) -> bool:
    from bot.sealing import key_for

    try:
        return key.exists() and key_for(key, expected) is not None
    except Refused:
        return False


async def _forgotten_since(settings: Settings, file: Path, made: datetime) -> str:
    """Say what is known of people who asked to be forgotten since a copy was made. Refused: the list of them cannot be read."""
    from bot.sealing import CHECK_NAME, key_for
    from storage.forgotten import FORGOTTEN_FILE, Forgotten
    from storage.installation_facts import Facts
    from storage.looking import look_at_database

    place = settings.data / FORGOTTEN_FILE
    async with look_at_database(f"sqlite+aiosqlite:///{file}") as copy:
        sealer = key_for(settings.key_file, await Facts(copy).get(CHECK_NAME))
    if sealer is None:
        return "Nobody is in this copy."
    listed = await asyncio.to_thread(Forgotten(place, sealer).since, made)
    if not listed.is_there:
        return (
            f"There's no list of who asked to be forgotten ({place}), so Postbag can't forget anybody again. If you moved from "
            "another machine, put its list there first."
        )
    lines = [f"People who asked to be forgotten since then, and will be forgotten again: {len(listed.hashes)}."]
    if listed.unread:
        lines.append(
            f"{listed.unread} entries of {place} can't be read with this key. If they are people in the copy, they will be in the "
            "database again, and must use /privacy forget-me again."
        )
    return " ".join(lines)


def _put_back(settings: Settings, file: Path, made: datetime) -> list[str]:
    from filelock import FileLock, Timeout

    from storage.backup import put_back

    database = settings.database_file
    assert database is not None
    try:
        database.parent.mkdir(parents=True, exist_ok=True)
        with FileLock(f"{database}.lock", timeout=0, mode=0o600):
            aside = put_back(file, database, SystemClock().now())
    except Timeout:
        raise InUse("Another Postbag is using this database.", "Stop it first: systemctl stop postbag") from None
    except OSError as error:
        raise Refused(
            f"{database.parent} can't be written: {error.strerror}.", "Run this as the user that runs Postbag."
        ) from None
    lines = [f"Restored: {database} is as it was on {_moment(made)}."]
    if aside is not None:
        lines.append(f"The earlier database is {aside}. Postbag deletes it after 7 days.")
    lines += [
        "Now start Postbag. It checks the channels before it sends anything that fell due since then. It lists what "
        "it can't be sure of in /admin health.",
    ]
    return lines


def _address(settings: Settings, given: str) -> str:
    if given == "here":
        return settings.database_url
    if "://" in given:
        return settings.connected_as_set(given)
    return f"sqlite+aiosqlite:///{Path(given).absolute()}"


async def _copied(there: str, here: str) -> list[str]:
    """Copy one database into another. Gives lines that say what is in both, and what to do next."""
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

    from storage.copying import copy_database
    from storage.database import open_database

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    async with open_database(there, migrate=False) as old, open_database(here) as new:
        with Progress(*columns, console=out, transient=True) as progress:
            bars: dict[str, Any] = {}

            def said(table: str, rows: int, total: int) -> None:
                if table not in bars:
                    bars[table] = progress.add_task(table, total=total)
                progress.update(bars[table], completed=rows)

            copied = await copy_database(old, new, said)
    lines = [f"{one.rows:>10,}  {one.checksum[:12]}  {one.table}" for one in copied if one.rows]
    return [
        *lines,
        f"Copied and compared: {sum(one.rows for one in copied):,} rows in {len(copied)} tables are the same in both.",
        "Now name the new database in database.url and start Postbag with the same key file. Keep the old one until you're sure, "
        "then delete it: people have been promised that old data is deleted.",
    ]


async def _mark(settings: Settings, copied_at: datetime) -> None:
    from storage.database import open_database
    from storage.installation_facts import Facts
    from storage.restored import COPY_MADE

    async with open_database(settings.database_url) as database:
        await Facts(database).put(COPY_MADE, copied_at.isoformat())


def _read_moment(typed: str) -> datetime:
    from datetime import UTC

    try:
        moment = datetime.fromisoformat(typed)
    except ValueError:
        raise Refused(
            "When was the dump you restored made?",
            "postbag database restore --copied-at 2026-11-27T03:20 (in UTC). If you aren't sure, give an earlier time.",
        ) from None
    moment = moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)
    if moment > SystemClock().now():
        raise Refused(
            "That time is in the future.", "Give the time, in UTC, when the dump was started. An earlier time is safe."
        )
    return moment


def _moment(when: datetime) -> str:
    there = when.astimezone(LONDON)
    return f"{there.day} {there:%B %Y at %H:%M} London time"
