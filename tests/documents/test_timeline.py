"""The timeline: one truth in words and as a picture that a phone can show in either theme."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from bot.documents.timeline import ALT_LIMIT, PER_PICTURE, TimelineMaker, alt_text
from bot.domain.deadlines import Deadline, DeadlineKind
from bot.domain.identity import DeadlineId, GuildId
from bot.domain.rules import TWO_MONTHS
from bot.domain.timelines import Mark, Timeline, timeline_of

TODAY = date(2026, 11, 25)
CLOCK = Deadline(
    DeadlineId(1),
    GuildId(1),
    DeadlineKind.GOVERNMENT_RESPONSE,
    "Government response to Never Again",
    date(2021, 9, 8),
    TWO_MONTHS,
    started_on=date(2021, 7, 8),
)
HOSTILE = '#eval("1+1") $x$ @ref *bold* `raw` <label> #read("/etc/passwd") مەجلىس 委员会'
STATES = (
    replace(CLOCK, received_on=date(2021, 11, 1)),
    replace(CLOCK, started_on=None, due_on=TODAY),
    replace(CLOCK, due_on=date(2026, 10, 3), promised_on=date(2026, 12, 18), title=HOSTILE),
    replace(CLOCK, withdrawn_on=date(2021, 8, 1)),
)


def marks(deadline: Deadline) -> list[str]:
    return [point.line for point in timeline_of(deadline, TODAY).points]


def test_the_clock_of_2021_in_words() -> None:
    assert timeline_text(timeline_of(STATES[0], TODAY)) == (
        "Government response to Never Again (Answered)\n"
        "- Published: 8 July 2021\n"
        "- Expected: 8 September 2021\n"
        "- Received: 1 November 2021, 54 days late"
    )


def test_each_state_says_where_today_stands() -> None:
    assert marks(STATES[1]) == ["Expected: 25 November 2026", "Today: 25 November 2026, the day itself; not seen yet"]
    assert "Today: 25 November 2026, 23 days to the promised day" in marks(STATES[2])
    assert marks(STATES[2])[-1] == "Promised: 18 December 2026"
    assert "Ended: 1 August 2021, withdrawn" in marks(STATES[3])
    assert marks(replace(CLOCK, due_on=date(2026, 11, 3)))[-1] == "Today: 25 November 2026, 22 days overdue"
    assert marks(replace(STATES[1], due_on=date(2026, 11, 26)))[0] == "Today: 25 November 2026, 1 day to go"
    assert marks(replace(CLOCK, received_on=date(2021, 9, 8)))[-1] == "Received: 8 September 2021, on time"


def test_every_mark_has_a_shape_of_its_own() -> None:
    assert len({mark.sign for mark in Mark}) == len(Mark)


DAYS = st.dates(date(2015, 1, 1), date(2035, 12, 31))
MAYBE = st.none() | DAYS


@given(DAYS, MAYBE, MAYBE, MAYBE, MAYBE, MAYBE, DAYS)
def test_lateness_in_words_is_what_the_clock_says(
    due: date,
    started: date | None,
    promised: date | None,
    partly: date | None,
    received: date | None,
    withdrawn: date | None,
    today: date,
) -> None:
    deadline = replace(
        CLOCK, due_on=due, started_on=started, promised_on=promised, partly_on=partly, received_on=received
    )
    deadline = replace(deadline, withdrawn_on=withdrawn)
    timeline = timeline_of(deadline, today)
    assert list(timeline.points) == sorted(timeline.points, key=lambda point: point.on)
    said = timeline_text(timeline)
    if received is not None and received <= today and (withdrawn is None or withdrawn > today):
        late = (received - due).days
        assert ("on time" in said) is (late <= 0)
        assert late <= 0 or timeline.late_until == due + timedelta(days=late)
    assert "Received" not in said or (received is not None and received <= today)
    assert "in -" not in said
    assert " -" not in said.replace("\n-", "")


@pytest.mark.asyncio
async def test_the_picture_is_readable_in_both_themes() -> None:
    maker = TimelineMaker()
    made = await maker([timeline_of(deadline, TODAY) for deadline in STATES], TODAY)
    with Image.open(io.BytesIO(made.content)) as picture:
        assert picture.width == 1020
        assert picture.height <= 1.9 * picture.width, "a taller one would be shown small on a phone"
        pixels = picture.convert("RGBA")
        assert pixels.getextrema()[3] == (255, 255), "its own ground, so that neither theme shows through"
        darkest, lightest = pixels.convert("L").getextrema()
    assert lightest - darkest > 200, "dark on light, whatever lies around it"  # type: ignore[operator]
    assert "54 days late" in made.alt
    again = await maker([timeline_of(deadline, TODAY) for deadline in STATES], TODAY)
    assert again.content == made.content


@pytest.mark.asyncio
async def test_what_does_not_fit_is_counted_and_titles_are_never_read_as_markup() -> None:
    many = [timeline_of(replace(CLOCK, title=HOSTILE * 5), TODAY)] * (PER_PICTURE + 3)
    made = await TimelineMaker()(many, TODAY)
    assert made.content.startswith(b"\x89PNG")
    assert len(made.alt) <= ALT_LIMIT


def test_the_alt_text_says_it_all_and_fits() -> None:
    assert "Received: 1 November 2021, 54 days late." in alt_text([timeline_of(STATES[0], TODAY)])
    assert len(alt_text([timeline_of(replace(CLOCK, title="x" * 200), TODAY)] * 30)) <= ALT_LIMIT


def timeline_text(timeline: Timeline) -> str:
    """Write a timeline in words, a mark a line, for people who see no picture."""
    return "\n".join([f"{timeline.title} ({timeline.state})", *(f"- {point.line}" for point in timeline.points)])
