"""Read what a person sees: all the visible text of a message, an answer or a form, in the order in which it stands."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

SELECTS = {3, 5, 6, 7, 8}


def text_of(shown: Any, *, open_selects: bool = True) -> str:
    """Give everything a person can read in what was shown, a line each; "" where nothing was.

    ``shown`` is the result of a command, press or form (its form, else its answer and follow-ups), one message, or the
    JSON of a message or form. Buttons read as ``[label]``, link buttons as ``[label](address)``, files as ``<name>``; selects
    with every option, or closed, as ``[label ▾]``.
    """
    if shown is None:
        return ""
    if isinstance(shown, Mapping):
        return "\n".join(_lines(shown, open_selects))
    if hasattr(shown, "followups"):
        if shown.modal is not None:
            return text_of(shown.modal, open_selects=open_selects)
        texts = (text_of(message, open_selects=open_selects) for message in (shown.response, *shown.followups))
        return "\n".join(filter(None, texts))
    if hasattr(shown, "message"):
        shown = shown.message
    return text_of(
        {
            "content": shown.content,
            "embeds": [embed.to_dict() for embed in shown.embeds],
            "components": [part.to_dict() for part in shown.components],
            "attachments": [{"filename": file.filename} for file in shown.attachments],
        },
        open_selects=open_selects,
    )


def buttons_of(shown: Any) -> list[str]:
    """Give the labels of the buttons that can be pressed, in order."""
    return [
        str(part.get("label") or "") for part in controls_of(shown) if part.get("type") == 2 and "custom_id" in part
    ]


def links_of(shown: Any) -> dict[str, str]:
    """Give the link buttons: label to address."""
    return {str(part.get("label") or ""): str(part["url"]) for part in controls_of(shown) if part.get("url")}


def options_of(shown: Any) -> list[dict[str, Any]]:
    """Give the options of the selects with their labels, values and descriptions."""
    return [dict(option) for part in controls_of(shown) for option in part.get("options") or ()]


def controls_of(shown: Any) -> list[dict[str, Any]]:
    """Give every component as JSON, nested ones too, of a result, a message or a form."""
    if shown is None:
        return []
    if hasattr(shown, "followups"):
        if shown.modal is not None:
            return controls_of(shown.modal)
        return [part for message in (shown.response, *shown.followups) for part in controls_of(message)]
    if isinstance(shown, Mapping):
        return list(_walk(shown.get("components")))
    parts = [part if isinstance(part, dict) else part.to_dict() for part in shown.components]
    return list(_walk(parts))


def _walk(parts: Any) -> Iterator[dict[str, Any]]:
    for part in parts or ():
        yield part
        yield from _walk(part.get("components"))
        for key in ("accessory", "component"):
            if part.get(key):
                yield from _walk([part[key]])


def _lines(body: Mapping[str, Any], open_selects: bool) -> Iterator[str]:
    for key in ("title", "content"):
        if body.get(key):
            yield str(body[key])
    for embed in body.get("embeds") or ():
        yield from (str(embed[key]) for key in ("title", "description") if embed.get(key))
        for field in embed.get("fields") or ():
            yield f"{field['name']}\n{field['value']}"
        if embed.get("footer"):
            yield str(embed["footer"]["text"])
    for part in _walk(body.get("components")):
        yield from _component(part, open_selects)
    shown = {
        str(p["file"].get("url", "")) for p in _walk(body.get("components")) if p.get("type") == 13 and p.get("file")
    }
    for file in body.get("attachments") or ():
        if not any(url.endswith(file["filename"]) for url in shown):
            yield f"<{file['filename']}>"


def _component(part: Mapping[str, Any], open_selects: bool) -> Iterator[str]:
    kind = part.get("type")
    if kind == 10:
        yield str(part.get("content") or "")
    elif kind == 2:
        label = part.get("label") or (part.get("emoji") or {}).get("name") or ""
        yield f"[{label}]({part['url']})" if part.get("url") else f"[{label}]"
    elif kind in SELECTS and not open_selects:
        chosen = next((option["label"] for option in part.get("options") or () if option.get("default")), "")
        yield f"[{chosen or part.get('placeholder') or 'Choose'} ▾]"
    elif kind in SELECTS:
        if part.get("placeholder"):
            yield str(part["placeholder"])
        for option in part.get("options") or ():
            yield " · ".join(filter(None, (option.get("label"), option.get("description"))))
    elif kind == 18:
        yield from (str(part[key]) for key in ("label", "description") if part.get(key))
    elif kind == 4:
        yield from (str(part[key]) for key in ("label", "placeholder", "value") if part.get(key))
    elif kind == 12:
        yield from (str(item["description"]) for item in part.get("items") or () if item.get("description"))
    elif kind == 13:
        yield f"<{str((part.get('file') or {}).get('url', '')).rsplit('/', 1)[-1]}>"
