"""All use cases together, as the chat and the terminal are handed them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.clock import Clock
from bot.services.ports.installation import FactStore, MachineHealth

if TYPE_CHECKING:
    from bot.services.actions import ActionService
    from bot.services.answer_sitting import AnswerSittings
    from bot.services.audit import AuditService
    from bot.services.changes import Memory
    from bot.services.coming_up import ComingUpService
    from bot.services.completions import CompletionService
    from bot.services.counts import CountService
    from bot.services.days_off import DaysOffService
    from bot.services.deadline_files import DeadlineFiles
    from bot.services.deadlines import DeadlineService
    from bot.services.delivery.sweep import DeliveryService
    from bot.services.follow_ups import FollowUpService
    from bot.services.followed_questions import FollowedQuestionService
    from bot.services.group_events import GroupEventService
    from bot.services.guilds import GuildService
    from bot.services.house_actors import HouseActorService
    from bot.services.house_posts import HousePostService
    from bot.services.imports import ImportService
    from bot.services.letter_offers import LetterOffers
    from bot.services.letter_templates import TemplateService
    from bot.services.letters import LetterService
    from bot.services.member_news import MemberNewsService
    from bot.services.members import MemberService
    from bot.services.moving import MovingService
    from bot.services.organiser_notices import NoticeService
    from bot.services.people import PeopleService
    from bot.services.private_reminders import PrivateReminderService
    from bot.services.processes import ProcessService
    from bot.services.publications import PublicationService
    from bot.services.records import RecordService
    from bot.services.removed_groups import DepartureService
    from bot.services.reports import ReportService
    from bot.services.said import SaidService
    from bot.services.shared_answers import SharedAnswerService
    from bot.services.shares import Shares
    from bot.services.sketches import SketchService
    from bot.services.this_week import ThisWeekService
    from bot.services.writes import Writes


@dataclass(frozen=True, slots=True)
class Operator:
    """Who runs this Postbag, for the privacy notice: a name and how to reach them, as the operator wrote it."""

    name: str
    contact: str


@dataclass(frozen=True, slots=True)
class Services:
    """Every service, sharing one clock."""

    clock: Clock
    version: str
    operator: Operator
    reports: ReportService
    records: RecordService
    imports: ImportService
    members: MemberService
    member_news: MemberNewsService
    letters: LetterService
    letter_offers: LetterOffers
    templates: TemplateService
    deadlines: DeadlineService
    group_events: GroupEventService
    days_off: DaysOffService
    actions: ActionService
    counts: CountService
    deadline_files: DeadlineFiles
    delivery: DeliveryService
    guilds: GuildService
    audit: AuditService
    moving: MovingService
    departures: DepartureService
    notices: NoticeService
    people: PeopleService
    private_reminders: PrivateReminderService
    follow_ups: FollowUpService
    sketches: SketchService
    publications: PublicationService
    completions: CompletionService
    shared_answers: SharedAnswerService
    said: SaidService
    followed_questions: FollowedQuestionService
    coming_up: ComingUpService
    this_week: ThisWeekService
    house_posts: HousePostService
    house_actors: HouseActorService
    sittings: AnswerSittings
    kept: FactStore
    sign: Callable[[bytes], bytes]
    writes: Writes
    shares: Shares
    processes: ProcessService
    memory: Memory
    machine: Callable[[], Awaitable[MachineHealth]]
