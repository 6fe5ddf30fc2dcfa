"""What tables call releases, cohorts, batches, guidelines and people, by their ids; which question is meant."""

from __future__ import annotations

from typing import TYPE_CHECKING

from headwater.annotation import queries as annotation
from headwater.governance import queries as governance
from headwater.release import queries as release
from headwater.workforce import queries as workforce

if TYPE_CHECKING:
    from headwater.context import Context


def releases(ctx: Context) -> dict[str, str]:
    """Return dataset and version of every release."""
    return {row.id: f"{row.dataset}@{row.version}" for row in release.releases(ctx)}


def teams(ctx: Context) -> dict[str, str]:
    """Return the team of every cohort."""
    return {row.id: row.team for row in workforce.cohorts(ctx)}


def batches(ctx: Context) -> dict[str, str]:
    """Return the name of every batch."""
    return {row.id: row.name for each in annotation.campaigns(ctx) for row in annotation.batches(ctx, each.id)}


def everything(ctx: Context) -> dict[str, str]:
    """Return what a cause may be called: people, batches, guidelines."""
    return governance.names(ctx) | batches(ctx) | guidelines(ctx)


def guidelines(ctx: Context) -> dict[str, str]:
    """Return name and version of every guideline."""
    return {row.id: f"{row.name} v{row.version}" for row in annotation.guidelines(ctx)}


def asked(ctx: Context, campaign: str, question: str) -> str:
    """Return the question that is meant: the campaign's first with one closed answer, else its first, when empty."""
    if question:
        return question
    found = annotation.campaign(ctx, campaign)
    return annotation.first_closed(ctx, found.id) or annotation.schema(ctx, found.schema_id).questions[0].name
