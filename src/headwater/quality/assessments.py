"""Assessing a campaign: agreement on a question and accuracy on gold, as a whole and in every group of answers."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from headwater.annotation import folding
from headwater.annotation import queries as annotation
from headwater.annotation.questions import CLOSED
from headwater.core.ids import new_id
from headwater.governance import ledger
from headwater.governance.authority import require
from headwater.governance.model import Decision
from headwater.quality import breakdowns, coefficients, comparisons, monitoring, prevalence, queries
from headwater.quality.frames import usable
from headwater.quality.model import Assessment, Measure, MeasureId, NotAssessableError
from headwater.quality.panels import panel
from headwater.quality.store import measures as store
from headwater.stats.interval import Estimate, wilson

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from headwater.annotation.answers import Answers
    from headwater.context import Context
    from headwater.quality.breakdowns import Groups
    from headwater.quality.mark_panels import MarkPanel
    from headwater.quality.panels import Panel
    from headwater.stats.agreement.pairs import Likeness

ALPHA, OTHERS, GOLD = "agreement.alpha", "agreement.with_others", "gold.accuracy"


def assess(
    ctx: Context, campaign_id: str, *, question: str, seed: int = 0, slices: Sequence[str] = ()
) -> list[Measure]:
    """Measure a campaign's answers to a question and keep what was found.

    Agreement is measured by the coefficient and the distance that were chosen for the question, else by Krippendorff's
    alpha with the distance of its kind (see `yardsticks`), and a bootstrap over tasks: for the question, and by label,
    team, batch, guideline version and window of time. Slices of records, which may have nearly one label only, are
    held against the chance disagreement of all answers.
    Beside it stand percent agreement, each annotator's agreement with the others, who agrees with whom,
    which labels are confused and which tasks are most disputed. Gold is given to everybody, whatever their batch,
    so a team's cohorts are measured on it together, and every slice; it is left out of agreement, and what was answered
    in calibration, where people learn, is left out of accuracy. Control charts and integrity checks are followed too,
    and raise alarms.

    Args:
        ctx: The context.
        campaign_id: The campaign, by id or name.
        question: The question.
        seed: Of the bootstrap; kept.
        slices: Slices of records to measure besides the charter's critical ones and the languages.

    Raises:
        NotAssessableError: There is no answer yet, or agreement on this kind of question is not measured.
    """
    require(ctx, Decision.BATCH_ACCEPT)
    folding.fold(ctx, campaign_id, question=question)
    return settle(ctx, look(ctx, campaign_id, question=question, seed=seed, slices=slices))


@dataclass(frozen=True, slots=True, kw_only=True)
class Assessed:
    """What an assessment found, before it is kept."""

    whole: Assessment
    found: dict[tuple[str, str], Estimate]
    """Metric and scope → estimate."""
    watched: monitoring.Look | None
    """What the charts and checks found; None for questions that have none."""


def look(ctx: Context, campaign_id: str, *, question: str, seed: int = 0, slices: Sequence[str] = ()) -> Assessed:
    """Measure as `assess` says. Only reads: no writer waits while it computes."""
    require(ctx, Decision.BATCH_ACCEPT)
    campaign = annotation.campaign(ctx, campaign_id)
    asked = annotation.schema(ctx, campaign.schema_id).question(question)
    counted = annotation.progress(ctx, campaign.id).answers
    given = annotation.answers(ctx, campaign.id, question=question, structured=True)
    if len(given.task) == 0:
        raise NotAssessableError(f"Campaign '{campaign_id}' has no answers to '{question}' yet.")
    yardstick = queries.yardstick(ctx, campaign.id, asked)
    looks, now = _looks(ctx, campaign.id, question, len(given.task)), ctx.clock.now()
    with ThreadPoolExecutor(2, "figures") as beside:
        viewing = beside.submit(panel, asked, given, yardstick)
        groups, work = breakdowns.disjoint(ctx, given), usable(ctx, campaign.id, given)
        looking = beside.submit(breakdowns.of_slices, ctx, given, slices, seed=seed)
        views = viewing.result()
        apart = views.apart()
        slicing = looking.result()  # before the charts: never two of them ask the database at a time
        watching = None
        if asked.kind in CLOSED and not asked.per_turn:
            follow = partial(monitoring.look, given=given, slicing=slicing, answers=counted)
            watching = beside.submit(follow, ctx, campaign.id, question=question)
        made = _Material(
            question=question,
            seed=seed,
            metric=yardstick.metric,
            given=given,
            groups=groups,
            slicing=slicing,
            work=work,
        )
        found = _figures(made, views, apart)
        details = _details(made, views, apart, found)
        watched = watching.result() if watching else None
    whole = Assessment(campaign_id=campaign.id, assessed_at=now, looks=looks, **details)
    return Assessed(whole=whole, found={key: value for key, value in found.items() if value.n > 0}, watched=watched)


def settle(ctx: Context, assessed: Assessed) -> list[Measure]:
    """Keep what an assessment found, raise the alarms it calls for and return the measures."""
    require(ctx, Decision.BATCH_ACCEPT)
    whole = assessed.whole
    rows = _measures(whole, assessed.found)
    store.add_measures(ctx.db, ctx.program, rows)
    store.keep_assessment(ctx.db, ctx.program, whole)
    body = {"question": whole.question, "measures": len(rows), "seed": whole.seed}
    ledger.append(ctx, "quality.assessed", subject=whole.campaign_id, body=body)
    if assessed.watched is not None:
        monitoring.settle(ctx, assessed.watched)
    return rows


def _looks(ctx: Context, campaign: str, question: str, given: int) -> int:
    """Return which assessment this is; looking again at the same answers is no new one."""
    before = store.assessments(ctx.db, ctx.program, campaign=campaign, question=question)
    return before[0].looks + (before[0].given != given) if before else 1


def _measures(whole: Assessment, found: dict[tuple[str, str], Estimate]) -> list[Measure]:
    return [
        Measure(
            id=MeasureId(new_id("msr")),
            campaign_id=whole.campaign_id,
            metric=metric,
            scope=scope,
            estimate=estimate,
            measured_at=whole.assessed_at,
            question=whole.question,
        )
        for (metric, scope), estimate in found.items()
    ]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Material:
    """What the figures are computed from, without asking the database."""

    question: str
    seed: int
    metric: str
    given: Answers
    groups: list[Groups]
    """Of which every answer is in one."""
    slicing: list[Groups]
    work: NDArray[np.bool_]
    """Which answers were given at work."""


def _figures(made: _Material, views: Panel | MarkPanel, apart: Likeness) -> dict[tuple[str, str], Estimate]:
    """Return every measure by metric and scope."""
    metric, of_all = made.metric, f"question:{made.question}"
    found = _agreement(made, views)
    found |= _gold(made.given, made.groups[0], made.slicing, made.work)
    inside = comparisons.by_slice(views, made.slicing, found[metric, of_all], apart)
    found |= {(metric, f"slice:{name}"): value for name, value in inside.items()}
    others = comparisons.with_others(views, made.given, apart)
    return found | {(OTHERS, f"annotator:{name}"): value for name, value in others.items()}


def _details(
    made: _Material, views: Panel | MarkPanel, apart: Likeness, found: dict[tuple[str, str], Estimate]
) -> dict[str, Any]:
    """Return what an assessment says beyond the measures."""
    given, of_all = made.given, f"question:{made.question}"
    shares = comparisons.shares(views)
    overall = {metric: value for (metric, scope), value in found.items() if scope == of_all}
    return {
        "question": made.question,
        "scale": views.scale,
        "answers": views.answers,
        "tasks": views.tasks,
        "undecided": given.undecided,
        "shares": shares,
        "confusions": comparisons.confusions(views),
        "pairs": comparisons.pairs(views, given),
        "disputed": comparisons.disputed(views, given, apart),
        "alpha": found[ALPHA, of_all],
        "seed": made.seed,
        "given": len(given.task),
        "metric": made.metric,
        "remark": prevalence.remark(overall, shares),
    }


def _agreement(made: _Material, views: Panel | MarkPanel) -> dict[tuple[str, str], Estimate]:
    metric, seed, of_all = made.metric, made.seed, f"question:{made.question}"
    if not views.answers:
        raise NotAssessableError(
            f"Every answer to '{made.question}' is to a gold task.", remedy="Answer ordinary tasks."
        )
    found = {(ALPHA, of_all): views.alpha(seed=seed)[0]}
    found |= {(name, of_all): value for name, value in views.measures(seed=seed).items()}
    if metric != ALPHA:
        found[metric, of_all] = coefficients.of_all(views, seed=seed)
    found |= {(metric, f"label:{label}"): value for label, value in coefficients.by_label(views, seed=seed).items()}
    for each in made.groups:
        estimates = coefficients.by_group(views, each.code[views.row], seed=seed)
        for name, estimate in zip(each.names, estimates, strict=False):  # groups after the last answer have none
            found[metric, f"{each.kind}:{name}"] = estimate
    return found


def _gold(
    given: Answers, teams: Groups, slicing: list[Groups], work: NDArray[np.bool_]
) -> dict[tuple[str, str], Estimate]:
    known = np.flatnonzero(work & given.is_gold & (given.gold_value >= 0))
    right = given.is_right[known].astype(np.float64)

    def accuracy(kind: str, names: Sequence[str], code: NDArray[np.integer]) -> dict[tuple[str, str], Estimate]:
        total = np.bincount(code[known], minlength=len(names))
        good = np.bincount(code[known], weights=right, minlength=len(names))
        return {
            (GOLD, f"{kind}{name}"): wilson(int(good[place]), int(total[place])) for place, name in enumerate(names)
        }

    found = {(GOLD, ""): wilson(int(right.sum()), known.size)}
    for each in slicing:
        inside = each.code[known] == 0
        found[GOLD, f"slice:{each.names[0]}"] = wilson(int(right[inside].sum()), int(inside.sum()))
    return (
        found
        | accuracy("cohort:", teams.names, teams.code)
        | accuracy("annotator:", given.annotator_ids, given.annotator)
    )
