"""Proposals and decisions, notices, waivers, delegations."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from fastapi import APIRouter, Query, Response
from pydantic import AwareDatetime, BaseModel, Field

from headwater.api.session import Caller, Listing, Page, Pages, page_of
from headwater.app import approvals
from headwater.core.errors import NotFoundError
from headwater.governance import decisions, delegations, notices, queries, waivers
from headwater.governance.model import Decision, DecisionRecord, Delegation, Notice, Proposal, ProposalState, Waiver
from headwater.storage.database import Part

if TYPE_CHECKING:
    from headwater.context import Context

router = APIRouter(tags=["governance"])
IN = "/programs/{program}"


class Opinion(BaseModel):
    """A consulted person's answer."""

    supports: bool
    comment: str = ""


class Verdict(BaseModel):
    """The Accountable's decision."""

    approve: bool
    reason: str = Field(min_length=1)


class WaiverRequest(BaseModel):
    """A gate to be opened."""

    standard: str
    reason: str = Field(min_length=1)
    expires_at: AwareDatetime


class NewDelegation(BaseModel):
    """Rights to lend."""

    to: str = Field(description="Id of the member who acts in your place.")
    decision: Decision | None = Field(None, description="The decision lent; all of yours by default.")
    starts_at: AwareDatetime
    ends_at: AwareDatetime


@router.get(IN + "/proposals")
def list_proposals(
    caller: Caller, listing: Listing, state: ProposalState | None = None, subject: Annotated[str, Query()] = ""
) -> list[Proposal]:
    """List proposals, newest first."""
    with caller.reading() as ctx:
        return listing.fetch(lambda part: queries.proposals(ctx, state=state, subject=subject, part=part))


@router.get(IN + "/proposals/{proposal}")
def show_proposal(proposal: str, caller: Caller) -> Proposal:
    """Show a proposal with the opinions on it."""
    with caller.reading() as ctx:
        return _known(queries.proposal(ctx, proposal), proposal)


@router.post(IN + "/proposals/{proposal}/opinion", response_model=Proposal)
def give_opinion(proposal: str, body: Opinion, caller: Caller) -> Proposal | Response:
    """Answer as a consulted person."""

    def act(ctx: Context) -> Proposal:
        decisions.answer(ctx, proposal, supports=body.supports, comment=body.comment)
        return _known(queries.proposal(ctx, proposal), proposal)

    return caller.write(act)


@router.post(IN + "/proposals/{proposal}/decision", response_model=Proposal)
def decide(proposal: str, body: Verdict, caller: Caller) -> Proposal | Response:
    """Approve or refuse as the Accountable; the thing itself moves with the decision."""

    def act(ctx: Context) -> Proposal:
        found = _known(queries.proposal(ctx, proposal), proposal)
        (approvals.approve if body.approve else approvals.refuse)(ctx, found, reason=body.reason)
        return _known(queries.proposal(ctx, proposal), proposal)

    return caller.write(act)


@router.get(IN + "/decisions")
def list_decisions(caller: Caller, paging: Pages, subject: str = "") -> Page[DecisionRecord]:
    """List decisions that were taken, newest first."""
    with caller.reading() as ctx:
        rows = queries.decided(ctx, subject=subject, part=Part(paging.after or "", paging.limit + 1))
    return page_of(rows, paging.limit, lambda row: row.id)


@router.get(IN + "/notices")
def list_notices(caller: Caller, listing: Listing, unread: bool = False) -> list[Notice]:
    """List your notices, newest first."""
    with caller.reading() as ctx:
        return listing.fetch(lambda part: queries.notices(ctx, unread=unread, part=part))


@router.post(IN + "/notices/receipt", status_code=204)
def receive(caller: Caller) -> None:
    """Give receipt for all your notices."""
    caller.write(notices.receive)


@router.get(IN + "/waivers")
def list_waivers(caller: Caller, listing: Listing) -> list[Waiver]:
    """List waivers, newest first."""
    with caller.reading() as ctx:
        return listing.fetch(lambda part: queries.waivers(ctx, part=part))


@router.post(IN + "/waivers", status_code=201, response_model=Waiver)
def request_waiver(body: WaiverRequest, caller: Caller) -> Waiver | Response:
    """Ask the Accountable to open a gate."""
    return caller.write(lambda ctx: waivers.request(ctx, **body.model_dump()))


@router.get(IN + "/delegations")
def list_delegations(caller: Caller, listing: Listing) -> list[Delegation]:
    """List the program's delegations, newest first, past ones too."""
    with caller.reading() as ctx:
        return listing.fetch(lambda part: queries.delegations(ctx, part=part))


@router.post(IN + "/delegations", status_code=201, response_model=Delegation)
def delegate(body: NewDelegation, caller: Caller) -> Delegation | Response:
    """Lend your rights to another member between two dates."""
    values = body.model_dump() | {"decision": body.decision or ""}
    return caller.write(lambda ctx: delegations.give(ctx, **values))


@router.delete(IN + "/delegations/{delegation}", status_code=204)
def end_delegation(delegation: str, caller: Caller) -> None:
    """Take back rights you lent."""
    caller.write(lambda ctx: delegations.end(ctx, delegation))


def _known(found: Proposal | None, name: str) -> Proposal:
    if found is None:
        raise NotFoundError(f"There is no proposal '{name}'.")
    return found
