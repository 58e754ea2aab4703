"""Write down what people do in the room, as the steps of a scene."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from bot.clock import LONDON
from bot.rehearsal.reading import controls_of
from bot.rehearsal.scenes import LONGEST_TEXT, MOST_STEPS, Do, Step, Value

if TYPE_CHECKING:
    from bot.rehearsal.stage import Stage

COMMAND, COMPONENT, FORM = 2, 3, 5
CHANNEL, ROLE = 7, 8


class Recorder:
    """The steps so far. ``full`` says that no more are kept."""

    def __init__(self, stage: Stage, steps: tuple[Step, ...] = ()) -> None:
        self.steps = list(steps)
        self._stage = stage
        self._who = {person.id: name for name, person in stage.people.items()}
        self._minute = self._at()
        stage.env.listen(self._heard)

    @property
    def full(self) -> bool:
        return len(self.steps) >= MOST_STEPS

    def add(self, step: Step) -> None:
        """Keep a step, after one that brings the clock to where it stands, where time has passed by itself."""
        minute = self._at()
        if minute > self._minute and step.do is not Do.CLOCK:
            self._keep(Step(Do.CLOCK, f"to {minute}"))
        self._minute = minute
        self._keep(step)

    def moved(self) -> None:
        """Keep that the clock was moved to where it stands."""
        if (minute := self._at()) > self._minute:
            self.add(Step(Do.CLOCK, f"to {minute}"))

    def _keep(self, step: Step) -> None:
        if not self.full:
            self.steps.append(step)

    def _at(self) -> str:
        return f"{self._stage.clock.now().astimezone(LONDON):%Y-%m-%d %H:%M}"

    def _heard(self, event: str, payload: Mapping[str, Any]) -> None:
        if event == "MESSAGE_CREATE":
            who = self._who.get(int(payload["author"]["id"]))
            if who is not None and payload.get("content"):
                self.add(Step(Do.SAYS, str(payload["content"])[:LONGEST_TEXT], who, self._place(payload, who)))
        elif event == "INTERACTION_CREATE":
            user = payload.get("user") or payload["member"]["user"]
            who = self._who.get(int(user["id"]))
            step = self._interaction(payload, who) if who is not None else None
            if step is not None:
                self.add(step)

    def _interaction(self, payload: Mapping[str, Any], who: str) -> Step | None:
        data, place = payload["data"], self._place(payload, who)
        if payload["type"] == COMMAND and data.get("type", 1) == 1:
            name, options = str(data["name"]), data.get("options") or []
            while options and options[0]["type"] in (1, 2):
                name, options = f"{name} {options[0]['name']}", options[0].get("options") or []
            return Step(Do.TYPES, name, who, place, values={o["name"]: self._option(o) for o in options})
        if payload["type"] == COMPONENT:
            part = next(
                (c for c in controls_of(payload["message"]) if c.get("custom_id") == data["custom_id"]), {"type": 0}
            )
            if part["type"] == 2:
                return Step(Do.PRESSES, str(part.get("label") or ""), who, place)
            chosen = tuple(self._chosen(part, str(value)) for value in data.get("values") or ())
            return Step(Do.CHOOSES, str(part.get("placeholder") or ""), who, place, chosen=chosen) if chosen else None
        if payload["type"] == FORM:
            return Step(Do.FILLS, "", who, place, values=dict(_filled(data.get("components") or ())))
        return None

    def _place(self, payload: Mapping[str, Any], who: str) -> str:
        channel = int(payload["channel_id"])
        if who == "rosa" or not payload.get("guild_id"):
            return "direct"
        return "#organisers" if channel == self._stage.notices.id else "#general"

    def _option(self, option: Mapping[str, Any]) -> Value:
        value = option["value"]
        if option["type"] in (CHANNEL, ROLE):
            return self._name_shown(str(value), "#" if option["type"] == CHANNEL else "@")
        return value if isinstance(value, bool | int | float) else str(value)[:LONGEST_TEXT]

    def _chosen(self, part: Mapping[str, Any], value: str) -> str:
        if part["type"] in (6, 7, 8):
            return self._name_shown(value, "#" if part["type"] == 8 else "@")
        return next((str(o["label"]) for o in part.get("options") or () if o["value"] == value), value)

    def _name_shown(self, wanted: str, sign: str) -> str:
        guild = self._stage.guild
        things: Mapping[str, Any] = guild.channels if sign == "#" else guild.roles
        return next((sign + name for name, thing in things.items() if str(thing.id) == wanted), wanted)


def _filled(parts: Any) -> Any:
    for part in parts:
        for inner in (part.get("component"), *(part.get("components") or ())):
            if not inner or "custom_id" not in inner:
                continue
            value = inner.get("values", inner.get("value"))
            if isinstance(value, list):
                yield inner["custom_id"], tuple(map(str, value))
            elif isinstance(value, bool):
                yield inner["custom_id"], value
            elif value is not None:
                yield inner["custom_id"], str(value)[:LONGEST_TEXT]
