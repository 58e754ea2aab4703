"""A group that holds some of everything, each thing with a word that occurs nowhere else, so that it can be looked for."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from sqlalchemy import select, text

from benchmarks.report_shapes import response_headed
from bot.chat.cards.templates import START_TEXT
from bot.chat.presses import read_custom_id
from bot.clock import london_today
from bot.domain.followed_questions import FollowedQuestion
from bot.domain.identity import UserId
from bot.domain.look_words import LookWords
from bot.domain.private_reminders import PersonSettings
from bot.domain.said import AnswerState, Said, SaidKind
from bot.domain.searches import Look
from bot.rehearsal.reading import buttons_of, controls_of, options_of, text_of
from bot.services.ports.reports import CommitteeFacts
from storage.schema import metadata
from tests.chat import test_imports as imports
from tests.chat.test_doubts import say
from tests.chat.test_records import FORM
from tests.chat.test_templates import WORDS

QUESTION_KEY, SAID_KEY = "990777", "990666"
FIRST_ID = 7_001
"""Where the ids of this group's rows begin, in every table: an argument of 7001 names a row of this group whatever it is of."""

GROUPS = {
    "date": "Zorrelbank",
    "event": "Hazelwharf",
    "plan that runs": "Quendlemarch",
    "letter that is offered": "Plimstow",
    "report": "Dark Lanes",
    "answer": "Fennimarsh",
    "committee": "Hobblewick",
    "word to look for": "Drabblecombe",
    "speech that this word alone found": "Snettlewick",
}
"""What members may see, and nobody outside the group."""
ORGANISERS = {
    "plan not approved": "Brackleswade",
    "letter not approved": "Thistlemere",
    "answer not confirmed": "Wimblequay",
    "report not confirmed": "Gorsefolk",
    "doubt": "Murkleford",
    "question that is followed": "90777131",
}
"""What organisers alone may see."""
NOBODYS = {"private reminder": "Yaddlethorpe", "time zone": "Antarctica/Troll", "question on a letter": "90666131"}
"""What its owner alone may see."""


async def number_from(room: Any, first: int) -> None:
    """Let the ids of every table go on from ``first``."""
    async with room.app.database.writing() as connection:
        for table in metadata.sorted_tables:
            if table.dialect_options["sqlite"]["autoincrement"]:
                await connection.execute(text("DELETE FROM sqlite_sequence WHERE name = :name"), {"name": table.name})
                await connection.execute(
                    text("INSERT INTO sqlite_sequence (name, seq) VALUES (:name, :seq)"),
                    {"name": table.name, "seq": first - 1},
                )


async def fill(room: Any, member: Any) -> None:
    """Set the group up with some of everything; ``member`` is the one whose private things are held."""
    room.env.settle_timeout = 120.0  # files are read in processes of their own, which a busy machine starts late
    organiser, second, channel, services = room.organiser, room.second_organiser, room.channel, room.app.services
    await number_from(room, FIRST_ID)
    await room.set_up(high_risk=False, risk_answered=True)
    await organiser.slash(
        channel, "deadlines add", kind="expected answer", title=f"{GROUPS['date']} vote", date="20 April 2026"
    )
    form = await organiser.slash(channel, "deadlines add", kind="event", title=f"{GROUPS['event']} meeting")
    typed = {"title": f"{GROUPS['event']} meeting", "when": "every Tuesday 7pm", "kind": ["meeting"], "place": "Hall"}
    await organiser.submit_modal(form, typed | {"link": ""})
    await organiser.slash(channel, "action plan", day="21 April 2026", title=GROUPS["plan that runs"])
    plan = (await services.actions.plans(room.guild_id))[0]
    shown = await organiser.slash(channel, "action show", action=str(plan.action_id))
    await organiser.click(shown.response, label="Approve")
    await services.actions.joining.join(room.guild_id, plan.action_id, UserId(member.id))
    await organiser.slash(channel, "action plan", day="22 April 2026", title=ORGANISERS["plan not approved"])
    for title in (GROUPS["letter that is offered"], ORGANISERS["letter not approved"]):
        form = await organiser.slash(channel, "admin template new")
        await organiser.submit_modal(form, WORDS | {"title": title, "text": START_TEXT})
    seen = await second.slash(channel, "admin template review", template=GROUPS["letter that is offered"])
    await second.click(seen.response, label="Approve")
    await imports.imported(room, organiser)
    await organiser.slash(channel, "reports follow", report=imports.SLUG)
    for words, keep in ((GROUPS["answer"], True), (ORGANISERS["answer not confirmed"], False)):
        form = await organiser.slash(channel, "reports record-answer", recommendation="never-again/T-12")
        preview = await organiser.submit_modal(form, FORM | {"words": words})
        if keep:
            await organiser.click(preview.response, label="Save")
    pages = [
        imports.SavedPage(p.name, p.content.replace(b"every lantern", b"every Gorsefolk lantern"))
        for p in imports.single()
    ]
    await imports.submit(room, organiser, files=imports.files(pages))
    person = await services.people.person_for(UserId(organiser.id))
    await services.guilds.protect(room.guild_id, person, "second_confirms")
    await services.guilds.protect_less(room.guild_id, person, "second_confirms")
    await services.publications._store.watch(
        room.guild_id, CommitteeFacts(9, GROUPS["committee"], "Commons"), room.clock.now()
    )
    read = await member.slash(channel, "remind me", what=NOBODYS["private reminder"], when="5 December 2026 9am")
    await member.click(read.response, label="Save")
    await services.follow_ups.sent(
        UserId(member.id), recommendation="never-again/3", constituency_id=1, guild_id=room.guild_id
    )
    await in_parliament(room, organiser, member)
    await say(room, member, words="It is wrong.")
    await room.sweep()
    await say(room, member, words=f"It is wrong about {ORGANISERS['doubt']}.")
    for command in ("admin settings", "admin health", "admin audit", "reports undo", "action list", "deadlines list"):
        await organiser.slash(channel, command)


async def in_parliament(room: Any, organiser: Any, member: Any) -> None:
    """Let the group choose words to look for, find something by them, follow a question, and the member one on their own letter."""
    services, now, today = room.app.services, room.clock.now(), london_today(room.clock)
    found = services.reports.for_group(room.guild_id).find("never-again/T-12")
    words = LookWords((GROUPS["word to look for"],), ("lantern",))
    person = await services.people.person_for(UserId(organiser.id))
    await services.said.save_words(room.guild_id, found, words, person)
    heading = GROUPS["speech that this word alone found"]
    body = f"{heading}: on {GROUPS['word to look for']} and its lantern."
    term = GROUPS["word to look for"].casefold()
    spoken = Said(SaidKind.SPEECH, SAID_KEY, today, heading, body, house="Commons")
    await services.said._store.found(Look(term, SaidKind.SPEECH, today, now, now, 1), [spoken], now)
    number = ORGANISERS["question that is followed"]
    asked = FollowedQuestion(room.guild_id, QUESTION_KEY, number, today, AnswerState.OPEN)
    await services.followed_questions._store.put(asked, now)
    (letter,) = await services.follow_ups.letters(UserId(member.id))
    own = replace(spoken, kind=SaidKind.QUESTION, key="990888", state=AnswerState.OPEN)
    own = replace(own, number=NOBODYS["question on a letter"])
    await services.follow_ups.keep_question(UserId(member.id), letter.held.follow_up_id, own)
    settings = PersonSettings(zone=NOBODYS["time zone"])
    await services.private_reminders.save_settings(UserId(member.id), settings)
    card = await organiser.slash(room.channel, "recommendations show", number="never-again/T-12")
    shown = await organiser.click(card.response, label="In Parliament")
    assert heading in text_of(shown.response)
    form = await organiser.click(shown.response, label="Words to look for")
    await organiser.submit_modal(form, {"must": GROUPS["word to look for"], "terms": "lantern"})
    form = await organiser.click(shown.response, label="Words to look for")
    await organiser.submit_modal(form, {"must": "a", "terms": "lantern"})
    listed = await organiser.slash(room.channel, "deadlines question")
    assert number in text_of(listed.response)


async def one_time_of_an_event(room: Any, organiser: Any) -> Any:
    """Open one time of the event that repeats, as an organiser who is about to move it."""
    (event,) = await room.app.services.group_events.list(room.guild_id)
    shown = await organiser.slash(room.channel, "deadlines show", deadline=event.title)
    times = await organiser.click(shown.response, label="Move or skip one")
    return await organiser.select(times.response, [options_of(times.response)[0]["value"]])


async def a_response_to_go_through(room: Any, organiser: Any) -> None:
    """Import a Government response to the group's own report, and open it for going through."""
    pages = imports.files(response_headed())
    listed = await imports.submit(room, organiser, what=["response"], of=[imports.SLUG], files=pages)
    assert "Go through them one by one" in buttons_of(listed.response)


async def rows(room: Any) -> dict[str, dict[tuple[Any, ...], dict[str, Any]]]:
    """Give every row of every table, by its key. Where nothing was written since the last time, nothing is read again."""
    written = _written_so_far(room)
    before, found = getattr(room, "rows_read", (b"", {}))
    if written and written == before:
        return found
    found = {}
    async with room.app.database.reading(snapshot=True) as connection:
        for table in metadata.sorted_tables:
            held = (await connection.execute(select(table))).mappings().all()
            keys = [column.name for column in table.primary_key]
            found[table.name] = {tuple(row[key] for key in keys): dict(row) for row in held}
    room.rows_read = (written, found)
    return found


def _written_so_far(room: Any) -> bytes:
    """Give the header of SQLite's index of its log: no two transactions leave the same one (sqlite.org/walformat.html)."""
    index = room.settings.data / "postbag.db-shm"
    return bytes(index.read_bytes()[:48]) if index.exists() else b""


def drawn(room: Any) -> Iterator[dict[str, Any]]:
    """Give every control of every message that the bot has written so far, private ones too."""
    for messages in room.env.backend.messages.values():
        for message in list(messages.values()):
            yield from controls_of({"components": message.components})


def said_with(room: Any) -> Mapping[str, set[tuple[str, ...]]]:
    """Give for each verb the arguments that stand on a control which the bot has drawn."""
    found: dict[str, set[tuple[str, ...]]] = {}
    for control in drawn(room):
        read = read_custom_id(str(control.get("custom_id") or ""))
        if read is not None:
            found.setdefault(read[0], set()).add(read[1])
    return found


async def shown_by(answer: Any) -> str:
    """Give everything that an answer shows: its words, its lists, and what is in its files."""
    modal = answer.modal
    parts = [text_of(modal), json.dumps(options_of(modal)), json.dumps(modal or {}, ensure_ascii=False)]
    for held in (answer.response, *answer.followups):
        if held is not None:
            message = held.message  # made anew each time it is asked for
            parts += [text_of(message), json.dumps(options_of(message))]
            for file in held.attachments if message.attachments else ():
                parts.append((await file.read()).decode(errors="replace"))
    return "\n".join(parts)
