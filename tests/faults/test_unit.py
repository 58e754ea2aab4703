"""The unit of deploy/ under a systemd of its own: it starts and stops, does all its work, and may do nothing else.

A second systemd runs in namespaces of its own, over a root whose changes are thrown away, without a network (`unit_root.sh`). It starts
the unit as it stands in deploy/, and then, under the same restrictions, `unit_trial.py`. What such a place cannot show is LEFT_OUT.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
LEFT_OUT = {
    "MemoryMax": "the place has no cgroup controllers of its own, so systemd cannot hold it; what all the work takes is measured",
    "TasksMax": "the place has no cgroup controllers of its own, so systemd cannot hold it; what all the work takes is measured",
    "RestrictAddressFamilies": "that Discord is reached: the place has no network",
}
"""What is not shown here, each with its reason. docs/operating.md says so too."""
PYTHON = Path(f"/usr/bin/python3.{sys.version_info.minor}")
NEEDED = [tool for tool in ("unshare", "systemctl", "ip") if shutil.which(tool) is None]


def _runs_here() -> bool:
    if NEEDED or os.name != "posix" or os.geteuid() != 0 or not PYTHON.exists():
        return False
    spaces = ["unshare", "--fork", "--pid", "--mount", "--cgroup", "--ipc", "--uts", "--net", "true"]
    return subprocess.run(spaces, capture_output=True, check=False).returncode == 0


@pytest.mark.timeout(600)
@pytest.mark.skipif(
    not _runs_here(), reason="it takes root, systemd, namespaces and the system's own Python of this version"
)
def test_under_its_restrictions_the_unit_does_all_its_work_and_nothing_else(tmp_path: Path) -> None:
    out = tmp_path / "out"
    out.mkdir()
    given = {
        "CHECKOUT": str(ROOT),
        "PYTHON": "/usr",
        "PACKAGES": sysconfig.get_path("purelib"),
        "OUT": str(out),
    }
    spaces = ["unshare", "--fork", "--pid", "--mount", "--cgroup", "--ipc", "--uts", "--net"]
    done = subprocess.run(
        [*spaces, "bash", str(Path(__file__).with_name("unit_root.sh"))],
        env={**os.environ, **given}, capture_output=True, text=True, timeout=560, check=False,
    )  # fmt: skip
    driven = (out / "driver.log").read_text() if (out / "driver.log").exists() else ""
    log = (out / "postbag.log").read_text() if (out / "postbag.log").exists() else ""
    assert {"start 0", "stop 0", "trial 0"} <= set(driven.splitlines()), f"{driven}\n{log}\n{done.stderr[-2000:]}"
    assert "ActiveState=active" in driven
    assert "NRestarts=0" in driven
    assert "Postbag can't connect to Discord just now" in driven, "it told systemd that it is ready, and why it waits"
    assert re.search(r"-rw-------.* postbag.key\b", driven), "readable by nobody else"
    trial = json.loads((out / "trial.json").read_text())
    assert trial["user"] != 0
    assert trial["users"] != ["0", "0", "4294967295"], "it has users of its own (PrivateUsers)"
    unit = (ROOT / "deploy" / "postbag.service").read_text(encoding="utf-8")
    (gigabytes,) = re.findall(r"^MemoryMax=(\d+)G$", unit, re.MULTILINE)
    (tasks,) = re.findall(r"^TasksMax=(\d+)$", unit, re.MULTILINE)
    assert 0 < trial["memory"] < int(gigabytes) * 2**30 / 2, "all the work takes less than half of what is allowed"
    assert 0 < trial["tasks"] < int(tasks) / 2
    assert {"silent start 0", "silent NRestarts=1"} <= set(driven.splitlines()), "who falls silent is started again"
    open_ways = [what for what, refused in trial["refused"].items() if not refused]
    assert open_ways == []
    assert set(trial["done"]) == {"start", "import", "typst", "PDF child", "backup", "temporary folder"}


def test_what_was_not_tried_is_named_on_the_operators_page() -> None:
    page = (ROOT / "docs" / "operating.md").read_text(encoding="utf-8")
    unit = (ROOT / "deploy" / "postbag.service").read_text(encoding="utf-8")
    for name in LEFT_OUT:
        assert f"{name}=" in unit
        assert f"`{name}`" in page, f"docs/operating.md does not say that {name} was not tried"
