from __future__ import annotations

from itertools import pairwise

from bot.domain.identity import ChannelId, GuildId
from bot.domain.reminders import Target
from bot.services.delivery.pacing import CATCH_UP, CHANNEL_WINDOW, PER_CHANNEL, Channels, Pacer

GUILD, CHANNEL = GuildId(1), ChannelId(10)


def test_no_second_has_more_turns_than_asked_even_after_the_loop_was_held() -> None:
    pacer, now, taken = Pacer(40.0), 0.0, []
    for number in range(70):
        now += max(0.0, pacer.wait(now)) + (0.1 if number % 16 == 15 else 0.0)  # held a while, now and then
        pacer.take(now)
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
