"""Who is your MP: a postcode, a place, a constituency or a name, in one field. What was typed is in no answer."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from bot.clock import MovableClock
from bot.domain.errors import PostbagError, Refused
from bot.domain.members import Constituency, Directory, Dissolution, Member
from bot.domain.places import Place, Places
from bot.services.members import How, MemberService
from bot.services.ports.members import PostcodeAnswer
from storage.places import read_places

NOW = datetime(2026, 3, 2, 10, tzinfo=UTC)


class Asked:
    """A source that answers for one postcode, and notes what it was asked."""

    def __init__(self) -> None:
        self.postcodes: list[str] = []

    async def by_postcode(self, postcode: str) -> PostcodeAnswer:
        self.postcodes.append(postcode)
        return PostcodeAnswer(("Tarning",))


def seat(number: int, name: str, person: str = "") -> Constituency:
    member = Member(number, person, "", "", person, "", name) if person else None
    return Constituency(number, name, member)


SEATS = (
    seat(1, "Tarning", "Amina Thackwell"),
    seat(2, "Tarningham", "Barnaby Oystermouth"),
    seat(3, "Upper Brook and Quill"),
    seat(4, "Quill West", "Órla Ní Fhearghail"),
)
TABLE = Places(
    (
        Place(("Old Quill", "Hen Gwill"), ("Upper Brook and Quill", "Quill West", "Gone")),
        Place(("Tarn",), words="Tarning"),
    )
)


def service(*seats: Constituency, places: Places = TABLE) -> tuple[MemberService, Asked]:
    source = Asked()
    members = MemberService(None, source, MovableClock(NOW), Dissolution(), places=places)  # type: ignore[arg-type]
    members._hold(Directory(seats or SEATS, as_of=NOW))
    return members, source


@pytest.mark.asyncio
@pytest.mark.parametrize(
    ("typed", "how", "names"),
    [
        ("TARNING", How.NAME, ["Tarning"]),
        ("the MP for Tarning", How.NAME, ["Tarning"]),
        ("tarning constituency", How.NAME, ["Tarning"]),
        ("za1 1aa", How.POSTCODE, ["Tarning"]),
        ("ZAl 1AA", How.POSTCODE, ["Tarning"]),
        ("old quill", How.PLACE, ["Upper Brook and Quill", "Quill West"]),
        ("Hen Gŵill", How.PLACE, ["Upper Brook and Quill", "Quill West"]),
        ("Thackwell", How.NEAR, ["Tarning"]),
        ("orla ni fhearghail", How.NEAR, ["Quill West"]),
        ("Tarnnigham", How.NEAR, ["Tarningham"]),
        ("Old Qill", How.PLACE, ["Upper Brook and Quill", "Quill West"]),
        ("hen gwil", How.PLACE, ["Upper Brook and Quill", "Quill West"]),
        ("my postcode is ZA11AA", How.POSTCODE, ["Tarning"]),
        ("ZA1 1AA Tarning", How.POSTCODE, ["Tarning"]),
    ],
)
async def test_one_field_takes_them_all(typed: str, how: How, names: list[str]) -> None:
    members, _ = service()
    picked = await members.pick(typed)
    assert picked.how is how
    assert [found.name for found in picked.seats][: len(names)] == names


@pytest.mark.asyncio
@pytest.mark.parametrize("typed", ["SW1A 1AA", "ZA1", "SW1A OAA", "BFPO 1", "GX11 1AA", "ZA99 9ZZ", "12 34"])
async def test_no_answer_holds_what_was_typed(typed: str) -> None:
    members, source = service()
    try:
        said = repr(await members.pick(typed))
    except PostbagError as error:
        said = f"{error.message} {error.next_step}"
    assert typed not in said
    assert typed.replace(" ", "") not in said
    assert members.near(typed) == []
    assert members.complete(typed) == [], "nothing is suggested while a postcode is typed"
    asked = len(source.postcodes)
    with pytest.raises(Refused, match="doesn't use postcodes"):
        await members.pick(typed, postcodes=False)
    assert len(source.postcodes) == asked, "where none is taken, none is looked up"


@pytest.mark.asyncio
async def test_the_shipped_table_knows_other_names_of_places() -> None:
    names = ("Ynys Môn", "Foyle", "East Londonderry", "Cardiff East", "Cardiff West")
    members, _ = service(*(seat(n, name) for n, name in enumerate(names)), places=read_places())
    for typed, expected in {
        "Anglesey": ["Ynys Môn"],
        "isle of anglesey": ["Ynys Môn"],
        "the mp for Holyhead": ["Ynys Môn"],
        "Derry": ["Foyle", "East Londonderry"],
        "Caerdydd": ["Cardiff East", "Cardiff West"],
    }.items():
        picked = await members.pick(typed)
        assert picked.how is How.PLACE
        assert [found.name for found in picked.seats] == expected
        assert {name for _, name in members.complete(typed)} >= set(expected)


@pytest.mark.asyncio
@pytest.mark.parametrize("typed", ["", "   ", "🙂", "\u200f"])
async def test_nothing_typed_finds_nobody(typed: str) -> None:
    members, _ = service()
    assert (await members.pick(typed)).seats == ()
