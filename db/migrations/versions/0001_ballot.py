"""The ballot: elections, contests, parties, persons, candidacies."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    op.create_table(
        "election",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("polling_date", sa.Date(), nullable=False),
        sa.Column("time_zone", sa.String(), nullable=False),
        sa.Column("polls_close_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("country", sa.String(), nullable=True),
        sa.Column("source", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_election")),
    )
    op.create_table(
        "party",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("abbreviation", sa.String(), nullable=True),
        sa.Column("source", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_party")),
    )
    op.create_table(
        "person",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("given_name", sa.String(), nullable=True),
        sa.Column("family_name", sa.String(), nullable=True),
        sa.Column("gender", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person")),
    )
    op.create_table(
        "contest",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("election_id", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("seats", sa.Integer(), nullable=False),
        sa.Column("area_id", sa.String(), nullable=True),
        sa.Column("region", sa.String(), nullable=True),
        sa.Column("country", sa.String(), nullable=True),
        sa.Column("electorate", sa.Integer(), nullable=True),
        sa.Column("valid_votes", sa.Integer(), nullable=True),
        sa.Column("invalid_votes", sa.Integer(), nullable=True),
        sa.Column("majority", sa.Integer(), nullable=True),
        sa.Column("declared_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("declared_precision", sa.String(), nullable=True),
        sa.Column("declared_zone", sa.String(), nullable=True),
        sa.Column("declared_source", sa.String(), nullable=True),
        sa.Column("result_stage", sa.String(), nullable=True),
        sa.Column("result_source", sa.String(), nullable=True),
        sa.Column("result_summary", sa.String(), nullable=True),
        sa.Column("all_candidates_listed", sa.Boolean(), nullable=True),
        sa.Column("totals_checked", sa.Boolean(), nullable=False),
        sa.CheckConstraint(
            "result_stage IN ('projected', 'unofficial-partial', 'unofficial-complete', "
            "'declared', 'recount', 'certified')",
            name=op.f("ck_contest_result_stage"),
        ),
        sa.CheckConstraint("seats > 0", name=op.f("ck_contest_seats")),
        sa.ForeignKeyConstraint(["election_id"], ["election.id"], name=op.f("fk_contest_election_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contest")),
    )
    op.create_index(op.f("ix_contest_area_id"), "contest", ["area_id"], unique=False)
    op.create_index(op.f("ix_contest_election_id"), "contest", ["election_id"], unique=False)
    op.create_table(
        "party_alias",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("party_id", sa.String(), nullable=False),
        sa.Column("alias", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=True),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.CheckConstraint(
            "kind IN ('official', 'abbreviation', 'informal')", name=op.f("ck_party_alias_kind")
        ),
        sa.ForeignKeyConstraint(["party_id"], ["party.id"], name=op.f("fk_party_alias_party_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_party_alias")),
        sa.UniqueConstraint(
            "party_id", "alias", "valid_from", name=op.f("uq_party_alias_party_id_alias_valid_from")
        ),
    )
    op.create_index(op.f("ix_party_alias_party_id"), "party_alias", ["party_id"], unique=False)
    op.create_table(
        "person_identifier",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.String(), nullable=False),
        sa.Column("scheme", sa.String(), nullable=False),
        sa.Column("value", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_person_identifier_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person_identifier")),
        sa.UniqueConstraint("scheme", "value", name=op.f("uq_person_identifier_scheme_value")),
    )
    op.create_index(op.f("ix_person_identifier_person_id"), "person_identifier", ["person_id"], unique=False)
    op.create_table(
        "person_name",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_person_name_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person_name")),
        sa.UniqueConstraint("person_id", "name", name=op.f("uq_person_name_person_id_name")),
    )
    op.create_index(op.f("ix_person_name_person_id"), "person_name", ["person_id"], unique=False)
    op.create_table(
        "candidacy",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("contest_id", sa.String(), nullable=False),
        sa.Column("person_id", sa.String(), nullable=False),
        sa.Column("party_id", sa.String(), nullable=True),
        sa.Column("ballot_label", sa.String(), nullable=True),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("votes", sa.Integer(), nullable=True),
        sa.Column("share", sa.Float(), nullable=True),
        sa.Column("change", sa.Float(), nullable=True),
        sa.Column("elected", sa.Boolean(), nullable=True),
        sa.Column("elected_basis", sa.String(), nullable=True),
        sa.Column("incumbent", sa.Boolean(), nullable=True),
        sa.Column("source", sa.String(), nullable=True),
        sa.CheckConstraint(
            "status IN ('standing', 'withdrawn', 'disqualified', 'deceased')",
            name=op.f("ck_candidacy_status"),
        ),
        sa.CheckConstraint("votes >= 0", name=op.f("ck_candidacy_votes")),
        sa.ForeignKeyConstraint(["contest_id"], ["contest.id"], name=op.f("fk_candidacy_contest_id")),
        sa.ForeignKeyConstraint(["party_id"], ["party.id"], name=op.f("fk_candidacy_party_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_candidacy_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_candidacy")),
        sa.UniqueConstraint("contest_id", "person_id", name=op.f("uq_candidacy_contest_id_person_id")),
    )
    op.create_index(op.f("ix_candidacy_contest_id"), "candidacy", ["contest_id"], unique=False)
    op.create_index(op.f("ix_candidacy_person_id"), "candidacy", ["person_id"], unique=False)
