"""The desk in a browser: accessible, by keyboard, on a phone, and steady when something goes wrong."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import expect

from bot.rehearsal.browser import Visitor
from bot.rehearsal.scenes import Do, Scene, Step, write_scene
from tests.browser.conftest import START, Begin, Visit

pytestmark = pytest.mark.asyncio(loop_scope="session")

SCRIPT = "<img src=x onerror=\"document.title='ran'\"><script>document.title='ran'</script>"


async def serious(visit: Visit) -> list[str]:
    found = (await Axe().run(visit.page)).response["violations"]
    return [f"{one['id']}: {one['nodes'][0]['html']}" for one in found if one["impact"] in ("serious", "critical")]


@pytest.mark.parametrize(("size", "dark"), [("desktop", False), ("phone", True)])
async def test_nothing_stands_in_anybody_s_way(begin: Begin, size: str, dark: bool) -> None:
    visit = await begin(size, dark=dark)
    await visit.switches("Discord fails", until="Now: Discord fails")
    await visit.presses("To the next reminder", until="It is now")
    assert await serious(visit) == []
    wide = await visit.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert wide <= 0, "it can be read without scrolling sideways"


async def test_it_works_by_keyboard_alone(begin: Begin) -> None:
    visit = await begin()
    keys = visit.page.keyboard
    await keys.press("Tab")
    await keys.press("Enter")  # skip to the people
    await keys.press("Tab")
    async with visit.context.expect_page() as opened:
        await keys.press("Enter")
    await Visitor(await opened.value).ready()
    assert visit.room.who == "nadia"
    await visit.page.bring_to_front()
    await visit.page.get_by_role("switch", name="Parliament's services are down").focus()
    await keys.press("Space")
    await visit.hears("Now: Parliament's services are down")
    focused = await visit.page.evaluate("document.activeElement.id")
    assert focused == "weather-parliament-down", "the focus stays where it was"
    assert visit.room.sky.on == {"parliament-down"}


async def test_one_tab_turns_from_person_to_person(begin: Begin) -> None:
    visit = await begin()
    chat = await visit.opens("Open #general as Tomos")
    await chat.sees("Welcome to the rehearsal")
    await visit.opens("Open direct messages as Rosa")
    await chat.sees("I'm Rosa")
    await visit.opens("Open #organisers as Gwen")
    assert len(visit.context.pages) == 2
    assert await visit.page.get_by_text("Open now: #organisers").is_visible()


async def test_a_page_reloaded_in_the_middle_of_a_form_goes_on(begin: Begin) -> None:
    visit = await begin()
    chat = await visit.opens("Open #general as Tomos")
    await chat.types("mp postcode")
    await chat.fills("Your postcode, town or constituency", "ZA1 1AA")
    await chat.page.reload()
    await chat.ready()
    await chat.types("mp postcode")
    await chat.fills("Your postcode, town or constituency", "ZA1 1AA")
    await chat.sends()
    await chat.sees("That postcode is in Tarning")


async def test_the_bot_is_restarted_under_an_open_page(begin: Begin) -> None:
    visit = await begin()
    chat = await visit.opens("Open #general as Tomos")
    await chat.types("start")
    await visit.presses("Stop Postbag and start it again", until="stopped and started again")
    await chat.presses("Read the recommendations")
    await chat.sees("Where would you like to start?")


async def test_two_tabs_see_the_same_and_do_not_trip_each_other(begin: Begin) -> None:
    visit = await begin()
    chat = await visit.opens("Open #general as Nadia")
    other = Visitor(await visit.context.new_page())
    await other.arrive(visit.room.url)
    desk = await visit.context.new_page()
    await desk.goto(visit.desk.url)
    await asyncio.gather(chat.types("start"), other.types("help"))
    await chat.sees("Read the recommendations")
    await visit.presses("To the next reminder", until="1 message was posted")
    for one in (chat, other):
        await one.sees("Government response to Lights Out")
    await desk.get_by_text("9 March 2026, 09:00").first.wait_for()


async def test_a_script_in_a_text_never_runs(begin: Begin, tmp_path: Path) -> None:
    visit = await begin()
    ran: list[str] = []
    visit.page.on("dialog", lambda dialog: ran.append(dialog.message))
    scene = Scene(SCRIPT, SCRIPT, START, steps=(Step(Do.SAYS, SCRIPT, "tomos"), Step(Do.PRESSES, SCRIPT, "tomos")))
    file = tmp_path / "hostile.toml"
    file.write_text(write_scene(scene), encoding="utf-8")
    await visit.page.locator("#file").set_input_files(file)
    await visit.hears("couldn't be played")
    await expect(visit.page.locator("#scene")).to_have_text(
        SCRIPT, timeout=30_000
    )  # the desk is drawn after it has spoken
    assert await visit.page.locator("#scene").inner_text() == SCRIPT
    chat = await visit.opens("Open #general as Tomos")
    await chat.sees("<script>")
    for page in (visit.page, chat.page):
        assert await page.title() != "ran"
    assert ran == []


async def test_what_happened_is_saved_to_files(begin: Begin) -> None:
    visit = await begin()
    await visit.presses("1 day on", until="It is now")
    for link, name in (
        ("Save what happened here", "postbag-scene.toml"),
        ("Save the conversation", "postbag-transcript.md"),
    ):
        async with visit.page.expect_download() as saved:
            await visit.page.get_by_role("link", name=link).click()
        download = await saved.value
        assert download.suggested_filename == name
        assert await asyncio.to_thread(Path(await download.path()).stat)


async def test_a_room_that_has_ended_is_said_at_the_desk(begin: Begin) -> None:
    visit = await begin()
    await visit.presses("End the rehearsal", until="The rehearsal is over")
    await asyncio.wait_for(visit.stop.wait(), 60)
    await visit.page.route("**/state*", lambda route: route.abort())
    visit.room.touch()
    await visit.page.get_by_text("The room has ended, or does not answer").wait_for()


async def test_a_moment_is_chosen_for_the_clock(begin: Begin) -> None:
    visit = await begin()
    await visit.page.get_by_label("To a day and time (London)").fill("2026-03-23T09:05")
    await visit.presses("Move the clock there", until="23 March 2026, 09:05")
    shown = json.dumps(await visit.page.locator("#ledger li").all_inner_texts())
    assert shown.count("Sent") == 4
    assert shown.count("Government response to Lights Out") == 3
    assert shown.count("News for organisers: what is coming up in Parliament") == 1
    await visit.page.get_by_label("To a day and time (London)").fill("2020-01-01T09:00")
    await visit.page.locator("#date").evaluate("element => element.removeAttribute('min')")
    await visit.presses("Move the clock there", until="only goes forward")
