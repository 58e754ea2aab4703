"""The journeys as a person walks them: by clicking and typing in a browser, at the size of a desktop and of a phone.

J1 a newcomer reads and J2 a first letter, each at both sizes; J8 the day passes and the answer comes, at a desktop's; J10
Postbag was off at the time, on a phone. J7, planning back from a deadline, is walked in ``test_plans.py``, on a phone.
"""

from __future__ import annotations

import re

import pytest

from tests.browser.conftest import Begin

pytestmark = pytest.mark.asyncio(loop_scope="session")

SIZES = ["desktop", "phone"]
WHY = (
    "My neighbour walks her children to school past eleven dark lamps, and last winter the youngest fell there. I promised "
    "her that I would ask somebody who can do something about it."
)


@pytest.mark.parametrize("size", SIZES)
async def test_j1_a_newcomer_learns_what_the_report_asks(begin: Begin, size: str) -> None:
    visit = await begin(size)
    chat = await visit.opens("Open #general as Tomos")
    await chat.types("start")
    await chat.presses("Read the recommendations")
    await chat.presses("What should happen next")
    await chat.chooses("5 · Safety")
    await chat.sees("Give every school a lit path to its gate.")
    await chat.sees("Not yet answered")
    assert visit.room.stage.posted == [], "nothing of it is seen by anybody else"
    assert visit.room.stage.env.strict.refused == []


@pytest.mark.parametrize("size", SIZES)
async def test_j2_a_first_letter_from_the_card_to_the_hand_over(begin: Begin, size: str) -> None:
    visit = await begin(size)
    chat = await visit.opens("Open #general as Tomos")
    await chat.types("start")
    await chat.presses("Read the recommendations")
    await chat.presses("What should happen next")
    await chat.chooses("5 · Safety")
    await chat.presses("Use in my letter")
    await chat.fills("town or constituency", "tarn")
    await chat.sends()
    await chat.presses(re.compile("^Tarning: .*Amina Thackwell"))
    await chat.chooses("Meet me", within="What do you ask")
    await chat.fills("Why do you care", "Because.")
    await chat.sends()
    await chat.sees("So far 1 word of this letter is yours")
    assert not await chat.button("Finish").is_visible(), "too few words of one's own"
    await chat.presses("Go on writing")
    await chat.fills("Why do you care", WHY)
    await chat.sends()
    await chat.sees("Dear Ms Thackwell")
    await chat.presses("Finish")
    await chat.sees("letter.pdf")
    link = chat.page.locator("#preview-app").get_by_role("link", name="Open WriteToThem").last
    assert (await link.get_attribute("href") or "").startswith("https://www.writetothem.com/")
    await chat.presses("I sent it")
    await chat.fills("When did you send it", "today")
    await chat.sends()
    assert visit.room.stage.posted == [], "nothing of it appears in the channel"
    assert visit.room.stage.env.strict.refused == []


async def test_j8_the_day_passes_and_then_the_answer_comes(begin: Begin) -> None:
    visit = await begin("desktop")
    chat = await visit.opens("Open #general as Nadia")
    for day in ("9 March", "20 March", "23 March"):
        await visit.presses("To the next reminder", until=day)
    await chat.sees("Expected today, 23 March 2026. Postbag hasn't seen it yet.")
    await visit.presses("To the next reminder", until="24 March")
    await chat.sees("1 day overdue: expected by 23 March 2026. Postbag hasn't seen it yet.")
    await chat.button("Write to my MP about it").wait_for()
    await chat.types("deadlines list")
    await chat.chooses("Government response")
    await chat.presses("Answered")
    await chat.fills("Received on", "24 March 2026")
    await chat.fills("A link to the answer", "https://lamplighters.example/answer")
    await chat.sends()
    await chat.sees("1 day late")
    await visit.presses("1 hour on", until="24 March 2026, 10")
    await chat.sees("Answered on 24 March 2026, 1 day late. This was the last reminder")


async def test_j10_postbag_was_off_at_the_time(begin: Begin) -> None:
    visit = await begin("phone")
    chat = await visit.opens("Open #general as Tomos")
    await visit.switches("Postbag is switched off", until="Now: Postbag is switched off")
    await visit.presses("To the next reminder", until="Postbag is switched off, so nothing was sent")
    await visit.presses("1 hour on", until="10:00")
    assert visit.room.stage.posted == []
    await visit.switches("Postbag is switched off", until="1 message was posted")
    await chat.sees("Government response to Lights Out")
    await chat.sees("09:00")
    await visit.presses("1 hour on", until="11:00")
    assert len(visit.room.stage.posted) == 1
    await chat.presses("Why this message?")
    await chat.sees("1 h 0 min late")
