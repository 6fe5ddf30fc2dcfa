"""Reads of sourcing for other parts and for the edges."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any, NamedTuple

import pyarrow as pa
import pyarrow.compute as pc

from headwater.core.errors import NotFoundError
from headwater.sourcing import slices, store
from headwater.sourcing.model import (
    Intake,
    IntakeId,
    Record,
    RecordId,
    Reject,
    Source,
    SourceId,
    UnknownRecordError,
    UnknownSourceError,
)

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from headwater.context import Context

_STEP = 2_000
_MOST_SCANNED = 2_000_000
_EQUALITY = re.compile(r"(?P<name>[A-Za-z_]\w*)\s*=\s*'(?P<value>[^']*)'")
_INDEXED = frozenset({"source_id", "intake_id", "kind", "language"})


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


def intakes(ctx: Context) -> list[Intake]:
    """Return the program's intakes, newest first."""
    return store.intakes(ctx.db, ctx.program)


def intake(ctx: Context, identifier: str) -> Intake:
    """Return an intake."""
    found = store.intakes(ctx.db, ctx.program, identifier=identifier)
    if not found:
        raise NotFoundError(f"There is no intake '{identifier}'.")
    return found[0]


def rejects(ctx: Context, intake_id: str, *, reason: str = "", after: int = 0, limit: int = 100) -> list[Reject]:
    """Return rejects of an intake in order of place, those after a place."""
    return store.rejects(ctx.db, intake(ctx, intake_id).id, reason=reason, after=after, limit=limit)


def reject_counts(ctx: Context, intake_ids: Sequence[str] = ()) -> dict[str, int]:
    """Return how many items were rejected for each reason, of some intakes or of all."""
    return store.reject_counts(ctx.db, list(intake_ids) or [item.id for item in store.intakes(ctx.db, ctx.program)])


def count(ctx: Context) -> int:
    """Return how many records the program has."""
    return ctx.records.count(ctx.db, ctx.program)


def take(ctx: Context, identifiers: Sequence[str]) -> list[Record]:
    """Return the records of some ids in their order.

    Raises:
        UnknownRecordError: One of them is not there.
    """
    found = present(ctx, identifiers)
    for identifier in identifiers:
        if identifier not in found:
            raise UnknownRecordError(f"There is no record '{identifier}'.")
    return [found[identifier] for identifier in identifiers]


def present(ctx: Context, identifiers: Sequence[str]) -> dict[str, Record]:
    """Return those of some records that are there, by id; an erased one is not."""
    return {item.id: item for item in _records(ctx.records.take(ctx.db, ctx.program, list(dict.fromkeys(identifiers))))}


def record(ctx: Context, identifier: str) -> Record:
    """Return one record."""
    return take(ctx, [identifier])[0]


def everything(ctx: Context, *, where: str = "") -> list[Record]:
    """Return all records of the program in order of arrival, those in a slice when given."""
    predicate = slices.parse(where)
    rows = _records(ctx.records.scan(ctx.db, ctx.program, where=_prefilter(where)))
    if where:
        predicate.check(known_fields(ctx))
    return [item for item in rows if predicate.matches(fields_of(item))]


def identifiers(ctx: Context, *, where: str = "") -> list[str]:
    """Return the ids of the program's records in order of arrival, those in a slice when given."""
    columns = ["record_id", "attributes", *sorted(_INDEXED)] if where else ["record_id"]
    predicate = slices.parse(where)
    rows = ctx.records.scan(ctx.db, ctx.program, columns=columns, where=_prefilter(where))
    if not where:
        return [str(value) for value in rows.column("record_id").to_pylist()]
    predicate.check(known_fields(ctx))
    return [str(row["record_id"]) for row in rows.to_pylist() if predicate.matches(row | json.loads(row["attributes"]))]


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
    predicate = slices.parse(where)
    if where:
        predicate.check(known_fields(ctx))
    high = count_high(ctx) if before is None else min(before, count_high(ctx))
    conditions = [part for part in (_prefilter(where), _containing(words)) if part]
    found: list[Record] = []
    step, scanned = _STEP, 0
    while high > 0 and len(found) <= limit and scanned < _MOST_SCANNED:
        low = max(0, high - step)
        window = " AND ".join([f"seq >= {low}", f"seq < {high}", *conditions])
        rows = _records(ctx.records.scan(ctx.db, ctx.program, where=window))
        found += [item for item in reversed(rows) if predicate.matches(fields_of(item))]
        scanned += high - low
        high, step = low, step * 8
    more = len(found) > limit or high > 0
    page = found[:limit]
    following = page[-1].seq if len(found) > limit and page else high
    return RecordPage(page, following if more else None)


def count_high(ctx: Context) -> int:
    """Return one more than the newest record's `seq`."""
    return ctx.records.next_seq(ctx.db, ctx.program)


def known_fields(ctx: Context) -> frozenset[str]:
    """Return the names a slice may use: the columns, and the attributes seen in the newest and oldest records."""
    high = count_high(ctx)
    near = f"seq >= {max(0, high - _STEP)} OR seq < {_STEP}"
    rows = ctx.records.scan(ctx.db, ctx.program, columns=["attributes"], where=near)
    names = {name for text in rows.column("attributes").unique().to_pylist() for name in json.loads(text)}
    return frozenset(names | _INDEXED)


def fields_of(item: Record) -> dict[str, object]:
    """Return what a slice sees of a record: its attributes and columns."""
    columns = {"source_id": item.source_id, "intake_id": item.intake_id, "kind": item.kind, "language": item.language}
    return {**columns, **item.attributes}


def attributes(ctx: Context, identifiers: Collection[str]) -> dict[str, dict[str, object]]:
    """Return what a slice sees of some records, by id; records that are gone are left out."""
    wanted = pa.array(sorted(identifiers), pa.string())
    rows = ctx.records.scan(ctx.db, ctx.program, columns=["record_id", "attributes", *sorted(_INDEXED)])
    rows = rows.filter(pc.is_in(rows.column("record_id"), value_set=wanted))
    return {
        row["record_id"]: {**{name: row[name] for name in _INDEXED}, **json.loads(row["attributes"])}
        for row in rows.to_pylist()
    }


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


def _prefilter(where: str) -> str:
    """Return an SQL condition that every record in the slice meets, for the engine to skip others early."""
    wanted = _EQUALITY.fullmatch(where.strip())
    if wanted is None or '"' in wanted["value"] or "\\" in wanted["value"] or not wanted["value"].isascii():
        return ""
    if wanted["name"] == "language":
        return ""  # the attribute of that name wins over the column
    if wanted["name"] in _INDEXED:
        return f"{wanted['name']} = '{wanted['value']}'"
    return f'contains(attributes, \'"{wanted["name"]}":"{wanted["value"]}"\')'


def _containing(words: str) -> str:
    wanted = words.strip().lower().replace("'", "''")
    return f"contains(lower(text), '{wanted}')" if wanted else ""


def _records(rows: pa.Table) -> list[Record]:
    return [_record(row) for row in rows.to_pylist()]


def _record(row: dict[str, Any]) -> Record:
    return Record(
        id=RecordId(row["record_id"]),
        seq=row["seq"],
        source_id=SourceId(row["source_id"]),
        intake_id=IntakeId(row["intake_id"]),
        kind=row["kind"],
        text=row["text"],
        payload=json.loads(row["payload"]),
        attributes=json.loads(row["attributes"]),
        language=row["language"],
        digest=row["digest"],
        created_at=row["created_at"],
    )
