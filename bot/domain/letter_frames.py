"""Letter frames: what a letter's settings file may say, and what its text may not."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bot.domain.letter_asks import ASKS
from bot.domain.letters import Choice, FrameKind, LetterFrame, Question
from bot.domain.own_words import ASKED

FRAME_FIELDS: Mapping[str, str] = {
    "salutation": "“Dear …,” as this Member is addressed",
    "constituency": "the name of the writer's constituency",
    "committee": "the committee that made the report",
    "report": "the report's title",
    "source": "the report's citation: House, paper number, date of publication",
    "asked": "one sentence: what the committee asked the Government to do, when, with its citation",
    "answered": "one sentence: what the Government answered, or that this is not known",
    "since": "one thing that has happened since, in a sentence; empty in a short letter",
    "minister": "the minister who is responsible today, as people say it",
    "call": "“recommendation 3”, or “a recommendation” where the number is not confirmed",
    "place": "where it is in the report: paragraph, or chapter and paragraphs",
    "gist": "what the recommendation says: our own words, or the committee's in quotation marks",
    "expected_by": "the day by which the Government's response was expected",
    "late": "how long ago that was, in days",
    "today": "the date of the letter",
    "member": "the MP's name, for words that are spoken, not sent",
    "reference": "the fewest words that identify a recommendation: title, paper, number or place",
    "answer": "how a government answered the recommendation, and when; empty if not known",
    "answer_source": "the source of that answer",
    "question": "the words of a written question; empty unless the writer asks for one",
    "tabled": "the same as “question”",
    "voicemail": "what to say to an answering machine, and which report it is",
    "roomy": "true if the writer wrote enough for a longer letter: only for “if”",
    "ask": "the one request the writer chose, as a sentence",
    "close": "the words before the signature",
}
"""Every fact a frame may use, with what it is. A frame asks only for those its text uses."""

CLAIMS: Mapping[str, tuple[str, ...]] = {
    "gist": ("source", "place"),
    "call": ("source",),
    "expected_by": ("source",),
    "late": ("expected_by",),
    "answer": ("answer_source",),
}
"""A fact that states something, and what must stand in the same paragraph so that a reader can check it."""

_PERSONAL = re.compile(
    r"(?i)\b(full name|your name|surname|address|postcode|post code|(?:tele)?phone|e-?mail|date of birth|discord)\b"
)
_PERSONAL_NAMES = frozenset(
    [
        "name",
        "full_name",
        "your_name",
        "first_name",
        "last_name",
        "surname",
        "address",
        "postcode",
        "post_code",
        "phone",
        "telephone",
        "mobile",
        "email",
        "email_address",
        "birthday",
        "user",
        "username",
        "user_id",
        "discord",
        "discord_id",
    ]
)
_SETTINGS = frozenset(
    {"title", "audience", "summary", "order", "asks", "questions", "sample", "kind", "short", "earlier"}
)
_NAME = re.compile(r"[a-z][a-z_]{0,19}")
MOST_SHORT = 30
"""Words that a short frame may have, its facts and a typical name among them; what was asked, with its citation, and a reason that
was picked come on top."""
_GAP = re.compile(r"\[[^\[\]\n]*+\]|_{3,}+")
_NUMBER = re.compile(r"\d|%|\bper cent\b")
_CITES = frozenset({"asked", "source", "reference", "answer_source"})
_SAYS_WHAT = frozenset({"asked", "gist"})
_CODE = re.compile(r"\{\{(?>(?:(?!\{\{|\}\}).)*)\}\}|\{%(?>(?:(?!\{%|%\}).)*)%\}", re.DOTALL)
_COMMENT = re.compile(r"\{#(?>(?:(?!\{#|#\}).)*)#\}", re.DOTALL)
"""Each stops at the next opening, so that openings without an end cost no more than their length."""


@dataclass(frozen=True, slots=True)
class FrameUse:
    """One use of a field in a template's text. ``is_condition``: it only decides whether something is shown."""

    name: str
    line: int
    is_condition: bool = False


def frame_from(slug: str, settings: Mapping[str, Any], needs: tuple[str, ...]) -> LetterFrame:
    """Read a letter's settings. ValueError: something is missing or unknown, in plain words."""
    unknown = sorted(set(settings) - _SETTINGS)
    if unknown:
        raise ValueError(f"unknown setting “{unknown[0]}”")
    asks = settings.get("asks", [])
    if not isinstance(asks, list) or not asks:
        raise ValueError("“asks” must list at least one ask")
    for ask in asks:
        if ask not in ASKS:
            raise ValueError(f"unknown ask “{ask}”; known: {', '.join(ASKS)}")
    questions = tuple(_question(entry) for entry in _tables(settings, "questions"))
    if not any(question.required and not question.choices for question in questions):
        raise ValueError("at least one of “questions” must be required: a letter needs its writer's own words")
    if len(questions) > 3:
        raise ValueError("a form holds at most three questions beside the ask")
    kind = settings.get("kind", FrameKind.LETTER.value)
    if kind not in [known.value for known in FrameKind]:
        raise ValueError("“kind” must be one of: " + ", ".join(known.value for known in FrameKind))
    short = settings.get("short", False)
    if not isinstance(short, bool):
        raise ValueError("“short” must be true or false")
    earlier = settings.get("earlier", False)
    if not isinstance(earlier, bool):
        raise ValueError("“earlier” must be true or false")
    order = settings.get("order", 100)
    if not isinstance(order, int):
        raise ValueError("“order” must be a whole number")
    sample = settings.get("sample", {})
    if not isinstance(sample, dict) or not all(isinstance(value, str) for value in sample.values()):
        raise ValueError("“sample” must be a table of texts")
    return LetterFrame(
        slug=slug,
        title=_text(settings, "title", 80),
        audience=_text(settings, "audience", 200),
        summary=_text(settings, "summary", 200),
        needs=needs,
        asks=tuple(asks),
        questions=questions,
        sample=dict(sample),
        order=order,
        kind=FrameKind(kind),
        is_short=short,
        quotes_earlier=earlier,
    )


def frame_problems(frame: LetterFrame, source: str, uses: Sequence[FrameUse]) -> Iterator[tuple[int, str]]:
    """List what is wrong with a letter's text, as line and reason."""
    own = {question.name for question in frame.questions}
    for use in uses:
        if use.name not in FRAME_FIELDS and use.name not in own:
            if use.name.casefold() in _PERSONAL_NAMES:
                yield use.line, f"personal-data field: “{use.name}” is what the writer adds only when sending"
            else:
                yield use.line, f"unknown field “{use.name}”"
    shown = [use for use in uses if not use.is_condition]
    for missing in sorted(own - {use.name for use in shown}):
        yield 1, f"the letter asks the writer for “{missing}” and never uses it"
    asked = [use for use in shown if use.name == "ask"]
    if not asked:
        yield 1, "the letter asks for nothing: use the field “ask” once"
    if not _SAYS_WHAT & {use.name for use in shown}:
        yield 1, "the letter does not say what the committee asked: use the field “asked” once"
    for extra in asked[1:]:
        yield extra.line, "two asks: a letter asks for one thing"
    text = _COMMENT.sub(lambda found: "\n" * found[0].count("\n"), source)
    for number, line in enumerate(text.splitlines(), start=1):
        if "?" in line:
            yield number, "two asks: the text has a question as well as the field “ask”"
        for gap in _GAP.findall(_CODE.sub(" ", line)):
            if _PERSONAL.search(gap):
                yield number, f"personal-data field: “{gap}” is what the writer adds only when sending"
    lines = text.splitlines()
    for paragraph in _paragraphs(lines):
        within = [use for use in shown if use.line in paragraph]
        inside = {use.name for use in within}
        for number in paragraph:
            if _NUMBER.search(_CODE.sub(" ", lines[number - 1])) and not inside & _CITES:
                yield number, "uncited claim: the text has a number without “source” in the same paragraph"
        for use in within:
            lacking = [name for name in CLAIMS.get(use.name, ()) if name not in inside and ASKED not in inside]
            if lacking:
                yield use.line, f"uncited claim: “{use.name}” needs “{'” and “'.join(lacking)}” in the same paragraph"
    for question in frame.questions:
        if question.name in _PERSONAL_NAMES or _PERSONAL.search(f"{question.label} {question.hint}"):
            yield 1, f"personal-data field: “{question.label}” asks for what the writer adds only when sending"


def _paragraphs(lines: Sequence[str]) -> Iterator[range]:
    start = 1
    for number, line in enumerate([*lines, ""], start=1):
        if not line.strip():
            yield range(start, number)
            start = number + 1


def _text(settings: Mapping[str, Any], key: str, most: int) -> str:
    value = settings.get(key)
    if not isinstance(value, str) or not value.strip() or len(value) > most:
        raise ValueError(f"“{key}” must be a text of 1 to {most} characters")
    return value.strip()


def _tables(settings: Mapping[str, Any], key: str) -> list[Mapping[str, Any]]:
    value = settings.get(key, [])
    if not isinstance(value, list) or not all(isinstance(entry, dict) for entry in value):
        raise ValueError(f"“{key}” must be written as [[{key}]] tables")
    return value


def _question(entry: Mapping[str, Any]) -> Question:
    unknown = sorted(set(entry) - {"name", "label", "hint", "example", "required", "choices"})
    if unknown:
        raise ValueError(f"unknown setting “{unknown[0]}” of a question")
    name = entry.get("name")
    if not isinstance(name, str) or not _NAME.fullmatch(name) or name in FRAME_FIELDS:
        raise ValueError("a question's “name” must be a short word in small letters that no fact has")
    required = entry.get("required", False)
    if not isinstance(required, bool):
        raise ValueError("a question's “required” must be true or false")
    hint = entry.get("hint", "")
    example = entry.get("example", "")
    if not isinstance(hint, str) or len(hint) > 100 or not isinstance(example, str) or len(example) > 100:
        raise ValueError("a question's “hint” and “example” are texts of at most 100 characters")
    choices = tuple(_choice(one) for one in _tables(entry, "choices"))
    if len(choices) > 25 or len({one.slug for one in choices}) < len(choices):
        raise ValueError("a question has at most 25 “choices”, each with a slug of its own")
    return Question(name, _text(entry, "label", 45), hint, example, required, choices)


def _choice(entry: Mapping[str, Any]) -> Choice:
    slug, text = entry.get("slug"), entry.get("text", "")
    if set(entry) - {"slug", "label", "text"} or not isinstance(slug, str) or not re.fullmatch(r"[a-z-]{1,30}", slug):
        raise ValueError(
            "each of “choices” has a “slug” in small letters, a “label” and, where it says something, a “text”"
        )
    if not isinstance(text, str) or len(text) > 200 or "?" in text:
        raise ValueError("the “text” of a choice has at most 200 characters and asks for nothing")
    return Choice(slug, _text(entry, "label", 100), text.strip())
