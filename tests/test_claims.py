"""Each claim about privacy has a row in docs/claims.md, and each row a test that is there."""

from __future__ import annotations

import ast
import functools
import importlib.util
import re
from pathlib import Path
from typing import Any

import pytest

from storage.resealing import HASHED, sealed_columns
from storage.schema import metadata, people

ROOT = Path(__file__).parents[1]


def _written_down() -> Any:
    spec = importlib.util.spec_from_file_location("claims", ROOT / "docs" / "claims.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


written = _written_down()
CLAIMS = (ROOT / "docs" / "claims.md").read_text(encoding="utf-8")
ROWS = [(name, words, sign, held) for name, words, sign, held in written.ROW.findall(CLAIMS)]
NO_TEST = "not a claim: "
OF_TABLES = ("table of what is kept", "every row goes with its person")
"""Claims of PRIVACY.md that are no sentences."""
READ_AGAIN = "read it against the test of its row, then run: python docs/claims.py"


def claims(letter: str) -> list[str]:
    return [words for name, words, _, _ in ROWS if name.startswith(letter)]


def altered(letter: str) -> list[str]:
    """List the claims of a page whose sentence is another one than was written down, and the sentences that have no row."""
    rows = [(words, sign) for name, words, sign, _ in ROWS if name.startswith(letter) and words not in OF_TABLES]
    said = written.said_by(letter)
    signs = {written.fingerprint(one) for one in said}
    changed = [words for words, sign in rows if sign not in signs]
    known = {sign for _, sign in rows}
    return [*changed, *(one for one in said if written.fingerprint(one) not in known)]


@pytest.mark.claim("P-05")
def test_every_sentence_of_the_privacy_page_has_its_claim() -> None:
    assert altered("P") == [], READ_AGAIN


def test_every_sentence_of_the_readme_about_privacy_has_its_claim() -> None:
    assert written.said_by("R")
    assert altered("R") == [], READ_AGAIN


def test_every_sentence_that_people_see_about_privacy_has_its_claim() -> None:
    said = written.seen_now()
    assert len(said) > 40
    assert not [one for one in said if not any(words in one.casefold() for words in claims("C"))], (
        "a sentence without a row in docs/claims.md"
    )
    known = written.SEEN.read_text(encoding="utf-8").splitlines()
    assert [one for one in said if one not in known] == [], READ_AGAIN
    assert [one for one in known if one not in said] == [], READ_AGAIN


def test_a_sentence_that_keeps_its_beginning_and_says_something_else_is_not_the_same_claim() -> None:
    sentence = written.said_by("P")[5]
    assert written.fingerprint(sentence) != written.fingerprint(sentence.replace(".", ", if we can."))
    assert written.with_fingerprints(CLAIMS) == CLAIMS, READ_AGAIN


@pytest.mark.parametrize("row", ROWS, ids=[name for name, _, _, _ in ROWS])
def test_every_claim_is_held_by_a_test_that_names_it(row: tuple[str, str, str, str]) -> None:
    name, _, _, held = row
    if held.startswith(NO_TEST):
        assert len(held) > len(NO_TEST) + 5, "it says why no test shows it"
        return
    assert_there(held)
    for one in re.findall(r"`([^`]+)`", held):
        assert name in marked().get(one, set()), f"{one} is not marked with @pytest.mark.claim for {name}"


def test_no_test_is_marked_with_a_claim_that_it_does_not_hold() -> None:
    rows = {(name, one) for name, _, _, held in ROWS for one in re.findall(r"`([^`]+)`", held)}
    assert sorted({(name, one) for one, names in marked().items() for name in names} - rows) == []


@functools.cache
def marked() -> dict[str, set[str]]:
    """Give the tests that are marked with claims, as `path::name`, each with the ids."""
    found: dict[str, set[str]] = {}
    for path in sorted((ROOT / "tests").rglob("test_*.py")):
        source = path.read_text(encoding="utf-8")
        if "pytest.mark.claim(" not in source:
            continue
        for node in ast.walk(ast.parse(source)):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                for mark in node.decorator_list:
                    if isinstance(mark, ast.Call) and ast.unparse(mark.func) == "pytest.mark.claim":
                        names = {str(arg.value) for arg in mark.args if isinstance(arg, ast.Constant)}
                        found.setdefault(f"{path.relative_to(ROOT)}::{node.name}", set()).update(names)
    return found


def test_every_test_that_the_threat_model_names_is_there() -> None:
    page = (ROOT / "docs" / "threat-model.md").read_text(encoding="utf-8")
    named = re.findall(r"`tests/[^`]+`", page)
    assert len(named) > 25
    for held in named:
        assert_there(held)
    for section in re.split(r"\n## ", page.split("\n## Who may mean harm\n")[1])[0].split("\n### ")[1:]:
        for part in ("**Gets**", "**Does not get**", "`tests/"):
            assert part in section, (section.split("\n")[0], part)


def test_every_column_that_is_readable_without_the_key_is_listed() -> None:
    page = (ROOT / "docs" / "threat-model.md").read_text(encoding="utf-8")
    rows = re.findall(
        r"^\| `(\w+)` \| (.{10,}?) \| ((?:`\w+` ?)+)\|$", page.split("\n## What is readable without")[1], re.MULTILINE
    )
    listed = {(table, column) for table, _, columns in rows for column in re.findall(r"`(\w+)`", columns)}
    hidden = set(re.findall(r"`(\w+)\.(\w+)`", page.split("\nEncrypted, or keyed hashes: ")[1]))
    every = {(table.name, column.name): column for table in metadata.sorted_tables for column in table.columns}
    sealed = {(column.table.name, column.name) for column in (*sealed_columns(), *HASHED, people.c.lookup)}
    assert hidden == sealed
    unlisted, unknown = sorted(every.keys() - hidden - listed), sorted(listed - every.keys())
    assert unlisted == [], "say in docs/threat-model.md what it tells whoever has the disk"
    assert unknown == [], "no such column"


def test_ids_are_given_once() -> None:
    names = [name for name, _, _, _ in ROWS]
    assert len(set(names)) == len(names)


def assert_there(held: str) -> None:
    for one in re.findall(r"`([^`]+)`", held) or [held]:
        path, _, name = one.partition("::")
        assert (ROOT / path).is_file(), one
        tree = ast.parse((ROOT / path).read_text(encoding="utf-8"))
        found = {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)}
        assert name in found, one
