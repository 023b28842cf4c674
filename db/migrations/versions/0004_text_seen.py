"""When the present text of an edited statement was first seen."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    op.add_column("statement", sa.Column("text_seen_at", sa.DateTime(timezone=True), nullable=True))
