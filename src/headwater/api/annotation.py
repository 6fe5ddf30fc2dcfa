"""Label schemas, guidelines, campaigns, batches, gold."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Annotated, Any

from fastapi import APIRouter, Query, Response
from pydantic import AwareDatetime, BaseModel, Field

from headwater.annotation import (
    batches,
    campaigns,
    changes,
    gold,
    guideline_sections,
    guidelines,
    queries,
    schemas,
)
from headwater.annotation.changes import Carry
from headwater.annotation.guideline_sections import LabelSection, Remark
from headwater.annotation.model import Batch, BatchKind, Campaign, Gold, Guideline, Schema
from headwater.annotation.plan import Plan
from headwater.annotation.progress import OwnProgress, Progress
from headwater.annotation.queries import Dispute
from headwater.api.session import Caller, Listing, etag
from headwater.governance.authority import require
from headwater.governance.model import Decision

if TYPE_CHECKING:
    from headwater.context import Context

router = APIRouter(prefix="/programs/{program}", tags=["annotation"])
Limit = Annotated[int, Query(ge=1, le=500, description="Most items to return.")]


class SchemaForm(BaseModel):
    """A version of a label schema."""

    name: str = Field(min_length=1, max_length=64)
    questions: list[dict[str, Any]] = Field(min_length=1)


class GuidelineForm(BaseModel):
    """A version of a guideline."""

    name: str = Field(min_length=1, max_length=64)
    text: str = Field(min_length=1, description="Markdown.")
    change: str = Field(default="", description="Why it differs from the version before.")
    enquiry: str = Field(default="", description="The enquiry because of which it is written.")


class CampaignForm(BaseModel):
    """A campaign to plan."""

    name: str = Field(min_length=1, max_length=120)
    schema_id: str
    guideline_id: str
    plan: Plan = Field(default_factory=Plan)


class CampaignChange(BaseModel):
    """What changes of a campaign; the rest stays."""

    overlap: int | None = Field(default=None, ge=1)
    most_overlap: int | None = Field(default=None, ge=0)
    confidence: float | None = Field(default=None, ge=0.5, lt=1)
    shows_prelabels: bool | None = None
    blinded_rate: float | None = Field(default=None, ge=0, le=1)
    gold_rate: float | None = Field(default=None, ge=0, le=0.5)
    review_rate: float | None = Field(default=None, ge=0, le=1)
    review_target: float | None = Field(default=None, ge=0, le=0.5)
    review_floor: float | None = Field(default=None, ge=0, le=1)
    qualification_days: float | None = Field(default=None, ge=0)
    lease_minutes: float | None = Field(default=None, gt=0)
    calibration_bar: float | None = Field(default=None, ge=0, le=1)
    review_rates: dict[str, float] | None = Field(default=None, description="By team; takes the place of those before.")
    skill: str | None = Field(default=None, description="Empty asks for none.")
    deadline: AwareDatetime | None = Field(default=None, description="null takes it away.")
    budget: int | None = Field(default=None, ge=0, description="Most answers to be paid for; 0 for no limit.")
    shows_accuracy: bool | None = None
    guideline_id: str = ""


class BatchForm(BaseModel):
    """Records to add to a campaign."""

    name: str = Field(min_length=1, max_length=120)
    records: list[str] = Field(default=[], description="Record ids; all records in the slice when empty.")
    where: str = Field(default="", description="A slice of records.")
    kind: BatchKind = BatchKind.WORK
    priority: int = 5
    skill: str = ""


class PriorityForm(BaseModel):
    """When a batch's turn comes."""

    priority: int = Field(ge=0, le=1000, description="Lower is given out first.")


class RevocationForm(BaseModel):
    """Whose tasks are taken away."""

    annotator: str = Field(description="Id of the person.")


class GoldForm(BaseModel):
    """Right answers by record id."""

    known: dict[str, dict[str, Any]] = Field(min_length=1)
    explanations: dict[str, str] = {}


class Because(BaseModel):
    """Why a decision is taken."""

    reason: str = Field(min_length=1)


@router.get("/schemas")
def list_schemas(caller: Caller, listing: Listing, name: str = "") -> list[Schema]:
    """List versions of label schemas, newest first."""
    with caller.reading() as ctx:
        return listing.part(queries.schemas(ctx, name=name))


@router.post("/schemas", status_code=201, response_model=Schema)
def write_schema(body: SchemaForm, caller: Caller) -> Schema | Response:
    """Write a version of a schema as a draft."""
    return caller.write(lambda ctx: schemas.create(ctx, name=body.name, data=body.questions))


@router.get("/schemas/{schema}")
def show_schema(schema: str, caller: Caller) -> Schema:
    """Show a version of a schema, or the newest of a name."""
    with caller.reading() as ctx:
        return queries.schema(ctx, schema)


@router.get("/schemas/{schema}/changes")
def compare_schemas(schema: str, since: str, caller: Caller) -> list[Carry]:
    """Say what becomes of answers given under version `since` in this one."""
    with caller.reading() as ctx:
        return changes.carries_over(queries.schema(ctx, since).questions, queries.schema(ctx, schema).questions)


@router.post("/schemas/{schema}/proposal", response_model=Schema)
def propose_schema(schema: str, caller: Caller) -> Schema | Response:
    """Put a version before the Accountable."""
    return caller.write(lambda ctx: schemas.propose(ctx, schema))


@router.post("/schemas/{schema}/approval", response_model=Schema)
def approve_schema(schema: str, body: Because, caller: Caller) -> Schema | Response:
    """Publish a proposed version as the Accountable."""
    return caller.write(lambda ctx: schemas.approve(ctx, schema, reason=body.reason))


@router.get("/guidelines")
def list_guidelines(caller: Caller, listing: Listing, name: str = "") -> list[Guideline]:
    """List versions of guidelines, newest first."""
    with caller.reading() as ctx:
        return listing.part(queries.guidelines(ctx, name=name))


@router.post("/guidelines", status_code=201, response_model=Guideline)
def write_guideline(body: GuidelineForm, caller: Caller) -> Guideline | Response:
    """Write a version of a guideline as a draft; `If-Match` with the newest version's `ETag` refuses a conflict."""

    def act(ctx: Context) -> Guideline:
        newest = queries.guidelines(ctx, name=body.name)
        caller.match(newest[0].version if newest else 0)
        return guidelines.create(ctx, name=body.name, text=body.text, change=body.change, enquiry_id=body.enquiry)

    return caller.write(act)


@router.get("/guidelines/{guideline}")
def show_guideline(guideline: str, caller: Caller, response: Response) -> Guideline:
    """Show a version of a guideline, or the newest of a name; its `ETag` goes into `If-Match` for the next version."""
    with caller.reading() as ctx:
        found = queries.guideline(ctx, guideline)
    response.headers["ETag"] = etag(found.version)
    return found


@router.get("/guidelines/{guideline}/labels")
def guideline_labels(guideline: str, schema: str, caller: Caller) -> list[LabelSection]:
    """List what a guideline says about each label of a schema: rules, right and wrong examples, tie-breaks."""
    with caller.reading() as ctx:
        return guideline_sections.of_labels(
            queries.guideline(ctx, guideline).text, queries.schema(ctx, schema).questions
        )


@router.get("/guidelines/{guideline}/remarks")
def guideline_remarks(guideline: str, schema: str, caller: Caller) -> list[Remark]:
    """List what a guideline lacks for the labels of a schema, by line."""
    with caller.reading() as ctx:
        return guideline_sections.remarks(queries.guideline(ctx, guideline).text, queries.schema(ctx, schema).questions)


@router.post("/guidelines/{guideline}/proposal", response_model=Guideline)
def propose_guideline(guideline: str, caller: Caller) -> Guideline | Response:
    """Put a version before the Accountable; experts are consulted."""
    return caller.write(lambda ctx: guidelines.propose(ctx, guideline))


@router.post("/guidelines/{guideline}/approval", response_model=Guideline)
def approve_guideline(guideline: str, body: Because, caller: Caller) -> Guideline | Response:
    """Publish a proposed version as the Accountable."""
    return caller.write(lambda ctx: guidelines.approve(ctx, guideline, reason=body.reason))


@router.get("/campaigns")
def list_campaigns(caller: Caller, listing: Listing) -> list[Campaign]:
    """List campaigns, newest first."""
    with caller.reading() as ctx:
        return listing.fetch(lambda part: queries.campaigns(ctx, part=part))


@router.post("/campaigns", status_code=201, response_model=Campaign)
def plan_campaign(body: CampaignForm, caller: Caller) -> Campaign | Response:
    """Plan a campaign under a published schema and guideline."""
    return caller.write(
        lambda ctx: campaigns.create(
            ctx, name=body.name, schema_id=body.schema_id, guideline_id=body.guideline_id, plan=body.plan
        )
    )


@router.get("/campaigns/{campaign}")
def show_campaign(campaign: str, caller: Caller, response: Response) -> Campaign:
    """Show a campaign; its `ETag` goes into `If-Match` when it is changed."""
    with caller.reading() as ctx:
        found = queries.campaign(ctx, campaign)
    response.headers["ETag"] = etag(found.version)
    return found


@router.patch("/campaigns/{campaign}", response_model=Campaign)
def change_campaign(campaign: str, body: CampaignChange, caller: Caller) -> Campaign | Response:
    """Change a campaign, also while it runs; no answer is lost."""

    def act(ctx: Context) -> Campaign:
        found = queries.campaign(ctx, campaign)
        caller.match(found.version)
        wanted = body.model_dump(exclude={"guideline_id"}, exclude_none=True)
        if "deadline" in body.model_fields_set:
            wanted["deadline"] = body.deadline
        plan = replace(found.plan, **wanted)
        return campaigns.change(ctx, found.id, plan=plan, guideline_id=body.guideline_id)

    return caller.write(act)


@router.post("/campaigns/{campaign}/proposal", response_model=Campaign)
def propose_campaign(campaign: str, caller: Caller) -> Campaign | Response:
    """Ask the Accountable to open a campaign."""
    return caller.write(lambda ctx: campaigns.propose(ctx, campaign))


@router.post("/campaigns/{campaign}/approval", response_model=Campaign)
def approve_campaign(campaign: str, body: Because, caller: Caller) -> Campaign | Response:
    """Open a proposed campaign as the Accountable."""
    return caller.write(lambda ctx: campaigns.approve(ctx, campaign, reason=body.reason))


@router.post("/campaigns/{campaign}/pause", response_model=Campaign)
def pause_campaign(campaign: str, caller: Caller) -> Campaign | Response:
    """Give out no more tasks for now."""
    return caller.write(lambda ctx: campaigns.pause(ctx, campaign))


@router.post("/campaigns/{campaign}/resume", response_model=Campaign)
def resume_campaign(campaign: str, caller: Caller) -> Campaign | Response:
    """Give out tasks again."""
    return caller.write(lambda ctx: campaigns.resume(ctx, campaign))


@router.post("/campaigns/{campaign}/close", response_model=Campaign)
def close_campaign(campaign: str, caller: Caller) -> Campaign | Response:
    """End a campaign for good."""
    return caller.write(lambda ctx: campaigns.close(ctx, campaign))


@router.get("/campaigns/{campaign}/progress")
def progress(campaign: str, caller: Caller) -> Progress | OwnProgress:
    """Show how far a campaign is, batch by batch; to those who answer its tasks, what they did themselves."""
    with caller.reading() as ctx:
        return queries.progress(ctx, campaign) if queries.sees_progress(ctx) else queries.my_progress(ctx, campaign)


@router.post("/campaigns/{campaign}/batches", status_code=201, response_model=Batch)
def add_batch(campaign: str, body: BatchForm, caller: Caller) -> Batch | Response:
    """Add records to a campaign as a batch of tasks."""

    def act(ctx: Context) -> Batch:
        records = body.records or batches.select(ctx, where=body.where)
        return batches.add(
            ctx,
            queries.campaign(ctx, campaign).id,
            name=body.name,
            records=records,
            kind=body.kind,
            priority=body.priority,
            skill=body.skill,
        )

    return caller.write(act)


@router.post("/batches/{batch}/priority", response_model=Batch)
def prioritise(batch: str, body: PriorityForm, caller: Caller) -> Batch | Response:
    """Give a batch's tasks out sooner or later than others."""
    return caller.write(lambda ctx: batches.prioritise(ctx, batch, priority=body.priority))


@router.post("/campaigns/{campaign}/revocations", response_model=dict[str, int])
def revoke(campaign: str, body: RevocationForm, caller: Caller) -> Response | dict[str, int]:
    """Take away every task a person holds in a campaign; they do not get these again."""
    return caller.write(lambda ctx: {"revoked": campaigns.revoke(ctx, campaign, body.annotator)})


@router.post("/batches/{batch}/seal", response_model=Batch)
def seal(batch: str, caller: Caller) -> Batch | Response:
    """Put the Merkle root of a batch's answers into the ledger."""
    return caller.write(lambda ctx: batches.seal(ctx, batch))


@router.get("/campaigns/{campaign}/gold")
def list_gold(campaign: str, caller: Caller, listing: Listing) -> list[Gold]:
    """List known right answers; only for those who may change them."""
    with caller.reading() as ctx:
        return listing.part(queries.golds(ctx, campaign), key=lambda row: row.task_id)


@router.post("/campaigns/{campaign}/gold", response_model=dict[str, int])
def mark_gold(campaign: str, body: GoldForm, caller: Caller) -> Response | dict[str, int]:
    """Make right answers known: hidden gold, or lessons of a calibration batch."""
    return caller.write(
        lambda ctx: {
            "marked": gold.mark(ctx, queries.campaign(ctx, campaign).id, body.known, explanations=body.explanations)
        }
    )


@router.get("/campaigns/{campaign}/disputes")
def disputes(campaign: str, caller: Caller, listing: Listing, question: str = "") -> list[Dispute]:
    """List tasks whose annotators disagree, most disputed first; for reviewers."""
    with caller.reading() as ctx:
        require(ctx, Decision.ANNOTATION_REVIEW)
        rows = queries.disagreements(ctx, campaign, question=question or None)
    return listing.part(rows, key=lambda row: row.task_id)
