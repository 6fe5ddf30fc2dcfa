"""The way back in the demonstration: findings, diagnosis, briefs, and the work they order."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from headwater.core.canonical import plain
from headwater.demo import content, labelling, supply
from headwater.demo.learning import EVAL_SET, RETRAINS
from headwater.evaluation import findings
from headwater.evaluation import queries as evaluation
from headwater.governance.model import Decision
from headwater.remediation import briefs, diagnosis
from headwater.remediation import queries as remediation
from headwater.remediation.model import AcceptanceTest, BriefType, Deficit
from headwater.sourcing import queries as sourcing
from headwater.sourcing import slices
from headwater.stats.interval import wilson
from headwater.workforce import queries as workforce

if TYPE_CHECKING:
    from headwater.context import Context
    from headwater.demo.story import Story
    from headwater.release.model import Release
    from headwater.remediation.model import Brief, Diagnosis

GAIN = 0.05
ACTED_ON = {
    Deficit.COVERAGE_GAP: BriefType.SOURCING,
    Deficit.GUIDELINE_CONFLICT: BriefType.RELABEL,
    Deficit.LABEL_NOISE: BriefType.RELABEL,
}
"""Deficits whose repair is ordered; weaker hypotheses are left to people."""


def understand(story: Story, made: Release) -> dict[str, Any]:
    """Find what the models of a release get wrong, and diagnose it."""

    def search(ctx: Context) -> dict[str, Any]:
        return {"ids": [row.id for row in findings.search(ctx, made.id, eval_set=EVAL_SET)]}

    def diagnose(ctx: Context) -> dict[str, Any]:
        return {"ids": [row.id for row in diagnosis.diagnose(ctx, made.id, eval_set=EVAL_SET, seed=story.seed)]}

    story.once(f"findings:{made.id}", "engineer", search)
    story.once(f"diagnosis:{made.id}", "engineer", diagnose)
    with story.read() as ctx:
        found = evaluation.findings(ctx, release=made.id)
        causes = remediation.diagnoses(ctx, release=made.id)
        teams = {str(cohort.id): cohort.team for cohort in workforce.cohorts(ctx)}
    for row in causes:
        if row.deficit in ACTED_ON:
            story.tell(f"Diagnosis: {row.deficit.value}, {_where(row, teams)}: {row.evidence[0]}.")
    if left := Counter(row.deficit.value for row in causes if row.deficit not in ACTED_ON):
        listed = ", ".join(f"{count} of {deficit}" for deficit, count in left.most_common())
        story.tell(f"Weaker hypotheses, left to people on the findings page: {listed}.")
    rows = [
        {
            "predicate": row.predicate,
            "rate": plain(asdict(row.rate)),
            "q": row.q,
            "deficit": next((cause.deficit.value for cause in causes if cause.finding_id == row.id), ""),
            "cohort": next((teams.get(cause.cohort_id, "") for cause in causes if cause.finding_id == row.id), ""),
        }
        for row in found
    ]
    noisy = [teams[row.cohort_id] for row in causes if row.deficit is Deficit.LABEL_NOISE]
    conflicts = [
        [teams[row.cohort_id], row.predicate]
        for row in causes
        if row.deficit is Deficit.GUIDELINE_CONFLICT and row.cohort_id in teams
    ]
    return {"findings": rows, "noisy": noisy, "conflicts": conflicts}


def _where(row: Diagnosis | Brief, teams: dict[str, str]) -> str:
    """Return what a diagnosis or brief is about: a slice, labels of a cohort, or both."""
    return (row.predicate or "labels") + (f" of {teams[row.cohort_id]}" if row.cohort_id in teams else "")


def order(story: Story, made: Release) -> list[dict[str, Any]]:
    """Propose and authorise a brief for every diagnosis that is acted on."""
    with story.read() as ctx:
        causes = [row for row in remediation.diagnoses(ctx, release=made.id) if row.deficit in ACTED_ON]
    ordered = []
    for cause in reversed(causes):
        found = story.once(f"brief:{cause.id}", "operations", lambda ctx, c=cause: _propose(ctx, made, c))  # type: ignore[misc]
        brief = str(found["id"])
        story.decide(
            f"authorise:{brief}",
            brief,
            Decision.BRIEF_AUTHORISE,
            lambda ctx, b=brief: briefs.authorise(ctx, b, reason="The evidence names it."),  # type: ignore[misc]
        )
        ordered.append(found)
    return ordered


def _propose(ctx: Context, made: Release, cause: Diagnosis) -> dict[str, Any]:
    results = evaluation.retrains(ctx, made.id, EVAL_SET)
    predicate = slices.parse(cause.predicate)
    inside = [predicate.matches(evaluation.fields_of(item)) for item in results.samples]
    failed = results.right.mean(axis=0) < 0.5  # noqa: PLR2004 -- most retrains
    targets = sorted({item.target for item, here in zip(results.samples, inside, strict=True) if here})
    records = list(cause.records)
    kind = ACTED_ON[cause.deficit]
    if kind is BriefType.SOURCING:
        instructions = f"Source messages about {', '.join(targets)}."
        volume = len(supply.reserve(targets))
    else:
        instructions = "Label the cohort's records again, in-house, under the clarified guideline."
        volume = len(records)
    row = briefs.propose(
        ctx,
        diagnosis=cause.id,
        kind=kind,
        volume=volume,
        instructions=instructions,
        baseline=wilson(sum(bool(f) and h for f, h in zip(failed, inside, strict=True)), sum(inside)),
        acceptance=AcceptanceTest(eval_set=EVAL_SET, predicate=cause.predicate, gain=GAIN, retrains=RETRAINS),
    )
    return {"id": row.id, "type": kind.value, "targets": targets, "records": records}


def carry_out(story: Story, ordered: list[dict[str, Any]], documents: dict[str, str]) -> str:
    """Do the work of the briefs: source the reserve, label it and the doubtful records again; returns the campaign."""
    topics = sorted({topic for brief in ordered if brief["type"] == BriefType.SOURCING for topic in brief["targets"]})
    if topics:
        done = supply.take_in(story, "reserve", supply.reserve(topics), "sourcing brief")
        story.tell(f"Sourcing brief: {done['added']:,} new records about {', '.join(topics)}.")
    doubtful = {record for brief in ordered for record in brief["records"]}

    def choose(ctx: Context) -> dict[str, Any]:
        reserve = _reserve_intake(ctx)
        return {
            "records": [
                record.id  # in order of arrival: ids differ between runs
                for record in sourcing.everything(ctx)
                if record.id in doubtful or record.intake_id == reserve
            ]
        }

    chosen = list(story.once("rework", "operations", choose)["records"])
    return labelling.open_campaign(story, "repair", documents, {"in-house": chosen})


def _reserve_intake(ctx: Context) -> str:
    return next((intake.id for intake in sourcing.intakes(ctx) if intake.origin == "sourcing brief"), "")


def clarified() -> str:
    """Return the guideline's second version: the tie-breaks stand first, where nobody can miss them."""
    text = content.guideline()
    rules = "\n".join(f"* *{topic.value}*: {topic.tie_break}" for topic in content.TOPICS)
    return text + "\n## Tie-breaks at a glance\n\n" + rules + "\n"


def verify(story: Story, old: Release, new: Release) -> list[dict[str, Any]]:
    """Measure what every brief did, and close it."""
    with story.read() as ctx:
        rows = list(reversed(remediation.briefs(ctx, release=old.id)))
        teams = {str(cohort.id): cohort.team for cohort in workforce.cohorts(ctx)}
    found = []
    for row in rows:
        touched = tuple(other.predicate for other in rows if other.id != row.id and other.predicate)
        seen = story.once(
            f"verify:{row.id}",
            "engineer",
            lambda ctx, b=row.id, t=touched: _verified(ctx, b, new.id, t, story.seed),  # type: ignore[misc]
        )
        story.once(f"closing:{row.id}", "operations", lambda ctx, b=row.id: _offered(ctx, b))  # type: ignore[misc]
        story.decide(
            f"close:{row.id}",
            row.id,
            Decision.BRIEF_CLOSE,
            lambda ctx, b=row.id, v=seen["verdict"]: briefs.close(ctx, b, reason=f"Measured: {v}."),  # type: ignore[misc]
        )
        found.append(
            {
                "type": row.type.value,
                "verdict": seen["verdict"],
                "predicate": row.predicate,
                "subject": _where(row, teams),
                "measured": seen["measured"],
            }
        )
    return found


def _verified(ctx: Context, brief: str, release: str, touched: tuple[str, ...], seed: int) -> dict[str, Any]:
    done = briefs.verify(ctx, brief, release=release, touched=touched, seed=seed)
    measured = plain(asdict(done.measured)) if done.measured else None
    return {"verdict": done.effect.value if done.effect else "", "measured": measured}


def _offered(ctx: Context, brief: str) -> dict[str, Any]:
    briefs.propose_close(ctx, brief)
    return {}
