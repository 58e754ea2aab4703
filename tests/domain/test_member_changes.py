"""What changed between two directories, in words: each change once, and nothing that is only the source's doubt."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from bot.domain.member_changes import ChangeKind, changes, digest
from bot.domain.members import Constituency, Directory, Member, MemberRole


def member(
    number: int, seat: str, name: str, party: str = "Lantern", role: MemberRole = MemberRole.BACKBENCHER
) -> Member:
    return Member(number, name, f"{name} MP", name, name, party, seat, role)


AMINA = member(1, "Tarning", "Amina Thackwell")
BARNABY = member(2, "Fenn", "Barnaby Oystermouth")
HOUSE = Directory(
    (Constituency(10, "Tarning", AMINA), Constituency(20, "Fenn", BARNABY), Constituency(30, "Ashlocke")),
    datetime(2027, 1, 1, tzinfo=UTC),
    "a file",
)


def changed(*seats: Constituency) -> Directory:
    new = {seat.constituency_id: seat for seat in (*HOUSE.constituencies, *seats)}
    return replace(HOUSE, constituencies=tuple(new.values()))


def test_the_same_house_has_no_news_and_neither_has_the_first_one() -> None:
    assert changes(HOUSE, HOUSE) == ()
    assert changes(Directory(), HOUSE) == ()
    assert changes(replace(HOUSE, invented=True), HOUSE) == ()


def test_a_seat_falls_vacant_and_is_won() -> None:
    vacant = changed(Constituency(10, "Tarning"))
    (gone,) = changes(HOUSE, vacant)
    assert (gone.kind, gone.constituency) == (ChangeKind.VACANT, "Tarning")
    assert gone.words == "Tarning is vacant; it was Amina Thackwell's. No MP until the by-election."
    won = changed(Constituency(10, "Tarning", member(9, "Tarning", "Comfort Osei", "Meadow")))
    (new,) = changes(vacant, won)
    assert new.words == "Tarning has a new MP: Comfort Osei (Meadow)."
    (both,) = changes(HOUSE, won)
    assert both.words == "Tarning has a new MP: Comfort Osei (Meadow), after Amina Thackwell."


def test_a_party_and_a_post_change() -> None:
    new = changed(Constituency(10, "Tarning", replace(AMINA, party="Independent", role=MemberRole.MINISTER)))
    party, role = changes(HOUSE, new)
    assert party.words == "Amina Thackwell, Tarning: now Independent, before Lantern."
    assert role.words == "Amina Thackwell, Tarning, is a minister now."


def test_a_role_that_is_not_known_is_no_news_nor_a_party_that_is_not_stated() -> None:
    doubtful = changed(Constituency(10, "Tarning", replace(AMINA, party="", role=MemberRole.UNKNOWN)))
    assert changes(HOUSE, doubtful) == ()
    assert changes(doubtful, HOUSE) == ()


def test_a_name_that_is_written_otherwise_is_the_same_person() -> None:
    assert changes(HOUSE, changed(Constituency(10, "Tarning", replace(AMINA, display_as="Dame Amina Thackwell")))) == ()
    from_file = changed(Constituency(10, "Tarning", replace(AMINA, member_id=-5)))
    assert changes(HOUSE, from_file) == ()
    assert changes(from_file, HOUSE) == ()


def test_a_seat_keeps_its_history_under_another_number() -> None:
    assert (
        changes(HOUSE, replace(HOUSE, constituencies=(Constituency(99, "TARNING", AMINA), *HOUSE.constituencies[1:])))
        == ()
    )


def test_seats_come_and_go() -> None:
    new = replace(HOUSE, constituencies=(*HOUSE.constituencies[:2], Constituency(40, "New Fenn")))
    assert {change.words for change in changes(HOUSE, new)} == {
        "New Fenn is a new constituency.",
        "Ashlocke is no longer a constituency.",
    }


def test_the_digest_is_short_and_says_how_much_it_leaves_out() -> None:
    def house(offset: int, seats: int) -> Directory:
        return replace(
            HOUSE,
            constituencies=tuple(
                Constituency(n, f"Seat {n:03}", member(n + offset, f"Seat {n:03}", f"Member {n + offset}"))
                for n in range(1, seats)
            ),
        )

    lines = digest(changes(house(0, 31), house(1000, 31)))
    assert len(lines) == 9
    assert lines[-1] == "And 22 more."
    (election,) = digest(changes(house(0, 650), house(1000, 650)))
    assert election.startswith("649 constituencies have new MPs")
    assert digest(()) == ()
