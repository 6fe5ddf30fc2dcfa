"""The answers to a question in the form in which their agreement is measured: as codes with a distance.

Which distance is the question's yardstick (`yardsticks`): by its kind, or what somebody chose for it. Marks of texts
and images have panels of their own (`mark_panels`).
"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from headwater.annotation.questions import UNDECIDED, Kind
from headwater.quality import mark_panels
from headwater.quality.mark_panels import MarkPanel
from headwater.quality.model import NotAssessableError
from headwater.quality.yardsticks import Coefficient, Distance, usual
from headwater.stats.agreement import distances, krippendorff, many_raters, patterns, sets
from headwater.stats.agreement import orders as orders_kernel
from headwater.stats.agreement.distances import Level
from headwater.stats.agreement.pairs import Likeness, likeness, nominal_likeness
from headwater.stats.agreement.weights import weights
from headwater.stats.bootstrap import Resampling

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from headwater.annotation.answers import Answers
    from headwater.annotation.questions import Question
    from headwater.quality.yardsticks import Yardstick
    from headwater.stats.agreement.patterns import Patterns
    from headwater.stats.interval import Estimate

    Codes = NDArray[np.int64]

RESAMPLES = 1000
MOST_SETS = 2_000
"""Different sets above which their distances would not fit in memory."""
_MOST_NUMBERS = 101
"""Different numbers up to which annotators are compared in pairs."""


@dataclass(frozen=True, kw_only=True)
class Panel:
    """Who gave which answer to which unit, as codes, and how far apart two answers are."""

    task: Codes
    """Code of the unit of each row: a task, or a turn of one."""
    annotator: Codes
    answer: NDArray[Any]
    """Code of each answer, or the number itself."""
    row: Codes
    """Place of each row among the answers it came from."""
    level: str | NDArray[np.float64]
    """Level of measurement, or the distance of every two codes."""
    scale: str
    """What the level is called in methods: `nominal`, `ordinal`, `interval`, `MASI`."""
    labels: tuple[str, ...]
    """What agreement can be measured on one by one; empty where that means nothing."""
    held: NDArray[np.bool_] | None
    """For sets of labels, which code holds which label."""
    width: int
    """Number of codes; 0 where answers are numbers of which there are many."""
    cluster: Codes | None = None
    """Task of each row, where units are turns: answers to one task depend on each other."""
    coefficient: Coefficient = Coefficient.ALPHA
    """What agreement is told by, beside alpha."""

    @property
    def answers(self) -> int:
        """Answers, or turns of them, that were compared."""
        return int(self.task.size)

    @property
    def tasks(self) -> int:
        """Units that were answered."""
        return int(np.count_nonzero(np.bincount(self.task)))

    def distance(self, left: NDArray[Any], right: NDArray[Any]) -> NDArray[np.float64]:
        """Return how far apart answers are, elementwise; at most 1 except for numbers."""
        if not isinstance(self.level, str):
            return np.asarray(self.level[left, right])
        if self.level == Level.NOMINAL:
            return np.asarray(left != right, np.float64)
        if self.level == Level.RATIO:
            return np.sqrt(self.disagreement(left, right))
        return np.asarray(np.abs(left - right) / self._range, np.float64)

    def disagreement(self, left: NDArray[Any], right: NDArray[Any]) -> NDArray[np.float64]:
        """Return the distances that alpha adds up, elementwise."""
        if self.level == Level.ORDINAL if isinstance(self.level, str) else False:
            rank = distances.midranks(np.bincount(self.answer, minlength=self.width))
            left, right = rank[left], rank[right]
        elif not isinstance(self.level, str) or self.level == Level.NOMINAL:
            return self.distance(left, right)
        elif self.level == Level.RATIO:
            total = left + right
            share = np.divide(left - right, total, out=np.zeros_like(total), where=total > 0)
            return np.asarray(np.square(share), np.float64)
        return np.asarray((left - right) ** 2, np.float64)

    @property
    def code(self) -> Codes:
        """The answers as codes, numbers by their order."""
        if np.issubdtype(self.answer.dtype, np.integer):
            return self.answer
        return np.asarray(np.unique(self.answer, return_inverse=True)[1], np.int64)

    @property
    def weighting(self) -> str | NDArray[np.float64]:
        """Credit for partial agreement between two annotators: what is left of the distance."""
        if not isinstance(self.level, str):
            return np.asarray(1 - self.level)
        return "identity" if self.level == Level.NOMINAL else "quadratic"

    @property
    def credit(self) -> NDArray[np.float64]:
        """What is left of the distance of every two codes, for kappas and AC2, shape (width, width)."""
        if not isinstance(self.level, str):
            return np.asarray(1 - self.level)
        named = {Level.NOMINAL: "identity", Level.ORDINAL: "ordinal"}
        return weights(named.get(Level(self.level), "quadratic"), self.width)

    @property
    def _range(self) -> float:
        return float(max(np.ptp(self.answer), 1e-12)) if self.answer.size else 1.0

    def alpha(self, *, seed: int, group: NDArray[np.integer] | None = None) -> list[Estimate]:
        """Return alpha within each group of rows (negative = in no group); of all rows when there are no groups."""
        rng, rows = np.random.default_rng(seed), (self.task, self.annotator, self.answer)
        resampling = Resampling(resamples=RESAMPLES, rng=rng)
        together = None
        if self._coded and group is None:
            together = [self.counted()]
        elif self._coded and group is not None and self._numbered is not None:
            together = self._numbered.by_group(group)
        if together is not None:
            found = [krippendorff.of_patterns(each, level=self.level, resampling=resampling) for each in together]
        elif group is None:
            found = [krippendorff.alpha(*rows, level=self.level, cluster=self.cluster, rng=rng)]
        else:
            found = krippendorff.alpha_by_group(
                *rows, group, level=self.level, cluster=self.cluster, resampling=resampling
            )
        return [replace(each, method=each.method.replace("custom", self.scale)) for each in found]

    def apart(self) -> Likeness:
        """Return how far apart the answers to each unit are, at most 1 except for numbers."""
        if isinstance(self.level, str) and self.level == Level.NOMINAL and self.width:
            return nominal_likeness(self.task, self.code, self.width)
        return likeness(self.task, self.answer, self.distance)

    def by_label(self, *, seed: int) -> dict[str, Estimate]:
        """Return for each label the alpha of "this one or not"."""
        resampling = Resampling(resamples=RESAMPLES, rng=np.random.default_rng(seed))
        if self.held is None:
            if not self.labels:
                return {}
            counted = self.counted()
            return dict(zip(self.labels, krippendorff.by_label(counted, resampling=resampling), strict=True))
        return {
            label: krippendorff.of_patterns(
                self._counted(self.held[self.answer, place].astype(np.int64), 2),
                resampling=resampling,
            )
            for place, label in enumerate(self.labels)
        }

    def measures(self, *, seed: int, only: str = "") -> dict[str, Estimate]:
        """Return what else is said of such answers, or one measure only, by the name of the metric."""
        if not self.width:
            return {}
        resampling = Resampling(resamples=RESAMPLES, rng=np.random.default_rng(seed))
        counted = self.counted()
        found = {"agreement.percent": many_raters.percent(counted, resampling=resampling)}
        if self.labels and self.held is None and not only:
            found["agreement.ac1"] = many_raters.gwet(counted, resampling=resampling)
        return found

    def counted(self) -> Patterns:
        """Return how units were answered, as patterns of codes."""
        return self._patterns

    @cached_property
    def _patterns(self) -> Patterns:
        return self._counted(self.code, self.width) if self._numbered is None else self._numbered.patterns()

    @cached_property
    def _numbered(self) -> patterns.Numbered | None:
        rows = (self.task, self.annotator, self.code)
        return None if self.cluster is not None else patterns.numbered(*rows, labels=self.width)

    @property
    def _coded(self) -> bool:
        """Whether answers are codes without an order, which alpha counts as everything else does."""
        codes = self.width > 0 and np.issubdtype(self.answer.dtype, np.integer)
        return codes and (not isinstance(self.level, str) or self.level == Level.NOMINAL)

    def only(self, rows: Codes) -> Panel:
        """Return the panel of some rows."""
        columns = {name: getattr(self, name)[rows] for name in ("task", "annotator", "answer", "row")}
        return replace(self, **columns, cluster=None if self.cluster is None else self.cluster[rows])

    def of_label(self, place: int) -> Panel:
        """Return the panel of "this label (1) or not (0)"."""
        mine = self.code == place if self.held is None else self.held[self.answer, place]
        return replace(self, answer=mine.astype(np.int64), level=Level.NOMINAL, scale="nominal", held=None, width=2)

    def _counted(self, code: Codes, labels: int) -> Patterns:
        if self.cluster is None:
            return patterns.count(self.task, self.annotator, code, labels=labels)
        return patterns.count_in_clusters(self.task, self.annotator, code, self.cluster, labels=labels)


def measured_kind(question: Question) -> bool:
    """Return whether agreement on this kind of question is measured."""
    return question.kind in _BUILD or (question.kind in mark_panels.MEASURED and not question.per_turn)


def panel(question: Question, given: Answers, yardstick: Yardstick | None = None) -> Panel | MarkPanel:
    """Return the answers to a question, gold left out, as codes with their distance.

    Args:
        question: The question.
        given: Its answers.
        yardstick: One that makes sense for the question; the usual one by default.

    Raises:
        NotAssessableError: Agreement on this kind of question is not measured.
    """
    if question.kind in mark_panels.MEASURED:
        return mark_panels.panel(question, given)
    build = _BUILD.get(question.kind)
    if build is None:
        measured = ", ".join(sorted((*_BUILD, *mark_panels.MEASURED)))
        raise NotAssessableError(
            f"Agreement on the {question.kind} question '{question.name}' is not measured.",
            remedy=f"Measured are {measured}; have others judged by a rating or a choice.",
        )
    yardstick = yardstick or usual(question)
    views = _built(question, given, lambda long: build(question, long, yardstick.distance))
    return replace(views, coefficient=yardstick.coefficient)


def _built(question: Question, given: Answers, build: Callable[[_Long], Panel]) -> Panel:
    ordinary = np.flatnonzero(~given.is_gold)
    if question.per_turn:
        task, row, texts = _turns(given, ordinary)
        values, code = np.unique(np.array(texts, np.str_), return_inverse=True)
        turns = build(_Long(task, given.annotator[row], code, row, tuple(values.tolist())))
        return replace(turns, cluster=given.task[row])
    # In order of task and annotator, everything that counts tens of millions of answers needs no sorting of its own.
    key = given.task * len(given.annotator_ids) + given.annotator
    if ordinary.size < key.size:
        key = key[ordinary]
    if not bool(np.all(key[1:] > key[:-1])):
        ordinary = ordinary[np.argsort(key, kind="stable")]
    columns = (given.task[ordinary], given.annotator[ordinary], given.value[ordinary])
    return build(_Long(*columns, ordinary, given.values))


@dataclass(frozen=True, slots=True)
class _Long:
    task: Codes
    annotator: Codes
    code: Codes
    row: Codes
    values: tuple[str, ...]
    """The text behind each code."""


def _turns(given: Answers, rows: Codes) -> tuple[Codes, Codes, list[str]]:
    """Take answers per turn apart: one row for every turn that was decided."""
    parsed = [json.loads(text) if text.startswith("{") else {} for text in given.values]
    task, row, texts = [], [], []
    most = 1 + max((int(turn) for each in parsed for turn in each), default=0)
    for place in rows.tolist():
        for turn, value in parsed[given.value[place]].items():
            if isinstance(value, dict) and UNDECIDED in value:
                continue
            task.append(int(given.task[place]) * most + int(turn))
            row.append(place)
            texts.append(value if isinstance(value, str) else json.dumps(value))
    return np.array(task, np.int64), np.array(row, np.int64), texts


def _choices(question: Question, long: _Long, distance: Distance) -> Panel:
    """Codes with the question's own options first, so that what nobody chose has its place too."""
    names = tuple(dict.fromkeys((*question.values, *long.values)))
    place = {name: code for code, name in enumerate(names)}
    recode = np.array([place[name] for name in long.values], np.int64)
    same = np.array_equal(recode, np.arange(recode.size))
    return Panel(
        task=long.task,
        annotator=long.annotator,
        answer=long.code if same or not long.code.size else recode[long.code],
        row=long.row,
        level=_level(distance, len(names)),
        scale=distance.value,
        labels=names,
        held=None,
        width=len(names),
    )


def _numbers(question: Question, long: _Long, distance: Distance) -> Panel:
    values = np.array([float(text) for text in long.values] or [0.0])
    known = np.unique(values[np.unique(long.code)]) if long.code.size else np.zeros(0)
    answer = values[long.code]
    if question.kind is Kind.RATING:
        low, high = question.bounds
        known = np.union1d(known, np.arange(low, high + 1))
    elif distance is not Distance.INTERVAL:
        _check_kinds(question, known.size)
    if question.kind is Kind.RATING or distance is Distance.ORDINAL:
        answer = np.searchsorted(known, answer)
    return Panel(
        task=long.task,
        annotator=long.annotator,
        answer=answer,
        row=long.row,
        level=_level(distance, known.size),
        scale=distance.value,
        labels=(),
        held=None,
        width=known.size if known.size <= _MOST_NUMBERS else 0,
    )


def _level(distance: Distance, width: int) -> str | NDArray[np.float64]:
    """What alpha is told of a distance between codes or numbers: only the linear one has no level of its own."""
    if distance is not Distance.LINEAR:
        return Level(distance.value)
    steps = np.arange(width, dtype=np.float64)
    return np.abs(np.subtract.outer(steps, steps)) / max(width - 1, 1)


def _sets(question: Question, long: _Long, distance: Distance) -> Panel:
    chosen = [frozenset(json.loads(text) if text.startswith("[") else [text]) for text in long.values]
    kinds = list(dict.fromkeys(chosen[code] for code in np.unique(long.code)))
    _check_kinds(question, len(kinds))
    place = {each: code for code, each in enumerate(kinds)}
    recode = np.array([place.get(each, -1) for each in chosen], np.int64)
    held = sets.members(kinds, question.values)
    return Panel(
        task=long.task,
        annotator=long.annotator,
        answer=recode[long.code] if long.code.size else long.code,
        row=long.row,
        level=_SETS[distance](held) if distance in _SETS else Level.NOMINAL,
        scale=distance.value,
        labels=question.values,
        held=held,
        width=len(kinds),
    )


def _rankings(question: Question, long: _Long, distance: Distance) -> Panel:
    orders = [json.loads(text).get("order", []) if text.startswith("{") else [] for text in long.values]
    things = sorted({str(thing) for order in orders for tied in order for thing in tied})
    _check_kinds(question, len(orders))
    places = np.full((len(orders), len(things)), np.nan)
    for code, order in enumerate(orders):
        for place, tied in enumerate(order):
            places[code, [things.index(str(thing)) for thing in tied]] = place
    return Panel(
        task=long.task,
        annotator=long.annotator,
        answer=long.code,
        row=long.row,
        level=orders_kernel.kendall_distances(places) if distance is Distance.KENDALL else Level.NOMINAL,
        scale=distance.value,
        labels=(),
        held=None,
        width=len(orders),
    )


def _check_kinds(question: Question, kinds: int) -> None:
    if kinds > MOST_SETS:
        raise NotAssessableError(
            f"'{question.name}' was answered in {kinds:,} different ways, more than {MOST_SETS:,}.",
            remedy="Ask about fewer options at a time; of numbers, use the interval distance or round them.",
        )


_SETS = {Distance.MASI: sets.masi, Distance.JACCARD: sets.jaccard}
_BUILD: dict[Kind, Callable[[Question, _Long, Distance], Panel]] = {
    Kind.SINGLE: _choices,
    Kind.REFUSAL: _choices,
    Kind.RATING: _numbers,
    Kind.NUMERIC: _numbers,
    Kind.MULTIPLE: _sets,
    Kind.RANKING: _rankings,
}
