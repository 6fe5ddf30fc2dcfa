"""Marks of texts and images in the form in which their agreement is measured: things that people marked, or did not."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from headwater.annotation.masks import counts_of
from headwater.annotation.questions import Kind
from headwater.quality.model import NotAssessableError
from headwater.stats.agreement import gamma, marks, patterns, regions, spans
from headwater.stats.agreement.pairs import Likeness, against_chance
from headwater.stats.bootstrap import Resampling

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from numpy.typing import NDArray

    from headwater.annotation.answers import Answers
    from headwater.annotation.questions import Question
    from headwater.stats.agreement.marks import Overlap
    from headwater.stats.agreement.patterns import Patterns
    from headwater.stats.interval import Estimate

    Codes = NDArray[np.int64]

MEASURED = frozenset({Kind.SPANS, Kind.BOXES, Kind.POLYGONS, Kind.MASK})
NOTHING = "(nothing)"
"""What somebody gave who marked nothing where others did."""
_TURN = 10_000_000
"""Places between the turns of a chat, longer than any text."""
_RESAMPLES, _PAIR_RESAMPLES = 1000, 200


class Made(NamedTuple):
    """The marks of a question."""

    task: Codes
    owner: Codes
    label: Codes
    overlap: Overlap
    ends: NDArray[np.float64]
    """Start and end of stretches, shape (n, 2); empty for images."""
    references: int


@dataclass(frozen=True, slots=True, kw_only=True)
class MarkPanel:
    """Who gave a mark, or nothing, to which thing: a unit is a thing that somebody marked."""

    made: Made
    units: marks.Units
    seen: Codes
    """Who answered which task, as rows of task, annotator and place among the answers."""
    names: tuple[str, ...]
    """Labels of the marks, by code."""
    kind: Kind
    scale: str = "1 - IoU"
    width: int = 0

    @property
    def task(self) -> Codes:
        """The unit of each row."""
        return self.units.unit

    @property
    def cluster(self) -> Codes:
        """The task of each row."""
        return self.units.task

    @property
    def annotator(self) -> Codes:
        """Who gave each row."""
        return self.units.annotator

    @property
    def row(self) -> Codes:
        """Place of each row among the answers it came from."""
        width = int(self.seen[:, 1].max(initial=0)) + 1
        keys = self.seen[:, 0] * width + self.seen[:, 1]
        order = np.argsort(keys)
        at = np.searchsorted(keys, self.units.task * width + self.units.annotator, sorter=order)
        return np.asarray(self.seen[order[at], 2], np.int64)

    @property
    def labels(self) -> tuple[str, ...]:
        """The labels that marks can have."""
        return self.names

    @property
    def answers(self) -> int:
        """Answers that were compared."""
        return len(self.seen)

    @property
    def tasks(self) -> int:
        """Tasks that were answered."""
        return int(np.unique(self.seen[:, 0]).size)

    def shares(self) -> dict[str, float]:
        """Return each label's share of the marks."""
        if not self.made.label.size:
            return {}
        share = np.bincount(self.made.label, minlength=len(self.names)) / self.made.label.size
        return dict(zip(self.names, map(float, share), strict=True))

    def alpha(self, *, seed: int, group: NDArray[np.integer] | None = None) -> list[Estimate]:
        """Return alpha within each group of rows (negative = in no group); of all rows when there are no groups."""
        resampling = Resampling(resamples=_RESAMPLES, rng=np.random.default_rng(seed))
        if group is None:
            return [self._alpha(self.units, resampling)]
        return [
            self._alpha(marks.within(self.units, group == code), resampling)
            for code in range(int(group.max(initial=-1)) + 1)
        ]

    def by_label(self, *, seed: int) -> dict[str, Estimate]:
        """Return for each label the alpha of its marks alone."""
        resampling = Resampling(resamples=_RESAMPLES, rng=np.random.default_rng(seed))
        found = {}
        for code, name in enumerate(self.names):
            part = self.of_label(code)
            found[name] = part._alpha(part.units, resampling)  # noqa: SLF001 -- its own kind
        return found

    def of_label(self, place: int) -> MarkPanel:
        """Return the panel of the marks of one label."""
        part = self._only(np.flatnonzero(self.made.label == place))
        things = marks.match(part.task, part.owner, part.label, part.overlap, self.seen[:, :2])
        return replace(self, made=part, units=things)

    def apart(self) -> Likeness:
        """Return how far apart the rows of each unit are, at most 1."""
        size = int(self.units.unit.max(initial=-1)) + 1
        unit = self.units.unit[self.units.first]
        pairs = np.bincount(unit, minlength=size)
        mean = np.bincount(unit, weights=self.units.apart, minlength=size) / np.maximum(pairs, 1)
        return Likeness(mean, marks.answer_distances(self.units))

    def task_distances(self, tasks: int) -> NDArray[np.float64]:
        """Return the mean distance of two rows over the things of each task, shape (tasks,); 0 for none."""
        task = self.units.task[self.units.first]
        total = np.bincount(task, weights=self.units.apart, minlength=tasks)
        return np.asarray(total / np.maximum(np.bincount(task, minlength=tasks), 1))

    def counted(self) -> Patterns:
        """Return with which labels units were marked; the last label is nothing."""
        code = np.append(self.made.label, len(self.names))[self.units.value]
        rows = (self.units.unit, self.units.annotator, code, self.units.task)
        return patterns.count_in_clusters(*rows, labels=len(self.names) + 1)

    def between(self, first: int, second: int) -> tuple[Estimate, Estimate]:
        """Return how alike two people's marks are, and their alpha."""
        part = marks.within(self.units, np.isin(self.units.annotator, (first, second)))
        rng = np.random.default_rng(0)
        alike = against_chance(part.task, marks.answer_distances(part), 1.0)
        method = f"mean of 1 - distance over things that either marked, {alike.method.partition(', ')[2]}"
        kappa = self._alpha(part, Resampling(resamples=_PAIR_RESAMPLES, rng=rng))
        return replace(alike, method=method), kappa

    def measures(self, *, seed: int, only: str = "") -> dict[str, Estimate]:
        """Return what else is said of such marks, or one measure only, by the name of the metric."""
        resampling = Resampling(resamples=_RESAMPLES, rng=np.random.default_rng(seed))
        if self.kind is not Kind.SPANS:
            return {"agreement.f1": marks.f1(self.units, resampling=resampling)}
        whole = {}
        if only in ("", "agreement.gamma"):
            texts = self._stretches()
            whole["agreement.gamma"] = gamma.gamma(texts, rng=np.random.default_rng(seed), resampling=resampling)
            if only:
                return whole
        found = spans.agreement(self._texts(), resampling=resampling)
        return whole | {
            "agreement.f1": found.exact,
            "agreement.f1_overlap": found.overlap,
            "agreement.f1_characters": found.characters,
            "agreement.f1_boundaries": found.boundaries,
        }

    def _alpha(self, things: marks.Units, resampling: Resampling) -> Estimate:
        made = self.made
        return marks.alpha(things, made.label, made.overlap, references=made.references, resampling=resampling)

    def _only(self, mine: Codes) -> Made:
        made = self.made
        return Made(
            task=made.task[mine],
            owner=made.owner[mine],
            label=made.label[mine],
            overlap=lambda left, right: made.overlap(mine[left], mine[right]),
            ends=made.ends[mine],
            references=made.references,
        )

    def _texts(self) -> list[dict[int, list[spans.Span]]]:
        texts: dict[int, dict[int, list[spans.Span]]] = {}
        for task, person, _ in self.seen.tolist():
            texts.setdefault(task, {})[person] = []
        rows = zip(self.made.task.tolist(), self.made.owner.tolist(), self.made.label.tolist(), strict=True)
        for (task, person, label), (start, end) in zip(rows, self.made.ends.tolist(), strict=True):
            texts[task][person].append(spans.Span(int(start), int(end), self.names[label]))
        return list(texts.values())

    def _stretches(self) -> list[gamma.Text]:
        """Every text, or turn of one, as far as anybody marked it."""
        crowd: dict[int, list[int]] = {}
        for task, person, _ in self.seen.tolist():
            crowd.setdefault(task, []).append(person)
        turn = (self.made.ends[:, 0] // _TURN).astype(np.int64)
        key = self.made.task * (int(turn.max(initial=0)) + 1) + turn
        order = np.argsort(key, kind="stable")
        found = []
        for rows in np.split(order, np.flatnonzero(np.diff(key[order])) + 1) if order.size else []:
            table = np.column_stack([self.made.ends[rows] - turn[rows][:, None] * _TURN, self.made.label[rows]])
            task = int(self.made.task[rows[0]])
            each = tuple(table[self.made.owner[rows] == person] for person in crowd[task])
            found.append(gamma.Text(float(table[:, 1].max()), each, task))
        return found


def panel(question: Question, given: Answers) -> MarkPanel:
    """Return the marks of a question, those on gold left out, matched into things.

    Raises:
        NotAssessableError: They are asked for turn by turn.
    """
    if question.per_turn:
        raise NotAssessableError(
            f"Agreement on the {question.kind} question '{question.name}' is not measured turn by turn.",
            remedy="Ask once; spans say in which turn they are.",
        )
    place = np.flatnonzero(~given.is_gold)
    used_codes = np.unique(given.value[place]).tolist()  # the labels stand among the values too
    read = {code: _READ[question.kind](json.loads(given.values[code])) for code in used_codes}
    rows = [(row, mark) for row in place.tolist() for mark in read[given.value[row]]]
    names = tuple(dict.fromkeys((*question.values, *(mark.label for _, mark in rows))))
    code = {name: number for number, name in enumerate(names)}
    row = np.array([row for row, _ in rows], np.int64)
    ends, overlap = _SHAPES[question.kind]([mark.shape for _, mark in rows])
    made = Made(
        task=given.task[row],
        owner=given.annotator[row],
        label=np.array([code[mark.label] for _, mark in rows], np.int64),
        overlap=overlap,
        ends=ends,
        references=regions.REFERENCES if question.kind in (Kind.POLYGONS, Kind.MASK) else marks.REFERENCES,
    )
    seen = np.stack([given.task[place], given.annotator[place], place], axis=1)
    units = marks.match(made.task, made.owner, made.label, overlap, seen[:, :2])
    return MarkPanel(made=made, units=units, seen=seen, names=names, kind=question.kind)


def labels_of(text: str) -> list[str]:
    """Return which labels an answer with marks used."""
    value = json.loads(text)
    found = value.get("spans", []) if isinstance(value, dict) else value
    return sorted({str(mark["label"]) for mark in found}) or [NOTHING]


def used(texts: Iterable[str]) -> dict[str, int]:
    """Return how many answers used each label, most first."""
    return dict(Counter(label for text in texts for label in labels_of(text)).most_common())


class _Mark(NamedTuple):
    label: str
    shape: object


def _stretches_of(value: dict[str, list[dict[str, object]]]) -> list[_Mark]:
    found = []
    for mark in value.get("spans", []):
        shift = int(str(mark.get("turn", 0))) * _TURN
        found.append(_Mark(str(mark["label"]), (int(str(mark["start"])) + shift, int(str(mark["end"])) + shift)))
    return found


def _boxes_of(value: list[dict[str, float]]) -> list[_Mark]:
    return [
        _Mark(str(mark["label"]), (mark["x"], mark["y"], mark["x"] + mark["width"], mark["y"] + mark["height"]))
        for mark in value
    ]


def _outlines_of(value: list[dict[str, object]]) -> list[_Mark]:
    return [_Mark(str(mark["label"]), regions.of_polygon(mark["points"])) for mark in value]  # type: ignore[arg-type]


def _masks_of(value: list[dict[str, object]]) -> list[_Mark]:
    found = []
    for mark in value:
        rle: dict[str, list[int]] = mark["rle"]  # type: ignore[assignment]
        found.append(_Mark(str(mark["label"]), regions.of_counts(counts_of(rle), int(rle["size"][0]))))
    return found


def _as_stretches(shapes: Sequence[object]) -> tuple[NDArray[np.float64], Overlap]:
    ends = np.array(shapes, np.float64).reshape(-1, 2)
    return ends, marks.of_spans(ends)


def _as_boxes(shapes: Sequence[object]) -> tuple[NDArray[np.float64], Overlap]:
    return np.zeros((len(shapes), 2)), marks.of_boxes(np.array(shapes, np.float64).reshape(-1, 4))


def _as_regions(shapes: Sequence[object]) -> tuple[NDArray[np.float64], Overlap]:
    return np.zeros((len(shapes), 2)), regions.overlap_of(shapes)  # type: ignore[arg-type]


_READ: dict[Kind, Callable[..., list[_Mark]]] = {
    Kind.SPANS: _stretches_of,
    Kind.BOXES: _boxes_of,
    Kind.POLYGONS: _outlines_of,
    Kind.MASK: _masks_of,
}
_SHAPES = {Kind.SPANS: _as_stretches, Kind.BOXES: _as_boxes, Kind.POLYGONS: _as_regions, Kind.MASK: _as_regions}
