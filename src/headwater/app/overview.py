"""The loop at a glance: the state of every stage of a program and its worst gap."""

from __future__ import annotations

from dataclasses import dataclass
from math import isfinite
from typing import TYPE_CHECKING

from headwater.annotation import queries as annotation
from headwater.annotation.deadline_model import due_of
from headwater.annotation.model import CampaignState
from headwater.evaluation import queries as evaluation
from headwater.evaluation.model import FindingState
from headwater.governance import queries as governance
from headwater.governance.model import Standard
from headwater.quality import queries as quality
from headwater.quality import vigilance
from headwater.quality.model import Verdict
from headwater.release import queries as releases
from headwater.remediation import queries as remediation
from headwater.remediation.model import BriefState
from headwater.sourcing import coverage
from headwater.sourcing import queries as sourcing
from headwater.sourcing.model import SourceState
from headwater.storage.database import Part
from headwater.training import queries as training

if TYPE_CHECKING:
    from headwater.annotation.model import Campaign
    from headwater.annotation.progress import Progress
    from headwater.context import Context
    from headwater.quality.model import Measure
    from headwater.stats.interval import Estimate


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Met:
    """A standard of the charter beside what was measured of it."""

    metric: str
    scope: str
    comparison: str
    required: float
    measured: Estimate | None
    """The newest value that counts; None while nobody has measured it."""
    basis: str
    """What it was measured on."""
    state: str
    """`good`, `bad`, `waived`, or `idle` while it is not measured."""


def standards(ctx: Context) -> list[Met]:
    """Return every standard with its newest value: of the newest release, or of the campaigns before there is one.

    Of several campaigns the least favourable value counts. A critical slice is a standard on the count of members.
    """
    newest = next(iter(releases.releases(ctx, part=Part(limit=1))), None)
    measured = {(gate.metric, gate.scope): gate for gate in releases.gates_now(ctx, newest)} if newest else {}
    charter = governance.program(ctx).charter
    wanted = [*charter.standards]
    wanted += [
        Standard(metric="coverage.critical", comparison=">=", value=float(each.minimum), scope=each.name)
        for each in charter.critical_slices
    ]
    found = []
    for standard in wanted:
        gate = measured.get((standard.metric, standard.scope))
        estimate = gate.measured if gate and gate.measured.n else _newest(ctx, standard)
        basis = f"release {newest.version}" if newest and gate and gate.measured.n else "campaigns"
        state = "idle" if estimate is None else "good" if standard.holds(estimate.value) else "bad"
        found.append(
            Met(
                metric=standard.metric,
                scope=standard.scope,
                comparison=standard.comparison,
                required=standard.value,
                measured=estimate,
                basis=basis,
                state="waived" if state == "bad" and gate and gate.waiver else state,
            )
        )
    return found


def _newest(ctx: Context, standard: Standard) -> Estimate | None:
    """Return the least favourable of the newest measures of a standard; None when there is none."""
    scopes = ("", standard.scope, f"question:{standard.scope}")
    found = [row.estimate for row in quality.latest(ctx, metric=standard.metric) if row.scope in scopes]
    if not standard.scope and not found:
        found = [row.estimate for row in quality.latest(ctx, metric=standard.metric) if row.scope[:9] == "question:"]
    worst = min if standard.comparison == ">=" else max
    return worst(found, key=lambda estimate: estimate.value) if found else None


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
    if not problems:
        return _stage("Charter", "charter", "every decision has its people")
    headline = f"{len(problems)} {'hole' if len(problems) == 1 else 'holes'} in the chart"
    alone = any("no Accountable" in each.message for each in problems)
    return _stage("Charter", "raci", headline, gap=problems[0].message, bad=alone)


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
    late = _late(ctx, campaigns, progress)
    headline = f"{done:,} of {total:,} tasks done"
    return _stage("Annotation", "campaigns", headline, gap=late or gap, idle=not campaigns, bad=bool(late))


def _late(ctx: Context, campaigns: list[Campaign], progress: list[Progress]) -> str:
    """The campaign longest past its deadline with tasks left, in words."""
    now, found = ctx.clock.now(), []
    for campaign, each in zip(campaigns, progress, strict=True):
        due = due_of(campaign, now) if campaign.state in (CampaignState.OPEN, CampaignState.PAUSED) else None
        if due is not None and due.is_over and each.done < each.tasks:
            found.append((due.seconds, f"{campaign.name} is {due.words}"))
    return min(found)[1] if found else ""


def _quality(ctx: Context) -> Stage:
    headline = _measured(quality.latest(ctx))
    rejected = [item for item in quality.inspections(ctx) if item.verdict in (Verdict.REJECTED, Verdict.WAIVED)]
    overdue = vigilance.overdue(ctx)
    unwatched = f"{overdue[0].name} is not watched since {overdue[0].since:%Y-%m-%d %H:%M}" if overdue else ""
    if not headline:
        return _stage("Quality", "quality", "not measured yet", gap=unwatched, idle=not overdue, bad=bool(overdue))
    count = len(rejected)
    gap = f"{count} {'batch' if count == 1 else 'batches'} failed inspection" if rejected else ""
    gap = unwatched or gap
    if waiting := quality.open_alarms(ctx):
        gap = f"{waiting} alarms undecided" if waiting > 1 else "an alarm is undecided"
    return _stage("Quality", "quality", headline, gap=gap, bad=bool(overdue))


def _measured(measures: list[Measure]) -> str:
    """The lowest figure in words: on gold where there is some, else of agreement; empty when nothing was measured."""
    known = [item for item in measures if isfinite(item.estimate.value)]
    gold = [item for item in known if item.metric == "gold.accuracy" and item.scope.startswith("cohort:")]
    if gold:
        return f"worst cohort {min(item.estimate.value for item in gold):.0%} on gold"
    agreed = [item for item in known if item.metric == "agreement.alpha" and item.scope.startswith("question:")]
    if not agreed:
        return ""
    lowest = min(agreed, key=lambda item: item.estimate.value)
    return f"alpha {lowest.estimate.value:.2f} on {lowest.scope.partition(':')[2]}"


def _releases(ctx: Context) -> Stage:
    found = releases.releases(ctx, part=Part(limit=1))
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
