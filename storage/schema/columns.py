"""Four column types: integers, text, bytes, and UTC instants as integer microseconds; and the columns that many tables have."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    Dialect,
    ForeignKey,
    Integer,
    MetaData,
    Table,
    Text,
    TypeDecorator,
)

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

# Divided by this, an instant is a whole number exactly; through a float it would lose its last digits.
MICROSECOND = timedelta(microseconds=1)

Int = BigInteger().with_variant(Integer, "sqlite")


class Instant(TypeDecorator[datetime]):
    """An aware UTC datetime, stored as whole microseconds since 1970."""

    impl = BigInteger().with_variant(Integer, "sqlite")
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> Any:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("an instant needs a time zone")
        return (value - EPOCH) // MICROSECOND

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        return None if value is None else EPOCH + timedelta(microseconds=value)


def stored_value(value: Any) -> Any:
    """Give a value as its column holds it, for a statement that goes past SQLAlchemy's types."""
    return (value - EPOCH) // MICROSECOND if isinstance(value, datetime) else value


# A partial index is given its condition here for SQLite. On PostgreSQL it has the same one from its migration: named here
# too, it would load that dialect at every start.
metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def table(name: str, *parts: Any) -> Table:
    ours = any(isinstance(part, Column) and part.name == "id" for part in parts)
    return Table(name, metadata, *parts, sqlite_strict=True, sqlite_autoincrement=ours)


def key() -> Column[int]:
    return Column("id", Int, primary_key=True, autoincrement=True)


def one_of(column: str, values: Any) -> CheckConstraint:
    listed = ", ".join(f"'{value}'" for value in values)
    return CheckConstraint(f"{column} IN ({listed})", name=column)


def flag(name: str, default: int = 0) -> Column[int]:
    return Column(name, Int, nullable=False, server_default=str(default))


def text(name: str) -> Column[str]:
    return Column(name, Text, nullable=False, server_default="")


def person(on_delete: str) -> Column[int]:
    return Column("person_id", Int, ForeignKey("people.id", ondelete=on_delete), nullable=True)
