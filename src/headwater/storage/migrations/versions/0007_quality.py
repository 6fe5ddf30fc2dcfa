"""Tables of quality."""

import sqlalchemy as sa
from alembic import op

from headwater.storage.migrations.guards import append_only

revision = "0007_quality"
down_revision = "0006_annotation"


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "assessment",
        sa.Column("campaign_id", sa.String(length=40), nullable=False),
        sa.Column("question", sa.String(length=64), nullable=False),
        sa.Column("program", sa.String(length=40), nullable=False),
        sa.Column("body", sa.JSON(), nullable=False),
        sa.Column("assessed_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("campaign_id", "question", name=op.f("pk_assessment")),
    )
    op.create_table(
        "inspection",
        sa.Column("batch_id", sa.String(length=40), nullable=False),
        sa.Column("program", sa.String(length=40), nullable=False),
        sa.Column("question", sa.String(length=64), nullable=False),
        sa.Column("plan", sa.JSON(), nullable=False),
        sa.Column("seed", sa.BigInteger(), nullable=False),
        sa.Column("sample", sa.JSON(), nullable=False),
        sa.Column("errors", sa.JSON(), nullable=False),
        sa.Column("judged", sa.Boolean(), nullable=False),
        sa.Column("passed", sa.Boolean(), nullable=False),
        sa.Column("verdict", sa.String(length=20), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("inspected_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("batch_id", name=op.f("pk_inspection")),
    )
    op.create_index(op.f("ix_inspection_program_verdict"), "inspection", ["program", "verdict"], unique=False)
    op.create_table(
        "label",
        sa.Column("task_id", sa.String(length=40), nullable=False),
        sa.Column("question", sa.String(length=64), nullable=False),
        sa.Column("program", sa.String(length=40), nullable=False),
        sa.Column("campaign_id", sa.String(length=40), nullable=False),
        sa.Column("record_id", sa.String(length=80), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("confidence", sa.Float(), nullable=False),
        sa.Column("method", sa.String(length=40), nullable=False),
        sa.Column("answers", sa.Integer(), nullable=False),
        sa.Column("batch_id", sa.String(length=40), nullable=False),
        sa.Column("cohort_id", sa.String(length=80), nullable=False),
        sa.Column("guideline_id", sa.String(length=40), nullable=False),
        sa.Column("resolved_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("task_id", "question", name=op.f("pk_label")),
    )
    op.create_index(op.f("ix_label_batch_id"), "label", ["batch_id"], unique=False)
    op.create_index(
        op.f("ix_label_program_record_id_question"), "label", ["program", "record_id", "question"], unique=False
    )
    op.create_table(
        "measure",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("program", sa.String(length=40), nullable=False),
        sa.Column("campaign_id", sa.String(length=40), nullable=False),
        sa.Column("metric", sa.String(length=60), nullable=False),
        sa.Column("scope", sa.String(length=200), nullable=False),
        sa.Column("estimate", sa.JSON(), nullable=False),
        sa.Column("measured_at", sa.BigInteger(), nullable=False),
        sa.Column("question", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_measure")),
        info={"append_only": True},
    )
    op.create_index(
        op.f("ix_measure_program_campaign_id_metric_scope_question_id"),
        "measure",
        ["program", "campaign_id", "metric", "scope", "question", "id"],
        unique=False,
    )
    append_only("measure")
