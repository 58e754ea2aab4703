"""A group: one Discord server and the settings its organisers chose."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta

from bot.domain.identity import ChannelId, GuildId, PersonId, RoleId
from bot.domain.reminders import DEFAULT_LADDER

DEFAULT_ZONE = "Europe/London"
DEFAULT_TIME = time(9, 0)
QUIET_FROM = time(22, 0)
QUIET_UNTIL = time(7, 0)
"""Between which Postbag posts nothing in a group whose organisers chose no other hours, or none."""

WEEKENDS = "weekends"
DAYS_OFF = {
    "": "Any day",
    "england-and-wales": "Working days in England and Wales",
    "scotland": "Working days in Scotland",
    "northern-ireland": "Working days in Northern Ireland",
    WEEKENDS: "Monday to Friday, including bank holidays",
}
"""On which days a group is reminded: whose bank holidays count. GOV.UK's names."""


@dataclass(frozen=True, slots=True)
class GuildSettings:
    """What a group's organisers chose. Nothing is posted while ``channel_id`` is None.

    ``time_of_day``, ``quiet_from`` and ``quiet_until`` are local times in ``zone`` (an IANA name); the last two None: no hour
    is quiet. ``ladder`` holds days before (negative) and after the date. ``aloud``: those before it notify people, too, and
    are not only shown. ``days_off`` names whose bank holidays count ("weekends": nobody's) where reminders keep to working
    days; empty: they come on any day. A role is mentioned ``pings_a_day`` and ``pings_a_week`` times at most; 0 is without
    limit. ``second_confirms``: a changed answer is shown only once a second organiser has confirmed it. ``risk_answered``:
    somebody answered whether people could be targeted, so that *no* now needs a second organiser or a day. ``weekly``: a post
    each Monday says what the week holds. ``revision`` is 0 until the settings are stored.
    """

    guild_id: GuildId
    channel_id: ChannelId | None = None
    notice_channel_id: ChannelId | None = None
    organiser_role_id: RoleId | None = None
    ping_role_id: RoleId | None = None
    zone: str = DEFAULT_ZONE
    time_of_day: time = DEFAULT_TIME
    quiet_from: time | None = QUIET_FROM
    quiet_until: time | None = QUIET_UNTIL
    ladder: tuple[int, ...] = DEFAULT_LADDER
    monthly: bool = True
    aloud: bool = False
    days_off: str = ""
    pings_a_day: int = 1
    pings_a_week: int = 3
    high_risk: bool = True
    second_confirms: bool = False
    risk_answered: bool = False
    weekly: bool = False
    owner: PersonId | None = None
    revision: int = 0


WEAKER_AFTER = timedelta(hours=24)
"""How long one organiser's wish to protect the group less waits where no second organiser agrees."""

PROTECTIONS = {
    "high_risk": (
        "reminders are neutral, Postbag doesn't ask for postcodes, and small numbers are hidden",
        "reminders say what they are about, postcodes can be typed, and Postbag looks for near-identical letters",
    ),
    "second_confirms": (
        "a second organiser has to confirm a changed answer",
        "one organiser can change an answer everybody reads",
    ),
}
"""What protects a group while it is on: what that means, and what it means that it is off."""


@dataclass(frozen=True, slots=True)
class WaitingChange:
    """That an organiser wants a protection off. ``asked_by`` is None once they are forgotten: then only time counts."""

    guild_id: GuildId
    name: str
    asked_by: PersonId | None
    asked_at: datetime

    @property
    def until(self) -> datetime:
        """Give the moment from which it holds, if nobody takes it back."""
        return self.asked_at + WEAKER_AFTER

    def agreed_by(self, person_id: PersonId) -> bool:
        """Tell whether somebody is surely a second one."""
        return self.asked_by is not None and self.asked_by != person_id


def protections_taken_away(before: GuildSettings, after: GuildSettings) -> tuple[str, ...]:
    """Name the protections that a change would take away. The first answer about people who could be targeted takes none."""
    return tuple(
        name
        for name in PROTECTIONS
        if getattr(before, name) and not getattr(after, name) and not (name == "high_risk" and not before.risk_answered)
    )
