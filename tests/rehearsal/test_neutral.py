"""In a group whose members could be targeted nothing that comes unasked names its subject: in every scene, wherever it shows.

Looked at are all posts and direct messages, what a notification shows of them, Discord's events, the names and contents of calendar
files, the names of all files and the reasons in Discord's audit log; and every field of every request by which Postbag makes or
changes anything on Discord, whatever it is for. It is walked before the group answers, after *yes*, and through *no*, *yes* and
*no* again: what is sent follows the answer of that day. What must not occur is taken from the reports that are held and
from what the group itself typed, so that a new report or scene needs no word here.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.config import Settings
from bot.domain.identity import UserId
from bot.rehearsal.reading import buttons_of, text_of
from bot.rehearsal.room import open_room
from bot.rehearsal.scenes import FOLDER, ORDINARY, Do, Scene, read_file
from bot.resources import templates_folder
from tests.chat.full_group import shown_by

SCENES = [ORDINARY, *(read_file(path) for path in sorted(FOLDER.glob("*.toml")))]
OURS = {"date": "Zorrelbank vote", "plan": "Quendlemarch", "reminder": "ring the Yaddlethorpe office"}
"""What the group types here, beside what its scene does."""
FEW = {ORDINARY.key, "event-of-our-own", "letter-to-answer"}
"""Scenes for what need not be walked in all."""
USUAL = {"department", "publish", "start", "response"}
"""Words of titles that any calendar or message may hold."""


def templates_say() -> set[str]:
    """Give the words that every message may hold: those of the templates."""
    return set(
        re.findall(
            r"\w+",
            " ".join(p.read_text().casefold() for p in (templates_folder() / "messages").rglob("*") if p.is_file()),
        )
    )


async def subjects(stage: Any, scene: Scene) -> set[str]:
    """Give what must not occur: titles, themes and asks of reports, the group's own titles, what people typed for themselves."""
    services, found = stage.app.services, set(OURS.values())
    for report in services.reports.for_group(stage.guild_id).reports():
        found |= {report.title, report.short_title, report.slug, str(report.slug).replace("-", " ")}
        for item in report.recommendations:
            found |= {item.theme, item.summary, item.official[:80]}
    found |= {clock.title for clock in await services.deadlines.list(stage.guild_id)}
    for plan in await services.actions.plans(stage.guild_id):
        found |= {plan.title}
    for step in scene.steps:
        if step.do in (Do.TYPES, Do.FILLS):
            found |= {str(value) for name, value in step.values.items() if name in ("what", "title", "words", "place")}
    usual = templates_say() | USUAL
    words = {word for one in found for word in re.findall(r"[A-Z]\w{4,}", one) if word.casefold() not in usual}
    return {" ".join(one.split()).casefold() for one in found | words if len(one) >= 5 and one.casefold() not in usual}


def unasked(stage: Any, *, shared: bool) -> Iterator[tuple[str, str]]:
    """Give every message of the bot that everybody reads, or that it wrote to somebody by itself.

    ``shared``: somebody pressed *Show to everyone*, whose card is asked for; what comes unasked always says why.
    """
    answers = {i.message_id for i in stage.env.backend.interactions.values()} | {
        one for i in stage.env.backend.interactions.values() for one in i.followup_ids
    }
    for channel, messages in stage.env.backend.messages.items():
        for message in messages.values():
            if message.author_id == stage.env.backend.bot_user.id and message.id not in answers:
                shown = {
                    "content": message.content,
                    "components": message.components,
                    "attachments": [{"filename": f["filename"]} for f in message.attachments],
                }
                if "pb:why" in str(message.components) or not shared:
                    yield f"message in {channel}", text_of(shown)


def fields_on_discord(stage: Any, *, shared: bool, since: int = 0) -> Iterator[tuple[str, str]]:
    """Give whatever the bot wrote anywhere on Discord but in private answers and the list of its commands, with the reasons it gave."""
    for entry in stage.env.backend.http_requests[since:]:
        asked_for = re.match(r"^/(interactions|webhooks|applications)/", entry.path)
        if entry.method == "GET" or asked_for or (shared and "pb:why" not in str(entry.json)):
            continue
        yield f"{entry.method} {entry.path}", f"{entry.json} {entry.reason or ''}"


def files(stage: Any) -> Iterator[tuple[str, str]]:
    for messages in stage.env.backend.messages.values():
        for message in messages.values():
            for file in message.attachments:
                yield "name of a file", file["filename"]


async def campaign(stage: Any) -> list[tuple[str, str]]:
    """Do what a group does beside its scene: a date, a plan with its event, joiners, reminders, a letter that was sent, calendars."""
    nadia, tomos, channel, services = stage.organiser, stage.member, stage.channel, stage.app.services
    found: list[tuple[str, str]] = []
    today = stage.clock.now().date()
    await nadia.slash(
        channel, "deadlines add", title=OURS["date"], date=(today + timedelta(days=40)).strftime("%-d %B %Y")
    )
    await nadia.slash(
        channel, "action plan", day=(today + timedelta(days=30)).strftime("%-d %B %Y"), title=OURS["plan"]
    )
    plan = next(one for one in await services.actions.plans(stage.guild_id) if one.title == OURS["plan"])
    card = await nadia.slash(channel, "action show", action=str(plan.action_id))
    done = await nadia.click(card.response, label="Approve")
    if "Add it to Discord's events" in buttons_of(done.response):
        asked = await nadia.click(done.response, label="Add it to Discord's events")
        await nadia.click(asked.response, label="Make the event")
    await services.actions.joining.join(stage.guild_id, plan.action_id, UserId(tomos.id))
    read = await tomos.slash(channel, "remind me", what=OURS["reminder"], when="in 20 days")
    await tomos.click(read.response, label="Save")
    item = next(iter(services.reports.for_group(stage.guild_id).reports())).recommendations[0]
    report = next(iter(services.reports.for_group(stage.guild_id).reports()))
    await services.follow_ups.sent(
        UserId(tomos.id), recommendation=f"{report.slug}/{item.key}", constituency_id=1, guild_id=stage.guild_id
    )
    for who in (tomos, nadia):
        answer = await who.slash(channel, "deadlines calendar")
        found += [
            ("a calendar file", (await file.read()).decode())
            for m in (answer.response, *answer.followups)
            for file in m.attachments
        ]
    return found


@pytest.mark.claim("P-48")
@pytest.mark.loopback
@pytest.mark.asyncio
@pytest.mark.parametrize(
    ("scene", "answered"),
    [(scene, True) for scene in SCENES] + [(scene, False) for scene in SCENES if scene.key in FEW],
    ids=lambda of: of.key if isinstance(of, Scene) else "yes" if of else "unanswered",
)
async def test_nothing_that_comes_unasked_names_its_subject(scene: Scene, answered: bool, tmp_path: Path) -> None:
    async with open_room(Settings(), data=tmp_path, scene=replace(scene, high_risk=True)) as room:
        stage = room.stage
        await stage.set_up(high_risk=True, risk_answered=answered)
        seen = await campaign(stage)
        for _ in range(25):
            await stage.move_to(stage.clock.now() + timedelta(days=3))
            await stage.sweep()
        for post in stage.posted[-3:]:
            for label in ("Calendar file",):
                if label in buttons_of(post):
                    answer = await stage.member.click(post, label=label)
                    seen.append(("a calendar file", await shown_by(answer)))
        guild = stage.env.backend.get_guild(stage.guild.id)
        seen += [
            ("Discord's event", f"{e.name} {e.description} {e.entity_metadata}")
            for e in guild.scheduled_events.values()
        ]
        seen += [("the audit log", str(entry)) for entry in guild.audit_log_entries]
        shared = any(step.what.startswith("Show ") for step in scene.steps)
        seen += [*unasked(stage, shared=shared), *files(stage), *fields_on_discord(stage, shared=shared)]
        wrong = named(await subjects(stage, scene), seen)
        assert not wrong, "\n".join(sorted(wrong))
        assert len([1 for place, _ in seen if place.startswith("message")]) > 5, "something was posted"


def named(never: set[str], seen: Iterable[tuple[str, str]]) -> set[str]:
    """Say where something stands that must not."""
    return {
        f"{place}: “{one}” in {text[:300]}"
        for place, text in seen
        for one in never
        if one in " ".join(text.split()).casefold()
    }


async def answer_no(stage: Any) -> None:
    """Answer the question with *no*: two organisers, as it is asked for once *yes* was said."""
    guilds, people = stage.app.services.guilds, stage.app.services.people
    for who in (stage.organiser, stage.second_organiser):
        await guilds.protect_less(stage.guild_id, await people.person_for(UserId(who.id)), "high_risk")
    assert not (await guilds.settings(stage.guild_id)).high_risk


async def answer_yes(stage: Any) -> None:
    person = await stage.app.services.people.person_for(UserId(stage.second_organiser.id))
    await stage.app.services.guilds.protect(stage.guild_id, person, "high_risk")
    await stage.organiser.slash(stage.channel, "admin settings")


@pytest.mark.claim("P-48", "P-91")
@pytest.mark.loopback
@pytest.mark.asyncio
@pytest.mark.parametrize("scene", [one for one in SCENES if one.key in FEW], ids=lambda scene: scene.key)
async def test_what_is_sent_follows_the_answer_of_that_day_whatever_was_set_before(
    scene: Scene, tmp_path: Path
) -> None:
    """*No* while all is set, then *yes*, then *no* again: two months of posts after each."""
    async with open_room(Settings(), data=tmp_path, scene=replace(scene, high_risk=False)) as room:
        stage = room.stage
        await stage.set_up(high_risk=False, risk_answered=True)
        await campaign(stage)
        requests = stage.env.backend.http_requests
        never, found = await subjects(stage, scene), {}
        for answer in ("yes", "no"):
            await (answer_yes if answer == "yes" else answer_no)(stage)
            since = len(requests)
            for _ in range(12):
                await stage.move_to(stage.clock.now() + timedelta(days=2))
                await stage.sweep()
            found[answer] = named(never, fields_on_discord(stage, shared=False, since=since))
        assert not found["yes"], "\n".join(sorted(found["yes"]))
        assert found["no"], "after no again the group's dates, plans and reminders are named"
