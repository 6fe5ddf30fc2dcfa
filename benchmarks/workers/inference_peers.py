"""crowd-kit's truth inference, timed from answers in long format; the result is the class of each task, a digit."""

from collections.abc import Callable
from typing import Any

import pandas as pd
from answers import Answers, simulate
from clock import reply, request, timed
from crowdkit.aggregation import GLAD, MACE, DawidSkene, MajorityVote


def work(what: str, answers: Answers, iterations: int) -> Callable[[], Any]:
    """Return the work to time; the frame that crowd-kit wants is prepared outside."""
    frame = pd.DataFrame({"task": answers.task, "worker": answers.annotator, "label": answers.label})
    methods: dict[str, Callable[[], Any]] = {
        "majority vote": MajorityVote,
        "Dawid–Skene": lambda: DawidSkene(n_iter=iterations, tol=0),
        "GLAD": GLAD,
        "MACE": MACE,
    }
    return lambda: "".join(map(str, methods[what]().fit_predict(frame).sort_index().tolist()))


asked = request()
answered = simulate(asked["labels"], asked["annotators"])
reply(**timed(work(asked["what"], answered, asked["iterations"]), asked["runs"]))
