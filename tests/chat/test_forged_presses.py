"""Every verb, forged with arguments of another group by whoever may not: nothing of the group changes, nothing of it is shown.

The verbs are found by walking what the bot answers, the arguments by reading every control that it drew, beside ids of real rows in
each place. A verb that is new is tried without a word here.
"""

from __future__ import annotations

import ast
import functools
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import discord
import pytest
from simcord.actors import _dispatch_actor_interaction
from simcord.backend import serializers
from simcord.enums import InteractionType
from simcord.interactions import store_interaction_attachment

import bot.chat.cogs
from benchmarks.report_shapes import single
from bot.chat.cogs.letter_from_message import NAME as MENU
from bot.chat.lengths import FIELDS
from bot.chat.presses import custom_id, with_group
from bot.chat.ui import Card
from bot.chat.views.letters import EARLIER
from bot.domain.identity import ChannelId, GuildId, RoleId, UserId
from bot.domain.shares import What
from bot.sealing import Sealer
from tests.chat.full_group import (
    FIRST_ID,
    GROUPS,
    NOBODYS,
    ORGANISERS,
    QUESTION_KEY,
    SAID_KEY,
    a_response_to_go_through,
    fill,
    one_time_of_an_event,
    rows,
    said_with,
    shown_by,
)
from tests.chat.test_held_words import no_longer_organises
from tests.chat.test_imports import SLUG
from tests.chat.test_nonsense import verbs_of
from tests.sources.test_own_letter_files import TEXT as LETTER

pytestmark = pytest.mark.asyncio

NOT_FILLED = {
    "count_releases": "numbers are published once a day, of five people or more",
    "publication_news": "what organisers were told of, by its number",
    "said_signatures": "who signed a motion in Parliament, the same for everybody",
    "publications": "Parliament's own record, the same for everybody",
    "group_news": "what a group was told, which no press asks for",
    "sketches": "hashes, which no press asks for",
    "staged_pages": "pages of public lists while they are read",
    "leases": "which process serves which part of Discord",
    "processes": "which processes of this Postbag run",
}
"""Tables of which the group holds nothing here, and why it needs nothing."""
IDS = tuple(str(FIRST_ID + more) for more in range(3))
ARGUMENTS: tuple[tuple[str, ...], ...] = (
    *((number,) for number in IDS),
    (IDS[0], IDS[0]),
    (IDS[0], "1", IDS[0]),
    (IDS[1], "2", "1"),
    (SLUG,),
    (f"{SLUG}/1",),
    (f"own-{FIRST_ID}", f"{SLUG}/1"),
    ("never-again/T-12", f"speech:{SAID_KEY}"),
    (QUESTION_KEY,),
)
"""What an argument may be that names something of the group: an id with another or a revision behind it, a report, a letter."""
CHOSEN: tuple[tuple[str, ...], ...] = (
    *((IDS[0],), (IDS[1],), (f"{SLUG}/1",), ("yes",), (f"{SLUG}",)),
    (f"speech:{SAID_KEY}",),
    (QUESTION_KEY,),
)
TYPED = {
    "date": "20 May 2026", "until": "", "sent": "today", "link": "https://www.example.org/forged", "title": "Forged",
    "postcode": "ZA1 1AA", "when": "tomorrow 9am", "seat": "Tarning", "time": "10:00", "lead": "1", "zone": "Karachi",
}  # fmt: skip
MORE_FIELDS = (
    "seat",
    "sent",
    "when",
    "until",
    "zone",
    "time",
    "what",
    "words",
    "why",
    "local",
    "text",
    "summary",
    "title",
)


def fields() -> dict[str, str]:
    """Give something plausible for every field that a form may have."""
    return {name: TYPED.get(name, "Forged words of some length") for name in {*FIELDS, *MORE_FIELDS}}


NOT_OURS = Sealer(bytes(32)).sign
"""A signature by somebody who has not this Postbag's key."""


class Forger:
    """Somebody who presses what they were never shown."""

    def __init__(self, room: Any, actor: Any, channel: Any, message: Any) -> None:
        self.room, self.actor, self.channel, self.message = room, actor, channel, message
        self._forged = 0

    def _named(self, verb: str, args: Sequence[str]) -> str:
        """Write a custom_id; every second one says that it is of the group, as a card does that was drawn for it elsewhere."""
        self._forged += 1
        written = custom_id(verb, *args)
        return with_group(written, GuildId(self.room.guild.id), NOT_OURS) if self._forged % 2 else written

    async def press(self, verb: str, args: Sequence[str]) -> Any:
        return await self._send(
            InteractionType.MESSAGE_COMPONENT, {"custom_id": self._named(verb, args), "component_type": 2}
        )

    async def choose(self, verb: str, args: Sequence[str], values: Sequence[str]) -> Any:
        data = {"custom_id": self._named(verb, args), "component_type": 3, "values": list(values)}
        return await self._send(InteractionType.MESSAGE_COMPONENT, data)

    async def submit(
        self,
        verb: str,
        args: Sequence[str],
        typed: Mapping[str, str] | None = None,
        files: Mapping[str, tuple[str, bytes]] | None = None,
    ) -> Any:
        """Send a form off; ``files`` are uploads, by the name of their field."""
        parts = [
            {"type": 18, "component": {"type": 4, "custom_id": name, "value": value}}
            for name, value in (fields() if typed is None else typed).items()
        ]
        resolved: dict[str, Any] = {}
        for field, (name, content) in (files or {}).items():
            number = store_interaction_attachment(self.room.env.backend, self.channel.id, name, content, resolved)
            parts.append({"type": 18, "component": {"type": 19, "custom_id": field, "values": [number]}})
        data = {"custom_id": self._named(verb, args), "components": parts}
        return await self._send(InteractionType.MODAL_SUBMIT, data | ({"resolved": resolved} if resolved else {}))

    async def _send(self, kind: InteractionType, data: dict[str, Any]) -> Any:
        stored = self.room.env.backend.get_message(self.channel.id, self.message.id)
        return await _dispatch_actor_interaction(
            self.actor,
            kind,
            self.channel,
            data,
            extra={"message": dict(serializers.message_payload(self.room.env.backend, stored))},
            source_message_id=stored.id,
        )


async def in_channel(room: Any, actor: Any, channel: Any) -> Forger:
    return Forger(room, actor, channel, await room.app.client.get_channel(channel.id).send(view=Card("Postbag").view()))


async def a_member(room: Any) -> Forger:
    who = room.guild.add_member(room.env.create_user("mallory"))
    return await in_channel(room, who, room.channel)


async def an_ex_organiser(room: Any) -> Forger:
    await no_longer_organises(room, room.organiser)
    return await in_channel(room, room.organiser, room.channel)


async def an_organiser_elsewhere(room: Any) -> Forger:
    guild = room.env.create_guild("Another server (invented)")
    channel = guild.create_text_channel("general")
    role = guild.create_role("Managers", permissions=discord.Permissions(manage_guild=True))
    who = guild.add_member(room.env.create_user("mallory"), roles=[role])
    await room.env.settle()
    person = await room.app.services.people.person_for(UserId(who.id))
    await room.app.services.guilds.change(
        GuildId(guild.id),
        person,
        channel_id=ChannelId(channel.id),
        organiser_role_id=RoleId(role.id),
        high_risk=False,
        risk_answered=True,
    )
    return await in_channel(room, who, channel)


async def a_stranger(room: Any) -> Forger:
    answer = await room.outsider.slash("start")
    return Forger(room, room.outsider, room.outsider.dm_channel, answer.response)


FORGERS = {
    "a member": (a_member, {**ORGANISERS, **NOBODYS}),
    "an ex-organiser": (an_ex_organiser, {**ORGANISERS, **NOBODYS}),
    "an organiser of another server": (an_organiser_elsewhere, {**GROUPS, **ORGANISERS, **NOBODYS}),
    "a stranger": (a_stranger, {**GROUPS, **ORGANISERS, **NOBODYS}),
}

MAY_CHANGE = {
    "a member": {"doubt.send": "a doubt is for anybody to send, and organisers hear of it"},
    "an ex-organiser": {
        "doubt.send": "a doubt is for anybody to send, and organisers hear of it",
        "privacy.forgotten": "whoever organised may be forgotten like everybody",
    },
}
"""Verbs by which such a person may change something of the group, each with its reason."""
MAY_SEE = {
    "an ex-organiser": {
        "privacy.export": "what a person wrote themselves is held about them, and theirs to take",
        "privacy.show": "what a person wrote themselves is held about them, and theirs to see",
    }
}
"""Verbs by which such a person sees words that they wrote themselves. Nobody's doubt is among them."""
NOT_THEIRS = ("doubt", *NOBODYS)
SHARED = ("kept", "said", "said_terms", "said_looks")
"""What all groups share: facts of the installation, and searches, which are tidied whenever any group changes what it looks for. The
invented group follows no report, so what its words found is tidied as nobody's. That nobody sees it is looked at all the same."""


async def asked_of(forger: Forger, verb: str, drawn: Sequence[tuple[str, ...]]) -> list[tuple[tuple[str, ...], Any]]:
    """Press, submit and choose a verb with everything that may name something of the group."""
    pressed = [(args, await forger.press(verb, args)) for args in (*drawn[:4], *ARGUMENTS)]
    forms = (*drawn[:3], *ARGUMENTS[:1], *ARGUMENTS[6:8])
    submitted = [(args, await forger.submit(verb, args)) for args in forms]
    behind = drawn[0] if drawn else ()
    chosen = [(values, await forger.choose(verb, behind, values)) for values in CHOSEN]
    return [*pressed, *submitted, *chosen, (IDS, await forger.choose(verb, ARGUMENTS[3], CHOSEN[0]))]


@functools.cache
def upload_fields() -> set[str]:
    """Find the name of every field of a form that takes a file, in the code."""
    found = set()
    for path in Path(bot.chat.__path__[0]).rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and ast.unparse(node.func).startswith("discord.ui.FileUpload"):
                (name,) = [k.value for k in node.keywords if k.arg == "custom_id"]
                found.add(str(name.value) if isinstance(name, ast.Constant) else EARLIER)
    return found


@functools.cache
def verbs_with_uploads() -> set[str]:
    """Find the verbs of the modules that read an upload, in the code."""
    found: set[str] = set()
    for path in Path(bot.chat.cogs.__path__[0]).glob("*.py"):
        source = path.read_text(encoding="utf-8")
        if "press.uploads" in source or "uploaded_file(" in source:
            forms = (
                n
                for n in ast.walk(ast.parse(source))
                if isinstance(n, ast.AsyncFunctionDef) and "press" in ast.unparse(n.args)
            )
            for handler in forms:
                body = ast.unparse(handler)
                if ".fields" in body or "press.text" in body or "upload" in body:
                    named = (
                        d
                        for d in handler.decorator_list
                        if isinstance(d, ast.Call) and ast.unparse(d.func) == "presses"
                    )
                    found |= {str(d.args[0].value) for d in named if isinstance(d.args[0], ast.Constant)}
    return found


def uploads(content: bytes) -> list[Mapping[str, tuple[str, bytes]]]:
    """Give a group's own set-up file, a page of a report, a letter and a template, each in every field that takes a file."""
    given = [
        ("group.json", content),
        ("a.html", single()[0].content),
        ("l.txt", LETTER.encode()),
        ("t.md", LETTER.encode()),
    ]
    return [dict.fromkeys(sorted(upload_fields()), one) for one in given]


async def of_the_group(room: Any, forger: Forger) -> dict[tuple[Any, ...], Any]:
    """Give the rows that are not the forger's own, nor of the forger's own server."""
    person = await room.app.services.people.find(UserId(forger.actor.id))
    guild = getattr(forger.actor, "guild", None)
    elsewhere = guild.id if guild is not None and guild.id != room.guild.id else None
    return {
        (table, *key): row
        for table, found in (await rows(room)).items()
        for key, row in found.items()
        if (person is None or person not in (row.get("person_id"), row["id"] if table == "people" else None))
        and (elsewhere is None or row.get("guild_id") != elsewhere)
        and table not in SHARED
    }


async def found_wrong(
    room: Any, forger: Forger, name: str, secrets: Mapping[str, str], verbs: Sequence[str]
) -> list[str]:
    """Forge verbs, and list what they changed or showed of the group."""
    drawn = {verb: sorted(found) for verb, found in said_with(room).items()}
    wrong: list[str] = []
    before = await of_the_group(room, forger)
    for verb in verbs:
        for args, answer in await asked_of(forger, verb, drawn.get(verb, ())):
            said = await shown_by(answer)
            hidden = NOT_THEIRS if verb in MAY_SEE.get(name, ()) else tuple(secrets)
            wrong += [f"{verb} {args} shows the {what}" for what in hidden if secrets[what] in said]
        after = await of_the_group(room, forger)
        if verb not in MAY_CHANGE.get(name, ()):
            keys = [key for key in before.keys() | after.keys() if before.get(key) != after.get(key)]
            wrong += [f"{verb} changes {key}: {before.get(key)} → {after.get(key)}" for key in keys]
        before = after
        room.forgive()
    return wrong


@pytest.mark.parametrize("name", FORGERS)
async def test_no_forged_press_changes_or_shows_anything_of_a_group(room: Any, name: str) -> None:
    await fill(room, room.member)
    await one_time_of_an_event(room, room.organiser)
    await a_response_to_go_through(room, room.organiser)
    become, secrets = FORGERS[name]
    forger = await become(room)
    wrong = await found_wrong(room, forger, name, secrets, verbs_of(room))
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("name", FORGERS)
async def test_no_forged_upload_changes_or_shows_anything_of_a_group(room: Any, name: str) -> None:
    """The forms that take a file, found by walking, with the group's own set-up file and with pages that name what it has."""
    await fill(room, room.member)
    content = (await room.app.services.moving.export(room.guild_id)).content
    become, secrets = FORGERS[name]
    forger = await become(room)
    assert upload_fields() >= {"files", "file", EARLIER}
    before, wrong = await of_the_group(room, forger), []
    takes_files = sorted(set(verbs_of(room)) & verbs_with_uploads())
    assert len(takes_files) >= 4
    for verb in takes_files:
        for files in uploads(content):
            room.app.services.shares.lift(tuple(What))
            said = await shown_by(await forger.submit(verb, (IDS[0],), {"text": "", "of": SLUG}, files))
            wrong += [
                f"{verb} shows the {what}"
                for what in secrets
                if secrets[what] in said and secrets[what] not in str(content)
            ]
        room.forgive()
    after = await of_the_group(room, forger)
    wrong += [f"changed {key}" for key in before.keys() | after.keys() if before.get(key) != after.get(key)]
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("name", [one for one in FORGERS if one != "a stranger"])  # who is in no server sees no message
async def test_the_menu_of_a_message_shows_nothing_of_another_group(room: Any, name: str) -> None:
    """On a message that names whatever the group has: only who may see it is offered it."""
    await fill(room, room.member)
    become, secrets = FORGERS[name]
    forger = await become(room)
    before = await of_the_group(room, forger)
    named = f"{SLUG}/1, own-{FIRST_ID}, {GROUPS['report']}, recommendation 1, never-again/T-12, question {QUESTION_KEY}"
    message = await forger.actor.send(forger.channel, named)
    answer = await forger.actor.context_menu(forger.channel, MENU, message)
    said = (await shown_by(answer)).replace(named, "")
    assert not [what for what in secrets if secrets[what] in said]
    assert await of_the_group(room, forger) == before


async def test_no_answer_takes_the_place_of_a_message_that_others_see(room: Any) -> None:
    """Every verb by an organiser who may use it, from a message in the channel: whoever reads that one sees nothing of the answer."""
    await fill(room, room.member)
    await a_response_to_go_through(room, room.organiser)
    forger = await in_channel(room, room.second_organiser, room.channel)
    stored = room.env.backend.get_message(forger.channel.id, forger.message.id)
    before, wrong = str(stored.components), []
    drawn = {verb: sorted(found) for verb, found in said_with(room).items()}
    for verb in verbs_of(room):
        for args in (*drawn.get(verb, ())[:1], ARGUMENTS[0]):
            await forger.press(verb, args)
            await forger.submit(verb, args)
        now = room.env.backend.messages[forger.channel.id].get(forger.message.id)
        if now is None or str(now.components) != before:
            wrong.append(verb)
            break
        room.forgive()
    assert not wrong


async def test_the_same_presses_by_an_organiser_of_the_group_do_change_and_show(room: Any) -> None:
    await fill(room, room.member)
    forger = await in_channel(room, room.second_organiser, room.channel)
    verbs = ["action.show", "template.open", "import.open", "record.show", "deadlines.withdrawn"]
    found = await found_wrong(room, forger, "", {**GROUPS, **ORGANISERS}, verbs)
    for what in (
        "plan that runs",
        "plan not approved",
        "letter not approved",
        "report not confirmed",
        "answer not confirmed",
    ):
        assert any(line.endswith(f"shows the {what}") for line in found), what
    assert any("changes ('deadlines'" in line for line in found)


async def test_the_group_that_is_forged_against_has_something_of_everything(room: Any) -> None:
    await fill(room, room.member)
    empty = {table for table, held in (await rows(room)).items() if not held}
    assert empty == NOT_FILLED.keys()
