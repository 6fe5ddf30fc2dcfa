"""Resolving labels: from the answers to each task, its likeliest right value and how sure it is."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from headwater.annotation import prelabels, trust
from headwater.annotation import queries as annotation
from headwater.annotation.trust import Trust
from headwater.governance import ledger
from headwater.governance.authority import require
from headwater.governance.model import Decision
from headwater.lineage import service as lineage
from headwater.lineage.model import Node
from headwater.quality.crowds import crowd_of, most_frequent
from headwater.quality.model import Label, NotAssessableError
from headwater.quality.outcomes import Material, ensure_resolvable, outcome
from headwater.quality.resolutions import DOUBTFUL, Resolution
from headwater.quality.shapes import normal
from headwater.quality.store import habits
from headwater.quality.store import labels as store
from headwater.stats.inference.choose import Candidate
from headwater.stats.inference.choose import compare as candidates
from headwater.stats.inference.truth import answers
from headwater.workforce import queries as workforce

if TYPE_CHECKING:
    from headwater.annotation.answers import Answers
    from headwater.annotation.questions import Question
    from headwater.context import Context
    from headwater.quality.outcomes import Outcome


def resolve(ctx: Context, campaign_id: str, *, question: str, method: str = "auto") -> list[Label]:
    """Resolve the labels of a campaign's ordinary tasks; gold tasks steer the method and are not labelled.

    What a reviewer or adjudicator settled stands above the answers. How it was done is kept as a `Resolution`.

    Args:
        ctx: The context.
        campaign_id: The campaign, by id or name.
        question: A question of a kind that `outcomes` resolves.
        method: A method of truth inference that fits the kind, or `auto` to choose.

    Raises:
        NotAssessableError: There is no answer yet.
        NotResolvableError: This kind of question has no resolved label.
        InvalidError: There is no such method, or it does not fit the question.
    """
    require(ctx, Decision.BATCH_ACCEPT)
    return settle(ctx, look(ctx, campaign_id, question=question, method=method))


@dataclass(frozen=True, slots=True, kw_only=True)
class Inferred:
    """What truth inference made of a campaign's answers, before it is kept."""

    campaign_id: str
    asked: Question
    method: str
    """That was asked for."""
    outcome: Outcome
    rows: list[Label]
    """As answers have them; what was settled by people comes on top."""


def look(ctx: Context, campaign_id: str, *, question: str, method: str = "auto") -> Inferred:
    """Infer labels as `resolve` says. Only reads: no writer waits while it computes."""
    require(ctx, Decision.BATCH_ACCEPT)
    campaign = annotation.campaign(ctx, campaign_id)
    asked = annotation.schema(ctx, campaign.schema_id).question(question)
    ensure_resolvable(asked)
    given = annotation.answers(ctx, campaign.id, question=question, structured=True)
    if len(given.task) == 0:
        raise NotAssessableError(f"Campaign '{campaign_id}' has no answers to '{question}' yet.")
    teams = {str(cohort.id): cohort.team for cohort in workforce.cohorts(ctx, ids=given.cohort_ids)}
    found = outcome(asked, Material(given, prelabels.proposed(ctx, campaign.id), teams), method=method)
    return Inferred(campaign_id=campaign.id, asked=asked, method=method, outcome=found, rows=_labels(ctx, given, found))


def settle(ctx: Context, inferred: Inferred) -> list[Label]:
    """Keep labels, above them what reviewers and adjudicators settled up to now; returns the labels."""
    require(ctx, Decision.BATCH_ACCEPT)
    campaign, question, found = inferred.campaign_id, inferred.asked.name, inferred.outcome
    settled = annotation.settled(ctx, campaign, question=question)
    ruled = {task: normal(inferred.asked, value) for task, value in settled.items()}
    rows = [
        replace(row, value=ruled[row.task_id], confidence=1.0, method="adjudicated") if row.task_id in ruled else row
        for row in inferred.rows
    ]
    store.replace_labels(ctx.db, ctx.program, campaign, rows)
    kept = _resolution(ctx, found, rows, campaign=campaign, question=question, asked=inferred.method)
    store.put_resolution(ctx.db, ctx.program, kept)
    _keep_habits(ctx, found, campaign=campaign, question=question)
    _trace(ctx, rows)
    body = {"question": question, "labels": len(rows), "method": found.method, "asked": inferred.method}
    ledger.append(ctx, "labels.resolved", subject=campaign, body=body)
    return rows


def compare(ctx: Context, campaign_id: str, *, question: str) -> list[Candidate]:
    """Return how every method that fits fares on gold and answers hidden from it; only for who accepts the work.

    Raises:
        NotAssessableError: There is no answer yet.
    """
    require(ctx, Decision.BATCH_ACCEPT)
    crowd = crowd_of(ctx, campaign_id, question=question)
    given = answers(crowd.given.task, crowd.given.annotator, crowd.code, classes=len(crowd.values))
    given = replace(given, predicted=None if crowd.predicted is None else crowd.predicted[: given.tasks])
    return candidates(given, gold=crowd.gold, methods=crowd.methods)


def _resolution(
    ctx: Context, found: Outcome, rows: list[Label], *, campaign: str, question: str, asked: str
) -> Resolution:
    confidence = np.array([row.confidence for row in rows])
    return Resolution(
        campaign_id=campaign,
        question=question,
        asked=asked,
        method=found.method,
        reason=found.reason,
        warnings=found.warnings,
        converged=found.converged,
        labels=len(rows),
        gold=found.gold,
        confidence=float(confidence.mean()) if len(rows) else 0.0,
        doubtful=int((confidence < DOUBTFUL).sum()),
        resolved_at=ctx.clock.now(),
    )


def _keep_habits(ctx: Context, found: Outcome, *, campaign: str, question: str) -> None:
    """Keep how everybody answers, and tell the queue how far to believe whom (see `annotation.trust`)."""
    rows = [replace(each, campaign_id=campaign, question=question) for each in found.habits]
    habits.replace_habits(ctx.db, ctx.program, campaign, question, rows)
    people = {
        each.subject.removeprefix("annotator:"): each.shares()
        for each in rows
        if each.evidence and each.subject.startswith("annotator:")
    }
    values = next((each.values for each in rows if each.evidence), ())
    trust.believe(ctx, campaign, question=question, found=Trust(values, found.shares, people))


def _labels(ctx: Context, given: Answers, found: Outcome) -> list[Label]:
    now = ctx.clock.now()
    ordinary = np.unique(given.task[~given.is_gold])
    tasks = len(given.task_ids)
    counts = np.bincount(given.task, minlength=tasks)
    first = np.full(tasks, -1)
    first[given.task[::-1]] = np.arange(len(given.task))[::-1]
    cohort = most_frequent(given.task, given.cohort, tasks, len(given.cohort_ids))
    rows = []
    for code in ordinary:
        row = first[code]
        rows.append(
            Label(
                task_id=given.task_ids[code],
                record_id=given.record_ids[code],
                question=given.question,
                value=found.values[code],
                confidence=float(found.confidence[code]),
                beliefs=found.beliefs[code],
                method=found.method,
                answers=int(counts[code]),
                batch_id=given.batch_ids[given.batch[row]],
                cohort_id=given.cohort_ids[cohort[code]],
                guideline_id=given.guideline_ids[given.guideline[row]],
                resolved_at=now,
            )
        )
    return rows


def _trace(ctx: Context, rows: list[Label]) -> None:
    for batch in sorted({row.batch_id for row in rows}):
        inside = [row for row in rows if row.batch_id == batch]
        teams = {cohort.id: cohort.team for cohort in workforce.cohorts(ctx, ids=[row.cohort_id for row in inside])}
        used = [Node(id=key, kind="cohort", label=f"{team} cohort") for key, team in sorted(teams.items())]
        used += [
            Node(id=value, kind="guideline", label=value) for value in sorted({row.guideline_id for row in inside})
        ]
        made = [Node(id=batch, kind="batch", label=batch)]
        lineage.record(ctx, activity="annotation", used=used, generated=made)
