"""Rechecking: when statements were asked for again and last seen, two more states of observations."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"

STATES = (
    "state IN ('active', 'deleted', 'missing', 'deactivated', 'suspended', 'protected', 'blocked', 'moved',"
    " 'not_found', 'age_gated')"
)


def upgrade() -> None:
    op.add_column("statement", sa.Column("rechecked_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("statement", sa.Column("shown_at", sa.DateTime(timezone=True), nullable=True))
    if op.get_bind().dialect.name == "sqlite":
        _rebuild()
    else:
        op.drop_constraint(op.f("ck_observation_state"), "observation", type_="check")
        op.create_check_constraint(op.f("ck_observation_state"), "observation", STATES)


def _rebuild() -> None:
    """SQLite changes no constraint of a table that is there.

    Views keep the name that they have: else they would follow the table that goes.
    """
    for column in ("account_id", "statement_id"):
        op.drop_index(op.f(f"ix_observation_{column}"), table_name="observation")
    op.execute("PRAGMA legacy_alter_table = ON")
    op.rename_table("observation", "observation_before")
    op.execute("PRAGMA legacy_alter_table = OFF")
    op.create_table(
        "observation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=True),
        sa.Column("statement_id", sa.Integer(), nullable=True),
        sa.Column("observed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("capture_id", sa.Integer(), nullable=True),
        sa.Column("detail", sa.String(), nullable=True),
        sa.CheckConstraint(
            "(account_id IS NULL) <> (statement_id IS NULL)", name=op.f("ck_observation_subject")
        ),
        sa.CheckConstraint(STATES, name=op.f("ck_observation_state")),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_observation_account_id")),
        sa.ForeignKeyConstraint(["statement_id"], ["statement.id"], name=op.f("fk_observation_statement_id")),
        sa.ForeignKeyConstraint(["capture_id"], ["capture.id"], name=op.f("fk_observation_capture_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_observation")),
    )
    columns = "id, account_id, statement_id, observed_at, state, capture_id, detail"
    op.execute(f"INSERT INTO observation ({columns}) SELECT {columns} FROM observation_before")  # noqa: S608 - names that stand above it
    op.drop_table("observation_before")
    for column in ("account_id", "statement_id"):
        op.create_index(op.f(f"ix_observation_{column}"), "observation", [column])
