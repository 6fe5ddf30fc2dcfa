"""The Beta posterior of a share, against hand-derived values."""

from __future__ import annotations

import pytest

from headwater.core.errors import InvalidError
from headwater.stats import beta


def test_the_upper_bound_without_an_error_has_a_closed_form() -> None:
    # Beta(1, n + 1) has the distribution function 1 − (1 − x)^(n + 1), so its .95 quantile is 1 − .05^(1 / (n + 1)).
    for n in (0, 1, 10, 300):
        assert beta.upper(0, n) == pytest.approx(1 - 0.05 ** (1 / (n + 1)), abs=1e-12)


def test_the_posterior_of_one_error_in_three_is_that_of_beta_two_three() -> None:
    # Mean 2 / 5. Its distribution function is 6x² − 8x³ + 3x⁴, which is .025 and .975 at the ends.
    found = beta.posterior(1, 3)
    assert (found.value, found.n) == (0.4, 3)
    for end, share in ((found.low, 0.025), (found.high, 0.975)):
        assert 6 * end**2 - 8 * end**3 + 3 * end**4 == pytest.approx(share, abs=1e-12)


def test_more_than_all_is_refused() -> None:
    with pytest.raises(InvalidError):
        beta.posterior(4, 3)
