"""Conditions of slices, each as a test of one record and as SQL over the record table.

Attributes are kept as canonical JSON, so a field's value can be found as text: `"language":"es"` is in no other place
of a flat object, since quotes inside values are escaped. Objects within objects break that, and so every condition
has two forms in SQL: `maybe` holds of every record in the slice, `surely` of none outside. Where they differ, the test
decides.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

Value = str | float | bool | None
Test = Callable[[Mapping[str, object]], bool]
COLUMNS = frozenset({"source_id", "intake_id", "kind", "language"})
"""Columns a slice sees as fields; an attribute of the same name wins."""
_NESTED = "contains(substr(attributes, 2), '{')"
_NEVER = "false"


class Condition(NamedTuple):
    """What a slice, or a piece of it, asks."""

    test: Test
    maybe: str
    """SQL that holds of every record that passes the test, and perhaps of others."""
    surely: str
    """SQL that holds only of records that pass the test, and perhaps not of all."""


ALWAYS = Condition(lambda _: True, "true", "true")


def either(parts: Sequence[Condition]) -> Condition:
    """Return the condition that one of the parts holds."""
    tests = [part.test for part in parts]
    return Condition(lambda row: any(test(row) for test in tests), _join(" OR ", parts, 1), _join(" OR ", parts, 2))


def both(parts: Sequence[Condition]) -> Condition:
    """Return the condition that all of the parts hold."""
    tests = [part.test for part in parts]
    return Condition(lambda row: all(test(row) for test in tests), _join(" AND ", parts, 1), _join(" AND ", parts, 2))


def opposite(part: Condition) -> Condition:
    """Return the condition that a part does not hold."""
    test = part.test
    return Condition(lambda row: not test(row), f"NOT {part.surely}", f"NOT {part.maybe}")


def equal(name: str, value: Value) -> Condition:
    """Return the condition that a field has a value; a field a record does not have is null."""
    maybe, surely = _equal_attribute(name, value)
    if name in COLUMNS and isinstance(value, str):
        column, absent = f"{name} = {_quoted(value)}", f"NOT {_present(name)}"
        maybe, surely = f"({maybe} OR {column})", f"({surely} OR ({column} AND {absent}))"
    elif name in COLUMNS and value is None:
        maybe = f"{_holds(name, 'null')}"
        maybe, surely = f"({maybe} OR {_NESTED})", f"({_holds(name, 'null')} AND NOT {_NESTED})"
    return Condition(lambda row: _same(row.get(name), value), maybe, surely)


def ordered(name: str, sign: str, value: Value) -> Condition:
    """Return the condition that a field stands in an order to a value: numbers to numbers, text to text."""
    holds = _ORDERS[sign]

    def test(row: Mapping[str, object]) -> bool:
        found = row.get(name)
        if not (_is_number(found) and _is_number(value)) and not (isinstance(found, str) and isinstance(value, str)):
            return False
        return holds((found > value) - (found < value))  # type: ignore[operator]

    if isinstance(value, str):
        maybe, surely = f"contains(attributes, {_quoted(f'{_key(name)}{QUOTE}')})", _NEVER
        if name in COLUMNS:
            maybe = f"({maybe} OR {name} {sign} {_quoted(value)})"
    elif _is_number(value):
        maybe, surely = _numeric(name, sign, float(value))  # type: ignore[arg-type]
    else:
        maybe, surely = _NEVER, _NEVER
    return Condition(test, maybe, surely)


QUOTE = '"'


def _join(word: str, parts: Sequence[Condition], place: int) -> str:
    return f"({word.join(str(part[place]) for part in parts)})"


def _equal_attribute(name: str, value: Value) -> tuple[str, str]:
    if value is None:
        null = _holds(name, "null")
        return f"(NOT {_present(name)} OR {null} OR {_NESTED})", f"(NOT {_present(name)} OR ({null} AND NOT {_NESTED}))"
    if _is_number(value):
        return _numeric(name, "=", float(value))
    found = _holds(name, json.dumps(value, ensure_ascii=False))
    return found, f"({found} AND NOT {_NESTED})"


def _numeric(name: str, sign: str, value: float) -> tuple[str, str]:
    written = f"split_part(split_part(split_part(attributes, {_quoted(_key(name))}, 2), ',', 1), '}}', 1)"
    found = f"coalesce(TRY_CAST({written} AS DOUBLE) {sign} {value!r}, false)"
    return f"({found} OR ({_present(name)} AND {_NESTED}))", f"({found} AND NOT {_NESTED})"


def _present(name: str) -> str:
    return f"contains(attributes, {_quoted(_key(name))})"


def _holds(name: str, written: str) -> str:
    return f"contains(attributes, {_quoted(_key(name) + written)})"


def _key(name: str) -> str:
    return f'"{name}":'


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _same(left: object, right: Value) -> bool:
    if isinstance(left, bool) or isinstance(right, bool) or left is None or right is None:
        return left is right
    return left == right


_ORDERS: dict[str, Callable[[int], bool]] = {
    "<=": lambda order: order <= 0,
    ">=": lambda order: order >= 0,
    "<": lambda order: order < 0,
    ">": lambda order: order > 0,
}
