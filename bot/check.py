"""``postbag check``: look at everything Postbag needs, one line each, and say what to do. It changes nothing."""

from __future__ import annotations

import contextlib
import os
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from pathlib import Path

from bot.clock import LONDON, SystemClock
from bot.config import DiscordSection, Settings, discord_token, load_settings
from bot.domain.errors import PostbagError
from bot.resources import packs_folder, templates_folder

CLOCK_MAY_DIFFER = 60
"""Seconds by which this machine's clock may differ from a server's before it is named."""


QUIET = DiscordSection(sync_commands=False)


@dataclass(frozen=True, slots=True)
class Line:
    """One thing looked at. ``ok`` None: worth knowing, nothing to mend."""

    name: str
    ok: bool | None
    words: str


async def look(config: Path | None) -> list[Line]:
    """Look at settings, data folder, key, database, MPs, packs, templates, outside services, clock, token and permissions."""
    try:
        settings = load_settings(config)
    except PostbagError as error:
        return [Line("settings", False, str(error))]
    lines = [Line("settings", True, "read")]
    if not settings.operator.name or not settings.operator.contact:
        lines.append(
            Line("operator", None, "operator.name and operator.contact are empty: people read them in /privacy about")
        )
    lines += [_data_folder(settings), await _database(settings), _key(settings)]
    lines += [*await _members(settings), await _packs(settings), _templates()]
    lines += [line async for line in _outside(settings)]
    lines += [line async for line in _discord(settings)]
    return lines


def _data_folder(settings: Settings) -> Line:
    folder = settings.data
    if not folder.exists():
        return Line("data folder", None, f"{folder} will be made at the first start")
    if not os.access(folder, os.W_OK | os.X_OK):
        return Line("data folder", False, f"{folder} cannot be written: let the user that runs Postbag write there")
    return Line("data folder", True, str(folder))


async def _database(settings: Settings) -> Line:
    from storage.database import open_database

    if settings.database_url.startswith("sqlite") and not _exists(settings.database_url.partition(":///")[2]):
        return Line("database", None, "will be made at the first start")
    try:
        async with open_database(settings.database_url, migrate=False) as database:
            health = await database.check()
    except PostbagError as error:
        if "Another Postbag" in error.message:
            return Line("database", True, "in use by a running Postbag")
        return Line("database", False, str(error))
    if health.problems:
        return Line("database", False, " ".join(health.problems))
    return Line("database", True, f"{health.dialect}, version {health.version}, {health.size / 1_000_000:.1f} MB")


async def _members(settings: Settings) -> list[Line]:
    """Say how old the directory of MPs is, and whether postcodes are looked up here."""
    from storage.database import open_database
    from storage.members import Members
    from storage.postcodes import PostcodeTable

    if settings.database_url.startswith("sqlite") and not _exists(settings.database_url.partition(":///")[2]):
        return []
    try:
        async with open_database(settings.database_url, look_only=True, migrate=False) as database:
            held = await Members(database).load()
    except PostbagError:
        return []  # said of the database already
    if held.as_of is None:
        return [Line("MPs", None, "not read yet: postbag members refresh, or import; meanwhile an MP is typed by hand")]
    said = f"{len(held.constituencies)} constituencies as of {held.as_of:%d %B %Y}, from {held.source or 'an unnamed source'}"
    stale = held.is_stale(SystemClock().now())
    lines = [
        Line(
            "MPs",
            None if stale else True,
            f"{said}{': more than 30 days old, so run postbag members refresh' if stale else ''}",
        )
    ]
    table = await PostcodeTable(settings.postcodes_file).as_of()
    if table is not None:
        lines.append(Line("postcodes", True, f"looked up in your own table of {table:%d %B %Y}"))
    return lines


def _exists(file: str) -> bool:
    return Path(file).exists()


def _key(settings: Settings) -> Line:
    from bot.sealing import read_key

    if not settings.key_file.exists():
        return Line("key", None, f"{settings.key_file} will be made at the first start; then keep a copy apart")
    try:
        read_key(settings.key_file)
    except PostbagError as error:
        return Line("key", False, str(error))
    return Line("key", True, str(settings.key_file))


async def _packs(settings: Settings) -> Line:
    from storage.packs import load_packs

    held, problems = load_packs([packs_folder(), *([settings.packs] if settings.packs else [])])
    if problems:
        return Line("packs", False, "\n".join(map(str, problems)))
    rows = sum(len(report.recommendations) for report in held)
    return Line("packs", bool(held), f"{len(held)} held, with {rows} recommendations and asks")


def _templates() -> Line:
    from bot.templating import lint

    problems = lint(templates_folder())
    return Line("templates", not problems, "\n".join(map(str, problems)) or "in order")


async def _outside(settings: Settings) -> AsyncIterator[Line]:
    from bot.sources.http import Http

    sources = settings.sources
    asked = {
        "Members API": f"{sources.members_api}/api/Members/Search?House=1&IsCurrentMember=true&skip=0&take=1",
        "Committees API": f"{sources.committees_api}/api/PublicationType",
        "postcodes.io": f"{sources.postcodes}/random/outcodes",
    }
    server_time: datetime | None = None
    async with Http(asked.values(), attempts=1, timeout_seconds=8) as http:
        for name, address in asked.items():
            try:
                reply = await http.get(name, address)
            except PostbagError as error:
                yield Line(
                    f"network: {name}", False, f"{error.message} Letters and reminders work without it for a while."
                )
                continue
            yield Line(f"network: {name}", True, "answers")
            with contextlib.suppress(ValueError):
                server_time = parsedate_to_datetime(reply.date)
    now = datetime.now(UTC)
    words = f"{now.astimezone(LONDON):%d %B %Y, %H:%M} in London"
    if server_time is not None and abs((now - server_time).total_seconds()) > CLOCK_MAY_DIFFER:
        yield Line("clock", False, f"{words}, but a server says {server_time:%H:%M} UTC: set this machine's clock")
    else:
        yield Line("clock", True, words)


async def _discord(settings: Settings) -> AsyncIterator[Line]:
    try:
        token = discord_token(settings)
    except PostbagError as error:
        yield Line("token", False, str(error))
        return
    if token is None:
        yield Line("token", None, "none set: postbag rehearse works without; for Discord set DISCORD_TOKEN")
        return
    from bot.app import open_app
    from bot.chat.inspection import inspect

    try:
        async with open_app(settings.model_copy(update={"discord": QUIET})) as app, app.client:
            async for name, ok, words in inspect(app.client, token, await app.groups.everyone()):
                yield Line(name, ok, words)
    except PostbagError as error:
        yield Line("Discord", None, f"not looked at: {error.message}")
