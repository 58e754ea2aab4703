"""The composition root: opens everything in order, closes it in reverse, and is the only place that knows every part."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from uuid import uuid4

from bot.clock import Clock, SystemClock, london_today
from bot.config import Settings
from bot.domain.reports import Report
from bot.jobs import App
from bot.later import LaterTemplates
from bot.machine import Machine
from bot.resources import packs_folder, templates_folder
from bot.sealing import open_sealer
from bot.search import RecommendationIndex
from bot.services.actions import ActionService
from bot.services.answer_sitting import AnswerSittings
from bot.services.audit import AuditService
from bot.services.changes import Memory
from bot.services.coming_up import ComingUpService
from bot.services.completions import CompletionService, teller
from bot.services.container import Operator, Services
from bot.services.counts import CountService
from bot.services.days_off import KEPT_AS as HOLIDAYS_FACT
from bot.services.days_off import DaysOffService
from bot.services.deadline_files import DeadlineFiles
from bot.services.deadlines import DeadlineService
from bot.services.delivery.sweep import DeliveryService
from bot.services.events import Event, Events
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
from bot.services.members import NOBODY as DOUBT_FACT
from bot.services.members import MemberService
from bot.services.moving import MovingService
from bot.services.moving_parliament import MovingParliament
from bot.services.organiser_notices import NoticeService
from bot.services.people import PeopleService
from bot.services.private_reminders import PrivateReminderService
from bot.services.processes import ProcessService
from bot.services.publications import LAST_LOOK, LAST_TRY, PublicationService
from bot.services.question_clocks import QuestionClocks
from bot.services.records import RecordService
from bot.services.removed_groups import DepartureService
from bot.services.reports import ReportService
from bot.services.rereading import rereading
from bot.services.said import SaidService
from bot.services.shared_answers import SharedAnswerService, answers_teller
from bot.services.shares import Shares
from bot.services.sketches import SketchService
from bot.services.this_week import ThisWeekService
from bot.services.writes import Writes
from bot.version import version
from bot.watchdog import Stuck
from bot.wider_dates import read_widely
from storage.actions import Actions
from storage.audit import Audit
from storage.backup import copier
from storage.changes import ChangeFeed
from storage.completions import DONE as COMPLETED
from storage.completions import Completions
from storage.counts import Counts
from storage.database import open_database
from storage.deadlines import Deadlines
from storage.departments import read_departments
from storage.follow_ups import FollowUps
from storage.followed_questions import FollowedQuestions
from storage.forgotten import FORGOTTEN_FILE, Forgotten
from storage.group_events import GroupEvents
from storage.group_news import GroupNews
from storage.guilds import Guilds
from storage.installation_facts import CALENDAR_FACT, Facts, require_whole
from storage.letter_templates import LetterTemplates
from storage.members import Members, StagedPages
from storage.people import People
from storage.places import read_places
from storage.postcodes import PostcodeTable
from storage.private_reminders import PrivateReminders
from storage.processes import Processes
from storage.publications import Publications
from storage.records import Records
from storage.reminders.store import Reminders
from storage.removed_groups import RemovedGroups
from storage.reports import Reports
from storage.restored import settle
from storage.said import SaidStore
from storage.shared_answers import READ as ANSWERS_READ
from storage.shared_answers import SharedAnswers
from storage.sketches import Sketches
from storage.staged import StagedDrafts
from storage.themes import read_themes


@asynccontextmanager
async def open_app(
    settings: Settings,
    *,
    clock: Clock | None = None,
    reports: Sequence[Report] = (),
    wake: Callable[[], None] | None = None,
    stuck: Callable[[], Stuck | None] = lambda: None,
) -> AsyncIterator[App]:
    """Open Postbag without connecting to anything outside: database, packs, templates, services, Discord client.

    ``reports`` are held beside the packs. ``wake`` is called whenever something may be due earlier than was thought. ``stuck``
    gives the last hang, for health.
    Refused or Unavailable: a part cannot be opened; the message says which and what to do.
    """
    from bot.chat.client import PostbagClient
    from bot.chat.post_buttons import buttons_for
    from bot.chat.sender import DiscordSender
    from bot.documents.calendar import calendar_file
    from bot.documents.counts import CountsMaker
    from bot.documents.maker import LetterMaker
    from bot.documents.timeline import TimelineMaker
    from bot.services.delivery.gists import gists_from
    from bot.sources.bank_holidays import BankHolidaysApi, bank_holidays
    from bot.sources.committees import CommitteesApi
    from bot.sources.foreign import ForeignReader
    from bot.sources.http import Http
    from bot.sources.members import MembersApi
    from bot.sources.said import coming_sources, said_sources

    time = clock or SystemClock()
    foreign = ForeignReader()
    poke = wake or (lambda: None)
    events = Events()
    async with open_database(settings.database_url, before_change=copier(settings.data / "backups", time)) as database:
        writes = Writes()
        database.on_write = writes.happened
        kept = Facts(database)
        await require_whole(kept)
        sealer = await open_sealer(settings.key_file, kept)
        reminders = Reminders(database, sealer)
        guilds = Guilds(database)
        forgotten = Forgotten(settings.data / FORGOTTEN_FILE, sealer)
        people = People(database, sealer, forgotten.add)
        restored = await settle(database, people, forgotten, time.now())
        forgotten.begin(time.now())
        audit = AuditService(Audit(database), time)
        held = Reports(database, packs=packs_folder(), extra=settings.pack_places, also=reports)
        report_service = ReportService(held, time, RecommendationIndex, read_departments(), read_themes())
        await report_service.load()
        templates = LaterTemplates(templates_folder())
        group_letters = TemplateService(
            LetterTemplates(database), templates.read, time, lambda: tuple(templates.frames.values()), audit
        )
        await group_letters.load()

        addresses = settings.sources
        async with Http(addresses.asked) as http:
            members = Members(database, sealer)
            member_service = MemberService(
                members,
                MembersApi(http, addresses.members_api, addresses.postcodes, time, StagedPages(database)),
                time,
                settings.dissolution,
                PostcodeTable(settings.postcodes_file),
                read_places(),
                kept,
            )
            await member_service.load()
            people_service = PeopleService(people, time)
            await people_service.load()
            reminder_service = PrivateReminderService(
                PrivateReminders(database, sealer),
                people_service,
                guilds,
                time,
                poke,
                read_widely,
                GroupEvents(database).get,
            )

            days_off = DaysOffService(BankHolidaysApi(http, addresses.bank_holidays), kept, time, bank_holidays)
            await days_off.load()
            follow_ups = FollowUpService(FollowUps(database, sealer), people_service, time, poke, days_off.of_division)
            sketches = SketchService(Sketches(database), guilds, time, sealer.hashes)

            deadline_service = DeadlineService(
                Deadlines(database),
                guilds,
                report_service,
                time,
                reminder_service.dates_changed,
                reminders=reminders,
                follows=held,
                dissolution=settings.dissolution,
                bank_holidays=days_off.of_division,
                audit=audit,
            )
            reminders.know_days_off(days_off.of_division)
            event_service = GroupEventService(
                GroupEvents(database),
                guilds,
                time,
                reminder_service.dates_changed,
                reminders=reminders,
                bank_holidays=days_off.of_division,
                audit=audit,
            )
            notices = NoticeService(guilds, reminders, templates, time, poke)
            committees = CommitteesApi(http, addresses.committees_api, time)
            publications = PublicationService(
                Publications(database, sealer),
                committees,
                report_service,
                notices,
                kept,
                time,
                follows=held,
                changed=deadline_service.recompute,
                wake=poke,
                audit=audit,
            )
            await publications.load()
            records = RecordService(Records(database), report_service, guilds.get, time, notices, audit)
            imports = ImportService(StagedDrafts(database), held, report_service, foreign, committees, time, audit)
            completions = CompletionService(
                Completions(database),
                committees,
                foreign,
                report_service,
                time,
                bare=held.without_completions,
                misfits=held.misfits,
                tell=teller(notices, Publications(database, sealer), held, time),
            )
            shared_answers = SharedAnswerService(
                SharedAnswers(database),
                report_service,
                foreign,
                time,
                answers_teller(notices, Publications(database, sealer), held, time),
            )
            searched = said_sources(http, addresses)

            said = SaidService(
                SaidStore(database), searched, report_service, held.followers, time, guilds.is_at_risk, audit
            )
            followed_questions = FollowedQuestionService(
                FollowedQuestions(database, sealer),
                searched.questions if searched is not None else None,
                guilds,
                notices,
                time,
                poke,
                audit,
                private=follow_ups,
                clocks=QuestionClocks(deadline_service, time),
                ended_on=lambda: settings.session_ended(london_today(time)),
            )
            seats = committees if addresses.search_parliament else None
            house_posts = HousePostService(seats, kept, lambda: member_service.directory, time)
            sender = DiscordSender()
            delivery = DeliveryService(
                reminders,
                sender,
                people,
                guilds,
                templates,
                time,
                sole=database.dialect == "sqlite",
                buttons=buttons_for,
                gists=gists_from(report_service),
                wake=poke,
                clock_is_real=clock is None,
                restored=restored,
                audit=audit,
            )
            group_news = GroupNews(database, sealer)
            coming_up = ComingUpService(
                coming_sources(http, addresses, committees),
                kept,
                report_service,
                said.must_words,
                guilds,
                notices,
                group_news,
                event_service,
                time,
                poke,
            )
            installation = await Facts(database).claim(CALENDAR_FACT, str(uuid4()))
            action_service = ActionService(
                Actions(database, sealer),
                deadline_service,
                guilds,
                report_service,
                templates,
                time,
                poke,
                write=delivery.message_of,
                person_for=people_service.person_for,
                find_person=people_service.find,
                calendar=calendar_file,
                installation=installation,
                audit=audit,
                tell=notices.tell,
            )
            # Dates and plans need each other: a plan reads its date, and follows it when it moves. So one of them is told last.
            deadline_service.attach(action_service.upkeep)
            event_service.attach(action_service.upkeep)
            events.when(
                {
                    Event.AT_RISK: (
                        sketches.forget,
                        said.keep_words_here,
                        action_service.upkeep.tell_of_own_words,
                    ),
                    Event.SETTINGS_CHANGED: (
                        deadline_service.replan,
                        event_service.replan,
                        action_service.upkeep.replan,
                    ),
                    Event.REMOVED_OR_BACK: (report_service.reload, group_letters.reload),
                }
            )

            guild_service = GuildService(
                guilds,
                time,
                poke,
                replan=events.teller(Event.SETTINGS_CHANGED),
                reminders=reminders,
                at_risk=events.teller(Event.AT_RISK),
                templates=templates,
                notices=notices,
                audit=audit,
            )

            processes = ProcessService(Processes(database, version()), time, counted=delivery.share_pace)
            memory = Memory(
                ChangeFeed(database),
                rereading(
                    members=member_service.load,
                    reports=report_service,
                    letters=group_letters,
                    waiting=guild_service.look_who_waits,
                    settings=guild_service.changed_elsewhere,
                    processes=processes.look_soon,
                    forgotten=people_service.forgotten_elsewhere,
                    facts=(
                        (HOLIDAYS_FACT, days_off.load),
                        (LAST_LOOK, publications.load),
                        (LAST_TRY, publications.load),
                        (DOUBT_FACT, member_service.load_doubt),
                        (COMPLETED, report_service.load),
                        (ANSWERS_READ, report_service.load),
                    ),
                ),
            )
            letters = LetterService(
                templates, report_service, member_service, time, LetterMaker(), group_letters, foreign
            )
            shares = Shares(time)
            people_service.also_forgets(letters.drafts)
            people_service.also_forgets(shares)
            services = Services(
                writes=writes,
                shares=shares,
                sign=sealer.sign,
                processes=processes,
                memory=memory,
                clock=time,
                version=version(),
                operator=Operator(settings.operator.name, settings.operator.contact),
                reports=report_service,
                records=records,
                imports=imports,
                sittings=AnswerSittings(imports, records, time),
                members=member_service,
                letters=letters,
                letter_offers=LetterOffers(letters, said),
                templates=group_letters,
                deadlines=deadline_service,
                group_events=event_service,
                days_off=days_off,
                deadline_files=DeadlineFiles(
                    deadline_service,
                    event_service,
                    guilds,
                    time,
                    calendar=calendar_file,
                    picture=TimelineMaker(),
                    installation=installation,
                ),
                delivery=delivery,
                actions=action_service,
                counts=CountService(
                    Counts(database),
                    guilds,
                    report_service,
                    member_service,
                    deadline_service,
                    event_service,
                    action_service,
                    time,
                    picture=CountsMaker(),
                ),
                guilds=guild_service,
                moving=MovingService(
                    guild_service,
                    held,
                    report_service,
                    publications,
                    deadline_service,
                    event_service,
                    action_service,
                    group_letters,
                    foreign,
                    time,
                    version(),
                    audit,
                    parliament=MovingParliament(
                        SaidStore(database),
                        FollowedQuestions(database, sealer),
                        report_service,
                        guilds.is_at_risk,
                        time,
                    ),
                ),
                audit=audit,
                departures=DepartureService(
                    RemovedGroups(database), time, poke, events.teller(Event.REMOVED_OR_BACK), said.let_go
                ),
                notices=notices,
                member_news=MemberNewsService(members, guilds, notices, time, poke),
                people=people_service,
                private_reminders=reminder_service,
                follow_ups=follow_ups,
                sketches=sketches,
                publications=publications,
                completions=completions,
                shared_answers=shared_answers,
                said=said,
                followed_questions=followed_questions,
                coming_up=coming_up,
                this_week=ThisWeekService(
                    guilds,
                    deadline_service,
                    event_service,
                    action_service,
                    coming_up,
                    FollowedQuestions(database, sealer),
                    report_service,
                    templates,
                    group_news,
                    time,
                    poke,
                ),
                house_posts=house_posts,
                house_actors=HouseActorService(said, house_posts, lambda: member_service.directory),
                kept=kept,
                machine=Machine(database, settings.data, time, days_off, stuck, restored, processes.live).look,
            )
            chosen = settings.discord
            only = {"shard_count": 1, "shard_id": 0} if chosen.shard_count == 1 else {}
            client = PostbagClient(services, sync_commands=chosen.sync_commands, **only)
            if chosen.shard_count is not None and chosen.shard_count > 1:
                from bot.chat.shards import ShardedPostbagClient

                client = ShardedPostbagClient(
                    services,
                    sync_commands=chosen.sync_commands,
                    shard_count=chosen.shard_count,
                    shard_ids=chosen.shard_ids,
                )
            sender.client = client
            try:
                yield App(settings, time, database, services, client, guilds, people, forgotten)
            finally:
                foreign.close()
                await services.delivery.close()
