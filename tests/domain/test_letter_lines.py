"""A letter line goes on after "asked the Government to …" and is understood by somebody who has never seen the report."""

from __future__ import annotations

import pytest

from bot.domain.letter_lines import MOST_WORDS, line_problems

GOOD = (
    "explore a ban on imports of cotton products made wholly or partly in Xinjiang, China",
    "stay away from the 2022 Beijing Winter Olympics, and urge others to",
    "apply the law on forced labour to public bodies in England",
    "give Uyghur heritage priority in the British Council's funding for protecting culture",
)
BAD = {
    "Explore a ban on imports of cotton made in Xinjiang": "plain verb",
    "the Government should ban cotton made in Xinjiang": "plain verb",
    "banning imports of cotton goods made in Xinjiang": "plain verb",
    "that cotton made in Xinjiang be banned from the UK": "plain verb",
    "explore a ban on cotton made in Xinjiang, China.": "punctuation",
    "do so for cotton made in Xinjiang, as recommendation 3 says": "number or key",
    "extend T-18 to the goods of other industries in China": "number or key",
    "extend it to other industries in Xinjiang, China": "“it”",
    "give such firms no licence to operate in the UK": "“such”",
    "carry out its plan for the lamps of Quillstone": "“its”",
    "follow up what the committee asked about cotton from Xinjiang": "report itself",
    "hold an investigation": "too short",
    "stop “forced labour” in the supply chains of UK shops": "quotation marks",
    "explore a ban  on cotton made in Xinjiang": "spaces",
    " ".join(["press"] + ["word"] * MOST_WORDS): "26 words",
}


@pytest.mark.parametrize("line", GOOD)
def test_a_good_line_passes(line: str) -> None:
    assert line_problems(line) == ()


@pytest.mark.parametrize(("line", "why"), BAD.items())
def test_a_bad_line_says_what_is_wrong(line: str, why: str) -> None:
    assert any(why in problem for problem in line_problems(line)), line_problems(line)


@pytest.mark.parametrize("line", ["", " ", "…", "'", "\n\n", "ا" * 200])
def test_odd_lines_are_answered_not_crashed_on(line: str) -> None:
    assert line_problems(line)
