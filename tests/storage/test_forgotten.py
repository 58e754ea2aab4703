"""The list of who asked to be forgotten: it outlasts a change of key, and what cannot be read or written is said."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.domain.errors import Refused, Unavailable
from bot.domain.identity import UserId
from bot.sealing import Sealer
from storage.forgotten import FORGOTTEN_KEPT, Forgotten

OLD, NEW, OTHER = Sealer(bytes(32)), Sealer(bytes(range(32))), Sealer(bytes(range(1, 33)))
NOW = datetime(2027, 1, 5, 9, 0, tzinfo=UTC)
ONE, TWO, THREE = UserId(900_000_000_000_000_001), UserId(900_000_000_000_000_002), UserId(900_000_000_000_000_003)


def there(path: Path, sealer: Sealer = OLD) -> Forgotten:
    found = Forgotten(path / "forgotten", sealer)
    found.begin(NOW)
    return found


def test_who_was_forgotten_since_a_moment_is_known_and_nobody_else(tmp_path: Path) -> None:
    listed = there(tmp_path)
    listed.add(ONE, NOW - timedelta(hours=1))
    listed.add(TWO, NOW)
    since = there(tmp_path).since(NOW)
    assert (since.has(ONE), since.has(TWO), since.has(THREE)) == (False, True, False)
    assert (since.unread, since.is_there) == (0, True)


def test_nothing_in_it_leads_to_anybody_without_the_key(tmp_path: Path) -> None:
    there(tmp_path).add(ONE, NOW)
    file = tmp_path / "forgotten"
    assert file.stat().st_mode & 0o077 == 0
    written = file.read_text()
    assert str(int(ONE)) not in written
    assert OLD.lookup(ONE).hex() not in written, "nor can it be compared with the database"
    stranger = there(tmp_path, OTHER).since(NOW)
    assert not stranger.has(ONE)
    assert stranger.unread == 1, "and that is said"


@pytest.mark.parametrize("opens", [OLD, NEW], ids=["a copy from before the change", "a copy from after it"])
@pytest.mark.parametrize("forgotten", ["before", "after"])
def test_a_change_of_key_loses_nobody_in_copies_from_before_or_after_it(
    tmp_path: Path, opens: Sealer, forgotten: str
) -> None:
    if forgotten == "before":
        there(tmp_path).add(ONE, NOW)
    there(tmp_path).carry_over(NEW, NOW)
    after = there(tmp_path, NEW)
    if forgotten == "after":
        after.add(ONE, NOW)
    after.tidy(NOW + timedelta(days=7))
    listed = there(tmp_path, opens).since(NOW)
    assert listed.has(ONE)
    assert listed.unread == 0
    after.tidy(NOW + FORGOTTEN_KEPT + timedelta(seconds=1))
    assert OLD.check not in (tmp_path / "forgotten").read_text(), "gone with the last copy that it opened"


def test_an_abandoned_change_of_key_costs_nothing(tmp_path: Path) -> None:
    there(tmp_path).add(ONE, NOW)
    there(tmp_path).carry_over(OTHER, NOW)  # the power went: the database still has the old key
    there(tmp_path).add(TWO, NOW)
    there(tmp_path).carry_over(NEW, NOW)
    for sealer in (OLD, NEW):
        listed = there(tmp_path, sealer).since(NOW)
        assert (listed.has(ONE), listed.has(TWO), listed.unread) == (True, True, 0)


@pytest.mark.parametrize(
    ("age", "is_held"),
    [(FORGOTTEN_KEPT - timedelta(seconds=1), True), (FORGOTTEN_KEPT + timedelta(microseconds=1), False)],
)
def test_a_hash_stays_for_eight_days_and_no_longer(tmp_path: Path, age: timedelta, is_held: bool) -> None:
    listed = there(tmp_path)
    listed.add(ONE, NOW)
    listed.tidy(NOW + age)
    assert there(tmp_path).since(NOW).has(ONE) == is_held


def test_what_cannot_be_read_is_said(tmp_path: Path) -> None:
    assert not Forgotten(tmp_path / "forgotten", OLD).since(NOW).is_there
    listed = there(tmp_path)
    listed.add(ONE, NOW)
    file = tmp_path / "forgotten"
    file.write_text(file.read_text() + "put nonsense\nput 2027-01-05T09:00:00 aa bb\n\xff".encode().decode("latin-1"))
    since = listed.since(NOW)
    assert since.has(ONE)
    assert since.unread == 3
    file.unlink()
    file.mkdir()
    with pytest.raises(Refused, match="cannot be read"):
        listed.since(NOW)
    with pytest.raises(Refused, match="cannot be read"):
        listed.add(TWO, NOW)


def test_what_cannot_be_written_is_said_and_written_with_the_next(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    listed = there(tmp_path)
    with monkeypatch.context() as patched:

        def full(*_: object) -> int:
            raise OSError(28, "No space left on device")

        patched.setattr("storage.forgotten.os.open", full)
        with pytest.raises(Unavailable, match="No space left"):
            listed.add(ONE, NOW)
    listed.tidy(NOW)
    assert there(tmp_path).since(NOW).has(ONE)
