"""A group's own report keeps its names, whoever or whatever makes or opens what is about it: a daily job, a direct message."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any

import discord
import pytest

from bot.chat.presses import group_on, read_custom_id
from bot.clock import LONDON
from bot.domain.deadlines import Fact
from bot.domain.identity import GuildId, UserId
from bot.rehearsal.reading import controls_of, options_of, text_of
from tests.chat.test_imports import SLUG, imported
from tests.chat.test_letters import LOCAL, WHY

pytestmark = pytest.mark.asyncio

ITEM = f"{SLUG}/3"
THEME = "Counting the lanterns"
LOST = (
    "Nothing matches",
    "no report with that name",
    "works in a server only",
    "earlier Postbag",
    "Something went wrong",
)
ENDS = ("action.leave", "followup.remove", "remind.cancel")
"""What takes away the thing that is walked: pressed last."""
TYPED = {
    "letter.seat": {"seat": "Tarning"},
    "letter.written": {"ask": ["write-to-minister"], "why": WHY, "local": LOCAL},
    "letter.signed": {"name": "Nadia Invented", "address": "1 Lantern Lane"},
    "followup.kept": {"sent": "2 March 2026"},
    "followup.redated": {"sent": "2 March 2026"},
    "followup.promised": {"promised": "1 September 2026"},
}


def verbs_of(shown: Any) -> list[str]:
    return [(read_custom_id(control["custom_id"]) or ("",))[0] for control in pressable(shown)]


async def press(who: Any, shown: Any, verb: str) -> Any:
    """Press the control of a verb, whatever it is called."""
    (wanted,) = [c["custom_id"] for c in pressable(shown) if (read_custom_id(c["custom_id"]) or ("",))[0] == verb]
    return await who.click(shown, custom_id=wanted)


def nine(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 9, tzinfo=LONDON)


def private(group: Any) -> list[discord.Message]:
    ours = group.env.backend.bot_user.id
    return [message for message in group.member.user.dm_channel.history() if message.author.id == ours]


async def plan(group: Any) -> Any:
    """Import the group's own report, and approve a plan about its third item with the group's own letter."""
    await group.set_up(high_risk=False)
    await imported(group, group.organiser)
    person = await group.app.services.people.person_for(UserId(group.organiser.id))
    actions = group.app.services.actions
    made = await actions.plan(group.guild_id, person, "Lantern day", on=date(2026, 4, 20), items=(ITEM,))
    return await actions.approve(group.guild_id, made.action_id, made.revision, person)


async def test_a_plan_keeps_its_names_when_a_daily_job_plans_its_posts_again(group: Any) -> None:
    made = await plan(group)
    await group.app.services.actions.upkeep.replan(group.guild_id)
    await group.app.recompute()
    await group.play_to(nine(made.steps[0].on) + timedelta(minutes=1))
    (post,) = group.posted
    assert THEME in text_of(post)
    assert SLUG not in text_of(post)


async def test_a_plan_on_a_clock_keeps_its_names_when_the_clock_moves_by_itself(group: Any) -> None:
    await group.set_up(high_risk=False)
    await imported(group, group.organiser)
    services = group.app.services
    person = await services.people.person_for(UserId(group.organiser.id))
    clock = await services.deadlines.add(group.guild_id, person, "Answer on lamps", due_on=date(2026, 4, 20))
    made = await services.actions.plan(
        group.guild_id, person, "Lantern day", deadline_id=clock.deadline_id, items=(ITEM,)
    )
    await services.actions.approve(group.guild_id, made.action_id, made.revision, person)
    moved = await services.deadlines.facts.record(
        Fact.PROMISED, group.guild_id, clock.deadline_id, person, date(2026, 5, 4), "https://example.org/promise"
    )
    await services.actions.upkeep.clock_changed(moved.deadline)
    await services.actions.upkeep.recompute()
    (after,) = await services.actions.plans(group.guild_id)
    await group.play_to(nine(after.steps[0].on) + timedelta(minutes=1))
    assert any(THEME in text_of(post) for post in group.posted)
    assert not any(SLUG in text_of(post) for post in group.posted)


async def test_every_control_in_a_direct_message_about_a_groups_own_report_leads_on(group: Any) -> None:
    made = await plan(group)
    await group.play_to(nine(made.steps[0].on) + timedelta(minutes=1))
    await press(group.member, group.posted[0], "action.join")
    await group.play_to(nine(made.steps[1].on) + timedelta(minutes=1))
    walk = Walk(group)
    await walk.message(private(group)[-1])
    for verb in ("action.open", "action.write", "letter.written", "letter.finish", "followup.sent", "followup.said"):
        assert verb in walk.pressed, f"{verb} was never reached"
    assert any(THEME in text for text in walk.seen)


async def test_a_letter_sent_from_a_direct_message_is_the_groups_and_leads_on_from_every_answer(group: Any) -> None:
    """J9 of a letter about the group's own report: the check, each of the six answers, and the letter after it."""
    made = await plan(group)
    await group.play_to(nine(made.steps[0].on) + timedelta(minutes=1))
    await press(group.member, group.posted[0], "action.join")
    await group.play_to(nine(made.steps[1].on) + timedelta(minutes=1))
    me = group.member.user
    opened = await press(me, private(group)[-1], "action.open")
    assert THEME in text_of(opened.response)
    form = await press(me, opened.response, "action.write")
    shown = await written(me, await me.submit_modal(form, TYPED["letter.seat"]))
    done = await press(me, shown.response, "letter.finish")
    form = await press(me, done.response, "followup.sent")
    kept = await me.submit_modal(form, {"sent": "today"})
    assert "Dark Lanes" in text_of(kept.response)
    (letter,) = await group.app.services.follow_ups.letters(UserId(me.id))
    assert letter.held.guild_id == group.guild_id
    await group.restart()
    await group.play_to(group.clock.now() + timedelta(days=15))
    check = next(message for message in reversed(private(group)) if "followup.open" in verbs_of(message))
    walk = Walk(group)
    await walk.message(check)
    assert "letter.start" in walk.pressed


async def test_the_lists_of_a_direct_message_name_the_groups_own_report(group: Any) -> None:
    await plan(group)
    me = group.member.user
    await group.app.services.follow_ups.sent(
        UserId(me.id), recommendation=ITEM, constituency_id=1, guild_id=group.guild_id
    )
    listed = await me.slash("letter follow-ups")
    assert "Dark Lanes" in text_of(listed.response)
    walk = Walk(group)
    await walk.message(listed.response)
    assert {"followup.pick", "followup.said", "letter.start"} <= walk.pressed


async def test_a_private_reminder_about_a_groups_own_report_can_be_changed_anywhere(group: Any) -> None:
    await plan(group)
    card = await group.member.slash(group.channel, "recommendations show", number=ITEM)
    form = await press(group.member, card.response, "remind.start")
    understood = await group.member.submit_modal(form, filled(form.modal, {"when": "tomorrow 6pm"}))
    await press(group.member, understood.response, "remind.keep")
    await group.play_to(group.clock.now() + timedelta(days=2))
    assert THEME in text_of(private(group)[-1])
    walk = Walk(group)
    await walk.message(private(group)[-1])
    assert "remind.snooze" in walk.pressed


async def test_another_groups_members_and_everybody_else_still_do_not_see_the_report(group: Any) -> None:
    await plan(group)
    shown = await group.outsider.slash("recommendations show", number=ITEM)
    assert "Nothing matches" in text_of(shown)
    view = group.app.services.reports.for_group(GuildId(77))
    assert SLUG not in [report.slug for report in view.reports()]


async def written(me: Any, shown: Any) -> Any:
    """Get from the answer to a constituency to the preview."""
    if shown.modal is None:
        shown = await press(me, shown.response, "letter.write")
    return await me.submit_modal(shown, TYPED["letter.written"])


class Walk:
    """Press every control of a direct message, and every control of what each leads to, once for each of its kind and value."""

    def __init__(self, group: Any) -> None:
        self.group = group
        self.me = group.member.user
        self.pressed: set[str] = set()
        self.seen: list[str] = []
        self._done: set[tuple[str, str]] = set()

    async def message(self, message: Any) -> None:
        """Walk from a message; what ends the thing itself is pressed last. An answer may take its message's place."""
        open_now: dict[int, Any] = {message.id: message}
        for ends in (False, True):
            while (found := self._next(open_now, ends=ends)) is not None:
                shown, control, value = found
                for answer in await self._press(shown, control, value):
                    open_now[answer.id] = answer

    def _next(self, open_now: dict[int, Any], *, ends: bool) -> tuple[Any, dict[str, Any], str | None] | None:
        for shown in list(open_now.values()):
            for control in pressable(shown):
                verb, args = read_custom_id(control["custom_id"]) or ("", ())
                for value in values_of(control):
                    key = (verb, value if value is not None else "|".join(a for a in args if not is_token(a)))
                    if key not in self._done and (verb in ENDS) == ends:
                        self._done.add(key)
                        return shown, control, value
        return None

    async def _press(self, shown: Any, control: dict[str, Any], value: str | None) -> list[Any]:
        verb, _ = read_custom_id(control["custom_id"]) or ("", ())
        self.pressed.add(verb)
        if value is None:
            result = await self.me.click(shown, custom_id=control["custom_id"])
        else:
            result = await self.me.select(shown, [value], custom_id=control["custom_id"])
        found = []
        while True:
            text = text_of(result)
            self.seen.append(text)
            assert SLUG not in text, f"{verb} shows the key of the report:\n{text}"
            for words in LOST:
                assert words not in text, f"{verb} of {control} leads nowhere:\n{text}"
            if result.modal is None:
                break
            answer, _ = read_custom_id(result.modal["custom_id"]) or ("", ())
            self.pressed.add(answer)
            result = await self.me.submit_modal(result, filled(result.modal, TYPED.get(answer, {})))
            verb = answer
        for message in (result.response, *result.followups):
            if message is not None:
                found.append(message)
        return found


def pressable(shown: Any) -> Iterator[dict[str, Any]]:
    for control in controls_of(shown):
        if control.get("custom_id") and not control.get("disabled") and control["custom_id"].startswith("pb"):
            yield control


def values_of(control: dict[str, Any]) -> list[str | None]:
    options = control.get("options")
    return [str(option["value"]) for option in options] if options else [None]


def is_token(arg: str) -> bool:
    """Tell whether an argument only names a draft, so that the same control of another draft is the same control."""
    return len(arg) == 11


def filled(form: dict[str, Any], typed: dict[str, Any]) -> dict[str, Any]:
    """Fill a form: with what is typed, else with what stands in it."""
    values: dict[str, Any] = {}
    for part in form["components"]:
        control = part.get("component") or {}
        if control.get("type") == 4:
            needed = WHY[:80] if control.get("required", True) else ""
            values[control["custom_id"]] = typed.get(control["custom_id"]) or control.get("value") or needed
        elif control.get("type") == 3:
            offered = [option["value"] for option in control["options"]]
            wanted = [value for value in typed.get(control["custom_id"], ()) if value in offered]
            values[control["custom_id"]] = wanted or offered[:1]
    return values


async def test_a_control_carries_its_group_and_nobody_can_name_another(group: Any) -> None:
    made = await plan(group)
    await group.play_to(nine(made.steps[1].on) + timedelta(minutes=1))
    await press(group.member, group.posted[0], "action.join")
    await group.play_to(nine(made.steps[2].on) + timedelta(minutes=1))
    opened = await press(group.member.user, private(group)[-1], "action.open")
    groups = {group_on(control["custom_id"], group.app.services.sign) for control in pressable(opened.response)}
    assert groups == {group.guild_id}
    in_server = await press(group.member, group.posted[-1], "action.write")
    assert not options_of(in_server.response)
    assert group_on(in_server.modal["custom_id"], group.app.services.sign) is None
