"""Going through the answers of a response at a terminal, once for every group: a key for each answer."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from bot.commands.report_pages import saved_pages
from bot.config import Settings
from bot.domain.errors import NotFound, Refused
from bot.domain.reports import AnswerStatus

if TYPE_CHECKING:
    from bot.services.shared_answers import Round, SharedAnswerService

Say = Callable[[str], None]
Ask = Callable[[str], str]
KEYS = {
    "a": AnswerStatus.AGREED,
    "p": AnswerStatus.PARTLY_AGREED,
    "n": AnswerStatus.NOTED,
    "d": AnswerStatus.NOT_AGREED,
}
HELP = (
    "a: agreed · p: partly agreed · n: noted · d: not agreed · y: the Government's own word, where it is shown\n"
    "x: not an answer to this (shows the next likely one) · to 12: it answers 12\n"
    "Enter: later · u: undo the last · q: stop here"
)
SHOWN = 1400


@dataclass(frozen=True, slots=True)
class ResponseWish:
    """What was asked for on the command line."""

    pages: tuple[str, ...] = ()
    report: str = ""
    on: date | None = None
    url: str = ""
    undo: bool = False


def go_through_answers(settings: Settings, wish: ResponseWish, *, say: Say, ask: Ask) -> None:
    """Read a response and go through it, go on with it, or take everything away."""
    asyncio.run(_work(settings, wish, say, ask))


async def _work(settings: Settings, wish: ResponseWish, say: Say, ask: Ask) -> None:
    from bot.app import open_app

    async with open_app(settings) as app:
        service = app.services.shared_answers
        if not wish.report:
            raise Refused("Which report does the response answer?", "Name it with --report: postbag reports list")
        if wish.undo:
            gone = await service.undo(wish.report)
            say(f"Undone: {gone} answer{'' if gone == 1 else 's'}. Groups' own answers haven't changed.")
            return
        if wish.pages:
            found = await service.begin(wish.report, saved_pages(wish.pages), wish.on, wish.url)
        else:
            found = await service.resume(wish.report)
        await _walk(service, found, say, ask)


async def _walk(service: SharedAnswerService, found: Round, say: Say, ask: Ask) -> None:
    """Show the open answers one after another. What is said is kept at once; the last of it can be undone."""
    slug = str(found.report.slug)
    later: list[int] = []
    said: list[int] = []
    instead: dict[int, list[str]] = {}
    if found.open:
        say(f"{found.report.short_title}: {len(found.open)} of {len(found.proposed)} answers to decide.\n{HELP}")
    while (place := next((n for n in found.open if n not in later), None)) is not None:
        keys = instead.setdefault(place, [str(key) for key in found.proposed[place].keys[:3]])
        _show(found, place, keys, say)
        typed = ask("What does it amount to").strip().casefold()
        try:
            if typed == "q":
                break
            if typed == "u":
                if not said:
                    say("There's nothing to undo yet.")
                    continue
                found = await service.take_back(slug, said[-1])
                say(f"Undone: answer {said[-1] + 1}.")
                instead.pop(said.pop(), None)
            elif not typed:
                later.append(place)
            elif typed.startswith("to "):
                item = found.item(typed.removeprefix("to "))
                if item is None:
                    raise NotFound("This report has no recommendation with that number.", "Give its number or key.")
                keys.insert(0, str(item.key))
            elif typed == "x":
                del keys[:1]
                if not keys:
                    found = await service.none(slug, place)
                    said.append(place)
            else:
                if not keys:
                    raise Refused(
                        "Nothing in this report matches this answer.", "Name the one it answers, such as: to 12"
                    )
                found = await service.say(slug, place, keys[0], _status(found, place, typed))
                said.append(place)
        except (Refused, NotFound) as error:
            say(f"{error.message} {error.next_step}")
    await _end(service, found, say, ask)


def _status(found: Round, place: int, typed: str) -> AnswerStatus:
    if typed == "y":
        verdict = found.proposed[place].answer.verdict
        if verdict is None:
            raise Refused("The Government gives no word of its own here.", "Read the answer, and press a, p, n or d.")
        return verdict
    if typed not in KEYS:
        raise Refused(f"“{typed[:20]}” isn't one of the choices.", HELP.replace("\n", " · "))
    return KEYS[typed]


async def _end(service: SharedAnswerService, found: Round, say: Say, ask: Ask) -> None:
    slug, left = str(found.report.slug), len(found.open)
    say(f"{found.report.short_title}: {found.counted or 'nothing decided yet'}; {left} left.")
    tells = bool(found.response.verdicts) and (
        not left or ask("Tell organisers now, once? (y/n)").strip().casefold() in ("y", "yes")
    )
    told = await service.finish(slug, tells=tells)
    if told:
        say(f"The organisers of {told} group{'' if told == 1 else 's'} will be told once.")
    if left:
        say(f"To go on: postbag reports answers --report {slug}")


def _show(found: Round, place: int, keys: list[str], say: Say) -> None:
    proposed = found.proposed[place]
    answer = proposed.answer
    item = found.item(keys[0]) if keys else None
    say(f"\nAnswer {place + 1} of {len(found.proposed)}")
    together = [one for key in proposed.together if (one := found.item(key)) is not None]
    if item is not None and item in together:
        say(f"  To these {len(together)} together:")
        for one in together:
            say(f"  {one.heading}: {one.theme}. {_cut(one.gist, 200)} (recorded now: {one.answer.said})")
    elif item is not None:
        why = f" ({proposed.why})" if str(item.key) in map(str, proposed.keys) else ""
        if item.further:
            say("  This row covers more than one recommendation. It shows the answer to each, with its number.")
        if any(item.key in verdict.keys for other, verdict in found.response.verdicts if other != place):
            say("  You gave it another answer of this response. It shows both, and as partly agreed where they differ.")
        say(f"  To {item.heading}: {item.theme}{why}\n  {_cut(item.gist, 500)}\n  Recorded now: {item.answer.said}.")
    else:
        say(
            "  Nothing in this report matches it."
            + (f"\n  It repeats: {_cut(answer.restated, 400)}" if answer.restated else "")
        )
    say(f"  The Government wrote: {_cut(answer.text, SHOWN)}")
    if answer.target:
        say(f"  Its target date: {answer.target}.")
    if answer.verdict is not None:
        say(f"  Its own word (y): {answer.verdict.label}.")


def _cut(text: str, most: int) -> str:
    said = " ".join(text.split())
    return said if len(said) <= most else f"{said[:most].rstrip()}…"
