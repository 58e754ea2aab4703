"""A PostgreSQL server as it is in life, seen by whoever types and presses: kind words in time, no stack trace, back by itself.

Whoever is kept waiting longer than Discord waits has an answer begun meanwhile: ``begins_after``, which is short here.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import asyncpg
import pytest
import pytest_asyncio
from sqlalchemy import text

from bot.chat import answers
from bot.clock import MovableClock
from bot.config import DatabaseSection, Settings
from bot.domain.errors import Unavailable
from bot.rehearsal.reading import text_of
from bot.rehearsal.stage import open_stage
from storage.database import open_database
from tests.chat.conftest import START, ChatRoom, _Unexpected, _with_invented_seats
from tests.contracts.conftest import Server, control, running_server
from tests.several.proxy import Door, door

pytestmark = [pytest.mark.asyncio, pytest.mark.postgres, pytest.mark.loopback]

WITHIN = 60.0
POOL = 3
STRANGE = ("Something went wrong", "reference", "Traceback")


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("CONNECT_WITHIN", "ANSWER_WITHIN", "POOL_WAIT"):
        monkeypatch.setattr(f"storage.engines.{name}", 2.0)


@dataclass
class Scene:
    """A group whose Postbag reaches its server through a door."""

    room: ChatRoom
    way: Door
    server: Server
    name: str
    pressed: Sequence[Awaitable[str]] = ()

    async def tries(self) -> list[str]:
        """Let people read, write and press; give what each of them is told."""
        room = self.room

        async def typed(command: str, who: Any = None, **options: Any) -> str:
            shown = await (who or room.organiser).slash(room.channel, command, **options)
            return str(text_of(shown))

        asked = (
            typed("deadlines list"),
            typed("deadlines add", kind="expected answer", title="Lobby day", date="20 April 2026"),
            typed("admin health"),
            typed("remind list", who=room.member),
            typed("admin settings"),
            typed("action plan", title="Lobby day", day="20 April 2026"),
        )
        async with asyncio.timeout(2 * WITHIN):
            return [await one for one in (*asked, *self.pressed)]

    async def opened(self) -> None:
        """Let people have cards before them, whose controls they press later: a button, one that opens a form, and a form."""
        room = self.room

        async def shown(who: Any, command: str) -> Any:
            return (await who.slash(room.channel, command)).response

        async def pressed(who: Any, card: Any, label: str) -> str:
            return str(text_of(await who.click(card, label=label)))

        async def sent(who: Any, form: Any) -> str:
            typed = {"zone": "Karachi", "time": "8am", "lead": "4", "wording": ["own"]}
            return str(text_of(await who.submit_modal(form, typed)))

        forget = await shown(room.second_organiser, "privacy forget-me")
        listed = await shown(room.member, "remind list")
        form = await room.member.click(listed, label="Change my settings")
        self.pressed = (
            pressed(room.second_organiser, forget, "Forget me"),
            pressed(room.member, listed, "Change my settings"),
            sent(room.member, form),
        )

    async def well(self, title: str) -> None:
        """Wait until a date can be added, by itself."""
        async with asyncio.timeout(WITHIN):
            while True:
                shown = await self.room.organiser.slash(
                    self.room.channel, "deadlines add", kind="expected answer", title=title, date="21 April 2026"
                )
                if title in text_of(shown):
                    return
                await asyncio.sleep(0.2)

    async def dates(self) -> int:
        async with asyncio.timeout(WITHIN):
            while True:
                try:
                    return len(await self.room.app.services.deadlines.list(self.room.guild_id))
                except Unavailable:  # another connection of the pool is found to be dead
                    await asyncio.sleep(0.2)


@pytest_asyncio.fixture
async def scene(tmp_path: Path) -> AsyncIterator[Scene]:
    unexpected = _Unexpected()
    with running_server("max_connections=20") as server:
        await server._create("chat", "template0")
        async with door(server.folder) as way:
            settings = Settings(data=tmp_path, database=DatabaseSection(url=way.url("chat"), pool=POOL))
            logging.getLogger("bot").addHandler(unexpected)
            try:
                async with open_stage(
                    settings, MovableClock(START), prepare=_with_invented_seats, kind=ChatRoom
                ) as stage:
                    stage.unexpected = unexpected
                    stage.env.settle_timeout = WITHIN
                    await stage.set_up()
                    yield Scene(stage, way, server, "chat")
                    assert stage.forgive() == []
            finally:
                logging.getLogger("bot").removeHandler(unexpected)


@asynccontextmanager
async def cut_off(scene: Scene) -> AsyncIterator[str]:
    scene.way.is_shut = True
    scene.way.cut()
    yield "isn't answering"
    scene.way.is_shut = False


@asynccontextmanager
async def silent(scene: Scene) -> AsyncIterator[str]:
    """What is sent is taken, and nothing comes back for ever: a network that is gone, or a server that hangs."""
    loop: Any = asyncio.get_running_loop()
    kept = loop.call_later, loop.call_at
    # The invented Discord holds timers back until the work is done that waits for them: here they are the machine's own.
    loop.call_later, loop.call_at = (partial(getattr(type(loop), name), loop) for name in ("call_later", "call_at"))
    scene.way.is_hole = True
    try:
        yield "isn't answering"
    finally:
        scene.way.is_hole = False
        scene.way.cut()
        loop.call_later, loop.call_at = kept


@asynccontextmanager
async def read_only(scene: Scene) -> AsyncIterator[str]:
    async with _apart(scene) as say:
        await say("ALTER DATABASE chat SET default_transaction_read_only = on")
    scene.way.cut()
    yield "isn't accepting changes"
    async with _apart(scene) as say:
        await say("SET SESSION CHARACTERISTICS AS TRANSACTION READ WRITE")
        await say("ALTER DATABASE chat RESET default_transaction_read_only")
    scene.way.cut()


@asynccontextmanager
async def no_connection_free(scene: Scene) -> AsyncIterator[str]:
    held: list[Any] = []
    scene.way.cut()
    for _ in range(100):
        try:
            held.append(await asyncpg.connect(host=str(scene.server.folder), user="postbag", database="chat"))
        except asyncpg.TooManyConnectionsError:
            break
    yield "no free connections"
    for one in held:
        await one.close()


@asynccontextmanager
async def stopped(scene: Scene) -> AsyncIterator[str]:
    """The server is stopped, and started again at the end."""
    await asyncio.to_thread(control, scene.server.folder, "stop", "-m", "fast")
    yield "isn't answering"
    await asyncio.to_thread(control, scene.server.folder, "start", "-o", await _options(scene))


async def _options(scene: Scene) -> str:
    words = (scene.server.folder / "data" / "postmaster.opts").read_text().split()
    return " ".join(word for word in words[1:])


@asynccontextmanager
async def _apart(scene: Scene) -> AsyncIterator[Callable[[str], Awaitable[None]]]:
    """Speak to the server past the door, as whoever looks after it."""
    url = scene.server.url(scene.name)
    async with open_database(url, migrate=False) as database, database._writer.connect() as connection:
        own = await connection.execution_options(isolation_level="AUTOCOMMIT")

        async def say(words: str) -> None:
            await own.execute(text(words))

        yield say


FAULTS = {
    "cut off": cut_off,
    "silent for ever": silent,
    "only read": read_only,
    "no connection free": no_connection_free,
    "stopped and started": stopped,
}


@pytest.mark.timeout(300)
@pytest.mark.parametrize("fault", FAULTS)
async def test_people_are_told_kindly_in_time_and_it_is_over_by_itself(
    scene: Scene, fault: str, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun: list[int] = []
    begin = answers._begin_for_whoever_waits

    async def begin_and_count(interaction: Any) -> None:
        await begin(interaction)
        begun.append(interaction.id)

    monkeypatch.setattr(answers, "_begin_for_whoever_waits", begin_and_count)
    await scene.well("Before")
    before = await scene.dates()
    await scene.opened()
    scene.room.app.client.begins_after = 0.2
    with caplog.at_level(logging.INFO):
        async with FAULTS[fault](scene) as words:
            told = await scene.tries()
        if fault == "silent for ever":
            assert begun, "whoever waited longer than Discord waits would have read that Postbag did not respond"
        assert any(words in one for one in told), told
        for one in told:
            assert one.strip(), "an answer without words"
            assert not [strange for strange in STRANGE if strange in one], one
        if fault != "only read":
            assert all(words in one for one in told[:2]), told
        scene.room.app.client.begins_after = None
        await scene.well("Afterwards")
    assert await scene.dates() == before + 1, "what was refused was not done, and done was what was said to be"
    traces = [record for record in caplog.records if record.exc_info and record.name.startswith(("bot", "storage"))]
    assert not traces, traces
    assert scene.room.forgive() == []


@pytest.mark.timeout(300)
async def test_a_restart_in_a_moment_is_hardly_seen(scene: Scene, caplog: pytest.LogCaptureFixture) -> None:
    await scene.well("Before")
    with caplog.at_level(logging.INFO):
        await asyncio.to_thread(control, scene.server.folder, "restart", "-m", "fast")
        for one in await scene.tries():
            assert not [strange for strange in STRANGE if strange in one], one
        await scene.well("Afterwards")
    assert not [record for record in caplog.records if record.exc_info and record.name.startswith(("bot", "storage"))]


@pytest.mark.timeout(300)
async def test_a_slow_server_is_waited_for(scene: Scene) -> None:
    await scene.well("Before")
    scene.way.slow = 0.005
    told = await scene.tries()
    scene.way.slow = 0.0
    assert "Lobby day" in told[1], told[1]
    assert not [one for one in told if "isn't answering" in one]
