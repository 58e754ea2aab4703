"""Letters that somebody says they sent, as their sender alone sees them: what is kept, what came back, what to do next."""

from __future__ import annotations

from collections.abc import Sequence

import discord

from bot.chat.cards.said import SMALL, said_line
from bot.chat.cards.writing import shorten
from bot.chat.ui import CHOICE_LIMIT, Act, Card, Option, clip, form, plain, refusal, text_field
from bot.domain.editions import edition
from bot.domain.errors import PostbagError
from bot.domain.follow_ups import ANSWERS, Outcome
from bot.domain.followed_questions import OwnQuestion
from bot.domain.reports import long_date
from bot.domain.rules import MEMBERS_LETTERS
from bot.domain.said import STATE_LABELS, Said, question_page
from bot.services.follow_ups import Letter

MAIN = discord.ButtonStyle.primary
LIST = Act("My letters", "followup.list")
ONLY_YOU = "Only you can see this. Postbag never keeps any words from a letter or a reply."
KEPT = (
    "If you like, Postbag will ask you privately in two weeks whether your MP replied. To do that, it keeps the constituency, what the "
    "letter is about, these dates, and that the letter is yours. It erases them 90 days after it last asks. It keeps none of your words. "
    "/privacy forget-me erases it at any time."
)
ROUTES = (
    "You can also ring the office (*Phone script* helps you prepare), or go to a surgery (*Surgery brief*). The "
    "office knows the times."
)


def sent_form(about: str, seat: str, today: str) -> discord.ui.Modal:
    """Ask on which day the letter was sent, and say what is kept."""
    field = text_field("sent", "When did you send it?", description="Today, yesterday, 3 March …", value=today, most=60)
    return form("I sent it", "followup.kept", field, args=(about, seat), note=KEPT)


def moved_form(letter: Letter) -> discord.ui.Modal:
    """Ask for another day of sending."""
    day = long_date(letter.held.sent_on)
    field = text_field("sent", "When did you send it?", description="Today or earlier", value=day, most=60)
    return form("Change the date", "followup.redated", field, args=(letter.held.follow_up_id, letter_edition(letter)))


def promised_form(letter: Letter) -> discord.ui.Modal:
    """Ask by when an answer was promised."""
    held = letter.held
    day = long_date(held.promised_on) if held.promised_on is not None else ""
    field = text_field("promised", "By when?", description="For example: 8 May, in 3 weeks", value=day, most=60)
    return form("An answer was promised", "followup.promised", field, args=(held.follow_up_id, letter_edition(letter)))


def question_form(letter: Letter) -> discord.ui.Modal:
    """Ask for the question that the MP tabled."""
    held = letter.held
    known = held.question.number if held.question is not None else ""
    field = text_field(
        "question",
        "Its number or link",
        description="For example: 12345. Parliament calls it a UIN.",
        value=known,
        most=200,
    )
    note = (
        "Postbag looks at it once a day and messages you privately when it's answered. It keeps the question's number with this "
        "letter, as your own, for as long as the letter is on your list."
    )
    args = (held.follow_up_id, letter_edition(letter))
    return form("My MP tabled a question", "followup.tabled", field, args=args, note=note)


def tabled_card(letter: Letter, about: str, said: Said, *, organiser: bool) -> Card:
    """Say that a question is followed for this person, and how it stands."""
    held = letter.held
    card = Card("Your MP tabled a question").text(said_line(said))
    if said.answer:
        card.text(f"**The answer**\n{shorten(said.answer, 900, 2000)}")
    card.text(
        "Postbag looks once a day and messages you privately when this changes. It won't ask about the letter any more."
    )
    if organiser:
        card.text("If your group follows it, its organisers see the question and which MP asked it.")
        card.buttons(Act("Follow it with my group", "question.follow", (said.key,)))
    card.buttons(Act("Change my answer", "followup.open", (held.follow_up_id,)), LIST)
    return card.small(f"About: {plain(clip(about, 150))}\n{ONLY_YOU}\n{SMALL}")


def letter_edition(letter: Letter) -> str:
    """Name the state of a letter on its sender's list, for a form that changes it."""
    return edition(letter.held.sent_on, letter.held.outcome, letter.held.promised_on)


def kept_card(letter: Letter, about: str) -> Card:
    """Say what was kept, and when Postbag asks."""
    held = letter.held
    card = Card("Saved: you sent it").text(f"**About:** {plain(clip(about, 200))}\n**Sent:** {long_date(held.sent_on)}")
    if letter.next_check is not None:
        card.text(
            f"Postbag will ask you privately on {long_date(letter.next_check)} whether your MP replied, and at most once more. An MP's "
            "office often needs two to four weeks."
        )
    card.buttons(
        Act("Change the date", "followup.date", (held.follow_up_id,)),
        Act("My MP has replied already", "followup.open", (held.follow_up_id,)),
        Act("Don't save this", "followup.remove", (held.follow_up_id,)),
    )
    return card.small(ONLY_YOU)


def open_card(letter: Letter, about: str, seat: str) -> Card:
    """Ask what came back of one letter."""
    held = letter.held
    card = Card("Has your MP replied?").text(_facts(letter, about, seat))
    card.buttons(*(Act(answer.label, "followup.said", (held.follow_up_id, _code(answer))) for answer in ANSWERS))
    card.buttons(
        Act("Change the date", "followup.date", (held.follow_up_id,)),
        Act("Take it off my list", "followup.remove", (held.follow_up_id,)),
    )
    return card.small(ONLY_YOU)


def answered_card(letter: Letter, about: str, record: str = "") -> Card:
    """Say what follows from an answer, with the way there one press away. ``record``: how often ministers answer in time."""
    held = letter.held
    match held.outcome:
        case Outcome.ANSWERED:
            card = Card("Your MP answered").text(
                "Good. A short thank-you keeps the door open. If the reply didn't answer your question, "
                "a second letter can make the point again."
            )
            card.buttons(_write("Thank them", letter, "thank-you"), _write("Ask again", letter, "second-letter"))
        case Outcome.STOCK:
            card = Card("A stock reply").text(
                "Many first replies are standard text. A second letter about the one point they left out is harder "
                "to answer that way. Postbag hasn't seen their reply, so you say what's missing."
            )
            card.buttons(_write("Write a second letter", letter, "second-letter"))
        case Outcome.ACKNOWLEDGED:
            card = Card("Only an acknowledgement so far").text(
                "The office has your letter. If you hear nothing more, a friendly reminder helps."
            )
            card.buttons(_write("Write a chaser", letter, "no-reply"))
        case Outcome.NOTHING:
            card = Card("Nothing yet").text(
                f"That happens. Offices are busy, and letters go astray. A friendly reminder helps. {ROUTES}"
            )
            card.buttons(
                _write("Write a chaser", letter, "no-reply"),
                _write("Phone script", letter, "phone-script"),
                _write("Surgery brief", letter, "surgery-brief"),
            )
        case Outcome.PROMISED if held.promised_on is not None:
            card = Card("An answer is promised").text(f"By {long_date(held.promised_on)}.")
        case Outcome.PASSED if held.promised_on is not None:
            card = Card("Passed to a minister").text(
                f"Good: that's what you asked for. The Government's target for answering an MP's letter is 20 working days, so "
                f"**{long_date(held.promised_on)}**. It's a target, not a duty. {record} [Source]({MEMBERS_LETTERS.source_url})"
            )
            card.buttons(_write("Ask whether the minister answered", letter, "minister-silent"))
        case _:
            card = Card("Postbag won't ask again").text("The letter stays on your list until Postbag erases it.")
    if held.outcome.goes_on:
        card.text(
            f"Postbag will ask once more on {long_date(letter.next_check)}."
            if letter.next_check is not None
            else "Postbag has asked twice and won't ask again. You can still record a reply here."
        )
    card.buttons(Act("Change my answer", "followup.open", (held.follow_up_id,)), LIST)
    return card.small(f"About: {plain(clip(about, 150))}\n{ONLY_YOU}")


def list_card(letters: Sequence[tuple[Letter, str, str]]) -> Card:
    """List the letters a person said they sent, with what came back; choosing one opens it."""
    card = Card("Letters you said you sent")
    if not letters:
        return card.text(
            "None. After you finish a letter, *I sent it* puts it here, and Postbag asks you privately two weeks later "
            "whether your MP replied."
        ).small(ONLY_YOU)
    for letter, about, seat in letters[:10]:
        card.text(_facts(letter, about, seat))
    if len(letters) > 10:
        card.text(f"And {len(letters) - 10} more, in the list below.")
    options = [
        Option(f"{long_date(letter.held.sent_on)}: {about}", str(letter.held.follow_up_id), _outcome_words(letter))
        for letter, about, _ in letters[:CHOICE_LIMIT]
    ]
    return card.select("followup.pick", options, placeholder="Record a reply to …").small(ONLY_YOU)


def again_card(error: PostbagError, verb: str, args: Sequence[str], typed: str = "") -> Card:
    """Say what is wrong with a date, with the form one press away."""
    card = Card(accent=None).text(refusal(error))
    if typed:
        card.text(f"You typed: {plain(typed)}")
    return card.buttons(Act("Try again", verb, tuple(args), MAIN)).small(ONLY_YOU)


def removed_card() -> Card:
    """Say that a letter is off the list."""
    return Card("Removed from your list").text("Postbag has erased it.").buttons(LIST).small("Only you can see this.")


def visit_card(letter: Letter, about: str, seat: str) -> Card:
    """Put a check to its person at a visit, because it could not be delivered."""
    held = letter.held
    card = Card("While you're here: has your MP replied?")
    card.text(
        f"{_facts(letter, about, seat)}\nPostbag couldn't reach you by direct message, so it's asking here, once."
    )
    return card.buttons(Act("Open", "followup.open", (held.follow_up_id,), MAIN), LIST).small(ONLY_YOU)


def _facts(letter: Letter, about: str, seat: str) -> str:
    where = f", to {plain(clip(seat, 100))}" if seat else ""
    return f"**{plain(clip(about, 150))}**\nSent on {long_date(letter.held.sent_on)}{where}. {_outcome_words(letter)}"


def _outcome_words(letter: Letter) -> str:
    held = letter.held
    if held.outcome is Outcome.WAITING:
        said = "Has your MP replied?" if letter.asks_now else "No reply recorded yet."
    elif held.outcome is Outcome.PASSED and held.promised_on is not None:
        said = f"Passed to a minister; the target for an answer is {long_date(held.promised_on)}."
    elif held.outcome is Outcome.PROMISED and held.promised_on is not None:
        said = f"An answer is promised by {long_date(held.promised_on)}."
    else:
        said = f"{held.outcome.label}{f', {long_date(held.outcome_on)}' if held.outcome_on is not None else ''}."
    if held.question is not None:
        said += f" {_question(held.question)}"
    if letter.next_check is not None and held.outcome.goes_on:
        said += f" Postbag asks on {long_date(letter.next_check)}."
    return said


def _question(asked: OwnQuestion) -> str:
    """Say which question is followed, with its link, and how it stood when Postbag last looked."""
    page = question_page(asked.tabled_on, asked.number)
    name = f"[Question {plain(asked.number)}](<{page}>)" if page else f"Question {plain(asked.number)}"
    day = f", {long_date(asked.changed_on)}" if asked.changed_on is not None else ""
    return f"{name}: **{STATE_LABELS[asked.state]}**{day}."


def _write(label: str, letter: Letter, template: str) -> Act:
    held = letter.held
    seat = "" if held.constituency_id is None else held.constituency_id
    return Act(label, "letter.start", (held.recommendation, seat, template), MAIN)


def _code(outcome: Outcome) -> str:
    return outcome.name.lower()


def outcome_of(code: str) -> Outcome | None:
    """Read an answer from a button, or None."""
    return next((answer for answer in ANSWERS if _code(answer) == code), None)
