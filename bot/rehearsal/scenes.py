"""Scenes: a beginning and what people then do, kept in a small file that can be shown to someone else. See scenes/README.md."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Any

from bot.domain.errors import Refused
from bot.rehearsal.weather import KEYS as WEATHER

FOLDER = Path(__file__).with_name("scenes")
FORMAT = 1
MOST_BYTES = 256 * 1024
MOST_STEPS = 500
LONGEST_TEXT = 4000
LARGEST_NUMBER = 2**53
FIRST_YEAR, LAST_YEAR = 2015, 2100
PEOPLE = ("nadia", "gwen", "tomos", "rosa")
PLACES = ("#general", "#organisers", "direct")
EXAMPLE = "A scene file is saved with “Save what happened here”; bot/rehearsal/scenes/README.md describes it."


class Server(StrEnum):
    """How the server stands when a scene begins."""

    EMPTY = "empty"
    SET_UP = "set up"
    FOLLOWING = "following"


class Do(StrEnum):
    """What a step does."""

    TYPES = "types"
    PRESSES = "presses"
    CHOOSES = "chooses"
    FILLS = "fills"
    SAYS = "says"
    CLOCK = "clock"
    WEATHER = "weather"
    PARLIAMENT = "parliament"
    RESTART = "restart"


BY_A_PERSON = (Do.TYPES, Do.PRESSES, Do.CHOOSES, Do.FILLS, Do.SAYS)
BESIDE: dict[Do, tuple[str, ...]] = {
    Do.TYPES: ("with",),
    Do.PARLIAMENT: ("with",),
    Do.CHOOSES: ("from",),
    Do.WEATHER: ("on",),
}

IN_PARLIAMENT = ("question", "answer")
"""What may happen in the invented Parliament: an MP tables a written question; a minister answers it."""

Value = str | bool | int | float | tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that happens. ``what`` is the command, label, words, order or weather; ``values`` what is filled in."""

    do: Do
    what: str = ""
    who: str = ""
    where: str = PLACES[0]
    values: Mapping[str, Value] = field(default_factory=dict)
    chosen: tuple[str, ...] = ()
    on: bool = True


@dataclass(frozen=True, slots=True)
class Scene:
    """A beginning and its steps. ``starts`` none: now."""

    title: str
    says: str = ""
    starts: datetime | None = None
    server: Server = Server.FOLLOWING
    high_risk: bool = False
    steps: tuple[Step, ...] = ()
    key: str = ""


ORDINARY = Scene(
    "Start here",
    "A server that is set up and follows an invented report, today. Tomos has just shown a real recommendation of Never Again.",
    steps=(
        Step(Do.TYPES, "recommendations show", "tomos", values={"number": "T-18", "report": "never-again"}),
        Step(Do.PRESSES, "Show to everyone", "tomos"),
        Step(
            Do.SAYS,
            "That one is real: it's what the committee asked about cotton from Xinjiang, and what happened next. Now you: type "
            "`/start`, read a recommendation, and press *Use in my letter*. The desk says what to type when Postbag asks.",
            "gwen",
        ),
    ),
    key="ordinary",
)


def ready_made() -> list[Scene]:
    """Read the scenes that are shipped, in the order of their file names; the ordinary one first."""
    return [ORDINARY, *(read_file(path) for path in sorted(FOLDER.glob("*.toml")))]


def read_file(path: Path) -> Scene:
    """Read a scene from a file. Refused: it is no scene; the message says where."""
    try:
        with path.open("rb") as file:
            raw = file.read(MOST_BYTES + 1)
    except OSError as error:
        raise Refused(f"The scene {path.name} can't be read: {error.strerror}.", EXAMPLE) from None
    return read_scene(raw, key=re.sub(r"^\d+-", "", path.stem))


def read_scene(raw: bytes | str, *, key: str = "loaded") -> Scene:
    """Read a scene from its text. Refused: it is no scene; the message says where it is wrong."""
    data = raw.encode() if isinstance(raw, str) else raw
    if len(data) > MOST_BYTES:
        raise Refused("That file is too long to be a scene.", f"A scene has at most {MOST_BYTES // 1024} kB.")
    try:
        body = tomllib.loads(data.decode("utf-8"))
    except (ValueError, RecursionError) as error:  # a number of thousands of digits is a ValueError of its own
        raise Refused(f"That isn't a scene file: {_short(error)}.", EXAMPLE) from None
    return _scene(body, key)


def _scene(body: Mapping[str, Any], key: str) -> Scene:
    version = body.get("postbag_scene")
    if type(version) is int and version > FORMAT:
        raise Refused(f"That scene was saved by a newer Postbag than this one, which reads format {FORMAT}.", EXAMPLE)
    if type(version) is not int or version != FORMAT:
        raise Refused(f"That isn't a scene file: it has no line “postbag_scene = {FORMAT}”.", EXAMPLE)
    known = {"postbag_scene", "title", "says", "starts", "server", "high_risk", "steps"}
    _no_others(body, known, "the scene")
    steps = body.get("steps", [])
    if not isinstance(steps, list) or len(steps) > MOST_STEPS:
        raise Refused(f"The steps must be a list of at most {MOST_STEPS}.", EXAMPLE)
    server = _text(body.get("server", Server.FOLLOWING.value), "server")
    if server not in tuple(Server):
        raise Refused(f"There's no server “{_short(server)}”.", f"It is one of: {', '.join(Server)}.")
    high_risk = body.get("high_risk", False)
    if not isinstance(high_risk, bool):
        raise Refused("“high_risk” is true or false.", EXAMPLE)
    return Scene(
        title=_text(body.get("title", "A scene"), "title")[:100],
        says=_text(body.get("says", ""), "says")[:300],
        starts=_starts(body.get("starts")),
        server=Server(server),
        high_risk=high_risk,
        steps=tuple(_step(step, number) for number, step in enumerate(steps, start=1)),
        key=key,
    )


def _starts(value: Any) -> datetime | None:
    if value is None:
        return None
    if not isinstance(value, datetime) or value.tzinfo is None or not FIRST_YEAR <= value.year <= LAST_YEAR:
        raise Refused(
            f"“starts” is not a moment between {FIRST_YEAR} and {LAST_YEAR} with its zone.",
            "For example: starts = 2026-03-02T10:00:00Z",
        )
    return value.astimezone(UTC)


def _step(body: Any, number: int) -> Step:
    where = f"step {number}"
    if not isinstance(body, dict):
        raise Refused(f"{where.capitalize()} is not a table.", EXAMPLE)
    verbs = [do for do in Do if do.value in body]
    if len(verbs) != 1:
        raise Refused(f"{where.capitalize()} must do exactly one thing: {', '.join(Do)}.", EXAMPLE)
    do = verbs[0]
    person = do in BY_A_PERSON
    _no_others(body, {do.value, *(("who", "in") if person else ()), *BESIDE.get(do, ())}, where)
    who = _text(body.get("who", ""), where) if person else ""
    place = _text(body.get("in", "direct" if who == "rosa" else PLACES[0]), where)
    if person and who not in PEOPLE:
        raise Refused(f"In {where}, “who” is one of: {', '.join(PEOPLE)}.", EXAMPLE)
    if place not in PLACES or (who == "rosa" and place != "direct"):
        raise Refused(f"In {where}, “in” is one of: {', '.join(PLACES)}; Rosa is in no server.", EXAMPLE)
    value = body[do.value]
    if do is Do.FILLS:
        return Step(do, who=who, where=place, values=_values(value, where))
    if do is Do.CHOOSES:
        chosen = [value] if isinstance(value, str) else value
        if not isinstance(chosen, list) or not 1 <= len(chosen) <= 25:
            raise Refused(f"In {where}, “chooses” is a text or a list of up to 25.", EXAMPLE)
        return Step(
            do, _text(body.get("from", ""), where), who, place, chosen=tuple(_text(text, where) for text in chosen)
        )
    if do is Do.RESTART:
        if value is not True:
            raise Refused(f"In {where}, “restart” is true.", EXAMPLE)
        return Step(do)
    what = _text(value, where)
    on = body.get("on", True)
    if do is Do.WEATHER and (what not in WEATHER or not isinstance(on, bool)):
        raise Refused(f"In {where}, “weather” is one of: {', '.join(WEATHER)}; “on” is true or false.", EXAMPLE)
    if do is Do.PARLIAMENT and what not in IN_PARLIAMENT:
        raise Refused(f"In {where}, “parliament” is one of: {', '.join(IN_PARLIAMENT)}.", EXAMPLE)
    return Step(do, what, who, place, values=_values(body.get("with", {}), where), on=on)


def _values(value: Any, where: str) -> dict[str, Value]:
    if not isinstance(value, dict) or len(value) > 25:
        raise Refused(f"In {where}, the values are not a table of at most 25.", EXAMPLE)
    found: dict[str, Value] = {}
    for name, given in value.items():
        if isinstance(given, list) and len(given) <= 25:
            found[_text(name, where)] = tuple(_text(text, where) for text in given)
        elif isinstance(given, bool) or (isinstance(given, int | float) and abs(given) <= LARGEST_NUMBER):
            found[_text(name, where)] = given
        else:
            found[_text(name, where)] = _text(given, where)
    return found


def _text(value: Any, where: str) -> str:
    if not isinstance(value, str) or len(value) > LONGEST_TEXT:
        raise Refused(f"In {where}, “{_short(value)}” is not a text of up to {LONGEST_TEXT:,} characters.", EXAMPLE)
    return value


def _no_others(body: Mapping[str, Any], known: Iterable[str], where: str) -> None:
    others = sorted(set(body) - set(known))
    if others:
        raise Refused(f"In {where}, “{_short(others[0])}” means nothing.", EXAMPLE)


def _short(value: Any) -> str:
    try:
        return re.sub(r"\s+", " ", str(value))[:80].rstrip(".")
    except ValueError:
        return "a number of thousands of digits"


# Writing ------------------------------------------------------------------------------------------------------------


def write_scene(scene: Scene) -> str:
    """Write a scene as the text that ``read_scene`` reads."""
    lines = [
        "# A scene of Postbag's rehearsal room. Load it there; everything in it is played through the real commands.",
        f"postbag_scene = {FORMAT}",
        f"title = {_quoted(scene.title)}",
        f"says = {_quoted(scene.says)}",
    ]
    if scene.starts is not None:
        lines.append(f"starts = {scene.starts.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}")
    lines += [f"server = {_quoted(scene.server.value)}", f"high_risk = {str(scene.high_risk).lower()}"]
    for step in scene.steps:
        lines += ["", "[[steps]]", *_step_lines(step)]
    return "\n".join([*lines, ""])


def _step_lines(step: Step) -> Iterable[str]:
    if step.do in BY_A_PERSON:
        yield f"who = {_quoted(step.who)}"
        yield f"in = {_quoted(step.where)}"
    if step.do is Do.FILLS:
        yield f"fills = {_table(step.values)}"
    elif step.do is Do.CHOOSES:
        yield f"chooses = {_written(step.chosen)}"
        if step.what:
            yield f"from = {_quoted(step.what)}"
    elif step.do is Do.RESTART:
        yield "restart = true"
    else:
        yield f"{step.do.value} = {_quoted(step.what)}"
    if step.do in (Do.TYPES, Do.PARLIAMENT) and step.values:
        yield f"with = {_table(step.values)}"
    if step.do is Do.WEATHER:
        yield f"on = {str(step.on).lower()}"


def _table(values: Mapping[str, Value]) -> str:
    return "{ " + ", ".join(f"{_quoted(name)} = {_written(value)}" for name, value in values.items()) + " }"


def _written(value: Value) -> str:
    if isinstance(value, tuple):
        return "[" + ", ".join(map(_quoted, value)) + "]"
    if isinstance(value, bool):
        return str(value).lower()
    return _quoted(value) if isinstance(value, str) else str(value)


def _quoted(text: str) -> str:
    """Quote as TOML does, which is as JSON does but for one character."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
