"""Real crowd data sets as codes, read alike on both sides: numpy and the standard library only."""

import csv
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

LEAST = 1e-3
"""Probabilities below this count as this in the log loss."""


class CrowdSet(NamedTuple):
    """Answers in long format and the truth, where it is known (-1 elsewhere)."""

    name: str
    task: NDArray[np.int64]
    worker: NDArray[np.int64]
    label: NDArray[np.int64]
    truth: NDArray[np.int64]
    classes: int


def crowd_sets(directory: str) -> Iterator[CrowdSet]:
    """Yield every folder with a `labels.csv` (task, worker, label) and a `truth.csv` (task, truth)."""
    for folder in sorted(path.parent for path in Path(directory).glob("*/labels.csv")):
        rows, known = _read(folder / "labels.csv"), _read(folder / "truth.csv")
        first = {(row["task"], row["worker"]): row["label"] for row in reversed(rows)}
        pairs = sorted(first)
        tasks, task = np.unique([pair[0] for pair in pairs], return_inverse=True)
        _, worker = np.unique([pair[1] for pair in pairs], return_inverse=True)
        classes = np.unique([*first.values(), *(row["truth"] for row in known)])
        place = {name: code for code, name in enumerate(tasks.tolist())}
        truth = np.full(len(tasks), -1)
        for row in known:
            if row["task"] in place:
                truth[place[row["task"]]] = np.searchsorted(classes, row["truth"])
        label = np.searchsorted(classes, [first[pair] for pair in pairs])
        yield CrowdSet(folder.name, task, worker, label, truth, len(classes))


def scores(truth: NDArray[np.int64], posterior: NDArray[np.float64]) -> dict[str, float]:
    """Return the share of tasks found, in percent, and the mean log loss, over tasks whose truth is known."""
    place = np.flatnonzero(truth >= 0)
    right = posterior[place].argmax(axis=1) == truth[place]
    chance = np.maximum(posterior[place, truth[place]], LEAST)
    return {"accuracy": 100 * float(right.mean()), "log_loss": float(-np.log(chance).mean())}


def _read(path: Path) -> list[dict[str, Any]]:
    with path.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))
