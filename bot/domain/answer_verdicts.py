"""The word in which a Government itself says what it makes of a recommendation, where its response states one plainly."""

from __future__ import annotations

import re

from bot.domain.reports import AnswerStatus

_IN_PART = r"(?:in part|partially|partly|in principle|with (?:some )?(?:caveats|reservations|qualifications?))"
_SO_FAR = (
    r"(?>(?:fully |wholly |broadly |largely |also |therefore |partially |partly |does not |do not |cannot |not )*)"
)
_WORD = (
    r"(?:agree[sd]?|accept(?:s|ed)?|reject(?:s|ed)?|disagree[sd]?|note[sd]?|implemented|"
    r"agreement|acceptance|rejection|disagreement)"
)
LABEL = re.compile(
    rf"^(?:(?:the )?(?:uk )?(?:government|department|departmental)(?:’s|'s)? (?:response|position|decision|verdict)\s*[:.–—-]\s*)?"
    rf"(?:{_SO_FAR}{_WORD}(?: {_IN_PART}| in full)?|{_IN_PART} {_WORD})(?: and (?:already )?implemented)?\s*[.:]?$",
    re.IGNORECASE,
)
"""A line that is nothing but the verdict: "Not agreed", "Accept in part", "Government response: Reject"."""
_SENTENCE = re.compile(
    rf"^(?:recommendation \d{{1,3}}[:.]?\s*)?(?:we|the (?:uk |scottish |welsh )?government|hm government|the (?:department|ministry)|"
    rf"ministers?|(?-i:[A-Z]{{2,6}})) (?:has |have )?(?P<verb>{_SO_FAR}{_WORD})(?: (?:to|with))? "
    rf"(?:(?:{_IN_PART}|in full|fully) )?(?:with )?"
    r"(?>(?:both |the committee(?:’s|'s)? |the |this |these |that |part of )*)(?:recommendations?|conclusions?|findings?|points?)\b",
    re.IGNORECASE,
)
_SHORT = re.compile(
    rf"^(?:i|we|the (?:uk |scottish |welsh )?government|hm government|the (?:department|ministry)|ministers?) (?:has |have )?"
    rf"(?P<verb>{_SO_FAR}{_WORD})(?: (?:with )?(?:this|it|both|these))?(?: {_IN_PART}| in full)?\s*(?:[.;:–—]|$)",
    re.IGNORECASE,
)
"""A sentence that ends with the verdict: "The Government agrees.", "We accept this in principle."."""
_DENIES = re.compile(
    r"^(?:i|we|the (?:uk |scottish |welsh )?government|hm government|the (?:department|ministry)|ministers?) "
    r"(?P<verb>(?:does not|do not|cannot) (?:accept|agree)) that\b",
    re.IGNORECASE,
)
"""A refusal of what was said: "The Government does not accept that a further body is needed"."""
_TURNING = re.compile(
    r"^(?:(?:now|next|finally|lastly),? )?(?:on|as to|as for|turning to|with regard to|with respect to|in respect of|in relation to|"
    r"regarding|concerning) (?:your |the committee(?:’s|'s)? |the )?(?:recommendations?|conclusions?) "
    r"\d{1,3}[a-z]?(?>(?:\s?(?:,|&|and|to|–|-)\s?\d{1,3}[a-z]?)*),\s*",
    re.IGNORECASE,
)
"""How a letter turns to what it answers: "On recommendation 1, the Government agrees"."""
LONGEST_LABEL = 80


def is_verdict(line: str) -> bool:
    """Tell whether a line is nothing but a verdict."""
    return len(line) <= LONGEST_LABEL and LABEL.match(line.strip()) is not None


def stated_verdict(text: str) -> AnswerStatus | None:
    """Give the status that the first words of an answer state, or None. It is proposed; a person confirms it."""
    first = _TURNING.sub("", text.strip().split("\n", 1)[0][:400].strip())
    if is_verdict(first):
        return _status(first)
    head = first.split(". ", 1)[0].rstrip(".:")
    if is_verdict(head):
        return _status(head)
    found = _SHORT.match(first) or _SENTENCE.match(first) or _DENIES.match(first)
    if found is None:
        return None
    in_part = re.search(_IN_PART, first[: found.end() + 40], re.IGNORECASE)
    return AnswerStatus.PARTLY_AGREED if in_part and not _is_no(found["verb"]) else _status(found["verb"])


def _is_no(said: str) -> bool:
    return bool(re.search(r"\b(?:not|cannot|reject\w*|disagree\w*)\b", said, re.IGNORECASE))


def _status(said: str) -> AnswerStatus | None:
    if _is_no(said):
        return AnswerStatus.NOT_AGREED
    if re.search(_IN_PART, said, re.IGNORECASE):
        return AnswerStatus.PARTLY_AGREED
    if re.search(r"\bnote", said, re.IGNORECASE):
        return AnswerStatus.NOTED
    return AnswerStatus.AGREED if re.search(r"\b(?:agree|accept)", said, re.IGNORECASE) else None
