"""How far each annotator is believed where overlap adapts, as those who resolve labels found it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

from headwater.annotation import queries
from headwater.annotation.store import trust as store
from headwater.governance.authority import require
from headwater.governance.model import Decision

if TYPE_CHECKING:
    from headwater.context import Context


class Trust(NamedTuple):
    """What truth inference learnt from the answers to a question."""

    values: Sequence[str]
    """The classes; none withdraws what was believed before."""
    shares: Sequence[float]
    """How frequent each class is."""
    people: Mapping[str, Sequence[Sequence[float]]]
    """Annotator → probability of each given class (column) where another one is true (row)."""


def believe(ctx: Context, campaign_id: str, *, question: str, found: Trust) -> None:
    """Let adaptive overlap reckon with what was found, instead of with how annotators did on gold alone."""
    require(ctx, Decision.BATCH_ACCEPT)
    campaign = queries.campaign(ctx, campaign_id)
    store.replace(ctx.db, campaign.id, question, (found.values, found.shares, found.people))
