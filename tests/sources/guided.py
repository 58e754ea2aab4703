"""Let coverage guide what a reader of test_fuzzed is given: `python -m tests.sources.guided SECONDS FOLDER [READER …]`.

It needs atheris, which is no part of what Postbag needs: install it into an environment of its own, beside what is installed here. Each
reader runs in a process of its own, begins with its seeds, and keeps in FOLDER what led it further, and what broke it.
"""

from __future__ import annotations

import hashlib
import importlib
import os
import re
import subprocess
import sys
from pathlib import Path


def run_all(seconds: int, folder: Path, only: list[str]) -> int:
    """Run each reader for so long, one after the other, and say how many texts it read and what broke."""
    from tests.sources.test_fuzzed import READERS

    broken = 0
    for name in only or READERS:
        place = folder / re.sub(r"\W+", "-", name)
        place.mkdir(parents=True, exist_ok=True)
        for seed in READERS[name][1]:
            (place / hashlib.sha256(seed).hexdigest()[:16]).write_bytes(seed)
        done = subprocess.run(
            [
                *(sys.executable, "-m", "tests.sources.guided", "--one", name, str(place)),
                *(f"-max_total_time={seconds}", "-timeout=60", "-rss_limit_mb=3000", "-max_len=60000"),
                f"-artifact_prefix={folder}/broke-{place.name}-",
            ],
            capture_output=True,
            text=True,
            check=False,
            errors="replace",
        )
        told = re.findall(r"Done (\d+) runs in (\d+)|#(\d+)\s+\w+", done.stderr)
        runs = next((one[0] or one[2] for one in reversed(told)), "0")
        print(f"{name}: {int(runs):,} texts in {seconds} s, ended with {done.returncode}", flush=True)
        if done.returncode:
            broken += 1
            print(done.stderr[-3_000:], flush=True)
    return broken


def run_one(name: str, arguments: list[str]) -> None:
    """Run one reader under the guide."""
    atheris = importlib.import_module("atheris")  # no part of what Postbag needs, so that it may be missing
    with atheris.instrument_imports(include=["bot", "storage"]):
        from tests.sources.test_fuzzed import read_once

    def read(content: bytes) -> None:
        read_once(name, content)

    atheris.Setup([sys.argv[0], *arguments], read)
    atheris.Fuzz()


if __name__ == "__main__":
    if sys.argv[1] == "--one":
        os.environ.setdefault("PYTHONHASHSEED", "0")
        run_one(sys.argv[2], sys.argv[3:])
    else:
        sys.exit(run_all(int(sys.argv[1]), Path(sys.argv[2]), sys.argv[3:]))
