"""Intervals cover what they promise: 93 to 97 % of simulated samples, with a fixed seed."""

import numpy as np

from headwater.stats.agreement.krippendorff import of_patterns
from headwater.stats.agreement.pairs import pairwise
from headwater.stats.agreement.patterns import from_table
from headwater.stats.bootstrap import Resampling
from headwater.stats.interval import wilson_bounds

RUNS = 1200
SHARES = np.array([0.5, 0.3, 0.2])


def tables(rng, tasks, alpha):
    """Return counts of four answers per task and label in the model whose alpha is known."""
    mix = rng.dirichlet(SHARES * (1 - alpha) / alpha, size=tasks)
    return rng.multinomial(4, mix)


def test_the_bootstrap_of_alpha_covers():
    rng, hits = np.random.default_rng(21), 0
    for _ in range(RUNS):
        found = of_patterns(from_table(tables(rng, 150, 0.6)), resampling=Resampling(resamples=500, rng=rng))
        hits += found.low <= 0.6 <= found.high
    assert 0.93 <= hits / RUNS <= 0.97


def test_wilson_covers_on_average_over_shares():
    rng = np.random.default_rng(22)
    share = rng.uniform(0.05, 0.95, 40_000)
    bounds = wilson_bounds(rng.binomial(60, share), np.full(share.size, 60))
    assert 0.945 <= np.mean((bounds.low <= share) & (share <= bounds.high)) <= 0.955


def test_the_normal_interval_of_kappa_covers():
    rng, hits = np.random.default_rng(23), 0
    # Both copy a shared hidden answer with chance .8 each, else draw from the shares: kappa = .8 · .8.
    for _ in range(RUNS):
        hidden = rng.choice(3, 200, p=SHARES)
        answers = [np.where(rng.random(200) < 0.8, hidden, rng.choice(3, 200, p=SHARES)) for _ in range(2)]
        (pair,) = pairwise(np.tile(np.arange(200), 2), np.repeat([0, 1], 200), np.concatenate(answers), labels=3)
        hits += pair.kappa.low <= 0.64 <= pair.kappa.high
    assert 0.93 <= hits / RUNS <= 0.97
