"""Each of Discord's limits, met exactly and passed by one."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from bot.rehearsal.command_limits import check_commands
from bot.rehearsal.limits import (
    V2_FLAG,
    Fault,
    check_choices,
    check_event,
    check_message,
    check_modal,
    error_tree,
)

NOW = datetime(2026, 3, 2, 10, tzinfo=UTC)


def text(content: str) -> dict[str, Any]:
    return {"type": 10, "content": content}


def button(**changes: Any) -> dict[str, Any]:
    return {"type": 2, "style": 2, "label": "Press", "custom_id": "pb:x", **changes}


def link(url: str) -> dict[str, Any]:
    return {"type": 2, "style": 5, "label": "Open", "url": url}


def select(count: int = 2, **changes: Any) -> dict[str, Any]:
    options = [{"label": f"Line {n}", "value": str(n)} for n in range(count)]
    return {"type": 3, "custom_id": "pb:s", "options": options, **changes}


def row(*items: dict[str, Any]) -> dict[str, Any]:
    return {"type": 1, "components": list(items)}


def v2(*items: dict[str, Any]) -> dict[str, Any]:
    return {"flags": V2_FLAG, "components": [{"type": 17, "components": list(items)}]}


def field(**changes: Any) -> dict[str, Any]:
    control = {"type": 4, "style": 1, "custom_id": "why", **changes}
    return {"type": 18, "label": "Why?", "component": control}


def modal(*items: dict[str, Any], **changes: Any) -> dict[str, Any]:
    return {"title": "A form", "custom_id": "pb:f", "components": list(items), **changes}


FINE: dict[str, dict[str, Any]] = {
    "content of 2,000": {"content": "x" * 2000},
    "a V2 text of 4,000": v2(text("x" * 4000)),
    "40 components": v2(*(text("x") for _ in range(39))),
    "100 characters of custom_id": v2(row(button(custom_id="x" * 100))),
    "an emoji alone": v2(row(button(label=None, emoji={"name": "📮"}))),
    "a link of 512": v2(row(link("https://a.example/" + "x" * 494))),
    "25 options": v2(row(select(25))),
    "6,000 in embeds": {"embeds": [{"description": "x" * 4000}, {"description": "x" * 2000}]},
    "a nonce of 25": {"content": "x", "nonce": "n" * 25},
}

REFUSED: dict[str, dict[str, Any]] = {
    "content of 2,001": {"content": "x" * 2001},
    "nothing": {"content": "  "},
    "a V2 text of 4,001 in all": v2(text("x" * 4000), text("y")),
    "10,001 bytes": v2(text("維" * 3333 + "xx")),
    "an empty text": v2(text("")),
    "41 components": v2(*(text("x") for _ in range(40))),
    "an empty container": {"flags": V2_FLAG, "components": [{"type": 17, "components": []}]},
    "content beside V2": {**v2(text("x")), "content": "x"},
    "a custom_id of 101": v2(row(button(custom_id="x" * 101))),
    "no custom_id": v2(row(button(custom_id=""))),
    "a custom_id twice": v2(row(button(), button())),
    "a button and a select of one custom_id": v2(row(button(custom_id="pb:s")), row(select())),
    "no label or emoji": v2(row(button(label=None))),
    "a label of spaces": v2(row(button(label="  "))),
    "a label of 81": v2(row(button(label="x" * 81))),
    "a word as emoji": v2(row(button(emoji={"name": "smile"}))),
    "six buttons in a row": v2(row(*(button(custom_id=f"pb:{n}") for n in range(6)))),
    "a select beside a button": v2(row(select(), button())),
    "a link of 513": v2(row(link("https://a.example/" + "x" * 495))),
    "a mailto link": v2(row(link("mailto:a@example.org"))),
    "a link without host": v2(row(link("https://"))),
    "a link with a space": v2(row(link("https://a.example/a b"))),
    "26 options": v2(row(select(26))),
    "no option": v2(row(select(0))),
    "an option twice": v2(row(select(options=[{"label": "a", "value": "1"}, {"label": "b", "value": "1"}]))),
    "an option label of 101": v2(row(select(options=[{"label": "x" * 101, "value": "1"}]))),
    "an empty option label": v2(row(select(options=[{"label": "", "value": "1"}]))),
    "an option description of 101": v2(row(select(options=[{"label": "a", "value": "1", "description": "x" * 101}]))),
    "a placeholder of 151": v2(row(select(placeholder="x" * 151))),
    "more to choose than there is": v2(row(select(2, max_values=3))),
    "a section without accessory": v2({"type": 9, "components": [text("x")]}),
    "11 embeds": {"embeds": [{"title": "x"}] * 11},
    "6,001 in embeds": {"embeds": [{"description": "x" * 4000}, {"description": "x" * 2001}]},
    "an empty embed field": {"embeds": [{"fields": [{"name": "a", "value": ""}]}]},
    "an embed title of 257": {"embeds": [{"title": "x" * 257}]},
    "six rows without V2": {"components": [row(button(custom_id=f"pb:{n}")) for n in range(6)]},
    "a nonce of 26": {"content": "x", "nonce": "n" * 26},
}


@pytest.mark.parametrize("name", FINE)
def test_a_message_at_the_limit_is_accepted(name: str) -> None:
    assert check_message(FINE[name]) == []


@pytest.mark.parametrize("name", REFUSED)
def test_a_message_beyond_the_limit_is_refused(name: str) -> None:
    assert check_message(REFUSED[name]) != []


@pytest.mark.parametrize(
    ("files", "components", "fine"),
    [
        ({"a.txt": 10 * 1024 * 1024}, [], True),
        ({"a.txt": 10 * 1024 * 1024 + 1}, [], False),
        ({f"{n}.txt": 1 for n in range(10)}, [], True),
        ({f"{n}.txt": 1 for n in range(11)}, [], False),
        ({"a.txt": 1}, [{"type": 13, "file": {"url": "attachment://a.txt"}}], True),
        ({"a.txt": 1}, [text("a file that nobody sees")], False),
        ({}, [{"type": 13, "file": {"url": "attachment://a.txt"}}], False),
    ],
)
def test_files(files: dict[str, int], components: list[dict[str, Any]], fine: bool) -> None:
    body = {"flags": V2_FLAG, "components": components} if components else {"content": "x"}
    assert (check_message(body, files=files) == []) is fine


def test_an_edit_may_name_a_file_that_is_already_there() -> None:
    body = {"flags": V2_FLAG, "components": [{"type": 13, "file": {"url": "attachment://a.txt"}}]}
    assert check_message(body, edit=True) != []
    assert check_message(body, edit=True, kept=["a.txt"]) == []


FORMS: dict[str, tuple[dict[str, Any], bool]] = {
    "five fields": (modal(*(field(custom_id=str(n)) for n in range(5))), True),
    "six fields": (modal(*(field(custom_id=str(n)) for n in range(6))), False),
    "none": (modal(), False),
    "a title of 45": (modal(field(), title="x" * 45), True),
    "a title of 46": (modal(field(), title="x" * 46), False),
    "a label of 46": (modal({**field(), "label": "x" * 46}), False),
    "a description of 101": (modal({**field(), "description": "x" * 101}), False),
    "a placeholder of 101": (modal(field(placeholder="x" * 101)), False),
    "a length of 4,001": (modal(field(max_length=4001)), False),
    "filled beyond its length": (modal(field(max_length=3, value="four")), False),
    "a field twice": (modal(field(), field()), False),
    "a required select of none": (
        modal({"type": 18, "label": "a", "component": select(min_values=0, required=True)}),
        False,
    ),
    "an optional select": (modal({"type": 18, "label": "a", "component": select(min_values=0, required=False)}), True),
}


@pytest.mark.parametrize("name", FORMS)
def test_forms(name: str) -> None:
    form, fine = FORMS[name]
    assert (check_modal(form) == []) is fine


@pytest.mark.parametrize(
    ("choices", "fine"),
    [
        ([{"name": "x" * 100, "value": "y" * 100}] * 25, True),
        ([{"name": "x", "value": "y"}] * 26, False),
        ([{"name": "x" * 101, "value": "y"}], False),
        ([{"name": "x", "value": "y" * 101}], False),
        ([{"name": "", "value": "y"}], False),
        ([{"name": "x", "value": ""}], False),
        ([], True),
    ],
)
def test_autocomplete(choices: list[dict[str, Any]], fine: bool) -> None:
    assert (check_choices({"choices": choices}) == []) is fine


def event(**changes: Any) -> dict[str, Any]:
    return {
        "name": "Watch",
        "entity_type": 3,
        "entity_metadata": {"location": "here"},
        "scheduled_start_time": "2026-03-03T10:00:00+00:00",
        "scheduled_end_time": "2026-03-03T11:00:00+00:00",
        **changes,
    }


@pytest.mark.parametrize(
    ("changes", "fine"),
    [
        ({}, True),
        ({"name": "x" * 101}, False),
        ({"description": "x" * 1001}, False),
        ({"entity_metadata": {"location": "x" * 101}}, False),
        ({"scheduled_start_time": "2026-03-01T10:00:00+00:00"}, False),
        ({"scheduled_end_time": None}, False),
        ({"scheduled_end_time": "2026-03-03T09:00:00+00:00"}, False),
    ],
)
def test_scheduled_events(changes: dict[str, Any], fine: bool) -> None:
    assert (check_event(event(**changes), NOW) == []) is fine


def command(**changes: Any) -> dict[str, Any]:
    return {"type": 1, "name": "letter", "description": "Write a letter", "options": [], **changes}


def option(**changes: Any) -> dict[str, Any]:
    return {"type": 3, "name": "number", "description": "Which", "required": False, **changes}


@pytest.mark.parametrize(
    ("commands", "fine"),
    [
        ([command(options=[option()])], True),
        ([command(name="Letter")], False),
        ([command(name="a letter")], False),
        ([command(name="x" * 33)], False),
        ([command(description="")], False),
        ([command(description="x" * 101)], False),
        ([command(), command()], False),
        ([command(), {"type": 3, "name": "Write to my MP about this"}], True),
        ([{"type": 3, "name": "x" * 33}], False),
        ([command(options=[option(name=f"n{n}") for n in range(26)])], False),
        ([command(options=[option(), option(name="second", required=True)])], False),
        ([command(options=[option(), option()])], False),
        ([command(options=[option(autocomplete=True, choices=[{"name": "a", "value": "b"}])])], False),
        ([command(options=[option(name=f"n{n}", description="x" * 99) for n in range(25)])], True),
        ([command(name=f"n{n}") for n in range(101)], False),
        (
            [
                command(
                    options=[
                        {
                            "type": 1,
                            "name": f"s{s}",
                            "description": "x" * 100,
                            "options": [option(name=f"n{n}", description="x" * 99) for n in range(10)],
                        }
                        for s in range(8)
                    ]
                )
            ],
            False,
        ),
    ],
)
def test_commands(commands: list[dict[str, Any]], fine: bool) -> None:
    assert (check_commands(commands) == []) is fine


def test_faults_are_nested_as_discord_nests_them() -> None:
    tree = error_tree(
        [Fault(("data", "choices", 0, "name"), "BASE_TYPE_BAD_LENGTH", "Must be between 1 and 100 in length.")]
    )
    assert tree == {
        "data": {
            "choices": {
                "0": {
                    "name": {
                        "_errors": [{"code": "BASE_TYPE_BAD_LENGTH", "message": "Must be between 1 and 100 in length."}]
                    }
                }
            }
        }
    }
