"""Members of the House of Commons: who sits for which constituency, found by name or by postcode."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum

from bot.clock import LONDON, Clock, london_today
from bot.domain.errors import NotFound, NotTheHouse, Refused, Unavailable
from bot.domain.member_changes import SeatChange, changes, digest
from bot.domain.members import Constituency, Directory, Dissolution, Member, fold
from bot.domain.places import Places, sought
from bot.domain.postcodes import BY_NAME, Postcode, looks_like_postcode
from bot.domain.reports import long_date
from bot.services.member_names import NameIndex, with_a_slip
from bot.services.ports.installation import FactStore
from bot.services.ports.members import MemberNews, MemberSource, MemberStore, PostcodeTable

log = logging.getLogger(__name__)

LEAST_SHARE = 0.9
"""A new House with a smaller share of the seats, or of the Members, than this is not taken for the House."""
CONTACT_KEPT = timedelta(hours=24)
MOST_CONTACTS = 1000
NOBODY = "the source of Members named nobody"
"""A fact that every process reads: letters wait for it."""


@dataclass(frozen=True, slots=True)
class PostcodeFound:
    """Today's constituencies in which a postcode may lie, best first. The person confirms, also where there is one."""

    constituencies: tuple[Constituency, ...]
    warning: str = ""
    source: str = ""


class How(StrEnum):
    """How what a person typed led to constituencies."""

    NAME = "its own name"
    POSTCODE = "a postcode"
    PLACE = "a place"
    NEAR = "a likeness"


@dataclass(frozen=True, slots=True)
class Picked:
    """The constituencies that a postcode, a place, a constituency or a name may mean, best first; maybe none.

    Only with ``How.NAME`` is one of them meant for certain. What was typed is not in here.
    """

    seats: tuple[Constituency, ...]
    how: How
    warning: str = ""
    source: str = ""


class MemberService:
    """The directory in memory, where it comes from, and how people find their MP in it. ``source`` None: no network."""

    def __init__(
        self,
        store: MemberStore,
        source: MemberSource | None,
        clock: Clock,
        dissolution: Dissolution,
        postcodes: PostcodeTable | None = None,
        places: Places | None = None,
        facts: FactStore | None = None,
    ) -> None:
        self._facts = facts
        self._store = store
        self._places = places or Places()
        self._postcodes = postcodes
        self._source = source
        self._clock = clock
        self._dissolution = dissolution
        self._directory = Directory()
        self._names = NameIndex(())
        self._refreshing = asyncio.Lock()
        self._replacing = asyncio.Lock()
        self._contacts: dict[int, tuple[datetime, str, str]] = {}
        self._suspects_dissolution = False

    # What is held -------------------------------------------------------------------------------------------------

    async def load(self) -> None:
        """Read the stored directory into memory."""
        async with self._replacing:
            self._hold(await self._store.load())
        await self.load_doubt()

    async def load_doubt(self) -> None:
        """Read whether the last refresh, by whichever process, found nobody."""
        if self._facts is not None:
            self._suspects_dissolution = bool(await self._facts.get(NOBODY))

    async def _doubt(self, *, nobody: bool) -> None:
        if self._suspects_dissolution != nobody and self._facts is not None:
            await self._facts.put(NOBODY, "1" if nobody else "")
        self._suspects_dissolution = nobody

    def _hold(self, directory: Directory) -> None:
        self._directory = directory
        self._names = NameIndex(directory.constituencies)
        self._contacts.clear()

    @property
    def directory(self) -> Directory:
        return self._directory

    @property
    def dissolution(self) -> Dissolution:
        return self._dissolution

    @property
    def suspects_dissolution(self) -> bool:
        """Tell whether the last refresh found nobody at all, though no dissolution is set."""
        return self._suspects_dissolution

    def dissolution_line(self) -> str:
        """Say that Parliament stands dissolved, or nothing."""
        day = self._dissolution.dissolved_on
        if day is None or not self._dissolution.in_force(london_today(self._clock)):
            return ""
        return f"Parliament was dissolved on {long_date(day)}. There are no MPs until the election, so letters pause until then."

    def as_of_line(self, now: datetime) -> str:
        """Say how old the data are and where they come from, with a warning after thirty days."""
        held = self._directory
        if held.as_of is None:
            return "Postbag has no list of MPs yet."
        line = f"MP data as of {long_date(held.as_of.astimezone(LONDON).date())}. Source: {held.source or 'not said'}."
        if held.is_stale(now):
            line += " Warning: this is more than 30 days old, so check the name before you write."
        return line

    # Fetching -----------------------------------------------------------------------------------------------------

    async def replace(self, directory: Directory) -> tuple[SeatChange, ...]:
        """Put a directory in place of the one held, as a whole. Gives what changed, which is kept until it is told."""
        found: list[SeatChange] = []

        def compare(stored: Directory) -> Sequence[str]:
            found[:] = changes(stored, directory)
            return digest(tuple(found))

        async with self._replacing:
            await self._store.replace(directory, compare)
            self._hold(directory)
        return tuple(found)

    async def take(self, directory: Directory, *, smaller: bool = False) -> tuple[SeatChange, ...]:
        """Take a directory from an operator's file. NotTheHouse: it is empty or much smaller than what is held."""
        async with self._refreshing:
            if not smaller:
                await self._require_the_house(directory, "Give the whole House, or add --smaller.")
            found = await self.replace(directory)
            await self._doubt(nobody=False)
            return found

    async def refresh(self, progress: Callable[[int, int], None] | None = None) -> Directory:
        """Fetch the House and put it in place of what is held, as a whole.

        Unavailable: it could not be read. NotTheHouse: what came is empty or much smaller. Either way the old data stay.
        """
        if self._source is None:
            raise Unavailable("No source of MP data is set.", "Set sources.members_api in the settings.")
        async with self._refreshing:
            found = await self._source.directory(progress)
            await self._require_the_house(found)
            await self.replace(found)
            await self._source.forget_fetched_pages()
            await self._doubt(nobody=False)
            log.info("the directory of Members was renewed: %d seats", len(found.constituencies))
            return found

    async def _require_the_house(self, found: Directory, next_step: str = "Try again later.") -> None:
        kept = f"Postbag keeps the earlier list. {self.as_of_line(self._clock.now())}"
        if _seats_filled(found) == 0:
            await self._doubt(nobody=not self.dissolution_line())
            log.warning("the source of MP data names no Member at all: the earlier data stay")
            raise NotTheHouse(
                f"The source names no sitting MP at all. {kept}",
                "If Parliament has been dissolved, set parliament.dissolved_on in the settings. Otherwise try again later.",
                nobody=True,
            )
        old = self._directory
        too_few_seats = len(found.constituencies) < LEAST_SHARE * len(old.constituencies)
        if too_few_seats or _seats_filled(found) < LEAST_SHARE * _seats_filled(old):
            log.warning("the source of MP data gave %d seats of %d", len(found.constituencies), len(old.constituencies))
            raise NotTheHouse(
                f"The source gave {len(found.constituencies)} seats with {_seats_filled(found)} MPs, but "
                f"the earlier list has {len(old.constituencies)} with {_seats_filled(old)}. {kept}",
                f"{next_step} If Parliament has been dissolved, set parliament.dissolved_on in the settings.",
                nobody=False,
            )

    async def news(self) -> MemberNews | None:
        """Give what changed at the last refresh that changed anything."""
        return await self._store.news()

    # Finding ------------------------------------------------------------------------------------------------------

    def find(self, name: str) -> Constituency:
        """Find the constituency of exactly that name; accents, apostrophes and case do not matter. NotFound names near ones."""
        self._require_data()
        found = self._directory.exactly(name)
        if found is not None:
            return found
        near = self._names.near(name, 3)
        hint = f"Did you mean {_listed([seat.name for seat in near])}? " if near else ""
        raise NotFound("There's no constituency with exactly that name.", f"{hint}Pick it from the list as you type.")

    async def pick(self, typed: str, *, postcodes: bool = True) -> Picked:
        """Find the constituencies that a postcode, a place, a constituency or a Member's name may mean.

        ``postcodes`` False: none is looked up here. Refused, NotFound, Unavailable: as ``by_postcode``. No message holds what
        was typed.
        """
        self._require_data()
        if looks_like_postcode(typed):
            if not postcodes:
                raise Refused("This server doesn't use postcodes, to protect its members.", BY_NAME)
            found = await self.by_postcode(typed)
            return Picked(found.constituencies, How.POSTCODE, found.warning, found.source)
        exact = self._directory.exactly(typed) or self._labelled(typed) or self._directory.exactly(sought(typed))
        if exact is not None:
            return Picked((exact,), How.NAME)
        there = self._at(typed)
        if there:
            return Picked(there, How.PLACE)
        near = tuple(self.near(typed)) if fold(typed) else ()
        slips = self._with_a_slip(typed)
        return Picked(near, How.PLACE if near and near[0] in slips else How.NEAR)

    def _labelled(self, text: str) -> Constituency | None:
        """Find the seat whose line among the suggestions a text is, or None."""
        wanted = " ".join(text.split()).casefold()
        found = [seat for seat in self._directory.constituencies if _label(seat).casefold() == wanted]
        return found[0] if len(found) == 1 else None

    def _at(self, text: str) -> tuple[Constituency, ...]:
        """List the seats in which a place of another name lies, with those that have it in their own name."""
        places = self._places.named(text)
        named = [self._directory.exactly(name) for place in places for name in place.seats]
        found = [seat for seat in named if seat is not None]
        found += [seat for place in places if place.words for seat in self._names.near(place.words, 25)]
        if found:
            words = sought(text).split()
            found += [seat for seat in self._directory.constituencies if set(words) <= set(fold(seat.name).split())]
        return tuple(dict.fromkeys(found))[:25]

    def near(self, text: str, limit: int = 25) -> list[Constituency]:
        """List the constituencies that a text may mean, best first: beginning, words, the Member's name, typos."""
        if looks_like_postcode(text):
            return []
        named = self._names.near(sought(text), limit)
        slips = self._with_a_slip(text)
        after = [*named, *slips] if self._names.is_sure(sought(text)) else [*slips, *named]
        return list(dict.fromkeys([*self._at(text), *after]))[:limit]

    def _with_a_slip(self, text: str) -> tuple[Constituency, ...]:
        """List the seats of places whose name was typed with an error in it."""
        names = with_a_slip(sought(text), self._places.names)
        return tuple(dict.fromkeys(seat for name in names for seat in self._at(name)))

    def complete(self, text: str, limit: int = 25) -> list[tuple[str, str]]:
        """Offer constituencies for what has been typed so far, as (what is shown, the constituency's name)."""
        return [(_label(seat), seat.name) for seat in self.near(text, limit)]

    async def by_postcode(self, text: str) -> PostcodeFound:
        """Find the constituencies of a postcode: in the operator's own table, else through the two services. Kept nowhere.

        Refused: not a full postcode. NotFound: unknown, withdrawn, without an MP. Unavailable: nobody could be asked.
        """
        postcode = Postcode.read(text)
        postcode.require_a_seat()
        self._require_data()
        here = await self._in_own_table(postcode)
        if here is not None:
            return here
        if self._source is None:
            raise Unavailable("Postbag can't look up postcodes here.", BY_NAME)
        answer = await self._source.by_postcode(postcode.written)
        seats = [(name, self._directory.exactly(name)) for name in answer.constituencies]
        found = tuple(dict.fromkeys(seat for _, seat in seats if seat is not None))
        if not found:
            raise NotFound(
                "That postcode is in a constituency that isn't in today's list.",
                BY_NAME,
            )
        gone = "One answer named a constituency that no longer exists." if any(s is None for _, s in seats) else ""
        said = answer.warning if len(found) > 1 or not gone else ""
        return PostcodeFound(found, " ".join(part for part in (said, gone) if part))

    async def postcodes_here(self) -> date | None:
        """Give the day of the operator's own table of postcodes, or None where every postcode is asked elsewhere."""
        return await self._postcodes.as_of() if self._postcodes is not None else None

    async def _in_own_table(self, postcode: Postcode) -> PostcodeFound | None:
        if self._postcodes is None:
            return None
        named = [self._directory.exactly(name) for name in await self._postcodes.seats(postcode.written)]
        found = tuple(dict.fromkeys(seat for seat in named if seat is not None))
        if not found or None in named:
            return None
        day = await self._postcodes.as_of()
        return PostcodeFound(
            found,
            "The postcode touches more than one constituency." if len(found) > 1 else "",
            f"Looked up in this Postbag's own table of {long_date(day)}, and sent nowhere." if day is not None else "",
        )

    async def with_contact(self, seat: Constituency) -> Constituency:
        """Add the contacts that the source states, remembered for a day. Where it cannot be asked, the seat as it is."""
        member = seat.member
        if member is None or self._source is None or member.email or member.phone:
            return seat
        now = self._clock.now()
        known = self._contacts.get(member.member_id)
        if known is None or now - known[0] > CONTACT_KEPT:
            try:
                asked: Member = await self._source.contact(member)
            except (Unavailable, NotFound):
                return seat
            while len(self._contacts) >= MOST_CONTACTS:
                self._contacts.pop(next(iter(self._contacts)))
            known = self._contacts[member.member_id] = (now, asked.email, asked.phone)
        return replace(seat, member=replace(member, email=known[1], phone=known[2]))

    def has_read_contact(self, seat: Constituency) -> bool:
        """Say whether the contacts of a seat's Member were read lately: without that, having none means nothing."""
        member = seat.member
        if member is None or member.email or member.phone:
            return member is not None
        known = self._contacts.get(member.member_id)
        return known is not None and self._clock.now() - known[0] <= CONTACT_KEPT

    def _require_data(self) -> None:
        if not self._directory.constituencies:
            raise Unavailable(
                "Postbag has no list of MPs yet.",
                "Postbag fetches the list when it starts. Try again in a few minutes, or type your constituency yourself.",
            )


def _seats_filled(directory: Directory) -> int:
    return sum(seat.member is not None for seat in directory.constituencies)


def _label(seat: Constituency) -> str:
    return f"{seat.name}: {seat.member.display_as if seat.member is not None else 'vacant'}"


def _listed(names: list[str]) -> str:
    return names[0] if len(names) == 1 else f"{'; '.join(names[:-1])} or {names[-1]}"
