"""Put a draft beside the report that is held: what is new, filled in, changed, missing, and what an organiser must say.

Nothing that is held is ever taken away: an item keeps its key, its answer, its evidence and our own summary. Where the
match is not sure the item is a question, and until somebody answers it both sides stay as they are.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace

from bot.domain.drafts import Doubt, DraftItem, DraftReport
from bot.domain.errors import Refused
from bot.domain.identity import ItemKey
from bot.domain.paper_names import papers_of
from bot.domain.references import comparable, paragraphs_of
from bot.domain.report_changes import (
    Candidate,
    Change,
    Decision,
    FieldChange,
    Fit,
    ItemChange,
    Merge,
    Question,
)
from bot.domain.report_new import new_item, with_chapter, with_source
from bot.domain.report_words import Weights, likeness, plain, stems
from bot.domain.reports import UNKNOWN_ANSWER, Confidence, FurtherItem, Recommendation, Report, and_list

SAME_WORDS = 0.35
"""Under this likeness two wordings under one number are too different to be taken for one item without asking."""
TELLING = 0.16
SHOWN = 4
TOGETHER, LEFT_OUT = 0.12, 0.4
"""How much more of a row two items together say than either, and how much of what the first leaves out the second says."""
MOST_COMPARED = 1_500_000
"""Words that are compared in all, held items times items of the page times words."""


Decisions = Mapping[ItemKey, Decision]


def propose(report: Report, draft: DraftReport, decisions: Decisions | None = None) -> Merge:
    """Work out what a draft changes. Applying is storing ``after``; the same draft and decisions then change nothing.

    Refused: the draft is empty, or is of another paper than the report.
    """
    _check(report, draft)
    return _Merging(report, draft, decisions or {}).run()


def _check(report: Report, draft: DraftReport) -> None:
    if not draft.items:
        raise Refused("The draft has no items.", "Nothing was changed. Read the page with its list of recommendations.")
    ours, theirs = papers_of(report.paper), papers_of(draft.paper)
    if ours and theirs and not ours & theirs:
        raise Refused(
            f"That page is from {draft.paper}, but “{report.short_title}” is {report.paper}.",
            "Nothing was changed. Import it as a separate report, or choose the right page.",
        )


class _Merging:
    def __init__(self, report: Report, draft: DraftReport, decisions: Decisions) -> None:
        self.report, self.draft, self.decisions = report, draft, decisions
        self.held = {item.key: item for item in report.recommendations}
        self.pairs: dict[ItemKey, int] = {}
        self.taken: set[int] = set()
        self.held_back: set[int] = set()
        self.reasons: dict[ItemKey, str] = {}
        self.further: dict[ItemKey, tuple[int, ...]] = {}
        self.former: dict[ItemKey, tuple[str, ...]] = {}
        self.parts: dict[ItemKey, int] = {}
        self.folded: set[ItemKey] = set()
        self.questions: list[Question] = []
        labels = Counter(comparable(item.label) for item in draft.items if item.label)
        labels.update(
            comparable(i.key) for i in report.recommendations if comparable(i.key) != comparable(i.number or "")
        )
        self.labels = [
            comparable(item.label) if item.label and labels[comparable(item.label)] == 1 else "" for item in draft.items
        ]
        self.weights = Weights(item.text for item in draft.items)
        self.most = max(12, MOST_COMPARED // max(1, len(draft.items) * len(report.recommendations)))
        self.wordings = [self._stems(f"{item.theme} {item.text}") for item in draft.items]
        self.told: dict[ItemKey, frozenset[str]] = {}

    def run(self) -> Merge:
        self._pair_by_decision()
        self._pair_further()
        self._pair_by_words()
        self._pair_by_number()
        self._pair_by_paragraph()
        self._ask_about_the_rest()
        return self._result()

    def _pair(self, key: ItemKey, place: int, reason: str) -> None:
        self.pairs[key] = place
        self.taken.add(place)
        self.reasons[key] = reason

    def _open(self) -> list[Recommendation]:
        return [i for i in self.report.recommendations if i.key not in self.pairs and i.key not in self.folded]

    def _pair_further(self) -> None:
        """Take the further items that a row was said to cover before for its own, so that none becomes a row again."""
        for item in self._open():
            found: list[int] = []
            for other in item.further:
                open_places = [p for p in range(len(self.draft.items)) if p not in self.taken and p not in found]
                same = [p for p in open_places if plain(self.draft.items[p].text) == plain(other.official)]
                same += [
                    p
                    for p in open_places
                    if other.number and self.labels[p] == comparable(other.number)
                    if not other.official or likeness(other.official, self.draft.items[p].text) >= SAME_WORDS
                ]
                found += same[:1]
            self.further[item.key] = tuple(found)
            self.taken.update(found)

    def _pair_by_words(self) -> None:
        """Pair items of the same words: those of the same number first, then in their order."""
        places: dict[str, list[int]] = {}
        for place, draft in enumerate(self.draft.items):
            places.setdefault(plain(draft.text), []).append(place)
        staying = {
            comparable(i.number) for i in self.report.recommendations if i.number and plain(i.official) not in places
        }
        for numbered in (True, False):
            for item in self._open():
                own = comparable(item.number or "")
                found = [p for p in places.get(plain(item.official), ()) if p not in self.taken and item.official]
                found = [p for p in found if self.labels[p] == own or not (numbered or self.labels[p] in staying)]
                if found:
                    self._pair(item.key, found[0], "the same words")

    def _pair_by_decision(self) -> None:
        said = [d for k, d in self.decisions.items() if d.fit is Fit.SAME and k in self.held]
        same = Counter(place for d in said for place in {d.place, *d.further})
        if any(times > 1 for times in same.values()):
            raise Refused(
                "Two choices name the same item on the page.",
                "Nothing was changed. Choose “the same” for one of them, and “a part of it” for the others.",
            )
        for key, decision in self.decisions.items():
            place, *further = sorted({decision.place, *decision.further} & {*range(len(self.draft.items))}) or [-1]
            if decision.fit is Fit.NONE or key not in self.held or place < 0:
                continue
            if decision.fit is Fit.PART and self.held[key].number:
                continue
            if decision.fit is Fit.PART:
                self.parts[key] = place
                continue
            number, label = comparable(self.held[key].number or ""), self.labels[place]
            if number == comparable(key) and label != number:
                raise Refused(
                    f"{self.held[key].heading} can't become item {self.draft.items[place].label or 'without a number'}.",
                    "Nothing was changed. If the committee renumbered its list, import it as a separate report.",
                )
            for one in (place, *further):
                other = self._added_before(one, but=key)
                if other is not None:
                    self._fold(other, into=key)
            self._pair(key, place, "an organiser says so")
            if further:
                self.further[key] = tuple(further)
                self.taken.update(further)

    def _added_before(self, place: int, *, but: ItemKey) -> ItemKey | None:
        """Find the item that an earlier import made of this place: its number, else its words where they stand once."""
        label, words = self.labels[place], plain(self.draft.items[place].text)
        once = sum(plain(draft.text) == words for draft in self.draft.items) == 1
        for item in self._open():
            same = label == comparable(item.number or "") if label else once and plain(item.official) == words
            if item.key != but and same:
                return item.key
        return None

    def _fold(self, key: ItemKey, *, into: ItemKey) -> None:
        """Let an item that an earlier import added give way to the ask it turned out to be; only where it bears nothing."""
        item = self.held[key]
        if item.answer != UNKNOWN_ANSWER or item.evidence or item.summary or item.note:
            raise Refused(
                f"{item.heading} already has an answer, evidence or words of its own, so it cannot become {into}.",
                "Choose “a part of it”, or record the same on the other item first.",
            )
        self.folded.add(key)
        self.former[into] = (*self.former.get(into, ()), *(name for name in item.names if name not in item.numbers))

    def _pair_by_number(self) -> None:
        places = {label: place for place, label in enumerate(self.labels) if label and place not in self.taken}
        for item in self._open():
            place = places.get(comparable(item.number)) if item.number else None
            if place is None or place in self.taken:
                continue
            draft = self.draft.items[place]
            why = _differs(item, draft)
            if not why:
                self._pair(
                    item.key, place, "the same number" + (" and paragraph" if _same_paragraph(item, draft) else "")
                )
                continue
            self.held_back.add(place)
            if not self._is_settled(item.key):
                asks = item.summary or item.official
                one = (Candidate(place, draft, likeness(asks, draft.text)),)
                self.questions.append(Question(item.key, asks, why, one, may_be_part=False))

    def _pair_by_paragraph(self) -> None:
        drafts = Counter(item.paragraphs for item in self.draft.items)
        held = Counter(item.paragraphs for item in self.report.recommendations if not item.number)
        for item in self._open():
            single = item.paragraphs.isdigit() and drafts[item.paragraphs] == 1 and held[item.paragraphs] == 1
            if item.number or item.key in self.decisions or item.part_of or not single:
                continue
            place = next(p for p, d in enumerate(self.draft.items) if d.paragraphs == item.paragraphs)
            if place not in self.taken | self.held_back and self._score(item, place) >= 0.5:
                self._pair(item.key, place, "the only item of that paragraph, in words much like ours: please check")

    def _score(self, item: Recommendation, place: int) -> float:
        if item.key not in self.told:
            self.told[item.key] = self._stems(f"{item.theme} {item.summary}")
        return self.weights.covered(self.told[item.key], self.wordings[place])

    def _stems(self, text: str) -> frozenset[str]:
        return self.weights.most_telling(stems(text), self.most)

    def _is_settled(self, key: ItemKey) -> bool:
        return key in self.decisions

    def _ask_about_the_rest(self) -> None:
        owners = {place: key for key, place in self.pairs.items()}
        owners |= {place: key for key, places in self.further.items() for place in places}
        for item in self._open():
            if item.number or self._is_settled(item.key) or item.part_of:
                continue
            span = paragraphs_of(item)
            found = []
            for place, draft in enumerate(self.draft.items):
                own = owners.get(place)
                if (own is not None and self.held[own].summary) or not _within(draft, span):
                    continue
                score = self._score(item, place)
                if score >= TELLING:
                    found.append(Candidate(place, draft, score))
            best = sorted(found, key=lambda c: -c.score)[:SHOWN]
            if best:
                why = "Its official number isn't known. Which item on the page is it?"
                both = self._both(item, best)
                self.questions.append(Question(item.key, item.summary or item.official, why, tuple(best), both=both))

    def _both(self, item: Recommendation, best: Sequence[Candidate]) -> int | None:
        """Find the item that a row covers beside its best one: it says much that the best one doesn't, and is near it."""
        first = best[0]
        alone = self.wordings[first.place]
        for other in best[1:]:
            told = self.told[item.key]
            more = self.weights.covered(told, alone | self.wordings[other.place])
            apart = self.weights.covered(told - alone, self.wordings[other.place])
            if more >= first.score + TOGETHER and more >= other.score + TOGETHER and apart >= LEFT_OUT:
                return other.place
        return None

    def _result(self) -> Merge:
        report, source = with_source(self.report, self.draft)
        changes: list[ItemChange] = []
        items: list[Recommendation] = []
        for held in self.report.recommendations:
            if held.key in self.folded:
                continue
            after, place = self._after(held, source)
            items.append(after)
            changes.append(_told(held, after, place, self._label(place), self.reasons.get(held.key, "")))
        used = {comparable(name) for i in items for name in i.names}
        doubts = list(self.draft.doubts)
        for place, draft in enumerate(self.draft.items):
            if place in self.taken:
                continue
            clash = draft.label and comparable(draft.label) in used
            if place in self.held_back or (clash and self.labels[place]):
                reason = "Postbag has another item with that number, and they may not be the same."
                changes.append(ItemChange(Change.HELD_BACK, "", draft.theme, place, draft.label, (), reason))
                continue
            report, chapter = with_chapter(report, draft)
            item = new_item(draft, self.labels[place], used, chapter, source)
            used |= {comparable(item.key)}
            items.append(item)
            fields = (FieldChange("official words", "", item.official),)
            changes.append(ItemChange(Change.NEW, item.key, item.theme, place, draft.label, fields, self._maybe(place)))
        _unambiguous(items)
        ordered = _in_order(items, self.report)
        after_report = replace(report, recommendations=ordered)
        if not any(c.change in (Change.NEW, Change.FILLED, Change.CHANGED) for c in changes) and not self.folded:
            after_report = self.report
        title = plain(self.draft.title)
        if title and title not in plain(self.report.title) and likeness(self.draft.title, self.report.title) < 0.5:
            doubts.append(
                Doubt("the title", f"the page is called “{self.draft.title}”.", f"Is it “{self.report.short_title}”?")
            )
        return Merge(self.report.slug, after_report, tuple(changes), tuple(self.questions), tuple(doubts))

    def _label(self, place: int | None) -> str:
        return self.draft.items[place].label if place is not None else ""

    def _maybe(self, place: int) -> str:
        asked = [str(q.key) for q in self.questions if any(c.place == place for c in q.candidates)]
        return f"It may be {', '.join(asked)}: see the questions." if asked else ""

    def _after(self, held: Recommendation, source: str) -> tuple[Recommendation, int | None]:
        place = self.pairs.get(held.key)
        if place is None:
            part = self.parts.get(held.key)
            if part is None:
                return held, None
            whole = self.draft.items[part]
            return replace(held, part_of=whole.label, paragraphs=whole.paragraphs or held.paragraphs), part
        draft = self.draft.items[place]
        same = plain(held.official) == plain(draft.text)
        after = replace(
            held,
            number=draft.label if self.labels[place] else held.number,
            paragraphs=draft.paragraphs or held.paragraphs,
            official=held.official if same else draft.text,
            theme=held.theme or draft.theme,
            part_of="",
        )
        after = self._with_further(held, after)
        if after != held:
            sources = held.sources if source in held.sources else (*held.sources, source)
            after = replace(after, confidence=Confidence.READ, sources=sources)
        return after, place

    def _with_further(self, held: Recommendation, after: Recommendation) -> Recommendation:
        """Add the further items that a row covers, as the page has them; what the page doesn't have stays."""
        former = tuple(dict.fromkeys((*after.former_keys, *self.former.get(held.key, ()))))
        places = self.further.get(held.key, ())
        if not places:
            return replace(after, former_keys=former)
        drafts = [(self.draft.items[place], self.labels[place]) for place in places]
        known = {plain(other.official): other.official for other in held.further}
        read = tuple(
            FurtherItem(draft.label if label else None, draft.paragraphs, known.get(plain(draft.text), draft.text))
            for draft, label in drafts
        )
        numbers, words = {item.number for item in read}, {plain(item.official) for item in read}
        gone = (o for o in held.further if o.number not in numbers and plain(o.official) not in words)
        return replace(after, further=(*read, *gone), former_keys=former)


def _differs(item: Recommendation, draft: DraftItem) -> str:
    """Say why an item and a draft of one number may not be the same, or nothing."""
    if item.official:
        if likeness(item.official, draft.text) < SAME_WORDS:
            return f"Number {draft.label} has quite different words in Postbag. Is it the same item?"
        return ""
    if item.paragraphs and draft.paragraphs and not _same_paragraph(item, draft):
        return f"Number {draft.label} is at paragraph {item.paragraphs}; the page says {draft.paragraphs}."
    return ""


def _same_paragraph(item: Recommendation, draft: DraftItem) -> bool:
    return bool(draft.paragraphs) and item.paragraphs == draft.paragraphs


def _within(draft: DraftItem, span: tuple[int, int] | None) -> bool:
    numbers = [int(n) for n in draft.paragraphs.replace("–", " ").replace(",", " ").split() if n.isdigit()]
    return span is None or not numbers or (span[0] <= max(numbers) and min(numbers) <= span[1])


def _told(held: Recommendation, after: Recommendation, place: int | None, label: str, reason: str) -> ItemChange:
    if place is None:
        return ItemChange(Change.UNCHANGED if held.part_of else Change.MISSING, held.key, held.theme)
    pairs = (
        ("number", and_list(held.numbers), and_list(after.numbers)),
        ("paragraphs", held.whole_paragraphs, after.whole_paragraphs),
        ("official words", held.whole_official, after.whole_official),
        ("part of", held.part_of, after.part_of),
    )
    fields = tuple(FieldChange(*pair) for pair in pairs if pair[1] != pair[2])
    overwrites = any(f.before for f in fields if f.field != "paragraphs" or held.official)
    change = Change.UNCHANGED if not fields else Change.CHANGED if overwrites else Change.FILLED
    return ItemChange(change, held.key, after.theme, place, label, fields, reason)


def _unambiguous(items: Sequence[Recommendation]) -> None:
    """Refuse a result in which a number would name two items: an answer would then stand under the wrong one."""
    names = Counter(name for i in items for name in {comparable(name) for name in i.names})
    twice = sorted(name for name, times in names.items() if times > 1)
    if twice:
        raise Refused(
            f"After this import two items would be called {', '.join(twice[:5])}. The page may number its items "
            "differently, or two choices may name the same item.",
            "Nothing was changed. Check your choices. If the committee renumbered its list, import "
            "the page as a separate report.",
        )


def _in_order(items: Sequence[Recommendation], report: Report) -> tuple[Recommendation, ...]:
    """Put numbered items first by number, then the others as they stood; leave an order that has other numbers alone."""
    if all(item.number is None or item.number.isdigit() for item in items):
        places = {item.key: place for place, item in enumerate(report.recommendations)}
        last = len(places)
        return tuple(
            sorted(
                items,
                key=lambda i: (0, int(i.number), 0) if i.number else (1, 0, places.get(i.key, last)),
            )
        )
    return tuple(items)
