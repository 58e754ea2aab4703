"""Early day motions and the times of oral questions, from Parliament's own service. It wraps its answers and writes in PascalCase."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from bot.domain.errors import Unavailable
from bot.domain.said import LONGEST_HEADING, AnswerState, Found, QuestionTime, Said, SaidKind, motion_page, was_cut_off
from bot.sources.http import TRY_LATER, Http
from bot.sources.paced import PAUSE_SECONDS, Paced
from bot.sources.said_shapes import Reading

SERVICE = "Parliament's motions service"
TAKE = 50


class MotionsApi(Paced):
    """Searches by a term and a day from which: none names a Member."""

    def __init__(self, http: Http, base_url: str, *, pause_seconds: float = PAUSE_SECONDS) -> None:
        super().__init__(http, SERVICE, base_url, pause_seconds=pause_seconds)

    async def motions(self, term: str, since: date) -> Found:
        """Find early day motions that hold a term and were tabled since a day. Unavailable: it failed."""
        reply = await self.get(
            "/EarlyDayMotions/list",
            [
                ("parameters.searchTerm", term),
                ("parameters.tabledStartDate", since.isoformat()),
                ("parameters.orderBy", "DateTabledDesc"),
                ("parameters.take", str(TAKE)),
            ],
        )
        reading = Reading(SERVICE)
        rows = _rows(reading, reply.data)
        found = [said for said in (_motion(reading, row) for row in rows) if said is not None]
        reading.dropped = len(rows) - len(found)
        paging = reading.part(reply.data, "PagingInfo") if isinstance(reply.data, Mapping) else None
        total = reading.total(paging, len(rows), "Total")
        return Found(tuple(found), total, reading.done(len(rows), len(found)))

    async def question_times(self, start: date, end: date) -> tuple[QuestionTime, ...]:
        """List when departments answer in the House between two days, with the closing time for tabling. Unavailable: it failed."""
        reply = await self.get(
            "/oralquestiontimes/list",
            [
                ("parameters.answeringDateStart", start.isoformat()),
                ("parameters.answeringDateEnd", end.isoformat()),
                ("parameters.take", str(TAKE)),
            ],
        )
        reading = Reading(SERVICE)
        rows = _rows(reading, reply.data)
        found = []
        for row in rows:
            on = reading.day(row, "AnsweringWhen")
            if on is not None:
                closes = reading.value(row, "DeadlineWhen")
                time = closes[11:16] if isinstance(closes, str) and closes[10:11] == "T" else ""
                found.append(
                    QuestionTime(on, reading.line(row, "AnsweringBodyNames"), time, reading.day(row, "DeadlineWhen"))
                )
        reading.dropped = len(rows) - len(found)
        reading.done(len(rows), len(found))
        return tuple(sorted(found, key=lambda time: (time.on, time.bodies)))


def _rows(reading: Reading, answer: Any) -> list[Mapping[str, Any]]:
    """Unwrap an answer. Unavailable: the service itself says that it failed, which is never "none"."""
    if isinstance(answer, Mapping) and reading.value(answer, "Success") is False:
        raise Unavailable(f"{SERVICE} says that it failed.", TRY_LATER)
    return reading.rows(answer, "Response", "results", "items")


def _motion(reading: Reading, row: Mapping[str, Any]) -> Said | None:
    key, tabled = reading.number(row, "Id"), reading.day(row, "DateTabled")
    if key is None or tabled is None:
        return None
    sponsor = reading.part(row, "PrimarySponsor")
    named = reading.line(sponsor, "Name", "ListAs", most=100) if sponsor is not None else ""
    status, text = reading.line(row, "Status", most=40).casefold(), reading.text(row, "MotionText")
    return Said(
        kind=SaidKind.MOTION,
        key=str(key),
        on=tabled,
        heading=reading.line(row, "Title", most=LONGEST_HEADING),
        text=text,
        number=reading.line(row, "UINWithAmendmentSuffix", "UIN", most=20),
        house="Commons",
        member_id=reading.number(row, "MemberId")
        or (reading.number(sponsor, "MnisId") if sponsor is not None else None),
        member=named,
        state=AnswerState.WITHDRAWN if status == "withdrawn" else AnswerState.NONE,
        is_cut=was_cut_off(text),
        url=motion_page(str(key)),
    )
