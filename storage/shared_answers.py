"""The answers that whoever runs this Postbag read in a response, for every group, by report."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence

from sqlalchemy import delete, select

from bot.domain.errors import Refused
from bot.domain.identity import ReportSlug
from bot.domain.shared_answers import ReadResponse, as_text, from_text
from storage.database import Database
from storage.installation_facts import Facts
from storage.schema import kept

log = logging.getLogger(__name__)

READ = "answers read "


class SharedAnswers:
    """Read responses among the small facts of the installation: one value for each report, there whole or not at all."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._facts = Facts(database)

    async def all(self) -> Mapping[ReportSlug, Sequence[ReadResponse]]:
        """Give the responses that were read, by report, in the order in which they were."""
        async with self._database.reading() as connection:
            rows = list(await connection.execute(select(kept.c.name, kept.c.value).where(kept.c.name.like(f"{READ}%"))))
        found: dict[ReportSlug, Sequence[ReadResponse]] = {}
        for name, text in rows:
            try:
                found[ReportSlug(name.removeprefix(READ))] = from_text(text)
            except Refused:
                log.info("the answers of a response are of another version and are left out")
        return found

    async def put(self, slug: ReportSlug, responses: Sequence[ReadResponse]) -> None:
        await self._facts.put(READ + slug, as_text(responses))

    async def drop(self, slug: ReportSlug) -> None:
        """Take away everything that was read of the responses to one report."""
        async with self._database.writing() as connection:
            await connection.execute(delete(kept).where(kept.c.name == READ + slug))
