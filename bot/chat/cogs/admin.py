"""/admin: set-up in a few short steps, a test message, and how deliveries stand. For organisers."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from typing import Any

from discord import InteractionResponseType, app_commands
from discord.ext import commands

from bot.chat.answers import begin, follow, show_form
from bot.chat.cards.health import health_card, own_test_card
from bot.chat.cards.held_words import held_words_card, shown_first
from bot.chat.cards.setup import BACK, LIMITS, OTHER, STEPS, step_card
from bot.chat.client import Interaction, PostbagClient, in_servers
from bot.chat.cogs.audit import AuditDesk
from bot.chat.cogs.moving import MovingDesk
from bot.chat.cogs.templates import LetterTemplateDesk
from bot.chat.common import cog_of, person_of
from bot.chat.lengths import Name
from bot.chat.permissions import check_channel, group_of, invite_of, is_organiser, require_group, require_organiser
from bot.chat.presses import Press, presses
from bot.chat.ui import Act, Card, choices, reply, without_markdown
from bot.chat.viewing import reports_for
from bot.chat.views.deadlines import handed_back, typed_before
from bot.chat.views.settings import FIELDS, setting_form
from bot.domain.dates.times import read_time
from bot.domain.errors import NotFound, Overtaken, PostbagError, Refused
from bot.domain.guilds import GuildSettings
from bot.domain.identity import ChannelId, DeliveryId, GuildId, PersonId, RoleId, UserId
from bot.domain.shares import What
from bot.services.ledger_files import MOST_LINES, ledger_files, without_names
from bot.services.ports.sending import ChannelCheck

Command = app_commands.Command[Any, ..., Any]


class Admin(commands.Cog):
    """Set-up and health. Every answer is private, and every press asks again whether the person is an organiser."""

    admin: app_commands.Group = in_servers(
        app_commands.Group(name="admin", description="Set-up and health of this server's Postbag (organisers)")
    )

    template = app_commands.Group(
        name="template", description="Your group's own letter templates (organisers)", parent=admin
    )

    def __init__(self, client: PostbagClient) -> None:
        self.client = client

    @admin.command(name="setup", description="Set Postbag up: channel, organisers, time (organisers)")
    async def setup(self, interaction: Interaction) -> None:
        """Begin set-up, or look at what is set."""
        await require_organiser(interaction)
        await begin(interaction)
        settings = await self._settings(interaction)
        await self._step(interaction, STEPS[0] if settings.channel_id is None else STEPS[-1])

    @admin.command(name="settings", description="Change one setting, or undo the last change (organisers)")
    async def settings_(self, interaction: Interaction) -> None:
        """Show what is set, with a list of what can be changed."""
        await require_organiser(interaction)
        await begin(interaction)
        await self._step(interaction, STEPS[-1])

    @presses("admin.undo", organiser=True)
    async def undo(self, interaction: Interaction, press: Press) -> None:
        """Take the last change back, and show what is set then."""

        async def work(group: GuildId, person: PersonId) -> str:
            await self.client.services.guilds.undo(group, person)
            return "The last change has been undone."

        await self._try(interaction, STEPS[-1], work)

    @admin.command(name="health", description="What was sent, what was not and why (organisers)")
    async def health(self, interaction: Interaction) -> None:
        """Show how deliveries stand."""
        await require_organiser(interaction)
        await begin(interaction)
        await self._health(interaction)

    @admin.command(name="audit", description="What organisers changed, and when (organisers)")
    async def audit(self, interaction: Interaction) -> None:
        """List what organisers changed, newest first."""
        await require_organiser(interaction)
        await begin(interaction, in_place=False)
        await cog_of(self.client, AuditDesk).show(interaction)

    @admin.command(name="export", description="Download your group's set-up as a file, without any people (organisers)")
    async def export(self, interaction: Interaction) -> None:
        """Hand over the group's set-up."""
        await require_organiser(interaction)
        await begin(interaction, in_place=False)
        await cog_of(self.client, MovingDesk).export(interaction)

    @admin.command(name="import", description="Import a group's set-up from a file, with a preview first (organisers)")
    async def import_(self, interaction: Interaction) -> None:
        """Ask for a file with a group's set-up."""
        await require_organiser(interaction)
        await cog_of(self.client, MovingDesk).ask(interaction)

    @commands.Cog.listener()
    async def on_app_command_completion(self, interaction: Interaction, command: Command) -> None:
        """Show an organiser who visits what an earlier one could no longer be told."""
        parent = getattr(command, "root_parent", None)  # a command of a message's menu has none
        if parent is not self.admin or interaction.response.type is InteractionResponseType.modal:
            return
        group = group_of(interaction)
        waiting = await self.client.services.delivery.held_words(group) if group is not None else ()
        if group is None or not waiting or not await is_organiser(interaction):
            return
        await follow(interaction, view=held_words_card(waiting).view())
        await self.client.services.delivery.saw_held_words(group, shown_first(waiting))

    @template.command(name="new", description="Write a letter template for your group (organisers)")
    @app_commands.describe(template="Leave empty for a new template, or choose one to write its next version")
    async def template_new(self, interaction: Interaction, template: Name = "") -> None:
        """Ask for the words of a template."""
        await require_organiser(interaction)
        await cog_of(self.client, LetterTemplateDesk).open_form(interaction, template)

    @template.command(name="review", description="Preview, approve or bring back your group's templates (organisers)")
    @app_commands.describe(template="Choose one, or leave empty for the list")
    async def template_review(self, interaction: Interaction, template: Name = "") -> None:
        """List the templates, or open one."""
        await require_organiser(interaction)
        await cog_of(self.client, LetterTemplateDesk).review(interaction, template)

    @template.command(name="retire", description="Stop offering one of your group's letter templates (organisers)")
    @app_commands.describe(template="Which one")
    async def template_retire(self, interaction: Interaction, template: Name) -> None:
        """Ask before a template is retired."""
        await require_organiser(interaction)
        await cog_of(self.client, LetterTemplateDesk).ask_retire(interaction, template)

    @template_new.autocomplete("template")
    @template_review.autocomplete("template")
    @template_retire.autocomplete("template")
    async def complete_template(self, interaction: Interaction, current: str) -> list[app_commands.Choice[str]]:
        """Suggest the group's own templates, to organisers."""
        if not await is_organiser(interaction):
            return []
        held = (one.template for one in self.client.services.templates.list(require_group(interaction)))
        return choices((one.name, one.slug) for one in held if current.casefold() in one.name.casefold())

    @presses("admin.setup", organiser=True)
    async def setup_pressed(self, interaction: Interaction, press: Press) -> None:
        """Open a step: in place while stepping, else as a new message."""
        await begin(interaction, in_place=bool(press.args))
        settings = await self._settings(interaction)
        if press.arg(0) in STEPS[STEPS.index("risk") + 1 :] and press.arg(1) != BACK and not settings.risk_answered:
            await self._step(interaction, "risk")
            return
        first = STEPS[0] if settings.channel_id is None else STEPS[-1]
        await self._step(interaction, press.values[0] if press.values else press.arg(0, first))

    @presses("admin.channel", organiser=True)
    async def channel_chosen(self, interaction: Interaction, press: Press) -> None:
        """Keep the channel, and show what is missing there."""
        await self.choose(interaction, "channel", lambda: {"channel_id": ChannelId(_chosen(press))})

    @presses("admin.notice", organiser=True)
    async def notice_chosen(self, interaction: Interaction, press: Press) -> None:
        """Keep the channel for words to organisers. Refused: everyone can read it, or Postbag may not write there."""
        await self.choose(interaction, "notice", lambda: {"notice_channel_id": self._notice(interaction, press)})

    @presses("admin.notice.none", organiser=True)
    async def notice_dropped(self, interaction: Interaction, press: Press) -> None:
        """Tell whoever last saved the settings by direct message."""
        await self.choose(interaction, "notice", lambda: {"notice_channel_id": None})

    @presses("admin.role", organiser=True)
    async def role_chosen(self, interaction: Interaction, press: Press) -> None:
        """Keep the organiser role."""
        await self.choose(
            interaction, "role", lambda: {"organiser_role_id": RoleId(_chosen(press)) if press.values else None}
        )

    @presses("admin.role.none", organiser=True)
    async def role_dropped(self, interaction: Interaction, press: Press) -> None:
        """Leave organising to Manage Server alone."""
        await self.choose(interaction, "role", lambda: {"organiser_role_id": None})

    @presses("admin.zone", organiser=True)
    async def zone_chosen(self, interaction: Interaction, press: Press) -> None:
        """Keep the zone, or ask for its name."""
        zone = press.values[0] if press.values else ""
        if zone == OTHER:
            await show_form(interaction, setting_form("zone", await self._settings(interaction)))
            return
        await self.choose(interaction, "zone", lambda: {"zone": zone})

    @presses("admin.zone.keep", organiser=True)
    async def zone_typed(self, interaction: Interaction, press: Press) -> None:
        """Keep a zone that was typed: its whole name, or words that fit just one."""
        await self._typed(
            interaction, press, "zone", lambda: {"zone": self.client.services.guilds.zone_named(press.text("zone"))}
        )

    @presses("admin.time", organiser=True)
    async def time_chosen(self, interaction: Interaction, press: Press) -> None:
        """Keep the time of day, or ask for it."""
        time = press.values[0] if press.values else ""
        if time == OTHER:
            await show_form(interaction, setting_form("time", await self._settings(interaction)))
            return
        await self.choose(interaction, "time", lambda: {"time_of_day": read_time(time)})

    @presses("admin.time.keep", organiser=True)
    async def time_typed(self, interaction: Interaction, press: Press) -> None:
        """Keep a time of day that was typed."""
        await self._typed(interaction, press, "time", lambda: {"time_of_day": read_time(press.text("time"))})

    @presses("admin.quiet", organiser=True)
    async def quiet_chosen(self, interaction: Interaction, press: Press) -> None:
        """Keep the quiet hours, or ask for them."""
        hours = press.values[0] if press.values else ""
        if hours == OTHER:
            await show_form(interaction, setting_form("quiet", await self._settings(interaction)))
            return
        begin, _, end = hours.partition("-")
        await self.choose(interaction, "quiet", lambda: _quiet(begin, end) if end else NO_QUIET)

    @presses("admin.quiet.keep", organiser=True)
    async def quiet_typed(self, interaction: Interaction, press: Press) -> None:
        """Keep quiet hours that were typed."""
        await self._typed(interaction, press, "quiet", lambda: _quiet(press.text("from"), press.text("until")))

    @presses("admin.typed", organiser=True)
    async def type_again(self, interaction: Interaction, press: Press) -> None:
        """Open a form again with what was typed."""
        which = press.arg(0) if press.arg(0) in FIELDS else "time"
        typed = typed_before(interaction.message, len(FIELDS[which]))
        await show_form(interaction, setting_form(which, await self._settings(interaction), typed, press.arg(1)))

    @presses("admin.days", organiser=True)
    async def days_chosen(self, interaction: Interaction, press: Press) -> None:
        """Keep on which days of the week reminders come."""
        chosen = press.values[0] if press.values else "any"
        await self.choose(interaction, "days", lambda: {"days_off": "" if chosen == "any" else chosen})

    @presses("admin.ping", organiser=True)
    async def ping_chosen(self, interaction: Interaction, press: Press) -> None:
        """Keep the role that is mentioned, and say where Discord would not let it be."""
        await self.choose(
            interaction, "ping", lambda: {"ping_role_id": RoleId(_chosen(press)) if press.values else None}
        )

    @presses("admin.ping.none", organiser=True)
    async def ping_dropped(self, interaction: Interaction, press: Press) -> None:
        """Mention nobody."""
        await self.choose(interaction, "ping", lambda: {"ping_role_id": None})

    @presses("admin.limit", organiser=True)
    async def limit_chosen(self, interaction: Interaction, press: Press) -> None:
        """Keep how often the role may be mentioned."""
        limits = press.values[0] if press.values else ""
        await self.choose(interaction, "ping", lambda: _limits(limits))

    @presses("admin.risk", organiser=True)
    async def risk_chosen(self, interaction: Interaction, press: Press) -> None:
        """Keep whether people could be targeted. *No*, where it is *yes*, takes a second organiser or a day."""
        await self._protect(interaction, "risk", "high_risk", on=press.arg(0) != "no")

    @presses("admin.second", organiser=True)
    async def second_chosen(self, interaction: Interaction, press: Press) -> None:
        """Keep whether a second organiser has to confirm a changed answer. *No*, where it is *yes*, takes a second organiser or a day."""
        await self._protect(interaction, "done", "second_confirms", on=press.arg(0) == "yes")

    @presses("admin.less", organiser=True)
    async def less(self, interaction: Interaction, press: Press) -> None:
        """Agree to protect the group less."""
        await self._protect(interaction, "done", press.arg(0), on=False)

    @presses("admin.keep", organiser=True)
    async def keep(self, interaction: Interaction, press: Press) -> None:
        """Take back what was asked against a protection, whoever asked it."""
        await begin(interaction)
        dropped = await self.client.services.guilds.keep_protection(
            require_group(interaction), press.arg(0), await person_of(interaction)
        )
        said = (
            "The protection stays on. Postbag will tell the group."
            if dropped
            else "Somebody has already dealt with that request."
        )
        await self._step(interaction, "done", said)

    @presses("admin.test", organiser=True)
    async def test(self, interaction: Interaction, press: Press) -> None:
        """Show a test to who presses; where they ask for it, post it in the channel, delivered like any reminder."""
        if press.arg(0) != "channel":
            await begin(interaction, in_place=False)
            settings = await self._settings(interaction)
            check = await self._check(interaction, settings)
            await reply(interaction, own_test_card(self.client.services.delivery.test_words(), settings, check))
            return
        self.client.services.shares.take(What.TEST, UserId(interaction.user.id), require_group(interaction))
        await begin(interaction, in_place=False)
        check = await self._check(interaction, await self._settings(interaction))
        reminder = await self.client.services.guilds.send_test(require_group(interaction))
        card = Card("A test is on its way").text(
            f"It appears in <#{check.channel_id}> within a minute, exactly as a reminder would."
            if check is not None
            else "It appears in the group's channel within a minute."
        )
        if check is not None and (not check.exists or check.missing):
            card.text("It may not arrive, because Postbag is missing a permission there. `/admin setup` says which.")
        card.small(f"If it doesn't come, /admin health says why. Test {reminder.reminder_id}. Only you can see this.")
        await reply(interaction, card)

    @presses("admin.health", organiser=True)
    async def health_pressed(self, interaction: Interaction, press: Press) -> None:
        """Show how deliveries stand, in place where it was open."""
        await begin(interaction, in_place=bool(press.args))
        await self._health(interaction)

    @presses("admin.found", organiser=True)
    async def found(self, interaction: Interaction, press: Press) -> None:
        """Take an organiser's word that a message is in the channel."""
        await self._decide(interaction, press, posted=True)

    @presses("admin.again", organiser=True)
    async def again(self, interaction: Interaction, press: Press) -> None:
        """Send a message again that an organiser says is not there, or whose reason was mended."""
        await self._decide(interaction, press, posted=False)

    async def _decide(self, interaction: Interaction, press: Press, *, posted: bool) -> None:
        await begin(interaction)
        number = press.arg(0)
        if not number.isdecimal():
            raise NotFound("There's nothing left to decide.", "Look again at /admin health.")
        group, person = require_group(interaction), await person_of(interaction)
        await self.client.services.delivery.decide(DeliveryId(int(number)), group, posted=posted, by=person)
        await self._health(interaction)

    @presses("admin.ledger", organiser=True)
    async def ledger(self, interaction: Interaction, press: Press) -> None:
        """Hand over the group's ledger as files, privately."""
        await begin(interaction, in_place=False)
        group, delivery = require_group(interaction), self.client.services.delivery
        entries = await delivery.ledger(group, limit=MOST_LINES)
        named = await delivery.told(entries)
        if (await self._settings(interaction)).high_risk:
            named = without_names(named)  # a file leaves Discord, and lies on somebody's disk
        card = Card("The ledger").text(
            f"{len(entries)} lines: what was sent and where, what wasn't and why, for 400 days. It has nothing personal in it."
        )
        await reply(interaction, card.small("Only you can see this."), files=ledger_files(entries, named))

    @presses("admin.reports", organiser=True)
    async def reports(self, interaction: Interaction, press: Press) -> None:
        """Offer the reports that can be followed."""
        held = [report for report in reports_for(interaction).reports() if report.recommendations]
        card = Card("Follow a report").text("Postbag then reminds your group when the Government's answer is due.")
        card.buttons(*(Act(report.short_title, "report.follow", (report.slug,)) for report in held[:10]))
        card.text("Not listed? Choose its committee, and follow any of its reports that's waiting for an answer.")
        card.buttons(Act("Which committees?", "watch.open"))
        await reply(interaction, card)

    async def _settings(self, interaction: Interaction) -> GuildSettings:
        return await self.client.services.guilds.settings(require_group(interaction))

    async def choose(self, interaction: Interaction, step: str, changes: Callable[[], Mapping[str, Any]]) -> None:
        """Keep one choice and show its step again. Where it is refused, the step says why and nothing is changed."""

        async def work(group: GuildId, person: PersonId) -> str:
            await self.client.services.guilds.change(group, person, **changes())
            return ""

        await self._try(interaction, step, work)

    async def _typed(
        self, interaction: Interaction, press: Press, which: str, changes: Callable[[], Mapping[str, Any]]
    ) -> None:
        """Keep a setting that was typed. Where it is refused, what was typed is handed back."""
        await begin(interaction)
        try:
            group, person = require_group(interaction), await person_of(interaction)
            await self.client.services.guilds.change(group, person, opened=press.arg(0), **changes())
        except PostbagError as error:
            label, seen, said = (
                "Try again",
                press.arg(0),
                f"**{without_markdown(error.message)}** {without_markdown(error.next_step)}",
            )
            if isinstance(error, Overtaken):
                label, seen = "Correct it", str(error.edition)
            names = [label for _, label in FIELDS[which]]
            typed = [press.text(name) for name, _ in FIELDS[which]]
            card = await self._step_card(interaction, which, said)
            await reply(interaction, handed_back(card, names, typed, Act(label, "admin.typed", (which, seen))))
            return
        await self._step(interaction, which)

    async def _try(
        self, interaction: Interaction, step: str, work: Callable[[GuildId, PersonId], Awaitable[str]]
    ) -> None:
        """Make a change and show its step, with what ``work`` says of it or why it was refused."""
        await begin(interaction)
        try:
            person = await self.client.services.people.person_for(UserId(interaction.user.id))
            said = await work(require_group(interaction), person)
        except PostbagError as error:
            said = f"**{without_markdown(error.message)}** {without_markdown(error.next_step)}"
        await self._step(interaction, step, said)

    async def _protect(self, interaction: Interaction, step: str, name: str, *, on: bool) -> None:
        """Put a protection on, or ask to take it off; the step says what came of it."""

        async def work(group: GuildId, person: PersonId) -> str:
            guilds = self.client.services.guilds
            if on:
                await guilds.protect(group, person, name)
            elif await guilds.protect_less(group, person, name) is not None:
                return "This protects your group less, so nothing has changed yet. Postbag will tell the group."
            return ""

        await self._try(interaction, step, work)

    def _notice(self, interaction: Interaction, press: Press) -> ChannelId:
        channel_id = ChannelId(_chosen(press))
        guild = self.client.get_guild(require_group(interaction))
        channel = guild.get_channel(channel_id) if guild is not None else None
        if guild is None or channel is None:
            raise Refused("Postbag can't see that channel.", "Let its role see the channel, or choose another.")
        if channel.permissions_for(guild.default_role).view_channel:
            raise Refused(
                "Everyone in the server can read that channel.",
                "Messages for organisers shouldn't be public. Choose a channel that only organisers can read.",
            )
        check = check_channel(guild, channel_id)
        if check.missing:
            raise Refused(
                f"Postbag doesn't have {', '.join(check.missing)} there.", "Allow that in the channel's settings."
            )
        return channel_id

    async def _step(self, interaction: Interaction, step: str, problem: str = "") -> None:
        await reply(interaction, await self._step_card(interaction, step, problem))

    async def _step_card(self, interaction: Interaction, step: str, problem: str) -> Card:
        settings = await self._settings(interaction)
        check = await self._check(interaction, settings)
        undo = self.client.services.guilds.can_undo(settings.guild_id)
        waiting = await self.client.services.guilds.waiting(settings.guild_id)
        return step_card(step, settings, check, problem, undo=undo, waiting=waiting, invite=invite_of(self.client))

    async def _check(self, interaction: Interaction, settings: GuildSettings) -> ChannelCheck | None:
        guild = self.client.get_guild(require_group(interaction))
        if settings.channel_id is None or guild is None:
            return None
        return check_channel(guild, settings.channel_id)

    async def _health(self, interaction: Interaction) -> None:
        services = self.client.services
        group = require_group(interaction)
        settings = await services.guilds.settings(group)
        card = health_card(
            await services.delivery.health(group),
            settings,
            await self._check(interaction, settings),
            await services.reports.for_group(group).in_view(),
            services.members.directory,
            services.version,
            services.clock.now(),
            await services.member_news.latest(),
            services.publications.health_with(
                services.completions.problem, await services.completions.reports_without_words()
            ),
            await services.machine(),
            self.client.registration.failed_with,
            replace(await services.said.health(), behind=await services.followed_questions.behind()),
            await services.delivery.sent_lately(group),
        )
        await reply(interaction, card)


NO_QUIET = {"quiet_from": None, "quiet_until": None}


def _quiet(begin: str, end: str) -> Mapping[str, Any]:
    return {"quiet_from": read_time(begin), "quiet_until": read_time(end)}


def _limits(chosen: str) -> Mapping[str, Any]:
    if chosen not in LIMITS:
        raise Refused("You haven't chosen anything.", "Choose one from the list.")
    day, _, week = chosen.partition("-")
    return {"pings_a_day": int(day), "pings_a_week": int(week)}


def _chosen(press: Press) -> int:
    if not press.values or not press.values[0].isdecimal():
        raise Refused("You haven't chosen anything.", "Choose one from the list.")
    return int(press.chosen)
