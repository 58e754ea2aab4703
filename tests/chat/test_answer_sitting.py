"""A response gone through in one sitting: one press for each answer, a second organiser through the same list."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
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
    assert (len(decided), count, presses) == (4, 3, 3), "one of them answers two recommendations together"
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


@pytest.mark.asyncio
async def test_an_answer_to_several_is_confirmed_for_all_of_them_with_one_press(group: Any) -> None:
    from bot.domain.identity import UserId

    owner = await group.app.services.people.person_for(UserId(group.organiser.id))
    await group.app.services.guilds.change(group.guild_id, owner, second_confirms=True)
    mine, shown = await begun(group, group.organiser)
    for _ in range(2):
        shown = await group.organiser.click(shown.response, label="Later")
    assert "The response answers these 2 together" in text_of(shown.response)
    await group.organiser.click(shown.response, label="Noted")
    (staged,) = await group.app.services.imports.open_drafts(group.guild_id)
    listed = await group.second_organiser.slash(group.channel, "reports import")
    opened = await group.second_organiser.select(listed.response, [str(staged.staged_id)])
    seen = await group.second_organiser.click(opened.response, label="Go through them one by one")
    while "Confirm: Noted" not in buttons_of(seen.response):
        seen = await group.second_organiser.click(seen.response, label="Later")
    await group.second_organiser.click(seen.response, label="Confirm: Noted")
    report = group.app.services.reports.for_group(group.guild_id).report(mine)
    assert [i.answer.status.label for i in report.recommendations].count("Noted") == 2


WISHES = ("plant a tree in every lane", "count the lamps twice a year", "pay for the oil of the poorest parishes")


def walked(modal: Any) -> Iterator[dict[str, Any]]:
    """Give every part of a form as Discord would draw it."""
    for part in modal if isinstance(modal, list) else [modal]:
        yield part
        for inside in (part.get("components"), part.get("component")):
            if inside:
                yield from walked(inside)


def of_36_items() -> tuple[str, str]:
    """Give a report of 36 items and a response to each, as pasted text. Every item has a word that no other has."""
    marks = [f"{first}{last}" for first in ("Ash", "Birk", "Cold", "Dun", "Elm", "Fern") for last in
             ("bury", "combe", "dale", "field", "gate", "holt")]  # fmt: skip
    items = [f"We recommend that the Council of {mark} {WISHES[n % 3]}." for n, mark in enumerate(marks)]
    report = "Lanes and Lamps\nHC 9907\nConclusions and recommendations\n\n" + "\n\n".join(
        f"{n}. {item} (Paragraph {n + 10})" for n, item in enumerate(items, 1)
    )
    verdicts = ("The Government accepts this recommendation.", "The Government rejects this recommendation.")
    response = "Government response\n\n" + "\n\n".join(
        f"Recommendation {n}\n\n{item} (Paragraph {n + 10})\n\n{verdicts[n % 2]} {marks[n - 1]} was asked.\n\n"
        f"Target implementation date: Spring 2099"
        for n, item in enumerate(items, 1)
    )
    return report, response


@pytest.mark.asyncio
async def test_a_response_to_36_items_takes_a_press_each_and_few_more(group: Any) -> None:
    report, response = of_36_items()
    draft = await submit(group, group.organiser, files=[("report.txt", report.encode())])
    while "Confirm" not in buttons_of(draft.response):
        filled = await group.organiser.click(draft.response, label="Fill it in")
        given = {
            "title": "Lanes and Lamps",
            "committee": "Lanes Committee",
            "link": "https://www.example.org/report",
            "date": "1 May 2024",
        }
        draft = await group.organiser.submit_modal(filled, given)
    await group.organiser.click(draft.response, label="Confirm")
    (mine,) = [slug for slug in await slugs(group, group.member) if slug != "never-again"]
    listed = await submit(
        group, group.organiser, what=["response"], of=[mine], files=[("response.txt", response.encode())]
    )
    presses = 2  # /reports import, and its form
    form = await group.organiser.click(listed.response, label="Go through them one by one")
    given = {"date": "1 July 2024", "link": "https://www.example.org/response"}
    shown = await group.organiser.submit_modal(form, given) if form.modal is not None else form
    presses += 2
    target = await group.organiser.click(shown.response, label="Add the target date")
    assert target.modal is not None
    typed = {
        name: f.get("value") or "" for f in walked(target.modal) if (name := f.get("custom_id")) and f.get("type") == 4
    }
    assert typed["date"] == "31 May 2099"
    kept = await group.organiser.submit_modal(target, typed)
    assert "31 May 2099" in text_of(kept.response)
    while "decided every answer" not in text_of(shown.response):
        own = "Not agreed" if "**Not agreed**" in text_of(shown.response) else "Agreed"
        shown = await group.organiser.click(shown.response, label=own)
        presses += 1
        assert presses <= 40
    held = group.app.services.reports.for_group(group.guild_id).report(mine)
    assert [i.answer.status.label for i in held.recommendations] == ["Not agreed", "Agreed"] * 18
    assert presses == 40, "36 answers, and four to bring the response in"
