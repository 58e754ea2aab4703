"""Cold start and idle memory beside a bare discord.py bot; whole commands in the terminal; what the imports cost.

    python -m benchmarks.startup [--quick]

Each bot is started as a new process in turn: from the start of the process until it says that it is ready to log in (all
imports, database, packs, templates, services, commands), without a network; then its resident memory after a second of
idling. The processor time of the process is shown too: other work on the machine disturbs it less. Compiled modules are
kept between starts, as they are for everyone after the first start.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path

from benchmarks.figures import between, median, resident_mb, show_machine, show_table, without_own_settings

WAY_TO_LOGIN = (
    "import bot.cli; from storage.without_orm import spare_orm; spare_orm()\n"
    "import bot.app, bot.scheduling, bot.chat.client, bot.chat.connection, bot.chat.sender, bot.sources.members, "
    "bot.documents.text, pkgutil, importlib, bot.chat.cogs as cogs\n"
    "for found in pkgutil.iter_modules(cogs.__path__): importlib.import_module('bot.chat.cogs.' + found.name)"
)
COMMAND = ("-m", "bot", "recommendations", "show", "3")


BARE = "bare discord.py bot"


def start(module: str, data: Path, compiled: str) -> tuple[float, float, float]:
    """Start a bot; gives the seconds until it was ready, its seconds of processor time by then, its idle memory in MB."""
    began = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, "-m", module],
        stdout=subprocess.PIPE,
        text=True,
        env=without_own_settings(compiled) | {"BENCHMARK_DATA": str(data)},
    )
    assert process.stdout is not None
    try:
        said, _, worked = process.stdout.readline().partition(" ")
        took = time.perf_counter() - began
        if said != "ready":
            raise SystemExit(f"{module} did not get ready")
        time.sleep(1)
        return took, float(worked), resident_mb(process.pid)
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


def compare_starts(rounds: int, compiled: str) -> None:
    """Start Postbag on an empty folder, Postbag on a database that is there, and the bare bot, in turn."""
    found: dict[str, list[tuple[float, float, float]]] = defaultdict(list)
    with tempfile.TemporaryDirectory() as folder:
        kept = Path(folder, "kept")
        start("benchmarks.ready", kept, compiled)
        start("benchmarks.bare", kept, compiled)
        for number in range(rounds):
            turns = [
                (BARE, "benchmarks.bare", kept),
                ("Postbag", "benchmarks.ready", kept),
                ("Postbag, making its database", "benchmarks.ready", Path(folder, str(number))),
            ]
            for name, module, data in turns if number % 2 else reversed(turns):
                found[name].append(start(module, data, compiled))
    columns = {name: [list(column) for column in zip(*starts, strict=True)] for name, starts in found.items()}
    ready, worked, memory = (median(column) for column in columns[BARE])
    show_table(
        f"Ready to log in, and idle memory: median (least–most) of {rounds} starts each",
        ("what", "ready, s", "beside bare", "CPU s", "beside bare", "idle MB", "more than bare"),
        [
            [
                name,
                between(took, ".2f"),
                f"{median(took) / ready:.1f}×",
                between(cpu, ".2f"),
                f"{median(cpu) / worked:.1f}×",
                f"{median(held):.0f}",
                f"{median(held) - memory:+.0f}",
            ]
            for name, (took, cpu, held) in sorted(columns.items())
        ],
    )


def compare_commands(rounds: int, compiled: str) -> None:
    """Time whole commands in the terminal, from the start of the process to its end."""
    commands = {
        "python -c pass": ("-c", "pass"),
        "postbag --version": ("-m", "bot", "--version"),
        "postbag recommendations show 3": COMMAND,
    }
    seconds: dict[str, list[float]] = defaultdict(list)
    with tempfile.TemporaryDirectory() as folder:
        for _ in range(rounds):
            for name, words in commands.items():
                began = time.perf_counter()
                done = subprocess.run(
                    [sys.executable, *words],
                    cwd=folder,
                    env=without_own_settings(compiled),
                    capture_output=True,
                    text=True,
                    check=True,
                )
                seconds[name].append(time.perf_counter() - began)
                if words is COMMAND and "Recommendation 3" not in done.stdout:
                    raise SystemExit(done.stdout)
    show_table(
        f"Commands in the terminal: median (least–most) of {rounds} runs each",
        ("what", "s"),
        [[name, between(found, ".2f")] for name, found in seconds.items()],
    )


def imports(words: Sequence[str], rounds: int, compiled: str) -> tuple[dict[str, float], float]:
    """Time imports: milliseconds of each package's own modules (median of rounds), and of all together."""
    found: dict[str, list[float]] = defaultdict(list)
    totals = []
    for _ in range(rounds):
        done = subprocess.run(
            [sys.executable, "-X", "importtime", *words],
            env=without_own_settings(compiled),
            capture_output=True,
            text=True,
            check=True,
        )
        own: dict[str, float] = defaultdict(float)
        for line in done.stderr.splitlines():
            alone, _, rest = line.removeprefix("import time:").partition("|")
            if alone.strip().isdigit():
                top = rest.partition("|")[2].strip().split(".")[0]
                ours = top in ("bot", "storage")
                own["Python's own" if top in sys.stdlib_module_names and not ours else top] += int(alone) / 1000
        totals.append(sum(own.values()))
        for name, took in own.items():
            found[name].append(took)
    return {name: median(took) for name, took in found.items()}, median(totals)


def show_imports(rounds: int, compiled: str) -> None:
    """Print what is loaded on the way to login, by package, beside what discord.py alone loads."""
    way, whole = imports(("-c", WAY_TO_LOGIN), rounds, compiled)
    bare, bare_whole = imports(("-c", "import discord, discord.ext.commands"), rounds, compiled)
    command, command_whole = imports(COMMAND, rounds, compiled)
    largest = sorted(way, key=lambda name: -way[name])[:16]
    rows = [[name, *(f"{found.get(name, 0):.0f}" for found in (way, bare, command))] for name in largest]
    rows.append(["all", f"{whole:.0f}", f"{bare_whole:.0f}", f"{command_whole:.0f}"])
    show_table(
        f"Imports, ms of each package's own modules (median of {rounds}; the timing itself makes them slower)",
        ("package", "way to login", "discord.py alone", "recommendations show 3"),
        rows,
    )


def main() -> None:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="one round, to see that it works")
    parser.add_argument("--rounds", type=int, default=7)
    asked = parser.parse_args()
    rounds = 1 if asked.quick else asked.rounds
    show_machine()
    with tempfile.TemporaryDirectory() as compiled:
        compare_starts(rounds, compiled)
        compare_commands(rounds, compiled)
        show_imports(min(rounds, 5), compiled)


if __name__ == "__main__":
    main()
