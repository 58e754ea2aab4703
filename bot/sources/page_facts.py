"""What the head of a page says of the whole: title, committee, House, paper, session, day of publication."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from bot.domain.drafts import Doubt
from bot.domain.plain_dates import MONTHS
from bot.domain.reports import House
from bot.sources.page_lines import Page
from bot.sources.page_words import REGION

_PAPER = re.compile(
    r"\b(HC|HL)\s?(?:Paper\s)?\s?(\d{1,4})(?:[-–][IVX]+)?\b(?!\s*(?:\(|of) ?(?:of )?session)", re.IGNORECASE
)
_LONE_LORDS = re.compile(r"\bHL Paper (\d{1,4})\b", re.IGNORECASE)
_SESSION = re.compile(r"\bSession (?:of )?((?:19|20)\d{2})\s?[-–—/]\s?(\d{2,4})\b", re.IGNORECASE)
_DAY = re.compile(
    r"\bPublished(?: on)?:?\s+(?:\w+day,? )?(\d{1,2})(?:st|nd|rd|th)?\s+([A-Za-z]{3,9})\s+(\d{4})", re.IGNORECASE
)
_COMMITTEE = re.compile(
    r"\b((?:Select |Joint |House of Lords |House of Commons )?(?:[A-Z][\w’'-]+,? |and |of the |of |the |for the |for |on |& )*"
    r"[A-Z][\w’'-]+ (?:Select )?Committee(?: on (?:the )?[A-Z][\w’'-]+(?: (?:and |of |the )*[A-Z][\w’'-]+){0,6})?)"
)
_ENDS = re.compile(
    r"\s*(?:[-–—|:]\s*)?(?:(?:\w+ )?(?:special )?report (?:of session [\d–-]+)|contents|conclusions and recommendations|"
    r"house of (?:commons|lords)|uk parliament|parliament\.uk|publications & records)\s*$",
    re.IGNORECASE,
)
HEAD = 80


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


def facts_of(pages: Sequence[Page]) -> Facts:
    """Read the facts that the pages state; where they disagree, say so and take none."""
    doubts: list[Doubt] = []
    heads = ["\n".join([page.title, *(line.text[:400] for line in page.lines[:HEAD])]) for page in pages]
    whole = [*heads, *("\n".join(line.text[:400] for line in page.lines[-30:]) for page in pages)]
    papers = Counter(
        f"{m[1].upper()}{' Paper' if m[1].upper() == 'HL' else ''} {m[2]}" for t in heads for m in _PAPER.finditer(t)
    )
    days = {day for text in whole for day in _days(text)}
    sessions = Counter(_session(m) for text in heads for m in _SESSION.finditer(text))
    paper = papers.most_common(1)[0][0] if papers else ""
    if len(papers) > 1:
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
    committees = Counter(c for text in heads for c in _committees(text))
    lords = any("house of lords" in t.casefold() or _LONE_LORDS.search(t) for t in heads)
    commons = any("house of commons" in t.casefold() for t in heads) or paper.startswith("HC")
    return Facts(
        title=_title(pages),
        committee=committees.most_common(1)[0][0] if committees else "",
        house=House.LORDS if lords and not commons else House.COMMONS if commons and not lords else None,
        paper=paper,
        session=sessions.most_common(1)[0][0] if sessions else "",
        published_on=days.pop() if len(days) == 1 else None,
        doubts=tuple(doubts),
    )


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
    return f"{found[1]}–{found[2][-2:]}"


def _committees(text: str) -> Iterable[str]:
    for found in _COMMITTEE.finditer(text):
        name = re.sub(r"^(?:House of (?:Commons|Lords) |The )+", "", " ".join(found[1].split()), flags=re.IGNORECASE)
        if 2 <= len(name.split()) <= 14:
            yield name


def _title(pages: Sequence[Page]) -> str:
    """Give the title: what a first line says before "Contents", the first heading, or what the file states."""
    for page in pages:
        for line in page.lines[:6]:
            if line.text.endswith(" Contents") and len(line.text) < 300:
                return line.text.removesuffix(" Contents").strip()
    said = [line.text for page in pages for line in page.lines[:40] if line.heading == 1] + [
        page.title for page in pages
    ]
    for text in said:
        title = text
        while _ENDS.search(title):
            title = _ENDS.sub("", title)
        parts = [
            part for part in re.split(r"\s+[|–—-]\s+", title) if not re.search(r"Committee$|Parliament$|^Report$", part)
        ]
        title = " – ".join(parts).strip(" -–|:")
        if title and REGION.match(title) is None and len(title) < 300 and not re.fullmatch(r"[\w-]+\.html?", title):
            return title
    return ""
