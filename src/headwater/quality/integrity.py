"""Integrity checks of a campaign at fixed numbers of answers, so that looking often does not raise false alarms."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from headwater.quality.control import Signal, Starts
from headwater.quality.model import FIRST_LOOK
from headwater.quality.timeline import Frame
from headwater.stats.gold.doubt import doubts
from headwater.stats.gold.exposure import exposure, exposures
from headwater.stats.integrity.copying import copying
from headwater.stats.integrity.spam import spam
from headwater.stats.integrity.speed import speed
from headwater.stats.integrity.straight import straight_lining
from headwater.stats.interval import Estimate, wilson

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from headwater.quality.model import Watch

MAJORITY = 3
"""Answers from which a majority of more than half is taken as the right answer where no gold says more."""


NEWEST = 250_000
"""Answers of a look: of more, the newest."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """The answers of one look."""

    frame: Frame
    rows: NDArray[np.int64]
    """Answers in time order."""
    watch: Watch
    number: int
    """Which look it is, from 0."""
    starts: Starts

    def level(self, metric: str) -> float:
        """Return how often a check may err at this look, over everybody."""
        return self.watch.look_level(metric, self.number)

    def of(self, metric: str, *, gold: bool | None = None) -> NDArray[np.int64]:
        """Return the answers a check looks at: of everybody since the last decision about them."""
        given = self.frame.given
        settled = np.array([self.starts.get((metric, f"annotator:{name}"), -1) for name in given.annotator_ids])
        rows = self.rows[given.submitted_at[self.rows] > settled[given.annotator[self.rows]]]
        return rows if gold is None else rows[(given.is_gold & (given.gold_value >= 0))[rows] == gold]

    def told(self, metric: str, scope: str, rows: NDArray[np.int64], after: Estimate, rule: str) -> Signal:
        """Return a finding about some answers."""
        moments = self.frame.given.submitted_at[rows]
        first = int(moments.min())
        return Signal(
            metric=metric,
            scope=scope,
            noticed=int(self.frame.given.submitted_at[self.rows[-1]]),
            since=first,
            low=first,
            high=int(moments.max()),
            before=None,
            after=after,
            rule=f"{rule}; over everybody it is false with probability {self.level(metric):.2g} at this look",
        )


def looks(total: int) -> int:
    """Return how many looks so many answers allow: at 250, at 500, at 1,000 and so on."""
    return 0 if total < FIRST_LOOK else int(np.log2(total / FIRST_LOOK)) + 1


def due(frame: Frame, watch: Watch, starts: Starts) -> list[Signal]:
    """Return what the looks find that have not been made yet."""
    order = frame.in_order if frame.usable.all() else frame.in_order[frame.usable[frame.in_order]]
    found: list[Signal] = []
    due_now = {number: order[: FIRST_LOOK * 2**number][-NEWEST:] for number in range(watch.looks, looks(order.size))}
    # the largest look whose records are read has those of all before it: they are read at once
    any(frame.lengths(rows) is not None for rows in reversed(due_now.values()))
    for number, some in due_now.items():
        seen_now = frame.only(some)
        rows = np.arange(seen_now.usable.size)
        look = Look(frame=seen_now, rows=rows, watch=watch, number=number, starts=starts)
        seen = {(each.metric, each.scope) for each in found}
        found += [each for each in check(look) if (each.metric, each.scope) not in seen]
    return found


def check(look: Look) -> list[Signal]:
    """Return what all checks find at one look."""
    checks = (_speed, _spam, _straight, _copying, _leaks, _doubts)
    return [signal for each in checks for signal in each(look)]


def _speed(look: Look) -> list[Signal]:
    given, rows = look.frame.given, look.of("speed")
    rows = rows[given.lead_time_ms[rows] > 0]  # a vendor may not tell the time
    paces = speed(
        given.task[rows], given.annotator[rows], given.lead_time_ms[rows] / 1000, length=look.frame.lengths(rows)
    )
    return [
        look.told(
            "speed",
            f"annotator:{given.annotator_ids[each.annotator]}",
            rows[given.annotator[rows] == each.annotator],
            each.ratio,
            f"time per task against the crowd's for the same tasks, adjusted p {each.adjusted:.2g} (Rosner's test)",
        )
        for each in paces
        if each.adjusted <= look.level("speed")
    ]


def _spam(look: Look) -> list[Signal]:
    given, rows = look.frame.given, look.of("spam")
    found = spam(
        given.task[rows],
        given.annotator[rows],
        given.value[rows],
        classes=len(given.values),
        known=_known(look.frame),
    )
    return [
        look.told(
            "spam",
            f"annotator:{given.annotator_ids[each.annotator]}",
            rows[given.annotator[rows] == each.annotator],
            each.agreement,
            f"agreement with the others {each.chance:.3f} by chance, kappa {each.kappa:.2f} where {each.floor:.2f} is "
            f"asked, adjusted p {each.adjusted:.2g} (exact); were the items not looked at, p {each.p_chance:.2g}",
        )
        for each in found
        if each.adjusted <= look.level("spam")
    ]


def _straight(look: Look) -> list[Signal]:
    given, rows = look.frame.given, look.of("straight-lining")
    found = straight_lining(
        given.task[rows],
        given.annotator[rows],
        given.value[rows],
        given.submitted_at[rows],
        classes=len(given.values),
        known=_known(look.frame),
        rng=np.random.default_rng(look.rows.size),
    )
    return [
        look.told(
            "straight-lining",
            f"annotator:{given.annotator_ids[each.annotator]}",
            rows[given.annotator[rows] == each.annotator],
            wilson(each.repeats, each.n - 1),
            f"{each.repeats} answers repeat the one before where {each.expected:.1f} would, longest run "
            f"{each.longest}, entropy {each.entropy:.2f} bits, adjusted p {each.adjusted:.2g} (permutation)",
        )
        for each in found
        if each.adjusted <= look.level("straight-lining")
    ]


def _copying(look: Look) -> list[Signal]:
    given, rows = look.frame.given, look.of("copying")
    truth = _truth(look.frame, rows)
    found = copying(given.task[rows], given.annotator[rows], given.value[rows], truth, classes=len(given.values))
    names = given.annotator_ids
    return [
        look.told(
            "copying",
            f"pair:{names[each.first]},{names[each.second]}",
            rows[np.isin(given.annotator[rows], (each.first, each.second))],
            wilson(each.same, each.n),
            f"{each.same} mistakes in common where {each.expected:.1f} would be, adjusted p "
            f"{each.adjusted:.2g} (exact)",
        )
        for each in found
        if each.adjusted <= look.level("copying")
        and ("copying", f"pair:{names[each.first]},{names[each.second]}") not in look.starts
    ]


def _leaks(look: Look) -> list[Signal]:
    given, rows = look.frame.given, look.of("gold.leak", gold=True)
    found = exposure(
        given.task[rows],
        given.is_right[rows],
        exposures(given.task[rows], look.frame.team[rows], given.submitted_at[rows]),
        given.lead_time_ms[rows] / 1000,
        level=look.level("gold.leak"),
    )
    return [
        look.told(
            "gold.leak",
            f"task:{given.task_ids[each.item]}",
            rows[given.task[rows] == each.item],
            wilson(each.exposed_right, each.exposed),
            f"{each.exposed_right} of {each.exposed} right after somebody of the team had met it, "
            f"{each.fresh_right} of {each.fresh} before; p of accuracy {each.p_right:.2g}, of speed "
            f"{each.p_fast:.2g}, adjusted {each.adjusted:.2g} (exact)",
        )
        for each in found.leaks
        if ("gold.leak", f"task:{given.task_ids[each.item]}") not in look.starts
    ]


def _doubts(look: Look) -> list[Signal]:
    given, rows = look.frame.given, look.of("gold.doubt", gold=True)
    known = np.zeros(len(given.task_ids), np.int64)
    known[given.task[rows]] = given.gold_value[rows]
    classes = len(given.values)
    found = doubts(
        given.task[rows],
        given.annotator[rows],
        given.value[rows],
        known,
        classes=classes,
        level=look.level("gold.doubt"),
    )
    return [
        look.told(
            "gold.doubt",
            f"task:{given.task_ids[each.item]}",
            rows[given.task[rows] == each.item],
            wilson(each.rival_count, each.n),
            f"{each.rival_count} say '{given.values[each.rival]}', {each.agree} the known '"
            f"{given.values[known[each.item]]}'; adjusted p {each.adjusted:.2g} (exact), the rival is right with "
            f"probability {each.posterior:.3f}",
        )
        for each in found
        if ("gold.doubt", f"task:{given.task_ids[each.item]}") not in look.starts
    ]


def _known(frame: Frame) -> NDArray[np.int64]:
    known = np.full(len(frame.given.task_ids), -1, np.int64)
    known[frame.given.task] = frame.given.gold_value
    return known


def _truth(frame: Frame, rows: NDArray[np.int64]) -> NDArray[np.int64]:
    """The known answer, else that of more than half of at least three, else −1."""
    given = frame.given
    tasks, classes = len(given.task_ids), len(given.values)
    counts = np.bincount(given.task[rows] * classes + given.value[rows], minlength=tasks * classes)
    counts = counts.reshape(tasks, classes)
    total = counts.sum(axis=1)
    sure = (total >= MAJORITY) & (counts.max(axis=1, initial=0) * 2 > total)
    return np.where(_known(frame) >= 0, _known(frame), np.where(sure, counts.argmax(axis=1), -1))
