"""Which group follows which written question, on both databases."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from bot.domain.followed_questions import FollowedQuestion, is_news
from bot.domain.identity import GuildId
from bot.domain.said import AnswerState
from bot.sealing import Sealer
from storage.database import Database
from storage.followed_questions import FollowedQuestions

pytestmark = pytest.mark.asyncio
NOW = datetime(2026, 3, 2, 10, tzinfo=UTC)
ASKED = FollowedQuestion(GuildId(11), "1900001", "77001", date(2026, 2, 20), AnswerState.OPEN)


async def test_each_group_follows_for_itself_and_a_change_is_told_once(database: Database) -> None:
    store = FollowedQuestions(database, Sealer(bytes(32)))
    other = replace(ASKED, guild_id=GuildId(12))
    assert await store.put(ASKED, NOW)
    assert not await store.put(ASKED, NOW)
    assert await store.put(other, NOW)
    held = replace(ASKED, state=AnswerState.HOLDING, changed_on=date(2026, 2, 27))
    assert await store.tell(ASKED, held, None, NOW)
    assert not await store.tell(ASKED, held, None, NOW)
    answered = replace(held, state=AnswerState.ANSWERED, changed_on=date(2026, 3, 2))
    assert await store.tell(held, answered, None, NOW)
    assert list(await store.all(GuildId(11))) == [answered]
    assert list(await store.all(GuildId(12))) == [other]
    assert await store.drop(GuildId(11), "1900001")
    assert not await store.drop(GuildId(11), "1900001")
    assert list(await store.all()) == [other]


async def test_what_one_word_tells_of_is_noted_with_it_or_not_at_all(database: Database) -> None:
    store = FollowedQuestions(database, Sealer(bytes(32)))
    other = replace(ASKED, key="1900002", number="77002")
    await store.put(ASKED, NOW)
    await store.put(other, NOW)
    answered = [replace(one, state=AnswerState.ANSWERED, changed_on=date(2026, 3, 2)) for one in (ASKED, other)]
    covered = [(other, answered[1])]
    assert not await store.tell(replace(ASKED, state=AnswerState.HOLDING), answered[0], None, NOW, covered)
    assert {one.state for one in await store.all(GuildId(11))} == {AnswerState.OPEN}, "somebody else told of it"
    assert await store.tell(ASKED, answered[0], None, NOW, covered)
    assert sorted(await store.all(GuildId(11)), key=lambda one: one.key) == answered


async def test_what_is_news() -> None:
    answered = replace(ASKED, state=AnswerState.ANSWERED, changed_on=date(2026, 3, 2))
    assert is_news(ASKED, answered)
    assert is_news(answered, replace(answered, state=AnswerState.CORRECTED, changed_on=date(2026, 3, 5)))
    assert is_news(ASKED, replace(ASKED, state=AnswerState.WITHDRAWN))
    assert not is_news(answered, answered)
    assert not is_news(answered, ASKED)
