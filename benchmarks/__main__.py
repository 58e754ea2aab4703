"""``python -m benchmarks [--quick]`` runs every measurement, one after the other."""

from __future__ import annotations

import subprocess
import sys

from benchmarks.figures import without_own_settings

for name in ("interactions", "startup", "search", "letters", "reminders", "parsing"):
    print(f"\n## {name}\n", flush=True)
    done = subprocess.run(
        [sys.executable, "-m", f"benchmarks.{name}", *sys.argv[1:]], env=without_own_settings(), check=False
    )
    if done.returncode:
        raise SystemExit(f"benchmarks.{name} failed")
