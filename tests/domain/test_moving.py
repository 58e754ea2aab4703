"""A group's set-up as a file: what is written is read again, and what cannot be right is refused with its place."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.actions import Action, ActionState, Step
from bot.domain.dates.repeats import Repeat
from bot.domain.deadlines import Deadline, DeadlineKind, OwnLadder
from bot.domain.errors import PostbagError, Refused
from bot.domain.followed_questions import FollowedQuestion
from bot.domain.group_events import GroupEvent, GroupEventKind, Moved
from bot.domain.guilds import GuildSettings
from bot.domain.identity import ActionId, DeadlineId, GroupEventId, GuildId, PersonId
from bot.domain.letter_templates import GroupTemplate
from bot.domain.moving import LARGEST, VERSION, MovedCommittee, read, write_group_file
from bot.domain.moving_parliament import MovedWords
from bot.domain.rules import GIVEN
from bot.domain.said import AnswerState

AT = datetime(2027, 1, 5, 9, 0, tzinfo=UTC)
CLOCK = Deadline(
    DeadlineId(77),
    GuildId(5),
    DeadlineKind.OWN_DATE,
    "Council vote",
    date(2027, 5, 4),
    GIVEN,
    source_url="https://example.org/vote",
    promised_on=date(2027, 6, 1),
    set_by=PersonId(424242),
    ladder=OwnLadder((-7, 0), monthly=False),
)
PLAN = Action(
    ActionId(9),
    GuildId(5),
    "Lobby day",
    date(2027, 5, 4),
    (Step("brief", date(2027, 4, 20), "Brief everyone", "Come at nine.\nBring tea."),),
    deadline_id=DeadlineId(77),
    items=("never-again/3",),
    template="g12",
    stored=ActionState.APPROVED,
    set_by=PersonId(424242),
    event_id=818181,
)
LETTER = GroupTemplate(
    3, GuildId(5), 1, "Lanterns", "About lanterns", "{{ salutation }}\n{{ why }}", author=PersonId(424242)
)
SETTINGS = GuildSettings(GuildId(515151), owner=PersonId(424242), quiet_from=time(22), quiet_until=time(7))


EVENT = GroupEvent(
    GroupEventId(7),
    GuildId(5),
    GroupEventKind.MEETING,
    "Branch meeting",
    date(2027, 1, 5),
    time(19),
    minutes=120,
    place="Town hall",
    url="https://example.org/meeting",
    repeat=Repeat.NTH_WEEKDAY,
    until=date(2028, 1, 1),
    moved=(Moved(date(2027, 2, 2), date(2027, 2, 3), time(18, 30)), Moved(date(2027, 3, 2))),
    days=(-3, 0),
    aloud=True,
    set_by=PersonId(424242),
)


def exported() -> bytes:
    return write_group_file(
        SETTINGS,
        ["never-again"],
        [MovedCommittee(78, "Harbours")],
        [CLOCK],
        [PLAN],
        [LETTER],
        [EVENT],
        [MovedWords("never-again", "T-18", ("cotton imports",))],
        [FollowedQuestion(GuildId(5), "1900001", "77001", date(2027, 2, 1), AnswerState.OPEN, body="Tides Office")],
        at=AT,
        by="0.1.0",
    )


def test_what_is_written_is_read_again_without_people_and_numbers_of_ours() -> None:
    content = exported()
    for secret in (b"424242", b"515151", b"818181", b"g12"):
        assert secret not in content
    found = read(content)
    assert found.settings["quiet_from"] == time(22)
    assert found.reports == ("never-again",)
    assert found.committees == (MovedCommittee(78, "Harbours"),)
    (clock,) = found.clocks
    assert (clock.title, clock.promised_on, clock.ladder) == (CLOCK.title, CLOCK.promised_on, CLOCK.ladder)
    ((plan, place),) = found.actions
    assert (plan.steps, plan.items, place, plan.stored) == (PLAN.steps, PLAN.items, 0, ActionState.APPROVED)
    assert found.templates[0].text == LETTER.text


def test_every_key_is_described() -> None:
    told = Path("docs/moving.md").read_text(encoding="utf-8")

    def keys(value: Any) -> set[str]:
        if isinstance(value, dict):
            return set(value) | {key for inner in value.values() for key in keys(inner)}
        return {key for inner in value for key in keys(inner)} if isinstance(value, list) else set()

    assert {key for key in keys(json.loads(exported())) if f"`{key}`" not in told} == set()
    example = re.search(r"```json\n(.*?)```", told, re.DOTALL)
    assert example is not None
    assert read(example[1].encode()).clocks[0].title == "Council vote"


def changed(path: list[Any], value: Any) -> bytes:
    whole = json.loads(exported())
    inner = whole
    for step in path[:-1]:
        inner = inner[step]
    inner[path[-1]] = value
    return json.dumps(whole).encode()


@pytest.mark.parametrize(
    ("path", "value", "place"),
    [
        (["version"], "1", "version"),
        (["clocks", 0, "due_on"], "4 May", "clocks[0].due_on"),
        (["clocks", 0, "due_on"], None, "clocks[0].due_on"),
        (["clocks", 0, "kind"], "party", "clocks[0].kind"),
        (["clocks", 0, "source_url"], "javascript:alert(1)", "clocks[0].source_url"),
        (["clocks"], [{}] * 501, "clocks"),
        (["clocks"], {"a": 1}, "clocks"),
        (["clocks", 0], 7, "clocks[0]"),
        (["actions", 0, "clock"], 4, "actions[0].clock"),
        (["actions", 0, "steps"], [], "actions[0].steps"),
        (["actions", 0, "steps", 0, "key"], "a%_", "actions[0].steps"),
        (["actions", 0, "title"], "x" * 101, "actions[0].title"),
        (["settings", "high_risk"], "no", "settings.high_risk"),
        (["settings", "time_of_day"], "09:00+01:00", "settings.time_of_day"),
        (["settings", "pings_a_day"], True, "settings.pings_a_day"),
        (["settings", "ladder"], [0] * 61, "settings.ladder"),
        (["templates", 0, "text"], "a\u0000b", "templates[0].text"),
        (["settings"], [1], "settings"),
    ],
)
def test_what_cannot_be_right_is_named_by_its_place(path: list[Any], value: Any, place: str) -> None:
    with pytest.raises(Refused, match=re.escape(place)) as told:
        read(changed(path, value))
    assert told.value.next_step


def test_a_newer_file_another_file_and_a_large_one_are_refused_kindly() -> None:
    with pytest.raises(Refused, match="newer Postbag"):
        read(changed(["version"], VERSION + 1))
    with pytest.raises(Refused, match="isn't a group's set-up"):
        read(b"{}")
    with pytest.raises(Refused, match="too large"):
        read(b" " * (LARGEST + 1))
    with pytest.raises(Refused, match="can't read"):
        read(b"[" * 100_000)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=9), inner, max_size=3),
    max_leaves=8,
)


@given(
    st.sampled_from(
        [
            ["settings"],
            ["reports"],
            ["committees"],
            ["clocks"],
            ["actions"],
            ["templates"],
            ["clocks", 0],
            ["actions", 0],
            ["events"],
            ["events", 0],
        ]
        + [["clocks", 0, key] for key in ("title", "due_on", "ladder", "note", "report")]
        + [["events", 0, key] for key in ("on", "at", "zone", "days", "moved", "repeat")]
        + [["actions", 0, key] for key in ("steps", "items", "clock", "day", "state")]
    ),
    JSON,
)
def test_whatever_stands_there_is_read_or_refused(path: list[Any], value: Any) -> None:
    told = "read"
    try:
        read(changed(path, value))
    except PostbagError as error:
        told = error.next_step
    assert told


def test_an_event_comes_back_as_it_was_written() -> None:
    (event,) = read(exported()).events
    assert event == replace(EVENT, group_event_id=GroupEventId(0), guild_id=GuildId(0), set_by=None)


@pytest.mark.parametrize(
    ("change", "place"),
    [
        ({"kind": "party"}, "events[0].kind"),
        ({"zone": "Mars/Olympus"}, "events[0].zone"),
        ({"zone": "../etc"}, "events[0].zone"),
        ({"days": [3]}, "events[0].days[0]"),
        ({"minutes": -1}, "events[0].minutes"),
        ({"kind": "post"}, "events[0] makes no sense"),
        ({"moved": [{"on": "2027-01-01"}]}, "events[0].moved[0].for_day"),
        ({"url": "http://example.org"}, "events[0] makes no sense"),
    ],
)
def test_an_event_that_cannot_be_right_is_refused_with_its_place(change: dict[str, Any], place: str) -> None:
    whole = json.loads(exported())
    whole["events"][0] |= change
    with pytest.raises(Refused, match=re.escape(place)):
        read(json.dumps(whole).encode())


def test_a_file_without_events_has_none() -> None:
    whole = json.loads(exported())
    del whole["events"]
    assert read(json.dumps(whole).encode()).events == ()
