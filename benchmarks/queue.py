"""`make bench-queue`: answering a task and claiming the next one, beside two job queues that claim and finish.

The peers do less: they know no annotators, overlap, gold, answers or fencing tokens, and nobody's answer is recorded.
They are here as the floor of what one durable hand-over costs on the same database. Label Studio, which does the
same work, is in `make bench-annotation`.
"""

from __future__ import annotations

from functools import partial

from benchmarks.harness.campaigns import database
from benchmarks.harness.report import Case, publish
from benchmarks.harness.workers import Peer, call

PEERS = Peer(
    name="queues", requirements=("procrastinate==3.10.0", "psycopg[binary,pool]==3.3.9", "persist-queue==1.1.0")
)
NAMES = {"SQLite": "persist-queue 1.1.0", "PostgreSQL": "procrastinate 3.10.0"}
SIZES = (10_000, 100_000, 1_000_000)
RUNS = 2_000
FIGURES = {"p50": "ms of wall, p50", "p99": "ms of wall, p99", "cpu": "ms of client CPU, mean"}


def compare(server: str, tasks: int) -> list[Case]:
    """Time both sides on one database, each with a server of its own."""
    request = {"tasks": tasks, "runs": RUNS}
    with database(server) as url:
        ours = call("queue_headwater", request | {"url": url})
    with database(server) as url:
        peer = call("queue_peers", request | {"url": url}, peer=PEERS)
    case = partial(Case, size=tasks, peer_name=NAMES[server], runs=RUNS)
    label = f"submit and claim, {server}"
    return [case(case=label, ours=ours[name], peer=peer[name], unit=unit) for name, unit in FIGURES.items()]


def main() -> None:
    """Run every database at every size."""
    publish("queue", [case for server in NAMES for tasks in SIZES for case in compare(server, tasks)])


if __name__ == "__main__":
    main()
