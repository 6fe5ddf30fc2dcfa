"""Plans of campaigns as forms, and what is given out before what, to whom no more."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Form, Response
from pydantic import BaseModel, Field

from headwater.annotation import batches, campaigns, deadlines
from headwater.annotation.plan import Plan, rates_of
from headwater.web.session import Visitor, back

router = APIRouter(prefix="/p/{program}/campaigns")
_DEFAULT = Plan()


class PlanForm(BaseModel):
    """The fields of a plan; what a form leaves out is the plan's default, and a box left out is not ticked."""

    overlap: int = _DEFAULT.overlap
    most_overlap: int = _DEFAULT.most_overlap
    confidence: float = _DEFAULT.confidence
    shows_prelabels: bool = False
    blinded_rate: float = _DEFAULT.blinded_rate
    gold_rate: float = _DEFAULT.gold_rate
    lease_minutes: float = _DEFAULT.lease_minutes
    calibration_bar: float = _DEFAULT.calibration_bar
    qualification_days: float = _DEFAULT.qualification_days
    review_rate: float = _DEFAULT.review_rate
    review_rates: str = Field(default="", description="One team to a line, such as: north = 0.3")
    review_target: float = _DEFAULT.review_target
    review_floor: float = _DEFAULT.review_floor
    skill: str = _DEFAULT.skill
    deadline: datetime | None = Field(default=None, description="UTC unless it names its zone.")
    budget: int = _DEFAULT.budget
    shows_accuracy: bool = False

    def plan(self) -> Plan:
        """Return the plan the form describes."""
        fields = {name: getattr(self, name) for name in PlanForm.model_fields}
        at = self.deadline
        deadline = at.replace(tzinfo=UTC) if at and at.tzinfo is None else at
        rates = rates_of(self.review_rates.splitlines())
        return Plan(**fields | {"review_rates": rates, "deadline": deadline, "skill": self.skill.strip()})


class NewForm(PlanForm):
    """A campaign to plan."""

    name: str
    schema_id: str
    guideline_id: str


class ChangeForm(PlanForm):
    """The plan a campaign is to have from now on."""

    version: int | None = Field(default=None, description="Of the campaign as it was seen.")


@router.post("")
def plan(visitor: Visitor, form: Annotated[NewForm, Form()]) -> Response:
    """Plan a campaign."""
    with visitor.acting() as ctx:
        made = campaigns.create(
            ctx, name=form.name, schema_id=form.schema_id, guideline_id=form.guideline_id, plan=form.plan()
        )
    return back(visitor, f"campaigns/{made.id}")


@router.post("/{campaign}/change")
def change(visitor: Visitor, campaign: str, form: Annotated[ChangeForm, Form()]) -> Response:
    """Change a campaign while it runs; refused when somebody else changed it meanwhile."""
    with visitor.acting() as ctx:
        campaigns.change(ctx, campaign, plan=form.plan(), seen_version=form.version)
    return back(visitor, f"campaigns/{campaign}")


@router.post("/{campaign}/extend")
def extend(
    visitor: Visitor, campaign: str, until: Annotated[datetime, Form()], reason: Annotated[str, Form()]
) -> Response:
    """Give a campaign more time; UTC unless the moment names its zone."""
    at = until.replace(tzinfo=UTC) if until.tzinfo is None else until
    with visitor.acting() as ctx:
        deadlines.extend(ctx, campaign, until=at, reason=reason)
    return back(visitor, f"campaigns/{campaign}")


@router.post("/{campaign}/batches/{batch}/priority")
def prioritise(visitor: Visitor, campaign: str, batch: str, priority: Annotated[int, Form(ge=0, le=1000)]) -> Response:
    """Give a batch's tasks out sooner or later than others."""
    with visitor.acting() as ctx:
        batches.prioritise(ctx, batch, priority=priority)
    return back(visitor, f"campaigns/{campaign}")


@router.post("/{campaign}/revoke")
def revoke(visitor: Visitor, campaign: str, annotator: Annotated[str, Form()]) -> Response:
    """Take away every task a person holds in the campaign."""
    with visitor.acting() as ctx:
        campaigns.revoke(ctx, campaign, annotator)
    return back(visitor, f"campaigns/{campaign}")
