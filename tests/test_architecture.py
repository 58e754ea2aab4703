"""The floors of the house: imports never climb, never cross, and each library is imported in its one place."""

from __future__ import annotations

import ast
import importlib
import re
from collections.abc import Iterator
from pathlib import Path
from sys import stdlib_module_names

import pytest

ROOT = Path(__file__).resolve().parents[1]

# Every module belongs to one floor: the first prefix that fits. A floor may import what is named for it, and itself.
FLOORS: dict[str, tuple[str, ...]] = {
    "bot.__main__": ("bot.cli", "bot.domain"),
    "bot.check": (
        "bot.chat", "bot.clock", "bot.config", "bot.domain", "bot.resources", "bot.sealing", "bot.sources", "bot.templating",
        "storage",
    ),
    "bot.cli": (
        "bot.app", "bot.check", "bot.clock", "bot.commands",  "bot.config", "bot.domain", "bot.documents", "bot.logs", "bot.packs_alone",
        "bot.rehearsal", "bot.resources", "bot.services",
        "bot.sealing", "bot.search", "bot.serving", "bot.sources", "bot.templating", "bot.version", "storage",
    ),
    "bot.commands": (
        "bot.chat.inspection", "bot.chat.permissions",
        "bot.app", "bot.check", "bot.clock", "bot.config", "bot.domain", "bot.documents", "bot.jobs", "bot.letters_alone",
        "bot.packs_alone",
        "bot.rehearsal", "bot.resources", "bot.services",
        "bot.sealing", "bot.search", "bot.sources", "bot.templating", "bot.version", "storage",
    ),
    "bot.rehearsal": (
        "bot.app", "bot.chat", "bot.clock", "bot.config", "bot.domain", "bot.jobs", "bot.resources", "bot.services", "bot.sources",
        "storage",
    ),
    "bot.app": (
        "bot.chat", "bot.clock", "bot.config", "bot.documents", "bot.domain", "bot.jobs", "bot.later", "bot.machine", "bot.resources",
        "bot.wider_dates",
        "bot.scheduling", "bot.sealing", "bot.search", "bot.services", "bot.sources", "bot.version", "bot.watchdog",
        "storage",
    ),
    "bot.serving": (
        "bot.app", "bot.chat", "bot.clock", "bot.config", "bot.domain", "bot.jobs", "bot.scheduling", "bot.services.ports",
        "bot.signs_of_life", "bot.supervisor", "bot.watchdog",
    ),
    "bot.signs_of_life": ("bot.domain", "bot.services.ports"),
    "bot.jobs": ("bot.chat", "bot.clock", "bot.config", "bot.domain", "bot.services", "storage"),
    "bot.machine": ("bot.clock", "bot.domain", "bot.services", "bot.watchdog", "storage"),
    "bot.watchdog": ("bot.clock",),
    "bot.supervisor": (),
    "bot.wider_dates": ("bot.domain",),
    "bot.later": ("bot.domain", "bot.templating"),
    "bot.letters_alone": (
        "bot.clock", "bot.config", "bot.documents", "bot.domain", "bot.packs_alone", "bot.resources", "bot.services",
        "bot.sources", "bot.templating", "storage.database", "storage.members", "storage.places", "storage.postcodes",
    ),
    "bot.packs_alone": (
        "bot.clock", "bot.config", "bot.domain", "bot.resources", "bot.search", "bot.services",
        "storage.departments", "storage.packs", "storage.read_alone", "storage.themes",
    ),
    "bot.chat": ("bot.clock", "bot.domain", "bot.services"),
    "bot.scheduling": ("bot.clock", "bot.domain.errors", "bot.services"),
    "bot.services": ("bot.clock", "bot.config", "bot.domain"),
    "bot.sources": ("bot.clock", "bot.config", "bot.domain", "bot.services.ports"),
    "bot.documents": ("bot.clock", "bot.domain", "bot.resources", "bot.services.ports"),
    "bot.templating": ("bot.clock", "bot.domain", "bot.resources", "bot.services.ports"),
    "bot.search": ("bot.domain", "bot.services.ports"),
    "bot.sealing": ("bot.domain",),
    "bot.config": ("bot.domain",),
    "bot.clock": (),
    "bot.logs": (),
    "bot.resources": ("bot.domain",),
    "bot.version": (),
    "bot.domain": (),
    "bot": (),
    "storage": ("bot.domain", "bot.clock", "bot.services.ports"),
}  # fmt: skip

ONE_PLACE: dict[str, tuple[str, ...]] = {
    "aiohttp": ("bot.sources", "bot.rehearsal", "bot.chat.faults", "bot.chat.sender", "bot.signs_of_life"),
    "aiosqlite": ("storage",),
    "alembic": ("storage",),
    "apscheduler": ("bot.scheduling",),
    "asyncpg": ("storage",),
    "cryptography": ("bot.sealing",),
    "dateparser": ("bot.wider_dates",),
    "discord": ("bot.chat", "bot.rehearsal"),
    "docx": ("bot.documents", "bot.sources"),
    "filelock": ("storage", "bot.commands.database"),
    "icalendar": ("bot.documents",),
    "jinja2": ("bot.templating",),
    "playwright": ("bot.rehearsal.browser",),
    "pydantic_settings": ("bot.config",),
    "pypdf": ("bot.sources",),
    "rapidfuzz": ("bot.search", "bot.services"),
    "rich": ("bot.cli", "bot.commands", "bot.rehearsal"),
    "simcord": ("bot.rehearsal",),
    "sqlalchemy": ("storage",),
    "tenacity": ("bot.sources",),
    "typer": ("bot.cli", "bot.commands", "bot.__main__"),
    "typst": ("bot.documents",),
}

SOURCES = sorted([*(ROOT / "bot").rglob("*.py"), *(ROOT / "storage").rglob("*.py")])


def module_name(path: Path) -> str:
    parts = list(path.relative_to(ROOT).with_suffix("").parts)
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def imports(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative imports hide the floor"
            assert node.module is not None
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def within(name: str, prefix: str) -> bool:
    return name == prefix or name.startswith(prefix + ".")


def floor_of(name: str) -> str:
    return next(floor for floor in FLOORS if within(name, floor))


@pytest.mark.parametrize("path", SOURCES, ids=lambda p: str(p.relative_to(ROOT)))
def test_imports_stay_on_their_floor(path: Path) -> None:
    name = module_name(path)
    floor = floor_of(name)
    for imported in imports(path):
        top = imported.split(".")[0]
        if top in ("bot", "storage"):
            allowed = any(within(imported, other) for other in (*FLOORS[floor], *((floor,) if floor != "bot" else ())))
            assert allowed, f"{name} ({floor}) may not import {imported}"
        elif top in ONE_PLACE:
            assert any(within(name, place) for place in ONE_PLACE[top]), f"{name} may not import {imported}"
        elif floor == "bot.domain":
            assert top in stdlib_module_names, f"{name} may use the standard library only, not {imported}"


MOST_LINES = 500
"""What one sitting reads. A longer module has two subjects: a stranger guesses the file from the second one in vain."""


@pytest.mark.parametrize("path", SOURCES, ids=lambda p: str(p.relative_to(ROOT)))
def test_a_module_is_read_in_one_sitting(path: Path) -> None:
    if (ROOT / "storage" / "migrations" / "versions") in path.parents:
        return  # It spells out every table, is written once and never changed: a second file would only hide a part of it.
    assert len(path.read_text(encoding="utf-8").splitlines()) < MOST_LINES, f"{path}: split it by subject"


def test_there_is_something_to_check() -> None:
    assert len(SOURCES) > 20
    assert {floor_of(module_name(path)) for path in SOURCES} >= {"bot.domain", "bot.services", "bot.chat", "storage"}


@pytest.mark.parametrize("path", sorted((ROOT / "bot" / "chat" / "cogs").glob("*.py")), ids=lambda p: p.name)
def test_a_cog_touches_neither_storage_nor_time(path: Path) -> None:
    for imported in imports(path):
        assert not within(imported, "storage"), f"{path.name} imports {imported}"
    text = path.read_text(encoding="utf-8")
    assert ".now(" not in text.replace("clock.now(", ""), f"{path.name} reads the time by itself"


@pytest.mark.parametrize("path", sorted((ROOT / "bot" / "domain").rglob("*.py")), ids=lambda p: p.name)
def test_the_domain_neither_waits_nor_reads(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    for node in ast.walk(tree):
        assert not isinstance(node, ast.AsyncFunctionDef | ast.Await), f"{path.name}: the domain never waits"
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            assert node.func.attr not in ("now", "utcnow", "today", "open", "read_text"), (
                f"{path.name}: {node.func.attr}()"
            )


def test_the_words_for_days_stand_in_one_list() -> None:
    """A second list of months drifts: the one knew "sept", the other did not."""
    listed = re.compile(r"""["'|](?:jan|january|feb|february|sept?|september|mon|monday|weds?|wednesday)["'|]""")
    for path in SOURCES:
        if module_name(path) != "bot.domain.dates.words":
            assert not listed.search(path.read_text(encoding="utf-8")), f"{path}: take them from domain/dates/words"


def test_the_package_root_is_empty() -> None:
    assert (ROOT / "bot" / "__init__.py").read_text(encoding="utf-8") == ""


def test_no_module_keeps_a_service_of_its_own() -> None:
    for path in SOURCES:
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.Assign | ast.AnnAssign) and isinstance(node.value, ast.Call):
                called = ast.unparse(node.value.func)
                assert not called.endswith(("Service", "Client", "Database", "Scheduler")), (
                    f"{path}: {called} at import"
                )


def test_nothing_is_handed_on_unseen() -> None:
    """Who is looking and who is at work are arguments: a context variable is right until a job or a direct message calls."""
    for path in SOURCES:
        assert "ContextVar" not in path.read_text(encoding="utf-8"), f"{path}: hand it on as an argument"


def test_every_error_stands_in_the_one_tree() -> None:
    """What is shown to people is told apart by class; who adds a class finds the others beside it."""
    errors = importlib.import_module("bot.domain.errors")
    known = {name for name, kind in vars(errors).items() if isinstance(kind, type) and issubclass(kind, Exception)}
    for path in SOURCES:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ClassDef) and path.name != "errors.py":
                bases = {ast.unparse(base) for base in node.bases}
                assert not bases & known, f"{path}: {node.name} belongs into bot/domain/errors.py"


def test_no_error_is_told_apart_by_its_words() -> None:
    """Whoever edits words changes no behaviour: no text of an error is compared or searched."""
    for path in SOURCES:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            looked_at: list[ast.expr] = []
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
                looked_at = [node.func.value] if node.func.attr in ("startswith", "endswith", "find", "count") else []
            elif isinstance(node, ast.Compare):
                looked_at = [node.left, *node.comparators]
            for what in looked_at:
                words = ast.unparse(what)
                told = words.endswith((".message", ".next_step")) and ("error" in words or "refus" in words)
                assert not told, f"{path}:{node.lineno}: tell errors apart by class"


def test_a_reminders_state_changes_only_through_the_table_of_allowed_changes() -> None:
    """``becomes`` in ``storage/reminders/rows.py`` looks each change up; nobody else writes the column of what is there."""
    for path in sorted((ROOT / "storage").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "values"):
                continue
            begun = ast.unparse(node.func.value)
            if begun.startswith("update(reminders)") and path.name != "rows.py":
                assert all(keyword.arg != "state" for keyword in node.keywords), f"{path}:{node.lineno}"


def test_no_two_modules_need_each_other() -> None:
    """No circles of imports, not even for types alone: what two modules share has a module of its own."""
    modules = {
        ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"): path for path in SOURCES
    }
    needs = {name: set(needed(path, set(modules))) - {name} for name, path in modules.items()}
    while free := [name for name, needed_by in needs.items() if not needed_by & needs.keys()]:
        for name in free:
            del needs[name]
    assert not needs, f"these need each other, or stand on those that do: {sorted(needs)}"


def needed(path: Path, modules: set[str]) -> Iterator[str]:
    """Give the modules that one imports, at the top, within a function, or for types."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module:
            for name in node.names:
                inner = f"{node.module}.{name.name}"
                yield inner if inner in modules else node.module
        elif isinstance(node, ast.Import):
            yield from (name.name for name in node.names)


# One word for each noun: what is `deadlines` in one folder is called so in every other.

ONLY_A_STORE = {
    "copying": "the whole database in another one",
    "backup": "a copy of the whole file",
    "database": "opens it",
    "departments": "a small table that comes with Postbag",
    "engines": "connects to it",
    "failures": "what it says when it fails",
    "forgotten": "a part of people: the list beside the database",
    "hosts": "a small table that comes with Postbag",
    "installation_facts": "asked by many services",
    "looking": "looks without a trace",
    "read_alone": "for the terminal: what was read of Parliament's record",
    "unchanged_files": "a file that is read and not changed",
    "group_news": "what groups were told of this week and of what is coming up",
    "migrations": "changes of its tables",
    "pack_check": "a part of packs", "pack_rows": "a part of packs", "pack_tables": "a part of packs",
    "pack_writer": "a part of packs", "packs": "reports as files, which the service of reports reads",
    "places": "a small table that comes with Postbag", "themes": "a small table that comes with Postbag",
    "postcodes": "asked by the service of members",
    "reminders": "the rows that delivery sends and every owner plans",
    "resealing": "a part of people: what is sealed gets a new key",
    "restored": "what a copy that was put back does",
    "schema": "its tables",
    "sqlite_connection": "connects to it",
    "staged": "drafts of imports",
    "without_orm": "connects to it",
}  # fmt: skip


def _modules(folder: str) -> set[str]:
    found = {path.stem for path in (ROOT / folder).glob("*.py")}
    return (found | {path.parent.name for path in (ROOT / folder).glob("*/__init__.py")}) - {"__init__"}


def test_a_store_is_called_what_its_service_is_called() -> None:
    services, storage = _modules("bot/services"), _modules("storage")
    alone = storage - services
    assert alone <= set(ONLY_A_STORE), f"{alone - set(ONLY_A_STORE)}: which service keeps it?"
    assert set(ONLY_A_STORE) <= alone, f"{set(ONLY_A_STORE) - alone} are excepted and need not be"


WORDED = {"message", "next_step", "reason", "detail", "note", "error", "refusal", "said"}
"""What holds words that are written for people."""


def _is_worded(node: ast.expr) -> bool:
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "str" and node.args:
        return _is_worded(node.args[0])
    return (isinstance(node, ast.Attribute) and node.attr in WORDED) or (
        isinstance(node, ast.Name) and node.id in WORDED
    )


def _is_phrase(node: ast.expr) -> bool:
    if isinstance(node, ast.Tuple):
        return any(_is_phrase(one) for one in node.elts)
    return isinstance(node, ast.Constant) and isinstance(node.value, str) and " " in node.value.strip()


def test_nothing_is_told_apart_by_how_it_is_worded() -> None:
    """Whoever rewords a sentence must change nothing but the sentence: a class, a field or a named constant tells things apart."""
    found = []
    for path in sorted(path for place in ("bot", "storage") for path in (ROOT / place).rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            by_beginning = (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Attribute)
                and node.func.attr in ("startswith", "endswith")
                and _is_worded(node.func.value)
                and any(_is_phrase(one) for one in node.args)
            )
            by_part = isinstance(node, ast.Compare) and (
                any(_is_phrase(one) for one in (node.left, *node.comparators))
                and any(_is_worded(one) for one in (node.left, *node.comparators))
            )
            if by_beginning or by_part:
                found.append(f"{path.relative_to(ROOT)}:{node.lineno}")
    assert [place.rpartition(":")[0] for place in found] == ["storage/failures.py"], (
        f"asyncpg has no class for a server without encryption; all else: {found}"
    )
