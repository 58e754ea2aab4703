"""An invented committee and its one report, as a pack's report and in the shapes of the Committees API."""

from __future__ import annotations

from base64 import b64encode
from dataclasses import dataclass, field
from datetime import date, timedelta
from html import escape
from textwrap import wrap
from typing import Any

from bot.domain.identity import ItemKey, ReportSlug
from bot.domain.reports import (
    Answer,
    AnswerStatus,
    Chapter,
    Confidence,
    Door,
    House,
    Recommendation,
    Report,
    ResponseFacts,
    Source,
    TimelineEvent,
)
from bot.domain.rules import add_months
from bot.rehearsal.shapes import midnight

Json = dict[str, Any]

COMMITTEE_ID = 9901
COMMITTEE = "Lamplighters Committee (invented)"
PUBLICATION_ID = 990001
DOCUMENT_ID = 990101
TITLE = "Lights Out: who looks after the lamps? (invented)"
PAGE = "https://lamplighters.example/report"
DAYS_TO_ANSWER = 21
_IN_PDF = str.maketrans({"(": r"\(", ")": r"\)", "\\": r"\\"})

TYPES: tuple[tuple[int, str, bool, bool], ...] = (
    (1, "Report", True, False),
    (2, "Government Response", False, True),
    (3, "Correspondence", False, True),
    (12, "Special Report", False, True),
)

# number | paragraph | theme | chapter | the committee's invented wording | our own line
_ITEMS = """
1 | 8 | Counting | what-we-found | The Department for Lanterns should count every street lamp in the country and publish the count each year. | Count the street lamps and publish the figure every year.
2 | 11 | Counting | what-we-found | The count should say which lamps have been dark for more than thirty days, and why. | Say which lamps have been dark for over thirty days, and why.
3 | 17 | Money | who-pays | The Department should tell the House, before the next Budget, what it would cost to mend every dark lamp. | Tell the House what mending every dark lamp would cost.
4 | 19 | Money | who-pays | No town should pay more for its lamps than its neighbour because its records were lost. | Stop charging towns more because their records were lost.
5 | 26 | Safety | next-steps | The Government should give every school a lit path to its gate by the winter after next. | Give every school a lit path to its gate.
6 | 30 | Safety | next-steps | The Home Department should ask people who walk home at night which paths they avoid, and act on what they say. | Ask people which paths they avoid at night, and act on it.
7 | 34 | Reporting | next-steps | The Government should report progress on each of these recommendations to this Committee every six months. | Report progress to the Committee every six months.
"""  # noqa: E501

_CHAPTERS = {"what-we-found": "What we found", "who-pays": "Who pays", "next-steps": "Next steps"}

_KEYWORDS = {
    "Counting": ("count", "thirty days"),
    "Money": ("cost", "Budget", "pay more"),
    "Safety": ("schools", "lit path", "walk home"),
    "Reporting": ("progress", "Lamplighters Committee"),
}


def published_for(due_on: date) -> date:
    """Give a day whose two-month rule ends on ``due_on``, or the nearest one before it where no day does."""
    found = add_months(due_on, -2)
    return found if add_months(found, 2) == due_on else found - timedelta(days=1)


def invented_report(start: date) -> Report:
    """Build the report of an invented committee whose response is expected 21 days after ``start``. Nothing in it is real."""
    due_on = start + timedelta(days=DAYS_TO_ANSWER)
    published_on = published_for(due_on)
    printed = None if add_months(published_on, 2) == due_on else due_on
    items = []
    for line in _ITEMS.strip().splitlines():
        number, paragraph, theme, chapter, official, summary = (cell.strip() for cell in line.split("|"))
        items.append(
            Recommendation(
                key=ItemKey(number),
                number=number,
                theme=theme,
                summary=f"{summary} (invented)",
                letter_line=f"{summary[0].lower()}{summary[1:].rstrip('.')}",
                official=official,
                chapter=chapter,
                paragraphs=paragraph,
                addressees=("Department for Lanterns (invented)",),
                confidence=Confidence.READ,
                sources=("report",),
                answer=Answer(AnswerStatus.NOT_YET_ANSWERED),
                keywords=_KEYWORDS[theme],
            )
        )
    return Report(
        slug=ReportSlug("lights-out"),
        title=TITLE,
        short_title="Lights Out (invented)",
        committee=COMMITTEE,
        house=House.COMMONS,
        paper="HC 9901 (invented)",
        session="Rehearsal",
        published_on=published_on,
        url=PAGE,
        as_of=start,
        look_for=("street lamps",),
        licence="Invented for rehearsal. There is no such committee and no such report.",
        chapters=tuple(Chapter(key, title, source="report") for key, title in _CHAPTERS.items()),
        doors=(
            Door("found", "What the committee found", "Counting the lamps.", ("what-we-found",)),
            Door("money", "Who pays", "What mending them costs.", ("who-pays",)),
            Door("next", "What should happen next", "Safety and reporting.", ("next-steps",)),
        ),
        recommendations=tuple(items),
        sources=(Source("report", f"{COMMITTEE}: {TITLE}", PAGE, "invented"),),
        timeline=(TimelineEvent(published_on, "The invented committee published its report.", sources=("report",)),),
        response=ResponseFacts(
            due_on=printed, sources=("report",), note="Invented: nobody is expected to answer this report."
        ),
        note="An invented report for rehearsal, with a deadline that is running. Nothing in it is real.",
        publication_id=PUBLICATION_ID,
        invented=True,
    )


@dataclass(slots=True)
class Answered:
    """A publication that answers the report: its type (2, 12 or 3) and day. ``attached``: staff linked the two in the record."""

    publication_id: int
    type_id: int
    on: date
    description: str
    attached: bool = True


@dataclass(slots=True)
class Committee:
    """What the invented committee has published."""

    start: date
    answers: list[Answered] = field(default_factory=list)
    expected: bool = True
    withdrawn: set[str] = field(default_factory=set)
    """Formats of documents that are listed and yet not to be had."""

    @property
    def report(self) -> Report:
        return invented_report(self.start)

    def answer(self, on: date, *, type_id: int = 2, attached: bool = True) -> int:
        """Publish an answer on a day; give its publication id."""
        number = PUBLICATION_ID + 1 + len(self.answers)
        self.answers.append(Answered(number, type_id, on, f"Government response to {TITLE}", attached))
        return number

    def publications(self) -> list[Json]:
        """List every publication, newest first, the pre-appointment report that nobody answers among them."""
        found = [self._answer(a) for a in self.answers] + [self._report(), self._letter(), self._pre_appointment()]
        return sorted(found, key=lambda p: str(p["publicationStartDate"]), reverse=True)

    def listed(self) -> Json:
        """Give all of them in the envelope of a list."""
        found = self.publications()
        return {"totalResults": len(found), "items": found}

    def committee(self, number: int) -> Json:
        """Give the committee as under its own address."""
        return _committee_alone(number, COMMITTEE)

    def committees(self) -> list[Json]:
        """List the invented committees: this one, one of the Lords, one that is no select committee, one without a name."""
        return [
            committee_shape(COMMITTEE_ID, COMMITTEE),
            committee_shape(9902, "Wicks and Oil Committee (invented)", house="Lords"),
            committee_shape(9903, "Street Lamps Bill Committee (invented)", category="General"),
            committee_shape(9904, "") | {"name": None},
        ]

    def document(self, publication_id: int, document_id: int, file_format: str) -> Json | None:
        """Give a document in a format that the publication lists, or None."""
        report = self.report
        if (publication_id, document_id) == (PUBLICATION_ID, DOCUMENT_ID):
            made = {"Html": page_of_report(report).encode(), "Pdf": pdf_of_report(report)}
            stem = "lights-out"
        elif document_id == publication_id + 1000 and publication_id in {a.publication_id for a in self.answers}:
            made, stem = {"Html": page_of_response(report).encode()}, "response"
        else:
            return None
        if file_format not in made or file_format in self.withdrawn:
            return None
        data = made[file_format]
        return {
            "fileName": f"{stem}.{file_format.lower()}",
            "fileSize": len(data),
            "fileDataFormat": file_format,
            "data": b64encode(data).decode(),
        }

    def _report(self) -> Json:
        report = self.report
        body = _publication(PUBLICATION_ID, 1, report.published_on, f"First Report - {TITLE}", paper="HC 9901")
        body["businesses"] = [_business()]
        attached = [self._answer(a) for a in self.answers if a.attached]
        for answer in attached:
            del answer["businesses"], answer["committee"]
        body["governmentResponses"] = {
            "publication": attached,
            "responseDeadline": midnight(self.start + timedelta(days=DAYS_TO_ANSWER)),
            "responseExcepted": self.expected,
        }
        body["additionalContentUrl"] = PAGE
        body["documents"] = [
            {
                "documentId": DOCUMENT_ID,
                "files": [_file("lights-out.pdf", "Pdf"), _file("lights-out.html", "Html")],
            }
        ]
        return body

    def _answer(self, answer: Answered) -> Json:
        body = _publication(answer.publication_id, answer.type_id, answer.on, answer.description)
        body["responseToPublicationId"] = PUBLICATION_ID
        body["additionalContentUrl"] = f"https://lamplighters.example/response/{answer.publication_id}"
        body["documents"] = [{"documentId": answer.publication_id + 1000, "files": [_file("response.html", "Html")]}]
        return body

    def _letter(self) -> Json:
        return _publication(990090, 3, self.start, "Letter about the invented lamps")

    def _pre_appointment(self) -> Json:
        return _publication(
            990080,
            1,
            self.start - timedelta(days=200),
            "Second Report - Pre-appointment hearing (invented)",
            paper="HC 9901",
        )


def _file(name: str, file_format: str) -> Json:
    return {"fileName": name, "fileSize": 4096, "fileDataFormat": file_format, "url": None}


def publication_types() -> list[Json]:
    return [_type(number) for number, *_ in TYPES]


def _type(number: int) -> Json:
    _, name, can_respond, can_be = next(t for t in TYPES if t[0] == number)
    return {
        "id": number,
        "name": name,
        "description": f"{name}, as the invented committee publishes it.",
        "governmentCanRespond": can_respond,
        "canBeResponse": can_be,
        "iconKey": None,
        "pluralVersion": f"{name}s",
    }


def _publication(number: int, type_id: int, on: date, description: str, *, paper: str = "") -> Json:
    return {
        "businesses": [],
        "committee": committee_shape(COMMITTEE_ID, COMMITTEE),
        "description": description,
        "id": number,
        "publicationStartDate": f"{on.isoformat()}T00:01:00",
        "publicationEndDate": None,
        "governmentResponses": {"publication": [], "responseDeadline": None, "responseExcepted": False},
        "documents": [],
        "hcNumber": {"number": paper, "sessionId": 99, "sessionDescription": "2026-27"} if paper else None,
        "hlPaper": None,
        "type": _type(type_id),
        "responseToPublicationId": None,
        "additionalContentUrl": None,
        "additionalContentUrl2": None,
        "respondingDepartment": None,
    }


def committee_shape(number: int, name: str, *, house: str = "Commons", category: str = "Select") -> Json:
    """Write a committee as the Committees API does within a publication, and in its list."""
    kind = {"id": 1 if category == "Select" else 2, "name": category}
    return {
        "contact": {
            "email": "committee@lamplighters.example",
            "phone": "020 7946 0100",
            "address": f"{name}, House of Commons, London, SW1A 0AA",
            "contactDisclaimer": None,
        },
        "id": number,
        "name": name,
        "parentCommittee": None,
        "subCommittees": [],
        "house": house,
        "leadHouse": None,
        "category": kind,
        "committeeTypes": [{"id": 1, "name": f"Invented {category}", "committeeCategory": kind}],
        "showOnWebsite": True,
        "websiteLegacyUrl": "https://lamplighters.example/committee/",
        "websiteLegacyRedirectEnabled": False,
        "startDate": "2024-09-09T00:00:00",
        "endDate": None,
        "dateCommonsAppointed": "2024-09-09T00:00:00",
        "dateLordsAppointed": None,
        "scrutinisingDepartments": [],
        "isLeadCommittee": None,
        "nameHistory": [
            {
                "id": number,
                "committeeId": number,
                "name": name,
                "startDate": "2024-09-09T00:00:00",
                "endDate": None,
            }
        ],
    }


def _committee_alone(number: int, name: str) -> Json:
    """Write a committee as the API does under its own address: more than within a publication, and parts of it."""
    part = committee_shape(number + 90, f"{name}: sub-committee") | {
        "contact": None,
        "subCommittees": None,
        "category": None,
        "committeeTypes": [],
        "websiteLegacyUrl": None,
        "endDate": "2025-05-03T00:00:00",
    }
    return committee_shape(number, name) | {
        "banner": None,
        "contentLinks": [],
        "purpose": "<p>The invented committee looks after the lamps.</p>",
        "previousCommittees": [],
        "dateCommonsAppointed": None,
        "subCommittees": [part],
    }


def _business() -> Json:
    return {
        "id": 9908,
        "title": "Who looks after the lamps? (invented)",
        "type": {"id": 1, "name": "Inquiry", "isInquiry": True, "description": "An invented inquiry."},
        "openDate": "2024-11-18T00:00:00",
        "closeDate": None,
        "latestReport": None,
        "openSubmissionPeriods": [],
        "closedSubmissionPeriods": [],
        "nextOralEvidenceSession": None,
        "contact": {
            "email": "committee@lamplighters.example",
            "phone": "020 7946 0100",
            "address": None,
            "contactDisclaimer": None,
        },
    }


def page_of_report(report: Report) -> str:
    """Write the report's closing chapter as a page with numbered paragraphs."""
    lines = "".join(
        f"<p>{escape(item.number or '')}. {escape(item.official)} (Paragraph {escape(item.paragraphs)})</p>"
        for item in report.recommendations
    )
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{escape(report.title)}</title></head>'
        f"<body><h1>{escape(report.title)}</h1><h2>Conclusions and recommendations</h2>{lines}</body></html>"
    )


def page_of_response(report: Report) -> str:
    """Write an invented response: each recommendation by its number, shortened, with an answer that decides nothing."""
    lines = "".join(
        f"<h3>Recommendation {escape(item.number or '')}</h3><p>{escape(item.theme)}: {escape(item.summary.rstrip('.'))}</p>"
        f"<p>The invented Government has read what the Committee says about {escape(item.theme.lower())}. It will think "
        "about it.</p>"
        for item in report.recommendations
    )
    title = f"Government response to {report.title}"
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{escape(title)}</title></head>'
        f"<body><h1>{escape(title)}</h1><h2>Appendix: Government Response</h2>{lines}</body></html>"
    )


def pdf_of_report(report: Report) -> bytes:
    """Write the report's closing chapter as a PDF of plain text, one line to a line."""
    said = ["Conclusions and recommendations"]
    for item in report.recommendations:
        said += wrap(f"{item.number}. {item.official} (Paragraph {item.paragraphs})", 80)
    shown = "".join(f"({line.translate(_IN_PDF)}) Tj T*\n" for line in said)
    stream = f"BT /F1 11 Tf 14 TL 50 800 Td\n{shown}ET".encode("cp1252", "replace")
    bodies = (
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(stream), stream),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
    )
    made, places = b"%PDF-1.4\n", []
    for number, body in enumerate(bodies, start=1):
        places.append(len(made))
        made += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    end = b"trailer << /Size 6 /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF" % len(made)
    return made + b"xref\n0 6\n0000000000 65535 f \n" + table + end
