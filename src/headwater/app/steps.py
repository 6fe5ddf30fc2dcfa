"""The first steps of a program: what is to be done before its loop runs, and what is done already."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from headwater.annotation import queries as annotation
from headwater.annotation.model import CampaignState, Standing
from headwater.governance import queries as governance
from headwater.quality import queries as quality
from headwater.release import queries as releases
from headwater.release.model import ReleaseState
from headwater.sourcing import queries as sourcing
from headwater.sourcing.model import SourceState

if TYPE_CHECKING:
    from headwater.context import Context


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One of the first steps of a program."""

    name: str
    """What is to be done."""
    who: str
    """The role that does it; with two, the second one decides."""
    command: str
    """How it is done at the command line; capitals are to be filled in."""
    page: str
    """Where it is done in the browser, below the program's address."""
    done: bool


_STEPS = (
    ("Give everybody their role", "administrator", "headwater person add HANDLE --role ROLE", "people"),
    ("Say which standards must hold", "operations, lead", "headwater charter propose FILE", "charter"),
    ("Have a source approved", "operations, lead", "headwater source add NAME --kind KIND --propose", "sources"),
    ("Take records in", "operations", "headwater intake run FILE --source NAME", "sources"),
    ("Publish the questions", "operations, lead", "headwater schema write NAME FILE --propose", "campaigns"),
    ("Publish the guideline", "operations, lead", "headwater guideline write NAME FILE --propose", "campaigns"),
    ("Open a campaign", "operations, lead", "headwater campaign plan NAME --schema S --guideline G", "campaigns"),
    ("Answer its tasks", "annotator", "headwater serve", "workspace"),
    ("Assess the answers", "operations", "headwater quality assess CAMPAIGN --question QUESTION", "quality"),
    ("Accept a batch", "operations, lead", "headwater quality draw BATCH --question QUESTION", "quality/acceptance"),
    (
        "Build the first release",
        "operations",
        "headwater release build DATASET --question QUESTION",
        "releases/preview",
    ),
    ("Approve it", "operations, lead", "headwater release propose RELEASE", "releases"),
)


def first_steps(ctx: Context) -> list[Step]:
    """Return the first steps of the program in their order, each with whether it is done."""
    done = (*_prepared(ctx), *_worked(ctx))
    return [
        Step(name=name, who=who, command=command, page=page, done=is_done)
        for (name, who, command, page), is_done in zip(_STEPS, done, strict=True)
    ]


def _prepared(ctx: Context) -> tuple[bool, ...]:
    schemas, guidelines = annotation.schemas(ctx), annotation.guidelines(ctx)
    return (
        not governance.chart_problems(ctx),
        bool(governance.program(ctx).charter.standards),
        any(row.state is SourceState.APPROVED for row in sourcing.sources(ctx)),
        sourcing.count(ctx) > 0,
        any(row.standing is Standing.PUBLISHED for row in schemas),
        any(row.standing is Standing.PUBLISHED for row in guidelines),
    )


def _worked(ctx: Context) -> tuple[bool, ...]:
    begun = {CampaignState.OPEN, CampaignState.PAUSED, CampaignState.CLOSED}
    campaigns = [row for row in annotation.campaigns(ctx) if row.state in begun]
    resolved, built = bool(quality.labelled_questions(ctx)), releases.releases(ctx)
    approved = {ReleaseState.APPROVED, ReleaseState.PUBLISHED}
    return (
        bool(campaigns),
        resolved or any(annotation.is_answered(ctx, row.id) for row in campaigns),
        resolved or bool(quality.latest(ctx)),
        bool(quality.accepted_batches(ctx)),
        bool(built),
        any(row.state in approved for row in built),
    )
