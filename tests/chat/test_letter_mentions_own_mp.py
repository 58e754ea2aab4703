"""The letter's offer to mention what its own MP asked: cited, shared text, only while WriteToThem's door stays open."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from bot.clock import london_today
from bot.domain.own_words import SCORE_CLOSES
from bot.rehearsal.parliament import ParliamentStandIn
from bot.rehearsal.reading import buttons_of, options_of, text_of
from tests.chat.test_letters import LOCAL, WHY
from tests.chat.test_said import parliament as parliament  # the fixture, by its own name

pytestmark = [pytest.mark.loopback, pytest.mark.asyncio]
LONG = (WHY, LOCAL)
FEW = "I walk home in the dark each evening with my two children, and I would like somebody to tell me why that is so."


async def preview(group: Any, why: str = WHY, local: str = LOCAL, *, seat: str = "Tarning", row: str = "1") -> Any:
    form = await group.member.slash(group.channel, "letter write", recommendation=f"lights-out/{row}", mp=seat)
    return await group.member.submit_modal(form, {"ask": ["write-to-minister"], "why": why, "local": local})


def member_of(group: Any, name: str) -> int:
    """Give the number of who sits for a seat of the tests' House; of no other seat anybody's there."""
    seat = group.app.services.members.directory.exactly(name)
    return seat.member.member_id if seat is not None and seat.member is not None else 990123


async def asked(
    group: Any, parliament: ParliamentStandIn, *, days: int = 30, seat: str = "Tarning", **changes: Any
) -> Any:
    on = london_today(group.clock) - timedelta(days=days)
    row = parliament.said.ask(
        "Street Lamps: Count",
        "To ask when she plans to publish a count of street lamps.",
        on=on,
        seat=seat,
        uin="12345",
    )
    row |= {"askingMemberId": member_of(group, seat), **changes}
    await group.app.services.said.look_if_due()
    return row, f"{on.day} {on:%B %Y}"


async def test_what_the_mp_asked_is_offered_and_stands_in_the_letter_as_a_cited_fact(
    group: Any, parliament: ParliamentStandIn
) -> None:
    _, day = await asked(group, parliament)
    before = len(parliament.asked)
    shown = await preview(group)
    assert f"[Written question 12345, {day}](<https://questions-statements.parliament.uk/" in text_of(shown.response)
    plain = await group.member.click(shown.response, label="Mention it in my letter")
    text = text_of(plain.response)
    assert f"You asked about this on {day} (UIN 12345)." in text
    assert "Leave out what they asked" in buttons_of(plain.response)
    assert "Mention it in my letter" not in buttons_of(plain.response)
    assert f"Written question 12345, {day}" in text.partition("Sources:")[2]
    done = await group.member.click(plain.response, label="Finish")
    letter = done.followups[0].content
    assert f"You asked about this on {day} (UIN 12345)." in letter
    assert letter.index("You asked about this") < letter.index(WHY)
    left = await group.member.click(plain.response, label="Leave out what they asked")
    assert "You asked about this" not in text_of(left.response)
    assert len(parliament.asked) == before, "a press asks nobody"


async def test_it_counts_as_shared_text(group: Any, parliament: ParliamentStandIn) -> None:
    _, day = await asked(group, parliament)
    shown = await preview(group)
    await group.member.click(shown.response, label="Mention it in my letter")
    services = group.app.services
    (draft,) = services.letters.drafts._held.values()
    assert draft.mention is not None
    letter = services.letters.letter(draft)
    sentence = f"You asked about this on {day} (UIN 12345)."
    (part,) = [part for part in letter.parts if sentence in part.text]
    assert not part.is_own
    assert sentence not in letter.own_text
    assert letter.score < SCORE_CLOSES


async def test_it_is_not_offered_where_it_would_close_the_door_and_goes_out_again_where_words_are_cut(
    group: Any, parliament: ParliamentStandIn
) -> None:
    await asked(group, parliament)
    short = await preview(group, FEW, "")
    assert "Mention it in my letter" not in buttons_of(short.response)
    shown = await preview(group)
    chosen = await group.member.click(shown.response, label="Mention it in my letter")
    form = await group.member.click(chosen.response, label="Edit")
    cut = await group.member.submit_modal(form, {"ask": ["write-to-minister"], "why": FEW, "local": ""})
    text = text_of(cut.response)
    assert "You asked about this" not in text
    assert "isn't in the letter" in text


@pytest.mark.parametrize(
    "case",
    [
        "another MP",
        "another row",
        "in part",
        "only the answer",
        "withdrawn",
        "before the report",
        "a speech",
        "a vacant seat",
    ],
)
async def test_nothing_is_offered_that_is_not_surely_theirs_and_about_this(
    group: Any, parliament: ParliamentStandIn, case: str
) -> None:
    seat, row = "Tarning", "1"
    if case == "another MP":
        await asked(group, parliament, seat="Quillstone")
    elif case == "another row":
        await asked(group, parliament)
        row = "7"
    elif case == "in part":
        await asked(group, parliament, heading="Lamps", questionText="To ask about a count of lamps and of streets.")
    elif case == "only the answer":
        await asked(
            group,
            parliament,
            heading="Roads",
            questionText="To ask about roads.",
            answerText="A count of street lamps is made.",
        )
    elif case == "withdrawn":
        await asked(group, parliament, isWithdrawn=True)
    elif case == "before the report":
        await asked(group, parliament, days=1000)
    elif case == "a speech":
        await group.app.services.said.look_if_due()
    else:
        await asked(group, parliament)
        seat = next(s.name for s in group.app.services.members.directory.constituencies if s.member is None)
    shown = await preview(group, seat=seat, row=row)
    assert "Finish" in buttons_of(shown.response) or "Write it outside Discord" in buttons_of(shown.response)
    assert not [label for label in buttons_of(shown.response) if "Mention" in label]
    assert "acted on this" not in text_of(shown.response)


async def test_of_several_one_is_chosen_and_a_motion_is_named_as_one(group: Any, parliament: ParliamentStandIn) -> None:
    on = london_today(group.clock) - timedelta(days=9)
    moved = parliament.said.move("Street lamps", "That this House calls for a count of street lamps.", on=on)
    moved["MemberId"] = member_of(group, "Tarning")
    await asked(group, parliament)
    shown = await preview(group)
    options = options_of(shown.response)
    assert [one["label"].partition(",")[0] for one in options] == ["EDM 9002", "Written question 12345"]
    chosen = await group.member.select(shown.response, [options[0]["value"]])
    assert f"You tabled a motion about this on {on.day} {on:%B %Y} (EDM 9002)." in text_of(chosen.response)


async def test_the_choice_outlives_a_restart_in_the_preview_itself(group: Any, parliament: ParliamentStandIn) -> None:
    await asked(group, parliament)
    shown = await preview(group)
    chosen = await group.member.click(shown.response, label="Mention it in my letter")
    group.app.services.letters.drafts._held.clear()
    done = await group.member.click(chosen.response, label="Finish")
    assert "(UIN 12345)" in done.followups[0].content


async def test_the_picker_and_the_letter_lead_to_what_the_mp_said(group: Any, parliament: ParliamentStandIn) -> None:
    await asked(group, parliament)
    card = await group.member.slash(group.channel, "recommendations show", number="lights-out/1")
    form = await group.member.click(card.response, label="Use in my letter")
    confirm = await group.member.submit_modal(form, {"seat": "Tarning"})
    said = await group.member.click(confirm.response, label="What they've said")
    assert "Street Lamps: Count" in text_of(said.response)
    near = await group.member.slash(group.channel, "mp find", constituency="lough")
    said = await group.member.click(near.response, label="What they've said")
    assert "in Parliament" in text_of(said.response)


async def test_a_motion_that_the_mp_signed_can_be_mentioned_as_signed_until_the_name_is_taken_off(
    group: Any, parliament: ParliamentStandIn
) -> None:
    on = london_today(group.clock) - timedelta(days=10)
    motion = parliament.said.move("Count the street lamps", "That this House calls for a count of street lamps.", on=on)
    number = member_of(group, "Tarning")
    signature = parliament.said.sign(motion, on + timedelta(days=2), seat="Tarning")
    signature |= {"MemberId": number, "Member": {**signature["Member"], "MnisId": number}}
    await group.app.services.said.look_if_due()
    shown = await preview(group)
    plain = await group.member.click(shown.response, label="Mention it in my letter")
    signed = on + timedelta(days=2)
    day = f"{signed.day} {signed:%B %Y}"
    assert f"You signed a motion about this on {day} (EDM {motion['UIN']})." in text_of(plain.response)
    parliament.said.unsign(motion, signature, on + timedelta(days=3))
    group.clock.advance(timedelta(days=1))
    await group.app.services.said.look_if_due()
    assert "Mention it in my letter" not in buttons_of((await preview(group)).response)
