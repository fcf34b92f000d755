"""An index of the flagged entries, which the desk lists; databases made lately have it from the beginning.

Revision ID: 0002
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Expand: servers of before go on beside it."""
    flagged = sa.text("flags != ''")
    op.create_index(
        "entry_flagged", "entry", ["received_ms"], if_not_exists=True, sqlite_where=flagged,
        postgresql_where=flagged,
    )  # fmt: skip
