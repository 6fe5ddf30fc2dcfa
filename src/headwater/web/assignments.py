"""Open tasks handed to somebody, and why tasks were passed on."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Response

from headwater.annotation import assignments, queries
from headwater.annotation.assignment_model import Target
from headwater.sourcing import queries as sourcing
from headwater.web.session import Visitor, back, page

router = APIRouter(prefix="/p/{program}/campaigns/{campaign}/assignments")
SHOWN = 50


@router.get("")
def listing(visitor: Visitor, campaign: str, handed: bool = False, after: str = "", before: str = "") -> Response:
    """Show open tasks with the form that hands them over, and what was passed on."""
    with visitor.reading() as ctx:
        rows = assignments.open_tasks(ctx, campaign, handed=handed, after=after, limit=SHOWN + 1)
        passed = assignments.skips(ctx, campaign, before=before, limit=SHOWN + 1)
        shown = {row.record_id for row in rows[:SHOWN]} | {row.record_id for row in passed[:SHOWN]}
        records = sourcing.present(ctx, sorted(shown))
        return page(
            visitor,
            ctx,
            "annotation/assignments.html",
            active="campaigns",
            campaign=queries.campaign(ctx, campaign),
            rows=rows[:SHOWN],
            handed=handed,
            next=rows[SHOWN - 1].id if len(rows) > SHOWN else "",
            people=assignments.eligible(ctx),
            reasons=assignments.skip_reasons(ctx, campaign),
            skips=passed[:SHOWN],
            older=passed[SHOWN - 1].id if len(passed) > SHOWN else "",
            texts={identifier: record.text[:160] for identifier, record in records.items()},
            records=records,
        )


@router.post("")
def assign(  # noqa: PLR0913, PLR0917 -- the fields of the form
    visitor: Visitor,
    campaign: str,
    task: Annotated[list[str], Form()],
    reason: Annotated[str, Form()],
    person: Annotated[str, Form()] = "",
    skill: Annotated[str, Form()] = "",
    take_away: Annotated[bool, Form()] = False,
) -> Response:
    """Hand open tasks to one annotator, to those who have a skill, or back to everybody."""
    with visitor.acting() as ctx:
        target = Target(person=person, skill=skill.strip())
        assignments.assign(ctx, campaign, task, target, reason=reason, take_away=take_away)
    return back(visitor, f"campaigns/{campaign}/assignments")
