"""How many calls the shared searches in Parliament make in a day, counted on the stand-in: groups × reports, two words each."""

from __future__ import annotations

import asyncio
import tempfile
from dataclasses import asdict, replace
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

from bot.app import open_app
from bot.clock import MovableClock, london_today
from bot.config import Settings, SourcesSection
from bot.domain.identity import GuildId, ReportSlug
from bot.rehearsal.parliament import ParliamentStandIn, invented_report
from bot.sources import said as opened

GROUPS, REPORTS = (1, 10, 100), (1, 5, 50)
LOOKS_A_DAY = 3


async def calls(groups: int, reports: int) -> tuple[int, int]:
    """Count the calls of a first day and of a later one."""
    clock = MovableClock(datetime(2027, 1, 15, 3, 20, tzinfo=UTC))
    async with ParliamentStandIn(clock) as parliament:
        with tempfile.TemporaryDirectory() as folder:
            settings = Settings(data=Path(folder), sources=SourcesSection(**asdict(parliament.urls)))
            one = invented_report(london_today(clock))
            held = [
                replace(one, slug=ReportSlug(f"lights-{n}"), look_for=(f"lampa{n}", f"lampb{n}"), publication_id=None)
                for n in range(reports)
            ]
            async with open_app(settings, clock=clock, reports=held) as app:
                store = app.services.reports._store
                for group in range(groups):
                    for report in held:
                        await store.follow(GuildId(1000 + group), report.slug, clock.now())
                await app.services.reports.load()
                days = []
                for _ in range(2):
                    parliament.searched.clear()
                    for _ in range(LOOKS_A_DAY):
                        await app.services.said.look_if_due()
                        clock.advance(timedelta(hours=8))
                    days.append(len(parliament.searched))
                return days[0], days[1]


async def main() -> None:
    """Print a row for each number of groups and reports."""
    for name in ("QuestionsApi", "MotionsApi", "HansardApi"):
        setattr(opened, name, partial(getattr(opened, name), pause_seconds=0))  # what is counted is calls, not time
    print("| groups | reports | first day | a later day |\n|---|---|---|---|")
    for groups in GROUPS:
        for reports in REPORTS:
            first, later = await calls(groups, reports)
            print(f"| {groups} | {reports} | {first} | {later} |")


if __name__ == "__main__":
    asyncio.run(main())
