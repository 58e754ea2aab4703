"""J1 to J12 as a person walks them in a browser, on a desktop and on a phone, with every press counted.

A press is what a person does that Postbag hears of: a command sent, a button, a choice in a list, a form sent off; and a choice made
inside a form. ``tests/README.md`` has the numbers as a table, and each walk must come out as it says. Nothing of the preview's own
may turn red on the way.
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from bot.chat.cards.templates import START_TEXT
from bot.rehearsal.browser import Visitor
from bot.rehearsal.house import STRADDLING, UNKNOWN
from bot.rehearsal.reading import text_of
from bot.rehearsal.scenes import Do, Scene, Server, Step
from tests.browser.conftest import START, Begin, Visit

playwright = pytest.importorskip("playwright.async_api", reason="Playwright is not installed (make test installs it)")
pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.parametrize("size", ["desktop", "phone"])]

RED = re.compile(
    r"action failed|outcome uncertain|no longer available|application did not respond|something went wrong",
    re.IGNORECASE,
)
"""What the preview, or Postbag, says when something is broken."""
WHY = (
    "My neighbour walks her children to school past eleven dark lamps, and last winter the youngest fell there. I promised "
    "her that I would ask somebody who can do something about it."
)
LOCAL = "The lamps on Quay Street have been out since the spring, and the bus stop beside them is empty after four."


@cache
def allowed() -> dict[str, tuple[int, int]]:
    """Read the table: for each journey its presses, and the most that it may take."""
    table = (Path(__file__).parents[1] / "README.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| (J\d+)[^|]*\|[^|]*\| (\d+) \| (\d+) \|$", table, re.MULTILINE)
    return {journey: (int(presses), int(most)) for journey, presses, most in rows}


class Walker(Visitor):
    """Somebody who counts what they press, and looks whether anything turned red."""

    presses_so_far = 0

    async def sees(self, text: str | re.Pattern[str]) -> None:
        try:
            await super().sees(text)
        except playwright.TimeoutError as error:
            raise AssertionError(f"{text!r} is not there, but: {await self.shown()}") from error

    async def shown(self) -> str:
        """Give the end of what can be read."""
        return str(await self.page.locator("#preview-app").inner_text())[-1500:]

    async def _looked(self) -> None:
        self.presses_so_far += 1
        for alert in await self.page.get_by_role("alert").all():
            if await alert.is_visible():
                assert not RED.search(await alert.inner_text()), await alert.inner_text()

    async def types(self, command: str, *, first: str = "", offered: str = "") -> None:
        await super().types(command, first=first, offered=offered)
        await self._looked()

    async def presses(self, label: str | re.Pattern[str]) -> None:
        await super().presses(label)
        await self._looked()

    async def chooses(self, option: str, *, within: str | None = None) -> None:
        await super().chooses(option, within=within)
        await self._looked()

    async def sends(self, label: str = "Submit") -> None:
        await super().sends(label)
        await self._looked()


class Walk:
    """One journey: who walks, at which size, and how it must end."""

    def __init__(self, journey: str, visit: Visit) -> None:
        self.journey, self.visit = journey, visit
        self.chat: Any = None

    async def as_(self, who: str, where: str = "#general") -> Any:
        """Turn to a place as a person; the presses are counted on."""
        before = 0 if self.chat is None else self.chat.presses_so_far
        seen = await self.visit.opens(f"Open {where} as {who}")
        self.chat = Walker(seen.page)
        self.chat.presses_so_far = before
        return self.chat

    async def ends(self) -> None:
        """Hold the walk to its number of presses, and look for anything that went wrong."""
        took, (said, most) = self.chat.presses_so_far, allowed()[self.journey]
        assert took == said, f"{self.journey} takes {took} presses; tests/README.md says {said}"
        assert took <= most
        stage = self.visit.room.stage
        assert stage.env.strict.refused == []
        assert not stage.env.errors_since(0) if hasattr(stage.env, "errors_since") else True
        shown = await self.chat.page.locator("#preview-app").inner_text()
        assert not RED.search(shown), RED.search(shown)
        wide = await self.chat.page.evaluate(
            "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        )
        assert wide <= 0, "nothing is pushed sideways"


async def begun(journey: str, begin: Begin, size: str, scene: Scene | None = None) -> Walk:
    return Walk(journey, await begin(size, scene=scene))


async def test_j1_a_newcomer_learns_what_the_report_asks(begin: Begin, size: str) -> None:
    walk = await begun("J1", begin, size)
    chat = await walk.as_("Tomos")
    await chat.types("start")
    await chat.presses("Read the recommendations")
    await chat.presses("What should happen next")
    await chat.chooses("5 · Safety")
    await chat.sees("Give every school a lit path to its gate.")
    await chat.sees("Not yet answered")
    assert walk.visit.room.stage.posted == [], "nothing of it is seen by anybody else"
    await walk.ends()


async def test_j2_a_first_letter_from_the_card_to_the_hand_over(begin: Begin, size: str) -> None:
    walk = await begun("J2", begin, size)
    chat = await walk.as_("Tomos")
    await chat.types("start")
    await chat.presses("Read the recommendations")
    await chat.presses("What should happen next")
    await chat.chooses("5 · Safety")
    chat.presses_so_far = 0  # from the card
    await chat.presses("Use in my letter")
    await chat.fills("town or constituency", "tarn")
    await chat.sends()
    await chat.presses(re.compile("^Tarning: .*Amina Thackwell"))
    await chat.chooses("Meet me", within="What are you asking")
    await chat.fills("Why do you care", WHY)
    await chat.sends()
    await chat.sees("Dear Ms Thackwell")
    await chat.presses("Finish")
    await chat.sees("letter.pdf")
    link = chat.page.locator("#preview-app").get_by_role("link", name="Open WriteToThem").last
    assert (await link.get_attribute("href") or "").startswith("https://www.writetothem.com/")
    chat.presses_so_far += 1
    await chat.presses("I sent it")
    await chat.fills("When did you send it", "today")
    await chat.sends()
    await chat.sees("Saved: you sent it")
    assert walk.visit.room.stage.posted == [], "nothing of it appears in the channel"
    await walk.ends()


async def test_j2_too_few_words_of_ones_own(begin: Begin, size: str) -> None:
    walk = await begun("J2", begin, size)
    chat = await walk.as_("Tomos")
    await chat.types("letter write")
    await chat.chooses("Safety")
    await chat.fills("town or constituency", "Tarning")
    await chat.sends()
    await chat.presses(re.compile("^Yes, write to"))
    await chat.chooses("Meet me", within="What are you asking")
    await chat.fills("Why do you care", "Because.")
    await chat.sends()
    await chat.sees("So far 1 word of this letter is yours")
    assert not await chat.button("Finish").is_visible(), "too few words of one's own"
    await chat.presses("Go on writing")
    await chat.fills("Why do you care", WHY)
    await chat.sends()
    await chat.sees("Dear Ms Thackwell")


async def test_j3_a_postcode_that_is_new_and_one_that_lies_in_two_constituencies(begin: Begin, size: str) -> None:
    walk = await begun("J3", begin, size)
    chat = await walk.as_("Tomos")
    await chat.types("mp postcode")
    await chat.fills("town or constituency", UNKNOWN)
    await chat.sends()
    await chat.sees(re.compile("A new one may take some months"))
    await chat.presses("Type it again")
    await chat.fills("town or constituency", STRADDLING)
    await chat.sends()
    await chat.sees("That postcode may be in any of these.")
    await chat.presses(re.compile("^Tarningham"))
    await chat.sees(re.compile("Tarningham"))
    shown = await chat.page.locator("#preview-app").inner_text()
    assert UNKNOWN not in shown
    assert STRADDLING not in shown, "a postcode is never echoed"
    await walk.ends()


async def test_j4_a_member_at_risk_sees_what_is_held_and_erases_it(begin: Begin, size: str) -> None:
    steps = (
        Step(Do.TYPES, "remind me", "tomos", values={"what": "Ring", "when": "30 March 6pm"}),
        Step(Do.PRESSES, "Save", "tomos"),
    )
    walk = await begun("J4", begin, size, Scene("A group at risk", starts=START, high_risk=True, steps=steps))
    chat = await walk.as_("Tomos")
    await chat.types("mp postcode")
    await chat.sees("This server doesn't use postcodes")
    await chat.types("privacy show")
    await chat.sees("What Postbag keeps about you")
    await chat.types("privacy forget-me")
    await chat.presses(re.compile("^Yes|^Erase|^Forget"))
    await chat.types("privacy show")
    await chat.sees(re.compile("Postbag keeps nothing about you|Nothing"))
    await walk.ends()


async def test_j5_few_words_and_no_typing_but_two_sentences(begin: Begin, size: str) -> None:
    walk = await begun("J5", begin, size)
    chat = await walk.as_("Tomos")
    await chat.types("letter templates")
    await chat.chooses("Short letter")
    await chat.presses("Write one of these")
    await chat.chooses("Safety")
    await chat.fills("town or constituency", "Tarning")
    await chat.sends()
    await chat.presses(re.compile("^Yes, write to"))
    await chat.chooses("Meet me", within="What are you asking")
    await chat.chooses("people close to me", within="Which reason")
    await chat.fills("Two sentences", WHY)
    await chat.sends()
    await chat.sees("Dear Ms Thackwell")
    await chat.presses("Finish")
    await chat.sees("letter.txt")
    await walk.ends()


async def test_j6_an_organiser_sets_the_server_up(begin: Begin, size: str) -> None:
    walk = await begun("J6", begin, size, Scene("Empty", starts=START, server=Server.EMPTY))
    chat = await walk.as_("Nadia")
    await chat.types("start")
    await chat.presses("Organise an action")
    await chat.presses("Set up this server")
    await chat.chooses("general")
    while not await chat.button("Yes (recommended)").is_visible():
        await chat.presses("Next")
    assert not await chat.button("Next").is_visible(), "the question is answered, never passed by"
    await chat.presses("No")
    await chat.presses("Next")
    await chat.presses("Next")
    await chat.presses("Finish")
    await chat.sees("Your settings")
    await chat.presses("Send me a test")
    await chat.sees("A test that only you can see")
    await walk.ends()


async def test_j7_an_organiser_plans_back_from_a_deadline(begin: Begin, size: str) -> None:
    walk = await begun("J7", begin, size)
    chat = await walk.as_("Nadia")
    await chat.types("start")
    await chat.presses("Organise an action")
    await chat.presses("Plan an action")
    await chat.chooses("Government response")
    await chat.sees("A draft. Nothing is posted until you approve it.")
    await chat.presses("Rehearse")
    await chat.sees(re.compile("Rehearsal, step 1 of"))
    while await chat.button("Next step").is_visible():
        await chat.presses("Next step")
    await chat.presses("Back to the plan")
    await chat.presses("Approve")
    await chat.sees("Nobody can see who signed up, not even organisers.")
    assert walk.visit.room.stage.posted == [], "nothing before its day"
    await walk.ends()
    await walk.visit.presses("To the next reminder", until="1 message was posted")
    chat = await walk.as_("Tomos")
    await chat.presses("Sign up privately")
    await chat.sees("You've signed up, privately")
    posted = len(walk.visit.room.stage.posted)
    chat = await walk.as_("Nadia")
    assert not await chat.page.locator("#preview-app").get_by_text("You've signed up, privately").count()
    await chat.types("action list")
    await chat.chooses("Government response")
    await chat.presses("Cancel this plan")
    await chat.presses("Cancel the plan")
    await chat.sees("Cancelled. Postbag won't post any more of its steps.")
    await walk.visit.presses("1 hour on", until="10:00")
    assert len(walk.visit.room.stage.posted) == posted + 1, "that it is called off is said once, where it was posted"
    assert "cancelled" in text_of(walk.visit.room.stage.posted[-1]).casefold()


async def test_j8_the_day_passes_and_then_the_answer_comes(begin: Begin, size: str) -> None:
    walk = await begun("J8", begin, size)
    visit = walk.visit
    chat = await walk.as_("Nadia")
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
    await chat.sees("1 day late (24 March 2026). This was the last reminder")
    await walk.ends()


async def test_j9_two_weeks_later_a_private_question_and_what_follows(begin: Begin, size: str) -> None:
    steps = (
        Step(Do.TYPES, "letter write", "tomos", values={"recommendation": "lights-out/5", "mp": "Tarning"}),
        Step(Do.FILLS, who="tomos", values={"ask": ("your-view",), "why": WHY, "local": LOCAL}),
        Step(Do.PRESSES, "Finish", "tomos"),
        Step(Do.PRESSES, "I sent it", "tomos"),
        Step(Do.FILLS, who="tomos", values={"sent": "today"}),
        Step(Do.CLOCK, "to 2026-03-16 09:01"),
    )
    walk = await begun("J9", begin, size, Scene("Two weeks later", starts=START, steps=steps))
    chat = await walk.as_("Tomos", "direct messages")
    await chat.presses("Open")
    await chat.sees("Has your MP replied?")
    await chat.presses("Stock reply")
    await chat.presses("Write a second letter")
    await chat.sees(re.compile("Tarning|What"))
    await walk.ends()


async def test_j10_postbag_was_off_at_the_time(begin: Begin, size: str) -> None:
    walk = await begun("J10", begin, size)
    visit = walk.visit
    chat = await walk.as_("Tomos")
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
    await walk.ends()


async def test_j11_a_letter_of_the_groups_own_is_written_and_approved_by_another(begin: Begin, size: str) -> None:
    walk = await begun("J11", begin, size)
    chat = await walk.as_("Nadia")
    await chat.types("admin template new")
    await chat.fills("Title", "Lantern letter")
    await chat.fills("for", "About the lanterns.")
    await chat.fills("text", START_TEXT)
    await chat.sends()
    assert not await chat.button("Approve").is_visible(), "its author does not approve it"
    chat = await walk.as_("Gwen")
    await chat.types("admin template review")
    await chat.chooses("Lantern letter")
    await chat.chooses("minister")
    await chat.presses("Approve")
    await chat.sees("In use")
    await walk.ends()


async def test_j12_what_the_group_did(begin: Begin, size: str) -> None:
    walk = await begun("J12", begin, size)
    chat = await walk.as_("Nadia")
    await chat.types("action report")
    await chat.sees("What your group did")
    await chat.presses(re.compile("CSV"))
    await chat.sees(".csv")
    await walk.ends()
