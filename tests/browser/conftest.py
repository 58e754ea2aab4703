"""One browser for all of these tests, and for each a room of its own with its desk."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from bot.config import Settings
from bot.rehearsal.browser import Visitor, chromium, why_not
from bot.rehearsal.desk import Desk, open_desk
from bot.rehearsal.room import Room, open_room
from bot.rehearsal.scenes import Scene

START = datetime(2026, 3, 2, 10, tzinfo=UTC)
SIZES = {"desktop": {"width": 1280, "height": 900}, "phone": {"width": 390, "height": 844}}
PATIENCE = 30_000


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    missing = why_not()
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)
            item.add_marker(pytest.mark.loopback)
            if missing:
                item.add_marker(pytest.mark.skip(reason=missing))


@dataclass
class Visit:
    """A person at the desk, with the tab of the conversation once they have opened it."""

    room: Room
    desk: Desk
    stop: asyncio.Event
    context: Any
    page: Any
    chat: Visitor | None = None

    async def opens(self, button: str) -> Visitor:
        """Press one of the desk's buttons that open a conversation, and turn to its tab."""
        press = self.page.get_by_role("button", name=button, exact=True)
        if self.chat is None:
            async with self.context.expect_page() as opened:
                await press.click()
            self.chat = Visitor(await opened.value)
        else:
            async with self.chat.page.expect_navigation():
                await press.click()
        await self.chat.ready()
        return self.chat

    async def presses(self, button: str, *, until: str) -> None:
        """Press a button of the desk and wait for what it says."""
        await self.page.get_by_role("button", name=button, exact=True).click()
        await self.hears(until)

    async def switches(self, weather: str, *, until: str) -> None:
        """Turn a switch of the weather and wait for what the desk says."""
        await self.page.get_by_role("switch", name=weather).click()
        await self.hears(until)

    async def hears(self, words: str) -> None:
        """Wait until the desk has said so."""
        await self.page.get_by_role("status").filter(has_text=words).wait_for()


Begin = Callable[..., Awaitable[Visit]]


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def browser() -> AsyncIterator[Any]:
    async with chromium() as opened:
        yield opened


@pytest_asyncio.fixture(loop_scope="session")
async def begin(browser: Any, tmp_path: Path) -> AsyncIterator[Begin]:
    """Give a function that opens a room, its desk and a browser window of a size, at the desk."""
    async with AsyncExitStack() as stack:

        async def start(size: str = "desktop", *, scene: Scene | None = None, dark: bool = False) -> Visit:
            room = await stack.enter_async_context(
                open_room(Settings(), data=tmp_path, scene=scene or Scene("A test", starts=START))
            )
            stop = asyncio.Event()
            desk = await stack.enter_async_context(open_desk(room, stop, port=0))
            context = await browser.new_context(viewport=SIZES[size], color_scheme="dark" if dark else "light")
            stack.push_async_callback(context.close)
            context.set_default_timeout(PATIENCE)
            page = await context.new_page()
            pump = asyncio.create_task(room.pump())
            stack.callback(pump.cancel)
            await page.goto(desk.url)
            await page.get_by_role("button", name="Open #general as Nadia").wait_for()
            return Visit(room, desk, stop, context, page)

        yield start
