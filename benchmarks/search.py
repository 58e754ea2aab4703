"""Search by key stroke at 37, 1,000 and 50,000 items, beside plain FTS5 and LIKE.

    python -m benchmarks.search [--quick]

The 37 are the shipped report. The others are made from English words and how often they occur in the help texts that come
with Python, so that the vocabulary has the near neighbours of a real one; each item has a theme of four words and a summary
of twenty-five. A query is two words of one item's theme, in order, spelt right, or with one or both of them misspelt (a
letter dropped, added, changed, or two swapped). Every key stroke of it is timed, from the first letter on; the whole query
counts as found if its item is among the first 5 or 25. All three look in the same texts, in memory, and take 25 at most.
"""

from __future__ import annotations

import argparse
import random
import re
import sqlite3
import string
import sys
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pydoc_data import topics

from benchmarks.figures import percentile, show_machine, show_table
from bot.domain.identity import ItemKey
from bot.domain.reports import Recommendation, Report
from bot.search import RecommendationIndex
from storage.packs import read_pack, shipped_packs

SEED = 20261124
SIZES = (37, 1_000, 50_000)
SPELLINGS = (0, 1, 2)
LARGE = 5_000
"""Items from which fewer queries are made, so that the whole stays short: a third of them, and a tenth for LIKE."""

Search = Callable[[str], list[str]]


@dataclass(frozen=True, slots=True)
class Query:
    """What somebody types, and the key of the item that they mean."""

    text: str
    wanted: str


def made_report(like: Report, size: int, chance: random.Random) -> Report:
    """Make a report of so many items in the shape of a real one."""
    counted = Counter(re.findall(r"[a-z]{4,14}", " ".join(topics.topics.values()).casefold()))
    words = sorted(counted)
    often = [counted[word] for word in words]
    seldom = [times**0.5 for times in often]
    items = []
    for number in range(1, size + 1):
        theme = " ".join(chance.choices(words, seldom, k=4))
        summary = " ".join(chance.choices(words, often, k=25))
        items.append(Recommendation(ItemKey(f"M-{number}"), theme, summary, like.chapters[0].key))
    return replace(like, recommendations=tuple(items))


def queries(report: Report, misspelt: int, wanted: int, chance: random.Random) -> list[Query]:
    """Make queries of two words of a theme, so many of them misspelt."""
    made: list[Query] = []
    while len(made) < wanted:
        item = chance.choice(report.recommendations)
        words = re.findall(r"[^\W\d_]{5,}", item.theme.casefold())
        if len(words) < 2:
            continue
        kept = [words[n] for n in sorted(chance.sample(range(len(words)), 2))]
        for place in chance.sample(range(2), misspelt):
            kept[place] = _misspelt(kept[place], chance)
        made.append(Query(" ".join(kept), item.key))
    return made


def _misspelt(word: str, chance: random.Random) -> str:
    """Make one typing error, never in the first letter."""
    while True:
        at = chance.randrange(1, len(word))
        other = chance.choice(string.ascii_lowercase)
        wrong = chance.choice(
            (
                word[:at] + word[at + 1 :],
                word[:at] + other + word[at:],
                word[:at] + other + word[at + 1 :],
                word[: at - 1] + word[at] + word[at - 1] + word[at + 1 :] if at > 1 else word,
            )
        )
        if wrong != word:
            return wrong


def plain_fts5(report: Report) -> Search:
    """Search with FTS5 alone: every word as the beginning of one."""
    database = _table(report, "CREATE VIRTUAL TABLE items USING fts5(theme, summary, prefix='2 3 4')")

    def search(text: str) -> list[str]:
        expression = " ".join(f'"{word}"*' for word in re.findall(r"\w+", text))
        rows = database.execute("SELECT rowid FROM items WHERE items MATCH ? ORDER BY rank LIMIT 25", (expression,))
        return [report.recommendations[row].key for (row,) in rows]

    return search


def like(report: Report) -> Search:
    """Search with LIKE: every word anywhere in the text."""
    database = _table(report, "CREATE TABLE items(theme TEXT, summary TEXT)")

    def search(text: str) -> list[str]:
        words = re.findall(r"\w+", text)
        where = " AND ".join("theme || ' ' || summary LIKE ?" for _ in words)
        rows = database.execute(f"SELECT rowid FROM items WHERE {where} LIMIT 25", [f"%{word}%" for word in words])
        return [report.recommendations[row].key for (row,) in rows]

    return search


def _table(report: Report, create: str) -> sqlite3.Connection:
    database = sqlite3.connect(":memory:")
    database.execute(create)
    database.executemany(
        "INSERT INTO items(rowid, theme, summary) VALUES (?, ?, ?)",
        (
            (row, i.theme, f"{i.summary} {i.official} {' '.join(i.keywords)}")
            for row, i in enumerate(report.recommendations)
        ),
    )
    return database


def ours(report: Report) -> Search:
    """Search as the bot does."""
    index = RecommendationIndex([report])
    return lambda text: [found.item.key for found in index.search(text)]


def measure(search: Search, asked: Sequence[Query]) -> list[str]:
    """Type every query letter by letter. Gives p50, p99 and the shares found, as a table's cells."""
    took: list[float] = []
    first5 = first25 = 0
    for query in asked:
        found: list[str] = []
        for end in range(1, len(query.text) + 1):
            typed = query.text[:end]
            if typed.endswith(" "):
                continue
            began = time.perf_counter()
            found = search(typed)
            took.append((time.perf_counter() - began) * 1000)
        first5 += query.wanted in found[:5]
        first25 += query.wanted in found
    return [
        f"{percentile(took, 0.5):.2f} / {percentile(took, 0.99):.2f}",
        f"{first5 / len(asked):.2f}",
        f"{first25 / len(asked):.2f}",
    ]


def compare(sizes: Sequence[int], wanted: int) -> None:
    """Print the table for all sizes, spellings and ways."""
    show_machine()
    shipped = read_pack(shipped_packs() / "never-again.toml")
    rows = []
    for size in sizes:
        chance = random.Random(SEED)
        report = shipped if size == len(shipped.recommendations) else made_report(shipped, size, chance)
        for name, make in (("Postbag", ours), ("plain FTS5", plain_fts5), ("LIKE", like)):
            began = time.perf_counter()
            search = make(report)
            built = time.perf_counter() - began
            count = wanted if size < LARGE else wanted // (10 if make is like else 3)
            for misspelt in SPELLINGS:
                asked = queries(report, misspelt, count, random.Random(SEED + misspelt))
                cells = measure(search, asked)
                rows.append([f"{len(report.recommendations):,}", str(misspelt), name, *cells, f"{built:.2f}"])
        print(".", end="", file=sys.stderr, flush=True)
    print(file=sys.stderr)
    show_table(
        "Search, per key stroke",
        ("items", "words misspelt", "what", "p50 / p99 ms", "in first 5", "in first 25", "built in s"),
        sorted(rows, key=lambda row: (int(row[0].replace(",", "")), int(row[1]))),
    )


def main() -> None:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="few queries and no 50,000, to see that it works")
    parser.add_argument("--queries", type=int, default=100)
    asked = parser.parse_args()
    compare(SIZES[:2] if asked.quick else SIZES, 10 if asked.quick else asked.queries)


if __name__ == "__main__":
    main()
