"""*Remind me* on an event of a group: a private reminder of one's own, filled in and shown before it is kept."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from discord.ext import commands

from bot.chat.answers import show_form
from bot.chat.client import Interaction, PostbagClient
from bot.chat.common import number_in
from bot.chat.permissions import require_group
from bot.chat.presses import Press, presses
from bot.chat.views.private_reminders import remind_form
from bot.domain.dates.times import say_time
from bot.domain.errors import Refused
from bot.domain.group_events import Occurrence
from bot.domain.identity import GroupEventId, UserId
from bot.domain.private_reminders import TEXT_LIMIT
from bot.domain.reminders import CivilTime
from bot.services.private_reminders import Habits, Typed

SOON = timedelta(hours=1)


class EventReminders(commands.Cog):
    """Begin a private reminder from an event. Nobody sees who sets one."""

    def __init__(self, client: PostbagClient) -> None:
        self.client = client

    @presses("remind.event")
    async def start(self, interaction: Interaction, press: Press) -> None:
        """Open the form, filled with the event's name and a time before its next one."""
        services, group = self.client.services, require_group(interaction)
        number = number_in(press.arg(0), "Your group doesn't have that event.", "Use /deadlines list to see them all.")
        event = await services.group_events.get(group, GroupEventId(number))
        now = services.clock.now()
        coming = event.coming(now)
        if not coming:
            raise Refused(f"“{event.title}” is over.", "See what's coming with /deadlines list.")
        habits = await services.private_reminders.habits(UserId(interaction.user.id), group)
        when = _time_before(coming[0], habits, now)
        about = f"e {number} {coming[0].for_day:%Y%m%d}"
        await show_form(interaction, remind_form(Typed(event.title[:TEXT_LIMIT], when), about))


def _time_before(here: Occurrence, habits: Habits, now: datetime) -> str:
    """Write when to be reminded as it is read again: an hour before a time, the day before a whole day; nothing if that has passed."""
    zone = ZoneInfo(habits.zone)
    if here.at is not None:
        moments = [here.starts - SOON]
    else:
        days: list[date] = [here.on - timedelta(days=1), here.on]
        moments = [CivilTime(day, habits.usual, habits.zone).instant() for day in days]
    for moment in moments:
        if moment > now:
            local = moment.astimezone(zone)
            return f"{say_time(local.time())} on {local.day} {local:%B %Y}"
    return ""
