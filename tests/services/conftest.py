from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from tests.builders import Desk, opened, prepared


@pytest.fixture(scope="session")
def empty_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty database, to be copied for each test."""
    return prepared(tmp_path_factory.mktemp("prepared"))


@pytest_asyncio.fixture
async def postbag(empty_database: Path, tmp_path: Path) -> AsyncIterator[Desk]:
    """One Postbag without Discord."""
    async with opened(empty_database, tmp_path) as desk:
        yield desk
