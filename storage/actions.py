"""Actions of groups with their steps, the reminders that post them, and who joined: always changed together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any, NoReturn

from sqlalchemy import Row, delete, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.actions import NEWS, OFF, Action, ActionState, Step, StepMark, in_order
from bot.domain.errors import NotFound, Refused
from bot.domain.identity import ActionId, DeadlineId, GroupEventId, GuildId, PersonId
from bot.domain.reminders import Owner, PlannedReminder, ReminderKind, ReminderState
from storage.database import Database
from storage.failures import refuse_stale
from storage.installation_facts import insert_for
from storage.reminders.planner import Planner, owned_by
from storage.reminders.rows import Sealer
from storage.schema import action_joins, action_steps, actions, guilds, people, reminders


class Actions:
    """The tables ``actions``, ``action_steps`` and ``action_joins``, and the rows of ``reminders`` that belong to them."""

    def __init__(self, database: Database, sealer: Sealer) -> None:
        self._database = database
        self._planner = Planner(sealer)

    async def add(self, action: Action, now: datetime) -> Action:
        """Store a new draft; give it with its id."""
        async with self._database.writing() as connection:
            values = _values(action) | {
                "guild_id": action.guild_id,
                "revision": 1,
                "created_at": now,
                "updated_at": now,
            }
            made = (await connection.execute(insert(actions).values(**values).returning(actions.c.id))).scalar_one()
            stored = replace(action, action_id=ActionId(made), revision=1, created_at=now, updated_at=now)
            await self._write_steps(connection, stored)
        return stored

    async def save(
        self,
        action: Action,
        now: datetime,
        *,
        public: Sequence[PlannedReminder] = (),
        private: Sequence[PlannedReminder] = (),
        news: PlannedReminder | None = None,
        private_news: PlannedReminder | None = None,
        same: bool = False,
    ) -> Action:
        """Store a changed action, and put its posts in place of those still to come, in one transaction.

        ``public`` go to the group's channel, ``private`` to each person who joined. ``news`` are said
        once. Gives the action with its new revision; the same one where nothing but its posts is planned again (``same``).

        NotFound: it is gone. Refused: somebody saved meanwhile.
        """
        stored = action if same else replace(action, revision=action.revision + 1)
        stored = replace(stored, updated_at=now)
        async with self._database.writing() as connection:
            done = await connection.execute(
                update(actions)
                .where(
                    actions.c.id == action.action_id,
                    actions.c.guild_id == action.guild_id,
                    actions.c.revision == action.revision,
                )
                .values(**_values(stored), revision=stored.revision, updated_at=now)
            )
            if done.rowcount == 0:
                await self._refuse(connection, action)
            await self._write_steps(connection, stored)
            joined = await self._joiners(connection, action.action_id)
            await self._replan(connection, stored, None, _with(public, news), now)
            for person_id in joined:
                await self._replan(connection, stored, person_id, _with(private, private_news), now)
            if stored.stored is ActionState.ARCHIVED:
                await connection.execute(delete(action_joins).where(action_joins.c.action_id == action.action_id))
        return stored

    async def join(self, action: Action, person_id: PersonId, posts: Sequence[PlannedReminder], now: datetime) -> bool:
        """Let a person join, with the private posts that follow. False: they had joined."""
        put = (
            insert_for(self._database, action_joins)
            .values(action_id=action.action_id, person_id=person_id, joined_at=now)
            .on_conflict_do_nothing()
            .returning(action_joins.c.person_id)
        )
        async with self._database.writing() as connection:
            if (await connection.execute(put)).first() is None:
                return False
            await self._replan(connection, action, person_id, posts, now)
        return True

    async def leave(self, action: Action, person_id: PersonId, now: datetime) -> bool:
        """Let a person go, and cancel what was still to come for them. False: they had not joined."""
        async with self._database.writing() as connection:
            gone = await connection.execute(
                delete(action_joins).where(
                    action_joins.c.action_id == action.action_id, action_joins.c.person_id == person_id
                )
            )
            await self._replan(connection, action, person_id, (), now)
            return gone.rowcount == 1

    async def has_joined(self, action_id: ActionId, person_id: PersonId) -> bool:
        """Tell whether a person joined."""
        query = select(action_joins.c.person_id).where(
            action_joins.c.action_id == action_id, action_joins.c.person_id == person_id
        )
        async with self._database.reading() as connection:
            return (await connection.execute(query)).first() is not None

    async def count_joined(self, action_id: ActionId, today: date, step: int) -> int:
        """Give how many joined, in whole steps, as it was when it was first asked on a day: later joins of that day don't show."""
        day = today.isoformat()
        joined = (
            select(func.count())
            .select_from(action_joins)
            .where(action_joins.c.action_id == action_id)
            .scalar_subquery()
        )
        counting = (
            update(actions)
            .where(actions.c.id == action_id, actions.c.joined_counted_on != day)
            .values(joined_count=joined // step * step, joined_counted_on=day)
        )
        held = select(actions.c.joined_count).where(actions.c.id == action_id)
        async with self._database.writing() as connection:
            await connection.execute(counting)
            return (await connection.execute(held)).scalar_one_or_none() or 0

    async def get(self, guild_id: GuildId, action_id: ActionId) -> Action | None:
        """Give one action of a group."""
        found = await self._read(actions.c.id == action_id, actions.c.guild_id == guild_id)
        return found[0] if found else None

    async def any(self, action_id: ActionId) -> Action | None:
        """Give an action, whichever group's it is, for a person who joined it."""
        found = await self._read(actions.c.id == action_id)
        return found[0] if found else None

    async def of_guild(self, guild_id: GuildId) -> Sequence[Action]:
        """List a group's actions that are not archived, by day."""
        return await self._read(actions.c.guild_id == guild_id, actions.c.state != ActionState.ARCHIVED.value)

    async def last_planned(self, guild_id: GuildId) -> Action | None:
        """Give the plan that a group made last, drafts aside, those that are archived too."""
        last = select(func.max(actions.c.id)).where(
            actions.c.guild_id == guild_id, actions.c.state != ActionState.DRAFT.value
        )
        found = await self._read(actions.c.id == last.scalar_subquery())
        return found[0] if found else None

    async def on_group_event(self, group_event_id: GroupEventId) -> Sequence[Action]:
        """List the open plans that are worked back from an event of a group."""
        open_states = [state.value for state in ActionState if state.is_open]
        return await self._read(actions.c.group_event_id == group_event_id, actions.c.state.in_(open_states))

    async def on_deadline(self, deadline_id: DeadlineId) -> Sequence[Action]:
        """List the approved actions and drafts that hang on a clock."""
        open_states = (ActionState.APPROVED.value, ActionState.DRAFT.value)
        return await self._read(actions.c.deadline_id == deadline_id, actions.c.state.in_(open_states))

    async def worded_too_plainly(self) -> Sequence[ActionId]:
        """List the plans of groups at risk of which a post to come is still in words that name what it is about."""
        query = (
            select(reminders.c.action_id)
            .join_from(reminders, guilds, guilds.c.guild_id == reminders.c.guild_id)
            .where(
                reminders.c.kind == ReminderKind.ACTION.value,
                reminders.c.state == ReminderState.SCHEDULED.value,
                reminders.c.action_id.is_not(None),
                reminders.c.neutral == 0,
                guilds.c.high_risk == 1,
            )
            .distinct()
            .order_by(reminders.c.action_id)
        )
        async with self._database.reading() as connection:
            return [ActionId(number) for number in (await connection.execute(query)).scalars()]

    async def unarchived(self) -> Sequence[Action]:
        """List every action that is not archived, of every group."""
        return await self._read(actions.c.state != ActionState.ARCHIVED.value)

    async def planned_days(self, action_id: ActionId) -> Mapping[str, date]:
        """Give the day of every step that was ever planned to be posted, by its key, those taken out since too."""
        query = (
            select(reminders.c.rung, func.max(reminders.c.for_day).label("for_day"))
            .where(owned_by(Owner(action_id=action_id)), reminders.c.person_id.is_(None), reminders.c.for_day != "")
            .group_by(reminders.c.rung)
        )
        async with self._database.reading() as connection:
            rows = await connection.execute(query)
            return {row.rung: date.fromisoformat(row.for_day) for row in rows if not row.rung.startswith("@")}

    async def posted(self, action_id: ActionId) -> int:
        """Count the posts of an action that went out in its group's channel, or are just going out."""
        out = (ReminderState.SENT.value, ReminderState.SENDING.value, ReminderState.UNKNOWN.value)
        query = (
            select(func.count())
            .select_from(reminders)
            .where(owned_by(Owner(action_id=action_id)), reminders.c.person_id.is_(None), reminders.c.state.in_(out))
        )
        async with self._database.reading() as connection:
            return (await connection.execute(query)).scalar_one()

    async def _refuse(self, connection: AsyncConnection, action: Action) -> NoReturn:
        await refuse_stale(
            connection,
            actions,
            action.action_id,
            action.guild_id,
            NotFound("Your group doesn't have that plan.", "See them all with /action list."),
            Refused(
                "This plan changed a moment ago, so nothing was overwritten.",
                "Look at it with /action show, then make your change.",
            ),
        )

    async def _write_steps(self, connection: AsyncConnection, action: Action) -> None:
        await connection.execute(delete(action_steps).where(action_steps.c.action_id == action.action_id))
        rows = [
            {
                "action_id": action.action_id,
                "step": step.key,
                "on_date": step.on.isoformat(),
                "title": step.title,
                "text": step.text,
                "mark": step.mark.value,
                "was_on": step.was_on.isoformat() if step.was_on is not None else "",
            }
            for step in action.steps
        ]
        if rows:
            await connection.execute(insert(action_steps), rows)

    async def _joiners(self, connection: AsyncConnection, action_id: ActionId) -> list[PersonId]:
        rows = await connection.execute(
            select(action_joins.c.person_id)
            .where(action_joins.c.action_id == action_id)
            .order_by(action_joins.c.person_id)
        )
        return [PersonId(person_id) for (person_id,) in rows]

    async def _replan(
        self,
        connection: AsyncConnection,
        action: Action,
        person_id: PersonId | None,
        posts: Sequence[PlannedReminder],
        now: datetime,
    ) -> None:
        """Put posts in place of those still to come, for the channel (None) or one person."""
        owner = Owner(action_id=action.action_id)
        await self._planner.replace(connection, owner, posts, now, guild_id=action.guild_id, person_id=person_id)

    async def _read(self, *wanted: Any) -> Sequence[Action]:
        async with self._database.reading(snapshot=True) as connection:
            rows = (
                await connection.execute(select(actions).where(*wanted).order_by(actions.c.centre_on, actions.c.id))
            ).all()
            steps: dict[int, list[Step]] = {row.id: [] for row in rows}
            if rows:
                found = await connection.execute(select(action_steps).where(action_steps.c.action_id.in_(list(steps))))
                for step in found:
                    steps[step.action_id].append(
                        Step(
                            step.step,
                            date.fromisoformat(step.on_date),
                            step.title,
                            step.text,
                            StepMark(step.mark),
                            date.fromisoformat(step.was_on) if step.was_on else None,
                        )
                    )
        return [_action(row, steps[row.id]) for row in rows]


def _with(posts: Sequence[PlannedReminder], news: PlannedReminder | None) -> Sequence[PlannedReminder]:
    """Add news. They take the place of older ones that have not gone out."""
    return posts if news is None else (*(post for post in posts if post.rung not in (NEWS, OFF)), news)


def _values(action: Action) -> dict[str, Any]:
    return {
        "deadline_id": action.deadline_id,
        "title": action.title,
        "centre_on": action.centre_on.isoformat(),
        "state": action.stored.value,
        "items": " ".join(action.items),
        "template": action.template,
        "outcome": action.outcome,
        "ended_on": action.ended_on.isoformat() if action.ended_on is not None else None,
        "event_id": action.event_id,
        "group_event_id": action.group_event_id,
        "person_id": select(people.c.id).where(people.c.id == action.set_by).scalar_subquery(),
    }


def _action(row: Row[Any], steps: Sequence[Step]) -> Action:
    return Action(
        action_id=ActionId(row.id),
        guild_id=GuildId(row.guild_id),
        title=row.title,
        centre_on=date.fromisoformat(row.centre_on),
        steps=in_order(steps),
        deadline_id=row.deadline_id,
        items=tuple(row._mapping["items"].split()),
        template=row.template,
        stored=ActionState(row.state),
        outcome=row.outcome,
        ended_on=date.fromisoformat(row.ended_on) if row.ended_on else None,
        revision=row.revision,
        set_by=row.person_id,
        event_id=row.event_id,
        group_event_id=row.group_event_id,
        created_at=row.created_at,
        updated_at=row.updated_at,
    )
