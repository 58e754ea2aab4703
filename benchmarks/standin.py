"""As much of Discord's REST interface as a bot needs to log in and to answer: it notes when each answer arrives.

It runs in its own process, on loopback, so that its work is not counted as the bot's. Only the order of its clock matters:
``time.monotonic_ns`` is one clock for all processes of a machine.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
import time
from typing import Any

from aiohttp import web

BOT = {"id": "1000000000000000001", "username": "Measured", "discriminator": "0", "avatar": None, "bot": True}
APPLICATION = {
    "id": BOT["id"],
    "name": "Measured",
    "icon": None,
    "description": "",
    "bot_public": True,
    "bot_require_code_grant": False,
    "verify_key": "",
    "flags": 0,
    "owner": BOT,
    "team": None,
}
MESSAGE_TYPES = (4, 7)
EPHEMERAL = 1 << 6


class StandIn:
    """Knows of every answer its arrival, its type and its length; of the last one also the words."""

    def __init__(self) -> None:
        self.arrived: dict[str, tuple[int, int, int]] = {}
        self.last = ""

    def app(self) -> web.Application:
        app = web.Application()
        app.router.add_post("/api/v10/interactions/{id}/{token}/callback", self.callback)
        app.router.add_get("/api/v10/users/@me", self.me)
        app.router.add_get("/api/v10/oauth2/applications/@me", self.application)
        app.router.add_get("/arrived", self.tell)
        for path in ("/api/v10/webhooks/{app}/{token}", "/api/v10/webhooks/{app}/{token}/messages/{id}"):
            app.router.add_route("*", path, self.later)
        return app

    async def me(self, request: web.Request) -> web.Response:
        return _answer(BOT)

    async def application(self, request: web.Request) -> web.Response:
        return _answer(APPLICATION)

    async def callback(self, request: web.Request) -> web.Response:
        now = time.monotonic_ns()
        body = await request.read()
        sent = json.loads(body)
        number = request.match_info["id"]
        self.arrived[number] = (now, sent["type"], len(body))
        self.last = body.decode()
        answer: dict[str, Any] = {"interaction": {"id": number, "type": 2}}
        if sent["type"] in MESSAGE_TYPES:
            answer["resource"] = {"type": sent["type"], "message": _message(number, sent.get("data") or {})}
        return _answer(answer)

    async def later(self, request: web.Request) -> web.Response:
        """Take what follows an answer that was put off, or changes one."""
        body = await request.read()
        sent = json.loads(body) if body.startswith(b"{") else {}
        return _answer(_message(str(time.monotonic_ns()), sent))

    async def tell(self, request: web.Request) -> web.Response:
        answer = _answer({"arrived": self.arrived, "last": self.last})
        self.arrived = {}
        return answer


def _answer(body: object) -> web.Response:
    """Answer in JSON as Discord does: discord.py reads it as such only where no charset is named."""
    return web.Response(body=json.dumps(body).encode(), headers={"Content-Type": "application/json"})


def _message(number: str, data: dict[str, Any]) -> dict[str, Any]:
    return {
        "id": str(int(number) + 1),
        "channel_id": "3000000000000000001",
        "author": BOT,
        "content": data.get("content") or "",
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
        "flags": data.get("flags", 0) | EPHEMERAL,
        "components": data.get("components") or [],
        "webhook_id": BOT["id"],
    }


async def serve() -> None:
    """Serve until standard input closes; the port is the only line printed."""
    runner = web.AppRunner(StandIn().app(), access_log=None)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0, backlog=1024)
    await site.start()
    address = runner.addresses[0]
    print(address[1], flush=True)
    closed = asyncio.Event()
    os.set_blocking(sys.stdin.fileno(), False)
    asyncio.get_running_loop().add_reader(sys.stdin, closed.set)
    await closed.wait()
    await runner.cleanup()


if __name__ == "__main__":
    asyncio.run(serve())
