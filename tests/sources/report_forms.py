"""Invented lists in the forms in which committees print them, each with what must be read of it: a table, not a reader."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape

OAK, ELM, ASH, LIME = (
    "Few towns plant oaks.",
    "Saplings die in dry summers.",
    "Watering costs little.",
    "The Department should pay for watering.",
)
HEAD = "Conclusions and recommendations"
Items = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Form:
    """A page as text, and the (label, paragraphs) of its items; none: it must be refused. ``themes`` and ``words`` where they matter."""

    name: str
    text: str
    items: Items
    themes: tuple[str, ...] = ()
    kinds: str = ""
    words: tuple[str, ...] = ()
    is_html: bool = False


def joined(*parts: str, by: str = "\n\n") -> str:
    return by.join(parts)


def as_html(name: str, body: str, items: Items, **known: object) -> Form:
    page = f"<!doctype html><html><body>{body}</body></html>"
    return Form(name, page, items, is_html=True, **known)  # type: ignore[arg-type]


FOUR: Items = (("1", "4"), ("2", "6"), ("3", "9"), ("4", "10"))
_MODERN = (
    f"1. {OAK} (Conclusion, Paragraph 4)",
    f"2. {ELM} (Conclusion, Paragraph 6)",
    f"3. {ASH} (Conclusion, Paragraph 9)",
    f"4. {LIME} (Recommendation, Paragraph 10)",
)
_PLAIN = tuple(f"{n}. {t} (Paragraph {p})" for n, t, p in ((1, OAK, 4), (2, ELM, 6), (3, ASH, 9), (4, LIME, 10)))


def modern(one: str) -> str:
    return one.split(" (", 1)[0].split(" ", 1)[1]


POSITIVE = (
    Form("kind in the bracket", joined(HEAD, *_MODERN), FOUR, kinds="cccr", words=(OAK, ELM, ASH, LIME)),
    Form(
        "kind in the bracket, no empty lines",
        joined(HEAD, *_MODERN, by="\n"),
        FOUR,
        kinds="cccr",
        words=(OAK, ELM, ASH, LIME),
    ),
    Form("kind in the bracket, no heading", joined("Street trees", *_MODERN), FOUR, kinds="cccr"),
    Form(
        "kind in the bracket, other spellings",
        joined(
            HEAD,
            f"1. {OAK} (Conclusion: paragraph 4)",
            f"2. {ELM} [Conclusion, para 6]",
            f"3. {ASH} (Conclusion Paragraph 9)",
            f"4. {LIME} (Recommendation, paragraphs 10 and 11).",
        ),
        (("1", "4"), ("2", "6"), ("3", "9"), ("4", "10, 11")),
        kinds="cccr",
    ),
    as_html(
        "kind in the bracket, an ordered list with headings",
        f"<h2>{HEAD}</h2><h3>Planting</h3><ol>"
        + "".join(f"<li>{modern(m)} ({m.split(' (', 1)[1]}</li>" for m in _MODERN[:2])
        + "</ol><h3>Water</h3><ol start='3'>"
        + "".join(f"<li>{modern(m)} ({m.split(' (', 1)[1]}</li>" for m in _MODERN[2:])
        + "</ol>",
        FOUR,
        themes=("Planting", "Planting", "Water", "Water"),
        kinds="cccr",
    ),
    as_html(
        "kind in a cell of its own",
        f"<h2>{HEAD}</h2><table>"
        + "".join(
            f"<tr><td>{n}.</td><td>{t}</td><td>Paragraph {p}</td></tr>"
            for n, t, p in ((1, OAK, 4), (2, ELM, 6), (3, ASH, 9))
        )
        + "</table>",
        FOUR[:3],
    ),
    Form(
        "numbered by chapter",
        joined(
            HEAD, f"1. {OAK} (Paragraph 1.12)", f"2. {ELM} (paragraphs 4.3–4.5)", f"3. {LIME} (Paragraphs 5.1 and 5.3)"
        ),
        (("1", "1.12"), ("2", "4.3–4.5"), ("3", "5.1, 5.3")),
        words=(OAK, ELM, LIME),
    ),
    Form(
        "see paragraph, above",
        joined(
            HEAD, f"1. {OAK} (see paragraph 15).", f"2. {ELM} (para. 20 above).", f"3. {LIME} (see also paragraph 24)"
        ),
        (("1", "15"), ("2", "20"), ("3", "24")),
        words=(OAK, ELM, LIME),
    ),
    Form(
        "a range with a box or an annex",
        joined(
            HEAD,
            f"1. {OAK} (paragraphs 12–15 and Box 2)",
            f"2. {ELM} (Paragraph 16, Table 3)",
            f"3. {LIME} (paragraphs 17, 18 and Annex A)",
        ),
        (("1", "12–15"), ("2", "16"), ("3", "17, 18")),
        words=(OAK, ELM, LIME),
    ),
    Form(
        "an Oxford comma",
        joined(HEAD, f"1. {OAK} (Paragraphs 5, 6, and 8)", f"2. {ELM} (Paragraph 9)"),
        (("1", "5, 6, 8"), ("2", "9")),
    ),
    Form(
        "Roman with references",
        joined(
            HEAD,
            f"(i) {OAK} (paragraph 4)\n(ii) {ELM} (paragraph 6)\n(iii) {ASH} (paragraph 9)\n(iv) {LIME} (paragraph 10)",
        ),
        (("(i)", "4"), ("(ii)", "6"), ("(iii)", "9"), ("(iv)", "10")),
        words=(OAK, ELM, ASH, LIME),
    ),
    Form(
        "Roman to twelve",
        joined(
            HEAD,
            *(
                f"({r}) The Department should plant tree {n}. (paragraph {n + 3})"
                for n, r in enumerate(["i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix", "x", "xi", "xii"], 1)
            ),
        ),
        tuple(
            (f"({r})", str(n + 3))
            for n, r in enumerate(["i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix", "x", "xi", "xii"], 1)
        ),
    ),
    Form(
        "Roman without references",
        joined(HEAD, "(i) We recommend trees.\n(ii) We recommend benches.\n(iii) We recommend paths."),
        (("(i)", ""), ("(ii)", ""), ("(iii)", "")),
    ),
    Form(
        "Roman with points",
        joined("Recommendations", "i. We recommend trees.", "ii. We recommend benches.", "iii. We urge paths."),
        (("(i)", ""), ("(ii)", ""), ("(iii)", "")),
    ),
    Form(
        "letters that pass i",
        joined(HEAD, *(f"({c}) We recommend tree {c}. (Paragraph {n})" for n, c in enumerate("abcdefghij", 3))),
        tuple((c, str(n)) for n, c in enumerate("abcdefghij", 3)),
    ),
    Form(
        "letters under a numbered sentence",
        joined(
            "Recommendations",
            "54. We recommend that:",
            "a) the Department should plant oaks;",
            "b) the Council should mend paths;",
            "c) we call for benches.",
        ),
        (("a", ""), ("b", ""), ("c", "")),
    ),
    Form(
        "no references, no empty lines",
        joined(
            "Recommendations",
            "1. The Committee recommends that the Council plants trees.",
            "2. The Committee asks the Council to keep benches.",
            "3. The Council should mend paths.",
            by="\n",
        ),
        (("1", ""), ("2", ""), ("3", "")),
    ),
    Form(
        "Public Accounts with a line Recommendation",
        joined(
            HEAD,
            f"1. {OAK}",
            "Recommendation: The Department should plant oaks within six months.",
            f"2. {ELM}",
            "Recommendation: The Department should water saplings.",
            by="\n",
        ),
        (("1", ""), ("2", "")),
        words=(f"{OAK}\nRecommendation: The Department should plant oaks within six months.",),
    ),
    Form(
        "Public Accounts with the label on its own line",
        joined(
            HEAD,
            f"1. {OAK}",
            "recommendation",
            "The Department should plant oaks.",
            f"2. {ELM}",
            "recommendation",
            "The Department should water saplings.",
        ),
        (("1", ""), ("2", "")),
        words=(f"{OAK}\nThe Department should plant oaks.", f"{ELM}\nThe Department should water saplings."),
        kinds="rr",
    ),
    Form(
        "a heading over four lines",
        joined(
            "Annex A:",
            "List of",
            "Conclusions and",
            "Recommendations",
            "Planting",
            "1. The Council should plant.",
            "Paths",
            "2. The Council should mend paths.",
            by="\n",
        ),
        (("1", ""), ("2", "")),
        themes=("Planting", "Paths"),
    ),
    Form(
        "a heading over two lines",
        joined("SUMMARY OF CONCLUSIONS\nAND RECOMMENDATIONS", *_PLAIN),
        FOUR,
        themes=("", "", "", ""),
    ),
    Form(
        "a heading behind a broken reference",
        joined(
            HEAD,
            "1. We recommend that the Department plants\nmore trees. (Paragraph\n23)\nBenches\n2. We recommend benches. (Paragraph 30)",
        ),
        (("1", "23"), ("2", "30")),
        themes=("", "Benches"),
    ),
    Form(
        "Lords, general conclusions",
        joined(
            "General conclusions",
            "60. Trees matter (paragraphs 12–13).",
            "61. Benches matter (paragraph 40).",
            "Recommendations addressed to the Government",
            "62. We recommend more trees (paragraph 20).",
        ),
        (("60", "12–13"), ("61", "40"), ("62", "20")),
    ),
    Form(
        "a contents' page number",
        joined(HEAD, "1. We recommend trees ........ 12", "2. We recommend benches … Page 14"),
        (("1", ""), ("2", "")),
        words=("We recommend trees", "We recommend benches"),
    ),
    Form(
        "marks of footnotes in brackets",
        joined(HEAD, "1. We recommend trees[1] and benches.[2] (Paragraph 4)"),
        (("1", "4"),),
        words=("We recommend trees and benches.",),
    ),
    as_html(
        "a row of navigation before the list",
        "<table><tr><td>previous page</td><td>contents</td><td>next page</td></tr></table><p>1.We recommend trees. (Paragraph 4)</p>"
        "<p>2.We recommend benches. (Paragraph 6)</p>",
        FOUR[:2],
        themes=("", ""),
    ),
    Form(
        "the site's line above a list without heading",
        joined(
            "Select Committee on Parks Eighth Report",
            "1. We recommend trees. (Paragraph 4)",
            "2. We recommend benches. (Paragraph 6)",
        ),
        FOUR[:2],
        themes=("", ""),
    ),
    Form(
        "a chapter that speaks of a response, then the list",
        joined("The Government's response to the flood", "Chapter 3", HEAD, *_PLAIN),
        FOUR,
    ),
    Form(
        "a list that restarts by chapter",
        joined(HEAD, "Planting", _PLAIN[0], _PLAIN[1], "Water", f"1. {ASH} (Paragraph 9)", f"2. {LIME} (Paragraph 10)"),
        (("1", "4"), ("2", "6"), ("1", "9"), ("2", "10")),
    ),
    Form(
        "a nested Roman list in numbered items",
        joined(
            HEAD,
            "1. We recommend that the Council:\n(i) plants oaks;\n(ii) plants elms; and\n(iii) waters both. (Paragraph 4)",
            "2. The Council should mend paths. (Paragraph 6)",
        ),
        FOUR[:2],
    ),
    Form(
        "a nested Roman list in items without references",
        joined(
            "Recommendations",
            "1. We recommend that the Council:\n(i) plants oaks;\n(ii) plants elms; and\n(iii) waters both.",
            "2. The Council should mend paths.",
        ),
        (("1", ""), ("2", "")),
    ),
    Form(
        "one over paragraphs of many numbers",
        joined(HEAD, f"1. {OAK} (Paragraphs 5, 8, 12, 14, 17, 21, 22, 25, 29, 33 and 36)"),
        (("1", "5, 8, 12, 14, 17, 21, 22, 25, 29, 33, 36"),),
    ),
    Form(
        "both kinds in one bracket",
        joined(
            HEAD,
            "1. Trees are few. (Conclusion and recommendation, Paragraphs 3 to 5)",
            "2. We recommend paths. (Recommendations, Paragraphs 6 & 7)",
        ),
        (("1", "3–5"), ("2", "6, 7")),
        kinds="rr",
    ),
    Form(
        "labels that name the kind",
        joined(
            HEAD,
            "Conclusion 1: Trees are few. (Paragraph 3)",
            "Recommendation 2: Plant them. (Paragraph 4)",
            "Recommendation 3: Mend paths. (Paragraph 6)",
        ),
        (("1", "3"), ("2", "4"), ("3", "6")),
        kinds="crr",
    ),
    Form(
        "Public Accounts with lettered parts",
        joined(
            HEAD,
            "1. Nobody counts trees.",
            "Recommendation:\na. The Department should count.\nb. It should publish.",
            "2. Paths are bad.",
            "Recommendation: The Department should mend.",
        ),
        (("1", ""), ("2", "")),
        kinds="rr",
    ),
    Form(
        "a whole report with its list at the end",
        joined(
            "Street trees",
            "Contents",
            f"{HEAD} 20",
            "1 Introduction",
            *(f"{n}. The Committee heard from witness {n} that trees stand in long rows." for n in range(1, 31)),
            HEAD,
            "Planting",
            *_MODERN[:2],
            "Water",
            *_MODERN[2:],
            "Formal minutes",
            "1. Draft report read.",
        ),
        FOUR,
        themes=("Planting", "Planting", "Water", "Water"),
        kinds="cccr",
    ),
    Form(
        "bullets under the list",
        joined(HEAD, "1. We recommend:\n• oaks;\n• elms. (Paragraph 4)", "2. We recommend benches. (Paragraph 6)"),
        FOUR[:2],
    ),
)

NEGATIVE = (
    Form(
        "a chapter",
        joined(
            "Planting",
            "12. Oaks are planted in autumn.",
            "13. Elms are planted in spring, we were told. The Mayor said so.",
        ),
        (),
    ),
    Form(
        "a chapter that names paragraphs",
        joined(
            "Trees",
            "60. We saw oaks (paragraph 12).",
            "61. We saw elms (paragraph 4).",
            "62. We saw ash (paragraph 40).",
        ),
        (),
    ),
    Form("contents", joined("Contents", "1 Planting 5", "2 Watering 9", "Conclusions and recommendations 22"), ()),
    Form(
        "minutes",
        joined(
            "Formal minutes",
            "Tuesday 4 March",
            "1. Draft Report, proposed by the Chair, read.",
            "2. Ordered, That the Report be read.",
        ),
        (),
    ),
    Form(
        "evidence",
        joined(
            "Oral evidence", "Q1 Chair: Good morning.", "Q2 Chair: Should trees be planted? Mr Oakley: They should."
        ),
        (),
    ),
    Form(
        "a page of Roman prefaces",
        joined("Preface", "(i) This volume holds evidence.", "(ii) It was printed in March."),
        (),
    ),
    Form(
        "a response letter",
        joined("Dear Chair,", "Thank you for your report on trees.", "I welcome it.", "Yours sincerely"),
        (),
    ),
)

FACTS = (
    # text above the list, committee, House, paper
    (
        joined(
            "Parks Committee",
            "House of Commons",
            "HC 12",
            HEAD,
            "1. We recommend that the Liaison Committee reconsiders. (Paragraph 4)",
        ),
        "Parks Committee",
        "Commons",
        "HC 12",
    ),
    (joined(HEAD, "1. We recommend that the Liaison Committee reconsiders its list. (Paragraph 4)"), "", None, ""),
    (
        joined(
            HEAD,
            "1. We recommend that the House of Lords agrees. (Paragraph 4)",
            "2. The Roads Committee should too. (Paragraph 5)",
        ),
        "",
        None,
        "",
    ),
    (
        joined("Select Committee on Parks Third Report", HEAD, "1. We recommend trees. (Paragraph 4)"),
        "Select Committee on Parks",
        None,
        "",
    ),
    (
        joined("Joint Committee on Lanterns", "HL Paper 59", "HC 633", HEAD, "1. We recommend trees. (Paragraph 4)"),
        "Joint Committee on Lanterns",
        "Joint",
        "HL Paper 59, HC 633",
    ),
    (
        joined(
            "House of Lords and House of Commons",
            "Joint Committee on Lanterns",
            HEAD,
            "1. We recommend trees. (Paragraph 4)",
        ),
        "Joint Committee on Lanterns",
        "Joint",
        "",
    ),
    (
        joined("HOUSE OF COMMONS", "PARKS AND BENCHES COMMITTEE", HEAD, "1. We recommend trees. (Paragraph 4)"),
        "Parks and Benches Committee",
        "Commons",
        "",
    ),
    (
        joined("The Roads Committee told us that paths matter.", HEAD, "1. We recommend trees. (Paragraph 4)"),
        "",
        None,
        "",
    ),
)


def in_paragraphs(form: Form) -> str:
    """Write a form of text as a page: each of its lines a paragraph, as browsers save them."""
    body = "".join(f"<p>{escape(line)}</p>" for line in form.text.split("\n") if line)
    return f"<!doctype html><html><body>{body}</body></html>"
