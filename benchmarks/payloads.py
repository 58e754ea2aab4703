"""Gateway payloads as Discord sends them: a server that becomes known, a command, a key stroke, a button."""

from __future__ import annotations

import time
from itertools import count
from typing import Any

import discord

BOT = "1000000000000000001"
GUILD = "2000000000000000001"
CHANNEL = "3000000000000000001"
EVERYTHING = str(discord.Permissions.all().value)
PERSON = {
    "id": "4000000000000000001",
    "username": "member",
    "discriminator": "0",
    "avatar": None,
    "global_name": "Member",
}
MEMBER = {
    "user": PERSON,
    "roles": [],
    "joined_at": "2025-01-01T00:00:00+00:00",
    "deaf": False,
    "mute": False,
    "flags": 0,
    "permissions": EVERYTHING,
}
TEXT_CHANNEL = {
    "id": CHANNEL,
    "type": 0,
    "guild_id": GUILD,
    "name": "general",
    "position": 0,
    "permission_overwrites": [],
}
SHOW, KEY_STROKE, PRESS = "/recommendations show", "autocomplete key stroke", "button press"

_numbers = count((int(time.time() * 1000) - 1_420_070_400_000) << 22)


def guild() -> dict[str, Any]:
    """A small server."""
    everyone = {"id": GUILD, "name": "@everyone", "permissions": EVERYTHING, "position": 0, "color": 0}
    role = {**everyone, "hoist": False, "managed": False, "mentionable": False, "flags": 0}
    return {
        "id": GUILD,
        "name": "A server",
        "owner_id": PERSON["id"],
        "unavailable": False,
        "roles": [role],
        "channels": [TEXT_CHANNEL],
        "members": [],
        "threads": [],
        "emojis": [],
        "features": [],
        "member_count": 20,
        "preferred_locale": "en-GB",
        "verification_level": 0,
        "default_message_notifications": 0,
        "explicit_content_filter": 0,
        "mfa_level": 0,
        "nsfw_level": 0,
        "premium_tier": 0,
        "system_channel_flags": 0,
        "afk_timeout": 300,
    }


def command(text: str, *, typing: bool = False) -> dict[str, Any]:
    """``/recommendations show number:<text>``, sent or still being typed."""
    number = {"type": 3, "name": "number", "value": text} | ({"focused": True} if typing else {})
    show = {"type": 1, "name": "show", "options": [number]}
    data = {"id": "5000000000000000001", "name": "recommendations", "type": 1, "options": [show]}
    return _interaction(4 if typing else 2, data)


def called(words: str, person: int = 0, **options: str) -> dict[str, Any]:
    """A command by its words, with options that are texts, by one of many people."""
    name, *inner = words.split()
    given: list[dict[str, Any]] = [{"type": 3, "name": key, "value": value} for key, value in options.items()]
    for word in reversed(inner):
        given = [{"type": 1, "name": word, "options": given}]
    data = {"id": "5000000000000000001", "name": name, "type": 1, "options": given}
    made = _interaction(2, data)
    user = {**PERSON, "id": str(int(PERSON["id"]) + person)}
    return {**made, "member": {**MEMBER, "user": user}}


def press(custom_id: str, content: str, components: list[dict[str, Any]], flags: int = 0) -> dict[str, Any]:
    """Press a button of a message of the bot's."""
    message = {
        "id": "6000000000000000001",
        "channel_id": CHANNEL,
        "author": {"id": BOT, "username": "Measured", "discriminator": "0", "avatar": None, "bot": True},
        "content": content,
        "timestamp": "2026-11-24T12:00:00+00:00",
        "edited_timestamp": None,
        "tts": False,
        "mention_everyone": False,
        "mentions": [],
        "mention_roles": [],
        "attachments": [],
        "embeds": [],
        "pinned": False,
        "type": 0,
        "flags": flags,
        "components": components,
        "application_id": BOT,
    }
    return {**_interaction(3, {"custom_id": custom_id, "component_type": 2, "id": 1}), "message": message}


def _interaction(kind: int, data: dict[str, Any]) -> dict[str, Any]:
    number = str(next(_numbers))
    return {
        "id": number,
        "application_id": BOT,
        "type": kind,
        "token": f"token-{number}",
        "version": 1,
        "locale": "en-GB",
        "guild_locale": "en-GB",
        "guild_id": GUILD,
        "guild": {"id": GUILD, "locale": "en-GB", "features": []},
        "channel_id": CHANNEL,
        "channel": {**TEXT_CHANNEL, "permissions": EVERYTHING},
        "member": MEMBER,
        "app_permissions": EVERYTHING,
        "entitlements": [],
        "authorizing_integration_owners": {"0": GUILD},
        "context": 0,
        "attachment_size_limit": 10_485_760,
        "data": data,
    }
