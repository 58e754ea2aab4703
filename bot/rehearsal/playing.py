"""Play a scene's steps, through the real commands, buttons and forms."""

from __future__ import annotations

from typing import Any, Protocol

from simcord import SetupError
from simcord.backend.errors import BackendError

from bot.clock import london_today
from bot.domain.errors import PostbagError, Refused
from bot.rehearsal.parliament import ParliamentStandIn
from bot.rehearsal.prompt import Move, Order, Word, read_order
from bot.rehearsal.reading import buttons_of, controls_of
from bot.rehearsal.scenes import Do, Step
from bot.rehearsal.stage import Stage
from bot.rehearsal.weather import Sky

LOOK_BACK = 30


class Played(Protocol):
    """What scenes are played in: a room has a stage, a sky, and a clock that moves."""

    stage: Stage
    sky: Sky
    parliament: ParliamentStandIn

    async def move(self, order: Order) -> bool: ...


class Player:
    """Does what people did. It keeps what each of them was shown last, since a form belongs to what opened it."""

    def __init__(self, room: Played) -> None:
        self._room = room
        self._shown: dict[str, Any] = {}

    async def play(self, steps: tuple[Step, ...]) -> None:
        """Play the steps in order. Refused: one could not be played; the room stands where it stopped."""
        for number, step in enumerate(steps, start=1):
            try:
                await self._play(step)
            except PostbagError as error:
                raise Refused(
                    f"Step {number} of {len(steps)} couldn't be played: {error.message}",
                    "The room has stopped there. Fix the step, or load another scene.",
                ) from error
            except (SetupError, BackendError, LookupError, TypeError, ValueError) as error:
                raise Refused(
                    f"Step {number} of {len(steps)} couldn't be played: {_plain(error)}",
                    "The room has stopped there. Fix the step, or load another scene.",
                ) from error

    async def _play(self, step: Step) -> None:
        room, stage = self._room, self._room.stage
        if step.do is Do.CLOCK:
            order = read_order(step.what, stage.clock.now())
            if not isinstance(order, Move) and order is not Word.NEXT:
                raise Refused("that doesn't move the clock.")
            await room.move(order)
        elif step.do is Do.WEATHER:
            async with stage.env.lock:
                await room.sky.turn(step.what, step.on)
        elif step.do is Do.PARLIAMENT:
            self._in_parliament(step)
        elif step.do is Do.RESTART:
            await stage.restart()
        else:
            async with stage.env.lock:
                await self._by_a_person(step)

    def _in_parliament(self, step: Step) -> None:
        """Let an invented MP table a written question, or a minister answer it, today."""
        said, today = self._room.parliament.said, london_today(self._room.stage.clock)
        given = {name: str(value) for name, value in step.values.items()}
        if step.what == "question":
            number, seat = given.get("number", ""), given.get("seat", "")
            said.ask(given.get("heading", ""), given.get("text", ""), on=today, seat=seat, uin=number)
            return
        row = next((row for row in said.questions if row["uin"] == given.get("number")), None)
        if row is None:
            raise Refused(f"nobody tabled a question {given.get('number', '')[:20]}.")
        said.answer(row, given.get("text", ""), today)

    async def _by_a_person(self, step: Step) -> None:
        stage = self._room.stage
        member = stage.people[step.who]
        direct = step.where == "direct"
        actor = getattr(member, "user", member) if direct else member
        channel = actor.dm_channel if direct else self._channel(step.where)
        if step.do is Do.SAYS:
            await (actor.send_dm(step.what) if direct else actor.send(channel, step.what))
        elif step.do is Do.TYPES:
            options = {name: self._value(value) for name, value in step.values.items()}
            name = step.what.lstrip("/")
            shown = await (actor.slash(name, **options) if direct else actor.slash(channel, name, **options))
            self._shown[step.who] = shown
        elif step.do is Do.PRESSES:
            message = self._with_button(channel, actor, step.what)
            self._shown[step.who] = await actor.click(message, label=step.what)
        elif step.do is Do.CHOOSES:
            message, custom_id, values = self._with_select(channel, actor, step)
            self._shown[step.who] = await actor.select(message, values, custom_id=custom_id)
        elif step.do is Do.FILLS:
            form = self._shown.get(step.who)
            if form is None or form.modal is None:
                raise Refused("no form was open.")
            filled = {name: list(v) if isinstance(v, tuple) else v for name, v in step.values.items()}
            self._shown[step.who] = await actor.submit_modal(form, filled)

    def _channel(self, name: str) -> Any:
        stage = self._room.stage
        channel = stage.channel if name == "#general" else stage.notices
        if not stage.env.has_channel(channel):
            raise Refused(f"{name} is deleted.")
        return channel

    def _value(self, value: Any) -> Any:
        if isinstance(value, str) and value[:1] in ("#", "@"):
            return self._thing(value) or value
        return value

    def _thing(self, name: str) -> Any:
        """Find the channel of a #name or the role of an @name."""
        guild = self._room.stage.guild
        return (guild.channels if name.startswith("#") else guild.roles).get(name[1:])

    def _seen(self, channel: Any, actor: Any) -> list[Any]:
        return list(reversed(channel.history(viewer=actor)[-LOOK_BACK:]))

    def _with_button(self, channel: Any, actor: Any, label: str) -> Any:
        for message in self._seen(channel, actor):
            if label in buttons_of(message):
                return message
        raise Refused(f"there is no button “{label[:80]}” to press.")

    def _with_select(self, channel: Any, actor: Any, step: Step) -> tuple[Any, str, list[Any]]:
        for message in self._seen(channel, actor):
            for part in controls_of(message):
                if step.what and part.get("placeholder") != step.what:
                    continue
                values = self._values_in(part, step.chosen)
                if values is not None:
                    return message, str(part["custom_id"]), values
        raise Refused(f"there is no list that offers “{step.chosen[0][:80]}”.")

    def _values_in(self, part: dict[str, Any], chosen: tuple[str, ...]) -> list[Any] | None:
        kind = part.get("type")
        if kind == 3:
            by_name = {str(o["value"]): o["value"] for o in part.get("options") or ()}
            by_name |= {str(o["label"]): o["value"] for o in part.get("options") or ()}
            return [by_name[name] for name in chosen] if all(name in by_name for name in chosen) else None
        if kind in (6, 7, 8):
            sign = "#" if kind == 8 else "@"
            things = [self._thing(name) if name.startswith(sign) else None for name in chosen]
            return things if all(things) else None
        return None


def _plain(error: Exception) -> str:
    return f"{' '.join(str(error).split())[:200] or type(error).__name__}."
