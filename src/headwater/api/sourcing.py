"""Sources, intakes, rejects, records, coverage."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fastapi import APIRouter, Response
from pydantic import BaseModel, Field

from headwater.annotation import images
from headwater.api.session import Caller, Listing, Page, Pages, etag, page_of
from headwater.core.errors import InvalidError
from headwater.sourcing import coverage, queries, reading, sources
from headwater.sourcing.model import CoverageGap, Intake, Profile, Provenance, Record, Reject, Source, SourceKind

if TYPE_CHECKING:
    from headwater.context import Context

router = APIRouter(prefix="/programs/{program}", tags=["sourcing"])


class SourceForm(BaseModel):
    """A source to register."""

    name: str = Field(min_length=1, max_length=120)
    kind: SourceKind
    provenance: Provenance


class Because(BaseModel):
    """Why a decision is taken."""

    reason: str = Field(min_length=1)


class Traffic(BaseModel):
    """A sample of production's traffic."""

    items: list[dict[str, object]] = Field(min_length=1, max_length=100_000)
    """As the lines of a JSONL file for an intake."""
    by: list[str] = Field(min_length=1, max_length=20)
    """Attributes to count the values of."""


@router.get("/sources")
def list_sources(caller: Caller, listing: Listing) -> list[Source]:
    """List sources by name."""
    with caller.reading() as ctx:
        return listing.part(queries.sources(ctx))


@router.post("/sources", status_code=201, response_model=Source)
def register(body: SourceForm, caller: Caller) -> Source | Response:
    """Register a source as a draft."""
    return caller.write(lambda ctx: sources.register(ctx, name=body.name, kind=body.kind, provenance=body.provenance))


@router.get("/sources/{source}")
def show_source(source: str, caller: Caller, response: Response) -> Source:
    """Show a source; its `ETag` goes into `If-Match` when its form is replaced."""
    with caller.reading() as ctx:
        found = queries.source(ctx, source)
    response.headers["ETag"] = etag(found.version)
    return found


@router.put("/sources/{source}/provenance", response_model=Source)
def describe(source: str, body: Provenance, caller: Caller) -> Source | Response:
    """Replace the intake form; an approved source becomes a draft again."""

    def act(ctx: Context) -> Source:
        caller.match(queries.source(ctx, source).version)
        return sources.describe(ctx, source, provenance=body)

    return caller.write(act)


@router.post("/sources/{source}/proposal", response_model=Source)
def propose(source: str, caller: Caller) -> Source | Response:
    """Put a source before the Accountable."""
    return caller.write(lambda ctx: sources.propose(ctx, source))


@router.post("/sources/{source}/approval", response_model=Source)
def approve(source: str, body: Because, caller: Caller) -> Source | Response:
    """Approve a source as the Accountable."""
    return caller.write(lambda ctx: sources.approve(ctx, source, reason=body.reason))


@router.get("/intakes")
def list_intakes(caller: Caller, listing: Listing) -> list[Intake]:
    """List intakes, newest first."""
    with caller.reading() as ctx:
        return listing.fetch(lambda part: queries.intakes(ctx, part=part))


@router.get("/intakes/{intake}")
def show_intake(intake: str, caller: Caller) -> Intake:
    """Show an intake."""
    with caller.reading() as ctx:
        return queries.intake(ctx, intake)


@router.get("/intakes/{intake}/rejects")
def rejects(intake: str, caller: Caller, paging: Pages, reason: str = "") -> Page[Reject]:
    """List the items that did not become records, with their reasons."""
    with caller.reading() as ctx:
        rows = queries.rejects(ctx, intake, reason=reason, after=_place(paging.after), limit=paging.limit + 1)
    return page_of(rows, paging.limit, lambda row: str(row.place))


@router.get("/records")
def records(caller: Caller, paging: Pages, where: str = "", words: str = "") -> Page[Record]:
    """List records, newest first, in a slice and holding words."""
    before = _place(paging.after) if paging.after else None
    with caller.reading() as ctx:
        found = queries.records(ctx, where=where, words=words, before=before, limit=paging.limit)
    return Page(items=found.records, next=None if found.next is None else str(found.next))


@router.get("/records/{record}")
def record(record: str, caller: Caller) -> Record:
    """Show one record."""
    with caller.reading() as ctx:
        return queries.record(ctx, record)


@router.get("/records/{record}/image", response_class=Response)
def image(record: str, caller: Caller) -> Response:
    """Get the picture of a record."""
    with caller.reading() as ctx:
        found = images.of_record(ctx, record)
    return Response(found.data, media_type=found.media_type, headers=images.SEALED)


@router.get("/coverage")
def gaps(caller: Caller) -> list[CoverageGap]:
    """List slices where the pool is thin against production or a declared minimum."""
    with caller.reading() as ctx:
        return coverage.gaps(ctx)


@router.get("/coverage/profile")
def production(caller: Caller) -> Profile | None:
    """Show the newest production profile; null when there is none."""
    with caller.reading() as ctx:
        return coverage.production(ctx)


@router.post("/coverage/profile", status_code=201, response_model=Profile)
def profile(body: Traffic, caller: Caller) -> Profile | Response:
    """Keep what production looks like, from a sample of its traffic; nothing of the items themselves is kept."""
    items = [reading.item_of(place, value) for place, value in enumerate(body.items, 1)]
    return caller.write(lambda ctx: coverage.measure(ctx, items, by=body.by))


def _place(cursor: str | None) -> int:
    if cursor and not cursor.isdecimal():
        raise InvalidError(f"'{cursor}' is not a cursor.", remedy="Pass `next` of the page before.")
    return int(cursor or 0)
