"""Reads of releases for other parts and for the edges."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import pyarrow.parquet as pq

from headwater.governance import queries as governance
from headwater.release import gates, store
from headwater.release.model import Difference, Gate, Release, Selection, UnknownReleaseError
from headwater.sourcing import queries as sourcing
from headwater.sourcing import slices
from headwater.storage.database import WHOLE, Part

if TYPE_CHECKING:
    from pathlib import Path

    import pyarrow as pa

    from headwater.context import Context
    from headwater.release.members import Membership
    from headwater.sourcing.model import Record


def releases(ctx: Context, *, dataset: str = "", part: Part = WHOLE) -> list[Release]:
    """Return the program's releases, newest first."""
    return store.newest(ctx.db, ctx.program, dataset=dataset, part=part)


def release(ctx: Context, identifier: str) -> Release:
    """Return a release by id, `dataset@version` or version."""
    found = store.get(ctx.db, ctx.program, identifier)
    if found is None:
        known = ", ".join(f"{item.dataset}@{item.version}" for item in releases(ctx)) or "none yet"
        raise UnknownReleaseError(f"There is no release '{identifier}'; there are: {known}.")
    return found


def newest(ctx: Context, dataset: str) -> Release | None:
    """Return the newest release of a dataset, or None."""
    found = store.newest(ctx.db, ctx.program, dataset=dataset, part=Part(limit=1))
    return found[0] if found else None


def members(ctx: Context, identifier: str) -> pa.Table:
    """Return the members of a release: record_id, leaf, split, weight, batch_id, cohort_id."""
    return _parquet(ctx, release(ctx, identifier), "members.parquet")


def labels(ctx: Context, identifier: str) -> pa.Table:
    """Return the labels of a release: record_id, question, value, confidence, method, guideline, answers."""
    return _parquet(ctx, release(ctx, identifier), "labels.parquet")


def file(ctx: Context, identifier: str, name: str) -> bytes:
    """Return one file of a release."""
    return ctx.objects.get(f"{release(ctx, identifier).path}/{name}")


def files(ctx: Context, identifier: str) -> list[str]:
    """Return the names of the files of a release."""
    prefix = f"{release(ctx, identifier).path}/"
    return [name.removeprefix(prefix) for name in ctx.objects.names(prefix)]


def export(ctx: Context, identifier: str, target: Path) -> list[Path]:
    """Write the files of a release into a folder, where they verify without Headwater."""
    return ctx.objects.download(release(ctx, identifier).path, target)


def diff(ctx: Context, old: str, new: str) -> Difference:
    """Return what changed from one release to another."""
    return _compare(members(ctx, old), labels(ctx, old), members(ctx, new), labels(ctx, new))


def compare(ctx: Context, parent: Release, membership: Membership) -> Difference:
    """Return what changes from a release to one that is not stored yet."""
    old = (_parquet(ctx, parent, "members.parquet"), _parquet(ctx, parent, "labels.parquet"))
    return _compare(*old, membership.members, membership.labels)


def gates_now(ctx: Context, row: Release) -> list[Gate]:
    """Return a candidate's gates as measured at its build, with the waivers that are live now."""
    waivers = {waiver.standard: waiver.id for waiver in governance.live_waivers(ctx)}
    return [gates.waived(gate, waivers) for gate in row.gates]


def selects(selection: Selection, record: Record) -> bool:
    """Return whether a selection takes a record."""
    return slices.parse(selection.where).matches(sourcing.fields_of(record))


class Relations:
    """A record's place in lineage: the releases it is a member of."""

    def parents(self, ctx: Context, identifier: str) -> list[str]:
        """Return nothing: other parts know where a record came from."""
        del ctx, identifier
        return []

    def children(self, ctx: Context, identifier: str) -> list[str]:
        """Return the releases that hold a record."""
        return list(store.containing(ctx.db, identifier))


def _compare(old: pa.Table, old_labels: pa.Table, new: pa.Table, new_labels: pa.Table) -> Difference:
    before, after = _column(old, "split"), _column(new, "split")
    labels_before, labels_after = _column(old_labels, "value"), _column(new_labels, "value")
    both = before.keys() & after.keys()
    return Difference(
        added=tuple(sorted(after.keys() - before.keys())),
        removed=tuple(sorted(before.keys() - after.keys())),
        relabelled=tuple(sorted(key for key in both if labels_before.get(key) != labels_after.get(key))),
        moved=tuple(sorted(key for key in both if before[key] != after[key])),
    )


def _column(table: pa.Table, name: str) -> dict[str, str]:
    return dict(zip(table.column("record_id").to_pylist(), table.column(name).to_pylist(), strict=True))


def _parquet(ctx: Context, row: Release, name: str) -> pa.Table:
    return pq.read_table(io.BytesIO(ctx.objects.get(f"{row.path}/{name}")))
