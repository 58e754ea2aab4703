"""A written question followed to its answer: found by number or link, told of once for each change, and given a clock."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest
import pytest_asyncio

from bot.domain.errors import NotFound, Refused, Unavailable
from bot.domain.follow_ups import FollowUp
from bot.domain.followed_questions import FollowedQuestion, followed
from bot.domain.identity import GuildId
from bot.domain.reminders import Reminder, ReminderKind
from bot.domain.said import AnswerState, Said, SaidKind
from bot.services import followed_questions as module
from bot.services.followed_questions import FollowedQuestionService
from bot.services.question_clocks import QuestionClocks
from storage.followed_questions import FollowedQuestions
from storage.guilds import Guilds
from tests.builders import CHANNEL, GUILD, OTHER, SEALER, Desk

OPEN = Said(
    SaidKind.QUESTION, "1900001", date(2027, 2, 20), "Lanterns", number="77001", member="Ada Invented",
    state=AnswerState.OPEN, due_on=date(2027, 3, 5), url="https://questions.example/77001",
)  # fmt: skip
ANSWERED = replace(OPEN, state=AnswerState.ANSWERED, answered_on=date(2027, 2, 28))


class Record:
    """Parliament's questions in memory. ``broken``: the service does not answer."""

    def __init__(self) -> None:
        self.known = {OPEN.key: OPEN}
        self.broken = False

    async def question(self, key: str) -> Said:
        if self.broken:
            raise Unavailable("Parliament's questions don't answer.", "Try later.")
        if key not in self.known:
            raise NotFound("Postbag can't find that question.", "Check it.")
        return self.known[key]

    async def numbered(self, uin: str, tabled: date | None = None) -> tuple[Said, ...]:
        return tuple(said for said in self.known.values() if said.number == uin)

    async def search(self, *_: Any, **__: Any) -> Any:
        raise AssertionError("nothing is searched here")


class Letters:
    """What people follow for themselves, as the test says."""

    def __init__(self) -> None:
        self.followed: dict[str, Sequence[FollowUp]] = {}
        self.told: list[str] = []

    async def questions(self) -> Mapping[str, Sequence[FollowUp]]:
        return self.followed

    async def tell_of(self, letters: Sequence[FollowUp], said: Said) -> int:
        if letters or said.key in self.followed:
            self.told.append(said.key)
            return 1
        return 0


class House:
    """The service with what it reads, and whom it tells."""

    def __init__(self, desk: Desk, *, searches: bool = True, ended_on: date | None = None) -> None:
        self.desk, self.record, self.letters = desk, Record(), Letters()
        self.service = FollowedQuestionService(
            FollowedQuestions(desk.database, SEALER),
            self.record if searches else None,  # type: ignore[arg-type]
            Guilds(desk.database),
            desk.notices,
            desk.clock,
            lambda: desk.woken.append(1),
            desk.audit,
            private=self.letters,
            clocks=QuestionClocks(desk.deadlines, desk.clock),
            ended_on=lambda: ended_on,
        )

    async def follow(self, guild_id: GuildId = GUILD) -> Said:
        return await self.service.follow(guild_id, OPEN.key, await self.desk.organiser())


@pytest_asyncio.fixture
async def house(postbag: Desk) -> House:
    await postbag.settle(notice_channel_id=CHANNEL)
    return House(postbag)


@pytest.mark.asyncio
async def test_a_question_is_found_by_its_number(house: House) -> None:
    assert await house.service.find("77001") == (OPEN,)
    for text, error in (("lanterns", Refused), ("99999", NotFound)):
        with pytest.raises(error):
            await house.service.find(text)


@pytest.mark.asyncio
@pytest.mark.parametrize("key", ["", "x", "1" * 19, "404"])
async def test_what_is_no_question_is_not_read(house: House, key: str) -> None:
    with pytest.raises(NotFound):
        await house.service.read(key)


@pytest.mark.asyncio
async def test_a_change_is_told_once_to_each_group_that_follows(house: House, postbag: Desk) -> None:
    await house.follow()
    await house.follow()
    await house.follow(OTHER)
    assert (await house.service.look()).told == 0, "it is open still"
    house.record.known[OPEN.key] = ANSWERED
    looked = await house.service.look()
    assert (looked.read, looked.told) == (1, 2), "the other group's list shows it, though nobody set it up"
    (said,) = await postbag.sweep()
    assert "77001" in said
    assert "answered" in said
    assert (await house.service.look()).told == 0
    assert await postbag.noted() == ["Follows the written question 77001"]


@pytest.mark.asyncio
async def test_of_questions_answered_together_each_is_told_by_its_clock_or_with_the_others(
    house: House, postbag: Desk
) -> None:
    by = await postbag.organiser()
    asked = [
        replace(OPEN, key=f"190000{n}", number=f"7700{n}", url=f"https://questions.example/7700{n}") for n in (1, 2, 3)
    ]
    house.record.known = {one.key: one for one in asked}
    for one in asked:
        await house.service.follow(GUILD, one.key, by)
    for one in asked[:2]:
        await house.service.start_clock(GUILD, one.key, by)
    for one in asked:
        answered = replace(one, state=AnswerState.ANSWERED, answered_on=date(2027, 2, 28), answer="In May.")
        house.record.known[one.key] = answered
    assert (await house.service.look()).told == 3
    said = await postbag.sweep()
    (word,) = [one for one in said if "The same answer covers" in one]
    assert "question 77003" in word
    assert "covers 77001 and 77002" in word
    heard = [one for one in await postbag.all_reminders() if one.kind is ReminderKind.ANSWERED]
    assert len(heard) == 2, "their clocks tell of them"
    assert (await house.service.look()).told == 0


@pytest.mark.asyncio
@pytest.mark.parametrize("trouble", ["settle", "move"])
async def test_trouble_with_one_groups_clock_keeps_no_other_group_from_hearing(
    house: House, postbag: Desk, monkeypatch: pytest.MonkeyPatch, trouble: str
) -> None:
    await postbag.settle(OTHER, notice_channel_id=CHANNEL)
    first, second = GUILD, OTHER
    await house.follow(first)
    await house.follow(second)
    whole = getattr(house.service.clocks, trouble)

    async def fails(guild_id: GuildId, said: Said) -> bool:
        if guild_id == first:
            raise OSError("the disk is full")
        return bool(await whole(guild_id, said))

    monkeypatch.setattr(house.service.clocks, trouble, fails)
    house.record.known[OPEN.key] = ANSWERED
    looked = await house.service.look()
    assert looked.told == (1 if trouble == "settle" else 2)
    assert len(await postbag.sweep()) == looked.told
    monkeypatch.undo()
    assert (await house.service.look()).told == 2 - looked.told, "it is told once whatever failed is right again"


@pytest.mark.asyncio
@pytest.mark.parametrize(
    ("state", "words"),
    [
        (AnswerState.HOLDING, "holding answer"),
        (AnswerState.CORRECTED, "corrected answer"),
        (AnswerState.WITHDRAWN, "was withdrawn"),
    ],
)
async def test_each_change_is_said_in_words(house: House, postbag: Desk, state: AnswerState, words: str) -> None:
    await house.follow()
    house.record.known[OPEN.key] = replace(ANSWERED, state=state)
    await house.service.look()
    (said,) = await postbag.sweep()
    assert words in said


@pytest.mark.asyncio
async def test_a_look_that_fails_is_never_taken_for_no_answer(house: House, postbag: Desk) -> None:
    await house.follow()
    house.record.broken = True
    assert (await house.service.look()).failed == 1
    assert await postbag.sweep() == []
    house.record.broken, house.record.known = False, {OPEN.key: ANSWERED}
    assert (await house.service.look()).told == 1


@pytest.mark.asyncio
async def test_what_ended_without_an_answer_is_looked_at_no_more(postbag: Desk) -> None:
    await postbag.settle(notice_channel_id=CHANNEL)
    house = House(postbag, ended_on=date(2027, 2, 25))
    await house.follow()
    (held,) = await house.service.of_group(GUILD)
    assert held.state is AnswerState.LAPSED
    assert (await house.service.look()).read == 0
    house.letters.followed = {OPEN.key: ()}
    assert (await house.service.look()).read == 1, "somebody follows it for themselves"
    assert house.letters.told == [OPEN.key]


@pytest.mark.asyncio
async def test_a_question_gets_a_clock_that_its_answer_closes(house: House, postbag: Desk) -> None:
    await house.follow()
    said, clock = await house.service.start_clock(GUILD, OPEN.key, await postbag.organiser())
    assert (said, clock.due_on) == (OPEN, date(2027, 3, 5))
    house.record.known[OPEN.key] = ANSWERED
    assert (await house.service.look()).told == 1
    closed = await postbag.deadlines.get(GUILD, clock.deadline_id)
    assert closed.received_on == date(2027, 2, 28)
    with pytest.raises(Refused, match="no date for an answer"):
        await house.service.start_clock(GUILD, OPEN.key, await postbag.organiser())


@pytest.mark.asyncio
async def test_a_group_follows_so_many_and_stops(house: House, postbag: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST_FOLLOWED", 1)
    person = await postbag.organiser()
    await house.follow()
    await house.follow()
    house.record.known["1900002"] = replace(OPEN, key="1900002", number="77002")
    with pytest.raises(Refused, match="already follows 1 questions"):
        await house.service.follow(GUILD, "1900002", person)
    await house.service.stop(GUILD, OPEN.key, person)
    with pytest.raises(NotFound):
        await house.service.stop(GUILD, OPEN.key, person)
    await house.service.follow(GUILD, "1900002", person)


@pytest.mark.asyncio
async def test_without_searching_nothing_is_asked(postbag: Desk) -> None:
    house = House(postbag, searches=False)
    with pytest.raises(Unavailable, match="turned searching"):
        await house.service.read(OPEN.key)
    assert (await house.service.look()).read == 0


async def others_follow(house: House, desk: Desk, state: AnswerState, count: int = 100) -> None:
    """Let other groups follow so many questions, tabled later, all in one state."""
    store = FollowedQuestions(desk.database, SEALER)
    for number in range(count):
        said = replace(ANSWERED, key=str(2000000 + number), number=str(number), on=OPEN.on + timedelta(days=1))
        said = replace(said, state=state, answered_on=None if state is AnswerState.OPEN else said.answered_on)
        house.record.known[said.key] = said
        await store.put(followed(GuildId(900 + number // 25), said), desk.clock.now())


@pytest.mark.asyncio
@pytest.mark.parametrize("state", [AnswerState.ANSWERED, AnswerState.OPEN, AnswerState.LAPSED])
async def test_no_question_is_kept_from_its_look_by_those_of_others(
    house: House, postbag: Desk, state: AnswerState
) -> None:
    await house.follow()
    await others_follow(house, postbag, state)
    private = replace(ANSWERED, key="1800000", on=OPEN.on - timedelta(days=9))
    house.record.known |= {OPEN.key: ANSWERED, private.key: private}
    house.letters.followed = {private.key: ()}
    for _ in range(2):
        await house.service.look()
    (held,) = await house.service.of_group(GUILD)
    assert held.state is AnswerState.ANSWERED
    assert private.key in house.letters.told


@pytest.mark.asyncio
async def test_what_is_answered_is_looked_at_again_once_a_week(house: House, postbag: Desk) -> None:
    house.record.known[OPEN.key] = ANSWERED
    await house.follow()
    corrected = replace(ANSWERED, state=AnswerState.CORRECTED, corrected_on=date(2027, 3, 1))
    house.record.known[OPEN.key] = corrected
    for _ in range(6):
        postbag.clock.advance(timedelta(days=1))
        assert (await house.service.look()).read == 0
    postbag.clock.advance(timedelta(days=1))
    assert (await house.service.look()).told == 1


@pytest.mark.asyncio
async def test_what_has_waited_too_long_for_its_look_is_counted(
    house: House, postbag: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "MOST_LOOKED_AT", 2)
    await others_follow(house, postbag, AnswerState.OPEN, 5)
    assert await house.service.behind() == 0
    postbag.clock.advance(timedelta(days=3))
    await house.service.look()
    assert await house.service.behind() == 3
    for _ in range(2):
        postbag.clock.advance(timedelta(hours=8))
        await house.service.look()
    assert await house.service.behind() == 0


class DiesBeforeItNotes(FollowedQuestions):
    """A process that ends after the clock was closed and before that was noted."""

    async def tell(
        self, before: FollowedQuestion, after: FollowedQuestion, word: Reminder | None, now: datetime
    ) -> bool:
        raise RuntimeError("ended here")


@pytest.mark.asyncio
async def test_an_answer_is_told_once_though_postbag_ended_between_the_clock_and_its_note(
    house: House, postbag: Desk
) -> None:
    await house.follow()
    await house.service.start_clock(GUILD, OPEN.key, await postbag.organiser())
    house.record.known[OPEN.key] = ANSWERED
    whole, house.service._store = house.service._store, DiesBeforeItNotes(postbag.database, SEALER)
    assert (await house.service.look()).failed == 1
    house.service._store = whole
    before = await postbag.sweep()
    await house.service.look()
    assert await postbag.sweep() == []
    assert len([text for text in before if "77001" in text]) == 1
    (held,) = await house.service.of_group(GUILD)
    assert held.state is AnswerState.ANSWERED
    corrected = replace(ANSWERED, state=AnswerState.CORRECTED, corrected_on=date(2027, 3, 1))
    house.record.known[OPEN.key] = corrected
    postbag.clock.advance(timedelta(days=7))
    assert (await house.service.look()).told == 1, "a correction is another thing to tell"
