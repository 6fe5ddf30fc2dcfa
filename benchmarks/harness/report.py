"""The results of a benchmark: a printed table and a JSON file that can be compared with the last one."""

from __future__ import annotations

import json
import os
import platform
from dataclasses import asdict, dataclass
from pathlib import Path

RESULTS = Path(__file__).parents[1] / "results"


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One comparison: the same work done by Headwater and by a peer in one run."""

    case: str
    """What is done, and on what."""
    size: int
    """How many tasks, labels or records."""
    ours: float
    """Headwater's cost; lower is better."""
    peer: float | None
    """The peer's cost in the same unit; None when it cannot do the work or was not asked to."""
    peer_name: str
    """The peer and its version."""
    unit: str
    """What is counted, for example `s of CPU`."""
    runs: int
    """How often each side was timed; the figure is the median."""
    goal: float | None = None
    """The ratio we want; None when there is none."""

    @property
    def ratio(self) -> float | None:
        """Peer ÷ ours: above 1, Headwater is better; None without a peer, or when ours is nothing."""
        return None if self.peer is None or not self.ours else round(self.peer / self.ours, 2)


def publish(name: str, cases: list[Case], *, part: bool = False) -> None:
    """Print the cases as a table and write `results/NAME.json`.

    Args:
        name: The benchmark.
        cases: What was measured.
        part: Only some cases were run: what the file tells of others stays.
    """
    rows = [(each, each.ratio) for each in cases]
    head = ("case", "size", "ours", "peer", "unit", "ratio", "goal", "peer's name")
    lines = [head, *(_line(each, ratio) for each, ratio in rows)]
    widths = [max(len(line[place]) for line in lines) for place in range(len(head))]
    print(f"\n{name} on {platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}")
    for line in lines:
        print("  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip())
    RESULTS.mkdir(exist_ok=True)
    data = [asdict(each) | {"ratio": ratio} for each, ratio in rows]
    file = RESULTS / f"{name}.json"
    if part and file.exists():
        run = {(each.case, each.size) for each in cases}
        told = json.loads(file.read_text(encoding="utf-8"))
        data = [each for each in told if (each["case"], each["size"]) not in run] + data
    file.write_text(json.dumps(data, indent=2) + "\n", encoding="utf-8")


def _line(each: Case, ratio: float | None) -> tuple[str, ...]:
    return (
        each.case,
        f"{each.size:,}",
        f"{each.ours:.4g}",
        "-" if each.peer is None else f"{each.peer:.4g}",
        each.unit,
        "-" if ratio is None else f"{ratio:g}",
        "-" if each.goal is None else f"≥ {each.goal:g}",
        each.peer_name,
    )
