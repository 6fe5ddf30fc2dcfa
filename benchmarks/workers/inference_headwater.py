"""Headwater's truth inference, timed from answers in long format; the result is the class of each task, a digit."""

from collections.abc import Callable
from typing import Any

from answers import CLASSES, simulate
from clock import reply, request, timed

from headwater.stats.inference.dawid_skene import PLAIN, dawid_skene
from headwater.stats.inference.expectation import Stop
from headwater.stats.inference.glad import glad
from headwater.stats.inference.mace import mace
from headwater.stats.inference.truth import Truth, answers
from headwater.stats.inference.votes import majority


def work(what: str, columns: tuple[Any, Any, Any], iterations: int) -> Callable[[], Any]:
    """Return the work to time."""

    def run() -> str:
        given = answers(*columns, classes=CLASSES)
        truth: Truth
        if what == "Dawid–Skene":
            truth = dawid_skene(given, prior=PLAIN, stop=Stop(iterations, 0))
        else:
            truth = {"majority vote": majority, "GLAD": glad, "MACE": mace}[what](given)
        return "".join(map(str, truth.label.tolist()))

    return run


asked = request()
columns = simulate(asked["labels"], asked["annotators"])
reply(**timed(work(asked["what"], columns, asked["iterations"]), asked["runs"]))
