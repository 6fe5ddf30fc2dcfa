"""The production profile and the gaps of the pool against it."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import numpy as np

from headwater.core.ids import new_id
from headwater.governance import ledger
from headwater.governance import queries as governance
from headwater.governance.authority import require
from headwater.governance.model import Decision
from headwater.sourcing import queries, slices, store
from headwater.sourcing.model import CoverageGap, Profile, ProfileError
from headwater.stats.interval import wilson
from headwater.text import language, normal

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from headwater.context import Context
    from headwater.sourcing.items import Item

_ABSENT = "None"
"""How a profile writes the value of items that lack the attribute."""


def profile(ctx: Context, attributes: Sequence[Mapping[str, object]], *, by: Sequence[str]) -> None:
    """Keep what production looks like, from a sample of its traffic: the counts of each value of some attributes."""
    require(ctx, Decision.INTAKE_RUN)
    counts = {name: dict(Counter(str(row.get(name)) for row in attributes).most_common(200)) for name in by}
    body = {"n": len(attributes), "counts": counts}
    store.add_profile(ctx.db, new_id("prf"), ctx.program, body, ctx.clock.now())
    ledger.append(ctx, "profile.measured", subject=ctx.program, body={"n": len(attributes), "by": list(by)})


def measure(ctx: Context, items: Iterable[Item], *, by: Sequence[str]) -> Profile:
    """Keep what production looks like, from items of its traffic as a file holds them.

    Items are told apart by their own fields and by what an intake would add: `language`, `length` and `kind`. Nothing
    of the items themselves is kept.

    Args:
        ctx: The context.
        items: The sample; every one must be readable.
        by: Attributes to count the values of.

    Raises:
        ProfileError: An item cannot be read, there is none, or no item has one of the attributes.
    """
    require(ctx, Decision.INTAKE_RUN)
    if not by:
        raise ProfileError("No attribute was named to profile by.", remedy="Name at least one, such as language.")
    rows = []
    for item in items:
        if item.problem:
            raise ProfileError(f"Item {item.place} cannot be read: {item.problem}.", remedy="Repair the file.")
        derived = {"kind": item.kind, "language": language.identify(item.text), "length": normal.length_bin(item.text)}
        rows.append({**derived, **item.attributes})
    known = {name for row in rows for name in row}
    if not rows or set(by) - known:
        raise ProfileError(
            f"No item has {', '.join(repr(name) for name in by if name not in known)}; "
            f"items have {', '.join(sorted(known)) or 'nothing'}."
        )
    profile(ctx, rows, by=by)
    found = production(ctx)
    assert found is not None  # noqa: S101 -- it was kept just now
    return found


def production(ctx: Context) -> Profile | None:
    """Return the newest production profile, or None."""
    known = store.newest_profile(ctx.db, ctx.program)
    return Profile(n=known["n"], counts=known["counts"]) if known else None


def gaps(ctx: Context) -> list[CoverageGap]:
    """Return where the pool is thin, largest want first.

    A value of a profiled attribute is a gap when the pool's whole interval for its share lies below
    production's. A declared critical slice is one when it has fewer records than its minimum, whatever
    production says: rare slices are never left to sampling.
    """
    records = queries.count(ctx)
    found = _critical(ctx, records)
    known = store.newest_profile(ctx.db, ctx.program)
    for name, counts in (known or {"counts": {}})["counts"].items():
        have = queries.tally_values(ctx, name)
        absent = records - sum(have.values())
        n = known["n"] if known else 0
        for value, number in counts.items():
            held = have.get(value, 0) + (absent if value == _ABSENT else 0)
            production, share = wilson(number, n), wilson(held, records)
            if not records or share.high < production.low:
                wanted = int(np.ceil(production.value * records))
                quoted = value.replace("'", "''")
                found.append(
                    CoverageGap(
                        slice=f"{name}={value}",
                        predicate=f"{name} = '{quoted}'",
                        pool=share,
                        production=production,
                        records=held,
                        wanted=max(wanted, held + 1),
                        critical=False,
                    )
                )
    return sorted(found, key=lambda gap: (not gap.critical, -gap.missing))


def _critical(ctx: Context, records: int) -> list[CoverageGap]:
    wanted = governance.program(ctx).charter.critical_slices
    counts = queries.counts(ctx, [slices.parse(each.predicate) for each in wanted])
    return [
        CoverageGap(
            slice=each.name,
            predicate=each.predicate,
            pool=wilson(count, records),
            production=wilson(0, 0),
            records=count,
            wanted=each.minimum,
            critical=True,
        )
        for each, count in zip(wanted, counts, strict=True)
        if count < each.minimum
    ]
