"""What a clock's posts say of the report behind it, and where they lead."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from bot.chat.post_buttons import buttons_for
from bot.domain.deadlines import Deadline, DeadlineKind
from bot.domain.identity import GuildId
from bot.domain.reminders import ReminderKind
from bot.domain.reports import Answer, AnswerStatus, Confidence, Recommendation
from bot.resources import templates_folder
from bot.services.delivery.gists import gists_from
from bot.services.delivery.words import BODY_LIMIT, MessageWriter
from bot.services.reports import ReportService
from bot.templating import JinjaTemplates
from tests.builders import MARSHES, opened, recommendation, report
from tests.services.delivery.test_words import DEADLINE, NOW, SETTINGS, plan, told

CLOCK = replace(DEADLINE, report=MARSHES)
LINE = "mend the dykes around the salt marshes"
Writers = Callable[..., MessageWriter]
REFUSED = Answer(AnswerStatus.NOT_AGREED, on=date(2021, 9, 19), confidence=Confidence.READ)


WROTE = recommendation(1, letter_line=LINE, answer=REFUSED), recommendation(2)
MORNING = datetime(2021, 9, 20, 8, tzinfo=UTC)


@pytest.fixture
def writer(empty_database: Path, tmp_path: Path) -> Writers:
    """Give what makes a writer over a report of some rows."""

    def over(*rows: Recommendation) -> MessageWriter:
        held = report(published_on=date(2021, 7, 8), as_of=date(2021, 9, 20), recommendations=rows or WROTE)

        async def reports() -> ReportService:
            async with opened(empty_database, tmp_path, held, now=MORNING) as desk:
                return desk.reports

        return MessageWriter(JinjaTemplates(templates_folder()), buttons_for, gists_from(asyncio.run(reports())))

    return over


def said(writer: MessageWriter, kind: ReminderKind, deadline: Deadline) -> str:
    return writer.freeze(plan(told(kind, deadline)), NOW).text


@pytest.mark.parametrize("kind", [ReminderKind.BEFORE, ReminderKind.DUE, ReminderKind.OVERDUE])
def test_a_clocks_post_says_what_was_asked(writer: Writers, kind: ReminderKind) -> None:
    text = said(writer(), kind, CLOCK)
    assert "What the committee asked for:\n- Mend the dykes around the salt marshes (recommendation 1)" in text
    assert "- Mend dyke 2 (recommendation 2)" in text
    assert "not agreed" not in text


def test_the_last_post_says_what_was_answered(writer: Writers) -> None:
    text = said(writer(), ReminderKind.ANSWERED, replace(CLOCK, received_on=date(2021, 9, 19)))
    assert "- Mend the dykes around the salt marshes (recommendation 1): **not agreed**" in text
    assert "Answers so far: 1 not agreed; 1 not recorded yet." in text
    unread = writer(recommendation(1, letter_line=LINE)).freeze(
        plan(told(ReminderKind.ANSWERED, replace(CLOCK, received_on=date(2021, 9, 19)))), NOW
    )
    assert "The answers to each recommendation aren't recorded yet." in unread.text


def test_a_clock_without_a_report_that_is_here_says_when_and_not_what(writer: Writers) -> None:
    for deadline in (
        DEADLINE,
        replace(CLOCK, report="gone"),  # type: ignore[arg-type]
        replace(CLOCK, kind=DeadlineKind.OWN_DATE),
        replace(CLOCK, guild_id=GuildId(2), report="elsewhere"),  # type: ignore[arg-type]
    ):
        text = said(writer(), ReminderKind.DUE, deadline)
        assert "asked" not in text
        assert text.startswith("**Response to Salt Marshes**")


def test_a_group_at_risk_hears_nothing_of_what_was_asked(writer: Writers) -> None:
    quiet = replace(SETTINGS, high_risk=True)
    for kind in ReminderKind:
        if kind in (ReminderKind.NOTICE, ReminderKind.ACTION):
            continue
        made = writer().freeze(plan(told(kind, CLOCK, text=""), settings=quiet), NOW)
        assert "dyke" not in made.text.casefold()
        assert "Marshes" not in made.text
        assert [button.label for button in made.buttons] == ["Why this message?"]


def test_a_report_that_cannot_be_read_costs_the_lines_and_not_the_reminder(caplog: pytest.LogCaptureFixture) -> None:
    def broken(deadline: Deadline, today: date) -> None:
        raise RuntimeError("no such table")

    made = MessageWriter(JinjaTemplates(templates_folder()), gists=broken).freeze(plan(told(deadline=CLOCK)), NOW)
    assert "overdue: expected by 8 September 2021" in made.text
    assert "the post goes out without it" in caplog.text


def test_the_longest_lines_fit_a_post(writer: Writers) -> None:
    rows = [recommendation(n, letter_line="mend_*the* dykes " * 40) for n in range(1, 9)]
    text = writer(*rows).freeze(plan(told(ReminderKind.OVERDUE, CLOCK)), NOW).text
    assert len(text) <= BODY_LIMIT
    assert "\\*the\\*" in text


@pytest.mark.parametrize(
    ("kind", "labels"),
    [
        (ReminderKind.BEFORE, ["Read what was asked", "Calendar file"]),
        (ReminderKind.DUE, ["Read what was asked", "Calendar file"]),
        (ReminderKind.OVERDUE, ["Write to my MP about it", "Read what was asked", "Calendar file"]),
        (ReminderKind.ANSWERED, ["Read what was asked", "Write to my MP"]),
        (ReminderKind.PROMISED, []),
    ],
)
def test_a_post_leads_to_the_card_the_letter_and_the_calendar(
    writer: Writers, kind: ReminderKind, labels: list[str]
) -> None:
    made = writer().freeze(plan(told(kind, CLOCK)), NOW)
    assert [button.label for button in made.buttons] == [*labels, "Why this message?"]


def test_two_reports_in_one_post_lead_nowhere_by_guess(writer: Writers) -> None:
    other = replace(CLOCK, report="other")  # type: ignore[arg-type]
    made = writer().freeze(plan(told(ReminderKind.DUE, CLOCK), told(ReminderKind.DUE, other)), NOW)
    assert [button.label for button in made.buttons] == ["Why this message?"]
