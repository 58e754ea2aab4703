"""The directory of Members: every seat with its holder, replaced as a whole."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from sqlalchemy import RowMapping, delete, insert, select

from bot.domain.errors import Refused
from bot.domain.members import Constituency, Directory, Member, MemberRole
from storage.database import Database
from storage.kept import insert_for
from storage.schema import constituencies, kept

KEPT = "directory of Members"


class Members:
    """The ``constituencies`` table; its day and source are one row of ``kept``."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def load(self) -> Directory:
        """Give the directory as it was last stored, seats by name; an empty one before that."""
        async with self._database.reading(snapshot=True) as connection:
            about = (await connection.execute(select(kept.c.value).where(kept.c.name == KEPT))).scalar_one_or_none()
            rows = (await connection.execute(select(constituencies).order_by(constituencies.c.name))).mappings().all()
        if about is None:
            return Directory()
        said = json.loads(about)
        return Directory(
            constituencies=tuple(_seat(row) for row in rows),
            as_of=datetime.fromisoformat(said["as_of"]),
            source=said["source"],
            invented=said["invented"],
        )

    async def replace(self, directory: Directory) -> None:
        """Put a directory in place of the stored one, in one transaction. Refused: it says no day."""
        if directory.as_of is None:
            raise Refused("A directory of Members without its day cannot be kept.", "Fetch it again.")
        about = json.dumps(
            {"as_of": directory.as_of.isoformat(), "source": directory.source, "invented": directory.invented},
            ensure_ascii=False,
        )
        put = insert_for(self._database, kept).values(name=KEPT, value=about)
        async with self._database.writing() as connection:
            await connection.execute(delete(constituencies))
            if directory.constituencies:
                await connection.execute(insert(constituencies), [_row(seat) for seat in directory.constituencies])
            await connection.execute(put.on_conflict_do_update(index_elements=["name"], set_={"value": about}))


def _row(seat: Constituency) -> dict[str, Any]:
    member = seat.member
    return {
        "constituency_id": seat.constituency_id,
        "name": seat.name,
        "member_id": member.member_id if member else None,
        "display_as": member.display_as if member else "",
        "full_title": member.full_title if member else "",
        "address_as": member.address_as if member else "",
        "list_as": member.list_as if member else "",
        "party": member.party if member else "",
        "role": member.role.value if member else "",
        "post": member.post if member else "",
        "email": member.email if member else "",
        "phone": member.phone if member else "",
    }


def _seat(row: RowMapping) -> Constituency:
    if row["member_id"] is None:
        return Constituency(row["constituency_id"], row["name"])
    member = Member(
        member_id=row["member_id"],
        display_as=row["display_as"],
        full_title=row["full_title"],
        address_as=row["address_as"],
        list_as=row["list_as"],
        party=row["party"],
        constituency=row["name"],
        role=_role(row["role"]),
        post=row["post"],
        email=row["email"],
        phone=row["phone"],
    )
    return Constituency(row["constituency_id"], row["name"], member)


def _role(written: str) -> MemberRole:
    try:
        return MemberRole(written)
    except ValueError:
        return MemberRole.UNKNOWN
