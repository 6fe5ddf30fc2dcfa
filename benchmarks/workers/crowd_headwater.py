"""The accuracy of Headwater's methods, and of its choice between them, on real crowd data."""

from typing import Any

from clock import reply, request
from crowd_sets import CrowdSet, crowd_sets, scores

from headwater.stats.inference.choose import METHODS, compare, infer
from headwater.stats.inference.truth import answers


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
    }


reply(sets={crowd.name: measured(crowd) for crowd in crowd_sets(request()["directory"])})
