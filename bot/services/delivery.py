"""Deliver reminders: claim what is due, send it, record what became of it. The only sender of what Postbag posts by itself.

What makes it safe: a message is frozen in the transaction that claims its reminders; its nonce and its button's custom_id
come from its key; an attempt is on disk before the request leaves; and what cannot be known is never sent again blindly.
"""

from __future__ import annotations

import asyncio
import logging
import secrets
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from bot.clock import Clock
from bot.domain.errors import NotFound
from bot.domain.identity import GuildId, UserId
from bot.domain.messages import OutgoingMessage
from bot.domain.reminders import GIVE_UP_AFTER, LATE_AFTER, NONCE_TRUSTED, ReminderState, Target, back_off
from bot.services.messages import Buttons, MessageWriter, why_id
from bot.services.pacing import PER_SECOND, Channels, Pacer
from bot.services.ports import (
    Delivery,
    GuildStore,
    LedgerEntry,
    Looked,
    MessageSender,
    PeopleStore,
    Rejected,
    ReminderHealth,
    ReminderStore,
    SendResult,
    Sent,
    Templates,
    Transient,
    Unreachable,
)
from bot.services.why import WhyThisMessage, explain

log = logging.getLogger(__name__)

SEND_LIMIT = 45.0
"""Seconds that one request may take: shorter than a lease, and than the trust in a nonce."""

IN_FLIGHT = 16
CLAIM_LIMIT = 90
"""Deliveries claimed at a time: about two seconds of work."""

TROUBLE = 5
"""Failures in a row after which Discord, not one channel, is taken to be in trouble."""

TROUBLE_WAIT = timedelta(seconds=60)
NOT_READY_WAIT = timedelta(seconds=5)
LOOK_BACK = timedelta(days=7)

WAITING_ASKED = "Discord asked Postbag to wait with this channel"
NO_CHANNEL = "no channel is chosen for this group's reminders"
PERSON_GONE = "the person it was for is no longer known"
NOT_SURE = "Postbag stopped while it was being posted, and cannot see whether it arrived: please check the channel"
GAVE_UP = "Discord did not take it for 48 hours"

MEANWHILE = 1.0
"""Seconds after which a sweep that waits for one channel looks for what fell due in others."""

FEWEST_TRIES = 10
"""Tries of its own that a delivery has before it is given up, however long ago the first one was."""


@dataclass(slots=True)
class SweepReport:
    """What one sweep did. ``ready`` False: Discord cannot be sent to yet, so nothing was claimed."""

    ready: bool = True
    sent: int = 0
    found: int = 0
    late: int = 0
    retried: int = 0
    rerouted: int = 0
    undeliverable: int = 0
    unknown: int = 0
    failed: int = 0
    troubled: bool = False

    def __str__(self) -> str:
        counts = {name: getattr(self, name) for name in self.__slots__ if name not in ("ready", "troubled")}
        return ", ".join(f"{name} {count}" for name, count in counts.items() if count) or "nothing due"


@dataclass(slots=True)
class _Sweep:
    """What one sweep keeps in mind."""

    report: SweepReport
    backlog: deque[Delivery]
    channels: Channels
    closed: dict[Target, str] = field(default_factory=dict)
    running: set[asyncio.Task[None]] = field(default_factory=set)


class DeliveryService:
    """Deliver reminders. ``sole``: no other process shares the database. ``per_second`` None: without pacing."""

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
        per_second: float | None = PER_SECOND,
        in_flight: int = IN_FLIGHT,
        claim_limit: int = CLAIM_LIMIT,
        send_limit: float = SEND_LIMIT,
        buttons: Buttons | None = None,
    ) -> None:
        self._store = store
        self._sender = sender
        self._people = people
        self._guilds = guilds
        self._writer = MessageWriter(templates, buttons)
        self._clock = clock
        self._token = secrets.token_hex(16)
        self._pacer = Pacer(per_second)
        self._channels = Channels(limited=per_second is not None)
        self._in_flight = in_flight
        self._claim_limit = claim_limit
        self._send_limit = send_limit
        self._trusted = NONCE_TRUSTED - timedelta(seconds=send_limit)
        self._every_lease = sole
        self._turn = asyncio.Lock()
        self._failures = 0
        self._closing = False
        self.last_report = SweepReport(ready=False)

    # Sweeping

    async def recover(self) -> SweepReport:
        """Take up at start what an earlier run left under way, then deliver what is due."""
        return await self._locked_sweep(look_first=False)

    async def sweep(self) -> SweepReport:
        """Deliver everything that is due now. Never two at a time: a second caller waits for its own turn."""
        return await self._locked_sweep(look_first=True)

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
        async with self._turn:
            pass

    async def _locked_sweep(self, *, look_first: bool) -> SweepReport:
        async with self._turn:
            report = await self._sweep(look_first=look_first)
            await self._store.swept(self._clock.now())
            self.last_report = report
            if report.sent or report.failed or report.undeliverable or report.unknown or report.retried:
                log.info("reminders: %s", report)
            return report

    async def _sweep(self, *, look_first: bool) -> SweepReport:
        report = SweepReport(ready=self._sender.is_ready)
        now = self._clock.now()
        if not report.ready or self._closing:
            return report
        if look_first and not self._every_lease:
            next_due = await self._store.next_due()
            if next_due is None or next_due > now:
                return report
        left = await self._store.take_over(now, token=self._token, every_lease=self._every_lease)
        self._every_lease = False
        if left:
            log.warning("taken up after an interruption: %d deliveries", len(left))
        loop = asyncio.get_running_loop()
        self._channels.forget(loop.time(), now)
        run = _Sweep(report, deque(left), self._channels)
        try:
            await self._dispatch(run)
        finally:
            if run.running:
                await asyncio.gather(*run.running, return_exceptions=True)
        if run.backlog and not self._closing:
            await self._put_back(run)
        return report

    async def _dispatch(self, run: _Sweep) -> None:
        """Keep the workers fed, round robin over targets, until nothing is due or Discord is in trouble."""
        loop = asyncio.get_running_loop()
        may_be_more = True
        started = 0
        while not self._closing:
            most = 1 if self._failures else self._in_flight
            if self._failures >= TROUBLE and started:
                run.report.troubled = True
                return
            if may_be_more and len(run.backlog) < self._in_flight:
                may_be_more = await self._claim(run)
            if run.channels.any_held:
                await self._put_back_held(run)
            wait: float | None = None
            if len(run.running) < most:
                delivery, wait = self._pick(run, loop.time())
                if delivery is not None:
                    await self._pacer.turn(2 if delivery.target.person_id is not None else 1)
                    run.channels.begin(delivery.target, loop.time())
                    task = loop.create_task(self._one(run, delivery), name=f"delivery {delivery.delivery_id}")
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

    async def _claim(self, run: _Sweep) -> bool:
        skip = run.channels.busy | {delivery.target for delivery in run.backlog}
        now = self._clock.now()
        limit = 1 if self._failures else self._claim_limit
        claimed = await self._store.claim(
            now, limit=limit, token=self._token, freeze=lambda plan: self._writer.freeze(plan, now), skip=skip
        )
        run.backlog.extend(claimed)
        return bool(claimed)

    def _pick(self, run: _Sweep, now: float) -> tuple[Delivery | None, float | None]:
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

    async def _put_back_held(self, run: _Sweep) -> None:
        """Let go of what Discord asked to wait with, so that nothing waits for it here."""
        now = self._clock.now()
        held = [(d, until) for d in run.backlog if (until := run.channels.held_until(d.target, now)) is not None]
        for delivery, until in held:
            run.backlog.remove(delivery)
            await self._let_go(run, delivery, until, WAITING_ASKED)

    async def _put_back(self, run: _Sweep) -> None:
        """Let go of what was claimed and not begun, because Discord is in trouble."""
        while run.backlog:
            await self._let_go(
                run, run.backlog.popleft(), self._clock.now() + TROUBLE_WAIT, "Discord cannot be reached"
            )

    async def _let_go(self, run: _Sweep, delivery: Delivery, until: datetime, reason: str) -> None:
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

    # One delivery

    async def _one(self, run: _Sweep, delivery: Delivery) -> None:
        try:
            await self._deliver(run, delivery)
        except Exception:  # its lease runs out and it is taken up again
            run.report.failed += 1
            log.exception("delivery %d could not be finished", delivery.delivery_id)
        finally:
            run.channels.end(delivery.target)

    async def _deliver(self, run: _Sweep, delivery: Delivery) -> None:
        target = delivery.target
        if target.channel_id is None and target.person_id is None:
            reason = NO_CHANNEL if target.guild_id is not None else PERSON_GONE
            return await self._unreachable(run, delivery, reason)
        if target in run.closed and delivery.attempted_at is None:
            return await self._unreachable(run, delivery, run.closed[target])
        user_id = None
        if target.person_id is not None:
            user_id = await self._people.user_id(target.person_id)
            if user_id is None:
                return await self._give_up(run, delivery, ReminderState.UNDELIVERABLE, PERSON_GONE)
        afresh = False
        if delivery.attempted_at is not None and not self._nonce_holds(delivery.attempted_at):
            looked = await self._look(delivery, user_id)
            if isinstance(looked, Transient):
                return await self._transient(run, delivery, replace(looked, maybe_posted=True))
            if looked.message_id is not None:
                return await self._sent(run, delivery, Sent(looked.message_id), found=True)
            if not looked.sure:
                return await self._give_up(run, delivery, ReminderState.UNKNOWN, NOT_SURE)
            afresh = True
            await self._pacer.turn()
        if not await self._store.attempting(delivery.delivery_id, self._token, self._clock.now(), afresh=afresh):
            return None
        if afresh:
            delivery = replace(delivery, attempted_at=None)
        message = self._writer.outgoing(delivery.message, delivery.due_at, self._clock.now())
        nonce = nonce_for(delivery.key, delivery.route)
        match await self._send(target, user_id, message, nonce):
            case Sent() as sent:
                await self._sent(run, delivery, sent)
            case Transient() as transient:
                await self._transient(run, delivery, transient)
            case Unreachable(reason):
                self._failures = 0
                run.closed[target] = reason
                await self._unreachable(run, delivery, reason, user_id)
            case Rejected(reason):
                self._failures = 0
                log.error("delivery %d was refused by Discord: %s", delivery.delivery_id, reason)
                await self._give_up(run, delivery, ReminderState.UNDELIVERABLE, reason)
        return None

    def _nonce_holds(self, attempted_at: datetime) -> bool:
        """Tell whether Discord still knows the nonce for as long as a request may take. Not after the clock went back."""
        return timedelta(0) <= self._clock.now() - attempted_at <= self._trusted

    async def _send(self, target: Target, user_id: UserId | None, message: OutgoingMessage, nonce: str) -> SendResult:
        try:
            async with asyncio.timeout(self._send_limit):
                return await self._sender.send(target, user_id, message, nonce=nonce)
        except TimeoutError:
            return Transient("Discord did not answer in time", maybe_posted=True)
        except Exception:
            log.exception("the sender failed in a way it should not")
            return Transient("something went wrong on Postbag's side while posting", maybe_posted=True)

    async def _look(self, delivery: Delivery, user_id: UserId | None) -> Looked | Transient:
        """Look for a delivery that may have been posted. After the clock went back the search goes further."""
        assert delivery.attempted_at is not None
        now = self._clock.now()
        since = delivery.attempted_at if delivery.attempted_at <= now else now - LOOK_BACK
        try:
            async with asyncio.timeout(self._send_limit):
                return await self._sender.find(delivery.target, user_id, why_id(delivery.key), since)
        except TimeoutError:
            return Transient("Discord did not answer in time", maybe_posted=True)

    async def _sent(self, run: _Sweep, delivery: Delivery, sent: Sent, *, found: bool = False) -> None:
        self._failures = 0
        now = self._clock.now()
        details = ["found in the channel after an interruption"] if found else []
        if delivery.route == "notice":
            details.append("in the notice channel")
        marked = await self._store.mark_sent(
            delivery.delivery_id,
            self._token,
            sent.message_id,
            now,
            detail=", ".join(details),
            notice=self._writer.changed(),
        )
        if not marked.done:
            log.warning("delivery %d was taken over while it was being posted", delivery.delivery_id)
            return
        run.report.sent += 1
        run.report.found += found
        run.report.late += now - delivery.due_at > LATE_AFTER
        if marked.changed:
            log.info("delivery %d went out while it was being changed", delivery.delivery_id)

    async def _transient(self, run: _Sweep, delivery: Delivery, failed: Transient) -> None:
        now = self._clock.now()
        maybe_posted = failed.maybe_posted or delivery.attempted_at is not None
        if failed.retry_after is not None:
            run.channels.hold(delivery.target, now, timedelta(seconds=failed.retry_after))
        else:
            self._failures += 1
        counts = failed.maybe_posted or failed.retry_after is not None
        first = delivery.first_failed_at
        if counts and first is not None and now - first >= GIVE_UP_AFTER and delivery.attempts + 1 >= FEWEST_TRIES:
            if maybe_posted:
                return await self._give_up(run, delivery, ReminderState.UNKNOWN, f"{NOT_SURE} ({failed.reason})")
            reason = f"{GAVE_UP}: {failed.reason}"
            return await self._give_up(run, delivery, ReminderState.UNDELIVERABLE, reason)
        wait = back_off(delivery.attempts + 1)
        if failed.retry_after is not None:
            wait = timedelta(seconds=failed.retry_after)
        await self._store.retry_later(
            delivery.delivery_id,
            self._token,
            now + wait,
            failed.reason,
            now,
            maybe_posted=maybe_posted,
            counts=counts,
        )
        run.report.retried += 1
        return None

    async def _unreachable(self, run: _Sweep, delivery: Delivery, reason: str, user_id: UserId | None = None) -> None:
        """Go down the fallbacks: the notice channel, then a word to the settings' owner; else it stays listed.

        What an earlier attempt may have posted there goes nowhere else before it was looked for.
        """
        if delivery.attempted_at is not None:
            looked = await self._look(delivery, user_id)
            if isinstance(looked, Transient):
                return await self._transient(run, delivery, replace(looked, maybe_posted=True))
            if looked.message_id is not None:
                return await self._sent(run, delivery, Sent(looked.message_id), found=True)
            if not looked.sure:
                return await self._give_up(run, delivery, ReminderState.UNKNOWN, f"{NOT_SURE} ({reason})")
        target = delivery.target
        if target.guild_id is not None and delivery.route == "channel":
            settings = await self._guilds.get(target.guild_id)
            notice = settings.notice_channel_id
            if notice is not None and notice != target.channel_id:
                message = self._writer.rerouted(delivery.message, target.channel_id, reason)
                there = Target(guild_id=target.guild_id, channel_id=notice)
                now = self._clock.now()
                if not await self._store.reroute(
                    delivery.delivery_id, self._token, "notice", there, message, reason, now
                ):
                    return None
                run.report.rerouted += 1
                moved = replace(
                    delivery, target=there, route="notice", message=message, reason=reason, attempted_at=None
                )
                await self._pacer.turn()
                return await self._deliver(run, moved)
        return await self._give_up(run, delivery, ReminderState.UNDELIVERABLE, reason, tell=True)

    async def _give_up(
        self, run: _Sweep, delivery: Delivery, state: ReminderState, reason: str, *, tell: bool = False
    ) -> None:
        notice = ""
        if tell and delivery.target.guild_id is not None:
            notice = self._writer.undelivered(delivery.message, reason)
        done = await self._store.give_up(
            delivery.delivery_id, self._token, state, reason, self._clock.now(), notice=notice
        )
        if done and state is ReminderState.UNKNOWN:
            run.report.unknown += 1
        elif done:
            run.report.undeliverable += 1

    # What people ask

    async def why(self, key: str, guild_id: GuildId | None = None) -> WhyThisMessage:
        """Explain a posted message from its key. NotFound: nothing is held of it (any more), or it is another group's."""
        record = await self._store.delivery(key)
        if record is None or record.target.guild_id != guild_id:
            raise NotFound(
                "Nothing is held about that message any more.",
                "Deliveries are kept for 400 days. The group's dates are under /deadlines list.",
            )
        return explain(record, self._clock.now())

    async def health(self, guild_id: GuildId | None = None) -> ReminderHealth:
        """Count reminders by state, with what is next and what could not be delivered."""
        return await self._store.health(guild_id)

    async def ledger(self, guild_id: GuildId | None = None, *, limit: int = 50) -> Sequence[LedgerEntry]:
        """List the newest lines of the delivery ledger."""
        return await self._store.ledger(guild_id, limit=limit)

    async def tidy(self) -> int:
        """Apply the times for which things are kept; give the number of rows changed."""
        return await self._store.tidy(self._clock.now())


def nonce_for(key: str, route: str) -> str:
    """Give the nonce of a delivery on one route: at most 25 characters, never the same on two."""
    return key if route == "channel" else f"{key}-{route[0]}"
