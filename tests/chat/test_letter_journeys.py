"""Whole ways to a letter: the first one (J2), the short one (J5), and nothing personal left anywhere afterwards."""

from __future__ import annotations

import logging
import re
from pathlib import Path
from typing import Any

import pytest

from bot.domain.own_words import count_words
from bot.rehearsal.reading import links_of

WHY = (
    "My neighbour has not heard her mother's voice since 2018. Each winter she sets a place for her at the table, and each "
    "winter it stays empty. I did not know what to say to her, so I read the whole report in one night and I have not been "
    "able to put it down since. Her children ask me why nobody speaks of it."
)
TWO_SENTENCES = "My neighbour sets a place for her mother every winter, and it stays empty. I should like to tell her that somebody asked."
MOST_TAPS = 10


class Hand:
    """A person's hand: every press, choice and submitted form is a tap; typing is not."""

    def __init__(self, room: Any) -> None:
        self.room = room
        self.taps = 0

    async def slash(self, name: str, **options: str) -> Any:
        self.taps += 1
        return await self.room.member.slash(self.room.channel, name, **options)

    async def press(self, shown: Any, label: str) -> Any:
        self.taps += 1
        return await self.room.member.click(getattr(shown, "response", shown), label=label)

    async def submit(self, form: Any, values: dict[str, Any]) -> Any:
        """Send a form: two taps for each select in it (open, choose), one to submit."""
        self.taps += 1 + 2 * sum(isinstance(value, list) for value in values.values())
        return await self.room.member.submit_modal(form, values)


@pytest.mark.asyncio
async def test_j2_a_first_letter_from_the_card_to_sent_in_ten_taps(group: Any) -> None:
    hand = Hand(group)
    card = await hand.slash("recommendations show", number="3")
    form = await hand.press(card, "Use in my letter")
    near = await hand.submit(form, {"seat": "tarn"})
    form = await hand.press(near, "Tarning: Amina Thackwell")
    shown = await hand.submit(form, {"ask": ["your-view"], "why": WHY, "local": ""})
    text = group.text_of(shown.response)
    for part in ("Shared text", "Your words", "Your own words:", "Sources:", "Left empty: Anything local?"):
        assert part in text.replace("**", ""), part
    done = await hand.press(shown, "Finish")
    assert "Open WriteToThem" in links_of(done.response)
    hand.taps += 1
    sent = await hand.press(done, "I sent it")
    assert hand.taps <= MOST_TAPS, hand.taps
    assert sent.response is not None or sent.modal is not None
    assert len(done.response.attachments) == 5
    assert group.posted == []


@pytest.mark.asyncio
async def test_j2_with_name_and_address_is_ten_taps_too(group: Any) -> None:
    hand = Hand(group)
    card = await hand.slash("recommendations show", number="3")
    hand.taps = 0  # from the card
    form = await hand.press(card, "Use in my letter")
    near = await hand.submit(form, {"seat": "tarn"})
    form = await hand.press(near, "Tarning: Amina Thackwell")
    shown = await hand.submit(form, {"ask": ["your-view"], "why": WHY, "local": ""})
    done = await hand.press(shown, "Finish")
    form = await hand.press(done, "Add my name and address")
    signed = await hand.submit(form, {"name": "Pia Example", "address": "1 Invented Lane"})
    await hand.press(done, "I sent it")
    assert hand.taps <= MOST_TAPS, hand.taps
    assert signed.followups[0].content.endswith("Pia Example\n1 Invented Lane")


@pytest.mark.asyncio
@pytest.mark.parametrize(
    ("template", "button"), [("phone-script", "I rang"), ("surgery-brief", "I went to the surgery")]
)
async def test_a_call_and_a_surgery_lead_into_the_follow_up(room: Any, template: str, button: str) -> None:
    hand = Hand(room)
    form = await hand.slash("letter write", recommendation="3", mp="Tarning", template=template)
    done = await hand.press(await hand.submit(form, {"ask": ["write-to-minister"], "why": WHY}), "Finish")
    when = await hand.press(done, button)
    assert when.modal is not None
    kept = await hand.submit(when, {"sent": "today"})
    assert "16 March 2026" in room.text_of(kept.response), "asked about after fourteen days, as a letter is"


@pytest.mark.asyncio
async def test_j5_the_short_way_is_thirty_shared_words_and_two_sentences(room: Any) -> None:
    hand = Hand(room)
    form = await hand.slash("letter write", recommendation="3", mp="Tarning", template="short-letter")
    shown = await hand.submit(form, {"ask": ["your-view"], "reason": ["family"], "why": TWO_SENTENCES})
    assert "Shared text: the reason you picked" in room.text_of(shown.response)
    done = await hand.press(shown, "Finish")
    assert hand.taps <= 7
    letter = "".join(part.content for part in done.followups)
    frame = letter.replace(TWO_SENTENCES, "").replace("This concerns people close to me.", "")
    frame = frame.replace("[your full name]", "").replace("[your address and postcode]", "")
    asked = next(sentence for sentence in frame.split("\n") if "asked the Government to" in sentence)
    said = asked[asked.index("In July 2021") : asked.index(")") + 1]
    assert count_words(frame) - count_words(said) <= 30, "what was asked and its citation are not counted"
    assert TWO_SENTENCES in letter
    assert "Finish" in room.buttons_of(shown.response)


@pytest.mark.asyncio
async def test_j5_a_picked_reason_is_not_the_writers_own(room: Any) -> None:
    form = await Hand(room).slash("letter write", recommendation="3", mp="Tarning", template="short-letter")
    shown = await Hand(room).submit(form, {"ask": ["your-view"], "reason": ["promise"], "why": "I care."})
    assert "Nearly there" in room.text_of(shown.response)
    assert "So far 2 words of this letter are yours" in room.text_of(shown.response)


@pytest.mark.asyncio
async def test_j5_a_call_takes_a_minute_and_reads_without_colour_or_emoji(room: Any) -> None:
    hand = Hand(room)
    form = await hand.slash("letter write", recommendation="3", mp="Ashlocke", template="phone-script")
    shown = await hand.submit(
        form, {"ask": ["write-to-minister"], "why": "My neighbour has lost touch with her mother."}
    )
    seconds = re.search(r"about (\d+) seconds", room.text_of(shown.response))
    assert seconds is not None
    assert int(seconds[1]) <= 60
    done = await hand.press(shown, "Finish")
    assert hand.taps <= 6
    said = room.text_of(done.response) + "".join(part.content for part in done.followups)
    assert not re.search("[\U0001f300-\U0001faff\u2600-\u27bf]", said)
    assert "They'll ask for your name, address and postcode" in said.replace("**", "")


# Nothing personal is left ----------------------------------------------------------------------------------------

SEED = {
    "why": "Zqwhy words", "local": "Zqlocal words", "name": "Zqname Person", "address": "1 Zqstreet Road\nZA1 1AA",
    "seat": "Zqseat", "message": "Zqmessage about recommendation 3", "recommendation": "Zqquery words", "topic": "Zqtopic",
}  # fmt: skip


@pytest.mark.asyncio
async def test_what_was_typed_in_any_field_is_in_no_table_log_or_public_message(
    group: Any, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    person = await group.app.services.people.person_for(group.organiser.id)
    await group.app.services.guilds.change(group.guild_id, person, high_risk=False)  # so that sketches are kept too
    hand = Hand(group)
    await hand.slash("letter write", recommendation=SEED["recommendation"], mp=SEED["seat"])
    await hand.slash("letter write", template=SEED["topic"])
    form = await hand.slash("letter write", recommendation="3")
    unknown = await hand.submit(form, {"seat": SEED["seat"]})
    await hand.press(unknown, "Write it outside Discord") if "Write it outside Discord" in group.buttons_of(
        unknown.response
    ) else None
    message = await group.organiser.send(group.channel, SEED["message"])
    await group.member.context_menu(group.channel, "Write to my MP about this", message)
    form = await hand.slash("letter write", recommendation="3", mp="Tarning")
    own = {"ask": ["meet"], "why": f"{SEED['why']} {WHY} Ring 020 7946 0123.", "local": SEED["local"]}
    shown = await hand.submit(form, own)
    shown = await hand.press(shown, "Take it out")
    done = await hand.press(shown, "Finish")
    form = await hand.press(done, "Add my name and address")
    signed = await hand.submit(form, {"name": SEED["name"], "address": SEED["address"]})
    assert len(signed.response.attachments) == 5
    await hand.press(done, "I sent it")
    await group.app.tidy()
    looked = [f"Zq{word}" for word in ("why", "local", "name", "street", "seat", "query", "topic", "message")]
    looked += ["7946 0123", "ZA1 1AA", "stays empty"]
    assert_nowhere(group.app.settings.data, looked)
    logged = "\n".join(
        r.getMessage() for r in caplog.records if r.name.split(".")[0] in ("bot", "storage", "sqlalchemy")
    )
    public = "\n".join(m.content for m in group.channel.history() if not m.flags.ephemeral and m.id != message.id)
    for words in looked:
        assert words not in logged, words
        assert words not in public, words
    assert group.posted == []


def assert_nowhere(data: Path, looked: list[str]) -> None:
    """Look through every byte that is on disk."""
    files = [path for path in data.rglob("*") if path.is_file()]
    assert any(path.suffix == ".sqlite3" for path in files)
    assert any(b"Tarning" in path.read_bytes() for path in files), "what is stored is seen by looking like this"
    for path in files:
        held = path.read_bytes()
        for words in looked:
            assert words.encode() not in held, f"{words} in {path.name}"
            assert words.encode("utf-16-le") not in held, f"{words} in {path.name}"
