"""A writer's own earlier letter, handed back to begin the next one: its day and one sentence are taken, nothing else."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date

from bot.domain.dates.words import MONTHS
from bot.domain.errors import Refused
from bot.domain.letter_checks import without_personal
from bot.domain.own_words import count_words
from bot.domain.plain_text import without_invisible_signs
from bot.domain.reports import long_date

MOST_BYTES = 1024 * 1024
"""Bytes of a file that is taken: a letter with a picture in its head fits."""
MOST_TEXT = 60_000
"""Characters that are looked at: a letter has some two thousand."""
MOST_QUOTED = 45
"""Words of the sentence that are quoted; a longer one is cut, and says so."""
MOST_SIGNS = 320
FEWEST_WORDS = 4
_ASKS = ("?", "？", "؟")
HINT = "Give your own letter as a text file, a Word document, a PDF or a saved email; or type the sentence yourself."


@dataclass(frozen=True, slots=True)
class OwnLetter:
    """What is taken from a writer's earlier letter: one sentence, and the day it was written where it says one."""

    sentence: str = field(repr=False)
    written_on: date | None = None

    def quotation(self, today: date) -> str:
        """Say when the writer wrote what, for the next letter. A day that is still to come is left out."""
        dated = self.written_on is not None and self.written_on <= today
        when = (
            f"On {long_date(self.written_on)} I wrote to you" if dated and self.written_on else "I wrote to you before"
        )
        return f"{when}: “{self.sentence}”"


def taken_from(text: str, sent_on: date | None = None) -> OwnLetter:
    """Take the day and one sentence from a letter's text. ``sent_on`` is the day a mail says of itself. Refused: no sentence."""
    lines = [" ".join(line.split()) for line in without_invisible_signs(text[:MOST_TEXT]).splitlines()]
    begin = next((place for place, line in enumerate(lines) if _DEAR.match(line)), -1)
    end = next((n for n, line in enumerate(lines) if n > begin and _ends_letter(line, lines[n - 1])), len(lines))
    sentences = _sentences(lines[begin + 1 : end])
    if _is_reply(lines[begin] if begin >= 0 else "", sentences, lines[end + 1 : end + 6]):
        raise reply_refused()
    sentence = _telling([one for one in sentences if without_personal(one) == one])
    if not sentence:
        raise Refused("Postbag found no sentence in that file.", HINT)
    return OwnLetter(sentence, sent_on or _day_in(lines[: begin + 1] if begin >= 0 else lines[:12]))


def reply_refused() -> Refused:
    """Say that a letter is an MP's reply: quoted as the writer's own, it would put words into their mouth."""
    return Refused("That looks like a reply from an MP, not a letter of yours.", HINT)


def _ends_letter(line: str, before: str) -> bool:
    """Tell whether a line ends a letter. The last word of a sentence that a mail program wrapped ("did their / best.") does not."""
    return bool(_CLOSE.match(line)) and not (line[:1].islower() and before[-1:].isalnum())


def _is_reply(salutation: str, sentences: list[str], signed: list[str]) -> bool:
    first = sentences[0] if sentences else ""
    by_member = any(_MEMBER.search(line) for line in signed)
    return bool(
        _TO_CONSTITUENT.match(salutation) or _THANKED.match(first) or (by_member and _THANKED_FOR_LETTER.match(first))
    )


def _sentences(lines: list[str]) -> list[str]:
    paragraphs, held = list[str](), list[str]()
    for line in [*lines, ""]:
        if line.startswith(">") or _CARRIED.match(line):
            break  # what follows is somebody else's mail
        if line:
            held.append(line)
        elif held:
            paragraphs.append(" ".join(held))
            held = []
    if held:
        paragraphs.append(" ".join(held))
    found = [one.strip() for paragraph in paragraphs for one in _BETWEEN.split(paragraph)]
    return [one for one in found if count_words(one) >= FEWEST_WORDS]


def _telling(sentences: list[str]) -> str:
    """Choose the sentence that says what was asked: the last polite question, else the last request, question or sentence."""
    polite = [one for one in sentences if one.endswith(_ASKS) and _POLITE.search(one)]
    requests = [one for one in sentences if _REQUEST.search(one)]
    questions = [one for one in sentences if one.endswith(_ASKS)]
    chosen = next((some[-1] for some in (polite, requests, questions) if some), sentences[0] if sentences else "")
    words = chosen.split()
    kept = " ".join(words[:MOST_QUOTED]).rstrip(",;:") + " …" if len(words) > MOST_QUOTED else chosen
    if len(kept) > MOST_SIGNS:  # scripts without spaces
        kept = kept[:MOST_SIGNS].rstrip() + " …"
    return kept.replace("“", "‘").replace("”", "’").replace('"', "’")


def _day_in(lines: list[str]) -> date | None:
    """Find the letter's own date: the last one above the salutation, since an address may hold figures too."""
    for line in reversed(lines):
        for pattern in _DATES:
            found = pattern.search(line)
            if found is not None and (day := _day(found.groupdict())) is not None:
                return day
    return None


def _day(parts: dict[str, str]) -> date | None:
    month = parts["month"].casefold()
    number = int(month) if month.isdecimal() else MONTHS.get(month, MONTHS.get(month[:3], 0))
    try:
        return date(int(parts["year"]), number, int(parts["day"]))
    except ValueError:
        return None


_DEAR = re.compile(r"(?i)dear\b.{1,80}$")
_CLOSE = re.compile(
    r"(?i:(?:yours|kind|kindest|best|warm|warmest|with)\s(?:sincerely|faithfully|truly|ever|regards|wishes|kind|best|thanks)\b)"
    r"|(?i:(?:(?:many|kind|best|warm|with|in|all)\s){0,4}(?:thanks|thank you|thx|regards|best|cheers|yours|sincerely|faithfully|"
    r"respectfully|gratefully|warmly|wishes|all the best|diolch)(?:\s(?:again|very much|so much|in advance|in anticipation))?"
    r"\s?[,.!–—-]*\s?(?:and regards,?\s?|from\s)?)(?:[^\W\d_a-z][\w.'’-]{0,30}\s?){0,3}$"
    r"|(?i:sent from my \w)|--$"
)
"""A line that ends a letter: what stands below it is a name, an address or a mail program's own words."""
_TO_CONSTITUENT = re.compile(r"(?i)dear\s(?:constituents?|residents?)\b")
_THANKED = re.compile(
    r"(?i)(?:many thanks|thank you|thanks)(?: (?:very|so) much)? for (?:contacting|writing to|emailing|e-mailing|getting in touch with)"
    r"(?: me| my office)?\b|(?i:many thanks|thank you|thanks)(?: (?:very|so) much)? for (?:getting in touch|taking the time)\b"
)
_THANKED_FOR_LETTER = re.compile(
    r"(?i)(?:many thanks|thank you|thanks)(?: (?:very|so) much)? for your (?:\w+ )?(?:letter|e-?mail|message|correspondence)\b"
)
_MEMBER = re.compile(r"\bMP$|(?i:\bmember of parliament\b)")
_CARRIED = re.compile(r"(?i)(?:(?<!-)-{3,}+\s?(?:original|forwarded)|on\s.{4,80}\swrote:$)")
_BETWEEN = re.compile(
    r"(?<=[.?!؟。？！])(?<!\bMr\.)(?<!\bMs\.)(?<!\bDr\.)(?<!\bSt\.)(?<!\bMrs\.)(?<!\bRev\.)(?<!\bHon\.)(?<!\bProf\.)"
    r"(?:\s+(?=[^\W\d_a-z]|[“‘\"'])|(?<=[。？！]))"
)
_POLITE = re.compile(r"(?i)\b(?:please|(?:will|would|could|can) you)\b")
_REQUEST = re.compile(r"(?i)\b(?:please|I (?:ask|urge|beg) you|I would like you to|I hope that you will)\b")
_MONTH = (
    r"(?P<month>jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|"
    r"nov(?:ember)?|dec(?:ember)?)"
)
_DATES = (
    re.compile(rf"(?i)\b(?P<day>\d{{1,2}})(?:st|nd|rd|th)?\s(?:of\s)?{_MONTH}\.?,?\s(?P<year>\d{{4}})\b"),
    re.compile(rf"(?i)\b{_MONTH}\.?\s(?P<day>\d{{1,2}})(?:st|nd|rd|th)?,?\s(?P<year>\d{{4}})\b"),
    re.compile(r"\b(?P<year>\d{4})-(?P<month>\d{2})-(?P<day>\d{2})\b"),
    re.compile(r"\b(?P<day>\d{1,2})[/.](?P<month>\d{1,2})[/.](?P<year>\d{4})\b"),
)
