"""The line of a row that a letter states: it continues "asked the Government to …" and is read by a stranger to the report."""

from __future__ import annotations

import re

RULE_WORDS, MOST_WORDS = 18, 25
"""Words that a line has as a rule, and at most."""
FEWEST_WORDS = 5
_WORD = re.compile(r"[^\W_][\w’'-]*")
_REFERENCE = re.compile(
    r"\b[A-Z]{1,2}-\d|\b(?:recommendations?|conclusions?|items?|paragraphs?|paras?|chapters?|asks?)\s+\d|\bHC \d|\bHL Paper",
    re.IGNORECASE,
)
_OWNERLESS = frozenset("it they them this these those such he she thereof therein thereby".split())  # noqa: SIM905
_OWNERS = frozenset(("its", "their"))
_NO_VERB = frozenset(
    "a an the that to if when where because and or but of in on for with by from as at is are was were be been not no "  # noqa: SIM905
    "should must shall will would could may might can we our ministers government committee china there".split()
)
_ENDINGS = ("ing", "ed", "tion", "ment", "ly")
_BARE = frozenset(
    ("bring", "embed", "fund", "need", "heed", "speed", "feed", "apply", "rely", "comply", "supply", "implement")
)
_UNSAID = re.compile(r"\b(?:the|this|that|its|an?) (?:ask|recommendation|report|committee|inquiry)\b", re.IGNORECASE)


def line_problems(line: str) -> tuple[str, ...]:
    """Say what is wrong with a letter line, in words its author can act on; empty where nothing is.

    A program sees length and form. Whether a stranger understands the line is for a person to judge.
    """
    words = _WORD.findall(line)
    plain = [word.casefold() for word in words]
    found: list[str] = []
    if len(words) > MOST_WORDS:
        found.append(f"has {len(words)} words; the limit is {MOST_WORDS}, and {RULE_WORDS} is better.")
    if len(words) < FEWEST_WORDS:
        found.append("is too short to be understood: say who or what it is about, and where.")
    if line != line.strip() or "\n" in line or "  " in line:
        found.append("has spaces or line breaks that do not belong there.")
    if line.rstrip().endswith((".", "!", "?", "…", ":", ";", ",")):
        found.append("ends with punctuation; the letter adds the full stop.")
    if plain and (not line[:1].islower() or plain[0] in _NO_VERB or _is_no_bare_verb(plain[0])):
        found.append(f"must follow on from “asked the Government to”: begin with a plain verb, not “{words[0]}”.")
    pronouns = [word for word in plain if word in _OWNERLESS]
    pronouns += [word for word in plain[:4] if word in _OWNERS]
    if pronouns:
        found.append(f"has “{pronouns[0]}”, and a stranger cannot tell what is meant: name it.")
    if _REFERENCE.search(line):
        found.append("names a number or key: say what was asked instead.")
    if _UNSAID.search(line):
        found.append("mentions the report itself: say what was asked instead.")
    if any(mark in line for mark in '“”"«»'):
        found.append("has quotation marks, but the words are ours.")
    return tuple(found)


def _is_no_bare_verb(word: str) -> bool:
    return word.endswith(_ENDINGS) and word not in _BARE
