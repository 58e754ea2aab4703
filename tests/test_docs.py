"""What the documents say is true: commands, terminal jobs, links, folders."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.terminal_commands import every_command

ROOT = Path(__file__).resolve().parents[1]
DOCUMENTS = sorted(
    path
    for path in ROOT.rglob("*.md")
    if not {"node_modules", ".pytest_cache", "data"} & set(path.relative_to(ROOT).parts)
    and not path.relative_to(ROOT).parts[0].startswith(".venv")
)


def terminal_jobs(command: object, words: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    children = getattr(command, "commands", None)
    if children is None:
        yield words
        return
    for name, child in children.items():
        yield from terminal_jobs(child, (*words, name))


def test_the_readme_names_every_terminal_job() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    rows = [line for line in readme.splitlines() if line.startswith("| `postbag ")]
    jobs = list(terminal_jobs(every_command()))
    assert len(jobs) >= 8
    for job in jobs:
        first, *rest = job
        named = [row for row in rows if row.startswith(f"| `postbag {first}")]
        assert named, f"README: postbag {' '.join(job)}"
        if rest:
            assert any(re.search(rf"[ `]{re.escape(rest[0])}`", row) for row in named), (
                f"README: postbag {' '.join(job)}"
            )


def test_the_readme_names_no_terminal_job_that_is_not_there() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    known = {job[0] for job in terminal_jobs(every_command())}
    assert set(re.findall(r"`postbag ([a-z]+)", readme)) <= known


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda p: str(p.relative_to(ROOT)))
def test_links_within_the_project_lead_somewhere(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    for target in re.findall(r"\]\(([^)#\s]+)\)", text):
        if "://" not in target:
            assert (path.parent / target).exists(), f"{path.name}: {target}"


def test_every_make_target_that_is_named_exists() -> None:
    made = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    for path in DOCUMENTS:
        for target in re.findall(r"`make ([a-z]+)", path.read_text(encoding="utf-8")):
            assert target in made, f"{path.name}: make {target}"


@pytest.mark.parametrize(
    "folder",
    ["bot", "storage", "storage/packs", "templates", "templates/letters", "templates/messages", "tests", "deploy", "benchmarks",
     "bot/rehearsal"],
)  # fmt: skip
def test_a_folder_says_what_lives_there(folder: str) -> None:
    assert (ROOT / folder / "README.md").stat().st_size > 200


def test_no_document_names_a_place_on_somebodys_machine() -> None:
    for path in [*DOCUMENTS, ROOT / "Makefile", ROOT / "config.example.toml", *(ROOT / "deploy").iterdir()]:
        assert not re.search(r"/(home|root|Users|work)/", path.read_text(encoding="utf-8")), path.name


def test_the_jobs_have_help() -> None:
    def check(command: object, words: str) -> None:
        assert getattr(command, "help", None), f"postbag{words} has no help"
        for name, child in getattr(command, "commands", {}).items():
            check(child, f"{words} {name}")

    check(every_command(), "")


def test_every_store_is_named_in_the_readme_of_storage() -> None:
    told = (ROOT / "storage" / "README.md").read_text(encoding="utf-8")
    for path in sorted((ROOT / "storage").glob("*.py")):
        assert path.name == "__init__.py" or f"`{path.name}`" in told, path.name


def test_the_files_on_a_reminders_way_are_there() -> None:
    told = (ROOT / "docs" / "how-a-reminder-travels.md").read_text(encoding="utf-8")
    whole = re.findall(r"`((?:bot|storage|tests)/[a-z_/]+(?:\.py)?)`", told)
    assert len(whole) > 20
    for name in whole:
        assert (ROOT / name).exists(), name
    names = {path.name for folder in ("bot", "storage", "tests") for path in (ROOT / folder).rglob("*.py")}
    assert set(re.findall(r"`([a-z_]+\.py)`", told)) <= names


def test_every_file_that_is_named_on_the_way_of_a_letter_or_a_reminder_exists() -> None:
    """Those pages are followed from file to file: a rename takes the page along."""
    for path in (ROOT / "CONTRIBUTING.md", *(ROOT / "docs").glob("how-*.md")):
        for named in re.findall(
            r"`((?:bot|storage|templates|tests|docs)/[\w/.-]+\.\w+)`", path.read_text(encoding="utf-8")
        ):
            assert (ROOT / named).exists(), f"{path.name}: {named}"


# The log, and the page that explains it


def explained_lines() -> list[str]:
    """List the lines of the log that the operator's page explains."""
    page = (ROOT / "docs" / "operating.md").read_text(encoding="utf-8")
    text = page.partition("## What the log says")[2].partition("\n## ")[0]
    rows = [line.split("|")[1] for line in text.splitlines() if line.startswith("| `")]
    return [line for row in rows for line in re.findall("`([^`]+)`", row)]


def test_every_line_of_the_log_that_the_page_explains_is_written_by_the_program() -> None:
    source = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "bot").rglob("*.py"))
    source += "".join(path.read_text(encoding="utf-8") for path in (ROOT / "storage").rglob("*.py"))
    for line in explained_lines():
        for part in line.split(" … "):
            assert part in source, line


def said_to_the_operator() -> list[tuple[str, str]]:
    """List every line that the program logs for somebody to look at, with its place."""
    found = []
    for file in [*(ROOT / "bot").rglob("*.py"), *(ROOT / "storage").rglob("*.py")]:
        if "rehearsal" in file.parts:
            continue
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Attribute)
                and isinstance(node.func.value, ast.Name)
                and node.func.value.id in ("log", "_log")
                and node.func.attr in ("warning", "error", "critical", "exception", "log")
            ):
                words = node.args[1 if node.func.attr == "log" else 0]
                assert isinstance(words, ast.Constant), file
                found.append((f"{file.name}:{node.lineno}", str(words.value)))
    return found


def explains(line: str, words: str) -> bool:
    at = 0
    for part in line.split(" … "):
        at = words.find(part, at)
        if at < 0:
            return False
    return True


def test_every_line_that_somebody_should_look_at_is_explained() -> None:
    explained = explained_lines()
    missing = [
        f"{place}: {words}"
        for place, words in said_to_the_operator()
        if not any(explains(line, words) for line in explained)
    ]
    assert not missing, "explain it in docs/operating.md, or log it as information: " + "; ".join(missing)
