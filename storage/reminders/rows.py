"""Rows of reminders and deliveries as the objects that the services speak of."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time
from typing import Any, Protocol

from sqlalchemy import ColumnElement, Row, Update, func, literal_column, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.errors import Refused
from bot.domain.messages import OutgoingMessage
from bot.domain.quiet_hours import DueMoment
from bot.domain.reminders import CivilTime, Reminder, ReminderKind, ReminderState, Target, may_become
from bot.services.ports.deliveries import Delivery, LedgerEntry
from storage.schema import deliveries, ledger, reminders

NOBODY_TO_SEND_TO = "there was nobody to send it to, and the group hasn't chosen a channel for organisers' messages"
UNREADABLE = "(these words were encrypted with another key)"

SCHEDULED: ColumnElement[bool] = reminders.c.state == literal_column("'scheduled'")
WAITING: ColumnElement[bool] = deliveries.c.state == literal_column("'waiting'")
UNDER_WAY: ColumnElement[bool] = deliveries.c.state == literal_column("'sending'")
"""Written out, not bound, so that SQLite may use the partial indexes."""

FREE: ColumnElement[bool] = func.coalesce(reminders.c.delivery_id, literal_column("0")) == literal_column("0")
"""No delivery has it. Said so that no index on the deliveries is taken in place of the one on what is due."""


class Sealer(Protocol):
    """What is asked of ``bot.sealing``."""

    def seal(self, plain: bytes) -> bytes: ...
    def open(self, sealed: bytes) -> bytes: ...


def reminder_of(row: Row[Any], sealer: Sealer) -> Reminder:
    """Read a row that has the columns of ``reminders``."""
    text = ""
    if row.sealed_text is not None:
        try:
            text = sealer.open(row.sealed_text).decode()
        except Refused:
            text = UNREADABLE
    return Reminder(
        reminder_id=row.id,
        kind=ReminderKind(row.kind),
        rung=row.rung,
        due_at=row.due_at,
        civil=CivilTime(
            date.fromisoformat(row.local_date),
            time.fromisoformat(row.local_time),
            row.zone,
        ),
        state=ReminderState(row.state),
        guild_id=row.guild_id,
        channel_id=row.channel_id,
        person_id=row.person_id,
        deadline_id=row.deadline_id,
        action_id=row.action_id,
        follow_up_id=row.follow_up_id,
        personal_id=row.personal_id,
        group_event_id=row.group_event_id,
        for_day=date.fromisoformat(row.for_day) if row.for_day else None,
        generation=row.generation,
        text=text,
        expires_at=row.expires_at,
        revision=row.revision,
        attempts=row.attempts,
        delivery_id=row.delivery_id,
        sent_at=row.sent_at,
        message_id=row.message_id,
        reason=row.reason,
        neutral=bool(row.neutral),
    )


def reminder_values(reminder: Reminder, now: datetime, sealer: Sealer | None) -> dict[str, Any]:
    """Give the columns of a new reminder. ``sealer`` None: it has no words of its own."""
    if reminder.text and sealer is None:
        raise ValueError("words are stored sealed only")
    return {
        "kind": reminder.kind.value,
        "deadline_id": reminder.deadline_id,
        "action_id": reminder.action_id,
        "follow_up_id": reminder.follow_up_id,
        "personal_id": reminder.personal_id,
        "group_event_id": reminder.group_event_id,
        "rung": reminder.rung,
        "for_day": reminder.for_day.isoformat() if reminder.for_day is not None else "",
        "generation": reminder.generation,
        "guild_id": reminder.guild_id,
        "channel_id": reminder.channel_id,
        "person_id": reminder.person_id,
        "sealed_text": sealer.seal(reminder.text.encode()) if reminder.text and sealer is not None else None,
        **moment_values(reminder.civil),
        "due_at": reminder.due_at,
        "expires_at": reminder.expires_at,
        "state": reminder.state.value,
        "revision": reminder.revision,
        "neutral": int(reminder.neutral),
        "created_at": now,
        "updated_at": now,
    }


def moment_values(civil: CivilTime) -> dict[str, Any]:
    """Give the columns that say when a reminder is due: the instant, and the civil time that was meant."""
    return {
        "due_at": civil.instant(),
        "local_date": civil.on.isoformat(),
        "local_time": civil.at.isoformat(timespec="minutes"),
        "zone": civil.zone,
        "utc_offset": civil.utc_offset_minutes,
    }


def becomes(then: ReminderState, *now: ReminderState) -> Update:
    """Give the UPDATE by which reminders pass from some states to another: every change of state is written with it.

    ValueError: ``bot.domain.reminders.TRANSITIONS`` knows no such change.
    """
    for state in now:
        if not may_become(state, then):
            raise ValueError(f"a reminder that is {state} cannot become {then}")
    was: list[ColumnElement[Any]] = [
        literal_column(f"'{state.value}'") for state in now
    ]  # written out, so that the partial indexes serve
    return update(reminders).where(reminders.c.state.in_(was)).values(state=then.value)


async def keep_groups_words(connection: AsyncConnection, person_id: int, now: datetime) -> int:
    """Let what was on its way to one organiser wait for the next one, since it is the group's: nobody is named in it any more.

    Gives how many words there were. They have no channel, and are never posted in the group's: an organiser who comes by reads them.
    """
    theirs = (
        reminders.c.person_id == person_id,
        reminders.c.kind == ReminderKind.NOTICE.value,
        reminders.c.guild_id.is_not(None),
    )
    begun = becomes(ReminderState.SENDING, ReminderState.SCHEDULED).where(*theirs)
    await connection.execute(begun.values(updated_at=now))
    ended = becomes(ReminderState.UNDELIVERABLE, ReminderState.SENDING).where(*theirs)
    change = {"person_id": None, "channel_id": None, "reason": NOBODY_TO_SEND_TO, "revision": reminders.c.revision + 1}
    return (await connection.execute(ended.values(**change, updated_at=now))).rowcount


def notice_values(
    text: str, now: datetime, sealer: Sealer, *, guild_id: int, channel_id: int | None, person_id: int | None
) -> dict[str, Any]:
    """Give the columns of a word to organisers: in a channel, or privately."""
    minute = now.replace(second=0, microsecond=0)
    notice = Reminder(
        reminder_id=0,  # type: ignore[arg-type]
        kind=ReminderKind.NOTICE,
        rung="notice",
        due_at=now,
        civil=CivilTime(minute.date(), minute.time().replace(tzinfo=None), "UTC"),
        guild_id=guild_id,  # type: ignore[arg-type]
        channel_id=channel_id,  # type: ignore[arg-type]
        person_id=person_id,  # type: ignore[arg-type]
        text=text,
    )
    return reminder_values(notice, now, sealer)


def delivery_of(
    row: Row[Any],
    token: str,
    pairs: Sequence[tuple[Any, int]],
    sealer: Sealer,
    *,
    changed: bool = False,
    told: Sequence[DueMoment] = (),
) -> Delivery:
    """Read a row of ``deliveries`` that is under way. ``pairs`` are its reminders with the revisions it froze."""
    return Delivery(
        delivery_id=row.id,
        key=row.key,
        target=Target(row.guild_id, row.channel_id, row.person_id),
        message=OutgoingMessage.from_bytes(sealer.open(row.sealed_message)),
        reminders=tuple(pairs),
        due_at=row.due_at,
        created_at=row.created_at,
        token=token,
        route=row.route,
        attempts=row.attempts,
        attempted_at=row.attempted_at,
        first_failed_at=row.first_failed_at,
        reason=row.reason,
        digest=row.digest,
        changed=changed,
        told=tuple(told),
    )


def entry_of(row: Row[Any]) -> LedgerEntry:
    """Read a row of ``ledger``."""
    held = row._mapping
    listed = held[ledger.c.reminder_ids]
    return LedgerEntry(
        at=held[ledger.c.at],
        event=held[ledger.c.event],
        delivery_id=held[ledger.c.delivery_id],
        reminder_ids=tuple(int(part) for part in listed.split(",")) if listed else (),  # type: ignore[misc]
        guild_id=held[ledger.c.guild_id],
        detail=held[ledger.c.detail],
        late_seconds=held[ledger.c.late_seconds],
        attempt=held[ledger.c.attempt],
    )


def ledger_values(
    now: datetime,
    event: str,
    delivery_id: int,
    reminder_ids: Sequence[int],
    *,
    guild_id: int | None,
    person_id: int | None,
    detail: str = "",
    late_seconds: int | None = None,
    attempt: int = 0,
) -> dict[str, Any]:
    """Give the columns of one line of the ledger."""
    return {
        "at": now,
        "event": event,
        "delivery_id": delivery_id,
        "reminder_ids": ",".join(str(reminder_id) for reminder_id in reminder_ids),
        "guild_id": guild_id,
        "person_id": person_id,
        "detail": detail,
        "late_seconds": late_seconds,
        "attempt": attempt,
    }
