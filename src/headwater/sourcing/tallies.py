"""Counting records by field and value as they arrive, so that nothing has to look at all of them later."""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import TYPE_CHECKING

from headwater.sourcing.model import Tally

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

MOST_VALUES = 1_000
"""Values of one field that are counted one by one; a field with more is known by its name only."""
LONGEST = 200
"""Characters of the longest value that is counted by itself."""


def add(
    tally: Tally, rows: Sequence[Mapping[str, object]], columns: Mapping[str, Sequence[object]] | None = None
) -> Tally:
    """Return the tally with some more records.

    Args:
        tally: The tally so far.
        rows: What a slice sees of each record; often the same object for many.
        columns: Field → its value in each record that has no field of that name in its row.
    """
    fields = dict(tally.fields)
    often, once = Counter(map(id, rows)), {id(row): row for row in rows}
    fresh: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for name, values in (columns or {}).items():
        hidden = any(name in row for row in once.values())
        seen = [value for value, row in zip(values, rows, strict=True) if name not in row] if hidden else values
        if len(seen) and seen.count(seen[0]) == len(seen):  # as of most intakes; comparing is quicker than counting
            fresh[name][str(seen[0])] += len(seen)
        else:
            fresh[name].update(map(str, seen))
    for identity, row in once.items():
        times = often[identity]
        for name, value in row.items():
            if fields.get(name, fields) is not None:
                fresh[name][str(value)] += times
    for name, counts in fresh.items():
        kept = fields.get(name, {})
        fields[name] = None if kept is None else _bounded(Counter(kept) + counts)
    return Tally(records=tally.records + len(rows), fields=fields)


def _bounded(counts: Counter[str]) -> dict[str, int] | None:
    if len(counts) > MOST_VALUES or max(map(len, counts), default=0) > LONGEST:
        return None
    return dict(counts)
