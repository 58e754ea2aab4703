"""No option and no field is without a greatest length, and what is longer is refused whoever sends it."""

from __future__ import annotations

import ast
import copy
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from discord import AppCommandOptionType, app_commands
from simcord.actors import _slash

from bot.chat.lengths import FIELD_LIMIT, FIELDS, NAME_LIMIT, refuse_long_fields
from bot.chat.presses import Press, custom_id, read_press
from bot.chat.ui import text_field
from bot.domain.errors import Refused
from bot.rehearsal.reading import text_of

LONG = 6_000


def string_options(room: Any) -> Iterator[tuple[str, app_commands.transformers.CommandParameter]]:
    """List every option that takes words, with its command's name."""
    for command in room.app.client.tree.walk_commands():
        if isinstance(command, app_commands.Command):
            for option in command.parameters:
                if option.type is AppCommandOptionType.string and not option.choices:
                    yield command.qualified_name, option


def unbounded(room: Any, name: str) -> dict[str, Any]:
    """Give a command as a client has it that keeps to no length and to no choices."""
    root = room.env.backend.find_command(name.split()[0], None, type=1)
    if root is None:
        command = room.app.client.tree.get_command(name.split()[0])
        root = command.to_dict(room.app.client.tree) | {"id": "1"}
    root = copy.deepcopy(root)

    def free(node: dict[str, Any]) -> None:
        for key in ("max_length", "min_length"):
            node.pop(key, None)
        for option in node.get("options") or ():
            free(option)

    free(root)
    return root


async def slash_unbounded(actor: Any, room: Any, name: str, **options: str) -> Any:
    """Use a command as a client that keeps to no length would."""
    return await _slash(actor, room.channel, name, options, root=unbounded(room, name))


@pytest.mark.asyncio
async def test_every_option_has_a_greatest_length(room: Any) -> None:
    found = list(string_options(room))
    assert len(found) > 40
    lacking = [(command, option.name) for command, option in found if option.max_value is None]
    assert not lacking
    assert all(int(option.max_value) <= 1_000 for _, option in found if option.max_value is not None)
    chosen = [option for _, option in found if option.autocomplete]
    assert chosen
    assert all(option.max_value == NAME_LIMIT for option in chosen)


@pytest.mark.asyncio
async def test_an_option_longer_than_it_may_be_is_refused_kindly_before_anything_is_done(group: Any) -> None:
    for command, option in string_options(group):
        needed = {other.name: "1" for name, other in string_options(group) if name == command and other.required}
        given = needed | {option.name: "汉" * LONG}
        answer = await slash_unbounded(group.organiser, group, command, **given)
        said = text_of(answer.response)
        assert answer.response.ephemeral
        assert f"“{option.name}” is too long: 6,000 characters." in said, (command, option.name, said)
        assert f"{option.max_value:,} characters or fewer" in said


@pytest.mark.asyncio
async def test_a_field_longer_than_it_may_be_is_refused_kindly(group: Any) -> None:
    card = await group.member.slash(group.channel, "mp find")
    form = await group.member.click(card.response, custom_id=custom_id("mp.find"))
    for item in form._interaction.modal["components"]:
        item["component"]["max_length"] = FIELD_LIMIT
    answer = await group.member.submit_modal(form, {"seat": "a" * FIELD_LIMIT})
    assert "What you wrote is too long: 4,000 characters." in text_of(answer.response)


def test_a_field_of_any_name_and_a_choice_are_held_to_what_discord_carries() -> None:
    for press in (
        Press("a", fields={"why": "a" * (FIELD_LIMIT + 1)}),
        Press("a", fields={"postcode": "a" * 21}),
        Press("a", values=("a" * (NAME_LIMIT + 1),)),
    ):
        with pytest.raises(Refused, match="too long"):
            refuse_long_fields(press)
    refuse_long_fields(Press("a", values=("a" * NAME_LIMIT,), fields={"why": "a" * FIELD_LIMIT, "pick": ("one",)}))


def test_pasted_blank_lines_are_one_when_a_form_is_read() -> None:
    field = {"type": 4, "custom_id": "why", "value": "Dear all\r\n" + "\n \t\n" * 900 + "Bye\ud800\x0bnow"}
    press = read_press({"custom_id": "pb:letter.written", "components": [{"component": field}]})
    assert press is not None
    assert press.text("why") == "Dear all\n\nBye\nnow"


def test_no_field_takes_more_than_its_name_may() -> None:
    assert max(FIELDS.values()) <= FIELD_LIMIT
    with pytest.raises(ValueError, match="at most 20"):
        text_field("postcode", "Your postcode", most=21)
    with pytest.raises(ValueError, match="at most 4000"):
        text_field("why", "Why", most=4_001)


NAMED_ELSEWHERE = {
    "FIELD": "`seat`, in `bot/chat/cards/seats.py`",
    "question.name": "an answer to a question of a letter's settings: it may be as long as what Discord carries",
}
"""How a field is called where its name is no plain word there."""


def test_every_field_of_a_form_has_its_length() -> None:
    unknown = []
    for path in sorted((Path(__file__).resolve().parents[2] / "bot" / "chat").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "text_field":
                name = ast.literal_eval(node.args[0]) if isinstance(node.args[0], ast.Constant) else None
                if name not in FIELDS and ast.unparse(node.args[0]) not in NAMED_ELSEWHERE:
                    unknown.append(f"{path.name}:{node.lineno} {ast.unparse(node.args[0])}")
    assert unknown == [], f"give each its greatest length in FIELDS of bot/chat/lengths.py, by its name: {unknown}"
