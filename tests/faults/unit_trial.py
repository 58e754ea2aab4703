"""What Postbag does as a service, done once under the restrictions of its unit; what was done and what was refused is written down."""

from __future__ import annotations

import asyncio
import ctypes
import json
import mmap
import os
import socket
import threading
from collections.abc import Callable
from pathlib import Path


def refused(what: Callable[[], object]) -> str:
    """Say how the system refused something; empty where it did not."""
    try:
        what()
    except OSError as error:
        return type(error).__name__
    return ""


def refusals() -> dict[str, str]:
    """Try what the unit forbids."""
    libc = ctypes.CDLL(None, use_errno=True)

    def called(number: int) -> None:
        if number != 0:
            raise OSError(ctypes.get_errno(), "refused")

    def executable() -> None:
        mmap.mmap(-1, 4096, prot=mmap.PROT_READ | mmap.PROT_WRITE | mmap.PROT_EXEC)

    return {
        "write the program": refused(lambda: Path("/opt/postbag/bin/postbag").write_text("x")),
        "write the settings": refused(lambda: Path("/etc/postbag/config.toml").write_text("x")),
        "write the token": refused(lambda: Path("/etc/postbag/token").write_text("x")),
        "write elsewhere": refused(lambda: Path("/usr/of-ours").write_text("x")),
        "read a home": refused(lambda: Path("/home/of-somebody-else").read_text()),
        "a raw socket": refused(lambda: socket.socket(socket.AF_INET, socket.SOCK_RAW, 1)),
        "another kind of address": refused(lambda: socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 0)),
        "memory that is written and run": refused(executable),
        "a namespace": refused(lambda: called(libc.unshare(0x10000000))),
        "a mount": refused(lambda: called(libc.mount(b"none", b"/tmp", b"tmpfs", 0, None))),
        "another user": refused(lambda: os.setuid(0)),
        "a device": refused(lambda: Path("/dev/mem").read_bytes()),
        "a set-user-id file": refused(lambda: _file().chmod(0o4755)),
    }


def _file() -> Path:
    path = Path("of-ours")
    path.write_text("x")
    return path


async def done() -> dict[str, str]:
    """Start, read a PDF and an import in processes of their own, set a letter, make and read a backup."""
    import typst

    from benchmarks.report_shapes import single
    from bot.app import open_app
    from bot.config import load_settings
    from bot.documents.maker import LetterMaker
    from bot.domain.drafts import SavedPage
    from bot.domain.identity import GuildId
    from bot.sources.foreign import ForeignReader
    from storage.backup import check_backup

    told, reader = {}, ForeignReader()
    async with open_app(load_settings()) as app:
        told["start"] = str(app.database.path)
        pages = [SavedPage(page.name, page.content) for page in single()]
        draft = await reader.report(GuildId(1), pages)
        told["import"] = f"{len(draft.items)} items"
        pdf = typst.compile(
            b"= Conclusions and recommendations\n\n+ We recommend that lanterns be counted. (Paragraph 1)"
        )
        assert pdf is not None
        told["typst"] = pdf[:5].decode()
        draft = await reader.report(GuildId(1), [SavedPage("a.pdf", pdf)])
        told["PDF child"] = f"{len(draft.items)} items"
        await LetterMaker().warm()
        await app.back_up()
        (copy,) = (app.settings.data / "backups").iterdir()
        await check_backup(copy)
        told["backup"] = copy.name
        await app.expire()
        told["temporary folder"] = refused(lambda: Path("/tmp/of-ours").write_text("x")) or "written"
    return told


class Use:
    """Watch, while something is done, how much memory all our processes hold together, and how many threads."""

    def __init__(self) -> None:
        self.memory = self.tasks = 0
        self._over = threading.Event()
        self._watching = threading.Thread(target=self._watch, daemon=True)

    def __enter__(self) -> Use:
        self._watching.start()
        return self

    def __exit__(self, *exc: object) -> None:
        self._over.set()
        self._watching.join()

    def _watch(self) -> None:
        page = os.sysconf("SC_PAGE_SIZE")
        while not self._over.wait(0.02):
            memory = tasks = 0
            for process in Path("/proc").iterdir():
                if process.name.isdecimal():
                    try:
                        if process.stat().st_uid == os.getuid():
                            tasks += len(list((process / "task").iterdir()))
                            memory += int((process / "statm").read_text().split()[1]) * page
                    except OSError:
                        continue  # it has ended meanwhile
            self.memory, self.tasks = max(self.memory, memory), max(self.tasks, tasks)


if __name__ == "__main__":
    found: dict[str, object] = {"user": os.getuid(), "refused": refusals()}
    found["users"] = Path("/proc/self/uid_map").read_text().split()
    try:
        with Use() as used:
            found["done"] = asyncio.run(done())
        found["memory"], found["tasks"] = used.memory, used.tasks
    except Exception as error:
        found["failed"] = f"{type(error).__name__}: {error}"
        raise
    finally:
        Path("trial.json").write_text(json.dumps(found, indent=2))
