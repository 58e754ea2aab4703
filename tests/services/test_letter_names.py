"""An MP's name as somebody types it without a directory: as people say it, or refused with how to type it."""

from __future__ import annotations

import pytest

from bot.domain.errors import Refused
from bot.services.letter_names import name_typed


@pytest.mark.parametrize(
    ("typed", "name"), [("Ms Thackwell", "Ms Thackwell"), ("Dear Ms Thackwell,", "Ms Thackwell"), ("", ""), ("  ", "")]
)
def test_a_name_is_taken_as_it_is_said(typed: str, name: str) -> None:
    assert name_typed(typed) == name


def test_a_name_in_the_order_of_a_list_is_handed_back_in_that_of_speech() -> None:
    with pytest.raises(Refused, match="doesn't look like a name") as refused:
        name_typed("Thackwell, Morwenna")
    assert "Morwenna Thackwell" in str(refused.value.next_step)
