"""Agreement over several campaigns at once: what stands behind the labels of a release, wherever they were made."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from headwater.annotation import queries as annotation
from headwater.annotation.answers import Answers
from headwater.quality import coefficients, queries
from headwater.quality.model import NotAssessableError
from headwater.quality.panels import panel
from headwater.quality.yardsticks import METRICS, Distance, Yardstick, YardstickError, check
from headwater.stats.interval import Estimate, undefined

if TYPE_CHECKING:
    from collections.abc import Sequence

    from headwater.context import Context


def agreement(ctx: Context, metric: str, *, question: str, batches: Sequence[str], seed: int = 0) -> Estimate:
    """Return the agreement of all answers to a question in some batches, whichever campaigns they are of.

    Campaigns are measured together, not averaged: one that holds a single label has no agreement of its own to speak
    of, but its answers count among all others. The distance is the one chosen for the question; where campaigns were
    given different ones, that of the program, and the note says so.

    Args:
        ctx: The context.
        metric: The measure, one of `METRICS`.
        question: The question; campaigns that do not ask it are left out.
        batches: The batches.
        seed: Of the bootstrap.

    Returns:
        The coefficient; undefined when nobody answered, or it is not measured on this kind of question.
    """
    nothing = undefined(f"There are no answers to '{question}' in these batches.", n=0, method=metric)
    campaigns = sorted({annotation.batch(ctx, batch).campaign_id for batch in batches})
    parts, asked, chosen = [], None, set[Distance]()
    for campaign in campaigns:
        schema = annotation.schema(ctx, annotation.campaign(ctx, campaign).schema_id)
        found = next((each for each in schema.questions if each.name == question), None)
        if found is not None:
            asked = asked or found
            chosen.add(queries.yardstick(ctx, campaign, found).distance)
            given = annotation.answers(ctx, campaign, question=question, structured=True)
            parts.append(_inside(given, set(batches)))
    if asked is None or not sum(part.task.size for part in parts):
        return nothing
    differ = len(chosen) > 1
    distance = queries.yardstick(ctx, "", asked).distance if differ else chosen.pop()
    yardstick = Yardstick(
        coefficient=METRICS[metric], distance=Distance.NOMINAL if metric == "agreement.ac1" else distance
    )
    try:
        check(asked, yardstick)
        views = panel(asked, _joined(parts), yardstick)
    except (NotAssessableError, YardstickError) as error:
        return replace(nothing, note=str(error))
    measured = coefficients.of_all(views, seed=seed) if views.task.size else nothing
    note = f"The campaigns measure by different distances; this is by {distance}." if differ else ""
    return replace(measured, note=" ".join(filter(None, (measured.note, note))))


def _inside(given: Answers, batches: set[str]) -> Answers:
    """Keep the answers of some batches."""
    wanted = np.array([name in batches for name in given.batch_ids] or [False])
    rows = wanted[given.batch] if given.batch.size else np.zeros(0, bool)
    return given.only(rows)


def _joined(parts: list[Answers]) -> Answers:
    """Put answers of different campaigns under each other, each person and value one code."""
    if len(parts) == 1:
        return parts[0]
    names = {"task": "task_ids", "annotator": "annotator_ids", "value": "values", "cohort": "cohort_ids",
             "batch": "batch_ids", "guideline": "guideline_ids"}  # fmt: skip
    columns: dict[str, Any] = {}
    things: dict[str, tuple[str, ...]] = {}
    for column, lookup in names.items():
        known = {name: code for code, name in enumerate(dict.fromkeys(n for p in parts for n in getattr(p, lookup)))}
        things[lookup] = tuple(known)
        recode = [np.array([known[name] for name in getattr(part, lookup)] or [0], np.int64) for part in parts]
        columns[column] = np.concatenate([code[getattr(p, column)] for code, p in zip(recode, parts, strict=True)])
    record = {task: name for part in parts for task, name in zip(part.task_ids, part.record_ids, strict=True)}
    columns |= {
        name: np.concatenate([getattr(part, name) for part in parts]) for name in ("lead_time_ms", "submitted_at")
    }
    gold, right = (np.concatenate([getattr(part, name) for part in parts]) for name in ("is_gold", "is_right"))
    return Answers(
        question=parts[0].question,
        **(columns | things),
        is_gold=gold,
        is_right=right,
        gold_value=np.full(gold.size, -1, np.int64),  # agreement leaves gold out
        record_ids=tuple(record[task] for task in things["task_ids"]),
        undecided=sum(part.undecided for part in parts),
    )
