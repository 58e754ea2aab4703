"""Finding one's MP in Discord: the right one or none, privately, and never a trace of the postcode."""

from __future__ import annotations

import logging
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.domain.errors import Unavailable
from bot.domain.identity import ChannelId
from bot.domain.members import Constituency, Directory, Dissolution, Member
from bot.rehearsal.reading import controls_of, links_of, options_of
from storage.postcodes import PostcodeTable

pytestmark = pytest.mark.asyncio


async def find(room: Any, constituency: str = "") -> Any:
    given = {"constituency": constituency} if constituency else {}
    return await room.member.slash(room.channel, "mp find", **given)


async def by_postcode(room: Any, postcode: str) -> Any:
    form = await room.member.slash(room.channel, "mp postcode")
    return await room.member.submit_modal(form, {"seat": postcode})


def held(room: Any) -> Directory:
    found: Directory = room.app.services.members.directory
    return found


async def with_member(room: Any, seat: str, **changes: Any) -> None:
    """Change what is held of a seat's Member."""
    old = held(room)
    seats = [
        replace(s, member=replace(s.member, **changes)) if s.name == seat and s.member is not None else s
        for s in old.constituencies
    ]
    await room.app.services.members.replace(replace(old, constituencies=tuple(seats)))


async def test_the_card_says_who_it_is_what_they_can_do_and_how_old_that_is(room: Any) -> None:
    await with_member(room, "Tarning", email="thackwell.office@house.example", phone="020 7946 0001")
    shown = await find(room, "tarning")
    assert shown.response.ephemeral
    text = room.text_of(shown)
    for words in (
        "Tarning",
        "Amina Thackwell",
        "Lantern Party (invented)",
        "holds no government post",
        "Amina Thackwell MP, House of Commons, London, SW1A 0AA",
        "thackwell.office@house.example",
        "020 7946 0001",
        "MP data as of 2 March 2026",
        "invented House",
        "Nobody in it is real",
        "own constituents",
    ):
        assert words in text.replace("\\", ""), words
    assert "Oystermouth" not in text
    assert room.buttons_of(shown) == ["Write to this MP", "What they've said", "Another constituency"]
    assert not room.posted


async def test_a_real_house_carries_its_licence_and_a_link(room: Any) -> None:
    await room.app.services.members.replace(replace(held(room), invented=False))
    shown = await find(room, "Tarning")
    assert "Open Parliament Licence v3.0" in room.text_of(shown)
    assert "Not endorsed by Parliament" in room.text_of(shown)
    assert links_of(shown) == {"Their page at Parliament": "https://members.parliament.uk/member/101/contact"}


@pytest.mark.parametrize(
    ("seat", "words"),
    [
        ("Ashlocke", "Minister of Lanterns (minister)"),
        ("Saint Osmunds", "in the Speaker's chair"),
        ("lough tarn", "does not take their seat"),
    ],
)
async def test_the_card_says_what_the_mps_post_means(room: Any, seat: str, words: str) -> None:
    assert words in room.text_of(await find(room, seat)).replace("\\", "")


async def test_a_vacant_seat_names_nobody(room: Any) -> None:
    shown = await find(room, "farthing cross")
    assert "This seat is vacant" in room.text_of(shown)
    assert room.buttons_of(shown) == ["Prepare a letter", "Another constituency"]


async def test_the_button_leads_to_a_letter_to_that_mp(room: Any) -> None:
    shown = await find(room, "Tarningham")
    asked = await room.member.click(shown.response, label="Write to this MP")
    about = next(option for option in options_of(asked) if "3" in option["label"])
    form = await room.member.select(asked.response, [about["value"]], custom_id=_select_with(asked, about["value"]))
    assert "Barnaby Oystermouth" in room.text_of(form)


def _select_with(shown: Any, value: str) -> str:
    return next(
        str(part["custom_id"])
        for part in controls_of(shown)
        if any(option["value"] == value for option in part.get("options") or ())
    )


async def test_a_name_that_is_not_exact_is_asked_about_and_never_taken(room: Any) -> None:
    shown = await find(room, "tarn")
    text = room.text_of(shown)
    assert "No exact match. Did you mean" in text
    offered = [option["label"] for option in options_of(shown)] or room.buttons_of(shown)
    assert any(label.startswith("Tarning:") for label in offered)
    assert any(label.startswith("Tarningham:") for label in offered)
    opened = await room.member.click(shown.response, label="Tarningham: Barnaby Oystermouth")
    assert "Barnaby Oystermouth" in room.text_of(opened)
    assert opened.response.ephemeral


async def test_many_that_are_alike_are_offered_in_a_list(room: Any) -> None:
    seats = tuple(Constituency(n, f"Marsh {n}") for n in range(1, 40))
    await room.app.services.members.replace(replace(held(room), constituencies=seats))
    shown = await find(room, "marsh")
    assert len(options_of(shown)) == 25
    opened = await room.member.select(shown.response, [options_of(shown)[3]["value"]])
    assert "vacant" in room.text_of(opened)


@pytest.mark.parametrize(
    "typed", ["Atlantis on the Moor", "@everyone", "**[x](https://evil.example)**", "ZA1 1AA" * 14]
)
async def test_a_name_that_nothing_is_like_leads_on(room: Any, typed: str) -> None:
    shown = await find(room, typed)
    assert "No match" in room.text_of(shown)
    assert "Type it again" in room.buttons_of(shown)
    assert "[x](" not in room.text_of(shown).replace("\\[", "")
    form = await room.member.click(shown.response, label="Type it again")
    again = await room.member.submit_modal(form, {"seat": "TARNINGHAM"})
    assert "Barnaby Oystermouth" in room.text_of(again)


async def test_without_a_name_it_asks_for_one(room: Any) -> None:
    shown = await find(room)
    assert room.buttons_of(shown) == ["Find my MP"]
    form = await room.member.click(shown.response, label="Find my MP")
    assert "Amina Thackwell" in room.text_of(await room.member.submit_modal(form, {"seat": "tarning"}))


async def test_typing_offers_both_names_that_begin_alike(room: Any) -> None:
    offered = await room.member.autocomplete(room.channel, "mp find", "constituency", "tarn")
    assert [choice["value"] for choice in offered][:2] == ["Tarning", "Tarningham"]
    offered = await room.member.autocomplete(room.channel, "mp find", "constituency", "gathercoal")
    assert [choice["value"] for choice in offered] == ["Saint Osmund's"]
    offered = await room.member.autocomplete(room.channel, "mp find", "constituency", "")
    assert 0 < len(offered) <= 25


async def test_old_data_are_said_to_be_old(room: Any) -> None:
    await room.move_to(room.clock.now() + timedelta(days=31))
    assert "more than 30 days old" in room.text_of(await find(room, "Tarning"))


async def test_nobody_is_named_while_parliament_is_dissolved(room: Any) -> None:
    room.app.services.members._dissolution = Dissolution(date(2026, 2, 20))
    shown = await find(room, "Tarning")
    text = room.text_of(shown)
    assert "Parliament was dissolved on 20 February 2026" in text
    assert "Thackwell" not in text
    assert "Write to this MP" not in room.buttons_of(shown)


async def test_an_empty_directory_is_said_kindly(room: Any) -> None:
    await room.app.services.members.replace(replace(held(room), constituencies=()))
    assert "Postbag has no list of MPs yet" in room.text_of(await find(room, "Tarning"))


async def test_a_card_without_contacts_invents_none(room: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    async def away(member: Member) -> Member:
        raise Unavailable("The Members API can't be reached.", "Later.")

    monkeypatch.setattr(room.app.services.members._source, "contact", away)
    text = room.text_of(await find(room, "Tarning"))
    assert text.count("couldn't read it just now") == 2
    assert "none is stated" not in text
    assert "@" not in text


async def test_buttons_outlive_a_restart(room: Any) -> None:
    shown = await find(room, "tarn")
    await room.restart()
    opened = await room.member.click(shown.response, label="Tarning: Amina Thackwell")
    assert "Amina Thackwell" in room.text_of(opened)


async def test_a_seat_that_is_gone_since_is_said_so(room: Any) -> None:
    shown = await find(room, "tarn")
    await room.app.services.members.replace(
        replace(held(room), constituencies=tuple(s for s in held(room).constituencies if s.name != "Tarning"))
    )
    opened = await room.member.click(shown.response, label="Tarning: Amina Thackwell")
    assert "no longer in the list" in room.text_of(opened)


# Postcodes -------------------------------------------------------------------------------------------------------


async def test_a_postcode_is_confirmed_and_never_shown(group: Any) -> None:
    await group.set_up(high_risk=False)
    form = await group.member.slash(group.channel, "mp postcode")
    assert "postcodes.io" in group.text_of(form)
    shown = await group.member.submit_modal(form, {"seat": "za1 1aa"})
    assert shown.response.ephemeral
    assert "is in **Tarning**" in group.text_of(shown)
    assert "za1" not in group.text_of(shown).casefold()
    opened = await group.member.click(shown.response, label="Tarning: Amina Thackwell")
    assert "Amina Thackwell" in group.text_of(opened)
    assert not group.posted


async def test_a_postcode_that_may_lie_in_two_seats_is_a_choice(group: Any) -> None:
    await group.set_up(high_risk=False)
    shown = await by_postcode(group, "ZA1 2AB")
    assert group.buttons_of(shown) == ["Tarningham: Barnaby Oystermouth", "Tarning: Amina Thackwell", "Type it again"]
    assert "either of two constituencies" in group.text_of(shown)
    form = await group.member.click(shown.response, label="Type it again")
    assert "Vacant" not in group.text_of(form)
    assert "Farthing Cross" in group.text_of(await group.member.submit_modal(form, {"seat": "farthing cross"}))


@pytest.mark.parametrize("typed", ["ZA1", "nonsense", "JE99 1AA", "ZA99 9ZZ", "@everyone"])
async def test_a_postcode_without_an_answer_is_refused_without_an_echo(group: Any, typed: str) -> None:
    await group.set_up(high_risk=False)
    shown = await by_postcode(group, typed)
    assert "No match" in group.text_of(shown)
    assert "Type it again" in group.buttons_of(shown), "a refusal has a way on"
    assert typed not in group.text_of(shown)


@pytest.mark.claim("P-40")
async def test_no_postcode_is_asked_for_in_a_high_risk_group(group: Any) -> None:
    refused = await group.member.slash(group.channel, "mp postcode")
    assert refused.modal is None
    assert "doesn't use postcodes" in group.text_of(refused)
    assert group.buttons_of(await find(group)) == ["Find my MP"]
    await group.set_up(high_risk=False)
    form = await group.member.slash(group.channel, "mp postcode")
    assert "Your postcode, town or constituency" in group.text_of(await find(group))
    await group.set_up(high_risk=True)
    late = await group.member.submit_modal(form, {"seat": "ZA1 1AA"})
    assert "doesn't use postcodes" in group.text_of(late)


async def test_it_works_in_a_direct_message(room: Any) -> None:
    form = await room.outsider.slash("mp postcode")
    shown = await room.outsider.submit_modal(form, {"seat": "ZA1 1AA"})
    assert "Tarning" in room.text_of(shown)


@pytest.mark.claim("P-39")
async def test_a_postcode_leaves_no_trace(group: Any, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    await group.set_up(high_risk=False)
    for postcode in ("ZA1 1AA", "ZA99 9ZZ", "ZA1"):
        await by_postcode(group, postcode)
    ours = [r.getMessage() for r in caplog.records if r.name.startswith(("bot", "storage"))]
    assert not any("ZA1" in line or "ZA99" in line for line in ours)
    content = _everything_in(group.settings.data)
    assert len(content) > 1000
    assert b"ZA1 1AA" not in content
    assert b"ZA99" not in content


def _everything_in(folder: Path) -> bytes:
    return b"".join(file.read_bytes() for file in folder.iterdir() if file.is_file())


# What changed in the House ----------------------------------------------------------------------------------------


COMFORT = Member(
    777, "Comfort Osei", "Comfort Osei MP", "Ms Osei", "Osei, Comfort", "Meadow Party (invented)", "Tarning"
)


async def renewed(room: Any, **seats: Member | None) -> None:
    """Let the source say that seats are held by others, a day later."""
    source = room.app.services.members._source
    room.clock.advance(timedelta(days=1))
    source.directory_now = replace(
        source.directory_now,
        as_of=room.clock.now(),
        constituencies=tuple(
            replace(seat, member=seats[seat.name]) if seat.name in seats else seat
            for seat in source.directory_now.constituencies
        ),
    )
    await room.app.refresh()
    await room.sweep()


@pytest.mark.asyncio
async def test_organisers_are_told_once_of_a_new_mp_and_nobody_else(group: Any) -> None:
    await group.set_up(high_risk=False, notice_channel_id=ChannelId(group.notices.id))
    await renewed(group, Tarning=COMFORT)
    (told,) = group.posted
    assert told.channel.id == group.notices.id
    assert "Tarning has a new MP: Comfort Osei" in told.content
    await group.app.refresh()
    await group.sweep()
    assert len(group.posted) == 1
    health = await group.organiser.slash(group.channel, "admin health")
    assert "Tarning has a new MP" in group.text_of(health)


@pytest.mark.asyncio
async def test_a_group_at_risk_is_told_without_a_name(group: Any) -> None:
    await group.set_up(notice_channel_id=ChannelId(group.notices.id))
    await renewed(group, Tarning=COMFORT)
    (told,) = group.posted
    assert "/admin health" in told.content
    for word in ("Tarning", "Thackwell", "Osei", "MP"):
        assert word not in told.content


@pytest.mark.asyncio
async def test_a_day_without_news_says_nothing(group: Any) -> None:
    await group.set_up(high_risk=False, notice_channel_id=ChannelId(group.notices.id))
    await renewed(group)
    assert group.posted == []


@pytest.mark.asyncio
async def test_a_character_that_turns_the_text_is_not_echoed(room: Any) -> None:
    shown = await room.member.slash(room.channel, "mp find", constituency="Zzz\u202eqqq\u2066")
    assert "Zzz" not in room.text_of(shown)
    assert "\u202e" not in room.text_of(shown)


@pytest.mark.asyncio
async def test_mp_find_alone_says_that_parliament_is_dissolved(room: Any) -> None:
    room.app.services.members._dissolution = Dissolution(date(2026, 3, 1))
    shown = await room.member.slash(room.channel, "mp find")
    assert "Parliament was dissolved on 1 March 2026" in room.text_of(shown)


# The operator's own table of postcodes -------------------------------------------------------------------------------


class NoService:
    """A source that nobody may ask for a postcode."""

    async def by_postcode(self, postcode: str) -> Any:
        raise AssertionError("a postcode left this Postbag")

    async def contact(self, member: Member) -> Member:
        return member


@pytest.mark.asyncio
async def test_an_own_table_is_asked_first_and_sends_nothing(room: Any) -> None:
    await room.set_up(high_risk=False)
    PostcodeTable(room.settings.data / "postcodes.sqlite3").build(
        iter([("ZA5 5AA", "Tarning"), ("ZA5 5AB", "Ashlocke"), ("ZA5 5AB", "Saint Osmund's"), ("ZA5 5AC", "Gone")]),
        date(2026, 1, 15),
    )
    source = room.app.services.members._source
    room.app.services.members._source = NoService()
    form = await room.member.slash(room.channel, "mp postcode")
    assert "in a table on its own computer" in room.text_of(form)
    one = await room.member.submit_modal(form, {"seat": "za5 5aa"})
    said = room.text_of(one)
    assert "**Tarning**" in said
    assert "own table of 15 January 2026, and sent nowhere" in said
    both = await by_postcode(room, "ZA5 5AB")
    assert "touches more than one constituency" in room.text_of(both)
    assert {"Ashlocke: Perpetua Wyndlestraw", "Saint Osmund's: Sir Leopold Gathercoal"} <= set(room.buttons_of(both))
    room.app.services.members._source = source
    assert "ZA5" not in room.text_of(await by_postcode(room, "ZA5 5AC")), "a seat of the past is asked about elsewhere"
    elsewhere = await by_postcode(room, "ZA1 1AA")
    assert "**Tarning**" in room.text_of(elsewhere)
    assert "sent nowhere" not in room.text_of(elsewhere)


@pytest.mark.asyncio
async def test_a_refusal_in_words_is_no_fault_of_the_bot(room: Any) -> None:
    """The page of the room calls whatever the bot raised a crash; a refusal was answered, and is none."""
    await room.set_up(high_risk=True, risk_answered=True)
    told = await room.member.slash(room.channel, "mp postcode")
    assert "doesn't use postcodes" in room.text_of(told.response)
    assert room.env.errors == []
