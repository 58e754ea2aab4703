"""``postbag reports``: packs go out, come in and are checked, in words for somebody who is no programmer."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from benchmarks.report_shapes import EXPECTED, response_headed, single
from bot.cli import app
from bot.domain.drafts import SavedPage
from bot.domain.errors import PostbagError, Refused
from storage.packs import parse_pack, read_pack, shipped_packs

ROOT = Path(__file__).resolve().parents[2]
SHIPPED = shipped_packs() / "never-again.toml"


@pytest.fixture(autouse=True)
def alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Stand in an empty folder, without settings or database."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("POSTBAG_CONFIG", raising=False)
    monkeypatch.setenv("POSTBAG_DATA", str(tmp_path / "data"))
    return tmp_path


def run(*words: str, code: int = 0, say: str = "") -> str:
    """Give what a job prints. A kind error is raised as it is."""
    result = CliRunner().invoke(app, ["reports", *words], input=say)
    if isinstance(result.exception, PostbagError):
        raise result.exception
    assert result.exit_code == code, result.output
    return result.output


def own(slug: str = "harbours") -> str:
    return SHIPPED.read_text().replace('slug = "never-again"', f'slug = "{slug}"').replace("Never Again", "Harbours")


def test_a_pack_goes_out_of_one_postbag_and_into_another(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "harbours.toml").write_text(own())
    shown = run("import", "harbours.toml", "--yes")
    assert "37 items" in shown
    assert "New: 1, 2, 3" in shown
    assert "Imported: " in shown
    assert (tmp_path / "data" / "packs" / "harbours.toml").exists()
    assert "harbours" in run("list")
    written = run("export", "harbours", "--to", str(tmp_path / "out.toml"))
    assert "Written" in written
    assert "Open Parliament Licence" in written
    monkeypatch.setenv("POSTBAG_DATA", str(tmp_path / "other"))
    (tmp_path / "there").mkdir()
    (tmp_path / "out.toml").rename(tmp_path / "there" / "harbours.toml")
    assert "in order" in run("check", "there/harbours.toml")
    run("import", "there/harbours.toml", "--yes")
    assert read_pack(tmp_path / "other" / "packs" / "harbours.toml") == parse_pack(own().encode(), "harbours.toml")
    assert "already has" in run("import", "there/harbours.toml", "--yes")


def test_nothing_is_taken_unless_somebody_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "harbours.toml").write_text(own())
    with pytest.raises(Refused, match="nobody is here"):
        run("import", "harbours.toml")
    monkeypatch.setenv("POSTBAG_ASK", "1")
    assert "Nothing was changed" in run("import", "harbours.toml", say="n\n", code=1)
    assert not (tmp_path / "data" / "packs").exists()
    run("import", "harbours.toml", say="y\n")
    assert (tmp_path / "data" / "packs" / "harbours.toml").exists()


def test_of_several_packs_all_are_taken_or_none(tmp_path: Path) -> None:
    (tmp_path / "harbours.toml").write_text(own())
    (tmp_path / "piers.toml").write_text(own("piers").replace("schema = 1", "schema = 9"))
    with pytest.raises(Refused, match="can't be used"):
        run("import", "harbours.toml", "piers.toml", "--yes")
    assert not (tmp_path / "data" / "packs").exists()


def test_ones_own_pack_stands_in_place_of_the_shipped_one(tmp_path: Path) -> None:
    pack = tmp_path / "never-again.toml"
    pack.write_text(SHIPPED.read_text().replace("should accept the House", "should plainly accept the House"))
    shown = run("import", "never-again.toml", "--yes")
    assert "Changed: 1" in shown
    result = CliRunner().invoke(app, ["recommendations", "show", "1"])
    assert "should plainly accept the House" in result.output
    assert "your packs" in run("list")


def test_check_names_file_row_field_and_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "harbours.toml").write_text(own().replace('confidence = "read"', 'confidence = "sure"', 1))
    (tmp_path / "piers.toml").write_text(own("piers").replace("schema = 1", "schema = 9"))
    (tmp_path / "quays.toml").write_text(own("quays"))
    shown = run("check", ".", code=1)
    assert "harbours.toml: can't be used yet." in shown
    assert "field “confidence”: “sure” isn't one of the words used here: read, reported, derived" in shown
    assert "made for a newer Postbag: update Postbag" in shown
    assert "quays.toml: in order. 37 items" in shown
    assert "check again" in shown
    assert "There are no packs" in run("check")
    assert "can't be opened" in run("check", "nowhere.toml", code=1)


def test_tables_are_written_for_other_programs(tmp_path: Path) -> None:
    assert run("export", "never-again", "--format", "csv").startswith("report,number,key")
    assert '"schema": 1' in run("export", "never-again", "--format", "json")
    run("export", "never-again", "--format", "csv", "--to", str(tmp_path))
    assert (tmp_path / "never-again.csv").read_bytes().startswith(b"\xef\xbb\xbfreport,")
    with pytest.raises(Refused, match="already exists"):
        run("export", "never-again", "--format", "csv", "--to", str(tmp_path))
    run("export", "never-again", "--format", "csv", "--to", str(tmp_path), "--overwrite")
    with pytest.raises(PostbagError, match="no report with that name"):
        run("export", "nothing")


def test_a_link_is_never_fetched() -> None:
    for link in ("https://publications.parliament.uk/x.html", "HTTP://example.org", "www.example.org"):
        with pytest.raises(Refused, match="doesn't fetch pages") as caught:
            run("import", link, "--yes")
        assert "save the page" in caught.value.next_step


def test_a_broken_pack_ends_a_real_run_with_one_clear_message(tmp_path: Path) -> None:
    (tmp_path / "bad.toml").write_text("schema = ")
    done = subprocess.run(
        [sys.executable, "-m", "bot", "reports", "import", "bad.toml"],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT), "POSTBAG_DATA": str(tmp_path / "data")},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 2
    assert "bad.toml" in done.stderr
    assert "n't valid TOML" in done.stderr
    assert "Traceback" not in done.stderr


def pages(folder: Path, saved: list[SavedPage]) -> list[str]:
    for page in saved:
        (folder / page.name).write_bytes(page.content)
    return [page.name for page in saved]


def test_saved_pages_become_a_report_for_everybody(tmp_path: Path) -> None:
    names = pages(tmp_path, single())
    with pytest.raises(Refused, match="don't say") as missing:
        run("import", *names, "--yes")
    assert "--url" in missing.value.next_step
    shown = run("import", *names, "--url", "https://example.org/lanterns", "--yes")
    assert "This report is new." in shown
    assert "8 new" in shown
    assert "Imported: " in shown
    (pack,) = (tmp_path / "data" / "packs").glob("*.toml")
    report = read_pack(pack)
    assert [item.number for item in report.recommendations] == [item.label for item in EXPECTED]
    assert [item.official for item in report.recommendations] == [item.text for item in EXPECTED]
    again = run("import", *names, "--yes")
    assert "already has it" in again
    assert "in order" in run("check")


def test_a_page_put_beside_a_report_keeps_what_is_held(tmp_path: Path) -> None:
    (tmp_path / "list.txt").write_text(
        "Conclusions and recommendations\n\n1. The Government should accept the House of Commons' view that Uyghurs and "
        "other minorities in Xinjiang are suffering genocide and crimes against humanity. (Paragraph 13)\n\n"
        "2. We recommend that the camps be closed and that forced labour and sterilisation end. (Paragraph 17)\n"
    )
    shown = run("import", "list.txt", "--report", "never-again", "--yes")
    assert "This is what would change" in shown
    report = read_pack(tmp_path / "data" / "packs" / "never-again.toml")
    held = read_pack(SHIPPED)
    assert len(report.recommendations) >= len(held.recommendations)
    for before in held.recommendations:
        after = report.recommendation(before.key)
        assert after is not None
        assert (after.answer, after.evidence, after.summary) == (before.answer, before.evidence, before.summary)
    first = report.recommendation("1")
    assert first is not None
    assert first.official.startswith("The Government should accept")


def test_a_response_is_listed_to_be_read_and_nothing_is_recorded(tmp_path: Path) -> None:
    names = pages(tmp_path, single())
    run("import", *names, "--url", "https://example.org/lanterns", "--yes")
    (pack,) = (tmp_path / "data" / "packs").glob("*.toml")
    before = pack.read_bytes()
    names = pages(tmp_path, response_headed())
    shown = run("import", *names, "--answers", "--report", pack.stem)
    assert "To be read by a person" in shown
    assert "Nothing was recorded" in shown
    assert pack.read_bytes() == before
    with pytest.raises(Refused, match="Which report"):
        run("import", *names, "--answers")


def test_what_is_no_report_is_refused_and_nothing_is_written(tmp_path: Path) -> None:
    (tmp_path / "note.txt").write_text("Dear diary, nothing was recommended today.")
    (tmp_path / "bomb.zip").write_bytes(b"PK\x03\x04" + b"\0" * 64)
    for name in ("note.txt", "bomb.zip", "nowhere.html"):
        with pytest.raises(Refused):
            run("import", name, "--yes")
    with pytest.raises(Refused, match="together"):
        run("import", "note.txt", "x.toml", "--yes")
    assert not (tmp_path / "data" / "packs").exists()


def test_a_page_that_looks_like_a_held_report_is_asked_about_and_never_made_twice(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("POSTBAG_ASK", "1")
    items = "".join(f"<p>{n}. We recommend that lantern {n} is lit. (Paragraph {n + 12})</p>" for n in range(1, 4))
    page = (
        "<!doctype html><html><body><h1>Never Again: The UK’s Responsibility to Act on Atrocities in Xinjiang and Beyond</h1>"
        f"<p>Foreign Affairs Committee</p><p>Published: 8 July 2021</p><h2>Conclusions and recommendations</h2>{items}</body></html>"
    )
    (name,) = pages(tmp_path, [SavedPage("list.html", page.encode())])
    said = run("import", name, say="n\n", code=1)
    assert "look like “Never Again”, which Postbag already has. It has the same title, committee and day." in said
    assert "Postbag already has it. This is what would change." in said
    with pytest.raises(Refused, match="look like “Never Again”") as refused:
        run("import", name, "--yes")
    assert "--report never-again" in refused.value.next_step
    new = run("import", name, "--another", "--url", "https://lanterns.example/list", say="n\n", code=1)
    assert "This report is new." in new


def test_what_completed_reports_is_taken_away_or_decided_from_a_terminal() -> None:
    assert "what was filled in for 0 reports. The packs are as they were." in run("complete", "--undo")
    with pytest.raises(Refused, match="Which report"):
        run("complete", "--decide")


def test_rows_that_are_not_sure_are_gone_through_in_a_terminal_with_a_key_each(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("POSTBAG_ASK", "1")
    report = read_pack(SHIPPED)
    rows = [item for item in report.recommendations if item.number is None][:4]
    items = "".join(
        f"<p>{n}. The Government should do this about {row.theme}: {row.summary} (Paragraph {row.paragraphs.split('–')[0]})</p>"
        for n, row in enumerate(rows, 40)
    )
    page = f"<html><body><h1>Never Again</h1><h2>Conclusions and recommendations</h2>{items}</body></html>"
    (name,) = pages(tmp_path, [SavedPage("list.html", page.encode())])
    shown = run("complete", name, "--report", "never-again", say="y\nu\nmaybe\ny\nu\ny\n1+1\n\nn\nq\n")
    assert "There's nothing to undo yet." in shown
    assert "“maybe” isn't one of the choices." in shown
    assert f"Undone: {rows[0].key}." in shown
    assert f"Row 1 of 5, {rows[0].key}: {rows[0].summary[:40]}" in shown
    again = run("complete", "--decide", "--report", "never-again", say="q\n")
    assert "1 to decide" in again or "2 to decide" in again
    assert "Undone: what was filled in for 1 report." in run("complete", "--undo")


def test_the_answers_of_a_response_are_gone_through_for_everybody_with_a_key_each(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("POSTBAG_ASK", "1")
    rows = read_pack(SHIPPED).recommendations[:4]
    answered = ("The Government agrees.", "The Government notes this.", "We have nothing to add.", "We are thinking.")
    said = "".join(
        f"<h3>Recommendation {n}</h3><p><b>{row.summary}</b></p><p>{text}</p>"
        for n, (row, text) in enumerate(zip(rows, answered, strict=True), 1)
    )
    page = f"<html><body><h1>Government response to Never Again</h1>{said}</body></html>"
    (name,) = pages(tmp_path, [SavedPage("response.html", page.encode())])
    with pytest.raises(Refused, match="Which report"):
        run("answers", name)
    words = ("answers", name, "--report", "never-again", "--url", "https://government.example/response")
    shown = run(*words, say="y\nu\ny\nzzz\ny\ny\nd\n\nn\n")
    assert "4 of 4 answers to decide" in shown
    assert "Its own word (y): Agreed." in shown
    assert "Undone: answer 1." in shown
    assert "“zzz” isn't one of the choices." in shown
    assert "The Government gives no word of its own here." in shown
    assert "Never Again: 1 agreed, 1 noted, 1 not agreed; 1 left." in shown
    again = run("answers", "--report", "never-again", say="x\nto 4\np\n")
    assert "1 of 4 answers to decide" in again
    assert "Never Again: 1 agreed, 1 partly agreed, 1 noted, 1 not agreed; 0 left." in again
    assert "Undone: 4 answers. Groups' own answers haven't changed." in run(
        "answers", "--report", "never-again", "--undo"
    )
