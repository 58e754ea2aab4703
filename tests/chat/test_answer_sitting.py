"""A response gone through in one sitting: one press for each answer, a second organiser through the same list."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from benchmarks.report_shapes import response_headed
from bot.rehearsal.reading import buttons_of, text_of
from tests.chat.test_imports import imported, slugs, submit


async def begun(group: Any, actor: Any, count: int = 0) -> Any:
    """Import a report and its response, and open the first answer."""
    await imported(group, group.organiser)
    (mine,) = [slug for slug in await slugs(group, group.member) if slug != "never-again"]
    pages = [(page.name, page.content) for page in response_headed()]
    listed = await submit(group, actor, what=["response"], of=[mine], files=pages)
    form = await actor.click(listed.response, label="Go through them one by one")
    if form.modal is None:
        return mine, form
    given = {"date": "1 May 2024", "link": "https://www.example.org/response"}
    return mine, await actor.submit_modal(form, given)


@pytest.mark.asyncio
async def test_each_answer_takes_one_press_and_the_last_says_so(group: Any) -> None:
    mine, shown = await begun(group, group.organiser)
    count, presses = 0, 0
    assert "Answer 1 of" in text_of(shown.response)
    while "You've decided every answer" not in text_of(shown.response):
        assert {"Agreed", "Partly agreed", "Noted", "Not agreed", "Not an answer to this", "Later"} <= set(
            buttons_of(shown.response)
        )
        shown = await group.organiser.click(shown.response, label=("Agreed", "Noted", "Not agreed")[count % 3])
        count, presses = count + 1, presses + 1
        assert presses < 20
    report = group.app.services.reports.for_group(group.guild_id).report(mine)
    decided = [item for item in report.recommendations if item.answer.status.label in ("Agreed", "Noted", "Not agreed")]
    assert len(decided) == count == presses
    assert all(item.answer.on is not None and item.answer.text for item in decided)
    await group.restart()
    again = await group.organiser.click(shown.response, label="Delete this draft")
    assert again.response is not None


@pytest.mark.asyncio
async def test_later_and_not_to_this_go_on_and_nothing_is_recorded_unasked(group: Any) -> None:
    mine, shown = await begun(group, group.organiser)
    first = text_of(shown.response)
    later = await group.organiser.click(shown.response, label="Later")
    assert "Answer 2 of" in text_of(later.response)
    for _ in range(12):
        if "Answer 2 of" not in text_of(later.response):
            break
        name = "Not an answer to this" if "Not an answer to this" in buttons_of(later.response) else "Leave it out"
        later = await group.organiser.click(later.response, label=name)
    assert "Answer 2 of" not in text_of(later.response)
    report = group.app.services.reports.for_group(group.guild_id).report(mine)
    assert all(item.answer.on is None for item in report.recommendations)
    assert "Answer 1 of" in first


@pytest.mark.asyncio
async def test_a_press_twice_records_once(group: Any) -> None:
    mine, _ = await begun(group, group.organiser)
    sittings = group.app.services.sittings
    (staged,) = await group.app.services.imports.open_drafts(group.guild_id)
    from bot.domain.identity import UserId

    person = await group.app.services.people.person_for(UserId(group.organiser.id))
    key = (await sittings.show(group.guild_id, staged.staged_id)).item.key
    ask = (group.guild_id, staged.staged_id, 0, key, "agreed", person)
    await asyncio.gather(sittings.say(*ask), sittings.say(*ask))
    await sittings.say(*ask)
    history = await group.app.services.records.history(group.guild_id, f"{mine}/{key}")
    assert len(history) == 1


@pytest.mark.asyncio
async def test_a_second_organiser_goes_through_the_same_list(group: Any) -> None:
    from bot.domain.identity import UserId

    owner = await group.app.services.people.person_for(UserId(group.organiser.id))
    await group.app.services.guilds.change(group.guild_id, owner, second_confirms=True)
    mine, shown = await begun(group, group.organiser)
    shown = await group.organiser.click(shown.response, label="Agreed")
    mine_again = await group.organiser.click(shown.response, label="See the list")
    assert mine_again.response is not None
    listed = await group.second_organiser.slash(group.channel, "reports import")
    (staged,) = await group.app.services.imports.open_drafts(group.guild_id)
    opened = await group.second_organiser.select(listed.response, [str(staged.staged_id)])
    first = await group.second_organiser.click(opened.response, label="Go through them one by one")
    assert "Another organiser proposed: Agreed." in text_of(first.response)
    confirmed = await group.second_organiser.click(first.response, label="Confirm: Agreed")
    assert "Answer 2 of" in text_of(confirmed.response)
    report = group.app.services.reports.for_group(group.guild_id).report(mine)
    assert [i.answer.status.label for i in report.recommendations].count("Agreed") == 1
