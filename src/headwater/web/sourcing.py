"""Sources, intakes with their rejects, records, coverage."""

from __future__ import annotations

import json
from dataclasses import asdict, fields
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

from fastapi import APIRouter, File, Form, Response, UploadFile
from fastapi.responses import PlainTextResponse, RedirectResponse
from pydantic import BaseModel, ConfigDict, Field

from headwater.annotation import content, filling, images
from headwater.annotation import queries as annotation
from headwater.annotation.batches import LONGEST_NAME
from headwater.annotation.model import CampaignState
from headwater.app.uploads import hand_over, received
from headwater.core.canonical import plain
from headwater.core.errors import InvalidError
from headwater.governance import queries as governance
from headwater.governance.authority import may
from headwater.governance.model import Decision
from headwater.release import queries as releases
from headwater.sourcing import coverage, intakes, queries, reading, sources
from headwater.sourcing.model import REQUIRED, Provenance, SourceKind
from headwater.sourcing.slices import SliceError
from headwater.web.paging import screenful
from headwater.web.session import Visitor, back, page

if TYPE_CHECKING:
    from headwater.annotation.model import Campaign
    from headwater.context import Context
    from headwater.sourcing.queries import RecordPage

router = APIRouter(prefix="/p/{program}")
FORM = tuple(field.name for field in fields(Provenance))
ALL_REJECTS = 10_000_000
_AN_HOUR = 3600


class IntakeForm(BaseModel):
    """A file to take in, and the recipe for it."""

    model_config = ConfigDict(arbitrary_types_allowed=True)
    file: UploadFile
    languages: str = ""
    personal_data: Literal["mask", "reject", "keep"] = "mask"
    near_duplicate: float = Field(default=0.75, ge=0)
    campaign: str = ""
    batch: str = Field(default="", max_length=LONGEST_NAME)


@router.get("/sources")
def listing(visitor: Visitor, after: str = "") -> Response:
    """Show sources, intakes and coverage gaps."""
    with visitor.reading() as ctx:
        taken = screenful(lambda part: queries.intakes(ctx, part=part), after)
        return page(
            visitor,
            ctx,
            "sourcing/sources.html",
            active="sources",
            sources=queries.sources(ctx),
            intakes=taken.rows,
            more=taken.more,
            rejects=queries.reject_counts(ctx),
            gaps=coverage.gaps(ctx),
            production=coverage.production(ctx),
            kinds=list(SourceKind),
            names=FORM,
            required=REQUIRED,
        )


@router.post("/sources")
def add(visitor: Visitor, name: Annotated[str, Form()], kind: Annotated[SourceKind, Form()]) -> Response:
    """Register a source and, when its form is complete, put it before the Accountable."""
    form = Provenance(**{key: visitor.form.get(key, "") for key in FORM})
    with visitor.acting() as ctx:
        made = sources.register(ctx, name=name, kind=kind, provenance=form)
        if all(getattr(form, key) for key in REQUIRED):
            sources.propose(ctx, made.id)
    return back(visitor, f"sources/{made.id}")


@router.get("/sources/{source}")
def one(visitor: Visitor, source: str, after: str = "") -> Response:
    """Show a source with its intake form and its intakes."""
    with visitor.reading() as ctx:
        found = queries.source(ctx, source)
        taken = screenful(lambda part: queries.intakes(ctx, source_id=found.id, part=part), after)
        return page(
            visitor,
            ctx,
            "sourcing/source.html",
            active="sources",
            source=found,
            names=FORM,
            intakes=taken.rows,
            more=taken.more,
            proposals=governance.proposals(ctx, subject=found.id),
            campaigns=_fillable(ctx),
        )


def _fillable(ctx: Context) -> list[Campaign]:
    """Return the campaigns to which the actor may add tasks now."""
    if not may(ctx, Decision.CAMPAIGN_OPEN):
        return []
    ended = (CampaignState.CLOSED, CampaignState.PROPOSED)
    return [each for each in annotation.campaigns(ctx) if each.state not in ended]


@router.post("/coverage")
def profile(visitor: Visitor, file: Annotated[UploadFile, File()], by: Annotated[str, Form()]) -> Response:
    """Keep what production looks like, from a file of its traffic; the file itself is not kept."""
    path = _received(visitor, file)
    try:
        items = reading.items(path, longest_mb=visitor.app.settings.max_line_mb)
        with visitor.acting() as ctx:
            coverage.measure(ctx, items, by=[name.strip() for name in by.split(",") if name.strip()])
    finally:
        path.unlink(missing_ok=True)
    return back(visitor, "sources")


@router.post("/sources/{source}/intakes")
def take_in(visitor: Visitor, source: str, form: Annotated[IntakeForm, Form()]) -> Response:
    """Take a file in as a durable job, into a campaign when one is named; its page shows the progress."""
    name = form.file.filename or ""
    with visitor.acting() as ctx:
        intakes.permit(ctx, source)
        batch = form.batch.strip() or name[:LONGEST_NAME]
        fills = asdict(filling.plan(ctx, form.campaign, name=batch)) if form.campaign else None
        actor, program = ctx.actor, ctx.program
    path = _received(visitor, form.file)
    args = {
        "source": source,
        "path": str(path),
        "origin": name or path.name,
        "languages": [name.strip() for name in form.languages.split(",") if name.strip()],
        "personal_data": form.personal_data,
        "near_duplicate": form.near_duplicate,
        "fills": fills,
    }
    return back(visitor, f"jobs/{hand_over(visitor.app.jobs, 'intake', args, program=program, actor=actor)}")


class FileForm(BaseModel):
    """A file that a campaign is to ask about."""

    model_config = ConfigDict(arbitrary_types_allowed=True)
    file: UploadFile
    source: str
    batch: str = Field(default="", max_length=LONGEST_NAME)
    near_duplicate: float = Field(default=0.75, ge=0)


@router.post("/campaigns/{campaign}/intakes")
def fill(visitor: Visitor, campaign: str, form: Annotated[FileForm, Form()]) -> Response:
    """Take a file into a campaign, personal data masked."""
    wanted = form.model_dump(exclude={"source"}) | {"campaign": campaign}
    return take_in(visitor, form.source, IntakeForm(**wanted))


def _received(visitor: Visitor, file: UploadFile) -> Path:
    reading.check_format(file.filename or "")
    return received(visitor.app.settings, file.filename or "", file.file)


@router.post("/sources/{source}/propose")
def propose(visitor: Visitor, source: str) -> Response:
    """Put a source before the Accountable."""
    with visitor.acting() as ctx:
        sources.propose(ctx, source)
    return back(visitor, f"sources/{source}")


@router.get("/intakes/{intake}")
def intake(visitor: Visitor, intake: str, reason: str = "", after: int = 0) -> Response:
    """Show an intake with its rejects and their reasons."""
    with visitor.reading() as ctx:
        found = queries.intake(ctx, intake)
        rows = queries.rejects(ctx, found.id, reason=reason, after=after, limit=51)
        return page(
            visitor,
            ctx,
            "sourcing/intake.html",
            active="sources",
            intake=found,
            recipe=intakes.recipe_of(found).told(),
            counts=queries.reject_counts(ctx, [intake]),
            rejects=rows[:50],
            more=rows[49].place if len(rows) > 50 else 0,  # noqa: PLR2004 -- a page
            reason=reason,
        )


@router.get("/intakes/{intake}/rejects.jsonl")
def export_rejects(visitor: Visitor, intake: str) -> Response:
    """Give all rejects of an intake as JSON lines."""
    with visitor.reading() as ctx:
        rows = queries.rejects(ctx, intake, limit=ALL_REJECTS)
    names = ("place", "reason", "evidence", "excerpt")
    text = "".join(
        json.dumps(plain({name: getattr(row, name) for name in names}), ensure_ascii=False) + "\n" for row in rows
    )
    headers = {"Content-Disposition": f'attachment; filename="rejects-{intake[:20]}.jsonl"'}
    return PlainTextResponse(text, media_type="application/x-ndjson", headers=headers)


@router.get("/records")
def records(visitor: Visitor, where: str = "", words: str = "", before: int | None = None) -> Response:
    """Show records, newest first, filtered by slice and words."""
    with visitor.reading() as ctx:
        found: RecordPage | None = None
        problem: InvalidError | None = None
        try:
            found = queries.records(ctx, where=where, words=words, before=before)
        except SliceError as error:
            problem = error
        return page(
            visitor,
            ctx,
            "sourcing/records.html",
            active="records",
            records=found.records if found else [],
            more=found.next if found else None,
            problem=problem,
            where=where,
            words=words,
            total=queries.count(ctx),
            fields=sorted(queries.known_fields(ctx)),
        )


@router.get("/records/{record}")
def record(visitor: Visitor, record: str) -> Response:
    """Show a record with its payload, provenance and where it went."""
    with visitor.reading() as ctx:
        found = queries.record(ctx, record)
        return page(
            visitor,
            ctx,
            "sourcing/record.html",
            active="records",
            record=found,
            content=content.of_record(found),
            source=queries.source(ctx, found.source_id),
            writes=may(ctx, Decision.GUIDELINE_PUBLISH),
            releases=[releases.release(ctx, name) for name in releases.Relations().children(ctx, record)],
        )


@router.get("/records/{record}/image")
def image(visitor: Visitor, record: str) -> Response:
    """Give the picture of a record."""
    with visitor.reading() as ctx:
        found = images.of_record(ctx, record)
    return Response(found.data, media_type=found.media_type, headers=images.SEALED)


@router.get("/records/{record}/thumbnail")
def thumbnail(visitor: Visitor, record: str) -> Response:
    """Give the picture of a record made small; the browser keeps it for an hour, as a list shows many again."""
    with visitor.reading() as ctx:
        found = images.of_record(ctx, record)
    found = images.small(found)
    headers = images.SEALED | {"Cache-Control": f"private, max-age={_AN_HOUR}"}
    return Response(found.data, media_type=found.media_type, headers=headers)


@router.get("/intakes")
def all_intakes(visitor: Visitor) -> Response:
    """Intakes are listed with the sources."""
    return RedirectResponse(visitor.path("sources"), status_code=303)
