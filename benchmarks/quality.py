"""`make bench-quality`: truth inference beside crowd-kit, agreement beside krippendorff, accuracy on real crowds.

Both sides start from the same answers in long format: arrays of codes here, a frame of them for crowd-kit. Dawid and
Skene's model runs for equal iterations without a prior; GLAD and MACE run as each side runs them by default. It fails
when more tasks than stated are labelled otherwise on the two sides. The accuracy needs crowd data with known truth,
which the repository does not carry: name its folder in CROWD_DATA (see the page on truth inference). The tables of that
page are written anew. `python -m benchmarks.quality crowd` measures the accuracy alone.
"""

from __future__ import annotations

import os
import sys
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
ONCE = 2_000_000
"""Above this, both sides are timed once."""
LIMIT_S = 180
"""How long a method of crowd-kit may take on one real set."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Contest:
    """One method and how large it may get."""

    what: str
    sizes: tuple[int, ...]
    otherwise: float
    """Most tasks that may be labelled otherwise than by crowd-kit, in percent: each breaks ties and stops by itself."""
    goal: float | None = None
    runs: int = 3
    alone: tuple[int, ...] = ()
    """Sizes at which crowd-kit would take too long."""


INFERENCE = (
    # four tasks in a hundred are ties, which crowd-kit's sort breaks otherwise on another CPU
    Contest(what="majority vote", sizes=SIZES, otherwise=5),
    Contest(what="Dawid–Skene", sizes=SIZES, otherwise=0.1, goal=12),
    Contest(what="GLAD", sizes=(25_000, 90_000), otherwise=1, goal=50, runs=1, alone=(100_000, 1_000_000, 10_000_000)),
    Contest(what="MACE", sizes=(25_000, 90_000), otherwise=3, goal=50, runs=1, alone=(100_000, 1_000_000, 10_000_000)),
)


def compare(contest: Contest, labels: int) -> list[Case]:
    """Time one method on both sides and hold the classes of the tasks against each other."""
    runs = 1 if labels > ONCE else contest.runs
    request = {"what": contest.what, "labels": labels, "annotators": 200, "runs": runs, "iterations": ITERATIONS}
    ours = call("inference_headwater", request)
    peer = call("inference_peers", request, peer=PEERS) if labels in contest.sizes else None
    goal = contest.goal if peer else None
    cpu, peak_mb = (peer["cpu"], peer["peak_mb"]) if peer else (None, None)
    common = partial(Case, size=labels, peer_name=CROWD_KIT, runs=runs)
    extent = f", {ITERATIONS} iterations" if contest.what == "Dawid–Skene" else ""
    case = f"{contest.what}{extent}, 200 annotators"
    cases = [
        common(case=case, ours=ours["cpu"], peer=cpu, unit="s of CPU", goal=goal),
        common(case=f"{case}: peak memory", ours=ours["peak_mb"], peer=peak_mb, unit="MB"),
    ]
    if peer is not None:
        different = sum(here != there for here, there in zip(ours["result"], peer["result"], strict=True))
        share = 100 * different / len(ours["result"])
        cases.append(
            common(case=f"{case}: tasks labelled otherwise than by crowd-kit", ours=share, peer=None, unit="%")
        )
        if share > contest.otherwise:
            raise SystemExit(f"{contest.what}: {share:.2f} % of {labels // 5:,} tasks are labelled otherwise.")
    return cases


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


def speed() -> list[Case]:
    """Measure inference and agreement beside their peers."""
    cases = [
        case
        for contest in INFERENCE
        for labels in (*contest.sizes, *contest.alone)
        for case in compare(contest, labels)
    ]
    for contest in CONTESTS:
        if contest.peer == KRIPPENDORFF:
            cases += [each for labels in SIZES if labels <= contest.most for each in compare_agreement(contest, labels)]
    return cases


def main(words: list[str]) -> None:
    """Run everything, or only the crowds, publish it, and write the tables of the page."""
    only = words == ["crowd"]
    cases = [] if only else speed()
    sets: dict[str, Any] = {}
    directory = os.environ.get("CROWD_DATA", "")
    if directory:
        found, sets = accuracy(directory)
        cases += found
    else:
        print("CROWD_DATA names no folder of crowd data: accuracy on real crowds is left out.")
    if cases:
        publish("quality", cases, part=only)
        write_tables(cases, sets)


if __name__ == "__main__":
    main(sys.argv[1:])
