"""``postbag letter``: a person alone at a laptop ends with the same letter, and leaves nothing behind but their files."""

from __future__ import annotations

import io
import stat
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import docx
import pytest
from typer.testing import CliRunner

from bot.cli import app
from bot.commands import letter
from bot.domain.errors import NotFound, PostbagError, Refused
from bot.domain.members import Constituency, Directory, Member, MemberRole
from bot.letters_alone import _DirectoryAsHeld

WHY = (
    "My neighbour has not heard her mother's voice since 2018. Each winter she sets a place for her at the table, and each "
    "winter it stays empty. I read the whole report in one night and have not been able to put it down since. Her children "
    "ask me why nobody speaks of it."
)
HOUSE = Directory(
    (
        Constituency(
            1, "Tarning", Member(1, "Amina Thackwell", "Amina Thackwell MP", "Ms Thackwell", "", "", "Tarning")
        ),
        Constituency(
            2,
            "Tarningham",
            Member(2, "Bo Oyster", "Bo Oyster MP", "Mr Oyster", "", "", "Tarningham", MemberRole.MINISTER),
        ),
    ),
    as_of=datetime(2026, 3, 1, tzinfo=UTC),
)


@pytest.fixture(autouse=True)
def alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Stand in an empty folder, without settings or database."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("POSTBAG_CONFIG", raising=False)
    monkeypatch.setenv("POSTBAG_DATA", str(tmp_path / "data"))
    return tmp_path


@pytest.fixture
def house(monkeypatch: pytest.MonkeyPatch) -> None:
    async def load(self: object) -> Directory:
        return HOUSE

    monkeypatch.setattr(_DirectoryAsHeld, "load", load)


def run(*words: str) -> str:
    """Give what a job prints. A kind error is raised as it is."""
    result = CliRunner().invoke(app, ["letter", *words])
    if isinstance(result.exception, PostbagError):
        raise result.exception
    assert result.exit_code == 0, result.output
    return result.output


def answers(folder: Path, text: str = "") -> str:
    path = folder / "answers.toml"
    path.write_text(
        text or f'why = "{WHY}"\nname = "Pia Example"\naddress = "1 Invented Lane\\nTarning"\n', encoding="utf-8"
    )
    return str(path)


def files(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


def test_options_and_answers_give_files_and_leave_nothing_else(alone: Path) -> None:
    said = run(
        "--about", "3", "--constituency", "Tarning", "--mp", "Ms Thackwell", "--ask", "write-to-minister",
        "--answers", answers(alone), "--out", "out",
    )  # fmt: skip
    assert files(alone) == [
        "answers.toml",
        *(f"out/letter.{e}" for e in ("docx", "eml", "pdf", "txt")),
        "out/sources.txt",
    ]
    text = (alone / "out" / "letter.txt").read_text(encoding="utf-8-sig")
    assert text.startswith("1 Invented Lane\n")
    assert WHY in text
    assert "Dear Ms Thackwell," in text
    assert stat.S_IMODE((alone / "out" / "letter.txt").stat().st_mode) == 0o600
    assert "https://www.writetothem.com/" in said
    assert "Pia" not in said


def test_earlier_files_are_not_written_over(alone: Path) -> None:
    for _ in range(2):
        run("--about", "3", "--constituency", "Tarning", "--answers", answers(alone), "--out", "out")
    assert {"out/letter.txt", "out/letter-2.txt"} <= set(files(alone))


def test_a_folder_that_cannot_be_written_to_is_named_and_the_letter_is_shown(alone: Path, house: None) -> None:
    (alone / "taken").write_text("a file", encoding="utf-8")
    words = ("letter", "--about", "3", "--constituency", "Tarning", "--answers", answers(alone), "--out", "taken")
    result = CliRunner().invoke(app, words)
    assert isinstance(result.exception, Refused)
    assert "taken can't be written to" in result.exception.message
    assert WHY in result.output


def test_without_a_folder_the_letter_is_shown(alone: Path, house: None) -> None:
    said = run("--about", "T-12", "--constituency", "tarning", "--answers", answers(alone))
    assert WHY in said
    assert "Dear Ms Thackwell," in said
    assert files(alone) == ["answers.toml"]


def test_a_minister_is_asked_what_ministers_do(alone: Path, house: None) -> None:
    given = ("--about", "3", "--constituency", "Tarningham", "--answers", answers(alone))
    assert "written question" not in run(*given)
    with pytest.raises(Refused, match="doesn't fit") as refused:
        run(*given, "--ask", "written-question")
    assert "write-to-minister" in refused.value.next_step


@pytest.mark.parametrize(
    ("words", "kind", "said"),
    [
        (("--constituency", "Tarning"), Refused, "--about"),
        (("--about", "99", "--constituency", "Tarning"), NotFound, "Confirmed numbers"),
        (("--about", "3"), Refused, "--constituency"),
        (("--about", "3", "--constituency", "Tarnin"), NotFound, "Tarning"),
        (("--about", "3", "--constituency", "Tarning", "--template", "poem"), NotFound, "Phone script"),
    ],
)
def test_what_is_missing_or_wrong_is_named(
    alone: Path, house: None, words: tuple[str, ...], kind: type[PostbagError], said: str
) -> None:
    with pytest.raises(kind) as refused:
        run(*words, "--answers", answers(alone))
    assert said in f"{refused.value.message} {refused.value.next_step}"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('why = "Too few."', "needs at least 20"),
        ("why = ", "is not TOML"),
        ("why = 3", "isn't text"),
        ("local = 'x'", "own words"),
    ],
)
def test_answers_that_will_not_do_are_refused(alone: Path, house: None, text: str, said: str) -> None:
    with pytest.raises(Refused, match=said):
        run("--about", "3", "--constituency", "Tarning", "--answers", answers(alone, text))


def test_nobody_is_asked_where_nobody_sits(alone: Path) -> None:
    with pytest.raises(Refused, match="nobody is there to answer"):
        run("--about", "3")


def test_a_blank_frame_needs_nothing_but_its_subject(alone: Path) -> None:
    assert "[Why do you care?" in run("--about", "3", "--blank")
    run("--about", "3", "--blank", "--out", "out")
    assert files(alone) == ["out/letter.docx", "out/letter.txt", "out/sources.txt"]
    words = "\n".join(
        p.text for p in docx.Document(io.BytesIO((alone / "out" / "letter.docx").read_bytes())).paragraphs
    )
    assert "[your constituency]" in words


def test_the_list_names_every_kind(alone: Path) -> None:
    said = run("--list")
    assert said.count("--ask") > 20
    assert "phone-script: Phone script, 60 seconds" in said


@pytest.fixture
def typing(monkeypatch: pytest.MonkeyPatch) -> Callable[..., list[str]]:
    """Let somebody answer, one line after another."""

    def answer(*lines: str) -> list[str]:
        waiting = list(lines)
        monkeypatch.setattr(letter, "_ask_for", lambda prompt: waiting.pop(0))
        return waiting

    return answer


def test_step_by_step(alone: Path, house: None, typing: Callable[..., list[str]]) -> None:
    left = typing(
        "1",  # raise a recommendation
        "zzqx zzqx", "3",  # about
        "Nowhere", "tarn", "1",  # constituency: unknown, near, the first
        "1",  # the ask
        "Too few words.", "", "",  # why, local
        "1",  # write more: it cannot be finished yet
        WHY + " Ring 020 7946 0000.", "", "",
        "3",  # take the personal data out and finish
        "Pia Example", "1 Invented Lane, Tarning",
        "out",
    )  # fmt: skip
    said = run()
    assert left == []
    assert "Not finished yet" in said
    assert "a telephone number" in said
    text = (alone / "out" / "letter.txt").read_text(encoding="utf-8-sig")
    assert WHY in text
    assert "7946" not in text
    assert text.startswith("1 Invented Lane\nTarning\n")


def test_stopping_leaves_nothing(alone: Path, house: None, typing: Callable[..., list[str]]) -> None:
    typing("9", "3", "Tarning", "1", WHY, "", "3")
    said = run()
    assert "aim is" not in said, "a phone script is not measured as a letter"
    assert files(alone) == []


def test_a_postcode_is_asked_for_and_never_an_argument(alone: Path, house: None) -> None:
    with pytest.raises(Refused, match="shell's history") as refused:
        run("--about", "3", "--constituency", "ZA1 1AA", "--answers", answers(alone))
    assert "ZA1" not in f"{refused.value.message} {refused.value.next_step}"


def test_a_chaser_begins_with_ones_own_earlier_letter(alone: Path, house: None) -> None:
    earlier = alone / "letter.txt"
    earlier.write_text("3 March 2026\n\nDear Ms Thackwell,\n\nPlease will you write to her?\n\nYours", encoding="utf-8")
    given = ("--about", "3", "--template", "no-reply", "--constituency", "Tarning", "--answers", answers(alone))
    said = run(*given, "--earlier", str(earlier))
    assert "I wrote to you" in said
    assert "“Please will you write to her?” My neighbour has not heard" in said.replace("\n", " ")
    with pytest.raises(Refused, match="can't be read"):
        run(*given, "--earlier", str(alone / "nothing.txt"))
    earlier.write_bytes(b"x" * (1024 * 1024 + 1))
    with pytest.raises(Refused, match="too large"):
        run(*given, "--earlier", str(earlier))
    earlier.write_text("Dear Ms Thackwell, will you write to her?", encoding="utf-8")
    with pytest.raises(Refused, match="doesn't quote an earlier one"):
        run(*given[:2], *given[4:], "--earlier", str(earlier))
