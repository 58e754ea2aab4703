"""Tables of the directory of Members, and of its pages while it is fetched."""

from __future__ import annotations

from sqlalchemy import Column, Text

from storage.schema.columns import Instant, Int, table, text

constituencies = table(
    "constituencies",
    Column("constituency_id", Int, primary_key=True, autoincrement=False),
    Column("name", Text, nullable=False),
    Column("member_id", Int),
    text("display_as"),
    text("full_title"),
    text("address_as"),
    text("list_as"),
    text("party"),
    text("role"),
    text("post"),
    text("email"),
    text("phone"),
)

staged_pages = table(
    "staged_pages",
    Column("list", Text, primary_key=True),
    Column("number", Int, primary_key=True, autoincrement=False),
    Column("at", Instant, nullable=False),
    Column("page", Text, nullable=False),
)
