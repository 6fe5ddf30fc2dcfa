"""The object store: the same promises from a folder and from a bucket."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import httpx
import pytest
from moto.server import ThreadedMotoServer

from headwater.core.canonical import digest_bytes
from headwater.core.errors import ConflictError, InvalidError, NotFoundError, UnavailableError
from headwater.storage.objects import ObjectStore
from headwater.storage.records import RecordTables
from tests.servers import free_port
from tests.storage.killed import PROGRAM, environment, rows

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from headwater.app.application import App

S3 = {"region": "us-east-1", "access_key_id": "test", "secret_access_key": "test", "allow_http": "true"}


@pytest.fixture(scope="module")
def bucket() -> Iterator[dict[str, str]]:
    """A bucket `data` on an S3 server of its own; returns how to reach it."""
    port = free_port()
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=port, verbose=False)
    server.start()
    httpx.put(f"http://127.0.0.1:{port}/data").raise_for_status()
    yield S3 | {"endpoint": f"http://127.0.0.1:{port}"}
    server.stop()


@pytest.fixture(params=["folder", "bucket"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> ObjectStore:
    if request.param == "folder":
        return ObjectStore.open(str(tmp_path / "objects"))
    return ObjectStore.open(f"s3://data/{tmp_path.name}", **request.getfixturevalue("bucket"))


def test_bytes_come_back_with_their_digest_and_size(store: ObjectStore) -> None:
    stored = store.put("a/b/c.bin", b"\x00hello")
    assert (stored.name, stored.digest, stored.size) == ("a/b/c.bin", digest_bytes(b"\x00hello"), 6)
    assert store.get("a/b/c.bin") == b"\x00hello"
    assert store.exists("a/b/c.bin")
    assert not store.exists("a/b")


def test_an_object_is_written_once(store: ObjectStore) -> None:
    store.put("one", b"first")
    store.put("one", b"first")
    with pytest.raises(ConflictError, match="'one' exists with other bytes"):
        store.put("one", b"second")
    assert store.get("one") == b"first"
    store.put("one", b"third", overwrite=True)
    assert store.get("one") == b"third"


def test_of_writers_at_once_one_wins_and_its_bytes_stay(store: ObjectStore) -> None:
    def write(number: int) -> int:
        try:
            store.put("race", bytes([number]) * 100_000)
        except ConflictError:
            return 0
        return 1

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(write, range(8))) == 1
    assert len(set(store.get("race"))) == 1


def test_names_are_listed_by_prefix_and_removed(store: ObjectStore) -> None:
    for name in ("rel/1/a", "rel/1/b", "rel/10/a", "other"):
        store.put(name, b"x")
    assert store.names("rel/1/") == ["rel/1/a", "rel/1/b"]
    assert store.names("rel/1") == ["rel/1/a", "rel/1/b", "rel/10/a"]
    assert store.names() == ["other", "rel/1/a", "rel/1/b", "rel/10/a"]
    assert store.names("none/") == []
    store.delete("other")
    store.delete("other")
    assert store.names("o") == []


def test_what_is_not_there_is_named(store: ObjectStore) -> None:
    with pytest.raises(NotFoundError, match="no object 'none'"):
        store.get("none")


@pytest.mark.parametrize("name", ["", "/etc/passwd", "../up", "a/../../up", "a//b", "./a", "a/"])
def test_a_name_cannot_leave_the_store(store: ObjectStore, name: str) -> None:
    for act in (lambda: store.put(name, b"x"), lambda: store.get(name), lambda: store.delete(name)):
        with pytest.raises(InvalidError, match="is not an object's name"):
            act()


def test_objects_are_downloaded_as_files(store: ObjectStore, tmp_path: Path) -> None:
    store.put("rel/1/a", b"A")
    store.put("rel/1/sub/b", b"B")
    store.put("rel/10/c", b"C")
    paths = store.download("rel/1", tmp_path / "here")
    assert [path.relative_to(tmp_path / "here").as_posix() for path in paths] == ["a", "sub/b"]
    assert paths[1].read_bytes() == b"B"


def test_media_lie_under_their_digest(store: ObjectStore) -> None:
    one, two = store.put_media(b"picture"), store.put_media(b"picture")
    assert one == two
    assert one.name.endswith(one.digest.removeprefix("sha256:"))


def test_an_object_is_synced_before_its_name_is_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[bool] = []
    path = tmp_path / "objects" / "a"
    monkeypatch.setattr(os, "fsync", lambda _: seen.append(path.exists()))
    ObjectStore.open(str(tmp_path / "objects")).put("a", b"x")
    assert seen == [False, True], "the bytes before, the folder after"


def test_a_write_that_was_killed_leaves_no_object_and_can_be_repeated(tmp_path: Path) -> None:
    code = (
        "import os, signal, sys\nfrom headwater.storage.objects import ObjectStore\n"
        "os.link = lambda *_: os.kill(os.getpid(), signal.SIGKILL)\n"
        "ObjectStore.open(sys.argv[1]).put('rel/1/a', b'whole')\n"
    )
    died = subprocess.run([sys.executable, "-c", code, str(tmp_path)], check=False, env=environment())
    assert died.returncode == -signal.SIGKILL
    store = ObjectStore.open(str(tmp_path))
    assert store.names() == []
    assert not store.exists("rel/1/a")
    store.put("rel/1/a", b"other")
    assert store.get("rel/1/a") == b"other"


def test_an_object_uploaded_before_a_crash_waits_for_the_act_that_refers_to_it(app: App) -> None:
    def act() -> None:
        with app.act_as("system") as ctx:
            app.objects.put("rel/2/manifest", b"same bytes")
            ctx.db.exec_driver_sql("UPDATE performed SET key = key")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        act()
    app.objects.put("rel/2/manifest", b"same bytes")


def test_a_server_that_does_not_answer_is_an_error_of_its_own() -> None:
    options = S3 | {"endpoint": f"http://127.0.0.1:{free_port()}"}
    store = ObjectStore.open("s3://data/x", **options)
    with pytest.raises(UnavailableError, match="did not give 'a'"):
        store.get("a")
    with pytest.raises(UnavailableError, match="did not take 'a'"):
        store.put("a", b"x")


def test_record_tables_live_in_a_bucket_too(app: App, bucket: dict[str, str]) -> None:
    tables = RecordTables.open("s3://data/records", **bucket)
    for first in (0, 3):
        pin = tables.append(app.database, PROGRAM, rows(first, first + 5))
        with app.database.write() as db:
            tables.confirm(db, PROGRAM, pin)
    tables.append(app.database, PROGRAM, rows(20, 30))  # never confirmed
    with app.database.read() as db:
        assert tables.scan(db, PROGRAM, columns=["record_id"]).num_rows == 8 == tables.count(db, PROGRAM)
