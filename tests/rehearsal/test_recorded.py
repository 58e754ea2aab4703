"""The comparing of recorded answers with the invented ones: what it must notice, on answers written for it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from bot.rehearsal.recorded import INVENTED, compare, differences

REPORT: dict[str, Any] = {
    "items": [
        {
            "id": 9,
            "description": "First Report - Lanterns",
            "hcNumber": {"number": "HC 9", "sessionId": 3, "sessionDescription": "2024-25"},
            "publicationStartDate": "2024-12-17T10:15:00",
            "documents": [],
            "hlPaper": None,
            "type": {"id": 1, "name": "Report"},
        }
    ]
}


def changed(**values: Any) -> dict[str, Any]:
    return {"items": [REPORT["items"][0] | values]}


@pytest.mark.parametrize(
    ("invented", "said"),
    [
        (REPORT, []),
        (
            changed(hcNumber={"number": "9", "sessionId": 3, "sessionDescription": "2024-25"}),
            ["a paper of the Commons"],
        ),
        (changed(description="Lanterns"), ["a report of a session and its title"]),
        (changed(id="9"), ["items[].id is a number"]),
        (changed(publicationStartDate="2024-12-17T10:15:00Z"), ["a moment without a zone"]),
        (changed(other=1), ["items[].other is invented and not recorded"]),
        (changed(hlPaper={"number": "HL Paper 4", "sessionId": 3}), []),
        (changed(documents=[{"documentId": 4}]), []),
        ({"items": [{k: v for k, v in REPORT["items"][0].items() if k != "type"}]}, ["items[].type is recorded"]),
    ],
)
def test_a_difference_is_noticed(invented: dict[str, Any], said: list[str]) -> None:
    found = differences(REPORT, invented)
    assert all(any(words in line for line in found) for words in said), found
    assert bool(found) == bool(said), found


def test_a_folder_is_compared_file_by_file(tmp_path: Path) -> None:
    for name, made in (("committees_publications", "committees_publications"), ("members_9", r"members_\d+")):
        (tmp_path / f"{name}.json").write_text(json.dumps(INVENTED[made]()))
    assert compare(tmp_path) == []
    (tmp_path / "weather.json").write_text("{}")
    assert compare(tmp_path) == ["weather.json: the invented Parliament gives no such answer"]


def test_every_invented_answer_is_made_and_holds_something() -> None:
    for make in INVENTED.values():
        assert make()
