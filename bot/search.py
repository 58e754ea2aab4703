"""The index of recommendations in memory: SQLite FTS5, with typing errors corrected against its own vocabulary."""

from __future__ import annotations

import re
import sqlite3
import unicodedata
import weakref
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from heapq import nsmallest
from itertools import islice

from bot.domain.references import Found, Reference, comparable, covers, is_named, paragraphs_of, read_reference
from bot.domain.reports import Recommendation, Report

SYNONYMS: tuple[tuple[str, ...], ...] = (
    ("uyghur", "uyghurs", "uighur", "uighurs", "uygur", "uigur"),
    ("un", "united nations"),
    ("icc", "international criminal court"),
    ("ilo", "international labour organization", "international labour organisation"),
    ("cerd", "racial discrimination"),
    ("g7", "build back better"),
    ("cctv", "camera", "cameras", "surveillance"),
    ("spying", "spy", "surveillance"),
    ("asylum", "refugee", "refugees", "sanctuary"),
    ("ban", "prohibit", "forbid", "bar", "embargo"),
    ("boycott", "stay away"),
    ("games", "olympics", "olympic"),
    ("clothes", "clothing", "textiles", "cotton"),
    ("slavery", "forced labour", "slave"),
    ("company", "companies", "firm", "firms", "business", "businesses"),
    ("university", "universities", "uni", "academia"),
    ("threats", "threat", "harassment", "intimidation", "safety"),
    ("radio", "broadcast", "bbc"),
    ("court", "courts", "tribunal"),
    ("rejected", "refused", "declined", "not agreed"),
    ("accepted", "agreed"),
    ("fcdo", "foreign office", "foreign commonwealth"),
    ("dcms", "culture media"),
    ("beis", "business energy"),
    ("dit", "international trade"),
    ("hmrc", "revenue customs"),
    ("dwp", "work and pensions"),
    ("dfe", "department for education"),
)
"""Words that mean much the same here. A phrase of several words is matched as a phrase."""

_COMMON = frozenset(
    "a about and any are as at be by did do does for from government had has have how i in is it its me of on or our "  # noqa: SIM905
    "recommendation recommendations report say should that the their them they this to was we were what when where which "
    "who why will with you your".split()
)
_WEIGHTS = "10.0, 6.0, 4.0, 3.0, 1.0"
_CORRECTIONS = 6
_MOST_WORDS = 8
# Each corrected word is compared with the whole vocabulary, and a key stroke waits for it.
_WIDENED = 4
_REMEMBERED = 1000
_RANKED = 3_000
"""Items that one look ranks at most, so that a beginning which fits thousands ("co", "int") never holds the loop."""
_WORD = re.compile(r"\w+")


class RecommendationIndex:
    """Ranks the recommendations of some reports by a person's words. Built whole; built anew when the reports change.

    Everything is in memory: no disk, no network, nothing to wait for.
    """

    def __init__(self, reports: Sequence[Report]) -> None:
        self._items = [Found(report, item) for report in reports for item in report.recommendations]
        self._names = [tuple(map(comparable, f.item.names)) for f in self._items]
        self._database = sqlite3.connect(":memory:", check_same_thread=False)
        self._closing = weakref.finalize(self, self._database.close)
        self._database.execute(
            "CREATE VIRTUAL TABLE items USING fts5(theme, keywords, summary, official, rest, report UNINDEXED, "
            "tokenize='unicode61 remove_diacritics 2', prefix='2 3 4')"
        )
        self._database.executemany(
            "INSERT INTO items(rowid, theme, keywords, summary, official, rest, report) VALUES (?, ?, ?, ?, ?, ?, ?)",
            ((row, *_columns(found), found.report.slug) for row, found in enumerate(self._items)),
        )
        self._database.execute("CREATE VIRTUAL TABLE words USING fts5vocab(items, 'row')")
        self._words: dict[str, int] = dict(self._database.execute("SELECT term, doc FROM words"))
        self._vocabulary = sorted(word for word in self._words if not word.isdigit())
        self._by_length: dict[int, list[str]] = {}
        for word in self._vocabulary:
            self._by_length.setdefault(len(word), []).append(word)
        self._starts: dict[int, list[str]] = {}
        self._corrections: dict[str, list[str]] = {}
        self._synonyms: dict[str, tuple[str, ...]] = {}
        for group in SYNONYMS:
            for word in group:
                others = tuple(w for w in group if w != word)
                self._synonyms[word] = (*self._synonyms.get(word, ()), *others)

    def close(self) -> None:
        """Give the memory back."""
        self._closing()

    def search(
        self, query: str, *, report: str | None = None, limit: int = 25, every: bool = False
    ) -> tuple[Found, ...]:
        """Give the best matches for words, a number, a key or a paragraph, best first.

        ``report``: only within that one. ``every``: only what has every word, typing errors corrected.
        """
        reference = read_reference(query)
        named = self._by_reference(reference, report) if reference is not None else []
        if reference is not None and reference.paragraph is not None:
            return tuple(named[:limit])
        found = named or [self._items[row] for row in self._by_words(query, report, limit, every)]
        return tuple(found[:limit])

    def _by_reference(self, reference: Reference, report: str | None) -> list[Found]:
        wanted = reference.report or report
        held = [
            (found, names)
            for found, names in zip(self._items, self._names, strict=True)
            if wanted is None or found.report.slug == wanted
        ]
        if reference.paragraph is not None:
            paragraph = reference.paragraph
            within = [found for found, _ in held if covers(found.item, paragraph)]
            return sorted(within, key=lambda f: _width(f.item))
        number = reference.number
        exact = [found for found, _ in held if is_named(found.item, number)]
        begun = [
            found
            for found, names in held
            if not is_named(found.item, number) and any(name.startswith(number) for name in names)
        ]
        ours = [
            found
            for found, (key, *_) in held
            if number.isdigit() and key.lstrip("abcdefghijklmnopqrstuvwxyz") == number
        ]
        return list({f.value: f for f in (*exact, *begun, *ours)}.values())

    def _by_words(self, query: str, report: str | None, limit: int, every: bool) -> list[int]:
        tokens = _words(query[:400])[:_MOST_WORDS]
        words = [t for t in tokens if t not in _COMMON] or tokens
        if not words:
            return []
        if len(words) == 1 and len(words[0]) == 1:
            return self._beginning_with(words[0], report, limit)
        meant = [self._alternatives(word) for word in words]
        rows = self._match(" AND ".join(_either(a) for a in meant), report, limit)
        if rows or not self._vocabulary:
            return sorted(rows, key=lambda row: not self._is_called(row, words))
        corrected = [a or self._corrected(word) for word, a in zip(words, meant, strict=True)]
        known = [a for a in corrected if a]
        if every and len(known) < len(words):
            return self._containing(_folded(query).strip(), report, limit)
        if known != meant:
            rows = self._match(" AND ".join(_either(a) for a in known), report, limit)
        if not rows and len(words) > 1 and not every:
            wide = [[*a, *self._corrected(word)] for word, a in zip(words[:_WIDENED], meant[:_WIDENED], strict=True)]
            rows = self._match(" OR ".join(_either(a) for a in (*wide, *meant[_WIDENED:]) if a), report, limit)
        return rows or self._containing(_folded(query).strip(), report, limit)

    def _is_called(self, row: int, words: Sequence[str]) -> bool:
        """Tell whether a theme itself has every word that was typed: that comes before any other word of much the same sense."""
        themes = _words(self._items[row].item.theme)
        return all(any(theme.startswith(word) for theme in themes) for word in words)

    def _alternatives(self, word: str) -> list[str]:
        """List what a word that is spelt right may mean, as FTS5 terms: itself, its endings and its synonyms."""
        terms: list[str] = []
        if word in self._words:
            terms.append(f'"{word}"')
        if len(word) >= 2 and not word.isdigit() and self._begins(word):
            terms.append(f'"{word}"*')
        stem = word[:-1] if word.endswith("s") and len(word) > 3 else ""
        if stem in self._words:
            terms.append(f'"{stem}"')
        terms += [f'"{synonym}"' for synonym in self._synonyms.get(word, ())]
        return terms

    def _corrected(self, word: str) -> list[str]:
        """List what a misspelt word may mean, as FTS5 terms: the nearest known words, or beginnings of words, by edits."""
        if word not in self._corrections:
            if len(self._corrections) >= _REMEMBERED:
                self._corrections.clear()
            self._corrections[word] = self._correct(word)
        return self._corrections[word]

    def _correct(self, word: str) -> list[str]:
        if len(word) < 3 or word.isdigit():
            return []
        from rapidfuzz import process
        from rapidfuzz.distance import OSA

        # Two edits turn most short words into several others (tide, time, side).
        allowed = 1 if len(word) <= 5 else 2
        near: dict[str, tuple[float, int]] = {}
        for length in range(len(word) - allowed, len(word) + allowed + 1):
            for found, distance, _ in process.extract(
                word, self._by_length.get(length, ()), scorer=OSA.distance, score_cutoff=allowed, limit=_CORRECTIONS
            ):
                near[found] = (distance, -self._words[found])
        terms = [f'"{found}"' for found in sorted(near, key=lambda w: near[w])[:_CORRECTIONS]]
        if not terms or len(word) <= 5:
            for start, _, _ in process.extract(
                word, self._beginnings(len(word)), scorer=OSA.distance, score_cutoff=1, limit=_CORRECTIONS
            ):
                terms.append(f'"{start}"*')
        for found in near:
            terms += [f'"{synonym}"' for synonym in self._synonyms.get(found, ())]
        return terms

    def _begins(self, start: str) -> bool:
        """Tell whether a longer known word begins so."""
        place = bisect_right(self._vocabulary, start)
        return place < len(self._vocabulary) and self._vocabulary[place].startswith(start)

    def _beginnings(self, length: int) -> list[str]:
        """List the different first ``length`` letters of the longer known words."""
        if length not in self._starts:
            self._starts[length] = list({w[:length] for w in self._vocabulary if len(w) > length})
        return self._starts[length]

    def _match(self, expression: str, report: str | None, limit: int) -> list[int]:
        """Rank what fits. Where more fits than is ranked, what has the words in its theme or keywords comes first."""
        if not expression:
            return []
        rows, more = self._ranked(expression, report, limit)
        if more:
            named, _ = self._ranked(f"{{theme keywords}} : ({expression})", report, limit)
            rows = list(dict.fromkeys((*named, *rows)))
        return rows[:limit]

    def _ranked(self, expression: str, report: str | None, limit: int) -> tuple[list[int], bool]:
        """Give the best of the first ``_RANKED`` items that fit, and whether there are more."""
        within = "AND report = ?" if report is not None else ""
        parameters = [expression, *([report] if report is not None else []), _RANKED]
        scored = self._database.execute(
            f"SELECT bm25(items, {_WEIGHTS}), rowid FROM items WHERE items MATCH ? {within} LIMIT ?",  # noqa: S608
            parameters,
        ).fetchall()
        return [row for _, row in nsmallest(max(limit, 1), scored)], len(scored) == _RANKED

    def _beginning_with(self, letter: str, report: str | None, limit: int) -> list[int]:
        """List items with a word of their theme that begins with a letter: no ranking is worth its time so early."""
        found = (
            row
            for row, (held, item) in enumerate(self._items)
            if (report is None or held.slug == report) and any(w.startswith(letter) for w in _words(item.theme))
        )
        return list(islice(found, limit))

    def _containing(self, text: str, report: str | None, limit: int) -> list[int]:
        """Find a piece of a text as it stands, for scripts that put no spaces between words."""
        if not text or text.isascii():
            return []
        found: list[int] = []
        for row, (held, item) in enumerate(self._items):
            if (report is None or held.slug == report) and text in _folded(
                " ".join((item.theme, *item.wordings, item.summary))
            ):
                found.append(row)
                if len(found) == limit:
                    break
        return found


def _columns(found: Found) -> Iterable[str]:
    report, item = found
    chapter = report.chapter(item.chapter)
    answer = item.answer
    rest = [report.short_title, report.committee, *item.addressees, answer.status.value, answer.text, item.note]
    rest += [chapter.title] if chapter else []
    rest += [evidence.text for evidence in item.evidence]
    rest += item.subjects
    return (
        item.theme,
        " ".join(item.keywords),
        f"{item.summary} {item.letter_line or ''}".strip(),
        " ".join(item.wordings),
        " ".join(rest),
    )


def _either(terms: Sequence[str]) -> str:
    return f"({' OR '.join(terms)})" if terms else '("")'


def _width(item: Recommendation) -> int:
    span = paragraphs_of(item)
    return span[1] - span[0] if span else 10_000


def _words(text: str) -> list[str]:
    return _WORD.findall(_folded(text))


def _folded(text: str) -> str:
    """Fold case and drop accents, as the index does."""
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return "".join(c for c in decomposed if not unicodedata.combining(c))
