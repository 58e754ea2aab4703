"""A stand-in for Discord's REST interface on this machine: strict, with nonces, limits, faults and a clock of its own.

It stores messages, refuses what Discord refuses, knows a nonce again for two minutes, and can be told to answer late,
wrongly or not at all. Run as a program it prints its port; ``/control`` steers it.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import os
import signal
import sys
import time
from collections import defaultdict, deque
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from aiohttp import web

TOKEN = "MTAwMDAwMDAwMDAwMDAwMDAwMQ.stand-in.not-a-token"
BOT_ID = 1_000_000_000_000_000_001
ORGANISERS = 1_000_000_000_000_000_077
"""A role that may manage its server."""
DISCORD_EPOCH = 1_420_070_400_000
NONCE_KNOWN = 120.0
CONTENT_LIMIT = 2000

OK, GONE, HIDDEN, MUTE, BLIND = "ok", "gone", "hidden", "mute", "blind"
"""What a channel may be: there, deleted, not visible to the bot, closed to its messages, without its history."""


@dataclass
class Fault:
    """What goes wrong with the next ``times`` posts, in one channel or in any."""

    kind: str
    times: int = 1
    channel: int | None = None
    value: float = 0.0


@dataclass
class World:
    """All that the stand-in knows."""

    offset: float = 0.0
    channels: dict[int, str] = field(default_factory=dict)
    people: dict[int, str] = field(default_factory=dict)
    messages: list[dict[str, Any]] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    limited: bool = False
    kill: dict[str, Any] | None = None
    posts: int = 0
    recognised: int = 0
    refused: dict[int, int] = field(default_factory=lambda: defaultdict(int))
    requests: list[tuple[float, str]] = field(default_factory=list)
    _last_id: int = 0
    _recent: dict[int, deque[float]] = field(default_factory=lambda: defaultdict(deque))
    _all: deque[float] = field(default_factory=deque)

    def now(self) -> float:
        return time.time() + self.offset

    def next_id(self) -> int:
        stamp = (int(self.now() * 1000) - DISCORD_EPOCH) << 22
        self._last_id = max(stamp, self._last_id + 1)
        return self._last_id

    def in_channel(self, channel: int) -> list[dict[str, Any]]:
        return [message for message in self.messages if int(message["channel_id"]) == channel]

    def fault(self, channel: int, *kinds: str) -> Fault | None:
        for fault in self.faults:
            if fault.kind in kinds and fault.channel in (None, channel):
                fault.times -= 1
                if fault.times <= 0:
                    self.faults.remove(fault)
                return fault
        return None

    def channel_room(self, channel: int) -> tuple[int, float]:
        """Count a post against 5 in 5 seconds. Gives what remains, and the wait where nothing did."""
        return _room(self._recent[channel], 5, 5.0)

    def global_room(self) -> tuple[int, float]:
        return _room(self._all, 50, 1.0)


def _room(recent: deque[float], most: int, seconds: float) -> tuple[int, float]:
    now = time.monotonic()
    while recent and recent[0] <= now - seconds:
        recent.popleft()
    if len(recent) >= most:
        return -1, recent[0] + seconds - now
    recent.append(now)
    return most - len(recent), recent[0] + seconds - now


class Refusal(Exception):
    """An answer with an error of Discord's."""

    def __init__(self, status: int, code: int, message: str, **more: Any) -> None:
        super().__init__(message)
        self.status = status
        self.body = {"message": message, "code": code, **more}
        self.headers: dict[str, str] = {}


def _invalid(where: str, why: str) -> Refusal:
    return Refusal(400, 50035, "Invalid Form Body", errors={where: {"_errors": [{"message": why}]}})


def check_message(body: dict[str, Any]) -> None:
    """Refuse what Discord refuses of a message."""
    content = body.get("content") or ""
    if not isinstance(content, str) or len(content) > CONTENT_LIMIT:
        raise _invalid("content", "Must be 2000 or fewer in length.")
    if not content.strip() and not body.get("embeds"):
        raise Refusal(400, 50006, "Cannot send an empty message")
    nonce = body.get("nonce")
    if nonce is not None and len(str(nonce)) > 25:
        raise _invalid("nonce", "Must be 25 or fewer in length.")
    mentions = body.get("allowed_mentions") or {}
    for kind in ("roles", "users"):
        if kind in mentions.get("parse", ()) and mentions.get(kind):
            raise _invalid("allowed_mentions", f"parse and {kind} are mutually exclusive")
    rows = body.get("components") or []
    if len(rows) > 5:
        raise _invalid("components", "Must be between 1 and 5 in length.")
    seen: set[str] = set()
    for row in rows:
        if row.get("type") != 1 or not 1 <= len(row.get("components", ())) <= 5:
            raise _invalid("components", "A row holds one to five components.")
        for button in row["components"]:
            check_button(button, seen)


def check_button(button: dict[str, Any], seen: set[str]) -> None:
    label, style = button.get("label") or "", button.get("style")
    if button.get("type") != 2 or style not in (1, 2, 3, 4, 5):
        raise _invalid("components", "Not a button.")
    if not 1 <= len(label) <= 80:
        raise _invalid("label", "Must be between 1 and 80 in length.")
    if style == 5:
        url = button.get("url") or ""
        if "custom_id" in button or not url.startswith(("http://", "https://", "discord://")) or len(url) > 512:
            raise _invalid("url", "Not a well formed URL.")
        return
    custom_id = button.get("custom_id") or ""
    if button.get("url") or not 1 <= len(custom_id) <= 100:
        raise _invalid("custom_id", "Must be between 1 and 100 in length.")
    if custom_id in seen:
        raise _invalid("custom_id", "Component custom id cannot be duplicated")
    seen.add(custom_id)


class DiscordRest:
    """The web application over a world."""

    def __init__(self, world: World | None = None) -> None:
        self.world = world or World()
        self.app = web.Application(middlewares=[self._outer])
        api = "/api/v10"
        self.app.add_routes(
            [
                web.get(f"{api}/users/@me", self._me),
                web.get(f"{api}/oauth2/applications/@me", self._application),
                web.get(f"{api}/guilds/{{guild:[0-9]+}}", self._guild),
                web.get(f"{api}/guilds/{{guild:[0-9]+}}/members/{{person:[0-9]+}}", self._guild_member),
                web.post(f"{api}/users/@me/channels", self._open_dm),
                web.get(f"{api}/channels/{{channel}}", self._channel),
                web.post(f"{api}/channels/{{channel}}/messages", self._post),
                web.get(f"{api}/channels/{{channel}}/messages", self._history),
                web.post("/control", self._control),
                web.get("/control", self._look),
            ]
        )

    @web.middleware
    async def _outer(self, request: web.Request, handler: Any) -> web.StreamResponse:
        if request.path == "/control":
            answered: web.StreamResponse = await handler(request)
            return answered
        world = self.world
        world.requests.append((time.monotonic(), f"{request.method} {request.path}"))
        try:
            if request.headers.get("Authorization") != f"Bot {TOKEN}":
                raise Refusal(401, 0, "401: Unauthorized")
            if world.limited:
                remaining, wait = world.global_room()
                if remaining < 0:
                    raise too_many(wait, everywhere=True)
            answered = await handler(request)
        except Refusal as refusal:
            world.refused[refusal.status] += 1
            headers = {"Via": "1.1 google", **refusal.headers}
            return answer(refusal.body, status=refusal.status, headers=headers)
        return answered

    async def _me(self, request: web.Request) -> web.Response:
        return answer(_user(BOT_ID, bot=True))

    async def _application(self, request: web.Request) -> web.Response:
        return answer(
            {
                "id": str(BOT_ID),
                "name": "Postbag",
                "description": "",
                "icon": None,
                "bot_public": True,
                "bot_require_code_grant": False,
                "owner": _user(BOT_ID + 1),
                "summary": "",
                "verify_key": "00",
                "team": None,
                "flags": 0,
            }
        )

    async def _guild(self, request: web.Request) -> web.Response:
        guild = request.match_info["guild"]
        role = {"position": 0, "color": 0, "hoist": False, "managed": False, "mentionable": False, "flags": 0}
        roles = [
            role | {"id": guild, "name": "@everyone", "permissions": "0"},
            role | {"id": str(ORGANISERS), "name": "organisers", "permissions": "32"},
        ]
        return answer({"id": guild, "name": "g", "owner_id": "1", "roles": roles, "features": []})

    async def _guild_member(self, request: web.Request) -> web.Response:
        person = int(request.match_info["person"])
        joined = "2020-01-01T00:00:00+00:00"
        return answer({"user": _user(person), "roles": [str(ORGANISERS)], "joined_at": joined, "flags": 0})

    async def _open_dm(self, request: web.Request) -> web.Response:
        person = int((await request.json())["recipient_id"])
        if self.world.people.get(person, OK) == GONE:
            raise Refusal(404, 10013, "Unknown User")
        return answer({"id": str(dm_channel(person)), "type": 1, "recipients": [_user(person)]})

    async def _channel(self, request: web.Request) -> web.Response:
        channel = self._known(request)
        return answer({"id": str(channel), "type": 0, "guild_id": "1", "name": "c", "position": 0})

    def _known(self, request: web.Request) -> int:
        channel = int(request.match_info["channel"])
        state = self.world.channels.get(channel)
        if state is None and channel not in {dm_channel(person) for person in self.world.people}:
            state = GONE
        if state == GONE:
            raise Refusal(404, 10003, "Unknown Channel")
        if state == HIDDEN:
            raise Refusal(403, 50001, "Missing Access")
        return channel

    async def _post(self, request: web.Request) -> web.StreamResponse:
        world = self.world
        world.posts += 1
        channel = int(request.match_info["channel"])
        self._strike("received")
        fault = world.fault(channel, "status", "429", "slow", "lost", "dropped", "closed door")
        if fault is not None:
            await self._go_wrong(request, fault, before=True)
        self._known(request)
        if world.channels.get(channel) == MUTE:
            raise Refusal(403, 50013, "Missing Permissions")
        closed = {dm_channel(person) for person, state in world.people.items() if state != OK}
        if channel in closed:
            raise Refusal(403, 50007, "Cannot send messages to this user")
        headers = {}
        if world.limited:
            remaining, wait = world.channel_room(channel)
            if remaining < 0:
                raise too_many(wait, everywhere=False)
            headers = _bucket(remaining, wait)
        body = await request.json()
        check_message(body)
        message = self._stored(channel, body)
        self._strike("stored")
        if fault is not None:
            await self._go_wrong(request, fault, before=False)
        if world.kill is not None:
            asyncio.get_running_loop().call_later(0.002, self._strike, "answered", world.posts)
        return answer(message, headers=headers)

    def _strike(self, when: str, post: int | None = None) -> None:
        """Kill the process that asked for it, at the post it named."""
        kill = self.world.kill
        if kill is not None and (kill["when"], kill["post"]) == (when, post or self.world.posts):
            self.world.kill = None
            with contextlib.suppress(ProcessLookupError):
                os.kill(kill["pid"], signal.SIGKILL)

    async def _go_wrong(self, request: web.Request, fault: Fault, *, before: bool) -> None:
        match fault.kind, before:
            case "status", True:
                raise Refusal(int(fault.value), 0, "fault")
            case "429", True:
                raise too_many(fault.value, everywhere=False)
            case "closed door", True:
                closed = Refusal(429, 0, "error code: 1015")
                closed.headers |= {"Via": "", "Retry-After": str(fault.value)}
                raise closed
            case ("dropped", True) | ("lost", False):
                assert request.transport is not None
                request.transport.abort()
                raise ConnectionResetError
            case "slow", False:
                await asyncio.sleep(fault.value)

    def _stored(self, channel: int, body: dict[str, Any]) -> dict[str, Any]:
        world, nonce = self.world, body.get("nonce")
        if nonce is not None and body.get("enforce_nonce"):
            for known in reversed(world.in_channel(channel)):
                if known["nonce"] == nonce and world.now() - known["at"] < NONCE_KNOWN:
                    world.recognised += 1
                    return _shown(known)
        number = world.next_id()
        message = {
            "id": str(number),
            "channel_id": str(channel),
            "author": _user(BOT_ID, bot=True),
            "content": body.get("content") or "",
            "timestamp": _iso(world.now()),
            "components": body.get("components") or [],
            "allowed_mentions": body.get("allowed_mentions"),
            "nonce": nonce,
            "at": world.now(),
        }
        world.messages.append(message)
        return _shown(message)

    async def _history(self, request: web.Request) -> web.Response:
        channel = self._known(request)
        fault = self.world.fault(channel, "history")
        if fault is not None:
            raise Refusal(int(fault.value), 0, "fault")
        if self.world.channels.get(channel) == BLIND:
            return answer([])
        limit = int(request.query.get("limit", "50"))
        held = sorted(self.world.in_channel(channel), key=lambda message: int(message["id"]))
        if "after" in request.query:
            held = [m for m in held if int(m["id"]) > int(request.query["after"])][:limit]
        elif "before" in request.query:
            held = [m for m in held if int(m["id"]) < int(request.query["before"])][-limit:]
        else:
            held = held[-limit:]
        return answer([_shown(message) for message in reversed(held)])

    # Steering from another process

    async def _control(self, request: web.Request) -> web.Response:
        told = await request.json()
        world = self.world
        if told.get("reset"):
            self.world = world = World()
        if "offset" in told:
            world.offset = told["offset"]
        if "kill" in told:
            world.kill = told["kill"]
            world.kill["post"] += world.posts
        if "limited" in told:
            world.limited = told["limited"]
        world.channels.update({int(channel): state for channel, state in told.get("channels", {}).items()})
        world.people.update({int(person): state for person, state in told.get("people", {}).items()})
        world.faults += [Fault(**fault) for fault in told.get("faults", ())]
        for channel in told.get("greet", ()):
            self._stored(int(channel), {"content": "Hello."})
        return answer({})

    async def _look(self, request: web.Request) -> web.Response:
        world = self.world
        return answer(
            {
                "messages": world.messages,
                "offset": world.offset,
                "posts": world.posts,
                "recognised": world.recognised,
                "refused": world.refused,
                "requests": world.requests,
            }
        )


def answer(data: Any, *, status: int = 200, headers: dict[str, str] | None = None) -> web.Response:
    """Give JSON as Discord does: discord.py reads it as JSON only under exactly this content type."""
    said = {"Content-Type": "application/json", **(headers or {})}
    return web.Response(body=json.dumps(data).encode(), status=status, headers=said)


def too_many(wait: float, *, everywhere: bool) -> Refusal:
    refusal = Refusal(429, 0, "You are being rate limited.", retry_after=max(wait, 0.001))
    refusal.body["global"] = everywhere
    refusal.headers["Retry-After"] = str(max(1, round(wait)))
    return refusal


def dm_channel(person: int) -> int:
    """Give the id of the channel of a person's direct messages."""
    return person + 7


def _bucket(remaining: int, wait: float) -> dict[str, str]:
    return {
        "X-RateLimit-Limit": "5",
        "X-RateLimit-Remaining": str(remaining),
        "X-RateLimit-Reset-After": f"{wait:.3f}",
        "X-RateLimit-Reset": f"{time.time() + wait:.3f}",
        "X-RateLimit-Bucket": "messages",
    }


def _user(number: int, *, bot: bool = False) -> dict[str, Any]:
    return {"id": str(number), "username": f"u{number}", "discriminator": "0", "avatar": None, "bot": bot}


def _iso(at: float) -> str:
    return (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=at)).isoformat()


def _shown(message: dict[str, Any]) -> dict[str, Any]:
    hidden = ("at", "allowed_mentions")
    return {
        **{name: value for name, value in message.items() if name not in hidden},
        "type": 0,
        "edited_timestamp": None,
        "tts": False,
        "mention_everyone": False,
        "mentions": [],
        "mention_roles": [],
        "attachments": [],
        "embeds": [],
        "pinned": False,
        "flags": 0,
    }


async def _serve(port: int) -> None:
    runner = web.AppRunner(DiscordRest().app, access_log=None)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", port)
    await site.start()
    addresses = runner.addresses
    sys.stdout.write(json.dumps({"port": addresses[0][1]}) + "\n")
    sys.stdout.flush()
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)  # until whoever started it goes away


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, default=0)
    asyncio.run(_serve(parser.parse_args().port))
