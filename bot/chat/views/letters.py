"""Forms of a letter, and what its controls carry so that a draft outlives a restart in its own private message."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import discord

from bot.chat.common import parts_of
from bot.chat.presses import Press, custom_id, read_custom_id
from bot.chat.ui import Field, Option, clip, form, select_field, text_field
from bot.domain.letter_asks import Ask
from bot.domain.letters import LetterFrame, Question, Recipient
from bot.services.letter_drafts import Draft
from bot.services.letters import ANSWER_LIMIT, TYPED_LIMIT

WRITE, FINISH, OUTSIDE, SKIP = "letter.write", "letter.finish", "letter.outside", "letter.skip"
MENTION = "letter.mention"
ADDRESS_LIMIT = 400
OWN_ID, SEAT_ID, NAME_ID = 7001, 7101, 7102
"""Ids of the components of a preview that hold the writer's words (one each, upwards), a typed seat and a typed name."""

_LIVE = re.compile(r"([\\*_~`|<>#\[\]@]|:(?=//))")
_LINE_START = re.compile(r"^([^\S\n]*+)([-+])(?=\s)|^([^\S\n]*+\d++)(\.)", re.MULTILINE)
_ESCAPED = re.compile(r"\\([^0-9A-Za-z\s])")


def as_shown_by_discord(text: str) -> str:
    """Write a text so that Discord shows it as it is; ``as_it_was_typed`` takes that back exactly."""
    return _LINE_START.sub(lambda m: f"{m[1]}\\{m[2]}" if m[2] else f"{m[3]}\\{m[4]}", _LIVE.sub(r"\\\1", text))


def as_it_was_typed(text: str) -> str:
    return _ESCAPED.sub(r"\1", text)


def state_of(draft: Draft) -> tuple[str, ...]:
    """Give what a control carries of a draft: token, topic, seat, frame; the token alone where the rest is too long."""
    seat = draft.recipient.constituency_id if draft.recipient is not None else None
    state = (draft.token, draft.topic, "" if seat is None else str(seat), draft.frame)
    try:
        custom_id("letter.written", *state)
    except ValueError:
        return state[:1]
    return state


@dataclass(frozen=True, slots=True)
class Seen:
    """What a private message still holds of a draft."""

    state: tuple[str, ...]
    ask: str = ""
    own: tuple[str, ...] = field(default=(), repr=False)
    typed_seat: str = field(default="", repr=False)
    typed_name: str = field(default="", repr=False)
    mention: str = ""

    @property
    def is_enough(self) -> bool:
        return len(self.state) == 4


def read_back(message: discord.Message | None, press: Press) -> Seen:
    """Read a draft back from the message whose control was pressed."""
    state = press.args if press.verb not in (FINISH, MENTION) else ()
    finish = press.args if press.verb == FINISH else ()
    own, typed = dict[int, str](), dict[int, str]()
    for component in parts_of(message.components if message is not None else ()):
        number = getattr(component, "id", None) or 0
        if isinstance(component, discord.TextDisplay):
            if OWN_ID <= number < SEAT_ID:
                own[number - OWN_ID] = as_it_was_typed(component.content)
            elif number in (SEAT_ID, NAME_ID):
                typed[number] = as_it_was_typed(component.content)
        elif isinstance(component, discord.Button | discord.SelectMenu):
            found = read_custom_id(component.custom_id or "")
            if found is not None and found[0] == WRITE and not state:
                state = found[1]
            elif found is not None and found[0] == FINISH:
                finish = found[1]
    _, ask, mention = (*finish, "", "", "")[:3]
    answers = tuple(own.get(place, "") for place in range(max(own, default=-1) + 1))
    return Seen(tuple(state), ask, answers, typed.get(SEAT_ID, ""), typed.get(NAME_ID, ""), mention)


def is_ours(message: discord.Message | None) -> bool:
    """Tell whether a message is a private card of a letter, which the next one may replace."""
    if message is None or not message.flags.ephemeral:
        return False
    ids = [getattr(component, "custom_id", None) or "" for component in parts_of(message.components)]
    verbs = [found[0] for found in map(read_custom_id, ids) if found is not None]
    return any(verb.startswith("letter.") and verb != "letter.start" for verb in verbs)


def seat_form(draft: Draft, field: Field, note: str = "") -> discord.ui.Modal:
    """Ask who the MP is, in one field."""
    return form("Who is your MP?", "letter.seat", field, args=state_of(draft), note=note)


def typed_form(draft: Draft) -> discord.ui.Modal:
    """Ask for the constituency and the MP's name where there is no directory to look them up in."""
    hint = "As you'd write it after “Dear”. You can leave it empty."
    fields = [
        text_field("seat", "Your constituency", most=TYPED_LIMIT),
        text_field("name", "Your MP's name", description=hint, required=False, most=TYPED_LIMIT),
    ]
    return form("Who is your MP?", "letter.seat", *fields, args=state_of(draft))


def writing_form(
    draft: Draft, frame: LetterFrame, asks: tuple[Ask, ...], note: str, *, takes_file: bool = False
) -> discord.ui.Modal:
    """Ask for the one request and the writer's own words, filled with what they wrote before.

    ``takes_file``: the writer may hand back their earlier letter, for one sentence to be quoted.
    """
    options = [Option(ask.label, ask.slug, ask.hint, chosen=ask.slug == draft.ask) for ask in asks]
    questions = [
        _picked_from(question, draft.own.get(question.name, ""))
        if question.choices
        else text_field(
            question.name,
            question.label,
            description=question.hint,
            value=draft.own.get(question.name, ""),
            placeholder=question.example,
            required=question.required,
            long=True,
            most=ANSWER_LIMIT,
        )
        for question in frame.questions
    ]
    ask_field = select_field("ask", "What are you asking your MP to do?", options, description="Pick one request.")
    if takes_file:
        upload: discord.ui.FileUpload[Any] = discord.ui.FileUpload(
            custom_id=EARLIER, required=False, min_values=0, max_values=1
        )
        questions.append(Field("Your earlier letter (optional)", upload, EARLIER_HINT))
    return form(clip(frame.title, 45), "letter.written", ask_field, *questions, args=state_of(draft), note=note)


EARLIER = "earlier"
EARLIER_HINT = "Text, Word, PDF or saved email. Postbag quotes its date and one sentence, then forgets it."
BY_EMAIL = "email"
REPLIES = [Option("By email", BY_EMAIL, "Adds: I would like a reply by email."), Option("By post or email", "any")]


def signature_form(draft: Draft, name: str = "", address: str = "") -> discord.ui.Modal:
    """Ask for what goes into the files and nowhere else."""
    return form(
        "Your name and address",
        "letter.signed",
        text_field("name", "Your full name", value=name, required=False, most=TYPED_LIMIT),
        text_field(
            "address",
            "Your postal address, with postcode",
            description="One line each. The office uses it to check that you're a constituent.",
            value=address,
            required=False,
            long=True,
            most=ADDRESS_LIMIT,
        ),
        select_field("reply", "How would you like the reply?", REPLIES, required=False),
        args=(draft.token,),
        note="Postbag puts them into your letter, which only you can see, and forgets them. Discord carries them on the way. "
        "You can also close this and fill in the marked places by hand.",
    )


def _picked_from(question: Question, answer: str) -> Field:
    picked = question.picked(answer)
    options = [Option(one.label, one.slug, one.text, chosen=one is picked) for one in question.choices]
    return select_field(question.name, question.label, options, description=question.hint, required=question.required)


def answers_of(press: Press, frame: LetterFrame) -> Mapping[str, str]:
    """Read a submitted writing form: the writer's words by question."""
    return {question.name: press.text(question.name) for question in frame.questions}


def carries_typed(recipient: Recipient | None) -> bool:
    return recipient is not None and recipient.constituency_id is None
