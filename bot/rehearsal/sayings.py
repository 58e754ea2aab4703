"""What is said in the invented Parliament: questions, statements, motions, speeches and a calendar, in the services' own shapes.

Every answer has the fields that the interface documents name, with their habits: a search cuts answers off, nulls stand anywhere, a
number comes again in another session, texts hold markup.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from bot.rehearsal.house import House, Seat

Json = dict[str, Any]
CUT_AT = 255
MOST_TAKEN = 100
DEEPEST = 5000
BODY = 90015
BODY_NAME = "Department for Lanterns"


@dataclass(slots=True)
class Sayings:
    """What was said. Each list holds rows in their service's shape, and may be added to while the stand-in runs."""

    house: House
    start: date
    questions: list[Json] = field(default_factory=list)
    statements: list[Json] = field(default_factory=list)
    motions: list[Json] = field(default_factory=list)
    speeches: list[Json] = field(default_factory=list)
    events: list[Json] = field(default_factory=list)
    times: list[Json] = field(default_factory=list)
    orals: list[Json] = field(default_factory=list)
    signatures: dict[int, list[Json]] = field(default_factory=dict)
    calls: list[Json] = field(default_factory=list)

    # Adding -------------------------------------------------------------------------------------------------------

    def ask(
        self,
        heading: str,
        text: str,
        *,
        on: date | None = None,
        seat: str = "Quillstone",
        uin: str = "",
        house: str = "Commons",
    ) -> Json:
        """Table a written question; give its row, which ``answer`` and others change."""
        member = self._member(seat)
        tabled = on or self.start
        row = {
            "id": 1_900_000 + len(self.questions) + 1,
            "askingMemberId": member["id"],
            "askingMember": member,
            "house": house,
            "memberHasInterest": False,
            "dateTabled": _stamp(tabled),
            "dateForAnswer": _stamp(tabled + timedelta(days=7)),
            "uin": uin or str(90_001 + len(self.questions)),
            "questionText": text,
            "answeringBodyId": BODY,
            "answeringBodyName": BODY_NAME,
            "isWithdrawn": False,
            "isNamedDay": False,
            "groupedQuestions": [],
            "answerIsHolding": None,
            "answerIsCorrection": None,
            "answeringMemberId": None,
            "answeringMember": None,
            "correctingMemberId": None,
            "correctingMember": None,
            "dateAnswered": None,
            "answerText": None,
            "originalAnswerText": None,
            "comparableAnswerText": None,
            "dateAnswerCorrected": None,
            "dateHoldingAnswer": None,
            "attachmentCount": 0,
            "heading": heading,
            "attachments": [],
            "groupedQuestionsDates": [],
        }
        self.questions.append(row)
        return row

    def answer(self, row: Json, text: str, on: date, *, holding: bool = False) -> None:
        """Answer a question, or promise to."""
        minister = self._member("Kingsmarrow Central")
        row |= {
            "dateAnswered": _stamp(on),
            "answerText": f"<p>{text}</p>",
            "answerIsHolding": holding,
            "dateHoldingAnswer": _stamp(on) if holding else row["dateHoldingAnswer"],
            "answeringMemberId": minister["id"],
            "answeringMember": minister,
        }

    def correct(self, row: Json, text: str, on: date) -> None:
        """Correct an answer."""
        row |= {
            "originalAnswerText": row["answerText"],
            "answerText": f"<p>{text}</p>",
            "answerIsCorrection": True,
            "dateAnswerCorrected": _stamp(on),
        }

    def state(self, title: str, text: str, *, on: date | None = None, seat: str = "Kingsmarrow Central") -> Json:
        """Make a written statement."""
        member, made = self._member(seat), on or self.start
        row = {
            "id": 1_950_000 + len(self.statements) + 1,
            "memberId": member["id"],
            "member": member,
            "memberRole": "Secretary of State for Lanterns",
            "uin": f"HCWS{901 + len(self.statements)}",
            "dateMade": _stamp(made),
            "answeringBodyId": BODY,
            "answeringBodyName": BODY_NAME,
            "title": title,
            "text": f"<p>{text}</p>",
            "house": "Commons",
            "noticeNumber": 1,
            "hasAttachments": False,
            "hasLinkedStatements": False,
            "linkedStatements": [],
            "attachments": [],
        }
        self.statements.append(row)
        return row

    def move(self, title: str, text: str, *, on: date | None = None, seat: str = "Quillstone") -> Json:
        """Table an early day motion."""
        member, tabled = self._member(seat), on or self.start
        number = 9001 + len(self.motions)
        row = {
            "Id": 960_000 + len(self.motions) + 1,
            "Status": "Published",
            "StatusDate": _stamp(tabled),
            "MemberId": member["id"],
            "PrimarySponsor": {
                "MnisId": member["id"],
                "PimsId": None,
                "Name": member["name"],
                "ListAs": member["listAs"],
            }
            | {"Constituency": seat, "Status": None, "Party": member["party"], "PartyId": None, "PartyColour": None}
            | {"PhotoUrl": None},
            "Title": title,
            "MotionText": text,
            "AmendmentToMotionId": None,
            "UIN": number,
            "AmendmentSuffix": None,
            "DateTabled": _stamp(tabled),
            "PrayingAgainstNegativeStatutoryInstrumentId": None,
            "StatutoryInstrumentNumber": None,
            "StatutoryInstrumentYear": None,
            "StatutoryInstrumentTitle": None,
            "UINWithAmendmentSuffix": str(number),
            "SponsorsCount": 0,
        }
        self.motions.append(row)
        self.sign(row, tabled, seat=seat)
        return row

    def sign(self, motion: Json, on: date, *, seat: str) -> Json:
        """Put a Member's name under a motion; give the row of the signature."""
        member, names = self._member(seat), self.signatures.setdefault(motion["Id"], [])
        known = {"MnisId": member["id"], "PimsId": None, "Name": member["name"], "ListAs": member["listAs"]}
        known |= {"Constituency": seat, "Status": None, "Party": member["party"], "PartyId": None}
        row = {"Id": motion["Id"] * 1000 + len(names), "MemberId": member["id"], "Member": known}
        row |= {"SponsoringOrder": len(names) + 1, "CreatedWhen": _stamp(on), "IsWithdrawn": False}
        names.append(row | {"WithdrawnDate": None})
        self._count(motion)
        return names[-1]

    def unsign(self, motion: Json, signature: Json, on: date) -> None:
        """Take a name off a motion: the service keeps the row, and says so in it."""
        signature |= {"IsWithdrawn": True, "WithdrawnDate": _stamp(on)}
        self._count(motion)

    def _count(self, motion: Json) -> None:
        motion["SponsorsCount"] = sum(1 for row in self.signatures[motion["Id"]] if not row["IsWithdrawn"])

    def motion(self, key: str) -> Json | None:
        """Give one motion with its signatures."""
        row = next((row for row in self.motions if str(row["Id"]) == key), None)
        if row is None:
            return None
        whole = row | {"Sponsors": self.signatures.get(row["Id"], []), "Amendments": []}
        paging: Json | None = None
        return {"PagingInfo": paging, "StatusCode": "OK", "Success": True, "Errors": [], "Response": whole}

    def ask_aloud(
        self, text: str, on: date, *, tabled: date | None = None, seat: str = "Quillstone", status: str = "ToBeAsked"
    ) -> Json:
        """Table an oral question, to be put in the House on a day."""
        member = self._member(seat)
        known = {"MnisId": member["id"], "PimsId": None, "Name": member["name"], "ListAs": member["listAs"]}
        row = {
            "Id": 1_700_000 + len(self.orals) + 1,
            "QuestionType": "Substantive",
            "QuestionText": text,
            "Status": status,
            "Number": len(self.orals) + 1,
            "TabledWhen": _stamp(tabled or on - timedelta(days=5)),
            "RemovedFromToBeAskedWhen": None,
            "DeclarableInterestDetail": None,
            "HansardLink": None,
            "UIN": 905_000 + len(self.orals),
            "AnsweringWhen": _stamp(on),
            "AnsweringBodyId": BODY,
            "AnsweringBody": BODY_NAME,
            "AnsweringMinisterTitle": "Secretary of State for Lanterns",
            "AskingMember": known,
            "AnsweringMinister": None,
            "AskingMemberId": member["id"],
            "AnsweringMinisterId": None,
        }
        self.orals.append(row)
        return row

    def speak(
        self, debate: str, text: str, *, on: date | None = None, seat: str = "Quillstone", house: str = "Commons"
    ) -> Json:
        """Say something in the House."""
        member, sat = self._member(seat), on or self.start
        number = len(self.speeches) + 1
        row = {
            "MemberName": member["name"],
            "MemberId": member["id"],
            "AttributedTo": f"{member['name']} ({seat})",
            "ItemId": 97_000_000 + number,
            "ContributionExtId": f"AAAA0000-0000-4000-8000-{number:012}",
            "ContributionText": f"{text[:CUT_AT]}..." if len(text) > CUT_AT else text,
            "ContributionTextFull": text,
            "HRSTag": "hs_Para",
            "HansardSection": "Debate",
            "Timecode": None,
            "DebateSection": debate,
            "DebateSectionId": 4_900_000 + number,
            "DebateSectionExtId": f"BBBB0000-0000-4000-8000-{number:012}",
            "SittingDate": _stamp(sat),
            "Section": "Commons Chamber" if house == "Commons" else "Lords Chamber",
            "House": house,
            "OrderInDebateSection": 3,
            "DebateSectionOrder": 12,
            "Rank": 1,
        }
        self.speeches.append(row)
        return row

    def put_on(self, title: str, on: date, *, category: str = "Westminster Hall", time: str = "14:30:00") -> Json:
        """Put something into the calendar."""
        row = {
            "Id": 98_000 + len(self.events) + 1,
            "StartDate": _stamp(on),
            "EndDate": _stamp(on),
            "CancelledDate": None,
            "StartTime": time,
            "EndTime": None,
            "Description": title,
            "Notes": None,
            "SortOrder": 1,
            "EventActivities": None,
            "Type": category,
            "House": "Commons",
            "LeadHouse": None,
            "Category": category,
            "Location": None,
            "LocationMetadata": None,
            "HasSpeakers": False,
            "Committee": None,
            "Tags": [],
            "Members": [],
            "Metadata": [],
            "SummarisedDetails": None,
            "BillId": None,
            "BillName": None,
            "BillPageLink": None,
        }
        self.events.append(row)
        return row

    def hold_question_time(self, body: str, on: date, closes: date) -> Json:
        """Let a department answer in the House, with the closing time for tabling."""
        row = {
            "Id": 99_000 + len(self.times) + 1,
            "AnsweringWhen": _stamp(on),
            "DeadlineWhen": f"{closes.isoformat()}T12:30:00",
            "SubstantiveTime": "11:30",
            "TopicalTime": "12:15",
            "AnsweringBodyNames": body,
            "AnsweringMinisterTitles": f"Minister of {body}",
        }
        self.times.append(row)
        return row

    def call_for_evidence(self, title: str, opens: date, closes: date) -> Json:
        """Let a committee ask for written evidence until a day."""
        period = {"id": 1, "startDate": _stamp(opens), "endDate": f"{closes.isoformat()}T23:59:00"}
        period |= {"submissionType": "WrittenEvidence", "isPromoted": False, "statusMessage": None}
        row = {
            "id": 8801 + len(self.calls),
            "title": title,
            "type": {"id": 1, "name": "Inquiry", "isInquiry": True, "description": None},
            "openDate": _stamp(opens),
            "closeDate": None,
            "latestReport": None,
            "openSubmissionPeriods": [period | {"allowSubmissionsPastEndDate": False}],
            "closedSubmissionPeriods": [],
            "nextOralEvidenceSession": None,
            "contact": None,
        }
        self.calls.append(row)
        return row

    def _member(self, seat: str) -> Json:
        found = next((s for s in self.house.seats if s.name == seat and s.member is not None), None)
        found = found or next(s for s in self.house.seats if s.member is not None)
        return _member(found)

    # Answering ----------------------------------------------------------------------------------------------------

    def search_questions(self, query: Mapping[str, str]) -> Json:
        """Answer a search for written questions: newest first, answers cut off."""
        found = [
            row
            for row in self.questions
            if _holds(query.get("searchterm", ""), row["heading"], row["questionText"], row["answerText"])
            and row["dateTabled"] >= query.get("tabledwhenfrom", "")
            and (not query.get("uin") or row["uin"] == query["uin"])
            and (query.get("includewithdrawn", "").casefold() == "true" or not row["isWithdrawn"])
        ]
        return _wrapped(found, query, "dateTabled", "answerText")

    def question(self, key: str) -> Json | None:
        """Give one question whole."""
        row = next((row for row in self.questions if str(row["id"]) == key), None)
        return {"value": row, "links": []} if row is not None else None

    def search_statements(self, query: Mapping[str, str]) -> Json:
        found = [
            row
            for row in self.statements
            if _holds(query.get("searchterm", ""), row["title"], row["text"])
            and row["dateMade"] >= query.get("madewhenfrom", "")
        ]
        return _wrapped(found, query, "dateMade", "text")

    def search_motions(self, query: Mapping[str, str]) -> Json:
        found = [
            row
            for row in self.motions
            if _holds(query.get("parameters.searchterm", ""), row["Title"], row["MotionText"])
            and row["DateTabled"] >= query.get("parameters.tabledstartdate", "")
        ]
        return _enveloped(found, query, "DateTabled", reverse=True)

    def question_times(self, query: Mapping[str, str]) -> Json:
        start, end = query.get("parameters.answeringdatestart", ""), query.get("parameters.answeringdateend", "9999")
        found = [row for row in self.times if start <= row["AnsweringWhen"][:10] <= end]
        return _enveloped(found, query, "AnsweringWhen")

    def oral_questions(self, query: Mapping[str, str]) -> Json:
        """List oral questions by the day on which they are put. The service searches for no words."""
        start, end = query.get("parameters.answeringdatestart", ""), query.get("parameters.answeringdateend", "9999")
        found = [row for row in self.orals if start <= row["AnsweringWhen"][:10] <= end]
        return _enveloped(found, query, "AnsweringWhen")

    def search_speeches(self, query: Mapping[str, str]) -> Json:
        term = query.get("queryparameters.searchterm", "").strip('"')
        found = [
            row
            for row in self.speeches
            if _holds(term, row["DebateSection"], row["ContributionTextFull"])
            and row["SittingDate"] >= query.get("queryparameters.startdate", "")
        ]
        found.sort(key=lambda row: row["SittingDate"], reverse=True)
        take = int(query.get("queryparameters.take", "20"))
        return {
            "SearchTerms": [term],
            "SpokenResultCount": len(found),
            "WrittenResultCount": 0,
            "CorrectionsResultCount": 0,
            "DivisionsResultCount": 0,
            "Results": found[: min(take, MOST_TAKEN)],
            "TotalResultCount": len(found),
        }

    def calendar(self, query: Mapping[str, str]) -> list[Json]:
        start, end = query.get("queryparameters.startdate", ""), query.get("queryparameters.enddate", "9999")
        return [row for row in self.events if start <= row["StartDate"][:10] <= end]


def invented_sayings(house: House, start: date) -> Sayings:
    """Say a few things that touch the invented report, and a few that only seem to."""
    said = Sayings(house, start)
    day = timedelta(days=1)
    asked = said.ask(
        "Street Lamps: Counting",
        "To ask the Secretary of State for Lanterns, when she plans to publish a count of street lamps in England.",
        on=start - 200 * day,
    )
    said.answer(
        asked,
        "The Department counts the street lamps of each town and will publish the figure in due course.",
        start - 193 * day,
    )
    said.ask(
        "Theatres: Grants",
        "To ask the Secretary of State for Lanterns, what grants theatres had for lamps on the stage.",
        on=start - 60 * day,
        seat="Ravelstoke",
    )
    said.state(
        "Street lamps",
        "Today I am laying before the House what it would cost to mend every dark street lamp.",
        on=start - 90 * day,
    )
    said.move(
        "Lit paths to schools",
        "That this House notes that many a path to a school has no street lamps; and calls for a lit path to every school.",
        on=start - 30 * day,
    )
    said.speak(
        "Rural Roads",
        "Will the Minister say which street lamps have been dark for thirty days? My constituents count forty of them.",
        on=start - 20 * day,
        seat="Tarning",
    )
    said.put_on("Cost of street lamps", start + 5 * day)
    said.hold_question_time(BODY_NAME, start + 12 * day, start + 7 * day)
    said.call_for_evidence("Street lamps and winter", start - 3 * day, start + 25 * day)
    return said


def _member(seat: Seat) -> Json:
    sitting = seat.member
    assert sitting is not None
    return {
        "id": sitting.member_id,
        "listAs": sitting.list_as,
        "name": sitting.display_as,
        "party": sitting.party,
        "partyColour": None,
        "partyAbbreviation": None,
        "memberFrom": seat.name,
        "thumbnailUrl": None,
    }


def _holds(term: str, *texts: str | None) -> bool:
    """Find a term as a search engine does: each of its words as the beginning of some word, in any order."""
    words = " ".join(text or "" for text in texts).casefold().split()
    return all(any(part.strip("“”\"'(").startswith(word) for part in words) for word in term.casefold().split())


def _wrapped(rows: Iterable[Json], query: Mapping[str, str], day: str, long: str) -> Json:
    found = sorted(rows, key=lambda row: (row[day], row["id"]), reverse=True)
    skip, take = int(query.get("skip", "0")), int(query.get("take", "20"))
    shown = [row | {long: _cut(row[long])} for row in found[skip : skip + min(take, MOST_TAKEN)]]
    return {"totalResults": len(found), "results": [{"value": row, "links": []} for row in shown]}


def _enveloped(rows: Iterable[Json], query: Mapping[str, str], day: str, *, reverse: bool = False) -> Json:
    found = sorted(rows, key=lambda row: (row[day], row["Id"]), reverse=reverse)
    skip, take = int(query.get("parameters.skip", "0")), int(query.get("parameters.take", "25"))
    paging: Json = {"Skip": skip, "Take": take, "Total": len(found), "GlobalTotal": len(found)}
    paging |= {"StatusCounts": [], "GlobalStatusCounts": []}
    shown = found[skip : skip + min(take, MOST_TAKEN)]
    return {"PagingInfo": paging, "StatusCode": "OK", "Success": True, "Errors": [], "Response": shown}


def _cut(text: str | None) -> str | None:
    return text if text is None or len(text) <= CUT_AT else f"{text[:CUT_AT]}..."


def _stamp(on: date) -> str:
    return f"{on.isoformat()}T00:00:00"
