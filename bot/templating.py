"""Texts under ``templates/``: read and checked at once, compiled on first use, in a sandbox; an unknown field is an error.

The only module that knows Jinja2. A file's problem is said with its name, line and reason.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

from jinja2 import FunctionLoader, StrictUndefined, Template, TemplateError, TemplateSyntaxError, meta, nodes
from jinja2.sandbox import ImmutableSandboxedEnvironment

from bot.clock import LONDON
from bot.domain.deadlines import days
from bot.domain.errors import BrokenTemplate
from bot.domain.letter_asks import ASKS
from bot.domain.letter_frames import FRAME_FIELDS, MOST_SHORT, FrameUse, frame_from, frame_problems
from bot.domain.letter_templates import MOST_SUMMARY, MOST_TEXT, MOST_TITLE
from bot.domain.letters import VOICEMAIL, LetterFrame
from bot.domain.own_words import ASKED, Part, count_words
from bot.domain.plain_text import without_invisible_signs
from bot.domain.reports import long_date

SUFFIX = ".md.j2"
_OPEN, _SHUT = "\ue000", "\ue001"
"""Stand around the name of a writer's field while a frame is rendered: the writer's words themselves never pass Jinja2."""
_OWN = re.compile(f"{_OPEN}([a-z_]+){_SHUT}")
_DECLARED = re.compile(r"\{#-?\s*fields:([^#]*+)#\}")
_LINE_START = re.compile(r"^([^\S\n]*+)([-#>+]|\d++(?=[.)]))", re.MULTILINE)
_MARKDOWN = re.compile(r"([\\*_~`|\[\]])")
_MENTION = re.compile(r"(@|<(?=[@#:/a-zA-Z&]))")
_LINK = re.compile(r":(?=//)")
_NOTHING = "\u200b"


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """What is wrong with a template: the file below the templates folder, the line (1-based), and the reason in plain words."""

    file: str
    line: int
    reason: str

    def __str__(self) -> str:
        return f"templates/{self.file}, line {self.line}: {self.reason}"


class JinjaTemplates:
    """Every text Postbag says or prepares. BrokenTemplate at once: a file is broken or uses an unknown field."""

    def __init__(self, folder: Path) -> None:
        reader = _Reader(folder)
        problems = [*reader.message_problems(strict=False)]
        frames: dict[str, LetterFrame] = {}
        for slug, frame, found in reader.frames():
            problems += found
            if frame is not None:
                frames[slug] = frame
        if problems:
            raise BrokenTemplate(*sorted(problems))
        self._reader = reader
        self._frames = dict(sorted(frames.items(), key=lambda pair: (pair[1].order, pair[1].title)))

    def message(self, name: str, fields: Mapping[str, Any]) -> str:
        """Render ``messages/<name>.md.j2``. BrokenTemplate: a field it needs is not among ``fields``."""
        template = self._reader.template("messages", name)
        if template is None:
            raise BrokenTemplate(Problem(f"messages/{name}{SUFFIX}", 1, "there is no such template"))
        return _rendered(template, fields).strip()

    @property
    def frames(self) -> Mapping[str, LetterFrame]:
        """Give the letter frames by slug, in the order in which they are offered."""
        return dict(self._frames)

    def letter(self, slug: str, facts: Mapping[str, str], own: Mapping[str, str]) -> tuple[Part, ...]:
        """Render a letter as parts: the frame's shared text, and the writer's own words exactly as they were given.

        ``facts`` has at least the frame's ``needs``; ``own`` the writer's fields, empty where nothing was written.
        """
        frame = self._frames.get(slug)
        template = self._reader.template("letters", slug)
        if frame is None or template is None:
            raise BrokenTemplate(Problem(f"letters/{slug}{SUFFIX}", 1, "there is no such letter"))
        return _set(frame, template, facts, own)

    def read(self, slug: str, title: str, summary: str, text: str) -> GroupLetter:
        """Read a letter that a group wrote: never run before each of its tags is known to be harmless.

        What the group does not choose (asks, questions, sample) is taken from the shipped first letter.
        """
        return _read_group_letter(self._frames[GROUP_BASE], slug, title, summary, text)


GROUP_BASE = "raise-a-recommendation"
GROUP_FILTERS = frozenset({"upper", "lower", "capitalize", "trim"})
MOST_TAGS = 60
DEEPEST = 4
"""“if” inside “if”, at most."""


APART = (ASKED, VOICEMAIL)
"""Facts that come out as parts of their own, because they are measured apart."""


@dataclass(frozen=True, slots=True)
class GroupLetter:
    """What was read of a group's letter: its ``frame``, and what is wrong with it, as line and reason.

    ``unkept`` are those of the problems for which it may not even be kept as a draft.
    """

    frame: LetterFrame
    problems: tuple[tuple[int, str], ...]
    template: Template | None = None
    unkept: tuple[tuple[int, str], ...] = ()

    def set(self, facts: Mapping[str, str], own: Mapping[str, str]) -> tuple[Part, ...]:
        """Render as ``JinjaTemplates.letter`` does. BrokenTemplate: something is wrong with it."""
        if self.template is None:
            raise BrokenTemplate(*(Problem(self.frame.slug, line, why) for line, why in self.problems))
        return _set(self.frame, self.template, facts, own)


def _set(frame: LetterFrame, template: Template, facts: Mapping[str, str], own: Mapping[str, str]) -> tuple[Part, ...]:
    fields: dict[str, str] = {name: facts[name].translate(_NO_MARKS) for name in frame.needs if name in facts}
    said = dict(own)
    for question in frame.questions:
        if question.choices:
            picked = question.picked(own.get(question.name, ""))
            said[question.name] = picked.text if picked is not None else ""
        fields[question.name] = f"{_OPEN}{question.name}{_SHUT}" if said.get(question.name, "").strip() else ""
    picks = {question.name for question in frame.questions if question.choices}
    apart = {name: fields[name] for name in APART if fields.get(name)}
    fields |= {name: f"{_OPEN}{name}{_SHUT}" for name in apart}
    return _parts(_rendered(template, fields), said, picks, apart)


def _read_group_letter(base: LetterFrame, slug: str, title: str, summary: str, text: str) -> GroupLetter:
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    frame = replace(
        base, slug=slug, title=title, summary=summary, audience="Your own MP", by_group=True, needs=(), order=0
    )
    unkept = [
        (1, f"the {what} must be a text of 1 to {most} characters")
        for what, value, most in (("title", title, MOST_TITLE), ("summary", summary, MOST_SUMMARY))
        if not 0 < len(value.strip()) <= most
    ]
    if len(text) <= MOST_TEXT:
        unkept += _hidden_signs(text)
    problems = [*unkept, *_unreadable(text)]
    if problems:
        return GroupLetter(frame, tuple(problems), unkept=tuple(unkept))
    environment = _environment(lambda file: None)
    try:
        raw = [line for line, kind, _ in environment.lex(text) if kind == "raw_begin"]
        tree = environment.parse(text)
    except TemplateSyntaxError as error:
        return GroupLetter(frame, ((_opened_at(text, error), _reason(error)),))
    except (RecursionError, ValueError, OverflowError):
        return GroupLetter(frame, ((1, "the tags are nested too deeply"),))
    questions = {question.name for question in base.questions}
    problems = [(line, f"“raw” {_NOT_HERE}") for line in raw]
    problems += _forbidden(tree.body, questions)
    if problems:
        return GroupLetter(frame, tuple(sorted(problems)))
    tests = {id(name) for test in tree.find_all(nodes.If) for name in _names_in(test.test)}
    uses = [FrameUse(n.name, n.lineno, is_condition=id(n) in tests) for n in tree.find_all(nodes.Name)]
    used = {use.name for use in uses}
    frame = replace(
        frame,
        needs=tuple(dict.fromkeys(use.name for use in uses if use.name in FRAME_FIELDS)),
        questions=tuple(one for one in base.questions if one.required or one.name in used),
    )
    problems = list(frame_problems(frame, text, uses))
    if problems:
        return GroupLetter(frame, tuple(sorted(problems)))
    template = environment.from_string(text)
    if too_long := _too_long(frame, template):
        return GroupLetter(frame, ((1, too_long),))
    return GroupLetter(frame, (), template)


_NOT_HERE = "is not allowed in a group's letter: only text, fields, “if” on a field, and the filters " + ", ".join(
    sorted(GROUP_FILTERS)
)


def _unreadable(text: str) -> Iterator[tuple[int, str]]:
    """Find what is refused before a letter is even taken apart: its length, its number of tags."""
    if not text.strip():
        yield 1, "there is no text"
    if len(text) > MOST_TEXT:
        yield 1, f"{len(text):,} characters; at most {MOST_TEXT:,}"
    elif text.count("{{") + text.count("{%") > MOST_TAGS:
        yield 1, f"more than {MOST_TAGS} tags"


def _hidden_signs(text: str) -> Iterator[tuple[int, str]]:
    """Find signs that nobody sees: no organiser could know what they keep."""
    for number, line in enumerate(text.split("\n"), start=1):
        kept = without_invisible_signs(line)
        marks = [sign for sign in line if sign not in kept and sign != "\t"]
        marks += [sign for sign in (_OPEN, _SHUT) if sign in line]
        if marks:
            yield number, f"a sign that nobody sees (U+{ord(marks[0]):04X}) can hide or turn words: delete it"


def _forbidden(body: list[nodes.Node], own: Collection[str], depth: int = 0) -> Iterator[tuple[int, str]]:
    """Walk a letter's own syntax tree and name all that is not on the short list. Nothing unknown is looked into."""
    for node in body:
        if isinstance(node, nodes.Output):
            for part in node.nodes:
                if not isinstance(part, nodes.TemplateData):
                    yield from _not_a_field(part, own)
        elif isinstance(node, nodes.If):
            test = node.test.node if isinstance(node.test, nodes.Not) else node.test
            if not isinstance(test, nodes.Name):
                yield node.lineno, "“if” takes one field, or “not” and one field"
            if depth >= DEEPEST:
                yield node.lineno, f"more than {DEEPEST} “if” inside one another"
            else:
                for inner in (node.body, node.elif_, node.else_):
                    yield from _forbidden(list(inner), own, depth + 1)
        else:
            yield node.lineno, f"“{type(node).__name__.lower()}” {_NOT_HERE}"


def _not_a_field(node: nodes.Node, own: Collection[str]) -> Iterator[tuple[int, str]]:
    filters: list[nodes.Filter] = []
    while isinstance(node, nodes.Filter) and node.node is not None and len(filters) < 2:
        filters.append(node)
        node = node.node
    for one in filters:
        if one.name not in GROUP_FILTERS or one.args or one.kwargs or one.dyn_args or one.dyn_kwargs:
            yield one.lineno, f"the filter “{one.name}” {_NOT_HERE}"
    if not isinstance(node, nodes.Name):
        yield node.lineno, f"{_KINDS.get(type(node), 'a calculation')} {_NOT_HERE}"
    elif filters and node.name in own:
        yield node.lineno, f"“{node.name}” is the writer's own and goes in as they wrote it: use no filter on it"


_KINDS: Mapping[type[nodes.Node], str] = {
    nodes.Getattr: "looking inside a field",
    nodes.Getitem: "looking inside a field",
    nodes.Call: "a call",
    nodes.Const: "a value in braces",
    nodes.CondExpr: "“if” inside braces",
    nodes.Filter: "a chain of filters",
}


def _too_long(frame: LetterFrame, template: Template) -> str:
    """Say by how much a letter is too long when it is set with its sample, or nothing."""
    facts = dict.fromkeys(frame.needs, "one two three")
    own = {question.name: frame.sample.get(question.name, "") for question in frame.questions}
    words, most = count_words(_rendered(template, facts | own)), frame.kind.most_words
    return f"{words} words with the sample; at most {most}" if words > most else ""


def lint(folder: Path) -> tuple[Problem, ...]:
    """Read every template and list what is wrong, file by file. Nothing is wrong: an empty tuple."""
    reader = _Reader(folder)
    problems = [*reader.message_problems(strict=True)]
    for slug, frame, found in reader.frames():
        problems += found
        if frame is not None and not found:
            problems += reader.sample_problems(slug, frame)
    return tuple(sorted(problems))


_SPACE_AT_END = re.compile(r"(?<=\S) +$", re.MULTILINE)


def _rendered(template: Template, fields: Mapping[str, Any]) -> str:
    try:
        # An answer that is not known leaves the space before it behind, at the end of its line.
        return _SPACE_AT_END.sub("", template.render(fields))
    except (TemplateError, TypeError, ValueError, AttributeError) as error:
        line = _line_of(error, template.filename)
        raise BrokenTemplate(Problem(str(template.name), line, _reason(error))) from error


class _Reader:
    """Read a templates folder: what each file uses, and what is wrong with it."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._sources: dict[str, str] = {}
        self._environment = _environment(self._loaded)

    def template(self, part: str, name: str) -> Template | None:
        """Give a template that was read and checked, compiled when it is first wanted."""
        file = f"{part}/{name}{SUFFIX}"
        return self._environment.get_template(file) if file in self._sources else None

    def _loaded(self, file: str) -> tuple[str, str, None] | None:
        source = self._sources.get(file)
        return (source, str(self._folder / file), None) if source is not None else None

    def _names(self, part: str) -> Iterator[str]:
        for path in sorted((self._folder / part).glob(f"*{SUFFIX}")):
            yield path.name.removesuffix(SUFFIX)

    def _uses(self, file: str) -> tuple[list[FrameUse], str] | Problem:
        """List the fields that a file uses, with line and paragraph; a Problem where it cannot be read."""
        try:
            source = (self._folder / file).read_text(encoding="utf-8")
            self._sources[file] = source
            tree = self._environment.parse(source, filename=file)
            wanted = meta.find_undeclared_variables(tree)
        except TemplateSyntaxError as error:
            return Problem(file, _opened_at(source, error), _reason(error))
        except (OSError, UnicodeDecodeError):
            return Problem(file, 1, "it can't be read as UTF-8 text")
        tests = {id(name) for test in tree.find_all(nodes.If) for name in _names_in(test.test)}
        uses = [
            FrameUse(node.name, node.lineno, is_condition=id(node) in tests)
            for node in tree.find_all(nodes.Name)
            if node.ctx == "load" and node.name in wanted
        ]
        return uses, source

    def message_problems(self, *, strict: bool) -> Iterator[Problem]:
        for name in self._names("messages"):
            file = f"messages/{name}{SUFFIX}"
            found = self._uses(file)
            if isinstance(found, Problem):
                yield found
                continue
            uses, source = found
            declared = _DECLARED.search(source)
            if declared is None:
                if strict:
                    yield Problem(file, 1, "it doesn't begin by naming its fields: {# fields: title, due_on #}")
                continue
            known = {field.strip() for field in declared[1].strip().removesuffix("-").split(",")}
            yield from (Problem(file, use.line, f"unknown field “{use.name}”") for use in uses if use.name not in known)

    def frames(self) -> Iterator[tuple[str, LetterFrame | None, list[Problem]]]:
        for slug in self._names("letters"):
            settings, file = f"letters/{slug}.toml", f"letters/{slug}{SUFFIX}"
            found = self._uses(file)
            if isinstance(found, Problem):
                yield slug, None, [found]
                continue
            uses, source = found
            try:
                text = (self._folder / settings).read_text(encoding="utf-8")
                needs = tuple(dict.fromkeys(use.name for use in uses if use.name in FRAME_FIELDS))
                frame = frame_from(slug, tomllib.loads(text), needs)
            except FileNotFoundError:
                yield slug, None, [Problem(settings, 1, "the letter has no settings file")]
            except tomllib.TOMLDecodeError as error:
                yield slug, None, [Problem(settings, _toml_line(error), f"this is not TOML: {error}")]
            except (ValueError, OSError) as error:
                yield slug, None, [Problem(settings, 1, str(error))]
            else:
                yield slug, frame, [Problem(file, line, why) for line, why in frame_problems(frame, source, uses)]

    def sample_problems(self, slug: str, frame: LetterFrame) -> Iterator[Problem]:
        """Set the sample that people are shown: it must answer every question, and be short enough to be read."""
        settings = f"letters/{slug}.toml"
        for question in frame.questions:
            if not frame.sample.get(question.name, "").strip():
                yield Problem(settings, 1, f"the sample says nothing for “{question.name}”")
        facts = dict.fromkeys(frame.needs, "one two three")
        own = {question.name: "" for question in frame.questions}
        template = self._environment.get_template(f"letters/{slug}{SUFFIX}")
        if too_long := _too_long(frame, template):
            yield Problem(f"letters/{slug}{SUFFIX}", 1, too_long)
        if frame.is_short:
            asks = max(count_words(ASKS[ask].short or ASKS[ask].words) for ask in frame.asks)
            typical = facts | {"salutation": "Dear Ms Example", "constituency": "Example", "close": "Yours sincerely"}
            typical |= {"answered": "the Government of then refused", "ask": "word " * asks, "asked": "", "since": ""}
            shared = count_words(_rendered(template, typical | own))
            if shared > MOST_SHORT:
                yield Problem(
                    f"letters/{slug}{SUFFIX}", 1, f"a short frame of {shared} shared words; at most {MOST_SHORT}"
                )


def escape(value: object) -> str:
    """Make a text of unknown origin harmless in a Discord message: no markdown, no mention, no link."""
    text = _LINK.sub(f":{_NOTHING}", without_invisible_signs(str(value)))
    text = _MARKDOWN.sub(r"\\\1", text)
    text = _MENTION.sub(rf"\1{_NOTHING}", text)
    return _LINE_START.sub(_at_line_start, text)


def _at_line_start(found: re.Match[str]) -> str:
    return f"{found[1]}{found[2]}\\" if found[2].isdigit() else f"{found[1]}\\{found[2]}"


def stamp(instant: datetime, style: str = "F") -> str:
    """Write an instant as Discord's own timestamp, shown to each reader in their own time."""
    if instant.tzinfo is None:
        raise ValueError("a timestamp needs an aware datetime")
    return f"<t:{int(instant.timestamp())}:{style}>"


def _long_date(day: date) -> str:
    return long_date(day.astimezone(LONDON).date() if isinstance(day, datetime) else day)


def _environment(load: Callable[[str], tuple[str, str, None] | None]) -> ImmutableSandboxedEnvironment:
    environment = ImmutableSandboxedEnvironment(
        loader=FunctionLoader(load),
        undefined=StrictUndefined,
        autoescape=False,
        auto_reload=False,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=False,
    )
    environment.globals.clear()
    environment.filters.update(escape=escape, e=escape, long_date=_long_date, stamp=stamp, days=days)
    return environment


_NO_MARKS = {ord(_OPEN): None, ord(_SHUT): None}


def _parts(
    rendered: str, own: Mapping[str, str], picks: Collection[str] = (), apart: Mapping[str, str] | None = None
) -> tuple[Part, ...]:
    text = re.sub(r"\n{3,}", "\n\n", rendered.strip())
    parts: list[Part] = []
    place = 0
    for mark in _OWN.finditer(text):
        if mark.start() > place:
            parts.append(Part(text[place : mark.start()]))
        name = mark[1]
        if apart is not None and name in apart:
            parts.append(Part(apart[name], fact=name))
        elif name in picks:
            parts.append(Part(own[name].strip(), picked=name))
        else:
            parts.append(Part(own[name].strip(), field=name))
        place = mark.end()
    if place < len(text):
        parts.append(Part(text[place:]))
    return tuple(parts)


def _names_in(node: nodes.Node) -> Iterator[nodes.Name]:
    if isinstance(node, nodes.Name):
        yield node
    yield from node.find_all(nodes.Name)


def _reason(error: Exception) -> str:
    said = str(error).split("\n")[0]
    undefined = re.search(r"'([^']+)' is undefined", said)
    if undefined:
        return f"unknown field “{undefined[1]}”"
    if "unexpected end of template" in said.lower():
        return f"a block is not closed ({said})"
    return said or type(error).__name__


def _opened_at(source: str, error: TemplateSyntaxError) -> int:
    """Give the line of a syntax error; of a block that is never closed, the line where it begins."""
    block = re.search(r"needs to be closed is '(\w+)'", str(error))
    opened: list[int] = []
    for tag in re.finditer(rf"\{{%[-+]?\s*(end)?{block[1]}\b", source) if block else ():
        if tag[1] is None:
            opened.append(tag.start())
        elif opened:
            opened.pop()
    return source.count("\n", 0, opened[-1]) + 1 if opened else error.lineno


def _line_of(error: Exception, filename: str | None) -> int:
    trace, line = error.__traceback__, 1
    while trace is not None:
        if filename is not None and trace.tb_frame.f_code.co_filename == filename:
            line = trace.tb_lineno
        trace = trace.tb_next
    return line


def _toml_line(error: Exception) -> int:
    line = re.search(r"line (\d+)", str(error))
    return int(line[1]) if line else 1
