"""A group's deadlines to take away: the calendar file, and the timeline as text with its picture. Both private."""

from __future__ import annotations

from bot.chat.client import Interaction
from bot.chat.permissions import group_of
from bot.chat.ui import Act, Card, clip, plain, reply
from bot.domain.errors import Unavailable
from bot.domain.timelines import Timeline
from bot.services.deadline_files import DeadlineFiles

PER_PICTURE = 4
"""Timelines in one message: more would be too small to read on a phone."""


async def send_calendar(interaction: Interaction, files: DeadlineFiles, *, titles: bool = False) -> None:
    """Hand over the calendar file. A group at risk gets days alone, unless the person asks for the titles."""
    group = group_of(interaction)
    neutral = not titles and await files.is_neutral(group)
    file = await files.calendar(group, neutral=neutral)
    card = Card("Dates for your calendar").text(
        "Open the file with your calendar. Take it again after a change: the same dates are brought up to date, and "
        "withdrawn ones are marked as cancelled. It does not change by itself."
    )
    if neutral:
        card.text(
            "Your group asked for care, so the file holds the days alone, without a title or a link: calendars are seen by "
            "others, and copied to other companies."
        ).buttons(Act("With titles and links", "deadlines.calendar", ("titles",)))
    card.small("Nobody is named in it. Only you can see this.")
    await reply(interaction, card, files=[file])


async def send_picture(interaction: Interaction, files: DeadlineFiles, page: int) -> None:
    """Show timelines in words, and the same as a picture. Where it cannot be drawn, the words remain."""
    timelines = await files.timelines(group_of(interaction))
    pages = max(1, -(-len(timelines) // PER_PICTURE))
    page = min(max(0, page), pages - 1)
    shown = timelines[page * PER_PICTURE : (page + 1) * PER_PICTURE]
    card = Card("Timeline")
    if not shown:
        await reply(interaction, card.text("Nothing is watched yet, so there is nothing to draw."))
        return
    for timeline in shown:
        card.text(_words(timeline))
    made = []
    try:
        made.append(await files.picture(shown))
    except Unavailable as error:
        card.text(f"{error.message} {error.next_step}")
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
