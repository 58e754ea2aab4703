"""J7 and J8 in a browser, at both sizes: a plan back from a clock, rehearsed, approved, joined unseen; the day, a promise, the answer."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest

from bot.rehearsal.browser import Visitor
from bot.rehearsal.reading import text_of
from tests.browser.conftest import Begin

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.parametrize("size", ["phone", "desktop"])]

J7_PRESSES = 14
"""What planning, rehearsing every step, approving and joining may take."""


async def pictured(chat: Visitor, name: str) -> None:
    """Keep a picture of what is seen, where somebody wants to look at it (PICTURES names the folder)."""
    if folder := os.environ.get("PICTURES"):
        await chat.page.screenshot(path=str(Path(folder) / f"{name}.png"))


async def fits(chat: Visitor) -> bool:
    """Tell whether nothing lies beside the window."""
    return bool(await chat.page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"))


async def test_j7_an_organiser_plans_back_from_a_deadline(begin: Begin, size: str) -> None:
    visit = await begin(size)
    chat = await visit.opens("Open #general as Nadia")
    await chat.types("action plan", first="Gov", offered="Government response to Lights Out (invented)")
    await chat.sees("A draft. Nothing is posted until you approve it.")
    await pictured(chat, f"j7-{size}-draft")
    assert await fits(chat)
    await chat.presses("Rehearse")
    await chat.sees(re.compile("It mentions"))
    last = 6
    for step in range(1, last + 1):
        await chat.sees(re.compile(f"Rehearsal, step {step} of {last}"))
        if step < last:
            await chat.presses("Next step")
    await pictured(chat, f"j7-{size}-rehearsal")
    assert await fits(chat)
    await chat.presses("Back to the plan")
    await chat.presses("Approve")
    await chat.sees("Nobody can see who signed up, not even organisers.")
    await pictured(chat, f"j7-{size}-approved")
    assert visit.room.stage.posted == [], "nothing before its day"
    await visit.presses("To the next reminder", until="1 message was posted")
    await visit.opens("Open #general as Tomos")
    await chat.presses("Sign up privately")
    await chat.sees("You've signed up, privately")
    await pictured(chat, f"j7-{size}-joined")
    assert chat.pressed <= J7_PRESSES, f"{chat.pressed} presses"
    posted = len(visit.room.stage.posted)
    await visit.opens("Open #general as Nadia")
    assert not await chat.page.locator("#preview-app").get_by_text("You've signed up, privately").count()
    await chat.types("action list")
    await chat.chooses("Government response")
    await chat.presses("Cancel this plan")
    await chat.presses("Call it off")
    await chat.sees("Cancelled. Postbag won't post any more of its steps.")
    await visit.presses("1 hour on", until="10:00")
    assert len(visit.room.stage.posted) == posted + 1, "that it is called off is said once, where it was posted"
    assert "cancelled" in text_of(visit.room.stage.posted[-1]).casefold()
    assert visit.room.stage.env.strict.refused == []


async def test_j8_the_day_passes_a_new_date_is_promised_and_then_the_answer_comes(begin: Begin, size: str) -> None:
    visit = await begin(size)
    chat = await visit.opens("Open #general as Nadia")
    for day in ("9 March", "20 March", "23 March"):
        await visit.presses("To the next reminder", until=day)
    await chat.sees("Expected today, 23 March 2026. Postbag hasn't seen it yet.")
    await visit.presses("To the next reminder", until="24 March")
    await chat.sees("1 day overdue: expected by 23 March 2026. Postbag hasn't seen it yet.")
    await chat.button("Write to my MP about it").wait_for()
    await pictured(chat, f"j8-{size}-overdue")
    assert await fits(chat)
    before = chat.pressed
    await chat.types("deadlines list")
    await chat.chooses("Government response")
    await chat.presses("Promised")
    await chat.fills("Promised for", "27 March 2026")
    await chat.fills("A link to who said so", "https://lamplighters.example/promise")
    await chat.sends()
    assert chat.pressed - before <= 6
    await visit.presses("1 hour on", until="24 March 2026, 10")
    await chat.sees(re.compile("27 March 2026"))
    promised = len(visit.room.stage.posted)
    await visit.presses("To the next reminder", until="27 March")
    assert len(visit.room.stage.posted) == promised + 1, "nothing nudges before the new date"
    await pictured(chat, f"j8-{size}-promised")
    before = chat.pressed
    await chat.types("deadlines list")
    await chat.chooses("Government response")
    await chat.presses("Answered")
    await chat.fills("Received on", "27 March 2026")
    await chat.fills("A link to the answer", "https://lamplighters.example/answer")
    await chat.sends()
    assert chat.pressed - before <= 6
    await visit.presses("1 hour on", until="27 March 2026, 10")
    await chat.sees(re.compile("Answered on 27 March 2026, 4 days late"))
    await pictured(chat, f"j8-{size}-answered")
    assert await fits(chat)
    assert visit.room.stage.env.strict.refused == []
