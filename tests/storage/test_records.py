"""The record table: appended in chunks, committed by a pin, whole after every crash."""

from __future__ import annotations

import signal
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from headwater.core.errors import ConflictError
from headwater.storage import pins
from headwater.storage import records as records_module
from headwater.storage.appends import Appends
from headwater.storage.numbers import Places, runs
from tests.storage.killed import POINTS, PROGRAM, environment, put, rows

if TYPE_CHECKING:
    from headwater.app.application import App


def ids(app: App) -> list[str]:
    with app.database.read() as db:
        found: list[str] = app.records.scan(db, PROGRAM, columns=["record_id"]).column("record_id").to_pylist()
        assert len(found) == app.records.count(db, PROGRAM)
    return found


def numbered(first: int, last: int) -> list[str]:
    return [f"rec_{number:07d}" for number in range(first, last)]


def test_appended_rows_are_seen_once_confirmed_and_not_before(each_app: App) -> None:
    pin = each_app.records.append(each_app.database, PROGRAM, rows(0, 3))
    assert ids(each_app) == []
    with each_app.database.write() as db:
        each_app.records.confirm(db, PROGRAM, pin)
    assert ids(each_app) == numbered(0, 3)


def test_rows_that_are_there_or_come_twice_are_skipped(app: App) -> None:
    put(app, 0, 4)
    again = put(app, 2, 6)
    assert (again.added, again.skipped) == (2, 2)
    assert put(app, 0, 6).added == 0
    assert ids(app) == numbered(0, 6)
    with app.database.read() as db:
        assert app.records.scan(db, PROGRAM, columns=["seq"]).column("seq").to_pylist() == list(range(6))
        assert app.records.next_seq(db, PROGRAM) == 6


def test_ids_that_are_not_there_are_left_out_of_a_lookup(app: App) -> None:
    put(app, 0, 4)
    wanted = ["rec_0000003", "rec_none", "o'clock", "rec_é", "rec_0000001"]
    with app.database.read() as db:
        assert app.records.take(db, PROGRAM, wanted, ["record_id"]).column(0).to_pylist() == [wanted[0], wanted[4]]
        for unknown in ("o'clock", "rec_é", ""):
            assert app.records.take(db, PROGRAM, [unknown]).num_rows == 0
        assert app.records.take(db, PROGRAM, []).num_rows == 0
        assert app.records.take(db, "prg_empty", wanted).num_rows == 0


def test_an_append_that_was_given_up_leaves_nothing_and_frees_the_table(app: App) -> None:
    put(app, 0, 4)
    with Appends(app.records, app.database, PROGRAM) as appends:
        appends.append(rows(4, 9))
    with app.database.read() as db:
        assert pins.current(db, PROGRAM).writer == ""
    assert ids(app) == numbered(0, 4)
    put(app, 9, 12)
    assert ids(app) == [*numbered(0, 4), *numbered(9, 12)]


def test_a_reader_keeps_its_picture_while_rows_are_appended_erased_and_cleaned(each_app: App) -> None:
    put(each_app, 0, 4)
    with each_app.database.read() as db:
        assert each_app.records.count(db, PROGRAM) == 4
        with ThreadPoolExecutor(1) as other:
            other.submit(put, each_app, 4, 8).result()
        assert each_app.records.scan(db, PROGRAM, columns=["record_id"]).num_rows == 4
    assert ids(each_app) == numbered(0, 8)


def test_threads_that_append_at_once_wait_for_each_other(each_app: App) -> None:
    with ThreadPoolExecutor(4) as pool:
        added = list(pool.map(lambda part: put(each_app, part * 20, part * 20 + 30).added, range(8)))
    assert sum(added) == 170
    assert sorted(ids(each_app)) == numbered(0, 170)


def test_a_table_in_use_for_too_long_names_who_uses_it(app: App, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pins, "PATIENCE_S", 0.1)
    held, end = threading.Event(), threading.Event()

    def hold() -> None:
        with Appends(app.records, app.database, PROGRAM) as appends:
            appends.append(rows(0, 3))
            held.set()
            end.wait(20)

    with ThreadPoolExecutor(1) as other:
        other.submit(hold)
        held.wait(20)
        with pytest.raises(ConflictError, match="is adding records to this program"):
            app.records.append(app.database, PROGRAM, rows(3, 5))
        end.set()


def test_a_writer_that_outlived_its_lease_makes_nothing_visible(app: App, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pins, "LEASE", timedelta(0))
    with ThreadPoolExecutor(1) as other:
        slow = other.submit(app.records.append, app.database, PROGRAM, rows(0, 5)).result()
        put(app, 3, 7)
        with pytest.raises(ConflictError, match="lease on the record table was lost"), app.database.write() as db:
            app.records.confirm(db, PROGRAM, slow)
    assert ids(app) == numbered(3, 7)


def test_rows_are_found_by_a_guess_right_or_wrong_also_after_others_were_erased(app: App) -> None:
    put(app, 0, 40)
    put(app, 40, 60)
    for gone in ([], ["rec_0000003", "rec_0000004", "rec_0000050"]):
        pin = app.records.erase(app.database, PROGRAM, gone)
        with app.database.write() as db:
            app.records.confirm(db, PROGRAM, pin)
        wanted = [f"rec_{place:07d}" for place in (51, 2, 3, 5, 59)]
        there = [each for each in wanted if each not in gone]
        with app.database.read() as db:
            for guess in ([51, 2, 3, 5, 59], [2, 51], [4, 50, -1, 60, 7], [3], []):
                found = app.records.take(db, PROGRAM, wanted, ["seq", "record_id"], guess=guess)
                assert found.column("record_id").to_pylist() == there
                assert found.column_names == ["seq", "record_id"]


@given(st.lists(st.integers(0, 60), unique=True), st.lists(st.integers(-3, 70)))
def test_the_row_of_each_number_is_known_whatever_order_they_stand_in(seq: list[int], wanted: list[int]) -> None:
    found = Places(runs(seq, 5)).rows(wanted)
    assert found.tolist() == [5 + seq.index(each) for each in wanted if each in seq]


def test_erased_rows_leave_no_bytes_behind(app: App) -> None:
    put(app, 0, 4)
    put(app, 4, 6)
    pin = app.records.erase(app.database, PROGRAM, ["rec_0000002", "rec_0000005"])
    with app.database.write() as db:
        app.records.confirm(db, PROGRAM, pin)
    app.records.clean(app.database, PROGRAM, older_than=timedelta(0))
    assert ids(app) == ["rec_0000000", "rec_0000001", "rec_0000003", "rec_0000004"]
    kept = b"".join(path.read_bytes() for path in (app.settings.directory / "records").rglob("*") if path.is_file())
    assert b"rec_0000001" in kept
    assert b"rec_0000002" not in kept
    assert b"rec_0000005" not in kept
    put(app, 6, 8)
    assert len(ids(app)) == 6


@pytest.mark.timeout(180)
def test_lookups_in_200_000_rows_stay_right_while_the_table_is_tidied(
    app: App, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(records_module, "_FRAGMENTS_BEFORE_COMPACTION", 8)
    monkeypatch.setattr(app.records._synced, "sync", lambda _: None)  # durability is not what this measures
    compactions, total, before = 0, 0, 0
    for size in [190_000, *[500] * 20]:
        put(app, total, total + size)
        total += size
        with app.database.read() as db:
            fragments = len(app.records._pinned(db, PROGRAM).get_fragments())  # type: ignore[union-attr]
        compactions, before = compactions + (fragments < before), fragments
    assert (total, compactions) == (200_000, 2)
    rng = np.random.default_rng(7)
    with app.database.read() as db:
        for _ in range(20):
            wanted = [f"rec_{number:07d}" for number in rng.integers(0, total, 50)]
            thought = [
                *rng.integers(-5, total + 5, 20).tolist(),
                *(int(each.removeprefix("rec_")) for each in wanted[:9]),
            ]
            for guess in ([], thought):
                found = app.records.take(db, PROGRAM, wanted, ["record_id", "seq"], guess=guess)
                assert found.column("record_id").to_pylist() == wanted
            assert found.column("seq").to_pylist() == [int(each.removeprefix("rec_")) for each in wanted]
    assert put(app, total - 2_000, total).added == 0


@pytest.mark.parametrize("point", POINTS)
@pytest.mark.parametrize("already", [0, 5])
def test_an_append_killed_after(app: App, point: str, already: int) -> None:
    killed_in_the_midst(app, point, already)


@pytest.mark.postgres
@pytest.mark.parametrize("point", ["the lease", "the indexes", "the move of the pin"])
def test_an_append_killed_on_postgres_after(postgres_app: App, point: str) -> None:
    killed_in_the_midst(postgres_app, point, 5)


def killed_in_the_midst(app: App, point: str, already: int) -> None:
    if already:
        put(app, 0, already)
    folder = str(app.settings.directory)
    words = [sys.executable, "-m", "tests.storage.killed", "records", folder, point, "3", "9"]
    died = subprocess.run(words, check=False, capture_output=True, text=True, env=environment())
    assert died.returncode == -signal.SIGKILL, died.stderr
    assert ids(app) == numbered(0, already)
    assert put(app, 3, 9).added == 9 - max(already, 3)
    assert ids(app) == (numbered(0, 9) if already else numbered(3, 9))
    with app.database.read() as db:
        assert app.records.take(db, PROGRAM, ["rec_0000008"]).num_rows == 1
