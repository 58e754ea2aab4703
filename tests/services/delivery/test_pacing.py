from __future__ import annotations

import asyncio
from itertools import pairwise

import pytest

from bot.domain.errors import Unavailable
from bot.domain.identity import ChannelId, GuildId
from bot.domain.reminders import Target
from bot.services.delivery.pacing import CATCH_UP, CHANNEL_WINDOW, PER_CHANNEL, Channels, Pacer

GUILD, CHANNEL = GuildId(1), ChannelId(10)


def test_no_second_has_more_turns_than_asked_even_after_the_loop_was_held() -> None:
    pacer, now, taken = Pacer(40.0), 0.0, []
    for number in range(70):
        now += max(0.0, pacer.wait(now)) + (0.1 if number % 16 == 15 else 0.0)  # held a while, now and then
        pacer.end(pacer.take(now), now)
        taken.append(now)
    assert max(sum(start <= at < start + 0.99 for at in taken) for start in taken) <= 40
    assert taken[-1] < 2.2, "what was held up is made good"
    assert min(then - at for at, then in pairwise(taken)) >= CATCH_UP / 40 - 1e-9, "and never in a burst"


def test_a_channel_that_had_five_messages_waits_until_the_first_is_old_enough() -> None:
    channels, hot, other = Channels(), Target(GUILD, CHANNEL), Target(GUILD, ChannelId(99))
    for number in range(PER_CHANNEL):
        assert channels.ready_at(hot, float(number)) == number
        channels.begin(hot, float(number))
        assert channels.ready_at(hot, float(number)) is None, "one at a time"
        channels.end(hot)
    assert channels.ready_at(hot, 4.5) == CHANNEL_WINDOW
    assert channels.ready_at(other, 4.5) == 4.5
    assert channels.ready_at(hot, CHANNEL_WINDOW + 1) == CHANNEL_WINDOW + 1


def test_processes_that_share_the_pace_stay_under_it_together_whenever_one_comes_or_goes() -> None:
    for processes in (2, 3, 4, 10):
        pacers = [Pacer(47.0) for _ in range(processes)]
        taken: list[float] = []
        for pacer in pacers:
            pacer.share(processes)
            now = 0.0
            for _ in range(200):
                now += max(0.0, pacer.wait(now))
                pacer.end(pacer.take(now), now)
                taken.append(now)
        taken.sort()
        assert max(sum(first <= at < first + 1 for at in taken) for first in taken[::7]) <= 47
    one = Pacer(47.0)
    one.share(4)
    for number in range(11):
        one.end(one.take(number / 100), number / 100)
    one.share(1)
    assert one.wait(0.11) > 0.5, "what others sent in the last second is not known here"
    assert one.wait(1.12) <= 1 / 47, "alone again, it has the whole pace a second later"
    for number in range(30):
        one.end(one.take(1.2 + number / 100), 1.2 + number / 100)
    assert one.wait(1.5) <= 1 / 47
    one.share(4)
    assert one.wait(1.5) > 0.5, "what it took in the last second counts in its smaller part"


def test_what_the_network_held_up_counts_when_it_gets_there() -> None:
    pacer = Pacer(47.0)
    for number in range(10):
        pacer.end(pacer.take(number / 40), number / 40 + 0.1)
    held = []
    for number in range(10, 40):
        assert pacer.wait(number / 40) <= 0
        held.append(pacer.take(number / 40))
    assert pacer.wait(5.0) <= 0, "thirty are under way, and those before them are over"
    for number in range(17):
        pacer.take(5.0 + number / 40)
    assert pacer.wait(6.5) > 0, "forty-seven are under way: all of them may get there at once"
    for at in held:
        pacer.end(at, 7.0)
    assert pacer.wait(7.0) > 0, "thirty have just got there"
    assert pacer.wait(8.0) <= 0


async def take_turn(pacer: Pacer) -> None:
    async with pacer.turn():
        pass


@pytest.mark.asyncio
async def test_a_process_that_stops_waits_no_longer_for_its_part_of_the_pace() -> None:
    """The database may be away for hours, and with it what would give the part back."""
    pacer = Pacer()
    pacer.share(2, lambda: False)
    waiting = [asyncio.create_task(pacer.ready()), asyncio.create_task(take_turn(pacer))]
    done, _ = await asyncio.wait(waiting, timeout=0.6)
    assert not done
    pacer.close()
    for one in waiting:
        with pytest.raises(Unavailable, match="stopping"):
            await asyncio.wait_for(one, 60)
    pacer.share(1)
    await pacer.ready()
    await take_turn(pacer)


@pytest.mark.asyncio
@pytest.mark.parametrize("processes", [1, 23, 24, 40])
async def test_a_turn_worth_two_requests_comes_however_many_processes_share_the_pace(processes: int) -> None:
    """A direct message is two requests: its channel is opened first. It once waited for itself for ever."""
    pacer = Pacer()
    pacer.share(processes)

    async def message() -> None:
        async with pacer.turn(2):
            pass

    await asyncio.wait_for(message(), 60)
    await asyncio.wait_for(take_turn(pacer), 60)


def test_a_turn_worth_two_waits_for_the_requests_of_others_as_any_does() -> None:
    pacer = Pacer()
    pacer.share(24)
    pacer.take(0.0)
    assert pacer.wait(10.0, 0) > 0, "another's is under way"
    pacer.take(10.0)
    assert pacer.wait(20.0, 1) > 0, "another's is under way"
