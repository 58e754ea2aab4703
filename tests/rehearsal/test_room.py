"""The rehearsal room: what it prints, what it serves, how its clock moves, how it ends."""

from __future__ import annotations

import asyncio
import os
import re
import signal
import socket
import sys
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import aiohttp
import pytest
import pytest_asyncio

from bot.config import DatabaseSection, DiscordSection, Settings
from bot.domain.errors import Refused
from bot.rehearsal.house import POSTCODE_TO_TYPE, SEAT_TO_TYPE
from bot.rehearsal.prompt import Move, Word
from bot.rehearsal.reading import text_of
from bot.rehearsal.room import Room, RoomClock, open_room, rehearsal_settings
from bot.rehearsal.scenes import ORDINARY

ROOT = Path(__file__).resolve().parents[2]
pytestmark = pytest.mark.loopback


@pytest_asyncio.fixture
async def room(tmp_path: Path) -> AsyncIterator[Room]:
    async with open_room(Settings(), data=tmp_path, scene=replace(ORDINARY, steps=())) as opened:
        yield opened


class Page:
    """An open page, as the browser has it."""

    def __init__(self, http: aiohttp.ClientSession, url: str) -> None:
        self.http = http
        self.address, _, secret = url.partition("#")
        self.headers = {"X-Simcord-Capability": secret}

    async def open(self) -> None:
        async with self.http.post(f"{self.address}api/pages", json={}, headers=self.headers) as answer:
            assert answer.status == 200
            self.headers["X-Simcord-Context"] = (await answer.json())["context"]["id"]

    async def does(self, **what: Any) -> Any:
        async with self.http.get(f"{self.address}api/state", headers=self.headers) as answer:
            state = await answer.json()
        body = {
            "sequence": 1,
            "request_id": "r1",
            "generation": state["context"]["generation"],
            "bot_generation": state["botGeneration"],
            "protocol_version": state["protocolVersion"],
            **what,
        }
        async with self.http.post(f"{self.address}api/action", json=body, headers=self.headers) as answer:
            return await answer.json()

    async def seen(self) -> str:
        async with self.http.get(f"{self.address}api/state", headers=self.headers) as answer:
            assert answer.status == 200
            return str(await answer.json())


@pytest.mark.asyncio
async def test_its_clock_runs_and_jumps_forward_only() -> None:
    clock = RoomClock()
    assert abs(clock.now() - datetime.now(UTC)) < timedelta(seconds=5)
    ahead = clock.now() + timedelta(days=3)
    clock.move_to(ahead)
    assert ahead <= clock.now() < ahead + timedelta(seconds=5)
    clock.move_to(ahead - timedelta(days=9))
    assert clock.now() >= ahead


def test_rehearsing_touches_nothing_of_the_real_installation(tmp_path: Path) -> None:
    real = Settings(
        data=tmp_path / "real",
        database=DatabaseSection(url="postgresql+asyncpg://somewhere/real"),
        discord=DiscordSection(token_file=tmp_path / "token"),
    )
    own = rehearsal_settings(real, tmp_path / "own")
    assert own.database_url == f"sqlite+aiosqlite:///{tmp_path / 'own' / 'postbag.sqlite3'}"
    assert own.key_file == tmp_path / "own" / "postbag.key"
    assert own.discord.token_file is None


@pytest.mark.asyncio
async def test_it_serves_its_page_on_this_computer_alone(room: Room) -> None:
    assert room.url.startswith("http://127.0.0.1:")
    async with aiohttp.ClientSession() as http:
        page = Page(http, room.url)
        async with http.post(f"{page.address}api/pages", json={}) as refused:
            assert refused.status == 401
        await page.open()
        seen = await page.seen()
    for name in ("Nadia (organiser, invented)", "Gwen (organiser, invented)", "Tomos (member, invented)"):
        assert name in seen
    assert "The people, places and MPs are invented" in seen


@pytest.mark.asyncio
async def test_the_next_reminder_is_posted_and_shows_in_an_open_page(room: Room) -> None:
    async with aiohttp.ClientSession() as http:
        page = Page(http, room.url)
        await page.open()
        said = await room.obey(Word.NEXT)
        assert "1 message was posted" in said
        assert "Government response to Lights Out" in said
        assert "Government response to Lights Out" in await page.seen()
    (posted,) = room.stage.posted
    assert abs(posted.created_at - room.stage.clock.now()) < timedelta(minutes=1)


@pytest.mark.asyncio
async def test_what_is_sent_to_one_person_alone_is_counted_apart(room: Room) -> None:
    stage = room.stage
    async with stage.env.lock:
        asked = await stage.member.slash(stage.channel, "remind me", what="Ring the school", when="in 2 hours")
        await stage.member.click(asked.response, label="Save")
    said = await room.obey(Move(stage.clock.now() + timedelta(hours=3)))
    assert "Nothing was posted in the invented server. Sent as direct messages: 1." in said
    assert "Ring the school" not in said


@pytest.mark.asyncio
async def test_a_post_of_the_background_reaches_an_open_page_by_itself(room: Room) -> None:
    due = await room.stage.app.services.delivery.next_due()
    assert due is not None
    async with aiohttp.ClientSession() as http:
        page = Page(http, room.url)
        await page.open()
        pump = asyncio.create_task(room.pump())
        await room.stage.move_to(due - timedelta(seconds=1))
        for _ in range(100):
            if "Government response" in await page.seen():
                break
            await asyncio.sleep(0.1)
        else:
            raise AssertionError("the page never showed it")
        pump.cancel()


@pytest.mark.asyncio
async def test_a_month_passes_rung_by_rung(room: Room) -> None:
    start = room.stage.clock.now()
    said = await room.obey(Move(start + timedelta(days=40)))
    days = [(message.created_at - start).days for message in room.stage.posted]
    assert len(days) == 5, said
    assert days == sorted(days)
    assert "late" not in " ".join(text_of(m).casefold() for m in room.stage.posted if "Running" in text_of(m))


@pytest.mark.asyncio
async def test_the_page_turns_to_direct_messages_at_the_same_address(room: Room) -> None:
    before = room.url
    assert "Rosa" in await room.obey(Word.DIRECT)
    assert room.url == before
    async with aiohttp.ClientSession() as http:
        page = Page(http, room.url)
        await page.open()
        assert "Rosa (not in the server, invented)" in await page.seen()
    await room.obey(Word.SERVER)
    assert room.url == before


@pytest.mark.asyncio
async def test_the_page_turns_while_a_click_is_waiting(room: Room) -> None:
    async with aiohttp.ClientSession() as http:
        page = Page(http, room.url)
        await page.open()
        async with room.stage.env.lock:
            click = asyncio.create_task(page.does(kind="refresh"))
            await asyncio.sleep(0.1)
            turn = asyncio.create_task(room.show("direct", "rosa"))
            await asyncio.sleep(0.1)
        await asyncio.wait_for(asyncio.gather(turn, click, return_exceptions=True), 60)


@pytest.mark.asyncio
async def test_rosa_can_use_it_without_a_server(room: Room) -> None:
    async with room.stage.env.lock:
        answer = await room.stage.outsider.slash("start")
    assert "Read the recommendations" in text_of(answer)


@pytest.mark.asyncio
@pytest.mark.skipif(os.name != "posix", reason="needs POSIX signals")
async def test_a_taken_port_is_said_and_the_next_one_used(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        command = [sys.executable, "-m", "bot", "rehearse", "--no-browser", "--port", str(port)]
        code, out = await _run(command, tmp_path, stop_at=signal.SIGTERM)
    assert code == 0, out
    assert f"Port {port} is in use" in out
    assert f"127.0.0.1:{port}/" not in out


@pytest.mark.asyncio
async def test_a_page_ended_in_the_browser_is_opened_again(room: Room) -> None:
    assert room._preview is not None
    before = room.url
    await room._preview.close()
    assert not room.is_open
    await room.tick()
    await room.show("#general", "tomos")
    assert room.is_open
    assert room.url == before


@pytest.mark.asyncio
async def test_without_a_page_it_says_so(room: Room) -> None:
    room._preview = None
    with pytest.raises(Refused):
        _ = room.url


@pytest.mark.asyncio
@pytest.mark.skipif(os.name != "posix", reason="needs POSIX signals")
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
async def test_a_signal_ends_it_cleanly_and_leaves_nothing_behind(tmp_path: Path, number: signal.Signals) -> None:
    folder = tmp_path / "anywhere"
    folder.mkdir()
    code, out = await _run([sys.executable, "-m", "bot", "rehearse", "--no-browser"], folder, stop_at=number)
    assert code == 0, out
    assert "INVENTED" in out
    assert re.search(r"http://127\.0\.0\.1:\d+/\S{20,}/", out)
    assert [line for line in out.splitlines() if re.match(r"[123]\. ", line)].__len__() == 3
    assert "Traceback" not in out
    assert list(folder.iterdir()) == []
    assert list((tmp_path / "tmp").iterdir()) == []


async def _run(command: list[str], folder: Path, *, stop_at: signal.Signals | None) -> tuple[int, str]:
    """Run a command in a folder; where given, send the signal as soon as its third line of advice is out."""
    temporary = folder.parent / "tmp"
    temporary.mkdir(exist_ok=True)
    environment: dict[str, Any] = {
        **os.environ,
        "PYTHONPATH": os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH")])),
        "TMPDIR": str(temporary),
        "PYTHONUNBUFFERED": "1",
        "COLUMNS": "120",
    }
    process = await asyncio.create_subprocess_exec(
        *command,
        cwd=folder,
        env=environment,
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    assert process.stdout is not None
    lines = []
    try:
        async with asyncio.timeout(60):
            async for line in process.stdout:
                lines.append(line.decode())
                if stop_at is not None and line.startswith(b"3. "):
                    process.send_signal(stop_at)
            return await process.wait(), "".join(lines)
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


def test_when_it_is_not_installed_one_line_says_how(monkeypatch: pytest.MonkeyPatch) -> None:
    from typer.testing import CliRunner

    import bot.cli

    monkeypatch.setattr(bot.cli, "find_spec", lambda part: None)
    result = CliRunner().invoke(bot.cli.app, ["rehearse"])
    assert isinstance(result.exception, Refused)
    assert "isn't installed" in result.exception.message
    assert "[rehearsal]" in result.exception.next_step
    assert "\n" not in result.exception.next_step


@pytest.mark.asyncio
async def test_a_newcomer_meets_a_real_card_and_is_told_what_to_type(tmp_path: Path) -> None:
    async with open_room(Settings(), data=tmp_path) as room:
        welcome, card, invitation = [m for m in room.stage.channel.history() if not m.flags.ephemeral]
        assert SEAT_TO_TYPE in welcome.content
        assert POSTCODE_TO_TYPE in welcome.content
        assert "Never Again" in text_of(card)
        assert "number not confirmed): Cotton" in text_of(card)
        assert "/start" in invitation.content
        for typed in (SEAT_TO_TYPE, POSTCODE_TO_TYPE):
            picked = await room.stage.app.services.letters.pick(typed)
            assert [seat.name for seat in picked.seats] == [SEAT_TO_TYPE]
