"""Bank holidays from GOV.UK. They never move a due date; they only help to choose a good moment for a reminder."""

from __future__ import annotations

from datetime import date
from functools import cache
from importlib.resources import files

from pydantic import TypeAdapter

from bot.sources.http import Http
from bot.sources.members_shapes import Shape, read

SERVICE = "The list of bank holidays"


class _Event(Shape):
    title: str | None = None
    date: date


class _Division(Shape):
    events: list[_Event]


_LIST = TypeAdapter(dict[str, _Division])


class BankHolidaysApi:
    """Read the list. ``url`` is the whole address of the JSON file."""

    def __init__(self, http: Http, url: str) -> None:
        self._http = http
        self._url = url

    async def days(self) -> dict[str, frozenset[date]]:
        """Give the days by division: ``england-and-wales``, ``scotland``, ``northern-ireland``."""
        reply = await self._http.get(SERVICE, self._url)
        divisions = read(_LIST, reply.data, SERVICE)
        return {name: frozenset(event.date for event in division.events) for name, division in divisions.items()}


@cache
def bank_holidays(division: str) -> frozenset[date]:
    """Give the bank holidays of a division from the list that is installed with Postbag; none for any other name.

    GOV.UK's own list is read as a file: the package that brings it would load another HTTP client.
    """
    listed = files("govuk_bank_holidays").joinpath("bank-holidays.json").read_bytes()
    divisions = _LIST.validate_json(listed)
    return frozenset(event.date for event in divisions[division].events) if division in divisions else frozenset()
