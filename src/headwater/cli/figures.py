"""What tables of figures say instead of ids."""

from __future__ import annotations

from operator import attrgetter
from typing import TYPE_CHECKING, Any

from headwater.annotation import queries as annotation
from headwater.quality import queries

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from headwater.context import Context
    from headwater.quality.model import Measure


def measures(ctx: Context, rows: Sequence[Measure], *, named: str = "") -> dict[str, Callable[[Any], object]]:
    """Return the columns of measures: their campaign where there are several, and what they are of.

    Args:
        ctx: A context.
        rows: Measures.
        named: A field to print in the place of the scope.
    """
    found: dict[str, Callable[[Any], object]] = {"metric": attrgetter("metric")}
    found |= {named: attrgetter(named)} if named else {"scope": scope_of(ctx, rows)}
    found |= {"estimate": attrgetter("estimate")}
    campaigns = campaign_of(ctx)
    return {"campaign": campaigns} | found if len({row.campaign_id for row in rows}) > 1 else found


def campaign_of(ctx: Context) -> Callable[[Any], str]:
    """Return how to say the name of a row's campaign."""
    names = {str(campaign.id): campaign.name for campaign in annotation.campaigns(ctx)}
    return lambda row: names.get(row.campaign_id, row.campaign_id)


def scope_of(ctx: Context, rows: Sequence[Any]) -> Callable[[Any], str]:
    """Return how to say what the figure of a row is about, such as `batch opening`, for rows that have a scope."""
    names = queries.scope_names(ctx, [row.scope for row in rows])

    def said(row: Any) -> str:  # noqa: ANN401 -- a measure or a reading
        kind, _, name = row.scope.partition(":")
        return f"{kind} {names[row.scope]}" if name else names[row.scope]

    return said
