"""What can be written, with samples; and the menu command of a message, which leaves nothing behind."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Any

import pytest

from bot.rehearsal.reading import options_of

MENU = "Write to my MP about this"


def controls(form: dict[str, Any]) -> list[str]:
    return [part["component"]["custom_id"] for part in form["components"] if part.get("component")]


@pytest.mark.asyncio
async def test_every_kind_of_letter_has_a_sample_that_leads_to_writing(room: Any) -> None:
    listed = await room.member.slash(room.channel, "letter templates")
    assert listed.response.ephemeral
    frames = room.app.services.letters.frames()
    for frame in frames:
        shown = await room.member.select(listed.response, [frame.slug])
        text = room.text_of(shown.response)
        assert frame.title in text
        assert "Theirs:" in text
        assert "Shared text" in text
        assert room.buttons_of(shown.response) == ["Write one of these", "All kinds"]
        listed = await room.member.click(shown.response, label="All kinds")
        assert frames[0].title in room.text_of(listed.response)
    assert len(frames) == 11


@pytest.mark.asyncio
async def test_a_sample_by_name_begins_a_letter_of_its_kind(room: Any) -> None:
    shown = await room.member.slash(room.channel, "letter templates", template="Phone script, 60 seconds")
    begun = await room.member.click(shown.response, label="Write one of these")
    assert "Which recommendation?" in room.text_of(begun.response)
    unknown = await room.member.slash(room.channel, "letter templates", template="nothing like it")
    assert "There's no letter with that name" in room.text_of(unknown.response)
    found = await room.member.autocomplete(room.channel, "letter templates", "template", "phone")
    assert [choice["value"] for choice in found] == ["phone-script"]


# The menu command of a message -----------------------------------------------------------------------------------


@pytest.mark.asyncio
@pytest.mark.parametrize(
    ("said", "offered"),
    [
        ("What about recommendation 3, has anyone written?", ["never-again/3"]),
        ("recs 2 and 4 are the ones", ["never-again/2", "never-again/4"]),
        ("I keep coming back to T-12.", ["never-again/T-12"]),
        ("Recommendation 999, anyone?", []),
        ("lunch at noon?", []),
    ],
)
async def test_a_message_that_names_one_leads_to_it(room: Any, said: str, offered: list[str]) -> None:
    message = await room.organiser.send(room.channel, said)
    answer = await room.member.context_menu(room.channel, MENU, message)
    assert answer.response.ephemeral
    text = room.text_of(answer.response)
    assert "didn't keep it" in text
    if not offered:
        assert "Choose one" in room.buttons_of(answer.response) or options_of(answer.response)
    elif len(offered) == 1:
        form = await room.member.click(answer.response, label="Write about this")
        assert controls(form.modal) == ["seat"]
    else:
        assert [option["value"] for option in options_of(answer.response)] == offered
        form = await room.member.select(answer.response, [offered[1]])
        assert controls(form.modal) == ["seat"]


@pytest.mark.asyncio
async def test_words_alone_are_searched_for(room: Any) -> None:
    message = await room.organiser.send(
        room.channel,
        "My sister says the solar panels on our school come from forced labour. Is nobody checking those supply chains?",
    )
    answer = await room.member.context_menu(room.channel, MENU, message)
    values = [option["value"] for option in options_of(answer.response)]
    assert 1 <= len(values) <= 5
    themes = [room.app.services.reports.for_group(None).find(value).item.theme.casefold() for value in values]
    assert any("supply" in theme or "solar" in theme or "labour" in theme for theme in themes), themes


@pytest.mark.asyncio
async def test_our_own_card_is_known_for_what_it_shows(room: Any) -> None:
    card = await room.member.slash(room.channel, "recommendations show", number="5")
    shown = await room.member.click(card.response, label="Show to everyone")
    del shown
    (posted,) = [m for m in room.channel.history() if not m.flags.ephemeral]
    answer = await room.member.context_menu(room.channel, MENU, posted)
    assert "5" in room.text_of(answer.response)
    assert "Write about this" in room.buttons_of(answer.response)


@pytest.mark.asyncio
async def test_the_message_is_neither_stored_nor_logged(room: Any, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    message = await room.organiser.send(room.channel, "Zqsecret words about recommendation 3")
    answer = await room.member.context_menu(room.channel, MENU, message)
    assert "Zqsecret" not in room.text_of(answer.response)
    assert "Zqsecret" not in "\n".join(r.getMessage() for r in caplog.records if r.name.startswith(("bot", "storage")))
    assert_nowhere(room.app.settings.data, b"Zqsecret")


def assert_nowhere(data: Path, words: bytes) -> None:
    files = [path for path in data.rglob("*") if path.is_file()]
    assert files
    for path in files:
        assert words not in path.read_bytes(), path.name


@pytest.mark.asyncio
async def test_it_works_in_servers_direct_messages_and_as_a_user_install(room: Any) -> None:
    menu = next(c for c in room.app.client.tree.get_commands() if c.name == MENU)
    tree = [c for c in room.app.client.tree.get_commands() if c.name == MENU]
    assert len(tree) == 1
    contexts, installs = menu.allowed_contexts, menu.allowed_installs
    assert (contexts.guild, contexts.dm_channel, contexts.private_channel) == (True, True, True)
    assert (installs.guild, installs.user) == (True, True)
