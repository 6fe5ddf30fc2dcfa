"""The database: SQLite by default, PostgreSQL by URL; one transaction at a time per context.

SQLite runs in WAL mode with `synchronous=FULL`, so what is committed survives a power cut. A write
transaction begins with `BEGIN IMMEDIATE` behind a lock of this process: threads queue fairly instead
of polling each other's file lock. Reads have connections of their own, opened as read-only: to make one
connection now writable and now not would cost every transaction its prepared statements, which SQLite
drops at such a PRAGMA. The one connection that writes keeps its page cache warm as well.
"""

from __future__ import annotations

import math
import select
import threading
import time
from contextlib import ExitStack, contextmanager, nullcontext
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy import Connection, Engine, event
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import DataError, IntegrityError, InvalidatePoolError, OperationalError

from headwater.core.canonical import parsed
from headwater.core.errors import ConflictError, InvalidError, SettingsError, UnavailableError

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["WHOLE", "Connection", "Database", "Moment", "Part", "insert", "metadata", "newest_first", "next_page"]

BUSY_TIMEOUT_MS = 30_000
_WRITE_CACHE_KB, _READ_CACHE_KB = 32_768, 4_096
_LOG_BYTES, _MOST_LOG_PAGES = 1 << 23, 1 << 15
"""From how long a log on it is moved beside the writers, and from how long on by a commit if nobody did."""
_FEW_FRAMES = 256
"""So few are moved too seldom to be worth a writer's turn."""
_IDLE_S = 60.0
"""How long a connection to PostgreSQL may lie unused before it is asked whether it lives."""

metadata = sa.MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)
"""The tables of all parts; each part's `store` adds its own."""


class Moment(sa.types.TypeDecorator[datetime]):
    """An aware UTC time, kept as microseconds since 1970 so that both servers sort and compare it alike."""

    impl = sa.BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: sa.Dialect) -> int | None:  # noqa: ARG002, D102
        if value is None:
            return None
        delta = value.astimezone(UTC) - _EPOCH
        return (delta.days * 86_400 + delta.seconds) * 1_000_000 + delta.microseconds

    def process_result_value(self, value: int | None, dialect: sa.Dialect) -> datetime | None:  # noqa: ARG002, D102
        if value is None:
            return None
        seconds, micros = divmod(value, 1_000_000)
        return datetime.fromtimestamp(seconds, UTC).replace(microsecond=micros)


_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Database:
    """A pool of connections to one server or file."""

    def __init__(self, url: str, *, pool_size: int = 16) -> None:
        """Open the database lazily; nothing is read until the first transaction."""
        self.url = url
        self.engine = _engine(url, pool_size)
        self.is_sqlite = self.engine.dialect.name == "sqlite"
        self._reading = _sqlite(url, pool_size, reads_only=True) if self.is_sqlite else self.engine
        self._writer = threading.Lock()
        self._writing = threading.local()
        self._leaves_log = False

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """Open a transaction that may write; commits at the end, rolls back on an error.

        Raises:
            UnavailableError: The server does not answer, or another process holds the file too long.
        """
        if getattr(self._writing, "here", False):
            raise RuntimeError("This thread is in a write transaction already; use its context.")
        turn = self._writer if self.is_sqlite else nullcontext()
        with turn, self._transaction(self.engine, begin="BEGIN IMMEDIATE") as connection:
            self._writing.here = True
            try:
                yield connection
            finally:
                self._writing.here = False

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """Open a transaction that only reads: one consistent picture that never waits for writers."""
        with self._transaction(self._reading, begin="BEGIN") as connection:
            if not self.is_sqlite:
                connection.exec_driver_sql("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
            yield connection

    @contextmanager
    def _transaction(self, engine: Engine, *, begin: str) -> Iterator[Connection]:
        with _translated(), ExitStack() as stack:
            try:
                connection = stack.enter_context(engine.connect())
                stack.enter_context(connection.begin())
                if self.is_sqlite:  # not by an event: the engine would then look for listeners at every statement
                    connection.exec_driver_sql(begin)
            except OperationalError as error:
                busy = "locked" in str(error.orig)
                raise UnavailableError(
                    f"The database at {self.engine.url!r} {'is busy' if busy else 'does not answer'}: {error.orig}.",
                    remedy="Repeat it in a moment." if busy else "Check that it runs and that database_url is right.",
                ) from error
            yield connection

    def checkpoint(self) -> None:
        """Move what is in SQLite's log into its file, once that is much, so that no commit has to; safe at any moment.

        Nearly all is moved while others write, the rest in a writer's turn, since the log begins anew only when it was
        moved whole. What is in the log is committed and on disk all the same. PostgreSQL does this by itself.
        """
        if not self.is_sqlite:
            return
        if not self._leaves_log:
            with self.write() as db:  # the connection that writes stays open
                db.exec_driver_sql(f"PRAGMA wal_autocheckpoint={_MOST_LOG_PAGES}")
                db.exec_driver_sql(f"PRAGMA journal_size_limit={_LOG_BYTES // 2}")
            self._leaves_log = True
        log = Path(f"{self.engine.url.database}-wal")
        if not log.exists() or log.stat().st_size < _LOG_BYTES:
            return
        with self._reading.connect() as connection:
            frames, moved = connection.exec_driver_sql("PRAGMA wal_checkpoint(PASSIVE)").one()[1:]
            if frames > _FEW_FRAMES and moved:
                with self._writer:
                    connection.exec_driver_sql("PRAGMA wal_checkpoint(PASSIVE)").one()

    def forget(self) -> None:
        """Give the memory back that SQLite's writer keeps pages in: after long work they are not those of the next."""
        if self.is_sqlite:
            with self.write() as db:
                db.exec_driver_sql("PRAGMA shrink_memory")

    def close(self) -> None:
        """Close every connection."""
        self.engine.dispose()
        self._reading.dispose()


def _is_repeated(error: IntegrityError) -> bool:
    """Return whether a key was there already, rather than a rule of the tables broken."""
    return getattr(error.orig, "sqlstate", "") == _UNIQUE_VIOLATION or "UNIQUE constraint" in str(error.orig)


_UNIQUE_VIOLATION = "23505"


@contextmanager
def _translated() -> Iterator[None]:
    """Tell what a value or another writer made the database refuse in words of ours."""
    try:
        yield
    except IntegrityError as error:
        if not _is_repeated(error):
            raise
        raise ConflictError(
            "Somebody else did the same, or changed what this depends on, at the same moment.",
            remedy="Read it again, then repeat.",
        ) from error
    except (DataError, UnicodeEncodeError) as error:
        raise InvalidError(f"The database cannot keep a value: {getattr(error, 'orig', error)}.") from error
    except OverflowError as error:
        if "SQLite" not in str(error):
            raise
        raise InvalidError("A number is too large: expected one of at most 64 bits.") from error


def _engine(url: str, pool_size: int) -> Engine:
    if not url.startswith(("sqlite:///", "postgresql+psycopg://")):
        raise SettingsError(
            f"The database '{url.partition('://')[0]}' is not supported: SQLite and PostgreSQL are.",
            remedy="Write HEADWATER_DATABASE_URL=postgresql+psycopg://user:password@host/name, or leave it empty.",
        )
    if not url.startswith("sqlite"):
        return _postgres(url, pool_size)
    return _sqlite(url, 1, reads_only=False)


def _postgres(url: str, pool_size: int) -> Engine:
    """Return an engine that asks a kept connection whether it lives only when there is a reason to doubt it.

    A question costs as much as a statement. A server that ends says so, which makes the connection readable.
    """
    # the driver, when it prepares too, tells the server to forget all statements after a rollback: also ours
    own = {"prepare_threshold": None}
    engine = sa.create_engine(
        url,
        pool_size=pool_size,
        max_overflow=pool_size,
        pool_use_lifo=True,
        connect_args=own,
        json_deserializer=parsed,
    )

    @event.listens_for(engine, "do_connect")
    def _open(_dialect: object, _record: object, _args: object, how: dict[str, Any]) -> Any:  # noqa: ANN401
        from headwater.storage import postgres  # noqa: PLC0415 -- loads a driver that most commands do not need

        return postgres.Wired.connect(**how)

    @event.listens_for(engine, "checkin")
    def _left(_dbapi: object, record: Any) -> None:  # noqa: ANN401 -- the pool's record of a connection
        record.info["left_at"] = time.monotonic()

    @event.listens_for(engine, "checkout")
    def _doubt(dbapi: Any, record: Any, _proxy: object) -> None:  # noqa: ANN401 -- the driver's connection
        is_old = time.monotonic() - record.info.get("left_at", math.inf) > _IDLE_S
        heard = select.poll()
        heard.register(dbapi.fileno(), select.POLLIN)
        if is_old or heard.poll(0):
            try:
                engine.dialect.do_ping(dbapi)
            except engine.dialect.loaded_dbapi.Error as error:
                raise InvalidatePoolError from error

    return engine


def _sqlite(url: str, pool_size: int, *, reads_only: bool) -> Engine:
    engine = sa.create_engine(
        url,
        pool_size=pool_size,
        max_overflow=pool_size,
        pool_use_lifo=True,
        connect_args={"check_same_thread": False, "timeout": BUSY_TIMEOUT_MS / 1000, "cached_statements": 512},
        json_deserializer=parsed,
    )

    @event.listens_for(engine, "connect")
    def _configure(dbapi: Any, _record: object) -> None:  # noqa: ANN401 -- the driver's connection
        dbapi.isolation_level = None  # we say BEGIN ourselves
        for pragma in (
            "journal_mode=WAL",
            "synchronous=FULL",
            "foreign_keys=ON",
            f"busy_timeout={BUSY_TIMEOUT_MS}",
            f"temp_store={'MEMORY' if reads_only else 'FILE'}",  # a new index is sorted in as little as its cache
            f"cache_size={-_READ_CACHE_KB if reads_only else -_WRITE_CACHE_KB}",
            f"query_only={'ON' if reads_only else 'OFF'}",
        ):
            dbapi.execute(f"PRAGMA {pragma}").close()

    return engine


def insert(connection: Connection, table: sa.Table) -> sqlite.Insert | postgresql.Insert:
    """Return an insert into a table that can say what happens `on_conflict`, in the connection's dialect."""
    return sqlite.insert(table) if connection.dialect.name == "sqlite" else postgresql.insert(table)


def next_page(rows: list[Any], limit: int) -> tuple[list[Any], bool]:
    """Return at most `limit` of the rows, and whether more follow (ask the database for one more than `limit`)."""
    return rows[:limit], len(rows) > limit


class Part(NamedTuple):
    """Which rows of a list that is newest first are wanted; all of them unless told."""

    after: str = ""
    """Id of the last row that was seen; empty for the beginning."""
    limit: int | None = None
    """Most rows; all that follow when None."""


WHOLE = Part()


def newest_first(query: sa.Select[Any], key: sa.Column[Any], part: Part = WHOLE) -> sa.Select[Any]:
    """Return a query of the wanted part, in the order of time-sortable ids, newest first.

    The place is a value and not a count, so rows added meanwhile neither repeat a row nor hide one, and the last part
    costs no more than the first.
    """
    if part.after:
        query = query.where(key < part.after)
    return query.order_by(key.desc()).limit(part.limit)
