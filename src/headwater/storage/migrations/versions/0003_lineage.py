"""Tables of lineage."""

import sqlalchemy as sa
from alembic import op

revision = "0003_lineage"
down_revision = "0002_governance"


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "lineage_node",
        sa.Column("id", sa.String(length=80), nullable=False),
        sa.Column("program", sa.String(length=40), nullable=False),
        sa.Column("kind", sa.String(length=30), nullable=False),
        sa.Column("label", sa.String(length=300), nullable=False),
        sa.Column("digest", sa.String(length=80), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lineage_node")),
    )
    op.create_index(op.f("ix_lineage_node_program_kind"), "lineage_node", ["program", "kind"], unique=False)
    op.create_table(
        "lineage_edge",
        sa.Column("source", sa.String(length=80), nullable=False),
        sa.Column("target", sa.String(length=80), nullable=False),
        sa.Column("activity", sa.String(length=40), nullable=False),
        sa.Column("agent", sa.String(length=40), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["source"], ["lineage_node.id"], name=op.f("fk_lineage_edge_source")),
        sa.ForeignKeyConstraint(["target"], ["lineage_node.id"], name=op.f("fk_lineage_edge_target")),
        sa.PrimaryKeyConstraint("source", "target", "activity", name=op.f("pk_lineage_edge")),
    )
    op.create_index(op.f("ix_lineage_edge_target"), "lineage_edge", ["target"], unique=False)
