"""Appends in a row: each onto the one before, which may not be visible yet."""

from __future__ import annotations

import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest

from headwater.core.errors import ConflictError
from headwater.storage import pins
from headwater.storage.appends import Appends
from tests.storage.killed import PROGRAM, environment, put, rows
from tests.storage.test_records import ids, numbered

if TYPE_CHECKING:
    from headwater.app.application import App


def writer(app: App) -> str:
    with app.database.read() as db:
        return pins.current(db, PROGRAM).writer


def test_an_append_goes_on_from_one_that_is_not_visible_yet(each_app: App) -> None:
    with Appends(each_app.records, each_app.database, PROGRAM) as appends:
        first = appends.append(rows(0, 4))
        second = appends.append(rows(2, 6), compared=[range(4)])
        third = appends.append(rows(6, 7), compared=[range(8)])
        assert (second.added, third.added, ids(each_app)) == (4, 1, [])
        for pin, there in ((first, 4), (second, 8), (third, 9)):
            assert writer(each_app) == first.writer
            with each_app.database.write() as db, appends.confirmed(db, pin):
                assert pins.current(db, PROGRAM).rows == there
            with each_app.database.read() as db:
                assert each_app.records.count(db, PROGRAM) == there
        assert writer(each_app) == ""
    assert ids(each_app) == [*numbered(0, 4), *numbered(2, 6), "rec_0000006"]


def test_rows_of_the_append_before_are_not_added_twice(app: App) -> None:
    with Appends(app.records, app.database, PROGRAM) as appends:
        appended = [appends.append(rows(0, 4)), appends.append(rows(2, 6)), appends.append(rows(1, 3))]
        assert [pin.added for pin in appended] == [4, 2, 0]
        assert appended[1].present == set(numbered(2, 4))
        for pin in appended:
            with app.database.write() as db, appends.confirmed(db, pin):
                pass
    assert ids(app) == numbered(0, 6)
    assert writer(app) == ""


def test_what_follows_an_append_that_failed_never_becomes_visible(each_app: App) -> None:
    put(each_app, 0, 2)
    with Appends(each_app.records, each_app.database, PROGRAM) as appends:
        first, second = appends.append(rows(2, 4)), appends.append(rows(4, 6))
        with pytest.raises(ZeroDivisionError), each_app.database.write() as db, appends.confirmed(db, first):
            raise ZeroDivisionError
        lost = pytest.raises(ConflictError, match="was not made visible")
        with lost, each_app.database.write() as db, appends.confirmed(db, second):
            pass
    assert writer(each_app) == ""
    assert ids(each_app) == numbered(0, 2)
    put(each_app, 5, 7)
    assert ids(each_app) == [*numbered(0, 2), *numbered(5, 7)]


def test_the_table_is_free_for_others_when_no_append_follows(each_app: App) -> None:
    with Appends(each_app.records, each_app.database, PROGRAM) as appends, ThreadPoolExecutor(1) as other:
        for first in (0, 10):
            pin = appends.append(rows(first, first + 5))
            waiting = other.submit(put, each_app, first + 5, first + 10)
            with each_app.database.write() as db, appends.confirmed(db, pin):
                assert not waiting.done()
            assert waiting.result(20).added == 5
    assert ids(each_app) == numbered(0, 20)


@pytest.mark.parametrize("point", ["confirmed", "unconfirmed"])
def test_appends_killed_in_a_row_leave_what_was_confirmed(each_app: App, point: str) -> None:
    put(each_app, 0, 3)
    words = [sys.executable, "-m", "tests.storage.killed", "appends", str(each_app.settings.directory), point, "3", "9"]
    died = subprocess.run(words, check=False, capture_output=True, text=True, env=environment())
    assert died.returncode == -signal.SIGKILL, died.stderr
    there = 6 if point == "confirmed" else 3
    assert ids(each_app) == numbered(0, there)
    assert put(each_app, 3, 9).added == 9 - there
    assert ids(each_app) == numbered(0, 9)
