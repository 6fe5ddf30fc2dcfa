"""crowd-kit's truth inference, timed from answers in long format."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
from answers import CLASSES, Answers, simulate
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
    return lambda: list(np.bincount(methods[what]().fit_predict(frame), minlength=CLASSES) / frame.task.nunique())


asked = request()
answered = simulate(asked["labels"], asked["annotators"])
reply(**timed(work(asked["what"], answered, asked["iterations"]), asked["runs"]))
