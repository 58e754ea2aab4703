"""A stand-in for Parliament's services on this machine: Members, Committees, what is said, postcodes.io, bank holidays.

One server on loopback in the services' own shapes and with their habits, good and bad: pages of twenty at most, unknown
parameters ignored, a constituency search by substring, a location search that falls back to everybody, nulls, times
without a zone. Everything it says is invented.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from types import TracebackType
from typing import Any, Self

from aiohttp import web

from bot.clock import Clock, london_today
from bot.rehearsal import shapes
from bot.rehearsal.committee import Committee, invented_report, publication_types
from bot.rehearsal.house import INVENTED, VACANT_SEAT, House, Seat, invented_house
from bot.rehearsal.sayings import invented_sayings

__all__ = ["ParliamentStandIn", "Urls", "Weather", "invented_report"]

LOOPBACK = "127.0.0.1"
MOST_TAKEN = 20
SAID = {"questions": "questions_api", "motions": "motions_api", "hansard": "hansard_api", "whats-on": "whats_on_api"}
SERVICES = ("members_api", "committees_api", "postcodes", "bank_holidays", *SAID.values())


class Weather(StrEnum):
    """How a service behaves."""

    FAIR = "fair"
    DOWN = "down"
    SLOW = "slow"
    BUSY = "busy"
    BROKEN = "broken"
    WRONG_SHAPE = "wrong shape"
    NOT_JSON = "not json"
    STALE = "stale"
    CUT_SHORT = "cut short"


@dataclass(frozen=True, slots=True)
class Urls:
    """The addresses to put in place of the real ones."""

    members_api: str
    committees_api: str
    postcodes: str
    bank_holidays: str
    questions_api: str
    motions_api: str
    hansard_api: str
    whats_on_api: str


@dataclass(slots=True)
class _Sky:
    weather: Weather = Weather.FAIR
    answers_left: int | None = None


class ParliamentStandIn:
    """The server, as an async context manager. ``house`` and ``committee`` may be changed while it runs.

    ``seconds`` is how long a slow answer takes, ``retry_after`` what a busy service asks for. ``asked`` lists the last
    thousand requests as (service, route), without what was looked up; ``searched`` the queries of searches in what is said.
    """

    def __init__(
        self,
        clock: Clock,
        *,
        house: House | None = None,
        start: date | None = None,
        port: int = 0,
        seconds: float = 2.0,
        retry_after: int = 1,
    ) -> None:
        self.house = house or invented_house()
        self.committee = Committee(start or london_today(clock))
        self.said = invented_sayings(self.house, start or london_today(clock))
        self.seconds = seconds
        self.retry_after = retry_after
        self.asked: deque[tuple[str, str]] = deque(maxlen=1000)
        self.searched: deque[dict[str, str]] = deque(maxlen=1000)
        self._clock = clock
        self._port = port
        self._skies = {service: _Sky() for service in SERVICES}
        self._runner: web.AppRunner | None = None

    async def __aenter__(self) -> Self:
        await self.open_door()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close_door()

    @property
    def urls(self) -> Urls:
        """Give the addresses. The same before and after the door was closed."""
        root = f"http://{LOOPBACK}:{self._port}"
        said = (f"{root}/{name}" for name in SAID)
        return Urls(
            f"{root}/members", f"{root}/committees", f"{root}/postcodes-io", f"{root}/bank-holidays.json", *said
        )

    async def open_door(self) -> None:
        """Listen. A port of 0 is chosen by the system the first time and kept."""
        runner = web.AppRunner(self._app(), access_log=None, shutdown_timeout=0.1)
        await runner.setup()
        await web.TCPSite(runner, LOOPBACK, self._port, reuse_address=True).start()
        self._port = runner.addresses[0][1]
        self._runner = runner

    async def close_door(self) -> None:
        """Stop listening, so that connections are refused."""
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None

    def set_weather(self, weather: Weather, *services: str, answers: int | None = None) -> None:
        """Change how services behave: all, or those named; for good, or for a number of answers each."""
        for service in services or SERVICES:
            self._skies[service] = _Sky(weather, answers)

    def _app(self) -> web.Application:
        app = web.Application(middlewares=[self._under_the_sky])
        for path, handler in (
            ("/members/api/Members/Search", self._search_members),
            ("/members/api/Members/{id}", self._member),
            ("/members/api/Members/{id}/Contact", self._contact),
            ("/members/api/Members/{id}/Biography", self._biography),
            ("/members/api/Members/{id}/Thumbnail", self._thumbnail),
            ("/members/api/Location/Constituency/Search", self._search_seats),
            ("/members/api/Location/Constituency/{id}", self._constituency),
            ("/members/api/Posts/GovernmentPosts", self._government_posts),
            ("/members/api/Posts/SpeakerAndDeputies/{date}", self._speaker),
            ("/committees/api/PublicationType", self._publication_types),
            ("/committees/api/Committees", self._committees),
            ("/committees/api/Publications", self._publications),
            ("/committees/api/Publications/{id}", self._publication),
            ("/committees/api/Members", self._committee_seats),
            ("/committees/api/CommitteeBusiness", self._committee_business),
            ("/committees/api/Publications/{id}/Document/{document}/{format}", self._document),
            ("/postcodes-io/postcodes/{postcode}", self._postcode),
            ("/postcodes-io/outcodes/{outcode}", self._outcode),
            ("/bank-holidays.json", self._bank_holidays),
            ("/questions/api/writtenquestions/questions", self._answering(lambda q: self.said.search_questions(q))),
            ("/questions/api/writtenquestions/questions/{id}", self._question),
            ("/questions/api/writtenstatements/statements", self._answering(lambda q: self.said.search_statements(q))),
            ("/motions/EarlyDayMotions/list", self._answering(lambda q: self.said.search_motions(q))),
            ("/motions/EarlyDayMotion/{id}", self._motion),
            ("/motions/oralquestions/list", self._answering(lambda q: self.said.oral_questions(q))),
            ("/motions/oralquestiontimes/list", self._answering(lambda q: self.said.question_times(q))),
            ("/hansard/search/contributions/Spoken.json", self._answering(lambda q: self.said.search_speeches(q))),
            ("/whats-on/calendar/events/list.json", self._answering(lambda q: self.said.calendar(q))),
        ):
            app.router.add_get(path, handler)
        return app

    @web.middleware
    async def _under_the_sky(self, request: web.Request, handler: Any) -> web.StreamResponse:
        first = request.path.split("/")[1]
        service = {"members": "members_api", "committees": "committees_api", "postcodes-io": "postcodes", **SAID}.get(
            first, "bank_holidays"
        )
        route = request.match_info.route.resource
        if service in SAID.values():
            self.searched.append({name.casefold(): value for name, value in request.query.items()})
        self.asked.append((service, route.canonical.removeprefix(f"/{first}") if route is not None else "?"))
        weather = self._weather(service)
        if weather is Weather.SLOW:
            await asyncio.sleep(self.seconds)
        elif weather is Weather.DOWN:
            return web.Response(status=503, text="Service Unavailable")
        elif weather is Weather.BUSY:
            return web.Response(status=429, headers={"Retry-After": str(self.retry_after)}, text="Too Many Requests")
        elif weather is Weather.BROKEN:
            return web.json_response(_problem(500, "An error occurred while processing your request."), status=500)
        elif weather is Weather.WRONG_SHAPE:
            return web.json_response({"items": "forty", "value": 7, "result": [], "status": "well"})
        elif weather is Weather.NOT_JSON:
            return web.Response(text="<!doctype html><title>Maintenance</title>", content_type="text/html")
        try:
            answer: web.StreamResponse = await handler(request)
        except web.HTTPNotFound:
            return web.json_response(_problem(404, "Not Found"), status=404)
        return answer

    def _weather(self, service: str) -> Weather:
        sky = self._skies[service]
        if sky.answers_left is not None:
            if sky.answers_left <= 0:
                self._skies[service] = _Sky()
                return Weather.FAIR
            sky.answers_left -= 1
        return sky.weather

    def _list(self, service: str, body: shapes.Json) -> web.Response:
        """Answer with a page of a list, which ends before its end where the weather says so."""
        if self._skies[service].weather is Weather.CUT_SHORT:
            body |= {"items": [], "totalResults": body["totalResults"] + 1}
        return web.json_response(body)

    def _is_stale(self, service: str) -> bool:
        return self._skies[service].weather is Weather.STALE

    # Members API -------------------------------------------------------------------------------------------------

    async def _search_members(self, request: web.Request) -> web.Response:
        query = {name.casefold(): value for name, value in request.query.items()}
        skip, take = _number(query, "skip", 0), _number(query, "take", MOST_TAKEN)
        if skip is None or take is None:
            return web.json_response(_problem(400, "One or more validation errors occurred."), status=400)
        house = self._house()
        pairs = shapes.everybody(house)
        if query.get("iscurrentmember", "").casefold() == "true":
            sitting = {m.member_id for _, m in shapes.current(house)}
            pairs = [pair for pair in pairs if pair[1].member_id in sitting]
        if query.get("house", "1") != "1":
            pairs = []
        if query.get("name"):
            pairs = [pair for pair in pairs if shapes.holds(query["name"], pair[1].display_as or "")]
        if query.get("location"):
            names = self._located(query["location"])
            pairs = [pair for pair in pairs if pair[0].name in names]
        items = [shapes.member(*pair) for pair in pairs]
        return self._list("members_api", shapes.page(items, skip, min(take, MOST_TAKEN), "/Members/Search"))

    def _house(self) -> House:
        if not self._is_stale("members_api"):
            return self.house
        house = invented_house()
        seat = house.seat(VACANT_SEAT)
        seat.member, seat.former = replace(seat.former[0], until=None), ()
        return house

    def _located(self, location: str) -> set[str]:
        """Find the seats of a location: a postcode, an outward code, a name, else every seat of the area, past ones too."""
        wanted = " ".join(location.upper().split())
        known = self.house.postcodes.get(_spaced(wanted))
        if known is not None:
            return set(known.members_seats)
        in_outward = {
            name for pc, kept in self.house.postcodes.items() if pc.split()[0] == wanted for name in kept.members_seats
        }
        if in_outward:
            return in_outward
        named = {seat.name for seat in self.house.seats if shapes.holds(location, seat.name)}
        if named:
            return named
        area = wanted[:2]
        return {seat.name for seat in self.house.seats} if area == "ZA" else set()

    def _find(self, request: web.Request) -> tuple[Seat, Any]:
        wanted = request.match_info["id"]
        for seat, sitting in shapes.everybody(self._house()):
            if str(sitting.member_id) == wanted:
                return seat, sitting
        raise web.HTTPNotFound

    async def _member(self, request: web.Request) -> web.Response:
        return web.json_response(shapes.member(*self._find(request)))

    async def _contact(self, request: web.Request) -> web.Response:
        return web.json_response(shapes.contacts(*self._find(request)))

    async def _biography(self, request: web.Request) -> web.Response:
        return web.json_response(shapes.biography(*self._find(request)))

    async def _thumbnail(self, request: web.Request) -> web.Response:
        self._find(request)
        return web.Response(status=204)

    async def _search_seats(self, request: web.Request) -> web.Response:
        query = {name.casefold(): value for name, value in request.query.items()}
        skip, take = _number(query, "skip", 0), _number(query, "take", MOST_TAKEN)
        if skip is None or take is None:
            return web.json_response(_problem(400, "One or more validation errors occurred."), status=400)
        found = [s for s in self._house().seats if shapes.holds(query.get("searchtext", ""), s.name)]
        items = [self._seat(s) for s in sorted(found, key=lambda s: s.name)]
        return self._list(
            "members_api", shapes.page(items, skip, min(take, MOST_TAKEN), "/Location/Constituency/Search")
        )

    def _seat(self, seat: Seat) -> shapes.Json:
        body = shapes.constituency(seat)
        if self.house.dissolved:
            body["value"]["currentRepresentation"] = None
        return body

    async def _constituency(self, request: web.Request) -> web.Response:
        for seat in self._house().seats:
            if str(seat.seat_id) == request.match_info["id"]:
                return web.json_response(self._seat(seat))
        raise web.HTTPNotFound

    async def _government_posts(self, request: web.Request) -> web.Response:
        return web.json_response(shapes.government_posts(self._house()))

    async def _speaker(self, request: web.Request) -> web.Response:
        return web.json_response(shapes.speaker_and_deputies(self._house()))

    # Committees API ----------------------------------------------------------------------------------------------

    async def _publication_types(self, request: web.Request) -> web.Response:
        return web.json_response(publication_types())

    async def _committees(self, request: web.Request) -> web.Response:
        query = {name.casefold(): value for name, value in request.query.items()}
        found = self.committee.committees()
        skip, take = _number(query, "skip", 0) or 0, _number(query, "take", 30)
        shown = found[skip : skip + (30 if take is None else take)]
        return self._list("committees_api", {"items": shown, "totalResults": len(found)})

    async def _committee_business(self, request: web.Request) -> web.Response:
        return self._list("committees_api", {"items": self.said.calls, "totalResults": len(self.said.calls)})

    async def _committee_seats(self, request: web.Request) -> web.Response:
        wanted = {value for name, value in request.query.items() if name.casefold() == "members"}
        members = [seat.member for seat in self._house().seats if seat.member is not None]
        chosen = [member for member in members if str(member.member_id) in wanted]
        sits = {member.member_id for member in members[:2]}
        rows = [
            {
                "id": 70_000 + place,
                "personId": None,
                "name": member.display_as,
                "photoUrl": None,
                "memberInfo": {"mnisId": member.member_id, "displayAs": member.display_as, "isCurrent": True},
                "committees": [self.committee.committees()[0]] if member.member_id in sits else [],
            }
            for place, member in enumerate(chosen)
        ]
        return web.json_response(rows)

    async def _publications(self, request: web.Request) -> web.Response:
        query = {name.casefold(): value for name, value in request.query.items()}
        types = {value for name, value in request.query.items() if name.casefold() == "publicationtypeids"}
        start, end = query.get("startdate", "")[:10], query.get("enddate", "")[:10]
        if not (types and start):
            return web.json_response(_problem(500, "An error occurred while processing your request."), status=500)
        found = [p for p in self.committee.publications() if str(p["type"]["id"]) in types]
        found = [p for p in found if start <= p["publicationStartDate"][:10] <= (end or "9999")]
        if query.get("committeeid"):
            found = [p for p in found if str(p["committee"]["id"]) == query["committeeid"]]
        skip, take = _number(query, "skip", 0) or 0, _number(query, "take", 30)
        shown = found[skip : skip + (30 if take is None else take)]
        return self._list("committees_api", {"items": shown, "totalResults": len(found)})

    async def _publication(self, request: web.Request) -> web.Response:
        for found in self.committee.publications():
            if str(found["id"]) == request.match_info["id"]:
                return web.json_response(found)
        raise web.HTTPNotFound

    async def _document(self, request: web.Request) -> web.Response:
        path = request.match_info
        if path["id"].isdecimal() and path["document"].isdecimal():
            found = self.committee.document(int(path["id"]), int(path["document"]), path["format"])
            if found is not None:
                return web.json_response(found)
        raise web.HTTPNotFound

    # What is said -------------------------------------------------------------------------------------------------

    def _answering(self, answer: Callable[[dict[str, str]], Any]) -> Callable[[web.Request], Awaitable[web.Response]]:
        async def handle(request: web.Request) -> web.Response:
            return web.json_response(answer({name.casefold(): value for name, value in request.query.items()}))

        return handle

    async def _question(self, request: web.Request) -> web.Response:
        found = self.said.question(request.match_info["id"])
        if found is None:
            raise web.HTTPNotFound
        return web.json_response(found)

    async def _motion(self, request: web.Request) -> web.Response:
        found = self.said.motion(request.match_info["id"])
        if found is None:
            raise web.HTTPNotFound
        return web.json_response(found)

    # Postcodes and bank holidays ---------------------------------------------------------------------------------

    async def _postcode(self, request: web.Request) -> web.Response:
        written = _spaced(" ".join(request.match_info["postcode"].upper().split()))
        if not _looks_like_postcode(written):
            return web.json_response({"status": 404, "error": "Invalid postcode"}, status=404)
        if written in self.house.outside:
            return web.json_response(shapes.outside_postcode(written))
        if written in self.house.terminated:
            year, month = self.house.terminated[written]
            return web.json_response(shapes.terminated_postcode(written, year, month), status=404)
        known = self.house.postcodes.get(written)
        if known is None:
            return web.json_response({"status": 404, "error": "Postcode not found"}, status=404)
        seat, older = self.house.seat(known.seat), self.house.seat(known.older_seat)
        if self._is_stale("postcodes"):
            seat = older = next(s for s in self.house.seats if s.ended is not None)
        return web.json_response(shapes.postcode(written, seat, older))

    async def _outcode(self, request: web.Request) -> web.Response:
        wanted = request.match_info["outcode"].upper()
        names = sorted({kept.seat for pc, kept in self.house.postcodes.items() if pc.split()[0] == wanted})
        if not names:
            return web.json_response({"status": 404, "error": "Outcode not found"}, status=404)
        return web.json_response(shapes.outcode(wanted, [self.house.seat(name) for name in names]))

    async def _bank_holidays(self, request: web.Request) -> web.Response:
        return web.json_response(shapes.bank_holidays(london_today(self._clock).year))


def _problem(status: int, title: str) -> dict[str, Any]:
    return {"type": "about:blank", "title": title, "status": status, "detail": None, "instance": INVENTED}


def _number(query: dict[str, str], name: str, default: int) -> int | None:
    written = query.get(name, "")
    if not written:
        return default
    return int(written) if written.isdecimal() else None


def _spaced(written: str) -> str:
    joined = written.replace(" ", "")
    return f"{joined[:-3]} {joined[-3:]}" if len(joined) > 4 and joined[-3].isdecimal() else written


def _looks_like_postcode(written: str) -> bool:
    outward, _, inward = written.partition(" ")
    return 2 <= len(outward) <= 4 and outward[0].isalpha() and len(inward) == 3 and inward[0].isdecimal()
