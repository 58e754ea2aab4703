"""Letters for one person at their own computer: no Discord, nothing stored; only a postcode that is typed goes to the network."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Sequence
from datetime import datetime

from bot.clock import SystemClock
from bot.config import Settings
from bot.documents.maker import LetterMaker
from bot.domain.drafts import SavedPage
from bot.domain.errors import PostbagError, Unavailable
from bot.domain.identity import GuildId, UserId
from bot.domain.members import Directory, Member
from bot.domain.own_letters import OwnLetter
from bot.domain.reminders import Reminder
from bot.packs_alone import reports_alone
from bot.resources import templates_folder
from bot.services.letters import LetterService
from bot.services.members import MemberService
from bot.services.ports.members import MemberNews, PostcodeAnswer
from bot.services.reports import ReportService
from bot.templating import JinjaTemplates
from storage.places import read_places
from storage.postcodes import PostcodeTable

log = logging.getLogger(__name__)


class _DirectoryAsHeld:
    """The directory of Members of this computer's database, read beside a running Postbag; empty where there is none."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    async def load(self) -> Directory:
        from storage.database import open_database
        from storage.members import Members

        try:
            async with open_database(self._settings.database_url, look_only=True) as database:
                return await Members(database).load()
        except PostbagError as error:
            log.info("letters are written without a directory of Members: %s", error.message)
            return Directory()

    async def news(self) -> None:
        return None

    async def tell(self, news: MemberNews, guild_id: GuildId, word: Reminder, now: datetime) -> bool:
        return False

    async def replace(self, directory: Directory, news: Callable[[Directory], Sequence[str]]) -> None:
        raise Unavailable("Nothing is stored here.", "Get the list of MPs with: postbag members refresh")


class _PostcodesAsked:
    """Asks the services for a postcode that is typed here, and for nothing else."""

    def __init__(self, settings: Settings) -> None:
        self._addresses = settings.sources

    async def by_postcode(self, postcode: str) -> PostcodeAnswer:
        from bot.sources.http import Http
        from bot.sources.members import MembersApi

        addresses = self._addresses
        async with Http((addresses.members_api, addresses.postcodes)) as http:
            return await MembersApi(http, addresses.members_api, addresses.postcodes, SystemClock()).by_postcode(
                postcode
            )

    async def directory(self, progress: Callable[[int, int], None] | None = None) -> Directory:
        raise Unavailable("This command fetches nothing.", "Get the list of MPs with: postbag members refresh")

    async def forget_fetched_pages(self) -> None:
        """Nothing was fetched."""

    async def contact(self, member: Member) -> Member:
        raise Unavailable(
            "This command doesn't look up contact details.", "They are on the MP's page at members.parliament.uk."
        )


class _ReadHere:
    """Reads a letter that its writer hands back, in a process of its own."""

    async def own_letter(self, owner: UserId, file: SavedPage) -> OwnLetter:
        from bot.sources.foreign import OWN_LETTER, read_apart

        return await asyncio.to_thread(read_apart, OWN_LETTER, [file], OwnLetter)


async def letters_alone(settings: Settings) -> tuple[LetterService, ReportService]:
    """Give letters and the reports they are about."""
    clock = SystemClock()
    reports = await reports_alone(settings)
    members = MemberService(
        _DirectoryAsHeld(settings),
        _PostcodesAsked(settings),
        clock,
        settings.dissolution,
        PostcodeTable(settings.postcodes_file),
        read_places(),
    )
    await members.load()
    letters = LetterService(
        JinjaTemplates(templates_folder()), reports, members, clock, LetterMaker(), earlier=_ReadHere()
    )
    return letters, reports
