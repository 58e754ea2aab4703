"""Names that nothing uses any more: whoever takes out the last use of one takes out the name, tests of it included."""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
SOURCES = sorted(p for folder in ("bot", "storage") for p in (ROOT / folder).rglob("*.py") if "versions" not in p.parts)

CALLED_BY_OTHERS = {
    "handleError", "_get_state", "launch_shard", "before_identify_hook", "process_bind_param", "process_result_value", "arraysize",
    "on_app_command_completion", "on_error", "on_group_changed", "on_guild_join", "on_guild_remove", "on_interaction", "on_message",
    "on_press_completion", "on_ready", "setup_hook", "cog_load", "cog_unload", "add_cog", "interaction_check",
    "get_command", "list_commands",
    "handle_starttag", "handle_endtag", "handle_startendtag", "handle_data", "handle_decl", "handle_comment", "handle_pi",
    "emit", "filter", "format", "get_source", "list_templates", "run_until_first_complete", "model_config", "settings_customise_sources",
}  # fmt: skip
"""What discord.py, the HTML parser, the terminal's library, logging, Jinja2, SQLAlchemy and pydantic call by name."""

TRIED_WITH = ("bot/rehearsal/", "bot/clock.py")
"""The rehearsal room and its clock are what the tests are made with: a use in a test counts."""

KEPT = {
    "HASHED": "says which columns mean nothing under a new key, and the test of a change of key holds every column to it"
}
"""Names that nothing uses and that stay, each with its reason."""


def definitions(tree: ast.Module) -> Iterator[tuple[str, int]]:
    """Give what a module defines, its methods too; what a decorator hands on is used by it."""
    for node in ast.walk(tree):
        body = node.body if isinstance(node, ast.Module | ast.ClassDef) else []
        is_shape = isinstance(node, ast.ClassDef) and (node.decorator_list or node.bases)
        for part in body:
            if isinstance(part, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
                kinds = {ast.unparse(decorator).split("(")[0] for decorator in part.decorator_list}
                if isinstance(part, ast.ClassDef) and any("Cog" in ast.unparse(base) for base in part.bases):
                    continue  # found by what it is
                if kinds <= {
                    "property",
                    "staticmethod",
                    "classmethod",
                    "dataclass",
                    "asynccontextmanager",
                    "contextmanager",
                    "cache",
                }:
                    yield part.name, part.lineno
            elif isinstance(part, ast.Assign) and not is_shape:
                yield from ((target.id, part.lineno) for target in part.targets if isinstance(target, ast.Name))
            elif isinstance(part, ast.AnnAssign) and isinstance(node, ast.Module) and isinstance(part.target, ast.Name):
                yield part.target.id, part.lineno


def uses(tree: ast.Module) -> Iterator[str]:
    """Give every name that is read, as a name, an attribute, or in a text that a name is looked up by."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Store):
            yield node.id
        elif isinstance(node, ast.Attribute):
            yield node.attr
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield from re.findall(r"\b[A-Za-z_]\w{2,}\b", node.value) if len(node.value) < 200 else ()


def test_every_name_is_used_somewhere() -> None:
    trees = {path: ast.parse(path.read_text(encoding="utf-8")) for path in SOURCES}
    templates = " ".join(p.read_text(encoding="utf-8") for p in (ROOT / "templates").rglob("*.j2"))
    used = Counter(name for tree in trees.values() for name in uses(tree))
    used.update(re.findall(r"\w+", templates))
    tests = Counter(
        name for path in (ROOT / "tests").rglob("*.py") for name in uses(ast.parse(path.read_text(encoding="utf-8")))
    )
    dead = [
        f"{path.relative_to(ROOT)}:{line} {name}"
        for path, tree in trees.items()
        for name, line in definitions(tree)
        if not used[name]
        and not (str(path.relative_to(ROOT)).startswith(TRIED_WITH) and tests[name])
        and not name.startswith("__")
        and name not in CALLED_BY_OTHERS
        and name not in KEPT
    ]
    assert not dead, "nothing uses these:\n" + "\n".join(dead)


def test_what_is_kept_is_still_there_and_still_unused() -> None:
    held = {name for path in SOURCES for name, _ in definitions(ast.parse(path.read_text(encoding="utf-8")))}
    assert set(KEPT) <= held
