"""The Members API: every seat of the House, contacts, and the Member of a postcode."""

from __future__ import annotations

import json
import logging
from collections import defaultdict
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TypeVar

from pydantic import TypeAdapter

from bot.clock import Clock, london_today
from bot.domain.errors import HouseChanged, NotFound, Unavailable, UnexpectedAnswer
from bot.domain.members import Constituency, Directory, Member, MemberRole, fold
from bot.domain.postcodes import BY_NAME, Postcode
from bot.services.ports.members import PageStage, PostcodeAnswer
from bot.sources.http import TRY_LATER, Http
from bot.sources.members_shapes import (
    CONTACTS,
    MEMBER_LIST,
    MEMBERS,
    POSTS,
    SEATS,
    ContactShape,
    MemberItem,
    MemberShape,
    Page,
    SeatItem,
    SeatShape,
    read,
)
from bot.sources.postcodes import PostcodesApi
from bot.sources.roles import abstains, role_of_posts

log = logging.getLogger(__name__)

SERVICE = "The Members API of Parliament"
# The Members API gives no more to a page, whatever is asked for.
PAGE_SIZE = 20
MOST_PAGES = 400
STAGED_FOR = timedelta(hours=6)
"""For so long a page kept from a fetch that was stopped is taken as if it had just come."""

NAMELESS = "Member of Parliament"
"""How a Member is written to whose record, for a time, gives no name."""
PARLIAMENTARY_OFFICE, CONSTITUENCY_OFFICE = 1, 4

Item = TypeVar("Item")
Progress = Callable[[int, int], None]


class MembersApi:
    """The directory of Members, whole or not at all. ``postcodes_url`` is postcodes.io.

    With a ``stage`` every page is kept as it comes, so that a fetch that was stopped goes on with the next page.
    """

    def __init__(
        self, http: Http, base_url: str, postcodes_url: str, clock: Clock, stage: PageStage | None = None
    ) -> None:
        self._http = http
        self._base = base_url.rstrip("/")
        self._postcodes = PostcodesApi(http, postcodes_url)
        self._clock = clock
        self._stage = stage

    async def directory(self, progress: Progress | None = None) -> Directory:
        """Walk the whole House and its seats. ``progress`` hears how many entries of how many were read.

        Unavailable: a page failed, or the House changed while it was read; nothing of a half-read House is given.
        """
        tell = _Told(progress)
        try:
            began, first, members = await self._walk(
                "/api/Members/Search", {"House": "1", "IsCurrentMember": "true"}, MEMBERS, tell
            )
            _, _, seats = await self._walk("/api/Location/Constituency/Search", {"searchText": ""}, SEATS, tell)
            built = await self._built(seats, members)
        except (HouseChanged, UnexpectedAnswer):
            await self.forget_fetched_pages()
            raise
        return Directory(
            constituencies=built,
            as_of=began,
            source="Members API, UK Parliament" if "invented" not in first.casefold() else "invented House (rehearsal)",
            invented="invented" in first.casefold(),
        )

    async def forget_fetched_pages(self) -> None:
        """Let go of the pages kept for a directory that was taken over, or that makes no sense."""
        if self._stage is not None:
            await self._stage.clear()

    async def _built(self, seats: list[SeatItem], members: list[MemberItem]) -> tuple[Constituency, ...]:
        sitting = {item.value.id: item.value for item in members if item.value.is_sitting}
        resting = sum(not member.is_active for member in sitting.values())
        if resting:
            log.info("%d sitting Members are not called active (suspended?): they are still shown as MPs", resting)
        standing = [item.value for item in seats if item.value.endDate is None]
        posts, speakers, roles_known = await self._roles()
        chair = next(
            (m.id for m in sitting.values() if m.latestParty and fold(m.latestParty.name or "") == "speaker"), None
        )
        directory = _join(standing, sitting)

        def with_role(seat: Constituency) -> Constituency:
            if seat.member is None:
                return seat
            return replace(seat, member=_with_role(seat.member, posts, speakers, chair, known=roles_known))

        return tuple(with_role(seat) for seat in directory)

    async def contact(self, member: Member) -> Member:
        """Give the member with the mail address and telephone number that the record states; never one made up."""
        if member.member_id <= 0:
            return member
        reply = await self._http.get(SERVICE, f"{self._base}/api/Members/{member.member_id}/Contact", attempts=2)
        rows = [c for c in read(CONTACTS, reply.data, SERVICE).value if not c.isWebAddress]
        offices = [c for kind in (PARLIAMENTARY_OFFICE, CONSTITUENCY_OFFICE) for c in rows if c.typeId == kind]
        return replace(member, email=_first_mail(offices), phone=_first_phone(offices))

    async def by_postcode(self, postcode: str) -> PostcodeAnswer:
        """Ask postcodes.io, then Parliament's own search, for the seat of a full postcode. The person confirms in any case.

        One service may be away: the answer then says that it was not checked twice.
        """
        written = Postcode.read(postcode)
        written.require_a_seat()
        failure: Unavailable | None = None
        names: tuple[str, ...] = ()
        try:
            names = (await self._postcodes.seats(written)).names
        except Unavailable as error:
            failure = error
        try:
            own = await self._seat_of_location(written)
        except Unavailable as error:
            if not names:
                raise failure or error from None
            return PostcodeAnswer(
                names, "Postbag couldn't reach Parliament's own search, so this wasn't checked twice."
            )
        if not names:
            if own is None:
                raise failure or NotFound("Postbag found no MP for that postcode.", BY_NAME)
            return PostcodeAnswer((own,), "Postbag couldn't reach the postcode service, so this wasn't checked twice.")
        if len(names) > 1:
            extra = () if own is None or fold(own) in {fold(n) for n in names} else (own,)
            return PostcodeAnswer(
                names + extra, "The postcode service gives more than one constituency for that postcode."
            )
        if own is None:
            return PostcodeAnswer(names, "Parliament's own search gives no single sitting MP for that postcode.")
        if fold(own) != fold(names[0]):
            return PostcodeAnswer((*names, own), "Two services disagree: the postcode may cross a boundary.")
        return PostcodeAnswer(names)

    async def _seat_of_location(self, postcode: Postcode) -> str | None:
        parameters = {"Location": postcode.written, "House": "1", "IsCurrentMember": "true", "skip": "0", "take": "20"}
        reply = await self._http.get(SERVICE, f"{self._base}/api/Members/Search", parameters, attempts=2)
        page = read(MEMBERS, reply.data, SERVICE)
        found = [item.value for item in page.items if item.value.is_sitting]
        if page.totalResults > 1 or len(found) != 1:
            return None
        membership = found[0].latestHouseMembership
        return (membership.membershipFrom or "").strip() or None if membership is not None else None

    async def _walk(
        self, path: str, parameters: dict[str, str], adapter: TypeAdapter[Page[Item]], tell: _Told
    ) -> tuple[datetime, str, list[Item]]:
        """Read every page, those kept from a stopped fetch first. A page that fails or falls short is an error.

        Gives also when the oldest page came, and what the list says of itself.
        """
        items: list[Item] = []
        context = ""
        total: int | None = None
        now = self._clock.now()
        kept = await self._stage.pages(path, now - STAGED_FOR) if self._stage is not None else ()
        came = [at for at, _ in kept] or [now]
        for number in range(MOST_PAGES):
            data = json.loads(kept[number][1]) if number < len(kept) else None
            if data is None:
                asked = {**parameters, "skip": str(len(items)), "take": str(PAGE_SIZE)}
                data = (await self._http.get(SERVICE, f"{self._base}{path}", asked)).data
            page = read(adapter, data, SERVICE)
            if total is not None and page.totalResults != total:
                raise HouseChanged
            if self._stage is not None and number >= len(kept):
                await self._stage.add(path, number, self._clock.now(), json.dumps(data, ensure_ascii=False))
            total, context = page.totalResults, page.resultContext or context
            items += page.items
            tell.of(path, len(items), total)
            if len(items) >= total:
                break
            if not page.items:
                raise UnexpectedAnswer(f"{SERVICE} stopped before the end of its list.", TRY_LATER)
        ids = [item.value.id for item in items]  # type: ignore[attr-defined]
        if len(set(ids)) != len(ids) or len(ids) != total:
            raise HouseChanged
        return min(came), context, items

    async def _roles(self) -> tuple[dict[int, list[str]], set[int], bool]:
        """Read government posts and the Speaker with deputies. False at the end: the lists cannot be understood."""
        posts: dict[int, list[str]] = defaultdict(list)
        try:
            reply = await self._http.get(SERVICE, f"{self._base}/api/Posts/GovernmentPosts")
            for post in read(POSTS, reply.data, SERVICE):
                for holder in post.value.postHolders or ():
                    if holder.member is not None and holder.endDate is None:
                        posts[holder.member.value.id].append((post.value.name or "").strip() or "a government post")
            day = london_today(self._clock).isoformat()
            reply = await self._http.get(SERVICE, f"{self._base}/api/Posts/SpeakerAndDeputies/{day}")
            speakers = {item.value.id for item in read(MEMBER_LIST, reply.data, SERVICE)}
        except Unavailable:
            log.info("the lists of posts could not be read: every role is unknown until the next refresh")
            return {}, set(), False
        return posts, speakers, bool(posts and speakers)


class _Told:
    """Add up the progress of several lists."""

    def __init__(self, progress: Progress | None) -> None:
        self._progress = progress
        self._lists: dict[str, tuple[int, int]] = {}

    def of(self, name: str, done: int, total: int) -> None:
        self._lists[name] = (done, total)
        if self._progress is not None:
            self._progress(sum(d for d, _ in self._lists.values()), sum(t for _, t in self._lists.values()))


def _join(seats: list[SeatShape], sitting: dict[int, MemberShape]) -> list[Constituency]:
    """Put each sitting Member on their seat, by id and, where there is none, by exact name."""
    named = {seat.id: (seat.name or "").strip() for seat in seats}
    if any(not name for name in named.values()):
        raise UnexpectedAnswer(f"{SERVICE} listed a constituency without a name.", TRY_LATER)
    by_name = {fold(name): key for key, name in named.items()}
    holders: dict[int, MemberShape] = {}
    for member in sitting.values():
        membership = member.latestHouseMembership
        assert membership is not None
        key = by_name.get(fold(membership.membershipFrom or ""), membership.membershipFromId)
        if key is None or (key not in named and not membership.membershipFrom):
            raise UnexpectedAnswer(f"{SERVICE} listed a Member without a constituency.", TRY_LATER)
        if key in holders and holders[key].is_active != member.is_active:
            holders[key] = member if member.is_active else holders[key]
            continue
        if key in holders:
            raise UnexpectedAnswer(f"{SERVICE} listed two Members for one constituency.", TRY_LATER)
        named.setdefault(key, (membership.membershipFrom or "").strip())
        holders[key] = member
    for seat in seats:
        if seat.id not in holders and seat.holder is not None and seat.holder.id not in sitting:
            raise HouseChanged
    return [
        Constituency(key, name, _member(holders[key], name) if key in holders else None)
        for key, name in sorted(named.items(), key=lambda pair: fold(pair[1]))
    ]


def _member(shape: MemberShape, constituency: str) -> Member:
    def said(text: str | None) -> str:
        return " ".join((text or "").split())

    full, listed = said(shape.nameFullTitle), said(shape.nameListAs)
    return Member(
        member_id=shape.id,
        display_as=said(shape.nameDisplayAs) or full or listed or NAMELESS,
        full_title=full,
        address_as=said(shape.nameAddressAs),
        list_as=listed,
        party=said(shape.latestParty.name if shape.latestParty is not None else ""),
        constituency=constituency,
    )


def _with_role(
    member: Member, posts: dict[int, list[str]], speakers: set[int], chair: int | None, *, known: bool
) -> Member:
    if abstains(member.party):
        return replace(member, role=MemberRole.ABSTAINING)
    if member.member_id == chair:
        return replace(member, role=MemberRole.SPEAKER, post="Speaker of the House of Commons")
    if member.member_id in speakers:
        return replace(
            member, role=MemberRole.SPEAKER, post="Deputy Speaker" if chair is not None else "Speaker or Deputy Speaker"
        )
    held = posts.get(member.member_id)
    if held:
        return replace(member, role=role_of_posts(held), post="; ".join(dict.fromkeys(held)))
    return replace(member, role=MemberRole.BACKBENCHER if known else MemberRole.UNKNOWN)


def _first_mail(offices: list[ContactShape]) -> str:
    for office in offices:
        found = (office.email or "").strip()
        if found.count("@") == 1 and len(found) <= 254 and found.isprintable() and " " not in found:
            return found
    return ""


def _first_phone(offices: list[ContactShape]) -> str:
    return next((" ".join(o.phone.split())[:60] for o in offices if o.phone and o.phone.strip()), "")
