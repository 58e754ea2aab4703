"""Every button pressed twice in the same instant has the effect of one press. Found by walking the verbs."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import func, select

from bot.chat.ui import Act, Card
from storage.schema import metadata, reminders
from tests.chat.test_moving import filled
from tests.chat.test_nonsense import channel_of, verbs_of

MANY = {"reminders", "ledger", "deliveries", "delivery_reminders", "action_steps"}
"""Tables in which one press may plan several rows; of reminders, no two may say the same to the same."""

SAYS = ("kind", "rung", "for_day", "due_at", "guild_id", "person_id", "channel_id")
OWNERS = ("deadline_id", "action_id", "follow_up_id", "personal_id", "group_event_id")

ASK_PARLIAMENT = {"followup.question", "question.clock", "question.follow", "watch.add", "watch.find", "watch.follow"}
"""What asks an outside service, which tests have not."""


async def counted(room: Any) -> dict[str, int]:
    async with room.app.database.reading() as connection:
        return {
            t.name: (await connection.execute(select(func.count()).select_from(t))).scalar_one()
            for t in metadata.sorted_tables
            if t.name not in MANY
        }


async def planned_twice(room: Any) -> set[tuple[Any, ...]]:
    """List what more than one reminder to come would say: of one thing, for one day, to one place."""
    told = [reminders.c[name] for name in (*SAYS, *OWNERS)]
    live = reminders.c.state.in_(("scheduled", "sending"))
    query = select(*told).where(live).group_by(*told).having(func.count() > 1)
    async with room.app.database.reading() as connection:
        return {tuple(row) for row in await connection.execute(query)}


@pytest.mark.asyncio
async def test_two_presses_at_once_are_one(group: Any) -> None:
    await filled(group)
    doubled: list[str] = []
    effects: list[str] = []
    twice = await planned_twice(group)
    for verb in sorted(set(verbs_of(group)) - ASK_PARLIAMENT):
        sent = await channel_of(group).send(view=Card("Buttons").buttons(Act("One", verb, ("1", "1"))).view())
        before = await counted(group)
        with group.env.at_once(2):
            await group.organiser.click(sent, label="One")
        after = await counted(group)
        again = await planned_twice(group)
        doubled += [f"{verb}: planned twice: {dict(zip((*SAYS, *OWNERS), row, strict=True))}" for row in again - twice]
        twice = again
        effects += [verb] * (after != before)
        doubled += [
            f"{verb}: {after[name] - before[name]} rows in {name}" for name in after if after[name] > before[name] + 1
        ]
        group.forgive()
    assert len(effects) >= 8, f"too little was changed for a trial: {effects}"
    assert not doubled, "\n".join(doubled)
