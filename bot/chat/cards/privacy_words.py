"""What is kept about a person, said as a person would: one sentence for each row, with nothing cut inside a value."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, time

from bot.chat.ui import plain
from bot.clock import LONDON
from bot.domain.dates.times import say_time
from bot.domain.follow_ups import Outcome
from bot.domain.reports import long_date

Row = Mapping[str, object]
LONGEST_WORDS = 160
"""Characters of somebody's own words that are shown; longer ones end between two words, and the file has them whole."""


def sentences(table: str, rows: Sequence[Row]) -> list[str]:
    """Say each row in a sentence; the same sentence is said once, with its number."""
    said = Counter(_SAID.get(table, _anything)(row) for row in rows)
    return [line if count == 1 else f"{line} ({count} times)" for line, count in said.items()]


def _anything(row: Row) -> str:
    at = next((value for name in ("at", "created_at", "updated_at") if (value := row.get(name))), None)
    return f"One entry of {_day(at)}." if at else "One entry."


def _day(value: object) -> str:
    if isinstance(value, datetime):
        return long_date(value.astimezone(LONDON).date())
    if isinstance(value, date):
        return long_date(value)
    try:
        return long_date(date.fromisoformat(str(value)))
    except ValueError:
        return "an unknown day"


def _quote(value: object) -> str:
    text = " ".join(str(value or "").split())
    if len(text) > LONGEST_WORDS:
        text = text[:LONGEST_WORDS].rpartition(" ")[0] or text[:LONGEST_WORDS]
        return f"“{plain(text)} …”"
    return f"“{plain(text)}”"


_PLACES = re.compile(r"<(#|@&)\d{1,20}>")


def _changed(value: object) -> str:
    """Say what an organiser changed. A channel or a role is named as Discord shows it: elsewhere its number says nothing."""
    text = " ".join(str(value or "").split())
    said = _quote(_PLACES.sub(lambda found: "a channel" if found[1] == "#" else "a role", text))
    return said.strip("“”")


def _time(row: Row) -> str:
    try:
        at = time.fromisoformat(str(row.get("local_time") or "")[:5])
    except ValueError:
        return ""
    return f" at {say_time(at)}"


def _personal(row: Row) -> str:
    about = f": {_quote(row['text'])}" if row.get("text") else ""
    if row.get("done_at"):
        return f"A reminder that you marked as done on {_day(row['done_at'])}{about}"
    again = ", which repeats" if row.get("repeat") else ""
    return f"Your reminder on {_day(row.get('local_date'))}{_time(row)}{again}{about}"


def _reminder(row: Row) -> str:
    day = _day(row.get("for_day") or row.get("local_date"))
    state = str(row.get("state"))
    if row.get("kind") == "follow-up":
        return {
            "scheduled": f"Postbag will ask you on {day} about a letter you sent.",
            "sent": f"Postbag asked you on {day} about a letter you sent.",
            "cancelled": f"Postbag was going to ask you on {day} about a letter you sent, and no longer will.",
        }.get(state, f"Postbag could not ask you on {day} about a letter you sent.")
    return {
        "scheduled": f"A message to you is due on {day}{_time(row)}.",
        "sent": f"A message reached you on {day}{_time(row)}.",
        "cancelled": f"A message to you on {day} was cancelled.",
    }.get(state, f"A message to you on {day} has not reached you.")


def _letter(row: Row) -> str:
    report, _, key = str(row.get("recommendation") or "").partition("/")
    named = plain(report.replace("-", " ").title())
    which = f"recommendation {plain(key)}" if key.isdecimal() else plain(key)
    about = f"{which} of {named}" if key else named
    outcome = str(row.get("outcome") or "")
    came = "" if outcome in ("", Outcome.WAITING.value) else f" You said: {plain(outcome)}."
    asked = f" You follow written question {plain(str(row['question_number']))}." if row.get("question") else ""
    return f"A letter you said you sent on {_day(row.get('sent_on'))}, about {about}.{came}{asked}"


def _settings(row: Row) -> str:
    parts = [f"time zone {plain(str(row['zone']))}"] if row.get("zone") else []
    parts += [f"reminders at {plain(str(row['time_of_day']))[:5]}"] if row.get("time_of_day") else []
    return f"Your own settings: {', '.join(parts)}." if parts else "Your own settings for reminders."


def _delivery(row: Row) -> str:
    if row.get("sent_at"):
        return f"A private message reached you on {_day(row['sent_at'])}."
    return f"A private message to you, due on {_day(row.get('due_at'))}, has not been delivered."


_STEPS = {"recorded": "recorded", "confirmed": "confirmed", "undone": "undid", "undo asked": "asked to undo"}
_SAID: Mapping[str, Callable[[Row], str]] = {
    "guilds": lambda row: f"You last saved a server's settings, on {_day(row.get('updated_at'))}.",
    "deadlines": lambda row: f"You recorded the date {_quote(row.get('title'))}, {_day(row.get('due_on'))}.",
    "group_events": lambda row: f"You recorded the event {_quote(row.get('title'))}, {_day(row.get('local_date'))}.",
    "deadline_facts": lambda row: f"On {_day(row.get('at'))} you recorded something about a group's date.",
    "personal_reminders": _personal,
    "reminders": _reminder,
    "person_settings": _settings,
    "actions": lambda row: f"You last changed the plan {_quote(row.get('title'))}, on {_day(row.get('updated_at'))}.",
    "action_joins": lambda row: f"You signed up for a plan on {_day(row.get('joined_at'))}.",
    "follow_ups": _letter,
    "record_steps": lambda row: (
        f"On {_day(row.get('at'))} you {_STEPS.get(str(row.get('event')), 'dealt with')} an answer or evidence."
    ),
    "imported_reports": lambda row: (
        f"You imported the report {_quote(row.get('report'))}, on {_day(row.get('created_at'))}."
    ),
    "letter_templates": lambda row: f"You wrote or approved the letter template {_quote(row.get('title'))}.",
    "waiting_changes": lambda row: f"On {_day(row.get('asked_at'))} you asked to protect a group less.",
    "audit": lambda row: f"On {_day(row.get('at'))} you changed, as an organiser: {_changed(row.get('what'))}",
    "deliveries": _delivery,
    "ledger": lambda row: f"Postbag noted on {_day(row.get('at'))} what happened to a message to you.",
}
