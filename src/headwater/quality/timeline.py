"""A campaign's answers as monitoring sees them: who is in which team, what counts, what came before what."""

from __future__ import annotations

import math
from dataclasses import dataclass, fields, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from headwater.annotation.names import chosen

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from numpy.typing import NDArray

    from headwater.annotation.answers import Answers
    from headwater.quality.breakdowns import Groups


@dataclass(frozen=True, kw_only=True)
class Frame:
    """A campaign's answers with what they may be grouped by."""

    given: Answers
    team: NDArray[np.integer]
    """Code of the team of each answer."""
    teams: tuple[str, ...]
    """Teams by code."""
    usable: NDArray[np.bool_]
    """Answers that count: those of calibration do not."""
    slices: Callable[[NDArray[np.int64]], Mapping[str, NDArray[np.str_]]]
    """Attribute → value of the record behind each of some answers."""
    lengths: Callable[[NDArray[np.int64]], NDArray[np.float64] | None]
    """Length of the record behind each of some answers; None when there are too many to look at."""
    charted: Callable[[], Sequence[Groups]] = tuple
    """Slices of records that have charts of their own."""

    @property
    def known(self) -> NDArray[np.bool_]:
        """Whether each answer counts and its task's right answer is known."""
        return self.usable & self.given.is_gold & (self.given.gold_value >= 0)

    @cached_property
    def at_work(self) -> tuple[tuple[str, int], ...]:
        """Name and code of each team with answers that count."""
        given = np.bincount(self.team[self.usable], minlength=len(self.teams))
        return tuple((name, code) for code, name in enumerate(self.teams) if given[code])

    @cached_property
    def _work(self) -> NDArray[np.bool_]:
        return self.usable & ~self.given.is_gold

    @cached_property
    def parts(self) -> tuple[tuple[str, NDArray[np.bool_]], ...]:
        """Name and answers of each charted slice that holds some of the work and not all of it."""
        most = np.count_nonzero(self._work)
        found = [(each.names[0], each.code == 0) for each in self.charted()]
        return tuple((name, inside) for name, inside in found if 0 < np.count_nonzero(inside & self._work) < most)

    @cached_property
    def layers(self) -> int:
        """On how many charts of a kind a task stands: of the campaign, its team, and slices (the mean, rounded up)."""
        inside = sum(int(np.count_nonzero(mine & self._work)) for _, mine in self.parts)
        return 1 + (len(self.at_work) > 1) + math.ceil(inside / max(int(np.count_nonzero(self._work)), 1))

    def groups(self, rows: NDArray[np.int64]) -> dict[str, NDArray[np.str_]]:
        """Return what some answers may be grouped by: kind of candidate → name for each answer."""
        given = self.given
        found = {
            "annotator": np.array(given.annotator_ids)[given.annotator[rows]],
            "team": np.array(self.teams)[self.team[rows]],
            "guideline": np.array(given.guideline_ids)[given.guideline[rows]],
        }
        return found | dict(self.slices(rows))

    @cached_property
    def in_order(self) -> NDArray[np.int64]:
        """The places of the answers in the order in which they were given."""
        moments = self.given.submitted_at
        if bool(np.all(moments[1:] >= moments[:-1])):
            return np.arange(moments.size)
        return np.argsort(moments, kind="stable")

    def firsts(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Return the places of the first and the second answer that count to tasks other than gold, each in order."""
        order = self.in_order if self._work.all() else self.in_order[self._work[self.in_order]]
        task = self.given.task[order]
        first = _first(task, len(self.given.task_ids))
        rest = np.flatnonzero(~first)
        return order[first], order[rest[_first(task[rest], len(self.given.task_ids))]]

    def only(self, rows: NDArray[np.int64]) -> Frame:
        """Return the frame of some answers, in that order; no other task is in it."""
        given = self.given
        tasks, code = np.unique(given.task[rows], return_inverse=True)
        columns: dict[str, Any] = {
            each.name: column[rows]
            for each in fields(given)
            if isinstance(column := getattr(given, each.name), np.ndarray)
        }
        columns["task"] = code
        return Frame(
            given=replace(
                given,
                **columns,
                task_ids=chosen(given.task_ids, tasks),
                record_ids=chosen(given.record_ids, tasks),
            ),
            team=self.team[rows],
            teams=self.teams,
            usable=self.usable[rows],
            slices=lambda some: self.slices(rows[some]),
            lengths=lambda some: self.lengths(rows[some]),
            charted=lambda: [each._replace(code=each.code[rows]) for each in self.charted()],
        )


def _first(task: NDArray[np.int64], tasks: int) -> NDArray[np.bool_]:
    """Whether each of some answers in order is the first to its task."""
    place = np.arange(task.size, dtype=np.min_scalar_type(task.size))
    first = np.empty(tasks, place.dtype)
    first[task[::-1]] = place[::-1]  # of several the last that is written stays
    return np.asarray(first[task] == place)
