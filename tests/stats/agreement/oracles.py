# /// script
# requires-python = ">=3.11"
# dependencies = ["krippendorff==0.9.0", "irrCAC==0.4.4", "statsmodels==0.15.0"]
# ///
"""What independent packages say of agreement: a line of JSON in, a line of JSON out, in an environment of their own.

krippendorff is under the GPL and irrCAC states no licence: nothing of theirs becomes a dependency of Headwater.
"""

from __future__ import annotations

import json
import math
import sys
import warnings
from typing import TYPE_CHECKING, Any

import krippendorff
import numpy as np
import pandas as pd
from irrCAC.raw import CAC
from statsmodels.stats.inter_rater import cohens_kappa, fleiss_kappa

if TYPE_CHECKING:
    from collections.abc import Callable


def alpha(table: np.ndarray, asked: dict[str, Any]) -> float:
    """Return Krippendorff's alpha of units × raters, 0 = no answer."""
    values = list(range(1, asked["labels"] + 1))
    ratings = np.where(table == 0, math.nan, table).T
    return float(krippendorff.alpha(ratings, level_of_measurement=asked["level"], value_domain=values))


def corrected(table: np.ndarray, asked: dict[str, Any]) -> dict[str, float]:
    """Return the coefficients of irrCAC under the named weights."""
    frame = pd.DataFrame(np.where(table == 0, math.nan, table))
    categories = [float(value) for value in range(1, asked["labels"] + 1)]
    cac = CAC(frame, weights=asked["weighting"], categories=categories, digits=12)
    names = {"fleiss": cac.fleiss, "gwet": cac.gwet, "brennan_prediger": cac.bp, "conger": cac.conger}
    return {name: _value(run) for name, run in names.items()}


def _value(run: Callable[[], Any]) -> float:
    try:
        return float(run()["est"]["coefficient_value"])
    except ZeroDivisionError:
        return math.nan


def cohen(table: np.ndarray, asked: dict[str, Any]) -> dict[str, float]:
    """Return Cohen's kappa of a square table with its standard error."""
    kind = None if asked["weighting"] == "identity" else asked["weighting"]
    found = cohens_kappa(table, wt=kind)
    return {"kappa": float(found.kappa), "error": float(found.std_kappa)}


def fleiss(table: np.ndarray, asked: dict[str, Any]) -> float:
    """Return Fleiss' kappa of counts, units × labels; without weights."""
    del asked
    return float(fleiss_kappa(table))


ASKED: dict[str, Callable[[np.ndarray, dict[str, Any]], Any]] = {
    each.__name__: each for each in (alpha, corrected, cohen, fleiss)
}
warnings.simplefilter("ignore")


def say(reply: object) -> None:
    """Write a line."""
    sys.stdout.write(json.dumps(reply) + "\n")
    sys.stdout.flush()


say("ready")
for line in sys.stdin:
    request = json.loads(line)
    try:
        reply = ASKED[request["what"]](np.array(request["table"]), request)
    except (ValueError, ZeroDivisionError, KeyError, IndexError) as error:
        reply = {"error": f"{type(error).__name__}: {error}"}
    say(reply)
