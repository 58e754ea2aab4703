"""What was said in Parliament, on both databases."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import func, select

from bot.domain.errors import Refused
from bot.domain.guilds import GuildSettings
from bot.domain.identity import GuildId, ReportSlug
from bot.domain.look_words import OwnWords
from bot.domain.said import AnswerState, Said, SaidKind, Signature
from bot.domain.searches import Look
from storage.database import Database
from storage.guilds import Guilds
from storage.removed_groups import RemovedGroups
from storage.said import SaidStore
from storage.schema import said, said_looks, said_terms

pytestmark = pytest.mark.asyncio
NOW = datetime(2026, 3, 2, 10, tzinfo=UTC)
SLUG = ReportSlug("lights-out")
LOOK = Look("street lamps", SaidKind.QUESTION, date(2023, 3, 2), NOW, NOW, 2)
ASKED = Said(
    SaidKind.QUESTION,
    "1",
    date(2026, 1, 5),
    "Lamps",
    "To ask.",
    "90001",
    "Commons",
    990123,
    "Elif Huxtable-Demir",
    "Department for Lanterns",
    AnswerState.OPEN,
    due_on=date(2026, 1, 12),
    url="https://questions-statements.parliament.uk/written-questions/detail/2026-01-05/90001",
)


async def test_what_was_found_is_given_by_its_words_and_by_its_member_newest_first(database: Database) -> None:
    store = SaidStore(database)
    older = replace(ASKED, key="2", on=date(2025, 1, 1), member_id=7)
    await store.found(LOOK, [older, ASKED], NOW)
    assert list(await store.by_terms(["street lamps"])) == [ASKED, older]
    assert list(await store.by_member(990123, ["street lamps"])) == [ASKED]
    assert not await store.by_member(990123, ["other"])
    assert list(await store.looks(["street lamps"])) == [LOOK]


async def test_what_is_found_again_is_replaced_and_a_failure_keeps_it(database: Database) -> None:
    store = SaidStore(database)
    await store.found(LOOK, [ASKED], NOW)
    answered = replace(ASKED, state=AnswerState.ANSWERED, answered_on=date(2026, 2, 1), answer="In March.")
    await store.found(LOOK, [answered], NOW)
    assert list(await store.by_terms(["street lamps"])) == [answered]
    failed = replace(LOOK, problem="It was down.")
    await store.failed(failed)
    assert list(await store.looks()) == [failed]
    assert list(await store.by_terms(["street lamps"])) == [answered]


async def test_what_no_search_looks_for_any_more_goes_and_so_does_what_is_old(database: Database) -> None:
    store = SaidStore(database)
    await store.found(LOOK, [ASKED], NOW)
    await store.found(replace(LOOK, term="lit path"), [ASKED, replace(ASKED, key="3", on=date(2020, 1, 1))], NOW)
    await store.keep_only(["lit path"], date(2023, 1, 1))
    assert list(await store.by_terms(["lit path"])) == [ASKED]
    assert not await store.by_terms(["street lamps"])
    await store.keep_only([], date(2023, 1, 1))
    async with database.reading() as connection:
        for table in (said, said_terms, said_looks):
            assert (await connection.execute(select(func.count()).select_from(table))).scalar_one() == 0
    assert not await store.looks()


async def test_words_belong_to_one_group(database: Database) -> None:
    store = SaidStore(database)
    whole = OwnWords(("street lamps", "lanterns"), (NOW, NOW))
    await store.put_words(GuildId(1), SLUG, "", whole)
    await store.put_words(GuildId(1), SLUG, "3", OwnWords(("cost",)))
    await store.put_words(GuildId(1), SLUG, "3", OwnWords(("budget",)))
    assert await store.words(GuildId(1), SLUG) == {"": whole, "3": OwnWords(("budget",))}
    assert await store.words(GuildId(2), SLUG) == {}
    assert await store.report_words() == {(GuildId(1), SLUG): whole}
    await store.keep_words_here(GuildId(1))
    assert await store.report_words() == {(GuildId(1), SLUG): OwnWords(("street lamps", "lanterns"))}
    await store.put_words(GuildId(1), SLUG, "", None)
    assert await store.report_words() == {}


async def test_a_yes_keeps_a_groups_words_here_in_the_same_transaction(database: Database) -> None:
    store, groups = SaidStore(database), Guilds(database)
    said_no = await groups.save(GuildSettings(GuildId(1), high_risk=False), NOW)
    await groups.save(GuildSettings(GuildId(2), high_risk=False), NOW)
    for guild_id in (GuildId(1), GuildId(2)):
        await store.put_words(guild_id, SLUG, "", OwnWords(("lanterns",), (NOW,)))
    with pytest.raises(Refused):
        await groups.save(replace(said_no, high_risk=True, revision=7), NOW)
    assert (await store.words(GuildId(1), SLUG))[""].asked, "nothing was saved"
    said_yes = await groups.save(replace(said_no, high_risk=True), NOW)
    assert await store.report_words() == {
        (GuildId(1), SLUG): OwnWords(("lanterns",)),
        (GuildId(2), SLUG): OwnWords(("lanterns",), (NOW,)),
    }
    await store.put_words(GuildId(1), SLUG, "", OwnWords(("lanterns",), (NOW,)))
    await groups.save(replace(said_yes, zone="Asia/Almaty"), NOW)
    assert (await store.words(GuildId(1), SLUG))[""].asked, "asked for anew, knowing what leaves"


async def test_while_a_group_is_away_none_of_its_words_leaves_the_database(database: Database) -> None:
    store, departed = SaidStore(database), RemovedGroups(database)
    await Guilds(database).save(GuildSettings(GuildId(1), high_risk=False), NOW)
    await store.put_words(GuildId(1), SLUG, "", OwnWords(("lanterns",), (NOW,)))
    await departed.mark_removed(GuildId(1), NOW)
    assert await store.report_words() == {(GuildId(1), SLUG): OwnWords(("lanterns",))}
    await departed.restore(GuildId(1))
    assert await store.report_words() == {(GuildId(1), SLUG): OwnWords(("lanterns",), (NOW,))}


async def test_who_signs_a_motion_is_kept_and_a_name_taken_off_goes(database: Database) -> None:
    store = SaidStore(database)
    look = replace(LOOK, kind=SaidKind.MOTION)
    motion = replace(ASKED, kind=SaidKind.MOTION, state=AnswerState.NONE, due_on=None)
    other = replace(motion, key="2", on=date(2025, 1, 1))
    await store.found(look, [motion, other], NOW)
    week = timedelta(days=7)
    assert await store.unread_signatures({"1": 2, "2": None}, NOW, week) == ["1", "2"]
    first, second = Signature(7, "Ms Amina Thackwell", date(2026, 1, 9)), Signature(8, "", None)
    await store.put_signatures("1", [first, second, first], 2, NOW)
    await store.put_signatures("2", [], 0, NOW + timedelta(days=1))
    assert await store.signatures(["1", "2"]) == {"1": (first, second)}
    assert list(await store.by_member(7, ["street lamps"])) == [replace(motion, signed=(first,))]
    assert not await store.by_member(7, ["other words"])
    assert list(await store.by_member(990123, ["street lamps"])) == [motion, other], (
        "whoever moved it has no signature here"
    )
    assert await store.unread_signatures({"1": 2, "2": 0}, NOW + timedelta(days=2), week) == []
    assert await store.unread_signatures({"1": 3, "2": 0}, NOW + timedelta(days=2), week) == ["1"]
    assert await store.unread_signatures({"1": 2, "2": 0}, NOW + week, week) == ["1"]
    assert await store.unread_signatures({}, NOW + week, week) == ["1"], "an old one that no search lists any more too"
    await store.note_try(["1"], NOW + week)
    assert await store.unread_signatures({}, NOW + 2 * week, week) == ["2", "1"], "whatever was tried comes last"
    await store.found(look, [motion], NOW + timedelta(days=3))
    assert await store.signatures(["1"]) == {"1": (first, second)}, "found again, it keeps its signatures"
    await store.put_signatures("1", [second], 1, NOW + week)
    assert not await store.by_member(7, ["street lamps"])
    await store.keep_only([], date(2023, 1, 1))
    assert await store.signatures(["1"]) == {}


async def test_signatures_of_a_motion_that_has_gone_are_not_kept(database: Database) -> None:
    store = SaidStore(database)
    await store.put_signatures("404", [Signature(7)], 1, NOW)
    assert await store.signatures(["404"]) == {}
