"""What cards, replies and forms are made of, within Discord's limits.

A card is one Components V2 message: at most 40 components, 4,000 characters and about 10,000 bytes of text. Nothing here
is registered with discord.py's view store: every control is answered through ``bot.chat.presses``.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Self
from zlib import crc32

import discord

from bot.chat.answers import answer
from bot.chat.layout import ROW, laid_out, list_ended
from bot.chat.lengths import FIELD_LIMIT, FIELDS
from bot.chat.presses import Sign, custom_id, group_pressed, with_group
from bot.domain.errors import PostbagError
from bot.domain.identity import GuildId
from bot.domain.plain_text import cut, without_invisible_signs
from bot.services.ports.files import File

# Discord's own limits on a message of components, a button's label, a list and one of its choices.
TEXT_LIMIT = 4000
BYTE_LIMIT = 9500
COMPONENT_LIMIT = 40
LABEL_LIMIT = 80
CHOICE_LIMIT = 25
CHOICE_TEXT_LIMIT = 100
ACCENT = discord.Colour(0x2F6F5E)
_LISTS = (
    discord.ui.Select,
    discord.ui.ChannelSelect,
    discord.ui.RoleSelect,
    discord.ui.UserSelect,
    discord.ui.MentionableSelect,
)


@dataclass(frozen=True, slots=True)
class Act:
    """A button that is answered by the cog method marked ``@presses(verb)``."""

    label: str
    verb: str
    args: tuple[str | int, ...] = ()
    style: discord.ButtonStyle = discord.ButtonStyle.secondary
    disabled: bool = False

    def button(self) -> discord.ui.Button[Any]:
        return discord.ui.Button(
            label=clip(self.label, LABEL_LIMIT),
            style=self.style,
            custom_id=custom_id(self.verb, *self.args),
            disabled=self.disabled,
        )


@dataclass(frozen=True, slots=True)
class Link:
    """A button that opens an https address."""

    label: str
    url: str

    def button(self) -> discord.ui.Button[Any]:
        if not self.url.startswith(("https://", "http://")) or len(self.url) > 512:
            raise ValueError("a link button needs an http or https address of at most 512 characters")
        return discord.ui.Button(label=clip(self.label, LABEL_LIMIT), style=discord.ButtonStyle.link, url=self.url)


@dataclass(frozen=True, slots=True)
class Option:
    """One line of a select."""

    label: str
    value: str
    description: str = ""
    chosen: bool = False

    def line(self) -> discord.SelectOption:
        return discord.SelectOption(
            label=clip(self.label, CHOICE_TEXT_LIMIT),
            value=self.value,
            description=clip(self.description, CHOICE_TEXT_LIMIT) or None,
            default=self.chosen,
        )


class Card:
    """Build one message top to bottom; ``view()`` gives it to discord.py.

    Text beyond the limits is shortened, and says so; more components than Discord takes is a ValueError, as a bug.
    """

    def __init__(self, title: str = "", *, accent: discord.Colour | None = ACCENT) -> None:
        self._items: list[discord.ui.Item[Any]] = []
        self._accent = accent
        self._characters = 0
        self._bytes = 0
        self._has_text = False
        if title:
            self.text(f"## {title}")

    def text(self, markdown: str, *, id: int | None = None) -> Self:  # noqa: A002
        """Add a part, in Discord markdown.

        ``id`` marks the component so that it can be found in the message again; what it says then stays as it is.
        """
        fitted = _fit(
            markdown if id is not None else list_ended(markdown),
            TEXT_LIMIT - self._characters,
            BYTE_LIMIT - self._bytes,
        )
        if fitted:
            self._characters += len(fitted)
            self._bytes += len(fitted.encode())
            self._items.append(discord.ui.TextDisplay(fitted, id=id))
            self._has_text = True
        return self

    def small(self, markdown: str) -> Self:
        """Add small print: each line is shown as Discord subtext."""
        return self.text("\n".join(f"-# {line}" for line in markdown.splitlines() if line.strip()))

    def line(self) -> Self:
        """Add a dividing line."""
        self._items.append(discord.ui.Separator())
        return self

    def buttons(self, *controls: Act | Link) -> Self:
        """Add buttons, five to a row."""
        for start in range(0, len(controls), ROW):
            self._items.append(discord.ui.ActionRow(*(c.button() for c in controls[start : start + ROW])))
        return self

    def row_with(self, markdown: str, control: Act | Link) -> Self:
        """Add a line of text with its own button at the side."""
        fitted = _fit(markdown, TEXT_LIMIT - self._characters, BYTE_LIMIT - self._bytes)
        self._characters += len(fitted)
        self._bytes += len(fitted.encode())
        self._items.append(discord.ui.Section(fitted, accessory=control.button()))
        self._has_text = True
        return self

    def select(
        self,
        verb: str,
        options: Sequence[Option],
        *,
        args: Sequence[str | int] = (),
        placeholder: str = "",
        most: int = 1,
        least: int = 1,
    ) -> Self:
        """Add a select of 1 to 25 options; the verb is pressed with the values chosen."""
        if not 1 <= len(options) <= CHOICE_LIMIT:
            raise ValueError(f"a select takes 1 to 25 options, not {len(options)}")
        return self.row(
            discord.ui.Select(
                custom_id=custom_id(verb, *args),
                options=[option.line() for option in options],
                placeholder=clip(placeholder, 150) or None,
                min_values=least,
                max_values=min(most, len(options)),
            )
        )

    def row(self, *items: discord.ui.Item[Any]) -> Self:
        """Add any discord.py controls (a ChannelSelect, a RoleSelect) as one row; their custom_id comes from ``custom_id``."""
        for item in items:
            if isinstance(item, _LISTS):
                # Without one Discord numbers controls by their place, and a client that keeps what was chosen in a place
                # would show it in the next step's list, where it is no option.
                item.id = crc32(item.custom_id.encode()) & 0x7FFFFFFF or 1
        self._items.append(discord.ui.ActionRow(*items))
        return self

    def of_group(self, guild_id: GuildId, sign: Sign) -> Self:
        """Write on every control which group it belongs to, where nothing else says so: in a direct message, in another server."""
        for item in self._items:
            for control in (*getattr(item, "children", ()), getattr(item, "accessory", None)):
                if getattr(control, "custom_id", None):
                    control.custom_id = with_group(control.custom_id, guild_id, sign)
        return self

    def view(self, files: Iterable[File] = ()) -> discord.ui.LayoutView:
        """Give the finished message; ``files`` are those sent with it, which Discord shows only where the card names them."""
        view = discord.ui.LayoutView(timeout=None)
        if not self._has_text:
            self.text("\u200b")
        view.add_item(discord.ui.Container(*laid_out(self._items, COMPONENT_LIMIT - 1), accent_colour=self._accent))
        for file in files:
            address = f"attachment://{file.name}"
            if file.media_type.startswith("image/"):
                view.add_item(
                    discord.ui.MediaGallery(discord.MediaGalleryItem(address, description=file.alt or file.name))
                )
            else:
                view.add_item(discord.ui.File(address))
        if view.total_children_count > COMPONENT_LIMIT:
            raise ValueError(f"a card of {view.total_children_count} components")
        view.stop()
        return view


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a form: a label over any component (a TextInput, a Select …), with a short explanation."""

    label: str
    component: discord.ui.Item[Any]
    description: str = ""


def text_field(
    name: str,
    label: str,
    *,
    description: str = "",
    value: str = "",
    placeholder: str = "",
    required: bool = True,
    long: bool = False,
    most: int,
    least: int | None = None,
) -> Field:
    """Describe a text field of a form. ``value`` fills it beforehand; lengths are in characters.

    ValueError: it would take more than a field of its name may (``bot.chat.lengths``).
    """
    if most > FIELDS.get(name, FIELD_LIMIT):
        raise ValueError(f"a field “{name}” takes at most {FIELDS.get(name, FIELD_LIMIT)} characters")
    return Field(
        label,
        discord.ui.TextInput(
            custom_id=name,
            style=discord.TextStyle.paragraph if long else discord.TextStyle.short,
            default=value[:most] or None,
            placeholder=clip(placeholder, 100) or None,
            required=required,
            min_length=least,
            max_length=most,
        ),
        description,
    )


def select_field(
    name: str, label: str, options: Sequence[Option], *, description: str = "", required: bool = True
) -> Field:
    """Describe a field of a form in which one of 1 to 25 options is chosen."""
    return Field(
        label,
        discord.ui.Select(custom_id=name, options=[o.line() for o in options[:CHOICE_LIMIT]], required=required),
        description,
    )


def form(title: str, verb: str, *fields: Field, args: Sequence[str | int] = (), note: str = "") -> discord.ui.Modal:
    """Build a form of at most five parts; submitting it presses the verb, with the fields' values by name."""
    if len(fields) + bool(note) > 5:
        raise ValueError("a form takes at most five parts")
    modal = discord.ui.Modal(title=clip(title, 45), custom_id=custom_id(verb, *args), timeout=None)
    if note:
        modal.add_item(discord.ui.TextDisplay(note))
    for part in fields:
        modal.add_item(
            discord.ui.Label(
                text=clip(part.label, 45), description=clip(part.description, 100) or None, component=part.component
            )
        )
    modal.stop()
    return modal


async def reply(
    interaction: discord.Interaction[Any],
    card: Card | str,
    *,
    private: bool = True,
    update: bool = False,
    files: Iterable[File] = (),
    group: GuildId | None = None,
    beside: bool = False,
) -> None:
    """Answer an interaction with a card, whatever was answered before.

    ``update`` puts the card in place of the message whose control was pressed; otherwise it is a new message. ``beside``:
    what was pressed stays as it is, whatever was begun. Answers are private unless said otherwise. ``group`` is whose the card
    is, where it is not that of the control that was pressed.
    """
    files = tuple(files)
    made = Card().text(card) if isinstance(card, str) else card
    of_group = group or group_pressed(interaction)
    if of_group is not None and of_group != interaction.guild_id:
        made.of_group(of_group, interaction.client.services.sign)
    view = made.view(files)

    def attached() -> list[discord.File]:
        return [discord.File(io.BytesIO(f.content), filename=f.name, description=f.alt or None) for f in files]

    await answer(interaction, view, attached, private=private, update=update, beside=beside)


def clip(text: str, most: int) -> str:
    """Shorten a text to a number of characters, ending in an ellipsis where something was cut."""
    return cut(text, most)


_LIVE = re.compile(r"(https?://[^\s<]++)|[_\\~|*`]|^>(?:>>)?(?=\s)|^#{1,3}|^[^\S\n]*+-", re.MULTILINE)
"""What Discord would read as a mark, or an address, which is left as it is."""


def plain(text: str) -> str:
    """Make a text of unknown origin harmless in a message: no markdown, no mentions, on one or more lines as it was."""
    broken = discord.utils.escape_mentions(without_invisible_signs(text).replace("](", "]\u200b("))
    return _LIVE.sub(_escaped, broken).replace("<", "\\<")


_OUR_MARKS = re.compile(
    r"(“[^”]*”)|\\\*(\w[^*\\\n]{0,60})\\\*|\\`(\w[^`\\\n]{0,60})\\`|\\<((?:t:\d{1,12}(?::\w)?|#\d{1,20}|@&\d{1,20})>)"
)
"""What an error says with marks of its own: a button in italics, a reference, a time, a channel or a role. Never within quotes."""


def without_markdown(text: str) -> str:
    """Give the words of an error, which may quote what somebody typed: quoted without markdown, with the marks that are ours."""
    return _OUR_MARKS.sub(_ours, plain(text))


def _ours(found: re.Match[str]) -> str:
    quoted, button, reference, place = found.groups()
    return quoted or (button and f"*{button}*") or (reference and f"`{reference}`") or f"<{place}"


def refusal(error: PostbagError) -> str:
    """Say in two lines what went wrong and what to do."""
    return f"**{without_markdown(error.message)}**\n{without_markdown(error.next_step)}".strip()


def _escaped(found: re.Match[str]) -> str:
    if found[1]:
        return found[1]
    mark = found[0].lstrip()
    return f"{found[0][: len(found[0]) - len(mark)]}\\{mark}"


def choices(pairs: Iterable[tuple[str, str]]) -> list[discord.app_commands.Choice[str]]:
    """Turn (name, value) pairs into at most 25 autocomplete choices that Discord accepts."""
    found = []
    for name, value in pairs:
        if name.strip() and 1 <= len(value) <= CHOICE_TEXT_LIMIT:
            found.append(discord.app_commands.Choice(name=clip(name.strip(), CHOICE_TEXT_LIMIT), value=value))
        if len(found) == CHOICE_LIMIT:
            break
    return found


def meant(typed: str, offered: Iterable[tuple[str, str]]) -> str:
    """Give the value of the suggestion whose label somebody typed or Discord sent; else what was typed, as it is.

    Discord at times sends the text that a suggestion shows instead of its value, and people type what they see.
    """
    wanted = " ".join(typed.casefold().split())
    values = {
        value
        for name, value in offered
        if wanted
        in (" ".join(name.casefold().split()), " ".join(clip(name.strip(), CHOICE_TEXT_LIMIT).casefold().split()))
    }
    return values.pop() if len(values) == 1 else typed


_CUT = "\n… (shortened)"


def _fit(text: str, characters: int, in_bytes: int) -> str:
    if len(text) <= characters and len(text.encode()) <= in_bytes:
        return text
    room = characters - len(_CUT)
    room_bytes = in_bytes - len(_CUT.encode())
    if room <= 0 or room_bytes <= 0:
        return ""
    kept = text[:room].encode()[:room_bytes].decode(errors="ignore")
    return kept.rstrip() + _CUT
