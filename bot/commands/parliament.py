"""``postbag parliament``: look in what Parliament says, from a terminal. Searches go out at once; nothing is stored."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Iterable, Sequence
from dataclasses import asdict
from datetime import date, timedelta
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console

from bot.clock import LONDON
from bot.commands.printing import say_lines
from bot.config import Settings, load_settings
from bot.domain.dates.exact import Lean
from bot.domain.dates.one_day import read_day
from bot.domain.errors import NotFound, PostbagError, Refused, Unavailable
from bot.domain.look_words import match_must, searchable
from bot.domain.reports import long_date
from bot.domain.said import KIND_LABELS, STATE_LABELS, AnswerState, Found, Said, SaidKind, question_named
from bot.domain.searches import BACK, Reach, reach

app = typer.Typer(help="What Parliament says: questions, statements, motions, debates.", no_args_is_help=True)
out = Console(highlight=False)
err = Console(stderr=True, highlight=False)

Config = Annotated[
    Path | None, typer.Option("--config", help="Settings file (else POSTBAG_CONFIG, else config.toml here).")
]
AsJson = Annotated[bool, typer.Option("--json", help="For scripts: everything that was read, as JSON.")]
DAYS_AHEAD = 14


@app.command("search")
def search(
    words: Annotated[str, typer.Argument(help="A word or a phrase that must be there.")],
    since: Annotated[str, typer.Option(help="From which day, such as 2026-01-31; else three years back.")] = "",
    as_json: AsJson = False,
    config: Config = None,
) -> None:
    """Search questions, statements, motions and debates, newest first. Parliament's services see the words and this computer's address."""
    from bot.clock import SystemClock, london_today

    today = london_today(SystemClock())
    start = read_day(since, today, lean=Lean.BACK) if since else today - BACK
    found, problems = asyncio.run(_search(_on(load_settings(config)), words, start))
    items = sorted((s for one in found for s in one.items), key=lambda s: (s.newest, s.key), reverse=True)
    items = [said for said in items if said.is_cut or match_must((words,), said.heading, f"{said.text}\n{said.answer}")]
    if as_json:
        typer.echo(json.dumps([_plain(said) for said in items], ensure_ascii=False, indent=2))
    else:
        for said in items:
            _print(said)
        if not items:
            out.print("Nothing found." if not problems else "Nothing found in what could be read.")
    for one in found:
        if not one.is_whole:
            err.print(f"{len(one.items)} of {one.total} were read. To see more, give a later --since or rarer words.")
    missed = sorted({name for one in found for name in one.missed})
    if missed:
        err.print(f"Postbag couldn't get: {', '.join(missed)}.", markup=False)
    if problems:
        for problem in problems:
            err.print(problem, markup=False)
        raise typer.Exit(1)


@app.command("question")
def question(
    number: Annotated[str, typer.Argument(help="A written question's number, or its link.")],
    as_json: AsJson = False,
    config: Config = None,
) -> None:
    """Show a written question, and how it stands. A number of several sessions shows each."""
    named = question_named(number)
    if named is None:
        raise Refused("That isn't a question's number or link.", "Give the number (12345), or the page's address.")
    found = asyncio.run(_questions(_on(load_settings(config)), *named))
    if not found:
        raise NotFound("Parliament has no written question with that number.", "Check the number, or give the link.")
    if as_json:
        typer.echo(json.dumps([_plain(said) for said in found], ensure_ascii=False, indent=2))
        return
    for said in found:
        _print(said)
        out.print(f"\n{said.text}\n", markup=False)
        if said.answer:
            out.print(f"Answer: {said.answer}\n", markup=False)


@app.command("mp")
def mp(
    name: Annotated[str, typer.Argument(help="A constituency, as its name is written.")], config: Config = None
) -> None:
    """Show what an MP said on the reports' words, from what Postbag holds. Nothing goes out."""
    settings = load_settings(config)
    seat, member_id, items, looked = asyncio.run(_found_of(settings, name))
    out.print(seat, style="bold", markup=False)
    for said in items:
        _print(said, of=member_id)
    if not items and looked.since is not None:
        out.print("Nothing found in what Postbag has. Saying nothing doesn't mean being against it.")
    _print_reach(looked, is_on=settings.sources.search_parliament)


@app.command("coming")
def coming(
    words: Annotated[str, typer.Argument(help="Only what has these words in its title.")] = "", config: Config = None
) -> None:
    """List what is on in Parliament in the next fortnight, and when departments answer questions."""
    from bot.clock import SystemClock, london_today
    from bot.sources.http import Http
    from bot.sources.motions import MotionsApi
    from bot.sources.whats_on import WhatsOnApi

    settings, today = _on(load_settings(config)), london_today(SystemClock())
    end = today + timedelta(days=DAYS_AHEAD)

    async def read() -> tuple[Any, Any]:
        async with Http(settings.sources.asked) as http:
            events = await WhatsOnApi(http, settings.sources.whats_on_api).events(today, end)
            return events, await MotionsApi(http, settings.sources.motions_api).question_times(today, end)

    events, times = asyncio.run(read())
    chosen = [event for event in events if not words or match_must((words,), event.title, event.committee)]
    for event in chosen:
        when = f"{long_date(event.on)}{f', {event.time}' if event.time else ''}"
        cancelled = " (cancelled)" if event.is_cancelled else ""
        where = ", ".join(filter(None, (event.house, event.kind, event.place)))
        out.print(f"{when}: {event.title or event.committee}{cancelled} ({where})", markup=False)
    for time in times:
        if not words or match_must((words,), time.bodies, ""):
            closes = f"; tabling closes {long_date(time.closes_on)}, {time.closes}" if time.closes_on else ""
            out.print(f"{long_date(time.on)}: questions to {time.bodies}{closes}", markup=False)
    if not chosen and not times:
        out.print("Nothing found in the next fortnight.")


async def _search(settings: Settings, words: str, since: date) -> tuple[list[Found], list[str]]:
    from bot.sources.http import Http
    from bot.sources.said import said_sources

    async with Http(settings.sources.asked) as http:
        sources = said_sources(http, settings.sources)
        assert sources is not None
        found: list[Found] = []
        problems: list[str] = []
        searches: tuple[Awaitable[Found], ...] = (
            sources.questions.questions(words, since),
            sources.questions.statements(words, since),
            sources.motions.motions(words, since),
            sources.speeches.speeches(words, since),
        )
        for one in searches:
            try:
                found.append(await one)
            except PostbagError as error:
                problems.append(error.message)
        return found, problems


async def _questions(settings: Settings, uin: str, tabled: date | None) -> Iterable[Said]:
    from bot.sources.http import Http
    from bot.sources.said import said_sources

    async with Http(settings.sources.asked) as http:
        sources = said_sources(http, settings.sources)
        assert sources is not None
        found = await sources.questions.numbered(uin, tabled)
        return [await sources.questions.question(said.key) if said.is_cut else said for said in found]


async def _found_of(settings: Settings, name: str) -> tuple[str, int, Sequence[Said], Reach]:
    from bot.packs_alone import reports_alone
    from storage.database import open_database
    from storage.members import Members
    from storage.said import SaidStore

    reports = (await reports_alone(settings)).held()
    terms = searchable(term for report in reports for term in report.look_for)
    async with open_database(settings.database_url, look_only=True) as database:
        directory = await Members(database).load()
        wanted = name.strip().casefold()
        seat = next((s for s in directory.constituencies if s.name.casefold() == wanted), None)
        if seat is None or seat.member is None:
            raise NotFound("No MP in the list matches that.", "Write the constituency's name in full.")
        member_id = seat.member.member_id
        store = SaidStore(database)
        items = [
            s for s in await store.by_member(member_id, terms) if match_must(terms, s.heading, f"{s.text}\n{s.answer}")
        ]
        looked = reach(await store.looks(terms), terms)
        return f"{seat.member.display_as}, {seat.name}", member_id, items, looked


def _print_reach(looked: Reach, *, is_on: bool) -> None:
    """Say how far was looked, and what failed."""
    if looked.since is None or looked.looked_at is None:
        out.print("Postbag hasn't looked yet. It looks once a day for the reports that a group follows.")
    else:
        day = long_date(looked.looked_at.astimezone(LONDON).date())
        oral = f" (oral questions to {long_date(looked.oral_since)})" if looked.oral_since is not None else ""
        out.print(f"Looked back to {long_date(looked.since)}{oral}, last on {day}.")
    if looked.failed:
        named = ", ".join(f"{KIND_LABELS[kind].lower()}s" for kind in looked.failed)
        out.print(f"The last look failed for: {named}. Newer ones may be missing.")
    if not is_on:
        out.print("Searching in Parliament is turned off, so newer things aren't found.")


def _on(settings: Settings) -> Settings:
    if not settings.sources.search_parliament:
        raise Unavailable("Searching in Parliament is turned off.", "Set sources.search_parliament to true.")
    return settings


def _print(said: Said, *, of: int | None = None) -> None:
    number = f" {said.number}" if said.number and said.kind is not SaidKind.SPEECH else ""
    state = f", {STATE_LABELS[said.state]}" if said.state is not AnswerState.NONE else ""
    when = f" on {long_date(said.answered_on)}" if said.answered_on is not None else ""
    due = f" (answer due {long_date(said.due_on)})" if said.state is AnswerState.OPEN and said.due_on else ""
    who = said.member or "no name given"
    out.print(f"{long_date(said.on)}: {said.heading or said.text[:90] or '(no heading)'}", style="bold", markup=False)
    name = next((one for one in said.signed if one.member_id == of != said.member_id), None)
    signed = f", signed{f' on {long_date(name.on)}' if name.on is not None else ''}" if name is not None else ""
    out.print(f"  {KIND_LABELS[said.kind]}{number}: {who}{state}{when}{due}{signed}", markup=False)
    if said.url:
        say_lines(out, f"  {said.url}", style="dim")


def _plain(said: Said) -> dict[str, Any]:
    return {name: str(value) if isinstance(value, date) else value for name, value in asdict(said).items()}
