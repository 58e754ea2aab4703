"""The rehearsal room from a terminal: opening it with its desk, saying where it is, reading what is typed, ending it."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import signal
import sys
import webbrowser
from collections.abc import Iterator
from pathlib import Path

from rich.console import Console

from bot.config import Settings
from bot.domain.errors import PostbagError
from bot.rehearsal.desk import open_desk
from bot.rehearsal.house import POSTCODE_TO_TYPE, SEAT_TO_TYPE
from bot.rehearsal.prompt import Word, read_order, typed_lines
from bot.rehearsal.room import Room, open_room
from bot.rehearsal.scenes import ORDINARY, Scene
from bot.rehearsal.stage import SERVER

log = logging.getLogger(__name__)


async def run_room(
    settings: Settings,
    *,
    port: int | None = None,
    open_browser: bool = True,
    data: Path | None = None,
    scene: Scene = ORDINARY,
    console: Console | None = None,
) -> int:
    """Serve the room until it is told to stop: by ``quit``, Ctrl-C, SIGTERM or from the desk. Gives the exit code."""
    out = console or Console(highlight=False)
    stop = asyncio.Event()
    with stop_signals(stop):
        out.print("Opening the rehearsal room …", style="dim")
        async with open_room(settings, data=data, scene=scene) as room, open_desk(room, stop, port=port) as desk:
            if port is not None and desk.port != port:
                out.print(f"Port {port} is in use, so the room is on port {desk.port}.", soft_wrap=True)
            _welcome(out, room, desk.url, terminal=sys.stdin is not None and sys.stdin.isatty())
            if open_browser:
                _open_browser(desk.url)
            async with typed_lines() as lines, asyncio.TaskGroup() as tasks:
                background = [tasks.create_task(room.pump()), tasks.create_task(_listen(out, room, lines, stop))]
                await stop.wait()
                for task in background:
                    task.cancel()
    out.print("The rehearsal is over. Everything in it has been thrown away.")
    return 0


def _welcome(out: Console, room: Room, url: str, *, terminal: bool) -> None:
    report = room.stage.app.services.reports.for_group(None).report("lights-out")
    out.print()
    out.print("[bold]Postbag's rehearsal room[/]: the real bot, without any account. Nothing leaves this computer.")
    out.print(
        f"INVENTED: the server {SERVER.removesuffix(' (invented)')}, its people, every MP, seat and postcode, and the report "
        f"“{report.short_title.removesuffix(' (invented)')}”. Real: the report “Never Again” and what is said of it.",
        soft_wrap=True,
    )
    out.print()
    out.print(f"  [bold]{url}[/]", soft_wrap=True)
    out.print("  (it opens only on this computer, for anyone who has the whole address)", style="dim")
    out.print()
    out.print(
        "1. Open that address: the desk. Choose who you are; the conversation opens in its own tab.", soft_wrap=True
    )
    out.print(
        f"2. Type /start there. When Postbag asks who your MP is, type {SEAT_TO_TYPE}, or the postcode {POSTCODE_TO_TYPE}.",
        soft_wrap=True,
    )
    out.print(
        "3. Move the clock at the desk, or here: next for the next reminder, +1d for a day, help for the rest, quit to end."
        if terminal
        else "3. Move the clock and change the weather at the desk. To end the room, press Ctrl-C.",
        soft_wrap=True,
    )
    out.print()


async def _listen(out: Console, room: Room, lines: asyncio.Queue[str | None], stop: asyncio.Event) -> None:
    while True:
        if sys.stdin is not None and sys.stdin.isatty():
            out.print("[bold]room>[/] ", end="")
        line = await lines.get()
        try:
            order = Word.QUIT if line is None else read_order(line, room.stage.clock.now())
            if order is Word.QUIT:
                stop.set()
                return
            if order is not None:
                out.print(await room.obey(order), markup=False, soft_wrap=True)
        except PostbagError as error:
            out.print(str(error), markup=False, soft_wrap=True)
        except Exception:
            log.exception("the room could not do that")
            out.print("That didn't work. The room is still open.")


@contextlib.contextmanager
def stop_signals(stop: asyncio.Event) -> Iterator[None]:
    """Set the event on SIGTERM and Ctrl-C, where the system has them, instead of being torn down."""
    loop = asyncio.get_running_loop()
    caught = []
    for number in (signal.SIGTERM, signal.SIGINT):
        with contextlib.suppress(NotImplementedError, RuntimeError, ValueError):
            loop.add_signal_handler(number, stop.set)
            caught.append(number)
    try:
        yield
    finally:
        for number in caught:
            loop.remove_signal_handler(number)


def _open_browser(url: str) -> None:
    has_screen = sys.platform in ("darwin", "win32") or bool(
        os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")
    )
    if has_screen and sys.stdout.isatty():
        with contextlib.suppress(webbrowser.Error, OSError):
            webbrowser.open(url)
