"""Rows for what a draft adds: a report of its own, an item, the chapter it belongs to, the source it was read from."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection
from dataclasses import replace
from datetime import date

from bot.domain.drafts import DraftItem, DraftReport
from bot.domain.errors import Refused
from bot.domain.identity import ItemKey, ReportSlug
from bot.domain.paper_names import short_title, take_name_apart
from bot.domain.references import comparable
from bot.domain.report_words import plain
from bot.domain.reports import Chapter, Confidence, Door, House, Recommendation, Report, Source

LICENCE = "Contains Parliamentary information licensed under the Open Parliament Licence v3.0."
LICENCE_URL = "https://www.parliament.uk/site-information/copyright-parliament/open-parliament-licence/"
MOST_DOORS = 10
MORE = "more"


def report_from(
    draft: DraftReport,
    *,
    as_of: date,
    url: str = "",
    title: str = "",
    committee: str = "",
    published_on: date | None = None,
    slug: str = "",
) -> Report:
    """Make a report of a draft. What the pages don't say must be given.

    Refused: no title, committee, day or address is known, or there are no items; the words say which is missing.
    """
    name = take_name_apart(title or draft.title)
    title, committee = name.title, committee or draft.committee
    published_on, url = published_on or draft.published_on, url or draft.url
    missing = [
        name
        for name, value in (
            ("the title", title),
            ("the committee", committee),
            ("the day it was published", published_on),
            ("the address of its page", url.startswith("https://") and url),
        )
        if not value
    ]
    if not draft.items:
        raise Refused("The draft has no items.", "Read the page with its list of conclusions and recommendations.")
    if missing or published_on is None:
        said = " or ".join(filter(None, (", ".join(missing[:-1]), missing[-1])))
        raise Refused(f"The pages don't say {said}.", "Please fill that in. Postbag doesn't guess.")
    report = Report(
        slug=ReportSlug(slug or slug_of(title)),
        title=title[:300],
        short_title=short_title(title),
        committee=committee,
        house=draft.house or (House.LORDS if draft.paper.startswith("HL") else House.COMMONS),
        paper=draft.paper,
        session=draft.session or name.session,
        published_on=published_on,
        url=url,
        as_of=as_of,
        licence=LICENCE,
        licence_url=LICENCE_URL,
        chapters=(),
        doors=(),
        recommendations=(),
        sources=(Source("report", _cut(f"{committee}: {title}", 80), url),),
        publication_id=draft.publication_id,
        ordinal=draft.ordinal or name.ordinal,
    )
    used: set[str] = set()
    labels = [comparable(item.label) for item in draft.items]
    items = []
    for item, label in zip(draft.items, labels, strict=True):
        report, chapter = with_chapter(report, item, doors=False)
        made = new_item(item, label if labels.count(label) == 1 else "", used, chapter, "report")
        used.add(comparable(made.key))
        items.append(made)
    if 1 < len(report.chapters) <= MOST_DOORS:
        doors = tuple(Door(c.key, _cut(c.title, 60), "", (c.key,)) for c in report.chapters)
        report = replace(report, doors=doors)
    return replace(report, recommendations=tuple(items))


def new_item(draft: DraftItem, label: str, used: Collection[str], chapter: str, source: str) -> Recommendation:
    """Make an item of a draft. ``label`` empty: its number is not to be relied on. ``used`` keys are not given again."""
    stem = draft.label if label else f"P-{draft.paragraphs}" if draft.paragraphs.isdigit() else "P"
    key = stem if label and comparable(stem) not in used else ""
    number = 1
    while not key:
        tried = stem if number == 1 and stem != "P" and not label else f"{stem}-{number}"
        key = tried if comparable(tried) not in used else ""
        number += 1
    return Recommendation(
        key=ItemKey(key),
        theme=_cut(draft.theme or " ".join(draft.text.split()[:6]), 60),
        summary="",
        official=draft.text,
        chapter=chapter,
        paragraphs=draft.paragraphs,
        number=draft.label if label and key == stem else None,
        confidence=Confidence.READ,
        sources=(source,),
    )


def with_chapter(report: Report, draft: DraftItem, *, doors: bool = True) -> tuple[Report, str]:
    """Find the chapter of an item by its paragraph or its heading; add one where the report has none for it."""
    numbers = [] if "." in draft.paragraphs else [int(n) for n in re.findall(r"\d{1,4}", draft.paragraphs)]
    for chapter in report.chapters if numbers else ():
        span = [int(n) for n in re.findall(r"\d{1,4}", chapter.paragraphs)]
        if span and span[0] <= numbers[0] <= span[-1]:
            return report, chapter.key
    for chapter in report.chapters:
        if plain(chapter.title) == plain(draft.theme or "Other"):
            return report, chapter.key
    if not draft.theme and not report.chapters:
        return report, ""
    title = draft.theme or "Other"
    key = _cut_key(title, {c.key for c in report.chapters})
    report = replace(report, chapters=(*report.chapters, Chapter(key, _cut(title, 300))))
    if doors and report.doors:
        kept = [d for d in report.doors if d.key != MORE]
        old = next((d.chapters for d in report.doors if d.key == MORE), ())
        more = Door(MORE, "More of the report", "Items from the official page", (*old, key))
        report = replace(report, doors=(*kept, more))
    return report, key


def with_source(report: Report, draft: DraftReport) -> tuple[Report, str]:
    """Find the source that an imported wording was read from; add one where the report has none at that address."""
    url = draft.url or report.url
    for source in report.sources:
        if source.url == url:
            return report, source.key
    keys = {s.key for s in report.sources}
    key = next(k for k in ("page", *(f"page-{n}" for n in range(2, len(keys) + 3))) if k not in keys)
    title = _cut(f"{report.committee}: {draft.title or report.title}", 80)
    return replace(report, sources=(*report.sources, Source(key, title, url))), key


def slug_of(title: str) -> str:
    """Write a title as a slug: its first words in small letters, at most 40 characters."""
    letters = unicodedata.normalize("NFKD", title.casefold()).encode("ascii", "ignore").decode()
    words = re.findall(r"[a-z0-9]+", letters.replace("'", ""))
    slug = ""
    for word in words:
        if len(slug) + len(word) > 39:
            break
        slug = f"{slug}-{word}" if slug else word
    return slug or "report"


def _cut(text: str, most: int) -> str:
    clean = " ".join(text.split())
    return clean if len(clean) <= most else clean[: most - 1].rstrip() + "…"


def _cut_key(title: str, used: Collection[str]) -> str:
    stem = slug_of(title)[:16].strip("-")
    return next(k for k in (stem, *(f"{stem}-{n}" for n in range(2, len(used) + 3))) if k not in used)
