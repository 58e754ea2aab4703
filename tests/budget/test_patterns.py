"""Every compiled pattern reads 6,000 hard characters in 50 ms of processor time: found by walking, pumped by its own parts."""

from __future__ import annotations

import ast
import functools
import importlib
import pkgutil
import re
import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from types import FrameType, ModuleType
from typing import Any

import pytest

import bot
import storage
from tests.budget.pumping import pumped

MOST_SECONDS = 0.05
STOPPED = 0.5
"""Processor seconds after which a text is given up: a pattern that takes them would never end."""
PARTS = 24
"""So many tests share the patterns: each is over soon on a machine that does much else."""
FUNCTIONS = {"compile", "match", "search", "fullmatch", "split", "sub", "subn", "findall", "finditer"}
OF_DATA = ("bot.rehearsal.recorded", "bot.domain.dates.repeats")
"""Modules whose patterns are rows of their own tables: used by developers alone, or found in the compiled table itself."""
FLAGS_AT = {"compile": 1, "split": 3, "sub": 4, "subn": 4}


def modules() -> Iterator[ModuleType]:
    """Import every module of the program."""
    for package in (bot, storage):
        yield package
        for found in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            if found.name == "storage.migrations.env" or found.name.endswith("__main__"):
                continue
            yield importlib.import_module(found.name)


def held_in(value: Any, depth: int = 0) -> Iterator[re.Pattern[Any]]:
    """Find patterns in a value: itself, in what it holds, in a class's own attributes."""
    if isinstance(value, re.Pattern):
        yield value
    elif depth < 4 and isinstance(value, tuple | list | set | frozenset):
        for one in value:
            yield from held_in(one, depth + 1)
    elif depth < 4 and isinstance(value, dict):
        for one in (*value.keys(), *value.values()):
            yield from held_in(one, depth + 1)
    elif depth == 0 and isinstance(value, type):
        for one in vars(value).values():
            yield from held_in(one, depth + 1)


def written_in(module: ModuleType) -> Iterator[re.Pattern[Any]]:
    """Find patterns that are written where they are used: ``re.sub(r"…", …)``, put together from the module's own names."""
    file = getattr(module, "__file__", None)
    tree = ast.parse(Path(file).read_text(encoding="utf-8")) if file else ast.parse("")
    for node in ast.walk(tree):
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in FUNCTIONS):
            continue
        if not (isinstance(node.func.value, ast.Name) and node.func.value.id == "re") or not node.args:
            continue
        if module.__name__ in OF_DATA and isinstance(node.args[0], ast.Name):
            continue
        if isinstance(node.args[0], ast.Name) and node.args[0].id in _turned_through(tree):
            continue  # one of a table that the module holds: found there, compiled
        try:
            source = eval(compile(ast.Expression(node.args[0]), str(file), "eval"), dict(vars(module)))
        except (NameError, TypeError):
            # made of what is known only when it runs: a stand-in keeps its shape
            source = _shape(node.args[0], vars(module))
        at = FLAGS_AT.get(node.func.attr, 2)
        said = next((one.value for one in node.keywords if one.arg == "flags"), None)
        said = said or (node.args[at] if len(node.args) > at else None)
        flags = int(eval(ast.unparse(said), dict(vars(module)))) if said is not None else 0
        yield source if isinstance(source, re.Pattern) else re.compile(source, flags)


def _turned_through(tree: ast.Module) -> set[str]:
    """Give the names that the module's own tables go through: ``tuple(re.compile(one) for one in …)``."""
    parts = [part for one in tree.body if isinstance(one, ast.Assign | ast.AnnAssign) for part in ast.walk(one)]
    turns = [turn for part in parts if isinstance(part, ast.GeneratorExp | ast.ListComp) for turn in part.generators]
    return {turn.target.id for turn in turns if isinstance(turn.target, ast.Name)}


def _shape(node: ast.expr, known: dict[str, Any]) -> str:
    assert isinstance(node, ast.JoinedStr), ast.unparse(node)
    made = ""
    for part in node.values:
        if isinstance(part, ast.Constant):
            made += str(part.value)
        elif isinstance(part, ast.FormattedValue) and isinstance(part.value, ast.Name):
            made += str(known.get(part.value.id, "raw"))
        else:
            made += "raw"
    return made


@functools.cache
def patterns() -> dict[tuple[str | bytes, int], tuple[str, re.Pattern[Any]]]:
    """List every pattern once, with the module it was first met in."""
    found: dict[tuple[str | bytes, int], tuple[str, re.Pattern[Any]]] = {}
    for module in modules():
        held = (one for value in list(vars(module).values()) for one in held_in(value))
        for one in (*held, *written_in(module)):
            found.setdefault((one.pattern, one.flags), (module.__name__, one))
    return found


class TooLong(Exception):
    pass


def _stop(number: int, frame: FrameType | None) -> None:
    raise TooLong


def seconds(work: Callable[[], object]) -> float:
    """Give the processor seconds of a call, best of three; a call that never ends is stopped."""
    best = STOPPED
    for _ in range(3):
        signal.setitimer(signal.ITIMER_VIRTUAL, STOPPED)
        begin = time.thread_time()
        try:
            work()
        except TooLong:
            return STOPPED
        finally:
            signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        best = min(best, time.thread_time() - begin)
        if best < MOST_SECONDS / 4:
            return best
    return best


def slow(pattern: re.Pattern[Any]) -> Iterator[tuple[str, float]]:
    """Give the texts on which a pattern takes too long."""
    as_bytes = isinstance(pattern.pattern, bytes)
    for text in pumped(pattern):
        given: Any = text.encode(errors="replace") if as_bytes else text
        for work in (lambda g=given: sum(1 for _ in pattern.finditer(g)), lambda g=given: pattern.fullmatch(g)):
            took = seconds(work)
            if took >= MOST_SECONDS:
                yield f"{text[:60]!r}…{text[-12:]!r}", took
                return


@pytest.fixture
def stopwatch() -> Iterator[None]:
    before = signal.signal(signal.SIGVTALRM, _stop)
    yield
    signal.signal(signal.SIGVTALRM, before)


def test_a_pattern_that_looks_twice_is_caught(stopwatch: None) -> None:
    assert list(slow(re.compile(r"(?:[-+]?[0-9]{1,4} ?)+x")))
    assert list(slow(re.compile(r"^(\s*)([-#>+])", re.MULTILINE)))
    assert not list(slow(re.compile(r"^([^\S\n]*+)([-#>+])", re.MULTILINE)))


def test_every_pattern_is_found() -> None:
    names = {name for name, _ in patterns().values()}
    assert {"bot.templating", "bot.domain.ladders", "storage.backup", "bot.chat.views.letters"} <= names
    assert len(patterns()) > 140


@pytest.mark.parametrize("part", range(PARTS))
def test_every_pattern_reads_hard_text_in_time(part: int, stopwatch: None) -> None:
    found = sorted(patterns().values(), key=lambda one: (one[0], str(one[1].pattern)))
    late = [
        f"{name}: {str(pattern.pattern)[:120]!r} takes {took:.2f} s on {text}"
        for name, pattern in found[part::PARTS]
        for text, took in slow(pattern)
    ]
    assert not late, "\n".join(late)


SINGLE = {"LITERAL", "NOT_LITERAL", "ANY", "IN", "CATEGORY"}


def groups_repeated(parsed: Any) -> Iterator[Any]:
    """Give each possessive repeat in a parsed pattern whose body is more than one sign."""
    for op, value in parsed:
        if str(op) == "POSSESSIVE_REPEAT" and (len(value[2]) != 1 or str(value[2][0][0]) not in SINGLE):
            yield value[2]
        for inner in value if isinstance(value, tuple | list) else (value,):
            for part in inner if isinstance(inner, list) else [inner]:
                if type(part).__name__ == "SubPattern":
                    yield from groups_repeated(part)


def test_no_pattern_repeats_a_group_possessively() -> None:
    """Python before 3.11.5 reads ``(?:…)*+`` wrongly where the group can be read in several ways; ``(?>(?:…)*)`` says the same."""
    parse = importlib.import_module("re._parser").parse
    assert any(groups_repeated(parse("(?:a|bc)*+")))
    assert not any(groups_repeated(parse("[^b]*+(?>(?:a|bc)*)")))
    found = [
        f"{module}: {pattern!r}"
        for (pattern, flags), (module, _) in patterns().items()
        if any(groups_repeated(parse(pattern, flags)))
    ]
    assert not found
