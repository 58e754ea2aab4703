"""Faults on the answers to four things that people do: what is said afterwards is true each time, and nothing is kept twice."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import aiohttp
import discord
import pytest
from simcord.backend.errors import BackendError

from bot.chat import answers
from bot.domain.identity import UserId
from bot.rehearsal.reading import text_of

REPORT = "never-again"
DONE = ("Saved", "Added", "Lobby day", "Followed")


def _connector() -> BaseException:
    return aiohttp.ClientConnectorError(None, OSError(111, "refused"))  # type: ignore[arg-type]


FAULTS: dict[str, Callable[[], BaseException]] = {
    "reset": lambda: ConnectionResetError(104, "reset"),
    "disconnected": aiohttp.ServerDisconnectedError,
    "cut": lambda: aiohttp.ClientPayloadError("cut"),
    "unreachable": _connector,
    "time-out": TimeoutError,
    "held back": lambda: discord.RateLimited(60.0),
    "429": lambda: BackendError(429, 0, "You are being rate limited."),
    "500": lambda: BackendError(500, 0, "Internal Server Error"),
    "502": lambda: BackendError(502, 0, "Bad Gateway"),
    "503": lambda: BackendError(503, 0, "Service Unavailable"),
    "504": lambda: BackendError(504, 0, "Gateway Timeout"),
}
CALLBACK, EDIT = ("POST", "/interactions/*/callback"), ("PATCH", "/webhooks/*/messages/@original")
CALLS = {"first answer": (*CALLBACK, 1), "its edit": (*EDIT, 1), "every edit": (*EDIT, 99)}


@pytest.fixture(autouse=True)
def no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(answers, "FIRST_PAUSES", (0.0, 0.0))
    monkeypatch.setattr(answers, "PAUSES", (0.0, 0.0))


async def add_date(group: Any) -> Any:
    return await group.organiser.slash(
        group.channel, "deadlines add", kind="expected answer", title="Lobby day", date="20 April 2026"
    )


async def dates(group: Any) -> int:
    return sum(d.title == "Lobby day" for d in await group.app.services.deadlines.list(group.guild_id))


async def plan(group: Any) -> Any:
    return await group.organiser.slash(group.channel, "action plan", title="Lobby day", day="20 April 2026")


async def plans(group: Any) -> int:
    return len(await group.app.services.actions.plans(group.guild_id))


async def follow(group: Any) -> Any:
    return await group.organiser.slash(group.channel, "reports follow", report=REPORT)


async def followed(group: Any) -> int:
    return sum(d.report == REPORT for d in await group.app.services.deadlines.list(group.guild_id))


async def keep(group: Any) -> Any:
    shown = getattr(group, "draft", None)
    if shown is None:
        shown = group.draft = await group.member.slash(
            group.channel, "remind me", what="Lobby day", when="20 April 2026 9am"
        )
        group.break_now()
    elif "[Save]" not in text_of(shown):
        return None  # its place was taken by what was kept
    return await group.member.click(shown.response, label="Save")


async def kept(group: Any) -> int:
    return len(await group.app.services.private_reminders.mine(UserId(group.member.id)))


ACTIONS: dict[str, tuple[Callable[[Any], Awaitable[Any]], Callable[[Any], Awaitable[int]]]] = {
    "/deadlines add": (add_date, dates),
    "/action plan": (plan, plans),
    "/reports follow": (follow, followed),
    "Save": (keep, kept),
}


@pytest.mark.asyncio
@pytest.mark.parametrize("action", ACTIONS)
@pytest.mark.parametrize("call", CALLS)
async def test_what_is_said_after_a_fault_is_true_and_nothing_is_kept_twice(group: Any, action: str, call: str) -> None:
    do, count = ACTIONS[action]
    method, path, times = CALLS[call]
    for number, fault in enumerate(FAULTS.values()):
        for after in (False, True):
            await _empty(group)

            def break_now(error: Any = fault, after: bool = after) -> None:
                group.env.strict.break_off(method, path, error, after=after, times=times)

            group.draft, group.break_now = None, break_now
            if action != "Save":
                break_now()
            seen = text_of(await do(group))
            group.env.strict.mend()
            there, where = await count(group), f"{list(FAULTS)[number]}, after: {after}: {seen!r}"
            assert seen, where
            if "It may have been done" in seen:
                assert there == 1, where
                assert "Look at /" in seen, where
            elif "Nothing was changed" in seen:
                assert there == 0, where
            elif times == 1 or after:
                assert there == 1, where
            assert "Something went wrong" not in seen
            await do(group)
            assert await count(group) == 1, where
    group.forgive()


async def _empty(group: Any) -> None:
    """Take away what was kept, so that the next fault finds nothing."""
    async with group.app.database.writing() as connection:
        for table in ("deadlines", "actions", "personal_reminders", "follows"):
            await connection.exec_driver_sql(f"DELETE FROM {table}")
