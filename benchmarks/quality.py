"""`make bench-quality`: truth inference beside crowd-kit, agreement beside krippendorff, accuracy on real crowds.

Both sides start from the same answers in long format: arrays of codes here, a frame of them for crowd-kit. Dawid and
Skene's model runs for equal iterations without a prior; GLAD and MACE run as each side runs them by default. The
accuracy needs crowd data with known truth, which the repository does not carry: name its folder in CROWD_DATA
(see the page on truth inference). The tables of that page are written anew.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from functools import partial
from typing import Any

from benchmarks.agreement import CONTESTS, KRIPPENDORFF, SIZES
from benchmarks.agreement import compare as compare_agreement
from benchmarks.harness.crowd import best_single, write_tables
from benchmarks.harness.report import Case, publish
from benchmarks.harness.workers import Peer, call

PEERS = Peer(name="crowd", requirements=("crowd-kit==1.4.2", "scikit-learn==1.5.2"))
CROWD_KIT = "crowd-kit 1.4.2"
ITERATIONS = 10
ONCE = 500_000
"""Above this, both sides are timed once."""
LIMIT_S = 180
"""How long a method of crowd-kit may take on one real set."""
NEAR = 0.02
"""How far the shares of the inferred classes may lie apart: the two break ties and stop differently."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Contest:
    """One method and how large it may get."""

    what: str
    sizes: tuple[int, ...]
    goal: float | None = None
    runs: int = 3


INFERENCE = (
    Contest(what="majority vote", sizes=SIZES),
    Contest(what="Dawid–Skene", sizes=SIZES, goal=12),
    Contest(what="GLAD", sizes=(25_000, 90_000), goal=50, runs=1),
    Contest(what="MACE", sizes=(25_000, 90_000), goal=50, runs=1),
)


def compare(contest: Contest, labels: int) -> list[Case]:
    """Time one method on both sides and hold the results against each other."""
    runs = 1 if labels > ONCE else contest.runs
    request = {"what": contest.what, "labels": labels, "annotators": 200, "runs": runs, "iterations": ITERATIONS}
    ours = call("inference_headwater", request)
    peer = call("inference_peers", request, peer=PEERS)
    if max(abs(here - there) for here, there in zip(ours["result"], peer["result"], strict=True)) > NEAR:
        raise SystemExit(f"{contest.what}: {ours['result']} here, {peer['result']} by {CROWD_KIT}")
    common = partial(Case, size=labels, peer_name=CROWD_KIT, runs=runs)
    extent = f", {ITERATIONS} iterations" if contest.what == "Dawid–Skene" else ""
    case = f"{contest.what}{extent}, 200 annotators"
    return [
        common(case=case, ours=ours["cpu"], peer=peer["cpu"], unit="s of CPU", goal=contest.goal),
        common(case=f"{case}: peak memory", ours=ours["peak_mb"], peer=peer["peak_mb"], unit="MB"),
    ]


def accuracy(directory: str) -> tuple[list[Case], dict[str, Any]]:
    """Measure the automatic choice beside crowd-kit's methods on real crowds."""
    ours = call("crowd_headwater", {"directory": directory})["sets"]
    peer = call("crowd_peers", {"directory": directory, "limit_s": LIMIT_S}, peer=PEERS)["sets"]
    sets = {name: facts | {"peer": peer[name]} for name, facts in ours.items()}
    single = best_single(sets)
    cases = [
        Case(
            case=f"tasks of {name} wrong, automatic choice beside {single}",
            size=facts["labels"],
            ours=100 - facts["auto"]["accuracy"],
            peer=100 - facts["peer"][single]["accuracy"],
            peer_name=CROWD_KIT,
            unit="%",
            runs=1,
        )
        for name, facts in sets.items()
    ]
    return cases, sets


def main() -> None:
    """Run everything, publish it, and write the tables of the page."""
    cases = [case for contest in INFERENCE for labels in contest.sizes for case in compare(contest, labels)]
    for contest in CONTESTS:
        if contest.peer == KRIPPENDORFF:
            cases += [each for labels in SIZES if labels <= contest.most for each in compare_agreement(contest, labels)]
    sets: dict[str, Any] = {}
    directory = os.environ.get("CROWD_DATA", "")
    if directory:
        found, sets = accuracy(directory)
        cases += found
    else:
        print("CROWD_DATA names no folder of crowd data: accuracy on real crowds is left out.")
    publish("quality", cases)
    write_tables(cases, sets)


if __name__ == "__main__":
    main()
