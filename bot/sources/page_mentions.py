"""The recommendations that the sentences of a letter name by number: this committee's own, somebody else's, or no number at all."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from bot.sources.page_answer_parts import labels_in

_NUMBER = r"\d{1,3}[a-z]?"
_MENTION = re.compile(
    rf"\b(?:recommendations?|conclusions?)\s+(?:nos?\.?\s*|number(?:s|ed)?\s+)?"
    rf"(?P<labels>{_NUMBER}\b(?>(?:\s?(?:,|&|and|to|[-–—])\s?(?:and\s)?{_NUMBER}\b)*))",
    re.IGNORECASE,
)
_MEASURED = re.compile(
    r"\s?[-–]?\s?(?:%|(?:(?:or (?:so|more|\d{1,3}|two|three)|calendar|working|full|whole|long|short|sitting|more|further)\s){0,2}"
    r"(?:(?:hour|day|night|week|fortnight|month|quarter|year|decade|generation|time|pound)s?\b|"
    r"(?:per cent|percent|thousand|million|billion)\b)(?P<ago>[’']?\s(?:ago|earlier|before|later|old|since|prior|in advance)\b)?|"
    r"[a-z]{3,12}s (?P<gone>ago|earlier)\b)",
    re.IGNORECASE,
)
"""What shows that a number before it counts something: ``that recommendation 18 months ago``."""
_GOES_ON = re.compile(r",\d{3}\b|\.\d|/\d")
"""What shows that only a part of a number was read."""
_LINKED = re.compile(
    r",?\s(?P<how>of|from|by|in|made (?:by|in)|set out (?:by|in)|contained in|published by)\s(?P<whose>[^.,;:]{0,110})",
    re.IGNORECASE,
)
_OWN = re.compile(
    r"(?:(?:the|this|your|that|its) )?(?:select )?(?:committee(?:[’']s)?|report|inquiry|letter|summary|list)\b"
    r"(?! (?:on|for) (?:\w+ )?standards)"
    r"(?: (?:report|inquiry|letter|list)\b)?|(?:the|these|those|your|its|all) (?:\d|recommendations|"
    r"conclusions|\w+ (?:recommendations|conclusions))|"
    r"(?:which|these|those|course)\b|\d|(?:chapter|part|section|paragraph)\b|(?:full|part|principle|line|light|turn|spirit)\b",
    re.IGNORECASE,
)
_BODY = re.compile(
    r"\b(?:reviews?|reports?|committees?|inquir(?:y|ies)|commission|panel|task ?force|council|board|office|audit|authority|regulator|"
    r"strategy|plan|white paper|green paper|study|court|ombudsman|inspectorate|agency|association|institute|society|university|lord|"
    r"lady|baroness|sir|dame|professor|dr)\b|\b[A-Z]{2,6}\b",
    re.IGNORECASE,
)
_OF_NOBODY_ELSE = re.compile(r"of|by|made by|set out by|published by", re.IGNORECASE)
"""What stands before a body whatever it is called."""
_DATED = re.compile(
    r"\b(?:(?:19|20)\d\d|last|former|previous|predecessor(?:[’']s)?|earlier|first|second|third|fourth|fifth|sixth|seventh|eighth|ninth|"
    r"tenth|other|interim)\b",
    re.IGNORECASE,
)
_BODIES = frozenset({"Review", "Report", "Inquiry", "Commission", "Committee", "Strategy", "Panel", "Taskforce"})
_OURS = re.compile(
    r"(?:(?:^|\b(?:the|this|your) )(?:select )?committee|\b(?:the|this|your) (?:report|inquiry)|\b(?:government|department))$",
    re.IGNORECASE,
)


_NAMED_BODY = re.compile(
    r"\b(?!The |This |Your |Select |Our |Its )[A-Z][\w’'-]{1,30} (?:Review|Inquiry|Commission|Committee|Panel|Taskforce|Strategy|Report)\b"
)
"""A body with a name, which a number near it may be of."""


@dataclass(frozen=True, slots=True)
class Mention:
    """A number that stands behind the word. ``is_own`` False: another body's, or no number of one; None: nobody can tell."""

    labels: tuple[str, ...]
    start: int
    end: int
    is_own: bool | None


def mentions_in(text: str, known_as: str = "") -> list[Mention]:
    """List the recommendations and conclusions that a text names. ``known_as`` holds the committee's name, among other words."""
    found: list[Mention] = []
    for one in _MENTION.finditer(text):
        after = text[one.end() : one.end() + 160]
        labels = labels_in(one["labels"])
        measured = _MEASURED.match(after)
        if measured and (measured["ago"] or measured["gone"]) and len(labels) == 1:
            continue
        if measured or _GOES_ON.match(after) or re.search(r"\d,\d{3}(?!\d)", one["labels"]):
            found.append(Mention(labels, one.start(), one.end(), is_own=False))
        else:
            is_own = _is_own(text[max(0, one.start() - 120) : one.start()], after, known_as, is_loud=one[0].isupper())
            near = f"{text[max(0, one.start() - 45) : one.start()]}{after[:35]}"
            if is_own and any(not _is_known(body[0], known_as) for body in _NAMED_BODY.finditer(near)):
                is_own = None
            found.append(Mention(labels, one.start(), one.end(), is_own))
    return found


def _is_own(before: str, after: str, known_as: str, *, is_loud: bool) -> bool | None:
    """Tell whether a number is of the report that is answered. None: perhaps."""
    who = _owner_before(before.split()[-10:], is_loud=is_loud)
    if who:
        if not _OURS.search(who) and not _is_known(who, known_as):
            return False
        if _DATED.search(who):
            return None
    linked = _LINKED.match(after)
    if linked is None:
        return True
    whose = linked["whose"]
    own = _OWN.match(whose)
    if own is not None:
        return None if _DATED.search(whose[:60]) and not own[0][-1:].isdigit() else True
    if _OF_NOBODY_ELSE.fullmatch(linked["how"]) or _BODY.search(whose[:70]):
        return (
            None
            if _DATED.search(whose[:40]) and re.match(r"(?:the|this|your) committee", whose, re.IGNORECASE)
            else (
                _is_known(whose, known_as)
                or (None if re.match(r"(?:your|the committee[’']s|its|this)\b", whose, re.IGNORECASE) else False)
            )
        )
    return True


def _owner_before(words: Sequence[str], *, is_loud: bool) -> str:
    """Say whose the number is that stands behind these words: ``the Harcourt Review’s``, ``PAC``; empty: they don't say."""
    for place in range(len(words) - 1, max(-1, len(words) - 4), -1):
        word = words[place].replace("'", "’")
        if word.endswith(("’s", "s’")):
            return " ".join([*words[max(0, place - 7) : place], word.removesuffix("’s").removesuffix("’")])
    if not words or is_loud or not (words[-1] in _BODIES or (3 <= len(words[-1]) <= 6 and words[-1].isupper())):
        return ""
    return " ".join(words[_name_start(words, len(words) - 1) :])


def _name_start(words: Sequence[str], last: int) -> int:
    """Give where a name begins that ends with one word: the capital letters before it, ``of``, ``for`` and ``and`` between them."""
    first = last
    while first > 0 and (words[first - 1][:1].isupper() or words[first - 1] in {"of", "for", "and", "the"}):
        first -= 1
    return first


def _is_known(whose: str, known_as: str) -> bool:
    """Tell whether a committee that is named in full is the one that is written to."""
    words = whose.replace("'", "’").split()
    last = next((place for place, word in enumerate(words) if word.removesuffix("’s") == "Committee"), -1)
    if last < 0:
        return False
    if last == 1 and f" {whose.casefold()}" in known_as.casefold():
        return True  # the end of its name
    name = " ".join(words[_name_start(words, last) : last + 1]).casefold().removesuffix("’s").removeprefix("the ")
    return name.count(" ") > 0 and name in known_as.casefold()
