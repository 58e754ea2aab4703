"""Set-up and health in Discord: short steps in one private message, every choice kept, nothing for members."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import discord
import pytest

from bot.chat.cards.channel_checks import FIXES
from bot.chat.cards.health import health_card
from bot.chat.cards.setup import STEPS, step_card
from bot.chat.permissions import NEEDED
from bot.domain.errors import NotFound, Refused
from bot.domain.guilds import GuildSettings
from bot.domain.identity import ChannelId, DeliveryId, GuildId, ReminderId, RoleId, UserId
from bot.domain.members import Directory
from bot.domain.reminders import CivilTime, Reminder, ReminderKind, ReminderState
from bot.rehearsal.reading import controls_of
from bot.services.ports.deliveries import ReminderHealth
from bot.services.ports.sending import ChannelCheck

NOW = datetime(2026, 3, 2, 10, tzinfo=UTC)


async def settings(room: Any) -> GuildSettings:
    found: GuildSettings = await room.app.services.guilds.settings(room.guild_id)
    return found


async def step_to(room: Any, opened: Any, count: int) -> None:
    """Press Next some times; the step stays in its one message."""
    for _ in range(count):
        await room.organiser.click(opened.response, label="Next")


# Set-up ----------------------------------------------------------------------------------------------------------


@pytest.mark.asyncio
async def test_set_up_from_nothing_in_one_private_message(room: Any) -> None:
    opened = await room.organiser.slash(room.channel, "admin setup")
    assert opened.response.ephemeral
    assert "step 1 of 10" in room.text_of(opened.response)
    await room.organiser.select(opened.response, [room.channel])
    assert "every permission it needs" in room.text_of(opened.response)
    await room.organiser.click(opened.response, label="Next")
    await room.organiser.select(opened.response, [room.organiser_role])
    assert f"Chosen: <@&{room.organiser_role.id}>" in room.text_of(opened.response)
    await room.organiser.click(opened.response, label="Next")
    await room.organiser.select(opened.response, ["Asia/Almaty"])
    assert "Chosen: Almaty" in room.text_of(opened.response)
    await room.organiser.click(opened.response, label="Next")
    await room.organiser.select(opened.response, ["18:00"])
    assert "Chosen: 6pm" in room.text_of(opened.response)
    await room.organiser.click(opened.response, label="Next")
    await room.organiser.select(opened.response, ["22:00-07:00"])
    assert "Chosen: 10pm to 7am" in room.text_of(opened.response)
    await room.organiser.click(opened.response, label="Next")
    assert "14 days before, 3 days before, on the day, 1 day after, 14 days after; then monthly" in room.text_of(
        opened.response
    )
    await room.organiser.select(opened.response, ["scotland"])
    assert "Chosen: Working days in Scotland" in room.text_of(opened.response)
    await room.organiser.click(opened.response, label="Next")
    assert "They mention nobody unless you choose a role" in room.text_of(opened.response)
    await room.organiser.click(opened.response, label="Next")
    assert "be targeted" in room.text_of(opened.response)
    assert "Chosen:" not in room.text_of(opened.response)
    assert "Next" not in room.buttons_of(opened.response)
    await room.organiser.click(opened.response, label="Yes (recommended)")
    assert "Chosen: **Yes**" in room.text_of(opened.response)
    await room.organiser.click(opened.response, label="Next")
    assert "Chosen: a direct message" in room.text_of(opened.response)
    await room.organiser.click(opened.response, label="Next")
    assert "Which committees matter" in room.text_of(opened.response)
    await room.organiser.click(opened.response, label="Finish")
    said = room.text_of(opened.response)
    assert "Your settings" in said
    assert "Quiet hours: 10pm to 7am" in said
    assert "none on Christmas Day" in said
    assert "Before the day: reminders are shown silently, and notify nobody" in said
    assert "6pm, Almaty time" in said
    assert "reminders are neutral" in said
    kept = await settings(room)
    assert (kept.channel_id, kept.organiser_role_id) == (room.channel.id, room.organiser_role.id)
    assert (kept.zone, kept.time_of_day, kept.high_risk) == ("Asia/Almaty", time(18), True)
    assert (kept.quiet_from, kept.quiet_until, kept.days_off) == (time(22), time(7), "scotland")
    assert kept.ping_role_id is None
    assert room.posted == []


@pytest.mark.asyncio
async def test_set_up_can_be_left_and_taken_up_again_after_a_restart(room: Any) -> None:
    opened = await room.organiser.slash(room.channel, "admin setup")
    await room.organiser.select(opened.response, [room.channel])
    await room.restart()
    await room.organiser.click(opened.response, label="Next")
    assert "Who can organise" in room.text_of(opened.response)
    await room.organiser.click(opened.response, label="Manage Server only")
    again = await room.organiser.slash(room.channel, "admin setup")
    assert f"Channel: <#{room.channel.id}>" in room.text_of(again)
    assert "Manage Server only" in room.text_of(again)


@pytest.mark.asyncio
async def test_each_missing_permission_is_named_with_its_fix(room: Any) -> None:
    denied = discord.PermissionOverwrite(read_message_history=False, attach_files=False)
    quiet = room.guild.create_text_channel("quiet", overwrites={room.guild.default_role: denied})
    opened = await room.organiser.slash(room.channel, "admin setup")
    await room.organiser.select(opened.response, [quiet])
    said = room.text_of(opened.response)
    for name in ("Read Message History", "Attach Files"):
        assert f"**{name}**: {FIXES[name]}" in said
    assert "**Embed Links**" not in said
    assert "five permissions" in said
    assert (await settings(room)).channel_id == quiet.id


@pytest.mark.asyncio
async def test_a_typed_zone_and_time_are_kept_and_wrong_ones_are_explained_in_the_step(room: Any) -> None:
    opened = await room.organiser.slash(room.channel, "admin setup")
    await step_to(room, opened, 2)
    form = await room.organiser.select(opened.response, ["other"])
    await room.organiser.submit_modal(form, {"zone": "Karachi"})
    assert (await settings(room)).zone == "Asia/Karachi"
    form = await room.organiser.select(opened.response, ["other"])
    await room.organiser.submit_modal(form, {"zone": "Atlantis"})
    said = room.text_of(opened.response)
    assert "no time zone with that name" in said
    assert "step 3 of 10" in said
    assert (await settings(room)).zone == "Asia/Karachi"
    await room.organiser.click(opened.response, label="Next")
    form = await room.organiser.select(opened.response, ["other"])
    await room.organiser.submit_modal(form, {"time": "6"})
    assert "in the morning or in the evening" in room.text_of(opened.response)
    form = await room.organiser.select(opened.response, ["other"])
    await room.organiser.submit_modal(form, {"time": "6.30pm"})
    assert (await settings(room)).time_of_day == time(18, 30)


@pytest.mark.asyncio
async def test_everyone_is_refused_as_organiser_role(room: Any) -> None:
    opened = await room.organiser.slash(room.channel, "admin setup")
    await step_to(room, opened, 1)
    await room.organiser.select(opened.response, [room.guild.default_role])
    assert "can't be the organiser role" in room.text_of(opened.response)
    assert (await settings(room)).organiser_role_id is None


@pytest.mark.asyncio
async def test_the_question_about_risk_can_be_answered_both_ways(group: Any) -> None:
    opened = await group.organiser.slash(group.channel, "admin setup")
    for _ in range(3):
        await group.organiser.click(opened.response, label="Back")
    await group.organiser.click(opened.response, label="No")
    assert "Chosen: **No**" in group.text_of(opened.response)
    assert not (await settings(group)).high_risk
    await group.organiser.click(opened.response, label="Yes (recommended)")
    assert (await settings(group)).high_risk


@pytest.mark.asyncio
async def test_a_new_time_moves_the_reminders_already_planned(group: Any) -> None:
    await group.organiser.slash(
        group.channel, "deadlines add", kind="expected answer", title="Council vote", date="20 March 2026"
    )
    opened = await group.organiser.slash(group.channel, "admin setup")
    for _ in range(7):
        await group.organiser.click(opened.response, label="Back")
    await group.organiser.select(opened.response, ["18:00"])
    await group.play_to(datetime(2026, 3, 6, 12, tzinfo=UTC))
    assert group.posted == []
    await group.play_to(datetime(2026, 3, 6, 18, 1, tzinfo=UTC))
    assert len(group.posted) == 1


# Who may ---------------------------------------------------------------------------------------------------------


@pytest.mark.asyncio
async def test_members_are_refused_and_the_organiser_role_is_enough(group: Any) -> None:
    for command in ("admin setup", "admin health"):
        refused = await group.member.slash(group.channel, command)
        assert "for organisers" in group.text_of(refused)
        assert refused.response.ephemeral
        allowed = await group.second_organiser.slash(group.channel, command)
        assert "This is for organisers" not in group.text_of(allowed)


@pytest.mark.asyncio
async def test_before_set_up_only_manage_server_counts(room: Any) -> None:
    refused = await room.second_organiser.slash(room.channel, "admin setup")
    assert "for organisers" in room.text_of(refused)


@pytest.mark.asyncio
async def test_a_press_is_refused_once_the_role_no_longer_counts(group: Any) -> None:
    opened = await group.second_organiser.slash(group.channel, "admin setup")
    await group.set_up(organiser_role_id=None)
    for label in group.buttons_of(opened.response):
        refused = await group.second_organiser.click(opened.response, label=label)
        assert "for organisers" in group.text_of(refused), label
    assert (await settings(group)).organiser_role_id is None


@pytest.mark.asyncio
async def test_every_press_and_command_of_admin_is_for_organisers(room: Any) -> None:
    marks = {mark.verb: mark.organiser for mark in room.app.client.marks if mark.verb.startswith("admin.")}
    assert len(marks) >= 10
    assert all(marks.values())
    open_to_all = {"deadlines.list", "deadlines.show", "deadlines.calendar", "deadlines.picture"}
    others = {m.verb: m.organiser for m in room.app.client.marks if m.verb.startswith("deadlines.")}
    assert {verb for verb, organiser in others.items() if not organiser} == open_to_all


# A test message and health ---------------------------------------------------------------------------------------


@pytest.mark.asyncio
async def test_a_test_message_is_posted_by_the_engine_once(group: Any) -> None:
    opened = await group.organiser.slash(group.channel, "admin setup")
    mine = await group.organiser.click(opened.response, label="Send me a test")
    assert mine.response.ephemeral
    assert "This is a test" in group.text_of(mine.response)
    await group.sweep()
    assert group.posted == [], "a test comes to who asked for it, not to the channel"
    told = await group.organiser.click(mine.response, label="Post it in the channel too")
    assert told.response.ephemeral
    assert group.posted == []
    await group.sweep()
    await group.sweep()
    assert ["This is a test" in group.text_of(message) for message in group.posted] == [True]
    why = await group.member.click(group.posted[0], label="Why this message?")
    assert "A test that an organiser asked for" in group.text_of(why)
    health = group.text_of(await group.organiser.slash(group.channel, "admin health"))
    assert "A test that an organiser asked for, in the channel" in health
    assert f"https://discord.com/channels/{group.guild_id}/" in health


@pytest.mark.asyncio
async def test_health_before_and_after(group: Any) -> None:
    empty = await group.organiser.slash(group.channel, "admin health")
    said = group.text_of(empty)
    assert "No reminders planned yet" in said
    assert "Sent twice: 0" in said
    assert "MPs: as of 2 March 2026" in said
    await group.organiser.slash(
        group.channel, "deadlines add", kind="expected answer", title="Council vote", date="5 March 2026"
    )
    await group.play_to(datetime(2026, 3, 5, 12, tzinfo=UTC))
    later = await group.organiser.slash(group.channel, "admin health")
    said = group.text_of(later)
    assert "Sent: 1" in said
    assert "Scheduled: 3" in said
    assert "Next: <t:" in said
    assert "Last check for reminders due: <t:" in said


@pytest.mark.asyncio
async def test_what_could_not_be_posted_is_listed_with_reason_and_fix(group: Any) -> None:
    await group.organiser.slash(
        group.channel, "deadlines add", kind="expected answer", title="Council vote", date="5 March 2026"
    )
    await group.set_up(channel_id=ChannelId(999_999_999))
    await group.play_to(datetime(2026, 3, 5, 12, tzinfo=UTC))
    shown = await group.organiser.slash(group.channel, "admin health")
    said = group.text_of(shown)
    assert "Undeliverable (message " in said
    assert "Check the channel with /admin setup" in said
    assert "can't see the channel" in said
    assert group.posted == []


# Limits ----------------------------------------------------------------------------------------------------------


def texts(card: Any) -> str:
    view = card.view()
    assert view.total_children_count <= 40
    shown = [item.content for item in view.walk_children() if isinstance(item, discord.ui.TextDisplay)]
    assert sum(map(len, shown)) <= 4000
    return "\n".join(shown)


def test_every_step_fits_with_everything_missing() -> None:
    full = GuildSettings(
        GuildId(1),
        channel_id=ChannelId(2**62),
        organiser_role_id=RoleId(2**62),
        zone="America/Argentina/ComodRivadavia",
        time_of_day=time(23, 59),
        ladder=tuple(range(-366, -354)),
    )
    check = ChannelCheck(ChannelId(2**62), exists=True, missing=tuple(NEEDED.values()))
    for step in (*STEPS, "nonsense"):
        for held in (full, GuildSettings(GuildId(1))):
            for found in (check, replace(check, exists=False), None):
                said = texts(
                    step_card(step, held, found, "**No.** Not so.", invite="https://discord.com/oauth2/authorize")
                )
                assert "shortened" not in said
                assert "**No.** Not so." in said
    assert set(FIXES) == set(NEEDED.values())


def test_health_fits_with_many_problems_and_says_when_sweeps_stopped() -> None:
    problem = Reminder(
        ReminderId(1),
        ReminderKind.DUE,
        "due@2026-03-01",
        NOW,
        CivilTime(NOW.date(), NOW.time(), "UTC"),
        state=ReminderState.UNKNOWN,
        guild_id=GuildId(1),
        reason="@everyone " + "x" * 400,
    )
    health = ReminderHealth({ReminderState.UNKNOWN: 50}, NOW, NOW - timedelta(hours=1), (problem,) * 50, 0)
    said = texts(health_card(health, GuildSettings(GuildId(1)), None, (), Directory(), "0.1.0", NOW))
    assert "and 44 more" in said
    assert "tell whoever runs Postbag" in said
    assert "@everyone" not in said
    assert "Check whether it's in the channel" in said


async def unknown(group: Any) -> int:
    """Let a delivery end as unknown; gives its number."""
    await group.app.services.guilds.send_test(group.guild_id)
    store = group.app.services.delivery._store
    now = group.clock.now()
    frozen = group.app.services.delivery._writer
    (delivery,) = await store.claim(now, limit=1, token="mine", freeze=lambda plan: frozen.freeze(plan, now))
    await store.give_up(delivery.delivery_id, "mine", ReminderState.UNKNOWN, "it may have been posted or not", now)
    return int(delivery.delivery_id)


@pytest.mark.asyncio
@pytest.mark.parametrize("there", [True, False])
async def test_an_organiser_decides_what_is_unknown(group: Any, there: bool) -> None:
    number = await unknown(group)
    shown = await group.organiser.slash(group.channel, "admin health")
    assert "Unknown: please check" in group.text_of(shown)
    label = f"Message {number} is there" if there else f"Send message {number} again"
    await group.organiser.click(shown.response, label=label)
    said = group.text_of(shown.response)
    assert "**Not delivered**\nNothing." in said
    report = await group.app.services.delivery.sweep()
    assert report.sent == (0 if there else 1)
    line = (await group.app.services.delivery.ledger(group.guild_id, limit=9))[0 if there else 1]
    assert line.event == ("marked as sent" if there else "to be sent again")


@pytest.mark.asyncio
async def test_what_is_decided_already_is_said(group: Any) -> None:
    number = await unknown(group)
    shown = await group.organiser.slash(group.channel, "admin health")
    await group.app.services.delivery.decide(DeliveryId(number), group.guild_id, posted=True)
    with pytest.raises(NotFound):
        await group.app.services.delivery.decide(DeliveryId(number), GuildId(5), posted=False)
    answered = await group.organiser.click(shown.response, label=f"Send message {number} again")
    assert "already been dealt with" in group.text_of(answered)


@pytest.mark.asyncio
async def test_the_ledger_is_handed_over_privately_as_files(group: Any) -> None:
    await group.app.services.guilds.send_test(group.guild_id)
    await group.app.services.delivery.sweep()
    shown = await group.organiser.slash(group.channel, "admin health")
    answered = await group.organiser.click(shown.response, label="Download the ledger")
    assert answered.response.ephemeral
    assert "1 lines" in group.text_of(answered.response)
    assert str(int(group.guild_id)) not in group.text_of(answered.response)


@pytest.mark.asyncio
@pytest.mark.parametrize("high_risk", [False, True])
async def test_the_ledger_files_name_plan_place_and_message_unless_members_could_be_targeted(
    group: Any, high_risk: bool
) -> None:
    await group.set_up(high_risk=high_risk)
    services = group.app.services
    person = await services.people.person_for(UserId(group.organiser.id))
    plan = await services.actions.plan(group.guild_id, person, "Lobby day", on=date(2026, 3, 30))
    await services.actions.approve(group.guild_id, plan.action_id, plan.revision, person)
    await services.actions.joining.join(group.guild_id, plan.action_id, UserId(group.member.id))
    await group.play_to(datetime(2026, 3, 9, 9, 1, tzinfo=UTC))
    shown = await group.organiser.slash(group.channel, "admin health")
    answered = await group.organiser.click(shown.response, label="Download the ledger")
    files = {file.filename: (await file.read()).decode() for file in answered.response.attachments}
    lines = json.loads(files["postbag-ledger.json"])
    sent = [line for line in lines if line["event"] == "sent"]
    places = {line["about"].rpartition(", ")[2] for line in sent}
    assert places == {"in the channel"}, "a direct message is its person's, not the group's"
    posted = group.posted[0]
    address = f"https://discord.com/channels/{group.guild_id}/{group.channel.id}/{posted.id}"
    if high_risk:
        assert not [words for words in files.values() if "Lobby" in words or "discord.com" in words]
        assert "A step of a plan, in the channel" in files["postbag-ledger.csv"]
    else:
        (line,) = [line for line in sent if line["message"]]
        assert (line["about"], line["message"]) == ("Lobby day: Brief everyone, in the channel", address)
        assert address in files["postbag-ledger.csv"]
    for words in files.values():
        assert str(group.member.id) not in words


@pytest.mark.asyncio
async def test_every_control_of_set_up_has_a_label_or_placeholder(room: Any) -> None:
    opened = await room.organiser.slash(room.channel, "admin setup")
    for _ in range(5):
        for part in controls_of(opened.response):
            if "custom_id" in part:
                assert part.get("label") or part.get("placeholder")
        following = next((name for name in ("Next", "Finish") if name in room.buttons_of(opened.response)), "")
        await room.organiser.click(opened.response, label=following)


@pytest.mark.asyncio
async def test_quiet_hours_can_be_typed_and_may_not_cover_the_time_of_day(room: Any) -> None:
    opened = await room.organiser.slash(room.channel, "admin setup")
    await step_to(room, opened, 4)
    form = await room.organiser.select(opened.response, ["other"])
    await room.organiser.submit_modal(form, {"from": "10.30pm", "until": "8am"})
    assert "Chosen: 10.30pm to 8am" in room.text_of(opened.response)
    form = await room.organiser.select(opened.response, ["other"])
    await room.organiser.submit_modal(form, {"from": "8am", "until": "10am"})
    assert "9am is within the quiet hours" in room.text_of(opened.response)
    assert (await settings(room)).quiet_until == time(8)
    await room.organiser.select(opened.response, ["none"])
    assert (await settings(room)).quiet_from is None


@pytest.mark.asyncio
async def test_a_role_is_mentioned_only_where_it_was_chosen_and_as_often_as_was_chosen(room: Any) -> None:
    opened = await room.organiser.slash(room.channel, "admin setup")
    await step_to(room, opened, 6)
    assert "How often, at most" not in str(controls_of(opened.response))
    await room.organiser.select(opened.response, [room.organiser_role])
    assert "Once a day, 3 times a week" in room.text_of(opened.response)
    selects = [c for c in controls_of(opened.response) if c.get("type") == 3]
    assert [o["value"] for o in selects[0]["options"] if o.get("default")] == ["1-3"]
    await room.organiser.select(opened.response, ["2-7"], custom_id=selects[0]["custom_id"])
    kept = await settings(room)
    assert (kept.ping_role_id, kept.pings_a_day, kept.pings_a_week) == (room.organiser_role.id, 2, 7)
    await room.organiser.click(opened.response, label="Mention nobody")
    assert (await settings(room)).ping_role_id is None


@pytest.mark.asyncio
async def test_words_to_organisers_go_where_only_organisers_read(group: Any) -> None:
    denied, seen = discord.PermissionOverwrite(view_channel=False), discord.PermissionOverwrite(view_channel=True)
    desk = group.guild.create_text_channel(
        "organisers", overwrites={group.guild.default_role: denied, group.guild.me: seen, group.organiser_role: seen}
    )
    opened = await group.organiser.slash(group.channel, "admin setup")
    for _ in range(2):
        await group.organiser.click(opened.response, label="Back")
    assert "send messages for organisers" in group.text_of(opened.response)
    await group.organiser.select(opened.response, [group.channel])
    assert "Everyone in the server can read that channel" in group.text_of(opened.response)
    assert (await settings(group)).notice_channel_id is None
    await group.organiser.select(opened.response, [desk])
    assert (await settings(group)).notice_channel_id == desk.id
    await group.app.services.notices.tell(group.guild_id, "changed", {})
    await group.sweep()
    assert [m.channel.id for m in group.posted] == [desk.id]
    await group.organiser.click(opened.response, label="Send a direct message instead")
    assert (await settings(group)).notice_channel_id is None


@pytest.mark.asyncio
async def test_one_thing_is_changed_and_taken_back(group: Any) -> None:
    opened = await group.organiser.slash(group.channel, "admin settings")
    assert "Your settings" in group.text_of(opened.response)
    await group.organiser.select(opened.response, ["time"])
    await group.organiser.select(opened.response, ["18:00"])
    assert (await settings(group)).time_of_day == time(18)
    before = await settings(group)
    person = await group.app.services.people.person_for(UserId(group.second_organiser.id))
    await group.app.services.guilds.change(group.guild_id, person, zone="Asia/Almaty")
    again = await group.organiser.slash(group.channel, "admin settings")
    await group.organiser.click(again.response, label="Undo the last change")
    assert "undone" in group.text_of(again.response)
    kept = await settings(group)
    assert (kept.zone, kept.time_of_day) == (before.zone, time(18)), "only the last change, whoever made it"
    await group.organiser.click(again.response, label="Undo the last change")
    assert (await settings(group)).time_of_day == time(9)
    refused = await group.member.slash(group.channel, "admin settings")
    assert "organiser" in group.text_of(refused.response).casefold()


@pytest.mark.asyncio
async def test_there_may_be_nothing_to_take_back(group: Any) -> None:
    person = await group.app.services.people.person_for(UserId(group.organiser.id))
    while group.app.services.guilds.can_undo(group.guild_id):
        await group.app.services.guilds.undo(group.guild_id, person)
    with pytest.raises(Refused, match="no change to undo"):
        await group.app.services.guilds.undo(group.guild_id, person)
