"""Findings: readings, targets, ratings, kinds, hand codes."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.create_table(
        "hand_code",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("statement_id", sa.Integer(), nullable=False),
        sa.Column("coder", sa.String(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("value", sa.String(), nullable=False),
        sa.Column("sample", sa.String(), nullable=True),
        sa.Column("coded_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["statement_id"], ["statement.id"], name=op.f("fk_hand_code_statement_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hand_code")),
        sa.UniqueConstraint(
            "statement_id", "coder", "code", name=op.f("uq_hand_code_statement_id_coder_code")
        ),
    )
    op.create_index(op.f("ix_hand_code_statement_id"), "hand_code", ["statement_id"], unique=False)
    op.create_table(
        "reading",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("statement_id", sa.Integer(), nullable=False),
        sa.Column("method", sa.String(), nullable=False),
        sa.Column("text_sha256", sa.String(), nullable=False),
        sa.Column("person_id", sa.String(), nullable=True),
        sa.Column("lang", sa.String(), nullable=True),
        sa.Column("lang_confidence", sa.Float(), nullable=False),
        sa.Column("unscored", sa.String(), nullable=True),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["statement_id"], ["statement.id"], name=op.f("fk_reading_statement_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reading")),
        sa.UniqueConstraint("statement_id", "method", name=op.f("uq_reading_statement_id_method")),
    )
    op.create_table(
        "kind",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("reading_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("method", sa.String(), nullable=False),
        sa.Column("start_at", sa.Integer(), nullable=False),
        sa.Column("end_at", sa.Integer(), nullable=False),
        sa.Column("confidence", sa.Float(), nullable=False),
        sa.Column("strength", sa.String(), nullable=True),
        sa.Column("scope", sa.String(), nullable=True),
        sa.Column("types", sa.JSON(), nullable=False),
        sa.Column("incivility", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["reading_id"], ["reading.id"], name=op.f("fk_kind_reading_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_kind")),
    )
    op.create_index(op.f("ix_kind_reading_id"), "kind", ["reading_id"], unique=False)
    op.create_table(
        "target",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("reading_id", sa.Integer(), nullable=False),
        sa.Column("start_at", sa.Integer(), nullable=True),
        sa.Column("end_at", sa.Integer(), nullable=True),
        sa.Column("mention", sa.String(), nullable=False),
        sa.Column("who", sa.String(), nullable=False),
        sa.Column("type", sa.String(), nullable=False),
        sa.Column("basis", sa.String(), nullable=False),
        sa.Column("confidence", sa.Float(), nullable=False),
        sa.Column("person_id", sa.String(), nullable=True),
        sa.Column("party_id", sa.String(), nullable=True),
        sa.Column("candidates", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_target_person_id")),
        sa.ForeignKeyConstraint(["reading_id"], ["reading.id"], name=op.f("fk_target_reading_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_target")),
    )
    op.create_index(op.f("ix_target_party_id"), "target", ["party_id"], unique=False)
    op.create_index(op.f("ix_target_person_id"), "target", ["person_id"], unique=False)
    op.create_index(op.f("ix_target_reading_id"), "target", ["reading_id"], unique=False)
    op.create_table(
        "kind_target",
        sa.Column("kind_id", sa.Integer(), nullable=False),
        sa.Column("target_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["kind_id"], ["kind.id"], name=op.f("fk_kind_target_kind_id")),
        sa.ForeignKeyConstraint(["target_id"], ["target.id"], name=op.f("fk_kind_target_target_id")),
        sa.PrimaryKeyConstraint("kind_id", "target_id", name=op.f("pk_kind_target")),
    )
    op.create_index(op.f("ix_kind_target_target_id"), "kind_target", ["target_id"], unique=False)
    op.create_table(
        "rating",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("reading_id", sa.Integer(), nullable=False),
        sa.Column("target_id", sa.Integer(), nullable=True),
        sa.Column("method", sa.String(), nullable=False),
        sa.Column("score", sa.Float(), nullable=False),
        sa.Column("label", sa.String(), nullable=False),
        sa.Column("confidence", sa.Float(), nullable=False),
        sa.ForeignKeyConstraint(["reading_id"], ["reading.id"], name=op.f("fk_rating_reading_id")),
        sa.ForeignKeyConstraint(["target_id"], ["target.id"], name=op.f("fk_rating_target_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rating")),
    )
    op.create_index(op.f("ix_rating_reading_id"), "rating", ["reading_id"], unique=False)
    op.create_index(op.f("ix_rating_target_id"), "rating", ["target_id"], unique=False)
