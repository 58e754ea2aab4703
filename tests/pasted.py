"""Commands of the documents, pasted as they stand into a folder that stands for a server.

What belongs to the whole machine is stood in for (``MACHINE``, each with its reason); the rest is real. The folders are moved
into the test's own, and what pip would fetch is lent by the Python that runs the tests.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
LENDER = ROOT / "tests" / "lend_packages.py"
SERVICES = ("MEMBERS_API", "COMMITTEES_API", "POSTCODES", "BANK_HOLIDAYS")

PROGRAM = ("bot", "storage", "templates", "deploy", "pyproject.toml", "README.md", "LICENSE", "config.example.toml")
WITHOUT_OWNERS = """
for word; do shift; case "$drop$word" in -o|-g) drop=x;; x*) drop=;; *) set -- "$@" "$word";; esac; done
exec /usr/bin/install "$@"
"""
MACHINE = {
    "apt-get": "exit 0",  # packages are the machine's
    "useradd": "exit 0",  # and so are users,
    "createuser": "exit 0",  # those of a database server too: the tests' own server has this one
    "chown": "exit 0",  # a file cannot belong to a user who is not there
    "systemctl": "exit 0",  # there is no service manager here
    "journalctl": "cat '{folder}/journal'",  # and no journal
    "python3": f"exec '{sys.executable}' \"$@\"",  # the version that the tests run
    "runuser": 'shift 3; exec "$@"',
    "sudo": 'shift 3; exec "$@"',
    "install": WITHOUT_OWNERS,
}
"""Commands that are the whole machine's, or change whose a file is. Everything else that is pasted is real."""

MOVED = (
    "opt/postbag",
    "etc/postbag",
    "etc/systemd",
    "etc/cron.daily",
    "var/lib/postbag",
    "var/run",
    "usr/local/bin",
    "root/",
)


def steps(guide: Path, heading: str, kind: str = "sh") -> list[str]:
    """Give the shell blocks of a section, as they stand."""
    section = guide.read_text(encoding="utf-8").partition(f"\n## {heading}\n")[2].partition("\n## ")[0]
    return re.findall(rf"^```{kind}\n(.*?)^```", section, re.MULTILINE | re.DOTALL)


class Machine:
    """A folder that stands for a server: its /opt, /etc, /var and /usr/local/bin."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.bin = folder / "bin"
        self.bin.mkdir(parents=True)
        for name in ("opt", "etc/systemd/system", "etc/cron.daily", "var/lib", "var/run", "usr/local/bin"):
            (folder / name).mkdir(parents=True)
        for name, words in MACHINE.items():
            self.stub(name, f"#!/bin/sh\n{words.replace('{folder}', str(folder))}\n")
        self.program = self.release("source")

    @property
    def data(self) -> Path:
        return self.folder / "var/lib/postbag"

    def release(self, name: str) -> Path:
        """Unpack a release of the program into a folder of its own."""
        place = self.folder / name
        place.mkdir()
        for part in PROGRAM:
            if (ROOT / part).is_dir():
                shutil.copytree(ROOT / part, place / part, ignore=shutil.ignore_patterns("__pycache__", "images"))
            else:
                shutil.copy(ROOT / part, place / part)
        for file in (place / "deploy").iterdir():
            file.write_text(self.moved(file.read_text(encoding="utf-8")), encoding="utf-8")
        return place

    def stub(self, name: str, text: str) -> None:
        (self.bin / name).write_text(text)
        (self.bin / name).chmod(0o755)

    def moved(self, text: str) -> str:
        text = re.sub(
            r"--directory /(?=\s)", f"--directory '{self.folder}'", text.replace("/usr/bin/python3", "python3")
        )
        return re.sub(rf"(?<![\w/])/({'|'.join(MOVED)})", rf"{self.folder}/\1", text)

    def paste(
        self, block: str, typed: str = "", *, where: Path | None = None, **environment: str
    ) -> subprocess.CompletedProcess[str]:
        """Run a block as it stands. ``where``: the folder that it is pasted in, else that of the installed release."""
        env = {k: v for k, v in os.environ.items() if not k.startswith(("POSTBAG_", "DISCORD_", "VIRTUAL_ENV"))}
        env |= {"PATH": f"{self.folder}/usr/local/bin:{self.bin}:{env['PATH']}", "COLUMNS": "200"}
        env |= {f"POSTBAG_SOURCES__{name}": "http://127.0.0.1:9" for name in SERVICES}
        env |= environment
        lent = rf"'{sys.executable}' '{LENDER}' {self.folder}/opt/postbag \1"
        script = re.sub(r"^\S*/pip install --require-hashes -r (\S+)$", lent, self.moved(block), flags=re.MULTILINE)
        return subprocess.run(
            ["bash", "-euc", script],
            cwd=where or self.program, env=env, input=typed, capture_output=True, text=True, timeout=200, check=False,
        )  # fmt: skip

    def pasted(self, block: str, typed: str = "", *, where: Path | None = None, **environment: str) -> str:
        """Run a block, each line of which must succeed. ``check`` may name what is for a person to do."""
        block = re.sub(r"^postbag check$", "postbag check || test $? = 1", block, flags=re.MULTILINE)
        done = self.paste(block, typed, where=where, **environment)
        assert done.returncode == 0, f"{block}\n{done.stdout}\n{done.stderr}"
        return done.stdout + done.stderr

    def install(self) -> None:
        """Install Postbag as deploy/README.md says, as far as its settings."""
        for block in steps(ROOT / "deploy" / "README.md", "A small server with systemd")[:3]:
            self.pasted(block)
