"""Packs: the shipped one is what it should be, and a broken one is explained to its author."""

from __future__ import annotations

import re
from collections import Counter
from datetime import date
from pathlib import Path

import pytest

from bot.domain.deadlines import response_clock
from bot.domain.errors import BrokenPack
from bot.domain.identity import GuildId
from bot.domain.reports import AnswerStatus, Confidence, House, Report, RowKind, SinceStatus
from storage.hosts import is_listing, read_hosts
from storage.packs import LARGEST_PACK, pack_files, parse_pack, read_pack, shipped_packs

GOOD = """
schema = 1
[report]
slug = "harbours"
title = "Harbours and their walls"
short_title = "Harbours"
committee = "Harbour Committee"
house = "Commons"
published_on = 2024-03-01
url = "https://example.org/report"
as_of = 2024-06-01
licence = "A licence."
licence_url = "https://example.org/licence"
[[chapters]]
key = "1"
title = "Walls"
[[doors]]
key = "walls"
title = "Walls"
chapters = ["1"]
[[recommendations]]
number = "1"
chapter = "1"
theme = "Mending"
summary = "Mend the walls."
confidence = "read"
sources = ["A"]
[[sources]]
key = "A"
title = "The report"
url = "https://example.org/report"
"""
SECOND = """
[[recommendations]]
key = "T-01"
chapter = "1"
theme = "Paint"
summary = "Paint the walls."
confidence = "reported"
sources = ["A"]
"""


JOINT = (
    GOOD.replace('house = "Commons"', 'house = "Joint"\npaper = "HL Paper 159, HC 633"')
    .replace('number = "1"', 'key = "H-01"\nkind = "conclusion"')
    .replace("2024-03-01", "2025-07-24")
    .replace("2024-06-01", "2026-01-01")
)


@pytest.fixture(scope="module")
def never_again() -> Report:
    return read_pack(shipped_packs() / "never-again.toml")


def problems(text: str, file: str = "harbours.toml") -> list[str]:
    with pytest.raises(BrokenPack) as caught:
        parse_pack(text.encode(), file)
    assert len(caught.value.problems) == caught.value.next_step.count("\n") + 1
    return [str(problem) for problem in caught.value.problems]


def test_the_shipped_pack_has_exactly_the_publishable_rows(never_again: Report) -> None:
    keys = [item.key for item in never_again.recommendations]
    asks = [f"T-{n:02}" for n in range(1, 33) if n != 27]
    assert keys == ["1", "2", "3", "4", "5", "6", *asks]
    assert [i.number for i in never_again.recommendations] == ["1", "2", "3", "4", "5", "6", *[None] * 31]
    assert [i.paragraphs for i in never_again.recommendations][:6] == ["13", "17", "18", "19", "20", "21"]


def test_the_answers_are_those_that_are_known(never_again: Report) -> None:
    counted = Counter(item.answer.status for item in never_again.recommendations)
    assert counted == {
        AnswerStatus.NOT_AGREED: 4,
        AnswerStatus.AGREED: 3,
        AnswerStatus.PARTLY_AGREED: 1,
        AnswerStatus.NOTED: 2,
        AnswerStatus.UNKNOWN: 27,
    }
    for item in never_again.recommendations:
        if item.answer.status is not AnswerStatus.UNKNOWN:
            assert item.answer.by == "the Government of 2021"
            assert item.answer.on == date(2021, 11, 1)
            assert item.answer.confidence is Confidence.REPORTED
    for key in ("T-23", "T-29"):
        item = never_again.recommendation(key)
        assert item is not None
        assert item.answer.status is AnswerStatus.UNKNOWN
        assert "inferred" in item.answer.note


def test_every_row_has_a_source_that_exists_and_nothing_is_known_from_memory(never_again: Report) -> None:
    held = {source.key for source in never_again.sources}
    rows = [(item.key, item.sources) for item in never_again.recommendations]
    rows += [(i.key, i.answer.sources) for i in never_again.recommendations if i.answer.text or i.answer.note]
    rows += [(i.key, e.sources) for i in never_again.recommendations for e in i.evidence]
    rows += [(event.text, event.sources) for event in never_again.timeline]
    rows += [("response", never_again.response.sources)]
    for name, sources in rows:
        assert sources, name
        assert held.issuperset(sources), name
    used = {key for _, sources in rows for key in sources} | {c.source for c in never_again.chapters}
    assert held == used, "a source that nothing cites"
    text = (shipped_packs() / "never-again.toml").read_text()
    assert not re.search(r"\bkey = \"T-(?:27|33)\"|hotline", text)
    assert "memory" not in text


def test_sources_are_whole_https_addresses_that_fit_a_button(never_again: Report) -> None:
    for source in never_again.sources:
        assert source.url.startswith("https://")
        assert "..." not in source.url
        assert len(source.url) <= 512
        assert len(source.title) <= 80


def test_the_doors_open_on_every_row_and_unconfirmed_chapters_say_so(never_again: Report) -> None:
    behind = [len(never_again.behind(door)) for door in never_again.doors]
    assert len(behind) == 4
    assert all(behind)
    assert sum(behind) == 37
    unsure = {item.key for item in never_again.recommendations if item.chapter_note}
    assert unsure == {"T-01", "T-07", "T-09", "T-24"}


def test_what_happened_since_is_dated_and_kept_apart(never_again: Report) -> None:
    attendance, review = never_again.recommendation("T-02"), never_again.recommendation("T-22")
    assert attendance is not None
    assert review is not None
    assert [e.on for e in attendance.evidence][-3:] == [date(2021, 12, 8), date(2021, 12, 15), date(2022, 2, 20)]
    assert attendance.since is SinceStatus.OVERTAKEN
    assert review.since is SinceStatus.OVERTAKEN
    court = never_again.recommendation("T-01")
    assert court is not None
    assert [e.dated for e in court.evidence] == ["5 September 2022"]
    assert "chair, Tom Tugendhat" in court.evidence[0].text


def test_the_response_facts(never_again: Report) -> None:
    response = never_again.response
    assert (response.due_on, response.received_on) == (None, date(2021, 11, 1))
    assert "36" in response.note
    assert "33" in response.note
    assert never_again.published_on == date(2021, 7, 8)
    assert "Open Parliament Licence v3.0" in never_again.licence


def test_a_good_pack_is_read() -> None:
    report = parse_pack(GOOD.encode(), "harbours.toml")
    assert report.recommendations[0].summary == "Mend the walls."
    assert report.recommendations[0].answer.status is AnswerStatus.UNKNOWN
    assert parse_pack(b"\xef\xbb\xbf" + GOOD.encode(), "harbours.toml") == report


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (('confidence = "read"', 'confidence = "memory"'), ["recommendation 1", "confidence", "may not be published"]),
        (('confidence = "read"', 'confidence = "sure"'), ["recommendation 1", "confidence", "read, reported, derived"]),
        (('sources = ["A"]', ""), ["recommendation 1", "sources", "missing"]),
        (('sources = ["A"]', "sources = []"), ["recommendation 1", "sources", "empty"]),
        (('sources = ["A"]', 'sources = "A"'), ["recommendation 1", "sources", "list"]),
        (('sources = ["A"]', 'sources = ["B"]'), ["recommendation 1", "sources", "“B”"]),
        (('theme = "Mending"', 'thene = "Mending"'), ["recommendation 1", "thene", "isn't a field"]),
        (('theme = "Mending"', "theme = 4"), ["recommendation 1", "theme", "quotation marks"]),
        (('theme = "Mending"', 'theme = "  "'), ["recommendation 1", "theme", "empty"]),
        (('theme = "Mending"', f'theme = "{"x" * 61}"'), ["recommendation 1", "theme", "61 characters", "60"]),
        (('number = "1"\n', ""), ["recommendation row 1", "number", "T-01"]),
        (('number = "1"', 'number = "1/2"'), ["recommendation 1/2", "letters, digits"]),
        (('house = "Commons"', 'house = "Lard"'), ["report", "house", "Commons, Lords"]),
        (("published_on = 2024-03-01", 'published_on = "2024-03-01"'), ["report", "published_on", "date"]),
        (("published_on = 2024-03-01", "published_on = 2024-03-01T10:00:00"), ["report", "published_on", "date"]),
        (('url = "https://example.org/report"', 'url = "example.org"'), ["url", "https://"]),
        (('slug = "harbours"', 'slug = "piers"'), ["report", "slug", "piers.toml"]),
        (('slug = "harbours"', 'slug = "Har bours"'), ["report", "slug", "lower-case letters"]),
        (('chapters = ["1"]', 'chapters = ["9"]'), ["door walls", "chapters", "“9”"]),
        (('key = "1"\ntitle = "Walls"', 'key = "2"\ntitle = "Walls"'), ["recommendation 1", "chapter", "“1”"]),
        (("schema = 1", ""), ["schema", "schema = 1"]),
        (("schema = 1", "schema = 2"), ["schema", "newer Postbag"]),
        (("[report]", "[reprot]"), ["report", "missing"]),
    ],
)  # fmt: skip
def test_each_fault_is_named_with_file_row_and_field(change: tuple[str, str], expected: list[str]) -> None:
    said = "\n".join(problems(GOOD.replace(*change)))
    assert said.startswith("harbours.toml")
    for words in expected:
        assert words in said


def test_all_faults_are_listed_at_once() -> None:
    broken = GOOD.replace('confidence = "read"', 'confidence = "memory"').replace('house = "Commons"', 'house = "?"')
    said = problems(broken + SECOND.replace('["A"]', '["Z"]'))
    assert len(said) == 3
    assert [s for s in said if "T-01" in s and "“Z”" in s]


@pytest.mark.parametrize("key", ['key = "1"', 'number = "1"', 'key = "T-01"\nnumber = "1"'])
def test_keys_and_numbers_are_unique_together(key: str) -> None:
    (said,) = problems(GOOD + SECOND.replace('key = "T-01"', key))
    assert "used by two rows" in said


def test_an_answer_needs_its_who_when_and_where() -> None:
    head, tail = GOOD.split("[[sources]]")
    answer = '[recommendations.answer]\nstatus = "agreed"\n'
    said = problems(f"{head}{answer}[[sources]]{tail}")
    assert {re.search("field “(.*?)”", s).group(1) for s in said} == {"by", "on", "confidence", "sources"}  # type: ignore[union-attr]
    assert all("recommendation 1, answer" in s for s in said)


def test_evidence_and_answers_come_after_the_report() -> None:
    head, tail = GOOD.split("[[sources]]")
    row = '[[recommendations.evidence]]\non = 2023-01-01\ntext = "x"\nconfidence = "read"\nsources = ["A"]\n'
    (said,) = problems(f"{head}{row}[[sources]]{tail}")
    assert "recommendation 1, evidence row 1, field “on”: is before the report was published" in said


def test_a_row_behind_no_door_is_refused() -> None:
    chapter = '[[chapters]]\nkey = "2"\ntitle = "Piers"\n'
    (said,) = problems(
        GOOD.replace("[[doors]]", f"{chapter}[[doors]]") + SECOND.replace('chapter = "1"', 'chapter = "2"')
    )
    assert "recommendation T-01" in said
    assert "door" in said


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"schema = 1\n[report\n", "line 2"),
        (b"\xff\xfe\x00bad", "UTF-8"),
        (b"", "missing"),
        (b"a = " + b"[" * 5000, "n't valid TOML"),
    ],
)
def test_what_is_no_pack_at_all_is_refused_kindly(content: bytes, expected: str) -> None:
    with pytest.raises(BrokenPack) as caught:
        parse_pack(content, "harbours.toml")
    assert expected in str(caught.value)
    assert "harbours.toml" in caught.value.message


def test_a_file_that_is_missing_or_too_large_is_refused_kindly(tmp_path: Path) -> None:
    with pytest.raises(BrokenPack, match=r"gone\.toml.*can't be opened \(no such file"):
        read_pack(tmp_path / "gone.toml")
    large = tmp_path / "large.toml"
    with large.open("wb") as file:
        file.truncate(LARGEST_PACK + 1)
    with pytest.raises(BrokenPack, match="too large"):
        read_pack(large)


def test_the_format_document_names_every_field() -> None:
    written = (shipped_packs() / "README.md").read_text()
    text = (shipped_packs().parent / "packs.py").read_text()
    for field in re.findall(r"(?:text|link|day|word|texts|flag|whole|rows|table)\(\"(\w+)\"", text):
        assert f"`{field}`" in written or f"{field}]" in written or f"{field} =" in written, field


def test_a_joint_committee_has_both_numbers_and_a_clock() -> None:
    report = parse_pack(JOINT.encode(), "harbours.toml")
    assert (report.house, report.paper) == (House.JOINT, "HL Paper 159, HC 633")
    clock = response_clock(report, GuildId(0))
    assert clock is not None
    assert clock.due_on == date(2025, 9, 24)
    assert report.house.words == "Joint committee of both Houses"
    assert [House.named(text) for text in ("joint", "Commons ", "LORDS", "")] == [
        House.JOINT,
        House.COMMONS,
        House.LORDS,
        None,
    ]


def test_a_conclusion_is_never_agreed_to() -> None:
    answer = (
        '[recommendations.answer]\nstatus = "agreed"\nby = "x"\non = 2025-09-01\nconfidence = "read"\nsources = ["A"]\n'
    )
    assert any("doesn't ask for anything" in p for p in problems(JOINT.replace("[[sources]]", f"{answer}[[sources]]")))
    assert any("never-again/T-18" in p for p in problems(JOINT.replace("kind =", 'follows = ["T-18"]\nkind =')))


FOLLOW_ON = {
    "uyghur-forced-labour": (8, "Answered on 17 May 2021, on time"),
    "atrocity-prevention": (6, "Answered by 4 July 2023 at the latest, at most 199 days late"),
    "forced-labour": (10, "Answered by 31 October 2025 at the latest, at most 37 days late"),
    "transnational-repression": (9, "Answered on 30 October 2025, 30 days late"),
}


@pytest.mark.parametrize(("slug", "rows", "headline"), [(slug, *told) for slug, told in FOLLOW_ON.items()])
def test_the_reports_that_followed_have_rows_and_a_clock(slug: str, rows: int, headline: str) -> None:
    report = read_pack(shipped_packs() / f"{slug}.toml")
    assert len(report.recommendations) == rows
    clock = response_clock(report, GuildId(0))
    assert clock is not None
    assert clock.headline(date(2026, 11, 28)) == headline
    assert any("2 calendar months" in step for step in clock.working(date(2026, 11, 28)))
    for item in report.recommendations:
        assert item.answer.status is not AnswerStatus.AGREED
        assert item.kind is not RowKind.CONCLUSION or item.answer.status is AnswerStatus.UNKNOWN


def test_every_source_of_every_pack_is_cited_and_every_row_that_is_followed_is_held() -> None:
    reports = [read_pack(path) for path in pack_files([shipped_packs()])]
    values = {f"{report.slug}/{item.key}" for report in reports for item in report.recommendations}
    for report in reports:
        cited = [key for i in report.recommendations for key in (*i.sources, *i.answer.sources)]
        cited += [key for i in report.recommendations for event in i.evidence for key in event.sources]
        cited += [key for event in report.timeline for key in event.sources]
        cited += [*report.response.sources, *(chapter.source for chapter in report.chapters if chapter.source)]
        assert {source.key for source in report.sources} == set(cited), report.slug
        for item in report.recommendations:
            assert set(item.follows) <= values, item.key
            assert item.subjects, item.key


def test_the_newest_fact_of_the_first_pack_is_of_2026_and_its_note_says_how_far_was_looked(never_again: Report) -> None:
    events = [event for item in never_again.recommendations for event in item.evidence]
    assert len(events) > 90
    assert max(event.on for event in events) == date(2026, 2, 26)
    assert never_again.looked_until == date(2026, 2, 26)
    assert "looked for up to February 2026" in never_again.note
    for event in events:
        if event.status is SinceStatus.NO_EVIDENCE_FOUND:
            assert "Looked for up to February 2026" in event.text
    unsought = [item.key for item in never_again.recommendations if not item.evidence]
    assert unsought == ["T-14", "T-15", "T-16", "T-23", "T-25"]
    assert {never_again.since(i) for i in never_again.recommendations if not i.evidence} == {
        SinceStatus.NO_EVIDENCE_FOUND
    }
    then = never_again.as_known_on(date(2022, 6, 1))
    assert then.looked_until is None
    assert {then.since(i) for i in then.recommendations if not i.evidence} == {None}


def test_what_is_over_says_so(never_again: Report) -> None:
    over = [item.key for item in never_again.recommendations if item.since is SinceStatus.OVERTAKEN]
    assert over == ["T-02", "T-03", "T-04", "T-05", "T-06", "T-22", "T-24"]


def test_no_link_leads_to_a_list_and_every_host_is_known() -> None:
    hosts = read_hosts()
    for path in pack_files([shipped_packs()]):
        for source in read_pack(path).sources:
            assert not is_listing(source.url), source.url
            assert hosts.kind_of(source.url), source.url
    assert is_listing("https://parallelparliament.co.uk/writtenanswers/search?search_term=x&page=3")
    assert is_listing("https://parallelparliament.co.uk/mp/a-b/vs/c-d")
    assert is_listing("https://parallelparliament.co.uk/lord/a/dept/home-office/writtenanswers")
    assert not is_listing("https://parallelparliament.co.uk/question/77486/solar-power")
