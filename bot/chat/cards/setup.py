"""Set-up, one question at a time, with what each answer means."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import discord

from bot.chat.cards.channel_checks import check_lines
from bot.chat.cards.deadlines import place, stamp
from bot.chat.presses import custom_id
from bot.chat.ui import Act, Card, Link, Option
from bot.domain.dates.times import say_time
from bot.domain.guilds import DAYS_OFF, PROTECTIONS, GuildSettings, WaitingChange
from bot.domain.ladders import ladder_words
from bot.services.guilds import COMMON_ZONES
from bot.services.ports.sending import ChannelCheck

STEPS = ("channel", "role", "zone", "time", "quiet", "days", "ping", "risk", "notice", "watch", "done")

NAMES = {
    "channel": "The channel for reminders",
    "role": "Who can organise",
    "zone": "Time zone",
    "time": "Time of day",
    "quiet": "Quiet hours",
    "days": "Reminder days",
    "ping": "Who reminders mention",
    "risk": "People who could be targeted",
    "notice": "Messages for organisers",
    "watch": "Committees to follow",
}
"""The steps, as the things that can be changed."""

TIMES = ("07:30", "08:00", "09:00", "10:00", "12:00", "13:00", "16:00", "17:30", "18:00", "19:00", "20:00")

OTHER = "other"

BACK = "back"
"""Marks a press that does not go on from one step to the next."""

QUIET = ("21:00-08:00", "22:00-07:00", "22:00-09:00", "23:00-08:00")

LIMITS = {
    "1-3": "Once a day, 3 times a week",
    "1-1": "Once a week",
    "2-7": "Twice a day, 7 times a week",
    "0-0": "No limit",
}
"""How often the role may be mentioned: a day and a week."""


def step_card(
    step: str,
    settings: GuildSettings,
    check: ChannelCheck | None,
    problem: str = "",
    *,
    undo: bool = False,
    waiting: Sequence[WaitingChange] = (),
    invite: str = "",
) -> Card:
    """Show one step of set-up, and why the last choice was refused. Each choice is kept at once, so set-up can be left."""
    if step not in STEPS:
        step = STEPS[0]
    number = STEPS.index(step) + 1
    card = Card("Set-up" if step == "done" else f"Set-up, step {number} of {len(STEPS) - 1}")
    if problem:
        card.text(problem)
    {
        "channel": _channel_step,
        "notice": _notice_step,
        "role": _role_step,
        "zone": _zone_step,
        "time": _time_step,
        "quiet": _quiet_step,
        "days": _days_step,
        "ping": _ping_step,
        "risk": _risk_step,
        "watch": _watch_step,
        "done": _done_step,
    }[step](card, settings, check)
    if invite and step in ("channel", "done") and check is not None and check.exists and check.missing:
        card.row_with(
            "Or give Postbag its five permissions again, for every channel. It asks for no others.",
            Link("Give permissions", invite),
        )
    asked = [one for one in waiting if step == "done" or (step == "risk" and one.name == "high_risk")]
    settling = _settle_waiting(card, asked)
    if step == "risk":
        card.buttons(*RISK_ANSWERS).buttons(*settling)
    if step == "done":
        rows = [Option(name, key) for key, name in NAMES.items()]
        card.select("admin.setup", rows, args=("change",), placeholder="Change one thing")
        card.buttons(*settling)
    controls = (_next_acts(settings)[:2] if settling else _next_acts(settings)) if step == "done" else []
    if step != "done" and (
        step != "risk" or settings.risk_answered
    ):  # the one question that nobody passes by unanswered
        label = "Next" if step != STEPS[-2] else "Finish"
        controls.append(Act(label, "admin.setup", (STEPS[number],), style=discord.ButtonStyle.primary))
    if number > 1:
        controls.append(Act("Back", "admin.setup", (STEPS[number - 2], BACK)))
    if step == "done":
        controls.append(Act("Check again", "admin.setup", ("done", BACK)))
    if undo:
        controls.append(Act("Undo the last change", "admin.undo"))
    card.buttons(*controls)
    return card.small("Only you can see this. Every choice is saved straight away, so you can stop and come back.")


def _settle_waiting(card: Card, waiting: Sequence[WaitingChange]) -> list[Act]:
    """Show what organisers asked against protections; give the buttons that settle each, which together fit into one row."""
    acts = []
    for number, one in enumerate(waiting, start=1):
        _, off = PROTECTIONS[one.name]
        several = len(waiting) > 1
        heading = f"{number}. Waiting for a second organiser" if several else "Waiting for a second organiser"
        card.text(
            f"**{heading}**: {off}. It takes effect {stamp(one.until)}, or as soon as a second organiser agrees. Your group has "
            "been told."
        )
        keep = f"Keep protection {number}" if several else "Keep the protection"
        acts.append(Act(keep, "admin.keep", (one.name,), style=discord.ButtonStyle.primary))
        acts.append(Act(f"I agree to {number}" if several else "I agree", "admin.less", (one.name,)))
    return acts


def _channel_step(card: Card, settings: GuildSettings, check: ChannelCheck | None) -> None:
    card.text("**Which channel should Postbag post reminders in?**\nIt posts nothing until you choose one.")
    chosen = [discord.Object(settings.channel_id)] if check is not None and check.exists and settings.channel_id else []
    card.row(
        discord.ui.ChannelSelect(
            custom_id=custom_id("admin.channel"),
            channel_types=[discord.ChannelType.text, discord.ChannelType.news],
            placeholder="Choose a channel",
            default_values=chosen,
        )
    )
    if check is not None:
        card.text(check_lines(check))


def _notice_step(card: Card, settings: GuildSettings, check: ChannelCheck | None) -> None:
    card.text(
        "**Where should Postbag send messages for organisers?**\nFor example, that a reminder couldn't be posted, that a report has come "
        "out, or that a member has reported a mistake.\nChoose a channel that only organisers can read. Then nothing is missed if somebody "
        "is away.\nWithout one, Postbag sends a direct message to the organiser who last saved the settings."
    )
    here = f"<#{settings.notice_channel_id}>" if settings.notice_channel_id is not None else "a direct message"
    card.text(f"Chosen: {here}")
    card.row(
        discord.ui.ChannelSelect(
            custom_id=custom_id("admin.notice"),
            channel_types=[discord.ChannelType.text],
            placeholder="Choose a private channel",
        )
    )
    if settings.notice_channel_id is not None:
        card.buttons(Act("Send a direct message instead", "admin.notice.none"))


def _watch_step(card: Card, settings: GuildSettings, check: ChannelCheck | None) -> None:
    card.text(
        "**Which committees matter to your group?**\nPostbag checks Parliament's record several times a day, and tells organisers "
        "about each new report.\nChoose a select committee to see which of its reports are still waiting for the Government's "
        "answer.\nYou can also skip this, or follow a report Postbag already has."
    )
    card.buttons(
        Act("Add a committee", "watch.ask", style=discord.ButtonStyle.primary),
        Act("See chosen committees", "watch.open"),
        Act("Follow a report", "admin.reports"),
    )


def _role_step(card: Card, settings: GuildSettings, check: ChannelCheck | None) -> None:
    card.text(
        "**Who can organise?**\nEveryone with *Manage Server* can. You can add one role: its members can add dates, follow "
        "reports and change these settings."
    )
    if settings.organiser_role_id is not None:
        card.text(f"Chosen: <@&{settings.organiser_role_id}>")
    card.row(
        discord.ui.RoleSelect(
            custom_id=custom_id("admin.role"), placeholder="Choose a role", min_values=0, max_values=1
        )
    )
    card.buttons(Act("Manage Server only", "admin.role.none"))


def _zone_step(card: Card, settings: GuildSettings, check: ChannelCheck | None) -> None:
    card.text(
        "**Which time zone is your group in?**\nReminders come at your local time. Parliament's dates are always London "
        f"dates.\nChosen: {place(settings.zone)} ({settings.zone})"
    )
    options = [Option(place(zone), zone, zone, zone == settings.zone) for zone in COMMON_ZONES]
    options.append(Option("Another place …", OTHER, "Type its name"))
    card.select("admin.zone", options, placeholder="Choose a place")


def _time_step(card: Card, settings: GuildSettings, check: ChannelCheck | None) -> None:
    card.text(
        "**What time should reminders come?**\nPostbag posts them at this time, "
        f"{place(settings.zone)} time.\nChosen: {say_time(settings.time_of_day)}"
    )
    chosen = f"{settings.time_of_day:%H:%M}"
    options = [Option(_time_words(time), time, chosen=time == chosen) for time in TIMES]
    options.append(Option("Another time …", OTHER, "Type it"))
    card.select("admin.time", options, placeholder="Choose a time")


def _quiet_step(card: Card, settings: GuildSettings, check: ChannelCheck | None) -> None:
    card.text(
        "**When should Postbag stay quiet?**\nIt posts nothing in these hours. News, such as an answer or a corrected date, "
        f"waits until they end.\nChosen: {quiet_words(settings)}"
    )
    chosen = ""
    if settings.quiet_from is not None and settings.quiet_until is not None:
        chosen = f"{settings.quiet_from:%H:%M}-{settings.quiet_until:%H:%M}"
    options = [Option("No quiet hours", "none", chosen=not chosen)]
    options += [
        Option(" to ".join(_time_words(at) for at in span.split("-")), span, chosen=span == chosen) for span in QUIET
    ]
    options.append(Option("Other hours …", OTHER, "Type them"))
    card.select("admin.quiet", options, placeholder="Choose quiet hours")


def _days_step(card: Card, settings: GuildSettings, check: ChannelCheck | None) -> None:
    card.text(
        "**How long before and after a date?**\n"
        f"Chosen: {ladder_words(settings.ladder, monthly=settings.monthly)}. Each deadline can have its own days."
    )
    card.text(
        "**On which days of the week?**\nThe date itself never moves. A reminder that falls on a day off can come on the working "
        f"day before.\nChosen: {DAYS_OFF[settings.days_off]}"
    )
    options = [Option(words, name or "any", chosen=name == settings.days_off) for name, words in DAYS_OFF.items()]
    card.select("admin.days", options, placeholder="Choose days")
    card.buttons(Act("Change the days", "ladder.edit", (0,)))


def _ping_step(card: Card, settings: GuildSettings, check: ChannelCheck | None) -> None:
    card.text(
        "**Should reminders mention a role?**\nThey mention nobody unless you choose a role here. Postbag never mentions everyone. "
        "The role must be mentionable: Server settings → Roles → *Allow anyone to @mention this role*."
    )
    if settings.ping_role_id is not None:
        limit = LIMITS.get(f"{settings.pings_a_day}-{settings.pings_a_week}", "")
        card.text(f"Chosen: <@&{settings.ping_role_id}>. {limit}")
    card.row(
        discord.ui.RoleSelect(
            custom_id=custom_id("admin.ping"), placeholder="Choose a role", min_values=0, max_values=1
        )
    )
    if settings.ping_role_id is not None:
        held = f"{settings.pings_a_day}-{settings.pings_a_week}"
        options = [Option(words, limits, chosen=limits == held) for limits, words in LIMITS.items()]
        card.select("admin.limit", options, placeholder="How often, at most?")
    card.buttons(Act("Mention nobody", "admin.ping.none"))


def quiet_words(settings: GuildSettings) -> str:
    """Say a group's quiet hours: ``10pm to 7am``, or that there are none."""
    if settings.quiet_from is None or settings.quiet_until is None:
        return "no quiet hours"
    return f"{say_time(settings.quiet_from)} to {say_time(settings.quiet_until)}"


def _risk_step(card: Card, settings: GuildSettings, check: ChannelCheck | None) -> None:
    card.text(
        "**Could anyone in your group be targeted?**\nFor example, because of what they campaign on, or where their family lives.\n"
        "If you aren't sure, choose *Yes*. Reminders then say only that something is due, not what. Postbag doesn't ask for "
        "postcodes, and hides small numbers.\n*Yes* takes effect straight away. Changing back to *No* needs a second organiser, "
        "or a 24-hour wait, and the group is told."
    )
    if settings.risk_answered:
        card.text(f"Chosen: **{'Yes' if settings.high_risk else 'No'}**")
    else:
        card.text("Choose *Yes* or *No* to go on. Until you do, Postbag treats the answer as *Yes*.")


RISK_ANSWERS = (
    Act("Yes (recommended)", "admin.risk", ("yes",), style=discord.ButtonStyle.primary),
    Act("No", "admin.risk", ("no",)),
)


def _risk_words(settings: GuildSettings) -> str:
    if not settings.risk_answered:
        return "not answered yet, so reminders are neutral"
    return "yes, reminders are neutral" if settings.high_risk else "no"


def _done_step(card: Card, settings: GuildSettings, check: ChannelCheck | None) -> None:
    channel = f"<#{settings.channel_id}>" if settings.channel_id is not None else "not chosen yet"
    notice = f"<#{settings.notice_channel_id}>" if settings.notice_channel_id is not None else "by direct message"
    role = (
        f"<@&{settings.organiser_role_id}>, and Manage Server" if settings.organiser_role_id else "Manage Server only"
    )
    ping = f"<@&{settings.ping_role_id}>" if settings.ping_role_id is not None else "nobody"
    card.text(
        "**Your settings**\n"
        f"- Channel: {channel}\n"
        f"- Messages for organisers: {notice}\n"
        f"- Organisers: {role}\n"
        f"- Time: {say_time(settings.time_of_day)}, {place(settings.zone)} time\n"
        f"- Quiet hours: {quiet_words(settings)}\n"
        f"- Reminders: {ladder_words(settings.ladder, monthly=settings.monthly)}; none on Christmas Day\n"
        f"- Before the day: {'reminders notify people' if settings.aloud else 'reminders are shown silently, and notify nobody'}\n"
        f"- Days of the week: {DAYS_OFF[settings.days_off]}\n"
        f"- Mentioned with reminders: {ping}\n"
        f"- People who could be targeted: {_risk_words(settings)}\n"
        f"- Changing an answer: {'needs a second organiser' if settings.second_confirms else 'one organiser can do it'}\n"
        f"- Monday post on the week ahead: {'yes' if settings.weekly else 'no'}"
    )
    card.text(check_lines(check))


def _next_acts(settings: GuildSettings) -> list[Act]:
    """Give what comes after set-up."""
    acts = []
    if settings.channel_id is not None:
        acts.append(Act("Send me a test", "admin.test", style=discord.ButtonStyle.primary))
    acts.append(Act("Follow a report", "admin.reports"))
    acts += [Act("Add a date", "deadlines.add"), Act("See this week", "week.see")]
    weekly = settings.weekly
    acts.append(
        Act("Stop the Monday post", "week.off") if weekly else Act("Post the week's dates each Monday", "week.on")
    )
    if settings.second_confirms:
        acts.append(Act("Let one organiser decide", "admin.second", ("no",)))
    else:
        acts.append(Act("Require a second organiser", "admin.second", ("yes",)))
    return acts


def _time_words(time: str) -> str:
    hour, minute = time.split(":")
    return say_time(datetime(2000, 1, 1, int(hour), int(minute)).time())  # noqa: DTZ001 - only the time of day is used
