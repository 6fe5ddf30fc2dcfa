"""The agreement coefficients of krippendorff, statsmodels, irrCAC and scikit-learn, timed."""

from collections.abc import Callable
from typing import Any

import numpy as np
from answers import Answers, matrix, simulate, table
from clock import reply, request, timed


def work(what: str, answers: Answers) -> Callable[[], Any]:
    """Return the work to time; what a caller would have at hand is prepared outside."""
    counts, wide = table(answers), matrix(answers)
    if what.startswith("alpha"):
        import krippendorff

        if what == "alpha from counts":
            return lambda: krippendorff.alpha(value_counts=counts, level_of_measurement="nominal")
        if what.startswith("alpha from answers"):
            level = what.rsplit(maxsplit=1)[-1]
            return lambda: krippendorff.alpha(reliability_data=wide, level_of_measurement=level)
        rng = np.random.default_rng(1)
        return lambda: krippendorff.alpha(
            value_counts=counts[rng.integers(0, len(counts), len(counts))], level_of_measurement="nominal"
        )
    if what == "Fleiss' kappa":
        from statsmodels.stats.inter_rater import fleiss_kappa

        return lambda: fleiss_kappa(counts)
    if what.startswith("Gwet"):
        import pandas as pd
        from irrCAC.raw import CAC

        frame = pd.DataFrame(wide.T)
        return lambda: CAC(frame).gwet()["est"]["coefficient_value"]
    from sklearn.metrics import cohen_kappa_score

    return lambda: cohen_kappa_score(wide[0], wide[1])


asked = request()
reply(**timed(work(asked["what"], simulate(asked["labels"], asked["annotators"])), asked["runs"]))
