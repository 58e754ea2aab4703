"""The reminders that every crash trial begins with, and where they must end up."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.domain.actions import Action, ActionState, Step
from bot.domain.dates.repeats import Repeat
from bot.domain.deadlines import Deadline, DeadlineKind
from bot.domain.follow_ups import FollowUp
from bot.domain.guilds import GuildSettings
from bot.domain.identity import (
    ActionId,
    ChannelId,
    DeadlineId,
    FollowUpId,
    GuildId,
    PersonalId,
    ReminderId,
    UserId,
)
from bot.domain.private_reminders import PrivateReminder
from bot.domain.reminders import CivilTime, PlannedReminder, Reminder, ReminderKind
from bot.domain.rules import GIVEN
from bot.jobs import App
from bot.sealing import open_sealer
from storage.actions import Actions
from storage.deadlines import Deadlines
from storage.follow_ups import FollowUps
from storage.guilds import Guilds
from storage.installation_facts import Facts
from storage.people import People
from storage.private_reminders import PrivateReminders
from storage.reminders.store import Reminders
from tests.crash.discord_rest import GONE, OK

OWNER = UserId(7_000_001)
MEMBER = UserId(7_000_002)
DAILY_MEMBER = UserId(7_000_003)
JOINER = UserId(7_000_004)
WRITER = UserId(7_000_005)


@dataclass(frozen=True)
class Place:
    """A group with its channel, what is due there and how many seconds from the start, and whether the channel is there."""

    number: int
    marks: tuple[str, ...]
    after: tuple[int, ...] = ()
    channel: str = OK
    notice: bool = False
    short_lived: bool = False

    @property
    def guild_id(self) -> GuildId:
        return GuildId(self.number)

    @property
    def channel_id(self) -> ChannelId:
        return ChannelId(self.number * 10)

    @property
    def notice_id(self) -> ChannelId | None:
        return ChannelId(self.number * 10 + 1) if self.notice else None


PLACES = (
    *(Place(100 + n, (f"Mark S{n}",)) for n in range(4)),
    Place(200, ("Mark J0", "Mark J1", "Mark J2")),
    Place(201, ("Mark T0", "Mark T1"), after=(0, 90)),
    Place(202, ("Mark E0", "Mark E1"), short_lived=True),
    Place(300, ("Mark N0",), channel=GONE, notice=True),
    Place(301, ("Mark G0",), channel=GONE),
)
PRIVATE = "Mark P0"
REPEATED = "Mark R0"
COMES = 3
"""Days on which the repeated reminder comes."""
PLAN = Place(400, ())
STEP, JOINED, CHECK = "Mark A0", "Mark B0", "Mark F0"
"""A step of a plan in its group's channel, the same step told to one who joined, and the check of a letter."""

UNDELIVERABLE = ("Mark G0",)
MARKS = (*(mark for place in PLACES for mark in place.marks), PRIVATE, STEP, JOINED, CHECK)


def channels() -> dict[int, str]:
    """Give the channels there are, for the stand-in."""
    known: dict[int, str] = {place.channel_id: place.channel for place in (*PLACES, PLAN)}
    return known | {place.notice_id: OK for place in PLACES if place.notice_id is not None}


def people() -> dict[int, str]:
    return {OWNER: OK, MEMBER: OK, DAILY_MEMBER: OK, JOINER: OK, WRITER: OK}


async def fill(app: App, now: datetime) -> None:
    """Store groups, dates and reminders, all due at about ``now``."""
    sealer = await open_sealer(app.settings.key_file, Facts(app.database))
    owner = await People(app.database, sealer).person(OWNER, now)
    member = await People(app.database, sealer).person(MEMBER, now)
    for place in (*PLACES, PLAN):
        settings = GuildSettings(
            place.guild_id,
            channel_id=place.channel_id,
            notice_channel_id=place.notice_id,
            high_risk=False,
            owner=owner,
        )
        await Guilds(app.database).save(settings, now)
        for index, mark in enumerate(place.marks):
            seconds = place.after[index] if place.after else 0
            await _watch(app, place, mark, now, now + timedelta(seconds=seconds))
    civil = CivilTime(now.date(), now.time().replace(second=0, microsecond=0), "UTC")
    await Reminders(app.database, sealer).add(
        Reminder(ReminderId(0), ReminderKind.PERSONAL, "mine", now, civil, person_id=member, text=PRIVATE), now
    )
    daily = await People(app.database, sealer).person(DAILY_MEMBER, now)
    until = now.date() + timedelta(days=COMES - 1)
    wanted = PrivateReminder(PersonalId(0), daily, REPEATED, civil, Repeat.DAILY, until)
    await PrivateReminders(app.database, sealer).add(wanted, now)
    joiner = await People(app.database, sealer).person(JOINER, now)
    writer = await People(app.database, sealer).person(WRITER, now)
    plan = Action(ActionId(0), PLAN.guild_id, "A plan", now.date(), (Step("watch", now.date(), "Watch"),))
    made = await Actions(app.database, sealer).add(plan, now)
    made = await Actions(app.database, sealer).save(
        replace(made, stored=ActionState.APPROVED), now, public=[_step(STEP, now)]
    )
    await Actions(app.database, sealer).join(made, joiner, [_step(JOINED, now)], now)
    # in a group where nobody is at risk, so that its message says the words by which a trial knows it
    sent_on, asked_on = now.date() - timedelta(days=14), (now.date(),)
    letter = FollowUp(FollowUpId(0), writer, "salt-marshes/3", sent_on, guild_id=PLAN.guild_id, checks=asked_on)
    check = PlannedReminder(ReminderKind.FOLLOW_UP, "check-1", civil, for_day=now.date(), text=CHECK)
    await FollowUps(app.database, sealer).add(letter, [check], now)


def _step(mark: str, now: datetime) -> PlannedReminder:
    civil = CivilTime(now.date(), now.time().replace(second=0, microsecond=0), "UTC")
    until = civil.instant() + timedelta(days=40)
    return PlannedReminder(ReminderKind.ACTION, "watch", civil, until, now.date(), text=mark)


async def plan_again(app: App, now: datetime) -> None:
    """Save the plan as it is, as a change of the group's settings does: what waits or is on its way stays."""
    sealer = await open_sealer(app.settings.key_file, Facts(app.database))
    store = Actions(app.database, sealer)
    (known,) = await store.unarchived()
    day = datetime.combine(known.centre_on, now.time(), now.tzinfo)
    await store.save(
        known,
        now,
        public=[replace(_step(STEP, day), standing=True)],
        private=[replace(_step(JOINED, day), standing=True)],
    )


async def _watch(app: App, place: Place, mark: str, now: datetime, due_at: datetime) -> None:
    due_at = due_at.replace(second=0, microsecond=0)
    civil = CivilTime(due_at.date(), due_at.time(), "UTC")
    lasts = timedelta(hours=1) if place.short_lived and mark.endswith("0") else timedelta(days=40)
    rung = PlannedReminder(ReminderKind.DUE, "0", civil, due_at + lasts, for_day=due_at.date())
    deadline = Deadline(DeadlineId(0), place.guild_id, DeadlineKind.OWN_DATE, mark, due_at.date(), GIVEN)
    await Deadlines(app.database).add(replace(deadline, source_url=""), [rung], now)
