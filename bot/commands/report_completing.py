"""Completing the reports held from Parliament's record, from a terminal."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.commands.report_pages import saved_pages
from bot.config import Settings
from bot.domain.errors import Refused
from bot.domain.identity import ItemKey
from bot.domain.report_changes import Candidate, Decision, Fit, Question

if TYPE_CHECKING:
    from bot.services.completions import CompletionService

Say = Callable[[str], None]
Ask = Callable[[str], str]
KEYS = "y: that is it · p: it's part of that · 2, 3, 4: it's that one · 1+3: those two together · n: none of them"
ALWAYS = "Enter: later · u: undo the last · q: stop here"


@dataclass(frozen=True, slots=True)
class Wish:
    """What was asked for on the command line. ``can_ask``: somebody is at the terminal."""

    pages: tuple[str, ...] = ()
    report: str = ""
    undo: bool = False
    decide: bool = False
    can_ask: bool = False


def complete_reports(settings: Settings, wish: Wish, *, say: Say, ask: Ask) -> None:
    """Complete, undo or decide, and say what came of it."""
    asyncio.run(_work(settings, wish, say, ask))


async def _work(settings: Settings, wish: Wish, say: Say, ask: Ask) -> None:
    from bot.app import open_app

    async with open_app(settings) as app:
        service = app.services.completions
        if wish.undo:
            choices = await service.choices()
            gone = await service.undo()
            say(f"Undone: what was filled in for {gone} report{'' if gone == 1 else 's'}. The packs are as they were.")
            if choices:
                rows = "1 choice that was" if choices == 1 else f"{choices} choices that were"
                say(f"The {rows} made by hand {'is' if choices == 1 else 'are'} kept, for when it's filled in again.")
            if gone:
                say("Postbag won't fill them in again by itself. For that, run: postbag reports complete")
            return
        if wish.decide:
            await _walk(service, wish.report or _only(await service.completed_reports()), say, ask)
            return
        run = await service.run(wish.report, saved_pages(wish.pages))
        for completed in run.done:
            say(f"{completed.report.short_title}: {completed.words}.")
            for question in completed.questions:
                say(f"  {question.key}: is it {' and '.join(c.item.name for c in _proposed(question))}?")
        for note in run.notes:
            say(note)
        for problem in run.problems:
            say(f"Not completed. {problem}")
        if not run.done and not run.problems:
            say("Every report already has the committee's own words.")
        for completed in run.done:
            if not completed.questions:
                continue
            count = f"{len(completed.questions)} row{'' if len(completed.questions) == 1 else 's'}"
            if wish.can_ask and ask(f"Go through the {count} to decide now? (y/n)").strip().casefold() in ("y", "yes"):
                await _walk(service, completed.report.slug, say, ask)
            else:
                say(f"To decide them one by one: postbag reports complete --decide --report {completed.report.slug}")


def _only(slugs: tuple[str, ...]) -> str:
    if len(slugs) != 1:
        raise Refused("Which report?", f"Name it with --report. Read so far: {', '.join(slugs) or 'none'}.")
    return slugs[0]


async def _walk(service: CompletionService, slug: str, say: Say, ask: Ask) -> None:
    """Go through the rows that are not sure, one key each. What is said is kept at once; the last of it can be undone."""
    completed = await service.open_rows(slug)
    count = len(completed.questions)
    later: list[ItemKey] = []
    said: list[ItemKey] = []
    if count:
        say(f"{completed.report.short_title}: {count} row{'' if count == 1 else 's'} to decide.\n{KEYS}\n{ALWAYS}")
    while (question := next((q for q in completed.questions if q.key not in later), None)) is not None:
        _show(question, len(later) + len(said) + 1, count, say)
        typed = ask("Which is it").strip().casefold()
        try:
            if typed == "q":
                break
            if typed == "u":
                if not said:
                    say("There's nothing to undo yet.")
                    continue
                completed = await service.decide(slug, said[-1], None)
                say(f"Undone: {said.pop()}.")
                continue
            if not typed:
                later.append(question.key)
                continue
            completed = await service.decide(slug, question.key, read_decision(question, typed))
            said.append(question.key)
        except Refused as error:
            say(f"{error.message} {error.next_step}")
    await service.load()
    say(f"{completed.report.short_title}: {completed.words}.")


def _proposed(question: Question) -> Sequence[Candidate]:
    best = question.candidates[0]
    pair = [c for c in question.candidates if c is best or c.place == question.both]
    return sorted(pair, key=lambda c: c.place)


def _show(question: Question, place: int, count: int, say: Say) -> None:
    proposed = _proposed(question)
    say(f"\nRow {place} of {count}, {question.key}: {question.asks}")
    say("Is it these two together?" if len(proposed) > 1 else "Is it this one?")
    for number, candidate in enumerate(question.candidates, 1):
        item = candidate.item
        where = f" (paragraph {item.paragraphs})" if item.paragraphs else ""
        mark, most = (">", 600) if candidate in proposed else (" ", 160)
        text = " ".join(item.text.split())
        say(f"{mark} {number}. {item.name}{where}: {text[:most]}{'…' if len(text) > most else ''}")


def read_decision(question: Question, typed: str) -> Decision:
    """Read what was typed on a row. Refused: it names nothing that is shown."""
    proposed = _proposed(question)
    if typed in ("n", "no"):
        return Decision(Fit.NONE)
    if typed in ("y", "yes"):
        return Decision(Fit.SAME, proposed[0].place, tuple(c.place for c in proposed[1:]))
    part = typed.startswith("p")
    numbers = [word for word in typed.removeprefix("p").replace("+", " ").replace(",", " ").split() if word != "and"]
    if part and not numbers:
        return Decision(Fit.PART, question.candidates[0].place)
    places = [int(n) - 1 for n in numbers if n.isdecimal()]
    if not places or len(places) < len(numbers) or not all(0 <= n < len(question.candidates) for n in places):
        raise Refused(f"“{typed[:20]}” isn't one of the choices.", f"{KEYS} · {ALWAYS}")
    if part and (len(places) > 1 or not question.may_be_part):
        raise Refused("A row can only be part of one item.", "Type p and its number, such as p2.")
    chosen = [question.candidates[n].place for n in places]
    return Decision(Fit.PART if part else Fit.SAME, chosen[0], tuple(chosen[1:]))
