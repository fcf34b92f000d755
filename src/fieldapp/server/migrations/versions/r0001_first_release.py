"""The tables of the first release and their append-only triggers.

Revision ID: 0001
"""

from __future__ import annotations

from alembic import op

from fieldapp.server.migrations import first

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Make everything in an empty database."""
    connection = op.get_bind()
    first.metadata.create_all(connection)
    for table in first.APPEND_ONLY:
        for statement in first.guards(table, is_sqlite=connection.dialect.name == "sqlite"):
            op.execute(statement)
