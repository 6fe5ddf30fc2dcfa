"""The answers of a campaign as columns: codes and lookups, ready for the statistics."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, fields, replace
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from headwater.annotation.names import Names
from headwater.annotation.questions import UNDECIDED
from headwater.annotation.store import reads

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping, Sequence

    from numpy.typing import NDArray


@dataclass(frozen=True, slots=True, kw_only=True)
class Answers:
    """One row per answer in force that decides a question; answers that say it cannot be decided are only counted.

    Codes start at 0; each lookup gives the thing behind a code. Those of groups (cohort, batch, guideline) are as
    narrow as they can be: index with them, but widen them before anything is added to them or multiplied.
    """

    question: str
    task: NDArray[np.int64]
    annotator: NDArray[np.int64]
    value: NDArray[np.int64]
    cohort: NDArray[np.integer]
    batch: NDArray[np.integer]
    guideline: NDArray[np.integer]
    is_gold: NDArray[np.bool_]
    """Whether the right answer of the task is known."""
    gold_value: NDArray[np.int64]
    """Code of the right answer; -1 where none is known."""
    is_right: NDArray[np.bool_]
    """Whether the answer is like enough to the right one (see `likeness`); False where none is known."""
    lead_time_ms: NDArray[np.int64]
    submitted_at: NDArray[np.int64]
    """Microseconds since 1970, UTC."""
    task_ids: Sequence[str]
    record_ids: Sequence[str]
    """The record of each task."""
    annotator_ids: tuple[str, ...]
    values: tuple[str, ...]
    """Labels by code: the question's own options first, in their order."""
    cohort_ids: tuple[str, ...]
    batch_ids: tuple[str, ...]
    guideline_ids: tuple[str, ...]
    undecided: int
    """Answers left out because they say that the question cannot be decided."""

    def only(self, rows: NDArray[np.bool_]) -> Answers:
        """Return some of the answers, with the same codes."""
        every = {each.name: getattr(self, each.name) for each in fields(self)}
        columns: dict[str, Any] = {
            name: column[rows] for name, column in every.items() if isinstance(column, np.ndarray)
        }
        return replace(self, **columns)


class _Packed(NamedTuple):
    """How far a collector was packed."""

    blocks: int
    things: tuple[int, ...]
    undecided: int


class _Judged(NamedTuple):
    """What is known of each answer: see `Answers`."""

    is_gold: NDArray[np.bool_]
    gold_value: NDArray[np.int64]
    is_right: NDArray[np.bool_]


_CODED = ("task_id", "annotator", "cohort_id", "batch_id", "guideline_id")
"""Columns of rows that are kept as codes, in this order; a block has the numbers and the value behind them."""
_COLUMNS = len(_CODED) + len(reads.NUMBERS) + 1
_WIDE = (np.int64, np.int64)
"""Types of the codes of tasks and annotators, with which one reckons; those of groups are as narrow as they can be."""
UNDECIDED_TEXT = f'{{"{UNDECIDED}"'
"""How the text of a value begins that says the question cannot be decided."""


class Codes:
    """Gives each different thing a number, in order of appearance."""

    def __init__(self, known: Iterable[str] = ()) -> None:
        """Start with things that have their numbers already."""
        self.things = Names(known)
        self._codes: dict[str, int] = {}

    def known(self, column: pa.StringArray) -> NDArray[np.int64]:
        """Return the numbers of a column; -1 for what has none."""
        self._learn()
        return np.array([self._codes.get(each, -1) for each in column.to_pylist()], np.int64)

    def _learn(self) -> None:
        if len(self._codes) < len(self.things):
            self._codes = dict(zip(self.things, range(len(self.things)), strict=True))

    def of(self, column: pa.StringArray) -> NDArray[np.int64]:
        """Return the numbers of a column, numbering what is new."""
        self._learn()
        encoded = column.dictionary_encode()
        different = encoded.dictionary.to_pylist()
        new = [each for each in different if each not in self._codes]
        self._codes.update(zip(new, range(len(self.things), len(self.things) + len(new)), strict=True))
        self.things.extend(new)
        numbers = np.fromiter(map(self._codes.__getitem__, different), np.int64, len(different))
        found: NDArray[np.int64] = numbers[encoded.indices.to_numpy()]
        return found


class Collector:
    """Gathers rows, block by block, into columns of codes; what it gathered can be packed and unpacked again."""

    def __init__(self, values: Sequence[str], *, structured: bool = False) -> None:
        """Start with the values a question may have; values that are mappings count only when `structured`."""
        self._left_out = UNDECIDED_TEXT if structured else "{"
        self._lookups = [Codes() for _ in _CODED]
        self._values = Codes(values)
        self._records = Names()
        """The record of each task."""
        self._blocks: list[list[NDArray[np.integer]]] = []
        self._undecided = 0
        self._packed = _Packed(0, self._known(), 0)

    @property
    def waiting(self) -> int:
        """Rows that were not packed."""
        return sum(len(block[0]) for block in self._blocks[self._packed.blocks :])

    def pack(self) -> bytes:
        """Return what was gathered since the last time, for `unpack` by a collector that has what came before."""
        columns = [np.concatenate(parts) for parts in zip(*self._blocks[self._packed.blocks :], strict=True)]
        columns = [column.astype(np.min_scalar_type(column.max(initial=0))) for column in columns]
        values, *names = (each.since(start) for each, start in zip(self._names(), self._packed.things, strict=True))
        parts = [json.dumps(values).encode(), *("\n".join(each).encode() for each in names)]
        parts += [column.tobytes() for column in columns]
        kinds = [column.dtype.str for column in columns]
        head = {"undecided": self._undecided - self._packed.undecided, "kinds": kinds, "sizes": list(map(len, parts))}
        self._packed = _Packed(len(self._blocks), self._known(), self._undecided)
        return json.dumps(head).encode() + b"\n" + b"".join(parts)

    def unpack(self, body: bytes, left_out: Collection[tuple[str, str]] = (), undecided: int = 0) -> None:
        """Take in what was packed.

        Args:
            body: As `pack` returned it.
            left_out: Tasks and annotators whose answers in it are left out.
            undecided: How many of the answers in it that say it cannot be decided are left out.
        """
        start = body.index(b"\n") + 1
        head = json.loads(body[:start])
        parts = []
        for size in head["sizes"]:
            parts.append(memoryview(body)[start : start + size])
            start += size
        values, *names = self._names()
        values.extend(json.loads(bytes(parts[0])))
        for each, part in zip(names, parts[1:], strict=False):  # the columns follow
            each.stored(part)
        columns = parts[1 + len(names) :]
        block: list[NDArray[Any]] = [np.frombuffer(*each) for each in zip(columns, head["kinds"], strict=True)]
        if left_out:
            tasks, people = (pa.array(each, pa.string()) for each in zip(*left_out, strict=True))
            task, annotator = self._lookups[0].known(tasks), self._lookups[1].known(people)
            gone = set(zip(task.tolist(), annotator.tolist(), strict=True))
            pairs = zip(block[0].tolist(), block[1].tolist(), strict=True)
            kept = np.fromiter((pair not in gone for pair in pairs), np.bool_, len(block[0]))
            block = [column[kept] for column in block]
        self._blocks.append(block)
        self._undecided += head["undecided"] - undecided
        self._packed = _Packed(len(self._blocks), self._known(), self._undecided)

    def _names(self) -> list[Names]:
        """The values, the records and the names behind codes."""
        return [self._values.things, self._records, *(codes.things for codes in self._lookups)]

    def _known(self) -> tuple[int, ...]:
        return tuple(map(len, self._names()))

    def add(self, block: pa.RecordBatch) -> None:
        """Add answers as `reads.blocks` yields them; their ids are not kept."""
        values = block[reads.VALUE]
        decided = pc.invert(pc.starts_with(values, self._left_out))
        rows = block.filter(decided)
        self._undecided += len(values) - values.null_count - rows.num_rows
        if not rows.num_rows:
            return
        columns: list[NDArray[np.integer]] = [
            codes.of(rows[name]) for codes, name in zip(self._lookups, _CODED, strict=True)
        ]
        new = np.flatnonzero(columns[0] >= len(self._records))
        first = new[np.unique(columns[0][new], return_index=True)[1]]
        self._records.extend(rows["record_id"].take(pa.array(first)).to_pylist())
        columns += [rows[name].to_numpy() for name in reads.NUMBERS]
        self._blocks.append([*columns, self._values.of(rows[reads.VALUE])])

    def finish(
        self, question: str, gold: Mapping[str, str], is_right: Callable[[str, str], bool] | None = None
    ) -> Answers:
        """Return the columns.

        Args:
            question: The question they answer.
            gold: Task id → right value, for tasks whose right answer is known (empty where not for this question).
            is_right: Whether a value is right about one of these tasks; when it equals the right one by default.
        """
        parts = list(zip(*self._blocks, strict=True)) or [()] * _COLUMNS
        narrow = [np.min_scalar_type(-1 - len(codes.things)).type for codes in self._lookups[len(_WIDE) :]]
        kinds = [*_WIDE, *narrow, *[np.int64] * (_COLUMNS - len(_CODED))]
        with ThreadPoolExecutor(2, "columns") as pool:  # the memory they take is slower than what is written there
            task, annotator, cohort, batch, guideline, lead, moment, value = pool.map(_joined, parts, kinds)
        task_ids = self._lookups[0].things
        annotator_ids, cohort_ids, batch_ids, guideline_ids = (tuple(each.things) for each in self._lookups[1:])
        is_gold, gold_value, right = self._judged(task, value, gold, is_right)
        return Answers(
            question=question,
            task=task,
            annotator=annotator,
            value=value,
            cohort=cohort,
            batch=batch,
            guideline=guideline,
            is_gold=is_gold,
            gold_value=gold_value,
            is_right=right,
            lead_time_ms=lead,
            submitted_at=moment,
            task_ids=task_ids,
            record_ids=self._records,
            annotator_ids=annotator_ids,
            values=tuple(self._values.things),
            cohort_ids=cohort_ids,
            batch_ids=batch_ids,
            guideline_ids=guideline_ids,
            undecided=self._undecided,
        )

    def _judged(
        self,
        task: NDArray[np.int64],
        value: NDArray[np.int64],
        gold: Mapping[str, str],
        is_right: Callable[[str, str], bool] | None,
    ) -> _Judged:
        """Hold answers against what is known; every pair of task and value is looked at once."""
        if not gold or not task.size:
            none = np.broadcast_to(np.False_, task.size)  # one value for all takes no memory
            return _Judged(none, np.broadcast_to(np.int64(-1), task.size), none)
        task_ids = self._lookups[0].things
        right, marked = np.full(len(task_ids), -1, np.int64), np.array([each in gold for each in task_ids], np.bool_)
        judged = [place for place in np.flatnonzero(marked).tolist() if gold[task_ids[place]]]
        right[judged] = self._values.of(pa.array([gold[task_ids[place]] for place in judged], pa.string()))
        is_gold, known = marked[task], right[task]
        found: NDArray[np.bool_] = value == known
        unlike = np.flatnonzero(~found & (known >= 0))
        if is_right is None or not unlike.size:
            return _Judged(is_gold, known, found)
        pairs, place = np.unique(np.stack([task[unlike], value[unlike]]), axis=1, return_inverse=True)
        told = [is_right(task_ids[one], self._values.things[code]) for one, code in pairs.T.tolist()]
        found[unlike] = np.array(told)[place.ravel()]
        return _Judged(is_gold, known, found)


def _joined(parts: Sequence[NDArray[np.integer]], kind: type[np.integer]) -> NDArray[Any]:
    """Put columns of any width under each other; each is converted once."""
    return np.concatenate(parts, dtype=kind, casting="unsafe") if parts else np.empty(0, kind)
