"""``postbag recommendations``: what a report asks, read in the terminal or by scripts (``--json``)."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console

from bot.commands.printing import say_lines
from bot.config import load_settings
from bot.domain.references import Found
from bot.domain.reports import long_date
from bot.packs_alone import reports_alone
from bot.services.reports import ReportView

app = typer.Typer(help="What a report asks, read here.", no_args_is_help=True)
out = Console(highlight=False)

Config = Annotated[
    Path | None, typer.Option("--config", help="Settings file (else POSTBAG_CONFIG, else config.toml here).")
]
ReportName = Annotated[str, typer.Option("--report", help="Only this report, by its short name.")]
AsJson = Annotated[bool, typer.Option("--json", help="For scripts: everything, as JSON.")]


@app.command("browse")
def browse(
    report: ReportName = "",
    theme: Annotated[str, typer.Option(help="Only themes with these words.")] = "",
    answer: Annotated[str, typer.Option(help="Show only this answer: not agreed, unknown …")] = "",
    department: Annotated[str, typer.Option(help="Only what one department is asked; initials will do.")] = "",
    since: Annotated[str, typer.Option(help="Show only this status since then: done, under way …")] = "",
    as_json: AsJson = False,
    config: Config = None,
) -> None:
    """List recommendations, a line each, all of them or those that fit."""
    reports = _reports(config)
    who = reports.department(department, report or None) if department else None
    found = reports.browse(report or None, theme or None, answer or None, department=who, since=since or None)
    if as_json:
        _print_json([_plain(one) for one in found])
        return
    if not found:
        out.print("Nothing matches. Use fewer options to see more.")
        return
    for held in dict.fromkeys(one.report.slug for one in found):
        of_report = [one for one in found if one.report.slug == held]
        first = of_report[0].report
        _table(of_report, f"{first.title} ({first.committee}, {first.paper})")
    if any(not one.item.numbers for one in found):
        out.print("* Postbag's own key: the official number isn't known", style="dim")


@app.command("show")
def show(number: str, report: ReportName = "", as_json: AsJson = False, config: Config = None) -> None:
    """Show one recommendation by its number: 3, or T-12."""
    reports = asyncio.run(reports_alone(load_settings(config)))
    view = reports.for_group(None)
    found = view.find(number, report or None)
    answers = reports.responsible_today(found.item)
    if as_json:
        today = {"who_answers_today": asdict(answers) if answers is not None else None}
        _print_json({**_plain(found), **today})
        return
    held, item = found
    out.print(f"{item.heading}: {item.theme}", style="bold", markup=False)
    placed = item.whole_paragraphs
    where = f"paragraph{'' if placed.isdigit() else 's'} {placed}" if placed else "paragraph not known"
    out.print(", ".join(filter(None, (held.title, held.paper, where))), style="dim", markup=False)
    if item.summary:
        out.print(f"\n{item.summary}\n", markup=False)
    if item.wordings:
        out.print(f"\nThe committee's words: {item.whole_official}\n", markup=False)
    if item.read_on is not None:
        out.print(f"Read in Parliament's record on {long_date(item.read_on)}.", style="dim", markup=False)
    if item.addressees:
        now = f", now with {answers.department}" if answers is not None and answers.was else ""
        out.print(f"Asked of: {'; '.join(item.addressees)}{now}", markup=False)
    out.print(f"Answer: {item.answer.said}", markup=False)
    for line in (item.answer.text, item.answer.note, item.note):
        if line:
            out.print(line, markup=False)
    if not item.evidence and held.looked_until is not None:
        out.print(f"Since then: no evidence found (looked for up to {long_date(held.looked_until)}).", markup=False)
    for evidence in sorted(item.evidence, key=lambda event: event.on, reverse=True):
        out.print(f"Since then, {evidence.dated}: {evidence.text}", markup=False)
    ties = view.related(found)
    for word, others in (("Follows", ties.follows), ("Asked again in", ties.asked_again)):
        for other in others:
            year = other.report.published_on.year
            out.print(f"{word} {year}: {other.value} {other.item.theme}", markup=False)
    out.print("\nSources", style="bold")
    keys = dict.fromkeys((*item.sources, *item.answer.sources, *(s for e in item.evidence for s in e.sources)))
    for source in filter(None, map(held.source, keys)):
        say_lines(out, f"  {source.title}\n  {source.url}")
    out.print(f"\n{held.licence} As of {long_date(held.as_of)}.", style="dim", markup=False)


@app.command("search")
def search(words: list[str], report: ReportName = "", as_json: AsJson = False, config: Config = None) -> None:
    """Find recommendations by words, number or paragraph; typos are forgiven."""
    found = _reports(config).search(" ".join(words), report or None)
    if as_json:
        _print_json([_plain(one) for one in found])
    elif found:
        _table(found, "", asks=True)
    else:
        out.print("Nothing found. Try fewer or other words, or: postbag recommendations browse")


def _reports(config: Path | None) -> ReportView:
    return asyncio.run(reports_alone(load_settings(config))).for_group(None)


def _table(found: Sequence[Found], title: str, *, asks: bool = False) -> None:
    from rich.markup import escape
    from rich.table import Table

    several = len({one.report.slug for one in found}) > 1
    table = Table(title=escape(title) or None, title_justify="left", box=None, pad_edge=False)
    fourth = "What it asks" if asks else "Paragraph"
    for heading in ("Number", "Theme", fourth, "Answer", *(("Report",) if several else ())):
        table.add_column(heading, overflow="fold")
    for held, item in found:
        what = item.gist if asks else item.whole_paragraphs or "–"
        cells = (item.name if item.numbers else f"{item.key}*", item.theme, what, item.answer.status.label)
        table.add_row(*map(escape, (*cells, *((str(held.slug),) if several else ()))))
    out.print(table)


def _plain(found: Found) -> Mapping[str, Any]:
    """Give everything that is held of one recommendation, its sources written out."""
    held, item = found
    keys = dict.fromkeys((*item.sources, *item.answer.sources, *(s for e in item.evidence for s in e.sources)))
    return {
        "report": held.slug,
        **asdict(item),
        "since": since.value if (since := held.since(item)) is not None else None,
        "cited": [asdict(source) for source in filter(None, map(held.source, keys))],
        "as_of": held.as_of,
        "licence": held.licence,
    }


def _print_json(content: Any) -> None:
    print(json.dumps(content, ensure_ascii=False, indent=2, default=_plain_value))  # noqa: T201 - for scripts, not for people


def _plain_value(value: object) -> str:
    return value.isoformat() if isinstance(value, date) else str(value)
