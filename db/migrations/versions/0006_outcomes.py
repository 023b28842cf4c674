"""Stages of results, results of parties; samples, codes and reviews by people."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    op.create_table(
        "code_sample",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("design", sa.String(), nullable=False),
        sa.Column("seed", sa.Integer(), nullable=False),
        sa.Column("method", sa.String(), nullable=True),
        sa.Column("frame", sa.JSON(), nullable=False),
        sa.Column("strata", sa.JSON(), nullable=False),
        sa.Column("drawn_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "design IN ('random', 'kind', 'outcome', 'confidence', 'uncertain')",
            name=op.f("ck_code_sample_design"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_code_sample")),
        sa.UniqueConstraint("name", name=op.f("uq_code_sample_name")),
    )
    op.create_table(
        "code_sample_item",
        sa.Column("sample_id", sa.Integer(), nullable=False),
        sa.Column("statement_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("stratum", sa.String(), nullable=False),
        sa.Column("probability", sa.Float(), nullable=True),
        sa.ForeignKeyConstraint(
            ["sample_id"], ["code_sample.id"], name=op.f("fk_code_sample_item_sample_id")
        ),
        sa.ForeignKeyConstraint(
            ["statement_id"], ["statement.id"], name=op.f("fk_code_sample_item_statement_id")
        ),
        sa.PrimaryKeyConstraint("sample_id", "statement_id", name=op.f("pk_code_sample_item")),
    )
    op.create_index(
        op.f("ix_code_sample_item_statement_id"), "code_sample_item", ["statement_id"], unique=False
    )
    # Nothing wrote to this table until now: it is made anew rather than altered column by column.
    op.drop_table("hand_code")
    op.create_table(
        "hand_code",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("statement_id", sa.Integer(), nullable=False),
        sa.Column("coder", sa.String(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("value", sa.String(), nullable=False),
        sa.Column("text_sha256", sa.String(), nullable=False),
        sa.Column("sample_id", sa.Integer(), nullable=True),
        sa.Column("coded_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["statement_id"], ["statement.id"], name=op.f("fk_hand_code_statement_id")),
        sa.ForeignKeyConstraint(["sample_id"], ["code_sample.id"], name=op.f("fk_hand_code_sample_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hand_code")),
        sa.UniqueConstraint(
            "statement_id", "coder", "code", name=op.f("uq_hand_code_statement_id_coder_code")
        ),
    )
    op.create_index(op.f("ix_hand_code_sample_id"), "hand_code", ["sample_id"], unique=False)
    op.create_index(op.f("ix_hand_code_statement_id"), "hand_code", ["statement_id"], unique=False)
    op.create_table(
        "party_result",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("election_id", sa.String(), nullable=False),
        sa.Column("party_id", sa.String(), nullable=False),
        sa.Column("won", sa.Boolean(), nullable=True),
        sa.Column("seats", sa.Integer(), nullable=True),
        sa.Column("votes", sa.Integer(), nullable=True),
        sa.Column("declared_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("declared_precision", sa.String(), nullable=True),
        sa.Column("source", sa.String(), nullable=True),
        sa.CheckConstraint(
            "declared_precision IN ('second', 'minute', 'day')",
            name=op.f("ck_party_result_declared_precision"),
        ),
        sa.ForeignKeyConstraint(["election_id"], ["election.id"], name=op.f("fk_party_result_election_id")),
        sa.ForeignKeyConstraint(["party_id"], ["party.id"], name=op.f("fk_party_result_party_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_party_result")),
        sa.UniqueConstraint("election_id", "party_id", name=op.f("uq_party_result_election_id_party_id")),
    )
    op.create_index(op.f("ix_party_result_election_id"), "party_result", ["election_id"], unique=False)
    op.create_table(
        "result_event",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("contest_id", sa.String(), nullable=False),
        sa.Column("stage", sa.String(), nullable=False),
        sa.Column("happened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("precision", sa.String(), nullable=False),
        sa.Column("source", sa.String(), nullable=True),
        sa.CheckConstraint(
            "stage IN ('projected', 'unofficial-partial', 'unofficial-complete', 'declared', 'recount',"
            " 'certified')",
            name=op.f("ck_result_event_stage"),
        ),
        sa.CheckConstraint(
            "precision IN ('second', 'minute', 'day')", name=op.f("ck_result_event_precision")
        ),
        sa.ForeignKeyConstraint(["contest_id"], ["contest.id"], name=op.f("fk_result_event_contest_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_result_event")),
        sa.UniqueConstraint(
            "contest_id", "stage", "happened_at", name=op.f("uq_result_event_contest_id_stage_happened_at")
        ),
    )
    op.create_index(op.f("ix_result_event_contest_id"), "result_event", ["contest_id"], unique=False)
    op.create_table(
        "review",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=True),
        sa.Column("statement_id", sa.Integer(), nullable=True),
        sa.Column("text_sha256", sa.String(), nullable=True),
        sa.Column("place", sa.String(), nullable=False),
        sa.Column("verdict", sa.String(), nullable=False),
        sa.Column("value", sa.JSON(), nullable=False),
        sa.Column("found", sa.JSON(), nullable=False),
        sa.Column("reviewer", sa.String(), nullable=False),
        sa.Column("note", sa.String(), nullable=True),
        sa.Column("reviewed_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("subject IN ('owner', 'kind', 'target')", name=op.f("ck_review_subject")),
        sa.CheckConstraint(
            "verdict IN ('confirmed', 'rejected', 'corrected', 'added', 'withdrawn')",
            name=op.f("ck_review_verdict"),
        ),
        sa.CheckConstraint("(account_id IS NULL) <> (statement_id IS NULL)", name=op.f("ck_review_of_one")),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_review_account_id")),
        sa.ForeignKeyConstraint(["statement_id"], ["statement.id"], name=op.f("fk_review_statement_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_review")),
    )
    op.create_index(op.f("ix_review_account_id"), "review", ["account_id"], unique=False)
    op.create_index(op.f("ix_review_statement_id"), "review", ["statement_id"], unique=False)
