"""The Members API's JSON, as far as Postbag reads it. Every string may be null."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Generic, TypeVar

from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError

from bot.domain.errors import UnexpectedAnswer
from bot.sources.http import TRY_LATER

T = TypeVar("T")


class Shape(BaseModel):
    """Part of an answer. What is not named here is ignored. Its validator is built on first use, not at every start."""

    model_config = ConfigDict(extra="ignore", frozen=True, defer_build=True)


class Party(Shape):
    name: str | None = None


class Status(Shape):
    statusIsActive: bool | None = None  # noqa: N815


class HouseMembership(Shape):
    membershipFrom: str | None = None  # noqa: N815
    membershipFromId: int | None = None  # noqa: N815
    house: int | None = None
    membershipEndDate: datetime | None = None  # noqa: N815
    membershipStatus: Status | None = None  # noqa: N815


class MemberShape(Shape):
    id: int
    nameListAs: str | None = None  # noqa: N815
    nameDisplayAs: str | None = None  # noqa: N815
    nameFullTitle: str | None = None  # noqa: N815
    nameAddressAs: str | None = None  # noqa: N815
    latestParty: Party | None = None  # noqa: N815
    latestHouseMembership: HouseMembership | None = None  # noqa: N815

    @property
    def is_sitting(self) -> bool:
        """Tell whether this is a current Member of the Commons: house 1, no end date, active."""
        seat = self.latestHouseMembership
        return (
            seat is not None
            and seat.house == 1
            and seat.membershipEndDate is None
            and seat.membershipStatus is not None
            and seat.membershipStatus.statusIsActive is True
        )


class MemberItem(Shape):
    value: MemberShape


class Representation(Shape):
    member: MemberItem | None = None


class SeatShape(Shape):
    id: int
    name: str | None = None
    endDate: datetime | None = None  # noqa: N815
    currentRepresentation: Representation | None = None  # noqa: N815

    @property
    def holder(self) -> MemberShape | None:
        """Give the sitting Member whom the seat names, or None."""
        held = self.currentRepresentation.member if self.currentRepresentation is not None else None
        return held.value if held is not None and held.value.is_sitting else None


class SeatItem(Shape):
    value: SeatShape


class Page(Shape, Generic[T]):
    items: list[T]
    totalResults: int  # noqa: N815
    resultContext: str | None = None  # noqa: N815


class ContactShape(Shape):
    typeId: int | None = None  # noqa: N815
    isWebAddress: bool | None = None  # noqa: N815
    phone: str | None = None
    email: str | None = None


class Contacts(Shape):
    value: list[ContactShape]


class Holder(Shape):
    member: MemberItem | None = None
    endDate: datetime | None = None  # noqa: N815


class PostShape(Shape):
    name: str | None = None
    postHolders: list[Holder] | None = None  # noqa: N815


class PostItem(Shape):
    value: PostShape


MEMBERS: TypeAdapter[Page[MemberItem]] = TypeAdapter(Page[MemberItem])
SEATS: TypeAdapter[Page[SeatItem]] = TypeAdapter(Page[SeatItem])
CONTACTS = TypeAdapter(Contacts)
_LATER = ConfigDict(defer_build=True)
POSTS = TypeAdapter(list[PostItem], config=_LATER)
MEMBER_LIST = TypeAdapter(list[MemberItem], config=_LATER)


def read(adapter: TypeAdapter[T], data: Any, service: str) -> T:
    """Read an answer strictly. UnexpectedAnswer: it has another shape; what it held is not repeated."""
    try:
        return adapter.validate_python(data)
    except ValidationError:
        raise UnexpectedAnswer(f"{service} gave an answer that Postbag does not understand.", TRY_LATER) from None
