"""The table of departments that ships: every row of every shipped pack leads to somebody who answers today."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from bot.domain.departments import responsible_today
from bot.domain.errors import BrokenPack
from storage.departments import read_departments
from storage.packs import pack_files, read_pack, shipped_packs

TODAY = date(2026, 11, 28)
SHIPPED = pack_files([shipped_packs()])


def test_the_shipped_table_is_sound_and_fresh() -> None:
    table = read_departments()
    assert table.old(TODAY) == ()
    foreign = table.department("FCDO")
    assert foreign is not None
    assert foreign.minister_short == "the Foreign Secretary"
    for became in table.became:
        assert table.answering_for(became.was) == (table.department(became.now), became)
    names = [name.casefold() for found in table.today for name in (found.name, *found.also)]
    assert len(names) == len(set(names))


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_every_row_that_asks_the_government_leads_to_a_minister(path: Path) -> None:
    table, report = read_departments(), read_pack(path)
    for item in report.recommendations:
        if item.kind.value == "recommendation":
            found = responsible_today(item, table)
            assert found is not None, item.key
            assert found.key == item.answered_by or not item.answered_by, item.key


def test_departments_of_2021_are_not_sent_letters() -> None:
    table, report = read_departments(), read_pack(shipped_packs() / "never-again.toml")
    who = {i.key: found.minister_short for i in report.recommendations if (found := responsible_today(i, table))}
    assert who["T-18"] == "the Business and Trade Secretary"
    assert who["T-21"] == "the Energy Secretary"
    assert who["T-12"] == who["T-17"] == "the Home Secretary"
    assert who["T-28"] == who["T-30"] == "the Minister for the Cabinet Office"
    assert who["1"] == who["T-07"] == "the Foreign Secretary"


def test_a_broken_table_says_what_to_mend(tmp_path: Path) -> None:
    path = tmp_path / "departments.toml"
    path.write_text(
        'schema = 1\n[[departments]]\nkey = "A"\nname = "A"\nminister_short = "Foreign Secretary"\n'
        'minister_full = "the x"\nsource = "s"\nurl = "https://x.example"\nseen_on = 2026-01-01\n'
        '[[became]]\nwas = "B"\nnow = "C"\non = 2023-02-07\nsource = "s"\nurl = "https://x.example"\n'
    )
    with pytest.raises(BrokenPack) as caught:
        read_departments(path)
    told = "\n".join(map(str, caught.value.problems))
    assert "begin with “the”" in told
    assert "“C” isn't the key" in told
    with pytest.raises(BrokenPack):
        read_departments(tmp_path / "none.toml")
