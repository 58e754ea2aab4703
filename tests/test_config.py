"""Settings come from one file and the environment; what is wrong is named with its fix."""

from __future__ import annotations

import os
from datetime import date
from pathlib import Path
from typing import get_args

import pytest

from bot.config import PLACES, Settings, discord_token, load_settings
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
        ("[log]\nlevle = 1\n", "log.levle: there's no such key"),
        ('[discord]\ntoken = "secret"\n', "DISCORD_TOKEN"),
        ('[sources]\nmembers_api = "ftp://example.org"\n', "sources.members_api"),
        ('[sources]\nmembers_api = "http://example.org"\n', "sources.members_api"),
        ("[parliament]\ndissolved_on = 2029-02-30\n", "n't valid TOML"),
        ("nonsense", "n't valid TOML"),
        ("speed = 3\n", "speed: there's no such key"),
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
    with pytest.raises(Refused, match="can't be read"):
        discord_token(settings)
    secret.touch(mode=0o600)
    with pytest.raises(Refused, match="empty"):
        discord_token(settings)


PLACED = [
    (prefix, name)
    for prefix, model in (("", Settings), *((f"{n}__", f.annotation) for n, f in Settings.model_fields.items()))
    for name, field in getattr(model, "model_fields", {}).items()
    if Path in (field.annotation, *get_args(field.annotation))
]
"""Every setting that names a file or a folder, with its section."""

LIKE_A_TOKEN = "MTA0NzA2ODk2MDY5MTQxMzAwMA.GhTk1x.vUq8-2mJp0YlXb4nQeR6sT1wZ3cD5fH7gJ9kLm"


@pytest.mark.parametrize(
    "key",
    [
        "data", "packs", "discord.token_file", "discord.sync_commands", "database.url", "privacy.key_file", "operator.name",
        "operator.contact", "parliament.dissolved_on", "sources.members_api", "log.level", "supervisor.restarts",
        "discord.token", "token", f'log."{LIKE_A_TOKEN}"',
    ],
)  # fmt: skip
@pytest.mark.parametrize("cut", [None, 30, 60])
def test_a_token_typed_into_the_wrong_key_is_never_printed(tmp_path: Path, key: str, cut: int | None) -> None:
    """Whole, it is refused wherever it stands; cut short, it is at least not quoted."""
    section, _, name = key.rpartition(".") if '"' not in key else ("log", "", key.partition(".")[2])
    token = LIKE_A_TOKEN[:cut]
    head = f"[{section}]\n" if section else ""
    try:
        settings = load_settings(written(tmp_path, f'{head}{name} = "{token}"\n'))
        said = "accepted"
        assert name not in PLACES, "it would be printed where there is no such file"
        discord_token(settings, {})
    except Refused as refused:
        said = str(refused)
    assert token[:20] not in said
    assert cut is not None or "looks like the bot's token" in said


@pytest.mark.parametrize("piece", [LIKE_A_TOKEN, LIKE_A_TOKEN[:60], LIKE_A_TOKEN[20:], LIKE_A_TOKEN.rpartition(".")[2]])
@pytest.mark.parametrize("around", ["{}", "./{}", "/etc/postbag/{}", "Bot {}", "/etc/{}/token", " {} "])
@pytest.mark.parametrize("key", [f"{section}{name}" for section, name in PLACED])
def test_no_path_is_taken_that_holds_a_token_or_most_of_one(
    monkeypatch: pytest.MonkeyPatch, key: str, around: str, piece: str
) -> None:
    monkeypatch.setenv(f"POSTBAG_{key}".upper(), around.format(piece))
    with pytest.raises(Refused, match="looks like the bot's token") as refused:
        load_settings()
    assert piece[-20:] not in str(refused.value)


def test_every_setting_that_is_a_path_is_among_those() -> None:
    """A new one must be in ``PLACES``, or what is typed there may be printed."""
    assert sorted(name for _, name in PLACED) == sorted(PLACES)


@pytest.mark.parametrize(
    "path",
    [
        "/srv/postbag", "/home/Quill/Campaign2026/postbag-data", "/tmp/pytest-of-root/pytest-3/test_A_long_name_of_a_test0",
        "/run/credentials/postbag.service/token", "/var/folders/zz/zyxvpxvq6csfxvn_n0000000000000/T/data",
        "/mnt/6f9619ff-8b86-d011-b42d-00cf4fc964ff/postbag", "C:/Users/Quill/Documents/PostbagCampaign2026",
    ],
)  # fmt: skip
def test_the_names_of_folders_are_not_taken_for_tokens(monkeypatch: pytest.MonkeyPatch, path: str) -> None:
    monkeypatch.setenv("POSTBAG_DATA", path)
    assert load_settings().data == Path(path)


@pytest.mark.parametrize("key", ["DATA", "LOG__LEVEL", "DISCORD__TOKEN_FILE", "SOURCES__POSTCODES", "OPERATOR__NAME"])
def test_nor_when_it_is_typed_into_the_environment(monkeypatch: pytest.MonkeyPatch, key: str) -> None:
    monkeypatch.setenv(f"POSTBAG_{key}", LIKE_A_TOKEN)
    with pytest.raises(Refused) as refused:
        load_settings()
    assert LIKE_A_TOKEN[:20] not in str(refused.value)


@pytest.mark.parametrize(
    "address",
    [
        "http://127.0.0.1.evil.example", "http://localhost.evil.example", "http://127.0.0.1@evil.example",
        "https://user:pw@api.example", "https://user@api.example", "http://localhost@evil.example/", "http://[::1].evil.example",
        "http://[::2]", "http://127.0.0.1:80@evil.example", "http://127.1", "http://2130706433", "http://10.0.0.1",
        "http://evil.example#127.0.0.1", "https://evil.example?x=y", "https://", "http://", "ftp://127.0.0.1", "https:/api.example",
        "https://api.example:99999", "https://api example", "https://api.example\\@evil.example", "https://gov.uk%40evil.example",
        "https://www.parl\u0456ament.uk", "https://api.example\u202e", "//127.0.0.1", "javascript:alert(1)", "",
    ],
)  # fmt: skip
def test_an_address_is_parsed_and_refused_where_it_leads_elsewhere_in_the_clear(
    monkeypatch: pytest.MonkeyPatch, address: str
) -> None:
    monkeypatch.setenv("POSTBAG_SOURCES__POSTCODES", address or " ")
    with pytest.raises(Refused, match=r"sources\.postcodes") as refused:
        load_settings()
    assert "user:pw" not in str(refused.value)


@pytest.mark.parametrize(
    "address",
    ["https://api.example", "https://api.example:8443/v1", "http://127.0.0.1:8000", "http://127.0.0.2", "http://localhost", "http://[::1]:80"],
)  # fmt: skip
def test_a_service_over_https_or_on_this_very_computer_is_taken(monkeypatch: pytest.MonkeyPatch, address: str) -> None:
    monkeypatch.setenv("POSTBAG_SOURCES__POSTCODES", f"{address}/")
    assert load_settings().sources.postcodes == address


@pytest.mark.parametrize("piece", [LIKE_A_TOKEN, LIKE_A_TOKEN[:60], LIKE_A_TOKEN[20:]])
@pytest.mark.parametrize("around", ["{}", "./{}", "/etc/{}/config.toml"])
def test_nor_is_a_piece_of_one(piece: str, around: str) -> None:
    with pytest.raises(Refused, match="no settings file") as refused:
        load_settings(Path(around.format(piece)))
    assert piece[-20:] not in str(refused.value)


def test_a_token_in_place_of_the_settings_files_name_is_not_shown(tmp_path: Path) -> None:
    typed = "MTAxMjM0NTY3ODkwMTIzNDU2.Gabcde." + "x" * 38
    with pytest.raises(Refused, match="no settings file") as refused:
        load_settings(Path(typed))
    assert "xxx" not in str(refused.value)
    with pytest.raises(Refused, match="n't valid TOML") as refused:
        load_settings(written(tmp_path, f"{typed} = 1\n{typed} = 2\n[{typed}]\n"))
    assert "xxx" not in str(refused.value)
    assert "MTAx" not in str(refused.value)
