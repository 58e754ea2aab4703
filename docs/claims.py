"""Write down, for docs/claims.md, each sentence about privacy as it stands now: run it after you have read what changed against its test.

`python docs/claims.py` writes the fingerprint of each sentence of PRIVACY.md and the README into its row, and every sentence that people
see into claims-seen.txt. `tests/test_claims.py` fails where a sentence is another one than was written down: a claim that was altered is
a new claim, whatever words it still has.
"""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

DOCS = Path(__file__).resolve().parent
SEEN = DOCS / "claims-seen.txt"
ROW = re.compile(r"^\| ([PRC]-\d\d) \| (.+?) \| (?:`([0-9a-f]{8}|table)` \| )?(.+?) \|$", re.MULTILINE)
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


def said_by(letter: str) -> list[str]:
    """Give the sentences that rows with this letter are about: of PRIVACY.md, or of the README's part on privacy."""
    if letter == "P":
        return sentences((DOCS.parent / "PRIVACY.md").read_text(encoding="utf-8"))
    readme = (DOCS.parent / "README.md").read_text(encoding="utf-8")
    return sentences(readme.split("\n## Privacy\n")[1].split("\n## ")[0])


def fingerprint(sentence: str) -> str:
    """Tell one sentence from any other."""
    return hashlib.sha256(sentence.encode()).hexdigest()[:8]


def seen_now() -> list[str]:
    """Give every sentence that people see and that promises something about privacy, in order, each once."""
    lines = (DOCS / "strings.txt").read_text(encoding="utf-8").splitlines()
    shown = (line.strip() for line in lines if line.startswith("  "))
    found = (one for line in shown for one in re.split(r"(?<=[.:;?])\s+(?=[A-Z`/*‹])", line))
    return sorted({one for one in found if PRIVATE.search(one)})


def with_fingerprints(page: str) -> str:
    """Give docs/claims.md with the fingerprint of each sentence as it stands."""

    def row(found: re.Match[str]) -> str:
        name, starts, _, held = found.groups()
        if name.startswith("C"):
            return found[0]
        one = next((sentence for sentence in said_by(name[0]) if sentence.startswith(starts)), None)
        return f"| {name} | {starts} | `{fingerprint(one) if one is not None else 'table'}` | {held} |"

    return ROW.sub(row, page)


if __name__ == "__main__":
    claims = DOCS / "claims.md"
    claims.write_text(with_fingerprints(claims.read_text(encoding="utf-8")), encoding="utf-8")
    SEEN.write_text("\n".join(seen_now()) + "\n", encoding="utf-8")
