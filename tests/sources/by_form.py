"""Compare what is read with what stands on the pages of ``pages_by_form``, and count it by kinds of page."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bot.domain.drafts import DraftAnswer, DraftItem, SavedPage
from bot.domain.errors import Refused
from bot.sources.report_pages import read_answers, read_report

FOLDER = Path(__file__).parent / "pages_by_form"
EXPECTED: dict[str, dict[str, Any]] = json.loads((FOLDER / "expected.json").read_text("utf-8"))
FACTS = ("title", "committee", "house", "papers", "session", "ordinal")
JUDGED: dict[str, dict[str, Any]] = json.loads((FOLDER / "judged.json").read_text("utf-8"))
"""What the reader may give beside what is expected, or instead of it, with the reason; by page."""


@dataclass(slots=True)
class Score:
    """What came out of one page or kind. ``numbers`` are wrong numbers or paragraphs; ``words`` items begun right, not ended so."""

    pages: int = 0
    expected: int = 0
    right: int = 0
    numbers: int = 0
    words: int = 0
    false: int = 0
    missed: int = 0
    verdicts: int = 0
    facts: int = 0
    facts_right: int = 0
    said: list[str] = field(default_factory=list)

    def add(self, other: Score) -> None:
        for name in (
            "pages",
            "expected",
            "right",
            "numbers",
            "words",
            "false",
            "missed",
            "verdicts",
            "facts",
            "facts_right",
        ):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        self.said += other.said


def letters(text: str) -> str:
    """Give a text without what is no letter or digit: marks and bullets are set in different ways."""
    return re.sub(r"[\W_]+", "", text).casefold()


def paragraphs(said: Any) -> str:
    joined = ", ".join(said) if isinstance(said, list) else said or ""
    return re.sub(r"\s*(?:–|-|\bto\b)\s*", "–", re.sub(r"\s*(?:,|&|\band\b)\s*", ", ", joined)).strip()


def number(label: str | None) -> str:
    return (label or "").strip("(). ").casefold()


def score_of(name: str) -> Score:
    """Read one page and compare it with what is expected of it."""
    expected = EXPECTED[name]
    saved = [SavedPage(name, (FOLDER / name).read_bytes())]
    score = Score(pages=1, expected=len(expected.get("items", expected.get("answers"))))
    try:
        draft: Any = read_report(saved) if "items" in expected else read_answers(saved)
    except Refused as refused:
        score.missed = score.expected
        if score.expected:
            score.said.append(f"{name}: refused: {refused.message}")
        return score
    if "items" in expected:
        _items(name, expected["items"], draft.items, score)
    else:
        _answers(name, expected["answers"], draft.answers, score)
    _facts(name, expected, draft, score)
    return score


def _items(name: str, expected: Sequence[dict[str, Any]], found: Sequence[DraftItem], score: Score) -> None:
    left = list(found)
    parts = {one["belongs_to"]: one for one in expected if one.get("belongs_to")}
    done: set[int] = set()
    for one in expected:
        if id(one) in done:
            continue
        same = [item for item in left if letters(item.text).startswith(letters(one["starts"]))]
        same.sort(key=lambda item: number(item.label) != number(one["number"]))
        if not same:
            score.missed += 1
            score.said.append(f"{name}: missed {one['number']} “{one['starts'][:40]}”")
            continue
        item = same[0]
        left.remove(item)
        labels = (
            {number(one["number"]), number(one.get("belongs_to"))} if one.get("belongs_to") else {number(one["number"])}
        )
        labels |= {number(label) for label in JUDGED.get(name, {}).get("numbers", [])}
        if item.label and number(item.label) not in labels:
            score.numbers += 1
            score.said.append(f"{name}: number {item.label} for {one['number']}")
            continue
        may_be = JUDGED.get(name, {}).get("paragraphs", [])
        if item.paragraphs and item.paragraphs not in (paragraphs(one["paragraph"]), *may_be):
            score.numbers += 1
            score.said.append(f"{name}: paragraph {item.paragraphs} for {one['paragraph']} in {one['number']}")
            continue
        whole = [one, parts[one["number"]]] if one["number"] in parts and one["type"] == "conclusion" else [one]
        if letters(item.text).endswith(letters(one["ends"])):
            whole = [one]
        elif not letters(item.text).endswith(letters(whole[-1]["ends"])):
            score.words += 1
            score.said.append(f"{name}: {one['number']} ends “{item.text[-60:]}”, not “{one['ends']}”")
            continue
        done |= {id(each) for each in whole}
        if (one["number"] and not item.label) or (one["paragraph"] and not item.paragraphs):
            score.said.append(f"{name}: {one['number']} without its {'paragraph' if item.label else 'number'}")
            score.words += 1
            continue
        score.right += len(whole)
    score.false += len(left)
    score.said += [f"{name}: false {item.label} “{item.text[:60]}”" for item in left]


def _answers(name: str, expected: Sequence[dict[str, Any]], found: Sequence[DraftAnswer], score: Score) -> None:
    left = list(found)
    for one in expected:
        starts, label = letters(one["answer_starts"]), one.get("label") or ""
        heads = {"", letters(label), letters(label.rpartition(":")[2])}
        same = [a for a in left if any(letters(a.text).startswith(head + starts) for head in heads)]
        same.sort(key=lambda a: list(a.labels) != one["numbers"])
        if not same:
            score.missed += 1
            score.said.append(f"{name}: missed {one['numbers'] or one['paragraphs']} “{one['answer_starts'][:40]}”")
            continue
        answer = same[0]
        left.remove(answer)
        may_be, keys = JUDGED.get(name, {}).get("labels", []), JUDGED.get(name, {}).get("paragraphs", [])
        if answer.labels and list(answer.labels) != one["numbers"] and list(answer.labels) not in may_be:
            score.numbers += 1
            score.said.append(f"{name}: {answer.labels} for {one['numbers']}")
        elif answer.paragraphs and answer.paragraphs not in (paragraphs(one["paragraphs"]), *keys):
            score.numbers += 1
            score.said.append(f"{name}: paragraph {answer.paragraphs} for {one['paragraphs']} in {one['numbers']}")
        elif not letters(answer.text).endswith(letters(one["ends"])):
            score.words += 1
            score.said.append(f"{name}: {one['numbers']} ends “{answer.text[-60:]}”, not “{one['ends']}”")
        elif (one["numbers"] and not answer.labels) or (
            not answer.labels and one["paragraphs"] and not answer.paragraphs
        ):
            score.words += 1
            score.said.append(f"{name}: {one['numbers'] or one['paragraphs']} without its key")
        else:
            score.right += 1
        _verdict(name, one, answer, score)
    score.false += len(left)
    score.said += [f"{name}: false {a.labels} “{a.text[:60]}”" for a in left]


def _verdict(name: str, one: dict[str, Any], answer: DraftAnswer, score: Score) -> None:
    said, stated = one["verdict_words"], getattr(answer, "verdict", None)
    target = getattr(answer, "target", "")
    if target and target != one["target"]:
        score.verdicts += 1
        score.said.append(f"{name}: target “{target}” for “{one['target']}”")
    elif one["target"] and not target:
        score.said.append(f"{name}: {one['numbers']} without its target")
    if stated is None:
        if said:
            score.said.append(f"{name}: {one['numbers'] or one['paragraphs']} no verdict for “{said}”")
        return
    wanted = status_of(said) if said else None
    if wanted != stated.value:
        score.verdicts += 1
        score.said.append(f"{name}: verdict {stated.value} for “{said}”")


def status_of(said: str) -> str:
    if re.search(r"\b(?:not|cannot)\b|reject|disagree", said, re.IGNORECASE):
        return "not agreed"
    if re.search(r"\bpart|principle", said, re.IGNORECASE):
        return "partly agreed"
    return "noted" if re.search(r"\bnote", said, re.IGNORECASE) else "agreed"


def _facts(name: str, expected: dict[str, Any], draft: Any, score: Score) -> None:
    """Count the facts that are read, and name those that are not what the page says."""
    house = getattr(draft, "house", None)
    found = {
        "title": draft.title, "committee": draft.committee, "house": house.value if house else "",
        "papers": draft.paper, "session": draft.session, "ordinal": getattr(draft, "ordinal", ""),
    }  # fmt: skip
    for fact in FACTS:
        right = expected[fact]
        said = ", ".join(right) if isinstance(right, list) else right or ""
        if fact == "house" and "answers" in expected:
            continue
        may_be = JUDGED.get(name, {}).get(fact, [])
        if fact == "papers":
            found[fact], said = (", ".join(sorted(text.split(", "))) for text in (found[fact], said))
        wanted = {letters(said), *(letters(one) for one in may_be)}
        if not said and not found[fact]:
            continue
        if found[fact] and letters(found[fact]) not in wanted:
            score.facts += 1
            score.said.append(f"{name}: {fact} “{found[fact]}” for “{said}”")
        elif not found[fact] and said:
            score.said.append(f"{name}: no {fact} “{said}”")
        else:
            score.facts_right += 1


def scores(names: Iterable[str] = tuple(EXPECTED)) -> dict[str, Score]:
    """Give the score of each kind of page, reports and answers apart, with the sums at the end."""
    kinds: dict[str, Score] = {}
    for name in names:
        sort = "answers" if "answers" in EXPECTED[name] else "reports"
        score = score_of(name)
        for kind in (f"{sort}: {EXPECTED[name]['kind']}", f"{sort} in all"):
            kinds.setdefault(kind, Score()).add(score)
    return dict(sorted(kinds.items(), key=lambda pair: (pair[0].split(" ")[0].rstrip(":"), "in all" in pair[0])))


def table(kinds: dict[str, Score]) -> str:
    """Write the scores as a table of Markdown."""
    head = "| kind | pages | items | right | wrong numbers | false | missed | words not whole | wrong verdicts | facts wrong |"
    rows = [head, "|---|" + "---:|" * 9]
    for kind, s in kinds.items():
        cells = (s.pages, s.expected, s.right, s.numbers, s.false, s.missed, s.words, s.verdicts, s.facts)
        rows.append(f"| {kind} | " + " | ".join(map(str, cells)) + " |")
    return "\n".join(rows)
