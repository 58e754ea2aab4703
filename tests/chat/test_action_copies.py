"""A plan copied from an earlier one in Discord: from its card and when a new plan begins; nothing of it is posted."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from bot.domain.actions import ActionState
from bot.domain.deadlines import DeadlineKind
from bot.domain.identity import UserId
from bot.rehearsal.reading import buttons_of, controls_of, options_of, text_of
from tests.chat.test_actions import approved, go_to, nine, planned

pytestmark = pytest.mark.asyncio


async def plans(group: Any) -> Any:
    return await group.app.services.actions.plans(group.guild_id)


async def own_words(group: Any, card: Any) -> Any:
    """Give a step of a plan words of its own."""
    form = await group.organiser.select(card.response, ["nudge"])
    values = {"title": "Ring round", "date": "17 April 2026", "text": "Ring three friends.", "out": ["no"]}
    return await group.organiser.submit_modal(form, values)


async def test_a_running_plan_is_copied_to_another_deadline_from_its_card(group: Any) -> None:
    await group.set_up(high_risk=False)
    await own_words(group, await approved(group))
    person = await group.app.services.people.person_for(UserId(group.organiser.id))
    other = await group.app.services.deadlines.add(
        group.guild_id, person, "Answer on canals", due_on=date(2026, 7, 20), kind=DeadlineKind.GOVERNMENT_RESPONSE
    )
    shown = await group.organiser.slash(group.channel, "action show", action="lamps")
    asked = await group.organiser.click(shown.response, label="Copy this plan")
    assert "same steps, words, recommendations and letter" in text_of(asked.response)
    made = await group.organiser.select(asked.response, [str(other.deadline_id)])
    card = text_of(made.response)
    assert "Answer on canals" in card
    assert "Draft" in card
    for words in ("29 June 2026", "6 July 2026", "17 July 2026", "20 July 2026", "21 July 2026", "3 August 2026"):
        assert words in card
    assert "**Ring round**, your own words" in card
    assert "Your own words are copied in “Ring round”. Check them for old dates." in card
    first, second = await plans(group)
    assert (first.stored, second.stored, second.deadline_id) == (
        ActionState.APPROVED, ActionState.DRAFT, other.deadline_id,
    )  # fmt: skip
    go_to(group, nine(date(2026, 6, 29)) + timedelta(minutes=1))
    await group.sweep()
    assert not any(
        "what this is about" in text_of(message) and "canals" in text_of(message) for message in group.posted
    )


async def test_a_new_plan_offers_the_last_one_to_copy_also_when_it_is_long_over(group: Any) -> None:
    await group.set_up(high_risk=False)
    opened = await group.organiser.slash(group.channel, "action plan")
    assert "Copy the last plan" not in buttons_of(opened.response)
    card = await approved(group, on_clock=False)
    (made,) = await plans(group)
    await group.app.services.actions.cancel(group.guild_id, made.action_id, None, None)
    go_to(group, nine(date(2026, 4, 20)))
    await group.app.services.actions.upkeep.tidy()
    assert await plans(group) == ()
    assert card is not None
    opened = await group.organiser.slash(group.channel, "action plan")
    assert "Your group's last plan was **Lobby \\*day\\***" in text_of(opened.response)
    asked = await group.organiser.click(opened.response, label="Copy the last plan")
    form = await group.organiser.click(asked.response, label="From a day of our own")
    assert next(c.get("value") for c in controls_of(form) if c.get("type") == 4) == "Lobby *day*"
    wrong = await group.organiser.submit_modal(form, {"title": "Lobby day again", "date": "31 June"})
    (told_so,) = wrong.followups
    again = await group.organiser.click(told_so, label="Try again")
    assert [c.get("value") for c in controls_of(again) if c.get("type") == 4] == ["Lobby day again", "31 June"]
    done = await group.organiser.submit_modal(again, {"title": "Lobby day again", "date": "5 October 2026"})
    assert "Lobby day again" in text_of(done.response)
    (copied,) = await plans(group)
    assert [(s.key, (s.on - date(2026, 10, 5)).days) for s in copied.steps] == [
        (s.key, (s.on - made.centre_on).days) for s in made.steps
    ]
    assert copied.stored is ActionState.DRAFT


async def test_a_draft_is_not_offered_to_copy_and_a_member_cannot_copy(group: Any) -> None:
    await group.set_up(high_risk=False)
    card = await planned(group)
    assert "Copy this plan" not in buttons_of(card.response)
    opened = await group.organiser.slash(group.channel, "action plan")
    assert "Copy the last plan" not in buttons_of(opened.response)
    assert options_of(opened.response)
