"""The rehearsal room: a stage that can be begun anew, its browser page, its clock and weather, and what the desk shows."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import secrets
import tempfile
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import asdict, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import discord
from simcord import SetupError
from simcord.preview import Preview

from bot.clock import LONDON, london_today
from bot.config import DatabaseSection, DiscordSection, ParliamentSection, PrivacySection, Settings, SourcesSection
from bot.domain.errors import PostbagError, Refused
from bot.domain.identity import UserId
from bot.rehearsal.house import POSTCODE_TO_TYPE, SEAT_TO_TYPE
from bot.rehearsal.parliament import ParliamentStandIn, invented_report
from bot.rehearsal.playing import Player
from bot.rehearsal.prompt import HELP, Move, Order, Word
from bot.rehearsal.reading import text_of
from bot.rehearsal.recording import Recorder
from bot.rehearsal.scenes import ORDINARY, Do, Scene, Server, Step
from bot.rehearsal.stage import SERVER, Stage, StageClock, open_stage
from bot.rehearsal.telling import as_markdown, spelled_out
from bot.rehearsal.weather import KEYS, STALE, Sky

log = logging.getLogger(__name__)

PUMP_EVERY = 0.5
WELCOME = (
    "Welcome to the rehearsal room. Nothing here leaves this computer. The people, places and MPs are invented; the report "
    f"*Never Again* is real. Type `/start` to begin. When Postbag asks who your MP is, type `{SEAT_TO_TYPE}`, or the postcode "
    f"`{POSTCODE_TO_TYPE}`."
)
WELCOME_ALONE = (
    "I'm Rosa. I'm invented too, and I'm not in any server with Postbag. I can type `/start` here, in a direct message."
)
NAMES = {"nadia": "Nadia", "gwen": "Gwen", "tomos": "Tomos", "rosa": "Rosa"}


class RoomClock:
    """The machine's clock, moved on: it runs, and jumps when it is told to. ``start``: what it shows at first."""

    def __init__(self, start: datetime | None = None) -> None:
        self._ahead = timedelta() if start is None else start - datetime.now(UTC)

    def now(self) -> datetime:
        return datetime.now(UTC) + self._ahead

    def move_to(self, instant: datetime) -> None:
        """Jump to an aware datetime; an earlier one than now is left alone, since Discord's time cannot go back."""
        self._ahead += max(timedelta(), instant - self.now())


MakeClock = Callable[[datetime | None], StageClock]


def rehearsal_settings(settings: Settings, data: Path, sources: SourcesSection | None = None) -> Settings:
    """Give settings that touch nothing of the real installation: own folder, own database and key, no token, no network."""
    return settings.model_copy(
        update={
            "data": data,
            "database": DatabaseSection(),
            "privacy": PrivacySection(),
            "discord": DiscordSection(),
            "parliament": ParliamentSection(),
            "sources": sources or settings.sources,
        }
    )


class Room:
    """A stage with one open browser page, kept up to date in the background. A scene puts a new stage in its place.

    ``lock`` is held by whoever moves the clock, changes the weather, turns the page or begins a scene; each click in the
    page takes the stage's own lock alone. ``version`` grows with everything that the desk shows.
    """

    stage: Stage
    sky: Sky
    parliament: ParliamentStandIn
    recorder: Recorder

    def __init__(self, settings: Settings, folder: Path, *, clock: MakeClock = RoomClock) -> None:
        self.scene = ORDINARY
        self.where, self.who = "#general", "nadia"
        self.said = ""
        self.version = 1
        self.lock = asyncio.Lock()
        self._settings = settings
        self._folder = folder
        self._make_clock = clock
        self._begun = 0
        self._capability = secrets.token_urlsafe(32)
        self._port: int | None = None
        self._stage_open = AsyncExitStack()
        self._page = AsyncExitStack()
        self._preview: Preview | None = None
        self._shown = -1
        self._seen: Any = None
        self._changed = asyncio.Event()

    # Scenes -------------------------------------------------------------------------------------------------------

    async def begin(self, scene: Scene) -> None:
        """Put a new stage in place of the old, as the scene says, and play its steps. The room is shown also where one fails."""
        async with self.lock:
            await self._page.aclose()
            await self._stage_open.aclose()
            self.scene = scene
            await self._set_the_stage(scene)
            self.where, self.who = "#general", "nadia"
            problem: Refused | None = None
            try:
                await Player(self).play(scene.steps)
            except Refused as refused:
                problem = refused
            self.recorder = Recorder(self.stage, scene.steps)
            await self._show(self.where, self.who)
            self.say(f"The scene has begun: {scene.title}." if problem is None else str(problem))
        if problem is not None:
            raise problem

    async def _set_the_stage(self, scene: Scene) -> None:
        self._begun += 1
        clock = self._make_clock(scene.starts)
        folder = self._folder / f"scene-{self._begun}"
        folder.mkdir(parents=True)
        async with AsyncExitStack() as stack:
            self.parliament = await stack.enter_async_context(ParliamentStandIn(clock))
            sources = SourcesSection(**asdict(self.parliament.urls))
            report = invented_report(london_today(clock))
            stage: Stage = await stack.enter_async_context(
                open_stage(
                    rehearsal_settings(self._settings, folder, sources),
                    clock,
                    reports=[report],
                    prepare=lambda app: app.refresh(),
                )
            )
            self._stage_open = stack.pop_all()
        self.stage, self.sky = stage, Sky(stage, self.parliament)
        self._looked_on = london_today(clock)
        if scene.server is not Server.EMPTY:
            await stage.set_up(high_risk=scene.high_risk)
        if scene.server is Server.FOLLOWING:
            person = await stage.app.services.people.person_for(UserId(stage.organiser.id))
            await stage.app.services.deadlines.following.follow(stage.guild_id, report.slug, person)
        await stage.second_organiser.send(stage.channel, WELCOME)
        await stage.outsider.send_dm(WELCOME_ALONE)

    def recorded(self) -> Scene:
        """Give what has happened here so far as a scene that begins at the same moment."""
        starts = self.scene.starts or self.stage.env.started
        return replace(self.scene, starts=starts, steps=tuple(self.recorder.steps), key="loaded")

    # The page -----------------------------------------------------------------------------------------------------

    @property
    def url(self) -> str:
        """Give the page's address, with its secret."""
        if not self.is_open or self._preview is None:
            raise Refused("The page isn't open.", "Open it from the desk: choose who you are.")
        return self._preview.url

    @property
    def is_open(self) -> bool:
        """Say whether the page can be seen. It may have been ended in the browser."""
        return self._preview is not None and not self._preview._closed

    async def show(self, where: str, who: str) -> None:
        """Open the page, or turn it: to a channel or a person's direct messages, as that person. Refused: they cannot see it."""
        async with self.lock:
            await self._show(where, who)

    async def _show(self, where: str, who: str) -> None:
        """The old page closes outside the stage's lock, since it waits for a click that may itself be waiting for that."""
        stage = self.stage
        if who not in stage.people:
            raise Refused("There's nobody with that name.", f"Choose one of: {', '.join(NAMES.values())}.")
        person = stage.people[who]
        if where != "direct" and person is stage.outsider:
            raise Refused("Rosa isn't in any server with Postbag.", "Open her direct messages.")
        if where == "direct":
            user = getattr(person, "user", person)
            channel, viewers = user.dm_channel, [user]
        else:
            channel = {"#general": stage.channel, "#organisers": stage.notices}.get(where)
            others = [other for other in stage.people.values() if other not in (person, stage.outsider)]
            viewers = [person, *others]
        if channel is None or not stage.env.has_channel(channel):
            raise Refused(f"{where} is not there.", "Switch the weather back, or open another channel.")
        await self._page.aclose()
        async with stage.env.lock:
            opening = stage.env.page(channel, viewers, port=self._port, capability=self._capability)
            try:
                self._preview = await self._page.enter_async_context(opening)
            except SetupError as error:
                raise Refused(f"The page couldn't be opened: {error}.", "End the room and start it again.") from None
            self._port = self._preview._server.port
            self._shown = stage.env.happened
        self.where, self.who = where, who
        self.touch()

    async def close(self) -> None:
        await self._page.aclose()
        await self._stage_open.aclose()

    # Time and weather ---------------------------------------------------------------------------------------------

    async def pump(self) -> None:
        """Let time pass: send what is due, look at deadlines daily, and bring the open page up to date."""
        wait = PUMP_EVERY
        while True:
            try:
                await self.tick()
                wait = PUMP_EVERY
            except Exception:
                wait = min(wait * 4, 60.0)
                log.exception("the room could not go on by itself; trying again in %.0f seconds", wait)
            await asyncio.sleep(wait)

    async def tick(self) -> None:
        """Do what the time now calls for."""
        async with self.lock, self.stage.env.lock:
            stage = self.stage
            await stage.env.follow_clock()
            today = london_today(stage.clock)
            if not self.sky.off:
                if today != self._looked_on:
                    self._looked_on = today
                    await stage.app.recompute()
                    await stage.app.refresh()
                due = await stage.app.services.delivery.next_due()
                if due is not None and due <= stage.clock.now():
                    await stage.app.sweep()
                    await stage.env.settle()
            await self._refresh()

    async def obey(self, order: Order) -> str:
        """Carry out what was typed at the terminal or pressed at the desk, and say what came of it."""
        if order is Word.HELP:
            return HELP
        if order in (Word.DIRECT, Word.SERVER):
            await (self.show("direct", "rosa") if order is Word.DIRECT else self.show("#general", "nadia"))
            return "Reload the page in the browser: it now shows " + (
                "Rosa's direct messages with Postbag." if order is Word.DIRECT else f"#general of {SERVER}."
            )
        async with self.lock:
            before, direct = {message.id for message in self.stage.posted}, self._sent_directly()
            if not await self.move(order):
                return self.say("Nothing is planned. An organiser can add a date with /deadlines add.")
            self.recorder.moved()
            async with self.stage.env.lock:
                await self._refresh()
            new = [message for message in self.stage.posted if message.id not in before]
            first = f"It is now {_time_words(self.stage.clock.now())}. {_count(len(new))} in the invented server."
            if alone := self._sent_directly() - direct:
                first += f" Sent as direct messages: {alone}."
            if self.sky.off:
                first = (
                    f"It is now {_time_words(self.stage.clock.now())}. Postbag is switched off, so nothing was sent."
                )
            names = self.names
            lines = [f"  {_time_words(m.created_at)}  {spelled_out(_gist(m), names)}" for m in new]
            return self.say("\n".join([first, *lines]))

    async def move(self, order: Order) -> bool:
        """Move the clock, for a caller who holds ``lock``. False: to the next reminder, and there is none."""
        stage = self.stage
        if isinstance(order, Move):
            to = order.to
        else:
            due = await stage.app.services.delivery.next_due()
            if due is None:
                return False
            to = max(due, stage.clock.now())
        await (stage.move_to(to) if self.sky.off else stage.play_to(to))
        self._looked_on = london_today(stage.clock)
        return True

    def _sent_directly(self) -> int:
        """Count what Postbag wrote to people in direct messages by itself or in answer."""
        ours = self.stage.env.backend.bot_user.id
        channels = [getattr(person, "user", person).dm_channel for person in self.stage.people.values()]
        return sum(m.author.id == ours and not m.flags.ephemeral for channel in channels for m in channel.history())

    async def change_weather(self, key: str, on: bool) -> str:
        """Turn one switch of the weather, and say so."""
        async with self.lock:
            before = {message.id for message in self.stage.posted}
            async with self.stage.env.lock:
                changed = on != (key in self.sky.on)
                await self.sky.turn(key, on)
                if changed and key == STALE and not self.sky.off:
                    # Read once a day otherwise, so that nothing would be seen of this switch before tomorrow.
                    with contextlib.suppress(PostbagError):
                        await self.stage.app.services.members.refresh()
                await self._refresh()
            self.recorder.add(Step(Do.WEATHER, key, on=on))
            if not self.stage.env.has_channel(self.stage.channel):
                if self.where == "#general":
                    await self._show("#organisers", "nadia")
            elif key == "channel-deleted" and not on:
                await self._show("#general", "nadia")
            new = sum(message.id not in before for message in self.stage.posted)
            came = f" {_count(new)} in the invented server." if new else ""
            return self.say(f"{'Now' if on else 'No longer'}: {KEYS[key].label}.{came}")

    async def restart(self) -> str:
        """Close Postbag and open it again, and say so."""
        async with self.lock:
            await self.stage.restart()
            self.sky.on.discard("postbag-off")
            self.recorder.add(Step(Do.RESTART))
            async with self.stage.env.lock:
                await self._refresh()
            return self.say("Postbag was stopped and started again. Every button in the conversation still works.")

    async def _refresh(self) -> None:
        if self._shown != self.stage.env.happened and self.is_open and self._preview is not None:
            self._shown = self.stage.env.happened
            await self._preview.refresh()
        now = (self.stage.env.happened, f"{self.stage.clock.now():%d %H:%M}", frozenset(self.sky.on), self.is_open)
        if now != self._seen:
            self._seen = now
            self.touch()

    # What the desk shows ------------------------------------------------------------------------------------------

    def say(self, words: str) -> str:
        """Let the desk say what has just happened."""
        self.said = words
        self.touch()
        return words

    def touch(self) -> None:
        """Let whoever waits for a change know of one."""
        self.version += 1
        self._changed.set()
        self._changed = asyncio.Event()

    async def changed(self, seen: int, *, within: float) -> None:
        """Wait until the version is another than the one seen, or for so many seconds."""
        if self.version == seen:
            try:
                async with asyncio.timeout(within):
                    await self._changed.wait()
            except TimeoutError:
                return

    @property
    def names(self) -> dict[int, str]:
        """Give the names behind the ids that a message may mention."""
        stage = self.stage
        people = {person.id: NAMES[key] for key, person in stage.people.items()}
        return {
            **people,
            stage.env.backend.bot_user.id: "Postbag",
            stage.channel.id: "general",
            stage.notices.id: "organisers",
            stage.organiser_role.id: "Organisers",
        }

    async def transcript(self) -> str:
        """Give the conversation that the page shows, as its viewer sees it, as Markdown."""
        async with self.lock, self.stage.env.lock:
            stage, person = self.stage, self.stage.people[self.who]
            if self.where == "direct":
                viewer = getattr(person, "user", person)
                channel = viewer.dm_channel
            else:
                viewer, channel = person, stage.channel if self.where == "#general" else stage.notices
            where = "Direct messages with Postbag" if self.where == "direct" else f"{self.where} of {SERVER}"
            title = f"Postbag, rehearsed: {self.scene.title}"
            return as_markdown(
                channel, viewer, title=title, where=f"{where}, as {NAMES[self.who]} sees it", names=self.names
            )


@asynccontextmanager
async def open_room(
    settings: Settings, *, data: Path | None = None, scene: Scene = ORDINARY, clock: MakeClock = RoomClock
) -> AsyncIterator[Room]:
    """Open the whole room: Parliament's stand-in, Postbag, and the invented server as the scene says."""
    async with AsyncExitStack() as stack:
        folder = data or Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="postbag-rehearsal-")))
        room = Room(settings, folder, clock=clock)
        stack.push_async_callback(room.close)
        await room.begin(scene)
        yield room


def _time_words(instant: datetime) -> str:
    local = instant.astimezone(LONDON)
    return f"{local:%A} {local.day} {local:%B %Y, %H:%M}"


def _gist(message: discord.Message) -> str:
    lines = [line.lstrip("#- ").replace("**", "") for line in text_of(message).splitlines() if line.strip()]
    return ": ".join(lines[:2])[:160]


def _count(number: int) -> str:
    return {0: "Nothing was posted", 1: "1 message was posted"}.get(number, f"{number} messages were posted")
