"""Tables of remediation."""

import sqlalchemy as sa
from alembic import op

from headwater.storage.migrations.guards import append_only, frozen

revision = "0011_remediation"
down_revision = "0010_evaluation"


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "diagnosis",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("program", sa.String(length=40), nullable=False),
        sa.Column("release_id", sa.String(length=40), nullable=False),
        sa.Column("finding_id", sa.String(length=40), nullable=False),
        sa.Column("deficit", sa.String(length=40), nullable=False),
        sa.Column("cohort_id", sa.String(length=80), nullable=False),
        sa.Column("predicate", sa.Text(), nullable=False),
        sa.Column("evidence", sa.JSON(), nullable=False),
        sa.Column("p", sa.Float(), nullable=True),
        sa.Column("grade", sa.String(length=20), nullable=False),
        sa.Column("made_at", sa.BigInteger(), nullable=False),
        sa.Column("records", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_diagnosis")),
        info={"append_only": True},
    )
    op.create_index(op.f("ix_diagnosis_program_release_id"), "diagnosis", ["program", "release_id"], unique=False)
    op.create_table(
        "brief",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("program", sa.String(length=40), nullable=False),
        sa.Column("type", sa.String(length=30), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("diagnosis_id", sa.String(length=40), nullable=False),
        sa.Column("release_id", sa.String(length=40), nullable=False),
        sa.Column("predicate", sa.Text(), nullable=False),
        sa.Column("cohort_id", sa.String(length=80), nullable=False),
        sa.Column("volume", sa.Integer(), nullable=False),
        sa.Column("instructions", sa.Text(), nullable=False),
        sa.Column("baseline", sa.JSON(), nullable=False),
        sa.Column("acceptance", sa.JSON(), nullable=False),
        sa.Column("proposed_by", sa.String(length=40), nullable=False),
        sa.Column("proposed_at", sa.BigInteger(), nullable=False),
        sa.Column("effect", sa.String(length=20), nullable=True),
        sa.Column("measured", sa.JSON(), nullable=True),
        sa.Column("verified_release", sa.String(length=40), nullable=False),
        sa.ForeignKeyConstraint(["diagnosis_id"], ["diagnosis.id"], name=op.f("fk_brief_diagnosis_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_brief")),
        info={"frozen": ("release_id", "predicate", "cohort_id", "volume", "instructions")},
    )
    op.create_index(op.f("ix_brief_program_state"), "brief", ["program", "state"], unique=False)
    frozen("brief", ("release_id", "predicate", "cohort_id", "volume", "instructions"))
    append_only("diagnosis")
