"""Sources, intakes with their rejects, records, coverage."""

from __future__ import annotations

import json
from dataclasses import fields
from typing import TYPE_CHECKING, Annotated

from fastapi import APIRouter, Form, Response
from fastapi.responses import PlainTextResponse, RedirectResponse

from headwater.core.canonical import plain
from headwater.core.errors import InvalidError
from headwater.governance import queries as governance
from headwater.release import queries as releases
from headwater.sourcing import coverage, queries, sources
from headwater.sourcing.model import REQUIRED, Provenance, SourceKind
from headwater.sourcing.slices import SliceError
from headwater.web.session import Visitor, back, page

if TYPE_CHECKING:
    from headwater.sourcing.queries import RecordPage

router = APIRouter(prefix="/p/{program}")
FORM = tuple(field.name for field in fields(Provenance))
ALL_REJECTS = 10_000_000


@router.get("/sources")
def listing(visitor: Visitor) -> Response:
    """Show sources, intakes and coverage gaps."""
    with visitor.reading() as ctx:
        return page(
            visitor,
            ctx,
            "sourcing/sources.html",
            active="sources",
            sources=queries.sources(ctx),
            intakes=queries.intakes(ctx),
            rejects=queries.reject_counts(ctx),
            gaps=coverage.gaps(ctx),
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
def one(visitor: Visitor, source: str) -> Response:
    """Show a source with its intake form and its intakes."""
    with visitor.reading() as ctx:
        found = queries.source(ctx, source)
        return page(
            visitor,
            ctx,
            "sourcing/source.html",
            active="sources",
            source=found,
            names=FORM,
            intakes=[item for item in queries.intakes(ctx) if item.source_id == found.id],
            proposals=governance.proposals(ctx, subject=found.id),
        )


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
        rows = queries.rejects(ctx, intake, reason=reason, after=after, limit=51)
        return page(
            visitor,
            ctx,
            "sourcing/intake.html",
            active="sources",
            intake=queries.intake(ctx, intake),
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
            source=queries.source(ctx, found.source_id),
            releases=[releases.release(ctx, name) for name in releases.Relations().children(ctx, record)],
        )


@router.get("/intakes")
def intakes(visitor: Visitor) -> Response:
    """Intakes are listed with the sources."""
    return RedirectResponse(visitor.path("sources"), status_code=303)
