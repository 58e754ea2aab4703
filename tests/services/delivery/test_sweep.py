"""The delivery service over a real SQLite file, with a sender that does as it is told."""

from __future__ import annotations

import asyncio
import shutil
from collections import Counter
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from bot.clock import MovableClock
from bot.domain.deadlines import Deadline, DeadlineKind
from bot.domain.errors import NotFound, Unavailable
from bot.domain.guilds import GuildSettings
from bot.domain.identity import ChannelId, DeadlineId, GuildId, MessageId, PersonId, ReminderId, RoleId, UserId
from bot.domain.messages import MESSAGE_LIMIT, OutgoingMessage
from bot.domain.reminders import CivilTime, PlannedReminder, Reminder, ReminderKind, ReminderState, Target, back_off
from bot.domain.rules import GIVEN
from bot.resources import templates_folder
from bot.sealing import Sealer
from bot.services.delivery import sweep as delivery_module
from bot.services.delivery.attempt import nonce_for
from bot.services.delivery.pacing import Channels, Pacer
from bot.services.delivery.sweep import DeliveryService
from bot.services.ports.deliveries import DeliveryPlan
from bot.services.ports.sending import Looked, Rejected, SendResult, Sent, Transient, Unreachable
from bot.templating import JinjaTemplates
from storage.database import Database, open_database
from storage.deadlines import Deadlines
from storage.guilds import Guilds
from storage.people import People
from storage.reminders.claim import YIELD_EVERY
from storage.reminders.store import Reminders

pytestmark = pytest.mark.asyncio

NOW = datetime(2021, 9, 8, 8, 0, tzinfo=UTC)
GUILD, CHANNEL, NOTICES = GuildId(11), ChannelId(21), ChannelId(22)
USER = UserId(31)
SEALER = Sealer(bytes(range(32)))
LOST = Transient("the connection to Discord was lost", maybe_posted=True)
FAULT = Transient("Discord had a problem (HTTP 503)", maybe_posted=True)
AWAY = Transient("Postbag can't reach Discord", maybe_posted=False)
GONE = Unreachable("the channel was deleted")


@dataclass
class Posted:
    target: Target
    user_id: UserId | None
    message: OutgoingMessage
    nonce: str
    at: datetime

    @property
    def text(self) -> str:
        return self.message.text

    @property
    def why(self) -> str:
        return self.message.buttons[-1].action


@dataclass
class Told:
    """A Discord with channels that have a rule each: give a result, or None for posted. It knows nonces for two minutes."""

    clock: MovableClock
    rules: dict[ChannelId | None, Callable[[str], SendResult | None]] = field(default_factory=dict)
    posted: list[Posted] = field(default_factory=list)
    asked: list[Target] = field(default_factory=list)
    looks: list[datetime] = field(default_factory=list)
    history: Looked | Transient | None = None
    is_ready: bool = True
    organising: bool | Transient = True
    pause: float = 0.0
    most_at_once: int = 0
    _now: int = 0
    _ids: Any = field(default_factory=lambda: count(1000))

    async def send(self, target: Target, user_id: UserId | None, message: OutgoingMessage, *, nonce: str) -> SendResult:
        self.asked.append(target)
        self._now += 1
        self.most_at_once = max(self.most_at_once, self._now)
        try:
            await asyncio.sleep(self.pause)
            rule = self.rules.get(target.channel_id)
            result = rule(nonce) if rule is not None else None
            if result is None or result is LOST:
                number = self._store(Posted(target, user_id, message, nonce, self.clock.now()))
            return result if result is not None else Sent(MessageId(number))
        finally:
            self._now -= 1

    def _store(self, new: Posted) -> int:
        for index, old in enumerate(self.posted):
            same = (old.nonce, old.target) == (new.nonce, new.target)
            if same and abs(new.at - old.at) < timedelta(minutes=2):
                return index
        self.posted.append(new)
        return len(self.posted) - 1

    async def organises(self, guild_id: GuildId, user_id: UserId, role_id: RoleId | None) -> bool | Transient:
        return self.organising

    async def find(self, target: Target, user_id: UserId | None, custom_id: str, since: datetime) -> Looked | Transient:
        self.looks.append(since)
        if self.history is not None:
            return self.history
        found = next((i for i, p in enumerate(self.posted) if p.why == custom_id and p.target == target), None)
        return Looked(MessageId(found) if found is not None else None, sure=True)


def always(result: SendResult) -> Callable[[str], SendResult | None]:
    return lambda nonce: result


def once(result: SendResult) -> Callable[[str], SendResult | None]:
    results = [result]
    return lambda nonce: results.pop() if results else None


@dataclass
class House:
    """Everything a test needs of one Postbag."""

    database: Database
    clock: MovableClock
    discord: Told
    store: Reminders
    service: DeliveryService
    guilds: Guilds

    def again(self, **changes: Any) -> DeliveryService:
        """Start anew on the same database, as after a crash."""
        self.service = service_of(self.database, self.store, self.discord, self.clock, **changes)
        return self.service

    async def remind(self, rung: str = "one", **changes: Any) -> Reminder:
        due_at = changes.pop("due_at", self.clock.now())
        civil = CivilTime(due_at.date(), due_at.time().replace(second=0, microsecond=0), "UTC")
        base = Reminder(ReminderId(0), ReminderKind.TEST, rung, due_at, civil, guild_id=GUILD, channel_id=CHANNEL)
        return await self.store.add(replace(base, **changes), self.clock.now())

    async def person(self) -> PersonId:
        return await People(self.database, SEALER).person(USER, self.clock.now())

    async def settle(self, **changes: Any) -> GuildSettings:
        known = await self.guilds.get(GUILD)
        base = replace(known, channel_id=CHANNEL, high_risk=False)
        return await self.guilds.save(replace(base, **changes), self.clock.now())

    async def watch(
        self, title: str = "Lobby day", *, kind: DeadlineKind = DeadlineKind.OWN_DATE, **rung: Any
    ) -> Deadline:
        """Add a date due today with one rung, due now."""
        now = self.clock.now()
        civil = CivilTime(now.date(), now.time().replace(second=0, microsecond=0), "UTC")
        planned = PlannedReminder(ReminderKind.DUE, f"due@{now.date()}", civil, now + timedelta(days=1))
        deadline = Deadline(DeadlineId(0), GUILD, kind, title, now.date(), GIVEN)
        return await Deadlines(self.database).add(deadline, [replace(planned, **rung)], now)

    async def state(self, reminder: Reminder) -> tuple[ReminderState, str]:
        found = await self.store.get(reminder.reminder_id)
        assert found is not None
        return found.state, found.reason

    async def events(self) -> list[str]:
        return [line.event for line in reversed(await self.store.ledger(limit=1000))]


def service_of(
    database: Database, store: Any, discord: Any, clock: MovableClock, templates: Any = None, **changes: Any
) -> DeliveryService:
    """Open the engine, at a pace that no test reaches but where one asks for another."""
    options: dict[str, Any] = {"per_second": 10_000.0} | changes
    service = DeliveryService(
        store,
        discord,
        People(database, SEALER),
        Guilds(database),
        templates or JinjaTemplates(templates_folder()),
        clock,
        **options,
    )
    if "per_second" not in changes:
        service._channels = Channels(window=0.0)
    return service


@pytest.fixture(scope="session")
def made_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("made") / "postbag.db"

    async def make() -> None:
        async with open_database(f"sqlite+aiosqlite:///{path}"):
            pass

    with ThreadPoolExecutor(1) as thread:
        thread.submit(asyncio.run, make()).result()
    return path


@pytest.fixture
def path(tmp_path: Path, made_file: Path) -> Path:
    shutil.copyfile(made_file, tmp_path / "postbag.db")
    return tmp_path / "postbag.db"


@pytest_asyncio.fixture
async def house(path: Path) -> AsyncIterator[House]:
    async with open_database(f"sqlite+aiosqlite:///{path}", busy_seconds=0.1) as database:
        clock = MovableClock(NOW)
        discord = Told(clock)
        store = Reminders(database, SEALER)
        yield House(database, clock, discord, store, service_of(database, store, discord, clock), Guilds(database))


# The plain way


async def test_what_is_due_goes_out_once_and_is_marked(house: House) -> None:
    held = await house.remind()
    later = await house.remind("later", due_at=NOW + timedelta(days=61))
    report = await house.service.sweep()
    assert (report.sent, report.late, report.failed) == (1, 0, 0)
    assert [p.target for p in house.discord.posted] == [Target(GUILD, CHANNEL)]
    assert await house.state(held) == (ReminderState.SENT, "")
    assert (await house.service.sweep()).sent == 0
    assert await house.service.next_due() == NOW + timedelta(days=61)
    house.clock.advance(timedelta(days=61))
    assert (await house.service.sweep()).sent == 1
    assert await house.state(later) == (ReminderState.SENT, "")


async def test_the_nonce_and_the_button_belong_to_the_delivery(house: House) -> None:
    await house.remind()
    await house.service.sweep()
    (posted,) = house.discord.posted
    assert posted.why == f"pb:why:{posted.nonce}"
    assert len(posted.nonce) <= 23


async def test_the_nonce_differs_by_route_and_fits(house: House) -> None:
    key = "k" * 20
    assert len({nonce_for(key, route) for route in ("channel", "notice", "owner")}) == 3
    assert all(len(nonce_for(key, route)) <= 25 for route in ("channel", "notice", "owner"))


async def test_a_deadline_is_told_in_plain_words(house: House) -> None:
    await house.settle(ping_role_id=RoleId(77))
    await house.watch("The <@&5> *reply*", kind=DeadlineKind.GOVERNMENT_RESPONSE)
    await house.service.sweep()
    (posted,) = house.discord.posted
    assert posted.text.startswith("<@&77>\n**The ")
    assert "Expected today, 8 September 2021. Postbag hasn't seen it yet." in posted.text
    assert "<@&5>" not in posted.text
    assert "*reply*" not in posted.text.replace("\\*", "")
    assert posted.message.ping_role == 77


async def test_a_group_at_risk_is_told_without_any_subject(house: House) -> None:
    await house.settle(high_risk=True)
    await house.watch("Meet the envoy")
    await house.service.sweep()
    (posted,) = house.discord.posted
    assert posted.text == "A date your group is watching is due today. Open /deadlines list."


async def test_several_at_once_are_one_message_with_one_line_each(house: House) -> None:
    await house.settle()
    for number in range(4):
        await house.watch(f"Date {number}")
    await house.service.sweep()
    (posted,) = house.discord.posted
    assert posted.text.startswith("**4 reminders**")
    assert [f"Date {n}" in posted.text for n in range(4)] == [True] * 4


async def test_a_long_list_is_cut_and_says_how_much_is_left(house: House) -> None:
    await house.settle()
    for number in range(25):
        await house.watch(f"{number:02} " + "_long*title_ " * 14)
    await house.service.sweep()
    (posted,) = house.discord.posted
    assert len(posted.text) <= 1400
    shown = posted.text.count("Expected today")
    assert f"and {25 - shown} more: /deadlines list" in posted.text
    assert shown >= 3


async def test_private_reminders_go_to_the_person(house: House) -> None:
    person = await house.person()
    await house.remind(kind=ReminderKind.PERSONAL, guild_id=None, channel_id=None, person_id=person, text="Ring @here")
    await house.service.sweep()
    (posted,) = house.discord.posted
    assert posted.user_id == USER
    assert "Here's your reminder" in posted.text
    assert "@here" not in posted.text


async def test_a_person_no_longer_known_is_said(house: House) -> None:
    person = await house.person()
    held = await house.remind(guild_id=None, channel_id=None, person_id=person)

    class Nobody:
        async def user_id(self, person_id: PersonId) -> None:
            return None

    house.service._attempts._people = Nobody()  # type: ignore[assignment]
    report = await house.service.sweep()
    assert report.undeliverable == 1
    assert (await house.state(held))[1] == "Postbag no longer knows who it was for"


# Late, and too late


async def test_a_late_message_says_when_it_was_due_and_the_ledger_how_late(house: House) -> None:
    await house.settle()
    await house.watch()
    house.clock.advance(timedelta(hours=3))
    report = await house.service.sweep()
    assert report.late == 1
    (posted,) = house.discord.posted
    assert posted.text.startswith(f"**Late:** this was due <t:{int(NOW.timestamp())}:F> (09:00 on 8 September 2021")
    assert (await house.service.ledger(GUILD))[0].late_seconds == 3 * 3600


async def test_four_minutes_are_not_late(house: House) -> None:
    await house.remind()
    house.clock.advance(timedelta(minutes=4))
    assert (await house.service.sweep()).late == 0
    assert "Late" not in house.discord.posted[0].text


async def test_after_an_outage_one_message_tells_all_and_what_was_missed(house: House) -> None:
    await house.settle()
    await house.watch("Fresh")
    await house.watch("Stale", expires_at=NOW + timedelta(hours=1))
    house.clock.advance(timedelta(hours=2))
    await house.service.sweep()
    (posted,) = house.discord.posted
    assert "**Fresh**" in posted.text
    assert "**Missed while Postbag was away**\n- **Stale**" in posted.text
    assert f"<t:{int(NOW.timestamp())}:F>" in posted.text


async def test_news_that_is_only_too_late_is_still_told(house: House) -> None:
    await house.settle()
    await house.watch("Stale", expires_at=NOW + timedelta(hours=1))
    house.clock.advance(timedelta(days=2))
    report = await house.service.sweep()
    assert (report.sent, report.late) == (1, 0)
    assert house.discord.posted[0].text.startswith("**Missed while Postbag was away**")
    assert house.discord.posted[0].message.ping_role is None


async def test_a_day_and_a_year_asleep_lose_nothing(house: House) -> None:
    await house.settle()
    await house.watch("Short", expires_at=NOW + timedelta(days=1))
    house.clock.advance(timedelta(days=365))
    assert (await house.service.sweep()).sent == 1


# Passing trouble


async def test_a_passing_fault_is_tried_again_with_the_same_nonce(house: House) -> None:
    held = await house.remind()
    house.discord.rules[CHANNEL] = once(FAULT)
    assert (await house.service.sweep()).retried == 1
    assert await house.state(held) == (ReminderState.SCHEDULED, FAULT.reason)
    assert await house.service.next_due() == NOW + back_off(1)
    first = (await house.store.ledger())[0]
    assert (first.event, first.attempt) == ("to be tried again", 1)
    house.clock.advance(back_off(1))
    assert (await house.service.sweep()).sent == 1
    assert await house.state(held) == (ReminderState.SENT, "")


async def test_a_lost_answer_never_doubles_while_the_nonce_is_known(house: House) -> None:
    await house.remind()
    house.discord.rules[CHANNEL] = once(LOST)
    await house.service.sweep()
    house.clock.advance(timedelta(minutes=1))
    assert (await house.service.sweep()).sent == 1
    assert len(house.discord.posted) == 1
    assert house.discord.looks == []


async def test_a_lost_answer_is_looked_for_once_the_nonce_is_forgotten(house: House) -> None:
    held = await house.remind()
    house.discord.rules[CHANNEL] = once(LOST)
    await house.service.sweep()
    house.clock.advance(timedelta(minutes=10))
    report = await house.service.sweep()
    assert (report.sent, report.found) == (1, 1)
    assert len(house.discord.posted) == 1
    assert house.discord.looks == [NOW]
    assert await house.state(held) == (ReminderState.SENT, "")
    assert "found in the channel" in (await house.store.ledger())[0].detail


async def test_repeated_lost_answers_count_from_the_first(house: House) -> None:
    """Each try is trusted alone, but the message may be as old as the first: Discord counts from there."""
    await house.remind()
    house.discord.rules[CHANNEL] = always(LOST)
    await house.service.sweep()
    house.clock.advance(timedelta(seconds=70))
    await house.service.sweep()
    house.clock.advance(timedelta(seconds=130))
    await house.service.sweep()
    assert len(house.discord.posted) == 1
    assert len(house.discord.looks) == 1


async def test_what_surely_is_not_there_is_sent_again_afresh(house: House) -> None:
    await house.remind()
    house.discord.rules[CHANNEL] = once(FAULT)
    await house.service.sweep()
    house.clock.advance(timedelta(hours=1))
    report = await house.service.sweep()
    assert (report.sent, report.found, len(house.discord.posted)) == (1, 0, 1)


async def test_what_cannot_be_known_is_listed_and_never_sent_again(house: House) -> None:
    held = await house.remind()
    house.discord.rules[CHANNEL] = once(LOST)
    await house.service.sweep()
    house.discord.history = Looked(None, sure=False)
    house.clock.advance(timedelta(hours=1))
    assert (await house.service.sweep()).unknown == 1
    state, reason = await house.state(held)
    assert state is ReminderState.UNKNOWN
    assert "please check" in reason
    house.clock.advance(timedelta(days=30))
    await house.service.sweep()
    assert len(house.discord.asked) == 1
    assert [p.reminder_id for p in (await house.service.health(GUILD)).problems] == [held.reminder_id]


async def test_a_search_that_fails_is_tried_again(house: House) -> None:
    held = await house.remind()
    house.discord.rules[CHANNEL] = once(LOST)
    await house.service.sweep()
    house.discord.history = AWAY
    house.clock.advance(timedelta(hours=1))
    assert (await house.service.sweep()).retried == 1
    house.discord.history = None
    house.clock.advance(timedelta(hours=1))
    assert (await house.service.sweep()).found == 1
    assert await house.state(held) == (ReminderState.SENT, "")


async def test_after_the_clock_went_back_it_looks_before_it_sends(house: House) -> None:
    await house.remind()
    house.discord.rules[CHANNEL] = once(LOST)
    await house.service.sweep()
    house.clock.advance(-timedelta(minutes=30))
    await house.again().recover()  # the lease of a waiting one is not in the way
    assert house.discord.looks == []
    house.clock.advance(timedelta(minutes=32))
    await house.remind("another", due_at=house.clock.now())
    house.clock.advance(timedelta(minutes=10))
    await house.service.sweep()
    assert len(house.discord.looks) == 1
    assert Counter(p.text for p in house.discord.posted).most_common(1)[0][1] <= 2


async def test_a_clock_that_stands_before_the_attempt_trusts_no_nonce(house: House) -> None:
    await house.remind()
    (claimed,) = await house.store.claim(
        NOW,
        limit=1,
        token="gone",
        freeze=lambda plan: OutgoingMessage("x", ()),
    )
    await house.store.attempting(claimed.delivery_id, "gone", NOW)
    house.clock.advance(-timedelta(minutes=5))
    await house.again().recover()
    assert house.discord.looks == [house.clock.now() - timedelta(days=7)]
    assert len(house.discord.posted) == 1


async def test_it_is_given_up_after_two_days_with_its_reason(house: House) -> None:
    held = await house.remind()
    house.discord.rules[CHANNEL] = always(Transient("Discord asked Postbag to wait", False, retry_after=3600))
    for _ in range(47):
        await house.service.sweep()
        house.clock.advance(timedelta(hours=1))
    assert (await house.state(held))[0] is ReminderState.SCHEDULED
    for _ in range(3):
        await house.service.sweep()
        house.clock.advance(timedelta(hours=1))
    state, reason = await house.state(held)
    assert state is ReminderState.UNDELIVERABLE
    assert reason == "Discord didn't accept it for 48 hours: Discord asked Postbag to wait"


async def test_three_days_without_a_network_lose_nothing(house: House) -> None:
    held = await house.remind()
    house.discord.rules[CHANNEL] = always(AWAY)
    for _ in range(3 * 24):
        await house.service.sweep()
        house.clock.advance(timedelta(hours=1))
    assert (await house.state(held))[0] is ReminderState.SCHEDULED
    del house.discord.rules[CHANNEL]
    report = await house.service.sweep()
    assert (report.sent, report.late) == (1, 1)


async def test_nothing_is_claimed_while_discord_is_not_there(house: House) -> None:
    held = await house.remind()
    house.discord.is_ready = False
    report = await house.service.sweep()
    assert not report.ready
    assert await house.state(held) == (ReminderState.SCHEDULED, "")
    assert (await house.store.health()).last_sweep == NOW
    assert await house.service.next_due() == NOW + timedelta(seconds=5)
    house.discord.is_ready = True
    assert (await house.service.sweep()).sent == 1


async def test_an_outage_stops_the_sweep_and_is_felt_for_gently(house: House) -> None:
    held = [await house.remind(f"r{n}", channel_id=ChannelId(100 + n)) for n in range(40)]
    for n in range(40):
        house.discord.rules[ChannelId(100 + n)] = always(FAULT)
    report = await house.service.sweep()
    assert report.troubled
    assert 5 <= len(house.discord.asked) <= 5 + delivery_module.IN_FLIGHT
    assert await house.service.next_due() == NOW + timedelta(seconds=60)
    asked = len(house.discord.asked)
    house.clock.advance(timedelta(minutes=1))
    await house.service.sweep()
    assert len(house.discord.asked) == asked + 1
    house.discord.rules.clear()
    for _ in range(4):
        house.clock.advance(timedelta(minutes=1))
        await house.service.sweep()
    assert [await house.state(r) for r in held] == [(ReminderState.SENT, "")] * 40
    assert len(house.discord.posted) == 40


async def test_a_slow_channel_is_given_up_on_in_time(house: House) -> None:
    held = await house.remind()
    service = house.again(send_limit=0.05)
    house.discord.pause = 0.5
    report = await service.sweep()
    assert report.retried == 1
    assert await house.state(held) == (ReminderState.SCHEDULED, "Discord didn't answer in time")


async def test_a_sender_that_breaks_costs_no_reminder(house: House, caplog: pytest.LogCaptureFixture) -> None:
    def broken(nonce: str) -> SendResult | None:
        raise KeyError("a change in the library")

    held = await house.remind()
    house.discord.rules[CHANNEL] = broken
    assert (await house.service.sweep()).retried == 1
    assert "the sender failed" in caplog.text
    house.discord.rules.clear()
    house.clock.advance(timedelta(minutes=1))
    assert (await house.service.sweep()).sent == 1
    assert (await house.state(held))[0] is ReminderState.SENT


# Nowhere to go


async def test_a_channel_that_is_gone_falls_back_to_the_notice_channel(house: House) -> None:
    await house.settle(notice_channel_id=NOTICES, ping_role_id=RoleId(77))
    held = await house.watch()
    house.discord.rules[CHANNEL] = always(GONE)
    report = await house.service.sweep()
    assert (report.sent, report.rerouted, report.undeliverable) == (1, 1, 0)
    (posted,) = house.discord.posted
    assert posted.target == Target(GUILD, NOTICES)
    assert posted.text.startswith(f"This was meant for <#{CHANNEL}>: the channel was deleted.")
    assert "**Lobby day**" in posted.text
    assert posted.message.ping_role is None
    assert posted.nonce.endswith("-n")
    assert posted.why == f"pb:why:{posted.nonce.removesuffix('-n')}"
    (row,) = await house.store.of_deadline(held.deadline_id)
    assert row.state is ReminderState.SENT
    assert (await house.store.ledger())[0].detail == "in the notice channel"


async def test_with_both_gone_the_owner_is_told_once_and_the_rows_stay(house: House) -> None:
    owner = await house.person()
    await house.settle(notice_channel_id=NOTICES, owner=owner)
    house.discord.rules[CHANNEL] = house.discord.rules[NOTICES] = always(GONE)
    for title in ("Lobby day", "Vigil"):
        await house.watch(title)
        await house.service.sweep()
        await house.service.sweep()
    private = [p for p in house.discord.posted if p.user_id == USER]
    assert len(private) == 1
    assert "Lobby day" in private[0].text
    assert "/admin health" in private[0].text
    health = await house.service.health(GUILD)
    assert health.counts[ReminderState.UNDELIVERABLE] == 2
    assert {p.reason for p in health.problems} == {"the channel was deleted"}


async def test_once_the_channel_works_again_a_new_problem_is_told_again(house: House) -> None:
    await house.settle(owner=await house.person())
    for title, works in (("One", False), ("Two", True), ("Three", False)):
        house.discord.rules[CHANNEL] = always(GONE) if not works else lambda nonce: None
        await house.watch(title)
        await house.service.sweep()
        await house.service.sweep()
    assert sum(p.user_id == USER for p in house.discord.posted) == 2


async def test_an_owner_who_cannot_be_reached_ends_it_there(house: House) -> None:
    await house.settle(owner=await house.person())
    house.discord.rules[CHANNEL] = house.discord.rules[None] = always(Unreachable("closed"))
    await house.watch()
    await house.service.sweep()
    await house.service.sweep()
    assert len(house.discord.asked) == 2
    assert await house.service.next_due() is None
    assert (await house.service.health(GUILD)).counts == {ReminderState.UNDELIVERABLE: 2}


async def test_a_group_without_a_channel_is_not_silent(house: House) -> None:
    await house.settle(channel_id=None, owner=await house.person())
    await house.watch()
    await house.service.sweep()
    await house.service.sweep()
    assert [p.user_id for p in house.discord.posted] == [USER]
    (problem,) = (await house.service.health(GUILD)).problems
    assert problem.reason == "this group hasn't chosen a channel for reminders"


async def test_a_group_with_only_a_notice_channel_hears_it_there(house: House) -> None:
    await house.settle(channel_id=None, notice_channel_id=NOTICES)
    await house.watch()
    await house.service.sweep()
    assert house.discord.posted[0].text.startswith("Your group hasn't chosen a channel for reminders")


async def test_a_channel_found_closed_is_not_asked_again_in_the_same_sweep(house: House) -> None:
    await house.settle()
    house.discord.rules[CHANNEL] = always(GONE)
    for number in range(60):
        await house.remind(f"r{number}")
    report = await house.service.sweep()
    assert report.undeliverable == 3
    assert len(house.discord.asked) == 1


@pytest.mark.parametrize(
    ("history", "ends", "notices"),
    [
        (Looked(None, sure=False), ReminderState.UNKNOWN, 0),
        (Looked(MessageId(5), sure=True), ReminderState.SENT, 0),
        (Looked(None, sure=True), ReminderState.SENT, 1),
        (AWAY, ReminderState.SCHEDULED, 0),
    ],
)
async def test_what_may_be_in_a_closed_channel_is_looked_for_before_it_is_posted_elsewhere(
    house: House, history: Looked | Transient, ends: ReminderState, notices: int
) -> None:
    await house.settle(notice_channel_id=NOTICES)
    held = await house.remind()
    results = [GONE, FAULT]
    house.discord.rules[CHANNEL] = lambda nonce: results.pop()
    await house.service.sweep()
    house.clock.advance(timedelta(seconds=65))
    house.discord.history = history
    await house.service.sweep()
    assert (await house.state(held))[0] is ends
    assert len(house.discord.posted) == notices


async def test_a_message_that_discord_refuses_is_our_bug_and_said(
    house: House, caplog: pytest.LogCaptureFixture
) -> None:
    held = await house.remind()
    house.discord.rules[CHANNEL] = always(Rejected("Discord refused the message (HTTP 400, code 50035)"))
    assert (await house.service.sweep()).undeliverable == 1
    assert (await house.state(held))[1].startswith("Discord refused the message")
    assert "was refused by Discord" in caplog.text
    assert str(CHANNEL) not in caplog.text


# Changed on the way


async def test_a_change_while_it_goes_out_is_told_to_the_organisers(house: House) -> None:
    await house.settle(notice_channel_id=NOTICES)
    deadline = await house.watch()

    def change(nonce: str) -> None:
        changing.append(asyncio.ensure_future(Deadlines(house.database).save(deadline, [], NOW)))

    changing: list[Any] = []
    house.discord.rules[CHANNEL] = change  # type: ignore[assignment]
    await house.service.sweep()
    await asyncio.gather(*changing)
    await house.service.sweep()
    notices = [p.text for p in house.discord.posted if p.target.channel_id == NOTICES]
    (row,) = await house.store.of_deadline(deadline.deadline_id)
    assert row.state is ReminderState.SENT
    assert len(notices) == 1
    assert "that reminder had just been posted" in notices[0]


# Starting again


@pytest.mark.parametrize("point", ["claimed", "attempted", "posted"])
@pytest.mark.parametrize("away", [0, 60, 100, 3600])
async def test_a_stop_at_any_point_loses_and_doubles_nothing(house: House, point: str, away: int) -> None:
    held = await house.remind()
    writer = house.service._writer
    (claimed,) = await house.store.claim(NOW, limit=1, token="gone", freeze=lambda plan: writer.freeze(plan, NOW))
    if point != "claimed":
        await house.store.attempting(claimed.delivery_id, "gone", NOW)
    if point == "posted":
        await house.discord.send(claimed.target, None, claimed.message, nonce=claimed.key)
    house.clock.advance(timedelta(seconds=away))
    report = await house.again().recover()
    assert report.sent == 1
    assert len(house.discord.posted) == 1
    assert await house.state(held) == (ReminderState.SENT, "")
    assert bool(house.discord.looks) == (point != "claimed" and away > 75)


async def test_another_process_waits_for_the_lease(house: House) -> None:
    await house.remind()
    await house.store.claim(NOW, limit=1, token="other", freeze=lambda plan: OutgoingMessage("x"))
    service = house.again(sole=False)
    assert (await service.recover()).sent == 0
    house.clock.advance(timedelta(seconds=60))
    assert (await service.sweep()).sent == 1


async def test_leases_are_taken_over_once_discord_is_there(house: House) -> None:
    await house.remind()
    await house.store.claim(NOW, limit=1, token="gone", freeze=lambda plan: OutgoingMessage("x"))
    service = house.again()
    house.discord.is_ready = False
    await service.recover()
    house.discord.is_ready = True
    assert (await service.sweep()).sent == 1


async def test_sweeps_never_overlap(house: House) -> None:
    for number in range(30):
        await house.remind(f"r{number}", channel_id=ChannelId(100 + number))
    house.discord.pause = 0.01
    reports = await asyncio.gather(*(house.service.sweep() for _ in range(3)))
    assert sum(r.sent for r in reports) == 30
    assert len(house.discord.posted) == 30
    assert house.discord.most_at_once <= delivery_module.IN_FLIGHT


async def test_closing_finishes_what_is_on_its_way_and_leaves_the_rest_for_later(house: House) -> None:
    for number in range(40):
        await house.remind(f"r{number}", channel_id=ChannelId(100 + number))
    house.discord.pause = 0.05
    sweeping = asyncio.create_task(house.service.sweep())
    await asyncio.sleep(0.02)
    await house.service.close()
    report = await sweeping
    assert 0 < report.sent < 40
    house.discord.pause = 0
    assert (await house.again().recover()).sent == 40 - report.sent
    assert len(house.discord.posted) == 40


async def test_a_database_that_refuses_a_mark_sends_again_under_the_same_nonce(house: House) -> None:
    held = await house.remind()

    class Full(Reminders):
        async def mark_sent(self, *args: Any, **more: Any) -> Any:
            raise Unavailable("The disk with the database is full.")

    service = service_of(house.database, Full(house.database, SEALER), house.discord, house.clock)
    assert (await service.sweep()).failed == 1
    assert (await house.state(held))[0] is ReminderState.SENDING
    assert await service.next_due() == NOW + timedelta(seconds=60)
    house.clock.advance(timedelta(seconds=60))
    await house.again().sweep()
    assert len(house.discord.posted) == 1
    assert len(house.discord.asked) == 2
    assert (await house.state(held))[0] is ReminderState.SENT


async def test_a_database_that_refuses_the_attempt_sends_nothing(house: House) -> None:
    await house.remind()

    class Locked(Reminders):
        async def attempting(self, *args: Any, **more: Any) -> bool:
            raise Unavailable("The database is busy: another program is using it.")

    service = service_of(house.database, Locked(house.database, SEALER), house.discord, house.clock)
    assert (await service.sweep()).failed == 1
    assert house.discord.asked == []


async def test_a_broken_template_costs_the_words_not_the_reminder(house: House) -> None:
    class Broken:
        def message(self, name: str, fields: Any) -> str:
            raise ValueError("unknown field")

    await house.remind()
    house.clock.advance(timedelta(hours=1))
    service = house.again(templates=Broken())
    assert (await service.sweep()).sent == 1
    assert house.discord.posted[0].text == (
        "This is late: Postbag couldn't post it when it was due.\n"
        "A reminder is due. Open /deadlines list to see what it's about."
    )


# Speed and fairness


async def test_every_request_waits_for_its_turn(house: House) -> None:
    for number in range(20):
        await house.remind(f"r{number}", channel_id=ChannelId(100 + number))
    turns: list[int] = []

    class Counted(Pacer):
        @asynccontextmanager
        async def turn(self, count: int = 1) -> AsyncIterator[None]:
            turns.append(count)
            yield

    service = house.again()
    service._attempts._pacer = Counted()
    assert (await service.sweep()).sent == 20
    assert turns == [1] * 20


async def test_a_channel_gets_five_messages_in_five_seconds_while_others_go_on(house: House) -> None:
    for number in range(150):
        await house.remind(f"hot{number}")
    for number in range(20):
        await house.remind("small", channel_id=ChannelId(100 + number))
    service = house.again(per_second=200.0)
    await service.sweep()
    channels = [posted.target.channel_id for posted in house.discord.posted]
    assert channels.count(CHANNEL) == 6
    assert channels[-1] == CHANNEL, "its sixth message waits, and everybody else's go out meanwhile"


async def test_a_sweep_leaves_nothing_due_when_a_channel_frees_itself_during_a_claim(house: House) -> None:
    class Slow(Reminders):
        async def claim(self, *args: Any, **more: Any) -> Any:
            claimed = await super().claim(*args, **more)
            await asyncio.sleep(0.05)
            return claimed

    for number in range(60):
        await house.remind(f"r{number}")
    house.discord.pause = 0.02
    service = service_of(house.database, Slow(house.database, SEALER), house.discord, house.clock)
    assert (await service.sweep()).sent == 3


async def test_a_channel_discord_holds_back_does_not_hold_others(house: House) -> None:
    await house.remind("hot")
    await house.remind("other", channel_id=ChannelId(99))
    house.discord.rules[CHANNEL] = once(Transient("Discord asked Postbag to wait", False, retry_after=90))
    report = await house.service.sweep()
    assert (report.sent, report.retried) == (1, 1)
    assert await house.service.next_due() == NOW + timedelta(seconds=90)


async def test_the_event_loop_is_not_held_by_a_burst(house: House) -> None:
    for channel in range(200):
        for number in range(4):
            await house.remind(f"r{number}", channel_id=ChannelId(100 + channel))
    written, most, stop = 0, 0, False
    freeze = house.service._writer.freeze

    def counted(plan: DeliveryPlan, now: datetime) -> OutgoingMessage:
        nonlocal written, most
        written += 1
        most = max(most, written)
        return freeze(plan, now)

    async def beat() -> None:
        nonlocal written
        while not stop:
            await asyncio.sleep(0)
            written = 0

    house.service._writer.freeze = counted  # type: ignore[method-assign]
    beating = asyncio.create_task(beat())
    report = await house.service.sweep()
    stop = True
    await beating
    assert report.sent == 200
    assert most <= YIELD_EVERY, "so many messages are written before other work gets a turn"


# Asking why


async def test_why_shows_the_rule_the_working_and_the_ledger(house: House) -> None:
    await house.settle()
    watched = await house.watch(kind=DeadlineKind.GOVERNMENT_RESPONSE)
    house.discord.rules[CHANNEL] = once(FAULT)
    await house.service.sweep()
    house.clock.advance(timedelta(minutes=30))
    await house.service.sweep()
    key = house.discord.posted[0].nonce
    why = await house.service.why(key, GUILD)
    (item,) = why.items
    assert (item.title, item.about) == ("Lobby day", "A reminder for the day itself")
    assert item.rule == "the date this group gave"
    assert item.working == watched.working(NOW.date())
    assert item.set_by == "an organiser of this group"
    assert item.planned == "Planned for 9am on 8 September 2021, London time"
    assert [line.split(" at ")[0] for line in why.history] == ["To be tried again", "Sent"]
    assert why.history[1].endswith("30 min late: because Discord had a problem (HTTP 503) (1 failed try)")


async def test_another_group_is_told_nothing(house: House) -> None:
    await house.remind()
    await house.service.sweep()
    with pytest.raises(NotFound):
        await house.service.why(house.discord.posted[0].nonce, GuildId(99))
    with pytest.raises(NotFound):
        await house.service.why("no such key", GUILD)


async def test_ids_of_discord_are_never_logged(house: House, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("DEBUG")
    await house.settle(
        notice_channel_id=ChannelId(987654321), owner=await house.person(), channel_id=ChannelId(123454321)
    )
    await house.watch()
    house.discord.rules[ChannelId(123454321)] = always(GONE)
    house.discord.rules[ChannelId(987654321)] = always(FAULT)
    await house.service.sweep()
    assert "123454321" not in caplog.text
    assert "987654321" not in caplog.text
    assert "Lobby" not in caplog.text


async def test_every_message_fits_into_discord(house: House) -> None:
    await house.settle(notice_channel_id=NOTICES, ping_role_id=RoleId(10**18))
    for number in range(30):
        await house.watch("*_" * 95 + f"{number}", expires_at=NOW + timedelta(hours=number % 2 * 48 + 1))
    house.discord.rules[CHANNEL] = always(GONE)
    house.clock.advance(timedelta(hours=30))
    await house.service.sweep()
    assert house.discord.posted
    assert all(0 < len(p.text) <= MESSAGE_LIMIT for p in house.discord.posted)
