"""What Discord refuses, as checks on the JSON that the bot sends. Each gives a list of faults; an empty one means accepted.

The numbers are Discord's (developer documentation: Message, Components, Interactions, Application Commands, Guild Scheduled
Event). In two places these checks are stricter than Discord, since nobody would otherwise notice: text of more than 10,000
bytes is refused here (Discord answers 500 at some point beyond it), and so is a file that a V2 message does not name (Discord
takes it and shows it to nobody).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

V2_FLAG = 1 << 15
V2_TYPES = {9, 10, 12, 13, 14, 17}
SELECTS = {3, 5, 6, 7, 8}
CONTENT = 2000
V2_TEXT = 4000
V2_BYTES = 10_000
COMPONENTS = 40
FILES = 10
FILE_BYTES = 10 * 1024 * 1024
COMMAND_NAME = re.compile(r"^[-_'\w]{1,32}$")

Body = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that Discord refuses: where in the JSON, Discord's code for it, and its words."""

    path: tuple[str | int, ...]
    code: str
    message: str

    def __str__(self) -> str:
        return f"{'.'.join(map(str, self.path)) or 'body'}: {self.message}"


def error_tree(faults: Sequence[Fault]) -> dict[str, Any]:
    """Nest faults as Discord does in the ``errors`` of its answer."""
    tree: dict[str, Any] = {}
    for fault in faults:
        node = tree
        for part in fault.path:
            node = node.setdefault(str(part), {})
        node.setdefault("_errors", []).append({"code": fault.code, "message": fault.message})
    return tree


def under(path: tuple[str | int, ...], faults: Sequence[Fault]) -> list[Fault]:
    """Move faults below a path."""
    return [Fault((*path, *fault.path), fault.code, fault.message) for fault in faults]


def walk(
    components: Any, path: tuple[str | int, ...] = ("components",)
) -> Iterator[tuple[tuple[str | int, ...], dict[str, Any]]]:
    """Yield every component with its path: children of rows and containers, a section's accessory, a label's control."""
    for index, component in enumerate(components or ()):
        here = (*path, index)
        yield here, component
        yield from walk(component.get("components"), (*here, "components"))
        for key in ("accessory", "component"):
            if isinstance(component.get(key), dict):
                yield (*here, key), component[key]


def is_v2(body: Body) -> bool:
    """Tell whether a message is of the Components V2 kind, also for an edit, which need not repeat the flag."""
    if int(body.get("flags") or 0) & V2_FLAG:
        return True
    return any(component.get("type") in V2_TYPES for _, component in walk(body.get("components")))


def check_message(
    body: Body, *, files: Mapping[str, int] | None = None, edit: bool = False, kept: Sequence[str] = ()
) -> list[Fault]:
    """Check a message or an edit. ``files`` are the uploads, name to size in bytes; ``kept`` names files already there."""
    files = files or {}
    v2 = is_v2(body)
    faults = [*_length(body.get("content"), 0, CONTENT, "content")]
    embeds = [*(body.get("embeds") or ()), *([body["embed"]] if body.get("embed") else ())]
    faults += check_embeds(embeds)
    components = body.get("components") or []
    faults += check_components(components, v2=v2)
    if v2 and (body.get("content") or embeds or body.get("poll") or body.get("sticker_ids")):
        faults.append(
            Fault(
                ("flags",),
                "MESSAGE_CANNOT_USE_LEGACY_FIELDS_WITH_COMPONENTS_V2",
                "content, embeds and polls cannot be used",
            )
        )
    if not edit and not ((body.get("content") or "").strip() or embeds or components or files or body.get("poll")):
        faults.append(Fault(("content",), "EMPTY_MESSAGE", "Cannot send an empty message"))
    faults += check_files(files, components if v2 else None, kept)
    nonce = body.get("nonce")
    if nonce is not None and len(str(nonce)) > 25:
        faults.append(Fault(("nonce",), "NONCE_TYPE_TOO_LONG", "Nonce must be 25 or fewer characters"))
    return faults


def check_files(files: Mapping[str, int], v2: Sequence[Any] | None, kept: Sequence[str] = ()) -> list[Fault]:
    """Check uploads, and in a V2 message (its components given) that each is shown and each name used is there."""
    faults = []
    if len(files) > FILES:
        faults.append(Fault(("attachments",), "BASE_TYPE_MAX_LENGTH", f"Must be {FILES} or fewer in length."))
    for name, size in files.items():
        if size > FILE_BYTES:
            faults.append(Fault(("attachments",), "REQUEST_ENTITY_TOO_LARGE", f"{name} is too large"))
    if v2 is None:
        return faults
    named = set()
    for path, component in walk(v2):
        media = [component.get("media"), component.get("file"), *(i.get("media") for i in component.get("items") or ())]
        for url in (str(m.get("url", "")) for m in media if m):
            if url.startswith("attachment://"):
                named.add(url.removeprefix("attachment://"))
                if named - set(files) - set(kept):
                    faults.append(
                        Fault(path, "UNFURLED_MEDIA_ITEM_REFERENCED_ATTACHMENT_NOT_FOUND", f"{url} is not uploaded")
                    )
    faults += [
        Fault(("attachments",), "FILE_NOT_SHOWN", f"{name} is named by no component, so nobody would see it")
        for name in files
        if name not in named
    ]
    return faults


def check_embeds(embeds: Sequence[Body]) -> list[Fault]:
    """Check embeds one by one and together."""
    faults = []
    if len(embeds) > 10:
        faults.append(Fault(("embeds",), "BASE_TYPE_MAX_LENGTH", "Must be 10 or fewer in length."))
    total = 0
    for index, embed in enumerate(embeds):
        texts: list[tuple[tuple[str | int, ...], Any, int, int]] = [
            (("title",), embed.get("title"), 0, 256),
            (("description",), embed.get("description"), 0, 4096),
        ]
        texts.append((("footer", "text"), (embed.get("footer") or {}).get("text"), 0, 2048))
        texts.append((("author", "name"), (embed.get("author") or {}).get("name"), 0, 256))
        fields = embed.get("fields") or []
        if len(fields) > 25:
            faults.append(Fault(("embeds", index, "fields"), "BASE_TYPE_MAX_LENGTH", "Must be 25 or fewer in length."))
        for number, field in enumerate(fields):
            for key, limit in (("name", 256), ("value", 1024)):
                texts.append((("fields", number, key), field.get(key) or "", 1, limit))
        for path, text, least, most in texts:
            total += len(text or "")
            faults += under(("embeds", index, *path), _length(text, least, most))
    if total > 6000:
        faults.append(Fault(("embeds",), "MAX_EMBED_SIZE_EXCEEDED", "Embed size exceeds maximum size of 6000"))
    return faults


def check_components(components: Sequence[Any], *, v2: bool) -> list[Fault]:
    """Check the components of a message."""
    faults = []
    found = list(walk(components))
    if len(found) > COMPONENTS:
        faults.append(Fault(("components",), "COMPONENT_MAX_TOTAL", f"{len(found)} components, {COMPONENTS} at most"))
    if not v2 and len(components) > 5:
        faults.append(Fault(("components",), "BASE_TYPE_BAD_LENGTH", "Must be between 1 and 5 in length."))
    texts = [str(c.get("content", "")) for _, c in found if c.get("type") == 10]
    if sum(map(len, texts)) > V2_TEXT:
        faults.append(
            Fault(("components",), "COMPONENT_DISPLAYABLE_TEXT_SIZE_EXCEEDED", f"text exceeds {V2_TEXT} characters")
        )
    size = sum(len(text.encode()) for text in texts)
    if size > V2_BYTES:
        faults.append(
            Fault(
                ("components",), "COMPONENT_DISPLAYABLE_TEXT_SIZE_EXCEEDED", f"text of {size} bytes, {V2_BYTES} at most"
            )
        )
    for path, component in found:
        kind = component.get("type")
        children = component.get("components") or []
        if kind == 1:
            if not 1 <= len(children) <= 5 or (len(children) > 1 and any(c.get("type") in SELECTS for c in children)):
                faults.append(Fault(path, "BASE_TYPE_BAD_LENGTH", "a row takes one select or 1 to 5 buttons"))
        elif kind == 2:
            faults += under(path, check_button(component))
        elif kind in SELECTS:
            faults += under(path, check_select(component))
        elif kind == 9:
            if not 1 <= len(children) <= 3 or not component.get("accessory"):
                faults.append(Fault(path, "BASE_TYPE_BAD_LENGTH", "a section takes 1 to 3 texts and an accessory"))
        elif kind == 10:
            faults += under(path, _length(str(component.get("content", "")), 1, V2_TEXT, "content"))
        elif kind == 12 and not 1 <= len(component.get("items") or []) <= 10:
            faults.append(Fault((*path, "items"), "BASE_TYPE_BAD_LENGTH", "Must be between 1 and 10 in length."))
        elif kind == 17 and not children:
            faults.append(Fault((*path, "components"), "BASE_TYPE_REQUIRED", "This field is required"))
    return faults + _custom_ids(found)


def check_button(button: Body) -> list[Fault]:
    """Check one button."""
    faults = [*_length(button.get("label"), 0, 80, "label"), *_emoji(button)]
    style = button.get("style")
    if style not in (1, 2, 3, 4, 5, 6):
        faults.append(Fault(("style",), "BASE_TYPE_CHOICES", "Value must be one of {1, 2, 3, 4, 5, 6}."))
    if style != 6 and not (button.get("label") or "").strip() and not button.get("emoji"):
        faults.append(Fault((), "BUTTON_COMPONENT_INVALID", "A button must have a label or emoji"))
    if style == 5:
        url = str(button.get("url") or "")
        faults += _length(url, 1, 512, "url")
        try:
            parts = urlsplit(url)
            fine = parts.scheme in ("http", "https", "discord") and bool(parts.netloc)
        except ValueError:
            fine = False
        if not fine or any(ch.isspace() for ch in url):
            faults.append(Fault(("url",), "BUTTON_COMPONENT_INVALID_URL", "Scheme must be one of http, https, discord"))
        if button.get("custom_id"):
            faults.append(
                Fault(("custom_id",), "BUTTON_COMPONENT_CUSTOM_ID_AND_URL", "A link button takes no custom id")
            )
    elif style in (1, 2, 3, 4) and button.get("url"):
        faults.append(Fault(("url",), "BUTTON_COMPONENT_CUSTOM_ID_AND_URL", "Only a link button takes an address"))
    return faults


def check_select(select: Body, *, in_modal: bool = False) -> list[Fault]:
    """Check one select, of a message or of a modal."""
    faults = [*_length(select.get("placeholder"), 0, 150, "placeholder")]
    least, most = _number(select, "min_values", 1), _number(select, "max_values", 1)
    if not 0 <= least <= 25 or not 1 <= most <= 25 or least > most:
        faults.append(
            Fault(("max_values",), "SELECT_COMPONENT_BAD_VALUES", f"{least} to {most} values cannot be chosen")
        )
    if in_modal and select.get("required") and least == 0:
        faults.append(
            Fault(("min_values",), "SELECT_COMPONENT_BAD_VALUES", "a required select takes at least one value")
        )
    if select.get("type") != 3:
        return faults
    options = select.get("options") or []
    if not 1 <= len(options) <= 25:
        faults.append(Fault(("options",), "BASE_TYPE_BAD_LENGTH", "Must be between 1 and 25 in length."))
    if most > len(options):
        faults.append(Fault(("max_values",), "BASE_TYPE_MAX", f"only {len(options)} options to choose {most} from"))
    faults += _options(options)
    if sum(bool(option.get("default")) for option in options) > most:
        faults.append(Fault(("options",), "SELECT_COMPONENT_TOO_MANY_DEFAULTS", f"more than {most} chosen beforehand"))
    return faults


def check_modal(modal: Body) -> list[Fault]:
    """Check a form."""
    faults = [*_length(str(modal.get("title") or ""), 1, 45, "title")]
    faults += _length(str(modal.get("custom_id") or ""), 1, 100, "custom_id")
    parts = modal.get("components") or []
    if not 1 <= len(parts) <= 5:
        faults.append(Fault(("components",), "BASE_TYPE_BAD_LENGTH", "Must be between 1 and 5 in length."))
    found = list(walk(parts))
    for path, component in found:
        kind = component.get("type")
        if kind == 18:
            faults += under(path, _length(str(component.get("label") or ""), 1, 45, "label"))
            faults += under(path, _length(component.get("description"), 1, 100, "description"))
        elif kind == 10:
            faults += under(path, _length(str(component.get("content") or ""), 1, V2_TEXT, "content"))
        elif kind == 4:
            faults += under(path, check_text_input(component, labelled="component" in path))
        elif kind in SELECTS:
            faults += under(path, check_select(component, in_modal=True))
        elif kind in (21, 22):
            options = component.get("options") or []
            if not (2 if kind == 21 else 1) <= len(options) <= 10:
                faults.append(Fault((*path, "options"), "BASE_TYPE_BAD_LENGTH", "Must be at most 10 in length."))
            faults += under(path, _options(options))
    return faults + _custom_ids(found)


def check_text_input(text: Body, *, labelled: bool) -> list[Fault]:
    """Check one text field. ``labelled``: it stands in a Label, so that it has no label of its own."""
    least, most = _number(text, "min_length", 0), _number(text, "max_length", 4000)
    faults = [*_length(text.get("placeholder"), 0, 100, "placeholder")]
    if not labelled:
        faults += _length(str(text.get("label") or ""), 1, 45, "label")
    elif text.get("label"):
        faults.append(Fault(("label",), "BASE_TYPE_BAD", "a labelled field has no label of its own"))
    if not 0 <= least <= 4000 or not 1 <= most <= 4000 or least > most:
        faults.append(Fault(("max_length",), "BASE_TYPE_MAX", f"{least} to {most} characters cannot be written"))
    if text.get("value") and not least <= len(str(text["value"])) <= most:
        faults.append(Fault(("value",), "BASE_TYPE_BAD_LENGTH", f"Must be between {least} and {most} in length."))
    return faults


def check_choices(data: Body) -> list[Fault]:
    """Check what autocomplete offers."""
    offered = data.get("choices") or []
    faults = []
    if len(offered) > 25:
        faults.append(Fault(("choices",), "BASE_TYPE_MAX_LENGTH", "Must be 25 or fewer in length."))
    for index, choice in enumerate(offered):
        faults += under(("choices", index), _length(str(choice.get("name") or ""), 1, 100, "name"))
        if isinstance(choice.get("value"), str):
            faults += under(("choices", index), _length(choice["value"], 1, 100, "value"))
        elif not isinstance(choice.get("value"), int | float):
            faults.append(Fault(("choices", index, "value"), "BASE_TYPE_REQUIRED", "This field is required"))
    return faults


def check_event(event: Body, now: datetime, *, edit: bool = False) -> list[Fault]:
    """Check a scheduled event."""
    faults = [*_length(event.get("description"), 0, 1000, "description")]
    if not edit or "name" in event:
        faults += _length(str(event.get("name") or ""), 1, 100, "name")
    place = (event.get("entity_metadata") or {}).get("location")
    external = event.get("entity_type") == 3
    if place is not None or (external and not edit):
        faults += under(("entity_metadata",), _length(str(place or ""), 1, 100, "location"))
    start, end = _instant(event.get("scheduled_start_time")), _instant(event.get("scheduled_end_time"))
    if start is not None and start <= now:
        faults.append(
            Fault(
                ("scheduled_start_time",), "GUILD_SCHEDULED_EVENT_SCHEDULE_PAST", "Cannot schedule event in the past."
            )
        )
    if external and not edit and end is None:
        faults.append(Fault(("scheduled_end_time",), "BASE_TYPE_REQUIRED", "This field is required"))
    if start is not None and end is not None and end <= start:
        faults.append(
            Fault(("scheduled_end_time",), "GUILD_SCHEDULED_EVENT_SCHEDULE_END", "Cannot end before it starts.")
        )
    return faults


def _options(options: Sequence[Body]) -> list[Fault]:
    faults = []
    seen = set()
    for index, option in enumerate(options):
        here = ("options", index)
        faults += under(here, _length(str(option.get("label") or ""), 1, 100, "label"))
        faults += under(here, _length(str(option.get("value") or ""), 1, 100, "value"))
        faults += under(here, [*_length(option.get("description"), 1, 100, "description"), *_emoji(option)])
        if option.get("value") in seen:
            faults.append(Fault((*here, "value"), "SELECT_COMPONENT_OPTION_VALUE_DUPLICATED", "is used twice"))
        seen.add(option.get("value"))
    return faults


def _custom_ids(found: Sequence[tuple[tuple[str | int, ...], Body]]) -> list[Fault]:
    faults = []
    seen = set()
    for path, component in found:
        kind = component.get("type")
        if kind not in (4, 19, 21, 22, 23, *SELECTS) and not (kind == 2 and component.get("style") not in (5, 6)):
            continue
        custom_id = str(component.get("custom_id") or "")
        faults += under(path, _length(custom_id, 1, 100, "custom_id"))
        if custom_id in seen:
            faults.append(
                Fault((*path, "custom_id"), "COMPONENT_CUSTOM_ID_DUPLICATED", "is used twice in this message")
            )
        seen.add(custom_id)
    return faults


def _emoji(component: Body) -> list[Fault]:
    emoji = component.get("emoji")
    if not emoji or emoji.get("id"):
        return []
    name = str(emoji.get("name") or "")
    if name and all(ord(ch) > 0x7F or ch in "0123456789#*" for ch in name) and not name.isascii():
        return []
    return [Fault(("emoji", "name"), "BUTTON_COMPONENT_INVALID_EMOJI", "Invalid emoji")]


def _length(text: Any, least: int, most: int, key: str = "") -> list[Fault]:
    path: tuple[str | int, ...] = (key,) if key else ()
    if text is None:
        return []
    if not isinstance(text, str):
        return [Fault(path, "STRING_TYPE_CONVERT", "Could not interpret as string.")]
    if least and not text:
        return [Fault(path, "BASE_TYPE_REQUIRED", "This field is required")]
    if not least <= len(text) <= most:
        words = f"Must be between {least} and {most} in length." if least else f"Must be {most} or fewer in length."
        return [Fault(path, "BASE_TYPE_BAD_LENGTH" if least else "BASE_TYPE_MAX_LENGTH", words)]
    return []


def _number(body: Body, key: str, default: int) -> int:
    value = body.get(key)
    return default if value is None else int(value)


def _instant(written: Any) -> datetime | None:
    return datetime.fromisoformat(str(written)) if written else None
