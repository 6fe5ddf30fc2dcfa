"""Files of a campaign: answers out in the format of another tool, tasks in from one."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

from fastapi import APIRouter, Form, Response, UploadFile
from pydantic import BaseModel, ConfigDict, Field

from headwater.annotation import exports, imports, queries
from headwater.annotation.exchange.formats import CODECS, Format
from headwater.app.uploads import hand_over, received
from headwater.governance.authority import may, require
from headwater.governance.model import Decision
from headwater.sourcing import queries as sourcing
from headwater.web.session import Visitor, back, page

router = APIRouter(prefix="/p/{program}/campaigns/{campaign}/files")


class ImportForm(BaseModel):
    """A file of tasks, and what it is taken in as."""

    model_config = ConfigDict(arbitrary_types_allowed=True)
    file: UploadFile
    form: Format = Field(alias="format")
    source: str
    batch: str = Field(min_length=1, max_length=120)
    personal_data: Literal["keep", "reject"] = "keep"
    prelabels: bool = False


@router.get("")
def show(visitor: Visitor, campaign: str) -> Response:
    """Show what each format carries of the campaign's questions, with the forms that write and read files."""
    with visitor.reading() as ctx:
        require(ctx, Decision.BATCH_ACCEPT)
        found = queries.campaign(ctx, campaign)
        questions = queries.schema(ctx, found.schema_id).questions
        takes = may(ctx, Decision.CAMPAIGN_OPEN) and may(ctx, Decision.INTAKE_RUN)
        return page(
            visitor,
            ctx,
            "annotation/files.html",
            active="campaigns",
            campaign=found,
            formats=[(codec, *codec.carried(questions)) for codec in CODECS.values()],
            takes=takes and found.state.value != "closed",
            proposes=may(ctx, Decision.AUTOMATION_CHANGE),
            sources=[each for each in sourcing.sources(ctx) if each.state.value == "approved"],
        )


@router.post("/export")
def export(
    visitor: Visitor,
    campaign: str,
    form: Annotated[Format, Form(alias="format")] = Format.JSONL,
    unanswered: Annotated[bool, Form()] = False,
) -> Response:
    """Write the campaign's tasks and answers as a durable job; its page gives the file."""
    with visitor.acting() as ctx:
        found = exports.scope(ctx, campaign).campaign
        actor, program = ctx.actor, ctx.program
    args = {"campaign": found.id, "format": form.value, "unanswered": unanswered}
    return back(visitor, f"jobs/{visitor.app.jobs.start('campaign export', args, program=program, actor=actor)}")


@router.post("/import")
def take_in(visitor: Visitor, campaign: str, form: Annotated[ImportForm, Form()]) -> Response:
    """Take a file of tasks in as a durable job; its page shows what came of it."""
    origin = imports.Origin(
        path=Path(),
        codec=CODECS[form.form],
        source=form.source,
        batch=form.batch,
        name=form.file.filename or form.batch,
        personal_data=form.personal_data,
        as_prelabels=form.prelabels,
    )
    with visitor.acting() as ctx:
        imports.permit(ctx, campaign, origin)
        actor, program, found = ctx.actor, ctx.program, queries.campaign(ctx, campaign).id
    path = received(visitor.app.settings, form.file.filename or "", form.file.file)
    args = {
        "campaign": found,
        "path": str(path),
        "format": form.form.value,
        "source": origin.source,
        "batch": origin.batch,
        "name": origin.name,
        "origin": origin.name,
        "personal_data": origin.personal_data,
        "as_prelabels": origin.as_prelabels,
    }
    return back(visitor, f"jobs/{hand_over(visitor.app.jobs, 'campaign import', args, program=program, actor=actor)}")
