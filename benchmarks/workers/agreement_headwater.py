"""Headwater's agreement coefficients, timed."""

from collections.abc import Callable
from typing import Any

from answers import Answers, simulate, table
from clock import reply, request, timed

from headwater.stats.agreement import krippendorff, many_raters, patterns, two_raters
from headwater.stats.bootstrap import Resampling

POINT = Resampling(resamples=0)


def work(what: str, answers: Answers) -> Callable[[], Any]:
    """Return the work to time; what a caller would have at hand is prepared outside."""
    counts = table(answers)
    if what == "alpha from counts":
        return lambda: krippendorff.of_patterns(patterns.from_table(counts), resampling=POINT).value
    if what.startswith("alpha from answers"):
        level = what.rsplit(maxsplit=1)[-1]
        return lambda: krippendorff.alpha(*answers, level=level, resamples=0).value
    if what == "alpha with 1,000 resamples":
        return lambda: krippendorff.alpha(*answers, resamples=1000).value
    if what == "Fleiss' kappa":
        return lambda: many_raters.fleiss(patterns.from_table(counts), resampling=POINT).value
    if what == "Gwet's AC1 with its standard error":
        return lambda: many_raters.gwet(patterns.count(*answers)).value
    return lambda: two_raters.cohen(two_raters.joint_table(*answers, first=0, second=1)).value


asked = request()
reply(**timed(work(asked["what"], simulate(asked["labels"], asked["annotators"])), asked["runs"]))
