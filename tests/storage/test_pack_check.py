"""``postbag reports check`` on a sound pack: what is worth its author's second look, and nothing where there is nothing."""

from __future__ import annotations

from datetime import date

import pytest

from bot.domain.reports import Report
from storage.pack_check import Tables, old_departments, second_looks
from storage.packs import pack_files, parse_pack, read_pack, shipped_packs
from storage.themes import read_themes

TODAY = date(2026, 11, 28)
TABLES = Tables.shipped()
SOUND = """
schema = 1
[report]
slug = "harbours"
title = "Harbours"
short_title = "Harbours"
committee = "Harbour Committee"
house = "Commons"
published_on = 2024-03-01
url = "https://committees.parliament.uk/report"
as_of = 2026-10-01
licence = "A licence."
licence_url = "https://www.parliament.uk/licence"
[[recommendations]]
key = "T-01"
theme = "Walls"
summary = "Mend the walls."
letter_line = "mend the harbour walls of every town on the coast"
answered_by = "DBT"
subjects = ["Trade deals"]
confidence = "read"
sources = ["A"]
[[recommendations.evidence]]
on = 2026-09-01
text = "The walls were mended."
confidence = "read"
sources = ["A"]
[[sources]]
key = "A"
title = "The report"
url = "https://committees.parliament.uk/report"
"""
OLDER = """
[[recommendations]]
key = "T-02"
theme = "Paint"
summary = "Paint the walls."
letter_line = "paint the harbour walls of every town on the coast"
confidence = "read"
sources = ["A"]
[[recommendations.evidence]]
on = 2024-09-01
text = "Paint was bought."
confidence = "read"
sources = ["A"]
"""


def looks(text: str) -> list[str]:
    report: Report = parse_pack(text.encode(), "harbours.toml")
    return [str(found) for found in second_looks(report, "harbours.toml", TABLES, TODAY)]


@pytest.mark.parametrize("path", pack_files([shipped_packs()]), ids=lambda path: path.stem)
def test_shipped_packs_need_no_second_look_but_for_what_was_not_looked_for(path: object) -> None:
    report = read_pack(path)  # type: ignore[arg-type]
    found = [str(one) for one in second_looks(report, "x", TABLES, TODAY)]
    assert [one for one in found if "Check whether more has happened here" not in one] == []
    assert bool(found) == (report.slug == "uyghur-forced-labour"), (
        "its rows were not looked for one by one, and that is said"
    )
    assert old_departments(TABLES, TODAY) == ()


def test_a_sound_pack_needs_none() -> None:
    assert looks(SOUND) == []


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("as_of = 2026-10-01", "as_of = 2025-10-01", "more than a year ago"),
        ("as_of = 2026-10-01", "as_of = 2027-10-01", "is in the future"),
        ("on = 2026-09-01", "on = 2025-01-01", "readers will think that nothing happened"),
        ('letter_line = "mend the harbour walls of every town on the coast"\n', "", "is missing: letters then quote"),
        ("mend the harbour walls", "mending the harbour walls", "plain verb"),
        ('answered_by = "DBT"', 'answered_by = "DIT"', "isn't in the table of departments"),
        ('subjects = ["Trade deals"]', 'subjects = ["Walls"]', "isn't in the shared list of themes"),
        (
            "[[recommendations.evidence]]",
            '[recommendations.answer]\nstatus = "unknown"\ntext = "It said so."\nsources = ["A"]\n[[recommendations.evidence]]',
            "not who said it and when",
        ),
    ],
)
def test_what_is_worth_a_look_is_told_with_row_and_field(old: str, new: str, told: str) -> None:
    assert old in SOUND
    found = looks(SOUND.replace(old, new))
    assert any(told in one for one in found), found


def test_links_to_lists_and_to_unknown_hosts_are_told() -> None:
    source = 'title = "The report"\nurl = "https://committees.parliament.uk/report"'
    strange = SOUND.replace(source, source.replace("committees.parliament.uk", "copies.example"))
    assert any("host that isn't on the list" in one for one in looks(strange))
    listing = SOUND.replace(source, source.replace("parliament.uk/report", "parliament.uk/search?q=walls"))
    assert any("list that changes" in one for one in looks(listing))


def test_evidence_that_ends_long_before_the_newest_of_its_kind_is_told_unless_somebody_looked() -> None:
    both = SOUND.replace("[[sources]]", f"{OLDER}[[sources]]")
    assert any("T-02" in one and "ends on 1 September 2024" in one for one in looks(both))
    assert looks(both.replace("as_of = 2026-10-01", "as_of = 2026-10-01\nlooked_until = 2026-10-01")) == []


def test_a_conclusion_and_what_others_are_asked_need_no_line_for_letters() -> None:
    line = 'letter_line = "mend the harbour walls of every town on the coast"\n'
    for kind in ("conclusion", "asked of others"):
        assert looks(SOUND.replace(line, f'kind = "{kind}"\n')) == []


def test_the_shared_themes_are_found_by_their_other_names() -> None:
    themes = read_themes()
    for called, name in (
        ("forced labour", "Forced labour"),
        ("Modern  slavery", "Forced labour"),
        ("cotton", "Import bans"),
        ("HIKVISION", "Surveillance technology"),
        ("harassment", "Safety in the UK"),
        ("genocide", "Genocide and atrocities"),
    ):
        found = themes.named(called)
        assert found is not None
        assert found.name == name
    assert themes.named("walls") is None
    assert "CCTV" in themes.words_of(("Surveillance technology",))
