"""Around SimCord's HTTP path: refuse what Discord refuses, know a nonce again, and lose answers on demand.

SimCord lets every request of the bot, interaction answers included, through one function. ``StrictDiscord`` stands in front
of it for one simulated Discord, in tests and in the rehearsal room alike.
"""

from __future__ import annotations

import copy
import fnmatch
import re
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Self

from simcord.backend.errors import BackendError
from simcord.http import router
from simcord.types import HttpLogEntry

from bot.rehearsal.command_limits import check_command, check_commands
from bot.rehearsal.limits import (
    FILE_BYTES,
    Fault,
    check_choices,
    check_event,
    check_message,
    check_modal,
    error_tree,
    is_v2,
    under,
)

NONCE_KNOWN_FOR = timedelta(minutes=3)
"""Discord says "a few minutes" for ``enforce_nonce``."""

ANSWER_WITHIN = 3.0
"""Seconds in which the first answer to an interaction must arrive (developer documentation, Interactions)."""


SEND = re.compile(r"^/channels/(\d+)/messages$")
EDIT = re.compile(r"^/channels/(\d+)/messages/(\d+)$")
CALLBACK = re.compile(r"^/interactions/(\d+)/[^/]+/callback$")
FOLLOWUP = re.compile(r"^/webhooks/\d+/([^/]+)$")
FOLLOWUP_EDIT = re.compile(r"^/webhooks/\d+/([^/]+)/messages/([^/]+)$")
COMMANDS = re.compile(r"^/applications/\d+(/guilds/\d+)?/commands(/\d+)?$")
EVENTS = re.compile(r"^/guilds/\d+/scheduled-events(/\d+)?$")

MESSAGE, UPDATE, AUTOCOMPLETE, MODAL = 4, 7, 8, 9
MODAL_SUBMITTED = 5

Dispatch = Callable[..., Any]


@dataclass(frozen=True, slots=True)
class Refusal:
    """A request that was refused, for tests to look at."""

    method: str
    path: str
    faults: tuple[Fault, ...]


@dataclass(slots=True)
class _Fault:
    """What comes in the place of an answer: before the request is carried out, or after."""

    method: str
    path: str
    times: int
    error: Callable[[], BaseException]
    after: bool


class StrictDiscord:
    """Refuse on behalf of one SimCord backend; use as a context manager around its life.

    ``refused`` lists what was refused for its shape, oldest first: a bot in order leaves it empty. ``user_installs`` are
    the ids of people who installed the bot for themselves; everyone else uses it through their server.
    """

    def __init__(
        self, backend: Any, *, followup_limit: int | None = None, answer_within: float = ANSWER_WITHIN
    ) -> None:
        self.refused: list[Refusal] = []
        self.followup_limit = followup_limit
        self.answer_within = answer_within
        self.user_installs: set[int] = set()
        self.slow = False
        """Everything takes too long: first answers come after their three seconds, posts arrive and the bot never hears so."""
        self._backend = backend
        self._inner: Dispatch | None = None
        self._faulty: list[_Fault] = []
        self._nonces: dict[tuple[str, str], tuple[datetime, Any]] = {}
        self._asked: dict[int, float] = {}
        self._followups: dict[str, int] = {}

    def __enter__(self) -> Self:
        self._inner = router.dispatch
        router.dispatch = self._dispatch
        self._backend.subscribers.insert(0, self._watch)
        return self

    def __exit__(self, *exc: object) -> None:
        assert self._inner is not None
        router.dispatch = self._inner
        self._backend.subscribers.remove(self._watch)

    def lose_answer(
        self, method: str, path: str, *, times: int = 1, error: type[BaseException] = ConnectionResetError
    ) -> None:
        """Let matching requests be carried out and their answers be lost: the caller meets ``error``."""
        self.break_off(method, path, lambda: error("the answer was lost on the way"), after=True, times=times)

    def break_off(
        self, method: str, path: str, error: Callable[[], BaseException], *, after: bool, times: int = 1
    ) -> None:
        """Let matching requests end in a fault instead of their answer, ``after`` they are carried out or without that."""
        self._faulty.append(_Fault(method, path, times, error, after))

    def mend(self) -> None:
        """Let nothing more break off."""
        self._faulty.clear()

    def _watch(self, event: str, payload: Any) -> None:
        if event != "INTERACTION_CREATE":
            return
        self._asked[int(payload["id"])] = time.perf_counter()
        payload["attachment_size_limit"] = FILE_BYTES
        if "guild_id" in payload:
            payload["authorizing_integration_owners"] = {"0": payload["guild_id"]}
        else:
            user = int(payload["user"]["id"])
            payload["authorizing_integration_owners"] = {"1": str(user)} if user in self.user_installs else {"0": "0"}

    def _dispatch(self, backend: Any, method: str, path: str, **request: Any) -> Any:
        assert self._inner is not None
        if backend is not self._backend:
            return self._inner(backend, method, path, **request)
        json = request.get("json")
        faults = self._faults(method, path, json, request.get("files") or [])
        if faults:
            self._log(method, path, request)
            self.refused.append(Refusal(method, path, tuple(faults)))
            if any(fault.code == "EMPTY_MESSAGE" for fault in faults):
                raise BackendError(400, 50006, "Cannot send an empty message")
            raise BackendError(400, 50035, "Invalid Form Body", errors=error_tree(faults))
        late = self._too_late(method, path)
        if late is not None:
            self._log(method, path, request)
            raise late
        self._break(method, path, after=False)
        known = self._known(method, path, json)
        if known is not None:
            self._log(method, path, request)
            self._break(method, path, after=True)
            return copy.deepcopy(known)
        answer = self._inner(backend, method, path, **request)
        self._remember(method, path, json, answer)
        if self.slow and method == "POST" and SEND.match(path):
            raise TimeoutError("Discord took too long")
        self._break(method, path, after=True)
        return answer

    def _break(self, method: str, path: str, *, after: bool) -> None:
        for fault in self._faulty:
            if fault.after is after and fault.method in (method, "*") and fnmatch.fnmatch(path, fault.path):
                fault.times -= 1
                if fault.times <= 0:
                    self._faulty.remove(fault)
                raise fault.error()

    def _log(self, method: str, path: str, request: Mapping[str, Any]) -> None:
        json = copy.deepcopy(request.get("json"))
        entry = HttpLogEntry(method, path, copy.deepcopy(request.get("params") or {}), json, request.get("reason"))
        self._backend.http_requests.append(entry)
        self._backend.transcript.append(("HTTP", f"{method} {path}", json if isinstance(json, dict) else None))

    def _faults(self, method: str, path: str, json: Any, files: Sequence[Any]) -> list[Fault]:
        body = json if isinstance(json, dict) else {}
        sizes = {file.filename: _size(file) for file in files}
        if method == "POST" and (SEND.match(path) or FOLLOWUP.match(path)):
            return check_message(body, files=sizes)
        if method == "PATCH" and (EDIT.match(path) or FOLLOWUP_EDIT.match(path)):
            return check_message(body, files=sizes, edit=True, kept=self._kept(path, body))
        if method == "POST" and (found := CALLBACK.match(path)):
            return self._callback_faults(int(found[1]), body, sizes)
        if COMMANDS.match(path) and method in ("PUT", "POST", "PATCH"):
            return check_commands(json) if isinstance(json, list) else check_command(body)
        if EVENTS.match(path) and method in ("POST", "PATCH"):
            return check_event(body, self._backend.clock.now(), edit=method == "PATCH")
        return []

    def _callback_faults(self, interaction: int, body: Mapping[str, Any], files: Mapping[str, int]) -> list[Fault]:
        data = body.get("data") or {}
        kind = body.get("type")
        if kind == MESSAGE:
            return under(("data",), check_message(data, files=files))
        if kind == UPDATE:
            source = getattr(self._backend.interactions.get(interaction), "source_message_id", None)
            return under(("data",), check_message(data, files=files, edit=True, kept=self._names_on(source)))
        if kind == AUTOCOMPLETE:
            return under(("data",), check_choices(data))
        if kind == MODAL:
            faults = under(("data",), check_modal(data))
            asked = self._backend.interactions.get(interaction)
            if asked is not None and int(asked.type) == MODAL_SUBMITTED:
                faults.append(Fault(("type",), "BASE_TYPE_CHOICES", "a form cannot answer a form"))
            return faults
        return []

    def _too_late(self, method: str, path: str) -> BackendError | None:
        if method != "POST":
            return None
        if found := CALLBACK.match(path):
            asked = self._asked.get(int(found[1]))
            if self.slow or (asked is not None and time.perf_counter() - asked > self.answer_within):
                return BackendError(404, 10062, "Unknown Interaction")
        if self.followup_limit is not None and (found := FOLLOWUP.match(path)):
            sent = self._followups[found[1]] = self._followups.get(found[1], 0) + 1
            if sent > self.followup_limit:
                return BackendError(400, 40094, "This interaction has reached its maximum number of follow up messages")
        return None

    def _known(self, method: str, path: str, json: Any) -> Any:
        key = _nonce_key(method, path, json)
        if key is None or key not in self._nonces:
            return None
        at, answer = self._nonces[key]
        return answer if self._backend.clock.now() - at <= NONCE_KNOWN_FOR else None

    def _remember(self, method: str, path: str, json: Any, answer: Any) -> None:
        key = _nonce_key(method, path, json)
        if key is not None and isinstance(answer, dict):
            answer["nonce"] = json["nonce"]
            self._nonces[key] = (self._backend.clock.now(), copy.deepcopy(answer))

    def _kept(self, path: str, body: Mapping[str, Any]) -> list[str]:
        if not is_v2(body):
            return []
        if found := EDIT.match(path):
            return self._names_on(int(found[2]))
        found = FOLLOWUP_EDIT.match(path)
        if found is None or found[1] not in self._backend.interaction_tokens:
            return []
        record = self._backend.interaction_by_token(found[1])
        return self._names_on(record.message_id if found[2] == "@original" else int(found[2]))

    def _names_on(self, message_id: int | None) -> list[str]:
        for messages in self._backend.messages.values():
            if message_id in messages:
                return [str(attachment["filename"]) for attachment in messages[message_id].attachments]
        return []


def _nonce_key(method: str, path: str, json: Any) -> tuple[str, str] | None:
    if method != "POST" or not SEND.match(path) or not isinstance(json, dict):
        return None
    if not json.get("enforce_nonce") or json.get("nonce") is None:
        return None
    return path, str(json["nonce"])


def _size(file: Any) -> int:
    at = file.fp.tell()
    end = file.fp.seek(0, 2)
    file.fp.seek(at)
    return int(end - at)
