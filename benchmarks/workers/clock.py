"""Timing inside a worker; only the standard library, because it runs in every peer's environment."""

import json
import resource
import statistics
import sys
import time
from collections.abc import Callable
from typing import Any


def timed(work: Callable[[], Any], runs: int) -> dict[str, Any]:
    """Return the median CPU and wall seconds of some runs after one that warms up, and the last result."""
    result = work()
    cpu, wall = [], []
    for _ in range(runs):
        started = time.process_time(), time.perf_counter()
        result = work()
        cpu.append(time.process_time() - started[0])
        wall.append(time.perf_counter() - started[1])
    return {"cpu": statistics.median(cpu), "wall": statistics.median(wall), "result": result}


def peak_mb() -> float:
    """Return the most memory this process has held, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def request() -> dict[str, Any]:
    """Return what the benchmark asks for."""
    asked: dict[str, Any] = json.load(sys.stdin)
    return asked


def reply(**facts: Any) -> None:  # noqa: ANN401 - whatever JSON can carry
    """Answer the benchmark."""
    print(json.dumps(facts | {"peak_mb": peak_mb()}, default=float))
