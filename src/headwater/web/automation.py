"""Models that answer under a certificate, on a page of their campaign."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Response

from headwater.annotation import automation, queries
from headwater.governance.authority import may
from headwater.governance.model import Decision
from headwater.web.session import Visitor, back, page

router = APIRouter(prefix="/p/{program}/campaigns/{campaign}/automation")


@router.get("")
def listing(visitor: Visitor, campaign: str) -> Response:
    """Show the certificates of a campaign with what audits say of them."""
    with visitor.reading() as ctx:
        rows = automation.certificates(ctx, campaign)
        return page(
            visitor,
            ctx,
            "annotation/automation.html",
            active="campaigns",
            campaign=queries.campaign(ctx, campaign),
            rows=[(row, automation.audit(ctx, row.id), row.is_live(ctx.clock.now())) for row in rows],
            asks=may(ctx, Decision.AUTOMATION_CHANGE),
        )


@router.post("")
def certify(  # noqa: PLR0913, PLR0917 -- the fields of the form
    visitor: Visitor,
    campaign: str,
    model: Annotated[str, Form()],
    alpha: Annotated[float, Form()],
    delta: Annotated[float, Form()] = 0.1,
    where: Annotated[str, Form()] = "",
    audit_rate: Annotated[float, Form()] = 0.05,
    days: Annotated[float, Form()] = 30.0,
) -> Response:
    """Issue a certificate from gold."""
    with visitor.acting() as ctx:
        automation.certify(
            ctx, campaign, model=model, alpha=alpha, delta=delta, where=where, audit_rate=audit_rate, days=days
        )
    return back(visitor, f"campaigns/{campaign}/automation")


@router.post("/{certificate}/run")
def run(visitor: Visitor, campaign: str, certificate: str) -> Response:
    """Let the model answer untouched tasks."""
    with visitor.acting() as ctx:
        automation.run(ctx, certificate)
    return back(visitor, f"campaigns/{campaign}/automation")


@router.post("/{certificate}/revoke")
def revoke(visitor: Visitor, campaign: str, certificate: str, reason: Annotated[str, Form()]) -> Response:
    """End a certificate."""
    with visitor.acting() as ctx:
        automation.revoke(ctx, certificate, reason=reason)
    return back(visitor, f"campaigns/{campaign}/automation")
