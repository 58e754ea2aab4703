"""Privacy in Discord: one screen about it, what is held about me, as a file, and gone when I say so."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import discord
import pytest

from bot.chat.cards.privacy import about_card, held_card
from bot.chat.cards.privacy_words import _SAID, sentences
from bot.domain.errors import DraftGone
from bot.domain.follow_ups import Outcome
from bot.domain.identity import UserId
from bot.domain.people import RETENTION, Kept
from bot.services.container import Operator
from bot.services.people import Held


@pytest.mark.claim("P-02", "R-03")
@pytest.mark.asyncio
async def test_about_is_one_private_screen_that_names_the_controller_and_every_kind(room: Any) -> None:
    shown = await room.member.slash(room.channel, "privacy about")
    said = room.text_of(shown)
    assert shown.response.ephemeral
    assert "Who is responsible" in said
    assert "postcodes.io" in said
    assert "Members API" in said
    for kind in RETENTION:
        assert kind.what[1:] in said
        assert kind.until in said
    assert len(said) < 2800


@pytest.mark.claim("P-07")
def test_the_operator_is_named_and_made_harmless() -> None:
    def said(operator: Operator) -> str:
        view = about_card(operator).view()
        return "\n".join(i.content for i in view.walk_children() if isinstance(i, discord.ui.TextDisplay))

    named = said(Operator("Harbour Voices @everyone", "post@harbour.example"))
    assert "Harbour Voices" in named
    assert "post@harbour.example" in named
    assert "@everyone" not in named
    assert "hasn't given a name" in said(Operator("", ""))


@pytest.mark.asyncio
async def test_asking_makes_nobody_known(room: Any) -> None:
    shown = await room.member.slash(room.channel, "privacy show")
    assert "Nothing. Postbag doesn't know you." in room.text_of(shown)
    await room.member.slash(room.channel, "privacy export")
    await room.member.slash(room.channel, "deadlines list")
    assert await room.app.services.people.find(UserId(room.member.id)) is None


@pytest.mark.claim("P-03")
@pytest.mark.asyncio
async def test_an_organiser_sees_takes_and_erases_what_is_held(group: Any) -> None:
    await group.organiser.slash(
        group.channel, "deadlines add", kind="expected answer", title="Council vote", date="2 June 2026"
    )
    shown = await group.organiser.slash(group.channel, "privacy show")
    said = group.text_of(shown)
    assert "That you recorded a group's date" in said
    assert "You recorded the date “Council vote”, 2 June 2026." in said
    assert "That you last saved a group's settings" in said
    assert shown.response.ephemeral

    exported = await group.organiser.click(shown.response, label="Export")
    (file,) = exported.response.attachments
    assert file.filename.endswith(".json")

    asked = await group.organiser.click(shown.response, label="Forget me")
    assert await group.app.services.people.find(UserId(group.organiser.id)) is not None
    done = await group.organiser.click(asked.response, label="Forget me")
    assert "has erased" in group.text_of(done)
    assert await group.app.services.people.find(UserId(group.organiser.id)) is None
    again = await group.organiser.slash(group.channel, "privacy show")
    assert "Nothing" in group.text_of(again)
    (deadline,) = await group.app.services.deadlines.list(group.guild_id)
    assert (deadline.title, deadline.set_by) == ("Council vote", None)


@pytest.mark.claim("P-04")
@pytest.mark.asyncio
async def test_everything_works_in_a_direct_message_and_after_a_restart(room: Any) -> None:
    person = await room.app.services.people.person_for(UserId(room.outsider.id))
    assert person
    shown = await room.outsider.slash("privacy show")
    assert "your discord user id" in room.text_of(shown).lower()
    assert str(room.outsider.id) not in room.text_of(shown)
    asked = await room.outsider.slash("privacy forget-me")
    await room.restart()
    done = await room.outsider.click(asked.response, label="Forget me")
    assert "has erased" in room.text_of(done)
    assert await room.app.services.people.find(UserId(room.outsider.id)) is None
    kept = await room.outsider.slash("privacy forget-me")
    assert "Forget everything" in room.text_of(kept)


@pytest.mark.asyncio
async def test_nobody_sees_what_is_held_about_another(group: Any) -> None:
    await group.organiser.slash(
        group.channel, "deadlines add", kind="expected answer", title="Council vote", date="2 June 2026"
    )
    shown = await group.second_organiser.slash(group.channel, "privacy show")
    assert "Nothing" in group.text_of(shown)
    file = await group.app.services.people.export(UserId(group.second_organiser.id))
    assert json.loads(file.content)["held"] == []


def test_a_person_with_very_much_still_fits_on_a_card() -> None:
    rows = tuple({"id": n, "text": "@everyone **x** " + "ئ" * 900} for n in range(200))
    held = [Held(Kept(f"table{n}", "what is kept " + "y" * 60, "it is done"), rows) for n in range(12)]
    view = held_card(held).view()
    texts = [i.content for i in view.walk_children() if isinstance(i, discord.ui.TextDisplay)]
    assert sum(map(len, texts)) <= 4000
    assert "@everyone" not in "".join(texts)
    assert view.total_children_count <= 40


@pytest.mark.claim("P-54")
def test_the_privacy_file_lists_exactly_what_is_kept() -> None:
    held = (Path(__file__).parents[2] / "PRIVACY.md").read_text(encoding="utf-8")
    rows = [line.strip("| ").split(" | ") for line in held.splitlines() if line.startswith("| `")]
    assert [(table.strip("`"), what, until) for table, what, until in rows] == [
        (kept.table, kept.what, kept.until) for kept in RETENTION
    ]


@pytest.mark.asyncio
async def test_a_letter_in_the_making_is_forgotten_with_its_writer(group: Any) -> None:
    letters = group.app.services.letters
    owner = UserId(group.member.id)
    draft = letters.drafts.keep(letters.drafts.begin(owner, "raise-a-recommendation"))
    other = letters.drafts.keep(letters.drafts.begin(UserId(group.organiser.id), "raise-a-recommendation"))
    asked = await group.member.slash(group.channel, "privacy forget-me")
    await group.member.click(asked.response, label="Forget me")
    with pytest.raises(DraftGone):
        letters.draft(draft.token, owner)
    assert letters.draft(other.token, UserId(group.organiser.id))


ROW_WORDS = re.compile(
    r"\b(?:kind|step|zone|state|missed|pinged|reminder ids|late seconds|updated at|outcome): |<t:\d|_id\b|\bNone\b"
)
"""What a row of the database looks like."""


@pytest.mark.asyncio
async def test_what_is_held_is_said_as_a_person_would(group: Any) -> None:
    me = UserId(group.member.id)
    follow_ups = group.app.services.follow_ups
    letter = await follow_ups.sent(me, recommendation="never-again/3", constituency_id=1, guild_id=None)
    for outcome in (Outcome.NOTHING, Outcome.ACKNOWLEDGED, Outcome.STOCK, Outcome.PASSED):
        await follow_ups.answered(me, letter.held.follow_up_id, outcome)
    await group.member.slash(group.channel, "remind me", what="ring the office " * 9, when="5 December 2026 9am")
    said = group.text_of(await group.member.slash(group.channel, "privacy show"))
    assert (
        "A letter you said you sent on 2 March 2026, about recommendation 3 of Never Again. You said: passed to a minister."
        in said
    )
    assert "Postbag will ask you on 31 March 2026 about a letter you sent." in said
    assert not ROW_WORDS.search(said), ROW_WORDS.search(said)
    exported = json.loads((await group.app.services.people.export(me)).content)
    assert any("sent_on" in row for kind in exported["held"] for row in kind["rows"]), "the raw rows are in the file"


def test_a_sentence_is_never_cut_inside_a_value_and_said_once() -> None:
    row = {"local_date": "2026-12-05", "local_time": "09:00:00", "text": "ring the office " * 30}
    (said,) = sentences("personal_reminders", [row, row])
    assert said.startswith("Your reminder on 5 December 2026 at 9am: “ring the office ring")
    assert said.endswith(("office …” (2 times)", "the …” (2 times)", "ring …” (2 times)")), "it ends between two words"
    for kept in RETENTION:
        if kept.table != "people":
            (line,) = sentences(kept.table, [{}])
            assert line[0].isupper()
            assert not ROW_WORDS.search(line), line


def test_every_kind_of_thing_has_a_sentence_of_its_own() -> None:
    assert {kept.table for kept in RETENTION} - {"people"} == set(_SAID)
