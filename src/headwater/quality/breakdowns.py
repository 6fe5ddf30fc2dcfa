"""Into which groups a campaign's answers fall: cohort, batch, guideline version, window of time, slice of records."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from headwater.annotation.names import chosen
from headwater.governance import queries as governance
from headwater.sourcing import queries as sourcing
from headwater.sourcing import slices
from headwater.workforce import queries as workforce

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from headwater.annotation.answers import Answers
    from headwater.context import Context

MOST_LOOKED_UP = 100_000
"""Tasks above which slices are measured on a random sample of so many: each needs its record's attributes."""
_DAY = 86_400_000_000
_DAYS, _WEEKS = 21, 210
"""Spans of days up to which windows are days, and weeks."""
_MOST_LANGUAGES = 12


class Groups(NamedTuple):
    """One way to divide answers."""

    kind: str
    """First part of the scope: `cohort`, `batch`, `guideline`, `time`, `slice`."""
    names: tuple[str, ...]
    code: NDArray[np.integer]
    """Group of each answer, shape (n,), in a type as narrow as it can be; negative = in none."""
    note: str = ""
    """What must be known about how the groups were made."""
    asked: bool = False
    """Whether a slice was only asked for, and is none that is measured anyway."""


def disjoint(ctx: Context, given: Answers) -> list[Groups]:
    """Return the groups of which every answer is in one: cohort by team, batch, guideline version, window of time."""
    teams = {str(cohort.id): cohort.team for cohort in workforce.cohorts(ctx, ids=given.cohort_ids)}
    names, code = np.unique(np.array([teams.get(name, name) for name in given.cohort_ids]), return_inverse=True)
    return [
        Groups("cohort", tuple(names.tolist()), narrow(code, names.size)[given.cohort]),
        Groups("batch", given.batch_ids, given.batch),
        Groups("guideline", given.guideline_ids, given.guideline),
        windows(given),
    ]


def windows(given: Answers) -> Groups:
    """Return the day, Monday's week or month in which each answer's task was last answered, so that tasks stay whole.

    Days for up to three weeks of work, weeks for up to thirty, else months.
    """
    if not given.task.size:
        return Groups("time", (), given.task)
    never = np.iinfo(np.int64).min
    last = np.full(len(given.task_ids), never)
    if bool(np.all(given.submitted_at[1:] >= given.submitted_at[:-1])):
        last[given.task] = given.submitted_at  # of several the last that is written stays
    else:
        np.maximum.at(last, given.task, given.submitted_at)
    answered = last > never
    day = last[answered] // _DAY
    span = int(day.max() - day.min())
    if span <= _DAYS:
        start = day
    elif span <= _WEEKS:
        start = day - (day + 3) % 7  # 1970-01-01 was a Thursday
    else:
        start = day.astype("datetime64[D]").astype("datetime64[M]").astype("datetime64[D]").astype(np.int64)
    low = int(start.min())
    known, code = np.unique(np.arange(int(start.max()) - low + 1)[np.bincount(start - low) > 0], return_inverse=True)
    place = narrow(np.full(int(start.max()) - low + 1, -1), known.size)
    place[known] = code
    names = np.datetime_as_string((known + low).astype("datetime64[D]"))
    window = np.full(last.size, -1, place.dtype)
    window[answered] = place[start - low]
    return Groups("time", tuple(names.tolist()), window[given.task])


def narrow(codes: NDArray[np.integer], groups: int) -> NDArray[np.integer]:
    """Return codes of groups (negative = in none) in the smallest type that holds them."""
    return codes.astype(np.min_scalar_type(-groups - 1))


def of_slices(ctx: Context, given: Answers, more: Sequence[str], *, seed: int) -> list[Groups]:
    """Return each slice as a group of its own, since slices may overlap.

    The charter's critical slices by their names, every language when there are several, and those asked for.

    Raises:
        SliceError: A slice that was asked for cannot be read.
    """
    parsed = {name: slices.parse(name) for name in more}
    critical = {item.name: slices.parse(item.predicate) for item in governance.program(ctx).charter.critical_slices}
    tasks = np.arange(len(given.task_ids))
    note = ""
    if tasks.size > MOST_LOOKED_UP:
        tasks = np.random.default_rng(seed).choice(tasks, MOST_LOOKED_UP, replace=False)
        note = f"on a random sample of {MOST_LOOKED_UP:,} of {len(given.task_ids):,} tasks"
    seen, kind = sourcing.profiles(ctx, list(chosen(given.record_ids, tasks)))
    found = []
    standing = critical | _languages(seen)
    for name, condition in (standing | parsed).items():
        matches = np.array([*(condition.matches(each) for each in seen), False])  # records that are gone are in none
        inside = np.zeros(len(given.task_ids), np.bool_)
        inside[tasks] = matches[kind]
        code = np.where(inside, np.int8(0), np.int8(-1))[given.task]
        found.append(Groups("slice", (name,), code, note, asked=name not in standing))
    return found


def _languages(seen: Sequence[Mapping[str, object]]) -> dict[str, slices.Slice]:
    names = sorted({str(attributes.get("language")) for attributes in seen if attributes.get("language")})
    if not 1 < len(names) <= _MOST_LANGUAGES:
        return {}
    texts = [f"language = '{name.replace(chr(39), chr(39) * 2)}'" for name in names]
    return {text: slices.parse(text) for text in texts}
