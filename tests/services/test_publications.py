"""Looks at Parliament's record: committees chosen, new reports told once, responses found, and failures never taken for "none"."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
import pytest_asyncio

from bot.domain.errors import NotFound, Refused, Unavailable
from bot.domain.identity import ReportSlug
from bot.services import publications as module
from bot.services.ports.reports import PublicationFacts
from bot.services.publications import LETTER
from tests.builders import CHANNEL, GUILD, OTHER, Desk
from tests.services.invented_record import LANTERNS, TIDES, Shelf, facts


@pytest_asyncio.fixture
async def shelf(postbag: Desk) -> Shelf:
    await postbag.settle(notice_channel_id=CHANNEL)
    return Shelf(postbag)


@pytest.mark.asyncio
async def test_committees_are_found_by_every_word_and_their_list_is_read_once_a_week(shelf: Shelf) -> None:
    assert list(await shelf.service.find("committee LANTERNS")) == [LANTERNS]
    assert list(await shelf.service.find("tides lanterns")) == []
    assert shelf.record.asked == ["committees"]
    shelf.postbag.clock.move_to(shelf.postbag.clock.now() + timedelta(days=8))
    await shelf.service.find("")
    assert shelf.record.asked == ["committees", "committees"]


@pytest.mark.asyncio
async def test_what_a_chosen_committee_published_is_known_at_once_and_told_to_nobody(shelf: Shelf) -> None:
    person = await shelf.postbag.second()
    answered = facts(2, responses=((9, date(2027, 2, 27), "Response"),))
    shelf.record.put(facts(1), answered, facts(3, response_expected=False), facts(4, None))
    committee, awaited = await shelf.service.choose(GUILD, 11, person)
    assert committee == TIDES
    assert [one.publication_id for one in awaited] == [1]
    assert list(await shelf.service.chosen(GUILD)) == [TIDES]
    assert list(await shelf.service.chosen(OTHER)) == []
    await shelf.service.look()
    assert await shelf.postbag.sweep() == [], "a first look is no news"
    assert await shelf.postbag.noted() == ["Now follows the Tides Committee"]


@pytest.mark.asyncio
async def test_a_new_report_of_a_chosen_committee_is_told_once(shelf: Shelf) -> None:
    await shelf.service.choose(GUILD, 11)
    shelf.record.put(facts(5))
    look = await shelf.service.look()
    assert (look.news, look.problems) == (1, ())
    (said,) = await shelf.postbag.sweep()
    assert "Report 5" in said
    assert (await shelf.service.look()).news == 0
    assert await shelf.postbag.sweep() == []
    assert shelf.changed == [1]


@pytest.mark.asyncio
async def test_a_group_that_nobody_set_up_is_told_nothing_and_stops_nobody_else(shelf: Shelf) -> None:
    await shelf.service.choose(OTHER, 11)
    await shelf.service.choose(GUILD, 11)
    shelf.record.put(facts(5))
    assert (await shelf.service.look()).news == 1


@pytest.mark.asyncio
async def test_only_committees_that_sit_are_chosen_and_only_so_many(
    shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(NotFound):
        await shelf.service.choose(GUILD, 99)
    monkeypatch.setattr(module, "MOST_COMMITTEES", 1)
    await shelf.service.choose(GUILD, 11)
    await shelf.service.choose(GUILD, 11)
    with pytest.raises(Refused, match="1 committees"):
        await shelf.service.choose(GUILD, 12)


@pytest.mark.asyncio
async def test_what_cannot_be_read_is_not_chosen(shelf: Shelf) -> None:
    shelf.record.broken.add("committee 11")
    with pytest.raises(Unavailable):
        await shelf.service.choose(GUILD, 11)
    assert list(await shelf.service.chosen(GUILD)) == []


@pytest.mark.asyncio
async def test_a_committee_is_dropped_once(shelf: Shelf) -> None:
    person = await shelf.postbag.second()
    await shelf.service.choose(GUILD, 11, person)
    await shelf.service.drop(GUILD, 11, person)
    with pytest.raises(NotFound):
        await shelf.service.drop(GUILD, 11, person)
    assert (await shelf.postbag.noted())[-1] == "No longer follows the Tides Committee"


@pytest.mark.asyncio
async def test_a_publication_is_taken_up_as_a_report_whose_clock_can_run(shelf: Shelf) -> None:
    shelf.record.put(facts(7))
    person = await shelf.postbag.second()
    slug = await shelf.service.take_up(GUILD, 7, person)
    assert slug == ReportSlug("publication-7")
    assert await shelf.postbag.held.followed(GUILD) == [slug]
    assert shelf.postbag.reports.for_group(GUILD).report(slug).title == "Report 7"
    await shelf.service.take_up(GUILD, 7, person)
    assert await shelf.postbag.noted() == ["Follows the report “publication-7”"]


@pytest.mark.asyncio
@pytest.mark.parametrize(
    ("found", "words"),
    [
        (facts(7, response_expected=False), "no response to that report is expected"),
        (facts(7, None), "doesn't say when that was published"),
    ],
)
async def test_what_no_answer_is_expected_to_has_no_clock(shelf: Shelf, found: PublicationFacts, words: str) -> None:
    shelf.record.put(found)
    with pytest.raises(Refused, match=words):
        await shelf.service.take_up(GUILD, 7)
    assert await shelf.postbag.held.followed(GUILD) == []


async def followed(shelf: Shelf) -> None:
    shelf.record.put(facts(7))
    await shelf.service.take_up(GUILD, 7)


@pytest.mark.asyncio
async def test_a_response_is_found_and_brings_the_dates_up_to_date(shelf: Shelf) -> None:
    await followed(shelf)
    shelf.record.put(
        facts(7, responses=((9, date(2027, 2, 28), "Government response"),)),
        facts(9, date(2027, 2, 28), committee_id=0),
    )
    look = await shelf.service.look()
    assert (look.read, look.responses, shelf.changed) == (1, 1, [1])
    report = shelf.postbag.reports.for_group(GUILD).report("publication-7")
    assert report.response.received_on == date(2027, 2, 28)


@pytest.mark.asyncio
async def test_a_response_of_a_day_to_come_has_not_come(shelf: Shelf) -> None:
    await followed(shelf)
    shelf.record.put(facts(7, responses=((9, date(2027, 3, 2), "Response"), (8, None, "Response"))))
    assert (await shelf.service.look()).responses == 0


@pytest.mark.asyncio
async def test_a_response_of_today_has_come(shelf: Shelf) -> None:
    await followed(shelf)
    shelf.record.put(
        facts(7, responses=((9, date(2027, 3, 1), "Response"),)), facts(9, date(2027, 3, 1), committee_id=0)
    )
    assert (await shelf.service.look()).responses == 1


@pytest.mark.asyncio
async def test_what_was_entered_three_weeks_late_is_news_still(shelf: Shelf) -> None:
    await shelf.service.choose(GUILD, 11)
    shelf.record.put(facts(5, date(2027, 2, 8)), facts(6, date(2027, 2, 7)))
    assert (await shelf.service.look()).news == 1


def test_as_many_committees_are_chosen_as_one_list_of_discords_holds() -> None:
    assert module.MOST_COMMITTEES == module.CHOICES == 25


@pytest.mark.asyncio
async def test_a_letter_may_be_the_answer_so_a_person_is_asked_to_read_it_once(shelf: Shelf) -> None:
    await followed(shelf)
    shelf.record.put(
        facts(7, responses=((9, date(2027, 2, 28), "Letter from the Minister"),)),
        facts(9, date(2027, 2, 28), type_id=LETTER, committee_id=0),
    )
    assert (await shelf.service.look()).responses == 0
    (said,) = await shelf.postbag.sweep()
    assert "Letter from the Minister" in said
    await shelf.service.look()
    assert await shelf.postbag.sweep() == []


@pytest.mark.asyncio
async def test_another_expected_day_moves_the_clock(shelf: Shelf) -> None:
    await followed(shelf)
    await shelf.service.look()
    shelf.changed.clear()
    await shelf.service.look()
    assert shelf.changed == [], "nothing is new"
    shelf.record.put(facts(7, response_due_on=date(2027, 6, 1)))
    await shelf.service.look()
    assert shelf.changed == [1]


@pytest.mark.asyncio
async def test_what_could_not_be_read_is_said_and_the_rest_is_read_all_the_same(shelf: Shelf) -> None:
    await followed(shelf)
    await shelf.service.choose(GUILD, 11)
    shelf.record.put(facts(5))
    shelf.record.broken.add(7)
    look = await shelf.service.look()
    assert look.problems == ("publication 7: 7 can't be read now.",)
    assert (look.responses, look.news) == (0, 1)
    assert shelf.service.health.last_good is None
    assert (await shelf.service.look_if_due()) is not None, "a look that was not whole is made again"
    shelf.record.broken = {"committee 11"}
    assert (await shelf.service.look()).problems == ("committee 11: committee 11 can't be read now.",)


@pytest.mark.asyncio
async def test_how_the_last_look_stood_is_known_after_a_restart(shelf: Shelf) -> None:
    await followed(shelf)
    shelf.record.broken.add(7)
    await shelf.service.look()
    again = shelf.opened()
    await again.load()
    assert again.health.problems == ("publication 7: 7 can't be read now.",)
    assert again.health_with("1 report could not be read").lacks_wording
    assert not again.health.lacks_wording
    assert again.health_with("") is again.health
    shelf.record.broken.clear()
    await again.look()
    await again.load()
    assert (again.health.problems, again.health.last_good) == ((), shelf.postbag.clock.now())


@pytest.mark.asyncio
async def test_a_good_look_is_enough_for_four_hours(shelf: Shelf) -> None:
    assert await shelf.service.look_if_due() is not None
    start = shelf.postbag.clock.now()
    shelf.postbag.clock.move_to(start + timedelta(hours=4) - timedelta(seconds=1))
    assert await shelf.service.look_if_due() is None
    shelf.postbag.clock.move_to(start + timedelta(hours=4))
    assert await shelf.service.look_if_due() is not None
