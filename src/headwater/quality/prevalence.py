"""Why alpha and Gwet's AC1 of the same answers differ, in plain words: one label has nearly all of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from headwater.stats.interval import Estimate


def remark(found: Mapping[str, Estimate], shares: Mapping[str, float]) -> str:
    """Return what to make of an alpha and an AC1 whose 95 % intervals do not touch; nothing otherwise.

    Args:
        found: `agreement.alpha`, `agreement.ac1` and `agreement.percent` of the same answers, where they are measured.
        shares: Share of each label in the answers.
    """
    alpha, other, percent = (found.get(f"agreement.{name}") for name in ("alpha", "ac1", "percent"))
    if alpha is None or other is None or percent is None or not shares or not (alpha.defined and other.defined):
        return ""
    if not alpha.high < other.low:
        return ""
    label = max(shares, key=lambda name: shares[name])
    return (
        f"Alpha is {alpha.value:.2f} and Gwet's AC1 {other.value:.2f}. {percent.value:.0%} of the pairs of answers "
        f"agree, but {shares[label]:.0%} of all answers are '{label}', so nearly as many would agree by chance. AC1 "
        f"does not hold that against them, alpha does: it says that the other labels are not recognised reliably. "
        f"Where these matter go by alpha and look at them label by label; where '{label}' is what matters, by AC1. "
        f"Compare neither with the figure of a group whose mix of labels differs."
    )
