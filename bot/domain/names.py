"""How a Member is addressed, read from a name as it is written: titles, honours and letters after it. Nothing is made up."""

from __future__ import annotations

import re

HONOURED = ("sir", "dame")
"""Knights and dames are addressed by their first name."""
PEERS = frozenset(("lord", "lady", "baroness", "baron", "viscount"))
_PLAIN = frozenset(("mr", "mrs", "ms", "miss", "mx"))
_LEARNED = frozenset(("dr", "doctor", "prof", "professor", "revd", "rev", "reverend"))
_RANKS = frozenset(("colonel", "col", "captain", "capt", "major", "brigadier", "commander", "cdr", "general", "gen"))
TITLED = _PLAIN | _LEARNED | _RANKS | PEERS | {"cllr", "councillor"}
_WRITTEN = {"prof": "Professor", "col": "Colonel", "capt": "Captain", "rev": "Revd", "revd": "Revd", "doctor": "Dr"}
_PARTICLES = frozenset(
    ("van", "von", "de", "der", "den", "la", "le", "du", "di", "da", "del", "ap", "ni", "ní", "mac", "ó", "o")
)
_HONOURABLE = frozenset(("hon", "honourable", "honorable"))
_AFTER = frozenset(
    "mp mps msp ms mla kc qc pc cbe obe mbe kbe dbe gbe bem cb kcb dcb gcb cmg kcmg dcmg gcmg ch om kg kt td vr jp dl frs phd qpm dsc dso "  # noqa: SIM905
    "mc frsa fba frcp frcs mrcgp mbbs".split()
)
_NO_FAMILY = frozenset(("", "and", "&", "the", "dear", "rabbi", "fr", "father", "canon"))
"""What stands before a title in a name that is not turned round."""
_YOUNGER = frozenset(("jr", "jnr", "sr", "snr"))
NOBODY = frozenset(
    (
        *("vacant", "vacancy", "vacant seat", "seat vacant", "by-election", "tbc", "tba", "tbd", "to be confirmed"),
        *("to be announced", "to be decided", "n/a", "na", "none", "nobody", "no mp", "no member", "unknown"),
        *("not known", "nil", "null", "empty", "mp", "the mp", "my mp", "your mp", "dear", "noone"),
    )
)
"""What lists write where there is no Member."""
_NOBODY_YET = re.compile(
    r"(?:(?:the |this )?(?:seat |constituency )?(?:is )?(?:currently |now )?(?:vacant|vacancy|unfilled)"
    r"|(?:there(?: i)?s )?(?:currently )?no (?:sitting |current )?(?:mp|member|one)"
    r"|tbc|tba|tbd|to be (?:confirmed|announced|decided|elected|filled|known)"
    r"|(?:none|nobody|no-one|unknown|unfilled|not known|not yet|pending|awaiting|by[- ]?election|mp (?:for|of)))(?![\w-])"
)
"""How a sentence begins that says so in more words: "Vacant (by-election)", "There is no MP"."""
_DEAR = re.compile(r"dear\b[\s:,]*", re.IGNORECASE)
_BRACKETS = re.compile(r"(?<!\s)\s*(?:\([^()]*\)?|\[[^\[\]]*\]?)\s*")


def is_nobody(name: str) -> bool:
    """Tell whether a name says in words or signs that there is nobody."""
    plain = " ".join(re.sub("[.'’]", "", name.casefold()).split())
    bare = plain.strip("[]()*-–—_?/ ")
    words = bare.split()
    while len(words) > 1 and (words[0] in _PLAIN or words[-1] == "mp"):
        words = words[1:] if words[0] in _PLAIN else words[:-1]
    untitled = " ".join(words)
    unsaid = untitled != bare and untitled in ("tbc", "tba", "tbd", "unknown", "vacant", "none")
    return bare in NOBODY or unsaid or bool(_NOBODY_YET.match(bare)) or not any(ch.isalpha() for ch in plain)


def turned_back(name: str) -> str:
    """Give a name of an index in the order in which it is said, letters after it last; any other name as it is."""
    first, *others = [part.strip() for part in name.split(",")]
    after = [part for part in others if part and all(_plain(word) in _AFTER | _YOUNGER for word in part.split())]
    given = " ".join(part for part in others if part and part not in after).split()
    family = first.split()
    if family and not given:
        words = family[_honourable(family) :]
        titles = _LEARNED | _PLAIN | {*HONOURED}
        title = next((place for place, word in enumerate(words) if _plain(word) in titles), 0)
        before = [_plain(word) for word in words[:title]]
        if not title or title == len(words) - 1 or any(_is_title(word) or word in _NO_FAMILY for word in before):
            return name
        family, given = words[:title], words[title:]
    if not family or not given:
        return name
    ends: list[str] = []
    for words in (given, family):
        while len(words) > 1 and _plain(words[-1]) in _AFTER and words[-1].isupper():
            ends.insert(0, words.pop())
    return " ".join([*given, *family, *ends, *after])


def without_brackets(name: str) -> str:
    """Give a name without what stands in brackets, such as a party."""
    return " ".join(_BRACKETS.sub(" ", name).split())


def without_dear(name: str) -> str:
    """Give a name without the "Dear" before it."""
    return _DEAR.sub("", name, count=1).rstrip(" ,") if _DEAR.match(name) else name


def is_title_alone(text: str) -> bool:
    """Tell whether a text is a form of address and no name: "Sir", "Rt Hon Dame"."""
    words = [_plain(word) for word in text.split()]
    return bool(words) and all(_is_title(word) or word in _HONOURABLE | {"the", "rt", "right"} for word in words)


def title_and_name(name: str) -> tuple[str, str]:
    """Part a name into its title and the name alone, without what stands before and after them."""
    titles, rest = _parts(name)
    return " ".join(map(_plain, titles)), " ".join(rest)


def with_capitals(name: str) -> str:
    """Give a name that was typed in small letters alone its capitals; any other as it is."""
    if name != name.lower():
        return name
    return " ".join(_capitalised(word) for word in name.split())


def addressed_as(name: str) -> str:
    """Give what follows "Dear" for a name as it is written: "Sir John" for a knight, "Dr Smith", and a bare name as it is.

    Whether somebody is Mr or Ms is never worked out, nor which of several names is the family's.
    """
    titles, rest = _parts(with_capitals(name))
    if not titles:
        return " ".join(rest)
    plain = [_plain(word) for word in titles]
    leading = next((place for place, word in enumerate(plain) if word in HONOURED), None)
    if leading is not None and plain[0] not in _PLAIN:
        return f"{_titled(titles[leading])} {rest[0]}"
    peer = next((place for place, word in enumerate(plain) if word in PEERS), None)
    if peer is not None and plain[0] not in _PLAIN:
        of = next((place for place, word in enumerate(rest) if place and word.casefold() == "of"), len(rest))
        return " ".join([_titled(titles[peer]), *rest[:of]])
    title = f"{_titled(titles[0])} {titles[1].rstrip('.')}" if plain[0] in ("lt", "lieutenant") else _titled(titles[0])
    if len(rest) == 2:
        return f"{title} {rest[1]}" if _plain(rest[0]) not in _PARTICLES else " ".join([title, *rest])
    if len(rest) > 2 and _plain(rest[1]) in _PARTICLES:
        return " ".join([title, *rest[1:]])
    return " ".join([title, *rest])


def _parts(name: str) -> tuple[list[str], list[str]]:
    """Part a name into the words of its titles and those of the name; a name without a title has none of the first."""
    words = name.replace(",", " ").split()
    words = words[_honourable(words) :]
    while (
        len(words) > 1 and _plain(words[-1]) in _AFTER and (words[-1].isupper() or _plain(words[-1]) in ("phd", "mp"))
    ):
        words = words[:-1]
    start = 1 if len(words) > 2 and _plain(words[0]) == "the" and _plain(words[1]) in {*PEERS, *_LEARNED} else 0
    end = start
    while len(words) - end > 1 and _is_title(_plain(words[end]), _plain(words[end + 1])):
        end += 1
        if len(words) - end > 2 and _plain(words[end]) == "the" and _plain(words[end + 1]) in PEERS:
            words.pop(end)
    return (words[start:end], words[end:]) if end > start else ([], words)


def _honourable(words: list[str]) -> int:
    """Count the words of "The Right Honourable" before a name, however it is shortened."""
    plain = [_plain(word) for word in words]
    the = int(plain[:1] == ["the"])
    right = int(plain[the : the + 1] in (["rt"], ["right"]))
    found = the + right
    if plain[found : found + 1] == ["rthon"] or (found < len(plain) and plain[found] in _HONOURABLE):
        return found + 1 if len(plain) > found + 1 else 0
    return 0


def _is_title(word: str, following: str = "") -> bool:
    return (
        word in TITLED or word in HONOURED or (word in ("lt", "lieutenant") and (not following or following in _RANKS))
    )


def _plain(word: str) -> str:
    return re.sub("[.'’,]", "", word).casefold()


def _titled(word: str) -> str:
    plain = _plain(word)
    if plain in _WRITTEN:
        return _WRITTEN[plain]
    return plain.capitalize() if word.islower() or word.isupper() else word.rstrip(".")


def _capitalised(word: str) -> str:
    if _plain(word) in _AFTER - {"ms"} and len(word) > 1:
        return word.upper()
    if word in _PARTICLES or word in ("of", "the"):
        return word
    return "".join(part.capitalize() for part in re.split("([-'’])", word))
