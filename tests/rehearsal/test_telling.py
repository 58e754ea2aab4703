"""A conversation as Markdown: links work where it is opened, and nothing in it runs."""

from __future__ import annotations

import pytest

from bot.rehearsal.telling import harmless


@pytest.mark.parametrize(
    ("written", "told"),
    [
        ("[Lights Out](<https://lamplighters.example/report>)", "[Lights Out](https://lamplighters.example/report)"),
        ("[a](<https://e.example/a_(b)?x=1&y=2>)", "[a](https://e.example/a_%28b%29?x=1&amp;y=2)"),
        ("[Read it](https://e.example/)", "[Read it](https://e.example/)"),
        ("See <https://e.example/>.", "See https://e.example/."),
        ("[a](javascript:alert(1))", "[a]\\(javascript:alert(1))"),
        ("<script>", "&lt;script>"),
        ("[a](<javascript:x>)", "[a]\\(&lt;javascript:x>)"),
    ],
)
def test_links_are_kept_and_nothing_else_is(written: str, told: str) -> None:
    assert harmless(written) == told
