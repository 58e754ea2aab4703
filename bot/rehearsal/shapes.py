"""The invented House in the shapes of the Members API, postcodes.io and the bank-holiday list."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from bot.rehearsal.house import (
    DEPUTY_SPEAKER_SEAT,
    INDEPENDENT,
    INVENTED,
    PARTIES,
    SPEAKER_SEAT,
    WITHOUT_OFFICE,
    House,
    Seat,
    Sitting,
)

Json = dict[str, Any]


def midnight(day: date | None) -> str | None:
    """Write a day as these services do: a London wall-clock time without a zone."""
    return None if day is None else f"{day.isoformat()}T00:00:00"


def links(*pairs: tuple[str, str]) -> list[Json]:
    return [{"rel": rel, "href": href, "method": "GET"} for rel, href in pairs]


def party(name: str) -> Json:
    return {
        "id": 990 + PARTIES.index(name),
        "name": name,
        "abbreviation": "".join(word[0] for word in name.split()[:2]),
        "backgroundColour": "404040",
        "foregroundColour": "FFFFFF",
        "isLordsMainParty": False,
        "isLordsSpiritualParty": False,
        "governmentType": None,
        "isIndependentParty": name == INDEPENDENT,
    }


def membership(seat: Seat, sitting: Sitting) -> Json:
    ended = sitting.until is not None
    status = None
    if not ended:
        status = {
            "statusIsActive": True,
            "statusDescription": "Current Member",
            "statusNotes": None,
            "statusId": 0,
            "status": 0,
            "statusStartDate": midnight(sitting.since),
        }
    return {
        "membershipFrom": seat.name,
        "membershipFromId": seat.seat_id,
        "house": 1,
        "membershipStartDate": midnight(sitting.since),
        "membershipEndDate": midnight(sitting.until),
        "membershipEndReason": "Left the invented House" if ended else None,
        "membershipEndReasonNotes": None,
        "membershipEndReasonId": 1 if ended else None,
        "membershipStatus": status,
    }


def member(seat: Seat, sitting: Sitting) -> Json:
    """Give one Member with links, as an item of a list."""
    key = sitting.member_id
    return {
        "value": {
            "id": key,
            "nameListAs": sitting.list_as,
            "nameDisplayAs": sitting.display_as,
            "nameFullTitle": sitting.full_title,
            "nameAddressAs": sitting.address_as,
            "latestParty": party(sitting.party),
            "gender": None,
            "latestHouseMembership": membership(seat, sitting),
            "thumbnailUrl": None,
        },
        "links": links(
            ("self", f"/Members/{key}"),
            ("overview", f"/Members/{key}"),
            ("synopsis", f"/Members/{key}/Synopsis"),
            ("contactInformation", f"/Members/{key}/Contact"),
        ),
    }


def page(items: Sequence[Json], skip: int, take: int, path: str) -> Json:
    """Wrap a slice of items in the envelope of a search."""
    return {
        "items": list(items[skip : skip + take]),
        "totalResults": len(items),
        "resultContext": INVENTED,
        "skip": skip,
        "take": take,
        "links": links(("self", f"{path}?skip={skip}&take={take}")),
        "resultType": 1,
    }


def constituency(seat: Seat) -> Json:
    """Give one seat; a vacant or abolished one has no current representation."""
    current = None
    if seat.member is not None and seat.ended is None:
        current = {"member": member(seat, seat.member), "representation": membership(seat, seat.member)}
    return {
        "value": {
            "id": seat.seat_id,
            "name": seat.name,
            "startDate": midnight(date(2010, 5, 6) if seat.ended else date(2024, 5, 31)),
            "endDate": midnight(seat.ended),
            "currentRepresentation": current,
        },
        "links": links(("self", f"/Location/Constituency/{seat.seat_id}")),
    }


def contacts(seat: Seat, sitting: Sitting) -> Json:
    """Give a contact record: offices and a web address, with the gaps that real records have."""
    rows = []
    if seat.name != WITHOUT_OFFICE:
        rows.append(
            _contact(
                1,
                "Parliamentary office",
                line1="House of Commons",
                line2="London",
                postcode="SW1A 0AA",
                phone=sitting.phone,
                email=sitting.mail,
            )
        )
    rows.append(_contact(4, "Constituency office", line1=f"1 Invented Street, {seat.name}"))
    rows.append(
        _contact(
            6,
            "Website",
            web=True,
            line1=f"https://member-{sitting.member_id}.example/",
            notes="Invented for rehearsal",
        )
    )
    return {"value": rows, "links": links(("self", f"/Members/{sitting.member_id}/Contact"))}


def _contact(type_id: int, name: str, *, web: bool = False, **given: str | None) -> Json:
    empty = dict.fromkeys(
        ("notes", "line1", "line2", "line3", "line4", "line5", "postcode", "phone", "fax", "email", "website")
    )
    described = {"type": name, "typeDescription": None, "typeId": type_id, "isPreferred": False, "isWebAddress": web}
    return described | empty | given


def government_posts(house: House) -> list[Json]:
    """List the posts of the invented Government with their holders."""
    found: list[Json] = []
    for seat, sitting in current(house):
        for name in sitting.posts:
            holder = {
                "member": member(seat, sitting),
                "startDate": midnight(sitting.since),
                "endDate": None,
                "layingMinisterName": None,
                "isPaid": True,
            }
            found.append(
                {
                    "value": {
                        "type": 0,
                        "name": name,
                        "hansardName": None,
                        "id": 9900 + len(found),
                        "postHolders": [holder],
                        "governmentDepartments": [],
                        "createdWhen": midnight(sitting.since),
                        "order": len(found),
                    },
                    "links": [],
                }
            )
    return found


def speaker_and_deputies(house: House) -> list[Json]:
    return [member(s, m) for s, m in current(house) if s.name in (SPEAKER_SEAT, DEPUTY_SPEAKER_SEAT)]


def biography(seat: Seat, sitting: Sitting) -> Json:
    empty: Json = {
        name: []
        for name in (
            "representations",
            "electionsContested",
            "houseMemberships",
            "governmentPosts",
            "oppositionPosts",
            "otherPosts",
            "partyAffiliations",
            "committeeMemberships",
        )
    }
    empty["governmentPosts"] = [
        {
            "house": 1,
            "name": name,
            "id": 9900 + number,
            "startDate": midnight(sitting.since),
            "endDate": None,
            "additionalInfo": None,
            "additionalInfoLink": None,
        }
        for number, name in enumerate(sitting.posts)
    ]
    return {"value": empty, "links": links(("self", f"/Members/{sitting.member_id}/Biography"))}


def current(house: House) -> Iterable[tuple[Seat, Sitting]]:
    """Pair every held seat with its Member; nobody while the House is dissolved."""
    return [] if house.dissolved else [(s, s.member) for s in house.seats if s.member is not None and s.ended is None]


def everybody(house: House) -> list[tuple[Seat, Sitting]]:
    """Pair every Member, present and past, with their seat."""
    pairs = [(s, m) for s in house.seats for m in ((s.member,) if s.member else ()) + s.former]
    return sorted(pairs, key=lambda pair: pair[1].list_as or "")


def holds(needle: str, name: str) -> bool:
    """Tell whether a name holds a text: the substring match of the constituency search, whatever the case and accents."""
    return _bare(needle) in _bare(name)


def _bare(text: str) -> str:
    return "".join(ch for ch in unicodedata.normalize("NFKD", text.casefold()) if not unicodedata.combining(ch))


_AREAS = (
    "nhs_ha", "european_electoral_region", "primary_care_trust", "lsoa", "msoa", "parish", "admin_county", "admin_ward", "ced", "ccg",
    "nuts", "pfa", "nhs_region", "ttwa", "bua", "icb", "cancer_alliance", "lsoa11", "msoa11", "lsoa21", "msoa21", "ruc11", "ruc21", "lep1",
)  # fmt: skip
_AREA_CODES = (
    "admin_district", "admin_county", "admin_ward", "parish", "ccg", "ced", "lsoa", "msoa", "lau2", "pfa", "nhs_region", "ttwa",
    "national_park", "bua", "icb", "cancer_alliance", "lsoa11", "msoa11", "lsoa21", "msoa21", "oa21", "lep1",
)  # fmt: skip


def postcode(written: str, seat: Seat, older: Seat) -> Json:
    """Give the answer of postcodes.io for a postcode in use, both constituency fields as it holds them."""
    outward, inward = written.split()
    codes: Json = dict.fromkeys(_AREA_CODES, "E99999999")
    codes |= {"ccg_id": "99Z", "nuts": "TLZ99", "ruc11": "C1", "ruc21": "UN1", "lep2": None}
    codes |= {"parliamentary_constituency": older.code, "parliamentary_constituency_2024": seat.code}
    return {
        "status": 200,
        "result": {
            **dict.fromkeys(_AREAS, "Invented area"),
            "postcode": written,
            "quality": 1,
            "eastings": 999001,
            "northings": 999002,
            "country": seat.country,
            "longitude": -2.5,
            "latitude": 57.5,
            "region": "Invented region",
            "incode": inward,
            "outcode": outward,
            "parliamentary_constituency": older.name,
            "parliamentary_constituency_2024": seat.name,
            "admin_district": "Invented District",
            "date_of_introduction": "198001",
            "national_park": None,
            "oa21": "E99999999",
            "lep2": None,
            "codes": codes,
        },
    }


def outside_postcode(written: str) -> Json:
    """Give its answer for the Channel Islands and the Isle of Man: codes that begin with L or M, and no seat."""
    outward, inward = written.split()
    code = "M99999999" if written.startswith("IM") else "L99999999"
    return {
        "status": 200,
        "result": {
            "postcode": written,
            "quality": 1,
            "country": "Isle of Man" if code.startswith("M") else "Channel Islands",
            "region": None,
            "incode": inward,
            "outcode": outward,
            "parliamentary_constituency": None,
            "parliamentary_constituency_2024": None,
            "admin_district": None,
            "codes": {"parliamentary_constituency": code, "parliamentary_constituency_2024": code},
        },
    }


def terminated_postcode(written: str, year: int, month: int) -> Json:
    """Give its answer for a postcode that is in use no more."""
    gone = {
        "postcode": written,
        "year_terminated": year,
        "month_terminated": month,
        "longitude": -2.5,
        "latitude": 57.5,
    }
    return {"status": 404, "error": "Postcode not found", "terminated": gone}


def outcode(written: str, seats: Sequence[Seat]) -> Json:
    names = [seat.name for seat in seats]
    return {
        "status": 200,
        "result": {
            "outcode": written,
            "longitude": -2.5,
            "latitude": 57.5,
            "eastings": 999001,
            "northings": 999002,
            **{name: ["Invented area"] for name in ("admin_district", "parish", "admin_county", "admin_ward")},
            "country": sorted({seat.country for seat in seats}),
            "parliamentary_constituency": names,
            "parliamentary_constituency_2024": names,
        },
    }


def bank_holidays(year: int) -> Json:
    """Give a short list in the shape of gov.uk's, marked as invented."""
    days = [("New Year’s Day", 1, 1), ("Christmas Day", 12, 25), ("Boxing Day", 12, 26)]
    events = [
        {"title": title, "date": date(y, month, day).isoformat(), "notes": "invented for rehearsal", "bunting": False}
        for y in (year - 1, year, year + 1)
        for title, month, day in days
    ]
    return {d: {"division": d, "events": events} for d in ("england-and-wales", "scotland", "northern-ireland")}
