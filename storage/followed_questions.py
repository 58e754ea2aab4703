"""Written questions that groups follow, and how each stood when its group was last told."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import Update, delete, insert, select, update

from bot.domain.followed_questions import FollowedQuestion
from bot.domain.identity import GuildId
from bot.domain.reminders import Reminder
from bot.domain.said import AnswerState
from storage.database import Database
from storage.installation_facts import insert_for
from storage.reminders.rows import Sealer, reminder_values
from storage.schema import followed_questions, reminders


class FollowedQuestions:
    """The table ``followed_questions``. It holds nothing of a person."""

    def __init__(self, database: Database, sealer: Sealer) -> None:
        self._database = database
        self._sealer = sealer

    async def put(self, found: FollowedQuestion, now: datetime) -> bool:
        """Follow a question, as it stands now. False: the group did so already."""
        values = {
            "guild_id": found.guild_id,
            "key": found.key,
            "number": found.number,
            "tabled_on": found.tabled_on.isoformat(),
            "state": found.state,
            "changed_on": found.changed_on.isoformat() if found.changed_on else None,
            "body": found.body,
            "since": now,
            "looked_at": now,
        }
        put = insert_for(self._database, followed_questions).values(**values).on_conflict_do_nothing()
        async with self._database.writing() as connection:
            made = await connection.execute(put.returning(followed_questions.c.guild_id))
            return made.first() is not None

    async def drop(self, guild_id: GuildId, key: str) -> bool:
        """Follow a question no longer. False: the group did not."""
        async with self._database.writing() as connection:
            gone = await connection.execute(
                delete(followed_questions)
                .where(followed_questions.c.guild_id == guild_id, followed_questions.c.key == key)
                .returning(followed_questions.c.guild_id)
            )
            return gone.first() is not None

    async def all(self, guild_id: GuildId | None = None) -> Sequence[FollowedQuestion]:
        """List the questions that a group follows, or all do, newest tabled first."""
        chosen = select(followed_questions).order_by(followed_questions.c.tabled_on.desc(), followed_questions.c.key)
        if guild_id is not None:
            chosen = chosen.where(followed_questions.c.guild_id == guild_id)
        async with self._database.reading() as connection:
            return [
                FollowedQuestion(
                    GuildId(row.guild_id),
                    row.key,
                    row.number,
                    date.fromisoformat(row.tabled_on),
                    AnswerState(row.state),
                    date.fromisoformat(row.changed_on) if row.changed_on else None,
                    row.looked_at,
                    row.body,
                )
                for row in await connection.execute(chosen)
            ]

    async def note_look(self, keys: Sequence[str], now: datetime) -> None:
        """Note that questions were asked about, for every group that follows them, whatever came back."""
        async with self._database.writing() as connection:
            await connection.execute(
                update(followed_questions).where(followed_questions.c.key.in_(keys)).values(looked_at=now)
            )

    async def tell(
        self,
        before: FollowedQuestion,
        after: FollowedQuestion,
        word: Reminder | None,
        now: datetime,
        covered: Sequence[tuple[FollowedQuestion, FollowedQuestion]] = (),
    ) -> bool:
        """Note how a question stands now and plan the word that tells it, in one transaction. False: somebody did already.

        ``covered`` are others of which the same word tells, before and after: noted with it, so that a stop between lets nobody
        hear of them twice.
        """
        async with self._database.writing() as connection:
            if not (await connection.execute(_noted(before, after))).rowcount:
                return False
            for other in covered:
                await connection.execute(_noted(*other))
            if word is not None:
                await connection.execute(insert(reminders), reminder_values(word, now, self._sealer))
            return True


def _noted(before: FollowedQuestion, after: FollowedQuestion) -> Update:
    """Give the statement that notes how a question stands now, where it is held as it was before."""
    return (
        update(followed_questions)
        .where(
            followed_questions.c.guild_id == before.guild_id,
            followed_questions.c.key == before.key,
            followed_questions.c.state == before.state,
            followed_questions.c.changed_on.is_not_distinct_from(
                before.changed_on.isoformat() if before.changed_on else None
            ),
            followed_questions.c.body == before.body,
        )
        .values(
            state=after.state,
            changed_on=after.changed_on.isoformat() if after.changed_on else None,
            body=after.body,
        )
    )
