"""Whether a thing said is about a recommendation: kinds of near misses, and a table written without sight of the rules.

The table holds 66 invented things said, 32 of them near misses. At the first look, before anything was mended by it, 22 of the 34
that are about a recommendation were shown on the right card, 5 near misses on some card, and 88 times a card showed what belongs on
a neighbour. Of the nine that are still not shown, one was withdrawn and eight hold no word that the report is known by, so that no
search for it finds them.
"""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from bot.domain.look_words import LookWords, Match, shared_words, without_overlap
from bot.domain.said import AnswerState, Said, SaidKind, plain
from bot.domain.said_fits import fits, what_is_asked
from bot.resources import packs_folder
from storage.packs import read_pack

TABLE: list[dict[str, Any]] = json.loads(
    Path(__file__).with_name("said_in_parliament.json").read_text(encoding="utf-8")
)
REPORT = read_pack(packs_folder() / "never-again.toml")
NOT_FOUND = {"h02", "h14", "h16", "h18", "h24", "h27", "h28", "h31", "s02"}
TWINS = [{"T-18", "T-19"}, {"T-23", "T-29", "T-30"}, {"T-25", "T-30"}, {"T-02", "T-03"}, {"3", "4", "T-08"}]
"""Neighbours of which either is right."""

MOST_ON_A_NEIGHBOUR = 14


def said(row: dict[str, Any]) -> Said:
    return Said(
        kind=SaidKind(row["type"]),
        key="1",
        on=date(2026, 10, 1),
        heading=plain(row["heading"]),
        text=plain(row["text"]),
        answer=plain(row.get("answer", "")),
        state=AnswerState.WITHDRAWN if row["state"] == "withdrawn" else AnswerState.NONE,
    )


def cards_of(row: dict[str, Any]) -> list[str]:
    """List the recommendations on whose cards a thing said is shown."""
    shared = shared_words(item.keywords for item in REPORT.recommendations)
    found = []
    for item in REPORT.recommendations:
        words = without_overlap(REPORT.look_for, item.keywords, shared)
        if fits(words, said(row)) is Match.WHOLE:
            found.append(str(item.key))
    return found


@pytest.mark.parametrize("row", [row for row in TABLE if not row["about"]], ids=lambda row: row["id"])
def test_a_near_miss_is_shown_on_no_card(row: dict[str, Any]) -> None:
    assert cards_of(row) == [], row["why"]


@pytest.mark.parametrize("row", [row for row in TABLE if row["about"]], ids=lambda row: row["id"])
def test_what_is_about_a_recommendation_is_shown_on_its_card(row: dict[str, Any]) -> None:
    right = set(row["about"]).union(*(twins for twins in TWINS if twins & set(row["about"])))
    assert bool(right.intersection(cards_of(row))) is (row["id"] not in NOT_FOUND), row["why"]


def test_seldom_is_it_shown_on_a_neighbours_card() -> None:
    wrong = 0
    for row in TABLE:
        right = set(row["about"]).union(*(twins for twins in TWINS if twins & set(row["about"])))
        wrong += len(set(cards_of(row)) - right)
    assert wrong <= MOST_ON_A_NEIGHBOUR


UNSEEN: list[dict[str, Any]] = [
    row | {"state": "", "file": name}
    for name in ("said_unseen", "said_after_mending")
    for row in json.loads(Path(__file__).with_name(f"{name}.json").read_text(encoding="utf-8"))
]
"""Two more tables, each written from the recommendations' texts and keywords before the matcher was tried on it.

The first: fifty, 25 of them near misses. At the first look 24 of 25 were on a right card, 13 of 25 near misses on some card, and eight
times a card showed what belongs on a neighbour. Then kinds were mended: an answer that names the report in passing, headings of other
places, lists of names, weak words alone, questions about a reply. The second: 22, twelve of them near misses, written after that. At
its first look all ten were on a right card, and seven of twelve near misses on some card, which were mended as kinds again. Their
writer had read the matcher, so these figures say more about kinds than about chance.
"""


@pytest.mark.parametrize("row", [row for row in UNSEEN if not row["about"]], ids=lambda row: row["id"])
def test_a_near_miss_of_the_unseen_tables_is_shown_on_no_card(row: dict[str, Any]) -> None:
    assert cards_of(row) == [], row["why"]


@pytest.mark.parametrize("row", [row for row in UNSEEN if row["about"]], ids=lambda row: row["id"])
def test_what_is_about_a_recommendation_in_the_unseen_tables_is_shown(row: dict[str, Any]) -> None:
    assert set(row["about"]).intersection(cards_of(row))


def test_the_unseen_tables_seldom_show_a_neighbours_card() -> None:
    assert sum(len(set(cards_of(row)) - set(row["about"])) for row in UNSEEN if row["about"]) <= 11


WORDS = LookWords(("Lanternish",), ("forced labour", "import ban"), ("trade", "development", "firms"))


@pytest.mark.parametrize(
    ("heading", "asked", "answer", "whole"),
    [
        # A department's own name is no subject, and one everyday word tells too little.
        ("Lanternish: Floods", "To ask the Secretary of State for Trade and Development, what help was sent.", "None.", False),
        ("Restaurants", "To ask the Minister, what trade Lanternish cafés do.", "They do well.", False),
        ("Restaurants", "To ask the Minister, what trade with Lanternish firms is counted.", "All.", True),
        # What an answer lists is not what was asked, unless one sentence has both.
        ("Dialogue", "To ask the Minister, what was raised.", "The Lanternish road. Then forced labour. That was in Farland.", False),
        ("Dialogue", "To ask the Minister, what was raised.", "Forced labour of Lanternish people was raised.", False),
        ("Forced labour", "To ask the Minister, what was raised.", "A road. Forced labour of Lanternish people was too.", True),
        ("Forced labour", "To ask the Minister, what was raised.", "A road. Then tea. Lanternish tea is good.", False),
        ("Forced labour", "To ask the Minister, whom she met.", "She met Lanternish families.", True),
        # An earlier answer's heading is named in a question about something else.
        (
            "Correspondence",
            "To ask the Minister, pursuant to the Answer of 20 October 2026 to Question 81204 on Forced Labour: Lanternish, "
            "why she took ten weeks.",
            "The letter was mislaid.",
            False,
        ),
        # Spellings, and marks within a word.
        ("Lanternish: Work", "To ask the Minister, about forced labor.", "", True),
        ("Lantern<b>ish</b> work", "To ask the Minister, about <em>forced</em> lab<i>our</i>.", "", True),
    ],
)  # fmt: skip
def test_kinds_of_near_misses(heading: str, asked: str, answer: str, whole: bool) -> None:
    row = {"type": "question", "state": "answered", "heading": heading, "text": asked, "answer": answer}
    assert (fits(WORDS, said(row)) is Match.WHOLE) is whole


def test_whom_a_question_asks_is_left_out_and_what_it_asks_stays() -> None:
    asked = "To ask the Secretary of State for Foreign, Commonwealth and Development Affairs, whether she will visit Tarning."
    assert what_is_asked(asked) == "whether she will visit Tarning."
    assert what_is_asked("Whether she will visit Tarning.") == "Whether she will visit Tarning."
