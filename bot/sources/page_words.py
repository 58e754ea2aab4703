"""The wordings by which lists, references, headings and ends of a report's page are known."""

from __future__ import annotations

import re

REGION = re.compile(
    r"^(?:\d{1,2}[.:)]?\s*|chapter \d+[:.]?\s*|(?:annex|appendix)(?: [a-z\d]{1,3})?\s?[:.–—-]?\s*)?(?:a |full |our )?"
    r"(?:summary (?:of |list of )|list of |summary: )?(?:the )?(?:committee[’']s )?(?:main |key |principal |general |overall |final |"
    r"specific |detailed |full )?"
    r"(?:conclusions?,?(?: and| &)(?: (?:list of|summary of))? recommendations?|recommendations?,?(?: and| &) conclusions?|"
    r"recommendations|conclusions)"
    r"(?: of the (?:report|committee)| (?:addressed |made |directed )?to (?:the )?(?:uk |welsh |scottish )?(?:government|department|"
    r"committee|house|ministers))?:?$",
    re.IGNORECASE,
)
END = re.compile(
    r"^(?:(?:annex|appendix)\b(?!.*(?:recommendation|response)).{0,80}|(?:annex|appendix)\b.{0,60}\b(?:predecessors?|former|previous|"
    r"earlier|our (?:\w+ ){1,2}report|what became)\b.{0,60}|formal minutes|(?:draft )?minutes of proceedings|(?:list of )?"
    r"(?:oral )?witnesses|(?:published |list of )?(?:oral|written|published written) evidence|published written evidence|"
    r"list of (?:committee )?reports\b.*|list of (?:members|abbreviations|printed).*|footnotes?|notes|references|glossary|"
    r"members(?:’|')? (?:interests|and declarations).*|declarations? of interests?.*|"
    r"published:? \d{1,2} [a-z]+ \d{4}.*|site information.*|© .*copyright.*|back to top)$",
    re.IGNORECASE,
)
_ONE = r"\d{1,4}(?:\.\d{1,3})?[A-Za-z]?"
_BESIDE = r"(?:box(?:es)?|tables?|figures?|charts?|annex(?:es)?|appendix|appendices|chapters?)\s*+[\dA-Z]{1,3}"
_NUMBERS = (
    rf"{_ONE}(?>(?:\s*+(?>(?:[-–—−,;&]|\band\b|\bto\b)+)\s*+(?>(?:\band\s++)?)"
    rf"(?:(?:(?:paragraphs?|paras?\.?)\s*+)?{_ONE}|{_BESIDE}))*)"
)
"""Possessive throughout: nothing that was taken is tried in another way, or twenty numbers would be read for hours."""
_KIND = (
    r"(?:(?P<kind>conclusions?|recommendations?|observations?)"
    r"(?:\s*+(?:and|&|/)\s*+(?:conclusions?|recommendations?))?\s*+[,:;–—-]?\s*+)?"
)
_WORD = r"(?:paragraphs?|paras?\.?|pars?\.?|§{1,2}|¶)"
REFERENCE = re.compile(
    rf"(?<!\s)\s*+[(\[]\s*+{_KIND}(?:see (?:also )?)?(?:chapter \d+,?\s*+)?{_WORD}\s*+(?:nos?\.?\s*+)?(?P<in>{_NUMBERS})"
    r"\s*+(?:above|below)?\s*+(?:,?\s*+chapter \d+)?\s*+[)\]]\s*+[.;]?$"
    rf"|(?:^|(?<=[.!?”’\"])\s*+){_WORD}\s*+(?P<bare>{_NUMBERS})\s*+\.?$",
    re.IGNORECASE,
)
GLUED = re.compile(
    rf"([(\[]\s*+{_KIND.replace('?P<kind>', '?:')}{_WORD}\s*+{_NUMBERS}\s*+[)\]]\.?)(?:\d{{1,3}}(?=\s))?\s++"
    r"(?=(?:\d{1,3}\s?[.)]\s?|\d{1,3}\s+|\([a-z]\)\s*|(?:Recommendation|Conclusion)\s+\d+)[A-Z“‘])",
    re.IGNORECASE,
)
NUMBERED = re.compile(r"^(\d{1,3})\s?[.):]\s*(?=[^\s\d.)])")
SPACED = re.compile(r"^(\d{1,3})(?:\s+|(?=[A-Z“‘]))(?=[A-Z“‘\"'(\[])")
LETTERED = re.compile(r"^(?:\(([a-z]{1,2})\)|([a-z]{1,2})\)|([A-Z])[.)]|([a-z])\.)\s*(?=\S)")
ROMAN = re.compile(r"^(?:\(([ivxl]{1,8})\)|([ivxl]{1,8})[.)])\s*(?=\S)", re.IGNORECASE)
NAMED = re.compile(
    r"^(?:(?:recommendation|conclusion|rec)s?\.?\s*+(?:no\.?\s*+|number\s*+)?#?(\d{1,3}[a-z]?|[A-Z])\b|(?-i:(R|C)(\d{1,3}))\b)\s*+[.:)–—-]?\s*+",
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
NOTE_MARK = re.compile(r"(?<=[^\W\d_][,.;:!?”’)\]])(\d{1,3})(?=\s|$)|(?<=[\w,.;:!?”’)])\s?\[(\d{1,3})\]")
CONTENTS_PAGE = re.compile(
    r"(?<!\s)(?<! \.)(?:\s*+(?:\.{3,}+|…++|\.(?>(?: \.){2,}))\s*+(?:page\s*+)?|\s++page\s++)\d{1,3}$", re.IGNORECASE
)
"""The page number at the end of a line of a table of contents."""
LABEL_ALONE = re.compile(
    r"^(?:recommendations?(?: \d{1,3})?|conclusions?(?: \d{1,3})?|conclusions? and recommendations?)\s*:?$",
    re.IGNORECASE,
)
"""A label on a line of its own between an item's conclusion and what it asks."""
LABELLED = re.compile(r"^(?:recommendation|conclusion)s?:\s*(?=\S)", re.IGNORECASE)
OPEN_REFERENCE = re.compile(r"[(\[][^()\[\]]{0,30}\b(?:paragraphs?|paras?\.?)$", re.IGNORECASE)
"""The beginning of a reference whose numbers stand on the next line."""
FURNITURE = re.compile(
    r"^(?:(?>(?:\W*+\b(?:previous|next|contents|home|index|top|back|page|search|site ?map|skip to (?:main )?content|menu|print|share|"
    r"accessibility|enquiries|to|of)\b)+)\W*+|.*\bcommittee\b.{0,80}\breport\b.{0,30}|"
    r"(?:\w+[- ]){0,2}(?:special )?report(?: of session .*)?|"
    r".*\b(?:house of (?:commons|lords)|uk parliament)\b.*|prepared \d.*|©.*|(?:published|ordered).{0,60}\d{4}|"
    r"(?:financial|cost) implications.*|by when\b.*)$",
    re.IGNORECASE,
)
"""Lines of a site or of a page's frame: never the theme of an item."""
_OF_NAVIGATION = frozenset(
    "previous next page contents home house of commons lords parliament uk search enquiries index back to top print email "  # noqa: SIM905
    "share first last up the site information accessibility statement cookie cookies policy privacy help".split()
)
_LEADS_ON = frozenset(
    ("previous", "next", "home", "contents", "information", "accessibility", "cookie", "cookies", "top")
)


def is_navigation(text: str) -> bool:
    """Tell whether a line is only the links of a site: ``Previous Next``, ``House of Lords home page search page``."""
    words = re.findall(r"[^\W\d_]+", text.casefold()) if 3 < len(text) < 200 else []
    return 0 < len(words) <= 30 and set(words) <= _OF_NAVIGATION and (len(words) > 1 and bool(_LEADS_ON & set(words)))


SPEAKS = re.compile(
    r"(?:we|the (?:uk )?government|the (?:department|ministry)|ministers) (?:\w+ )?"
    r"(?:agree|disagree|accept|reject|note|will|have|has|are|is|share|welcome|do(?:es)? not|partially|recogni[sz]e)|"
    r"(?:(?:partially |partly |not )?(?:agreed|accepted|rejected)|noted)\b[.:]",
    re.IGNORECASE,
)
"""How an answer begins, and no recommendation does."""
TAIL = re.compile(
    r"^(?:published:? \d{1,2} [a-z]+ \d{4}.*|prepared \d{1,2} [a-z]+ \d{4}.*|site information.*|accessibility statement.*|"
    r"© .*|isbn[ :][\dx -]+|footer|"
    r"all content is available under.*|is this page useful\?.*|back to top.*|yours (?:sincerely|faithfully|ever|truly)\b.*|"
    r"i am (?:also )?(?:copying|sending a copy of) this letter\b.*|a copy of this letter\b.*)$",
    re.IGNORECASE,
)
"""What stands behind the last words of a page or a letter: never part of an item or an answer."""
GLUED_MARK = re.compile(r"\b[a-z]{4,}\d{1,3}\b")
LINK = re.compile(r"(?:https?://|www\.)\S+", re.IGNORECASE)
GATE = re.compile(
    r"just a moment|enable javascript and cookies|access denied|403 forbidden|you have been blocked|checking your browser|"
    r"verify you are human|request unsuccessful|attention required",
    re.IGNORECASE,
)
RESPONSE = re.compile(
    r"^(?:the )?(?:appendix(?: \w{1,3})?\W+)?(?:the )?(?:uk |scottish |welsh )?(?:government|department)(?:’s|'s)? (?:response|reply|"
    r"responses)$|\b(?:response|reply|responses)\b.{0,60}\b(?:committee|report|recommendations?)\b|"
    r"\breport\b.{0,80}[:–—-]\s*(?:the )?(?:government|departmental)(?:’s|'s)? (?:response|reply)\b|\btreasury minutes?\b",
    re.IGNORECASE,
)
"""What the title or a heading of a Government's response says; "our response to the flood" is said in any chapter."""
ROMAN_VALUES = {"i": 1, "v": 5, "x": 10, "l": 50}


def roman(text: str) -> int | None:
    """Read a Roman number as a list prints it: ``iv`` is 4; None where it is none."""
    letters = text.casefold()
    if not re.fullmatch(r"(?:xl|l?x{0,3})(?:ix|iv|v?i{0,3})", letters) or not letters:
        return None
    values = [ROMAN_VALUES[letter] for letter in letters]
    return sum(-v if any(v < later for later in values[n + 1 : n + 2]) else v for n, v in enumerate(values))


def stated_kind(text: str) -> str:
    """Say what a reference states its item to be: "conclusion", "recommendation", or nothing."""
    found = REFERENCE.search(text[-200:])
    if found is None or not found["kind"]:
        return ""
    return "recommendation" if "recommendation" in found.group().casefold() else found["kind"].casefold().rstrip("s")


def paragraphs(text: str) -> str:
    """Write paragraph numbers as a pack does: ``13``, ``13–15``, ``13, 17``."""
    said = re.sub(rf"(?:\band\s+|[,;&]\s*)?{_BESIDE}", " ", text, flags=re.IGNORECASE)
    said = " ".join(re.sub(r"paragraphs?|paras?\.?", " ", said, flags=re.IGNORECASE).split())
    said = re.sub(r" ?(?:[-–—−]|\bto\b) ?", "–", said, flags=re.IGNORECASE)
    said = re.sub(r" ?(?:[,;&]|\band\b)[ ,;&]*+(?:and\b ?)?", ", ", said, flags=re.IGNORECASE)
    return " ".join(said.split()).strip(" ,–")


def reference(text: str) -> tuple[str, str]:
    """Take the paragraph reference off the end of a text: the text without it, and its numbers (empty: there is none)."""
    tail = text[-200:]
    found = REFERENCE.search(tail)
    if found is None:
        return text, ""
    numbers = found["in"] or found["bare"]
    return text[: len(text) - len(tail) + found.start()].rstrip(), paragraphs(numbers)
