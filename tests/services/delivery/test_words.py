from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain import reminders as domain_reminders
from bot.domain.deadlines import Deadline, DeadlineKind, NoteKind, OwnLadder
from bot.domain.guilds import GuildSettings
from bot.domain.identity import ChannelId, DeadlineId, DeliveryId, GuildId, PersonId, ReminderId, RoleId
from bot.domain.messages import MESSAGE_LIMIT, MessageButton
from bot.domain.reminders import THIS_WEEK, CivilTime, Reminder, ReminderKind, Target
from bot.domain.rules import TWO_MONTHS
from bot.resources import templates_folder
from bot.services.delivery import words
from bot.services.delivery.event_words import EVENT_KINDS
from bot.services.delivery.explained import _NOTICES, explain
from bot.services.delivery.words import BODY_LIMIT, NEUTRAL_LINE, MessageWriter, shorten
from bot.services.ladders import ANNOUNCEMENTS, RUNGS
from bot.services.ports.deliveries import DeliveryPlan, DeliveryRecord, DueReminder, LedgerEntry
from bot.templating import JinjaTemplates
from storage.reminders import claim

NOW = datetime(2021, 9, 20, 8, 0, tzinfo=UTC)
WRITER = MessageWriter(JinjaTemplates(templates_folder()))
CHANNEL = Target(GuildId(1), ChannelId(2))
SETTINGS = GuildSettings(GuildId(1), high_risk=False, ping_role_id=RoleId(9))
DEADLINE = Deadline(
    DeadlineId(1),
    GuildId(1),
    DeadlineKind.GOVERNMENT_RESPONSE,
    "Response to Salt Marshes",
    date(2021, 9, 8),
    TWO_MONTHS,
    started_on=date(2021, 7, 8),
    source_title="Salt Marshes",
    source_url="https://example.org/report",
)
STATES = {
    "running": replace(DEADLINE, due_on=date(2021, 10, 8)),
    "today": replace(DEADLINE, due_on=date(2021, 9, 20)),
    "overdue": DEADLINE,
    "promised": replace(DEADLINE, promised_on=date(2021, 10, 1), promised_url="https://example.org/promise"),
    "answered": replace(DEADLINE, received_on=date(2021, 9, 19), received_url="https://example.org/answer"),
    "partly": replace(DEADLINE, partly_on=date(2021, 9, 19)),
    "withdrawn": replace(DEADLINE, withdrawn_on=date(2021, 9, 19)),
    "lapsed": replace(DEADLINE, lapsed_on=date(2021, 9, 19)),
    "own": replace(DEADLINE, kind=DeadlineKind.OWN_DATE, source_url=""),
}
BLAME = re.compile(r"breach|illegal|unlawful|must answer|failed|owed", re.IGNORECASE)


def told(kind: ReminderKind = ReminderKind.DUE, deadline: Deadline | None = DEADLINE, **changes: object) -> DueReminder:
    civil = CivilTime(NOW.date(), time(9, 0), "Europe/London")
    base = Reminder(ReminderId(1), kind, "0", NOW, civil, guild_id=GuildId(1))
    return DueReminder(replace(base, **changes), deadline)  # type: ignore[arg-type]


def plan(*due: DueReminder, **changes: object) -> DeliveryPlan:
    base = DeliveryPlan(CHANNEL, due, SETTINGS, key="k" * 20, at_risk=False)
    return replace(base, **changes)  # type: ignore[arg-type]


def text(found: DeliveryPlan) -> str:
    return WRITER.freeze(found, NOW).text


@pytest.mark.parametrize("kind", sorted(set(ReminderKind) - EVENT_KINDS))
@pytest.mark.parametrize("state", STATES)
def test_every_kind_has_words_for_every_state(kind: ReminderKind, state: str, caplog: pytest.LogCaptureFixture) -> None:
    said = text(plan(told(kind, STATES[state], text="Ring the office")))
    assert caplog.records == []
    assert said
    assert not BLAME.search(said)
    if kind is not ReminderKind.TEST:
        assert "Response to Salt Marshes" in said or "Ring the office" in said


@pytest.mark.parametrize("kind", list(ReminderKind))
def test_high_risk_wording_names_nothing(kind: ReminderKind) -> None:
    if kind in (ReminderKind.NOTICE, ReminderKind.ACTION):
        return  # posted as written: neutral when they were made, or what organisers rehearsed and approved
    quiet = replace(SETTINGS, high_risk=True)
    for deadline in STATES.values():
        for extra in ((), (told(),)):
            said = text(plan(told(kind, deadline, text="Ring"), *extra, settings=quiet, expired=(told(),)))
            assert "Salt" not in said
            assert "Ring" not in said
            assert "example.org" not in said


def test_a_word_to_organisers_and_the_post_of_the_week_that_were_written_before_a_yes_begin_with_nothing() -> None:
    quiet = {"settings": replace(SETTINGS, high_risk=True), "at_risk": True}
    week = told(ReminderKind.NOTICE, None, text="**This week**\n- Salt", rung=THIS_WEEK)
    assert "Salt" not in text(plan(week, **quiet))
    assert text(plan(replace(week, reminder=replace(week.reminder, neutral=True)), **quiet)).endswith("Salt")
    word = told(ReminderKind.NOTICE, None, text="Salt is in a new report.", rung="new-report")
    assert text(plan(word, **quiet)) == f"{NEUTRAL_LINE}\nSalt is in a new report."
    assert text(plan(word)) == "Salt is in a new report."


def test_an_answer_a_promise_and_a_correction_say_what_is_new() -> None:
    answered = text(plan(told(ReminderKind.ANSWERED, STATES["answered"])))
    assert "**The Government has answered**, 11 days late (19 September 2021). This was the last reminder." in answered
    question = replace(STATES["answered"], kind=DeadlineKind.WRITTEN_QUESTION)
    assert "Answered on 19 September 2021, 11 days late" in text(plan(told(ReminderKind.ANSWERED, question)))
    by_then = replace(STATES["answered"], note_kind=NoteKind.DAY_UNKNOWN)
    said = text(plan(told(ReminderKind.ANSWERED, by_then)))
    assert "has answered**, at most 11 days late (by 19 September 2021 at the latest)" in said
    assert "(<https://example.org/answer>)" in answered
    promised = text(plan(told(ReminderKind.PROMISED, STATES["promised"])))
    assert "Promised for 1 October 2021" in promised
    assert "(<https://example.org/promise>)" in promised
    corrected = text(plan(told(ReminderKind.CORRECTED, STATES["running"])))
    assert "New date for" in corrected
    assert "expected by 8 October 2021" in corrected
    assert "Published: 8 July 2021" in corrected


def test_an_overdue_response_says_what_can_be_done() -> None:
    said = text(plan(told(ReminderKind.OVERDUE)))
    assert "12 days overdue: expected by 8 September 2021. Postbag hasn't seen it yet." in said
    assert "/letter write" in said
    assert "[Salt Marshes](<https://example.org/report>)" in said
    assert "Postbag hasn't seen it yet" not in text(plan(told(ReminderKind.OVERDUE, STATES["own"])))


def test_a_link_that_is_not_plain_https_is_left_out() -> None:
    for url in ("http://example.org", "https://example.org/a b", "https://example.org/<x>", "javascript:x"):
        assert "](<" not in text(plan(told(deadline=replace(DEADLINE, source_url=url))))


def test_nobody_is_pinged_for_a_notice_a_test_or_what_was_missed() -> None:
    assert WRITER.freeze(plan(told()), NOW).ping_role == 9
    for quiet in (
        plan(told(ReminderKind.NOTICE, None, text="x")),
        plan(told(ReminderKind.TEST, None)),
        plan(expired=(told(),)),
        plan(told(person_id=PersonId(3)), target=Target(person_id=PersonId(3)), settings=None),
    ):
        assert WRITER.freeze(quiet, NOW).ping_role is None


def test_a_notice_and_a_date_share_one_message() -> None:
    said = text(plan(told(ReminderKind.NOTICE, None, text="Look at the settings."), told()))
    assert said.startswith("Look at the settings.\n**Response to Salt Marshes**")


def test_further_buttons_come_before_why() -> None:
    writer = MessageWriter(
        JinjaTemplates(templates_folder()), lambda found: [MessageButton(f"B{n}", action=f"pb:b:{n}") for n in range(9)]
    )
    labels = [button.label for button in writer.freeze(plan(told()), NOW).buttons]
    assert labels == ["B0", "B1", "B2", "B3", "Why this message?"]


@given(
    titles=st.lists(st.text(st.characters(codec="utf-8"), min_size=1, max_size=300), min_size=1, max_size=25),
    missed=st.integers(0, 25),
    hours=st.integers(0, 100),
)
def test_whatever_the_titles_it_fits_and_pings_nobody(titles: list[str], missed: int, hours: int) -> None:
    found = [told(deadline=replace(DEADLINE, title=title)) for title in titles]
    frozen = WRITER.freeze(plan(*found, expired=tuple(found[:missed])), NOW)
    assert len(frozen.text) <= BODY_LIMIT
    out = WRITER.outgoing(frozen, NOW - timedelta(hours=hours), NOW)
    assert len(out.text) <= MESSAGE_LIMIT
    assert len(WRITER.rerouted_message(frozen, ChannelId(2**63), "x" * 100).text) <= MESSAGE_LIMIT - 300
    assert "@everyone" not in out.text
    assert "@here" not in out.text
    assert re.findall(r"<@&?\d+>", out.text) == ["<@&9>"]


@given(st.text(max_size=400), st.integers(2, 100))
def test_shortening_keeps_to_the_length_and_says_that_it_cut(words: str, most: int) -> None:
    cut = shorten(words, most)
    assert len(cut) <= most
    assert cut == words if len(words) <= most else cut.endswith("…")


@pytest.mark.parametrize(
    ("kind", "rung", "about"),
    [
        (ReminderKind.BEFORE, "-14", "A reminder for 14 days before the date"),
        (ReminderKind.DUE, "0", "A reminder for the day itself"),
        (ReminderKind.OVERDUE, "+1", "A reminder for 1 day after the date"),
        (
            ReminderKind.OVERDUE,
            "monthly",
            "A monthly reminder while the answer is overdue",
        ),
        (ReminderKind.ANSWERED, "answered", "News about this date"),
        (ReminderKind.PERSONAL, "mine", "A private reminder"),
    ],
)
def test_why_says_which_reminder_it_was(kind: ReminderKind, rung: str, about: str) -> None:
    assert explain(record(told(kind, rung=rung)), NOW).items[0].about == about


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (5, "on time"),
        (61, "1 min late"),
        (3599, "59 min late"),
        (7260, "2 h 1 min late"),
        (172_800, "2 days late"),
    ],
)
def test_the_ledger_says_how_late(seconds: int, said: str) -> None:
    entry = LedgerEntry(NOW, "sent", DeliveryId(1), (), None, late_seconds=seconds)
    assert explain(replace(record(told()), ledger=(entry,)), NOW).history[0].endswith(said)


def test_a_clock_change_is_said() -> None:
    civil = CivilTime(date(2027, 3, 28), time(1, 30), "Europe/London")
    planned = explain(record(told(civil=civil)), NOW).items[0].planned
    assert planned.startswith("Planned for 1.30am on 28 March 2027, London time. The clocks go forward")


def record(found: DueReminder) -> DeliveryRecord:
    return DeliveryRecord(DeliveryId(1), "k", "sent", "channel", CHANNEL, NOW, NOW, NOW, "", (found,), (), ())


@pytest.mark.parametrize(
    ("template", "about"),
    [
        ("coming-up", "News for organisers: what is coming up in Parliament"),
        ("doubt", "A message for organisers: a member reported a mistake"),
        (
            "protection-high_risk-asked",
            "A message about a group's protections: one was turned on or off, or soon will be",
        ),
        ("undelivered", "A message for organisers about reminders"),
    ],
)
def test_a_notice_is_called_by_what_it_tells(template: str, about: str) -> None:
    notice = told(ReminderKind.NOTICE, None, rung=template, text="Written before.")
    assert explain(record(notice), NOW).items[0].about == about


def test_every_named_notice_has_its_template() -> None:
    assert [name for name in _NOTICES if not (templates_folder() / "messages" / f"{name}.md.j2").is_file()] == []


def test_several_changes_of_one_clock_are_one_fact_and_other_clocks_keep_theirs() -> None:
    other = replace(DEADLINE, deadline_id=DeadlineId(2), title="Response to Piers")
    answered = STATES["answered"]
    said = text(
        plan(
            told(ReminderKind.OVERDUE, answered, rung="+1"),
            told(ReminderKind.CORRECTED, answered, rung="corrected"),
            told(ReminderKind.ANSWERED, answered, rung="answered"),
            told(ReminderKind.OVERDUE, other),
        )
    )
    assert said.count("Response to Salt Marshes") == 1
    assert said.count("Response to Piers") == 1
    assert said.startswith("**2 reminders**")
    assert "New date" not in said


def test_one_clock_alone_is_told_by_its_news_not_by_a_rung() -> None:
    promised = STATES["promised"]
    said = text(plan(told(ReminderKind.PROMISED, promised), told(ReminderKind.OVERDUE, promised)))
    assert "a new date" in said
    assert "in 11 days" in said


def test_a_promise_for_today_says_so_and_a_broken_one_is_kept_in_view() -> None:
    today = replace(DEADLINE, promised_on=NOW.date())
    assert (
        "Promised for today, 20 September 2021; first expected by 8 September 2021. Postbag hasn't seen it yet."
        in text(plan(told(ReminderKind.DUE, today)))
    )
    broken = replace(DEADLINE, promised_on=date(2021, 9, 15))
    assert "12 days overdue: expected by 8 September 2021, then promised for 15 September 2021" in text(
        plan(told(ReminderKind.OVERDUE, broken))
    )


@pytest.mark.parametrize(
    ("kind", "aloud", "own", "silent"),
    [
        (ReminderKind.BEFORE, False, None, True),
        (ReminderKind.BEFORE, True, None, False),
        (ReminderKind.BEFORE, False, OwnLadder((-3, 0), aloud=True), False),
        (ReminderKind.BEFORE, True, OwnLadder((-3, 0)), True),
        (ReminderKind.DUE, False, None, False),
        (ReminderKind.OVERDUE, False, None, False),
        (ReminderKind.ANSWERED, False, None, False),
    ],
)
def test_a_day_before_is_shown_without_notifying_anybody_unless_organisers_chose_otherwise(
    kind: ReminderKind, aloud: bool, own: OwnLadder | None, silent: bool
) -> None:
    found = told(kind, replace(STATES["running"], ladder=own))
    message = WRITER.freeze(plan(found, settings=replace(SETTINGS, aloud=aloud)), NOW)
    assert (message.silent, message.ping_role is None) == (silent, silent)


def test_a_message_that_tells_of_the_day_too_is_not_silent() -> None:
    both = plan(
        told(ReminderKind.BEFORE, STATES["running"]),
        told(ReminderKind.DUE, replace(DEADLINE, deadline_id=DeadlineId(2))),
    )
    assert not WRITER.freeze(both, NOW).silent


def test_an_outage_is_one_line_for_each_clock_and_none_where_it_is_spoken_of() -> None:
    other = replace(DEADLINE, deadline_id=DeadlineId(2), title="Response to Piers")
    alone = text(plan(told(), expired=(told(ReminderKind.BEFORE, rung="-14"), told(ReminderKind.BEFORE, rung="-7"))))
    assert "Missed while" not in alone
    assert alone == text(plan(told()))
    missed = text(plan(told(), expired=tuple(told(ReminderKind.BEFORE, other, rung=r) for r in ("-14", "-7", "-1"))))
    assert missed.count("Response to Piers") == 1


def test_the_working_of_a_clock_is_shown_once_and_all_times_are_in_one_zone() -> None:
    late = told(ReminderKind.BEFORE, rung="-7", civil=CivilTime(NOW.date(), time(8), "UTC"))
    base = record(told())
    shown = explain(replace(base, expired=(late, late)), NOW)
    assert [bool(item.working) for item in shown.items] == [True, False, False]
    assert all("London time" in item.planned for item in shown.items)


CLASSES = {
    "a day of a date's ladder (`RUNGS` in bot/services/ladders.py)": RUNGS,
    "news of a date (`ANNOUNCEMENTS` there)": ANNOUNCEMENTS,
    "of an event (`EVENT_KINDS` in bot/services/delivery/event_words.py)": EVENT_KINDS,
    "in words that were written before (`_AS_WRITTEN` in bot/services/delivery/words.py)": words._AS_WRITTEN,
    "private, and as its person or group has chosen by then (`_AS_CHOSEN_NOW` in storage/reminders/claim.py)": claim._AS_CHOSEN_NOW,
}


@pytest.mark.parametrize("kind", list(ReminderKind))
def test_every_kind_of_reminder_is_of_one_class_and_explained(kind: ReminderKind) -> None:
    of = [what for what, kinds in CLASSES.items() if kind in kinds]
    assert len(of) == 1, f"say of “{kind}” which one of these it is: {'; '.join(CLASSES)}. It is: {of}"
    says = explain(record(told(kind)), NOW).items[0].about
    assert says != "A reminder", "give it its words in _ABOUT of bot/services/delivery/explained.py"


def test_news_of_a_date_is_the_same_wherever_it_is_told_apart() -> None:
    assert set(domain_reminders._NEWS) == words._NEWS == ANNOUNCEMENTS
