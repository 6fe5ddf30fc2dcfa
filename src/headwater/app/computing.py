"""Long computations in transactions of their own: read and compute first, write in a moment, so that nobody waits.

On SQLite one transaction writes at a time. What is computed from a campaign's answers is therefore computed in a
transaction that only reads; the short one that follows writes what was found. Each has rights asked for of its own.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from headwater.annotation import folding
from headwater.governance.authority import require
from headwater.governance.model import Decision
from headwater.quality import assessments, labels, monitoring

if TYPE_CHECKING:
    from collections.abc import Sequence

    from headwater.app.seats import Doors
    from headwater.quality.model import Alarm, Label, Measure


def assess(doors: Doors, campaign: str, *, question: str, seed: int = 0, slices: Sequence[str] = ()) -> list[Measure]:
    """Do as `quality.assessments.assess`."""
    _fold(doors, campaign, question)
    with doors.reading() as ctx:
        found = assessments.look(ctx, campaign, question=question, seed=seed, slices=slices)
    with doors.acting() as ctx:
        return assessments.settle(ctx, found)


def monitor(doors: Doors, campaign: str, *, question: str = "") -> list[Alarm]:
    """Do as `quality.monitoring.monitor`."""
    with doors.reading() as ctx:
        question = monitoring.watchable(ctx, campaign, question=question)
    _fold(doors, campaign, question)
    with doors.reading() as ctx:
        found = monitoring.look(ctx, campaign, question=question)
    with doors.acting() as ctx:
        return monitoring.settle(ctx, found)


def resolve(doors: Doors, campaign: str, *, question: str, method: str = "auto") -> list[Label]:
    """Do as `quality.labels.resolve`."""
    admit(doors)
    with doors.reading() as ctx:
        found = labels.look(ctx, campaign, question=question, method=method)
    with doors.acting() as ctx:
        return labels.settle(ctx, found)


def admit(doors: Doors) -> None:
    """Refuse those who may not write before anything is computed."""
    with doors.acting() as ctx:
        require(ctx, Decision.BATCH_ACCEPT)


def _fold(doors: Doors, campaign: str, question: str) -> None:
    admit(doors)
    with doors.reading() as ctx:
        packed = folding.pack(ctx, campaign, question=question)
    if packed.blocks:
        with doors.acting() as ctx:
            folding.keep(ctx, packed)
