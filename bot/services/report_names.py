"""How recommendations are named to people and found again by what they type: labels, numbers that nothing has, near words."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence

from bot.domain.errors import UnknownNumber
from bot.domain.plain_text import cut
from bot.domain.references import Found, Reference, in_ranges, is_named
from bot.domain.reports import Report, RowKind

LIST_HINT = "Use /recommendations browse to see the list."
LABEL = 100
BETWEEN = "·"
"""What stands between the parts of every label, so that a text without it is none."""
_WORD = re.compile(r"\w+")


def label(found: Found, *, several: bool = False) -> str:
    """Name a recommendation in one line of at most 100 characters, with its report where there are several."""
    item = found.item
    name = item.name if item.numbers else f"{item.key} (number not confirmed)"
    parts = (name, item.theme, *((found.report.short_title,) if several else ()))
    return cut(f" {BETWEEN} ".join(parts), LABEL)


def report_label(report: Report) -> str:
    """Name a report in one line of at most 100 characters: title, committee, year."""
    return cut(f"{report.short_title}: {report.committee}, {report.published_on.year}", LABEL)


def rows_of_label(text: str, reports: Iterable[Report]) -> list[Found]:
    """List the recommendations whose label a text is: the line that suggestions and lists show for them."""
    wanted = _plain(text)
    every = (Found(report, item) for report in reports for item in report.recommendations)
    if BETWEEN not in text:
        return [one for one in every if one.item.further and wanted in map(_plain, (one.item.name, one.item.heading))]
    return [found for found in every if wanted in (_plain(label(found)), _plain(label(found, several=True)))]


def rows_of_number(reference: Reference, reports: Iterable[Report]) -> list[Found]:
    """List the recommendations that a number or key names.

    Who names a number means what the Government was asked: a conclusion of that number only where nothing else has it.
    """
    found = [Found(r, item) for r in reports for item in r.recommendations if is_named(item, reference.number)]
    return [one for one in found if one.item.kind is RowKind.RECOMMENDATION] or found


def says_every_word(found: Found, text: str) -> bool:
    """Tell whether a recommendation has every word of a text as it was typed, whole or as the beginning of a word."""
    report, item = found
    said = " ".join((item.key, item.theme, *item.keywords, *item.subjects, item.summary, *item.wordings, report.title))
    held = _WORD.findall(_folded(f"{said} {item.letter_line or ''} {' '.join(item.addressees)} {report.committee}"))
    return all(any(own.startswith(word) for own in held) for word in _WORD.findall(_folded(text)))


def unknown_number(
    reference: Reference, text: str, scope: Sequence[Report], elsewhere: Sequence[Found]
) -> UnknownNumber:
    """Say that nothing has this number, which numbers there are, and where else it is found."""
    confirmed = [
        f"{in_ranges([number for i in r.recommendations for number in i.numbers])} ({r.short_title})"
        for r in scope
        if any(i.numbers for i in r.recommendations)
    ]
    parts = [f"Confirmed numbers: {'; '.join(confirmed)}." if confirmed else "No numbers are confirmed yet."]
    unnumbered = [item for r in scope for item in r.recommendations if not item.numbers]
    if unnumbered:
        parts.append(
            f"{len(unnumbered)} more have no confirmed number, so Postbag uses its own keys, such as {unnumbered[0].key}."
        )
        like = next((i for i in unnumbered if i.key.lower().lstrip("t-0") == reference.number), None)
        if like is not None:
            parts.append(f"{like.key} is Postbag's own key for “{like.theme}”, not number {reference.number}.")
    where = f"in {scope[0].short_title}" if len(scope) == 1 else "in the reports here"
    asked = reference.number if reference.number.isdecimal() else f"“{cut(text, 40)}”"
    if elsewhere:
        parts = [f"Postbag only looked in {scope[0].short_title}. Another report has it: pick it from the list."]
    return UnknownNumber(
        f"There's no recommendation with the number {asked} {where}.",
        " ".join((*parts, LIST_HINT)),
        scope[0].slug if len(scope) == 1 else None,
        elsewhere,
    )


def _plain(text: str) -> str:
    return " ".join(text.casefold().split())


def _folded(text: str) -> str:
    return "".join(c for c in unicodedata.normalize("NFKD", text.casefold()) if not unicodedata.combining(c))
