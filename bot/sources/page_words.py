"""The wordings by which lists, references, headings and ends of a report's page are known."""

from __future__ import annotations

import re

REGION = re.compile(
    r"^(?:\d{1,2}[.:)]?\s*|chapter \d+[:.]?\s*|annex(?: [a-z\d]+)?[:.]?\s*)?(?:a |full |our )?(?:summary of |list of |summary list of )?"
    r"(?:the )?(?:committee[’']s )?(?:main |key |principal )?"
    r"(?:conclusions?(?: and| &)(?: list of)? recommendations?|recommendations?(?: and| &) conclusions?|recommendations|conclusions)"
    r"(?: of the (?:report|committee))?:?$",
    re.IGNORECASE,
)
END = re.compile(
    r"^(?:(?:annex|appendix)\b(?!.*(?:recommendation|response)).{0,80}|formal minutes|(?:draft )?minutes of proceedings|(?:list of )?"
    r"(?:oral )?witnesses|(?:published |list of )?(?:oral|written|published written) evidence|published written evidence|"
    r"list of (?:committee )?reports\b.*|list of (?:members|abbreviations|printed).*|footnotes?|notes|references|glossary|"
    r"members(?:’|')? (?:interests|and declarations).*|declarations? of interests?.*|"
    r"published:? \d{1,2} [a-z]+ \d{4}.*|site information.*|© .*copyright.*|back to top)$",
    re.IGNORECASE,
)
_NUMBERS = (
    r"\d{1,4}[A-Za-z]?(?:\s*+(?:[-–—−,;&]|\band\b|\bto\b)++\s*+(?:(?:paragraphs?|paras?\.?)\s*+)?\d{1,4}[A-Za-z]?)*+"
)
"""Possessive throughout: nothing that was taken is tried in another way, or twenty numbers would be read for hours."""
_WORD = r"(?:paragraphs?|paras?\.?|pars?\.?|§{1,2}|¶)"
REFERENCE = re.compile(
    rf"(?<!\s)\s*+[(\[]\s*(?:chapter \d+,?\s*)?{_WORD}\s*(?:nos?\.?\s*)?(?P<in>{_NUMBERS})\s*(?:,?\s*chapter \d+)?\s*[)\]]\s*[.;]?$"
    rf"|(?:^|(?<=[.!?”’\"])\s*){_WORD}\s*(?P<bare>{_NUMBERS})\s*\.?$",
    re.IGNORECASE,
)
GLUED = re.compile(
    rf"([(\[]\s*{_WORD}\s*{_NUMBERS}\s*[)\]]\.?)(?:\d{{1,3}}(?=\s))?\s+"
    r"(?=(?:\d{1,3}\s?[.)]\s?|\d{1,3}\s+|\([a-z]\)\s*|(?:Recommendation|Conclusion)\s+\d+)[A-Z“‘])",
    re.IGNORECASE,
)
NUMBERED = re.compile(r"^(\d{1,3})\s?[.):]\s*(?=[^\s\d.)])")
SPACED = re.compile(r"^(\d{1,3})(?:\s+|(?=[A-Z“‘]))(?=[A-Z“‘\"'(\[])")
LETTERED = re.compile(r"^(?:\(([a-z]{1,2})\)|([a-z]{1,2})\)|([A-Z])[.)]|([a-z])\.)\s*(?=\S)")
NAMED = re.compile(
    r"^(?:(?:recommendation|conclusion|rec)s?\.?\s*(?:no\.?\s*|number\s*)?#?(\d{1,3}[a-z]?|[A-Z])\b|R(\d{1,3})\b)\s*[.:)–—-]?\s*",
    re.IGNORECASE,
)
ASKS = re.compile(
    r"\brecommend(?:s|ed|ation|ations)?\b|\bshould\b|\bmust\b|\bought to\b|\burges?\b|\bcalls? (?:on|upon|for)\b|\basks? (?:the|that)\b",
    re.IGNORECASE,
)
PLAINLY_ASKS = re.compile(
    r"\b(?:we|the committee|committee therefore) (?:\w+ ){0,2}(?:recommends?|urges?|asks?|calls? (?:on|upon|for))\b"
    r"|\brecommends? that\b|\b(?:government|department|ministers?|secretary|office|treasury|ministry|(?-i:[A-Z]{2,6})) (?:\w+ )?"
    r"(?:should|must|ought to)\b",
    re.IGNORECASE,
)
CONCLUDES = re.compile(
    r"\bwe (?:\w+ )?(?:conclude|welcome|note|commend|believe|regret|agree|consider|recogni[sz]e|acknowledge|find|found|heard|are|were|"
    r"share|accept|applaud|support|thank)\b|\bit is (?:clear|disappointing|regrettable|welcome)\b|\bin our view\b",
    re.IGNORECASE,
)
BULLETED = re.compile(r"^(?:[•●▪◦‣·*–—-]|o(?=\s+[A-Za-z]))\s*(?=\S)")
SUBLIST = re.compile(r"^(?:\(?(?:[a-z]|[ivx]{1,5})\)|\d{1,2}[.)])\s+(?=\S)", re.IGNORECASE)
NOTE_MARK = re.compile(r"(?<=[^\W\d_][,.;:!?”’)\]])(\d{1,3})(?=\s|$)")
GLUED_MARK = re.compile(r"\b[a-z]{4,}\d{1,3}\b")
LINK = re.compile(r"(?:https?://|www\.)\S+", re.IGNORECASE)
GATE = re.compile(
    r"just a moment|enable javascript and cookies|access denied|403 forbidden|you have been blocked|checking your browser|"
    r"verify you are human|request unsuccessful|attention required",
    re.IGNORECASE,
)
RESPONSE = re.compile(
    r"government(?:’s|'s)? (?:response|reply|responses)\b|response to the committee|(?:special report|response from the government)",
    re.IGNORECASE,
)


def paragraphs(text: str) -> str:
    """Write paragraph numbers as a pack does: ``13``, ``13–15``, ``13, 17``."""
    said = re.sub(r"paragraphs?|paras?\.?", " ", text, flags=re.IGNORECASE)
    said = re.sub(r"\s*(?:[-–—−]|\bto\b)\s*", "–", said, flags=re.IGNORECASE)
    said = re.sub(r"\s*(?:[,;&]|\band\b)[\s,;&]*(?:and\b\s*)?", ", ", said, flags=re.IGNORECASE)
    return " ".join(said.split()).strip(" ,–")


def reference(text: str) -> tuple[str, str]:
    """Take the paragraph reference off the end of a text: the text without it, and its numbers (empty: there is none)."""
    tail = text[-200:]
    found = REFERENCE.search(tail)
    if found is None:
        return text, ""
    numbers = found["in"] or found["bare"]
    return text[: len(text) - len(tail) + found.start()].rstrip(), paragraphs(numbers)
