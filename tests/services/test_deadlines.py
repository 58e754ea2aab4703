"""Deadlines of groups on a real database: following, changing, announcing once, and what happens by itself."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from sqlalchemy import update

from bot.clock import LONDON, MovableClock
from bot.domain.deadlines import Deadline, DeadlineKind, DeadlineState, Fact
from bot.domain.errors import NotFound, Overtaken, Refused
from bot.domain.identity import DeadlineId, GuildId, PersonId, ReportSlug, UserId
from bot.domain.members import Dissolution
from bot.domain.reminders import Reminder, ReminderKind, ReminderState
from bot.domain.reports import House, Report, ResponseFacts
from bot.domain.rules import GIVEN, RULES, TWO_MONTHS, TWO_MONTHS_LORDS, Rule
from bot.sealing import Sealer
from bot.search import RecommendationIndex
from bot.services.deadlines import MOST_DEADLINES, DeadlineService
from bot.services.guilds import GuildService
from bot.services.reports import ReportService
from storage.database import Database, open_database
from storage.deadlines import Deadlines
from storage.guilds import Guilds
from storage.people import People
from storage.reminders.store import Reminders
from storage.reports import Reports
from storage.schema import reminders as rows

GUILD = GuildId(4_000_000_000_000_000_001)
OTHER = GuildId(4_000_000_000_000_000_002)
CANALS = ReportSlug("canals")
PIERS = ReportSlug("piers")
SILENT = ReportSlug("silent")
LINK = "https://committee.example/letter"
START = datetime(2021, 7, 9, 8, tzinfo=UTC)
DUE = date(2021, 9, 8)


def invented(slug: ReportSlug, published_on: date, **facts: Any) -> Report:
    return Report(
        slug=slug,
        title=f"{slug.capitalize()} and the invented coast",
        short_title=slug.capitalize(),
        committee="Invented Committee",
        house=House.COMMONS,
        paper="HC 1",
        session="2021–22",
        published_on=published_on,
        url=f"https://committee.example/{slug}",
        as_of=date(2022, 1, 1),
        licence="Invented",
        chapters=(),
        doors=(),
        recommendations=(),
        sources=(),
        response=ResponseFacts(**facts),
        invented=True,
    )


REPORTS = (
    invented(CANALS, date(2021, 7, 8), received_on=date(2021, 11, 1), url="https://committee.example/response"),
    invented(PIERS, date(2021, 1, 5), received_on=date(2021, 3, 1), url="https://committee.example/piers-response"),
    invented(SILENT, date(2021, 6, 1), expected=False),
)


@dataclass
class Desk:
    """The service with what it stands on."""

    clock: MovableClock
    database: Database
    service: DeadlineService
    guilds: GuildService
    store: Deadlines
    reminders: Reminders
    reports: ReportService
    woken: list[int]

    def at(self, year: int, month: int, day: int, hour: int = 12) -> None:
        self.clock.move_to(datetime(year, month, day, hour, tzinfo=LONDON))

    async def rungs(self, deadline: Deadline, *states: ReminderState) -> list[Reminder]:
        wanted = states or (ReminderState.SCHEDULED,)
        found = await self.reminders.of_deadline(deadline.deadline_id)
        return sorted((r for r in found if r.state in wanted), key=lambda r: r.due_at)

    async def days(self, deadline: Deadline) -> list[date]:
        return [r.civil.on for r in await self.rungs(deadline)]

    async def told(self, deadline: Deadline) -> list[str]:
        """List the announcements of a deadline that were ever planned and not cancelled."""
        found = await self.reminders.of_deadline(deadline.deadline_id)
        kinds = (ReminderKind.ANSWERED, ReminderKind.PROMISED, ReminderKind.CORRECTED)
        return [r.kind.value for r in found if r.kind in kinds and r.state is not ReminderState.CANCELLED]

    async def mark(self, reminder: Reminder, state: ReminderState) -> None:
        async with self.database.writing() as connection:
            await connection.execute(
                update(rows)
                .where(rows.c.id == reminder.reminder_id)
                .values(state=state.value, sent_at=self.clock.now())
            )

    async def send_due(self) -> None:
        """Pretend that everything due was posted."""
        async with self.database.writing() as connection:
            await connection.execute(
                update(rows)
                .where(rows.c.due_at <= self.clock.now(), rows.c.state == ReminderState.SCHEDULED.value)
                .values(state=ReminderState.SENT.value, sent_at=self.clock.now())
            )


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make an empty database once, to be copied for each test."""
    folder = tmp_path_factory.mktemp("empty")

    async def make() -> None:
        async with open_database(f"sqlite+aiosqlite:///{folder / 'test.sqlite3'}"):
            pass

    asyncio.run(make())
    (folder / "packs").mkdir()
    return folder


@asynccontextmanager
async def opened(empty: Path, tmp_path: Path, dissolution: Dissolution) -> AsyncIterator[Desk]:
    shutil.copytree(empty, tmp_path / "data")
    async with open_database(f"sqlite+aiosqlite:///{tmp_path / 'data' / 'test.sqlite3'}") as database:
        yield await make_desk(database, tmp_path / "data" / "packs", dissolution)


@pytest_asyncio.fixture
async def desk(empty: Path, tmp_path: Path) -> AsyncIterator[Desk]:
    async with opened(empty, tmp_path, Dissolution()) as desk:
        yield desk


async def make_desk(database: Database, packs: Path, dissolution: Dissolution) -> Desk:
    clock = MovableClock(START)
    held = Reports(database, packs=packs, also=REPORTS)
    reports = ReportService(held, clock, RecommendationIndex)
    await reports.load()
    sealer = Sealer(bytes(32))
    reminders = Reminders(database, sealer)
    store = Deadlines(database)
    woken: list[int] = []
    service = DeadlineService(
        store,
        Guilds(database),
        reports,
        clock,
        lambda: woken.append(1),
        reminders=reminders,
        follows=held,
        dissolution=dissolution,
    )
    guilds = GuildService(Guilds(database), clock, lambda: woken.append(1), replan=service.replan, reminders=reminders)
    return Desk(clock, database, service, guilds, store, reminders, reports, woken)


async def followed(desk: Desk) -> Deadline:
    deadline = await desk.service.following.follow(GUILD, CANALS, None)
    assert deadline is not None
    return deadline


async def own(desk: Desk, **changes: Any) -> Deadline:
    details: dict[str, Any] = {"due_on": date(2021, 10, 1)} | changes
    return await desk.service.add(GUILD, None, "Council vote on the towpath", **details)


# Following -------------------------------------------------------------------------------------------------------


@pytest.mark.asyncio
async def test_following_plans_the_ladder_and_following_again_changes_nothing(desk: Desk) -> None:
    deadline = await followed(desk)
    assert (deadline.due_on, deadline.rule) == (DUE, TWO_MONTHS)
    days = await desk.days(deadline)
    assert days == [date(2021, 8, 25), date(2021, 9, 5), DUE, date(2021, 9, 9), date(2021, 9, 22), date(2021, 10, 22)]
    assert desk.woken
    assert await followed(desk) == deadline
    assert await desk.days(deadline) == days
    assert await desk.reports.for_group(GUILD).follows(CANALS)
    assert [r.slug for r in desk.reports.for_group(GUILD).in_view_now()] == [CANALS]


@pytest.mark.asyncio
async def test_a_closed_clock_is_kept_and_shown_and_plans_nothing(desk: Desk) -> None:
    deadline = await desk.service.following.follow(GUILD, PIERS, None)
    assert deadline is not None
    assert deadline.state(date(2021, 7, 9)) is DeadlineState.ANSWERED
    assert deadline.received_url == "https://committee.example/piers-response"
    assert await desk.reminders.of_deadline(deadline.deadline_id) == []
    assert list(await desk.service.list(GUILD)) == [deadline]


@pytest.mark.asyncio
async def test_a_report_to_which_no_response_is_due_is_followed_without_a_clock(desk: Desk) -> None:
    assert await desk.service.following.follow(GUILD, SILENT, None) is None
    assert await desk.reports.for_group(GUILD).follows(SILENT)
    assert await desk.service.list(GUILD) == ()


@pytest.mark.asyncio
async def test_an_answer_of_later_days_is_not_known_when_following(desk: Desk) -> None:
    assert (await followed(desk)).received_on is None


@pytest.mark.asyncio
async def test_unfollowing_cancels_and_hides_and_following_again_brings_it_back(desk: Desk) -> None:
    deadline = await followed(desk)
    assert await desk.service.following.unfollow(GUILD, CANALS, None)
    assert await desk.rungs(deadline) == []
    assert await desk.service.list(GUILD) == ()
    assert not await desk.reports.for_group(GUILD).follows(CANALS)
    assert not await desk.service.following.unfollow(GUILD, CANALS, None)
    again = await followed(desk)
    assert again.deadline_id == deadline.deadline_id
    assert len(await desk.days(again)) == 6
    assert await desk.told(again) == []


@pytest.mark.asyncio
async def test_groups_do_not_see_each_other(desk: Desk) -> None:
    deadline = await followed(desk)
    assert await desk.service.list(OTHER) == ()
    with pytest.raises(NotFound):
        await desk.service.get(OTHER, deadline.deadline_id)
    with pytest.raises(NotFound):
        await desk.service.facts.withdraw(OTHER, deadline.deadline_id, None)


# Adding ----------------------------------------------------------------------------------------------------------


@pytest.mark.asyncio
async def test_the_two_month_rule_is_applied_to_a_publication(desk: Desk) -> None:
    deadline = await desk.service.add(GUILD, None, "Reply on piers", published_on=date(2020, 12, 31), source_url=LINK)
    assert deadline.due_on == date(2021, 2, 28)
    assert deadline.kind is DeadlineKind.GOVERNMENT_RESPONSE
    assert deadline.rule is TWO_MONTHS


@pytest.mark.asyncio
async def test_a_date_of_the_past_is_taken_and_starts_overdue(desk: Desk) -> None:
    deadline = await own(desk, due_on=date(2021, 5, 1))
    assert deadline.state(date(2021, 7, 9)) is DeadlineState.OVERDUE
    assert await desk.days(deadline) == [date(2021, 7, 15)]


@pytest.mark.asyncio
@pytest.mark.parametrize(
    "details",
    [
        {"due_on": None},
        {"due_on": date(2021, 10, 1), "published_on": date(2021, 7, 1)},
        {"due_on": date(2201, 10, 1)},
        {"due_on": date(1021, 10, 1)},
        {"due_on": date(2021, 10, 1), "source_url": "javascript:alert(1)"},
    ],
)
async def test_nonsense_is_refused_and_nothing_is_kept(desk: Desk, details: dict[str, Any]) -> None:
    with pytest.raises(Refused):
        await desk.service.add(GUILD, None, "Council vote", **details)
    assert await desk.service.list(GUILD) == ()
    assert desk.woken == []


@pytest.mark.asyncio
async def test_the_same_date_twice_is_refused(desk: Desk) -> None:
    await own(desk)
    with pytest.raises(Refused, match="already has"):
        await own(desk)


@pytest.mark.asyncio
async def test_the_same_date_three_times_at_once_is_one(desk: Desk) -> None:
    made = await asyncio.gather(own(desk), own(desk), own(desk), return_exceptions=True)
    refused = [error for error in made if isinstance(error, Refused)]
    assert len(refused) == 2
    assert all("Your group already has that date" in error.message for error in refused)
    assert len(await desk.service.list(GUILD)) == 1


@pytest.mark.asyncio
async def test_a_group_cannot_be_filled_without_end(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.services.deadlines.MOST_DEADLINES", 2)
    assert MOST_DEADLINES > 2
    await own(desk)
    await own(desk, due_on=date(2021, 10, 2))
    with pytest.raises(Refused, match="2 dates"):
        await own(desk, due_on=date(2021, 10, 3))


@pytest.mark.asyncio
async def test_the_list_is_in_order_and_words_find_a_date(desk: Desk) -> None:
    late = await desk.service.add(GUILD, None, "Vote on @everyone", due_on=date(2021, 12, 1))
    clock = await followed(desk)
    closed = await desk.service.following.follow(GUILD, PIERS, None)
    assert list(await desk.service.list(GUILD)) == [clock, late, closed]
    assert list(await desk.service.complete(GUILD, "VOTE on")) == [late]
    assert await desk.service.complete(GUILD, "nothing like it") == []


# Changing --------------------------------------------------------------------------------------------------------


@pytest.mark.asyncio
async def test_a_moved_date_moves_the_ladder_and_is_told_once(desk: Desk) -> None:
    deadline = await own(desk)
    change = await desk.service.edit(GUILD, deadline.deadline_id, None, due_on=date(2021, 11, 1))
    assert change.announced
    days = [r.civil.on for r in await desk.rungs(deadline) if r.kind is not ReminderKind.CORRECTED]
    assert days == [date(2021, 10, 18), date(2021, 10, 29), date(2021, 11, 1), date(2021, 11, 2), *days[4:]]
    assert await desk.told(deadline) == ["corrected"]
    again = await desk.service.edit(GUILD, deadline.deadline_id, None, due_on=date(2021, 11, 1))
    assert not again.announced
    assert await desk.told(deadline) == ["corrected"]


@pytest.mark.asyncio
async def test_a_rung_sent_for_the_old_date_does_not_silence_the_new_one(desk: Desk) -> None:
    deadline = await own(desk)
    desk.at(2021, 9, 28)
    await desk.send_due()
    await desk.service.edit(GUILD, deadline.deadline_id, None, due_on=date(2021, 10, 20))
    days = [r.civil.on for r in await desk.rungs(deadline) if r.kind is ReminderKind.BEFORE]
    assert days == [date(2021, 10, 6), date(2021, 10, 17)]


@pytest.mark.asyncio
async def test_a_new_title_is_told_to_nobody_and_keeps_what_is_waiting(desk: Desk) -> None:
    deadline = await own(desk)
    await desk.service.edit(GUILD, deadline.deadline_id, None, due_on=date(2021, 11, 1))
    change = await desk.service.edit(GUILD, deadline.deadline_id, None, title="Vote on the towpath")
    assert not change.announced
    assert change.deadline.title == "Vote on the towpath"
    assert await desk.told(deadline) == ["corrected"]


@pytest.mark.asyncio
async def test_a_reminder_that_is_due_but_not_yet_sent_survives_a_small_change(desk: Desk) -> None:
    deadline = await own(desk)
    desk.at(2021, 9, 17)
    await desk.service.edit(GUILD, deadline.deadline_id, None, title="Vote on the towpath")
    assert date(2021, 9, 17) in await desk.days(deadline)
    await desk.service.recompute()
    assert date(2021, 9, 17) in await desk.days(deadline)
    await desk.service.facts.withdraw(GUILD, deadline.deadline_id, None)
    assert await desk.days(deadline) == []


@pytest.mark.asyncio
async def test_a_change_made_on_old_sight_is_refused(desk: Desk) -> None:
    deadline = await own(desk)
    await desk.service.edit(GUILD, deadline.deadline_id, None, title="First", revision=deadline.revision)
    with pytest.raises(Overtaken, match="First"):
        await desk.service.edit(GUILD, deadline.deadline_id, None, title="Second", revision=deadline.revision)
    assert (await desk.service.get(GUILD, deadline.deadline_id)).title == "First"


@pytest.mark.asyncio
async def test_what_is_recorded_of_an_official_clock_needs_a_link(desk: Desk) -> None:
    deadline = await followed(desk)
    desk.at(2021, 10, 5)
    for change in (
        desk.service.edit(GUILD, deadline.deadline_id, None, due_on=date(2021, 10, 9)),
        desk.service.facts.record(Fact.PROMISED, GUILD, deadline.deadline_id, None, date(2021, 10, 9)),
        desk.service.facts.record(Fact.PARTLY, GUILD, deadline.deadline_id, None, date(2021, 10, 1)),
        desk.service.facts.record(Fact.RECEIVED, GUILD, deadline.deadline_id, None, date(2021, 10, 1)),
    ):
        with pytest.raises(Refused, match="needs a source"):
            await change
    assert await desk.service.get(GUILD, deadline.deadline_id) == deadline


@pytest.mark.asyncio
async def test_a_promise_moves_the_reminders_and_is_told_once(desk: Desk) -> None:
    deadline = await followed(desk)
    desk.at(2021, 9, 10)
    await desk.send_due()
    change = await desk.service.facts.record(Fact.PROMISED, GUILD, deadline.deadline_id, None, date(2021, 10, 20), LINK)
    assert change.deadline.state(date(2021, 9, 10)) is DeadlineState.PROMISED
    days = [r.civil.on for r in await desk.rungs(deadline) if r.kind is not ReminderKind.PROMISED]
    assert days[:4] == [date(2021, 10, 6), date(2021, 10, 17), date(2021, 10, 20), date(2021, 10, 21)]
    again = await desk.service.facts.record(Fact.PROMISED, GUILD, deadline.deadline_id, None, date(2021, 10, 20), LINK)
    assert not again.announced
    assert await desk.told(deadline) == ["promised"]
    assert change.deadline.days_late(date(2021, 10, 20)) == 42


@pytest.mark.asyncio
async def test_an_interim_answer_pauses_and_the_full_one_closes(desk: Desk) -> None:
    deadline = await followed(desk)
    desk.at(2021, 10, 2)
    await desk.send_due()
    partly = await desk.service.facts.record(Fact.PARTLY, GUILD, deadline.deadline_id, None, date(2021, 10, 1), LINK)
    assert partly.deadline.state(date(2021, 10, 2)) is DeadlineState.PARTLY_ANSWERED
    assert [r.kind for r in await desk.rungs(deadline)] == [ReminderKind.ANSWERED]
    await desk.send_due()
    full = await desk.service.facts.record(Fact.RECEIVED, GUILD, deadline.deadline_id, None, date(2021, 10, 2), LINK)
    assert full.deadline.days_late(date(2021, 10, 2)) == 24
    assert await desk.told(deadline) == ["answered", "answered"]


@pytest.mark.asyncio
async def test_an_answer_is_told_once_and_its_corrected_day_as_a_correction(desk: Desk) -> None:
    deadline = await own(desk)
    desk.at(2021, 10, 5)
    await desk.service.facts.record(Fact.RECEIVED, GUILD, deadline.deadline_id, None, date(2021, 10, 4))
    await desk.service.facts.record(Fact.RECEIVED, GUILD, deadline.deadline_id, None, date(2021, 10, 4))
    assert await desk.told(deadline) == ["answered"]
    await desk.send_due()
    await desk.service.facts.record(Fact.RECEIVED, GUILD, deadline.deadline_id, None, date(2021, 10, 3))
    assert await desk.told(deadline) == ["answered", "corrected"]
    with pytest.raises(Refused, match="closed"):
        await desk.service.facts.record(Fact.PROMISED, GUILD, deadline.deadline_id, None, date(2021, 11, 1))


@pytest.mark.asyncio
async def test_an_answer_of_tomorrow_or_from_before_publication_is_refused(desk: Desk) -> None:
    deadline = await followed(desk)
    with pytest.raises(Refused, match="is in the future"):
        await desk.service.facts.record(Fact.RECEIVED, GUILD, deadline.deadline_id, None, date(2021, 7, 10), LINK)
    with pytest.raises(Refused, match="before the publication"):
        await desk.service.facts.record(Fact.RECEIVED, GUILD, deadline.deadline_id, None, date(2021, 7, 7), LINK)


@pytest.mark.asyncio
async def test_withdrawing_is_told_only_where_something_was_posted(desk: Desk) -> None:
    quiet = await own(desk)
    await desk.service.facts.withdraw(GUILD, quiet.deadline_id, None)
    await desk.service.facts.withdraw(GUILD, quiet.deadline_id, None)
    assert await desk.told(quiet) == []
    known = await followed(desk)
    desk.at(2021, 8, 26)
    await desk.send_due()
    await desk.service.facts.withdraw(GUILD, known.deadline_id, None)
    assert await desk.told(known) == ["answered"]
    assert [r.kind for r in await desk.rungs(known)] == [ReminderKind.ANSWERED]


@pytest.mark.asyncio
async def test_an_announcement_waits_for_the_end_of_quiet_hours(desk: Desk) -> None:
    await desk.guilds.change(GUILD, await someone(desk), quiet_from=time(22), quiet_until=time(7))
    deadline = await own(desk)
    desk.at(2021, 7, 10, hour=23)
    await desk.service.edit(GUILD, deadline.deadline_id, None, due_on=date(2021, 11, 1))
    (told,) = [r for r in await desk.rungs(deadline) if r.kind is ReminderKind.CORRECTED]
    assert told.due_at.astimezone(LONDON) == datetime(2021, 7, 11, 7, tzinfo=LONDON)


@pytest.mark.asyncio
async def test_in_the_hour_that_comes_twice_an_announcement_is_due_now(desk: Desk) -> None:
    await desk.guilds.change(GUILD, await someone(desk), quiet_from=None, quiet_until=None)
    deadline = await own(desk, due_on=date(2021, 12, 1))
    second = datetime(2021, 10, 31, 1, 30, 20, tzinfo=UTC)
    desk.clock.move_to(second)
    await desk.service.edit(GUILD, deadline.deadline_id, None, due_on=date(2021, 12, 2))
    (told,) = [r for r in await desk.rungs(deadline) if r.kind is ReminderKind.CORRECTED]
    assert timedelta(0) <= second - told.due_at < timedelta(minutes=1)


# By itself -------------------------------------------------------------------------------------------------------


@pytest.mark.asyncio
async def test_the_clock_of_2021_closes_by_itself_54_days_late_and_is_told_once(desk: Desk) -> None:
    deadline = await followed(desk)
    desk.at(2021, 10, 31)
    await desk.send_due()
    assert await desk.service.recompute() == 1  # the next monthly rung
    desk.at(2021, 11, 1)
    assert await desk.service.recompute() == 1
    closed = await desk.service.get(GUILD, deadline.deadline_id)
    assert closed.received_on == date(2021, 11, 1)
    assert closed.days_late(date(2021, 11, 1)) == 54
    assert await desk.told(deadline) == ["answered"]
    assert [r.kind for r in await desk.rungs(deadline)] == [ReminderKind.ANSWERED]
    assert await desk.service.recompute() == 0
    assert await desk.told(deadline) == ["answered"]


@pytest.mark.asyncio
async def test_an_answer_that_an_organiser_recorded_is_not_told_again(desk: Desk) -> None:
    deadline = await followed(desk)
    desk.at(2021, 11, 3)
    await desk.service.facts.record(Fact.RECEIVED, GUILD, deadline.deadline_id, None, date(2021, 11, 2), LINK)
    assert await desk.service.recompute() == 0
    assert (await desk.service.get(GUILD, deadline.deadline_id)).received_on == date(2021, 11, 2)
    assert await desk.told(deadline) == ["answered"]


@pytest.mark.asyncio
async def test_a_daily_look_writes_nothing_while_nothing_is_new(desk: Desk) -> None:
    deadline = await own(desk)
    await followed(desk)
    before = await desk.service.get(GUILD, deadline.deadline_id)
    assert await desk.service.recompute() == 0
    assert await desk.service.get(GUILD, deadline.deadline_id) == before


@pytest.mark.asyncio
async def test_monthly_rungs_go_on_for_a_year(desk: Desk) -> None:
    deadline = await own(desk)
    sent: list[date] = []
    day = datetime(2021, 10, 2, 12, tzinfo=LONDON)
    while day < datetime(2022, 10, 1, 12, tzinfo=LONDON):
        desk.clock.move_to(day)
        sent += [r.civil.on for r in await desk.rungs(deadline) if r.due_at <= desk.clock.now()]
        await desk.send_due()
        await desk.service.recompute()
        day += timedelta(days=1)
    monthly = [d for d in sent if d > date(2021, 10, 16)]
    assert monthly == [date(2021 + (9 + n) // 12, (9 + n) % 12 + 1, 15) for n in range(1, 12)]


@pytest.mark.asyncio
async def test_a_dissolution_settles_official_clocks_and_leaves_own_dates(empty: Path, tmp_path: Path) -> None:
    async with opened(empty, tmp_path, Dissolution(date(2021, 8, 20))) as desk:
        clock, vote = await followed(desk), await own(desk)
        assert await desk.service.recompute() == 0
        desk.at(2021, 8, 21)
        assert await desk.service.recompute() == 1
        lapsed = await desk.service.get(GUILD, clock.deadline_id)
        assert lapsed.state(date(2021, 8, 21)) is DeadlineState.LAPSED
        assert [r.kind for r in await desk.rungs(clock)] == [ReminderKind.ANSWERED]
        assert (await desk.service.get(GUILD, vote.deadline_id)).lapsed_on is None
        assert await desk.service.recompute() == 0
        late = await desk.service.facts.record(Fact.RECEIVED, GUILD, clock.deadline_id, None, date(2021, 8, 21), LINK)
        assert late.deadline.state(date(2021, 8, 21)) is DeadlineState.ANSWERED


@pytest.mark.asyncio
async def test_one_deadline_that_cannot_be_saved_does_not_stop_the_others(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = await followed(desk)
    second = await desk.service.following.follow(OTHER, CANALS, None)
    assert second is not None
    save = desk.store.save

    async def once(deadline: Deadline, *args: Any, **named: Any) -> Any:
        if deadline.deadline_id == first.deadline_id:
            raise Refused("Somebody saved meanwhile.")
        return await save(deadline, *args, **named)

    monkeypatch.setattr(desk.store, "save", once)
    desk.at(2021, 11, 1)
    assert await desk.service.recompute() == 1
    assert (await desk.service.get(OTHER, second.deadline_id)).received_on == date(2021, 11, 1)
    monkeypatch.undo()
    assert await desk.service.recompute() == 1
    assert await desk.told(first) == ["answered"]


# The group's settings --------------------------------------------------------------------------------------------


async def someone(desk: Desk) -> PersonId:
    return await People(desk.database, Sealer(bytes(32))).person(UserId(5), desk.clock.now())


@pytest.mark.asyncio
async def test_a_new_zone_time_or_ladder_moves_what_is_planned(desk: Desk) -> None:
    deadline = await own(desk)
    person = await someone(desk)
    await desk.guilds.change(GUILD, person, zone="asia/almaty", time_of_day=time(18, 30))
    for rung in await desk.rungs(deadline):
        assert (rung.civil.zone, rung.civil.at) == ("Asia/Almaty", time(18, 30))
        assert rung.due_at == rung.civil.instant()
    await desk.guilds.change(GUILD, person, ladder=(0, -7), monthly=False)
    assert await desk.days(deadline) == [date(2021, 9, 24), date(2021, 10, 1)]
    assert (await desk.service.ladder(deadline)).settings.zone == "Asia/Almaty"


@pytest.mark.asyncio
async def test_settings_saved_while_the_database_failed_halfway_are_caught_up_by_the_daily_look(desk: Desk) -> None:
    deadline = await own(desk)
    settings = await Guilds(desk.database).get(GUILD)
    await Guilds(desk.database).save(replace(settings, time_of_day=time(7)), desk.clock.now())
    assert await desk.service.recompute() == 1
    assert {r.civil.at for r in await desk.rungs(deadline)} == {time(7)}


@pytest.mark.asyncio
async def test_the_ladder_shows_what_was_sent_and_what_is_to_come(desk: Desk) -> None:
    deadline = await own(desk)
    desk.at(2021, 9, 20)
    await desk.send_due()
    ladder = await desk.service.ladder(deadline)
    assert [r.civil.on for r in ladder.past] == [date(2021, 9, 17)]
    assert ladder.to_come[0].civil.on == date(2021, 9, 28)


@pytest.mark.asyncio
async def test_what_was_being_sent_is_counted_and_left_alone(desk: Desk) -> None:
    deadline = await own(desk)
    desk.at(2021, 9, 17)
    (due, *_) = await desk.rungs(deadline)
    await desk.mark(due, ReminderState.SENDING)
    change = await desk.service.edit(GUILD, deadline.deadline_id, None, title="Vote on the towpath")
    assert change.sending == 1
    (sending,) = await desk.rungs(deadline, ReminderState.SENDING)
    assert (sending.reminder_id, sending.revision) == (due.reminder_id, due.revision)


@pytest.mark.asyncio
async def test_an_unknown_number_says_where_to_look(desk: Desk) -> None:
    with pytest.raises(NotFound, match="/deadlines list"):
        await desk.service.get(GUILD, DeadlineId(99))


@pytest.mark.asyncio
async def test_clocks_of_all_reports_need_no_group(desk: Desk) -> None:
    assert [d.report for d in desk.service.of_reports()] == [PIERS, CANALS]
    assert all(d.deadline_id == 0 for d in desk.service.of_reports())


@pytest.mark.asyncio
async def test_a_promise_for_a_day_that_is_past_is_refused(desk: Desk) -> None:
    deadline = await own(desk, due_on=date(2021, 5, 1))
    with pytest.raises(Refused, match="has passed"):
        await desk.service.facts.record(Fact.PROMISED, GUILD, deadline.deadline_id, None, date(2021, 7, 8), LINK)


@pytest.mark.asyncio
async def test_nothing_was_published_on_a_day_to_come(desk: Desk) -> None:
    with pytest.raises(Refused, match="the day of publication"):
        await desk.service.add(GUILD, None, "Reply on piers", published_on=date(2021, 7, 10), source_url=LINK)


@pytest.mark.asyncio
async def test_a_newer_notice_takes_the_place_of_an_older_one_that_has_not_gone_out(desk: Desk) -> None:
    deadline = await own(desk)
    desk.at(2021, 10, 5)
    await desk.service.facts.record(Fact.PROMISED, GUILD, deadline.deadline_id, None, date(2021, 12, 1))
    await desk.service.edit(GUILD, deadline.deadline_id, None, due_on=date(2021, 10, 20))
    assert await desk.told(deadline) == ["corrected"]
    await desk.service.facts.record(Fact.RECEIVED, GUILD, deadline.deadline_id, None, date(2021, 10, 4))
    assert await desk.told(deadline) == ["answered"]
    await desk.service.facts.record(Fact.RECEIVED, GUILD, deadline.deadline_id, None, date(2021, 10, 3))
    assert await desk.told(deadline) == ["answered"], "nobody was told of the first day, so nothing is corrected"


@pytest.mark.asyncio
async def test_an_answer_years_before_a_groups_own_date_is_taken_for_a_slip(desk: Desk) -> None:
    deadline = await own(desk)
    with pytest.raises(Refused, match="more than a year before"):
        await desk.service.facts.record(Fact.RECEIVED, GUILD, deadline.deadline_id, None, date(2001, 1, 4))
    assert (await desk.service.get(GUILD, deadline.deadline_id)).received_on is None


@pytest.mark.asyncio
async def test_editing_never_turns_one_rule_into_another(desk: Desk) -> None:
    lords = await desk.service.add(
        GUILD, None, "Reply on locks", published_on=date(2021, 5, 31), rule=TWO_MONTHS_LORDS, source_url=LINK
    )
    moved = await desk.service.edit(GUILD, lords.deadline_id, None, published_on=date(2021, 6, 10))
    assert (moved.deadline.rule, moved.deadline.due_on) == (TWO_MONTHS_LORDS, date(2021, 8, 10))
    own = await desk.service.add(GUILD, None, "Vote on piers", due_on=date(2021, 10, 1), source_url=LINK)
    with pytest.raises(Refused, match="isn't counted from a day of publication"):
        await desk.service.edit(GUILD, own.deadline_id, None, published_on=date(2021, 6, 10))
    assert (await desk.service.get(GUILD, own.deadline_id)).rule == GIVEN


@pytest.mark.asyncio
async def test_a_new_rule_is_kept_and_read_again_as_a_row(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    four_weeks = Rule(
        "28-days", "28 days after it was laid", "A paper laid", "An invented rule", counted="28 days", days=28
    )
    monkeypatch.setitem(RULES, four_weeks.code, four_weeks)
    kept = await desk.service.add(
        GUILD, None, "Paper on locks", published_on=date(2021, 7, 1), rule=four_weeks, source_url=LINK
    )
    read = await desk.service.get(GUILD, kept.deadline_id)
    assert (read.rule, read.due_on) == (four_weeks, date(2021, 7, 29))
