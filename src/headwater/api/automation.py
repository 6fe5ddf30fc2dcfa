"""Who answers in which slice of a campaign, and models that answer under a certificate."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from fastapi import APIRouter, Query, Response
from pydantic import BaseModel, Field

from headwater.annotation import automation, automation_policy, queries
from headwater.annotation.automation_model import Audit, Certificate, Line, Mode, Routed
from headwater.api.session import Caller, Listing

if TYPE_CHECKING:
    from headwater.context import Context

router = APIRouter(prefix="/programs/{program}", tags=["annotation"])


class CertificateForm(BaseModel):
    """What is to be proven of a model."""

    model: str = Field(min_length=1, max_length=200, description="Name and version, as its proposals carry it.")
    alpha: float = Field(ge=1e-6, lt=1, description="Highest error rate that is allowed.")
    delta: float = Field(default=0.1, ge=1e-6, lt=1, description="Chance that the bound is broken.")
    where: str = Field(default="", description="A slice of records.")
    audit_rate: float = Field(default=0.05, gt=0, le=1, description="Share that people check.")
    days: float = Field(default=30.0, gt=0, le=365)


class RevocationReason(BaseModel):
    """Why a certificate is ended."""

    reason: str = Field(min_length=1, max_length=500)


class SliceDecision(BaseModel):
    """Who answers in a slice of the records."""

    where: str = Field(max_length=2000, description="The slice; empty for all records.")
    mode: Mode | None = Field(description="null takes the slice out of the policy.")
    reason: str = Field(min_length=1, max_length=500)


@router.get("/campaigns/{campaign}/automation")
def policy(
    campaign: str,
    caller: Caller,
    count: Annotated[bool, Query(description="Whether tasks are counted, which reads all records.")] = False,
) -> list[Line]:
    """Show who answers in which slice of a campaign, the rest last; for those who accept the work."""
    with caller.reading() as ctx:
        return automation_policy.policy(ctx, campaign, counted=count)


@router.patch("/campaigns/{campaign}/automation", response_model=list[Line])
def decide(campaign: str, body: SliceDecision, caller: Caller) -> list[Line] | Response:
    """Decide who answers in one slice; `If-Match` takes the `ETag` of the campaign, whose version grows by one."""

    def act(ctx: Context) -> list[Line]:
        found = queries.campaign(ctx, campaign)
        caller.match(found.version)
        automation_policy.decide(ctx, found.id, where=body.where, mode=body.mode, reason=body.reason)
        return automation_policy.policy(ctx, campaign)

    return caller.write(act)


@router.get("/campaigns/{campaign}/certificates")
def certificates(campaign: str, caller: Caller, listing: Listing) -> list[Certificate]:
    """List the certificates of a campaign, newest first; for those who accept the work."""
    with caller.reading() as ctx:
        return listing.part(automation.certificates(ctx, campaign))


@router.post("/campaigns/{campaign}/certificates", status_code=201, response_model=Certificate)
def certify(campaign: str, body: CertificateForm, caller: Caller) -> Certificate | Response:
    """Issue the evidence, from gold, that a model's answers above a score are wrong at most at a rate."""
    return caller.write(lambda ctx: automation.certify(ctx, campaign, **body.model_dump()))


@router.get("/certificates/{certificate}/audit")
def audit(certificate: str, caller: Caller) -> Audit:
    """Show what people's answers to the tasks drawn by lot say of a certificate."""
    with caller.reading() as ctx:
        return automation.audit(ctx, certificate)


@router.post("/certificates/{certificate}/run", response_model=Routed)
def run(certificate: str, caller: Caller, limit: Annotated[int, Query(ge=1, le=5000)] = 1000) -> Routed | Response:
    """Let the model answer untouched tasks; a share drawn by lot goes to people."""
    return caller.write(lambda ctx: automation.run(ctx, certificate, limit=limit))


@router.post("/certificates/{certificate}/revocation", response_model=Certificate)
def revoke(certificate: str, body: RevocationReason, caller: Caller) -> Certificate | Response:
    """End a certificate; what was answered under it stays."""
    return caller.write(lambda ctx: automation.revoke(ctx, certificate, reason=body.reason))
