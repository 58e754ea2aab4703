"""Forms for deadlines, what their controls carry, and the card that gives back what was typed when it could not be kept."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence

import discord

from bot.chat.answers import begin
from bot.chat.common import number_in, parts_of
from bot.chat.interaction import Interaction
from bot.chat.presses import Press
from bot.chat.ui import Act, Card, form, plain, refusal, reply, text_field
from bot.domain.dates.folding import LONGEST
from bot.domain.deadlines import TITLE_LIMIT, Deadline
from bot.domain.errors import Overtaken, PostbagError
from bot.domain.identity import DeadlineId
from bot.domain.links import LINK_LIMIT
from bot.domain.reports import long_date
from bot.domain.rules import TWO_MONTHS, rule_of

TYPED = 9000
"""The first component id of what was typed."""

FENCE = "```"
DATE_HINT = "Day before month: 8 September 2027, 08/09/2027, in 3 weeks, next Friday"

ADD = ("title", "date", "published", "link")
FACT = ("date", "link")
FACTS = {
    "promised": ("A new date was promised", "Promised for", "A link to where it was promised"),
    "received": ("The answer was received", "Received on", "A link to the answer"),
    "partly": ("An interim answer was received", "Received on", "A link to the interim answer"),
}


def add_form(values: Sequence[str] = (), *, kind: str = "", rule: str = "") -> discord.ui.Modal:
    """Ask for a new date. ``values`` fills title, date, published, link beforehand; kind and rule are passed on."""
    title, date, published, link = (*values, "", "", "", "")[:4]
    return form(
        "Add a date",
        "deadlines.add.keep",
        text_field("title", "What you expect, and from whom", value=title, most=TITLE_LIMIT),
        text_field("date", "Expected by", description=DATE_HINT, value=date, required=False, most=LONGEST),
        text_field(
            "published",
            "Or: published on",
            description=f"Then Postbag counts {(rule_of(rule) if rule else TWO_MONTHS).counted} from it.",
            value=published,
            required=False,
            most=LONGEST,
        ),
        text_field(
            "link", "Where anyone can check it", value=link, required=False, most=LINK_LIMIT, placeholder="https://"
        ),
        args=(kind, rule) if kind or rule else (),
    )


def edit_form(deadline: Deadline, values: Sequence[str] = (), revision: int | None = None) -> discord.ui.Modal:
    """Ask what to change, filled with what is held or with ``values``. ``revision``: what they were typed on."""
    held = (
        deadline.title,
        long_date(deadline.due_on),
        long_date(deadline.started_on) if deadline.started_on else "",
        deadline.source_url,
    )
    title, date, published, link = values or held
    return form(
        "Change this date",
        "deadlines.edit.keep",
        text_field("title", "Title", value=title, most=TITLE_LIMIT),
        text_field("date", "Expected by", description=DATE_HINT, value=date, required=False, most=LONGEST),
        text_field(
            "published",
            "Published on",
            description="Only for a deadline counted from that day. Postbag then counts again.",
            value=published,
            required=False,
            most=LONGEST,
        ),
        text_field(
            "link", "Where anyone can check it", value=link, required=False, most=LINK_LIMIT, placeholder="https://"
        ),
        args=(int(deadline.deadline_id), deadline.revision if revision is None else revision),
    )


def fact_form(
    fact: str, deadline: Deadline, values: Sequence[str] = (), revision: int | None = None
) -> discord.ui.Modal:
    """Ask for the day and the link of one fact: promised, received or partly. ``revision``: what the values were typed on."""
    title, when, where = FACTS[fact]
    date, link = (*values, "", "")[:2]
    return form(
        title,
        f"deadlines.{fact}.keep",
        text_field("date", when, description=DATE_HINT, value=date, most=LONGEST),
        text_field(
            "link",
            where,
            description="Needed for a report's deadline: anyone can then check it.",
            value=link,
            required=deadline.report is not None,
            most=LINK_LIMIT,
            placeholder="https://",
        ),
        args=(int(deadline.deadline_id), deadline.revision if revision is None else revision),
    )


SHOWN_AS = {"must": "One of these must be there", "terms": "And one of these, close by", "by": "By whom"}
"""What a form calls a field whose name says too little to whoever reads it on a card."""


def typed_card(error: PostbagError, names: Sequence[str], typed: Sequence[str], again: Act) -> Card:
    """Say what could not be kept, give back what was typed, and offer to try again with it."""
    card = Card(accent=None)
    if isinstance(error, Overtaken):
        card.text(f"**{plain(error.message)}**\nIt now says: {plain(error.says.rstrip('.'))}.")
        card.text(f"If that's right, there's nothing to do. If not, press *{again.label}*.")
    else:
        card.text(refusal(error))
    card.text("Nothing was changed. You wrote:")
    return handed_back(card, names, typed, again)


def handed_back(card: Card, names: Sequence[str], typed: Sequence[str], *again: Act) -> Card:
    """Add what was typed to a card, and the way to type it again."""
    for number, (name, value) in enumerate(zip(names, typed, strict=True)):
        fenced = value.replace(FENCE, "'''").strip()
        if fenced:
            card.text(f"{SHOWN_AS.get(name, name.capitalize())}:\n{FENCE}\n{fenced}\n{FENCE}", id=TYPED + number)
    return card.buttons(*again)


def typed_before(message: discord.Message | None, count: int) -> tuple[str, ...]:
    """Read from a ``typed_card`` message what was typed, in order; empty where a field was."""
    values = [""] * count
    for item in parts_of(message.components if message is not None else ()):
        number = (item.id or 0) - TYPED if isinstance(item, discord.TextDisplay) else -1
        if isinstance(item, discord.TextDisplay) and 0 <= number < count:
            _, _, fenced = item.content.partition(f"{FENCE}\n")
            values[number] = fenced.removesuffix(FENCE).strip()
    return tuple(values)


async def keep_or_hand_back(
    interaction: Interaction,
    work: Callable[[], Awaitable[None]],
    names: Sequence[str],
    typed: Sequence[str],
    again: Act,
) -> None:
    """Do the work; where it is refused, give back what was typed."""
    await begin(interaction, in_place=False)
    try:
        await work()
    except Overtaken as error:
        correct = Act("Correct it", "deadlines.again", (*again.args[:2], error.edition))
        await reply(interaction, typed_card(error, names, typed, correct))
    except PostbagError as error:
        await reply(interaction, typed_card(error, names, typed, again))


def try_again(form: str, deadline_id: DeadlineId, revision: int | None) -> Act:
    """Lead back to a form with what was typed. ``revision``: what it was typed on."""
    seen = () if revision is None else (revision,)
    return Act("Try again", "deadlines.again", (form, int(deadline_id), *seen))


def revision_in(press: Press, index: int) -> int | None:
    """Read from a control which revision its card was drawn from; None where it names none."""
    written = press.arg(index)
    return int(written) if written.isdecimal() and len(written) <= 18 else None


def deadline_number(text: str) -> DeadlineId:
    """Read a deadline's number. NotFound: there can be none of that number."""
    return DeadlineId(number_in(text, "Your group doesn't have that deadline.", "Use /deadlines list to see them all."))
