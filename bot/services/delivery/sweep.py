"""Deliver reminders: claim what is due, send it, record what became of it. The only sender of what Postbag posts by itself.

What makes it safe: a message is frozen in the transaction that claims its reminders; its nonce and its button's custom_id
come from its key; an attempt is on disk before the request leaves; and what cannot be known is never sent again blindly.
"""

from __future__ import annotations

import asyncio
import logging
import secrets
from collections import Counter, deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from bot.clock import Clock
from bot.domain.errors import NotFound
from bot.domain.identity import DeliveryId, GuildId, PersonId
from bot.domain.messages import OutgoingMessage
from bot.domain.quiet_hours import morning_after
from bot.domain.reminders import Reminder
from bot.domain.restored import Restored
from bot.services.audit import UNNOTED, TakesNotes
from bot.services.delivery.attempt import SEND_LIMIT, Attempts, Sweep, SweepReport
from bot.services.delivery.explained import WhyThisMessage, explain
from bot.services.delivery.pacing import PER_SECOND, Channels, Pacer
from bot.services.delivery.told import told_of
from bot.services.delivery.words import Buttons, Gists, MessageWriter
from bot.services.ports.deliveries import Delivery, DeliveryPlan, LedgerEntry, ReminderHealth, Told
from bot.services.ports.files import Templates
from bot.services.ports.groups import GuildStore
from bot.services.ports.people import PeopleStore
from bot.services.ports.reminders import ReminderStore
from bot.services.ports.sending import MessageSender

log = logging.getLogger(__name__)

# Discord answers a message in about 0.4 seconds, so twenty at a time fill its pace of nearly fifty a second.
IN_FLIGHT = 20
CLAIM_LIMIT = 90
"""Deliveries claimed at a time: about two seconds of work."""

SENT_SHOWN = 5
SENT_LOOKED_AT = 60
"""Lines of the ledger among which the last that were sent are looked for."""

TROUBLE = 5
"""Failures in a row after which Discord, not one channel, is taken to be in trouble."""

TROUBLE_WAIT = timedelta(seconds=60)
# A connection that was lost is usually back within seconds, and nothing is claimed meanwhile.
NOT_READY_WAIT = timedelta(seconds=5)
WAITING_ASKED = "Discord asked Postbag to wait before posting in this channel"
MEANWHILE = 1.0
"""Seconds after which a sweep that waits for one channel looks for what fell due in others."""


class DeliveryService:
    """Deliver reminders. ``sole``: no other process shares the database.

    ``restored``: the database was put back from a copy, so that what was due by then is looked for before it is sent.
    ``clock_is_real``: a gap between two sweeps is an outage, not somebody who moves a clock to see what happens.
    """

    def __init__(
        self,
        store: ReminderStore,
        sender: MessageSender,
        people: PeopleStore,
        guilds: GuildStore,
        templates: Templates,
        clock: Clock,
        *,
        sole: bool = True,
        per_second: float = PER_SECOND,
        send_limit: float = SEND_LIMIT,
        buttons: Buttons | None = None,
        gists: Gists | None = None,
        wake: Callable[[], None] = lambda: None,
        clock_is_real: bool = False,
        audit: TakesNotes = UNNOTED,
        restored: Restored | None = None,
    ) -> None:
        self._store = store
        self._audit = audit
        self._sender = sender
        self._writer = MessageWriter(templates, buttons, gists)
        self._clock = clock
        self._token = secrets.token_hex(16)
        self._channels = Channels()
        self._every_lease = sole
        self._turn = asyncio.Lock()
        self._pacer = Pacer(per_second)
        self._attempts = Attempts(
            store,
            sender,
            people,
            guilds,
            self._writer,
            clock,
            self._pacer,
            token=self._token,
            send_limit=send_limit,
            restored=restored,
        )
        self._closing = False
        self._wake = wake
        self._clock_is_real = clock_is_real
        self._trouble_since: datetime | None = None
        self.last_report = SweepReport(ready=False)
        self.totals: Counter[str] = Counter()
        """What the sweeps of this run did, by the names of ``SweepReport``."""
        self.last_step = 0.0
        """The loop's time at which a sweep last got on: one that does not is stuck."""

    def share_pace(self, processes: int, has_part: Callable[[], bool]) -> None:
        """Send no more than an even part of what Discord takes in all, and nothing while the others leave this process none."""
        self._pacer.share(processes, has_part)

    # Sweeping

    async def recover(self) -> SweepReport:
        """Take up at start what an earlier run left under way, then deliver what is due."""
        return await self._locked_sweep(look_first=False)

    async def sweep(self) -> SweepReport:
        """Deliver everything that is due now. Never two at a time: a second caller waits for its own turn."""
        return await self._locked_sweep(look_first=True)

    def message_of(self, plan: DeliveryPlan) -> OutgoingMessage:
        """Write a plan as a sweep would, without sending anything: for a rehearsal."""
        return self._writer.freeze(plan, self._clock.now())

    async def next_due(self) -> datetime | None:
        """Give the time at which the next sweep has something to do. While Discord is in trouble it is asked now and then."""
        due = await self._store.next_due()
        if due is None:
            return None
        report = self.last_report
        wait = TROUBLE_WAIT if report.troubled else timedelta(0) if report.ready else NOT_READY_WAIT
        return max(due, self._clock.now() + wait) if wait else due

    async def close(self) -> None:
        """Begin nothing new, and wait for what is on its way. What was claimed is delivered after the next start."""
        self._closing = True
        self._pacer.close()
        async with self._turn:
            pass

    async def _locked_sweep(self, *, look_first: bool) -> SweepReport:
        async with self._turn:
            began = self._clock.now()
            report = await self._sweep(look_first=look_first)
            await self._store.note_sweep(self._clock.now(), began if self._clock_is_real else None)
            await self._note_trouble(report, began)
            self.last_report = report
            self.totals.update(report.counts)
            if report.sent or report.failed or report.undeliverable or report.unknown or report.retried:
                log.info("reminders: %s", report)
            return report

    async def _note_trouble(self, report: SweepReport, began: datetime) -> None:
        """Keep in mind since when Discord is in trouble, and note the outage when it is over."""
        if report.troubled:
            self._trouble_since = self._trouble_since or began
        elif self._trouble_since is not None and report.sent:
            await self._store.outage(self._trouble_since, self._clock.now(), "Postbag couldn't reach Discord")
            self._trouble_since = None

    async def _sweep(self, *, look_first: bool) -> SweepReport:
        report = SweepReport(ready=self._sender.is_ready)
        now = self._clock.now()
        if not report.ready or self._closing:
            return report
        if look_first and not self._every_lease:
            next_due = await self._store.next_due()
            if next_due is None or next_due > now:
                return report
        await self._pacer.ready()
        left = await self._store.take_over(now, token=self._token, every_lease=self._every_lease)
        self._every_lease = False
        report.taken_over = len(left)
        if left:
            log.info("taken up after an interruption: %d deliveries", len(left))
        loop = asyncio.get_running_loop()
        self._channels.forget(loop.time(), now)
        run = Sweep(report, deque(left), self._channels)
        try:
            await self._dispatch(run)
        finally:
            if run.running:
                await asyncio.gather(*run.running, return_exceptions=True)
        if run.backlog and not self._closing:
            await self._put_back(run)
        return report

    async def _dispatch(self, run: Sweep) -> None:
        """Keep the workers fed, round robin over targets, until nothing is due or Discord is in trouble."""
        loop = asyncio.get_running_loop()
        may_be_more = True
        started = 0
        while not self._closing:
            self.last_step = loop.time()
            # While Discord fails, one message tries for all: twenty would only be twenty failures more.
            most = 1 if self._attempts.failures else IN_FLIGHT
            if self._attempts.failures >= TROUBLE and started:
                run.report.troubled = True
                return
            if may_be_more and len(run.backlog) < IN_FLIGHT:
                may_be_more = await self._claim(run)
            if run.channels.any_held:
                await self._put_back_held(run)
            wait: float | None = None
            if len(run.running) < most:
                delivery, wait = self._pick(run, loop.time())
                if delivery is not None:
                    run.channels.begin(delivery.target, loop.time())
                    task = loop.create_task(
                        self._attempts.carry_out(run, delivery), name=f"delivery {delivery.delivery_id}"
                    )
                    run.running.add(task)
                    task.add_done_callback(run.running.discard)
                    started += 1
                    continue
            if run.running:
                pause = min(wait, MEANWHILE) if wait is not None else None
                await asyncio.wait(run.running, timeout=pause, return_when=asyncio.FIRST_COMPLETED)
            elif wait is not None:
                await asyncio.sleep(min(wait, MEANWHILE))
            elif not run.backlog and not may_be_more:
                return
            may_be_more = True

    async def _claim(self, run: Sweep) -> bool:
        """Claim more. False: nothing is left. While a target was passed over, that is not known."""
        skip = run.channels.busy | {delivery.target for delivery in run.backlog}
        now = self._clock.now()
        limit = 1 if self._attempts.failures else CLAIM_LIMIT
        held = 0

        def freeze(plan: DeliveryPlan) -> OutgoingMessage:
            return self._writer.freeze(plan, now)

        def waits(plan: DeliveryPlan) -> datetime | None:
            nonlocal held
            morning = _morning_after(plan, now)
            held += morning is not None
            return morning

        claimed = await self._store.claim(now, limit=limit, token=self._token, freeze=freeze, skip=skip, waits=waits)
        run.backlog.extend(claimed)
        run.report.retried += held
        return bool(claimed or skip or held)

    def _pick(self, run: Sweep, now: float) -> tuple[Delivery | None, float | None]:
        """Take the first delivery whose target is ready; else say how long until one is."""
        soonest: float | None = None
        for index, delivery in enumerate(run.backlog):
            ready = run.channels.ready_at(delivery.target, now)
            if ready is None:
                continue
            if ready <= now:
                del run.backlog[index]
                return delivery, None
            soonest = ready if soonest is None else min(soonest, ready)
        return None, None if soonest is None else soonest - now

    async def _put_back_held(self, run: Sweep) -> None:
        """Let go of what Discord asked to wait with, so that nothing waits for it here."""
        now = self._clock.now()
        held = [(d, until) for d in run.backlog if (until := run.channels.held_until(d.target, now)) is not None]
        for delivery, until in held:
            run.backlog.remove(delivery)
            await self._let_go(run, delivery, until, WAITING_ASKED)

    async def _put_back(self, run: Sweep) -> None:
        """Let go of what was claimed and not begun, because Discord is in trouble."""
        while run.backlog:
            await self._let_go(
                run, run.backlog.popleft(), self._clock.now() + TROUBLE_WAIT, "Postbag can't reach Discord"
            )

    async def _let_go(self, run: Sweep, delivery: Delivery, until: datetime, reason: str) -> None:
        await self._store.retry_later(
            delivery.delivery_id,
            self._token,
            until,
            reason,
            self._clock.now(),
            maybe_posted=delivery.attempted_at is not None,
            counts=False,
        )
        run.report.retried += 1

    # What people ask

    async def why(self, key: str, guild_id: GuildId | None = None, person_id: PersonId | None = None) -> WhyThisMessage:
        """Explain a posted message from its key. NotFound: nothing is held of it (any more), or it is another group's.

        A private message is explained to whom it was sent (``person_id``) and to nobody else, whoever has its key.
        """
        record = await self._store.delivery(key)
        target = record.target if record is not None else None
        is_theirs = target is not None and (
            target.guild_id == guild_id
            if target.person_id is None
            else guild_id is None and target.person_id == person_id
        )
        if record is None or not is_theirs:
            raise NotFound(
                "Postbag no longer has anything about that message.",
                "Postbag keeps its record of messages for 400 days. The group's dates are under /deadlines list.",
            )
        return explain(record, self._clock.now())

    async def health(self, guild_id: GuildId | None = None) -> ReminderHealth:
        """Count reminders by state, with what is next and what could not be delivered."""
        return await self._store.health(guild_id, self._clock.now())

    async def held_words(self, guild_id: GuildId) -> Sequence[Reminder]:
        """List the words to organisers that wait for one to see them."""
        return await self._store.held_words(guild_id)

    async def saw_held_words(self, guild_id: GuildId, words: Sequence[Reminder]) -> None:
        """Let go of words that an organiser has seen."""
        await self._store.saw_held_words(guild_id, [one.reminder_id for one in words], self._clock.now())

    async def decide(
        self, delivery_id: DeliveryId, guild_id: GuildId, *, posted: bool, by: PersonId | None = None
    ) -> int:
        """Settle what is unknown or undeliverable as an organiser says. NotFound: there is nothing (more) to settle."""
        settled = await self._store.decide(delivery_id, guild_id, posted=posted, now=self._clock.now())
        if not settled:
            raise NotFound("That message has already been dealt with.", "Look again at /admin health.")
        said = "is in the channel" if posted else "is to be sent again"
        await self._audit.note(guild_id, by, f"Message {delivery_id}: said that it {said}")
        if not posted:
            self._wake()
        return settled

    def test_words(self) -> str:
        """Give the words of a test message, for who asked for it alone."""
        return self._writer.test_words()

    async def told(self, entries: Sequence[LedgerEntry]) -> Mapping[LedgerEntry, Sequence[Told]]:
        """Name what lines of the ledger are about."""
        return await told_of(self._store, entries)

    async def sent_lately(self, guild_id: GuildId) -> Sequence[tuple[LedgerEntry, Sequence[Told]]]:
        """List what was last posted for a group, newest first, with what it was about."""
        lines = [line for line in await self._store.ledger(guild_id, limit=SENT_LOOKED_AT) if line.event == "sent"]
        named = await self.told(lines[:SENT_SHOWN])
        return [(line, named[line]) for line in lines[:SENT_SHOWN]]

    async def ledger(self, guild_id: GuildId | None = None, *, limit: int = 50) -> Sequence[LedgerEntry]:
        """List the newest lines of the delivery ledger."""
        return await self._store.ledger(guild_id, limit=limit)

    async def tidy(self) -> int:
        """Apply the times for which things are kept; give the number of rows changed."""
        return await self._store.tidy(self._clock.now())


def _morning_after(plan: DeliveryPlan, now: datetime) -> datetime | None:
    """Give until when a plan waits: for what is due in it, else for what it only lists as missed."""
    private = plan.target.person_id is not None
    if not private and plan.settings is None:
        return None
    told = [found.moment for found in plan.due] or [replace(found.moment, ends=None) for found in plan.expired]
    return morning_after(told, None if private else plan.settings, now)
