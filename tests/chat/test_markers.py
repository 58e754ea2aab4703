"""A word that occurs nowhere else goes into every field of every command and form; then it is looked for everywhere.

Commands, options, forms and fields are found by walking, so that a new one cannot be forgotten. Looked through are every file (the
database and its log, a copy, temporary files), everything logged at debug, every export, and every message that others read. What a
field is meant to keep or to say is named below with its reason, and must be found there: an entry that is no longer true fails.
"""

from __future__ import annotations

import ast
import io
import json
import logging
import re
import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import discord
import pytest
from simcord.actors import _autocomplete_result, _slash

import bot.chat
from benchmarks.report_shapes import single
from bot import logs
from bot.chat.cards.templates import START_TEXT
from bot.chat.cogs.letter_from_message import NAME as MENU
from bot.chat.lengths import FIELDS
from bot.chat.presses import read_custom_id
from bot.chat.views.letters import EARLIER
from bot.domain.shares import What
from bot.rehearsal.reading import text_of
from storage.backup import backup
from tests.chat import test_imports as imports
from tests.chat.full_group import (
    FIRST_ID,
    a_response_to_go_through,
    drawn,
    fill,
    one_time_of_an_event,
    said_with,
    shown_by,
)
from tests.chat.test_follow_ups import sent as sent_letter
from tests.chat.test_forged_presses import Forger, in_channel
from tests.chat.test_forms import OVERWRITES_NOTHING, WRITES_OVER
from tests.chat.test_lengths import string_options, unbounded
from tests.chat.test_letters import LOCAL, WHY
from tests.sources.test_own_letter_files import TEXT as LETTER

pytestmark = pytest.mark.asyncio

MARKER = re.compile(r"qzx([a-z]{4})xq", re.IGNORECASE)
POSTCODE = re.compile(r"ZA1 ?1AA", re.IGNORECASE)

KEPT: Mapping[tuple[str, str], str] = {
    ("deadlines", "title"): "a group's date has a name",
    ("deadlines", "link"): "where an answer, or a promise of one, was seen",
    ("event", "title"): "an event of a group has a name",
    ("event", "place"): "where an event of a group is",
    ("event", "link"): "where an event of a group is announced",
    ("event", "words"): "what a group's own post will say",
    ("action", "title"): "a plan and its steps have names",
    ("action", "text"): "what a step of a plan will post",
    ("action", "outcome"): "what became of a plan, in the organisers' words",
    ("record", "by"): "who in the Government answered",
    ("record", "words"): "what the Government said, or what was done, in the organisers' words",
    ("record", "link"): "the source of an answer or of evidence",
    ("template", "title"): "a group's own letter has a name",
    ("template", "summary"): "what a group's own letter is for",
    ("template", "text"): "a group's own letter, for its members to start from",
    ("import", "link"): "where a group's own report was read",
    ("import", "text"): "a group's own report, kept for a day until it is confirmed",
    ("import", "file"): "a group's own report, kept for a day until it is confirmed",
    ("template", "file"): "a group's own letter, for its members to start from",
    ("said", "must"): "a group's own words to look for",
    ("said", "terms"): "a group's own words to look for",
}
"""What stands readable in the database: the family of commands and forms, the field, and what it is for."""
SAID: Mapping[tuple[str, str], str] = {
    **KEPT,
    ("doubt", "words"): "a doubt is told to the organisers, who are not told whose it is",
}
"""What others read in a message, a card or a file of the group."""
NOT_SAID: Mapping[tuple[str, str], str] = {
    ("import", "link"): "a draft is seen by organisers until it is confirmed",
    ("import", "text"): "a draft is seen by organisers until it is confirmed",
    ("import", "file"): "a draft is seen by organisers until it is confirmed",
    ("template", "file"): "a letter is seen by organisers until another of them approves it",
    ("said", "must"): "stands on a card that each member opens privately",
    ("said", "terms"): "stands on a card that each member opens privately",
}
"""What is kept and was not posted in this trial."""
NOT_OPENED: Mapping[str, str] = {}
"""Forms that no control drawn here leads to; every verb is sent a form all the same."""


@dataclass
class Markers:
    """Words that occur nowhere else, each with who typed it and where."""

    typed: dict[str, tuple[str, str, str]] = field(default_factory=dict)

    def new(self, who: Any, where: str, name: str) -> str:
        number, letters = len(self.typed), ""
        for _ in range(4):
            number, rest = divmod(number, 26)
            letters += chr(ord("a") + rest)
        self.typed[letters] = (who.name, family(where), name)
        return f"Qzx{letters}xq"

    def found_in(self, content: bytes | str, *, but_of: str = "") -> set[tuple[str, str]]:
        """Give where the words were typed that are in a content, as text, as UTF-16 or in hexadecimal figures.

        ``but_of``: leave out what this person typed themselves.
        """
        said = content if isinstance(content, str) else content.decode("latin-1")
        looked = [said, said.replace("\x00", "")]
        looked += [bytes.fromhex(run).decode("latin-1") for run in re.findall(r"(?:[0-9a-fA-F]{2}){9,}", said)]
        ours = (self.typed.get(one.lower()) for text in looked for one in MARKER.findall(text))
        found = {(where, name) for who, where, name in filter(None, ours) if who != but_of}
        return found | ({("a letter", "postcode")} if any(POSTCODE.search(text) for text in looked) else set())


def family(where: str) -> str:
    """Give the first word of a command or verb."""
    return re.split(r"[ .]", where.removeprefix("/"))[0] if where.startswith("/") or "." in where else where


def field_names() -> set[str]:
    """Find the name of every field of a form, in the code that builds forms and in the code that reads them."""
    found = set(FIELDS)
    for path in Path(bot.chat.__path__[0]).rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and node.args and isinstance(node.args[0], ast.Constant):
                called = getattr(node.func, "id", "") or getattr(node.func, "attr", "")
                of_a_press = called in ("text", "get") and "press" in ast.unparse(node.func)
                if called in ("text_field", "select_field", "Field") or of_a_press:
                    found.add(str(node.args[0].value))
    return {*found, "why", "local"}


VALID = {
    "date": "20 May 2026", "days": "14 days before, 3 days before, on the day", "from": "22:00", "until": "", "lead": "1",
    "link": "https://www.example.org/", "promised": "20 May 2026", "published": "4 March 2024", "seat": "ZA1 1AA",
    "sent": "today", "time": "10:00", "when": "7 December 2026 9am", "zone": "Karachi", "items": "",
}  # fmt: skip
"""What a field takes that does not take any words; a link takes them behind it. Where this is empty, what stands there stays."""
PAST = ("record.", "deadlines.received", "deadlines.partly")
"""Forms that ask when something happened, so for a day that has been."""
GIVEN = {
    "what": "Ring", "when": "7 December 2026 9am", "title": "Vote", "date": "20 May 2026", "query": "lamp",
    "recommendation": "never-again/T-12", "report": imports.SLUG, "deadline": str(FIRST_ID), "action": str(FIRST_ID),
}  # fmt: skip
"""What an option is given that a command does not do without."""
TEXTS = {
    "template": START_TEXT,
    "import": "Conclusions and recommendations\n\n1. We recommend that lanterns be counted. (Paragraph 1)\n\n2. We recommend that",
    "action": "Bring a lantern.",
}
"""How a long text begins, so that it is taken."""
ENDS = {
    "admin.role", "admin.role.none", "admin.risk", "admin.less",
    "action.cancel.sure", "deadlines.withdrawn", "privacy.forgotten", "template.discard", "template.retire", "import.drop",
    "remind.cancel", "followup.remove", "record.undone", "action.leave", "moving.drop", "watch.drop", "admin.undo",
}  # fmt: skip
"""Verbs that end something, or who may organise, and lead to no form."""
UNDOES = {"said.reset"}
"""Verbs that overwrite what was typed, so that it would not be seen where it was kept."""
ROUNDS = 5
MOST_PRESSES = 8


class Typist:
    """Types a word of its own into everything."""

    def __init__(self, room: Any, forger: Forger, markers: Markers) -> None:
        self.room, self.forger, self.markers = room, forger, markers
        self.opened: set[str] = set()

    async def commands(self) -> None:
        """Type a word of its own into each option of each command, also while suggestions come, and fill in the form it opens."""
        for command, option in string_options(self.room):
            where = f"/{command}"
            required = [o.name for name, o in string_options(self.room) if name == command and o.required]
            needed = {name: GIVEN.get(name, "1") for name in required}
            word = self.markers.new(self.forger.actor, where, option.name)
            root = unbounded(self.room, command)
            actor, channel = self.forger.actor, self.forger.channel
            answer = await _slash(actor, channel, command, needed | {option.name: word}, root=root)
            if option.autocomplete:
                await _autocomplete_result(actor, channel, command, option.name, word, {}, root=root)
            await self._keep(answer)
            opened = await _slash(actor, channel, command, needed, root=root)
            if opened.modal is not None:
                await self.fill_in(opened)
            self.room.forgive()

    async def forms(self, verbs: Sequence[str], names: set[str]) -> None:
        """Send off every form with a word of its own in every field that any form has, whatever the form asks for."""
        for verb in (verb for verb in verbs if verb not in UNDOES):
            for args in dict.fromkeys([*sorted(said_with(self.room).get(verb, ()))[:1], (), (str(FIRST_ID),)]):
                typed = {name: self.markers.new(self.forger.actor, verb, name) for name in sorted(names)}
                await self._keep(await self.forger.submit(verb, args, typed))
            self.room.forgive()

    async def uploads(self, verbs: set[str]) -> None:
        """Hand in files with a word of its own, each where it is read, and use the menu of a message that has one."""
        actor, channel, app = self.forger.actor, self.forger.channel, self.room.app
        app.services.shares.lift(tuple(What))
        set_up = json.loads((await app.services.moving.export(self.room.guild_id)).content)
        given = {
            "moving.file": ("file", "group.json", "", {}),
            "import.pages": ("files", "a.html", single()[0].content.decode(), {"text": "", "link": ""}),
            "template.keep": ("file", "t.md", START_TEXT, {"title": "Of a file", "summary": "A letter"}),
            "letter.written": (EARLIER, "l.txt", LETTER, {"why": WHY, "local": LOCAL}),
        }
        for verb, (where, name, content, typed) in given.items():
            if verb not in verbs:
                continue
            word = self.markers.new(actor, verb, "file")
            set_up["clocks"][0]["title"] = word
            marked = content.replace("every lantern", f"every {word} lantern")
            content = marked if marked != content else f"{content}\n\n{word}\n" if content else json.dumps(set_up)
            for args in dict.fromkeys([*sorted(said_with(self.room).get(verb, ()))[:1], ()]):
                await self._keep(await self.forger.submit(verb, args, typed, {where: (name, content.encode())}))
            self.opened.add(verb)
            self.room.forgive()
        for about in ("recommendation 3", "whatever"):
            word = self.markers.new(actor, "letter.menu", "message")
            message = await actor.send(channel, f"{about} {word}")
            answer = await actor.context_menu(channel, MENU, message)
            for control in [part for c in (answer.response.components if answer.response else ()) for part in _walk(c)]:
                if read := read_custom_id(str(control.get("custom_id") or "")):
                    offered = [option["value"] for option in control.get("options") or ()][:1]
                    answer = await (self.forger.choose(*read, offered) if offered else self.forger.press(*read))
                    if answer.modal is not None:
                        await self.fill_in(answer)
            del self.room.env.backend.messages[channel.id][message.id]
        self.room.forgive()

    async def walk(self, verbs: set[str]) -> None:
        """Press whatever was drawn, and fill in each form that opens as a person would, its free words with a word of its own."""
        pressed: Counter[str] = Counter()
        seen: set[str] = set()
        for _ in range(ROUNDS):
            fresh = {str(c["custom_id"]): c for c in drawn(self.room) if c.get("custom_id")}
            for written in [one for one in fresh if one not in seen]:
                seen.add(written)
                read = read_custom_id(written)
                if read is None or read[0] not in verbs or read[0] in ENDS | UNDOES or pressed[read[0]] >= MOST_PRESSES:
                    continue
                pressed[read[0]] += 1
                offered = [option["value"] for option in fresh[written].get("options") or ()]
                for values in dict.fromkeys([*offered[:12], *offered[-1:]]) or [None]:
                    answer = await (self.forger.choose(*read, [values]) if values else self.forger.press(*read))
                    if answer.modal is not None:
                        await self.fill_in(answer)
                self.room.forgive()

    async def fill_in(self, answer: Any) -> None:
        form = read_custom_id(answer.modal["custom_id"])
        assert form is not None
        self.opened.add(form[0])
        typed: dict[str, str] = {}
        for part in answer.modal["components"]:
            control = part.get("component") or {}
            name, most = str(control.get("custom_id", "")), int(control.get("max_length") or 4_000)
            if control.get("type") in (3, 21):
                typed[name] = str(next(iter(control["options"]))["value"])
            elif name == "date" and form[0].startswith(PAST):
                typed[name] = "27 February 2026"
            elif form[0].startswith("said."):
                typed[name] = self.markers.new(self.forger.actor, form[0], name)
            elif name in VALID:
                word = self.markers.new(self.forger.actor, form[0], name) if name == "link" else ""
                typed[name] = str(VALID[name] or control.get("value") or "") + word
            elif name:
                word = self.markers.new(self.forger.actor, form[0], name)
                said = f"{word} {WHY}" if most > 200 else word
                if name == "text":
                    said = f"{TEXTS[form[0].split('.')[0]]}\n{word}\n"
                typed[name] = said[:most]
        await self._keep(await self.forger.submit(*form, typed))

    async def _keep(self, answer: Any) -> None:
        """Press what keeps what was read."""
        for control in [c for m in (answer.response, *answer.followups) if m for c in m.components] if answer else ():
            for part in _walk(control):
                if part.get("label") in (
                    "Save",
                    "Save",
                    "Confirm",
                    "Save it",
                    "Yes, save it",
                    "Save these words",
                ) and part.get("custom_id"):
                    await self.forger.actor.click(answer.response, custom_id=part["custom_id"])
                    return


def _walk(part: Any) -> Iterator[dict[str, Any]]:
    yield part
    for inner in part.get("components", ()):
        yield from _walk(inner)


async def a_letter(room: Any, markers: Markers) -> None:
    """Write a whole letter with a name and an address, and say that it was sent."""
    form = await room.member.slash(room.channel, "letter write", recommendation="never-again/3", mp="Tarning")
    words = {
        name: f"{text} {markers.new(room.member, 'a letter', name)}" for name, text in (("why", WHY), ("local", LOCAL))
    }
    shown = await room.member.submit_modal(form, {"ask": ["write-to-minister"], **words})
    for label in ("Add name and address", "Finish"):
        if label in room.buttons_of(shown.response):
            answer = await room.member.click(shown.response, label=label)
            if answer.modal is not None:
                named = {n: markers.new(room.member, "a letter", n) for n in ("name", "address", "postcode")}
                shown = await room.member.submit_modal(answer, named | {"postcode": "ZA1 1AA"})
    await sent_letter(room)


def files_of(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


async def exports(room: Any) -> dict[str, str]:
    """Give what organisers, and a member who typed nothing, may take away as files."""
    found = {}
    for command in (
        "admin export",
        "admin audit",
        "admin health",
        "action report",
        "deadlines calendar",
        "privacy export",
    ):
        who = room.organiser
        answer = await who.slash(room.channel, command)
        found[f"/{command}"] = await shown_by(answer)
        for control in [
            c for m in (answer.response, *answer.followups) if m for part in m.components for c in _walk(part)
        ]:
            if control.get("custom_id") and any(
                w in str(control.get("label")) for w in ("CSV", "file", "Ledger", "Picture")
            ):
                found[f"/{command} {control['label']}"] = await shown_by(
                    await who.click(answer.response, custom_id=control["custom_id"])
                )
    return found


def read_by_others(room: Any, markers: Markers) -> set[tuple[str, str]]:
    """Give what is read by everybody in the server, or by a person in direct messages who did not type it."""
    people = {
        room.env.backend.dm_channels.get(who.id): who.name
        for who in (room.organiser, room.second_organiser, room.member)
    }
    found: set[tuple[str, str]] = set()
    for channel, messages in room.env.backend.messages.items():
        for message in messages.values():
            if not discord.MessageFlags._from_value(message.flags).ephemeral:
                shown = {"content": message.content, "components": message.components}
                found |= markers.found_in(text_of(shown), but_of=people.get(channel, ""))
    return found


def read_by_all(room: Any) -> list[str]:
    """Give what says that only one person can see it, where everybody in the server can."""
    direct = set(room.env.backend.dm_channels.values())
    texts = [
        text_of({"content": message.content, "components": message.components})
        for channel, messages in room.env.backend.messages.items()
        for message in messages.values()
        if channel not in direct and not discord.MessageFlags._from_value(message.flags).ephemeral
    ]
    return [text for text in texts if "Only you can see this" in text]


@pytest.mark.claim(
    "C-01", "C-09", "C-10", "C-11", "C-12", "C-13", "C-14", "C-15", "C-16", "C-17", "P-10", "P-12", "R-01", "P-92"
)
async def test_what_is_typed_is_kept_and_said_only_where_it_is_meant(
    room: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(temporary))
    stream, root = io.StringIO(), logging.getLogger()
    level = root.level
    handler = logs.install("debug", stream=stream)
    markers, names, opened = Markers(), field_names(), set()
    try:
        await fill(room, room.member)
        await a_response_to_go_through(room, room.organiser)
        room.app.services.shares.lift(tuple(What))
        marks = {mark.verb: mark.organiser for mark in room.app.client.marks}
        for who, organisers in ((room.second_organiser, True), (room.member, False)):
            typist = Typist(room, await in_channel(room, who, room.channel), markers)
            if organisers:
                moved = await who.click((await one_time_of_an_event(room, who)).response, label="Move it")
                await typist.fill_in(moved)
            await typist.commands()
            verbs = {verb for verb, organiser in marks.items() if organiser == organisers}
            await typist.walk(verbs)
            await typist.uploads(verbs)
            await typist.forms(sorted(verbs), names)
            opened |= typist.opened
        await a_letter(room, markers)
        for _ in range(30):
            await room.move_to(room.clock.now() + timedelta(days=3))
            await room.sweep()
        await backup(room.app.database, tmp_path / "copies", room.clock.now())
        files = {**files_of(tmp_path), "the log": stream.getvalue().encode()}
        taken = await exports(room)
    finally:
        root.removeHandler(handler)
        root.setLevel(level)
    room.forgive()
    assert any(name.startswith("copies/") for name in files)
    assert any(name.endswith("-wal") for name in files)
    kept = {found: name for name, content in files.items() for found in markers.found_in(content)}
    assert not kept.keys() - KEPT.keys(), {found: kept[found] for found in kept.keys() - KEPT.keys()}
    assert not read_by_all(room), "it says that only one person sees it"
    said = read_by_others(room, markers)
    said |= {found for content in taken.values() for found in markers.found_in(content, but_of=room.organiser.name)}
    assert not said - SAID.keys(), said - SAID.keys()
    assert not KEPT.keys() - kept.keys(), f"what was never reached proves nothing: {KEPT.keys() - kept.keys()}"
    silent = SAID.keys() - said - NOT_SAID.keys()
    assert not silent, f"what was never reached proves nothing: does it still hold? {silent}"
    filled = {"{fact}": "received", "{what}": "add"}
    forms = set()
    for form in (*WRITES_OVER, *OVERWRITES_NOTHING):
        for gap, word in filled.items():
            form = form.replace(gap, word)
        forms.add(form)
    assert forms - opened == set(NOT_OPENED), sorted((forms - opened) ^ set(NOT_OPENED))


async def test_a_word_is_found_however_it_is_written(room: Any) -> None:
    markers = Markers()
    word = markers.new(room.member, "a letter", "name")
    for content in (
        word.upper(),
        word.encode(),
        word.encode("utf-16"),
        word.encode().hex(),
        f"log: {word.encode().hex()}.".encode(),
    ):
        assert markers.found_in(content) == {("a letter", "name")}, content
    assert markers.found_in("za11aa") == {("a letter", "postcode")}
    assert markers.found_in("Qzxbbbbxq") == set()
