from __future__ import annotations

import asyncio

import pytest

from storage.database import Database
from storage.installation_facts import Facts


@pytest.mark.asyncio
async def test_a_fact_is_found_again_and_replaced(database: Database) -> None:
    kept = Facts(database)
    assert await kept.get("commands") is None
    await kept.put("commands", "abc")
    await kept.put("other", "x")
    assert await kept.get("commands") == "abc"
    await kept.put("commands", "déf")
    assert await kept.get("commands") == "déf"
    assert await kept.get("other") == "x"


@pytest.mark.asyncio
async def test_of_several_that_claim_a_fact_at_once_one_is_first_and_all_are_told_which(database: Database) -> None:
    kept = Facts(database)
    told = await asyncio.gather(*(kept.claim("sealing key", f"key {number}") for number in range(8)))
    assert len(set(told)) == 1
    assert await kept.get("sealing key") == told[0]
    assert await kept.claim("sealing key", "later") == told[0]
