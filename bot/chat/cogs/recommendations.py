"""/recommendations: browse, search and open one; the doors of a report; the card, privately or for everyone."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from itertools import accumulate
from urllib.parse import quote
from zlib import crc32

from discord import app_commands
from discord.ext import commands

from bot.chat.answers import begin
from bot.chat.cards.recommendation_lists import (
    SINCE,
    ListState,
    ambiguous_card,
    doors_card,
    list_card,
    search_card,
    unknown_card,
)
from bot.chat.cards.recommendations import recommendation_card, sources_card
from bot.chat.cards.since import since_card
from bot.chat.client import Interaction, PostbagClient, everywhere
from bot.chat.lengths import Name, Query
from bot.chat.presses import Press, presses
from bot.chat.showing import Showing, show_to_everyone
from bot.chat.ui import Card, choices, reply
from bot.chat.viewing import group_meant, reports_for
from bot.clock import london_today
from bot.domain.errors import Ambiguous, NotFound, PostbagError, UnknownNumber
from bot.domain.identity import ReportSlug
from bot.domain.references import Found
from bot.domain.reports import AnswerStatus, Report
from bot.domain.times_asked import TimesAsked

log = logging.getLogger(__name__)
PATIENCE_SECONDS = 1.5
"""A card is whole without its line on Parliament, so nobody waits longer than this."""
THEME_ROOM = 22
"""Characters that a theme may take in a custom_id beside everything else in it."""
ANSWERS = [app_commands.Choice(name=status.label, value=status.value) for status in AnswerStatus]
ANSWER_WORDS = frozenset(AnswerStatus)
SINCE_THEN = [app_commands.Choice(name=word.capitalize(), value=word) for word in SINCE]


class Recommendations(commands.Cog):
    """What a report asks, found in every way a person may look for it. Every answer is private."""

    recommendations: app_commands.Group = everywhere(
        app_commands.Group(
            name="recommendations", description="What a report asks the Government to do, and how it was answered"
        )
    )

    def __init__(self, client: PostbagClient) -> None:
        self.client = client
        self._showing = Showing()

    @recommendations.command(name="browse", description="Look through the recommendations")
    @app_commands.describe(
        report="Which report (if empty, the one your group follows, or all)",
        theme="One subject only",
        answer="Show only this answer",
        department="One department or body only; initials are fine",
        since="Show only this status since then",
    )
    @app_commands.choices(answer=ANSWERS, since=SINCE_THEN)
    async def browse(
        self,
        interaction: Interaction,
        report: Name = "",
        theme: Name = "",
        answer: app_commands.Choice[str] | None = None,
        department: Name = "",
        since: app_commands.Choice[str] | None = None,
    ) -> None:
        """Show the first page of a list. A theme that the packs share is looked for in every report, unless one is named."""
        across = theme and not report and reports_for(interaction).shared_theme(theme) is not None
        slug = None if across else self._report(interaction, report)
        state = ListState(
            slug or "",
            "",
            self._theme_key(interaction, theme, slug),
            answer.value if answer else "",
            department=_sum(reports_for(interaction).department(department, slug)) if department.strip() else "",
            since=since.value if since else "",
        )
        await reply(interaction, self._list(interaction, state))

    @recommendations.command(name="search", description="Find recommendations by words, number or paragraph")
    @app_commands.describe(query="Words, a number or a paragraph; typing slips don't matter", report="Which report")
    async def search(self, interaction: Interaction, query: Query, report: Name = "") -> None:
        """Show what was found, best first: in the report named, and how much more the others have; else in every report."""
        reports = reports_for(interaction)
        if not report:
            found = reports.search(query, first=reports.default_now())
            await reply(interaction, search_card(query, found, several=self._several(interaction, None)))
            return
        named = reports.report(report)
        found = reports.search(query, named.slug)
        others = [one for one in reports.search(query) if one.report.slug != named.slug]
        card = search_card(query, found, several=False, looked_in=named.short_title, elsewhere=others)
        await reply(interaction, card)

    @recommendations.command(name="show", description="Open one recommendation")
    @app_commands.describe(number="A number such as 3, a key such as T-12, or words", report="Which report")
    async def show(self, interaction: Interaction, number: Name, report: Name = "") -> None:
        """Open the card of one recommendation."""
        await reply(
            interaction,
            await self._card(interaction, number, self._report(interaction, report) if "/" not in number else None),
        )

    @show.autocomplete("number")
    async def complete_number(self, interaction: Interaction, current: str) -> list[app_commands.Choice[str]]:
        """Offer recommendations while somebody types."""
        return choices(reports_for(interaction).complete(current, self._report_beside(interaction)))

    @browse.autocomplete("theme")
    async def complete_theme(self, interaction: Interaction, current: str) -> list[app_commands.Choice[str]]:
        """Offer themes while somebody types."""
        return choices(reports_for(interaction).complete_theme(current, self._report_beside(interaction)))

    @browse.autocomplete("department")
    async def complete_department(self, interaction: Interaction, current: str) -> list[app_commands.Choice[str]]:
        """Offer departments while somebody types."""
        return choices(reports_for(interaction).complete_department(current, self._report_beside(interaction)))

    @browse.autocomplete("report")
    @search.autocomplete("report")
    @show.autocomplete("report")
    async def complete_report(self, interaction: Interaction, current: str) -> list[app_commands.Choice[str]]:
        """Offer reports while somebody types."""
        return choices(reports_for(interaction).complete_report(current))

    @presses("report.doors")
    async def doors(self, interaction: Interaction, press: Press) -> None:
        """Open the start page of a report: the one named, the one the group follows, else the first one held."""
        held = reports_for(interaction).reports()
        slug = press.values[0] if press.values else press.arg(0) or self._report(interaction, "")
        report = reports_for(interaction).report(slug) if slug else _first(held)
        card = doors_card(report, [other for other in held if other.slug != report.slug])
        await reply(interaction, card, update=bool(press.values or press.args) and _is_private(interaction))

    @presses("report.theme")
    async def theme(self, interaction: Interaction, press: Press) -> None:
        """Show what every report asks on one shared subject."""
        wanted = press.values[0] if press.values else press.arg(0)
        state = ListState(theme=self._theme_key(interaction, wanted, None))
        await reply(interaction, self._list(interaction, state), update=_is_private(interaction))

    @presses("report.list")
    async def page(self, interaction: Interaction, press: Press) -> None:
        """Show a page of a list."""
        await reply(interaction, self._list(interaction, ListState.read(press.args)), update=_is_private(interaction))

    @presses("report.card")
    async def open(self, interaction: Interaction, press: Press) -> None:
        """Open the card that was picked from a list, a search or a question."""
        wanted = press.values[0] if press.values else press.arg(0)
        back = ListState.read(press.args) if press.values and len(press.args) > 1 else None
        await reply(
            interaction,
            await self._card(interaction, wanted, None, back),
            update=back is not None and _is_private(interaction),
        )

    @presses("report.since")
    async def since(self, interaction: Interaction, press: Press) -> None:
        """Show a page of everything that happened since."""
        page = int(press.arg(1)) if press.arg(1).isdecimal() and len(press.arg(1)) < 6 else 0
        card = since_card(reports_for(interaction).find(press.arg(0)), page)
        await reply(interaction, card, update=_is_private(interaction))

    @presses("report.sources")
    async def sources(self, interaction: Interaction, press: Press) -> None:
        """Show where each thing that a card says can be checked."""
        held = reports_for(interaction)
        found = held.find(press.arg(0))
        await reply(interaction, sources_card(found, held.related(found)), update=_is_private(interaction))

    @presses("report.share")
    async def share(self, interaction: Interaction, press: Press) -> None:
        """Post the card in the channel for everyone."""
        found = reports_for(interaction).find(press.arg(0))
        await begin(interaction, in_place=False)
        await show_to_everyone(
            interaction,
            await self._shown(interaction, found, public=True),
            showing=self._showing,
            what=found.value,
            now=self.client.services.clock.now(),
        )
        await reply(interaction, "Postbag has posted it in this channel. The post doesn't say who asked.")

    async def _card(
        self, interaction: Interaction, wanted: str, report: str | None, back: ListState | None = None
    ) -> Card:
        try:
            return await self._shown(interaction, reports_for(interaction).find(wanted, report), back=back)
        except UnknownNumber as error:
            return unknown_card(error)
        except Ambiguous as error:
            return ambiguous_card(error)

    async def _shown(
        self, interaction: Interaction, found: Found, *, back: ListState | None = None, public: bool = False
    ) -> Card:
        services = self.client.services
        return recommendation_card(
            found,
            back=back,
            public=public,
            ties=reports_for(interaction).related(found),
            responsible=services.reports.responsible_today(found.item),
            today=london_today(services.clock),
            asked=await self._asked(interaction, found, public=public),
        )

    async def _asked(self, interaction: Interaction, found: Found, *, public: bool) -> TimesAsked | None:
        """Count who asked about it; a card does without where the database is slow or away, and in posts of a group at risk."""
        services, group = self.client.services, group_meant(interaction)
        try:
            async with asyncio.timeout(PATIENCE_SECONDS):
                if public and group is not None and (await services.guilds.settings(group)).high_risk:
                    return None
                return await services.said.times_asked(group, found)
        except (TimeoutError, PostbagError) as error:
            log.info("a card does without its line on Parliament: %s", type(error).__name__)
            return None

    def _list(self, interaction: Interaction, state: ListState) -> Card:
        report = reports_for(interaction).report(state.report) if state.report else None
        within = state.report or None
        theme = _named_by(state.theme, reports_for(interaction).themes(within), "theme")
        department = _named_by(state.department, reports_for(interaction).departments(within), "department")
        found = reports_for(interaction).browse(
            within, theme, state.answer or None, state.door or None, department or None, state.since or None
        )
        title = report.short_title if report else "Recommendations"
        door = next((d.title for d in report.doors if d.key == state.door), "") if report else ""
        answer = AnswerStatus(state.answer).label if state.answer in ANSWER_WORDS else ""
        parts = [title, door, theme, department, answer, f"since then: {state.since}" if state.since else ""]
        return list_card(
            ": ".join(p for p in parts if p)[:200],
            found,
            state,
            several=self._several(interaction, state.report or None),
        )

    def _report(self, interaction: Interaction, named: str) -> ReportSlug | None:
        """Give the report meant: the one named, else the only one in view of this group, else None for all."""
        if named:
            return reports_for(interaction).report(named).slug
        return reports_for(interaction).default_now()

    def _report_beside(self, interaction: Interaction) -> str | None:
        """Give the report that autocomplete looks in: what stands in the option beside it, if that is one."""
        try:
            return self._report(interaction, str(getattr(interaction.namespace, "report", "") or ""))
        except NotFound:
            return None

    def _several(self, interaction: Interaction, report: str | None) -> bool:
        return not report and len(reports_for(interaction).reports()) > 1

    def _theme_key(self, interaction: Interaction, theme: str, report: str | None) -> str:
        """Write a theme so that it fits a custom_id: a known one as its sum, other words as far as there is room."""
        wanted = theme.strip()
        known = next((t for t in reports_for(interaction).themes(report) if t.casefold() == wanted.casefold()), None)
        if known is not None:
            return _sum(known)
        taken = accumulate(len(quote(sign)) for sign in wanted[:THEME_ROOM])
        return wanted[: sum(room <= THEME_ROOM for room in taken)].strip()


def _sum(name: str) -> str:
    """Write a name shortly and always alike."""
    return f"~{crc32(name.encode()):08x}"


def _named_by(key: str, names: Sequence[str], what: str) -> str:
    """Give the name that a sum was made of, or the words themselves where it is none."""
    if not key.startswith("~"):
        return key
    for name in names:
        if _sum(name) == key:
            return name
    raise NotFound(f"That {what} has gone.", "Use /recommendations browse to see the list as it is now.")


def _first(held: tuple[Report, ...]) -> Report:
    """Give the report a newcomer starts from: the fullest of the real ones before one invented for practice."""
    if not held:
        raise NotFound(
            "Postbag has no reports yet.", "Whoever runs Postbag can add one. /reports list shows what there is."
        )
    return max(held, key=lambda report: (not report.invented, len(report.recommendations)))


def _is_private(interaction: Interaction) -> bool:
    return interaction.message is not None and interaction.message.flags.ephemeral
