"""/reports: what is held, one report with its clock, and following one."""

from __future__ import annotations

from discord import app_commands
from discord.ext import commands

from bot.chat.answers import begin, show_form
from bot.chat.cards.recommendation_lists import options
from bot.chat.cards.records import history_card, label, undo_card
from bot.chat.cards.reports import followed_card, report_card, reports_card
from bot.chat.client import Interaction, PostbagClient, everywhere
from bot.chat.cogs.committees import Committees
from bot.chat.cogs.imports import Imports
from bot.chat.common import cog_of
from bot.chat.lengths import Link, Name
from bot.chat.permissions import group_of, is_organiser, require_group, require_organiser
from bot.chat.presses import Press, presses
from bot.chat.ui import Act, Card, choices, meant, plain, reply
from bot.chat.viewing import reports_for
from bot.chat.views.records import known_answer, record_form
from bot.clock import london_today
from bot.domain.errors import Ambiguous, NotFound, Refused
from bot.domain.identity import GuildId, RecordId, UserId
from bot.domain.records import RecordKind, answer_status
from bot.domain.reports import AnswerStatus, Report
from bot.services.records import Recorded


class Reports(commands.Cog):
    """The reports held and which of them a group follows. Every answer is private."""

    reports: app_commands.Group = everywhere(
        app_commands.Group(name="reports", description="Postbag's reports, and which your group follows")
    )

    def __init__(self, client: PostbagClient) -> None:
        self.client = client

    @reports.command(name="list", description="Postbag's reports, and when each answer is due")
    async def list_(self, interaction: Interaction) -> None:
        """List the reports held."""
        await self._answer_list(interaction)

    @reports.command(name="show", description="One report: when its answer is due, its licence and its date")
    @app_commands.describe(report="Which report")
    async def show(self, interaction: Interaction, report: Name) -> None:
        """Show one report."""
        await reply(interaction, await self._card(interaction, reports_for(interaction).report(report)))

    @reports.command(name="follow", description="Follow a report and be reminded when its answer is due (organisers)")
    @app_commands.describe(report="Which report, or the number of a publication in Parliament's record")
    async def follow(self, interaction: Interaction, report: Name) -> None:
        """Follow a report for this group: one held, or a publication in Parliament's record."""
        _in_server(interaction)
        await require_organiser(interaction)
        number = report.strip().removeprefix("publication-")
        if number.isdecimal() and len(number) < 10:
            await begin(interaction, in_place=False)
            await cog_of(self.client, Committees).follow(interaction, int(number))
        else:
            await self._follow(interaction, reports_for(interaction).report(report))

    @reports.command(name="committees", description="Choose whose new reports Postbag tells you about (organisers)")
    async def committees(self, interaction: Interaction) -> None:
        """Show which committees the group looks out for."""
        _in_server(interaction)
        await require_organiser(interaction)
        await begin(interaction, in_place=False)
        await cog_of(self.client, Committees).show(interaction)

    @reports.command(name="unfollow", description="Stop following a report (organisers)")
    @app_commands.describe(report="Which report; if empty, the only one you follow")
    async def unfollow(self, interaction: Interaction, report: Name = "") -> None:
        """Stop following a report for this group."""
        guild_id = _in_server(interaction)
        await require_organiser(interaction)
        wanted = reports_for(interaction).report(report) if report else None
        await begin(interaction, in_place=False)
        if wanted is None:
            wanted = await self._only_followed(guild_id)
        person = await self.client.services.people.person_for(UserId(interaction.user.id))
        title = plain(wanted.short_title)
        if not await self.client.services.deadlines.following.unfollow(guild_id, wanted.slug, person):
            raise NotFound(f"Your group doesn't follow {title}.", "Use /reports list to see what it follows.")
        await reply(
            interaction,
            Card(f"No longer followed: {title}")
            .text("Postbag has cancelled this group's reminders about it.")
            .buttons(Act("Follow it again", "report.follow", (wanted.slug,))),
        )

    @reports.command(name="import", description="Import a report, or the Government's answers to one (organisers)")
    @app_commands.describe(publication="Its number in Parliament's record; if empty, saved pages or pasted text")
    async def import_(self, interaction: Interaction, publication: Link = "") -> None:
        """Read a publication, or ask for pages."""
        _in_server(interaction)
        await require_organiser(interaction)
        imports = cog_of(self.client, Imports)
        if publication.strip():
            await imports.publication(interaction, publication)
        else:
            await imports.begin(interaction)

    @reports.command(
        name="record-answer", description="Record the Government's answer to a recommendation (organisers)"
    )
    @app_commands.describe(recommendation="Which one: a number, a key or words", answer="What it said")
    async def record_answer(self, interaction: Interaction, recommendation: Name, answer: Name = "") -> None:
        """Open the form for an answer."""
        await self._record(interaction, RecordKind.ANSWER, recommendation, answer)

    @reports.command(name="record-evidence", description="Record what happened since, with date and link (organisers)")
    @app_commands.describe(recommendation="Which one: a number, a key or words")
    async def record_evidence(self, interaction: Interaction, recommendation: Name) -> None:
        """Open the form for evidence."""
        await self._record(interaction, RecordKind.EVIDENCE, recommendation)

    @reports.command(name="undo", description="Undo an answer or evidence that your group recorded (organisers)")
    @app_commands.describe(record="Which one; if empty, see them all")
    async def undo(self, interaction: Interaction, record: Name = "") -> None:
        """Ask before a record is taken back, or list what was recorded."""
        await require_organiser(interaction)
        guild_id = require_group(interaction)
        await begin(interaction, in_place=False)
        records = self.client.services.records
        record = meant(record, ((label(r), str(r.record.record_id)) for r in await records.undoable(guild_id)))
        if record.isdecimal() and len(record) < 19:
            await reply(interaction, undo_card(await records.get(guild_id, RecordId(int(record)))))
            return
        wanted = record.casefold().split()
        listed = [r for r in await records.undoable(guild_id) if all(word in label(r).casefold() for word in wanted)]
        await reply(interaction, history_card("What you can undo", listed, {}, organiser=False))

    @record_answer.autocomplete("recommendation")
    @record_evidence.autocomplete("recommendation")
    async def complete_recommendation(self, interaction: Interaction, current: str) -> list[app_commands.Choice[str]]:
        """Offer recommendations while somebody types."""
        return choices(reports_for(interaction).complete(current, reports_for(interaction).default_now()))

    @record_answer.autocomplete("answer")
    async def complete_answer(self, interaction: Interaction, current: str) -> list[app_commands.Choice[str]]:
        """Offer the words for an answer while somebody types."""
        return choices((s.label, s.value) for s in AnswerStatus if current.strip().casefold() in s.value)

    @undo.autocomplete("record")
    async def complete_record(self, interaction: Interaction, current: str) -> list[app_commands.Choice[str]]:
        """Offer what is recorded and shown while an organiser types, from memory."""
        group = group_of(interaction)
        wanted = current.casefold().split()
        recorded = self.client.services.reports.recorded(group) if group is not None else ()
        named = [
            (label(Recorded(r, reports_for(interaction).of_record(r))), str(r.record_id)) for r in reversed(recorded)
        ]
        return choices((name, value) for name, value in named if all(word in name.casefold() for word in wanted))

    @show.autocomplete("report")
    @follow.autocomplete("report")
    @unfollow.autocomplete("report")
    async def complete_report(self, interaction: Interaction, current: str) -> list[app_commands.Choice[str]]:
        """Offer reports while somebody types."""
        return choices(reports_for(interaction).complete_report(current))

    @presses("report.show")
    async def open(self, interaction: Interaction, press: Press) -> None:
        """Show the report that was picked."""
        slug = press.values[0] if press.values else press.arg(0)
        await reply(interaction, await self._card(interaction, reports_for(interaction).report(slug)))

    @presses("report.follow", organiser=True)
    async def follow_pressed(self, interaction: Interaction, press: Press) -> None:
        """Follow the report whose card was open."""
        _in_server(interaction)
        await self._follow(interaction, reports_for(interaction).report(press.arg(0)))

    async def _record(self, interaction: Interaction, kind: RecordKind, wanted: str, answer: str = "") -> None:
        await require_organiser(interaction)
        status = answer_status(answer).value if answer else ""
        try:
            found = reports_for(interaction).find(
                wanted, None if "/" in wanted else reports_for(interaction).default_now()
            )
        except Ambiguous as error:
            card = Card(accent=None).text(f"**{plain(error.message)}**\nChoose one of them.")
            card.select(
                "record.form", options(error.choices[:25], several=True), args=(kind.value,), placeholder="Which one?"
            )
            await reply(interaction, card)
            return
        await show_form(interaction, record_form(kind, found, known_answer(found, status) if status else ()))

    async def _answer_list(self, interaction: Interaction) -> None:
        today = london_today(self.client.services.clock)
        await reply(interaction, reports_card(reports_for(interaction).listed(), today, self._followed(interaction)))

    async def _follow(self, interaction: Interaction, report: Report) -> None:
        guild_id = _in_server(interaction)
        services = self.client.services
        await begin(interaction, in_place=False)
        person = await services.people.person_for(UserId(interaction.user.id))
        clock = await services.deadlines.following.follow(guild_id, report.slug, person)
        settings = await services.guilds.settings(guild_id)
        today = london_today(services.clock)
        await reply(interaction, followed_card(report, clock, today, channel_set=settings.channel_id is not None))

    async def _only_followed(self, guild_id: GuildId) -> Report:
        held = self.client.services.reports.for_group(guild_id)
        followed = [report for report in await held.in_view() if await held.follows(report.slug)]
        if not followed:
            raise NotFound("Your group doesn't follow any report.", "Use /reports follow to follow one.")
        if len(followed) > 1:
            names = ", ".join(plain(report.short_title) for report in followed)
            raise Refused(f"Your group follows several reports: {names}.", "Say which one with the option *report*.")
        return followed[0]

    async def _card(self, interaction: Interaction, report: Report) -> Card:
        today = london_today(self.client.services.clock)
        followed = report.slug in self._followed(interaction) if await is_organiser(interaction) else None
        return report_card(report, today, followed=followed)

    def _followed(self, interaction: Interaction) -> tuple[str, ...]:
        group = group_of(interaction)
        return self.client.services.reports.followed_now(group)


def _in_server(interaction: Interaction) -> GuildId:
    group = group_of(interaction)
    if group is None:
        raise Refused(
            "Only a group can follow a report, in its server.",
            "Use /reports follow in a server where Postbag is a member. Here, /reports show works.",
        )
    return group
