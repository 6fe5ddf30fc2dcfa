"""The accuracy of crowd-kit's methods on real crowd data, each with its defaults and a limit on its time."""

import signal
import time
from collections.abc import Callable
from types import FrameType
from typing import Any

import pandas as pd
from clock import reply, request
from crowd_sets import CrowdSet, crowd_sets
from crowdkit.aggregation import (
    GLAD,
    MACE,
    DawidSkene,
    MajorityVote,
    OneCoinDawidSkene,
    Wawa,
    ZeroBasedSkill,
)

METHODS: dict[str, Callable[[], Any]] = {
    "majority": MajorityVote,
    "Wawa": Wawa,
    "ZBS": ZeroBasedSkill,
    "Dawid–Skene": DawidSkene,
    "one-coin": OneCoinDawidSkene,
    "GLAD": GLAD,
    "MACE": MACE,
}


def measured(crowd: CrowdSet, limit_s: int) -> dict[str, Any]:
    """Return the accuracy of each method in percent and its CPU seconds; None where its time ran out."""
    frame = pd.DataFrame({"task": crowd.task, "worker": crowd.worker, "label": crowd.label})
    found: dict[str, Any] = {}
    for name, method in METHODS.items():
        started = time.process_time()
        signal.alarm(limit_s)
        try:
            label = method().fit_predict(frame)
        except TimeoutError:
            found[name] = None
            continue
        finally:
            signal.alarm(0)
        right = [label[task] == truth for task, truth in enumerate(crowd.truth) if truth >= 0]
        found[name] = {"accuracy": 100 * sum(right) / len(right), "cpu": time.process_time() - started}
    return found


def _late(_signal: int, _frame: FrameType | None) -> None:
    raise TimeoutError


signal.signal(signal.SIGALRM, _late)
asked = request()
reply(sets={crowd.name: measured(crowd, asked["limit_s"]) for crowd in crowd_sets(asked["directory"])})
