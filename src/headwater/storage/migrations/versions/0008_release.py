"""Tables of release."""

import sqlalchemy as sa
from alembic import op

from headwater.storage.migrations.guards import append_only, frozen

revision = "0008_release"
down_revision = "0007_quality"


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "release",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("program", sa.String(length=40), nullable=False),
        sa.Column("dataset", sa.String(length=80), nullable=False),
        sa.Column("version", sa.String(length=40), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("digest", sa.String(length=80), nullable=False),
        sa.Column("parent", sa.String(length=40), nullable=True),
        sa.Column("path", sa.String(length=200), nullable=False),
        sa.Column("members", sa.Integer(), nullable=False),
        sa.Column("built_by", sa.String(length=40), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("selection", sa.JSON(), nullable=False),
        sa.Column("split", sa.JSON(), nullable=False),
        sa.Column("gates", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_release")),
        sa.UniqueConstraint("program", "dataset", "version", name=op.f("uq_release_program_dataset_version")),
        info={
            "frozen": (
                "id",
                "program",
                "dataset",
                "version",
                "digest",
                "parent",
                "path",
                "members",
                "built_by",
                "created_at",
                "selection",
                "split",
                "gates",
            )
        },
    )
    op.create_index(op.f("ix_release_program_created_at"), "release", ["program", "created_at"], unique=False)
    op.create_table(
        "release_member",
        sa.Column("release_id", sa.String(length=40), nullable=False),
        sa.Column("record_id", sa.String(length=80), nullable=False),
        sa.ForeignKeyConstraint(["release_id"], ["release.id"], name=op.f("fk_release_member_release_id")),
        sa.PrimaryKeyConstraint("release_id", "record_id", name=op.f("pk_release_member")),
        info={"append_only": True},
    )
    op.create_index(op.f("ix_release_member_record_id"), "release_member", ["record_id"], unique=False)
    frozen(
        "release",
        (
            "id",
            "program",
            "dataset",
            "version",
            "digest",
            "parent",
            "path",
            "members",
            "built_by",
            "created_at",
            "selection",
            "split",
            "gates",
        ),
    )
    append_only("release_member")
