"""The calendar file is one that any calendar takes: read here by the letter of RFC 5545, and again by a library."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from uuid import uuid4

import icalendar
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.documents.calendar import calendar_file
from bot.domain.actions import Action, Step
from bot.domain.calendars import DAY_BEFORE, NEUTRAL_TITLE, CalendarEntry, entries_of, entries_of_event, entry_of
from bot.domain.dates.repeats import Repeat
from bot.domain.deadlines import Deadline, DeadlineKind, DeadlineState
from bot.domain.group_event_checks import moved, under_another_rule
from bot.domain.group_events import GroupEvent, GroupEventKind, Moved
from bot.domain.identity import ActionId, DeadlineId, GroupEventId, GuildId, PersonId, ReportSlug
from bot.domain.rules import TWO_MONTHS
from tests.documents import rfc5545

NOW = datetime(2026, 11, 25, 3, 0, tzinfo=UTC)
TODAY = NOW.date()
MADE = datetime(2026, 10, 1, 8, 30, 0, 5, tzinfo=UTC)
NASTY = "Réponse; à l’heure, \\n “Über” \\ مەجلىس 委员会\nBEGIN:VALARM\r\nATTENDEE:mailto:x@y.example"
CLOCK = Deadline(
    DeadlineId(12),
    GuildId(4_000_000_000_000_000_001),
    DeadlineKind.GOVERNMENT_RESPONSE,
    "Government response to Salt Marshes",
    date(2027, 2, 28),
    TWO_MONTHS,
    started_on=date(2026, 12, 31),
    source_url="https://committee.example/report?a=1;b=2",
    set_by=PersonId(77),
    revision=3,
    created_at=MADE,
    updated_at=NOW,
)

LINE = re.compile(r'(?P<name>[A-Z0-9-]+)(?P<params>(?:;[A-Z0-9-]+=(?:"[^"]*"|[^";:,]*))*):(?P<value>.*)', re.DOTALL)

Lines = list[tuple[str, str, str]]


def strictly(content: bytes) -> Lines:
    """Read an .ics by the letter: CRLF alone, 75 octets a line, UTF-8 never cut, parts that open and close, text escaped."""
    assert content.endswith(b"\r\n")
    assert b"\n" not in content.replace(b"\r\n", b"")
    assert b"\r" not in content.replace(b"\r\n", b"")
    raw = content[:-2].split(b"\r\n")
    assert all(0 < len(line) <= 75 for line in raw)
    for line in raw:
        line.decode()  # folded between characters, never within one
    unfolded = content.replace(b"\r\n ", b"").replace(b"\r\n\t", b"").decode()
    lines: Lines = []
    opened: list[str] = []
    for line in unfolded[:-2].split("\r\n"):
        found = LINE.fullmatch(line)
        assert found is not None, line
        name, params, value = found["name"], found["params"], found["value"]
        assert not any(ord(ch) < 32 and ch != "\t" for ch in value)
        if name == "BEGIN":
            opened.append(value)
        elif name == "END":
            assert opened.pop() == value
        if name in ("SUMMARY", "DESCRIPTION", "X-WR-CALNAME"):
            assert not re.search(r"(?<!\\)(?:\\\\)*[;,]", value), value
            assert not re.search(r"\\[^\\;,nN]", re.sub(r"\\\\", "", value)), value
        lines.append((name, params, value))
    assert not opened
    assert lines[0][::2] == ("BEGIN", "VCALENDAR")
    names = [name for name, _, _ in lines]
    assert names.count("PRODID") == names.count("VERSION") == 1
    events = "\n".join(f"{n}{p}:{v}" for n, p, v in lines).split("BEGIN:VEVENT")[1:]
    for event in events:
        for once in ("UID", "DTSTAMP", "DTSTART", "SEQUENCE", "LAST-MODIFIED", "STATUS"):
            assert len(re.findall(rf"^{once}[;:]", event, re.MULTILINE)) == 1, once
    zones = {value for name, _, value in lines if name == "TZID"}
    for _, params, _ in lines:
        for zone in re.findall(r"TZID=([^;:]+)", params):
            assert zone.strip('"') in zones, "a zone that is used is described"
    return lines


def text(value: str) -> str:
    return re.sub(r"\\(.)", lambda found: "\n" if found[1] in "nN" else found[1], value)


def values(lines: Lines, name: str) -> list[str]:
    return [value for found, _, value in lines if found == name]


def made(*entries: CalendarEntry) -> bytes:
    return calendar_file(entries, "Postbag deadlines", NOW).content


def test_a_deadline_is_a_whole_day_with_its_working() -> None:
    lines = strictly(made(entry_of(CLOCK, TODAY)))
    assert ("DTSTART", ";VALUE=DATE", "20270228") in lines
    assert ("DTEND", ";VALUE=DATE", "20270301") in lines
    assert values(lines, "SEQUENCE") == ["2"]
    assert values(lines, "LAST-MODIFIED") == ["20261125T030000Z"]
    assert values(lines, "STATUS") == ["CONFIRMED"]
    assert values(lines, "URL") == ["https://committee.example/report?a=1;b=2"]
    (said,) = map(text, values(lines, "DESCRIPTION"))
    assert "31 December 2026 + 2 calendar months = 28 February 2027" in said
    assert text(values(lines, "SUMMARY")[0]) == "Expected: Government response to Salt Marshes"


def test_an_update_keeps_its_identity_and_goes_up() -> None:
    moved = replace(CLOCK, due_on=date(2027, 3, 9), revision=4)
    first, then = strictly(made(entry_of(CLOCK, TODAY))), strictly(made(entry_of(moved, TODAY)))
    assert values(first, "UID") == values(then, "UID")
    assert int(values(then, "SEQUENCE")[0]) > int(values(first, "SEQUENCE")[0])
    another = replace(CLOCK, deadline_id=DeadlineId(13))
    elsewhere = replace(CLOCK, created_at=NOW)
    assert len({values(strictly(made(entry_of(d, TODAY))), "UID")[0] for d in (CLOCK, another, elsewhere)}) == 3


@pytest.mark.parametrize(
    ("change", "status", "on", "lead"),
    [
        ({"promised_on": date(2027, 4, 1)}, "CONFIRMED", "20270401", "Promised"),
        ({"due_on": date(2026, 11, 1), "received_on": TODAY}, "CONFIRMED", "20261101", "Answered"),
        ({"withdrawn_on": TODAY}, "CANCELLED", "20270228", "Withdrawn"),
        ({"lapsed_on": TODAY}, "CANCELLED", "20270228", "Lapsed"),
        ({"due_on": date(2026, 11, 1)}, "CONFIRMED", "20261101", "Expected"),
    ],
)
def test_each_state_has_its_day_and_status(change: dict[str, date], status: str, on: str, lead: str) -> None:
    lines = strictly(made(entry_of(replace(CLOCK, **change), TODAY)))  # type: ignore[arg-type]
    assert values(lines, "STATUS") == [status]
    assert values(lines, "DTSTART") == [on]
    assert text(values(lines, "SUMMARY")[0]).startswith(f"{lead}: ")


def test_nothing_personal_and_nothing_of_discord_is_in_it() -> None:
    content = made(entry_of(CLOCK, TODAY)).decode()
    assert "4000000000000000001" not in content.replace("\r\n ", "")
    assert not re.search("ORGANIZER|ATTENDEE|CONTACT", content)


def test_a_neutral_file_names_nothing() -> None:
    clock = replace(CLOCK, report=ReportSlug("salt"), note="Salt")
    entry = entry_of(clock, TODAY, neutral=True, alarm=DAY_BEFORE)
    file = calendar_file([entry], "Salt", NOW, neutral=True)
    content = file.content.decode().replace("\r\n ", "")
    strictly(file.content)
    assert "Salt" not in content
    assert "postbag" not in f"{content}{file.name}".casefold()
    assert "committee.example" not in content
    assert NEUTRAL_TITLE in content
    assert "20270228" in content


@pytest.mark.parametrize("title", [NASTY, "x" * 200, "é" * 150, "委" * 120, "a\tb"])
def test_hostile_and_long_text_stays_text(title: str) -> None:
    lines = strictly(made(CalendarEntry("u@postbag.invalid", TODAY, title, NASTY)))
    assert values(lines, "BEGIN") == ["VCALENDAR", "VEVENT"]
    assert "\r" in title or text(values(lines, "SUMMARY")[0]) == title
    (event,) = icalendar.Calendar.from_ical(made(CalendarEntry("u@postbag.invalid", TODAY, title))).walk("VEVENT")
    assert not event.errors


@given(st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=300))
@example("\\N and \\n")
def test_any_text_comes_back_as_it_was(title: str) -> None:
    lines = strictly(made(CalendarEntry("u@postbag.invalid", TODAY, title)))
    assert text(values(lines, "SUMMARY")[0]) == title


TOLD_FROM_TODAY = re.compile(
    r"\b(?:in \d+ days?|ago|today|tomorrow|yesterday|overdue|running|so far|not seen)\b", re.IGNORECASE
)


@pytest.mark.parametrize(
    "change",
    [
        {},
        {"due_on": TODAY},
        {"due_on": date(2026, 11, 1)},
        {"promised_on": date(2027, 4, 1)},
        {"promised_on": TODAY},
        {"due_on": date(2026, 11, 1), "partly_on": TODAY},
        {"due_on": date(2026, 11, 1), "received_on": TODAY},
        {"withdrawn_on": TODAY},
        {"lapsed_on": TODAY},
    ],
)
def test_nothing_in_a_file_counts_from_the_day_it_was_made(change: dict[str, date]) -> None:
    clock = replace(CLOCK, **change)  # type: ignore[arg-type]
    for plan in (False, True):
        entries = entries_of(PLAN, {}, NOW) if plan else [entry_of(clock, TODAY)]
        for entry in entries:
            assert not TOLD_FROM_TODAY.search(f"{entry.title}\n{entry.text}"), entry
    later = entry_of(clock, TODAY + timedelta(days=400))
    if clock.state(TODAY) in (DeadlineState.ANSWERED, DeadlineState.WITHDRAWN, DeadlineState.LAPSED):
        assert later == entry_of(clock, TODAY)
    else:
        assert later.text == entry_of(clock, TODAY).text


BORN = datetime(2026, 11, 1, 8, tzinfo=UTC)
PLAN = Action(
    ActionId(1),
    GuildId(4_000_000_000_000_000_001),
    "Winter letters",
    date(2026, 12, 18),
    (Step("brief", date(2026, 11, 27), "Brief everyone"), Step("own1", date(2026, 12, 4), "Call")),
    revision=5,
    created_at=BORN,
    updated_at=NOW,
)
HERE, ELSEWHERE = str(uuid4()), str(uuid4())


def uids(*entries: CalendarEntry) -> list[str]:
    return values(strictly(made(*entries)), "UID")


def test_an_identity_is_this_installations_and_this_things_alone() -> None:
    ours = uids(*entries_of(PLAN, {}, NOW, installation=HERE))
    assert ours == uids(
        *entries_of(replace(PLAN, revision=9), {}, NOW, installation=HERE, neutral=True, alarm=DAY_BEFORE)
    )
    assert not set(ours) & set(uids(*entries_of(PLAN, {}, NOW, installation=ELSEWHERE)))
    again = replace(PLAN, created_at=NOW)
    assert not set(ours) & set(uids(*entries_of(again, {}, NOW, installation=HERE))), (
        "a new database counts from 1 again"
    )
    clock = uids(entry_of(CLOCK, TODAY, installation=HERE))
    assert clock == uids(entry_of(replace(CLOCK, revision=8), TODAY, neutral=True, installation=HERE))
    assert clock != uids(entry_of(CLOCK, TODAY, installation=ELSEWHERE))
    for uid in (*ours, *clock):
        assert "postbag" not in uid.casefold()
        assert "plan" not in uid


def test_a_step_that_was_taken_out_is_sent_as_cancelled() -> None:
    less = replace(PLAN, steps=PLAN.steps[:1], revision=6)
    before = uids(*entries_of(PLAN, {}, NOW, installation=HERE))
    days = {"brief": date(2026, 11, 27), "own1": date(2026, 12, 4)}
    lines = strictly(made(*entries_of(less, days, NOW, installation=HERE, alarm=DAY_BEFORE)))
    assert values(lines, "UID") == before
    assert values(lines, "STATUS") == ["CONFIRMED", "CANCELLED"]
    assert values(lines, "SEQUENCE") == ["5", "5"]
    assert values(lines, "BEGIN").count("VALARM") == 1, "what is over rings no more"


Entry = tuple[str, date | datetime, date | datetime, str, int]


def read_by_icalendar(content: bytes) -> list[Entry]:
    found = icalendar.Calendar.from_ical(content).walk("VEVENT")
    return [(str(e["UID"]), e["DTSTART"].dt, e["DTEND"].dt, str(e["STATUS"]), int(e["SEQUENCE"])) for e in found]


def day_or_time(value: str) -> date | datetime:
    if "T" not in value:
        return date.fromisoformat(value)
    return datetime.strptime(value, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)


def read_by_the_letter(content: bytes) -> list[Entry]:
    lines = strictly(content)
    starts = [day_or_time(value) for value in values(lines, "DTSTART")]
    ends = [day_or_time(value) for value in values(lines, "DTEND")]
    sequences = [int(value) for value in values(lines, "SEQUENCE")]
    return list(zip(values(lines, "UID"), starts, ends, values(lines, "STATUS"), sequences, strict=True))


def read_by_the_grammar(content: bytes) -> list[Entry]:
    names = ("UID", "DTSTART", "DTEND", "STATUS", "SEQUENCE")
    return [tuple(part.value(name) for name in names) for part in rfc5545.read(content).parts]  # type: ignore[misc]


READERS = (read_by_icalendar, read_by_the_letter, read_by_the_grammar)


def read_by_all(content: bytes) -> list[Entry]:
    """Give what each of three readers reads, which must be the same."""
    first, *others = (reader(content) for reader in READERS)
    for other in others:
        assert other == first
    return first


@pytest.mark.parametrize("on", [date(2026, 10, 25), date(2027, 3, 28), date(2026, 12, 31), date(2028, 2, 29)])
@pytest.mark.parametrize("alarm", [None, DAY_BEFORE])
def test_every_reader_reads_the_same_days(on: date, alarm: timedelta | None) -> None:
    content = made(entry_of(replace(CLOCK, due_on=on), TODAY, alarm=alarm), *entries_of(PLAN, {}, NOW, alarm=alarm))
    assert read_by_all(content)[0][1:3] == (on, on + timedelta(days=1))
    assert b"TZID" not in content
    alarms = icalendar.Calendar.from_ical(content).walk("VALARM")
    assert [one["TRIGGER"].dt for one in alarms] == ([DAY_BEFORE] * len(alarms))
    assert bool(alarms) == (alarm is not None)


# Events of a group's own

EVENT = GroupEvent(
    GroupEventId(5),
    GuildId(1),
    GroupEventKind.MEETING,
    NASTY.splitlines()[0],
    date(2027, 3, 25),
    time(19),
    minutes=120,
    place="Town hall; upstairs, left",
    url="https://example.org/meeting",
    revision=4,
    created_at=MADE,
    updated_at=NOW,
)


def read_events(event: GroupEvent, **more: object) -> list[icalendar.cal.Component]:
    file = calendar_file(entries_of_event(event, NOW, installation=str(uuid4()), **more), "Dates", NOW)  # type: ignore[arg-type]
    read_by_all(file.content)
    return list(icalendar.Calendar.from_ical(file.content).walk("VEVENT"))


def test_an_event_has_its_time_in_utc_its_length_and_its_place() -> None:
    (found,) = read_events(EVENT, alarm=DAY_BEFORE)
    assert found["DTSTART"].dt == datetime(2027, 3, 25, 19, tzinfo=UTC)
    assert found["DTEND"].dt - found["DTSTART"].dt == timedelta(hours=2)
    assert str(found["LOCATION"]) == EVENT.place
    assert found["SEQUENCE"] == 3
    assert found["STATUS"] == "CONFIRMED"
    assert found.walk("VALARM")[0]["TRIGGER"].dt == -timedelta(days=1)
    words = f"{found['SUMMARY']} {found['DESCRIPTION']}".casefold()
    assert not any(word in words for word in ("expected", "overdue", "late", "in 1", "days"))


def test_an_event_without_a_time_is_whole_days() -> None:
    (found,) = read_events(replace(EVENT, at=None, minutes=2 * 24 * 60))
    assert (found["DTSTART"].dt, found["DTEND"].dt) == (date(2027, 3, 25), date(2027, 3, 27))


def test_the_times_of_what_repeats_keep_their_names_over_both_clock_changes() -> None:
    weekly = replace(EVENT, on=date(2026, 12, 3), repeat=Repeat.WEEKLY)
    installation = str(uuid4())
    before = {e.uid: e for e in entries_of_event(weekly, NOW, installation=installation)}
    changed = replace(
        weekly,
        moved=(Moved(date(2026, 12, 10), date(2026, 12, 11), time(18)), Moved(date(2026, 12, 17))),
        revision=5,
    )
    after = {e.uid: e for e in entries_of_event(changed, NOW, installation=installation)}
    assert before.keys() <= after.keys()
    assert [e.on.day for e in after.values() if e.cancelled] == [17]
    moved = next(e for e in after.values() if e.on == date(2026, 12, 11))
    assert before[moved.uid].on == date(2026, 12, 10)
    assert moved.starts == datetime(2026, 12, 11, 18, tzinfo=UTC)
    hours = {(e.starts.hour, e.on > date(2027, 3, 27)) for e in before.values() if e.starts is not None}
    assert hours == {(19, False), (18, True)}
    off = entries_of_event(replace(weekly, off_on=NOW.date()), NOW, installation=installation)
    assert {e.uid for e in off} == before.keys()
    assert all(e.cancelled for e in off)


def test_a_neutral_file_holds_the_days_of_events_alone() -> None:
    (found,) = read_events(EVENT, neutral=True)
    assert (str(found["SUMMARY"]), found["DTSTART"].dt) == (NEUTRAL_TITLE, date(2027, 3, 25))
    assert not {"LOCATION", "URL", "DESCRIPTION", "CATEGORIES"} & set(found)


def test_a_plain_post_is_no_date_for_a_calendar() -> None:
    assert entries_of_event(replace(EVENT, kind=GroupEventKind.POST, words="x"), NOW) == []


def in_a_calendar(*files: bytes) -> dict[str, Entry]:
    """Take files into a calendar one after the other, as RFC 5546 wants it: of one name the highest sequence counts."""
    held: dict[str, Entry] = {}
    for content in files:
        for entry in read_by_all(content):
            if entry[0] not in held or entry[4] >= held[entry[0]][4]:
                held[entry[0]] = entry
    return {uid: entry for uid, entry in held.items() if entry[3] != "CANCELLED"}


@pytest.mark.parametrize("first", [date(2026, 10, 4), date(2027, 3, 7)])
@pytest.mark.parametrize("at", [time(0, 30), time(1, 30), time(12, 0), time(23, 30)])
def test_a_calendar_that_takes_file_after_file_holds_what_is_true_over_both_clock_changes(
    first: date, at: time
) -> None:
    here = str(uuid4())
    now = datetime(first.year, first.month, first.day, tzinfo=UTC)

    def file_of(event: GroupEvent) -> bytes:
        return calendar_file(entries_of_event(event, now, installation=here), "Dates", now).content

    weekly = replace(EVENT, on=first, at=at, repeat=Repeat.WEEKLY, until=first + timedelta(days=56), revision=1)
    held = in_a_calendar(file_of(weekly))
    assert {entry[1] for entry in held.values()} == {o.starts for o in weekly.occurrences(first, 20)}
    second, third = weekly.occurrences(first + timedelta(days=1), 2)
    changed = moved(weekly, second, second.on + timedelta(days=1), time(18), now)
    changed = replace(moved(changed, third, None, None, now), revision=2)
    held = in_a_calendar(file_of(weekly), file_of(changed))
    assert {entry[1] for entry in held.values()} == {o.starts for o in changed.occurrences(first, 20)}
    ruled = replace(changed, on=first + timedelta(days=2), repeat=Repeat.FORTNIGHTLY, until=None, revision=3)
    ruled = replace(ruled, moved=under_another_rule(changed, ruled, now))
    held = in_a_calendar(file_of(weekly), file_of(changed), file_of(ruled))
    assert {entry[1] for entry in held.values()} == {o.starts for o in ruled.occurrences(first, 30)}
    off = replace(ruled, off_on=first, revision=4)
    assert in_a_calendar(file_of(weekly), file_of(changed), file_of(ruled), file_of(off)) == {}


@pytest.mark.parametrize(
    "broken",
    [
        b"BEGIN:VCALENDAR\nEND:VCALENDAR\n",
        b"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nEND:VCALENDAR\r\n",
        made(entry_of(CLOCK, TODAY)).replace(b"UID:", b"NOTE:", 1),
        made(entry_of(CLOCK, TODAY)).replace(b"SUMMARY:", b"SUMMARY:a,b ", 1),
        made(entry_of(CLOCK, TODAY)).replace(b"DTSTART;VALUE=DATE:2027", b"DTSTART;VALUE=DATE:20270101T09", 1),
        made(entry_of(CLOCK, TODAY)).replace(b"END:VEVENT\r\n", b"", 1),
        made(entry_of(CLOCK, TODAY)).replace(b"SUMMARY:", b"SUMMARY:" + b"x" * 80, 1),
    ],
)
def test_the_reader_by_the_grammar_refuses_what_is_not_a_calendar(broken: bytes) -> None:
    with pytest.raises(ValueError):
        rfc5545.read(broken)
