"""Who answers in which slice, and models that answer under a certificate, on a page of their campaign."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Response

from headwater.annotation import automation, automation_policy, prelabels, queries
from headwater.annotation.automation_model import Mode
from headwater.governance.authority import may
from headwater.governance.model import Decision
from headwater.web.session import Visitor, back, page

router = APIRouter(prefix="/p/{program}/campaigns/{campaign}/automation")
WORDS = {
    Mode.PEOPLE: "people",
    Mode.PRELABELS: "people with prelabels",
    Mode.MODEL: "a model, with audit",
}
"""How pages name who answers."""


@router.get("")
def listing(visitor: Visitor, campaign: str, count: bool = False) -> Response:
    """Show who answers where, and the certificates of a campaign with what audits say of them."""
    with visitor.reading() as ctx:
        rows = automation.certificates(ctx, campaign)
        return page(
            visitor,
            ctx,
            "annotation/automation.html",
            active="campaigns",
            campaign=queries.campaign(ctx, campaign),
            rows=[(row, automation.audit(ctx, row.id), row.is_live(ctx.clock.now())) for row in rows],
            lines=automation_policy.policy(ctx, campaign, counted=count),
            modes=WORDS,
            sources=prelabels.sources(ctx, campaign),
            counted=count,
            asks=may(ctx, Decision.AUTOMATION_CHANGE),
        )


@router.post("/slices")
def decide(
    visitor: Visitor,
    campaign: str,
    reason: Annotated[str, Form()],
    version: Annotated[int, Form()],
    where: Annotated[str, Form()] = "",
    mode: Annotated[Mode | None, Form()] = None,
) -> Response:
    """Decide who answers in a slice; without a mode it leaves the policy."""
    with visitor.acting() as ctx:
        automation_policy.decide(ctx, campaign, where=where, mode=mode, reason=reason, seen_version=version)
    return back(visitor, f"campaigns/{campaign}/automation")


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
