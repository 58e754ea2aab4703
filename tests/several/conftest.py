"""Several processes on one PostgreSQL: here each is an open Postbag, or a real process, on a database of the test's own."""

from tests.contracts.conftest import (
    database,
    database_url,
    postgresql_server,
    postgresql_url,
    prepared_file,
    prepared_name,
)

__all__ = ["database", "database_url", "postgresql_server", "postgresql_url", "prepared_file", "prepared_name"]
