"""Enquiries on pages: what annotators asked about guidelines, the reply, the way to a better guideline."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Form, Response

from headwater.annotation import enquiries, markdown, queries
from headwater.annotation.enquiry_model import State
from headwater.web.paging import screenful
from headwater.web.session import Visitor, back, page

router = APIRouter(prefix="/p/{program}/enquiries")


@router.get("")
def front(visitor: Visitor, after: str = "", state: State | Literal[""] = "") -> Response:
    """Show the enquiries: all to owners of guidelines, to others their own and the published ones."""
    wanted = State(state) if state else None
    with visitor.reading() as ctx:
        found = screenful(lambda part: enquiries.listed(ctx, state=wanted, part=part), after)
        rows = found.rows
        versions = {str(each.id): each for each in queries.guidelines(ctx)}
        anchors = {row.id: _anchor(versions[row.guideline_id].text, row.section) for row in rows}
        return page(
            visitor,
            ctx,
            "annotation/enquiries.html",
            active="enquiries",
            rows=sorted(rows, key=lambda row: row.replied_at is not None),
            more=found.more,
            state=state,
            states=list(State),
            versions=versions,
            anchors=anchors,
            campaigns={each.id: each for each in queries.campaigns(ctx)},
            is_owner=enquiries.is_owner(ctx),
        )


@router.post("/{enquiry}/reply")
def reply(
    visitor: Visitor, enquiry: str, text: Annotated[str, Form()], published: Annotated[bool, Form()] = False
) -> Response:
    """Reply as an owner of the guideline, to who asked or to everybody."""
    with visitor.acting() as ctx:
        enquiries.reply(ctx, enquiry, text=text)
        if published:
            enquiries.publish(ctx, enquiry)
    return back(visitor, f"enquiries#{enquiry}")


@router.post("/{enquiry}/publication")
def publish(visitor: Visitor, enquiry: str, withdrawn: Annotated[bool, Form()] = False) -> Response:
    """Let everybody read a question with its reply, without who asked; or take that back."""
    with visitor.acting() as ctx:
        enquiries.publish(ctx, enquiry, withdrawn=withdrawn)
    return back(visitor, f"enquiries#{enquiry}")


def _anchor(text: str, title: str) -> str:
    return next((each.anchor for each in markdown.sections(text) if title and each.title == title), "")
