"""Charters and charts as people write them in a file: plain data, roles by name, people as `@handle`."""

from __future__ import annotations

import re
from dataclasses import asdict, replace
from typing import TYPE_CHECKING

from headwater.core.errors import InvalidError
from headwater.governance.model import (
    Cell,
    ChartError,
    CriticalSlice,
    Decision,
    Involvement,
    Role,
    Standard,
    role_party,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from headwater.governance.model import Charter

STANDARD = re.compile(
    r"(?P<metric>[\w.]+)\s*(?P<comparison>>=|<=|=)\s*(?P<value>-?\d+(?:\.\d+)?(?:e-?\d+)?)(\s+on\s+(?P<scope>\S.*))?"
)
FIELDS = ("purpose", "targets", "standards", "critical_slices", "solo")


def charter_data(charter: Charter) -> dict[str, object]:
    """Return a charter without its chart, as `charter_of` reads it."""
    return {
        "purpose": charter.purpose,
        "targets": list(charter.targets),
        "standards": [standard_text(item) for item in charter.standards],
        "critical_slices": [asdict(item) for item in charter.critical_slices],
        "solo": charter.solo,
    }


def standard_text(standard: Standard) -> str:
    """Return a standard as one line: `agreement.alpha >= 0.75 on intent`."""
    scope = f" on {standard.scope}" if standard.scope else ""
    return f"{standard.metric} {standard.comparison} {standard.value:.15g}{scope}"


def charter_of(data: object, current: Charter) -> Charter:
    """Return the charter in force with what the data changes; what it leaves out stays.

    Raises:
        InvalidError: The data is not a mapping of a charter's parts; the message names the part.
    """
    if isinstance(data, dict) and (unknown := [name for name in data if name not in FIELDS]):
        raise InvalidError(f"'{unknown[0]}' is no part of a charter.", remedy=f"Parts: {', '.join(FIELDS)}.")
    if not isinstance(data, dict):
        raise InvalidError(f"A charter is a mapping of {', '.join(FIELDS)}.", remedy="See: headwater charter export")
    changes: dict[str, object] = {}
    if "purpose" in data:
        changes["purpose"] = _text("purpose", data["purpose"])
    if "targets" in data:
        changes["targets"] = tuple(_text("targets", item) for item in _items("targets", data["targets"]))
    if "standards" in data:
        changes["standards"] = tuple(_standard(item) for item in _items("standards", data["standards"]))
    if "critical_slices" in data:
        rows = _items("critical_slices", data["critical_slices"])
        changes["critical_slices"] = tuple(_critical(item) for item in rows)
    if "solo" in data:
        if not isinstance(data["solo"], bool):
            raise InvalidError(f"'solo' is true or false, not {data['solo']!r}.")
        changes["solo"] = data["solo"]
    return replace(current, **changes)  # type: ignore[arg-type]


def chart_data(cells: Iterable[Cell], handles: Mapping[str, str]) -> dict[str, dict[str, list[str]]]:
    """Return a chart as `chart_of` reads it: decision → involvement → roles and `@handles`."""
    found: dict[str, dict[str, list[str]]] = {}
    for cell in sorted(cells):
        of = found.setdefault(cell.decision.value, {how.value: [] for how in Involvement})
        name = cell.party.removeprefix("role:")
        of[cell.involvement.value].append(name if name != cell.party else f"@{handles.get(name, name)}")
    return {decision: {how: names for how, names in of.items() if names} for decision, of in found.items()}


def chart_of(data: object, ids: Mapping[str, str]) -> tuple[Cell, ...]:
    """Return the chart written in data.

    Args:
        data: Decision → involvement → a role or `@handle`, or a list of them.
        ids: People by handle.

    Raises:
        ChartError: A decision, involvement, role or handle is unknown; the message names it and the known ones.
    """
    if not isinstance(data, dict):
        raise ChartError("A chart is a mapping of decisions.", remedy="See: headwater raci export")
    cells = set()
    for name, of in data.items():
        if name not in set(Decision):
            raise ChartError(f"'{name}' is not a decision.", remedy=f"Decisions: {', '.join(Decision)}.")
        if not isinstance(of, dict) or set(of) - set(Involvement):
            raise ChartError(f"'{name}' needs a mapping of {', '.join(Involvement)}.")
        for how, written in of.items():
            for party in written if isinstance(written, list) else [written]:
                cells.add(
                    Cell(
                        decision=Decision(name), involvement=Involvement(how), party=_party(party, f"{name}.{how}", ids)
                    )
                )
    return tuple(sorted(cells))


def _party(written: object, place: str, ids: Mapping[str, str]) -> str:
    text = str(written)
    if text.startswith("@"):
        if text[1:] not in ids:
            raise ChartError(f"{place} names '{text}', whom nobody knows here.", remedy="See: headwater person list")
        return ids[text[1:]]
    if text not in set(Role):
        raise ChartError(
            f"{place} names '{text}', which is not a role.", remedy=f"Roles: {', '.join(Role)}; or @HANDLE."
        )
    return role_party(Role(text))


def _items(name: str, value: object) -> list[object]:
    if not isinstance(value, list):
        raise InvalidError(f"'{name}' is a list, not {value!r}.")
    return value


def _text(name: str, value: object) -> str:
    if not isinstance(value, str):
        raise InvalidError(f"'{name}' holds text, not {value!r}.")
    return value


def _standard(written: object) -> Standard:
    found = STANDARD.fullmatch(str(written).strip())
    if found is None:
        raise InvalidError(
            f"'{written}' is not a standard.", remedy="Write METRIC >= NUMBER, with ' on SCOPE' when it is limited."
        )
    metric, comparison, value, scope = found.group("metric", "comparison", "value", "scope")
    return Standard(metric=metric, comparison=comparison, value=float(value), scope=scope or "")


def _critical(written: object) -> CriticalSlice:
    kinds = {"name": str, "predicate": str, "minimum": int}
    if (
        not isinstance(written, dict)
        or set(written) != set(kinds)
        or not all(isinstance(written[name], kind) for name, kind in kinds.items())
    ):
        named = f"'{written['name']}'" if isinstance(written, dict) and "name" in written else repr(written)
        raise InvalidError(
            f"{named} is not a critical slice.", remedy="Give name, predicate and minimum, a whole number."
        )
    return CriticalSlice(**written)
