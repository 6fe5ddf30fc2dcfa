"""The schema editor: questions beside what annotators will see of them, to be tried before they are written."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

from fastapi import APIRouter, Form, Response
from fastapi.responses import JSONResponse

from headwater.annotation import changes, queries, samples
from headwater.annotation.questions import SchemaError, parse
from headwater.governance.authority import require
from headwater.governance.model import Decision
from headwater.web.documents import as_text, questions_of
from headwater.web.session import Visitor, page

if TYPE_CHECKING:
    from headwater.annotation.questions import Question
    from headwater.context import Context

router = APIRouter(prefix="/p/{program}/schemas")


@router.get("/edit")
def edit(visitor: Visitor, of: str = "", start: str = "") -> Response:
    """Show the editor with the newest version of a schema, or with one of the schemas to begin from."""
    with visitor.reading() as ctx:
        require(ctx, Decision.SCHEMA_PUBLISH)
        newest = queries.schema(ctx, queries.schema(ctx, of).name) if of else None
        begun = next((each for each in samples.STARTERS if each.name == start), samples.STARTERS[0])
        questions = newest.questions if newest and not start else parse(questions_of(begun.text))
        return page(
            visitor,
            ctx,
            "annotation/schema_edit.html",
            active="campaigns",
            newest=newest,
            start=start,
            starters=samples.STARTERS,
            text=as_text(newest.questions) if newest and not start else begun.text,
            tried=_tried(ctx, newest.name if newest else "", questions),
        )


@router.post("/preview")
def preview(visitor: Visitor, text: Annotated[str, Form()] = "", name: Annotated[str, Form()] = "") -> Response:
    """Give a task under the questions of a text, and which answers carry over; keeps nothing."""
    with visitor.acting() as ctx:
        require(ctx, Decision.SCHEMA_PUBLISH)
        try:
            questions = parse(questions_of(text))
        except SchemaError as error:
            return JSONResponse({"problem": str(error)})
        return JSONResponse(_tried(ctx, name, questions))


def _tried(ctx: Context, name: str, questions: tuple[Question, ...]) -> dict[str, Any]:
    before = next(iter(queries.schemas(ctx, name=name)), None) if name else None
    rows = changes.carries_over(before.questions, questions) if before else []
    carried = [{"question": row.question, "fate": row.fate.value, "detail": row.detail} for row in rows]
    return {"task": samples.task(questions), "carried": carried}
