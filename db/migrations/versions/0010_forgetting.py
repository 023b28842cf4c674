"""Forgetting: requests, tombstones, captures whose bytes were replaced."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"

SUBJECTS = "subject IN ('statement', 'account', 'person', 'retention')"


def upgrade() -> None:
    op.create_table(
        "erasure",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=True),
        sa.Column("salt", sa.String(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("counts", sa.JSON(), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(SUBJECTS, name=op.f("ck_erasure_subject")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_erasure")),
    )
    op.create_table(
        "tombstone",
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("erasure_id", sa.Integer(), nullable=False),
        sa.Column("platform", sa.String(), nullable=True),
        sa.Column("person_id", sa.String(), nullable=True),
        sa.Column("state", sa.String(), nullable=True),
        sa.Column("observed_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["erasure_id"], ["erasure.id"], name=op.f("fk_tombstone_erasure_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_tombstone_person_id")),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_tombstone")),
    )
    op.create_index(op.f("ix_tombstone_erasure_id"), "tombstone", ["erasure_id"])
    op.create_index(op.f("ix_tombstone_person_id"), "tombstone", ["person_id"])
    op.create_table(
        "capture_change",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("capture_id", sa.Integer(), nullable=False),
        sa.Column("sha256_before", sa.String(), nullable=False),
        sa.Column("sha256_after", sa.String(), nullable=True),
        sa.Column("erasure_id", sa.Integer(), nullable=True),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["erasure_id"], ["erasure.id"], name=op.f("fk_capture_change_erasure_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_capture_change")),
    )
    op.create_index(op.f("ix_capture_change_capture_id"), "capture_change", ["capture_id"])
    op.create_index(op.f("ix_capture_change_sha256_before"), "capture_change", ["sha256_before"])
