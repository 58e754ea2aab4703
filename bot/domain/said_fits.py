"""Whether a thing said is about a recommendation: by what was asked, not by what an answer mentions in passing."""

from __future__ import annotations

import re
from dataclasses import replace

from bot.domain.look_words import LookWords, Match, match, match_must
from bot.domain.said import AnswerState, Said, SaidKind

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


def what_is_asked(question: str) -> str:
    """Give a question without its formulas: whom it asks, and which earlier answer it goes back to."""
    return _PURSUANT.sub("", _TO_ASK.sub("", question.lstrip(), count=1))


def fits(words: LookWords, said: Said) -> Match:
    """Tell how well a thing said fits a recommendation's words.

    A question that has the report's word is read with its answer as one. Where the answer alone has it, a recommendation's word
    must stand in the same sentence, or in what was asked: an answer may list much else.
    """
    if said.state is AnswerState.WITHDRAWN:
        return Match.NO
    if said.kind is not SaidKind.QUESTION:
        return match(words, said.heading, said.text, is_cut=said.is_cut)
    asked = what_is_asked(said.text)
    if match_must(words.must, said.heading, asked):
        return match(words, said.heading, f"{asked}\n{said.answer}", is_cut=said.is_cut)
    about = f"{said.heading} {asked}"
    sentences = _SENTENCE.split(said.answer)[:MOST_SENTENCES]
    if any(match(words, about, sentence) is Match.WHOLE for sentence in sentences):
        return Match.WHOLE
    if said.is_cut and match(replace(words, weak=()), about, said.answer, is_cut=True) is Match.PART:
        return Match.PART
    return Match.NO
