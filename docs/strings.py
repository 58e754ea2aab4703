"""Write every sentence that people can meet into docs/strings.txt, so that it can be read through in one sitting.

    python docs/strings.py            write the file again
    python docs/strings.py --check    say what is missing or gone, and exit with 1

A sentence stands there as people see it: the gaps are filled with an example, and it is grouped by where it is met, with
its file. What only a programmer reads (docstrings, log lines, patterns, SQL) is left out.
"""

from __future__ import annotations

import ast
import re
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parent.parent
OUT = ROOT / "docs" / "strings.txt"

EXAMPLES = {
    "title": "Never Again", "report": "Never Again", "short_title": "Never Again", "name": "Ms Harker", "mp": "Ms Harker",
    "constituency": "Quillstone", "number": "3", "key": "T-12", "day": "8 September 2021", "date": "8 September 2021",
    "when": "8 September 2021 at 9am", "count": "3", "days": "3", "total": "37", "percent": "60", "words": "103",
    "committee": "Foreign Affairs Committee", "channel": "#campaign", "role": "@campaigners", "limit": "100", "path": "FILE",
    "file": "FILE", "line": "7", "host": "example.org", "url": "https://example.org", "status": "Agreed", "zone": "London",
}  # fmt: skip
"""What stands in a gap, by the last name in it. Any other gap shows its name in ‹›."""

UNREAD_CALLS = {"ValueError", "TypeError", "RuntimeError", "KeyError", "AssertionError", "NotImplementedError", "getLogger", "NewType",
                "TypeVar", "compile", "text", "ForeignKey", "CheckConstraint", "Index", "UniqueConstraint", "Column", "Table",
                "getattr", "startswith", "endswith", "split", "strftime", "strptime", "encode", "import_module", "add_parser",
                "exec_driver_sql", "debug", "info", "warning", "error", "exception", "critical", "log"}  # fmt: skip
"""Calls whose texts are for programmers, libraries or the log."""

READ_WORDS = {"label", "title", "placeholder", "description", "heading", "text", "help"}
"""Arguments whose text is read by people though it be one word."""

PLACES = (
    ("bot/chat/cards/", "Cards in Discord"), ("bot/chat/views/", "Forms in Discord"), ("bot/chat/cogs/", "Commands and presses in Discord"),
    ("bot/chat/", "Everywhere in Discord"), ("bot/commands/", "In a terminal"), ("bot/rehearsal/", "In the rehearsal room"),
    ("bot/domain/", "Rules, said on cards, in letters and in errors"), ("bot/services/", "What a service answers"),
    ("bot/sources/", "What reading a page or asking Parliament answers"), ("bot/documents/", "In files"),
    ("bot/", "Starting, settings and checks"), ("storage/", "What the database answers"),
    ("templates/letters/", "Letters"), ("templates/messages/", "Posts and direct messages"), ("templates/", "Documents"),
)  # fmt: skip


def main() -> int:
    """Write the file, or with --check compare it."""
    now = all_sentences()
    if "--check" not in sys.argv:
        OUT.write_text(now, encoding="utf-8")
        return 0
    held = OUT.read_text(encoding="utf-8") if OUT.exists() else ""
    added = sorted(set(now.splitlines()) - set(held.splitlines()))
    gone = sorted(set(held.splitlines()) - set(now.splitlines()))
    for sign, lines in (("+", added), ("-", gone)):
        for line in lines:
            sys.stdout.write(f"{sign} {line}\n")
    return 1 if now != held else 0


def all_sentences() -> str:
    """Return the whole file: a heading for each place, each file under it, a sentence a line."""
    by_place: dict[str, dict[str, list[str]]] = {heading: {} for _, heading in PLACES}
    for path in sorted([*ROOT.glob("bot/**/*.py"), *ROOT.glob("storage/**/*.py"), *ROOT.glob("templates/**/*")]):
        name = path.relative_to(ROOT).as_posix()
        if "/migrations/" in name or not path.is_file():
            continue
        sentences = list(dict.fromkeys(sentences_of(path)))
        if sentences:
            heading = next(heading for start, heading in PLACES if name.startswith(start))
            by_place[heading][name] = sentences
    lines = [
        "Every sentence that people can meet, with examples in the gaps. Written by make strings; see voice.md.",
        "",
    ]
    for heading, files in by_place.items():
        if files:
            lines += [heading.upper(), ""]
        for name, sentences in files.items():
            lines += [name, *(f"  {sentence}" for sentence in sentences), ""]
    return "\n".join(lines)


def sentences_of(path: Path) -> Iterator[str]:
    """Yield what people read of one file, folded to a line each."""
    source = path.read_text(encoding="utf-8")
    if path.suffix == ".py":
        found = python_texts(ast.parse(source))
    elif path.suffix == ".j2":
        found = template_texts(source)
    elif path.suffix == ".toml":
        found = toml_texts(tomllib.loads(source))
    else:
        return
    for text in found:
        folded = " ".join(text.split())
        if re.search(r"[A-Za-z]{2}", folded):
            yield folded


def python_texts(tree: ast.Module) -> Iterator[str]:
    """Yield each text of a module that is not for programmers."""
    yield from _texts(tree, read=False)


def _texts(node: ast.AST, *, read: bool) -> Iterator[str]:
    whole = _filled(node)
    if whole is not None:
        if _is_sentence(whole) or (read and whole.strip()):
            yield whole
        return
    if isinstance(node, (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)):
        annotations = (ast.arguments,)
        for field in ("decorator_list", "body"):
            for child in getattr(node, field, []):
                if not (isinstance(child, ast.Expr) and isinstance(child.value, ast.Constant)):
                    yield from _texts(child, read=False)
        for child in ast.iter_child_nodes(node):
            if isinstance(child, annotations):
                for default in (*child.defaults, *child.kw_defaults):
                    if default is not None:
                        yield from _texts(default, read=False)
        return
    if isinstance(node, ast.Call):
        called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        if called in UNREAD_CALLS and not (called == "text" and isinstance(node.func, ast.Attribute)):
            return  # a card's text is read by people, SQL's text is not
        yield from _texts(node.func, read=False)
        for argument in node.args:
            yield from _texts(argument, read=False)
        for keyword in node.keywords:
            yield from _texts(keyword.value, read=keyword.arg in READ_WORDS)
        return
    if isinstance(node, ast.AnnAssign):
        if node.value is not None:
            yield from _texts(node.value, read=False)
        return
    for child in ast.iter_child_nodes(node):
        yield from _texts(child, read=read)


def _filled(node: ast.AST) -> str | None:
    """Return a text with its gaps filled, or None where the node is none."""
    if isinstance(node, ast.Constant):
        return node.value if isinstance(node.value, str) else None
    if isinstance(node, ast.JoinedStr):
        return "".join(_filled(part) or _example(part) for part in node.values)
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        left, right = _filled(node.left), _filled(node.right)
        return None if left is None or right is None else left + right
    return None


def _example(part: ast.expr) -> str:
    value = part.value if isinstance(part, ast.FormattedValue) else part
    if isinstance(value, ast.Constant):
        return str(value.value)
    names = [
        n.attr if isinstance(n, ast.Attribute) else n.id
        for n in ast.walk(value)
        if isinstance(n, (ast.Attribute, ast.Name))
    ]
    for name in names:
        if name in EXAMPLES:
            return EXAMPLES[name]
    return f"‹{names[0].strip('_').replace('_', ' ')}›" if names else "‹…›"


def _is_sentence(text: str) -> bool:
    """Tell whether a text has two words or more and is neither a pattern, a path, SQL nor a list of names."""
    folded = " ".join(text.split())
    if len(re.findall(r"[A-Za-zÀ-ž’']{2,}", folded)) < 2 or " " not in folded:
        return False
    return not re.search(
        r"\\[bdswS]|\w\|\w|\(\?|^(SELECT|UPDATE|INSERT|DELETE|CREATE|PRAGMA|WITH|BEGIN|ALTER|DROP)\b|=\"|</|^[a-z_]+( [a-z_]+)* ?[=<>(]",
        folded,
    )


def template_texts(source: str) -> Iterator[str]:
    """Yield the text of a Jinja template line by line, its fields filled."""
    source = re.sub(r"{#.*?#}", "", source, flags=re.DOTALL)
    source = re.sub(r"{%.*?%}", "\n", source, flags=re.DOTALL)
    for line in source.splitlines():
        filled = re.sub(r"{{(.*?)}}", lambda field: _field(field[1]), line)
        if filled.strip(" .*_-"):
            yield filled


def _field(expression: str) -> str:
    names = re.findall(r"[A-Za-z_]+", re.sub(r"\|.*", "", expression)) or ["…"]
    return next((EXAMPLES[name] for name in names if name in EXAMPLES), f"‹{names[-1].replace('_', ' ')}›")


def toml_texts(value: object) -> Iterator[str]:
    """Yield every text in a template's settings that has two words or more."""
    if isinstance(value, str) and " " in value.strip():
        yield value
    elif isinstance(value, dict):
        for child in value.values():
            yield from toml_texts(child)
    elif isinstance(value, list):
        for child in value:
            yield from toml_texts(child)


if __name__ == "__main__":
    raise SystemExit(main())
