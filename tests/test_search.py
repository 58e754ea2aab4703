"""The index: the right recommendation first, whatever way and however badly it is asked for."""

from __future__ import annotations

import random
import time
from dataclasses import replace

import pytest

from bot.domain.identity import ItemKey, ReportSlug
from bot.domain.reports import Report
from bot.search import RecommendationIndex
from storage.packs import read_pack, shipped_packs


@pytest.fixture(scope="module")
def report() -> Report:
    return read_pack(shipped_packs() / "never-again.toml")


@pytest.fixture(scope="module")
def index(report: Report) -> RecommendationIndex:
    return RecommendationIndex([report])


def keys(index: RecommendationIndex, query: str, **options: object) -> list[str]:
    return [str(found.item.key) for found in index.search(query, **options)]  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("query", "first"),
    [
        ("3", "3"),
        ("recommendation 5", "5"),
        ("T-12", "T-12"),
        ("t12", "T-12"),
        ("para 13", "1"),
        ("never-again/T-02", "T-02"),
        ("genocide", "1"),
        ("genocde", "1"),
        ("gencoide", "1"),
        ("cotton ban", "T-18"),
        ("coton ban", "T-18"),
        ("ban on cotton imports", "T-18"),
        ("hikvsion camras", "T-28"),
        ("cctv", "T-28"),
        ("ASYLUM", "T-10"),
        ("refugee fast track", "T-10"),
        ("icc", "T-01"),
        ("Hague", "T-01"),
        ("solar", "T-21"),
        ("bbc radoi", "T-16"),
        ("what did the Government say about UNESCO?", "T-14"),
        ("uni research", "T-26"),
        ("winter olympics attendance", "T-02"),
        ("modern slavery", "T-17"),
        ("harrasment", "T-12"),
    ],
)
def test_the_right_one_comes_first(index: RecommendationIndex, query: str, first: str) -> None:
    assert keys(index, query)[:1] == [first]


def test_every_prefix_from_the_third_letter_finds_its_theme(index: RecommendationIndex, report: Report) -> None:
    for item in report.recommendations:
        for word in item.theme.replace(",", "").replace(":", "").split():
            for length in range(3, len(word)):
                if word.casefold() not in ("with", "the", "from", "and"):
                    assert item.key in keys(index, word[:length]), word[:length]


def test_letters_before_the_third_already_offer_something(index: RecommendationIndex) -> None:
    assert "T-18" in keys(index, "c")
    assert "T-18" in keys(index, "co")


def test_a_paragraph_finds_the_narrowest_range_first(index: RecommendationIndex) -> None:
    found = keys(index, "paragraph 61")
    assert found == ["T-31"]
    assert keys(index, "para 54") == ["T-25", "T-26"]
    assert keys(index, "para 30")[0] in {"T-02", "T-03", "T-04", "T-05", "T-06"}
    assert keys(index, "para 99") == []


def test_a_number_offers_what_it_may_become(index: RecommendationIndex) -> None:
    assert keys(index, "1")[0] == "1"
    assert keys(index, "t-2") == [*(["T-02"]), *(f"T-{n}" for n in range(20, 33) if n in range(20, 30) and n != 27)]


@pytest.mark.parametrize(
    "query",
    [
        "",
        "   ",
        "xqzzv",
        '"',
        '") OR (',
        "* AND NOT",
        "theme:cotton^",
        "NEAR(a b)",
        "\x00",
        "'; DROP TABLE items",
        "🙂" * 50,
    ],
)
def test_no_words_can_break_it(index: RecommendationIndex, query: str) -> None:
    assert isinstance(index.search(query), tuple)


def test_it_does_not_wait_long_for_4000_characters(index: RecommendationIndex) -> None:
    began = time.process_time()
    index.search("genocde " * 500)
    index.search("q" * 4000)
    assert time.process_time() - began < 10, "processor time: a busy computer changes nothing of it"


def test_nothing_found_is_empty_and_not_everything(index: RecommendationIndex) -> None:
    assert keys(index, "zzqqxx wwvvkk") == []


def test_a_limit_and_a_report_are_kept_to(report: Report) -> None:
    other = replace(report, slug=ReportSlug("other"), short_title="Other")
    both = RecommendationIndex([report, other])
    assert {f.report.slug for f in both.search("cotton")} == {"never-again", "other"}
    assert {f.report.slug for f in both.search("cotton", report="other")} == {"other"}
    assert {f.report.slug for f in both.search("3", report="other")} == {"other"}
    assert {f.report.slug for f in both.search("other/3")} == {"other"}
    assert len(both.search("uyghur", limit=3)) == 3
    both.close()


def test_words_in_scripts_without_spaces_are_found(report: Report) -> None:
    item = replace(report.recommendations[0], official="英国政府应当接受下议院的看法", theme="ئۇيغۇر تىلى")
    index = RecommendationIndex([replace(report, recommendations=(item,))])
    assert keys(index, "下议院") == ["1"]
    assert keys(index, "تىلى") == ["1"]
    assert keys(index, "上议院") == []


def misspelt(word: str, chance: random.Random) -> str:
    if len(word) < 4:
        return word
    place = chance.randrange(1, len(word) - 1)
    letter = chance.choice("abcdefghijklmnopqrstuvwxyz")
    return chance.choice(
        [
            word[:place] + word[place + 1 :],
            word[:place] + letter + word[place:],
            word[:place] + letter + word[place + 1 :],
            word[:place] + word[place + 1] + word[place] + word[place + 2 :],
        ]
    )


def test_typing_errors_at_a_thousand_items(report: Report) -> None:
    """Ask for 1,000 invented items with one error and with an error in every word, as the figures promise."""
    chance = random.Random(20210708)
    parts = [c + v for c in "b c d f g h l m n p r s t v w st tr gr".split() for v in "a e i o u ea ou".split()]  # noqa: SIM905
    words = sorted({"".join(chance.choices(parts, k=chance.choice([2, 3, 3, 4]))) for _ in range(5000)})
    model = report.recommendations[0]
    items = tuple(
        replace(
            model,
            key=ItemKey(str(n)),
            number=str(n),
            theme=" ".join(chance.sample(words, 3)),
            summary=" ".join(chance.choices(words, k=30)),
            keywords=(),
            evidence=(),
        )
        for n in range(1, 1001)
    )
    index = RecommendationIndex([replace(report, recommendations=items)])
    once = every = 0
    asked = chance.sample(items, 150)
    for item in asked:
        theme = item.theme.split()
        wrong = chance.randrange(3)
        found = keys(index, " ".join(misspelt(w, chance) if n == wrong else w for n, w in enumerate(theme)))
        once += item.key in found[:5]
        every += item.key in keys(index, " ".join(misspelt(word, chance) for word in theme))
    assert once / len(asked) >= 0.95
    assert every / len(asked) >= 0.95


def test_a_beginning_that_fits_thousands_still_shows_themes_first(report: Report) -> None:
    """However many summaries begin so, what has it in its theme is on top, wherever in the list it stands."""
    model = replace(report.recommendations[0], keywords=(), evidence=(), official="")
    many = [
        replace(model, key=ItemKey(f"M-{n}"), theme="Sanctions", summary="Countries consider it.") for n in range(4000)
    ]
    last = replace(model, key=ItemKey("Z-1"), theme="Cotton", summary="Say no.")
    index = RecommendationIndex([replace(report, recommendations=(*many, last))])
    assert keys(index, "co")[0] == "Z-1"
    assert keys(index, "cou")[:2] == ["M-0", "M-1"]
    assert keys(index, "coton") == ["Z-1"]
