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


def add(tally: Tally, rows: Sequence[Mapping[str, object]]) -> Tally:
    """Return the tally with some more records, each given as what a slice sees of it."""
    fresh: defaultdict[str, list[object]] = defaultdict(list)
    for row in rows:
        for name, value in row.items():
            fresh[name].append(value)
    fields = dict(tally.fields)
    for name, values in fresh.items():
        kept = fields.get(name, {})
        fields[name] = None if kept is None else _bounded(Counter(kept) + Counter(map(str, values)))
    return Tally(records=tally.records + len(rows), fields=fields)


def _bounded(counts: Counter[str]) -> dict[str, int] | None:
    if len(counts) > MOST_VALUES or max(map(len, counts), default=0) > LONGEST:
        return None
    return dict(counts)
