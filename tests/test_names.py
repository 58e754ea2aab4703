"""A name holds a noun: who reads a call far from its definition learns what is given, and not only that something was done."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]

IRREGULAR = re.compile(
    "again|back|begun|bought|broken|brought|built|chosen|come|done|drawn|due|felt|fresh|given|gone|held|hidden|instead|kept|known|late"
    "|left|lost|made|meant|met|missing|other|others|over|paid|said|same|seen|sent|showed|shown|sold|standing|stood|stuck|taken|thrown"
    "|told|understood|unshown|waiting|written"
)
REGULAR = re.compile(r"[a-z]+ed")
EXCEPTIONS = {
    # What a store or service holds, listed: called on its object, it reads as the noun.
    "chosen": "`publications.chosen(group)`: the committees that it looks out for",
    "confirmed": "`records.confirmed(group)`: the records",
    "followed": "`reports.followed(group)`: the reports",
    "held": "`people.held(person)`, `reports.held()`: all that is held",
    "imported": "`reports.imported(group)`: the reports",
    "indexed": "`reports.indexed(group)`: the reports with their index",
    "joined": "`actions.joining.joined(plan, user)`: the plan that somebody joined; and that a server joined",
    "listed": "`view.listed()`: the reports to choose from",
    "planned": "`ladders.planned(event, settings)`: the reminders",
    "posted": "`actions.posted(plan)`: how many posts",
    "proposed": "`records.proposed(group, report)`: the answers that wait",
    "recorded": "`deadlines.recorded(deadline)`: the history",
    "released": "`counts.released(group, …)`: the figures",
    "related": "`view.related(found)`: the rows tied to one",
    "shipped": "`Tables.shipped()`: those that travel with Postbag",
    "unarchived": "`actions.unarchived()`: the plans",
    "wanted": "`ladders.wanted(event, settings)`: the reminders",
    "told": "`reminders.told(…)`: what a delivery told of",
    "waiting": "`guilds.waiting(group)`: the changes that wait",
    "watched": "`publications.watched(group)`: the committees",
    # What somebody tells an object that has happened: the object hears it, and does what follows.
    "answered": "`follow_ups.answered(…)`: somebody says that an answer came; and in letter facts, whether one did",
    "changed": "`memory.changed(kind, scope)`, `room.changed(…)`: that something is new",
    "done": "`reminders.done(…)`, `processes.done(…)`: that it is over",
    "failed": "`said.failed(…)`: that a look at the record failed",
    "folded": "`folded(text)`: the same words, folded",
    "happened": "`events.happened(…)`, `writes.happened()`: that something took place",
    "left": "`departures.left(group)`: that a server removed the bot",
    "moved": "`follow_ups.moved(…)`, `recorder.moved()`: that a day or the clock is another",
    "sent": "`follow_ups.sent(…)`: that a letter is on its way",
    "shown": "`reminders.shown(…)`, `live_cards.shown(…)`: that somebody saw it",
    "showed": "`tour.showed(…)`: what a step of the tour put on the screen",
    # The past participle of a value: a copy of the same thing, changed or checked.
    "checked": "`checked(event)`: the same event, clean",
    "typed": "`letters.typed(constituency)`: a recipient as typed",
    "written": "`letters.written(draft, …)`: the draft with its writer's words",
    # An object that is asked for one of its own by name.
    "named": "`places.named(text)`, `House.named(text)`: that which has the name",
    "offered": "`group_letters.offered(slug)`: the letter in use",
    "numbered": "`numbered(line)`, `lettered(line)`: what a line of a page begins with",
    "lettered": "as `numbered`",
    "picked": "`question.picked(answer)`: the option",
    # Terms of their own.
    "batched": "`database.batched(work)`: the work, in a transaction that others share",
    "called": "`ask.called(minister, member)`: its sentence on the telephone",
    "covered": "`weights.covered(told, wording)`: the share",
    "due": "`rule.due(start)`: the due day",
    "meant": "`meant(typed, offered)`: the value meant",
    "said": "`ask.said(minister)`: its sentence in a letter",
    "settled": "`ladders.settled(event, settings)`: whether nothing needs writing",
    "connected": "a stage of `postbag run`, inside `Serving`",
    "opened": "a stage of `postbag run`, inside `Serving`",
    "begun": "a stage of `postbag letter`, inside its desk",
    "unexpected": "`unexpected(error, …)`: the words for what nobody expected",
}


FILES_FOR_ONE_WORD = 4
"""A private function stands beside its one or two calls, so a participle of its own is read there. In a fifth file the same
word has a fifth meaning, and whoever looks for one finds them all."""


def functions(*, private: bool = False) -> Iterator[tuple[str, Path]]:
    """Give every public (or every private) function and method that answers a call, by its name."""
    for path in sorted([*(ROOT / "bot").rglob("*.py"), *(ROOT / "storage").rglob("*.py")]):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        for scope in ast.walk(tree):
            if not isinstance(scope, ast.Module | ast.ClassDef):
                continue
            for node in scope.body:
                if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name.startswith("_") is private:
                    marks = " ".join(ast.unparse(mark) for mark in node.decorator_list)
                    # A property is read as an adjective; a command and a press are called by Discord alone, by their own names.
                    if not re.search(r"property|presses\(|command\(", marks):
                        yield node.name, path


def test_no_function_is_called_by_a_bare_participle() -> None:
    found: dict[str, list[str]] = {}
    for name, path in functions():
        if IRREGULAR.fullmatch(name) or REGULAR.fullmatch(name):
            found.setdefault(name, []).append(str(path.relative_to(ROOT)))
    new = {name: places for name, places in found.items() if name not in EXCEPTIONS}
    assert not new, f"what does it give? `rows_seen_by` in place of `seen`: {new}"
    gone = set(EXCEPTIONS) - set(found)
    assert not gone, f"{gone} are excepted and need not be"


def test_no_private_participle_means_another_thing_in_every_file() -> None:
    found: dict[str, set[str]] = {}
    for name, path in functions(private=True):
        bare = name.removeprefix("_")
        if IRREGULAR.fullmatch(bare) or REGULAR.fullmatch(bare):
            found.setdefault(name, set()).add(str(path.relative_to(ROOT)))
    many = {name: sorted(places) for name, places in found.items() if len(places) > FILES_FOR_ONE_WORD}
    assert not many, f"what does each give? `_day_text` in place of `_written`: {many}"
