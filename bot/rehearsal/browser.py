"""A person at a browser: finding the system's Chromium, and typing, pressing, choosing and filling in as one does."""

from __future__ import annotations

import asyncio
import os
import re
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib.util import find_spec
from typing import Any

from bot.domain.errors import Refused

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
PATIENCE = 30.0


def find_chromium() -> str | None:
    """Find the system's Chromium: POSTBAG_CHROMIUM, else on PATH."""
    named = os.environ.get("POSTBAG_CHROMIUM")
    return shutil.which(named) if named else next(filter(None, map(shutil.which, NAMES)), None)


def why_not() -> str:
    """Say what is missing for a browser that is driven; "" where nothing is."""
    if find_spec("playwright") is None:
        return "Playwright is not installed (make test installs it)"
    if find_chromium() is None:
        return "no Chromium here (apt-get install chromium, or POSTBAG_CHROMIUM)"
    return ""


@asynccontextmanager
async def chromium() -> AsyncIterator[Any]:
    """Start the system's Chromium, without a window. Refused: something is missing; the message says what."""
    if missing := why_not():
        raise Refused("There is no browser to drive.", missing[0].upper() + missing[1:] + ".")
    from playwright.async_api import async_playwright

    flags = ["--font-render-hinting=none", "--disable-lcd-text", "--hide-scrollbars", "--lang=en-GB"]
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        flags.append("--no-sandbox")
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=find_chromium(), args=flags)
        try:
            yield browser
        finally:
            await browser.close()


class Visitor:
    """A person in the conversation's tab. Everything is done by what can be seen: labels, options, text.

    ``pressed`` counts what they pressed: a command and each thing taken for it, a button, a list and what is chosen in it.
    """

    def __init__(self, page: Any) -> None:
        self.page = page
        self.pressed = 0
        page.set_default_timeout(PATIENCE * 1000)

    async def arrive(self, url: str) -> None:
        """Open the page."""
        await self.page.goto(url)
        await self.ready()

    async def ready(self) -> None:
        """Wait until the page shows what it has."""
        async with asyncio.timeout(PATIENCE):
            # The page's policy forbids what Playwright waits with, so it is asked now and then.
            while not await self.page.evaluate("window.simcordPreview?.ready === true"):  # noqa: ASYNC110
                await asyncio.sleep(0.02)

    async def types(self, command: str, *, first: str = "", offered: str = "") -> None:
        """Type a command and send it: without options, or typing into the first until something is offered to take."""
        box = self.page.locator("#channel-composer-input")
        await box.click()
        await box.press_sequentially(f"/{command}")
        found = self.page.get_by_role("option").filter(has=self.page.get_by_text(f"/{command}", exact=True))
        await found.first.click()
        self.pressed += 2 if not first else 3
        if first:
            await self.page.keyboard.press("Enter")
            await self.page.locator(".command-option-input").first.press_sequentially(first)
            await self.page.locator("#command-suggestion-listbox").get_by_text(offered).wait_for()
            await self.page.keyboard.press("ArrowDown")
            await self.page.keyboard.press("Enter")
            await self.page.keyboard.press("Enter")
        else:
            await self.page.locator("#send-message").click()  # Enter would open the first option
        await self.ready()

    async def presses(self, label: str | re.Pattern[str]) -> None:
        """Press the newest button of a label, once it is there."""
        await self.button(label).click()
        self.pressed += 1
        await self.ready()

    def button(self, label: str | re.Pattern[str]) -> Any:
        """Find the newest button of a label."""
        return self.page.locator("#preview-app").get_by_role("button", name=label, exact=True).last

    async def sees(self, text: str | re.Pattern[str]) -> None:
        """Wait until a text is there."""
        await self.page.locator("#preview-app").get_by_text(text).last.wait_for()

    async def chooses(self, option: str, *, within: str | None = None) -> None:
        """Choose in a list: of a form, or the newest of the conversation, or the one of a name."""
        form = self.page.locator("#modal-root [role=dialog]")
        place = form if await form.count() else self.page.locator("#channel-timeline")
        lists = place.get_by_role("combobox", name=within) if within else place.get_by_role("combobox")
        await lists.last.click()
        await self.page.locator("#preview-app [role=option]").filter(has_text=option).last.click()
        self.pressed += 2
        await self.ready()

    async def fills(self, label: str, text: str) -> None:
        """Write into a field of the open form."""
        await self.page.locator("#modal-root").get_by_role("textbox", name=label).fill(text)

    async def sends(self, label: str = "Submit") -> None:
        """Send the open form."""
        await self.page.locator("#modal-root").get_by_role("button", name=label, exact=True).click()
        self.pressed += 1
        await self.ready()
