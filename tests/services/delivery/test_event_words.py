"""What Postbag posts of an event of a group's own: when, where, and never that it is late."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest

from bot.domain.dates.repeats import Repeat
from bot.domain.group_events import GroupEvent, GroupEventKind, Moved, rung_of
from bot.domain.guilds import GuildSettings
from bot.domain.identity import ChannelId, DeliveryId, GroupEventId, GuildId, ReminderId, RoleId
from bot.domain.messages import OutgoingMessage
from bot.domain.reminders import CivilTime, Reminder, ReminderKind, Target
from bot.resources import templates_folder
from bot.services.delivery.explained import explain
from bot.services.delivery.words import MessageWriter
from bot.services.ports.deliveries import DeliveryPlan, DeliveryRecord, DueReminder
from bot.templating import JinjaTemplates

NOW = datetime(2026, 12, 1, 9, tzinfo=UTC)
WRITER = MessageWriter(JinjaTemplates(templates_folder()))
SETTINGS = GuildSettings(GuildId(1), high_risk=False, ping_role_id=RoleId(9))
EVENT = GroupEvent(
    GroupEventId(1),
    GuildId(1),
    GroupEventKind.MEETING,
    "Branch *meeting*",
    date(2026, 12, 8),
    time(19),
    minutes=120,
    place="Town hall",
    url="https://example.org/meeting",
)
LATE_WORDS = ("overdue", "late", "owed", "expected", "answer", "deadline")


def due(offset: int, event: GroupEvent | None = EVENT, **changes: Any) -> DueReminder:
    on = NOW.date()
    civil = CivilTime(on, time(9), "Europe/London")
    base = Reminder(ReminderId(1), ReminderKind.EVENT, rung_of(offset), NOW, civil, guild_id=GuildId(1), for_day=on)
    return DueReminder(replace(base, **changes), event=event)


def news(rung: str, day: date | None, event: GroupEvent) -> DueReminder:
    return due(0, event, kind=ReminderKind.EVENT_NEWS, rung=rung, for_day=day)


def written(*found: DueReminder, settings: GuildSettings = SETTINGS, **more: Any) -> OutgoingMessage:
    return WRITER.freeze(DeliveryPlan(Target(GuildId(1), ChannelId(2)), found, settings, key="k" * 20, **more), NOW)


def test_a_post_says_when_where_and_how_far_off() -> None:
    assert written(due(-7)).text == (
        "**Branch \\*meeting\\*: in 7 days**\n"
        "Tuesday 8 December 2026, 7pm to 9pm.\n"
        "Where: Town hall\n"
        "More: <https://example.org/meeting>"
    )
    today = replace(EVENT, on=NOW.date())
    assert written(due(0, today)).text.startswith(
        "**Branch \\*meeting\\*: today**\nTuesday 1 December 2026, 7pm to 9pm."
    )
    closing = replace(EVENT, kind=GroupEventKind.CONSULTATION, on=date(2026, 12, 2), place="", url="")
    assert written(due(-1, closing)).text.startswith("**Branch \\*meeting\\*: closes tomorrow**")
    weekly = replace(EVENT, on=date(2026, 12, 1), repeat=Repeat.WEEKLY)
    assert "7pm to 9pm, every Tuesday." in written(due(0, weekly)).text


def test_days_before_the_day_are_shown_and_notify_nobody() -> None:
    eve = written(due(-7))
    assert (eve.silent, eve.ping_role) == (True, None)
    assert OutgoingMessage.from_bytes(eve.to_bytes()) == eve
    day = written(due(0, replace(EVENT, on=NOW.date())))
    assert (day.silent, day.ping_role) == (False, RoleId(9))
    assert not written(due(-7, replace(EVENT, aloud=True))).silent


def test_a_plain_post_is_in_its_own_words() -> None:
    post = replace(EVENT, kind=GroupEventKind.POST, words="Branch call at *9*.\nBring @everyone")
    assert written(due(0, post)).text == "Branch call at \\*9\\*.\nBring @\u200beveryone"


def test_news_says_what_is_so_now() -> None:
    moved = replace(EVENT, on=date(2026, 12, 10))
    assert written(news("news", date(2026, 12, 10), moved)).text.startswith(
        "**Changed: Branch \\*meeting\\***\nThursday 10 December 2026, 7pm to 9pm. This replaces what earlier messages said."
    )
    off = replace(EVENT, off_on=NOW.date())
    assert written(news("off", None, off)).text == (
        "**Called off: Branch \\*meeting\\***\nPostbag won't post anything else about it."
    )
    weekly = replace(EVENT, repeat=Repeat.WEEKLY, moved=(Moved(date(2026, 12, 8)),))
    assert written(news("off", date(2026, 12, 8), weekly)).text == (
        "**Branch \\*meeting\\*: not on 8 December 2026**\nThe next one: Tuesday 15 December 2026, 7pm to 9pm."
    )
    assert not written(news("off", date(2026, 12, 8), weekly)).silent


def test_several_pieces_of_news_are_listed_each_with_what_it_says() -> None:
    weekly = replace(
        EVENT, repeat=Repeat.WEEKLY, moved=(Moved(date(2026, 12, 8)), Moved(date(2026, 12, 15), date(2026, 12, 16)))
    )
    text = written(news("off", date(2026, 12, 8), weekly), news("news", date(2026, 12, 16), weekly)).text
    assert "not on 8 December 2026" in text
    assert "changed to Wednesday 16 December 2026" in text


def test_an_outage_is_one_line_for_each_event_and_none_where_it_is_spoken_of() -> None:
    weekly = replace(EVENT, on=date(2026, 12, 1), repeat=Repeat.WEEKLY)
    other = replace(weekly, group_event_id=GroupEventId(2), title="Lobby day")
    alone = written(due(0, weekly), expired=(due(-1, weekly),))
    assert alone.text.startswith("**Branch \\*meeting\\*: today**")
    missed = written(expired=(due(-7, other), due(-1, other), due(0, other)))
    assert missed.text.count("Lobby day") == 1
    assert "Now: Next: " in missed.text


def test_a_group_at_risk_reads_nothing_but_that_there_is_something() -> None:
    at_risk = replace(SETTINGS, high_risk=True)
    post = replace(EVENT, kind=GroupEventKind.POST, words="Secret words", on=NOW.date())
    for found, said in (
        (due(-7), "is coming up"),
        (due(0, replace(EVENT, on=NOW.date())), "is today"),
        (due(0, post), "is today"),
        (news("off", None, replace(EVENT, off_on=NOW.date())), "has news"),
    ):
        assert written(found, settings=at_risk).text == f"A date your group is watching {said}. Open /deadlines list."


def test_why_this_message_names_the_event_its_rule_and_when_it_is() -> None:
    record = DeliveryRecord(
        DeliveryId(1), "k", "sent", "channel", Target(GuildId(1), ChannelId(2)), NOW, NOW, NOW, "", (due(-7),), (), ()
    )
    (item,) = explain(record, NOW).items
    assert item.title == EVENT.title
    assert item.about == "A reminder of an event: 7 days before"
    assert item.working == ("When: Tuesday 8 December 2026, 7pm to 9pm, in 7 days", "Place: Town hall")
    assert item.source_url == EVENT.url


@pytest.mark.parametrize("days", [0, 3, 40, 4000])
@pytest.mark.parametrize("kind", GroupEventKind)
def test_nothing_about_an_event_is_ever_late(kind: GroupEventKind, days: int) -> None:
    event = replace(EVENT, title="Vote", kind=kind, words="Words", on=NOW.date() - timedelta(days=days))
    told = (due(0, event), due(-7, event), news("news", event.on, event), news("off", event.on, event))
    for found in told:
        for text in (written(found).text, written(found, found).text, written(expired=(found,)).text):
            assert not any(word in text.casefold() for word in LATE_WORDS), text


def test_an_event_that_can_no_longer_be_read_costs_its_words_alone() -> None:
    assert written(due(0, None)).text == "A reminder is due. Open /deadlines list to see what it's about."
