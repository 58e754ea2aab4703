"""Every sentence that people can meet stands in docs/strings.txt, where it can be read through."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
IN_CHAT = ("CARDS IN DISCORD", "FORMS IN DISCORD", "COMMANDS AND PRESSES IN DISCORD", "EVERYWHERE IN DISCORD")


def test_no_sentence_is_missing_from_the_list() -> None:
    checked = subprocess.run(
        [sys.executable, ROOT / "docs" / "strings.py", "--check"], check=False, capture_output=True, text=True
    )
    assert checked.returncode == 0, f"run make strings, and read what is new:\n{checked.stdout[:4000]}"


def test_the_list_holds_what_people_read_and_nothing_else() -> None:
    listed = (ROOT / "docs" / "strings.txt").read_text(encoding="utf-8")
    for sentence in (
        "Which channel should Postbag post reminders in?",
        "Seen it? Tell an organiser, who can record it with /deadlines received.",
        "This is for organisers of your group.",
        "What would you like to do?",
    ):
        assert sentence in listed
    for unread in ("BEGIN IMMEDIATE", "from __future__", "asyncio", "was not read: %s"):
        assert unread not in listed


MENDED = (
    "put away",
    "put back",
    "taken back",
    "nobody can be",
    "held already",
    "has gone by",
    "has come already",
    "left out:",
    "not kept yet",
    "is still to come",
    "does most",
    "no longer here",
    "so that it",
    "there is no such",
    "what came back",
    "worked back",
    "of it has come",
    "is held",
    "do not",
    "phone rings",
    "speaks of",
    "whose times",
    "is asked about",
    "waits for",
    "takes in",
    "are told",
    "is to be",
    "too soon to post",
)
"""Ways of putting it that read like a translation, each mended once: docs/voice.md says what to write instead."""


@pytest.mark.parametrize("phrase", MENDED)
def test_no_card_form_or_answer_falls_back_into_a_way_of_putting_it_that_was_mended(phrase: str) -> None:
    listed = (ROOT / "docs" / "strings.txt").read_text(encoding="utf-8")
    parts = re.split(r"^([A-Z][A-Z ,']+)$", listed, flags=re.MULTILINE)
    read_in_chat = "".join(parts[i + 1] for i, title in enumerate(parts) if title in IN_CHAT)
    assert len(read_in_chat) > 20_000, "the headings of the list have changed"
    found = [line.strip() for line in read_in_chat.splitlines() if phrase in line.casefold()]
    assert found == []
