"""``postbag reports``: what is held, packs in, out and checked, and reports read from saved pages."""

from __future__ import annotations

import asyncio
import os
import sys
from collections import Counter
from collections.abc import Sequence
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated
from urllib.parse import urlsplit

import typer
from rich.console import Console

from bot.commands.printing import say_lines
from bot.config import Settings, load_settings
from bot.domain.errors import BrokenPack, Refused

if TYPE_CHECKING:
    from bot.domain.report_update import Update
    from bot.domain.reports import Report
    from bot.services.reports import ReportService
    from storage.pack_check import Tables

app = typer.Typer(help="List reports; import and export report packs.", no_args_is_help=True)
out = Console(highlight=False)

Config = Annotated[
    Path | None, typer.Option("--config", help="Settings file (else POSTBAG_CONFIG, else config.toml here).")
]
NAMED = 12


class Format(StrEnum):
    """What a report is written as."""

    TOML = "toml"
    CSV = "csv"
    JSON = "json"


@app.command("list")
def list_(config: Config = None) -> None:
    """List the reports that are held here, for everybody."""
    from rich.table import Table

    from bot.domain.reports import long_date

    settings = load_settings(config)
    own = {path.stem for path in settings.own_packs.glob("*.toml")}
    table = Table("Name", "Title", "Items", "As of", "From", box=None, pad_edge=False)
    for report in _service(settings).for_group(None).reports():
        where = "your packs" if report.slug in own else "Postbag"
        table.add_row(report.slug, report.title, str(len(report.recommendations)), long_date(report.as_of), where)
    out.print(table)


@app.command("check")
def check(
    files: Annotated[
        list[Path] | None, typer.Argument(help="Pack files, or folders of them (else your own packs).")
    ] = None,
    hosts: Annotated[bool, typer.Option("--hosts", help="Also list the links by host.")] = False,
    config: Config = None,
) -> None:
    """Check report packs: each thing to mend, and what is worth a second look, with file, row and field."""
    from bot.clock import SystemClock, london_today
    from storage.pack_check import Tables, old_departments, second_looks
    from storage.packs import pack_files, read_pack

    settings = load_settings(config)
    tables, today = Tables.shipped(), london_today(SystemClock())
    paths = pack_files(files or list(settings.pack_places))
    if not paths:
        _say(f"There are no packs in {settings.own_packs}. Name a file: postbag reports check my-report.toml")
        return
    broken = 0
    sound: list[Report] = []
    for path in paths:
        try:
            report = read_pack(path)
        except BrokenPack as problem:
            broken += 1
            _say(f"{path}: can't be used yet.", style="bold red")
            for found in problem.problems:
                _say(f"  - {found}")
            continue
        sound.append(report)
        _say(f"{path}: in order. {_in_short(report)}")
        _say(f"  {_counted(report)}")
        looks = second_looks(report, path.name, tables, today)
        if looks:
            _say("  It can be used. Worth a second look:")
        for found in looks:
            _say(f"  - {found}")
    for found in old_departments(tables, today):
        _say(f"Worth a second look: {found}")
    if hosts:
        _say_hosts(sound, tables)
    if broken:
        _say(
            "\nFix these, save the file as UTF-8 text, and check again. The format is described in storage/packs/README.md."
        )
    raise typer.Exit(1 if broken else 0)


@app.command("export")
def export(
    report: Annotated[str, typer.Argument(help="Which report, by its short name.")],
    to: Annotated[Path | None, typer.Option("--to", help="A file or folder to write to (else it is printed).")] = None,
    as_what: Annotated[
        Format, typer.Option("--format", help="toml: a pack for another Postbag; csv: for a spreadsheet; json.")
    ] = Format.TOML,
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Replace a file that is there already.")] = False,
    config: Config = None,
) -> None:
    """Write a report with its licence and sources, as a pack, CSV or JSON."""
    found = _service(load_settings(config)).for_group(None).report(report)
    text = _report_as(found, as_what)
    if to is None:
        sys.stdout.write(text)
        return
    path = to / f"{found.slug}.{as_what.value}" if to.is_dir() else to
    if path.exists() and not overwrite:
        raise Refused(f"{path} already exists.", "Choose another name with --to, or add --overwrite.")
    mark = "\ufeff" if as_what is Format.CSV else ""  # without it a spreadsheet reads UTF-8 wrongly
    _write(path, (mark + text).encode())
    _say(f"Written: {path} ({_in_short(found)})")


@app.command("import")
def import_(
    files: Annotated[
        list[str],
        typer.Argument(help="Packs (*.toml), or the saved pages of one report, or its number in Parliament's record."),
    ],
    report: Annotated[str, typer.Option("--report", help="Put the pages beside this report, by its short name.")] = "",
    title: Annotated[str, typer.Option("--title", help="The report's title, where its pages do not say.")] = "",
    committee: Annotated[str, typer.Option("--committee", help="The committee, where its pages do not say.")] = "",
    published: Annotated[str, typer.Option("--published", help="The day of publication, such as 2021-07-08.")] = "",
    url: Annotated[str, typer.Option("--url", help="Where anyone can read the report.")] = "",
    another: Annotated[
        bool, typer.Option("--another", help="It is another report, though it looks like one that is here already.")
    ] = False,
    answers: Annotated[
        bool, typer.Option("--answers", help="The pages are the Government's response: list its answers, to be read.")
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Take what is shown without asking.")] = False,
    config: Config = None,
) -> None:
    """Take reports for everybody who uses this Postbag: shown first, then asked. Nothing is taken by half."""
    settings = load_settings(config)
    for name in files:
        if name.casefold().startswith(("http://", "https://", "www.")):
            raise Refused(
                "Postbag doesn't fetch pages. Parliament's sites turn programs away, and a link can lead anywhere.",
                "Open it in your browser, save the page (Ctrl+S or ⌘S), and give that file here.",
            )
    packs = [name for name in files if name.casefold().endswith(".toml")]
    if packs and len(packs) < len(files):
        raise Refused("You can't import packs and pages together.", "Import the packs first, then the pages.")
    if packs:
        _import_packs(settings, [Path(name) for name in packs], yes=yes)
        return
    from bot.commands.report_pages import Said, import_pages, show_answers

    if answers:
        show_answers(_service(settings), files, report, _say)
        return
    said = Said(report, title, committee, published, url, another, unasked=yes)
    import_pages(settings, _service(settings, packs_only=True), files, said, say=_say, ask=lambda: ask(yes), take=_take)


def _counted(report: Report) -> str:
    """Count what a pack holds, and its answers by status."""
    answers = Counter(item.answer.status.value for item in report.recommendations)
    events = sum(len(item.evidence) for item in report.recommendations)
    told = ", ".join(f"{count} {status}" for status, count in answers.most_common())
    return f"Evidence: {events} rows. Sources: {len(report.sources)}. Answers: {told}."


def _say_hosts(reports: Sequence[Report], tables: Tables) -> None:
    """List the links of some packs by host, those used most first."""
    links = Counter(
        (urlsplit(source.url).hostname or "").removeprefix("www.") for report in reports for source in report.sources
    )
    for host, count in sorted(links.items(), key=lambda entry: (-entry[1], entry[0])):
        _say(f"  {count:>4}  {host} ({tables.hosts.kind_of(f'https://{host}/') or 'not known'})")


@app.command("complete")
def complete_(
    pages: Annotated[
        list[str] | None, typer.Argument(help="Saved pages of one report, where Parliament's record can't be reached.")
    ] = None,
    report: Annotated[str, typer.Option("--report", help="Only this report, by its short name.")] = "",
    undo: Annotated[bool, typer.Option("--undo", help="Take away everything that was filled in.")] = False,
    decide: Annotated[
        bool, typer.Option("--decide", help="Go through the rows that are not sure, one by one.")
    ] = False,
    config: Config = None,
) -> None:
    """Fill in the committee's own words from Parliament's record, for everybody: what is sure at once, the rest as you decide."""
    from bot.commands.report_completing import Wish, complete_reports

    wish = Wish(tuple(pages or ()), report, undo, decide, can_ask=_somebody_is_here())
    complete_reports(load_settings(config), wish, say=_say, ask=_answer)


@app.command("answers")
def answers_(
    pages: Annotated[
        list[str] | None,
        typer.Argument(help="Saved pages of the Government's response (else the last one read goes on)."),
    ] = None,
    report: Annotated[str, typer.Option("--report", help="The report that it answers, by its short name.")] = "",
    on: Annotated[str, typer.Option("--on", help="The day of the response, where its pages do not say.")] = "",
    url: Annotated[str, typer.Option("--url", help="Where anyone can read the response.")] = "",
    undo: Annotated[bool, typer.Option("--undo", help="Take away every answer that was recorded this way.")] = False,
    config: Config = None,
) -> None:
    """Go through the answers of a response one by one, for everybody: a key for each, kept at once."""
    from bot.clock import SystemClock, london_today
    from bot.commands.report_answers import ResponseWish, go_through_answers
    from bot.domain.dates.exact import Lean
    from bot.domain.dates.one_day import read_day

    day = read_day(on, london_today(SystemClock()), lean=Lean.BACK) if on else None
    wish = ResponseWish(tuple(pages or ()), report, day, url, undo)
    go_through_answers(load_settings(config), wish, say=_say, ask=_answer)


def _somebody_is_here() -> bool:
    return sys.stdin.isatty() or "POSTBAG_ASK" in os.environ


def _answer(question: str) -> str:
    if not _somebody_is_here():
        raise Refused("Nobody is here to answer.", "Run it in a terminal, or leave out --decide.")
    return str(typer.prompt(question, default="", show_default=False))


def _take(settings: Settings, report: Report) -> None:
    """Put one report among the operator's own packs."""
    from storage.packs import parse_pack

    text, name = _report_as(report, Format.TOML), f"{report.slug}.toml"
    parse_pack(text.encode(), name)
    settings.own_packs.mkdir(parents=True, exist_ok=True)
    _write(settings.own_packs / name, text.encode())
    _say(f"Imported: {settings.own_packs / name}")
    _say("A running Postbag will read it when it next starts.")


def _import_packs(settings: Settings, paths: Sequence[Path], *, yes: bool) -> None:
    """Read every pack, show what each changes, ask once, then write them all."""
    from bot.domain.report_update import update
    from storage.packs import parse_pack, read_pack

    service = _service(settings, packs_only=True)
    held = {report.slug: report for report in service.held()}
    updates = []
    for path in paths:
        report = read_pack(path)
        change = update(held.get(report.slug), report)
        held[report.slug] = change.after
        updates.append(change)
        _show_update(change)
    if not any(change.is_change for change in updates):
        _say("Postbag already has everything in them. Nothing was changed.")
        return
    ask(yes)
    texts = {f"{change.after.slug}.toml": _report_as(change.after, Format.TOML) for change in updates}
    for name, text in texts.items():
        parse_pack(text.encode(), name)
    settings.own_packs.mkdir(parents=True, exist_ok=True)
    for name, text in texts.items():
        _write(settings.own_packs / name, text.encode())
        _say(f"Imported: {settings.own_packs / name}")
    _say("A running Postbag will read them when it next starts.")


def ask(yes: bool) -> None:
    """Ask whether to go on. Refused: there is nobody to ask; Exit where the answer is no."""
    if yes:
        return
    if not _somebody_is_here():
        raise Refused("Nothing was changed: nobody is here to answer.", "Check what is shown, then add --yes.")
    if not typer.confirm("Import this?", default=False):
        _say("Nothing was changed.")
        raise typer.Exit(1)


def _show_update(change: Update) -> None:
    report = change.after
    _say(f"{report.title} ({report.committee}, {report.paper or 'no paper number'})", style="bold")
    _say(_in_short(report))
    for words, keys in (
        ("New", change.new),
        ("Changed", change.changed),
        ("Not in this pack, so unchanged", change.kept),
        ("Answer not in this pack, so unchanged", change.kept_answers),
    ):
        if keys:
            more = f" and {len(keys) - NAMED} more" if len(keys) > NAMED else ""
            _say(f"  {words}: {', '.join(keys[:NAMED])}{more}")


def _report_as(report: Report, as_what: Format) -> str:
    from storage.pack_tables import as_csv, as_json
    from storage.pack_writer import write_pack

    if as_what is Format.CSV:
        return as_csv([report])
    return as_json(report) if as_what is Format.JSON else write_pack(report)


def _write(path: Path, content: bytes) -> None:
    """Write a file whole or not at all."""
    part = path.with_name(f".{path.name}.part")
    try:
        part.write_bytes(content)
        part.replace(path)
    except OSError as error:
        part.unlink(missing_ok=True)
        reason = (error.strerror or "unknown reason").lower()
        raise Refused(f"{path} can't be written ({reason}).", "Choose another place, or free some space.") from error


def _in_short(report: Report) -> str:
    from bot.domain.reports import long_date

    items = len(report.recommendations)
    return f"{items} {'item' if items == 1 else 'items'}, as of {long_date(report.as_of)}. {report.licence}"


def _service(settings: Settings, *, packs_only: bool = False) -> ReportService:
    from bot.packs_alone import reports_alone

    return asyncio.run(reports_alone(settings, packs_only=packs_only))


def _say(text: str, style: str = "") -> None:
    say_lines(out, text, style=style)
