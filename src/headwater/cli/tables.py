"""How results are shown: rows as a table with their methods below it, one record as a list of fields, or JSON."""

from __future__ import annotations

import json
import math
import re
import sys
from dataclasses import fields, is_dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from rich.cells import cell_len
from rich.table import Table

from headwater.cli.console import out
from headwater.core.canonical import plain

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from typing import TypeGuard

    from headwater.stats.interval import Estimate

    Columns = Sequence[str] | Mapping[str, Callable[[Any], object]]

_NUMBER = re.compile(r"-?[\d,]+(\.\d+)?%?")
_GAP = 2
"""Blanks between two columns."""
_WORD = 20
"""A longer word among others may be folded: an id in a sentence."""


def show(value: object, columns: Columns, as_json: bool = False, *, empty: str = "Nothing here yet.") -> None:
    """Print a record or a list of records, as a table or as JSON.

    Args:
        value: A dataclass, a mapping, or an iterable of them; JSON prints every field.
        columns: Names of fields to print, dotted for nested ones, whose last part is the heading; or a mapping from
            heading to a function of the row.
        as_json: Print JSON.
        empty: What to say when there are no rows.
    """
    if as_json:
        out.print_json(json.dumps(plain(to_dict(value))))
        return
    getters = columns if isinstance(columns, dict) else {name: _getter(name) for name in columns}
    headings = [heading.replace("_", " ") for heading in getters]
    if getters is not columns:
        headings = [heading.rpartition(".")[2] for heading in headings]
    if is_dataclass(value) or isinstance(value, dict):
        _show_one(headings, [get(value) for get in getters.values()])
        return
    rows = [[get(row) for get in getters.values()] for row in value]  # type: ignore[attr-defined]
    if rows:
        _show_rows(headings, rows)
    else:
        out.print(empty, style="dim")


def columns(names: Sequence[str], **said: Callable[[Any], object]) -> dict[str, Callable[[Any], object]]:
    """Return columns by heading: what is said of a row, where that is given, else the field of that name."""
    return {name: said.get(name) or _getter(name) for name in names}


def called(names: Mapping[Any, str], field: str) -> Callable[[Any], object]:
    """Return how to say a field that holds an id by its name; the id itself where it has none."""
    return lambda row: names.get(found, found) if (found := _getter(field)(row)) else None


def percent(field: str) -> Callable[[Any], object]:
    """Return how to say a field that is a share."""
    return lambda row: None if (found := _getter(field)(row)) is None else f"{found:.1%}"


def brief(value: Estimate) -> str:
    """Return all that an estimate's own text says but its method, its confidence and why it is undefined."""
    if not value.defined:
        return f"undefined n = {value.n:,}"
    digits = value.decimals
    span = f" [{value.low:.{digits}f}, {value.high:.{digits}f}]" if value.low <= value.high else ""
    return f"{value.value:.{digits}f}{span} n = {value.n:,}"


def note(value: Estimate) -> str:
    """Return what `brief` leaves out."""
    if not value.defined:
        text = f"Undefined: {value.method}: {value.note}"
    elif value.low <= value.high:
        text = f"{100 * value.confidence:.4g} % intervals: {value.method}"
    else:
        text = f"Without an interval: {value.method}"
    return text if text.endswith(".") else f"{text}."


def to_dict(value: object) -> object:
    """Return dataclasses, enums, sets and paths as what JSON has."""
    if is_dataclass(value) and not isinstance(value, type):
        return {field.name: to_dict(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, dict):
        return {str(key): to_dict(item) for key, item in value.items()}
    if isinstance(value, Path):
        return str(value)
    if isinstance(value, str | bytes) or not hasattr(value, "__iter__"):
        return value
    return [to_dict(item) for item in value]


def _getter(name: str) -> Callable[[Any], object]:
    def get(row: Any) -> object:  # noqa: ANN401 -- any record
        for part in name.split("."):
            row = row.get(part) if isinstance(row, dict) else getattr(row, part)
        return row

    return get


def _show_one(headings: list[str], values: list[object]) -> None:
    table = Table(box=None, show_header=False, pad_edge=False)
    table.add_column(style="bold")
    table.add_column(overflow="fold")
    for heading, value in zip(headings, values, strict=True):
        table.add_row(heading, _text(value))
    out.print(table)


def _show_rows(headings: list[str], rows: list[list[object]]) -> None:
    notes = list(dict.fromkeys(note(each) for row in rows for value in row for each in _estimates(value)))
    marks = {each: f" ({place})" if len(notes) > 1 else "" for place, each in enumerate(notes, 1)}
    cells = [[_text(value, lambda each: brief(each) + marks[note(each)]) for value in row] for row in rows]
    cells, widths = _fitted(headings, rows, cells)
    table = Table(box=None, pad_edge=False, header_style="bold")
    for place, heading in enumerate(headings):
        known = [row[place] for row in rows if row[place] is not None]
        numbers = bool(known) and all(map(_is_number, known))
        table.add_column(heading, overflow="fold", width=widths[place], justify="right" if numbers else "left")
    for row in cells:
        table.add_row(*row)
    out.print(table)
    for each, mark in marks.items():
        out.print(f"{mark} {each}".strip(), style="dim")


class _Fitted(NamedTuple):
    cells: list[list[str]]
    widths: Sequence[int | None]
    """Of each column; None leaves it to the table."""


def _fitted(headings: list[str], rows: list[list[object]], cells: list[list[str]]) -> _Fitted:
    """Return cells and widths that fit, so that words wrap before anything else is folded.

    Estimates, moments and single words stay whole; else estimates stand in two lines, or three; else long single words,
    such as ids, may be folded too, and at last moments between day and hour.
    """
    places = range(len(headings))
    two = [[_parted(*cell, (" n = ",)) for cell in zip(*row, strict=True)] for row in zip(rows, cells, strict=True)]
    three = [[_parted(*cell, (" [",)) for cell in zip(*row, strict=True)] for row in zip(rows, two, strict=True)]
    for longest, kinds in ((sys.maxsize, datetime), (_WORD, datetime), (_WORD, int)):
        whole = [
            all(len(row[place].split()) <= 1 and len(row[place]) <= longest for row in cells)
            or all(row[place] is None or isinstance(row[place], kinds) or _is_estimate(row[place]) for row in rows)
            for place in places
        ]
        for form in (cells, two, three):
            columns = list(zip(headings, *form, strict=True))
            natural = [
                max(cell_len(line) for text in column for line in text.splitlines() or [""]) for column in columns
            ]
            least = [
                natural[place] if whole[place] else max(_longest_word(text) for text in column)
                for place, column in enumerate(columns)
            ]
            spare = out.width - _GAP * (len(headings) - 1) - sum(least)
            if spare >= 0:
                return _Fitted(form, _widened(least, natural, spare))
    return _Fitted(cells, [None] * len(headings))


def _widened(widths: list[int], natural: list[int], spare: int) -> list[int]:
    """Return widths with what is left given to the columns that fold most."""
    for _ in range(min(spare, sum(natural) - sum(widths))):
        most = max(range(len(widths)), key=lambda place: natural[place] / max(widths[place], 1))
        widths[most] += 1
    return widths


def _longest_word(text: str) -> int:
    return max((min(cell_len(word), _WORD) for word in text.split()), default=0)


def _parted(value: object, text: str, blanks: tuple[str, ...]) -> str:
    """Return the text of an estimate with a new line in the place of these blanks."""
    for blank in blanks if _is_estimate(value) else ():
        text = text.replace(blank, f"\n{blank[1:]}")
    return text


def _is_estimate(value: object) -> TypeGuard[Estimate]:
    # What made one has loaded its module, and SciPy with it; a command without estimates is not to wait for that.
    made = sys.modules.get("headwater.stats.interval")
    return made is not None and isinstance(value, made.Estimate)


def _is_number(value: object) -> bool:
    if isinstance(value, str):
        return _NUMBER.fullmatch(value) is not None
    return isinstance(value, int | float) and not isinstance(value, bool)


def _estimates(value: object) -> Iterator[Estimate]:
    if _is_estimate(value):
        yield value
    elif isinstance(value, dict):
        for item in value.values():
            yield from _estimates(item)
    elif isinstance(value, tuple | list | set | frozenset):
        for item in value:
            yield from _estimates(item)


def _text(value: object, estimate: Callable[[Estimate], str] = str) -> str:
    if _is_estimate(value):
        return estimate(value)
    if value is None or isinstance(value, bool):
        return {None: "–", True: "yes", False: "no"}[value]
    if isinstance(value, float):
        return f"{value:,.0f}" if abs(value) >= 10_000 and math.isfinite(value) else f"{value:.4g}"  # noqa: PLR2004
    if isinstance(value, dict):
        return ", ".join(f"{name} {_inner(item, estimate)}" for name, item in value.items())
    if isinstance(value, tuple | list | set | frozenset):
        texts = [_text(item, estimate) for item in value]
        return ("\n" if any(text.endswith(".") for text in texts) else ", ").join(texts)
    moment = getattr(value, "isoformat", None)
    return str(value) if moment is None else moment(sep=" ", timespec="seconds").replace("+00:00", "Z")


def _inner(value: object, estimate: Callable[[Estimate], str]) -> str:
    text = _text(value, estimate)
    return f"({text})" if isinstance(value, tuple | list) and len(value) > 1 else text
