from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from time import process_time

import pytest
import pytest_asyncio
from hypothesis import given
from hypothesis import strategies as st

from bot.clock import MovableClock
from bot.domain.errors import NotFound, NotTheHouse, Refused, Unavailable
from bot.domain.identity import GuildId
from bot.domain.members import Constituency, Directory, Dissolution, Member
from bot.domain.reminders import Reminder
from bot.rehearsal.house import invented_house
from bot.services.member_names import NameIndex
from bot.services.members import MemberService
from bot.services.ports.members import MemberNews, PostcodeAnswer

START = datetime(2027, 1, 15, 9, 0, tzinfo=UTC)


def house() -> Directory:
    seats = []
    for seat in invented_house().seats:
        if seat.ended is not None:
            continue
        member = None
        if seat.member is not None:
            m = seat.member
            member = Member(
                m.member_id,
                m.display_as or "",
                m.full_title or "",
                m.address_as or "",
                m.list_as or "",
                m.party,
                seat.name,
            )
        seats.append(Constituency(seat.seat_id, seat.name, member))
    return Directory(tuple(seats), as_of=START, source="an invented House", invented=True)


HOUSE = house()


class Store:
    def __init__(self, held: Directory = HOUSE) -> None:
        self.held = held
        self.held_news: MemberNews | None = None
        self.fails = False

    async def load(self) -> Directory:
        return self.held

    async def replace(self, directory: Directory, news: Callable[[Directory], Sequence[str]]) -> None:
        if self.fails:
            raise Unavailable("The database is locked.", "Try again.")
        found = tuple(news(self.held))
        self.held = directory
        if found:
            assert directory.as_of is not None
            self.held_news = MemberNews(directory.as_of, found)

    async def news(self) -> MemberNews | None:
        return self.held_news

    async def tell(self, news: MemberNews, guild_id: GuildId, word: Reminder, now: datetime) -> bool:
        self.held_news = replace(news, told=(*news.told, guild_id))
        return True


class Source:
    def __init__(self, found: Directory = HOUSE) -> None:
        self.found = found
        self.answer: PostcodeAnswer | Exception = PostcodeAnswer(("Tarning",))
        self.asked: list[str] = []
        self.contacts = 0
        self.away = False

    async def directory(self, progress: Callable[[int, int], None] | None = None) -> Directory:
        if self.away:
            raise Unavailable("The Members API can't be reached.", "Later.")
        if progress is not None:
            progress(40, 40)
        return self.found

    async def forget_fetched_pages(self) -> None:
        pass

    async def contact(self, member: Member) -> Member:
        self.contacts += 1
        if self.away:
            raise Unavailable("The Members API can't be reached.", "Later.")
        return replace(member, email="office@house.example")

    async def by_postcode(self, postcode: str) -> PostcodeAnswer:
        self.asked.append(postcode)
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


@pytest.fixture
def clock() -> MovableClock:
    return MovableClock(START)


@pytest.fixture
def store() -> Store:
    return Store()


@pytest.fixture
def source() -> Source:
    return Source()


@pytest_asyncio.fixture
async def service(store: Store, source: Source, clock: MovableClock) -> MemberService:
    made = MemberService(store, source, clock, Dissolution())
    await made.load()
    return made


def names(found: list[Constituency]) -> list[str]:
    return [seat.name for seat in found]


# Names -----------------------------------------------------------------------------------------------------------


@pytest.mark.asyncio
@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("Tarning", "Tarning"),
        ("  tarning ", "Tarning"),
        ("TARNINGHAM", "Tarningham"),
        ("bryn morwen", "Bryn Môrwen"),
        ("Abbots Fell and Ravensmere", "Abbot's Fell and Ravensmere"),
        ("abbot’s fell & ravensmere", "Abbot's Fell and Ravensmere"),
        ("marrow thistle and quay", "Marrow, Thistle and Quay"),
    ],
)
async def test_a_name_is_found_whatever_its_accents_and_apostrophes(
    service: MemberService, typed: str, name: str
) -> None:
    assert service.find(typed).name == name


@pytest.mark.asyncio
@pytest.mark.parametrize("typed", ["Tarn", "Tarnin", "Fennick", "East", "", "🙂", "Tarning,ham", "x" * 4000])
async def test_a_name_that_is_not_exact_is_never_taken_for_another(service: MemberService, typed: str) -> None:
    with pytest.raises(NotFound) as caught:
        service.find(typed)
    assert caught.value.next_step


@pytest.mark.asyncio
async def test_a_name_that_is_not_found_names_its_neighbours(service: MemberService) -> None:
    with pytest.raises(NotFound) as caught:
        service.find("tarnin")
    assert "Tarning or Tarningham" in caught.value.next_step


@pytest.mark.asyncio
async def test_names_that_begin_alike_are_both_offered_and_the_exact_one_first(service: MemberService) -> None:
    assert names(service.near("tarning")) == ["Tarning", "Tarningham"]
    assert names(service.near("fenn"))[:2] == ["Fenn", "Fennick West"]


@pytest.mark.asyncio
@pytest.mark.parametrize(
    ("typed", "first"),
    [
        ("west fenn", "Fennick West"),
        ("quay", "Marrow, Thistle and Quay"),
        ("morwen", "Bryn Môrwen"),
        ("tarnigham", "Tarningham"),
        ("eldrebourne", "Elderbourne"),
        ("inverloch", "Inverlochan"),
        ("slievnmore", "Slievanmore"),
        ("longstaple", "Kingsmarrow Central"),
        ("siobhan odovany", "Lough Carrane"),
        ("longstapel", "Kingsmarrow Central"),
        ("ynyswenlan", "Ynys Wenlan"),
    ],
)
async def test_words_typing_errors_and_mps_names_lead_to_the_seat(
    service: MemberService, typed: str, first: str
) -> None:
    assert names(service.near(typed))[0] == first


@pytest.mark.asyncio
async def test_every_seat_is_found_by_its_first_four_letters(service: MemberService) -> None:
    for seat in HOUSE.constituencies:
        assert seat in service.near(seat.name[:4])


@pytest.mark.asyncio
async def test_suggestions_show_the_mp_and_lead_back_to_the_exact_name(service: MemberService) -> None:
    offered = service.complete("farth")
    assert offered == [("Farthing Cross: vacant", "Farthing Cross")]
    assert len(service.complete("", limit=25)) == 25
    assert all(service.find(value).name == value for _, value in service.complete(""))


@given(st.text(max_size=200))
def test_no_text_breaks_the_suggestions(typed: str) -> None:
    assert len(NameIndex(HOUSE.constituencies).near(typed)) <= 25


def test_a_key_stroke_in_a_whole_house_is_quick() -> None:
    seats = [replace(s, name=f"{s.name} {n}") for n in range(17) for s in HOUSE.constituencies][:650]
    index = NameIndex(seats)
    began = process_time()
    for typed in ("t", "tarnigham", "xqzw vbn", "quay"):
        index.near(typed)
    assert process_time() - began < 10, "processor time: a busy computer changes nothing of it"


# Refreshing ------------------------------------------------------------------------------------------------------


@pytest.mark.asyncio
async def test_a_refresh_is_stored_and_held(store: Store, source: Source, clock: MovableClock) -> None:
    store.held = Directory()
    service = MemberService(store, source, clock, Dissolution())
    await service.load()
    assert "no list of MPs" in service.as_of_line(clock.now())
    with pytest.raises(Unavailable, match="no list of MPs"):
        service.find("Tarning")
    told: list[tuple[int, int]] = []
    await service.refresh(lambda done, total: told.append((done, total)))
    assert told == [(40, 40)]
    assert store.held == HOUSE
    assert service.find("Tarning").member is not None


@pytest.mark.asyncio
async def test_a_house_in_which_nobody_sits_does_not_replace_the_old_one(
    service: MemberService, store: Store, source: Source
) -> None:
    source.found = replace(HOUSE, constituencies=tuple(replace(s, member=None) for s in HOUSE.constituencies))
    with pytest.raises(NotTheHouse) as caught:
        await service.refresh()
    assert caught.value.nobody
    assert "dissolved" in caught.value.next_step
    assert service.suspects_dissolution
    assert service.directory == store.held == HOUSE
    source.found = HOUSE
    await service.refresh()
    assert not service.suspects_dissolution


@pytest.mark.asyncio
@pytest.mark.parametrize("kept", [0, 1, 20, 35])
async def test_a_much_smaller_house_does_not_replace_the_old_one(
    service: MemberService, store: Store, source: Source, kept: int
) -> None:
    source.found = replace(HOUSE, constituencies=HOUSE.constituencies[:kept])
    with pytest.raises(NotTheHouse) as caught:
        await service.refresh()
    assert "keeps the earlier list" in caught.value.message
    assert service.directory == store.held == HOUSE


@pytest.mark.asyncio
async def test_a_few_new_vacancies_are_accepted(service: MemberService, source: Source) -> None:
    source.found = replace(
        HOUSE, constituencies=(replace(HOUSE.constituencies[0], member=None), *HOUSE.constituencies[1:])
    )
    await service.refresh()
    assert service.directory == source.found


@pytest.mark.asyncio
async def test_a_failure_keeps_what_is_held(service: MemberService, store: Store, source: Source) -> None:
    source.away = True
    with pytest.raises(Unavailable):
        await service.refresh()
    assert service.directory == HOUSE
    source.away, store.fails = False, True
    source.found = replace(HOUSE, source="newer")
    with pytest.raises(Unavailable):
        await service.refresh()
    assert service.directory == HOUSE


@pytest.mark.asyncio
async def test_without_a_source_it_says_so(store: Store, clock: MovableClock) -> None:
    service = MemberService(store, None, clock, Dissolution())
    await service.load()
    with pytest.raises(Unavailable):
        await service.refresh()
    with pytest.raises(Unavailable):
        await service.by_postcode("ZA1 1AA")
    seat = service.find("Tarning")
    assert await service.with_contact(seat) == seat


# Age and dissolution ---------------------------------------------------------------------------------------------


@pytest.mark.asyncio
async def test_the_age_of_the_data_is_said_and_warned_about_after_thirty_days(
    service: MemberService, clock: MovableClock
) -> None:
    assert service.as_of_line(clock.now()) == "MP data as of 15 January 2027. Source: an invented House."
    assert "Warning" not in service.as_of_line(START + timedelta(days=30))
    assert "Warning: this is more than 30 days old" in service.as_of_line(START + timedelta(days=30, seconds=1))


@pytest.mark.asyncio
async def test_a_dissolution_is_said_while_it_lasts(store: Store, clock: MovableClock) -> None:
    service = MemberService(store, None, clock, Dissolution(date(2027, 1, 20), date(2027, 3, 1)))
    assert service.dissolution_line() == ""
    clock.move_to(datetime(2027, 1, 20, 9, tzinfo=UTC))
    assert "20 January 2027" in service.dissolution_line()
    clock.move_to(datetime(2027, 3, 1, 9, tzinfo=UTC))
    assert service.dissolution_line() == ""


# Postcodes -------------------------------------------------------------------------------------------------------


@pytest.mark.asyncio
async def test_a_postcode_is_sent_in_its_usual_form_and_answered_with_todays_seats(
    service: MemberService, source: Source
) -> None:
    found = await service.by_postcode(" za1 1aa")
    assert source.asked == ["ZA1 1AA"]
    assert names(list(found.constituencies)) == ["Tarning"]
    assert found.warning == ""


@pytest.mark.asyncio
async def test_answers_that_differ_are_all_offered(service: MemberService, source: Source) -> None:
    source.answer = PostcodeAnswer(("Tarning", "Tarningham"), "Two services disagree.")
    found = await service.by_postcode("ZA1 1AA")
    assert names(list(found.constituencies)) == ["Tarning", "Tarningham"]
    assert found.warning == "Two services disagree."


@pytest.mark.asyncio
async def test_a_seat_that_is_gone_is_never_shown(service: MemberService, source: Source) -> None:
    source.answer = PostcodeAnswer(("Tarning and Elderbourne", "Elderbourne"), "Two services disagree.")
    found = await service.by_postcode("ZA1 1AA")
    assert names(list(found.constituencies)) == ["Elderbourne"]
    assert found.warning == "One answer named a constituency that no longer exists."
    source.answer = PostcodeAnswer(("Tarning and Elderbourne",))
    with pytest.raises(NotFound):
        await service.by_postcode("ZA1 1AA")


@pytest.mark.claim("P-37")
@pytest.mark.asyncio
@pytest.mark.parametrize("typed", ["", "ZA1", "nonsense", "JE99 1AA", "@everyone"])
async def test_nothing_but_a_full_postcode_of_the_house_is_sent(
    service: MemberService, source: Source, typed: str
) -> None:
    with pytest.raises((Refused, NotFound)):
        await service.by_postcode(typed)
    assert source.asked == []


# Contacts --------------------------------------------------------------------------------------------------------


@pytest.mark.asyncio
async def test_contacts_are_asked_for_once_a_day(service: MemberService, source: Source, clock: MovableClock) -> None:
    seat = service.find("Tarning")
    for _ in range(3):
        found = await service.with_contact(seat)
        assert found.member is not None
        assert found.member.email == "office@house.example"
    assert source.contacts == 1
    clock.advance(timedelta(hours=25))
    await service.with_contact(seat)
    assert source.contacts == 2


@pytest.mark.asyncio
async def test_a_seat_is_shown_without_contacts_where_nobody_can_be_asked(
    service: MemberService, source: Source
) -> None:
    source.away = True
    seat = service.find("Tarning")
    assert await service.with_contact(seat) == seat
    vacant = service.find("Farthing Cross")
    assert await service.with_contact(vacant) == vacant
