from __future__ import annotations

import logging
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from bot.clock import MovableClock
from bot.domain.errors import NotFound, Refused, Unavailable, UnexpectedAnswer
from bot.domain.members import Directory, Member, MemberRole
from bot.rehearsal import house as invented
from bot.rehearsal import shapes
from bot.rehearsal.parliament import ParliamentStandIn, Weather
from bot.sources.http import Http
from bot.sources.members import NAMELESS, MembersApi
from bot.sources.roles import abstains, role_of_posts

pytestmark = [pytest.mark.loopback, pytest.mark.asyncio]


def holder(directory: Directory, name: str) -> Member:
    seat = directory.exactly(name)
    assert seat is not None
    assert seat.member is not None
    return seat.member


async def test_the_whole_house_is_read_in_pages_of_twenty(
    members: MembersApi, parliament: ParliamentStandIn, clock: MovableClock
) -> None:
    told: list[tuple[int, int]] = []
    found = await members.directory(lambda done, total: told.append((done, total)))
    assert len(found.constituencies) == 40
    assert sum(seat.member is not None for seat in found.constituencies) == 39
    assert found.as_of == clock.now()
    assert found.invented
    assert "invented" in found.source
    assert told == [(20, 39), (39, 39), (59, 80), (79, 80), (80, 80)]
    walked = [route for _, route in parliament.asked if route == "/api/Members/Search"]
    assert len(walked) == 2


async def test_a_vacant_seat_has_nobody_and_an_abolished_one_is_not_listed(members: MembersApi) -> None:
    found = await members.directory()
    vacant = found.exactly(invented.VACANT_SEAT)
    assert vacant is not None
    assert vacant.member is None
    assert found.exactly("Tarning and Elderbourne") is None


async def test_names_are_taken_as_stated_and_never_derived(members: MembersApi) -> None:
    found = await members.directory()
    minister = holder(found, "Kingsmarrow Central")
    assert minister.full_title == "Rt Hon Hester Longstaple MP"
    assert minister.salutation == "Dear Ms Longstaple,"
    assert holder(found, "East Lantern").address_as == ""
    assert holder(found, "East Lantern").salutation == "Dear Lin Zhou-Fairweather,"
    assert holder(found, "Greyling and the Saltings").full_title == ""
    assert holder(found, "Slievanmore").display_as == "Cathán Ó Treabhlacháin"


@pytest.mark.parametrize(
    ("seat", "role", "post"),
    [
        ("Tarning", MemberRole.BACKBENCHER, ""),
        ("Kingsmarrow Central", MemberRole.MINISTER, "Secretary of State for Lanterns"),
        ("Hobley Rise", MemberRole.WHIP, "Lord Commissioner of the Invented Treasury (Whip)"),
        ("Saint Osmund's", MemberRole.SPEAKER, "Speaker of the House of Commons"),
        ("Larkwater", MemberRole.SPEAKER, "Deputy Speaker"),
        ("Slievanmore", MemberRole.ABSTAINING, ""),
        ("Upper Thornlea", MemberRole.UNKNOWN, "Lantern Envoy to the Isles"),
    ],
)
async def test_each_member_has_the_role_that_their_post_gives(
    members: MembersApi, seat: str, role: MemberRole, post: str
) -> None:
    found = holder(await members.directory(), seat)
    assert (found.role, found.post) == (role, post)


async def test_roles_are_unknown_where_the_lists_of_posts_make_no_sense(
    members: MembersApi, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shapes, "government_posts", lambda house: {"posts": 7})
    found = await members.directory()
    assert holder(found, "Kingsmarrow Central").role is MemberRole.UNKNOWN
    assert holder(found, "Tarning").role is MemberRole.UNKNOWN
    assert holder(found, "Slievanmore").role is MemberRole.ABSTAINING
    assert holder(found, "Saint Osmund's").role is MemberRole.SPEAKER


async def test_nobody_is_called_a_backbencher_when_the_list_of_the_government_is_empty(
    members: MembersApi, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shapes, "government_posts", lambda house: [])
    assert holder(await members.directory(), "Tarning").role is MemberRole.UNKNOWN


async def test_a_member_without_any_name_keeps_the_seat(members: MembersApi, parliament: ParliamentStandIn) -> None:
    seat = parliament.house.seat("Tarning")
    assert seat.member is not None
    seat.member = replace(seat.member, list_as=None, display_as=None, full_title=None, address_as=None)
    assert holder(await members.directory(), "Tarning").display_as == NAMELESS


async def test_a_seat_is_found_by_its_id_where_its_name_is_null(
    members: MembersApi, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shapes, "membership", _changed(shapes.membership, "membershipFrom", None))
    found = await members.directory()
    assert holder(found, "Tarningham").display_as == "Mr Barnaby Oystermouth"


@pytest.mark.parametrize(
    "changes",
    [
        {"membershipFrom": None, "membershipFromId": None},
        {"membershipFrom": "Tarning", "membershipFromId": 900101},
        {"house": "Commons"},
    ],
    ids=["no seat", "two on one seat", "wrong shape"],
)
async def test_a_house_that_makes_no_sense_is_not_taken(
    members: MembersApi, monkeypatch: pytest.MonkeyPatch, changes: dict[str, Any]
) -> None:
    monkeypatch.setattr(shapes, "membership", _changed(shapes.membership, **changes))
    with pytest.raises(UnexpectedAnswer):
        await members.directory()


SUSPENDED = {"statusIsActive": False, "statusDescription": "Suspended", "statusNotes": None, "statusId": 9}


@pytest.mark.parametrize("status", [SUSPENDED, None, "current", {"statusIsActive": None}])
async def test_a_suspended_member_is_no_vacancy(
    members: MembersApi, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, status: Any
) -> None:
    before = await members.directory()
    monkeypatch.setattr(shapes, "membership", _changed(shapes.membership, "membershipStatus", status))
    with caplog.at_level("INFO"):
        found = await members.directory()
    assert holder(found, "Tarningham").display_as == "Mr Barnaby Oystermouth"
    assert [s.name for s in found.constituencies if s.member is None] == [
        s.name for s in before.constituencies if s.member is None
    ]
    assert "still shown as MPs" in caplog.text


@pytest.mark.parametrize("odd", ["", "0001-01-01T00:00:00", "soon", 5])
async def test_an_odd_date_of_a_seat_refuses_nothing(
    members: MembersApi, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, odd: Any
) -> None:
    seats = len((await members.directory()).constituencies)
    real = shapes.constituency

    def with_odd(seat: Any) -> Any:
        made = real(seat)
        made["value"]["endDate"] = made["value"]["endDate"] or odd
        return made

    monkeypatch.setattr(shapes, "constituency", with_odd)
    with caplog.at_level("INFO"):
        assert len((await members.directory()).constituencies) == seats
    assert "was no date" in caplog.text


async def test_a_list_of_posts_that_fails_leaves_roles_unknown_and_the_house_whole(
    members: MembersApi, monkeypatch: pytest.MonkeyPatch
) -> None:
    seats = len((await members.directory()).constituencies)
    real = members._http.get

    async def failing(service: str, address: str, *rest: Any, **more: Any) -> Any:
        if "/Posts/" in address:
            raise Unavailable("The Members API is not well just now.", "Try again later.")
        return await real(service, address, *rest, **more)

    monkeypatch.setattr(members._http, "get", failing)
    found = await members.directory()
    assert len(found.constituencies) == seats
    assert {s.member.role for s in found.constituencies if s.member} <= {
        MemberRole.UNKNOWN,
        MemberRole.SPEAKER,
        MemberRole.ABSTAINING,
    }


def _changed(make: Any, *pair: Any, **changes: Any) -> Any:
    wanted = changes or {pair[0]: pair[1]}

    def changed(*args: Any) -> Any:
        return make(*args) | wanted

    return changed


@pytest.mark.parametrize(
    "weather", [Weather.DOWN, Weather.BROKEN, Weather.BUSY, Weather.SLOW, Weather.WRONG_SHAPE, Weather.NOT_JSON]
)
async def test_a_bad_day_gives_no_house_at_all(
    members: MembersApi, parliament: ParliamentStandIn, clock: MovableClock, weather: Weather
) -> None:
    parliament.set_weather(weather)
    urls = parliament.urls
    async with Http((urls.members_api, urls.postcodes), timeout_seconds=0.2) as hasty:
        impatient = MembersApi(hasty, urls.members_api, urls.postcodes, clock)
        with pytest.raises(Unavailable) as caught:
            await (impatient if weather is Weather.SLOW else members).directory()
    assert caught.value.next_step


async def test_a_page_that_fails_in_the_middle_is_an_error_and_not_the_end(
    members: MembersApi, monkeypatch: pytest.MonkeyPatch
) -> None:
    make = shapes.page

    def empty_later(items: Any, skip: int, take: int, path: str) -> Any:
        answer = make(items, skip, take, path)
        return answer | {"items": []} if skip else answer

    monkeypatch.setattr(shapes, "page", empty_later)
    with pytest.raises(Unavailable):
        await members.directory()


async def test_a_house_that_changes_while_it_is_read_is_not_taken(
    members: MembersApi, monkeypatch: pytest.MonkeyPatch
) -> None:
    make = shapes.page

    def growing(items: Any, skip: int, take: int, path: str) -> Any:
        answer = make(items, skip, take, path)
        return answer | {"totalResults": answer["totalResults"] + (1 if skip else 0)}

    monkeypatch.setattr(shapes, "page", growing)
    with pytest.raises(Unavailable, match="changed while"):
        await members.directory()


async def test_an_entry_given_twice_is_not_taken(members: MembersApi, monkeypatch: pytest.MonkeyPatch) -> None:
    make = shapes.page

    def repeating(items: Any, skip: int, take: int, path: str) -> Any:
        return make(items, skip, take, path) | {"items": list(items[:take])[: len(items) - skip]}

    monkeypatch.setattr(shapes, "page", repeating)
    with pytest.raises(Unavailable, match="changed while"):
        await members.directory()


async def test_a_dissolved_house_has_seats_and_nobody_in_them(
    members: MembersApi, parliament: ParliamentStandIn
) -> None:
    parliament.house.dissolved = True
    found = await members.directory()
    assert len(found.constituencies) == 40
    assert all(seat.member is None for seat in found.constituencies)


async def test_contacts_are_those_that_the_record_states(members: MembersApi) -> None:
    found = await members.directory()
    told = await members.contact(holder(found, "Tarning"))
    assert told.email == "thackwell.office@house.example"
    assert told.phone == "020 7946 0001"
    assert told.display_as == "Ms Amina Thackwell"


async def test_a_contact_record_without_an_office_leaves_them_empty(members: MembersApi) -> None:
    told = await members.contact(holder(await members.directory(), invented.WITHOUT_OFFICE))
    assert (told.email, told.phone) == ("", "")


async def test_a_mail_address_that_is_none_is_left_out(members: MembersApi, parliament: ParliamentStandIn) -> None:
    seat = parliament.house.seat("Tarning")
    assert seat.member is not None
    seat.member = replace(seat.member, mail="see my website\nplease", phone="  020 7946\n0001 ")
    told = await members.contact(holder(await members.directory(), "Tarning"))
    assert (told.email, told.phone) == ("", "020 7946 0001")


# Postcodes -------------------------------------------------------------------------------------------------------


async def test_a_postcode_on_which_both_services_agree_needs_no_warning(members: MembersApi) -> None:
    found = await members.by_postcode("za1 1aa")
    assert (found.constituencies, found.warning) == (("Tarning",), "")


async def test_a_straddling_postcode_gives_both_seats(members: MembersApi) -> None:
    found = await members.by_postcode(invented.STRADDLING)
    assert found.constituencies == ("Tarning", "Tarningham")
    assert "disagree" in found.warning


async def test_two_fields_that_differ_are_both_shown(members: MembersApi) -> None:
    found = await members.by_postcode(invented.TWO_FIELDS)
    assert found.constituencies == ("Quillstone", "Ravelstoke")
    assert found.warning


async def test_a_new_postcode_and_a_vacant_seat_say_that_there_is_no_second_answer(members: MembersApi) -> None:
    assert (await members.by_postcode(invented.NEW)).constituencies == ("Netherquay",)
    vacant = await members.by_postcode("ZA14 1AA")
    assert vacant.constituencies == (invented.VACANT_SEAT,)
    assert "no single sitting MP" in vacant.warning


@pytest.mark.parametrize(
    ("postcode", "words"),
    [(invented.TERMINATED, "no longer in use"), (invented.UNKNOWN, "can't find"), (invented.CHANNEL_ISLANDS, "Jersey")],
)
async def test_a_postcode_without_a_seat_is_not_found(members: MembersApi, postcode: str, words: str) -> None:
    with pytest.raises(NotFound) as caught:
        await members.by_postcode(postcode)
    assert words in caught.value.message
    assert postcode not in str(caught.value)


async def test_a_place_without_an_mp_is_also_known_by_its_code(
    members: MembersApi, parliament: ParliamentStandIn
) -> None:
    parliament.house.outside = ("ZA1 1AA",)
    with pytest.raises(NotFound, match="Channel Islands"):
        await members.by_postcode("ZA1 1AA")


async def test_half_a_postcode_is_never_sent(members: MembersApi, parliament: ParliamentStandIn) -> None:
    with pytest.raises(Refused):
        await members.by_postcode("ZA1")
    assert not parliament.asked


@pytest.mark.parametrize("away", ["postcodes", "members_api"])
@pytest.mark.parametrize("weather", [Weather.DOWN, Weather.WRONG_SHAPE])
async def test_one_service_alone_answers_with_a_warning(
    members: MembersApi, parliament: ParliamentStandIn, away: str, weather: Weather
) -> None:
    parliament.set_weather(weather, away)
    found = await members.by_postcode("ZA1 1AA")
    assert found.constituencies == ("Tarning",)
    assert "n't checked twice" in found.warning


async def test_both_services_away_is_said_and_not_taken_for_unknown(
    members: MembersApi, parliament: ParliamentStandIn
) -> None:
    parliament.set_weather(Weather.DOWN)
    with pytest.raises(Unavailable):
        await members.by_postcode("ZA1 1AA")


async def test_the_whole_area_in_answer_to_one_postcode_is_no_answer(
    members: MembersApi, parliament: ParliamentStandIn
) -> None:
    parliament.set_weather(Weather.DOWN, "postcodes")
    with pytest.raises(Unavailable):
        await members.by_postcode(invented.UNKNOWN)


async def test_no_log_line_holds_a_postcode(
    members: MembersApi, parliament: ParliamentStandIn, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    said = []
    for weather in set(Weather) - {Weather.SLOW}:
        parliament.set_weather(weather)
        for postcode in ("ZA1 1AA", invented.TERMINATED, invented.UNKNOWN):
            try:
                await members.by_postcode(postcode)
            except (NotFound, Unavailable) as error:
                said.append(str(error))
    assert said
    assert "ZA" not in " ".join(said)
    assert caplog.records
    assert "ZA" not in caplog.text


@pytest.mark.parametrize(
    ("posts", "role"),
    [
        (["Parliamentary Secretary to the Treasury (Chief Whip)"], MemberRole.WHIP),
        (["Vice-Chamberlain of HM Household"], MemberRole.WHIP),
        (["Assistant Whip", "Minister of State"], MemberRole.MINISTER),
        (["Parliamentary Private Secretary"], MemberRole.UNKNOWN),
        (["Attorney General"], MemberRole.MINISTER),
    ],
)
async def test_posts_are_read_from_the_reviewed_table(posts: list[str], role: MemberRole) -> None:
    assert role_of_posts(posts) is role


async def test_the_abstaining_party_is_known_whatever_its_accents() -> None:
    assert abstains("Sinn Féin")
    assert abstains("SINN FEIN")
    assert not abstains("Independent")


async def test_a_member_of_the_past_is_not_one_of_today(members: MembersApi, parliament: ParliamentStandIn) -> None:
    parliament.set_weather(Weather.STALE, "members_api")
    assert holder(await members.directory(), invented.VACANT_SEAT).display_as == "Clement Underhay"
    parliament.set_weather(Weather.FAIR)
    seat = parliament.house.seat("Tarning")
    assert seat.member is not None
    seat.member = replace(seat.member, until=date(2027, 1, 1))
    found = (await members.directory()).exactly("Tarning")
    assert found is not None
    assert found.member is None


class Stage:
    """Pages kept in memory, as the database keeps them."""

    def __init__(self) -> None:
        self.held: dict[tuple[str, int], tuple[datetime, str]] = {}

    async def pages(self, name: str, since: datetime) -> list[tuple[datetime, str]]:
        found = [kept for (listed, _), kept in sorted(self.held.items()) if listed == name]
        return [] if any(at < since for at, _ in found) else found

    async def add(self, name: str, number: int, at: datetime, page: str) -> None:
        self.held[name, number] = (at, page)

    async def clear(self) -> None:
        self.held.clear()


@pytest.fixture
def stage() -> Stage:
    return Stage()


@pytest.fixture
def staged(http: Http, parliament: ParliamentStandIn, clock: MovableClock, stage: Stage) -> MembersApi:
    return MembersApi(http, parliament.urls.members_api, parliament.urls.postcodes, clock, stage)


def pages_asked(parliament: ParliamentStandIn) -> int:
    return sum(route in ("/api/Members/Search", "/api/Location/Constituency/Search") for _, route in parliament.asked)


async def test_a_fetch_that_was_stopped_goes_on_and_is_as_of_its_first_page(
    staged: MembersApi, stage: Stage, parliament: ParliamentStandIn, clock: MovableClock
) -> None:
    began = clock.now()
    read = 0

    def stop(done: int, total: int) -> None:
        nonlocal read
        read += 1
        if read == 3:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        await staged.directory(stop)
    assert len(stage.held) == 3
    before = pages_asked(parliament)
    clock.advance(timedelta(minutes=30))
    found = await staged.directory()
    assert pages_asked(parliament) - before == 2, "only the pages that were missing"
    assert len(found.constituencies) == 40
    assert found.as_of == began
    await staged.forget_fetched_pages()
    assert stage.held == {}


async def test_pages_of_yesterday_are_fetched_again(
    staged: MembersApi, stage: Stage, parliament: ParliamentStandIn, clock: MovableClock
) -> None:
    await staged.directory()
    before = pages_asked(parliament)
    clock.advance(timedelta(hours=7))
    assert (await staged.directory()).as_of == clock.now()
    assert pages_asked(parliament) - before == 5


async def test_a_house_that_changed_meanwhile_is_read_anew(
    staged: MembersApi, stage: Stage, parliament: ParliamentStandIn
) -> None:
    def stop(done: int, total: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        await staged.directory(stop)
    parliament.house.seat("Tarning").member = None
    with pytest.raises(Unavailable, match="changed while"):
        await staged.directory()
    assert stage.held == {}
    found = await staged.directory()
    assert sum(seat.member is not None for seat in found.constituencies) == 38


async def test_a_page_kept_in_another_shape_does_not_stand_in_the_way_for_ever(
    staged: MembersApi, stage: Stage
) -> None:
    await staged.directory()
    at, _ = stage.held["/api/Members/Search", 0]
    stage.held["/api/Members/Search", 0] = (at, '{"items": 7}')
    with pytest.raises(UnexpectedAnswer):
        await staged.directory()
    assert len((await staged.directory()).constituencies) == 40
