"""*2021, as it happened*: the real bot plays the first report's own months to the terminal, in two minutes of reading.

Everything is really done; printed is of each answer what carries the story, in the bot's own words.
"""

from __future__ import annotations

import asyncio
import contextlib
import re
import tempfile
from collections.abc import AsyncIterator, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from rich.console import Console

from bot.clock import MovableClock
from bot.config import Settings, SourcesSection
from bot.domain.errors import Unavailable
from bot.rehearsal.parliament import ParliamentStandIn
from bot.rehearsal.reading import buttons_of, controls_of, options_of, text_of
from bot.rehearsal.room import rehearsal_settings
from bot.rehearsal.stage import Stage, open_stage
from bot.rehearsal.terminal import stop_signals
from bot.rehearsal.transcript import Transcript

INTERRUPTED = 130
REPORT = "never-again"
PUBLISHED = datetime(2021, 7, 8, 10, 0, tzinfo=UTC)
CHASING = datetime(2021, 9, 9, 17, 30, tzinfo=UTC)
ANSWERED = datetime(2021, 11, 1, 12, 0, tzinfo=UTC)
PUBLIC = datetime(2021, 11, 14, 12, 0, tzinfo=UTC)
"""Four moments of 2021: the day of publication, the evening after the response was expected, the day the committee had it, and
the day on which everyone could read it."""

WHY = (
    "My neighbour has not heard from her sister in Kashgar for three years. I read this report because of her, and I told "
    "her that our Government had two months to answer it. Yesterday I had to tell her that nothing had come. She asked me "
    "whether anybody in Parliament had noticed, and I did not know what to say to her."
)
LOCAL = (
    "The market on our quay sells cotton shirts at four pounds, and nobody there can say where the cotton was grown. Two "
    "of the stallholders have asked their supplier, without a reply. They would like to know what they are selling."
)
SEAT = "Tarning"
"""What Tomos, who is invented like his MP and his town, writes in his own words."""


TITLE = (re.compile(r"^##\s"),)
QUIETLY, UNSAID = (re.compile(r"\Z\squietly"),), (re.compile(r"\Z\sunsaid"),)
"""What is printed of an answer: its heading; nothing of it; not even that somebody pressed for it."""


class Tour:
    """The steps, in order. Each does what a person would do and prints what that person then sees."""

    def __init__(self, stage: Stage, transcript: Transcript) -> None:
        self.stage = stage
        self.say = transcript

    async def play(self) -> None:
        """Play all of it."""
        self.say.at(self.stage.clock.now())
        await self.newcomer_reads()
        await self.organiser_follows()
        await self.time_passes(CHASING)
        await self.member_chases()
        await self.time_passes(ANSWERED)
        await self.time_passes(PUBLIC)
        await self.everyone_looks_back()

    async def newcomer_reads(self) -> None:
        """From /start through a door to a card."""
        tomos = self.stage.member
        start = await self.types(tomos, "Tomos", "start", only=(re.compile(r"^\[(?:Read|Write|Organise)"),))
        doors = await self.presses(tomos, "Tomos", start, "Read the recommendations", only=QUIETLY)
        door = next(label for label in buttons_of(doors) if not label.startswith(("All ", "About ")))
        listed = await self.presses(tomos, "Tomos", doors, door, only=QUIETLY)
        first = options_of(listed)[0]
        self.say.does("Tomos", f"picks “{first['label']}”")
        card = await self.select(tomos, listed, [first["value"]], offering=first["value"])
        self.showed(
            "Tomos", card, only=(*TITLE, re.compile(r"^The\sGovernment\sshould"), re.compile(r"Government's\sanswer"))
        )

    async def organiser_follows(self) -> None:
        """Choose the channel, follow the report, look at its clock."""
        nadia = self.stage.organiser
        step = await self.types(nadia, "Nadia", "admin setup", only=QUIETLY)
        self.say.does("Nadia", "picks #general, then presses [Next] until the one question that has to be answered")
        await self.select(nadia, step, [self.stage.channel], kind=8)
        while not any(str(part.get("custom_id")).startswith("pb:admin.risk") for part in controls_of(step)):
            step = await self.presses(nadia, "Nadia", step, "Next", only=UNSAID)
        self.showed("Nadia", step, only=(re.compile(r"^\*\*Could\sanyone"),))
        no = next(label for label in buttons_of(step) if label.startswith("No"))
        await self.presses(nadia, "Nadia", step, no, only=QUIETLY)
        await self.types(nadia, "Nadia", "reports follow", report=REPORT, only=(re.compile(r"expected\sby"),))

    async def time_passes(self, until: datetime) -> None:
        """Let the clock run, and print of each message as it was posted how the clock stands, and of the first the whole."""
        before = len(self.stage.posted)
        await self.stage.play_to(until)
        for number, message in enumerate(self.stage.posted[before:], start=before):
            self.say.at(message.created_at)
            more = (
                (*TITLE, re.compile(r"^What\sthe\scommittee"), re.compile(r"^-\s.*\(recommendation\s1\)"))
                if number == 0
                else ()
            )
            self.say.shows(
                message,
                where="#general",
                only=(re.compile(r"^(?>.*?(?:xpected|nswered)).*\d{4}", re.MULTILINE), *more),
            )
        self.say.at(until)

    async def member_chases(self) -> None:
        """Write to an invented MP that the response is overdue: form, preview, hand-over."""
        tomos = self.stage.member
        overdue = self.stage.posted[-1]
        label = next((label for label in buttons_of(overdue) if "MP" in label or "letter" in label.casefold()), None)
        if label is not None:
            asked = await self.presses(tomos, "Tomos", overdue, label, only=(re.compile(r"^Who\sis\syour\sMP"),))
        else:
            asked = await self.types(tomos, "Tomos", "letter write", only=UNSAID, template="response-overdue")
        self.say.does("Tomos", f"types: {SEAT}")
        confirm = await self.submits(tomos, asked, {"seat": SEAT}, only=UNSAID)
        yes = next(label for label in buttons_of(confirm) if label.startswith("Yes"))
        writing = await self.presses(tomos, "Tomos", confirm, yes, only=QUIETLY)
        ask = next(option for option in options_of(writing) if option.get("value"))
        self.say.does("Tomos", f"chooses “{ask['label']}”, and writes two paragraphs of his own. The first begins:")
        self.say.quotes(f"{WHY[: WHY.index('.') + 1]} …")
        preview = await self.submits(
            tomos,
            writing,
            {"ask": [ask["value"]], "why": WHY, "local": LOCAL},
            only=(*TITLE, re.compile(r"Your\sown\swords:\s")),
        )
        await self.presses(
            tomos,
            "Tomos",
            preview,
            "Finish",
            only=(*TITLE, re.compile(r"^Dear"), re.compile(r"^I\sam\sone"), re.compile(r"^Please\swill")),
        )

    async def everyone_looks_back(self) -> None:
        """The answer on the card, once everybody can read it."""
        await self.types(
            self.stage.member,
            "Tomos",
            "recommendations show",
            only=(re.compile(r"Government's\sanswer"), re.compile(r"^Declined")),
            number="1",
            report=REPORT,
        )

    # What a person can do -----------------------------------------------------------------------------------------

    async def types(
        self, actor: Any, name: str, command: str, *, only: Sequence[re.Pattern[str]], **options: str
    ) -> Any:
        """Use a slash command, and print of the answer the lines that are named."""
        said = "".join(f" {option}:{value}" for option, value in options.items())
        self.say.does(name, f"types /{command}{said}")
        async with self.stage.env.lock:
            result = await actor.slash(self.stage.channel, command, **options)
        return self.showed(name, result, only=only)

    async def presses(self, actor: Any, name: str, shown: Any, label: str, *, only: Sequence[re.Pattern[str]]) -> Any:
        """Press a button of what was shown, and print of the answer the lines that are named."""
        if only != UNSAID:
            self.say.does(name, f"presses [{label}]")
        async with self.stage.env.lock:
            result = await actor.click(_message(shown), label=label)
        return self.showed(name, result, only=only)

    async def select(self, actor: Any, shown: Any, values: list[Any], *, offering: str = "", kind: int = 3) -> Any:
        """Choose in a select: the one that offers a value, or the first of a kind."""
        found = next(
            part
            for part in controls_of(shown)
            if part.get("type") == kind
            and (not offering or any(option["value"] == offering for option in part.get("options") or ()))
        )
        async with self.stage.env.lock:
            return await actor.select(_message(shown), values, custom_id=found["custom_id"])

    async def submits(self, actor: Any, form: Any, values: dict[str, Any], *, only: Sequence[re.Pattern[str]]) -> Any:
        """Send a form off."""
        async with self.stage.env.lock:
            result = await actor.submit_modal(form, values)
        return self.showed("Tomos", result, only=only)

    def showed(self, name: str, result: Any, *, only: Sequence[re.Pattern[str]]) -> Any:
        """Print of what came back the lines that are named, or nothing. Unavailable: nothing came back."""
        if not result.acknowledged or not text_of(result):
            raise Unavailable(
                "The tour stopped: the bot gave no answer.", "Please report this; the room itself may work."
            )
        if only not in (QUIETLY, UNSAID):
            self.say.shows(result, to=name, only=only)
        return result


def _message(shown: Any) -> Any:
    return shown.response if hasattr(shown, "followups") else shown


@contextlib.asynccontextmanager
async def open_tour(settings: Settings, console: Console) -> AsyncIterator[Tour]:
    """Open everything for the tour, in July 2021."""
    async with contextlib.AsyncExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="postbag-tour-")))
        clock = MovableClock(PUBLISHED)
        parliament = await stack.enter_async_context(ParliamentStandIn(clock))
        sources = SourcesSection(**asdict(parliament.urls))
        own = rehearsal_settings(settings, folder, sources)
        stage: Stage = await stack.enter_async_context(open_stage(own, clock, prepare=lambda app: app.refresh()))
        names = {stage.channel.id: "general", stage.organiser_role.id: "Organisers"}
        yield Tour(stage, Transcript(console, names))


async def run_tour(settings: Settings, console: Console) -> int:
    """Play the tour to the terminal, to its end or until told to stop. Gives the exit code."""
    stop = asyncio.Event()
    with stop_signals(stop):
        playing = asyncio.create_task(_play(settings, console))
        stopped = asyncio.create_task(stop.wait())
        await asyncio.wait((playing, stopped), return_when=asyncio.FIRST_COMPLETED)
        told_to_stop = not playing.done()
        for task in (playing, stopped):
            task.cancel()
        ends = await asyncio.gather(playing, stopped, return_exceptions=True)
    if told_to_stop:
        return INTERRUPTED
    if isinstance(ends[0], BaseException):
        raise ends[0]
    return 0


async def _play(settings: Settings, console: Console) -> None:
    async with open_tour(settings, console) as tour:
        tour.say.title(
            "2021, as it happened",
            "Real: the bot, the report, its dates and what was answered. Invented: Nadia, Tomos, their server, the MP and the letter. "
            "Nothing leaves this computer. Two minutes to read; … marks what is left out.",
        )
        await tour.play()
        tour.say.title(
            "",
            "That was the tour. Next:",
            "1. postbag rehearse opens the same bot in your browser, with a clock you can move.",
            "2. postbag recommendations browse reads the report here.",
            "3. README.md says how to bring Postbag to your own server.",
        )
