"""Every field of every answer may be null, or of another kind: what comes of it is sound, or a kind error, and never made up."""

from __future__ import annotations

import contextlib
import copy
from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest
import pytest_asyncio

from bot.clock import MovableClock
from bot.domain.errors import NotFound, Unavailable
from bot.domain.members import Directory
from bot.rehearsal.house import WITHOUT_OFFICE
from bot.rehearsal.parliament import ParliamentStandIn
from bot.sources.http import Http, Reply
from bot.sources.members import MembersApi

pytestmark = [pytest.mark.loopback, pytest.mark.asyncio]

ROUTES = (
    "/api/Members/Search",
    "/api/Location/Constituency/Search",
    "/api/Posts/GovernmentPosts",
    "/api/Posts/SpeakerAndDeputies",
)
Place = tuple[str, ...]


class Replayed:
    """Answers as the stand-in gave them, with one place changed in all of them, or in the first item of each list alone."""

    def __init__(self, http: Http) -> None:
        self._http = http
        self._known: dict[str, Reply] = {}
        self.route = ""
        self.place: Place = ()
        self.value: object = None
        self.everywhere = True

    async def get(self, service: str, url: str, parameters: dict[str, str] | None = None, **more: Any) -> Reply:
        key = f"{url}?{sorted((parameters or {}).items())}"
        if key not in self._known:
            self._known[key] = await self._http.get(service, url, parameters, **more)
        reply = self._known[key]
        if not self.place or self.route not in url:
            return reply
        data = copy.deepcopy(reply.data)
        change(data, self.place, self.value, everywhere=self.everywhere)
        return Reply(reply.status, data, reply.date)

    def answers(self) -> dict[str, Any]:
        return {key: reply.data for key, reply in self._known.items()}


def places(data: Any, above: Place = ()) -> Iterator[Place]:
    """List the places of an answer; of a list ``[]`` stands for each item."""
    if isinstance(data, dict):
        for name, value in data.items():
            yield (*above, name)
            yield from places(value, (*above, name))
    elif isinstance(data, list):
        yield (*above, "[]")
        for item in data:
            yield from places(item, (*above, "[]"))


def change(data: Any, place: Place, value: object, *, everywhere: bool) -> None:
    first, *rest = place
    if isinstance(data, list) and first == "[]":
        for number in range(len(data) if everywhere else min(1, len(data))):
            if rest:
                change(data[number], tuple(rest), value, everywhere=everywhere)
            else:
                data[number] = value
    elif isinstance(data, dict) and first in data:
        if rest:
            change(data[first], tuple(rest), value, everywhere=everywhere)
        else:
            data[first] = value


@pytest_asyncio.fixture
async def replayed(http: Http) -> AsyncIterator[Replayed]:
    yield Replayed(http)


@pytest.fixture
def api(replayed: Replayed, parliament: ParliamentStandIn, clock: MovableClock) -> MembersApi:
    return MembersApi(replayed, parliament.urls.members_api, parliament.urls.postcodes, clock)  # type: ignore[arg-type]


def is_sound(found: Directory, names: frozenset[str]) -> bool:
    for seat in found.constituencies:
        assert seat.name in names, "no seat is made up"
        if seat.member is not None:
            member = seat.member
            assert member.display_as
            assert member.constituency == seat.name
            assert "None" not in (member.display_as, member.full_title, member.address_as, member.party, member.post)
            assert member.email == ""
    return True


@pytest.mark.parametrize(
    ("value", "everywhere"),
    [(None, True), (None, False), ("", False), ({}, True), ("x" * 10_000, True)],
    ids=["null in all", "null in the first", "empty in the first", "another kind in all", "very long in all"],
)
async def test_a_directory_is_sound_or_not_given(
    api: MembersApi, replayed: Replayed, value: object, everywhere: bool
) -> None:
    whole = await api.directory()
    ended = "Tarning and Elderbourne"
    names = frozenset((*(seat.name for seat in whole.constituencies), ended, str(value)))
    tried = given = 0
    for route in ROUTES:
        answers = [data for key, data in replayed.answers().items() if route in key]
        for place in sorted({place for data in answers for place in places(data)}):
            replayed.route, replayed.place, replayed.value, replayed.everywhere = route, place, value, everywhere
            tried += 1
            with contextlib.suppress(Unavailable):
                given += is_sound(await api.directory(), names)
    assert tried > 60
    assert given > 20


@pytest.mark.parametrize("value", [None, 7, "", [], {}], ids=repr)
async def test_contacts_are_as_stated_or_missing(api: MembersApi, replayed: Replayed, value: object) -> None:
    directory = await api.directory()
    with_office = [s.member for s in directory.constituencies if s.member is not None and s.name != WITHOUT_OFFICE]
    member = with_office[0]
    stated = await api.contact(member)
    answer = next(data for key, data in replayed.answers().items() if "/Contact" in key)
    for place in sorted(set(places(answer))):
        replayed.route, replayed.place, replayed.value = "/Contact", place, value
        try:
            found = await api.contact(member)
        except Unavailable:
            continue
        assert found.email in (stated.email, "")
        assert found.phone in (stated.phone, "")


@pytest.mark.parametrize("value", [None, 7, "", [], {}], ids=repr)
async def test_a_postcode_leads_to_a_stated_seat_or_to_a_kind_error(
    api: MembersApi, replayed: Replayed, value: object
) -> None:
    await api.by_postcode("ZA1 1AA")
    said: list[str] = []
    for route in ("/postcodes/", "/api/Members/Search"):
        answer = next(data for key, data in replayed.answers().items() if route in key)
        for place in sorted(set(places(answer))):
            replayed.route, replayed.place, replayed.value = route, place, value
            try:
                found = await api.by_postcode("ZA1 1AA")
            except (NotFound, Unavailable) as error:
                said.append(str(error))
                continue
            assert set(found.constituencies) == {"Tarning"}
    assert "ZA1" not in " ".join(said)
