"""Plans in two processes on one PostgreSQL: a press in both at once is one press, and what is posted is posted once."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from datetime import date
from pathlib import Path

import pytest
import pytest_asyncio

from bot.domain.actions import Action, StepMark
from bot.domain.errors import Refused
from bot.domain.reminders import ReminderState
from tests.builders import GUILD, Desk, opened_on

pytestmark = [pytest.mark.asyncio, pytest.mark.postgres, pytest.mark.loopback]

DAY = date(2027, 4, 12)


@pytest_asyncio.fixture
async def desks(tmp_path: Path, postgresql_url: str) -> AsyncIterator[tuple[Desk, Desk]]:
    async with AsyncExitStack() as stack:
        one = await stack.enter_async_context(opened_on(postgresql_url, tmp_path / "one"))
        other = await stack.enter_async_context(opened_on(postgresql_url, tmp_path / "other"))
        yield one, other


async def approved(desk: Desk, title: str) -> Action:
    person = await desk.settle() if title == "Plan 0" else None
    made = await desk.actions.plan(GUILD, person, title, on=DAY)
    return await desk.actions.approve(GUILD, made.action_id, made.revision, person)


async def posts_about(title: str, *desks: Desk) -> list[str]:
    """Let all deliver at once; give what any of them posted about a plan."""
    await asyncio.gather(*(desk.delivery.sweep() for desk in desks))
    return [words for desk in desks for _, words in desk.discord.posted if title in words]


async def test_post_now_pressed_in_two_processes_at_once_posts_once(desks: tuple[Desk, Desk]) -> None:
    one, _ = desks
    for number in range(8):
        plan = await approved(one, f"Plan {number}")
        pressed = await asyncio.gather(
            *(desk.actions.forward.post(GUILD, plan.action_id, plan.revision, None, "nudge") for desk in desks)
        )
        assert [made.step("nudge").mark for made in pressed] == [StepMark.BROUGHT] * 2
        assert {made.revision for made in pressed} == {plan.revision + 1}, "a press twice is one press"
        said = await posts_about(f"Plan {number}", *desks)
        assert len(said) == 1
        assert await posts_about(f"Plan {number}", *desks) == said
    sent = await one.all_reminders(ReminderState.SENT)
    assert len(sent) == 8


async def test_post_now_in_one_process_while_the_plan_is_called_off_in_another_is_one_or_the_other(
    desks: tuple[Desk, Desk],
) -> None:
    one, other = desks
    for number in range(6):
        plan = await approved(one, f"Plan {number}")
        posted, cancelled = await asyncio.gather(
            one.actions.forward.post(GUILD, plan.action_id, plan.revision, None, "nudge"),
            other.actions.cancel(GUILD, plan.action_id, plan.revision, None),
            return_exceptions=True,
        )
        refused = [made for made in (posted, cancelled) if isinstance(made, BaseException)]
        assert len(refused) == 1
        assert isinstance(refused[0], Refused)
        said = await posts_about(f"Plan {number}", *desks)
        assert len(said) == (1 if isinstance(cancelled, BaseException) else 0)


async def test_a_step_whose_hour_comes_while_it_is_posted_now_goes_out_once(desks: tuple[Desk, Desk]) -> None:
    one, other = desks
    plan = await approved(one, "Plan 0")
    step = plan.step("brief")
    for desk in desks:
        desk.at(step.on, hour=8)
    posting = one.actions.forward.post(GUILD, plan.action_id, plan.revision, None, "brief")
    other.at(step.on, hour=9)
    await asyncio.gather(posting, other.delivery.sweep(), return_exceptions=True)
    one.at(step.on, hour=10)
    other.at(step.on, hour=10)
    assert len(await posts_about("Plan 0", *desks)) == 1
