"""The log of what was kept, with entries of what is there."""

import sqlalchemy as sa
from alembic import op

from db.log import log_new

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    op.create_table(
        "log_entry",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("subject_id", sa.Integer(), nullable=False),
        sa.Column("event", sa.String(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("chain", sa.String(), nullable=False),
        sa.CheckConstraint("event IN ('kept', 'rewritten', 'erased')", name=op.f("ck_log_entry_event")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_log_entry")),
    )
    op.create_index("ix_log_entry_subject_subject_id", "log_entry", ["subject", "subject_id"])
    log_new(op.get_bind())
