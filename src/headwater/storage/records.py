"""Record tables: one append-only Lance table per program, committed by a pin in SQL.

Lance and SQL cannot commit together. An append therefore takes the writer's lease in SQL (the intent),
cuts off a tail a crash left behind by restoring the pinned version, appends, syncs files and folders
(Lance does not), and only the caller's SQL transaction moves the pin. Readers open pins, never the head.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import pyarrow as pa
import pyarrow.compute as pc

from headwater.core.errors import ConflictError, UnavailableError
from headwater.storage import numbers, pins
from headwater.storage.numbers import Places
from headwater.storage.pins import Pin
from headwater.storage.syncing import Synced

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from types import ModuleType

    import lance

    from headwater.storage.database import Connection, Database

SCHEMA = pa.schema(
    [
        pa.field("record_id", pa.string(), nullable=False, metadata={"lance-schema:unenforced-primary-key": "true"}),
        pa.field("seq", pa.int64(), nullable=False),
        pa.field("source_id", pa.string(), nullable=False),
        pa.field("intake_id", pa.string(), nullable=False),
        pa.field("kind", pa.string(), nullable=False),
        pa.field("text", pa.string(), nullable=False),
        pa.field("payload", pa.string(), nullable=False),
        pa.field("attributes", pa.string(), nullable=False),
        pa.field("language", pa.string(), nullable=False),
        pa.field("digest", pa.string(), nullable=False),
        pa.field("created_at", pa.timestamp("us", tz="UTC"), nullable=False),
    ]
)
"""Columns of a record; `payload` and `attributes` are canonical JSON, `seq` counts records in order of arrival."""

_Result = TypeVar("_Result")
_INDEXED = ("record_id", "seq")
_FRAGMENTS_BEFORE_COMPACTION = 64
_BATCH = 16_384
_REMEMBERED = 100
"""Results kept of one version of a table."""
_UNINDEXED_ROWS = 35_000
_UNINDEXED_SHARE = 20
"""Rows outside the index are scanned at every lookup, in a tenth of a microsecond each: at most this many, or one part
in so many of the table."""
_READ_RATHER = 4
"""Rows whose `seq` was not compared are read, not looked up by id, while they are so many times as many at most."""
_INDEXES_BEFORE_MERGE = 16
"""New rows get an index of their own, since to write one of all rows anew would cost more the more there are."""


class RecordTables:
    """The record tables of a workspace, in a folder or in S3."""

    def __init__(self, root: str, options: dict[str, str] | None = None) -> None:
        """Use a folder or an `s3://` prefix; tables are made at their first append."""
        self._root = root.rstrip("/")
        self._options = options or {}
        self._opened: dict[tuple[str, int], lance.LanceDataset] = {}
        self._remembered: dict[tuple[str, int], dict[object, object]] = {}
        self._lock = threading.Lock()
        self._places: dict[tuple[str, int], Places] = {}
        self._synced = Synced()

    @classmethod
    def open(cls, place: str, **options: str) -> RecordTables:
        """Open the record tables kept in a folder or under `s3://bucket/prefix`."""
        return cls(place, options)

    def load(self) -> None:
        """Load the library of the tables, so that who first reads or writes one does not wait for it."""
        _lance()

    def append(
        self,
        database: Database,
        program: str,
        rows: pa.Table,
        *,
        compared: Sequence[range] = (),
        after: Pin | None = None,
    ) -> Pin:
        """Add rows and return the pin that will make them visible (see `confirm`).

        Rows whose `record_id` is in the table already, or comes twice, are skipped. `seq` is assigned here.

        Args:
            database: Where the pin is kept; no transaction of the caller's may be open on SQLite.
            program: Whose table.
            rows: Columns of `SCHEMA`; `seq` may be missing.
            compared: The caller knows that none of the rows is among the records with such a `seq`.
            after: The append before, not confirmed yet, whose lease this one goes on with (see `storage.appends`).

        Raises:
            ConflictError: Others were writing this table for too long, or wrote to it past their lease.
        """
        pin = after or pins.lease(database, program, _now)
        dataset = self._head(program, pin)
        known = self._known(dataset, rows, numbers.gaps(compared, pin.next_seq))
        fresh = numbers.fresh(rows, known, pin.next_seq, SCHEMA)
        skipped, present = rows.num_rows - fresh.num_rows, frozenset(known.to_pylist())
        if fresh.num_rows == 0:
            return replace(pin, base=pin.version, added=0, skipped=skipped, present=present)
        if dataset is None:
            dataset = _lance().write_dataset(fresh, self._uri(program), mode="create", storage_options=self._options)
        else:
            dataset = _lance().write_dataset(fresh, dataset, mode="append", storage_options=self._options)
        dataset = self._tidy(program, dataset)
        self._synced.sync(Path(self._uri(program)))
        if dataset.count_rows() != pin.rows + fresh.num_rows:
            raise ConflictError("The lease on the record table was lost; the append was not made visible.")
        return Pin(
            version=dataset.version,
            rows=pin.rows + fresh.num_rows,
            next_seq=pin.next_seq + fresh.num_rows,
            writer=pin.writer,
            base=pin.version,
            added=fresh.num_rows,
            skipped=skipped,
            present=present,
        )

    def confirm(self, db: Connection, program: str, pin: Pin) -> None:
        """Make an append visible, in the caller's transaction; releases the writer's lease."""
        pins.move(db, program, pin)

    def take(
        self,
        db: Connection,
        program: str,
        ids: Sequence[str],
        columns: Sequence[str] | None = None,
        *,
        guess: Sequence[int] = (),
    ) -> pa.Table:
        """Return the rows of the given record ids, in that order; ids that are not there are left out.

        Args:
            db: The open transaction.
            program: Whose table.
            ids: The ids.
            columns: Columns wanted; all by default.
            guess: The `seq` that some of them are thought to have, in any order. To look an id up costs ten times as
                much, and 80 bytes of memory for every record of the table.
        """
        dataset = self._pinned(db, program)
        wanted = list(columns or SCHEMA.names)
        sought = list({*wanted, "record_id"})
        found = [SCHEMA.empty_table().select(sought)]
        if dataset is None:
            return found[0].select(wanted)
        if len(guess):
            found.append(dataset.take(self._numbered(program, dataset).rows(guess), columns=sought))
        rest = set(ids).difference(found[-1].column("record_id").to_pylist())
        listed = ", ".join(f"'{identifier}'" for identifier in rest if identifier.isascii() and "'" not in identifier)
        if listed:
            found.append(dataset.to_table(columns=sought, filter=f"record_id IN ({listed})"))
        rows = pa.concat_tables(found).select(sought).combine_chunks()
        places = pc.index_in(pa.array(list(ids), pa.string()), rows.column("record_id").combine_chunks()).drop_null()
        return rows.take(places).select(wanted)

    def _numbered(self, program: str, dataset: lance.LanceDataset) -> Places:
        key = (program, dataset.version)
        with self._lock:
            known = self._places.get(key)
        if known is None:
            known = numbers.places(dataset)
            with self._lock:
                self._places = {kept: each for kept, each in self._places.items() if kept[0] != program}
                self._places[key] = known
        return known

    def scan(
        self,
        db: Connection,
        program: str,
        *,
        columns: Sequence[str] | None = None,
        where: str = "",
        limit: int | None = None,
        offset: int = 0,
    ) -> pa.Table:
        """Return rows in order of arrival.

        Args:
            db: The open transaction.
            program: Whose table.
            columns: Columns wanted; all by default.
            where: An SQL condition over the columns; the caller quotes values.
            limit: Most rows to return.
            offset: Rows to pass over first.
        """
        dataset = self._pinned(db, program)
        wanted = list(columns or SCHEMA.names)
        if dataset is None:
            return SCHEMA.empty_table().select(wanted)
        return dataset.to_table(columns=wanted, filter=where or None, limit=limit, offset=offset or None)

    def count(self, db: Connection, program: str, where: str = "") -> int:
        """Return how many rows there are, or how many meet a condition."""
        if not where:
            return pins.current(db, program).rows
        dataset = self._pinned(db, program)
        return 0 if dataset is None else int(dataset.count_rows(where))

    def counts(self, db: Connection, program: str, conditions: Sequence[str]) -> list[int]:
        """Return how many rows meet each of some SQL conditions, from one pass over the table."""
        dataset = self._pinned(db, program)
        if dataset is None or not conditions:
            return [0] * len(conditions)
        columns = {f"c{place}": condition for place, condition in enumerate(conditions)}
        totals = [0] * len(conditions)
        for batch in dataset.scanner(columns=columns, batch_size=_BATCH).to_batches():
            for place in range(len(conditions)):
                totals[place] += pc.sum(batch.column(place)).as_py() or 0
        return totals

    def batches(
        self, db: Connection, program: str, columns: Sequence[str] | Mapping[str, str], where: str = ""
    ) -> Iterator[pa.RecordBatch]:
        """Yield rows in order of arrival, a part at a time, so that memory does not grow with the table.

        Columns are named, or what they hold is said in SQL by their name.
        """
        dataset = self._pinned(db, program)
        if dataset is not None:
            wanted = dict(columns) if isinstance(columns, Mapping) else list(columns)
            yield from dataset.scanner(columns=wanted, filter=where or None, batch_size=_BATCH).to_batches()

    def remembered(self, db: Connection, program: str, key: object, compute: Callable[[], _Result]) -> _Result:
        """Return what was computed from the pinned rows, again only when others are pinned."""
        place = (program, pins.current(db, program).version)
        with self._lock:
            known = self._remembered.get(place, {})
        if key not in known:
            value = compute()
            with self._lock:
                self._remembered = {kept: each for kept, each in self._remembered.items() if kept[0] != program}
                self._remembered[place] = known = {**dict(list(known.items())[-_REMEMBERED:]), key: value}
        return known[key]  # type: ignore[return-value]

    def next_seq(self, db: Connection, program: str) -> int:
        """Return the `seq` the next record will get."""
        return pins.current(db, program).next_seq

    def erase(self, database: Database, program: str, ids: Sequence[str]) -> Pin:
        """Remove rows from the table and return the pin to confirm; then `clean` removes their bytes from the disk.

        Raises:
            ConflictError: Another process is writing this table.
        """
        pin = pins.lease(database, program, _now)
        dataset = self._head(program, pin)
        if dataset is None or not ids:
            return pin
        listed = ", ".join(f"'{identifier}'" for identifier in ids)
        dataset.delete(f"record_id IN ({listed})")
        dataset.optimize.compact_files(materialize_deletions=True, materialize_deletions_threshold=0.0)
        dataset = self._open(program)
        rows = int(dataset.count_rows())
        self._synced.sync(Path(self._uri(program)))
        return replace(pin, version=dataset.version, rows=rows, added=rows - pin.rows)

    def clean(self, database: Database, program: str, *, older_than: timedelta = timedelta(hours=1)) -> None:
        """Delete the files that only versions before the pin need.

        Args:
            database: Where the pin is kept; no transaction of the caller's may be open on SQLite.
            program: Whose table.
            older_than: Younger versions stay for reads that began before; nothing stays of erased rows at zero.

        Raises:
            ConflictError: Others were writing this table for too long.
        """
        pin = pins.lease(database, program, _now)
        try:
            if pin.version:
                dataset = self._open(program, version=pin.version)
                dataset.cleanup_old_versions(older_than=older_than, delete_unverified=True)
        finally:
            pins.give_up(database, program, pin)

    def _uri(self, program: str) -> str:
        return f"{self._root}/{program}.lance"

    def _open(self, program: str, *, version: int | None = None) -> lance.LanceDataset:
        """Return a version of a table; the head by default.

        Raises:
            UnavailableError: The bucket does not answer.
            ValueError: There is no such table or version.
        """
        try:
            opened: lance.LanceDataset = _lance().dataset(
                self._uri(program), version=version, storage_options=self._options
            )
        except (ValueError, OSError) as error:
            if "://" not in self._root or "not found" in str(error).lower():
                raise
            raise UnavailableError(
                f"The record tables at '{self._root}' do not answer: {str(error).partition(', /')[0][:200]}.",
                remedy="Check records_url and the credentials in the environment.",
            ) from error
        return opened

    def _pinned(self, db: Connection, program: str) -> lance.LanceDataset | None:
        version = pins.current(db, program).version
        if version == 0:
            return None
        with self._lock:
            dataset = self._opened.get((program, version))
            if dataset is None:
                dataset = self._open(program, version=version)
                self._opened = {key: value for key, value in self._opened.items() if key[0] != program}
                self._opened[program, version] = dataset
        return dataset

    def _head(self, program: str, pin: Pin) -> lance.LanceDataset | None:
        """Return the head, after cutting off whatever a crash left beyond the pin."""
        try:
            dataset = self._open(program)
        except (ValueError, OSError):
            if pin.version:
                raise
            return None
        if pin.version == 0:
            dataset.delete("true")
        elif dataset.version != pin.version:
            dataset.checkout_version(pin.version).restore()  # type: ignore[no-untyped-call]
        else:
            return dataset
        return self._open(program)

    def _known(self, dataset: lance.LanceDataset | None, rows: pa.Table, gaps: Sequence[range]) -> pa.StringArray:
        """Return which of the rows' ids are in the table with a `seq` in one of the gaps."""
        if dataset is None or not rows.num_rows or not gaps:
            return pa.array([], pa.string())
        ids = rows.column("record_id").combine_chunks()
        if sum(map(len, gaps)) <= _READ_RATHER * len(ids):
            where = " OR ".join(f"(seq >= {gap.start} AND seq < {gap.stop})" for gap in gaps)
            there = dataset.to_table(columns=["record_id"], filter=where).column("record_id").combine_chunks()
            return ids.filter(pc.is_in(ids, there))
        listed = ", ".join(f"'{identifier}'" for identifier in ids.to_pylist())
        return dataset.to_table(columns=["record_id"], filter=f"record_id IN ({listed})").column(0).combine_chunks()

    def _tidy(self, program: str, dataset: lance.LanceDataset) -> lance.LanceDataset:
        """Return the dataset with its indexes, few enough fragments and few enough rows outside the index."""
        if len(dataset.describe_indices()) < len(_INDEXED):  # new, or a crash came before they were made
            for column in _INDEXED:
                dataset.create_scalar_index(column, "BTREE", replace=True)
            return self._open(program)
        crowded = len(dataset.get_fragments()) > _FRAGMENTS_BEFORE_COMPACTION
        known = dataset.stats.index_stats("record_id_idx")
        unindexed = known["num_unindexed_rows"]
        if not crowded and unindexed <= max(_UNINDEXED_ROWS, dataset.count_rows() // _UNINDEXED_SHARE):
            return dataset
        if crowded:
            dataset.optimize.compact_files()
        merged = _INDEXES_BEFORE_MERGE if known["num_indices"] >= _INDEXES_BEFORE_MERGE else 0
        dataset.optimize.optimize_indices(num_indices_to_merge=merged)
        return self._open(program)


def _now() -> datetime:
    return datetime.now(UTC)


def _lance() -> ModuleType:
    """Return Lance, loaded at the first use: a quarter of a second that most commands do not need."""
    import lance  # noqa: PLC0415

    return lance
