"""Who answers today: by the row's own word, else by what became of the department that the report names."""

from __future__ import annotations

from datetime import date

from bot.domain.departments import Became, Department, Departments, responsible_today
from bot.domain.identity import ItemKey
from bot.domain.reports import Recommendation

LAMPS = Department(
    "DL", "Department for Lamps & Lanterns", "the Lamps Secretary", "the Secretary of State for Lamps", "A page",
    "https://lamps.example", date(2026, 1, 5), ("DL", "Lamplighters"),
)  # fmt: skip
WALLS = Department(
    "DW", "Walls Office", "the Walls Secretary", "the Secretary of State for Walls", "B", "https://w.example",
    date(2024, 1, 5),
)  # fmt: skip
GONE = Became("Department for Gas", "DL", date(2023, 2, 7), "A statement", "https://s.example", ("DFG",))
TABLE = Departments((LAMPS, WALLS), (GONE,))


def asked(*addressees: str, answered_by: str = "") -> Recommendation:
    return Recommendation(ItemKey("1"), "Lamps", "Mend.", "1", addressees=addressees, answered_by=answered_by)


def test_a_department_of_today_answers_whatever_its_spelling() -> None:
    for name in ("Department for Lamps & Lanterns", "department for lamps and lanterns", "DL", "Lamplighters"):
        found = responsible_today(asked(name), TABLE)
        assert found is not None
        assert (found.department, found.minister_short, found.was) == (LAMPS.name, "the Lamps Secretary", "")
        assert (found.minister_full, found.source, found.as_of) == (LAMPS.minister_full, "A page", LAMPS.seen_on)


def test_a_department_that_is_no_more_leads_to_its_successor() -> None:
    found = responsible_today(asked("Department for Gas"), TABLE)
    assert found is not None
    assert (found.key, found.was, found.changed) == ("DL", "Department for Gas", GONE)


def test_the_first_addressee_whose_successor_is_known_answers() -> None:
    found = responsible_today(asked("A harbour of its own", "Walls Office", "DL"), TABLE)
    assert found is not None
    assert found.key == "DW"


def test_the_row_has_the_last_word() -> None:
    found = responsible_today(asked("Department for Gas", answered_by="DW"), TABLE)
    assert found is not None
    assert (found.key, found.was) == ("DW", "Department for Gas")
    unknown = responsible_today(asked("DL", answered_by="XX"), TABLE)
    assert unknown is not None
    assert unknown.key == "DL"


def test_nobody_is_guessed() -> None:
    assert responsible_today(asked(), TABLE) is None
    assert responsible_today(asked("A harbour of its own"), TABLE) is None
    assert responsible_today(asked("DL"), Departments()) is None


def test_a_line_that_is_old_says_so() -> None:
    lamps, walls = responsible_today(asked("DL"), TABLE), responsible_today(asked("Walls Office"), TABLE)
    assert lamps is not None
    assert walls is not None
    today = date(2026, 11, 28)
    assert lamps.warning(today) == ""
    assert walls.warning(today) == (
        "Check that the Walls Secretary still answers on this: Postbag last saw it in January 2024."
    )
    assert TABLE.old(today) == (WALLS,)
