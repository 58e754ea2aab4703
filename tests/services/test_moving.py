"""A group's set-up as a file through the service: written, shown before anything changes, taken in, and again without harm."""

from __future__ import annotations

import json
import re
from collections.abc import AsyncIterator
from dataclasses import fields, replace
from datetime import date, time, timedelta
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from bot.domain.errors import NotFound, Refused, Unavailable
from bot.domain.followed_questions import MOST_FOLLOWED, FollowedQuestion
from bot.domain.group_events import GroupEventKind
from bot.domain.guilds import GuildSettings
from bot.domain.identity import GuildId
from bot.domain.look_words import OwnWords
from bot.domain.moving import GroupFile, read
from bot.domain.said import AnswerState
from bot.services.group_events import TypedEvent
from bot.services.letter_templates import TemplateService
from bot.services.moving import MovingService, Outcome
from bot.services.moving_parliament import MovingParliament
from storage.followed_questions import FollowedQuestions
from storage.guilds import Guilds
from storage.said import SaidStore
from tests.builders import GUILD, MARSHES, OTHER, SEALER, Desk, group_letters, opened
from tests.services.invented_record import Shelf

LETTER = "{{ salutation }}\n\n{{ asked }}\n\n{{ why }}\n\n{{ ask }}\n\n{{ close }}\n"


class Reader:
    """Reads a file in this process; its own child with limits is tried in ``sources/``."""

    async def group_file(self, group: GuildId | None, content: bytes) -> GroupFile:
        return read(content)


class House:
    """A group with a set-up, in one Postbag or in another."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.letters: TemplateService = group_letters(desk)
        self.shelf = Shelf(desk)
        self.moving = MovingService(
            desk.guilds,
            desk.held,
            desk.reports,
            self.shelf.service,
            desk.deadlines,
            desk.group_events,
            desk.actions,
            self.letters,
            Reader(),
            desk.clock,
            "9.9.9",
            desk.audit,
            parliament=MovingParliament(
                SaidStore(desk.database),
                FollowedQuestions(desk.database, SEALER),
                desk.reports,
                Guilds(desk.database).is_at_risk,
                desk.clock,
            ),
        )
        self.words = SaidStore(desk.database)
        self.questions = FollowedQuestions(desk.database, SEALER)

    async def bring(self, content: bytes, guild_id: GuildId = GUILD) -> Outcome:
        shown = await self.moving.show(guild_id, content)
        return await self.moving.take(guild_id, await self.desk.organiser(), shown.token)


@pytest_asyncio.fixture
async def here(postbag: Desk) -> House:
    """A group with one of everything."""
    house = House(postbag)
    person = await postbag.settle(days_off="", time_of_day=postbag.clock.now().time())
    await postbag.deadlines.following.follow(GUILD, MARSHES, person)
    vote = await postbag.deadlines.add(GUILD, person, due_on=date(2027, 5, 4), title="Council vote")
    await postbag.group_events.add(GUILD, person, TypedEvent(GroupEventKind.MEETING, "Stall", "every Tuesday 6pm"))
    await postbag.actions.plan(GUILD, person, deadline_id=vote.deadline_id, title="Lobby day")
    await house.shelf.service.choose(GUILD, 11, person)
    await house.letters.write(GUILD, person, "Lanterns", "About lanterns", LETTER)
    return house


@pytest_asyncio.fixture
async def there(empty_database: Path, tmp_path: Path) -> AsyncIterator[House]:
    """Another Postbag, where a group is only set up."""
    (tmp_path / "there").mkdir()
    async with opened(empty_database, tmp_path / "there") as desk:
        await desk.settle()
        yield House(desk)


def changed(content: bytes, **parts: Any) -> bytes:
    return json.dumps(json.loads(content) | parts).encode()


@pytest.mark.asyncio
async def test_a_file_holds_everything_and_nobody(here: House) -> None:
    file = await here.moving.export(GUILD)
    assert (file.name, file.media_type) == ("postbag-group-2027-03-01.json", "application/json")
    found = json.loads(file.content)
    assert [len(found[part]) for part in ("reports", "committees", "clocks", "events", "actions", "templates")] == [
        1, 1, 2, 1, 1, 1,
    ]  # fmt: skip
    assert str(GUILD) not in file.content.decode()


@pytest.mark.asyncio
async def test_a_set_up_moves_to_another_postbag_and_arrives_once(here: House, there: House) -> None:
    content = (await here.moving.export(GUILD)).content
    shown = await there.moving.show(GUILD, content)
    assert await there.desk.deadlines.ever(GUILD) == []
    person = await there.desk.organiser()
    done = await there.moving.take(GUILD, person, shown.token)
    assert done == shown.outcome, "what was shown is what was done"
    assert done.out == ()
    for kind in (
        "Committee: Tides",
        "Deadline: Council vote",
        "Event: Stall",
        "Plan: Lobby day",
        "Letter template: Lanterns",
    ):
        assert any(line.startswith(kind) for line in done.new), (kind, done.new)
    assert await there.desk.held.followed(GUILD) == [MARSHES]
    again = await there.bring(content)
    assert again.new == ()
    assert len(await there.desk.deadlines.ever(GUILD)) == 2
    assert len(await there.desk.group_events.list(GUILD)) == 1
    assert len(await there.desk.actions.plans(GUILD)) == 1
    (plan,) = await there.desk.actions.plans(GUILD)
    own = {deadline.title: deadline.deadline_id for deadline in await there.desk.deadlines.ever(GUILD)}
    assert plan.deadline_id == own["Council vote"], "its clock is the one of this database"


@pytest.mark.asyncio
async def test_a_file_that_was_shown_is_taken_once_within_the_hour_by_its_group(here: House) -> None:
    content = (await here.moving.export(GUILD)).content
    person = await here.desk.organiser()
    token = (await here.moving.show(GUILD, content)).token
    with pytest.raises(NotFound):
        await here.moving.take(OTHER, person, token)
    token = (await here.moving.show(GUILD, content)).token
    here.moving.drop(token)
    with pytest.raises(NotFound):
        await here.moving.take(GUILD, person, token)
    older = (await here.moving.show(GUILD, content)).token
    newer = (await here.moving.show(GUILD, content)).token
    with pytest.raises(NotFound):
        await here.moving.take(GUILD, person, older)
    here.desk.clock.move_to(here.desk.clock.now() + timedelta(minutes=60))
    with pytest.raises(NotFound):
        await here.moving.take(GUILD, person, newer)


@pytest.mark.asyncio
async def test_settings_move_and_no_file_turns_a_protection_off(here: House, there: House) -> None:
    content = (await here.moving.export(GUILD)).content
    await there.desk.settle_again(high_risk=True, time_of_day="17:30")
    done = await there.bring(content)
    assert any(line.startswith("People who could be targeted: stays on") for line in done.out), done.out
    settings = await there.desk.settings()
    assert settings.high_risk
    assert settings.time_of_day == (await here.desk.settings()).time_of_day


@pytest.mark.asyncio
async def test_settings_that_make_no_sense_together_stay_out(here: House, there: House) -> None:
    content = (await here.moving.export(GUILD)).content
    settings = json.loads(content)["settings"] | {"quiet_from": "22:00", "quiet_until": None}
    done = await there.bring(changed(content, settings=settings))
    assert any(line.startswith("Settings: ") for line in done.out), done.out
    assert (await there.desk.settings()).quiet_until == time(7), "as in a group that chose nothing"


@pytest.mark.asyncio
async def test_what_is_not_held_here_stays_out_and_says_why(here: House, there: House) -> None:
    content = (await here.moving.export(GUILD)).content
    whole = json.loads(content)
    whole["reports"].append("lantern-keepers")
    whole["committees"].append({"id": 99, "name": "Lost Committee"})
    done = await there.bring(json.dumps(whole).encode())
    assert "Report lantern-keepers: Postbag doesn't have it. Import it first with /reports import" in done.out
    assert any(line.startswith("Committee Lost Committee: ") for line in done.out)


@pytest.mark.asyncio
async def test_from_a_terminal_a_letter_has_no_author_and_stays_out(here: House, there: House) -> None:
    content = (await here.moving.export(GUILD)).content
    done = await there.moving.take_file(GUILD, content)
    assert any("needs an author" in line for line in done.out)
    assert there.letters.list(GUILD) == ()
    assert any(line.startswith("Deadline: ") for line in done.new)


@pytest.mark.asyncio
async def test_a_group_that_nobody_set_up_takes_no_settings(here: House, there: House) -> None:
    content = (await here.moving.export(GUILD)).content
    done = await there.moving.take_file(OTHER, content)
    assert "Settings: Nobody has set this group up yet." in done.out


@pytest.mark.asyncio
async def test_what_stops_half_way_says_so_and_goes_on_at_the_next_try(
    here: House, there: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    content = (await here.moving.export(GUILD)).content
    whole = there.desk.actions.take

    async def broken(action: Any) -> Any:
        raise OSError("the disk is full")

    monkeypatch.setattr(there.desk.actions, "take", broken)
    with pytest.raises(Unavailable, match="stopped halfway"):
        await there.bring(content)
    assert any("stopped halfway" in line for line in await there.desk.noted())
    monkeypatch.setattr(there.desk.actions, "take", whole)
    done = await there.bring(content)
    assert any(line.startswith("Plan: ") for line in done.new)
    assert any(line.startswith("Deadline: ") for line in done.same)


@pytest.mark.asyncio
async def test_a_file_that_cannot_be_read_changes_nothing(there: House) -> None:
    with pytest.raises(Refused):
        await there.moving.show(GUILD, b"{}")
    with pytest.raises(Refused):
        await there.moving.take_file(GUILD, b"\xff\xfe")


@pytest.mark.asyncio
async def test_a_plan_that_ended_arrives_as_it_ended(here: House, there: House) -> None:
    (plan,) = await here.desk.actions.plans(GUILD)
    await here.desk.actions.cancel(GUILD, plan.action_id, None, await here.desk.organiser())
    done = await there.bring((await here.moving.export(GUILD)).content)
    assert "Plan: Lobby day, cancelled" in done.new


async def set_so(house: House, **changes: Any) -> None:
    """Let a group have these settings, whatever protections say."""
    store = Guilds(house.desk.database)
    await store.save(replace(await store.get(GUILD), **changes), house.desk.clock.now())


TRAVELS = {
    "zone": "Europe/Paris",
    "time_of_day": time(8, 30),
    "quiet_from": time(21, 15),
    "quiet_until": time(6, 45),
    "ladder": (-9, -2, 0, 5),
    "monthly": False,
    "aloud": True,
    "days_off": "scotland",
    "pings_a_day": 2,
    "pings_a_week": 5,
    "high_risk": True,
    "second_confirms": True,
    "risk_answered": True,
    "weekly": True,
}
"""A value for each setting that travels, other than it is at first, where that can be."""

STAYS = {"guild_id", "channel_id", "notice_channel_id", "organiser_role_id", "ping_role_id", "owner", "revision"}
"""Settings that belong to a server or to a person."""


@pytest.mark.asyncio
async def test_every_setting_comes_back_or_is_known_to_stay(here: House, there: House) -> None:
    assert {field.name for field in fields(GuildSettings)} == TRAVELS.keys() | STAYS, (
        "a new setting travels, or it is said here why it stays"
    )
    await set_so(here, **TRAVELS)
    done = await there.bring((await here.moving.export(GUILD)).content)
    assert done.out == ()
    after = await there.desk.guilds.settings(GUILD)
    assert {name: getattr(after, name) for name in TRAVELS} == TRAVELS


@pytest.mark.asyncio
@pytest.mark.parametrize("at_risk", [True, False])
async def test_words_to_look_for_and_followed_questions_move_and_arrive_once(
    here: House, there: House, at_risk: bool
) -> None:
    item = here.desk.reports.for_group(GUILD).report(MARSHES).recommendations[0].key
    now = here.desk.clock.now()
    await set_so(here, high_risk=False)
    await set_so(there, high_risk=at_risk)
    await here.words.put_words(GUILD, MARSHES, "", OwnWords(("sea wall", "salt marsh"), (now, now)))
    await here.words.put_words(GUILD, MARSHES, item, OwnWords(("flood + bank",)))
    question = FollowedQuestion(
        GUILD, "1900001", "77001", date(2027, 2, 1), AnswerState.HOLDING, date(2027, 2, 9), body="Tides Office"
    )
    await here.questions.put(question, now)
    content = (await here.moving.export(GUILD)).content
    done = await there.bring(content)
    assert not [line for line in done.out if "Words" in line or "Written" in line]
    held = await there.words.words(GUILD, MARSHES)
    assert held[""].words == ("sea wall", "salt marsh")
    assert held[item].words == ("flood + bank",)
    assert len(held[""].asked) == (0 if at_risk else 2), "an import sends no words of a group at risk"
    assert any("not searched for" in line for line in done.new) is at_risk
    assert list(await there.questions.all(GUILD)) == [question]
    again = await there.bring(content)
    assert not [line for line in again.new if "Words" in line or "Written" in line]
    await there.words.put_words(GUILD, MARSHES, item, OwnWords(("another",)))
    kept = await there.bring(content)
    assert any("has its own words here" in line for line in kept.out)
    assert (await there.words.words(GUILD, MARSHES))[item].words == ("another",)


@pytest.mark.asyncio
async def test_the_words_themselves_are_shown_first_where_they_would_leave(here: House, there: House) -> None:
    item = here.desk.reports.for_group(GUILD).report(MARSHES).recommendations[0]
    content = (await here.moving.export(GUILD)).content
    await set_so(here, high_risk=False)
    await set_so(there, high_risk=False)
    words = [
        {"report": str(MARSHES), "item": item.key, "words": "flood + bank", "searched": True},
        {"report": str(MARSHES), "item": "", "words": "sea wall, our private word", "searched": True},
    ]
    shown = await there.moving.show(GUILD, changed(content, settings={}, words=words))
    name = f"Words to look for: {there.desk.reports.for_group(GUILD).report(MARSHES).short_title}"
    assert shown.outcome.new[0] == f"{name}, will be searched for: sea wall, our private word"
    assert f"{name}, {item.heading}: flood + bank" in shown.outcome.new, "a row's words never leave"
    words[1]["searched"] = False
    kept = await there.moving.show(GUILD, changed(content, settings={}, words=words))
    assert f"{name}, kept here, not searched for: sea wall, our private word" in kept.outcome.new


@pytest.mark.asyncio
async def test_words_for_rows_that_the_report_lacks_stay_out(here: House, there: House) -> None:
    content = (await here.moving.export(GUILD)).content
    words = [
        {"report": str(MARSHES), "item": f"made-up-{number}", "words": "sea wall", "searched": True}
        for number in range(400)
    ]
    done = await there.bring(changed(content, words=words))
    assert not [line for line in done.new if "Words" in line]
    assert sum("the report has no such row here" in line for line in done.out) == 400
    assert await there.words.words(GUILD, MARSHES) == {}
    read((await there.moving.export(GUILD)).content)


@pytest.mark.asyncio
async def test_words_of_a_report_that_is_not_here_and_too_many_questions_stay_out(here: House, there: House) -> None:
    content = (await here.moving.export(GUILD)).content
    words = [{"report": "nowhere", "item": "", "words": "sea wall", "searched": True}]
    questions = [
        {"key": str(number), "number": str(number), "tabled_on": "2027-02-01", "state": "open"} for number in range(30)
    ]
    done = await there.bring(changed(content, words=words, questions=questions))
    assert any(line.startswith("Words to look for in nowhere") for line in done.out)
    assert sum(line.startswith("Written question") for line in done.new) == MOST_FOLLOWED
    assert sum(line.startswith("Written question") for line in done.out) == 5


@pytest.mark.asyncio
@pytest.mark.parametrize(
    ("part", "entry", "place"),
    [
        ("words", {"report": "x", "item": "", "words": "a"}, "words[0].words"),
        ("words", {"report": "x", "item": "", "words": ", ".join("abcdefghij")}, "words[0].words"),
        ("words", {"item": "", "words": "sea wall"}, "words[0].report"),
        ("questions", {"key": "1a", "number": "1", "tabled_on": "2027-02-01", "state": "open"}, "questions[0].key"),
        ("questions", {"key": "1", "number": "1", "tabled_on": "soon", "state": "open"}, "questions[0].tabled_on"),
        ("questions", {"key": "1", "number": "1", "tabled_on": "2027-02-01", "state": "lost"}, "questions[0].state"),
    ],
)
async def test_words_and_questions_that_cannot_be_right_are_refused_with_their_place(
    here: House, there: House, part: str, entry: dict[str, Any], place: str
) -> None:
    content = changed((await here.moving.export(GUILD)).content, **{part: [entry]})
    with pytest.raises(Refused, match=re.escape(place)):
        await there.moving.show(GUILD, content)
