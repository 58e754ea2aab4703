"""Whole journeys, as people walk them: the day passes and the answer comes (J8); the bot was off at the time (J10)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import discord
import pytest

FOLLOWED_ON = datetime(2021, 7, 8, 10, 0, tzinfo=UTC)


def nine(year: int, month: int, day: int) -> datetime:
    """Nine o'clock in London, in summer time."""
    return datetime(year, month, day, 8, 0, tzinfo=UTC)


async def followed_in_2021(group: Any) -> None:
    """Follow the report on the day it came out, in a group that is not at risk."""
    group.clock.move_to(FOLLOWED_ON)
    person = await group.app.services.people.person_for(group.organiser.id)
    await group.app.services.guilds.change(group.guild_id, person, high_risk=False)
    await group.app.services.deadlines.following.follow(group.guild_id, "never-again", person)


def button(message: discord.Message, label: str) -> str:
    """Find a button's custom_id by its label."""
    found = [
        child.custom_id
        for row in message.components
        if isinstance(row, discord.ActionRow)
        for child in row.children
        if isinstance(child, discord.Button) and child.label == label
    ]
    assert found, f"no button {label!r}"
    assert found[0] is not None
    return found[0]


@pytest.mark.asyncio
async def test_the_day_passes_then_the_answer_comes(group: Any) -> None:
    await followed_in_2021(group)
    await group.play_to(datetime(2021, 11, 20, 12, 0, tzinfo=UTC))
    texts = [message.content for message in group.posted]
    assert len(texts) == 7
    for text, words in zip(
        texts,
        (
            "in 14 days",
            "in 3 days",
            "Expected today",
            "1 day overdue",
            "14 days overdue",
            "44 days overdue",
            "54 days late",
        ),
        strict=True,
    ):
        assert words in text
    assert sum("has answered**, 54 days late (1 November 2021)" in text for text in texts) == 1
    assert all(message.mentions == [] for message in group.posted)


@pytest.mark.asyncio
async def test_the_chaser_is_one_button_away_and_outlives_a_restart(group: Any) -> None:
    await followed_in_2021(group)
    await group.play_to(nine(2021, 9, 9) + timedelta(minutes=5))
    overdue = group.posted[-1]
    assert "1 day overdue" in overdue.content
    await group.restart()
    pressed = await group.member.click(overdue, custom_id=button(overdue, "Write to my MP about it"))
    assert pressed.modal is not None
    assert len(group.posted) == 4, "writing a letter shows nothing in the channel"


@pytest.mark.asyncio
async def test_a_group_at_risk_reads_nothing_of_the_subject(group: Any) -> None:
    await followed_in_2021(group)
    person = await group.app.services.people.person_for(group.organiser.id)
    await group.app.services.guilds.change(group.guild_id, person, high_risk=True)
    await group.play_to(nine(2021, 9, 9) + timedelta(minutes=5))
    assert len(group.posted) == 4
    for message in group.posted:
        shown = message.content + group.env.backend.bot_user.name
        assert "Never Again" not in shown
        assert "Xinjiang" not in shown
        assert "Write to my MP" not in str(message.components)


@pytest.mark.asyncio
async def test_off_at_the_time_then_late_once_and_said(group: Any) -> None:
    await followed_in_2021(group)
    await group.play_to(nine(2021, 9, 7))
    before = len(group.posted)
    await group.move_to(nine(2021, 9, 8) + timedelta(hours=5))
    await group.restart()
    await group.sweep()
    await group.restart()
    await group.sweep()
    late = group.posted[before:]
    assert len(late) == 1
    assert "Expected today" in late[0].content
    assert f"<t:{int(nine(2021, 9, 8).timestamp())}:F>" in late[0].content


@pytest.mark.asyncio
async def test_anyone_may_ask_why_and_is_told_privately(group: Any) -> None:
    await followed_in_2021(group)
    await group.play_to(nine(2021, 9, 8) + timedelta(minutes=5))
    await group.restart()
    posted = group.posted[-1]
    why = await group.member.click(posted, custom_id=button(posted, "Why this message?"))
    assert why.ephemeral
    told = group.text_of(why)
    assert "2 calendar months" in told
    assert "8 July 2021" in told
    assert "Nadia" not in told
    assert "Amina" not in told


@pytest.mark.asyncio
async def test_unsure_of_the_constituency(group: Any) -> None:
    """J3: a postcode in a form, the answer confirmed; one on a boundary chosen; none of it seen by anybody else."""
    await group.set_up(high_risk=False)
    taps = 1
    form = await group.member.slash(group.channel, "mp postcode")
    taps += 1
    shown = await group.member.submit_modal(form, {"seat": "ZA1 1AA"})
    assert "Is this your constituency?" in group.text_of(shown)
    taps += 1
    mp = await group.member.click(shown.response, label="Tarning: Amina Thackwell")
    assert "Amina Thackwell" in group.text_of(mp)
    assert "MP data as of" in group.text_of(mp)
    taps += 1
    writing = await group.member.click(mp.response, label="Write to this MP")
    assert writing.modal is not None or "Which recommendation" in group.text_of(writing)
    assert taps <= 4

    form = await group.member.slash(group.channel, "mp postcode")
    either = await group.member.submit_modal(form, {"seat": "ZA1 2AB"})
    assert {"Tarningham: Barnaby Oystermouth", "Tarning: Amina Thackwell", "Type it again"} <= set(
        group.buttons_of(either.response)
    )
    picker = await group.member.click(either.response, label="Type it again")
    vacant = await group.member.submit_modal(picker, {"seat": "farthing"})
    chosen = await group.member.click(vacant.response, label="Farthing Cross: no MP until the by-election")
    assert "no MP until the by-election" in group.text_of(chosen)
    assert "Prepare a letter" in group.buttons_of(chosen.response)

    form = await group.member.slash(group.channel, "mp postcode")
    unknown = await group.member.submit_modal(form, {"seat": "ZA9 9ZZ"})
    assert "choose your constituency by name" in group.text_of(unknown)
    assert group.posted == []


@pytest.mark.asyncio
async def test_the_mp_replies_or_not(group: Any) -> None:
    """J9: from *I sent it* to the chaser, with two nudges and not one more."""
    person = await group.app.services.people.person_for(group.organiser.id)
    await group.app.services.guilds.change(group.guild_id, person, high_risk=False)
    form = await group.member.slash(group.channel, "letter write", recommendation="never-again/3", mp="Tarning")
    why = (
        "My neighbour has not heard her mother's voice since 2018. Each winter she sets a place for her at the table, and "
        "each winter it stays empty. I did not know what to say to her, so I read the whole report in one night."
    )
    shown = await group.member.submit_modal(form, {"ask": ["write-to-minister"], "why": why, "local": ""})
    done = await group.member.click(shown.response, label="Finish")
    taps = 1
    asked = await group.member.click(done.response, label="I sent it")
    taps += 1
    await group.member.submit_modal(asked, {"sent": "today"})
    assert taps == 2
    await group.play_to(datetime(2026, 3, 16, 9, 1, tzinfo=UTC))
    ours = group.env.backend.bot_user.id
    (check,) = [m for m in group.member.user.dm_channel.history() if m.author.id == ours]
    taps = 1
    opened = await group.member.user.click(check, label="Open")
    taps += 1
    told = await group.member.user.click(opened.response, label="Stock reply")
    taps += 1
    second = await group.member.user.click(told.response, label="Write a second letter")
    assert second.modal is not None
    assert taps == 3
    await group.play_to(datetime(2026, 6, 1, 9, 1, tzinfo=UTC))
    assert len([m for m in group.member.user.dm_channel.history() if m.author.id == ours]) == 1
    assert group.posted == []


@pytest.mark.asyncio
async def test_j8_from_the_day_over_a_promise_to_the_answer_and_its_correction(group: Any) -> None:
    """Walk it as people do: each press is on something that was shown, each message is counted."""
    group.clock.move_to(datetime(2021, 7, 5, 10, tzinfo=UTC))
    person = await group.app.services.people.person_for(group.organiser.id)
    await group.app.services.guilds.change(group.guild_id, person, high_risk=False)
    added = await group.organiser.slash(
        group.channel,
        "deadlines add",
        title="Response to Salt Marshes",
        published="5 July 2021",
        link="https://committee.example/report",
    )
    assert "Two calendar months later: **Sunday 5 September 2021**" in group.text_of(added)

    await group.play_to(nine(2021, 9, 5) + timedelta(minutes=1))
    assert "Expected today, 5 September 2021. Postbag hasn't seen it yet." in group.posted[-1].content
    await group.play_to(nine(2021, 9, 6) + timedelta(minutes=1))
    assert "1 day overdue: expected by" in group.posted[-1].content
    told = len(group.posted)

    form = await group.organiser.click(added.response, label="Promised")
    kept = await group.organiser.submit_modal(form, {"date": "15 October", "link": "https://committee.example/letter"})
    said = group.text_of(kept)
    assert "Postbag will tell the group in its channel" in said
    assert "Promised for 15 October 2021, in 39 days; first expected by 5 September 2021" in said
    await group.play_to(nine(2021, 9, 30))
    assert [message.content for message in group.posted[told:]] == [group.posted[told].content], "the promise, once"
    assert "a new date" in group.posted[told].content
    await group.play_to(nine(2021, 10, 15) + timedelta(minutes=1))
    later = [message.content for message in group.posted[told + 1 :]]
    assert ["in 14 days" in later[0], "in 3 days" in later[1], "Promised for today" in later[2]] == [True, True, True]
    assert len(later) == 3
    await group.play_to(nine(2021, 10, 16) + timedelta(minutes=1))
    assert "then promised for 15 October 2021. Postbag hasn't seen it yet." in group.posted[-1].content
    told = len(group.posted)

    answered = await group.organiser.slash(
        group.channel, "deadlines received", deadline="Salt", date="16 October", link="https://committee.example/answer"
    )
    assert "Answered on 16 October 2021, 41 days late" in group.text_of(answered)
    await group.sweep()
    await group.play_to(nine(2021, 10, 20))
    assert len(group.posted) == told + 1
    assert "has answered**, 41 days late (16 October 2021)" in group.posted[-1].content

    correct = await group.organiser.click(answered.response, label="Correct the day")
    await group.organiser.submit_modal(correct, {"date": "14 October", "link": "https://committee.example/answer"})
    await group.sweep()
    await group.play_to(nine(2022, 6, 1))
    assert len(group.posted) == told + 2, "one correction, and never again a word about it"
    assert "New date for" in group.posted[-1].content
    assert "Answered on 14 October 2021, 39 days late" in group.posted[-1].content


@pytest.mark.asyncio
async def test_a_reports_answer_leads_to_the_answers_to_record(group: Any) -> None:
    await followed_in_2021(group)
    await group.play_to(nine(2021, 9, 9) + timedelta(minutes=5))
    overdue = group.posted[-1]
    chaser = await group.member.click(overdue, custom_id=button(overdue, "Write to my MP about it"))
    assert chaser.modal is not None
    received = await group.organiser.slash(
        group.channel, "deadlines received", deadline="Never", date="today", link="https://committee.example/answer"
    )
    assert "/reports record-answer" in group.text_of(received)
    listed = await group.organiser.click(received.response, label="Record the answers")
    assert "**1** Genocide determination · Answer: not yet answered" in group.text_of(listed)
    await group.sweep()
    posted = group.posted[-1]
    read = await group.member.click(posted, custom_id=button(posted, "Read what was asked"))
    assert read.ephemeral
