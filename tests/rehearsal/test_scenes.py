"""Scenes: what their files say, hostile ones refused, each shipped one played, and what happened written down and played again."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.config import Settings
from bot.domain.errors import Refused
from bot.rehearsal.prompt import Move, Word
from bot.rehearsal.reading import options_of, text_of
from bot.rehearsal.room import Room, open_room
from bot.rehearsal.scenes import (
    FOLDER,
    MOST_BYTES,
    PEOPLE,
    PLACES,
    Do,
    Scene,
    Server,
    Step,
    read_file,
    read_scene,
    ready_made,
    write_scene,
)

START = datetime(2026, 3, 2, 10, tzinfo=UTC)
words = st.text(st.characters(exclude_categories=["Cs"]), max_size=60)
names = st.text("abcdefghij_-", min_size=1, max_size=12)
values = st.dictionaries(names, st.one_of(words, st.booleans(), st.lists(words, max_size=3).map(tuple)), max_size=3)
insiders = st.sampled_from(PEOPLE[:3])
places = st.sampled_from(PLACES)
steps = st.one_of(
    st.builds(Step, st.just(Do.TYPES), words, insiders, places, values),
    st.builds(Step, st.sampled_from([Do.PRESSES, Do.SAYS]), words, insiders, places),
    st.builds(
        lambda who, chosen, what: Step(Do.CHOOSES, what, who, chosen=tuple(chosen)),
        insiders, st.lists(words, min_size=1, max_size=3), words,
    ),
    st.builds(lambda who, given: Step(Do.FILLS, who=who, values=given), insiders, values),
    st.builds(Step, st.just(Do.CLOCK), words),
    st.builds(lambda on: Step(Do.WEATHER, "discord-down", on=on), st.booleans()),
    st.just(Step(Do.RESTART)),
    st.builds(lambda given: Step(Do.PARLIAMENT, "question", values=given), values),
)  # fmt: skip


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None, max_examples=60)
@given(words, st.lists(steps, max_size=8).map(tuple), st.booleans())
def test_what_is_written_is_read_again(title: str, played: tuple[Step, ...], high_risk: bool) -> None:
    scene = Scene(title, title, START, Server.SET_UP, high_risk, played, "loaded")
    assert read_scene(write_scene(scene)) == scene


@given(st.binary(max_size=300))
def test_no_file_breaks_it(raw: bytes) -> None:
    with pytest.raises(Refused):
        read_scene(raw)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "isn't a scene file"),
        ("<html>", "isn't a scene file"),
        ("a = " + "[" * 5000, "isn't a scene file"),
        ("x" * (MOST_BYTES + 1), "too long"),
        ("postbag_scene = 2", "newer Postbag"),
        ("postbag_scene = true", "postbag_scene = 1"),
        ("postbag_scene = " + "9" * 5000, "isn't a scene file"),
        ("postbag_scene = 1\n[[steps]]\nwho = 'tomos'\nfills = {a = 0x" + "f" * 9000 + "}", "thousands of digits"),
        ("postbag_scene = 1\n[[steps]]\nwho = 'tomos'\nfills = {a = nan}", "not a text"),
        ("postbag_scene = 1\nrun = 'rm'", "“run” means nothing"),
        ("postbag_scene = 1\nsteps = 3", "must be a list"),
        ("postbag_scene = 1\nserver = 'mine'", "no server “mine”"),
        ("postbag_scene = 1\nhigh_risk = 1", "true or false"),
        ("postbag_scene = 1\nstarts = 2026-03-02T10:00:00", "starts"),
        ("postbag_scene = 1\nstarts = 1066-03-02T10:00:00Z", "starts"),
        ("postbag_scene = 1\nsteps = [1]", "Step 1 is not a table"),
        ("postbag_scene = 1\n[[steps]]\nrestart = true\n[[steps]]\n", "Step 2 must do exactly one thing"),
        ("postbag_scene = 1\n[[steps]]\nrestart = true\nclock = 'next'", "exactly one thing"),
        ("postbag_scene = 1\n[[steps]]\nwho = 'mallory'\nsays = 'x'", "“who” is one of"),
        ("postbag_scene = 1\n[[steps]]\nwho = 'rosa'\nin = '#general'\nsays = 'x'", "“in” is one of"),
        ("postbag_scene = 1\n[[steps]]\nwho = 'tomos'\nin = '/etc'\nsays = 'x'", "“in” is one of"),
        ("postbag_scene = 1\n[[steps]]\nwho = 'tomos'\nsays = 7", "not a text"),
        ("postbag_scene = 1\n[[steps]]\nwho = 'tomos'\nsays = '" + "x" * 4001 + "'", "not a text"),
        ("postbag_scene = 1\n[[steps]]\nwho = 'tomos'\nchooses = []", "chooses"),
        ("postbag_scene = 1\n[[steps]]\nwho = 'tomos'\nfills = 'x'", "not a table"),
        ("postbag_scene = 1\n[[steps]]\nwho = 'tomos'\ntypes = 'x'\nwith = {a = {b = 1}}", "not a text"),
        ("postbag_scene = 1\n[[steps]]\nweather = 'rain'", "weather"),
        ("postbag_scene = 1\n[[steps]]\nparliament = 'dissolved'", "parliament"),
        ("postbag_scene = 1\n[[steps]]\nrestart = false", "restart"),
        ("postbag_scene = 1\n" + "[[steps]]\nrestart = true\n" * 501, "at most 500"),
    ],
)
def test_hostile_files_are_refused_kindly(text: str, says: str) -> None:
    with pytest.raises(Refused, match="(?i)" + says.replace("(", r"\(")) as refused:
        read_scene(text)
    assert refused.value.next_step
    assert len(refused.value.message) < 300


def test_a_file_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(Refused, match=r"gone\.toml"):
        read_file(tmp_path / "gone.toml")


def test_the_desk_offers_what_was_promised() -> None:
    keys = [scene.key for scene in ready_made()]
    assert len(keys) == len(set(keys))
    for promised in (
        "2021-as-it-happened",
        "empty-server",
        "mid-campaign",
        "response-overdue",
        "high-risk",
        "after-an-outage",
        "event-of-our-own",
        "letter-to-answer",
    ):
        assert promised in keys


@pytest.mark.loopback
@pytest.mark.asyncio
@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.toml")), ids=lambda path: path.stem)
async def test_each_shipped_scene_plays_to_its_end(path: Path, tmp_path: Path) -> None:
    scene = read_file(path)
    assert scene.says
    async with open_room(Settings(), data=tmp_path, scene=scene) as room:
        assert room.stage.env.strict.refused == []
        assert "has begun" in room.said
        seen = "\n".join(map(text_of, room.stage.posted))
        expected = {
            "2021-as-it-happened": "Government response to Never Again",
            "mid-campaign": "Coach to Westminster",
            "response-overdue": "overdue: expected by",
            "after-an-outage": "09:00",
            "event-of-our-own": "Called off: Lamp walk",
            "letter-to-answer": "asked the Department for Lanterns a written question (77001)",
        }.get(scene.key)
        assert expected is None or expected in seen, seen
        if scene.key == "mid-campaign":
            alone = room.stage.member.user.dm_channel.history()
            assert "Write to my MP before the coach" in "\n".join(map(text_of, alone))
        if scene.key == "letter-to-answer":
            alone = "\n".join(map(text_of, room.stage.member.user.dm_channel.history()))
            assert alone.count("was answered on 18 March 2026") == 1
            assert seen.count("Answered on 18 March 2026, on time") == 1
            assert "overdue" not in seen
        if scene.key == "high-risk":
            assert "Lights Out" not in seen


@pytest.mark.loopback
@pytest.mark.asyncio
async def test_the_scene_of_an_event_goes_from_adding_it_to_its_last_post_and_over(tmp_path: Path) -> None:
    async with open_room(Settings(), data=tmp_path, scene=read_file(FOLDER / "70-event-of-our-own.toml")) as room:
        vote = [message for message in room.stage.posted if "Council vote on the lamps" in text_of(message)]
        first = [text_of(message).splitlines()[0] for message in vote]
        assert first == [
            "**Council vote on the lamps: in 7 days**",
            "**Council vote on the lamps: tomorrow**",
            "**Council vote on the lamps: today**",
        ]
        assert [bool(message.flags.suppress_notifications) for message in vote] == [True, True, False]
        assert "Tuesday 24 March 2026, 6pm to 8pm" in text_of(vote[-1])
        assert "Town hall, public gallery" in text_of(vote[-1])
        ours = [text_of(m) for m in room.stage.posted if "Government response" not in text_of(m)]
        said = "\n".join(ours)
        assert "verdue" not in said
        assert "8 April 2026, 6.30pm" in said
        assert "5 May" not in said, "the one that was left out"
        events = await room.stage.app.services.group_events.list(room.stage.guild_id)
        now = room.stage.clock.now()
        assert {e.title: e.headline(now).partition(":")[0] for e in events} == {
            "Branch meeting": "Next",
            "Council vote on the lamps": "Over",
            "Lamp walk": "Called off on 5 March 2026",
        }


@pytest.mark.loopback
@pytest.mark.asyncio
async def test_what_happened_is_written_down_and_happens_again(tmp_path: Path) -> None:
    async with open_room(Settings(), data=tmp_path / "one", scene=Scene("Mine", "", START, Server.EMPTY)) as room:
        stage = room.stage
        async with stage.env.lock:
            shown = await stage.member.slash(stage.channel, "start")
            doors = await stage.member.click(shown.response, label="Read the recommendations")
            card = await stage.outsider.slash("mp find", constituency="Tarning")
            step = await stage.organiser.slash(stage.channel, "admin setup")
            await stage.organiser.select(step.response, [stage.notices])
            form = await stage.organiser.slash(
                stage.channel, "deadlines add", kind="expected answer", title="Vigil", date="2026-04-02"
            )
            listed = await stage.member.click(doors.response, label=first_door(doors))
            value = options_of(listed)[0]["value"]
            await stage.member.select(listed.response, [value])
        assert "Amina Thackwell" in text_of(card)
        assert form.acknowledged
        await room.obey(Word.NEXT)
        await room.change_weather("parliament-down", True)
        before = await told(room)
        text = write_scene(room.recorded())
    saved = read_scene(text)
    assert [step.do for step in saved.steps][:3] == [Do.TYPES, Do.PRESSES, Do.TYPES]
    async with open_room(Settings(), data=tmp_path / "two", scene=saved) as again:
        assert await told(again) == before
        assert again.sky.on == {"parliament-down"}
        assert write_scene(again.recorded()) == text


def first_door(doors: object) -> str:
    from bot.rehearsal.reading import buttons_of

    return next(label for label in buttons_of(doors) if not label.startswith(("All ", "About ")))


async def told(room: Room) -> list[str]:
    """Give everything that Tomos sees, without what the clock's seconds change."""
    stage = room.stage
    async with stage.env.lock:
        return [text_of(message) for message in stage.channel.history(viewer=stage.member)]


@pytest.mark.loopback
@pytest.mark.asyncio
async def test_a_step_that_cannot_be_played_says_which_and_leaves_a_room_that_works(tmp_path: Path) -> None:
    wrong = Scene("Wrong", starts=START, steps=(Step(Do.SAYS, "first", "tomos"), Step(Do.PRESSES, "No such", "tomos")))
    async with open_room(Settings(), data=tmp_path) as room:
        with pytest.raises(Refused, match=r"Step 2 of 2.*No such"):
            await room.begin(wrong)
        assert room.is_open
        assert "couldn't be played" in room.said
        assert room.stage.clock.now() - START < timedelta(minutes=1)
        await room.obey(Move(room.stage.clock.now() + timedelta(days=1)))
        for step in (Step(Do.FILLS, who="tomos"), Step(Do.CLOCK, "quit"), Step(Do.TYPES, "no such command", "tomos")):
            with pytest.raises(Refused, match="Step 1 of 1"):
                await room.begin(Scene("Wrong", steps=(step,)))
