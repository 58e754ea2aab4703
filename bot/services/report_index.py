"""Reports with their search index: everybody's, or over them what one group imported and recorded itself."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from itertools import chain, zip_longest
from typing import Protocol

from bot.clock import Clock, london_today
from bot.domain.records import Overlay, with_records
from bot.domain.references import Found
from bot.domain.reports import Report

SPARE = 25
"""How many more are asked of the shared index for each report of which a group has its own."""


class Index(Protocol):
    """Ranks recommendations by a person's words, in memory."""

    def search(
        self, query: str, *, report: str | None = None, limit: int = 25, every: bool = False
    ) -> tuple[Found, ...]:
        """Give the best matches, best first. ``every``: only what has every word, typing errors corrected."""
        ...


IndexFactory = Callable[[Sequence[Report]], Index]


class IndexedReports:
    """Some reports as known on London's today, with their index: everybody's, or over them what one group has changed.

    A group's own index holds only the reports that differ; the others are found in the shared one.
    """

    def __init__(
        self, held: Sequence[Report], clock: Clock, index: IndexFactory, under: IndexedReports | None = None
    ) -> None:
        self._held = tuple(held)
        self._clock = clock
        self._factory = index
        self._under = under
        self._today: date | None = None
        self._beneath: tuple[Report, ...] = ()
        self._own: tuple[Report, ...] = ()
        self._known: tuple[Report, ...] = ()
        self._index: Index = index(())

    def reports(self) -> tuple[Report, ...]:
        """List the reports that were published by today, oldest first."""
        today = london_today(self._clock)
        beneath = self._under.reports() if self._under is not None else ()
        if today != self._today or beneath is not self._beneath:
            own = tuple(r.as_known_on(today) for r in self._held if r.published_on <= today)
            if own != self._own:
                self._index = self._factory(own)
            replaced = {report.slug for report in own}
            both = (*(report for report in beneath if report.slug not in replaced), *own)
            self._known = tuple(sorted(both, key=lambda r: (r.published_on, r.slug))) if self._under else own
            self._today, self._beneath, self._own = today, beneath, own
        return self._known

    def search(
        self, query: str, *, report: str | None = None, limit: int = 25, every: bool = False
    ) -> tuple[Found, ...]:
        """Rank recommendations, best first: within one report, or over all."""
        self.reports()
        if self._under is None:
            return self._index.search(query, report=report, limit=limit, every=every)
        own = {held.slug for held in self._own}
        if report is not None:
            index: Index = self._index if report in own else self._under
            return index.search(query, report=report, limit=limit, every=every)
        for strict in (True,) if every else (True, False):
            ours = self._index.search(query, limit=limit, every=strict)
            others = self._under.search(query, limit=limit + SPARE * len(own), every=strict)
            theirs = [found for found in others if found.report.slug not in own]
            if ours or theirs:
                return tuple(found for found in chain(*zip_longest(ours, theirs)) if found is not None)[:limit]
        return ()


def group_reports(
    shared: IndexedReports, held: Sequence[Report], overlay: Overlay, clock: Clock, index: IndexFactory
) -> IndexedReports:
    """Lay what a group imported and recorded over what everybody holds."""
    reports = {report.slug: report for report in held}
    reports.update((report.slug, report) for report in overlay.reports)
    told = {record.report for record in overlay.records}
    changed = {report.slug for report in overlay.reports} | (told & reports.keys())
    own = [with_records(reports[slug], (r for r in overlay.records if r.report == slug)) for slug in sorted(changed)]
    return IndexedReports(own, clock, index, under=shared)
