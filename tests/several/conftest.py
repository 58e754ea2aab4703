"""Several processes on one PostgreSQL: here each is an open Postbag, or a real process, on a database of the test's own."""

from tests.contracts.conftest import postgresql_server, postgresql_url, prepared_name

__all__ = ["postgresql_server", "postgresql_url", "prepared_name"]
