"""Every form that writes over something carries what it was opened on; a new form has to say which kind it is."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import bot.chat
from bot.rehearsal.reading import buttons_of, controls_of, text_of

WRITES_OVER = {
    "deadlines.edit.keep",
    "deadlines.{fact}.keep",
    "event.{what}.keep",
    "event.ladder.keep",
    "event.move.keep",
    "action.step.keep",
    "action.move.keep",
    "action.about.keep",
    "action.outcome.keep",
    "ladder.check",
    "admin.zone.keep",
    "admin.time.keep",
    "admin.quiet.keep",
    "record.answer",
    "record.evidence",
    "template.keep",
    "remind.read",
    "remind.settings.keep",
    "followup.promised",
    "followup.redated",
    "followup.tabled",
}
"""Forms that change what somebody saved before."""

OVERWRITES_NOTHING = {
    "deadlines.add.keep": "a new date",
    "action.day.keep": "a new plan",
    "action.copy.keep": "a new plan",
    "doubt.send": "a message",
    "said.try": "words that are only tried: a card shows what they find before they are saved",
    "watch.find": "a search",
    "mp.named": "a search",
    "followup.kept": "a new letter on one's own list",
    "remind.snooze.read": "shown as buttons first",
    "import.filled": "a new import, previewed",
    "import.pages": "a new import, previewed",
    "sitting.source": "an import, previewed",
    "moving.file": "a file, previewed",
    "letter.seat": "a letter in memory",
    "letter.signed": "a letter in memory",
    "letter.written": "a letter in memory",
}


SEEN = re.compile(r"revision|edition|opened|seen|edited")
"""How whatever names the state that a form was opened on is called."""


def _carries_what_was_seen(node: ast.Call, within: ast.Module) -> bool:
    """Tell whether a form's arguments hold the state that it is opened on; a name is looked up in the function around it."""
    given = [keyword.value for keyword in node.keywords if keyword.arg == "args"]
    around = [
        f for f in ast.walk(within) if isinstance(f, ast.FunctionDef | ast.AsyncFunctionDef) and node in ast.walk(f)
    ]
    held = {name.id for value in given for name in ast.walk(value) if isinstance(name, ast.Name)}
    for assigned in (each for function in around for each in ast.walk(function)):
        if isinstance(assigned, ast.Assign | ast.AnnAssign) and assigned.value is not None:
            targets = assigned.targets if isinstance(assigned, ast.Assign) else [assigned.target]
            if any(isinstance(target, ast.Name) and target.id in held for target in targets):
                given.append(assigned.value)
    return any(SEEN.search(ast.unparse(value)) for value in given)


def _forms() -> Iterator[tuple[str, bool]]:
    """Give the verb of each form that is built anywhere, and whether it carries what it was opened on."""
    for path in Path(bot.chat.__path__[0]).rglob("*.py"):
        within = ast.parse(path.read_text())
        for node in ast.walk(within):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "form" and len(node.args) > 1:
                verb = node.args[1]
                if isinstance(verb, ast.JoinedStr):
                    name = "".join(
                        str(part.value) if isinstance(part, ast.Constant) else f"{{{ast.unparse(part.value)}}}"
                        for part in verb.values
                        if isinstance(part, ast.Constant | ast.FormattedValue)
                    )
                else:
                    assert isinstance(verb, ast.Constant), f"{path}: a form's verb is written out"
                    name = str(verb.value)
                yield name, _carries_what_was_seen(node, within)


def test_every_form_is_known_as_one_that_writes_over_something_or_not() -> None:
    found = dict(_forms())
    assert set(found) - WRITES_OVER - set(OVERWRITES_NOTHING) == set(), "say which kind a new form is"
    assert (WRITES_OVER | set(OVERWRITES_NOTHING)) - set(found) == set(), "no such form is built"
    assert {verb for verb, carries in _forms() if verb in WRITES_OVER and not carries} == set(), (
        "it carries the revision that it was opened on, not only the number of what it changes"
    )
    carrying = {verb for verb, carries in _forms() if carries}
    assert carrying - WRITES_OVER == set(), "what carries a revision writes over something"


def typed_in(form: Any) -> dict[str, Any]:
    return {c["custom_id"]: c.get("value", "") for c in controls_of(form) if c.get("type") == 4}


SETTINGS = {
    "zone": ("", {"zone": "Karachi"}, {"zone": "Almaty"}, "Asia/Karachi", "Almaty"),
    "time": ("", {"time": "8am"}, {"time": "10am"}, "8am", "10am"),
    "quiet": (
        "",
        {"from": "11pm", "until": "6am"},
        {"from": "10pm", "until": "7am"},
        "11pm",
        "10pm",
    ),
}


@pytest.mark.asyncio
@pytest.mark.parametrize("which", SETTINGS)
async def test_a_setting_that_was_typed_is_not_overwritten_unseen(group: Any, which: str) -> None:
    _, first, second, saved, typed = SETTINGS[which]

    async def opened(who: Any) -> Any:
        shown = await who.slash(group.channel, "admin settings")
        step = await who.select(shown.response, [which], custom_id="pb:admin.setup:change")
        return step.response or shown.response, await who.select(
            step.response or shown.response, ["other"], custom_id=f"pb:admin.{which}"
        )

    (card, mine), (_, theirs) = await opened(group.organiser), await opened(group.second_organiser)
    await group.second_organiser.submit_modal(theirs, first)
    await group.organiser.submit_modal(mine, second)
    words = text_of(card)
    assert saved in words
    assert typed in words
    assert "nothing was overwritten" in words
    again = await group.organiser.click(card, label="Correct it")
    assert typed_in(again) == second
    await group.organiser.submit_modal(again, second)
    assert "overwritten" not in text_of(card)
    assert typed in text_of(card)


@pytest.mark.asyncio
@pytest.mark.parametrize("whose", ["group", "clock"])
async def test_a_ladder_is_not_overwritten_unseen(group: Any, whose: str) -> None:
    from datetime import date

    made = await group.app.services.deadlines.add(group.guild_id, None, "Answer on lamps", due_on=date(2026, 6, 7))

    async def opened(who: Any) -> Any:
        if whose == "clock":
            shown = await who.slash(group.channel, "deadlines show", deadline=str(made.deadline_id))
            return await who.click(shown.response, label="Change reminders")
        shown = await who.slash(group.channel, "admin settings")
        step = await who.select(shown.response, ["days"])
        return await who.click(step.response, label="Change the days")

    first = await opened(group.organiser)
    seen = await group.organiser.submit_modal(first, {"days": "-21, 0", "monthly": ["0"]})
    other = await opened(group.second_organiser)
    theirs = await group.second_organiser.submit_modal(other, {"days": "-5, 0", "monthly": ["1"]})
    await group.second_organiser.click(theirs.response, label="Save")
    refused = await group.organiser.click(seen.response, label="Save")
    words = text_of(refused.response)
    assert "nothing was overwritten" in words
    assert "5 days before" in words
    assert "-21" in words
    again = await group.organiser.click(refused.response, label="Correct it")
    assert typed_in(again)["days"] == "-21, 0"
    shown = await group.organiser.submit_modal(again, {"days": "-21, 0", "monthly": ["0"]})
    kept = await group.organiser.click(shown.response, label="Save")
    twice = await group.organiser.click(shown.response, label="Save")
    for said in (kept, twice):
        assert "overwritten" not in text_of(said.response)


@pytest.mark.asyncio
async def test_an_answer_to_a_recommendation_is_not_overwritten_unseen(group: Any) -> None:
    typed = {"date": "1 March 2026", "by": "", "words": "We looked.", "link": "https://committee.example/answer"}

    async def opened(who: Any) -> Any:
        return await who.slash(group.channel, "reports record-answer", recommendation="never-again/3")

    mine, theirs = await opened(group.organiser), await opened(group.second_organiser)
    preview = await group.second_organiser.submit_modal(theirs, {**typed, "answer": ["not agreed"]})
    keep = next(label for label in buttons_of(preview.response) if label.startswith(("Keep", "Save", "Record")))
    await group.second_organiser.click(preview.response, label=keep)
    refused = await group.organiser.submit_modal(mine, {**typed, "answer": ["agreed"], "words": "Mine."})
    words = text_of(refused.response)
    assert "nothing was overwritten" in words
    assert "Mine." in words
    again = await group.organiser.click(refused.response, label="Correct it")
    assert typed_in(again)["words"] == "Mine."


@pytest.mark.asyncio
async def test_ones_own_settings_are_handed_back_after_a_mistake(group: Any) -> None:
    async def opened() -> Any:
        listed = await group.member.slash(group.channel, "remind list")
        return await group.member.click(listed.response, label="Change my settings")

    first, second = await opened(), await opened()
    wrong = await group.member.submit_modal(first, {"zone": "Atlantis", "time": "8am", "lead": "4", "wording": ["own"]})
    again = await group.member.click(wrong.response, label="Try again")
    assert typed_in(again) == {"zone": "Atlantis", "time": "8am", "lead": "4"}
    await group.member.submit_modal(again, {"zone": "Karachi", "time": "8am", "lead": "4", "wording": ["own"]})
    refused = await group.member.submit_modal(second, {"zone": "", "time": "7am", "lead": "", "wording": ["own"]})
    assert "Asia/Karachi" in text_of(refused.response)
    assert "7am" in text_of(refused.response)
