"""Discord's REST interface with its limits switched on, for ``benchmarks.reminders``: the crash tests' stand-in, in its own process.

Fifty requests a second in all and five messages in five seconds for a channel; answers to interactions are not counted, as
Discord does not count them. It notes when each of those arrives.
"""

from __future__ import annotations

import asyncio
import os
import sys
import time
from typing import Any

from aiohttp import web

from tests.crash.discord_rest import DiscordRest, World, answer

_BLANK: dict[str, Any] = {
    "channel_id": "3000000000000000001",
    "author": {"id": "1", "username": "p", "discriminator": "0", "avatar": None},
    "content": "",
    "timestamp": "2026-11-24T12:00:00+00:00",
    "edited_timestamp": None,
    "tts": False,
    "mention_everyone": False,
    "mentions": [],
    "mention_roles": [],
    "attachments": [],
    "embeds": [],
    "pinned": False,
    "type": 20,
    "flags": 1 << 6,
    "webhook_id": "1",
}


class Limited(DiscordRest):
    """The stand-in with limits, and a place for answers to interactions."""

    def __init__(self) -> None:
        super().__init__(World(limited=True))
        self.arrived: dict[str, int] = {}
        self.app.router.add_post("/api/v10/interactions/{id}/{token}/callback", self.callback)
        self.app.router.add_get("/arrived", self.tell)

    @web.middleware
    async def _outer(self, request: web.Request, handler: Any) -> web.StreamResponse:
        if request.path == "/arrived" or "/interactions/" in request.path:
            answered: web.StreamResponse = await handler(request)
            return answered
        return await super()._outer(request, handler)

    async def callback(self, request: web.Request) -> web.Response:
        """Note that an answer to an interaction has arrived."""
        number = request.match_info["id"]
        self.arrived[number] = time.monotonic_ns()
        sent = await request.json()
        components = (sent.get("data") or {}).get("components") or []
        message = {**_BLANK, "id": str(int(number) + 1), "components": components}
        return answer(
            {"interaction": {"id": number, "type": 2}, "resource": {"type": sent["type"], "message": message}}
        )

    async def tell(self, request: web.Request) -> web.Response:
        """Give the arrivals since the last look."""
        told, self.arrived = answer(self.arrived), {}
        return told


async def serve() -> None:
    """Serve until standard input closes; the port is the only line printed."""
    runner = web.AppRunner(Limited().app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0, backlog=1024).start()
    print(runner.addresses[0][1], flush=True)
    closed = asyncio.Event()
    os.set_blocking(sys.stdin.fileno(), False)
    asyncio.get_running_loop().add_reader(sys.stdin, closed.set)
    await closed.wait()
    await runner.cleanup()


if __name__ == "__main__":
    asyncio.run(serve())
