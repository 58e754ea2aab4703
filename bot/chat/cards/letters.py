"""What a writer sees, and nobody else: what the letter is about, whom it goes to, the preview with its checks."""

from __future__ import annotations

from collections.abc import Sequence

import discord

from bot.chat.cards.seats import OWN_ONLY, SAID_LABEL, Picker, seat_line
from bot.chat.ui import BYTE_LIMIT, CHOICE_LIMIT, TEXT_LIMIT, Act, Card, Option, clip, refusal
from bot.chat.views.letters import (
    FINISH,
    MENTION,
    NAME_ID,
    OUTSIDE,
    OWN_ID,
    SEAT_ID,
    SKIP,
    WRITE,
    as_shown_by_discord,
    carries_typed,
    state_of,
)
from bot.domain.asked_before import AskedBefore
from bot.domain.errors import PostbagError
from bot.domain.letter_asks import ASKS
from bot.domain.letter_checks import Check, Weight
from bot.domain.letter_facts import Topic
from bot.domain.letters import FrameKind, Letter, LetterFrame, Recipient, Standing, for_reading
from bot.domain.own_words import OWN_AIM, count_words
from bot.domain.references import Found
from bot.domain.reports import Report
from bot.services.letter_drafts import Draft
from bot.services.ports.files import File
from bot.services.report_names import label

PRIVATE = "Only you can see this. Postbag doesn't keep your letter: the draft is gone after 60 minutes."
AWAY = "Write it outside Discord"
MAIN = discord.ButtonStyle.primary
NAMES = {FrameKind.LETTER: "letter", FrameKind.CALL: "phone script", FrameKind.BRIEF: "notes"}
SPOKEN = 150
"""Words that are spoken in a minute."""
ROOM = 200
"""Characters left free in a preview for what the limits count beside the text itself."""


def topic_card(draft: Draft, reports: Sequence[Report]) -> Card:
    """Let the writer choose what the letter is about: one report's recommendations by door, or one of several reports."""
    if len(reports) > 1:
        options = [Option(r.short_title, str(r.slug), f"{r.committee}, {r.published_on.year}") for r in reports]
        card = Card("Which report?").text("Your letter will be about one recommendation. First, choose the report.")
        return card.select(
            "letter.report", options[:CHOICE_LIMIT], args=(draft.token, draft.frame), placeholder="Choose a report"
        )
    card = Card("Which recommendation?").text("Your letter will be about one recommendation.")
    for report in reports:
        doors = [(door.title, report.behind(door)) for door in report.doors]
        held = {item.key for _, items in doors for item in items}
        doors.append(("More recommendations", tuple(r for r in report.recommendations if r.key not in held)))
        for title, items in doors:
            for start in range(0, len(items), CHOICE_LIMIT):
                chosen = [Found(report, item) for item in items[start : start + CHOICE_LIMIT]]
                _topic_select(card, draft, title, chosen, start // CHOICE_LIMIT)
    return card.small("Or name one: /letter write recommendation:3")


def which_card(draft: Draft, found: Sequence[Found], message: str) -> Card:
    """Let the writer choose between recommendations that their words fit equally."""
    card = Card("Which recommendation?").text(as_shown_by_discord(message))
    _topic_select(card, draft, "Choose one of these", found[:CHOICE_LIMIT], 0)
    return card


def _topic_select(card: Card, draft: Draft, title: str, found: Sequence[Found], place: int) -> None:
    options = [
        Option(
            label(one), one.value, clip(f"{'Overtaken. ' if Topic.of(one).is_over else ''}{one.item.gist.strip()}", 100)
        )
        for one in found
    ]
    seat = state_of(draft)[2:3]
    card.select("letter.about", options, args=(draft.token, draft.frame, *seat, title[:12], place), placeholder=title)


def recipient_card(draft: Draft, recipient: Recipient, as_of: str) -> Card:
    """Ask the writer to confirm whom the letter goes to."""
    seat = as_shown_by_discord(recipient.constituency)
    again = Act("Not my constituency", "letter.find", state_of(draft))
    outside = Act(AWAY, OUTSIDE, state_of(draft))
    match recipient.standing:
        case Standing.VACANT:
            card = Card(f"{seat} has no MP just now").text(
                "The seat is empty until the by-election. You can prepare your letter without a name and send it afterwards."
            )
            return card.buttons(Act("Prepare it without a name", WRITE, state_of(draft), MAIN), again, outside).small(
                as_of
            )
        case Standing.NOT_CHECKED:
            card = Card("Is this right?").text(
                "Postbag has no list of MPs at the moment, so it has **not checked** this. WriteToThem finds your MP when you "
                "send the letter."
            )
            card.text("**Constituency**").text(seat, id=SEAT_ID)
            if recipient.typed_name:
                card.text("**MP**").text(as_shown_by_discord(recipient.typed_name), id=NAME_ID)
            return card.buttons(Act("Yes, write the letter", WRITE, state_of(draft), MAIN), again)
    card = Card("Is this your MP?").text(
        f"**{as_shown_by_discord(recipient.name)}**\nMP for **{seat}**{_party(recipient)}"
    )
    if recipient.role_note:
        card.text(recipient.role_note)
    said = [Act(SAID_LABEL, "mp.said", (recipient.constituency_id, 0))] if recipient.constituency_id is not None else []
    card.buttons(Act(f"Yes, write to {recipient.name}", WRITE, state_of(draft), MAIN), *said, again, outside)
    return card.small(f"{OWN_ONLY}\n{as_of}")


def seat_picker(draft: Draft) -> Picker:
    """Say where the controls of the picker lead for a letter. A press names the seat, and so confirms it."""
    state = _state_with(draft, None)
    return Picker(
        lambda seat: Act(seat_line(seat), WRITE, _state_with(draft, seat.constituency_id)),
        ("letter.near", state),
        Act("Type it again", "letter.find", state_of(draft)),
        (Act("Skip this", SKIP, state_of(draft)), Act(AWAY, OUTSIDE, state_of(draft))),
    )


def _state_with(draft: Draft, seat: int | None) -> tuple[str, ...]:
    number = "" if seat is None else str(seat)
    state = state_of(draft)
    return (*state[:2], number, *state[3:]) if len(state) == 4 else (draft.token, "", number, draft.frame)


def _party(recipient: Recipient) -> str:
    party = recipient.member.party if recipient.member is not None else ""
    return f" ({as_shown_by_discord(party)})" if party else ""


def form_note(topic: Topic, recipient: Recipient, as_of: str) -> str:
    """Say at the top of the writing form whom the letter goes to and what it is about."""
    match recipient.standing:
        case Standing.VACANT:
            to = f"{recipient.constituency} has no MP until the by-election"
        case Standing.NOT_CHECKED:
            to = f"{recipient.typed_name or 'the MP'}, {recipient.constituency} (not checked)"
        case _:
            to = f"{recipient.name}, MP for {recipient.constituency}"
    lines = [f"**To:** {as_shown_by_discord(to)}", f"**About:** {as_shown_by_discord(clip(topic.title, 200))}"]
    lines += [f"**Please check:** {as_shown_by_discord(topic.over)}"] if topic.over else []
    lines += [recipient.role_note] if recipient.role_note else []
    lines += [f"-# Discord carries what you type here. Prefer not to type it here? Close this and press *{AWAY}*."]
    lines += [f"-# {as_of}"] if as_of and recipient.constituency_id is not None else []
    return "\n".join(lines)


def preview_card(
    draft: Draft, letter: Letter, topic: Topic, checks: Sequence[Check], offers: Sequence[AskedBefore] = ()
) -> tuple[Card, tuple[File, ...]]:
    """Show the letter with its shared text marked in words, the own-words meter, checks and sources.

    ``offers``: what it may mention of what this MP asked.

    Words too long for one message are shown shortened and come whole in a file.
    """
    stop = next((check for check in checks if check.weight is Weight.STOP), None)
    sources = "Sources: " + " · ".join(f"[{as_shown_by_discord(title)}]({url})" for title, url in letter.citations)
    head = [
        f"**To:** {as_shown_by_discord(recipient_line(letter.recipient))}\n**About:** {as_shown_by_discord(topic.title)}\n**You ask:** "
        f"{as_shown_by_discord(ASKS[draft.ask].label)}",
        _measured(letter),
    ]
    if stop is None:
        head += [finding_words(check) for check in checks]
        head += _left_empty(draft, letter)
        head += [f"**Please check:** {as_shown_by_discord(topic.over)}"] if topic.over else []
        head += [f"**Before you send:** {topic.caution}"] if topic.caution else []
    else:
        head.insert(
            0,
            f"**{as_shown_by_discord(stop.message)}**\n{stop.next_step} Your words are still here: press *Go on writing*.",
        )
    fixed = [*head, sources, PRIVATE, letter.recipient.constituency, letter.recipient.typed_name]
    fixed += [
        as_shown_by_discord(part.text) + "> " * (part.text.count("\n") + 1)
        for part in for_reading(letter.parts)
        if not part.is_own
    ]
    own = [as_shown_by_discord(part.text) for part in letter.parts if part.is_own]
    used = sum(len(text) + 60 for text in fixed) + ROOM
    used_bytes = sum(len(text.encode()) + 60 for text in fixed) + ROOM
    whole = (
        used + sum(len(text) for text in own) <= TEXT_LIMIT
        and used_bytes + sum(len(text.encode()) for text in own) <= BYTE_LIMIT
    )
    most = max(80, min(TEXT_LIMIT - used, (BYTE_LIMIT - used_bytes) // 4) // max(1, len(own)))
    names = [question.name for question in letter.frame.questions]
    card = Card("Nearly there" if stop is not None else f"Your {NAMES[letter.frame.kind]}, before you finish it")
    for text in head:
        card.text(text)
    if carries_typed(letter.recipient):
        card.text("**Constituency, not checked**").text(as_shown_by_discord(letter.recipient.constituency), id=SEAT_ID)
        if letter.recipient.typed_name:
            card.text("**MP, not checked**").text(as_shown_by_discord(letter.recipient.typed_name), id=NAME_ID)
    card.line()
    for part in for_reading(letter.parts):
        if part.is_own:
            place = names.index(part.field)
            card.text(f"**Your words: {letter.frame.questions[place].label}**")
            if whole:
                card.text(as_shown_by_discord(part.text), id=OWN_ID + place)
            else:
                card.text(
                    f"{as_shown_by_discord(clip(part.text, most // 2))}\n-# shortened here; the file below has all of it"
                )
        elif part.text.strip():
            lines = as_shown_by_discord(part.text.strip()).splitlines()
            if part.picked:
                card.text("**Shared text: the reason you picked**").text(
                    as_shown_by_discord(part.text), id=OWN_ID + names.index(part.picked)
                )
                continue
            card.text("**Shared text**\n" + "\n".join(f"> {line}" for line in lines))
    card.line()
    state = state_of(draft) if whole else (draft.token,)
    take_out = [Act("Take it out", "letter.trim", state)] if any(check.slug == "personal" for check in checks) else []
    if stop is not None:
        card.buttons(Act("Go on writing", WRITE, state, MAIN), *take_out)
    else:
        mention = (draft.mention.ref,) if draft.mention is not None else ()
        finish = Act("Finish", FINISH, (draft.token, draft.ask, *mention), MAIN)
        card.buttons(finish, Act("Edit", WRITE, state), *take_out, Act(AWAY, OUTSIDE, state))
        _offer_mentions(card, draft, offers)
    card.small(f"{sources}\n{PRIVATE}")
    return card, () if whole else (words_file(draft, letter.frame),)


def _offer_mentions(card: Card, draft: Draft, offers: Sequence[AskedBefore]) -> None:
    """Offer to mention one thing that this MP asked, or to leave it out again."""
    if draft.mention is not None:
        card.buttons(Act("Leave out what they asked", MENTION, (draft.token,)))
    elif len(offers) == 1:
        card.text(f"**Your MP has acted on this:** [{as_shown_by_discord(offers[0].title)}](<{offers[0].url}>)")
        card.buttons(Act("Mention it in my letter", MENTION, (draft.token, offers[0].ref)))
    elif offers:
        card.text("**Your MP has acted on this.** Your letter can mention one of these, with its source.")
        options = [Option(one.title, one.ref, one.sentence) for one in offers]
        card.select(MENTION, options, args=(draft.token,), placeholder="Mention one in my letter")


def _measured(letter: Letter) -> str:
    match letter.frame.kind:
        case FrameKind.CALL:
            return f"**Length:** {letter.words} words, about {max(1, round(letter.words * 60 / SPOKEN))} seconds on the phone."
        case FrameKind.BRIEF:
            return f"**Length:** {letter.words} words, {letter.own_words} of them yours."
    return f"**{meter(letter)}**"


def meter(letter: Letter) -> str:
    """Say how much of a letter is its writer's own, and the aim only where it is not met."""
    said = f"Your own words: {letter.share:.0%}"
    return f"{said} ✓" if letter.share >= OWN_AIM else f"{said}. Aim for {OWN_AIM:.0%}: about fifty words."


def _left_empty(draft: Draft, letter: Letter) -> list[str]:
    empty = [q.label for q in letter.frame.questions if not count_words(draft.own.get(q.name, ""))]
    return [f"**Left empty:** {' · '.join(empty)}"] if empty else []


def finding_words(check: Check) -> str:
    """Write a finding out, with its weight in words."""
    word = "Note" if check.weight is Weight.NOTE else "Please check"
    return f"**{word}:** {as_shown_by_discord(check.message)} {as_shown_by_discord(check.next_step)}".strip()


def recipient_line(recipient: Recipient) -> str:
    """Name whom a letter goes to, in a line."""
    who = recipient.name or "no name yet"
    return f"{who}, {recipient.constituency}"


def words_file(draft: Draft, frame: LetterFrame) -> File:
    """Give the writer's own words back as a file."""
    return text_file({question.label: draft.own.get(question.name, "") for question in frame.questions})


def text_file(answers: dict[str, str]) -> File:
    text = "\r\n\r\n".join(f"{title}\r\n{words}" for title, words in answers.items() if words.strip())
    return File("my-words.txt", "text/plain", "\ufeff".encode() + text.encode(errors="replace"))


def returned_card(error: PostbagError, draft: Draft | None) -> Card:
    """Say what went wrong, with the writer's words in a file beside it and, where a draft holds them too, the way on."""
    card = Card(accent=None).text(refusal(error))
    card.text("Your words are in the file below, so nothing is lost.")
    return card.buttons(Act("Go on writing", WRITE, state_of(draft), MAIN)) if draft is not None else card
