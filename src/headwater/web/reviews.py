"""Second and third tier on pages: the next case, what was answered, the decision."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Annotated

from fastapi import APIRouter, Form, Response

from headwater.annotation import queries, reviews
from headwater.annotation.model import Tier, Verdict
from headwater.annotation.questions import CLOSED, Kind
from headwater.annotation.reviews import Opinion
from headwater.annotation.submissions import Submission
from headwater.web.session import Visitor, back, page

if TYPE_CHECKING:
    from collections.abc import Mapping

    from headwater.annotation.handouts import Handout
    from headwater.annotation.questions import Question

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
        return page(
            visitor,
            ctx,
            "annotation/case.html",
            active="campaigns",
            campaign=one,
            case=found,
            questions=[each for each in found.assignment.questions if _fits_a_form(each)],
            first=found.answers[0].values if found.answers else {},
            verdicts=list(Verdict),
            is_review=found.assignment.tier is Tier.REVIEW,
            guideline=queries.guideline(ctx, found.assignment.guideline_id),
            client=str(uuid.uuid4()),
        )


@router.post("/{lease}/review")
async def decide(
    visitor: Visitor,
    campaign: str,
    lease: str,
    token: Annotated[str, Form()],
    client: Annotated[str, Form()],
    verdict: Annotated[Verdict, Form()],
) -> Response:
    """Accept, correct or return an answer."""
    form = await visitor.request.form()
    reason = str(form.get("reason", ""))
    with visitor.acting() as ctx:
        asked = reviews.case(ctx, lease).assignment.questions
        values = _values(asked, {key: str(value) for key, value in form.items()})
        given = Submission(lease_id=lease, token=token, client_id=client, values=values)
        found = reviews.decide(ctx, campaign, given, Opinion(verdict=verdict, reason=reason))
    return _onward(visitor, campaign, found)


@router.post("/{lease}/ruling")
async def adjudicate(
    visitor: Visitor,
    campaign: str,
    lease: str,
    token: Annotated[str, Form()],
    client: Annotated[str, Form()],
) -> Response:
    """Settle a disputed task."""
    form = await visitor.request.form()
    with visitor.acting() as ctx:
        asked = reviews.case(ctx, lease).assignment.questions
        values = _values(asked, {key: str(value) for key, value in form.items()})
        given = Submission(lease_id=lease, token=token, client_id=client, values=values)
        found = reviews.adjudicate(ctx, campaign, given, reason=str(form.get("reason", "")))
    return _onward(visitor, campaign, found)


def _onward(visitor: Visitor, campaign: str, found: Handout) -> Response:
    if found.assignment is None:
        return back(visitor, f"campaigns/{campaign}")
    return back(visitor, f"campaigns/{campaign}/cases/{found.assignment.lease_id}")


def _fits_a_form(question: Question) -> bool:
    return not question.per_turn and question.kind in CLOSED | {Kind.TEXT, Kind.NUMERIC}


def _values(questions: tuple[Question, ...], form: Mapping[str, str]) -> dict[str, object]:
    """Return the answers of a form, of questions that fit one."""
    found: dict[str, object] = {}
    for question in questions:
        text = form.get(f"answer-{question.name}", "")
        if not text or not _fits_a_form(question):
            continue
        found[question.name] = int(text) if question.kind is Kind.RATING and text.lstrip("-").isdecimal() else text
    return found
