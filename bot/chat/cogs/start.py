"""/start and /help: the doors a newcomer finds."""

from __future__ import annotations

import discord
from discord import app_commands
from discord.ext import commands

from bot.chat.client import Interaction, PostbagClient, everywhere
from bot.chat.lengths import Name
from bot.chat.permissions import is_organiser
from bot.chat.presses import Press, presses
from bot.chat.ui import Act, Card, choices, reply

TOPICS = {
    "recommendations": (
        "Read what a report asks",
        "`/recommendations browse` pages through them, `/recommendations search` finds words, and "
        "`/recommendations show` opens one by its number. Each card says what the Government answered, who said it and when.",
    ),
    "records": (
        "Keep answers up to date",
        "Organisers bring in any committee's report, or the answers to one, with `/reports import`: from saved pages, pasted "
        "text or its number in Parliament's record. They record what the Government said with "
        "`/reports record-answer`, and what happened since with "
        "`/reports record-evidence`; `/reports undo` takes one back. Only your server reads what it records.",
    ),
    "letters": (
        "Write to my MP",
        "`/letter write` sets your own words into a letter about one recommendation. Only you see it. You send it yourself. "
        "`/mp find` names the MP of a constituency.",
    ),
    "deadlines": (
        "Watch a deadline",
        "`/deadlines list` shows every date your group watches, with its working. Organisers add dates with `/deadlines add` "
        "and follow a report with `/reports follow`; Postbag then posts reminders before, on and after the day.",
    ),
    "reminders": (
        "Remind me",
        "`/remind me` takes plain words: *tomorrow 6pm*, *a week on Tuesday*, *every Friday 9am*, *3 days before the "
        "deadline*. You see what was understood before it is kept. It comes as a direct message with *Done* and *Snooze*; "
        "`/remind list` edits, snoozes and cancels.",
    ),
    "actions": (
        "Plan an action",
        "Organisers: `/action plan` works dated steps back from a clock or a day. Rehearse shows each exactly as it will be "
        "posted; nothing is posted before Approve. Everybody: *Sign up privately* under a step brings the next ones by direct "
        "message; nobody is shown who joined. Afterwards `/action report` says what your group did, in numbers that point at "
        "nobody.",
    ),
    "setting up": (
        "Set up a server",
        "An organiser runs `/admin setup` once: where to post, who may organise, which time zone. `/admin health` shows what was "
        "sent, what was not, and why; `/admin audit` what organisers changed. `/admin settings` changes one thing at a time, `/admin "
        "export` and `import` take the set-up along.",
    ),
    "templates": (
        "Letters of your group's own",
        "Organisers: `/admin template new` writes one, `review` previews it and lets a second organiser approve it, `retire` "
        "takes it out of use. Fields: salutation, constituency, why, local, committee, report, source, call, place, gist, ask, "
        "close. A fact stands with its source; one ask; at most 350 words.",
    ),
    "privacy": (
        "What is kept about me",
        "`/privacy about` is one screen. `/privacy show` lists what is held about you, and `/privacy forget-me` erases it. "
        "Letters, names, addresses and postcodes are never stored.",
    ),
}


def start_card() -> Card:
    """The three doors and one line on privacy."""
    return (
        Card("Postbag")
        .text(
            "Read what a select committee asked of the Government, write to your own MP about it, and keep an eye on the answer."
        )
        .buttons(
            Act("Read the recommendations", "report.doors", style=discord.ButtonStyle.primary),
            Act("Write to my MP", "letter.start", style=discord.ButtonStyle.primary),
            Act("Organise an action", "start.organise", style=discord.ButtonStyle.primary),
        )
        .small("Only you can see this. Letters, names, addresses and postcodes are never stored: /privacy about")
    )


def help_card(topic: str = "") -> Card:
    """Help by job: one topic, or all of them in short."""
    card = Card("Help" if not topic else TOPICS[topic][0])
    for name, (title, text) in TOPICS.items():
        if topic in ("", name):
            card.text(text if topic else f"**{title}**\n{text}")
    return card.small("Not endorsed by Parliament. Every answer here is seen by you alone.")


class Start(commands.Cog):
    """The commands that need no knowledge of the others."""

    def __init__(self, client: PostbagClient) -> None:
        self.client = client

    @app_commands.command(name="start", description="Start here: read, write or organise")
    @everywhere
    async def start(self, interaction: Interaction) -> None:
        """Show the three doors."""
        await reply(interaction, start_card())

    @app_commands.command(name="help", description="Short help, by job")
    @app_commands.describe(topic="What you would like to do")
    @everywhere
    async def help_(self, interaction: Interaction, topic: Name = "") -> None:
        """Show help on one job or on all."""
        await reply(interaction, help_card(topic if topic in TOPICS else ""))

    @help_.autocomplete("topic")
    async def complete_topic(self, interaction: Interaction, current: str) -> list[app_commands.Choice[str]]:
        """Offer the topics."""
        return choices(
            (title, name) for name, (title, _) in TOPICS.items() if current.casefold() in f"{name} {title}".casefold()
        )

    @presses("start.organise")
    async def organise(self, interaction: Interaction, press: Press) -> None:
        """Show an organiser where to begin."""
        controls = [Act("Our deadlines", "deadlines.list")]
        if await is_organiser(interaction):
            controls.insert(0, Act("Set up this server", "admin.setup"))
            controls.append(Act("Plan an action", "action.new"))
        await reply(
            interaction,
            Card("Organise an action")
            .text(
                "1. `/admin setup` chooses where Postbag posts and who organises.\n"
                "2. `/reports follow` lets your group's clock run for a report.\n"
                "3. `/deadlines add` sets a date of your own, with reminders before, on and after it.\n"
                "4. `/action plan` works dated steps back from one of these, to rehearse, approve and post."
            )
            .buttons(*controls)
            .small("These are for organisers: the role chosen at set-up, or Manage Server."),
        )
