"""The checks of a letter before it is finished: what stops it, what to look at again, what would help."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from bot.domain.letters import NAME_GAP, FrameKind, Letter, Standing
from bot.domain.own_words import OWN_AIM, count_words
from bot.domain.plain_text import cut


class Weight(StrEnum):
    """What a check does: stop the letter, close one way of sending or warn, or only inform."""

    STOP = "stop"
    WARN = "warn"
    NOTE = "note"


@dataclass(frozen=True, slots=True)
class Check:
    """One finding about a letter: what it is and what to do about it."""

    slug: str
    weight: Weight
    message: str
    next_step: str = ""


@dataclass(frozen=True, slots=True)
class Typed:
    """Something personal that stands in a writer's words: its kind, and where."""

    kind: str
    text: str
    start: int
    end: int


def look_over(letter: Letter, also: Sequence[Check] = ()) -> tuple[Check, ...]:
    """Look a letter over, the most serious finding first; ``also`` are findings from elsewhere."""
    found = [*_stops(letter), *also, *_about_recipient(letter), *_about_text(letter)]
    return tuple(sorted(found, key=lambda check: list(Weight).index(check.weight)))


def _stops(letter: Letter) -> Iterator[Check]:
    written = {part.field for part in letter.parts if part.is_own and count_words(part.text)}
    missing = [q for q in letter.frame.written if q.required and q.name not in written]
    least = letter.frame.kind.least_own_words
    if missing:
        yield Check(
            "own-words-missing",
            Weight.STOP,
            f"The {_thing(letter)} still needs your own words: “{missing[0].label}”",
            "Start with one or two sentences about why this matters to you.",
        )
    elif letter.own_words < least:
        said = "1 word of this letter is" if letter.own_words == 1 else f"{letter.own_words} words of this letter are"
        yield Check(
            "own-words-few",
            Weight.STOP,
            f"So far {said.replace('letter', _thing(letter))} yours. It needs at least {least}: "
            f"{least - letter.own_words} more.",
            "What made you care about this? Who do you think of when you read it?",
        )


def _about_recipient(letter: Letter) -> Iterator[Check]:
    recipient = letter.recipient
    match recipient.standing:
        case Standing.VACANT:
            yield Check(
                "vacant",
                Weight.WARN,
                f"{recipient.constituency} has no MP until the by-election.",
                f"Keep the letter, and fill in {NAME_GAP} when the new MP is elected.",
            )
        case Standing.NOT_CHECKED:
            yield Check(
                "not-checked",
                Weight.WARN,
                "Postbag couldn't check this MP: the name and constituency are as you typed them.",
                "WriteToThem finds your MP from your postcode when you send."
                if letter.frame.kind is FrameKind.LETTER
                else "members.parliament.uk finds your MP from your postcode.",
            )


def _about_text(letter: Letter) -> Iterator[Check]:
    own = letter.own_text
    yield from _own_words(letter)
    most = letter.frame.kind.most_words
    if letter.words > most:
        yield Check(
            "too-long",
            Weight.WARN,
            f"This has {letter.words} words. {_LENGTHS[letter.frame.kind]}",
            "Could you cut a sentence?",
        )
    gap = _GAP.search(own)
    if gap:
        yield Check(
            "unfilled",
            Weight.WARN,
            f"“{_short(gap[0])}” looks like a gap.",
            "Fill it in, or delete it.",
        )
    second = _ASKING.search(_QUOTED.sub(" ", own))  # what was asked in an earlier letter is no second request
    if second:
        yield Check(
            "second-ask",
            Weight.WARN,
            f"Your words seem to make a second request (“{_short(second[0])}”). One clear request gets a clear answer.",
            "If you can, keep only the one you chose.",
        )
    typed = personal_in(own)
    if typed:
        listed = ", ".join(f"{one.kind} (“{_short(one.text)}”)" for one in typed[:4])
        yield Check(
            "personal",
            Weight.WARN,
            f"Your words include what looks like {listed}.",
            "Take it out here, and add it where you send the letter.",
        )
    yield from _tone(own)


def _own_words(letter: Letter) -> Iterator[Check]:
    if letter.frame.kind is not FrameKind.LETTER:
        return
    if letter.is_too_alike:
        yield Check(
            "too-alike",
            Weight.WARN,
            "Your letter is still mostly shared text, and WriteToThem may block it.",
            f"Add about {letter.wanting} words of your own, or send it by email or post. {_prompt(letter)}",
        )
    elif letter.share < OWN_AIM:
        yield Check("share-low", Weight.NOTE, "Add a sentence that only you could write.", _prompt(letter))


def _prompt(letter: Letter) -> str:
    """Give one thing to write about: what was left empty, else the next of a few questions."""
    written = {part.field for part in letter.parts if part.is_own and count_words(part.text)}
    empty = next((q for q in letter.frame.written if q.name not in written), None)
    if empty is not None:
        return f"“{empty.label.removesuffix(' (optional)')}” is still empty."
    return _PROMPTS[min(letter.own_words // 30, len(_PROMPTS) - 1)]


def _tone(own: str) -> Iterator[Check]:
    letters = [ch for ch in own if ch.isalpha() and ch.upper() != ch.lower()]
    if len(letters) >= 20 and sum(ch.isupper() for ch in letters) > len(letters) * 0.6:
        yield Check(
            "shouting",
            Weight.NOTE,
            "Most of your words are in capitals, which can read as shouting.",
            "Lower case is easier to read.",
        )
    elif _LOUD.search(own):
        yield Check(
            "shouting", Weight.NOTE, "Several exclamation marks in a row can read as shouting.", "One is enough."
        )
    threat = _THREAT.search(own)
    if threat:
        yield Check(
            "threat",
            Weight.WARN,
            f"“{_short(threat[0])}” can be read as a threat, and offices pass threats to the police.",
            "Say what you want them to do instead.",
        )
    abuse = _ABUSE.search(own)
    if abuse:
        yield Check(
            "abuse",
            Weight.NOTE,
            f"An office may stop reading at “{_short(abuse[0])}”.",
            "It's fine to be angry. Saying what was done, and what it did to you, works better than calling someone a name.",
        )


def personal_in(text: str) -> tuple[Typed, ...]:
    """Find what looks like somebody's postcode, address, telephone number or e-mail address, from the beginning on."""
    found: list[Typed] = []
    for kind, pattern in _PERSONAL:
        for match in pattern.finditer(text):
            if not any(match.start() < one.end and one.start < match.end() for one in found):
                found.append(Typed(kind, match[0].strip(), match.start(), match.end()))
    return tuple(sorted(found, key=lambda one: one.start))


def without_personal(text: str) -> str:
    """Take out what ``personal_in`` finds, and the spaces and commas that it leaves behind."""
    for one in reversed(personal_in(text)):
        before, after = text[: one.start].rstrip(" ,"), text[one.end :].lstrip(" ,")
        joint = "" if not before or not after or after[0] in ".!?;:\n" or before[-1] == "\n" else " "
        text = before + joint + after
    return text.strip()


def _thing(letter: Letter) -> str:
    return {FrameKind.LETTER: "letter", FrameKind.CALL: "script", FrameKind.BRIEF: "page"}[letter.frame.kind]


def _short(text: str, most: int = 40) -> str:
    return cut(text.strip(), most)


_LENGTHS = {
    FrameKind.LETTER: f"Letters under {FrameKind.LETTER.most_words} words are more likely to be read to the end.",
    FrameKind.CALL: f"A minute on the phone is about {FrameKind.CALL.most_words}.",
    FrameKind.BRIEF: f"A page people can take in at a glance has at most {FrameKind.BRIEF.most_words}.",
}
_PROMPTS = (
    "What made you care about this? Say when it was, and where you were.",
    "Who do you think of when you read it?",
    "What have you seen or heard yourself, here where you live?",
    "What would change, for you or for them, if your MP did what you ask?",
)
_QUOTED = re.compile(r"“[^”\n]{0,600}”")
_ASKING = re.compile(
    r"(?i)\b(?:will|would|could|can) you\b[^.?!\n]{0,60}\??"
    r"|\bplease (?:write|ask|raise|meet|sign|vote|support|oppose|urge|press|table|call|tell)\b[^.?!\n]{0,60}"
    r"|\bI (?:ask|urge|call on|beg) you\b[^.?!\n]{0,60}"
)
_GAP = re.compile(r"\[[^\]\n]{0,200}\]|_{3,}|\bX{3,}\b|\bTODO\b|(?i:\binsert (?:your|name|here)\b)")
_LOUD = re.compile(r"!\s*!\s*!|[!?]{4,}")
_THREAT = re.compile(
    r"(?i)\b(?:i|we) know where you (?:live|work|sleep)\b|\bwatch your back\b|\byou(?:'ll| will| are going to) (?:pay|die|regret|"
    r"suffer|be sorry)\b|\b(?:i|we)(?:'ll| will) (?:kill|hurt|get|find|come for) you\b|\byou (?:deserve|ought|should) to die\b"
)
_ABUSE = re.compile(
    r"(?i)\b(?:idiots?|morons?|imbeciles?|scum(?:bags?)?|vermin|liars?|cowards?|traitors?|crooks?|pigs?|filth|bastards?|"
    r"bitch(?:es)?|arse(?:hole)?s?|asshole?s?|wankers?|twats?|cunts?|pricks?|dickheads?|tossers?|fuck\w*|shit\w*|bollocks|"
    r"piss off|shame on you|you(?:'re| are) (?:disgusting|pathetic|evil|stupid|useless|a disgrace))\b"
)
_ROAD = (
    r"(?:road|rd|street|avenue|ave|lane|close|drive|crescent|terrace|court|gardens|grove|place|square|way|row|walk|mews|"
    r"rise|view|heights|parade|villas?|cottages?|house|mansions|buildings|estate)"
)
_NO_NAME = (
    r"(?!(?:the|a|an|my|our|your|their|his|her|this|that|of|in|on|at|and|or|to|by|from|people|men|women|more|per)\b)"
)
_PERSONAL = (
    ("an email address", re.compile(r"(?<![\w.+-])[\w.+-]++@[\w-]++\.[\w.-]*\w")),
    ("a postcode", re.compile(r"(?i)\b(?!SW1A\s?0(?:AA|PW)\b)[A-Z]{1,2}[0-9][A-Z0-9]?\s?[0-9][A-Z]{2}\b")),
    ("a telephone number", re.compile(r"(?<!\w)(?:\+44|0044|0)(?:[\s()-]{0,2}\d){9,10}(?!\w)")),
    (
        "a street address",
        re.compile(
            rf"(?i)\b(?:(?:flat|apartment|unit|room) \d{{1,4}}[a-z]?,? )?\d{{1,4}}[a-z]?,? (?:{_NO_NAME}[\w'’-]+ ){{1,3}}{_ROAD}\b"
            r"|\b(?:flat|apartment) \d{1,4}[a-z]?\b"
            r"|\b\d{1,4}[a-z]?,? (?:heol|ffordd|stryd|l[oô]n|rhodfa|maes) [\w'’-]+"
        ),
    ),
)
