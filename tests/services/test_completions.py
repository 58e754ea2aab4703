"""Reports completed from Parliament's record: what is sure is filled, the rest is asked, and everything can be taken away."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from bot.app import open_app
from bot.clock import MovableClock, london_today
from bot.config import Settings
from bot.domain.completions import Completion, as_text, complete, from_text
from bot.domain.errors import Refused
from bot.domain.identity import ItemKey, UserId
from bot.domain.report_changes import Decision, Fit
from bot.domain.reports import Recommendation, Report
from bot.jobs import App
from bot.rehearsal import committee as invented
from bot.rehearsal.parliament import ParliamentStandIn, Weather, invented_report
from bot.sources.committees import CommitteesApi
from bot.sources.http import Http
from tests.builders import GUILD
from tests.sources.test_report_pages import html

pytestmark = [pytest.mark.loopback, pytest.mark.asyncio]

DOCUMENT = "/api/Publications/{id}/Document/{document}/{format}"
START = datetime(2027, 1, 15, 9, 0, tzinfo=UTC)


def stand_in_pack(clock: MovableClock, *, number: int | None = invented.PUBLICATION_ID) -> Report:
    """Make a pack as ours are: two confirmed numbers, rows of our own with a range of paragraphs, and none of the words."""
    whole = invented_report(london_today(clock))
    rows: list[Recommendation] = []
    for place, item in enumerate(whole.recommendations[:5]):
        row = replace(item, official="", sources=("report",), addressees=())
        if place >= 2:
            row = replace(row, key=ItemKey(f"T-{place:02}"), number=None, paragraphs="12–30")
        rows.append(row)
    rows.append(
        replace(rows[-1], key=ItemKey("T-99"), summary="Paint every bench in a bright colour.", theme="Benches")
    )
    return replace(
        whole, slug="lamps-pack", recommendations=tuple(rows), publication_id=number, invented=False, paper="HC 9901",  # type: ignore[arg-type]
    )  # fmt: skip


@pytest.fixture
def clock() -> MovableClock:
    return MovableClock(START)


@pytest_asyncio.fixture
async def parliament(clock: MovableClock) -> AsyncIterator[ParliamentStandIn]:
    async with ParliamentStandIn(clock, seconds=30) as opened:
        yield opened


@pytest_asyncio.fixture
async def http(parliament: ParliamentStandIn) -> AsyncIterator[Http]:
    async def no_wait(_: float) -> None:
        return None

    async with Http((parliament.urls.committees_api,), timeout_seconds=30, sleep=no_wait) as opened:
        yield opened


def opened(tmp_path: Path, clock: MovableClock, pack: Report) -> Any:
    settings = Settings(data=tmp_path)
    return open_app(settings, clock=clock, reports=[pack])


def use(app: App, http: Http, parliament: ParliamentStandIn, clock: MovableClock) -> Any:
    service = app.services.completions
    service._source = CommitteesApi(http, parliament.urls.committees_api, clock, pause_seconds=0)
    return service


async def decide(service: Any, say: Any) -> Any:
    """Answer the questions that are open, as somebody at a terminal does."""
    done = await service.open_rows("lamps-pack")
    for question in done.questions:
        decision = say(question, service_draft := (await service._read_for("lamps-pack")).draft)
        assert service_draft.items
        if decision is not None:
            done = await service.decide("lamps-pack", question.key, decision)
    await service.load()
    return done


def rows(app: App) -> dict[str, Recommendation]:
    report = app.services.reports.base(None, "lamps-pack")
    assert report is not None
    return {str(item.key): item for item in report.recommendations}


@pytest.mark.parametrize("number", [invented.PUBLICATION_ID, None], ids=["by its id", "by committee, day and paper"])
async def test_after_the_first_look_a_pack_holds_the_committees_words(
    tmp_path: Path, clock: MovableClock, parliament: ParliamentStandIn, http: Http, number: int | None
) -> None:
    pack = stand_in_pack(clock, number=number)
    async with opened(tmp_path, clock, pack) as app:
        service = use(app, http, parliament, clock)
        run = await service.run("lamps-pack")
        (done,) = run.done
        assert run.problems == ()
        held = rows(app)
        official = {i.number: i.official for i in invented_report(london_today(clock)).recommendations}
        assert held["1"].official == official["1"]
        assert held["2"].official == official["2"]
        assert held["1"].summary == pack.recommendations[0].summary
        assert {q.key for q in done.questions} >= {"T-02", "T-03", "T-04"}
        assert not held["T-02"].official, "what is not sure is left to a person"
        assert "T-99" in done.left
        assert {"6", "7"} & set(done.added) or {"6", "7"} <= {
            c.item.label for q in done.questions for c in q.candidates
        }
        assert len({i.number for i in held.values() if i.number}) == len([i for i in held.values() if i.number])
        again = await service.look()
        assert again.done == ()
    async with opened(tmp_path, clock, pack) as app:  # it is there after a restart, and gone after an undo
        assert rows(app)["1"].official == official["1"]
        assert await use(app, http, parliament, clock).undo() == 1
        assert rows(app) == {str(i.key): i for i in pack.recommendations}
        assert (await app.services.completions.look()).done == (), "what was taken away is not read again at once"


async def test_a_key_that_gets_its_number_goes_on_answering_to_the_key(
    tmp_path: Path, clock: MovableClock, parliament: ParliamentStandIn, http: Http
) -> None:
    async with opened(tmp_path, clock, stand_in_pack(clock)) as app:
        service = use(app, http, parliament, clock)
        await service.run("lamps-pack")

        def say(question: Any, draft: Any) -> Decision | None:
            place = next(
                (n for n, item in enumerate(draft.items) if item.label == {"T-02": "3", "T-03": "4"}.get(question.key)),
                None,
            )
            return None if place is None else Decision(Fit.SAME, place)

        done = await decide(service, say)
        held = rows(app)
        assert (held["T-02"].number, held["T-03"].number) == ("3", "4")
        assert held["T-02"].official
        found = app.services.reports.for_group(None).report("lamps-pack")
        assert found.recommendation("T-02") == found.recommendation("3")
        assert "T-02" not in {q.key for q in done.questions}


async def test_several_rows_may_be_parts_of_one_item(
    tmp_path: Path, clock: MovableClock, parliament: ParliamentStandIn, http: Http
) -> None:
    async with opened(tmp_path, clock, stand_in_pack(clock)) as app:
        service = use(app, http, parliament, clock)
        await service.run("lamps-pack")
        await decide(service, lambda q, d: Decision(Fit.PART, 2) if q.key in ("T-02", "T-03") else None)
        assert {rows(app)[key].part_of for key in ("T-02", "T-03")} == {"3"}


async def test_one_row_may_be_two_items_and_both_numbers_lead_to_it_until_it_is_undone(
    tmp_path: Path, clock: MovableClock, parliament: ParliamentStandIn, http: Http
) -> None:
    pack = stand_in_pack(clock)
    official = {i.number: i.official for i in invented_report(london_today(clock)).recommendations}
    async with opened(tmp_path, clock, pack) as app:
        service = use(app, http, parliament, clock)
        await service.run("lamps-pack")
        await decide(service, lambda q, d: Decision(Fit.SAME, 3, (2,)) if q.key == "T-02" else None)
    async with opened(tmp_path, clock, pack) as app:
        service, view = use(app, http, parliament, clock), app.services.reports.for_group(None)
        for named in ("3", "4", "T-02", "3 and 4", "Recommendations 3 and 4", "recommendation 4"):
            assert view.find(named, "lamps-pack").item.key == "T-02", named
        row = rows(app)["T-02"]
        assert row.summary == pack.recommendations[2].summary
        assert row.wordings == (official["3"], official["4"])
        assert next(value for _, value in view.complete("4", "lamps-pack")) == "lamps-pack/T-02"
        assert await service.undo() == 1
        assert rows(app) == {str(i.key): i for i in pack.recommendations}


async def test_a_persons_word_on_a_row_can_be_taken_back_and_a_contradiction_changes_nothing(
    tmp_path: Path, clock: MovableClock, parliament: ParliamentStandIn, http: Http
) -> None:
    async with opened(tmp_path, clock, stand_in_pack(clock)) as app:
        service = use(app, http, parliament, clock)
        await service.run("lamps-pack")
        before = await service.open_rows("lamps-pack")
        await service.decide("lamps-pack", ItemKey("T-02"), Decision(Fit.SAME, 2))
        with pytest.raises(Refused):
            await service.decide("lamps-pack", ItemKey("T-03"), Decision(Fit.SAME, 2))
        assert "T-03" in {q.key for q in (await service.open_rows("lamps-pack")).questions}
        assert await service.decide("lamps-pack", ItemKey("T-02"), None) == before


@pytest.mark.parametrize("weather", [Weather.DOWN, Weather.BROKEN, Weather.NOT_JSON, Weather.WRONG_SHAPE])
async def test_without_the_record_all_is_as_it_was_and_it_is_said(
    tmp_path: Path, clock: MovableClock, parliament: ParliamentStandIn, http: Http, weather: Weather
) -> None:
    pack = stand_in_pack(clock)
    async with opened(tmp_path, clock, pack) as app:
        service = use(app, http, parliament, clock)
        parliament.set_weather(weather)
        run = await service.run("lamps-pack")
        assert run.done == ()
        assert run.problems
        assert run.is_offline == bool(service.problem) == (weather in (Weather.DOWN, Weather.BROKEN))
        assert rows(app) == {str(i.key): i for i in pack.recommendations}
        parliament.set_weather(Weather.FAIR)
        clock.advance(timedelta(days=1))
        assert len((await service.look()).done) == 1, "the next day's look tries again"
        assert service.problem == ""


@pytest.mark.parametrize(
    "page",
    [
        b"<html><head><title>Just a moment...</title></head><body><p>Checking your browser</p></body></html>",
        b"<html><body><h1>Lights Out</h1><p>The list has moved.</p></body></html>",
        b"<html><body>" + b"<p>x</p>" * 6_600_000,
        b"",
    ],
    ids=["challenge", "changed", "large", "empty"],
)
async def test_a_page_that_holds_no_list_changes_nothing(
    tmp_path: Path,
    clock: MovableClock,
    parliament: ParliamentStandIn,
    http: Http,
    page: bytes,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    pack = stand_in_pack(clock)
    monkeypatch.setattr(invented, "page_of_report", lambda report: page.decode())
    parliament.committee.withdrawn.add("Pdf")
    async with opened(tmp_path, clock, pack) as app:
        service = use(app, http, parliament, clock)
        run = await service.run("lamps-pack")
        assert run.done == ()
        assert run.problems
        assert rows(app) == {str(i.key): i for i in pack.recommendations}
        documents = [route for _, route in parliament.asked].count(DOCUMENT)
        await service.look()
        assert [route for _, route in parliament.asked].count(DOCUMENT) == documents, (
            "it is not asked for again at once"
        )
        clock.advance(timedelta(days=8))
        await service.look()
        assert [route for _, route in parliament.asked].count(DOCUMENT) > documents


async def test_a_run_that_is_ended_half_way_keeps_whole_reports_alone(
    tmp_path: Path, clock: MovableClock, parliament: ParliamentStandIn, http: Http
) -> None:
    pack = stand_in_pack(clock)
    async with opened(tmp_path, clock, pack) as app:
        service = use(app, http, parliament, clock)
        task = asyncio.create_task(service.run("lamps-pack"))
        await asyncio.sleep(0.05)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
    async with opened(tmp_path, clock, pack) as app:
        held = rows(app)
        assert held == {str(i.key): i for i in pack.recommendations} or held["1"].official
        assert len((await use(app, http, parliament, clock).run("lamps-pack")).done) == 1


async def test_saved_pages_do_the_same_without_network(
    tmp_path: Path, clock: MovableClock, parliament: ParliamentStandIn, http: Http
) -> None:
    pack = stand_in_pack(clock)
    whole = invented_report(london_today(clock))
    body = "".join(f"<p>{i.number}. {i.official} (Paragraph {i.paragraphs})</p>" for i in whole.recommendations)
    async with opened(tmp_path, clock, pack) as app:
        service = use(app, http, parliament, clock)
        parliament.set_weather(Weather.DOWN)
        run = await service.run("lamps-pack", html(f"<h2>Conclusions and recommendations</h2>{body}"))
        assert len(run.done) == 1
        assert rows(app)["1"].official == whole.recommendations[0].official
        with pytest.raises(Refused, match="Which report"):
            await service.run("", html(body))


async def test_organisers_who_follow_it_are_told_once(
    tmp_path: Path, clock: MovableClock, parliament: ParliamentStandIn, http: Http
) -> None:
    told: list[str] = []

    async def tell(report: Report, completed: Any) -> None:
        told.append(f"{report.slug}: {completed.words}")

    async with opened(tmp_path, clock, stand_in_pack(clock)) as app:
        service = use(app, http, parliament, clock)
        service._tell = tell
        await service.look()
        await service.look()
    assert len(told) == 1
    assert told[0].startswith("lamps-pack: 2 rows filled")


async def test_a_completion_is_written_and_read_whole_and_fits_a_newer_pack(clock: MovableClock) -> None:
    from bot.domain.drafts import DraftItem, DraftReport

    pack = stand_in_pack(clock)
    words = "The Department for Lanterns should count every street lamp in the country and publish the count each year."
    kept = Completion(pack.slug, DraftReport((DraftItem("1", words, "8"),), paper="HC 9901"), london_today(clock))
    assert from_text(as_text(kept)) == kept
    newer = replace(pack, recommendations=(replace(pack.recommendations[0], note="New."), *pack.recommendations[1:]))
    assert complete(newer, kept).report.recommendations[0].note == "New."
    assert complete(newer, kept).report.recommendations[0].official == words
    held = replace(
        pack,
        recommendations=(
            replace(pack.recommendations[0], official="Confirmed by a person."),
            *pack.recommendations[1:],
        ),
    )
    assert complete(held, kept).report.recommendations[0].official == "Confirmed by a person."
    with pytest.raises(Refused):
        from_text("{}")


async def test_an_organiser_decides_for_the_group_what_completing_left_unsure_one_press_each(
    tmp_path: Path, clock: MovableClock, parliament: ParliamentStandIn, http: Http
) -> None:
    wanted = {"T-02": "3", "T-03": "4", "T-04": "5"}
    pack = stand_in_pack(clock)
    short = tuple(replace(source, title=source.title[:80]) for source in pack.sources)
    pack = replace(pack, licence_url="https://licence.example/", sources=short)
    async with opened(tmp_path, clock, pack) as app:
        service = use(app, http, parliament, clock)
        await service.run("lamps-pack")
        imports = app.services.imports
        imports._source = service._source
        found = await imports.read_publication(GUILD, invented.PUBLICATION_ID)
        assert found.held is not None
        assert found.held.slug == "lamps-pack"
        assert found.merge is not None
        asked = {str(question.key) for question in found.merge.questions}
        assert asked >= set(wanted)
        presses = 0
        for key, label in wanted.items():
            question = next(q for q in found.merge.questions if q.key == key)
            place = next(n for n, item in enumerate(found.draft.items) if item.label == label)
            assert place in [candidate.place for candidate in question.candidates]
            found = await imports.decide(GUILD, found.staged.staged_id, question.key, Decision(Fit.SAME, place))
            assert found.merge is not None
            presses += 1
        assert presses == len(wanted)
        assert not set(wanted) & {str(question.key) for question in found.merge.questions}
        person = await app.services.people.person_for(UserId(71))
        await imports.keep(GUILD, found.staged.staged_id, person)
        ours = app.services.reports.for_group(GUILD).report("lamps-pack")
        assert {str(item.key): item.number for item in ours.recommendations if item.key in wanted} == wanted
        assert all(ours.recommendation(key).official for key in wanted)  # type: ignore[union-attr]
        theirs = app.services.reports.for_group(None).report("lamps-pack")
        assert all(not theirs.recommendation(key).official for key in wanted)  # type: ignore[union-attr]
        assert await service.undo() == 1
        kept = app.services.reports.for_group(GUILD).report("lamps-pack")
        assert kept.recommendation("3") == ours.recommendation("3"), "what a person confirmed stays"
