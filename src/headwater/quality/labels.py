"""Resolving labels: from the answers to each task, its likeliest right value and how sure it is."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from headwater.annotation import queries as annotation
from headwater.governance import ledger
from headwater.governance.authority import require
from headwater.governance.model import Decision
from headwater.lineage import service as lineage
from headwater.lineage.model import Node
from headwater.quality.model import Label, NotAssessableError
from headwater.quality.store import labels as store
from headwater.stats.inference.choose import infer
from headwater.workforce import queries as workforce

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from headwater.annotation.answers import Answers
    from headwater.context import Context
    from headwater.stats.inference.truth import Truth


def resolve(ctx: Context, campaign_id: str, *, question: str, method: str = "auto") -> list[Label]:
    """Resolve the labels of a campaign's ordinary tasks; gold tasks steer the method and are not labelled.

    What a reviewer or adjudicator settled stands above the answers.

    Raises:
        NotAssessableError: There is no answer yet.
    """
    require(ctx, Decision.BATCH_ACCEPT)
    given = annotation.answers(ctx, campaign_id, question=question)
    if len(given.task) == 0:
        raise NotAssessableError(f"Campaign '{campaign_id}' has no answers to '{question}' yet.")
    gold = np.full(len(given.task_ids), -1, dtype=np.int64)
    gold[given.task[given.is_gold]] = given.gold_value[given.is_gold]
    truth = infer(given.task, given.annotator, given.value, classes=len(given.values), gold=gold, method=method)
    settled = annotation.settled(ctx, campaign_id, question=question)
    rows = _labels(ctx, given, truth, settled, question)
    store.replace_labels(ctx.db, ctx.program, campaign_id, rows)
    _trace(ctx, rows)
    body = {"question": question, "labels": len(rows), "method": truth.method}
    ledger.append(ctx, "labels.resolved", subject=campaign_id, body=body)
    return rows


def _labels(ctx: Context, given: Answers, truth: Truth, settled: dict[str, str], question: str) -> list[Label]:
    now = ctx.clock.now()
    ordinary = np.unique(given.task[~given.is_gold])
    tasks = len(given.task_ids)
    counts = np.bincount(given.task, minlength=tasks)
    first = np.full(tasks, -1)
    first[given.task[::-1]] = np.arange(len(given.task))[::-1]
    cohort = _mode(given.task, given.cohort, tasks, len(given.cohort_ids))
    rows = []
    for code in ordinary:
        task_id = given.task_ids[code]
        ruled = settled.get(task_id)
        row = first[code]
        rows.append(
            Label(
                task_id=task_id,
                record_id=given.record_ids[code],
                question=question,
                value=ruled if ruled is not None else given.values[truth.label[code]],
                confidence=1.0 if ruled is not None else float(truth.confidence[code]),
                method="adjudicated" if ruled is not None else truth.method,
                answers=int(counts[code]),
                batch_id=given.batch_ids[given.batch[row]],
                cohort_id=given.cohort_ids[cohort[code]],
                guideline_id=given.guideline_ids[given.guideline[row]],
                resolved_at=now,
            )
        )
    return rows


def _mode(task: NDArray[np.int64], code: NDArray[np.int64], tasks: int, codes: int) -> NDArray[np.intp]:
    """Return the most frequent code of each task; the lowest of equals."""
    return np.asarray(np.bincount(task * codes + code, minlength=tasks * codes).reshape(tasks, codes).argmax(axis=1))


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
