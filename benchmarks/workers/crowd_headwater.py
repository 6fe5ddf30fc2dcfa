"""The accuracy of Headwater's methods, and of its choice between them, on real crowd data."""

from typing import Any

from clock import reply, request
from crowd_sets import CrowdSet, crowd_sets, scores

from headwater.stats.inference.choose import METHODS, compare, infer
from headwater.stats.inference.committee import WEAK, foretelling
from headwater.stats.inference.mace import drawn_dawid_skene
from headwater.stats.inference.truth import Answers, answers
from headwater.stats.inference.votes import majority

GRID = (1.0, 2.0, 3.0, 5.0, 10.0, 20.0, 50.0)
"""Strengths that the weak model of the committee might have had."""
SAYS = (0.0, 0.5, 1.0, 2.0)
"""How much the votes might have counted, beside 1 for each model."""


def measured(crowd: CrowdSet) -> dict[str, Any]:
    """Return the size of a set and how each method fares on it."""
    given = answers(crowd.task, crowd.worker, crowd.label, classes=crowd.classes)
    methods = {name: scores(crowd.truth, run(given).posterior) for name, run in METHODS.items()}
    likeliest = max(compare(given), key=lambda row: row.held_out.value).method
    chosen = infer(crowd.task, crowd.worker, crowd.label, classes=crowd.classes)
    size = {"classes": crowd.classes, "tasks": given.tasks, "workers": given.workers, "labels": len(given.task)}
    return size | {
        "truth": int((crowd.truth >= 0).sum()),
        "methods": methods,
        "chosen": chosen.method,
        "auto": scores(crowd.truth, chosen.posterior),
        "likeliest": likeliest,
        "rules": rules(crowd, given) | {name: facts["accuracy"] for name, facts in methods.items()},
        "shipped": named(WEAK, 1.0),
    }


def rules(crowd: CrowdSet, given: Answers) -> dict[str, float]:
    """Return the accuracy of every committee that might have been the default, by its name."""
    votes = majority(given).posterior
    own = drawn_dawid_skene(given, strength=foretelling(given)).posterior
    models = {strength: drawn_dawid_skene(given, strength=strength).posterior for strength in GRID}
    return {
        named(weak, says): scores(crowd.truth, says * votes + models[weak] + own)["accuracy"]
        for weak in GRID
        for says in SAYS
    }


def named(weak: float, says: float) -> str:
    """Return the name of a committee: the strength of its weak model, and what the votes count."""
    return f"{weak:g} and its own, votes {says:g}"


reply(sets={crowd.name: measured(crowd) for crowd in crowd_sets(request()["directory"])})
