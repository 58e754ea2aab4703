"""What changed between two directories of Members: by-elections, vacant seats, parties, posts. Told to organisers once."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from bot.domain.members import Constituency, Directory, Member, MemberRole

MANY = 60
"""From so many new Members on it was a general election, and no list of names helps anybody."""
LISTED = 8


class ChangeKind(StrEnum):
    """What happened to a seat."""

    VACANT = "vacant"
    NEW_MEMBER = "new member"
    PARTY = "party"
    ROLE = "role"
    SEAT = "seat"


@dataclass(frozen=True, slots=True)
class SeatChange:
    """One change: of which seat, of what kind, in words."""

    kind: ChangeKind
    constituency: str
    words: str


ROLE_WORDS = {
    MemberRole.BACKBENCHER: "holds no government post",
    MemberRole.MINISTER: "is a minister",
    MemberRole.WHIP: "is a government whip",
    MemberRole.SPEAKER: "is the Speaker or a deputy",
    MemberRole.ABSTAINING: "does not take their seat",
    MemberRole.UNKNOWN: "has a post that is not known",
}


def changes(old: Directory, new: Directory) -> tuple[SeatChange, ...]:
    """List what changed, by constituency. Nothing where there was no directory before, or one of the two is invented.

    A role that was or is not known is no change: it says something about the source, not about the Member.
    """
    if not old.constituencies or old.invented != new.invented:
        return ()
    before = {seat.constituency_id: seat for seat in old.constituencies}
    found: list[SeatChange] = []
    for seat in new.constituencies:
        earlier = before.pop(seat.constituency_id, None) or old.exactly(seat.name)
        if earlier is None:
            found.append(SeatChange(ChangeKind.SEAT, seat.name, f"{seat.name} is a new constituency."))
            continue
        before.pop(earlier.constituency_id, None)
        found += _of_seat(earlier, seat)
    found += [
        SeatChange(ChangeKind.SEAT, seat.name, f"{seat.name} is no longer a constituency.") for seat in before.values()
    ]
    return tuple(found)


def _of_seat(old: Constituency, new: Constituency) -> Iterator[SeatChange]:
    was, now = old.member, new.member
    if now is None:
        if was is not None:
            yield SeatChange(
                ChangeKind.VACANT,
                new.name,
                f"{new.name} is vacant; it was {_name_of(was)}'s. No MP until the by-election.",
            )
    elif was is None or not _same(was, now):
        before = f", after {_name_of(was)}" if was is not None else ""
        party = f" ({now.party})" if now.party else ""
        yield SeatChange(ChangeKind.NEW_MEMBER, new.name, f"{new.name} has a new MP: {_name_of(now)}{party}{before}.")
    else:
        if was.party and now.party and was.party != now.party:
            yield SeatChange(
                ChangeKind.PARTY, new.name, f"{_name_of(now)}, {new.name}: now {now.party}, before {was.party}."
            )
        if was.role is not now.role and MemberRole.UNKNOWN not in (was.role, now.role):
            yield SeatChange(ChangeKind.ROLE, new.name, f"{_name_of(now)}, {new.name}, {ROLE_WORDS[now.role]} now.")


def _same(one: Member, other: Member) -> bool:
    """Tell whether two entries are one person: by number where both have Parliament's, else by name."""
    if one.member_id > 0 and other.member_id > 0:
        return one.member_id == other.member_id
    return one.display_as == other.display_as


def _name_of(member: Member) -> str:
    return member.display_as[:100]


def digest(found: Sequence[SeatChange]) -> tuple[str, ...]:
    """Say what changed in a few lines: who sits where first, then parties and posts; what is left out is counted."""
    if sum(change.kind is ChangeKind.NEW_MEMBER for change in found) >= MANY:
        new = sum(change.kind is ChangeKind.NEW_MEMBER for change in found)
        return (f"{new} constituencies have new MPs, as after a general election. Look up yours with /mp find.",)
    order = list(ChangeKind)
    ranked = sorted(found, key=lambda change: (order.index(change.kind), change.constituency))
    lines = [change.words for change in ranked[:LISTED]]
    if len(ranked) > LISTED:
        lines.append(f"And {len(ranked) - LISTED} more.")
    return tuple(lines)
