"""The answers of a campaign as columns: codes and lookups, ready for the statistics."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable, Mapping, Sequence

    from numpy.typing import NDArray


@dataclass(frozen=True, slots=True, kw_only=True)
class Answers:
    """One row per answer in force that decides a question; answers that say it cannot be decided are only counted.

    Codes are int64 and start at 0; each lookup gives the thing behind a code.
    """

    question: str
    task: NDArray[np.int64]
    annotator: NDArray[np.int64]
    value: NDArray[np.int64]
    cohort: NDArray[np.int64]
    batch: NDArray[np.int64]
    guideline: NDArray[np.int64]
    is_gold: NDArray[np.bool_]
    """Whether the right answer of the task is known."""
    gold_value: NDArray[np.int64]
    """Code of the right answer; -1 where none is known."""
    lead_time_ms: NDArray[np.int64]
    submitted_at: NDArray[np.int64]
    """Microseconds since 1970, UTC."""
    task_ids: tuple[str, ...]
    record_ids: tuple[str, ...]
    """The record of each task."""
    annotator_ids: tuple[str, ...]
    values: tuple[str, ...]
    """Labels by code: the question's own options first, in their order."""
    cohort_ids: tuple[str, ...]
    batch_ids: tuple[str, ...]
    guideline_ids: tuple[str, ...]
    undecided: int
    """Answers left out because they say that the question cannot be decided."""


_UNDECIDED = '{"cannot_decide"'


class Codes:
    """Gives each different thing a number, in order of appearance."""

    def __init__(self, known: Iterable[Hashable] = ()) -> None:
        """Start with things that have their numbers already."""
        self._codes: dict[Hashable, int] = {each: code for code, each in enumerate(known)}

    def of(self, column: Sequence[Hashable]) -> NDArray[np.int64]:
        """Return the numbers of a column, numbering what is new."""
        codes = self._codes
        try:
            return np.fromiter(map(codes.__getitem__, column), np.int64, len(column))
        except KeyError:
            for each in column:
                if each not in codes:
                    codes[each] = len(codes)
            return np.fromiter(map(codes.__getitem__, column), np.int64, len(column))

    @property
    def things(self) -> tuple[Hashable, ...]:
        """What has a number, in order."""
        return tuple(self._codes)


class Collector:
    """Gathers rows, block by block, into columns of codes."""

    def __init__(self, values: Sequence[str], *, structured: bool = False) -> None:
        """Start with the values a question may have; values that are mappings count only when `structured`."""
        self._left_out = _UNDECIDED if structured else "{"
        self._lookups = [Codes() for _ in range(6)]
        self._values = Codes(values)
        self._blocks: list[list[NDArray[np.int64]]] = []
        self._undecided = 0

    def add(self, rows: Sequence[tuple[str | int | None, ...]]) -> None:
        """Add rows of task, record, annotator, cohort, batch, guideline, lead time, moment, value."""
        decided = [row for row in rows if row[8] is not None and not str(row[8]).startswith(self._left_out)]
        self._undecided += sum(row[8] is not None for row in rows) - len(decided)
        if not decided:
            return
        columns = list(zip(*decided, strict=True))
        block = [codes.of(column) for codes, column in zip(self._lookups, columns[:6], strict=True)]
        block += [np.asarray(columns[6], np.int64), np.asarray(columns[7], np.int64)]
        block.append(self._values.of([str(value) for value in columns[8]]))
        self._blocks.append(block)

    def finish(self, question: str, gold: Mapping[str, str]) -> Answers:
        """Return the columns.

        Args:
            question: The question they answer.
            gold: Task id → right value, for tasks whose right answer is known (empty where not for this question).
        """
        columns = [np.concatenate(parts) for parts in zip(*self._blocks, strict=True)] if self._blocks else []
        task, record, annotator, cohort, batch, guideline, lead, moment, value = columns or [np.empty(0, np.int64)] * 9
        names = [tuple(str(thing) for thing in codes.things) for codes in self._lookups]
        task_ids = names[0]
        known = self._values.of([gold[each] for each in task_ids if gold.get(each)])
        right = np.full(len(task_ids), -1, np.int64)
        right[[place for place, each in enumerate(task_ids) if gold.get(each)]] = known
        marked = np.fromiter((each in gold for each in task_ids), np.bool_, len(task_ids))
        records = np.empty(len(task_ids), np.int64)
        records[task] = record
        return Answers(
            question=question,
            task=task,
            annotator=annotator,
            value=value,
            cohort=cohort,
            batch=batch,
            guideline=guideline,
            is_gold=marked[task] if len(task) else np.empty(0, np.bool_),
            gold_value=right[task] if len(task) else np.empty(0, np.int64),
            lead_time_ms=lead,
            submitted_at=moment,
            task_ids=task_ids,
            record_ids=tuple(names[1][code] for code in records),
            annotator_ids=names[2],
            values=tuple(str(thing) for thing in self._values.things),
            cohort_ids=names[3],
            batch_ids=names[4],
            guideline_ids=names[5],
            undecided=self._undecided,
        )
