"""A report that is completed again: choices stay with their items, nothing is told twice or never, and undone stays undone."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.app import open_app
from bot.clock import MovableClock
from bot.commands.report_completing import Wish, _work
from bot.config import Settings
from bot.domain.drafts import DraftItem, DraftReport
from bot.domain.identity import ItemKey
from bot.domain.report_changes import Decision, Fit
from bot.domain.reports import Report
from bot.rehearsal.parliament import ParliamentStandIn, Weather
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


async def test_what_was_kept_and_not_told_is_told_by_the_next_look_once(
    tmp_path: Path, clock: MovableClock, parliament: ParliamentStandIn, http: Http
) -> None:
    pack = stand_in_pack(clock)
    told: list[str] = []

    async def killed(*_: Any) -> None:
        raise asyncio.CancelledError

    async def broken(*_: Any) -> None:
        raise RuntimeError("no room")

    async def tell(report: Report, completed: Any) -> None:
        told.append(report.slug)

    async with opened(tmp_path, clock, pack) as app:
        service = use(app, http, parliament, clock)
        service._tell = killed
        with pytest.raises(asyncio.CancelledError):
            await service.run("lamps-pack")
    async with opened(tmp_path, clock, pack) as app:
        service = use(app, http, parliament, clock)
        assert rows(app)["1"].official
        service._tell = broken
        await service.look()
        service._tell = tell
        for _ in range(9):
            await service.look()
            clock.advance(timedelta(days=1))
    assert told == ["lamps-pack"]


async def test_an_unforeseen_fault_in_one_report_is_said_and_the_others_are_completed(
    tmp_path: Path, clock: MovableClock, parliament: ParliamentStandIn, http: Http
) -> None:
    pack = stand_in_pack(clock)
    other = replace(pack, slug="other-pack", title="Benches", publication_id=77, paper="HC 9977")
    reads: list[str] = []
    async with open_app(Settings(data=tmp_path), clock=clock, reports=[other, pack]) as app:
        service = use(app, http, parliament, clock)
        read = service._read

        async def odd(report: Report, pages: Any) -> Any:
            reads.append(report.slug)
            if report.slug == "other-pack":
                raise RecursionError("odd")
            return await read(report, pages)

        service._read = odd
        run = await service.look()
        assert [done.report.slug for done in run.done] == ["lamps-pack"]
        assert "other-pack" in reads
        assert service.problem
        await service.look()
        assert reads.count("other-pack") == 1, "it was tried"
        assert service.problem, "and still stands in the way"
        clock.advance(timedelta(days=1))
        service._read = read
        await service.look()
        assert service.problem == "" or "other-pack" not in service.problem


async def test_what_was_undone_stays_undone_until_it_is_asked_for_by_hand(
    tmp_path: Path, clock: MovableClock, parliament: ParliamentStandIn, http: Http
) -> None:
    pack = stand_in_pack(clock)
    bare = {str(i.key): i for i in pack.recommendations}
    async with opened(tmp_path, clock, pack) as app:
        service = use(app, http, parliament, clock)
        await service.run("lamps-pack")
    said: list[str] = []
    await _work(Settings(data=tmp_path), Wish(undo=True), said.append, lambda _: "")
    assert "what was filled in for 1 report." in said[0]
    assert "won't fill them in again by itself" in said[1]
    async with opened(tmp_path, clock, pack) as app:
        service = use(app, http, parliament, clock)
        for _ in range(4):
            clock.advance(timedelta(days=8))
            assert (await service.look()).done == ()
        assert rows(app) == bare
        parliament.set_weather(Weather.DOWN)
        assert (await service.run("lamps-pack")).done == ()
        parliament.set_weather(Weather.FAIR)
        clock.advance(timedelta(days=8))
        assert (await service.look()).done == (), "nothing was read when it was asked for, so it is still undone"
        assert len((await service.run("lamps-pack")).done) == 1
        assert rows(app)["1"].official
        assert await service._store.undone() == set(), "and from then on it goes on by itself"


async def test_choices_outlast_an_undo_whatever_reads_the_report_next(
    tmp_path: Path, clock: MovableClock, parliament: ParliamentStandIn, http: Http
) -> None:
    async with opened(tmp_path, clock, stand_in_pack(clock)) as app:
        service = use(app, http, parliament, clock)
        await service.run("lamps-pack")
        await service.decide("lamps-pack", ItemKey("T-02"), Decision(Fit.SAME, 2))
        await service.load()
        filled = {key: item.official for key, item in rows(app).items()}
        assert await service.undo() == 1
        parliament.set_weather(Weather.DOWN)
        assert (await service.run("lamps-pack")).problems
        parliament.set_weather(Weather.FAIR)
        clock.advance(timedelta(days=1))
        await service.look()
        await service.run("lamps-pack")
        assert await service.choices() == 1
        assert {key: item.official for key, item in rows(app).items()} == filled
        assert await service.undo() == 1
        await service._store.allow(["lamps-pack"])  # as a process does that ends before it has kept what it read
        assert len((await service.look()).done) == 1
        assert await service.choices() == 1, "a look by itself takes up what was set aside"
        assert {key: item.official for key, item in rows(app).items()} == filled


async def test_what_no_longer_fits_a_newer_pack_is_read_again_by_itself_and_health_says_so(
    tmp_path: Path, clock: MovableClock, parliament: ParliamentStandIn, http: Http
) -> None:
    pack = stand_in_pack(clock)
    newer = replace(pack, paper="HC 9977")
    async with opened(tmp_path, clock, pack) as app:
        service = use(app, http, parliament, clock)
        await service.run("lamps-pack")
        await service.decide("lamps-pack", ItemKey("T-04"), Decision(Fit.SAME, 4))
        await service.load()
        before = rows(app)
    async with opened(tmp_path, clock, newer) as app:
        service = use(app, http, parliament, clock)
        assert not rows(app)["1"].official
        for _ in range(2):
            assert (await service.look()).done == ()
            assert service.problem, "its page is still of the other paper"
        clock.advance(timedelta(days=1))
        read = service._read

        async def of_newer(report: Report, pages: Any) -> DraftReport:
            draft: DraftReport = await read(report, pages)
            return replace(draft, paper="HC 9977")

        service._read = of_newer
        assert len((await service.look()).done) == 1
        assert service.problem == ""
        held = rows(app)
        assert {key: i.official for key, i in held.items()} == {key: i.official for key, i in before.items()}
        assert (await service.look()).done == ()


async def test_a_choice_that_contradicts_a_newer_pack_is_open_again_and_the_others_stay(
    tmp_path: Path, clock: MovableClock, parliament: ParliamentStandIn, http: Http
) -> None:
    pack = stand_in_pack(clock)
    five = replace(pack.recommendations[0], key=ItemKey("5"), number="5", paragraphs="", summary="Five, of our own.")
    newer = replace(pack, recommendations=(*pack.recommendations, five))
    async with opened(tmp_path, clock, pack) as app:
        service = use(app, http, parliament, clock)
        await service.run("lamps-pack")
        await service.decide("lamps-pack", ItemKey("T-03"), Decision(Fit.SAME, 3))
        await service.decide("lamps-pack", ItemKey("T-04"), Decision(Fit.SAME, 4))
    async with opened(tmp_path, clock, newer) as app:
        service = use(app, http, parliament, clock)
        assert not rows(app)["1"].official
        run = await service.look()
        assert len(run.done) == 1
        assert [note for note in run.notes if "T-04" in note]
        held = rows(app)
        assert held["1"].official
        assert held["T-03"].number == "4"
        assert held["T-04"].number is None
        assert service.problem == ""
