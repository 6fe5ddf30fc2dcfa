"""The answers of one person: read by those who accept the work, in parts or as a file."""

from __future__ import annotations

from functools import partial
from typing import Annotated

from fastapi import APIRouter, Depends, Query
from fastapi.responses import StreamingResponse

from headwater.annotation import personal, personal_files
from headwater.annotation.personal_files import Form
from headwater.annotation.personal_model import GivenAnswer, Wanted
from headwater.api.session import Caller, Page, Pages

router = APIRouter(prefix="/programs/{program}/campaigns/{campaign}/annotators/{person}", tags=["quality"])
Asked = Annotated[Wanted, Depends()]


@router.get("/answers")
def list_answers(campaign: str, person: str, wanted: Asked, caller: Caller, paging: Pages) -> Page[GivenAnswer]:
    """List the answers a person gave to a question, beside their records, what others said, and gold.

    A page may hold fewer answers than asked for, or none, and name a next one: at most 5,000 are looked through for it.
    """
    with caller.reading() as ctx:
        found = personal.read(ctx, campaign, person, wanted, after=paging.after or "", limit=paging.limit)
    return Page(items=list(found.rows), next=found.more or None)


@router.get("/answers/export", response_class=StreamingResponse)
def export_answers(
    campaign: str,
    person: str,
    wanted: Asked,
    caller: Caller,
    form: Annotated[Form, Query(alias="format", description="File format.")] = Form.JSONL,
) -> StreamingResponse:
    """Stream all answers that are wanted as a file, people under pseudonyms."""
    with caller.reading() as ctx:
        found = personal.read(ctx, campaign, person, wanted, limit=1)
        opened = partial(caller.app.read_as, ctx.actor, ctx.program)
    return StreamingResponse(
        personal_files.write(opened, found.campaign_id, person, wanted, form),
        media_type=form.media_type,
        headers={
            "Content-Disposition": f'attachment; filename="answers-{person[:20]}.{form.value}"',
            "Cache-Control": "no-store",
        },
    )
