"""Drafts for an organiser's word, over both databases."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from bot.domain.drafts import Doubt, DraftAnswer, DraftAnswers, DraftItem, DraftReport, ItemKind
from bot.domain.errors import Refused
from bot.domain.identity import GuildId, ItemKey
from bot.domain.report_changes import Decision, Fit
from bot.domain.reports import House
from bot.domain.staged import Given, Staged
from storage import staged as module
from storage.database import Database
from storage.staged import StagedDrafts

NOW = datetime(2026, 3, 2, 10, tzinfo=UTC)
GROUP, OTHER = GuildId(901), GuildId(902)
DOUBT = Doubt("item 1", "looks odd — ئۇيغۇر", "look")
REPORT = Staged(
    0,
    GROUP,
    DraftReport(
        (DraftItem("1", "Do it.\n• soon", "13", "Doing", ItemKind.RECOMMENDATION, (DOUBT,)), DraftItem("", "Or not.")),
        "Title",
        "Committee",
        House.LORDS,
        "HL Paper 12",
        "2021–22",
        date(2021, 7, 8),
        "https://example.org/x",
        6624,
        (DOUBT,),
        ("page.html", "two.html"),
    ),
    "never-again",
    Given("T", "C", date(2021, 7, 9), "https://example.org/y"),
    {ItemKey("T-12"): Decision(Fit.PART, 1), ItemKey("T-13"): Decision(Fit.NONE)},
)
ANSWERS = Staged(
    0,
    GROUP,
    DraftAnswers(
        (DraftAnswer("3", "We agree.", "Do it.", ("3", "4"), "13", "Doing", (DOUBT,)),),
        "Response",
        "Committee",
        published_on=None,
        doubts=(DOUBT,),
        sources=("r.html",),
    ),
    "never-again",
)


@pytest.mark.asyncio
@pytest.mark.parametrize("staged", [REPORT, ANSWERS], ids=["report", "answers"])
async def test_a_draft_comes_back_as_it_was_in_its_group_alone(database: Database, staged: Staged) -> None:
    store = StagedDrafts(database)
    kept = await store.add(staged, NOW)
    assert kept == replace(staged, staged_id=kept.staged_id)
    assert await store.get(GROUP, kept.staged_id, NOW) == kept
    assert await store.get(OTHER, kept.staged_id, NOW) is None
    assert (await store.open(GROUP, NOW), await store.open(OTHER, NOW)) == ([kept], [])
    assert await store.open(GROUP, NOW + timedelta(hours=25)) == []
    assert await store.drop(OTHER, kept.staged_id) is False
    await store.save(replace(kept, guild_id=OTHER, report="stolen"))
    assert await store.get(GROUP, kept.staged_id, NOW) == kept
    changed = replace(kept, report="other")
    await store.save(changed)
    assert await store.get(GROUP, kept.staged_id, NOW) == changed
    assert await store.drop(GROUP, kept.staged_id) is True
    assert await store.get(GROUP, kept.staged_id, NOW) is None


@pytest.mark.asyncio
async def test_a_draft_lasts_a_day(database: Database) -> None:
    store = StagedDrafts(database)
    kept = await store.add(REPORT, NOW)
    assert await store.get(GROUP, kept.staged_id, NOW + timedelta(hours=24)) is not None
    assert await store.get(GROUP, kept.staged_id, NOW + timedelta(hours=24, seconds=1)) is None
    assert await store.tidy(NOW + timedelta(hours=24, seconds=1)) == 1


@pytest.mark.asyncio
async def test_a_groups_oldest_draft_gives_way_and_another_groups_does_not(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "MOST_OF_A_GROUP", 2)
    store = StagedDrafts(database)
    theirs = await store.add(replace(REPORT, guild_id=OTHER), NOW)
    kept = [await store.add(REPORT, NOW) for _ in range(3)]
    assert await store.get(GROUP, kept[0].staged_id, NOW) is None
    assert await store.get(GROUP, kept[1].staged_id, NOW) is not None
    assert await store.get(OTHER, theirs.staged_id, NOW) is not None
    monkeypatch.setattr(module, "LARGEST", 100)
    with pytest.raises(Refused, match="longer than any report"):
        await store.add(REPORT, NOW)
