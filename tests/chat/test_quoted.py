"""What is refused may be quoted, and never with markdown of its own: whatever option of whatever command it was typed into."""

from __future__ import annotations

import re
from typing import Any

import pytest
from simcord.actors import _slash

from bot.chat.ui import refusal, without_markdown
from bot.domain.errors import Refused
from bot.rehearsal.reading import text_of
from tests.chat.test_lengths import string_options, unbounded

LIVE = "**x** [go](https://evil.example) ||y|| # z `w` <@1> ~~v~~"
MARKS = re.compile(r"(?<!\\)\*\*x|(?<!\\)\[go\]\(|(?<!\\)\|\|y|(?<!\\)~~v|(?<!\\)<@1>")

FENCED = re.compile(r"```.*?```", re.DOTALL)
"""What was typed, handed back to be copied: Discord shows it as it is."""


@pytest.mark.asyncio
async def test_no_command_quotes_markdown(group: Any) -> None:
    wrong = []
    for command, option in string_options(group):
        needed = {other.name: "1" for name, other in string_options(group) if name == command and other.required}
        given = needed | {option.name: LIVE}
        for actor in (group.organiser, group.member):
            answer = await _slash(actor, group.channel, command, given, root=unbounded(group, command))
            for message in (answer.response, *answer.followups):
                found = MARKS.search(FENCED.sub("", text_of(message))) if message is not None else None
                if found:
                    wrong.append(f"/{command} {option.name}: {text_of(message)[:200]}")
        group.forgive()
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize(
    ("words", "shown"),
    [
        ("“**x**” is not a day.", "“\\*\\*x\\*\\*” is not a day."),
        ("Press *Correct it*, at <t:1772445600:f>.", "Press *Correct it*, at <t:1772445600:f>."),
        ("“*x*” in <#12>, for <@12>", "“\\*x\\*” in <#12>, for \\<@12>"),
        ("This reference: `0a1b2c3d`", "This reference: `0a1b2c3d`"),
    ],
)
def test_marks_of_our_own_stay_and_others_do_not(words: str, shown: str) -> None:
    assert without_markdown(words) == shown
    assert refusal(Refused(words, words)) == f"**{shown}**\n{shown}"
