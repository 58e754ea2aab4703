"""What in a sound pack is worth its author's second look: it can be used, and would serve its readers better otherwise."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from bot.domain.departments import Departments
from bot.domain.letter_lines import line_problems
from bot.domain.reports import AnswerStatus, Recommendation, Report, RowKind, long_date
from bot.domain.themes import Themes
from storage.departments import read_departments
from storage.hosts import Hosts, is_listing, read_hosts
from storage.pack_rows import Problem
from storage.themes import read_themes

STALE = timedelta(days=365)
"""A pack, or a row beside others of its kind, that is older than this is worth a look."""


@dataclass(frozen=True, slots=True)
class Tables:
    """The small tables that a pack is looked at with."""

    departments: Departments
    themes: Themes
    hosts: Hosts

    @classmethod
    def shipped(cls) -> Tables:
        """Read those that travel with Postbag."""
        return cls(read_departments(), read_themes(), read_hosts())


def second_looks(report: Report, file: str, tables: Tables, today: date) -> tuple[Problem, ...]:
    """List what is worth a second look in a pack that can be used."""
    found = [Problem(file, "report", field, message) for field, message in _head(report, today)]
    found += (Problem(file, f"source {key}", "url", message) for key, message in _sources(report, tables.hosts))
    newest = _newest_by_kind(report, tables.hosts)
    for item in report.recommendations:
        row = f"recommendation {item.key}"
        found += (Problem(file, row, field, message) for field, message in _row(item, tables))
        if report.looked_until is None:
            found += (Problem(file, row, "evidence", m) for m in _behind(report, item, tables.hosts, newest))
    return tuple(found)


def old_departments(tables: Tables, today: date) -> tuple[Problem, ...]:
    """List the departments of the shipped table that were last seen too long ago."""
    return tuple(
        Problem(
            "departments.toml",
            f"department {found.key}",
            "seen_on",
            f"{found.minister_short} was last seen on {long_date(found.seen_on)}. Check who answers today.",
        )
        for found in tables.departments.old(today)
    )


def _head(report: Report, today: date) -> Iterator[tuple[str, str]]:
    if today - report.as_of > STALE:
        yield (
            "as_of",
            f"is {long_date(report.as_of)}, more than a year ago. Check what has happened since, then set it again.",
        )
    dated = [event.on for item in report.recommendations for event in item.evidence]
    dated += [event.on for event in report.timeline]
    if report.as_of > today:
        yield "as_of", f"is {long_date(report.as_of)}, which is in the future."
    if dated and report.looked_until is None and report.as_of - max(dated) > STALE:
        yield (
            "as_of",
            f"says {long_date(report.as_of)}, but the newest row is of {long_date(max(dated))}: readers will think that nothing "
            "happened. Say with looked_until how far you looked.",
        )


def _sources(report: Report, hosts: Hosts) -> Iterator[tuple[str, str]]:
    for source in report.sources:
        if report.invented:
            continue
        if is_listing(source.url):
            yield source.key, "leads to a list that changes. Find the page itself."
        elif not hosts.kind_of(source.url):
            yield (
                source.key,
                "is on a host that isn't on the list. If it's a copy, link to the original. If it's sound, add "
                "its host to storage/facts/hosts.toml.",
            )


def _row(item: Recommendation, tables: Tables) -> Iterator[tuple[str, str]]:
    if item.letter_line is not None:
        for message in line_problems(item.letter_line):
            yield "letter_line", message
    elif item.kind is RowKind.RECOMMENDATION:
        yield "letter_line", "is missing: letters then quote the committee's words, or cannot say what was asked."
    if item.answered_by and tables.departments.department(item.answered_by) is None:
        known = ", ".join(found.key for found in tables.departments.today)
        yield "answered_by", f"“{item.answered_by}” isn't in the table of departments. Known: {known}."
    for subject in item.subjects:
        if all(theme.name != subject for theme in tables.themes.all):
            known = ", ".join(theme.name for theme in tables.themes.all)
            yield "subjects", f"“{subject}” isn't in the shared list of themes. Known: {known}."
    answer = item.answer
    if answer.text and (not answer.by or answer.on is None) and answer.status is not AnswerStatus.NOT_YET_ANSWERED:
        yield "answer", "says what was said, but not who said it and when. Add by and on, or put the words into note."


def _newest_by_kind(report: Report, hosts: Hosts) -> Mapping[str, date]:
    newest: dict[str, date] = {}
    for item in report.recommendations:
        for kind, day in _kinds(report, item, hosts):
            newest[kind] = max(day, newest.get(kind, day))
    return newest


def _kinds(report: Report, item: Recommendation, hosts: Hosts) -> Iterator[tuple[str, date]]:
    for event in item.evidence:
        source = report.source(event.sources[0]) if event.sources else None
        kind = hosts.kind_of(source.url) if source is not None else ""
        if kind:
            yield kind, event.on


def _behind(report: Report, item: Recommendation, hosts: Hosts, newest: Mapping[str, date]) -> Iterator[str]:
    """Say where a row's newest fact of a kind of source is much older than the pack's newest of that kind."""
    own: dict[str, date] = {}
    for kind, day in _kinds(report, item, hosts):
        own[kind] = max(day, own.get(kind, day))
    for kind, day in own.items():
        if newest[kind] - day > STALE:
            yield (
                f"from {kind} ends on {long_date(day)}, while other rows have some of {long_date(newest[kind])}. Check whether more "
                "has happened here, or say with looked_until how far you looked."
            )
