"""The loop at a glance: the state of every stage of a program and its worst gap."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from headwater.annotation import queries as annotation
from headwater.evaluation import queries as evaluation
from headwater.evaluation.model import FindingState
from headwater.governance import queries as governance
from headwater.quality import queries as quality
from headwater.quality import vigilance
from headwater.quality.model import Verdict
from headwater.release import queries as releases
from headwater.remediation import queries as remediation
from headwater.remediation.model import BriefState
from headwater.sourcing import coverage
from headwater.sourcing import queries as sourcing
from headwater.sourcing.model import SourceState
from headwater.training import queries as training

if TYPE_CHECKING:
    from headwater.context import Context


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """One stage of the loop."""

    name: str
    page: str
    """Where it is looked at, below the program's address."""
    state: str
    """`good`, `attention`, `bad` or `idle`."""
    headline: str
    """How it stands, in a few words."""
    gap: str
    """Its worst gap; empty when there is none."""


def stages(ctx: Context) -> list[Stage]:
    """Return the ten stages in the order of the loop."""
    return [
        _charter(ctx),
        _sources(ctx),
        _records(ctx),
        _annotation(ctx),
        _quality(ctx),
        _releases(ctx),
        _training(ctx),
        _evaluation(ctx),
        _findings(ctx),
        _briefs(ctx),
    ]


def _stage(name: str, page: str, headline: str, *, gap: str = "", idle: bool = False, bad: bool = False) -> Stage:
    state = "idle" if idle else "bad" if bad else "attention" if gap else "good"
    return Stage(name=name, page=page, state=state, headline=headline, gap=gap)


def _charter(ctx: Context) -> Stage:
    problems = governance.chart_problems(ctx)
    gap = problems[0].message if problems else ""
    headline = f"{len(problems)} holes in the chart" if problems else "every decision has its people"
    return _stage("Charter", "people", headline, gap=gap, bad=any("no Accountable" in p.message for p in problems))


def _sources(ctx: Context) -> Stage:
    found = sourcing.sources(ctx)
    approved = [source for source in found if source.state is SourceState.APPROVED]
    waiting = [source for source in found if source.state is SourceState.PROPOSED]
    gap = f"{waiting[0].name} waits for approval" if waiting else ""
    return _stage("Sources", "sources", f"{len(approved)} of {len(found)} approved", gap=gap, idle=not found)


def _records(ctx: Context) -> Stage:
    count = sourcing.count(ctx)
    gaps = coverage.gaps(ctx) if count else []
    gap = f"{gaps[0].slice}: {gaps[0].records:,} of {gaps[0].wanted:,}" if gaps else ""
    return _stage(
        "Records", "records", f"{count:,} records", gap=gap, idle=not count, bad=bool(gaps and gaps[0].critical)
    )


def _annotation(ctx: Context) -> Stage:
    campaigns = annotation.campaigns(ctx)
    if not annotation.sees_progress(ctx):
        mine = sum(annotation.my_progress(ctx, campaign.id).answers for campaign in campaigns)
        return _stage("Annotation", "campaigns", f"{mine:,} answers of yours", idle=not campaigns)
    progress = [annotation.progress(ctx, campaign.id) for campaign in campaigns]
    done, total = sum(item.done for item in progress), sum(item.tasks for item in progress)
    gap = f"{total - done:,} tasks open" if done < total else ""
    return _stage("Annotation", "campaigns", f"{done:,} of {total:,} tasks done", gap=gap, idle=not campaigns)


def _quality(ctx: Context) -> Stage:
    measures = [
        item for item in quality.latest(ctx) if item.scope.startswith("cohort:") and item.metric == "gold.accuracy"
    ]
    rejected = [item for item in quality.inspections(ctx) if item.verdict in (Verdict.REJECTED, Verdict.WAIVED)]
    overdue = vigilance.overdue(ctx)
    unwatched = f"{overdue[0].name} is not watched since {overdue[0].since:%Y-%m-%d %H:%M}" if overdue else ""
    if not measures:
        return _stage("Quality", "quality", "not measured yet", gap=unwatched, idle=not overdue, bad=bool(overdue))
    worst = min(measures, key=lambda item: item.estimate.value)
    gap = f"{len(rejected)} batches failed inspection" if rejected else ""
    gap = unwatched or gap
    if waiting := quality.open_alarms(ctx):
        gap = f"{waiting} alarms undecided" if waiting > 1 else "an alarm is undecided"
    headline = f"worst cohort {worst.estimate.value:.0%} on gold"
    return _stage("Quality", "quality", headline, gap=gap, bad=bool(overdue))


def _releases(ctx: Context) -> Stage:
    found = releases.releases(ctx)
    if not found:
        return _stage("Releases", "releases", "none yet", idle=True)
    waived = [gate for gate in releases.gates_now(ctx, found[0]) if gate.waiver]
    open_ = [gate for gate in releases.gates_now(ctx, found[0]) if gate.open]
    gap = f"{open_[0].metric} is open" if open_ else f"{waived[0].metric} is waived" if waived else ""
    return _stage("Releases", "releases", f"{found[0].version} {found[0].state.value}", gap=gap, bad=bool(open_))


def _training(ctx: Context) -> Stage:
    found = training.runs(ctx)
    return _stage("Training", "training", f"{len(found)} runs", idle=not found)


def _evaluation(ctx: Context) -> Stage:
    found = evaluation.evaluations(ctx)
    if not found:
        return _stage("Evaluation", "evaluations", "none yet", idle=True)
    accuracy = found[0].accuracy
    return _stage("Evaluation", "evaluations", f"{accuracy.value:.1%} [{accuracy.low:.1%}, {accuracy.high:.1%}]")


def _findings(ctx: Context) -> Stage:
    found = evaluation.findings(ctx)
    waiting = [item for item in found if item.state is FindingState.OPEN]
    gap = f"{waiting[0].predicate} not diagnosed" if waiting else ""
    return _stage("Findings", "findings", f"{len(found)} found", gap=gap, idle=not found)


def _briefs(ctx: Context) -> Stage:
    found = remediation.briefs(ctx)
    waiting = [item for item in found if item.state is not BriefState.CLOSED]
    gap = f"{len(waiting)} not closed" if waiting else ""
    return _stage("Briefs", "briefs", f"{len(found)} ordered", gap=gap, idle=not found)
