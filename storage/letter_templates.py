"""Letter templates of groups: every version a row, none of those once approved ever changed or deleted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy import delete, func, insert, select, update

from bot.domain.errors import NotFound, Refused
from bot.domain.identity import GuildId, PersonId
from bot.domain.letter_templates import GroupTemplate, TemplateState, check_approval
from storage.database import Database
from storage.schema import letter_templates as table

DRAFT, LIVE, EARLIER, RETIRED = (state.value for state in TemplateState)


class LetterTemplates:
    """The table ``letter_templates``."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def list(self, guild_id: GuildId | None = None) -> Sequence[GroupTemplate]:
        """List the versions of one group, or of all, oldest first."""
        query = select(table).order_by(table.c.id)
        if guild_id is not None:
            query = query.where(table.c.guild_id == guild_id)
        async with self._database.reading() as connection:
            rows = await connection.execute(query)
            return [
                GroupTemplate(
                    row.id, GuildId(row.guild_id), row.series, row.title, row.summary, row.text,
                    TemplateState(row.state), row.version, row.revision, row.person_id, row.updated_at,
                )
                for row in rows
            ]  # fmt: skip

    async def add(self, draft: GroupTemplate, now: datetime) -> int:
        """Store a new draft; give its id. A series of its own where it has none."""
        async with self._database.writing() as connection:
            values = _words(draft) | {"guild_id": draft.guild_id, "series": draft.series, "state": DRAFT}
            made: int = (
                await connection.execute(insert(table).values(**values, updated_at=now).returning(table.c.id))
            ).scalar_one()
            if not draft.series:
                await connection.execute(update(table).where(table.c.id == made).values(series=made))
        return made

    async def edit(self, draft: GroupTemplate, now: datetime) -> None:
        """Change a draft. Refused: somebody changed, approved or deleted it meanwhile."""
        changed = (
            update(table)
            .where(
                table.c.id == draft.template_id,
                table.c.guild_id == draft.guild_id,
                table.c.revision == draft.revision,
                table.c.state == DRAFT,
            )
            .values(**_words(draft), revision=draft.revision + 1, updated_at=now)
        )
        async with self._database.writing() as connection:
            if (await connection.execute(changed)).rowcount == 0:
                raise Refused(
                    "Another organiser changed this draft while you were writing.",
                    "Open it again, and add your words to theirs.",
                )

    async def approve(self, template: GroupTemplate, person_id: PersonId, now: datetime) -> None:
        """Make a draft the live version of its series. Refused: as ``check_approval``, on what is stored now."""
        async with self._database.writing() as connection:
            mine = (table.c.id == template.template_id, table.c.guild_id == template.guild_id)
            row = (await connection.execute(select(table).where(*mine).with_for_update())).first()
            if row is None:
                raise NotFound("This draft has been deleted.", "Open /admin template review.")
            stored = replace(
                template, state=TemplateState(row.state), revision=row.revision, author=row.person_id, series=row.series
            )
            check_approval(stored, person_id, template.revision)
            series = (table.c.guild_id == template.guild_id, table.c.series == row.series)
            last = (await connection.execute(select(func.max(table.c.version)).where(*series))).scalar_one()
            await connection.execute(update(table).where(*series, table.c.state == LIVE).values(state=EARLIER))
            await connection.execute(
                update(table)
                .where(*mine)
                .values(state=LIVE, version=last + 1, approver_id=person_id, revision=row.revision + 1, updated_at=now)
            )

    async def put_back(self, template: GroupTemplate) -> None:
        """Make an approved version the live one again. Refused: it was never approved."""
        async with self._database.writing() as connection:
            series = (table.c.guild_id == template.guild_id, table.c.series == template.series)
            await connection.execute(update(table).where(*series, table.c.state == LIVE).values(state=EARLIER))
            back = update(table).where(*series, table.c.id == template.template_id, table.c.state != DRAFT)
            if (await connection.execute(back.values(state=LIVE))).rowcount == 0:
                raise Refused("This version was never approved.", "Open /admin template review.")

    async def retire(self, template: GroupTemplate) -> None:
        """Offer no version of a series any more; the text stays for letters that are open."""
        async with self._database.writing() as connection:
            await connection.execute(
                update(table)
                .where(
                    table.c.guild_id == template.guild_id,
                    table.c.series == template.series,
                    table.c.state.in_((LIVE, EARLIER)),
                )
                .values(state=RETIRED)
            )

    async def discard(self, template: GroupTemplate) -> None:
        """Delete a draft. Refused: it was changed or approved meanwhile."""
        gone = delete(table).where(
            table.c.id == template.template_id,
            table.c.guild_id == template.guild_id,
            table.c.revision == template.revision,
            table.c.state == DRAFT,
        )
        async with self._database.writing() as connection:
            if (await connection.execute(gone)).rowcount == 0:
                raise Refused(
                    "Somebody has changed this draft since you opened it.", "Read it again before you delete it."
                )


def _words(draft: GroupTemplate) -> dict[str, object]:
    return {"title": draft.title, "summary": draft.summary, "text": draft.text, "person_id": draft.author}
