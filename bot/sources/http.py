"""The one HTTP client: few hosts, few retries, small answers, and no address in any log."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from email.utils import parsedate_to_datetime
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self
from urllib.parse import urlsplit

import aiohttp
from yarl import URL

from bot.domain.errors import Unavailable, UnexpectedAnswer

if TYPE_CHECKING:
    from tenacity import RetryCallState

log = logging.getLogger(__name__)

ATTEMPTS = 4
TIMEOUT_SECONDS = 20.0
# Somebody waits for the answer. A service that asks for longer is said to be busy instead.
LONGEST_WAIT_SECONDS = 30.0
MOST_BYTES = 8 * 1024 * 1024
MOST_REDIRECTS = 3
TRY_LATER = "Nothing was lost. Please try again in a few minutes."

Parameters = Mapping[str, str] | Sequence[tuple[str, str]]
Sleep = Callable[[float], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer whose status was expected, with its JSON and the server's own date header."""

    status: int
    data: Any
    date: str = ""


class _TryAgain(Exception):
    def __init__(self, status: int, after: float | None) -> None:
        super().__init__(status)
        self.status = status
        self.after = after


class Http:
    """Ask only the services that are configured. One for the whole program, as an async context manager.

    ``addresses`` are the configured base addresses; anything else is refused, redirects included. ``sleep`` waits between
    attempts.
    """

    def __init__(
        self,
        addresses: Iterable[str],
        *,
        attempts: int = ATTEMPTS,
        timeout_seconds: float = TIMEOUT_SECONDS,
        most_bytes: int = MOST_BYTES,
        user_agent: str = "Postbag (a bot for people who write to Parliament)",
        sleep: Sleep = asyncio.sleep,
    ) -> None:
        self._origins = frozenset(_origin(address) for address in addresses)
        self._attempts = attempts
        self._timeout = aiohttp.ClientTimeout(total=timeout_seconds, connect=10)
        self._most_bytes = most_bytes
        self._headers = {"User-Agent": user_agent, "Accept": "application/json"}
        self._sleep = sleep
        self._session: aiohttp.ClientSession | None = None

    async def __aenter__(self) -> Self:
        self._session = aiohttp.ClientSession(
            timeout=self._timeout,
            headers=self._headers,
            cookie_jar=aiohttp.DummyCookieJar(),
            connector=aiohttp.TCPConnector(limit=8, limit_per_host=4),
        )
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def get(
        self,
        service: str,
        address: str,
        parameters: Parameters = (),
        *,
        expect: frozenset[int] = frozenset({200}),
        attempts: int | None = None,
        most_bytes: int | None = None,
    ) -> Reply:
        """Fetch JSON. ``service`` names it to people and in logs; the address itself is never written anywhere.

        ``attempts`` is lower than usual where a person waits for the answer; ``most_bytes`` higher for a document.

        Unavailable: no answer, or none within the attempts. UnexpectedAnswer: another status, too large, or not JSON.
        """
        from tenacity import AsyncRetrying, retry_if_exception_type, stop_after_attempt

        most = attempts or self._attempts
        retrying = AsyncRetrying(
            sleep=self._sleep,
            stop=stop_after_attempt(most),
            wait=_wait,
            retry=retry_if_exception_type(_TryAgain),
            reraise=True,
        )
        try:
            async for attempt in retrying:
                with attempt:
                    return await self._once(service, address, parameters, expect, most_bytes or self._most_bytes)
        except _TryAgain as failure:
            log.info("%s answered %d, %d times", service, failure.status, most)
            raise Unavailable(f"{service} is having problems just now.", TRY_LATER) from None
        except TimeoutError:
            log.info("%s took too long", service)
            raise Unavailable(f"{service} didn't answer in time.", TRY_LATER) from None
        except (aiohttp.ClientError, OSError) as error:
            log.info("%s could not be reached: %s", service, type(error).__name__)
            raise Unavailable(f"{service} can't be reached.", TRY_LATER) from None
        raise AssertionError("an attempt either answers or raises")

    async def _once(
        self, service: str, address: str, parameters: Parameters, expect: frozenset[int], most_bytes: int
    ) -> Reply:
        if self._session is None:
            raise RuntimeError("the HTTP client is not open")
        target = URL(address, encoded=True)
        if parameters:
            target = target.with_query(parameters)
        for _ in range(MOST_REDIRECTS + 1):
            if _origin(str(target)) not in self._origins:
                log.warning("%s pointed to another host", service)
                raise UnexpectedAnswer(
                    f"{service} sent Postbag to another address, which it doesn't follow.", TRY_LATER
                )
            # Redirects are followed by hand, so that no answer can send a postcode to an address that is not on the list.
            async with self._session.get(target, allow_redirects=False) as response:
                if response.status in (301, 302, 303, 307, 308):
                    target = target.join(URL(response.headers.get("Location", "")))
                    continue
                if response.status in expect:
                    data = _parse(service, await self._body(service, response, most_bytes))
                    return Reply(response.status, data, response.headers.get("Date", ""))
                if response.status in (408, 429) or response.status >= 500:
                    after = _asked_to_wait(response.headers)
                    if after is not None and after > LONGEST_WAIT_SECONDS:
                        log.info("%s asked to be left alone for %d seconds", service, after)
                        raise Unavailable(f"{service} is busy and asked Postbag to try later.", TRY_LATER)
                    raise _TryAgain(response.status, after)
                log.info("%s answered %d", service, response.status)
                raise UnexpectedAnswer(f"{service} sent an answer that Postbag doesn't understand.", TRY_LATER)
        raise UnexpectedAnswer(f"{service} kept sending Postbag back and forth.", TRY_LATER)

    async def _body(self, service: str, response: aiohttp.ClientResponse, most_bytes: int) -> bytes:
        body = bytearray()
        async for piece in response.content.iter_chunked(64 * 1024):
            body += piece
            if len(body) > most_bytes:
                log.warning("%s sent more than %d bytes", service, most_bytes)
                raise UnexpectedAnswer(f"{service} sent far more than Postbag asked for.", TRY_LATER)
        return bytes(body)


def _parse(service: str, body: bytes) -> Any:
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        log.warning("%s answered with something other than JSON", service)
        raise UnexpectedAnswer(f"{service} sent an answer that Postbag can't read.", TRY_LATER) from None


def _origin(address: str) -> tuple[str, str, int | None]:
    parts = urlsplit(address)
    return parts.scheme, (parts.hostname or "").casefold(), parts.port


def _wait(state: RetryCallState) -> float:
    error = state.outcome.exception() if state.outcome is not None else None
    if isinstance(error, _TryAgain) and error.after is not None:
        return error.after
    from tenacity import wait_exponential, wait_random

    back_off = wait_exponential(multiplier=0.5, max=8) + wait_random(0, 0.5)
    return back_off(state)


def _asked_to_wait(headers: Mapping[str, str]) -> float | None:
    """Read Retry-After: seconds, or a date measured from the answer's own Date. None: not said, or not understood."""
    written = headers.get("Retry-After", "").strip()
    if written.isdecimal():
        return float(written)
    try:
        until, now = parsedate_to_datetime(written), parsedate_to_datetime(headers.get("Date", ""))
    except (TypeError, ValueError):
        return None
    return _between(now, until)


def _between(now: datetime, until: datetime) -> float | None:
    if (now.tzinfo is None) != (until.tzinfo is None):
        return None
    return max(0.0, (until - now).total_seconds())
