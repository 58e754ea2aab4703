"""What a hostile member writes ends in a kind sentence, costs the bot next to nothing, and leaves others answered meanwhile."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any

import pytest
import pytest_asyncio
from simcord.actors import _autocomplete_result, _slash

from bot.rehearsal.reading import text_of
from tests.chat import test_imports as imports
from tests.chat.test_budget import ManySeats, Measured, preview, submit, unbounded

pytestmark = pytest.mark.asyncio

MOST_SECONDS = 0.05
MOST_SECONDS_WITH_PAGES = 0.25
TOP = "Conclusions and recommendations\n\n1. We recommend oil. (Paragraph 1)\n\n2. We recommend wicks. "

PAGES = {
    "references within references": ("report", "a.txt", TOP + "(see (paragraphs 3 to 4, and [§5–6 & " * 4_000 + "x"),
    "numbers with points": ("report", "a.txt", TOP + "1.1.1.1.1.1." * 20_000 + "a)"),
    "tables never closed": (
        "report",
        "a.html",
        "<html><body><h2>Conclusions and recommendations</h2>" + "<table><tr><td><b><i>1.<td>" * 6_000,
    ),
    "headings and entities": (
        "report",
        "a.html",
        "<html><body>" + "<h2>Conclusions &amp;amp;&#x26;#x26;&#99999999999;<h3><h1 a='" * 5_000,
    ),
    "a quote never closed": (
        "report",
        "a.html",
        "<html><body><p>1. We recommend oil.</p>" + '<a href="<!--<![CDATA[' * 9_000,
    ),
    "a response that answers on and on": (
        "response",
        "a.txt",
        "Government response\n\n"
        + "Recommendation 1, 2 and 3 to 4 (Paragraph 5): Response: Recommendations 6 and " * 3_000,
    ),
}

LETTERS = {
    "titles and names": "Dr. St. John-O'Mr. and Mrs. " * 140 + "!",
    "links within links": "https://a.example/?b=[c](<https://" * 115 + " x",
    "salutations": "Dear Sir or Madam,\nYours sincerely,\n" * 108 + "Dear",
    "marks without end": "?!…—.,;:" * 490 + "a",
    "marks that join": "a" + "\u0301\u200d\ufe0f" * 1_300 + "b",
}

BRACES = {
    "filters": "{{ why" + "|upper" * 660 + " }}",
    "loops": "{% for a in why %}" * 220,
    "halves of braces": "{ {{ {% }} %} {# " * 230,
    "powers": "{{ 9" + "**9" * 1_300 + " }}",
}

TIMES = {
    "spans": "in 1 hour and 1 minute and " * 300 + "x",
    "points and colons": "9:9:9.9.9:" * 600 + "am",
    "slashes": "1/1/" * 1_500 + "x",
    "weekdays": "the last friday after next friday before " * 150,
    "figures of another script": "٣" * 6_000 + "pm",
    "one great number": "in " + "9" * 5_000 + " days",
}

OPTIONS = {
    "a search of operators": ("recommendations search", "query", '"a" OR (b* NEAR/9 NOT -' * 250),
    "a search of signs that grow": ("recommendations search", "query", "\ufdfa" * 6_000),
    "a number of points": ("recommendations show", "number", "never-again/1.1." * 375),
    "a number of great figures": ("recommendations show", "number", "T-" + "1" * 5_998),
    "a name of joined marks": ("mp find", "constituency", "Ta" + "\u0323\u0301" * 3_000),
    "a name of titles": ("mp find", "constituency", "Sir Dame St. O' " * 375),
    "a theme of signs that grow": ("recommendations browse", "theme", "ßŉΐ\ufb03" * 1_500),
}


@pytest_asyncio.fixture
async def measured(group: Any) -> Measured:
    group.app.services.members._source = ManySeats()
    await group.app.services.members.refresh()
    return Measured(group)


async def withstood(measured: Measured, name: str, attack: Callable[[], Awaitable[Any]], most: float) -> None:
    """Carry an attack out beside another person's /start, and then alone to measure it."""
    room = measured.room
    ended, answer = await asyncio.gather(attack(), _slash(room.second_organiser, room.channel, "start", {}))
    assert "Write to my MP" in room.buttons_of(answer), name
    choices = getattr(ended, "autocomplete_choices", None)
    if choices is None:
        said = text_of(ended.response)
        assert len(said.split()) > 3, name
        assert "went wrong" not in said, (name, said)
    else:
        assert len(choices) <= 25, name
    took = await measured.best(attack)
    assert took < most, (name, took)


@pytest.mark.parametrize("name", PAGES)
async def test_no_page_holds_the_bot(measured: Measured, name: str) -> None:
    what, file, said = PAGES[name]
    room = measured.room
    give = partial(imports.submit, room, room.organiser, files=[(file, said.encode())], what=[what])
    if what == "response":
        give = partial(give, of=["never-again"])
    await withstood(measured, name, give, MOST_SECONDS_WITH_PAGES)


@pytest.mark.parametrize("name", LETTERS)
async def test_no_letter_of_hostile_words_holds_the_bot(measured: Measured, name: str) -> None:
    await withstood(measured, name, partial(preview, measured.room, LETTERS[name]), MOST_SECONDS_WITH_PAGES)


@pytest.mark.parametrize("name", BRACES)
async def test_no_braces_in_a_template_hold_the_bot(measured: Measured, name: str) -> None:
    room, typed = measured.room, {"title": "Ours", "summary": "Ours.", "text": BRACES[name]}
    await withstood(
        measured, name, partial(submit, room, room.organiser, "template.keep", (), typed), MOST_SECONDS_WITH_PAGES
    )


@pytest.mark.parametrize("most", [60, 6_000])
@pytest.mark.parametrize("name", TIMES)
async def test_no_time_holds_the_bot(measured: Measured, name: str, most: int) -> None:
    room, said = measured.room, TIMES[name][-most:]
    for command, given in (
        ("remind me", {"what": "Post the letter", "when": said}),
        ("deadlines add", {"title": "Council vote", "date": said, "kind": "expected answer"}),
    ):
        root = unbounded(room, command.split()[0])
        act = partial(_slash, room.organiser, room.channel, command, given, root=root)
        await withstood(measured, f"{name}, /{command}, {most}", act, MOST_SECONDS)


@pytest.mark.parametrize("name", TIMES)
async def test_no_time_in_a_form_holds_the_bot(measured: Measured, name: str) -> None:
    room, said = measured.room, TIMES[name][-190:]
    typed = {"what": "Post the letter", "when": said, "until": said}
    await withstood(measured, name, partial(submit, room, room.member, "remind.read", (), typed), MOST_SECONDS)
    event = {"title": "Branch meeting", "when": said}
    kept = partial(submit, room, room.organiser, "event.add.keep", ("x", "meeting"), event)
    await withstood(measured, name, kept, MOST_SECONDS)


@pytest.mark.parametrize("most", [90, 6_000])
@pytest.mark.parametrize("name", OPTIONS)
async def test_no_option_holds_the_bot(measured: Measured, name: str, most: int) -> None:
    room, (command, option, said) = measured.room, OPTIONS[name]
    where, root = (room.organiser, room.channel, command), unbounded(room, command.split()[0])
    await withstood(
        measured, f"{name}, {most}", partial(_slash, *where, {option: said[:most]}, root=root), MOST_SECONDS
    )
    if option != "query":
        typing = partial(_autocomplete_result, *where, option, said[:most], {}, root=root)
        assert (await typing()).autocomplete_choices is not None
        await withstood(measured, f"{name}, typed, {most}", typing, MOST_SECONDS)
