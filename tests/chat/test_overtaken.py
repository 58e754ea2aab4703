"""Two organisers at once: whoever is later sees what the other saved, keeps what they typed, and corrects it on purpose."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from bot.domain.deadlines import Deadline, DeadlineKind, Fact
from bot.domain.identity import UserId
from bot.rehearsal.reading import buttons_of, controls_of, text_of

pytestmark = pytest.mark.asyncio

LINK = "https://committee.example/answer"
OTHER = "https://committee.example/other"
FORMS = {
    "Answered": ("received_on", "1 March 2026", "2 March 2026", date(2026, 3, 1), date(2026, 3, 2)),
    "Partly answered": ("partly_on", "1 March 2026", "2 March 2026", date(2026, 3, 1), date(2026, 3, 2)),
    "Promised": ("promised_on", "1 June 2026", "2 June 2026", date(2026, 6, 1), date(2026, 6, 2)),
}


async def clock(group: Any) -> Deadline:
    person = await group.app.services.people.person_for(UserId(group.organiser.id))
    made: Deadline = await group.app.services.deadlines.add(
        group.guild_id, person, "Answer on lamps", due_on=date(2026, 4, 20), kind=DeadlineKind.GOVERNMENT_RESPONSE
    )
    return made


async def held(group: Any, made: Deadline) -> Deadline:
    found: Deadline = await group.app.services.deadlines.get(group.guild_id, made.deadline_id)
    return found


async def opened(group: Any, who: Any, made: Deadline, button: str) -> Any:
    shown = await who.slash(group.channel, "deadlines show", deadline=str(made.deadline_id))
    return await who.click(shown.response, label=button)


def typed_in(form: Any) -> dict[str, Any]:
    return {c["custom_id"]: c.get("value", "") for c in controls_of(form) if c.get("type") == 4}


@pytest.mark.parametrize("button", FORMS)
async def test_the_later_answer_is_refused_with_what_the_other_saved_and_corrected_on_purpose(
    group: Any, button: str
) -> None:
    await group.set_up(high_risk=False)
    field, first, second, one, two = FORMS[button]
    made = await clock(group)
    mine = await opened(group, group.organiser, made, button)
    theirs = await opened(group, group.second_organiser, made, button)
    await group.second_organiser.submit_modal(theirs, {"date": first, "link": LINK})
    await group.sweep()
    said = len(group.posted)
    refused = await group.organiser.submit_modal(mine, {"date": second, "link": OTHER})
    words = text_of(refused.response)
    assert "nothing was overwritten" in words
    for shown in (first, LINK):
        assert shown in words, "what the other saved"
    for shown in (second, OTHER):
        assert shown in words, "what was typed"
    assert "omebody else" not in words
    assert getattr(await held(group, made), field) == one
    await group.sweep()
    assert len(group.posted) == said, "the group is told once"
    again = await group.organiser.click(refused.response, label="Correct it")
    assert typed_in(again) == {"date": second, "link": OTHER}
    kept = await group.organiser.submit_modal(again, {"date": second, "link": OTHER})
    assert "Saved" in text_of(kept.response)
    assert getattr(await held(group, made), field) == two


@pytest.mark.parametrize("button", FORMS)
async def test_a_second_press_is_the_same_press(group: Any, button: str) -> None:
    await group.set_up(high_risk=False)
    _, first, _, _, _ = FORMS[button]
    made = await clock(group)
    form, twice = [await opened(group, group.organiser, made, button) for _ in range(2)]
    await group.organiser.submit_modal(form, {"date": first, "link": LINK})
    again = await group.organiser.submit_modal(twice, {"date": first, "link": LINK})
    assert "overwritten" not in text_of(again.response)
    await group.sweep()
    assert len(group.posted) == 1


@pytest.mark.parametrize(("command", "partly"), [("received", False), ("received", True), ("promised", False)])
async def test_a_command_replaces_nothing_that_it_has_not_seen(group: Any, command: str, partly: bool) -> None:
    made = await clock(group)
    more = {"partly": True} if partly else {}
    first, second = ("1 June 2026", "2 June 2026") if command == "promised" else ("1 March 2026", "2 March 2026")
    for day in (first, second):
        said = await group.organiser.slash(
            group.channel, f"deadlines {command}", deadline=str(made.deadline_id), date=day, link=LINK, **more
        )
    assert first in text_of(said.response)
    assert "Correct it" in buttons_of(said)


async def test_only_what_people_see_counts_as_a_change(group: Any) -> None:
    made = await clock(group)
    form = await opened(group, group.organiser, made, "Change")
    await group.app.services.guilds.change(
        group.guild_id, await group.app.services.people.person_for(UserId(group.organiser.id)), ladder=(-5, 0)
    )
    kept = await group.organiser.submit_modal(
        form, {"title": "Answer on lanterns", "date": "20 April 2026", "published": "", "link": ""}
    )
    assert "overwritten" not in text_of(kept.response)
    assert (await held(group, made)).title == "Answer on lanterns"


async def test_a_withdrawal_is_asked_again_where_the_date_changed(group: Any) -> None:
    made = await clock(group)
    asked = await opened(group, group.organiser, made, "Withdraw")
    await group.app.services.deadlines.facts.record(
        Fact.PROMISED, group.guild_id, made.deadline_id, None, date(2026, 6, 1)
    )
    told = await group.organiser.click(asked.response, label="Withdraw it")
    assert "1 June 2026" in text_of(told.response)
    assert (await held(group, made)).withdrawn_on is None
    await group.organiser.click(told.response, label="Withdraw it")
    gone = await held(group, made)
    assert gone.withdrawn_on is not None
