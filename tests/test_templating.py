"""Texts: strict fields, a sandbox, harmless output, and problems said with file, line and reason."""

from __future__ import annotations

import re
import shutil
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jinja2 import Environment, nodes

from bot.domain.errors import BrokenTemplate
from bot.domain.letter_frames import FRAME_FIELDS
from bot.domain.own_words import count_words
from bot.resources import packs_folder, templates_folder
from bot.templating import JinjaTemplates, Problem, escape, lint, stamp

SETTINGS = """
title = "A test letter"
audience = "Nobody"
summary = "For the tests."
asks = ["meet"]
[[questions]]
name = "why"
label = "Why?"
required = true
[sample]
why = "Because."
"""
TEXT = "{{ salutation }} {{ asked }}\n\n{{ why }}\n\n{{ ask }}\n\n{{ close }}\n"


def folder_with(tmp_path: Path, letter: str = TEXT, settings: str | None = SETTINGS, **messages: str) -> Path:
    for part in ("letters", "messages"):
        (tmp_path / part).mkdir()
    (tmp_path / "letters/test.md.j2").write_text(letter, encoding="utf-8")
    if settings is not None:
        (tmp_path / "letters/test.toml").write_text(settings, encoding="utf-8")
    for name, text in messages.items():
        (tmp_path / f"messages/{name}.md.j2").write_text(text, encoding="utf-8")
    return tmp_path


def problems_of(folder: Path) -> list[str]:
    with pytest.raises(BrokenTemplate) as refused:
        JinjaTemplates(folder)
    return [str(problem) for problem in refused.value.problems]


def test_what_is_shipped_is_found_and_in_order() -> None:
    assert lint(templates_folder()) == ()
    assert {"raise-a-recommendation", "response-overdue"} <= set(JinjaTemplates(templates_folder()).frames)
    assert packs_folder().is_dir()


def test_the_guide_names_every_field() -> None:
    guide = (templates_folder() / "letters/README.md").read_text(encoding="utf-8")
    for name, meaning in FRAME_FIELDS.items():
        assert f"| `{name}` | {meaning} |" in guide


def test_a_frame_asks_only_for_what_its_text_uses(tmp_path: Path) -> None:
    templates = JinjaTemplates(folder_with(tmp_path, TEXT.replace("{{ why }}", "{{ constituency }}: {{ why }}")))
    frame = templates.frames["test"]
    assert set(frame.needs) == {"salutation", "asked", "constituency", "ask", "close"}
    assert frame.is_about_one
    assert not JinjaTemplates(templates_folder()).frames["response-overdue"].is_about_one
    assert JinjaTemplates(templates_folder()).frames["raise-a-recommendation"].is_about_one


def test_an_unknown_field_is_refused_with_file_and_line(tmp_path: Path) -> None:
    folder = folder_with(tmp_path, TEXT + "\n{{ favourite_colour }}\n", due="{# fields: title #}\n\nDue: {{ titel }}")
    assert problems_of(folder) == [
        "templates/letters/test.md.j2, line 9: unknown field “favourite_colour”",
        "templates/messages/due.md.j2, line 3: unknown field “titel”",
    ]
    assert [str(problem) for problem in lint(folder)] == problems_of(folder)


@pytest.mark.parametrize(
    ("text", "line", "reason"),
    [
        ("a\n\n{% if why %}\nb\n", 3, "not closed"),
        (TEXT + "{{ ask", 8, "not closed"),
        (TEXT + "{{ ask }}", 8, "two asks"),
        (TEXT + "\nWill you also dance?", 9, "two asks"),
        (TEXT.replace("{{ ask }}", ""), 1, "asks for nothing"),
        (TEXT.replace("{{ asked }}", ""), 1, "does not say what the committee asked"),
        (TEXT + "\n{{ gist }}", 9, "uncited claim: “gist” needs “source” and “place”"),
        (TEXT + "\n{{ gist }} {{ source }}", 9, "uncited claim: “gist” needs “place”"),
        (TEXT.replace("{{ why }}", ""), 1, "never uses it"),
        (TEXT + "{{ close | shout }}", 8, "shout"),
        (TEXT + "\nIn 2021 it hit 30% of us.", 9, "uncited claim: the text has a number"),
        (TEXT + "\n[your full name]", 9, "personal-data field"),
    ],
)
def test_lint_names_line_and_reason(tmp_path: Path, text: str, line: int, reason: str) -> None:
    folder = folder_with(tmp_path, text)
    found = lint(folder)
    assert any(p.file == "letters/test.md.j2" and p.line == line and reason in p.reason for p in found), found
    with pytest.raises(BrokenTemplate):
        JinjaTemplates(folder)


@pytest.mark.parametrize(
    ("settings", "reason"),
    [
        (None, "no settings file"),
        ("title = ", "not TOML"),
        (SETTINGS.replace('"meet"', '"sing"'), "unknown ask “sing”"),
        (SETTINGS.replace("title", "titel", 1), "unknown setting “titel”"),
        (SETTINGS.replace("required = true", ""), "must be required"),
        (SETTINGS.replace('"Why?"', '"Your full name"'), "personal-data field"),
        (SETTINGS.replace('"Why?"', f'"{"x" * 46}"'), "1 to 45 characters"),
    ],
)
def test_broken_settings_are_refused(tmp_path: Path, settings: str | None, reason: str) -> None:
    assert any(reason in problem for problem in problems_of(folder_with(tmp_path, settings=settings)))


def test_lint_measures_the_sample(tmp_path: Path) -> None:
    folder = folder_with(tmp_path, settings=SETTINGS.replace("Because.", "word " * 351))
    assert [p.reason for p in lint(folder)] == ["363 words with the sample; at most 350"]


def test_a_message_needs_every_field(tmp_path: Path) -> None:
    templates = JinjaTemplates(folder_with(tmp_path, due="{# fields: title #}\nOn {{ title | escape }}!"))
    assert templates.message("due", {"title": "A *b*"}) == r"On A \*b\*!"
    with pytest.raises(BrokenTemplate, match=r"messages/due.md.j2, line 2: unknown field “title”"):
        templates.message("due", {})
    with pytest.raises(BrokenTemplate, match="no such template"):
        templates.message("overdue", {})


def test_lint_wants_messages_to_name_their_fields(tmp_path: Path) -> None:
    folder = folder_with(tmp_path, due="{{ title }}")
    assert [(p.file, p.line) for p in lint(folder)] == [("messages/due.md.j2", 1)]
    assert JinjaTemplates(folder).message("due", {"title": "x"}) == "x"


@pytest.mark.parametrize("attack", ["{{ 7*7 }}", "{% for x in y %}", "{# gone #}", "\ue000why\ue001", "${x}"])
def test_what_people_write_is_never_read_as_a_template(tmp_path: Path, attack: str) -> None:
    templates = JinjaTemplates(folder_with(tmp_path, TEXT.replace("{{ why }}", "{{ constituency }}: {{ why }}")))
    facts = dict.fromkeys(("salutation", "asked", "constituency", "ask", "close", "unused"), attack)
    parts = templates.letter("test", facts, {"why": attack})
    own = [part for part in parts if part.is_own]
    assert [(part.text, part.field) for part in own] == [(attack, "why")]
    shared = "".join(part.text for part in parts if not part.is_own)
    assert shared.count(attack.strip("\ue000\ue001")) == 5


def test_the_sandbox_holds(tmp_path: Path) -> None:
    templates = JinjaTemplates(folder_with(tmp_path, due="{{ title.__class__.__mro__ }}", range="{{ range(9) }}"))
    for name in ("due", "range"):
        with pytest.raises(BrokenTemplate):
            templates.message(name, {"title": "x"})


def test_an_empty_answer_leaves_no_gap(tmp_path: Path) -> None:
    templates = JinjaTemplates(templates_folder())
    facts = dict.fromkeys(templates.frames["raise-a-recommendation"].needs, "fact")
    text = "".join(p.text for p in templates.letter("raise-a-recommendation", facts, {"why": "words", "local": " "}))
    assert "\n\n\n" not in text
    assert count_words(text) > 10


@given(st.text(max_size=200))
def test_escaped_text_mentions_and_marks_nothing(text: str) -> None:
    made = escape(text)
    for mention in ("@everyone", "@here", "<@", "<#", "<:", "</"):
        assert mention not in made
    bare = made.replace("\\\\", "")
    for place, ch in enumerate(bare):
        if ch in "*_~`|[]":
            assert bare[place - 1] == "\\"


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("@everyone", "@\u200beveryone"),
        ("<@&12> <#3>", "<\u200b@\u200b&12> <\u200b#3>"),
        ("see https://x.example/a_b", "see https:\u200b//x.example/a\\_b"),
        ("# big\n- item\n> said\n12. twelfth", "\\# big\n\\- item\n\\> said\n12\\. twelfth"),
        ("co-operate, 3 > 2 (really)", "co-operate, 3 > 2 (really)"),
    ],
)
def test_escape_by_example(typed: str, shown: str) -> None:
    assert escape(typed) == shown


def test_dates_are_written_as_people_do(tmp_path: Path) -> None:
    text = "{{ day | long_date }} {{ at | long_date }} {{ at | stamp }} {{ at | stamp('R') }} {{ 1 | days }}"
    templates = JinjaTemplates(folder_with(tmp_path, due=text))
    at = datetime(2021, 7, 8, 23, 30, tzinfo=UTC)
    shown = templates.message("due", {"day": date(2021, 9, 8), "at": at})
    assert shown == f"8 September 2021 9 July 2021 <t:{int(at.timestamp())}:F> <t:{int(at.timestamp())}:R> 1 day"
    with pytest.raises(ValueError, match="aware"):
        stamp(datetime(2021, 7, 8, 12, 0))  # noqa: DTZ001


def test_templates_are_compiled_once(tmp_path: Path) -> None:
    folder = folder_with(tmp_path, due="{{ title }}")
    templates = JinjaTemplates(folder)
    shutil.rmtree(folder / "messages")
    assert templates.message("due", {"title": "still here"}) == "still here"


def test_problems_sort_by_file_and_line() -> None:
    assert sorted([Problem("b", 1, ""), Problem("a", 9, ""), Problem("a", 2, "")]) == [
        Problem("a", 2, ""),
        Problem("a", 9, ""),
        Problem("b", 1, ""),
    ]


def unescaped(source: str) -> set[str]:
    """Give the fields that a template writes as they are: those that no filter makes harmless."""
    found: set[str] = set()

    def look(node: nodes.Node) -> None:
        match node:
            case nodes.Name():
                found.add(node.name)
            case nodes.Getattr():
                found.add(f"{node.node.name}.{node.attr}" if isinstance(node.node, nodes.Name) else node.attr)
            case nodes.CondExpr():
                for part in (node.expr1, node.expr2):
                    if part is not None:
                        look(part)
            case nodes.Filter() if node.name in ("escape", "stamp", "long_date"):
                return
            case nodes.TemplateData() | nodes.Const():
                return
            case _:
                for part in node.iter_child_nodes():
                    look(part)

    for output in Environment().parse(source).find_all(nodes.Output):
        look(output)
    return found


OWN_WORDS = templates_folder() / "messages" / "README.md"


@pytest.mark.parametrize("path", sorted(OWN_WORDS.parent.glob("*.j2")), ids=lambda path: path.name)
def test_every_field_of_a_message_is_escaped_or_known_to_be_postbags_own(path: Path) -> None:
    (line,) = [
        one for one in OWN_WORDS.read_text(encoding="utf-8").splitlines() if one.startswith("- Written as they are")
    ]
    own = set(re.findall(r"`([\w.:-]+)`", line))
    written = unescaped(path.read_text(encoding="utf-8"))
    new = sorted(name for name in written if not {name, f"{path.name.partition('.')[0]}:{name}"} & own)
    assert new == [], (
        f"{path.name} writes {', '.join(new)} as it is. Where words of other people may be in it, add |escape. Where Postbag alone writes "
        "it, name it in the line of templates/messages/README.md that begins with *Written as they are*, or there as file:field."
    )


def test_what_is_written_as_it_is_is_found_behind_conditions_and_joins_alone() -> None:
    source = (
        "{{ a|escape }}{{ b }}{{ 'x' if c else d }}{{ '+' ~ e if e }}{{ f.g }}{% if h %}{{ i|long_date }}{% endif %}"
    )
    assert unescaped(source) == {"b", "d", "e", "f.g"}
