"""The answers of a response, decided one by one: each once, with a day and a link, by a second organiser where one is needed."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
import pytest_asyncio

from bot.domain.errors import NotFound, Refused
from bot.domain.records import WORDS_LIMIT
from bot.domain.reports import AnswerStatus
from bot.services.answer_sitting import AnswerSittings, in_words, keys_of
from bot.services.records import RecordService
from storage.records import Records
from tests.builders import CHANNEL, GUILD, MARSHES, Desk
from tests.services.test_imports import ANSWERS, PAGES, Importing


class Table:
    """A sitting over the two answers of an invented response."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.importing = Importing(desk)
        self.records = RecordService(
            Records(desk.database), desk.reports, desk.settings, desk.clock, desk.notices, desk.audit
        )
        self.sittings = AnswerSittings(self.importing.service, self.records, desk.clock)

    async def begin(self) -> int:
        found = await self.importing.service.read_answers(GUILD, PAGES, to=MARSHES)
        return found.staged.staged_id

    def status(self, number: int) -> AnswerStatus:
        return self.desk.reports.for_group(GUILD).find(f"{MARSHES}/{number}").item.answer.status


@pytest_asyncio.fixture
async def table(postbag: Desk) -> Table:
    await postbag.settle(second_confirms=False, notice_channel_id=CHANNEL)
    return Table(postbag)


@pytest.mark.asyncio
async def test_each_answer_is_decided_and_the_last_ends_it(table: Table, postbag: Desk) -> None:
    number, person = await table.begin(), await postbag.organiser()
    first = await table.sittings.show(GUILD, number)
    assert (first.place, first.open, first.is_over) == (0, (0, 1), False)
    assert first.item is not None
    assert str(first.item.key) == "1"
    assert first.proposed.answer == ANSWERS.answers[0]
    second = await table.sittings.say(GUILD, number, 0, "1", "agreed", person)
    assert (second.place, second.open) == (1, (1,))
    over = await table.sittings.say(GUILD, number, 1, "2", "not agreed", person)
    assert over.is_over
    assert (table.status(1), table.status(2)) == (AnswerStatus.AGREED, AnswerStatus.NOT_AGREED)


@pytest.mark.asyncio
async def test_pressed_twice_it_is_recorded_once(table: Table, postbag: Desk) -> None:
    number, person = await table.begin(), await postbag.organiser()
    await table.sittings.say(GUILD, number, 0, "1", "agreed", person)
    again = await table.sittings.say(GUILD, number, 0, "1", "not agreed", person)
    assert again.open == (1,)
    assert table.status(1) is AnswerStatus.AGREED
    assert len(await table.records.history(GUILD)) == 1


@pytest.mark.asyncio
async def test_an_answer_that_is_not_there_cannot_be_decided(table: Table, postbag: Desk) -> None:
    with pytest.raises(NotFound):
        await table.sittings.say(GUILD, await table.begin(), 7, "1", "agreed", await postbag.organiser())


@pytest.mark.asyncio
async def test_what_is_refused_can_be_said_again(table: Table, postbag: Desk) -> None:
    table.importing.pages.answers_read = replace(ANSWERS, published_on=None, url="")
    number, person = await table.begin(), await postbag.organiser()
    with pytest.raises(Refused):
        await table.sittings.say(GUILD, number, 0, "1", "agreed", person)
    await table.sittings.source(GUILD, number, date(2027, 2, 24), "https://example.gov.uk/response")
    await table.sittings.say(GUILD, number, 0, "1", "agreed", person)
    assert table.status(1) is AnswerStatus.AGREED
    found = await table.importing.service.answers_draft(GUILD, number)
    assert table.sittings.day_of(found) == date(2027, 2, 24)
    assert table.sittings.link_of(found) == "https://example.gov.uk/response"


@pytest.mark.asyncio
@pytest.mark.parametrize(
    ("day", "words"), [(date(2027, 3, 2), "is in the future"), (date(2027, 1, 31), "before the report")]
)
async def test_the_day_of_a_response_lies_between_its_report_and_today(table: Table, day: date, words: str) -> None:
    number = await table.begin()
    with pytest.raises(Refused, match=words):
        await table.sittings.source(GUILD, number, day, "https://example.gov.uk/response")


@pytest.mark.asyncio
async def test_an_answer_to_none_of_the_items_shown_is_passed_over(table: Table) -> None:
    number = await table.begin()
    keys = keys_of((await table.sittings.show(GUILD, number)).proposed)
    shown = await table.sittings.none(GUILD, number, 0, 0)
    for candidate in range(1, len(keys)):
        assert (shown.place, shown.candidate) == (0, candidate)
        shown = await table.sittings.none(GUILD, number, 0, candidate)
    assert (shown.place, shown.open) == (1, (1,))


@pytest.mark.asyncio
async def test_a_second_organiser_confirms_in_the_list_and_hears_of_it_once(table: Table, postbag: Desk) -> None:
    await postbag.settle_again(second_confirms=True)
    number, first = await table.begin(), await postbag.organiser()
    await table.sittings.say(GUILD, number, 0, "1", "agreed", first)
    await table.sittings.say(GUILD, number, 1, "2", "not agreed", first)
    assert len(await postbag.sweep()) == 1, "once for the whole list"
    waits = await table.sittings.show(GUILD, number)
    assert waits.waiting is not None
    assert waits.open == (0, 1)
    after = await table.sittings.confirm(GUILD, number, 0, waits.waiting.record_id, await postbag.second())
    assert after.place == 1
    assert table.status(1) is AnswerStatus.AGREED
    assert after.waiting is not None
    over = await table.sittings.confirm(GUILD, number, 1, after.waiting.record_id, await postbag.second())
    assert over.is_over
    assert table.status(2) is AnswerStatus.NOT_AGREED


@pytest.mark.asyncio
async def test_two_answers_to_one_row_are_both_recorded(table: Table, postbag: Desk) -> None:
    number, person = await table.begin(), await postbag.organiser()
    await table.sittings.say(GUILD, number, 0, "1", "agreed", person)
    found = await table.sittings.show(GUILD, number, 1)
    assert not found.has_answer_before
    shown = replace(found, item=table.desk.reports.for_group(GUILD).find(f"{MARSHES}/1").item)
    assert shown.has_answer_before, "the card says it before it is pressed"
    await table.sittings.say(GUILD, number, 1, "1", "not agreed", person)
    answer = table.desk.reports.for_group(GUILD).find(f"{MARSHES}/1").item.answer
    assert answer.status is AnswerStatus.PARTLY_AGREED
    assert answer.text == (
        "On 1: Agreed. We agree, and will mend dyke 1 this year. On 2: Not agreed. We do not agree with this."
    )


def test_long_words_end_at_a_sentence_or_say_that_they_go_on() -> None:
    assert in_words("Two  spaces.\n") == "Two spaces."
    sentences = "This is a sentence of the Government. " * 60
    assert in_words(sentences).endswith("Government.")
    assert len(in_words(sentences)) <= WORDS_LIMIT
    endless = "and so on " * 200
    assert in_words(endless).endswith("…")
    assert len(in_words(endless)) <= WORDS_LIMIT
