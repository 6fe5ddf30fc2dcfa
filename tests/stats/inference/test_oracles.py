"""Truth inference beside crowd-kit on random answers: missing ones, ties, single answers, one worker, one class.

Where both sides run the same steps, results are held against each other. GLAD and MACE are fitted by other steps and
priors on either side, so there the other side's formulas must find our result to be its own fixed point.
"""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from headwater.stats.inference import expectation
from headwater.stats.inference.expectation import Model, Stop, fit
from headwater.stats.inference.glad import with_traits
from headwater.stats.inference.mace import HABIT_PRIOR, _habitual
from headwater.stats.inference.pairwise import bradley_terry
from headwater.stats.inference.truth import answers
from headwater.stats.inference.votes import majority, vote_shares
from tests.stats.peers import asking

CLOSE = pytest.approx
FEW = settings(max_examples=20, deadline=None)
NEXT_TO_NOTHING = 1e-10
"""What crowd-kit takes for zero."""


@pytest.fixture(scope="module")
def ask():
    with asking(Path(__file__).with_name("oracles.py")) as send:

        def ask(what, **asked):
            said = send({"what": what} | {key: _plain(value) for key, value in asked.items()})
            return {key: np.array(value) for key, value in said.items()}

        yield ask


def _plain(value):
    return value.tolist() if isinstance(value, np.ndarray) else value


@st.composite
def crowds(draw, tasks=10, workers=5):
    """Draw answers of tasks × workers, some missing, in up to four classes; every code occurs."""
    shape = (draw(st.integers(1, tasks)), draw(st.integers(1, workers)))
    table = draw(arrays(np.int64, shape, elements=st.integers(0, draw(st.integers(1, 4)))))
    assume(table.any())
    task, worker = np.nonzero(table)
    columns = (task, worker, table[task, worker])
    return dict(
        zip(("task", "worker", "label"), (np.unique(each, return_inverse=True)[1] for each in columns), strict=True)
    )


@FEW
@given(crowds())
def test_shares_of_votes_are_those_of_crowd_kit(ask, drawn):
    assert majority(answers(**drawn)).posterior == CLOSE(ask("majority", **drawn)["posterior"], abs=1e-12)


@FEW
@given(crowds(), st.integers(1, 6))
def test_dawid_and_skene_is_that_of_crowd_kit_after_as_many_iterations(ask, drawn, iterations):
    """Maximum likelihood, as there, and workers give only classes that they gave somewhere; ours by itself does not."""
    given_, stop = answers(**drawn), Stop(iterations, 0)
    theirs = ask("dawid_skene", **drawn, iterations=iterations)["posterior"]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(expectation, "SHARES_PRIOR", NEXT_TO_NOTHING)
        found = fit(given_, Model("theirs", _once_given), start=vote_shares(given_.votes), stop=stop)
    assert found.posterior == CLOSE(theirs, abs=1e-6)


def _once_given(counts):
    return np.where(counts.sum(axis=1, keepdims=True) > 0, np.maximum(counts, NEXT_TO_NOTHING), 1e-300)


@FEW
@given(crowds())
def test_glad_ends_where_crowd_kit_finds_nothing_to_improve(ask, drawn):
    given_ = answers(**drawn)
    assume(given_.classes > 1)
    found = with_traits(given_, stop=Stop(3000, 1e-9))
    theirs = ask("glad", **drawn, ability=found.traits.ability, ease=found.traits.ease)
    assert found.truth.posterior == CLOSE(theirs["posterior"], abs=1e-9)
    assert np.abs(theirs["slope"]).max() < 1e-4


@FEW
@given(crowds())
def test_mace_ends_where_crowd_kit_expects_what_it_believes(ask, drawn):
    given_ = answers(**drawn)
    assume(given_.classes > 1)
    model = Model("mace", _habitual, even=True)  # crowd-kit thinks all classes equally frequent
    found = fit(given_, model, start=vote_shares(given_.votes), stop=Stop(3000, 1e-10))
    classes, confusion = given_.classes, found.confusion
    guessed = np.stack([confusion[:, (k + 1) % classes, k] for k in range(classes)], axis=1)
    competence, habit = 1 - guessed.sum(axis=1), guessed / guessed.sum(axis=1, keepdims=True)
    theirs = ask("mace", **drawn, competence=competence, habit=habit)
    assert found.posterior == CLOSE(theirs["posterior"], abs=1e-6)
    answered = np.bincount(given_.worker)
    assert competence == CLOSE((theirs["knew"] + 1) / (answered + 2), abs=1e-3)
    spread = theirs["guessed"] + HABIT_PRIOR
    assert habit == CLOSE(spread / spread.sum(axis=1, keepdims=True), abs=1e-3)


@FEW
@given(arrays(np.int64, st.integers(2, 6).map(lambda n: (n, n)), elements=st.integers(0, 5)))
def test_strengths_are_those_of_crowd_kit(ask, wins):
    """Pairs may never have met; a ring of wins keeps every strength finite."""
    size = len(wins)
    np.fill_diagonal(wins, 0)
    wins[np.arange(size), (np.arange(size) + 1) % size] += 1
    winner, loser = (np.repeat(place.ravel(), wins.ravel()) for place in np.indices(wins.shape))
    theirs = ask("bradley_terry", winner=winner, loser=loser, iterations=3000)["scores"]
    score = np.exp(bradley_terry(winner, loser, pull=0).strength)
    assert score / score.sum() == CLOSE(theirs, abs=1e-6)
