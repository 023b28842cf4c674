"""Merging: kinds of sources, other ids, contradictions, cross-posts, quotations, which reader read what."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    _new_columns()
    _new_tables()
    _what_is_known()


def _new_columns() -> None:
    op.add_column("quarantine", sa.Column("resolved_by", sa.String(), nullable=True))
    op.add_column("statement", sa.Column("sources", sa.JSON(), nullable=False, server_default="{}"))
    op.add_column("statement", sa.Column("is_cut", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("statement", sa.Column("corrected_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("statement_version", sa.Column("source", sa.String(), nullable=True))
    op.add_column("statement_capture", sa.Column("text_sha256", sa.String(), nullable=True))
    op.add_column("statement_capture", sa.Column("read_by", sa.String(), nullable=True))


def _new_tables() -> None:
    op.create_table(
        "statement_alias",
        sa.Column("platform", sa.String(), nullable=False),
        sa.Column("post_id", sa.String(), nullable=False),
        sa.Column("statement_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["statement_id"], ["statement.id"], name=op.f("fk_statement_alias_statement_id")
        ),
        sa.PrimaryKeyConstraint("platform", "post_id", name=op.f("pk_statement_alias")),
    )
    op.create_index(op.f("ix_statement_alias_statement_id"), "statement_alias", ["statement_id"])
    op.create_table(
        "contradiction",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("statement_id", sa.Integer(), nullable=False),
        sa.Column("field", sa.String(), nullable=False),
        sa.Column("said", sa.String(), nullable=False),
        sa.Column("capture_id", sa.Integer(), nullable=False),
        sa.Column("found_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["statement_id"], ["statement.id"], name=op.f("fk_contradiction_statement_id")
        ),
        sa.ForeignKeyConstraint(["capture_id"], ["capture.id"], name=op.f("fk_contradiction_capture_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contradiction")),
        sa.UniqueConstraint(
            "statement_id", "field", "said", name=op.f("uq_contradiction_statement_id_field_said")
        ),
    )
    op.create_table(
        "cross_post",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("statement_id", sa.Integer(), nullable=False),
        sa.Column("other_id", sa.Integer(), nullable=False),
        sa.Column("similarity", sa.Float(), nullable=False),
        sa.Column("method", sa.String(), nullable=False),
        sa.Column("found_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("similarity BETWEEN 0 AND 1", name=op.f("ck_cross_post_similarity")),
        sa.ForeignKeyConstraint(["statement_id"], ["statement.id"], name=op.f("fk_cross_post_statement_id")),
        sa.ForeignKeyConstraint(["other_id"], ["statement.id"], name=op.f("fk_cross_post_other_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cross_post")),
        sa.UniqueConstraint("statement_id", "other_id", name=op.f("uq_cross_post_statement_id_other_id")),
    )
    op.create_index(op.f("ix_cross_post_other_id"), "cross_post", ["other_id"])
    op.create_table(
        "quotation_link",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("quotation_id", sa.Integer(), nullable=False),
        sa.Column("post_id", sa.Integer(), nullable=False),
        sa.Column("score", sa.Float(), nullable=False),
        sa.Column("is_ambiguous", sa.Boolean(), nullable=False),
        sa.Column("method", sa.String(), nullable=False),
        sa.Column("found_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("score BETWEEN 0 AND 1", name=op.f("ck_quotation_link_score")),
        sa.ForeignKeyConstraint(
            ["quotation_id"], ["statement.id"], name=op.f("fk_quotation_link_quotation_id")
        ),
        sa.ForeignKeyConstraint(["post_id"], ["statement.id"], name=op.f("fk_quotation_link_post_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_quotation_link")),
        sa.UniqueConstraint("quotation_id", "post_id", name=op.f("uq_quotation_link_quotation_id_post_id")),
    )
    op.create_index(op.f("ix_quotation_link_post_id"), "quotation_link", ["post_id"])


def _what_is_known() -> None:
    """Whose word older rows are. Which text the pages of an edited statement had is not known any more."""
    served = (
        "EXISTS (SELECT 1 FROM statement_capture AS link JOIN capture ON capture.id = link.capture_id"
        " WHERE link.statement_id = statement.id AND capture.kind = 'page')"
    )
    op.execute("""UPDATE statement SET sources = '{"*": "table"}'""")
    op.execute("""UPDATE statement SET sources = '{"*": "news"}' WHERE platform = 'news'""")
    op.execute(f"""UPDATE statement SET sources = '{{"*": "platform"}}' WHERE {served}""")  # noqa: S608 - ours
    op.execute(
        "UPDATE statement_capture SET text_sha256 = '' WHERE statement_id IN"
        " (SELECT statement_id FROM statement_version)"
    )
