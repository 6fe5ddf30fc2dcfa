"""The answers of a campaign as monitoring sees them: with teams, attributes of records, without calibration."""

from __future__ import annotations

from threading import Lock
from typing import TYPE_CHECKING

import numpy as np

from headwater.annotation import queries as annotation
from headwater.annotation.model import BatchKind
from headwater.annotation.names import chosen
from headwater.quality import breakdowns
from headwater.quality.timeline import Frame
from headwater.sourcing import queries as sourcing
from headwater.workforce import queries as workforce

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from headwater.annotation.answers import Answers
    from headwater.context import Context
    from headwater.quality.breakdowns import Groups
    from headwater.sourcing.model import Record

MOST_RECORDS = 20_000
"""Records that are read to explain an alarm or to know their length; beyond, neither is done."""
MOST_VALUES = 30
"""Different values up to which an attribute makes slices."""


def frame_of(
    ctx: Context,
    campaign_id: str,
    *,
    question: str,
    given: Answers | None = None,
    slicing: Sequence[Groups] | None = None,
) -> Frame:
    """Return the answers in force to a question of a campaign; records are read only when they are asked about.

    Threads may ask a frame about its records at once: one after the other they ask the database.

    Args:
        ctx: The context.
        campaign_id: The campaign.
        question: The question.
        given: Its answers, where they were read already.
        slicing: Its slices that are charted, where they were found already.
    """
    given = annotation.answers(ctx, campaign_id, question=question) if given is None else given
    teams = {str(cohort.id): cohort.team for cohort in workforce.cohorts(ctx, ids=given.cohort_ids)}
    names, code = np.unique([teams.get(name, name) for name in given.cohort_ids] or [""], return_inverse=True)
    empty = len(given.task) == 0
    read: dict[str, int] = {}  # every look has the records of the one before, and as many others
    alone = Lock()

    def slices(rows: NDArray[np.int64]) -> dict[str, NDArray[np.str_]]:
        with alone:
            return _slices(ctx, given, rows)

    def lengths(rows: NDArray[np.int64]) -> NDArray[np.float64] | None:
        with alone:
            return _lengths(ctx, given, rows, read)

    def charted() -> list[Groups]:
        with alone:
            return _standing(breakdowns.of_slices(ctx, given, (), seed=0) if slicing is None else slicing)

    return Frame(
        given=given,
        team=np.empty(0, np.int64) if empty else breakdowns.narrow(code, names.size)[given.cohort],
        teams=tuple(names.tolist()),
        usable=usable(ctx, campaign_id, given),
        slices=slices,
        lengths=lengths,
        charted=charted,
    )


def _standing(slicing: Sequence[Groups]) -> list[Groups]:
    return [each for each in slicing if not each.asked]


def usable(ctx: Context, campaign_id: str, given: Answers) -> NDArray[np.bool_]:
    """Return which answers were given at work: those of calibration, where people learn, were not; shape (answers,)."""
    drills = {batch.id for batch in annotation.batches(ctx, campaign_id) if batch.kind is BatchKind.CALIBRATION}
    work = np.array([name not in drills for name in given.batch_ids], np.bool_)
    return work[given.batch] if work.size else np.empty(0, np.bool_)


def _slices(ctx: Context, given: Answers, rows: NDArray[np.int64]) -> dict[str, NDArray[np.str_]]:
    """Attribute → value behind each answer, for attributes with few values."""
    tasks, places = np.unique(given.task[rows], return_inverse=True)
    found = _records(ctx, given, tasks)
    fields = [sourcing.fields_of(item) if item else {} for item in found]
    columns = {}
    for name in sorted({name for each in fields for name in each} - {"intake_id", "kind"}):
        values = np.array([str(each.get(name, "")) for each in fields])
        if 1 < len(set(values)) <= MOST_VALUES:
            columns[f"slice {name}"] = values[places]
    return columns


def _lengths(ctx: Context, given: Answers, rows: NDArray[np.int64], read: dict[str, int]) -> NDArray[np.float64] | None:
    """Length of each answer's record, the typical one where it was erased; `read` keeps what is known."""
    tasks, places = np.unique(given.task[rows], return_inverse=True)
    if not 0 < tasks.size <= MOST_RECORDS:
        return None
    wanted = list(chosen(given.record_ids, tasks))
    read |= sourcing.lengths(ctx, [each for each in wanted if each not in read])
    known = {each: read[each] for each in wanted if each in read}
    typical = float(np.median(list(known.values()) or [0]))
    return np.array([float(known.get(each, typical)) for each in wanted])[places] if known else None


def _records(ctx: Context, given: Answers, tasks: NDArray[np.int64]) -> list[Record | None]:
    """The record of each task, None where it was erased; none at all when there are too many."""
    if not 0 < tasks.size <= MOST_RECORDS:
        return []
    wanted = list(chosen(given.record_ids, tasks))
    found = sourcing.present(ctx, wanted)
    return [found.get(each) for each in wanted]
