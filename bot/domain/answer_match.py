"""Which recommendation each answer of a Government response may be about: proposed, for a person to read and confirm."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace

from bot.domain.drafts import DraftAnswer, DraftAnswers
from bot.domain.identity import ItemKey
from bot.domain.references import comparable
from bot.domain.report_words import Weights, likeness, stems
from bot.domain.reports import Recommendation, Report

VERBATIM = 0.8
AGREES = 0.3
REPEATS = 0.8
SHOWN = 4
MOST_COMPARED = 1_500_000
"""Words that are compared in all, items times answers times words: an ordinary response needs a fraction of that."""


@dataclass(frozen=True, slots=True)
class ProposedAnswer:
    """An answer and the items it may be about, the likeliest first.

    ``keys`` is empty: nothing here is like it. ``sure``: the response repeats the item's words, or number and words or
    paragraph agree; all the others need an organiser to choose. Its status is in every case to be read by a person.
    """

    answer: DraftAnswer
    keys: tuple[ItemKey, ...]
    sure: bool
    why: str

    @property
    def together(self) -> tuple[ItemKey, ...]:
        """List the items that it answers together, where the response says so of several; else none."""
        return self.keys if len(self.answer.labels) > 1 and len(self.keys) > 1 else ()

    @property
    def status(self) -> str:
        """Give the status of the answer: always to be read by a person."""
        return self.answer.status


def propose_answers(report: Report, draft: DraftAnswers) -> tuple[ProposedAnswer, ...]:
    """Propose the items that each answer is about. Number N of a response need not answer item N of the report."""
    weights = Weights(f"{i.whole_official} {i.summary}" for i in report.recommendations)
    most = max(12, MOST_COMPARED // max(1, len(report.recommendations) * len(draft.answers)))
    ours = {
        i.key: weights.most_telling(stems(f"{i.theme} {i.whole_official or i.summary}"), most)
        for i in report.recommendations
    }
    found = [_told_apart(report, _propose(report, weights, ours, answer, most)) for answer in draft.answers]
    chosen = Counter(p.keys[0] for p in found if p.sure and len(p.answer.labels) <= 1)
    return tuple(
        ProposedAnswer(p.answer, p.keys, False, "several answers look like this item")
        if p.sure and len(p.answer.labels) <= 1 and chosen[p.keys[0]] > 1
        else p
        for p in found
    )


def _propose(
    report: Report, weights: Weights, ours: Mapping[ItemKey, frozenset[str]], answer: DraftAnswer, most: int
) -> ProposedAnswer:
    labels = {comparable(label) for label in answer.labels or (answer.label,) if label}
    numbered = [i for i in report.recommendations if labels & set(map(comparable, i.numbers))]
    if len(labels) > 1:
        keys = tuple(i.key for i in numbered)
        return ProposedAnswer(answer, keys, False, "one answer to several: check each of them")
    said = weights.most_telling(stems(f"{answer.theme} {answer.restated or answer.text}"), most)
    scores = {i.key: _score(weights, ours[i.key], answer, said) for i in report.recommendations}
    ranked = sorted(report.recommendations, key=lambda i: -scores[i.key])
    if answer.restated:
        words = [i for i in ranked[:SHOWN] if _likeness(i, answer.restated) >= VERBATIM]
        if len(words) == 1:
            return ProposedAnswer(answer, (words[0].key,), True, "the response repeats its words")
    like = [i.key for i in ranked if scores[i.key] >= 0.1][:SHOWN]
    for item in numbered:
        others = tuple(key for key in like if key != item.key)
        if answer.paragraphs in _places(item):
            return ProposedAnswer(answer, (item.key, *others), True, "number and paragraph agree")
        best = not others or scores[item.key] >= scores[others[0]]
        if best and scores[item.key] >= AGREES:
            return ProposedAnswer(answer, (item.key, *others), True, "number and words agree")
        keys = (item.key, *others) if best else (*others, item.key)
        return ProposedAnswer(answer, keys, False, "only the number agrees" if best else "number and words disagree")
    at = [i for i in report.recommendations if answer.paragraphs in _places(i)]
    if len(at) == 1 and not labels:
        others = tuple(key for key in like if key != at[0].key)
        fits = scores[at[0].key] >= AGREES
        why = "paragraph and words agree" if fits else "only the paragraph agrees"
        return ProposedAnswer(answer, (at[0].key, *others), fits, why)
    return ProposedAnswer(answer, tuple(like), False, "by similar words" if like else "nothing here is similar")


def _told_apart(report: Report, proposed: ProposedAnswer) -> ProposedAnswer:
    """Take what only repeats the item's own words off the beginning of an answer."""
    answer, item = proposed.answer, report.recommendation(proposed.keys[0]) if proposed.keys else None
    parts = answer.text.split("\n")
    if item is None or not item.wordings or answer.restated or len(parts) < 2:
        return proposed
    repeated = 0
    whole = stems(item.whole_official)
    while repeated < len(parts) - 1 and repeated < 12 and (said := stems(parts[repeated])):
        if len(said & whole) < REPEATS * len(said):
            break
        repeated += 1
    if not repeated:
        return proposed
    restated, text = "\n".join(parts[:repeated]), "\n".join(parts[repeated:])
    if _likeness(item, restated) < VERBATIM:
        return proposed
    return replace(proposed, answer=replace(answer, restated=restated, text=text))


def _likeness(item: Recommendation, words: str) -> float:
    """Measure how like some words are to those of any of the committee's items that a row covers."""
    return max((likeness(one, words) for one in item.wordings), default=0.0)


def _places(item: Recommendation) -> set[str]:
    return {item.paragraphs, *(other.paragraphs for other in item.further)} - {""}


def _score(weights: Weights, ours: frozenset[str], answer: DraftAnswer, said: frozenset[str]) -> float:
    """Measure how much of the shorter wording the other one covers."""
    if answer.restated:
        return max(weights.covered(said, ours), weights.covered(ours, said))
    return weights.covered(ours, said)
