"""``postbag deadlines``: the clocks of the reports held, or of one group, in the terminal or as a calendar file."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from bot.clock import SystemClock, london_today
from bot.commands.printing import say_lines
from bot.config import Settings, load_settings
from bot.domain.deadlines import Deadline, response_clock
from bot.domain.errors import NotFound, PostbagError, Refused
from bot.domain.group_events import GroupEvent
from bot.domain.identity import GuildId
from bot.domain.reports import long_date
from bot.domain.timelines import timeline_of

app = typer.Typer(
    help="Your group's dates: when an answer is expected, and how that was worked out.", no_args_is_help=True
)
out = Console(highlight=False)
err = Console(stderr=True, highlight=False)

Config = Annotated[
    Path | None, typer.Option("--config", help="Settings file (else POSTBAG_CONFIG, else config.toml here).")
]
Group = Annotated[
    int | None, typer.Option("--group", help="A server's id, for that group's dates (else the reports' dates).")
]


@app.command("list")
def list_(group: Group = None, config: Config = None) -> None:
    """List every date: answers that are expected and a group's own events, by when, and how each stands."""
    from rich.table import Table

    settings = load_settings(config)
    found, events = _found(settings, group), _events(settings, group)
    today, now = london_today(SystemClock()), SystemClock().now()
    if not found and not events:
        out.print("There are no dates yet.")
        return
    table = Table("Name", "Day", "How it stands", "What", box=None, pad_edge=False)
    for deadline in found:
        table.add_row(_name(deadline), long_date(deadline.due_on), deadline.headline(today), deadline.title)
    for event in events:
        coming = event.coming(now)
        day = long_date(coming[0].on) if coming else ""
        table.add_row(f"event-{event.group_event_id}", day, event.headline(now), event.title)
    out.print(table)


@app.command("show")
def show(
    name: Annotated[str, typer.Argument(help="Its name in the list: never-again, or 12.")],
    group: Group = None,
    config: Config = None,
) -> None:
    """Show one clock: its working, its timeline and its sources."""
    today = london_today(SystemClock())
    deadline = next((d for d in _found(load_settings(config), group) if _name(d) == name), None)
    if deadline is None:
        raise NotFound("There's no deadline with that name.", "See the names with: postbag deadlines list")
    out.print(deadline.title, style="bold", markup=False)
    out.print(f"{deadline.headline(today)}.", markup=False)
    for line in deadline.working(today):
        say_lines(out, f"  {line}")
    out.print("\nTimeline", style="bold")
    for point in timeline_of(deadline, today).points:
        out.print(f"  {point.mark.sign} {point.line}", markup=False)
    links = (deadline.source_url, deadline.promised_url, deadline.partly_url, deadline.received_url)
    for link in dict.fromkeys(filter(None, (*links, deadline.rule.source_url))):
        say_lines(out, f"  {link}")


@app.command("calendar")
def calendar(
    file: Annotated[Path | None, typer.Argument(help="Where to (else to the terminal).")] = None,
    group: Group = None,
    config: Config = None,
) -> None:
    """Write the clocks as a calendar file (.ics)."""
    from bot.documents.calendar import calendar_file
    from bot.domain.calendars import entries_of_event, entry_of

    clock = SystemClock()
    settings = load_settings(config)
    found, events = _found(settings, group, closed=True), _events(settings, group, closed=True)
    if not found and not events:
        raise NotFound("There are no dates for a calendar yet.", "See what there is: postbag deadlines list")
    installation = asyncio.run(_installation(settings))
    entries = [entry_of(deadline, london_today(clock), installation=installation) for deadline in found]
    for event in events:
        entries += entries_of_event(event, clock.now(), installation=installation)
    made = calendar_file(entries, "Postbag deadlines", clock.now())
    if file is None:
        sys.stdout.buffer.write(made.content)
        return
    try:
        file.write_bytes(made.content)
    except OSError as error:
        raise Refused(f"{file} can't be written: {error.strerror}.", "Choose another place.") from None
    many = "1 date" if len(entries) == 1 else f"{len(entries)} dates"
    say_lines(err, f"Written: {file}, {many}.")


def _events(settings: Settings, group: int | None, *, closed: bool = False) -> Sequence[GroupEvent]:
    return asyncio.run(_events_of_group(settings, GuildId(group), closed)) if group is not None else ()


async def _events_of_group(settings: Settings, group: GuildId, closed: bool) -> Sequence[GroupEvent]:
    from storage.database import open_database
    from storage.group_events import GroupEvents

    async with open_database(settings.database_url, look_only=True) as database:
        held = await GroupEvents(database).of_guild(group)
    now = SystemClock().now()
    return [event for event in held if closed or event.state(now).is_open]


def _found(settings: Settings, group: int | None, *, closed: bool = False) -> Sequence[Deadline]:
    return asyncio.run(_of_reports(settings) if group is None else _of_group(settings, GuildId(group), closed))


async def _installation(settings: Settings) -> str:
    """Give what makes identities in calendars this installation's own; empty where there is no database yet."""
    from storage.database import open_database
    from storage.installation_facts import CALENDAR_FACT, Facts

    try:
        async with open_database(settings.database_url, look_only=True) as database:
            return await Facts(database).get(CALENDAR_FACT) or ""
    except PostbagError:
        return ""


async def _of_reports(settings: Settings) -> Sequence[Deadline]:
    from bot.packs_alone import reports_alone

    reports = (await reports_alone(settings)).for_group(None).reports()
    return [clock for report in reports if (clock := response_clock(report, GuildId(0))) is not None]


async def _of_group(settings: Settings, group: GuildId, closed: bool) -> Sequence[Deadline]:
    from storage.database import open_database
    from storage.deadlines import Deadlines

    async with open_database(settings.database_url, look_only=True) as database:
        held = await Deadlines(database).of_guild(group)
    today = london_today(SystemClock())
    return [deadline for deadline in held if closed or deadline.withdrawn_on is None or deadline.state(today).is_open]


def _name(deadline: Deadline) -> str:
    return str(deadline.deadline_id) if deadline.deadline_id else str(deadline.report)
