"""What can go wrong between Postbag and Discord, and what each fault says about what was asked for."""

from __future__ import annotations

import aiohttp
import discord

DISCORD_FAULTS = (discord.HTTPException, discord.RateLimited, aiohttp.ClientError, OSError, TimeoutError)
"""Everything that a request to Discord may end in. Catch these, never ``HTTPException`` alone: a limit that the library will not
wait out, a lost connection and a time-out are none of its kind."""

ALREADY_ANSWERED = 40060
UNKNOWN_INTERACTION = 10062
"""Discord's code for an interaction that was answered after its three seconds."""

UNKNOWN_MESSAGE = 10008
LONGEST_WAIT = 5.0


class AnswerLost(ConnectionError):
    """An answer to an interaction did not surely arrive, however often it was tried."""


class AnsweredElsewhere(Exception):
    """Another process of this Postbag has answered the interaction, and does what was asked for."""


def code_of(fault: BaseException) -> int:
    """Give Discord's own code for a fault; 0 where there is none."""
    return int(fault.code) if isinstance(fault, discord.HTTPException) else 0


def surely_not_done(fault: BaseException) -> bool:
    """Tell whether Discord surely did not do what was asked for: it said so, or the request never left."""
    if isinstance(fault, discord.HTTPException):
        return fault.status < 500
    return isinstance(fault, discord.RateLimited | aiohttp.ClientConnectorError)


def may_help_again(fault: BaseException) -> bool:
    """Tell whether trying again can help: after a fault of Discord's own, a limit or a lost connection, not after a refusal."""
    if isinstance(fault, discord.HTTPException):
        return fault.status >= 500 or fault.status == 429
    return not isinstance(fault, discord.RateLimited) or fault.retry_after <= LONGEST_WAIT


def wait_before(fault: BaseException, pause: float) -> float:
    """Give the seconds to wait before the next try: Discord's own where it names them."""
    return max(pause, fault.retry_after) if isinstance(fault, discord.RateLimited) else pause


def is_lost(fault: BaseException) -> bool:
    """Tell whether a fault is Discord's or the line's, and no mistake in what was sent."""
    if isinstance(fault, discord.HTTPException):
        return may_help_again(fault)
    return isinstance(fault, discord.RateLimited | aiohttp.ClientError | ConnectionError)
