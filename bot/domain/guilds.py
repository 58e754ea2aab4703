"""A group: one Discord server and the settings its organisers chose."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import time

from bot.domain.identity import ChannelId, GuildId, PersonId, RoleId
from bot.domain.reminders import DEFAULT_LADDER

DEFAULT_ZONE = "Europe/London"
DEFAULT_TIME = time(9, 0)
WEEKENDS = "weekends"
DAYS_OFF = {
    "": "Any day",
    "england-and-wales": "Working days in England and Wales",
    "scotland": "Working days in Scotland",
    "northern-ireland": "Working days in Northern Ireland",
    WEEKENDS: "Monday to Friday, whatever the holidays",
}
"""On which days a group is reminded: whose bank holidays count. GOV.UK's names."""


@dataclass(frozen=True, slots=True)
class GuildSettings:
    """What a group's organisers chose. Nothing is posted while ``channel_id`` is None.

    ``time_of_day``, ``quiet_from`` and ``quiet_until`` are local times in ``zone`` (an IANA name). ``ladder`` holds days
    before (negative) and after the date. ``days_off`` names whose bank holidays count ("weekends": nobody's) where reminders
    keep to working days; empty: they come on any day. A role is mentioned ``pings_a_day`` and ``pings_a_week`` times at most;
    0 is without limit. ``second_confirms``: a changed answer is shown only once a second organiser has
    confirmed it. ``revision`` is 0 until the settings are stored.
    """

    guild_id: GuildId
    channel_id: ChannelId | None = None
    notice_channel_id: ChannelId | None = None
    organiser_role_id: RoleId | None = None
    ping_role_id: RoleId | None = None
    zone: str = DEFAULT_ZONE
    time_of_day: time = DEFAULT_TIME
    quiet_from: time | None = None
    quiet_until: time | None = None
    ladder: tuple[int, ...] = DEFAULT_LADDER
    monthly: bool = True
    days_off: str = ""
    pings_a_day: int = 1
    pings_a_week: int = 3
    high_risk: bool = True
    second_confirms: bool = False
    owner: PersonId | None = None
    revision: int = 0
