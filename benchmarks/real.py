"""Postbag itself as it is measured: the real app, a real SQLite file, the shipped packs."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from bot.app import open_app
from bot.chat.client import PostbagClient
from bot.config import DiscordSection, Settings


@asynccontextmanager
async def real_bot(data: Path) -> AsyncIterator[PostbagClient]:
    """Open Postbag on a data folder, not logged in."""
    settings = Settings(data=data, discord=DiscordSection(sync_commands=False))
    async with open_app(settings) as app, app.client:
        yield app.client
