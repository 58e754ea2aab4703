"""Presses: buttons, selects and forms whose whole state is in their custom_id, so that they outlive a restart.

A custom_id is ``pb:verb:argument:argument``, or ``pb@group:verb:…`` on a control that belongs to a group but may be pressed in
a direct message, where no server says whose reports are meant. A cog answers one by marking a method with ``@presses("verb")``; the client
finds the marked methods when the cog is added and hands them every press of that verb, whichever run of Postbag drew it.
"""

from __future__ import annotations

import base64
import binascii
import hmac
from collections.abc import Awaitable, Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import quote, unquote

from bot.domain.errors import Refused
from bot.domain.identity import GuildId
from bot.domain.plain_text import tidy_text

if TYPE_CHECKING:
    import discord

PREFIX = "pb"
GROUP_MARK = "@"
CUSTOM_ID_LIMIT = 100
SIGNED = 4
"""Bytes of the signature on a group. Guessing one takes two thousand million presses, and Discord lets through a few a second."""

Sign = Callable[[bytes], bytes]
"""Sign what nobody but this Postbag may write: ``bot.sealing.Sealer.sign``."""

F = TypeVar("F", bound=Callable[..., Awaitable[None]])


@dataclass(frozen=True, slots=True)
class Press:
    """What was pressed: the verb and its arguments, a select's ``values``, a form's ``fields`` by custom_id.

    A text field is a str; a select or radio field in a form is a tuple of str. ``uploads`` holds the raw attachment
    objects of a form's file fields, as Discord sends them.
    """

    verb: str
    args: tuple[str, ...] = ()
    values: tuple[str, ...] = ()
    fields: Mapping[str, str | tuple[str, ...]] = field(default_factory=dict)
    uploads: Mapping[str, tuple[Mapping[str, Any], ...]] = field(default_factory=dict)

    def arg(self, index: int, default: str = "") -> str:
        """Give an argument by position, or the default where there are fewer."""
        return self.args[index] if index < len(self.args) else default

    @property
    def chosen(self) -> str:
        """Give what was chosen in a list. Refused: nothing was."""
        if not self.values:
            raise Refused("You haven't chosen anything.", "Open it again with the command you used, and choose one.")
        return self.values[0]

    def text(self, name: str) -> str:
        """Give a form's text field, or an empty text."""
        value = self.fields.get(name, "")
        return value if isinstance(value, str) else (value[0] if value else "")


@dataclass(frozen=True, slots=True)
class Mark:
    """What ``@presses`` notes on a method."""

    verb: str
    organiser: bool


def presses(verb: str, *, organiser: bool = False) -> Callable[[F], F]:
    """Mark a cog's method ``(self, interaction, press)`` as the answer to a verb. ``organiser``: refused to anyone else."""

    def mark(method: F) -> F:
        marks: list[Mark] = getattr(method, "__presses__", [])
        method.__presses__ = [*marks, Mark(verb, organiser)]  # type: ignore[attr-defined]
        return method

    return mark


def marked_methods(cog: object) -> Iterator[tuple[Mark, Callable[..., Awaitable[None]]]]:
    """List the marked methods of a cog with their marks."""
    for name in dir(type(cog)):
        for mark in getattr(getattr(type(cog), name, None), "__presses__", ()):
            yield mark, getattr(cog, name)


def custom_id(verb: str, *args: str | int) -> str:
    """Write a custom_id. ValueError: longer than Discord's 100 characters."""
    written = ":".join([PREFIX, verb, *(quote(str(arg), safe="-_.~/ ,'") for arg in args)])
    if len(written) > CUSTOM_ID_LIMIT:
        raise ValueError(f"custom_id of {len(written)} characters: {written}")
    return written


def read_custom_id(written: str) -> tuple[str, tuple[str, ...]] | None:
    """Read a custom_id: its verb and arguments, or None where it is not one of ours."""
    prefix, _, rest = written.partition(":")
    if prefix.partition(GROUP_MARK)[0] != PREFIX or not rest:
        return None
    verb, *args = rest.split(":")
    return verb, tuple(unquote(arg) for arg in args)


def with_group(written: str, guild_id: GuildId, sign: Sign) -> str:
    """Write on a custom_id of ours which group it belongs to. One that has no room for it, or is not ours, stays as it is."""
    prefix, _, rest = written.partition(":")
    if prefix.partition(GROUP_MARK)[0] != PREFIX:
        return written
    # Eight bytes and four that sign them, in sixteen characters: a group takes seventeen of the hundred that Discord allows.
    number = int(guild_id).to_bytes(8)
    marked_so = f"{PREFIX}{GROUP_MARK}{base64.urlsafe_b64encode(number + sign(number)[:SIGNED]).decode()}:{rest}"
    return marked_so if len(marked_so) <= CUSTOM_ID_LIMIT else written


def group_on(written: str, sign: Sign) -> GuildId | None:
    """Read which group a custom_id belongs to. None: it says nothing of one, or what it says was not written by this Postbag."""
    prefix, _, code = written.partition(":")[0].partition(GROUP_MARK)
    try:
        read = base64.urlsafe_b64decode(code) if prefix == PREFIX and code else b""
    except (ValueError, binascii.Error):
        return None
    number, signature = read[:8], read[8:]
    if len(signature) != SIGNED or not hmac.compare_digest(signature, sign(number)[:SIGNED]):
        return None
    return GuildId(int.from_bytes(number))


def group_pressed(interaction: discord.Interaction[Any]) -> GuildId | None:
    """Read which group the control that was pressed belongs to, or None where it says nothing of one."""
    data: Mapping[str, Any] = interaction.data or {}
    return group_on(str(data.get("custom_id", "")), interaction.client.services.sign)


def read_press(data: Mapping[str, Any]) -> Press | None:
    """Read the data of a component or modal interaction, or None where it is not one of ours."""
    found = read_custom_id(str(data.get("custom_id", "")))
    if found is None:
        return None
    fields: dict[str, str | tuple[str, ...]] = {}
    uploads: dict[str, tuple[Mapping[str, Any], ...]] = {}
    attachments = data.get("resolved", {}).get("attachments", {})
    for item in _form_items(data.get("components", ())):
        name = str(item.get("custom_id", ""))
        values = item.get("values")
        if values is not None:
            fields[name] = tuple(str(value) for value in values)
            files = tuple(attachments[str(value)] for value in values if str(value) in attachments)
            if files:
                uploads[name] = files
        elif isinstance(item.get("value"), bool):
            fields[name] = ("true",) if item["value"] else ()
        elif item.get("value") is not None:
            fields[name] = tidy_text(str(item["value"]))
    return Press(found[0], found[1], tuple(str(v) for v in data.get("values", ())), fields, uploads)


def _form_items(components: Any) -> Iterator[Mapping[str, Any]]:
    for component in components:
        if "custom_id" in component:
            yield component
        if "component" in component:
            yield from _form_items([component["component"]])
        if "components" in component:
            yield from _form_items(component["components"])
