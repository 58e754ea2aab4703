"""The facts a letter states, each in words that a reader can check: who said it, in which paper, where in it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from bot.domain.deadlines import DeadlineState, days, response_clock
from bot.domain.errors import Refused
from bot.domain.identity import GuildId
from bot.domain.letter_asks import NOBODY_KNOWN, Ask
from bot.domain.letters import DEPARTMENT_GAP, NAME_GAP, FrameKind, LetterFrame, Recipient
from bot.domain.references import Found
from bot.domain.reports import (
    AnswerStatus,
    Confidence,
    House,
    Recommendation,
    Report,
    RowKind,
    SinceStatus,
    UnreadAnswer,
    long_date,
)

CLOSE = "Yours sincerely,"
TABLING = "table-this"
"""The ask that comes with the words of a written question."""
_NO_ANSWER = (AnswerStatus.UNKNOWN, AnswerStatus.NOT_YET_ANSWERED)
OVER = "This is now over."
"""What the shortest letter says of a recommendation that is over."""
FULLER, ANSWERED, SINCE = 1, 2, 3
"""How far a frame has grown: whole sentences, then when and in which words it was answered, then one thing that happened since."""
QUOTED_WORDS = 60
"""Words of the committee that a letter quotes at most, where there is no short line of ours."""
ENOUGH_QUOTED = 30
"""With so many words quoted, no further sentence is added."""
LONGEST_FACT = 30
"""Words of ours about an answer or about what happened since; a longer text is left to the sources."""


@dataclass(frozen=True, slots=True)
class Office:
    """Who answers for a recommendation today: as people say it ("the Foreign Secretary"), and the full title in the House.

    ``warning`` says that this was last seen long ago.
    """

    minister: str = NOBODY_KNOWN
    title: str = ""
    warning: str = ""
    key: str = ""
    department: str = ""


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
        """Say what to check before sending, where what the committee asked was not read in the report itself."""
        if self.item is None:
            return ""
        if self.item.kind is RowKind.CONCLUSION:
            return (
                "This is one of the committee's conclusions, and doesn't ask the Government for anything. "
                "Choosing a recommendation may work better."
            )
        if self.item.kind is RowKind.ASKED_OF_OTHERS:
            return (
                "The committee asked others to do this, not the Government. Choosing a recommendation may work better."
            )
        return {
            Confidence.REPORTED: "What the committee asked comes from a news report or another secondary source. Check it "
            "against the report before you send.",
            Confidence.DERIVED: "Postbag worked out what the committee asked from other facts. Check it against the report before "
            "you send.",
            Confidence.RECORDED: "Your group's organisers recorded what the committee asked. Check it against the report "
            "before you send.",
        }.get(self.item.confidence, "")

    @property
    def is_over(self) -> bool:
        return self.item is not None and self.item.since is SinceStatus.OVERTAKEN

    @property
    def over(self) -> str:
        """Say that events have overtaken what the letter is about, and what they were; else nothing."""
        if self.item is None or not self.is_over:
            return ""
        newest = max((e for e in self.item.evidence if e.status is not None), key=lambda e: e.on)
        return f"Events have overtaken this recommendation. {newest.dated}: {newest.text}"


def refuse_unfit(frame: LetterFrame, topic: Topic) -> None:
    """Refused: nothing was asked of the Government here, or the letter would ask for what can't be done any more."""
    if topic.item is None or not frame.is_about_one:
        return
    if topic.item.kind is not RowKind.RECOMMENDATION:
        raise Refused(topic.caution.partition(" Choosing")[0], "Choose a recommendation to write about.")
    if topic.is_over and (TABLING in frame.asks or frame.kind is FrameKind.CALL):
        raise Refused(
            "This recommendation is over, so it's too late to ask for it.",
            "Choose “Where does the Government stand now?”, or another recommendation.",
        )


def facts_for(
    frame: LetterFrame,
    topic: Topic,
    recipient: Recipient,
    ask: Ask,
    today: date,
    *,
    office: Office = Office(),
    level: int = 0,
    sample: bool = False,
) -> dict[str, str]:
    """Give every fact the frame needs. Refused: the letter does not fit, because the response came or is not due.

    ``level`` 0 gives the fewest words that still say what was asked and answered. A ``sample`` of an overdue letter has gaps for
    its dates.
    """
    report, item = topic.report, topic.item
    is_call = frame.kind is FrameKind.CALL
    minister = _as_asked_of(recipient, office)
    facts = {
        "salutation": recipient.salutation,
        "constituency": recipient.constituency,
        "committee": report.committee,
        "report": f"“{report.short_title}”",
        "source": f"{report.house.words}, {report.paper}, {long_date(report.published_on)}",
        "today": long_date(today),
        "member": (recipient.spoken_name or "my MP") if is_call else recipient.name or NAME_GAP,
        "minister": minister,
        "asked": committee_asked(report, item, aloud=is_call),
        "ask": ask.called(minister, recipient.spoken_name or "my MP")
        if is_call
        else ask.said(minister, is_short=frame.is_short or (level < FULLER and frame.kind is FrameKind.LETTER)),
        "close": CLOSE,
        "roomy": "yes" if level >= FULLER else "",
        "answered": "",
        "since": "",
        "answer": "",
        "answer_source": "",
        "question": "",
        "tabled": "",
        "reference": reference(report, item),
        "voicemail": voicemail(topic, recipient),
    }
    if item is not None:
        words = question(report, item, office, is_short=level < ANSWERED) if ask.slug == TABLING else ""
        facts |= {"call": call(item), "place": place(item), "gist": in_short(item), "question": words, "tabled": words}
        facts |= {"answered": _answered_in(report, item, level, aloud=is_call)}
        later = since(item) if level >= SINCE or (topic.is_over and level >= ANSWERED) else ""
        facts |= {"since": later or (OVER if topic.is_over else "")}
        facts |= _answer_with_source(report, item)
    if "expected_by" in frame.needs and sample:
        facts |= {"expected_by": "[the day it was expected]", "late": "[so many days]"}
    elif "expected_by" in frame.needs:
        expected_by = overdue_since(report, today)
        facts |= {"expected_by": long_date(expected_by), "late": days((today - expected_by).days)}
    return {name: facts[name] for name in frame.needs}


def _as_asked_of(recipient: Recipient, office: Office) -> str:
    """Name the minister in a request to this MP, who may be that minister."""
    post = recipient.member.post.casefold() if recipient.member is not None else ""
    title = office.title.casefold().removeprefix("the ")
    return "your own department" if title and title in post else office.minister


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


# What was asked --------------------------------------------------------------------------------------------------


def committee_asked(report: Report, item: Recommendation | None, *, aloud: bool = False) -> str:
    """Say in one sentence what the committee asked, with its citation; ``aloud`` without, as nobody speaks in brackets."""
    who, when = _committee(report), f"{report.published_on.year}" if aloud else f"{report.published_on:%B %Y}"
    if item is None:
        return (
            f"In {when} {who} published {report.title}{'' if aloud or not report.paper else f' ({paper_of(report)})'}."
        )
    cited = ", ".join(part for part in (report.short_title, paper_of(report), _where(item)) if part)
    if item.letter_line:
        line = item.letter_line.strip().rstrip(".")
        return f"In {when} {who} asked the Government to {line}{'' if aloud else f' ({cited})'}."
    said = f"In {when} {who}{'' if aloud else f' ({cited})'}"
    if item.wordings:
        return f"{said} said: {_quotes(item)}"
    verb = "concluded" if item.kind is RowKind.CONCLUSION else "asked"
    return f"{said} {verb}, in short: {_stopped(item.summary)}"


def paper_of(report: Report) -> str:
    """Give the number by which a letter cites a report. A joint committee's has one in each House; one of them finds it."""
    return report.paper.rpartition(", ")[2]


def _committee(report: Report) -> str:
    name = report.committee.removeprefix("The ").removeprefix("the ")
    is_named = "lords" in name.casefold()
    return f"the House of Lords {name}" if report.house is House.LORDS and not is_named else f"the {name}"


def _where(item: Recommendation) -> str:
    """Say where to look in the report, in as few words as a reader can find it by. Nothing is said that is not known."""
    if item.whole_paragraphs:
        return _paragraphs(item)
    return f"chapter {item.chapter}" if item.chapter.isdigit() and not item.chapter_note else ""


def _paragraphs(item: Recommendation) -> str:
    said = item.whole_paragraphs
    several = any(ch in said for ch in "–-,;& ")
    return f"{'paragraphs' if several else 'paragraph'} {said}" if said else ""


def _quotes(item: Recommendation) -> str:
    """Quote each of the committee's items that a row covers: mostly one."""
    return " and ".join(f"“{_quote(words)}”" for words in item.wordings)


def _quote(text: str) -> str:
    """Quote a committee up to the end of a sentence. Quotation marks inside become single ones."""
    words = text.split()
    ends = [n for n, word in enumerate(words, 1) if _ENDS.search(word)]
    enough = next((n for n in ends if n >= ENOUGH_QUOTED), len(words))
    if enough > QUOTED_WORDS:
        enough = max((n for n in ends if n <= QUOTED_WORDS), default=0)
    kept = " ".join(words[:enough]) if enough else " ".join(words[:QUOTED_WORDS]).rstrip(",;:") + " …"
    return kept.replace("“", "‘").replace("”", "’").replace('"', "’")


_ENDS = re.compile(r"[.?!][”’\"')]?$")


def _stopped(text: str) -> str:
    text = " ".join(text.split())
    return text if _ENDS.search(text) else f"{text}."


def in_short(item: Recommendation) -> str:
    """Say what a recommendation asks: our own line, else the committee's words in quotation marks."""
    return item.summary.strip() or _quotes(item)


# What was answered, and what happened since ------------------------------------------------------------------------


def government_answered(
    item: Recommendation, level: int = 0, *, aloud: bool = False, has_response: bool = False
) -> str:
    """Say in a sentence what the Government answered, or that this is not known; at ``ANSWERED`` when, and in which words.

    ``has_response`` says that the Government has responded to the report: an answer that nobody here has read may stand in it.
    """
    answer = item.answer
    if item.kind is not RowKind.RECOMMENDATION and answer.status in _NO_ANSWER:
        return ""  # nothing was asked of the Government
    if answer.status is AnswerStatus.NOT_YET_ANSWERED:
        return "The Government has not answered yet." if level >= FULLER else "There is no answer yet."
    if answer.status is AnswerStatus.UNKNOWN and aloud:
        return ""  # a minute is short; it stands beside the script for whoever is asked
    if answer.status is AnswerStatus.UNKNOWN:
        if has_response or isinstance(answer, UnreadAnswer):
            return (
                "I have not seen what the Government answered on this."
                if level >= FULLER
                else "I have not seen an answer."
            )
        return "I know of no answer to this from the Government." if level >= FULLER else "I know of no answer."
    by = answer.by or "the Government"  # with its year at every length: an earlier Government's answer is not today's
    if level < FULLER and not aloud:
        by = _OF_YEAR.sub(r"the \1 Government", by)
    by = f"{by[:1].upper()}{by[1:]}"
    did = {
        AnswerStatus.AGREED: "agreed",
        AnswerStatus.PARTLY_AGREED: "agreed in part",
        AnswerStatus.NOTED: "said neither yes nor no",
    }.get(answer.status, "refused")
    if aloud or level < ANSWERED:
        return f"{by} {did}."
    on = f" ({long_date(answer.on)})" if answer.on else ""
    words = answer.text.split()
    if len(words) > 1 and words[0].endswith("."):  # "Declined. The Government said …": the first word is said already
        words = words[1:]
    text = " ".join(words)
    if not 6 <= len(words) <= LONGEST_FACT or "reported" in text:
        return f"{by} {did}{on}."
    if text.startswith("The Government said "):
        return f"{by} {did}{on}. It {_stopped(text.removeprefix('The Government '))}"
    if text.startswith("The Government "):
        return f"{by} {text.removeprefix('The Government ').rstrip('.')}{on}."
    return f"{by} {did}{on}."


def _answered_in(report: Report, item: Recommendation, level: int, *, aloud: bool = False) -> str:
    has_response = report.response.received_on is not None
    return government_answered(item, level, aloud=aloud, has_response=has_response)


_OF_YEAR = re.compile(r"^the Government of (\d{4})$")
"""A Government as the packs name it; the shortest letter says the same in a word less."""


def since(item: Recommendation) -> str:
    """Say the newest thing that happened since in a sentence, or nothing where a short one is not known."""
    for one in sorted(item.evidence, key=lambda e: (e.status is not None, e.on), reverse=True):
        text = " ".join(one.text.split()).rstrip(".")
        if len(text.split()) > LONGEST_FACT or ". " in text or ":" in text:
            continue
        first, _, rest = text.partition(" ")
        text = f"{first.lower()} {rest}" if first in _OPENERS else text
        when = one.when.partition(" (")[0].strip() or long_date(one.on)
        is_day = when[:1].isdigit() and not when.isdecimal()
        if when.partition(" ")[0].casefold() in _BEFORE_TIMES:
            return f"{when[:1].upper()}{when[1:]}, {text}."
        return f"{'On' if is_day else 'In'} {when}, {text}."
    return ""


_BEFORE_TIMES = frozenset(("by", "in", "on", "since", "after", "before", "during", "from", "between"))
_OPENERS = frozenset(
    (
        "The",
        "A",
        "An",
        "After",
        "At",
        "In",
        "No",
        "On",
        "Its",
        "This",
        "These",
        "Ministers",
        "Departments",
        "Both",
        "Some",
    )
)
"""First words that are written small inside a sentence."""


def _answer_with_source(report: Report, item: Recommendation) -> dict[str, str]:
    answer = item.answer
    source = next((found for key in answer.sources if (found := report.source(key)) is not None), None)
    if answer.status in _NO_ANSWER or answer.on is None or source is None:
        return {"answer": "", "answer_source": ""}
    by = answer.by or "the Government of the day"
    said = f"{by[:1].upper()}{by[1:]} answered on {long_date(answer.on)}: {answer.status.label.lower()}"
    return {"answer": said, "answer_source": source.title}


# Names and places --------------------------------------------------------------------------------------------------


def call(item: Recommendation) -> str:
    """Name a recommendation inside a sentence; one whose number is not confirmed gets none, and no label of ours."""
    return _numbered(item) or "a recommendation"


def _numbered(item: Recommendation) -> str:
    return f"recommendation{'s' if len(item.numbers) > 1 else ''} {item.name}" if item.numbers else ""


def place(item: Recommendation) -> str:
    """Say where in the report it stands, as far as that is known."""
    chapter = f"chapter {item.chapter}" if item.chapter.isdigit() and not item.chapter_note else ""
    if item.numbers and item.whole_paragraphs:
        return _paragraphs(item)
    return ", ".join(part for part in (chapter, _paragraphs(item)) if part) or "paragraph not confirmed"


def reference(report: Report, item: Recommendation | None) -> str:
    """Name a recommendation by its paper in as few words as a reader can find it by."""
    where = "" if item is None else _numbered(item) or place(item)
    return ", ".join(part for part in (f"“{report.short_title}”", paper_of(report), where) if part)


def question(report: Report, item: Recommendation, office: Office, *, is_short: bool = True) -> str:
    """Write the question that an MP could table, in the form that the House uses: a demand, without a question mark."""
    title = office.title or f"the Secretary of State for {DEPARTMENT_GAP}"
    title = title if title.casefold().startswith("the ") else f"the {title}"
    where = ", ".join(part for part in (_where(item), paper_of(report)) if part)
    paper = f"{_committee(report)}'s report {report.short_title}"
    since_when = f"since {report.published_on:%B %Y}"
    if not item.letter_line:
        about = f"{f'{_where(item)} of ' if _where(item) else ''}{paper}, {paper_of(report)}".removesuffix(", ")
        return f"To ask {title}, what steps the Government has taken {since_when} to act on {about}."
    line = item.letter_line.strip().rstrip(".")
    steps = (
        f"what steps the Government has taken {since_when} to" if is_short else "what steps the Government has taken to"
    )
    wanted = f"{'whether the Government will' if line.startswith('accept ') else steps} {line}"
    if is_short:
        return f"To ask {title}, {wanted}."
    return (
        f"To ask {title}, with reference to {paper}{f' ({where})' if where else ''}, published on "
        f"{long_date(report.published_on)}, {wanted}."
    )


def voicemail(topic: Topic, recipient: Recipient) -> str:
    """Give what is beside a call: what to say to a machine in a breath, and where to find what the committee asked."""
    item = topic.item
    found = ", ".join(p for p in (topic.report.short_title, paper_of(topic.report), _where(item) if item else "") if p)
    unanswered = (
        _answered_in(topic.report, item, FULLER)
        if item is not None and item.answer.status is AnswerStatus.UNKNOWN
        else ""
    )
    if item is not None and item.letter_line:
        wish = f"I would like {recipient.spoken_name or 'my MP'} to press the Government to {item.letter_line.strip().rstrip('.')}"
    else:
        paper = f", {paper_of(topic.report)}" if topic.report.paper else ""
        wish = f"I am ringing about the report {topic.report.short_title}{paper}"
    return (
        f"IF YOU GET AN ANSWERING MACHINE\nHello, my name is …, and I live in {recipient.constituency}. {wish}. My number is … Thank you."
        f"\n\nIF THEY ASK WHICH REPORT\n{'. '.join(filter(None, (found, unanswered)))}"
    )


def subject(topic: Topic) -> str:
    """Give the subject line of a letter."""
    report, item = topic.report, topic.item
    paper = f" ({paper_of(report)})" if report.paper else ""
    if item is None:
        return f"The Government's response to {report.short_title}{paper}"
    if item.letter_line:
        line = f"Call to {item.letter_line.strip().rstrip('.')}{paper}"
        if len(line) <= LONGEST_SUBJECT:
            return line
    return f"{item.theme} ({', '.join(filter(None, (report.short_title, paper_of(report))))})"


LONGEST_SUBJECT = 140
"""Characters of a subject at most; what was asked at greater length is named by its theme."""


def citations(topic: Topic) -> tuple[tuple[str, str], ...]:
    """List the sources of what the letter states, as title and https address."""
    report, item = topic.report, topic.item
    found = [(f"{report.short_title}, {report.paper}, {long_date(report.published_on)}", report.url)]
    for key in item.sources if item is not None else ():
        source = report.source(key)
        if source is not None and source.url != report.url:
            found.append((source.title, source.url))
    return tuple(found)
