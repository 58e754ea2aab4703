"""``postbag check``: look at everything Postbag needs, one line each, and say what to do. It writes nothing anywhere.

What it says is found by the rules that a start applies, never guessed: the key is read and compared, the folder's permissions
are asked for, the tables' version is compared with what this Postbag knows.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from email.utils import parsedate_to_datetime
from pathlib import Path

from bot.clock import LONDON, SystemClock
from bot.config import Settings, discord_token, load_settings
from bot.domain.errors import NotFound, PostbagError, Refused
from bot.domain.guilds import GuildSettings
from bot.domain.members import Directory
from bot.resources import packs_folder, templates_folder

CLOCK_MAY_DIFFER = 60
"""Seconds by which this machine's clock may differ from a server's before it is named."""


@dataclass(frozen=True, slots=True)
class Line:
    """One thing looked at. ``ok`` None: worth knowing, nothing to do."""

    name: str
    ok: bool | None
    words: str


@dataclass(slots=True)
class Looked:
    """What the database told, for the lines that come after its own. ``expected``: the check value of its key."""

    lines: list[Line] = field(default_factory=list)
    readable: bool = False
    expected: str | None = None
    members: Directory | None = None
    groups: tuple[GuildSettings, ...] = ()


async def look(config: Path | None) -> list[Line]:
    """Look at settings, files, key, database, MPs, packs, templates, outside services, clock, token and permissions."""
    try:
        settings = load_settings(config)
    except PostbagError as error:
        return [Line("settings", False, str(error))]
    lines = [Line("settings", True, "read")]
    if not settings.operator.name or not settings.operator.contact:
        lines.append(
            Line("operator", None, "operator.name and operator.contact are empty: people read them in /privacy about")
        )
    looked = await _database(settings)
    lines += [_data_folder(settings), *_owners(settings), *looked.lines]
    if looked.readable:
        lines.append(_key(settings, looked.expected))
    wording = await _wording(settings) if looked.readable else None
    lines += [*await _members(settings, looked.members), await _packs(settings), *([wording] if wording else [])]
    lines += [_templates(), *_bank_holidays()]
    lines += [line async for line in _outside(settings)]
    lines += [line async for line in _discord(settings, looked.groups)]
    return lines


def _data_folder(settings: Settings) -> Line:
    folder = settings.data
    if folder.is_dir():
        if not os.access(folder, os.W_OK | os.X_OK):
            return Line("data folder", False, f"{folder} can't be written: let the user that runs Postbag write there")
        return Line("data folder", True, str(folder))
    refusal = _cannot_be_made(folder)
    if refusal is not None:
        return Line("data folder", False, refusal)
    return Line("data folder", None, f"{folder} will be made at the first start")


def _cannot_be_made(folder: Path) -> str | None:
    """Say why a folder could not be made, and what to do. None: it could, or it is there and can be written."""
    there = next(place for place in (folder, *folder.absolute().parents) if place.exists())
    if not there.is_dir():
        return f"{folder} can't be made, because {there} is a file: choose another place"
    if not os.access(there, os.W_OK | os.X_OK):
        return f"{folder} can't be made or written: let the user that runs Postbag write in {there}"
    return None


def _owners(settings: Settings) -> Iterator[Line]:
    """Name files that belong to somebody other than the data folder does: the service could not use them."""
    if os.name != "posix" or not settings.data.is_dir():
        return
    owner = settings.data.stat().st_uid
    files = [settings.key_file, *sorted(settings.data.glob("postbag.sqlite3*"))]
    if settings.discord.token_file is not None:
        files.append(settings.discord.token_file)
    strange = []
    for file in dict.fromkeys(files):
        with contextlib.suppress(OSError):
            if file.stat().st_uid != owner:
                strange.append(file)
    if strange:
        named = " ".join(f"'{file}'" for file in strange)
        yield Line(
            "owner",
            False,
            f"the data folder belongs to {_user(owner)}, and these don't: run, as root: chown {_user(owner)} {named}",
        )
    elif os.geteuid() not in (owner, 0):
        yield Line("owner", False, f"the data folder belongs to {_user(owner)}: run this, and Postbag, as that user")
    elif owner and os.geteuid() == 0:
        yield Line(
            "owner", None, f"you're running this as root, but Postbag runs as {_user(owner)}: run commands as that user"
        )


def _user(number: int) -> str:
    import pwd

    try:
        return pwd.getpwuid(number).pw_name
    except KeyError:
        return str(number)


async def _database(settings: Settings) -> Looked:
    from bot.sealing import CHECK_NAME
    from storage.guilds import Guilds
    from storage.installation_facts import Facts
    from storage.looking import look_at_database
    from storage.members import Members
    from storage.migrations import is_current
    from storage.unchanged_files import in_use

    looked = Looked()
    try:
        async with look_at_database(settings.database_url) as database:
            health = await database.check(try_writing=False)
            said = f"{health.dialect}, version {health.version or 'none yet'}, {health.size / 1_000_000:.1f} MB"
            current = await is_current(database)
            running = database.path is not None and in_use(database.path)
            problems = [*health.problems, *([] if database.path is None else _unwritable(database.path))]
            looked.lines += [Line("database", False, problem) for problem in problems]
            if not current and health.version:
                words = f"{said}: from an older Postbag; it will be copied and upgraded at the next start"
                looked.lines.append(Line("database", None, words))
            elif not health.version:
                looked.lines.append(Line("database", None, "empty: its tables will be made at the first start"))
            elif not problems:
                looked.lines.append(
                    Line("database", True, f"{said}{', in use by a running Postbag' if running else ''}")
                )
            with contextlib.suppress(PostbagError):
                looked.readable = True
                if health.version:
                    looked.expected = await Facts(database).get(CHECK_NAME)
            if current:
                looked.members = await Members(database).load()
                looked.groups = tuple(await Guilds(database).everyone())
    except NotFound:
        looked.readable = True
        assert settings.database_file is not None
        refusal = _cannot_be_made(settings.database_file.parent)
        ok = None if refusal is None else False
        looked.lines.append(Line("database", ok, refusal or "will be made at the first start"))
    except PostbagError as error:
        looked.lines.append(Line("database", False, str(error)))
    return looked


def _unwritable(path: Path) -> Iterator[str]:
    for place in (path, path.parent):
        if not os.access(place, os.W_OK):
            yield f"{place} can't be written: let the user that runs Postbag write there"


def _key(settings: Settings, expected: str | None) -> Line:
    from bot.sealing import key_for

    try:
        if key_for(settings.key_file, expected) is not None:
            return Line("key", True, f"{settings.key_file}, which fits this database; keep a copy of it somewhere else")
    except PostbagError as error:
        return Line("key", False, str(error))
    refusal = _cannot_be_made(settings.key_file.parent)
    if refusal is not None:
        return Line("key", False, refusal)
    return Line(
        "key", None, f"{settings.key_file} will be made at the first start; then keep a copy of it somewhere else"
    )


async def _members(settings: Settings, held: Directory | None) -> list[Line]:
    """Say how old the directory of MPs is, and whether postcodes are looked up here."""
    from storage.postcodes import PostcodeTable

    if held is None:
        return []
    if held.as_of is None:
        return [
            Line(
                "MPs",
                None,
                "not read yet: run postbag members refresh, or import; until then, people type their MP's name",
            )
        ]
    said = f"{len(held.constituencies)} constituencies as of {_date(held.as_of)}, from {held.source or 'an unnamed source'}"
    if held.is_stale(SystemClock().now()):
        lines = [Line("MPs", None, f"{said}: more than 30 days old, so run postbag members refresh")]
    else:
        lines = [Line("MPs", True, said)]
    table = await PostcodeTable(settings.postcodes_file).as_of()
    if table is not None:
        lines.append(Line("postcodes", True, f"looked up in your own table of {_date(table)}"))
    return lines


def _date(day: date) -> str:
    return f"{day.day} {day:%B %Y}"


async def _packs(settings: Settings) -> Line:
    from storage.packs import load_packs

    try:
        held, problems = load_packs([packs_folder()], settings.pack_places)
    except PostbagError as error:
        return Line("packs", False, str(error))
    if problems:
        return Line("packs", False, "\n".join(map(str, problems)))
    rows = sum(len(report.recommendations) for report in held)
    return Line("packs", bool(held), f"{len(held)} loaded, with {rows} recommendations and requests")


async def _wording(settings: Settings) -> Line | None:
    """Name the reports that Parliament's record could not complete with the committee's own words, and what to do."""
    from bot.domain.completions import lacks_words
    from bot.domain.reports import and_list
    from storage.packs import load_packs
    from storage.read_alone import COMPLETED, TRIED, UNDONE, facts_alone, of_report

    facts = await facts_alone(settings.database_url, settings.database_file)
    tried, settled = of_report(facts, TRIED), {**of_report(facts, COMPLETED), **of_report(facts, UNDONE)}
    try:
        held, _ = load_packs([packs_folder()], settings.pack_places)
    except PostbagError:  # the line about packs says it
        return None
    lacking = [report for report in held if lacks_words(report) and report.slug in tried and report.slug not in settled]
    if not lacking:
        return None
    named = and_list([report.short_title for report in lacking[:3]])
    more = f" and {len(lacking) - 3} more" if len(lacking) > 3 else ""
    return Line(
        "wording",
        None,
        f"{named}{more}: Postbag found nothing it could use in Parliament's record to complete "
        f"{'it' if len(lacking) == 1 else 'them'}. Save the report's page, then run "
        f"postbag reports complete PAGE --report {lacking[0].slug}",
    )


def _templates() -> Line:
    from bot.templating import lint

    problems = lint(templates_folder())
    return Line("templates", not problems, "\n".join(map(str, problems)) or "in order")


def _bank_holidays() -> Iterator[Line]:
    from bot.sources.bank_holidays import bank_holidays

    last = max(bank_holidays("england-and-wales"), default=None)
    if last is None or last < SystemClock().now().astimezone(LONDON).date():
        until = "is empty" if last is None else f"ended on {_date(last)}"
        yield Line("bank holidays", None, f"the list that came with Postbag {until}: install a newer Postbag")


async def _outside(settings: Settings) -> AsyncIterator[Line]:
    from bot.sources.http import Http

    sources = settings.sources
    asked = {
        "Members API": f"{sources.members_api}/api/Members/Search?House=1&IsCurrentMember=true&skip=0&take=1",
        "Committees API": f"{sources.committees_api}/api/PublicationType",
        "postcodes.io": f"{sources.postcodes}/random/outcodes",
    }
    if sources.search_parliament:
        asked |= {
            "written questions": f"{sources.questions_api}/api/writtenquestions/questions?take=1",
            "motions": f"{sources.motions_api}/EarlyDayMotions/list?parameters.take=1",
            "Hansard": f"{sources.hansard_api}/overview/lastsittingdate.json?house=Commons",
            "Parliament's calendar": f"{sources.whats_on_api}/calendar/types/list.json",
        }
    else:
        yield Line("searches in Parliament", None, "off, because sources.search_parliament is false")
    server_time: datetime | None = None
    answering: list[str] = []
    away: list[str] = []
    async with Http(asked.values(), attempts=1, timeout_seconds=8) as http:
        for name, address in asked.items():
            try:
                reply = await http.get(name, address)
            except PostbagError:
                away.append(name)
                continue
            answering.append(name)
            with contextlib.suppress(ValueError):
                server_time = parsedate_to_datetime(reply.date)
    if answering:
        yield Line("network", True, f"these answer: {', '.join(answering)}")
    if away:
        words = f"these don't answer: {', '.join(away)}. Letters and reminders work without them for a while"
        yield Line("network", None, words)
    now = datetime.now(UTC)
    words = f"{_date(now.astimezone(LONDON))}, {now.astimezone(LONDON):%H:%M} in London"
    if server_time is not None and abs((now - server_time).total_seconds()) > CLOCK_MAY_DIFFER:
        yield Line("clock", False, f"{words}, but a server says {server_time:%H:%M} UTC: set this machine's clock")
    else:
        yield Line("clock", True, words)


async def _discord(settings: Settings, groups: tuple[GuildSettings, ...]) -> AsyncIterator[Line]:
    try:
        token = discord_token(settings)
    except Refused as error:
        yield Line("token", False, str(error))
        return
    if token is None:
        yield Line("token", None, "none set: postbag rehearse works without one; for Discord set DISCORD_TOKEN")
        return
    from bot.chat.inspection import inspect

    async for name, ok, words in inspect(token, groups):
        yield Line(name, ok, words)
