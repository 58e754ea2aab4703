"""The ``room``: the real bot in an invented server, on a real database, with a clock that stands until it is moved.

At its end a test fails if the bot met an unexpected error or sent something that Discord refuses, unless the test took
note of it with ``room.forgive()``. Read what people see with ``text_of``, ``buttons_of``, ``links_of``, ``options_of``.
"""

from __future__ import annotations

import asyncio
import logging
import shutil
from collections.abc import AsyncIterator, Callable
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
import pytest_asyncio
from discord import app_commands
from discord.ext import commands

from bot.app import open_app
from bot.clock import MovableClock
from bot.config import Settings
from bot.domain.errors import NotFound, PostbagError, Unavailable
from bot.domain.members import Constituency, Directory, Member, MemberRole
from bot.jobs import App
from bot.rehearsal.stage import Stage, open_stage
from bot.resources import templates_folder
from bot.services.ports.members import PostcodeAnswer
from bot.templating import JinjaTemplates

START = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)
"""A Monday morning in London winter time."""

POSTCODES = {
    "ZA1 1AA": PostcodeAnswer(("Tarning",)),
    "ZA1 2AB": PostcodeAnswer(("Tarningham", "Tarning"), "This postcode may lie in either of two constituencies."),
}


def _member(number: int, seat: str, name: str, called: str, role: MemberRole, post: str = "") -> Member:
    return Member(number, name, f"{name} MP", called, name, "Lantern Party (invented)", seat, role, post)


INVENTED_SEATS = Directory(
    (
        Constituency(1, "Tarning", _member(101, "Tarning", "Amina Thackwell", "Ms Thackwell", MemberRole.BACKBENCHER)),
        Constituency(
            2, "Tarningham", _member(102, "Tarningham", "Barnaby Oystermouth", "Mr Oystermouth", MemberRole.BACKBENCHER)
        ),
        Constituency(
            3,
            "Ashlocke",
            _member(
                103, "Ashlocke", "Perpetua Wyndlestraw", "Miss Wyndlestraw", MemberRole.MINISTER, "Minister of Lanterns"
            ),
        ),
        Constituency(
            4,
            "Saint Osmund's",
            _member(104, "Saint Osmund's", "Sir Leopold Gathercoal", "Mr Speaker", MemberRole.SPEAKER),
        ),
        Constituency(
            5, "Lough Tarn", _member(105, "Lough Tarn", "Órla Ní Fhearghail", "Ms Ní Fhearghail", MemberRole.ABSTAINING)
        ),
        Constituency(6, "Farthing Cross", None),
    ),
    as_of=START,
    source="an invented House",
    invented=True,
)


class InventedSeats:
    """A source of Members that is always there. Postcodes: ``ZA1 1AA`` (Tarning), ``ZA1 2AB`` (Tarningham or Tarning)."""

    directory_now = INVENTED_SEATS

    async def directory(self, progress: Callable[[int, int], None] | None = None) -> Directory:
        return self.directory_now

    async def forget_fetched_pages(self) -> None:
        pass

    async def contact(self, member: Member) -> Member:
        return member

    async def by_postcode(self, postcode: str) -> PostcodeAnswer:
        if postcode not in POSTCODES:
            raise NotFound("That postcode is not known.", "Check it, or choose your constituency by name.")
        return POSTCODES[postcode]


class NoNewHolidays:
    """A list of bank holidays that is not to be had: those that came with Postbag are used."""

    async def days(self) -> dict[str, frozenset[date]]:
        raise Unavailable("The list of bank holidays did not answer.", "Nothing was lost.")


class _Unexpected(logging.Handler):
    """Keep what the bot logged as an error: a person was given an error id for each."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.met: list[logging.LogRecord] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.met.append(record)


class ChatRoom(Stage):
    """A stage that knows what went wrong on it."""

    unexpected: _Unexpected

    def forgive(self) -> list[str]:
        """Take note of what went wrong so far, so that the test does not fail for it; give it in words."""
        words = [str(refusal.faults[0]) for refusal in self.env.strict.refused]
        words += [repr(error) for error in self._errors()]
        words += [record.getMessage() for record in self.unexpected.met]
        self.env.strict.refused.clear()
        self.unexpected.met.clear()
        assert self.env.errors is not None
        return words

    def _errors(self) -> list[BaseException]:
        return [error for error in self.env.errors_since(self.env.errors_read) if not _is_kind(error)]


async def _with_invented_seats(app: App) -> None:
    app.services.members._source = InventedSeats()
    app.services.days_off._source = NoNewHolidays()
    await app.services.members.refresh()


def _is_kind(error: BaseException) -> bool:
    while isinstance(error, app_commands.CommandInvokeError | commands.CommandInvokeError):
        error = error.original
    return isinstance(error, PostbagError | app_commands.CheckFailure)


@pytest.fixture(scope="session")
def compiled_templates() -> JinjaTemplates:
    """Compile the shipped templates once for all tests."""
    return JinjaTemplates(templates_folder())


@pytest.fixture(scope="session")
def empty_data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make a data folder with an empty database once, to be copied for each test."""
    data = tmp_path_factory.mktemp("empty")

    async def make() -> None:
        async with open_app(Settings(data=data), clock=MovableClock(START)):
            pass

    asyncio.run(make())
    return data


@pytest_asyncio.fixture
async def room(
    tmp_path: Path, empty_data: Path, compiled_templates: JinjaTemplates, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[ChatRoom]:
    """Give the room: ``env app clock guild channel organiser second_organiser member outsider``, not set up yet."""
    data = tmp_path / "data"
    shutil.copytree(empty_data, data)
    monkeypatch.setattr("bot.app.LaterTemplates", lambda folder: compiled_templates)
    unexpected = _Unexpected()
    logging.getLogger("bot").addHandler(unexpected)
    try:
        async with open_stage(
            Settings(data=data), MovableClock(START), prepare=_with_invented_seats, kind=ChatRoom
        ) as stage:
            stage.unexpected = unexpected
            yield stage
            wrong = stage.forgive()
            assert not wrong, f"the bot met what it should not have: {wrong}"
    finally:
        logging.getLogger("bot").removeHandler(unexpected)


@pytest_asyncio.fixture
async def group(room: ChatRoom) -> ChatRoom:
    """Give the room with its server set up: reminders go to #general, Organisers may organise."""
    await room.set_up()
    return room
