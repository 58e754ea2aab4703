"""The Members API's JSON, as far as Postbag reads it. Every string may be null."""

from __future__ import annotations

import logging
from datetime import datetime
from typing import Annotated, Any, Generic, TypeVar

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    TypeAdapter,
    ValidationError,
    ValidatorFunctionWrapHandler,
    WrapValidator,
)

from bot.domain.errors import UnexpectedAnswer
from bot.sources.http import TRY_LATER

T = TypeVar("T")
log = logging.getLogger(__name__)


class Shape(BaseModel):
    """Part of an answer. What is not named here is ignored. Its validator is built on first use, not at every start."""

    model_config = ConfigDict(extra="ignore", frozen=True, defer_build=True)


def _a_day_or_none(value: Any) -> Any:
    """Take an odd date for none: "", a word, or the year 1 that such services write where they mean nothing."""
    if value is None or isinstance(value, datetime):
        return value
    try:
        found = datetime.fromisoformat(value.strip()) if isinstance(value, str) else None
    except ValueError:
        found = None
    if found is None or found.year < 1800:
        log.info("a date in an answer of Parliament's services was no date: that one is left out")
        return None
    return found


def _or_none(value: Any, read: ValidatorFunctionWrapHandler) -> Any:
    """Take a part of another shape for none, and say so: one odd row never refuses the whole answer."""
    try:
        return read(value)
    except ValidationError:
        log.info("a part of an answer of Parliament's services had another shape: that one is left out")
        return None


Day = Annotated[datetime | None, BeforeValidator(_a_day_or_none)]
OrNone = WrapValidator(_or_none)


class Party(Shape):
    name: str | None = None


class Status(Shape):
    statusIsActive: bool | None = None  # noqa: N815


class HouseMembership(Shape):
    membershipFrom: str | None = None  # noqa: N815
    membershipFromId: int | None = None  # noqa: N815
    house: int | None = None
    membershipEndDate: Day = None  # noqa: N815
    membershipStatus: Annotated[Status | None, OrNone] = None  # noqa: N815


class MemberShape(Shape):
    id: int
    nameListAs: str | None = None  # noqa: N815
    nameDisplayAs: str | None = None  # noqa: N815
    nameFullTitle: str | None = None  # noqa: N815
    nameAddressAs: str | None = None  # noqa: N815
    latestParty: Annotated[Party | None, OrNone] = None  # noqa: N815
    latestHouseMembership: HouseMembership | None = None  # noqa: N815

    @property
    def is_sitting(self) -> bool:
        """Tell whether this is a current Member of the Commons: house 1, no end date. A suspended Member sits for the seat too."""
        seat = self.latestHouseMembership
        return seat is not None and seat.house == 1 and seat.membershipEndDate is None

    @property
    def is_active(self) -> bool:
        """Tell whether the record calls the Member active: not where suspended, nor where it does not say."""
        seat = self.latestHouseMembership
        return seat is not None and seat.membershipStatus is not None and seat.membershipStatus.statusIsActive is True


class MemberItem(Shape):
    value: MemberShape


class Representation(Shape):
    member: MemberItem | None = None


class SeatShape(Shape):
    id: int
    name: str | None = None
    endDate: Day = None  # noqa: N815
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
    endDate: Day = None  # noqa: N815


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
        raise UnexpectedAnswer(f"{service} sent an answer that Postbag doesn't understand.", TRY_LATER) from None
