"""A newer pack of a report that is held already: nothing that was answered or happened is lost by taking it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from itertools import count

from bot.domain.references import comparable
from bot.domain.report_new import MORE
from bot.domain.reports import AnswerStatus, Door, Recommendation, Report

NOTHING_SAID = (AnswerStatus.UNKNOWN, AnswerStatus.NOT_YET_ANSWERED)


@dataclass(frozen=True, slots=True)
class Update:
    """What taking a newer pack does. ``after`` is what is then held; the rest are items by their names."""

    after: Report
    new: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    kept: tuple[str, ...] = ()
    """Items that the newer pack does not have: they stay."""
    kept_answers: tuple[str, ...] = ()
    """Items whose answer the newer pack does not know: what is held stays."""

    @property
    def is_change(self) -> bool:
        return bool(self.new or self.changed)


def update(held: Report | None, newer: Report) -> Update:
    """Put a newer pack in place of what is held, keeping every answer and all evidence that it does not have."""
    if held is None:
        return Update(newer, new=tuple(item.key for item in newer.recommendations))
    held = _apart(held, newer)
    before = {comparable(item.key): item for item in held.recommendations}
    items: list[Recommendation] = []
    new: list[str] = []
    changed: list[str] = []
    answers: list[str] = []
    for item in newer.recommendations:
        old = before.pop(comparable(item.key), None)
        if old is None:
            new.append(item.key)
            items.append(item)
            continue
        both = _with_old(old, item)
        if both.answer != item.answer:
            answers.append(item.key)
        if both != old:
            changed.append(item.key)
        items.append(both)
    taken = {comparable(number) for item in items for number in item.numbers}
    left = [_without_numbers(item, taken) for item in before.values()]
    after = _complete(replace(newer, recommendations=(*items, *left)), held)
    if not changed and not new and replace(after, recommendations=held.recommendations) != held:
        changed.append("the report's own details")
    return Update(after, tuple(new), tuple(changed), tuple(i.key for i in left), tuple(answers))


def _without_numbers(item: Recommendation, taken: Collection[str]) -> Recommendation:
    """Leave out of a row that only the old pack has the numbers that the newer one gives to others."""
    further = tuple(other for other in item.further if comparable(other.number or "") not in taken)
    number = None if comparable(item.number or "") in taken else item.number
    return replace(item, number=number, further=further)


def _apart(held: Report, newer: Report) -> Report:
    """Rename the held sources whose keys the newer pack uses for others, so that no row ends up with a wrong source."""
    theirs = {source.key: source for source in newer.sources}
    taken = theirs.keys() | {source.key for source in held.sources}
    names: dict[str, str] = {}
    for source in held.sources:
        other = theirs.get(source.key)
        if other is not None and other.url != source.url:
            free = (key for key in (f"{source.key}-{n}" for n in count(2)) if key not in taken)
            names[source.key] = next(free)
            taken = taken | {names[source.key]}
    if not names:
        return held

    def renamed(keys: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(names.get(key, key) for key in keys)

    return replace(
        held,
        sources=tuple(replace(s, key=names.get(s.key, s.key)) for s in held.sources),
        chapters=tuple(replace(c, source=names.get(c.source, c.source)) for c in held.chapters),
        recommendations=tuple(
            replace(
                item,
                sources=renamed(item.sources),
                answer=replace(item.answer, sources=renamed(item.answer.sources)),
                evidence=tuple(replace(event, sources=renamed(event.sources)) for event in item.evidence),
            )
            for item in held.recommendations
        ),
    )


def _with_old(old: Recommendation, item: Recommendation) -> Recommendation:
    known = {(event.on, event.text) for event in item.evidence}
    evidence = (*item.evidence, *(event for event in old.evidence if (event.on, event.text) not in known))
    answer = item.answer
    if answer.status in NOTHING_SAID and old.answer.status not in NOTHING_SAID:
        answer = old.answer
    return replace(
        item,
        answer=answer,
        evidence=tuple(sorted(evidence, key=lambda e: e.on)),
        letter_line=item.letter_line or old.letter_line,
        former_keys=tuple(dict.fromkeys((*item.former_keys, *old.former_keys))),
    )


def _complete(report: Report, held: Report) -> Report:
    """Bring along the sources and chapters that kept rows name, and a door to them where there are doors."""
    used = {
        key
        for item in report.recommendations
        for key in (*item.sources, *item.answer.sources, *(k for e in item.evidence for k in e.sources))
    }
    known = {source.key for source in report.sources}
    sources = (*report.sources, *(s for s in held.sources if s.key in used - known))
    named = {item.chapter for item in report.recommendations if item.chapter}
    missing = named - {chapter.key for chapter in report.chapters}
    every = {source.key for source in sources}
    chapters = (
        *report.chapters,
        *(replace(c, source=c.source if c.source in every else "") for c in held.chapters if c.key in missing),
    )
    doors = report.doors
    closed = named - {key for door in doors for key in door.chapters}
    if doors and closed:
        kept = tuple(door for door in doors if door.key != MORE)
        old = next((door.chapters for door in doors if door.key == MORE), ())
        doors = (*kept, Door(MORE, "More of the report", "Items that an earlier pack had", (*old, *sorted(closed))))
    return replace(report, sources=sources, chapters=chapters, doors=doors)
