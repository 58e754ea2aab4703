"""Pictures for the documents come out the same every time."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from bot.cli import app
from bot.config import Settings
from bot.domain.errors import Refused
from bot.rehearsal.pictures import PICTURES, START, _take, take_pictures
from bot.rehearsal.scenes import Scene, ready_made

pytestmark = pytest.mark.asyncio(loop_scope="session")
ROOT = Path(__file__).resolve().parents[2]


async def test_a_picture_is_the_same_every_time(browser: Any, tmp_path: Path) -> None:
    (picture,) = [one for one in PICTURES if one.name == "start"]
    for name in ("one.png", "two.png"):
        await _take(Settings(), browser, picture, Scene("A picture", starts=START), tmp_path / name)
    one, two = (tmp_path / name for name in ("one.png", "two.png"))
    assert one.read_bytes() == two.read_bytes()
    assert one.stat().st_size > 5_000


async def test_every_picture_has_its_scene_and_stands_in_the_documents() -> None:
    keys = {scene.key for scene in ready_made()}
    for picture in PICTURES:
        assert picture.scene in keys
        assert (ROOT / "docs" / "images" / f"{picture.name}.png").exists(), "postbag rehearse --pictures docs/images"
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    for name in ("desk", "start", "card", "letter", "overdue"):
        assert f"docs/images/{name}.png" in readme
    for page, name in (("for-members", "card"), ("for-organisers", "plan"), ("writing-a-letter-template", "template")):
        assert f"images/{name}.png" in (ROOT / "docs" / f"{page}.md").read_text(encoding="utf-8")


async def test_without_a_browser_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("POSTBAG_CHROMIUM", "no-such-browser")
    with pytest.raises(Refused, match="no browser") as refused:
        await take_pictures(Settings(), tmp_path, print)
    assert "POSTBAG_CHROMIUM" in refused.value.next_step


async def test_a_scene_file_that_is_none_is_said_before_anything_opens(tmp_path: Path) -> None:
    file = tmp_path / "none.toml"
    file.write_text("title = 1")
    result = CliRunner().invoke(app, ["rehearse", "--scene", str(file)])
    assert isinstance(result.exception, Refused)
    assert "isn't a scene file" in result.exception.message
