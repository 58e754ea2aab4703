"""One Postbag without Discord, for tests of the services' floor: real stores on a real SQLite file, and a clock that is moved."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Any

from sqlalchemy import update

from bot.clock import LONDON, MovableClock
from bot.documents.calendar import calendar_file
from bot.domain.guilds import GuildSettings
from bot.domain.identity import ChannelId, GuildId, MessageId, PersonId, ReminderId, ReportSlug, RoleId, UserId
from bot.domain.messages import OutgoingMessage
from bot.domain.reminders import Reminder, ReminderState, Target
from bot.domain.reports import Chapter, House, ItemKey, Recommendation, Report, ResponseFacts
from bot.resources import templates_folder
from bot.sealing import Sealer
from bot.search import RecommendationIndex
from bot.services.actions import ActionService
from bot.services.audit import AuditService
from bot.services.deadlines import DeadlineService
from bot.services.delivery.sweep import DeliveryService
from bot.services.follow_ups import FollowUpService
from bot.services.group_events import GroupEventService
from bot.services.guilds import GuildService
from bot.services.letter_templates import TemplateService
from bot.services.organiser_notices import NoticeService
from bot.services.people import PeopleService
from bot.services.ports.sending import Looked, SendResult, Sent, Transient
from bot.services.private_reminders import PrivateReminderService
from bot.services.reports import ReportService
from bot.templating import JinjaTemplates
from storage.actions import Actions
from storage.audit import Audit
from storage.database import Database, open_database
from storage.deadlines import Deadlines
from storage.follow_ups import FollowUps
from storage.group_events import GroupEvents
from storage.guilds import Guilds
from storage.letter_templates import LetterTemplates
from storage.people import People
from storage.private_reminders import PrivateReminders
from storage.reminders.store import Reminders
from storage.reports import Reports
from storage.schema import reminders as rows

GUILD = GuildId(4_000_000_000_000_000_001)
OTHER = GuildId(4_000_000_000_000_000_002)
CHANNEL = ChannelId(5_000_000_000_000_000_001)
ORGANISER, MEMBER, STRANGER = UserId(71), UserId(72), UserId(73)
MARSHES = ReportSlug("salt-marshes")
NOW = datetime(2027, 3, 1, 12, tzinfo=UTC)
SEALER = Sealer(bytes(32))


def recommendation(number: int, **changes: Any) -> Recommendation:
    """Make an invented recommendation."""
    base = Recommendation(ItemKey(str(number)), "Dykes", f"Mend dyke {number}.", "one", number=str(number))
    return replace(base, **changes)


def report(slug: ReportSlug = MARSHES, published_on: date = date(2027, 2, 1), **changes: Any) -> Report:
    """Make an invented report of seven recommendations, whose response has not come."""
    base = Report(
        slug=slug,
        title=f"{slug.replace('-', ' ').capitalize()} and the invented coast",
        short_title=slug.replace("-", " ").capitalize(),
        committee="Invented Committee",
        house=House.COMMONS,
        paper="HC 1",
        session="2026–27",
        published_on=published_on,
        url=f"https://committee.example/{slug}",
        as_of=published_on,
        licence="Invented",
        chapters=(Chapter("one", "The coast"),),
        doors=(),
        recommendations=tuple(recommendation(number) for number in range(1, 8)),
        sources=(),
        response=ResponseFacts(),
        invented=True,
    )
    return replace(base, **changes)


@dataclass
class Sink:
    """A Discord that takes every message and remembers it; while it is ``faulty``, none."""

    posted: list[tuple[Target, str]] = field(default_factory=list)
    faulty: bool = False
    is_ready = True

    async def send(self, target: Target, user_id: UserId | None, message: OutgoingMessage, *, nonce: str) -> SendResult:
        if self.faulty:
            return Transient("Discord had a problem (HTTP 503)")
        self.posted.append((target, message.text))
        return Sent(MessageId(len(self.posted)))

    async def organises(self, guild_id: GuildId, user_id: UserId, role_id: RoleId | None) -> bool:
        return True

    async def find(self, target: Target, user_id: UserId | None, custom_id: str, since: datetime) -> Looked:
        return Looked(None, sure=True)


@dataclass
class Desk:
    """The services with what they stand on."""

    clock: MovableClock
    database: Database
    discord: Sink
    people: PeopleService
    guilds: GuildService
    reports: ReportService
    deadlines: DeadlineService
    actions: ActionService
    follow_ups: FollowUpService
    private_reminders: PrivateReminderService
    delivery: DeliveryService
    reminders: Reminders
    woken: list[int]
    held: Reports
    audit: AuditService
    group_events: GroupEventService
    notices: NoticeService
    templates: JinjaTemplates

    def at(self, day: date, hour: int = 12) -> None:
        self.clock.move_to(datetime(day.year, day.month, day.day, hour, tzinfo=LONDON))

    async def settle(self, guild_id: GuildId = GUILD, **changes: Any) -> PersonId:
        """Set a group up, as its organiser; give the organiser."""
        person = await self.people.person_for(ORGANISER)
        settings = GuildSettings(guild_id, channel_id=CHANNEL, high_risk=False, owner=person)
        await Guilds(self.database).save(replace(settings, **changes), self.clock.now())
        return person

    async def settings(self, guild_id: GuildId = GUILD) -> GuildSettings:
        return await Guilds(self.database).get(guild_id)

    async def settle_again(self, guild_id: GuildId = GUILD, **changes: Any) -> None:
        """Change a group's settings, as its store has them; the services are not told."""
        store = Guilds(self.database)
        if isinstance(changes.get("time_of_day"), str):
            changes["time_of_day"] = time.fromisoformat(changes["time_of_day"])
        await store.save(replace(await store.get(guild_id), **changes), self.clock.now())

    async def organiser(self) -> PersonId:
        """Give the organiser who set the group up."""
        return await self.people.person_for(ORGANISER)

    async def second(self) -> PersonId:
        """Give another organiser than the one who set the group up."""
        return await self.people.person_for(MEMBER)

    async def noted(self, guild_id: GuildId = GUILD) -> list[str]:
        """List what organisers changed, the oldest first."""
        return [line.what for line in reversed(await self.audit.lines(guild_id, limit=100))]

    async def sweep(self) -> list[str]:
        """Deliver what is due; give the words of each message."""
        before = len(self.discord.posted)
        await self.delivery.sweep()
        return [words for _, words in self.discord.posted[before:]]

    async def all_reminders(self, *states: ReminderState) -> Sequence[Reminder]:
        """List every reminder there is, by time, in some states or in any."""
        async with self.database.reading() as connection:
            ids = (await connection.execute(rows.select().order_by(rows.c.due_at, rows.c.id))).scalars().all()
        found = [await self.reminders.get(ReminderId(number)) for number in ids]
        return [each for each in found if each is not None and (not states or each.state in states)]

    async def to_come(self) -> list[tuple[str, date]]:
        """List what is scheduled: its rung and day."""
        return [(r.rung, r.civil.on) for r in await self.all_reminders(ReminderState.SCHEDULED)]

    async def become(self, reminder: Reminder, state: ReminderState) -> None:
        """Put a reminder into a state, as if the engine had."""
        async with self.database.writing() as connection:
            changing = update(rows).where(rows.c.id == reminder.reminder_id)
            await connection.execute(changing.values(state=state.value, updated_at=self.clock.now()))


def group_letters(desk: Desk) -> TemplateService:
    """Open the letters that groups make for themselves; ``load`` reads those that are stored."""
    shipped = tuple(desk.templates.frames.values())
    return TemplateService(LetterTemplates(desk.database), desk.templates.read, desk.clock, lambda: shipped, desk.audit)


def prepared(folder: Path) -> Path:
    """Make an empty database once, to be copied for each test."""

    async def make() -> None:
        async with open_database(f"sqlite+aiosqlite:///{folder / 'made.sqlite3'}"):
            pass

    asyncio.run(make())
    return folder / "made.sqlite3"


@asynccontextmanager
async def opened(made: Path, folder: Path, *reports: Report, now: datetime = NOW) -> AsyncIterator[Desk]:
    """Open the services on a copy of a prepared database."""
    shutil.copyfile(made, folder / "desk.sqlite3")
    (folder / "packs").mkdir(exist_ok=True)
    async with open_database(f"sqlite+aiosqlite:///{folder / 'desk.sqlite3'}") as database:
        yield await _built(database, folder / "packs", reports or (report(),), MovableClock(now))


@asynccontextmanager
async def opened_on(url: str, packs: Path, *reports: Report, now: datetime = NOW) -> AsyncIterator[Desk]:
    """Open the services on a database that others may have open, too: what one process holds, on a clock of its own."""
    await asyncio.to_thread(packs.mkdir, exist_ok=True)
    async with open_database(url) as database:
        yield await _built(database, packs, reports or (report(),), MovableClock(now))


async def _built(database: Database, packs: Path, reports: Sequence[Report], clock: MovableClock) -> Desk:
    woken: list[int] = []

    def wake() -> None:
        woken.append(1)

    templates = JinjaTemplates(templates_folder())
    held = Reports(database, packs=packs, also=reports)
    report_service = ReportService(held, clock, RecommendationIndex)
    await report_service.load()
    reminders, guilds = Reminders(database, SEALER), Guilds(database)
    people = PeopleService(People(database, SEALER), clock)
    discord = Sink()
    delivery = DeliveryService(
        reminders, discord, People(database, SEALER), guilds, templates, clock, per_second=10_000
    )
    audit = AuditService(Audit(database), clock)
    notices = NoticeService(guilds, reminders, templates, clock, wake)
    deadlines = DeadlineService(
        Deadlines(database), guilds, report_service, clock, wake, reminders=reminders, follows=held, audit=audit
    )
    group_events = GroupEventService(GroupEvents(database), guilds, clock, wake, reminders=reminders, audit=audit)
    actions = ActionService(
        Actions(database, SEALER),
        deadlines,
        guilds,
        report_service,
        templates,
        clock,
        wake,
        write=delivery.message_of,
        person_for=people.person_for,
        find_person=people.find,
        calendar=calendar_file,
        tell=notices.tell,
        audit=audit,
    )
    deadlines.attach(actions.upkeep)
    group_events.attach(actions.upkeep)
    return Desk(
        clock,
        database,
        discord,
        people,
        GuildService(guilds, clock, wake, replan=deadlines.replan, reminders=reminders, audit=audit),
        report_service,
        deadlines,
        actions,
        FollowUpService(FollowUps(database, SEALER), people, clock, wake),
        PrivateReminderService(
            PrivateReminders(database, SEALER), people, guilds, clock, wake, event=GroupEvents(database).get
        ),
        delivery,
        reminders,
        woken,
        held,
        audit,
        group_events,
        notices,
        templates,
    )
