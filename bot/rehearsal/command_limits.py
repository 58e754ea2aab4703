"""What Discord refuses in the commands that a bot registers (developer documentation, Application Commands)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from bot.rehearsal.limits import COMMAND_NAME, Body, Fault, under

CHAT_INPUT = 1
SUBCOMMAND, GROUP = 1, 2
ALL_TEXT = 8000


def check_commands(commands: Sequence[Body]) -> list[Fault]:
    """Check a whole set of commands, as sent when they are synced."""
    faults = []
    chat = [c for c in commands if c.get("type", CHAT_INPUT) == CHAT_INPUT]
    if len(chat) > 100:
        faults.append(Fault((), "APPLICATION_COMMANDS_MAX", "Maximum number of application commands reached (100)."))
    names = [(c.get("type", CHAT_INPUT), c.get("name")) for c in commands]
    for index, command in enumerate(commands):
        if names.index(names[index]) != index:
            faults.append(Fault((index, "name"), "APPLICATION_COMMANDS_DUPLICATE_NAME", "is used twice"))
        faults += under((index,), check_command(command))
    return faults


def check_command(command: Body) -> list[Fault]:
    """Check one command with its subcommands and options."""
    if command.get("type", CHAT_INPUT) != CHAT_INPUT:
        name = str(command.get("name") or "")
        return (
            []
            if 1 <= len(name) <= 32
            else [Fault(("name",), "BASE_TYPE_BAD_LENGTH", "Must be between 1 and 32 in length.")]
        )
    faults = _node(command, depth=0)
    size = _text(command)
    if size > ALL_TEXT:
        faults.append(Fault((), "APPLICATION_COMMAND_TOO_LARGE", f"{size} characters of text, {ALL_TEXT} at most"))
    return faults


def _node(node: Body, depth: int) -> list[Fault]:
    faults = _names(node)
    options = node.get("options") or []
    if len(options) > 25:
        faults.append(Fault(("options",), "BASE_TYPE_MAX_LENGTH", "Must be 25 or fewer in length."))
    optional_seen = False
    names = [option.get("name") for option in options]
    for index, option in enumerate(options):
        here = ("options", index)
        kind = option.get("type")
        if names.index(names[index]) != index:
            faults.append(Fault((*here, "name"), "APPLICATION_COMMAND_OPTIONS_NAME_DUPLICATED", "is used twice"))
        if kind in (SUBCOMMAND, GROUP):
            if depth >= (2 if kind == SUBCOMMAND else 1):
                faults.append(Fault(here, "APPLICATION_COMMAND_OPTIONS_TYPE_INVALID", "nested too deep"))
            faults += under(here, _node(option, depth + 1))
            continue
        if option.get("required") and optional_seen:
            faults.append(
                Fault(
                    here,
                    "APPLICATION_COMMAND_OPTIONS_REQUIRED_INVALID",
                    "Required options must be placed before non-required",
                )
            )
        optional_seen = optional_seen or not option.get("required")
        faults += under(here, _option(option))
    return faults


def _option(option: Body) -> list[Fault]:
    faults = _names(option)
    given = option.get("choices") or []
    if len(given) > 25:
        faults.append(Fault(("choices",), "BASE_TYPE_MAX_LENGTH", "Must be 25 or fewer in length."))
    if given and option.get("autocomplete"):
        faults.append(Fault(("choices",), "APPLICATION_COMMAND_OPTIONS_CHOICES_AUTOCOMPLETE", "cannot have both"))
    for index, choice in enumerate(given):
        for key in ("name", "value"):
            text = choice.get(key)
            if isinstance(text, str) and not 1 <= len(text) <= 100:
                faults.append(
                    Fault(("choices", index, key), "BASE_TYPE_BAD_LENGTH", "Must be between 1 and 100 in length.")
                )
    return faults


def _names(node: Body) -> list[Fault]:
    faults = []
    written: list[tuple[tuple[str | int, ...], Any]] = [(("name",), node.get("name"))]
    written += [(("name_localizations", k), v) for k, v in (node.get("name_localizations") or {}).items()]
    for path, name in written:
        if not COMMAND_NAME.match(str(name or "")) or str(name) != str(name).lower():
            faults.append(
                Fault(
                    path, "APPLICATION_COMMAND_INVALID_NAME", "Command name is invalid: lower case, 1 to 32 characters"
                )
            )
    written = [(("description",), node.get("description"))]
    written += [(("description_localizations", k), v) for k, v in (node.get("description_localizations") or {}).items()]
    for path, text in written:
        if not 1 <= len(str(text or "")) <= 100:
            faults.append(Fault(path, "BASE_TYPE_BAD_LENGTH", "Must be between 1 and 100 in length."))
    return faults


def _text(node: Body) -> int:
    size = len(str(node.get("name") or "")) + len(str(node.get("description") or ""))
    for choice in node.get("choices") or ():
        size += len(str(choice.get("name"))) + len(str(choice.get("value")))
    return size + sum(_text(option) for option in node.get("options") or ())
