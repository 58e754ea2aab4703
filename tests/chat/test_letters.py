"""A letter in Discord, pressed as a person would: taps counted, nothing lost, nothing public, nothing kept."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.domain.members import Directory, Dissolution
from bot.domain.own_words import SCORE_CLOSES
from bot.domain.plain_text import without_invisible_signs
from bot.rehearsal.reading import controls_of, links_of, options_of
from bot.services.report_index import IndexedReports

WHY = (
    "My neighbour has not heard her mother's voice since 2018. Each winter she sets a place for her at the table, and each "
    "winter it stays empty. I did not know what to say to her, so I read the whole report in one night and I have not been "
    "able to put it down since. Her children ask me why nobody speaks of it."
)
LOCAL = (
    "Our market hall held a vigil last month and more than sixty people stood in the rain. The school choir sang two songs "
    "that her mother had taught her, and the baker closed for an hour, which he has never done before."
)
RECOMMENDATION = "never-again/3"
ALL_FILES = ["letter.txt", "letter.docx", "letter.pdf", "letter.eml", "sources.txt"]


def controls(form: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """List the controls of a form by name."""
    inner = [part.get("component") for part in form["components"]]
    return {control["custom_id"]: control for control in inner if control}


def write_button(room: Any, result: Any) -> str:
    """Give the label of the button that opens the writing form."""
    return next(label for label in room.buttons_of(result.response) if label.startswith(("Yes, write", "Prepare it")))


async def open_form(room: Any, seat: str = "Tarning", recommendation: str = RECOMMENDATION, **more: str) -> Any:
    return await room.member.slash(room.channel, "letter write", recommendation=recommendation, mp=seat, **more)


async def preview(room: Any, why: str = WHY, local: str = LOCAL, *, seat: str = "Tarning") -> Any:
    form = await open_form(room, seat)
    return await room.member.submit_modal(form, {"ask": ["write-to-minister"], "why": why, "local": local})


# The journey -----------------------------------------------------------------------------------------------------


@pytest.mark.asyncio
async def test_a_first_letter_takes_at_most_ten_taps(room: Any) -> None:
    card = await room.member.slash(room.channel, "recommendations show", number="3")
    taps = 1
    form = await room.member.click(card.response, label="Use in my letter")
    assert list(controls(form.modal)) == ["seat"]
    taps += 1
    near = await room.member.submit_modal(form, {"seat": "tarn"})
    assert "Tarningham: Barnaby Oystermouth" in room.buttons_of(near.response)
    taps += 1
    form = await room.member.click(near.response, label="Tarningham: Barnaby Oystermouth")
    assert list(controls(form.modal)) == ["ask", "why", "local"]
    taps += 2 + 1  # open the select and choose; submit
    shown = await room.member.submit_modal(form, {"ask": ["your-view"], "why": WHY, "local": LOCAL})
    taps += 1
    done = await room.member.click(shown.response, label="Finish")
    taps += 1  # Open WriteToThem
    assert links_of(done.response)["Open WriteToThem"].startswith("https://www.writetothem.com/?a=westminstermp")
    taps += 1  # I sent it
    assert taps <= 10
    text = done.followups[0].content
    assert text.startswith("Dear Mr Oystermouth,")
    assert WHY in text
    assert LOCAL in text
    assert "(Never Again, HC 198, paragraph 18)" in text
    assert text.count("?") == 1
    assert room.posted == []


@pytest.mark.claim("C-02")
@pytest.mark.asyncio
async def test_everything_is_private_and_says_so(room: Any) -> None:
    shown = await preview(room)
    done = await room.member.click(shown.response, label="Finish")
    for message in (shown.response, done.response, *done.followups):
        assert message.ephemeral
    assert "Only you can see this" in room.text_of(shown.response)
    assert room.posted == []
    assert [m for m in room.channel.history() if not m.flags.ephemeral] == []


@pytest.mark.asyncio
async def test_the_preview_marks_what_is_shared_and_measures(room: Any) -> None:
    text = room.text_of((await preview(room)).response)
    assert "Shared text" in text
    assert "Your words: Why do you care?" in text
    assert "Your own words:" in text
    assert " ✓" in text, "the aim is said only where it is not met"
    assert "Sources:" in text
    assert "Amina Thackwell" in text


@pytest.mark.asyncio
async def test_the_hand_over_has_text_file_and_advice(room: Any) -> None:
    shown = await preview(room)
    done = await room.member.click(shown.response, label="Finish")
    text = room.text_of(done.response)
    assert "full name, address and postcode" in text
    assert "You send it yourself" in text
    assert [f.filename for f in done.response.attachments] == ALL_FILES
    file = done.response.attachments[0]
    written = (await file.read()).decode("utf-8-sig").replace("\r\n", "\n")
    assert "House of Commons\nLondon\nSW1A 0AA" in written
    assert "".join(part.content for part in done.followups).split() == written_letter(written).split()
    assert "```" not in done.followups[0].content


@pytest.mark.asyncio
async def test_files_with_name_and_address_are_made_and_forgotten(room: Any, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    done = await room.member.click((await preview(room)).response, label="Finish")
    form = await room.member.click(done.response, label="Add my name and address")
    assert list(controls(form.modal)) == ["name", "address", "reply"]
    typed = {"name": "Zqpia Example", "address": "1 Zqroad\nTarning\nZA1 1AA", "reply": ["email"]}
    signed = await room.member.submit_modal(form, typed)
    assert signed.response.ephemeral
    files = {f.filename: await f.read() for f in signed.response.attachments}
    assert list(files) == ALL_FILES
    text = files["letter.txt"].decode("utf-8-sig")
    assert text.startswith("1 Zqroad\r\nTarning\r\nZA1 1AA\r\n")
    assert "Yours sincerely,\r\n\r\nZqpia Example" in text
    assert "I would like a reply by email." in text
    (copied,) = signed.followups
    assert copied.ephemeral
    assert copied.content.endswith("Zqpia Example\n1 Zqroad\nTarning\nZA1 1AA\n\nI would like a reply by email.")
    assert "still missing" not in room.text_of(signed.response).casefold()
    assert "Zq" not in room.text_of(signed.response)
    assert "Zq" not in str(signed.response.components), "not in a control, nor in the text of a message"
    assert "Zq" not in caplog.text
    assert "Zq" not in repr(vars(room.app.services.letters.drafts))


@pytest.mark.asyncio
async def test_a_name_typed_too_late_comes_back(room: Any) -> None:
    done = await room.member.click((await preview(room)).response, label="Finish")
    form = await room.member.click(done.response, label="Add my name and address")
    await pass_time(room, "an hour")
    late = await room.member.submit_modal(form, {"name": "Pia Example", "address": "1 Any Road"})
    assert "Press Finish on your letter above once more" in room.text_of(late.response)
    (file,) = late.response.attachments
    kept = (await file.read()).decode("utf-8-sig")
    assert "Pia Example" in kept
    assert "1 Any Road" in kept
    refused = await room.member.click(done.response, label="Add my name and address")
    assert "Press Finish on your letter above once more" in room.text_of(refused.response)


@pytest.mark.claim("C-20")
@pytest.mark.asyncio
async def test_a_letter_can_be_written_outside_discord(room: Any) -> None:
    form = await room.member.slash(room.channel, "letter write", recommendation="3")
    card = await room.member.submit_modal(form, {"seat": "Saint Osmund's"})
    blank = await room.member.click(card.response, label="Write it outside Discord")
    assert blank.response.ephemeral
    text, word, sources = blank.response.attachments
    assert (text.filename, word.filename) == ("letter.txt", "letter.docx")
    written = (await text.read()).decode("utf-8-sig")
    assert "Dear Mr Speaker," in written
    assert "[Why do you care? Two or three sentences" in written
    assert "[Keep one of these:]" in written
    assert "written question" not in written, "the Speaker tables none"
    assert "(Never Again, HC 198, paragraph 18)" in written
    assert "square brackets" in (await sources.read()).decode("utf-8-sig")
    assert "asked the Government to" in written
    assert "[your full name]" in written
    again = await room.member.click((await preview(room)).response, label="Write it outside Discord")
    later = (await again.response.attachments[0].read()).decode("utf-8-sig")
    assert WHY not in later
    assert "[Keep one of these:]" not in later, "the ask was chosen already"


@pytest.mark.asyncio
@pytest.mark.parametrize("how", ["at once", "restart"])
async def test_personal_data_is_shown_and_taken_out_by_a_press(room: Any, how: str) -> None:
    words = f"{WHY} I live at 12 Invented Lane, ZZ9 9ZZ. Ring 020 7946 0000 or mail pia@example.org."
    shown = await preview(room, words)
    text = room.text_of(shown.response).replace("\\", "")
    for typed in ("12 Invented Lane", "ZZ9 9ZZ", "020 7946 0000", "pia@example.org"):
        assert typed in text[: text.index("Shared text")], "the check shows what it found"
    await pass_time(room, how) if how != "at once" else None
    clean = await room.member.click(shown.response, label="Take it out")
    after = room.text_of(clean.response)
    assert WHY in after
    assert LOCAL in after
    for typed in ("Invented Lane", "9ZZ", "7946", "example.org"):
        assert typed not in after
    assert "Take it out" not in room.buttons_of(clean.response)
    assert "Finish" in room.buttons_of(clean.response)


@pytest.mark.asyncio
@pytest.mark.parametrize(
    ("template", "answers"), [("phone-script", {"why": WHY}), ("surgery-brief", {"why": WHY, "local": LOCAL})]
)
async def test_scripts_and_notes_are_not_measured_as_letters(room: Any, template: str, answers: dict[str, str]) -> None:
    form = await open_form(room, template=template)
    shown = await room.member.submit_modal(form, {"ask": ["write-to-minister"], **answers})
    text = room.text_of(shown.response)
    assert "60%" not in text
    assert "WriteToThem" not in text
    done = await room.member.click(shown.response, label="Finish")
    said = room.text_of(done.response)
    assert "under the letter" not in said
    assert "Add my name and address" not in room.buttons_of(done.response)
    assert links_of(done.response) == {}
    names = [f.filename for f in done.response.attachments]
    assert names == [
        *(["phone-script.txt"] if template == "phone-script" else ["notes.txt", "notes.docx", "notes.pdf"]),
        "sources.txt",
    ]


def written_letter(file: str) -> str:
    body = file[file.index("Dear ") : file.index("[your full name]")]
    salutation, _subject, rest = body.split("\n\n" if "\n\n" in body else "\r\n\r\n", 2)
    return f"{salutation}\n\n{rest}"


# Own words -------------------------------------------------------------------------------------------------------


@pytest.mark.asyncio
@pytest.mark.parametrize("why", ["…", "I care.", "\u200b\u200b\u200f", "🙂🙂"])
async def test_an_untouched_frame_is_refused_and_nothing_is_lost(room: Any, why: str) -> None:
    shown = await preview(room, why, "One local thing")
    text = room.text_of(shown.response)
    assert "Nearly there" in text
    assert "Please check" not in text, "one clear prompt, not several"
    assert "Finish" not in room.buttons_of(shown.response)
    form = await room.member.click(shown.response, label="Go on writing")
    assert controls(form.modal)["why"]["value"] == why
    assert controls(form.modal)["local"]["value"] == "One local thing"
    options = controls(form.modal)["ask"]["options"]
    assert [o["value"] for o in options if o.get("default")] == ["write-to-minister"]
    better = await room.member.submit_modal(form, {"ask": ["write-to-minister"], "why": WHY, "local": LOCAL})
    assert "Finish" in room.buttons_of(better.response)


@pytest.mark.asyncio
async def test_a_letter_too_like_its_siblings_keeps_away_from_writetothem(room: Any) -> None:
    few = (
        "My neighbour has not heard her mother's voice since 2018, and nobody here could tell her children why that is."
    )
    shown = await preview(room, few, "")
    assert "Your letter is still mostly shared text, and WriteToThem may block it." in room.text_of(shown.response)
    done = await room.member.click(shown.response, label="Finish")
    assert links_of(done.response) == {}
    assert "Don't use WriteToThem yet" in room.text_of(done.response)
    assert "closed" not in room.text_of(done.response), "WriteToThem itself is open to everybody"
    assert "or send it by email or post now" in room.text_of(done.response)
    assert done.response.attachments
    assert SCORE_CLOSES == 0.5


@pytest.mark.asyncio
async def test_edit_brings_back_every_word(room: Any) -> None:
    words = (
        "Line one with *stars* and `ticks`.\n\n# not a title\n- not a list\n1. not a number \\ slash <@1> @everyone "
        + WHY
    )
    shown = await preview(room, words, LOCAL)
    form = await room.member.click(shown.response, label="Edit")
    assert controls(form.modal)["why"]["value"] == words
    assert controls(form.modal)["local"]["value"] == LOCAL


# Whom it goes to -------------------------------------------------------------------------------------------------


@pytest.mark.asyncio
async def test_an_exact_name_is_confirmed_by_name(room: Any) -> None:
    form = await room.member.slash(room.channel, "letter write", recommendation="3")
    card = await room.member.submit_modal(form, {"seat": "saint osmunds"})
    text = room.text_of(card.response)
    assert "Is this your MP?" in text
    assert "Sir Leopold Gathercoal" in text
    assert "doesn't table questions" in text
    assert "MP data as of" in text
    assert "Not my constituency" in room.buttons_of(card.response)
    again = await room.member.click(card.response, label="Not my constituency")
    assert list(controls(again.modal)) == ["seat"]


@pytest.mark.asyncio
async def test_tarning_is_never_taken_for_tarningham(room: Any) -> None:
    form = await open_form(room, "Tarning")
    assert "Amina Thackwell" in str(form.modal["components"][0])


@pytest.mark.asyncio
@pytest.mark.parametrize(
    ("seat", "offered"),
    [
        ("Tarning", {"write-to-minister", "written-question", "your-view", "meet"}),
        ("Ashlocke", {"write-to-minister", "meet"}),
        ("Saint Osmund's", {"write-to-minister", "meet"}),
        ("Lough Tarn", {"write-to-minister"}),
        ("Farthing Cross", {"write-to-minister", "your-view"}),
    ],
)
async def test_the_asks_fit_the_members_post(room: Any, seat: str, offered: set[str]) -> None:
    form = await open_form(room, seat)
    assert {option["value"] for option in controls(form.modal)["ask"]["options"]} == offered


@pytest.mark.asyncio
async def test_a_vacant_seat_is_said_and_a_draft_can_be_prepared(room: Any) -> None:
    form = await room.member.slash(room.channel, "letter write", recommendation="3")
    card = await room.member.submit_modal(form, {"seat": "Farthing Cross"})
    assert "no MP" in room.text_of(card.response)
    form = await room.member.click(card.response, label="Prepare it without a name")
    shown = await room.member.submit_modal(form, {"ask": ["your-view"], "why": WHY, "local": LOCAL})
    assert "no MP until the by-election" in room.text_of(shown.response)
    done = await room.member.click(shown.response, label="Finish")
    assert done.followups[0].content.startswith("Dear [name of the MP],")


@pytest.mark.asyncio
@pytest.mark.parametrize("typed", ["Nowhereshire", "@everyone", "{{ 7*7 }}", "x" * 100, "‏🙂"])
async def test_an_unknown_seat_is_asked_for_again(room: Any, typed: str) -> None:
    form = await room.member.slash(room.channel, "letter write", recommendation="3")
    card = await room.member.submit_modal(form, {"seat": typed})
    assert "No match" in room.text_of(card.response)
    again = await room.member.click(card.response, label="Type it again")
    assert list(controls(again.modal)) == ["seat"]


@pytest.mark.asyncio
async def test_the_letter_takes_a_postcode_and_never_shows_it(group: Any) -> None:
    await group.set_up(high_risk=False)
    form = await group.member.slash(group.channel, "letter write", recommendation="3")
    assert "Your postcode, town or constituency" in str(form.modal)
    assert "postcodes.io" in str(form.modal)
    card = await group.member.submit_modal(form, {"seat": "za1 1aa"})
    text = group.text_of(card.response)
    assert "That postcode is in **Tarning**" in text
    assert "za1" not in text.casefold()
    form = await group.member.click(card.response, label="Tarning: Amina Thackwell")
    assert list(controls(form.modal)) == ["ask", "why", "local"]
    unknown = await group.member.slash(group.channel, "letter write", recommendation="3", mp="ZA99 9ZZ")
    text = group.text_of(unknown.response)
    assert "No match" in text
    assert "ZA99" not in text
    assert {"Type it again", "Skip this", "Write it outside Discord"} <= set(group.buttons_of(unknown.response))


@pytest.mark.asyncio
async def test_a_group_that_takes_no_postcodes_says_so_in_the_letter(group: Any) -> None:
    form = await group.member.slash(group.channel, "letter write", recommendation="3")
    assert "postcode" not in str(form.modal).casefold().replace("this server doesn't use postcodes", "")
    card = await group.member.submit_modal(form, {"seat": "ZA1 1AA"})
    assert "This server doesn't use postcodes" in group.text_of(card.response)
    assert "ZA1" not in group.text_of(card.response)


@pytest.mark.asyncio
async def test_who_the_mp_is_can_be_skipped(room: Any) -> None:
    form = await room.member.slash(room.channel, "letter write", recommendation="3")
    card = await room.member.submit_modal(form, {"seat": "Nowhereshire"})
    form = await room.member.click(card.response, label="Skip this")
    shown = await room.member.submit_modal(form, {"ask": ["your-view"], "why": WHY, "local": LOCAL})
    done = await room.member.click(shown.response, label="Finish")
    assert done.followups[0].content.startswith("Dear [name of the MP],")
    assert "[your constituency]" in done.followups[0].content


@pytest.mark.asyncio
async def test_many_near_names_are_a_select(room: Any) -> None:
    seats = room.app.services.members.directory.constituencies
    many = tuple(replace(seats[0], constituency_id=100 + n, name=f"Tarning {n}") for n in range(30))
    room.app.services.members._hold(replace(room.app.services.members.directory, constituencies=seats + many))
    form = await room.member.slash(room.channel, "letter write", recommendation="3")
    card = await room.member.submit_modal(form, {"seat": "tarnin"})
    form = await room.member.select(card.response, ["101"])
    assert "Tarning 1" in str(form.modal["components"][0])


@pytest.mark.asyncio
async def test_without_a_directory_the_name_is_typed_and_marked(room: Any) -> None:
    room.app.services.members._hold(Directory())
    form = await room.member.slash(room.channel, "letter write", recommendation="3")
    assert list(controls(form.modal)) == ["seat", "name"]
    card = await room.member.submit_modal(form, {"seat": "Aberwick *North*", "name": "Ms Example"})
    assert "not checked" in room.text_of(card.response)
    form = await room.member.click(card.response, label=write_button(room, card))
    shown = await room.member.submit_modal(form, {"ask": ["write-to-minister"], "why": WHY, "local": LOCAL})
    assert "couldn't check this MP" in room.text_of(shown.response)
    await room.restart()
    room.app.services.members._hold(Directory())
    done = await room.member.click(shown.response, label="Finish")
    text = done.followups[0].content
    assert text.startswith("Dear Ms Example,")
    assert "constituents in Aberwick *North*." in text


@pytest.mark.asyncio
@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ({"seat": "Aberwick", "name": "Vacant"}, "leave it empty"),
        ({"seat": "Aberwick", "name": "Example, Ms Amina"}, "Ms Amina Example"),
        ({"seat": "ZA1 1AA Aberwick", "name": ""}, "looks like a postcode"),
    ],
)
async def test_what_is_no_name_is_asked_for_again(room: Any, typed: dict[str, str], told: str) -> None:
    room.app.services.members._hold(Directory())
    form = await room.member.slash(room.channel, "letter write", recommendation="3")
    card = await room.member.submit_modal(form, typed)
    said = room.text_of(card.response)
    assert told in said
    assert "ZA1" not in said
    again = next(c for c in controls_of(card.response) if "letter.find" in c.get("custom_id", ""))
    form = await room.member.click(card.response, custom_id=again["custom_id"])
    assert list(controls(form.modal)) == ["seat", "name"]


@pytest.mark.asyncio
async def test_an_mp_typed_in_the_command_is_said_to_be_not_checked(room: Any) -> None:
    room.app.services.members._hold(Directory())
    card = await open_form(room, "Aberwick North")
    assert card.modal is None
    assert "not checked" in room.text_of(card.response)
    form = await room.member.click(card.response, label=write_button(room, card))
    assert list(controls(form.modal)) == ["ask", "why", "local"]
    topics = await room.member.slash(room.channel, "letter write", mp="Aberwick North")
    options = [o for o in options_of(topics.response) if o["value"] == RECOMMENDATION]
    select = next(c["custom_id"] for c in controls_of(topics.response) if options[0] in c.get("options", ()))
    card = await room.member.select(topics.response, [RECOMMENDATION], custom_id=select)
    assert "not checked" in room.text_of(card.response)


@pytest.mark.asyncio
async def test_letters_pause_at_a_dissolution(room: Any) -> None:
    form = await open_form(room)
    room.app.services.members._dissolution = Dissolution(date(2026, 3, 1))
    refused = await room.member.slash(room.channel, "letter write")
    assert "there are no MPs" in room.text_of(refused.response)
    assert "Letters pause" in room.text_of(refused.response)
    late = await room.member.submit_modal(form, {"ask": ["meet"], "why": WHY, "local": LOCAL})
    assert "there are no MPs" in room.text_of(late.response)
    await assert_words_came_back(late)


@pytest.mark.asyncio
@pytest.mark.parametrize("label", ["Edit", "Write it outside Discord", "Add my name and address"])
async def test_at_a_dissolution_nothing_is_begun_that_cannot_be_ended(room: Any, label: str) -> None:
    shown = await preview(room)
    done = await room.member.click(shown.response, label="Finish")
    room.app.services.members._dissolution = Dissolution(date(2026, 3, 1))
    pressed = await room.member.click((done if "name" in label else shown).response, label=label)
    assert pressed.modal is None
    assert "there are no MPs" in room.text_of(pressed.response)
    assert not pressed.response.attachments


@pytest.mark.asyncio
async def test_what_nobody_expected_gives_the_words_back_and_logs_none(
    room: Any, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    form = await open_form(room)
    shown = await preview(room)
    done = await room.member.click(shown.response, label="Finish")
    sign = await room.member.click(done.response, label="Add my name and address")

    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("broken")

    monkeypatch.setattr(room.app.services.letters, "written", broken)
    monkeypatch.setattr(room.app.services.letters, "finish", broken)
    failed = await room.member.submit_modal(form, {"ask": ["meet"], "why": WHY, "local": LOCAL})
    assert "reference" in room.text_of(failed.response)
    await assert_words_came_back(failed)
    failed = await room.member.submit_modal(sign, {"name": "Zq Name", "address": "1 Zq Lane"})
    (file,) = failed.response.attachments
    assert "1 Zq Lane" in (await file.read()).decode("utf-8-sig")
    logged = caplog.text + "".join(record.exc_text or "" for record in caplog.records if record.name.startswith("bot"))
    assert "RuntimeError" in logged
    assert not [words for words in (WHY, LOCAL, "Zq") if words in logged]
    assert len(room.forgive()) == 2


async def assert_words_came_back(failed: Any) -> None:
    (file,) = failed.response.attachments
    kept = (await file.read()).decode("utf-8-sig")
    assert WHY in kept
    assert LOCAL in kept


# What it is about ------------------------------------------------------------------------------------------------


@pytest.mark.asyncio
async def test_without_anything_the_writer_chooses_step_by_step(room: Any) -> None:
    start = await room.member.slash(room.channel, "letter write")
    text = room.text_of(start.response)
    assert "Which recommendation?" in text
    menus = [c for row in walk(start.response.components) for c in [row] if c.get("type") == 3]
    values = [option["value"] for menu in menus for option in menu["options"]]
    assert RECOMMENDATION in values
    assert len(values) == 37
    first = next(m for m in menus if any(o["value"] == RECOMMENDATION for o in m["options"]))
    form = await room.member.select(start.response, [RECOMMENDATION], custom_id=first["custom_id"])
    assert list(controls(form.modal)) == ["seat"]


def walk(components: list[dict[str, Any]]) -> Any:
    for component in components:
        yield component
        yield from walk(component.get("components") or [])


@pytest.mark.asyncio
async def test_an_unconfirmed_number_is_not_given_one(room: Any) -> None:
    form = await open_form(room, recommendation="T-18")
    shown = await room.member.submit_modal(form, {"ask": ["meet"], "why": WHY, "local": LOCAL})
    done = await room.member.click(shown.response, label="Finish")
    text = "".join(part.content for part in done.followups)
    assert "asked the Government to explore a ban on imports of cotton products" in text
    assert "“" not in text, "no label of ours stands as the committee's words"
    assert "T-18" not in text
    assert "recommendation 18" not in text


@pytest.mark.asyncio
async def test_an_unknown_number_is_answered_kindly(room: Any) -> None:
    refused = await room.member.slash(room.channel, "letter write", recommendation="99")
    assert "Confirmed numbers: 1–6" in room.text_of(refused.response)


@pytest.mark.asyncio
async def test_the_chaser_only_while_a_response_is_overdue(room: Any) -> None:
    refused = await room.member.slash(room.channel, "letter write", template="response-overdue")
    assert "Answered on 1 November 2021" in room.text_of(refused.response)


@pytest.mark.asyncio
async def test_the_chaser_asks_for_no_recommendation(room: Any) -> None:
    reports = room.app.services.reports
    reports._held = tuple(
        replace(report, response=replace(report.response, received_on=None)) for report in reports._held
    )
    view_again(room)
    form = await open_form(room, recommendation="", template="response-overdue")
    assert list(controls(form.modal)) == ["ask", "why", "local"]
    shown = await room.member.submit_modal(form, {"ask": ["ask-when"], "why": WHY, "local": LOCAL})
    done = await room.member.click(shown.response, label="Finish")
    assert "was expected by 8 September 2021. That was 1636 days ago, and I have not seen it." in room.text_of(done)


def view_again(room: Any) -> None:
    """Let the changed reports be seen."""
    reports = room.app.services.reports
    reports._shared = IndexedReports(reports._held, reports._clock, reports._index_factory)
    reports._indexed.clear()


@pytest.mark.asyncio
async def test_words_that_fit_several_are_a_choice(room: Any) -> None:
    card = await room.member.slash(room.channel, "letter write", recommendation="Olympics", mp="Tarning")
    menu = next(c for c in walk(card.response.components) if c.get("type") == 3)
    assert len(menu["options"]) > 1
    form = await room.member.select(card.response, [menu["options"][0]["value"]])
    assert form.modal is not None


@pytest.mark.asyncio
async def test_names_are_completed_from_memory_within_limits(room: Any) -> None:
    found = await room.member.autocomplete(room.channel, "letter write", "mp", "tarn")
    assert [choice["value"] for choice in found][:2] == ["Tarning", "Tarningham"]
    assert len(await room.member.autocomplete(room.channel, "letter write", "recommendation", "")) <= 25
    kinds = await room.member.autocomplete(room.channel, "letter write", "template", "overdue")
    assert [choice["value"] for choice in kinds] == ["response-overdue"]


# Restarts, time, doubles -----------------------------------------------------------------------------------------


@pytest.mark.asyncio
@pytest.mark.parametrize("how", ["restart", "an hour"])
async def test_a_draft_outlives_a_restart_in_its_own_message(room: Any, how: str) -> None:
    shown = await preview(room)
    await pass_time(room, how)
    form = await room.member.click(shown.response, label="Edit")
    assert controls(form.modal)["why"]["value"] == WHY
    await pass_time(room, how)
    again = await room.member.submit_modal(form, {"ask": ["meet"], "why": WHY + " More.", "local": LOCAL})
    await pass_time(room, how)
    done = await room.member.click(again.response, label="Finish")
    assert WHY + " More." in done.followups[0].content
    assert "meet me" in done.followups[0].content


async def pass_time(room: Any, how: str) -> None:
    if how == "restart":
        await room.restart()
    else:
        await room.move_to(room.clock.now() + timedelta(minutes=61))


@pytest.mark.asyncio
async def test_steps_before_the_writing_outlive_a_restart_too(room: Any) -> None:
    form = await room.member.slash(room.channel, "letter write", recommendation="3")
    await room.restart()
    near = await room.member.submit_modal(form, {"seat": "tarn"})
    await room.restart()
    form = await room.member.click(near.response, label="Tarning: Amina Thackwell")
    await room.restart()
    shown = await room.member.submit_modal(form, {"ask": ["meet"], "why": WHY, "local": LOCAL})
    assert "Amina Thackwell" in room.text_of(shown.response)


@pytest.mark.asyncio
async def test_pressing_finish_twice_hands_it_over_twice_and_harms_nothing(room: Any) -> None:
    shown = await preview(room)
    first = await room.member.click(shown.response, label="Finish")
    second = await room.member.click(shown.response, label="Finish")
    assert first.followups[0].content == second.followups[0].content


@pytest.mark.asyncio
async def test_it_works_in_a_direct_message(room: Any) -> None:
    form = await room.outsider.slash("letter write", recommendation="3", mp="Tarning")
    shown = await room.outsider.submit_modal(form, {"ask": ["meet"], "why": WHY, "local": LOCAL})
    done = await room.outsider.click(shown.response, label="Finish")
    assert WHY in done.followups[0].content


# Bad input -------------------------------------------------------------------------------------------------------

NASTY = {
    "template injection": "{{ 7*7 }} {% for x in y %} {# gone #} ",
    "mentions": "@everyone @here <@123456789012345678> <@&1> <#2> ",
    "markdown": "**bold** __under__ ~~gone~~ ||spoiler|| `code` ```block``` [a](https://x.example) ",
    "right to left": "\u202etxet \u200fمرحبا\u200e \u2067x\u2069 ",
    "zero width": "a\u200bb\u200cc\u200dd\ufeffe ",
    "emoji": "👩‍👩‍👧‍👦 🏴󠁧󠁢󠁳󠁣󠁴󠁿 😀 ",
    "private use": "\ue000why\ue001 \ue000local\ue001 ",
    "html": "<script>alert(1)</script> & &amp; ",
}


@pytest.mark.asyncio
@pytest.mark.parametrize("kind", NASTY)
async def test_nasty_words_come_out_as_they_went_in(room: Any, kind: str) -> None:
    nasty = NASTY[kind].strip()
    shown = await preview(room, f"{nasty} {WHY}", f"{LOCAL} {nasty}")
    await room.restart()
    done = await room.member.click(shown.response, label="Finish")
    text = "\n\n".join(part.content for part in done.followups)
    assert text.count(without_invisible_signs(nasty)) == 2
    assert not set(text) & set("\u202e\u200b\ufeff\x00")
    assert text.count("\u2067") == text.count("\u2069"), "a direction that was begun is closed again"
    assert "49" not in text
    written = (await done.response.attachments[0].read()).decode("utf-8-sig")
    assert written.count(without_invisible_signs(nasty)) == 2
    for request in room.env.http_requests:
        body = request.json if isinstance(request.json, dict) else {}
        mentions = (body.get("data") or body).get("allowed_mentions")
        assert mentions in (None, {"parse": []}), request.json


@pytest.mark.asyncio
@pytest.mark.parametrize("letter", ["a", "維", "ئۇ", "😀", "*"])
async def test_four_thousand_characters_are_kept_whole(room: Any, letter: str) -> None:
    words = (f"{WHY} " + (letter * 5 + " ") * 4000)[:4000].strip()
    shown = await preview(room, words, words)
    (file,) = shown.response.attachments
    assert file.filename == "my-words.txt"
    kept = (await file.read()).decode("utf-8-sig")
    assert kept.count(words) == 2
    form = await room.member.click(shown.response, label="Edit")
    assert controls(form.modal)["why"]["value"] == words
    done = await room.member.click(shown.response, label="Finish")
    assert done.followups == []
    assert "the text from the file" in room.text_of(done.response)
    assert (await done.response.attachments[0].read()).decode("utf-8-sig").count(words) == 2
    await room.restart()
    gone = await room.member.click(shown.response, label="Edit")
    assert "draft has gone" in room.text_of(gone.response)


@pytest.mark.asyncio
async def test_a_submission_that_cannot_go_on_gives_the_words_back(room: Any) -> None:
    form = await open_form(room)
    room.app.services.reports._held = ()
    view_again(room)
    await room.move_to(room.clock.now() + timedelta(minutes=61))
    failed = await room.member.submit_modal(form, {"ask": ["write-to-minister"], "why": WHY, "local": LOCAL})
    assert "draft has gone" in room.text_of(failed.response)
    assert "Your words are in the file" in room.text_of(failed.response)
    await assert_words_came_back(failed)


@pytest.mark.asyncio
async def test_a_long_name_fits_every_card(room: Any) -> None:
    seats = room.app.services.members.directory.constituencies
    name = ("Óbhair-uige-an-ear " * 6)[:100].strip()
    member = replace(
        seats[0].member, display_as="Q" * 100, full_title="Q" * 100, address_as="Q" * 100, constituency=name
    )
    longest = replace(seats[0], constituency_id=900, name=name, member=member)
    room.app.services.members._hold(replace(room.app.services.members.directory, constituencies=(longest, seats[1])))
    form = await room.member.slash(room.channel, "letter write", recommendation="3")
    card = await room.member.submit_modal(form, {"seat": name[:20]})
    form = await room.member.click(card.response, label=write_button(room, card))
    shown = await room.member.submit_modal(form, {"ask": ["meet"], "why": WHY, "local": LOCAL})
    done = await room.member.click(shown.response, label="Finish")
    assert f"Dear {'Q' * 100}," in done.followups[0].content


# Nothing is kept -------------------------------------------------------------------------------------------------


@pytest.mark.asyncio
async def test_nothing_of_a_letter_is_stored_or_logged(room: Any, tmp_path: Path) -> None:
    seeds = [f"Zq{word}xv" for word in ("why", "local", "seat", "name", "first", "second")]
    records: list[str] = []

    class Listener(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            # discord.py's own gateway log holds every event at DEBUG; Postbag never lets it below WARNING.
            if not record.name.startswith("discord") or record.levelno >= logging.WARNING:
                records.append(f"{record.getMessage()} {record.args!r} {record.exc_info!r}")

    listener, root = Listener(logging.DEBUG), logging.getLogger()
    watched = [root, *(logging.getLogger(name) for name in ("bot", "storage", "sqlalchemy", "aiosqlite"))]
    before = [logger.level for logger in watched]
    root.addHandler(listener)
    for logger in watched:
        logger.setLevel(logging.DEBUG)
    try:
        held = room.app.services.members.directory
        room.app.services.members._hold(Directory())
        form = await room.member.slash(room.channel, "letter write", recommendation="3")
        card = await room.member.submit_modal(form, {"seat": seeds[2], "name": seeds[3]})
        form = await room.member.click(card.response, label=write_button(room, card))
        first = await room.member.submit_modal(form, {"ask": ["write-to-minister"], "why": seeds[4], "local": seeds[5]})
        form = await room.member.click(first.response, label="Go on writing")
        words = {"ask": ["write-to-minister"], "why": f"{seeds[0]} {WHY}", "local": f"{seeds[1]} {LOCAL}"}
        shown = await room.member.submit_modal(form, words)
        await room.restart()
        room.app.services.members._hold(Directory())
        done = await room.member.click(shown.response, label="Finish")
        assert seeds[0] in done.followups[0].content, "the flow went all the way"
        room.app.services.members._hold(held)
        await asyncio.sleep(0)
    finally:
        root.removeHandler(listener)
        for logger, level in zip(watched, before, strict=True):
            logger.setLevel(level)
    names, kept = everything_on_disk(tmp_path)
    assert any(name.endswith((".db", ".sqlite", ".sqlite3")) for name in names), names
    assert records
    for seed in seeds:
        assert seed.encode() not in kept
        assert not [line for line in records if seed in line], seed
    assert WHY[:40].encode() not in kept


def everything_on_disk(folder: Path) -> tuple[list[str], bytes]:
    files = [path for path in folder.rglob("*") if path.is_file()]
    return [path.name for path in files], b"".join(path.read_bytes() for path in files)


@pytest.mark.asyncio
async def test_an_ask_that_no_longer_fits_can_be_chosen_again(room: Any) -> None:
    form = await open_form(room)
    seats = room.app.services.members.directory
    minister = replace(seats.constituencies[2], constituency_id=1)
    room.app.services.members._hold(replace(seats, constituencies=(minister,)))
    await room.restart()
    room.app.services.members._hold(replace(seats, constituencies=(minister,)))
    refused = await room.member.submit_modal(form, {"ask": ["written-question"], "why": WHY, "local": LOCAL})
    assert "Choose one thing" in room.text_of(refused.response)
    form = await room.member.click(refused.response, label="Go on writing")
    assert controls(form.modal)["why"]["value"] == WHY
    assert "written-question" not in {option["value"] for option in controls(form.modal)["ask"]["options"]}


# Others of the group ---------------------------------------------------------------------------------------------


@pytest.mark.asyncio
@pytest.mark.parametrize("high_risk", [False, True])
async def test_a_letter_nearly_the_same_as_anothers_keeps_away_from_writetothem(group: Any, high_risk: bool) -> None:
    person = await group.app.services.people.person_for(group.organiser.id)
    await group.app.services.guilds.change(group.guild_id, person, high_risk=high_risk)
    form = await group.organiser.slash(group.channel, "letter write", recommendation="3", mp="Tarning")
    shown = await group.organiser.submit_modal(form, {"ask": ["meet"], "why": WHY, "local": LOCAL})
    first = await group.organiser.click(shown.response, label="Finish")
    assert "Open WriteToThem" in links_of(first.response)
    again = await group.organiser.click(shown.response, label="Finish")
    assert "Open WriteToThem" in links_of(again.response), "a letter is not compared with itself"
    form = await group.member.slash(group.channel, "letter write", recommendation="3", mp="Tarningham")
    shown = await group.member.submit_modal(form, {"ask": ["meet"], "why": WHY + " So I ask.", "local": LOCAL})
    copied = await group.member.click(shown.response, label="Finish")
    assert ("Open WriteToThem" in links_of(copied.response)) is high_risk
    assert ("nearly the same as another one" in group.text_of(copied.response)) is not high_risk
    assert copied.followups[0].content.startswith("Dear Mr Oystermouth,"), "the text is handed over all the same"
