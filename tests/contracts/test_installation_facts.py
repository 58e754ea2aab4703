from __future__ import annotations

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
