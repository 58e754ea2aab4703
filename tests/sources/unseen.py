"""Compare what is read with what stands on the pages of ``pages_unseen``, written by somebody who had not seen the reader."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bot.domain.drafts import DraftAnswer, DraftItem, SavedPage
from bot.domain.errors import Refused
from bot.sources.report_pages import read_answers, read_report
from tests.sources.by_form import letters, number, status_of

FOLDER = Path(__file__).parent / "pages_unseen"
EXPECTED: dict[str, dict[str, Any]] = {
    path.name.replace(".expected.json", ".html"): json.loads(path.read_text("utf-8"))
    for path in sorted(FOLDER.glob("*.expected.json"))
}
JUDGED: dict[str, dict[str, Any]] = {
    # The lead "The Department should:" belongs to both lettered parts, so the conclusion and its parts are read as one item.
    "r05_pac_2025.html": {"joined": 3, "committee": "Committee of Public Accounts"},  # the page has both names
    "r08_joint_2020.html": {
        "paper": "HL Paper 9045, HC 9678"
    },  # the Lords' paper is named first everywhere in the program
    "r14_page_numbers_dl.html": {
        "committee": "Rural Affairs Sub-Committee of the Environment Committee"
    },  # as the page has it
}
"""What the reader may give instead of what is expected, with the reason."""
REFUSED = ("r13_bold_in_text_no_list.html",)
"""A page of which whoever wrote it says that to refuse it is right too: bold words in a chapter."""
COUNTED = ("expected", "right", "false", "numbers", "words", "missed", "kinds", "verdicts", "targets", "facts")


@dataclass(slots=True)
class Outcome:
    """What came of one page, or of many: counts by name, and a line for each thing that is not right."""

    counts: dict[str, int] = field(default_factory=lambda: dict.fromkeys(COUNTED, 0))
    said: list[str] = field(default_factory=list)
    refused: str = ""

    def count(self, what: str, said: str = "") -> None:
        self.counts[what] += 1
        self.said += [said] if said else []

    def add(self, other: Outcome) -> None:
        for name in COUNTED:
            self.counts[name] += other.counts[name]
        self.said += other.said


def figures(said: Any) -> tuple[str, ...]:
    """Give the numbers of a reference, without what stands in a box or table."""
    said = " ".join(said) if isinstance(said, list) else said
    text = re.sub(r"\b(?:box(?:es)?|tables?|figures?|annex(?:es)?)\s+\d+", "", said or "", flags=re.IGNORECASE)
    return tuple(re.findall(r"\d+(?:\.\d+)?", text))


def outcome_of(name: str, page: SavedPage | None = None, expected: dict[str, Any] | None = None) -> Outcome:
    """Read one page, or another build of it, and compare it with what is expected of it."""
    expected = EXPECTED[name] if expected is None else expected
    saved = [page or SavedPage(name, (FOLDER / name).read_bytes())]
    found = Outcome()
    listed = expected.get("items", expected.get("answers"))
    found.counts["expected"] = len(listed)
    try:
        draft: Any = read_report(saved) if "items" in expected else read_answers(saved)
    except Refused as refused:
        found.refused = refused.message
        found.counts["missed"] = len(listed)
        found.said += [f"refused: {refused.message}"] if listed else []
        return found
    if "items" in expected:
        _items(listed, draft.items, found)
        _facts(name, expected, draft, found)
    else:
        _answers(listed, draft.answers, found)
    return found


def _items(expected: Sequence[dict[str, Any]], read: Sequence[DraftItem], found: Outcome) -> None:
    left = list(read)
    joined: dict[int, int] = {}
    for place, one in enumerate(expected):
        if place in joined:
            continue
        starts = letters(one["text"])[:60]
        same = [item for item in left if letters(item.text).startswith(starts)]
        wanted_place = figures(one["paragraphs"])
        same.sort(key=lambda i: (number(i.label) != number(one["number"]), figures(i.paragraphs) != wanted_place))
        if not same:
            found.count("missed", f"missed {one['number']} “{one['text'][:50]}”")
            continue
        item = same[0]
        left.remove(item)
        if item.label and number(item.label) != number(one["number"]):
            found.count("numbers", f"number {item.label} for {one['number']} “{one['text'][:40]}”")
            continue
        if item.paragraphs and figures(item.paragraphs) != figures(one["paragraphs"]):
            found.count("numbers", f"paragraph {item.paragraphs} for {one['paragraphs']} in {one['number']}")
            continue
        whole = [place]
        parts = [p for p, other in enumerate(expected) if p > place and other.get("under") == one["number"]]
        if one["kind"] == "conclusion" and parts and letters(item.text) != letters(one["text"]):
            whole += parts
        said = letters("".join(expected[p]["text"] for p in whole))
        marked = letters(re.sub(r"(?m)^\W*\w{1,3}[).]\s+", "", re.sub(r"(?im)^\W*recommendation:?\s*", "", item.text)))
        if said not in (letters(item.text), marked):
            found.count("words", f"words of {one['number']}: …{item.text[-70:]!r} for …{one['text'][-50:]!r}")
            continue
        joined |= dict.fromkeys(whole, place)
        if (one["number"] and not item.label) or (figures(one["paragraphs"]) and not item.paragraphs):
            found.count("words", f"{one['number']} without its {'paragraph' if item.label else 'number'}")
            continue
        wanted, kind = {expected[p]["kind"] for p in whole}, item.kind.value
        if kind != "unknown" and kind not in wanted:
            found.count("kinds", f"kind {kind} for {one['kind']} {one['number']} “{one['text'][:60]}”")
        found.counts["right"] += len(whole)
    for item in left:
        found.count("false", f"false {item.label} “{item.text[:70]}”")


def _answers(expected: Sequence[dict[str, Any]], read: Sequence[DraftAnswer], found: Outcome) -> None:
    left = list(read)
    for one in expected:
        begins = letters(one["text_begins"])[:40]
        verdict, label = letters(one["verdict"] or ""), letters(one.get("label_line") or "")
        heads = {"", verdict, label, letters(f"Government response: {one['verdict']}")}
        same = [a for a in left if any(letters(a.text).startswith((head + begins)[:60]) for head in heads)]
        same = same or [a for a in left if begins in letters(a.text)[:200]]
        same.sort(key=lambda a: [number(n) for n in a.labels] != [number(n) for n in one["to"]])
        if not same:
            found.count("missed", f"missed {one['to']} “{one['text_begins'][:50]}”")
            continue
        answer = same[0]
        left.remove(answer)
        keys = [number(label) for label in answer.labels]
        by_paragraph = figures(" ".join(one["to"]))
        if keys and keys != [number(n) for n in one["to"]]:
            found.count("numbers", f"number {answer.labels} for {one['to']}")
            continue
        if not keys and answer.paragraphs and figures(answer.paragraphs) not in (by_paragraph, figures(one.get("paragraphs"))):  # fmt: skip
            found.count("numbers", f"paragraph {answer.paragraphs} for {one['to']}")
            continue
        text = letters(re.sub(r"(?m)^\d{1,2}[.)] ", "", answer.text))
        if not any(text.startswith((head + begins)[:60]) for head in heads):
            found.count("words", f"{one['to']} begins {answer.text[:70]!r} for {one['text_begins'][:40]!r}")
        elif not text.endswith(letters(one["text_ends"])[-40:]):
            found.count("words", f"{one['to']} ends {answer.text[-70:]!r} for {one['text_ends'][-50:]!r}")
        elif not keys and not answer.paragraphs and by_paragraph:
            found.count("words", f"{one['to']} without its key")
        else:
            found.counts["right"] += 1
        _verdict(one, answer, found)
    for answer in left:
        found.count("false", f"false {answer.labels} “{answer.text[:70]}”")


def _verdict(one: dict[str, Any], answer: DraftAnswer, found: Outcome) -> None:
    stated, said = answer.verdict, one["verdict"]
    if stated is not None and (not said or status_of(said) != stated.value):
        found.count("verdicts", f"verdict {stated.value} for {said} in {one['to']}")
    elif stated is None and said:
        found.said.append(f"no verdict for {said} in {one['to']}: {answer.text[:60]!r}")
    if answer.target and letters(answer.target) != letters(one["target_date"] or ""):
        found.count("targets", f"target {answer.target!r} for {one['target_date']!r} in {one['to']}")
    elif one["target_date"] and not answer.target:
        found.said.append(f"no target {one['target_date']!r} in {one['to']}")


def _facts(name: str, expected: dict[str, Any], draft: Any, found: Outcome) -> None:
    house = draft.house.value if draft.house else ""
    for fact, said in (
        ("title", draft.title),
        ("committee", draft.committee),
        ("house", house),
        ("paper", draft.paper),
    ):
        right = expected.get(fact) or ""
        if said and letters(said) not in (letters(right), letters(JUDGED.get(name, {}).get(fact, right))):
            found.count("facts", f"{fact} {said!r} for {right!r}")
        elif right and not said:
            found.said.append(f"no {fact} {right!r}")


def outcomes() -> dict[str, Outcome]:
    """Give what came of each page, with the sums of reports and of responses at the end."""
    every = {name: outcome_of(name) for name in EXPECTED}
    for sort, key in (("reports in all", "items"), ("responses in all", "answers")):
        whole = Outcome()
        for name, expected in EXPECTED.items():
            if key in expected:
                whole.add(every[name])
        every[sort] = whole
    return every


def table(every: dict[str, Outcome]) -> str:
    """Write the outcomes as a table of Markdown."""
    rows = [f"| page | {' | '.join(COUNTED)} |", "|---|" + "---:|" * len(COUNTED)]
    for name, outcome in every.items():
        rows.append(f"| {name.removesuffix('.html')} | {' | '.join(str(outcome.counts[c]) for c in COUNTED)} |")
    return "\n".join(rows)


if __name__ == "__main__":
    every = outcomes()
    for name, outcome in every.items():
        if outcome.said and "in all" not in name:
            print(f"\n{name}")
            print("\n".join(f"  {line}" for line in outcome.said))
    print(table(every))
