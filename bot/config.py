"""Settings: config.toml and the environment, read into typed values. An error names the key and the fix.

``--config`` or ``POSTBAG_CONFIG`` names the file, else ``config.toml`` in this folder, else defaults. Any key can be given
as ``POSTBAG_SECTION__KEY``; the data folder as ``POSTBAG_DATA``. The token comes only from ``DISCORD_TOKEN`` or from a file
that its owner alone can read.
"""

from __future__ import annotations

import os
import re
import stat
import tomllib
from collections.abc import Iterator, Mapping
from datetime import date
from ipaddress import ip_address
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import parse_qsl, urlencode, urlsplit

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, model_validator
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    SettingsError,
    TomlConfigSettingsSource,
)

from bot.domain.errors import Refused
from bot.domain.members import Dissolution

DEFAULT_FILE = Path("config.toml")


TOKEN = re.compile(r"[A-Za-z0-9_-]{17,40}\.[A-Za-z0-9_-]{4,12}\.[A-Za-z0-9_-]{20,60}", re.ASCII)
"""What a bot's token looks like, wherever it was typed."""

PLACES = ("data", "packs", "token_file", "key_file", "tls_ca")
"""Keys that name files and folders: where one of these isn't found, its name is printed."""

HOST = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9.-]{0,251}[A-Za-z0-9])?", re.ASCII)


def is_like_a_token(text: str) -> bool:
    """Tell whether there is a bot's token in a text, or a piece of one: long, of both cases, and going from letters to figures often."""
    if TOKEN.search(text):
        return True
    runs = (run for run in re.findall(r"[A-Za-z0-9_-]{20,}", text) if run not in (run.lower(), run.upper()))
    return any(len(re.findall(r"[A-Za-z](?=[0-9])|[0-9](?=[A-Za-z])", run)) >= 5 for run in runs)


def _address(value: str) -> str:
    """Take an address of an outside service. It is parsed, not judged by its beginning."""
    try:
        parts = urlsplit(value)
        host, port = parts.hostname or "", parts.port
    except ValueError as error:
        raise ValueError("is not an address") from error
    if parts.username is not None or parts.password is not None or "@" in parts.netloc:
        raise ValueError("must not hold a user name or password")
    plain = (
        (HOST.fullmatch(host) is not None or _is_here(host))
        and value.isascii()
        and value.isprintable()
        and " " not in value
    )
    whole = f"[{host}]" if ":" in host else host
    plain = plain and parts.netloc.lower() in (whole, f"{whole}:{port}")  # urlsplit overlooks what follows a bracket
    if parts.query or parts.fragment or "\\" in value or not plain:
        raise ValueError("is not an address of a service")
    if parts.scheme != "https" and not (parts.scheme == "http" and _is_here(host)):
        raise ValueError("must begin with https:// (http:// only for this computer)")
    return value.rstrip("/")


def _is_here(host: str) -> bool:
    """Say whether a host is this very computer."""
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


def _optional_address(value: str) -> str:
    return _address(value) if value else ""


def _loopback(value: str) -> str:
    """Take a host and a port of this computer alone: what is told there is for nobody else."""
    host, _, port = value.rpartition(":")
    if value and not (_is_here(host.strip("[]")) and port.isascii() and port.isdecimal() and 0 < int(port) < 65536):
        raise ValueError("must be a port of this computer, such as 127.0.0.1:9630")
    return value


def _part(value: str) -> str:
    if not re.fullmatch(r"(?:bot|storage)(?:\.[a-z_]{1,40}){0,6}", value):
        raise ValueError("must be a part of Postbag, such as bot.services.publications")
    return value


Address = Annotated[str, AfterValidator(_address)]


class Section(BaseModel):
    """A table of the file; a key that it does not know is an error."""

    model_config = ConfigDict(extra="forbid", frozen=True)


def _shards(value: str) -> str:
    """Take numbers of shards as people write them: 0,1 or 0-3,8."""
    if value and not re.fullmatch(
        r"\d{1,4}(?:-\d{1,4})?(?:,\d{1,4}(?:-\d{1,4})?){0,50}", value.replace(" ", ""), re.ASCII
    ):
        raise ValueError("must be numbers of shards, such as 0,1 or 0-3")
    return value.replace(" ", "")


class DiscordSection(Section):
    token_file: Path | None = None
    sync_commands: bool = True
    shard_count: int | None = Field(default=None, ge=1, le=4096)
    shards: Annotated[str, AfterValidator(_shards)] = ""

    @property
    def shard_ids(self) -> tuple[int, ...]:
        """List the shards of this process; empty: all."""
        found: set[int] = set()
        for part in filter(None, self.shards.split(",")):
            first, _, last = part.partition("-")
            found.update(range(int(first), int(last or first) + 1))
        return tuple(sorted(found))

    @model_validator(mode="after")
    def _fits(self) -> DiscordSection:
        many = self.shard_count
        if self.shards and many is None:
            raise ValueError("shard_count must say how many shards there are in all processes together")
        if many is not None and any(shard >= many for shard in self.shard_ids):
            raise ValueError(f"shards must be below shard_count: 0 to {many - 1}")
        return self


class DatabaseSection(Section):
    url: str = ""
    pool: int = Field(default=10, ge=2, le=100)
    tls: Literal["", "require", "verify"] = ""
    tls_ca: Path | None = None


class PrivacySection(Section):
    key_file: Path | None = None


class OperatorSection(Section):
    name: str = Field(default="", max_length=100)
    contact: str = Field(default="", max_length=200)


class ParliamentSection(Section):
    dissolved_on: date | None = None
    opened_on: date | None = None
    prorogued_on: date | None = None


class SourcesSection(Section):
    members_api: Address = "https://members-api.parliament.uk"
    committees_api: Address = "https://committees-api.parliament.uk"
    postcodes: Address = "https://api.postcodes.io"
    bank_holidays: Address = "https://www.gov.uk/bank-holidays.json"
    search_parliament: bool = True
    questions_api: Address = "https://questions-statements-api.parliament.uk"
    motions_api: Address = "https://oralquestionsandmotions-api.parliament.uk"
    hansard_api: Address = "https://hansard-api.parliament.uk"
    whats_on_api: Address = "https://whatson-api.parliament.uk"

    @property
    def asked(self) -> tuple[str, ...]:
        """List the addresses that may be asked: those of what is said in Parliament only where searching is on."""
        said = (self.questions_api, self.motions_api, self.hansard_api, self.whats_on_api)
        always = (self.members_api, self.committees_api, self.postcodes, self.bank_holidays)
        return (*always, *said) if self.search_parliament else always


Level = Literal["debug", "info", "warning", "error"]


class LogSection(Section):
    level: Level = "info"
    format: Literal["text", "json"] = "text"
    levels: dict[Annotated[str, AfterValidator(_part)], Level] = Field(default_factory=dict)


class LifeSection(Section):
    listen: Annotated[str, AfterValidator(_loopback)] = ""
    heartbeat: Annotated[str, AfterValidator(_optional_address)] = ""


class SupervisorSection(Section):
    restarts: bool | None = None


class Settings(BaseSettings):
    """Everything that can be set. ``data`` is the folder for the database, the key and backups."""

    model_config = SettingsConfigDict(
        env_prefix="POSTBAG_", env_nested_delimiter="__", env_ignore_empty=True, extra="forbid", frozen=True
    )

    data: Path = Path("data")
    packs: Path | None = None
    discord: DiscordSection = DiscordSection()
    database: DatabaseSection = DatabaseSection()
    privacy: PrivacySection = PrivacySection()
    operator: OperatorSection = OperatorSection()
    parliament: ParliamentSection = ParliamentSection()
    sources: SourcesSection = SourcesSection()
    log: LogSection = LogSection()
    supervisor: SupervisorSection = SupervisorSection()
    life: LifeSection = LifeSection()

    @model_validator(mode="before")
    @classmethod
    def _hold_no_token(cls, given: Any) -> Any:
        """Refuse a token before anything else is said of the settings: it would be printed, or become a file's name."""
        misplaced = ", ".join(_keys_with_a_token(given))
        if misplaced:
            raise ValueError(
                f"{misplaced}: this looks like the bot's token, which never stands here. Put it in a file that only you can "
                "read, and name that file in discord.token_file"
            )
        return given

    @property
    def database_url(self) -> str:
        """Give the database's address: the one set, or a SQLite file in the data folder."""
        return self.connected_as_set(self.database.url or f"sqlite+aiosqlite:///{self.data / 'postbag.sqlite3'}")

    def connected_as_set(self, url: str) -> str:
        """Give the address of a server with what is set of how it is connected to, where the address itself says nothing of that."""
        if not url.startswith("postgresql"):
            return url
        said = {name for name, _ in parse_qsl(url.partition("?")[2], keep_blank_values=True)}
        chosen = {"pool": self.database.pool, "tls": self.database.tls, "tls_ca": self.database.tls_ca}
        options = urlencode({name: value for name, value in chosen.items() if value and name not in said})
        return f"{url}{'&' if '?' in url else '?'}{options}" if options else url

    @property
    def database_file(self) -> Path | None:
        """Give the SQLite file. None: the database is on a server."""
        scheme, _, path = self.database_url.partition(":///")
        return Path(path) if scheme.startswith("sqlite") else None

    @property
    def own_packs(self) -> Path:
        """Give the folder of the operator's own report packs: the one set, or ``packs`` in the data folder."""
        return self.packs or self.data / "packs"

    @property
    def pack_places(self) -> tuple[Path, ...]:
        """Give where packs beside the shipped ones are read from; a folder that was not named may be missing."""
        return (self.own_packs,) if self.packs is not None or self.own_packs.is_dir() else ()

    @property
    def key_file(self) -> Path:
        return self.privacy.key_file or self.data / "postbag.key"

    @property
    def postcodes_file(self) -> Path:
        """Give where an operator's table of postcodes is, where there is one."""
        return self.data / "postcodes.sqlite3"

    @property
    def dissolution(self) -> Dissolution:
        return Dissolution(self.parliament.dissolved_on, self.parliament.opened_on)

    def session_ended(self, today: date) -> date | None:
        """Give the day on which the last session ended, as the settings say; None: they name none that has come."""
        days = (self.parliament.dissolved_on, self.parliament.prorogued_on)
        return max((day for day in days if day is not None and day <= today), default=None)


def load_settings(file: Path | None = None) -> Settings:
    """Read the settings. Refused: the file is missing, unreadable or not TOML, or a key is unknown or wrong."""
    named = file or (Path(os.environ["POSTBAG_CONFIG"]) if os.environ.get("POSTBAG_CONFIG") else None)
    chosen = named or DEFAULT_FILE
    if named is not None and (named.is_dir() or not named.exists()):
        raise Refused(
            f"There's no settings file{_named(named)}.", "Copy config.example.toml there, or leave --config out."
        )

    class FromFile(Settings):
        @classmethod
        def settings_customise_sources(
            cls,
            settings_cls: type[BaseSettings],
            init_settings: PydanticBaseSettingsSource,
            env_settings: PydanticBaseSettingsSource,
            dotenv_settings: PydanticBaseSettingsSource,
            file_secret_settings: PydanticBaseSettingsSource,
        ) -> tuple[PydanticBaseSettingsSource, ...]:
            return init_settings, env_settings, TomlConfigSettingsSource(settings_cls, chosen)

    try:
        return FromFile()
    except ValidationError as error:
        raise Refused(*_explain(error, chosen)) from None
    except SettingsError as error:
        raise Refused(
            f"The environment variables aren't right: {error}.", "Write each key as POSTBAG_SECTION__KEY."
        ) from None
    except tomllib.TOMLDecodeError as error:
        # The library names keys, and a token that stands where a key should is one.
        where = "" if SECRET.search(str(error)) else f": {error}"
        raise Refused(
            f"The settings file{_named(chosen)} isn't valid TOML{where}.",
            "Fix that line; config.example.toml shows each key.",
        ) from None
    except (OSError, UnicodeDecodeError):
        raise Refused(
            f"The settings file{_named(chosen)} can't be read.", "Check the file and its permissions."
        ) from None


def with_shards(settings: Settings, shard_count: int | None, shards: str) -> Settings:
    """Take what was said at the start in place of what is set. Refused: it does not fit."""
    if shard_count is None and not shards:
        return settings
    chosen = settings.discord.model_dump()
    chosen |= {"shard_count": shard_count} if shard_count is not None else {}
    chosen |= {"shards": shards} if shards else {}
    try:
        section = DiscordSection(**chosen)
    except ValidationError as error:
        said = "; ".join(problem["msg"].removeprefix("Value error, ") for problem in error.errors())
        raise Refused(f"Those shards don't work: {said}.", "For example: --shard-count 4 --shards 0,1") from None
    return settings.model_copy(update={"discord": section})


def _keys_with_a_token(given: Any, key: str = "") -> Iterator[str]:
    if isinstance(given, Mapping):
        for name, value in given.items():
            yield from _keys_with_a_token(value, f"{key}.{name}".lstrip("."))
            if TOKEN.search(str(name)):
                yield key or "a key"
    elif isinstance(given, list | tuple):
        for value in given:
            yield from _keys_with_a_token(value, key)
    elif TOKEN.search(str(given)) or (key.rpartition(".")[2] in PLACES and is_like_a_token(str(given))):
        yield key if not TOKEN.search(key) else "a key"


def _explain(error: ValidationError, file: Path) -> tuple[str, str]:
    lines = []
    for problem in error.errors():
        key = ".".join(_shown(str(part)) for part in problem["loc"])
        words = problem["msg"].removeprefix("Value error, ")
        if problem["type"] == "extra_forbidden":
            hint = "; the token comes from DISCORD_TOKEN or discord.token_file" if "token" in key else ""
            lines.append(f"{key}: there's no such key{hint}")
        elif key:
            lines.append(f"{key}: {words} (it is {_shown(problem['input'])})")
        else:
            lines.append(words)
    return (
        f"The settings aren't right ({_named(file).strip() or 'the file'} or the environment):\n  "
        + "\n  ".join(lines)
        + "\n",
        "Fix these keys; config.example.toml explains each one.",
    )


def _shown(value: Any) -> str:
    """Quote what was typed, where nothing in it can be a secret: a token or a password typed into the wrong key."""
    text = str(value)
    if isinstance(value, str | int | bool | float | date) and len(text) <= 60 and not SECRET.search(text):
        return text if text.replace("_", "").isalpha() and text.islower() else repr(text)
    return "not shown here, as it may be secret"


def _named(file: Path) -> str:
    """Name a file behind a word, unless a token was typed in place of its name."""
    return "" if is_like_a_token(str(file)) else f" {file}"


SECRET = re.compile(r"[A-Za-z0-9_+/=-]{20}|@")


def discord_token(settings: Settings, environment: Mapping[str, str] | None = None) -> str | None:
    """Give the bot's token, or None where none is set. Refused: the token file is missing, empty or readable by others."""
    env = os.environ if environment is None else environment
    if env.get("DISCORD_TOKEN", "").strip():
        return env["DISCORD_TOKEN"].strip()
    file = settings.discord.token_file
    if file is None:
        return None
    try:
        mode = file.stat().st_mode
        token = file.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError):
        raise Refused(
            f"The token file{_named(file)} can't be read.",
            "discord.token_file names a file: put the token in that file, not in the settings.",
        ) from None
    if os.name == "posix" and mode & (stat.S_IRWXG | stat.S_IRWXO):
        raise Refused(f"The token file {file} can be read by others.", f"Run: chmod 600 {file}")
    if not token:
        raise Refused(f"The token file {file} is empty.", "Put the bot's token in it, alone on one line.")
    return token
