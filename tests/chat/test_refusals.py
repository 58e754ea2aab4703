"""Nobody but an organiser gets past an organiser's control: every marked press is really pressed, whatever marks there are.

Each verb is pressed as a button, chosen in a select and submitted as a form; by a member, by somebody who is in no server with
the bot, and by somebody who was an organiser when the control was drawn.
"""

from __future__ import annotations

from typing import Any

import discord
import pytest
from discord import AppCommandOptionType, app_commands
from sqlalchemy import select

from bot.chat.presses import custom_id
from bot.chat.ui import Act, Card, Option
from bot.domain.identity import RoleId
from bot.rehearsal.reading import text_of
from storage.schema import metadata

SAYS = "This is for organisers of your group"
ELSEWHERE = "This only works in a server"

OPEN_VERBS = """
action.ics action.join action.leave action.letter action.open action.write
deadlines.calendar deadlines.list deadlines.picture deadlines.show doubt.open doubt.send
followup.date followup.kept followup.list followup.open followup.pick followup.promised followup.question followup.redated
followup.remove followup.said followup.sent followup.tabled
letter.about letter.find letter.finish letter.mention letter.near letter.outside letter.report letter.sample letter.seat letter.sign
letter.signed letter.skip letter.start letter.trim letter.write letter.written
mp.find mp.named mp.said mp.seat
privacy.export privacy.forget privacy.forgotten privacy.show record.history record.show
remind.before remind.cancel remind.change remind.done remind.edit remind.event remind.keep remind.list remind.new remind.open
remind.read remind.settings remind.settings.keep remind.snooze remind.snooze.ask remind.snooze.read remind.snoozed
remind.start remind.words
report.card report.doors report.list report.share report.show report.sources report.since report.theme said.list start.organise why
"""
OPEN = frozenset(OPEN_VERBS.split())
"""What anybody may press: reading, one's own letters, reminders, follow-ups and privacy, joining and leaving a plan, telling of a
doubt. Nothing here changes what is the group's. A new verb is marked as an organiser's, or put here on purpose."""

ORGANISING = frozenset(
    {
        f"reports {name}"
        for name in ["follow", "unfollow", "import", "record-answer", "record-evidence", "undo", "committees"]
    }
    | {f"deadlines {name}" for name in ["add", "edit", "promised", "received", "withdraw", "question"]}
    | {f"action {name}" for name in ["plan", "cancel", "report"]}
    | {f"admin {name}" for name in ["setup", "settings", "health", "audit", "export", "import"]}
    | {f"admin template {name}" for name in ["new", "review", "retire"]}
)
"""The commands that the product keeps for organisers."""

OPEN_COMMANDS = frozenset(
    {"start", "help"}
    | {f"recommendations {name}" for name in ["browse", "search", "show"]}
    | {f"reports {name}" for name in ["list", "show"]}
    | {f"mp {name}" for name in ["find", "postcode", "show"]}
    | {f"letter {name}" for name in ["write", "follow-ups", "templates"]}
    | {f"deadlines {name}" for name in ["list", "show", "calendar"]}
    | {f"action {name}" for name in ["list", "show"]}
    | {f"remind {name}" for name in ["me", "list", "cancel"]}
    | {f"privacy {name}" for name in ["about", "show", "export", "forget-me"]}
)
"""The commands that are everybody's: reading, one's own letters, reminders and privacy. A new one is put here on purpose, or is an
organiser's: then the walk below holds it to its refusal."""

MENUS = (discord.AppCommandType.message, discord.AppCommandType.user)
OPEN_MENUS = frozenset({"Write to my MP about this"})


async def everything(room: Any) -> dict[str, list[str]]:
    """Give every row of every table."""
    async with room.app.database.reading() as connection:
        return {t.name: sorted(map(repr, await connection.execute(select(t)))) for t in metadata.sorted_tables}


def verbs_of(room: Any) -> list[str]:
    """List every verb that is an organiser's."""
    return sorted(mark.verb for mark in room.app.client.marks if mark.organiser)


def no_longer_organiser(room: Any) -> Any:
    """Take the organisers' role from one who had it, and had nothing else."""
    actor = room.second_organiser
    room.env.backend.guilds[room.guild.id].members[actor.id].role_ids.remove(room.organiser_role.id)
    return actor


def refused(answer: Any, verb: str, says: str) -> None:
    assert answer.response is not None, verb
    assert answer.response.ephemeral, verb
    assert says in text_of(answer.response), (verb, text_of(answer.response))


async def press_all(room: Any, where: Any, actor: Any, says: str) -> int:
    """Press and choose every organiser's control as somebody, each drawn as the bot would draw it; give their number."""
    verbs = verbs_of(room)
    for start in range(0, len(verbs), 15):
        some = verbs[start : start + 15]
        drawn = Card("Buttons").buttons(*(Act(verb, verb, (1, 1)) for verb in some))
        sent = await where.send(view=drawn.view())
        for verb in some:
            refused(await actor.click(sent, label=verb), verb, says)
        lists = Card("Lists")
        for verb in some:
            lists.select(verb, [Option("One", "1")], args=(1, 1))
        sent = await where.send(view=lists.view())
        for verb in some:
            refused(await actor.select(sent, ["1"], custom_id=custom_id(verb, 1, 1)), verb, says)
    return len(verbs)


async def submit_all(room: Any, actor: Any, says: str, *place: Any) -> None:
    """Submit a form of every organiser's verb: one that the actor really opened, under that verb's name."""
    for verb in verbs_of(room):
        listed = await actor.slash(*place, "remind list")
        form = await actor.click(listed.response, label="Change my settings")
        form._interaction.modal["custom_id"] = custom_id(verb, 1, 1)
        refused(await actor.submit_modal(form, {"zone": "Karachi", "time": "", "lead": ""}), verb, says)


def channel_of(room: Any) -> Any:
    return room.app.client.get_channel(int(room.channel.id))


@pytest.mark.asyncio
async def test_every_organisers_press_refuses_a_member_and_changes_nothing(group: Any) -> None:
    before = await everything(group)
    assert await press_all(group, channel_of(group), group.member, SAYS) > 100
    await submit_all(group, group.member, SAYS, group.channel)
    assert await everything(group) == before


@pytest.mark.asyncio
async def test_every_organisers_press_refuses_one_who_was_an_organiser_when_it_was_drawn(group: Any) -> None:
    opened = await group.second_organiser.slash(group.channel, "admin settings")
    form = await group.second_organiser.slash(group.channel, "deadlines add", kind="expected answer")
    assert form.modal is not None
    plans = await group.second_organiser.slash(group.channel, "action list")
    before = await everything(group)
    actor = no_longer_organiser(group)
    refused(await actor.select(opened.response, ["time"]), "admin.setup", SAYS)
    refused(await actor.click(plans.response, label="Plan an action"), "action.new", SAYS)
    typed = {"title": "Council vote", "date": "20 March 2026"}
    wanted = {item["component"]["custom_id"] for item in form.modal["components"] if "component" in item}
    answer = await actor.submit_modal(form, {name: value for name, value in typed.items() if name in wanted})
    refused(answer, "deadlines.add.keep", SAYS)
    assert await press_all(group, channel_of(group), actor, SAYS) > 100
    await submit_all(group, actor, SAYS, group.channel)
    assert await everything(group) == before


@pytest.mark.asyncio
async def test_a_role_that_organises_no_longer_opens_nothing(group: Any) -> None:
    opened = await group.second_organiser.slash(group.channel, "admin settings")
    assert "Your settings" in text_of(opened.response)
    await group.set_up(organiser_role_id=RoleId(int(group.organiser_role.id) + 1))
    before = await everything(group)
    refused(await group.second_organiser.slash(group.channel, "admin settings"), "admin settings", SAYS)
    refused(await group.second_organiser.click(opened.response, label="Back"), "admin.setup", SAYS)
    assert await everything(group) == before


@pytest.mark.asyncio
async def test_every_organisers_press_refuses_an_outsider_and_changes_nothing(group: Any) -> None:
    await group.outsider.slash("start")
    user = await group.app.client.fetch_user(group.outsider.id)
    before = await everything(group)
    assert await press_all(group, await user.create_dm(), group.outsider, ELSEWHERE) > 100
    await submit_all(group, group.outsider, ELSEWHERE)
    assert await everything(group) == before


def commands_of(room: Any) -> dict[str, app_commands.Command[Any, Any, Any]]:
    found = room.app.client.tree.walk_commands()
    return {one.qualified_name: one for one in found if isinstance(one, app_commands.Command)}


def needed_by(command: app_commands.Command[Any, Any, Any]) -> dict[str, Any]:
    """Give something for each option that a command needs."""
    return {
        one.name: 1 if one.type is AppCommandOptionType.integer else (one.choices[0].value if one.choices else "1")
        for one in command.parameters
        if one.required
    }


@pytest.mark.asyncio
async def test_the_organisers_commands_are_those_of_the_product(room: Any) -> None:
    told = {name for name, one in commands_of(room).items() if "(organisers)" in one.description}
    assert told == ORGANISING


@pytest.mark.asyncio
async def test_every_command_and_menu_is_an_organisers_or_open_on_purpose(room: Any) -> None:
    tree = room.app.client.tree
    menus = {one.name for kind in MENUS for one in tree.get_commands(type=kind)}
    assert set(commands_of(room)) - ORGANISING == OPEN_COMMANDS
    assert menus == OPEN_MENUS


@pytest.mark.asyncio
async def test_every_organisers_command_refuses_a_member_an_ex_organiser_and_an_outsider(group: Any) -> None:
    ex = no_longer_organiser(group)
    before = await everything(group)
    for name, command in commands_of(group).items():
        if name not in ORGANISING:
            continue
        for actor in (group.member, ex):
            refused(await actor.slash(group.channel, name, **needed_by(command)), name, SAYS)
        top = command.root_parent
        contexts = top.allowed_contexts if top is not None else None
        if contexts is None or contexts.dm_channel:
            refused(await group.outsider.slash(name, **needed_by(command)), name, "in a server")
        else:
            with pytest.raises(Exception, match=r"(?i)command"):
                await group.outsider.slash(name, **needed_by(command))
    assert await everything(group) == before


@pytest.mark.asyncio
async def test_autocomplete_of_an_organisers_command_tells_a_member_nothing_of_plans_and_templates(group: Any) -> None:
    await group.organiser.slash(group.channel, "action plan", day="20 April 2026", title="Secret lobby day")
    for command, option in (
        ("action show", "action"),
        ("action cancel", "action"),
        ("action report", "action"),
        ("admin template review", "template"),
        ("admin template retire", "template"),
    ):
        assert await group.member.autocomplete(group.channel, command, option, "") == [], command
    assert await group.organiser.autocomplete(group.channel, "action show", "action", "") != []


@pytest.mark.asyncio
async def test_every_press_is_an_organisers_or_open_on_purpose(room: Any) -> None:
    marks = {mark.verb: mark.organiser for mark in room.app.client.marks}
    assert {verb for verb, organiser in marks.items() if not organiser} == OPEN


@pytest.mark.asyncio
async def test_a_verb_pressed_by_an_organiser_is_not_refused(group: Any) -> None:
    """The walk would notice nothing if everything were refused: one control of an organiser works."""
    sent = await channel_of(group).send(view=Card("One").buttons(Act("Plan", "action.new")).view())
    answer = await group.organiser.click(sent, label="Plan")
    assert SAYS not in text_of(answer.response)
    assert isinstance(sent, discord.Message)
