"""Plans by AQL, inspection level, lot size and severity."""

from __future__ import annotations

import math
from typing import NamedTuple, cast

from headwater.core.errors import InvalidError
from headwater.stats.acceptance import sprt
from headwater.stats.acceptance.plans import Plan, Stage
from headwater.stats.acceptance.tables import (
    AQLS,
    ENTRIES,
    LETTERS,
    LEVELS,
    LOTS,
    REDUCED_DOUBLES,
    REDUCED_SIZES,
    SIZES,
    ZERO,
    Arrow,
    Entry,
    Kind,
    Level,
    Severity,
)

PRODUCER = 0.05
"""Risk of sequential plans at the fraction that their single plan accepts with a chance of 95 %."""
CONSUMER = 0.10
_LONGEST = 1.5
"""A sequential plan ends at this multiple of its single plan's sample."""
_TABLE = {Severity.NORMAL: "A", Severity.TIGHTENED: "B", Severity.REDUCED: "C"}
"""Which of the master tables, the same in both standards."""


class Cell(NamedTuple):
    """A cell of the master table, after its arrows."""

    letter: int
    entry: Entry


def letter_of(lot: int, level: Level = Level.II) -> str:
    """Return the code letter of a lot.

    Raises:
        InvalidError: The lot is too small to sample.
    """
    if lot < 2:  # noqa: PLR2004 -- the standard's smallest lot
        raise InvalidError(f"A lot of {lot} is too small to sample: inspect all of it.")
    return LEVELS[level][sum(lot > largest for largest in LOTS)]


def plan(
    lot: int,
    *,
    aql: float,
    kind: Kind = Kind.SINGLE,
    level: Level = Level.II,
    severity: Severity = Severity.NORMAL,
) -> Plan:
    """Return the plan for a lot.

    Single plans are those of ISO 2859-1:1999, double plans those of MIL-STD-105E of 1989; the plan says which. A
    sequential plan is Wald's test between the two fractions that the single plan accepts with chances of 95 % and 10 %,
    ended at one and a half times its sample. A plan that asks for more items than there are asks for all of them.

    Args:
        lot: Items in the lot, at least 2.
        aql: One of `AQLS`, in percent.
        kind: Single, double or sequential.
        level: Inspection level.
        severity: Normal, tightened or reduced.

    Raises:
        InvalidError: The lot is too small, the AQL is not in the series, inspection is discontinued, or there is no
            double plan because the single one accepts on zero.
    """
    if aql not in AQLS:
        raise InvalidError(f"AQL {aql:g} is not in the series; use one of {', '.join(f'{a:g}' for a in AQLS)}.")
    if severity is Severity.DISCONTINUED:
        raise InvalidError(
            "Inspection is discontinued: too many lots were rejected under tightened inspection.",
            remedy="Put the causes right, then resume inspection.",
        )
    cell = _cell(LETTERS.index(letter_of(lot, level)), aql, severity, kind)
    single = f"ISO 2859-1:1999, table 2-{_TABLE[severity]}"
    if kind is Kind.SEQUENTIAL:
        stages, source = _sequential(lot, cell, severity), f"Wald's sequential test to the single plan of {single}"
    elif kind is Kind.DOUBLE:
        stages = _double(cell, severity)
        source = f"MIL-STD-105E (1989), table III-{_TABLE[severity]}; ISO 2859-1:1999 differs in some cells"
    else:
        stages, source = _single(cell, severity), single
    capped = _capped(stages, lot)
    ease = capped[-1].accept
    if severity is Severity.REDUCED and kind is Kind.DOUBLE and cell.entry.second is not None:
        ease = min(cell.entry.second[0], ease)
    return Plan(
        kind=kind,
        standard=source,
        lot=lot,
        aql=aql,
        level=level,
        severity=severity,
        letter=LETTERS[cell.letter],
        stages=capped,
        at_ease=ease,
    )


def alternatives(
    lot: int, *, aql: float, level: Level = Level.II, severity: Severity = Severity.NORMAL
) -> tuple[Plan, ...]:
    """Return the plans of every kind there is for a lot, single first."""
    found = [plan(lot, aql=aql, level=level, severity=severity)]
    cell = _cell(LETTERS.index(letter_of(lot, level)), aql, severity, Kind.DOUBLE)
    if found[0].accept > 0 and cell.entry.first is not None:
        found.append(plan(lot, aql=aql, kind=Kind.DOUBLE, level=level, severity=severity))
    found.append(plan(lot, aql=aql, kind=Kind.SEQUENTIAL, level=level, severity=severity))
    return tuple(found)


def stricter(found: Plan) -> Plan | None:
    """Return the same plan at the next smaller AQL; None at the smallest, or where there is none of its kind."""
    place = AQLS.index(found.aql) + 1
    if place == len(AQLS):
        return None
    return plan(found.lot, aql=AQLS[place], kind=found.kind, level=found.level, severity=found.severity)


def _cell(letter: int, aql: float, severity: Severity, kind: Kind) -> Cell:
    """Follow the arrows from a cell; past either end of the table the only way is back."""
    old = severity is Severity.REDUCED and kind is Kind.DOUBLE
    entries, zero = REDUCED_DOUBLES if old else ENTRIES[severity], AQLS.index(aql) + ZERO[severity]
    one = next(place for place, entry in enumerate(entries) if isinstance(entry, Entry) and place)
    last = len(_sizes(severity)) - (2 if severity is Severity.NORMAL else 1)
    has_zero = (0 if severity is not Severity.TIGHTENED else 1) <= zero <= last  # tightened, no A accepts on zero
    place = letter - zero
    if place < 0:
        place = 0 if has_zero else one
    place = min(place, len(entries) - 1)
    if entries[place] is Arrow.DOWN:
        place = one if zero + one <= last else 0
    elif entries[place] is Arrow.UP or (place == 0 and not has_zero):
        place = 0 if has_zero else one
    return Cell(zero + place, cast("Entry", entries[place]))


def _sizes(severity: Severity) -> tuple[int, ...]:
    return REDUCED_SIZES if severity is Severity.REDUCED else SIZES


def _single(cell: Cell, severity: Severity) -> tuple[Stage, ...]:
    accept = cell.entry.reject - 1
    return (Stage(size=_sizes(severity)[cell.letter], accept=accept, reject=accept + 1),)


def _double(cell: Cell, severity: Severity) -> tuple[Stage, ...]:
    first, second = cell.entry.first, cell.entry.second
    if first is None or second is None or cell.letter < 1:
        raise InvalidError(
            "There is no double plan here: the single one accepts on zero wrong items.",
            remedy="Use the single or the sequential plan.",
        )
    size = _sizes(severity)[cell.letter - 1]
    return (
        Stage(size=size, accept=first[0], reject=first[1]),
        Stage(size=2 * size, accept=second[1] - 1, reject=second[1]),
    )


def _sequential(lot: int, cell: Cell, severity: Severity) -> tuple[Stage, ...]:
    single = _single(cell, severity)
    like = Plan(
        kind=Kind.SINGLE,
        standard="",
        lot=lot,
        aql=AQLS[0],
        level=Level.II,
        severity=severity,
        letter="",
        stages=single,
        at_ease=0,
    )
    found = sprt.lines(like.ltpd(1 - PRODUCER), like.ltpd(CONSUMER), producer=PRODUCER, consumer=CONSUMER)
    return sprt.stages(found, longest=math.ceil(_LONGEST * single[0].size))


def _capped(stages: tuple[Stage, ...], lot: int) -> tuple[Stage, ...]:
    """Inspect all of a lot that is smaller than the plan, and decide then."""
    if stages[-1].size <= lot:
        return stages
    kept = [stage for stage in stages if stage.size < lot]
    accept = stages[-1].accept
    return (*kept, Stage(size=lot, accept=accept, reject=accept + 1))
