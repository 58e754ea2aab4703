"""How a Member is addressed, read from a name as it is written: titles, honours and letters after it. Nothing is made up."""

from __future__ import annotations

HONOURED = ("sir", "dame")
"""Knights and dames are addressed by their first name."""
TITLED = (
    "mr", "mrs", "ms", "miss", "mx", "dr", "doctor", "professor", "prof", "lord", "lady", "baroness", "baron", "viscount",
    "colonel", "col", "captain", "capt", "major", "brigadier", "reverend", "revd", "rev",
)  # fmt: skip
_WRITTEN = {"prof": "Professor", "col": "Colonel", "capt": "Captain", "rev": "Revd", "doctor": "Dr"}
_PARTICLES = frozenset(
    ("van", "von", "de", "der", "den", "la", "le", "du", "di", "da", "del", "ap", "ni", "ní", "mac", "ó", "o")
)
_RIGHT_HONOURABLE = (
    ("the", "rt", "hon"),
    ("rt", "hon"),
    ("the", "right", "honourable"),
    ("right", "honourable"),
    ("the", "hon"),
)
_AFTER = frozenset(
    "mp mps msp ms mla kc qc pc cbe obe mbe kbe dbe gbe bem cb kcb dcb gcb cmg kcmg dcmg gcmg ch om kg kt td vr jp dl frs phd qpm dsc dso "  # noqa: SIM905
    "mc".split()
)
NOBODY = frozenset(
    (
        *("vacant", "vacancy", "vacant seat", "seat vacant", "by-election", "tbc", "tba", "tbd", "to be confirmed"),
        *("to be announced", "to be decided", "n/a", "na", "none", "nobody", "no mp", "no member", "unknown"),
        *("not known", "nil", "null", "empty"),
    )
)
"""What lists write where there is no Member."""


def is_nobody(name: str) -> bool:
    """Tell whether a name says in words or signs that there is nobody."""
    plain = " ".join(name.casefold().replace(".", "").split())
    return plain.strip("[]()*-–—_?/ ") in NOBODY or not any(ch.isalpha() for ch in plain)


def is_turned_round(name: str) -> bool:
    """Tell whether a name stands as in an index, the family name first: "Example, Ms Amina"."""
    before, comma, after = name.partition(",")
    letters = {word.strip(".").casefold() for word in after.split()}
    return bool(comma and before.strip() and after.strip() and not letters <= _AFTER)


def addressed_as(name: str) -> str:
    """Give what follows "Dear" for a name as it is written: "Sir John" for a knight, "Dr Smith", and a bare name as it is.

    Whether somebody is Mr or Ms is never worked out, nor which of several names is the family's.
    """
    words = name.replace(",", " ").split()
    plain = [word.strip(".").casefold() for word in words]
    for beginning in _RIGHT_HONOURABLE:
        if tuple(plain[: len(beginning)]) == beginning:
            words, plain = words[len(beginning) :], plain[len(beginning) :]
            break
    while len(words) > 1 and plain[-1] in _AFTER and words[-1].isupper() | (plain[-1] in ("phd", "mp")):
        words, plain = words[:-1], plain[:-1]
    if len(words) < 2:
        return " ".join(words)
    if plain[0] in HONOURED:
        return f"{words[0]} {words[1]}"
    if plain[0] not in TITLED:
        return " ".join(words)
    title = _WRITTEN.get(plain[0], words[0].rstrip("."))
    rest = words[1:]
    if len(rest) == 1 or plain[0] in ("lord", "lady", "baroness", "baron", "viscount"):
        return " ".join([title, *rest])
    if len(rest) == 2:
        return f"{title} {rest[1]}" if plain[1] not in _PARTICLES else " ".join([title, *rest])
    if plain[2] in _PARTICLES:
        return " ".join([title, *rest[1:]])
    return " ".join([title, *rest])
