"""Reading what a person sees, and printing it to a terminal."""

from __future__ import annotations

from datetime import UTC, datetime
from io import StringIO
from typing import Any

from rich.console import Console

from bot.rehearsal.reading import buttons_of, links_of, options_of, text_of
from bot.rehearsal.transcript import Transcript, render

MESSAGE: dict[str, Any] = {
    "content": "Above",
    "embeds": [{"title": "An embed", "fields": [{"name": "Name", "value": "Value"}], "footer": {"text": "Foot"}}],
    "components": [
        {
            "type": 17,
            "components": [
                {"type": 10, "content": "## A card"},
                {"type": 9, "components": [{"type": 10, "content": "beside"}], "accessory": {"type": 2, "label": "Side", "custom_id": "s"}},
                {
                    "type": 1,
                    "components": [
                        {"type": 2, "label": "Press", "custom_id": "p"},
                        {"type": 2, "label": "Open", "url": "https://a.example/"},
                    ],
                },
                {
                    "type": 1,
                    "components": [
                        {"type": 3, "placeholder": "Pick", "options": [{"label": "One", "value": "1", "description": "the first"}]}
                    ],
                },
            ],
        },
        {"type": 13, "file": {"url": "attachment://letter.txt"}},
    ],
    "attachments": [{"filename": "letter.txt"}, {"filename": "loose.csv"}],
}  # fmt: skip

FORM: dict[str, Any] = {
    "title": "Who is your MP?",
    "components": [
        {"type": 10, "content": "A note"},
        {
            "type": 18,
            "label": "Your constituency",
            "description": "Or part of it",
            "component": {"type": 4, "placeholder": "Tarn", "value": "Tarning"},
        },
    ],
}  # fmt: skip


def test_everything_visible_is_read_in_order() -> None:
    assert text_of(MESSAGE).splitlines() == [
        "Above", "An embed", "Name", "Value", "Foot", "## A card", "beside", "[Side]", "[Press]", "[Open](https://a.example/)",
        "Pick", "One · the first", "<letter.txt>", "<loose.csv>",
    ]  # fmt: skip
    assert "[Pick ▾]" in text_of(MESSAGE, open_selects=False)
    assert "the first" not in text_of(MESSAGE, open_selects=False)


def test_a_form_is_read_with_what_stands_in_it() -> None:
    assert text_of(FORM).splitlines() == [
        "Who is your MP?", "A note", "Your constituency", "Or part of it", "Tarn", "Tarning",
    ]  # fmt: skip


def test_controls_are_found_wherever_they_are_nested() -> None:
    assert buttons_of(MESSAGE) == ["Side", "Press"]
    assert links_of(MESSAGE) == {"Open": "https://a.example/"}
    assert [option["value"] for option in options_of(MESSAGE)] == ["1"]
    assert text_of(None) == ""


def test_markdown_becomes_plain_type() -> None:
    stamp = int(datetime(2021, 9, 8, 8, tzinfo=UTC).timestamp())
    said = render(
        f"## Title\n**bold** and *slanted*, `code`\n-# small\n> quoted\n[One]\n[Two]\n[Three](https://a.example/)\n"
        f"a [link](<https://b.example/>), at <t:{stamp}:F>, <@&7>, 1\\. not\\_this",
        {7: "Organisers"},
    )
    assert said.plain.splitlines() == [
        "Title",
        "bold and slanted, code",
        "small",
        "│ quoted",
        "[One]  [Two]  [Three ↗]",
        "a link, at 8 September 2021, 09:00, @Organisers, 1. not_this",
    ]


def test_a_transcript_says_the_day_once_and_who_sees_what() -> None:
    out = StringIO()
    transcript = Transcript(Console(file=out, width=100))
    for hour in (9, 10):
        transcript.at(datetime(2021, 7, 8, hour, tzinfo=UTC))
        transcript.does("Tomos", "types /start")
    transcript.shows({"content": "Hello"}, to="Tomos")
    transcript.shows({"content": "Hello all"}, where="#general")
    printed = out.getvalue()
    assert printed.count("Thursday 8 July 2021") == 1
    assert "to Tomos alone" in printed
    assert "Postbag in #general" in printed
    assert max(map(len, printed.splitlines())) <= 100


def test_nothing_in_a_message_is_taken_for_the_terminals_markup() -> None:
    out = StringIO()
    Transcript(Console(file=out, width=100)).shows({"content": "[bold]not bold[/] \x1b[31mred"}, to="Tomos")
    assert "[bold]not bold[/]" in out.getvalue()
    assert "\x1b[31m" not in out.getvalue()
