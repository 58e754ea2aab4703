"""Pictures for the documents: scenes played in a browser, at fixed times and sizes, so that they come out the same every time."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bot.chat.cards.templates import START_TEXT
from bot.clock import MovableClock
from bot.config import Settings
from bot.rehearsal.browser import Visitor, chromium
from bot.rehearsal.desk import open_desk
from bot.rehearsal.room import open_room
from bot.rehearsal.scenes import Scene, ready_made

START = datetime(2026, 3, 2, 10, tzinfo=UTC)
DESKTOP = {"width": 1120, "height": 760}
LOW = {"width": 1120, "height": 690}
PHONE = {"width": 390, "height": 800}
LONG = {"width": 430, "height": 1330}
TALL = {"width": 760, "height": 1390}
PLAN = {"width": 620, "height": 900}
FRAME = {"width": 620, "height": 725}
WHY = (
    "I run the repair table at our school fair, and parents ask me where the cotton in their children's shirts comes from. I "
    "can't tell them, and neither could the two shops I rang. My neighbour has not heard from her sister in Kashgar for three "
    "years. She does not want to dress her son in cloth that her own family may have been forced to pick."
)
PLAIN = """
  .preview-toolbar, .messages-sidebar, #inspector-panel { display: none !important; }
  .preview-workspace { display: block !important; }
  *, *::before, *::after { animation: none !important; transition: none !important; caret-color: transparent !important; }
"""
"""Leaves only the conversation: SimCord's own tools are not what a member sees."""


@dataclass(frozen=True, slots=True)
class Picture:
    """One picture: its file, its scene, its size, and what a person does before it is taken."""

    name: str
    scene: str
    who: str
    does: Callable[[Visitor], Awaitable[None]]
    size: dict[str, int]


async def _nothing(chat: Visitor) -> None:
    """Look on."""


async def _starts(chat: Visitor) -> None:
    await chat.types("start")


async def _reads(chat: Visitor) -> None:
    await _starts(chat)
    await chat.chooses("Never Again", within="Open a report")
    await chat.presses("Companies and technology")
    await chat.chooses("T-18")


async def _writes(chat: Visitor) -> None:
    await _reads(chat)
    await chat.presses("Use in my letter")
    await chat.fills("Your postcode, town or constituency", "Tarning")
    await chat.sends()
    await chat.presses("Yes, write to Ms Amina Thackwell")
    await chat.chooses("Meet me", within="What are you asking")
    await chat.fills("Why do you care", WHY)
    await chat.sends()
    await chat.sees("Dear Ms Thackwell")


async def _plans(chat: Visitor) -> None:
    await chat.types("action plan")
    await chat.chooses("Government response")
    await chat.sees("A draft. Nothing is posted until you approve it.")


async def _frames(chat: Visitor) -> None:
    await chat.types("admin template new")
    await chat.fills("Title", "Come to our meeting")
    await chat.fills("for", "Invite your MP to the meeting of our group.")
    await chat.fills("text", START_TEXT)
    await chat.sends()
    await chat.chooses("backbencher")
    await chat.sees("Nothing was sent or saved.")


PICTURES = (
    Picture("start", "ordinary", "tomos", _starts, LOW),
    Picture("card", "ordinary", "tomos", _reads, TALL),
    Picture("letter", "ordinary", "tomos", _writes, LONG),
    Picture("overdue", "response-overdue", "tomos", _nothing, DESKTOP),
    Picture("late", "after-an-outage", "tomos", _nothing, PHONE),
    Picture("plan", "ordinary", "nadia", _plans, PLAN),
    Picture("template", "ordinary", "nadia", _frames, FRAME),
)


async def take_pictures(settings: Settings, folder: Path, say: Callable[[str], None]) -> list[Path]:
    """Write every picture to a folder; give their paths. Refused: there is no browser."""
    scenes = {scene.key: scene for scene in ready_made()}
    taken = []
    async with chromium() as browser:
        await asyncio.to_thread(folder.mkdir, parents=True, exist_ok=True)
        for picture in PICTURES:
            path = folder / f"{picture.name}.png"
            await _take(settings, browser, picture, scenes[picture.scene], path)
            taken.append(path)
            say(f"{path}")
        path = folder / "desk.png"
        await _take_desk(settings, browser, scenes["response-overdue"], path)
        taken.append(path)
        say(f"{path}")
    return taken


def _fixed_clock(start: datetime | None) -> MovableClock:
    return MovableClock(start or START)


async def _take(settings: Settings, browser: Any, picture: Picture, scene: Scene, path: Path) -> None:
    with tempfile.TemporaryDirectory(prefix="postbag-picture-") as folder:
        async with open_room(settings, data=Path(folder), scene=scene, clock=_fixed_clock) as room:
            await room.show("#general", picture.who)
            context = await _context(browser, picture.size)
            chat = Visitor(await context.new_page())
            await chat.arrive(room.url)
            await picture.does(chat)
            await _shoot(chat, path)
            await context.close()


async def _context(browser: Any, size: dict[str, int]) -> Any:
    return await browser.new_context(
        viewport=size,
        device_scale_factor=1,
        color_scheme="light",
        reduced_motion="reduce",
        locale="en-GB",
        timezone_id="Europe/London",
    )


async def _shoot(chat: Visitor, path: Path) -> None:
    page = chat.page
    # A constructed sheet, since the page's policy lets no style be put into it.
    await page.evaluate(
        """css => { const sheet = new CSSStyleSheet(); sheet.replaceSync(css);
                    document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet]; }""",
        PLAIN,
    )
    await page.mouse.move(0, 0)
    await page.evaluate("document.activeElement?.blur()")
    await page.evaluate("document.fonts.ready.then(() => null)")
    await page.evaluate(
        "document.querySelector('#channel-message-list').lastElementChild?.scrollIntoView({block: 'end'})"
    )
    await chat.ready()
    await page.locator("#channel-layout").screenshot(path=path, animations="disabled", caret="hide")


async def _take_desk(settings: Settings, browser: Any, scene: Scene, path: Path) -> None:
    with tempfile.TemporaryDirectory(prefix="postbag-picture-") as folder:
        async with (
            open_room(settings, data=Path(folder), scene=scene, clock=_fixed_clock) as room,
            open_desk(room, asyncio.Event(), port=0) as desk,
        ):
            context = await _context(browser, {"width": 1120, "height": 1000})
            page = await context.new_page()
            await page.goto(desk.url)
            await page.get_by_role("button", name="Open #general as Nadia").wait_for()
            await page.get_by_role("status").filter(has_text="has begun").wait_for()
            await page.evaluate("document.fonts.ready.then(() => null)")
            await page.screenshot(path=path, animations="disabled", caret="hide")
            await context.close()
