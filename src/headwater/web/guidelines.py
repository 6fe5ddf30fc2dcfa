"""The guideline editor: what it will look like, what differs, what it lacks; moving campaigns to a version."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

from fastapi import APIRouter, Form, Response

from headwater.annotation import campaigns, enquiries, guideline_sections, guidelines, markdown, queries
from headwater.annotation.model import Standing
from headwater.core.errors import StaleError
from headwater.governance.authority import require
from headwater.governance.model import Decision
from headwater.web.documents import rendered
from headwater.web.session import Visitor, back, page

if TYPE_CHECKING:
    from headwater.annotation.model import Guideline
    from headwater.context import Context

router = APIRouter(prefix="/p/{program}")
CONFLICT = 409


@router.get("/guidelines/{guideline}/edit")
def edit(visitor: Visitor, guideline: str, enquiry: str = "") -> Response:
    """Show the editor with the newest version of a guideline, beside the enquiry that asks for another."""
    with visitor.reading() as ctx:
        require(ctx, Decision.GUIDELINE_PUBLISH)
        newest = queries.guideline(ctx, queries.guideline(ctx, guideline).name)
        return _editor(visitor, ctx, newest, text=newest.text, enquiry=enquiry)


@router.post("/guidelines/preview")
def preview(
    visitor: Visitor,
    name: Annotated[str, Form()],
    text: Annotated[str, Form()] = "",
    labels: Annotated[str, Form()] = "",
) -> Response:
    """Show what a text looks like, what differs from the newest version and what it lacks; keeps nothing."""
    with visitor.acting() as ctx:
        require(ctx, Decision.GUIDELINE_PUBLISH)
        return page(
            visitor, ctx, "annotation/guideline_preview.html", **_shown(ctx, visitor, name, _lines(text), labels)
        )


@router.post("/guidelines")
def write(  # noqa: PLR0913, PLR0917 -- the fields of the form
    visitor: Visitor,
    name: Annotated[str, Form()],
    text: Annotated[str, Form()],
    change: Annotated[str, Form()] = "",
    seen: Annotated[int | None, Form()] = None,
    labels: Annotated[str, Form()] = "",
    enquiry: Annotated[str, Form()] = "",
) -> Response:
    """Write a version of a guideline; when somebody wrote one meanwhile, show both and lose nothing."""
    try:
        with visitor.acting() as ctx:
            given = {"text": _lines(text), "change": change, "enquiry_id": enquiry}
            made = guidelines.create(ctx, name=name, seen_version=seen, **given)
    except StaleError as error:
        with visitor.reading() as ctx:
            newest = queries.guideline(ctx, name)
            told = {"schema": labels, "conflict": str(error), "enquiry": enquiry}
            return _editor(visitor, ctx, newest, text=_lines(text), change=change, **told)
    return back(visitor, f"guidelines/{made.id}")


@router.get("/campaigns/{campaign}/guideline")
def compare(visitor: Visitor, campaign: str) -> Response:
    """Show what changes when a campaign is moved to the published version of its guideline."""
    with visitor.reading() as ctx:
        require(ctx, Decision.CAMPAIGN_OPEN)
        found = queries.campaign(ctx, campaign)
        now = queries.guideline(ctx, found.guideline_id)
        published = queries.guidelines(ctx, name=now.name, standing=Standing.PUBLISHED)
        target = published[0] if published else now
        return page(
            visitor,
            ctx,
            "annotation/move.html",
            active="campaigns",
            campaign=found,
            now=now,
            target=target,
            difference=markdown.compare(now.text, target.text),
            sections=guideline_sections.changed(now.text, target.text),
            people=len(queries.people(ctx, found.id)),
        )


@router.post("/campaigns/{campaign}/guideline")
def move(visitor: Visitor, campaign: str, guideline: Annotated[str, Form()], seen: Annotated[int, Form()]) -> Response:
    """Move a campaign to a published version of its guideline; its annotators are told what changed."""
    with visitor.acting() as ctx:
        campaigns.change(ctx, campaign, guideline_id=guideline, seen_version=seen)
    return back(visitor, f"campaigns/{campaign}")


def _editor(  # noqa: PLR0913 -- what the author had written
    visitor: Visitor,
    ctx: Context,
    newest: Guideline,
    *,
    text: str,
    change: str = "",
    schema: str = "",
    conflict: str = "",
    enquiry: str = "",
) -> Response:
    return page(
        visitor,
        ctx,
        "annotation/guideline_edit.html",
        status=CONFLICT if conflict else 200,
        active="campaigns",
        guideline=newest,
        text=text,
        change=change,
        conflict=conflict,
        schemas=queries.schemas(ctx),
        enquiry=enquiries.find(ctx, enquiry) if enquiry else None,
        **_shown(ctx, visitor, newest.name, text, schema),
    )


def _shown(ctx: Context, visitor: Visitor, name: str, text: str, schema: str) -> dict[str, Any]:
    newest = queries.guidelines(ctx, name=name)
    asked = [each.id for each in queries.schemas(ctx, name=name)] if not schema else [schema]
    questions = queries.schema(ctx, asked[0]).questions if asked else ()
    return {
        "sections": rendered(ctx, visitor, newest[0].id if newest else "", text),
        "difference": markdown.compare(newest[0].text, text) if newest else [],
        "remarks": guideline_sections.remarks(text, questions),
        "asked": asked[0] if asked else "",
    }


def _lines(text: str) -> str:
    return text.replace("\r\n", "\n")
