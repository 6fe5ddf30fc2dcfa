"""How much of a cohort's work is reviewed: the less its errors are known to be few, the more."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from headwater.annotation.store import answers
from headwater.stats import beta
from headwater.stats.interval import Estimate
from headwater.workforce import queries as people

if TYPE_CHECKING:
    from headwater.annotation.plan import Plan
    from headwater.context import Context


@dataclass(frozen=True, slots=True, kw_only=True)
class Trust:
    """What is known of the errors of a cohort, and how much of its work is reviewed because of that."""

    error: Estimate
    """Probability that an answer is wrong; its n counts answers to hidden gold and reviewed answers."""
    rate: float
    """Share of its answers that is reviewed, in [0, 1]."""
    rule: str
    """Where the rate comes from: `fixed`, `fixed for the team`, or how it follows from the errors."""


def of(plan: Plan, team: str, *, wrong: int, n: int) -> Trust:
    """Return the trust in a cohort of which so many answers of n were found wrong.

    With a target the rate r is the smallest with (1 − r)·u ≤ target, where u is the upper 95 % bound of the error: at
    most that share of all answers is wrong and passes unreviewed. It is never below the plan's floor. A rate fixed
    for the team goes before it.
    """
    error = beta.posterior(wrong, n)
    if team in plan.review_rates:
        return Trust(error=error, rate=plan.review_rates[team], rule="fixed for the team")
    if plan.review_target <= 0:
        return Trust(error=error, rate=plan.review_rate, rule="fixed")
    bound = beta.upper(wrong, n)
    rate = max(1 - plan.review_target / bound, plan.review_floor)
    rule = f"1 − {plan.review_target:g} / {bound:.3f}, at least {plan.review_floor:g}"
    return Trust(error=error, rate=rate, rule=rule)


def rate(ctx: Context, plan: Plan, team: str, *, campaign_id: str, cohort_id: str) -> float:
    """Return the share of a cohort's next answers that is to be reviewed.

    Its evidence is pooled over the batches of the campaign: same team, training and guideline version.
    """
    if plan.review_target <= 0 or team in plan.review_rates:
        return of(plan, team, wrong=0, n=0).rate
    wrong, n = answers.evidence(ctx.db, campaign_id, people.kin(ctx, cohort_id))
    return of(plan, team, wrong=wrong, n=n).rate
