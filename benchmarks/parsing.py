"""Reading saved pages: which items come out whole, which do not, and whether it says so; then how long it takes.

    python -m benchmarks.parsing [--quick]

First the fixtures, as they are. Then invented lists of 12 to 40 items in which each page is damaged at random in one way: an
item counts as found where its number, paragraphs and every word are right. *Wrong unsaid* counts items that came out wrong
or too many without any doubt beside them or about the whole: those an organiser would not be pointed to. At the end, ten
megabytes of the worst pages we know, and how long they take until they are refused or read.
"""

from __future__ import annotations

import random
import re
import sys
import time
from collections.abc import Callable, Sequence
from textwrap import wrap

from benchmarks.figures import show_machine, show_table
from benchmarks.report_shapes import RESPONSES, SHAPES, Answered, Item
from bot.domain.drafts import DraftReport, SavedPage
from bot.domain.errors import Refused
from bot.sources.report_pages import read_answers, read_report

WORDS = re.findall(
    r"\w+",
    "lantern oil wick lane harbour parish porch glass ladder coat count map owl bell tower bridge ferry market school winter "
    "path light lamp watch keeper stone gate field mill river tide rope cart barrel candle window street corner night dusk",
)
BEGINNINGS = (
    "We recommend that",
    "The Department should",
    "We conclude that",
    "Ministers must",
    "It is regrettable that",
    "We welcome",
)
Made = list[tuple[Item, str]]
Damage = Callable[[Made, random.Random], bytes]
HEAD = "Conclusions and recommendations"


def invented_list(chance: random.Random) -> Made:
    """Make a list of items with rising paragraphs; now and then with a list inside, a quotation or a number."""
    items: Made = []
    paragraph = chance.randint(3, 20)
    for number in range(1, chance.randint(12, 40) + 1):
        words = chance.choices(WORDS, k=chance.randint(8, 60))
        for place in range(6, len(words) - 2, chance.randint(7, 15)):
            words[place] += chance.choice([",", ";", ".", " 1987", " 30 per cent,", ". The", " (see paragraph 4)"])
        text = f"{chance.choice(BEGINNINGS)} {' '.join(words)}."
        if chance.random() < 0.15:
            text = f"{chance.choice(BEGINNINGS)} the Department set out:" + "".join(
                f"\n• {' '.join(chance.choices(WORDS, k=5))};" for _ in range(3)
            )
        paragraph += chance.randint(1, 4)
        last = paragraph + chance.randint(1, 3)
        where, said = chance.choice(
            [(str(paragraph), f"(Paragraph {paragraph})")] * 4
            + [
                (f"{paragraph}–{last}", f"(Paragraphs {paragraph}–{last})"),
                (f"{paragraph}, {last}", f"(Paragraphs {paragraph} and {last})"),
            ]
        )
        items.append((Item(str(number), text, where, ""), said))
    return items


def as_lines(made: Made, chance: random.Random, *, width: int = 0, mark: str = "{}. ", gap: bool = True) -> list[str]:
    """Write a list as lines of text."""
    lines = [HEAD, ""]
    for item, said in made:
        if chance.random() < 0.15:
            lines += [" ".join(chance.choices(WORDS, k=3)).capitalize(), *([""] if gap else [])]
        for line in f"{mark.format(item.label)}{item.text} {said}".split("\n"):
            lines += wrap(line, width, break_on_hyphens=False) if width else [line]
        lines += [""] if gap else []
    return lines


def text(made: Made, chance: random.Random) -> bytes:
    return "\n".join(as_lines(made, chance)).encode()


def wrapped(made: Made, chance: random.Random) -> bytes:
    return "\n".join(as_lines(made, chance, width=chance.randint(30, 110), gap=chance.random() < 0.5)).encode()


def glued(made: Made, chance: random.Random) -> bytes:
    return "\n".join(as_lines(made, chance, mark="{}.", gap=False)).encode()


def copied(made: Made, chance: random.Random) -> bytes:
    """Break lines without gaps, and put a running head with a page number in every twentieth place."""
    lines = as_lines(made, chance, width=chance.randint(50, 90), gap=False)
    page = chance.randint(20, 60)
    for place in range(len(lines) - chance.randint(1, 20), 5, -chance.randint(14, 24)):
        lines.insert(place, f"Dark Lanes {page}" if page % 2 else f"{page} Dark Lanes")
        page -= 1
    return "\n".join(lines).encode()


def unreferred(made: Made, chance: random.Random) -> bytes:
    """Leave out a fifth of the paragraph references."""
    for place, (item, _) in enumerate(made):
        if chance.random() < 0.2:
            made[place] = (Item(item.label, item.text, "", ""), "")
    return "\n".join(as_lines(made, chance)).encode()


def footnoted(made: Made, chance: random.Random) -> bytes:
    """Glue the mark of a footnote to every tenth word that ends a clause."""
    lines = as_lines(made, chance)
    return re.sub(
        r"([a-z][,;])(?= )",
        lambda m: m[1] + (str(chance.randint(1, 150)) if chance.random() < 0.3 else ""),
        "\n".join(lines),
    ).encode()


def torn(made: Made, chance: random.Random) -> bytes:
    """Lose one item whole."""
    lost = chance.randrange(1, len(made) - 1)
    del made[lost]
    return "\n".join(as_lines(made, chance)).encode()


def html(made: Made, chance: random.Random) -> bytes:
    """Write it as HTML in one of several ways, with unclosed tags and things between."""
    way = chance.choice(["p", "li", "div", "table"])
    parts = []
    for item, said in made:
        first, *rest = item.text.split("\n")
        inner = "".join(f"<li>{line.removeprefix('• ')}" for line in rest)
        words = f"{first}{f'<ul>{inner}</ul>' if rest else ''} <i>{said}</i>"
        parts.append(
            {
                "p": f"<p><b>{item.label}</b>.{words}",
                "li": f"<ol start={item.label}><li>{words}</ol>",
                "div": f"<div><div>{item.label}.</div><div>{words}</div></div>",
                "table": f"<tr><td>{item.label}<td><p>{words}</p>",
            }[way]
        )  # fmt: skip
        if chance.random() < 0.2:
            parts.append(chance.choice(["<hr>", "</span>", "<script>1. x (Paragraph 9)</script>", "<!-- 2. y -->"]))
    body = f"<table>{''.join(parts)}</table>" if way == "table" else "".join(parts)
    return f"<html><body><p>Menu<p>Contents<h2>{HEAD}</h2>{body}<h2>Formal minutes</h2><p>1. Report read.".encode()


DAMAGES: tuple[tuple[str, Damage], ...] = (
    ("clean text", text),
    ("broken lines", wrapped),
    ("number glued, no gaps", glued),
    ("copied from a PDF", copied),
    ("a fifth without reference", unreferred),
    ("footnote marks in the text", footnoted),
    ("an item missing", torn),
    ("HTML in four ways", html),
)
WORST = (
    "<div>", "<b><i><u>", "<table><tr><td>x", "<a href='#1'>2", "<p>x</p>", "<", "&#x41;&amp", "1. We recommend oil. (Paragraph 1)\n",
    "Conclusions and recommendations\n1. We\n", "(Paragraph 1, 2", "a-\nb", "x",
)  # fmt: skip


def _same(found: Item, wanted: Item) -> bool:
    tidy = " ".join(found.text.split()) == " ".join(wanted.text.split())
    return tidy and (found.label, found.paragraphs) == (wanted.label, wanted.paragraphs)


def measure(damage: Damage, rounds: int) -> tuple[int, int, int, int, float]:
    """Give items wanted, read, right, wrong without a doubt, and the milliseconds for each page."""
    wanted = read = right = unsaid = 0
    took = 0.0
    for seed in range(rounds):
        chance = random.Random(seed)
        made = invented_list(chance)
        page = damage(made, chance)
        began = time.perf_counter()
        try:
            draft = read_report([SavedPage("page", page)])
        except Refused:
            draft = DraftReport(())
        took += time.perf_counter() - began
        expected = {item.label: item for item, _ in made}
        wanted += len(expected)
        read += len(draft.items)
        for item in draft.items:
            fits = item.label in expected and _same(
                Item(item.label, item.text, item.paragraphs, ""), expected[item.label]
            )
            right += fits
            unsaid += not fits and not item.doubts and not draft.doubts
    return wanted, read, right, unsaid, 1000 * took / rounds


def _fixtures() -> None:
    rows = []
    for shape in SHAPES:
        draft = read_report(shape.make())
        got = [Item(i.label, i.text, i.paragraphs, i.theme) for i in draft.items]
        right = sum(item in shape.items for item in got)
        rows.append(_row(shape.name, len(shape.items), len(got), right, 0, 0.0)[:-2])
    for response in RESPONSES:
        answers = [Answered(a.labels, a.restated, a.text) for a in read_answers(response.make()).answers]
        right = sum(answer in response.answers for answer in answers)
        rows.append(_row(f"response: {response.name}", len(response.answers), len(answers), right, 0, 0.0)[:-2])
    show_table("Fixtures, word for word", ("fixture", "items", "read", "recall", "precision"), rows)


def _row(name: str, wanted: int, read: int, right: int, unsaid: int, took: float) -> tuple[str, ...]:
    return (
        name,
        str(wanted),
        str(read),
        f"{right / wanted:.3f}",
        f"{right / max(1, read):.3f}",
        str(unsaid),
        f"{took:.1f}",
    )


def _worst(size: int) -> None:
    rows: list[Sequence[str]] = []
    for unit in WORST:
        content = ("<html><body>" + unit * (size // len(unit))).encode()
        began, ended = time.perf_counter(), "read"
        try:
            read_report([SavedPage("page", content)])
        except Refused:
            ended = "refused"
        rows.append((repr(unit), ended, f"{time.perf_counter() - began:.1f}"))
    show_table(f"{size / 1_000_000:.0f} MB of one thing", ("repeated", "ended", "seconds"), rows)


def main() -> None:
    quick = "--quick" in sys.argv
    show_machine()
    _fixtures()
    rounds = 20 if quick else 200
    rows = [_row(name, *measure(damage, rounds)) for name, damage in DAMAGES]
    headings = ("invented lists", "items", "read", "recall", "precision", "wrong unsaid", "ms a page")
    show_table(f"{rounds} lists of 12 to 40 items each", headings, rows)
    _worst(1_000_000 if quick else 10_000_000)


if __name__ == "__main__":
    main()
