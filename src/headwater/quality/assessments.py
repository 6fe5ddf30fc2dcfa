"""Assessing a campaign: agreement, gold accuracy, by question, cohort, batch and annotator."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from headwater.annotation import queries as annotation
from headwater.core.ids import new_id
from headwater.governance import ledger
from headwater.governance.authority import require
from headwater.governance.model import Decision
from headwater.quality import store
from headwater.quality.model import Measure, MeasureId, NotAssessableError
from headwater.stats.agreement.krippendorff import alpha
from headwater.stats.interval import Estimate, wilson
from headwater.workforce import queries as workforce

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from headwater.annotation.answers import Answers
    from headwater.context import Context

RESAMPLES = 1000


def assess(ctx: Context, campaign_id: str, *, question: str, seed: int = 0) -> list[Measure]:
    """Measure a campaign's answers to a question and keep the measures.

    Measures `agreement.alpha` (Krippendorff, nominal, bootstrap over tasks) for the question, each team and each
    batch, and `gold.accuracy` (Wilson) overall, per team and per annotator. Gold is given to everybody, whatever
    their batch, so a team's cohorts are measured on it together.

    Raises:
        NotAssessableError: There is no answer yet.
    """
    require(ctx, Decision.BATCH_ACCEPT)
    given = annotation.answers(ctx, campaign_id, question=question)
    if len(given.task) == 0:
        raise NotAssessableError(f"Campaign '{campaign_id}' has no answers to '{question}' yet.")
    now = ctx.clock.now()
    teams = {str(cohort.id): cohort.team for cohort in workforce.cohorts(ctx, ids=given.cohort_ids)}
    team = np.array([teams[name] for name in given.cohort_ids])[given.cohort]
    estimates = {f"agreement.alpha|{scope}": value for scope, value in _agreement(given, team, question, seed).items()}
    estimates |= {f"gold.accuracy|{scope}": value for scope, value in _gold(given, team).items()}
    rows = [
        Measure(
            id=MeasureId(new_id("msr")),
            campaign_id=campaign_id,
            metric=name.partition("|")[0],
            scope=name.partition("|")[2],
            estimate=estimate,
            measured_at=now,
        )
        for name, estimate in estimates.items()
    ]
    store.add_measures(ctx.db, ctx.program, rows)
    ledger.append(ctx, "quality.assessed", subject=campaign_id, body={"question": question, "measures": len(rows)})
    return rows


def _agreement(given: Answers, team: NDArray[np.str_], question: str, seed: int) -> dict[str, Estimate]:
    ordinary = ~given.is_gold
    found = {f"question:{question}": _alpha(given, ordinary, seed)}
    for name in sorted(set(team)):
        found[f"cohort:{name}"] = _alpha(given, ordinary & (team == name), seed)
    for code, name in enumerate(given.batch_ids):
        found[f"batch:{name}"] = _alpha(given, ordinary & (given.batch == code), seed)
    return {scope: estimate for scope, estimate in found.items() if estimate.n > 0}


def _alpha(given: Answers, rows: NDArray[np.bool_], seed: int) -> Estimate:
    return alpha(
        given.task[rows],
        given.annotator[rows],
        given.value[rows],
        resamples=RESAMPLES,
        rng=np.random.default_rng(seed),
    )


def _gold(given: Answers, team: NDArray[np.str_]) -> dict[str, Estimate]:
    known = given.is_gold & (given.gold_value >= 0)
    right = given.value == given.gold_value

    def accuracy(rows: NDArray[np.bool_]) -> Estimate:
        return wilson(int(right[rows & known].sum()), int((rows & known).sum()))

    found = {"": accuracy(known)}
    found |= {f"cohort:{name}": accuracy(team == name) for name in sorted(set(team))}
    found |= {f"annotator:{name}": accuracy(given.annotator == code) for code, name in enumerate(given.annotator_ids)}
    return {scope: estimate for scope, estimate in found.items() if estimate.n > 0}
