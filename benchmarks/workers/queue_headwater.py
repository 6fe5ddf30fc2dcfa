"""Headwater's queue: eight annotators take turns, each submits an answer and claims the next task with it."""

import itertools
import time

from clock import repeated, reply, request

from benchmarks.harness.campaigns import open_bench
from tests.annotation import factories

asked = request()
started = time.perf_counter()
with open_bench(asked["url"], asked["tasks"]) as bench:
    filled_s = time.perf_counter() - started
    held = {annotator: factories.claim(bench.team, bench.campaign, annotator) for annotator in bench.team.annotators}
    turns = itertools.cycle(bench.team.annotators)

    def answer_and_claim() -> None:
        """Submit one answer and claim one task."""
        annotator = next(turns)
        assignment = held[annotator]
        if assignment is None:
            raise RuntimeError("the campaign has no tasks left")
        receipt = factories.answer(bench.team, bench.campaign, annotator, assignment, claim_next=True)
        held[annotator] = receipt.next.assignment if receipt.next else None

    times = repeated(answer_and_claim, asked["runs"])
reply(**times, filled_s=filled_s)
