"""A group: one Discord server and the settings its organisers chose."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import time

from bot.domain.identity import ChannelId, GuildId, PersonId, RoleId
from bot.domain.reminders import DEFAULT_LADDER

DEFAULT_ZONE = "Europe/London"
DEFAULT_TIME = time(9, 0)


@dataclass(frozen=True, slots=True)
class GuildSettings:
    """What a group's organisers chose. Nothing is posted while ``channel_id`` is None.

    ``time_of_day``, ``quiet_from`` and ``quiet_until`` are local times in ``zone`` (an IANA name). ``ladder`` holds days
    before (negative) and after the date. ``second_confirms``: a changed answer is shown only once a second organiser has
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
    high_risk: bool = True
    second_confirms: bool = False
    owner: PersonId | None = None
    revision: int = 0
