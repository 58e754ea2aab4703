"""Where what was read of Parliament's record is seen: the terminal, health, and what an undo leaves of a person's choices."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from bot.app import open_app
from bot.chat.cards.health import _record
from bot.check import _wording
from bot.clock import MovableClock, london_today
from bot.config import Settings
from bot.domain.report_changes import Decision, Fit
from bot.domain.reports import Report
from bot.packs_alone import reports_alone
from bot.rehearsal.parliament import ParliamentStandIn
from bot.sources.http import Http
from storage.pack_writer import write_pack
from tests.services.test_completions import clock, http, parliament, rows, stand_in_pack, use

__all__ = ("clock", "http", "parliament")
pytestmark = [pytest.mark.loopback, pytest.mark.asyncio]


def pack_in(folder: Path, clock: MovableClock) -> Report:
    """Write the stand-in's pack as an operator's own."""
    pack = stand_in_pack(clock)
    sources = tuple(replace(source, title=source.title[:80]) for source in pack.sources)
    pack = replace(pack, sources=sources, licence_url="https://example.org/licence")
    (folder / "packs").mkdir()
    (folder / "packs" / "lamps-pack.toml").write_text(write_pack(pack), "utf-8")
    return pack


async def test_the_terminal_shows_and_exports_what_was_read_and_undo_keeps_a_persons_choices(
    tmp_path: Path, clock: MovableClock, parliament: ParliamentStandIn, http: Http
) -> None:
    pack_in(tmp_path, clock)
    settings = Settings(data=tmp_path)
    async with open_app(settings, clock=clock) as app:
        service = use(app, http, parliament, clock)
        await service.run("lamps-pack")
        chosen = (await service.open_rows("lamps-pack")).questions[0]
        decision = Decision(Fit.SAME, chosen.candidates[0].place)
        await service.decide("lamps-pack", chosen.key, decision)
        official = rows(app)["1"].official
        alone = (await reports_alone(settings)).base(None, "lamps-pack")
        assert alone is not None
        assert {i.key: i.official for i in alone.recommendations} == {
            i.key: i.official for i in (await service.open_rows("lamps-pack")).report.recommendations
        }
        assert alone.recommendation("1").read_on == london_today(clock)  # type: ignore[union-attr]
        bare = (await reports_alone(settings, packs_only=True)).base(None, "lamps-pack")
        assert bare is not None
        assert not bare.recommendation("1").official  # type: ignore[union-attr]
        assert await service.choices() == 1
        assert await service.undo() == 1
        after_undo = (await reports_alone(settings)).base(None, "lamps-pack")
        assert after_undo is not None
        assert not after_undo.recommendation("1").official  # type: ignore[union-attr]
        assert await service.choices() == 0, "nothing of it holds while it is undone"
        await service.run("lamps-pack")
        assert await service.choices() == 1, "what a person said need not be said twice"
        assert (await service._read_for("lamps-pack")).decisions == {chosen.key: decision}
        assert rows(app)["1"].official == official


async def test_health_and_check_name_the_report_that_the_record_did_not_help_with(
    tmp_path: Path, clock: MovableClock, parliament: ParliamentStandIn, http: Http
) -> None:
    pack = pack_in(tmp_path, clock)
    parliament.committee.withdrawn.update({"Html", "Pdf"})
    settings = Settings(data=tmp_path)
    async with open_app(settings, clock=clock) as app:
        service = use(app, http, parliament, clock)
        assert await service.reports_without_words() == ()
        await service.run("lamps-pack")
        assert [report.slug for report in await service.reports_without_words()] == ["lamps-pack"]
        watch = app.services.publications.health_with("", await service.reports_without_words())
        said = _record(watch)
        assert pack.short_title in said
        assert "postbag reports complete PAGE --report lamps-pack" in said
        assert "looks again within a week" in said
    line = await _wording(settings)
    assert line is not None
    assert line.ok is None
    assert pack.short_title in line.words
    assert "--report lamps-pack" in line.words
    async with open_app(settings, clock=clock) as app:  # what somebody undid is theirs to ask for again
        await app.services.completions._store.drop(["lamps-pack"])
        assert await app.services.completions.reports_without_words() == ()
    assert await _wording(settings) is None
