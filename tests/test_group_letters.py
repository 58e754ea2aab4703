"""A letter that a group wrote: harmless by its syntax tree, bounded in time, each refusal with its line and reason."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.domain.errors import BrokenTemplate
from bot.resources import templates_folder
from bot.templating import GroupLetter, JinjaTemplates

GOOD = """{{ salutation }}

I live in {{ constituency }}. {{ asked }}

{{ why }}

The {{ committee | upper }} asks for this in {{ call }} ({{ source }}, {{ place }}).

{% if local %}
{{ local }}
{% endif %}

{{ ask }}

{{ close }}
"""


@pytest.fixture(scope="module")
def templates() -> JinjaTemplates:
    return JinjaTemplates(templates_folder())


def read(templates: JinjaTemplates, text: str, title: str = "Lanterns", summary: str = "About lanterns") -> GroupLetter:
    return templates.read("g7", title, summary, text)


def test_a_good_letter_is_set_and_keeps_the_writers_words_as_they_are(templates: JinjaTemplates) -> None:
    letter = read(templates, GOOD)
    assert letter.problems == ()
    assert letter.frame.by_group
    assert "why" not in letter.frame.needs
    facts = dict.fromkeys(letter.frame.needs, "fact")
    parts = letter.set(facts, {"why": "{{ 7*7 }} {% raw %} ''.__class__", "local": ""})
    assert next(part.text for part in parts if part.field == "why") == "{{ 7*7 }} {% raw %} ''.__class__"
    assert "FACT asks" in "".join(part.text for part in parts)


def test_the_optional_question_is_asked_only_where_the_text_uses_it(templates: JinjaTemplates) -> None:
    letter = read(templates, GOOD.replace("{% if local %}\n{{ local }}\n{% endif %}", ""))
    assert letter.problems == ()
    assert [question.name for question in letter.frame.questions] == ["why"]


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("{{ weather }}", "unknown field “weather”"),
        ("{{ range }}", "unknown field “range”"),
        ("{{ self }}", "unknown field “self”"),
        ("{{ postcode }}", "personal-data field: “postcode”"),
        ("{{ discord_id }}", "personal-data field: “discord_id”"),
        ("[your e-mail]", "personal-data field: “[your e-mail]”"),
        ("[your telephone number]", "personal-data field"),
        ("{{ gist }}", "uncited claim: “gist”"),
        ("Of these, 40 were taken away.", "uncited claim: the text has a number"),
        ("Will you also sign the pledge?", "two asks"),
        ("{% if roomy %}", "a block is not closed"),
        ("{{ ''.__class__ }}", "looking inside a field"),
        ("{{ why.__class__ }}", "looking inside a field"),
        ("{{ why[0] }}", "looking inside a field"),
        ("{{ range(9) }}", "a call"),
        ("{{ 'x' * 10**8 }}", "a calculation"),
        ("{{ why ~ why }}", "a calculation"),
        ("{{ 'words' }}", "a value in braces"),
        ("{{ why if local else ask }}", "“if” inside braces"),
        ("{{ why | upper }}", "is the writer's own"),
        ("{{ today | center(100000000) }}", "the filter “center”"),
        ("{{ today | upper | lower | upper }}", "a chain of filters"),
        ("{% for x in why %}a{% endfor %}", "“for” is not allowed"),
        ("{% set a = 1 %}", "“assign” is not allowed"),
        ("{% macro a() %}{% endmacro %}", "“macro” is not allowed"),
        ("{% include 'config.toml' %}", "“include” is not allowed"),
        ("{% extends 'letters/thank-you.md.j2' %}", "“extends” is not allowed"),
        ("{% import 'a' as b %}", "“import” is not allowed"),
        ("{% block a %}{% endblock %}", "“block” is not allowed"),
        ("{% call why() %}{% endcall %}", "“callblock” is not allowed"),
        ("{% filter upper %}a{% endfilter %}", "“filterblock” is not allowed"),
        ("{% with a = 1 %}{% endwith %}", "“with” is not allowed"),
        ("{% raw %}{{ why }}{% endraw %}", "“raw” is not allowed"),
        ("{% if why == local %}a{% endif %}", "“if” takes one field"),
        ("{% if why.x %}a{% endif %}", "“if” takes one field"),
        ("a\u202eb", "U+202E"),
        ("a\x00b", "U+0000"),
        ("a\ue000why\ue001b", "U+E000"),
    ],
)
def test_what_is_refused_is_named_by_line_and_reason(templates: JinjaTemplates, line: str, reason: str) -> None:
    letter = read(templates, GOOD.replace("I live in", f"{line}\n\nI live in"))
    assert any(number == 3 and reason in why for number, why in letter.problems), letter.problems
    with pytest.raises(BrokenTemplate):
        letter.set({}, {})


@pytest.mark.parametrize(
    "text",
    [
        "x" * 1_000_000,
        "",
        "\n" * 3_999,
        "{{ " + "(" * 3_900,
        "{{ " + "not " * 900 + "why }}",
        "{{ " + "why." * 900 + "why }}",
        "{{ " + "-" * 3_900 + "1 }}",
        "{{ " + "9" * 3_900 + " }}",
        "{{ " + "[" * 1_900 + "]" * 1_900 + " }}",
        "{{ why" + "|upper" * 600 + " }}",
        "{{ '" + "a" * 3_900,
        "{% if roomy %}" * 59,
        "{% if roomy %}a{% endif %}" * 59,
        "{% if why %}" * 29 + "{% endif %}" * 29,
        "{#" * 1_900,
        "{{" * 1_900,
        "{%" * 1_900,
        "{" * 3_900,
    ],
)
def test_a_hostile_letter_is_refused(templates: JinjaTemplates, text: str) -> None:
    letter = read(templates, text)
    assert letter.problems
    assert all(line >= 1 and why for line, why in letter.problems)


def test_a_second_ask_is_named_where_it_stands(templates: JinjaTemplates) -> None:
    letter = read(templates, GOOD.replace("{{ close }}", "{{ ask }}\n\n{{ close }}"))
    assert letter.problems == ((15, "two asks: a letter asks for one thing"),)


def test_a_letter_that_is_too_long_says_how_long(templates: JinjaTemplates) -> None:
    letter = read(templates, GOOD + "word " * 330)
    (problem,) = letter.problems
    assert "words with the sample; at most 350" in problem[1]


@pytest.mark.parametrize(("title", "summary"), [("", "a"), ("a", " "), ("a" * 61, "a"), ("a", "a" * 151)])
def test_a_title_and_a_summary_are_needed(templates: JinjaTemplates, title: str, summary: str) -> None:
    assert "characters" in read(templates, GOOD, title, summary).problems[0][1]


def test_the_letter_that_the_guide_shows_has_nothing_to_fix(templates: JinjaTemplates) -> None:
    guide = (Path(__file__).resolve().parents[1] / "docs/writing-a-letter-template.md").read_text(encoding="utf-8")
    shown = guide.split("```")[1].strip()
    assert shown.startswith("{{ salutation }}")
    assert read(templates, shown).problems == ()
