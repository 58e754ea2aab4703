"""Whether a draft is of a report that is held already: surely by its publication or paper, else likely by what it shares."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from bot.domain.drafts import DraftReport
from bot.domain.identity import ReportSlug
from bot.domain.paper_names import papers_of, take_name_apart
from bot.domain.report_words import likeness, plain
from bot.domain.reports import Report

ALIKE = 0.8
MOST_COMPARED = 40
_COMMITTEE_WORDS = frozenset("select joint committee on the house of commons lords and for".split())  # noqa: SIM905


@dataclass(frozen=True, slots=True)
class Same:
    """A report that a draft is of. ``why`` is empty where that is sure; else it says what the two share, and is to be asked."""

    slug: ReportSlug
    why: str = ""


def same_report(held: Sequence[Report], draft: DraftReport) -> Same | None:
    """Find the report held that a draft is of, or None.

    A saved page rarely names its paper number: then the title, the committee, the day and the items tell.
    """
    for report in held:
        if draft.publication_id and report.publication_id == draft.publication_id:
            return Same(report.slug)
    papers = papers_of(draft.paper)
    fitting = [r for r in held if papers & papers_of(r.paper) and _of_one_session(r, draft) and _may_be(r, draft)]
    if len(fitting) == 1:
        return Same(fitting[0].slug)
    found = [(shared, report) for report in held if (shared := _shared(report, draft))]
    if not found:
        return None
    shared, report = max(found, key=lambda pair: len(pair[0]))
    return Same(report.slug, _reason(shared))


def folded_title(text: str) -> str:
    """Write a title so that apostrophes, quotes, dashes, capitals and points make no difference."""
    said = re.sub(r"['\"]", "", plain(take_name_apart(text).title)).replace("&", " and ")
    return " ".join(re.sub(r"[^\w\s]", " ", said).split()).removeprefix("the ")


def same_committee(one: str, other: str) -> bool:
    """Tell whether two names are of one committee, however they are written."""
    ours, theirs = _folded_committee(one), _folded_committee(other)
    return bool(ours) and ours == theirs


def _folded_committee(text: str) -> frozenset[str]:
    return frozenset(re.findall(r"\w+", re.sub(r"'", "", plain(text)))) - _COMMITTEE_WORDS


def _title_agrees(report: Report, draft: DraftReport) -> bool | None:
    theirs = folded_title(draft.title)
    if not theirs:
        return None
    ours = {folded_title(report.title), folded_title(report.short_title)}
    return theirs in ours or (len(theirs.split()) > 2 and any(one.startswith(f"{theirs} ") for one in ours))


def _committee_agrees(report: Report, draft: DraftReport) -> bool | None:
    ours, theirs = _folded_committee(report.committee), _folded_committee(draft.committee)
    return ours == theirs if ours and theirs else None


def _day_agrees(report: Report, draft: DraftReport) -> bool | None:
    return None if draft.published_on is None else draft.published_on == report.published_on


def _of_one_session(report: Report, draft: DraftReport) -> bool:
    return not draft.session or not report.session or plain(report.session) == plain(draft.session)


def _may_be(report: Report, draft: DraftReport) -> bool:
    """Tell whether nothing speaks against it: numbers of papers come again in every session."""
    return _committee_agrees(report, draft) is not False or _title_agrees(report, draft) is True


def _shared(report: Report, draft: DraftReport) -> tuple[str, ...]:
    """Name what the two share where that is enough to ask; else nothing."""
    ours, theirs = papers_of(report.paper), papers_of(draft.paper)
    if (ours and theirs and not ours & theirs) or not _of_one_session(report, draft):
        return ()
    title, committee, day = _title_agrees(report, draft), _committee_agrees(report, draft), _day_agrees(report, draft)
    items = _items_alike(report, draft)
    enough = (
        (title is True and (committee is True or day is True or items) and not (committee is False and day is False))
        or (title is True and committee is None and day is None and len(folded_title(draft.title).split()) > 2)
        or (committee is True and day is True and title is None)
        or (items and committee is not False and day is not False)
    )
    said = (
        ("title", title is True),
        ("committee", committee is True),
        ("day", day is True),
        ("wording of its items", items),
    )
    return tuple(name for name, agrees in said if agrees) if enough else ()


def _items_alike(report: Report, draft: DraftReport) -> bool:
    """Tell whether most of the draft's items, at least two, are held with nearly the same words."""
    held = [words for item in report.recommendations for words in item.wordings]
    if not held:
        return False
    exact = {plain(words) for words in held}
    drafts = draft.items[:MOST_COMPARED]
    alike = sum(plain(item.text) in exact for item in drafts)
    if alike * 2 <= len(drafts) and len(drafts) * len(held) <= MOST_COMPARED * MOST_COMPARED:
        alike = sum(any(likeness(item.text, words) >= ALIKE for words in held) for item in drafts)
    return alike >= 2 and alike * 2 > len(drafts)


def _reason(shared: Sequence[str]) -> str:
    listed = shared[0] if len(shared) == 1 else f"{', '.join(shared[:-1])} and {shared[-1]}"
    return f"It has the same {listed}."
