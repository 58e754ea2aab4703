"""Settings come from one file and the environment; what is wrong is named with its fix."""

from __future__ import annotations

import os
from datetime import date
from pathlib import Path

import pytest

from bot.config import Settings, discord_token, load_settings
from bot.domain.errors import Refused

ROOT = Path(__file__).resolve().parents[1]


def written(folder: Path, text: str) -> Path:
    file = folder / "config.toml"
    file.write_text(text, encoding="utf-8")
    return file


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def test_the_example_says_what_the_defaults_are() -> None:
    example = load_settings(ROOT / "config.example.toml")
    assert example.model_dump() == load_settings().model_dump()


def test_every_key_stands_in_the_example_with_words() -> None:
    text = (ROOT / "config.example.toml").read_text(encoding="utf-8")
    for name, field in Settings.model_fields.items():
        section = field.annotation
        keys = getattr(section, "model_fields", None)
        if keys is None:
            assert f"\n{name} = " in text or f"\n# {name} = " in text, name
            continue
        assert f"[{name}]" in text
        for key in keys:
            assert f"\n{key} = " in text or f"\n# {key} = " in text, f"{name}.{key}"


def test_a_file_here_is_read_and_the_environment_wins(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    written(tmp_path, '[log]\nlevel = "warning"\n[parliament]\ndissolved_on = 2029-05-01\n')
    assert load_settings().log.level == "warning"
    monkeypatch.setenv("POSTBAG_LOG__LEVEL", "debug")
    monkeypatch.setenv("POSTBAG_PARLIAMENT__OPENED_ON", "2029-06-12")
    settings = load_settings()
    assert settings.log.level == "debug"
    assert settings.dissolution.in_force(date(2029, 6, 11))
    assert not settings.dissolution.in_force(date(2029, 6, 12))


def test_the_file_can_be_named_by_option_or_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    other = tmp_path / "other.toml"
    other.write_text('[operator]\nname = "Harbour Voices"\n', encoding="utf-8")
    assert load_settings(other).operator.name == "Harbour Voices"
    monkeypatch.setenv("POSTBAG_CONFIG", str(other))
    assert load_settings().operator.name == "Harbour Voices"


def test_the_data_folder_holds_database_and_key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("POSTBAG_DATA", "/srv/postbag")
    settings = load_settings()
    assert settings.database_url == "sqlite+aiosqlite:////srv/postbag/postbag.sqlite3"
    assert settings.key_file == Path("/srv/postbag/postbag.key")


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ('[log]\nlevel = "loud"\n', "log.level"),
        ("[log]\nlevle = 1\n", "log.levle: there is no such key"),
        ('[discord]\ntoken = "secret"\n', "DISCORD_TOKEN"),
        ('[sources]\nmembers_api = "ftp://example.org"\n', "sources.members_api"),
        ('[sources]\nmembers_api = "http://example.org"\n', "sources.members_api"),
        ("[parliament]\ndissolved_on = 2029-02-30\n", "not valid TOML"),
        ("nonsense", "not valid TOML"),
        ("speed = 3\n", "speed: there is no such key"),
    ],
)
def test_a_wrong_key_is_named(tmp_path: Path, text: str, named: str) -> None:
    with pytest.raises(Refused) as refused:
        load_settings(written(tmp_path, text))
    assert named in str(refused.value)
    assert refused.value.next_step
    assert "secret" not in str(refused.value)


def test_a_missing_file_is_said(tmp_path: Path) -> None:
    with pytest.raises(Refused, match="no settings file"):
        load_settings(tmp_path / "nowhere.toml")


def test_the_token_comes_from_the_environment_or_a_private_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert discord_token(load_settings()) is None
    secret = tmp_path / "token"
    secret.write_text("from-file\n", encoding="utf-8")
    secret.chmod(0o600)
    settings = load_settings(written(tmp_path, f'[discord]\ntoken_file = "{secret}"\n'))
    assert discord_token(settings) == "from-file"
    monkeypatch.setenv("DISCORD_TOKEN", " from-environment ")
    assert discord_token(settings) == "from-environment"


@pytest.mark.skipif(os.name != "posix", reason="file permissions are checked on POSIX systems")
def test_a_token_that_others_can_read_is_refused(tmp_path: Path) -> None:
    secret = tmp_path / "token"
    secret.write_text("from-file", encoding="utf-8")
    secret.chmod(0o644)
    with pytest.raises(Refused, match="read by others") as refused:
        discord_token(load_settings(written(tmp_path, f'[discord]\ntoken_file = "{secret}"\n')))
    assert "chmod 600" in refused.value.next_step
    assert "from-file" not in str(refused.value)


def test_an_empty_or_missing_token_file_is_said(tmp_path: Path) -> None:
    secret = tmp_path / "token"
    settings = load_settings(written(tmp_path, f'[discord]\ntoken_file = "{secret}"\n'))
    with pytest.raises(Refused, match="cannot be read"):
        discord_token(settings)
    secret.touch(mode=0o600)
    with pytest.raises(Refused, match="empty"):
        discord_token(settings)
