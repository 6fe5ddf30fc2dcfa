"""Operating characteristic curves, drawn on the server."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from markupsafe import Markup

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from headwater.stats.acceptance.plans import Plan

_LEFT, _TOP, _BOTTOM = 42, 8, 26
_POINTS = 81


def operating(plans: Sequence[Plan], *, width: int = 360, height: int = 180) -> Markup:
    """Return the chance of acceptance of each plan over the share of wrong labels, with AQL and LTPD marked.

    The lines differ by dash as well as by colour; their names stand in the table beside them. The dotted one is that of
    the first plan for this very lot, which is steeper: its sample leaves fewer to be drawn.

    Args:
        plans: At most three, of one AQL.
        width: In pixels.
        height: In pixels.
    """
    limit = plans[0].aql / 100
    tolerated = plans[0].tolerance / 100 or plans[0].ltpd()
    right = min(1.0, max(1.6 * tolerated, 3 * limit))
    shares = np.linspace(0.0, right, _POINTS)

    def across(share: float) -> float:
        return round(_LEFT + (width - _LEFT - 8) * share / right, 1)

    def down(chance: float) -> float:
        return round(_TOP + (height - _TOP - _BOTTOM) * (1 - chance), 1)

    parts = [
        Markup('<line class="scale" x1="{}" x2="{}" y1="{}" y2="{}"/><text x="{}" y="{}" class="end">{}</text>').format(
            _LEFT, width - 8, down(level), down(level), _LEFT - 5, down(level) + 4, f"{level:.0%}"
        )
        for level in (0.0, 0.5, 1.0)
    ]
    for name, share in (("AQL", limit), ("LTPD", tolerated)):
        parts.append(
            Markup('<line class="mark" x1="{0}" x2="{0}" y1="{1}" y2="{2}"/><text x="{0}" y="{3}">{4}</text>').format(
                across(share), down(1), down(0), height - 10, f"{name} {share:.1%}"
            )
        )
    for number, plan in enumerate(plans):
        line = " ".join(f"{across(s)},{down(p)}" for s, p in zip(shares, plan.probability(shares), strict=True))
        parts.append(Markup('<polyline class="curve curve-{}" points="{}"/>').format(number, line))
    parts += [_of_lot(plan, right, across, down) for plan in plans[:1]]
    told = "; ".join(
        f"{plan.kind}: {float(plan.probability(limit)):.0%} accepted at the AQL, "
        + (f"this batch {plan.consumer_risk:.0%} at its LTPD" if plan.tolerance else f"10 % at {plan.ltpd():.1%} wrong")
        for plan in plans
    )
    head = Markup('<svg class="oc" viewBox="0 0 {0} {1}" width="{0}" height="{1}" role="img" aria-label="{2}">')
    return head.format(width, height, f"Operating characteristic. {told}") + Markup("").join(parts) + Markup("</svg>")


def _of_lot(plan: Plan, right: float, across: Callable[[float], float], down: Callable[[float], float]) -> Markup:
    wrong = np.unique(np.linspace(0, int(right * plan.lot), min(_POINTS, int(right * plan.lot) + 1)).astype(np.int64))
    chance = plan.probability_of_lot(wrong)
    line = " ".join(f"{across(n / plan.lot)},{down(p)}" for n, p in zip(wrong, chance, strict=True))
    return Markup('<polyline class="curve of-lot" points="{}"/>').format(line)
