"""`make bench-summary`: the figures of the quality page from the answers of a campaign in PostgreSQL.

The first time the rows are read once and folded into columns; from then on only what came since is read. Both are
timed, with everything that `quality assess` does: alpha as a whole and by label, team, batch, guideline version and
week, annotators against each other, confusions, disputes, gold, storing the measures, and following the control
charts. The first time, all integrity checks that are due for so many answers are made as well.
"""

from __future__ import annotations

import sys
import time
from hashlib import sha256
from typing import TYPE_CHECKING

from benchmarks.harness.campaigns import TEXT, database, open_bench
from benchmarks.harness.report import Case, publish
from headwater.annotation import folding
from headwater.annotation import queries as annotation
from headwater.quality import assessments
from tests.annotation.factories import put_records

if TYPE_CHECKING:
    from benchmarks.harness.campaigns import Bench
    from headwater.context import Context

SIZES = (100_000, 1_000_000, 10_000_000)
OVERLAP, ANNOTATORS, BATCHES, TEAMS = 5, 200, 8, 4
RECORDS = 100_000
"""Records put at a time."""
GOAL_S = 10.0

FILL = """
INSERT INTO answer
SELECT 'ans_' || lpad(to_hex(g), 32, '0'), 'lse_' || md5('l' || g), '{campaign}', '{batch}', 'tsk_' || md5(task::text),
       'rec_' || encode(sha256(task::text::bytea), 'hex'), 'per_' || md5((task * 5 % {annotators} + pass)::text),
       'coh_' || md5((task % {teams} + {teams} * part)::text), '{schema}', '{guideline}', 'annotate',
       json_build_object('topic', (array['billing', 'fault', 'praise'])[
           1 + CASE WHEN random() < .8 THEN task % 3 ELSE floor(random() * 3)::int END]),
       1, 5000, md5('c' || g), '', false, false, 1700000000000000 + g::bigint * 300000, NULL
FROM (SELECT g, g / {block} AS part, g % {block} / ({block} / {overlap}) AS pass,
             g / {block} * ({block} / {overlap}) + g % ({block} / {overlap}) AS task
      FROM generate_series(0, {rows} - 1) g) AS made
"""
"""Batch after batch, each answered in as many rounds as a task wants answers, as people work."""


def fill(bench: Bench, rows: int) -> None:
    """Put records and answers into the campaign past the queue: only reading them is timed."""
    team = bench.team
    for start in range(0, rows // OVERLAP, RECORDS):
        tasks = range(start, min(start + RECORDS, rows // OVERLAP))
        ids = [f"rec_{sha256(str(task).encode()).hexdigest()}" for task in tasks]
        put_records(team, [TEXT.format(place=task) for task in tasks], ids=ids)
    with team.act(team.ops) as ctx:
        campaign = annotation.campaign(ctx, bench.campaign)
        batch = annotation.batches(ctx, campaign.id)[0].id
        ctx.db.exec_driver_sql(
            FILL.format(
                campaign=campaign.id,
                batch=batch,
                schema=campaign.schema_id,
                guideline=campaign.guideline_id,
                annotators=ANNOTATORS,
                teams=TEAMS,
                block=rows // BATCHES,
                overlap=OVERLAP,
                rows=rows,
            ).replace("%", "%%")
        )
        # the charts' run lengths are chosen by what the campaign plans
        ctx.db.exec_driver_sql(f"UPDATE batch SET tasks = {rows // OVERLAP} WHERE id = '{batch}'")
    with team.act(team.ops) as ctx:
        ctx.db.exec_driver_sql("ANALYZE answer")


def measure(rows: int) -> list[Case]:
    """Time folding, then the figures from what was folded."""
    with database("PostgreSQL") as url, open_bench(url, 10) as bench:
        fill(bench, rows)
        team = bench.team

        def folded(ctx: Context) -> int:
            return folding.fold(ctx, bench.campaign, question="topic")

        def assessed(ctx: Context) -> int:
            return len(assessments.assess(ctx, bench.campaign, question="topic"))

        spent = []
        for act in (folded, assessed, assessed):
            wall, cpu = time.perf_counter(), time.process_time()
            with team.act(team.ops) as ctx:
                done = act(ctx)
            spent.append((time.perf_counter() - wall, time.process_time() - cpu))
            print(
                f"{act.__name__} {done:,}: {spent[-1][0]:.1f} s, of that {spent[-1][1]:.1f} s of CPU here", flush=True
            )

    def case(what: str, seconds: float, unit: str, goal: float | None = None) -> Case:
        peer = goal or None
        name = "the goal" if goal else "-"
        return Case(case=what, size=rows, ours=seconds, peer=peer, peer_name=name, unit=unit, runs=1, goal=goal and 1)

    wanted = GOAL_S if rows == SIZES[-1] else None
    return [
        case("rows folded into columns, once", spent[0][0], "s"),
        case("figures of the quality page, the first time", spent[1][0], "s", wanted),
        case("figures of the quality page, again", spent[2][0], "s", wanted),
        case("figures of the quality page, again: CPU", spent[2][1], "s of CPU"),
    ]


def main() -> None:
    """Measure every size, or those that are named."""
    sizes = [int(each) for each in sys.argv[1:]] or SIZES
    publish("summary", [case for rows in sizes for case in measure(rows)])


if __name__ == "__main__":
    main()
