"""What a claim reads of PostgreSQL's tables does not grow with them, whatever the server believes of their sizes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import sqlalchemy as sa

from headwater.annotation.plan import Plan
from tests.annotation.factories import answer, claim, open_campaign

if TYPE_CHECKING:
    from headwater.storage.database import Database
    from tests.workspaces import Team

TASKS, ANSWERS, FEW = 3000, 30, 100
READ = "SELECT sum(idx_tup_fetch + seq_tup_read) FROM pg_stat_xact_user_tables WHERE relname IN ('task', 'lease')"


def rows_read(team: Team, campaign: str, person: str) -> float:
    """Return how many rows of tasks and leases an answer and the claim after it read, on average."""
    held, counts = claim(team, campaign, person), []

    def count(db: sa.Connection) -> None:
        counts.append(int(db.exec_driver_sql(READ).scalar_one() or 0))

    engine = team.app.database.engine
    for moment in ("begin", "commit"):
        sa.event.listen(engine, moment, count)
    for _ in range(ANSWERS):
        assert held is not None
        following = answer(team, campaign, person, held, claim_next=True).next
        held = following.assignment if following else None
    for moment in ("begin", "commit"):
        sa.event.remove(engine, moment, count)
    return (sum(counts[1::2]) - sum(counts[::2])) / ANSWERS


def forget_plans(database: Database, *, counted: bool) -> None:
    """Let plans be made anew, either with all rows counted or as if the tables had never been looked at."""
    database.close()
    with database.write() as db:
        if counted:
            db.exec_driver_sql("ANALYZE task, lease, lane, lane_cursor")
        else:
            db.exec_driver_sql("DELETE FROM pg_statistic WHERE starelid IN ('task'::regclass, 'lease'::regclass)")


def test_a_claim_reads_a_few_rows_of_three_thousand_tasks_before_and_after_they_are_counted(each_team: Team) -> None:
    database = each_team.app.database
    if database.is_sqlite:
        return
    campaign = open_campaign(each_team, TASKS, plan=Plan(overlap=2))
    for person, counted in zip(each_team.annotators, (False, True, True), strict=False):
        forget_plans(database, counted=counted)
        assert rows_read(each_team, campaign.id, person) < FEW
