"""A process with everything imported and warm, that forks one Postbag after another and kills it where it is told to.

Orders come as lines of JSON on standard input; each is answered by one line when its child has ended. A child is the real
app on a real SQLite file, its real discord.py client logged in to the stand-in; only its clock is set.
"""

from __future__ import annotations

import asyncio
import json
import logging
import os
import re
import signal
import sys
import time
import traceback
import urllib.request
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import discord

from bot import watchdog
from bot.app import open_app
from bot.chat import client as _client  # noqa: F401 - imported before the fork
from bot.chat.sender import DiscordSender
from bot.config import DiscordSection, Settings
from bot.services.delivery.words import MessageWriter
from storage.reminders.next_time import Repeated
from storage.reminders.planner import Planner
from storage.reminders.store import Reminders
from tests.crash.discord_rest import TOKEN
from tests.crash.scenario import fill, plan_again

MOST_SWEEPS = 80
BEFORE, AFTER = "before", "after"

POINTS: dict[str, tuple[type, str]] = {
    "claim": (Reminders, "claim"),
    "freeze": (MessageWriter, "freeze"),
    "write": (Reminders, "_write"),
    "retry": (Reminders, "retry_later"),
    "reroute": (Reminders, "reroute"),
    "give up": (Reminders, "give_up"),
    "take over": (Reminders, "take_over"),
    "send": (DiscordSender, "send"),
    "find": (DiscordSender, "find"),
    "repeat": (Repeated, "plan_next"),
    "plan": (Planner, "replace"),
}
"""Where a child can be made to die: before or after the n-th call of a method. ``write`` is inside the open transaction."""


class ShiftedClock:
    """The machine's clock, moved; it can be moved further."""

    def __init__(self, offset: float) -> None:
        self.offset = offset

    def now(self) -> datetime:
        return datetime.now(UTC) + timedelta(seconds=self.offset)


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)
    time.sleep(60)


def hang() -> None:
    """Hold the loop until the watchdog ends the process: waiting lets other threads run."""
    time.sleep(60)


def run_wild() -> None:
    """Hold the interpreter, so that no other thread runs either."""
    re.match("(a|a)*$", "a" * 60 + "b")


def set_failpoint(point: str, when: str, nth: int, die: Callable[[], None] = die) -> None:
    """Make this process end at a point: by its own hand, or by the watchdog's."""
    owner, name = POINTS[point]
    original: Callable[..., Any] = getattr(owner, name)
    calls = 0

    def counted() -> bool:
        nonlocal calls
        calls += 1
        return calls == nth

    if asyncio.iscoroutinefunction(original):

        async def patched(*args: Any, **kwargs: Any) -> Any:
            now = counted()
            if now and when == BEFORE:
                die()
            result = await original(*args, **kwargs)
            if now:
                die()
            return result
    else:

        def patched(*args: Any, **kwargs: Any) -> Any:
            now = counted()
            if now and when == BEFORE:
                die()
            result = original(*args, **kwargs)
            if now:
                die()
            return result

    setattr(owner, name, patched)


def control(port: int, **told: Any) -> None:
    """Tell the stand-in something."""
    request = urllib.request.Request(
        f"http://127.0.0.1:{port}/control", json.dumps(told).encode(), {"Content-Type": "application/json"}
    )
    urllib.request.urlopen(request, timeout=10).read()


async def live(order: dict[str, Any], ready: Callable[[], None]) -> None:
    """Be a Postbag: take up what was left, then send what is due, moving the clock on until nothing is left."""
    port, clock = order["port"], ShiftedClock(order["offset"])
    discord_offset = order["discord_offset"]
    settings = Settings(data=Path(order["data"]), discord=DiscordSection(sync_commands=False))
    async with open_app(settings, clock=clock) as app:
        delivery = app.services.delivery
        await app.client.login(TOKEN)
        if "held" in order:
            watchdog.LOOK_EVERY = 0.05
            watch = watchdog.Watchdog(clock, settings.data, ends=True, held_for=0.5, processor_seconds=0.5)
            watch.start()
        if order["blind"]:  # as once the gateway has told of every server, and of no right to read there
            app.client._ready = asyncio.Event()
            app.client._ready.set()
        ready()
        await delivery.recover()
        await plan_again(app, clock.now())
        for _ in range(MOST_SWEEPS):
            due = await delivery.next_due()
            if due is None:
                break
            ahead = (due - clock.now()).total_seconds()
            if ahead > 0:
                clock.offset += ahead
                discord_offset += ahead
                control(port, offset=discord_offset)
            await app.sweep()
        else:
            raise RuntimeError("there was always something left to do")
        await app.client.close()


async def prepare(order: dict[str, Any]) -> None:
    settings = Settings(data=Path(order["data"]), discord=DiscordSection(sync_commands=False))
    async with open_app(settings, clock=ShiftedClock(order["offset"])) as app:
        await fill(app, datetime.fromisoformat(order["now"]))


def child(order: dict[str, Any], ready_end: int) -> int:
    """Run an order in a fork; gives the exit code."""
    discord.http.Route.BASE = f"http://127.0.0.1:{order['port']}/api/v10"
    if "point" in order:
        ends = {None: die, "hang": hang, "run wild": run_wild}[order.get("held")]
        set_failpoint(order["point"], order["when"], order["nth"], ends)
    if "at_post" in order:
        control(order["port"], kill={"pid": os.getpid(), "post": order["at_post"], "when": order["when"]})

    def ready() -> None:
        os.write(ready_end, b"!")

    try:
        asyncio.run(prepare(order) if order["do"] == "prepare" else live(order, ready))
    except BaseException:
        Path(order["data"], "traceback.txt").write_text(traceback.format_exc())
        return 1
    return 0


def fork(order: dict[str, Any]) -> dict[str, Any]:
    """Fork a child for an order, kill it after ``kill_after`` seconds where that is asked for, and wait for its end."""
    read_end, ready_end = os.pipe()
    pid = os.fork()
    if pid == 0:
        code = 1
        try:
            os.close(read_end)
            sys.stdin.close()
            code = child(order, ready_end)
        finally:
            os._exit(code)
    os.close(ready_end)
    if "kill_after" in order:
        os.read(read_end, 1)
        time.sleep(order["kill_after"])
        os.kill(pid, signal.SIGKILL)
    _, status = os.waitpid(pid, 0)
    os.close(read_end)
    code = os.waitstatus_to_exitcode(status)
    return {"killed": os.WIFSIGNALED(status) or code == watchdog.STUCK, "code": code}


def main() -> None:
    logging.disable(logging.CRITICAL)
    for line in sys.stdin:
        order = json.loads(line)
        if order["do"] == "warm":  # in this process itself: what it loads, every child has
            asyncio.run(prepare(order))
            answer: dict[str, Any] = {"killed": False, "code": 0}
        else:
            answer = fork(order)
        sys.stdout.write(json.dumps(answer) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
