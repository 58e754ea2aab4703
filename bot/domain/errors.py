"""Every error that a person is shown, in one tree: each says what happened and what to do next.

What is caught is told apart by its class, never by its words, so that whoever edits words changes no behaviour.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from bot.domain.identity import ReportSlug
    from bot.domain.letter_checks import Check
    from bot.domain.references import Found


class PostbagError(Exception):
    """A refusal or failure with words for the person in front of it.

    ``message`` says what happened; ``next_step`` says what they can do. Both are plain British English, without personal data.
    """

    def __init__(self, message: str, next_step: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.next_step = next_step

    def __str__(self) -> str:
        return f"{self.message} {self.next_step}".strip()


class NotFound(PostbagError):
    """What was named is not held."""


class Refused(PostbagError):
    """The request was understood and is not allowed, or makes no sense as given."""


class Overtaken(Refused):
    """What a form was opened on has changed since. ``says`` is what is held now, and ``edition`` names that state."""

    def __init__(self, what: str, says: str, edition: int | str) -> None:
        super().__init__(
            f"{what} changed after you opened this, so nothing was overwritten.",
            f"It now says: {says.rstrip('.')}. If that's right, there's nothing to do. If not, press *Correct it*.",
        )
        self.says = says
        self.edition = edition


class Unavailable(PostbagError):
    """A service that is needed isn't answering just now. Trying again later may help."""


# What is not held ---------------------------------------------------------------------------------------------------


class UnknownNumber(NotFound):
    """A number that no recommendation held is confirmed to have.

    ``report`` is where it was looked for, if in one; ``elsewhere`` are those of that number in other reports.
    """

    def __init__(
        self, message: str, next_step: str, report: ReportSlug | None, elsewhere: Sequence[Found] = ()
    ) -> None:
        super().__init__(message, next_step)
        self.report = report
        self.elsewhere = tuple(elsewhere)


class DraftGone(NotFound):
    """The draft is no longer in memory."""

    def __init__(self) -> None:
        super().__init__(
            "That draft has gone. Postbag keeps drafts in memory for 60 minutes and never stores them.",
            "Start again with /letter write. You can copy any of your words you still see here.",
        )


# What makes no sense as given ----------------------------------------------------------------------------------------


class Unreadable(Refused):
    """Words that are no date, time or number at all: another reading of them may be tried."""


class Ambiguous(Refused):
    """A name that matches several recommendations. ``choices`` lists them, best first."""

    def __init__(self, message: str, choices: Sequence[Found]) -> None:
        super().__init__(message, "Choose one of them.")
        self.choices = tuple(choices)


class Unfinished(Refused):
    """The letter is not the writer's own yet. ``check`` says what it lacks."""

    def __init__(self, check: Check) -> None:
        super().__init__(check.message, check.next_step)
        self.check = check


class NotTheHouse(Refused):
    """What the source gave cannot be the whole House, so the earlier data stay. ``nobody``: it named no Member at all."""

    def __init__(self, message: str, next_step: str, *, nobody: bool) -> None:
        super().__init__(message, next_step)
        self.nobody = nobody


class BrokenPack(Refused):
    """A pack that cannot be used. ``problems`` lists everything that is wrong with it."""

    def __init__(self, file: str, problems: Sequence[object]) -> None:
        count = "1 thing" if len(problems) == 1 else f"{len(problems)} things"
        super().__init__(
            f"The pack {file} can't be used: {count} to fix.",
            "\n".join(f"- {problem}" for problem in problems),
        )
        self.problems: tuple[Any, ...] = tuple(problems)


class BrokenTemplate(PostbagError):
    """A template cannot be used. ``problems`` name file, line and reason."""

    def __init__(self, *problems: object) -> None:
        super().__init__(
            "\n".join(str(problem) for problem in problems), "Fix the file, or restore the one that came with Postbag."
        )
        self.problems: tuple[Any, ...] = problems


# What does not answer just now ---------------------------------------------------------------------------------------


class InUse(Unavailable):
    """Another process uses what only one may use."""


class MaybeShown(Unavailable):
    """Discord did not say whether it posted a card."""


class UnexpectedAnswer(Unavailable):
    """A service answered, but not in the way its documents say. Trying again is of little use."""


class HouseChanged(Unavailable):
    """The House changed between two pages: what was read does not fit together."""

    def __init__(self) -> None:
        super().__init__(
            "The list of MPs changed while Postbag was reading it.",
            "Nothing was lost. Please try again in a few minutes.",
        )
