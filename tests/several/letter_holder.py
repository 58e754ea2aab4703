"""A process in which two people write a letter, for ``test_memory``: it says how many it holds, and who is left once one has gone."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

from bot.app import open_app
from bot.config import DatabaseSection, Settings


async def main(url: str, data: str) -> None:
    from tests.several.test_memory import people_held, writing

    async with open_app(Settings(data=Path(data), database=DatabaseSection(url=url))) as app:
        writing(app)
        app.services.memory.start()
        sys.stdout.write(f"holds {len(people_held(app))}\n")
        sys.stdout.flush()
        while len(people_held(app)) > 1:  # noqa: ASYNC110
            await asyncio.sleep(0.05)
        sys.stdout.write(f"holds {people_held(app).pop()}\n")
        await app.services.memory.stop()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
