"""Whatever is logged, by whatever library and at whatever level, names nobody and quotes nothing."""

from __future__ import annotations

import asyncio
import gc
import io
import logging
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import aiohttp
import discord
import pytest

from bot import logs
from bot.domain.errors import NotFound
from bot.domain.identity import GuildId
from bot.domain.ladders import read_ladder

ROOT = Path(__file__).resolve().parents[1]
CHANNEL = 1576123456789012345
TOKEN = "aW50ZXJhY3Rpb246" + "MTU3NjEyMzQ1Njc4OTAxMjM0NQ" * 5
WORDS = "Amina Thackwell of 7 Lantern Lane"
HOOK = f"https://discord.com/api/v10/webhooks/{CHANNEL}/{TOKEN}/messages/@original"


@pytest.fixture
def written() -> Iterator[io.StringIO]:
    """Give what the log holds, at DEBUG."""
    root, stream = logging.getLogger(), io.StringIO()
    level, levels = (
        root.level,
        {n: v.level for n, v in root.manager.loggerDict.items() if isinstance(v, logging.Logger)},
    )
    handler = logs.install("debug", stream=stream)
    yield stream
    root.removeHandler(handler)
    root.setLevel(level)
    for name, before in levels.items():
        logging.getLogger(name).setLevel(before)


def harmless(text: str) -> None:
    for secret in (str(CHANNEL), TOKEN[:20], "Amina", "Thackwell", "Lantern", "webhooks/", "discord.com", "Traceback"):
        assert secret not in text, (secret, text)


def test_what_the_chat_library_says_of_limits_and_webhooks(written: io.StringIO) -> None:
    http, hooks = logging.getLogger("discord.http"), logging.getLogger("discord.webhook.async_")
    route = f"https://discord.com/api/v10/channels/{CHANNEL}/messages"
    http.warning("We are being rate limited. %s %s responded with 429. Retrying in %.2f seconds.", "POST", route, 1.5)
    hooks.warning("Webhook ID %s is rate limited. Retrying in %.2f seconds", CHANNEL, 0.25)
    http.warning(f"POST {HOOK} responded with 429")
    http.error("lost /webhooks/%s/%s/messages", CHANNEL, TOKEN)
    hooks.debug("POST %s with %s has returned %s", HOOK, {"content": WORDS}, 200)
    said = written.getvalue()
    harmless(said)
    assert "We are being rate limited. … … responded with 429. Retrying in 1.5 seconds." in said
    assert "Webhook ID … is rate limited" in said
    assert len(said.splitlines()) == 4


def test_a_library_that_is_met_later_and_what_it_says_below_a_warning(written: io.StringIO) -> None:
    for name in ("aiosqlite", "some.library.of.tomorrow", "alembic.runtime.migration", "discord.gateway", "asyncio"):
        late = logging.getLogger(name)
        late.setLevel(logging.DEBUG)
        late.debug("executing %s", WORDS)
        late.info(f"Context impl {CHANNEL}")
    assert written.getvalue() == ""
    late.warning("could not read %(what)s", {"what": WORDS}, extra={"words": WORDS})
    late.error("cannot parse 'it\\'s %s'" % WORDS)  # noqa: UP031
    late.error(f'cannot parse "{WORDS}')
    late.critical(ValueError(WORDS))
    late.warning("many lines\n%s\n%s", WORDS, CHANNEL, stack_info=True)
    harmless(written.getvalue())
    assert len(written.getvalue().splitlines()) == 5


@pytest.mark.claim("P-16")
def test_an_error_is_its_class_and_its_place_with_what_was_behind_it(written: io.StringIO) -> None:
    ours = logging.getLogger("bot.chat.client")
    try:
        try:
            read_ladder(f"{WORDS} {CHANNEL}")
        except Exception as error:
            raise KeyError(WORDS) from error
    except KeyError as error:
        ours.error("error %s while answering", "0a1b2c3d", exc_info=error, extra={"typed": WORDS})
        ours.warning("it failed: %s", error)
        logging.getLogger("asyncio").error("Task exception\nfuture: %r", error, exc_info=error)
        try:
            raise ExceptionGroup("several", [error, ValueError(WORDS)])
        except ExceptionGroup:
            ours.exception("several failed")
    said = written.getvalue()
    harmless(said)
    assert "error 0a1b2c3d while answering [KeyError in tests/test_logs.py:" in said
    assert "because of bot.domain.errors.Refused at bot/domain/ladders.py:" in said
    assert ":read_ladder" in said
    assert "it failed: KeyError" in said
    assert "ExceptionGroup" in said
    assert "ValueError" in said
    assert len(said.splitlines()) == 4


def test_a_lost_connection_is_one_line_and_missing_voice_is_none(written: io.StringIO) -> None:
    try:
        raise ConnectionResetError(f"wss://gateway.discord.gg/?session={TOKEN}")
    except ConnectionResetError:
        logging.getLogger("discord.client").exception("Attempting a reconnect in %.2fs", 3.5)
    logging.getLogger("discord.client").warning("PyNaCl is not installed, voice will NOT be supported")
    (line,) = written.getvalue().splitlines()
    assert "INFO discord.client: the connection to Discord was lost (ConnectionResetError); it is opened again" in line


@pytest.mark.asyncio
async def test_a_task_that_nobody_asks_and_an_address_that_cannot_be_reached(
    written: io.StringIO, socket_enabled: None
) -> None:
    async def fails() -> None:
        raise ValueError(WORDS)

    task = asyncio.create_task(fails(), name=WORDS)
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    del task
    gc.collect()
    try:
        async with aiohttp.ClientSession() as session:
            await session.get(f"http://127.0.0.1:9/api/webhooks/{CHANNEL}/{TOKEN}")
    except aiohttp.ClientError as error:
        logging.getLogger("aiohttp.client").error("cannot connect: %s", error, exc_info=error)
        logging.getLogger("bot.chat.sender").error("cannot connect: %s", error, exc_info=error)
        logging.getLogger("bot.chat.sender").warning(f"cannot connect: {error} {HOOK}")
    said = written.getvalue()
    harmless(said)
    assert "Task exception was never retrieved [ValueError" in said
    assert "bot.chat.sender: cannot connect: aiohttp.client_exceptions.ClientConn" in said, said


def test_errors_that_nobody_catches_are_said_without_their_words() -> None:
    script = f"""
import sys, threading, warnings
from bot import logs
logs.install("debug"); logs.catch_the_rest()
class Last:
    def __del__(self): raise ValueError({WORDS!r})
Last()
thread = threading.Thread(target=lambda: int({WORDS!r})); thread.start(); thread.join()
warnings.warn({WORDS!r} + " '{WORDS}'", ResourceWarning)
import logging
class Odd:
    def __str__(self): raise OSError({WORDS!r})
logging.getLogger("bot").error("odd: %s", Odd())
logging.getLogger("bot").error("%d of %s", {WORDS!r})
logging.getLogger("some.library").error("%d of %s", {WORDS!r})
raise KeyError({WORDS!r})
"""
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 1
    harmless(done.stdout + done.stderr)
    assert "CRITICAL bot: an error that nobody expected [KeyError" in done.stderr
    assert "an error in a thread [ValueError" in done.stderr
    assert "an error while something was put away [ValueError" in done.stderr


def test_what_the_program_says_itself_stays_readable(written: io.StringIO) -> None:
    ours = logging.getLogger("bot.services.delivery")
    ours.info("the backup postbag-20261128T020000Z.sqlite3 is in Postbag's own folder; 12 of %d went out", 300)
    ours.warning("the Members' list: %s", NotFound("That postcode is not known.", WORDS))
    ours.debug("group %s", GuildId(CHANNEL))
    said = written.getvalue()
    assert "the backup postbag-20261128T020000Z.sqlite3 is in Postbag's own folder; 12 of 300 went out" in said
    assert "the Members' list: bot.domain.errors.NotFound" in said
    assert "group [id]" in said


def test_the_handler_is_there_once(written: io.StringIO) -> None:
    logs.install("debug", stream=written)
    logging.getLogger("bot").info("once")
    assert written.getvalue().count("once") == 1


def test_what_the_library_really_says_is_known_here() -> None:
    folder = Path(discord.__file__).parent
    source = (folder / "client.py").read_text(encoding="utf-8")
    assert "Attempting a reconnect in %.2fs" in source
    assert "voice will NOT be supported" in source


@pytest.mark.parametrize("mark", ["'", '"'])
def test_a_quotation_that_a_backslash_ends_is_left_out_too(mark: str) -> None:
    for text in (f"said {mark}Amina\\", f"said {mark}Amina\\{mark} Thackwell\\", f"said {mark}Lantern \\\nnext line"):
        assert logs.clean(text).split("\n")[0] == f"said {logs.LEFT_OUT}", text
    assert logs.clean(f"said {mark}Amina \\{mark} Thackwell{mark} again") == f"said {logs.LEFT_OUT} again"
