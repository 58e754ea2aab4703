"""Invented responses in the forms in which departments write them, each with what must be read of it."""

from __future__ import annotations

from dataclasses import dataclass

OAKS = "We recommend that every single street in the country has at least one oak tree."
PATHS = "We recommend that the Department mends the paths between the trees every year."


@dataclass(frozen=True, slots=True)
class Response:
    """A response, and for each answer its number, else its paragraph, with the Government's words and the verdict they state."""

    name: str
    text: str
    answers: tuple[tuple[str, str, str], ...]
    targets: tuple[str, ...] = ()
    restated: tuple[str, ...] = ()


def page(body: str) -> str:
    return f"<!doctype html><html><body>{body}</body></html>"


def joined(*parts: str) -> str:
    return "\n\n".join(parts)


NO, YES = "Trees are costly.", "We will mend them."
RESPONSES = (
    Response(
        "a bold verdict under a bold repeat",
        page(
            f"<p><b>{OAKS} (Paragraph 24)</b></p><p><b>Not agreed</b></p><p>{NO}</p>"
            f"<p><b>{PATHS} (Paragraph 30)</b></p><p><b>Agreed</b></p><p>{YES}</p>"
        ),
        (("24", f"Not agreed\n{NO}", "not agreed"), ("30", f"Agreed\n{YES}", "agreed")),
        restated=(OAKS, PATHS),
    ),
    Response(
        "a verdict as a heading",
        page(
            f"<h3>Recommendation 1</h3><p>{OAKS} (Paragraph 24)</p><h4>Partially accepted</h4><p>{NO}</p>"
            f"<h3>Recommendation 2</h3><p>{PATHS} (Paragraph 30)</p><h4>Accept</h4><p>{YES}</p>"
        ),
        (("1", f"Partially accepted\n{NO}", "partly agreed"), ("2", f"Accept\n{YES}", "agreed")),
    ),
    Response(
        "a label with the verdict",
        joined(
            "Recommendation 1",
            OAKS,
            "Response: Accept",
            YES,
            "Recommendation 2",
            PATHS,
            "Government response: Reject",
            NO,
        ),
        (("1", f"Accept\n{YES}", "agreed"), ("2", f"Reject\n{NO}", "not agreed")),
    ),
    Response(
        "repeated without number, pasted",
        joined(f"{OAKS} (Paragraph 24)", NO, f"{PATHS} (Paragraph 30)", YES, "It takes a year."),
        (("24", NO, ""), ("30", f"{YES}\nIt takes a year.", "")),
        restated=(OAKS, PATHS),
    ),
    Response(
        "numbered repeat with the kind in the bracket",
        joined(f"1. {OAKS} (Recommendation, Paragraph 12)", NO, f"2. {PATHS} (Recommendation, Paragraph 13)", YES),
        (("1", NO, ""), ("2", YES, "")),
    ),
    Response(
        "a Treasury Minute",
        joined(
            "1. PAC conclusion: Nobody counts trees.",
            "1. PAC recommendation: The Department should count its trees.",
            "1.1 The government agrees with the Committee’s recommendation.",
            "Target implementation date: Spring 2027",
            "1.2 The department will count them.",
            "2. PAC conclusion: Paths are bad.",
            "2. PAC recommendation: The Department should mend paths.",
            "2.1 The government disagrees with the Committee’s recommendation.",
            "2.2 Paths are mended by councils.",
        ),
        (
            (
                "1",
                "The government agrees with the Committee’s recommendation.\nTarget implementation date: Spring 2027\n"
                "The department will count them.",
                "agreed",
            ),
            (
                "2",
                "The government disagrees with the Committee’s recommendation.\nPaths are mended by councils.",
                "not agreed",
            ),
        ),
        targets=("Spring 2027", ""),
        restated=(
            "Nobody counts trees.\nThe Department should count its trees.",
            "Paths are bad.\nThe Department should mend paths.",
        ),
    ),
    Response(
        "a Treasury Minute as a page, with lettered recommendations",
        page(
            "<h2>Treasury Minutes</h2><p><b>1. PAC conclusion: Nobody counts trees.</b></p><p><b>1a. PAC recommendation:</b></p>"
            "<p><b>The Department should count its trees.</b></p><p>1.1 The government agrees with the Committee's "
            "recommendation.</p><p><b>Recommendation implemented</b></p><p>1.2 They are counted.</p>"
            "<p><b>1b. PAC recommendation: It should publish the count.</b></p><p>1.3 The government agrees in part.</p>"
        ),
        (
            (
                "1a",
                "The government agrees with the Committee's recommendation.\nRecommendation implemented\nThey are counted.",
                "agreed",
            ),
            ("1b", "The government agrees in part.", "partly agreed"),
        ),
    ),
    Response(
        "a table with numbers",
        page(
            "<table><tr><th>Recommendation</th><th>Response</th></tr>"
            f"<tr><td>1. Count trees. (Paragraph 12)</td><td>Accepted. We will.</td></tr>"
            f"<tr><td>2. Mend paths. (Paragraph 14)</td><td><p>Rejected.</p><p>{NO}</p></td></tr></table>"
        ),
        (("1", "Accepted. We will.", "agreed"), ("2", f"Rejected.\n{NO}", "not agreed")),
        restated=("Count trees.", "Mend paths."),
    ),
    Response(
        "a table with a column of numbers and no heading",
        page(
            "<table><tr><td>1</td><td>Count trees. (Paragraph 12)</td><td>We will.</td></tr>"
            "<tr><td>2</td><td>Mend paths. (Paragraph 14)</td><td>We will not.</td></tr></table>"
        ),
        (("1", "We will.", ""), ("2", "We will not.", "")),
    ),
    Response(
        "a table without numbers",
        page(
            "<table><tr><td>Committee recommendation</td><td>Government response</td></tr>"
            "<tr><td>Count trees. (Paragraph 12)</td><td>Noted.</td></tr><tr><td>Mend paths. (Paragraph 14)</td><td>Noted. It is so."
            "</td></tr></table>"
        ),
        (("12", "Noted.", "noted"), ("14", "Noted. It is so.", "noted")),
    ),
    Response(
        "the paragraph as the key",
        joined("Recommendation (Paragraph 12): Count trees.", YES, "Recommendation (Paragraph 14): Mend paths.", NO),
        (("12", YES, ""), ("14", NO, "")),
        restated=("Count trees.", "Mend paths."),
    ),
    Response(
        "labels with an article",
        joined(
            "The Committee's recommendation 1",
            OAKS,
            "The Government's response",
            YES,
            "The Committee’s recommendation 2",
            PATHS,
            "The Government’s response",
            NO,
        ),
        (("1", YES, ""), ("2", NO, "")),
        restated=(OAKS, PATHS),
    ),
)

NO_ANSWERS = (
    "Dear Chair\n\nThank you for your report on trees. We are grateful.\n\nYours sincerely",
    "Introduction\n\nThe Government welcomes the report.\n\nIt was published in March.",
    page("<table><tr><td>Year</td><td>Trees</td></tr><tr><td>2025</td><td>14</td></tr></table>"),
)
