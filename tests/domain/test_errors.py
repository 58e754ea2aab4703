"""The tree of errors: what can be tried another way is a class of its own, whatever its words."""

from __future__ import annotations

from datetime import UTC, date, datetime, time

import pytest

from bot.domain.dates.exact import read_date
from bot.domain.dates.moments import read_moment
from bot.domain.errors import InUse, NotFound, PostbagError, Refused, Unavailable, UnexpectedAnswer, Unreadable

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)


@pytest.mark.parametrize("text", ["gibberish", "the lantern", "xyzzy 99"])
def test_words_that_are_no_time_may_be_read_another_way(text: str) -> None:
    with pytest.raises(Unreadable):
        read_moment(text, NOW, "Europe/London", usual=time(9))
    with pytest.raises(Unreadable):
        read_date(text, date(2026, 3, 2))


@pytest.mark.parametrize("text", ["31 February 2027", "yesterday at 5pm"])
def test_a_time_that_is_understood_and_refused_is_not_read_again(text: str) -> None:
    with pytest.raises(Refused) as refused:
        read_moment(text, NOW, "Europe/London", usual=time(9))
    assert not isinstance(refused.value, Unreadable)


def test_every_error_is_one_of_three_kinds() -> None:
    assert issubclass(InUse, Unavailable)
    assert issubclass(UnexpectedAnswer, Unavailable)
    for kind in (Refused, NotFound, Unavailable):
        assert issubclass(kind, PostbagError)
    assert str(PostbagError("What happened.", "What to do.")) == "What happened. What to do."
