"""A group's deadlines to take away: the calendar file, and the timeline as text with its picture. Both private."""

from __future__ import annotations

from bot.chat.client import Interaction
from bot.chat.permissions import group_of
from bot.chat.ui import Act, Card, clip, plain, reply, without_markdown
from bot.domain.errors import Unavailable
from bot.domain.identity import UserId
from bot.domain.timelines import Timeline
from bot.services.deadline_files import DeadlineFiles

PER_PICTURE = 4
"""Timelines in one message: more would be too small to read on a phone."""


async def send_calendar(
    interaction: Interaction, files: DeadlineFiles, *, titles: bool = False, alarms: bool = False
) -> None:
    """Hand over the calendar file. Where the group or the person chose neutral wording it holds days alone, unless they ask."""
    group = group_of(interaction)
    asked = "" if titles else await who_asked(interaction, group_at_risk=await files.is_neutral(group))
    file = await files.calendar(group, neutral=bool(asked), alarms=alarms)
    card = Card("Dates for your calendar").text(
        "Open the file with your calendar. Download it again if dates change. Your calendar then updates them, "
        "and cancels any that were withdrawn."
    )
    await reply(
        interaction, offer_calendar(card, "deadlines.calendar", (), asked, titles=titles, alarms=alarms), files=[file]
    )


async def who_asked(interaction: Interaction, *, group_at_risk: bool) -> str:
    """Say who chose neutral wording, or nothing: it holds in every file that is made for a person."""
    if group_at_risk:
        return "Your group"
    own = await interaction.client.services.private_reminders.own_settings(UserId(interaction.user.id))
    return "You" if own.neutral else ""


def offer_calendar(
    card: Card, verb: str, args: tuple[str | int, ...], asked: str, *, titles: bool, alarms: bool
) -> Card:
    """Say what a calendar file holds, and offer it otherwise: with titles where it has none, with alarms where none was asked."""
    acts = []
    if asked:
        card.text(f"{asked} chose neutral wording, so the file shows dates only: other people may see your calendar.")
        acts.append(Act("With titles and links", verb, (*args, "titles", "alarms" if alarms else "")))
    if alarms:
        card.text("Your calendar will remind you at 9am on the day before each date.")
    else:
        acts.append(Act("With an alarm the day before", verb, (*args, "titles" if titles else "", "alarms")))
    if acts:
        card.buttons(*acts)
    return card.small("Nobody is named in it. Only you can see this.")


async def send_picture(interaction: Interaction, files: DeadlineFiles, page: int) -> None:
    """Show timelines in words, and the same as a picture. Where it cannot be drawn, the words remain."""
    timelines = await files.timelines(group_of(interaction))
    pages = max(1, -(-len(timelines) // PER_PICTURE))
    page = min(max(0, page), pages - 1)
    shown = timelines[page * PER_PICTURE : (page + 1) * PER_PICTURE]
    card = Card("Timeline")
    if not shown:
        await reply(interaction, card.text("Your group isn't watching any dates yet, so there's nothing to draw."))
        return
    for timeline in shown:
        card.text(_words(timeline))
    made = []
    try:
        made.append(await files.picture(shown))
    except Unavailable as error:
        card.text(f"{without_markdown(error.message)} {without_markdown(error.next_step)}")
    turns = []
    if page > 0:
        turns.append(Act("Earlier", "deadlines.picture", (page - 1,)))
    if page < pages - 1:
        turns.append(Act("More", "deadlines.picture", (page + 1,)))
    if turns:
        card.buttons(*turns)
    where = f"Page {page + 1} of {pages}. " if pages > 1 else ""
    await reply(interaction, card.small(f"{where}Only you can see this."), files=made)


def _words(timeline: Timeline) -> str:
    lines = [f"**{plain(clip(timeline.title, 120))}** ({timeline.state})"]
    return "\n".join([*lines, *(f"- {point.mark.sign} {point.line}" for point in timeline.points)])
