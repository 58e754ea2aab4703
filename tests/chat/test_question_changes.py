"""What may become of a followed question: transferred, answered with others, held, corrected, withdrawn, lapsed. Each is told once."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from bot.clock import london_today
from bot.domain.reports import long_date
from bot.rehearsal.parliament import ParliamentStandIn
from bot.rehearsal.reading import text_of
from tests.chat.test_follow_ups import open_group
from tests.chat.test_said import look_at_questions
from tests.chat.test_said import parliament as parliament  # the fixture, by its own name

pytestmark = [pytest.mark.loopback, pytest.mark.asyncio]
DAY = timedelta(days=1)
HOME = "Home Office"


async def followed(group: Any, number: str, *, clock: bool = False) -> Any:
    shown = await group.organiser.slash(group.channel, "deadlines question", question=number)
    follows = await group.organiser.click(shown.response, label="Follow until it's answered")
    if clock:
        await group.organiser.click(follows.response, label="Remind my group when it's due")
    return follows


def words(group: Any) -> list[str]:
    """Give what was posted, and what the organiser who set the group up was told privately."""
    dm, ours = group.organiser.user.dm_channel, group.env.backend.bot_user.id
    private = [] if dm is None else [message for message in dm.history() if message.author.id == ours]
    return [text_of(message) for message in (*group.posted, *private)]


async def news(group: Any) -> list[str]:
    """Look once; give what the group and its organisers are told by it."""
    before = words(group)
    await look_at_questions(group)
    after = words(group)
    for known in before:
        after.remove(known)
    return after


@pytest.mark.parametrize("has_clock", [False, True])
async def test_a_transfer_is_told_in_one_line_and_the_clock_follows_parliaments_day(
    group: Any, parliament: ParliamentStandIn, has_clock: bool
) -> None:
    await open_group(group)
    today = london_today(group.clock)
    row = parliament.said.ask("Lamps: Schools", "To ask when.", uin="77001", on=today)
    await followed(group, "77001", clock=has_clock)
    row |= {"answeringBodyName": HOME, "dateForAnswer": f"{(today + 9 * DAY).isoformat()}T00:00:00"}
    told = await news(group)
    line = f"was transferred from the Department for Lanterns to the {HOME}. The answer is due by"
    assert sum(line in one for one in told) == 1
    assert not [one for one in await news(group) if line in one], "told once"
    if has_clock:
        (deadline,) = [d for d in await group.app.services.deadlines.list(group.guild_id) if "77001" in d.title]
        assert deadline.due_on == today + 9 * DAY
    shown = await group.organiser.slash(group.channel, "deadlines question", question="77001")
    assert HOME in text_of(shown.response)
    row["answeringBodyName"] = None
    assert await news(group) == [], "a name that is missing is no transfer"
    row["answeringBodyName"] = HOME
    assert await news(group) == []


async def test_another_day_without_a_transfer_moves_the_clock_and_is_told_as_a_correction(
    group: Any, parliament: ParliamentStandIn
) -> None:
    await open_group(group)
    today = london_today(group.clock)
    row = parliament.said.ask("Lamps: Schools", "To ask when.", uin="77001", on=today)
    await followed(group, "77001", clock=True)
    row["dateForAnswer"] = f"{(today + 12 * DAY).isoformat()}T00:00:00"
    await news(group)
    (deadline,) = [d for d in await group.app.services.deadlines.list(group.guild_id) if "77001" in d.title]
    assert deadline.due_on == today + 12 * DAY
    revision = deadline.revision
    await news(group)
    (again,) = [d for d in await group.app.services.deadlines.list(group.guild_id) if "77001" in d.title]
    assert again.revision == revision


async def test_one_answer_to_several_questions_is_told_once_with_all_their_numbers(
    group: Any, parliament: ParliamentStandIn
) -> None:
    await open_group(group)
    today = london_today(group.clock)
    rows = [
        parliament.said.ask(f"Lamps: {number}", f"To ask about {number}.", uin=number, on=today)
        for number in ("77001", "77002", "77003", "77004")
    ]
    for number in ("77001", "77002", "77004"):
        await followed(group, number)
    for row in rows[:3]:
        parliament.said.answer(row, "By the winter after next.", today)
        row["groupedQuestions"] = ["77001", "77002", "77003"]
    parliament.said.answer(rows[3], "That is another matter.", today)
    told = [one for one in await news(group) if "is answered" in one]
    together = "\n".join(told)
    assert together.count("The same answer covers") == 1
    assert together.count("is answered on") == 2, "one for the three together, one for the other"
    for number in ("77002", "77003", "77004"):
        assert number in together
    assert await news(group) == []
    listed = await group.organiser.slash(group.channel, "deadlines question")
    assert text_of(listed.response).count("**answered**") == 3
    shown = await group.organiser.slash(group.channel, "deadlines question", question="77001")
    assert "answered these together: 77001, 77002, 77003" in text_of(shown.response)


@pytest.mark.parametrize("clocks", [("77001",), ("77002",), ()])
async def test_of_one_answer_to_several_each_question_is_told_of_once_whichever_has_a_clock(
    group: Any, parliament: ParliamentStandIn, clocks: tuple[str, ...]
) -> None:
    await open_group(group)
    today = london_today(group.clock)
    numbers = ("77001", "77002", "77003")
    rows = [parliament.said.ask(f"Lamps: {n}", f"To ask about {n}.", uin=n, on=today) for n in numbers]
    for number in numbers:
        await followed(group, number, clock=number in clocks)
    for row in rows:
        parliament.said.answer(row, "By the winter after next.", today)
        row["groupedQuestions"] = list(numbers)
    told = await news(group)
    private = [one for one in told if "The same answer covers" in one]
    assert len(private) == 1, "organisers hear in one word of all that no clock told of"
    assert f"question {next(n for n in numbers if n not in clocks)}" in private[0]
    for number in numbers:
        assert number in "".join(told)
    assert len(told) >= bool(clocks) + 1
    for number in clocks:
        assert any(number in one for one in told if one not in private), "its clock tells of it in the channel"
    assert await news(group) == []
    listed = await group.organiser.slash(group.channel, "deadlines question")
    assert text_of(listed.response).count("**answered**") == 3


async def test_held_then_answered_then_corrected_are_three_things_told(
    group: Any, parliament: ParliamentStandIn
) -> None:
    await open_group(group)
    today = london_today(group.clock)
    row = parliament.said.ask("Lamps: Schools", "To ask when.", uin="77001", on=today)
    await followed(group, "77001")
    parliament.said.answer(row, "We will answer shortly.", today, holding=True)
    assert "holding answer" in "".join(await news(group))
    assert await news(group) == []
    parliament.said.answer(row, "In March.", today)
    assert f"is answered on {long_date(today)}" in "".join(await news(group))
    parliament.said.correct(row, "In May.", today)
    group.clock.advance(timedelta(days=7))
    assert "corrected answer" in "".join(await news(group))
    assert await news(group) == []


@pytest.mark.parametrize("end", ["withdrawn", "lapsed"])
async def test_what_will_not_be_answered_is_told_and_its_clock_ends(
    group: Any, parliament: ParliamentStandIn, end: str
) -> None:
    await open_group(group)
    today = london_today(group.clock)
    row = parliament.said.ask("Lamps: Schools", "To ask when.", uin="77001", on=today)
    await followed(group, "77001", clock=True)
    if end == "withdrawn":
        row["isWithdrawn"] = True
    else:

        def ended_on() -> date:
            return today + DAY

        group.app.services.followed_questions._ended_on = ended_on
    told = "".join(await news(group))
    assert ("withdrawn" if end == "withdrawn" else "lapsed when the session") in told
    assert await news(group) == []
    found = [d for d in await group.app.services.deadlines.ever(group.guild_id) if "77001" in d.title]
    assert not [d for d in found if d.state(london_today(group.clock)).is_open]
