"""Tables of annotation."""

import sqlalchemy as sa
from alembic import op

from headwater.storage.migrations.guards import append_only, frozen

revision = "0006_annotation"
down_revision = "0005_workforce"


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "answer",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("lease_id", sa.String(length=40), nullable=False),
        sa.Column("campaign_id", sa.String(length=40), nullable=False),
        sa.Column("batch_id", sa.String(length=40), nullable=False),
        sa.Column("task_id", sa.String(length=40), nullable=False),
        sa.Column("record_id", sa.String(length=80), nullable=False),
        sa.Column("annotator", sa.String(length=40), nullable=False),
        sa.Column("cohort_id", sa.String(length=40), nullable=False),
        sa.Column("schema_id", sa.String(length=40), nullable=False),
        sa.Column("guideline_id", sa.String(length=40), nullable=False),
        sa.Column("tier", sa.String(length=20), nullable=False),
        sa.Column("response", sa.JSON(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("lead_time_ms", sa.Integer(), nullable=False),
        sa.Column("client_id", sa.String(length=64), nullable=False),
        sa.Column("prelabel", sa.String(length=40), nullable=False),
        sa.Column("is_blinded", sa.Boolean(), nullable=False),
        sa.Column("is_edited", sa.Boolean(), nullable=False),
        sa.Column("submitted_at", sa.BigInteger(), nullable=False),
        sa.Column("superseded_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_answer")),
        info={
            "frozen": (
                "id",
                "lease_id",
                "campaign_id",
                "batch_id",
                "task_id",
                "record_id",
                "annotator",
                "cohort_id",
                "schema_id",
                "guideline_id",
                "tier",
                "response",
                "version",
                "lead_time_ms",
                "client_id",
                "prelabel",
                "is_blinded",
                "is_edited",
                "submitted_at",
            )
        },
        sqlite_with_rowid=False,
    )
    op.create_index("ix_answer_annotator", "answer", ["annotator", "submitted_at"], unique=False)
    op.create_index("ix_answer_campaign", "answer", ["campaign_id", "id"], unique=False)
    op.create_index(
        "ix_answer_superseded",
        "answer",
        ["campaign_id", "superseded_at"],
        unique=False,
        postgresql_where=sa.text("superseded_at IS NOT NULL"),
        sqlite_where=sa.text("superseded_at IS NOT NULL"),
    )
    op.create_index("ix_answer_task", "answer", ["task_id"], unique=False)
    op.create_table(
        "answer_comment",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("program", sa.String(length=40), nullable=False),
        sa.Column("campaign_id", sa.String(length=40), nullable=False),
        sa.Column("task_id", sa.String(length=40), nullable=False),
        sa.Column("record_id", sa.String(length=80), nullable=False),
        sa.Column("annotator", sa.String(length=40), nullable=False),
        sa.Column("answer_id", sa.String(length=40), nullable=False),
        sa.Column("author", sa.String(length=40), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("written_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_answer_comment")),
        info={"append_only": True},
    )
    op.create_index("ix_answer_comment_campaign", "answer_comment", ["campaign_id", "id"], unique=False)
    op.create_index("ix_answer_comment_task", "answer_comment", ["task_id", "annotator", "id"], unique=False)
    op.create_table(
        "answer_fold",
        sa.Column("campaign_id", sa.String(length=40), nullable=False),
        sa.Column("question", sa.String(length=64), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("upto", sa.String(length=40), nullable=False),
        sa.Column("as_of", sa.BigInteger(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("campaign_id", "question", "number", name=op.f("pk_answer_fold")),
    )
    op.create_table(
        "asking",
        sa.Column("fetch_id", sa.String(length=40), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("task_id", sa.String(length=40), nullable=False),
        sa.Column("record_id", sa.String(length=80), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("tokens_in", sa.Integer(), nullable=False),
        sa.Column("tokens_out", sa.Integer(), nullable=False),
        sa.Column("cost", sa.Float(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("fetch_id", "place", name=op.f("pk_asking")),
    )
    op.create_index("ix_asking_state", "asking", ["fetch_id", "state", "place"], unique=False)
    op.create_table(
        "certificate_warning",
        sa.Column("certificate_id", sa.String(length=40), nullable=False),
        sa.Column("warned_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("certificate_id", name=op.f("pk_certificate_warning")),
        info={"append_only": True},
    )
    op.create_table(
        "delivered",
        sa.Column("delivery_id", sa.String(length=40), nullable=False),
        sa.Column("item_id", sa.String(length=40), nullable=False),
        sa.Column("response", sa.JSON(), nullable=False),
        sa.Column("author", sa.String(length=80), nullable=False),
        sa.Column("lead_time_ms", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("delivery_id", "item_id", name=op.f("pk_delivered")),
        info={"append_only": True},
        sqlite_with_rowid=False,
    )
    op.create_table(
        "delivery",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("program", sa.String(length=40), nullable=False),
        sa.Column("package_id", sa.String(length=40), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("digest", sa.String(length=80), nullable=False),
        sa.Column("rows", sa.Integer(), nullable=False),
        sa.Column("valid", sa.Integer(), nullable=False),
        sa.Column("complete", sa.Integer(), nullable=False),
        sa.Column("problems", sa.JSON(), nullable=False),
        sa.Column("gold_right", sa.Integer(), nullable=False),
        sa.Column("gold_total", sa.Integer(), nullable=False),
        sa.Column("sample", sa.JSON(), nullable=False),
        sa.Column("wrong", sa.Integer(), nullable=True),
        sa.Column("failed", sa.JSON(), nullable=False),
        sa.Column("received_at", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("used", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_delivery")),
        sa.UniqueConstraint("package_id", "number", name=op.f("uq_delivery_package_id_number")),
    )
    op.create_table(
        "delivery_judgement",
        sa.Column("delivery_id", sa.String(length=40), nullable=False),
        sa.Column("item_id", sa.String(length=40), nullable=False),
        sa.Column("is_wrong", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("judged_by", sa.String(length=40), nullable=False),
        sa.Column("judged_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("delivery_id", "item_id", name=op.f("pk_delivery_judgement")),
    )
    op.create_table(
        "enquiry",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("program", sa.String(length=40), nullable=False),
        sa.Column("campaign_id", sa.String(length=40), nullable=False),
        sa.Column("task_id", sa.String(length=40), nullable=False),
        sa.Column("record_id", sa.String(length=80), nullable=False),
        sa.Column("guideline_id", sa.String(length=40), nullable=False),
        sa.Column("section", sa.String(length=200), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("author", sa.String(length=40), nullable=False),
        sa.Column("asked_at", sa.BigInteger(), nullable=False),
        sa.Column("reply", sa.Text(), nullable=False),
        sa.Column("replied_by", sa.String(length=40), nullable=False),
        sa.Column("replied_at", sa.BigInteger(), nullable=True),
        sa.Column("published_at", sa.BigInteger(), nullable=True),
        sa.Column("change_id", sa.String(length=40), server_default="", nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_enquiry")),
        info={
            "frozen": (
                "program",
                "campaign_id",
                "task_id",
                "record_id",
                "guideline_id",
                "section",
                "text",
                "author",
                "asked_at",
            )
        },
    )
    op.create_index("ix_enquiry_change", "enquiry", ["change_id"], unique=False)
    op.create_index("ix_enquiry_guideline", "enquiry", ["guideline_id", "published_at"], unique=False)
    op.create_index("ix_enquiry_program", "enquiry", ["program", "id"], unique=False)
    op.create_table(
        "feedback",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("program", sa.String(length=40), nullable=False),
        sa.Column("campaign_id", sa.String(length=40), nullable=False),
        sa.Column("person", sa.String(length=40), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("answer_id", sa.String(length=40), nullable=False),
        sa.Column("task_id", sa.String(length=40), nullable=False),
        sa.Column("record_id", sa.String(length=80), nullable=False),
        sa.Column("given", sa.JSON(), nullable=False),
        sa.Column("settled", sa.JSON(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("said_by", sa.String(length=40), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_feedback")),
        info={"append_only": True},
    )
    op.create_index("ix_feedback_person", "feedback", ["program", "person", "id"], unique=False)
    op.create_table(
        "fetch",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("campaign_id", sa.String(length=40), nullable=False),
        sa.Column("model", sa.String(length=200), nullable=False),
        sa.Column("guideline_id", sa.String(length=40), nullable=False),
        sa.Column("schema_id", sa.String(length=40), nullable=False),
        sa.Column("actor", sa.String(length=40), nullable=False),
        sa.Column("records", sa.Integer(), nullable=False),
        sa.Column("started_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fetch")),
    )
    op.create_index(op.f("ix_fetch_campaign_id_started_at"), "fetch", ["campaign_id", "started_at"], unique=False)
    op.create_table(
        "gold",
        sa.Column("task_id", sa.String(length=40), nullable=False),
        sa.Column("campaign_id", sa.String(length=40), nullable=False),
        sa.Column("record_id", sa.String(length=80), nullable=False),
        sa.Column("known", sa.JSON(), nullable=False),
        sa.Column("explanation", sa.Text(), nullable=False),
        sa.Column("author", sa.String(length=40), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("retired_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("task_id", name=op.f("pk_gold")),
    )
    op.create_index("ix_gold_campaign", "gold", ["campaign_id"], unique=False)
    op.create_table(
        "guideline",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("program", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("standing", sa.String(length=20), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("change", sa.Text(), nullable=False),
        sa.Column("digest", sa.String(length=80), nullable=False),
        sa.Column("author", sa.String(length=40), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("published_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_guideline")),
        sa.UniqueConstraint("program", "name", "version", name=op.f("uq_guideline_program_name_version")),
        info={"frozen": ("program", "name", "version", "text", "digest")},
    )
    op.create_table(
        "label_schema",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("program", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("standing", sa.String(length=20), nullable=False),
        sa.Column("questions", sa.Text(), nullable=False),
        sa.Column("digest", sa.String(length=80), nullable=False),
        sa.Column("author", sa.String(length=40), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("published_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_label_schema")),
        sa.UniqueConstraint("program", "name", "version", name=op.f("uq_label_schema_program_name_version")),
        info={"frozen": ("program", "name", "version", "questions", "digest")},
    )
    op.create_table(
        "lane_cursor",
        sa.Column("annotator", sa.String(length=40), nullable=False),
        sa.Column("lane_id", sa.Integer(), nullable=False),
        sa.Column("rank", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("annotator", "lane_id", name=op.f("pk_lane_cursor")),
    )
    op.create_table(
        "lease",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("token", sa.String(length=40), nullable=False),
        sa.Column("campaign_id", sa.String(length=40), nullable=False),
        sa.Column("task_id", sa.String(length=40), nullable=False),
        sa.Column("annotator", sa.String(length=40), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("kept", sa.Integer(), nullable=False),
        sa.Column("batch_id", sa.String(length=40), nullable=False),
        sa.Column("schema_id", sa.String(length=40), nullable=False),
        sa.Column("guideline_id", sa.String(length=40), nullable=False),
        sa.Column("cohort_id", sa.String(length=40), nullable=False),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.Column("prelabel", sa.String(length=40), nullable=False),
        sa.Column("is_blinded", sa.Boolean(), nullable=False),
        sa.Column("given_at", sa.BigInteger(), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("answer_id", sa.String(length=40), nullable=False),
        sa.Column("client_id", sa.String(length=64), nullable=False),
        sa.Column("next_id", sa.String(length=40), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lease")),
        postgresql_with={"fillfactor": 80},
        sqlite_with_rowid=False,
    )
    op.create_index(
        "ix_lease_expiry",
        "lease",
        ["campaign_id", "expires_at"],
        unique=False,
        sqlite_where=sa.text("state = 'live'"),
        postgresql_where=sa.text("state = 'live'"),
    )
    op.create_index(
        "ix_lease_held",
        "lease",
        ["campaign_id", "annotator"],
        unique=False,
        sqlite_where=sa.text("state = 'live'"),
        postgresql_where=sa.text("state = 'live'"),
    )
    op.create_index(
        "ix_lease_skipped",
        "lease",
        ["campaign_id", "id"],
        unique=False,
        sqlite_where=sa.text("state = 'skipped'"),
        postgresql_where=sa.text("state = 'skipped'"),
    )
    op.create_index(
        "uq_lease_kept",
        "lease",
        ["task_id", "annotator"],
        unique=True,
        sqlite_where=sa.text("kept = 1"),
        postgresql_where=sa.text("kept = 1"),
    )
    op.create_table(
        "pace",
        sa.Column("campaign_id", sa.String(length=40), nullable=False),
        sa.Column("annotator", sa.String(length=40), nullable=False),
        sa.Column("day", sa.Integer(), nullable=False),
        sa.Column("answers", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("campaign_id", "annotator", "day", name=op.f("pk_pace")),
    )
    op.create_table(
        "package_item",
        sa.Column("package_id", sa.String(length=40), nullable=False),
        sa.Column("item_id", sa.String(length=40), nullable=False),
        sa.Column("task_id", sa.String(length=40), nullable=False),
        sa.Column("record_id", sa.String(length=80), nullable=False),
        sa.Column("known", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("package_id", "item_id", name=op.f("pk_package_item")),
        info={"append_only": True},
        sqlite_with_rowid=False,
    )
    op.create_table(
        "prelabel",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("campaign_id", sa.String(length=40), nullable=False),
        sa.Column("task_id", sa.String(length=40), nullable=False),
        sa.Column("response", sa.JSON(), nullable=False),
        sa.Column("score", sa.Float(), nullable=True),
        sa.Column("model", sa.String(length=200), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("is_current", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_prelabel")),
        info={"frozen": ("id", "campaign_id", "task_id", "response", "score", "model", "created_at")},
    )
    op.create_index(
        "uq_prelabel_current",
        "prelabel",
        ["task_id"],
        unique=True,
        sqlite_where=sa.text("is_current = 1"),
        postgresql_where=sa.text("is_current = 1"),
    )
    op.create_table(
        "prior",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("campaign_id", sa.String(length=40), nullable=False),
        sa.Column("record_id", sa.String(length=80), nullable=False),
        sa.Column("is_answer", sa.Boolean(), nullable=False),
        sa.Column("author", sa.String(length=200), nullable=False),
        sa.Column("given_at", sa.String(length=40), nullable=False),
        sa.Column("score", sa.Float(), nullable=True),
        sa.Column("response", sa.JSON(), nullable=False),
        sa.Column("foreign_data", sa.JSON(), nullable=False),
        sa.Column("provenance", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_prior")),
        info={"append_only": True},
    )
    op.create_index("ix_prior_campaign", "prior", ["campaign_id", "record_id"], unique=False)
    op.create_table(
        "review",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("campaign_id", sa.String(length=40), nullable=False),
        sa.Column("answer_id", sa.String(length=40), nullable=False),
        sa.Column("task_id", sa.String(length=40), nullable=False),
        sa.Column("reviewer", sa.String(length=40), nullable=False),
        sa.Column("verdict", sa.String(length=20), nullable=False),
        sa.Column("response", sa.JSON(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("decided_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_review")),
        info={"append_only": True},
    )
    op.create_index("ix_review_answer", "review", ["answer_id"], unique=False)
    op.create_index("ix_review_campaign", "review", ["campaign_id", "id"], unique=False)
    op.create_table(
        "routed_task",
        sa.Column("task_id", sa.String(length=40), nullable=False),
        sa.Column("certificate_id", sa.String(length=40), nullable=False),
        sa.Column("prelabel", sa.String(length=40), nullable=False),
        sa.Column("is_audited", sa.Boolean(), nullable=False),
        sa.Column("routed_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("task_id", name=op.f("pk_routed_task")),
        info={"append_only": True},
    )
    op.create_index("ix_routed_task_certificate", "routed_task", ["certificate_id", "is_audited"], unique=False)
    op.create_table(
        "routing_certificate",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("program", sa.String(length=40), nullable=False),
        sa.Column("campaign_id", sa.String(length=40), nullable=False),
        sa.Column("model", sa.String(length=200), nullable=False),
        sa.Column("records", sa.Text(), nullable=False),
        sa.Column("schema_id", sa.String(length=40), nullable=False),
        sa.Column("guideline_id", sa.String(length=40), nullable=False),
        sa.Column("alpha", sa.Float(), nullable=False),
        sa.Column("delta", sa.Float(), nullable=False),
        sa.Column("threshold", sa.Float(), nullable=False),
        sa.Column("error", sa.JSON(), nullable=False),
        sa.Column("share", sa.Float(), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("audit_rate", sa.Float(), nullable=False),
        sa.Column("author", sa.String(length=40), nullable=False),
        sa.Column("issued_at", sa.BigInteger(), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.Column("revoked_at", sa.BigInteger(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_routing_certificate")),
    )
    op.create_index("ix_routing_certificate_campaign", "routing_certificate", ["campaign_id", "id"], unique=False)
    op.create_table(
        "ruling",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("campaign_id", sa.String(length=40), nullable=False),
        sa.Column("task_id", sa.String(length=40), nullable=False),
        sa.Column("record_id", sa.String(length=80), nullable=False),
        sa.Column("question", sa.String(length=64), nullable=False),
        sa.Column("value", sa.JSON(), nullable=False),
        sa.Column("tier", sa.String(length=20), nullable=False),
        sa.Column("answer_id", sa.String(length=40), nullable=False),
        sa.Column("ruled_by", sa.String(length=40), nullable=False),
        sa.Column("decided_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ruling")),
        info={"append_only": True},
    )
    op.create_index("ix_ruling_campaign", "ruling", ["campaign_id", "id"], unique=False)
    op.create_table(
        "seat",
        sa.Column("campaign_id", sa.String(length=40), nullable=False),
        sa.Column("annotator", sa.String(length=40), nullable=False),
        sa.Column("round", sa.String(length=90), nullable=False),
        sa.Column("given", sa.Integer(), nullable=False),
        sa.Column("answered", sa.Integer(), nullable=False),
        sa.Column("batch_id", sa.String(length=40), nullable=False),
        sa.PrimaryKeyConstraint("campaign_id", "annotator", name=op.f("pk_seat")),
    )
    op.create_table(
        "tally",
        sa.Column("cohort_id", sa.String(length=40), nullable=False),
        sa.Column("annotator", sa.String(length=40), nullable=False),
        sa.Column("campaign_id", sa.String(length=40), nullable=False),
        sa.Column("batch_id", sa.String(length=40), nullable=False),
        sa.Column("answers", sa.Integer(), nullable=False),
        sa.Column("closed", sa.Integer(), nullable=False),
        sa.Column("skipped", sa.Integer(), nullable=False),
        sa.Column("judged", sa.Integer(), nullable=False),
        sa.Column("correct", sa.Integer(), nullable=False),
        sa.Column("reviewed", sa.Integer(), nullable=False),
        sa.Column("faulted", sa.Integer(), nullable=False),
        sa.Column("lead_time_ms", sa.BigInteger(), nullable=False),
        sa.Column("first_at", sa.BigInteger(), nullable=False),
        sa.Column("last_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("cohort_id", "annotator", name=op.f("pk_tally")),
    )
    op.create_index("ix_tally_campaign", "tally", ["campaign_id"], unique=False)
    op.create_table(
        "task",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("campaign_id", sa.String(length=40), nullable=False),
        sa.Column("batch_id", sa.String(length=40), nullable=False),
        sa.Column("record_id", sa.String(length=80), nullable=False),
        sa.Column("lane_id", sa.Integer(), nullable=False),
        sa.Column("rank", sa.BigInteger(), nullable=False),
        sa.Column("tier", sa.String(length=20), nullable=False),
        sa.Column("wanted", sa.Integer(), nullable=False),
        sa.Column("answers", sa.Integer(), nullable=False),
        sa.Column("need", sa.Integer(), nullable=False),
        sa.Column("away", sa.Integer(), nullable=False),
        sa.Column("about", sa.String(length=40), nullable=False),
        sa.Column("barred", sa.String(length=40), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_task")),
        postgresql_with={"fillfactor": 80},
    )
    op.create_index("ix_task_batch", "task", ["batch_id", "id"], unique=False)
    op.create_index("ix_task_campaign", "task", ["campaign_id", "id"], unique=False)
    op.create_index(
        "ix_task_open",
        "task",
        ["lane_id", "rank"],
        unique=False,
        sqlite_where=sa.text("need > 0"),
        postgresql_where=sa.text("need > 0"),
    )
    op.create_index(
        "ix_task_record", "task", [sa.literal_column("substr(record_id, 5, 8)")], unique=False, postgresql_using="hash"
    )
    op.create_index(
        "uq_task_about",
        "task",
        ["about"],
        unique=True,
        sqlite_where=sa.text("about <> ''"),
        postgresql_where=sa.text("about <> ''"),
    )
    op.create_table(
        "trust",
        sa.Column("campaign_id", sa.String(length=40), nullable=False),
        sa.Column("question", sa.String(length=64), nullable=False),
        sa.Column("annotator", sa.String(length=40), nullable=False),
        sa.Column("body", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("campaign_id", "question", "annotator", name=op.f("pk_trust")),
    )
    op.create_table(
        "vendor",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("program", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("terms", sa.Text(), nullable=False),
        sa.Column("digest", sa.String(length=80), nullable=False),
        sa.Column("author", sa.String(length=40), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_vendor")),
        sa.UniqueConstraint("program", "name", name=op.f("uq_vendor_program_name")),
    )
    op.create_table(
        "work_package",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("program", sa.String(length=40), nullable=False),
        sa.Column("campaign_id", sa.String(length=40), nullable=False),
        sa.Column("batch_id", sa.String(length=40), nullable=False),
        sa.Column("vendor_id", sa.String(length=40), nullable=False),
        sa.Column("schema_id", sa.String(length=40), nullable=False),
        sa.Column("guideline_id", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("digest", sa.String(length=80), nullable=False),
        sa.Column("items", sa.Integer(), nullable=False),
        sa.Column("acceptance", sa.JSON(), nullable=False),
        sa.Column("due_at", sa.BigInteger(), nullable=False),
        sa.Column("author", sa.String(length=40), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("issued_at", sa.BigInteger(), nullable=True),
        sa.Column("deleted_at", sa.BigInteger(), nullable=True),
        sa.Column("certificate", sa.String(length=80), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_work_package")),
    )
    op.create_index("ix_work_package_campaign", "work_package", ["campaign_id", "state"], unique=False)
    op.create_index("ix_work_package_program", "work_package", ["program", "vendor_id"], unique=False)
    op.create_table(
        "appeal",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("program", sa.String(length=40), nullable=False),
        sa.Column("campaign_id", sa.String(length=40), nullable=False),
        sa.Column("feedback_id", sa.String(length=40), nullable=False),
        sa.Column("author", sa.String(length=40), nullable=False),
        sa.Column("reviewer", sa.String(length=40), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("ruled_by", sa.String(length=40), nullable=True),
        sa.Column("ruling", sa.Text(), nullable=False),
        sa.Column("ruled_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["feedback_id"], ["feedback.id"], name=op.f("fk_appeal_feedback_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_appeal")),
        sa.UniqueConstraint("feedback_id", name=op.f("uq_appeal_feedback_id")),
        info={"frozen": ("id", "program", "campaign_id", "feedback_id", "author", "reviewer", "reason", "created_at")},
    )
    op.create_index("ix_appeal_campaign", "appeal", ["campaign_id"], unique=False)
    op.create_index("ix_appeal_state", "appeal", ["program", "state", "id"], unique=False)
    op.create_table(
        "campaign",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("program", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("schema_id", sa.String(length=40), nullable=False),
        sa.Column("guideline_id", sa.String(length=40), nullable=False),
        sa.Column("plan", sa.JSON(), nullable=False),
        sa.Column("digest", sa.String(length=80), nullable=False),
        sa.Column("author", sa.String(length=40), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("opened_at", sa.BigInteger(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["guideline_id"], ["guideline.id"], name=op.f("fk_campaign_guideline_id")),
        sa.ForeignKeyConstraint(["schema_id"], ["label_schema.id"], name=op.f("fk_campaign_schema_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_campaign")),
        sa.UniqueConstraint("program", "name", name=op.f("uq_campaign_program_name")),
    )
    op.create_table(
        "batch",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("campaign_id", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("tasks", sa.Integer(), nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("priority", sa.Integer(), nullable=False),
        sa.Column("root", sa.String(length=80), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("sealed_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaign.id"], name=op.f("fk_batch_campaign_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_batch")),
        sa.UniqueConstraint("campaign_id", "number", name=op.f("uq_batch_campaign_id_number")),
    )
    op.create_table(
        "deadline_move",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("campaign_id", sa.String(length=40), nullable=False),
        sa.Column("old", sa.BigInteger(), nullable=True),
        sa.Column("new", sa.BigInteger(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("moved_by", sa.String(length=40), nullable=False),
        sa.Column("moved_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaign.id"], name=op.f("fk_deadline_move_campaign_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deadline_move")),
        info={"append_only": True},
    )
    op.create_index("ix_deadline_move_campaign", "deadline_move", ["campaign_id", "id"], unique=False)
    op.create_table(
        "deadline_warning",
        sa.Column("campaign_id", sa.String(length=40), nullable=False),
        sa.Column("deadline", sa.BigInteger(), nullable=False),
        sa.Column("verdict", sa.String(length=20), nullable=False),
        sa.Column("warned_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaign.id"], name=op.f("fk_deadline_warning_campaign_id")),
        sa.PrimaryKeyConstraint("campaign_id", "deadline", "verdict", name=op.f("pk_deadline_warning")),
        info={"append_only": True},
    )
    op.create_table(
        "lane",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("campaign_id", sa.String(length=40), nullable=False),
        sa.Column("tier", sa.String(length=20), nullable=False),
        sa.Column("annotator", sa.String(length=40), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("priority", sa.Integer(), nullable=False),
        sa.Column("skill", sa.String(length=64), nullable=False),
        sa.Column("tail", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaign.id"], name=op.f("fk_lane_campaign_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lane")),
        sa.UniqueConstraint(
            "campaign_id",
            "tier",
            "annotator",
            "kind",
            "priority",
            "skill",
            name=op.f("uq_lane_campaign_id_tier_annotator_kind_priority_skill"),
        ),
    )
    frozen(
        "answer",
        (
            "id",
            "lease_id",
            "campaign_id",
            "batch_id",
            "task_id",
            "record_id",
            "annotator",
            "cohort_id",
            "schema_id",
            "guideline_id",
            "tier",
            "response",
            "version",
            "lead_time_ms",
            "client_id",
            "prelabel",
            "is_blinded",
            "is_edited",
            "submitted_at",
        ),
    )
    append_only("answer_comment")
    frozen("appeal", ("id", "program", "campaign_id", "feedback_id", "author", "reviewer", "reason", "created_at"))
    append_only("certificate_warning")
    append_only("deadline_move")
    append_only("deadline_warning")
    append_only("delivered")
    frozen(
        "enquiry",
        ("program", "campaign_id", "task_id", "record_id", "guideline_id", "section", "text", "author", "asked_at"),
    )
    append_only("feedback")
    frozen("guideline", ("program", "name", "version", "text", "digest"))
    frozen("label_schema", ("program", "name", "version", "questions", "digest"))
    append_only("package_item")
    frozen("prelabel", ("id", "campaign_id", "task_id", "response", "score", "model", "created_at"))
    append_only("prior")
    append_only("review")
    append_only("routed_task")
    append_only("ruling")
