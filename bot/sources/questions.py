"""Written questions and written statements of both Houses, from Parliament's own service."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from bot.domain.errors import NotFound
from bot.domain.said import (
    LONGEST_HEADING,
    AnswerState,
    Found,
    Said,
    SaidKind,
    question_page,
    statement_page,
    was_cut_off,
)
from bot.sources.http import Http
from bot.sources.paced import PAUSE_SECONDS, Paced
from bot.sources.said_shapes import Reading

SERVICE = "Parliament's written questions service"
TAKE = 50
ANSWERED_OR_NOT = frozenset({200, 404})
ANY_SESSION = ("sessionStatus", "Any")
"""Else the service may give the current session alone, and "nothing found since" a day before it would not be true."""


class QuestionsApi(Paced):
    """``searchTerm`` and a day from which: no search names a Member or tells who asks."""

    def __init__(self, http: Http, base_url: str, *, pause_seconds: float = PAUSE_SECONDS) -> None:
        super().__init__(http, SERVICE, base_url, pause_seconds=pause_seconds)

    async def questions(self, term: str, since: date) -> Found:
        """Find questions that hold a term and were tabled since a day. Answers may be cut off. Unavailable: it failed."""
        reply = await self.get(
            "/api/writtenquestions/questions",
            [
                ("searchTerm", term),
                ("tabledWhenFrom", since.isoformat()),
                ANY_SESSION,
                ("includeWithdrawn", "true"),
                ("expandMember", "true"),
                ("take", str(TAKE)),
            ],
        )
        return _found(reply.data, _question)

    async def statements(self, term: str, since: date) -> Found:
        """Find statements that hold a term and were made since a day. Unavailable: it failed."""
        reply = await self.get(
            "/api/writtenstatements/statements",
            [
                ("searchTerm", term),
                ("madeWhenFrom", since.isoformat()),
                ANY_SESSION,
                ("expandMember", "true"),
                ("take", str(TAKE)),
            ],
        )
        return _found(reply.data, _statement)

    async def question(self, key: str) -> Said:
        """Read one question whole. NotFound: there is none of that id. Unavailable: it failed."""
        reply = await self.get(
            f"/api/writtenquestions/questions/{int(key)}",
            [ANY_SESSION, ("expandMember", "true")],
            expect=ANSWERED_OR_NOT,
            fresh=True,
        )
        if reply.status == 404:
            raise _none()
        return _one(reply.data)

    async def numbered(self, uin: str, tabled: date | None = None) -> tuple[Said, ...]:
        """Find the questions of a number, newest first: a number comes again in a later session. Unavailable: it failed."""
        asked = [("uIN", uin), ANY_SESSION, ("includeWithdrawn", "true"), ("expandMember", "true"), ("take", "20")]
        reply = await self.get("/api/writtenquestions/questions", asked, fresh=True)
        found = _found(reply.data, _question).items
        fits = [q for q in found if q.number.upper() == uin.upper() and (tabled is None or q.on == tabled)]
        return tuple(sorted(fits, key=lambda q: (q.on, q.key), reverse=True))


def _none() -> NotFound:
    return NotFound(
        "Parliament's service has no written question with that number.",
        "Check the number, or paste the question's link.",
    )


def _found(answer: Any, read: Any) -> Found:
    reading = Reading(SERVICE)
    rows = reading.rows(answer, "results", "items")
    found = [said for said in (read(reading, _value(reading, row)) for row in rows) if said is not None]
    reading.dropped = len(rows) - len(found)
    return Found(tuple(found), reading.total(answer, len(rows), "totalResults"), reading.done(len(rows), len(found)))


def _one(answer: Any) -> Said:
    reading = Reading(SERVICE)
    if not isinstance(answer, Mapping):
        raise reading.refuse()
    found = _question(reading, _value(reading, answer))
    if found is None:
        raise reading.refuse()
    return found


def _value(reading: Reading, row: Mapping[str, Any]) -> Mapping[str, Any]:
    """Unwrap a row: the service gives {"value": {…}, "links": […]}; a bare row is borne."""
    inner = row.get("value", row.get("Value"))
    return inner if isinstance(inner, Mapping) else row


def _question(reading: Reading, row: Mapping[str, Any]) -> Said | None:
    key, tabled = reading.number(row, "id"), reading.day(row, "dateTabled")
    if key is None or tabled is None:
        return None
    asker = reading.part(row, "askingMember")
    answered, corrected = reading.day(row, "dateAnswered"), reading.day(row, "dateAnswerCorrected")
    answer = reading.text(row, "answerText")
    uin = reading.line(row, "uin", most=20)
    grouped = reading.value(row, "groupedQuestions")
    state = _state(
        withdrawn=reading.flag(row, "isWithdrawn"),
        holding=reading.flag(row, "answerIsHolding"),
        corrected=corrected is not None or reading.flag(row, "answerIsCorrection"),
        answered=answered is not None,
    )
    return Said(
        kind=SaidKind.QUESTION,
        key=str(key),
        on=tabled,
        heading=reading.line(row, "heading", most=LONGEST_HEADING),
        text=reading.text(row, "questionText"),
        number=uin,
        house=_house(reading, row),
        member_id=reading.number(row, "askingMemberId"),
        member=_name(reading, asker),
        body=reading.line(row, "answeringBodyName", most=LONGEST_HEADING),
        state=state,
        due_on=reading.day(row, "dateForAnswer"),
        answered_on=answered,
        corrected_on=corrected,
        answer=answer,
        is_cut=was_cut_off(answer),
        url=question_page(tabled, uin),
        grouped=tuple(str(n)[:20] for n in grouped[:50] if isinstance(n, str | int))
        if isinstance(grouped, list)
        else (),
    )


def _state(*, withdrawn: bool, holding: bool, corrected: bool, answered: bool) -> AnswerState:
    if withdrawn:
        return AnswerState.WITHDRAWN
    if not answered:
        return AnswerState.OPEN
    if holding:
        return AnswerState.HOLDING  # a promise of an answer, though a day of answering is set
    return AnswerState.CORRECTED if corrected else AnswerState.ANSWERED


def _statement(reading: Reading, row: Mapping[str, Any]) -> Said | None:
    key, made = reading.number(row, "id"), reading.day(row, "dateMade")
    if key is None or made is None:
        return None
    uin, text = reading.line(row, "uin", most=20), reading.text(row, "text")
    return Said(
        kind=SaidKind.STATEMENT,
        key=str(key),
        on=made,
        heading=reading.line(row, "title", "heading", most=LONGEST_HEADING),
        text=text,
        number=uin,
        house=_house(reading, row),
        member_id=reading.number(row, "memberId"),
        member=_name(reading, reading.part(row, "member")),
        body=reading.line(row, "answeringBodyName", most=LONGEST_HEADING),
        is_cut=was_cut_off(text),
        url=statement_page(made, uin),
    )


def _name(reading: Reading, member: Mapping[str, Any] | None) -> str:
    return reading.line(member, "name", "listAs", most=100) if member is not None else ""


def _house(reading: Reading, row: Mapping[str, Any]) -> str:
    """Give the House: a word, or the number of its kind in the service's list."""
    found = reading.value(row, "house")
    named = {0: "", 1: "Commons", 2: "Lords"}.get(found, "") if isinstance(found, int) else str(found or "")
    return named if named in ("Commons", "Lords") else ""
