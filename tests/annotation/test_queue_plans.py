"""What is read of tasks does not grow with their number, whatever the server believes of the sizes of its tables."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from headwater.annotation.plan import Plan
from headwater.annotation.store import answers, tasks
from tests.annotation.factories import answer, claim, open_campaign

if TYPE_CHECKING:
    from collections.abc import Callable

    from headwater.storage.database import Database
    from tests.workspaces import Team

BY_RECORD, BY_SUBJECT = "ix_task_record", "uq_task_about"
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


def plan(database: Database, find: Callable[[sa.Connection], object]) -> str:
    """Return how the database goes about what a function reads, when it may not read whole tables."""
    sent: list[tuple[str, Any]] = []
    with database.read() as db:
        remember = lambda _db, _cursor, said, values, *_: sent.append((said, values))  # noqa: E731
        sa.event.listen(db, "before_cursor_execute", remember)
        find(db)
        sa.event.remove(db, "before_cursor_execute", remember)
        if not database.is_sqlite:
            db.exec_driver_sql("SET LOCAL enable_seqscan = off")
        how = "EXPLAIN QUERY PLAN " if database.is_sqlite else "EXPLAIN "
        return "\n".join(str(row) for said, values in sent for row in db.exec_driver_sql(how + said, values))


def test_tasks_are_found_by_record_and_by_what_they_are_about_through_their_indexes(each_team: Team) -> None:
    database = each_team.app.database
    campaign = open_campaign(each_team, 3).id
    records = [f"rec_{place:040x}" for place in range(5)]
    assert BY_RECORD in plan(database, lambda db: tasks.unasked(db, campaign, records))
    assert BY_RECORD in plan(database, lambda db: tasks.by_records(db, campaign, records))
    assert BY_SUBJECT in plan(database, lambda db: tasks.about(db, "ans_1"))


def test_answers_beside_each_other_are_found_by_their_tasks(each_team: Team) -> None:
    """They were read with all answers of the program's campaigns."""
    ids = [f"tsk_{place:032x}" for place in range(25)]
    how = plan(each_team.app.database, lambda db: answers.of_tasks(db, each_team.program, ids))
    assert "ix_answer_task" in how
    assert "ix_answer_campaign" not in how
