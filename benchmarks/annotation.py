"""`make bench-annotation`: Headwater beside Label Studio, both as their packages serve them, over real HTTP.

On each database and size the same steps are timed on both sides: importing texts as tasks, one annotator, eight who
never pause, fifty who think for a second, and exporting ten thousand answers. A turn is an answer sent and the next
task held. Headwater's import includes what Label Studio does not do: cleaning, exact duplicates, language, personal
data, provenance and lineage. At a million tasks Headwater runs alone.
"""

from __future__ import annotations

import statistics
import sys
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Any

from benchmarks.harness.campaigns import database
from benchmarks.harness.report import Case, publish
from benchmarks.harness.sides import Side, headwater, label_studio

if TYPE_CHECKING:
    from collections.abc import Callable

    Open = Callable[[str, int], AbstractContextManager[Side]]

PEER = "Label Studio 1.23.2"
DATABASES = ("SQLite", "PostgreSQL")
SIZES = (10_000, 100_000)
ALONE = 1_000_000
ANSWERED = 10_000
SECONDS = 10.0
EXPORTS = 3
"""A single one takes up to twice as long by chance; the one in the middle counts, on both sides."""
MEMORY = "MB of memory, peak"
OWN = "MB of memory without mapped files, after the step that left most"
UNITS = {
    "p50": "ms of wall, p50",
    "p99": "ms of wall, p99",
    "cpu_ms": "ms of server CPU per answer",
    "per_answer_ms": "ms of wall per answer",
    "doubled": "tasks given twice",
}


def measure(side: Side, tasks: int) -> dict[tuple[str, str], float]:
    """Run every step on one side: (step, unit) → figure."""
    figures = {("import", "s"): side.take_in(tasks)}
    own = [side.server.own_mb()]
    for step, people, think_s in (("1 annotator", 1, 0.0), ("8 annotators", 8, 0.0), ("50 annotators", 50, 1.0)):
        done = side.work(annotators=people, seconds=SECONDS, think_s=think_s)
        print(f"  {step}: {_told(done)}", flush=True)
        own.append(side.server.own_mb())
        done["per_answer_ms"] = done["elapsed_s"] * 1e3 / max(1, done["answers"])
        wanted = UNITS if people > 1 else ("p50", "p99", "cpu_ms")
        figures |= {(step, UNITS[name]): done[name] for name in wanted if not (think_s and name == "per_answer_ms")}
    figures["export 10k answers", "s"] = statistics.median(side.export() for _ in range(EXPORTS))
    figures["server at work", OWN] = max(*own, side.server.own_mb())
    figures["server at work", MEMORY] = side.server.memory_mb()
    return figures


LIMITS = {
    ("8 annotators", UNITS["cpu_ms"]): 3.0,
    ("50 annotators", UNITS["p99"]): 50.0,
    ("server at work", MEMORY): 250.0,
}
"""What must hold whatever the peer does; told as cases of their own, beside "the goal"."""


def compare(name: str, tasks: int) -> list[Case]:
    """Measure both sides on one database, each with a server of its own; Label Studio up to 100,000 tasks."""
    ours = _run(headwater, name, tasks)
    peer = _run(label_studio, name, tasks) if tasks < ALONE else {}
    limits = [
        Case(
            case=f"{step}, {name}: the goal",
            size=tasks,
            ours=ours[step, unit],
            peer=limit,
            peer_name="the goal",
            unit=unit,
            runs=1,
            goal=1.0,
        )
        for (step, unit), limit in LIMITS.items()
    ]
    return limits + [
        Case(
            case=f"{step}, {name}",
            size=tasks,
            ours=figure,
            peer=peer.get((step, unit)),
            peer_name=PEER,
            unit=unit,
            runs=1,
            goal=_goal(step, unit),
        )
        for (step, unit), figure in ours.items()
    ]


def _run(opened: Open, name: str, tasks: int) -> dict[tuple[str, str], float]:
    print(f"{opened.__name__} on {name} with {tasks:,} tasks", flush=True)
    with database(name) as url, opened(url, ANSWERED) as side:
        return measure(side, tasks)


def _goal(step: str, unit: str) -> float | None:
    if (step, unit) == ("8 annotators", UNITS["per_answer_ms"]):
        return 50.0
    return {"import": 10.0, "export 10k answers": 20.0}.get(step)


def _told(done: dict[str, Any]) -> str:
    rate = done["answers"] / done["elapsed_s"]
    problems = f", problems {done['problems']}" if done["problems"] else ""
    times = f"p50 {done['p50']:.0f} ms, p99 {done['p99']:.0f} ms, {done['cpu_ms']:.1f} ms of server CPU each"
    return f"{done['answers']} answers, {rate:.1f}/s, {times}, doubled {done['doubled']}{problems}"


def main() -> None:
    """Run every size, or those named, on every database, the largest last; what is measured is kept at once."""
    cases: list[Case] = []
    for tasks in [int(each) for each in sys.argv[1:]] or (*SIZES, ALONE):
        for name in DATABASES:
            cases += compare(name, tasks)
            publish("annotation", cases, part=len(sys.argv) > 1)


if __name__ == "__main__":
    main()
