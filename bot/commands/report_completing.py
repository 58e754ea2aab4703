"""Completing the reports held from Parliament's record, from a terminal."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass

from bot.commands.report_pages import saved_pages
from bot.config import Settings
from bot.domain.drafts import DraftReport
from bot.domain.report_merge import Decision, Fit, Question

Say = Callable[[str], None]
Ask = Callable[[str], str]


@dataclass(frozen=True, slots=True)
class Wish:
    """What was asked for on the command line."""

    pages: tuple[str, ...] = ()
    report: str = ""
    undo: bool = False
    decide: bool = False


def complete_reports(settings: Settings, wish: Wish, *, say: Say, ask: Ask) -> None:
    """Complete, undo or decide, and say what came of it."""
    asyncio.run(_work(settings, wish, say, ask))


async def _work(settings: Settings, wish: Wish, say: Say, ask: Ask) -> None:
    from bot.app import open_app

    async with open_app(settings) as app:
        service = app.services.completions
        if wish.undo:
            gone = await service.undo()
            say(f"Undone: what was filled in for {gone} report{'' if gone == 1 else 's'}. The packs are as they were.")
            return
        if wish.decide:
            completed = await service.decide(
                wish.report or _only(await service.completed_reports()), lambda q, d: _decision(q, d, say, ask)
            )
            say(f"{completed.report.short_title}: {completed.words}.")
            return
        run = await service.run(wish.report, saved_pages(wish.pages))
        for completed in run.done:
            say(f"{completed.report.short_title}: {completed.words}.")
            for question in completed.questions:
                best = question.candidates[0].item
                say(f"  {question.key}: is it {best.name}? {best.text[:90]}")
        for problem in run.problems:
            say(f"Not completed. {problem}")
        if any(completed.questions for completed in run.done):
            say("To decide these one by one: postbag reports complete --decide")
        if not run.done and not run.problems:
            say("Every report has the committee's own words already.")


def _only(slugs: tuple[str, ...]) -> str:
    from bot.domain.errors import Refused

    if len(slugs) != 1:
        raise Refused("Which report?", f"Name it with --report. Read so far: {', '.join(slugs) or 'none'}.")
    return slugs[0]


def _decision(question: Question, draft: DraftReport, say: Say, ask: Ask) -> Decision | None:
    say(f"\n{question.key}: {question.asks}")
    for number, candidate in enumerate(question.candidates, 1):
        say(
            f"  {number}. {candidate.item.name} (paragraph {candidate.item.paragraphs or 'not given'}): {candidate.item.text[:300]}"
        )
    said = (
        ask("Number if it is that item, p and number if it is part of it, n for none, Enter for later")
        .strip()
        .casefold()
    )
    part = said.startswith("p")
    chosen = said.lstrip("p ").strip()
    if said == "n":
        return Decision(Fit.NONE)
    if chosen.isdecimal() and 1 <= int(chosen) <= len(question.candidates):
        fit = Fit.PART if part and question.may_be_part else Fit.SAME
        return Decision(fit, question.candidates[int(chosen) - 1].place)
    return None
