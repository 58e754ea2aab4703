"""Answers and evidence that organisers record: previewed, kept, confirmed by a second, taken back; each for its own group."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
import pytest_asyncio

from bot.domain.errors import NotFound, Overtaken, Refused
from bot.domain.identity import ItemKey, PersonId, RecordId
from bot.domain.records import RecordKind, RecordState
from bot.domain.reports import AnswerStatus
from bot.services.records import Recorded, RecordService, Typed, record_edition
from storage.records import Records
from tests.builders import CHANNEL, GUILD, MARSHES, ORGANISER, OTHER, Desk

ITEM = "salt-marshes/3"
AGREED = Typed("agreed", date(2027, 2, 20), "We will mend it.", "https://example.gov.uk/answer")
MENDED = Typed("", date(2027, 2, 25), "The dyke was mended.", "https://example.org/news")


@pytest_asyncio.fixture
async def records(postbag: Desk) -> RecordService:
    return RecordService(
        Records(postbag.database), postbag.reports, postbag.settings, postbag.clock, postbag.notices, postbag.audit
    )


async def kept(
    records: RecordService, person: PersonId, kind: RecordKind = RecordKind.ANSWER, typed: Typed = AGREED, **how: Any
) -> Recorded:
    drafted = await records.draft(GUILD, ITEM, kind, typed)
    return await records.keep(GUILD, drafted.record.record_id, person, **how)


def status(postbag: Desk, guild_id: int = GUILD) -> AnswerStatus:
    return postbag.reports.for_group(guild_id).find(ITEM).item.answer.status  # type: ignore[arg-type]


@pytest.mark.asyncio
async def test_a_preview_is_seen_by_nobody_until_it_is_kept(postbag: Desk, records: RecordService) -> None:
    person = await postbag.settle()
    drafted = await records.draft(GUILD, ITEM, RecordKind.ANSWER, AGREED)
    assert drafted.record.state is RecordState.DRAFT
    assert status(postbag) is not AnswerStatus.AGREED
    done = await records.keep(GUILD, drafted.record.record_id, person)
    assert done.record.state is RecordState.CONFIRMED
    assert status(postbag) is AnswerStatus.AGREED
    assert status(postbag, OTHER) is not AnswerStatus.AGREED, "another group's reports stay as they are"
    assert (await postbag.noted())[-1].endswith(": recorded")


@pytest.mark.asyncio
async def test_a_preview_is_kept_once(postbag: Desk, records: RecordService) -> None:
    person = await postbag.settle()
    done = await kept(records, person)
    with pytest.raises(Refused, match="already been saved"):
        await records.keep(GUILD, done.record.record_id, person)


@pytest.mark.asyncio
async def test_what_stands_there_already_is_not_recorded_again(postbag: Desk, records: RecordService) -> None:
    await kept(records, await postbag.settle())
    with pytest.raises(Refused, match="That's what it already says"):
        await records.draft(GUILD, ITEM, RecordKind.ANSWER, AGREED)
    evidence = await records.draft(GUILD, ITEM, RecordKind.EVIDENCE, MENDED)
    assert evidence.record.was == "nothing recorded since"


@pytest.mark.asyncio
async def test_a_form_opened_on_another_answer_is_not_taken(postbag: Desk, records: RecordService) -> None:
    found = postbag.reports.for_group(GUILD).find(ITEM)
    opened = record_edition(found, RecordKind.ANSWER)
    await kept(records, await postbag.settle())
    rejected = Typed("not agreed", date(2027, 2, 21), "No.", "https://example.gov.uk/no")
    with pytest.raises(Overtaken):
        await records.draft(GUILD, ITEM, RecordKind.ANSWER, rejected, opened=opened)
    assert await records.draft(
        GUILD, ITEM, RecordKind.EVIDENCE, MENDED, opened=record_edition(found, RecordKind.EVIDENCE)
    )


@pytest.mark.asyncio
async def test_a_preview_of_an_answer_that_changed_meanwhile_is_not_kept(postbag: Desk, records: RecordService) -> None:
    person = await postbag.settle()
    late = await records.draft(
        GUILD, ITEM, RecordKind.ANSWER, Typed("not agreed", date(2027, 2, 21), "No.", AGREED.url)
    )
    await kept(records, person)
    with pytest.raises(Refused, match="changed this recommendation"):
        await records.keep(GUILD, late.record.record_id, person)
    assert status(postbag) is AnswerStatus.AGREED


@pytest.mark.asyncio
async def test_a_changed_status_waits_for_a_second_organiser_where_the_group_says_so(
    postbag: Desk, records: RecordService
) -> None:
    first = await postbag.settle(second_confirms=True, notice_channel_id=CHANNEL)
    proposed = await kept(records, first)
    number = proposed.record.record_id
    assert proposed.record.state is RecordState.PROPOSED
    assert status(postbag) is not AnswerStatus.AGREED
    assert any("needs a second organiser" in said for said in await postbag.sweep())
    assert list(await records.proposed(GUILD, MARSHES)) == [ItemKey("3")]
    with pytest.raises(Refused, match="yourself"):
        await records.confirm(GUILD, number, first)
    second = await postbag.second()
    assert (await records.confirm(GUILD, number, second)).record.state is RecordState.CONFIRMED
    assert status(postbag) is AnswerStatus.AGREED
    assert not await records.proposed(GUILD, MARSHES)
    with pytest.raises(Refused, match="Nobody needs to confirm this"):
        await records.confirm(GUILD, number, second)


@pytest.mark.asyncio
async def test_evidence_that_only_informs_waits_for_nobody(postbag: Desk, records: RecordService) -> None:
    person = await postbag.settle(second_confirms=True)
    done = await kept(records, person, RecordKind.EVIDENCE, MENDED)
    assert done.record.state is RecordState.CONFIRMED
    later = await records.draft(GUILD, ITEM, RecordKind.EVIDENCE, Typed("", date(2027, 2, 26), "Again.", MENDED.url))
    assert later.record.was == "1 entry since, the newest of 25 February 2027"


@pytest.mark.asyncio
async def test_in_a_sitting_the_organisers_hear_of_the_list_once(postbag: Desk, records: RecordService) -> None:
    person = await postbag.settle(second_confirms=True, notice_channel_id=CHANNEL)
    await kept(records, person, tells=False)
    assert await postbag.sweep() == []


@pytest.mark.asyncio
async def test_nobody_confirms_what_nobody_is_known_to_have_proposed(postbag: Desk, records: RecordService) -> None:
    first = await postbag.settle(second_confirms=True, notice_channel_id=CHANNEL)
    proposed = await kept(records, first)
    await postbag.people.forget(ORGANISER)
    with pytest.raises(Refused, match="no longer knows who proposed"):
        await records.confirm(GUILD, proposed.record.record_id, await postbag.second())


@pytest.mark.asyncio
async def test_a_record_taken_back_lets_what_stood_before_stand(postbag: Desk, records: RecordService) -> None:
    person = await postbag.settle()
    before = status(postbag)
    done = await kept(records, person)
    assert [one.record.record_id for one in await records.undoable(GUILD)] == [done.record.record_id]
    undone = await records.undo(GUILD, done.record.record_id, person)
    assert undone.record.state is RecordState.UNDONE
    assert status(postbag) is before
    assert await records.undoable(GUILD) == []
    with pytest.raises(Refused, match="already been undone"):
        await records.undo(GUILD, done.record.record_id, person)


@pytest.mark.asyncio
async def test_two_organisers_take_back_what_two_confirmed_and_are_told_once(
    postbag: Desk, records: RecordService
) -> None:
    first, second = await postbag.settle(second_confirms=True, notice_channel_id=CHANNEL), await postbag.second()
    number = (await kept(records, first)).record.record_id
    await records.confirm(GUILD, number, second)
    await postbag.sweep()
    assert (await records.undo(GUILD, number, first)).record.state is RecordState.CONFIRMED
    assert (await records.undo(GUILD, number, first)).record.state is RecordState.CONFIRMED
    assert len([said for said in await postbag.sweep() if "wants to undo" in said]) == 1
    assert (await records.undo(GUILD, number, second)).record.state is RecordState.UNDONE


@pytest.mark.asyncio
async def test_a_group_that_nobody_set_up_records_all_the_same(postbag: Desk, records: RecordService) -> None:
    person = await postbag.settle(second_confirms=True, owner=None, notice_channel_id=None)
    assert (await kept(records, person)).record.state is RecordState.PROPOSED, "nobody can be told, and nothing is lost"


@pytest.mark.asyncio
async def test_a_preview_is_thrown_away_once(postbag: Desk, records: RecordService) -> None:
    drafted = await records.draft(GUILD, ITEM, RecordKind.EVIDENCE, MENDED)
    await records.drop(GUILD, drafted.record.record_id)
    with pytest.raises(Refused, match="That preview has gone"):
        await records.drop(GUILD, drafted.record.record_id)


@pytest.mark.asyncio
async def test_a_preview_lasts_a_day(postbag: Desk, records: RecordService) -> None:
    drafted = await records.draft(GUILD, ITEM, RecordKind.EVIDENCE, MENDED)
    postbag.at(date(2027, 3, 3))
    await records.tidy()
    with pytest.raises(NotFound):
        await records.get(GUILD, drafted.record.record_id)


@pytest.mark.asyncio
async def test_the_history_is_of_one_recommendation_one_report_or_all(postbag: Desk, records: RecordService) -> None:
    person = await postbag.settle()
    await kept(records, person)
    other = await records.draft(GUILD, "salt-marshes/4", RecordKind.EVIDENCE, MENDED)
    await records.keep(GUILD, other.record.record_id, person)

    def items(found: Any) -> list[str]:
        return [str(one.record.item) for one in found]

    assert items(await records.history(GUILD, ITEM)) == ["3"]
    assert (
        sorted(items(await records.history(GUILD, report=MARSHES)))
        == sorted(items(await records.history(GUILD)))
        == ["3", "4"]
    )
    assert items(await records.history(OTHER)) == []


@pytest.mark.asyncio
async def test_another_group_finds_no_record_of_ours(postbag: Desk, records: RecordService) -> None:
    done = await kept(records, await postbag.settle())
    for number in (done.record.record_id, RecordId(404)):
        with pytest.raises(NotFound):
            await records.get(OTHER, number)


@pytest.mark.asyncio
@pytest.mark.parametrize("word", ["", "maybe", "agreed-ish"])
async def test_a_word_that_is_no_answer_is_refused(records: RecordService, word: str) -> None:
    with pytest.raises(Refused):
        await records.draft(GUILD, ITEM, RecordKind.ANSWER, Typed(word, date(2027, 2, 20), "x", AGREED.url))


@pytest.mark.asyncio
@pytest.mark.parametrize(
    ("day", "fits"),
    [(date(2027, 1, 31), False), (date(2027, 2, 1), True), (date(2027, 3, 1), True), (date(2027, 3, 2), False)],
)
async def test_a_record_is_of_a_day_from_its_reports_to_today(records: RecordService, day: date, fits: bool) -> None:
    typed = Typed("", day, "The dyke was mended.", "https://example.org/news")
    if fits:
        assert (await records.draft(GUILD, ITEM, RecordKind.EVIDENCE, typed)).record.on == day
    else:
        with pytest.raises(Refused):
            await records.draft(GUILD, ITEM, RecordKind.EVIDENCE, typed)
