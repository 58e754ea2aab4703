"""What a start leaves until somebody needs it: the texts under ``templates/``, with the library that fills them in."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bot.domain.letters import LetterFrame
from bot.domain.own_words import Part

if TYPE_CHECKING:
    from bot.templating import GroupLetter, JinjaTemplates


class LaterTemplates:
    """``bot.templating.JinjaTemplates``, read and checked on first use, a moment after a start where nobody is sooner."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    @cached_property
    def _templates(self) -> JinjaTemplates:
        from bot.templating import JinjaTemplates

        return JinjaTemplates(self._folder)

    def message(self, name: str, fields: Mapping[str, Any]) -> str:
        return self._templates.message(name, fields)

    @property
    def frames(self) -> Mapping[str, LetterFrame]:
        return self._templates.frames

    def letter(self, slug: str, facts: Mapping[str, str], own: Mapping[str, str]) -> tuple[Part, ...]:
        return self._templates.letter(slug, facts, own)

    def read(self, slug: str, title: str, summary: str, text: str) -> GroupLetter:
        return self._templates.read(slug, title, summary, text)
