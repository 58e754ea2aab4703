"""What processes on one PostgreSQL tell each other: that something was stored of which they hold a copy in memory.

A statement that writes such a table is noticed where it is executed, so that no store can forget to tell. The transaction
tells it with NOTIFY, which reaches nobody before the commit, and nobody where there is none.
"""

from __future__ import annotations

import asyncio
import logging
import re
import secrets
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol

from sqlalchemy import Connection, Dialect, event, text
from sqlalchemy.engine import URL
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine
from sqlalchemy.sql.dml import UpdateBase

from bot.domain.changes import Kind

log = logging.getLogger(__name__)

TABLES: Mapping[str, Kind] = {
    "constituencies": Kind.MEMBERS,
    "follows": Kind.REPORTS,
    "publications": Kind.REPORTS,
    "imported_reports": Kind.RECORDS,
    "records": Kind.RECORDS,
    "letter_templates": Kind.LETTERS,
    "waiting_changes": Kind.WAITING,
    "guilds": Kind.SETTINGS,
    "kept": Kind.FACTS,
}
"""Which tables processes hold copies of."""

SCOPES = {
    Kind.RECORDS: "guild_id",
    Kind.LETTERS: "guild_id",
    Kind.WAITING: "guild_id",
    Kind.SETTINGS: "guild_id|wanted",
    Kind.FACTS: "name",
}
"""What names the scope of a change: a column, or what a statement calls it. Where it says neither, all of the kind has changed."""

CHANNEL = "postbag_changes"
ALIVE_EVERY, ALIVE_WITHIN = 10.0, 5.0
"""Seconds between two looks whether a silent connection still lives, and in which it must answer."""

AGAIN_AFTER = 2.0
CHANGED = "postbag_changed"
MOST = 20
"""So many scopes of one kind are told one by one; more of them as the whole kind."""

Heard = Callable[[Kind, str], None]


def notice(engine: AsyncEngine) -> None:
    """Notice what each transaction of an engine writes of which copies are held."""

    @event.listens_for(engine.sync_engine, "begin")
    def _begin(connection: Connection) -> None:
        connection.info.pop(CHANGED, None)

    @event.listens_for(engine.sync_engine, "after_execute")
    def _executed(
        connection: Connection, clause: Any, many: Sequence[Mapping[str, Any]], one: Mapping[str, Any], *rest: Any
    ) -> None:
        if not isinstance(clause, UpdateBase):
            return
        if (clause.is_update or clause.is_delete) and getattr(rest[-1], "rowcount", -1) == 0:
            return  # It touched no row: what others hold is as it was.
        kind = TABLES.get(getattr(clause.table, "name", ""))
        if kind is not None:
            scopes = _scopes(kind, clause, [*many, one] if one else many, connection.dialect)
            connection.info.setdefault(CHANGED, {}).setdefault(kind, set()).update(scopes)


def _scopes(kind: Kind, clause: UpdateBase, given: Sequence[Mapping[str, Any]], dialect: Dialect) -> set[str]:
    """Say what a statement changed; ``{""}``: anything of the kind."""
    column = SCOPES.get(kind)
    if column is None:
        return {""}
    name = re.compile(rf"(?:param_)?(?:{column})(?:_\d+)?")
    fixed = clause.compile(dialect=dialect, column_keys=list(given[0]) if given else None).params
    found = [value for values in (fixed, *given) for key, value in values.items() if name.fullmatch(key)]
    if any(isinstance(value, list | tuple) for value in found):
        return {""}  # several at once (IN): whoever holds any of them reads again
    # Not the mark of a value that is still to be given.
    known = {str(value) for value in found if type(value) in (int, str)}
    return known if 0 < len(known) <= MOST else {""}


async def tell(connection: AsyncConnection, origin: str) -> None:
    """Tell the other processes what a transaction changed, as its last statement."""
    changed: Mapping[Kind, set[str]] = (await connection.get_raw_connection()).info.pop(CHANGED, None) or {}
    for kind, scopes in sorted(changed.items()):
        for scope in [""] if "" in scopes else sorted(scopes):
            await announce(connection, origin, kind, scope)


async def announce(connection: AsyncConnection, origin: str, kind: Kind, scope: str = "") -> None:
    """Tell the other processes of something that is no change of a table above, once the transaction is committed."""
    said = {"channel": CHANNEL, "said": f"{origin} {kind} {scope}"}
    await connection.execute(text("SELECT pg_notify(:channel, :said)"), said)


class _Told(Protocol):
    """What is asked of the database."""

    @property
    def dialect(self) -> str: ...
    @property
    def origin(self) -> str: ...
    @property
    def url(self) -> URL: ...


class ChangeFeed:
    """Hears what other processes changed, on a connection of its own. On SQLite there is nobody to hear."""

    def __init__(self, database: _Told) -> None:
        self.is_shared = database.dialect == "postgresql"
        self._origin = database.origin
        self._url = database.url
        self._is_lost = False

    async def follow(self, heard: Heard, again: Callable[[], None]) -> None:
        """Tell ``heard`` of each change by another process, for ever. ``again``: changes may have been missed until now."""
        while True:
            try:
                await self._follow(heard, again)
            except Exception as error:  # whatever ends the connection, it is made anew
                if not self._is_lost:
                    log.info("changes by other processes are not heard just now: %s", type(error).__name__)
                self._is_lost = True
            await asyncio.sleep(AGAIN_AFTER)

    async def _follow(self, heard: Heard, again: Callable[[], None]) -> None:
        from storage.engines import postgresql_engine

        def on_notify(_: Any, __: int, ___: str, said: str) -> None:
            origin, kind, scope = said.split(" ", 2)
            if origin != self._origin and kind in set(Kind):
                heard(Kind(kind), scope)

        engine = postgresql_engine(self._url, alone=True)
        lost = asyncio.Event()
        try:
            async with engine.connect() as connection:
                driver: Any = (await connection.get_raw_connection()).driver_connection
                try:
                    driver.add_termination_listener(lambda _: lost.set())
                    await asyncio.wait_for(driver.add_listener(CHANNEL, on_notify), ALIVE_WITHIN)
                    if self._is_lost:
                        log.info("changes by other processes are heard again")
                    self._is_lost = False
                    again()
                    while not lost.is_set():
                        try:
                            await asyncio.wait_for(lost.wait(), ALIVE_EVERY)
                        except TimeoutError:
                            await asyncio.wait_for(driver.execute("SELECT 1"), ALIVE_WITHIN)
                    raise ConnectionResetError
                finally:
                    driver.terminate()
        finally:
            await engine.dispose()


def new_origin() -> str:
    """Name a process, so that it does not hear itself."""
    return secrets.token_hex(4)
