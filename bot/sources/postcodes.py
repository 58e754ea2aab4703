"""postcodes.io: in which constituency a postcode lies."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import quote

from pydantic import TypeAdapter

from bot.domain.errors import NotFound, UnexpectedAnswer
from bot.domain.members import fold
from bot.domain.postcodes import BY_NAME, Postcode, no_seat
from bot.sources.http import TRY_LATER, Http
from bot.sources.members_shapes import Shape, read

SERVICE = "The postcode service"
CHECK = f"Check it. Or: {BY_NAME[0].lower()}{BY_NAME[1:]}"


class _Codes(Shape):
    parliamentary_constituency: str | None = None
    parliamentary_constituency_2024: str | None = None


class _Result(Shape):
    parliamentary_constituency: str | None = None
    parliamentary_constituency_2024: str | None = None
    codes: _Codes | None = None
    country: str | None = None


class _Answer(Shape):
    status: int
    result: _Result | None = None
    terminated: dict[str, object] | None = None


_ANSWER = TypeAdapter(_Answer)


@dataclass(frozen=True, slots=True)
class PostcodeSeat:
    """The seats that postcodes.io names: the one of 2024 first, and the older field where it differs."""

    names: tuple[str, ...]


class PostcodesApi:
    """Ask postcodes.io. The postcode goes into the address of the request and nowhere else."""

    def __init__(self, http: Http, base_url: str) -> None:
        self._http = http
        self._base = base_url.rstrip("/")

    async def seats(self, postcode: Postcode) -> PostcodeSeat:
        """Find the seats of a postcode. NotFound: unknown, withdrawn, or in a place without an MP."""
        address = f"{self._base}/postcodes/{quote(postcode.written)}"
        reply = await self._http.get(SERVICE, address, expect=frozenset({200, 404}), attempts=2)
        answer = read(_ANSWER, reply.data, SERVICE)
        if answer.status == 404:
            if answer.terminated is not None:
                raise NotFound("That postcode is no longer in use.", CHECK)
            raise NotFound("Postbag can't find that postcode. A new one may take some months to appear.", CHECK)
        if reply.status != 200 or answer.status != 200 or answer.result is None:
            raise UnexpectedAnswer(f"{SERVICE} sent an answer that Postbag doesn't understand.", TRY_LATER)
        return PostcodeSeat(_names(answer.result))


def _names(result: _Result) -> tuple[str, ...]:
    code = ""
    if result.codes is not None:
        code = result.codes.parliamentary_constituency_2024 or result.codes.parliamentary_constituency or ""
    if code[:1] in ("L", "M"):
        raise no_seat("the Isle of Man" if code[0] == "M" else "the Channel Islands")
    names: list[str] = []
    for name in (result.parliamentary_constituency_2024, result.parliamentary_constituency):
        if name and name.strip() and fold(name) not in {fold(known) for known in names}:
            names.append(name.strip())
    if not names:
        raise NotFound("Postbag found no constituency for that postcode.", CHECK)
    return tuple(names)
