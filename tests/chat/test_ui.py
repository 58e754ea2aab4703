"""A card never leaves Discord's limits, whatever is put on it."""

from __future__ import annotations

import discord
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.chat.ui import Act, Card, Link, Option, choices, clip, plain


def texts(view: discord.ui.LayoutView) -> list[str]:
    return [item.content for item in view.walk_children() if isinstance(item, discord.ui.TextDisplay)]


@given(st.lists(st.text(alphabet=st.characters(codec="utf-8"), max_size=5000), max_size=6))
def test_text_stays_within_characters_and_bytes(parts: list[str]) -> None:
    card = Card("Title")
    for part in parts:
        card.text(part)
    shown = texts(card.view())
    assert sum(map(len, shown)) <= 4000
    assert sum(len(text.encode()) for text in shown) <= 10_000
    assert all(shown)


@pytest.mark.parametrize("script", ["a", "и", "维", "ئۇيغۇر", "😀"])
def test_long_text_is_cut_and_says_so(script: str) -> None:
    shown = texts(Card().text(script * 4001).view())
    assert shown[0].endswith("(shortened)")
    assert len(shown[0].encode()) <= 10_000


def test_an_empty_card_still_has_something_to_show() -> None:
    assert texts(Card().view()) == ["\u200b"]


def test_more_than_forty_components_is_a_bug() -> None:
    card = Card()
    for number in range(40):
        card.text(str(number))
    with pytest.raises(ValueError, match=r"children|components"):
        card.view()


def test_buttons_are_five_to_a_row_and_labelled() -> None:
    view = Card().text("x").buttons(*(Act(f"Button {n}" + "x" * 90, "verb", (n,)) for n in range(7))).view()
    rows = [item for item in view.walk_children() if isinstance(item, discord.ui.ActionRow)]
    assert [len(row.children) for row in rows] == [5, 2]
    labels = [b.label for row in rows for b in row.children if isinstance(b, discord.ui.Button)]
    assert all(label and len(label) <= 80 for label in labels)


@pytest.mark.parametrize("url", ["mailto:a@b.example", "javascript:alert(1)", "https://x.example/" + "y" * 500])
def test_a_link_that_discord_refuses_is_a_bug(url: str) -> None:
    with pytest.raises(ValueError, match="link button"):
        Link("Open", url).button()


def test_a_select_takes_one_to_twenty_five() -> None:
    with pytest.raises(ValueError, match="1 to 25"):
        Card().select("verb", [])
    with pytest.raises(ValueError, match="1 to 25"):
        Card().select("verb", [Option(str(n), str(n)) for n in range(26)])
    line = Option("l" * 200, "v", "d" * 200).line()
    assert len(line.label) == 100
    assert len(line.description or "") == 100


def test_choices_are_those_that_discord_accepts() -> None:
    offered = choices(
        [("", "empty"), ("n" * 150, "ok"), ("too long", "v" * 101), *((f"c{n}", str(n)) for n in range(40))]
    )
    assert len(offered) == 25
    assert all(1 <= len(c.name) <= 100 and 1 <= len(str(c.value)) <= 100 for c in offered)


@pytest.mark.parametrize(
    "hostile",
    [
        "@everyone",
        "<@123>",
        "<@&123>",
        "<#123>",
        "<t:1:F>",
        "[text](https://evil.example)",
        "[**b**](https://evil.example)",
        "**bold**",
        "# big",
        "> q",
        "`c`",
    ],
)
def test_plain_text_stays_plain(hostile: str) -> None:
    made = plain(hostile)
    for live in ("@everyone", "**bold**", "`c`"):
        assert live not in made
    assert "<" not in made.replace("\\<", "")
    assert "](" not in made


def test_clip() -> None:
    assert clip("short", 5) == "short"
    assert clip("longer", 5) == "long…"


@pytest.mark.parametrize(
    ("typed", "made"),
    [
        ("*a* _b_ ~~c~~ `d` |e| \\", "\\*a\\* \\_b\\_ \\~\\~c\\~\\~ \\`d\\` \\|e\\| \\\\"),
        ("# a\n  - b\n> c\n>>> d", "\\# a\n  \\- b\n\\> c\n\\>>> d"),
        ("a-b #c 5 > 3", "a-b #c 5 > 3"),
        ("see https://a.example/b_c*d. _e_", "see https://a.example/b_c*d. \\_e\\_"),
        ("[a](https://evil.example)", "[a]\u200b(https://evil.example)"),
        ("@everyone <@123456789012345678> <#1>", "@\u200beveryone \\<@\u200b123456789012345678> \\<#1>"),
        ("one\u202etwo\u200bthree\U000e0041", "onetwothree"),
        ("می\u200cخواهم \U0001f469\u200d\U0001f467", "می\u200cخواهم \U0001f469\u200d\U0001f467"),
    ],
)
def test_marks_of_discords_are_shown_as_they_were_typed(typed: str, made: str) -> None:
    assert plain(typed) == made
