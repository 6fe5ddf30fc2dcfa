"""Label errors: labels that predictions contradict, ranked, and one step from there into relabelling."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from headwater.annotation import batches, rework
from headwater.annotation import queries as annotation
from headwater.annotation.model import BatchKind
from headwater.core.errors import InvalidError, NotFoundError
from headwater.core.ids import new_id
from headwater.governance import ledger
from headwater.governance.authority import require
from headwater.governance.model import Decision
from headwater.quality import queries
from headwater.quality.doubts import ErrorSearch, Suspect
from headwater.quality.model import Label, NotAssessableError
from headwater.quality.store import searches as store
from headwater.sourcing import queries as sourcing
from headwater.stats import mislabelling
from headwater.stats.label_errors import Prune, Score, noise, suspects
from headwater.storage.database import WHOLE, Part
from headwater.text.prediction import out_of_sample

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from headwater.context import Context

FEWEST = 20
"""Labels below which nothing is searched."""
OPEN = "labelled again"
"""Where a suspect stands whose task is given out again."""


class Reach(NamedTuple):
    """What relabelling opened."""

    tasks: int
    batches: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Search:
    """Which labels are searched for errors, and how."""

    question: str
    campaign_id: str = ""
    """Only labels of one campaign."""
    prune: Prune = Prune.NOISE_RATE
    """Which labels are taken for errors."""
    score: Score = Score.SELF_CONFIDENCE
    """What they are ranked by."""
    predictions: Mapping[str, Mapping[str, float]] | None = None
    """Record → label → out-of-sample probability, of a model that never learned from that record; by default texts are
    predicted in five parts by TF-IDF and logistic regression."""
    seed: int = 0
    """Of the parts; kept."""


def find(ctx: Context, what: Search) -> ErrorSearch:
    """Search resolved labels for errors by confident learning and keep what was found.

    Labels that an expert settled are predicted from, but never suspected.

    Raises:
        NotAssessableError: There are too few labels.
        InvalidError: Predictions are missing for a label, or are no probabilities.
    """
    require(ctx, Decision.BATCH_ACCEPT)
    return keep(ctx, look(ctx, what))


def look(ctx: Context, what: Search) -> ErrorSearch:
    """Search as `find` says. Only reads: no writer waits while it computes."""
    require(ctx, Decision.BATCH_ACCEPT)
    known, values, left_out = _material(ctx, what)
    code = {value: place for place, value in enumerate(values)}
    given = np.array([code[each.value] for each in known], dtype=np.int64)
    chance = (
        _predicted(ctx, known, values, given, what.seed)
        if what.predictions is None
        else _brought(known, values, what.predictions)
    )
    whole = noise(given, chance)
    found = suspects(given, chance, prune=what.prune, score=what.score)
    rows = tuple(
        _suspect(
            known[place], values[other], float(points), chance[place, code[known[place].value]], chance[place, other]
        )
        for place, other, points in zip(found.item, found.suggested, found.score, strict=True)
        if known[place].method != "adjudicated"
    )
    return ErrorSearch(
        id=new_id("ers"),
        question=what.question,
        campaign_id=what.campaign_id,
        prune=what.prune.value,
        score=what.score.value,
        predictor="brought along"
        if what.predictions is not None
        else "tf-idf and logistic regression, cross-validated",
        labels=len(known),
        left_out=left_out,
        values=tuple(values),
        noise=tuple(tuple(float(cell) for cell in line) for line in whole.given_true),
        rate=mislabelling.rate(given, chance),
        suspects=rows,
        seed=what.seed,
        searched_at=ctx.clock.now(),
    )


def keep(ctx: Context, row: ErrorSearch) -> ErrorSearch:
    """Keep what a search found."""
    require(ctx, Decision.BATCH_ACCEPT)
    store.add(ctx.db, ctx.program, row)
    body = {"question": row.question, "labels": row.labels, "suspects": len(row.suspects)}
    ledger.append(ctx, "labels.searched", subject=row.id, body=body | {"seed": row.seed, "prune": row.prune})
    return row


def _material(ctx: Context, what: Search) -> tuple[list[Label], list[str], int]:
    """The labels to search, their values, and how many were left out because their value is rare."""
    labels = queries.labels(ctx, question=what.question)
    if what.campaign_id:
        inside = {batch.id for batch in annotation.batches(ctx, what.campaign_id)}
        labels = [each for each in labels if each.batch_id in inside]
    counts = {value: sum(each.value == value for each in labels) for value in sorted({each.value for each in labels})}
    rare = {value for value, count in counts.items() if count < 2} if what.predictions is None else set()  # noqa: PLR2004
    known = [each for each in labels if each.value not in rare]
    values = [value for value in counts if value not in rare]
    if len(known) < FEWEST or len(values) < 2:  # noqa: PLR2004 -- one class has no errors
        raise NotAssessableError(
            f"{len(known)} labels of {len(values)} values are too few to search '{what.question}' for errors.",
            remedy=f"Resolve at least {FEWEST} labels of two values.",
        )
    return known, values, len(labels) - len(known)


def search(ctx: Context, identifier: str = "") -> ErrorSearch:
    """Return a search, the newest one by default.

    Raises:
        NotFoundError: There is none.
    """
    require(ctx, Decision.BATCH_ACCEPT)
    found = store.select(ctx.db, ctx.program, identifier=identifier)
    if not found:
        raise NotFoundError("Labels were not searched for errors yet.", remedy="Run: headwater quality errors find")
    return found[0]


def searches(ctx: Context, *, part: Part = WHOLE) -> list[ErrorSearch]:
    """Return every search, newest first."""
    require(ctx, Decision.BATCH_ACCEPT)
    return store.select(ctx.db, ctx.program, part=part)


def standing(ctx: Context, row: ErrorSearch, found: Sequence[Suspect]) -> dict[str, str]:
    """Return what became of suspects, by task: `OPEN` while it is labelled again, else the newest label of its record.

    Erased records and labels are left out.
    """
    require(ctx, Decision.BATCH_ACCEPT)
    beside = annotation.answers_beside(ctx, [each.task_id for each in found])
    last = sorted(queries.labels(ctx, question=row.question), key=lambda label: label.resolved_at)
    newest = {label.record_id: label.value for label in last}
    open_again = {task for task, answers in beside.items() if not answers}
    states = {each.task_id: OPEN if each.task_id in open_again else newest.get(each.record_id, "") for each in found}
    return {task: state for task, state in states.items() if state}


def relabel(
    ctx: Context, identifier: str, *, most: int = 0, tasks: Sequence[str] | None = None, into: str = ""
) -> Reach:
    """Have suspected labels given again.

    Without `into` their tasks are opened again where they are; with it their records become a rework batch of that
    other campaign, which is inspected like any batch. Annotators are not told what was suggested.

    Args:
        ctx: The context.
        identifier: The search.
        most: Only so many of the surest; 0 for all.
        tasks: Only these tasks; all without it.
        into: A campaign, by id or name.

    Raises:
        InvalidError: A task is not suspected, or nothing is left.
        CampaignStateError: The campaign is closed.
    """
    require(ctx, Decision.CAMPAIGN_OPEN)
    row = search(ctx, identifier)
    wanted = None if tasks is None else set(tasks)
    chosen = [each for each in row.suspects if wanted is None or each.task_id in wanted]
    if strange := (wanted or set()) - {each.task_id for each in chosen}:
        raise InvalidError(f"{len(strange)} tasks are not suspected in search '{row.id}': {min(strange)}.")
    chosen = chosen[:most] if most else chosen
    if not chosen:
        raise InvalidError(f"Search '{row.id}' suspects no such label.")
    if into:
        made = batches.add(
            ctx, into, name=f"doubted {row.id[-8:]}", records=[each.record_id for each in chosen], kind=BatchKind.REWORK
        )
        reach = Reach(made.tasks, (str(made.id),))
    else:
        opened, places = 0, tuple(dict.fromkeys(each.batch_id for each in chosen))
        for batch_id in places:
            mine = [each.task_id for each in chosen if each.batch_id == batch_id]
            opened += rework.reopen(ctx, batch_id, mine, reason="The label of this task is doubted; please look again.")
        reach = Reach(opened, places)
    body = {"tasks": reach.tasks, "batches": list(reach.batches), "into": into}
    ledger.append(ctx, "labels.doubted", subject=row.id, body=body)
    return reach


def _predicted(
    ctx: Context, labels: list[Label], values: list[str], given: NDArray[np.int64], seed: int
) -> NDArray[np.float64]:
    texts = [record.text for record in sourcing.take(ctx, [each.record_id for each in labels])]
    if not any(texts):
        raise NotAssessableError("The records have no text to predict from.", remedy="Bring predictions along.")
    # which part a label is in depends on no id: the same labels say the same in another workspace
    order = sorted(range(len(texts)), key=lambda place: (texts[place], labels[place].value))
    found = out_of_sample([texts[place] for place in order], given[order], seed=seed)
    chance = np.zeros((len(texts), len(values)))
    chance[order, : found.shape[1]] = found
    return chance


def _brought(
    labels: list[Label], values: list[str], predictions: Mapping[str, Mapping[str, float]]
) -> NDArray[np.float64]:
    missing = [each.record_id for each in labels if each.record_id not in predictions]
    if missing:
        raise InvalidError(f"{len(missing)} records have no prediction, the first is {missing[0]}.")
    rows = [[float(predictions[each.record_id].get(value, 0.0)) for value in values] for each in labels]
    return np.array(rows, dtype=np.float64)


def _suspect(label: Label, suggested: str, points: float, own: float, other: float) -> Suspect:
    reason = (
        f"others labelled like it are predicted '{suggested}' with {other:.0%}, '{label.value}' with {own:.0%}; "
        f"it rests on {label.answers} answer{'s' if label.answers != 1 else ''}"
    )
    return Suspect(
        task_id=label.task_id,
        record_id=label.record_id,
        batch_id=label.batch_id,
        cohort_id=label.cohort_id,
        given=label.value,
        suggested=suggested,
        score=points,
        given_probability=float(own),
        suggested_probability=float(other),
        reason=reason,
    )
