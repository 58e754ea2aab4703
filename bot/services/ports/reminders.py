"""What the use cases need of the reminders, deliveries and ledger that storage keeps."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Protocol

from bot.domain.identity import DeadlineId, DeliveryId, GuildId, MessageId, PersonId, ReminderId
from bot.domain.messages import OutgoingMessage
from bot.domain.reminders import Reminder, ReminderState, Target
from bot.services.ports.deliveries import (
    Delivery,
    DeliveryRecord,
    Freeze,
    LedgerEntry,
    Marked,
    ReminderHealth,
    Told,
    Waits,
)


class ReminderStore(Protocol):
    """Reminders, deliveries and the ledger. Each method is one transaction."""

    async def add(self, reminder: Reminder, now: datetime) -> Reminder: ...
    async def get(self, reminder_id: ReminderId) -> Reminder | None: ...
    async def strangers(self, keys: Collection[str]) -> frozenset[str]:
        """Give those keys that no delivery here has."""
        ...

    async def of_deadline(self, deadline_id: DeadlineId) -> Sequence[Reminder]: ...
    async def of_person(self, person_id: PersonId) -> Sequence[Reminder]: ...
    async def cancel(self, reminder_id: ReminderId, now: datetime) -> bool:
        """Cancel a scheduled reminder. False: it was no longer scheduled."""
        ...

    async def claim(
        self,
        now: datetime,
        *,
        limit: int,
        token: str,
        freeze: Freeze,
        skip: Collection[Target] = (),
        waits: Waits | None = None,
    ) -> Sequence[Delivery]:
        """Claim what is due as at most ``limit`` deliveries under a lease, one for each target, none for those of ``skip``.

        The due reminders of a target join one delivery (25 at most); those past their use are marked expired and listed
        in it. What ``waits`` is kept as one that waits until then, with nothing marked, and is not given: it is claimed anew
        in its time. Deliveries waiting for another try whose time has come are claimed as they were frozen; one whose
        reminders were all changed or cancelled meanwhile is cancelled.
        """
        ...

    async def take_over(self, now: datetime, *, token: str, every_lease: bool) -> Sequence[Delivery]:
        """Claim deliveries whose lease ran out; every leased one where ``every_lease`` (the only process, at start)."""
        ...

    async def attempting(self, delivery_id: DeliveryId, token: str, now: datetime, *, afresh: bool = False) -> bool:
        """Renew the lease and record that an attempt begins. False: the token no longer matches; do not send.

        ``afresh``: Discord surely has nothing of it, so ``attempted_at`` starts again from now.
        """
        ...

    async def mark_sent(
        self,
        delivery_id: DeliveryId,
        token: str,
        message_id: MessageId | None,
        now: datetime,
        *,
        detail: str = "",
        notice: str = "",
    ) -> Marked:
        """Record that a delivery was posted. ``notice`` is told to the organisers where a reminder was changed meanwhile."""
        ...

    async def retry_later(
        self,
        delivery_id: DeliveryId,
        token: str,
        retry_at: datetime,
        reason: str,
        now: datetime,
        *,
        maybe_posted: bool,
        counts: bool = True,
    ) -> bool:
        """Release a delivery for another try of the same message. ``maybe_posted`` False clears ``attempted_at``.

        ``counts`` False: it was not its own failure, so neither its attempts nor its time to give up begin.
        """
        ...

    async def reroute(
        self,
        delivery_id: DeliveryId,
        token: str,
        route: str,
        target: Target,
        message: OutgoingMessage,
        reason: str,
        now: datetime,
    ) -> bool:
        """Point a delivery at its fallback with the message that goes there; the lease stays, no attempt was made there."""
        ...

    async def give_up(
        self,
        delivery_id: DeliveryId,
        token: str,
        state: ReminderState,
        reason: str,
        now: datetime,
        *,
        notice: str = "",
    ) -> bool:
        """End a delivery as undeliverable or unknown, with its reason.

        ``notice`` is told to the settings' owner privately, once until the group's channel works again.
        """
        ...

    async def hold(self, delivery_id: DeliveryId, token: str, reason: str, now: datetime) -> bool:
        """End a word to an organiser who no longer is one; its words wait for one who is."""
        ...

    async def held_words(self, guild_id: GuildId) -> Sequence[Reminder]:
        """List the words to organisers that wait for one."""
        ...

    async def saw_held_words(self, guild_id: GuildId, ids: Sequence[ReminderId], now: datetime) -> None: ...

    async def next_due(self) -> datetime | None:
        """Give the earliest time at which something is due, waiting for a retry, or past its lease."""
        ...

    async def note_sweep(self, now: datetime, began: datetime | None = None) -> None: ...
    async def outage(self, since: datetime, until: datetime, why: str) -> None: ...
    async def health(self, guild_id: GuildId | None = None, now: datetime | None = None) -> ReminderHealth: ...
    async def ledger(self, guild_id: GuildId | None = None, *, limit: int = 50) -> Sequence[LedgerEntry]: ...
    async def decide(self, delivery_id: DeliveryId, guild_id: GuildId, *, posted: bool, now: datetime) -> int:
        """Settle what ended as unknown or undeliverable: it is there, or it is to be sent again. 0: nothing to settle."""
        ...

    async def told(self, ids: Sequence[ReminderId]) -> Mapping[ReminderId, Told]:
        """Name reminders as a line of the ledger does; those that are no longer in Postbag are left out."""
        ...

    async def delivery(self, key: str) -> DeliveryRecord | None:
        """Find a delivery by its key, with its reminders and ledger lines, for *Why this message?*."""
        ...

    async def tidy(self, now: datetime) -> int:
        """Apply retention to reminders, deliveries and ledger; give the number of rows changed."""
        ...
