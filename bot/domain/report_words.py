"""How alike two wordings are, and what differs between them."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable
from difflib import SequenceMatcher
from heapq import nsmallest
from math import log

_WORD = re.compile(r"[a-z0-9]+")
_COMMON = frozenset(
    "a about all also an and any are as at be been being but by can could do does for from further government had has "  # noqa: SIM905
    "have how if in into is it its made make may more must no nor not of on or other our out own recommend recommendation "
    "recommended recommends set should so such take than that the their them then there these they this those through to "
    "under up upon was we were what when where which while who whom whose will with within would".split()
)
_ENDINGS = (
    "ations",
    "ation",
    "ments",
    "ment",
    "ings",
    "ing",
    "ies",
    "ied",
    "ers",
    "ely",
    "es",
    "ed",
    "er",
    "ly",
    "s",
    "e",
)
MOST_WORDS_COMPARED = 4000
MOST_PAIRS_COMPARED = 12_000


def plain(text: str) -> str:
    """Write a text so that two printings of it compare equal: case, spaces, quotes, dashes and soft hyphens aside."""
    folded = unicodedata.normalize("NFKC", text).casefold().replace("\u00ad", "")
    folded = re.sub(r"[‘’‛ʼ`´]", "'", folded)
    folded = re.sub(r"[“”„]", '"', folded)
    return " ".join(re.sub(r"[‐‑‒–—−]", "-", folded).split())


def stems(text: str) -> frozenset[str]:
    """List the words of a text that carry its meaning, cut to their stems."""
    accents_off = "".join(c for c in unicodedata.normalize("NFKD", text.casefold()) if not unicodedata.combining(c))
    return frozenset(_stem(w) for w in _WORD.findall(accents_off) if w not in _COMMON and (len(w) > 2 or w.isdigit()))


def _stem(word: str) -> str:
    for ending in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= 4:
            return word[: -len(ending)]
    return word


class Weights:
    """How telling each stem is among some texts: one that few of them use tells more."""

    def __init__(self, texts: Iterable[str]) -> None:
        sets = [stems(text) for text in texts]
        self._of = Counter(stem for each in sets for stem in each)
        self._texts = len(sets) + 1

    def most_telling(self, said: frozenset[str], most: int) -> frozenset[str]:
        """Keep the stems that tell most, where there are more than can be compared."""
        return said if len(said) <= most else frozenset(nsmallest(most, said, key=lambda stem: (self._of[stem], stem)))

    def weight(self, stem: str) -> float:
        return log(1 + self._texts / (1 + self._of[stem]))

    def covered(self, told: frozenset[str], wording: frozenset[str]) -> float:
        """Give the share, by weight, of what is told that the wording also says: 0 to 1."""
        whole = sum(self.weight(stem) for stem in told)
        return sum(self.weight(stem) for stem in told & wording) / whole if whole else 0.0


def likeness(one: str, other: str) -> float:
    """Give how far two wordings share their stems: 0 nothing, 1 all."""
    a, b = stems(one), stems(other)
    return 2 * len(a & b) / (len(a) + len(b)) if a or b else float(plain(one) == plain(other))


def words_changed(before: str, after: str) -> str:
    """Show what changed between two wordings: ``[-taken out-]`` and ``[+put in+]``, with long equal runs as ``…``."""
    old, new = before.split()[:MOST_WORDS_COMPARED], after.split()[:MOST_WORDS_COMPARED]
    parts: list[str] = []
    for kind, i, j, k, m in _steps(old, new):
        if kind == "equal":
            run = old[i:j]
            parts.append(" ".join(run if len(run) <= 9 else [*run[:4], "…", *run[-4:]]))
            continue
        if j > i:
            parts.append(f"[-{' '.join(old[i:j])}-]")
        if m > k:
            parts.append(f"[+{' '.join(new[k:m])}+]")
    return " ".join(parts)


def _steps(old: list[str], new: list[str]) -> list[tuple[str, int, int, int, int]]:
    """Compare only between what both begin and end with, and not at all where the same words come again too often.

    The comparison looks at every pair of equal words, many times over: a word said a thousand times would cost a minute.
    """
    most = min(len(old), len(new))
    head = next((n for n in range(most) if old[n] != new[n]), most)
    tail = next((n for n in range(most - head) if old[-1 - n] != new[-1 - n]), most - head)
    i, j, k, m = head, len(old) - tail, head, len(new) - tail
    often = Counter(new[k:m])
    steps = [("equal", 0, head, 0, head)] if head else []
    if sum(often[word] for word in old[i:j]) > MOST_PAIRS_COMPARED:
        steps.append(("replace", i, j, k, m))
    else:
        found = SequenceMatcher(None, old[i:j], new[k:m], autojunk=False).get_opcodes()
        steps += [(kind, a + head, b + head, c + head, d + head) for kind, a, b, c, d in found]
    return [*steps, ("equal", j, len(old), m, len(new))] if tail else steps
