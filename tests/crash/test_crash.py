"""Kill the process wherever it hurts, start it again, and count: nothing lost, nothing twice, nothing unsaid.

``make crash`` runs a thousand trials and keeps a line of JSON for each under ``data/crash``. A trial is repeated with
``--crash-seed``: its plan comes from the seed and its number alone.
"""

from __future__ import annotations

import json
import random
import shutil
import sqlite3
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from queue import SimpleQueue
from typing import Any

import pytest

from bot.domain.reminders import ReminderState
from tests.crash.discord_rest import BLIND
from tests.crash.nursery import AFTER, BEFORE, POINTS
from tests.crash.scenario import COMES, MARKS, OWNER, PLACES, REPEATED, UNDELIVERABLE, channels, people

pytestmark = [pytest.mark.crash, pytest.mark.loopback, pytest.mark.timeout(3600)]

ROOT = Path(__file__).resolve().parents[2]
LANES = 2
SHORT_RUN = 100
HELD_SHARE = 0.15
"""Of the deaths at a point: how many are the watchdog's, which finds the loop held there."""

DAY = 86_400_000_000
"""In microseconds, as instants are stored."""

AWAY = (0, 0, 5, 50, 70, 80, 130, 600, 4_000, 90_000, -40)
"""Seconds between a death and the next start. Negative: this machine's clock went back, Discord's did not."""

FAULTS: tuple[dict[str, Any], ...] = (
    {"kind": "lost"},
    {"kind": "dropped"},
    {"kind": "status", "value": 503},
    {"kind": "429", "value": 0.05},
    {"kind": "closed door", "value": 20},
    {"kind": "slow", "value": 0.15},
    {"kind": "history", "value": 503},
)


class Program:
    """A program of ours that is spoken to in lines of JSON."""

    def __init__(self, module: str, errors: Path) -> None:
        self._errors = errors.open("ab")
        self._process = subprocess.Popen(
            [sys.executable, "-m", module],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._errors,
            text=True,
        )

    def read(self) -> dict[str, Any]:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        assert line, f"it stopped: see {self._errors.name}"
        told: dict[str, Any] = json.loads(line)
        return told

    def order(self, **what: Any) -> dict[str, Any]:
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(what) + "\n")
        self._process.stdin.flush()
        return self.read()

    def close(self) -> None:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.close()
        self._process.wait(20)
        self._process.stdout.close()
        self._errors.close()


@dataclass
class Lane:
    """A nursery and a Discord of its own."""

    nursery: Program
    port: int
    folder: Path

    def tell(self, **what: Any) -> None:
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.port}/control", json.dumps(what).encode(), {"Content-Type": "application/json"}
        )
        urllib.request.urlopen(request, timeout=10).close()

    def look(self) -> dict[str, Any]:
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/control", timeout=10) as answer:
            seen: dict[str, Any] = json.load(answer)
        return seen


@contextmanager
def lane(folder: Path) -> Iterator[Lane]:
    folder.mkdir()
    with ExitStack() as stack:
        stand_in = Program("tests.crash.discord_rest", folder / "stand-in.log")
        stack.callback(stand_in.close)
        nursery = Program("tests.crash.nursery", folder / "nursery.log")
        stack.callback(nursery.close)
        port = stand_in.read()["port"]
        nursery.order(do="warm", data=str(folder / "warm"), offset=0.0, port=port, now=datetime.now(UTC).isoformat())
        yield Lane(nursery, port, folder)


@dataclass
class Outcome:
    """What a trial came to. ``wrong`` says what should not be."""

    number: int
    deaths: list[dict[str, Any]]
    killed: int = 0
    blind: bool = False
    faults: tuple[str, ...] = ()
    posted: int = 0
    recognised: int = 0
    unknown: int = 0
    seconds: float = 0.0
    wrong: tuple[str, ...] = ()


def planned(rng: random.Random) -> dict[str, Any]:
    """Choose where a child dies."""
    match rng.choice(("point", "point", "point", "post", "instant")):
        case "post":
            return {"at_post": rng.randint(1, 8), "when": rng.choice(("received", "stored", "answered"))}
        case "instant":
            return {"kill_after": rng.uniform(0.0, 0.35)}
    point = rng.choice(("claim", "freeze", "write", "write", "write", "send", "send", *POINTS))
    few = point in ("claim", "take over", "reroute", "give up", "retry", "find", "repeat", "plan")
    death = {"point": point, "when": rng.choice((BEFORE, AFTER)), "nth": rng.randint(1, 2 if few else 9)}
    if rng.random() < HELD_SHARE:
        death["held"] = rng.choice(("hang", "run wild"))
    return death


def trial(lane: Lane, prepared: Path, begun: datetime, seed: int, number: int) -> Outcome:
    rng = random.Random(f"{seed}:{number}")
    outcome = Outcome(number, [planned(rng) for _ in range(rng.choice((1, 1, 1, 2, 2, 3)))])
    outcome.blind = rng.random() < 0.1
    data = lane.folder / f"trial-{number}"
    shutil.copytree(prepared, data)
    offset = discord_offset = (begun - datetime.now(UTC)).total_seconds() + 5.0
    there = {channel: BLIND if outcome.blind and state == "ok" else state for channel, state in channels().items()}
    faults = [dict(rng.choice(FAULTS)) for _ in range(rng.choice((0, 0, 1, 2, 3)))]
    outcome.faults = tuple(fault["kind"] for fault in faults)
    lane.tell(reset=True, offset=discord_offset, channels=there, people=people(), greet=list(there), faults=faults)
    for death in [*outcome.deaths, {}]:
        ended = lane.nursery.order(
            do="live",
            data=str(data),
            port=lane.port,
            offset=offset,
            discord_offset=discord_offset,
            blind=outcome.blind,
            **death,
        )
        outcome.killed += ended["killed"]
        if not ended["killed"] and ended["code"] != 0:
            outcome.wrong = ("it failed: " + (data / "traceback.txt").read_text().strip().splitlines()[-1],)
            return outcome
        now = lane.look()["offset"]  # where a child that moved the clock left it
        away = rng.choice(AWAY)
        offset += max(0.0, now - discord_offset) + away
        discord_offset = now + max(0, away)
        lane.tell(offset=discord_offset)
    seen = lane.look()
    outcome.posted, outcome.recognised = len(seen["messages"]), seen["recognised"]
    outcome.wrong = tuple(judged(outcome, data / "postbag.sqlite3", seen["messages"]))
    if not outcome.wrong:
        shutil.rmtree(data)
    return outcome


def judged(outcome: Outcome, database: Path, messages: list[dict[str, Any]]) -> Iterator[str]:
    """Say what is lost, doubled or unsaid."""
    with closing(sqlite3.connect(database)) as connection:
        rows = connection.execute(
            "SELECT CASE WHEN r.deadline_id IS NOT NULL THEN d.title WHEN r.follow_up_id IS NOT NULL THEN 'Mark F0'"
            " WHEN r.action_id IS NULL THEN 'Mark P0' WHEN r.person_id IS NULL THEN 'Mark A0' ELSE 'Mark B0' END,"
            " r.state, r.reason FROM reminders r"
            " LEFT JOIN deadlines d ON d.id = r.deadline_id WHERE r.kind <> 'notice' AND r.personal_id IS NULL"
        ).fetchall()
        times = connection.execute(
            "SELECT r.state, r.due_at, d.created_at FROM reminders r LEFT JOIN deliveries d ON d.id = r.delivery_id"
            " WHERE r.personal_id IS NOT NULL ORDER BY r.due_at"
        ).fetchall()
        listed_in_doubt = {
            mark
            for (mark,) in connection.execute(
                "SELECT d.title FROM reminders r JOIN deadlines d ON d.id = r.deadline_id"
                " JOIN delivery_reminders l ON l.reminder_id = r.id AND l.expired = 1"
                " JOIN deliveries m ON m.id = l.delivery_id WHERE m.state = 'unknown' AND m.reason LIKE '%please check%'"
            )
        }
        under_way = connection.execute(
            "SELECT count(*) FROM deliveries WHERE state IN ('sending', 'waiting')"
        ).fetchone()[0]
    states = {mark: (ReminderState(state), reason) for mark, state, reason in rows}
    if len(rows) != len(states):
        yield f"there are {len(rows)} reminders where there were {len(states)}"
    to_owner = str(OWNER + 7)
    for mark in MARKS:
        state, reason = states[mark]
        told = [m for m in messages if mark in m["content"] and m["channel_id"] != to_owner]
        if len(told) > 1:
            yield f"{mark} was posted {len(told)} times"
        if state is ReminderState.UNKNOWN:
            outcome.unknown += 1
            if not outcome.blind:
                yield f"{mark} is unknown though the history could be read"
            if "please check" not in reason:
                yield f"{mark} is unknown without a reason"
        elif mark in UNDELIVERABLE:
            if state is not ReminderState.UNDELIVERABLE or not reason or told:
                yield f"{mark} should be undeliverable with a reason, and is {state}"
        elif state not in (ReminderState.SENT, ReminderState.EXPIRED):
            yield f"{mark} is left {state} ({reason})"
        elif not told and outcome.blind and state is ReminderState.EXPIRED and mark in listed_in_doubt:
            outcome.unknown += 1  # it was to be listed in a message of which nobody can tell whether it arrived
        elif not told:
            yield f"{mark} is {state} and was not posted"
    yield from _judged_repeat(outcome, times, sum(REPEATED in m["content"] for m in messages))
    notices = [m for m in messages if m["channel_id"] == to_owner and "couldn't post a reminder" in m["content"]]
    if len(notices) != 1 and not (outcome.blind and not notices):
        yield f"the owner was told {len(notices)} times"
    if under_way:
        yield f"{under_way} deliveries are still under way"


def _judged_repeat(outcome: Outcome, times: list[tuple[str, int, int | None]], posted: int) -> Iterator[str]:
    """Say what is wrong with the reminder that comes again: a day is there once, or was over when the one before was claimed."""
    states = [state for state, _, _ in times]
    held = {due_at: claimed_at or 0 for _, due_at, claimed_at in times}
    first = min(held)
    for number in range(1, COMES):
        due_at = first + number * DAY
        before = max(earlier for earlier in held if earlier < due_at)
        if due_at not in held and held[before] < due_at:
            yield f"{REPEATED} was not planned for its day {number + 1}"
    if len(held) != len(times) or any((due_at - first) % DAY for due_at in held) or len(times) > COMES:
        yield f"{REPEATED} was planned for {sorted(held)}"
    if set(states) - {"sent", "unknown"} or ("unknown" in states and not outcome.blind):
        yield f"{REPEATED} is left {states}"
    if not states.count("sent") <= posted <= len(states):
        yield f"{REPEATED} was posted {posted} times for {states}"


@pytest.fixture
def log(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """Where the lines go: kept with the data for a long run."""
    trials, seed = request.config.getoption("--crash-trials"), request.config.getoption("--crash-seed")
    folder = ROOT / "data" / "crash" if trials > SHORT_RUN else tmp_path
    folder.mkdir(parents=True, exist_ok=True)
    return folder / f"seed-{seed}-trials-{trials}.jsonl"


def test_nothing_is_lost_or_doubled_however_the_process_dies(
    request: pytest.FixtureRequest, tmp_path: Path, log: Path
) -> None:
    trials, seed = request.config.getoption("--crash-trials"), request.config.getoption("--crash-seed")
    began = time.monotonic()
    begun = datetime.now(UTC).replace(second=0, microsecond=0) + timedelta(days=200)
    prepared = tmp_path / "prepared"
    lanes: SimpleQueue[Lane] = SimpleQueue()
    with ExitStack() as stack, log.open("w", encoding="utf-8") as lines:
        for number in range(LANES):
            lanes.put(stack.enter_context(lane(tmp_path / f"lane-{number}")))
        first = lanes.get()
        made = first.nursery.order(
            do="prepare", data=str(prepared), port=first.port, offset=200 * 86_400.0, now=begun.isoformat()
        )
        assert made["code"] == 0, (prepared / "traceback.txt").read_text()
        lanes.put(first)

        def run(number: int) -> Outcome:
            mine = lanes.get()
            started = time.monotonic()
            try:
                outcome = trial(mine, prepared, begun, seed, number)
                outcome.seconds = round(time.monotonic() - started, 2)
                return outcome
            finally:
                lanes.put(mine)

        outcomes = []
        with ThreadPoolExecutor(LANES) as pool:
            for outcome in pool.map(run, range(trials)):
                outcomes.append(outcome)
                lines.write(json.dumps({"seed": seed, **vars(outcome)}) + "\n")
                lines.flush()
    wrong = [f"trial {o.number} ({o.deaths}): {said}" for o in outcomes for said in o.wrong]
    killed, unknown = sum(o.killed for o in outcomes), sum(o.unknown for o in outcomes)
    posted, recognised = sum(o.posted for o in outcomes), sum(o.recognised for o in outcomes)
    seconds = time.monotonic() - began
    print(
        f"\n{trials} trials in {seconds:.0f} s, seed {seed}: {killed} kills, {trials * len(MARKS)} reminders, "
        f"{posted} messages stored, {recognised} known again by their nonce, {unknown} listed as unknown, "
        f"{len(wrong)} wrong. {log}"
    )
    assert wrong == []
    assert killed >= trials * 0.6, "too few of the kills happened: the plan no longer fits the code"
    assert len(PLACES) == 9
