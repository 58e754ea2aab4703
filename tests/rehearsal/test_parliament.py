"""The stand-in has the habits of the services it stands in for, and nothing in it is real."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from datetime import UTC, date, datetime
from typing import Any

import aiohttp
import pytest
import pytest_asyncio

from bot.clock import MovableClock
from bot.domain.members import fold
from bot.domain.postcodes import Postcode
from bot.rehearsal import house as invented
from bot.rehearsal.committee import COMMITTEE_ID, DOCUMENT_ID, PUBLICATION_ID
from bot.rehearsal.parliament import ParliamentStandIn, Weather

pytestmark = [pytest.mark.loopback, pytest.mark.asyncio]


@pytest_asyncio.fixture
async def parliament() -> AsyncIterator[ParliamentStandIn]:
    clock = MovableClock(datetime(2027, 1, 15, 9, 0, tzinfo=UTC))
    async with ParliamentStandIn(clock, seconds=0.05) as opened:
        yield opened


async def ask(address: str, **parameters: str) -> tuple[int, Any]:
    async with aiohttp.ClientSession() as session, session.get(address, params=parameters) as response:
        return response.status, await response.json(content_type=None)


async def names(parliament: ParliamentStandIn, **parameters: str) -> list[str]:
    _, body = await ask(f"{parliament.urls.members_api}/api/Members/Search", **parameters)
    return [item["value"]["latestHouseMembership"]["membershipFrom"] for item in body["items"]]


async def test_a_page_holds_twenty_at_most(parliament: ParliamentStandIn) -> None:
    status, body = await ask(
        f"{parliament.urls.members_api}/api/Members/Search", House="1", IsCurrentMember="true", take="500"
    )
    assert status == 200
    assert len(body["items"]) == 20
    assert (body["totalResults"], body["take"]) == (39, 20)
    assert "rehearsal" in body["resultContext"]


async def test_an_unknown_parameter_is_ignored(parliament: ParliamentStandIn) -> None:
    assert await names(parliament, Constituency="Tarning") == await names(parliament)


async def test_a_number_that_is_none_is_refused(parliament: ParliamentStandIn) -> None:
    status, body = await ask(f"{parliament.urls.members_api}/api/Members/Search", skip="ten")
    assert (status, body["status"]) == (400, 400)


async def test_a_postcode_finds_one_member(parliament: ParliamentStandIn) -> None:
    assert await names(parliament, Location="ZA1 1AA", IsCurrentMember="true") == ["Tarning"]
    assert await names(parliament, Location="za11aa", IsCurrentMember="true") == ["Tarning"]


async def test_a_location_that_is_not_found_falls_back_to_everybody_past_and_present(
    parliament: ParliamentStandIn,
) -> None:
    _, body = await ask(f"{parliament.urls.members_api}/api/Members/Search", Location=invented.UNKNOWN)
    assert body["totalResults"] == 41
    _, body = await ask(
        f"{parliament.urls.members_api}/api/Members/Search", Location=invented.UNKNOWN, IsCurrentMember="true"
    )
    assert body["totalResults"] == 39


async def test_an_outward_code_is_taken_for_a_location(parliament: ParliamentStandIn) -> None:
    assert await names(parliament, Location="ZA1", IsCurrentMember="true") == ["Tarning"]


async def test_the_constituency_search_matches_any_part_of_a_name(parliament: ParliamentStandIn) -> None:
    _, body = await ask(f"{parliament.urls.members_api}/api/Location/Constituency/Search", searchText="tarning")
    found = {item["value"]["name"]: item["value"] for item in body["items"]}
    assert set(found) == {"Tarning", "Tarningham", "Tarning and Elderbourne"}
    assert found["Tarning and Elderbourne"]["endDate"] is not None
    assert found["Tarning"]["currentRepresentation"]["member"]["value"]["nameDisplayAs"] == "Ms Amina Thackwell"


async def test_a_vacant_seat_represents_nobody(parliament: ParliamentStandIn) -> None:
    _, body = await ask(f"{parliament.urls.members_api}/api/Location/Constituency/Search", searchText="farthing")
    assert body["items"][0]["value"]["currentRepresentation"] is None


async def test_unknown_things_answer_404(parliament: ParliamentStandIn) -> None:
    for address in (
        f"{parliament.urls.members_api}/api/Members/1",
        f"{parliament.urls.members_api}/api/Nothing",
        f"{parliament.urls.committees_api}/api/Publications/1",
        f"{parliament.urls.committees_api}/api/Publications/{PUBLICATION_ID}/Document/{DOCUMENT_ID}/OriginalFormat",
    ):
        status, body = await ask(address)
        assert (status, body["status"]) == (404, 404)


async def test_a_thumbnail_may_be_missing(parliament: ParliamentStandIn) -> None:
    status, body = await ask(f"{parliament.urls.members_api}/api/Members/990101/Thumbnail")
    assert (status, body) == (204, None)


async def test_a_wide_walk_of_publications_breaks(parliament: ParliamentStandIn) -> None:
    status, _ = await ask(f"{parliament.urls.committees_api}/api/Publications", CommitteeId=str(COMMITTEE_ID))
    assert status == 500


async def test_reports_are_listed_by_type_and_window(parliament: ParliamentStandIn) -> None:
    parliament.committee.answer(date(2027, 2, 1))
    _, body = await ask(
        f"{parliament.urls.committees_api}/api/Publications",
        PublicationTypeIds="1",
        StartDate="2026-11-01",
        EndDate="2027-12-31",
    )
    assert [item["id"] for item in body["items"]] == [PUBLICATION_ID]
    report = body["items"][0]
    assert report["governmentResponses"]["responseDeadline"] == "2027-02-05T00:00:00"
    assert report["governmentResponses"]["responseExcepted"] is True
    assert [p["type"]["id"] for p in report["governmentResponses"]["publication"]] == [2]
    assert "title" not in report


async def test_a_document_is_given_in_base64(parliament: ParliamentStandIn) -> None:
    from base64 import b64decode

    address = f"{parliament.urls.committees_api}/api/Publications/{PUBLICATION_ID}/Document/{DOCUMENT_ID}/Html"
    _, body = await ask(address)
    page = b64decode(body["data"]).decode()
    assert body["fileSize"] == len(page.encode())
    assert "1. The Department for Lanterns" in page
    assert "(Paragraph 34)" in page


@pytest.mark.parametrize(
    ("postcode", "error"),
    [
        ("SW1A", "Invalid postcode"),
        (invented.UNKNOWN, "Postcode not found"),
        (invented.TERMINATED, "Postcode not found"),
    ],
)
async def test_a_postcode_that_is_not_in_use_answers_404(
    parliament: ParliamentStandIn, postcode: str, error: str
) -> None:
    status, body = await ask(f"{parliament.urls.postcodes}/postcodes/{postcode}")
    assert (status, body["status"], body["error"]) == (404, 404, error)
    assert ("terminated" in body) == (postcode == invented.TERMINATED)


async def test_the_islands_have_codes_of_their_own_and_no_seat(parliament: ParliamentStandIn) -> None:
    _, body = await ask(f"{parliament.urls.postcodes}/postcodes/{invented.CHANNEL_ISLANDS}")
    assert body["result"]["parliamentary_constituency_2024"] is None
    assert body["result"]["codes"]["parliamentary_constituency"].startswith("L")


async def test_an_outcode_names_several_things(parliament: ParliamentStandIn) -> None:
    _, body = await ask(f"{parliament.urls.postcodes}/outcodes/ZA1")
    assert body["result"]["parliamentary_constituency_2024"] == ["Tarning"]


async def test_weather_falls_on_one_service_and_passes(parliament: ParliamentStandIn) -> None:
    parliament.set_weather(Weather.BUSY, "postcodes", answers=1)
    address = f"{parliament.urls.postcodes}/postcodes/ZA1 1AA"
    async with aiohttp.ClientSession() as session, session.get(address) as response:
        assert (response.status, response.headers["Retry-After"]) == (429, "1")
    assert (await ask(address))[0] == 200
    assert (await ask(parliament.urls.bank_holidays))[0] == 200


async def test_stale_postcodes_name_a_seat_that_is_gone(parliament: ParliamentStandIn) -> None:
    parliament.set_weather(Weather.STALE, "postcodes")
    _, body = await ask(f"{parliament.urls.postcodes}/postcodes/ZA1 1AA")
    assert body["result"]["parliamentary_constituency_2024"] == "Tarning and Elderbourne"


async def test_the_door_opens_again_at_the_same_address(parliament: ParliamentStandIn) -> None:
    before = parliament.urls
    await parliament.close_door()
    with pytest.raises(aiohttp.ClientConnectionError):
        await ask(parliament.urls.bank_holidays)
    await parliament.open_door()
    assert parliament.urls == before
    assert (await ask(before.bank_holidays))[0] == 200


async def test_what_was_looked_up_is_not_kept(parliament: ParliamentStandIn) -> None:
    await ask(f"{parliament.urls.postcodes}/postcodes/ZA1 1AA")
    await names(parliament, Location="ZA1 1AA")
    assert list(parliament.asked) == [("postcodes", "/postcodes/{postcode}"), ("members_api", "/api/Members/Search")]


async def test_the_invented_house_is_varied_and_cannot_be_taken_for_the_real_one() -> None:
    house = invented.invented_house()
    standing = [seat for seat in house.seats if seat.ended is None]
    assert len(standing) == 40
    assert {seat.country for seat in standing} == {"England", "Scotland", "Wales", "Northern Ireland"}
    assert len({fold(seat.name) for seat in standing}) == 40
    assert any("," in seat.name for seat in standing)
    assert any("'" in seat.name for seat in standing)
    assert any(not seat.name.isascii() for seat in standing)
    held = [seat.member for seat in standing if seat.member is not None]
    assert all("(invented)" in m.party or m.party in (invented.INDEPENDENT, invented.SPEAKER) for m in held)
    assert all(m.mail is None or m.mail.endswith(".example") for m in held)
    assert all(m.phone is None or m.phone.startswith("020 7946 0") for m in held)
    assert len({m.member_id for m in held}) == len(held)
    assert all(re.fullmatch(r"[EWSN]\d{8}", seat.code) for seat in standing)


async def test_invented_postcodes_have_the_form_of_postcodes_and_no_real_outward_code() -> None:
    house = invented.invented_house()
    written = {*house.postcodes, *house.terminated, *house.outside, invented.UNKNOWN}
    assert {Postcode.read(postcode).written for postcode in written} == written
    assert {postcode[:2] for postcode in written} == {"ZA", "JE"}
    assert [postcode for postcode in written if postcode[:2] == "JE"] == ["JE99 1AA"]
