"""Invented reports and responses in the shapes that real ones have, each with exactly what should be read from it.

No sentence here stands in any report: the Lantern Committee and its lanterns are invented.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from html import escape
from textwrap import wrap

from bot.domain.drafts import SavedPage

TITLE = "Dark Lanes: Who Lights the Country’s Lanterns?"


@dataclass(frozen=True, slots=True)
class Item:
    """What should be read as one item."""

    label: str
    text: str
    paragraphs: str
    theme: str


@dataclass(frozen=True, slots=True)
class Shape:
    """A page or several, and the items they hold. ``make`` builds them; ``facts`` are (title, committee, paper, session, day)."""

    name: str
    make: Callable[[], list[SavedPage]]
    items: tuple[Item, ...]
    facts: tuple[str, str, str, str, str] = ("", "", "", "", "")


THEMES = {"C": "Counting the lanterns", "O": "Oil, wicks and money", "P": "The people who light them"}
# number | theme | paragraphs as they should be read | reference as printed | words
_ITEMS = """
1|C|13|(Paragraph 13)|We recommend that the Department count every lantern in the country and publish the count each spring.
2|C|17|(Paragraph 17)|The count of 1987 is the last that anybody trusts. It is disappointing that no Minister has asked for another.
3|C|18–19|(Paragraphs 18–19)|Parishes should say which lanes have been dark for more than 30 days, and “why nobody came”.
4|O|20, 21|(Paragraphs 20 and 21)|The Department should set out by 1 October how it will pay for:/• oil for harbour lanterns;\
/• wicks, trimmed weekly; and/• glass for school porches.
5|O|24|(Paragraph 24)|Whale oil can no longer be bought in good conscience in Ulverholm We recommend that its sale for \
lanterns end within 2 years.
6|O|26–28|(Paragraphs 26 to 28)|The Treasury must not let a town pay more than its neighbour because its papers were lost.
7|P|30, 33|(Paragraphs 30, 33)|We commend lamplighters, who walk in every weather.
8|P|35|(Paragraph 35)|We call on the Government to give each lamplighter a warm coat and a ladder fit for use.
"""


def _items() -> tuple[tuple[Item, str], ...]:
    rows = [line.split("|") for line in _ITEMS.strip().splitlines()]
    return tuple((Item(n, words.replace("/", "\n"), where, THEMES[t]), said) for n, t, where, said, words in rows)


ITEMS = _items()
EXPECTED = tuple(item for item, _ in ITEMS)
FACTS = (TITLE, "Lantern Committee", "HC 907", "2023–24", "2024-03-04")
FOOT = "<p>Published: 4 March 2024 Site information &nbsp;&nbsp; Accessibility statement</p>"


def _html(body: str, title: str = TITLE, charset: str = "utf-8") -> str:
    return f'<!DOCTYPE html><html lang="en"><head><meta charset="{charset}"><title>{escape(title)}</title></head><body>{body}</body></html>'


def _page(name: str, text: str, encoding: str = "utf-8") -> SavedPage:
    return SavedPage(name, text.encode(encoding))


def _lines(item: Item) -> tuple[str, list[str]]:
    first, *rest = item.text.split("\n")
    return escape(first, quote=False), [escape(line.removeprefix("• "), quote=False) for line in rest]


def _by_theme(render: Callable[[Item, str], str], heading: str = "h3") -> str:
    parts, theme = [], ""
    for item, reference in ITEMS:
        if item.theme != theme:
            theme = item.theme
            parts.append(f"<{heading}>{escape(theme)}</{heading}>")
        parts.append(render(item, reference))
    return "\n".join(parts)


def _glued(item: Item, reference: str) -> str:
    first, rest = _lines(item)
    if not rest:
        return f"<p class='x1'><span>{item.label}.</span>{first} {reference}</p>"
    *middle, last = rest
    inner = "".join(f"<li>{line}</li>" for line in middle)
    return f"<p><span>{item.label}.</span>{first}</p><ul>{inner}<li>{last} {reference}</li></ul>"


def legacy() -> list[SavedPage]:
    """The old build: chapters and the list on pages of their own, numbers glued to words, footnote marks raised."""
    top = f"<p>{escape(TITLE)} Contents</p>"
    chapter = _html(
        top
        + "<h2>2Counting</h2><p>12.Lanterns were last counted in 1987.<sup>6</sup> We should count them.</p>"
        + "<p>13.The count was lost in a fire. We recommend a new one.</p>"
        + FOOT
    )
    nav = "<nav><ol><li>1. Introduction</li><li>2. Conclusions and recommendations</li></ol></nav>"
    report = "<p>Lantern Committee</p><p>House of Commons</p><p>Third Report of Session 2023–24</p><p>HC 907</p>"
    listed = _html(nav + top + report + "<h2>Conclusions and recommendations</h2>" + _by_theme(_glued) + FOOT)
    return [_page("90711.htm", listed), _page("90705.htm", chapter)]


def single() -> list[SavedPage]:
    """The new build: one page with contents, chapters, the list as an ordered list, and what follows it."""
    items = []
    theme = ""
    for item, reference in ITEMS:
        if item.theme != theme:
            items.append(("</ol>" if theme else "") + f"<h3>{item.theme}</h3><ol start='{item.label}'>")
            theme = item.theme
        first, rest = _lines(item)
        link = reference.replace(item.paragraphs, f"<a href='#para-{item.label}'>{item.paragraphs}</a>")
        if rest:
            inner = "".join(f"<li>{line}</li>" for line in rest)
            items.append(f"<li><p>{first}</p><ul>{inner}</ul><p>{link}</p></li>")
        else:
            items.append(f"<li><p>{first}<a href='#fn9'>9</a> {link}</p></li>")
    body = (
        "<script>document.write('1. Bad. (Paragraph 1)')</script><iframe src='x'>99. Frame (Paragraph 9)</iframe>"
        "<style>p{}</style><header><a href='/'>UK Parliament</a></header>"
        f"<h1>{escape(TITLE)}</h1><p>Lantern Committee</p><p>House of Commons</p><p>Third Report of Session 2023–24, HC 907</p>"
        "<h2>Contents</h2><ul><li>1 Introduction 3</li><li>Conclusions and recommendations 21</li><li>Formal minutes 25</li></ul>"
        "<h2>1 Introduction</h2><p>1. Lanterns are old. The Government should care.</p><p>2. Lanes are dark (see paragraph 17).</p>"
        f"<h2>Conclusions and recommendations</h2>{''.join(items)}</ol>"
        "<h2>Formal minutes</h2><p>Monday 26 February 2024</p><ol><li>Paragraph 1 agreed to. (Paragraph 1)</li></ol>"
        + FOOT
    )
    return [_page("report.html", _html(body, f"{TITLE} - Lantern Committee - House of Commons"))]


def _letters() -> tuple[Item, ...]:
    return tuple(Item(chr(96 + place), i.text, i.paragraphs, i.theme) for place, i in enumerate(EXPECTED, 1))


def lettered() -> list[SavedPage]:
    """Letters in place of numbers, and (para 13) in small words."""
    made = _by_theme(
        lambda item, reference: _glued(item, reference.replace("Paragraph", "para"))
        .replace(f"<span>{item.label}.</span>", f"({chr(96 + int(item.label))}) "),
        "h4",
    )  # fmt: skip
    return [
        _page("list.html", _html(f"<h1>{escape(TITLE)}</h1><h2>List of recommendations and conclusions</h2>{made}"))
    ]


def _wrapped_text(width: int, *, bullet: str = "•") -> str:
    parts = [TITLE + " Contents", "", "Conclusions and recommendations", ""]
    theme = ""
    for item, reference in ITEMS:
        if item.theme != theme:
            theme = item.theme
            parts += [theme, ""]
        first, *rest = item.text.split("\n")
        said = [f"{item.label}. {first}", *(f"{bullet} {line.removeprefix('• ')}" for line in rest)]
        said[-1] += f" {reference}"
        for line in said:
            parts += wrap(line, width)
        parts.append("")
    return "\r\n".join([*parts, "Formal minutes", "", "1. Draft report read. (Paragraph 1)"])


def wrapped() -> list[SavedPage]:
    """Text pasted with its lines broken after 58 characters."""
    return [_page("pasted text", _wrapped_text(58))]


def one_line() -> list[SavedPage]:
    """Text pasted as one long line, items behind one another."""
    said = []
    for item, reference in ITEMS:
        said.append(f"{item.label}. {item.text.replace(chr(10), ' ')} {reference}")
    return [_page("pasted text", "Conclusions and recommendations\n" + " ".join(said))]


def lords() -> list[SavedPage]:
    """A Lords report: numbers without a full stop, brackets of another kind, saved as Windows-1252 that claims Latin-1."""
    body = (
        "<p>HOUSE OF LORDS</p><p>Select Committee on Lanterns</p><p>2nd Report of Session 2023-24</p><p>HL Paper 61</p>"
        f"<h1>{escape(TITLE)}</h1><p>Published 4 March 2024</p><h2>Summary of conclusions and recommendations</h2>"
    )
    rows = _by_theme(
        lambda item, reference: _glued(item, reference.replace("(", "[").replace(")", "]"))
        .replace(f"<span>{item.label}.</span>", f"{item.label}&#160;&#160;"), "h2",
    )  # fmt: skip
    return [_page("lords.htm", _html(body + rows, charset="iso-8859-1"), "cp1252")]


def table() -> list[SavedPage]:
    """A table of number, words and paragraph, within the layout tables of old pages, in UTF-16."""
    rows = ["<tr><th>No.</th><th>Conclusion or recommendation</th><th>Paragraph</th></tr>"]
    theme = ""
    for item, reference in ITEMS:
        if item.theme != theme:
            theme = item.theme
            rows.append(f"<tr><td colspan=3><b>{theme}</b></td></tr>")
        numbers = reference.removeprefix("(Paragraph").removeprefix("s").removesuffix(")").strip()
        first, rest = _lines(item)
        words = " ".join([first, *rest])
        rows.append(f"<tr><td><p>{item.label}</p></td><td><p>{words}</p></td><td><p>{numbers}</p></td></tr>")
    inner = f"<table>{''.join(rows)}</table>"
    layout = f"<table><tr><td>Menu</td><td><h2>Conclusions and recommendations</h2>{inner}</td></tr></table>"
    return [SavedPage("table.html", _html(layout, charset="utf-16").encode("utf-16"))]


def split() -> list[SavedPage]:
    """The list on two pages, given in the wrong order, named recommendations, with a lead that repeats the title."""
    half = 4
    pages = []
    for place, chosen in enumerate((ITEMS[:half], ITEMS[half:])):
        said = "".join(
            f"<p><strong>Recommendation {i.label}:</strong> {' '.join(_lines(i)[:1])}</p>"
            + ("<ul>" + "".join(f"<li>{line}</li>" for line in _lines(i)[1]) + "</ul>" if _lines(i)[1] else "")
            + f"<p>{r}</p>"
            for i, r in chosen
        )
        pages.append(_page(f"page {place + 1}.html", _html(f"<h2>Conclusions and recommendations</h2>{said}")))
    return pages[::-1]


PDF_SOURCE = """#set page(paper: "a5", header: [Dark Lanes: Who Lights the Country’s Lanterns? #h(1fr) 21], numbering: "1")
#set text(lang: "en", hyphenate: true)
#set par(justify: true)
= Conclusions and recommendations
{items}
= Formal minutes
Monday 26 February 2024
"""


def pdf_source() -> str:
    """Write the list for typst, over several small pages with running heads."""
    parts = []
    theme = ""
    for item, reference in ITEMS:
        if item.theme != theme:
            theme = item.theme
            parts.append(f"== {theme}")
        first, *rest = item.text.split("\n")
        bullets = "".join(f"\n- {line.removeprefix('• ')}" for line in rest)
        parts.append(
            f"#[{item.label}\\. {first}{bullets} {reference}]\n" + ("#pagebreak()" if item.label in "36" else "")
        )
    return PDF_SOURCE.format(items="\n\n".join(parts))


def pdf() -> list[SavedPage]:
    """A PDF made here."""
    import typst

    return [SavedPage("report.pdf", typst.compile(pdf_source().encode()))]


def _flat(*, bullets: bool, themes: bool) -> tuple[Item, ...]:
    end = " • " if bullets else " "
    return tuple(Item(i.label, i.text.replace("\n• ", end), i.paragraphs, i.theme if themes else "") for i in EXPECTED)


SHAPES: tuple[Shape, ...] = (
    Shape("legacy pages", legacy, EXPECTED, FACTS),
    Shape("single page", single, EXPECTED, FACTS),
    Shape("lettered", lettered, _letters(), (TITLE, "", "", "", "")),
    Shape("hard-wrapped text", wrapped, EXPECTED, (TITLE, "", "", "", "")),
    Shape("one line", one_line, _flat(bullets=True, themes=False)),
    Shape("Lords", lords, EXPECTED, (TITLE, "Select Committee on Lanterns", "HL Paper 61", "2023–24", "2024-03-04")),
    Shape("table", table, _flat(bullets=False, themes=True), (TITLE, "", "", "", "")),
    Shape(
        "two pages, named",
        split,
        tuple(Item(i.label, i.text, i.paragraphs, "") for i in EXPECTED),
        (TITLE, "", "", "", ""),
    ),
    Shape("PDF", pdf, EXPECTED),
)


@dataclass(frozen=True, slots=True)
class Answered:
    """What should be read as one answer: its labels, the recommendation as repeated, and the Government's words."""

    labels: tuple[str, ...]
    restated: str
    text: str


@dataclass(frozen=True, slots=True)
class Response:
    """A response and the answers it holds."""

    name: str
    make: Callable[[], list[SavedPage]]
    answers: tuple[Answered, ...]


COUNTED = (
    "The Government agrees that lanterns matter.\nOur actions have included:\n• a pilot in two parishes; and\n• a form."
)
LOST = "The Department does not hold the count of 1987."
LATER = "Ministers will consider the matter in the summer."


def response_headed() -> list[SavedPage]:
    """Headings that number and shorten, one of them for two recommendations."""
    body = (
        f"<p>{escape(TITLE)}: Government Response to the Committee’s Third Report Contents</p><p>HC 1101</p>"
        "<h2>Appendix: Government Response</h2><h3>Introduction</h3><p>We thank the Committee for its 8 recommendations.</p>"
        "<h3>Counting</h3><h4>Recommendation 1</h4><p>A count of lanterns</p><p>The Government agrees that lanterns matter.<sup>1</sup></p>"
        "<p>Our actions have included:</p><ul><li>a pilot in two parishes; and</li><li>a form.</li></ul>"
        "<h4>Recommendation 2</h4><p>The lost count</p><p>The Department does not hold the count of 1987.</p>"
        "<h3>Money</h3><h4>Recommendations 3 and 4</h4><p>Dark lanes and oil</p><p>Ministers will consider the matter in the summer.</p>"
        + FOOT
    )
    return [_page("84002.htm", _html(body))]


def response_repeated() -> list[SavedPage]:
    """Each item repeated in full in bold, the answer plain behind it."""
    said = "".join(
        f"<p><b>{i.label}. {_lines(i)[0]} {r}</b></p><p>{answer}</p>"
        for (i, r), answer in zip(ITEMS[:3], (LOST, LATER, LOST), strict=True)
    )
    return [_page("response.html", _html(f"<h1>Government response</h1><h2>Counting</h2>{said}", "Response"))]


def response_labelled() -> list[SavedPage]:
    """Text in which *Government response* stands between the recommendation and its answer."""
    said = "\n\n".join(
        f"Recommendation {i.label}\n\n{i.text}\n\nGovernment response:\n\n{answer}"
        for (i, _), answer in zip(ITEMS[:3], (LOST, LATER, LOST), strict=True)
    )
    return [_page("pasted text", f"Government response to the Lantern Committee\n\n{said}\n")]


def response_bold() -> list[SavedPage]:
    """Bold paragraphs without numbers, plain answers."""
    said = "".join(
        f"<p><strong>{_lines(i)[0]}</strong></p><p>{answer}</p>"
        for (i, _), answer in zip(ITEMS[:3], (LOST, LATER, LOST), strict=True)
    )
    return [_page("24102.htm", _html(f"<h2>Government Response</h2>{said}"))]


def _three(*, labelled: bool = True) -> tuple[Answered, ...]:
    return tuple(
        Answered((i.label,) if labelled else (), i.text, answer)
        for (i, _), answer in zip(ITEMS[:3], (LOST, LATER, LOST), strict=True)
    )


RESPONSES: tuple[Response, ...] = (
    Response(
        "headed", response_headed,
        (
            Answered(("1",), "A count of lanterns", COUNTED),
            Answered(("2",), "The lost count", LOST),
            Answered(("3", "4"), "Dark lanes and oil", LATER),
        ),
    ),
    Response("repeated", response_repeated, _three()),
    Response("labelled", response_labelled, _three()),
    Response("bold", response_bold, _three(labelled=False)),
)  # fmt: skip
