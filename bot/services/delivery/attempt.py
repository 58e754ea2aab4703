"""One delivery's way: is it there already, may it be sent, what did Discord say, and what follows from that."""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from bot.clock import Clock
from bot.domain.errors import PostbagError
from bot.domain.identity import GuildId, UserId
from bot.domain.messages import OutgoingMessage
from bot.domain.quiet_hours import morning_after
from bot.domain.reminders import (
    GIVE_UP_AFTER,
    LATE_AFTER,
    NONCE_TRUSTED,
    WAITS_FOR_MORNING,
    ReminderState,
    Target,
    back_off,
)
from bot.domain.restored import Restored
from bot.services.delivery.pacing import Channels, Pacer
from bot.services.delivery.words import MessageWriter, why_id
from bot.services.ports.deliveries import Delivery
from bot.services.ports.groups import GuildStore
from bot.services.ports.people import PeopleStore
from bot.services.ports.reminders import ReminderStore
from bot.services.ports.sending import Looked, MessageSender, Rejected, SendResult, Sent, Transient, Unreachable

log = logging.getLogger(__name__)

SEND_LIMIT = 45.0
"""Seconds that one request may take: shorter than a lease, and than the trust in a nonce."""

# Only for a clock that went back: a week is further than any clock is set by hand, and a search of few pages.
LOOK_BACK = timedelta(days=7)

NO_CHANNEL = "this group hasn't chosen a channel for reminders"
NO_LONGER = "the person who set Postbag up no longer organises this server, and the group hasn't chosen a channel for organisers' messages"
PERSON_GONE = "Postbag no longer knows who it was for"
NOT_SURE = "Postbag can't tell whether it was posted: please check the channel"
RESTORED = "the database was restored from a copy, and Postbag can't tell whether this was posted before: please check the channel"
CHANGED = "it was changed before it was posted, so Postbag is writing it again"
GAVE_UP = "Discord didn't accept it for 48 hours"

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
    refused: int = 0
    taken_over: int = 0
    troubled: bool = False

    @property
    def counts(self) -> dict[str, int]:
        return {name: getattr(self, name) for name in self.__slots__ if name not in ("ready", "troubled")}

    def __str__(self) -> str:
        return ", ".join(f"{name} {count}" for name, count in self.counts.items() if count) or "nothing due"


@dataclass(slots=True)
class Sweep:
    """What one sweep keeps in mind."""

    report: SweepReport
    backlog: deque[Delivery]
    channels: Channels
    closed: dict[Target, str] = field(default_factory=dict)
    running: set[asyncio.Task[None]] = field(default_factory=set)


class Attempts:
    """Carry out deliveries that were claimed under ``token``. ``failures`` counts those in a row that were Discord's own."""

    def __init__(
        self,
        store: ReminderStore,
        sender: MessageSender,
        people: PeopleStore,
        guilds: GuildStore,
        writer: MessageWriter,
        clock: Clock,
        pacer: Pacer,
        *,
        token: str,
        send_limit: float = SEND_LIMIT,
        restored: Restored | None = None,
    ) -> None:
        self._store = store
        self._sender = sender
        self._people = people
        self._guilds = guilds
        self._writer = writer
        self._clock = clock
        self._pacer = pacer
        self._token = token
        self._restored = restored
        self._send_limit = send_limit
        self._trusted = NONCE_TRUSTED - timedelta(seconds=send_limit)
        self.failures = 0

    async def carry_out(self, run: Sweep, delivery: Delivery) -> None:
        """Send one delivery and record what became of it. Its own failure is its own: its lease runs out."""
        try:
            await self._deliver(run, delivery)
        except PostbagError as error:  # a database that is away, or Postbag stopping: one line says it
            run.report.failed += 1
            log.warning("delivery %d was left for later: %s", delivery.delivery_id, error.message)
        except Exception:
            run.report.failed += 1
            log.exception("delivery %d could not be finished", delivery.delivery_id)
        finally:
            run.channels.end(delivery.target)

    async def _deliver(self, run: Sweep, delivery: Delivery) -> None:
        target = delivery.target
        if target.channel_id is None and target.person_id is None:
            reason = NO_CHANNEL if target.guild_id is not None else PERSON_GONE
            return await self._unreachable(run, delivery, reason)
        # What may have been posted already is looked for first, even where the channel is closed by now.
        if target in run.closed and delivery.attempted_at is None:
            return await self._unreachable(run, delivery, run.closed[target])
        user_id = None
        if target.person_id is not None:
            user_id = await self._people.user_id(target.person_id)
            if user_id is None:
                return await self._give_up(run, delivery, ReminderState.UNDELIVERABLE, PERSON_GONE)
        afresh = False
        if delivery.attempted_at is not None and (delivery.changed or not self._nonce_holds(delivery.attempted_at)):
            if await self._settled_by_looking(run, delivery, user_id, NOT_SURE):
                return None
            if delivery.changed:
                return await self._write_anew(run, delivery)
            afresh = True
        if (afresh or delivery.attempted_at is None) and (morning := await self._morning(delivery)) is not None:
            return await self._write_anew(run, delivery, morning, WAITS_FOR_MORNING)
        restored = self._restored
        if restored is not None and restored.doubts(delivery.due_at, delivery.attempted_at):
            posted = await self._posted_meanwhile(delivery, user_id, restored)
            if isinstance(posted, Transient):
                return await self._transient(run, delivery, replace(posted, maybe_posted=False))
            if posted:
                return await self._give_up(run, delivery, ReminderState.UNKNOWN, RESTORED)
        if user_id is not None and target.guild_id is not None:
            organises = await self._organises(target.guild_id, user_id)
            if isinstance(organises, Transient):
                return await self._transient(run, delivery, replace(organises, maybe_posted=False))
            if not organises:
                held = await self._store.hold(delivery.delivery_id, self._token, NO_LONGER, self._clock.now())
                run.report.undeliverable += held
                return None
        # In this order: the part of the pace first, since the lease runs; then the attempt on disk, so that whoever takes over
        # after a crash knows that it may have been posted; only then the request.
        await self._pacer.ready()
        if not await self._store.attempting(delivery.delivery_id, self._token, self._clock.now(), afresh=afresh):
            return None
        if afresh:
            delivery = replace(delivery, attempted_at=None)
        # A direct message is two requests: its channel is opened first.
        async with self._pacer.turn(2 if target.person_id is not None else 1):
            message = self._writer.outgoing(delivery.message, delivery.due_at, self._clock.now())
            nonce = nonce_for(delivery.key, delivery.route)
            result = await self._send(target, user_id, message, nonce)
        match result:
            case Sent() as sent:
                await self._sent(run, delivery, sent)
            case Transient() as transient:
                await self._transient(run, delivery, transient)
            case Unreachable(reason):
                self.failures = 0
                run.closed[target] = reason
                await self._unreachable(run, delivery, reason, user_id)
            case Rejected(reason):
                self.failures = 0
                log.error("delivery %d was refused by Discord: %s", delivery.delivery_id, reason)
                await self._give_up(run, delivery, ReminderState.UNDELIVERABLE, reason)
        return None

    async def _organises(self, guild_id: GuildId, user_id: UserId) -> bool | Transient:
        """Ask Discord whether the receiver of a word to organisers is one still, at the moment it is sent."""
        settings = await self._guilds.get(guild_id)
        try:
            async with self._pacer.turn(), asyncio.timeout(self._send_limit):
                return await self._sender.organises(guild_id, user_id, settings.organiser_role_id)
        except TimeoutError:
            return Transient("Discord didn't answer in time", maybe_posted=False)

    async def _morning(self, delivery: Delivery) -> datetime | None:
        """Give until when what was claimed before waits, where night has come since. What is claimed for the first time was asked."""
        if not delivery.told:
            return None
        guild_id = delivery.target.guild_id if delivery.target.person_id is None else None
        group = await self._guilds.get(guild_id) if guild_id is not None else None
        return morning_after(delivery.told, group, self._clock.now())

    async def _write_anew(
        self, run: Sweep, delivery: Delivery, until: datetime | None = None, reason: str = CHANGED
    ) -> None:
        """Let go of what surely was not posted and no longer says what it should: its reminders are claimed again.

        Its old words may be just what a group no longer wants to see in its channel.
        """
        now = self._clock.now()
        done = await self._store.retry_later(
            delivery.delivery_id, self._token, until or now, reason, now, maybe_posted=False, counts=False
        )
        run.report.retried += done

    def _nonce_holds(self, attempted_at: datetime) -> bool:
        """Tell whether Discord still knows the nonce for as long as a request may take. Not after the clock went back."""
        return timedelta(0) <= self._clock.now() - attempted_at <= self._trusted

    async def _send(self, target: Target, user_id: UserId | None, message: OutgoingMessage, nonce: str) -> SendResult:
        try:
            async with asyncio.timeout(self._send_limit):
                return await self._sender.send(target, user_id, message, nonce=nonce)
        except TimeoutError:
            return Transient("Discord didn't answer in time", maybe_posted=True)
        except Exception:
            log.exception("the sender failed in a way it should not")
            return Transient("something went wrong inside Postbag while posting", maybe_posted=True)

    async def _settled_by_looking(self, run: Sweep, delivery: Delivery, user_id: UserId | None, unsure: str) -> bool:
        """Look where an earlier attempt may have posted. False: it surely did not, so that it can be sent, here or elsewhere."""
        looked = await self._look(delivery, user_id)
        if isinstance(looked, Transient):
            await self._transient(run, delivery, replace(looked, maybe_posted=True))
        elif looked.message_id is not None:
            await self._sent(run, delivery, Sent(looked.message_id), found=True)
        elif not looked.sure:
            await self._give_up(run, delivery, ReminderState.UNKNOWN, unsure)
        else:
            return False
        return True

    async def _look(self, delivery: Delivery, user_id: UserId | None) -> Looked | Transient:
        """Look for a delivery that may have been posted. After the clock went back the search goes further."""
        assert delivery.attempted_at is not None
        try:
            async with self._pacer.turn(), asyncio.timeout(self._send_limit):
                now = self._clock.now()
                since = delivery.attempted_at if delivery.attempted_at <= now else now - LOOK_BACK
                return await self._sender.find(delivery.target, user_id, why_id(delivery.key), since)
        except TimeoutError:
            return Transient("Discord didn't answer in time", maybe_posted=True)

    async def _posted_meanwhile(
        self, delivery: Delivery, user_id: UserId | None, restored: Restored
    ) -> bool | Transient:
        """Tell whether the channel holds posts that this database, put back from a copy, knows nothing of; or may hold them."""
        try:
            async with self._pacer.turn(), asyncio.timeout(self._send_limit):
                posted = await self._sender.posted_since(
                    delivery.target, user_id, why_id(""), restored.looked_for_since
                )
        except TimeoutError:
            return Transient("Discord didn't answer in time", maybe_posted=False)
        if isinstance(posted, Transient):
            return posted
        keys = {custom_id.removeprefix(why_id("")) for custom_id in posted.custom_ids}
        return not posted.sure or bool(await self._store.strangers(keys))

    async def _sent(self, run: Sweep, delivery: Delivery, sent: Sent, *, found: bool = False) -> None:
        self.failures = 0
        now = self._clock.now()
        details = ["found in the channel after an interruption"] if found else []
        if delivery.route == "notice":
            details.append("in the notice channel")
        if now - delivery.due_at > LATE_AFTER:
            details.append(f"because {_late_because(delivery)}")
        marked = await self._store.mark_sent(
            delivery.delivery_id,
            self._token,
            sent.message_id,
            now,
            detail=", ".join(details),
            notice=self._writer.changed_notice(),
        )
        if not marked.done:
            log.info("delivery %d was taken over while it was being posted", delivery.delivery_id)
            return
        run.report.sent += 1
        run.report.found += found
        run.report.late += now - delivery.due_at > LATE_AFTER
        if marked.changed:
            log.info("delivery %d went out while it was being changed", delivery.delivery_id)

    async def _transient(self, run: Sweep, delivery: Delivery, failed: Transient) -> None:
        now = self._clock.now()
        maybe_posted = failed.maybe_posted or delivery.attempted_at is not None
        if failed.retry_after is not None:
            run.report.refused += 1
            run.channels.hold(delivery.target, now, timedelta(seconds=failed.retry_after))
        else:
            self.failures += 1
        # A message that never left (no connection, no answer to a look-up) is no try of its own: an outage gives nothing up.
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

    async def _unreachable(self, run: Sweep, delivery: Delivery, reason: str, user_id: UserId | None = None) -> None:
        """Go down the fallbacks: the notice channel, then a word to the settings' owner; else it stays listed.

        What an earlier attempt may have posted there goes nowhere else before it was looked for.
        """
        if delivery.attempted_at is not None:
            unsure = f"{NOT_SURE} ({reason})"
            if await self._settled_by_looking(run, delivery, user_id, unsure):
                return None
        target = delivery.target
        if target.guild_id is not None and target.person_id is None and delivery.route == "channel":
            settings = await self._guilds.get(target.guild_id)
            notice = settings.notice_channel_id
            if notice is not None and notice != target.channel_id:
                message = self._writer.rerouted_message(delivery.message, target.channel_id, reason)
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
                return await self._deliver(run, moved)
        return await self._give_up(run, delivery, ReminderState.UNDELIVERABLE, reason, tell=True)

    async def _give_up(
        self, run: Sweep, delivery: Delivery, state: ReminderState, reason: str, *, tell: bool = False
    ) -> None:
        if state is ReminderState.UNDELIVERABLE and _to_an_organiser(delivery.target):
            # It is the group's, and by the time this person comes by they may no longer organise it.
            run.report.undeliverable += await self._store.hold(
                delivery.delivery_id, self._token, reason, self._clock.now()
            )
            return
        notice = ""
        if tell and delivery.target.guild_id is not None and delivery.target.person_id is None:
            notice = self._writer.undelivered_message(delivery.message, reason)
        done = await self._store.give_up(
            delivery.delivery_id, self._token, state, reason, self._clock.now(), notice=notice
        )
        if done and state is ReminderState.UNKNOWN:
            run.report.unknown += 1
        elif done:
            run.report.undeliverable += 1


def _to_an_organiser(target: Target) -> bool:
    """Tell whether this goes privately to an organiser of a group. What is anybody's own names no group."""
    return target.person_id is not None and target.guild_id is not None


def _late_because(delivery: Delivery) -> str:
    if delivery.created_at - delivery.due_at > LATE_AFTER:
        return "Postbag was off, or could not reach Discord, when it was due"
    if delivery.attempts:
        tries = "1 failed try" if delivery.attempts == 1 else f"{delivery.attempts} failed tries"
        return f"{delivery.reason or 'Discord did not take it'} ({tries})"
    return "it waited for its turn"


def nonce_for(key: str, route: str) -> str:
    """Give the nonce of a delivery on one route: at most 25 characters, never the same on two."""
    return key if route == "channel" else f"{key}-{route[0]}"
