"""J7 in a browser: an organiser plans back from a clock, rehearses, approves; a member joins unseen; the plan is called off."""

from __future__ import annotations

import re

import pytest

from bot.rehearsal.reading import text_of
from tests.browser.conftest import Begin

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_j7_an_organiser_plans_back_from_a_deadline(begin: Begin) -> None:
    visit = await begin("phone")
    chat = await visit.opens("Open #general as Nadia")
    await chat.types("action plan", first="Gov", offered="Government response to Lights Out (invented)")
    await chat.sees("A draft. Nothing is posted until you approve it.")
    await chat.presses("Rehearse")
    await chat.sees(re.compile("Rehearsal, step 1 of"))
    await chat.sees(re.compile("It mentions"))
    await chat.presses("Next step")
    await chat.sees(re.compile("Rehearsal, step 2 of"))
    await chat.presses("Back to the plan")
    await chat.presses("Approve")
    await chat.sees("Nobody can see who signed up, not even organisers.")
    assert visit.room.stage.posted == [], "nothing before its day"
    await visit.presses("To the next reminder", until="1 message was posted")
    await visit.opens("Open #general as Tomos")
    await chat.presses("Sign up privately")
    await chat.sees("You've signed up, privately")
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
