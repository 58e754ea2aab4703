"""An invented House: about forty seats, their Members and their postcodes. Nobody and no place in it is real.

Places do not exist, telephone numbers are those set aside for drama, mail addresses end in ``.example``, and the outward
codes belong to no post town: there is no area ZA, and the Channel Islands have no JE99.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

INVENTED = "Invented House for rehearsal: no person, seat or postcode in it is real"

LANTERN = "Lantern Party (invented)"
MEADOW = "Meadow Party (invented)"
TIDEWAY = "Tideway Alliance (invented)"
HEATHER = "Heather Party (invented)"
HARP = "Tír Thréana (invented)"
INDEPENDENT = "Independent"
SPEAKER = "Speaker"
PARTIES = (LANTERN, MEADOW, TIDEWAY, HEATHER, HARP, INDEPENDENT, SPEAKER)

GENERAL_ELECTION = date(2024, 7, 4)

SEAT_TO_TYPE, POSTCODE_TO_TYPE = "Tarning", "ZA1 1AA"
"""What a newcomer to the room is told to type where a constituency or postcode is asked for."""

NATIONS = {"E": "England", "S": "Scotland", "W": "Wales", "N": "Northern Ireland"}


@dataclass(frozen=True, slots=True)
class Sitting:
    """A Member as the Members API would describe one. None where the invented record is silent."""

    member_id: int
    list_as: str | None
    display_as: str | None
    full_title: str | None
    address_as: str | None
    party: str
    posts: tuple[str, ...] = ()
    since: date = GENERAL_ELECTION
    until: date | None = None
    mail: str | None = None
    phone: str | None = None


@dataclass(slots=True)
class Seat:
    """A constituency with whoever holds it and who held it before. ``ended`` is set for an abolished one."""

    seat_id: int
    name: str
    nation: str
    code: str
    member: Sitting | None
    former: tuple[Sitting, ...] = ()
    ended: date | None = None
    postcodes: tuple[str, ...] = ()

    @property
    def country(self) -> str:
        return NATIONS[self.nation]


@dataclass(frozen=True, slots=True)
class KnownPostcode:
    """What each service says of a postcode: the seat that postcodes.io names (and its older field), and those of the Members API."""

    seat: str
    older_seat: str
    members_seats: tuple[str, ...]


@dataclass(slots=True)
class House:
    """All seats, and the postcodes that are known, withdrawn or outside the House."""

    seats: list[Seat]
    postcodes: dict[str, KnownPostcode] = field(default_factory=dict)
    terminated: dict[str, tuple[int, int]] = field(default_factory=dict)
    outside: tuple[str, ...] = ()
    dissolved: bool = False

    def seat(self, name: str) -> Seat:
        """Find a seat by its exact name."""
        return next(s for s in self.seats if s.name == name)


# nation | seat | name in lists | name on show | title on an envelope | name after "Dear" | party | post
_ROLL = """
E | Tarning | Thackwell, Amina | Ms Amina Thackwell | Amina Thackwell MP | Ms Thackwell | Lantern |
E | Tarningham | Oystermouth, Barnaby | Mr Barnaby Oystermouth | Barnaby Oystermouth MP | Mr Oystermouth | Meadow |
E | Fenn | Applegarth-Osei, Dr Comfort | Dr Comfort Applegarth-Osei | Dr Comfort Applegarth-Osei MP | Dr Applegarth-Osei | Lantern |
E | Fennick West | Quillfeather, Edmund | Edmund Quillfeather | Edmund Quillfeather MP | Mr Quillfeather | Tideway |
E | Marrow, Thistle and Quay | Vantongeren, Ottoline | Ottoline Vantongeren | Ottoline Vantongeren MP | Ms Vantongeren | Lantern |
E | Abbot's Fell and Ravensmere | D'Arbanville-Pike, Sir Hal | Sir Hal D'Arbanville-Pike | Rt Hon Sir Hal D'Arbanville-Pike MP | Sir Hal | Meadow |
E | Ashlocke | Wyndlestraw, Perpetua | Perpetua Wyndlestraw | Perpetua Wyndlestraw MP | Miss Wyndlestraw | Lantern | Parliamentary Under-Secretary of State (Department for Lanterns)
E | Brindlewick North | Marchbanks-Rao, Ishaan | Ishaan Marchbanks-Rao | Ishaan Marchbanks-Rao MP | Mr Marchbanks-Rao | Lantern |
E | Brindlewick South | Tolliver-Nkemelu, Grace | Grace Tolliver-Nkemelu | Grace Tolliver-Nkemelu MP | Mrs Tolliver-Nkemelu | Tideway |
E | Cold Harrow and Wren Green | Pennyfarthing, Dame Ursula | Dame Ursula Pennyfarthing | Rt Hon Dame Ursula Pennyfarthing DBE MP | Dame Ursula | Meadow |
E | Dunsmoor Vale | Rookhope, Jethro | Jethro Rookhope | Jethro Rookhope MP | Mr Rookhope | Meadow |
E | East Lantern | Zhou-Fairweather, Lin | Lin Zhou-Fairweather | Lin Zhou-Fairweather MP | - | Lantern |
E | Elderbourne | Ångell-Mbwana, Zoë | Zoë Ångell-Mbwana | Zoë Ångell-Mbwana MP | Ms Ångell-Mbwana | Lantern |
E | Farthing Cross | - |
E | Greyling and the Saltings | Sandlark, Tobias | Tobias Sandlark | - | Mr Sandlark | Independent |
E | Hobley Rise | Chakravel, Meera | Meera Chakravel | Meera Chakravel MP | Ms Chakravel | Lantern | Lord Commissioner of the Invented Treasury (Whip)
E | Kingsmarrow Central | Longstaple, Hester | Hester Longstaple | Rt Hon Hester Longstaple MP | Ms Longstaple | Lantern | Secretary of State for Lanterns
E | Larkwater | Featherstill, Josiah | Mr Deputy Speaker (Josiah Featherstill) | Josiah Featherstill MP | Mr Featherstill | Meadow |
E | Mid Wexcombe | Bellwether-Haq, Samina | Samina Bellwether-Haq | Samina Bellwether-Haq MP | Ms Bellwether-Haq | Lantern |
E | Netherquay | Crowhurst-Obi, Emeka | Emeka Crowhurst-Obi | Emeka Crowhurst-Obi MP | Mr Crowhurst-Obi | Tideway |
E | Old Sallow and Bridgemere | Windermoor, Aurelia | Aurelia Windermoor | Aurelia Windermoor MP | Ms Windermoor | Lantern | Minister of State (Foreign Lanterns Office)
E | Penhallick | Trevannoweth, Jory | Jory Trevannoweth | Jory Trevannoweth MP | Mr Trevannoweth | Tideway |
E | Quillstone | Huxtable-Demir, Elif | Elif Huxtable-Demir | Elif Huxtable-Demir MP | Ms Huxtable-Demir | Lantern |
E | Ravelstoke | Mossgiller, Rupert | Rupert Mossgiller | Rupert Mossgiller MP | Mr Mossgiller | Meadow |
E | Saint Osmund's | Gathercoal, Sir Leopold | Sir Leopold Gathercoal | Rt Hon Sir Leopold Gathercoal MP | Mr Speaker | Speaker |
E | Upper Thornlea | Nightingall, Win | Win Nightingall | Win Nightingall MP | - | Lantern | Lantern Envoy to the Isles
S | Inverlochan | MacAlderley, Catriona | Catriona MacAlderley | Catriona MacAlderley MP | Ms MacAlderley | Heather |
S | Glen Orrin and Skarra | Strachur, Ruaridh | Ruaridh Strachur | Ruaridh Strachur MP | Mr Strachur | Heather |
S | Kirkmarran | Dalwhinnick, Isobel | Isobel Dalwhinnick | Isobel Dalwhinnick MP | Ms Dalwhinnick | Lantern |
S | Strathbrae East | Ibironke-Laird, Tunde | Tunde Ibironke-Laird | Tunde Ibironke-Laird MP | Mr Ibironke-Laird | Heather |
S | Na Sgeirean Ùra | NicUisdeanach, Mòrag | Mòrag NicUisdeanach | Mòrag NicUisdeanach MP | Ms NicUisdeanach | Heather |
S | Dunvarrich | Pettigroo, Fergus | Fergus Pettigroo | Fergus Pettigroo MP | Mr Pettigroo | Tideway |
W | Bryn Môrwen | Ap Cadwgan, Emrys | Emrys Ap Cadwgan | Emrys Ap Cadwgan MP | Mr Ap Cadwgan | Lantern |
W | Cwm Arthen | Llywelyn-Shah, Nia | Nia Llywelyn-Shah | Nia Llywelyn-Shah MP | Ms Llywelyn-Shah | Lantern |
W | Llanfenni | Penmorfa, Gwenllian | Gwenllian Penmorfa | Gwenllian Penmorfa MP | Ms Penmorfa | Meadow |
W | Dyffryn Sarn | Hopcyn-Vale, Idris | Idris Hopcyn-Vale | Idris Hopcyn-Vale MP | Mr Hopcyn-Vale | Lantern |
W | Ynys Wenlan | Siencyn, Tegwen | Tegwen Siencyn | Tegwen Siencyn MP | Ms Siencyn | Independent |
N | Lough Carrane | O'Dovany, Siobhán | Siobhán O'Dovany | Siobhán O'Dovany MP | Ms O'Dovany | Harp |
N | Ballykerran | McIlvarron, Winston | Winston McIlvarron | Winston McIlvarron MP | Mr McIlvarron | Tideway |
N | Slievanmore | Ó Treabhlacháin, Cathán | Cathán Ó Treabhlacháin | Cathán Ó Treabhlacháin MP | Mr Ó Treabhlacháin | Harp |
"""  # noqa: E501

DEPUTY_SPEAKER_SEAT = "Larkwater"
SPEAKER_SEAT = "Saint Osmund's"
VACANT_SEAT = "Farthing Cross"
WITHOUT_OFFICE = "Dyffryn Sarn"
"""The seat whose Member's contact record has no parliamentary office."""

STRADDLING = "ZA41 2BB"
TERMINATED = "ZA42 3DD"
STALE = "ZA43 4EE"
NEW = "ZA44 5FF"
TWO_FIELDS = "ZA45 6GG"
CHANNEL_ISLANDS = "JE99 1AA"
UNKNOWN = "ZA99 9ZZ"

_SHORT = {p.split()[0]: p for p in PARTIES} | {"Harp": HARP}


def invented_house() -> House:
    """Build the House afresh; each one may be changed without touching another."""
    seats = []
    counted: dict[str, int] = {}
    for number, line in enumerate(_ROLL.strip().splitlines(), start=1):
        cells = [cell.strip() for cell in line.split("|")]
        counted[cells[0]] = counted.get(cells[0], 0) + 1
        seats.append(
            Seat(
                seat_id=900100 + number,
                name=cells[1],
                nation=cells[0],
                code=f"{cells[0]}{ {'E': 14, 'S': 14, 'W': 7, 'N': 5}[cells[0]]:02}999{counted[cells[0]]:03}",
                member=_sitting(number, cells) if len(cells) > 5 else None,
                postcodes=(f"ZA{number} 1AA", f"ZA{number} 1AB"),
            )
        )
    house = House(seats)
    house.seat(VACANT_SEAT).former = (
        Sitting(
            member_id=990141,
            list_as="Underhay, Clement",
            display_as="Clement Underhay",
            full_title="Clement Underhay",
            address_as="Mr Underhay",
            party=MEADOW,
            until=date(2026, 2, 2),
        ),
    )
    house.seats.append(
        Seat(
            seat_id=900090,
            name="Tarning and Elderbourne",
            nation="E",
            code="E14999900",
            member=None,
            former=(
                Sitting(
                    member_id=990142,
                    list_as="Merriwold, Lavinia",
                    display_as="Lavinia Merriwold",
                    full_title="Lavinia Merriwold",
                    address_as="Ms Merriwold",
                    party=TIDEWAY,
                    since=date(2019, 12, 12),
                    until=date(2024, 5, 30),
                ),
            ),
            ended=date(2024, 5, 30),
        )
    )
    for seat in house.seats:
        for postcode in seat.postcodes:
            house.postcodes[postcode] = KnownPostcode(seat.name, seat.name, (seat.name,))
    house.postcodes |= {
        STRADDLING: KnownPostcode("Tarning", "Tarning", ("Tarningham",)),
        STALE: KnownPostcode("Tarning and Elderbourne", "Tarning and Elderbourne", ("Elderbourne",)),
        NEW: KnownPostcode("Netherquay", "Netherquay", ()),
        TWO_FIELDS: KnownPostcode("Quillstone", "Ravelstoke", ("Quillstone",)),
    }
    house.terminated[TERMINATED] = (2019, 6)
    house.outside = (CHANNEL_ISLANDS,)
    return house


def _sitting(number: int, cells: list[str]) -> Sitting:
    said = [None if cell == "-" else cell for cell in cells[2:6]]
    posts = tuple(cells[7:8]) if cells[7] else ()
    surname = cells[2].split(",")[0]
    plain = "".join(ch for ch in surname.casefold() if ch.isascii() and ch.isalpha())
    return Sitting(
        member_id=990100 + number,
        list_as=said[0],
        display_as=said[1],
        full_title=said[2],
        address_as=said[3],
        party=_SHORT[cells[6]],
        posts=posts,
        mail=f"{plain}.office@house.example" if number % 5 else None,
        phone=f"020 7946 0{number:03}" if number % 7 else None,
    )
