"""A report written as a pack and read again is the same report; a changed file is noticed; tables hold what is held."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.errors import BrokenPack
from bot.domain.identity import ItemKey
from bot.domain.report_update import update
from bot.domain.reports import (
    Answer,
    AnswerStatus,
    Confidence,
    Evidence,
    FurtherItem,
    House,
    Recommendation,
    Report,
    ResponseFacts,
    RowKind,
    SinceStatus,
    Source,
)
from storage.pack_tables import COLUMNS, as_csv, as_json
from storage.pack_writer import write_pack
from storage.packs import checksum_of, parse_pack, read_pack, shipped_packs


@pytest.fixture(scope="module")
def never_again() -> Report:
    return read_pack(shipped_packs() / "never-again.toml")


def again(report: Report) -> Report:
    return parse_pack(write_pack(report).encode(), f"{report.slug}.toml")


def item(report: Report, key: str) -> Recommendation:
    found = report.recommendation(key)
    assert found is not None
    return found


def changed(report: Report, key: str, **changes: object) -> Report:
    items = (replace(i, **changes) if i.key == key else i for i in report.recommendations)  # type: ignore[arg-type]
    return replace(report, recommendations=tuple(items))


def test_the_shipped_pack_comes_back_as_it_was(never_again: Report) -> None:
    assert again(never_again) == never_again
    assert write_pack(again(never_again)) == write_pack(never_again)


def test_every_field_comes_back(never_again: Report) -> None:
    full = changed(
        never_again,
        "T-12",
        part_of="3",
        further=(FurtherItem("104", "17", "Four."), FurtherItem(None, "18–19", "• Five\n• Six")),
        former_keys=("P-17",),
        official="• One\n• Two",
        keywords=("a", "b"),
        chapter_note="1 or 2",
        answer=Answer(
            AnswerStatus.NOTED, "the Government of 2021", date(2021, 11, 1), "x", "y", Confidence.RECORDED, ("S1",)
        ),
        evidence=(
            Evidence(date(2022, 1, 2), "It began.", SinceStatus.UNDER_WAY, Confidence.REPORTED, ("S1",), "early 2022"),
        ),
    )
    full = replace(
        full,
        publication_id=6624,
        invented=True,
        addressees_confidence=Confidence.READ,
        sources=tuple(replace(s, note="a note") if s.key == "S1" else s for s in full.sources),
        response=ResponseFacts(
            expected=False,
            due_on=date(2021, 9, 8),
            received_on=date(2021, 11, 1),
            public_on=date(2021, 11, 14),
            title="T",
            url="https://x.example/y",
            note="n",
            sources=("S1",),
        ),
    )
    assert again(full) == full


@settings(max_examples=60, deadline=None)
@given(text=st.text(st.characters(exclude_categories=("Cs",)), min_size=1, max_size=200))
def test_any_text_comes_back(text: str) -> None:
    report = changed(
        read_pack(shipped_packs() / "never-again.toml"), "T-12", summary=f"a{text}b", official=f"“{text}” \\ \"'{text}."
    )
    assert again(report) == report


def test_a_file_that_was_changed_or_cut_off_is_noticed(never_again: Report) -> None:
    text = write_pack(never_again)
    for spoilt in (text.replace("Cotton", "Wool"), text[: text.rindex("[[sources]]")]):
        with pytest.raises(BrokenPack) as caught:
            parse_pack(spoilt.encode(), "never-again.toml")
        assert any("checksum" in str(p) and "delete this line" in str(p) for p in caught.value.problems)
    edited = "\n".join(line for line in text.splitlines() if not line.startswith("checksum"))
    assert parse_pack(edited.replace("Cotton", "Wool").encode(), "never-again.toml") != never_again
    for harmless in (text.replace("\n", "\r\n"), "\ufeff" + text, text + "\n\n"):
        assert parse_pack(harmless.encode(), "never-again.toml") == never_again
    assert checksum_of(text).startswith("sha256:")


def test_the_spreadsheet_has_a_row_for_each_item_and_runs_no_formula(never_again: Report) -> None:
    evil = changed(never_again, "T-12", summary="=HYPERLINK(1)", theme="@x", note="a, “b”\nc")
    rows = list(csv.DictReader(io.StringIO(as_csv([evil]))))
    assert len(rows) == len(evil.recommendations)
    assert tuple(rows[0]) == COLUMNS
    row = next(r for r in rows if r["key"] == "T-12")
    assert (row["summary"], row["theme"], row["note"]) == ("'=HYPERLINK(1)", "'@x", "a, “b”\nc")
    first = next(r for r in rows if r["number"] == "1")
    assert (first["answer"], first["answered_on"]) == ("not agreed", "2021-11-01")
    assert "https://" in first["sources"]


def test_json_holds_everything_with_its_licence(never_again: Report) -> None:
    content = json.loads(as_json(never_again))
    assert content["schema"] == 1
    assert content["published_on"] == "2021-07-08"
    assert content["licence"] == never_again.licence
    assert len(content["recommendations"]) == 37
    assert content["recommendations"][0]["answer"]["status"] == "not agreed"


def test_a_newer_pack_keeps_what_it_does_not_know(never_again: Report) -> None:
    mine = changed(
        never_again,
        "T-12",
        answer=Answer(AnswerStatus.AGREED, "x", date(2021, 11, 1), "", "", Confidence.READ, ("S1",)),
        evidence=(Evidence(date(2022, 1, 2), "It began.", None, Confidence.READ, ("S1",)),),
    )
    other = Source("S1", "Another page", "https://other.example/page")
    newer = replace(
        changed(never_again, "3", summary="Said anew."),
        recommendations=tuple(
            replace(i, summary="Said anew.") if i.key == "3" else i
            for i in never_again.recommendations
            if i.key != "T-32"
        ),
        sources=tuple(other if s.key == "S1" else s for s in never_again.sources),
    )
    done = update(mine, newer)
    assert done.is_change
    assert done.kept == ("T-32",)
    assert done.kept_answers == ("T-12",)
    assert "3" in done.changed
    kept = item(done.after, "T-12")
    assert kept.answer.status is AnswerStatus.AGREED
    event = next(event for event in kept.evidence if event.text == "It began.")
    source = done.after.source(event.sources[0])
    assert source is not None
    assert source.url == never_again.source("S1").url  # type: ignore[union-attr]
    assert item(done.after, "3").summary == "Said anew."
    assert again(done.after) == done.after
    assert not update(done.after, newer).new


def test_the_same_pack_again_changes_nothing(never_again: Report) -> None:
    assert not update(never_again, never_again).is_change
    assert update(never_again, never_again).after == never_again
    assert update(None, never_again).new[0] == "1"


def test_a_row_of_a_chapter_that_went_stays_behind_a_door(never_again: Report) -> None:
    gone = item(never_again, "T-12").chapter
    keep = [i for i in never_again.recommendations if i.chapter != gone]
    doors = tuple(
        replace(d, chapters=tuple(c for c in d.chapters if c != gone))
        for d in never_again.doors
        if set(d.chapters) - {gone}
    )
    newer = replace(
        never_again,
        recommendations=tuple(keep),
        chapters=tuple(c for c in never_again.chapters if c.key != gone),
        doors=doors,
    )
    done = update(never_again, newer)
    assert ItemKey("T-12") in done.kept
    assert again(done.after) == done.after


def test_what_a_row_says_for_letters_and_across_reports_comes_back(never_again: Report) -> None:
    full = changed(
        never_again,
        "T-12",
        letter_line="find out how widely Uyghurs in the UK are harassed",
        answered_by="HO",
        subjects=("Safety in the UK",),
        follows=("other-report/R-01", "another/3"),
        kind=RowKind.ASKED_OF_OTHERS,
    )
    full = replace(changed(full, "T-13", letter_line=None), house=House.JOINT, paper="HL Paper 159, HC 633")
    assert again(full) == full
    row = next(r for r in csv.DictReader(io.StringIO(as_csv([full]))) if r["key"] == "T-12")
    assert (row["letter_line"], row["who_answers_today"], row["kind"], row["follows"]) == (
        "find out how widely Uyghurs in the UK are harassed",
        "HO",
        "asked of others",
        "other-report/R-01; another/3",
    )
    held = json.loads(as_json(full))["recommendations"]
    assert next(i for i in held if i["key"] == "T-13")["letter_line"] is None


def test_a_newer_pack_without_a_line_for_letters_keeps_the_one_that_is_held(never_again: Report) -> None:
    newer = changed(never_again, "T-12", letter_line=None, summary="Said anew.")
    done = update(never_again, newer)
    assert item(done.after, "T-12").letter_line == item(never_again, "T-12").letter_line
