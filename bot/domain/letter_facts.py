"""The facts a letter states, each in words that a reader can check: who said it, in which paper, where in it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from bot.domain.deadlines import DeadlineState, days, response_clock
from bot.domain.errors import Refused
from bot.domain.identity import GuildId
from bot.domain.letter_asks import Ask
from bot.domain.letters import NAME_GAP, LetterFrame, Recipient
from bot.domain.references import Found
from bot.domain.reports import AnswerStatus, Confidence, Recommendation, Report, long_date

CLOSE = "Yours sincerely,"
TABLING = "table-this"
"""The ask that comes with the words of a written question."""
_NO_ANSWER = (AnswerStatus.UNKNOWN, AnswerStatus.NOT_YET_ANSWERED)


QUOTED_WORDS = 60
"""Words of the committee that a letter quotes at most, where there is no short line of ours."""


def in_short(item: Recommendation) -> str:
    """Say what a recommendation asks: our own line, else the committee's words in quotation marks, cut at a sentence or word."""
    if item.summary.strip():
        return item.summary.strip()
    words = item.official.split()
    if len(words) <= QUOTED_WORDS:
        return f"“{' '.join(words)}”"
    kept = words[:QUOTED_WORDS]
    ends = [
        place for place, word in enumerate(kept, 1) if word.endswith((".", "?", "!")) and place >= QUOTED_WORDS // 3
    ]
    return f"“{' '.join(kept[: ends[-1]])}”" if ends else f"“{' '.join(kept).rstrip(',;:')} …”"


@dataclass(frozen=True, slots=True)
class Topic:
    """What a letter is about: a report, and one recommendation of it where the frame is about one."""

    report: Report
    item: Recommendation | None = None

    @classmethod
    def of(cls, found: Found) -> Topic:
        return cls(found.report, found.item)

    @property
    def value(self) -> str:
        """Name it as ``Found.value`` does, or by the report alone."""
        return f"{self.report.slug}/{self.item.key}" if self.item is not None else str(self.report.slug)

    @property
    def title(self) -> str:
        """Name it in a line for people."""
        if self.item is None:
            return f"{self.report.short_title}: the Government's response"
        return f"{self.item.heading}: {self.item.theme} · {self.report.short_title}"

    @property
    def caution(self) -> str:
        """Say how well it is known that the report says this, where that is not from the report itself."""
        if self.item is None or self.item.confidence is Confidence.READ:
            return ""
        return f"That the report says this is {self.item.confidence.label}. Look at the source before you send."


def facts_for(
    frame: LetterFrame,
    topic: Topic,
    recipient: Recipient,
    ask: Ask,
    today: date,
    *,
    roomy: bool = True,
    sample: bool = False,
) -> dict[str, str]:
    """Give every fact the frame needs. Refused: the letter does not fit, because the response came or is not due.

    ``roomy`` False leaves out what a letter can do without. A ``sample`` of an overdue letter has gaps for its dates.
    """
    report, item = topic.report, topic.item
    facts = {
        "salutation": recipient.salutation,
        "constituency": recipient.constituency,
        "committee": report.committee,
        "report": f"“{report.short_title}”",
        "source": f"{report.house.words}, {report.paper}, {long_date(report.published_on)}",
        "today": long_date(today),
        "member": recipient.name or NAME_GAP,
        "ask": ask.short if frame.is_short and ask.short else ask.words,
        "close": CLOSE,
        "roomy": "yes" if roomy else "",
        "answer": "",
        "answer_source": "",
    }
    if item is not None:
        facts |= {"call": call(item), "place": place(item), "gist": in_short(item)}
        facts |= {"reference": reference(report, item), "tabled": tabled(report, item) if ask.slug == TABLING else ""}
        facts |= answered(report, item)
    if "expected_by" in frame.needs and sample:
        facts |= {"expected_by": "[the day it was expected]", "late": "[so many days]"}
    elif "expected_by" in frame.needs:
        expected_by = overdue_since(report, today)
        facts |= {"expected_by": long_date(expected_by), "late": days((today - expected_by).days)}
    return {name: facts[name] for name in frame.needs}


def overdue_since(report: Report, today: date) -> date:
    """Give the day by which the response was expected. Refused: it came, is not due yet, or none is expected."""
    clock = response_clock(report, GuildId(0))
    if clock is None:
        raise Refused(
            f"No Government response is expected to {report.short_title}.", "Choose another letter with /letter write."
        )
    if clock.state(today) is not DeadlineState.OVERDUE:
        raise Refused(
            f"This letter is for a response that is overdue. {report.short_title}: {clock.headline(today)}.",
            "To write about one of its recommendations, choose “Raise a recommendation”.",
        )
    return clock.due_on


def call(item: Recommendation) -> str:
    """Name a recommendation inside a sentence; one whose number is not confirmed gets none."""
    return f"recommendation {item.number}" if item.number else f"its call on “{item.theme}”"


def place(item: Recommendation) -> str:
    """Say where in the report it stands, as far as that is known."""
    several = any(ch in item.paragraphs for ch in "–-,;& ")
    paragraphs = f"{'paragraphs' if several else 'paragraph'} {item.paragraphs}" if item.paragraphs else ""
    chapter = f"chapter {item.chapter}" if item.chapter.isdigit() and not item.chapter_note else ""
    if item.number and paragraphs:
        return paragraphs
    return ", ".join(part for part in (chapter, paragraphs) if part) or "paragraph not confirmed"


def reference(report: Report, item: Recommendation) -> str:
    """Name a recommendation by its paper in as few words as a reader can find it by."""
    where = f"recommendation {item.number}" if item.number else place(item)
    return f"“{report.short_title}”, {report.paper}, {where}"


def tabled(report: Report, item: Recommendation) -> str:
    """Write the question that an MP could table, in the form that the House uses: a demand, without a question mark."""
    what = f"recommendation {item.number} of" if item.number else f"the call on “{item.theme}” in"
    return (
        f"To ask the Secretary of State responsible, what steps the Government has taken since "
        f"{long_date(report.published_on)} to act on {what} the {report.committee}'s report {report.short_title}, {report.paper}."
    )


def answered(report: Report, item: Recommendation) -> dict[str, str]:
    """Give what a government answered, with its source; empty where that is not known or its source is not held."""
    answer = item.answer
    source = next((found for key in answer.sources if (found := report.source(key)) is not None), None)
    if answer.status in _NO_ANSWER or answer.on is None or source is None:
        return {"answer": "", "answer_source": ""}
    by = answer.by or "the Government of the day"
    said = f"{by[:1].upper()}{by[1:]} answered on {long_date(answer.on)}: {answer.status.label.lower()}"
    return {"answer": said, "answer_source": source.title}


def subject(topic: Topic) -> str:
    """Give the subject line of a letter."""
    report = topic.report
    if topic.item is None:
        return f"The Government's response to “{report.short_title}” ({report.paper})"
    number = f"recommendation {topic.item.number}" if topic.item.number else topic.item.theme
    return f"“{report.short_title}” ({report.paper}): {number}"


def citations(topic: Topic) -> tuple[tuple[str, str], ...]:
    """List the sources of what the letter states, as title and https address."""
    report, item = topic.report, topic.item
    found = [(f"{report.short_title}, {report.paper}, {long_date(report.published_on)}", report.url)]
    for key in item.sources if item is not None else ():
        source = report.source(key)
        if source is not None and source.url != report.url:
            found.append((source.title, source.url))
    return tuple(found)
