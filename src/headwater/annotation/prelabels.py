"""Answers proposed by models: taken in, shown or kept from annotators by chance, and what seeing them does."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from headwater.annotation import beforehand, likeness, queries
from headwater.annotation.model import PrelabelId, TaskId, UnknownTaskError
from headwater.annotation.store import prelabels as store
from headwater.annotation.store import tasks
from headwater.annotation.store.prelabels import Prelabel, Source
from headwater.core.errors import InvalidError
from headwater.core.ids import new_id
from headwater.governance import ledger
from headwater.governance.authority import require
from headwater.governance.model import Decision
from headwater.sourcing import queries as sourcing
from headwater.stats.interval import Estimate, difference, wilson
from headwater.text import diversity

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from headwater.context import Context

LONGEST_MODEL = 200
SHORTEST_STRETCH, LONGEST_STRETCH = 2, 1000
MOST_VARIED = 50_000
MOST_COVERED = 20_000
"""Answered tasks, newest first, whose regions an order knows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """What a model proposes for a record."""

    record: str
    values: Mapping[str, object]
    """Question → answer, in the shapes of `responses`; questions may be left out."""
    score: float | None = None
    """The model's own confidence, in [0, 1]; None when it gives none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Anchoring:
    """What seeing a proposal does to answers: who sees one is drawn by lot, so seeing it is the cause."""

    shown: Estimate
    """Share of answers that agree with the proposal, of those who saw it: how often it is accepted as it is."""
    blinded: Estimate
    """The same of those from whom it was kept."""
    difference: Estimate
    """Shown less blinded: how far people are drawn to what a model says."""
    right_shown: Estimate
    """Share of answers to gold that are right, of those who saw a proposal."""
    right_blinded: Estimate
    """The same of those from whom it was kept."""
    right_difference: Estimate
    """Shown less blinded: whether proposals make people better or worse."""
    misled_shown: Estimate
    """Share of answers to gold that repeat a wrong proposal, of those who saw it."""
    misled_blinded: Estimate
    """The same of those from whom it was kept: their own mistakes that happen to be the model's."""
    misled_difference: Estimate
    """Shown less blinded: how often a wrong proposal makes a wrong answer."""


class Proposed(NamedTuple):
    """What models propose for the tasks of a campaign."""

    rows: dict[str, Prelabel]
    """Task → its current proposal."""
    seen: int
    """Answers in force that were given with a proposal in view."""


def add(ctx: Context, campaign_id: str, proposals: Sequence[Proposal], *, model: str) -> int:
    """Take in what a model proposes for records of a campaign; returns how many proposals there were.

    A later proposal for a task takes the place of the one before, which is kept with the answers given to it. They
    are shown only when the campaign's plan says so.

    Args:
        ctx: The context.
        campaign_id: The campaign.
        proposals: One per record.
        model: Which model proposes: name and version.

    Raises:
        InvalidError: No model is named, there is no proposal, or a score is outside [0, 1].
        UnknownTaskError: A record is not in the campaign.
        ResponseError: An answer is none of its question; the message names the record.
    """
    require(ctx, Decision.AUTOMATION_CHANGE)
    campaign = queries.campaign(ctx, campaign_id)
    if not model.strip() or len(model) > LONGEST_MODEL:
        raise InvalidError(
            "A proposal names its model.", remedy=f"Give name and version, at most {LONGEST_MODEL} letters."
        )
    wanted = {each.record: each for each in proposals}
    if not wanted:
        raise InvalidError("There is no proposal.", remedy="Give one line per record.")
    there = tasks.by_records(ctx.db, campaign.id, list(wanted))
    schema = queries.schema(ctx, campaign.schema_id)
    beforehand.check(ctx, schema, {each.record: each.values for each in proposals}, said="Proposal for")
    now, rows = ctx.clock.now(), []
    for record, each in wanted.items():
        if record not in there:
            raise UnknownTaskError(f"Record '{record}' is not in campaign '{campaign.name}'.")
        if each.score is not None and not 0 <= each.score <= 1:
            raise InvalidError(f"The score {each.score:g} of record '{record}' is outside 0 to 1.")
        rows.append(
            Prelabel(
                id=PrelabelId(new_id("pre")),
                campaign_id=campaign.id,
                task_id=TaskId(there[record].id),
                values=dict(each.values),
                score=each.score,
                model=model.strip(),
                created_at=now,
            )
        )
    store.add(ctx.db, rows)
    ledger.append(ctx, "prelabels.added", subject=campaign.id, body={"model": model.strip(), "count": len(rows)})
    return len(rows)


def order(ctx: Context, campaign_id: str, *, first: Sequence[str] = ()) -> int:
    """Give out first what the model is least sure of; returns how many open tasks were put in order.

    Tasks without a score come last. What was proposed later is ordered by asking again.

    Args:
        ctx: The context.
        campaign_id: The campaign.
        first: Tasks that come before all others, in this order (see `varied`).
    """
    require(ctx, Decision.CAMPAIGN_OPEN)
    campaign = queries.campaign(ctx, campaign_id)
    count = store.order(ctx.db, campaign.id, first)
    by = "diversity" if first else "uncertainty"
    ledger.append(ctx, "tasks.ordered", subject=campaign.id, body={"by": by, "tasks": count})
    return count


def varied(ctx: Context, campaign_id: str, *, stretch: int = 32) -> list[str]:
    """Return the open tasks in an order of which every stretch is unlike: one task from each region of the texts.

    Regions that hold answered tasks come after those that hold none. Within a region the model's least sure comes
    first. Only reads, so that nobody waits for it; `order` puts it into effect. Of more than 50,000 tasks the least
    sure are put in such an order, and the rest come after them.

    Args:
        ctx: The context.
        campaign_id: The campaign.
        stretch: Regions: about as many tasks as are answered before a model learns anew, 2 to 1,000.

    Raises:
        InvalidError: The stretch is outside its range.
    """
    require(ctx, Decision.CAMPAIGN_OPEN)
    if not SHORTEST_STRETCH <= stretch <= LONGEST_STRETCH:
        raise InvalidError(f"A stretch of {stretch} tasks is outside {SHORTEST_STRETCH} to {LONGEST_STRETCH:,}.")
    campaign = queries.campaign(ctx, campaign_id)
    rows = store.unsettled(ctx.db, campaign.id)
    rows.sort(key=lambda row: 2.0 if row.score is None else row.score)
    rows = rows[:MOST_VARIED]
    before = store.answered(ctx.db, campaign.id, limit=MOST_COVERED)
    there = sourcing.present(ctx, [*(row.record_id for row in rows), *before])
    texts = [there[row.record_id].text if row.record_id in there else "" for row in rows]
    answered = [there[each].text for each in before if each in there]
    score = np.array([np.nan if row.score is None else row.score for row in rows])
    return [rows[place].id for place in diversity.spread(texts, score, stretch=stretch, answered=answered)]


def proposed(ctx: Context, campaign_id: str) -> Proposed:
    """Return what models propose for the tasks of a campaign; for those who accept the work."""
    require(ctx, Decision.BATCH_ACCEPT)
    campaign = queries.campaign(ctx, campaign_id)
    rows = {str(each.task_id): each for each in store.proposed(ctx.db, campaign.id)}
    return Proposed(rows, store.seen(ctx.db, campaign.id) if rows else 0)


def current(ctx: Context, task_id: str) -> Prelabel | None:
    """Return what is proposed for a task at present; for those who accept the work."""
    require(ctx, Decision.BATCH_ACCEPT)
    return store.current(ctx.db, queries.task(ctx, task_id).id)


def sources(ctx: Context, campaign_id: str) -> list[Source]:
    """Return the models that propose answers in a campaign, with how many; for those who accept the work."""
    require(ctx, Decision.BATCH_ACCEPT)
    return store.sources(ctx.db, queries.campaign(ctx, campaign_id).id)


def anchoring(ctx: Context, campaign_id: str) -> Anchoring:
    """Return how far annotators are drawn to what a model proposes, measured against those who did not see it.

    Answers are taken as independent; with few annotators the intervals are too narrow.
    """
    require(ctx, Decision.BATCH_ACCEPT)
    campaign = queries.campaign(ctx, campaign_id)
    asked = queries.schema(ctx, campaign.schema_id).questions
    agreed, right, misled = _Pair(), _Pair(), _Pair()
    for each in store.compared(ctx.db, campaign.id):
        same = likeness.agrees(asked, each.proposed, each.answer)
        agreed.count(each.is_blinded, same)
        if each.known is None:
            continue
        right.count(each.is_blinded, likeness.agrees(asked, each.known, each.answer))
        both = {name: value for name, value in each.known.items() if name in each.proposed}
        if both and not likeness.agrees(asked, both, each.proposed):
            misled.count(each.is_blinded, same)
    return Anchoring(
        **agreed.estimates("shown", "blinded", "difference"),
        **right.estimates("right_shown", "right_blinded", "right_difference"),
        **misled.estimates("misled_shown", "misled_blinded", "misled_difference"),
    )


class _Pair:
    """Counts of answers with and without something, of those who saw a proposal and those who did not."""

    def __init__(self) -> None:
        self._counts = {True: [0, 0], False: [0, 0]}

    def count(self, is_blinded: bool, holds: bool) -> None:
        self._counts[is_blinded][0] += holds
        self._counts[is_blinded][1] += 1

    def estimates(self, shown: str, blinded: str, apart: str) -> dict[str, Estimate]:
        one, other = self._counts[False], self._counts[True]
        return {shown: wilson(*one), blinded: wilson(*other), apart: difference(*one, *other)}
