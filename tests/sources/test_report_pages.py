"""Reading saved pages: every shape with exactly its items, and every kind of bad input with words that help."""

from __future__ import annotations

import gzip
import io
import zipfile
from pathlib import Path

import pytest
import typst
from hypothesis import given, settings
from hypothesis import strategies as st
from pypdf import PdfReader, PdfWriter

from benchmarks.report_shapes import (
    EXPECTED,
    ITEMS,
    RESPONSES,
    SHAPES,
    Answered,
    Item,
    Response,
    Shape,
    pdf_source,
    single,
    wrapped,
)
from bot.domain.drafts import TO_BE_READ, DraftReport, ItemKind, SavedPage
from bot.domain.errors import Refused
from bot.domain.identity import ItemKey
from bot.domain.report_changes import Change, Decision, Fit
from bot.domain.report_merge import propose
from bot.domain.reports import House
from bot.sources.page_files import MOST_BYTES, MOST_BYTES_IN_ALL, decode
from bot.sources.page_html import lines_of_html
from bot.sources.report_pages import kind_of, read_answers, read_report
from storage.packs import load_packs, shipped_packs

HEADING = "Conclusions and recommendations\n\n"


def text(said: str, name: str = "pasted text") -> list[SavedPage]:
    return [SavedPage(name, said.encode())]


def html(body: str) -> list[SavedPage]:
    return [SavedPage("page.html", f"<!doctype html><html><body>{body}</body></html>".encode())]


def items(draft: DraftReport) -> tuple[Item, ...]:
    return tuple(Item(i.label, i.text, i.paragraphs, i.theme) for i in draft.items)


def brief(draft: DraftReport) -> list[tuple[str, str, str]]:
    return [(i.label, i.text, i.paragraphs) for i in draft.items]


@pytest.mark.parametrize("shape", SHAPES, ids=lambda s: s.name)
def test_each_shape_gives_exactly_its_items_and_facts_without_a_doubt(shape: Shape) -> None:
    draft = read_report(shape.make())
    assert items(draft) == shape.items
    found = (draft.title, draft.committee, draft.paper, draft.session, str(draft.published_on or ""))
    assert found == shape.facts
    assert draft.every_doubt == ()


@pytest.mark.parametrize("response", RESPONSES, ids=lambda r: r.name)
def test_each_response_gives_exactly_its_answers_and_never_a_status(response: Response) -> None:
    draft = read_answers(response.make())
    assert tuple(Answered(a.labels, a.restated, a.text) for a in draft.answers) == response.answers
    assert {a.status for a in draft.answers} == {TO_BE_READ}


def test_the_house_and_the_sources_are_named() -> None:
    by_name = {shape.name: read_report(shape.make()) for shape in SHAPES if shape.name in ("Lords", "legacy pages")}
    assert by_name["Lords"].house is House.LORDS
    assert by_name["legacy pages"].house is House.COMMONS
    assert by_name["legacy pages"].sources == ("90711.htm", "90705.htm")


@pytest.mark.parametrize(
    ("printed", "read"),
    [
        ("(Paragraph 13)", "13"),
        ("(Paragraphs 13 and 14)", "13, 14"),
        ("(Paragraphs 13, 14 and 17)", "13, 14, 17"),
        ("(Paragraphs 13–15)", "13–15"),
        ("(Paragraphs 13-15, 20)", "13–15, 20"),
        ("(Paragraphs 13 to 15)", "13–15"),
        ("(para 13)", "13"),
        ("(paras. 13 & 14)", "13, 14"),
        ("[Paragraph 13]", "13"),
        ("(Paragraph 13).", "13"),
        ("(PARAGRAPH 13)", "13"),
        ("(Paragraph13)", "13"),
        ("( Paragraph 13 )", "13"),
        ("(§13)", "13"),
        ("(Paragraph\u00a013)", "13"),
        ("(Paragraph 13, Chapter 2)", "13"),
    ],
)  # fmt: skip
def test_paragraph_references_in_their_spellings(printed: str, read: str) -> None:
    draft = read_report(text(f"{HEADING}1. We recommend light. {printed}\n\n2.We recommend oil. {printed}"))
    assert brief(draft) == [("1", "We recommend light.", read), ("2", "We recommend oil.", read)]


def test_a_reference_within_a_sentence_does_not_end_the_item() -> None:
    said = (
        "1. As we said (Paragraph 9)\nin May, we recommend oil. (Paragraph 10)\n"
        "2. Wicks should be trimmed (see paragraph 4). (Paragraph 11)"
    )
    assert brief(read_report(text(HEADING + said))) == [
        ("1", "As we said (Paragraph 9) in May, we recommend oil.", "10"),
        ("2", "Wicks should be trimmed (see paragraph 4).", "11"),
    ]


def test_a_numbered_list_within_an_item_stays_in_it() -> None:
    said = (
        "1. We recommend that the Department:\n1. count lanterns;\n2. buy oil; and\n3. trim wicks. (Paragraph 5)\n"
        "2. We recommend coats. (Paragraph 6)\n3. We recommend ladders. (Paragraph 7)"
    )
    draft = read_report(text(HEADING + said))
    assert [(i.label, i.paragraphs) for i in draft.items] == [("1", "5"), ("2", "6"), ("3", "7")]
    assert draft.items[0].text.endswith("\n3. trim wicks.")


def test_words_divided_at_a_line_s_end_are_put_together_and_hyphens_of_their_own_stay() -> None:
    said = (
        "1. A recommendation on cross-\ngovernment lan\u00ad\nterns: the recommen-\ndation should stand. (Paragraph 3)"
    )
    assert brief(read_report(text(HEADING + said))) == [
        ("1", "A recommendation on cross-government lanterns: the recommendation should stand.", "3")
    ]


def test_marks_of_footnotes_are_left_out_and_doubted() -> None:
    draft = read_report(
        text(f"{HEADING}1. In 2021, the Department,6 which should act,104 knew about harbours7 too. (Paragraph 3)")
    )
    (item,) = draft.items
    assert item.text == "In 2021, the Department, which should act, knew about harbours7 too."
    assert [d.what for d in item.doubts] == [
        "these looked like footnote marks, so Postbag left them out: 6, 104.",
        "“harbours7” may end in a footnote mark.",
    ]
    raised = html(
        "<h2>Conclusions and recommendations</h2><p>1.We<sup>3</sup> recommend CO<sub>2</sub> counts by the 4<sup>th</sup> of May"
        "<a href='#fn'>12</a>. (Paragraph <a href='#p5'>5</a>)</p>"
    )
    assert brief(read_report(raised)) == [("1", "We recommend CO2 counts by the 4th of May.", "5")]


def test_what_is_unsure_is_said() -> None:
    said = "3. We recommend light. (Paragraph 3)\n\n5. We recommend oil. (Paragraph 4)\n\n5. We recommend wicks. (Paragraph 6)\n\nA stray line of some length that ends as a sentence does, and belongs nowhere at all."  # noqa: E501
    draft = read_report(text(HEADING + said))
    assert [i.label for i in draft.items] == ["3", "5", "5"]
    whats = " ".join(str(d) for d in draft.every_doubt)
    for words in ("the first item found is 3", "4 could not be found", "two items have this number", "A stray line"):
        assert words in whats
    assert any(
        "doesn't give its paragraph" in d.what
        for d in read_report(text(f"{HEADING}1. We recommend light.")).every_doubt
    )
    assert any(
        "no heading" in d.what
        for d in read_report(
            text("1. We recommend light. (Paragraph 1)\n\n2. We recommend oil. (Paragraph 2)")
        ).every_doubt
    )


def test_text_copied_from_a_pdf_loses_its_running_heads_and_keeps_headings_over_two_lines() -> None:
    said = (
        "Dark Lanes 21\nConclusions and recommendations\nCounting\n1. We recommend that the Department count every\n"
        "lantern. (Paragraph 13)\n2. It is\n22 Dark Lanes\ndisappointing that nobody asked. (Paragraph 17)\nOil and\nmoney\n"
        "3. Parishes should say which lanes. (Paragraphs 18\nand 19)\nDark Lanes 23\n4. We recommend oil. (Paragraph 20)"
    )
    assert items(read_report(text(said))) == (
        Item("1", "We recommend that the Department count every lantern.", "13", "Counting"),
        Item("2", "It is disappointing that nobody asked.", "17", "Counting"),
        Item("3", "Parishes should say which lanes.", "18, 19", "Oil and money"),
        Item("4", "We recommend oil.", "20", "Oil and money"),
    )


@pytest.mark.parametrize(
    "said",
    [
        HEADING + "1.\nWe recommend light.\n(Paragraph 13)\n\n2.\nWe recommend oil.\n(Paragraph 14)",
        "## Conclusions and recommendations\n\n**1.** We recommend light. (Paragraph 13)\n\n**2.** We recommend oil. (Paragraph 14)",
        "<html><body><h2>Conclusions and recommendations</h2><div><div>1.</div><div>We recommend light. <span>(Paragraph 13)</span>"
        "</div></div><div><div>2.</div><div>We recommend oil.</div><div>(Paragraph 14)</div></div></body></html>",
        "<html><body><h2>Conclusions and recommendations</h2><p><b>1</b>. We recommend light. (Paragraph <b>13</b>)</p>"
        "<p><b>2</b>. We recommend oil. (Paragraph <b>14</b>)</p></body></html>",
        "<html><h2>Recommendations</h2><ol><li>We recommend light. (Paragraph 13)<li>We recommend oil. (Paragraph 14)</ol>",
    ],
)  # fmt: skip
def test_numbers_on_lines_of_their_own_and_other_odd_ways(said: str) -> None:
    assert brief(read_report(text(said))) == [("1", "We recommend light.", "13"), ("2", "We recommend oil.", "14")]


def test_two_lists_with_numbers_of_their_own_are_both_read_and_doubted() -> None:
    said = (
        "Conclusions\n\n1. We welcome lamps. (Paragraph 3)\n\n2. We note oil. (Paragraph 4)\n\nRecommendations\n\n"
        "1. The Department should act. (Paragraph 5)\n\n2. The Department should pay. (Paragraph 6)"
    )
    draft = read_report(text(said))
    assert [(i.label, i.paragraphs) for i in draft.items] == [("1", "3"), ("2", "4"), ("1", "5"), ("2", "6")]
    assert all("two items have this number" in i.doubts[0].what for i in draft.items)


def test_paragraphs_of_a_chapter_that_look_back_are_no_list() -> None:
    said = "12. Lanterns were dark, we said (paragraph 4).\n\n13. They burn, we said (paragraph 5).\n\n14. Oil is dear (paragraph 9)."
    assert "chapter of a report (paragraphs 12 to 14)" in refusal(text(said))


def test_an_answer_may_have_numbers_of_its_own_and_a_heading_its_paragraph() -> None:
    said = (
        "Government response\n\n1. We recommend light in every\nlane. (Paragraph 3)\n\nThe Government notes this\nand will write.\n\n"
        "2. We recommend oil. (Paragraph 4)\n\nAccepted:\n1. in May;\n2. in June.\n\n3. We recommend wicks. (Paragraph 5)\n\nNo."
    )
    assert [(a.label, a.restated, a.text, a.paragraphs) for a in read_answers(text(said)).answers] == [
        ("1", "We recommend light in every lane.", "The Government notes this and will write.", "3"),
        ("2", "We recommend oil.", "Accepted:\n1. in May;\n2. in June.", "4"),
        ("3", "We recommend wicks.", "No.", "5"),
    ]
    headed = "Government response\n\nRecommendation 1 (Paragraph 13): We recommend light.\n\nWe agree. Recommendation 9 asks more."
    (answer,) = read_answers(text(headed)).answers
    assert (answer.label, answer.restated, answer.paragraphs) == ("1", "We recommend light.", "13")
    assert answer.text == "We agree. Recommendation 9 asks more."


def test_the_shipped_pack_is_filled_by_a_page_of_its_shape() -> None:
    """The words here are invented; numbers and paragraphs are those of the pack's six confirmed items."""
    (held,) = [r for r in load_packs([shipped_packs()])[0] if r.slug == "never-again"]
    words = "".join(
        f"<p>{i.number}.Invented words of item {i.number}, by which the Government should act. (Paragraph {i.paragraphs})</p>"
        for i in held.recommendations if i.number
    )  # fmt: skip
    more = "<p>7.We recommend that an import of cotton made in the region be banned. (Paragraph 44)</p>"
    page = html(f"<p>{held.title} Contents</p><p>HC 198</p><h2>Conclusions and recommendations</h2>{words}{more}")
    draft = read_report(page)
    merge = propose(held, draft)
    changed = {c.key: c.change for c in merge.changes}
    assert [changed[n] for n in "123456"] == [Change.FILLED] * 6
    assert "T-18" in {q.key for q in merge.questions}
    for before in held.recommendations:
        after = merge.after.recommendation(before.key)
        assert after is not None
        assert (after.answer, after.evidence, after.summary) == (before.answer, before.evidence, before.summary)
    decided = propose(held, draft, {ItemKey("T-18"): Decision(Fit.SAME, 6)}).after
    cotton = decided.recommendation("7")
    assert cotton is not None
    assert (cotton.key, cotton.official) == ("T-18", draft.items[6].text)
    assert not propose(decided, draft).is_change


def test_items_without_numbers_are_kept_without_one() -> None:
    said = "We recommend light in every lane. (Paragraph 3)\n\nOil should be cheap, and its price known. (Paragraph 9)"
    draft = read_report(text(HEADING + said))
    assert [(i.label, i.paragraphs) for i in draft.items] == [("", "3"), ("", "9")]
    assert all("doesn't number it" in i.doubts[0].what for i in draft.items)


def test_what_an_item_is() -> None:
    assert kind_of(EXPECTED[0].text) is ItemKind.RECOMMENDATION
    assert kind_of(EXPECTED[6].text) is ItemKind.CONCLUSION
    assert kind_of("Lanterns burn.") is ItemKind.UNKNOWN
    assert kind_of("A lane that should be lit is dark.") is ItemKind.UNKNOWN


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16", "utf-16-le", "utf-16-be", "utf-32"])
@pytest.mark.parametrize("meta", ["utf-8", "iso-8859-1", "windows-1252", "no-such-encoding", ""])
def test_encodings_whatever_the_page_claims(encoding: str, meta: str) -> None:
    said = "".join(f"<p>{i.label}.{i.text} {r}</p>" for i, r in ITEMS[:3])
    page = (
        f"<html><head><meta charset='{meta}'></head><body><h2>Conclusions and recommendations</h2>{said}</body></html>"
    )
    draft = read_report([SavedPage("page.htm", page.encode(encoding))])
    assert brief(draft) == [(i.label, i.text, i.paragraphs) for i in EXPECTED[:3]]


def test_a_page_in_another_encoding_is_read_as_it_says() -> None:
    assert decode("<meta charset=koi8-r>Фонарь".encode("koi8-r")).endswith("Фонарь")
    assert decode(b"<meta charset=base64>\xff\x81")
    assert decode(b"a\x81b") == "a\x81b"


SPACES = st.sampled_from([" ", "  ", "\u00a0", "\n", "\t"])


@settings(max_examples=120, deadline=None)
@given(
    st.integers(1, 60), st.booleans(), st.booleans(), st.integers(40, 120),
    st.lists(st.sampled_from(["<script>1. X (Paragraph 1)</script>", "<style>a</style>", "<!-- 1. (Paragraph 2) -->",
        "<div>", "</span>", "<hr>"]), max_size=6),
    st.sampled_from(["1.", "1", "1)", "1. ", "(list)"]), st.permutations(range(3)),
)  # fmt: skip
def test_rearranged_the_same_items_are_read(
    start: int, headings: bool, wrap_pages: bool, width: int, junk: list[str], style: str, pages: list[int]
) -> None:
    """Other numbers, other marks, other order of pages, other things in between: the words and references stay."""
    made, saved = [], []
    for place, (item, reference) in enumerate(ITEMS):
        number = start + place
        words = item.text.replace("\n• ", " ")
        if style == "(list)":
            made.append(f"<ol start={number}><li>{words} {reference}</li></ol>")
        else:
            made.append(f"<p>{number}{style[1:]}{words} {reference}</p>")
        if junk:
            made.append(junk[place % len(junk)])
    groups = [made[: len(made) // 3], made[len(made) // 3 : 2 * len(made) // 3], made[2 * len(made) // 3 :]]
    for group in groups if wrap_pages else [made]:
        top = "<h2>Conclusions and recommendations</h2>" if headings or not wrap_pages else "<h2>Conclusions</h2>"
        saved += html(f"<p>Menu</p>{top}{''.join(group)}<p>Published: 4 March 2024 Site information</p>")
    saved = [saved[n] for n in pages] if wrap_pages else saved
    draft = read_report(saved)
    assert brief(draft) == [(str(start + n), i.text.replace("\n• ", " "), i.paragraphs) for n, i in enumerate(EXPECTED)]
    lines = "\n".join(f"{start + n}. {i.text} {r}" for n, (i, r) in enumerate(ITEMS))
    again = read_report(text(HEADING + lines))
    assert brief(again) == [(str(start + n), i.text, i.paragraphs) for n, i in enumerate(EXPECTED)]


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=3000) | st.text(max_size=2000).map(str.encode))
def test_whatever_the_bytes_the_answer_is_a_draft_or_a_refusal(content: bytes) -> None:
    hopeless = 0
    for wrapped_in in (content, b"<html><body>" + content, b"Conclusions and recommendations\n\n1. " + content):
        for read in (read_report, read_answers):
            try:
                read([SavedPage("x", wrapped_in)])
            except Refused as refused:
                hopeless += not refused.next_step
    assert not hopeless


def refusal(pages: list[SavedPage]) -> str:
    with pytest.raises(Refused) as caught:
        read_report(pages)
    assert caught.value.next_step
    return str(caught.value)


CHAPTER = (
    "Dark Lanes: Who Lights the Country’s Lanterns? Contents\n\nBox 4: A letter\n\nIt was dark.\n\nSource: A parish\n\n"
    "41.In a wider context, lanterns were hung in the belief that lanes would be safer. They were. Oil must now be found.\n\n"
    "42.While we commend the parishes, we are concerned. In this report we have made recommendations on oil and wicks.\n\n"
    "Published: 4 March 2024 Site information    Accessibility statement"
)


def test_a_chapter_without_a_list_says_what_it_is_and_where_the_list_is() -> None:
    said = refusal(text(CHAPTER))
    assert "chapter of a report (paragraphs 41 to 42)" in said
    assert "Conclusions and recommendations" in said


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"https://publications.example/report.html", "Postbag doesn't open links"),
        (b"Please read https://publications.example/a", "n't look like a committee"),
        (b"", "empty"),
        (b"\0\0\0\0", "empty"),
        (b"1. Milk\n2. Eggs\n3. Lamp oil", "chapter|not look like"),
        (b"PK\x03\x04" + b"\0" * 60, "zip archive"),
        (gzip.compress(b"a" * 100_000), "compressed"),
        (b"\x89PNG\r\n\x1a\n" + b"\0" * 60, "picture"),
        (bytes(range(1, 32)) * 40, "not text"),
        (b"MIME-Version: 1.0\nContent-Type: multipart/related", "web archive"),
        (b"<html><head><title>Just a moment...</title></head><body>Enable JavaScript and cookies</body></html>", "are you a person"),
        (b"<html><script>1. We recommend (Paragraph 2)</script><body></body></html>", "no text"),
        (b"<html><body><h2>Conclusions and recommendations</h2><p>See the PDF.</p></body></html>", "names a list"),
        (b"<html><body><h1>Government response to the Committee</h1><p>Recommendation 1</p><p>Yes.</p></body></html>", "as the answers"),
        (b"%PDF-1.7\nnonsense", "damaged"),
    ],
)  # fmt: skip
def test_what_is_not_a_report_is_refused_kindly(content: bytes, words: str) -> None:
    said = refusal([SavedPage("given.bin", content)])
    assert any(word in said for word in words.split("|")), said


def test_sizes_and_numbers_of_files_are_refused_before_anything_is_read() -> None:
    assert "the limit is 20 MB" in refusal([SavedPage("big.html", bytes(50 * 1024 * 1024))])
    assert "11 files" in refusal(text("x") * 11)
    half = SavedPage("half.html", bytes(MOST_BYTES))
    assert "Together" in refusal([half] * (MOST_BYTES_IN_ALL // MOST_BYTES + 1))
    assert "nothing to read" in refusal([])


def test_a_zip_bomb_is_not_opened() -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("report.html", b"0" * 50_000_000)
    assert "zip archive" in refusal([SavedPage("report.html", packed.getvalue())])


def test_entities_are_not_expanded_and_nothing_is_run_or_framed() -> None:
    bomb = "<!DOCTYPE x [<!ENTITY a 'aaaaaaaaaa'><!ENTITY b '&a;&a;&a;&a;'><!ENTITY c '&b;&b;&b;&b;'>]>"
    page = f"{bomb}<html><body><h2>Conclusions and recommendations</h2><p>1. We recommend &c; light. (Paragraph 1)</p></body></html>"
    (item,) = read_report([SavedPage("x.html", page.encode())]).items
    assert item.text == "We recommend &c; light."
    hidden = html(
        "<h2>Conclusions and recommendations</h2><svg><text>9. Bad</text></svg><template>8. Bad</template><noscript>7. Bad</noscript>"
        "<p>1. We recommend\0 li\u202eght. (Paragraph 1)</p><script>2. Bad (Paragraph 2)</script><iframe>3. Bad (Paragraph 3)</iframe>"
    )
    assert brief(read_report(hidden)) == [("1", "We recommend light.", "1")]


HOSTILE = (
    "<div>", "<b><i><u>", "<table><tr><td>x", "<p><b>x", "<a href='#1'>2", "<!--", "<a \"", "<a x='", "<svg>", "<", "<ol><li>x", "&#x41;&",
    "<sup>1</sup>", "1. (Paragraph 1) ", "1. We recommend oil. (Paragraph 1)\n",
    "(Paragraph 1, 2", "Aa ", "\n1.A", "- ", "a-\nb", "<h2>Conclusions</h2>",
    "Recommendation 1\n", "\n\nConclusions and recommendations\n\n1. We", "\u00ad\n", "<title>", "<li value=1>(Paragraph 2)", "Committee ",
)  # fmt: skip


@pytest.mark.parametrize("unit", HOSTILE)
def test_hostile_pages_come_to_an_end(unit: str) -> None:
    """A megabyte of one thing over and over: linear work is done in seconds, anything else would not end within the suite's limit."""
    for top in ("<html><body>", "Lantern Committee\nConclusions and recommendations\n\n"):
        content = (top + unit * (1_000_000 // len(unit))).encode()
        for read in (read_report, read_answers):
            try:
                read([SavedPage("x", content)])
            except Refused:
                continue


def test_a_tree_that_no_parser_could_hold_is_only_read_past() -> None:
    deep = "<div>" * 100_000 + "<h2>Conclusions and recommendations</h2><p>1. We recommend oil. (Paragraph 1)</p>"
    assert brief(read_report(html(deep))) == [("1", "We recommend oil.", "1")]


def test_a_locked_pdf_a_broken_one_and_one_of_pictures() -> None:
    made = typst.compile(pdf_source().encode())
    locked = PdfWriter(clone_from=PdfReader(io.BytesIO(made)))
    locked.encrypt("secret", algorithm="RC4-128")
    out = io.BytesIO()
    locked.write(out)
    assert "locked with a password" in refusal([SavedPage("a.pdf", out.getvalue())])
    assert "damaged" in refusal([SavedPage("a.pdf", made[: len(made) // 3])])
    shapes = typst.compile(b"#for _ in range(3) [#rect(width: 90%, height: 80%, fill: gray) #pagebreak()]")
    assert "pictures of pages" in refusal([SavedPage("scan.pdf", shapes)])


def test_nothing_of_a_file_s_path_is_shown() -> None:
    draft = read_report([SavedPage("C:\\Users\\somebody\\list.html", wrapped()[0].content)])
    assert draft.sources == ("list.html",)


def test_the_whole_file_is_one_pass() -> None:
    lines, title = lines_of_html(single()[0].content.decode())
    assert title.startswith("Dark Lanes")
    assert not any("Bad" in line.text or "Frame" in line.text for line in lines)
    assert Path(__file__).name not in title
