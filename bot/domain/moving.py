"""A group's set-up as a file: settings, reports, committees, clocks, events, plans, letters, words to look for, questions. Never people.

The format is described in ``docs/moving.md``. Reading is strict: what cannot be right is refused, with its place in the file.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from bot.domain.actions import (
    MOST_ITEMS,
    MOST_STEPS,
    OUTCOME_LIMIT,
    STEP_TITLE_LIMIT,
    TEXT_LIMIT,
    TITLE_LIMIT,
    Action,
    ActionState,
    Step,
    StepMark,
    in_order,
)
from bot.domain.deadlines import Deadline, DeadlineKind, NoteKind, OwnLadder
from bot.domain.errors import Refused
from bot.domain.followed_questions import FollowedQuestion
from bot.domain.group_events import GroupEvent
from bot.domain.guilds import DAYS_OFF, GuildSettings
from bot.domain.identity import ActionId, DeadlineId, GuildId, ReportSlug
from bot.domain.ladders import checked_ladder
from bot.domain.letter_templates import MOST_SUMMARY, MOST_TEXT, MOST_TITLE, GroupTemplate
from bot.domain.moving_events import event_as_written, read_event
from bot.domain.moving_parliament import MovedWords, question_as_written, read_question, read_words, words_as_written
from bot.domain.rules import rule_of

FORMAT = "postbag-group"
VERSION = 1
LARGEST = 1024 * 1024
"""Bytes that a file may have."""

_GROUPS_OWN = re.compile(r"g\d+")
"""Names of a group's own letters: they mean something in that group alone."""

MOST = {
    "reports": 200,
    "committees": 50,
    "clocks": 500,
    "events": 500,
    "actions": 200,
    "templates": 200,
    "words": 500,
    "questions": 100,
}
"""Entries that a list may have."""


@dataclass(frozen=True, slots=True)
class MovedTemplate:
    """A letter template as it travels."""

    title: str
    summary: str
    text: str


@dataclass(frozen=True, slots=True)
class MovedCommittee:
    """A committee that a group looks out for: Parliament's number, and its name for whoever reads the file."""

    committee_id: int
    name: str


@dataclass(frozen=True, slots=True)
class GroupFile:
    """What a file holds. ``clocks`` and ``actions`` have no ids of ours; an action's clock is given by its place in ``clocks``."""

    settings: Mapping[str, Any]
    reports: tuple[str, ...]
    committees: tuple[MovedCommittee, ...]
    clocks: tuple[Deadline, ...]
    actions: tuple[tuple[Action, int | None], ...]
    templates: tuple[MovedTemplate, ...]
    events: tuple[GroupEvent, ...] = ()
    words: tuple[MovedWords, ...] = ()
    questions: tuple[FollowedQuestion, ...] = ()


SETTINGS = (
    "zone",
    "time_of_day",
    "quiet_from",
    "quiet_until",
    "ladder",
    "monthly",
    "aloud",
    "days_off",
    "pings_a_day",
    "pings_a_week",
    "high_risk",
    "second_confirms",
    "weekly",
)
"""Settings that travel. Channels and roles belong to a server, so they stay behind."""

DAYS = ("started_on", "promised_on", "partly_on", "received_on", "withdrawn_on", "lapsed_on")
LINKS = ("source_url", "promised_url", "partly_url", "received_url")


def write_group_file(
    settings: GuildSettings,
    reports: Sequence[str],
    committees: Sequence[MovedCommittee],
    clocks: Sequence[Deadline],
    actions: Sequence[Action],
    templates: Sequence[GroupTemplate],
    events: Sequence[GroupEvent] = (),
    words: Sequence[MovedWords] = (),
    questions: Sequence[FollowedQuestion] = (),
    *,
    at: datetime,
    by: str,
) -> bytes:
    """Write a group's set-up as JSON in UTF-8."""
    places = {clock.deadline_id: place for place, clock in enumerate(clocks)}
    content = {
        "format": FORMAT,
        "version": VERSION,
        "written_at": at.isoformat(timespec="seconds"),
        "written_by": f"Postbag {by}",
        "settings": {name: _plain(getattr(settings, name)) for name in SETTINGS},
        "reports": list(reports),
        "committees": [{"id": c.committee_id, "name": c.name} for c in committees],
        "clocks": [_clock(clock) for clock in clocks],
        "events": [event_as_written(event) for event in events],
        "actions": [_action(action, places) for action in actions],
        "templates": [{"title": t.title, "summary": t.summary, "text": t.text} for t in templates],
        "words": [words_as_written(one) for one in words],
        "questions": [question_as_written(one) for one in questions],
    }
    return (json.dumps(content, ensure_ascii=False, indent=2) + "\n").encode()


def read(content: bytes) -> GroupFile:
    """Read a file. Refused: it is no such file, of a newer Postbag, too large, or something in it cannot be right."""
    if len(content) > LARGEST:
        raise Refused(
            f"That file is too large. The limit is {LARGEST // 1024} KB.", "Choose the file from /admin export."
        )
    try:
        whole = json.loads(content.decode("utf-8-sig"))
    except (ValueError, RecursionError):
        raise Refused(
            "Postbag can't read that file as JSON.", "Choose the file that /admin export gave, unchanged."
        ) from None
    if not isinstance(whole, dict) or whole.get("format") != FORMAT:
        raise Refused("That isn't a group's set-up from Postbag.", "Choose the file from /admin export.")
    version = whole.get("version")
    if not isinstance(version, int) or isinstance(version, bool) or version < 1:
        raise _wrong("version", "is not a whole number", "Choose the file from /admin export.")
    if version > VERSION:
        raise Refused(
            f"This file was written by a newer Postbag (format {version}; this one reads up to {VERSION}).",
            "Ask whoever runs Postbag to update it, then import it again. Nothing was changed.",
        )
    source = _Part(whole, "")
    return GroupFile(
        settings=_read_settings(source.part("settings")),
        reports=tuple(dict.fromkeys(part.text("", 200) for part in source.list("reports"))),
        committees=tuple(
            MovedCommittee(p.number("id", 1, 10**9), p.text("name", 200)) for p in source.list("committees")
        ),
        clocks=tuple(_read_clock(part) for part in source.list("clocks")),
        actions=tuple(_read_action(part, len(source.list("clocks"))) for part in source.list("actions")),
        templates=tuple(
            MovedTemplate(
                p.text("title", MOST_TITLE), p.text("summary", MOST_SUMMARY), p.text("text", MOST_TEXT, lines=True)
            )
            for p in source.list("templates")
        ),
        events=tuple(read_event(part) for part in source.list("events")),
        words=tuple(read_words(part) for part in source.list("words")),
        questions=tuple(read_question(part) for part in source.list("questions")),
    )


def same_clock(one: Deadline, other: Deadline) -> bool:
    """Tell whether two clocks are the same: of one report, or of one title and day."""
    if one.report is not None or other.report is not None:
        return one.report == other.report and one.kind is other.kind
    return (one.title.casefold(), one.due_on) == (other.title.casefold(), other.due_on)


def same_action(one: Action, other: Action) -> bool:
    """Tell whether two plans are the same: of one title and day."""
    return (one.title.casefold(), one.centre_on) == (other.title.casefold(), other.centre_on)


class _Part:
    """A part of a file with its place, for words about what is wrong in it."""

    def __init__(self, value: Any, place: str) -> None:
        self.value = value
        self.place = place

    def _at(self, name: str) -> str:
        return f"{self.place}.{name}".strip(".") if name else self.place

    def _get(self, name: str) -> Any:
        if not name:
            return self.value
        if not isinstance(self.value, dict):
            raise _wrong(self.place or "the file", "is not an object with named values")
        return self.value.get(name)

    def has(self, name: str) -> bool:
        return self._get(name) is not None

    def part(self, name: str) -> _Part:
        return _Part(self._get(name) if self._get(name) is not None else {}, self._at(name))

    def list(self, name: str, most: int | None = None) -> list[_Part]:
        found = self._get(name)
        if found is None:
            return []
        limit = most if most is not None else MOST[name]
        if not isinstance(found, list):
            raise _wrong(self._at(name), "is not a list")
        if len(found) > limit:
            raise _wrong(self._at(name), f"has {len(found)} entries; the limit is {limit}")
        return [_Part(value, f"{self._at(name)}[{index}]") for index, value in enumerate(found)]

    def text(self, name: str, most: int, *, needed: bool = True, lines: bool = False) -> str:
        found = self._get(name)
        if found is None and not needed:
            return ""
        if not isinstance(found, str) or (needed and not found.strip()):
            raise _wrong(self._at(name), "is not a text")
        if len(found) > most:
            raise _wrong(self._at(name), f"has {len(found)} characters; the limit is {most}")
        if any((ord(ch) < 32 and not (lines and ch in "\n\t\r")) or 0xD800 <= ord(ch) < 0xE000 for ch in found):
            raise _wrong(self._at(name), "has a character that isn't text")
        return found

    def number(self, name: str, least: int, most: int) -> int:
        found = self._get(name)
        if not isinstance(found, int) or isinstance(found, bool) or not least <= found <= most:
            raise _wrong(self._at(name), f"is not a whole number from {least} to {most}")
        return found

    def flag(self, name: str, default: bool) -> bool:
        found = self._get(name)
        if found is not None and not isinstance(found, bool):
            raise _wrong(self._at(name), "is neither true nor false")
        return default if found is None else found

    def day(self, name: str) -> date:
        found = self.maybe_day(name)
        if found is None:
            raise _wrong(self._at(name), "is missing", "A date is written like 2027-01-31.")
        return found

    def maybe_day(self, name: str) -> date | None:
        found: date | None = self._parsed(
            name, date.fromisoformat, "is not a date", "A date is written like 2027-01-31."
        )
        return found

    def maybe_time(self, name: str) -> time | None:
        found: time | None = self._parsed(
            name, time.fromisoformat, "is not a time of day", "A time is written like 09:00."
        )
        if found is not None and found.tzinfo is not None:
            raise _wrong(self._at(name), "names a zone", "A time is written like 09:00.")
        return found

    def _parsed(self, name: str, parse: Callable[[str], Any], what: str, hint: str) -> Any:
        found = self._get(name)
        if found is None:
            return None
        try:
            return parse(found if isinstance(found, str) and len(found) <= 20 else "")
        except ValueError:
            raise _wrong(self._at(name), what, hint) from None

    def one_of(self, name: str, kind: Callable[[str], Any]) -> Any:
        try:
            return kind(self.text(name, 100))
        except ValueError:
            raise _wrong(self._at(name), "is a word Postbag doesn't know") from None


def _wrong(place: str, what: str, hint: str = "Choose the file that /admin export gave, or fix it there.") -> Refused:
    return Refused(f"In the file, {place} {what}.", f"{hint} Nothing was changed.")


def _read_settings(part: _Part) -> Mapping[str, Any]:
    found: dict[str, Any] = {}
    given = part.value if isinstance(part.value, dict) else {}
    if not isinstance(part.value, dict):
        raise _wrong("settings", "is not an object with named values")
    readers: Mapping[str, Callable[[], Any]] = {
        "zone": lambda: part.text("zone", 60),
        "time_of_day": lambda: part.maybe_time("time_of_day"),
        "quiet_from": lambda: part.maybe_time("quiet_from"),
        "quiet_until": lambda: part.maybe_time("quiet_until"),
        "ladder": lambda: _ladder(part, "ladder"),
        "monthly": lambda: part.flag("monthly", True),
        "aloud": lambda: part.flag("aloud", False),
        "days_off": lambda: _days_off(part),
        "pings_a_day": lambda: part.number("pings_a_day", 0, 24),
        "pings_a_week": lambda: part.number("pings_a_week", 0, 168),
        "high_risk": lambda: part.flag("high_risk", True),
        "second_confirms": lambda: part.flag("second_confirms", True),
        "weekly": lambda: part.flag("weekly", False),
    }
    for name in SETTINGS:
        if name in given and (given[name] is not None or name.startswith("quiet")):
            found[name] = readers[name]()
    return found


def _days_off(part: _Part) -> str:
    found = part.text("days_off", 60, needed=False)
    if found not in DAYS_OFF:
        raise _wrong("settings.days_off", "is a word Postbag doesn't know")
    return found


def _ladder(part: _Part, name: str) -> tuple[int, ...]:
    days = tuple(one.number("", -1000, 1000) for one in part.list(name, 60))
    try:
        return checked_ladder(days)
    except Refused as error:
        raise _wrong(f"{part.place}.{name}", f"makes no sense: {error.message}") from None


def _clock(clock: Deadline) -> dict[str, Any]:
    return {
        "title": clock.title,
        "kind": clock.kind.value,
        "due_on": clock.due_on.isoformat(),
        "rule": clock.rule.code,
        "report": clock.report,
        "source_title": clock.source_title,
        **{name: _plain(getattr(clock, name)) for name in (*DAYS, *LINKS)},
        "note": clock.note,
        "note_kind": clock.note_kind.value,
        "ladder": _own_ladder(clock.ladder) if clock.ladder else None,
    }


def _own_ladder(ladder: OwnLadder) -> dict[str, Any]:
    return {"days": list(ladder.days), "monthly": ladder.monthly, "aloud": ladder.aloud}


def _read_clock(part: _Part) -> Deadline:
    report = part.text("report", 200, needed=False)
    own = part.part("ladder")
    days: dict[str, Any] = {name: part.maybe_day(name) for name in DAYS}
    links: dict[str, Any] = {name: _link(part, name) for name in LINKS}
    return Deadline(
        DeadlineId(0),
        GuildId(0),
        part.one_of("kind", DeadlineKind),
        part.text("title", 200),
        part.day("due_on"),
        part.one_of("rule", rule_of),
        report=ReportSlug(report) if report else None,
        source_title=part.text("source_title", 300, needed=False),
        note=part.text("note", 500, needed=False),
        note_kind=part.one_of("note_kind", NoteKind) if part.text("note_kind", 100, needed=False) else NoteKind.NONE,
        ladder=OwnLadder(_ladder(own, "days"), own.flag("monthly", True), own.flag("aloud", False))
        if own.value
        else None,
        **days,
        **links,
    )


def _link(part: _Part, name: str) -> str:
    found = part.text(name, 512, needed=False)
    if found and not found.startswith("https://"):
        raise _wrong(f"{part.place}.{name}", "is not an https address")
    return found


def _action(action: Action, places: Mapping[DeadlineId, int]) -> dict[str, Any]:
    return {
        "title": action.title,
        "day": action.centre_on.isoformat(),
        "clock": places.get(action.deadline_id) if action.deadline_id is not None else None,
        "items": list(action.items),
        "letter": "" if _GROUPS_OWN.fullmatch(action.template) else action.template,
        "state": action.stored.value,
        "outcome": action.outcome,
        "ended_on": _plain(action.ended_on),
        "steps": [
            {"key": s.key, "on": s.on.isoformat(), "title": s.title, "text": s.text, "skipped": s.is_skipped}
            for s in action.steps
        ],
    }


def _read_action(part: _Part, clocks: int) -> tuple[Action, int | None]:
    steps = [
        Step(
            s.text("key", 40),
            s.day("on"),
            s.text("title", STEP_TITLE_LIMIT),
            s.text("text", TEXT_LIMIT, needed=False, lines=True),
            StepMark.SKIPPED if s.flag("skipped", False) else StepMark.NONE,
        )
        for s in part.list("steps", MOST_STEPS)
    ]
    if not steps:
        raise _wrong(f"{part.place}.steps", "is empty")
    if len({step.key for step in steps}) < len(steps) or any(not s.key.replace("-", "").isalnum() for s in steps):
        raise _wrong(f"{part.place}.steps", "needs keys that are short words, each used once")
    clock = part.number("clock", 0, max(clocks - 1, 0)) if part.value.get("clock") is not None else None
    if clock is not None and clock >= clocks:
        raise _wrong(f"{part.place}.clock", "names a deadline that isn't in the file")
    return (
        Action(
            ActionId(0),
            GuildId(0),
            part.text("title", TITLE_LIMIT),
            part.day("day"),
            in_order(steps),
            items=tuple(one.text("", 120) for one in part.list("items", MOST_ITEMS)),
            template=part.text("letter", 60, needed=False),
            stored=part.one_of("state", ActionState),
            outcome=part.text("outcome", OUTCOME_LIMIT, needed=False, lines=True),
            ended_on=part.maybe_day("ended_on"),
        ),
        clock,
    )


def _plain(value: Any) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, time):
        return value.isoformat(timespec="minutes")
    return list(value) if isinstance(value, tuple) else value
