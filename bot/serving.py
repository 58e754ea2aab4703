"""``postbag run``: open Postbag, connect to Discord and serve until told to stop."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import signal
from collections.abc import Callable, Mapping
from contextlib import AsyncExitStack

from bot.app import open_app
from bot.clock import SystemClock
from bot.config import Settings, with_shards
from bot.domain.errors import Refused, Unavailable
from bot.jobs import App
from bot.scheduling import Alarm
from bot.services.ports.deliveries import ReminderHealth
from bot.signs_of_life import Place, SignsOfLife
from bot.supervisor import Supervisor
from bot.watchdog import Watchdog

FIRST_WAIT = 5.0
LONGEST_WAIT = 120.0


async def serve(settings: Settings, token: str, *, say: Callable[[str], None]) -> int:
    """Connect to Discord and serve until SIGTERM or Ctrl-C. Gives the exit status.

    Refused: what only a person can mend. Unavailable: a part does not answer just now, and nothing starts Postbag again.
    """
    from bot.chat.connection import ShardsNeeded

    stopping = asyncio.create_task(_told_to_stop())
    counts_itself = settings.discord.shard_count is None
    try:
        while True:
            try:
                async with AsyncExitStack() as stack:
                    serving = Serving(settings, say)
                    app = await serving.opened(stack, stopping)
                    if app is not None:
                        await serving.connected(app, token, stopping, counts_itself=counts_itself)
                break
            except ShardsNeeded as needed:
                say(f"Discord wants {needed.count} connections for this bot's servers: starting again with that many.")
                settings = with_shards(settings, needed.count, "")
    finally:
        stopping.cancel()
        await asyncio.gather(stopping, return_exceptions=True)
    return 0


class Serving:
    """One run: what it tells the terminal and a supervisor, and the watch over its loop."""

    def __init__(self, settings: Settings, say: Callable[[str], None]) -> None:
        self._settings = settings
        self._say = say
        self._alarm = Alarm()
        self._supervisor = Supervisor()
        self._supervised = self._supervisor.restarts(settings.supervisor.restarts)
        self._watchdog = Watchdog(SystemClock(), settings.data, ends=self._supervised, beat=self._supervisor.alive)

    def _tell_started(self, line: str) -> None:
        """Say a line. What is away outside is no fault of a start: the service is up, and tries again."""
        self._say(line)
        self._supervisor.ready(line)
        self._watchdog.begin_to_beat()

    async def opened(self, stack: AsyncExitStack, stopping: asyncio.Task[None]) -> App | None:
        """Open everything. None: told to stop meanwhile.

        Under a supervisor, wait for a database that does not answer: being started again and again would not bring it back.
        """
        wait = FIRST_WAIT
        while True:
            try:
                app = await stack.enter_async_context(
                    open_app(self._settings, wake=self._alarm.wake, stuck=lambda: self._watchdog.last)
                )
                break
            except Unavailable as error:
                if not self._supervised or self._settings.database_file is not None:
                    raise
                self._tell_started(f"{error.message} Nothing is lost. Trying again in {wait:.0f} seconds.")
            await asyncio.wait((stopping,), timeout=wait)
            if stopping.done():
                return None
            wait = min(wait * 2, LONGEST_WAIT)
        health = await app.database.check()
        if health.damaged:
            raise Refused("The database file is damaged.", "Put a backup in its place: postbag database restore FILE")
        await stack.enter_async_context(app.client)
        return app

    async def connected(
        self, app: App, token: str, stopping: asyncio.Task[None], *, counts_itself: bool = False
    ) -> None:
        """Stay on Discord until told to stop. ``counts_itself``: however many shards Discord wants, as nobody set a number."""
        from bot.chat.connection import stay_connected

        warming: list[asyncio.Task[None]] = []

        life = SignsOfLife(
            Signs(app, self._alarm), listen=_place(self._settings.life.listen), heartbeat=self._settings.life.heartbeat
        )

        processes = app.services.processes
        processes.take_over = self._alarm.take_over

        async def logged_in() -> None:
            settle()
            await processes.start()
            app.services.memory.start()
            self._alarm.start(app)  # its first sweep takes up what an earlier run left under way
            self._watchdog.start()
            warming.append(asyncio.create_task(app.services.letters.warm()))
            self._tell_started(
                f"Postbag {app.services.version} is on Discord. Type /start in your server; /admin setup sets it up."
            )

        await life.start()
        connection = asyncio.create_task(
            stay_connected(app.client, token, say=self._tell_started, logged_in=logged_in, counts_itself=counts_itself)
        )
        try:
            await asyncio.wait((connection, stopping), return_when=asyncio.FIRST_COMPLETED)
            if connection.done():
                connection.result()
            else:
                self._say("Stopping as soon as the messages under way have been sent.")
        finally:
            self._supervisor.stopping()
            self._watchdog.stop()
            await life.stop()
            await app.services.delivery.close()
            await self._alarm.stop()
            await app.services.memory.stop()
            await processes.stop()
            await app.client.close()
            for task in (connection, *warming):
                task.cancel()
            await asyncio.gather(connection, *warming, return_exceptions=True)


class Signs:
    """What the signs of life are read from."""

    def __init__(self, app: App, alarm: Alarm) -> None:
        self._app = app
        self._alarm = alarm

    @property
    def on_discord(self) -> bool:
        return self._app.client.is_ready() and not self._app.client.is_closed()

    @property
    def since_sweep(self) -> float:
        return self._alarm.since_good

    @property
    def totals(self) -> Mapping[str, int]:
        return self._app.services.delivery.totals

    async def health(self) -> ReminderHealth:
        return await self._app.services.delivery.health()


def _place(listen: str) -> Place | None:
    host, _, port = listen.rpartition(":")
    return Place(host.strip("[]"), int(port)) if listen else None


def settle() -> None:
    """Let the garbage collector pass over what start-up made and everything keeps: a full look at it holds the loop for 70 ms."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 10, 10)


async def _told_to_stop() -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for name in (signal.SIGTERM, signal.SIGINT):
        with contextlib.suppress(NotImplementedError):
            loop.add_signal_handler(name, stop.set)
    await stop.wait()
