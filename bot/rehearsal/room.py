"""The rehearsal room: the stage, served to a browser on this computer alone, with a clock that is moved from the terminal."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import signal
import sys
import tempfile
import webbrowser
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import discord
from rich.console import Console
from simcord import SetupError
from simcord.preview import Preview

from bot.clock import LONDON, london_today
from bot.config import DatabaseSection, DiscordSection, ParliamentSection, PrivacySection, Settings, SourcesSection
from bot.domain.errors import PostbagError, Refused
from bot.domain.identity import UserId
from bot.rehearsal.parliament import ParliamentStandIn, invented_report
from bot.rehearsal.prompt import HELP, Move, Order, Word, read_order, typed_lines
from bot.rehearsal.reading import text_of
from bot.rehearsal.stage import SERVER, Stage, open_stage

log = logging.getLogger(__name__)

PUMP_EVERY = 0.5
WELCOME = (
    "Welcome to the rehearsal. Every person, place and MP here is invented, and nothing leaves this computer. "
    "Type / to see what Postbag can do; /start is where to begin."
)
WELCOME_ALONE = "I am Rosa, I am invented, and I am in no server with Postbag. I type /start here, in direct messages."


class RoomClock:
    """The machine's clock, moved on: it runs, and jumps when it is told to."""

    def __init__(self) -> None:
        self._ahead = timedelta()

    def now(self) -> datetime:
        return datetime.now(UTC) + self._ahead

    def move_to(self, instant: datetime) -> None:
        """Jump to an aware datetime; an earlier one than now is left alone, since Discord's time cannot go back."""
        self._ahead += max(timedelta(), instant - self.now())


def rehearsal_settings(settings: Settings, data: Path, sources: SourcesSection | None = None) -> Settings:
    """Give settings that touch nothing of the real installation: own folder, own database and key, no token, no network."""
    return settings.model_copy(
        update={
            "data": data,
            "database": DatabaseSection(),
            "privacy": PrivacySection(),
            "discord": DiscordSection(),
            "parliament": ParliamentSection(),
            "sources": sources or settings.sources,
        }
    )


class Room:
    """A stage with one open browser page, kept up to date in the background."""

    def __init__(self, stage: Stage, port: int | None) -> None:
        self.stage = stage
        self._port = port
        self._page = AsyncExitStack()
        self._preview: Preview | None = None
        self._turning = False
        self._shown = -1
        self._looked_on = london_today(stage.clock)

    @property
    def url(self) -> str:
        """Give the page's address, with its secret."""
        if self._preview is None:
            raise Refused("The page is not open.", "Start the rehearsal again.")
        return self._preview.url

    async def show(self, *, direct: bool = False) -> None:
        """Open the page, or turn it: to the server with its people, or to the outsider's direct messages.

        The old page closes outside the lock, since it waits for a click that may itself be waiting for the lock.
        """
        stage = self.stage
        self._turning = True
        await self._page.aclose()
        async with stage.env.lock:
            channel: Any = stage.outsider.dm_channel if direct else stage.channel
            viewers = [stage.outsider] if direct else [stage.organiser, stage.second_organiser, stage.member]
            try:
                self._preview = await self._page.enter_async_context(stage.env.page(channel, viewers, port=self._port))
            except SetupError as error:
                raise Refused(
                    f"The page could not be opened: {error}.", "Choose another --port, or leave it out for a free one."
                ) from None
            self._shown = stage.env.happened
        self._turning = False

    async def close(self) -> None:
        await self._page.aclose()

    async def closed(self) -> None:
        """Wait until the page is ended from the browser; turning it does not end it."""
        while self._preview is not None:
            await self._preview.wait_closed()
            if not self._turning and self._preview._closed:
                return
            await asyncio.sleep(PUMP_EVERY)

    async def pump(self) -> None:
        """Let time pass: send what is due, look at deadlines daily, and bring the open page up to date."""
        wait = PUMP_EVERY
        while True:
            try:
                await self.tick()
                wait = PUMP_EVERY
            except Exception:
                wait = min(wait * 4, 60.0)
                log.exception("the room could not go on by itself; trying again in %.0f seconds", wait)
            await asyncio.sleep(wait)

    async def tick(self) -> None:
        """Do what the time now calls for."""
        stage = self.stage
        async with stage.env.lock:
            await stage.env.follow_clock()
            today = london_today(stage.clock)
            if today != self._looked_on:
                self._looked_on = today
                await stage.app.recompute()
                await stage.app.refresh()
            due = await stage.app.services.delivery.next_due()
            if due is not None and due <= stage.clock.now():
                await stage.app.sweep()
                await stage.env.settle()
            await self._refresh()

    async def obey(self, order: Order) -> str:
        """Carry out what was typed at the terminal, and say what came of it."""
        stage = self.stage
        if order is Word.HELP:
            return HELP
        if order in (Word.DIRECT, Word.SERVER):
            await self.show(direct=order is Word.DIRECT)
            return "Reload the page in the browser: it now shows " + (
                "Rosa's direct messages with Postbag." if order is Word.DIRECT else f"#general of {SERVER}."
            )
        if isinstance(order, Move):
            to = order.to
        else:
            due = await stage.app.services.delivery.next_due()
            if due is None:
                return "Nothing is planned. An organiser can add a date with /deadlines add."
            to = max(due, stage.clock.now())
        before = len(stage.posted)
        await stage.play_to(to)
        async with stage.env.lock:
            await self._refresh()
        new = stage.posted[before:]
        lines = [f"It is now {_said(stage.clock.now())}. {_count(len(new))} in the invented server."]
        return "\n".join([*lines, *(f"  {_said(m.created_at)}  {_gist(m)}" for m in new)])

    async def _refresh(self) -> None:
        if self._preview is None or self._preview._closed:
            return
        if self._shown != self.stage.env.happened:
            self._shown = self.stage.env.happened
            await self._preview.refresh()


@asynccontextmanager
async def open_room(settings: Settings, *, port: int | None = None, data: Path | None = None) -> AsyncIterator[Room]:
    """Open the whole room: Parliament's stand-in, Postbag, the invented server set up and following the invented report."""
    async with AsyncExitStack() as stack:
        folder = data or Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="postbag-rehearsal-")))
        clock = RoomClock()
        parliament = await stack.enter_async_context(ParliamentStandIn(clock))
        urls = parliament.urls
        sources = SourcesSection(
            members_api=urls.members_api,
            committees_api=urls.committees_api,
            postcodes=urls.postcodes,
            bank_holidays=urls.bank_holidays,
        )
        report = invented_report(london_today(clock))
        stage: Stage = await stack.enter_async_context(
            open_stage(
                rehearsal_settings(settings, folder, sources),
                clock,
                reports=[report],
                prepare=lambda app: app.refresh(),
            )
        )
        await stage.set_up(high_risk=False)
        person = await stage.app.services.people.person_for(UserId(stage.organiser.id))
        await stage.app.services.deadlines.follow(stage.guild_id, report.slug, person)
        await stage.second_organiser.send(stage.channel, WELCOME)
        await stage.outsider.send_dm(WELCOME_ALONE)
        room = Room(stage, port)
        stack.push_async_callback(room.close)
        await room.show()
        yield room


async def run_room(
    settings: Settings,
    *,
    port: int | None = None,
    open_browser: bool = True,
    data: Path | None = None,
    console: Console | None = None,
) -> int:
    """Serve the room until it is told to stop: by ``quit``, Ctrl-C, SIGTERM or from the page. Gives the exit code."""
    out = console or Console(highlight=False)
    stop = asyncio.Event()
    with stop_signals(stop):
        out.print("Opening the rehearsal room …", style="dim")
        async with open_room(settings, port=port, data=data) as room:
            _welcome(out, room, terminal=sys.stdin is not None and sys.stdin.isatty())
            if open_browser:
                _open_browser(room.url)
            async with typed_lines() as lines, asyncio.TaskGroup() as tasks:
                background = [
                    tasks.create_task(room.pump()),
                    tasks.create_task(_listen(out, room, lines, stop)),
                    tasks.create_task(_set_when(room.closed(), stop)),
                ]
                await stop.wait()
                for task in background:
                    task.cancel()
    out.print("The rehearsal is over. Everything in it has been thrown away.")
    return 0


def _welcome(out: Console, room: Room, *, terminal: bool) -> None:
    report = room.stage.app.services.reports.report("lights-out")
    out.print()
    out.print("[bold]Postbag's rehearsal room[/]: the real bot, without any account. Nothing leaves this computer.")
    out.print(
        f"INVENTED: the server {SERVER.removesuffix(' (invented)')}, its people, every MP, seat and postcode, and the report "
        f"“{report.short_title.removesuffix(' (invented)')}”. Real: the report “Never Again” and what is said of it.",
        soft_wrap=True,
    )
    out.print()
    out.print(f"  [bold]{room.url}[/]", soft_wrap=True)
    out.print("  (only this computer can open it; whoever has the whole address can)", style="dim")
    out.print()
    out.print(
        "1. Open that address. You are Amina, an organiser; “Viewing as” makes you Gwen or Tomos.", soft_wrap=True
    )
    out.print(
        "2. Type /start there: read what is asked, write to an invented MP; then /deadlines list.", soft_wrap=True
    )
    out.print(
        "3. Move the clock here: type next for the next reminder, +1d for a day, help for the rest, quit to end."
        if terminal
        else "3. To end it, press Ctrl-C. Started in a terminal, the room's clock can be moved from there.",
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
            out.print("That did not work. The room is still open.")


async def _set_when(work: Any, stop: asyncio.Event) -> None:
    await work
    stop.set()


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


def _said(instant: datetime) -> str:
    local = instant.astimezone(LONDON)
    return f"{local:%A} {local.day} {local:%B %Y, %H:%M}"


def _gist(message: discord.Message) -> str:
    lines = [line.lstrip("#- ").replace("**", "") for line in text_of(message).splitlines() if line.strip()]
    return ": ".join(lines[:2])[:160]


def _count(number: int) -> str:
    return {0: "Nothing was posted", 1: "1 message was posted"}.get(number, f"{number} messages were posted")
