"""``postbag export`` and ``postbag import``: a group's set-up as a file, and from one. Nobody is in it."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from bot.commands.printing import say_lines
from bot.config import load_settings
from bot.domain.errors import NotFound, Refused
from bot.domain.identity import GuildId
from bot.domain.moving import LARGEST

if TYPE_CHECKING:
    from bot.jobs import App

out = Console(highlight=False)

Config = Annotated[
    Path | None, typer.Option("--config", help="Settings file (else POSTBAG_CONFIG, else config.toml here).")
]
Group = Annotated[int | None, typer.Option("--group", help="The server's number, if there are several.")]


def export_group(
    to: Annotated[Path | None, typer.Option("--to", help="A file or folder to write to (else this folder).")] = None,
    group: Group = None,
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Replace a file that is there already.")] = False,
    config: Config = None,
) -> None:
    """Write a group's set-up to a file: settings, reports, clocks, plans, letter templates; never people. Stop Postbag first."""

    async def work() -> Path:
        from bot.app import open_app

        async with open_app(load_settings(config)) as app:
            file = await app.services.moving.export(await _chosen(app, group))
        path = (to or Path()) / file.name if to is None or to.is_dir() else to
        if path.exists() and not overwrite:
            raise Refused(f"{path} already exists.", "Choose another name with --to, or add --overwrite.")
        try:
            path.write_bytes(file.content)
        except OSError as error:
            raise Refused(f"{path} can't be written ({error.strerror}).", "Choose another place with --to.") from None
        return path

    say_lines(out, f"Written: {asyncio.run(work())}. Anyone who has it can read the group's plans.")


def import_group(
    file: Annotated[Path, typer.Argument(help="The file that an export gave.")],
    group: Group = None,
    look: Annotated[bool, typer.Option("--look", help="Only say what it would bring; change nothing.")] = False,
    config: Config = None,
) -> None:
    """Take in a group's set-up from a file: plans as drafts, nothing posted by it. Stop Postbag first."""
    try:
        content = file.read_bytes() if file.stat().st_size <= LARGEST else b"x" * (LARGEST + 1)
    except OSError as error:
        raise Refused(f"{file} can't be read ({error.strerror}).", "Give the file from an export.") from None

    async def work() -> None:
        from bot.app import open_app

        async with open_app(load_settings(config)) as app:
            guild_id, moving = await _chosen(app, group), app.services.moving
            await app.services.publications.load()
            done = (await moving.show(guild_id, content)).outcome if look else await moving.take_file(guild_id, content)
        for title, lines in (("New", done.new), ("Left out", done.out), ("Already here", done.same)):
            _say(f"{title}: {len(lines)}", lines)
        out.print(
            "Nothing was changed."
            if look
            else "Plans that weren't over are now drafts: type /action list in the server."
        )

    asyncio.run(work())


def _say(title: str, lines: Sequence[str]) -> None:
    if lines:
        out.print(title, style="bold")
        for line in lines:
            say_lines(out, f"  {line}")


async def _chosen(app: App, wanted: int | None) -> GuildId:
    held = [settings.guild_id for settings in await app.groups.everyone()]
    if not held:
        raise NotFound("No group has been set up here yet.", "Invite the bot, then type /admin setup in the server.")
    if wanted is None and len(held) > 1:
        numbers = ", ".join(str(number) for number in held)
        raise Refused("There are several groups.", f"Name one with --group: {numbers}")
    if wanted is not None and wanted not in held:
        raise NotFound("This Postbag doesn't have that group.", f"Known: {', '.join(str(number) for number in held)}")
    return GuildId(wanted) if wanted is not None else held[0]
