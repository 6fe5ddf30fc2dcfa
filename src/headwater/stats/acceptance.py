"""Acceptance sampling by attributes: single plans of ISO 2859-1, normal inspection, general level II.

The master table is a diagonal: along each AQL column the acceptance numbers 0, ↑, ↓, 1, 2, 3, 5, 7, 10, 14, 21
begin one letter earlier for each step of the AQL series. An arrow means the nearest plan in its direction.

Source: ISO 2859-1:1999, tables 1 and 2-A.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy import stats

from headwater.core.errors import InvalidError

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

LETTERS = "ABCDEFGHJKLMNPQR"
SIZES = (2, 3, 5, 8, 13, 20, 32, 50, 80, 125, 200, 315, 500, 800, 1250, 2000)
LEVEL_II = (8, 15, 25, 50, 90, 150, 280, 500, 1200, 3200, 10_000, 35_000, 150_000, 500_000)
"""Largest lot of each letter from A; larger lots are Q."""
AQLS = (10.0, 6.5, 4.0, 2.5, 1.5, 1.0, 0.65, 0.40, 0.25, 0.15, 0.10)
"""Acceptance quality limits in percent; the zero of the first column lies one letter before A."""
_ACCEPT = (0, None, None, 1, 2, 3, 5, 7, 10, 14, 21)


@dataclass(frozen=True, slots=True, kw_only=True)
class SinglePlan:
    """Inspect a sample; accept the lot when it holds at most so many nonconforming items."""

    lot: int
    aql: float
    """Acceptance quality limit, in percent nonconforming."""
    letter: str
    sample: int
    """Items to inspect, at most the lot."""
    accept: int
    """Most nonconforming items at which the lot is accepted."""

    def probability(self, fraction: ArrayLike) -> NDArray[np.float64]:
        """Return the probability of accepting lots with a fraction nonconforming: the operating characteristic.

        Binomial, as the standard has it for lots much larger than the sample.
        """
        return np.asarray(stats.binom.cdf(self.accept, self.sample, np.asarray(fraction, dtype=np.float64)))

    def tolerance(self, *, risk: float = 0.10) -> float:
        """Return the fraction nonconforming that is accepted only with probability `risk` (LTPD)."""
        return float(stats.beta.ppf(1 - risk, self.accept + 1, self.sample - self.accept))


def single(lot: int, *, aql: float) -> SinglePlan:
    """Return the plan for a lot.

    Args:
        lot: Items in the lot, at least 2.
        aql: One of `AQLS`, in percent.

    Raises:
        InvalidError: The lot is too small or the AQL is not in the series.
    """
    if lot < 2:  # noqa: PLR2004 -- the standard's smallest lot
        raise InvalidError(f"A lot of {lot} is too small to sample: inspect all of it.")
    if aql not in AQLS:
        raise InvalidError(f"AQL {aql:g} is not in the series; use one of {', '.join(f'{a:g}' for a in AQLS)}.")
    letter = sum(lot > largest for largest in LEVEL_II)
    zero = AQLS.index(aql) - 1
    place = letter - zero
    if place <= 0 and zero >= 0:
        place = 0
    elif place == 1:
        place = 0 if zero >= 0 else 3
    elif place == 2 or place < 0:  # noqa: PLR2004 -- the second arrow
        place = 3
    place = min(place, len(_ACCEPT) - 1)
    accept = _ACCEPT[place]
    letter = zero + place
    if accept is None or letter < 0:
        raise InvalidError(f"There is no single plan for a lot of {lot} at AQL {aql:g}.")
    return SinglePlan(lot=lot, aql=aql, letter=LETTERS[letter], sample=min(SIZES[letter], lot), accept=accept)
