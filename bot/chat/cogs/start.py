"""/start and /help: the doors a newcomer finds."""

from __future__ import annotations

from collections.abc import Sequence

import discord
from discord import app_commands
from discord.ext import commands

from bot.chat.cards.writing import shorten
from bot.chat.client import Interaction, PostbagClient, everywhere
from bot.chat.lengths import Name
from bot.chat.permissions import group_of, invite_of, is_organiser, require_group
from bot.chat.presses import Press, presses
from bot.chat.ui import Act, Card, Link, Option, choices, meant, reply
from bot.chat.viewing import reports_for
from bot.domain.reports import Report, RowKind, long_date

TOPICS = {
    "recommendations": (
        "Read what a report asks",
        "Use `/recommendations browse` to page through a report, `/recommendations search` to find words in it, or "
        "`/recommendations show` to open one recommendation by its number. Each card gives the Government's answer, who gave it and "
        "when.",
    ),
    "letters": (
        "Write to my MP",
        "`/letter write` puts your own words into a letter about one recommendation. Only you can see it, and you send it "
        "yourself. `/letter follow-ups` helps when your MP replies, or doesn't, and `/mp find` tells you who your MP is.",
    ),
    "deadlines": (
        "Watch a deadline",
        "`/deadlines list` shows every date your group watches and how it was worked out. Organisers add dates with "
        "`/deadlines add`, and follow a report with `/reports follow`. Postbag posts reminders before, on and after the day. "
        "A vote or a meeting of your own is an event: it can repeat, and it's never overdue.",
    ),
    "reminders": (
        "Remind me",
        "`/remind me` understands plain words: *tomorrow 6pm*, *a week on Tuesday*, *every Friday 9am*, *3 days before the "
        "deadline*. It shows what it understood before you save. The reminder comes as a direct message with *Done* and "
        "*Snooze*. `/remind list` changes, snoozes and cancels.",
    ),
    "records": (
        "Keep answers up to date",
        "Organisers bring in a committee's report, or the answers to it, with `/reports import`: from saved pages, pasted text "
        "or its number in Parliament's record. `/reports record-answer` records what the Government said, and "
        "`/reports record-evidence` what has happened since. `/reports undo` undoes either. Only your server sees them.",
    ),
    "actions": (
        "Plan an action",
        "`/action plan` gives organisers dated steps before and after a deadline, an event or a day of their own. *Rehearse* shows "
        "each post word for word, and Postbag posts nothing until an organiser presses *Approve*. Members press *Sign up privately* to be "
        "told when each step is due. Nobody can see who signed up. `/action report` counts what your group did, without names.",
    ),
    "setting up": (
        "Set up a server",
        "An organiser runs `/admin setup` once: where to post, who can organise, which time zone. `/admin settings` changes one "
        "thing at a time. `/admin health` shows what was sent and what wasn't, and `/admin audit` what organisers changed. "
        "`/admin export` and `/admin import` move a set-up to another server.",
    ),
    "templates": (
        "Letters of your group's own",
        "`/admin template new` writes a letter template. `/admin template review` previews it, and lets a second organiser approve "
        "it. `/admin template retire` stops offering it. Fields: salutation, constituency, asked (what the "
        "committee asked, with its source), answered, since, minister, why, local, ask, close. Use asked and ask once each, and at "
        "most 350 words.",
    ),
    "privacy": (
        "What Postbag keeps about me",
        "Postbag never keeps letters, names, addresses or postcodes. `/privacy show` lists what it does keep about you, and "
        "`/privacy forget-me` erases it. `/privacy about` explains it on one screen.",
    ),
}
"""What /help says of each job, by its name as an option."""

FOR_A_PERSON = (
    (
        "What a committee asked the Government to do, and the Government's answer.",
        "Read the recommendations",
        "report.doors",
    ),
    ("A letter to your own MP, in your own words. You send it yourself.", "Write to my MP", "letter.start"),
    ("Letters you've sent, the replies, and what to do next.", "My letters", "followup.list"),
    (
        "A private message when you need it: *next Friday 6pm*, *3 days before the deadline*.",
        "My reminders",
        "remind.list",
    ),
    ("What Postbag keeps about you, and how to erase it.", "My privacy", "privacy.show"),
)
FOR_A_MEMBER = (
    *FOR_A_PERSON[:3],
    ("When the Government's answers are expected, and which are overdue.", "Our deadlines", "deadlines.list"),
    *FOR_A_PERSON[3:],
)
FOR_AN_ORGANISER = (
    ("Where to post, who can organise, which time zone.", "Set up this server", "admin.setup"),
    ("Reminders about a report's answer.", "Follow a report", "admin.reports"),
    ("A date your group watches.", "Add a date", "event.which"),
    ("Dated steps before and after a deadline: rehearse, approve, post.", "Plan an action", "action.new"),
    ("A letter of your group's own, approved by two organisers.", "Letter templates", "template.list"),
    ("What was sent, what wasn't, and why.", "Check what was sent", "admin.health"),
)
"""A sentence for each job, with its button and the press behind it."""

MOST_NAMED = 6
"""Reports that /start names in words; all are in its list."""


def start_card(reports: Sequence[Report] = (), themes: Sequence[tuple[str, int]] = ()) -> Card:
    """The three doors, the reports that can be read, the subjects that several of them share, and one line on privacy."""
    card = (
        Card("Postbag")
        .text(
            "Read what a select committee asked the Government to do, write to your own MP about it, and see when the answer is due."
        )
        .buttons(
            Act("Read the recommendations", "report.doors", style=discord.ButtonStyle.primary),
            Act("Write to my MP", "letter.start", style=discord.ButtonStyle.primary),
            Act("Organise an action", "start.organise", style=discord.ButtonStyle.primary),
        )
    )
    newest = sorted(reports, key=lambda report: (not report.invented, report.published_on), reverse=True)
    if len(newest) > 1:
        card.text(
            "**Reports**\n"
            + "\n".join(
                f"- {shorten(r.short_title, 60, 150)}, {r.published_on.year}: {_rows(r)}" for r in newest[:MOST_NAMED]
            )
        )
        rows = [Option(r.short_title, r.slug, f"{r.committee}, {long_date(r.published_on)}") for r in newest[:25]]
        card.select("report.doors", rows, args=("held",), placeholder="Open a report")
    if themes:
        named = [Option(name, name, f"{count} recommendations") for name, count in themes[:25]]
        card.select("report.theme", named, placeholder="Or a subject, in every report")
    return card.small(
        "Only you can see this. Postbag never keeps your letter, name, address or postcode: /privacy about"
    )


def _rows(report: Report) -> str:
    count = len(report.recommendations)
    all_asked = all(item.kind is RowKind.RECOMMENDATION for item in report.recommendations)
    return f"{count} {'recommendation' if all_asked else 'item'}{'' if count == 1 else 's'}"


def help_card(*, organiser: bool = False, in_server: bool = True, invite: str = "") -> Card:
    """Help by job, a line and a button each: for a person alone, for a member of a group, for its organisers."""
    card = Card("What would you like to do?")
    if organiser:
        card.text("**For organisers**")
        for words, label, verb in FOR_AN_ORGANISER:
            card.row_with(words, Act(label, verb))
        card.text("**For everyone**").buttons(*(Act(label, verb) for _, label, verb in FOR_A_MEMBER))
    else:
        for words, label, verb in FOR_A_MEMBER if in_server else FOR_A_PERSON:
            card.row_with(words, Act(label, verb))
    if not in_server and invite:
        card.row_with(
            "Part of a group? Someone who manages its server can add Postbag.", Link("Add Postbag to a server", invite)
        )
    return card.small("To read more about one topic, use /help. Only you can see this. Not endorsed by Parliament.")


def topic_card(topic: str) -> Card:
    """Help on one job."""
    title, text = TOPICS[topic]
    return Card(title).text(text).small("Only you can see this.")


class Start(commands.Cog):
    """The commands that need no knowledge of the others."""

    def __init__(self, client: PostbagClient) -> None:
        self.client = client

    @app_commands.command(name="start", description="Start here: read, write or organise")
    @everywhere
    async def start(self, interaction: Interaction) -> None:
        """Show the three doors."""
        reports = reports_for(interaction)
        await reply(interaction, start_card(reports.listed(), reports.shared_by_several()))

    @app_commands.command(name="help", description="What you can do here, with a button for each")
    @app_commands.describe(topic="One job to read more about")
    @everywhere
    async def help_(self, interaction: Interaction, topic: Name = "") -> None:
        """Show help on one job, or a line for each."""
        topic = meant(topic, ((title, name) for name, (title, _) in TOPICS.items()))
        if topic in TOPICS:
            await reply(interaction, topic_card(topic))
            return
        in_server = group_of(interaction) is not None
        await reply(
            interaction,
            help_card(organiser=await is_organiser(interaction), in_server=in_server, invite=self._invite()),
        )

    def _invite(self) -> str:
        """Give the address that adds Postbag to a server with the permissions it needs; "" before Discord said who it is."""
        return invite_of(self.client)

    @help_.autocomplete("topic")
    async def complete_topic(self, interaction: Interaction, current: str) -> list[app_commands.Choice[str]]:
        """Offer the topics."""
        return choices(
            (title, name) for name, (title, _) in TOPICS.items() if current.casefold() in f"{name} {title}".casefold()
        )

    @presses("start.organise")
    async def organise(self, interaction: Interaction, press: Press) -> None:
        """Lead an organiser on; tell anybody else what is needed."""
        card = Card("Organise an action")
        if group_of(interaction) is None:
            card.text(
                "An action belongs to a group's server.\n\n"
                "Add Postbag to a server you manage, type `/start` there and press *Organise an action* again."
            )
            if address := self._invite():
                card.buttons(Link("Add Postbag to a server", address))
        elif await is_organiser(interaction):
            settings = await self.client.services.guilds.settings(require_group(interaction))
            first = settings.channel_id is None
            if first:
                card.text("Start by choosing where Postbag posts. It takes about five minutes.")
            steps = (
                ("Choose where Postbag posts and who can organise.", "Set up this server", "admin.setup"),
                ("Get reminders about a report's answer.", "Follow a report", "admin.reports"),
                ("Add a date of your group's own.", "Add a date", "event.which"),
                ("Plan dated steps before and after a deadline.", "Plan an action", "action.new"),
            )
            for at, (words, label, verb) in enumerate(steps):
                main = at == (0 if first else len(steps) - 1)
                style = discord.ButtonStyle.primary if main else discord.ButtonStyle.secondary
                card.row_with(f"**{at + 1}.** {words}", Act(label, verb, style=style))
            card.buttons(Act("Our deadlines", "deadlines.list"))
        else:
            card.text(
                "Organisers of this server plan actions here: people with *Manage Server*, or with the role chosen at set-up.\n\n"
                "You can see the dates your group watches, and write to your own MP."
            )
            card.buttons(Act("Our deadlines", "deadlines.list"), Act("Write to my MP", "letter.start"))
        await reply(interaction, card.small("Only you can see this."))
