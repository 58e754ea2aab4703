"""The forms in which organisers record what was said and what happened since."""

from __future__ import annotations

from collections.abc import Sequence

import discord

from bot.chat.ui import Option, form, select_field, text_field
from bot.chat.views.deadlines import DATE_HINT
from bot.domain.dates.folding import LONGEST
from bot.domain.links import LINK_LIMIT
from bot.domain.records import BY_LIMIT, WORDS_LIMIT, Record, RecordKind
from bot.domain.references import Found
from bot.domain.reports import AnswerStatus, SinceStatus, long_date
from bot.services.records import record_edition

ANSWER = ("answer", "date", "by", "words", "link")
EVIDENCE = ("date", "words", "link", "status")
FIELDS = {RecordKind.ANSWER: ANSWER, RecordKind.EVIDENCE: EVIDENCE}
ONLY_INFORMS = "none"


def record_form(kind: RecordKind, found: Found, values: Sequence[str] = (), opened: str = "") -> discord.ui.Modal:
    """Ask for a record; ``values`` fills its fields beforehand, in the order of ``FIELDS``.

    ``opened`` names the state on which they were typed.
    """
    seen = opened or record_edition(found, kind)
    if kind is RecordKind.EVIDENCE:
        return _evidence_form(found, values, seen)
    return _answer_form(found, values or known_answer(found), seen)


def values_of(record: Record) -> tuple[str, ...]:
    """Give the fields of a record as they are typed, in the order of ``FIELDS``."""
    on = long_date(record.on) if record.on else ""
    if record.kind is RecordKind.ANSWER:
        return (record.status, on, record.by, record.words, record.url)
    return (on, record.words, record.url, record.status)


def known_answer(found: Found, status: str = "") -> tuple[str, ...]:
    """Fill the day and link of the response to the whole report, where they are known: they are usually the same."""
    response = found.report.response
    day = found.item.answer.on or response.received_on
    return (status, long_date(day) if day else "", found.item.answer.by, "", response.url)


def _answer_form(found: Found, values: Sequence[str], opened: str) -> discord.ui.Modal:
    status, on, by, words, link = (*values, "", "", "", "", "")[:5]
    return form(
        f"The answer to {found.item.name}",
        "record.answer",
        select_field(
            "answer",
            "What did the Government say?",
            [Option(word.label, word.value, chosen=word.value == status) for word in AnswerStatus],
            description="What it said, not what has happened since. You can answer Unknown.",
        ),
        text_field("date", "Said on", description=DATE_HINT, value=on, required=False, most=LONGEST),
        text_field(
            "by",
            "By whom",
            description="If empty: the Government of that year",
            value=by,
            required=False,
            most=BY_LIMIT,
            placeholder="the Government of 2021",
        ),
        text_field(
            "words",
            "In your own words",
            description="A sentence or two, from the source. You can leave this empty.",
            value=words,
            required=False,
            long=True,
            most=WORDS_LIMIT,
        ),
        text_field(
            "link",
            "Where anyone can check it",
            description="Required for Agreed, Partly agreed, Noted and Not agreed",
            value=link,
            required=False,
            most=LINK_LIMIT,
            placeholder="https://",
        ),
        args=(found.value, opened),
    )


def _evidence_form(found: Found, values: Sequence[str], opened: str) -> discord.ui.Modal:
    on, words, link, status = (*values, "", "", "", "")[:4]
    options = [Option("No status: for information", ONLY_INFORMS, chosen=status in ("", ONLY_INFORMS))]
    options += [Option(word.label, word.value, chosen=word.value == status) for word in SinceStatus]
    return form(
        f"What happened about {found.item.name}",
        "record.evidence",
        text_field("date", "Happened on", description=DATE_HINT, value=on, most=LONGEST),
        text_field(
            "words",
            "What happened",
            description="In your own words, from the source",
            value=words,
            long=True,
            most=WORDS_LIMIT,
        ),
        text_field("link", "Where anyone can check it", value=link, most=LINK_LIMIT, placeholder="https://"),
        select_field(
            "status",
            "What does it mean for the recommendation?",
            options,
            description="What was actually done",
        ),
        args=(found.value, opened),
    )
