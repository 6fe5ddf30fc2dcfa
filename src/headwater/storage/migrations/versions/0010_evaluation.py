"""Tables of evaluation."""

import sqlalchemy as sa
from alembic import op

from headwater.storage.migrations.guards import append_only, frozen

revision = "0010_evaluation"
down_revision = "0009_training"


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "evaluation",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("program", sa.String(length=40), nullable=False),
        sa.Column("run_id", sa.String(length=40), nullable=False),
        sa.Column("model_id", sa.String(length=40), nullable=False),
        sa.Column("release_id", sa.String(length=40), nullable=False),
        sa.Column("eval_set", sa.String(length=120), nullable=False),
        sa.Column("eval_set_version", sa.String(length=80), nullable=False),
        sa.Column("accuracy", sa.JSON(), nullable=False),
        sa.Column("imported_by", sa.String(length=40), nullable=False),
        sa.Column("imported_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_evaluation")),
        sa.UniqueConstraint(
            "run_id", "eval_set", "eval_set_version", name=op.f("uq_evaluation_run_id_eval_set_eval_set_version")
        ),
        info={"append_only": True},
    )
    op.create_index(op.f("ix_evaluation_program_imported_at"), "evaluation", ["program", "imported_at"], unique=False)
    op.create_index(op.f("ix_evaluation_release_id_eval_set"), "evaluation", ["release_id", "eval_set"], unique=False)
    op.create_table(
        "finding",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("program", sa.String(length=40), nullable=False),
        sa.Column("release_id", sa.String(length=40), nullable=False),
        sa.Column("eval_set", sa.String(length=120), nullable=False),
        sa.Column("predicate", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("rate", sa.JSON(), nullable=False),
        sa.Column("overall", sa.Float(), nullable=False),
        sa.Column("q", sa.Float(), nullable=False),
        sa.Column("candidates", sa.Integer(), nullable=False),
        sa.Column("examples", sa.JSON(), nullable=False),
        sa.Column("found_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_finding")),
        info={
            "frozen": (
                "id",
                "program",
                "release_id",
                "eval_set",
                "predicate",
                "rate",
                "overall",
                "q",
                "candidates",
                "examples",
                "found_at",
            )
        },
    )
    op.create_index(
        op.f("ix_finding_program_state_found_at"), "finding", ["program", "state", "found_at"], unique=False
    )
    op.create_table(
        "evaluation_sample",
        sa.Column("evaluation_id", sa.String(length=40), nullable=False),
        sa.Column("sample_id", sa.String(length=120), nullable=False),
        sa.Column("input", sa.Text(), nullable=False),
        sa.Column("target", sa.Text(), nullable=False),
        sa.Column("output", sa.Text(), nullable=False),
        sa.Column("passed", sa.Boolean(), nullable=False),
        sa.Column("slices", sa.JSON(), nullable=False),
        sa.Column("scores", sa.JSON(), nullable=False),
        sa.Column("failure_category", sa.String(length=80), nullable=False),
        sa.Column("error", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["evaluation_id"], ["evaluation.id"], name=op.f("fk_evaluation_sample_evaluation_id")),
        sa.PrimaryKeyConstraint("evaluation_id", "sample_id", name=op.f("pk_evaluation_sample")),
    )
    append_only("evaluation")
    frozen(
        "finding",
        (
            "id",
            "program",
            "release_id",
            "eval_set",
            "predicate",
            "rate",
            "overall",
            "q",
            "candidates",
            "examples",
            "found_at",
        ),
    )
