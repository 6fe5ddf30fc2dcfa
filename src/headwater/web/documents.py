"""Label schemas and guidelines: versions, differences, the forms that write new ones."""

from __future__ import annotations

import re
from html import unescape
from typing import TYPE_CHECKING, Annotated, Any

import yaml
from fastapi import APIRouter, Form, Response
from markupsafe import Markup

from headwater.annotation import (
    changes,
    enquiries,
    guideline_sections,
    guidelines,
    illustrations,
    images,
    markdown,
    queries,
    samples,
    schemas,
)
from headwater.annotation.exchange import label_studio_config
from headwater.annotation.questions import SchemaError, as_data
from headwater.core.canonical import plain
from headwater.governance import queries as governance
from headwater.governance.authority import may
from headwater.governance.model import Decision
from headwater.web.session import Visitor, back, page, templates

if TYPE_CHECKING:
    from headwater.annotation.enquiry_model import Enquiry
    from headwater.annotation.model import Guideline
    from headwater.context import Context

_PARAGRAPH = re.compile(r"<p((?: class=\"[^\"]*\")?)>(.*?)</p>", re.DOTALL)
router = APIRouter(prefix="/p/{program}")
_EXAMPLE = re.compile(
    r"<(li|p)>(?=(?:\s*<p>)?(?:<strong>|<em>)?(?:(?P<kind>right|wrong)|tie-?breaks?)(?:</strong>|</em>)?[:.])",
    re.IGNORECASE,
)
"""Where the example or the tie-break of a label begins in HTML that was cleaned."""


@router.get("/schemas/{schema}")
def schema(visitor: Visitor, schema: str) -> Response:
    """Show a version of a schema, and which answers carry over from the one before."""
    with visitor.reading() as ctx:
        found = queries.schema(ctx, schema)
        versions = queries.schemas(ctx, name=found.name)
        before = next((each for each in versions if each.version == found.version - 1), None)
        return page(
            visitor,
            ctx,
            "annotation/schema.html",
            active="campaigns",
            schema=found,
            versions=versions,
            carried=changes.carries_over(before.questions, found.questions) if before else [],
            tried={"task": samples.task(found.questions)},
            writes=may(ctx, Decision.SCHEMA_PUBLISH),
            proposals=governance.proposals(ctx, subject=found.id),
        )


@router.post("/schemas")
def write_schema(visitor: Visitor, name: Annotated[str, Form()], text: Annotated[str, Form()]) -> Response:
    """Write a version of a schema, from YAML or a labelling configuration of Label Studio."""
    data = questions_of(text)
    with visitor.acting() as ctx:
        made = schemas.create(ctx, name=name, data=data)
    return back(visitor, f"schemas/{made.id}")


def questions_of(text: str) -> object:
    """Return the questions of YAML or of a labelling configuration of Label Studio, as data.

    Raises:
        SchemaError: It is neither.
    """
    if text.lstrip().startswith("<"):
        found = label_studio_config.to_schema(text.encode())
        return [as_data(each) for each in found.questions]
    try:
        return yaml.safe_load(text)
    except yaml.YAMLError as error:
        where = " ".join(str(error).split())
        raise SchemaError(f"The questions are not YAML: {where}.", remedy="Go back and repair the place.") from error


@router.post("/schemas/{schema}/propose")
def propose_schema(visitor: Visitor, schema: str) -> Response:
    """Put a version before the Accountable."""
    with visitor.acting() as ctx:
        schemas.propose(ctx, schema)
    return back(visitor, f"schemas/{schema}")


@router.get("/guidelines/{guideline}")
def guideline(visitor: Visitor, guideline: str, words: str = "") -> Response:
    """Show a version of a guideline, searchable, with what differs from the one before."""
    with visitor.reading() as ctx:
        found = queries.guideline(ctx, guideline)
        versions = queries.guidelines(ctx, name=found.name)
        before = next((each for each in versions if each.version == found.version - 1), None)
        return page(
            visitor,
            ctx,
            "annotation/guideline.html",
            active="campaigns",
            versions=versions,
            **panel(ctx, visitor, found),
            remarks=remarks(ctx, found),
            words=words,
            hits=markdown.search(found.text, words) if words else [],
            difference=markdown.compare(before.text, found.text) if before else [],
            writes=may(ctx, Decision.GUIDELINE_PUBLISH),
            proposals=governance.proposals(ctx, subject=found.id),
        )


@router.get("/guidelines/{guideline}/records/{record}/image")
def illustration(visitor: Visitor, guideline: str, record: str) -> Response:
    """Give the image of a record that a guideline shows."""
    with visitor.reading() as ctx:
        found = illustrations.image(ctx, guideline, record)
    return Response(found.data, media_type=found.media_type, headers=images.SEALED)


@router.post("/guidelines/{guideline}/propose")
def propose_guideline(visitor: Visitor, guideline: str) -> Response:
    """Put a version before the Accountable; experts are consulted."""
    with visitor.acting() as ctx:
        guidelines.propose(ctx, guideline)
    return back(visitor, f"guidelines/{guideline}")


def remarks(ctx: Context, found: Guideline, schema: str = "") -> list[guideline_sections.Remark]:
    """Return what a guideline lacks for a schema; by default the one its campaigns ask, else the one of its name."""
    asked = [each.schema_id for each in queries.campaigns(ctx) if each.guideline_id == found.id]
    named = [each.id for each in queries.schemas(ctx, name=found.name)]
    wanted = schema or next(iter((*asked, *named)), "")
    return guideline_sections.remarks(found.text, queries.schema(ctx, wanted).questions) if wanted else []


def rendered(ctx: Context, visitor: Visitor, guideline_id: str, text: str) -> list[tuple[markdown.Section, Markup]]:
    """Return the sections of a guideline with their HTML, which was cleaned and cannot run; examples stand out.

    Records it shows are shown as in the workspace; their images are had through version `guideline_id`.
    """
    found = illustrations.contents(ctx, text)
    picture = templates.get_template("annotation/illustration.html")
    where = visitor.path(f"guidelines/{guideline_id}/records")

    def shown(at: re.Match[str]) -> str:
        record = unescape(at[1])
        about = {"content": found.get(record), "record": record, "said": unescape(at[2] or ""), "where": where}
        return picture.render(about)

    return [
        (section, Markup(_reached(illustrations.IMAGE.sub(shown, _block(markdown.illustrated(section.text))))))  # noqa: S704
        for section in markdown.sections(text)
    ]


def _reached(html: str) -> str:
    """Blocks that may scroll, within reach of the keyboard."""
    return html.replace("<pre>", '<pre tabindex="0">')


def _block(html: str) -> str:
    """Examples marked, and paragraphs that show a record made blocks that may hold one."""
    marked = _EXAMPLE.sub(_marked, html)
    return _PARAGRAPH.sub(lambda at: f"<div{at[1]}>{at[2]}</div>" if "<img " in at[2] else at[0], marked)


def panel(ctx: Context, visitor: Visitor, found: Guideline) -> dict[str, Any]:
    """Return what pages show of a guideline: it, its sections, and the published enquiries at the sections they name.

    Enquiries about sections it does not have stand under an empty title.
    """
    shown = rendered(ctx, visitor, found.id, found.text)
    titles = {section.title for section, _ in shown}
    replies: dict[str, list[Enquiry]] = {}
    for each in enquiries.published(ctx, found.id):
        replies.setdefault(each.section if each.section in titles else "", []).append(each)
    newest = max((each.published_at for rows in replies.values() for each in rows if each.published_at), default=None)
    return {"guideline": found, "sections": shown, "replies": replies, "replied": plain(newest) if newest else ""}


def _marked(found: re.Match[str]) -> str:
    return f'<{found[1]} class="example {(found["kind"] or "tie").lower()}">'


def as_text(questions: tuple[object, ...]) -> str:
    """Return questions as YAML."""
    data = [as_data(question) for question in questions]  # type: ignore[arg-type]
    return str(yaml.safe_dump(data, sort_keys=False, allow_unicode=True))
