"""Label errors: the ranked list, and one step into relabelling."""

from __future__ import annotations

from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Form, Query, Response

from headwater.annotation import queries as annotation
from headwater.annotation.model import CampaignState
from headwater.app import searching
from headwater.quality import label_errors, queries
from headwater.sourcing import queries as sourcing
from headwater.stats.label_errors import Prune
from headwater.web.session import Visitor, back, page

router = APIRouter(prefix="/p/{program}/quality/label-errors")
SHOWN = 25


@router.get("")
def show(
    visitor: Visitor,
    search: str = "",
    given: str = "",
    suggested: str = "",
    offset: Annotated[int, Query(ge=0)] = 0,
) -> Response:
    """Show what a search found, all of it or of two labels: text, given and suggested label, reason."""
    with visitor.reading() as ctx:
        found = label_errors.searches(ctx)
        row = next((each for each in found if each.id == search), found[0] if found else None)
        meant = row.between(given=given, suggested=suggested) if row else ()
        suspects = meant[offset : offset + SHOWN]
        records = sourcing.present(ctx, [each.record_id for each in suspects])
        now = label_errors.standing(ctx, row, suspects) if row else {}
        campaigns = annotation.campaigns(ctx)
        return page(
            visitor,
            ctx,
            "quality/label_errors.html",
            active="quality",
            search=row,
            given=given,
            suggested=suggested,
            total=len(meant),
            offset=offset,
            step=SHOWN,
            chosen=urlencode({"search": search, "given": given, "suggested": suggested}),
            labels=row.values if row else (),
            rows=[(each, records.get(each.record_id), now.get(each.task_id, each.given)) for each in suspects],
            open_again=label_errors.OPEN,
            questions=sorted({label.question for label in queries.labels(ctx)}),
            campaigns=campaigns,
            prunes=list(Prune),
            into=[each for each in campaigns if each.state is not CampaignState.CLOSED],
        )


@router.post("")
def find(
    visitor: Visitor,
    question: Annotated[str, Form()],
    campaign: Annotated[str, Form()] = "",
    prune: Annotated[Prune, Form()] = Prune.NOISE_RATE,
) -> Response:
    """Search the labels of a question."""
    what = label_errors.Search(question=question, campaign_id=campaign, prune=prune)
    searching.find_errors(visitor, what)
    return back(visitor, "quality/label-errors")


@router.post("/{search}/relabel")
def relabel(
    visitor: Visitor,
    search: str,
    most: Annotated[int, Form()] = 0,
    into: Annotated[str, Form()] = "",
    given: Annotated[str, Form()] = "",
    suggested: Annotated[str, Form()] = "",
) -> Response:
    """Have doubtful labels given again, all or those between two labels."""
    with visitor.acting() as ctx:
        meant = label_errors.search(ctx, search).between(given=given, suggested=suggested)
        label_errors.relabel(ctx, search, most=most, tasks=[each.task_id for each in meant], into=into)
    return back(visitor, "campaigns" if into else f"quality/label-errors?search={search}")
