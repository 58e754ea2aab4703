"""Every sentence that people can meet stands in docs/strings.txt, where it can be read through."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent


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
