"""What was typed, in the one form that the grammar reads: lower case, figures for number words, slips mended."""

from __future__ import annotations

import re
import unicodedata

from bot.domain.dates.words import ANY_MONTH, ANY_WEEKDAY, CARDINALS, FIRSTS, MONTHS, NTHS, ONES, TENS, WEEKDAYS

LONGEST = 60
"""Characters of a date; also of what is quoted back where it could not be read."""

_TWO_WORDS = re.compile(rf"\b({'|'.join(TENS)})[ -]({'|'.join((*ONES, *FIRSTS))})\b")
_ONE_WORD = re.compile(rf"\b({'|'.join(sorted((*CARDINALS, *NTHS), key=len, reverse=True))})\b")
_TOMORROW = re.compile(r"t[ou]m{1,2}[oa]r{1,3}[oa]?w{0,2}|tomor?ow|tomrrow|tomorrw|2morrow")
_UNITS_OF_TIME = "h|hrs?|hours?|m|mins?|minutes?|d|days?|w|wks?|weeks?|months?|years?"
_SLIPS_OF = (
    *(name for name in WEEKDAYS if name.endswith("day")),
    *(name for name in MONTHS if len(name) > 5),
    "tomorrow",
)


def fold(text: str) -> str:
    """Write what was typed in the one form that is read: lower case, figures for number words, single spaces, no commas."""
    plain = unicodedata.normalize("NFKC", text).casefold().replace("’", "'")
    plain = re.sub(r"(?<=[0-9]),(?=[0-9]{3}\b)", "", plain)
    plain = re.sub(rf"(?<=[0-9]),(?=[0-9]{{1,2}} ?(?:{_UNITS_OF_TIME})\b)", ".", plain).replace(",", " ")
    plain = plain.replace("–", "-").replace("−", "-")
    plain = re.sub(rf"\b({ANY_MONTH}|{ANY_WEEKDAY})\.", r"\1", plain)
    plain = re.sub(rf"\b([0-9]{{1,2}})({ANY_MONTH})\b", r"\1 \2", plain)
    plain = re.sub(r"(?<=[0-9]) ?/ ?(?=[0-9])", "/", plain)
    plain = re.sub(r"\b(minute|min|hour|day|week|fortnight|month|year)(?:'s|s'|s)? time\b", r"\1s", plain)
    plain = re.sub(r"\b([0-9]{1,3}) ?wks?\b", r"\1 weeks", plain)
    plain = re.sub(r"\b(?:wks?|weekss)\b", "weeks", plain)
    plain = re.sub(r"\b([0-9]{1,4}) ?(?:mos?|mths?)\b", r"\1 months", plain)
    plain = re.sub(r"\b([0-9]{1,4}) ?yrs?\b", r"\1 years", plain)
    plain = re.sub(
        r"\b([0-9]{1,3}) ?(d|w)\b", lambda found: f"{found[1]} {'days' if found[2] == 'd' else 'weeks'}", plain
    )
    return figures(" ".join(_mended(word) for word in plain.split()))


def _mended(word: str) -> str:
    """Write "tommorow", "Firday" and "Febuary" as they are meant, where one name alone is so near."""
    if len(word) < 6 or not word.isalpha() or word in _SLIPS_OF:
        return word
    if _TOMORROW.fullmatch(word):
        return "tomorrow"
    near = [name for name in _SLIPS_OF if abs(len(name) - len(word)) <= 1 and _is_slip(word, name)]
    return near[0] if len(near) == 1 and word != f"{near[0]}s" else word


def _is_slip(word: str, name: str) -> bool:
    """Tell whether one letter is missing, too many, another, or two are the wrong way round."""
    same = next(
        (place for place, (a, b) in enumerate(zip(word, name, strict=False)) if a != b), min(len(word), len(name))
    )
    ours, theirs = word[same:], name[same:]
    return theirs in (ours[1:], ours[1:2] + ours[:1] + ours[2:]) or ours == theirs[1:] or ours[1:] == theirs[1:]


def figures(words: str) -> str:
    """Write number words as figures: ``twenty-fourth of may`` is ``24th of may``, ``seven thirty`` is ``7 30``."""
    words = re.sub(r"\bfirst thing\b", "1thing", words)  # a time of day, not the first of anything
    words = _TWO_WORDS.sub(_together, words)
    return _ONE_WORD.sub(_alone, words).replace("1thing", "first thing")


def _together(found: re.Match[str]) -> str:
    tens, unit = CARDINALS[found[1]], found[2]
    return f"{tens + NTHS[unit]}th" if unit in NTHS else f"{tens + CARDINALS[unit]}"


def _alone(found: re.Match[str]) -> str:
    return f"{NTHS[found[1]]}th" if found[1] in NTHS else f"{CARDINALS[found[1]]}"


def as_typed(text: str) -> str:
    """Quote what could not be read as it was typed, with nothing in it that Discord would draw."""
    shown = "".join(ch for ch in " ".join(text.split())[:LONGEST] if ch.isalnum() or ch in " /.,-':")
    return f"“{shown}”" if shown.strip() else "what was typed"
