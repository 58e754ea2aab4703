from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Awaitable, Callable

import pytest
import pytest_asyncio
from aiohttp import web

from bot.domain.errors import Unavailable, UnexpectedAnswer
from bot.rehearsal.parliament import ParliamentStandIn, Weather
from bot.sources.http import ATTEMPTS, Http

pytestmark = [pytest.mark.loopback, pytest.mark.asyncio]

Answer = Callable[[web.Request], Awaitable[web.StreamResponse]]
Serve = Callable[[Answer], Awaitable[str]]


@pytest_asyncio.fixture
async def serve() -> AsyncIterator[Serve]:
    """Start a server that gives one answer to everything; its address is handed back."""
    runners = []

    async def start(answer: Answer) -> str:
        app = web.Application()
        app.router.add_get("/{rest:.*}", answer)
        runner = web.AppRunner(app, access_log=None)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        runners.append(runner)
        return f"http://127.0.0.1:{runner.addresses[0][1]}"

    yield start
    for runner in runners:
        await runner.cleanup()


def holidays(parliament: ParliamentStandIn) -> str:
    return parliament.urls.bank_holidays


async def test_a_short_fault_is_tried_again(http: Http, parliament: ParliamentStandIn, slept: list[float]) -> None:
    parliament.set_weather(Weather.DOWN, answers=2)
    reply = await http.get("The list", holidays(parliament))
    assert "scotland" in reply.data
    assert len(slept) == 2
    assert 0.5 <= slept[0] <= 1.0
    assert slept[1] > slept[0] - 0.5


async def test_retry_after_is_honoured(http: Http, parliament: ParliamentStandIn, slept: list[float]) -> None:
    parliament.retry_after = 7
    parliament.set_weather(Weather.BUSY, answers=1)
    await http.get("The list", holidays(parliament))
    assert slept == [7.0]


async def test_a_service_that_wants_a_long_rest_gets_it(
    http: Http, parliament: ParliamentStandIn, slept: list[float]
) -> None:
    parliament.retry_after = 3600
    parliament.set_weather(Weather.BUSY)
    with pytest.raises(Unavailable, match="to try later"):
        await http.get("The list", holidays(parliament))
    assert slept == []
    assert len(parliament.asked) == 1


async def test_retry_after_as_a_date_is_measured_from_the_answers_own_date(serve: Serve, slept: list[float]) -> None:
    async def answer(request: web.Request) -> web.Response:
        if slept:
            return web.json_response({"well": True})
        dates = {"Date": "Fri, 15 Jan 2027 09:00:00 GMT", "Retry-After": "Fri, 15 Jan 2027 09:00:12 GMT"}
        return web.Response(status=503, headers=dates)

    async def sleep(seconds: float) -> None:
        slept.append(seconds)

    address = await serve(answer)
    async with Http([address], sleep=sleep) as http:
        assert (await http.get("It", address)).data == {"well": True}
    assert slept == [12.0]


async def test_it_gives_up_after_a_few_attempts(http: Http, parliament: ParliamentStandIn) -> None:
    parliament.set_weather(Weather.BROKEN)
    with pytest.raises(Unavailable, match="having problems") as caught:
        await http.get("The list", holidays(parliament))
    assert not isinstance(caught.value, UnexpectedAnswer)
    assert len(parliament.asked) == ATTEMPTS


@pytest.mark.parametrize("status", [400, 401, 403, 404, 410, 418])
async def test_other_refusals_are_not_tried_again(serve: Serve, status: int) -> None:
    asked = []

    async def answer(request: web.Request) -> web.Response:
        asked.append(1)
        return web.json_response({}, status=status)

    address = await serve(answer)
    async with Http([address]) as http:
        with pytest.raises(UnexpectedAnswer):
            await http.get("It", address)
    assert len(asked) == 1


async def test_a_refused_connection_is_unavailable(http: Http, parliament: ParliamentStandIn) -> None:
    await http.get("The list", holidays(parliament))
    await parliament.close_door()
    with pytest.raises(Unavailable, match="can't be reached"):
        await http.get("The list", holidays(parliament))
    await parliament.open_door()
    assert (await http.get("The list", holidays(parliament))).status == 200


async def test_a_slow_service_is_not_waited_for(parliament: ParliamentStandIn) -> None:
    parliament.set_weather(Weather.SLOW)
    async with Http((holidays(parliament),), timeout_seconds=0.2) as hasty:
        with pytest.raises(Unavailable, match="in time"):
            await hasty.get("The list", holidays(parliament))


@pytest.mark.claim("P-36")
async def test_only_configured_hosts_are_asked(http: Http) -> None:
    with pytest.raises(UnexpectedAnswer, match="another address"):
        await http.get("It", "http://127.0.0.1:9/secrets")


async def test_a_redirect_to_another_host_is_not_followed(serve: Serve) -> None:
    visited = []

    async def secrets(request: web.Request) -> web.Response:
        visited.append(request.path)
        return web.json_response({})

    other = await serve(secrets)

    async def answer(request: web.Request) -> web.Response:
        raise web.HTTPFound(f"{other}/metadata")

    address = await serve(answer)
    async with Http([address]) as http:
        with pytest.raises(UnexpectedAnswer, match="another address"):
            await http.get("It", address)
    assert visited == []


async def test_a_redirect_on_the_same_host_is_followed_and_a_circle_is_not(serve: Serve) -> None:
    async def answer(request: web.Request) -> web.Response:
        if request.path == "/new":
            return web.json_response({"found": True})
        raise web.HTTPMovedPermanently("/new" if request.path == "/old" else "/round")

    address = await serve(answer)
    async with Http([address]) as http:
        assert (await http.get("It", f"{address}/old")).data == {"found": True}
        with pytest.raises(UnexpectedAnswer, match="back and forth"):
            await http.get("It", f"{address}/round")


async def test_too_much_is_not_read(serve: Serve) -> None:
    async def answer(request: web.Request) -> web.Response:
        return web.json_response(["x" * 5000])

    address = await serve(answer)
    async with Http([address], most_bytes=4096) as http:
        with pytest.raises(UnexpectedAnswer, match="far more"):
            await http.get("It", address)


@pytest.mark.parametrize("body", [b"", b"<html>", b"{", b"\xff\xfe", b"[" * 100_000])
async def test_what_is_not_json_is_said_so(serve: Serve, body: bytes) -> None:
    async def answer(request: web.Request) -> web.Response:
        return web.Response(body=body)

    address = await serve(answer)
    async with Http([address]) as http:
        with pytest.raises(UnexpectedAnswer, match="can't read"):
            await http.get("It", address)


async def test_no_address_is_ever_logged(
    http: Http, parliament: ParliamentStandIn, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    for weather in (Weather.BROKEN, Weather.NOT_JSON, Weather.DOWN):
        parliament.set_weather(weather)
        with pytest.raises(Unavailable):
            await http.get("The list", f"{parliament.urls.postcodes}/postcodes/ZA1%201AA", {"Location": "ZA1 1AA"})
    assert "The list" in caplog.text
    assert "ZA1" not in caplog.text
    assert "127.0.0.1" not in caplog.text
