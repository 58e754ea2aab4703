"""Subjects that the packs share, with what else people call them, so that one look finds what several reports asked."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Theme:
    """A subject of the shared list. ``words``: what else people call it."""

    name: str
    words: tuple[str, ...] = ()

    def is_called(self, text: str) -> bool:
        """Tell whether a text is one of its names, whatever the case."""
        wanted = " ".join(text.casefold().split())
        return wanted in (self.name.casefold(), *(word.casefold() for word in self.words))


@dataclass(frozen=True, slots=True)
class Themes:
    """The shared list of subjects."""

    all: tuple[Theme, ...] = ()

    def named(self, text: str) -> Theme | None:
        """Find a subject by its name or by what else people call it; its own name comes first. None: not in the list."""
        wanted = " ".join(text.casefold().split())
        own = next((theme for theme in self.all if theme.name.casefold() == wanted), None)
        return own or next((theme for theme in self.all if theme.is_called(text)), None)

    def words_of(self, subjects: tuple[str, ...]) -> tuple[str, ...]:
        """List the names of some subjects with everything else that people call them."""
        return tuple(word for theme in self.all if theme.name in subjects for word in (theme.name, *theme.words))
