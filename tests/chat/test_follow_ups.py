"""*I sent it* and what came back, pressed as a person would: taps counted, private, at most two nudges (J9)."""

from __future__ import annotations

import logging
from datetime import UTC, date, datetime, timedelta
from typing import Any

import discord
import pytest

from bot.chat.sender import DiscordSender
from bot.domain.identity import UserId
from bot.domain.reminders import Target
from bot.services.ports.sending import Unreachable
from tests.chat.test_letters import LOCAL, WHY, controls, preview

pytestmark = pytest.mark.asyncio

NINE_ON_16_MARCH = datetime(2026, 3, 16, 9, 0, tzinfo=UTC)
NINE_ON_30_MARCH = datetime(2026, 3, 30, 8, 0, tzinfo=UTC)
ANSWERS = [
    "Answered", "Stock reply", "Only acknowledged", "Nothing", "Promised a date", "Passed to a minister",
    "Tabled a question", "Don't ask again",
]  # fmt: skip


async def finished(room: Any) -> Any:
    shown = await preview(room)
    return await room.member.click(shown.response, label="Finish")


async def sent(room: Any, day: str = "today") -> Any:
    form = await room.member.click((await finished(room)).response, label="I sent it")
    return await room.member.submit_modal(form, {"sent": day})


def private(room: Any) -> list[discord.Message]:
    """List what the bot wrote to the member privately, oldest first."""
    ours = room.env.backend.bot_user.id
    return [message for message in room.member.user.dm_channel.history() if message.author.id == ours]


async def open_group(group: Any) -> None:
    person = await group.app.services.people.person_for(UserId(group.organiser.id))
    await group.app.services.guilds.change(group.guild_id, person, high_risk=False)


async def test_i_sent_it_says_what_is_kept_before_anything_is(room: Any) -> None:
    form = await room.member.click((await finished(room)).response, label="I sent it")
    assert await room.app.services.people.find(UserId(room.member.id)) is None
    assert "/privacy forget-me erases it" in room.text_of(form)
    assert controls(form.modal)["sent"]["value"] == "2 March 2026"
    kept = await room.member.submit_modal(form, {"sent": "2 March 2026"})
    said = room.text_of(kept.response)
    assert "will ask you privately on 16 March 2026" in said
    assert kept.response.ephemeral
    assert room.posted == []


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("3 March 2026", "is in the future"),
        ("1 January 2025", "more than a year ago"),
        ("soonish", "Write the day before the month"),
        ("31 February 2026", "There's no day 31 in February"),
    ],
)
async def test_a_day_that_cannot_be_is_refused_and_nothing_is_kept(room: Any, typed: str, said: str) -> None:
    refused = await sent(room, typed)
    assert said in room.text_of(refused.response)
    assert refused.response.ephemeral
    again = await room.member.click(refused.response, label="Try again")
    assert controls(again.modal)["sent"]["value"] == "2 March 2026"
    shown = await room.member.slash(room.channel, "letter follow-ups")
    assert "None." in room.text_of(shown.response)
    assert await room.app.services.people.find(UserId(room.member.id)) is None


async def test_two_weeks_later_a_private_check_and_each_answer_leads_somewhere(group: Any) -> None:
    await open_group(group)
    await sent(group)
    await group.play_to(NINE_ON_16_MARCH + timedelta(minutes=1))
    (check,) = private(group)
    assert "You sent a letter on 2 March 2026. Has your MP replied?" in check.content
    for word in ("Thackwell", "Tarning", "Never Again", "Xinjiang"):
        assert word not in check.content
    await group.restart()
    taps = 1
    opened = await group.member.user.click(check, label="Open")
    assert group.buttons_of(opened.response)[:8] == ANSWERS
    taps += 1
    answered = await group.member.user.click(opened.response, label="Nothing")
    assert "will ask once more on 30 March 2026" in group.text_of(answered.response)
    assert {"Write a chaser", "Phone script", "Surgery brief"} <= set(group.buttons_of(answered.response))
    taps += 1
    form = await group.member.user.click(answered.response, label="Write a chaser")
    assert taps <= 3
    assert form.modal["title"] == "You have not replied yet"
    assert "Amina Thackwell" in group.text_of(form), "the chaser already goes to the right MP"
    assert group.posted == []


@pytest.mark.parametrize(
    ("answer", "says", "leads"),
    [
        ("Answered", "Your MP answered", "Thank them"),
        ("Stock reply", "one point they left out", "Write a second letter"),
        ("Only acknowledged", "The office has your letter", "Write a chaser"),
        ("Nothing", "Nothing yet", "Phone script"),
        ("Don't ask again", "won't ask again", ""),
    ],
)
async def test_where_each_answer_leads(room: Any, answer: str, says: str, leads: str) -> None:
    kept = await sent(room)
    opened = await room.member.click(kept.response, label="My MP has replied already")
    told = await room.member.click(opened.response, label=answer)
    assert says in room.text_of(told.response)
    if leads:
        form = await room.member.click(told.response, label=leads)
        assert form.modal is not None
        assert "Amina Thackwell" in room.text_of(form)
    shown = await room.member.slash(room.channel, "letter follow-ups")
    assert f"{answer}, 2 March 2026" in room.text_of(shown.response)


async def test_a_promised_date_is_asked_for_and_moves_the_check(group: Any) -> None:
    await open_group(group)
    kept = await sent(group)
    opened = await group.member.click(kept.response, label="My MP has replied already")
    form = await group.member.click(opened.response, label="Promised a date")
    wrong = await group.member.submit_modal(form, {"promised": "1 March 2026"})
    assert "has passed" in group.text_of(wrong.response)
    form = await group.member.click(wrong.response, label="Try again")
    told = await group.member.submit_modal(form, {"promised": "8 May 2026"})
    assert "By 8 May 2026" in group.text_of(told.response)
    await group.play_to(datetime(2026, 5, 9, 7, 59, tzinfo=UTC))
    assert private(group) == []
    await group.play_to(datetime(2026, 5, 9, 8, 1, tzinfo=UTC))
    assert len(private(group)) == 1


async def test_a_letter_passed_to_a_minister_has_a_clock_of_its_own(group: Any) -> None:
    await open_group(group)
    kept = await sent(group)
    opened = await group.member.click(kept.response, label="My MP has replied already")
    told = await group.member.click(opened.response, label="Passed to a minister")
    said = group.text_of(told.response)
    assert "target for answering an MP's letter is 20 working days, so **30 March 2026**" in said
    assert "answered 61% of MPs' letters in that time" in said
    assert "gov.uk" in said
    for word in ("owed", "overdue", "breach", "failed"):
        assert word not in said
    assert "31 March 2026" in said, "one check, on the day after"
    form = await group.member.click(told.response, label="Ask whether the minister answered")
    assert form.modal["title"] == "Has the minister answered?"
    shown = await group.member.submit_modal(form, {"ask": ["minister-answered"], "why": WHY})
    letter = group.text_of(shown.response)
    assert "You wrote to the Foreign Secretary for me. Have you had a reply?" in " ".join(letter.split())
    await group.play_to(datetime(2026, 3, 31, 7, 59, tzinfo=UTC))
    assert private(group) == []
    await group.play_to(datetime(2026, 4, 30, 8, 1, tzinfo=UTC))
    (check,) = private(group)
    assert "passed the letter you sent on 2 March 2026 to a minister. Has the minister answered?" in check.content
    listed = await group.member.slash(group.channel, "letter follow-ups")
    assert "the target for an answer is 30 March 2026" in group.text_of(listed.response)


async def test_there_are_at_most_two_nudges_whatever_is_answered(group: Any) -> None:
    await open_group(group)
    await sent(group)
    await group.play_to(NINE_ON_16_MARCH + timedelta(minutes=1))
    opened = await group.member.user.click(private(group)[-1], label="Open")
    await group.member.user.click(opened.response, label="Only acknowledged")
    await group.play_to(NINE_ON_30_MARCH + timedelta(minutes=1))
    assert "Postbag won't ask again" in private(group)[-1].content
    opened = await group.member.user.click(private(group)[-1], label="Open")
    told = await group.member.user.click(opened.response, label="Nothing")
    assert "has asked twice and won't ask again" in group.text_of(told.response)
    await group.play_to(datetime(2026, 8, 1, 12, 0, tzinfo=UTC))
    assert len(private(group)) == 2


@pytest.mark.parametrize("where", ["at risk", "outside a group"])
async def test_a_check_is_neutral_unless_the_group_said_that_nobody_is_at_risk(group: Any, where: str) -> None:
    if where == "at risk":
        await sent(group)
    else:
        await group.app.services.follow_ups.sent(
            UserId(group.member.id), recommendation="never-again/3", constituency_id=1, guild_id=None
        )
    await group.play_to(NINE_ON_16_MARCH + timedelta(minutes=1))
    (check,) = private(group)
    for word in ("letter", "MP", "Never Again", "answer"):
        assert word not in check.content
    opened = await group.member.user.click(check, label="Open")
    assert group.buttons_of(opened.response)[:8] == ANSWERS


async def test_a_group_that_finds_itself_at_risk_has_neutral_checks_and_no_sketch_from_then_on(group: Any) -> None:
    await open_group(group)
    await sent(group)
    kept = group.app.services.sketches._store
    assert len(await kept.sketches_of_others(group.guild_id, b"", date(2026, 3, 2), 10)) == 1
    await group.set_up(high_risk=True)
    assert len(await kept.sketches_of_others(group.guild_id, b"", date(2026, 3, 2), 10)) == 0
    await group.play_to(NINE_ON_16_MARCH + timedelta(minutes=1))
    (check,) = private(group)
    assert "letter" not in check.content
    opened = await group.member.user.click(check, label="Open")
    assert group.buttons_of(opened.response)[:8] == ANSWERS


async def test_with_direct_messages_closed_the_check_waits_for_the_next_visit(
    group: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = DiscordSender.send

    async def closed(self: Any, target: Target, *rest: Any, **more: Any) -> Any:
        if target.person_id is not None:
            return Unreachable("that person's direct messages are closed to Postbag")
        return await real(self, target, *rest, **more)

    monkeypatch.setattr(DiscordSender, "send", closed)
    await sent(group)
    await group.play_to(NINE_ON_16_MARCH + timedelta(minutes=1))
    await group.move_to(NINE_ON_16_MARCH + timedelta(days=12))
    await group.app.tidy()
    other = await group.organiser.slash(group.channel, "start")
    assert other.followups == []
    visit = await group.member.slash(group.channel, "letter write", recommendation="never-again/3", mp="Tarning")
    assert visit.modal is not None, "what was asked for comes first"
    (asked,) = visit.followups
    assert "Has your MP replied?" in group.text_of(asked).replace("what", "What")
    assert asked.ephemeral
    opened = await group.member.click(asked, label="Open")
    assert group.buttons_of(opened.response)[:8] == ANSWERS
    again = await group.member.slash(group.channel, "start")
    assert again.followups == [], "it is put once"


async def test_nobody_else_opens_a_letter(room: Any) -> None:
    kept = await sent(room)
    (letter,) = await room.app.services.follow_ups.letters(UserId(room.member.id))
    number = letter.held.follow_up_id
    assert kept.response.ephemeral
    other = await room.outsider.slash("letter follow-ups")
    assert "None." in room.text_of(other.response)
    from bot.domain.errors import NotFound

    for user in (room.outsider.id, room.organiser.id):
        with pytest.raises(NotFound):
            await room.app.services.follow_ups.letter(UserId(user), number)


async def test_the_day_can_be_changed_and_the_letter_taken_off(room: Any) -> None:
    kept = await sent(room)
    form = await room.member.click(kept.response, label="Change the date")
    moved = await room.member.submit_modal(form, {"sent": "yesterday"})
    assert "Sent:** 1 March 2026" in room.text_of(moved.response)
    assert "15 March 2026" in room.text_of(moved.response)
    gone = await room.member.click(moved.response, label="Don't save this")
    assert "Postbag has erased it" in room.text_of(gone.response)
    shown = await room.member.slash(room.channel, "letter follow-ups")
    assert "None." in room.text_of(shown.response)


async def test_pressing_twice_keeps_one_letter(room: Any) -> None:
    done = await finished(room)
    for _ in range(2):
        form = await room.member.click(done.response, label="I sent it")
        await room.member.submit_modal(form, {"sent": "today"})
    assert len(await room.app.services.follow_ups.letters(UserId(room.member.id))) == 1


async def test_what_is_held_is_shown_and_forgotten(room: Any) -> None:
    await sent(room)
    shown = await room.member.slash(room.channel, "privacy show")
    assert "hat you sent a letter: what about" in room.text_of(shown)
    asked = await room.member.click(shown.response, label="Forget me")
    await room.member.click(asked.response, label="Forget me")
    assert await room.app.services.follow_ups.letters(UserId(room.member.id)) == ()
    await room.play_to(NINE_ON_16_MARCH + timedelta(days=30))
    assert private(room) == []


async def test_the_file_of_the_database_and_the_log_hold_no_word_of_it(
    group: Any, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    await open_group(group)
    await sent(group)
    await group.play_to(NINE_ON_16_MARCH + timedelta(minutes=1))
    opened = await group.member.user.click(private(group)[-1], label="Open")
    await group.member.user.click(opened.response, label="Stock reply")
    await group.member.slash(group.channel, "letter follow-ups")
    found = b"".join(
        path.read_bytes() for path in group.settings.data.iterdir() if path.name.startswith("postbag.sqlite3")
    )
    assert b"never-again/3" in found, "the file that is searched is the right one"
    ours = "\n".join(r.getMessage() for r in caplog.records if r.name.startswith(("bot", "storage", "sqlalchemy")))
    for secret in (WHY[:40], LOCAL[:40], WHY[-40:], str(group.member.id), "Tomos"):
        assert secret.encode() not in found
        assert secret not in ours
    assert group.member.id.to_bytes(8, "big") not in found
    assert "never-again/3" not in ours


async def test_the_list_says_what_came_back_of_each(room: Any) -> None:
    service = room.app.services.follow_ups
    me = UserId(room.member.id)
    for number, day in enumerate((date(2026, 2, 20), date(2026, 2, 10), date(2026, 3, 1)), 3):
        await service.sent(me, recommendation=f"never-again/{number}", constituency_id=6, guild_id=None, sent_on=day)
    shown = await room.outsider.slash("letter follow-ups")
    assert "None." in room.text_of(shown.response)
    shown = await room.member.slash(room.channel, "letter follow-ups")
    said = room.text_of(shown.response)
    assert said.index("1 March 2026") < said.index("20 February 2026") < said.index("10 February 2026")
    assert "to Farthing Cross" in said
