"""Tables of training."""

import sqlalchemy as sa
from alembic import op

from headwater.storage.migrations.guards import append_only

revision = "0009_training"
down_revision = "0008_release"


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "training_run",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("program", sa.String(length=40), nullable=False),
        sa.Column("model_id", sa.String(length=40), nullable=False),
        sa.Column("release_id", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("seed", sa.BigInteger(), nullable=False),
        sa.Column("params", sa.JSON(), nullable=False),
        sa.Column("model_digest", sa.String(length=80), nullable=False),
        sa.Column("metrics", sa.JSON(), nullable=False),
        sa.Column("registered_by", sa.String(length=40), nullable=False),
        sa.Column("registered_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_training_run")),
        sa.UniqueConstraint("model_id", name=op.f("uq_training_run_model_id")),
        info={"append_only": True},
    )
    op.create_index(
        op.f("ix_training_run_program_registered_at"), "training_run", ["program", "registered_at"], unique=False
    )
    op.create_index(op.f("ix_training_run_release_id"), "training_run", ["release_id"], unique=False)
    append_only("training_run")
