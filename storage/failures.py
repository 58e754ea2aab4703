"""What a database says when it fails, and what a row says to whoever changes an older state of it, in words for people."""

from __future__ import annotations

import errno
import sqlite3
import ssl
from typing import NoReturn

from sqlalchemy import Table, select
from sqlalchemy.exc import DBAPIError, IntegrityError, InterfaceError, InternalError, OperationalError, ProgrammingError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.errors import NotFound, PostbagError, Refused, Unavailable

BUSY = "The database is busy: another program is using it."
READ_ONLY = "Postbag can read the database but can't write to it."
NO_CHANGES = "The database server isn't accepting changes just now."
NO_ROOM = "The database server has no free connections."
FULL = "The disk with the database is full."
DAMAGED = "The database file is damaged, or isn't a Postbag database."


AWAY = {
    "25006": (
        NO_CHANGES,
        "Nothing was changed. It may be switching to another server, so try again in a minute. If this goes on, database.url "
        "may name a read-only server.",
    ),
    "53300": (
        NO_ROOM,
        "Nothing was changed. Try again in a minute. If this goes on, lower database.pool, or raise the server's max_connections.",
    ),
    "53200": ("The database server has no memory left.", "Nothing was changed. Try again in a minute."),
    "57014": ("The database server took too long.", "Nothing was changed. Try again in a minute."),
    "40001": ("Somebody else changed the same thing at that moment.", "Nothing was changed. Try again."),
    "40P01": ("Somebody else changed the same thing at that moment.", "Nothing was changed. Try again."),
    "55P03": ("Somebody else is changing the same thing.", "Nothing was changed. Try again in a minute."),
}
"""What a server says that passes by itself, by its SQLSTATE."""


def translate(error: BaseException, where: str = "", *, server: bool = False) -> PostbagError | None:
    """Give the kind error for what a database or its driver raised; None where it is not the database's condition.

    Broken rules of the schema (``IntegrityError``) and wrong statements stay as they are: those are for the store that
    made them. ``where`` names the database for the operator; ``server``: it is reached over a connection.
    """
    if isinstance(error, PostbagError):
        return error
    if isinstance(error, PoolTimeout):
        return Unavailable("The database has too much to do just now.", "Try again in a minute.")
    if isinstance(error, IntegrityError):
        return None
    origin = error.orig if isinstance(error, DBAPIError) else error
    if isinstance(origin, sqlite3.IntegrityError):
        return None
    if isinstance(origin, sqlite3.Error):
        return _sqlite(origin, where)
    if isinstance(error, OSError):
        return _server(error, where) if server else _system(error, where)
    if server and (isinstance(error, DBAPIError) or _is_asyncpg(error)) and not _is_ours(error):
        return _server(origin, where)
    return None


def translate_opening(error: BaseException, where: str, *, server: bool) -> PostbagError | None:
    """As ``translate``, while connecting to a server: there every refusal is the database's condition."""
    known = translate(error, where, server=server)
    if known is None and server and (isinstance(error, ProgrammingError | DBAPIError) or _is_asyncpg(error)):
        return _server(error.orig if isinstance(error, DBAPIError) else error, where)
    return known


def _is_ours(error: BaseException) -> bool:
    """Tell whether a statement is wrong, or a rule of the schema broken: that is for whoever made it."""
    states = _states(error)
    if states:
        return states[0][:2] in OURS and states[0] != NO_RIGHT
    return isinstance(error, DBAPIError) and not isinstance(error, OperationalError | InterfaceError | InternalError)


OURS = ("22", "23", "26", "34", "42")
NO_RIGHT = "42501"
"""Classes of SQLSTATE that no server's condition has; of 42 only the lacking of a right is one."""


def _states(error: BaseException | None) -> list[str]:
    """List the SQLSTATE of an error and of what it came from, the outermost first."""
    found: list[str] = []
    for one in (error, getattr(error, "orig", None), getattr(error, "__cause__", None)):
        for each in (one, getattr(one, "__cause__", None)):
            state = getattr(each, "sqlstate", None)
            if isinstance(state, str) and state not in found:
                found.append(state)
    return found


def _is_asyncpg(error: BaseException) -> bool:
    return type(error).__module__.startswith("asyncpg")


def _sqlite(error: sqlite3.Error, where: str) -> PostbagError | None:
    code = getattr(error, "sqlite_errorcode", None)
    primary = code & 0xFF if isinstance(code, int) else None
    file = where or "the database file"
    match primary:
        case sqlite3.SQLITE_BUSY | sqlite3.SQLITE_LOCKED:
            return Unavailable(BUSY, f"Close other programs that have {file} open, then try again.")
        case sqlite3.SQLITE_READONLY | sqlite3.SQLITE_PERM:
            return Refused(READ_ONLY, f"Give the user that runs Postbag permission to write {file} and its folder.")
        case sqlite3.SQLITE_FULL:
            return Unavailable(FULL, "Make room on it, then try again. What was saved before is safe.")
        case sqlite3.SQLITE_CORRUPT | sqlite3.SQLITE_NOTADB:
            return Refused(DAMAGED, f"Move {file} away and put a backup in its place, or start without it.")
        case sqlite3.SQLITE_CANTOPEN:
            return Refused(
                "Postbag can't open the database.",
                f"Check that {file} is a file, not a folder, and that the user that runs Postbag may use it.",
            )
        case sqlite3.SQLITE_IOERR:
            return Unavailable(
                "The disk didn't accept what the database wrote.",
                "Check the disk for errors and free space, then try again. What was saved before is safe.",
            )
    return None


def _server(error: BaseException | None, where: str) -> PostbagError:
    name = type(error).__name__ if error is not None else ""
    cause = error.__cause__ if error is not None else None
    names = f"{name} {type(cause).__name__}"
    server = where or "The database server"
    if (said := _encryption(error)) is not None:
        return said
    state = next(iter(_states(error)), "")
    if state in AWAY:
        return Unavailable(*AWAY[state])
    if "Password" in names or "Authorization" in names:
        return Refused(f"{server} doesn't accept the user name or password.", "Correct them in database.url.")
    if "InvalidCatalogName" in names:
        return Refused(f"{server} has no database with that name.", "Create it, or correct its name in database.url.")
    if "InsufficientPrivilege" in names or "ReadOnly" in names:
        return Refused(READ_ONLY, "Give the database user in database.url the right to create and change tables.")
    if "DiskFull" in names:
        return Unavailable(FULL, "Make room on the database server, then try again.")
    return Unavailable(f"{server} isn't answering just now.", "Check that it runs and can be reached, then try again.")


ANOTHER_NAME, NOT_VALID_NOW = (62, 64), (9, 10)
"""OpenSSL's numbers for what is wrong with a certificate: https://docs.openssl.org/3.0/man3/X509_STORE_CTX_get_error/"""


def _encryption(error: BaseException | None) -> PostbagError | None:
    """Say why no encrypted connection was made, and what to set; None where that is not it."""
    if isinstance(error, ssl.SSLCertVerificationError):
        if error.verify_code in ANOTHER_NAME:
            return Refused(
                "The database server's certificate is for another name.",
                "In database.url, name the server as its certificate does. If you don't know why it differs, it may be another "
                "server: don't go on.",
            )
        if error.verify_code in NOT_VALID_NOW:
            return Refused(
                "The database server's certificate isn't valid today.",
                "Renew it, and check the clocks of both machines.",
            )
        return Refused(
            "This computer doesn't trust whoever signed the database server's certificate.",
            "Set database.tls_ca to the file of the certificate that signed it.",
        )
    if isinstance(error, ConnectionError) and "SSL upgrade" in str(error):
        return Refused(
            "The database server doesn't accept encrypted connections.",
            "Turn TLS on in the server (ssl = on), or leave database.tls out where the network is your own.",
        )
    if isinstance(error, ssl.SSLError):
        return Unavailable(
            "Postbag couldn't make an encrypted connection to the database server.",
            "Check its certificate and key, and database.tls. Then try again.",
        )
    return None


def _system(error: OSError, where: str) -> PostbagError | None:
    match error.errno:
        case errno.EACCES | errno.EPERM | errno.EROFS:
            return Refused(READ_ONLY, f"Give the user that runs Postbag permission to write {where} and its folder.")
        case errno.ENOSPC | errno.EDQUOT:
            return Unavailable(FULL, "Make room on it, then try again. What was saved before is safe.")
        case errno.ENOTDIR | errno.EISDIR | errno.EEXIST | errno.ENAMETOOLONG | errno.ELOOP:
            return Refused(f"{where} can't be a database file.", "Correct the path in database.url.")
    return None


async def refuse_stale(
    connection: AsyncConnection, table: Table, row_id: int, guild_id: int, missing: NotFound, changed: Refused
) -> NoReturn:
    """Raise why an update by id, group and revision met no row: ``missing`` where the group has none, else ``changed``."""
    where = (table.c.id == row_id, table.c.guild_id == guild_id)
    if (await connection.execute(select(table.c.id).where(*where))).first() is None:
        raise missing
    raise changed
