"""What the head of a page says of the whole: title, committee, House, paper, session, day of publication."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from bot.domain.dates.words import MONTHS
from bot.domain.drafts import Doubt
from bot.domain.reports import House
from bot.sources.page_items import is_region
from bot.sources.page_lines import Line, Page
from bot.sources.page_words import ASKS, CONCLUDES, END, NUMBERED, REGION, SPACED, reference

_PAPER = re.compile(
    r"\b(HC|HL)\s?(?:Paper\s)?\s?(\d{1,4})(?:[-–][IVX]+)?\b(?!\s*(?:\(|of) ?(?:of )?session)", re.IGNORECASE
)
_COMMAND = re.compile(r"\b(CP|Cm|Cmnd|Cmd)\s?(\d{1,5})\b")
"""Papers that a department presents: a response has one, a committee's report none."""
_ONLY_PAPER = re.compile(
    r"(?:HC|HL(?: Paper)?|CP|Cm|Cmnd|Cmd)\s?(?:Paper\s)?\d{1,5}(?:[-–][IVX]+)?\b[^.;]{0,30}$", re.IGNORECASE
)
_PRINTED = re.compile(r"\breport(?>(?:\s|,\s)*)of session \d|\breport from session \d", re.IGNORECASE)
_ORDINAL = re.compile(
    r"\b((?:(?:twenty|thirty|forty|fifty|sixty)[- ])?(?:first|second|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth|eleventh|"
    r"twelfth|thirteenth|fourteenth|fifteenth|sixteenth|seventeenth|eighteenth|nineteenth|twentieth|thirtieth|fortieth|fiftieth)|"
    r"\d{1,3}(?:st|nd|rd|th)) ((?:special )?report)\b",
    re.IGNORECASE,
)
_OLD_SITE = re.compile(r"house of (?:commons|lords)\s*[-–—]\s.*\breport$", re.IGNORECASE)
"""The title of a page of the old site: it names the committee and the report's place in its session, not what it is called."""
_LONE_LORDS = re.compile(r"\bHL Paper (\d{1,4})\b", re.IGNORECASE)
_SESSION = re.compile(r"\bSession (?:of )?((?:19|20)\d{2})(?:\s?[-–—/]\s?(\d{2,4}))?\b", re.IGNORECASE)
_DAY = re.compile(
    r"\bPublished(?: on)?:?\s+(?:\w+day,? )?(\d{1,2})(?:st|nd|rd|th)?\s+([A-Za-z]{3,9})\s+(\d{4})", re.IGNORECASE
)
_ENDS = re.compile(
    r"(?<!\s)\s*+(?:[-–—|:]\s*+)?(?:(?:\b\w{1,20} )?(?:special )?report (?:of session [\d–-]+)|contents|conclusions and recommendations|"
    r"house of (?:commons|lords)|uk parliament|parliament\.uk|publications & records)\s*$",
    re.IGNORECASE,
)
HEAD = 80
LONGEST_FURNITURE = 160
MOST_WORDS = 14
_JOINING = frozenset(("and", "of", "the", "for", "on", "in", "to", "&"))
_NOT_OF_A_NAME = frozenset(
    "report reports response reply session government evidence contents parliament house commons lords publications records "  # noqa: SIM905
    "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth fifteenth "
    "sixteenth seventeenth eighteenth nineteenth twentieth thirtieth fortieth fiftieth special hc hl paper inquiry chair "
    "chairman chairwoman clerk".split()
)
"""Words that stand beside a committee's name at the head of a page and are no part of it."""


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of the whole; empty where the pages do not say, or do not agree."""

    title: str = ""
    committee: str = ""
    house: House | None = None
    paper: str = ""
    session: str = ""
    published_on: date | None = None
    doubts: tuple[Doubt, ...] = ()
    ordinal: str = ""


def facts_of(pages: Sequence[Page]) -> Facts:
    """Read the facts that the pages state; where they disagree, say so and take none."""
    doubts: list[Doubt] = []
    tops = [[page.title, _title_in_text(page), *_furniture(page)] for page in pages]
    heads = ["\n".join(top) for top in tops]
    whole = [*heads, *("\n".join(line.text[:400] for line in page.lines[-30:]) for page in pages)]
    printed = "\n".join(t for top in tops for t in top if _ONLY_PAPER.match(t) or _PRINTED.search(t))
    papers = _papers([printed]) or _papers(heads)
    days = {day for text in whole for day in _days(text)}
    sessions = Counter(_session(m) for text in heads for m in _SESSION.finditer(text))
    committees = Counter(name for top in tops for text in top if text[-1:] != "." for name in _committees(text))
    committee = committees.most_common(1)[0][0] if committees else ""
    of_both = committee.startswith("Joint ")
    paper = papers.most_common(1)[0][0] if papers else ""
    if of_both and sorted(name[:2] for name in papers) == ["HC", "HL"]:
        paper = ", ".join(sorted(papers, reverse=True))
    elif len(papers) > 1:
        doubts.append(
            Doubt(
                "the paper number",
                f"the pages name {', '.join(sorted(papers))}; {paper} is named most.",
                "Please check.",
            )
        )
    if len(days) > 1:
        named = ", ".join(f"{d.day} {d:%B %Y}" for d in sorted(days))
        doubts.append(Doubt("the day of publication", f"the pages name {named}.", "Please choose."))
    lords = any("house of lords" in t.casefold() or _LONE_LORDS.search(t) for t in heads)
    commons = any("house of commons" in t.casefold() for t in heads) or paper.startswith("HC")
    house = House.LORDS if lords and not commons else House.COMMONS if commons and not lords else None
    if of_both:
        house = House.JOINT
    return Facts(
        title=_title(pages),
        committee=committee,
        house=house,
        paper=paper,
        session=sessions.most_common(1)[0][0] if sessions else "",
        published_on=days.pop() if len(days) == 1 else None,
        doubts=tuple(doubts),
        ordinal=_ordinal(tops),
    )


def _papers(texts: Sequence[str]) -> Counter[str]:
    """Count the papers that texts name. One that a department presents comes before the reports that it answers."""
    commanded = Counter(f"{m[1]} {m[2]}" for text in texts for m in _COMMAND.finditer(text))
    return commanded or Counter(
        f"{m[1].upper()}{' Paper' if m[1].upper() == 'HL' else ''} {m[2]}" for t in texts for m in _PAPER.finditer(t)
    )


def _ordinal(tops: Sequence[Sequence[str]]) -> str:
    """Give which report of its session it is: beside the session if anywhere, else what a title or heading ends in."""
    lines = [text for top in tops for text in top if len(text) < LONGEST_FURNITURE]
    beside = {m[0] for text in lines if _PRINTED.search(text) for m in _ORDINAL.finditer(text)}
    ends = {m[0] for text in lines for m in _ORDINAL.finditer(text) if m.end() == len(text.rstrip(" ."))}
    for found in (beside, ends):
        said = {one.casefold(): one for one in found}
        if len(said) == 1:
            return " ".join(word.capitalize() if word[0].isalpha() else word for word in said.popitem()[1].split())
    return ""


def _days(text: str) -> Iterable[date]:
    for found in _DAY.finditer(text):
        name = found[2].casefold()
        number = next(
            (n for known, n in MONTHS.items() if known == name or (len(name) >= 3 and known == name[:3])), None
        )
        try:
            yield date(int(found[3]), number or 0, int(found[1]))
        except ValueError:
            continue


def _session(found: re.Match[str]) -> str:
    return f"{found[1]}–{found[2][-2:]}" if found[2] else found[1]


def _furniture(page: Page) -> list[str]:
    """Give the lines above the list that are names and labels. A sentence speaks of other committees, Houses and papers too."""
    found: list[str] = []
    for line in page.lines[:HEAD]:
        text = line.text
        begun = NUMBERED.match(text) or SPACED.match(text) or line.mark[:1].isdigit()
        if (begun and len(text) > LONGEST_FURNITURE) or reference(text)[1]:
            break
        if len(text) > LONGEST_FURNITURE:
            found.append(text[:400] if _is_imprint(text) else "")
        elif is_region(line) and found and not _goes_on_as_contents(page, line):
            break
        elif (text[-1:] != "." or _PRINTED.search(text)) and not (
            begun and (ASKS.search(text) or CONCLUDES.search(text))
        ):
            found.append(text)
    return found


def _is_imprint(text: str) -> bool:
    """Tell whether a long line is one of a page's head run together, and no sentence of the report."""
    return text[-1:] not in ".;:" and ASKS.search(text) is None and CONCLUDES.search(text) is None


def _goes_on_as_contents(page: Page, heading: Line) -> bool:
    """Tell whether a heading of the list is only named there, in a table of contents: other short lines follow at once."""
    place = page.lines.index(heading)
    after = page.lines[place + 1 : place + 4]
    return bool(after) and all(
        len(line.text) < 80 and not line.heading and line.text[-1:] not in ".)" for line in after
    )


def _committees(text: str) -> Iterable[str]:
    """Find names of committees in a line: what is capitalised before the word, and ``on …`` or ``of …`` behind it."""
    words = (_lowered(text) if text.isupper() else text).split()
    for place, word in enumerate(words):
        if word.rstrip(".,:;)|") != "Committee":
            continue
        first = place
        while first and place - first < MOST_WORDS and _is_of_a_name(words[first - 1]):
            first -= 1
        while first < place and words[first] in _JOINING | {"The"}:
            first += 1
        last = place + 1
        if word == "Committee" and words[last : last + 1] in (["on"], ["of"], ["for"]):
            last += 1
            while (
                last < len(words)
                and last - place < MOST_WORDS
                and (_is_of_a_name(words[last]) or (words[last].rstrip(",.;") == "Records" and last > place + 2))
            ):
                last += 1
                if words[last - 1][-1] in ".;)":
                    break
            while words[last - 1] in _JOINING and last > place + 1:
                last -= 1
        name = " ".join(words[first:last]).strip(".,:;)(|")
        if 2 <= len(name.split()) <= MOST_WORDS:
            yield name


def _is_of_a_name(word: str) -> bool:
    bare = word.rstrip(",")
    if bare in _JOINING:
        return True
    return (
        bare.lstrip("(")[:1].isupper()
        and re.sub(r"[’'()-]", "", bare).isalpha()
        and bare.casefold().split("-")[-1] not in _NOT_OF_A_NAME
    )


def _lowered(text: str) -> str:
    return " ".join(w.casefold() if w.casefold() in _JOINING else w.capitalize() for w in text.split())


def _is_name_of_file(title: str) -> bool:
    stem, _, kind = title.rpartition(".")
    return kind in ("htm", "html") and bool(stem) and all(c.isalnum() or c in "_-" for c in stem)


def _whole_title(title: str, pages: Sequence[Page]) -> str:
    """Give a title with the part behind its colon, where the page prints it whole and the file states only the first."""
    if not title or ":" in title:
        return title
    begun = f"{title.strip()}: "
    found = {line.text for page in pages for line in page.lines[:12] if line.text.startswith(begun)}
    whole = found.pop() if len(found) == 1 else title
    return whole if len(whole) <= LONGEST_FURNITURE and whole[-1:] not in ".;:" else title


def _title(pages: Sequence[Page]) -> str:
    """Give the title: what a first line says before "Contents", the first heading, or what the file states."""
    for page in pages:
        for line in page.lines[:6]:
            if line.text.endswith(" Contents") and len(line.text) < 300:
                return re.sub(
                    r"^(?:[\w()’',-]+ ){1,12}Committee\s[-–—|]\s", "", line.text.removesuffix(" Contents")
                ).strip()
    said = [line.text for page in pages for line in page.lines[:40] if line.heading == 1] + [
        page.title for page in pages if not _OLD_SITE.match(page.title)
    ]
    for text in said:
        if any(one.match(text) for one in (REGION, END, NUMBERED, SPACED)):  # a list, what ends it, a chapter
            continue
        title = _whole_title(text, pages)
        while _ENDS.search(title):
            title = _ENDS.sub("", title)
        parts = [
            part
            for part in re.split(r"(?<!\s)\s++[|–—-]\s+", title)
            if not re.search(r"^[^:]*(?<!the )(?<!to the )Committee$|Parliament$|^Report$|^GOV\.UK$", part)
            or ": " in part
        ]
        title = " – ".join(parts).strip(" -–|:")
        if title and REGION.match(title) is None and len(title) < 300 and not _is_name_of_file(title):
            return title
    return next(filter(None, map(_title_in_text, pages)), "")


_SAYS_RESPONSE = re.compile(
    r"\b(?:government|departmental|department’s|government’s) (?:response|reply)\b|^(?:reply|response) to\b|\btreasury minutes?\b",
    re.IGNORECASE,
)


def _title_in_text(page: Page) -> str:
    """Give the title of a response that was pasted as plain text: its first lines, put together where it is printed over several."""
    head = page.lines[:6]
    if any(line.heading for line in page.lines[:40]):
        return ""
    blocks: list[str] = []
    for line in head:
        if line.gap or not blocks:
            blocks.append(line.text)
        else:
            blocks[-1] = f"{blocks[-1]} {line.text}"
    said = blocks[0] if blocks else ""
    if len(said) < 40 and len(blocks) > 1 and _SAYS_RESPONSE.search(said) and _SAYS_RESPONSE.search(blocks[1]):
        said = f"{said} {blocks[1]}"
    fits = len(said) <= LONGEST_FURNITURE and said[-1:] not in ".;:," and ASKS.search(said) is None
    return said if fits and _SAYS_RESPONSE.search(said) and NUMBERED.match(said) is None else ""
