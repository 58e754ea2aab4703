"""Putting a draft beside a held report: what is filled in, asked, kept, and that a second time changes nothing."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.answer_match import propose_answers
from bot.domain.drafts import TO_BE_READ, DraftAnswer, DraftAnswers, DraftItem, DraftReport
from bot.domain.errors import Refused
from bot.domain.identity import GuildId, ItemKey, RecordId, ReportSlug
from bot.domain.letter_facts import committee_asked, reference
from bot.domain.records import Record, RecordKind, RecordState, with_records
from bot.domain.report_changes import Change, Decision, Fit, Merge
from bot.domain.report_merge import propose
from bot.domain.report_new import report_from, slug_of
from bot.domain.report_words import likeness, plain, words_changed
from bot.domain.reports import (
    Answer,
    AnswerStatus,
    Chapter,
    Confidence,
    Door,
    Evidence,
    FurtherItem,
    House,
    Recommendation,
    Report,
    Source,
)

AGREED = Answer(AnswerStatus.AGREED, "the Government of 2024", date(2024, 6, 1), "Yes.", sources=("S1",))
LIT = Evidence(date(2025, 1, 1), "The first lamps were lit.", sources=("S1",))


def item(
    key: str, chapter: str, paragraphs: str, theme: str, summary: str, number: str | None = None
) -> Recommendation:
    return Recommendation(
        ItemKey(key), theme, summary, chapter, paragraphs, number, confidence=Confidence.REPORTED, sources=("S1",)
    )


HELD = Report(
    slug=ReportSlug("lanterns"),
    title="Dark Streets: who lights the lanterns?",
    short_title="Dark Streets",
    committee="Lantern Committee",
    house=House.COMMONS,
    paper="HC 7",
    session="2023–24",
    published_on=date(2024, 3, 1),
    url="https://lanterns.example/report",
    as_of=date(2025, 6, 1),
    licence="A licence.",
    chapters=(Chapter("1", "Counting", "1–19"), Chapter("2", "Oil and money", "20–39")),
    doors=(Door("counting", "Counting", "", ("1",)), Door("money", "Money", "", ("2",))),
    recommendations=(
        replace(item("1", "1", "13", "Count", "Count every lantern each year.", "1"), answer=AGREED, evidence=(LIT,)),
        item("2", "1", "17", "Maps", "Draw a map of the dark lanes.", "2"),
        replace(
            item("T-01", "2", "20–39", "Whale oil", "Stop buying whale oil for harbour lanterns."), evidence=(LIT,)
        ),
        item("T-02", "2", "20–39", "Glass", "Pay glaziers for broken panes in school porches."),
        item("T-03", "2", "20–39", "Wicks", "Trim the wicks of all porch lanterns weekly."),
        item("T-04", "2", "20–39", "Owls", "Protect owls that nest in belfries."),
        item("T-05", "2", "31", "Moths", "Count moths around harbour lanterns in summer."),
    ),
    sources=(Source("S1", "The report", "https://lanterns.example/report"),),
)

ONE = DraftItem("1", "The Department should count all lanterns every year and publish the count.", "13", "Counting")
TWO = DraftItem("2", "We recommend that the Department draw and keep a map of lanes without light.", "17", "Counting")
THREE = DraftItem("3", "Harbours must cease the buying of whale oil for their lanterns.", "22", "Oil and money")
FOUR = DraftItem("4", "Broken panes in school porches and untrimmed wicks of porch lanterns are a risk. Glaziers should "
                      "be paid, and wicks trimmed weekly.", "25", "Oil and money")  # fmt: skip
FIVE = DraftItem("5", "Moths should be counted around harbour lanterns every summer.", "31", "Oil and money")
SIX = DraftItem("6", "Lamplighters deserve warm coats.", "44", "People")
DRAFT = DraftReport((ONE, TWO, THREE, FOUR, FIVE, SIX), title="Dark Streets: who lights the lanterns?", paper="HC 7")
SAID = {
    ItemKey("T-01"): Decision(Fit.SAME, 2),
    ItemKey("T-02"): Decision(Fit.PART, 3),
    ItemKey("T-03"): Decision(Fit.PART, 3),
    ItemKey("T-04"): Decision(Fit.NONE),
}


def kinds(merge: Merge) -> dict[str, Change]:
    return {change.key: change.change for change in merge.changes}


def held(merge: Merge, key: str) -> Recommendation:
    found = merge.after.recommendation(key)
    assert found is not None
    return found


def test_numbers_and_official_words_fill_the_items_that_are_held_and_nothing_of_them_is_lost() -> None:
    merge = propose(HELD, DRAFT)
    one = held(merge, "1")
    assert (one.official, one.summary, one.answer, one.evidence) == (
        ONE.text, "Count every lantern each year.", AGREED, (LIT,),
    )  # fmt: skip
    assert (one.confidence, one.sources) == (Confidence.READ, ("S1",))
    assert kinds(merge)["1"] is kinds(merge)["2"] is Change.FILLED
    shown = next(c for c in merge.changes if c.key == "1")
    assert [f.shown for f in shown.fields] == [f"official words: none → {ONE.text}"]
    assert shown.reason == "the same number and paragraph"


def test_an_ask_without_a_number_is_a_question_and_stays_as_it_is_until_somebody_answers() -> None:
    merge = propose(HELD, DRAFT)
    asked = {str(q.key): [c.place for c in q.candidates] for q in merge.questions}
    assert asked["T-01"][0] == 2
    assert asked["T-02"] == [3]
    assert asked["T-03"] == [3]
    assert "T-04" not in asked
    assert kinds(merge)["T-04"] is Change.MISSING
    for key in ("T-01", "T-02", "T-03", "T-04"):
        assert held(merge, key) == HELD.recommendation(key)
    assert held(merge, "3").official == THREE.text
    assert next(c for c in merge.changes if c.key == "3").reason == "It may be T-01: see the questions."


def test_the_only_ask_of_a_paragraph_with_much_the_same_words_is_matched_and_says_so() -> None:
    merge = propose(HELD, DRAFT)
    moths = held(merge, "T-05")
    assert (moths.number, moths.official, moths.key) == ("5", FIVE.text, "T-05")
    assert "please check" in next(c for c in merge.changes if c.key == "T-05").reason


def test_decisions_number_an_ask_or_make_it_a_part() -> None:
    merge = propose(HELD, DRAFT, SAID)
    oil = held(merge, "T-01")
    assert (oil.number, oil.paragraphs, oil.official, oil.evidence) == ("3", "22", THREE.text, (LIT,))
    assert merge.after.recommendation("3") is oil
    assert [held(merge, k).heading for k in ("T-02", "T-03")] == ["T-02 (part of 4)", "T-03 (part of 4)"]
    assert held(merge, "4").official == FOUR.text
    assert not merge.questions
    assert [i.key for i in merge.after.recommendations] == ["1", "2", "T-01", "4", "T-05", "6", "T-02", "T-03", "T-04"]


@pytest.mark.parametrize("decisions", [{}, SAID])
def test_the_same_import_again_changes_nothing(decisions: dict[ItemKey, Decision]) -> None:
    first = propose(HELD, DRAFT, decisions)
    assert first.is_change
    for said in ({}, decisions):
        again = propose(first.after, DRAFT, said)
        assert not again.is_change
        assert again.after == first.after
    assert {str(q.key) for q in propose(first.after, DRAFT).questions} == {str(q.key) for q in first.questions}


def test_an_answer_given_later_joins_the_ask_with_the_item_that_was_added_meanwhile() -> None:
    first = propose(HELD, DRAFT)
    second = propose(first.after, DRAFT, SAID)
    assert second.after.recommendations == propose(HELD, DRAFT, SAID).after.recommendations
    answered = tuple(replace(i, answer=AGREED) if i.key == "3" else i for i in first.after.recommendations)
    with pytest.raises(Refused, match="already has an answer"):
        propose(replace(first.after, recommendations=answered), DRAFT, SAID)


def test_changed_words_are_shown_and_a_vanished_item_is_kept() -> None:
    first = propose(HELD, DRAFT, SAID).after
    newer = replace(ONE, text=ONE.text.replace("every year", "twice a year"))
    merge = propose(first, replace(DRAFT, items=(newer, THREE, FOUR, FIVE, SIX)))
    assert kinds(merge)["1"] is Change.CHANGED
    assert kinds(merge)["2"] is Change.MISSING
    assert held(merge, "2").official == TWO.text
    assert held(merge, "1").answer == AGREED
    (field,) = next(c for c in merge.changes if c.key == "1").fields
    assert "[-every-] [+twice a+]" in field.shown


def test_a_renumbered_list_is_refused_rather_than_an_answer_put_under_another_item() -> None:
    first = propose(HELD, DRAFT, SAID).after
    swapped = (replace(TWO, label="1"), replace(ONE, label="2"), THREE, FOUR, FIVE, SIX)
    with pytest.raises(Refused, match="two items would be called 1, 2"):
        propose(first, replace(DRAFT, items=swapped))


def test_an_ask_with_a_key_of_its_own_follows_its_words_to_another_number() -> None:
    first = propose(HELD, DRAFT, SAID).after
    merge = propose(first, replace(DRAFT, items=(ONE, TWO, replace(THREE, label="9"), FOUR, FIVE, SIX)))
    oil = held(merge, "T-01")
    assert (oil.number, oil.evidence) == ("9", (LIT,))
    assert kinds(merge)["T-01"] is Change.CHANGED


def test_a_number_with_another_paragraph_or_quite_other_words_is_asked_and_held_back() -> None:
    odd = replace(ONE, paragraphs="19")
    merge = propose(HELD, replace(DRAFT, items=(odd, TWO)))
    (question,) = [q for q in merge.questions if q.key == "1"]
    assert not question.may_be_part
    assert merge.counts[Change.HELD_BACK] == 1
    assert held(merge, "1") == HELD.recommendation("1")
    settled = propose(HELD, replace(DRAFT, items=(odd, TWO)), {ItemKey("1"): Decision(Fit.SAME, 0)})
    assert held(settled, "1").paragraphs == "19"
    other = replace(ONE, text="Bakers ought to sell rolls before dawn.")
    first = propose(HELD, DRAFT, SAID).after
    wrong = propose(first, replace(DRAFT, items=(other, TWO)))
    assert held(wrong, "1").official == ONE.text
    assert wrong.counts[Change.HELD_BACK] == 1


def test_a_page_of_another_paper_is_refused_and_another_title_is_doubted() -> None:
    with pytest.raises(Refused, match="HC 8"):
        propose(HELD, replace(DRAFT, paper="HC 8"))
    doubted = propose(HELD, replace(DRAFT, paper="", title="Bread before dawn"))
    assert any("Bread before dawn" in d.what for d in doubted.doubts)
    with pytest.raises(Refused, match="no items"):
        propose(HELD, replace(DRAFT, items=()))


def test_a_new_item_has_a_chapter_a_source_and_a_door() -> None:
    merge = propose(HELD, DRAFT)
    coats = held(merge, "6")
    chapter = merge.after.chapter(coats.chapter)
    assert chapter is not None
    assert chapter.title == "People"
    assert merge.after.doors[-1].chapters == (chapter.key,)
    assert held(merge, "4").chapter == "2"
    assert all(merge.after.source(key) for key in coats.sources)


def test_a_report_is_made_of_a_draft_and_what_is_missing_is_named() -> None:
    report = report_from(
        DRAFT, as_of=date(2025, 1, 2), url="https://lanterns.example/7", committee="Lantern Committee",
        published_on=date(2024, 3, 1),
    )  # fmt: skip
    assert (report.slug, report.short_title, report.paper) == (
        "dark-streets-who-lights-the-lanterns",
        "Dark Streets",
        "HC 7",
    )
    assert [i.number for i in report.recommendations] == ["1", "2", "3", "4", "5", "6"]
    assert [c.title for c in report.chapters] == ["Counting", "Oil and money", "People"]
    assert not propose(report, DRAFT).is_change
    with pytest.raises(Refused, match="the committee, the day it was published or the address"):
        report_from(DRAFT, as_of=date(2025, 1, 2))


def test_duplicate_numbers_and_none_at_all_still_give_keys_of_their_own() -> None:
    twice = DraftReport(
        (ONE, replace(TWO, label="1"), DraftItem("", "Ring the bell."), DraftItem("", "Ring it twice."))
    )
    facts = {"url": "https://x.example", "title": "Bells", "committee": "Bells", "published_on": date(2024, 1, 1)}
    report = report_from(twice, as_of=date(2025, 1, 2), **facts)  # type: ignore[arg-type]
    assert [(i.key, i.number) for i in report.recommendations] == [
        ("P-13", None),
        ("P-17", None),
        ("P-1", None),
        ("P-2", None),
    ]
    assert not propose(report, twice).is_change


def test_words() -> None:
    assert plain("The  “Sea‑wall”’s\u00ad end") == """the "sea-wall"'s end"""
    assert slug_of("Never Again: The UK's Duty") == "never-again-the-uks-duty"
    assert likeness("Count lamps", "count the lamps") == 1
    assert words_changed("a b c", "a x c") == "a [-b-] [+x+] c"


WORDS = (
    "lantern",
    "whale",
    "oil",
    "harbour",
    "moth",
    "glass",
    "porch",
    "school",
    "wick",
    "owl",
    "coat",
    "ladder",
    "map",
)
drafted = st.builds(
    lambda label, words, paragraph: DraftItem(label, f"The Department should {' '.join(words)}.", paragraph, "Lanterns"),
    st.sampled_from(["", *map(str, range(1, 9)), "a", "T-01"]),
    st.lists(st.sampled_from(WORDS), min_size=2, max_size=9),
    st.sampled_from(["", "13", "17", "22", "25–27", "31"]),
)  # fmt: skip


@settings(max_examples=150, deadline=None)
@given(st.lists(drafted, min_size=1, max_size=8), st.data())
def test_whatever_the_draft_nothing_held_is_lost_and_twice_is_once(items: list[DraftItem], data: st.DataObject) -> None:
    draft = DraftReport(tuple(items))
    decisions = {
        q.key: Decision(
            data.draw(st.sampled_from(Fit if q.may_be_part else [Fit.SAME, Fit.NONE])),
            data.draw(st.sampled_from(q.candidates)).place,
        )
        for q in propose(HELD, draft).questions
    }
    try:
        merge = propose(HELD, draft, decisions)
    except Refused:
        return
    after = {i.key: i for i in merge.after.recommendations}
    for kept in HELD.recommendations:
        same = after[kept.key]
        assert (same.answer, same.evidence, same.summary) == (kept.answer, kept.evidence, kept.summary)
    names = [i.key.casefold() for i in after.values()]
    numbers = [i.number.casefold() for i in after.values() if i.number]
    assert len(set(names)) == len(names) == len(merge.after.recommendations)
    assert len(set(numbers)) == len(numbers)
    again = propose(merge.after, draft, decisions)
    assert not again.is_change, again.changes
    assert again.after == merge.after


def test_answers_are_proposed_and_never_judged() -> None:
    report = propose(HELD, DRAFT, SAID).after
    verbatim = DraftAnswer("9", "The Government will think about it.", restated=THREE.text, labels=("9",))
    number = DraftAnswer("1", "The Government counts them.", restated="Counting lanterns every year", labels=("1",))
    wrong = DraftAnswer("2", "Owls are well.", restated="Protect owls that nest in belfries", labels=("2",))
    both = DraftAnswer("1", "Yes to all.", labels=("1", "2"))
    lost = DraftAnswer("", "Good morning.")
    found = propose_answers(report, DraftAnswers((verbatim, number, wrong, both, lost)))
    assert [(p.keys[:1], p.sure) for p in found] == [
        (("T-01",), True), (("1",), True), (("T-04",), False), (("1",), False), ((), False),
    ]  # fmt: skip
    assert found[3].keys == ("1", "2")
    assert {p.status for p in found} == {TO_BE_READ}
    repeated = propose_answers(report, DraftAnswers((verbatim, verbatim)))
    assert [p.sure for p in repeated] == [False, False]


BOTH = {ItemKey("T-01"): Decision(Fit.SAME, 2, (5,))}


def test_a_row_that_covers_two_items_bears_the_words_and_numbers_of_both() -> None:
    merge = propose(HELD, DRAFT, BOTH)
    row = held(merge, "T-01")
    assert (row.number, row.further) == ("3", (FurtherItem("6", "44", SIX.text),))
    assert row.official == THREE.text
    assert row.evidence == (LIT,)
    assert row.heading == "Recommendations 3 and 6"
    assert (row.whole_paragraphs, row.whole_official) == ("22, 44", f"3. {THREE.text}\n6. {SIX.text}")
    for name in ("t-01", "3", "6"):
        assert merge.after.recommendation(name) == row
    assert sum("6" in i.names for i in merge.after.recommendations) == 1


def test_the_order_in_which_two_items_are_said_makes_no_difference() -> None:
    other = propose(HELD, DRAFT, {ItemKey("T-01"): Decision(Fit.SAME, 5, (2,))})
    assert other.after == propose(HELD, DRAFT, BOTH).after


def test_a_row_of_two_items_is_known_again_and_takes_changed_words() -> None:
    once = propose(HELD, DRAFT, BOTH).after
    again = propose(once, DRAFT)
    assert again.after == once
    assert not again.is_change
    changed = replace(SIX, text=f"{SIX.text} Boots too.")
    after = propose(once, replace(DRAFT, items=(ONE, TWO, THREE, FOUR, FIVE, changed))).after
    row = after.recommendation("6")
    assert row is not None
    assert row.key == "T-01"
    assert row.further == (FurtherItem("6", "44", changed.text),)
    gone = propose(once, replace(DRAFT, items=(ONE, TWO, THREE, FOUR, FIVE))).after.recommendation("T-01")
    assert gone == once.recommendation("T-01"), "what the page does not have stays"
    other = propose(once, replace(DRAFT, items=(ONE, TWO, THREE, FOUR, FIVE, replace(SIX, text="Owls are birds."))))
    assert other.after.recommendation("6") == once.recommendation("6"), "another item of that number is held back"
    assert Change.HELD_BACK in {change.change for change in other.changes}


def test_a_row_added_meanwhile_becomes_part_of_the_row_that_covers_it_and_its_key_leads_there() -> None:
    bare = replace(DRAFT, items=(ONE, TWO, THREE, FOUR, FIVE, replace(SIX, label="")))
    added = propose(HELD, bare).after
    key = next(str(i.key) for i in added.recommendations if i.official == SIX.text)
    row = propose(added, bare, BOTH).after.recommendation(key)
    assert row is not None
    assert (row.key, row.former_keys) == ("T-01", (key,))
    record = Record(RecordId(1), GuildId(1), HELD.slug, ItemKey(key), RecordKind.ANSWER, "agreed", "the Government", date(2024, 7, 1),
                    "Yes.", "https://lanterns.example/answer", state=RecordState.CONFIRMED)  # fmt: skip
    told = with_records(propose(added, bare, BOTH).after, [record]).recommendation("T-01")
    assert told is not None
    assert told.answer.status is AnswerStatus.AGREED, "what a group recorded of it stays with it"


def test_one_item_cannot_belong_to_two_rows() -> None:
    with pytest.raises(Refused, match="same item"):
        propose(HELD, DRAFT, {**BOTH, ItemKey("T-02"): Decision(Fit.SAME, 5)})


def test_two_items_are_proposed_where_a_row_says_what_both_of_them_say() -> None:
    row = item(
        "T-06", "2", "20–50", "Whale oil and coats",
        "Stop buying whale oil for harbour lanterns, and give lamplighters warm coats.",
    )  # fmt: skip
    report = replace(HELD, recommendations=(*HELD.recommendations[:2], row))
    question = next(q for q in propose(report, DRAFT).questions if q.key == "T-06")
    assert {question.candidates[0].place, question.both} == {2, 5}
    for known in propose(HELD, DRAFT).questions:
        assert known.both is None, known.key


def test_an_answer_to_either_item_is_proposed_for_the_row_of_both() -> None:
    report = propose(HELD, DRAFT, BOTH).after
    said = DraftAnswers(
        (DraftAnswer("6", "We will buy coats.", restated=SIX.text), DraftAnswer("3", "No.", THREE.text))
    )
    for proposed in propose_answers(report, said):
        assert proposed.keys[0] == "T-01"


def test_a_letter_cites_and_quotes_both_items_of_a_row() -> None:
    report = propose(HELD, DRAFT, BOTH).after
    row = replace(next(i for i in report.recommendations if i.key == "T-01"), letter_line=None)
    said = committee_asked(report, row)
    assert f"said: “{THREE.text}” and “{SIX.text}”" in said
    assert "paragraphs 22, 44" in said
    assert reference(report, row) == "“Dark Streets”, HC 7, recommendations 3 and 6"
