"""Private reminders, pressed as a person would: understood, kept, delivered, snoozed, done, and shown at the next visit."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import discord
import pytest

from bot.chat.sender import DiscordSender
from bot.chat.views.private_reminders import WHEN_HINT, draft_in, keep_act, kept_in
from bot.domain.dates.moments import read_moment
from bot.domain.dates.repeats import Repeat
from bot.domain.errors import NotFound
from bot.domain.identity import DeadlineId, PersonalId, UserId
from bot.domain.reminders import CivilTime, Target
from bot.rehearsal.reading import controls_of
from bot.services.ports.sending import Unreachable
from bot.services.private_reminders import Understood
from tests.chat.conftest import START

WHAT = "Ring the office about **recommendation 3** @everyone <@1>"


def at(day: int, hour: int, minute: int = 0, month: int = 3) -> datetime:
    return datetime(2026, month, day, hour, minute, tzinfo=UTC)


def private(room: Any, who: Any = None) -> list[discord.Message]:
    """List what the bot wrote to somebody privately, oldest first."""
    ours = room.env.backend.bot_user.id
    user = (who or room.member).user if who is None or hasattr(who, "user") else who
    return [message for message in user.dm_channel.history() if message.author.id == ours]


async def open_group(group: Any) -> None:
    person = await group.app.services.people.person_for(UserId(group.organiser.id))
    await group.app.services.guilds.change(group.guild_id, person, high_risk=False)


async def kept(room: Any, when: str = "tomorrow 6pm", what: str = WHAT, **more: Any) -> Any:
    shown = await room.member.slash(room.channel, "remind me", what=what, when=when, **more)
    return await room.member.click(shown.response, label="Save")


async def mine(room: Any, who: Any = None) -> Any:
    return await room.app.services.private_reminders.mine(UserId((who or room.member).id))


async def shut(monkeypatch: pytest.MonkeyPatch) -> None:
    real = DiscordSender.send

    async def closed(self: Any, target: Target, *rest: Any, **more: Any) -> Any:
        if target.person_id is not None:
            return Unreachable("that person's direct messages are closed to Postbag")
        return await real(self, target, *rest, **more)

    monkeypatch.setattr(DiscordSender, "send", closed)


@pytest.mark.asyncio
async def test_what_was_understood_is_shown_before_anything_is_kept(group: Any) -> None:
    shown = await group.member.slash(group.channel, "remind me", what=WHAT, when="8/9 at noon")
    said = group.text_of(shown)
    assert "Is this right?" in said
    assert "noon on Tuesday 8 September 2026, London time" in said
    assert "<t:1788865200:f>" in said
    assert "Read with the day before the month: 8 September 2026." in said
    assert "Nothing is saved yet" in said
    assert shown.response.ephemeral
    assert await group.app.services.people.find(UserId(group.member.id)) is None
    done = await group.member.click(shown.response, label="Save")
    assert "Saved" in group.text_of(done.response)
    (held,) = await mine(group)
    assert held.text == WHAT
    assert group.posted == []


@pytest.mark.asyncio
async def test_pressed_five_times_at_once_a_reminder_is_kept_once(group: Any) -> None:
    shown = await group.member.slash(group.channel, "remind me", what=WHAT, when="tomorrow 6pm")
    with group.env.at_once(5):
        await group.member.click(shown.response, label="Save")
    (held,) = await mine(group)
    opened = await group.member.slash(group.channel, "remind list")
    shown = await group.member.select(opened.response, [str(held.personal_id)])
    form = await group.member.click(shown.response, label="Edit")
    read = await group.member.submit_modal(form, {"what": WHAT, "when": "tomorrow 7pm"})
    with group.env.at_once(3):
        done = await group.member.click(read.response, label="Save")
    assert "Saved" in group.text_of(done.response)
    (changed,) = await mine(group)
    assert (changed.revision, changed.first.at.hour) == (held.revision + 1, 19)


@pytest.mark.asyncio
async def test_the_buttons_of_one_question_keep_one_reminder(group: Any) -> None:
    shown = await group.member.slash(group.channel, "remind me", what=WHAT, when="tomorrow at 6")
    assert "Which one?" in group.text_of(shown)
    pressed = [part["custom_id"].split(":") for part in controls_of(shown) if "custom_id" in part]
    keys = {draft_in(args) for _, verb, *args in pressed if verb == "remind.keep"}
    assert len(keys) == 1
    assert None not in keys


@pytest.mark.asyncio
async def test_it_comes_as_a_harmless_direct_message_with_done_and_snooze(group: Any) -> None:
    await open_group(group)
    await kept(group)
    await group.play_to(at(3, 17, 59))
    assert private(group) == []
    await group.play_to(at(3, 18, 0) + timedelta(seconds=5))
    (message,) = private(group)
    assert message.content.startswith("Here's your reminder:")
    assert "Ring the office about" in message.content
    assert "**recommendation 3**" not in message.content
    assert "@everyone" not in message.content
    assert group.buttons_of(message) == ["Done", "Snooze", "Why this message?"]
    assert group.posted == []
    why = await group.member.user.click(message, label="Why this message?")
    assert "Set by you" in group.text_of(why)
    await group.restart()
    done = await group.member.user.click(message, label="Done")
    assert "Done." in group.text_of(done)
    (held,) = await mine(group)
    assert held.done_at is not None
    again = await group.member.user.click(message, label="Done")
    assert "Done." in group.text_of(again)
    assert len(private(group)) == 1


@pytest.mark.asyncio
async def test_at_risk_the_message_says_nothing_of_what_it_is_about(group: Any) -> None:
    await kept(group)
    await group.play_to(at(3, 18, 1))
    (message,) = private(group)
    assert message.content.strip() == "You asked for a reminder. Press *Open* to see what it's about."
    assert group.buttons_of(message) == ["Open", "Done", "Snooze", "Why this message?"]
    opened = await group.member.user.click(message, label="Open")
    assert "Ring the office" in group.text_of(opened)
    assert opened.response.ephemeral


@pytest.mark.asyncio
@pytest.mark.parametrize(
    ("label", "instant"),
    [("In an hour", at(3, 19, 30)), ("Tomorrow", at(4, 18)), ("Next week", at(10, 18))],
)
async def test_snooze_works_after_a_restart_and_comes_once(group: Any, label: str, instant: datetime) -> None:
    await open_group(group)
    await kept(group)
    await group.play_to(at(3, 18, 30))
    (message,) = private(group)
    await group.restart()
    offered = await group.member.user.click(message, label="Snooze")
    snoozed = await group.member.user.click(offered.response, label=label)
    assert "Snoozed: comes" in group.text_of(snoozed)
    await group.play_to(instant - timedelta(minutes=1))
    assert len(private(group)) == 1
    await group.play_to(instant + timedelta(minutes=1))
    assert len(private(group)) == 2


@pytest.mark.asyncio
async def test_snooze_in_own_words_is_shown_first_and_asks_where_it_must(group: Any) -> None:
    await open_group(group)
    await kept(group)
    await group.play_to(at(3, 18, 1))
    offered = await group.member.user.click(private(group)[0], label="Snooze")
    form = await group.member.user.click(offered.response, label="Another time")
    asked = await group.member.user.submit_modal(form, {"when": "half past six tomorrow"})
    assert "6.30am on Wednesday 4 March 2026" in group.buttons_of(asked.response)
    chosen = await group.member.user.click(asked.response, label="6.30pm on Wednesday 4 March 2026")
    assert "Snoozed" in group.text_of(chosen)
    form = await group.member.user.click(offered.response, label="Another time")
    refused = await group.member.user.submit_modal(form, {"when": "when I am back"})
    assert "couldn't read" in group.text_of(refused)
    assert "when I am back" in group.text_of(refused)


@pytest.mark.asyncio
async def test_what_can_mean_two_times_is_asked_and_one_press_keeps_it(group: Any) -> None:
    shown = await group.member.slash(group.channel, "remind me", what="Ring", when="next Friday 6pm")
    assert group.buttons_of(shown.response) == [
        "6pm on Friday 6 March 2026",
        "6pm on Friday 13 March 2026",
        "Change",
    ]
    await group.member.click(shown.response, label="6pm on Friday 13 March 2026")
    (held,) = await mine(group)
    assert held.next_time == CivilTime(at(13, 18).date(), at(13, 18).time(), "Europe/London")


@pytest.mark.asyncio
async def test_what_cannot_be_read_is_given_back_and_can_be_mended(group: Any) -> None:
    refused = await group.member.slash(group.channel, "remind me", what=WHAT, when="31 February")
    assert "no day 31" in group.text_of(refused)
    form = await group.member.click(refused.response, label="Change")
    fields = {c["custom_id"]: c.get("value", "") for c in _controls(form.modal)}
    assert fields["what"] == WHAT
    assert fields["when"] == "31 February"
    shown = await group.member.submit_modal(form, {"what": WHAT, "when": "28 February", "repeat": ["monthly"]})
    said = group.text_of(shown)
    assert "every month" in said
    assert "Sunday 28 March 2027" in said
    await group.member.click(shown.response, label="Save")
    (held,) = await mine(group)
    assert held.repeat is Repeat.MONTHLY


@pytest.mark.asyncio
async def test_with_nothing_given_a_form_asks_and_a_long_text_fits(room: Any) -> None:
    form = await room.member.slash(room.channel, "remind me")
    text = "wörds and 字 " * 83
    shown = await room.member.submit_modal(form, {"what": text[:1000], "when": "every weekday 8am until 1 May"})
    assert "every weekday" in room.text_of(shown)
    await room.member.click(shown.response, label="Save")
    (held,) = await mine(room)
    assert held.text == text[:1000].strip()
    assert (held.repeat, held.until) == (Repeat.WEEKDAYS, datetime(2026, 5, 1, tzinfo=UTC).date())


@pytest.mark.asyncio
async def test_a_repeat_keeps_its_hour_over_the_october_change(room: Any) -> None:
    await room.move_to(datetime(2026, 10, 22, 12, tzinfo=UTC))
    form = await room.member.slash(room.channel, "remind me", what="Take the minutes", when="")
    shown = await room.member.submit_modal(form, {"what": "Take the minutes", "when": "every Sunday 9am"})
    await room.member.click(shown.response, label="Save")
    await room.play_to(datetime(2026, 11, 2, 12, tzinfo=UTC))
    came = [message.created_at.replace(microsecond=0, second=0) for message in private(room)]
    assert came == [datetime(2026, 10, 25, 9, 0, tzinfo=UTC), datetime(2026, 11, 1, 9, 0, tzinfo=UTC)]
    (held,) = await mine(room)
    stopped = await room.member.slash(room.channel, "remind cancel", reminder=str(held.personal_id))
    assert "won't send it again" in room.text_of(stopped)
    await room.play_to(datetime(2026, 11, 20, 12, tzinfo=UTC))
    assert len(private(room)) == 2


@pytest.mark.asyncio
async def test_after_days_off_it_comes_once_says_it_is_late_and_how_many_it_stands_for(group: Any) -> None:
    await open_group(group)
    await kept(group, when="every day 9am")
    await group.move_to(at(6, 10))
    await group.play_to(at(6, 10, 1))
    (message,) = private(group)
    assert "Late:" in message.content
    assert "couldn't reach you 3 times since" in message.content
    await group.play_to(at(7, 9, 1))
    assert len(private(group)) == 2


@pytest.mark.asyncio
async def test_the_list_edits_snoozes_finishes_and_cancels(group: Any) -> None:
    await kept(group)
    listed = await group.member.slash(group.channel, "remind list")
    said = group.text_of(listed)
    assert "6pm on Tuesday 3 March 2026" in said
    assert listed.response.ephemeral
    (held,) = await mine(group)
    opened = await group.member.select(listed.response, values=[str(held.personal_id)])
    assert group.buttons_of(opened.response) == ["Edit", "Snooze", "Done", "Cancel", "All my reminders"]
    form = await group.member.click(opened.response, label="Edit")
    shown = await group.member.submit_modal(form, {"what": "Write instead", "when": "Thursday noon"})
    form = await group.member.click(opened.response, label="Edit")
    too_late = await group.member.submit_modal(form, {"what": "Write again", "when": "Friday noon"})
    await group.member.click(shown.response, label="Save")
    (changed,) = await mine(group)
    assert (changed.text, changed.personal_id, changed.revision) == ("Write instead", held.personal_id, 2)
    stale = await group.member.click(too_late.response, label="Save")
    assert "has changed since you opened it" in group.text_of(stale)
    assert "Write again" in group.text_of(stale)
    cancelled = await group.member.click(opened.response, label="Cancel")
    assert "Postbag won't send it" in group.text_of(cancelled)
    assert "Write instead" in group.text_of(cancelled)
    form = await group.member.click(cancelled.response, label="Set it again")
    assert {c["custom_id"]: c.get("value", "") for c in _controls(form.modal)}["what"] == "Write instead"
    await group.play_to(at(6, 18))
    assert private(group) == []


@pytest.mark.asyncio
async def test_nobody_else_can_do_anything_to_it(group: Any) -> None:
    await kept(group)
    (held,) = await mine(group)
    opened = await group.member.slash(group.channel, "remind list")
    card = await group.member.select(opened.response, values=[str(held.personal_id)])
    await group.organiser.slash(
        group.channel, "deadlines add", kind="expected answer", title="Vote", date="2 June 2026"
    )
    other = await group.second_organiser.slash(group.channel, "remind cancel", reminder=str(held.personal_id))
    assert "no reminders" in group.text_of(other)
    by_organiser = await group.organiser.slash(group.channel, "remind cancel", reminder=str(held.personal_id))
    assert "has gone" in group.text_of(by_organiser)
    service, stranger = group.app.services.private_reminders, UserId(group.organiser.id)
    for attempt in (
        service.get(stranger, held.personal_id),
        service.done(stranger, held.personal_id),
        service.cancel(stranger, held.personal_id),
        service.snooze(stranger, held.personal_id, CivilTime(at(9, 9).date(), at(9, 9).time(), "UTC")),
    ):
        with pytest.raises(NotFound):
            await attempt
    assert "All my reminders" in group.buttons_of(card.response)
    assert (await mine(group))[0].is_active
    assert await mine(group, group.organiser) == []
    health = await group.organiser.slash(group.channel, "admin health")
    assert "Ring the office" not in group.text_of(health)


@pytest.mark.asyncio
async def test_with_direct_messages_closed_it_is_shown_at_the_next_visit_and_once(
    group: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    await shut(monkeypatch)
    await kept(group)
    await group.play_to(at(3, 18, 1))
    await group.move_to(at(15, 12))
    await group.app.tidy()
    await group.restart()
    other = await group.organiser.slash(group.channel, "start")
    assert other.followups == []
    visit = await group.member.slash(group.channel, "start")
    (shown,) = visit.followups
    said = group.text_of(shown)
    assert "While Postbag couldn't reach you" in said
    assert "Ring the office" in said
    assert shown.ephemeral
    again = await group.member.slash(group.channel, "start")
    assert again.followups == []


@pytest.mark.asyncio
async def test_a_press_is_a_visit_too(group: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    start = await group.member.slash(group.channel, "start")
    await shut(monkeypatch)
    await kept(group)
    await group.play_to(at(3, 18, 1))
    pressed = await group.member.click(start.response, label="Read the recommendations")
    assert any("couldn't reach you" in group.text_of(shown) for shown in pressed.followups)


@pytest.mark.asyncio
async def test_remind_me_on_a_recommendation_and_on_a_deadline(group: Any) -> None:
    await open_group(group)
    card = await group.member.slash(group.channel, "recommendations show", number="3")
    form = await group.member.click(card.response, label="Remind me")
    shown = await group.member.submit_modal(form, {"what": "Read 3 again", "when": "in a fortnight"})
    await group.member.click(shown.response, label="Save")
    (held,) = await mine(group)
    assert held.about.startswith("r never-again/")

    await group.organiser.slash(
        group.channel, "deadlines add", kind="expected answer", title="Council vote", date="2 June 2026"
    )
    deadline = await group.member.slash(group.channel, "deadlines show", deadline="Council vote")
    offered = await group.member.click(deadline.response, label="Remind me")
    assert group.buttons_of(offered.response)[:3] == ["3 days before (my usual)", "14 days before", "7 days before"]
    shown = await group.member.click(offered.response, label="14 days before")
    assert "9am on Tuesday 19 May 2026" in group.text_of(shown)
    assert "moves with it" in group.text_of(shown)
    await group.member.click(shown.response, label="Save")
    await group.organiser.slash(group.channel, "deadlines edit", deadline="Council vote", date="9 June 2026")
    await group.sweep()
    moved = next(r for r in await mine(group) if r.text == "Council vote")
    assert moved.next_time is not None
    assert moved.next_time.on.isoformat() == "2026-05-26"
    assert moved.deadline_id is not None
    listed = await group.member.slash(group.channel, "remind list")
    opened = await group.member.select(listed.response, values=[str(moved.personal_id)])
    form = await group.member.click(opened.response, label="Edit")
    fields = {c["custom_id"]: c.get("value", "") for c in _controls(form.modal)}
    assert fields["when"] == "14 days before the deadline at 09:00"
    shown = await group.member.submit_modal(form, fields | {"what": "Vote on the towpath", "repeat": ["once"]})
    assert "moves with it" in group.text_of(shown)
    in_dm = await group.member.user.slash("remind list")
    opened = await group.member.user.select(in_dm.response, values=[str(moved.personal_id)])
    form = await group.member.user.click(opened.response, label="Edit")
    fields = {c["custom_id"]: c.get("value", "") for c in _controls(form.modal)}
    assert fields["when"] == "9am on Tuesday 26 May 2026"
    shown = await group.member.user.submit_modal(form, fields | {"repeat": ["once"]})
    assert "Is this right?" in group.text_of(shown)
    await group.play_to(at(26, 8, 1, month=5))
    told = private(group)[-1].content
    assert "Council vote" in told
    own = await group.member.slash(group.channel, "remind me", what="Vote", when="a week before the deadline")
    assert "9am on Tuesday 2 June 2026" in group.text_of(own)


@pytest.mark.asyncio
async def test_own_zone_and_notice_count_from_then_on(group: Any) -> None:
    listed = await group.member.slash(group.channel, "remind list")
    form = await group.member.click(listed.response, label="Change my settings")
    wrong = await group.member.submit_modal(form, {"zone": "Atlantis", "time": "", "lead": ""})
    assert "no time zone with that name" in group.text_of(wrong)
    form = await group.member.click(wrong.response, label="Try again")
    saved = await group.member.submit_modal(form, {"zone": "Karachi", "time": "7.30am", "lead": "5"})
    assert "Asia/Karachi" in group.text_of(saved)
    shown = await group.member.slash(group.channel, "remind me", what="Ring", when="tomorrow")
    assert "7.30am on Tuesday 3 March 2026, Karachi time" in group.text_of(shown)
    in_dm = await group.member.user.slash("remind me", what="Ring", when="tomorrow")
    assert "Karachi time" in group.text_of(in_dm)


@pytest.mark.asyncio
async def test_lateness_is_said_in_the_persons_own_zone(group: Any) -> None:
    await open_group(group)
    listed = await group.member.slash(group.channel, "remind list")
    form = await group.member.click(listed.response, label="Change my settings")
    await group.member.submit_modal(form, {"zone": "Karachi", "time": "", "lead": ""})
    await kept(group, when="tomorrow 6pm", what="x" * 700)
    await group.move_to(at(4, 10))
    await group.play_to(at(4, 10, 1))
    (message,) = private(group)
    assert "(18:00 on 3 March 2026, Karachi time)" in message.content
    assert group.buttons_of(message)[0] == "Open", "words that may have been cut can be read whole"


@pytest.mark.asyncio
async def test_in_a_direct_message_it_is_london_time(room: Any) -> None:
    shown = await room.outsider.slash("remind me", what="Ring", when="tomorrow")
    assert "9am on Tuesday 3 March 2026, London time" in room.text_of(shown)
    done = await room.outsider.click(shown.response, label="Save")
    assert "Saved" in room.text_of(done)
    assert "will not say" not in room.text_of(done)
    await room.play_to(at(3, 9, 1))
    assert [m.content.splitlines()[0] for m in private(room, room.outsider)] == ["Here's your reminder:"]


@pytest.mark.claim("P-49")
@pytest.mark.asyncio
async def test_whoever_is_at_risk_chooses_neutral_wording_in_a_direct_message_too(room: Any) -> None:
    listed = await room.outsider.slash("remind list")
    form = await room.outsider.click(listed.response, label="Change my settings")
    empty = {"zone": "", "time": "", "lead": ""}
    saved = await room.outsider.submit_modal(form, empty | {"wording": ["neutral"]})
    assert "never say what they are about" in room.text_of(saved)
    shown = await room.outsider.slash("remind me", what="Ring about Tarning", when="tomorrow")
    done = await room.outsider.click(shown.response, label="Save")
    assert "won't say what it's about" in room.text_of(done)
    await room.play_to(at(3, 9, 1))
    (message,) = private(room, room.outsider)
    assert "Tarning" not in message.content
    opened = await room.outsider.click(message, label="Open")
    assert "Tarning" in room.text_of(opened)


@pytest.mark.asyncio
async def test_what_is_held_is_shown_taken_and_erased(group: Any) -> None:
    listed = await group.member.slash(group.channel, "remind list")
    form = await group.member.click(listed.response, label="Change my settings")
    await group.member.submit_modal(form, {"zone": "Karachi", "time": "", "lead": ""})
    await kept(group, when="every day 9am")
    await group.play_to(at(4, 12))
    shown = await group.member.slash(group.channel, "privacy show")
    said = group.text_of(shown)
    assert "Your private reminders" in said
    assert "Ring the office" in said
    assert "Your own time zone" in said
    file = await group.app.services.people.export(UserId(group.member.id))
    tables = {kind["table"] for kind in json.loads(file.content)["held"]}
    assert {"people", "personal_reminders", "reminders", "person_settings"} <= tables
    asked = await group.member.click(shown.response, label="Forget me")
    await group.member.click(asked.response, label="Forget me")
    assert await mine(group) == ()
    count = len(private(group))
    await group.play_to(at(6, 12))
    assert len(private(group)) == count


@pytest.mark.asyncio
async def test_a_hundred_are_enough_with_a_kind_word(room: Any) -> None:
    service, user = room.app.services.private_reminders, UserId(room.member.id)
    first = CivilTime(at(9, 9).date(), at(9, 9).time(), "Europe/London")
    for number in range(100):
        await service.keep(user, None, Understood(f"Number {number}", first))
    refused = await kept(room, what="one more")
    said = room.text_of(refused)
    assert "which is the most" in said
    assert "one more" in said
    listed = await room.member.slash(room.channel, "remind list")
    assert "Page 1 of 13" in room.text_of(listed)
    await room.play_to(at(9, 9, 1))
    assert "Open my reminders" in room.buttons_of(private(room)[0])


def test_a_keep_button_carries_everything_within_discords_limit() -> None:
    first = CivilTime(at(3, 18).date(), at(3, 18).time(), "America/Argentina/ComodRivadavia")
    for about in ("", "r never-again/T-12", "r " + "x" * 90):
        wanted = Understood("Ring", first, Repeat.WEEKDAYS, at(9, 1).date(), about, DeadlineId(12), 14)
        act = keep_act("Save", wanted, (123456, 12))
        assert len(act.button().custom_id or "") <= 100
        found, place = kept_in([str(arg) for arg in act.args], "Ring")
        assert place == (PersonalId(123456), 12)
        assert found.first == first
        assert (found.repeat, found.until, found.deadline_id, found.lead_days) == (
            Repeat.WEEKDAYS,
            at(9, 1).date(),
            DeadlineId(12),
            14,
        )


def test_the_examples_in_the_form_are_understood() -> None:
    for example in WHEN_HINT.split(", "):
        assert read_moment(example, START, "Europe/London", usual=START.time())


def _controls(modal: Any) -> list[dict[str, Any]]:
    found = []
    for item in modal["components"] if isinstance(modal, dict) else modal.to_dict()["components"]:
        component = item.get("component", item)
        found.append(component)
    return found


@pytest.mark.asyncio
async def test_whatever_is_typed_as_a_deadline_is_answered_kindly(group: Any) -> None:
    await group.organiser.slash(
        group.channel, "deadlines add", kind="expected answer", title="تصويت " * 12, date="2 June 2026"
    )
    long = ":" * 40 + "ـ" * 60
    refused = await group.member.slash(group.channel, "remind me", what=WHAT, when="on the day", deadline=long)
    assert "doesn't have that deadline" in group.text_of(refused)
    form = await group.member.click(refused.response, label="Change")
    assert form.modal
    shown = await group.member.slash(group.channel, "remind me", what=WHAT, when="on the day", deadline="تصويت")
    await group.member.click(shown.response, label="Save")
    (held,) = await mine(group)
    assert held.lead_days == 0


@pytest.mark.asyncio
async def test_what_goes_wrong_with_private_reminders_holds_nothing_else_up(
    group: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    await open_group(group)
    await kept(group)

    async def broken(*args: Any, **kwargs: Any) -> int:
        raise RuntimeError("broken on purpose")

    monkeypatch.setattr(group.app.services.private_reminders._store, "follow_dates", broken)
    group.app.services.private_reminders.dates_changed()
    await group.play_to(at(3, 18, 1))
    assert len(private(group)) == 1
    assert any("could not be moved" in words for words in group.forgive())
    monkeypatch.undo()
    await group.sweep()
    assert group.app.services.private_reminders._dates_changed is False
