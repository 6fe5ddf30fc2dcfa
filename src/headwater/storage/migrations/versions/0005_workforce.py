"""Tables of workforce."""

import sqlalchemy as sa
from alembic import op

from headwater.storage.migrations.guards import append_only

revision = "0005_workforce"
down_revision = "0004_sourcing"


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "annotator",
        sa.Column("program", sa.String(length=40), nullable=False),
        sa.Column("person", sa.String(length=40), nullable=False),
        sa.Column("team", sa.String(length=64), nullable=False),
        sa.Column("affiliation", sa.String(length=20), nullable=False),
        sa.Column("training", sa.String(length=64), nullable=False),
        sa.Column("skills", sa.JSON(), nullable=False),
        sa.Column("is_available", sa.Boolean(), nullable=False),
        sa.Column("back_at", sa.BigInteger(), nullable=True),
        sa.Column("stopped_by", sa.String(length=40), nullable=False),
        sa.Column("stopped_at", sa.BigInteger(), nullable=True),
        sa.Column("stop_reason", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("updated_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("program", "person", name=op.f("pk_annotator")),
    )
    op.create_table(
        "cohort",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("program", sa.String(length=40), nullable=False),
        sa.Column("batch_id", sa.String(length=40), nullable=False),
        sa.Column("guideline_id", sa.String(length=40), nullable=False),
        sa.Column("team", sa.String(length=64), nullable=False),
        sa.Column("training", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cohort")),
        sa.UniqueConstraint(
            "program",
            "batch_id",
            "guideline_id",
            "team",
            "training",
            name=op.f("uq_cohort_program_batch_id_guideline_id_team_training"),
        ),
        info={"append_only": True},
    )
    op.create_table(
        "qualification",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("program", sa.String(length=40), nullable=False),
        sa.Column("person", sa.String(length=40), nullable=False),
        sa.Column("subject", sa.String(length=80), nullable=False),
        sa.Column("outcome", sa.String(length=20), nullable=False),
        sa.Column("batch_id", sa.String(length=40), nullable=False),
        sa.Column("right", sa.Integer(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("bar", sa.Float(), nullable=False),
        sa.Column("decided_by", sa.String(length=40), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("decided_at", sa.BigInteger(), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_qualification")),
        info={"append_only": True},
    )
    op.create_index(
        op.f("ix_qualification_program_person_subject"), "qualification", ["program", "person", "subject"], unique=False
    )
    append_only("cohort")
    append_only("qualification")
