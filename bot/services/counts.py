"""A group's report: its letters in numbers that point at nobody, and the dates that come next."""

from __future__ import annotations

import csv
import io
from collections.abc import Awaitable, Callable, Iterable

from bot.clock import Clock, london_today
from bot.domain.counts import Cells, GroupReport, care_of, figures_of
from bot.domain.follow_ups import Outcome
from bot.domain.group_events import GroupEventKind
from bot.domain.identity import GuildId
from bot.services.actions import ActionService
from bot.services.deadlines import DeadlineService
from bot.services.group_events import GroupEventService
from bot.services.ledger_files import cell
from bot.services.members import MemberService
from bot.services.ports.files import File
from bot.services.ports.groups import GuildStore
from bot.services.ports.letters import CountStore
from bot.services.reports import ReportService

MOST_COMING = 6
SAID = {Outcome.WAITING: "No reply recorded yet", Outcome.CLOSED: "Chose not to be asked again"}

PictureMaker = Callable[[GroupReport], Awaitable[File]]


class CountService:
    """Give organisers the numbers of their group. Who is behind them is known to nobody, and never read here."""

    def __init__(
        self,
        store: CountStore,
        guilds: GuildStore,
        reports: ReportService,
        members: MemberService,
        deadlines: DeadlineService,
        events: GroupEventService,
        actions: ActionService,
        clock: Clock,
        *,
        picture: PictureMaker,
    ) -> None:
        self._store = store
        self._guilds = guilds
        self._reports = reports
        self._members = members
        self._deadlines = deadlines
        self._events = events
        self._actions = actions
        self._clock = clock
        self._picture = picture

    async def report(self, guild_id: GuildId) -> GroupReport:
        """Give a group's report. What was counted less carefully than the group now asks for is held back."""
        care, today = care_of((await self._guilds.get(guild_id)).high_risk), london_today(self._clock)
        figures = await self._store.released(guild_id, care, self._clock.now(), figures_of)
        if figures is not None and (figures.fewest < care.fewest or not figures.letters):
            figures = None
        items = figures.items if figures is not None else Cells()
        used = {name for name, _ in items.shown}
        asked = [
            (f"{report.slug}/{item.key}", f"{item.name} ({report.short_title})")
            for report in await self._reports.for_group(guild_id).in_view()
            for item in report.recommendations
        ]
        followed = await self._reports.read_followed(guild_id)
        names = dict(asked)
        coming = [(d.watch_on, d.title) for d in await self._deadlines.list(guild_id) if d.state(today).is_open]
        for event in await self._events.list(guild_id):
            coming += [
                (o.on, event.title) for o in event.coming(self._clock.now()) if event.kind is not GroupEventKind.POST
            ]
        for action in await self._actions.plans(guild_id):
            step = action.next_step(today) if action.state(today).is_planned else None
            if step is not None:
                coming.append((step.on, f"{action.title}: {step.title}"))
        return GroupReport(
            figures=figures,
            care=care,
            kinds=_with_names(figures.kinds, _kind) if figures is not None else Cells(),
            items=_with_names(items, lambda name: names.get(name, name)),
            seats=_with_names(figures.seats, self._seat) if figures is not None else Cells(),
            unused=tuple(name for key, name in asked if key not in used and key.partition("/")[0] in followed),
            coming=tuple(sorted(c for c in coming if c[0] >= today)[:MOST_COMING]),
            today=today,
        )

    async def picture(self, report: GroupReport) -> File:
        """Draw a report. Unavailable: it cannot be drawn."""
        return await self._picture(report)

    def _seat(self, name: str) -> str:
        found = self._members.directory.by_id(int(name)) if name.isdecimal() else None
        return found.name if found is not None else "A constituency no longer listed"


def counts_file(report: GroupReport) -> File:
    """Write a report as CSV: the same cells as on the card, and nothing that is not on it."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(("what", "which", "letters"))
    if report.figures is not None:
        writer.writerow(("letters reported", "", report.figures.letters))
        for what, cells in (
            ("reply", report.kinds),
            ("recommendation", report.items),
            ("constituency", report.seats),
        ):
            writer.writerows((what, cell(name), number) for name, number in cells.shown)
            if cells.rest:
                writer.writerow((what, "together, each too few to show alone", cells.rest))
    else:
        writer.writerow(("letters reported", "", f"fewer than {report.care.fewest} people, or not released yet"))
    writer.writerows(("used by nobody or too few", cell(name), "") for name in report.unused)
    writer.writerows((f"date {day.isoformat()}", cell(title), "") for day, title in report.coming)
    return File("postbag-report.csv", "text/csv", text.getvalue().encode())


def _with_names(cells: Cells, name: Callable[[str], str]) -> Cells:
    return Cells(tuple((name(key), number) for key, number in cells.shown), cells.rest)


def _kind(value: str) -> str:
    return SAID.get(Outcome(value), Outcome(value).label)


def line(cells: Cells) -> Iterable[str]:
    """Say cells in words, one line each."""
    for name, number in cells.shown:
        yield f"{name}: {number}"
    if cells.rest:
        yield f"together, each too few to show alone: {cells.rest}"
