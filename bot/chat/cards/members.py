"""An MP as a card: who sits for a constituency, what they can do there, how to reach them, and how old that is."""

from __future__ import annotations

import discord

from bot.chat.cards.seats import OWN_ONLY, SAID_LABEL, Picker, seat_line
from bot.chat.ui import Act, Card, Link, clip, plain
from bot.domain.letter_asks import ROLE_NOTES, ROLE_SOURCES
from bot.domain.members import HOUSE_OF_COMMONS, Constituency, Member, MemberRole

MAIN = discord.ButtonStyle.primary
LICENCE = "https://www.parliament.uk/site-information/copyright-parliament/open-parliament-licence/"
LICENCE_LINE = (
    f"Contains Parliamentary information licensed under the [Open Parliament Licence v3.0]({LICENCE}). "
    "Not endorsed by Parliament."
)

ROLES = {
    MemberRole.BACKBENCHER: "holds no government post",
    MemberRole.MINISTER: "minister",
    MemberRole.WHIP: "government whip",
    MemberRole.SPEAKER: "in the Speaker's chair",
    MemberRole.ABSTAINING: "does not take their seat in the House of Commons",
    MemberRole.UNKNOWN: "not known",
}

AGAIN = Act("Another constituency", "mp.find")
PICKER = Picker(
    lambda seat: Act(seat_line(seat), "mp.seat", (seat.constituency_id,)),
    ("mp.seat", ()),
    Act("Type it again", "mp.find"),
)
SAID_PICKER = Picker(
    lambda seat: Act(seat_line(seat), "mp.said", (seat.constituency_id, 0)),
    ("mp.said", ()),
    Act("Type it again", "mp.find"),
)


def member_card(
    seat: Constituency,
    *,
    as_of: str,
    dissolved: str,
    doubtful: bool = False,
    invented: bool = False,
    contact_read: bool = True,
) -> Card:
    """Show who sits for a constituency. ``dissolved`` says that Parliament is, and then nobody is named.

    ``contact_read``: the record with the contacts could be read, so that one which is missing is not stated there.
    """
    card = Card(plain(clip(seat.name, 100)))
    if dissolved:
        return card.text(f"**There is no MP.** {dissolved}").buttons(AGAIN).small(as_of)
    if doubtful:
        card.text(
            "**Check this first.** The list of MPs was empty when Postbag last looked. Parliament may be dissolved."
        )
    if seat.member is None:
        card.text(
            "**This seat is vacant:** there is no MP until the by-election. You can prepare your letter meanwhile."
        )
        card.buttons(_write("Prepare a letter", seat), AGAIN)
    else:
        card.text(_who(seat.member))
        card.text(_reach(seat.member, contact_read=contact_read))
        said = Act(SAID_LABEL, "mp.said", (seat.constituency_id, 0))
        card.buttons(_write("Write to this MP", seat), said, AGAIN, *_source(seat.member, invented=invented))
    return card.small("\n".join(_small(as_of, invented=invented)))


def _write(label: str, seat: Constituency) -> Act:
    return Act(label, "letter.start", ("", seat.constituency_id, ""), MAIN)


def _who(member: Member) -> str:
    lines = [
        f"**{plain(clip(member.display_as, 150))}**",
        f"**Party:** {plain(clip(member.party, 100)) or 'not stated'}",
    ]
    role = ROLES[member.role]
    lines.append(f"**Post:** {plain(clip(member.post, 300))} ({role})" if member.post else f"**Post:** {role}")
    note, source = ROLE_NOTES.get(member.role), ROLE_SOURCES.get(member.role)
    where = f" ([source]({source.url}))" if source is not None else ""
    return "\n".join([*lines, *([f"{note}{where}"] if note else [])])


def _reach(member: Member, *, contact_read: bool) -> str:
    none = "none given in Parliament's record" if contact_read else "Postbag couldn't read it just now; try again later"
    lines = ["**Address for letters**", ", ".join((plain(clip(member.envelope_name, 150)), *HOUSE_OF_COMMONS))]
    lines.append(f"**Email:** {plain(clip(member.email, 260)) or none}")
    lines.append(f"**Telephone:** {plain(clip(member.phone, 60)) or none}")
    return "\n".join(lines)


def _source(member: Member, *, invented: bool) -> tuple[Link, ...]:
    if invented or member.member_id <= 0:
        return ()
    return (Link("Their page at Parliament", f"https://members.parliament.uk/member/{member.member_id}/contact"),)


def _small(as_of: str, *, invented: bool) -> tuple[str, ...]:
    if invented:
        return OWN_ONLY, plain(as_of), "This House is invented, for practice. Nobody in it is real."
    return OWN_ONLY, plain(as_of), LICENCE_LINE


def ask_card(*, as_of: str, postcodes: bool, dissolved: str = "") -> Card:
    """Ask for a constituency; ``postcodes``: a postcode may be typed instead. ``dissolved`` says that nobody is an MP."""
    if dissolved:
        return Card("There are no MPs just now").text(dissolved).small(as_of)
    where = "Your postcode, town or constituency is enough." if postcodes else "Your town or constituency is enough."
    return Card("Find your MP").text(where).buttons(Act("Find my MP", "mp.find", style=MAIN)).small(as_of)
