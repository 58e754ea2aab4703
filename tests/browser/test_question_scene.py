"""From letter to question to answer, walked in a browser: asked for, tabled, followed, answered on its day, told once, kept as evidence."""

from __future__ import annotations

import re
from typing import Any

import pytest

from bot.clock import london_today
from bot.rehearsal.prompt import read_order
from bot.rehearsal.reading import text_of
from bot.rehearsal.scenes import FOLDER, Do, Scene, read_file
from tests.browser.conftest import Begin
from tests.browser.test_walk import Walk, begun

pytest.importorskip("playwright.async_api", reason="Playwright is not installed (make test installs it)")
pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.parametrize("size", ["desktop", "phone"])]


def until_tabled() -> Scene:
    """Give the shipped scene as far as the MP tables the question: the letter is written, sent, and nine days have passed."""
    scene = read_file(FOLDER / "80-letter-to-answer.toml")
    end = next(at for at, step in enumerate(scene.steps) if step.do is Do.PARLIAMENT)
    return Scene("Until the question is tabled", starts=scene.starts, steps=scene.steps[: end + 1])


async def move(walk: Walk, to: str) -> None:
    room = walk.visit.room
    async with room.lock:
        await room.move(read_order(f"to {to}", room.stage.clock.now()))


async def types_with(chat: Any, command: str, value: str) -> None:
    """Type a command and a value for its first option, where nothing is offered for it."""
    await chat.page.locator("#channel-composer-input").click()
    await chat.page.locator("#channel-composer-input").press_sequentially(f"/{command}")
    found = chat.page.get_by_role("option").filter(has=chat.page.get_by_text(f"/{command}", exact=True))
    await found.first.click()
    await chat.page.keyboard.press("Enter")
    await chat.page.locator(".command-option-input").first.press_sequentially(value)
    await chat.page.locator("#send-message").click()
    await chat.ready()


async def test_a_letter_asks_for_a_question_and_its_answer_becomes_evidence(begin: Begin, size: str) -> None:
    walk = await begun("J9", begin, size, until_tabled())
    room = walk.visit.room
    (row,) = [one for one in room.parliament.said.questions if one["uin"] == "77001"]
    chat = await walk.as_("Tomos")
    await chat.types("letter follow-ups")
    await chat.presses(re.compile("My MP has replied already|Has your MP replied"))
    await chat.presses("Tabled a question")
    await chat.fills("number or link", "77001")
    await chat.sends()
    await chat.sees("Street Lamps: Counting")

    chat = await walk.as_("Nadia")
    await types_with(chat, "deadlines question", "77001")
    await chat.sees("not answered yet")
    await chat.presses("Follow until it's answered")
    await chat.presses("Remind my group when it's due")
    await chat.sees("Expected by 18 March 2026")

    await move(walk, "2026-03-18 08:00")
    room.parliament.said.answer(
        row, "The Department will publish a count by town on 1 June.", london_today(room.stage.clock)
    )
    for moment in ("2026-03-19 08:30", "2026-03-19 12:00"):
        await move(walk, moment)
    told = [message for message in room.stage.posted if "Answered on 18 March 2026" in text_of(message)]
    assert len(told) == 1, [text_of(message) for message in room.stage.posted[-4:]]
    chat = await walk.as_("Nadia")
    await chat.sees("Answered on 18 March 2026, on time")
    await chat.types("recommendations show", first="1", offered="1")
    await chat.sees("asked once since 2026; last answered on 18 March 2026")
    await chat.presses("In Parliament")
    await chat.sees(re.compile("Looked back to"))
    await chat.chooses("18 March 2026: Street Lamps: Counting", within="Keep one as evidence")
    await chat.sees("Preview")
    await chat.presses("Save")
    chat = await walk.as_("Tomos")
    await chat.types("recommendations show", first="1", offered="1")
    await chat.sees(re.compile("asked the Department for Lanterns a written question \\(77001\\)"))
    wide = await chat.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert wide <= 0, "nothing is pushed sideways"
    assert room.stage.env.strict.refused == []
