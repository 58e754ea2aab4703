"""What starts Postbag again when it ends: whether there is such a thing, and what it is told (systemd's sd_notify)."""

from __future__ import annotations

import os
import socket
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

CONTAINER_MARKS = (Path("/.dockerenv"), Path("/run/.containerenv"))


class Supervisor:
    """Tell systemd how the service stands; do nothing where nobody listens.

    The protocol is a line on a datagram socket: https://www.freedesktop.org/software/systemd/man/latest/sd_notify.html
    """

    def __init__(self, environment: Mapping[str, str] | None = None) -> None:
        env = os.environ if environment is None else environment
        self._address = env.get("NOTIFY_SOCKET", "")
        self._in_container = bool(env.get("container")) or any(mark.exists() for mark in CONTAINER_MARKS)

    def restarts(self, setting: bool | None) -> bool:
        """Say whether something starts Postbag again: as set, else where systemd listens or this is a container."""
        return setting if setting is not None else bool(self._address) or self._in_container

    def ready(self, status: str) -> None:
        self._send(f"READY=1\nSTATUS={status}")

    def status(self, status: str) -> None:
        self._send(f"STATUS={status}")

    def alive(self) -> None:
        self._send("WATCHDOG=1")

    def stopping(self) -> None:
        self._send("STOPPING=1")

    def _send(self, words: str) -> None:
        if not self._address or not hasattr(socket, "AF_UNIX"):
            return
        address = f"\0{self._address[1:]}" if self._address.startswith("@") else self._address
        with suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as line:
            line.setblocking(False)  # a supervisor that does not read holds nothing up
            line.sendto(words.encode(), address)
