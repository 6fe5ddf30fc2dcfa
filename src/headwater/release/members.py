"""Members of a release: split assignment, keyed leaves, and the two Parquet files; same inputs, same bytes."""

from __future__ import annotations

import hashlib
import io
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.parquet as pq

from headwater.core import merkle
from headwater.core.canonical import canonical_json
from headwater.release.model import Split, SplitPolicy

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from headwater.quality.model import Label
    from headwater.sourcing.model import Record

MEMBERS = pa.schema(
    [
        ("record_id", pa.string()),
        ("leaf", pa.string()),
        ("split", pa.string()),
        ("weight", pa.float64()),
        ("batch_id", pa.string()),
        ("cohort_id", pa.string()),
    ]
)
LABELS = pa.schema(
    [
        ("record_id", pa.string()),
        ("question", pa.string()),
        ("value", pa.string()),
        ("confidence", pa.float64()),
        ("method", pa.string()),
        ("guideline", pa.string()),
        ("answers", pa.int64()),
    ]
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Membership:
    """The member and label tables of a release, sorted by record id."""

    members: pa.Table
    labels: pa.Table

    @property
    def root(self) -> str:
        """Root of the RFC 6962 tree over the sorted leaves, hexadecimal."""
        leaves = sorted(self.members.column("leaf").to_pylist())
        return merkle.root([bytes.fromhex(leaf) for leaf in leaves]).hex()


def assemble(
    labels: Sequence[Label], records: Sequence[Record], policy: SplitPolicy, *, keyed_hash: Callable[[bytes], str]
) -> Membership:
    """Return the tables of a release.

    Args:
        labels: One resolved label per record.
        records: The records of those labels, in the same order.
        policy: How members are divided.
        keyed_hash: HMAC-SHA256 of a canonical record, hexadecimal; keyed, so that a member can be proven to an
            outsider and an erased one cannot be guessed from its leaf.
    """
    members, answers = [], []
    for label, record in sorted(zip(labels, records, strict=True), key=lambda pair: pair[1].id):
        leaf = keyed_hash(canonical_json({"id": record.id, "digest": record.digest, "payload": record.payload}))
        members.append((record.id, leaf, split_of(record.text, policy).value, 1.0, label.batch_id, label.cohort_id))
        answers.append(
            (
                record.id,
                label.question,
                label.value,
                label.confidence,
                label.method,
                label.guideline_id,
                label.answers,
            )
        )
    return Membership(members=_table(members, MEMBERS), labels=_table(answers, LABELS))


def split_of(text: str, policy: SplitPolicy) -> Split:
    """Return the split of a record: decided by its text and the seed, so it never moves between versions."""
    folded = " ".join(unicodedata.normalize("NFKC", text).casefold().split())
    digest = hashlib.sha256(f"{policy.seed}\n{folded}".encode()).digest()
    place = int.from_bytes(digest[:8]) / 2**64
    if place < policy.train:
        return Split.TRAIN
    return Split.VALIDATION if place < policy.train + policy.validation else Split.TEST


def parquet(table: pa.Table) -> bytes:
    """Return a table as Parquet bytes, the same for the same rows."""
    sink = io.BytesIO()
    pq.write_table(table, sink, compression="zstd", store_schema=False, write_statistics=True)
    return sink.getvalue()


def _table(rows: Sequence[tuple[object, ...]], schema: pa.Schema) -> pa.Table:
    columns = zip(*rows, strict=True) if rows else [()] * len(schema)
    return pa.table(
        [pa.array(column, field.type) for column, field in zip(columns, schema, strict=True)], schema=schema
    )
