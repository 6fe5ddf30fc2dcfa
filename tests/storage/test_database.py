"""Transactions: durable, consistent, patient; and acts that happen once."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta, timezone
from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.exc import DatabaseError

from headwater.core.errors import ConflictError, InvalidError, UnavailableError
from headwater.storage import pins, prepared
from headwater.storage.database import Database, Moment, next_page
from headwater.storage.once import once, performed, recall, remember
from tests.servers import free_port

if TYPE_CHECKING:
    from headwater.app.application import App


def keys(app: App) -> set[str]:
    with app.database.read() as db:
        return set(db.execute(sa.select(performed.c.key)).scalars())


def put(app: App, key: str, text: str) -> None:
    with app.database.write() as db:
        db.execute(performed.insert().values(key=key, result={"text": text}, at=datetime.now(UTC)))


def test_sqlite_is_set_so_that_a_committed_answer_survives_a_power_cut(app: App) -> None:
    for opened in (app.database.read, app.database.write):
        with opened() as db:
            found = {name: db.exec_driver_sql(f"PRAGMA {name}").scalar() for name in ("journal_mode", "synchronous")}
            assert found == {"journal_mode": "wal", "synchronous": 2}
            assert db.exec_driver_sql("PRAGMA foreign_keys").scalar() == 1
            assert db.exec_driver_sql("PRAGMA busy_timeout").scalar() == 30_000


def test_a_reading_transaction_cannot_write(each_app: App) -> None:
    statement = performed.insert().values(key="x", result={}, at=datetime.now(UTC))
    with pytest.raises(DatabaseError), each_app.database.read() as db:
        db.execute(statement)
    with each_app.database.write() as db:  # and the connection is not spoilt for the next one
        db.execute(statement)
    assert "x" in keys(each_app)


def test_a_failed_transaction_leaves_nothing(each_app: App) -> None:
    def act() -> None:
        with each_app.act_as("system") as ctx:
            remember(ctx, "half", {})
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        act()
    assert "half" not in keys(each_app)


def test_a_read_sees_one_picture_while_others_write(each_app: App) -> None:
    with each_app.database.read() as db:
        before = db.execute(sa.select(sa.func.count()).select_from(performed)).scalar()

        def write() -> None:
            with each_app.act_as("system") as ctx:
                remember(ctx, "meanwhile", {})

        with ThreadPoolExecutor(1) as other:
            other.submit(write).result(20)
        assert db.execute(sa.select(sa.func.count()).select_from(performed)).scalar() == before
    assert "meanwhile" in keys(each_app)


def test_writers_of_many_threads_and_processes_wait_and_lose_nothing(each_app: App) -> None:
    second = Database(each_app.settings.database)  # as another process would: without the lock of this one

    def add(number: int) -> None:
        with (second if number % 2 else each_app.database).write() as db:
            row = db.execute(sa.select(performed.c.result).where(performed.c.key == "n").with_for_update()).scalar_one()
            db.execute(performed.update().where(performed.c.key == "n").values(result={"n": row["n"] + 1}))

    with each_app.act_as("system") as ctx:
        remember(ctx, "n", {"n": 0})
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(add, range(80)))
    second.close()
    with each_app.act_as("system") as ctx:
        assert recall(ctx, "n") == {"n": 80}


def test_a_long_log_is_moved_beside_the_writers_and_begins_anew(app: App) -> None:
    log = app.settings.directory / f"{app.database.engine.url.database}-wal"
    app.database.checkpoint()
    blob = "x" * 100_000
    for number in range(120):
        put(app, f"long {number}", blob)
    assert log.stat().st_size > 8_000_000  # no commit moved it
    app.database.checkpoint()
    put(app, "after", "")
    assert log.stat().st_size < 8_000_000
    with app.database.read() as db:
        frames = db.exec_driver_sql("PRAGMA wal_checkpoint(PASSIVE)").one()[1]
    assert frames < 50
    assert len(keys(app)) == 121


def test_nothing_is_lost_while_the_log_is_moved(app: App) -> None:
    def work(worker: int) -> None:
        for number in range(40):
            put(app, f"{worker} {number}", "x" * 50_000)

    with ThreadPoolExecutor(5) as pool:
        writing = [pool.submit(work, worker) for worker in range(4)]
        while not all(each.done() for each in writing):
            app.database.checkpoint()
        for each in writing:
            each.result()
    with app.database.read() as db:
        assert db.exec_driver_sql("PRAGMA integrity_check").scalar() == "ok"
    assert len(keys(app)) == 160


def test_a_thread_that_writes_already_is_told_instead_of_waiting_for_itself(each_app: App) -> None:
    with each_app.database.write(), pytest.raises(RuntimeError, match="in a write transaction already"):
        each_app.database.write().__enter__()
    with each_app.database.write():
        pass


def test_a_lock_held_too_long_or_a_server_that_is_away_is_said_to_be_unavailable(app: App) -> None:
    away = Database(f"postgresql+psycopg://nobody:secret@127.0.0.1:{free_port()}/none")
    with pytest.raises(UnavailableError, match="does not answer") as raised, away.read():
        pass
    assert "secret" not in str(raised.value)
    second = Database(app.settings.database)
    sa.event.listen(second.engine, "connect", lambda dbapi, _: dbapi.execute("PRAGMA busy_timeout=50").close())
    with app.database.write(), pytest.raises(UnavailableError, match="is busy"), second.write():
        pass
    second.close()


@given(st.datetimes(min_value=datetime(1900, 1, 1), max_value=datetime(2200, 1, 1)), st.integers(-12, 14))  # noqa: DTZ001
def test_a_moment_comes_back_to_the_microsecond_in_utc(naive: datetime, hours: int) -> None:
    moment = naive.replace(tzinfo=timezone(timedelta(hours=hours)))
    dialect = sa.create_engine("sqlite://").dialect
    kept = Moment().process_bind_param(moment, dialect)
    back = Moment().process_result_value(kept, dialect)
    assert back == moment
    assert back is not None
    assert back.tzinfo is UTC
    assert Moment().process_bind_param(None, dialect) is None


def test_an_act_happens_once_and_every_repeat_gets_its_result(each_app: App) -> None:
    done: list[int] = []

    def act() -> dict[str, int]:
        done.append(1)
        return {"n": len(done)}

    for _ in range(3):
        with each_app.act_as("system") as ctx:
            assert once(ctx, "key", act) == {"n": 1}
    assert done == [1]


def test_an_act_done_by_many_at_once_takes_effect_once(each_app: App) -> None:
    gate = threading.Barrier(6)

    def work(_: int) -> str:
        gate.wait(20)
        with each_app.act_as("system") as ctx:
            return str(once(ctx, "key", lambda: {"by": threading.get_ident()})["by"])

    with ThreadPoolExecutor(6) as pool:
        assert len(set(pool.map(work, range(6)))) == 1


@pytest.mark.parametrize("value", ["nul \0", "half \ud800", 2**70])
def test_a_value_the_database_cannot_keep_is_invalid(each_app: App, value: str | int) -> None:
    table, column = (pins.record_pin, "rows") if isinstance(value, int) else (pins.record_pin, "program")
    row = {"program": "x", "version": 0, "rows": 0, "next_seq": 0, "writer": "", "writer_until": datetime.now(UTC)}
    with each_app.database.write() as db:
        if each_app.database.is_sqlite and value == "nul \0":
            return  # SQLite keeps it
    with pytest.raises(InvalidError, match=r"cannot keep a value|too large"), each_app.database.write() as db:
        db.execute(table.insert().values(row | {column: value}))


def test_two_who_add_the_same_at_once_are_told_to_read_again(each_app: App) -> None:
    remembered = performed.insert().values(key="k", result={}, at=datetime.now(UTC))
    with each_app.database.write() as db:
        db.execute(remembered)
    with pytest.raises(ConflictError, match="at the same moment"), each_app.database.write() as db:
        db.execute(remembered)


def test_an_act_that_failed_is_done_again(each_app: App) -> None:
    with pytest.raises(ZeroDivisionError), each_app.act_as("system") as ctx:
        once(ctx, "key", lambda: {"n": 1 // 0})
    with each_app.act_as("system") as ctx:
        assert once(ctx, "key", lambda: {"n": 1}) == {"n": 1}


def test_a_page_tells_whether_more_follow() -> None:
    assert next_page([1, 2, 3], 2) == ([1, 2], True)
    assert next_page([1, 2], 2) == ([1, 2], False)


def test_a_connection_that_the_server_ended_is_replaced_before_it_is_used(each_app: App) -> None:
    database = each_app.database
    if database.is_sqlite:
        return
    with database.read() as db:
        mine = db.exec_driver_sql("SELECT pg_backend_pid()").scalar_one()
    other = Database(each_app.settings.database)
    with other.write() as db:
        db.exec_driver_sql(f"SELECT pg_terminate_backend({mine}, 5000)")
    other.close()
    with database.write() as db:
        assert db.exec_driver_sql("SELECT pg_backend_pid()").scalar_one() != mine


def test_a_prepared_statement_outlives_a_failed_transaction_and_another_connection(each_app: App) -> None:
    statement = sa.text("SELECT :a || 'x', CAST(:b AS BIGINT) + 1")

    def ask() -> object:
        with each_app.database.write() as db:
            return prepared.one(db, statement, {"a": "ü", "b": 2**40})

    def fail() -> None:
        with each_app.database.write() as db:
            for _ in range(9):
                db.execute(sa.select(performed.c.key))
            prepared.one(db, statement, {"a": "ü", "b": 1})
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert ask() == ask() == ("üx", 2**40 + 1)
    each_app.database.close()
    assert ask() == ("üx", 2**40 + 1)
