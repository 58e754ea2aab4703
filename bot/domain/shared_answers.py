"""The answers of a response as whoever runs this Postbag read them, for every group: beneath what a group recorded itself."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from bot.domain.drafts import DraftAnswers
from bot.domain.errors import Refused
from bot.domain.identity import GuildId, ItemKey, ReportSlug
from bot.domain.links import host_of
from bot.domain.records import UNSAID, in_words
from bot.domain.references import comparable
from bot.domain.reports import Answer, AnswerStatus, Confidence, Report, Source
from bot.domain.staged import Given, Staged, read, write_staged

VERDICTS = (AnswerStatus.AGREED, AnswerStatus.PARTLY_AGREED, AnswerStatus.NOTED, AnswerStatus.NOT_AGREED)
"""What an answer can amount to, in the order in which it is offered."""

READ_BY = "Whoever runs this Postbag read it in the response."
"""Who says what an answer amounts to, and from what."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What one answer amounts to, and the item that it answers; several where the response answers them together."""

    keys: tuple[ItemKey, ...]
    status: AnswerStatus


@dataclass(frozen=True, slots=True)
class ReadResponse:
    """A response that somebody goes through. ``said`` are its answers by their place; None: it answers nothing held."""

    slug: ReportSlug
    draft: DraftAnswers
    on: date
    url: str
    said: Mapping[int, Verdict | None] = field(default_factory=dict)

    @property
    def verdicts(self) -> tuple[tuple[int, Verdict], ...]:
        """List what was said of its answers, in their order."""
        return tuple((place, verdict) for place, verdict in sorted(self.said.items()) if verdict is not None)

    def with_word(self, place: int, verdict: Verdict | None) -> ReadResponse:
        """Add what one answer amounts to."""
        return replace(self, said={**self.said, place: verdict})

    def without_word(self, place: int) -> ReadResponse:
        """Take back what was said of one answer."""
        return replace(self, said={known: verdict for known, verdict in self.said.items() if known != place})


def with_responses(report: Report, responses: Iterable[ReadResponse], *, only_open: bool = False) -> Report:
    """Lay what was read over a report; ``only_open``: where no answer is known yet.

    An item that the report does not have is left out.
    """
    held = {item.key: item for item in report.recommendations}
    sources: dict[str, Source] = {}
    told: dict[ItemKey, dict[str, tuple[int, Answer]]] = {}
    for number, response in enumerate(responses, 1):
        source = Source(f"response-read-{number}", response.draft.title[:80] or host_of(response.url), response.url)
        for place, verdict in response.verdicts:
            if place >= len(response.draft.answers):
                continue
            given = response.draft.answers[place]
            numbers = {comparable(label) for label in given.labels or (given.label,) if label}
            answer = Answer(
                verdict.status,
                f"the Government of {response.on.year}",
                response.on,
                in_words(given.text),
                note=READ_BY,
                confidence=Confidence.READ,
                sources=(source.key,),
            )
            for item in filter(None, map(report.recommendation, verdict.keys)):
                if only_open and item.answer.status not in UNSAID:
                    continue
                own = numbers & set(map(comparable, item.numbers)) if item.further else set()
                by_number = told.setdefault(item.key, {})
                if not own:  # what a later response says of the row as a whole stands in place of all before
                    told[item.key] = by_number = {at: one for at, one in by_number.items() if one[0] == number}
                at = ", ".join(sorted(own, key=_by_number) or given.labels or (given.label or f"answer {place + 1}",))
                by_number[at] = (number, answer)
                held[item.key] = replace(
                    held[item.key], answer=_of_all({n: one for n, (_, one) in by_number.items()}, answer)
                )
                sources[source.key] = source
    if not sources:
        return report
    items = tuple(held[item.key] for item in report.recommendations)
    return replace(report, recommendations=items, sources=(*report.sources, *sources.values()))


def _by_number(number: str) -> tuple[int, str]:
    digits = "".join(filter(str.isdigit, number))
    return int(digits or 0), number


def _of_all(told: Mapping[str, Answer], last: Answer) -> Answer:
    """Put the answers to one row in one, each with its number; one that is alone needs none."""
    if len(told) < 2:
        return last
    told = dict(sorted(told.items(), key=lambda one: _by_number(one[0].split(",")[0])))
    statuses = {answer.status for answer in told.values()}
    text = "\n".join(f"{number}: {answer.status.label}. {answer.text}" for number, answer in told.items())
    sources = tuple(dict.fromkeys(key for answer in told.values() for key in answer.sources))
    status = last.status if len(statuses) == 1 else AnswerStatus.PARTLY_AGREED
    on = max((answer.on for answer in told.values() if answer.on is not None), default=last.on)
    return replace(last, status=status, on=on, text=text, sources=sources)


def as_text(responses: Sequence[ReadResponse]) -> str:
    """Write the responses to one report as JSON: published words, and nobody's name."""
    return json.dumps([_as_json(response) for response in responses], ensure_ascii=False)


def from_text(text: str) -> tuple[ReadResponse, ...]:
    """Read what ``as_text`` wrote. Refused: it was written by another version."""
    try:
        return tuple(_read(one) for one in json.loads(text))
    except (ValueError, KeyError, TypeError, AssertionError):
        raise Refused("The response was read by another version of Postbag.", "Read its pages again.") from None


def _as_json(response: ReadResponse) -> dict[str, object]:
    given = Given(published_on=response.on, url=response.url)
    staged = Staged(0, GuildId(0), response.draft, response.slug, given)
    said = {
        place: None if verdict is None else [*verdict.keys, verdict.status.value]
        for place, verdict in response.said.items()
    }
    return {"staged": write_staged(staged), "said": said}


def _read(raw: Mapping[str, object]) -> ReadResponse:
    staged = read(0, GuildId(0), "answers", str(raw["staged"]))
    on, told = staged.given.published_on, raw["said"]
    assert isinstance(staged.draft, DraftAnswers)
    assert on is not None
    assert isinstance(told, dict)
    said = {
        int(place): None if verdict is None else Verdict(tuple(map(ItemKey, verdict[:-1])), AnswerStatus(verdict[-1]))
        for place, verdict in told.items()
    }
    return ReadResponse(ReportSlug(staged.report), staged.draft, on, staged.given.url, said)
