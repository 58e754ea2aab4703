"""The weather in the rehearsal room: what can go wrong around a bot, each as a switch."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.domain.errors import Refused
from bot.rehearsal.house import VACANT_SEAT
from bot.rehearsal.parliament import ParliamentStandIn, Weather

if TYPE_CHECKING:
    from bot.rehearsal.stage import Stage

OFF = "postbag-off"
DELETED = "channel-deleted"
STALE = "parliament-stale"
PARLIAMENT = {"parliament-down": Weather.DOWN, STALE: Weather.STALE}


@dataclass(frozen=True, slots=True)
class Switch:
    """One kind of bad weather: its name, and what it does."""

    key: str
    label: str
    says: str


SWITCHES = (
    Switch(
        OFF,
        "Postbag is switched off",
        "Nobody gets an answer and nothing is sent. When you switch it on again, it catches up.",
    ),
    Switch("discord-down", "Discord fails", "Discord refuses every post with an error. Answers still arrive."),
    Switch("discord-slow", "Discord is slow", "Answers come too late, and posts arrive without Postbag knowing."),
    Switch(
        DELETED, "#general is deleted", "With everything in it. When you switch it back, there's a new, empty #general."
    ),
    Switch("permission-taken", "No permission in #general", "Postbag can no longer write in #general."),
    Switch("direct-closed", "Direct messages are closed", "Nobody accepts direct messages from Postbag."),
    Switch(
        "parliament-down", "Parliament's services are down", "Nothing can be looked up: postcodes, MPs, publications."
    ),
    Switch(
        STALE,
        "Parliament's data are out of date",
        f"An MP who has left is still in the list of MPs: /mp find {VACANT_SEAT}.",
    ),
)
KEYS = {switch.key: switch for switch in SWITCHES}


class Sky:
    """The weather over one stage. Whoever changes it holds the stage's lock."""

    def __init__(self, stage: Stage, parliament: ParliamentStandIn) -> None:
        self.stage = stage
        self.on: set[str] = set()
        self._parliament = parliament
        self._mends: dict[str, list[Callable[[], None]]] = {}

    @property
    def off(self) -> bool:
        """Say whether Postbag is switched off."""
        return OFF in self.on

    async def turn(self, key: str, on: bool) -> None:
        """Turn one switch. Refused: there is no such switch."""
        if key not in KEYS:
            raise Refused("There's no such weather.", f"Choose one of: {', '.join(KEYS)}.")
        if on == (key in self.on):
            return
        if on:
            self._turn_on(key)
            self.on.add(key)
        else:
            await self._turn_off(key)
            self.on.discard(key)

    async def clear(self) -> None:
        """Make everything fair again."""
        for switch in SWITCHES:
            await self.turn(switch.key, False)

    def _turn_on(self, key: str) -> None:
        env, stage = self.stage.env, self.stage
        if key == OFF:
            env.switch_off()
        elif key == "discord-down":
            self._mends[key] = [env.fail("*", "/channels/*", status=503, message="Service Unavailable")]
        elif key == "discord-slow":
            env.strict.slow = True
        elif key == DELETED:
            env.delete_channel(stage.channel)
        elif key == "permission-taken":
            self._needs_channel()
            env.deny(stage.channel, send_messages=True)
        elif key == "direct-closed":
            self._mends[key] = [
                env.fail(
                    "POST",
                    f"/channels/{getattr(person, 'user', person).dm_channel.id}/messages",
                    status=403,
                    code=50007,
                    message="Cannot send messages to this user",
                )
                for person in stage.people.values()
            ]
        else:
            self._set_parliament(self.on | {key})

    async def _turn_off(self, key: str) -> None:
        env, stage = self.stage.env, self.stage
        for mend in self._mends.pop(key, ()):
            mend()
        if key == OFF:
            await stage.restart_unlocked()
        elif key == "discord-slow":
            env.strict.slow = False
        elif key == DELETED:
            stage.make_channel()
        elif key == "permission-taken":
            if env.has_channel(stage.channel):
                env.allow_again(stage.channel)
        elif key in PARLIAMENT:
            self._set_parliament(self.on - {key})

    def _set_parliament(self, on: set[str]) -> None:
        self._parliament.set_weather(next((weather for key, weather in PARLIAMENT.items() if key in on), Weather.FAIR))

    def _needs_channel(self) -> None:
        if not self.stage.env.has_channel(self.stage.channel):
            raise Refused("#general is deleted.", "Switch that back first.")
