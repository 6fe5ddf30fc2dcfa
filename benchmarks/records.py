"""`make bench-records`: searching, filtering and paging through records, and the pages that show them.

The peer is DuckDB on a table of its own with the same rows, its attributes as JSON: one of the quickest engines there
are for such a scan. It keeps no versions, pins or rights. The pages have no peer: they are held to half a second, also
the first time a process is asked.
"""

from __future__ import annotations

from functools import partial

from benchmarks.harness.report import Case, publish
from benchmarks.harness.workers import Peer, call

DUCKDB = Peer(name="duckdb", requirements=("duckdb==2.0.1",))
SIZES = (100_000, 1_000_000)
RUNS = 20
GOAL = 1.0
PROMISED_MS = 500.0
"""What every page about records takes at most, on two cores."""


def compare(records: int) -> list[Case]:
    """Time both sides on the same number of records."""
    request = {"records": records, "runs": RUNS}
    ours = call("records_headwater", request)
    peer = call("records_peers", request, peer=DUCKDB)
    case = partial(Case, size=records, peer_name=DUCKDB.requirements[0].replace("==", " "), runs=RUNS)
    cases = [
        case(case=name, ours=value, peer=peer["queries"][name], unit="ms of wall, p50", goal=GOAL)
        for name, value in ours["queries"].items()
    ]
    page = partial(Case, size=records, peer=PROMISED_MS, peer_name="promised", runs=RUNS, goal=GOAL)
    cases += [page(case=name, ours=value, unit="ms over HTTP, p50") for name, value in ours["pages"].items()]
    cases += [page(case=name, ours=value, unit="ms over HTTP, first") for name, value in ours["first"].items()]
    return [*cases, case(case="peak memory", ours=ours["peak_mb"], peer=peer["peak_mb"], unit="MB", runs=1)]


def main() -> None:
    """Run every size."""
    publish("records", [case for size in SIZES for case in compare(size)])


if __name__ == "__main__":
    main()
