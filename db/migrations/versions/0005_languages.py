"""Readings that say which languages a text mixes, and which parts of it were left out."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    for name in ("languages", "left_out"):
        op.add_column("reading", sa.Column(name, sa.JSON(), nullable=False, server_default="[]"))
