"""Stand in for ``pip install --require-hashes -r FILE``: lend the packages of this Python to another environment.

Called with the environment and the locked file; every package that the file names must be here.
"""

from __future__ import annotations

import re
import sys
import sysconfig
from importlib.metadata import distributions
from pathlib import Path

ELSEWHERE = ("colorama", "audioop-lts", "async-timeout", "tomlkit")
"""What the locked files name for other systems, other versions of Python, or a newer tool than the tests have."""


def main(environment: Path, locked: Path) -> None:
    here = {re.sub("[-_.]+", "-", found.name).lower() for found in distributions()}
    wanted = set(re.findall(r"^([A-Za-z0-9._-]+)==", locked.read_text(encoding="utf-8"), re.MULTILINE))
    missing = wanted - here - set(ELSEWHERE)
    assert not missing, f"not here: {missing}"
    (site,) = environment.glob("lib/python*/site-packages")
    (site / "lent.pth").write_text(f"{sysconfig.get_path('purelib')}\n", encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
