"""How annotators and teams answer, as truth inference sees it: what they mix up, how they measure, how they order."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import scipy

from headwater.stats.inference.votes import with_prior
from headwater.stats.interval import Estimate, undefined

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from headwater.annotation.answers import Answers
    from headwater.quality.crowds import Crowd
    from headwater.stats.inference.continuous import Consensus
    from headwater.stats.inference.rankers import Reliability
    from headwater.stats.inference.truth import Truth

MOST_CLASSES = 30
"""Classes up to which confusion matrices are kept."""
_METHOD = "posterior mean of a Dirichlet row, shrunk towards its prior, equal-tailed credible interval"
_RELIABILITY = "Crowd-BT reliability, orders integrated out, normal interval of its log-odds"
_SKILL = "expected share of right answers, beta credible interval from Jeffreys' prior and the truth inferred"


@dataclass(frozen=True, slots=True, kw_only=True)
class Habit:
    """How somebody answers a question, from all their answers to it and what the labels most likely are."""

    campaign_id: str = ""
    question: str = ""
    subject: str
    """`annotator:per_…` or `cohort:team`."""
    answers: int
    skill: Estimate
    """Probability of being right: of the right class, or of reporting a true preference; undefined for numbers."""
    values: tuple[str, ...] = ()
    """The classes; empty where there are none, or more than 30."""
    evidence: tuple[tuple[float, ...], ...] = ()
    """Expected answers with their prior: a row for each true class, a column for each given one."""
    bias: float | None = None
    """For numbers: how much higher than the truth the answers are on average."""
    spread: float | None = None
    """For numbers: standard deviation around truth and bias."""

    def shares(self) -> list[list[float]]:
        """Return the rows of the confusion matrix as probabilities; nothing where there is none."""
        return [[round(cell / sum(row), 5) for cell in row] for row in self.evidence]

    def confusion(self) -> list[list[Estimate]]:
        """Return the probability of each given class (column) where another one is true (row)."""
        if not self.evidence:
            return []
        table = np.array(self.evidence)
        total = table.sum(axis=1, keepdims=True)
        low, high = (scipy.special.betaincinv(table, total - table, tail) for tail in (0.025, 0.975))
        return [
            [
                Estimate(
                    value=float(table[row, column] / total[row, 0]),
                    low=float(low[row, column]),
                    high=float(high[row, column]),
                    n=round(float(total[row, 0])),
                    method=_METHOD,
                )
                for column in range(len(table))
            ]
            for row in range(len(table))
        ]


def of_classes(crowd: Crowd, truth: Truth, teams: Mapping[str, str]) -> tuple[Habit, ...]:
    """Return the habits of every annotator and team whose answers are classes."""
    given = crowd.given
    counts = np.bincount(given.annotator, minlength=len(given.annotator_ids))
    right = skills(given.annotator, len(given.annotator_ids), truth.posterior[given.task, crowd.code])
    found = [
        Habit(
            subject=f"annotator:{name}",
            answers=int(counts[place]),
            skill=right[place],
            values=_named(crowd.values),
            evidence=_table(truth.evidence[place]),
        )
        for place, name in enumerate(given.annotator_ids[: len(truth.evidence)])
    ]
    return (*found, *_of_teams(crowd, truth, teams))


def _of_teams(crowd: Crowd, truth: Truth, teams: Mapping[str, str]) -> list[Habit]:
    """Pool the answers of each team: its expected answers with the common prior."""
    given, classes = crowd.given, len(crowd.values)
    names, code = _teams(given, teams)
    counts = np.zeros((len(names), classes, classes))
    np.add.at(counts.transpose(0, 2, 1), (code[given.cohort], crowd.code), truth.posterior[given.task])
    evidence = with_prior(counts)
    right = skills(code[given.cohort], len(names), truth.posterior[given.task, crowd.code])
    answered = np.bincount(code[given.cohort], minlength=len(names))
    return [
        Habit(
            subject=f"cohort:{name}",
            answers=int(answered[place]),
            skill=right[place],
            values=_named(crowd.values),
            evidence=_table(evidence[place]),
        )
        for place, name in enumerate(names)
    ]


def skills(code: NDArray[np.int64], people: int, right: NDArray[np.float64]) -> list[Estimate]:
    """Return how often each is right, from the probability that each answer is; code tells whose it is.

    Not from the confusion matrix: its prior counts every class, so that of many classes it would outweigh the answers.
    The interval is that of the beta distribution which varies as much as skill and inferred truth do together.
    """
    total = np.bincount(code, minlength=people).astype(np.float64)
    good = np.bincount(code, weights=right, minlength=people)
    unsure = np.bincount(code, weights=right * (1 - right), minlength=people) / (total + 1) ** 2
    mean = (good + 0.5) / (total + 1)
    size = mean * (1 - mean) / (mean * (1 - mean) / (total + 2) + unsure) - 1
    first, second = mean * size, (1 - mean) * size
    low, high = (scipy.special.betaincinv(first, second, tail) for tail in (0.025, 0.975))
    return [
        Estimate(
            value=float(mean[place]),
            low=float(low[place]),
            high=float(high[place]),
            n=int(total[place]),
            method=_SKILL,
        )
        for place in range(people)
    ]


def of_numbers(given: Answers, found: Consensus) -> tuple[Habit, ...]:
    """Return the bias and the spread of every annotator."""
    counts = np.bincount(given.annotator, minlength=len(given.annotator_ids))
    return tuple(
        Habit(
            subject=f"annotator:{name}",
            answers=int(counts[place]),
            skill=undefined("Numbers have a bias and a spread instead.", n=int(counts[place]), method="continuous"),
            bias=float(found.bias[place]),
            spread=float(found.spread[place]),
        )
        for place, name in enumerate(given.annotator_ids[: len(found.bias)])
    )


def of_orders(given: Answers, found: Reliability) -> tuple[Habit, ...]:
    """Return how reliably every annotator reports preferences; n counts the comparisons looked at."""
    counts = np.bincount(given.annotator, minlength=len(given.annotator_ids))
    low, high = found.bounds
    rows = []
    for place, name in enumerate(given.annotator_ids[: len(found.value)]):
        skill = Estimate(
            value=float(found.value[place]),
            low=float(low[place]),
            high=float(high[place]),
            n=int(found.compared[place]),
            method=_RELIABILITY,
        )
        rows.append(Habit(subject=f"annotator:{name}", answers=int(counts[place]), skill=skill))
    return tuple(rows)


def _teams(given: Answers, teams: Mapping[str, str]) -> tuple[list[str], NDArray[np.int64]]:
    """Return the names of the teams and the team's code of each cohort."""
    named = [teams.get(each, each) for each in given.cohort_ids]
    names = sorted(set(named))
    return names, np.array([names.index(each) for each in named], np.int64)


def _named(values: tuple[str, ...]) -> tuple[str, ...]:
    return values if len(values) <= MOST_CLASSES else ()


def _table(evidence: NDArray[np.float64]) -> tuple[tuple[float, ...], ...]:
    if len(evidence) > MOST_CLASSES:
        return ()
    return tuple(tuple(round(float(cell), 3) for cell in row) for row in evidence)
