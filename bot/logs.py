"""What is written to the log, whoever speaks: no id of Discord, no token, no address, nothing that anybody typed.

Libraries say what they like, at any level, so the one handler on the root logger writes every line itself: a library's own
words with what it filled in left out, an error as its class and its place in the program. Its message is never written.
"""

from __future__ import annotations

import copy
import json
import logging
import re
import sys
import threading
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Any, TextIO

OURS = ("bot", "storage")
ROOT = Path(__file__).resolve().parents[1]
LEFT_OUT = "…"
# A line longer than this is foreign text that found its way into a log.
LONGEST_LINE = 2_000
MOST_PLACES = 12
MOST_CAUSES = 8

_ADDRESS = re.compile(r"(?i)\b(?:https?|wss?|postgresql(?:\+\w+)?)://[^\s\"'<>]++")
_TOKENED = re.compile(r"(?i)/(?:webhooks|interactions)/[^\s\"'<>]++")
_ID = re.compile(r"[0-9]{15,}+")
_TOKEN = re.compile(r"[\w.=+~-]{40,}+")
"""A long run without a break: a token where there is a figure in it, else the name of a class."""
_QUOTED = re.compile(
    r"(?<![^\W_])'(?>(?:[^'\\\n]++|\\.?)*)(?:'|$)|\"(?>(?:[^\"\\\n]++|\\.?)*)(?:\"|$)|“[^”\n]*+(?:”|$)|(?<!\w)‘[^’\n]*+(?:’|$)|`[^`\n]*+(?:`|$)",
    re.MULTILINE,
)
"""What stands in quotation marks, to the end of the line where they are not closed. From an opening mark each way leads to a match,
a backslash that ends the line included: nothing is read twice."""
_MAIL = re.compile(r"(?<![\w.+-])[\w.+-]++@[\w.-]++")
_FILLED = re.compile(r"%(?:\([^)]*+\))?[-#0 +]*+[0-9*]*+(?:\.[0-9*]++)?([a-zA-Z%])|\{[^{}\n]*+\}")

_SILENT = (("discord.client", "voice will NOT be supported"), ("discord.state", "Guilds intent seems to be disabled"))
"""What a library warns of that nobody can mend or needs to know."""

_LOST = (("discord.client", "Attempting a reconnect"), ("discord.shard", "Attempting a reconnect"))
"""How the chat library says that a connection was lost and will be opened again: an everyday event."""


def clean(text: str) -> str:
    """Take out of a text whatever may name a person, a server, a channel or an interaction, and whatever it quotes."""
    for pattern, instead in (
        (_ADDRESS, "[address]"),
        (_TOKENED, "[address]"),
        (_QUOTED, LEFT_OUT),
        (_MAIL, LEFT_OUT),
        (_ID, "[id]"),
    ):
        text = pattern.sub(instead, text)
    return _TOKEN.sub(lambda found: LEFT_OUT if any(map(str.isdigit, found[0])) else found[0], text)


def place_of(error: BaseException) -> str:
    """Say of an error its class and where it came from, with the errors behind it; never what it says."""
    return "; because of ".join(f"{_name(one)} {_places(one.__traceback__)}" for one in _chain(error))


def _chain(error: BaseException) -> Iterator[BaseException]:
    seen: set[int] = set()
    waiting = [error]
    while waiting and len(seen) < MOST_CAUSES:
        one = waiting.pop(0)
        if id(one) in seen:
            continue
        seen.add(id(one))
        yield one
        if isinstance(one, BaseExceptionGroup):
            waiting += one.exceptions
        cause = one.__cause__ or (None if one.__suppress_context__ else one.__context__)
        if cause is not None:
            waiting.append(cause)


def _name(error: BaseException) -> str:
    kind = type(error)
    return kind.__qualname__ if kind.__module__ == "builtins" else f"{kind.__module__}.{kind.__qualname__}"


def _places(trace: TracebackType | None) -> str:
    """List the steps through the program's own code; where there are none, the last one through a library."""
    ours, last = [], ""
    while trace is not None:
        code = trace.tb_frame.f_code
        file = Path(code.co_filename)
        if file.is_relative_to(ROOT) and file.relative_to(ROOT).parts[0] in OURS:
            ours.append(f"{file.relative_to(ROOT).as_posix()}:{trace.tb_lineno}:{code.co_name}")
        else:
            last = f"{file.parent.name}/{file.name}:{trace.tb_lineno}:{code.co_name}"
        trace = trace.tb_next
    if ours:
        return f"at {' > '.join(ours[-MOST_PLACES:])}"
    return f"in {last}" if last else "at an unknown place"


def is_ours(name: str) -> bool:
    return name.split(".")[0] in OURS


class Discreet(logging.Filter):
    """Lets through what is worth a line: all of the program's own, of libraries what they warn of."""

    def filter(self, record: logging.LogRecord) -> bool:
        if is_ours(record.name):
            return True
        said = record.msg if isinstance(record.msg, str) else ""
        return record.levelno >= logging.WARNING and not any(record.name == n and part in said for n, part in _SILENT)


class Lines(logging.Formatter):
    """Writes a record as one line, from its parts that are harmless."""

    def format(self, record: logging.LogRecord) -> str:
        line = copy.copy(record)
        error = record.exc_info[1] if isinstance(record.exc_info, tuple) else None
        line.exc_info, line.exc_text, line.stack_info = None, None, None
        said = record.msg if isinstance(record.msg, str) else ""
        if any(record.name == name and said.startswith(begin) for name, begin in _LOST):
            line.levelno, line.levelname = logging.INFO, "INFO"
            line.msg = "the connection to Discord was lost" + (f" ({_name(error)})" if error else "")
            line.msg += "; it is opened again"
        else:
            line.msg = _words(record)
            if isinstance(error, BaseException):
                line.msg += f" [{place_of(error)}]"
        line.msg, line.args = line.msg[:LONGEST_LINE], None
        return super().format(line)


def _words(record: logging.LogRecord) -> str:
    if not isinstance(record.msg, str):
        kind = _name(record.msg) if isinstance(record.msg, BaseException) else type(record.msg).__name__
        return f"({kind}, logged at {Path(record.pathname).name}:{record.lineno})"
    if not is_ours(record.name):
        first = record.msg.strip().split("\n", 1)[0]
        return clean(_unfilled(first, record.args) if record.args else first)
    try:
        text = record.msg % _told(record.args) if record.args else record.msg
    except (TypeError, ValueError, KeyError):
        text = record.msg
    return " / ".join(clean(text).splitlines())


def _unfilled(text: str, args: Any) -> str:
    """Leave a library's message as its authors wrote it: of what was filled in only small numbers stay."""
    given = iter(args if isinstance(args, tuple) else ())

    def number(found: re.Match[str]) -> str:
        if found[1] == "%":
            return "%"
        value = next(given, None) if found[1] else None
        return f"{value:g}" if isinstance(value, int | float) and abs(value) < 1e9 else LEFT_OUT

    return _FILLED.sub(number, text)


def _told(args: Any) -> Any:
    """Give what the program fills into a message of its own: of an error its class alone."""
    if isinstance(args, dict):
        return {key: _name(value) if isinstance(value, BaseException) else value for key, value in args.items()}
    return tuple(_name(value) if isinstance(value, BaseException) else value for value in args)


class Terminal(logging.StreamHandler[TextIO]):
    """Writes to the terminal. What cannot be written is said without a word of it."""

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802
        kind = sys.exc_info()[0]
        try:
            sys.stderr.write(f"a line of the log couldn't be written: {kind.__name__ if kind else 'unknown'}\n")
        except (OSError, ValueError):
            return


class Objects(Lines):
    """Writes the same line as an object of JSON."""

    def format(self, record: logging.LogRecord) -> str:
        self._style = logging.PercentStyle("%(message)s")
        at = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        told = {"time": at, "level": record.levelname, "part": record.name, "words": super().format(record)}
        return json.dumps(told, ensure_ascii=False)


FULL = "%(asctime)s %(levelname)s %(name)s: %(message)s"
SHORT = "%(levelname)s %(name)s: %(message)s"


def install(
    level: str | int,
    *,
    stream: TextIO | None = None,
    layout: str = FULL,
    objects: bool = False,
    levels: Mapping[str, str] | None = None,
) -> Terminal:
    """Let everything that is logged go through one handler, in place of an earlier one.

    ``objects``: a line is an object of JSON. ``levels``: other levels for parts of the program, by name.
    """
    handler = Terminal(stream or sys.stderr)
    handler.addFilter(Discreet())
    handler.setFormatter(Objects(layout) if objects else Lines(layout))
    root = logging.getLogger()
    for earlier in [one for one in root.handlers if isinstance(one, Terminal)]:
        root.removeHandler(earlier)
    root.addHandler(handler)
    root.setLevel(level.upper() if isinstance(level, str) else level)
    for noisy in ("discord", "aiosqlite", "sqlalchemy", "alembic", "apscheduler", "asyncio", "aiohttp"):
        logging.getLogger(noisy).setLevel(max(logging.WARNING, root.level))
    for part, chosen in (levels or {}).items():
        logging.getLogger(part).setLevel(chosen.upper())
    return handler


def writes_objects() -> bool:
    """Say whether a line of the log is an object of JSON."""
    return any(isinstance(one.formatter, Objects) for one in logging.getLogger().handlers)


def catch_the_rest() -> None:
    """Let warnings, and errors that nobody catches, go through the log too: Python prints their words otherwise."""
    logging.captureWarnings(capture=True)
    sys.excepthook = _raised
    sys.unraisablehook = _unraisable
    threading.excepthook = _in_thread


_log = logging.getLogger("bot")


def _raised(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    _log.critical("an error that nobody expected", exc_info=(kind, error, trace))


def _unraisable(found: sys.UnraisableHookArgs) -> None:
    if found.exc_value is not None:
        _log.error("an error while something was put away", exc_info=found.exc_value)


def _in_thread(found: threading.ExceptHookArgs) -> None:
    if found.exc_value is not None and not isinstance(found.exc_value, SystemExit):
        _log.error("an error in a thread", exc_info=found.exc_value)
