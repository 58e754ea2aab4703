"""Every control's state is in its custom_id, and comes back from it whole."""

from __future__ import annotations

import base64

import discord
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.chat.presses import custom_id, group_on, read_custom_id, read_press, with_group
from bot.chat.ui import Option, form, select_field, text_field
from bot.domain.identity import GuildId
from bot.sealing import Sealer


@given(st.lists(st.text(max_size=8), max_size=3))
def test_arguments_come_back_whole(args: list[str]) -> None:
    try:
        written = custom_id("verb.name", *args)
    except ValueError:
        return
    assert read_custom_id(written) == ("verb.name", tuple(args))


def test_a_custom_id_beyond_discords_limit_is_a_bug() -> None:
    assert len(custom_id("v", "x" * 95)) == 100
    with pytest.raises(ValueError, match="101 characters"):
        custom_id("v", "x" * 96)


@pytest.mark.parametrize("foreign", ["", "pb", "pb:", "other:thing", "PB:verb"])
def test_a_foreign_custom_id_is_left_alone(foreign: str) -> None:
    assert read_press({"custom_id": foreign}) is None


def test_a_select_gives_its_values() -> None:
    press = read_press({"custom_id": "pb:pick:7", "component_type": 3, "values": ["a", "b"]})
    assert press is not None
    assert (press.verb, press.args, press.values) == ("pick", ("7",), ("a", "b"))
    assert press.arg(0) == "7"
    assert press.arg(1, "none") == "none"


def test_a_forms_fields_come_by_name() -> None:
    data = {
        "custom_id": "pb:letter.written:3",
        "components": [
            {"type": 18, "component": {"type": 4, "custom_id": "why", "value": "because"}},
            {"type": 18, "component": {"type": 3, "custom_id": "ask", "values": ["meet"]}},
            {"type": 18, "component": {"type": 19, "custom_id": "page", "values": ["11"]}},
            {"type": 18, "component": {"type": 23, "custom_id": "sure", "value": True}},
            {"type": 10, "content": "a note"},
            {"type": 1, "components": [{"type": 4, "custom_id": "old", "value": "row"}]},
        ],
        "resolved": {"attachments": {"11": {"id": "11", "filename": "page.html"}}},
    }
    press = read_press(data)
    assert press is not None
    assert press.text("why") == "because"
    assert press.text("ask") == "meet"
    assert press.text("absent") == ""
    assert press.fields["sure"] == ("true",)
    assert press.fields["old"] == "row"
    assert press.uploads["page"][0]["filename"] == "page.html"


@pytest.mark.asyncio
async def test_a_form_fits_discord() -> None:
    modal = form(
        "A title that is a good deal longer than Discord would ever take",
        "verb",
        text_field("why", "A label that is also longer than forty-five characters, surely", long=True, most=4000),
        select_field("ask", "Ask", [Option(f"choice {n}", str(n)) for n in range(40)]),
        note="Read this first.",
    )
    data = modal.to_dict()
    assert len(data["title"]) <= 45
    assert [c["type"] for c in data["components"]] == [10, 18, 18]
    assert len(data["components"][1]["label"]) <= 45
    assert len(data["components"][2]["component"]["options"]) == 25
    assert modal.is_finished(), "a form is never left in discord.py's store"
    with pytest.raises(ValueError, match="five parts"):
        form("t", "v", *(text_field(str(n), "l", most=9) for n in range(5)), note="and a note")
    assert isinstance(modal, discord.ui.Modal)


sign = Sealer(bytes(32)).sign


def test_a_group_that_this_postbag_did_not_write_is_no_group() -> None:
    carried = with_group(custom_id("verb.name"), GuildId(7), Sealer(bytes([1] * 32)).sign)
    assert group_on(carried, sign) is None
    forged = base64.urlsafe_b64encode((7).to_bytes(8)).decode()
    for code in (forged, forged.rstrip("="), forged + "AAAA", "A" * 16, "A", ""):
        assert group_on(f"pb@{code}:verb.name", sign) is None, code


@given(st.integers(1, 2**63 - 1), st.text(max_size=8))
def test_a_control_carries_its_group_and_is_the_same_press(number: int, arg: str) -> None:
    written = custom_id("verb.name", arg)
    carried = with_group(written, GuildId(number), sign)
    assert group_on(carried, sign) == number
    assert read_custom_id(carried) == ("verb.name", (arg,))
    assert len(carried) == len(written) + 17
    assert with_group(carried, GuildId(number), sign) == carried, "written once, whatever is written twice"
    assert group_on(written, sign) is None


def test_a_group_is_left_out_where_it_does_not_fit_or_the_control_is_not_ours() -> None:
    full = custom_id("v", "x" * 95)
    assert with_group(full, GuildId(7), sign) == full
    assert with_group("other:thing", GuildId(7), sign) == "other:thing"
    assert group_on("pb@###:verb", sign) is None
