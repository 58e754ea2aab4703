"""Sketches tell that two letters of a group are nearly the same, and hold no word, no author and nothing to try words on."""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import UTC, date, datetime

import pytest

from bot.clock import MovableClock
from bot.domain.guilds import GuildSettings
from bot.domain.identity import GuildId
from bot.domain.own_words import SCORE_CLOSES, pieces, score
from bot.domain.sketches import HASH_BYTES, SKETCH_SIZE, likeness, sketch
from bot.sealing import Sealer
from bot.services.sketches import SketchService

GROUP, OTHER = GuildId(800_000_000_000_000_001), GuildId(800_000_000_000_000_002)
SEALER = Sealer(bytes(range(32)))
SYLLABLES = ("ba", "ke", "li", "mo", "nu", "ra", "se", "ti", "vo", "wy", "dan", "fer", "gol", "hap", "jin", "kur")


def words(count: int, seed: int) -> str:
    """Invent words, the same for a seed."""
    chance = random.Random(seed)
    return " ".join("".join(chance.choices(SYLLABLES, k=chance.randint(1, 4))) for _ in range(count))


def letter(shared: int, own: int, seed: int) -> str:
    return f"Dear Ms Example,\n\n{words(shared, 1)}\n\n{words(own, seed)}\n\nYours sincerely,\n"


def made(text: str, group: int = GROUP) -> bytes:
    return sketch(SEALER.hashes(group, pieces(text)))


class Store:
    def __init__(self) -> None:
        self.held: dict[tuple[int, bytes], bytes] = {}

    async def sketches_of_others(self, guild_id: GuildId, draft: bytes, today: date, most: int) -> Sequence[bytes]:
        return [made for (group, name), made in self.held.items() if group == guild_id and name != draft][:most]

    async def keep(self, guild_id: GuildId, draft: bytes, pieces: bytes, today: date) -> None:
        self.held[guild_id, draft] = pieces

    async def forget(self, guild_id: GuildId) -> int:
        gone = [key for key in self.held if key[0] == guild_id]
        for key in gone:
            del self.held[key]
        return len(gone)

    async def tidy(self, today: date) -> int:
        return 0


class Groups:
    def __init__(self, *, high_risk: bool) -> None:
        self.high_risk = high_risk

    async def get(self, guild_id: GuildId) -> GuildSettings:
        return GuildSettings(guild_id, high_risk=self.high_risk)

    async def save(self, settings: GuildSettings, now: datetime) -> GuildSettings:
        raise AssertionError

    async def everyone(self) -> Sequence[GuildSettings]:
        return [await self.get(GROUP)]


def service(store: Store, *, high_risk: bool = False) -> SketchService:
    clock = MovableClock(datetime(2026, 3, 2, 10, tzinfo=UTC))
    return SketchService(store, Groups(high_risk=high_risk), clock, SEALER.hashes)


@pytest.mark.parametrize(("shared", "own"), [(81, 10), (81, 40), (81, 80), (81, 240), (0, 120)])
def test_the_estimate_is_near_the_true_score(shared: int, own: int) -> None:
    wrong = []
    for seed in range(2, 42, 2):
        one, other = letter(shared, own, seed), letter(shared, own, seed + 1)
        wrong.append(likeness(made(one), made(other)) - score(one, other))
    assert abs(sum(wrong) / len(wrong)) < 0.05
    assert max(map(abs, wrong)) < 0.25


def test_the_same_letter_is_the_same_and_another_has_nothing_in_common() -> None:
    assert likeness(made(letter(80, 80, 2)), made(letter(80, 80, 2))) == 1.0
    assert likeness(made(words(150, 3)), made(words(150, 4))) == 0.0
    assert likeness(b"", made(words(150, 4))) == 0.0


def test_a_sketch_is_small_and_means_nothing_in_another_group_or_under_another_key() -> None:
    text = letter(80, 80, 2)
    assert len(made(text)) == SKETCH_SIZE * HASH_BYTES == 512
    assert likeness(made(text), made(text, OTHER)) == 0.0
    assert likeness(made(text), sketch(Sealer(bytes(32)).hashes(GROUP, pieces(text)))) == 0.0


@pytest.mark.asyncio
async def test_a_copy_in_the_group_is_found_and_ones_own_earlier_draft_is_not_one() -> None:
    store = Store()
    sketches = service(store)
    assert await sketches.keep_finished(GROUP, "draft-1", letter(81, 20, 2)) == 0.0
    assert await sketches.keep_finished(GROUP, "draft-1", letter(81, 22, 2)) == 0.0, "finished again after an edit"
    assert len(store.held) == 1
    assert await sketches.keep_finished(GROUP, "draft-2", letter(81, 20, 3)) >= SCORE_CLOSES
    assert await sketches.keep_finished(GROUP, "draft-3", letter(81, 300, 4)) < SCORE_CLOSES
    assert await sketches.keep_finished(OTHER, "draft-4", letter(81, 20, 2)) == 0.0


@pytest.mark.asyncio
async def test_nothing_is_sketched_at_risk_outside_a_group_or_of_a_few_words() -> None:
    store = Store()
    assert await service(store, high_risk=True).keep_finished(GROUP, "draft-1", letter(81, 80, 2)) == 0.0
    assert await service(store).keep_finished(None, "draft-1", letter(81, 80, 2)) == 0.0
    assert (
        await service(store).keep_finished(GROUP, "draft-1", "Dear Sir John,\nPlease act.\nYours sincerely,\n") == 0.0
    )
    assert store.held == {}


@pytest.mark.claim("P-21", "P-87")
@pytest.mark.asyncio
async def test_what_is_kept_holds_no_word_and_no_name_of_the_draft() -> None:
    store = Store()
    await service(store).keep_finished(GROUP, "a-token-of-a-draft", letter(81, 80, 2))
    ((group, name), kept) = store.held.popitem()
    assert (group, len(name), len(kept)) == (GROUP, 8, 512)
    assert b"token" not in name


@pytest.mark.asyncio
async def test_what_a_group_at_risk_has_is_tidied_away() -> None:
    store = Store()
    await service(store).keep_finished(GROUP, "draft-1", letter(81, 80, 2))
    assert await service(store).tidy() == 0
    assert await service(store, high_risk=True).tidy() == 1
    assert store.held == {}
