"""Whether a thing said is about a recommendation: by what was asked, not by what an answer mentions in passing."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from bot.domain.look_words import LookWords, Match, match, match_must, match_terms
from bot.domain.said import AnswerState, Said, SaidKind
from bot.domain.said_subjects import IN_PASSING, home_of, others_in

_ASKS = (
    r"(?=what|whether|if|how|when|which|who|why|where|for what|on what|in what|by what|pursuant|with reference|further)"
)
_TO_ASK = re.compile(
    rf"\Ato ask (?:the|his majesty's|her majesty's)\b(?:(?!{_ASKS[3:-1]}\b)[^.;]){{0,200}}?[,\s]{_ASKS}", re.IGNORECASE
)
"""How every question begins: whom it asks. "… for Foreign, Commonwealth and Development Affairs" is no subject."""

_PURSUANT = re.compile(
    r"(?:pursuant to|with reference to|further to) the (?:oral |written )?(?:answer|statement|contribution)\b[^.;]{0,300}?,\s"
    + _ASKS,
    re.IGNORECASE,
)
"""Which earlier answer a question goes back to: its heading is named there, whatever is asked now."""

_SENTENCE = re.compile(r"(?<=[.!?])\s+|\n+")
MOST_SENTENCES = 200

_REFERS = re.compile(
    r"\b(?:refer|recall|draw)\b.{0,80}?\banswer|\bmy answer\b|\banswer (?:i gave|given|of \d)|\bmy (?:statement|reply) of\b",
    re.IGNORECASE,
)
"""A sentence that leads to another answer, whose heading it may name."""

_ASIDE = re.compile(
    r"(?:not|out(?:side)?|beyond)\b.{0,20}\bscope|\bseparate (?:from|matter|issue)|\banother (?:matter|subject)|"
    r"\bmy (?:subject|point) today",
    re.IGNORECASE,
)
"""A sentence that says itself that it names something else."""

_CAPITAL = r"(?<![\w’'-])[A-Z][\w’'-]*+(?>(?: [A-Z][\w’'-]*+)?)"
_LIST = re.compile(rf"{_CAPITAL}(?>(?:, {_CAPITAL}){{1,20}}),? (?:and|or) {_CAPITAL}")
"""Three names or more in a row: whoever lists names in passing."""

_REPLIES = re.compile(
    r"\b(?:reply|respond|response|answer)\b.{0,60}"
    r"\b(?:letters?|correspondence|e-?mails?|(?:written|parliamentary) questions?)\b",
    re.IGNORECASE,
)
"""A question about when something is answered, which it names."""


def what_is_asked(question: str) -> str:
    """Give a question without its formulas: whom it asks, and which earlier answer it goes back to."""
    return _PURSUANT.sub("", _TO_ASK.sub("", question.lstrip(), count=1))


def fits(words: LookWords, said: Said) -> Match:
    """Tell how well a thing said fits a recommendation's words, which is by its subject: rather too seldom than once in passing.

    The subject is the heading, and of a question what was asked. Where it has the report's word, it is read as a whole, though of an
    answer without what it says of other places. Where it has not, one sentence must have both the
    report's word and one of the recommendation's, or the two beside each other; a sentence that lists places names them in passing,
    one that leads to another answer says nothing itself, and nothing is about a report under the heading of another place.
    """
    if said.state is AnswerState.WITHDRAWN:
        return Match.NO
    if match_must(words.must, said.heading, ""):
        return match(words, said.heading, _whole(said), is_cut=said.is_cut)
    home = home_of(words.must)
    if said.kind is SaidKind.QUESTION and _REPLIES.search(what_is_asked(said.text)):
        return Match.NO
    asked = what_is_asked(said.text)
    is_asked = said.kind is SaidKind.QUESTION and match_must(words.must, "", asked)
    if not is_asked and others_in(said.heading, home):
        return Match.NO
    if said.kind is not SaidKind.QUESTION:
        return _in_sentences(words, said.heading, said.text, home, is_cut=said.is_cut)
    if is_asked:
        told = (one for one in _sentences(said.answer) if not others_in(one, home) and not _REFERS.search(one))
        return match(words, said.heading, "\n".join((asked, *told)), is_cut=said.is_cut)
    return _in_answer(replace(words, weak=()), said, asked, home)


def _whole(said: Said) -> str:
    return said.text if said.kind is not SaidKind.QUESTION else f"{what_is_asked(said.text)}\n{said.answer}"


def _in_answer(words: LookWords, said: Said, asked: str, home: frozenset[str]) -> Match:
    """Look in an answer to a question that has not the report's word.

    What was asked must be about the recommendation, and the answer must be about the report: in what it says first, or in a sentence
    that speaks of both. Else a footnote to any answer would do.
    """
    about = f"{said.heading} {asked}"
    if not match_terms(words, about):
        return Match.NO
    for at, one in enumerate(_sentences(said.answer)):
        if _has_must(words, one, home) and match(words, "" if at else about, one) is Match.WHOLE:
            return Match.WHOLE
    if said.is_cut and match(words, about, said.answer, is_cut=True) is Match.PART:
        return Match.PART
    return Match.NO


def _in_sentences(words: LookWords, heading: str, text: str, home: frozenset[str], *, is_cut: bool) -> Match:
    """Look in a speech, a statement or a motion whose heading has not the report's word."""
    strong = words if _heading_tells(words, heading) else replace(words, weak=())
    found = _beside(strong, heading, _sentences(text), home)
    if found is Match.NO and is_cut and not match_must(words.must, "", text):
        return match(strong, heading, text, is_cut=True)
    return found


def _heading_tells(words: LookWords, heading: str) -> bool:
    """Tell whether the heading has two of the words that tell too little alone."""
    return sum(1 for term in words.weak if match_must((term,), heading, "")) > 1


def _beside(words: LookWords, heading: str, sentences: Sequence[str], home: frozenset[str]) -> Match:
    """Look for both words in one sentence, or in one and the next where that is about no other place."""
    for at, sentence in enumerate(sentences):
        if not _has_must(words, sentence, home):
            continue
        around = [one for one in sentences[max(0, at - 1) : at + 2] if one is sentence or not others_in(one, home)]
        if match(words, heading, " ".join(around)) is Match.WHOLE:
            return Match.WHOLE
    return Match.NO


def _has_must(words: LookWords, sentence: str, home: frozenset[str]) -> bool:
    """Tell whether a sentence has the report's word, and more than in passing."""
    if not match_must(words.must, "", sentence) or _REFERS.search(sentence) or _ASIDE.search(sentence):
        return False
    if any(match_must(words.must, "", found[0]) for found in _LIST.finditer(sentence)):
        return False
    return len(others_in(sentence, home)) < IN_PASSING


def _sentences(text: str) -> list[str]:
    return [one for one in _SENTENCE.split(text)[:MOST_SENTENCES] if one.strip()]
