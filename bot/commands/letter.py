"""``postbag letter``: a letter to one's own MP, written at one's own computer. Nothing is stored but the files asked for."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

import typer
from rich.console import Console

from bot.commands.printing import say_lines
from bot.config import load_settings
from bot.domain.drafts import SavedPage
from bot.domain.errors import Ambiguous, NotFound, PostbagError, Refused
from bot.domain.identity import UserId
from bot.domain.letter_checks import Check, Weight
from bot.domain.letter_facts import committee_asked
from bot.domain.letters import WRITE_TO_THEM, FrameKind, LetterFrame, Question, Recipient, Signature, for_reading
from bot.domain.own_letters import HINT, MOST_BYTES
from bot.domain.own_words import OWN_AIM
from bot.domain.postcodes import looks_like_postcode

if TYPE_CHECKING:
    from bot.services.letter_drafts import Draft
    from bot.services.letters import LetterService
    from bot.services.ports.files import File
    from bot.services.reports import ReportService

T = TypeVar("T")
ME = UserId(0)
MP_NAME = "Your MP's name, as after “Dear” (press Enter to leave it out)"
out = Console(highlight=False)


def say(text: str = "", style: str = "") -> None:
    """Print a line as it is: nothing in it is read as markup."""
    say_lines(out, text, style=style)


@dataclass(frozen=True, slots=True)
class Given:
    """What was given beforehand. A person is asked for the rest, unless ``answers`` were: then nothing is asked."""

    about: str = ""
    template: str = ""
    constituency: str = ""
    mp: str = ""
    ask: str = ""
    folder: Path | None = None
    earlier: Path | None = None
    answers: Mapping[str, str] = field(default_factory=dict, repr=False)
    is_silent: bool = False


def letter(
    about: Annotated[str, typer.Option("--about", help="A recommendation's number such as 3 or T-12, or words.")] = "",
    template: Annotated[str, typer.Option("--template", help="What kind of letter; --list names them.")] = "",
    constituency: Annotated[str, typer.Option("--constituency", help="Where you live, exactly.")] = "",
    mp: Annotated[str, typer.Option("--mp", help="Your MP's name, where no directory of MPs is held here.")] = "",
    ask: Annotated[str, typer.Option("--ask", help="What you ask for, by its short name; --list names them.")] = "",
    answers: Annotated[
        Path | None,
        typer.Option(
            "--answers",
            help="A TOML file with your words (why, local …), maybe name and address; then nothing is asked.",
        ),
    ] = None,
    earlier: Annotated[
        Path | None,
        typer.Option(
            "--earlier",
            help="Your own earlier letter, for a second letter or a chaser: its date and one sentence are quoted.",
        ),
    ] = None,
    folder: Annotated[Path | None, typer.Option("--out", help="Write the files to this folder.")] = None,
    blank: Annotated[bool, typer.Option("--blank", help="Only the frame, with blanks to fill in by hand.")] = False,
    listing: Annotated[bool, typer.Option("--list", help="List what can be written and asked, and stop.")] = False,
    config: Annotated[
        Path | None, typer.Option("--config", help="Settings file (else POSTBAG_CONFIG, else config.toml here).")
    ] = None,
) -> None:
    """Write a letter to your own MP here, without Discord. Nothing is stored or sent: the files are yours."""
    given = Given(about, template, constituency, mp, ask, folder, earlier, _read(answers), blank or answers is not None)
    asyncio.run(_letter(config, given, blank=blank, listing=listing))


async def _letter(config: Path | None, given: Given, *, blank: bool, listing: bool) -> None:
    from bot.letters_alone import letters_alone

    letters, reports = await letters_alone(load_settings(config))
    if listing:
        _list(letters)
        return
    desk = _Desk(letters, reports, given)
    draft = await desk.begun(with_recipient=not blank or bool(given.constituency))
    if blank:
        desk.hand_over(await letters.outside(draft))
        return
    await desk.write(draft)


class _Desk:
    """One person and one letter."""

    def __init__(self, letters: LetterService, reports: ReportService, given: Given) -> None:
        self.letters = letters
        self.reports = reports
        self.given = given

    async def begun(self, *, with_recipient: bool) -> Draft:
        """Choose kind, recommendation and recipient."""
        frame = self._frame()
        draft = self.letters.start(ME, frame=frame.slug)
        draft = self.letters.about(draft, self.letters.topic(self._about(frame)))
        if not draft.topic:
            raise Refused("This letter is about one recommendation.", "Name one with --about 3, or in words.")
        topic = self.letters.topic_of(draft)
        if topic is not None:
            say(f"About: {topic.title}", "dim")
            say(committee_asked(topic.report, topic.item))
            for line in filter(None, (topic.over, topic.caution)):
                say(line)
        if with_recipient:
            to = await self._recipient()
            draft = self.letters.to(draft, to)
            say(f"To: {to.name or 'no name known'}, {to.constituency}", "dim")
            for line in filter(None, (to.role_note, self.letters.as_of_line if to.constituency_id is not None else "")):
                say(line, "dim")
        return draft

    async def write(self, draft: Draft) -> None:
        """Ask for the words, show the letter, hand it over."""
        frame = self.letters.frame(draft.frame)
        ask = self._ask(draft)
        own = {q.name: self.given.answers.get(q.name, "") for q in frame.questions}
        while True:
            if not self.given.is_silent:
                own = {q.name: self._answer(q, own.get(q.name, "")) for q in frame.questions}
            if self.given.earlier is not None:
                file = _earlier(self.given.earlier)
                own = dict(await self.letters.with_earlier(draft, own, file))
            draft = self.letters.written(draft, ask, own)
            stop = self._show(draft, frame)
            if self.given.is_silent:
                if stop is not None:
                    raise Refused(stop.message, stop.next_step)
                break
            if self._is_done(draft, may_finish=stop is None):
                break
            own = dict(self.letters.draft(draft.token, ME).own)
        draft = self.letters.draft(draft.token, ME)
        finished = await self.letters.finish(draft, self._signature(frame))
        for note in finished.notes:
            say(note)
        self.hand_over(finished.files, finished.texts[0] if len(finished.texts) == 1 else finished.letter.text)
        if finished.may_write_to_them:
            say(f"With WriteToThem, paste in the text: {WRITE_TO_THEM}")
            say("It emails you a link: nothing goes to your MP until you press it.")
        elif finished.letter.is_too_alike:
            say(
                "Your letter is still mostly shared text, and WriteToThem may block it. Send it by email or post, or add to it."
            )
        if finished.link:
            say(f"With your own email: open letter.eml, or paste {finished.link} into your browser.")
        if finished.gaps:
            say(f"Still to fill in: {', '.join(finished.gaps)}")

    def hand_over(self, files: Sequence[File], text: str = "") -> None:
        """Write the files where they were asked for; without a folder, print the text."""
        folder = self.given.folder
        if folder is None and not self.given.is_silent:
            typed = _ask_for("Which folder should the files go in? (Press Enter to show the text only)")
            folder = Path(typed).expanduser() if typed else None
        if folder is None:
            say()
            say(text or files[0].content.decode("utf-8-sig").replace("\r\n", "\n"))
            return
        try:
            for path in write_files(folder, files):
                say(f"Written: {path}")
        except OSError as error:
            say(text or files[0].content.decode("utf-8-sig").replace("\r\n", "\n"))
            raise Refused(
                f"{folder} can't be written to: {error.strerror}.",
                "The text is above; give another folder with --out.",
            ) from None

    def _frame(self) -> LetterFrame:
        if self.given.template or self.given.is_silent:
            return self.letters.frame(self.given.template or "raise-a-recommendation")
        frames = self.letters.frames()
        return _choose("What would you like to write?", [(f.title, f.summary, f) for f in frames])

    def _about(self, frame: LetterFrame) -> str:
        from bot.services.report_names import label

        held = self.reports.for_group(None).reports()
        if not frame.is_about_one and not self.given.about and len(held) == 1:
            return str(held[0].slug)
        typed = self.given.about
        while True:
            typed = typed or self._typed("What is it about? A number such as 3 or T-12, or words", "--about")
            try:
                return self.letters.topic(typed).value
            except Ambiguous as several:
                if self.given.is_silent:
                    raise
                say(several.message)
                return _choose("Which of these?", [(label(one), "", one.value) for one in several.choices])
            except NotFound as none:
                if self.given.is_silent:
                    raise
                say(f"{none.message} {none.next_step}")
                typed = ""

    async def _recipient(self) -> Recipient:
        typed = self.given.constituency
        if looks_like_postcode(typed):
            raise Refused(
                "A postcode in a command stays in your shell's history.",
                "Leave --constituency out and type the postcode when you're asked.",
            )
        while True:
            if self.letters.is_directory_empty:
                return self._typed_recipient(typed or self._typed("Your constituency", "--constituency"))
            if not typed:
                say("A postcode that you type goes to postcodes.io and Parliament, without your name.", "dim")
            typed = typed or self._typed("Your postcode, town, constituency or MP's name", "--constituency")
            from bot.services.letters import recipient_of
            from bot.services.members import How

            try:
                picked = await self.letters.pick(typed)
            except PostbagError as error:
                if self.given.is_silent:
                    raise
                say(f"{error.message} {error.next_step}".strip())
                typed = ""
                continue
            if picked.how is How.NAME:
                return recipient_of(picked.seats[0])
            if self.given.is_silent:
                names = ", ".join(seat.name for seat in picked.seats[:3])
                raise NotFound(
                    "There's no constituency with exactly that name.", f"Did you mean: {names}?" if names else ""
                )
            if picked.seats:
                title = "Is this yours?" if len(picked.seats) == 1 else "Which is yours?"
                if picked.warning:
                    say(picked.warning)
                options = [
                    (f"{one.constituency}: {one.name or 'no MP until the by-election'}", "", one)
                    for one in map(recipient_of, picked.seats[:9])
                ]
                chosen: Recipient | None = _choose(title, [*options, ("None of these", "", None)])
                if chosen is not None:
                    return chosen
            else:
                say(
                    "Postbag found no constituency, place or MP with that name. Try the nearest town, or Ctrl+C to stop."
                )
            typed = ""

    def _typed_recipient(self, constituency: str) -> Recipient:
        name = self.given.mp
        self.letters.typed(constituency)
        if not name and not self.given.is_silent:
            say("There's no directory of MPs on this computer, so Postbag can't check the name.", "dim")
            name = _ask_for(MP_NAME)
        while True:
            try:
                return self.letters.typed(constituency, name)
            except Refused as error:
                if self.given.is_silent:
                    raise
                say(f"{error.message} {error.next_step}".strip())
                name = _ask_for(MP_NAME)

    def _ask(self, draft: Draft) -> str:
        asks = self.letters.asks(draft)
        if self.given.ask:
            if self.given.ask not in {ask.slug for ask in asks}:
                raise Refused(
                    "That request doesn't fit this letter or this MP's post.",
                    "Ask one of: " + ", ".join(ask.slug for ask in asks),
                )
            return self.given.ask
        if self.given.is_silent or len(asks) == 1:
            return asks[0].slug
        return _choose(
            "What are you asking your MP to do? One thing.", [(ask.label, ask.hint, ask.slug) for ask in asks]
        )

    def _answer(self, question: Question, before: str) -> str:
        if question.choices:
            return _choose(question.label, [(one.label, one.text, one.slug) for one in question.choices])
        say()
        say(question.label, "bold")
        say(question.hint, "dim")
        if before:
            say(f"Now: {before}")
        say(f"Finish with an empty line{'; Enter at once keeps it' if before else ''}.", "dim")
        lines = []
        while line := _ask_for(">"):
            lines.append(line)
        return "\n".join(lines) or before

    def _show(self, draft: Draft, frame: LetterFrame) -> Check | None:
        made = self.letters.letter(draft)
        checks = self.letters.checks(draft, made)
        if self.given.is_silent:
            return next((check for check in checks if check.weight is Weight.STOP), None)
        say()
        for part in for_reading(made.parts):
            if part.text.strip():
                say("Your words:" if part.is_own else "Shared text, the same for everyone:", "dim")
                say(part.text.strip(), "bold" if part.is_own else "")
        say()
        if frame.kind is FrameKind.LETTER:
            aim = " Aim for half: about fifty words." if made.share < OWN_AIM else ""
            say(f"Your own words: {made.share:.0%} ({made.own_words} of {made.words} words).{aim}")
        for check in checks:
            weight = {Weight.STOP: "Not finished yet", Weight.WARN: "Please check", Weight.NOTE: "Note"}[check.weight]
            say(f"{weight}: {check.message} {check.next_step}")
        return next((check for check in checks if check.weight is Weight.STOP), None)

    def _is_done(self, draft: Draft, *, may_finish: bool) -> bool:
        personal = any(check.slug == "personal" for check in self.letters.checks(draft, self.letters.letter(draft)))
        ways = [("Finish", "", "finish")] if may_finish else []
        ways += [("Write more, or start again", "", "write")]
        ways += [("Remove the personal data and finish", "", "take out")] if personal and may_finish else []
        ways += [("Stop without saving", "", "stop")]
        way = _choose("What now?", ways)
        if way == "stop":
            raise typer.Exit
        if way == "take out":
            self.letters.take_out(draft)
        return way != "write"

    def _signature(self, frame: LetterFrame) -> Signature | None:
        answers = self.given.answers
        if answers.get("name") or answers.get("address"):
            return Signature(answers.get("name", ""), answers.get("address", ""))
        if self.given.is_silent or frame.kind is not FrameKind.LETTER:
            return None
        say("\nThe office will want your name, address and postcode. They go into the files only.", "dim")
        name = _ask_for("Your full name (press Enter to leave it out)")
        address = _ask_for("Your address in one line, with commas (press Enter to leave it out)")
        return Signature(name, "\n".join(line.strip() for line in address.split(",")))

    def _typed(self, prompt: str, option: str) -> str:
        if self.given.is_silent:
            raise Refused(f"Something is missing: {prompt.split('?')[0]}.", f"Give it with {option}.")
        return _ask_for(prompt)


def write_files(folder: Path, files: Sequence[File]) -> list[Path]:
    """Write files that only their owner may read; what is there already is kept, and the new one numbered."""
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for file in files:
        stem, _, ending = file.name.rpartition(".")
        for number in range(1, 1000):
            path = folder / (file.name if number == 1 else f"{stem}-{number}.{ending}")
            try:
                handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            except FileExistsError:
                continue
            with os.fdopen(handle, "wb") as opened:
                opened.write(file.content)
            written.append(path)
            break
    return written


def _earlier(path: Path) -> SavedPage:
    """Read the file of a writer's earlier letter. Refused: there is none, or it is larger than any letter."""
    try:
        if path.stat().st_size > MOST_BYTES:
            raise Refused(f"{path} is too large. The limit is {MOST_BYTES // 1024} KB.", HINT)
        return SavedPage(path.name, path.read_bytes())
    except OSError as error:
        raise Refused(f"{path} can't be read: {error.strerror}.", "Check the path after --earlier.") from None


def _read(path: Path | None) -> Mapping[str, str]:
    if path is None:
        return {}
    try:
        held: dict[str, Any] = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise Refused(f"{path} can't be read: {error.strerror}.", "Give the path of a TOML file.") from None
    except (ValueError, RecursionError) as error:  # also a number of thousands of digits
        raise Refused(f"{path} is not TOML: {error}", 'Write lines such as: why = "My words"') from None
    if not all(isinstance(value, str) for value in held.values()):
        raise Refused(f"{path} has something in it that isn't text.", 'Write lines such as: why = "My words"')
    return held


def _list(letters: LetterService) -> None:
    from bot.domain.letter_asks import ASKS

    for frame in letters.frames():
        say(f"{frame.slug}: {frame.title}", "bold")
        say(f"  {frame.summary}")
        say(f"  answers: {', '.join(q.name + ('' if q.required else ' (optional)') for q in frame.questions)}")
        for slug in frame.asks:
            say(f"  --ask {slug}: {ASKS[slug].label}")


def _choose(title: str, options: Sequence[tuple[str, str, T]]) -> T:
    say()
    say(title, "bold")
    for number, (name, hint, _) in enumerate(options, 1):
        say(f"  {number}. {name}")
        if hint:
            say(f"     {hint}", "dim")
    while True:
        typed = _ask_for("Number") or "1"
        if typed.isdecimal() and 1 <= int(typed) <= len(options):
            return options[int(typed) - 1][2]
        say(f"A number from 1 to {len(options)}, please.")


def _ask_for(prompt: str) -> str:
    if not sys.stdin.isatty():
        raise Refused(
            "This command asks questions, and nobody is there to answer.",
            "Give everything as options, and your words with --answers FILE.",
        )
    # The event loop takes Ctrl+C for itself and waits for the next await, which a question never reaches.
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        return out.input(f"{prompt} ", markup=False).strip()
    except (EOFError, KeyboardInterrupt):
        raise typer.Exit(1) from None
    finally:
        signal.signal(signal.SIGINT, before)
