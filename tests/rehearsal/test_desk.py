"""The desk: who is let in, what it shows, what its buttons do."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import aiohttp
import pytest
import pytest_asyncio

from bot.config import Settings
from bot.rehearsal.desk import FILES, Desk, open_desk
from bot.rehearsal.reading import text_of
from bot.rehearsal.room import open_room
from bot.rehearsal.scenes import ORDINARY, read_scene

pytestmark = pytest.mark.loopback


@pytest_asyncio.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    async with (
        open_room(Settings(), data=tmp_path, scene=replace(ORDINARY, steps=())) as room,
        open_desk(room, asyncio.Event(), port=0) as opened,
    ):
        yield opened


@pytest_asyncio.fixture
async def http() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as session:
        yield session


def origin(desk: Desk) -> dict[str, str]:
    return {"Origin": f"http://127.0.0.1:{desk.port}"}


async def post(http: aiohttp.ClientSession, desk: Desk, what: str, **body: Any) -> dict[str, Any]:
    async with http.post(f"{desk.url}{what}", json=body, headers=origin(desk)) as answer:
        said: dict[str, Any] = await answer.json()
        return {**said, "status": answer.status}


async def state(http: aiohttp.ClientSession, desk: Desk) -> dict[str, Any]:
    async with http.get(f"{desk.url}state") as answer:
        assert answer.status == 200
        found: dict[str, Any] = await answer.json()
        return found


@pytest.mark.asyncio
async def test_its_files_are_served_under_a_strict_policy(desk: Desk, http: aiohttp.ClientSession) -> None:
    for name in ("", "desk.css", "desk.js", "icon.svg"):
        async with http.get(desk.url + name) as answer:
            assert answer.status == 200
            policy = answer.headers["Content-Security-Policy"]
            assert "default-src 'none'" in policy
            assert "unsafe" not in policy
            assert answer.headers["X-Content-Type-Options"] == "nosniff"
    page = (FILES / "index.html").read_text(encoding="utf-8")
    assert page.count("<script") == 1
    assert "<script src=" in page
    assert " style=" not in page
    assert " onclick" not in page
    assert "innerHTML" not in (FILES / "desk.js").read_text(encoding="utf-8")


@pytest.mark.asyncio
async def test_without_the_secret_or_under_another_name_nobody_gets_in(desk: Desk, http: aiohttp.ClientSession) -> None:
    root = f"http://127.0.0.1:{desk.port}"
    for url in (f"{root}/", f"{root}/state", f"{root}/{'x' * 32}/state", f"{root}/{desk.secret}"):
        async with http.get(url) as answer:
            assert answer.status == 404
            assert desk.secret not in await answer.text()
    for host in ("evil.example", f"evil.example:{desk.port}", "127.0.0.1"):
        async with http.get(f"{desk.url}state", headers={"Host": host}) as answer:
            assert answer.status == 404


@pytest.mark.asyncio
@pytest.mark.parametrize("given", [{}, {"Origin": "null"}, {"Origin": "http://evil.example"}])
async def test_only_its_own_page_changes_anything(
    desk: Desk, http: aiohttp.ClientSession, given: dict[str, str]
) -> None:
    before = await state(http, desk)
    for what in ("clock", "weather", "scene", "load", "end", "restart", "open"):
        async with http.post(f"{desk.url}{what}", json={"move": "+1d"}, headers=given, allow_redirects=False) as answer:
            assert answer.status == 403
    assert (await state(http, desk))["version"] == before["version"]
    async with http.get(f"{desk.url}clock") as answer:
        assert answer.status == 405


@pytest.mark.asyncio
async def test_it_shows_people_clock_weather_ledger_and_scenes(desk: Desk, http: aiohttp.ClientSession) -> None:
    shown = await state(http, desk)
    assert [one["name"] for one in shown["people"]] == ["Nadia", "Gwen", "Tomos", "Rosa"]
    assert shown["next"]
    assert shown["ledger"] == []
    assert shown["weather"]
    assert not any(one["on"] for one in shown["weather"])
    assert shown["scenes"][0]["key"] == shown["scene"]["key"] == "ordinary"


@pytest.mark.asyncio
async def test_opening_a_channel_as_somebody_sends_the_tab_to_a_fresh_address(
    desk: Desk, http: aiohttp.ClientSession
) -> None:
    seen = set()
    for who, where in (("tomos", "#general"), ("rosa", "direct"), ("nadia", "#organisers"), ("nadia", "#organisers")):
        form = {"who": who, "where": where}
        async with http.post(f"{desk.url}open", data=form, headers=origin(desk), allow_redirects=False) as answer:
            assert answer.status == 303
            seen.add(answer.headers["Location"])
        shown = await state(http, desk)
        assert (shown["who"], shown["where"]) == (who, where)
    assert len(seen) == 4
    form = {"who": "rosa", "where": "#general"}
    async with http.post(f"{desk.url}open", data=form, headers=origin(desk), allow_redirects=False) as answer:
        assert answer.status == 409
        assert "Rosa isn't in any server" in await answer.text()


@pytest.mark.asyncio
async def test_the_clock_moves_and_what_is_due_is_in_the_ledger(desk: Desk, http: aiohttp.ClientSession) -> None:
    said = await post(http, desk, "clock", move="next")
    assert "1 message was posted" in said["said"]
    shown = await state(http, desk)
    assert shown["ledger"][0]["event"] == "Sent"
    assert shown["ledger"][0]["about"].endswith(": 14 days before, in the channel")
    refused = await post(http, desk, "clock", move="to 2001-01-01")
    assert refused["status"] == 409
    assert "only goes forward" in refused["said"]
    for nonsense in ("quit", "direct", "help", "", "+1y"):
        assert (await post(http, desk, "clock", move=nonsense))["status"] == 409


@pytest.mark.asyncio
async def test_a_change_reaches_a_waiting_desk_at_once(desk: Desk, http: aiohttp.ClientSession) -> None:
    shown = await state(http, desk)

    async def wait() -> Any:
        async with http.get(f"{desk.url}state", params={"seen": str(shown["version"])}) as answer:
            return await answer.json()

    waiting = asyncio.create_task(wait())
    await asyncio.sleep(0.1)
    assert not waiting.done()
    await post(http, desk, "weather", key="parliament-down", on=True)
    told = await asyncio.wait_for(waiting, 60)
    assert told["version"] > shown["version"]


@pytest.mark.asyncio
async def test_what_cannot_be_read_is_refused_kindly(desk: Desk, http: aiohttp.ClientSession) -> None:
    for body in (b"", b"[]", b"{", b"\xff\xfe", b'"x"'):
        async with http.post(f"{desk.url}clock", data=body, headers=origin(desk)) as answer:
            assert answer.status == 400
    assert (await post(http, desk, "weather", key="rain", on=True))["status"] == 409
    assert (await post(http, desk, "scene", key="../../x"))["status"] == 409
    assert "isn't a scene file" in (await post(http, desk, "load", text="<script>"))["said"]
    async with http.post(f"{desk.url}load", data=b"x" * 400_000, headers=origin(desk)) as answer:
        assert answer.status == 413


@pytest.mark.asyncio
async def test_the_conversation_and_the_scene_are_saved(desk: Desk, http: aiohttp.ClientSession) -> None:
    stage = desk.room.stage
    async with stage.env.lock:
        await stage.member.send(stage.channel, "<img src=x onerror=alert(1)> [go](javascript:alert(1)) hello")
    async with http.get(f"{desk.url}transcript.md") as answer:
        assert answer.headers["Content-Disposition"].startswith("attachment")
        told = await answer.text()
    assert "**Tomos**" in told
    assert "&lt;img" in told
    assert "<img" not in told
    assert "](javascript" not in told
    async with http.get(f"{desk.url}scene.toml") as answer:
        assert answer.headers["Content-Disposition"].startswith("attachment")
        saved = read_scene(await answer.text())
    assert saved.steps[-1].what.startswith("<img")
    said = await post(http, desk, "load", text=await _text(http, desk))
    assert said["status"] == 200, said
    assert any("onerror" in text_of(message) for message in desk.room.stage.channel.history())


async def _text(http: aiohttp.ClientSession, desk: Desk) -> str:
    async with http.get(f"{desk.url}scene.toml") as answer:
        return await answer.text()


@pytest.mark.asyncio
async def test_it_ends_when_it_is_told_to(tmp_path: Path, http: aiohttp.ClientSession) -> None:
    stop = asyncio.Event()
    async with (
        open_room(Settings(), data=tmp_path, scene=replace(ORDINARY, steps=())) as room,
        open_desk(room, stop, port=0) as opened,
    ):
        assert "over" in (await post(http, opened, "end"))["said"]
        await asyncio.wait_for(stop.wait(), 60)
