"""Errors that a person is shown: each says what happened and what to do next."""

from __future__ import annotations


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


class Unavailable(PostbagError):
    """A service that is needed does not answer just now. Trying again later may help."""
