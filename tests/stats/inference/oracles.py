# /// script
# requires-python = ">=3.11"
# dependencies = ["crowd-kit==1.4.2", "scikit-learn==1.5.2"]
# ///
"""What crowd-kit says of answers and of models of them: a line of JSON in, one out, in an environment of its own.

Importing it takes seconds and brings pandas, scikit-learn and nltk, so it is imported once, here.
"""

from __future__ import annotations

import json
import sys
import warnings
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from crowdkit.aggregation import GLAD, MACE, BradleyTerry, DawidSkene, MajorityVote

if TYPE_CHECKING:
    from collections.abc import Callable

    Reply = dict[str, Any]


def frame_of(asked: dict[str, Any]) -> pd.DataFrame:
    """Return answers in long format."""
    return pd.DataFrame({name: asked[name] for name in ("task", "worker", "label")})


def majority(asked: dict[str, Any]) -> Reply:
    """Return the shares of votes."""
    return {"posterior": _table(MajorityVote().fit_predict_proba(frame_of(asked)))}


def dawid_skene(asked: dict[str, Any]) -> Reply:
    """Return the posterior after so many iterations, however little they change."""
    model = DawidSkene(n_iter=asked["iterations"], tol=-1e300)
    posterior = model.fit_predict_proba(frame_of(asked))
    return {"posterior": _table(posterior)}


def glad(asked: dict[str, Any]) -> Reply:
    """Return the posterior under given abilities and log-eases, and the slope of the expected log posterior there."""
    model, data = GLAD(), frame_of(asked)
    model._init(data)
    model.alphas_.loc[range(len(asked["ability"]))] = asked["ability"]
    model.betas_.loc[range(len(asked["ease"]))] = asked["ease"]
    data = model._e_step(model._join_all(data, model.alphas_, model.betas_, model.priors_))
    ability, ease = model._gradient_Q(data)
    slope = [*ability.tolist(), *ease.tolist()]
    return {"posterior": _table(model.probas_), "slope": slope}


def mace(asked: dict[str, Any]) -> Reply:
    """Return the posterior under given competences and habits, and how often each worker knew, and guessed what."""
    model, data = MACE(), frame_of(asked)
    names = [np.unique(data[each]) for each in ("task", "worker", "label")]
    codes = [data[each].to_numpy() for each in ("task", "worker", "label")]
    knows = np.array(asked["competence"])
    model.spamming_, model.thetas_ = np.stack([1 - knows, knows], axis=1), np.array(asked["habit"])
    _, marginals, guessed, known = model._e_step(data, *names, *codes)
    shares = marginals.div(marginals.sum(axis=1), axis=0)
    return {
        "posterior": _table(shares),
        "knew": known["knowing_expected_count_1"].tolist(),
        "guessed": guessed.to_numpy().tolist(),
    }


def bradley_terry(asked: dict[str, Any]) -> Reply:
    """Return the scores of items, which add up to 1."""
    pairs = pd.DataFrame({"left": asked["winner"], "right": asked["loser"], "label": asked["winner"]})
    # With a tolerance above 0 it stops at the second iteration, whose change it takes for none.
    return {"scores": BradleyTerry(n_iter=asked["iterations"], tol=0).fit_predict(pairs).sort_index().tolist()}


def _table(posterior: pd.DataFrame) -> list[list[float]]:
    ordered = posterior.sort_index(axis=0).sort_index(axis=1)
    return [[float(value) for value in row] for row in ordered.to_numpy()]


ASKED: dict[str, Callable[[dict[str, Any]], Reply]] = {
    each.__name__: each for each in (majority, dawid_skene, glad, mace, bradley_terry)
}
warnings.simplefilter("ignore")


def say(reply: object) -> None:
    """Write a line."""
    sys.stdout.write(json.dumps(reply) + "\n")
    sys.stdout.flush()


say("ready")
for line in sys.stdin:
    request = json.loads(line)
    say(ASKED[request["what"]](request))
