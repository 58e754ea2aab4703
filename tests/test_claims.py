"""Each claim about privacy has a row in docs/claims.md, and each row a test that is there."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from storage.resealing import HASHED, sealed_columns
from storage.schema import metadata, people

ROOT = Path(__file__).parents[1]
CLAIMS = (ROOT / "docs" / "claims.md").read_text(encoding="utf-8")
ROW = re.compile(r"^\| ([PRC]-\d\d) \| (.+?) \| (.+?) \|$", re.MULTILINE)
ROWS = [(name, words, held) for name, words, held in ROW.findall(CLAIMS)]
NO_TEST = "not a claim: "
OF_TABLES = ("table of what is kept", "every row goes with its person")
"""Claims of PRIVACY.md that are no sentences."""
PRIVATE = re.compile(
    r"only you can|only you see|(?:nobody|no one|others?) (?:else )?(?:can|could) (?:see|read)|nobody sees|"
    r"(?:doesn't|does not|don't|never) (?:keep|kept|store|log|show who)|never stored|is not (?:kept|stored|logged)|nothing of it is kept|"
    r"eras(?:e|es|ed)\b|encrypted|won't be told|in memory for|are then forgotten|holds nothing about you|nobody is (?:named|in it)|"
    r"what members do|only this server sees",
    re.IGNORECASE,
)
"""How a sentence speaks that promises something about privacy."""


def sentences(text: str) -> list[str]:
    """Give the sentences of a page in Markdown, without headings and tables."""
    found: list[str] = []
    for block in re.split(r"\n\s*\n|\n(?=- )|\n(?=\|)", text):
        line = re.sub(r"\[([^\]]+)\]\([^)]+\)", r"\1", " ".join(block.split()).removeprefix("- "))
        if line and not line.startswith(("#", "|")):
            found += re.split(r"(?<=[.:;?])\s+(?=[A-Z`/*\[])", line)
    return found


def claims(letter: str) -> list[str]:
    return [words for name, words, _ in ROWS if name.startswith(letter)]


def test_every_sentence_of_the_privacy_page_has_its_claim() -> None:
    said = sentences((ROOT / "PRIVACY.md").read_text(encoding="utf-8"))
    starts = [start for start in claims("P") if start not in OF_TABLES]
    assert not [one for one in said if not one.startswith(tuple(starts))], "a sentence without a row in docs/claims.md"
    assert not [one for one in starts if not any(text.startswith(one) for text in said)], "a row without its sentence"


def test_every_sentence_of_the_readme_about_privacy_has_its_claim() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    said = sentences(readme.split("\n## Privacy\n")[1].split("\n## ")[0])
    assert said
    assert not [one for one in said if not one.startswith(tuple(claims("R")))]
    assert not [one for one in claims("R") if not any(text.startswith(one) for text in said)]


def test_every_sentence_that_people_see_about_privacy_has_its_claim() -> None:
    lines = [
        line
        for line in (ROOT / "docs" / "strings.txt").read_text(encoding="utf-8").splitlines()
        if line.startswith("  ")
    ]
    said = [
        one for line in lines for one in re.split(r"(?<=[.:;?])\s+(?=[A-Z`/*‹])", line.strip()) if PRIVATE.search(one)
    ]
    assert len(said) > 50
    assert not [one for one in said if not any(words in one.casefold() for words in claims("C"))], (
        "a sentence without a row in docs/claims.md"
    )


@pytest.mark.parametrize("row", ROWS, ids=[name for name, _, _ in ROWS])
def test_every_claim_is_held_by_a_test_that_is_there(row: tuple[str, str, str]) -> None:
    _, _, held = row
    if held.startswith(NO_TEST):
        assert len(held) > len(NO_TEST) + 5, "it says why no test shows it"
        return
    assert_there(held)


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
    names = [name for name, _, _ in ROWS]
    assert len(set(names)) == len(names)


def assert_there(held: str) -> None:
    for one in re.findall(r"`([^`]+)`", held) or [held]:
        path, _, name = one.partition("::")
        assert (ROOT / path).is_file(), one
        tree = ast.parse((ROOT / path).read_text(encoding="utf-8"))
        found = {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)}
        assert name in found, one
