"""Early day motions with their signatures, oral questions and their times, from Parliament's own service.

It wraps its answers and writes in PascalCase.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from bot.domain.errors import NotFound, Unavailable
from bot.domain.said import (
    LONGEST_HEADING,
    AnswerState,
    Found,
    QuestionTime,
    Said,
    SaidKind,
    Signature,
    hansard_link,
    motion_page,
    was_cut_off,
)
from bot.sources.http import TRY_LATER, Http
from bot.sources.paced import PAUSE_SECONDS, Paced
from bot.sources.said_shapes import Reading

SERVICE = "Parliament's motions service"
TAKE = 50
ORAL_TAKE = 100
MOST_PAGES = 30
"""Pages of oral questions in one walk, so that a service whose lists never end is left."""

THERE_OR_NOT = frozenset({200, 404})
NOT_TABLED = frozenset({"withdrawn", "draft", "unsaved", "forreview"})
"""Where an oral question was taken back, or is not tabled yet: it counts for nobody."""


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

    async def signatures(self, key: str) -> tuple[Signature, ...]:
        """List who signs a motion, without those who took their names off it. Unavailable: it failed. NotFound: there is none."""
        reply = await self.get(f"/EarlyDayMotion/{int(key)}", expect=THERE_OR_NOT, fresh=True)
        if reply.status == 404:
            raise NotFound("Parliament's service has no motion with that number.", "Look for it on Parliament's pages.")
        reading = Reading(SERVICE)
        if not isinstance(reply.data, Mapping) or reading.value(reply.data, "Success") is False:
            raise Unavailable(f"{SERVICE} says that it failed.", TRY_LATER)
        motion = reading.part(reply.data, "Response", "value") or reply.data
        rows = reading.rows(motion, "Sponsors")
        found = [(row, _signature(reading, row)) for row in rows]
        reading.done(len(rows), sum(1 for _, one in found if one is not None))
        return tuple(
            one
            for row, one in found
            if one is not None and not reading.flag(row, "IsWithdrawn") and reading.day(row, "WithdrawnDate") is None
        )

    async def oral_questions(self, start: date, end: date) -> Found:
        """Read every oral question put between two days: the service searches for no words. Unavailable: it failed."""
        reading = Reading(SERVICE)
        found: list[Said] = []
        total = taken = 0
        for page in range(MOST_PAGES):
            reply = await self.get(
                "/oralquestions/list",
                [
                    ("parameters.answeringDateStart", start.isoformat()),
                    ("parameters.answeringDateEnd", end.isoformat()),
                    ("parameters.skip", str(page * ORAL_TAKE)),
                    ("parameters.take", str(ORAL_TAKE)),
                ],
                fresh=True,
            )
            rows = _rows(reading, reply.data)
            read = [_oral(reading, row) for row in rows]
            reading.dropped += sum(1 for one in read if one is None)
            found += [one for one in read if one is not None]
            taken += len(rows)
            paging = reading.part(reply.data, "PagingInfo") if isinstance(reply.data, Mapping) else None
            total = reading.total(paging, taken, "Total")
            reading.done(len(rows), sum(1 for one in read if one is not None))
            if len(rows) < ORAL_TAKE or taken >= total:
                break
        return Found(tuple(found), max(total, taken), frozenset(reading.missed))

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
        sponsors=reading.number(row, "SponsorsCount"),
    )


def _signature(reading: Reading, row: Mapping[str, Any]) -> Signature | None:
    member = reading.part(row, "Member")
    number = reading.number(row, "MemberId") or (reading.number(member, "MnisId") if member is not None else None)
    if number is None:
        return None
    named = reading.line(member, "Name", "ListAs", most=100) if member is not None else ""
    return Signature(number, named, reading.day(row, "CreatedWhen"))


def _oral(reading: Reading, row: Mapping[str, Any]) -> Said | None:
    """Read an oral question. It is put on its answering day, and tabled before."""
    key, put_on = reading.number(row, "Id"), reading.day(row, "AnsweringWhen")
    tabled = reading.day(row, "TabledWhen") or put_on
    if key is None or put_on is None or tabled is None:
        return None
    status = reading.line(row, "Status", most=40).casefold()
    member = reading.part(row, "AskingMember")
    link = reading.line(row, "HansardLink", most=300)
    return Said(
        kind=SaidKind.ORAL,
        key=str(key),
        on=min(tabled, put_on),
        text=reading.text(row, "QuestionText"),
        number=reading.line(row, "UIN", most=20),
        house="Commons",
        member_id=reading.number(row, "AskingMemberId")
        or (reading.number(member, "MnisId") if member is not None else None),
        member=reading.line(member, "Name", "ListAs", most=100) if member is not None else "",
        body=reading.line(row, "AnsweringBody", most=LONGEST_HEADING),
        state=AnswerState.WITHDRAWN if status in NOT_TABLED else AnswerState.NONE,
        due_on=put_on,
        url=hansard_link(link),
    )
