"""*My MP tabled a question*: followed to its answer, privately or with the group, whose clock runs to the day Parliament gives."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from bot.clock import london_today
from bot.rehearsal.parliament import ParliamentStandIn, Weather
from bot.rehearsal.reading import buttons_of, options_of, text_of
from tests.chat.test_follow_ups import finished, open_group, private
from tests.chat.test_said import look_at_questions
from tests.chat.test_said import parliament as parliament  # the fixture, by its own name

pytestmark = [pytest.mark.loopback, pytest.mark.asyncio]


@pytest.fixture
def asked(group: Any, parliament: ParliamentStandIn) -> Any:
    return parliament.said.ask(
        "Lamps: Schools", "To ask when each school has a lit path.", uin="77001", on=london_today(group.clock)
    )


async def tabled(group: Any, number: str = "77001") -> Any:
    """Say of a letter that the MP tabled a question; give what is answered."""
    form = await group.member.click((await finished(group)).response, label="I sent it")
    kept = await group.member.submit_modal(form, {"sent": "today"})
    opened = await group.member.click(kept.response, label="My MP has replied already")
    form = await group.member.click(opened.response, label="Tabled a question")
    return await group.member.submit_modal(form, {"question": number})


@pytest.mark.parametrize("at_risk", [False, True])
async def test_a_question_is_followed_privately_and_its_answer_told_once(
    group: Any, parliament: ParliamentStandIn, asked: Any, at_risk: bool
) -> None:
    if not at_risk:
        await open_group(group)
    shown = await tabled(group)
    assert shown.response.ephemeral
    assert "Lamps: Schools" in text_of(shown.response)
    assert "messages you privately" in text_of(shown.response)
    assert "Follow it with my group" not in buttons_of(shown.response)
    posted = list(group.posted)
    before = len(private(group))
    assert (await look_at_questions(group)).told == 0
    parliament.set_weather(Weather.DOWN)
    assert (await look_at_questions(group)).failed == 1
    parliament.set_weather(Weather.FAIR)
    group.app.services.followed_questions._source._rests_until = 0.0
    assert len(private(group)) == before, "a look that failed is never an answer"
    parliament.said.answer(asked, "By the winter after next.", london_today(group.clock))
    assert (await look_at_questions(group)).told == 1
    assert (await look_at_questions(group)).told == 0
    (message,) = private(group)[before:]
    said = text_of(message)
    assert ("was answered on" in said) is not at_risk
    assert ("there's news" in said) is at_risk
    assert "Lamps" not in said
    opened = await group.member.user.click(message, label="Open")
    assert "[Question 77001](<https://questions-statements.parliament.uk/" in text_of(opened.response)
    assert "**answered**" in text_of(opened.response)
    assert group.posted == posted
    rows = await group.member.slash(group.channel, "privacy show")
    assert "You follow written question 77001" in text_of(rows.response)
    parliament.said.correct(asked, "By next winter.", london_today(group.clock))
    assert (await look_at_questions(group)).read == 0, "what is answered is looked at once a week"
    group.clock.advance(timedelta(days=7))
    assert (await look_at_questions(group)).told == 1


async def test_what_is_no_number_or_unknown_comes_back_and_a_number_of_two_sessions_is_asked_about(
    group: Any, parliament: ParliamentStandIn
) -> None:
    refused = await tabled(group, "the lamps one")
    assert "number or link" in text_of(refused.response)
    assert "You typed: the lamps one" in text_of(refused.response)
    form = await group.member.click(refused.response, label="Try again")
    parliament.set_weather(Weather.DOWN)
    down = await group.member.submit_modal(form, {"question": "424242"})
    assert "You typed: 424242" in text_of(down.response)
    parliament.set_weather(Weather.FAIR)
    group.app.services.followed_questions._source._rests_until = 0.0
    for days in (700, 10):
        parliament.said.ask("Lamps", "To ask.", uin="424242", on=london_today(group.clock) - timedelta(days=days))
    form = await group.member.click(down.response, label="Try again")
    which = await group.member.submit_modal(form, {"question": "424242"})
    assert "more than one session" in text_of(which.response)
    chosen = await group.member.select(which.response, [options_of(which.response)[0]["value"]])
    assert "Your MP tabled a question" in text_of(chosen.response)


async def test_an_organiser_goes_on_with_the_group_and_its_clock_tells_the_group_once(
    group: Any, parliament: ParliamentStandIn, asked: Any
) -> None:
    await open_group(group)
    shown = await group.organiser.slash(group.channel, "deadlines question", question="77001")
    assert "the question lapses" in text_of(shown.response)
    follows = await group.organiser.click(shown.response, label="Follow until it's answered")
    clock = await group.organiser.click(follows.response, label="Remind my group when it's due")
    assert "the day that Parliament gives" in text_of(clock.response)
    again = await group.organiser.click(follows.response, label="Remind my group when it's due")
    assert "Added" in text_of(again.response)
    (deadline,) = [d for d in await group.app.services.deadlines.list(group.guild_id) if "77001" in d.title]
    assert deadline.due_on == london_today(group.clock) + timedelta(days=7)
    before = len(group.posted)
    parliament.said.answer(asked, "In time.", london_today(group.clock), holding=True)
    assert (await look_at_questions(group)).told == 1
    assert (await group.app.services.deadlines.get(group.guild_id, deadline.deadline_id)).received_on is None
    parliament.said.answer(asked, "By the winter after next.", london_today(group.clock))
    posts = len(group.posted)
    assert (await look_at_questions(group)).told == 1
    assert (await look_at_questions(group)).told == 0
    told = group.posted[posts:]
    assert len(told) == 1, "once, in the group's channel"
    assert "77001" in text_of(told[0])
    assert before <= posts
    held = await group.app.services.deadlines.get(group.guild_id, deadline.deadline_id)
    assert held.received_on == london_today(group.clock)


async def test_a_question_without_an_answer_lapses_with_its_session_and_is_said_once(
    group: Any, parliament: ParliamentStandIn, asked: Any
) -> None:
    service = group.app.services.followed_questions
    shown = await group.organiser.slash(group.channel, "deadlines question", question="77001")
    await group.organiser.click(shown.response, label="Follow until it's answered")
    service._ended_on = lambda: london_today(group.clock)
    assert (await look_at_questions(group)).told == 1
    assert (await look_at_questions(group)).told == 0
    listed = await group.organiser.slash(group.channel, "deadlines question")
    assert "lapsed with the session" in text_of(listed.response)
    again = await group.organiser.slash(group.channel, "deadlines question", question="77001")
    assert "Follow until it's answered" not in buttons_of(again.response)
