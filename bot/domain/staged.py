"""A draft that waits for an organiser's word: what was read, which report it is for, and what was said about it so far."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import date
from typing import Any

from bot.domain.drafts import Doubt, DraftAnswer, DraftAnswers, DraftItem, DraftReport, ItemKind
from bot.domain.identity import GuildId, ItemKey
from bot.domain.report_changes import Decision, Fit
from bot.domain.reports import House


@dataclass(frozen=True, slots=True)
class Given:
    """What an organiser said of a report because its pages do not."""

    title: str = ""
    committee: str = ""
    published_on: date | None = None
    url: str = ""


@dataclass(frozen=True, slots=True)
class Staged:
    """A draft in its group. ``report`` is the short name of the report it is put beside; empty: it becomes a new one.

    ``likely`` says why it was put there where that is not sure, so that an organiser is asked; empty where it is. ``settled`` are
    the places of the answers that somebody has read and decided on.
    """

    staged_id: int
    guild_id: GuildId
    draft: DraftReport | DraftAnswers
    report: str = ""
    given: Given = Given()
    decisions: Mapping[ItemKey, Decision] = field(default_factory=dict)
    likely: str = ""
    settled: tuple[int, ...] = ()

    @property
    def kind(self) -> str:
        """Give the word under which it is stored: ``report`` or ``answers``."""
        return "report" if isinstance(self.draft, DraftReport) else "answers"


def write_staged(staged: Staged) -> str:
    """Write a staged draft as JSON. It holds the text of published pages and what organisers chose, nobody's name."""
    content = {
        "draft": asdict(staged.draft),
        "report": staged.report,
        "likely": staged.likely,
        "settled": list(staged.settled),
        "given": asdict(staged.given),
        "decisions": {key: [d.fit.value, d.place, *d.further] for key, d in staged.decisions.items()},
    }
    return json.dumps(content, ensure_ascii=False, default=_plain)


def read(staged_id: int, guild_id: GuildId, kind: str, text: str) -> Staged:
    """Read what ``write_staged`` wrote. ValueError, KeyError or TypeError: it was written by another version."""
    content = json.loads(text)
    raw, given = content["draft"], content["given"]
    draft = _report(raw) if kind == "report" else _answers(raw)
    return Staged(
        staged_id,
        guild_id,
        draft,
        content["report"],
        Given(**given | {"published_on": _day(given["published_on"])}),
        {ItemKey(key): Decision(Fit(f), n, tuple(more)) for key, (f, n, *more) in content["decisions"].items()},
        content["likely"],
        tuple(content["settled"]),
    )


def _report(raw: dict[str, Any]) -> DraftReport:
    items = tuple(
        DraftItem(**item | {"kind": ItemKind(item["kind"]), "doubts": _doubts(item["doubts"])}) for item in raw["items"]
    )
    house = House(raw["house"]) if raw["house"] else None
    return DraftReport(**raw | _common(raw) | {"items": items, "house": house})


def _answers(raw: dict[str, Any]) -> DraftAnswers:
    answers = tuple(
        DraftAnswer(**answer | {"labels": tuple(answer["labels"]), "doubts": _doubts(answer["doubts"])})
        for answer in raw["answers"]
    )
    return DraftAnswers(**raw | _common(raw) | {"answers": answers})


def _common(raw: dict[str, Any]) -> dict[str, Any]:
    return {
        "published_on": _day(raw["published_on"]),
        "doubts": _doubts(raw["doubts"]),
        "sources": tuple(raw["sources"]),
    }


def _doubts(raw: list[dict[str, str]]) -> tuple[Doubt, ...]:
    return tuple(Doubt(**doubt) for doubt in raw)


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def _plain(value: object) -> str:
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(type(value).__name__)
