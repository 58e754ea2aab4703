"""The room in a real browser: a person types a command, presses a button, and sees a reminder arrive."""

from __future__ import annotations

import asyncio
import os
import shutil
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import async_playwright

from bot.config import Settings
from bot.rehearsal.prompt import Word
from bot.rehearsal.room import open_room

CHROMIUM = os.environ.get("POSTBAG_CHROMIUM") or next(
    filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome", "chrome"))), None
)

pytestmark = [
    pytest.mark.browser,
    pytest.mark.loopback,
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium here (apt-get install chromium, or POSTBAG_CHROMIUM)"),
]


async def ready(page: Any) -> None:
    for _ in range(300):
        if await page.evaluate("window.simcordPreview?.ready"):
            return
        await asyncio.sleep(0.05)
    raise AssertionError("the page did not open")


@pytest.mark.asyncio
async def test_a_newcomer_types_start_and_sees_a_reminder_arrive(tmp_path: Path) -> None:
    async with open_room(Settings(), data=tmp_path) as room, async_playwright() as playwright:
        flags = ["--no-sandbox"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=flags)
        try:
            page = await browser.new_page(viewport={"width": 1280, "height": 860})
            page.set_default_timeout(15_000)
            await page.goto(room.url)
            await ready(page)
            box = page.get_by_role("textbox").last
            await box.click()
            await box.type("/start", delay=15)
            await page.get_by_text("Start here: read, write or organise").first.wait_for()
            await page.keyboard.press("Enter")
            await asyncio.sleep(0.3)
            if not await page.get_by_role("button", name="Read the recommendations").is_visible():
                await page.keyboard.press("Enter")
            pump = asyncio.create_task(room.pump())
            await page.get_by_role("button", name="Read the recommendations").click()
            await page.get_by_role("button", name="About this report").wait_for()
            await room.obey(Word.NEXT)
            await page.get_by_text("Government response to Lights Out").first.wait_for()
            pump.cancel()
        finally:
            await browser.close()
    assert room.stage.env.strict.refused == []
