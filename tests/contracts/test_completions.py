"""What completes reports, on both databases: its marks, a whole run and its undo, and what a terminal reads of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from bot.app import open_app
from bot.clock import MovableClock, london_today
from bot.config import Settings
from bot.domain.completions import Completion
from bot.domain.drafts import DraftItem, DraftReport, SavedPage
from bot.domain.identity import ItemKey, ReportSlug
from bot.domain.report_changes import Decision, Fit
from bot.rehearsal.committee import invented_report, page_of_report
from storage.completions import Completions
from storage.database import Database
from storage.read_alone import COMPLETED, TRIED, facts_alone, of_report
from tests.services.test_completions import stand_in_pack

pytestmark = pytest.mark.asyncio
START = datetime(2027, 1, 15, 9, 0, tzinfo=UTC)
LAMPS, BENCHES = ReportSlug("lamps-pack"), ReportSlug("benches-pack")


def completion_of(slug: ReportSlug, *, decided: bool = False) -> Completion:
    draft = DraftReport((DraftItem("1", "Count every lamp.", "4"),))
    return Completion(slug, draft, date(2027, 1, 15), {ItemKey("T-01"): Decision(Fit.SAME, 0, ())} if decided else {})


async def test_marks_are_set_and_lifted_and_what_a_person_chose_is_set_aside(database: Database) -> None:
    store = Completions(database)
    await store.put(completion_of(LAMPS, decided=True))
    await store.put(completion_of(BENCHES))
    await store.note_untold(LAMPS)
    await store.note_try("other", date(2027, 1, 15))
    assert set(await store.all()) == {LAMPS, BENCHES}
    assert await store.untold() == {LAMPS}
    assert await store.tried_on("other") == date(2027, 1, 15)
    assert await store.drop([LAMPS, BENCHES]) == 2
    assert await store.drop([LAMPS, BENCHES]) == 0
    assert await store.all() == {}
    assert await store.undone() == {LAMPS, BENCHES}
    assert await store.untold() == frozenset()
    aside = await store.set_aside()
    assert set(aside) == {LAMPS}, "only where a person chose something"
    assert aside[LAMPS] == completion_of(LAMPS, decided=True)
    await store.allow([LAMPS])
    assert await store.undone() == {BENCHES}
    await store.put(aside[LAMPS])
    assert await store.set_aside() == {}
    assert set(await store.all()) == {LAMPS}


async def test_a_whole_run_from_saved_pages_is_undone_whole(database_url: str, tmp_path: Path) -> None:
    clock = MovableClock(START)
    pack = stand_in_pack(clock)
    other = replace(pack, slug=ReportSlug("lamps-again"), title="Lamps again", publication_id=None)
    page = SavedPage("lamps.html", page_of_report(invented_report(london_today(clock))).encode())
    settings = Settings(data=tmp_path / "data", database={"url": database_url})
    async with open_app(settings, clock=clock, reports=[pack, other]) as app:
        service, held = app.services.completions, app.services.reports
        before = {report.slug: report for report in held.held()}
        for slug in (pack.slug, other.slug):
            run = await service.run(slug, [page])
            assert len(run.done) == 1, run.problems
        question = (await service.open_rows(pack.slug)).questions[0]
        await service.decide(pack.slug, question.key, Decision(Fit.SAME, question.candidates[0].place))
        await service.load()
        filled = held.base(None, pack.slug)
        assert filled is not None
        assert filled != before[pack.slug]
        facts = await facts_alone(settings.database_url, settings.database_file)
        assert set(of_report(facts, COMPLETED)) == {pack.slug, other.slug}
        assert of_report(facts, TRIED) == {}
        assert await service.undo() == 2
        assert {report.slug: report for report in held.held()} == before
        assert (await service.look()).done == (), "what was undone stays undone"
        assert await service.run(pack.slug, [page])
        assert await service.choices() == 1, "what a person chose need not be chosen again"
        assert held.base(None, pack.slug) == filled
