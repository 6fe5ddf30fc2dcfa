"""`make bench-agreement`: agreement coefficients beside krippendorff, statsmodels, irrCAC and scikit-learn.

Both sides get the same answers in the form each prefers, prepared outside the timing: codes, counts or a matrix.
A resample of the peer is timed once and counted 1,000 times, because its loop repeats exactly that.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import partial

from benchmarks.harness.report import Case, publish
from benchmarks.harness.workers import Peer, call

PEERS = Peer(
    name="agreement",
    requirements=("krippendorff==0.9.0", "statsmodels==0.15.0", "scikit-learn==1.5.2", "irrCAC==0.4.4"),
)
KRIPPENDORFF, STATSMODELS, IRRCAC, SKLEARN = "krippendorff 0.9.0", "statsmodels 0.15.0", "irrCAC 0.4.4", "sklearn 1.5.2"
SIZES = (100_000, 1_000_000, 10_000_000)
RESAMPLES = 1000
ONCE = 1_000_000
"""Above this, the slow peers are timed once."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Contest:
    """One coefficient and whom we meet."""

    what: str
    peer: str
    goal: float | None = None
    annotators: int = 5
    """How many people share the answers, five to each task."""
    most: int = SIZES[-1]
    """The largest size that fits the peer's memory or our patience."""


CONTESTS = (
    Contest(what="alpha from counts", peer=KRIPPENDORFF, goal=5),
    Contest(what="alpha from answers, nominal", peer=KRIPPENDORFF),
    Contest(what="alpha from answers, ordinal", peer=KRIPPENDORFF),
    Contest(what="alpha from answers, nominal", peer=KRIPPENDORFF, goal=30, annotators=200, most=1_000_000),
    Contest(what="alpha with 1,000 resamples", peer=KRIPPENDORFF, goal=500),
    Contest(what="Fleiss' kappa", peer=STATSMODELS),
    Contest(what="Cohen's kappa", peer=SKLEARN),
    Contest(what="Gwet's AC1 with its standard error", peer=IRRCAC, most=1_000_000),
)


def compare(contest: Contest, labels: int) -> list[Case]:
    """Time one coefficient on both sides and hold the results against each other."""
    runs = 1 if labels > ONCE else 5
    request = {"what": contest.what, "labels": labels, "annotators": contest.annotators, "runs": runs}
    ours, peer = call("agreement_headwater", request), call("agreement_peers", request, peer=PEERS)
    resampled = contest.what.endswith("resamples")
    if not resampled and not math.isclose(ours["result"], peer["result"], abs_tol=1e-3):
        raise SystemExit(f"{contest.what}: {ours['result']} here, {peer['result']} by {contest.peer}")
    times = RESAMPLES if resampled else 1
    case = f"{contest.what}, {contest.annotators} annotators"
    common = partial(Case, size=labels, peer_name=contest.peer, runs=runs)
    return [
        common(case=case, ours=ours["cpu"], peer=peer["cpu"] * times, unit="s of CPU", goal=contest.goal),
        common(case=f"{case}: peak memory", ours=ours["peak_mb"], peer=peer["peak_mb"], unit="MB"),
    ]


def main() -> None:
    """Run every contest at every size."""
    contests = ((contest, labels) for contest in CONTESTS for labels in SIZES if labels <= contest.most)
    publish("agreement", [case for contest, labels in contests for case in compare(contest, labels)])


if __name__ == "__main__":
    main()
