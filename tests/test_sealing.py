from __future__ import annotations

import asyncio
import stat
from pathlib import Path

import pytest

from bot.domain.errors import Refused
from bot.sealing import CHECK_NAME, Sealer, open_sealer

USER = 900_000_000_000_000_123


class Facts:
    """What is kept, in memory."""

    def __init__(self) -> None:
        self.held: dict[str, str] = {}

    async def get(self, name: str) -> str | None:
        found = self.held.get(name)
        await asyncio.sleep(0)
        return found

    async def claim(self, name: str, value: str) -> str:
        return self.held.setdefault(name, value)


def names(folder: Path) -> list[str]:
    return [file.name for file in folder.iterdir()]


def test_what_is_sealed_opens_again_and_never_looks_the_same() -> None:
    sealer = Sealer(bytes(range(32)))
    sealed = [sealer.seal("Ring the office – ئۇيغۇر".encode()) for _ in range(100)]
    assert len(set(sealed)) == 100
    assert {sealer.open(one).decode() for one in sealed} == {"Ring the office – ئۇيغۇر"}
    assert all(b"Ring" not in one for one in sealed)
    assert sealer.open(sealer.seal(b"")) == b""


def test_another_key_or_a_changed_byte_is_refused() -> None:
    sealer = Sealer(bytes(range(32)))
    sealed = sealer.seal(b"Ring the office")
    with pytest.raises(Refused, match="another key"):
        Sealer(bytes(32)).open(sealed)
    for place in range(len(sealed)):
        changed = bytearray(sealed)
        changed[place] ^= 1
        with pytest.raises(Refused, match="altered"):
            sealer.open(bytes(changed))
    for short in (b"", sealed[:1], sealed[:13], sealed[:-1]):
        with pytest.raises(Refused, match="altered"):
            sealer.open(short)


def test_a_lookup_finds_one_user_under_one_key() -> None:
    sealer = Sealer(bytes(range(32)))
    assert sealer.lookup(USER) == Sealer(bytes(range(32))).lookup(USER)
    assert len({sealer.lookup(USER), sealer.lookup(USER + 1), Sealer(bytes(32)).lookup(USER)}) == 3
    assert str(USER).encode() not in sealer.lookup(USER)


def test_the_key_does_not_show() -> None:
    key = bytes(range(32))
    sealer = Sealer(key)
    assert key.hex() not in repr(sealer) + sealer.check
    assert sealer.check != Sealer(bytes(32)).check


@pytest.mark.asyncio
async def test_the_first_start_makes_a_key_for_its_owner_alone_and_the_next_ones_use_it(tmp_path: Path) -> None:
    facts, path = Facts(), tmp_path / "keys" / "postbag.key"
    sealed = (await open_sealer(path, facts)).seal(b"words")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert names(path.parent) == ["postbag.key"]
    written = path.read_bytes()
    assert (await open_sealer(path, facts)).open(sealed) == b"words"
    assert path.read_bytes() == written
    assert facts.held[CHECK_NAME] not in written.decode()


@pytest.mark.asyncio
async def test_a_start_that_broke_off_while_making_the_key_is_mended(tmp_path: Path) -> None:
    (tmp_path / "postbag.key.0123456789ab.new").write_text("half")
    await open_sealer(tmp_path / "postbag.key", Facts())
    assert names(tmp_path) == ["postbag.key"]


@pytest.mark.asyncio
async def test_a_start_that_broke_off_between_the_database_and_the_keys_name_goes_on(tmp_path: Path) -> None:
    path = tmp_path / "postbag.key"

    class BrokenOff(Facts):
        async def claim(self, name: str, value: str) -> str:
            await super().claim(name, value)
            raise KeyboardInterrupt

    facts = BrokenOff()
    with pytest.raises(KeyboardInterrupt):
        await open_sealer(path, facts)
    assert not path.exists()
    sealer = await open_sealer(path, facts)
    assert sealer.check == facts.held[CHECK_NAME]
    assert names(tmp_path) == ["postbag.key"]


@pytest.mark.asyncio
async def test_two_first_starts_at_once_have_one_key_or_one_of_them_is_told(tmp_path: Path) -> None:
    facts = Facts()
    one, two = await asyncio.gather(*(open_sealer(tmp_path / "postbag.key", facts) for _ in range(2)))
    assert one.check == two.check
    facts = Facts()
    other = [open_sealer(tmp_path / name / "postbag.key", facts) for name in ("one", "two")]
    done = await asyncio.gather(*other, return_exceptions=True)
    assert sorted(type(result).__name__ for result in done) == ["Refused", "Sealer"]
    assert sorted(len(names(tmp_path / name)) for name in ("one", "two")) == [0, 1]


@pytest.mark.asyncio
async def test_a_key_beside_an_empty_database_is_refused_as_the_database_may_be_lost(tmp_path: Path) -> None:
    path = tmp_path / "postbag.key"
    await open_sealer(path, Facts())
    with pytest.raises(Refused, match="may have been lost") as told:
        await open_sealer(path, Facts())
    assert "restore" in told.value.next_step


@pytest.mark.asyncio
async def test_a_lost_key_is_told_and_not_replaced(tmp_path: Path) -> None:
    facts, path = Facts(), tmp_path / "postbag.key"
    await open_sealer(path, facts)
    path.unlink()
    with pytest.raises(Refused, match="missing") as told:
        await open_sealer(path, facts)
    assert "backup" in told.value.next_step
    assert not path.exists()


@pytest.mark.asyncio
async def test_the_key_of_another_database_is_refused(tmp_path: Path) -> None:
    facts = Facts()
    await open_sealer(tmp_path / "one.key", facts)
    await open_sealer(tmp_path / "two.key", Facts())
    with pytest.raises(Refused, match="isn't the one"):
        await open_sealer(tmp_path / "two.key", facts)


@pytest.mark.asyncio
@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660, 0o644])
async def test_a_key_that_others_may_read_is_refused_with_the_fix(tmp_path: Path, mode: int) -> None:
    path = tmp_path / "postbag.key"
    facts = Facts()
    await open_sealer(path, facts)
    path.chmod(mode)
    with pytest.raises(Refused, match="Other users") as told:
        await open_sealer(path, facts)
    assert f"chmod 600 '{path}'" in told.value.next_step


@pytest.mark.asyncio
@pytest.mark.parametrize(
    "content", [b"", b"postbag-key-1:", b"postbag-key-1:AAAA", b"-----BEGIN KEY-----", b"\xff" * 40]
)
async def test_a_file_that_is_no_key_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "postbag.key"
    path.write_bytes(content)
    path.chmod(0o600)
    with pytest.raises(Refused, match="isn't a Postbag key file"):
        await open_sealer(path, Facts())
    assert path.read_bytes() == content


@pytest.mark.asyncio
async def test_a_place_that_cannot_hold_a_key_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(Refused, match="can't be made"):
        await open_sealer(tmp_path / "file" / "postbag.key", Facts())
    (tmp_path / "folder").mkdir()
    with pytest.raises(Refused, match="can't be read"):
        await open_sealer(tmp_path / "folder", Facts())
