"""Enquiries: questions about a guideline from those who answer under it, and the replies of its owners."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from fastapi import APIRouter, Response
from pydantic import BaseModel, Field

from headwater.annotation import enquiries
from headwater.annotation.enquiry_model import LONGEST, State
from headwater.api.session import Caller, Listing

if TYPE_CHECKING:
    from headwater.annotation.enquiry_model import Enquiry
    from headwater.context import Context

router = APIRouter(prefix="/programs/{program}", tags=["annotation"])


class EnquiryForm(BaseModel):
    """A question about a task at hand."""

    lease_id: str
    token: str
    text: str = Field(min_length=1, max_length=LONGEST)
    section: str = Field(default="", description="Title of the guideline's section it is about.")


class ReplyForm(BaseModel):
    """What an owner of the guideline replies."""

    text: str = Field(min_length=1, max_length=LONGEST)


class PublicationForm(BaseModel):
    """Whether everybody reads a question with its reply."""

    withdrawn: bool = Field(default=False, description="Take the publication back.")


class EnquiryView(BaseModel):
    """An enquiry; who asked and about which record is said to owners of the guideline only."""

    id: str
    campaign_id: str
    guideline_id: str
    section: str
    text: str
    asked_at: datetime
    reply: str
    replied_at: datetime | None
    published_at: datetime | None
    change_id: str = Field(description="The version of the guideline that was written because of it, or empty.")
    author: str = ""
    record_id: str = ""


@router.get("/enquiries")
def list_enquiries(
    caller: Caller, listing: Listing, *, campaign: str = "", state: State | None = None
) -> list[EnquiryView]:
    """List enquiries, newest first: all to owners of guidelines, to others their own and the published."""
    with caller.reading() as ctx:
        rows = listing.fetch(lambda part: enquiries.listed(ctx, campaign_id=campaign, state=state, part=part))
        return [_view(ctx, row) for row in rows]


@router.post("/campaigns/{campaign}/enquiries", status_code=201, response_model=EnquiryView)
def ask(campaign: str, body: EnquiryForm, caller: Caller) -> EnquiryView | Response:
    """Ask the owners of the guideline about a task you hold."""
    return caller.write(lambda ctx: _view(ctx, enquiries.ask(ctx, campaign, **body.model_dump())))


@router.post("/enquiries/{enquiry}/reply", response_model=EnquiryView)
def reply(enquiry: str, body: ReplyForm, caller: Caller) -> EnquiryView | Response:
    """Reply as an owner of the guideline."""
    return caller.write(lambda ctx: _view(ctx, enquiries.reply(ctx, enquiry, text=body.text)))


@router.post("/enquiries/{enquiry}/publication", response_model=EnquiryView)
def publish(enquiry: str, body: PublicationForm, caller: Caller) -> EnquiryView | Response:
    """Let everybody read a question with its reply, without who asked; or take that back."""
    return caller.write(lambda ctx: _view(ctx, enquiries.publish(ctx, enquiry, withdrawn=body.withdrawn)))


def _view(ctx: Context, row: Enquiry) -> EnquiryView:
    is_owner = enquiries.is_owner(ctx)
    return EnquiryView(
        id=row.id,
        campaign_id=row.campaign_id,
        guideline_id=row.guideline_id,
        section=row.section,
        text=row.text,
        asked_at=row.asked_at,
        reply=row.reply,
        replied_at=row.replied_at,
        published_at=row.published_at,
        change_id=row.change_id,
        author=row.author if is_owner else "",
        record_id=row.record_id if is_owner else "",
    )
