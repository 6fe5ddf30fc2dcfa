"""Reads of sourcing for other parts and for the edges."""

from __future__ import annotations

from collections import Counter
from itertools import islice
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import orjson
import pyarrow as pa
import pyarrow.compute as pc

from headwater.core.errors import NotFoundError
from headwater.sourcing import slices, store, tallies
from headwater.sourcing.conditions import COLUMNS
from headwater.sourcing.model import (
    Intake,
    IntakeId,
    Record,
    RecordId,
    Reject,
    Source,
    SourceId,
    Tally,
    UnknownRecordError,
    UnknownSourceError,
)
from headwater.sourcing.outcomes import repeated
from headwater.storage.database import WHOLE, Part

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from numpy.typing import NDArray

    from headwater.context import Context
    from headwater.sourcing.slices import Slice

_STEP = 2_000
_REPEATS = 10_000
_SOUGHT = 10_000
"""Records sought for which one more part of the table is read at a time."""
_SEEN = ("attributes", *sorted(COLUMNS))


class RecordPage(NamedTuple):
    """A page of records, newest first."""

    records: list[Record]
    next: int | None
    """Pass as `before` for older ones; None at the end."""


def sources(ctx: Context) -> list[Source]:
    """Return the program's sources by name."""
    return store.sources(ctx.db, ctx.program)


def source(ctx: Context, identifier: str) -> Source:
    """Return a source by id or name."""
    found = store.sources(ctx.db, ctx.program, identifier=identifier)
    if not found:
        known = ", ".join(item.name for item in store.sources(ctx.db, ctx.program)) or "none yet"
        raise UnknownSourceError(f"There is no source '{identifier}'; there are: {known}.")
    return found[0]


def intakes(ctx: Context, *, source_id: str = "", part: Part = WHOLE) -> list[Intake]:
    """Return the program's intakes, newest first; those of a source when named."""
    return store.intakes(ctx.db, ctx.program, source_id=source_id, part=part)


def intake(ctx: Context, identifier: str) -> Intake:
    """Return an intake."""
    found = store.intakes(ctx.db, ctx.program, identifier=identifier)
    if not found:
        raise NotFoundError(f"There is no intake '{identifier}'.")
    return found[0]


def rejects(ctx: Context, intake_id: str, *, reason: str = "", after: int = 0, limit: int = 100) -> list[Reject]:
    """Return rejects of an intake in order of place, those after a place."""
    return store.rejects(ctx.db, intake(ctx, intake_id).id, reason=reason, after=after, limit=limit)


def repeats(ctx: Context, intake_id: str) -> dict[int, str]:
    """Return the record that each duplicate of an intake repeats, by the place of the duplicate."""
    found, after = dict[int, str](), 0
    while rows := rejects(ctx, intake_id, reason="duplicate", after=after, limit=_REPEATS):
        found |= {row.place: repeated(row.evidence) for row in rows}
        after = rows[-1].place
    return found


def reject_counts(ctx: Context, intake_ids: Sequence[str] = ()) -> dict[str, int]:
    """Return how many items were rejected for each reason, of some intakes or of all."""
    return store.reject_counts(ctx.db, list(intake_ids) or [item.id for item in store.intakes(ctx.db, ctx.program)])


def count(ctx: Context) -> int:
    """Return how many records the program has."""
    return ctx.records.count(ctx.db, ctx.program)


def take(ctx: Context, identifiers: Sequence[str], *, guess: Sequence[int] = ()) -> list[Record]:
    """Return the records of some ids in their order.

    Args:
        ctx: The context.
        identifiers: Their ids.
        guess: The `seq` that some of them are thought to have: what is found there need not be looked up.

    Raises:
        UnknownRecordError: One of them is not there.
    """
    found = present(ctx, identifiers, guess=guess)
    for identifier in identifiers:
        if identifier not in found:
            raise UnknownRecordError(f"There is no record '{identifier}'.")
    return [found[identifier] for identifier in identifiers]


def present(ctx: Context, identifiers: Sequence[str], *, guess: Sequence[int] = ()) -> dict[str, Record]:
    """Return those of some records that are there, by id; an erased one is not. `guess` as in `take`."""
    rows = ctx.records.take(ctx.db, ctx.program, list(dict.fromkeys(identifiers)), guess=guess)
    return {item.id: item for item in _records(rows)}


def record(ctx: Context, identifier: str) -> Record:
    """Return one record."""
    return take(ctx, [identifier])[0]


def everything(ctx: Context, *, where: str = "") -> list[Record]:
    """Return all records of the program in order of arrival, those in a slice when given."""
    predicate = checked(ctx, where)
    rows = ctx.records.scan(ctx.db, ctx.program, where=predicate.condition.maybe if where else "")
    return [item for item in _records(rows) if not where or predicate.matches(fields_of(item))]


def identifiers(ctx: Context, *, where: str = "") -> list[str]:
    """Return the ids of the program's records in order of arrival, those in a slice when given."""
    return [each for part in _identifiers(ctx, checked(ctx, where), where) for each in part]


def _identifiers(ctx: Context, predicate: Slice, where: str) -> Iterator[list[str]]:
    if not where.strip():
        for batch in ctx.records.batches(ctx.db, ctx.program, ["record_id"]):
            yield batch.column("record_id").to_pylist()
        return
    columns = {name: name for name in ("record_id", *_SEEN)} | {"is_sure": predicate.condition.surely}
    for batch in ctx.records.batches(ctx.db, ctx.program, columns, predicate.condition.maybe):
        if not pc.all(batch.column("is_sure"), skip_nulls=False).as_py():
            rows = batch.to_pylist()
            yield [row["record_id"] for row in rows if row["is_sure"] or predicate.matches(_seen(row))]
        else:
            yield batch.column("record_id").to_pylist()


def checked(ctx: Context, where: str) -> Slice:
    """Return a slice whose fields records have.

    Raises:
        SliceError: It cannot be read.
        UnknownFieldError: It names a field no record has.
    """
    predicate = slices.parse(where)
    if predicate.fields:
        predicate.check(known_fields(ctx))
    return predicate


def counts(ctx: Context, predicates: Sequence[Slice]) -> list[int]:
    """Return how many records each of some slices has; one pass over the records, and none when asked again."""

    def compute() -> list[int]:
        asked = [side for each in predicates for side in (each.condition.maybe, each.condition.surely)]
        found = ctx.records.counts(ctx.db, ctx.program, asked)
        pairs = zip(predicates, found[::2], found[1::2], strict=True)
        return [sure + (_doubtful(ctx, each) if maybe > sure else 0) for each, maybe, sure in pairs]

    key = ("counts", tuple(each.text for each in predicates))
    return ctx.records.remembered(ctx.db, ctx.program, key, compute)


def _doubtful(ctx: Context, predicate: Slice) -> int:
    """Return how many records are in a slice though SQL alone cannot tell."""
    where = f"{predicate.condition.maybe} AND NOT {predicate.condition.surely}"
    batches = ctx.records.batches(ctx.db, ctx.program, _SEEN, where)
    return sum(predicate.matches(_seen(row)) for batch in batches for row in batch.to_pylist())


def records(
    ctx: Context, *, where: str = "", words: str = "", before: int | None = None, limit: int = 50
) -> RecordPage:
    """Return a page of records, newest first.

    Args:
        ctx: The context.
        where: A slice over attributes and the columns `kind`, `language`, `source_id`, `intake_id`.
        words: Text that must occur, letters' case ignored.
        before: Only records with a smaller `seq`.
        limit: Most records to return.

    Raises:
        UnknownFieldError: The slice names a field no record has.
    """
    predicate = checked(ctx, where)
    high = count_high(ctx) if before is None else min(before, count_high(ctx))
    conditions = [predicate.condition.maybe] if predicate.fields else []
    conditions += [_containing(words)] if words.strip() else []
    found: list[Record] = []
    step = _STEP
    while high > 0 and len(found) <= limit:
        low = max(0, high - step)
        window = " AND ".join([f"seq >= {low}", f"seq < {high}", *conditions])
        places = ctx.records.scan(ctx.db, ctx.program, columns=["seq"], where=window)["seq"].to_numpy()[::-1]
        start, size = 0, limit + 1
        while start < len(places) and len(found) <= limit:
            rows = _numbered(ctx, places[start : start + size])
            found += [item for item in rows if predicate.matches(fields_of(item))]
            start, size = start + size, min(2 * size, _STEP)
        high, step = low, step * 32
    page = found[:limit]
    return RecordPage(page, page[-1].seq if len(found) > limit and page else None)


def _numbered(ctx: Context, places: Sequence[int]) -> list[Record]:
    """Return the records of some numbers, newest first."""
    listed = ", ".join(str(place) for place in places)
    rows = _records(ctx.records.scan(ctx.db, ctx.program, where=f"seq IN ({listed})")) if listed else []
    return sorted(rows, key=lambda item: -item.seq)


def count_high(ctx: Context) -> int:
    """Return one more than the newest record's `seq`."""
    return ctx.records.next_seq(ctx.db, ctx.program)


def known_fields(ctx: Context) -> frozenset[str]:
    """Return the names a slice may use: the columns, and every attribute a record has."""
    return COLUMNS | tally(ctx).fields.keys()


def tally(ctx: Context) -> Tally:
    """Return how many records have each value of each field; counted anew when the kept counts are of other records."""
    kept = store.read_tally(ctx.db, ctx.program)
    if kept.records == count(ctx):
        return kept
    return ctx.records.remembered(ctx.db, ctx.program, "tally", lambda: _tally_of_all(ctx))


def tally_values(ctx: Context, name: str) -> dict[str, int]:
    """Return how many records have each value of a field, those of a field with many values too."""
    kept = tally(ctx).fields.get(name, {})
    if kept is not None:
        return kept
    return ctx.records.remembered(ctx.db, ctx.program, ("values", name), lambda: _values_of_all(ctx, name))


def _tally_of_all(ctx: Context) -> Tally:
    total = Tally(records=0, fields={})
    for batch in ctx.records.batches(ctx.db, ctx.program, _SEEN):
        total = tallies.add(total, [_seen(row) for row in batch.to_pylist()])
    return total


def _values_of_all(ctx: Context, name: str) -> dict[str, int]:
    found: Counter[str] = Counter()
    for batch in ctx.records.batches(ctx.db, ctx.program, _SEEN):
        found.update(str(row[name]) for row in map(_seen, batch.to_pylist()) if name in row)
    return dict(found)


def fields_of(item: Record) -> dict[str, object]:
    """Return what a slice sees of a record: its attributes and columns."""
    columns = {"source_id": item.source_id, "intake_id": item.intake_id, "kind": item.kind, "language": item.language}
    return {**columns, **item.attributes}


def attributes(ctx: Context, identifiers: Collection[str]) -> dict[str, dict[str, object]]:
    """Return what a slice sees of some records, by id; records that are gone are left out."""
    wanted = list(identifiers)
    seen, code = profiles(ctx, wanted)
    return {record: seen[place] for record, place in zip(wanted, code.tolist(), strict=True) if place >= 0}


def profiles(ctx: Context, identifiers: Sequence[str]) -> tuple[list[dict[str, object]], NDArray[np.int64]]:
    """Return what a slice sees of some records: each different thing once, and which of them each record is.

    Many records say the same, so whoever tests conditions tests them on few.

    Args:
        ctx: The context.
        identifiers: Of the records.

    Returns:
        What is seen, and its place for every record (identifiers); -1 for records that are gone.
    """
    asked = pa.array(identifiers, pa.string()).dictionary_encode()
    wanted = asked.dictionary
    code = np.full(len(wanted), -1, np.int64)
    seen: list[dict[str, object]] = []
    known: dict[str, int] = {}
    batches = ctx.records.batches(ctx.db, ctx.program, ["record_id", *_SEEN])
    # looking for the wanted ones costs as much as they are many, whatever they are looked for in
    while part := list(islice(batches, 1 + len(wanted) // _SOUGHT)):
        rows = pa.Table.from_batches(part)
        place = pc.index_in(rows.column("record_id"), value_set=wanted)
        rows, place = rows.filter(place.is_valid()), place.drop_null().to_numpy()
        said = [rows.column(name).cast(pa.string()) for name in _SEEN]
        joined = pc.binary_join_element_wise(*said, "\0", null_handling="replace", null_replacement="\1")
        keys = joined.combine_chunks().dictionary_encode()
        kinds, kind = keys.dictionary.to_pylist(), keys.indices.to_numpy()
        first = np.unique(kind, return_index=True)[1]
        for key, row in zip(kinds, rows.take(first).to_pylist(), strict=True):
            if known.setdefault(key, len(seen)) == len(seen):
                seen.append(_seen(row))
        code[place] = np.array([known[key] for key in kinds], np.int64)[kind]
    return seen, code[asked.indices.to_numpy()]


def lengths(ctx: Context, identifiers: Collection[str]) -> dict[str, int]:
    """Return the length in characters of the texts of some records, by id; records that are gone are left out."""
    rows = ctx.records.take(ctx.db, ctx.program, list(dict.fromkeys(identifiers)), ["record_id", "text"])
    found = zip(rows.column("record_id").to_pylist(), pc.utf8_length(rows.column("text")).to_pylist(), strict=True)
    return {identifier: length or 0 for identifier, length in found}


class Relations:
    """A record's place in lineage: it came from its intake."""

    def parents(self, ctx: Context, identifier: str) -> list[str]:
        """Return the intake of a record."""
        rows = ctx.records.take(ctx.db, ctx.program, [identifier], ["intake_id"])
        return [str(value) for value in rows.column("intake_id").to_pylist()]

    def children(self, ctx: Context, identifier: str) -> list[str]:
        """Return nothing: other parts know what came of a record."""
        del ctx, identifier
        return []


def _containing(words: str) -> str:
    wanted = words.strip().lower().replace("'", "''")
    return f"contains(lower(text), '{wanted}')"


def _seen(row: dict[str, Any]) -> dict[str, object]:
    """Return what a slice sees of a row of the record table."""
    return {**{name: row[name] for name in COLUMNS}, **orjson.loads(row["attributes"])}


_COLUMNS = (
    "record_id",
    "seq",
    "source_id",
    "intake_id",
    "kind",
    "text",
    "payload",
    "attributes",
    "language",
    "digest",
    "created_at",
)


def _records(rows: pa.Table) -> list[Record]:
    # column by column: Arrow makes a mapping of every row several times slower, and a moment of every cell anew
    moments = rows.column("created_at").combine_chunks().dictionary_encode()
    made = moments.dictionary.to_pylist()
    columns = [rows.column(name).to_pylist() for name in _COLUMNS[:-1]]
    columns.append([None if place is None else made[place] for place in moments.indices.to_pylist()])
    return [_record(*values) for values in zip(*columns, strict=True)]


def _record(*values: Any) -> Record:  # noqa: ANN401 -- in the order of `_COLUMNS`
    identifier, seq, source, intake, kind, text, payload, attributes, language, digest, created_at = values
    return Record(
        id=RecordId(identifier),
        seq=seq,
        source_id=SourceId(source),
        intake_id=IntakeId(intake),
        kind=kind,
        text=text,
        payload=orjson.loads(payload),
        attributes=orjson.loads(attributes),
        language=language,
        digest=digest,
        created_at=created_at,
    )
