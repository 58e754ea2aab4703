"""Nothing is held in memory of which nobody has said how it stays right where several processes run: each is found by walking."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

from bot.domain.changes import Kind
from storage.changes import SCOPES, TABLES
from storage.schema import metadata

ROOT = Path(__file__).resolve().parents[2]
FOLDERS = ("bot/services", "bot/chat", "storage")
CONTAINERS = (ast.Dict, ast.List, ast.Set, ast.DictComp, ast.ListComp, ast.SetComp)
CALLS = {"dict", "list", "set", "deque", "Counter", "OrderedDict", "WeakValueDictionary", "WeakKeyDictionary"}
AT_THE_START = {"__init__", "__post_init__"}

NOT_READ_AGAIN = {
    "people": "found by a hash each time",
    "audit": "read when it is shown",
    "report_drafts": "read at each press",
    "record_steps": "written with their record, which is told",
    "staged_pages": "read by the process that fetches them",
    "deadlines": "read each time",
    "deadline_facts": "read each time",
    "deliveries": "claimed in the database",
    "delivery_reminders": "claimed in the database",
    "reminders": "claimed in the database",
    "ledger": "read when it is shown",
    "personal_reminders": "read each time",
    "person_settings": "read each time",
    "follow_ups": "read each time",
    "count_releases": "read each time",
    "sketches": "read each time",
    "watched_committees": "read each time",
    "publication_news": "read and written where it is told",
    "actions": "read each time",
    "action_steps": "read each time",
    "action_joins": "read each time",
    "group_events": "read each time",
    "said": "read each time",
    "said_signatures": "read each time",
    "said_terms": "read each time",
    "said_looks": "read each time",
    "group_news": "read each time",
    "look_words": "read each time",
    "followed_questions": "read each time",
    "processes": "read each time",
    "leases": "taken in the database",
}
"""Tables of which no process holds a copy."""


def held() -> Iterator[str]:
    """Give what objects hold and change after they are made, as ``Class.attribute``."""
    for folder in FOLDERS:
        for path in sorted((ROOT / folder).rglob("*.py")):
            if "migrations" in path.parts:
                continue
            for kind in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(kind, ast.ClassDef):
                    yield from (f"{kind.name}.{name}" for name in _changing(kind))


def _changing(kind: ast.ClassDef) -> set[str]:
    found: set[str] = set()
    for method in kind.body:
        if not isinstance(method, ast.FunctionDef | ast.AsyncFunctionDef):
            continue
        for node in ast.walk(method):
            targets = node.targets if isinstance(node, ast.Assign) else []
            value = node.value if isinstance(node, ast.Assign | ast.AnnAssign | ast.AugAssign) else None
            if isinstance(node, ast.AnnAssign | ast.AugAssign):
                targets = [node.target]
            flat = [one for target in targets for one in (target.elts if isinstance(target, ast.Tuple) else [target])]
            for target in flat:
                is_own = isinstance(target, ast.Attribute) and isinstance(target.value, ast.Name)
                if is_own and target.value.id == "self" and (method.name not in AT_THE_START or _is_container(value)):
                    found.add(target.attr)
    return found


def _is_container(value: ast.expr | None) -> bool:
    if isinstance(value, ast.Call):
        name = value.func.id if isinstance(value.func, ast.Name) else getattr(value.func, "attr", "")
        return name in CALLS
    return isinstance(value, CONTAINERS)


def test_everything_that_is_held_in_memory_stands_in_the_table_that_says_how_it_stays_right() -> None:
    said = (ROOT / "storage" / "README.md").read_text(encoding="utf-8")
    missing = sorted(name for name in set(held()) if f"`{name}`" not in said)
    assert missing == [], "say in storage/README.md how each stays right where several processes run"


def test_the_table_names_nothing_that_is_gone() -> None:
    said = (
        (ROOT / "storage" / "README.md").read_text(encoding="utf-8").partition("## In memory")[2].partition("\n## ")[0]
    )
    known = set(held())
    names = {part for part in said.split("`")[1::2] if "." in part and part[0].isupper()}
    assert names - known == set()


def test_every_table_is_told_of_or_said_not_to_be_held() -> None:
    assert set(metadata.tables) == set(TABLES) | set(NOT_READ_AGAIN)
    assert not set(TABLES) & set(NOT_READ_AGAIN)
    assert set(TABLES.values()) == set(Kind) - {Kind.PROCESSES, Kind.FORGOTTEN}, "these are said, not stored"
    for table, kind in TABLES.items():
        assert kind not in SCOPES or SCOPES[kind].split("|")[0] in metadata.tables[table].c
