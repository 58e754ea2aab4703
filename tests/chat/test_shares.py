"""Whatever brings pages or files in is counted for a person and a group, and what is counted is forgotten with the person."""

from __future__ import annotations

from typing import Any

import pytest

from bot.domain.errors import Refused
from bot.domain.identity import UserId
from bot.domain.shares import SHARES, What


def use_up(group: Any, who: Any) -> None:
    for _ in range(SHARES[What.IMPORT].person):
        group.app.services.shares.take(What.IMPORT, UserId(who.id), group.guild_id)


@pytest.mark.asyncio
async def test_a_publication_by_its_number_is_counted(group: Any) -> None:
    use_up(group, group.organiser)
    refused = await group.organiser.slash(group.channel, "reports import", publication="6624")
    assert "imported many pages" in group.text_of(refused)


@pytest.mark.asyncio
async def test_a_set_up_file_is_counted(group: Any) -> None:
    content = (await group.app.services.moving.export(group.guild_id)).content
    use_up(group, group.organiser)
    opened = await group.organiser.slash(group.channel, "admin import")
    refused = await group.organiser.submit_modal(opened, {"file": [("group.json", content)]})
    assert "imported many pages" in group.text_of(refused)


@pytest.mark.asyncio
async def test_one_set_up_file_waits_for_a_group(group: Any) -> None:
    content = (await group.app.services.moving.export(group.guild_id)).content
    for _ in range(3):
        await group.app.services.moving.show(group.guild_id, content)
    assert len(group.app.services.moving._shown) == 1


@pytest.mark.claim("P-14")
@pytest.mark.asyncio
async def test_forget_me_ends_the_count(group: Any) -> None:
    use_up(group, group.member)
    shares, user = group.app.services.shares, UserId(group.member.id)
    with pytest.raises(Refused):
        shares.take(What.IMPORT, user, group.guild_id)
    await group.app.services.people.forget(user)
    assert not [key for key in shares._used if key[1:] == ("person", int(user))]
