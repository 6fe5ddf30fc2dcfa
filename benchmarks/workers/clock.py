"""Timing inside a worker; only the standard library, because it runs in every peer's environment."""

import json
import resource
import statistics
import sys
import time
from collections.abc import Awaitable, Callable
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


class Latencies:
    """Wall milliseconds of single operations, and the CPU of all of them."""

    def __init__(self) -> None:
        self._wall: list[float] = []
        self._cpu = time.process_time()
        self._last = time.perf_counter()

    def lap(self) -> None:
        """Note that an operation ended and the next one begins."""
        now = time.perf_counter()
        self._wall.append((now - self._last) * 1e3)
        self._last = now

    def summary(self) -> dict[str, float]:
        """Return the median and the 99th percentile of the wall times, and the mean CPU, in ms."""
        cuts = statistics.quantiles(self._wall, n=100)
        return {"p50": cuts[49], "p99": cuts[98], "cpu": (time.process_time() - self._cpu) / len(self._wall) * 1e3}


WARM_UP = 100


def repeated(work: Callable[[], object], runs: int) -> dict[str, float]:
    """Return the latencies of an operation that is repeated."""
    for _ in range(WARM_UP):
        work()
    laps = Latencies()
    for _ in range(runs):
        work()
        laps.lap()
    return laps.summary()


async def repeated_async(work: Callable[[], Awaitable[object]], runs: int) -> dict[str, float]:
    """Return the latencies of an asynchronous operation that is repeated."""
    for _ in range(WARM_UP):
        await work()
    laps = Latencies()
    for _ in range(runs):
        await work()
        laps.lap()
    return laps.summary()


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
