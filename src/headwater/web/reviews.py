"""Second and third tier on pages: the next case, what was answered, the decision."""

from __future__ import annotations

import json
import uuid
from typing import TYPE_CHECKING, Annotated

from fastapi import APIRouter, Form, Response

from headwater.annotation import comments, queries, reviews, wording
from headwater.annotation.model import Tier, Verdict
from headwater.annotation.responses import ResponseError
from headwater.annotation.reviews import Opinion
from headwater.annotation.submissions import Submission
from headwater.web.documents import panel
from headwater.web.session import Visitor, back, page

if TYPE_CHECKING:
    from headwater.annotation.handouts import Handout
    from headwater.context import Context

router = APIRouter(prefix="/p/{program}/campaigns/{campaign}/cases")


@router.post("/{tier}/next")
def take(visitor: Visitor, campaign: str, tier: Tier) -> Response:
    """Take the next case of a tier."""
    claim = reviews.claim_review if tier is Tier.REVIEW else reviews.claim_dispute
    with visitor.acting() as ctx:
        found = claim(ctx, campaign)
    return _onward(visitor, campaign, found)


@router.get("/{lease}")
def case(visitor: Visitor, campaign: str, lease: str) -> Response:
    """Show a case: the record, what was answered, the form for the decision."""
    with visitor.reading() as ctx:
        found = reviews.case(ctx, lease)
        one = queries.campaign(ctx, campaign)
        guideline = queries.guideline(ctx, found.assignment.guideline_id)
        said = comments.beside(ctx, [answer.task_id for answer in found.answers])
        told = [[(name, wording.summary(value)) for name, value in answer.values.items()] for answer in found.answers]
        data = {
            "task": found.assignment.as_data(),
            "answers": [answer.values for answer in found.answers],
            "image": visitor.path(f"workspace/{campaign}/image/{lease}"),
        }
        return page(
            visitor,
            ctx,
            "annotation/case.html",
            active="campaigns",
            campaign=one,
            case=found,
            data=json.dumps(data),
            answers=told,
            differing={pair for each in told for pair in each if any(pair not in other for other in told)},
            said=[said.get((answer.task_id, answer.annotator), []) for answer in found.answers],
            verdicts=list(Verdict),
            is_review=found.assignment.tier is Tier.REVIEW,
            **panel(ctx, visitor, guideline),
            client=str(uuid.uuid4()),
        )


@router.post("/{lease}/review")
def decide(  # noqa: PLR0913, PLR0917 -- the fields of the form
    visitor: Visitor,
    campaign: str,
    lease: str,
    token: Annotated[str, Form()],
    client: Annotated[str, Form()],
    verdict: Annotated[Verdict, Form()],
    values: Annotated[str, Form()] = "{}",
    reason: Annotated[str, Form()] = "",
    about: Annotated[list[str], Form()] = [],  # noqa: B006 -- FastAPI copies it
    comment: Annotated[list[str], Form()] = [],  # noqa: B006
) -> Response:
    """Accept, correct or return an answer, with a comment to its author or without."""
    given = Submission(lease_id=lease, token=token, client_id=client, values=_read(values))
    with visitor.acting() as ctx:
        found = reviews.decide(ctx, campaign, given, Opinion(verdict=verdict, reason=reason))
        _say(ctx, campaign, dict(zip(about, comment, strict=False)))
    return _onward(visitor, campaign, found)


@router.post("/{lease}/ruling")
def adjudicate(  # noqa: PLR0913, PLR0917 -- the fields of the form
    visitor: Visitor,
    campaign: str,
    lease: str,
    token: Annotated[str, Form()],
    client: Annotated[str, Form()],
    values: Annotated[str, Form()] = "{}",
    reason: Annotated[str, Form()] = "",
    about: Annotated[list[str], Form()] = [],  # noqa: B006 -- FastAPI copies it
    comment: Annotated[list[str], Form()] = [],  # noqa: B006
) -> Response:
    """Settle a disputed task, with a comment to the author of any answer."""
    given = Submission(lease_id=lease, token=token, client_id=client, values=_read(values))
    with visitor.acting() as ctx:
        found = reviews.adjudicate(ctx, campaign, given, reason=reason)
        _say(ctx, campaign, dict(zip(about, comment, strict=False)))
    return _onward(visitor, campaign, found)


def _say(ctx: Context, campaign: str, said: dict[str, str]) -> None:
    """Comment on answers by their ids; nothing is said with an empty comment."""
    for answer, text in said.items():
        if text.strip():
            comments.write(ctx, campaign, answer, text=text)


def _onward(visitor: Visitor, campaign: str, found: Handout) -> Response:
    if found.assignment is None:
        return back(visitor, f"campaigns/{campaign}")
    return back(visitor, f"campaigns/{campaign}/cases/{found.assignment.lease_id}")


def _read(values: str) -> dict[str, object]:
    try:
        found = json.loads(values)
    except json.JSONDecodeError as error:
        raise ResponseError("The answers did not arrive whole.", remedy="Reload the case and try again.") from error
    return found if isinstance(found, dict) else {}
