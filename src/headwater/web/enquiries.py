"""Enquiries on pages: what annotators asked about guidelines, the reply, the way to a better guideline."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Response

from headwater.annotation import enquiries, markdown, queries
from headwater.web.paging import screenful
from headwater.web.session import Visitor, back, page

router = APIRouter(prefix="/p/{program}/enquiries")


@router.get("")
def front(visitor: Visitor, after: str = "") -> Response:
    """Show the enquiries: all to owners of guidelines, to others their own."""
    with visitor.reading() as ctx:
        found = screenful(lambda part: enquiries.listed(ctx, part=part), after)
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
            versions=versions,
            anchors=anchors,
            campaigns={each.id: each for each in queries.campaigns(ctx)},
            is_owner=enquiries.is_owner(ctx),
        )


@router.post("/{enquiry}/reply")
def reply(visitor: Visitor, enquiry: str, text: Annotated[str, Form()]) -> Response:
    """Reply as an owner of the guideline."""
    with visitor.acting() as ctx:
        enquiries.reply(ctx, enquiry, text=text)
    return back(visitor, "enquiries")


def _anchor(text: str, title: str) -> str:
    return next((each.anchor for each in markdown.sections(text) if title and each.title == title), "")
