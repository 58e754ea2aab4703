"""A report that is completed again: choices stay with their items, nothing is told twice or never, and undone stays undone."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from bot.clock import MovableClock
from bot.domain.drafts import DraftItem, DraftReport
from bot.domain.identity import ItemKey
from bot.domain.report_changes import Decision, Fit
from bot.rehearsal.parliament import ParliamentStandIn
from bot.sources.http import Http
from tests.services.test_completions import clock, http, opened, parliament, rows, stand_in_pack, use

__all__ = ["clock", "http", "parliament"]

pytestmark = [pytest.mark.loopback, pytest.mark.asyncio]

OPENING = DraftItem("", "A new opening paragraph of the page about nothing held.", "3")
Items = Sequence[DraftItem]


def page_changed(service: Any, change: Callable[[Items], Items]) -> None:
    """Let Parliament's page be another one when it is read again."""
    read = service._read

    async def changed(report: Any, pages: Any) -> DraftReport:
        draft: DraftReport = await read(report, pages)
        return replace(draft, items=tuple(change(draft.items)))

    service._read = changed


def renumbered(items: Items) -> Items:
    return [OPENING, *(replace(i, label=str(int(i.label) + 1) if int(i.label) > 2 else i.label) for i in items)]


def mended(items: Items) -> Items:
    return [OPENING, *(replace(i, text=i.text + " Soon.") if i.label == "5" else i for i in items)]


def numbered_alike(items: Items) -> Items:
    """Give the number 5 to another item, and take the fifth away."""
    return [*(i for i in items if i.label != "5"), DraftItem("5", "Owls were heard at night beside every canal.", "19")]


@pytest.mark.parametrize(
    ("change", "number", "ending", "said"),
    [
        (lambda items: [OPENING, *items], "5", "", False),
        (lambda items: items[::-1], "5", "", False),
        (lambda items: items[1:], "5", "", False),
        (lambda items: [i for i in items if i.label != "5"], "5", "", True),
        (numbered_alike, None, "", True),
        (renumbered, "6", "", False),
        (mended, "5", " Soon.", False),
    ],
    ids=[
        "a paragraph more",
        "turned round",
        "one gone before it",
        "gone",
        "another has its number",
        "renumbered",
        "mended",
    ],
)
async def test_a_persons_choice_stays_with_its_item_when_the_page_is_read_again(
    tmp_path: Path,
    clock: MovableClock,
    parliament: ParliamentStandIn,
    http: Http,
    change: Callable[[Items], Items],
    number: str | None,
    ending: str,
    said: bool,
) -> None:
    async with opened(tmp_path, clock, stand_in_pack(clock)) as app:
        service = use(app, http, parliament, clock)
        (done,) = (await service.run("lamps-pack")).done
        question = next(one for one in done.questions if one.key == "T-04")
        place = next(c.place for c in question.candidates if c.item.label == "5")
        await service.decide("lamps-pack", question.key, Decision(Fit.SAME, place))
        await service.load()
        before = rows(app)["T-04"]
        assert before.number == "5"
        assert before.official
        page_changed(service, change)
        for _ in range(2):
            run = await service.run("lamps-pack")
            assert run.problems == ()
            held = rows(app)
            assert (held["T-04"].official, held["T-04"].number) == (before.official + ending, number)
            others = [i.official for key, i in held.items() if key != "T-04"]
            assert held["T-04"].official not in others
            assert bool(run.notes) == said, run.notes
            assert all("T-04" in note for note in run.notes)


async def test_a_row_of_two_items_and_a_part_keep_both_when_the_page_is_read_again(
    tmp_path: Path, clock: MovableClock, parliament: ParliamentStandIn, http: Http
) -> None:
    async with opened(tmp_path, clock, stand_in_pack(clock)) as app:
        service = use(app, http, parliament, clock)
        await service.run("lamps-pack")
        await service.decide("lamps-pack", ItemKey("T-02"), Decision(Fit.SAME, 3, (2,)))
        await service.decide("lamps-pack", ItemKey("T-03"), Decision(Fit.PART, 4))
        await service.decide("lamps-pack", ItemKey("T-04"), Decision(Fit.NONE))
        await service.load()
        before = rows(app)
        assert before["T-03"].part_of == "5"
        page_changed(service, lambda items: [OPENING, *items])
        assert (await service.run("lamps-pack")).problems == ()
        held = rows(app)
        for key in ("T-02", "T-03", "T-04"):
            assert held[key].wordings == before[key].wordings
            assert (held[key].numbers, held[key].part_of) == (before[key].numbers, before[key].part_of)
