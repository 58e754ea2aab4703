"""What may be kept of an event of a group's own: what was typed is read and checked before anything is planned by it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from bot.domain.dates.folding import as_typed, fold
from bot.domain.dates.moments import NO_DAY_GIVEN, NO_TIME_GIVEN, Which, begin_of_series, read_moment, say_moment
from bot.domain.dates.one_day import read_day
from bot.domain.dates.ranges import only_end, without_range
from bot.domain.dates.repeats import Repeat, Wording, first_time, needs_last_day, read_repeat
from bot.domain.dates.times import read_time, say_time, times_in
from bot.domain.dates.words import ANY_MONTH, ANY_WEEKDAY, COUNTS, MONTHS, WEEKDAYS
from bot.domain.deadline_checks import clean_link, clean_title
from bot.domain.deadlines import days
from bot.domain.errors import Refused, Unreadable
from bot.domain.group_events import (
    EVENT_BACK,
    EVENTS_AHEAD,
    LONGEST_MINUTES,
    MOVES_KEPT,
    PLACE_LIMIT,
    SINGLE,
    WORDS_LIMIT,
    GroupEvent,
    GroupEventKind,
    Moved,
    Occurrence,
    repeat_words,
)
from bot.domain.ladders import LADDER_REACH, MOST_RUNGS
from bot.domain.plain_text import tidy_text, without_invisible_signs
from bot.domain.reminders import CivilTime
from bot.domain.reports import long_date

EXAMPLES = "For example: 8 December 7pm to 9pm, next Friday, every first Tuesday at 7pm for 2 hours, every Monday 9am until 1 June."
NO_TIME = (time(23, 58), time(23, 59))
"""Two hours that nobody types: where a reading differs between them, no time of day was given."""

_CLOCK = r"(?:[0-9]{1,2}(?:[:.][0-9]{2})? ?(?:am|pm)?|noon|midnight)"
_TO = re.compile(rf"\A(?P<before>.*\S) ?(?:\b(?:to|till|til|until)\b|[-–—]) ?(?P<end>{_CLOCK})(?P<rest>.*)")
_FOR = re.compile(
    r"\A(?P<before>.*?)\bfor (?P<count>[0-9]{1,4}(?:\.[0-9]{1,2})?|an?|half an) ?"
    r"(?P<unit>hours?|hrs?|h|minutes?|mins?|days?)\b(?P<half> and a half)?(?P<rest>.*)"
)
_LASTS = re.compile(
    r"\A(?P<before>[^\n]{1,80}(?:[0-9](?:am|pm)|[:.][0-5][0-9]|noon)) \(?(?:lasting |lasts )?"
    r"(?P<count>[0-9]{1,4}(?:\.[0-9]{1,2})?|an) ?(?P<unit>hours?|hrs?|h|minutes?|mins?)(?P<half> and a half)?\)?(?P<rest>)"
)
"""A length without "for", behind a time: 7pm, 2 hours."""
_BARE = r"(?:0?[1-9]|1[0-2])"
_BARE_RANGE = re.compile(
    rf"(?:(?<=[a-z0-9] )|\A(?=[0-9.:]+ to ))(?P<hour>{_BARE})(?P<minute>[:.][0-5][0-9])? ?(?:\b(?:to|till|til)\b|[-–—]) ?"
    rf"(?P<end>{_BARE})(?P<last>[:.][0-5][0-9])?(?= (?:on|every|each|until|from|tomorrow|today|next|this|{ANY_WEEKDAY})\b| ?\Z)"
)
"""Two figures that are hours, or the day and month of a date without its year: 7-9."""
_A_NUMBER = r"[0-9]{1,2}(?:st|nd|rd|th)?"
_DAYS = re.compile(
    rf"(?:from )?(?:(?P<weekday>{ANY_WEEKDAY}) )?(?P<first>{_A_NUMBER}(?:(?: of)? (?:{ANY_MONTH}))?)(?P<begun> 20[0-9]{{2}})? ?"
    rf"(?P<to>\b(?:to|till|til|until|and)\b|-|&) ?(?:(?P<ending>{ANY_WEEKDAY}) )?"
    rf"(?P<last>{_A_NUMBER}(?: of)? (?:{ANY_MONTH}))(?: (?P<year>20[0-9]{{2}}))?"
)
"""Days from one to another: 8-10 December, Friday 30 December to Monday 2 January."""
_LENGTH_WORD = re.compile(
    r"(?:[0-9]{1,4}(?:\.[0-9]{1,2})?)?(?P<unit>h|hrs?|hours?|m|mins?|minutes?|days?|weeks?|months?)"
    r"|[0-9]{1,4}(?:\.[0-9]{1,2})?|an?|and|half|quarter|of|1/2"
)
_FROM = re.compile(rf"\bfrom (?=[0-9]{{1,2}}(?:[:.][0-9]{{2}})? ?(?:am|pm)?\b(?! ?(?:{ANY_MONTH})))")
_STARTING = re.compile(r" ?\b(?:from|starting(?: on| from)?|beginning(?: on)?) (?P<day>.{1,100}?)(?= until |$)")
_WORDS = {**COUNTS, "half an": 0.5}
A_DAY = 24 * 60
_UNITS = {"h": 60, "m": 1, "d": A_DAY}


@dataclass(frozen=True, slots=True)
class When:
    """When an event takes place, as it was understood. ``assumed`` says what was added, a sentence each."""

    on: date
    at: time | None
    minutes: int = 0
    repeat: Repeat = Repeat.ONCE
    until: date | None = None
    assumed: tuple[str, ...] = ()
    by_clock: bool = False
    """Whether its end was typed, not its length."""


def read_when(text: str, now: datetime, zone: str) -> When:
    """Read "every first Tuesday 7pm to 9pm until 30 June". Refused: it isn't clear, does not exist or has gone by."""
    if not text.strip():
        raise Refused("You haven't given a day.", EXAMPLES)
    today = now.astimezone(ZoneInfo(zone)).date()
    rest, length, end = _length(fold(text[:400]), today)
    rest, starts_on = _start(rest, today)
    wording = read_repeat(rest)
    if wording.repeat in (Repeat.DAILY, Repeat.WEEKDAYS) and length > A_DAY:
        raise needs_last_day()  # "every day for 3 days" says how often it comes, not how long each lasts
    if not length and end is None and _is_length(wording):
        raise _no_start()
    if wording.until and wording.repeat is Repeat.ONCE:
        raise _nothing_repeats(wording.until)
    since = datetime.combine(starts_on - timedelta(days=1), NO_TIME[1], ZoneInfo(zone)) if starts_on else now
    # "every year from 8 July" has no day but the one that it starts on; "in 1 year" would count from there.
    day = f"{starts_on:%-d %B %Y}" if starts_on and wording.is_bare else wording.first
    readings = [_read(day, since, zone, usual, text, wording.repeat) for usual in NO_TIME]
    untrue = (NO_TIME_GIVEN, NO_DAY_GIVEN) if starts_on else NO_TIME_GIVEN
    assumed = tuple(note for note in readings[0][1] if not note.startswith(untrue))
    first = readings[0][0]
    at = first.at if first.at == readings[1][0].at else None
    if end is not None and at is None:
        raise only_end()
    minutes = length if end is None or at is None else _until(at, end)
    if at is None and minutes % A_DAY:
        raise _no_start()
    if not 0 <= minutes <= LONGEST_MINUTES:
        raise Refused("An event can last up to 14 days.", "Make it shorter, or add two events.")
    begins = first_time(first, wording.repeat)
    until = read_day(wording.until, today) if wording.until else None
    if until is not None and until < begins.on:
        raise Refused("The last day is before the first.", "Give a later last day, or none.")
    if begins.on != first.on:
        assumed = (*assumed, "The first one is on the first day that fits.")
    return When(begins.on, at, minutes, wording.repeat, until, assumed, end is not None and at is not None)


def _is_length(wording: Wording) -> bool:
    """Tell whether nothing but a length was said: "every week 3 hours" is no time three hours from now."""
    if times_in(wording.first):
        return False  # weekdays 1930hrs
    found = [_LENGTH_WORD.fullmatch(word) for word in wording.first.split()]
    units = [word["unit"][0] for word in found if word is not None and word["unit"]]
    if None in found or not units:
        return False
    return wording.repeat is not Repeat.ONCE or all(unit == "h" for unit in units)


def _no_start() -> Refused:
    return Refused("Postbag found how long it lasts, but not when it starts.", "Give both: 8 December 7pm for 2 hours.")


def _nothing_repeats(until: str) -> Refused:
    """Refuse "8 December 7pm until 30 June": either it comes again and that was not said, or it lasts for days."""
    with suppress(Refused):
        if not re.fullmatch(r"20[0-9]{2}", until) and read_time(until):
            return only_end()
    return Refused(
        "Only an event that repeats has a last day.",
        "Add how often, for example every Tuesday 7pm until 30 June, or leave the last day out.",
    )


def _start(words: str, today: date) -> tuple[str, date | None]:
    """Take off the day from which something repeats, so that the rest is read as seen from there."""
    found = _STARTING.search(words)
    if found is None or read_repeat(f"{words[: found.start()]}{words[found.end() :]}").repeat is Repeat.ONCE:
        return words, None
    try:
        starts_on = read_day(found["day"], today)
    except Refused:
        return words, None
    return f"{words[: found.start()]}{words[found.end() :]}".strip(), starts_on


def _read(
    words: str, now: datetime, zone: str, usual: time, typed: str, repeat: Repeat
) -> tuple[CivilTime, tuple[str, ...]]:
    try:
        found = begin_of_series(read_moment(words, now, zone, usual=usual), repeat)
    except Unreadable as error:
        raise Unreadable(f"Postbag couldn't read a day in that: {as_typed(typed)}.", EXAMPLES) from error
    if isinstance(found, Which):
        said = list(dict.fromkeys(_moment_words(moment.civil, usual) for moment in found.choices))
        raise Refused("That can mean more than one day or time.", f"Type the one you mean: {' or '.join(said[:4])}.")
    return found.civil, found.assumed


def _moment_words(civil: CivilTime, usual: time) -> str:
    return say_moment(civil).partition(" on ")[2] if civil.at == usual else say_moment(civil)


def _length(words: str, today: date) -> tuple[str, int, time | None]:
    """Take the length off the words: as minutes, or as the time at which it ends."""
    words, ends = without_range(words)
    if ends is not None:
        return words, 0, ends
    if (several := _several_days(words, today)) is not None:
        return (*several, None)
    if found := _FOR.fullmatch(words) or _LASTS.fullmatch(words):
        count = _WORDS.get(found["count"]) or float(found["count"])
        minutes = round((count + (0.5 if found["half"] else 0)) * _UNITS[found["unit"][0]])
        return f"{found['before']} {found['rest']}".strip(), minutes, None
    _no_bare_range(words)
    if found := _TO.fullmatch(words):
        try:
            end = read_time(_with_half(found["end"].strip(), found["before"]))
        except Refused:
            return words, 0, None
        rest = found["rest"].strip()
        if rest and not rest.startswith(("until", "from", "on", "every", "each")) and not _day_follows(rest):
            return words, 0, None
        before = _begin(found["before"], found["end"].strip())
        return (f"{_FROM.sub('', before)} {rest}".strip(), 0, end) if before is not None else (words, 0, None)
    return _FROM.sub("", words), 0, None


def _several_days(words: str, today: date) -> tuple[str, int] | None:
    """Read "8 to 10 December" or "30 December - 2 January" as its first day, and how long it lasts in minutes."""
    found = _DAYS.fullmatch(words)
    if found is None:
        return None
    first, year = found["first"], found["begun"] or found["year"] or ""
    ends_in, begins_in = (
        MONTHS[month[0]] if (month := re.search(ANY_MONTH, side)) else 0 for side in (found["last"], first)
    )
    if not begins_in:
        first = f"{first} {re.search(ANY_MONTH, found['last'])[0]}"  # type: ignore[index]
    elif found["year"] and not found["begun"] and begins_in > ends_in:
        year = str(int(year) - 1)  # 30 December to 2 January 2027
    begins = read_day(" ".join(f"{found['weekday'] or ''} {first} {year}".split()), today)
    ends = read_day(f"{found['last']} {found['year'] or ''}".strip(), begins)
    if found["ending"] and WEEKDAYS[found["ending"]] != ends.weekday():
        raise Refused(f"{long_date(ends)} is a {ends:%A}.", "Check the day and the date, and give one that agree.")
    if found["to"] in ("and", "&") and ends - begins != timedelta(days=1):
        raise Refused("Those are days apart.", "Add an event for each of them.")
    if not begins < ends <= begins + timedelta(days=LONGEST_MINUTES // A_DAY):
        raise Refused("An event can last up to 14 days.", "Check both dates: 8 to 10 December.")
    return f"{begins.day} {begins:%B %Y}", ((ends - begins).days + 1) * A_DAY


def _no_bare_range(words: str) -> None:
    """Refuse "Tuesday 7 to 9" without am or pm, which also reads as nine minutes, or as 7 September."""
    found = _BARE_RANGE.search(words)
    if found is None or re.search(rf"(?<![0-9] )(?<![0-9]th )\b(?:{ANY_MONTH}) \Z", words[: found.start()]):
        return  # December 3 to 5 is days
    if (found["minute"] and found["last"]) or (":" in found[0] and found["hour"].startswith("0")):
        return
    begin, end = int(found["hour"]), int(found["end"])
    half, other = ("am", "pm") if 8 <= begin < 12 else ("pm", "am")
    closing = half if end % 12 > begin % 12 else other
    said = f"{begin}{found['minute'] or ''}{half} to {end}{found['last'] or ''}{closing}".replace(":", ".")
    raise Refused("Postbag can't tell morning from evening in those times.", f"Add am or pm, for example {said}.")


def _day_follows(rest: str) -> bool:
    return bool(re.match(rf"(?:tomorrow|today|next|this|{ANY_WEEKDAY}|[0-9]{{1,2}}(?:st|nd|rd|th)? )", rest))


def _begin(before: str, end: str) -> str | None:
    """Give the words for the beginning, with the half of the day that "7-9pm" names once. None: no time is in them."""
    last = re.search(rf"(?:^|\s)(?P<at>{_CLOCK})$", before)
    if last is None:
        return None
    if int((re.match(r"[0-9]+", last["at"]) or "0")[0]) > 23 or re.search(
        rf"\b(?:{ANY_MONTH}) ?\Z", before[: last.start()]
    ):
        return None  # 8 Dec 27 - 7pm, Dec 8 - 7pm
    half = re.search(r"(?:am|pm)$", end)
    if half is None or re.search(r"am|pm|noon|midnight|[:.]", last["at"]):
        return before
    number = int(re.match(r"[0-9]+", last["at"])[0])  # type: ignore[index]
    until = int(re.match(r"[0-9]+", end)[0])  # type: ignore[index]
    named = half[0] if number % 12 <= until % 12 else ("am" if half[0] == "pm" else "pm")
    return f"{before.rstrip()}{named}"


def _with_half(end: str, before: str) -> str:
    """Give an end its half of the day where its beginning alone has one: ``7pm to 9``."""
    if re.search(r"am|pm|noon|midnight|[:.]", end):
        return end
    begin = re.search(r"(?P<hour>[0-9]{1,2})(?:[:.][0-9]{2})? ?(?P<half>am|pm)$", before)
    if begin is None or not end.isdecimal() or not 1 <= int(end) <= 12:
        return end
    later = int(end) % 12 > int(begin["hour"]) % 12
    return f"{end}{begin['half'] if later else ('pm' if begin['half'] == 'am' else 'am')}"


def _until(at: time, end: time) -> int:
    minutes = (end.hour - at.hour) * 60 + end.minute - at.minute
    return minutes if minutes > 0 else minutes + 24 * 60


def checked(event: GroupEvent) -> GroupEvent:
    """Give an event with its words made clean. Refused: they are missing or too long."""
    place = " ".join(without_invisible_signs(event.place).split())
    if len(place) > PLACE_LIMIT:
        raise Refused(f"That place has {len(place)} characters.", f"Use at most {PLACE_LIMIT}.")
    words = tidy_text(event.words).strip()
    if len(words) > WORDS_LIMIT:
        raise Refused(f"That post has {len(words)} characters.", f"Use at most {WORDS_LIMIT}.")
    if event.kind is GroupEventKind.POST and not words:
        raise Refused("A post needs words.", "Type what Postbag should post.")
    return replace(event, title=clean_title(event.title), place=place, words=words, url=clean_link(event.url))


def checked_days(ladder: Sequence[int]) -> tuple[int, ...]:
    """Give the days before an event on which to remind. Refused: one lies after it, when there's nothing left to remind of."""
    rungs = tuple(sorted(set(ladder)))
    if any(day > 0 for day in rungs):
        raise Refused(
            "An event is never overdue, so Postbag posts nothing after it.",
            "Use days before it and 0 for the day itself: -7, -1, 0.",
        )
    if not rungs or len(rungs) > MOST_RUNGS or rungs[0] < -LADDER_REACH:
        raise Refused(
            f"Give 1 to {MOST_RUNGS} days, each within {LADDER_REACH} of the event.", "For example: -7, -1, 0."
        )
    return rungs


TIMES_IN_FILES = 90
"""Times of a rule that calendar files may have held, one that is two months old, too, where it comes every day."""

MOST_LEFT_OUT = 300


def days_words(ladder: Sequence[int], *, aloud: bool) -> str:
    """Say when a group is reminded of an event: ``7 days before, 1 day before (silently), on the day``."""
    silent = "" if aloud else " (silently)"
    return ", ".join(f"{days(-day)} before{silent}" if day else "on the day" for day in sorted(ladder))


def moved(event: GroupEvent, occurrence: Occurrence, on: date | None, at: time | None, now: datetime) -> GroupEvent:
    """Give the event with one occurrence at another time, or (``on`` None) left out. Refused: it is past, or there is one then."""
    today = event.local_day(now)
    if on is not None:
        taken = event.occurrence_on(on)
        if on < today or CivilTime(on, at or time(23, 59), event.zone).instant() <= now:
            raise Refused("That time has passed.", "Give a time in the future.")
        if taken is not None and taken.for_day != occurrence.for_day:
            raise Refused("There's already one on that day.", "Choose another day, or skip this one.")
    kept = tuple(
        move
        for move in event.moved
        if move.for_day != occurrence.for_day
        and (move.for_day == SINGLE or max(move.for_day, move.on or move.for_day) >= today - MOVES_KEPT)
    )
    if (on, at) == (occurrence.for_day, event.at):
        return replace(event, moved=kept)
    return replace(event, moved=tuple(sorted((*kept, Moved(occurrence.for_day, on, at)), key=lambda m: m.for_day)))


def under_another_rule(known: GroupEvent, changed: GroupEvent, now: datetime) -> tuple[Moved, ...]:
    """Give the moved times of an event whose days were changed: those that its new rule still has, and as left out the days that
    calendars may have of the old one."""
    since = changed.local_day(now) - MOVES_KEPT
    if not (known.repeats or changed.repeats):
        return known.moved
    kept, gone = [], set()
    for move in known.moved:
        was_by_rule = move.for_day != SINGLE and known.repeats and known.takes_place_by_rule(move.for_day)
        if was_by_rule and changed.repeats and changed.takes_place_by_rule(move.for_day):
            kept.append(move)
        elif move.for_day == SINGLE or move.for_day >= since:
            gone.add(move.for_day)
    if known.repeats:
        newest = known.occurrences(changed.local_day(now) - EVENT_BACK, EVENTS_AHEAD)
        last = newest[-1].for_day if newest else since
        gone |= {o.for_day for o in known.occurrences(since, TIMES_IN_FILES) if o.for_day <= last}
    else:
        gone.add(SINGLE)
    held = {move.for_day for move in kept}
    for day in sorted(gone - held):
        again = day == SINGLE and not changed.repeats
        if again or (day != SINGLE and changed.repeats and changed.takes_place_by_rule(day)):
            continue
        kept.append(Moved(day))
    return tuple(sorted(kept, key=lambda move: move.for_day))[-MOST_LEFT_OUT:]


def when_words(event: GroupEvent) -> str:
    """Write when an event takes place so that it can be read again: what a form is filled with."""
    at = ""
    if event.at is not None:
        at = f" {_clock(event.at)}"
        if event.minutes and event.minutes < A_DAY and not event.by_clock:
            at += f" for {_length_words(event.minutes)}"
        elif event.minutes and event.minutes < A_DAY:
            end = (datetime.combine(event.on, event.at) + timedelta(minutes=event.minutes)).time()
            at += f" to {_clock(end)}"
    if event.minutes >= A_DAY:
        whole, part = divmod(event.minutes, A_DAY)
        at += f" for {f'{event.minutes / 60:.2f}'.rstrip('0').rstrip('.')} hours" if part else f" for {days(whole)}"
    until = f" until {event.until.day} {event.until:%B %Y}" if event.until is not None else ""
    if not event.repeats:
        return f"{event.on.day} {event.on:%B %Y}{at}"
    said = repeat_words(replace(event, until=None)).partition(",")[0]
    return f"{said}{at} from {event.on.day} {event.on:%B %Y}{until}"


def _length_words(minutes: int) -> str:
    hours, rest = divmod(minutes, 60)
    return f"{minutes} minutes" if rest else f"{hours} hour{'' if hours == 1 else 's'}"


def _clock(at: time) -> str:
    return f"{at:%H:%M}" if at.minute or not at.hour else say_time(at)
