"""What the intakes before one left to compare with, read from where it is kept."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import orjson

from headwater.sourcing import store
from headwater.sourcing.items import compared
from headwater.text import nearduplicate

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from headwater.sourcing.marks import Block
    from headwater.storage.database import Connection, Database
    from headwater.storage.records import RecordTables


class Known:
    """The marks of a program's records, each read in a transaction of its own."""

    def __init__(self, database: Database, program: str) -> None:
        """Read nothing yet."""
        self._database, self._program = database, program

    def blocks(self, after: int) -> list[Block]:
        """Return the blocks whose first `seq` is beyond one, in their order."""
        with self._database.read() as db:
            return store.blocks(db, self._program, after)

    def marks(self, buckets: Sequence[int], after: int) -> list[tuple[int, int, bytes]]:
        """Return bucket, first `seq` and marks of some buckets, of the blocks whose first `seq` is beyond one."""
        with self._database.read() as db:
            return store.marks(db, self._program, buckets, after)

    def records(self, first: int) -> bytes:
        """Return the ids of the records of a block."""
        with self._database.read() as db:
            return store.block_records(db, self._program, first)


def signed(tables: RecordTables, database: Database, program: str) -> Iterator[tuple[bytes, bytes]]:
    """Yield the raw ids and the signatures of all records, block by block, making those that were not made yet."""
    with database.read() as db:
        blocks = store.blocks(db, program, -1)
    for block in blocks:
        with database.read() as db:
            records = store.block_records(db, program, block.first)
            signatures = store.block_signatures(db, program, block.first)
            made = b"" if signatures else _made(tables, db, program, block)
        if made:
            with database.write() as db:
                store.set_signatures(db, program, block.first, made)
        yield records, signatures or made


def _made(tables: RecordTables, db: Connection, program: str, block: Block) -> bytes:
    """Return the signatures of a block's records; zeros, which are like no text's, for one that was erased."""
    where = f"seq >= {block.first} AND seq < {block.first + block.size}"
    rows = tables.scan(db, program, columns=["seq", "kind", "text", "payload"], where=where)
    kinds, texts, payloads = (rows.column(name).to_pylist() for name in ("kind", "text", "payload"))
    texts = [compared(kind, text, orjson.loads(each)) for kind, text, each in zip(kinds, texts, payloads, strict=True)]
    found = np.zeros((block.size, nearduplicate.PERMUTATIONS), np.uint32)
    found[rows.column("seq").to_numpy() - block.first] = nearduplicate.signatures(texts)
    return found.tobytes()
