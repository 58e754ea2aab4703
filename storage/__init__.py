"""Postbag's rows: the only importer of SQLAlchemy, Alembic, aiosqlite and asyncpg."""
