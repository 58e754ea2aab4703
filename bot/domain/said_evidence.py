"""One thing said in Parliament, written as evidence: a fact with its day, and no opinion."""

from __future__ import annotations

from bot.domain.plain_text import cut
from bot.domain.reports import long_date
from bot.domain.said import AnswerState, Said, SaidKind


def evidence_words(said: Said) -> str:
    """Write one thing said as evidence: what it is, who, its own heading, and what became of it. No opinion, no status."""
    who = said.member or "A Member"
    number = f" ({said.number})" if said.number else ""
    about = f"“{said.heading}”" if said.heading else "without a heading"
    if said.kind is SaidKind.QUESTION:
        asked = (
            f"{who} asked the {said.body or 'Government'} a written question{number}, {about}, on {long_date(said.on)}."
        )
        if said.state in (AnswerState.ANSWERED, AnswerState.CORRECTED) and said.answered_on is not None:
            begins = f" It begins: “{cut(' '.join(said.answer.split()), 300)}”" if said.answer else ""
            return f"{asked} It was answered on {long_date(said.answered_on)}.{begins}"
        return f"{asked} {EVIDENCE_STATES[said.state]}"
    if said.kind is SaidKind.STATEMENT:
        return f"{who} made a written statement{number}, {about}, on {long_date(said.on)}."
    if said.kind is SaidKind.MOTION:
        return f"{who} tabled an early day motion{number}, {about}, on {long_date(said.on)}."
    if said.kind is SaidKind.ORAL:
        put = f", to be put on {long_date(said.due_on)}" if said.due_on is not None else ""
        words = cut(" ".join(said.text.split()), 300)
        return f"{who} tabled an oral question{number} to the {said.body or 'Government'}{put}: “{words}”"
    return f"{who} spoke in the {said.house or 'House'}, {about}, on {long_date(said.on)}."


EVIDENCE_STATES = {
    AnswerState.NONE: "",
    AnswerState.OPEN: "It had not been answered.",
    AnswerState.HOLDING: "It only had a holding answer.",
    AnswerState.ANSWERED: "It was answered.",
    AnswerState.CORRECTED: "Its answer was corrected.",
    AnswerState.WITHDRAWN: "It was withdrawn.",
    AnswerState.LAPSED: "It lapsed with the session, unanswered.",
}
