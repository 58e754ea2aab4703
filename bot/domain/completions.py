"""A report completed from Parliament's record: what was read of it, laid over whichever version of its pack is held.

Kept is what the record's page says and what a person decided, not the finished report: so a newer pack is completed too,
taking it away leaves the pack as it was, and our own summaries stay ours. Only what is sure is filled in by itself.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, field, replace
from datetime import date

from bot.domain.drafts import DraftItem, DraftReport
from bot.domain.errors import Refused
from bot.domain.identity import GuildId, ItemKey, ReportSlug
from bot.domain.references import comparable
from bot.domain.report_changes import Change, Decision, Fit, Merge, Question
from bot.domain.report_merge import TELLING, propose
from bot.domain.report_words import Weights, likeness, plain, stems
from bot.domain.reports import Recommendation, Report
from bot.domain.staged import Staged, read, write_staged

SAME_ITEM = 0.6
"""From this likeness on an item of the same number is the one that was decided, in words that Parliament mended."""


@dataclass(frozen=True, slots=True)
class Completion:
    """What the record's page of a report says, when it was read, and what a person decided about rows that were not sure."""

    slug: ReportSlug
    draft: DraftReport
    on: date
    decisions: Mapping[ItemKey, Decision] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Completed:
    """A report with what is sure filled in: rows filled, items added as rows, questions open, rows that nothing on the page fits."""

    report: Report
    filled: tuple[ItemKey, ...]
    added: tuple[ItemKey, ...]
    questions: tuple[Question, ...]
    left: tuple[ItemKey, ...]

    @property
    def words(self) -> str:
        """Give the counts in a line."""
        return (
            f"{len(self.filled)} rows filled, {len(self.added)} added, {len(self.questions)} to decide, {len(self.left)} "
            "without an item"
        )


def lacks_words(report: Report) -> bool:
    """Tell whether some row of a report is held without the committee's own words."""
    return any(not item.official and not item.part_of for item in report.recommendations)


def complete(report: Report, completion: Completion) -> Completed:
    """Lay a completion over a report. Refused: it is of another paper, or the decisions contradict each other."""
    merge = propose(report, completion.draft, completion.decisions)
    unsure = {
        change.key: change.place for change in merge.changes if not _is_sure(report, completion, merge, change.key)
    }
    waiting = {c.place for question in merge.questions for c in question.candidates} | set(unsure.values())
    held = {item.key: item for item in report.recommendations}
    made = {c.key: c for c in merge.changes}
    items: list[Recommendation] = []
    filled: list[ItemKey] = []
    added: list[ItemKey] = []
    for item in merge.after.recommendations:
        change = made.get(item.key)
        if item.key in held:
            before = held[item.key]
            kept = before if item.key in unsure else item
            is_filled = kept != before
            is_worded = is_filled and bool(kept.official) and not before.official
            items.append(replace(kept, read_on=completion.on) if is_worded else kept)
            filled += [item.key] if is_filled else []
        elif change is None or change.place not in waiting:
            items.append(replace(item, read_on=completion.on))
            added.append(item.key)
    asked = {question.key for question in merge.questions}
    left = [i.key for i in items if not i.official and not i.part_of and i.key not in asked]
    after = replace(
        merge.after,
        recommendations=tuple(items),
        publication_id=report.publication_id or completion.draft.publication_id,
        ordinal=report.ordinal or completion.draft.ordinal,
    )
    return Completed(_without_empty_parts(after, report), tuple(filled), tuple(added), merge.questions, tuple(left))


def _is_sure(report: Report, completion: Completion, merge: Merge, key: str) -> bool:
    """Tell whether a change may stand unasked: a person decided it, or paragraph and words agree, and nothing is overwritten."""
    change = next(c for c in merge.changes if c.key == key)
    item = report.recommendation(key)
    if item is None or change.place is None or ItemKey(key) in completion.decisions:
        return True
    if change.change is Change.CHANGED:
        return False
    draft = completion.draft.items[change.place]
    if item.official or item.part_of or not item.summary:
        return True
    agrees = not item.paragraphs or not draft.paragraphs or item.paragraphs == draft.paragraphs
    weights = Weights(one.text for one in completion.draft.items)
    told = stems(f"{item.theme} {item.summary}")
    return agrees and weights.covered(told, stems(f"{draft.theme} {draft.text}")) >= TELLING


def _without_empty_parts(after: Report, before: Report) -> Report:
    """Leave out chapters and doors that the page brought and no row is in."""
    used = {item.chapter for item in after.recommendations} | {chapter.key for chapter in before.chapters}
    kept = tuple(chapter for chapter in after.chapters if chapter.key in used)
    doors = tuple(
        replace(door, chapters=tuple(key for key in door.chapters if key in used))
        for door in after.doors
        if any(key in used for key in door.chapters)
    )
    return replace(after, chapters=kept, doors=doors)


def with_decision(completion: Completion, key: ItemKey, decision: Decision | None) -> Completion:
    """Add a person's word on one row, or take it back."""
    others = {known: said for known, said in completion.decisions.items() if known != key}
    return replace(completion, decisions=others if decision is None else {**others, key: decision})


def fitting(report: Report, completion: Completion) -> tuple[Completion, tuple[ItemKey, ...]]:
    """Leave out the decisions that contradict a newer pack, and name their rows. Refused: it doesn't fit without them either."""
    try:
        complete(report, completion)
    except Refused:
        kept, lost = replace(completion, decisions={}), []
        complete(report, kept)
    else:
        return completion, ()
    for key, said in completion.decisions.items():
        try:
            complete(report, with_decision(kept, key, said))
        except Refused:
            lost.append(key)
        else:
            kept = with_decision(kept, key, said)
    return kept, tuple(lost)


def read_again(before: Completion, draft: DraftReport, on: date) -> tuple[Completion, tuple[ItemKey, ...]]:
    """Put a page that was read again in a completion's place, a person's decisions with it, each at the item it was made for.

    Places are of one page, so each is looked for on the new one. An item that is gone from it is taken along as it was,
    for the row that was decided: without its number where the page gives that to another. Gives the rows concerned too.
    """
    decided = {place for said in before.decisions.values() if said.fit is not Fit.NONE for place in _places(said)}
    known = {place for place in decided if 0 <= place < len(before.draft.items)}
    moved = _moved(before.draft.items, draft.items, known)
    items, labels = list(draft.items), {comparable(item.label) for item in draft.items if item.label}
    gone = sorted(known - moved.keys())
    for place in gone:
        item = before.draft.items[place]
        moved[place] = len(items)
        items.append(replace(item, label="") if comparable(item.label) in labels else item)
    decisions = {
        key: said
        if said.fit is Fit.NONE
        else replace(said, place=moved.get(said.place, -1), further=tuple(moved[p] for p in said.further if p in moved))
        for key, said in before.decisions.items()
    }
    kept = [k for k, said in before.decisions.items() if said.fit is not Fit.NONE and _places(said) & {*gone}]
    return Completion(before.slug, replace(draft, items=tuple(items)), on, decisions), tuple(kept)


def _places(said: Decision) -> set[int]:
    return {said.place, *said.further}


def _moved(before: Sequence[DraftItem], now: Sequence[DraftItem], wanted: Set[int]) -> dict[int, int]:
    """Find where items stand on a page that was read again: by the same words, else by their number in words much alike."""
    places: dict[str, list[int]] = {}
    for place, item in enumerate(now):
        places.setdefault(plain(item.text), []).append(place)
    moved: dict[int, int] = {}
    for old in sorted(wanted):
        item = before[old]
        same = [place for place in places.get(plain(item.text), ()) if place not in moved.values()]
        if same:
            near = [p for p in same if now[p].label == item.label] or [
                p for p in same if now[p].paragraphs == item.paragraphs
            ]
            moved[old] = (near or same)[0]
    standing = {plain(item.text) for item in before}
    for old in sorted(wanted - moved.keys()):
        number = comparable(before[old].label)
        same = [p for p, item in enumerate(now) if number and comparable(item.label) == number]
        if len(same) != 1 or same[0] in moved.values() or plain(now[same[0]].text) in standing:
            continue
        if likeness(before[old].text, now[same[0]].text) >= SAME_ITEM:
            moved[old] = same[0]
    return moved


def as_text(completion: Completion) -> str:
    """Write a completion as JSON: published words, and nobody's name."""
    staged = Staged(0, GuildId(0), completion.draft, completion.slug, decisions=completion.decisions)
    return json.dumps({"on": completion.on.isoformat(), "slug": completion.slug, "staged": write_staged(staged)})


def from_text(text: str) -> Completion:
    """Read what ``as_text`` wrote. Refused: it was written by another version."""
    try:
        content = json.loads(text)
        staged = read(0, GuildId(0), "report", content["staged"])
        assert isinstance(staged.draft, DraftReport)
        return Completion(
            ReportSlug(content["slug"]), staged.draft, date.fromisoformat(content["on"]), staged.decisions
        )
    except (ValueError, KeyError, TypeError, AssertionError):
        raise Refused("Parliament's record was read by another version of Postbag.", "Read it again.") from None
